/* The loss of classification, one for each label: minus the logarithm of the softmax at the label. Whole, so that back
 * ends may compute it and its gradient in one pass each; the public function over it is softmax_cross_entropy. */
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#include "base/index.h"
#include "ops/reduce/axes_p.h"

extern const rn_op rn_ops_softmax_nll[], rn_ops_softmax[];
enum { NLL, NLL_GRAD };

static int64_t ignored(const void *opts)
{
    return ((const rn_label_opts *)opts)->ignore;
}

static rn_dtype wide(rn_dtype d)
{
    return d == RN_F64 ? RN_F64 : RN_F32;
}

static bool infer(rn_infer *f)
{
    return rni_want_labels(f, 0, 1, 2) && rn_out(f, 0, wide(f->dtype[0]), *f->shape[1]);
}

static bool build(rn_call_info *c)
{
    rn_tensor *lp = rn_log_softmax(rni_widen(c->in[0]), 1), *w = c->n_in > 2 ? c->in[2] : NULL;
    if (w) w = rni_as(w, rn_tensor_dtype(lp));
    c->out[0] = rn_neg(rni_pick_label(lp, c->in[1], w, ignored(c->opts)));
    return c->out[0] != NULL;
}

static bool backward(rn_vjp *v)
{
    rn_tensor *in[] = { v->in[0], v->in[1], v->gout[0], v->n_in > 2 ? v->in[2] : NULL };
    if (in[3] && v->need[2]) {
        rn_tensor *lp = rn_log_softmax(rni_widen(v->in[0]), 1);
        v->gin[2] = rn_neg(rni_label_weight_grad(rni_is_label(lp, v->in[1], ignored(v->opts)), lp, v->gout[0]));
    }
    if (!v->need[0]) return rn_ok();
    return rn_op_call(&rn_ops_softmax_nll[NLL_GRAD], NULL, in, in[3] ? 4 : 3, v->opts, v->gin);
}

static bool infer_grad(rn_infer *f)
{
    if (!rni_want_labels(f, 0, 1, 3)) return false;
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

/* What a label's place counts, [N, 1, ..]: the weight of its class, 0 where it is ignored. `h` is rni_is_label. */
static rn_tensor *weight_of(rn_tensor *h, rn_tensor *w)
{
    if (w) h = rn_mul(h, rni_as(rni_per_class(w, h), rn_tensor_dtype(h)));
    return rn_sum(h, .axes = RN_AXES(1), .keepdims = true);
}

static const rn_op weighted = {
    .name = "softmax_nll_gx", .kind = RN_MAP, .inputs = "p, h, w, g", .expr = "y = w != 0 ? (p - h) * w * g : 0"
};

static bool grad_build(rn_call_info *c)
{
    rn_tensor *x = rni_widen(c->in[0]), *w = c->n_in > 3 ? c->in[3] : NULL, *gx;
    rn_tensor *h = rni_is_label(x, c->in[1], ignored(c->opts));
    rn_tensor *in[] = { rn_softmax(x, 1), h, weight_of(h, w), rni_with_classes(rni_as(c->in[2], rn_tensor_dtype(x))) };
    if (!in[0] || !in[2] || !in[3] || !rn_op_call(&weighted, NULL, in, 4, NULL, &gx)) return false;
    c->out[0] = rni_as(gx, rn_tensor_dtype(c->in[0]));
    return c->out[0] != NULL;
}

/* With r the gradient of gx: by gy it is w[t] * sum_k r * (p - [k == t]); by x the gradient of softmax with r * w[t] *
 * gy arriving. */
static bool grad_backward(rn_vjp *v)
{
    rn_tensor *x = rni_widen(v->in[0]), *w = v->n_in > 3 ? v->in[3] : NULL, *t;
    rn_tensor *p = rn_softmax(x, 1), *h = rni_is_label(x, v->in[1], ignored(v->opts)), *r = rni_widen(v->gout[0]);
    rn_tensor *in[] = { p, h, weight_of(h, w), r };
    if (!in[0] || !in[2] || !r) return false;
    if (w && v->need[3])
        v->gin[3] =
            rni_label_weight_grad(h, rn_sum(rn_mul(rn_sub(p, h), r), .axes = RN_AXES(1), .keepdims = true), v->in[2]);
    if (v->need[2]) {
        if (!rn_op_call(&weighted, NULL, in, 4, NULL, &t)) return false;
        v->gin[2] = rn_sum(t, .axes = RN_AXES(1));
    }
    if (v->need[0]) {
        rn_tensor *g = rn_mul(in[2], rni_with_classes(v->in[2]));
        rn_tensor *pair[] = { p, rn_mul(r, g) };
        const rn_axis_opts o = { .axis = 1 };
        if (!pair[1] || !rn_op_call(&rn_ops_softmax[2], NULL, pair, 2, &o, &v->gin[0])) return false;
    }
    return rn_ok();
}

static void cost(rn_cost *c)
{
    c->compare = c->exponential = (double)rni_view_count(&c->in[0]);
    c->add = 2 * c->compare;
}

static void grad_cost(rn_cost *c)
{
    cost(c);
    c->multiply = c->compare;
}

const rn_op rn_ops_softmax_nll[] = {
    [NLL] = { .name = "softmax_nll",
              .kind = RN_COMPOSITE,
              .flags = RN_OP_INTERNAL,
              .inputs = "x, t, w?",
              .infer = infer,
              .build = build,
              .backward = backward,
              .cost = cost,
              .opts = rni_label_opts,
              .opts_size = sizeof(rn_label_opts),
              .doc = { .brief = "Minus the logarithm of the softmax at the label, times the weight of that.",
                       .shapes = "x [N, K, ..]   t [N, ..]   w [K]   ->   y [N, ..]",
                       .since = "0.1" },
              .cases = (const rn_case[]){ { .in = "x:f32[4,3] t:i32[4]{0,2}", .with = "ignore=-1" },
                                          { .in = "x:f64[3,3,2] t:i64[3,2]{0,2} w:f64[3]{0.5,2}", .with = "ignore=1" },
                                          { .in = "x:f16[4,3] t:u8[4]{0,2}", .with = "ignore=-1" },
                                          { 0 } } },
    [NLL_GRAD] = { .name = "softmax_nll_grad",
                   .kind = RN_COMPOSITE,
                   .flags = RN_OP_INTERNAL,
                   .inputs = "x, t, g, w?",
                   .infer = infer_grad,
                   .build = grad_build,
                   .backward = grad_backward,
                   .cost = grad_cost,
                   .opts = rni_label_opts,
                   .opts_size = sizeof(rn_label_opts),
                   .doc = { .brief = "Gradient of softmax_nll by x, g being that of its result.", .since = "0.1" },
                   .cases = (const rn_case[]){ { .in = "x:f32[4,3] t:i32[4]{0,2} g:f32[4]", .with = "ignore=-1" },
                                               { .in = "x:f64[3,3,2] t:i64[3,2]{0,2} g:f64[3,2] w:f64[3]{0.5,2}",
                                                 .with = "ignore=1" },
                                               { .in = "x:bf16[4,3] t:i8[4]{0,2} g:f32[4]", .with = "ignore=-1" },
                                               { 0 } } },
    { 0 },
};
