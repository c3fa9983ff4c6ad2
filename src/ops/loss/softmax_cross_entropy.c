/* softmax_cross_entropy: the loss of classification, from scores and labels or from scores and probabilities. */
#include "ops/check.h"
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#include "base/error.h"
#include "base/shape.h"
#include "ops/reduce/axes_p.h"

#include <string.h>

extern const rn_op rn_ops_softmax_nll[];

typedef struct {
    int64_t ignore_label;
    bool ignore_zero;
    int reduce, normalize, soft_target;
} cross_opt;

/* sum / n, and 0 where nothing counts */
static const rn_op over = { .name = "mean_of_counted", .kind = RN_MAP, .inputs = "s, n", .expr = "y = s / max(n, 1)" };
/* the sum of weights may be below one */
static const rn_op over_weights = {
    .name = "mean_by_weight", .kind = RN_MAP, .inputs = "s, n", .expr = "y = n > 0 ? s / (n > 0 ? n : 1) : 0"
};

static bool quotient(rn_call_info *c, const rn_op *map, rn_tensor *s, rn_tensor *n)
{
    rn_tensor *in[] = { s, rni_as(n, rn_tensor_dtype(s)) };
    return s && in[1] && rn_op_call(map, NULL, in, 2, NULL, c->out);
}

static bool mean_of_labels(rn_call_info *c, rn_tensor *each, int64_t ignore)
{
    rn_tensor *x = c->in[0], *t = c->in[1], *w = c->n_in > 2 ? c->in[2] : NULL, *s = rn_sum(each);
    const char *by = rni_loss_choice(c, "normalize");
    if (strcmp(by, "batch") == 0) {
        c->out[0] = rn_mul_scalar(s, 1 / (double)rn_tensor_dim(x, 0));
        return c->out[0] != NULL;
    }
    if (strcmp(by, "weights") == 0 && w) {
        rn_tensor *all = rn_broadcast_to(rni_per_class(w, x), *rn_tensor_shape(x));
        return quotient(c, &over_weights, s, rn_sum(rni_pick_label(all, t, NULL, ignore)));
    }
    return quotient(c, &over, s, rn_sum(rn_not_equal_scalar(t, (double)ignore)));
}

/* - sum_k t_k * log(p_k), and what the entropy of t takes off that in a divergence */
static bool soft(rn_call_info *c)
{
    static const rn_op cross = { .name = "soft_cross_entropy",
                                 .kind = RN_MAP,
                                 .inputs = "t, l",
                                 .expr = "y = t == 0 ? 0 : -(t * l)",
                                 .vjp = "gt = t == 0 && isinf(l) ? 0 : -(gy * l); gl = -(gy * t)" };
    static const rn_op divergence = { .name = "soft_divergence",
                                      .kind = RN_MAP,
                                      .inputs = "t, l",
                                      .expr = "y = t == 0 ? 0 : t * (log(t == 0 ? 1 : t) - l)",
                                      .vjp = "gt = t == 0 ? 0 : gy * (log(t == 0 ? 1 : t) + 1 - l); gl = -(gy * t)" };
    rn_tensor *x = rni_widen(c->in[0]), *w = c->n_in > 2 ? c->in[2] : NULL, *y;
    if (!rni_loss_same_shapes(c, 2)) {
        rn_infer_hint("t of type %s holds probabilities; numbers of classes are whole numbers, i32 or i64",
                      rn_dtype_name(rn_tensor_dtype(c->in[1])));
        return false;
    }
    if (rn_tensor_rank(x) < 2)
        return rni_refuse_call(c, RN_ERR_SHAPE, "there is no axis of classes", "x is [N, classes, ..]");
    if (rn_tensor_dim(x, 1) == 1) {
        rni_refuse_call(c, RN_ERR_SHAPE, "of one class the cross entropy is 0, whatever the scores are",
                        "x is [N, classes, ..] with two classes at least");
        rn_infer_hint("sigmoid_cross_entropy decides by one score, mean_squared_error compares numbers");
        return false;
    }
    rn_tensor *in[] = { rni_as(c->in[1], rn_tensor_dtype(x)), rn_log_softmax(x, 1) };
    const bool kl = strcmp(rni_loss_choice(c, "soft_target"), "kl-divergence") == 0;
    if (!in[0] || !in[1] || !rn_op_call(kl ? &divergence : &cross, NULL, in, 2, NULL, &y)) return false;
    if (w) {
        if (rn_tensor_rank(w) != 1 || rn_tensor_dim(w, 0) != rn_tensor_dim(x, 1))
            return rni_refuse_call(c, RN_ERR_SHAPE, "the weights do not fit the classes", "one weight for each class");
        y = rn_mul(y, rni_as(rni_per_class(w, x), rn_tensor_dtype(x)));
    }
    return rni_loss_reduced(c, rn_sum(y, .axes = RN_AXES(1)));
}

