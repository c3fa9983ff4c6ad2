/* logsumexp: the logarithm of a sum of exponentials, the largest one taken out so that nothing overflows. */
#include "ops/reduce/axes_p.h"

#include "base/index.h"
#include "engine/infer.h"

#include <rensa/ops.h>

static bool build(rn_call_info *c)
{
    /* infinite maxima are not taken out: -infinity everywhere is a sum of zeros */
    static const rn_op part = {
        .name = "logsumexp_part", .kind = RN_MAP, .inputs = "x, m", .expr = "y = exp(x - (isinf(m) ? 0 : m))"
    };
    static const rn_op whole = {
        .name = "logsumexp_whole", .kind = RN_MAP, .inputs = "s, m", .expr = "y = isinf(m) ? m : log(s) + m"
    };
    const rn_reduce_opts *o = c->opts;
    rn_tensor *x = rni_widen(c->in[0]), *e, *y;
    if (x && !rn_dtype_is_float(rn_tensor_dtype(x))) x = rn_cast(x, RN_F64);
    rn_tensor *m = rn_max(x, .axes = o->axes, .keepdims = true);
    if (!m || !rn_op_call(&part, NULL, (rn_tensor *[]){ x, m }, 2, NULL, &e)) return false;
    rn_tensor *s = rn_sum(e, .axes = o->axes, .keepdims = o->keepdims);
    if (!s || !rn_op_call(&whole, NULL, (rn_tensor *[]){ s, rn_reshape(m, *rn_tensor_shape(s)) }, 2, NULL, &y))
        return false;
    const rn_dtype d = rn_tensor_dtype(c->in[0]);
    c->out[0] = rn_dtype_is_float(d) ? rni_as(y, d) : y;
    return c->out[0] != NULL;
}

/* Shares exp(x - y); none where all are -infinity. */
static bool backward(rn_vjp *v)
{
    static const rn_op share = { .name = "logsumexp_grad",
                                 .kind = RN_MAP,
                                 .inputs = "x, y, g",
                                 .outputs = "z",
                                 .expr = "none = isinf(y) && y < 0; z = none ? 0 : g * exp(none ? 0 : x - y)" };
    rn_tensor *in[] = { v->in[0], rni_with_axes(v->out[0], v->in[0], v->opts),
                        rni_with_axes(v->gout[0], v->in[0], v->opts) };
    return in[1] && in[2] && rn_op_call(&share, NULL, in, 3, NULL, v->gin);
}

static void cost(rn_cost *c)
{
    c->compare = c->exponential = (double)rni_view_count(&c->in[0]);
    c->add = 2 * c->compare;
}

const rn_op rn_op_logsumexp = {
    .name = "logsumexp",
    .kind = RN_COMPOSITE,
    .flags = RN_OP_WIDE,
    .inputs = "x",
    .types = "mean",
    .infer = rni_infer_reduce,
    .build = build,
    .backward = backward,
    .cost = cost,
    .opts = rni_reduce_opts,
    .opts_size = sizeof(rn_reduce_opts),
    .onnx = "ReduceLogSumExp",
    .doc = { .brief = "Logarithm of the sum of exponentials over axes, without overflow; -infinity of -infinities.",
             .formula = "y = log(sum(exp(x)))",
             .types = "16-bit floats are computed in f32; whole numbers give f64",
             .errors = "ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]" },
                                { .in = "x:f32[2,3,4]{-500,500}", .with = "axes=1" },
                                { .in = "x:f32[2,3,4]", .with = "axes=0,-1 keepdims=true" },
                                { .in = "x:f32[3,2]{=-inf,-inf,-inf,1,inf,1}", .with = "axes=1", .no_grad = true },
                                { .in = "x:f16[70000]", .no_grad = true },
                                { .in = "x:f64[5]" },
                                { .in = "x:i32[5]" },
                                { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },
                                { .in = "x:f32[0]", .fails = "nothing to reduce" },
                                { 0 } },
};
