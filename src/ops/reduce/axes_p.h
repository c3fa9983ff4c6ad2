/* What reductions share: the rows of their options and the way back from the result's axes to the input's. */
#ifndef RNI_OPS_REDUCE_AXES_P_H
#define RNI_OPS_REDUCE_AXES_P_H

#include <rensa/op.h>

/* rn_reduce_opts, or a struct that begins like it. */
#define RNI_REDUCE_OPTS                                                                                                \
    RN_OPT_AXES(rn_reduce_opts, axes, "axes to reduce; left out: all"),                                                \
        RN_OPT_BOOL(rn_reduce_opts, keepdims, "reduced axes stay, with size 1")
extern const rn_opt rni_reduce_opts[];

/* g, of the shape of the result of a reduction of x, with the reduced axes put back in, with size 1. */
rn_tensor *rni_with_axes(rn_tensor *g, const rn_tensor *x, const rn_reduce_opts *o);
/* The reduction of x (f16 and bf16 taken as f32) that `o` asks for has this many elements in each result. */
double rni_reduced_count(const rn_tensor *x, const rn_reduce_opts *o);
/* x itself, or as f32 where it is of 16 bits: for sums whose parts do not fit there. */
rn_tensor *rni_widen(rn_tensor *x);
/* x as `dtype`; x itself where it is that already. */
rn_tensor *rni_as(rn_tensor *x, rn_dtype dtype);

/* x [.., ..] with the reduced axes brought to the end and made one: [the others, n]. */
typedef struct {
    rn_tensor *x;
    int64_t others, n;
    rn_shape moved;         /* shape of x with its axes in the new order */
    rn_axes inverse;        /* brings them back */
    rn_shape kept, dropped; /* of the result with and without keepdims */
} rni_lines;
/* False with an error pending, in the name of `what`, if axes are out of range. */
bool rni_lines_of(rn_tensor *x, const rn_reduce_opts *o, const char *what, rni_lines *l);

#endif
