/* Normal distributions and divergences. */
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#define WIDE "floats; losses of 16-bit floats are f32"

static bool kl_build(rn_call_info *c)
{
    static const rn_op map = { .name = "gaussian_kl_divergence",
                               .kind = RN_MAP,
                               .inputs = "mean, ln_var",
                               .expr = "y = 0.5 * (mean * mean + (expm1(ln_var) - ln_var))" };
    return rni_loss_same_shapes(c, 2) && rni_loss_reduced(c, rni_loss_each(c, &map, NULL));
}

static bool nll_build(rn_call_info *c)
{
    static const rn_op map = {
        .name = "gaussian_nll",
        .kind = RN_MAP,
        .inputs = "x, mean, ln_var",
        .expr = "d = (x - mean) * exp(-0.5 * ln_var); y = 0.5 * (ln_var + 1.8378770664093453 + d * d)"
    };
    return rni_loss_same_shapes(c, 3) && rni_loss_reduced(c, rni_loss_each(c, &map, NULL));
}

/* A target of 0 costs nothing, whatever the other probability is. */
static bool div_build(rn_call_info *c)
{
    static const rn_op map = { .name = "kl_div",
                               .kind = RN_MAP,
                               .inputs = "x, t",
                               .expr = "y = t == 0 ? 0 : t * (log(t == 0 ? 1 : t) - x)",
                               .vjp = "gx = -(gy * t); gt = t == 0 ? 0 : gy * (log(t == 0 ? 1 : t) + 1 - x)" };
    return rni_loss_same_shapes(c, 2) && rni_loss_reduced(c, rni_loss_each(c, &map, NULL));
}

typedef struct {
    int64_t base_axis;
} multinomial_opt;

static bool multinomial_build(rn_call_info *c)
{
    static const rn_op map = { .name = "kl_multinomial",
                               .kind = RN_MAP,
                               .inputs = "p, q",
                               .expr = "y = p == 0 ? 0 : p * (log(p == 0 ? 1 : p) - log(p == 0 ? 1 : q))",
                               .vjp = "gp = p == 0 ? 0 : gy * (log(p == 0 ? 1 : p) - log(p == 0 ? 1 : q) + 1);"
                                      "gq = p == 0 ? 0 : -(gy * p / (p == 0 ? 1 : q))" };
    if (!rni_loss_same_shapes(c, 2)) return false;
    rn_tensor *each = rni_loss_each(c, &map, NULL);
    rn_axes axes = { 0 };
    for (int i = (int)((const multinomial_opt *)c->opts)->base_axis; each && i < rn_tensor_rank(each); i++)
        axes.axis[axes.n++] = i;
    c->out[0] = axes.n ? rn_sum(each, .axes = axes) : each;
    return c->out[0] != NULL;
}

