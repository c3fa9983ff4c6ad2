/* sum_to: undoes broadcasting. */
#include "ops/check.h"

#include <rensa/op.h>
#include <rensa/ops.h>

typedef struct {
    rn_shape shape;
} sum_to_opt;

static bool build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]), *y = &((const sum_to_opt *)c->opts)->shape;
    const int lead = x->rank - y->rank;
    rn_axes axes = { 0 };
    bool fits = lead >= 0, differs = lead > 0;
    for (int i = 0; fits && i < x->rank; i++) {
        const bool whole = i < lead || (y->dim[i - lead] == 1 && x->dim[i] != 1);
        if (whole)
            axes.axis[axes.n++] = i;
        else
            fits = x->dim[i] == y->dim[i - lead];
        differs |= whole;
    }
    if (!fits)
        return rni_refuse_call(c, RN_ERR_SHAPE, "the shape does not fit x",
                               "a tensor of that shape broadcasts to the shape of x");
    if (!differs) {
        c->out[0] = rn_reshape(c->in[0], *y);
        return c->out[0] != NULL;
    }
    rn_tensor *s = axes.n ? rn_sum(c->in[0], .axes = axes, .keepdims = true) : c->in[0];
    c->out[0] = rn_reshape(s, *y);
    return c->out[0] != NULL;
}

const rn_op rn_op_sum_to = {
    .name = "sum_to",
    .kind = RN_FUNCTION,
    .inputs = "x",
    .build = build,
    .opts = (const rn_opt[]){ RN_REQ_SHAPE(sum_to_opt, shape, "shape of the result"), { 0 } },
    .opts_size = sizeof(sum_to_opt),
    .doc = { .brief = "Sums over the axes along which a tensor of the given shape would be broadcast to that of x.",
             .errors = "SHAPE if none would",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]", .with = "shape=3,1" },
                                { .in = "x:f32[2,3]", .with = "shape=2,3" },
                                { .in = "x:f32[2,3]", .with = "shape=" },
                                { .in = "x:f32[2,3]", .with = "shape=2", .fails = "broadcasts" },
                                { 0 } },
};
