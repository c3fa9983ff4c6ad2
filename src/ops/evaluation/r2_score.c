/* r2_score: how much of the variance of a target a prediction explains. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/loss/loss_p.h"
#include "ops/reduce/axes_p.h"

typedef struct {
    int multioutput;
} r2_opt;

static bool build(rn_call_info *c)
{
    /* a target that never changes has no variance to explain */
    static const rn_op map = {
        .name = "r2_rest", .kind = RN_MAP, .inputs = "r, v", .expr = "y = v == 0 ? 0 : 1 - r / (v == 0 ? 1 : v)"
    };
    if (!rni_loss_same_shapes(c, 2)) return false;
    const bool scalar = rn_tensor_rank(c->in[0]) == 0;
    rn_tensor *y = rni_widen(rn_detach(c->in[0])), *t = rni_widen(rn_detach(c->in[1])), *r2;
    const rn_axes axes = scalar ? (rn_axes){ 0 } : RN_AXES(0);
    rn_tensor *spread = rn_sub(t, rn_mean(t, .axes = axes, .keepdims = true));
    rn_tensor *in[] = { rn_sum(rn_squared_difference(y, t), .axes = axes), rn_sum(rn_square(spread), .axes = axes) };
    if (!in[0] || !in[1] || !rn_op_call(&map, NULL, in, 2, NULL, &r2)) return false;
    c->out[0] = ((const r2_opt *)c->opts)->multioutput ? r2 : rn_mean(r2);
    return c->out[0] != NULL;
}

const rn_op rn_op_r2_score = {
    .name = "r2_score",
    .kind = RN_FUNCTION,
    .flags = RN_OP_NO_GRAD,
    .inputs = "x, t",
    .build = build,
    .opts = (const rn_opt[]){ RN_OPT_ENUM(r2_opt, multioutput, "uniform_average,raw_values",
                                          "raw_values: one score for each output"),
                              { 0 } },
    .opts_size = sizeof(r2_opt),
    .doc = { .brief = "Coefficient of determination of predictions x; 1 is perfect, 0 no better than the mean.",
             .formula = "y = 1 - sum((t - x) ** 2) / sum((t - mean(t)) ** 2) over axis 0; 0 where t does not vary",
             .shapes = "t as x [N, ..]   ->   y [], with raw_values x.shape[1:]",
             .types = "floats; scores of 16-bit floats are f32",
             .errors = "SHAPE if the shapes differ",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[8] t:f32[8]" },
                                { .in = "x:f64[8,3] t:f64[8,3]" },
                                { .in = "x:f64[8,3] t:f64[8,3]", .with = "multioutput=raw_values" },
                                { .in = "x:f16[8] t:f16[8]" },
                                { .in = "x:f32[3] t:f32[3]{=2}" },
                                { .in = "x:f32[3] t:f32[3,1]", .fails = "shapes differ" },
                                { 0 } },
};
