/* concat, stack and their relatives: tensors put side by side. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/shape.h"
#include "ops/check.h"
#include "ops/cost.h"
#include "ops/lists.h"
#include "ops/strided.h"

/* ---- concat ---- */

static bool concat_infer(rn_infer *f)
{
    if (f->n_in == 0) return rn_refuse(f, RN_ERR_ARG, "nothing to put together", "at least one tensor");
    const rn_shape *first = f->shape[0];
    if (first->rank == 0) {
        rn_refuse(f, RN_ERR_SHAPE, "scalars have no axis to be put together along", "ranks >= 1");
        rn_infer_hint("rn_stack makes a new axis");
        return false;
    }
    const int axis = rni_want_axis(f, ((const rn_axis_opts *)f->opts)->axis, first->rank);
    if (axis < 0) return false;
    rn_shape y = *first;
    rn_dtype d = f->dtype[0];
    for (int i = 1; i < f->n_in; i++) {
        const rn_shape *x = rn_tensor_shape(f->in[i]);
        bool fits = x->rank == y.rank;
        for (int k = 0; fits && k < y.rank; k++) fits = k == axis || x->dim[k] == first->dim[k];
        if (!fits || !rni_add_i64(y.dim[axis], x->dim[axis], &y.dim[axis])) {
            char a[RNI_SHAPE_TEXT], b[RNI_SHAPE_TEXT];
            rn_refuse(f, RN_ERR_SHAPE, "shapes differ in more than the axis", "shapes equal but for the axis");
            rn_infer_hint("xs[0] is %s, xs[%d] is %s, and axis is %d", rni_shape_text(first, a), i,
                          rni_shape_text(x, b), axis);
            return false;
        }
        d = rn_dtype_promote(d, rn_tensor_dtype(f->in[i]));
    }
    for (int i = 0; i < f->n_in; i++)
        if (rn_tensor_dtype(f->in[i]) != d) {
            rn_refuse(f, RN_ERR_DTYPE, "types differ", "all of one type");
            rn_infer_hint("xs[%d] is %s; rn_cast it to %s", i, rn_dtype_name(rn_tensor_dtype(f->in[i])),
                          rn_dtype_name(d));
            return false;
        }
    return rn_out(f, 0, d, y);
}

static bool concat_backward(rn_vjp *v)
{
    const int axis = rni_known_axis(((const rn_axis_opts *)v->opts)->axis, rn_tensor_rank(v->in[0]));
    int64_t *sizes = rni_alloc(v->n_in * (int64_t)sizeof *sizes);
    bool ok = sizes != NULL;
    for (int i = 0; ok && i < v->n_in; i++) sizes[i] = rn_tensor_dim(v->in[i], axis);
    ok = ok && rni_split(v->gout[0], axis, sizes, v->n_in, v->gin);
    rni_free(sizes);
    return ok;
}

static bool concat_run(rn_kernel_call *c)
{
    rn_view part = c->out[0];
    const int axis = rni_known_axis(((const rn_axis_opts *)c->opts)->axis, part.rank);
    for (int i = 0; i < c->n_in; i++) {
        part.dim[axis] = c->in[i].dim[axis];
        rni_view_copy(&part, &c->in[i]);
        rn_view_shift(&part, part.dim[axis] * part.stride[axis]);
    }
    return true;
}

/* ---- stack and NumPy's relatives ---- */

/* xs, each made ready by `prepare`, put together along `axis`. */
static rn_tensor *concat_prepared(const rn_call_info *c, int64_t axis,
                                  rn_tensor *(*prepare)(rn_tensor *x, int64_t axis))
{
    rn_tensor **x = rni_alloc((c->n_in + 1) * (int64_t)sizeof *x), *y = NULL;
    bool ok = x != NULL;
    for (int i = 0; ok && i < c->n_in; i++) ok = (x[i] = prepare(c->in[i], axis)) != NULL;
    if (ok) y = rn_concat((rn_list){ x, c->n_in }, .axis = axis);
    rni_free(x);
    return y;
}

