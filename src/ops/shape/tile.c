/* Tensors repeated, rolled and turned: made of views and concat. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "engine/infer.h"
#include "ops/check.h"

typedef struct {
    rn_shape reps;
} tile_opt;

typedef struct {
    int64_t repeats, axis;
} repeat_opt;

typedef struct {
    int64_t shift;
    rn_axes axes;
} roll_opt;

typedef struct {
    int64_t k;
    rn_axes axes;
} rot90_opt;

/* ---- tile ---- */

/* [.., D, ..] as [.., 1, D, ..], repeated along the 1, and merged again. */
static rn_tensor *tile_axis(rn_tensor *x, int axis, int64_t times)
{
    const rn_shape *s = rn_tensor_shape(x);
    const rni_along a = rni_along_axis(s, axis);
    rn_shape y = *s;
    y.dim[axis] *= times;
    rn_tensor *t = rn_reshape(x, RN_SHAPE(a.outer, 1, a.size * a.inner));
    return rn_reshape(rn_broadcast_to(t, RN_SHAPE(a.outer, times, a.size * a.inner)), y);
}

/* All axes at once, if the axes put in fit. */
static rn_tensor *tile_all(rn_tensor *x, const rn_shape *s, const int64_t *reps, const rn_shape *y)
{
    rn_shape from = { 0 }, to = { 0 };
    for (int i = 0; i < s->rank; i++) {
        const bool split = reps[i] != 1 && s->dim[i] != 1;
        if (from.rank + 1 + split > RN_MAX_RANK) return NULL;
        if (split) {
            from.dim[from.rank++] = 1;
            to.dim[to.rank++] = reps[i];
        }
        from.dim[from.rank++] = s->dim[i];
        to.dim[to.rank++] = split ? s->dim[i] : y->dim[i];
    }
    return rn_reshape(rn_broadcast_to(rn_reshape(x, from), to), *y);
}

static bool tile_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]), *r = &((const tile_opt *)c->opts)->reps;
    rn_shape s = { .rank = r->rank > x->rank ? r->rank : x->rank }, y = s;
    int64_t reps[RN_MAX_RANK];
    for (int i = 0; i < s.rank; i++) {
        const int ix = i - (s.rank - x->rank), ir = i - (s.rank - r->rank);
        s.dim[i] = ix >= 0 ? x->dim[ix] : 1;
        reps[i] = ir >= 0 ? r->dim[ir] : 1;
        if (reps[i] < 0 || !rni_mul_i64(s.dim[i], reps[i], &y.dim[i]))
            return rni_refuse_call(c, RN_ERR_ARG, "there are no so many copies", "reps >= 0");
    }
    c->out[0] = tile_all(c->in[0], &s, reps, &y);
    if (c->out[0] || !rn_ok()) return c->out[0] != NULL;
    rn_tensor *t = rn_reshape(c->in[0], s);
    for (int i = 0; t && i < s.rank; i++)
        if (reps[i] != 1) t = tile_axis(t, i, reps[i]);
    return (c->out[0] = t) != NULL;
}

/* ---- repeat ---- */

static bool repeat_build(rn_call_info *c)
{
    const repeat_opt *o = c->opts;
    const int axis = rni_call_axis(c, o->axis, rn_tensor_rank(c->in[0]));
    if (axis < 0) return false;
    rn_shape y = *rn_tensor_shape(c->in[0]);
    const rni_along a = rni_along_axis(&y, axis);
    if (!rni_mul_i64(y.dim[axis], o->repeats, &y.dim[axis]))
        return rni_refuse_call(c, RN_ERR_SHAPE, "the result has too many elements", "a product of sizes below 2 ** 63");
    rn_tensor *t = rn_reshape(c->in[0], RN_SHAPE(a.outer * a.size, 1, a.inner));
    t = rn_broadcast_to(t, RN_SHAPE(a.outer * a.size, o->repeats, a.inner));
    return (c->out[0] = rn_reshape(t, y)) != NULL;
}

/* ---- roll ---- */

static rn_tensor *roll_axis(rn_tensor *x, int axis, int64_t shift)
{
    const int64_t n = rn_tensor_dim(x, axis);
    if (n == 0) return x;
    shift %= n;
    if (shift < 0) shift += n;
    if (shift == 0) return x;
    rn_ranges tail = { .n = axis + 1 }, head = { .n = axis + 1 };
    for (int i = 0; i < axis; i++) tail.range[i] = head.range[i] = RN_ALL;
    tail.range[axis] = RN_FROM(n - shift);
    head.range[axis] = RN_TO(n - shift);
    return rn_concat(RN_LIST(rn_slice(x, tail), rn_slice(x, head)), .axis = axis);
}

static bool roll_build(rn_call_info *c)
{
    const roll_opt *o = c->opts;
    rn_tensor *x = c->in[0];
    uint32_t mask;
    if (o->axes.n == 0) {
        c->out[0] = rn_reshape(roll_axis(rn_ravel(x), 0, o->shift), *rn_tensor_shape(x));
        return c->out[0] != NULL;
    }
    if (!rni_reduced_axes(&o->axes, rn_tensor_rank(x), &mask))
        return rni_refuse_call(c, RN_ERR_ARG, "axes must name axes of x, each once", "-rank <= axis < rank");
    for (int i = 0; x && i < RN_MAX_RANK; i++)
        if (mask & 1u << i) x = roll_axis(x, i, o->shift);
    return (c->out[0] = x) != NULL;
}

