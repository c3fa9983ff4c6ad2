/* Activations that are one short expression. */
#include <rensa/op.h>

#define CASES                                                                                                          \
    (const rn_case[])                                                                                                  \
    {                                                                                                                  \
        { .in = "x:f32[2,3]{-3,3}", .kink = "x=0" }, { .in = "x:f64[5]{=nan,inf,-inf,1e30,-1e30}" },                   \
            { .in = "x:f16[5]", .kink = "x=0" }, { .in = "x:f64[0]" },                                                 \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_basic[] = {
    { .name = "relu",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = max(x, 0)",
      .vjp = "gx = y <= 0 ? 0 : gy",
      .onnx = "Relu",
      .nnp = "ReLU",
      .doc = { .brief = "Rectified linear unit.", .source = "Nair & Hinton 2010", .since = "0.1" },
      .cases = CASES },
    { .name = "sigmoid",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = sigmoid(x)",
      .vjp = "gx = gy * y * (1 - y)",
      .onnx = "Sigmoid",
      .nnp = "Sigmoid",
      .doc = { .brief = "Logistic function 1 / (1 + exp(-x)).", .since = "0.1" },
      .cases = CASES },
    { .name = "tanh",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = tanh(x)",
      .vjp = "gx = gy * (1 - y * y)",
      .onnx = "Tanh",
      .nnp = "Tanh",
      .doc = { .brief = "Hyperbolic tangent.", .since = "0.1" },
      .cases = CASES },
    { 0 },
};
