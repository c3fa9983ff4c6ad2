/* rensa selftest: every function on a device. */
#include "cli/cli.h"

#include <rensa/selftest.h>

static int run(int argc, char **argv)
{
    rn_selftest_counts counts = { 0 };
    rn_selftest_args args = { .site = RN_SITE(rn_selftest_args), .to = stdout, .counts = &counts };
    const cli_option options[] = {
        { "device", "NAME", "device to test (RENSA_DEVICE, else cpu)", CLI_TEXT, &args.device, 0, 0 },
        { "golden", "FOLDER", "stored results of another implementation to compare with", CLI_TEXT, &args.golden, 0,
          0 },
        { "list", NULL, "names of the tests only", CLI_SWITCH, &args.list, 0, 0 },
        { "verbose", NULL, "passed and skipped tests as well", CLI_SWITCH, &args.verbose, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_selftest, options, argc, argv, &n)) return EXIT_USAGE;
    if (n > 1) return cli_usage(&cli_selftest, "one part of a name at most");
    if (n == 1) args.only = argv[1];
    const bool ok = rn_selftest_at(&args);
    const int failed = cli_end();
    if (ok && !failed && !args.list && counts.passed + counts.failed + counts.skipped == 0) {
        fprintf(stderr, "rensa selftest: no test has \"%s\" in its name; --list shows them\n", args.only);
        return 1;
    }
    if (!args.list && !failed)
        printf("%lld passed, %lld failed, %lld skipped\n", (long long)counts.passed, (long long)counts.failed,
               (long long)counts.skipped);
    return ok && !failed ? 0 : 1;
}

const cli_command cli_selftest = {
    .name = "selftest",
    .arguments = "[PART-OF-A-NAME] [OPTIONS]",
    .brief = "check every function on a device",
    .help = "Values against plain C, gradients against differences, strided and empty inputs, planned against eager. A "
            "test is\n"
            "called \"relu/grad/x:f32[2,3]@cpu\"; a part of the name chooses.",
    .run = run,
};
