/* What the normalisations share: statistics in at least f32, and the elementwise steps around them. */
#ifndef RNI_OPS_NORM_P_H
#define RNI_OPS_NORM_P_H

#include <rensa/op.h>

/* Type of means and variances: f64 for f64, else f32. */
rn_dtype rni_stat_type(rn_dtype x);
/* x in that type. */
rn_tensor *rni_stat_cast(rn_tensor *x);
/* Mean over axes, which stay with size 1; zeros where nothing is joined. */
rn_tensor *rni_stat_mean(rn_tensor *x, rn_axes axes);
/* Checks that a factor or offset has this shape and the type of x (input 0), or f32 where x is of 16 bits. */
bool rni_norm_check(rn_infer *f, int input, const rn_shape *shape, const char *rule);

/* (x - m) * s + b, in the type of x; b may be NULL. */
rn_tensor *rni_norm_apply(rn_tensor *x, rn_tensor *m, rn_tensor *s, rn_tensor *b);
/* x * s + b, in the type of x; s and b may be NULL. */
rn_tensor *rni_norm_affine(rn_tensor *x, rn_tensor *s, rn_tensor *b);
/* (g - a - (x - m) * b) * s, in the type of g; m and a may both be NULL. */
rn_tensor *rni_norm_pull(rn_tensor *g, rn_tensor *x, rn_tensor *m, rn_tensor *a, rn_tensor *b, rn_tensor *s);

/* Per element: centred, squared and added for the variance; centred, scaled and offset. */
void rni_norm_cost(rn_cost *c);

/* The axes from `axis` on, and those before it. False for one out of range. */
bool rni_axes_from(int64_t axis, int rank, rn_axes *from, rn_axes *before);

#endif
