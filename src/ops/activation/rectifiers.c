/* Activations made of straight and exponential pieces. Exponentials see only what is below zero, so that no gradient is
 * the product of zero and an overflow. */
#include <rensa/op.h>

typedef struct {
    double alpha;
} alpha_opt;

typedef struct {
    double z;
} limit_opt;

typedef struct {
    double alpha, scale;
} selu_opt;

typedef struct {
    double lambda;
} shrink_opt;

static const rn_opt alpha[] = { RN_OPT_F64(alpha_opt, alpha, 1, 1e-9, 1e9, "minus the value at -infinity"), { 0 } };
static const rn_opt lambda[] = { RN_OPT_F64(shrink_opt, lambda, 0.5, 0, 1e308, "half the width of what becomes 0"),
                                 { 0 } };

static const rn_case bent[] = {
    { .in = "x:f32[2,3]{-3,3}", .kink = "x=0" },    { .in = "x:f32[4]{=-1000,-0.0,0,1000}", .no_grad = true },
    { .in = "x:f64[5]{=inf,-inf,1e30,-1e30,-40}" }, { .in = "x:f16[5]{-3,3}", .kink = "x=0" },
    { .in = "x:bf16[5]{-3,3}", .kink = "x=0" },     { .in = "x:f64[0]" },
    { .in = "x:f32[]{-3,3}", .kink = "x=0" },       { 0 }
};
static const rn_case limited[] = { { .in = "x:f32[2,3]{-8,8}", .kink = "x=-3,-2.5,-1,0,1,2.5,3,6" },
                                   { .in = "x:f16[5]{-3,8}", .kink = "x=-3,-2.5,-1,0,1,2.5,3,6" },
                                   { .in = "x:f64[0]" },
                                   { .in = "x:f32[3]{=nan,-inf,inf}", .no_grad = true },
                                   { 0 } };
static const rn_case shrunk[] = { { .in = "x:f32[2,3]{-2,2}", .kink = "x=-0.5,0.5" },
                                  { .in = "x:f64[4]{-2,2}", .with = "lambda=1", .kink = "x=-1,1" },
                                  { .in = "x:f16[5]{-2,2}", .kink = "x=-0.5,0.5" },
                                  { .in = "x:f32[0]" },
                                  { 0 } };

const rn_op rn_ops_rectifiers[] = {
    { .name = "relu6",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = min(max(x, 0), 6)",
      .vjp = "gx = x > 0 && x < 6 ? gy : 0",
      .nnp = "ReLU6",
      .doc = { .brief = "Rectified linear unit that ends at 6.", .source = "Krizhevsky 2010", .since = "0.1" },
      .cases = limited },
    { .name = "clipped_relu",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = min(max(x, 0), z)",
      .vjp = "gx = x > 0 && x < z ? gy : 0",
      .opts = (const rn_opt[]){ RN_OPT_F64(limit_opt, z, 20, 0, 1e308, "the largest value"), { 0 } },
      .opts_size = sizeof(limit_opt),
      .doc = { .brief = "Rectified linear unit that ends at z.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]{-3,3}", .with = "z=1", .kink = "x=0,1" },
                                  { .in = "x:f64[4]{-30,30}", .kink = "x=0,20" },
                                  { .in = "x:f16[3]", .kink = "x=0" },
                                  { .in = "x:f32[2]", .with = "z=-1", .fails = "option z" },
                                  { 0 } } },
    { .name = "elu",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = x > 0 ? x : alpha * expm1(min(x, 0))",
      .vjp = "gx = x > 0 ? gy : gy * alpha * exp(min(x, 0))",
      .opts = alpha,
      .opts_size = sizeof(alpha_opt),
      .onnx = "Elu alpha=alpha",
      .nnp = "ELU alpha=alpha",
      .doc = { .brief = "Exponential linear unit.",
               .formula = "y = x > 0 ? x : alpha * (exp(x) - 1)",
               .source = "Clevert, Unterthiner & Hochreiter 2016, arXiv:1511.07289",
               .since = "0.1" },
      .cases = bent },
    { .name = "selu",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = scale * (x > 0 ? x : alpha * expm1(min(x, 0)))",
      .vjp = "gx = gy * scale * (x > 0 ? 1 : alpha * exp(min(x, 0)))",
      .opts = (const rn_opt[]){ RN_OPT_F64(selu_opt, alpha, 1.6732632423543772, 1e-9, 1e9,
                                           "minus the value at -infinity, over scale"),
                                RN_OPT_F64(selu_opt, scale, 1.0507009873554805, 1e-9, 1e9, "slope for x > 0"),
                                { 0 } },
      .opts_size = sizeof(selu_opt),
      .onnx = "Selu alpha=alpha scale=gamma",
      .nnp = "SELU scale=scale alpha=alpha",
      .doc = { .brief = "Scaled exponential linear unit, which keeps mean 0 and variance 1.",
               .formula = "y = scale * (x > 0 ? x : alpha * (exp(x) - 1))",
               .source = "Klambauer et al. 2017, arXiv:1706.02515",
               .since = "0.1" },
      .cases = bent },
    { .name = "celu",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = x > 0 ? x : alpha * expm1(min(x, 0) / alpha)",
      .vjp = "gx = x > 0 ? gy : gy * exp(min(x, 0) / alpha)",
      .opts = alpha,
      .opts_size = sizeof(alpha_opt),
      .onnx = "Celu alpha=alpha",
      .doc = { .brief = "Exponential linear unit with a slope that does not jump.",
               .formula = "y = x > 0 ? x : alpha * (exp(x / alpha) - 1)",
               .source = "Barron 2017, arXiv:1704.07483",
               .since = "0.1" },
      .cases = bent },
    { .name = "hard_sigmoid",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = min(max(0.2 * x + 0.5, 0), 1)",
      .vjp = "gx = abs(x) < 2.5 ? 0.2 * gy : 0",
      .onnx = "HardSigmoid",
      .nnp = "HardSigmoid",
      .doc = { .brief = "Sigmoid made of straight pieces.", .since = "0.1" },
      .cases = limited },
    { .name = "hard_tanh",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = min(max(x, -1), 1)",
      .vjp = "gx = abs(x) < 1 ? gy : 0",
      .nnp = "HardTanh",
      .doc = { .brief = "Hyperbolic tangent made of straight pieces.", .since = "0.1" },
      .cases = limited },
    { .name = "hard_swish",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = x * min(max(x + 3, 0), 6) / 6",
      .onnx = "HardSwish",
      .doc = { .brief = "Swish made of straight pieces.",
               .source = "Howard et al. 2019, arXiv:1905.02244",
               .since = "0.1" },
      .cases = limited },
    { .name = "hard_shrink",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = abs(x) <= lambda ? 0 : x",
      .opts = lambda,
      .opts_size = sizeof(shrink_opt),
      .onnx = "Shrink lambda=lambd",
      .doc = { .brief = "Zero for small values, all others unchanged.", .since = "0.1" },
      .cases = shrunk },
    { .name = "soft_shrink",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = x > lambda ? x - lambda : x < -lambda ? x + lambda : isnan(x) ? x : 0",
      .vjp = "gx = abs(x) > lambda ? gy : 0",
      .opts = lambda,
      .opts_size = sizeof(shrink_opt),
      .doc = { .brief = "Zero for small values, all others moved towards it.", .since = "0.1" },
      .cases = shrunk },
    { 0 },
};
