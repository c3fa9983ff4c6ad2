/* rensa predict: what a trained network says of files, or of samples of its own test data, which are drawn. */
#include "cli/predict.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/rng.h"
#include "base/shape.h"
#include "cli/draw.h"
#include "report/layers.h"

#include <math.h>
#include <string.h>

enum { TOP = 3, PICTURE_MAX = 64, FILES_MAX = 4096, LABEL_MAX = 40, NAME_MAX_SHOWN = 16 };
enum { SAMPLES = 1, FILES = 2, TEXT = 4 };

/* One example with what the network says of it. */
typedef struct opinion {
    const cli_predict_args *args;
    rni_session *session;
    const rni_watch *watch;
    char label[256];      /* "example 12", or the name of its file */
    int width;            /* of the longest label */
    const double *output; /* probabilities where there are classes */
    int64_t count;
    const rn_column *classes; /* NULL where the output is no choice among classes */
    int64_t truth;            /* -1: not known */
    double target;            /* of regression; NaN: not known */
    int64_t top[TOP];
} opinion;

static const char *class_name(const rn_column *c, int64_t k, char buf[32])
{
    if (c && c->classes && k >= 0 && k < c->class_count) return c->classes[k];
    snprintf(buf, 32, "%lld", (long long)k);
    return buf;
}

static void find_top(opinion *o)
{
    for (int r = 0; r < TOP; r++) {
        o->top[r] = -1;
        for (int64_t k = 0; k < o->count; k++) {
            bool taken = false;
            for (int q = 0; q < r; q++) taken |= o->top[q] == k;
            if (!taken && (o->top[r] < 0 || o->output[k] > o->output[o->top[r]])) o->top[r] = k;
        }
    }
}

static bool gives_probabilities(const rni_goal *g)
{
    return strncmp(g->loss.op->name, "softmax", 7) == 0 || strncmp(g->loss.op->name, "sigmoid", 7) == 0;
}

/* ---- showing ---- */

static void print_side(void *user, int64_t line, FILE *to)
{
    const opinion *o = user;
    char buf[32];
    const int64_t r = line - 3;
    if (line == 0) fprintf(to, "   %s", o->label);
    if (line == 1 && o->truth >= 0)
        fprintf(to, "   true: %s%s", class_name(o->classes, o->truth, buf), o->truth == o->top[0] ? "" : "   WRONG");
    if (r < 0 || r >= TOP || !o->classes || o->top[r] < 0) return;
    fprintf(to, "   %-12.12s ", class_name(o->classes, o->top[r], buf));
    cli_draw_bar(to, o->output[o->top[r]], 24);
    fprintf(to, " %5.1f %%", 100 * o->output[o->top[r]]);
}

static void print_values(const opinion *o)
{
    for (int64_t i = 0; i < o->count && i < 16; i++) printf(" %12.6g", o->output[i]);
    if (o->count > 16) printf(" ...");
    if (!isnan(o->target)) printf("   true: %.6g", o->target);
}

/* Scaled to what fits beside the text; gray. */
static bool draw_picture(const opinion *o, const rn_column *x, const void *pixels)
{
    const int64_t c = x->shape.dim[0], h = x->shape.dim[1], w = x->shape.dim[2], plane = h * w;
    const int64_t step = (h > w ? h : w) > PICTURE_MAX ? ((h > w ? h : w) + PICTURE_MAX - 1) / PICTURE_MAX : 1;
    const int64_t oh = h / step, ow = w / step;
    float *gray = rni_alloc(oh * ow * (int64_t)sizeof *gray);
    if (!gray) return false;
    for (int64_t i = 0; i < oh * ow; i++)
        for (int64_t k = 0; k < c; k++) {
            const int64_t at = k * plane + i / ow * step * w + i % ow * step;
            gray[i] += (float)(rni_load(x->dtype, (const char *)pixels + at * rn_dtype_bytes(x->dtype)) / (double)c);
        }
    if (x->dtype == RN_U8)
        for (int64_t i = 0; i < oh * ow; i++) gray[i] /= 255;
    cli_draw_image(stdout, gray, oh, ow, 2, print_side, (void *)(uintptr_t)o);
    puts("");
    rni_free(gray);
    return true;
}

/* Of the longest name, as far as it is shown. */
static int class_width(const rn_column *c)
{
    char buf[32];
    int width = 1;
    for (int64_t k = 0; k < c->class_count; k++) {
        const int n = (int)strlen(class_name(c, k, buf));
        width = n > width ? n : width;
    }
    return width < NAME_MAX_SHOWN ? width : NAME_MAX_SHOWN;
}

