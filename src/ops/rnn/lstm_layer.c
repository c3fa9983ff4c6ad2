/* lstm_layer: a long short-term memory over all steps of a sequence, given the input's part of the gates.
 *
 * Both the layer and its gradient stay whole for back ends that run a sequence in one call. Their definitions make one
 * product of all that does not wait for the step before: only h u' and, on the way back, gates times u go step by step.
 * The gates are a result, so that the way back need not compute them again; where nobody reads it, it is left out.
 */
#include "ops/rnn/rnn_p.h"

#include "base/alloc.h"
#include "base/error.h"

#include <rensa/lists.h>
#include <rensa/ops.h>

static bool infer(rn_infer *f)
{
    rn_shape hs;
    return rni_layer_check(f, 4, 2, 3, 4, &hs) && rn_out(f, 0, f->dtype[0], hs) && rn_out(f, 1, f->dtype[0], hs) &&
           rn_out(f, 2, f->dtype[0], *f->shape[0]);
}

/* g, u, h, c, mask? -> hs, cs, gates */
static bool build(rn_call_info *call)
{
    rn_tensor *g = call->in[0], *u = call->in[1], *h = call->in[2], *c = call->in[3];
    rn_tensor *mask = call->n_in > 4 ? call->in[4] : NULL;
    const int64_t steps = rn_tensor_dim(g, 0);
    const rn_shape none = RN_SHAPE(0, rn_tensor_dim(g, 1), rn_tensor_dim(u, 1));
    rn_tensor **at = rni_alloc((5 * steps + 1) * (int64_t)sizeof *at); /* g, masks, h, c and gates of each step */
    if (!at) return false;
    rn_tensor **m = at + steps, **hs = m + steps, **cs = hs + steps, **gates = cs + steps;
    bool ok = rni_layer_steps(g, at, steps) && rni_layer_steps(mask, m, steps);
    for (int64_t k = 0; ok && k < steps; k++) {
        const int64_t t = rni_layer_step(call->opts, k, steps);
        rn_tensor *a[4], *b[4], *y[2], *own = rn_matmul(h, u, .trans_b = true);
        ok = rn_split(at[t], a, 4, .axis = 1) && rn_split(own, b, 4, .axis = 1) && rni_lstm_cell(a, b, c, y);
        if (!ok) break;
        gates[t] = rn_add(at[t], own);
        hs[t] = h = rni_layer_keep(m[t], y[0], h);
        cs[t] = c = rni_layer_keep(m[t], y[1], c);
    }
    call->out[0] = ok ? rni_layer_join(hs, steps, &none, g) : NULL;
    call->out[1] = ok ? rni_layer_join(cs, steps, &none, g) : NULL;
    call->out[2] = ok ? rni_layer_join(gates, steps, rn_tensor_shape(g), g) : NULL;
    rni_free(at);
    return ok && rn_ok();
}

static bool backward(rn_vjp *v)
{
    rn_tensor *mask = v->n_in > 4 ? v->in[4] : NULL, *gs[2];
    if (v->gout[2]) return rn_backward_by_build(v); /* in a gradient of the gradient */
    for (int i = 0; i < 2; i++)
        gs[i] = v->gout[i] ? v->gout[i] : rn_zeros(*rn_tensor_shape(v->out[i]), .dtype = rn_tensor_dtype(v->out[i]));
    rn_tensor *in[] = { v->out[2], v->in[1], v->in[2], v->in[3], v->out[0], v->out[1], gs[0], gs[1], mask }, *out[4];
    if (!rn_op_call(&rn_ops_lstm_layer[1], rni_site_current(), in, mask ? 9 : 8, v->opts, out)) return false;
    for (int i = 0; i < 4; i++)
        if (v->need[i]) v->gin[i] = out[i];
    return true;
}

static bool grad_infer(rn_infer *f)
{
    rn_shape hs;
    if (!rni_layer_check(f, 4, 2, 3, 8, &hs)) return false;
    for (int i = 0; i < 4; i++)
        if (!rn_out(f, i, f->dtype[i], *f->shape[i])) return false;
    return true;
}

/* What each step needs on the way back, all arrays of as many tensors as there are steps. */
typedef struct {
    rn_tensor **gates, **cs, **ghs, **gcs, **mask, **d;
} back;

static bool step_back(const back *p, int64_t t, rn_tensor *u, rn_tensor *c, rn_tensor **gh, rn_tensor **gc)
{
    rn_tensor *a[4], *d[5], *dh = *gh ? rn_add(p->ghs[t], *gh) : p->ghs[t],
                            *dc = *gc ? rn_add(p->gcs[t], *gc) : p->gcs[t];
    rn_tensor *m = p->mask[t];
    if (!rn_split(p->gates[t], a, 4, .axis = 1) ||
        !rni_lstm_cell_grad(a, c, p->cs[t], rni_layer_keep(m, dh, NULL), rni_layer_keep(m, dc, NULL), d))
        return false;
    p->d[t] = rn_concat(RN_LIST(d[0], d[1], d[2], d[3]), .axis = 1);
    *gh = rn_matmul(p->d[t], u);
    *gc = d[4];
    if (m) *gh = rn_add(*gh, rni_layer_rest(m, dh));
    if (m) *gc = rn_add(*gc, rni_layer_rest(m, dc));
    return rn_ok();
}

