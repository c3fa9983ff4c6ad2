/* Products of tensors by their places: dot, inner, outer, tensordot, kron, cross. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"
#include "ops/linalg/contract.h"

typedef struct {
    int64_t n;
    rn_axes axes_a, axes_b;
} tensordot_opt;

static bool same_types(const rn_call_info *c)
{
    return rn_tensor_dtype(c->in[0]) == rn_tensor_dtype(c->in[1]) ||
           rni_refuse_call(c, RN_ERR_DTYPE, "types of a and b differ", "a.dtype == b.dtype");
}

/* The sum of products over pairs of axes, 0 … rank-1; the result has the other axes of a, then those of b. */
static bool join(rn_call_info *c, const rn_axes *of_a, const rn_axes *of_b)
{
    rni_operand a = { .x = c->in[0] }, b = { .x = c->in[1] };
    uint64_t joined = 0;
    for (int i = 0; i < RN_MAX_RANK; i++) {
        a.label[i] = i;
        b.label[i] = RN_MAX_RANK + i;
    }
    for (int k = 0; k < of_a->n; k++) {
        const int i = (int)of_a->axis[k], j = (int)of_b->axis[k];
        if (rn_tensor_dim(a.x, i) != rn_tensor_dim(b.x, j)) {
            rni_refuse_call(c, RN_ERR_SHAPE, "joined axes have different sizes", "sizes of joined axes are equal");
            rn_infer_hint("axis %d of a and axis %d of b", i, j);
            return false;
        }
        b.label[j] = i;
        joined |= (uint64_t)1 << i;
    }
    if (!same_types(c) || !rni_contract(c, &a, &b, (rni_labels(&a) | rni_labels(&b)) & ~joined)) return false;
    c->out[0] = a.x;
    return true;
}

/* Axes from 0, each once. */
static bool known_axes(const rn_call_info *c, rn_axes *axes, int rank)
{
    uint32_t seen = 0;
    for (int i = 0; i < axes->n; i++) {
        const int axis = rni_call_axis(c, axes->axis[i], rank);
        if (axis < 0) return false;
        if (seen >> axis & 1) return rni_refuse_call(c, RN_ERR_ARG, "an axis is named twice", "each axis once");
        seen |= 1u << axis;
        axes->axis[i] = axis;
    }
    return true;
}

static bool tensordot_build(rn_call_info *c)
{
    const tensordot_opt *o = c->opts;
    const int rank_a = rn_tensor_rank(c->in[0]), rank_b = rn_tensor_rank(c->in[1]);
    rn_axes a = o->axes_a, b = o->axes_b;
    if (o->n > rank_a || o->n > rank_b)
        return rni_refuse_call(c, RN_ERR_SHAPE, "there are not that many axes", "n <= rank of a and of b");
    for (int i = 0; !a.n && !b.n && i < o->n; i++) {
        a.axis[i] = rank_a - (int)o->n + i;
        b.axis[i] = i;
    }
    if (!a.n && !b.n) a.n = b.n = (int)o->n;
    if (a.n != o->n || b.n != o->n)
        return rni_refuse_call(c, RN_ERR_ARG, "needs as many axes of a as of b", "axes_a and axes_b name n axes each");
    return known_axes(c, &a, rank_a) && known_axes(c, &b, rank_b) && join(c, &a, &b);
}

/* Joins the last axis of a with axis `axis` of b, counted from the end; a scalar is a factor. */
static bool dot_along(rn_call_info *c, int axis)
{
    const int rank_a = rn_tensor_rank(c->in[0]), rank_b = rn_tensor_rank(c->in[1]);
    const rn_axes none = { 0 };
    if (rank_a == 0 || rank_b == 0) return join(c, &none, &none);
    return join(c, &RN_AXES(rank_a - 1), &RN_AXES(rank_b + (axis < -rank_b ? -1 : axis)));
}

static bool dot_build(rn_call_info *c)
{
    return dot_along(c, -2);
}

static bool inner_build(rn_call_info *c)
{
    return dot_along(c, -1);
}

static bool outer_build(rn_call_info *c)
{
    if (!same_types(c)) return false;
    rn_tensor *a = rn_reshape(c->in[0], RN_SHAPE(-1, 1)), *b = rn_ravel(c->in[1]);
    return (c->out[0] = rn_mul(a, b)) != NULL;
}

