/* slice: parts of a tensor by ranges and positions along its axes, as between NumPy's brackets, without copying. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/shape.h"
#include "ops/strided.h"

typedef struct {
    rn_ranges ranges;
} slice_opt;

/* What a range takes of an axis. */
typedef struct {
    int64_t start, step, size;
    bool drop; /* a single position: the axis goes away */
} part;

static int64_t clip(int64_t v, int64_t n, int64_t low, int64_t high)
{
    if (v < 0) v += n;
    return v < low ? low : v > high ? high : v;
}

/* False for a position outside. */
static bool resolve(const rn_range *r, int64_t n, part *p)
{
    const int64_t step = r->step ? r->step : 1;
    if (r->kind & RNI_RANGE_INDEX) {
        *p = (part){ r->start < 0 ? r->start + n : r->start, 1, 1, true };
        return p->start >= 0 && p->start < n;
    }
    const bool has_start = r->kind & RNI_RANGE_START, has_stop = r->kind & RNI_RANGE_STOP;
    int64_t start, stop;
    uint64_t size = 0;
    if (step > 0) {
        start = has_start ? clip(r->start, n, 0, n) : 0;
        stop = has_stop ? clip(r->stop, n, 0, n) : n;
        if (start < stop) size = (uint64_t)(stop - start - 1) / (uint64_t)step + 1;
    } else {
        start = has_start ? clip(r->start, n, -1, n - 1) : n - 1;
        stop = has_stop ? clip(r->stop, n, -1, n - 1) : -1;
        if (start > stop) size = (uint64_t)(start - stop - 1) / (0 - (uint64_t)step) + 1;
    }
    /* of at most one element the step is never taken, and may be as large as it likes */
    *p = (part){ size ? start : 0, size > 1 ? step : 1, (int64_t)size, false };
    return true;
}

static part part_of(const slice_opt *o, const rn_shape *x, int axis)
{
    part p = { 0, 1, x->dim[axis], false };
    if (axis < o->ranges.n) resolve(&o->ranges.range[axis], x->dim[axis], &p);
    return p;
}

static bool infer(rn_infer *f)
{
    const slice_opt *o = f->opts;
    const rn_shape *x = f->shape[0];
    if (o->ranges.n > x->rank || o->ranges.n < 0)
        return rn_refuse(f, RN_ERR_ARG, "more ranges than axes", "number of ranges <= rank of x");
    rn_shape y = { 0 };
    for (int i = 0; i < x->rank; i++) {
        part p = part_of(o, x, i);
        if (i < o->ranges.n && !resolve(&o->ranges.range[i], x->dim[i], &p)) {
            rn_refuse(f, RN_ERR_ARG, "a position is outside of its axis", "-size <= position < size");
            rn_infer_hint("position %lld along axis %d, which has size %lld", (long long)o->ranges.range[i].start, i,
                          (long long)x->dim[i]);
            return false;
        }
        if (!p.drop) y.dim[y.rank++] = p.size;
    }
    return rn_out(f, 0, f->dtype[0], y);
}

/* Strides and offset of the part in a tensor of shape x with the given strides. */
static int64_t place(const slice_opt *o, const rn_shape *x, const int64_t *stride, int64_t *out)
{
    int64_t offset = 0;
    int k = 0;
    for (int i = 0; i < x->rank; i++) {
        const part p = part_of(o, x, i);
        offset += p.start * stride[i];
        if (!p.drop) out[k++] = p.step * stride[i];
    }
    return offset;
}

static bool backward(rn_vjp *v)
{
    const rn_shape *x = rn_tensor_shape(v->in[0]);
    int64_t whole[RN_MAX_RANK], stride[RN_MAX_RANK];
    rni_shape_strides(x, whole);
    const int64_t offset = place(v->opts, x, whole, stride);
    v->gin[0] = rni_unstride(v->gout[0], x, stride, offset);
    return v->gin[0] != NULL;
}

static bool view(const rn_view *in, const void *opts, rn_view *out)
{
    rn_shape x = { .rank = in->rank };
    for (int i = 0; i < x.rank; i++) x.dim[i] = in->dim[i];
    rn_view_shift(out, place(opts, &x, in->stride, out->stride));
    return true;
}

const rn_op rn_op_slice = {
    .name = "slice",
    .kind = RN_VIEW,
    .inputs = "x",
    .infer = infer,
    .backward = backward,
    .view = view,
    .opts =
        (const rn_opt[]){ RN_REQ_RANGES(slice_opt, ranges,
                                        "RN_RANGES of RN_ALL, RN_RANGE(1, 3), RN_FROM(1), RN_TO(-1), RN_EVERY(2), "
                                        "RN_STEP(8, 2, -2), RN_AT(0), axis by axis; axes not named are taken whole"),
                          { 0 } },
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
                           { 0 } },
};
