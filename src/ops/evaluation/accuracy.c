/* Shares of predictions that are right. */
#include "ops/check.h"
#include "ops/evaluation/evaluation_p.h"

#include <rensa/ops.h>

#include "base/convert.h"
#include "base/error.h"
#include "base/index.h"
#include "base/shape.h"
#include "ops/loss/loss_p.h"

#include <math.h>

int64_t rni_ignored(const void *opts)
{
    const rni_ignore_opt *o = opts;
    return o->ignore_zero ? 0 : o->ignore_label;
}

rn_tensor *rni_rate(rn_tensor *hits, rn_tensor *n)
{
    static const rn_op map = { .name = "rate",
                               .kind = RN_MAP,
                               .flags = RN_OP_NO_GRAD,
                               .inputs = "h, n",
                               .types = "f32",
                               .expr = "y = n > 0 ? h / (n > 0 ? n : 1) : 0" };
    rn_tensor *in[] = { hits, n }, *y = NULL;
    return hits && n && rn_op_call(&map, NULL, in, 2, NULL, &y) ? y : NULL;
}

bool rni_check_scores(const rn_call_info *c)
{
    const rn_shape *y = rn_tensor_shape(c->in[0]), *t = rn_tensor_shape(c->in[1]);
    const bool whole = !rn_dtype_is_float(rn_tensor_dtype(c->in[1]));
    bool fits = y->rank >= 2 && t->rank == y->rank - 1;
    for (int i = 0; fits && i < t->rank; i++) fits = t->dim[i] == y->dim[i ? i + 1 : 0];
    if (fits && whole) return true;
    return rni_refuse_call(c, fits ? RN_ERR_DTYPE : RN_ERR_SHAPE,
                           fits ? "labels are whole numbers" : "the labels do not fit the scores",
                           "scores [N, classes, ..], labels [N, ..] of whole numbers");
}

static const rn_op hit = { .name = "hit",
                           .kind = RN_MAP,
                           .flags = RN_OP_NO_GRAD,
                           .inputs = "p, t",
                           .types = "bool",
                           .expr = "y = p == t && t != ignore",
                           .opts = rni_label_opts,
                           .opts_size = sizeof(rn_label_opts) };

static bool rate_of_hits(rn_call_info *c, rn_tensor *p, int64_t ignore)
{
    rn_tensor *in[] = { p, c->in[1] }, *hits;
    if (!p || !rn_op_call(&hit, NULL, in, 2, &(rn_label_opts){ ignore }, &hits)) return false;
    c->out[0] = rni_rate(rn_sum(hits), rn_sum(rn_not_equal_scalar(c->in[1], (double)ignore)));
    return c->out[0] != NULL;
}

static bool accuracy_build(rn_call_info *c)
{
    return rni_check_scores(c) && rate_of_hits(c, rn_argmax(c->in[0], .axes = RN_AXES(1)), rni_ignored(c->opts));
}

typedef struct {
    int64_t ignore_label;
} binary_opt;

static bool binary_build(rn_call_info *c)
{
    return rni_loss_same_shapes(c, 2) &&
           rate_of_hits(c, rn_greater_equal_scalar(c->in[0], 0), ((const binary_opt *)c->opts)->ignore_label);
}

/* ---- the place of the label among the scores ---- */

static bool infer_rank(rn_infer *f)
{
    return rni_want_labels(f, 0, 1, 2) && rn_out(f, 0, RN_I64, *f->shape[1]);
}

/* Whether class k stands before class t. The order is that of argmax: NaN first, of equal ones the first. */
static bool before(double a, int64_t k, double b, int64_t t)
{
    if (isnan(a)) return !isnan(b) || k < t;
    return a > b || (a == b && k < t);
}

/* How many classes stand before the label; -1 where it is ignored. */
static bool run_rank(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *t = &c->in[1];
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t e = 0; e < rni_view_count(t); e++, rni_index_next(t, at)) {
        const int64_t label = rni_label_at(c, at);
        if (label < -1) return false;
        int64_t place[RN_MAX_RANK] = { at[0] }, count = label < 0 ? -1 : 0;
        for (int i = 2; i < x->rank; i++) place[i] = at[i - 1];
        place[1] = label;
        const double score = label < 0 ? 0 : rni_load(x->dtype, rni_view_at(x, place));
        for (place[1] = 0; label >= 0 && place[1] < x->dim[1]; place[1]++)
            count += before(rni_load(x->dtype, rni_view_at(x, place)), place[1], score, label);
        *(int64_t *)rni_view_at(&c->out[0], at) = count;
    }
    return true;
}

