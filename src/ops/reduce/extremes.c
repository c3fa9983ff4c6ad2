/* Largest and smallest elements, and where they are. */
#include "ops/reduce/axes_p.h"

#include <rensa/ops.h>

/* Of n equal extremes each gets a share of 1/n, so that the sum over the gradient is that of the result's. */
static bool share(rn_vjp *v)
{
    static const rn_op hits = {
        .name = "extreme_hits", .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "x, z", .expr = "y = x == z"
    };
    static const rn_op shares = {
        .name = "extreme_shares", .kind = RN_MAP, .inputs = "h, n, g", .expr = "y = h != 0 ? g / n : 0"
    };
    const rn_reduce_opts *o = v->opts;
    rn_tensor *of[] = { v->in[0], rni_with_axes(v->out[0], v->in[0], o) }, *h;
    if (!of[1] || !rn_op_call(&hits, NULL, of, 2, NULL, &h)) return false;
    rn_tensor *n = rn_sum(h, .axes = o->axes, .keepdims = true);
    rn_tensor *in[] = { h, n, rni_with_axes(v->gout[0], v->in[0], o) };
    return n && in[2] && rn_op_call(&shares, NULL, in, 3, NULL, v->gin);
}

#define FAILS                                                                                                          \
    { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },                                               \
        { .in = "x:f32[2,0]", .with = "axes=1", .fails = "nothing to reduce" },                                        \
    {                                                                                                                  \
        .in = "x:f32[0]", .fails = "nothing to reduce"                                                                 \
    }
static const rn_case values[] = { { .in = "x:f32[2,3,4]" },
                                  { .in = "x:f32[2,3,4]", .with = "axes=1" },
                                  { .in = "x:f32[2,3,4]", .with = "axes=0,-1 keepdims=true" },
                                  { .in = "x:f32[2,3]{=1,nan,2,3,1,2}", .with = "axes=1", .no_grad = true },
                                  { .in = "x:f32[3]{=-inf,-inf,-inf}", .no_grad = true },
                                  { .in = "x:f64[0,2]", .with = "axes=1" },
                                  { .in = "x:f32[]" },
                                  { .in = "x:f16[3,3]", .with = "axes=0" },
                                  { .in = "x:i64[4,3]{-9,9}", .with = "axes=0" },
                                  { .in = "x:u8[5]{0,255}" },
                                  { .in = "x:bool[3]{0,1}" },
                                  FAILS,
                                  { 0 } };
static const rn_case places[] = { { .in = "x:f32[2,3,4]" },
                                  { .in = "x:f32[2,3,4]", .with = "axes=1" },
                                  { .in = "x:f32[2,3,4]", .with = "axes=1,2 keepdims=true" },
                                  { .in = "x:f32[2,3]{=1,nan,2,3,1,3}", .with = "axes=1" },
                                  { .in = "x:f32[3]{=-inf,-inf,-inf}" },
                                  { .in = "x:i32[8]{0,3}" },
                                  { .in = "x:f16[3,3]", .with = "axes=0" },
                                  { .in = "x:bool[3]{0,1}" },
                                  FAILS,
                                  { 0 } };

#define ERRORS "ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce"
#define VALUE(name_, join_, onnx_, nnp_, brief_)                                                                       \
    {                                                                                                                  \
        .name = name_, .kind = RN_REDUCE, .inputs = "x", .expr = "y = x", .join = join_, .backward = share,            \
        .opts = rni_reduce_opts, .opts_size = sizeof(rn_reduce_opts), .onnx = onnx_, .nnp = nnp_,                      \
        .doc = { .brief = brief_, .errors = ERRORS, .since = "0.1" }, .cases = values                                  \
    }
#define PLACE(name_, join_, onnx_, brief_)                                                                             \
    {                                                                                                                  \
        .name = name_, .kind = RN_REDUCE, .flags = RN_OP_NO_GRAD, .inputs = "x", .types = "i64", .expr = "y = x",      \
        .join = join_, .opts = rni_reduce_opts, .opts_size = sizeof(rn_reduce_opts), .onnx = onnx_,                    \
        .doc = { .brief = brief_,                                                                                      \
                 .types = "i64; over several axes the position counts through them in row-major order",                \
                 .errors = ERRORS,                                                                                     \
                 .since = "0.1" },                                                                                     \
        .cases = places                                                                                                \
    }

const rn_op rn_ops_extremes[] = {
    VALUE("max", RN_JOIN_MAX, "ReduceMax", "Max",
          "Largest element over axes, NaN if one is; equal ones share the gradient."),
    VALUE("min", RN_JOIN_MIN, "ReduceMin", "Min",
          "Smallest element over axes, NaN if one is; equal ones share the gradient."),
    PLACE("argmax", RN_JOIN_ARGMAX, "ArgMax", "Position of the largest element, of the first NaN if there is one."),
    PLACE("argmin", RN_JOIN_ARGMIN, "ArgMin", "Position of the smallest element, of the first NaN if there is one."),
    { 0 },
};
