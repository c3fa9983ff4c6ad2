/* Distributions drawn by rejection, each element with parameters of its own: gamma, beta, poisson. */
#include <rensa/lists.h>
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/convert.h"
#include "base/index.h"
#include "ops/check.h"
#include "ops/cost.h"
#include "ops/index/position.h"
#include "ops/random/random_p.h"

typedef struct {
    rn_random random;
} draw_opt;

/* A number of a distribution with parameters a and b (0 where there is one). */
typedef double sample_fn(rni_element_rng *r, double a, double b);

/* Logarithm of a gamma number, as small shapes give numbers below the smallest float. */
static double log_gamma_number(rni_element_rng *r, double a)
{
    if (!(a > 0 && a < INFINITY)) return log(a);
    double boost = 0;
    if (a < 1) boost = log(rni_element_uniform(r)) / a++;
    const double d = a - 1.0 / 3, k = 1 / sqrt(9 * d);
    for (;;) {
        const double x = rni_element_normal(r), root = 1 + k * x;
        if (root <= 0) continue;
        const double v = root * root * root;
        if (log(rni_element_uniform(r)) < 0.5 * x * x + d - d * v + d * log(v)) return log(d * v) + boost;
    }
}

static double gamma_number(rni_element_rng *r, double a, double b)
{
    (void)b;
    return exp(log_gamma_number(r, a));
}

/* x / (x + y) of two gamma numbers. */
static double beta_number(rni_element_rng *r, double a, double b)
{
    const double x = log_gamma_number(r, a), y = log_gamma_number(r, b);
    return 1 / (1 + exp(y - x));
}

/* How many uniform numbers it takes for their product to fall below exp(-rate). */
static double poisson_by_product(rni_element_rng *r, double rate)
{
    const double limit = exp(-rate);
    double k = 0;
    for (double p = rni_element_uniform(r); p > limit; p *= rni_element_uniform(r)) k++;
    return k;
}

/* PTRS of Hörmann 1993, with the names of the paper. */
static double poisson_by_rejection(rni_element_rng *r, double rate)
{
    const double b = 0.931 + 2.53 * sqrt(rate), a = -0.059 + 0.02483 * b;
    const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        const double u = rni_element_uniform(r) - 0.5, v = rni_element_uniform(r), us = 0.5 - fabs(u);
        const double k = floor((2 * a / us + b) * u + rate + 0.43);
        if (us >= 0.07 && v <= v_r) return k;
        if (k < 0 || (us < 0.013 && v > us)) continue;
        if (log(v * inverse_alpha / (a / (us * us) + b)) <= k * log(rate) - rate - lgamma(k + 1)) return k;
    }
}

static double poisson_number(rni_element_rng *r, double rate, double b)
{
    (void)b;
    if (!(rate < INFINITY)) return rate;
    return rate < 10 ? poisson_by_product(r, rate) : poisson_by_rejection(r, rate);
}

/* Fails for a parameter below 0; NaN gives NaN. */
static bool draw(rn_kernel_call *c, sample_fn *sample)
{
    const rn_view *y = &c->out[0];
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t i = 0, n = rni_view_count(y); i < n; i++, rni_index_next(y, at)) {
        double p[2] = { 0 };
        for (int k = 0; k < c->n_in; k++) {
            p[k] = rni_load(c->in[k].dtype, rni_view_at(&c->in[k], at));
            if (p[k] < 0) return c->fail(c, RN_ERR_ARG, "a parameter is %g, it must not be below 0", p[k]);
        }
        rni_element_rng r = rni_element_begin(&((const draw_opt *)c->opts)->random, i);
        rni_store(y->dtype, rni_view_at(y, at), sample(&r, p[0], p[1]));
    }
    return true;
}

static bool gamma_run(rn_kernel_call *c)
{
    return draw(c, gamma_number);
}

static bool beta_run(rn_kernel_call *c)
{
    return draw(c, beta_number);
}

static bool poisson_run(rn_kernel_call *c)
{
    return draw(c, poisson_number);
}

