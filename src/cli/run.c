/* Run folders and what is reported of a model. */
#include "cli/run.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/draw.h"
#include "train/trainer.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { CLASSES_MAX = 20 };

char *cli_run_file(const char *folder, const char *name)
{
    return rni_path_join(folder, name);
}

char *cli_run_name(const char *stem)
{
    for (int i = 1; rn_ok(); i++) {
        rni_str s = { 0 };
        rni_str_addf(&s, "runs/%s-%d", stem, i);
        if (s.failed || !rni_file_exists(s.at)) return s.at;
        rni_str_free(&s);
    }
    return NULL;
}

/* ---- making ---- */

static bool is_ours(const char *name)
{
    static const char *const files[] = { "project.json", "log.jsonl",        "curve.svg",         "result.json",
                                         "graph.dot",    "best.safetensors", "model.safetensors", "profile.json",
                                         "steps.jsonl",  "tensors.jsonl" };
    for (size_t i = 0; i < RN_COUNTOF(files); i++)
        if (strcmp(files[i], name) == 0) return true;
    return strncmp(name, "snapshot_", 9) == 0;
}

static bool clear_folder(const char *folder, DIR *d, bool force)
{
    for (const struct dirent *f; (f = readdir(d)) != NULL;) {
        if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0) continue;
        if (!force) {
            rni_fail(RN_ERR_STATE, NULL, NULL, "the folder \"%s\" is not empty", folder);
            rni_error_add("hint", "--resume %s goes on with it, --force begins anew, --out names another folder",
                          folder);
            return false;
        }
        char *path = is_ours(f->d_name) ? rni_path_join(folder, f->d_name) : NULL;
        const bool gone = !path || unlink(path) == 0;
        if (!gone) rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be removed: %s", path, strerror(errno));
        rni_free(path);
        if (!gone || !rn_ok()) return false;
    }
    return true;
}

