/* Positions and random numbers as values of a tile. */
#include "backend/cpu/kernels/kernels.h"

#include "base/rng.h"

/* Counters that are computed side by side. */
enum { LANES = 32 };

/* Words 4 * first … of the stream: four of each of LANES counters (Philox4x32-10 as in base/rng.h, many at once). */
static inline void philox(uint32_t out[4 * LANES], uint64_t key, uint64_t stream, uint64_t first)
{
    uint32_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];
    for (int i = 0; i < LANES; i++) {
        const uint64_t counter = first + (uint64_t)i;
        c0[i] = (uint32_t)counter;
        c1[i] = (uint32_t)(counter >> 32);
        c2[i] = (uint32_t)stream;
        c3[i] = (uint32_t)(stream >> 32);
    }
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
#pragma omp simd
        for (int i = 0; i < LANES; i++) {
            const uint64_t p0 = (uint64_t)0xd2511f53u * c0[i], p1 = (uint64_t)0xcd9e8d57u * c2[i];
            const uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1[i] ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3[i] ^ k1;
            c1[i] = (uint32_t)p1;
            c3[i] = (uint32_t)p0;
            c0[i] = n0;
            c2[i] = n2;
        }
    }
    for (int i = 0; i < LANES; i++) {
        out[4 * i] = c0[i];
        out[4 * i + 1] = c1[i];
        out[4 * i + 2] = c2[i];
        out[4 * i + 3] = c3[i];
    }
}

static void random_f32(void *to, uint64_t seed, uint64_t stream, int64_t start, int64_t n)
{
    float *d = to;
    uint32_t word[4 * LANES];
    while (n > 0) {
        const int skip = (int)(start & 3);
        const int64_t have = 4 * LANES - skip, take = n < have ? n : have;
        philox(word, seed, stream, (uint64_t)start >> 2);
        for (int64_t i = 0; i < take; i++) d[i] = (float)(int32_t)(word[skip + i] >> 8) * 0x1p-24f;
        d += take;
        start += take;
        n -= take;
    }
}

static void random_f64(void *to, uint64_t seed, uint64_t stream, int64_t start, int64_t n)
{
    double *d = to;
    uint32_t word[4 * LANES];
    while (n > 0) {
        const int skip = (int)(2 * start & 3);
        const int64_t have = (4 * LANES - skip) / 2, take = n < have ? n : have;
        philox(word, seed, stream, (uint64_t)start >> 1);
        for (int64_t i = 0; i < take; i++) {
            const uint64_t v = (uint64_t)word[skip + 2 * i] << 32 | word[skip + 2 * i + 1];
            d[i] = (double)(int64_t)(v >> 11) * 0x1p-53;
        }
        d += take;
        start += take;
        n -= take;
    }
}

/* Uniform numbers below 1 are 0 as whole numbers. */
static void random_i64(void *to, uint64_t seed, uint64_t stream, int64_t start, int64_t n)
{
    (void)seed, (void)stream, (void)start;
    memset(to, 0, (size_t)n * sizeof(int64_t));
}

static void index_f32(void *to, int64_t start, int64_t n)
{
    float *d = to;
    for (int64_t i = 0; i < n; i++) d[i] = (float)(start + i);
}

static void index_f64(void *to, int64_t start, int64_t n)
{
    double *d = to;
    for (int64_t i = 0; i < n; i++) d[i] = (double)(start + i);
}

static void index_i64(void *to, int64_t start, int64_t n)
{
    int64_t *d = to;
    for (int64_t i = 0; i < n; i++) d[i] = start + i;
}

const rni_positions RNI_ISA_NAME(rni_positions) = {
    .index = { index_f32, index_f64, index_i64 },
    .random = { random_f32, random_f64, random_i64 },
};
