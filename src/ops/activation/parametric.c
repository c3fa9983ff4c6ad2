/* Activations with a parameter of their own, and their random relative. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/error.h"
#include "base/shape.h"
#include "ops/check.h"

/* w [D1, D2, ...] set against the axes of x [N, D1, D2, ..., ...] from the second one on; of rank 0 against all. */
static rn_tensor *against_channels(const rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]), *w = rn_tensor_shape(c->in[1]);
    rn_shape s = { .rank = x->rank };
    bool fits = w->rank == 0 || w->rank < x->rank;
    for (int i = 0; i < x->rank; i++) {
        const bool covered = i >= 1 && i <= w->rank;
        s.dim[i] = covered ? w->dim[i - 1] : 1;
        if (fits && covered) fits = w->dim[i - 1] == x->dim[i];
    }
    if (fits) return w->rank ? rn_reshape(c->in[1], s) : c->in[1];
    rni_refuse_call(c, RN_ERR_SHAPE, "the parameter does not fit the channels of x",
                    "its shape is x.shape[1:1+its rank]");
    return NULL;
}

static bool with_parameter(rn_call_info *c, const rn_op *map)
{
    rn_tensor *in[] = { c->in[0], against_channels(c) };
    return in[1] && rn_op_call(map, NULL, in, 2, NULL, c->out);
}

static bool prelu_build(rn_call_info *c)
{
    static const rn_op map = { .name = "prelu",
                               .kind = RN_MAP,
                               .inputs = "x, w",
                               .expr = "y = x > 0 ? x : w * x",
                               .vjp = "gx = x > 0 ? gy : w * gy; gw = x > 0 ? 0 : gy * x" };
    return with_parameter(c, &map);
}

static bool swish_build(rn_call_info *c)
{
    static const rn_op map = { .name = "swish",
                               .kind = RN_MAP,
                               .inputs = "x, b",
                               .types = "float",
                               .expr = "y = x * sigmoid(b * x)",
                               .vjp =
                                   "s = sigmoid(b * x); d = x * s * (1 - s); gx = gy * (s + b * d); gb = gy * x * d" };
    if (c->n_in > 1 && c->in[1]) return with_parameter(c, &map);
    c->out[0] = rn_silu(c->in[0]);
    return c->out[0] != NULL;
}

typedef struct {
    rn_random random;
    double low, high;
} rrelu_opt;

static const rn_opt rrelu_opts[] = { RN_OPT_RANDOM(rrelu_opt),
                                     RN_OPT_F64(rrelu_opt, low, 1.0 / 8, -1e9, 1e9, "smallest slope"),
                                     RN_OPT_F64(rrelu_opt, high, 1.0 / 3, -1e9, 1e9, "largest slope"),
                                     { 0 } };

static bool rrelu_build(rn_call_info *c)
{
    static const rn_op map = { .name = "rrelu",
                               .kind = RN_MAP,
                               .inputs = "x",
                               .expr = "y = x >= 0 ? x : x * (low + (high - low) * rand(seed, stream))",
                               .opts = rrelu_opts,
                               .opts_size = sizeof(rrelu_opt) };
    rrelu_opt o = *(const rrelu_opt *)c->opts;
    if (!rn_is_training()) o.low = o.high = (o.low + o.high) / 2;
    return rn_op_call(&map, NULL, c->in, 1, &o, c->out);
}

const rn_op rn_ops_parametric[] = {
    { .name = "prelu",
      .kind = RN_FUNCTION,
      .inputs = "x, w",
      .build = prelu_build,
      .onnx = "PRelu",
      .nnp = "PReLU",
      .doc = { .brief = "Rectified linear unit with a slope for x <= 0 that is learnt.",
               .formula = "y = x > 0 ? x : w * x",
               .shapes = "x [N, D1, D2, ...]   w [], [D1], [D1, D2], ...   ->   y as x",
               .errors = "SHAPE if w is not x.shape[1:1+rank of w]",
               .source = "He et al. 2015, arXiv:1502.01852",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3] w:f32[3]", .kink = "x=0" },
                                  { .in = "x:f64[2,3,4] w:f64[3]", .kink = "x=0" },
                                  { .in = "x:f32[2,3,4] w:f32[3,4]", .kink = "x=0" },
                                  { .in = "x:f32[5] w:f32[]", .kink = "x=0" },
                                  { .in = "x:f16[2,3] w:f16[3]", .kink = "x=0" },
                                  { .in = "x:f32[2,3] w:f32[2]", .fails = "x.shape[1:1+its rank]" },
                                  { .in = "x:f32[3] w:f32[3]", .fails = "x.shape[1:1+its rank]" },
                                  { 0 } } },
    { .name = "swish",
      .kind = RN_FUNCTION,
      .inputs = "x, beta?",
      .build = swish_build,
      .doc = { .brief = "x times a sigmoid whose steepness can be learnt; without beta the same as silu.",
               .formula = "y = x * sigmoid(beta * x)",
               .shapes = "x [N, D1, D2, ...]   beta [], [D1], [D1, D2], ... or left out   ->   y as x",
               .errors = "SHAPE if beta is not x.shape[1:1+rank of beta]",
               .source = "Ramachandran, Zoph & Le 2017, arXiv:1710.05941",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3] beta:f32[3]" },
                                  { .in = "x:f64[2,3,4] beta:f64[3]{-3,3}" },
                                  { .in = "x:f32[2,3]" },
                                  { .in = "x:f16[2,3] beta:f16[]" },
                                  { .in = "x:f32[2,3] beta:f32[2]", .fails = "x.shape[1:1+its rank]" },
                                  { 0 } } },
    { .name = "rrelu",
      .kind = RN_FUNCTION,
      .flags = RN_OP_RANDOM,
      .inputs = "x",
      .build = rrelu_build,
      .opts = rrelu_opts,
      .opts_size = sizeof(rrelu_opt),
      .doc = { .brief = "Leaky rectified linear unit with random slopes in training, their mean in evaluation.",
               .formula = "y = x >= 0 ? x : r * x, r uniform in [low, high)",
               .shapes = "y as x",
               .source = "Xu et al. 2015, arXiv:1505.00853",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .kink = "x=0", .random = true },
                                  { .in = "x:f64[4]", .with = "low=0.1 high=0.2", .kink = "x=0", .random = true },
                                  { 0 } } },
    { 0 },
};
