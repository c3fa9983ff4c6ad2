/* prod: products over axes. */
#include "ops/reduce/axes_p.h"

#include "base/shape.h"
#include "engine/infer.h"

#include <rensa/ops.h>

/* Each element's gradient is the product of all others: of those before it and those after it, without a division. For
 * that the reduced axes are brought to the end and made one. */
static bool backward(rn_vjp *v)
{
    const rn_reduce_opts *o = v->opts;
    const rn_shape *x = rn_tensor_shape(v->in[0]);
    uint32_t mask;
    if (!rni_reduced_axes(&o->axes, x->rank, &mask)) return false;
    rn_axes order = { .n = x->rank }, inverse = order;
    rn_shape moved = { .rank = x->rank }, two = { 2, { 1, 1 } };
    int k = 0;
    for (int reduced = 0; reduced < 2; reduced++)
        for (int i = 0; i < x->rank; i++) {
            if ((mask >> i & 1u) != (unsigned)reduced) continue;
            two.dim[reduced] *= x->dim[i];
            moved.dim[k] = x->dim[i];
            inverse.axis[i] = k;
            order.axis[k++] = i;
        }
    rn_tensor *lines = rn_reshape(x->rank ? rn_transpose(v->in[0], .axes = order) : v->in[0], two);
    rn_tensor *others =
        rn_mul(rn_cumprod(lines, 1, .exclusive = true), rn_cumprod(lines, 1, .exclusive = true, .reverse = true));
    rn_tensor *g = rn_mul(others, rn_reshape(v->gout[0], RN_SHAPE(two.dim[0], 1)));
    g = rn_reshape(g, moved);
    v->gin[0] = x->rank ? rn_transpose(g, .axes = inverse) : g;
    return v->gin[0] != NULL;
}

const rn_op rn_op_prod = {
    .name = "prod",
    .kind = RN_REDUCE,
    .inputs = "x",
    .types = "sum",
    .expr = "y = x",
    .join = RN_JOIN_MUL,
    .backward = backward,
    .opts = rni_reduce_opts,
    .opts_size = sizeof(rn_reduce_opts),
    .onnx = "ReduceProd",
    .nnp = "Prod keepdims=keep_dims",
    .doc = { .brief = "Product over axes; 1 of nothing. Gradients are right also where there are zeros.",
             .types = "floats stay; whole numbers and bool give i64",
             .errors = "ARG unless axes names axes of x, each once",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]{0.5,1.5}" },
                                { .in = "x:f32[2,3,4]{-1.5,1.5}", .with = "axes=1" },
                                { .in = "x:f32[2,3,4]{0.5,1.5}", .with = "axes=0,-1 keepdims=true" },
                                { .in = "x:f64[2,3]{=1,0,2,0,0,3}", .with = "axes=1" },
                                { .in = "x:f32[]" },
                                { .in = "x:f32[2,0]", .with = "axes=1" },
                                { .in = "x:i32[4]{1,9}" },
                                { .in = "x:f16[4]{0.5,1.5}" },
                                { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },
                                { 0 } },
};
