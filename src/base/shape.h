/* Arithmetic on shapes, with overflow checks. */
#ifndef RNI_BASE_SHAPE_H
#define RNI_BASE_SHAPE_H

#include <rensa/base.h>

/* Elements of a shape; -1 if a size is negative, the rank is out of range, or the product of the sizes but zeros (as in
 * NumPy: strides are such products) is 2^59 or more, so that places in bytes do not overflow either. */
int64_t rni_shape_count(const rn_shape *s);
bool rni_shape_equal(const rn_shape *a, const rn_shape *b);
/* NumPy's broadcasting of two shapes; false if they do not fit. `out` may be `a`. */
bool rni_shape_broadcast(const rn_shape *a, const rn_shape *b, rn_shape *out);
/* Row-major strides in elements. */
void rni_shape_strides(const rn_shape *s, int64_t stride[RN_MAX_RANK]);
/* Axis in 0 … rank-1 for one in -rank … rank-1, else -1. */
int rni_axis(int axis, int rank);
/* "[2, 3]" into buf (at least RNI_SHAPE_TEXT bytes); returns buf. */
char *rni_shape_text(const rn_shape *s, char *buf);
#define RNI_SHAPE_TEXT 200

#endif