static bool kron_build(rn_call_info *c)
{
    const rn_shape *a = rn_tensor_shape(c->in[0]), *b = rn_tensor_shape(c->in[1]);
    const int rank = a->rank > b->rank ? a->rank : b->rank;
    if (rank > RN_MAX_RANK / 2) return rni_refuse_call(c, RN_ERR_SHAPE, "too many axes", "ranks <= 4");
    if (!same_types(c)) return false;
    rn_shape of_a = { .rank = 2 * rank }, of_b = of_a, y = { .rank = rank };
    for (int i = 0; i < rank; i++) {
        const int ia = i - rank + a->rank, ib = i - rank + b->rank;
        of_a.dim[2 * i] = ia < 0 ? 1 : a->dim[ia];
        of_a.dim[2 * i + 1] = of_b.dim[2 * i] = 1;
        of_b.dim[2 * i + 1] = ib < 0 ? 1 : b->dim[ib];
        y.dim[i] = of_a.dim[2 * i] * of_b.dim[2 * i + 1]; /* no more than the elements of the product */
    }
    rn_tensor *product = rn_mul(rn_reshape(c->in[0], of_a), rn_reshape(c->in[1], of_b));
    return (c->out[0] = rn_reshape(product, y)) != NULL;
}

/* a x b along `axis`: with the three places turned by one and by two. */
static bool cross_build(rn_call_info *c)
{
    rn_tensor *a = c->in[0], *b = c->in[1];
    const int64_t axis = ((const rn_axis_opts *)c->opts)->axis;
    for (int i = 0; i < 2; i++) {
        const int k = rni_call_axis(c, axis, rn_tensor_rank(c->in[i]));
        if (k < 0) return false;
        if (rn_tensor_dim(c->in[i], k) != 3)
            return rni_refuse_call(c, RN_ERR_SHAPE, "needs vectors of three numbers", "size along axis == 3");
    }
#define TURN(x, by) rn_roll(x, by, .axes = RN_AXES((int)axis))
    rn_tensor *y = rn_sub(rn_mul(TURN(a, -1), TURN(b, -2)), rn_mul(TURN(a, -2), TURN(b, -1)));
#undef TURN
    return (c->out[0] = y) != NULL;
}

