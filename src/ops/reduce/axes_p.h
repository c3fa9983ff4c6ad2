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

#endif
