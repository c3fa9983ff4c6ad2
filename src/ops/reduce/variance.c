/* Variance and standard deviation, around the mean in a second pass: E[x^2] - E[x]^2 loses all digits where the mean is
 * large beside the deviation. */
#include "ops/reduce/axes_p.h"

#include "base/index.h"
#include "engine/infer.h"

#include <math.h>
#include <rensa/ops.h>
typedef struct {
    rn_axes axes; /* as in rn_reduce_opts */
    bool keepdims;
    int64_t ddof;
} variance_opt;

static const rn_opt opts[] = {
    RNI_REDUCE_OPTS,
    RN_OPT_I64(variance_opt, ddof, 0, 0, 1e9,
               "taken off the number of elements that is divided by; 1 estimates without bias"),
    { 0 }
};

static rn_reduce_opts axes_of(const void *opt)
{
    const variance_opt *o = opt;
    return (rn_reduce_opts){ o->axes, o->keepdims };
}

/* 1 / (n - ddof), infinite where too few elements are left */
static double weight(const rn_tensor *x, const void *opt)
{
    const rn_reduce_opts r = axes_of(opt);
    return 1 / fmax(rni_reduced_count(x, &r) - (double)((const variance_opt *)opt)->ddof, 0);
}

static rn_tensor *deviation(rn_tensor *x, const rn_reduce_opts *o)
{
    x = rni_widen(x);
    return rn_sub(x, rn_mean(x, .axes = o->axes, .keepdims = true));
}

static rn_tensor *variance(const rn_call_info *c)
{
    const rn_reduce_opts o = axes_of(c->opts);
    rn_tensor *d = rn_square(deviation(c->in[0], &o));
    return rn_mul_scalar(rn_sum(d, .axes = o.axes, .keepdims = o.keepdims), weight(c->in[0], c->opts));
}

static bool var_build(rn_call_info *c)
{
    rn_tensor *y = variance(c);
    c->out[0] = rn_dtype_is_float(rn_tensor_dtype(c->in[0])) ? rni_as(y, rn_tensor_dtype(c->in[0])) : y;
    return c->out[0] != NULL;
}

static bool std_build(rn_call_info *c)
{
    rn_tensor *y = rn_sqrt(variance(c));
    c->out[0] = rn_dtype_is_float(rn_tensor_dtype(c->in[0])) ? rni_as(y, rn_tensor_dtype(c->in[0])) : y;
    return c->out[0] != NULL;
}

static bool var_backward(rn_vjp *v)
{
    const rn_reduce_opts o = axes_of(v->opts);
    rn_tensor *g = rn_mul_scalar(rni_with_axes(v->gout[0], v->in[0], &o), 2 * weight(v->in[0], v->opts));
    v->gin[0] = rn_mul(deviation(v->in[0], &o), g);
    return v->gin[0] != NULL;
}

/* Equal elements have no deviation to differentiate; the gradient is taken as 0 there. */
static bool std_backward(rn_vjp *v)
{
    static const rn_op ratio = {
        .name = "std_grad", .kind = RN_MAP, .inputs = "g, s", .expr = "y = s == 0 ? 0 : g / (s == 0 ? 1 : s)"
    };
    const rn_reduce_opts o = axes_of(v->opts);
    rn_tensor *in[] = { rni_widen(v->gout[0]), rni_widen(v->out[0]) }, *r;
    if (!in[0] || !in[1] || !rn_op_call(&ratio, NULL, in, 2, NULL, &r)) return false;
    rn_tensor *g = rn_mul_scalar(rni_with_axes(r, v->in[0], &o), weight(v->in[0], v->opts));
    v->gin[0] = rn_mul(deviation(v->in[0], &o), g);
    return v->gin[0] != NULL;
}

static void cost(rn_cost *c)
{
    c->multiply_add = (double)rni_view_count(&c->in[0]);
    c->add = 2 * c->multiply_add;
}

static const rn_case cases[] = { { .in = "x:f32[2,3,4]" },
                                 { .in = "x:f32[2,3,4]", .with = "axes=1" },
                                 { .in = "x:f32[2,3,4]", .with = "axes=0,-1 keepdims=true ddof=1" },
                                 /* differences of 1000.x keep 3 digits less than x */
                                 { .in = "x:f32[5]{1000,1001}", .tol = 1e-4, .no_grad = true },
                                 { .in = "x:f64[5]", .with = "ddof=1" },
                                 { .in = "x:f32[1]", .with = "ddof=1", .no_grad = true },
                                 { .in = "x:f16[4,3]{100,300}", .with = "axes=0", .no_grad = true },
                                 { .in = "x:bf16[4,3]", .with = "axes=0" },
                                 { .in = "x:i32[5]" },
                                 { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },
                                 { 0 } };

#define ROW(name_, build_, backward_, brief_, formula_)                                                                \
    {                                                                                                                  \
        .name = name_, .kind = RN_COMPOSITE, .flags = RN_OP_WIDE, .inputs = "x", .types = "mean",                      \
        .infer = rni_infer_reduce, .join = RN_JOIN_ADD, .build = build_, .backward = backward_, .cost = cost,          \
        .opts = opts, .opts_size = sizeof(variance_opt),                                                               \
        .doc = { .brief = brief_,                                                                                      \
                 .formula = formula_,                                                                                  \
                 .types = "16-bit floats are computed in f32; whole numbers give f64",                                 \
                 .errors = "ARG unless axes names axes of x, each once",                                               \
                 .since = "0.1" },                                                                                     \
        .cases = cases                                                                                                 \
    }

const rn_op rn_ops_variance[] = {
    ROW("var", var_build, var_backward, "Variance over axes.", "y = sum((x - mean(x)) ** 2) / (n - ddof)"),
    ROW("std", std_build, std_backward, "Standard deviation over axes; its gradient is taken as 0 where it is 0.",
        "y = sqrt(var(x))"),
    { 0 },
};
