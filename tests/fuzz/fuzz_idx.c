/* IDX files, and the data set made of one. */
#include "fuzz.h"

#include "base/alloc.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    const char *path = fuzz_file(data, (int64_t)n);
    rn_dataset *ds = rn_dataset_idx(path);
    fuzz_settle(ds != NULL);
    if (ds && rn_dataset_count(ds) > 0) {
        void *x = rni_alloc_raw(rn_column_bytes(rn_dataset_column(ds, 0)));
        const int64_t last = rn_dataset_count(ds) - 1;
        if (x && (!rn_dataset_read(ds, 0, &x) || !rn_dataset_read(ds, last, &x))) abort();
        rni_free(x);
        rn_error_clear(); /* an example may be four times as large as its file: bytes become floats */
    }
    rn_dataset_free(ds);
    ds = rn_dataset_idx(path, .labels = path);
    fuzz_settle(ds != NULL);
    rn_dataset_free(ds);
    if (rni_alloc_live() != live) abort();
    return 0;
}

static void add(const char *head, int64_t head_n, int64_t n)
{
    char file[600];
    for (int i = 0; i < 600; i++) file[i] = (char)(i * 7);
    memcpy(file, head, (size_t)head_n);
    fuzz_add(file, head_n + n);
}

void fuzz_seeds(void)
{
    add("\0\0\10\3\0\0\0\2\0\0\0\3\0\0\0\4", 16, 24);
    add("\0\0\10\1\0\0\0\12", 8, 10);
    add("\0\0\13\2\0\0\0\2\0\0\0\3", 12, 12);
    add("\0\0\14\1\0\0\0\5", 8, 20);
    add("\0\0\15\4\0\0\0\1\0\0\0\2\0\0\0\1\0\0\0\3", 20, 24);
    add("\0\0\16\1\0\0\0\2", 8, 16);
    add("\0\0\11\2\0\0\0\0\0\0\0\3", 12, 0);
}