static bool infer(rn_infer *f)
{
    return rn_want_float(f, 0) && rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static const rn_opt opts[] = { RN_OPT_RANDOM(draw_opt), { 0 } };

static bool beta_build(rn_call_info *c)
{
    static const rn_op row = { .name = "beta",
                               .kind = RN_KERNEL,
                               .flags = RN_OP_NO_GRAD,
                               .inputs = "a, b",
                               .infer = infer,
                               .run = beta_run,
                               .opts = opts,
                               .opts_size = sizeof(draw_opt) };
    rn_tensor *p[2];
    const rn_dtype type = rn_dtype_promote(rn_tensor_dtype(c->in[0]), rn_tensor_dtype(c->in[1]));
    if (!rn_dtype_is_float(type))
        return rni_refuse_call(c, RN_ERR_DTYPE, "needs numbers with a fraction", "a or b is f16, bf16, f32 or f64");
    if (!rn_broadcast(RN_LIST(rn_cast(c->in[0], type), rn_cast(c->in[1], type)), p)) return false;
    return rn_op_call(&row, NULL, p, 2, c->opts, c->out);
}

/* A try needs a normal number and a logarithm, and nearly always succeeds. */
static void cost(rn_cost *c)
{
    rni_cost_draw(c, 4);
}

const rn_op rn_ops_gamma[] = {
    { .name = "gamma",
      .kind = RN_KERNEL,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "a",
      .infer = infer,
      .run = gamma_run,
      .cost = cost,
      .opts = opts,
      .opts_size = sizeof(draw_opt),
      .doc = { .brief = "Gamma with shape a and scale 1: waiting times for a events; times a scale for another one.",
               .formula = "p(y) = y ** (a - 1) * exp(-y) / gamma(a), y >= 0",
               .shapes = "y as a",
               .types = "floats",
               .errors = "DTYPE for whole numbers; ARG for one below 0, when values are computed",
               .source = "Marsaglia & Tsang 2000, doi:10.1145/358407.358414",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "a:f32[3,5]{0.1,9}", .random = true },
                                  { .in = "a:f16[4]{0.1,3}", .random = true },
                                  { .in = "a:f64[4]{=0,inf,0,inf}" },
                                  { .in = "a:f32[0,2]", .random = true },
                                  { .in = "a:f32[2]{=1,-1}", .fails = "must not be below 0" },
                                  { .in = "a:i32[2]", .fails = "with a fraction" },
                                  { 0 } } },
    { .name = "beta",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "a, b",
      .build = beta_build,
      .opts = opts,
      .opts_size = sizeof(draw_opt),
      .doc = { .brief = "Beta: numbers in [0, 1].",
               .formula = "p(y) = y ** (a - 1) * (1 - y) ** (b - 1) / beta(a, b)",
               .shapes = "a and b broadcast; y as they do",
               .types = "floats",
               .errors = "DTYPE for whole numbers; SHAPE if a and b do not broadcast; ARG for one below 0, when values "
                         "are computed",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "a:f32[3,1]{0.1,9} b:f32[5]{0.1,9}", .random = true },
                                  { .in = "a:f64[4]{0.01,0.1} b:f64[4]{0.01,0.1}", .random = true },
                                  { .in = "a:f32[2]{=1,-1} b:f32[2]{=1,1}", .fails = "must not be below 0" },
                                  { .in = "a:f32[2] b:f32[3]", .fails = "broadcast" },
                                  { .in = "a:i32[2] b:i32[2]", .fails = "with a fraction" },
                                  { 0 } } },
    { .name = "poisson",
      .kind = RN_KERNEL,
      .flags = RN_OP_NO_GRAD | RN_OP_RANDOM,
      .inputs = "rate",
      .infer = infer,
      .run = poisson_run,
      .cost = cost,
      .opts = opts,
      .opts_size = sizeof(draw_opt),
      .doc = { .brief = "Poisson: how many events come where `rate` are expected.",
               .formula = "P(y = k) = rate ** k * exp(-rate) / k!",
               .shapes = "y as rate",
               .types = "floats",
               .errors = "DTYPE for whole numbers; ARG for a rate below 0, when values are computed",
               .source = "from a rate of 10: Hoermann 1993, doi:10.1016/0167-6687(93)90997-4",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "rate:f32[3,5]{0,30}", .random = true },
                                  { .in = "rate:f64[4]{0,1000}", .random = true },
                                  { .in = "rate:f32[3]{=0,0,inf}" },
                                  { .in = "rate:f32[2]{=1,-1}", .fails = "must not be below 0" },
                                  { .in = "rate:i32[2]", .fails = "with a fraction" },
                                  { 0 } } },
    { 0 },
};
