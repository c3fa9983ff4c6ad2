/* Work that ends by itself: making data sets, evaluating, predicting. Each is a command, run as trainings
 * are, in slots of its own; the members of a body are its options. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/console_p.h"
#include "console/keeper.h"
#include "console/launch.h"
#include "console/name.h"
#include "console/route.h"

#include <dirent.h>
#include <string.h>

enum { WORDS = 96 };

typedef struct words {
    char *at[WORDS];
    int64_t n;
    bool ok;
} words;

static void add(words *w, const char *fmt, ...) RN_PRINTF(2, 3);
static void add(words *w, const char *fmt, ...)
{
    rni_str s = { 0 };
    va_list args;
    va_start(args, fmt);
    rni_str_addv(&s, fmt, args);
    va_end(args);
    if (w->n == WORDS) w->ok = rni_fail(RN_ERR_ARG, NULL, NULL, "too many options");
    if (!w->ok || s.failed) {
        w->ok = false;
        rni_str_free(&s);
    } else
        w->at[w->n++] = s.at;
}

static void add_option(words *w, const char *name, const rni_json *v)
{
    switch (rni_json_type_of(v)) {
    case RNI_JSON_STRING:
        add(w, "--%s=%s", name, rni_json_string(v));
        break;
    case RNI_JSON_NUMBER:
        add(w, "--%s=%s", name, rni_json_number_text(v));
        break;
    case RNI_JSON_BOOL:
        if (rni_json_bool(v)) add(w, "--%s", name);
        break;
    case RNI_JSON_ARRAY:
        for (int64_t i = 0; i < rni_json_count(v); i++)
            if (rni_json_type_of(rni_json_at(v, i)) != RNI_JSON_ARRAY) add_option(w, name, rni_json_at(v, i));
        break;
    default:
        break;
    }
}

/* The members of the body that are not used up otherwise; they have the names of the command's options. */
static void add_options(rni_request *q, words *w, const char *const *used)
{
    for (int64_t i = 0; i < rni_json_count(q->json); i++) {
        const char *key = rni_json_key_at(q->json, i);
        bool skip = false;
        for (int k = 0; used[k]; k++) skip = skip || strcmp(used[k], key) == 0;
        if (!skip) add_option(w, key, rni_json_at(q->json, i));
    }
}

static void free_words(words *w)
{
    for (int64_t i = 0; i < w->n; i++) rni_free(w->at[i]);
}

/* Makes the run and answers with its id; `project` is what it is about. */
static bool start(rni_request *q, words *w, const char *kind, const char *project, const char *parent)
{
    char id[RNI_RUN_ID];
    rni_db *db = w->ok ? rni_database_take(q->console->store) : NULL;
    pthread_mutex_lock(&q->console->runs_lock);
    const bool ok = db && rni_run_make(q->console, db,
                                       &(rni_new_run){ .kind = kind,
                                                       .project = project,
                                                       .parent = parent,
                                                       .slot = "work",
                                                       .answers = strcmp(kind, "predict") == 0,
                                                       .word = (const char *const *)w->at,
                                                       .n_words = w->n },
                                       id);
    pthread_mutex_unlock(&q->console->runs_lock);
    rni_database_give(q->console->store, db);
    if (!ok) return false;
    rni_keeper_wake(q->console->keeper);
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "runs");
    rni_json_array_begin(&q->w);
    rni_json_write_string(&q->w, id);
    rni_json_array_end(&q->w);
    rni_json_object_end(&q->w);
    q->status = 201;
    return true;
}

static const char *member(const rni_request *q, const char *key)
{
    return rni_json_string(rni_json_get(q->json, key));
}

/* ---- data sets ---- */

/* The only thing in the folder; false without an error where there are several or none. */
static bool only_one(const char *folder, char name[256])
{
    int n = 0;
    DIR *d = opendir(folder);
    for (const struct dirent *f; d && (f = readdir(d)) != NULL;) {
        if (f->d_name[0] == '.') continue;
        snprintf(name, 256, "%.255s", f->d_name);
        n++;
    }
    if (d) closedir(d);
    return n == 1;
}

