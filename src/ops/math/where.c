/* where: from one of two tensors, as a third one says. */
#include <rensa/op.h>

#include "base/shape.h"

static bool infer(rn_infer *f)
{
    rn_shape shape = RN_SCALAR;
    for (int i = 0; i < 3; i++)
        if (!rni_shape_broadcast(&shape, f->shape[i], &shape))
            return rn_refuse(f, RN_ERR_SHAPE, "shapes do not broadcast",
                             "sizes equal, or 1, axis by axis from the last");
    return rn_out(f, 0, rn_dtype_promote(f->dtype[1], f->dtype[2]), shape);
}

const rn_op rn_op_where = {
    .name = "where",
    .kind = RN_MAP,
    .inputs = "cond, x, z",
    .expr = "y = cond ? x : z",
    .infer = infer,
    .onnx = "Where",
    .nnp = "Where",
    .doc = { .brief = "x where cond is not zero, else z. What is not taken has no influence, not even as NaN.",
             .shapes = "all three broadcast; y as they do",
             .types = "that of x and z; cond of any type",
             .errors = "SHAPE if the shapes do not broadcast",
             .since = "0.1" },
    .cases =
        (const rn_case[]){ { .in = "cond:bool[2,3]{0,1} x:f32[2,3] z:f32[2,3]" },
                           { .in = "cond:bool[2,1]{0,1} x:f64[3] z:f64[]" },
                           { .in = "cond:i32[4]{-1,1} x:f16[4] z:f16[4]" },
                           { .in = "cond:bool[3]{=0,1,0} x:f32[3]{=nan,1,inf} z:f32[3]{=1,nan,2}", .no_grad = true },
                           { .in = "cond:bool[3]{0,1} x:i32[3] z:i64[3]" },
                           { .in = "cond:bool[0]{0,1} x:f32[0] z:f32[1]" },
                           { .in = "cond:bool[2]{0,1} x:f32[3] z:f32[3]", .fails = "do not broadcast" },
                           { 0 } },
};
