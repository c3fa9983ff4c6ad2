/* Cross entropy of two classes: from probabilities, and from scores (their logits), which is exact also far out. */
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#include "ops/reduce/axes_p.h"

#include <string.h>

/* As usual the logarithms are held above -100, so that a certainty that is wrong costs much, not infinitely much. */
static bool bce_build(rn_call_info *c)
{
    static const rn_op map = {
        .name = "binary_cross_entropy",
        .kind = RN_MAP,
        .inputs = "x, t",
        .types = "first",
        .expr = "y = -(t * max(log(x), -100) + (1 - t) * max(log1p(-x), -100))",
        .vjp = "gx = gy * (x - t) / max(x * (1 - x), 1e-12); gt = gy * (max(log1p(-x), -100) - max(log(x), -100))"
    };
    return rni_loss_same_shapes(c, 2) && rni_loss_reduced(c, rni_loss_each(c, &map, NULL));
}

typedef struct {
    int64_t ignore_label;
    int reduce, normalize;
} sigmoid_opt;

static bool sigmoid_build(rn_call_info *c)
{
    static const rn_op map = {
        .name = "sigmoid_cross_entropy",
        .kind = RN_MAP,
        .inputs = "x, t",
        .types = "first",
        .expr = "y = t == ignore ? 0 : max(x, 0) - x * t + log1p(exp(-abs(x)))",
        .vjp = "gx = t == ignore ? 0 : gy * (sigmoid(x) - t); gt = t == ignore ? 0 : -(gy * x)",
        .opts = rni_label_opts,
        .opts_size = sizeof(rn_label_opts),
    };
    static const rn_op over = {
        .name = "mean_of_counted", .kind = RN_MAP, .inputs = "s, n", .expr = "y = s / max(n, 1)"
    };
    const rn_label_opts labels = { ((const sigmoid_opt *)c->opts)->ignore_label };
    if (!rni_loss_same_shapes(c, 2)) return false;
    rn_tensor *each = rni_loss_each(c, &map, &labels);
    if (strcmp(rni_loss_choice(c, "reduce"), "mean") != 0) return rni_loss_reduced(c, each);
    rn_tensor *s = rn_sum(each);
    if (strcmp(rni_loss_choice(c, "normalize"), "batch") == 0) {
        c->out[0] = rn_mul_scalar(s, 1 / (double)(rn_tensor_rank(each) ? rn_tensor_dim(each, 0) : 1));
        return c->out[0] != NULL;
    }
    rn_tensor *n = rn_sum(rn_not_equal_scalar(c->in[1], (double)labels.ignore));
    rn_tensor *in[] = { s, n ? rni_as(n, rn_tensor_dtype(s)) : NULL };
    return s && in[1] && rn_op_call(&over, NULL, in, 2, NULL, c->out);
}

/* The likelihood of x under the probability sigmoid(z): the loss of a decoder of black and white. */
static bool bernoulli_build(rn_call_info *c)
{
    static const rn_op map = { .name = "bernoulli_nll",
                               .kind = RN_MAP,
                               .inputs = "x, z",
                               .expr = "y = max(z, 0) + log1p(exp(-abs(z))) - x * z",
                               .vjp = "gx = -(gy * z); gz = gy * (sigmoid(z) - x)" };
    return rni_loss_same_shapes(c, 2) && rni_loss_reduced(c, rni_loss_each(c, &map, NULL));
}

#define WIDE "x floats; losses of 16-bit floats are f32"

const rn_op rn_ops_binary_cross_entropy[] = {
    { .name = "binary_cross_entropy",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, t",
      .build = bce_build,
      .opts = (const rn_opt[]){ RNI_OPT_REDUCE_MEAN(rni_reduce_opt), { 0 } },
      .opts_size = sizeof(rni_reduce_opt),
      .nnp = "BinaryCrossEntropy",
      .doc = { .brief = "Cross entropy of targets t and probabilities x; from scores see sigmoid_cross_entropy.",
               .formula = "y = -(t * log(x) + (1 - t) * log(1 - x)), logarithms held above -100",
               .shapes = "t as x   ->   y [], as x with reduce \"no\"",
               .types = WIDE,
               .errors = "SHAPE if the shapes differ",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "x:f32[2,3]{0.1,0.9} t:f32[2,3]{0,1}" },
                             { .in = "x:f64[4]{0.1,0.9} t:i32[4]{0,1}", .with = "reduce=sum" },
                             { .in = "x:f64[4]{=0,1,0,1} t:f64[4]{=0,0,1,1}", .with = "reduce=no", .no_grad = true },
                             { .in = "x:f16[3]{0.1,0.9} t:u8[3]{0,1}" },
                             { .in = "x:f32[2] t:f32[1]", .fails = "shapes differ" },
                             { 0 } } },
    { .name = "sigmoid_cross_entropy",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, t",
      .build = sigmoid_build,
      .opts =
          (const rn_opt[]){
              RN_OPT_I64(sigmoid_opt, ignore_label, -1, -0x1p53, 0x1p53, "places with this target do not count"),
              RNI_OPT_REDUCE_MEAN(sigmoid_opt),
              RN_OPT_ENUM(sigmoid_opt, normalize, "labels,batch", "a mean is over the places that count, or over N"),
              { 0 } },
      .opts_size = sizeof(sigmoid_opt),
      .nnp = "SigmoidCrossEntropy",
      .doc = { .brief = "Cross entropy of targets t and the sigmoid of scores x.",
               .formula = "y = max(x, 0) - x * t + log(1 + exp(-abs(x)))",
               .shapes = "t as x   ->   y [], as x with reduce \"no\"",
               .types = WIDE,
               .errors = "SHAPE if the shapes differ",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]{-3,3} t:i32[2,3]{0,1}" },
                                  { .in = "x:f64[2,3]{-99,99} t:f64[2,3]{0,1}", .with = "reduce=sum" },
                                  { .in = "x:f64[4]{-3,3} t:i32[4]{=0,-1,1,-1}" },
                                  { .in = "x:f64[4]{-3,3} t:i32[4]{=0,-1,1,-1}", .with = "normalize=batch" },
                                  { .in = "x:f64[4]{-3,3} t:i8[4]{=0,-1,1,7}", .with = "reduce=no ignore_label=7" },
                                  { .in = "x:f64[2]{-3,3} t:i32[2]{=-1}" },
                                  { .in = "x:f16[3]{-3,3} t:bool[3]{0,1}" },
                                  { .in = "x:f32[2] t:i32[1]", .fails = "shapes differ" },
                                  { 0 } } },
    { .name = "bernoulli_nll",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, z",
      .build = bernoulli_build,
      .opts = (const rn_opt[]){ RNI_OPT_REDUCE_SUM(rni_reduce_opt), { 0 } },
      .opts_size = sizeof(rni_reduce_opt),
      .doc = { .brief = "Minus the log-likelihood of x under Bernoulli distributions with the logits z.",
               .formula = "y = log(1 + exp(z)) - x * z",
               .shapes = "z as x   ->   y [], as x with reduce \"no\"",
               .types = WIDE,
               .errors = "SHAPE if the shapes differ",
               .source = "Kingma & Welling 2014, arXiv:1312.6114",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]{0,1} z:f32[2,3]{-3,3}" },
                                  { .in = "x:f64[2,3]{0,1} z:f64[2,3]{-99,99}", .with = "reduce=no" },
                                  { .in = "x:f16[3]{0,1} z:f16[3]", .with = "reduce=mean" },
                                  { .in = "x:f32[2] z:f32[1]", .fails = "shapes differ" },
                                  { 0 } } },
    { 0 },
};
