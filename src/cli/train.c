/* rensa train: a project file or a built-in network becomes a run folder. */
#include "cli/run.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/result.h"
#include "train/trainer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHANGES_MAX = 96, TEXT_MAX = 256 };

typedef struct options {
    const char *net, *data, *out, *resume, *device, *optimizer;
    int64_t epochs, batch, seed, iterations, threads, limit;
    double seconds, rate;
    bool quiet, force, show, check;
    cli_texts sets;
    const char *file; /* positional */
} options;

/* ---- the project ---- */

static const char *builtin_name(void *user, int i)
{
    (void)user;
    return rni_builtin_at(i, NULL);
}

static rni_project *load_project(const options *o)
{
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
    char text[CHANGES_MAX][2][TEXT_MAX];
    int64_t n;
} changes;

static bool add(changes *c, const char *path, const char *fmt, ...) RN_PRINTF(3, 4);
static bool add(changes *c, const char *path, const char *fmt, ...)
{
    if (c->n == CHANGES_MAX) return rni_fail(RN_ERR_ARG, NULL, NULL, "more than %d changes", CHANGES_MAX);
    char(*text)[TEXT_MAX] = c->text[c->n];
    va_list args;
    va_start(args, fmt);
    const int n = vsnprintf(text[1], TEXT_MAX, fmt, args);
    va_end(args);
    if (n >= TEXT_MAX || snprintf(text[0], TEXT_MAX, "%s", path) >= TEXT_MAX)
        return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%.60s...\" is too long", n >= TEXT_MAX ? text[1] : path);
    c->at[c->n++] = (rni_change){ text[0], text[1] };
    return true;
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
        char path[TEXT_MAX];
        snprintf(path, sizeof path, "data.%.200s.source", rni_json_key_at(data, i));
        if (!add_text(c, path, source)) return false;
    }
    return true;
}

static bool add_rate(changes *c, const rni_project *p, double rate, bool replaced)
{
    const rni_json *many = replaced ? NULL : rni_json_get(rni_json_get(p->json, "training"), "optimizers");
    if (!many) return add(c, "training.optimizer.rate", "%.17g", rate);
    for (int64_t i = 0; i < rni_json_count(many); i++) {
        char path[64];
        snprintf(path, sizeof path, "training.optimizers.%lld.rate", (long long)i);
        if (!add(c, path, "%.17g", rate)) return false;
    }
    return true;
}

static bool add_sets(changes *c, const cli_texts *sets)
{
    for (int i = 0; i < sets->n; i++) {
        const char *equals = strchr(sets->at[i], '=');
        char path[TEXT_MAX];
        if (!equals || equals == sets->at[i]) {
            rni_fail(RN_ERR_ARG, NULL, NULL, "--set needs key.path=value, not \"%s\"", sets->at[i]);
            return false;
        }
        snprintf(path, sizeof path, "%.*s", (int)(equals - sets->at[i]), sets->at[i]);
        if (!add(c, path, "%s", equals + 1)) return false;
    }
    return true;
}

static bool collect(changes *c, const rni_project *p, const options *o)
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
        { "training.epochs", o->epochs, 0 },
        { "training.batch", o->batch, 0 },
        { "training.iterations", o->iterations, 0 },
        { "training.limit", o->limit, 0 },
        { "training.seed", o->seed, -1 },
    };
    for (size_t i = 0; ok && i < RN_COUNTOF(numbers); i++)
        if (numbers[i].value != numbers[i].unset) ok = add(c, numbers[i].path, "%lld", (long long)numbers[i].value);
    if (o->seconds > 0) ok = ok && add(c, "training.seconds", "%.17g", o->seconds);
    return ok && add_sets(c, &o->sets);
}

