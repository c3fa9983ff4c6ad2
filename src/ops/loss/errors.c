/* Losses of regression: what two tensors of one shape differ by, element by element or as one number. */
#include "ops/loss/loss_p.h"

#include <math.h>
#include <rensa/ops.h>

#include "base/shape.h"

#define WIDE "floats; losses of 16-bit floats are f32"
#define SHAPE_ERROR "SHAPE if the shapes differ"

static bool infer_each(rn_infer *f)
{
    if (!rni_shape_equal(f->shape[0], f->shape[1]))
        return rn_refuse(f, RN_ERR_SHAPE, "shapes differ", "x.shape == z.shape; a loss does not broadcast");
    return rn_out(f, 0, rn_dtype_promote(f->dtype[0], f->dtype[1]), *f->shape[0]);
}

static const rn_op square = {
    .name = "squared_error", .kind = RN_MAP, .inputs = "x, z", .expr = "d = x - z; y = d * d"
};
static const rn_op absolute = { .name = "absolute_error", .kind = RN_MAP, .inputs = "x, z", .expr = "y = abs(x - z)" };

static bool mean_of(rn_call_info *c, const rn_op *map)
{
    if (!rni_loss_same_shapes(c, 2)) return false;
    c->out[0] = rn_mean(rni_loss_each(c, map, NULL));
    return c->out[0] != NULL;
}

static bool mse_build(rn_call_info *c)
{
    return mean_of(c, &square);
}

static bool mae_build(rn_call_info *c)
{
    return mean_of(c, &absolute);
}

typedef struct {
    double delta;
    int reduce;
} huber_opt;

static bool huber_build(rn_call_info *c)
{
    static const rn_opt delta[] = { RN_REQ_F64(huber_opt, delta, 0, INFINITY, ""), { 0 } };
    static const rn_op map = { .name = "huber_loss",
                               .kind = RN_MAP,
                               .inputs = "x, z",
                               .expr =
                                   "d = x - z; a = abs(d); y = a <= delta ? 0.5 * d * d : delta * (a - 0.5 * delta)",
                               .vjp = "d = x - z; s = gy * min(max(d, -delta), delta); gx = s; gz = -s",
                               .opts = delta,
                               .opts_size = sizeof(huber_opt) };
    return rni_loss_same_shapes(c, 2) && rni_loss_reduced(c, rni_loss_each(c, &map, c->opts));
}

typedef struct {
    double epsilon;
} insensitive_opt;

static const rn_case each[] = { { .in = "x:f32[2,3] z:f32[2,3]" },
                                { .in = "x:f64[4] z:f64[4]" },
                                { .in = "x:f16[3] z:f16[3]" },
                                { .in = "x:i32[3] z:i32[3]" },
                                { .in = "x:f32[0,2] z:f32[0,2]" },
                                { .in = "x:f32[2,1] z:f32[2]", .fails = "shapes differ" },
                                { 0 } };
static const rn_case means[] = { { .in = "x:f32[2,3] z:f32[2,3]" },
                                 { .in = "x:f64[4] z:f64[4]" },
                                 { .in = "x:f16[3]{300,400} z:f16[3]{-400,-300}", .no_grad = true },
                                 { .in = "x:bf16[3] z:bf16[3]" },
                                 { .in = "x:f32[0] z:f32[0]", .no_grad = true },
                                 { .in = "x:f32[2,1] z:f32[2]", .fails = "shapes differ" },
                                 { 0 } };

