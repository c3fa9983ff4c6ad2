/* rensa devices: back ends that can be found, and what they run on. */
#include "cli/cli.h"

#include "backend/backend.h"

static int run(int argc, char **argv)
{
    const cli_option options[] = { { 0 } };
    int n;
    if (!cli_options(&cli_devices, options, argc, argv, &n)) return EXIT_USAGE;
    if (n) return cli_usage(&cli_devices, "takes no arguments");
    const char *name;
    for (int i = 0; (name = rni_backend_at(i)) != NULL; i++) {
        const rn_backend *b = rni_backend_find(name, NULL);
        if (!b) {
            printf("%-8s not usable\n", name);
            rn_report_error(stdout);
            continue;
        }
        printf("%-8s %s\n", b->name, b->doc ? b->doc : "");
        const int count = b->count ? b->count() : 0;
        char why[400] = "";
        if (count == 0 && b->describe) b->describe(0, why, sizeof why);
        if (*why) printf("  none: %s\n", why);
        for (int k = 0; k < count; k++) {
            char text[256] = "";
            if (b->describe) b->describe(k, text, sizeof text);
            printf("  %s:%d  %s\n", b->name, k, text);
        }
    }
    return 0;
}

const cli_command cli_devices = {
    .name = "devices",
    .arguments = "",
    .brief = "list the devices that can be used",
    .help = "Back ends are built in, or found as librensa_NAME.so.",
    .run = run,
};
