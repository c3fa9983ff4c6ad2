/* rensa inspect: what is wrong in a project, and what its layers make and cost. */
#include "cli/cli.h"

#include "base/alloc.h"
#include "base/file.h"
#include "project/inspect.h"

#include <string.h>

enum { FILE_MAX = 16 << 20 };

static void print_faults(const char *source, const char *kind, const rni_fault *f, int64_t n)
{
    for (int64_t i = 0; i < n; i++, f++) {
        printf("%s:%d:%d: %s%s\n", source, f->line, f->column, kind, f->what);
        for (const char *at = f->detail; *at; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n'))
            printf("  %.*s\n", (int)strcspn(at, "\n"), at);
    }
}

static void print_costs(const char *name, const char *type, const char *shape, const rni_costs *c)
{
    printf("  %-24s %-14s %-18s %9.0f %9.0f %9.0f %9.0f %11.0f %8.0f %8.0f %9.0f\n", name, type, shape, c->output,
           c->parameter, c->add, c->multiply, c->multiply_add, c->division, c->exponential, c->compare);
}

static void print_layer(const rni_layer_info *l)
{
    char text[128] = "?";
    size_t at = 0;
    for (int i = 0; l->known && i < l->shape.rank && at < sizeof text; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, i ? ",%lld" : "%lld", (long long)l->shape.dim[i]);
    if (l->known && l->shape.rank == 0) snprintf(text, sizeof text, "1");
    print_costs(l->path, l->type, text, &l->costs);
}

static void print_inspection(const rni_inspection *in)
{
    print_faults(in->source, "", in->fault, in->n_faults);
    print_faults(in->source, "warning: ", in->warning, in->n_warnings);
    for (int64_t k = 0; k < in->n_networks; k++) {
        const rni_network_info *net = &in->network[k];
        printf("%s, for one example\n", net->network->name);
        printf("  %-24s %-14s %-18s %9s %9s %9s %9s %11s %8s %8s %9s\n", "layer", "type", "shape", "output",
               "parameter", "add", "multiply", "multiplyadd", "division", "exp", "if");
        for (int64_t i = 0; i < net->n; i++) print_layer(&net->layer[i]);
        print_costs("all, with the input", "", "", &net->total);
        printf("  %.6g MB read and written", net->total.bytes * 1e-6);
        if (net->total.seconds > 0)
            printf(", at least %.4g us in batches of %lld", net->total.seconds * 1e6, (long long)in->batch);
        puts("");
    }
}

static int inspect(const char *path, bool json)
{
    void *text = NULL;
    int64_t n = 0;
    rni_machine machine;
    int status = 1;
    rni_inspection *in = NULL;
    if (rni_file_read(path, FILE_MAX, &text, &n) && rni_machine_of(&machine, false))
        in = rni_inspect(&(rni_inspect_args){ .text = text, .n = n, .source = path, .machine = &machine });
    rni_str s = { 0 };
    if (in && json && rni_inspection_write(in, &s)) fputs(s.at, stdout);
    if (in && !json) print_inspection(in);
    if (in) status = in->n_faults > 0;
    rni_str_free(&s);
    rni_inspection_free(in);
    rni_free(text);
    return rn_ok() ? status : cli_end();
}

static int run(int argc, char **argv)
{
    bool json = false;
    const cli_option options[] = {
        { "json", NULL, "as JSON, for editors", CLI_SWITCH, &json, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_inspect, options, argc, argv, &n)) return EXIT_USAGE;
    if (n != 1) return cli_usage(&cli_inspect, "one project file is needed");
    return inspect(argv[1], json);
}

const cli_command cli_inspect = {
    .name = "inspect",
    .arguments = "PROJECT.json [--json]",
    .brief = "show all errors of a project, and what its layers make and cost",
    .help = "Shapes, parameters and costs are those of the forward pass for one example: numbers of results and of "
            "parameters, sums,\n"
            "products, products with a sum (counted once), divisions, exponentials and the like, comparisons. The "
            "project may be\n"
            "unfinished: what can be known is shown, and the status is 1 where something is wrong.",
    .run = run,
};
