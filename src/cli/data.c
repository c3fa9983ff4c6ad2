/* rensa data: known data sets, getting them, and what is in one. */
#include "cli/run.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/shape.h"
#include "base/str.h"
#include "cli/draw.h"
#include "data/data.h"
#include "data/text.h"

#include <string.h>

enum { LIST = 1, GET = 2, SHOW = 4 };
enum { ROWS = 30, CELLS = 12, SIDE = 64 /* pixels */ };

static int list_known(void)
{
    const rn_known_dataset *k;
    for (int i = 0; (k = rn_dataset_known(i)) != NULL; i++)
        printf("%-16s %s\n%-16s %s\n", k->name, k->brief, "", k->origin);
    const char *name, *brief;
    for (int i = 0; (name = rni_text_known_name(i, &brief)) != NULL; i++) printf("%-16s %s\n", name, brief);
    puts("\nAlso a folder of pictures (a sub-folder per class), a list of pictures, a CSV file, or an IDX file.");
    return 0;
}

static void print_columns(const rn_dataset *d)
{
    for (int i = 0; i < rn_dataset_column_count(d); i++) {
        const rn_column *c = rn_dataset_column(d, i);
        char shape[RNI_SHAPE_TEXT];
        printf("  %-8s %s%s", c->name, rn_dtype_name(c->dtype), rni_shape_text(&c->shape, shape));
        if (c->class_count) printf(", %lld classes", (long long)c->class_count);
        puts("");
    }
}

/* The columns of a table that became elements of x. */
static void print_features(const rn_dataset *d, const rn_column_stats *c)
{
    const char *name;
    for (int64_t k = 0; k < c->group_count && k < ROWS && (name = rn_dataset_feature(d, k)) != NULL; k++)
        printf("    %-24.24s mean %.5g  std %.5g\n", name, c->group_mean[k], c->group_std[k]);
    if (c->group_count > ROWS && rn_dataset_feature(d, ROWS)) puts("    ...");
}

static void print_stats(const rn_dataset *d, const rn_stats *s)
{
    for (int i = 0; i < s->column_count; i++) {
        const rn_column_stats *c = &s->columns[i];
        printf("  %-8s min %.5g  max %.5g  mean %.5g  std %.5g", c->name, c->min, c->max, c->mean, c->std);
        if (c->nonfinite) printf("  (%lld not finite)", (long long)c->nonfinite);
        puts("");
        if (i == 0) print_features(d, c);
        const rn_column *column = rn_dataset_column(d, i);
        int64_t most = 1;
        for (int64_t k = 0; k < c->class_count; k++) most = c->histogram[k] > most ? c->histogram[k] : most;
        for (int64_t k = 0; k < c->class_count && k < ROWS; k++) {
            printf("    %-14.14s %8lld  ", column->classes ? column->classes[k] : "", (long long)c->histogram[k]);
            cli_draw_bar(stdout, (double)c->histogram[k] / (double)most, 40);
            puts("");
        }
    }
}

static void print_cells(const rn_column *c, const void *values)
{
    const int64_t n = rni_shape_count(&c->shape);
    printf("  %s", c->name);
    for (int64_t k = 0; k < n && k < CELLS; k++) {
        const double v = rni_load(c->dtype, (const char *)values + k * rn_dtype_bytes(c->dtype));
        if (c->classes && v >= 0 && v < (double)c->class_count)
            printf(" %s", c->classes[(int64_t)v]);
        else
            printf(" %.6g", v);
    }
    if (n > CELLS) printf(" ...");
}

static void print_row(const rn_dataset *d, int64_t example, void *const *values)
{
    printf("  example %-6lld", (long long)example);
    for (int i = 0; i < rn_dataset_column_count(d); i++) print_cells(rn_dataset_column(d, i), values[i]);
    puts("");
}

static bool is_drawable(const rn_column *x)
{
    return x->shape.rank == 3 && x->shape.dim[1] <= SIDE && x->shape.dim[2] <= SIDE && rni_shape_count(&x->shape) > 0;
}

/* The class that the second column names; "" where it does not. */
static const char *class_of(const rn_dataset *d, void *const *values)
{
    const rn_column *t = rn_dataset_column_count(d) > 1 ? rn_dataset_column(d, 1) : NULL;
    if (!t || !t->classes || t->shape.rank > 0) return "";
    const double k = rni_load(t->dtype, values[1]);
    return k >= 0 && k < (double)t->class_count ? t->classes[(int64_t)k] : "";
}

static void draw(const rn_column *x, const void *values)
{
    const int64_t channels = x->shape.dim[0], h = x->shape.dim[1], w = x->shape.dim[2];
    const double white = x->dtype == RN_U8 ? 255 : 1;
    float gray[SIDE * SIDE];
    for (int64_t p = 0; p < h * w; p++) {
        double sum = 0;
        for (int64_t c = 0; c < channels; c++)
            sum += rni_load(x->dtype, (const char *)values + (c * h * w + p) * rn_dtype_bytes(x->dtype));
        gray[p] = (float)(sum / (double)channels / white);
    }
    cli_draw_image(stdout, gray, h, w, 2, NULL, NULL);
}

/* Small pictures are drawn, of others there is a line per example. */
static void print_samples(rn_dataset *d, int64_t n)
{
    const rn_column *x = rn_dataset_column(d, 0);
    void *values[RNI_COLUMNS_MAX], *block = rni_dataset_buffers(d, values);
    for (int64_t e = 0; block && e < n && e < rn_dataset_count(d) && rn_dataset_read(d, e, values); e++) {
        if (!is_drawable(x)) {
            print_row(d, e, values);
            continue;
        }
        const char *name = class_of(d, values);
        printf("\n  example %lld%s%s\n", (long long)e, *name ? ": " : "", name);
        draw(x, values[0]);
    }
    rni_free(block);
}

