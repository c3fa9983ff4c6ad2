/* Loss scaling: gradients of 16 bits that would vanish are those of a loss times a factor. What is not finite then
 * makes no step: parameters and states keep their values by a selection inside the plan, and the host learns of it when
 * the next step begins. */
#include "optim/loss_scale.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/op_table.h"

#include <math.h>
#include <pthread.h>
#include <rensa/ops.h>
#include <string.h>

/* More steps in a row without one that is finite are no matter of scale. */
enum { SKIPS_MOST = 200 };

typedef struct {
    double factor, interval;
} pace;
static const rn_opt pace_rows[] = { RNI_SCALAR(pace, factor), RNI_SCALAR(pace, interval), { 0 } };

/* s: scale, n: steps since it changed */
static const rn_op pace_row = {
    .name = "next_loss_scale",
    .kind = RN_MAP,
    .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
    .inputs = "s, n, fine",
    .outputs = "s, n",
    .opts = pace_rows,
    .opts_size = sizeof(pace),
    .expr = "k = n + 1; grows = k >= interval && s * factor < 1e30; "
            "s = fine != 0 ? (grows ? s * factor : s) : max(s / factor, 1e-30); n = fine != 0 && !grows ? k : 0",
};
static const rn_op fine_row = { .name = "gradients_are_finite",
                                .kind = RN_MAP,
                                .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
                                .inputs = "x",
                                .expr = "y = isnan(x) || isinf(x) ? 0 : 1" };
static const rn_op unscale_row = { .name = "unscale_gradients",
                                   .kind = RN_MAP,
                                   .flags = RN_OP_INTERNAL | RN_OP_LIST_OUT | RN_OP_NO_GRAD,
                                   .inputs = "g, s",
                                   .outputs = "g",
                                   .expr = "g = g / s" };
static const rn_op put_back_row = { .name = "put_back_state",
                                    .kind = RN_MAP,
                                    .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
                                    .inputs = "x, before, fine",
                                    .types = "first",
                                    .expr = "y = fine != 0 ? x : before" };

/* ---- making ---- */

static rn_tensor *number_cell(const char *name, double value)
{
    rn_tensor *x = NULL;
    RN_SCOPE
    x = rn_state(name, rn_scalar(value));
    return x;
}

bool rn_optimizer_scale_loss_at(const rn_optimizer_scale_loss_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    if (!rn_ok()) {
        rni_error_trail(&a->site, "optimizer_scale_loss");
        return false;
    }
    RNI_TRY(rni_given(a->optimizer, &a->site, "optimizer_scale_loss", "optimizer"));
    const double scale = a->scale != 0 ? a->scale : 65536, factor = a->factor != 0 ? a->factor : 2;
    const int64_t interval = a->interval != 0 ? a->interval : 2000;
    if (!(scale >= 1e-30 && scale <= 1e30) || !(factor > 1 && factor <= 1e6) || interval < 1) {
        rni_fail(RN_ERR_ARG, &a->site, "optimizer_scale_loss", "a scale of %g, times %g every %lld steps", scale,
                 factor, (long long)interval);
        rni_error_add("expect", "scale from 1e-30 to 1e30, factor above 1, interval of at least 1 step");
        return false;
    }
    rni_loss_scale *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return false;
    *s = (rni_loss_scale){ .factor = factor, .interval = interval, .fixed = a->fixed };
    s->scale = number_cell("loss_scale", scale);
    s->good = number_cell("good_steps", 0);
    s->fine = number_cell("fine", 1);
    rni_loss_scale *old = a->optimizer->scaling;
    a->optimizer->scaling = s;
    rni_loss_scale_free(old);
    rni_thread_self()->guarded++;
    return rn_ok();
}

void rni_loss_scale_free(rni_loss_scale *s)
{
    if (!s) return;
    rni_thread *t = rni_thread_self();
    if (t->guarded > 0) t->guarded--;
    rn_drop(s->scale);
    rn_drop(s->good);
    rn_drop(s->fine);
    rni_free(s);
}

/* ---- the loss ---- */

rn_tensor *rni_loss_seed(const rn_optimizer *o, rn_tensor *loss)
{
    const rn_dtype type = rn_tensor_dtype(loss);
    rn_tensor *seed = rn_reshape(o->scaling->scale, *rn_tensor_shape(loss));
    return type == RN_F32 ? seed : rn_cast(seed, type);
}

rn_tensor *rn_scaled_loss_at(const rn_site *site, rn_optimizer *o, rn_tensor *loss)
{
    if (!rn_ok()) {
        rni_error_trail(site, "scaled_loss");
        return NULL;
    }
    if (!rni_given(o, site, "scaled_loss", "optimizer") || !rni_is_tensor(loss, site, "scaled_loss")) return NULL;
    if (!o->scaling) return loss;
    return rn_mul_at(&(rn_mul_args){ loss, o->scaling->scale, .site = rni_site_copy(site) });
}

/* ---- a step ---- */

