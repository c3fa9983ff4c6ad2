/* nan_to_num: finite numbers in place of NaN and infinities. */
#include <rensa/op.h>
#include <rensa/ops.h>

typedef struct {
    double nan, posinf, neginf;
} nan_opt;

static const rn_opt opts[] = {
    RN_OPT_F64(nan_opt, nan, 0, -1e308, 1e308, "in place of NaN"),
    RN_OPT_F64(nan_opt, posinf, 0, -1e308, 1e308, "in place of infinity; 0 means the largest number of the type"),
    RN_OPT_F64(nan_opt, neginf, 0, -1e308, 1e308, "in place of -infinity; 0 means the smallest number of the type"),
    { 0 }
};

static const rn_op map = { .name = "nan_to_num",
                           .kind = RN_MAP,
                           .inputs = "x",
                           .expr = "y = isnan(x) ? nan : isinf(x) ? (x > 0 ? posinf : neginf) : x",
                           .opts = opts,
                           .opts_size = sizeof(nan_opt) };

static bool build(rn_call_info *c)
{
    static const double largest[RN_DTYPE_COUNT] = {
        [RN_F16] = 65504, [RN_BF16] = 0x1.fep127, [RN_F32] = 0x1.fffffep127, [RN_F64] = 0x1.fffffffffffffp1023
    };
    nan_opt o = *(const nan_opt *)c->opts;
    const double max = largest[rn_tensor_dtype(c->in[0])];
    if (o.posinf == 0) o.posinf = max;
    if (o.neginf == 0) o.neginf = -max;
    return rn_op_call(&map, NULL, c->in, 1, &o, c->out);
}

const rn_op rn_op_nan_to_num = {
    .name = "nan_to_num",
    .kind = RN_FUNCTION,
    .inputs = "x",
    .build = build,
    .opts = opts,
    .opts_size = sizeof(nan_opt),
    .doc = { .brief = "Finite numbers in place of NaN and infinities; no gradient passes there.",
             .formula = "y = isnan(x) ? nan : x == inf ? posinf : x == -inf ? neginf : x",
             .shapes = "y as x",
             .types = "that of x",
             .since = "0.1" },
    .cases =
        (const rn_case[]){ { .in = "x:f32[2,3]" },
                           { .in = "x:f32[4]{=nan,inf,-inf,1}", .no_grad = true },
                           { .in = "x:f16[4]{=nan,inf,-inf,1}", .no_grad = true },
                           { .in = "x:f64[4]{=nan,inf,-inf,1}", .with = "nan=3 posinf=5 neginf=-7", .no_grad = true },
                           { .in = "x:i32[3]" },
                           { 0 } },
};
