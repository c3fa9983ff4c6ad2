/* Arithmetic between tensors and with numbers. */
#include <rensa/op.h>

#include <math.h>

typedef struct {
    double c;
} number_opt;
static const rn_opt number[] = { RN_REQ_F64(number_opt, c, -INFINITY, INFINITY, "the number"), { 0 } };

#define BINARY_CASES                                                                                                   \
    (const rn_case[])                                                                                                  \
    {                                                                                                                  \
        { .in = "x:f32[2,3] z:f32[2,3]{0.5,2}" }, { .in = "x:f32[2,1,3] z:f32[4,1]{0.5,2}" },                          \
            { .in = "x:f64[] z:f32[3]{0.5,2}" }, { .in = "x:i32[4] z:i32[4]{1,9}" },                                   \
            { .in = "x:f32[0,3] z:f32[1,3]" }, { .in = "x:bf16[5] z:bf16[5]{0.5,2}" },                                 \
            { .in = "x:f32[2,3] z:f32[2,4]", .fails = "do not broadcast" },                                            \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define NUMBER_CASES                                                                                                   \
    (const rn_case[])                                                                                                  \
    {                                                                                                                  \
        { .in = "x:f32[2,3]{0.5,2}", .with = "c=1.5" }, { .in = "x:i64[4]", .with = "c=2" },                           \
            { .in = "x:f16[3]{0.5,2}", .with = "c=3" },                                                                \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_arithmetic[] = {
    { .name = "add",
      .kind = RN_MAP,
      .inputs = "x, z",
      .expr = "y = x + z",
      .onnx = "Add",
      .nnp = "Add2",
      .doc = { .brief = "Sum.", .since = "0.1" },
      .cases = BINARY_CASES },
    { .name = "sub",
      .kind = RN_MAP,
      .inputs = "x, z",
      .expr = "y = x - z",
      .onnx = "Sub",
      .nnp = "Sub2",
      .doc = { .brief = "Difference.", .since = "0.1" },
      .cases = BINARY_CASES },
    { .name = "mul",
      .kind = RN_MAP,
      .inputs = "x, z",
      .expr = "y = x * z",
      .onnx = "Mul",
      .nnp = "Mul2",
      .doc = { .brief = "Product, element by element.", .since = "0.1" },
      .cases = BINARY_CASES },
    { .name = "div",
      .kind = RN_MAP,
      .inputs = "x, z",
      .types = "float",
      .expr = "y = x / z",
      .onnx = "Div",
      .nnp = "Div2",
      .doc = { .brief = "True quotient; integers give floats, as in NumPy.", .since = "0.1" },
      .cases = BINARY_CASES },
    { .name = "neg",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = -x",
      .onnx = "Neg",
      .doc = { .brief = "The negative.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]" }, { .in = "x:i8[3]" }, { 0 } } },
    { .name = "add_scalar",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = x + c",
      .opts = number,
      .opts_size = sizeof(number_opt),
      .nnp = "AddScalar",
      .doc = { .brief = "Sum with a number, in the type of x.", .since = "0.1" },
      .cases = NUMBER_CASES },
    { .name = "mul_scalar",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = x * c",
      .opts = number,
      .opts_size = sizeof(number_opt),
      .nnp = "MulScalar",
      .doc = { .brief = "Product with a number, in the type of x.", .since = "0.1" },
      .cases = NUMBER_CASES },
    { .name = "rsub_scalar",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = c - x",
      .opts = number,
      .opts_size = sizeof(number_opt),
      .nnp = "RSubScalar",
      .doc = { .brief = "A number minus x.", .since = "0.1" },
      .cases = NUMBER_CASES },
    { .name = "rdiv_scalar",
      .kind = RN_MAP,
      .inputs = "x",
      .types = "float",
      .expr = "y = c / x",
      .opts = number,
      .opts_size = sizeof(number_opt),
      .nnp = "RDivScalar",
      .doc = { .brief = "A number divided by x.", .since = "0.1" },
      .cases = NUMBER_CASES },
    { .name = "pow_scalar",
      .kind = RN_MAP,
      .flags = RN_OP_WIDE,
      .inputs = "x",
      .expr = "y = pow(x, c)",
      .opts = number,
      .opts_size = sizeof(number_opt),
      .nnp = "PowScalar",
      .doc = { .brief = "x to the power of a number.", .since = "0.1" },
      .cases = NUMBER_CASES },
    { 0 },
};
