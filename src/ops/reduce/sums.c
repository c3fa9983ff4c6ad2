/* Sums and means: one pass over the elements. */
#include "ops/reduce/axes_p.h"

#include <rensa/ops.h>

static bool sum_backward(rn_vjp *v)
{
    v->gin[0] = rn_broadcast_to(rni_with_axes(v->gout[0], v->in[0], v->opts), *rn_tensor_shape(v->in[0]));
    return v->gin[0] != NULL;
}

static bool mean_backward(rn_vjp *v)
{
    const double n = rni_reduced_count(v->in[0], v->opts);
    rn_tensor *g = rn_mul_scalar(rni_with_axes(v->gout[0], v->in[0], v->opts), 1 / n);
    v->gin[0] = rn_broadcast_to(g, *rn_tensor_shape(v->in[0]));
    return v->gin[0] != NULL;
}

static bool nansum_backward(rn_vjp *v)
{
    static const rn_op map = {
        .name = "nansum_grad", .kind = RN_MAP, .inputs = "x, g", .types = "first", .expr = "y = isnan(x) ? 0 : g"
    };
    rn_tensor *in[] = { v->in[0], rni_with_axes(v->gout[0], v->in[0], v->opts) };
    return in[1] && rn_op_call(&map, NULL, in, 2, NULL, v->gin);
}

static bool nanmean_build(rn_call_info *c)
{
    const rn_reduce_opts *o = c->opts;
    rn_tensor *x = c->in[0], *s = rn_nansum(x, .axes = o->axes, .keepdims = o->keepdims);
    rn_tensor *n = rn_sum(rn_logical_not(rn_isnan(x)), .axes = o->axes, .keepdims = o->keepdims);
    const rn_dtype d = rn_dtype_is_float(rn_tensor_dtype(x)) ? rn_tensor_dtype(x) : RN_F64;
    c->out[0] = rn_div(rni_as(s, d), rni_as(n, d));
    return c->out[0] != NULL;
}

#define AXES_FAIL                                                                                                      \
    { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },                                               \
    {                                                                                                                  \
        .in = "x:f32[2,3]", .with = "axes=0,0", .fails = "axes must name"                                              \
    }
static const rn_case sums[] = { { .in = "x:f32[2,3,4]" },
                                { .in = "x:f32[2,3,4]", .with = "axes=1" },
                                { .in = "x:f32[2,3,4]", .with = "axes=0,-1 keepdims=true" },
                                { .in = "x:f64[5]" },
                                { .in = "x:f32[]" },
                                { .in = "x:f32[2,0]", .with = "axes=1" },
                                { .in = "x:f32[0,2]", .with = "axes=1" },
                                { .in = "x:bf16[4,3]", .with = "axes=0" },
                                { .in = "x:i32[4,3]", .with = "axes=0" },
                                { .in = "x:u8[300]{200,255}" },
                                { .in = "x:bool[6]{0,1}" },
                                AXES_FAIL,
                                { 0 } };
static const rn_case means[] = { { .in = "x:f32[2,3,4]" },
                                 { .in = "x:f32[2,3,4]", .with = "axes=1" },
                                 { .in = "x:f32[2,3,4]", .with = "axes=0,-1 keepdims=true" },
                                 { .in = "x:f64[5]" },
                                 { .in = "x:f32[0,2]", .with = "axes=1" },
                                 { .in = "x:f16[70000]{0,1}", .no_grad = true },
                                 { .in = "x:bf16[4,3]", .with = "axes=0" },
                                 { .in = "x:u8[300]{200,255}" },
                                 AXES_FAIL,
                                 { 0 } };
static const rn_case nans[] = { { .in = "x:f32[2,3]", .with = "axes=0" },
                                { .in = "x:f32[2,3]{=1,nan,2,nan,nan,4}", .with = "axes=1", .no_grad = true },
                                { .in = "x:f16[3]{=1,nan,2}", .no_grad = true },
                                { .in = "x:i32[3]" },
                                AXES_FAIL,
                                { 0 } };

const rn_op rn_ops_sums[] = {
    { .name = "sum",
      .kind = RN_REDUCE,
      .flags = RN_OP_WIDE,
      .inputs = "x",
      .types = "sum",
      .expr = "y = x",
      .join = RN_JOIN_ADD,
      .backward = sum_backward,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .onnx = "ReduceSum",
      .nnp = "Sum",
      .doc = { .brief = "Sum over axes.",
               .types = "16-bit floats are added in f32; whole numbers and bool give i64",
               .errors = "ARG unless axes names axes of x, each once",
               .since = "0.1" },
      .cases = sums },
    { .name = "mean",
      .kind = RN_REDUCE,
      .flags = RN_OP_WIDE,
      .inputs = "x",
      .types = "mean",
      .expr = "y = x",
      .join = RN_JOIN_ADD,
      .post = "y = a / n",
      .backward = mean_backward,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .onnx = "ReduceMean",
      .nnp = "Mean",
      .doc = { .brief = "Mean over axes; NaN of nothing.",
               .types = "16-bit floats are added in f32; whole numbers and bool give f64",
               .errors = "ARG unless axes names axes of x, each once",
               .since = "0.1" },
      .cases = means },
    { .name = "nansum",
      .kind = RN_REDUCE,
      .flags = RN_OP_WIDE,
      .inputs = "x",
      .types = "sum",
      .expr = "y = isnan(x) ? 0 : x",
      .join = RN_JOIN_ADD,
      .backward = nansum_backward,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .doc = { .brief = "Sum over axes of what is not NaN.",
               .types = "as sum",
               .errors = "ARG unless axes names axes of x, each once",
               .since = "0.1" },
      .cases = nans },
    { .name = "nanmean",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x",
      .build = nanmean_build,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .doc = { .brief = "Mean over axes of what is not NaN; NaN where nothing else is there.",
               .types = "as mean",
               .errors = "ARG unless axes names axes of x, each once",
               .since = "0.1" },
      .cases = nans },
    { 0 },
};
