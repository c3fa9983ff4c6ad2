/* interp: values of a function that is given at some points, on straight lines between them. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"

static bool build(rn_call_info *c)
{
    static const rn_op line = { .name = "interp",
                                .kind = RN_MAP,
                                .inputs = "x, x0, x1, f0, f1",
                                .expr = "d = x1 > x0 ? x1 - x0 : 1; t = x1 > x0 ? min(max((x - x0) / d, 0), 1) : 1; "
                                        "y = f0 + (f1 - f0) * t" };
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    rn_tensor *x = c->in[0], *xp = c->in[1], *fp = c->in[2];
    const int64_t n = rn_tensor_dim(xp, 0);
    if (!rn_want_float(&f, 0) || !rn_want_rank(&f, 1, 1) || !rn_want_rank(&f, 2, 1)) return false;
    if (f.dtype[0] != f.dtype[1] || f.dtype[0] != f.dtype[2])
        return rn_refuse(&f, RN_ERR_DTYPE, "types differ", "x.dtype == xp.dtype == fp.dtype");
    if (n < 1 || rn_tensor_dim(fp, 0) != n)
        return rn_refuse(&f, RN_ERR_SHAPE, "points and values do not fit", "xp.shape == fp.shape == [N], N >= 1");
    rn_tensor *low = rn_searchsorted(rn_detach(xp), rn_detach(x), .side = "right");
    rn_tensor *high = rn_minimum_scalar(rn_maximum_scalar(low, 1), n > 1 ? (double)n - 1 : 0);
    low = rn_maximum_scalar(rn_add_scalar(high, -1), 0);
    rn_tensor *in[] = { x, rn_take(xp, low), rn_take(xp, high), rn_take(fp, low), rn_take(fp, high) };
    return in[4] && rn_op_call(&line, NULL, in, 5, NULL, c->out);
}

const rn_op rn_op_interp = {
    .name = "interp",
    .kind = RN_FUNCTION,
    .inputs = "x, xp, fp",
    .build = build,
    .doc = { .brief = "Values of a function given at points xp as fp, on straight lines between them; beyond the ends "
                      "they stay.",
             .shapes = "xp, fp [N], xp rising   ->   y as x",
             .types = "floats, all the same",
             .errors = "SHAPE unless xp and fp are vectors of one length; DTYPE on mixed types",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f64[2,3]{=-1,0.25,0.6,1.7,2.9,4} xp:f64[4]{=0,0.5,2,3} fp:f64[4]" },
                                { .in = "x:f32[5]{0,3} xp:f32[3]{=0,1,3} fp:f32[3]" },
                                { .in = "x:f64[3]{=0,1,2} xp:f64[3]{=0,1,1} fp:f64[3]", .no_grad = true },
                                { .in = "x:f32[2] xp:f32[1]{=0.5} fp:f32[1]" },
                                { .in = "x:f16[4]{0,1} xp:f16[2]{=0,1} fp:f16[2]" },
                                { .in = "x:f32[] xp:f32[2]{=0,1} fp:f32[2]" },
                                { .in = "x:f32[0] xp:f32[2]{=0,1} fp:f32[2]" },
                                { .in = "x:f32[2] xp:f32[2] fp:f32[3]", .fails = "do not fit" },
                                { .in = "x:f32[2] xp:f32[0] fp:f32[0]", .fails = "do not fit" },
                                { .in = "x:f32[2] xp:f32[2,1] fp:f32[2]", .fails = "rank of xp" },
                                { .in = "x:f32[2] xp:f64[2] fp:f32[2]", .fails = "types differ" },
                                { .in = "x:i32[2] xp:i32[2] fp:i32[2]", .fails = "with a fraction" },
                                { 0 } },
};
