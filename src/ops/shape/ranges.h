/* Ranges and positions along axes, as NumPy takes them. */
#ifndef RNI_OPS_SHAPE_RANGES_H
#define RNI_OPS_SHAPE_RANGES_H

#include <rensa/op.h>

/* Shape of the part of x that the ranges take; false after refusing more ranges than axes or a position outside. */
bool rni_want_ranges(rn_infer *f, const rn_ranges *r, const rn_shape *x, rn_shape *y);
/* Strides of that part in a tensor of shape x with the given strides, and its shape (size may be NULL); returns the
 * place of its first element. */
int64_t rni_ranges_place(const rn_ranges *r, const rn_shape *x, const int64_t *stride, int64_t *out, rn_shape *size);

#endif
