/* Losses between embeddings: [N, D], one vector for each sample. */
#include "ops/check.h"
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#include "base/error.h"
#include "base/shape.h"
#include "ops/reduce/axes_p.h"

typedef struct {
    double margin;
    int reduce;
} margin_opt;

static bool vectors(const rn_call_info *c, int n)
{
    if (!rni_loss_same_shapes(c, n)) return false;
    return rn_tensor_rank(c->in[0]) == 2 ||
           rni_refuse_call(c, RN_ERR_SHAPE, "needs one vector for each sample", "shapes [N, D]");
}

static const rn_opt margin_row[] = { RN_REQ_F64(margin_opt, margin, -1e308, 1e308, ""), { 0 } };

/* d is the distance, whose gradient at 0 is taken as 0. */
static bool contrastive_build(rn_call_info *c)
{
    static const rn_op map = { .name = "contrastive",
                               .kind = RN_MAP,
                               .inputs = "d, t",
                               .types = "first",
                               .expr = "m = max(margin - d, 0); y = 0.5 * (t != 0 ? d * d : m * m)",
                               .vjp = "gd = gy * (t != 0 ? d : -max(margin - d, 0)); gt = 0",
                               .opts = margin_row,
                               .opts_size = sizeof(margin_opt) };
    if (!vectors(c, 2)) return false;
    const rn_shape *t = rn_tensor_shape(c->in[2]);
    if (t->rank != 1 || t->dim[0] != rn_tensor_dim(c->in[0], 0))
        return rni_refuse_call(c, RN_ERR_SHAPE, "needs one label for each pair", "t is [N]");
    rn_tensor *d = rn_norm(rn_sub(rni_widen(c->in[0]), rni_widen(c->in[1])), .axes = RN_AXES(1));
    rn_tensor *in[] = { d, c->in[2] }, *y;
    return d && rn_op_call(&map, NULL, in, 2, c->opts, &y) && rni_loss_reduced(c, y);
}

static bool triplet_build(rn_call_info *c)
{
    static const rn_op map = { .name = "triplet",
                               .kind = RN_MAP,
                               .inputs = "d",
                               .expr = "y = max(d + margin, 0)",
                               .opts = margin_row,
                               .opts_size = sizeof(margin_opt) };
    static const rn_op apart = {
        .name = "triplet_apart", .kind = RN_MAP, .inputs = "a, p, n", .expr = "u = a - p; v = a - n; y = u * u - v * v"
    };
    if (!vectors(c, 3)) return false;
    rn_tensor *d = rn_sum(rni_loss_each(c, &apart, NULL), .axes = RN_AXES(1)), *y;
    return d && rn_op_call(&map, NULL, &d, 1, c->opts, &y) && rni_loss_reduced(c, y);
}

typedef struct {
    int64_t axis;
    double eps;
} cosine_opt;

static bool cosine_build(rn_call_info *c)
{
    static const rn_opt eps[] = { RN_REQ_F64(cosine_opt, eps, 0, 1e308, ""), { 0 } };
    static const rn_op map = { .name = "cosine_similarity",
                               .kind = RN_MAP,
                               .inputs = "s, a, b",
                               .expr = "y = s / max(a * b, eps)",
                               .opts = eps,
                               .opts_size = sizeof(cosine_opt) };
    const cosine_opt *o = c->opts;
    const rn_axes axes = RN_AXES((int)o->axis);
    if (!rni_loss_same_shapes(c, 2)) return false;
    rn_tensor *x = rni_widen(c->in[0]), *z = rni_widen(c->in[1]), *y;
    rn_tensor *in[] = { rn_sum(rn_mul(x, z), .axes = axes), rn_norm(x, .axes = axes), rn_norm(z, .axes = axes) };
    if (!in[0] || !in[1] || !in[2] || !rn_op_call(&map, NULL, in, 3, o, &y)) return false;
    c->out[0] = rni_as(y, rn_dtype_promote(rn_tensor_dtype(c->in[0]), rn_tensor_dtype(c->in[1])));
    return c->out[0] != NULL;
}

#define WIDE "floats; losses of 16-bit floats are f32"