/* Paths of data as the run folder will need them, wherever it is opened from. */
static bool add_full_paths(changes *c, const rni_project *p)
{
    const rni_json *data = rni_json_get(p->json, "data");
    for (int64_t i = -1; i < rni_json_count(data); i++) {
        const rni_json *v = i < 0 ? data : rni_json_at(data, i);
        const char *source = rni_json_string(rni_json_type_of(v) == RNI_JSON_OBJECT ? rni_json_get(v, "source") : v);
        if (!source || source[0] == '/' || !rni_source_is_path(source)) continue;
        char *path = rni_source_path(p, source), *full = path ? realpath(path, NULL) : NULL;
        char key[TEXT_MAX];
        snprintf(key, sizeof key,
                 i < 0                ? "data"
                 : rni_json_string(v) ? "data.%.200s"
                                      : "data.%.200s.source",
                 i < 0 ? "" : rni_json_key(v));
        const bool ok = rn_ok() && (!full || add_text(c, key, full));
        free(full);
        rni_free(path);
        if (!ok) return false;
    }
    return true;
}

static rni_project *make_project(const options *o)
{
    rni_project *p = load_project(o), *result = NULL;
    changes *c = p ? rni_alloc((int64_t)sizeof *c) : NULL;
    if (c && collect(c, p, o)) result = rni_project_change(p, c->at, c->n);
    if (result && !o->show) {
        c->n = 0;
        rni_project *full = add_full_paths(c, result) ? rni_project_change(result, c->at, c->n) : NULL;
        rni_project_free(result);
        result = full;
    }
    rni_free(c);
    rni_project_free(p);
    return result;
}

/* ---- showing ---- */

static int show_project(rni_project *p)
{
    rni_str s = { 0 };
    if (rni_project_write(p, &s)) fputs(s.at, stdout);
    rni_str_free(&s);
    rni_project_free(p);
    return cli_end();
}

static void print_layer(void *user, const char *path, const rni_step *step, rn_tensor *y)
{
    (void)user;
    char text[160] = "";
    const rn_shape *s = rn_tensor_shape(y);
    size_t at = 0;
    for (int i = 0; i < s->rank && at < sizeof text; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, i ? ", %lld" : "%lld", (long long)s->dim[i]);
    printf("  %-32s %-20s %s[%s]\n", path,
           step->inner                   ? step->inner->network->name
           : step->op                    ? step->op->name
           : rn_link_type_of(step->link) ? rn_link_type_of(step->link)->name
                                         : "",
           rn_dtype_name(rn_tensor_dtype(y)), text);
}

static int check_project(rni_project *p)
{
    rni_session *s = rni_session_open(p, &(rni_session_args){ .quiet = true, .progress = cli_download_progress });
    if (s) {
        int64_t elements = 0;
        const bool ok = rni_goal_check(&s->goal, s->data, s->training.batch, print_layer, NULL);
        rn_link_count(s->model->root, &elements);
        if (ok) printf("  %lld parameters\n", (long long)elements);
    }
    rni_session_free(s);
    return cli_end();
}

static void print_start(const rni_session *s, const char *out, const char *resumed)
{
    const rni_json *name = rni_json_get(s->project->json, "name");
    int64_t elements = 0;
    rn_link_count(s->model->root, &elements);
    printf("%s: %lld parameters, on %s, %d thread%s\n", name ? rni_json_string(name) : "project", (long long)elements,
           rn_device_name(), cli_threads(), cli_threads() == 1 ? "" : "s");
    for (int64_t i = 0; i < s->datas->n; i++)
        if (s->datas->at[i].state == 2)
            printf("%s: %lld examples, %s\n", s->datas->at[i].name, (long long)rn_dataset_count(s->datas->at[i].set),
                   rn_dataset_source(s->datas->at[i].set));
    printf("run folder: %s\n", out);
    if (resumed) printf("goes on from %s, epoch %.4g\n", resumed, rn_trainer_epoch(s->trainer));
    fflush(stdout);
}

/* ---- signals ---- */

/* Set before training, read by the handler. */
static struct {
    rn_trainer *volatile trainer;
    volatile sig_atomic_t count;
} g;

static void on_signal(int number)
{
    (void)number;
    if (g.count++ > 0 || !g.trainer) {
        _exit(130);
    }
    rn_trainer_stop(g.trainer);
    static const char text[] = "\nstopping after this step; again to end at once\n";
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0) return;
}

static void watch_signals(rn_trainer *t)
{
    g.trainer = t;
    const struct sigaction a = { .sa_handler = on_signal };
    sigaction(SIGINT, &a, NULL);
    sigaction(SIGTERM, &a, NULL);
}

/* ---- the run ---- */

