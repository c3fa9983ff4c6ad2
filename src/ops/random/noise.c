/* Functions that draw: dropout and its relatives, noise, samples.
 *
 * What is drawn is fixed by the call (seed and number of the draw) and the place of the element, so that gradients and
 * recomputation draw the same again and no mask is held. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/error.h"
#include "base/shape.h"
#include "ops/check.h"

#include <math.h>

/* A normal number in the text of an expression: the inverse of the distribution function at a uniform number. The one
 * value of that for which it is infinite is as rare as any other, and becomes the middle. */
#define NORMAL "t = 2 * rand(seed, stream) - 1; e = 1.4142135623730951 * erfinv(t == -1 ? 0 : t); "

typedef struct {
    rn_random random;
    double ratio, scale;
} dropout_opt;

static bool same(rn_call_info *c, rn_tensor *x)
{
    c->out[0] = rn_reshape(x, *rn_tensor_shape(x));
    return c->out[0] != NULL;
}

static bool dropout_build(rn_call_info *c)
{
    static const rn_opt opts[] = { RN_OPT_RANDOM(dropout_opt),
                                   RN_REQ_F64(dropout_opt, ratio, 0, 1, ""),
                                   RN_REQ_F64(dropout_opt, scale, 0, INFINITY, ""),
                                   { 0 } };
    static const rn_op map = { .name = "dropout",
                               .kind = RN_MAP,
                               .inputs = "x",
                               .expr = "y = rand(seed, stream) < ratio ? 0 : x * scale",
                               .opts = opts,
                               .opts_size = sizeof(dropout_opt) };
    dropout_opt o = *(const dropout_opt *)c->opts;
    if (!rn_dtype_is_float(rn_tensor_dtype(c->in[0])))
        return rni_refuse_call(c, RN_ERR_DTYPE, "needs numbers with a fraction", "x of a float type");
    if (!rn_is_training() || o.ratio == 0) return same(c, c->in[0]);
    o.scale = o.ratio < 1 ? 1 / (1 - o.ratio) : 0;
    return rn_op_call(&map, NULL, c->in, 1, &o, c->out);
}

static bool zoneout_build(rn_call_info *c)
{
    static const rn_opt opts[] = { RN_OPT_RANDOM(dropout_opt), RN_REQ_F64(dropout_opt, ratio, 0, 1, ""), { 0 } };
    static const rn_op pick = { .name = "zoneout",
                                .kind = RN_MAP,
                                .inputs = "h, x",
                                .expr = "y = rand(seed, stream) < ratio ? h : x",
                                .opts = opts,
                                .opts_size = sizeof(dropout_opt) };
    static const rn_op mix = { .name = "zoneout",
                               .kind = RN_MAP,
                               .inputs = "h, x",
                               .expr = "y = ratio * h + (1 - ratio) * x",
                               .opts = opts,
                               .opts_size = sizeof(dropout_opt) };
    if (!rni_shape_equal(rn_tensor_shape(c->in[0]), rn_tensor_shape(c->in[1])))
        return rni_refuse_call(c, RN_ERR_SHAPE, "shapes of h and x differ", "h.shape == x.shape");
    return rn_op_call(rn_is_training() ? &pick : &mix, NULL, c->in, 2, c->opts, c->out);
}

typedef struct {
    rn_random random;
} gaussian_opt;

typedef struct {
    rn_random random;
    double sigma;
} noise_opt;

static const rn_opt noise_opts[] = { RN_OPT_RANDOM(noise_opt),
                                     RN_REQ_F64(noise_opt, sigma, 0, 1e308, "standard deviation"),
                                     { 0 } };

static bool noise_build(rn_call_info *c)
{
    static const rn_op map = { .name = "gaussian_noise",
                               .kind = RN_MAP,
                               .inputs = "x",
                               .types = "float",
                               .expr = NORMAL "y = x + sigma * e",
                               .opts = noise_opts,
                               .opts_size = sizeof(noise_opt) };
    return rn_is_training() ? rn_op_call(&map, NULL, c->in, 1, c->opts, c->out) : same(c, c->in[0]);
}

typedef struct {
    rn_random random;
    int64_t axis;
    double tau;
} gumbel_opt;

static const rn_opt gumbel_opts[] = { RN_OPT_RANDOM(gumbel_opt),
                                      RN_REQ_I64(gumbel_opt, axis, -RN_MAX_RANK, RN_MAX_RANK - 1,
                                                 "the axis of classes"),
                                      RN_OPT_F64(gumbel_opt, tau, 0.1, 1e-9, 1e9, "temperature; small: almost one-hot"),
                                      { 0 } };

static bool gumbel_build(rn_call_info *c)
{
    static const rn_op map = { .name = "gumbel_scores",
                               .kind = RN_MAP,
                               .inputs = "x",
                               .types = "float",
                               .expr = "y = (x - log(-log(rand(seed, stream)))) / tau",
                               .opts = gumbel_opts,
                               .opts_size = sizeof(gumbel_opt) };
    rn_tensor *scores;
    if (!rn_op_call(&map, NULL, c->in, 1, c->opts, &scores)) return false;
    c->out[0] = rn_softmax(scores, ((const gumbel_opt *)c->opts)->axis);
    return c->out[0] != NULL;
}

