/* Projects from command lines: options become changes of the project, so that what is run can be shown and repeated. */
#include "cli/project.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "project/data.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHANGES_MAX = 96, KEY_MAX = 256 };

static const char *builtin_name(void *user, int i)
{
    (void)user;
    return rni_builtin_at(i, NULL);
}

static rni_project *load_project(const cli_project_args *o)
{
    if (o->file && !rni_file_exists(o->file) && rni_builtin_find(o->file)) {
        rni_fail(RN_ERR_IO, NULL, NULL, "there is no file \"%s\"", o->file);
        rni_error_add("hint", "--net %s is the built-in network of that name", o->file);
        return NULL;
    }
    if (o->file) return rni_project_load(o->file);
    const char *text = rni_builtin_find(o->net);
    char source[96];
    snprintf(source, sizeof source, "%.60s (built in)", o->net);
    if (text) return rni_project_parse(text, (int64_t)strlen(text), source);
    rni_fail(RN_ERR_ARG, NULL, NULL, "there is no built-in network \"%s\"", o->net);
    const char *near = rni_nearest(o->net, builtin_name, NULL);
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    rni_str list = { 0 };
    for (int i = 0; rni_builtin_at(i, NULL); i++) rni_str_addf(&list, "%s%s", i ? ", " : "", rni_builtin_at(i, NULL));
    if (list.at) rni_error_add("expect", "%s, or a project file", list.at);
    rni_str_free(&list);
    return NULL;
}

/* Changes whose texts are made here. */
typedef struct changes {
    rni_change at[CHANGES_MAX];
    char *text[CHANGES_MAX][3];
    int64_t n;
} changes;

static bool add(changes *c, const char *path, const char *fmt, ...) RN_PRINTF(3, 4);
static bool add(changes *c, const char *path, const char *fmt, ...)
{
    if (c->n == CHANGES_MAX) return rni_fail(RN_ERR_ARG, NULL, NULL, "more than %d changes", CHANGES_MAX);
    rni_str value = { 0 };
    va_list args;
    va_start(args, fmt);
    rni_str_addv(&value, fmt, args);
    va_end(args);
    char **text = c->text[c->n];
    text[0] = rni_strdup(path);
    text[1] = value.at;
    c->at[c->n++] = (rni_change){ .path = text[0], .value = text[1] };
    return text[0] && !value.failed;
}

static void changes_free(changes *c)
{
    for (int64_t i = 0; c && i < c->n; i++) {
        for (size_t k = 0; k < RN_COUNTOF(c->text[i]); k++) rni_free(c->text[i][k]);
    }
    rni_free(c);
}

/* A text as JSON, so that a data set called "true" stays one. */
static bool add_text(changes *c, const char *path, const char *value)
{
    rni_str s = { 0 };
    rni_json_write_string(&(rni_json_writer){ .to = &s }, value);
    const bool ok = !s.failed && add(c, path, "%s", s.at);
    rni_str_free(&s);
    return ok;
}

static bool add_data(changes *c, const rni_project *p, const char *source)
{
    const rni_json *data = rni_json_get(p->json, "data");
    if (rni_json_type_of(data) != RNI_JSON_OBJECT) return add_text(c, "data", source);
    for (int64_t i = 0; i < rni_json_count(data); i++) {
        char path[KEY_MAX];
        snprintf(path, sizeof path, "data.%.200s.source", rni_json_key_at(data, i));
        if (!add_text(c, path, source)) return false;
    }
    return true;
}

static bool add_rate(changes *c, const rni_project *p, double rate, bool replaced)
{
    const rni_json *many = replaced ? NULL : rni_json_get(rni_json_get(p->json, "training"), "optimizers");
    char text[RNI_NUMBER_TEXT];
    rni_format_f64(rate, text);
    if (!many) return add(c, "training.optimizer.rate", "%s", text);
    for (int64_t i = 0; i < rni_json_count(many); i++) {
        char path[64];
        snprintf(path, sizeof path, "training.optimizers.%lld.rate", (long long)i);
        if (!add(c, path, "%s", text)) return false;
    }
    return true;
}

/* Errors in what the last change has put in name this place. */
static bool name_last(changes *c, const char *option, const char *value)
{
    rni_str place = { 0 };
    rni_str_addf(&place, "%s %.100s", option, value);
    c->at[c->n - 1].place = c->text[c->n - 1][2] = place.at;
    return !place.failed;
}

static bool add_sets(changes *c, const cli_texts *sets)
{
    for (int i = 0; i < sets->n; i++) {
        const char *equals = strchr(sets->at[i], '=');
        char *path = rni_strndup(sets->at[i], equals - sets->at[i]);
        const bool ok = path && add(c, path, "%s", equals + 1) && name_last(c, "--set", sets->at[i]);
        rni_free(path);
        if (!ok) return false;
    }
    return true;
}