bool cli_run_prepare(const char *folder, bool force)
{
    DIR *d = opendir(folder);
    if (!d && errno == ENOENT) return true;
    if (!d) return rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be a run folder: %s", folder, strerror(errno));
    bool ok = flock(dirfd(d), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    if (!ok) rni_fail(RN_ERR_STATE, NULL, NULL, "another training is under way in \"%s\"", folder);
    ok = ok && clear_folder(folder, d, force);
    closedir(d);
    return ok;
}

bool cli_download_progress(void *user, const char *file, int64_t done, int64_t total)
{
    (void)user;
    if (!isatty(STDERR_FILENO)) return true;
    if (total > 0)
        fprintf(stderr, "\r\033[K%s: %.1f of %.1f MB", file, (double)done * 1e-6, (double)total * 1e-6);
    else
        fprintf(stderr, "\r\033[K%s: %.1f MB", file, (double)done * 1e-6);
    if (total > 0 && done >= total) fputs("\r\033[K", stderr);
    return true;
}

/* ---- finding ---- */

typedef struct runs {
    char **at;
    int64_t n, capacity;
} runs;

static const char *name_at(void *user, int i)
{
    const runs *r = user;
    return i < r->n ? rni_path_base(r->at[i]) : NULL;
}

/* The run folders in a folder. */
static void add_runs(runs *r, const char *folder)
{
    DIR *d = opendir(folder);
    for (const struct dirent *f; d && (f = readdir(d)) != NULL;) {
        if (f->d_name[0] == '.') continue;
        char *run = rni_path_join(strcmp(folder, ".") == 0 ? NULL : folder, f->d_name);
        char *project = run ? rni_path_join(run, "project.json") : NULL, **at = NULL;
        if (project && rni_file_bytes(project) >= 0) at = rni_grow(r->at, r->n, &r->capacity, (int64_t)sizeof *at);
        rni_free(project);
        if (at) {
            r->at = at;
            at[r->n++] = run;
        } else
            rni_free(run);
    }
    if (d) closedir(d);
}

bool cli_run_exists(const char *path)
{
    if (rni_file_exists(path)) return true;
    runs r = { 0 };
    char *folder = rni_path_folder(path);
    if (folder) add_runs(&r, folder);
    if (!strchr(path, '/')) add_runs(&r, "runs");
    const char *near = rni_nearest(rni_path_base(path), name_at, &r);
    rni_fail(RN_ERR_IO, NULL, NULL, "there is no run or model file \"%s\"", path);
    for (int64_t i = 0; i < r.n; i++) {
        if (rni_path_base(r.at[i]) == near) rni_error_add("hint", "did you mean \"%s\"?", r.at[i]);
        rni_free(r.at[i]);
    }
    rni_free(r.at);
    rni_free(folder);
    return false;
}

char *cli_run_project(const char *path)
{
    if (!cli_run_exists(path)) return NULL;
    const bool is_folder = rni_folder_exists(path);
    char *folder = is_folder ? rni_strdup(path) : rni_path_folder(path);
    char *file = folder ? rni_path_join(folder, "project.json") : NULL;
    if (file && !rni_file_exists(file)) {
        if (is_folder)
            rni_fail(RN_ERR_IO, NULL, NULL, "the folder \"%s\" is no run: it holds no project.json", path);
        else
            rni_fail(RN_ERR_IO, NULL, NULL, "there is no project.json beside \"%s\"", path);
        rni_free(file);
        file = NULL;
    }
    rni_free(folder);
    return file;
}

/* ---- loading ---- */

/* The file with the parameters: the final model or the best one, else the newest snapshot; rni_free. */
static char *find_model(const char *folder, bool best)
{
    char latest[1024], *path = rni_path_join(folder, best ? "best.safetensors" : "model.safetensors");
    if (!path || rni_file_bytes(path) >= 0) return path;
    rni_free(path);
    if (!best && rn_snapshot_latest(folder, latest, sizeof latest)) return rni_strdup(latest);
    rni_fail(RN_ERR_IO, NULL, NULL, "the folder \"%s\" holds no %s", folder, best ? "best.safetensors" : "model");
    return NULL;
}

/* The first data set that is not trained with, or "test" where there is none. */
static void name_of_test_data(const rni_project *p, char *buf, size_t size)
{
    const rni_json *data = rni_json_get(p->json, "data"), *training = rni_json_get(p->json, "training");
    const char *trained = rni_json_string(rni_json_get(training, "data")), *found = "test";
    if (!trained) trained = rni_json_key_at(data, 0);
    for (int64_t i = rni_json_type_of(data) == RNI_JSON_OBJECT ? rni_json_count(data) : 0; i-- > 0;)
        if (strcmp(rni_json_key_at(data, i), trained) != 0) found = rni_json_key_at(data, i);
    snprintf(buf, size, "%.63s", found);
}

static rni_project *change_project(const rni_project *p, cli_run_args *args)
{
    enum { ROWS = 4, TEXT = 1100 };
    char path[ROWS][96], value[ROWS][TEXT];
    rni_change c[ROWS];
    int64_t n = 0;
    if (args->data) {
        const bool is_path = rni_source_is_path(args->data);
        char *full = is_path ? realpath(args->data, NULL) : NULL;
        rni_str quoted = { 0 };
        name_of_test_data(p, args->data_name, sizeof args->data_name);
        rni_json_write_string(&(rni_json_writer){ .to = &quoted }, full ? full : args->data);
        snprintf(path[n], sizeof path[n], "data.%s.source", args->data_name);
        snprintf(value[n++], TEXT, "%s", quoted.at ? quoted.at : "");
        snprintf(path[n], sizeof path[n], "data.%s.part", args->data_name);
        snprintf(value[n++], TEXT, is_path ? "null" : "\"%.30s\"", args->part);
        rni_str_free(&quoted);
        free(full);
    }
    if (args->limit) {
        snprintf(path[n], sizeof path[n], "training.limit");
        snprintf(value[n++], TEXT, "%lld", (long long)args->limit);
    }
    if (args->batch) {
        snprintf(path[n], sizeof path[n], "training.batch");
        snprintf(value[n++], TEXT, "%lld", (long long)args->batch);
    }
    for (int64_t i = 0; i < n; i++) c[i] = (rni_change){ .path = path[i], .value = value[i] };
    return rni_project_change(p, c, n);
}

rni_session *cli_run_load(const char *path, cli_run_args *args)
{
    char *file = cli_run_project(path), *model = NULL;
    if (file) model = rni_folder_exists(path) ? find_model(path, args->best) : rni_strdup(path);
    rni_project *p = model ? rni_project_load(file) : NULL;
    rni_project *changed = p ? change_project(p, args) : NULL;
    rni_session *s = NULL;
    if (changed) s = rni_session_open(changed, &(rni_session_args){ .quiet = true, .progress = cli_download_progress });
    if (s && !rn_model_load(s->model->root, model)) {
        rni_session_free(s);
        s = NULL;
    }
    rni_project_free(p);
    rni_free(file);
    rni_free(model);
    return s;
}

bool cli_step(rni_session *s, const rn_batch *b, bool infer)
{
    rn_tensor *kept = NULL;
    RN_SCOPE
    {
        rn_tensor *y = infer ? rni_goal_output(&s->goal, b) : rni_goal_loss(&s->goal, b, NULL);
        if (y && (infer || rn_update(s->optimizer, y))) kept = rn_keep(y);
    }
    const bool ok = kept && rn_eval(kept);
    rn_drop(kept);
    return ok;
}

/* ---- reporting ---- */

const rn_column *cli_target(const rni_watch *w)
{
    return rn_dataset_column(w->data->set, rn_dataset_find_column(w->data->set, w->goal.target));
}

static void take_mean(void *user, const char *name, double mean, double weight)
{
    (void)weight;
    cli_report *r = user;
    if (r->n_means == (int)RN_COUNTOF(r->mean)) return;
    snprintf(r->mean[r->n_means].name, sizeof r->mean[0].name, "%s", name);
    r->mean[r->n_means++].value = mean;
}

typedef struct counting {
    cli_report *report;
    const char *target;
} counting;

/* Counts the largest score of each row of y [N, classes] against t [N]. */
static bool count_output(void *user, const rn_batch *b, rn_tensor *y)
{
    const counting *c = user;
    cli_report *r = c->report;
    rn_tensor *t = rn_batch_get(b, c->target);
    r->examples += b->count;
    if (!r->confusion || !t || rn_tensor_rank(y) != 2 || rn_tensor_dim(y, 1) != r->classes ||
        rn_tensor_count(t) != b->count)
        return rn_ok();
    const void *labels = rn_data(t), *scores = rn_data(y);
    if (!labels || !scores) return false;
    const rn_dtype type = rn_tensor_dtype(t), form = rn_tensor_dtype(y);
    for (int64_t i = 0; i < b->count; i++) {
        const int64_t k = (int64_t)rni_load(type, (const char *)labels + i * rn_dtype_bytes(type));
        int64_t best = 0;
        double top = -INFINITY;
        for (int64_t j = 0; j < r->classes; j++) {
            const double v = rni_load(form, (const char *)scores + (i * r->classes + j) * rn_dtype_bytes(form));
            if (v > top) {
                top = v;
                best = j;
            }
        }
        if (k >= 0 && k < r->classes) r->confusion[k * r->classes + best]++;
    }
    return true;
}

bool cli_report_make(rni_session *s, rni_watch *w, cli_report *out)
{
    const rn_column *t = cli_target(w);
    *out = (cli_report){ .classes = t ? t->class_count : 0 };
    if (out->classes > 0 && out->classes <= CLASSES_MAX && !w->data->text) {
        out->confusion = rni_alloc(out->classes * out->classes * (int64_t)sizeof *out->confusion);
        if (!out->confusion) return false;
    }
    counting c = { out, w->goal.target };
    w->goal.see = count_output;
    w->goal.see_user = &c;
    const bool ok = rni_watch_run(s, w, take_mean, out);
    w->goal.see = NULL;
    return ok;
}

void cli_report_print(FILE *to, const rni_watch *w, const cli_report *r)
{
    fprintf(to, "%s (%lld examples of %s)\n", w->name, (long long)r->examples, rn_dataset_source(w->data->set));
    int width = 9;
    for (int i = 0; i < r->n_means; i++)
        if ((int)strlen(r->mean[i].name) > width) width = (int)strlen(r->mean[i].name);
    for (int i = 0; i < r->n_means; i++) {
        const bool share = strcmp(r->mean[i].name, "accuracy") == 0;
        if (share)
            fprintf(to, "  %-*s %.2f %%\n", width, "accuracy", 100 * r->mean[i].value);
        else if (w->data->text && strcmp(r->mean[i].name, "loss") == 0)
            fprintf(to, "  %-*s %.4f nats per token, perplexity %.3f\n", width, "loss", r->mean[i].value,
                    exp(r->mean[i].value));
        else
            fprintf(to, "  %-*s %.6g\n", width, r->mean[i].name, r->mean[i].value);
    }
    if (!r->confusion) return;
    const rn_column *t = cli_target(w);
    fprintf(to, "  confusion (rows: true, columns: said)\n");
    cli_draw_confusion(to, r->confusion, r->classes, t ? t->classes : NULL);
}

void cli_report_free(cli_report *r)
{
    rni_free(r->confusion);
    *r = (cli_report){ 0 };
}
