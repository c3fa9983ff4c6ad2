/* Type and shape rules shared by kinds of functions. */
#ifndef RNI_ENGINE_INFER_H
#define RNI_ENGINE_INFER_H

#include <rensa/op.h>

/* Describes a call whose types and shapes are to be found. */
void rni_infer_prepare(rn_infer *f, const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in,
                       const void *opts);
/* Adds to the error just recorded that it came up in `op`, where that is a part of the function called at the site. */
void rni_infer_inside(const rn_site *site, const rn_op *op);
/* RN_MAP: shapes broadcast, types by the row's `types`. */
bool rni_infer_map(rn_infer *f);
/* RN_REDUCE: rn_reduce_opts are the options. */
bool rni_infer_reduce(rn_infer *f);
/* RN_VIEW: the result lies as the input does. */
bool rni_view_same(const rn_view *in, const void *opts, rn_view *out);
/* Bit i of mask: axis i is in the set (all, if it is empty). False for an axis out of range or named twice. */
bool rni_reduced_axes(const rn_axes *axes, int rank, uint32_t *mask);

#endif
