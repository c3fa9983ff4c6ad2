/* rensa train: a project file or a built-in network becomes a run folder. */
#include "cli/run.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/project.h"
#include "cli/result.h"
#include "train/trainer.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUN = 1, SHOW = 2, CHECK = 4 };

typedef struct options {
    cli_project_args project;
    const char *out, *resume, *trace;
    bool quiet, force, show, check, profile;
    int argc;
    char **argv;
} options;

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
    rni_session *s =
        rni_session_open(p, &(rni_session_args){ .steps = true, .quiet = true, .progress = cli_download_progress });
    if (s) {
        int64_t elements = 0;
        const bool ok = rni_goal_check(&s->goal, s->data, s->training.batch, print_layer, NULL);
        rn_link_count(s->model->root, &elements);
        if (ok) printf("  %lld parameters\n", (long long)elements);
    }
    rni_session_free(s);
    return cli_end();
}

/* Whether a run that is resumed was trained as far as it asks for. */
static bool at_end(const rni_session *s)
{
    const rni_training *t = &s->training;
    return (t->epochs > 0 && rn_trainer_epoch(s->trainer) + 1e-9 >= (double)t->epochs) ||
           (t->iterations > 0 && rn_trainer_iteration(s->trainer) >= t->iterations) ||
           (t->seconds > 0 && rn_trainer_seconds(s->trainer) >= t->seconds);
}

