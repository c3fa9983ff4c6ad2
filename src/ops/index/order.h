/* Order among elements of any type. */
#ifndef RNI_OPS_INDEX_ORDER_H
#define RNI_OPS_INDEX_ORDER_H

#include <rensa/base.h>

/* A number that compares as the element does: NaN is above all and equal to itself, -0 equals 0. Keys of different
 * types do not compare. */
uint64_t rni_order_key(rn_dtype dtype, const void *element);

typedef struct {
    uint64_t key;
    int64_t position;
} rni_order_item;

/* Sorts by key; equal keys keep their order. `spare` has room for n items. */
void rni_order_sort(rni_order_item *item, rni_order_item *spare, int64_t n);

#endif
