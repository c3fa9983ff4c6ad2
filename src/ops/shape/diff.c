/* diff: differences of neighbours. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"

typedef struct {
    int64_t axis, n;
} diff_opt;

static bool build(rn_call_info *c)
{
    const diff_opt *o = c->opts;
    rn_tensor *y = c->in[0];
    const int axis = rni_call_axis(c, o->axis, rn_tensor_rank(y));
    if (axis < 0) return false;
    if (rn_tensor_dtype(y) == RN_BOOL)
        return rni_refuse_call(c, RN_ERR_DTYPE, "truth values have no difference", "a type of numbers");
    rn_ranges from = { .n = axis + 1 }, to;
    for (int i = 0; i < axis; i++) from.range[i] = RN_ALL;
    to = from;
    from.range[axis] = RN_FROM(1);
    to.range[axis] = RN_RANGE(0, -1);
    for (int64_t k = 0; k < o->n && y && rn_tensor_dim(y, axis) > 0; k++)
        y = rn_sub(rn_slice(y, from), rn_slice(y, to));
    return (c->out[0] = y) != NULL;
}

const rn_op rn_op_diff = {
    .name = "diff",
    .kind = RN_FUNCTION,
    .inputs = "x",
    .build = build,
    .opts = (const rn_opt[]){ RN_REQ_I64(diff_opt, axis, -8, 7, "along which axis; -1 is the last"),
                              RN_OPT_I64(diff_opt, n, 1, 1, 1000, "how many times"),
                              { 0 } },
    .opts_size = sizeof(diff_opt),
    .doc = { .brief = "Differences of neighbours along an axis.",
             .formula = "y[i] = x[i + 1] - x[i], n times",
             .shapes = "x [.., D, ..]   ->   y [.., max(D - n, 0), ..]",
             .errors = "ARG for no such axis; DTYPE for bool",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,5]", .with = "axis=-1" },
                                { .in = "x:f64[5,2]", .with = "axis=0 n=2" },
                                { .in = "x:i32[4]", .with = "axis=0" },
                                { .in = "x:f32[3]", .with = "axis=0 n=5" },
                                { .in = "x:f32[2,3]", .with = "axis=2", .fails = "no such axis" },
                                { .in = "x:bool[3]", .with = "axis=0", .fails = "no difference" },
                                { 0 } },
};
