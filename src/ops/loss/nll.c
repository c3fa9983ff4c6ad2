/* Losses of classification from probabilities or their logarithms. */
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#include "ops/reduce/axes_p.h"

#include <string.h>

typedef struct {
    int64_t ignore_label;
    bool ignore_zero;
    int reduce;
} nll_opt;

static const rn_opt opts[] = { RN_OPT_I64(nll_opt, ignore_label, -1, -0x1p53, 0x1p53,
                                          "places with this label do not count; for 0 see ignore_zero"),
                               RN_OPT_BOOL(nll_opt, ignore_zero,
                                           "places with label 0 do not count, in place of ignore_label"),
                               RNI_OPT_REDUCE_MEAN(nll_opt),
                               { 0 } };

/* picked: what belongs to the labels, 0 where they are ignored */
static bool finish(rn_call_info *c, rn_tensor *each, int64_t ignore)
{
    static const rn_op over = {
        .name = "mean_of_counted", .kind = RN_MAP, .inputs = "s, n", .expr = "y = s / max(n, 1)"
    };
    if (!each || strcmp(rni_loss_choice(c, "reduce"), "mean") != 0) return rni_loss_reduced(c, each);
    rn_tensor *s = rn_sum(each), *n = rn_sum(rn_not_equal_scalar(c->in[1], (double)ignore));
    rn_tensor *in[] = { s, n ? rni_as(n, rn_tensor_dtype(s)) : NULL };
    return s && in[1] && rn_op_call(&over, NULL, in, 2, NULL, c->out);
}

static bool nll_build(rn_call_info *c)
{
    const nll_opt *o = c->opts;
    const int64_t ignore = o->ignore_zero ? 0 : o->ignore_label;
    rn_tensor *w = c->n_in > 2 ? c->in[2] : NULL;
    return finish(c, rn_neg(rni_pick_label(rni_widen(c->in[0]), c->in[1], w, ignore)), ignore);
}

static bool categorical_build(rn_call_info *c)
{
    /* an ignored place has picked 0 */
    static const rn_op map = { .name = "categorical_each",
                               .kind = RN_MAP,
                               .inputs = "p, t",
                               .types = "first",
                               .expr = "y = t == ignore ? 0 : -log(t == ignore ? 1 : p)",
                               .opts = rni_label_opts,
                               .opts_size = sizeof(rn_label_opts) };
    const nll_opt *o = c->opts;
    const rn_label_opts labels = { o->ignore_zero ? 0 : o->ignore_label };
    rn_tensor *in[] = { rni_pick_label(rni_widen(c->in[0]), c->in[1], NULL, labels.ignore), c->in[1] }, *each;
    return in[0] && rn_op_call(&map, NULL, in, 2, &labels, &each) && finish(c, each, labels.ignore);
}

#define ERRORS                                                                                                         \
    "SHAPE if the shapes do not belong together; ARG when it runs for a label outside 0 ... K-1 that is not ignored"

const rn_op rn_ops_nll[] = {
    { .name = "nll_loss",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, t, class_weight?",
      .build = nll_build,
      .opts = opts,
      .opts_size = sizeof(nll_opt),
      .onnx = "NegativeLogLikelihoodLoss ignore_label=ignore_index reduce=reduction",
      .doc = { .brief = "Minus the log-probability of the label; a mean is over the labels that count.",
               .formula = "y[n, ..] = -class_weight[t] * x[n, t[n, ..], ..]",
               .shapes = "x [N, K, ..]   t [N, ..]   class_weight [K]   ->   y [] or, with reduce \"no\", [N, ..]",
               .types = "x floats; losses of 16-bit floats are f32",
               .errors = ERRORS,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,3]{-3,0} t:i32[4]{0,2}" },
                                  { .in = "x:f64[2,3,2]{-3,0} t:i64[2,2]{0,2}", .with = "reduce=no" },
                                  { .in = "x:f64[4,3]{-3,0} t:i32[4]{=0,-1,2,-1}" },
                                  { .in = "x:f64[4,3]{-3,0} t:i32[4]{=0,1,2,0} class_weight:f64[3]{0.5,2}",
                                    .with = "ignore_zero=true reduce=sum" },
                                  { .in = "x:f16[4,3]{-3,0} t:u8[4]{0,2}" },
                                  { .in = "x:f32[4,3] t:i32[3]", .fails = "shape of x without axis 1" },
                                  { .in = "x:f32[4,3] t:i32[4]{=0,1,2,-2}", .fails = "label -2 at [3]" },
                                  { 0 } } },
    { .name = "categorical_cross_entropy",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x, t",
      .build = categorical_build,
      .opts = opts,
      .opts_size = sizeof(nll_opt),
      .nnp = "CategoricalCrossEntropy",
      .doc = { .brief = "Cross entropy of labels and probabilities; from scores see softmax_cross_entropy.",
               .formula = "y[n, ..] = -log(x[n, t[n, ..], ..])",
               .shapes = "x [N, K, ..]   t [N, ..]   ->   y [] or, with reduce \"no\", [N, ..]",
               .types = "x floats; losses of 16-bit floats are f32",
               .errors = ERRORS,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,3]{0.1,0.9} t:i32[4]{0,2}" },
                                  { .in = "x:f64[2,3,2]{0.1,0.9} t:i64[2,2]{0,2}", .with = "reduce=no" },
                                  { .in = "x:f64[4,3]{0.1,0.9} t:i32[4]{=0,-1,2,-1}" },
                                  { .in = "x:bf16[4,3]{0.1,0.9} t:u8[4]{0,2}" },
                                  { .in = "x:f32[4,3] t:i32[4]{=0,1,2,5}", .fails = "label 5 at [3]" },
                                  { 0 } } },
    { 0 },
};
