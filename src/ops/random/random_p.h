/* Random numbers of functions that draw an unknown number of them for each element. */
#ifndef RNI_OPS_RANDOM_P_H
#define RNI_OPS_RANDOM_P_H

#include <rensa/op.h>

#include "base/rng.h"

#include <math.h>

/* A stream of its own for each element of a draw, so that values depend neither on the order of elements nor on how
 * many numbers others take. */
typedef struct {
    uint64_t seed, stream, element, block;
    rni_philox words;
    bool half; /* the second half of words is still to be used */
} rni_element_rng;

static inline rni_element_rng rni_element_begin(const rn_random *r, int64_t element)
{
    return (rni_element_rng){ .seed = (uint64_t)r->seed, .stream = (uint64_t)r->stream, .element = (uint64_t)element };
}

/* The number of a draw stays below 2^53: the bits above count the blocks of an element, which thus has 4096 numbers. */
static inline uint64_t rni_element_u64(rni_element_rng *r)
{
    r->half = !r->half;
    if (!r->half) return (uint64_t)r->words.v[2] << 32 | r->words.v[3];
    r->words = rni_philox4x32(r->seed, r->stream | r->block++ << 53, r->element);
    return (uint64_t)r->words.v[0] << 32 | r->words.v[1];
}

/* Uniform in 0 … n-1 without bias (rejection); n > 0. */
static inline uint64_t rni_element_below(rni_element_rng *r, uint64_t n)
{
    for (;;) {
        const uint64_t v = rni_element_u64(r);
        if (v < UINT64_MAX - UINT64_MAX % n) return v % n;
    }
}

/* Uniform in (0, 1), neither end included. */
static inline double rni_element_uniform(rni_element_rng *r)
{
    return ((double)(rni_element_u64(r) >> 12) + 0.5) * 0x1p-52;
}

/* Standard normal (Box & Muller 1958). */
static inline double rni_element_normal(rni_element_rng *r)
{
    const double radius = sqrt(-2 * log(rni_element_uniform(r)));
    return radius * cos(6.283185307179586 * rni_element_uniform(r));
}

#endif