const rn_op rn_ops_metric[] = {
    { .name = "contrastive",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, z, t",
      .build = contrastive_build,
      .opts =
          (const rn_opt[]){ RN_OPT_F64(margin_opt, margin, 1, 0, 1e308, "distance that different samples should have"),
                            RNI_OPT_REDUCE_MEAN(margin_opt),
                            { 0 } },
      .opts_size = sizeof(margin_opt),
      .doc = { .brief = "Draws pairs of the same class together and others apart, up to a margin.",
               .formula = "y[n] = (t[n] ? d ** 2 : max(margin - d, 0) ** 2) / 2, d = norm(x[n] - z[n])",
               .shapes =
                   "x and z [N, D]   t [N], not 0 for pairs of the same class   ->   y [], [N] with reduce \"no\"",
               .types = WIDE,
               .errors = "SHAPE if the shapes do not belong together",
               .source = "Hadsell, Chopra & LeCun 2006",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,3] z:f32[4,3] t:i32[4]{0,1}" },
                                  { .in = "x:f64[4,3] z:f64[4,3] t:bool[4]{0,1}", .with = "margin=3 reduce=no" },
                                  { .in = "x:f16[4,3] z:f16[4,3] t:i32[4]{0,1}", .with = "reduce=sum" },
                                  { .in = "x:f32[4,3] z:f32[4,2] t:i32[4]", .fails = "shapes differ" },
                                  { .in = "x:f32[4,3] z:f32[4,3] t:i32[3]", .fails = "one label for each pair" },
                                  { .in = "x:f32[4] z:f32[4] t:i32[4]", .fails = "one vector for each sample" },
                                  { 0 } } },
    { .name = "triplet",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "anchor, positive, negative",
      .build = triplet_build,
      .opts =
          (const rn_opt[]){ RN_OPT_F64(margin_opt, margin, 0.2, 0, 1e308, "by how much the negative should be farther"),
                            RNI_OPT_REDUCE_MEAN(margin_opt),
                            { 0 } },
      .opts_size = sizeof(margin_opt),
      .doc = { .brief = "Wants each anchor nearer to its positive sample than to its negative one, by a margin.",
               .formula = "y[n] = max(sum((a - p) ** 2) - sum((a - n) ** 2) + margin, 0)",
               .shapes = "all three [N, D]   ->   y [], [N] with reduce \"no\"",
               .types = WIDE,
               .errors = "SHAPE if the shapes differ or are not [N, D]",
               .source = "Schroff, Kalenichenko & Philbin 2015, arXiv:1503.03832",
               .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "anchor:f32[4,3] positive:f32[4,3] negative:f32[4,3]" },
              { .in = "anchor:f64[4,3] positive:f64[4,3] negative:f64[4,3]", .with = "margin=5 reduce=no" },
              { .in = "anchor:f16[4,3] positive:f16[4,3] negative:f16[4,3]", .with = "reduce=sum" },
              { .in = "anchor:f32[4,3] positive:f32[4,3] negative:f32[3]", .fails = "shapes differ" },
              { 0 } } },
    { .name = "cosine_similarity",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, z",
      .build = cosine_build,
      .opts =
          (const rn_opt[]){ RN_REQ_I64(cosine_opt, axis, -RN_MAX_RANK, RN_MAX_RANK - 1, "the axis of the vectors"),
                            RN_OPT_F64(cosine_opt, eps, 1e-8, 1e-300, 1, "least product of lengths that is divided by"),
                            { 0 } },
      .opts_size = sizeof(cosine_opt),
      .doc = { .brief = "Cosine of the angle between vectors, 0 where one of them is 0.",
               .formula = "y = sum(x * z) / max(norm(x) * norm(z), eps)",
               .shapes = "z as x   ->   y as x without the axis",
               .types = "that of x and z",
               .errors = "SHAPE if the shapes differ; ARG if there is no such axis",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,3] z:f32[4,3]", .with = "axis=1" },
                                  { .in = "x:f64[2,3,4] z:f64[2,3,4]", .with = "axis=-2" },
                                  { .in = "x:f64[2]{=0,0} z:f64[2]{=1,2}", .with = "axis=0", .no_grad = true },
                                  { .in = "x:f16[4,3] z:f16[4,3]", .with = "axis=0" },
                                  { .in = "x:f32[4,3] z:f32[4,3]", .with = "axis=2", .fails = "axes must name" },
                                  { .in = "x:f32[4,3] z:f32[3]", .with = "axis=0", .fails = "shapes differ" },
                                  { 0 } } },
    { 0 },
};
