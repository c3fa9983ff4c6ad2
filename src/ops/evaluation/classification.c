/* What a classifier confuses with what, and the rates that follow from it. */
#include "ops/evaluation/evaluation_p.h"

#include <rensa/ops.h>

#include "base/convert.h"
#include "base/index.h"
#include "ops/loss/loss_p.h"

#include <string.h>

/* ---- the matrix ---- */

typedef struct {
    int64_t classes, ignore;
} count_opt;

static bool infer_counts(rn_infer *f)
{
    const count_opt *o = f->opts;
    return rn_out(f, 0, RN_I64, RN_SHAPE(o->classes, o->classes));
}

static bool run_counts(rn_kernel_call *c)
{
    const count_opt *o = c->opts;
    const rn_view *p = &c->in[0], *t = &c->in[1], *y = &c->out[0];
    int64_t *count = y->data, at[RN_MAX_RANK] = { 0 };
    memset(count, 0, (size_t)(o->classes * o->classes) * sizeof *count);
    for (int64_t e = 0; e < rni_view_count(t); e++, rni_index_next(t, at)) {
        int64_t label;
        rni_convert(&label, RN_I64, rni_view_at(t, at), t->dtype, 1);
        if (label == o->ignore) continue;
        if (label < 0 || label >= o->classes) return rni_label_refused(c, t, at, label, o->classes, o->ignore);
        count[label * o->classes + *(const int64_t *)rni_view_at(p, at)]++;
    }
    return true;
}

static rn_tensor *confusion(const rn_call_info *c)
{
    static const rn_opt opts[] = { RN_REQ_I64(count_opt, classes, 0, 0x1p31, ""),
                                   RN_REQ_I64(count_opt, ignore, -0x1p63, 0x1p63, ""),
                                   { 0 } };
    static const rn_op counts = { .name = "confusion_counts",
                                  .kind = RN_KERNEL,
                                  .flags = RN_OP_NO_GRAD,
                                  .inputs = "p, t",
                                  .infer = infer_counts,
                                  .run = run_counts,
                                  .opts = opts,
                                  .opts_size = sizeof(count_opt) };
    if (!rni_check_scores(c)) return NULL;
    const count_opt o = { rn_tensor_dim(c->in[0], 1), rni_ignored(c->opts) };
    rn_tensor *in[] = { rn_argmax(c->in[0], .axes = RN_AXES(1)), c->in[1] }, *y = NULL;
    return in[0] && rn_op_call(&counts, NULL, in, 2, &o, &y) ? y : NULL;
}

static bool matrix_build(rn_call_info *c)
{
    c->out[0] = confusion(c);
    return c->out[0] != NULL;
}

/* ---- rates ---- */

typedef struct {
    int64_t ignore_label;
    bool ignore_zero;
    double beta;
} summary_opt;

typedef struct {
    rn_tensor *precision, *recall, *fbeta, *support;
} summary;

static bool summarise(const rn_call_info *c, double beta, summary *s)
{
    static const rn_opt width[] = { RN_REQ_I64(count_opt, classes, 0, 0x1p31, ""), { 0 } };
    static const rn_op diagonal = { .name = "confusion_diagonal",
                                    .kind = RN_MAP,
                                    .flags = RN_OP_NO_GRAD,
                                    .inputs = "c",
                                    .expr = "y = i / classes == i % classes ? c : 0",
                                    .opts = width,
                                    .opts_size = sizeof(count_opt) };
    static const rn_opt weight[] = { RN_REQ_F64(summary_opt, beta, 0, 1e9, ""), { 0 } };
    static const rn_op mean = { .name = "fbeta",
                                .kind = RN_MAP,
                                .flags = RN_OP_NO_GRAD,
                                .inputs = "p, r",
                                .expr =
                                    "b = beta * beta; d = b * p + r; y = d > 0 ? (1 + b) * p * r / (d > 0 ? d : 1) : 0",
                                .opts = weight,
                                .opts_size = sizeof(summary_opt) };
    rn_tensor *m = confusion(c), *d;
    if (!m) return false;
    const count_opt o = { .classes = rn_tensor_dim(m, 0) };
    if (!rn_op_call(&diagonal, NULL, &m, 1, &o, &d)) return false;
    rn_tensor *right = rn_sum(d, .axes = RN_AXES(1));
    s->support = rn_sum(m, .axes = RN_AXES(1));
    s->precision = rni_rate(right, rn_sum(m, .axes = RN_AXES(0)));
    s->recall = rni_rate(right, s->support);
    rn_tensor *in[] = { s->precision, s->recall };
    return in[0] && in[1] && rn_op_call(&mean, NULL, in, 2, &(summary_opt){ .beta = beta }, &s->fbeta);
}

