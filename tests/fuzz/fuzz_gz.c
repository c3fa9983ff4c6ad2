/* gzip: anything may come, and what comes out stays within its limit. */
#include "fuzz.h"

#include "base/alloc.h"
#include "io/codec.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live(), limit = n % 3 ? 100000 : 0;
    void *out = NULL;
    int64_t out_n = 0;
    const bool ok = rni_gunzip(data, (int64_t)n, limit, &out, &out_n);
    fuzz_settle(ok);
    if (ok && ((limit && out_n > limit) || out_n > (int64_t)n * 1032)) abort();
    if (ok) rni_free(out);
    if (rni_alloc_live() != live) abort();
    return 0;
}

void fuzz_seeds(void)
{
    static char text[5000], two[12000];
    static const int64_t sizes[] = { 0, 10, 300, 5000 };
    void *out;
    int64_t n;
    for (size_t i = 0; i < sizeof text; i++) text[i] = (char)(i % 50 < 30 ? 'a' : i * i % 251);
    for (size_t i = 0; i < RN_COUNTOF(sizes); i++) {
        if (!rni_gzip(text, sizes[i], (int)i * 3, &out, &n) || 2 * n > (int64_t)sizeof two) abort();
        fuzz_add(out, n);
        memcpy(two, out, (size_t)n);
        memcpy(two + n, out, (size_t)n);
        fuzz_add(two, 2 * n);
        rni_free(out);
    }
}
