/* Tar archives: members lie inside the archive, and reading ends. */
#include "fuzz.h"

#include "data/tar.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    rni_tar tar = { .bytes = (const char *)data, .n = (int64_t)n, .source = "fuzz" };
    int more;
    while ((more = rni_tar_next(&tar)) > 0) {
        if (tar.data < tar.bytes || tar.data + tar.bytes_of_data > tar.bytes + n) abort();
        if (strlen(tar.name) > 100) abort();
    }
    fuzz_settle(more == 0);
    return 0;
}

static int64_t add_member(char *to, const char *name, int64_t n)
{
    unsigned sum = 0;
    memset(to, 0, (size_t)(512 + (n + 511) / 512 * 512));
    snprintf(to, 100, "%s", name);
    snprintf(to + 124, 12, "%011o", (unsigned)n);
    memset(to + 148, ' ', 8);
    for (int i = 0; i < 512; i++) sum += (unsigned char)to[i];
    snprintf(to + 148, 8, "%06o", sum);
    return 512 + (n + 511) / 512 * 512;
}

void fuzz_seeds(void)
{
    static char tar[8192];
    int64_t n = add_member(tar, "a", 0);
    fuzz_add(tar, n);
    n += add_member(tar + n, "folder/b", 700);
    fuzz_add(tar, n);
    fuzz_add(tar, n + 1024);
    fuzz_add(tar, 0);
}
