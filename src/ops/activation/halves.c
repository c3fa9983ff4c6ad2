/* Activations that join or part halves of an axis. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/error.h"
#include "base/shape.h"
#include "ops/check.h"

typedef struct {
    int64_t axis;
} axis_opt;

static const rn_opt opts[] = { RN_REQ_I64(axis_opt, axis, -RN_MAX_RANK, RN_MAX_RANK - 1, "the axis of channels"),
                               { 0 } };

/* The axis in 0 ... rank-1, -1 with an error pending if there is none. */
static int axis_of(const rn_call_info *c)
{
    return rni_call_axis(c, ((const axis_opt *)c->opts)->axis, rn_tensor_rank(c->in[0]));
}

static bool crelu_build(rn_call_info *c)
{
    const int axis = axis_of(c);
    if (axis < 0) return false;
    c->out[0] = rn_concat(RN_LIST(rn_relu(c->in[0]), rn_relu(rn_neg(c->in[0]))), .axis = axis);
    return c->out[0] != NULL;
}

static rn_tensor *half(rn_tensor *x, int axis, int which)
{
    const int64_t n = rn_tensor_dim(x, axis) / 2;
    rn_ranges r = { .n = axis + 1 };
    for (int i = 0; i < axis; i++) r.range[i] = RN_ALL;
    r.range[axis] = RN_RANGE(which * n, (which + 1) * n);
    return rn_slice(x, r);
}

static bool glu_build(rn_call_info *c)
{
    static const rn_op gate = { .name = "glu",
                                .kind = RN_MAP,
                                .inputs = "a, b",
                                .expr = "y = a * sigmoid(b)",
                                .vjp = "s = sigmoid(b); ga = gy * s; gb = gy * a * s * (1 - s)" };
    const int axis = axis_of(c);
    if (axis < 0) return false;
    if (rn_tensor_dim(c->in[0], axis) % 2)
        return rni_refuse_call(c, RN_ERR_SHAPE, "the channels do not divide into halves", "x.shape[axis] is even");
    rn_tensor *in[] = { half(c->in[0], axis, 0), half(c->in[0], axis, 1) };
    return in[0] && in[1] && rn_op_call(&gate, NULL, in, 2, NULL, c->out);
}

const rn_op rn_ops_halves[] = {
    { .name = "crelu",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = crelu_build,
      .opts = opts,
      .opts_size = sizeof(axis_opt),
      .nnp = "CReLU axis=axis",
      .doc = { .brief = "Rectified linear units of x and of -x, one after the other.",
               .formula = "y = concat(relu(x), relu(-x))",
               .shapes = "x [.., C, ..]   ->   y [.., 2 * C, ..]",
               .errors = "ARG if there is no such axis",
               .source = "Shang et al. 2016, arXiv:1603.05201",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "axis=1", .kink = "x=0" },
                                  { .in = "x:f64[2,3,2]", .with = "axis=-3", .kink = "x=0" },
                                  { .in = "x:f16[4]", .with = "axis=0", .kink = "x=0" },
                                  { .in = "x:f32[2,0]", .with = "axis=1" },
                                  { .in = "x:f32[2]", .with = "axis=1", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "glu",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = glu_build,
      .opts = opts,
      .opts_size = sizeof(axis_opt),
      .doc = { .brief = "Gated linear unit: the first half of the channels through gates that the second half opens.",
               .formula = "y = a * sigmoid(b), a and b the halves of x",
               .shapes = "x [.., 2 * C, ..]   ->   y [.., C, ..]",
               .errors = "SHAPE if the channels are odd in number; ARG if there is no such axis",
               .source = "Dauphin et al. 2017, arXiv:1612.08083",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,6]", .with = "axis=1" },
                                  { .in = "x:f64[2,4,3]", .with = "axis=-2" },
                                  { .in = "x:f16[4]", .with = "axis=0" },
                                  { .in = "x:f32[0,4]", .with = "axis=1" },
                                  { .in = "x:f32[2,3]", .with = "axis=1", .fails = "divide into halves" },
                                  { .in = "x:f32[2]", .with = "axis=1", .fails = "no such axis" },
                                  { 0 } } },
    { 0 },
};
