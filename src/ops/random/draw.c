/* Random tensors of continuous distributions, by the inverse of the distribution function at a uniform number. The
 * values depend on the thread's seed and the number of the draw only (Philox). */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"
#include "ops/math/ndtri.h"

#include <math.h>

typedef struct {
    rn_random random;
    rn_shape shape;
    rn_dtype dtype;
    double low, high, mean, sigma, loc, scale;
} draw_opt;

static bool infer(rn_infer *f)
{
    const draw_opt *o = f->opts;
    if (!rn_dtype_is_float(o->dtype)) {
        rn_refuse(f, RN_ERR_DTYPE, "needs a type of numbers with a fraction", "dtype is f16, bf16, f32 or f64");
        rn_infer_hint("rn_randint draws whole numbers");
        return false;
    }
    return rn_out(f, 0, o->dtype, o->shape);
}

/* Where the inverse is infinite at 0, that value, as rare as any other, becomes the middle. */
#define NORMAL "t = 2 * rand(seed, stream) - 1; e = 1.4142135623730951 * erfinv(t == -1 ? 0 : t); "

/* ---- truncated_normal ---- */

typedef struct {
    rn_random random;
    rn_shape shape;
    double from, to; /* values of the distribution function at the bounds */
    double mean, sigma, low, high;
} truncated_opt;

static bool truncated_infer(rn_infer *f)
{
    return rn_out(f, 0, RN_F64, ((const truncated_opt *)f->opts)->shape);
}

/* Bounds above the mean are mirrored: the distribution function has its digits where it is small. */
static bool truncated_build(rn_call_info *c)
{
    static const rn_opt opts[] = { RN_OPT_RANDOM(truncated_opt),
                                   RN_REQ_SHAPE(truncated_opt, shape, ""),
                                   RN_REQ_F64(truncated_opt, from, 0, 1, ""),
                                   RN_REQ_F64(truncated_opt, to, 0, 1, ""),
                                   RN_REQ_F64(truncated_opt, mean, -1e308, 1e308, ""),
                                   RN_REQ_F64(truncated_opt, sigma, -1e308, 1e308, ""),
                                   RN_REQ_F64(truncated_opt, low, -1e308, 1e308, ""),
                                   RN_REQ_F64(truncated_opt, high, -1e308, 1e308, ""),
                                   { 0 } };
    static const rn_op row = { .name = "truncated_normal",
                               .kind = RN_MAP,
                               .flags = RN_OP_NO_GRAD,
                               .inputs = "",
                               .expr = "p = from + (to - from) * rand(seed, stream); " RNI_NDTRI
                                       "y = min(max(mean + sigma * z, low), high)",
                               .infer = truncated_infer,
                               .opts = opts,
                               .opts_size = sizeof(truncated_opt) };
    const draw_opt *o = c->opts;
    const double sign = o->low > o->mean ? -1 : 1, per_root = M_SQRT1_2 / o->sigma;
    const double a = 0.5 * erfc(sign * (o->mean - o->low) * per_root),
                 b = 0.5 * erfc(sign * (o->mean - o->high) * per_root);
    truncated_opt t = { .random = o->random, .shape = o->shape, .from = fmin(a, b), .to = fmax(a, b) };
    t.mean = o->mean;
    t.sigma = sign * o->sigma;
    t.low = o->low;
    t.high = o->high;
    rn_infer f;
    rn_infer_begin(&f, c, o);
    if (!infer(&f)) return false;
    if (!(o->low < o->high && t.from < t.to))
        return rni_refuse_call(c, RN_ERR_ARG, "there are no numbers between the bounds",
                               "low < high, not both more than 37 sigma to one side of the mean");
    rn_tensor *y;
    if (!rn_op_call(&row, NULL, NULL, 0, &t, &y)) return false;
    return (c->out[0] = o->dtype == RN_F64 ? y : rn_cast(y, o->dtype)) != NULL;
}

/* ---- the table ---- */