static bool collect(changes *c, const rni_project *p, const cli_project_args *o)
{
    bool ok = !o->data || add_data(c, p, o->data);
    if (o->optimizer) {
        ok = ok && add(c, "training.optimizers", "null") && add_text(c, "training.optimizer", o->optimizer);
        if (o->rate == 0) ok = ok && add(c, "training.optimizer.type", "\"%s\"", o->optimizer);
    }
    if (o->rate != 0) ok = ok && add_rate(c, p, o->rate, o->optimizer != NULL);
    const struct {
        const char *path;
        int64_t value, unset;
    } numbers[] = {
        { "training.epochs", o->epochs, 0 },         { "training.batch", o->batch, 0 },
        { "training.iterations", o->iterations, 0 }, { "training.limit", o->limit, 0 },
        { "training.threads", o->threads, 0 },       { "training.seed", o->seed, -1 },
    };
    for (size_t i = 0; ok && i < RN_COUNTOF(numbers); i++)
        if (numbers[i].value != numbers[i].unset) ok = add(c, numbers[i].path, "%lld", (long long)numbers[i].value);
    if (o->device) ok = ok && add_text(c, "training.device", o->device);
    if (o->precision) ok = ok && add_text(c, "training.precision", o->precision);
    char seconds[RNI_NUMBER_TEXT];
    if (o->seconds > 0) ok = ok && add(c, "training.seconds", "%s", rni_format_f64(o->seconds, seconds));
    return ok && add_sets(c, &o->sets);
}

/* The full path of a file or folder that a project names, if there is one. */
static bool add_full_path(changes *c, const rni_project *p, const char *key, const char *text)
{
    if (!text || text[0] == '/') return true;
    char *path = rni_source_path(p, text), *full = path ? realpath(path, NULL) : NULL;
    const bool ok = rn_ok() && (!full || add_text(c, key, full));
    free(full);
    rni_free(path);
    return ok;
}

/* Paths as the run folder will need them, wherever it is opened from. */
static bool add_full_paths(changes *c, const rni_project *p)
{
    const rni_json *data = rni_json_get(p->json, "data"), *training = rni_json_get(p->json, "training");
    bool ok = add_full_path(c, p, "training.weights", rni_json_string(rni_json_get(training, "weights")));
    for (int64_t i = -1; ok && i < rni_json_count(data); i++) {
        const rni_json *v = i < 0 ? data : rni_json_at(data, i), *labels = rni_json_get(v, "labels");
        const char *source = rni_json_string(rni_json_type_of(v) == RNI_JSON_OBJECT ? rni_json_get(v, "source") : v);
        if (!source || !rni_source_is_path(source)) continue;
        char key[KEY_MAX];
        snprintf(key, sizeof key,
                 i < 0                ? "data"
                 : rni_json_string(v) ? "data.%.200s"
                                      : "data.%.200s.source",
                 i < 0 ? "" : rni_json_key(v));
        ok = add_full_path(c, p, key, source);
        snprintf(key, sizeof key, "data.%.200s.labels", i < 0 ? "" : rni_json_key(v));
        if (ok && labels) ok = add_full_path(c, p, key, rni_json_string(labels));
    }
    return ok;
}

rni_project *cli_project_make(const cli_project_args *o)
{
    for (int i = 0; i < o->sets.n; i++) {
        const char *equals = strchr(o->sets.at[i], '=');
        if (equals && equals > o->sets.at[i]) continue;
        rni_fail(RN_ERR_ARG, NULL, NULL, "--set needs key.path=value, not \"%s\"", o->sets.at[i]);
        return NULL;
    }
    rni_project *p = load_project(o), *result = NULL;
    changes *c = p ? rni_alloc((int64_t)sizeof *c) : NULL;
    if (c && collect(c, p, o)) result = rni_project_change(p, c->at, c->n);
    changes_free(c);
    rni_project_free(p);
    return result;
}

int cli_threads(void)
{
    const char *text = getenv("OMP_NUM_THREADS");
    const long n = text ? strtol(text, NULL, 10) : 0;
    return n > 0 ? (int)n : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

static bool choose_device(const rni_project *p)
{
    const rni_json *t = rni_json_get(p->json, "training"), *threads = rni_json_get(t, "threads");
    const char *device = rni_json_string(rni_json_get(t, "device"));
    if (threads) {
        char text[24];
        const int64_t n = rni_json_int(threads);
        if (n < 1 || n > 4096) return rni_json_fail(threads, RN_ERR_ARG, "\"threads\" must be from 1 to 4096");
        snprintf(text, sizeof text, "%lld", (long long)n);
        setenv("OMP_NUM_THREADS", text, 1); /* read when the back end is loaded */
    }
    return !device || rn_device_use(device);
}

const char *cli_project_name(const rni_project *p, char *buf, size_t size)
{
    const char *name = rni_json_string(rni_json_get(p->json, "name")), *source = rni_json_source(p->json);
    if (name && *name) return name;
    const char *slash = strrchr(source, '/'), *begin = slash ? slash + 1 : source, *dot = strrchr(begin, '.');
    snprintf(buf, size, "%.*s", dot && dot > begin ? (int)(dot - begin) : (int)strlen(begin), begin);
    return *buf ? buf : "project";
}

rni_project *cli_project_settle(rni_project *p)
{
    char name[128];
    rni_project *result = NULL;
    changes *c = choose_device(p) ? rni_alloc((int64_t)sizeof *c) : NULL;
    if (c && add_text(c, "name", cli_project_name(p, name, sizeof name)) && add_full_paths(c, p) &&
        add_text(c, "training.device", rn_device_name()) && add(c, "training.threads", "%d", cli_threads()))
        result = rni_project_change(p, c->at, c->n);
    changes_free(c);
    rni_project_free(p);
    return result;
}
