/* Extremes without what is not a number, and the distance between extremes. */
#include "ops/reduce/axes_p.h"

#include <rensa/ops.h>

#include <math.h>

/* NaN gives way to `least`, and comes back where there is nothing else. */
static bool without_nan(rn_call_info *c, double least)
{
    static const rn_op back = { .name = "nan_back", .kind = RN_MAP, .inputs = "none, x", .expr = "y = none ? nan : x" };
    const rn_reduce_opts *o = c->opts;
    rn_tensor *x = c->in[0], *nan = NULL;
    const rn_dtype d = rn_tensor_dtype(x);
    if (rn_dtype_is_float(d)) {
        nan = rn_isnan(x);
        x = rn_where(nan, rn_full(RN_SCALAR, least, .dtype = d), x);
    }
    rn_tensor *y = least < 0 ? rn_max(x, .axes = o->axes, .keepdims = o->keepdims)
                             : rn_min(x, .axes = o->axes, .keepdims = o->keepdims);
    if (!y || !nan) return (c->out[0] = y) != NULL;
    rn_tensor *in[] = { rn_all(nan, .axes = o->axes, .keepdims = o->keepdims), y };
    return in[0] && rn_op_call(&back, NULL, in, 2, NULL, c->out);
}

static bool nanmax_build(rn_call_info *c)
{
    return without_nan(c, -INFINITY);
}

static bool nanmin_build(rn_call_info *c)
{
    return without_nan(c, INFINITY);
}

static bool ptp_build(rn_call_info *c)
{
    const rn_reduce_opts *o = c->opts;
    rn_tensor *low = rn_min(c->in[0], .axes = o->axes, .keepdims = o->keepdims);
    return (c->out[0] = rn_sub(rn_max(c->in[0], .axes = o->axes, .keepdims = o->keepdims), low)) != NULL;
}

#define FAILS                                                                                                          \
    { .in = "x:f32[2,3]", .with = "axes=2", .fails = "axes must name" },                                               \
    {                                                                                                                  \
        .in = "x:f32[2,0]", .with = "axes=1", .fails = "nothing to reduce"                                             \
    }
static const rn_case nan_cases[] = {
    { .in = "x:f32[2,3,4]", .with = "axes=1" },
    { .in = "x:f64[3,4]", .with = "axes=0 keepdims=true" },
    { .in = "x:f32[3,3]{=1,nan,2,nan,nan,nan,3,-inf,nan}", .with = "axes=1", .no_grad = true },
    { .in = "x:f32[]" },
    { .in = "x:i32[5]{-9,9}" },
    { .in = "x:f16[4]" },
    FAILS,
    { 0 }
};

const rn_op rn_ops_span[] = {
    { .name = "nanmax",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = nanmax_build,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .doc = { .brief = "Largest element over axes that is not NaN; NaN where nothing else is there.",
               .errors = "ARG for axes that x does not have; SHAPE where there is nothing to reduce",
               .since = "0.1" },
      .cases = nan_cases },
    { .name = "nanmin",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = nanmin_build,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .doc = { .brief = "Smallest element over axes that is not NaN; NaN where nothing else is there.",
               .errors = "ARG for axes that x does not have; SHAPE where there is nothing to reduce",
               .since = "0.1" },
      .cases = nan_cases },
    { .name = "ptp",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = ptp_build,
      .opts = rni_reduce_opts,
      .opts_size = sizeof(rn_reduce_opts),
      .doc = { .brief = "Peak to peak: the largest element over axes minus the smallest.",
               .errors = "ARG for axes that x does not have; SHAPE where there is nothing to reduce",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]", .with = "axes=1" },
                                  { .in = "x:f64[3,4]", .with = "keepdims=true" },
                                  { .in = "x:i32[5]{-9,9}" },
                                  FAILS,
                                  { 0 } } },
    { 0 },
};