/* ---- rot90 ---- */

static bool rot90_build(rn_call_info *c)
{
    const rot90_opt *o = c->opts;
    const int rank = rn_tensor_rank(c->in[0]), k = (int)((o->k % 4 + 4) % 4);
    if (rank < 2) return rni_refuse_call(c, RN_ERR_SHAPE, "needs a matrix", "rank of x >= 2");
    const rn_axes axes = o->axes.n ? o->axes : RN_AXES(0, 1);
    uint32_t mask;
    if (axes.n != 2 || !rni_reduced_axes(&axes, rank, &mask))
        return rni_refuse_call(c, RN_ERR_ARG, "axes must name two axes of x", "-rank <= axis < rank");
    rn_tensor *y = c->in[0];
    if (k == 2) y = rn_flip(y, .axes = axes);
    if (k == 1) y = rn_flip(y, .axes = RN_AXES(axes.axis[1]));
    if (k % 2) y = rn_swapaxes(y, axes.axis[0], axes.axis[1]);
    if (k == 3) y = rn_flip(y, .axes = RN_AXES(axes.axis[1]));
    return (c->out[0] = y) != NULL;
}

const rn_op rn_ops_tile[] = {
    { .name = "tile",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = tile_build,
      .opts =
          (const rn_opt[]){ RN_REQ_SHAPE(tile_opt, reps, "copies along each axis; counted from the last one"), { 0 } },
      .opts_size = sizeof(tile_opt),
      .onnx = "Tile",
      .nnp = "Tile",
      .doc = { .brief = "Copies of a whole tensor, side by side along its axes.",
               .shapes = "x [A, B] with reps (r, s)   ->   y [r*A, s*B]; missing axes and reps are 1",
               .errors = "ARG for negative reps",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "reps=2,2" },
                                  { .in = "x:f32[3]", .with = "reps=2,1,2" },
                                  { .in = "x:f32[2,3]", .with = "reps=3" },
                                  { .in = "x:f32[2,1]", .with = "reps=1,4" },
                                  { .in = "x:i32[2,3]", .with = "reps=0,2" },
                                  { .in = "x:f32[]", .with = "reps=2" },
                                  { .in = "x:f32[1,2,2,1,2,2,2,1]", .with = "reps=2,2,1,3,2,1,1,1" },
                                  { .in = "x:f32[2]", .with = "reps=-1", .fails = "reps >= 0" },
                                  { 0 } } },
    { .name = "repeat",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = repeat_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(repeat_opt, repeats, 0, 9e18, "how often each element appears"),
                                RN_OPT_I64(repeat_opt, axis, 0, -8, 7, "along which axis"),
                                { 0 } },
      .opts_size = sizeof(repeat_opt),
      .doc = { .brief = "Each element repeated, one after the other, along an axis.",
               .shapes = "x [.., D, ..]   ->   y [.., D * repeats, ..]",
               .errors = "ARG for no such axis",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "repeats=2" },
                                  { .in = "x:f32[2,3]", .with = "repeats=3 axis=-1" },
                                  { .in = "x:i32[2]", .with = "repeats=0" },
                                  { .in = "x:f32[0,2]", .with = "repeats=2" },
                                  { .in = "x:f32[]", .with = "repeats=2", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "roll",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = roll_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(roll_opt, shift, -9e18, 9e18, "places by which elements move on"),
                                RN_OPT_AXES(roll_opt, axes, "along which axes; left out: x as one long row"),
                                { 0 } },
      .opts_size = sizeof(roll_opt),
      .doc = { .brief = "Elements moved along axes; those that leave at the end come in at the beginning.",
               .errors = "ARG for axes out of range or named twice",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "shift=1" },
                                  { .in = "x:f32[2,5]", .with = "shift=-7 axes=1" },
                                  { .in = "x:f32[3,4]", .with = "shift=2 axes=0,1" },
                                  { .in = "x:i32[0]", .with = "shift=1" },
                                  { .in = "x:f32[3]", .with = "shift=3 axes=0" },
                                  { .in = "x:f32[3]", .with = "shift=1 axes=1", .fails = "axes must name" },
                                  { 0 } } },
    { .name = "rot90",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = rot90_build,
      .opts =
          (const rn_opt[]){ RN_OPT_I64(rot90_opt, k, 1, -9e18, 9e18, "quarter turns"),
                            RN_OPT_AXES(rot90_opt, axes, "the plane, from the first axis to the second; default 0, 1"),
                            { 0 } },
      .opts_size = sizeof(rot90_opt),
      .doc = { .brief = "Quarter turns in the plane of two axes, without copying.",
               .errors = "SHAPE below rank 2; ARG unless axes are two",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]" },
                                  { .in = "x:f32[2,3]", .with = "k=2" },
                                  { .in = "x:f32[2,3]", .with = "k=-1" },
                                  { .in = "x:f32[2,3,4]", .with = "axes=2,1" },
                                  { .in = "x:f32[3]", .fails = "needs a matrix" },
                                  { .in = "x:f32[2,3]", .with = "axes=0", .fails = "two axes" },
                                  { 0 } } },
    { 0 },
};
