/* Comparisons; they give bool.
 *
 * A number is compared in the type of the tensor: it is rounded to it first, as NumPy does, so that a tensor made of
 * 0.1 equals 0.1; with whole numbers the comparison is exact also where the number has a fraction. */
#include <rensa/op.h>

#include "base/convert.h"

#include <math.h>
#include <string.h>

static const rn_case pairs[] = { { .in = "x:f32[3,4]{=0,1,2,3,0,1,2,3,nan,1,2,3} z:f32[4]{=0,2,1,nan}" },
                                 { .in = "x:i32[9]{0,3} z:i32[9]{0,3}" },
                                 { .in = "x:f16[2,1] z:f32[3]" },
                                 { .in = "x:bool[4]{0,1} z:bool[4]{0,1}" },
                                 { .in = "x:i64[4]{0,3} z:f32[4]{0,3}" },
                                 { .in = "x:f32[0,3] z:f32[1,3]" },
                                 { .in = "x:f32[2,3] z:f32[2,4]", .fails = "do not broadcast" },
                                 { 0 } };
static const rn_case numbers[] = { { .in = "x:f32[5]{=-1,0.1,0.5,nan,2}", .with = "c=0.1" },
                                   { .in = "x:f16[4]{=0.1,0.5,1,2}", .with = "c=0.1" },
                                   { .in = "x:i32[9]{-4,4}", .with = "c=1" },
                                   { .in = "x:i32[9]{-4,4}", .with = "c=-1.5" },
                                   { .in = "x:u8[3]{0,9}", .with = "c=300" },
                                   { .in = "x:u8[3]{0,9}", .with = "c=-1" },
                                   { .in = "x:f32[0]", .with = "c=0" },
                                   { 0 } };

typedef struct {
    double c;
} number_opt;
static const rn_opt number[] = { RN_REQ_F64(number_opt, c, -INFINITY, INFINITY, "the number"), { 0 } };

/* What a comparison with a number becomes. With whole numbers x < c and x >= c are told by the whole number at or above
 * c, x <= c and x > c by the one at or below; none equals a number with a fraction. */
typedef enum { ROUND_UP, ROUND_DOWN, NEVER, ALWAYS } whole_rule;

#define MAP(name_, expr_)                                                                                              \
    {                                                                                                                  \
        .name = name_, .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "x", .types = "bool", .expr = expr_,          \
        .opts = number, .opts_size = sizeof(number_opt)                                                                \
    }
static const struct {
    const char *name;
    whole_rule whole;
    rn_op map;
} with_number[] = {
    { "less_scalar", ROUND_UP, MAP("less_scalar", "y = x < c") },
    { "greater_equal_scalar", ROUND_UP, MAP("greater_equal_scalar", "y = x >= c") },
    { "less_equal_scalar", ROUND_DOWN, MAP("less_equal_scalar", "y = x <= c") },
    { "greater_scalar", ROUND_DOWN, MAP("greater_scalar", "y = x > c") },
    { "equal_scalar", NEVER, MAP("equal_scalar", "y = x == c") },
    { "not_equal_scalar", ALWAYS, MAP("not_equal_scalar", "y = x != c") },
};

static double rounded(rn_dtype dtype, double c)
{
    double place;
    rni_store(dtype, &place, c);
    return rni_load(dtype, &place);
}

static bool compare_number(rn_call_info *call)
{
    size_t k = 0;
    while (strcmp(with_number[k].name, call->op->name) != 0) k++;
    const rn_op *op = &with_number[k].map;
    number_opt o = *(const number_opt *)call->opts;
    const rn_dtype dtype = rn_tensor_dtype(call->in[0]);
    if (rn_dtype_is_float(dtype))
        o.c = rounded(dtype, o.c);
    else if (o.c != floor(o.c)) {
        static const double truth[] = { [NEVER] = 0, [ALWAYS] = 1 };
        if (with_number[k].whole >= NEVER) {
            static const rn_op constant = MAP("equal_scalar", "y = c");
            op = &constant;
            o.c = truth[with_number[k].whole];
        } else
            o.c = with_number[k].whole == ROUND_UP ? ceil(o.c) : floor(o.c);
    }
    return rn_op_call(op, NULL, call->in, 1, &o, call->out);
}

#define COMPARISON(name_, expr_, onnx_, nnp_, brief_)                                                                  \
    {                                                                                                                  \
        .name = name_, .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "x, z", .types = "bool", .expr = expr_,       \
        .onnx = onnx_, .nnp = nnp_, .doc = { .brief = brief_, .types = "bool", .since = "0.1" }, .cases = pairs        \
    }
#define COMPARISON_WITH_NUMBER(name_, formula_, nnp_, brief_)                                                          \
    {                                                                                                                  \
        .name = name_, .kind = RN_FUNCTION, .flags = RN_OP_NO_GRAD, .inputs = "x", .build = compare_number,            \
        .opts = number, .opts_size = sizeof(number_opt), .nnp = nnp_,                                                  \
        .doc = { .brief = brief_, .formula = formula_, .types = "bool", .since = "0.1" }, .cases = numbers             \
    }

const rn_op rn_ops_compare[] = {
    COMPARISON("equal", "y = x == z", "Equal", "Equal", "Whether equal; NaN equals nothing."),
    COMPARISON("not_equal", "y = x != z", NULL, "NotEqual", "Whether different; NaN differs from everything."),
    COMPARISON("less", "y = x < z", "Less", "Less", "Whether x < z; false for NaN."),
    COMPARISON("less_equal", "y = x <= z", "LessOrEqual", "LessEqual", "Whether x <= z; false for NaN."),
    COMPARISON("greater", "y = x > z", "Greater", "Greater", "Whether x > z; false for NaN."),
    COMPARISON("greater_equal", "y = x >= z", "GreaterOrEqual", "GreaterEqual", "Whether x >= z; false for NaN."),
    COMPARISON_WITH_NUMBER("equal_scalar", "y = x == c", "EqualScalar c=val", "Whether equal to a number."),
    COMPARISON_WITH_NUMBER("not_equal_scalar", "y = x != c", "NotEqualScalar c=val",
                           "Whether different from a number."),
    COMPARISON_WITH_NUMBER("less_scalar", "y = x < c", "LessScalar c=val", "Whether below a number."),
    COMPARISON_WITH_NUMBER("less_equal_scalar", "y = x <= c", "LessEqualScalar c=val", "Whether at most a number."),
    COMPARISON_WITH_NUMBER("greater_scalar", "y = x > c", "GreaterScalar c=val", "Whether above a number."),
    COMPARISON_WITH_NUMBER("greater_equal_scalar", "y = x >= c", "GreaterEqualScalar c=val",
                           "Whether at least a number."),
    { 0 },
};