static bool summary_build(rn_call_info *c)
{
    summary s = { 0 };
    if (!summarise(c, ((const summary_opt *)c->opts)->beta, &s)) return false;
    c->out[0] = s.precision;
    c->out[1] = s.recall;
    c->out[2] = s.fbeta;
    c->out[3] = s.support;
    return true;
}

static bool precision_build(rn_call_info *c)
{
    summary s = { 0 };
    if (!summarise(c, 1, &s)) return false;
    c->out[0] = s.precision;
    return true;
}

static bool recall_build(rn_call_info *c)
{
    summary s = { 0 };
    if (!summarise(c, 1, &s)) return false;
    c->out[0] = s.recall;
    return true;
}

static bool f1_build(rn_call_info *c)
{
    summary s = { 0 };
    if (!summarise(c, 1, &s)) return false;
    c->out[0] = s.fbeta;
    return true;
}

static const rn_opt ignore_opts[] = { RNI_IGNORE_OPTS, { 0 } };
static const rn_case cases[] = { { .in = "y:f32[20,3] t:i32[20]{0,2}" },
                                 { .in = "y:f64[6,3,2] t:i64[6,2]{-1,2}" },
                                 { .in = "y:f16[9,4] t:u8[9]{0,3}", .with = "ignore_zero=true" },
                                 { .in = "y:f32[0,3] t:i32[0]" },
                                 { .in = "y:f32[2,3] t:i32[2]{=0,3}", .fails = "label 3 at [1]" },
                                 { .in = "y:f32[2,3] t:i32[3]", .fails = "labels do not fit" },
                                 { 0 } };

#define ERRORS                                                                                                         \
    "SHAPE unless the labels fit the scores; ARG when it runs for a label outside 0 ... K-1 that is not ignored"
#define RATE(name_, build_, brief_)                                                                                    \
    {                                                                                                                  \
        .name = name_, .kind = RN_FUNCTION, .flags = RN_OP_NO_GRAD, .inputs = "y, t", .outputs = "rate",               \
        .build = build_, .opts = ignore_opts, .opts_size = sizeof(rni_ignore_opt),                                     \
        .doc = { .brief = brief_,                                                                                      \
                 .shapes = "y [N, K, ..]   t [N, ..]   ->   f32 [K]",                                                  \
                 .errors = ERRORS,                                                                                     \
                 .since = "0.1" },                                                                                     \
        .cases = cases                                                                                                 \
    }

const rn_op rn_ops_classification[] = {
    { .name = "confusion_matrix",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "y, t",
      .outputs = "matrix",
      .build = matrix_build,
      .opts = ignore_opts,
      .opts_size = sizeof(rni_ignore_opt),
      .nnp = "ConfusionMatrix",
      .doc = { .brief = "How often the label is the class of the row and the largest score that of the column.",
               .shapes = "y [N, K, ..]   t [N, ..]   ->   i64 [K, K]",
               .errors = ERRORS,
               .since = "0.1" },
      .cases = cases },
    RATE("precision", precision_build,
         "Of those taken for a class, the share that belong to it; 0 where there are none."),
    RATE("recall", recall_build, "Of those that belong to a class, the share taken for it; 0 where there are none."),
    RATE("f1_score", f1_build, "Harmonic mean of precision and recall; 0 where both are."),
    { .name = "classification_summary",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "y, t",
      .outputs = "precision, recall, fbeta, support",
      .build = summary_build,
      .opts = (const rn_opt[]){ RNI_IGNORE_OPTS,
                                RN_OPT_F64(summary_opt, beta, 1, 1e-9, 1e9, "how much recall counts beside precision"),
                                { 0 } },
      .opts_size = sizeof(summary_opt),
      .doc = { .brief = "Precision, recall, their mean, and the number of labels of each class.",
               .formula = "fbeta = (1 + beta ** 2) * precision * recall / (beta ** 2 * precision + recall)",
               .shapes = "y [N, K, ..]   t [N, ..]   ->   precision, recall, fbeta f32 [K], support i64 [K]",
               .errors = ERRORS,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "y:f32[20,3] t:i32[20]{0,2}" },
                                  { .in = "y:f64[6,3,2] t:i64[6,2]{-1,2}", .with = "beta=2" },
                                  { .in = "y:f32[2,3] t:i32[3]", .fails = "labels do not fit" },
                                  { 0 } } },
    { 0 },
};
