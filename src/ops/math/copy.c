/* copy: the same values in memory of their own. */
#include <rensa/op.h>

const rn_op rn_op_copy = {
    .name = "copy",
    .kind = RN_MAP,
    .inputs = "x",
    .expr = "y = x",
    .onnx = "Identity",
    .doc = { .brief = "The same values in memory of their own; gradients pass.", .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3]" }, { .in = "x:bool[3]" }, { .in = "x:i64[2]" }, { 0 } },
};
