/* rensa report: what a run was and what it came to, for a colleague. */
#include "report/report.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/run.h"

static int run(int argc, char **argv)
{
    const char *out = NULL;
    const cli_option options[] = {
        { .name = "out", .value = "FILE", .help = "report.html (default), or slides: FILE.pptx", .to = &out },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_report_of, options, argc, argv, &n)) return EXIT_USAGE;
    if (n != 1) return cli_usage(&cli_report_of, n ? "one run folder, please" : "which run?");
    if (!out) out = "report.html";
    const bool slides = rni_path_has_extension(out, ".pptx");
    if (!slides && !rni_path_has_extension(out, ".html"))
        return cli_usage(&cli_report_of, "--out needs a name that ends in .html or .pptx, not \"%s\"", out);
    if (!cli_run_exists(argv[1])) return cli_end();
    rni_document report = { 0 };
    const bool ok = rni_document_collect(&report, argv[1]) &&
                    (slides ? rni_document_write_pptx(&report, out) : rni_document_write_html(&report, out));
    rni_document_free(&report);
    if (ok) printf("%s\n", out);
    return cli_end();
}

const cli_command cli_report_of = {
    .name = "report",
    .arguments = "RUN [OPTIONS]",
    .brief = "write a page or slides about a run",
    .help = "Data sets with pictures of them, the network's drawing and costs, settings, learning curves, evaluation,\n"
            "references of the functions and optimizers that were used, and where it was computed. Slides have native\n"
            "tables and charts, which can be edited.",
    .run = run,
};
