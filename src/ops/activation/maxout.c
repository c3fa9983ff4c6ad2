/* maxout: the largest of each group of channels. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/error.h"
#include "base/shape.h"
#include "ops/check.h"

typedef struct {
    int64_t pool_size, axis;
} maxout_opt;

static bool build(rn_call_info *c)
{
    const maxout_opt *o = c->opts;
    const rn_shape *x = rn_tensor_shape(c->in[0]);
    const int axis = rni_call_axis(c, o->axis, x->rank);
    if (axis < 0) return false;
    if (x->rank == RN_MAX_RANK) return rni_refuse_call(c, RN_ERR_SHAPE, "there are too many axes", "rank of x < 8");
    if (x->dim[axis] % o->pool_size) {
        rni_refuse_call(c, RN_ERR_SHAPE, "the channels do not divide into groups", "x.shape[axis] % pool_size == 0");
        rn_infer_hint("axis %d, pool_size %lld", axis, (long long)o->pool_size);
        return false;
    }
    rn_shape grouped = { .rank = x->rank + 1 };
    for (int i = 0, k = 0; i < x->rank; i++) {
        grouped.dim[k++] = i == axis ? x->dim[i] / o->pool_size : x->dim[i];
        if (i == axis) grouped.dim[k++] = o->pool_size;
    }
    c->out[0] = rn_max(rn_reshape(c->in[0], grouped), .axes = RN_AXES(axis + 1));
    return c->out[0] != NULL;
}

const rn_op rn_op_maxout = {
    .name = "maxout",
    .kind = RN_FUNCTION,
    .inputs = "x",
    .build = build,
    .opts = (const rn_opt[]){ RN_REQ_I64(maxout_opt, pool_size, 1, 1e9, "channels in a group; they follow each other"),
                              RN_REQ_I64(maxout_opt, axis, -RN_MAX_RANK, RN_MAX_RANK - 1, "the axis of channels"),
                              { 0 } },
    .opts_size = sizeof(maxout_opt),
    .doc = { .brief = "The largest of each group of channels.",
             .formula = "y[.., c, ..] = max over k < pool_size of x[.., c * pool_size + k, ..]",
             .shapes = "x [.., C, ..]   ->   y [.., C / pool_size, ..]",
             .errors = "SHAPE unless pool_size divides the channels; ARG if there is no such axis",
             .source = "Goodfellow et al. 2013, arXiv:1302.4389",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,6]", .with = "pool_size=2 axis=1" },
                                { .in = "x:f64[2,6,2]", .with = "pool_size=3 axis=-2" },
                                { .in = "x:f16[4]", .with = "pool_size=4 axis=0" },
                                { .in = "x:f32[0,6]", .with = "pool_size=2 axis=1" },
                                { .in = "x:f32[2,5]", .with = "pool_size=2 axis=1", .fails = "divide into groups" },
                                { .in = "x:f32[2,6]", .with = "pool_size=2 axis=2", .fails = "no such axis" },
                                { .in = "x:f32[2,6]", .with = "pool_size=0 axis=1", .fails = "pool_size" },
                                { 0 } },
};
