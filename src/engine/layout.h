/* Orders of axes in memory. Values lie without gaps, row-major or, where a kernel asks for it, with axes in another
 * order; a view's strides say which. */
#ifndef RNI_ENGINE_LAYOUT_H
#define RNI_ENGINE_LAYOUT_H

#include <rensa/backend.h>

/* Whether two views of the same dims have their elements at the same places. */
bool rni_layout_same(const rn_view *a, const rn_view *b);
/* Strides of v, without gaps, with axes in the order that `model` (of the same dims) has them in memory. */
void rni_layout_like(rn_view *v, const rn_view *model);
/* The axes of v, outermost in memory first. */
void rni_layout_order(const rn_view *v, int *order);
void rni_layout_permute(rn_view *v, const int *order);

#endif