static void print_line(const opinion *o)
{
    char buf[32];
    const int width = o->classes ? class_width(o->classes) : 0;
    printf("%-*s", o->width, o->label);
    if (o->classes)
        for (int r = 0; r < TOP && o->top[r] >= 0; r++)
            printf("  %-*.*s %5.1f %%", width, width, class_name(o->classes, o->top[r], buf),
                   100 * o->output[o->top[r]]);
    else
        print_values(o);
    if (o->classes && o->truth >= 0)
        printf("   true: %s%s", class_name(o->classes, o->truth, buf), o->truth == o->top[0] ? "" : "   WRONG");
    puts("");
}

static void write_json(rni_json_writer *w, const opinion *o)
{
    char buf[32];
    rni_json_object_begin(w);
    rni_json_put_string(w, "example", o->label);
    if (o->classes) {
        rni_json_write_key(w, "top");
        rni_json_array_begin(w);
        for (int r = 0; r < TOP && o->top[r] >= 0; r++) {
            rni_json_flat_begin(w);
            rni_json_object_begin(w);
            rni_json_put_string(w, "class", class_name(o->classes, o->top[r], buf));
            rni_json_put_number(w, "probability", o->output[o->top[r]]);
            rni_json_object_end(w);
            rni_json_flat_end(w);
        }
        rni_json_array_end(w);
    } else {
        rni_json_write_key(w, "output");
        rni_json_flat_begin(w);
        rni_json_array_begin(w);
        for (int64_t i = 0; i < o->count; i++) rni_json_write_number(w, o->output[i]);
        rni_json_array_end(w);
        rni_json_flat_end(w);
    }
    if (o->truth >= 0 && o->classes) {
        rni_json_put_string(w, "true", class_name(o->classes, o->truth, buf));
    }
    if (!isnan(o->target)) {
        rni_json_put_number(w, "true", o->target);
    }
    rni_json_object_end(w);
}

/* ---- asking the network ---- */

/* Rows of what is to be predicted, and how to show them. */
typedef struct question {
    rn_dataset *set, *shown;  /* prepared; as it was before (NULL: the same) */
    const char *const *names; /* of the examples, or NULL */
    const int64_t *index;     /* their numbers in the data set, or NULL */
    rni_json_writer *json;
} question;

static bool read_truth(opinion *o, const rn_batch *b, int64_t i)
{
    const int at = rn_dataset_find_column(b->dataset, o->watch->goal.target);
    o->truth = -1;
    o->target = NAN;
    if (at < 0) return true;
    rn_tensor *t = b->columns[at];
    const void *p = rn_tensor_count(t) == b->count ? rn_data(t) : NULL;
    if (!p) return rn_ok();
    const double v = rni_load(rn_tensor_dtype(t), (const char *)p + i * rn_dtype_bytes(rn_tensor_dtype(t)));
    if (o->classes)
        o->truth = (int64_t)v;
    else
        o->target = v;
    return true;
}

static bool show(opinion *o, const question *q, int64_t i)
{
    rn_dataset *from = q->shown ? q->shown : q->set;
    const rn_column *x = rn_dataset_column(from, 0);
    find_top(o);
    if (q->json) {
        write_json(q->json, o);
        return true;
    }
    const bool picture = x->shape.rank == 3 && (x->shape.dim[0] == 1 || x->shape.dim[0] == 3);
    if (!picture || q->names) {
        print_line(o);
        return true;
    }
    void *pixels = rni_alloc(rn_column_bytes(x));
    void *to[64] = { pixels };
    const bool ok = pixels && rn_dataset_read(from, i, to) && draw_picture(o, x, pixels);
    rni_free(pixels);
    return ok;
}

static bool answer(opinion *o, const question *q, const rn_batch *b, rn_tensor *y)
{
    const int64_t n = rn_tensor_count(y) / (b->count ? b->count : 1);
    double *values = rni_alloc(rn_tensor_count(y) * (int64_t)sizeof *values);
    bool ok = values && rn_copy_to(y, RN_F64, values, rn_tensor_count(y) * (int64_t)sizeof *values);
    const rn_column *t = cli_target(o->watch);
    o->classes = t && t->class_count == n && gives_probabilities(&o->watch->goal) ? t : NULL;
    for (int64_t i = 0; ok && i < b->count; i++) {
        const int64_t at = b->index[i];
        if (q->names)
            snprintf(o->label, sizeof o->label, "%s", q->names[at]);
        else
            snprintf(o->label, sizeof o->label, "example %lld", (long long)(q->index ? q->index[at] : at));
        rni_goal_probabilities(&o->watch->goal, values + i * n, n);
        o->output = values + i * n;
        o->count = n;
        ok = read_truth(o, b, i) && show(o, q, at);
    }
    rni_free(values);
    return ok;
}

static int label_width(const question *q)
{
    int width = (int)sizeof "example 12345" - 1;
    for (int64_t i = 0; q->names && i < rn_dataset_count(q->set); i++) {
        const int n = (int)strlen(q->names[i]);
        width = n > width ? n : width;
    }
    return width < LABEL_MAX ? width : LABEL_MAX;
}