static rn_tensor *with_axis(rn_tensor *x, int64_t axis)
{
    return rn_expand_dims(x, axis);
}

static bool same_shapes(const rn_call_info *c)
{
    if (c->n_in == 0) return rni_refuse_call(c, RN_ERR_ARG, "nothing to put together", "at least one tensor");
    const rn_shape *first = rn_tensor_shape(c->in[0]);
    for (int i = 1; i < c->n_in; i++) {
        const rn_shape *x = rn_tensor_shape(c->in[i]);
        if (rni_shape_equal(first, x)) continue;
        char a[RNI_SHAPE_TEXT], b[RNI_SHAPE_TEXT];
        rni_refuse_call(c, RN_ERR_SHAPE, "shapes differ", "all shapes equal");
        rn_infer_hint("xs[0] is %s, xs[%d] is %s", rni_shape_text(first, a), i, rni_shape_text(x, b));
        return false;
    }
    return true;
}

static bool stack_build(rn_call_info *c)
{
    if (!same_shapes(c)) return false;
    const int axis = rni_call_axis(c, ((const rn_axis_opts *)c->opts)->axis, rn_tensor_rank(c->in[0]) + 1);
    return axis >= 0 && (c->out[0] = concat_prepared(c, axis, with_axis)) != NULL;
}

/* NumPy's atleast_1d, atleast_2d and atleast_3d. */
static rn_tensor *at_least_1d(rn_tensor *x, int64_t axis)
{
    (void)axis;
    return rn_tensor_rank(x) ? x : rn_reshape(x, RN_SHAPE(1));
}

static rn_tensor *at_least_2d(rn_tensor *x, int64_t axis)
{
    (void)axis;
    return rn_tensor_rank(x) >= 2 ? x : rn_reshape(x, RN_SHAPE(1, rn_tensor_count(x)));
}

static rn_tensor *at_least_3d(rn_tensor *x, int64_t axis)
{
    (void)axis;
    if (rn_tensor_rank(x) >= 3) return x;
    if (rn_tensor_rank(x) == 2) return rn_expand_dims(x, 2);
    return rn_reshape(x, RN_SHAPE(1, rn_tensor_count(x), 1));
}

static bool any_given(const rn_call_info *c)
{
    return c->n_in > 0 || rni_refuse_call(c, RN_ERR_ARG, "nothing to put together", "at least one tensor");
}

static bool hstack_build(rn_call_info *c)
{
    if (!any_given(c)) return false;
    const int64_t axis = rn_tensor_rank(c->in[0]) >= 2;
    return (c->out[0] = concat_prepared(c, axis, at_least_1d)) != NULL;
}

static bool vstack_build(rn_call_info *c)
{
    return any_given(c) && (c->out[0] = concat_prepared(c, 0, at_least_2d)) != NULL;
}

static bool dstack_build(rn_call_info *c)
{
    return any_given(c) && (c->out[0] = concat_prepared(c, 2, at_least_3d)) != NULL;
}

