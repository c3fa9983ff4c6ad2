/* Moving elements between strided places, and gradients of views. */
#ifndef RNI_OPS_STRIDED_H
#define RNI_OPS_STRIDED_H

#include <rensa/backend.h>

/* Copies all elements of `from` to the places of `to`, which has the same type and sizes. */
void rni_view_copy(const rn_view *to, const rn_view *from);
/* Sets all places of `to` to `value`. */
void rni_view_fill(const rn_view *to, double value);
/* v without its axis `axis`, at place `at` along it. */
rn_view rni_view_drop(const rn_view *v, int axis, int64_t at);

/* The gradient of a view of a row-major tensor of shape `shape`: zeros of that shape, to which the elements of g are
 * added at offset + sum_i index_i * stride_i. Scoped; NULL with an error pending. */
rn_tensor *rni_unstride(rn_tensor *g, const rn_shape *shape, const int64_t *stride, int64_t offset);

#endif