const rn_op rn_ops_errors[] = {
    { .name = "squared_error",
      .kind = RN_MAP,
      .flags = RN_OP_WIDE,
      .inputs = "x, z",
      .expr = "d = x - z; y = d * d",
      .infer = infer_each,
      .nnp = "SquaredError",
      .doc = { .brief = "Square of the difference, element by element.",
               .formula = "y = (x - z) ** 2",
               .shapes = "z and y as x",
               .errors = SHAPE_ERROR,
               .since = "0.1" },
      .cases = each },
    { .name = "absolute_error",
      .kind = RN_MAP,
      .flags = RN_OP_WIDE,
      .inputs = "x, z",
      .expr = "y = abs(x - z)",
      .infer = infer_each,
      .nnp = "AbsoluteError",
      .doc = { .brief = "Size of the difference, element by element; its slope at 0 is taken as 0.",
               .shapes = "z and y as x",
               .errors = SHAPE_ERROR,
               .since = "0.1" },
      .cases = each },
    { .name = "epsilon_insensitive_loss",
      .kind = RN_MAP,
      .flags = RN_OP_WIDE,
      .inputs = "x, z",
      .expr = "y = max(abs(x - z) - epsilon, 0)",
      .vjp = "d = x - z; s = abs(d) > epsilon ? gy * sign(d) : 0; gx = s; gz = -s",
      .infer = infer_each,
      .opts = (const rn_opt[]){ RN_REQ_F64(insensitive_opt, epsilon, 0, 1e308, "differences up to this cost nothing"),
                                { 0 } },
      .opts_size = sizeof(insensitive_opt),
      .nnp = "EpsilonInsensitiveLoss epsilon=epsilon",
      .doc = { .brief = "Size of the difference beyond epsilon, element by element.",
               .shapes = "z and y as x",
               .errors = SHAPE_ERROR,
               .source = "Vapnik 1995",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]{1,2} z:f32[2,3]{-1,0.5}", .with = "epsilon=0.25" },
                                  { .in = "x:f64[4]{-0.1,0.1} z:f64[4]{-0.1,0.1}", .with = "epsilon=0.5" },
                                  { .in = "x:f16[3] z:f16[3]", .with = "epsilon=0" },
                                  { .in = "x:f32[2] z:f32[1]", .with = "epsilon=1", .fails = "shapes differ" },
                                  { 0 } } },
    { .name = "mean_squared_error",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, z",
      .build = mse_build,
      .doc = { .brief = "Mean of the squares of the differences.",
               .formula = "y = mean((x - z) ** 2)",
               .shapes = "z as x   ->   y []",
               .types = WIDE,
               .errors = SHAPE_ERROR,
               .since = "0.1" },
      .cases = means },
    { .name = "mean_absolute_error",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, z",
      .build = mae_build,
      .doc = { .brief = "Mean of the sizes of the differences.",
               .formula = "y = mean(abs(x - z))",
               .shapes = "z as x   ->   y []",
               .types = WIDE,
               .errors = SHAPE_ERROR,
               .since = "0.1" },
      .cases = means },
    { .name = "huber_loss",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, z",
      .build = huber_build,
      .opts = (const rn_opt[]){ RN_OPT_F64(huber_opt, delta, 1, 1e-9, 1e308, "differences up to this are squared"),
                                RN_OPT_ENUM(huber_opt, reduce, "mean,sum,no,batch", RNI_REDUCE_HELP),
                                { 0 } },
      .opts_size = sizeof(huber_opt),
      .nnp = "HuberLoss delta=delta",
      .doc = { .brief = "Squares of small differences, sizes of large ones.",
               .formula = "y = abs(d) <= delta ? d ** 2 / 2 : delta * (abs(d) - delta / 2), d = x - z",
               .shapes = "z as x   ->   y [], as x with reduce \"no\"",
               .types = WIDE,
               .errors = SHAPE_ERROR,
               .source = "Huber 1964",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]{-3,3} z:f32[2,3]{-3,3}" },
                                  { .in = "x:f64[4]{-3,3} z:f64[4]", .with = "delta=0.5 reduce=sum" },
                                  { .in = "x:f64[4,2]{-3,3} z:f64[4,2]", .with = "reduce=batch" },
                                  { .in = "x:f16[3]{-3,3} z:f16[3]", .with = "reduce=no" },
                                  { .in = "x:f32[2] z:f32[1]", .fails = "shapes differ" },
                                  { .in = "x:f32[2] z:f32[2]", .with = "delta=-1", .fails = "option delta" },
                                  { 0 } } },
    { 0 },
};
