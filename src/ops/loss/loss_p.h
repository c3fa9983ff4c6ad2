/* What losses share: how they are reduced, the rules of their shapes, and labels. */
#ifndef RNI_OPS_LOSS_LOSS_P_H
#define RNI_OPS_LOSS_LOSS_P_H

#include <rensa/kernels.h>
#include <rensa/op.h>

/* The option `reduce` as an index into its names; the first is the default. */
#define RNI_REDUCE_HELP "what becomes of the losses of the elements"
#define RNI_OPT_REDUCE_MEAN(s) RN_OPT_ENUM(s, reduce, "mean,sum,no", RNI_REDUCE_HELP)
#define RNI_OPT_REDUCE_SUM(s) RN_OPT_ENUM(s, reduce, "sum,mean,no", RNI_REDUCE_HELP)

/* A loss whose only option is `reduce`. */
typedef struct {
    int reduce;
} rni_reduce_opt;

/* Sets the result of c to `each`, reduced as c's option `reduce` says: mean, sum, no, or batch (the sum over the first
 * size of `each`). */
bool rni_loss_reduced(rn_call_info *c, rn_tensor *each);
/* The name that the option `name` of c has. */
const char *rni_loss_choice(const rn_call_info *c, const char *name);
/* Refuses c unless its first n inputs have the same shape. */
bool rni_loss_same_shapes(const rn_call_info *c, int n);
/* Calls an elementwise row with the inputs of c, those of 16 bits as f32; NULL on an error. */
rn_tensor *rni_loss_each(const rn_call_info *c, const rn_op *map, const void *opts);

/* ---- labels: t [N, ..] holds numbers of classes, places on axis 1 of x [N, K, ..] ---- */

extern const rn_opt rni_label_opts[]; /* of rn_label_opts */

/* Refuses unless `x` and `t` (input numbers) are as above, t of whole numbers; `w`, where given, is [K]. */
bool rni_want_labels(rn_infer *f, int x, int t, int w);
/* For kernels over x and t with rn_label_opts: the label at `at`, -1 for one that is ignored, -2 with the call failed
 * for one out of range. rni_label_refused is that failure; returns false. */
int64_t rni_label_at(rn_kernel_call *c, const int64_t *at);
bool rni_label_refused(rn_kernel_call *c, const rn_view *t, const int64_t *at, int64_t label, int64_t n,
                       int64_t ignore);
/* y [N, ..] = x[n, t[n], ..] * w[t[n]], 0 for ignored labels; w may be NULL. Labels out of range are an error when it
 * runs, which names the call. */
rn_tensor *rni_pick_label(rn_tensor *x, rn_tensor *t, rn_tensor *w, int64_t ignore);
/* 1 where the class of a place is its label and that is not ignored, else 0: [N, K, ..] in the type of x, which gives
 * the shape. */
rn_tensor *rni_is_label(rn_tensor *x, rn_tensor *t, int64_t ignore);
/* t as x has its axes: [N, 1, ..]. */
rn_tensor *rni_with_classes(rn_tensor *t);
/* w [K] as x has its axes: [1, K, 1, ..]. */
rn_tensor *rni_per_class(rn_tensor *w, const rn_tensor *x);
/* Gradient by w of w[t] * x[n, t, ..] with g arriving: the sum of x * g over the places of each label. h is
 * rni_is_label.
 */
rn_tensor *rni_label_weight_grad(rn_tensor *h, rn_tensor *x, rn_tensor *g);

#endif
