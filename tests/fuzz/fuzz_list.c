/* Lists of pictures, and texts: nothing that they name is there. */
#include "fuzz.h"

#include "base/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    const char *path = fuzz_file(data, (int64_t)n);
    rn_dataset *ds = rn_dataset_images(path, .width = 2, .height = 2);
    fuzz_settle(ds != NULL);
    rn_dataset_free(ds);
    for (int by = RN_BY_CHAR; by <= RN_BY_WORD; by++) {
        rn_text *text = rn_text_load(path, .by = (rn_token)by);
        fuzz_settle(text != NULL);
        if (!text) continue;
        const int64_t need = rn_vocab_decode(rn_text_vocab(text), rn_text_ids(text), rn_text_count(text), NULL, 0);
        if (need < 0 || (by == RN_BY_CHAR && need > (int64_t)n)) abort();
        rn_text_free(text);
    }
    if (rni_alloc_live() != live) abort();
    return 0;
}

void fuzz_seeds(void)
{
    fuzz_add("a.png cat\nb c.jpg\tdog\n# no\n\nd.png, 5\r\n", 38);
    fuzz_add("a.png 3\nb.png 1\n", 16);
    fuzz_add("\xef\xbb\xbf\xc3\xa4 \xff\n the cat\n", 17);
    fuzz_add("", 0);
}
