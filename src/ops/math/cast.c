/* cast: another element type. */
#include <rensa/op.h>

typedef struct {
    rn_dtype dtype;
} cast_opt;

const rn_op rn_op_cast = {
    .name = "cast",
    .kind = RN_MAP,
    .inputs = "x",
    .types = "opt:dtype",
    .expr = "y = x",
    .onnx = "Cast dtype=to",
    .opts = (const rn_opt[]){ RN_REQ_DTYPE(cast_opt, dtype, "type of the result"), { 0 } },
    .opts_size = sizeof(cast_opt),
    .doc = { .brief = "The values in another element type.",
             .types = "floats become integers by truncation, clamped to their range; integers narrow modulo 2^n; bool "
                      "is != 0",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3]{-3,3}", .with = "dtype=f16" },
                                { .in = "x:f32[4]{-9,9}", .with = "dtype=i32" },
                                { .in = "x:i64[4]", .with = "dtype=f32" },
                                { .in = "x:f32[3]", .with = "dtype=bool" },
                                { .in = "x:bf16[3]", .with = "dtype=f64" },
                                { 0 } },
};
