/* rn_recompute: a segment runs without history now and is recorded again, with history, in the backward pass.
 *
 * What the segment takes from outside besides its arguments (parameters, mostly) is collected while it runs, because
 * the gradient must reach that, too. */
#include "engine/engine.h"

#include "base/alloc.h"
#include "base/error.h"
#include "engine/infer.h"
#include "engine/recompute.h"

#include <rensa/ops.h>
#include <string.h>

struct rni_collector {
    rn_tensor **at; /* each held */
    int64_t count, capacity;
    bool failed;
};

void rni_collect(struct rni_collector *c, rn_tensor *x)
{
    if (!(x->flags & RNI_T_GRAD) || c->failed) return;
    for (int64_t i = 0; i < c->count; i++)
        if (c->at[i] == x) return;
    rn_tensor **p = rni_grow(c->at, c->count, &c->capacity, (int64_t)sizeof *p);
    if (!p) {
        c->failed = true;
        return;
    }
    c->at = p;
    rni_tensor_keep(x);
    c->at[c->count++] = x;
}

/* The node's inputs are the result of the first run, the arguments, and what was collected. */
typedef struct {
    int64_t fn, user, n_arguments, seed, draws, precision;
} segment_opt;

#define HIDDEN(f)                                                                                                      \
    {                                                                                                                  \
#f, RN_OPT_TYPE_I64, RN_OPT_DYNAMIC | RN_OPT_HIDDEN, (int)offsetof(segment_opt, f), 1, 0, 0, 0, 0, 0           \
    }

static bool infer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static rn_tensor *run_segment(rn_segment_fn *fn, void *user, rn_tensor *const *x, int64_t n, const rn_site *site)
{
    rn_tensor *y = fn(user, x, n);
    if (!rni_explained(y != NULL, site, "recompute", "the segment")) return NULL;
    return rni_is_tensor(y, site, "recompute") ? y : NULL;
}

/* The segment again, on copies of its arguments at which its gradient stops. */
static bool run_again(rn_vjp *v, bool create_graph, rn_tensor **x, rn_tensor **grads)
{
    const segment_opt *o = v->opts;
    for (int64_t i = 0; i < o->n_arguments; i++) {
        x[i] = rn_detach(v->in[1 + i]);
        if (!x[i]) return false;
        if (v->in[1 + i]->flags & RNI_T_GRAD) x[i]->flags |= RNI_T_GRAD | RNI_T_LEAF;
    }
    for (int64_t i = o->n_arguments; i < v->n_in - 1; i++) x[i] = v->in[1 + i];
    rn_segment_fn *fn;
    memcpy(&fn, &o->fn, sizeof fn);
    rn_tensor *y = run_segment(fn, (void *)(uintptr_t)o->user, x, o->n_arguments, rni_site_current());
    if (!y) return false;
    if (!rn_requires_grad(y)) return true; /* a constant */
    return rn_grad(RN_LIST(y), ((rn_list){ x, v->n_in - 1 }), .grad_outputs = RN_LIST(v->gout[0]),
                   .create_graph = create_graph, .grads = grads);
}

static bool backward(rn_vjp *v)
{
    const segment_opt *o = v->opts;
    rni_thread *t = rni_thread_self();
    const int64_t n = v->n_in - 1;
    rn_tensor **x = rni_alloc((2 * n + 1) * (int64_t)sizeof *x);
    bool *was_leaf = rni_alloc(n + 1);
    bool ok = x && was_leaf;
    /* gradients stop at what was collected, also where it has a history of its own */
    for (int64_t i = 0; ok && i < n; i++) {
        was_leaf[i] = v->in[1 + i]->flags & RNI_T_LEAF;
        if (i >= o->n_arguments) v->in[1 + i]->flags |= RNI_T_LEAF;
    }
    uint64_t now[2];
    rn_random_state(now);
    rn_set_random_state((const uint64_t[]){ (uint64_t)o->seed, (uint64_t)o->draws });
    const bool again = t->recomputing, graph = rn_grad_mode(true);
    t->recomputing = true;
    const rn_dtype precision = t->precision;
    t->precision = (rn_dtype)o->precision;
    ok = ok && run_again(v, graph, x, x + n);
    t->precision = precision;
    t->recomputing = again;
    rn_grad_mode(graph);
    rn_set_random_state(now);
    for (int64_t i = o->n_arguments; was_leaf && i < n; i++)
        if (!was_leaf[i]) v->in[1 + i]->flags &= (uint8_t)~RNI_T_LEAF;
    for (int64_t i = 0; ok && i < n; i++)
        if (v->need[1 + i]) v->gin[1 + i] = x[n + i];
    rni_free(x);
    rni_free(was_leaf);
    return ok;
}

