/* Axes moved about: special cases of transpose. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "engine/infer.h"
#include "ops/check.h"

typedef struct {
    rn_axes source, destination;
} move_opt;

typedef struct {
    int64_t axis1, axis2;
} swap_opt;

typedef struct {
    int64_t axis, start;
} roll_opt;

static bool move_build(rn_call_info *c)
{
    const move_opt *o = c->opts;
    const int rank = rn_tensor_rank(c->in[0]);
    uint32_t from, to;
    if (o->source.n != o->destination.n)
        return rni_refuse_call(c, RN_ERR_ARG, "as many destinations as sources are needed", NULL);
    if (!rni_reduced_axes(&o->source, rank, &from) || !rni_reduced_axes(&o->destination, rank, &to))
        return rni_refuse_call(c, RN_ERR_ARG, "axes must name axes of x, each once", "-rank <= axis < rank");
    rn_axes order = { .n = rank };
    for (int i = 0; i < rank; i++) order.axis[i] = -1;
    if (o->source.n == 0) from = 0;
    for (int i = 0; i < o->source.n; i++)
        order.axis[rni_known_axis(o->destination.axis[i], rank)] = rni_known_axis(o->source.axis[i], rank);
    for (int i = 0, next = 0; i < rank; i++) {
        if (order.axis[i] >= 0) continue;
        while (from & 1u << next) next++;
        order.axis[i] = next++;
    }
    return (c->out[0] = rn_transpose(c->in[0], .axes = order)) != NULL;
}

static bool swap_build(rn_call_info *c)
{
    const swap_opt *o = c->opts;
    const int rank = rn_tensor_rank(c->in[0]), a = rni_call_axis(c, o->axis1, rank);
    const int b = a < 0 ? -1 : rni_call_axis(c, o->axis2, rank);
    if (b < 0) return false;
    rn_axes order = { .n = rank };
    for (int i = 0; i < rank; i++) order.axis[i] = i == a ? b : i == b ? a : i;
    return (c->out[0] = rn_transpose(c->in[0], .axes = order)) != NULL;
}

static bool roll_build(rn_call_info *c)
{
    const roll_opt *o = c->opts;
    const int rank = rn_tensor_rank(c->in[0]), axis = rni_call_axis(c, o->axis, rank);
    if (axis < 0) return false;
    int start = (int)(o->start < 0 ? o->start + rank : o->start);
    if (start < 0 || start > rank)
        return rni_refuse_call(c, RN_ERR_ARG, "there is no such place", "-rank <= start <= rank");
    if (start > axis) start--;
    rn_axes order = { .n = rank };
    for (int i = 0, next = 0; i < rank; i++) {
        if (next == axis) next++;
        order.axis[i] = i == start ? axis : next++;
    }
    return (c->out[0] = rn_transpose(c->in[0], .axes = order)) != NULL;
}

const rn_op rn_ops_axes_order[] = {
    { .name = "moveaxis",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = move_build,
      .opts = (const rn_opt[]){ RN_REQ_AXES(move_opt, source, "axes of x to move"),
                                RN_REQ_AXES(move_opt, destination, "where they stand in the result"),
                                { 0 } },
      .opts_size = sizeof(move_opt),
      .doc = { .brief = "Axes moved to other places; the others keep their order.",
               .errors = "ARG for axes out of range, named twice, or not as many of both",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]", .with = "source=0 destination=-1" },
                                  { .in = "x:f32[2,3,4]", .with = "source=0,1 destination=-1,-2" },
                                  { .in = "x:f32[2,3]", .with = "source=0 destination=2", .fails = "axes must name" },
                                  { .in = "x:f32[2,3]", .with = "source=0,1 destination=0", .fails = "as many" },
                                  { 0 } } },
    { .name = "swapaxes",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = swap_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(swap_opt, axis1, -8, 7, "an axis"),
                                RN_REQ_I64(swap_opt, axis2, -8, 7, "the axis it changes places with"),
                                { 0 } },
      .opts_size = sizeof(swap_opt),
      .doc = { .brief = "Two axes change places.", .errors = "ARG for an axis out of range", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]", .with = "axis1=0 axis2=-1" },
                                  { .in = "x:i32[2,3]", .with = "axis1=1 axis2=1" },
                                  { .in = "x:f32[2,3]", .with = "axis1=0 axis2=2", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "rollaxis",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = roll_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(roll_opt, axis, -8, 7, "the axis to move"),
                                RN_OPT_I64(roll_opt, start, 0, -8, 8,
                                           "axis of x that it is moved before; rank: to the end"),
                                { 0 } },
      .opts_size = sizeof(roll_opt),
      .doc = { .brief = "An axis moved before another one; by default to the front.",
               .errors = "ARG for an axis out of range",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]", .with = "axis=2" },
                                  { .in = "x:f32[2,3,4]", .with = "axis=0 start=3" },
                                  { .in = "x:f32[2,3,4]", .with = "axis=0 start=-1" },
                                  { .in = "x:f32[2,3]", .with = "axis=2", .fails = "no such axis" },
                                  { .in = "x:f32[2,3]", .with = "axis=0 start=3", .fails = "no such place" },
                                  { 0 } } },
    { 0 },
};
