/* gru_layer: a gated recurrent unit over all steps of a sequence, given the input's part of the gates. As lstm_layer.
 */
#include "ops/rnn/rnn_p.h"

#include "base/alloc.h"
#include "base/error.h"

#include <rensa/lists.h>
#include <rensa/ops.h>

static bool check_bias(rn_infer *f, int input)
{
    if (input >= f->n_in || !f->in[input]) return true;
    if (f->shape[input]->rank == 1 && f->shape[input]->dim[0] == f->shape[1]->dim[0]) return true;
    return rn_refuse(f, RN_ERR_SHAPE, "the bias does not fit", "b.shape == u.shape[:1]");
}

static bool infer(rn_infer *f)
{
    rn_shape hs;
    return rni_layer_check(f, 3, 2, 2, 4, &hs) && check_bias(f, 3) && rn_out(f, 0, f->dtype[0], hs);
}

/* g, u, h, b?, mask? -> hs */
static bool build(rn_call_info *call)
{
    rn_tensor *g = call->in[0], *u = call->in[1], *h = call->in[2], *b = call->n_in > 3 ? call->in[3] : NULL;
    const int64_t steps = rn_tensor_dim(g, 0);
    const rn_shape none = RN_SHAPE(0, rn_tensor_dim(g, 1), rn_tensor_dim(u, 1));
    rn_tensor **at = rni_alloc((3 * steps + 1) * (int64_t)sizeof *at); /* gates, masks, states of each step */
    if (!at) return false;
    rn_tensor **m = at + steps, **hs = m + steps;
    bool ok = rni_layer_steps(g, at, steps) && rni_layer_steps(call->n_in > 4 ? call->in[4] : NULL, m, steps);
    for (int64_t k = 0; ok && k < steps; k++) {
        const int64_t t = rni_layer_step(call->opts, k, steps);
        rn_tensor *x[3], *y[3];
        ok = rn_split(at[t], x, 3, .axis = 1) && rn_split(rn_linear(h, u, b), y, 3, .axis = 1);
        rn_tensor *next = ok ? rni_gru_cell(x, y, h) : NULL;
        ok = next != NULL;
        if (ok) hs[t] = h = rni_layer_keep(m[t], next, h);
    }
    call->out[0] = ok ? rni_layer_join(hs, steps, &none, g) : NULL;
    rni_free(at);
    return ok && rn_ok();
}

static bool backward(rn_vjp *v)
{
    rn_tensor *b = v->n_in > 3 ? v->in[3] : NULL, *mask = v->n_in > 4 ? v->in[4] : NULL;
    rn_tensor *in[] = { v->in[0], v->in[1], v->in[2], v->out[0], v->gout[0], b, mask }, *out[4];
    if (!rn_op_call(&rn_ops_gru_layer[1], rni_site_current(), in, mask ? 7 : b ? 6 : 5, v->opts, out)) return false;
    for (int i = 0; i < v->n_in && i < 4; i++)
        if (v->need[i]) v->gin[i] = out[i];
    return true;
}

static bool grad_infer(rn_infer *f)
{
    rn_shape hs;
    if (!rni_layer_check(f, 3, 2, 2, 6, &hs) || !check_bias(f, 5)) return false;
    for (int i = 0; i < 3; i++)
        if (!rn_out(f, i, f->dtype[i], *f->shape[i])) return false;
    return rn_out(f, 3, f->dtype[0], RN_SHAPE(f->shape[1]->dim[0]));
}

/* What each step needs on the way back; x, s: parts of the gates from the input and from the state; gx, gs: their
 * gradients. */
typedef struct {
    rn_tensor **x, **s, **before, **ghs, **mask, **gx, **gs;
} back;

static bool step_back(const back *p, int64_t t, rn_tensor *u, rn_tensor **gh)
{
    rn_tensor *a[3], *b[3], *d[5], *dh = *gh ? rn_add(p->ghs[t], *gh) : p->ghs[t], *m = p->mask[t];
    if (!rn_split(p->x[t], a, 3, .axis = 1) || !rn_split(p->s[t], b, 3, .axis = 1) ||
        !rni_gru_cell_grad(a, b, p->before[t], rni_layer_keep(m, dh, NULL), d))
        return false;
    p->gx[t] = rn_concat(RN_LIST(d[0], d[1], d[2]), .axis = 1);
    p->gs[t] = rn_concat(RN_LIST(d[0], d[1], d[3]), .axis = 1);
    *gh = rn_add(rn_matmul(p->gs[t], u), d[4]);
    if (m) *gh = rn_add(*gh, rni_layer_rest(m, dh));
    return rn_ok();
}