/* What was uploaded: the one file or folder that there is, or all. Below the work folder; rni_free. */
static char *uploaded(rni_request *q, const char *id)
{
    char name[256];
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    char *full = rni_work_path(q->console, "uploads/%s/files", id);
    rni_str s = { 0 };
    if (full && (strspn(id, plain) != strlen(id) || !rni_folder_exists(full)))
        rni_refuse(q, 404, "there is no upload \"%.80s\"", id);
    else if (full)
        rni_str_addf(&s, only_one(full, name) ? "uploads/%s/files/%s" : "uploads/%s/files", id, name);
    rni_free(full);
    return s.at;
}

static bool is_outside(const char *path)
{
    return path[0] == '/' || path[0] == '~' || strncmp(path, "..", 2) == 0 || strstr(path, "/..") != NULL;
}

/* Paths of the machine are the owner's: others see the work folder only. */
static bool may_read(rni_request *q, const char *path)
{
    return q->role == RNI_ROLE_OWNER || !path || !is_outside(path) ||
           rni_refuse(q, 403, "only the owner may read \"%.200s\"", path);
}

static bool add_source(rni_request *q, words *w)
{
    const rni_json *from = rni_json_get(q->json, "from");
    const char *upload = rni_json_string(rni_json_get(from, "upload")),
               *folder = rni_json_string(rni_json_get(from, "folder")),
               *known = rni_json_string(rni_json_get(from, "known"));
    if ((upload != NULL) + (folder != NULL) + (known != NULL) != 1 || rni_json_count(from) != 1)
        return rni_refuse(q, 400, "\"from\" has one of \"upload\", \"folder\" and \"known\"");
    if (!may_read(q, folder) || !may_read(q, member(q, "labels")) || (known && strchr(known, '/')))
        return rni_refuse(q, 400, "\"%.100s\" is no known data set", known);
    char *path = upload ? uploaded(q, upload) : NULL;
    if (rn_ok()) {
        add(w, "--from");
        add(w, "%s", path ? path : folder ? folder : known);
    }
    rni_free(path);
    return rn_ok() && w->ok;
}

static bool make_data(rni_request *q)
{
    static const char *const used[] = { "name", "from", NULL };
    const char *name = member(q, "name");
    words w = { .ok = true };
    char *place = rni_name_check(name, "data set") ? rni_work_path(q->console, "data/%s", name) : NULL;
    char *folder = place ? rni_work_path(q->console, "data") : NULL;
    bool ok = folder && rni_folder_make(folder) &&
              (!rni_file_exists(place) || rni_refuse(q, 409, "there is a data set \"%s\" already", name));
    rni_free(folder);
    rni_free(place);
    if (ok) {
        add(&w, "rensa");
        add(&w, "data");
        add(&w, "make");
        add(&w, "data/%s", name);
        add(&w, "--progress=json");
        ok = add_source(q, &w);
        add_options(q, &w, used);
    }
    ok = ok && start(q, &w, "data", name, NULL);
    free_words(&w);
    return ok;
}

/* ---- runs ---- */

/* The run that it is about, which has something to show. */
static bool find_run(rni_request *q, rni_job *j)
{
    return rni_run_id_check(q, q->parameter[0]) && rni_job_read(q->console, q, q->parameter[0], j);
}

static bool evaluate(rni_request *q)
{
    static const char *const used[] = { NULL };
    rni_job j = { 0 };
    words w = { .ok = true };
    bool ok = find_run(q, &j) && may_read(q, member(q, "data"));
    if (ok) {
        add(&w, "rensa");
        add(&w, "evaluate");
        add(&w, "runs/%s", j.id);
        add(&w, "--outputs=@/outputs.csv");
        add_options(q, &w, used);
    }
    ok = ok && start(q, &w, "evaluate", j.project, j.id);
    free_words(&w);
    rni_job_free(&j);
    return ok;
}

