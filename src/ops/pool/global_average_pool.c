/* global_average_pool: the mean over all spatial axes, which stay as axes of size 1. */
#include <rensa/op.h>
#include <rensa/ops.h>

static bool build(rn_call_info *c)
{
    const int rank = rn_tensor_rank(c->in[0]);
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    if (rank < 3) return rn_refuse(&f, RN_ERR_SHAPE, "there is no spatial axis", "rank of x >= 3");
    rn_axes axes = { 0 };
    for (int a = 2; a < rank; a++) axes.axis[axes.n++] = a;
    c->out[0] = rn_mean(c->in[0], .axes = axes, .keepdims = true);
    return c->out[0] != NULL;
}

const rn_op rn_op_global_average_pool = {
    .name = "global_average_pool",
    .kind = RN_FUNCTION,
    .inputs = "x",
    .build = build,
    .onnx = "GlobalAveragePool",
    .nnp = "GlobalAveragePooling",
    .doc = { .brief = "Mean over all spatial axes.",
             .shapes = "x [N, C, ...] -> y [N, C, 1, ...]",
             .types = "as mean",
             .errors = "SHAPE if x has fewer than 3 axes",
             .source = "Lin, Chen & Yan 2013, arXiv:1312.4400",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3,4,5]" },
                                { .in = "x:f64[2,3,4]" },
                                { .in = "x:f32[0,3,4,5]" },
                                { .in = "x:f32[2,3]", .fails = "rank of x >= 3" },
                                { 0 } },
};