static const rn_op recompute_row = {
    .name = "recompute",
    .kind = RN_VIEW,
    .flags = RN_OP_INTERNAL,
    .inputs = "y*",
    .infer = infer,
    .backward = backward,
    .view = rni_view_same,
    .opts =
        (const rn_opt[]){
            HIDDEN(fn), HIDDEN(user), HIDDEN(n_arguments), HIDDEN(seed), HIDDEN(draws), HIDDEN(precision), { 0 } },
    .opts_size = sizeof(segment_opt),
    .doc = { .brief = "A segment whose inner values are computed again in the backward pass." },
};

static bool check(const rn_site *site, rn_segment_fn *fn, const rn_list *xs)
{
    if (!rn_ok()) {
        rni_error_trail(site, "recompute");
        return false;
    }
    if (!fn) return rni_fail(RN_ERR_ARG, site, "recompute", "there is no segment: fn is NULL");
    if (xs->n > 0 && !rni_given(xs->at, site, "recompute", "xs")) return false;
    for (int64_t i = 0; i < xs->n; i++)
        if (!rni_is_tensor(xs->at[i], site, "recompute")) return false;
    return true;
}

/* The call that stands for a segment with result y: it reads the arguments, and what else the segment has used. */
static rn_tensor *record_segment(const rn_site *site, const segment_opt *o, rn_tensor *y, const rn_list *xs,
                                 const struct rni_collector *found)
{
    rn_tensor *result = NULL, **in = rni_alloc((1 + xs->n + found->count) * (int64_t)sizeof *in);
    if (!in) return NULL;
    in[0] = y;
    int64_t n = 1;
    for (int64_t i = 0; i < xs->n; i++) in[n++] = rni_value_of(xs->at[i]);
    for (int64_t i = 0; i < found->count; i++) {
        bool argument = false;
        for (int64_t k = 0; k < xs->n; k++) argument |= found->at[i] == in[1 + k];
        if (!argument) in[n++] = found->at[i];
    }
    const bool ok = rn_op_call(&recompute_row, site, in, n, o, &result);
    rni_free(in);
    return ok ? result : NULL;
}

rn_tensor *rn_recompute_at(const rn_site *site, rn_segment_fn *fn, void *user, rn_list xs)
{
    if (!check(site, fn, &xs)) return NULL;
    rni_thread *t = rni_thread_self();
    if (t->no_grad) return run_segment(fn, user, xs.at, xs.n, site);
    uint64_t state[2];
    rn_random_state(state);
    segment_opt o = { .user = (int64_t)(uintptr_t)user,
                      .n_arguments = xs.n,
                      .seed = (int64_t)state[0],
                      .draws = (int64_t)state[1],
                      .precision = t->precision };
    memcpy(&o.fn, &fn, sizeof fn);
    struct rni_collector found = { 0 }, *outer = t->collector;
    t->collector = &found;
    rn_grad_mode(false);
    rn_tensor *y = run_segment(fn, user, xs.at, xs.n, site);
    if (y) rni_collect(&found, rni_value_of(y)); /* it may be one from outside */
    rn_grad_mode(true);
    t->collector = outer;
    rn_tensor *result = y && !found.failed ? record_segment(site, &o, y, &xs, &found) : NULL;
    for (int64_t i = 0; i < found.count; i++) rni_tensor_drop(found.at[i]);
    rni_free(found.at);
    return result;
}
