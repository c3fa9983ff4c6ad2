/* NPY files, from memory as if from the disk. */
#include "fuzz.h"

#include <rensa/io.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t tensors = rn_live_tensors();
    const char *path = fuzz_file(data, (int64_t)n);
    RN_SCOPE
    {
        rn_tensor *t = rn_npy_load(path);
        fuzz_settle(t != NULL);
        if (t && rn_tensor_bytes(t) > 0 && !rn_data(t)) abort();
    }
    rn_file_info *info = rn_file_info_load(path);
    fuzz_settle(info != NULL);
    rn_file_info_free(info);
    if (rn_live_tensors() != tensors) abort();
    return 0;
}

static void add(const char *dictionary, const char *data, int64_t bytes)
{
    char file[512] = "\x93NUMPY\1\0", version2[516] = "\x93NUMPY\2\0";
    const int64_t n = (int64_t)strlen(dictionary);
    file[8] = version2[8] = (char)n;
    memcpy(file + 10, dictionary, (size_t)n);
    memcpy(file + 10 + n, data, (size_t)bytes);
    fuzz_add(file, 10 + n + bytes);
    memcpy(version2 + 12, file + 10, (size_t)(n + bytes));
    fuzz_add(version2, 12 + n + bytes);
}

void fuzz_seeds(void)
{
    static const char bytes[100] = "abcdefghijklmnopqrstuvwxyz0123456789";
    add("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", bytes, 24);
    add("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3, 2), }\n", bytes, 24);
    add("{'descr': '|b1', 'fortran_order': False, 'shape': (7,), }\n", bytes, 7);
    add("{'descr': '<u8', 'fortran_order': True, 'shape': (1, 2), }\n", bytes + 64, 16);
    add("{'descr': '<u2', 'fortran_order': False, 'shape': (), }\n", bytes, 2);
    add("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 3), }\n", bytes, 0);
    add("{'descr': [('a', '<f4'), ('b', '<i2', (2,))], 'fortran_order': False, 'shape': (1,), }\n", bytes, 8);
}
