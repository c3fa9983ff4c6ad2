/* Bits of whole numbers. */
#include <rensa/op.h>

#include "base/shape.h"

static bool whole(rn_infer *f)
{
    rn_shape shape = RN_SCALAR;
    rn_dtype d = RN_DTYPE_NONE;
    for (int i = 0; i < f->n_in; i++) {
        if (rn_dtype_is_float(f->dtype[i]))
            return rn_refuse(f, RN_ERR_DTYPE, "floats have no bits to combine", "whole numbers or bool");
        if (!rni_shape_broadcast(&shape, f->shape[i], &shape))
            return rn_refuse(f, RN_ERR_SHAPE, "shapes do not broadcast",
                             "sizes equal, or 1, axis by axis from the last");
        d = rn_dtype_promote(d, f->dtype[i]);
    }
    return rn_out(f, 0, d, shape);
}

/* NumPy's: the opposite of a bool is its negation, not the complement of its byte. */
static bool build_not(rn_call_info *c)
{
    static const rn_op complement = {
        .name = "bitwise_not", .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "x", .expr = "y = ~x", .infer = whole
    };
    static const rn_op negation = {
        .name = "bitwise_not", .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "x", .expr = "y = !x", .infer = whole
    };
    return rn_op_call(rn_tensor_dtype(c->in[0]) == RN_BOOL ? &negation : &complement, NULL, c->in, 1, NULL, c->out);
}

#define FLOAT_FAILS                                                                                                    \
    {                                                                                                                  \
        .in = "x:f32[2] z:i32[2]", .fails = "floats have no bits"                                                      \
    }
static const rn_case pairs[] = { { .in = "x:i32[9]{-9,9} z:i32[9]{-9,9}" },
                                 { .in = "x:bool[4]{=0,0,1,1} z:bool[4]{=0,1,0,1}" },
                                 { .in = "x:u8[2,1]{0,255} z:i64[3]" },
                                 FLOAT_FAILS,
                                 { .in = "x:i32[2] z:i32[3]", .fails = "do not broadcast" },
                                 { 0 } };
static const rn_case shifts[] = { { .in = "x:i32[9]{-9,9} z:i32[9]{0,31}" },
                                  { .in = "x:u8[9]{0,255} z:u8[9]{0,9}" },
                                  { .in = "x:i64[2]{=-5,5} z:i64[2]{=70,70}" },
                                  FLOAT_FAILS,
                                  { 0 } };

#define PAIR(name_, expr_, onnx_, brief_, cases_)                                                                      \
    {                                                                                                                  \
        .name = name_, .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "x, z", .expr = expr_, .infer = whole,        \
        .onnx = onnx_,                                                                                                 \
        .doc = { .brief = brief_, .types = "whole numbers and bool", .errors = "DTYPE for floats", .since = "0.1" },   \
        .cases = cases_                                                                                                \
    }

const rn_op rn_ops_bits[] = {
    PAIR("bitwise_and", "y = x & z", NULL, "Bits that both have.", pairs),
    PAIR("bitwise_or", "y = x | z", NULL, "Bits that at least one has.", pairs),
    PAIR("bitwise_xor", "y = x ^ z", NULL, "Bits that exactly one has.", pairs),
    PAIR("left_shift", "y = x << z", "BitShift direction=LEFT",
         "x times 2 to the power of z; what leaves the type is lost.", shifts),
    PAIR("right_shift", "y = x >> z", "BitShift direction=RIGHT", "x over 2 to the power of z, rounded down.", shifts),
    { .name = "bitwise_not",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "x",
      .build = build_not,
      .doc = { .brief = "All bits turned over; of a bool the negation.",
               .formula = "y = ~x",
               .types = "whole numbers and bool",
               .errors = "DTYPE for floats",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:i32[9]{-9,9}" },
                                  { .in = "x:u8[3]{0,255}" },
                                  { .in = "x:bool[2]{=0,1}" },
                                  { .in = "x:f32[2]", .fails = "floats have no bits" },
                                  { 0 } } },
    { 0 },
};
