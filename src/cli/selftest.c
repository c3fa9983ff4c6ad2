/* rensa selftest: every function on a device. */
#include "cli/cli.h"

#include <rensa/selftest.h>

static int run(int argc, char **argv)
{
    rn_selftest_counts counts = { 0 };
    rn_selftest_args args = { .site = RN_SITE(rn_selftest_args), .to = stdout, .counts = &counts };
    const cli_option options[] = {
        { "device", "NAME", "device to test: cpu (default), ref, ...", CLI_DEVICE, &args.device, 0, 0 },
        { "golden", "FOLDER", "compare also with stored results of another implementation", CLI_TEXT, &args.golden, 0,
          0 },
        { "list", NULL, "print the names of the tests only", CLI_SWITCH, &args.list, 0, 0 },
        { "verbose", NULL, "print passed and skipped tests, too", CLI_SWITCH, &args.verbose, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_selftest, options, argc, argv, &n)) return EXIT_USAGE;
    if (n > 1) return cli_usage(&cli_selftest, "one part of a name at most");
    if (n == 1) args.only = argv[1];
    const bool ok = rn_selftest_at(&args);
    const int failed = cli_end();
    if (ok && !failed && args.only && !args.list && counts.passed + counts.failed + counts.skipped == 0)
        return cli_no_such_name(&cli_selftest, args.only);
    if (!args.list && !failed)
        printf("%lld passed, %lld failed, %lld skipped\n", (long long)counts.passed, (long long)counts.failed,
               (long long)counts.skipped);
    return ok && !failed ? 0 : 1;
}

const cli_command cli_selftest = {
    .name = "selftest",
    .arguments = "[PART-OF-A-NAME] [OPTIONS]",
    .brief = "test the functions on a device",
    .help = "Values are compared with plain C, gradients with differences, strided and empty inputs and planned "
            "evaluation\n"
            "with the plain case. A test is called \"relu/grad/x:f32[2,3]@cpu\"; a part of the name chooses tests.",
    .run = run,
};
