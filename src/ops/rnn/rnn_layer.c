/* rnn_layer: h = tanh(g + h u') or relu of that, over all steps of a sequence. As lstm_layer. */
#include "ops/rnn/rnn_p.h"

#include "base/alloc.h"
#include "base/error.h"

#include <rensa/lists.h>
#include <rensa/ops.h>

static bool infer(rn_infer *f)
{
    rn_shape hs;
    return rni_layer_check(f, 1, 2, 2, 3, &hs) && rn_out(f, 0, f->dtype[0], hs);
}

/* g, u, h, mask? -> hs */
static bool build(rn_call_info *call)
{
    const rni_layer_opts *o = call->opts;
    rn_tensor *g = call->in[0], *u = call->in[1], *h = call->in[2];
    const int64_t steps = rn_tensor_dim(g, 0);
    rn_tensor **at = rni_alloc((3 * steps + 1) * (int64_t)sizeof *at); /* gates, masks, states of each step */
    if (!at) return false;
    rn_tensor **m = at + steps, **hs = m + steps;
    bool ok = rni_layer_steps(g, at, steps) && rni_layer_steps(call->n_in > 3 ? call->in[3] : NULL, m, steps);
    for (int64_t k = 0; ok && k < steps; k++) {
        const int64_t t = rni_layer_step(o, k, steps);
        rn_tensor *a = rn_add(at[t], rn_matmul(h, u, .trans_b = true)), *next = o->relu ? rn_relu(a) : rn_tanh(a);
        ok = next != NULL;
        if (ok) hs[t] = h = rni_layer_keep(m[t], next, h);
    }
    call->out[0] = ok ? rni_layer_join(hs, steps, rn_tensor_shape(g), g) : NULL;
    rni_free(at);
    return ok && rn_ok();
}

static bool backward(rn_vjp *v)
{
    rn_tensor *mask = v->n_in > 3 ? v->in[3] : NULL;
    rn_tensor *in[] = { v->in[0], v->in[1], v->in[2], v->out[0], v->gout[0], mask }, *out[3];
    if (!rn_op_call(&rn_ops_rnn_layer[1], rni_site_current(), in, mask ? 6 : 5, v->opts, out)) return false;
    for (int i = 0; i < 3; i++)
        if (v->need[i]) v->gin[i] = out[i];
    return true;
}

static bool grad_infer(rn_infer *f)
{
    rn_shape hs;
    if (!rni_layer_check(f, 1, 2, 2, 5, &hs)) return false;
    for (int i = 0; i < 3; i++)
        if (!rn_out(f, i, f->dtype[i], *f->shape[i])) return false;
    return true;
}

/* g, u, h, hs, ghs, mask? -> gg, gu, gh */
static bool grad_build(rn_call_info *call)
{
    const rni_layer_opts *o = call->opts;
    rn_tensor *const *in = call->in, *u = in[1], *gh = NULL;
    const int64_t steps = rn_tensor_dim(in[0], 0);
    rn_tensor **hs = rni_alloc((4 * steps + 1) * (int64_t)sizeof *hs);
    if (!hs) return false;
    rn_tensor **ghs = hs + steps, **m = ghs + steps, **d = m + steps, *before = rni_layer_before(in[3], in[2], o);
    bool ok = before && rni_layer_steps(in[3], hs, steps) && rni_layer_steps(in[4], ghs, steps) &&
              rni_layer_steps(call->n_in > 5 ? in[5] : NULL, m, steps);
    for (int64_t k = steps - 1; ok && k >= 0; k--) {
        const int64_t t = rni_layer_step(o, k, steps);
        rn_tensor *dh = gh ? rn_add(ghs[t], gh) : ghs[t];
        d[t] = rni_rnn_pull(hs[t], rni_layer_keep(m[t], dh, NULL), o->relu);
        gh = rn_matmul(d[t], u);
        if (m[t]) gh = rn_add(gh, rni_layer_rest(m[t], dh));
        ok = gh != NULL;
    }
    call->out[0] = ok ? rni_layer_join(d, steps, rn_tensor_shape(in[0]), in[0]) : NULL;
    call->out[1] = call->out[0] ? rni_layer_project_grad(call->out[0], before) : NULL;
    call->out[2] = gh ? gh : rn_zeros(*rn_tensor_shape(in[2]), .dtype = rn_tensor_dtype(in[2]));
    rni_free(hs);
    return ok && rn_ok();
}

static void cost(rn_cost *c)
{
    const rn_view *g = &c->in[0];
    const double cells = (double)g->dim[0] * (double)g->dim[1] * (double)g->dim[2];
    c->multiply_add = cells * (double)g->dim[2];
    c->add = cells;
    if (((const rni_layer_opts *)c->opts)->relu)
        c->compare = cells;
    else
        c->exponential = c->divide = cells;
}

#define OPTIONS                                                                                                        \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_BOOL(rni_layer_opts, reverse, "from the last step to the first"),                                       \
            RN_OPT_BOOL(rni_layer_opts, relu, "relu instead of tanh"),                                                 \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

/* The products of the step and of the weights; the gates are computed again. */
static void grad_cost(rn_cost *c)
{
    cost(c);
    c->multiply_add *= 3;
}

const rn_op rn_ops_rnn_layer[] = {
    { .name = "rnn_layer",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, u, h, mask?",
      .outputs = "hs",
      .infer = infer,
      .build = build,
      .backward = backward,
      .cost = cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rni_layer_opts),
      .doc = { .brief = "States of a plain recurrent layer after each step.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "g:f32[3,2,4] u:f32[4,4] h:f32[2,4]" },
                                  { .in = "g:f64[3,2,4] u:f64[4,4] h:f64[2,4] mask:bool[3,2,1]{=1,1,1,1,0,1}",
                                    .with = "reverse=true" },
                                  { .in = "g:f32[0,2,4] u:f32[4,4] h:f32[2,4]" },
                                  { 0 } } },
    { .name = "rnn_layer_grad",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, u, h, hs, ghs, mask?",
      .outputs = "gg, gu, gh",
      .infer = grad_infer,
      .build = grad_build,
      .backward = rn_backward_by_build,
      .cost = grad_cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rni_layer_opts),
      .doc = { .brief = "Gradients of rnn_layer.", .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "g:f32[2,2,4] u:f32[4,4] h:f32[2,4] hs:f32[2,2,4] ghs:f32[2,2,4]" }, { 0 } } },
    { 0 },
};
