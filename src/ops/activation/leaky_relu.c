/* leaky_relu: identity for x > 0, a small slope elsewhere, so that no unit dies. */
#include <rensa/op.h>

typedef struct {
    double slope;
} leaky_relu_opt;

const rn_op rn_op_leaky_relu = {
    .name = "leaky_relu",
    .kind = RN_MAP,
    .inputs = "x",
    .opts =
        (const rn_opt[]){ RN_OPT_F64(leaky_relu_opt, slope, 0.2, 1e-9, 1, "gain for x <= 0; for 0 use relu"), { 0 } },
    .opts_size = sizeof(leaky_relu_opt),
    .expr = "y = x > 0 ? x : slope * x",
    .onnx = "LeakyRelu slope=alpha",
    .nnp = "LeakyReLU slope=alpha",
    .doc = { .brief = "Leaky rectified linear unit.", .source = "Maas, Hannun & Ng 2013", .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .kink = "x=0" },
                                { .in = "x:f32[0,3]" },
                                { .in = "x:f16[5]", .with = "slope=0.1" },
                                { 0 } },
};