const rn_op rn_ops_concat[] = {
    { .name = "concat",
      .kind = RN_KERNEL,
      .flags = RN_OP_ALIKE,
      .inputs = "xs*",
      .infer = concat_infer,
      .backward = concat_backward,
      .run = concat_run,
      .cost = rni_cost_move,
      .opts = (const rn_opt[]){ RN_OPT_I64(rn_axis_opts, axis, 0, -8, 7, "axis along which they follow each other"),
                                { 0 } },
      .opts_size = sizeof(rn_axis_opts),
      .onnx = "Concat",
      .nnp = "Concatenate",
      .doc = { .brief = "Tensors put one after the other along an axis.",
               .shapes = "xs [.., D_i, ..]   ->   y [.., sum of D_i, ..]",
               .types = "all the same",
               .errors =
                   "SHAPE if shapes differ in another axis; DTYPE on mixed types; ARG for no tensor or no such axis",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "xs:f32[2,3] xs:f32[1,3]" },
                                  { .in = "xs:f32[2,3] xs:f32[2,1] xs:f32[2,2]", .with = "axis=1" },
                                  { .in = "xs:f32[2,3,2] xs:f32[2,3,1]", .with = "axis=-1" },
                                  { .in = "xs:f32[2]" },
                                  { .in = "xs:i64[2] xs:i64[0]" },
                                  { .in = "xs:bool[2] xs:bool[1]" },
                                  { .in = "xs:bf16[2] xs:bf16[3]" },
                                  { .in = "xs:f32[2,3] xs:f32[2,4]", .fails = "xs[0] is [2, 3], xs[1] is [2, 4]" },
                                  { .in = "xs:f32[2,3] xs:f32[3]", .fails = "shapes differ" },
                                  { .in = "xs:f32[2] xs:f64[2]", .fails = "types differ" },
                                  { .in = "xs:f32[] xs:f32[]", .fails = "scalars" },
                                  { .in = "xs:f32[2]", .with = "axis=1", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "stack",
      .kind = RN_FUNCTION,
      .flags = RN_OP_ALIKE,
      .inputs = "xs*",
      .build = stack_build,
      .opts = (const rn_opt[]){ RN_OPT_I64(rn_axis_opts, axis, 0, -8, 7, "where the new axis stands in the result"),
                                { 0 } },
      .opts_size = sizeof(rn_axis_opts),
      .nnp = "Stack",
      .doc = { .brief = "Tensors of one shape along a new axis.",
               .shapes = "n tensors [A, B]   ->   y [n, A, B]",
               .errors = "SHAPE if shapes differ; DTYPE on mixed types; ARG for no tensor or no such axis",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "xs:f32[2,3] xs:f32[2,3]" },
                                  { .in = "xs:f32[2,3] xs:f32[2,3] xs:f32[2,3]", .with = "axis=1" },
                                  { .in = "xs:f32[2,3] xs:f32[2,3]", .with = "axis=-1" },
                                  { .in = "xs:i32[] xs:i32[] xs:i32[]" },
                                  { .in = "xs:f32[0] xs:f32[0]" },
                                  { .in = "xs:f32[2,3] xs:f32[3,2]", .fails = "shapes differ" },
                                  { .in = "xs:f32[2] xs:f64[2]", .fails = "types differ" },
                                  { .in = "xs:f32[2] xs:f32[2]", .with = "axis=2", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "hstack",
      .kind = RN_FUNCTION,
      .inputs = "xs*",
      .build = hstack_build,
      .doc = { .brief = "Side by side: along the second axis, vectors along their only one.",
               .errors = "those of concat",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "xs:f32[2] xs:f32[3]" },
                                  { .in = "xs:f32[2,1] xs:f32[2,3]" },
                                  { .in = "xs:f32[] xs:f32[]" },
                                  { .in = "xs:f32[2,1] xs:f32[3,1]", .fails = "shapes differ" },
                                  { 0 } } },
    { .name = "vstack",
      .kind = RN_FUNCTION,
      .inputs = "xs*",
      .build = vstack_build,
      .doc = { .brief = "One below the other: along the first axis, vectors as rows.",
               .errors = "those of concat",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "xs:f32[3] xs:f32[2,3]" },
                                  { .in = "xs:f32[] xs:f32[]" },
                                  { .in = "xs:f32[2] xs:f32[3]", .fails = "shapes differ" },
                                  { 0 } } },
    { .name = "dstack",
      .kind = RN_FUNCTION,
      .inputs = "xs*",
      .build = dstack_build,
      .doc = { .brief = "One behind the other: along the third axis, which is made where it is missing.",
               .errors = "those of concat",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "xs:f32[2,3] xs:f32[2,3]" },
                                  { .in = "xs:f32[3] xs:f32[3]" },
                                  { .in = "xs:f32[2,3,1] xs:f32[2,3,2]" },
                                  { .in = "xs:f32[2] xs:f32[3]", .fails = "shapes differ" },
                                  { 0 } } },
    { 0 },
};
