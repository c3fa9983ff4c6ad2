/* Files of CIFAR-10: records of a label and the bytes of a picture, in a folder. */
#include "fuzz.h"

#include "base/alloc.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD = 3073 };

static char root[64], folder[80], file[100];

static void remove_folder(void)
{
    unlink(file);
    rmdir(folder);
    rmdir(root);
}

/* $RENSA_DATA is a folder of this program, in which the input stands for the test part. */
static void place(const uint8_t *data, size_t n)
{
    if (!root[0]) {
        snprintf(root, sizeof root, "/tmp/fuzz-cifar-XXXXXX");
        if (!mkdtemp(root)) abort();
        snprintf(folder, sizeof folder, "%s/cifar10", root);
        snprintf(file, sizeof file, "%s/test_batch.bin", folder);
        if (mkdir(folder, 0700) != 0) abort();
        setenv("RENSA_DATA", root, 1);
        atexit(remove_folder);
    }
    FILE *f = fopen(file, "wb");
    if (!f || fwrite(data, 1, n, f) != n || fclose(f) != 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    place(data, n);
    for (int k = 0; k < 2; k++) {
        rn_dataset *ds = rn_dataset_cifar10(RN_TEST, .source = "data", .dtype = k ? RN_U8 : RN_F32, .flat = n % 2);
        fuzz_settle(ds != NULL);
        if ((ds != NULL) != (n > 0 && n % RECORD == 0)) abort();
        float x[RECORD];
        int32_t label;
        for (int64_t i = 0; i < rn_dataset_count(ds); i++) {
            const bool ok = rn_dataset_read(ds, i, (void *[]){ x, &label });
            fuzz_settle(ok);
            if (ok != (data[i * RECORD] < 10)) abort();
        }
        rn_dataset_free(ds);
    }
    if (rni_alloc_live() != live) abort();
    return 0;
}

void fuzz_seeds(void)
{
    static char records[2 * RECORD];
    for (int i = 0; i < 2 * RECORD; i++) records[i] = (char)(i % RECORD ? i * 7 : 9);
    fuzz_add(records, RECORD);
    fuzz_add(records, sizeof records);
    fuzz_add(records, 100);
}
