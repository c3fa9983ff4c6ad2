/* steps: what training looks like from moment to moment, in steps.jsonl, for those who watch it. A line has the means
 * since the one before; there are five a second at most. */
#include "train/lines.h"
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MEANS_MAX = 64 };
static const double interval = 0.2; /* seconds between lines */

/* A mean since the last line. `seen` is what the trainer's sums had when they were looked at. */
typedef struct since {
    double sum, weight, seen_sum, seen_weight;
} since;

typedef struct steps {
    char name[128];
    rni_lines file;
    since mean[MEANS_MAX];
    int64_t rows; /* of the log: the trainer's sums begin anew with each */
    int64_t iteration, examples;
    double time, cpu; /* of the last line */
} steps;

void *rni_ext_steps_make(const rn_trainer_use_args *a)
{
    steps *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return NULL;
    if (a->file) snprintf(s->name, sizeof s->name, "%s", a->file);
    s->file.fd = -1;
    return s;
}

static double cpu_seconds(void)
{
    struct rusage u;
    if (getrusage(RUSAGE_SELF, &u) != 0) return 0;
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + 1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* Bytes of the process that are in memory. */
static double resident_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    long long pages = 0;
    if (f && fscanf(f, "%*s %lld", &pages) != 1) pages = 0;
    if (f) fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static bool start(rn_trainer *t, void *self)
{
    steps *s = self;
    char *path = rni_trainer_path(t, s->name[0] ? s->name : "steps.jsonl");
    rni_lines_close(&s->file);
    const bool ok = path && rni_lines_open(&s->file, path, t->iteration);
    rni_free(path);
    memset(s->mean, 0, sizeof s->mean);
    s->rows = t->n_history;
    for (int64_t i = 0; i < t->now.count && i < MEANS_MAX; i++) {
        s->mean[i].seen_sum = t->now.mean[i].sum;
        s->mean[i].seen_weight = t->now.mean[i].weight;
    }
    s->iteration = t->iteration;
    s->examples = t->examples;
    s->time = rni_now();
    s->cpu = cpu_seconds();
    return ok;
}

/* Takes over what the trainer's sums have gained. */
static void gather(const rn_trainer *t, steps *s)
{
    const bool anew = s->rows != t->n_history;
    s->rows = t->n_history;
    for (int64_t i = 0; i < t->now.count && i < MEANS_MAX; i++) {
        since *m = &s->mean[i];
        if (anew) m->seen_sum = m->seen_weight = 0;
        m->sum += t->now.mean[i].sum - m->seen_sum;
        m->weight += t->now.mean[i].weight - m->seen_weight;
        m->seen_sum = t->now.mean[i].sum;
        m->seen_weight = t->now.mean[i].weight;
    }
}

static bool write_line(rn_trainer *t, steps *s, double now)
{
    const double seconds = now - s->time > 1e-9 ? now - s->time : 1e-9, cpu = cpu_seconds();
    rni_str text = { 0 };
    rni_json_writer w = { .to = &text };
    rni_json_object_begin(&w);
    rni_json_put_int(&w, "iteration", t->iteration);
    rni_json_put_number(&w, "epoch", t->epoch);
    rni_json_put_number(&w, "seconds", rn_trainer_seconds(t));
    for (int64_t i = 0; i < t->now.count && i < MEANS_MAX; i++) {
        since *m = &s->mean[i];
        char name[160];
        snprintf(name, sizeof name, "train_%s", t->now.mean[i].name);
        if (m->weight > 0) rni_json_put_number(&w, name, m->sum / m->weight);
        m->sum = m->weight = 0;
    }
    rni_json_put_number(&w, "rate", rn_optimizer_rate(t->optimizer));
    if (rn_optimizer_scales_loss(t->optimizer))
        rni_json_put_number(&w, "loss_scale", rn_optimizer_loss_scale(t->optimizer));
    rni_json_put_number(&w, "examples_per_second", (double)(t->examples - s->examples) / seconds);
    rni_json_put_int(&w, "memory", rn_memory().used);
    rni_json_put_number(&w, "process_memory", resident_bytes());
    rni_json_put_number(&w, "processors", (cpu - s->cpu) / seconds);
    rni_json_object_end(&w);
    rni_str_add(&text, "\n");
    const bool ok = rni_lines_add(&s->file, &text);
    rni_str_free(&text);
    s->iteration = t->iteration;
    s->examples = t->examples;
    s->time = now;
    s->cpu = cpu;
    return ok;
}

static bool step(rn_trainer *t, void *self)
{
    steps *s = self;
    const double now = rni_now();
    if (now - s->time < interval) return true;
    gather(t, s);
    return write_line(t, s, now);
}

/* Before the log, which begins the trainer's sums anew. */
static bool run(rn_trainer *t, void *self)
{
    gather(t, self);
    return true;
}

static bool finish(rn_trainer *t, void *self)
{
    steps *s = self;
    bool ok = true;
    if (!t->failed && s->iteration != t->iteration) {
        gather(t, s);
        ok = write_line(t, s, rni_now());
    }
    rni_lines_close(&s->file);
    return ok;
}

static void end(void *self)
{
    steps *s = self;
    rni_lines_close(&s->file);
    rni_free(s);
}

const rn_extension rni_ext_steps = {
    .name = "steps",
    .brief = "means and speed since the line before, five times a second, in steps.jsonl",
    .priority = 900,
    .every = { 1, RN_UNIT_EPOCH },
    .start = start,
    .run = run,
    .step = step,
    .finish = finish,
    .free = end,
};
