/* Reductions that are one pass over the elements. */
#include <rensa/op.h>
#include <rensa/ops.h>

static const rn_opt reduce_opts[] = { RN_OPT_AXES(rn_reduce_opts, axes, "axes to reduce; left out: all"),
                                      RN_OPT_BOOL(rn_reduce_opts, keepdims, "reduced axes stay, with size 1"),
                                      { 0 } };

/* Puts the reduced axes back with size 1, so that g broadcasts against the input. */
static rn_tensor *with_axes(rn_tensor *g, const rn_vjp *v)
{
    const rn_reduce_opts *o = v->opts;
    const rn_shape *x = rn_tensor_shape(v->in[0]);
    rn_shape kept = *x;
    for (int i = 0; i < x->rank; i++) {
        bool reduced = o->axes.n == 0;
        for (int k = 0; k < o->axes.n; k++) reduced |= o->axes.axis[k] == i || o->axes.axis[k] + x->rank == i;
        if (reduced) kept.dim[i] = 1;
    }
    return rn_reshape(g, kept);
}

static bool sum_backward(rn_vjp *v)
{
    v->gin[0] = rn_broadcast_to(with_axes(v->gout[0], v), *rn_tensor_shape(v->in[0]));
    return v->gin[0] != NULL;
}

static bool mean_backward(rn_vjp *v)
{
    const double n = (double)rn_tensor_count(v->in[0]) / (double)rn_tensor_count(v->out[0]);
    rn_tensor *g = rn_mul_scalar(with_axes(v->gout[0], v), 1 / n);
    v->gin[0] = rn_broadcast_to(g, *rn_tensor_shape(v->in[0]));
    return v->gin[0] != NULL;
}

#define CASES                                                                                                          \
    (const rn_case[])                                                                                                  \
    {                                                                                                                  \
        { .in = "x:f32[2,3,4]" }, { .in = "x:f32[2,3,4]", .with = "axes=1" },                                          \
            { .in = "x:f32[2,3,4]", .with = "axes=0,-1 keepdims=true" }, { .in = "x:f64[5]" },                         \
            { .in = "x:bf16[4,3]", .with = "axes=0", .tol = 1e-2 },                                                    \
            { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },                                       \
            { .in = "x:f32[2,3]", .with = "axes=0,0", .fails = "axes must name" },                                     \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_sums[] = {
    { .name = "sum",
      .kind = RN_REDUCE,
      .inputs = "x",
      .expr = "y = x",
      .join = RN_JOIN_ADD,
      .backward = sum_backward,
      .opts = reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .onnx = "ReduceSum",
      .nnp = "Sum",
      .doc = { .brief = "Sum over axes.", .types = "16-bit floats are added in f32", .since = "0.1" },
      .cases = CASES },
    { .name = "mean",
      .kind = RN_REDUCE,
      .inputs = "x",
      .types = "float",
      .expr = "y = x",
      .join = RN_JOIN_ADD,
      .post = "y = a / n",
      .backward = mean_backward,
      .opts = reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .onnx = "ReduceMean",
      .nnp = "Mean",
      .doc = { .brief = "Mean over axes.", .types = "integers give floats", .since = "0.1" },
      .cases = CASES },
    { 0 },
};