static bool ask(rni_session *s, rni_watch *w, const cli_predict_args *a, const question *q)
{
    const int width = q->set ? label_width(q) : 0;
    rn_iterator *it = q->set ? rn_iterator_new(q->set, s->training.batch) : NULL;
    bool ok = it != NULL;
    RN_TEST_MODE
    for (rn_batch *b; ok && (b = rn_next(it)) != NULL;) {
        RN_SCOPE
        {
            opinion o = { .args = a, .session = s, .watch = w, .width = width };
            rn_tensor *y = rni_goal_output(&w->goal, b);
            ok = y && answer(&o, q, b, y);
        }
    }
    rn_iterator_free(it);
    return ok && rn_ok();
}

/* ---- what is asked about ---- */

/* Different examples, drawn by the seed. */
static void choose(int64_t *index, int64_t n, int64_t count, uint64_t seed)
{
    rni_rng r = { seed, 0x70726564, 0 };
    for (int64_t i = 0; i < n; i++) {
        bool again;
        do {
            index[i] = (int64_t)rni_rng_below(&r, (uint64_t)count);
            again = false;
            for (int64_t k = 0; k < i; k++) again |= index[k] == index[i];
        } while (again);
    }
}

static bool ask_samples(rni_session *s, rni_watch *w, const cli_predict_args *a, rni_json_writer *json)
{
    const int64_t count = rn_dataset_count(w->data->set), n = a->samples < count ? a->samples : count;
    int64_t *index = rni_alloc((n + 1) * (int64_t)sizeof *index);
    if (!index) return false;
    choose(index, n, count, (uint64_t)a->seed);
    rn_dataset *raw = w->data->raw && rn_dataset_count(w->data->raw) == count ? w->data->raw : w->data->set;
    question q = { .index = index, .json = json };
    q.set = rn_dataset_select(w->data->set, index, n);
    q.shown = q.set ? rn_dataset_select(raw, index, n) : NULL;
    const bool ok = q.shown && ask(s, w, a, &q);
    rn_dataset_free(q.set);
    rn_dataset_free(q.shown);
    rni_free(index);
    return ok;
}

/* Arrays: one example, or several of them along a first axis. */
static rn_tensor *load_array(const rni_data *d, const char *path)
{
    rn_tensor *t = rn_npy_load(path);
    const rn_column *x = rn_dataset_column(d->base, 0);
    if (!t) return NULL;
    rn_shape one = *rn_tensor_shape(t), all = { .rank = x->shape.rank + 1, .dim = { 1 } };
    memcpy(all.dim + 1, x->shape.dim, (size_t)x->shape.rank * sizeof *all.dim);
    if (rni_shape_equal(&one, &x->shape)) return rn_cast(rn_reshape(t, all), x->dtype);
    if (one.rank == all.rank) all.dim[0] = one.dim[0];
    if (rni_shape_equal(&one, &all)) return rn_cast(t, x->dtype);
    char have[RNI_SHAPE_TEXT], want[RNI_SHAPE_TEXT];
    rni_fail(RN_ERR_SHAPE, NULL, NULL, "the array does not have the shape of the network's input");
    rni_error_add("expect", "%s, or several of them", rni_shape_text(&x->shape, want));
    rni_error_add("actual", "%s", rni_shape_text(&one, have));
    rni_error_add("file", "%s", path);
    return NULL;
}

/* Column x of the files as a data set, with the steps that change the form of examples. */
static rn_dataset *from_tensor(rni_session *s, rni_watch *w, rn_tensor *x)
{
    static const char *const names[] = { "x" };
    rn_dataset *ds = x ? rn_dataset_tensors(RN_LIST(x), names) : NULL;
    return ds ? rni_datas_apply(s->datas, w->data, ds) : NULL;
}

static bool ask_pictures(rni_session *s, rni_watch *w, const cli_predict_args *a, const char *const *paths, int64_t n,
                         rni_json_writer *json)
{
    question q = { .names = paths, .json = json };
    bool ok = false;
    RN_SCOPE
    {
        q.set = from_tensor(s, w, rni_data_pictures(s->datas, w->data, paths, n));
        ok = q.set && ask(s, w, a, &q) && (!a->layers || rni_layers_write(s, w, q.set, a->layers));
    }
    rn_dataset_free(q.set);
    return ok;
}

static bool ask_file(rni_session *s, rni_watch *w, const cli_predict_args *a, const char *path, rni_json_writer *json)
{
    question q = { .json = json };
    bool ok = false;
    RN_SCOPE
    {
        if (rni_path_has_extension(path, ".npy"))
            q.set = from_tensor(s, w, load_array(w->data, path));
        else {
            rn_dataset *table = rni_data_table(w->data, path);
            q.set = table ? rni_datas_apply(s->datas, w->data, table) : NULL;
        }
        ok = q.set && ask(s, w, a, &q) && (!a->layers || rni_layers_write(s, w, q.set, a->layers));
    }
    rn_dataset_free(q.set);
    return ok;
}

