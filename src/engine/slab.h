/* Offsets for pieces of memory with known lifetimes, such that pieces alive at once do not overlap. */
#ifndef RNI_ENGINE_SLAB_H
#define RNI_ENGINE_SLAB_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int64_t id, bytes, first, last; /* alive from step first to step last, both included */
    int64_t offset;                 /* result, a multiple of 64 */
} rni_slab_item;

typedef struct {
    rni_slab_item *item;
    int64_t count, capacity;
    int64_t bytes; /* result: size of the whole */
} rni_slab;

bool rni_slab_add(rni_slab *s, int64_t id, int64_t bytes, int64_t first, int64_t last);
/* Places every item, each into the smallest gap that takes it. */
bool rni_slab_solve(rni_slab *s);
void rni_slab_free(rni_slab *s);

#endif