static void print_start(const rni_session *s, const char *out, const char *resumed)
{
    char name[128];
    int64_t elements = 0;
    rn_link_count(s->model->root, &elements);
    printf("%s: %lld parameters, on %s, %d thread%s\n", cli_project_name(s->project, name, sizeof name),
           (long long)elements, rn_device_name(), cli_threads(), cli_threads() == 1 ? "" : "s");
    for (int64_t i = 0; i < s->datas->n; i++)
        if (s->datas->at[i].state == 2)
            printf("%s: %lld examples, %s\n", s->datas->at[i].name, (long long)rn_dataset_count(s->datas->at[i].set),
                   rn_dataset_source(s->datas->at[i].set));
    printf("run folder: %s\n", out);
    if (resumed) printf("goes on from %s, epoch %.4g\n", resumed, rn_trainer_epoch(s->trainer));
    if (resumed && at_end(s))
        puts("its training is at its end: nothing is left to do (more: --epochs N, or --iterations N)");
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
    /* a terminal that goes away, unless nohup was asked for */
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(SIGHUP, &a, NULL);
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

static bool finish(rni_session *s, const char *out, const options *o)
{
    cli_report *reports = rni_alloc((s->n_watches + 1) * (int64_t)sizeof *reports);
    bool ok = reports && save_model(s, out);
    for (int64_t i = 0; ok && i < s->n_watches; i++) {
        ok = cli_report_make(s, &s->watch[i], &reports[i]);
        if (ok && !o->quiet) cli_report_print(stdout, &s->watch[i], &reports[i]);
    }
    char hash[65] = "";
    ok =
        ok && rn_model_hash(s->model->root, hash) &&
        cli_result_write(
            s, out,
            &(cli_outcome){ .status = "finished", .reports = reports, .hash = hash, .argc = o->argc, .argv = o->argv });
    if (ok) printf("parameters: sha256 %s\n", hash);
    for (int64_t i = 0; reports && i < s->n_watches; i++) cli_report_free(&reports[i]);
    rni_free(reports);
    return ok;
}

/* Says in the run folder what went wrong, as far as that can be written. The error stays pending. */
static void leave_failure(rni_session *s, const char *out, const options *o)
{
    char *text = strdup(rn_error_last()->message);
    rni_error_copy *error = rni_error_take();
    cli_result_write(s, out, &(cli_outcome){ .status = "failed", .error = text, .argc = o->argc, .argv = o->argv });
    rn_error_clear();
    rni_error_give(error);
    free(text);
}

/* Trains with a profile, where it is asked for, and a trace (or NULL), which is closed. */
static bool run_watched(rni_session *s, const char *out, const options *o, rn_trace *trace)
{
    rn_profile *profile = o->profile ? rn_profile_new() : NULL;
    bool ok = rn_ok();
    RN_SCOPE
    {
        ok = ok && (!profile || rn_profile_push(profile)) && (!trace || rn_trace_push(trace));
        ok = ok && rn_trainer_run(s->trainer);
    }
    ok = rn_trace_close(trace) && ok;
    if (ok && profile) {
        char *path = cli_run_file(out, "profile.json");
        puts("");
        ok = path && rn_profile_print(profile, stdout) && rn_profile_save(profile, path);
        puts("");
        rni_free(path);
    }
    rn_profile_free(profile);
    return ok;
}

static int run_training(rni_session *s, const char *out, const options *o, rn_trace *trace)
{
    watch_signals(s->trainer);
    bool ok = run_watched(s, out, o, trace);
    const bool stopped = ok && rn_trainer_stopped(s->trainer);
    g.trainer = NULL;
    if (stopped) {
        ok = cli_result_write(s, out, &(cli_outcome){ .status = "interrupted", .argc = o->argc, .argv = o->argv });
        printf("stopped at epoch %.4g; to go on: rensa train --resume %s\n", rn_trainer_epoch(s->trainer), out);
    } else if (ok)
        ok = finish(s, out, o);
    if (!ok) leave_failure(s, out, o);
    return !ok ? cli_end() : stopped ? 130 : 0;
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

static int train(rni_project *p, const char *out, const options *o)
{
    const bool existed = rni_folder_exists(out), is_folder = o->resume && rni_folder_exists(o->resume);
    rni_session *s =
        rni_session_open(p, &(rni_session_args){ .out = out, .quiet = o->quiet, .progress = cli_download_progress });
    char latest[1024];
    const char *from = !o->resume                                             ? NULL
                       : !is_folder                                           ? o->resume
                       : rn_snapshot_latest(o->resume, latest, sizeof latest) ? latest
                                                                              : NULL;
    int status = 1;
    if (is_folder && !from && rn_ok() && !o->quiet) printf("no snapshot in %s: from the beginning\n", o->resume);
    bool ok = s != NULL && (from || load_weights(s));
    if (ok && from) ok = rn_trainer_resume(s->trainer, from);
    rn_trace *trace = ok && o->trace ? rn_trace_open(o->trace) : NULL;
    ok = ok && (trace || !o->trace) && freeze_project(s, out);
    if (ok && !o->quiet) print_start(s, out, from);
    if (ok && o->quiet && !o->out && !o->resume) printf("run folder: %s\n", out);
    if (ok)
        status = run_training(s, out, o, trace);
    else
        rn_trace_close(trace);
    rni_session_free(s);
    if (!ok && !existed) rmdir(out); /* nothing was written */
    return rn_ok() ? status : cli_end();
}

/* Shows, checks or trains; takes p over. */
static int start(rni_project *p, char *out, const options *o)
{
    if (o->show) return show_project(p);
    p = cli_project_settle(p);
    if (!p) return cli_end();
    if (o->check) return check_project(p);
    const bool same = o->resume && rni_folder_exists(o->resume) && strcmp(out, o->resume) == 0;
    if (same || cli_run_prepare(out, o->force)) return train(p, out, o);
    rni_project_free(p);
    return cli_end();
}

/* The folder of a run that goes on is where it was, unless another is named. */
static char *name_folder(const rni_project *p, const options *o)
{
    char buf[128];
    const char *name = o->project.net ? o->project.net : cli_project_name(p, buf, sizeof buf);
    if (o->out) return rni_strdup(o->out);
    if (o->resume && rni_folder_exists(o->resume)) return rni_strdup(o->resume);
    return cli_run_name(!strchr(name, '/') ? name : "project");
}

static int begin(options *o)
{
    char *file = NULL;
    if (o->resume && cli_run_exists(o->resume) && !o->project.file && !o->project.net)
        o->project.file = file = cli_run_project(o->resume);
    rni_project *p = rn_ok() ? cli_project_make(&o->project) : NULL;
    char *out = p ? name_folder(p, o) : NULL;
    const int status = out ? start(p, out, o) : cli_end();
    if (!out) rni_project_free(p);
    rni_free(file);
    rni_free(out);
    return status;
}

/* What a snapshot stands for, and a run that goes on cannot change. */
static bool is_of_its_own(const cli_project_args *p)
{
    return p->data || p->limit || p->batch || p->rate > 0 || p->seed >= 0 || p->optimizer;
}

static int run(int argc, char **argv)
{
    options o = { .project.seed = -1, .argc = argc, .argv = argv };
    const cli_option table[] = {
        { "net", "NAME", "built-in network: lenet, mlp, resnet20, vgg11, lstm-lm, gpt", CLI_TEXT, &o.project.net, 0,
          0 },
        { "data", "NAME|PATH", "data to train and test with, instead of the project's", CLI_TEXT, &o.project.data, 0,
          0 },
        { "epochs", "N", "end after N passes over the data", CLI_INT, &o.project.epochs, 1, 1e9 },
        { "iterations", "N", "end after N steps", CLI_INT, &o.project.iterations, 1, 1e15 },
        { "seconds", "S", "end after S seconds", CLI_NUMBER, &o.project.seconds, 1e-3, 1e9 },
        { "batch", "N", "examples per step", CLI_INT, &o.project.batch, 1, 1e9 },
        { "limit", "N", "use only the first N examples of each data set", CLI_INT, &o.project.limit, 1, 1e15 },
        { "lr", "X", "learning rate", CLI_NUMBER, &o.project.rate, 1e-30, 1e30 },
        { "optimizer", "NAME", "sgd, momentum_sgd, adam, ..., with its usual options", CLI_TEXT, &o.project.optimizer,
          0, 0 },
        { "seed", "N", "seed of initial values, order and noise", CLI_INT, &o.project.seed, 0, 9e15 },
        { "set", "KEY=VALUE", "change a value of the project, as in training.optimizer.rate=0.1 (repeatable)",
          CLI_TEXTS, &o.project.sets, 0, 0 },
        { "out", "DIR", "run folder (default: runs/NAME-1, runs/NAME-2, ...)", CLI_TEXT, &o.out, 0, 0, RUN },
        { "resume", "RUN|FILE", "go on with a run from its latest snapshot, or from this one", CLI_TEXT, &o.resume, 0,
          0 },
        { "force", NULL, "replace the run in a folder that is not empty", CLI_SWITCH, &o.force, 0, 0, RUN },
        { "precision", "NAME", "of products: float32 (default), bfloat16, float16", CLI_TEXT, &o.project.precision, 0,
          0 },
        { "device", "NAME", "device to compute on: cpu (default), ref, ...", CLI_DEVICE, &o.project.device, 0, 0 },
        { "threads", "N", "threads to compute with (default: all)", CLI_INT, &o.project.threads, 1, 4096 },
        { "quiet", NULL, "print no table and no progress bar", CLI_SWITCH, &o.quiet, 0, 0, RUN },
        { "profile", NULL, "print what took how long, and write it to profile.json in the run folder", CLI_SWITCH,
          &o.profile, 0, 0, RUN },
        { "trace", "FILE", "write each step of the computation to FILE, for chrome://tracing or Perfetto", CLI_TEXT,
          &o.trace, 0, 0, RUN },
        { "show", NULL, "print the project with all changes, and end", CLI_SWITCH, &o.show, 0, 0 },
        { "check", NULL, "print the layers with their shapes, and end", CLI_SWITCH, &o.check, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_train, table, argc, argv, &n)) return EXIT_USAGE;
    if (n > 1) return cli_usage(&cli_train, "one project at a time");
    if (n == 1) o.project.file = argv[1];
    if (o.project.file && o.project.net) return cli_usage(&cli_train, "a project file or --net, not both");
    if (!o.project.file && !o.project.net && !o.resume)
        return cli_usage(&cli_train, "a project file, --net NAME or --resume DIR is needed");
    if (o.resume && is_of_its_own(&o.project))
        return cli_usage(&cli_train,
                         "a run goes on with its own data, batch size, rate, seed and optimizer: no --data, "
                         "--limit, --batch, --lr, --seed, --optimizer");
    cli_unused(&cli_train, table,
               o.show    ? SHOW
               : o.check ? CHECK
                         : RUN,
               o.show    ? "with --show"
               : o.check ? "with --check"
                         : "in training");
    return begin(&o);
}

const cli_command cli_train = {
    .name = "train",
    .arguments = "(--net NAME | PROJECT.json | --resume RUN) [OPTIONS]",
    .brief = "train a network",
    .help = "The network is built in, or described by a project file. The run folder gets the project as it was run, "
            "the log,\n"
            "the learning curve, snapshots, the best and the final model, and result.json. Ctrl-C finishes the step, "
            "saves a\n"
            "snapshot and ends with status 130.\n"
            "\n"
            "--resume goes on with the same bits as if the run had not stopped. --epochs and --iterations then count "
            "from its\n"
            "beginning; with another number of epochs, a schedule that ends with the training (cosine, polynomial) "
            "changes.",
    .run = run,
};
