/* Keys for sorting, and a merge sort. */
#include "ops/index/order.h"

#include "base/convert.h"

#include <math.h>
#include <string.h>

uint64_t rni_order_key(rn_dtype dtype, const void *element)
{
    const uint64_t sign = (uint64_t)1 << 63;
    if (!rn_dtype_is_float(dtype)) {
        int64_t i = 0;
        rni_convert(&i, RN_I64, element, dtype, 1);
        return (uint64_t)i ^ sign;
    }
    const double v = rni_load(dtype, element) + 0.0; /* -0 + 0 is 0 */
    if (isnan(v)) return UINT64_MAX;
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits & sign ? ~bits : bits | sign;
}

static void merge(const rni_order_item *a, int64_t na, const rni_order_item *b, int64_t nb, rni_order_item *to)
{
    while (na > 0 && nb > 0) {
        if (b->key < a->key) {
            *to++ = *b++;
            nb--;
        } else {
            *to++ = *a++;
            na--;
        }
    }
    memcpy(to, na ? a : b, (size_t)(na + nb) * sizeof *to);
}

void rni_order_sort(rni_order_item *item, rni_order_item *spare, int64_t n)
{
    enum { RUN = 16 };
    for (int64_t first = 0; first < n; first += RUN) {
        const int64_t end = first + RUN < n ? first + RUN : n;
        for (int64_t i = first + 1; i < end; i++) {
            const rni_order_item v = item[i];
            int64_t k = i;
            for (; k > first && v.key < item[k - 1].key; k--) item[k] = item[k - 1];
            item[k] = v;
        }
    }
    rni_order_item *from = item, *to = spare;
    for (int64_t run = RUN; run < n; run *= 2) {
        for (int64_t first = 0; first < n; first += 2 * run) {
            const int64_t na = first + run < n ? run : n - first;
            const int64_t nb = first + 2 * run < n ? run : n - first - na;
            merge(from + first, na, from + first + na, nb, to + first);
        }
        rni_order_item *t = from;
        from = to;
        to = t;
    }
    if (from != item) memcpy(item, from, (size_t)n * sizeof *item);
}
