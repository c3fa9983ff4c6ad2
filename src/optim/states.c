/* Saving and restoring an optimizer: everything that the next step depends on, as tensors with names. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "optim/loss_scale.h"
#include "optim/optim.h"

#include <math.h>
#include <string.h>

/* Numbers of the optimizer itself. */
typedef struct {
    const char *name;
    double (*get)(const rn_optimizer *o);
    void (*set)(rn_optimizer *o, double value);
} number;

static double get_steps(const rn_optimizer *o)
{
    return (double)o->steps;
}

static void set_steps(rn_optimizer *o, double value)
{
    o->steps = (int64_t)value;
}

static double get_collected(const rn_optimizer *o)
{
    return (double)o->collected;
}

static void set_collected(rn_optimizer *o, double value)
{
    o->collected = (int64_t)value;
}

static double get_rate(const rn_optimizer *o)
{
    return o->rate;
}

static void set_rate(rn_optimizer *o, double value)
{
    o->rate = value;
}

static double get_epoch(const rn_optimizer *o)
{
    return o->epoch;
}

static void set_epoch(rn_optimizer *o, double value)
{
    o->epoch = value;
}

static double get_skipped(const rn_optimizer *o)
{
    return o->scaling ? (double)o->scaling->skipped : 0;
}

static void set_skipped(rn_optimizer *o, double value)
{
    if (o->scaling) o->scaling->skipped = (int64_t)value;
}

static const number numbers[] = {
    { "steps", get_steps, set_steps }, { "collected", get_collected, set_collected }, { "rate", get_rate, set_rate },
    { "epoch", get_epoch, set_epoch }, { "skipped", get_skipped, set_skipped },
};

/* ---- showing ---- */

typedef struct {
    rn_state_visit *visit;
    void *user;
} walk;

static bool show(const walk *w, const char *kind, const char *path, rn_tensor *value)
{
    char name[512];
    if (!value) return rn_ok();
    snprintf(name, sizeof name, "%s/%s", kind, path);
    return w->visit(w->user, name, value);
}

static bool show_number(const walk *w, const char *kind, const char *path, double value)
{
    const int scope = rn_scope_begin();
    rn_tensor *x = rn_array(RN_F64, RN_SCALAR, &value);
    const bool ok = x && (path ? show(w, kind, path, x) : w->visit(w->user, kind, x));
    rn_scope_end(scope);
    return ok;
}

static bool show_param(const walk *w, const rn_optimizer *o, const rni_optim_param *p)
{
    char kind[48];
    if (p->t > 0 && !show_number(w, "t", p->path, (double)p->t)) return false;
    for (int i = 0; i < o->n_states; i++) {
        rni_optim_state_name(o->type, i, kind, sizeof kind);
        if (!show(w, kind, p->path, p->state[i])) return false;
    }
    return show(w, "master", p->path, p->master) && (!p->has_sum || show(w, "sum", p->path, p->sum));
}

/* What a changing scale goes on from. */
static rn_tensor **scaling_cell(const rn_optimizer *o, int i)
{
    return i == 0 ? &o->scaling->scale : &o->scaling->good;
}

bool rn_optimizer_states(rn_optimizer *o, rn_state_visit *visit, void *user)
{
    if (!rn_ok()) return false;
    if (!o || !visit) return rni_fail(RN_ERR_ARG, NULL, "optimizer_states", "the optimizer or the visit is NULL");
    RNI_TRY(rni_optim_refresh(o) && rni_optim_settle(o));
    const walk w = { visit, user };
    for (int i = 0; o->scaling && i < 2; i++)
        if (!visit(user, rn_tensor_name(*scaling_cell(o, i)), *scaling_cell(o, i))) return false;
    for (int i = 0; i < (int)RN_COUNTOF(numbers); i++)
        if (!show_number(&w, numbers[i].name, NULL, numbers[i].get(o))) return false;
    for (int64_t i = 0; i < o->n_params; i++)
        if (!show_param(&w, o, &o->param[i])) return false;
    return rn_ok();
}

