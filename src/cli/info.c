/* rensa info: what a file is and what it holds. */
#include "cli/cli.h"

#include "base/shape.h"

#include <stdlib.h>
#include <string.h>

static void print_items(const rn_file_info *f)
{
    double elements = 0;
    for (int64_t i = 0; i < f->item_count; i++) {
        const rn_file_item *x = &f->items[i];
        char shape[RNI_SHAPE_TEXT];
        printf("  %-40s %-6s %-20s %12lld bytes\n", x->name, x->type,
               x->shape.rank < 0 ? "[...]" : rni_shape_text(&x->shape, shape), (long long)x->bytes);
        if (x->shape.rank >= 0) elements += (double)rni_shape_count(&x->shape);
    }
    if (f->item_count > 1) printf("  %lld arrays, %.0f elements\n", (long long)f->item_count, elements);
}

static void print_texts(const rn_file_info *f)
{
    for (int64_t i = 0; i < f->text_count; i++) {
        const char *text = f->texts[i].text;
        const size_t n = strlen(text);
        printf("  %s = %.100s%s\n", f->texts[i].name, text, n > 100 ? "..." : "");
    }
}

static int run(int argc, char **argv)
{
    const cli_option options[] = { { 0 } };
    int n;
    if (!cli_options(&cli_info, options, argc, argv, &n)) return EXIT_USAGE;
    if (n == 0) return cli_usage(&cli_info, "which file?");
    for (int i = 1; i <= n; i++) {
        rn_file_info *f = rn_file_info_load(argv[i]);
        if (!f) return cli_end();
        printf("%s: %s\n", f->path, f->summary);
        print_items(f);
        print_texts(f);
        rn_file_info_free(f);
    }
    return 0;
}

const cli_command cli_info = {
    .name = "info",
    .arguments = "FILE...",
    .brief = "what a file is and what it holds",
    .help = "Looks at the contents of files (arrays, checkpoints, pictures, data sets) without reading them whole.",
    .run = run,
};
