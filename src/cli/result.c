/* result.json: one object, everything with its unit in its name. */
#include "cli/result.h"

#include "base/alloc.h"
#include "base/file.h"
#include "cli/project.h"
#include "train/trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void put_command(rni_json_writer *w, int argc, char **argv)
{
    rni_json_write_key(w, "command");
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    rni_json_write_string(w, "rensa");
    for (int i = 0; i < argc; i++) rni_json_write_string(w, argv[i]);
    rni_json_array_end(w);
    rni_json_flat_end(w);
}

static void put_data(rni_json_writer *w, const rni_datas *d)
{
    rni_json_write_key(w, "data");
    rni_json_object_begin(w);
    for (int64_t i = 0; i < d->n; i++) {
        if (d->at[i].state != 2) continue;
        rni_json_write_key(w, d->at[i].name);
        rni_json_object_begin(w);
        rni_json_put_string(w, "source", rn_dataset_source(d->at[i].set));
        rni_json_put_int(w, "examples", rn_dataset_count(d->at[i].set));
        rni_json_object_end(w);
    }
    rni_json_object_end(w);
}

/* The mean over the last epoch, or over what there is of it. */
static void put_training(rni_json_writer *w, const rn_trainer *t)
{
    for (int64_t i = 0; i < t->seen.count; i++) {
        const rni_mean *p = &t->seen.mean[i];
        if (strncmp(p->name, "train_", 6) == 0 && p->weight > 0) rni_json_put_number(w, p->name, p->sum);
    }
    for (int64_t i = 0; i < t->now.count; i++) {
        const rni_mean *p = &t->now.mean[i];
        char name[128];
        snprintf(name, sizeof name, "train_%s", p->name);
        if (p->weight > 0 && isnan(rn_trainer_value(t, name))) rni_json_put_number(w, name, p->sum / p->weight);
    }
}

static void put_report(rni_json_writer *w, const rni_watch *watch, const cli_report *r)
{
    for (int i = 0; i < r->n_means; i++) {
        char name[160];
        snprintf(name, sizeof name, "%s_%s", watch->name, r->mean[i].name);
        rni_json_put_number(w, name, r->mean[i].value);
        if (watch->data->text && strcmp(r->mean[i].name, "loss") == 0) {
            snprintf(name, sizeof name, "%s_nats_per_token", watch->name);
            rni_json_put_number(w, name, r->mean[i].value);
        }
    }
    if (!r->confusion) return;
    char name[96];
    snprintf(name, sizeof name, "%s_confusion", watch->name);
    rni_json_write_key(w, name);
    rni_json_array_begin(w);
    for (int64_t i = 0; i < r->classes; i++) {
        rni_json_flat_begin(w);
        rni_json_array_begin(w);
        for (int64_t k = 0; k < r->classes; k++) rni_json_write_int(w, r->confusion[i * r->classes + k]);
        rni_json_array_end(w);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

static void put_versions(rni_json_writer *w)
{
    rni_json_write_key(w, "versions");
    rni_json_object_begin(w);
    rni_json_put_string(w, "rensa", rn_version());
#ifdef __clang__
    rni_json_put_string(w, "compiler", __VERSION__);
#else
    rni_json_put_string(w, "compiler", "GCC " __VERSION__);
#endif
    rni_json_object_end(w);
}

/* What the monitors found; without a final evaluation, what they found last. */
static void put_watches(rni_json_writer *w, const rni_session *s, const cli_report *reports)
{
    for (int64_t i = 0; reports && i < s->n_watches; i++) put_report(w, &s->watch[i], &reports[i]);
    const rn_metrics *seen = &s->trainer->seen;
    for (int64_t i = 0; !reports && i < seen->count; i++)
        if (strncmp(seen->mean[i].name, "train_", 6) != 0)
            rni_json_put_number(w, seen->mean[i].name, seen->mean[i].sum);
}

static void put_all(rni_json_writer *w, const rni_session *s, const cli_outcome *o)
{
    struct rusage usage;
    int64_t elements = 0;
    getrusage(RUSAGE_SELF, &usage);
    rn_link_count(s->model->root, &elements);
    const rn_trainer *t = s->trainer;
    const double seconds = rn_trainer_seconds(t);
    const char *name = rni_json_string(rni_json_get(s->project->json, "name"));
    rni_json_put_string(w, "status", o->status);
    if (o->error) rni_json_put_string(w, "error", o->error);
    put_command(w, o->argc, o->argv);
    if (name) rni_json_put_string(w, "name", name);
    rni_json_put_int(w, "seed", (int64_t)s->training.seed);
    put_versions(w);
    rni_json_put_string(w, "device", rn_device_name());
    rni_json_put_int(w, "threads", cli_threads());
    put_data(w, s->datas);
    put_training(w, t);
    put_watches(w, s, o->reports);
    rni_json_put_number(w, "epochs", rn_trainer_epoch(t));
    rni_json_put_int(w, "iterations", rn_trainer_iteration(t));
    rni_json_put_number(w, "seconds", seconds);
    rni_json_put_number(w, "examples_per_second", seconds > 0 ? (double)rn_trainer_examples(t) / seconds : 0);
    rni_json_put_int(w, "peak_memory_bytes", (int64_t)usage.ru_maxrss * 1024);
    rni_json_put_int(w, "peak_device_bytes", rn_memory().peak);
    rni_json_put_int(w, "parameters", elements);
    if (o->hash) rni_json_put_string(w, "parameters_sha256", o->hash);
}

bool cli_result_write(const rni_session *s, const char *out, const cli_outcome *o)
{
    rni_str text = { 0 };
    rni_json_writer w = { .to = &text, .indent = 2 };
    rni_json_object_begin(&w);
    put_all(&w, s, o);
    rni_json_object_end(&w);
    rni_str_add(&text, "\n");
    char *path = cli_run_file(out, "result.json");
    const bool ok = path && !text.failed && rni_file_write(path, text.at, text.length);
    rni_free(path);
    rni_str_free(&text);
    return ok;
}