/* g, u, h, hs, ghs, b?, mask? -> gg, gu, gh, gb */
static bool grad_build(rn_call_info *call)
{
    rn_tensor *const *in = call->in, *u = in[1], *b = call->n_in > 5 ? in[5] : NULL, *gh = NULL;
    const int64_t steps = rn_tensor_dim(in[0], 0);
    rn_tensor **at = rni_alloc((7 * steps + 1) * (int64_t)sizeof *at);
    if (!at) return false;
    const back p = { at, at + steps, at + 2 * steps, at + 3 * steps, at + 4 * steps, at + 5 * steps, at + 6 * steps };
    rn_tensor *before = rni_layer_before(in[3], in[2], call->opts),
              *s = before ? rni_layer_project(before, u, b) : NULL;
    bool ok = s && rni_layer_steps(in[0], p.x, steps) && rni_layer_steps(s, p.s, steps) &&
              rni_layer_steps(before, p.before, steps) && rni_layer_steps(in[4], p.ghs, steps) &&
              rni_layer_steps(call->n_in > 6 ? in[6] : NULL, p.mask, steps);
    for (int64_t k = steps - 1; ok && k >= 0; k--) ok = step_back(&p, rni_layer_step(call->opts, k, steps), u, &gh);
    rn_tensor *gs = ok ? rni_layer_join(p.gs, steps, rn_tensor_shape(in[0]), in[0]) : NULL;
    call->out[0] = ok ? rni_layer_join(p.gx, steps, rn_tensor_shape(in[0]), in[0]) : NULL;
    call->out[1] = gs ? rni_layer_project_grad(gs, before) : NULL;
    call->out[2] = gh ? gh : rn_zeros(*rn_tensor_shape(in[2]), .dtype = rn_tensor_dtype(in[2]));
    call->out[3] = gs ? rn_sum(gs, .axes = RN_AXES(0, 1)) : NULL;
    rni_free(at);
    return ok && rn_ok();
}

static void cost(rn_cost *c)
{
    const rn_view *g = &c->in[0], *u = &c->in[1];
    const double cells = (double)g->dim[0] * (double)g->dim[1] * (double)u->dim[1];
    c->multiply_add = cells * (double)u->dim[0] + 2 * cells;
    c->add = 3 * cells;
    c->exponential = 3 * cells;
    c->divide = 3 * cells;
}

/* The products of the step and of the weights; the gates are computed again. */
static void grad_cost(rn_cost *c)
{
    cost(c);
    c->multiply_add *= 3;
}

const rn_op rn_ops_gru_layer[] = {
    { .name = "gru_layer",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, u, h, b?, mask?",
      .outputs = "hs",
      .infer = infer,
      .build = build,
      .backward = backward,
      .cost = cost,
      .opts = (const rn_opt[]){ RN_OPT_BOOL(rni_layer_opts, reverse, "from the last step to the first"), { 0 } },
      .opts_size = sizeof(rni_layer_opts),
      .doc = { .brief = "States of a gated recurrent unit after each step.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "g:f32[3,2,6] u:f32[6,2] h:f32[2,2] b:f32[6]" },
                                  { .in = "g:f64[3,2,6] u:f64[6,2] h:f64[2,2] b:f64[6] mask:bool[3,2,1]{=1,1,1,1,0,1}",
                                    .with = "reverse=true" },
                                  { .in = "g:f32[0,2,6] u:f32[6,2] h:f32[2,2]" },
                                  { .in = "g:f32[3,2,6] u:f32[6,2] h:f32[2,2] b:f32[2]", .fails = "b.shape ==" },
                                  { 0 } } },
    { .name = "gru_layer_grad",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, u, h, hs, ghs, b?, mask?",
      .outputs = "gg, gu, gh, gb",
      .infer = grad_infer,
      .build = grad_build,
      .backward = rn_backward_by_build,
      .cost = grad_cost,
      .opts = (const rn_opt[]){ RN_OPT_BOOL(rni_layer_opts, reverse, "from the last step to the first"), { 0 } },
      .opts_size = sizeof(rni_layer_opts),
      .doc = { .brief = "Gradients of gru_layer.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "g:f32[2,2,6] u:f32[6,2] h:f32[2,2] hs:f32[2,2,2] ghs:f32[2,2,2] b:f32[6]" },
                                  { 0 } } },
    { 0 },
};
