/* safetensors files, from memory as if from the disk. */
#include "fuzz.h"

#include <rensa/io.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t tensors = rn_live_tensors();
    const char *path = fuzz_file(data, (int64_t)n);
    rn_dict *d = rn_safetensors_load(path);
    fuzz_settle(d != NULL);
    unsigned sum = 0;
    for (int64_t i = 0; i < rn_dict_count(d); i++) {
        rn_tensor *t = rn_dict_tensor_at(d, i);
        const unsigned char *p = rn_data(t);
        for (int64_t k = 0; k < rn_tensor_bytes(t); k++) sum += p[k];
    }
    if (sum == UINT32_MAX) printf("%u\n", sum); /* so that the bytes are really read */
    rn_dict_free(d);
    rn_file_info *info = rn_file_info_load(path);
    fuzz_settle(info != NULL);
    rn_file_info_free(info);
    if (rn_live_tensors() != tensors) abort();
    return 0;
}

static void add(const char *header, int64_t bytes)
{
    char file[2048] = { 0 };
    const int64_t n = (int64_t)strlen(header);
    file[0] = (char)(n & 255);
    file[1] = (char)(n >> 8);
    memcpy(file + 8, header, (size_t)n);
    fuzz_add(file, 8 + n + bytes);
}

void fuzz_seeds(void)
{
    add("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
        "\"b\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[16,19]}}",
        19);
    add("{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[0,2]},"
        "\"e\":{\"dtype\":\"I64\",\"shape\":[0,3],\"data_offsets\":[2,2]},"
        "\"u\":{\"dtype\":\"U32\",\"shape\":[1],\"data_offsets\":[2,6]}}   ",
        6);
    add("{}", 0);
}