/* gates, u, h, c, hs, cs, ghs, gcs, mask? -> gg, gu, gh, gc */
static bool grad_build(rn_call_info *call)
{
    rn_tensor *const *in = call->in, *u = in[1], *c = in[3], *gh = NULL, *gc = NULL;
    const int64_t steps = rn_tensor_dim(in[0], 0);
    rn_tensor **at = rni_alloc((6 * steps + 1) * (int64_t)sizeof *at);
    if (!at) return false;
    const back p = { at, at + steps, at + 2 * steps, at + 3 * steps, at + 4 * steps, at + 5 * steps };
    rn_tensor *before = rni_layer_before(in[4], in[2], call->opts);
    bool ok = before && rni_layer_steps(in[0], p.gates, steps) && rni_layer_steps(in[5], p.cs, steps) &&
              rni_layer_steps(in[6], p.ghs, steps) && rni_layer_steps(in[7], p.gcs, steps) &&
              rni_layer_steps(call->n_in > 8 ? in[8] : NULL, p.mask, steps);
    for (int64_t k = steps - 1; ok && k >= 0; k--) {
        const int64_t t = rni_layer_step(call->opts, k, steps);
        ok = step_back(&p, t, u, k > 0 ? p.cs[rni_layer_step(call->opts, k - 1, steps)] : c, &gh, &gc);
    }
    call->out[0] = ok ? rni_layer_join(p.d, steps, rn_tensor_shape(in[0]), in[0]) : NULL;
    call->out[1] = call->out[0] ? rni_layer_project_grad(call->out[0], before) : NULL;
    call->out[2] = gh ? gh : rn_zeros(*rn_tensor_shape(in[2]), .dtype = rn_tensor_dtype(in[2]));
    call->out[3] = gc ? gc : rn_zeros(*rn_tensor_shape(c), .dtype = rn_tensor_dtype(c));
    rni_free(at);
    return ok && rn_ok();
}

static void cost(rn_cost *c)
{
    const rn_view *g = &c->in[0], *u = &c->in[1];
    const double cells = (double)g->dim[0] * (double)g->dim[1] * (double)u->dim[1];
    c->multiply_add = cells * (double)u->dim[0] + cells;
    c->multiply = 2 * cells;
    c->add = 4 * cells;
    c->exponential = 5 * cells;
    c->divide = 5 * cells;
}

/* The products of the step and of the weights. */
static void grad_cost(rn_cost *c)
{
    cost(c);
    c->multiply_add *= 2;
}

const rn_op rn_ops_lstm_layer[] = {
    { .name = "lstm_layer",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, u, h, c, mask?",
      .outputs = "hs, cs, gates",
      .infer = infer,
      .build = build,
      .backward = backward,
      .cost = cost,
      .opts = (const rn_opt[]){ RN_OPT_BOOL(rni_layer_opts, reverse, "from the last step to the first"), { 0 } },
      .opts_size = sizeof(rni_layer_opts),
      .doc = { .brief = "States of a long short-term memory after each step, and its gates before their activations.",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "g:f32[3,2,8] u:f32[8,2] h:f32[2,2] c:f32[2,2]" },
                             { .in = "g:f64[3,2,8] u:f64[8,2] h:f64[2,2] c:f64[2,2] mask:bool[3,2,1]{=1,1,1,1,0,1}",
                               .with = "reverse=true" },
                             { .in = "g:f32[0,2,8] u:f32[8,2] h:f32[2,2] c:f32[2,2]" },
                             { .in = "g:f32[3,0,8] u:f32[8,2] h:f32[0,2] c:f32[0,2]" },
                             { .in = "g:f32[3,2,8] u:f32[8,3] h:f32[2,2] c:f32[2,2]", .fails = "do not fit" },
                             { 0 } } },
    { .name = "lstm_layer_grad",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "gates, u, h, c, hs, cs, ghs, gcs, mask?",
      .outputs = "gg, gu, gh, gc",
      .infer = grad_infer,
      .build = grad_build,
      .backward = rn_backward_by_build,
      .cost = grad_cost,
      .opts = (const rn_opt[]){ RN_OPT_BOOL(rni_layer_opts, reverse, "from the last step to the first"), { 0 } },
      .opts_size = sizeof(rni_layer_opts),
      .doc = { .brief = "Gradients of lstm_layer.", .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "gates:f32[2,2,8] u:f32[8,2] h:f32[2,2] c:f32[2,2] hs:f32[2,2,2] cs:f32[2,2,2] "
                                     "ghs:f32[2,2,2] gcs:f32[2,2,2]" },
                             { 0 } } },
    { 0 },
};
