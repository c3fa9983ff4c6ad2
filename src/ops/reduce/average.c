/* Weighted means, and medians. */
#include "ops/check.h"
#include "ops/reduce/axes_p.h"

#include <rensa/ops.h>

#include "base/error.h"
#include "base/shape.h"

static bool average_build(rn_call_info *c)
{
    const rn_reduce_opts *o = c->opts;
    rn_tensor *x = c->in[0], *w = c->n_in > 1 ? c->in[1] : NULL;
    if (!w) {
        c->out[0] = rn_mean(x, .axes = o->axes, .keepdims = o->keepdims);
        return c->out[0] != NULL;
    }
    rn_shape both;
    if (!rni_shape_broadcast(rn_tensor_shape(x), rn_tensor_shape(w), &both) ||
        !rni_shape_equal(&both, rn_tensor_shape(x)))
        return rni_refuse_call(c, RN_ERR_SHAPE, "the weights do not fit", "weights broadcast to the shape of x");
    const rn_dtype d = rn_dtype_promote(rn_tensor_dtype(x), rn_tensor_dtype(w));
    rn_tensor *s = rn_sum(rn_mul(rni_widen(x), rni_widen(w)), .axes = o->axes, .keepdims = o->keepdims);
    rn_tensor *all = rn_broadcast_to(rni_widen(w), *rn_tensor_shape(x));
    rn_tensor *y = rn_div(s, rn_sum(all, .axes = o->axes, .keepdims = o->keepdims));
    c->out[0] = rn_dtype_is_float(d) ? rni_as(y, d) : y;
    return c->out[0] != NULL;
}

static rn_tensor *column(rn_tensor *lines, int64_t i)
{
    return rn_slice(lines, RN_RANGES(RN_ALL, RN_AT(i)));
}

/* NaN sorts last and takes the place of the median. */
static bool median_build(rn_call_info *c)
{
    static const rn_op middle = { .name = "median_middle",
                                  .kind = RN_MAP,
                                  .inputs = "a, b, l",
                                  .types = "mean",
                                  .expr = "y = isnan(l) ? l : 0.5 * a + 0.5 * b",
                                  .vjp = "ga = isnan(l) ? 0 : 0.5 * gy; gb = ga; gl = isnan(l) ? gy : 0" };
    const rn_reduce_opts *o = c->opts;
    rni_lines l;
    if (!rni_lines_of(c->in[0], o, c->op->name, &l)) return false;
    const int64_t n = l.n;
    if (n == 0)
        return rni_refuse_call(c, RN_ERR_SHAPE, "nothing to reduce: an axis has size 0", "sizes of reduced axes > 0");
    rn_tensor *sorted = rn_sort(l.x, 1);
    rn_tensor *in[] = { column(sorted, (n - 1) / 2), column(sorted, n / 2), column(sorted, n - 1) }, *y;
    if (!in[0] || !in[1] || !in[2] || !rn_op_call(&middle, NULL, in, 3, NULL, &y)) return false;
    c->out[0] = rn_reshape(y, o->keepdims ? l.kept : l.dropped);
    return c->out[0] != NULL;
}

const rn_op rn_ops_average[] = {
    { .name = "average",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, weights?",
      .build = average_build,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .doc = { .brief = "Weighted mean over axes; without weights the same as mean.",
               .formula = "y = sum(x * weights) / sum(weights)",
               .shapes = "weights broadcast to x",
               .types = "16-bit floats are computed in f32; whole numbers give f64",
               .errors = "SHAPE if the weights do not broadcast to x; ARG unless axes names axes of x, each once",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3] weights:f32[2,3]{0.5,2}" },
                                  { .in = "x:f64[2,3] weights:f64[3]{0.5,2}", .with = "axes=1" },
                                  { .in = "x:f64[2,3,2] weights:f64[2,1,1]{0.5,2}", .with = "axes=0,1 keepdims=true" },
                                  { .in = "x:f32[2,3]", .with = "axes=0" },
                                  { .in = "x:f16[4] weights:f16[4]{0.5,2}" },
                                  { .in = "x:i32[4] weights:i32[4]{1,3}" },
                                  { .in = "x:f32[3] weights:f32[2,3]", .fails = "weights do not fit" },
                                  { .in = "x:f32[3] weights:f32[3]", .with = "axes=1", .fails = "axes must name" },
                                  { 0 } } },
    { .name = "median",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = median_build,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .doc = { .brief = "The middle element over axes, of an even number the mean of the middle two; NaN if one is.",
               .types = "whole numbers give f64",
               .errors = "ARG unless axes names axes of x, each once; SHAPE where there is nothing to reduce",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[5]" },
                                  { .in = "x:f64[2,4,3]", .with = "axes=0,2 keepdims=true" },
                                  { .in = "x:f64[2,4,3]", .with = "axes=1" },
                                  { .in = "x:f32[3,2]{=1,nan,3,4,5,6}", .with = "axes=1", .no_grad = true },
                                  { .in = "x:f16[4]" },
                                  { .in = "x:i32[6]" },
                                  { .in = "x:f32[]" },
                                  { .in = "x:f32[0]", .fails = "nothing to reduce" },
                                  { .in = "x:f32[3]", .with = "axes=1", .fails = "axes must name" },
                                  { 0 } } },
    { 0 },
};
