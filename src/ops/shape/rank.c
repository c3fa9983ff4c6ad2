/* Axes of size 1 put in and taken out, and axes merged, without copying. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "engine/infer.h"
#include "ops/check.h"

typedef struct {
    rn_axes axes;
} squeeze_opt;

typedef struct {
    int64_t start;
} flatten_opt;

static bool reshape_back(rn_vjp *v)
{
    v->gin[0] = rn_reshape(v->gout[0], *rn_tensor_shape(v->in[0]));
    return v->gin[0] != NULL;
}

/* ---- expand_dims ---- */

static bool expand_infer(rn_infer *f)
{
    const rn_shape *x = f->shape[0];
    if (x->rank == RN_MAX_RANK) return rn_refuse(f, RN_ERR_SHAPE, "too many axes", "rank of x < 8");
    const int axis = rni_want_axis(f, ((const rn_axis_opts *)f->opts)->axis, x->rank + 1);
    if (axis < 0) return false;
    rn_shape y = { .rank = x->rank + 1 };
    for (int i = 0; i < y.rank; i++) y.dim[i] = i < axis ? x->dim[i] : i == axis ? 1 : x->dim[i - 1];
    return rn_out(f, 0, f->dtype[0], y);
}

static bool expand_view(const rn_view *in, const void *opts, rn_view *out)
{
    const int axis = rni_known_axis(((const rn_axis_opts *)opts)->axis, out->rank);
    for (int i = 0; i < out->rank; i++) out->stride[i] = i < axis ? in->stride[i] : i == axis ? 0 : in->stride[i - 1];
    return true;
}

/* ---- squeeze ---- */

/* Bit i: axis i goes. */
static bool squeezed(const rn_shape *x, const rn_axes *axes, uint32_t *mask)
{
    *mask = 0;
    if (axes->n) return rni_reduced_axes(axes, x->rank, mask);
    for (int i = 0; i < x->rank; i++)
        if (x->dim[i] == 1) *mask |= 1u << i;
    return true;
}

static bool squeeze_infer(rn_infer *f)
{
    const rn_shape *x = f->shape[0];
    uint32_t mask;
    if (!squeezed(x, &((const squeeze_opt *)f->opts)->axes, &mask))
        return rn_refuse(f, RN_ERR_ARG, "axes must name axes of x, each once", "-rank <= axis < rank");
    rn_shape y = { 0 };
    for (int i = 0; i < x->rank; i++) {
        if (mask & 1u << i && x->dim[i] != 1) {
            rn_refuse(f, RN_ERR_SHAPE, "only an axis of size 1 can be taken out", "x.shape[axis] == 1");
            rn_infer_hint("axis %d has size %lld", i, (long long)x->dim[i]);
            return false;
        }
        if (!(mask & 1u << i)) y.dim[y.rank++] = x->dim[i];
    }
    return rn_out(f, 0, f->dtype[0], y);
}

static bool squeeze_view(const rn_view *in, const void *opts, rn_view *out)
{
    rn_shape x = { .rank = in->rank };
    for (int i = 0; i < x.rank; i++) x.dim[i] = in->dim[i];
    uint32_t mask;
    squeezed(&x, &((const squeeze_opt *)opts)->axes, &mask);
    for (int i = 0, k = 0; i < in->rank; i++)
        if (!(mask & 1u << i)) out->stride[k++] = in->stride[i];
    return true;
}

/* ---- flatten, ravel ---- */

static bool flatten_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]);
    const int start = (int)((const flatten_opt *)c->opts)->start;
    if (start > x->rank) return rni_refuse_call(c, RN_ERR_SHAPE, "too few axes", "start <= rank of x");
    rn_shape y = { .rank = start + 1 };
    for (int i = 0; i < start; i++) y.dim[i] = x->dim[i];
    y.dim[start] = 1;
    for (int i = start; i < x->rank; i++) y.dim[start] *= x->dim[i];
    return (c->out[0] = rn_reshape(c->in[0], y)) != NULL;
}