typedef struct {
    int64_t ignore_label;
    bool ignore_zero;
    int64_t n;
} top_opt;

static bool top_build(rn_call_info *c)
{
    static const rn_op rank = { .name = "label_rank",
                                .kind = RN_KERNEL,
                                .flags = RN_OP_NO_GRAD,
                                .inputs = "x, t",
                                .infer = infer_rank,
                                .run = run_rank,
                                .opts = rni_label_opts,
                                .opts_size = sizeof(rn_label_opts) };
    const rn_label_opts labels = { rni_ignored(c->opts) };
    rn_tensor *r;
    if (!rni_check_scores(c) || !rn_op_call(&rank, NULL, c->in, 2, &labels, &r)) return false;
    rn_tensor *counted = rn_greater_equal_scalar(r, 0);
    rn_tensor *hits = rn_logical_and(counted, rn_less_scalar(r, (double)((const top_opt *)c->opts)->n));
    c->out[0] = rni_rate(rn_sum(hits), rn_sum(counted));
    return c->out[0] != NULL;
}

#define SHAPES "y [N, K, ..]   t [N, ..]   ->   f32 []"
#define ERRORS "SHAPE unless the labels fit the scores; DTYPE unless they are whole numbers"

const rn_op rn_ops_accuracy[] = {
    { .name = "accuracy",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "y, t",
      .outputs = "rate",
      .build = accuracy_build,
      .opts = (const rn_opt[]){ RNI_IGNORE_OPTS, { 0 } },
      .opts_size = sizeof(rni_ignore_opt),
      .doc = { .brief = "Share of the labels whose class has the largest score; 0 where no label counts.",
               .shapes = SHAPES,
               .errors = ERRORS,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "y:f32[8,3] t:i32[8]{0,2}" },
                                  { .in = "y:f64[4,3,2] t:i64[4,2]{-1,2}" },
                                  { .in = "y:f16[8,3] t:u8[8]{0,2}", .with = "ignore_zero=true" },
                                  { .in = "y:f32[8,3] t:i32[8]{0,2}", .with = "ignore_label=2" },
                                  { .in = "y:f32[2,3] t:i32[2]{=-1}" },
                                  { .in = "y:f32[2,3] t:i32[3]", .fails = "labels do not fit" },
                                  { .in = "y:f32[2,3] t:f32[2]", .fails = "labels are whole numbers" },
                                  { 0 } } },
    { .name = "binary_accuracy",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "y, t",
      .outputs = "rate",
      .build = binary_build,
      .opts =
          (const rn_opt[]){
              RN_OPT_I64(binary_opt, ignore_label, -1, -0x1p53, 0x1p53, "places with this label do not count"), { 0 } },
      .opts_size = sizeof(binary_opt),
      .doc = { .brief = "Share of the labels 0 and 1 that are 1 where the score is >= 0; 0 where no label counts.",
               .shapes = "t as y   ->   f32 []",
               .errors = "SHAPE if the shapes differ",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "y:f32[8,3] t:i32[8,3]{0,1}" },
                                  { .in = "y:f64[8] t:i8[8]{-1,1}" },
                                  { .in = "y:f16[8] t:bool[8]{0,1}" },
                                  { .in = "y:f32[2,3] t:i32[2]", .fails = "shapes differ" },
                                  { 0 } } },
    { .name = "top_n_accuracy",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "y, t",
      .outputs = "rate",
      .build = top_build,
      .opts = (const rn_opt[]){ RN_REQ_I64(top_opt, n, 1, 1e9, "the label must be among so many best classes"),
                                RNI_IGNORE_OPTS,
                                { 0 } },
      .opts_size = sizeof(top_opt),
      .doc = { .brief = "Share of the labels whose class is among the n with the largest scores.",
               .shapes = SHAPES,
               .errors = ERRORS "; ARG when it runs for a label outside 0 ... K-1 that is not ignored",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "y:f32[8,5] t:i32[8]{0,4}", .with = "n=2" },
                                  { .in = "y:f64[4,5,2] t:i64[4,2]{-1,4}", .with = "n=3" },
                                  { .in = "y:f16[8,5] t:u8[8]{0,4}", .with = "n=1" },
                                  { .in = "y:f32[2,3] t:i32[2]{=0,3}", .with = "n=1", .fails = "label 3 at [1]" },
                                  { .in = "y:f32[2,3] t:i32[3]", .with = "n=1", .fails = "labels do not fit" },
                                  { .in = "y:f32[2,3] t:i32[2]", .with = "n=0", .fails = "option n" },
                                  { 0 } } },
    { 0 },
};
