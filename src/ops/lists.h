/* Functions that gradients, definitions and the public functions of rensa/lists.h are made of. */
#ifndef RNI_OPS_LISTS_H
#define RNI_OPS_LISTS_H

#include <rensa/base.h>

/* x cut along an axis (0 … rank-1) into n parts of these sizes, which add up to its size; without copying. Sets out;
 * scoped. False with an error pending. */
bool rni_split(rn_tensor *x, int axis, const int64_t *sizes, int64_t n, rn_tensor **out);

/* x under another shape; x itself where it has that shape already. */
rn_tensor *rni_shaped(rn_tensor *x, rn_shape shape);

#endif
