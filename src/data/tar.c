/* The tar format as POSIX.1-1988 has it: blocks of 512 bytes, a head with name, size (octal) and checksum before each
 * file. Long names and sparse files, which data sets do not use, are passed over like folders. */
#include "data/tar.h"

#include "base/error.h"

#include <string.h>

enum { BLOCK = 512, SIZE_AT = 124, SIZE_BYTES = 12, SUM_AT = 148, SUM_BYTES = 8, KIND_AT = 156 };

static int fail(const rni_tar *tar, const char *what)
{
    rni_fail(RN_ERR_FORMAT, NULL, "tar", "%s", what);
    rni_error_add("file", "%s, byte %lld", tar->source, (long long)tar->position);
    return -1;
}

/* Octal digits up to a space or NUL; -1 if there is anything else. */
static int64_t octal(const char *s, int n)
{
    int64_t v = 0;
    int i = 0;
    while (i < n && s[i] == ' ') i++;
    for (; i < n && s[i] != ' ' && s[i] != '\0'; i++) {
        if (s[i] < '0' || s[i] > '7') return -1;
        v = v * 8 + (s[i] - '0');
    }
    return v;
}

static bool sum_is_right(const char *head)
{
    int64_t sum = 0;
    for (int i = 0; i < BLOCK; i++) sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? ' ' : (unsigned char)head[i];
    return sum == octal(head + SUM_AT, SUM_BYTES);
}

int rni_tar_next(rni_tar *tar)
{
    static const char zeros[BLOCK];
    for (;;) {
        const int64_t left = tar->n - tar->position;
        const char *head = tar->bytes + tar->position;
        if (left == 0) return 0;
        if (left < BLOCK) return fail(tar, "the archive is truncated");
        if (memcmp(head, zeros, BLOCK) == 0) return 0;
        if (!sum_is_right(head)) return fail(tar, "a head of the archive is damaged");
        const int64_t size = octal(head + SIZE_AT, SIZE_BYTES);
        if (size < 0 || size > left - BLOCK) return fail(tar, "the archive is truncated");
        const int64_t whole = (size + BLOCK - 1) / BLOCK * BLOCK;
        memcpy(tar->name, head, 100);
        tar->name[100] = '\0';
        tar->data = head + BLOCK;
        tar->bytes_of_data = size;
        tar->position += whole > left - BLOCK ? left : BLOCK + whole;
        if (head[KIND_AT] == '0' || head[KIND_AT] == '\0') return 1;
    }
}