/* ---- restoring ---- */

static bool read_number(const char *name, rn_tensor *value, double *to)
{
    *to = rn_item(value);
    if (!rn_ok()) return false;
    return isfinite(*to) || rni_fail(RN_ERR_ARG, NULL, "optimizer_set_state", "%s is not a number", name);
}

/* A cell with this value; in the place of one that is there. */
static bool restore(rn_tensor **cell, const char *name, rn_tensor *value, const rn_tensor *param)
{
    if (*cell) return rn_assign(*cell, value);
    const rn_shape *have = rn_tensor_shape(value);
    if (param && !rni_shape_equal(have, rn_tensor_shape(param))) {
        char a[RNI_SHAPE_TEXT], b[RNI_SHAPE_TEXT];
        rni_fail(RN_ERR_SHAPE, NULL, "optimizer_set_state", "%s does not fit its parameter", name);
        rni_error_add("expect", "%s", rni_shape_text(rn_tensor_shape(param), a));
        rni_error_add("actual", "%s", rni_shape_text(have, b));
        return false;
    }
    *cell = rn_state(name, value);
    return *cell != NULL;
}

static rni_optim_param *find_param(rn_optimizer *o, const char *path)
{
    for (int64_t i = 0; i < o->n_params; i++)
        if (strcmp(o->param[i].path, path) == 0) return &o->param[i];
    rni_fail(RN_ERR_ARG, NULL, "optimizer_set_state", "the model has no parameter \"%s\"", path);
    return NULL;
}

static bool restore_kind(rn_optimizer *o, rni_optim_param *p, const char *kind, int64_t n, const char *name,
                         rn_tensor *value)
{
    char state[48];
    for (int i = 0; i < o->n_states; i++) {
        rni_optim_state_name(o->type, i, state, sizeof state);
        if ((int64_t)strlen(state) == n && memcmp(state, kind, (size_t)n) == 0)
            return restore(&p->state[i], name, value, p->slot->cell);
    }
    if (n == 6 && memcmp(kind, "master", 6) == 0) return restore(&p->master, name, value, p->slot->cell);
    if (n == 3 && memcmp(kind, "sum", 3) == 0) return p->has_sum = restore(&p->sum, name, value, p->slot->cell);
    double t;
    if (n == 1 && *kind == 't') {
        RNI_TRY(read_number(name, value, &t));
        p->t = (int64_t)t;
        return true;
    }
    rni_fail(RN_ERR_ARG, NULL, "optimizer_set_state", "%s has no state \"%.*s\"", o->type->name, (int)n, kind);
    rni_error_add("expect", "one of t%s%s, master, sum", o->n_states ? ", " : "",
                  o->type->states ? o->type->states : "");
    return false;
}

bool rn_optimizer_set_state(rn_optimizer *o, const char *name, rn_tensor *value)
{
    if (!rn_ok()) return false;
    if (!o || !name || !value)
        return rni_fail(RN_ERR_ARG, NULL, "optimizer_set_state", "the optimizer, the name or the value is NULL");
    RNI_TRY(rni_optim_refresh(o));
    const char *slash = strchr(name, '/');
    double v;
    for (int i = 0; !slash && i < (int)RN_COUNTOF(numbers); i++)
        if (strcmp(numbers[i].name, name) == 0) {
            RNI_TRY(read_number(name, value, &v));
            numbers[i].set(o, v);
            return true;
        }
    for (int i = 0; !slash && o->scaling && i < 2; i++)
        if (strcmp(rn_tensor_name(*scaling_cell(o, i)), name) == 0) return rn_assign(*scaling_cell(o, i), value);
    if (!slash) return rni_fail(RN_ERR_ARG, NULL, "optimizer_set_state", "there is no state \"%s\"", name);
    rni_optim_param *p = find_param(o, slash + 1);
    return p && restore_kind(o, p, name, slash - name, name, value);
}
