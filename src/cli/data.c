/* rensa data: known data sets, getting them, and what is in one. */
#include "cli/run.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/number.h"
#include "base/shape.h"
#include "base/str.h"
#include "cli/draw.h"
#include "data/data.h"
#include "data/made.h"
#include "data/text.h"

#include <string.h>
#include <unistd.h>

enum { LIST = 1, GET = 2, SHOW = 4, MAKE = 8 };
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

/* ---- making ---- */

typedef struct making {
    rni_make_args args;
    cli_texts from;
    const char *fit, *filter, *split, *damaged, *progress;
    bool gray, json;
} making;

static bool show_progress(void *user, const char *what, int64_t done, int64_t total)
{
    const making *m = user;
    if (m->json) {
        printf("{\"progress\": \"%s\", \"done\": %lld, \"total\": %lld}\n", what, (long long)done, (long long)total);
        fflush(stdout);
    } else if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r\033[K%s %lld of %lld", what, (long long)done, (long long)total);
    return true;
}

/* "80,10,10": train, test, valid. */
static bool read_split(const char *text, double percent[3])
{
    double sum = 0;
    for (int i = 0; i < 3 && text; i++) {
        char *end;
        percent[i] = rni_scan_f64(text, &end);
        if (end == text || (*end && *end != ',') || !(percent[i] >= 0)) return false;
        sum += percent[i];
        text = *end ? end + 1 : NULL;
    }
    return !text && percent[0] > 0 && sum <= 100.0001;
}

static bool choose(const char *what, const char *text, const char *const *names, int *out)
{
    *out = 0;
    while (text && names[*out] && strcmp(names[*out], text) != 0) ++*out;
    if (!text) *out = 0;
    if (names[*out]) return true;
    fprintf(stderr, "rensa data: --%s cannot be \"%s\"\n", what, text);
    return false;
}

static int make(const char *out, making *m)
{
    static const char *const damages[] = { "refuse", "skip", NULL };
    static const char *const forms[] = { "text", "json", NULL };
    int fit, filter, damaged, form;
    if (!choose("fit", m->fit, rni_fit_names, &fit) || !choose("filter", m->filter, rni_filter_names, &filter) ||
        !choose("damaged", m->damaged, damages, &damaged) || !choose("progress", m->progress, forms, &form))
        return EXIT_USAGE;
    if (m->split && !read_split(m->split, m->args.percent))
        return cli_usage(&cli_data, "--split needs percentages of train, test and valid, such as 80,20 or 70,20,10");
    if (m->from.n == 0) return cli_usage(&cli_data, "--from names what the data set is made of");
    m->json = form == 1;
    m->args.out = out;
    m->args.from = m->from.at;
    m->args.from_count = m->from.n;
    m->args.fit = (rn_fit)fit;
    m->args.filter = (rn_filter)filter;
    m->args.skip_damaged = damaged == 1;
    m->args.progress = show_progress;
    m->args.user = m;
    if (m->gray) m->args.channels = 1;
    const bool ok = rni_make(&m->args);
    if (!m->json && isatty(STDERR_FILENO)) fputs("\r\033[K", stderr);
    if (!ok) return cli_end();
    static const rn_part parts[] = { RN_TRAIN, RN_TEST, RN_VALID };
    for (size_t i = 0; i < RN_COUNTOF(parts) && !m->json; i++) {
        rn_dataset *d = rni_made_has(out, parts[i]) ? rni_made_open(out, parts[i], NULL) : NULL;
        if (d) printf("%s: %lld examples\n", rni_part_name(parts[i]), (long long)rn_dataset_count(d));
        rn_dataset_free(d);
    }
    if (!m->json) printf("data set: %s\n", out);
    return cli_end();
}

static const struct {
    const char *name;
    unsigned mode;
    const char *how;
} actions[] = {
    { "list", LIST, "to list" }, { "get", GET, "to get" }, { "show", SHOW, "to show" }, { "make", MAKE, "to make" }
};

static int find_action(const char *name)
{
    for (size_t i = 0; i < RN_COUNTOF(actions); i++)
        if (strcmp(actions[i].name, name) == 0) return (int)i;
    return -1;
}

/* Gets, or shows. */
static int look(const char *name, const options *o)
{
    rn_part part = RN_TRAIN;
    if (o->part && !rni_part_by_name(o->part, &part))
        return cli_usage(&cli_data, "--part is train, test or valid, not \"%s\"", o->part);
    const int status = run_part(name, part, o);
    return status || o->show || o->part || !is_known(name) ? status : run_part(name, RN_TEST, o);
}

static int run(int argc, char **argv)
{
    options o = { 0 };
    making m = { 0 };
    int64_t seed = 0;
    const cli_option table[] = {
        { "part", "PART", "train, test or valid (default: get train and test, show train)", CLI_TEXT, &o.part, 0, 0,
          GET | SHOW },
        { "samples", "N", "show also the first N examples, or tokens of a text", CLI_INT, &o.samples, 0, 1e6, SHOW },
        { "source", "WHERE", "use only this source: data ($RENSA_DATA), cache, download or drawn", CLI_TEXT, &o.source,
          0, 0, GET | SHOW },
        { "offline", NULL, "never download", CLI_SWITCH, &o.offline, 0, 0, GET | SHOW },
        { "seed", "N", "seed of drawn digits, and of the division into parts", CLI_INT, &seed, 0, 9e15,
          GET | SHOW | MAKE },
        { "from", "PATH", "folder with a sub-folder per class, list, CSV, IDX, NPZ, zip, tar or known set (repeatable)",
          CLI_TEXTS, &m.from, 0, 0, MAKE },
        { "width", "N", "pictures: pixels", CLI_INT, &m.args.width, 1, 65535, MAKE },
        { "height", "N", "pictures: pixels", CLI_INT, &m.args.height, 1, 65535, MAKE },
        { "channels", "N", "pictures: 1 (gray), 3 (default) or 4", CLI_INT, &m.args.channels, 1, 4, MAKE },
        { "fit", "NAME", "pictures: squash (default), crop or pad", CLI_TEXT, &m.fit, 0, 0, MAKE },
        { "filter", "NAME", "pictures: bilinear (default), bicubic, area or nearest", CLI_TEXT, &m.filter, 0, 0, MAKE },
        { "labels", "FILE|NAMES", "IDX: file of labels; tables with NNC's header: variables that hold classes",
          CLI_TEXT, &m.args.labels, 0, 0, MAKE },
        { "target", "NAMES", "CSV: columns to be predicted (default: the last)", CLI_TEXT, &m.args.target, 0, 0, MAKE },
        { "classify", NULL, "CSV: the target is a class, also where it is a number", CLI_SWITCH, &m.args.classify, 0, 0,
          MAKE },
        { "split", "PERCENT", "train,test,valid (default: as the source has them, else 80,20)", CLI_TEXT, &m.split, 0,
          0, MAKE },
        { "unstratified", NULL, "do not keep classes equally frequent in all parts", CLI_SWITCH, &m.args.unstratified,
          0, 0, MAKE },
        { "damaged", "HOW", "refuse (default) or skip pictures that cannot be read", CLI_TEXT, &m.damaged, 0, 0, MAKE },
        { "progress", "FORM", "text (default) or json, a line now and then on standard output", CLI_TEXT, &m.progress,
          0, 0, MAKE },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_data, table, argc, argv, &n)) return EXIT_USAGE;
    const int k = find_action(n ? argv[1] : "list");
    if (k < 0 || n > (k ? 2 : 1) || (k && n != 2))
        return cli_usage(&cli_data, "list, get NAME, show NAME|PATH or make FOLDER");
    cli_unused(&cli_data, table, actions[k].mode, actions[k].how);
    o.seed = seed;
    m.args.seed = (uint64_t)seed;
    o.show = actions[k].mode == SHOW;
    return actions[k].mode == LIST ? list_known() : actions[k].mode == MAKE ? make(argv[2], &m) : look(argv[2], &o);
}

const cli_command cli_data = {
    .name = "data",
    .arguments = "[list | get NAME | show NAME|PATH | make FOLDER --from PATH] [OPTIONS]",
    .brief = "list data sets, get one, make one, or show what is in one",
    .help = "`get` downloads what is neither in $RENSA_DATA nor in the user's cache. `show` prints columns, ranges and "
            "classes\n"
            "of a known data set, a table (.csv), a folder or list of pictures, or an IDX file. `make` writes a folder "
            "with the\n"
            "examples as training maps them into memory, and dataset.json, which says what they are; projects take the "
            "folder\n"
            "as a source.",
    .run = run,
};
