/* Parts of a tensor by ranges and positions along its axes, as between NumPy's brackets: looked at, and replaced. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/shape.h"
#include "ops/cost.h"
#include "ops/shape/ranges.h"
#include "ops/strided.h"

typedef struct {
    rn_ranges ranges;
} slice_opt;

static bool infer(rn_infer *f)
{
    rn_shape y;
    return rni_want_ranges(f, &((const slice_opt *)f->opts)->ranges, f->shape[0], &y) && rn_out(f, 0, f->dtype[0], y);
}

static bool backward(rn_vjp *v)
{
    const rn_shape *x = rn_tensor_shape(v->in[0]);
    int64_t whole[RN_MAX_RANK], stride[RN_MAX_RANK];
    rni_shape_strides(x, whole);
    const int64_t offset = rni_ranges_place(&((const slice_opt *)v->opts)->ranges, x, whole, stride, NULL);
    v->gin[0] = rni_unstride(v->gout[0], x, stride, offset);
    return v->gin[0] != NULL;
}

static bool view(const rn_view *in, const void *opts, rn_view *out)
{
    rn_shape x = { .rank = in->rank };
    for (int i = 0; i < x.rank; i++) x.dim[i] = in->dim[i];
    rn_view_shift(out, rni_ranges_place(&((const slice_opt *)opts)->ranges, &x, in->stride, out->stride, NULL));
    return true;
}

static bool get_item_build(rn_call_info *c)
{
    return (c->out[0] = rn_slice(c->in[0], ((const slice_opt *)c->opts)->ranges)) != NULL;
}

/* ---- set_item ---- */