#define ANY(f, v, h) RN_OPT_F64(draw_opt, f, v, -1e308, 1e308, h)
#define SPREAD(f, h) RN_OPT_F64(draw_opt, f, 1, 0, 1e308, h)
#define OPTS(...)                                                                                                      \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_RANDOM(draw_opt), RN_REQ_SHAPE(draw_opt, shape, "shape of the result"), __VA_ARGS__,                    \
            RN_OPT_DTYPE(draw_opt, dtype, RN_F32, "type of the result"),                                               \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define CASES(more)                                                                                                    \
    (const rn_case[])                                                                                                  \
    {                                                                                                                  \
        { .in = "", .with = "shape=3,5 " more, .random = true },                                                       \
            { .in = "", .with = "shape=4 dtype=f64 " more, .random = true },                                           \
            { .in = "", .with = "shape=2,0 dtype=bf16 " more, .random = true },                                        \
            { .in = "", .with = "shape=2 dtype=i32 " more, .fails = "with a fraction" },                               \
            { .in = "", .with = "shape=-1 " more, .fails = "sizes >= 0" },                                             \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_draw[] = {
    { .name = "uniform",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .expr = "y = low + (high - low) * rand(seed, stream)",
      .infer = infer,
      .opts = OPTS(ANY(low, 0, "smallest value"), ANY(high, 1, "values stay below")),
      .opts_size = sizeof(draw_opt),
      .onnx = "RandomUniform",
      .nnp = "Rand",
      .doc = { .brief = "Uniform in [low, high).", .errors = "DTYPE for whole numbers", .since = "0.1" },
      .cases = CASES("low=-1") },
    { .name = "normal",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .expr = NORMAL "y = mean + sigma * e",
      .infer = infer,
      .opts = OPTS(ANY(mean, 0, "mean"), SPREAD(sigma, "standard deviation")),
      .opts_size = sizeof(draw_opt),
      .onnx = "RandomNormal sigma=scale",
      .nnp = "Randn mean=mu",
      .doc = { .brief = "Normal, by the inverse of the distribution function.",
               .errors = "DTYPE for whole numbers",
               .since = "0.1" },
      .cases = CASES("sigma=2") },
    { .name = "log_normal",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .expr = NORMAL "y = exp(mean + sigma * e)",
      .infer = infer,
      .opts = OPTS(ANY(mean, 0, "mean of the logarithm"), SPREAD(sigma, "standard deviation of the logarithm")),
      .opts_size = sizeof(draw_opt),
      .doc = { .brief = "Numbers whose logarithm is normal.", .errors = "DTYPE for whole numbers", .since = "0.1" },
      .cases = CASES("mean=1") },
    { .name = "truncated_normal",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .build = truncated_build,
      .opts = OPTS(RN_REQ_F64(draw_opt, low, -1e308, 1e308, "smallest value"),
                   RN_REQ_F64(draw_opt, high, -1e308, 1e308, "largest value"), ANY(mean, 0, "mean without the bounds"),
                   SPREAD(sigma, "standard deviation without the bounds")),
      .opts_size = sizeof(draw_opt),
      .doc = { .brief = "Normal between two bounds, also where those are far from the mean.",
               .errors = "DTYPE for whole numbers; ARG unless low < high and something is between them",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "", .with = "shape=3,5 low=-2 high=2", .random = true },
                             { .in = "", .with = "shape=4 low=5 high=6 sigma=0.5 mean=1 dtype=f64", .random = true },
                             { .in = "", .with = "shape=2,0 low=0 high=1 dtype=bf16", .random = true },
                             { .in = "", .with = "shape=2 low=1 high=1", .fails = "no numbers between" },
                             { .in = "", .with = "shape=2 low=99 high=100", .fails = "no numbers between" },
                             { .in = "", .with = "shape=2 low=0 high=1 dtype=i32", .fails = "with a fraction" },
                             { .in = "", .with = "shape=-1 low=0 high=1", .fails = "sizes >= 0" },
                             { 0 } } },
    { .name = "exponential",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .expr = "y = -scale * log1p(-rand(seed, stream))",
      .infer = infer,
      .opts = OPTS(SPREAD(scale, "mean: 1 / rate")),
      .opts_size = sizeof(draw_opt),
      .doc = { .brief = "Exponential: times between events that come at random.",
               .formula = "p(y) = exp(-y / scale) / scale, y >= 0",
               .errors = "DTYPE for whole numbers",
               .since = "0.1" },
      .cases = CASES("scale=3") },
    { .name = "laplace",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .expr = "u = rand(seed, stream) - 0.5; t = u == -0.5 ? 0 : u; "
              "y = loc - scale * sign(t) * log1p(-2 * abs(t))",
      .infer = infer,
      .opts = OPTS(ANY(loc, 0, "mean"), SPREAD(scale, "mean distance from it")),
      .opts_size = sizeof(draw_opt),
      .doc = { .brief = "Laplace: exponential on both sides.",
               .formula = "p(y) = exp(-|y - loc| / scale) / (2 * scale)",
               .errors = "DTYPE for whole numbers",
               .since = "0.1" },
      .cases = CASES("loc=1 scale=2") },
    { .name = "gumbel",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .expr = "u = rand(seed, stream); y = loc - scale * log(-log(u == 0 ? 0.5 : u))",
      .infer = infer,
      .opts = OPTS(ANY(loc, 0, "most likely value"), SPREAD(scale, "width")),
      .opts_size = sizeof(draw_opt),
      .doc = { .brief = "Gumbel: the largest of many. The place of the largest of log(p) + gumbel is a sample of p.",
               .formula = "P(y < x) = exp(-exp(-(x - loc) / scale))",
               .errors = "DTYPE for whole numbers",
               .since = "0.1" },
      .cases = CASES("loc=-1 scale=2") },
    { 0 },
};
