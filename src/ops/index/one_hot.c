/* one_hot: numbers of classes as rows of zeros with one 1. */
#include <rensa/op.h>

#include "base/convert.h"
#include "base/index.h"
#include "ops/cost.h"
#include "ops/index/position.h"
#include "ops/strided.h"

typedef struct {
    int64_t depth;
    rn_dtype dtype;
} one_hot_opt;

static bool infer(rn_infer *f)
{
    const one_hot_opt *o = f->opts;
    rn_shape y = *f->shape[0];
    if (!rni_want_index(f, 0)) return false;
    if (y.rank == RN_MAX_RANK) return rn_refuse(f, RN_ERR_SHAPE, "too many axes", "rank of x < 8");
    y.dim[y.rank++] = o->depth;
    return rn_out(f, 0, o->dtype, y);
}

static bool run(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *y = &c->out[0];
    const int64_t depth = y->dim[y->rank - 1];
    const int bytes = rn_dtype_bytes(y->dtype);
    rni_view_fill(y, 0);
    int64_t at[RN_MAX_RANK] = { 0 }, place;
    char *row = y->data;
    for (int64_t k = rni_view_count(x); k > 0; k--, rni_index_next(x, at), row += depth * bytes) {
        if (!rni_index_place(rni_index_value(x, at), depth, false, &place))
            return rni_index_fail(c, "x", x, at, "depth is", depth);
        rni_store(y->dtype, row + place * bytes, 1);
    }
    return true;
}

const rn_op rn_op_one_hot = {
    .name = "one_hot",
    .kind = RN_KERNEL,
    .flags = RN_OP_NO_GRAD,
    .inputs = "x",
    .infer = infer,
    .run = run,
    .cost = rni_cost_move,
    .opts = (const rn_opt[]){ RN_REQ_I64(one_hot_opt, depth, 0, 9e18, "number of classes"),
                              RN_OPT_DTYPE(one_hot_opt, dtype, RN_F32, "type of the result"),
                              { 0 } },
    .opts_size = sizeof(one_hot_opt),
    .onnx = "OneHot",
    .nnp = "OneHot",
    .doc = { .brief = "Numbers of classes as rows of zeros with one 1.",
             .formula = "y[i, d] = x[i] == d",
             .shapes = "x [I..]   ->   y [I.., depth]",
             .types = "x of any integer type",
             .errors = "DTYPE; ARG for a number that is not in 0 … depth-1, named when values are computed",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:i32[2,2]{=0,3,1,1}", .with = "depth=4" },
                                { .in = "x:u8[]{=2}", .with = "depth=3 dtype=bool" },
                                { .in = "x:i64[0]", .with = "depth=3" },
                                { .in = "x:i64[3]{=0,1,2}", .with = "depth=3 dtype=i64" },
                                { .in = "x:i32[2]{=0,4}", .with = "depth=4", .fails = "x[1] is 4, but depth is 4" },
                                { .in = "x:i32[1]{=-1}", .with = "depth=4", .fails = "x[0] is -1" },
                                { .in = "x:f32[2]", .with = "depth=4", .fails = "must be integers" },
                                { 0 } },
};
