/* Reductions of truth values. Everything but zero is true, NaN too. */
#include "ops/reduce/axes_p.h"

static const rn_case cases[] = { { .in = "x:bool[2,3]{0,1}" },
                                 { .in = "x:bool[2,3]{=0,0,0,1,1,1}", .with = "axes=1" },
                                 { .in = "x:f32[2,3]{=0,nan,0,0,0,0}", .with = "axes=1 keepdims=true" },
                                 { .in = "x:i32[4,3]{0,1}", .with = "axes=-1" },
                                 { .in = "x:f16[3]{=1,0.5,0}" },
                                 { .in = "x:f32[2,0]", .with = "axes=1" },
                                 { .in = "x:u8[300]{1,255}" },
                                 { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },
                                 { 0 } };

#define ROW(name_, types_, join_, brief_)                                                                              \
    {                                                                                                                  \
        .name = name_, .kind = RN_REDUCE, .flags = RN_OP_NO_GRAD, .inputs = "x", .types = types_,                      \
        .expr = "y = x != 0", .join = join_, .opts = rni_reduce_opts, .opts_size = sizeof(rn_reduce_opts),             \
        .doc = { .brief = brief_,                                                                                      \
                 .types = types_,                                                                                      \
                 .errors = "ARG unless axes names axes of x, each once",                                               \
                 .since = "0.1" },                                                                                     \
        .cases = cases                                                                                                 \
    }

const rn_op rn_ops_truth[] = {
    ROW("any", "bool", RN_JOIN_ADD, "Whether some element over axes is not zero; false of nothing."),
    ROW("all", "bool", RN_JOIN_MUL, "Whether no element over axes is zero; true of nothing."),
    ROW("count_nonzero", "i64", RN_JOIN_ADD, "How many elements over axes are not zero."),
    { 0 },
};