const rn_op rn_ops_noise[] = {
    { .name = "dropout",
      .kind = RN_FUNCTION,
      .flags = RN_OP_RANDOM,
      .inputs = "x",
      .build = dropout_build,
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(dropout_opt),
                                RN_REQ_F64(dropout_opt, ratio, 0, 1, "probability that an element becomes 0"),
                                { 0 } },
      .opts_size = sizeof(dropout_opt),
      .onnx = "Dropout",
      .nnp = "Dropout ratio=p",
      .doc = { .brief =
                   "In training each element is 0 with probability ratio, else x / (1 - ratio); in evaluation y = x.",
               .formula = "y = r < ratio ? 0 : x / (1 - ratio), r uniform in [0, 1)",
               .shapes = "y as x",
               .types = "floats",
               .errors = "DTYPE for whole numbers; ARG for a ratio outside [0, 1]",
               .source = "Srivastava et al. 2014",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "ratio=0.5", .random = true },
                                  { .in = "x:f16[5]", .with = "ratio=0.2", .random = true },
                                  { .in = "x:f64[4]", .with = "ratio=0" },
                                  { .in = "x:f64[4]", .with = "ratio=1" },
                                  { .in = "x:f32[0]", .with = "ratio=0.5", .random = true },
                                  { .in = "x:f32[2]", .with = "ratio=1.5", .fails = "option ratio" },
                                  { .in = "x:i32[2]", .with = "ratio=0.5", .fails = "needs numbers with a fraction" },
                                  { 0 } } },
    { .name = "zoneout",
      .kind = RN_FUNCTION,
      .flags = RN_OP_RANDOM,
      .inputs = "h, x",
      .build = zoneout_build,
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(dropout_opt),
                                RN_REQ_F64(dropout_opt, ratio, 0, 1, "probability that an element keeps its old value"),
                                { 0 } },
      .opts_size = sizeof(dropout_opt),
      .doc = { .brief = "In training each element is that of h with probability ratio, else that of x; in evaluation "
                        "the mean.",
               .formula = "y = r < ratio ? h : x, r uniform in [0, 1); in evaluation ratio * h + (1 - ratio) * x",
               .shapes = "h as x, y as they",
               .errors = "SHAPE if they differ; ARG for a ratio outside [0, 1]",
               .source = "Krueger et al. 2017, arXiv:1606.01305",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "h:f32[2,3] x:f32[2,3]", .with = "ratio=0.5", .random = true },
                             { .in = "h:f64[3] x:f64[3]", .with = "ratio=0" },
                             { .in = "h:f32[2] x:f32[3]", .with = "ratio=0.5", .fails = "shapes of h and x differ" },
                             { 0 } } },
    { .name = "gaussian_noise",
      .kind = RN_FUNCTION,
      .flags = RN_OP_RANDOM,
      .inputs = "x",
      .build = noise_build,
      .opts = noise_opts,
      .opts_size = sizeof(noise_opt),
      .doc = { .brief = "Adds normal noise in training; in evaluation y = x.",
               .formula = "y = x + sigma * e, e standard normal",
               .shapes = "y as x",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "sigma=0.5", .random = true },
                                  { .in = "x:f64[3]", .with = "sigma=0" },
                                  { 0 } } },
    { .name = "gaussian",
      .kind = RN_MAP,
      .flags = RN_OP_RANDOM,
      .inputs = "mean, ln_var",
      .types = "float",
      .expr = NORMAL "y = mean + exp(0.5 * ln_var) * e",
      .opts = (const rn_opt[]){ RN_OPT_RANDOM(gaussian_opt), { 0 } },
      .opts_size = sizeof(gaussian_opt),
      .doc = { .brief = "A sample of a normal distribution, differentiable by its parameters.",
               .formula = "y = mean + exp(ln_var / 2) * e, e standard normal",
               .source = "Kingma & Welling 2014, arXiv:1312.6114",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "mean:f32[2,3] ln_var:f32[2,3]", .random = true },
                                  { .in = "mean:f64[2,3] ln_var:f64[3]", .random = true },
                                  { .in = "mean:f32[2] ln_var:f32[3]", .fails = "do not broadcast" },
                                  { 0 } } },
    { .name = "gumbel_softmax",
      .kind = RN_FUNCTION,
      .flags = RN_OP_RANDOM,
      .inputs = "x",
      .build = gumbel_build,
      .opts = gumbel_opts,
      .opts_size = sizeof(gumbel_opt),
      .doc = { .brief = "A differentiable, almost one-hot sample of the classes with log-probabilities x.",
               .formula = "y = softmax((x + g) / tau), g standard Gumbel",
               .shapes = "y as x",
               .errors = "ARG if there is no such axis",
               .source = "Jang, Gu & Poole 2017, arXiv:1611.01144",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]", .with = "axis=1", .random = true },
                                  { .in = "x:f64[2,3]", .with = "axis=0 tau=1", .random = true },
                                  { .in = "x:f32[3]", .with = "axis=1", .fails = "no such axis" },
                                  { 0 } } },
    { 0 },
};
