/* NPZ archives, from memory as if from the disk. */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/file.h"

#include <rensa/io.h>
#include <unistd.h>

static void ignore(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level, (void)topic, (void)text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t tensors = rn_live_tensors();
    const char *path = fuzz_file(data, (int64_t)n);
    rn_log_set(ignore, NULL); /* each member with a damaged name is a line */
    rn_dict *d = rn_npz_load(path);
    fuzz_settle(d != NULL);
    for (int64_t i = 0; i < rn_dict_count(d); i++)
        if (rn_dict_find(d, rn_dict_name_at(d, i)) != rn_dict_tensor_at(d, i)) abort();
    rn_dict_free(d);
    rn_file_info *info = rn_file_info_load(path);
    fuzz_settle(info != NULL);
    rn_file_info_free(info);
    if (rn_live_tensors() != tensors) abort();
    return 0;
}

static void add(const char *path, bool compress)
{
    rn_dict *d = rn_dict_new();
    void *bytes;
    int64_t n;
    RN_SCOPE
    {
        rn_dict_set(d, "a", rn_array(RN_F32, RN_SHAPE(2, 3), NULL));
        rn_dict_set(d, "layer/b", rn_array(RN_I64, RN_SHAPE(40), NULL));
        rn_dict_set(d, "c", rn_array(RN_BOOL, RN_SCALAR, NULL));
    }
    if (!rn_npz_save(path, d, .compress = compress) || !rni_file_read(path, 1 << 20, &bytes, &n)) abort();
    fuzz_add(bytes, n);
    rni_free(bytes);
    rn_dict_free(d);
}

void fuzz_seeds(void)
{
    char path[] = "/tmp/rensa-fuzz-XXXXXX";
    const int fd = mkstemp(path);
    if (fd < 0) abort();
    close(fd);
    add(path, false);
    add(path, true);
    unlink(path);
}
