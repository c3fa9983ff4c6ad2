/* Truth values: combinations, and questions about numbers. Everything but zero is true. */
#include <rensa/op.h>

static const rn_case pairs[] = { { .in = "x:bool[2,2]{=0,0,1,1} z:bool[2,2]{=0,1,0,1}" },
                                 { .in = "x:f32[2,1]{=0,nan} z:f32[3]{=0,1,-2}" },
                                 { .in = "x:i32[4]{0,1} z:u8[4]{0,1}" },
                                 { .in = "x:f32[2,3] z:f32[2,4]", .fails = "do not broadcast" },
                                 { 0 } };
static const rn_case questions[] = { { .in = "x:f32[5]{=nan,inf,-inf,0,1}" },
                                     { .in = "x:f64[2,2]{=nan,inf,-inf,0}" },
                                     { .in = "x:f16[5]{=nan,inf,-inf,0,1}" },
                                     { .in = "x:bf16[5]{=nan,inf,-inf,0,1}" },
                                     { .in = "x:i32[3]" },
                                     { .in = "x:f32[0]" },
                                     { 0 } };

#define PAIR(name_, expr_, onnx_, nnp_, brief_)                                                                        \
    {                                                                                                                  \
        .name = name_, .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "x, z", .types = "bool", .expr = expr_,       \
        .onnx = onnx_, .nnp = nnp_, .doc = { .brief = brief_, .types = "bool", .since = "0.1" }, .cases = pairs        \
    }
#define QUESTION(name_, expr_, onnx_, nnp_, brief_, cases_)                                                            \
    {                                                                                                                  \
        .name = name_, .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "x", .types = "bool", .expr = expr_,          \
        .onnx = onnx_, .nnp = nnp_, .doc = { .brief = brief_, .types = "bool", .since = "0.1" }, .cases = cases_       \
    }

const rn_op rn_ops_logic[] = {
    PAIR("logical_and", "y = x && z", "And", "LogicalAnd", "Whether both are true."),
    PAIR("logical_or", "y = x || z", "Or", "LogicalOr", "Whether at least one is true."),
    PAIR("logical_xor", "y = (x != 0) != (z != 0)", "Xor", "LogicalXor", "Whether exactly one is true."),
    QUESTION("logical_not", "y = !x", "Not", "LogicalNot", "Whether zero.", questions),
    QUESTION("isnan", "y = isnan(x)", "IsNaN", "IsNaN", "Whether not a number.", questions),
    QUESTION("isinf", "y = isinf(x)", "IsInf", "IsInf", "Whether infinite, of either sign.", questions),
    QUESTION("isfinite", "y = !(isnan(x) || isinf(x))", NULL, NULL, "Whether neither infinite nor NaN.", questions),
    QUESTION("isposinf", "y = isinf(x) && x > 0", "IsInf detect_negative=0", NULL, "Whether plus infinity.", questions),
    QUESTION("isneginf", "y = isinf(x) && x < 0", "IsInf detect_positive=0", NULL, "Whether minus infinity.",
             questions),
    { 0 },
};