const rn_op rn_ops_products[] = {
    { .name = "tensordot",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "a, b",
      .build = tensordot_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(tensordot_opt, n, 0, RN_MAX_RANK,
                                           "axes to join: the last of a with the first of b"),
                                RN_OPT_AXES(tensordot_opt, axes_a, "these axes of a instead"),
                                RN_OPT_AXES(tensordot_opt, axes_b, "these axes of b, in the same order"),
                                { 0 } },
      .opts_size = sizeof(tensordot_opt),
      .doc = { .brief = "Sum of products over n axes of a and of b.",
               .formula = "y[I, J] = sum_K a[I, K] * b[K, J], I, J, K standing for several indices",
               .shapes = "a [I.., K..]   b [K.., J..]   ->   y [I.., J..]",
               .types = "both the same",
               .errors =
                   "SHAPE if sizes of joined axes differ; ARG for axes that do not exist or stand twice; DTYPE on "
                   "mixed types",
               .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "a:f32[2,3,4] b:f32[3,4,5]", .with = "n=2" },
              { .in = "a:f64[2,3] b:f64[3,4]", .with = "n=1" },
              { .in = "a:f32[2] b:f32[3]", .with = "n=0" },
              { .in = "a:f64[3,2,4] b:f64[4,3,2]", .with = "n=2 axes_a=0,2 axes_b=1,0" },
              { .in = "a:f32[3,2] b:f32[2,3]", .with = "n=2 axes_a=0,1 axes_b=-1,0" },
              { .in = "a:i32[2,3] b:i32[3]", .with = "n=1" },
              { .in = "a:f32[2,0] b:f32[0,3]", .with = "n=1" },
              { .in = "a:f32[2,3] b:f32[4,5]", .with = "n=1", .fails = "axis 1 of a and axis 0 of b" },
              { .in = "a:f32[2] b:f32[2]", .with = "n=2", .fails = "not that many axes" },
              { .in = "a:f32[2] b:f32[2]", .with = "n=1 axes_a=0", .fails = "as many axes of a" },
              { .in = "a:f32[2,2] b:f32[2,2]", .with = "n=2 axes_a=0,0 axes_b=0,1", .fails = "named twice" },
              { .in = "a:f32[2] b:f64[2]", .with = "n=1", .fails = "types of a and b differ" },
              { 0 } } },
    { .name = "dot",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "a, b",
      .build = dot_build,
      .doc = { .brief = "As numpy.dot: the last axis of a with the last but one of b, or its only one; a scalar is a "
                        "factor.",
               .shapes = "a [I.., K]   b [J.., K, N]   ->   y [I.., J.., N]",
               .types = "both the same",
               .errors = "SHAPE if the sizes differ; DTYPE on mixed types",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "a:f32[3] b:f32[3]" },
                                  { .in = "a:f32[2,3] b:f32[3]" },
                                  { .in = "a:f32[3] b:f32[3,2]" },
                                  { .in = "a:f64[2,3] b:f64[3,4]" },
                                  { .in = "a:f64[2,3] b:f64[2,3,4]" },
                                  { .in = "a:f32[] b:f32[2,3]" },
                                  { .in = "a:f32[2,3] b:f32[2]", .fails = "different sizes" },
                                  { .in = "a:f32[2] b:f64[2]", .fails = "types of a and b differ" },
                                  { 0 } } },
    { .name = "inner",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "a, b",
      .build = inner_build,
      .doc = { .brief = "Sum of products over the last axes.",
               .formula = "y[I, J] = sum_k a[I, k] * b[J, k]",
               .shapes = "a [I.., K]   b [J.., K]   ->   y [I.., J..]",
               .types = "both the same",
               .errors = "SHAPE if the sizes differ; DTYPE on mixed types",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "a:f32[3] b:f32[3]" },
                                  { .in = "a:f64[2,3] b:f64[4,3]" },
                                  { .in = "a:f32[2,3] b:f32[]" },
                                  { .in = "a:f32[2,3] b:f32[2]", .fails = "different sizes" },
                                  { 0 } } },
    { .name = "outer",
      .kind = RN_FUNCTION,
      .inputs = "a, b",
      .build = outer_build,
      .doc = { .brief = "Products of all pairs of elements.",
               .formula = "y[i, j] = a[i] * b[j]",
               .shapes = "a with M elements, b with N   ->   y [M, N]",
               .types = "both the same",
               .errors = "DTYPE on mixed types",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "a:f32[3] b:f32[4]" },
                                  { .in = "a:f64[2,2] b:f64[3]" },
                                  { .in = "a:i32[2] b:i32[0]" },
                                  { .in = "a:f32[2] b:i32[2]", .fails = "types of a and b differ" },
                                  { 0 } } },
    { .name = "kron",
      .kind = RN_FUNCTION,
      .flags = RN_OP_ALIKE,
      .inputs = "a, b",
      .build = kron_build,
      .doc = { .brief = "Kronecker's product: a with each element replaced by its product with b.",
               .formula = "y[i * P + p, j * Q + q] = a[i, j] * b[p, q] for b [P, Q]",
               .shapes = "a [M, N]   b [P, Q]   ->   y [M*P, N*Q]; likewise for 0 to 4 axes",
               .types = "both the same",
               .errors = "SHAPE for more than 4 axes; DTYPE on mixed types",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "a:f32[2,3] b:f32[3,2]" },
                                  { .in = "a:f64[2] b:f64[2,3]" },
                                  { .in = "a:f32[2,1,2] b:f32[2]" },
                                  { .in = "a:i32[2,2] b:i32[]" },
                                  { .in = "a:f32[0,2] b:f32[2,2]" },
                                  { .in = "a:f32[1,1,1,1,1] b:f32[1]", .fails = "ranks <= 4" },
                                  { .in = "a:f32[2] b:i32[2]", .fails = "types of a and b differ" },
                                  { 0 } } },
    { .name = "cross",
      .kind = RN_FUNCTION,
      .flags = RN_OP_ALIKE,
      .inputs = "a, b",
      .build = cross_build,
      .opts =
          (const rn_opt[]){ RN_REQ_I64(rn_axis_opts, axis, -8, 7, "the axis of the vectors; -1 is the last"), { 0 } },
      .opts_size = sizeof(rn_axis_opts),
      .doc = { .brief = "Vector product in three dimensions.",
               .formula = "y = (a1 b2 - a2 b1, a2 b0 - a0 b2, a0 b1 - a1 b0)",
               .shapes = "a and b have size 3 along axis, and broadcast; a negative axis counts in each of them",
               .errors = "SHAPE for vectors of another size; ARG for no such axis",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "a:f32[3] b:f32[3]", .with = "axis=0" },
                                  { .in = "a:f64[2,3] b:f64[3]", .with = "axis=-1" },
                                  { .in = "a:f64[3,2] b:f64[3,2]", .with = "axis=-2" },
                                  { .in = "a:f32[2] b:f32[2]", .with = "axis=0", .fails = "three numbers" },
                                  { .in = "a:f32[] b:f32[3]", .with = "axis=-1", .fails = "no such axis" },
                                  { 0 } } },
    { 0 },
};