static bool freeze_project(const rni_session *s, const char *out)
{
    rni_str text = { 0 };
    char *path = cli_run_file(out, "project.json");
    const bool ok = path && rni_project_write(s->project, &text) && rni_file_write(path, text.at, text.length);
    rni_str_free(&text);
    rni_free(path);
    return ok;
}

static bool save_model(const rni_session *s, const char *out)
{
    char *path = cli_run_file(out, "model.safetensors");
    const bool ok = path && rn_model_save(s->model->root, path);
    rni_free(path);
    return ok;
}

static bool finish(rni_session *s, const char *out, const options *o, int argc, char **argv)
{
    cli_report *reports = rni_alloc((s->n_watches + 1) * (int64_t)sizeof *reports);
    bool ok = reports && save_model(s, out);
    for (int64_t i = 0; ok && i < s->n_watches; i++) {
        ok = cli_report_make(s, &s->watch[i], &reports[i]);
        if (ok && !o->quiet) cli_report_print(stdout, &s->watch[i], &reports[i]);
    }
    char hash[65] = "";
    ok = ok && rn_model_hash(s->model->root, hash) && cli_result_write(s, reports, hash, out, argc, argv);
    if (ok) printf("parameters: sha256 %s\n", hash);
    for (int64_t i = 0; reports && i < s->n_watches; i++) cli_report_free(&reports[i]);
    rni_free(reports);
    return ok;
}

static int run_training(rni_session *s, const char *out, const options *o, int argc, char **argv)
{
    watch_signals(s->trainer);
    const bool ok = rn_trainer_run(s->trainer);
    const bool stopped = rn_trainer_stopped(s->trainer);
    g.trainer = NULL;
    if (!ok) return cli_end();
    if (stopped) {
        printf("stopped at epoch %.4g; to go on: rensa train --resume %s\n", rn_trainer_epoch(s->trainer), out);
        return 130;
    }
    return finish(s, out, o, argc, argv) ? 0 : cli_end();
}

/* "training.weights": parameters to begin with. */
static bool load_weights(const rni_session *s)
{
    const char *path = rni_json_string(rni_json_get(rni_json_get(s->project->json, "training"), "weights"));
    if (!path) return true;
    char *full = rni_source_path(s->project, path);
    const bool ok = full && rn_model_load(s->model->root, full);
    rni_free(full);
    return ok;
}

static int train(rni_project *p, const char *out, const options *o, int argc, char **argv)
{
    rni_session *s =
        rni_session_open(p, &(rni_session_args){ .out = out, .quiet = o->quiet, .progress = cli_download_progress });
    char latest[1024];
    const bool is_folder = o->resume && rni_folder_exists(o->resume);
    const char *from = !o->resume                                             ? NULL
                       : !is_folder                                           ? o->resume
                       : rn_snapshot_latest(o->resume, latest, sizeof latest) ? latest
                                                                              : NULL;
    int status = 1;
    bool ok = s != NULL && (from || load_weights(s));
    if (ok && from) ok = rn_trainer_resume(s->trainer, from);
    if (ok && !is_folder) ok = freeze_project(s, out);
    if (ok && !o->quiet) print_start(s, out, from);
    if (ok) status = run_training(s, out, o, argc, argv);
    rni_session_free(s);
    return rn_ok() ? status : cli_end();
}

static int start(options *o, int argc, char **argv)
{
    char *project_file = NULL, *out = o->out ? rni_strdup(o->out) : NULL;
    const bool is_folder = o->resume && rni_folder_exists(o->resume);
    int status = 1;
    if (o->resume && !is_folder && !rni_file_exists(o->resume))
        rni_fail(RN_ERR_IO, NULL, NULL, "there is no run \"%s\"", o->resume);
    if (o->resume && !o->file && !o->net && rn_ok()) {
        char *folder = is_folder ? rni_strdup(o->resume) : rni_path_folder(o->resume);
        o->file = project_file = folder ? rni_path_join(folder, "project.json") : NULL;
        if (!out && is_folder) out = rni_strdup(o->resume);
        rni_free(folder);
    }
    rni_project *p = rn_ok() && (!o->device || rn_device_use(o->device)) ? make_project(o) : NULL;
    if (p && o->show) {
        status = show_project(p);
    } else if (p && o->check) {
        status = check_project(p);
    } else if (p) {
        const char *name = rni_json_string(rni_json_get(p->json, "name"));
        if (!out) out = cli_run_name(o->net ? o->net : name && !strchr(name, '/') ? name : "project");
        const bool same = is_folder && out && strcmp(out, o->resume) == 0;
        if (out && (same || cli_run_prepare(out, o->force)))
            status = train(p, out, o, argc, argv);
        else
            rni_project_free(p);
    }
    rni_free(project_file);
    rni_free(out);
    return rn_ok() ? status : cli_end();
}