static bool build(rn_call_info *c)
{
    const cross_opt *o = c->opts;
    if (rn_dtype_is_float(rn_tensor_dtype(c->in[1]))) return soft(c);
    const rn_label_opts labels = { o->ignore_zero ? 0 : o->ignore_label };
    rn_tensor *each;
    if (!rn_op_call(&rn_ops_softmax_nll[0], NULL, c->in, c->n_in, &labels, &each)) return false;
    if (strcmp(rni_loss_choice(c, "reduce"), "mean") == 0) return mean_of_labels(c, each, labels.ignore);
    return rni_loss_reduced(c, each);
}

const rn_op rn_op_softmax_cross_entropy = {
    .name = "softmax_cross_entropy",
    .kind = RN_FUNCTION,
    .inputs = "x, t, class_weight?",
    .build = build,
    .opts = (const rn_opt[]){ RN_OPT_I64(cross_opt, ignore_label, -1, -0x1p53, 0x1p53,
                                         "places with this label do not count; for 0 see ignore_zero"),
                              RN_OPT_BOOL(cross_opt, ignore_zero,
                                          "places with label 0 do not count, in place of ignore_label"),
                              RNI_OPT_REDUCE_MEAN(cross_opt),
                              RN_OPT_ENUM(cross_opt, normalize, "labels,batch,weights",
                                          "a mean is over the labels that count, over N, or over their weights"),
                              RN_OPT_ENUM(cross_opt, soft_target, "cross-entropy,kl-divergence",
                                          "what is computed where t holds probabilities"),
                              { 0 } },
    .opts_size = sizeof(cross_opt),
    .onnx = "SoftmaxCrossEntropyLoss ignore_label=ignore_index reduce=reduction",
    .nnp = "SoftmaxCrossEntropy",
    .doc = { .brief = "Cross entropy of labels, or probabilities, and the softmax of scores.",
             .formula = "y[n, ..] = -class_weight[t] * log(softmax(x, 1)[n, t[n, ..], ..])",
             .shapes =
                 "x [N, K, ..]   t [N, ..] or, as probabilities, [N, K, ..]   class_weight [K]   ->   y [] or, with "
                 "reduce \"no\", [N, ..]",
             .types = "x floats; t whole numbers, or floats; y as x, f32 where that is of 16 bits",
             .errors = "SHAPE if the shapes do not belong together; ARG when it runs for a label outside 0 ... K-1 "
                       "that is not ignored",
             .since = "0.1" },
    .cases =
        (const rn_case[]){
            { .in = "x:f32[4,3]{-3,3} t:i32[4]{0,2}" },
            { .in = "x:f64[3,3,2]{-3,3} t:i64[3,2]{0,2}", .with = "reduce=sum" },
            { .in = "x:f64[3,3,2,2]{-3,3} t:i64[3,2,2]{0,2}", .with = "reduce=no" },
            { .in = "x:f64[4,3]{-300,300} t:u8[4]{0,2}" },
            { .in = "x:f64[4,3] t:i32[4]{=0,-1,2,-1}" },
            { .in = "x:f64[4,3] t:i32[4]{=-1}" },
            { .in = "x:f64[4,3] t:i32[4]{=0,1,2,0}", .with = "ignore_zero=true" },
            { .in = "x:f64[4,3] t:i32[4]{=0,1,2,0}", .with = "ignore_label=2 normalize=batch" },
            { .in = "x:f64[4,3] t:i32[4]{=0,1,2,-1} class_weight:f64[3]{0.5,2}" },
            { .in = "x:f64[4,3] t:i32[4]{=0,1,2,-1} class_weight:f64[3]{0.5,2}", .with = "normalize=weights" },
            { .in = "x:f16[4,3] t:i32[4]{0,2}" },
            { .in = "x:bf16[4,3] t:i32[4]{0,2}" },
            { .in = "x:f32[4,3] t:f32[4,3]{0,1}" },
            { .in = "x:f64[4,3,2] t:f64[4,3,2]{0.1,1} class_weight:f64[3]{0.5,2}",
              .with = "soft_target=kl-divergence reduce=no" },
            { .in = "x:f32[4,3] t:f32[4,3]{=0,1,0,0,0,1,1,0,0,0,0,1}", .no_grad = true },
            { .in = "x:f32[4,3] t:i32[3]", .fails = "shape of x without axis 1" },
            { .in = "x:f32[4,3] t:bool[4]", .fails = "labels are whole numbers" },
            { .in = "x:f32[4] t:i32[4]", .fails = "no axis of classes" },
            { .in = "x:f32[4,3] t:f32[4]", .fails = "shapes differ" },
            { .in = "x:f32[4,1] t:f32[4,1]", .fails = "of one class" },
            { .in = "x:f32[4,3] t:i32[4]{0,2} class_weight:f32[4]", .fails = "weights do not fit" },
            { .in = "x:f32[4,3] t:i32[4]{=0,1,2,3}", .fails = "label 3 at [3] of t is out of range" },
            { .in = "x:i32[4,3] t:i32[4]", .fails = "needs numbers with a fraction" },
            { 0 } },
};
