/* tensors.jsonl: once an epoch, for each parameter, norms and histograms of its value and gradient, and how large its
 * last change was. The gradient is that of the epoch's last batch, taken once more: training itself is not disturbed,
 * and ends with the same bits as without. */
#include "project/tensors.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/file.h"
#include "train/lines.h"

#include <math.h>
#include <string.h>

enum { BINS = 32 };

typedef struct watched {
    char *name;
    rn_tensor *param;  /* borrowed from its link */
    rn_tensor *before; /* its value before the last step, kept */
} watched;

typedef struct tensors {
    rni_session *session;
    rni_lines file;
    watched *at;
    int64_t n, capacity;
    double epoch; /* after the step before */
    double step;  /* the fraction of an epoch that a step makes */
} tensors;

static bool add(void *user, const rn_param_info *info)
{
    tensors *w = user;
    if (!info->param) return true;
    watched *p = rni_grow(w->at, w->n, &w->capacity, (int64_t)sizeof *p);
    if (!p) return false;
    w->at = p;
    w->at[w->n] = (watched){ .name = rni_strdup(info->name), .param = info->param };
    return w->at[w->n++].name != NULL;
}

static void forget(tensors *w)
{
    for (int64_t i = 0; i < w->n; i++) {
        rn_drop(w->at[i].before);
        rni_free(w->at[i].name);
    }
    w->n = 0;
}

static bool start(rn_trainer *t, void *self)
{
    tensors *w = self;
    char *path = rni_path_join(rn_trainer_folder(t), "tensors.jsonl");
    rni_lines_close(&w->file);
    const bool ok = path && rni_lines_open(&w->file, path, rn_trainer_iteration(t));
    rni_free(path);
    w->epoch = rn_trainer_epoch(t);
    return ok;
}

/* Keeps the values before the step that will end the epoch. */
static bool step(rn_trainer *t, void *self)
{
    tensors *w = self;
    const double epoch = rn_trainer_epoch(t);
    w->step = epoch - w->epoch;
    w->epoch = epoch;
    if (floor(epoch + w->step * 1.5) <= floor(epoch + 1e-9)) return true;
    forget(w);
    if (!rn_link_visit(w->session->model->root, RN_PARAMS, add, w)) return false;
    RN_SCOPE
    for (int64_t i = 0; i < w->n; i++) w->at[i].before = rn_keep(rn_value(w->at[i].param));
    return rn_ok();
}

/* ---- numbers of a tensor ---- */

typedef struct summary {
    double norm, least, most;
    int64_t bad; /* NaN and infinities, which are not part of the others */
    int64_t bin[BINS];
} summary;

static double element(const rn_tensor *x, const void *data, int64_t i)
{
    const rn_dtype type = rn_tensor_dtype(x);
    return type == RN_F32 ? (double)((const float *)data)[i]
                          : rni_load(type, (const char *)data + i * rn_dtype_bytes(type));
}

static bool summarise(rn_tensor *x, summary *s)
{
    const void *data = rn_data(x);
    const int64_t n = rn_tensor_count(x);
    *s = (summary){ .least = INFINITY, .most = -INFINITY };
    if (!data) return false;
    for (int64_t i = 0; i < n; i++) {
        const double v = element(x, data, i);
        if (!isfinite(v)) {
            s->bad++;
            continue;
        }
        s->norm += v * v;
        s->least = v < s->least ? v : s->least;
        s->most = v > s->most ? v : s->most;
    }
    s->norm = sqrt(s->norm);
    const double scale = s->most > s->least ? BINS / (s->most - s->least) : 0;
    for (int64_t i = 0; i < n; i++) {
        const double v = element(x, data, i);
        if (!isfinite(v)) continue;
        const int bin = (int)((v - s->least) * scale);
        s->bin[bin < BINS ? bin : BINS - 1]++;
    }
    return true;
}

static void put_summary(rni_json_writer *w, const char *key, const summary *s)
{
    rni_json_write_key(w, key);
    rni_json_object_begin(w);
    rni_json_put_number(w, "norm", s->norm);
    rni_json_put_number(w, "min", s->least);
    rni_json_put_number(w, "max", s->most);
    if (s->bad) rni_json_put_int(w, "not_finite", s->bad);
    rni_json_write_key(w, "histogram");
    rni_json_array_begin(w);
    for (int i = 0; i < BINS; i++) rni_json_write_int(w, s->bin[i]);
    rni_json_array_end(w);
    rni_json_object_end(w);
}

