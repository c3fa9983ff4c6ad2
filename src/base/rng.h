/* Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * Counter-based: the i-th value of a stream depends on (key, i) only, so it does not matter how work is split. */
#ifndef RNI_BASE_RNG_H
#define RNI_BASE_RNG_H

#include <stdint.h>

typedef struct rni_philox {
    uint32_t v[4];
} rni_philox;

static inline rni_philox rni_philox4x32(uint64_t key, uint64_t counter_hi, uint64_t counter_lo)
{
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    uint32_t c0 = (uint32_t)counter_lo, c1 = (uint32_t)(counter_lo >> 32);
    uint32_t c2 = (uint32_t)counter_hi, c3 = (uint32_t)(counter_hi >> 32);
    for (int round = 0; round < 10; round++) {
        const uint64_t p0 = (uint64_t)0xd2511f53u * c0, p1 = (uint64_t)0xcd9e8d57u * c2;
        const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
    }
    const rni_philox words = { { c0, c1, c2, c3 } };
    return words;
}

/* The i-th 32-bit word of stream `stream` under `seed`. */
static inline uint32_t rni_random_u32(uint64_t seed, uint64_t stream, uint64_t i)
{
    return rni_philox4x32(seed, stream, i >> 2).v[i & 3];
}

/* A stream of its own for host-side decisions (shuffling, augmentation): copyable, savable as two numbers and a
 * position. */
typedef struct rni_rng {
    uint64_t seed, stream, position;
} rni_rng;

static inline uint32_t rni_rng_u32(rni_rng *r)
{
    return rni_random_u32(r->seed, r->stream, r->position++);
}

static inline uint64_t rni_rng_u64(rni_rng *r)
{
    const uint64_t hi = rni_rng_u32(r);
    return hi << 32 | rni_rng_u32(r);
}

/* Uniform in [0, 1) with 53 bits. */
static inline double rni_rng_uniform(rni_rng *r)
{
    return (double)(rni_rng_u64(r) >> 11) * 0x1p-53;
}

/* Uniform in 0 … n-1 without bias (rejection); n > 0. */
static inline uint64_t rni_rng_below(rni_rng *r, uint64_t n)
{
    const uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    uint64_t v;
    do v = rni_rng_u64(r);
    while (v >= limit);
    return v % n;
}

#endif
