/* gelu: x weighted by the probability that a normal variable is below it. */
#include <rensa/op.h>

typedef struct {
    int approximate;
} gelu_opt;

/* erfc keeps the digits of the far left, where 1 + erf has none. */
static const rn_op exact = { .name = "gelu_exact",
                             .kind = RN_MAP,
                             .inputs = "x",
                             .types = "float",
                             .expr = "y = 0.5 * x * erfc(x * -0.7071067811865476)",
                             .vjp = "gx = gy * (0.5 * erfc(x * -0.7071067811865476) + "
                                    "x * 0.3989422804014327 * exp(-0.5 * x * x))" };
/* (1 + tanh(u)) / 2 is sigmoid(2u) */
static const rn_op by_tanh = { .name = "gelu_tanh",
                               .kind = RN_MAP,
                               .inputs = "x",
                               .types = "float",
                               .expr = "y = x * sigmoid(1.5957691216057308 * x * (1 + 0.044715 * x * x))",
                               .vjp = "q = x * x; s = sigmoid(1.5957691216057308 * x * (1 + 0.044715 * q)); "
                                      "gx = gy * s * (1 + x * (1 - s) * 1.5957691216057308 * (1 + 0.134145 * q))" };

static bool build(rn_call_info *c)
{
    const gelu_opt *o = c->opts;
    return rn_op_call(o->approximate ? &by_tanh : &exact, NULL, c->in, 1, NULL, c->out);
}

const rn_op rn_op_gelu = {
    .name = "gelu",
    .kind = RN_FUNCTION,
    .inputs = "x",
    .build = build,
    .opts = (const rn_opt[]){ RN_OPT_ENUM(gelu_opt, approximate, "none,tanh",
                                          "tanh: the formula that GPT-2 uses, off by up to 5e-4"),
                              { 0 } },
    .opts_size = sizeof(gelu_opt),
    .onnx = "Gelu approximate=approximate",
    .nnp = "GELU",
    .doc = { .brief = "Gaussian error linear unit.",
             .formula = "y = x * (1 + erf(x / sqrt(2))) / 2; approximate \"tanh\": "
                        "y = x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))) / 2",
             .shapes = "y as x",
             .types = "integers give floats",
             .source = "Hendrycks & Gimpel 2016, arXiv:1606.08415",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3]{-3,3}" },
                                { .in = "x:f32[2,3]{-3,3}", .with = "approximate=tanh" },
                                { .in = "x:f32[4]{=-9,-30,30,0}", .no_grad = true },
                                { .in = "x:f32[3]{=-100,100,0}", .with = "approximate=tanh", .no_grad = true },
                                { .in = "x:f64[4]{-9,9}" },
                                { .in = "x:f16[5]{-3,3}" },
                                { .in = "x:bf16[5]{-3,3}", .with = "approximate=tanh" },
                                { .in = "x:f32[0]" },
                                { .in = "x:f32[2]", .with = "approximate=fast", .fails = "one of none,tanh" },
                                { 0 } },
};