/* |after - before| / |before|; NaN where the step before is not known. */
static double change(const watched *p, rn_tensor *value)
{
    const void *a = p->before ? rn_data(p->before) : NULL, *b = rn_data(value);
    double difference = 0, norm = 0;
    if (!a || !b) return NAN;
    for (int64_t i = 0; i < rn_tensor_count(value); i++) {
        const double x = element(p->before, a, i), d = element(value, b, i) - x;
        difference += d * d;
        norm += x * x;
    }
    return norm > 0 ? sqrt(difference / norm) : NAN;
}

/* ---- the line ---- */

static bool write_params(tensors *w, rn_tensor *const *grad, rni_json_writer *j)
{
    for (int64_t i = 0; i < w->n; i++) {
        const watched *p = &w->at[i];
        rn_tensor *value = rn_value(p->param);
        summary s;
        if (!value || !summarise(value, &s)) return false;
        rni_json_object_begin(j);
        rni_json_put_string(j, "name", p->name);
        put_summary(j, "value", &s);
        if (grad[i]) {
            if (!summarise(grad[i], &s)) return false;
            put_summary(j, "gradient", &s);
        }
        rni_json_put_number(j, "update_ratio", change(p, value));
        rni_json_object_end(j);
    }
    return rn_ok();
}

/* Gradients of the loss of the last batch, with evaluation behaviour: nothing is drawn, and running means stay. */
static bool find_gradients(tensors *w, rn_tensor **grad)
{
    rni_session *s = w->session;
    rn_tensor **param = rni_alloc((w->n + 1) * (int64_t)sizeof *param);
    bool ok = param != NULL;
    for (int64_t i = 0; ok && i < w->n; i++) param[i] = w->at[i].param;
    if (ok) {
        const bool training = rn_train_mode(false);
        rn_tensor *loss = rni_goal_loss(&s->goal, s->now, NULL);
        ok = loss &&
             rn_grad_at(&(rn_grad_args){
                 .outputs = { &loss, 1 }, .inputs = { param, w->n }, .grads = grad, .site = RN_SITE(rn_grad_args) });
        rn_train_mode(training);
    }
    rni_free(param);
    return ok;
}

static bool write_line(rn_trainer *t, tensors *w, rn_tensor *const *grad)
{
    rni_str text = { 0 };
    rni_json_writer j = { .to = &text };
    rni_json_object_begin(&j);
    rni_json_put_int(&j, "iteration", rn_trainer_iteration(t));
    rni_json_put_number(&j, "epoch", rn_trainer_epoch(t));
    rni_json_write_key(&j, "parameters");
    rni_json_array_begin(&j);
    bool ok = write_params(w, grad, &j);
    rni_json_array_end(&j);
    rni_json_object_end(&j);
    rni_str_add(&text, "\n");
    ok = ok && rni_lines_add(&w->file, &text);
    rni_str_free(&text);
    return ok;
}

static bool run(rn_trainer *t, void *self)
{
    tensors *w = self;
    rni_kept_states states;
    uint64_t random[2];
    if (w->n == 0 && !rn_link_visit(w->session->model->root, RN_PARAMS, add, w)) return false;
    rn_random_state(random);
    const int64_t last_epoch = w->session->goal.last_epoch;
    bool ok = rni_kept_states_take(w->session->model->root, &states);
    if (!ok) {
        rni_kept_states_free(&states);
        return false;
    }
    rn_tensor **grad = rni_alloc((w->n + 1) * (int64_t)sizeof *grad);
    RN_SCOPE
    ok = grad && find_gradients(w, grad) && write_line(t, w, grad);
    rni_free(grad);
    rni_error_copy *error = rni_error_take();
    ok = rni_kept_states_give(w->session->model->root, &states) && ok;
    rni_error_give(error);
    w->session->goal.last_epoch = last_epoch;
    rn_set_random_state(random);
    forget(w);
    return ok;
}

static bool finish(rn_trainer *t, void *self)
{
    (void)t;
    tensors *w = self;
    rni_lines_close(&w->file);
    forget(w);
    return true;
}

static void end(void *self)
{
    tensors *w = self;
    rni_lines_close(&w->file);
    forget(w);
    rni_free(w->at);
    rni_free(w);
}

/* Before monitors, which end the batch that training has in use. */
static const rn_extension row = {
    .name = "tensors",
    .brief = "norms and histograms of parameters and gradients, once an epoch, in tensors.jsonl",
    .priority = 400,
    .every = { 1, RN_UNIT_EPOCH },
    .start = start,
    .run = run,
    .step = step,
    .finish = finish,
    .free = end,
};

bool rni_tensors_watch(rni_session *s)
{
    tensors *w = rni_alloc((int64_t)sizeof *w);
    if (!w) return false;
    w->session = s;
    w->file.fd = -1;
    return rn_trainer_add(s->trainer, &row, w, (rn_every){ 0 });
}
