/* CSV tables, plain and with Neural Network Console's header. */
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
    for (int64_t i = 0; i < rn_dataset_count(ds); i++)
        if (!rn_dataset_read(ds, i, to)) abort();
    for (int i = 0; i < 64; i++) rni_free(to[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    const char *path = fuzz_file(data, (int64_t)n);
    rn_dataset *ds =
        rn_dataset_csv(path, .missing = n % 2 ? RN_MISSING_MEDIAN : RN_MISSING_SKIP, .classify = n % 3 == 0);
    fuzz_settle(ds != NULL);
    if (ds) read_all(ds);
    rn_dataset_free(ds);
    ds = rn_dataset_csv(path, .target = "", .ordinal = true, .header = RN_HEADER_YES, .separator = ';');
    fuzz_settle(ds != NULL);
    if (ds) read_all(ds);
    rn_dataset_free(ds);
    ds = rn_dataset_nnc(path); /* files that it names are not there */
    fuzz_settle(ds != NULL);
    rn_dataset_free(ds);
    if (rni_alloc_live() != live) abort();
    return 0;
}

static void add(const char *text)
{
    fuzz_add(text, (int64_t)strlen(text));
}

void fuzz_seeds(void)
{
    add("a,b,t\n1,x,0\n,x,1\n4,?,1\n7,y,NA\n");
    add("\xef\xbb\xbf"
        "5.1,3.5,Iris\r\n.28,-1e3,\"a,\"\"b\"\"\"\r\n");
    add("a;b\n\"1\";\"x\ny\"\n2;z\n");
    add("x__0:p,x__1:q,y:l,# c\n1,2,0,hello\n3,4,1,\n");
    add("x:image,y\na.png,1\nb.png,0\n");
    add("1\n2\n3");
    add("");
}