static bool ravel_build(rn_call_info *c)
{
    return (c->out[0] = rn_reshape(c->in[0], RN_SHAPE(rn_tensor_count(c->in[0])))) != NULL;
}

const rn_op rn_ops_rank[] = {
    { .name = "expand_dims",
      .kind = RN_VIEW,
      .inputs = "x",
      .infer = expand_infer,
      .backward = reshape_back,
      .view = expand_view,
      .opts =
          (const rn_opt[]){ RN_REQ_I64(rn_axis_opts, axis, -8, 7, "where the new axis stands in the result"), { 0 } },
      .opts_size = sizeof(rn_axis_opts),
      .onnx = "Unsqueeze axis=axes",
      .doc = { .brief = "A new axis of size 1.",
               .shapes = "x [A, B]   ->   axis 0: [1, A, B], 1 or -2: [A, 1, B], -1: [A, B, 1]",
               .errors = "ARG for an axis out of range; SHAPE at rank 8",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "axis=0" },
                                  { .in = "x:f32[2,3]", .with = "axis=-1" },
                                  { .in = "x:i32[]", .with = "axis=0" },
                                  { .in = "x:f32[0,3]", .with = "axis=1" },
                                  { .in = "x:f32[2,3]", .with = "axis=3", .fails = "no such axis" },
                                  { .in = "x:f32[1,1,1,1,1,1,1,1]", .with = "axis=0", .fails = "too many axes" },
                                  { 0 } } },
    { .name = "squeeze",
      .kind = RN_VIEW,
      .inputs = "x",
      .infer = squeeze_infer,
      .backward = reshape_back,
      .view = squeeze_view,
      .opts = (const rn_opt[]){ RN_OPT_AXES(squeeze_opt, axes, "axes to take out; left out: all of size 1"), { 0 } },
      .opts_size = sizeof(squeeze_opt),
      .onnx = "Squeeze",
      .doc = { .brief = "Without its axes of size 1.",
               .errors = "SHAPE if a named axis has another size; ARG if there is none of that name",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[1,3,1]" },
                                  { .in = "x:f32[1,3,1]", .with = "axes=-1" },
                                  { .in = "x:f32[1,1]", .with = "axes=0,1" },
                                  { .in = "x:f32[2,3]" },
                                  { .in = "x:f32[0,1]" },
                                  { .in = "x:f32[1,3]", .with = "axes=1", .fails = "axis 1 has size 3" },
                                  { .in = "x:f32[1,3]", .with = "axes=2", .fails = "axes must name" },
                                  { .in = "x:f32[1,3]", .with = "axes=0,-2", .fails = "axes must name" },
                                  { 0 } } },
    { .name = "flatten",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = flatten_build,
      .opts = (const rn_opt[]){ RN_OPT_I64(flatten_opt, start, 1, 1, 7, "first of the axes that become one"), { 0 } },
      .opts_size = sizeof(flatten_opt),
      .onnx = "Flatten start=axis",
      .doc = { .brief = "All axes from one on merged into one: [N, C, H, W] becomes [N, C*H*W].",
               .shapes = "x [N, ..]   ->   y [N, D]; with start = 2, x [A, B, ..] -> y [A, B, D]",
               .errors = "SHAPE if x has fewer axes than are kept",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]" },
                                  { .in = "x:f32[2,3,2,2]", .with = "start=2" },
                                  { .in = "x:f32[3]" },
                                  { .in = "x:f32[0,3,2]" },
                                  { .in = "x:f32[2,0,2]" },
                                  { .in = "x:f32[]", .fails = "too few axes" },
                                  { .in = "x:f32[2,3]", .with = "start=3", .fails = "too few axes" },
                                  { 0 } } },
    { .name = "ravel",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = ravel_build,
      .doc = { .brief = "All elements in row-major order along one axis.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]" }, { .in = "x:i32[]" }, { .in = "x:f32[2,0]" }, { 0 } } },
    { 0 },
};