const rn_op rn_ops_likelihood[] = {
    { .name = "gaussian_kl_divergence",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "mean, ln_var",
      .build = kl_build,
      .opts = (const rn_opt[]){ RNI_OPT_REDUCE_SUM(rni_reduce_opt), { 0 } },
      .opts_size = sizeof(rni_reduce_opt),
      .doc = { .brief = "Kullback-Leibler divergence of normal distributions from the standard one.",
               .formula = "y = (mean ** 2 + exp(ln_var) - ln_var - 1) / 2",
               .shapes = "ln_var as mean   ->   y [], as mean with reduce \"no\"",
               .types = WIDE,
               .errors = "SHAPE if the shapes differ",
               .source = "Kingma & Welling 2014, arXiv:1312.6114",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "mean:f32[2,3] ln_var:f32[2,3]" },
                                  { .in = "mean:f64[2,3] ln_var:f64[2,3]{-3,3}", .with = "reduce=no" },
                                  { .in = "mean:f16[3] ln_var:f16[3]", .with = "reduce=mean" },
                                  { .in = "mean:f32[0] ln_var:f32[0]" },
                                  { .in = "mean:f32[2] ln_var:f32[1]", .fails = "shapes differ" },
                                  { 0 } } },
    { .name = "gaussian_nll",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, mean, ln_var",
      .build = nll_build,
      .opts = (const rn_opt[]){ RNI_OPT_REDUCE_SUM(rni_reduce_opt), { 0 } },
      .opts_size = sizeof(rni_reduce_opt),
      .doc = { .brief = "Minus the log-likelihood of x under normal distributions.",
               .formula = "y = (ln_var + log(2 * pi) + (x - mean) ** 2 * exp(-ln_var)) / 2",
               .shapes = "mean and ln_var as x   ->   y [], as x with reduce \"no\"",
               .types = WIDE,
               .errors = "SHAPE if the shapes differ",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3] mean:f32[2,3] ln_var:f32[2,3]" },
                                  { .in = "x:f64[4] mean:f64[4] ln_var:f64[4]{-3,3}", .with = "reduce=no" },
                                  { .in = "x:f16[3] mean:f16[3] ln_var:f16[3]", .with = "reduce=mean" },
                                  { .in = "x:f32[4]{=nan,1,inf,1} mean:f32[4]{=0,1,1,2} ln_var:f32[4]{=0,-100,0,-100}",
                                    .with = "reduce=no" },
                                  { .in = "x:f32[2] mean:f32[2] ln_var:f32[1]", .fails = "shapes differ" },
                                  { 0 } } },
    { .name = "kl_div",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, t",
      .build = div_build,
      .opts = (const rn_opt[]){ RN_OPT_ENUM(rni_reduce_opt, reduce, "batch,mean,sum,no", RNI_REDUCE_HELP), { 0 } },
      .opts_size = sizeof(rni_reduce_opt),
      .doc = { .brief = "Kullback-Leibler divergence of log-probabilities x from the target probabilities t.",
               .formula = "y = t * (log(t) - x), 0 where t is 0; by default the sum over all divided by N",
               .shapes = "t as x [N, ..]   ->   y [], as x with reduce \"no\"",
               .types = WIDE,
               .errors = "SHAPE if the shapes differ",
               .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "x:f32[2,3]{-3,0} t:f32[2,3]{0.1,1}" },
              { .in = "x:f64[2,3]{-3,0} t:f64[2,3]{0.1,1}", .with = "reduce=mean" },
              { .in = "x:f64[3]{=-inf,-1,0} t:f64[3]{=0,0.5,0.5}", .with = "reduce=no", .no_grad = true },
              { .in = "x:f16[3]{-3,0} t:f16[3]{0.1,1}", .with = "reduce=sum" },
              { .in = "x:f32[2] t:f32[1]", .fails = "shapes differ" },
              { 0 } } },
    { .name = "kl_multinomial",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "p, q",
      .build = multinomial_build,
      .opts =
          (const rn_opt[]){
              RN_OPT_I64(multinomial_opt, base_axis, 1, 1, RN_MAX_RANK, "the first axis that is summed over"), { 0 } },
      .opts_size = sizeof(multinomial_opt),
      .nnp = "KLMultinomial base_axis=base_axis",
      .doc = { .brief = "Kullback-Leibler divergence of probabilities q from p, for each sample.",
               .formula = "y = sum(p * log(p / q)), 0 for the terms where p is 0",
               .shapes = "q as p [N, ..]   ->   y [N], or the sizes before base_axis",
               .types = WIDE,
               .errors = "SHAPE if the shapes differ",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "p:f32[2,3]{0.1,1} q:f32[2,3]{0.1,1}" },
                                  { .in = "p:f64[2,3,2]{0.1,1} q:f64[2,3,2]{0.1,1}", .with = "base_axis=2" },
                                  { .in = "p:f64[1,3]{=0,0.5,0.5} q:f64[1,3]{=0,0.25,0.75}", .no_grad = true },
                                  { .in = "p:f32[2] q:f32[1]", .fails = "shapes differ" },
                                  { 0 } } },
    { 0 },
};
