/* The loop. A step records loss and update inside a scope; the scope ends before anything is looked at, so that the
 * plan may overwrite the old parameters. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Two trainers would replace each other's files. A file system without locks has to do without. */
static bool lock_folder(rn_trainer *t)
{
    t->lock = open(t->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (t->lock < 0 || flock(t->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return true;
    return rni_fail(RN_ERR_STATE, NULL, "trainer", "another training is under way in \"%s\"", t->out);
}

/* Gradients in f16 need a scale. */
static bool take_precision(rn_trainer *t, const rn_site *site)
{
    const rn_dtype p = t->precision;
    if (p != RN_DTYPE_NONE && p != RN_F32 && p != RN_BF16 && p != RN_F16)
        return rni_fail(RN_ERR_ARG, site, "trainer", "the precision is no f32, bf16 or f16");
    if (p != RN_F16 || rn_optimizer_scales_loss(t->optimizer)) return true;
    return rn_optimizer_scale_loss_at(
        &(rn_optimizer_scale_loss_args){ .optimizer = t->optimizer, .site = rni_site_copy(site) });
}

rn_trainer *rn_trainer_new_at(const rn_trainer_new_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (!rn_ok()) {
        rni_error_trail(&a->site, "trainer");
        return NULL;
    }
    if (!a->model || !a->optimizer || !a->batches || !a->loss) {
        rni_fail(RN_ERR_ARG, &a->site, "trainer", "needs a model, an optimizer, batches and a loss; one is NULL");
        return NULL;
    }
    if (a->epochs <= 0 && a->iterations <= 0 && a->seconds <= 0) {
        rni_fail(RN_ERR_ARG, &a->site, "trainer", "no end is given");
        rni_error_add("expect", ".epochs, .iterations or .seconds above 0");
        return NULL;
    }
    rn_trainer *t = rni_alloc((int64_t)sizeof *t);
    if (!t) return NULL;
    t->model = a->model;
    t->optimizer = a->optimizer;
    t->batches = a->batches;
    t->loss = a->loss;
    t->user = a->user;
    t->epochs = a->epochs;
    t->iterations = a->iterations;
    t->limit_seconds = a->seconds;
    t->precision = a->precision;
    t->lock = -1;
    if (!take_precision(t, &a->site)) {
        rn_trainer_free(t);
        return NULL;
    }
    if (!a->out) return t;
    t->out = rni_strdup(a->out);
    const rn_site *before = rni_site_enter(&a->site);
    const bool taken = t->out && rni_folder_make(t->out) && lock_folder(t);
    rni_site_enter(before);
    if (taken) {
        rni_folder_sweep(t->out);
        return t;
    }
    rn_trainer_free(t);
    return NULL;
}

void rni_history_free(rn_trainer *t)
{
    for (int64_t i = 0; i < t->n_history; i++) {
        for (int64_t k = 0; k < t->history[i].count; k++) rni_free(t->history[i].name[k]);
        rni_free(t->history[i].name);
        rni_free(t->history[i].value);
    }
    rni_free(t->history);
    t->history = NULL;
    t->n_history = t->cap_history = 0;
}

bool rni_trainer_rests(const rn_trainer *t, const rn_site *site, const char *what)
{
    if (!t->site) return true;
    rni_fail(RN_ERR_STATE, site, what, "the trainer is running: this cannot be done from its loss or extensions");
    return false;
}

void rn_trainer_free(rn_trainer *t)
{
    if (!t || !rni_trainer_rests(t, NULL, "trainer_free")) return;
    for (int64_t i = 0; i < t->n_hung; i++) {
        if (t->hung[i].row->free) t->hung[i].row->free(t->hung[i].self);
        rni_free(t->hung[i].name);
    }
    rni_history_free(t);
    rni_metrics_free(&t->now);
    rni_metrics_free(&t->seen);
    rni_free(t->hung);
    rni_free(t->graph);
    rni_free(t->out);
    if (t->lock >= 0) close(t->lock);
    rni_free(t);
}

void rn_trainer_stop(rn_trainer *t)
{
    if (t) t->stop = 1;
}

bool rn_trainer_stopped(const rn_trainer *t)
{
    return t && t->stop != 0;
}

void rn_trainer_end(rn_trainer *t, const char *why)
{
    if (!t) return;
    t->ended = true;
    t->why = why;
    rni_log(RN_LOG_INFO, "train", "ends at iteration %lld: %s", (long long)t->iteration, why);
}

int64_t rn_trainer_iteration(const rn_trainer *t)
{
    return t ? t->iteration : 0;
}

double rn_trainer_epoch(const rn_trainer *t)
{
    return t ? t->epoch : 0;
}

double rn_trainer_seconds(const rn_trainer *t)
{
    return t ? t->seconds + (t->started > 0 ? rni_now() - t->started : 0) : 0;
}

int64_t rn_trainer_examples(const rn_trainer *t)
{
    return t ? t->examples : 0;
}

const char *rn_trainer_folder(const rn_trainer *t)
{
    return t ? t->out : NULL;
}

double rn_trainer_value(const rn_trainer *t, const char *name)
{
    for (int64_t i = 0; t && i < t->seen.count; i++)
        if (strcmp(t->seen.mean[i].name, name) == 0 && t->seen.mean[i].weight > 0) return t->seen.mean[i].sum;
    return NAN;
}

bool rn_trainer_report(rn_trainer *t, const char *name, double mean)
{
    RNI_TRY(rni_given(name, NULL, "trainer_report", "name"));
    rni_mean *p = t ? rni_metrics_find(&t->seen, name, true) : NULL;
    if (!p) return false;
    p->sum = mean;
    p->weight = 1;
    return true;
}

char *rni_trainer_path(const rn_trainer *t, const char *name)
{
    return rni_path_join(t->out, name);
}

const char *rni_monitor(const rn_trainer *t, const char *asked, bool *maximize)
{
    const char *name = asked ? asked : isnan(rn_trainer_value(t, "test_loss")) ? "train_loss" : "test_loss";
    const size_t n = strlen(name);
    if (n >= 8 && strcmp(name + n - 8, "accuracy") == 0) *maximize = true;
    return name;
}

/* ---- the log ---- */

static bool show_training(rn_trainer *t)
{
    for (int64_t i = 0; i < t->now.count; i++) {
        const rni_mean *p = &t->now.mean[i];
        char name[128];
        snprintf(name, sizeof name, "train_%s", p->name);
        if (p->weight > 0 && !rn_trainer_report(t, name, p->sum / p->weight)) return false;
    }
    rni_metrics_reset(&t->now);
    return !rn_optimizer_scales_loss(t->optimizer) ||
           (rn_trainer_report(t, "loss_scale", rn_optimizer_loss_scale(t->optimizer)) &&
            rn_trainer_report(t, "skipped_steps", (double)rn_optimizer_skipped(t->optimizer)));
}

bool rni_trainer_record(rn_trainer *t)
{
    if (t->n_history > 0 && t->history[t->n_history - 1].iteration == t->iteration) return true;
    if (!show_training(t)) return false;
    rni_log_row *p = rni_grow(t->history, t->n_history, &t->cap_history, (int64_t)sizeof *p);
    if (!p) return false;
    t->history = p;
    p += t->n_history;
    *p = (rni_log_row){ .iteration = t->iteration, .epoch = t->epoch, .seconds = rn_trainer_seconds(t) };
    p->name = rni_alloc((t->seen.count + 1) * (int64_t)sizeof *p->name);
    p->value = rni_alloc((t->seen.count + 1) * (int64_t)sizeof *p->value);
    bool ok = p->name && p->value;
    for (int64_t i = 0; ok && i < t->seen.count; i++) {
        ok = (p->name[i] = rni_strdup(t->seen.mean[i].name)) != NULL;
        if (ok) p->value[p->count++] = t->seen.mean[i].sum;
    }
    if (ok) {
        t->n_history++;
        return true;
    }
    for (int64_t i = 0; i < p->count; i++) rni_free(p->name[i]);
    rni_free(p->name);
    rni_free(p->value);
    return false;
}

/* ---- extensions ---- */

bool rn_trainer_add(rn_trainer *t, const rn_extension *row, void *self, rn_every every)
{
    if (!row || !row->name) return rni_fail(RN_ERR_ARG, NULL, "trainer_add", "the row is NULL, or has no name");
    if (rn_ok() && !t) rni_fail(RN_ERR_ARG, NULL, "trainer_add", "the trainer is NULL");
    const bool open = rn_ok() && rni_trainer_rests(t, NULL, "trainer_add");
    rni_hung *p = open ? rni_grow(t->hung, t->n_hung, &t->cap_hung, (int64_t)sizeof *p) : NULL;
    if (p) t->hung = p;
    /* a second one of the same name is called name_1 */
    int same = 0;
    for (int64_t i = 0; p && i < t->n_hung; i++) same += strcmp(t->hung[i].row->name, row->name) == 0;
    char name[96];
    snprintf(name, sizeof name, same ? "%s_%d" : "%s", row->name, same);
    char *copy = p ? rni_strdup(name) : NULL;
    if (!copy) {
        if (row->free) row->free(self);
        return false;
    }
    rni_hung h = { .row = row, .self = self, .every = every.n > 0 ? every : row->every, .name = copy };
    if (h.every.unit == RN_DEFAULT_UNIT) h.every.unit = RN_UNIT_ITERATION;
    int64_t at = t->n_hung++;
    for (; at > 0 && t->hung[at - 1].row->priority < row->priority; at--) t->hung[at] = t->hung[at - 1];
    t->hung[at] = h;
    return true;
}

static const char *extension_name(void *user, int i)
{
    (void)user;
    return rni_extension_rows[i].row ? rni_extension_rows[i].row->name : NULL;
}

const rn_extension *rn_extension_at(int i)
{
    for (int k = 0; k <= i; k++)
        if (!rni_extension_rows[k].row) return NULL;
    return i >= 0 ? rni_extension_rows[i].row : NULL;
}

bool rn_trainer_use_at(const rn_trainer_use_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    if (!rn_ok() || !a->trainer) {
        rni_error_trail(&a->site, "trainer_use");
        return false;
    }
    RNI_TRY(rni_given(a->name, &a->site, "trainer_use", "name"));
    const rni_extension_row *r = rni_extension_rows;
    while (r->row && strcmp(r->row->name, a->name) != 0) r++;
    if (!r->row) {
        rni_fail(RN_ERR_ARG, &a->site, "trainer_use", "there is no extension \"%s\"", a->name);
        const char *near = rni_nearest(a->name, extension_name, NULL);
        if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
        return false;
    }
    if (r->needs_folder && !a->trainer->out)
        return rni_fail(RN_ERR_STATE, &a->site, "trainer_use", "\"%s\" writes files: give the trainer a folder (.out)",
                        a->name);
    void *self = r->make(a);
    return self && rn_trainer_add(a->trainer, r->row, self, a->every);
}

static double position(const rn_trainer *t, int unit)
{
    return unit == RN_UNIT_EPOCH ? t->epoch : unit == RN_UNIT_SECOND ? rn_trainer_seconds(t) : (double)t->iteration;
}

/* Whether a multiple of the interval lies in (last, now]; epochs are sums of fractions, hence the tolerance. */
static bool due(const rn_trainer *t, rni_hung *h)
{
    const double now = position(t, h->every.unit) + 1e-9;
    const bool yes = floor(now / h->every.n) > floor((h->last + 1e-9) / h->every.n);
    if (yes) h->last = position(t, h->every.unit);
    return yes;
}

static bool ask(rn_trainer *t, const rni_hung *h, bool (*callback)(rn_trainer *t, void *self), const char *part)
{
    return !callback || rni_explained(callback(t, h->self), t->site, h->name, part);
}

static bool run_one(rn_trainer *t, rni_hung *h)
{
    h->last_step = t->iteration;
    return ask(t, h, h->row->run, "its run");
}

static bool after_step(rn_trainer *t)
{
    bool ok = true;
    for (int64_t i = 0; ok && i < t->n_hung; i++) ok = ask(t, &t->hung[i], t->hung[i].row->step, "its step");
    for (int64_t i = 0; ok && i < t->n_hung; i++)
        if (due(t, &t->hung[i])) ok = run_one(t, &t->hung[i]);
    return ok && rn_ok();
}

/* What happens once an epoch happens at the end as well. First what saves the state: a run that goes on from there must
 * not find traces of an end that it does not have. */
static bool last_time(rn_trainer *t)
{
    bool ok = true;
    for (int late = 0; late <= 1; late++)
        for (int64_t i = 0; ok && i < t->n_hung; i++) {
            rni_hung *h = &t->hung[i];
            if ((h->row->priority >= 0) != late || h->last_step == t->iteration) continue;
            if (!late || h->every.unit == RN_UNIT_EPOCH) ok = run_one(t, h);
        }
    return ok && rn_ok();
}

/* ---- the loop ---- */

static bool step(rn_trainer *t)
{
    const rn_site *site = t->site;
    rn_batch *b = rn_next_at(site, t->batches);
    if (!b) b = rn_next_at(site, t->batches); /* an iterator that does not repeat goes on after its NULL */
    if (!b) return rn_ok() && rni_fail(RN_ERR_STATE, site, "trainer", "there are no batches");
    const int64_t count = b->count;
    rn_optimizer_set_epoch(t->optimizer, t->epoch);
    RN_SCOPE
    {
        rn_tensor *loss = t->loss(t->user, b, &t->now);
        if (rni_explained(loss != NULL, site, "trainer", "the loss")) {
            if (t->graph && t->iteration == 0) rn_graph_save_at(site, t->graph, RN_LIST(loss));
            rni_metrics_loss(&t->now, loss, b, site);
            rn_update_at(&(rn_update_args){ .optimizer = t->optimizer, .loss = loss, .site = rni_site_copy(site) });
        }
    }
    if (!rn_ok() || !rni_metrics_collect(&t->now)) {
        rni_metrics_forget(&t->now);
        return false;
    }
    t->iteration++;
    t->examples += count;
    t->epoch = rn_iterator_epoch_detail(t->batches);
    return true;
}

static bool at_end(const rn_trainer *t)
{
    return t->stop || t->ended || (t->epochs > 0 && t->epoch + 1e-9 >= (double)t->epochs) ||
           (t->iterations > 0 && t->iteration >= t->iterations) ||
           (t->limit_seconds > 0 && rn_trainer_seconds(t) >= t->limit_seconds);
}

static bool run(rn_trainer *t)
{
    t->started = rni_now();
    bool ok = true;
    int64_t begun = 0;
    const int64_t first = t->iteration;
    for (; ok && begun < t->n_hung; begun++) ok = ask(t, &t->hung[begun], t->hung[begun].row->start, "its start");
    while (ok && !at_end(t)) {
        ok = step(t);
        if (ok && !t->why) ok = after_step(t);
    }
    if (ok && !t->stop && t->iteration > first) ok = last_time(t);
    t->seconds = rn_trainer_seconds(t);
    t->started = 0;
    /* extensions end in any case; the error that ended training stands before theirs */
    t->failed = !ok || !rn_ok();
    rni_error_copy *error = rni_error_take();
    for (int64_t i = 0; i < begun; i++) ok &= ask(t, &t->hung[i], t->hung[i].row->finish, "its finish");
    if (error) {
        rn_error_clear();
        rni_error_give(error);
    }
    return ok && rn_ok();
}

bool rn_trainer_run_at(const rn_site *site, rn_trainer *t)
{
    if (!rn_ok()) {
        rni_error_trail(site, "trainer_run");
        return false;
    }
    if (!t) return rni_fail(RN_ERR_ARG, site, "trainer_run", "the trainer is NULL");
    RNI_TRY(rni_trainer_rests(t, site, "trainer_run"));
    const bool training = rn_train_mode(true);
    const rn_dtype precision = rn_precision_mode(RN_F32);
    rn_precision_mode(t->precision ? t->precision : precision);
    t->site = site;
    const bool ok = run(t);
    t->site = NULL;
    rn_precision_mode(precision);
    rn_train_mode(training);
    return ok;
}