bool rni_loss_scale_take_off(rn_optimizer *o, rn_tensor **grad, int64_t n, const rn_site *site)
{
    rni_loss_scale *s = o->scaling;
    rn_tensor *all = rni_sum_of_squares(grad, n), *fine = NULL;
    if (!all || !rn_op_call(&fine_row, site, &all, 1, NULL, &fine)) return false;
    if (rn_tensor_dtype(fine) != RN_F32) fine = rn_cast(fine, RN_F32);
    RNI_TRY(fine && rn_assign_at(site, s->fine, fine));
    rn_tensor **scale = rni_alloc_raw((n + 1) * (int64_t)sizeof *scale);
    bool ok = scale != NULL;
    for (int64_t i = 0; ok && i < n; i++) {
        scale[i] = s->scale;
        /* what the scale has saved would vanish again */
        if (rn_dtype_bytes(rn_tensor_dtype(grad[i])) < 4) ok = (grad[i] = rn_cast(grad[i], RN_F32)) != NULL;
    }
    ok = ok &&
         rni_list_map(&(rni_list_call){
             .op = &unscale_row, .n_in = 2, .n_out = 1, .in = { grad, scale }, .out = { grad }, .n = n, .site = site });
    rni_free(scale);
    return ok;
}

typedef struct {
    const rni_loss_scale *scaling;
    const rn_site *site;
} put_back;

static bool put_back_slot(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    (void)link;
    (void)path;
    const put_back *b = user;
    if (!slot->before) return true;
    rn_tensor *in[] = { slot->cell, slot->before, b->scaling->fine }, *value = NULL;
    const bool ok = rn_op_call(&put_back_row, b->site, in, 3, NULL, &value) && rn_assign_at(b->site, slot->cell, value);
    rn_drop(slot->before);
    slot->before = NULL;
    return ok;
}

bool rni_loss_scale_end_step(rn_optimizer *o, const rn_site *site)
{
    rni_loss_scale *s = o->scaling;
    RNI_TRY(rni_slots_visit(o->model, put_back_slot, &(put_back){ s, site }));
    s->open = true;
    if (s->fixed) return true;
    const pace opts = { s->factor, (double)s->interval };
    rn_tensor *in[] = { s->scale, s->good, s->fine }, *out[2];
    return rn_op_call(&pace_row, site, in, 3, &opts, out) && rn_assign_at(site, s->scale, out[0]) &&
           rn_assign_at(site, s->good, out[1]);
}

bool rni_optim_settle(rn_optimizer *o)
{
    rni_loss_scale *s = o->scaling;
    if (!s || !s->open) return true;
    const double fine = rn_item(s->fine);
    if (!rn_ok()) return false;
    s->open = false;
    for (int64_t i = 0; i < o->n_params; i++) {
        rni_optim_param *p = &o->param[i];
        if (p->stepped && fine == 0) p->t--;
        p->stepped = false;
    }
    s->in_a_row = fine == 0 ? s->in_a_row + 1 : 0;
    if (fine != 0) return true;
    o->steps--;
    s->skipped++;
    rni_log(RN_LOG_INFO, "optim", "step %lld is skipped: gradients are not finite (%lld so far)",
            (long long)o->steps + 1, (long long)s->skipped);
    if (s->in_a_row < SKIPS_MOST) return true;
    s->in_a_row = 0;
    rni_fail(RN_ERR_STATE, NULL, o->type->name, "%d steps in a row are skipped: gradients are not finite at any scale",
             SKIPS_MOST);
    rni_error_add("hint", "RENSA_CHECK_NAN=1 names the call and the line where it arises");
    return false;
}

bool rn_optimizer_scales_loss(const rn_optimizer *o)
{
    return o && o->scaling;
}

double rn_optimizer_loss_scale(const rn_optimizer *o)
{
    return o && o->scaling ? rn_item(o->scaling->scale) : 1;
}

int64_t rn_optimizer_skipped(const rn_optimizer *o)
{
    if (!o || !o->scaling) return 0;
    rni_optim_settle((rn_optimizer *)(uintptr_t)o);
    return o->scaling->skipped;
}

/* ---- updates that keep what was ---- */

typedef struct row row;
struct row {
    const rn_op *of;
    rn_op op;
    row *next;
};

/* Rows, once made, stay: plans and programs are known by them. */
static struct {
    pthread_mutex_t lock;
    row *first;
} g = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* "p_0 = p; …; <text>; p = fine != 0 ? p : p_0; …" */
static char *guarded_text(const rn_op *of)
{
    rni_str s = { 0 };
    char name[48];
    for (int i = 0; rni_op_name(of->outputs, i, name, sizeof name, NULL); i++)
        rni_str_addf(&s, "%s_0 = %s; ", name, name);
    rni_str_add(&s, of->expr);
    for (int i = 0; rni_op_name(of->outputs, i, name, sizeof name, NULL); i++)
        rni_str_addf(&s, "; %s = fine != 0 ? %s : %s_0", name, name, name);
    return s.at;
}

static char *with_suffix(const char *text, const char *suffix)
{
    rni_str s = { 0 };
    rni_str_addf(&s, "%s%s", text, suffix);
    return s.at;
}

static row *row_new(const rn_op *of)
{
    row *r = rni_alloc((int64_t)sizeof *r);
    if (!r) return NULL;
    *r = (row){ .of = of, .op = *of };
    char *name = with_suffix(of->name, "_if_fine"), *inputs = with_suffix(of->inputs, ", fine"),
         *expr = guarded_text(of);
    r->op.name = name;
    r->op.inputs = inputs;
    r->op.expr = expr;
    if (name && inputs && expr) return r;
    rni_free(name);
    rni_free(inputs);
    rni_free(expr);
    rni_free(r);
    return NULL;
}

const rn_op *rni_guarded_update(const rn_op *of)
{
    pthread_mutex_lock(&g.lock);
    row *r = g.first;
    while (r && r->of != of) r = r->next;
    if (!r && (r = row_new(of)) != NULL) {
        r->next = g.first;
        g.first = r;
    }
    pthread_mutex_unlock(&g.lock);
    return r ? &r->op : NULL;
}