static bool predict(rni_request *q)
{
    static const char *const used[] = { "upload", NULL };
    rni_job j = { 0 };
    words w = { .ok = true };
    bool ok = find_run(q, &j);
    char *path = ok ? uploaded(q, member(q, "upload")) : NULL;
    if (path) {
        add(&w, "rensa");
        add(&w, "predict");
        add(&w, "runs/%s", j.id);
        add(&w, "%s", path);
        add(&w, "--json");
        add(&w, "--layers=@/layers");
        add_options(q, &w, used);
    }
    ok = path && start(q, &w, "predict", j.project, j.id);
    rni_free(path);
    free_words(&w);
    rni_job_free(&j);
    return ok;
}

static const rni_field make_fields[] = {
    { "name", "of the new data set", RNI_FIELD_TEXT, .required = true, .max = RNI_NAME_BYTES },
    { "from", "one of {upload: ID}, {folder: PATH} and {known: NAME}", RNI_FIELD_OBJECT, .required = true },
    { "width", "of pictures, in pixels", RNI_FIELD_INT, .min = 1, .max = 65535 },
    { "height", "of pictures, in pixels", RNI_FIELD_INT, .min = 1, .max = 65535 },
    { "channels", "of pictures: 1, 3 or 4", RNI_FIELD_INT, .min = 1, .max = 4 },
    { "fit", "of pictures: squash, crop or pad", RNI_FIELD_TEXT, .max = 20 },
    { "filter", "of pictures: bilinear, bicubic, area or nearest", RNI_FIELD_TEXT, .max = 20 },
    { "labels", "IDX: file of labels; tables with headers of Neural Network Console: variables that hold classes",
      RNI_FIELD_TEXT, .max = 1000 },
    { "target", "tables: columns to be predicted", RNI_FIELD_TEXT, .max = 1000 },
    { "classify", "tables: the target is a class, also where it is a number", RNI_FIELD_BOOL },
    { "split", "percentages of train, test, valid: 80,20", RNI_FIELD_TEXT, .max = 60 },
    { "unstratified", "classes need not be equally frequent in all parts", RNI_FIELD_BOOL },
    { "seed", "of the division into parts", RNI_FIELD_INT, .min = 0, .max = 9e15 },
    { "damaged", "refuse or skip pictures that cannot be read", RNI_FIELD_TEXT, .max = 20 },
    { 0 },
};

static const rni_field evaluate_fields[] = {
    { "data", "another data set: data/NAME or a known one", RNI_FIELD_TEXT, .max = 1000 },
    { "part", "of it: train, test or valid", RNI_FIELD_TEXT, .max = 8 },
    { "monitor", "or: one of the monitors of the run", RNI_FIELD_TEXT, .max = 100 },
    { "best", "the best model instead of the last", RNI_FIELD_BOOL },
    { "limit", "so many examples at most", RNI_FIELD_INT, .min = 1, .max = 1e15 },
    { 0 },
};

static const rni_field predict_fields[] = {
    { "upload", "with the picture", RNI_FIELD_TEXT, .required = true, .max = 64 },
    { "best", "the best model instead of the last", RNI_FIELD_BOOL },
    { 0 },
};

const rni_route rni_routes_tools[] = {
    { "POST", "/data", "Makes a data set, by a run of kind data; events of type progress tell how far it is",
      "{runs: [id]}", "rensa data make data/NAME --from PATH", RNI_ROLE_USER, make_data, .body = make_fields },
    { "POST", "/runs/{run}/evaluate", "Evaluates a run: evaluation.json and outputs.csv among the files of the new run",
      "{runs: [id]}", "rensa evaluate runs/RUN --outputs outputs.csv", RNI_ROLE_USER, evaluate,
      .body = evaluate_fields },
    { "POST", "/runs/{run}/predict",
      "Shows a run a picture: answer.json and layers/ (layers.json, pictures, Grad-CAM) among the files of the new run",
      "{runs: [id]}", "rensa predict runs/RUN FILE --json --layers FOLDER", RNI_ROLE_USER, predict,
      .body = predict_fields },
    { 0 },
};
