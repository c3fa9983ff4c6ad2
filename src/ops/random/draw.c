/* Random tensors. The values depend on the thread's seed and the number of the draw only (Philox). */
#include <rensa/op.h>

typedef struct {
    rn_random random;
    rn_shape shape;
    double low, high;
    rn_dtype dtype;
} uniform_opt;

typedef struct {
    rn_random random;
    rn_shape shape;
    double mean, sigma;
    rn_dtype dtype;
} normal_opt;

static bool infer_uniform(rn_infer *f)
{
    const uniform_opt *o = f->opts;
    return rn_out(f, 0, o->dtype, o->shape);
}

static bool infer_normal(rn_infer *f)
{
    const normal_opt *o = f->opts;
    return rn_out(f, 0, o->dtype, o->shape);
}

const rn_op rn_ops_draw[] = {
    { .name = "uniform",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      .expr = "y = low + (high - low) * rand(seed, stream)",
      .infer = infer_uniform,
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(uniform_opt),
                                RN_REQ_SHAPE(uniform_opt, shape, "shape of the result"),
                                RN_OPT_F64(uniform_opt, low, 0, -1e308, 1e308, "smallest value"),
                                RN_OPT_F64(uniform_opt, high, 1, -1e308, 1e308, "values stay below"),
                                RN_OPT_DTYPE(uniform_opt, dtype, RN_F32, "type of the result"),
                                { 0 } },
      .opts_size = sizeof(uniform_opt),
      .doc = { .brief = "Uniform in [low, high).", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "shape=3,5 low=-1", .random = true }, { 0 } } },
    { .name = "normal",
      .kind = RN_MAP,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "",
      /* the one draw whose image is infinite is as rare as any other, and becomes the middle */
      .expr = "t = 2 * rand(seed, stream) - 1; y = mean + sigma * 1.4142135623730951 * erfinv(t == -1 ? 0 : t)",
      .infer = infer_normal,
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(normal_opt),
                                RN_REQ_SHAPE(normal_opt, shape, "shape of the result"),
                                RN_OPT_F64(normal_opt, mean, 0, -1e308, 1e308, "mean"),
                                RN_OPT_F64(normal_opt, sigma, 1, 0, 1e308, "standard deviation"),
                                RN_OPT_DTYPE(normal_opt, dtype, RN_F32, "type of the result"),
                                { 0 } },
      .opts_size = sizeof(normal_opt),
      .doc = { .brief = "Normal, by the inverse of the distribution function.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "shape=3,5 sigma=2", .random = true }, { 0 } } },
    { 0 },
};
