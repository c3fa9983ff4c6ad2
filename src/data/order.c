/* Fisher-Yates with numbers of a Philox stream of its own for each (seed, stream), so that an epoch's order can be made
 * without those before it. */
#include "data/order.h"

#include "base/rng.h"

#include <stdbool.h>

/* Keeps these draws apart from what data sets draw under the same seed. */
static const uint64_t shuffle_streams = (uint64_t)0x5f << 56;

/* The stream read two numbers per block; rni_rng would make each block four times. */
typedef struct draws {
    uint64_t seed, stream, block, waiting;
    bool has;
} draws;

static uint64_t draw(draws *d)
{
    d->has = !d->has;
    if (!d->has) return d->waiting;
    const rni_philox p = rni_philox4x32(d->seed, d->stream, d->block++);
    d->waiting = (uint64_t)p.v[2] << 32 | p.v[3];
    return (uint64_t)p.v[0] << 32 | p.v[1];
}

/* Uniform in 0 … n-1 without bias (rejection). */
static int64_t draw_below(draws *d, uint64_t n)
{
    const uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    uint64_t v;
    do v = draw(d);
    while (v >= limit);
    return (int64_t)(v % n);
}

void rni_shuffle(int64_t *order, int64_t n, uint64_t seed, uint64_t stream)
{
    draws d = { .seed = seed, .stream = shuffle_streams ^ stream };
    for (int64_t i = n - 1; i > 0; i--) {
        const int64_t k = draw_below(&d, (uint64_t)i + 1), v = order[i];
        order[i] = order[k];
        order[k] = v;
    }
}

void rni_shuffled(int64_t *order, int64_t n, uint64_t seed, uint64_t stream)
{
    for (int64_t i = 0; i < n; i++) order[i] = i;
    rni_shuffle(order, n, seed, stream);
}
