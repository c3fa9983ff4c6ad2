/* Tables of Neural Network Console: headers with indices, labels and comments, and cells that name files. */
#include "fuzz.h"

#include "base/alloc.h"

#include <string.h>

static void read_all(rn_dataset *ds)
{
    void *to[64] = { 0 };
    for (int i = 0; i < rn_dataset_column_count(ds); i++) {
        to[i] = rni_alloc_raw(rn_column_bytes(rn_dataset_column(ds, i)));
        if (!to[i]) abort();
    }
    for (int64_t i = 0; i < rn_dataset_count(ds) && i < 64; i++) fuzz_settle(rn_dataset_read(ds, i, to));
    for (int i = 0; i < 64; i++) rni_free(to[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    const char *path = fuzz_file(data, (int64_t)n), *labels[] = { NULL, "y", "x,y" };
    for (int k = 0; k < 3; k++) {
        rn_dataset *ds = rn_dataset_nnc(path, .labels = labels[k], .raw = k == 2);
        fuzz_settle(ds != NULL);
        if (ds) read_all(ds);
        rn_dataset_free(ds);
    }
    if (rni_alloc_live() != live) abort();
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const texts[] = { "x__0:p,x__1:q,y:l,# c\n1,2,0,hello\n3,4,1,\n",
                                         "x__1,x__0,y\n1,2,3\n4,5,-6\n",
                                         "x__0,x__2,y\n1,2,3\n",
                                         "x:image,y:9\n/dev/null,1\n/dev/null,0\n",
                                         "\xef\xbb\xbfx,y\r\n1e300,2\r\n.5,nan\r\n",
                                         "x__99999999999,x__-1,y__,__0\n1,2,3,4\n",
                                         "x,x,y:\n1,2,3\n" };
    for (size_t i = 0; i < RN_COUNTOF(texts); i++) fuzz_add(texts[i], (int64_t)strlen(texts[i]));
}
