/* The op runner as a program: every row of the table, every case, on one device.
 *
 *     test_ops [--device cpu] [--golden DIR] [--list] [--dump] [--perf] [--verbose] [PART-OF-A-NAME]
 */
#include <rensa.h>
#include <stdio.h>
#include <string.h>

static int usage(const char *bad)
{
    if (bad) fprintf(stderr, "test_ops: what is \"%s\"?\n", bad);
    fprintf(
        stderr,
        "usage: test_ops [--device NAME] [--golden FOLDER] [--list] [--dump] [--perf] [--verbose] [PART-OF-A-NAME]\n");
    return 2;
}

int main(int argc, char **argv)
{
    rn_selftest_counts counts = { 0 };
    rn_selftest_args args = { .site = RN_SITE(rn_selftest_args), .to = stdout, .counts = &counts };
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--device") == 0 && next)
            args.device = argv[++i];
        else if (strcmp(argv[i], "--golden") == 0 && next)
            args.golden = argv[++i];
        else if (strcmp(argv[i], "--list") == 0)
            args.list = true;
        else if (strcmp(argv[i], "--dump") == 0)
            args.dump = true;
        else if (strcmp(argv[i], "--perf") == 0)
            args.perf = true;
        else if (strcmp(argv[i], "--verbose") == 0)
            args.verbose = true;
        else if (argv[i][0] == '-' || args.only)
            return usage(argv[i]);
        else
            args.only = argv[i];
    }
    bool ok = rn_selftest_at(&args);
    if (rn_report_error(stderr)) ok = false;
    if (!args.list && !args.perf && !args.dump)
        printf("%lld passed, %lld failed, %lld skipped\n", (long long)counts.passed, (long long)counts.failed,
               (long long)counts.skipped);
    rn_shutdown();
    return ok ? 0 : 1;
}