/* The beginning, a token as it stands between others. */
static bool print_text(const rn_text *t, int64_t n)
{
    const rn_vocab *v = rn_text_vocab(t);
    if (n > rn_text_count(t)) n = rn_text_count(t);
    const int64_t bytes = rn_vocab_decode(v, rn_text_ids(t), n, NULL, 0);
    char *text = bytes >= 0 ? rni_alloc(bytes + 1) : NULL;
    if (text && rn_vocab_decode(v, rn_text_ids(t), n, text, bytes + 1) >= 0) printf("\n%s\n", text);
    rni_free(text);
    return text != NULL;
}

static int run_text(const char *name, const rn_known_args *args, bool show, int64_t samples)
{
    rn_text *t = rn_text_known_at(name, args);
    if (!t) return cli_end();
    const rn_vocab *v = rn_text_vocab(t);
    printf("%s: %lld tokens, %s\n", name, (long long)rn_text_count(t), rn_text_source(t));
    printf("  vocabulary of %lld %s\n", (long long)rn_vocab_count(v),
           rn_vocab_by(v) == RN_BY_WORD ? "words" : "characters");
    if (show && samples > 0) print_text(t, samples);
    rn_text_free(t);
    return cli_end();
}

typedef struct options {
    const char *part, *source; /* part: NULL where none is named */
    int64_t samples, seed;
    bool offline, show;
} options;

/* Digits may be drawn in place of others. */
static bool is_instead(const rn_dataset *d, const char *name)
{
    return strncmp(rn_dataset_source(d), "drawn", 5) == 0 && strcmp(name, "drawn") != 0;
}

static int run_dataset(const char *name, rn_part part, const options *o)
{
    rn_dataset *d = rn_dataset_open(name, .part = part, .source = o->source, .offline = o->offline,
                                    .seed = (uint64_t)o->seed, .progress = cli_download_progress);
    if (!d) return cli_end();
    printf("%s: %lld examples, %s\n", name, (long long)rn_dataset_count(d), rn_dataset_source(d));
    print_columns(d);
    rn_stats *s = o->show ? rn_dataset_stats(d, 0) : NULL;
    if (s) print_stats(d, s);
    if (s) print_samples(d, o->samples);
    rn_stats_free(s);
    const bool missing = !o->show && !o->source && is_instead(d, name);
    if (missing) fprintf(stderr, "rensa data: %s was not found\n", name);
    rn_dataset_free(d);
    return cli_end() || missing;
}

static bool is_known(const char *name)
{
    const rn_known_dataset *k;
    for (int i = 0; (k = rn_dataset_known(i)) != NULL; i++)
        if (strcmp(k->name, name) == 0) return true;
    return false;
}

static int run_part(const char *name, rn_part part, const options *o)
{
    if (!rni_text_is_known(name)) return run_dataset(name, part, o);
    return run_text(name,
                    &(rn_known_args){ .part = part,
                                      .source = o->source,
                                      .offline = o->offline,
                                      .progress = cli_download_progress,
                                      .site = RN_SITE(rn_known_args) },
                    o->show, o->samples);
}

static int run(int argc, char **argv)
{
    options o = { 0 };
    const cli_option table[] = {
        { "part", "PART", "train, test or valid (default: get train and test, show train)", CLI_TEXT, &o.part, 0, 0,
          GET | SHOW },
        { "samples", "N", "show also the first N examples, or tokens of a text", CLI_INT, &o.samples, 0, 1e6, SHOW },
        { "source", "WHERE", "use only this source: data ($RENSA_DATA), cache, download or drawn", CLI_TEXT, &o.source,
          0, 0, GET | SHOW },
        { "offline", NULL, "never download", CLI_SWITCH, &o.offline, 0, 0, GET | SHOW },
        { "seed", "N", "seed of drawn digits", CLI_INT, &o.seed, 0, 9e15, GET | SHOW },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_data, table, argc, argv, &n)) return EXIT_USAGE;
    const char *what = n ? argv[1] : "list";
    const bool get = strcmp(what, "get") == 0, list = strcmp(what, "list") == 0;
    o.show = strcmp(what, "show") == 0;
    if (list ? n > 1 : (!o.show && !get) || n != 2) return cli_usage(&cli_data, "list, get NAME or show NAME|PATH");
    cli_unused(&cli_data, table, o.show ? SHOW : get ? GET : LIST, o.show ? "to show" : get ? "to get" : "to list");
    if (list) return list_known();
    rn_part part = RN_TRAIN;
    if (o.part && !rni_part_by_name(o.part, &part))
        return cli_usage(&cli_data, "--part is train, test or valid, not \"%s\"", o.part);
    const int status = run_part(argv[2], part, &o);
    return status || o.show || o.part || !is_known(argv[2]) ? status : run_part(argv[2], RN_TEST, &o);
}

const cli_command cli_data = {
    .name = "data",
    .arguments = "[list | get NAME | show NAME|PATH] [OPTIONS]",
    .brief = "list data sets, get one, or show what is in one",
    .help = "`get` downloads what is neither in $RENSA_DATA nor in the user's cache. `show` prints columns, ranges and "
            "classes\n"
            "of a known data set, a table (.csv), a folder or list of pictures, or an IDX file.",
    .run = run,
};
