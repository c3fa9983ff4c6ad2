/* norm: the length of vectors. */
#include "ops/reduce/axes_p.h"

#include <math.h>
#include <rensa/ops.h>

typedef struct {
    rn_axes axes; /* as in rn_reduce_opts */
    bool keepdims;
    double p;
} norm_opt;

/* The zero vector has no direction; its gradient is taken as 0. */
static bool euclid_backward(rn_vjp *v)
{
    static const rn_op map = { .name = "norm_grad",
                               .kind = RN_MAP,
                               .inputs = "x, y, g",
                               .outputs = "z",
                               .expr = "z = y == 0 ? 0 : g * x / (y == 0 ? 1 : y)" };
    rn_tensor *in[] = { v->in[0], rni_with_axes(v->out[0], v->in[0], v->opts),
                        rni_with_axes(v->gout[0], v->in[0], v->opts) };
    return in[1] && in[2] && rn_op_call(&map, NULL, in, 3, NULL, v->gin);
}

static bool taxi_backward(rn_vjp *v)
{
    v->gin[0] = rn_mul(rn_sign(v->in[0]), rni_with_axes(v->gout[0], v->in[0], v->opts));
    return v->gin[0] != NULL;
}

static const rn_op euclid = { .name = "norm",
                              .kind = RN_REDUCE,
                              .inputs = "x",
                              .types = "mean",
                              .expr = "y = x * x",
                              .join = RN_JOIN_ADD,
                              .post = "y = sqrt(a)",
                              .backward = euclid_backward,
                              .opts = rni_reduce_opts,
                              .opts_size = sizeof(rn_reduce_opts) };
static const rn_op taxi = { .name = "norm",
                            .kind = RN_REDUCE,
                            .inputs = "x",
                            .types = "mean",
                            .expr = "y = abs(x)",
                            .join = RN_JOIN_ADD,
                            .backward = taxi_backward,
                            .opts = rni_reduce_opts,
                            .opts_size = sizeof(rn_reduce_opts) };

static const rn_opt p_opts[] = { RN_REQ_F64(norm_opt, p, 0, INFINITY, "the power"), { 0 } };
static const rn_op power = { .name = "norm_power",
                             .kind = RN_MAP,
                             .inputs = "x",
                             .expr = "y = pow(abs(x), p)",
                             .vjp = "gx = x == 0 ? 0 : gy * p * pow(x == 0 ? 1 : abs(x), p - 1) * sign(x)",
                             .opts = p_opts,
                             .opts_size = sizeof(norm_opt) };
static const rn_op root = { .name = "norm_root",
                            .kind = RN_MAP,
                            .inputs = "x",
                            .expr = "y = pow(x, 1 / p)",
                            .vjp = "gx = x == 0 ? 0 : gy * y / (p * (x == 0 ? 1 : x))",
                            .opts = p_opts,
                            .opts_size = sizeof(norm_opt) };

static const rn_op unit = {
    .name = "norm_unit", .kind = RN_MAP, .inputs = "x", .expr = "y = x > 0 && !isinf(x) ? x : 1", .vjp = "gx = 0"
};

/* The largest element of each vector, as a constant; 1 where that is 0 or not finite. Powers of what is divided by it
 * neither overflow nor all become 0. */
static rn_tensor *largest(rn_tensor *x, const norm_opt *o)
{
    rn_tensor *m = rn_max(rn_abs(rn_detach(x)), .axes = o->axes, .keepdims = true), *y = NULL;
    return m && rn_op_call(&unit, NULL, &m, 1, NULL, &y) ? y : NULL;
}

static bool general(rn_call_info *c, const norm_opt *o)
{
    const rn_reduce_opts r = { o->axes, o->keepdims };
    const rn_dtype d = rn_tensor_dtype(c->in[0]);
    rn_tensor *x = rn_dtype_is_float(d) ? rni_widen(c->in[0]) : rn_cast(c->in[0], RN_F64), *scale = NULL, *a, *y;
    if (!x) return false;
    if (rni_reduced_count(x, &r) > 0) {
        scale = largest(x, o);
        x = rn_div(x, scale);
    }
    if (!x || !rn_op_call(&power, NULL, &x, 1, o, &a)) return false;
    rn_tensor *s = rn_sum(a, .axes = o->axes, .keepdims = o->keepdims);
    if (!s || !rn_op_call(&root, NULL, &s, 1, o, &y)) return false;
    if (scale) y = rn_mul(y, rn_reshape(scale, *rn_tensor_shape(y)));
    c->out[0] = y && rn_dtype_is_float(d) ? rni_as(y, d) : y;
    return c->out[0] != NULL;
}

static bool build(rn_call_info *c)
{
    const norm_opt *o = c->opts;
    const rn_reduce_opts r = { o->axes, o->keepdims };
    if (o->p == 2) return rn_op_call(&euclid, NULL, c->in, 1, &r, c->out);
    if (o->p == 1) return rn_op_call(&taxi, NULL, c->in, 1, &r, c->out);
    if (!isinf(o->p)) return general(c, o);
    rn_tensor *a = rn_abs(c->in[0]);
    c->out[0] = rn_max(rn_dtype_is_float(rn_tensor_dtype(a)) ? a : rn_cast(a, RN_F64), .axes = o->axes,
                       .keepdims = o->keepdims);
    return c->out[0] != NULL;
}

const rn_op rn_op_norm = {
    .name = "norm",
    .kind = RN_FUNCTION,
    .flags = RN_OP_WIDE,
    .inputs = "x",
    .build = build,
    .opts = (const rn_opt[]){ RNI_REDUCE_OPTS,
                              RN_OPT_F64(norm_opt, p, 2, 1e-3, INFINITY, "the power; infinity for the largest element"),
                              { 0 } },
    .opts_size = sizeof(norm_opt),
    .nnp = "Norm keepdims=keep_dims",
    .doc = { .brief = "Length over axes, all taken together; the gradient at zero vectors and elements is 0.",
             .formula = "y = sum(abs(x) ** p) ** (1 / p)",
             .types = "16-bit floats are computed in f32; whole numbers give f64",
             .errors = "ARG unless axes names axes of x, each once, or p is out of range",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]" },
                                { .in = "x:f32[2,3,4]", .with = "axes=1 p=1", .kink = "x=0" },
                                { .in = "x:f32[2,3,4]{0.1,1}", .with = "axes=0,-1 keepdims=true p=3" },
                                { .in = "x:f64[2,3]", .with = "axes=1 p=inf" },
                                { .in = "x:f64[2,3]{0.1,1}", .with = "axes=1 p=0.5" },
                                { .in = "x:f32[2,3]{0.1,1}", .with = "axes=1 p=300" },
                                { .in = "x:f32[2]{=1e12,2e12}", .with = "p=4", .no_grad = true },
                                { .in = "x:f32[2,0]", .with = "axes=1 p=3" },
                                { .in = "x:f32[2]{=0,0}", .with = "p=3", .no_grad = true },
                                { .in = "x:f32[2]{=1,inf}", .with = "p=3", .no_grad = true },
                                { .in = "x:f32[3]{=0,0,0}", .no_grad = true },
                                { .in = "x:f16[100]{200,300}", .no_grad = true },
                                { .in = "x:i32[5]{-9,9}" },
                                { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },
                                { 0 } },
};