static int run(int argc, char **argv)
{
    options o = { .seed = -1 };
    const cli_option table[] = {
        { "net", "NAME", "a built-in network instead of a project file: lenet, mlp, resnet20, vgg11, lstm-lm, gpt",
          CLI_TEXT, &o.net, 0, 0 },
        { "data", "NAME|PATH", "train and test with this data instead", CLI_TEXT, &o.data, 0, 0 },
        { "epochs", "N", "passes over the data", CLI_INT, &o.epochs, 1, 1e9 },
        { "iterations", "N", "at most so many steps", CLI_INT, &o.iterations, 1, 1e15 },
        { "seconds", "S", "at most for this time", CLI_NUMBER, &o.seconds, 1e-3, 1e9 },
        { "batch", "N", "examples per step", CLI_INT, &o.batch, 1, 1e9 },
        { "limit", "N", "only the first N examples of each data set", CLI_INT, &o.limit, 1, 1e15 },
        { "lr", "X", "learning rate", CLI_NUMBER, &o.rate, 1e-30, 1e30 },
        { "optimizer", "NAME", "sgd, momentum_sgd, adam, ... with its usual options", CLI_TEXT, &o.optimizer, 0, 0 },
        { "seed", "N", "of initial values, order and noise", CLI_INT, &o.seed, 0, 9e15 },
        { "set", "KEY=VALUE", "changes any value of the project: training.optimizer.rate=0.1; may be repeated",
          CLI_TEXTS, &o.sets, 0, 0 },
        { "out", "DIR", "the run folder (runs/NAME-1, ...)", CLI_TEXT, &o.out, 0, 0 },
        { "resume", "DIR|FILE", "goes on with a run from its latest snapshot, or from this one", CLI_TEXT, &o.resume, 0,
          0 },
        { "force", NULL, "begins anew in a run folder that is not empty", CLI_SWITCH, &o.force, 0, 0 },
        { "device", "NAME", "cpu, ref, ...", CLI_TEXT, &o.device, 0, 0 },
        { "threads", "N", "for computing", CLI_INT, &o.threads, 1, 4096 },
        { "quiet", NULL, "no table and no progress bar", CLI_SWITCH, &o.quiet, 0, 0 },
        { "show", NULL, "prints the project with all changes, and ends", CLI_SWITCH, &o.show, 0, 0 },
        { "check", NULL, "prints the layers with their shapes, and ends", CLI_SWITCH, &o.check, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_train, table, argc, argv, &n)) return EXIT_USAGE;
    if (n > 1) return cli_usage(&cli_train, "one project at a time");
    if (n == 1) o.file = argv[1];
    if (o.file && o.net) return cli_usage(&cli_train, "a project file or --net, not both");
    if (!o.file && !o.net && !o.resume)
        return cli_usage(&cli_train, "a project file, --net NAME or --resume DIR is needed");
    for (int i = 0; i < o.sets.n; i++)
        if (!strchr(o.sets.at[i], '='))
            return cli_usage(&cli_train, "--set needs key.path=value, not \"%s\"", o.sets.at[i]);
    if (o.threads > 0) {
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)o.threads);
        setenv("OMP_NUM_THREADS", text, 1); /* read when the back end is loaded */
    }
    return start(&o, argc, argv);
}

const cli_command cli_train = {
    .name = "train",
    .arguments = "(--net NAME | PROJECT.json | --resume DIR) [OPTIONS]",
    .brief = "trains a network, built in or described by a project file",
    .help = "Writes a run folder: the project as it was run, log, learning curve, snapshots, the best and the final "
            "model, and\n"
            "result.json. Ctrl-C finishes the step, makes a snapshot and ends with status 130.",
    .run = run,
};