static bool is_table(const char *path)
{
    return rni_path_has_extension(path, ".npy") || rni_path_has_extension(path, ".csv") ||
           rni_path_has_extension(path, ".csv.gz");
}

static bool ask_files(rni_session *s, rni_watch *w, const cli_predict_args *a, char **files, int64_t n,
                      rni_json_writer *json)
{
    bool ok = true;
    for (int64_t i = 0; ok && i < n;) {
        int64_t m = i;
        while (m < n && m - i < FILES_MAX && !is_table(files[m])) m++;
        if (m > i) {
            ok = ask_pictures(s, w, a, (const char *const *)files + i, m - i, json);
            i = m;
        } else
            ok = ask_file(s, w, a, files[i++], json);
    }
    return ok;
}

static void ask_all(rni_session *s, rni_watch *w, const cli_predict_args *a, char **files, int64_t n)
{
    rni_str text = { 0 };
    rni_json_writer writer = { .to = &text, .indent = 2 }, *json = a->json ? &writer : NULL;
    if (json) rni_json_array_begin(json);
    const bool ok = n > 0 ? ask_files(s, w, a, files, n, json) : ask_samples(s, w, a, json);
    if (json) rni_json_array_end(json);
    if (ok && json && !text.failed) puts(text.at);
    rni_str_free(&text);
}

static int predict(cli_predict_args *a, const cli_option *table, const char *path, char **files, int64_t n)
{
    rni_session *s = cli_run_load(path, &a->run);
    rni_watch *w = s ? rni_session_watch(s, NULL) : NULL;
    if (w && w->data->text && n == 0) {
        cli_unused(&cli_predict, table, TEXT, "to a language model");
        cli_generate(s, w, a);
    } else if (w) {
        cli_unused(&cli_predict, table, n > 0 ? FILES : SAMPLES, n > 0 ? "for files" : "for samples");
        ask_all(s, w, a, files, n);
    }
    rni_session_free(s);
    return cli_end();
}

static int run(int argc, char **argv)
{
    cli_predict_args a = { .samples = 6, .prompt = "", .length = 400, .temperature = 0.8, .run = { .part = "test" } };
    const char *device = NULL;
    const cli_option table[] = {
        { "samples", "N", "number of samples, where no file is named (default 6)", CLI_INT, &a.samples, 1, 10000,
          SAMPLES },
        { "data", "NAME|PATH", "other data to take samples from", CLI_TEXT, &a.run.data, 0, 0, SAMPLES },
        { "part", "PART", "part of that data: test (default), train or valid", CLI_TEXT, &a.run.part, 0, 0, SAMPLES },
        { "prompt", "TEXT", "language models: beginning of the text", CLI_LINE, &a.prompt, 0, 0, TEXT },
        { "length", "N", "language models: tokens to write (default 400)", CLI_INT, &a.length, 1, 1000000, TEXT },
        { "temperature", "X",
          "language models: 0 takes the likeliest token, 1 draws each as often as it is likely (default 0.8)",
          CLI_NUMBER, &a.temperature, 0, 100, TEXT },
        { "seed", "N", "seed of what is drawn", CLI_INT, &a.seed, 0, 9e15, SAMPLES | TEXT },
        { "best", NULL, "use the best model instead of the final one", CLI_SWITCH, &a.run.best, 0, 0 },
        { "device", "NAME", "device to compute on: cpu (default), ref, ...", CLI_DEVICE, &device, 0, 0 },
        { "json", NULL, "print JSON", CLI_SWITCH, &a.json, 0, 0, SAMPLES | FILES },
        { "layers", "FOLDER", "write pictures of what the layers make of the first file, layers.json and a Grad-CAM",
          CLI_TEXT, &a.layers, 0, 0, FILES },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_predict, table, argc, argv, &n)) return EXIT_USAGE;
    if (n < 1) return cli_usage(&cli_predict, "a run folder or model file is needed");
    if (device && !rn_device_use(device)) return cli_end();
    return predict(&a, table, argv[1], argv + 2, n - 1);
}

const cli_command cli_predict = {
    .name = "predict",
    .arguments = "RUN|MODEL [FILE... | --samples N] [OPTIONS]",
    .brief = "show what a trained network says of files or samples",
    .help = "RUN is a run folder of `rensa train`, MODEL a model file or snapshot in one. FILE is a picture (PNG, "
            "JPEG), a\n"
            "table (.csv) or an array (.npy). Without files, samples of the run's test data are shown with the three "
            "likeliest\n"
            "classes; a language model writes a text.",
    .run = run,
};
