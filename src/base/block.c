/* Free lists by size. Under the address sanitizer and the stress build nothing is kept: a block that is used again
 * hides who still points to the old one. */
#include "base/block.h"

#include "base/alloc.h"
#include "base/stress.h"

#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(RN_STRESS)
static const int64_t bytes_max = 0;
#else
static const int64_t bytes_max = (int64_t)8 << 20;
#endif

static int64_t class_of(int64_t bytes)
{
    return (bytes + RNI_BLOCK_UNIT - 1) / RNI_BLOCK_UNIT - 1;
}

void *rni_block_new(rni_blocks *kept, int64_t bytes)
{
    const int64_t c = class_of(bytes);
    if (c >= RNI_BLOCK_CLASSES) return rni_alloc(bytes);
    void *p = kept->first[c];
    if (!p) return rni_alloc((c + 1) * RNI_BLOCK_UNIT);
    if (!rni_alloc_again(bytes)) return NULL;
    memcpy(&kept->first[c], p, sizeof p);
    kept->bytes -= (c + 1) * RNI_BLOCK_UNIT;
    return memset(p, 0, (size_t)bytes);
}

void rni_block_free(rni_blocks *kept, void *block, int64_t bytes, bool keep)
{
    const int64_t c = class_of(bytes);
    if (!keep || c >= RNI_BLOCK_CLASSES || kept->bytes >= bytes_max) {
        rni_stress_fill(block, bytes);
        rni_free(block);
        return;
    }
    memcpy(block, &kept->first[c], sizeof block);
    kept->first[c] = block;
    rni_alloc_set_aside(1);
    kept->bytes += (c + 1) * RNI_BLOCK_UNIT;
}

void rni_blocks_clear(rni_blocks *kept)
{
    for (int c = 0; c < RNI_BLOCK_CLASSES; c++)
        while (kept->first[c]) {
            void *p = kept->first[c];
            memcpy(&kept->first[c], p, sizeof p);
            rni_alloc_set_aside(-1);
            rni_free(p);
        }
    kept->bytes = 0;
}
