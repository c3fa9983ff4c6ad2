/* Walking over views in plain C. */
#ifndef RNI_BASE_INDEX_H
#define RNI_BASE_INDEX_H

#include <rensa/backend.h>

static inline int64_t rni_view_count(const rn_view *v)
{
    int64_t n = 1;
    for (int i = 0; i < v->rank; i++) n *= v->dim[i];
    return n;
}

/* Element of v at the coordinates `at`. */
static inline void *rni_view_at(const rn_view *v, const int64_t *at)
{
    int64_t offset = 0;
    for (int i = 0; i < v->rank; i++) offset += at[i] * v->stride[i];
    /* nothing may lie at NULL, so the sum is one of numbers */
    return (void *)((uintptr_t)v->data + (uintptr_t)(offset * rn_dtype_bytes(v->dtype)));
}

/* Steps `at` to the next coordinates of v in row-major order; wraps around to zeros at the end. */
static inline void rni_index_next(const rn_view *v, int64_t *at)
{
    for (int i = v->rank - 1; i >= 0; i--) {
        if (++at[i] < v->dim[i]) return;
        at[i] = 0;
    }
}

#endif
