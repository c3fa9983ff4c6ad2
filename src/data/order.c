/* Fisher-Yates with numbers of a Philox stream of its own for each (seed, stream), so that an epoch's order can be made
 * without those before it. */
#include "data/order.h"

#include "base/rng.h"

/* Keeps these draws apart from what data sets draw under the same seed. */
static const uint64_t shuffle_streams = (uint64_t)0x5f << 56;

void rni_shuffle(int64_t *order, int64_t n, uint64_t seed, uint64_t stream)
{
    rni_rng r = { seed, shuffle_streams ^ stream, 0 };
    for (int64_t i = n - 1; i > 0; i--) {
        const int64_t k = (int64_t)rni_rng_below(&r, (uint64_t)i + 1), v = order[i];
        order[i] = order[k];
        order[k] = v;
    }
}

void rni_shuffled(int64_t *order, int64_t n, uint64_t seed, uint64_t stream)
{
    for (int64_t i = 0; i < n; i++) order[i] = i;
    rni_shuffle(order, n, seed, stream);
}
