/* prod: products over axes. */
#include "ops/reduce/axes_p.h"

#include <rensa/ops.h>

/* Each element's gradient is the product of all others: of those before it and those after it, without a division. */
static bool backward(rn_vjp *v)
{
    rni_lines l;
    if (!rni_lines_of(v->in[0], v->opts, "prod", &l)) return false;
    rn_tensor *others =
        rn_mul(rn_cumprod(l.x, 1, .exclusive = true), rn_cumprod(l.x, 1, .exclusive = true, .reverse = true));
    rn_tensor *g = rn_reshape(rn_mul(others, rn_reshape(v->gout[0], RN_SHAPE(l.others, 1))), l.moved);
    v->gin[0] = l.moved.rank ? rn_transpose(g, .axes = l.inverse) : g;
    return v->gin[0] != NULL;
}

const rn_op rn_op_prod = {
    .name = "prod",
    .kind = RN_REDUCE,
    .flags = RN_OP_WIDE,
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