static bool set_infer(rn_infer *f)
{
    rn_shape part, both;
    if (!rni_want_ranges(f, &((const slice_opt *)f->opts)->ranges, f->shape[0], &part)) return false;
    if (!rni_shape_broadcast(&part, f->shape[1], &both) || !rni_shape_equal(&part, &both)) {
        char text[RNI_SHAPE_TEXT];
        rn_refuse(f, RN_ERR_SHAPE, "values do not fit to the part", "values broadcast to the shape of the part");
        rn_infer_hint("the part is %s", rni_shape_text(&part, text));
        return false;
    }
    if (f->dtype[0] != f->dtype[1]) return rn_refuse(f, RN_ERR_DTYPE, "types differ", "x.dtype == values.dtype");
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool set_backward(rn_vjp *v)
{
    const rn_ranges r = ((const slice_opt *)v->opts)->ranges;
    if (v->need[0]) v->gin[0] = rn_set_item(v->gout[0], rn_zeros(RN_SCALAR, .dtype = rn_tensor_dtype(v->gout[0])), r);
    if (v->need[1]) v->gin[1] = rn_slice(v->gout[0], r);
    return rn_ok();
}

static bool set_run(rn_kernel_call *c)
{
    const rn_view *y = &c->out[0], *values = &c->in[1];
    rni_view_copy(y, &c->in[0]);
    rn_shape x = { .rank = y->rank }, size = { 0 };
    for (int i = 0; i < x.rank; i++) x.dim[i] = y->dim[i];
    rn_view part = *y, from = *values;
    const rn_ranges *r = &((const slice_opt *)c->opts)->ranges;
    rn_view_shift(&part, rni_ranges_place(r, &x, y->stride, part.stride, &size));
    part.rank = from.rank = size.rank;
    for (int i = 0; i < size.rank; i++) {
        const int k = i - (size.rank - values->rank);
        part.dim[i] = from.dim[i] = size.dim[i];
        from.stride[i] = k < 0 || values->dim[k] == 1 ? 0 : values->stride[k];
    }
    rni_view_copy(&part, &from);
    return true;
}

#define RANGES                                                                                                         \
    RN_REQ_RANGES(slice_opt, ranges,                                                                                   \
                  "RN_RANGES of RN_ALL, RN_RANGE(1, 3), RN_FROM(1), RN_TO(-1), RN_EVERY(2), RN_STEP(8, 2, -2), "       \
                  "RN_AT(0), axis by axis; axes not named are taken whole")

const rn_op rn_ops_slice[] = {
    { .name = "slice",
      .kind = RN_VIEW,
      .inputs = "x",
      .infer = infer,
      .backward = backward,
      .view = view,
      .opts = (const rn_opt[]){ RANGES, { 0 } },
      .opts_size = sizeof(slice_opt),
      .onnx = "Slice",
      .nnp = "Slice",
      .doc = { .brief = "A part of a tensor, as NumPy's x[1:3, ::-1, 0], without copying.",
               .shapes = "a range keeps its axis, a position (RN_AT) drops it",
               .errors = "ARG for a position outside of its axis or more ranges than axes; ranges are clipped instead",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "x:f32[4,5]", .with = "ranges=1:3,2" },
                             { .in = "x:f32[4,5]", .with = "ranges=::-1,::2" },
                             { .in = "x:f32[7]", .with = "ranges=-2:-7:-2" },
                             { .in = "x:f32[4,5]", .with = "ranges=-1" },
                             { .in = "x:f32[4,5,2]", .with = "ranges=:,1:" },
                             { .in = "x:f32[4]", .with = "ranges=3:100" },
                             { .in = "x:f32[4]", .with = "ranges=3:1" },
                             { .in = "x:f32[0,3]", .with = "ranges=::-1" },
                             { .in = "x:i64[4]", .with = "ranges=:2" },
                             { .in = "x:bool[2,2]", .with = "ranges=0,1" },
                             { .in = "x:f32[4,5]", .with = "ranges=4", .fails = "outside of its axis" },
                             { .in = "x:f32[4,5]", .with = "ranges=:,-6", .fails = "along axis 1, which has size 5" },
                             { .in = "x:f32[4]", .with = "ranges=:,:", .fails = "more ranges than axes" },
                             { 0 } } },
    { .name = "get_item",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = get_item_build,
      .opts = (const rn_opt[]){ RANGES, { 0 } },
      .opts_size = sizeof(slice_opt),
      .doc = { .brief = "The same as slice, by the name that Chainer gives it.",
               .errors = "those of slice",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,5]", .with = "ranges=1:3,2" },
                                  { .in = "x:f32[4,5]", .with = "ranges=4", .fails = "outside of its axis" },
                                  { 0 } } },
    { .name = "set_item",
      .kind = RN_KERNEL,
      .flags = RN_OP_ALIKE,
      .inputs = "x, values",
      .infer = set_infer,
      .backward = set_backward,
      .run = set_run,
      .cost = rni_cost_move,
      .opts = (const rn_opt[]){ RANGES, { 0 } },
      .opts_size = sizeof(slice_opt),
      .doc = { .brief = "x with a part replaced, as NumPy's x[1:3, 0] = values, but as a new tensor.",
               .formula = "y = x;   y[ranges] = values",
               .shapes = "values broadcast to the shape that rn_slice(x, ranges) has   ->   y as x",
               .types = "both the same",
               .errors = "those of slice; SHAPE if values do not fit; DTYPE on mixed types",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "x:f32[4,5] values:f32[2,5]", .with = "ranges=1:3" },
                             { .in = "x:f32[4,5] values:f32[2,1]", .with = "ranges=::-2,1:3" },
                             { .in = "x:f32[4,5] values:f32[]", .with = "ranges=2,:" },
                             { .in = "x:i64[3] values:i64[]", .with = "ranges=1" },
                             { .in = "x:f32[3] values:f32[0]", .with = "ranges=1:1" },
                             { .in = "x:f32[4,5] values:f32[3]", .with = "ranges=1:3", .fails = "the part is [2, 5]" },
                             { .in = "x:f32[3] values:f32[1,3]", .with = "ranges=:", .fails = "do not fit" },
                             { .in = "x:f32[3] values:f64[3]", .with = "ranges=:", .fails = "types differ" },
                             { .in = "x:f32[3] values:f32[]", .with = "ranges=3", .fails = "outside of its axis" },
                             { 0 } } },
    { 0 },
};
