/* The tar format as POSIX.1-1988 has it: blocks of 512 bytes, a head with name, size (octal) and checksum before each
 * file; with the long names of ustar, pax and GNU. Sparse files, which data sets do not use, are passed over like
 * folders and links. */
#include "data/tar.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum {
    BLOCK = 512,
    SIZE_AT = 124,
    SIZE_BYTES = 12,
    SUM_AT = 148,
    SUM_BYTES = 8,
    KIND_AT = 156,
    MAGIC_AT = 257,
    PREFIX_AT = 345
};

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

static int64_t decimal(const char *s, int64_t n)
{
    int64_t v = 0;
    for (int64_t i = 0; i < n && i < 9 && s[i] >= '0' && s[i] <= '9'; i++) v = v * 10 + (s[i] - '0');
    return v;
}

/* "27 path=a/b.png\n" among the records of a pax head; its length in *n. */
static const char *pax_path(const char *at, int64_t left, int64_t *n)
{
    while (left > 0) {
        const int64_t size = decimal(at, left);
        if (size < 1 || size > left) return NULL;
        const char *key = memchr(at, ' ', (size_t)size);
        if (key && at + size - key > 7 && memcmp(key + 1, "path=", 5) == 0) {
            *n = at + size - 1 - (key + 6);
            return key + 6;
        }
        at += size;
        left -= size;
    }
    return NULL;
}

/* The name of the next member where a head of its own says it; true if this was such a head. */
static bool take_long_name(rni_tar *tar, char kind, const char *data, int64_t size, char *name)
{
    const char *text = data;
    int64_t n = (int64_t)strnlen(data, (size_t)size);
    if (kind != 'L' && kind != 'x') return false;
    if (kind == 'x') text = pax_path(data, size, &n);
    if (text && n >= (int64_t)sizeof tar->name) n = (int64_t)sizeof tar->name - 1;
    if (text) snprintf(name, sizeof tar->name, "%.*s", (int)n, text);
    return true;
}

static void take_name(rni_tar *tar, const char *head, const char *longer)
{
    const bool posix = memcmp(head + MAGIC_AT, "ustar", 6) == 0 && head[PREFIX_AT];
    if (*longer)
        snprintf(tar->name, sizeof tar->name, "%s", longer);
    else if (posix)
        snprintf(tar->name, sizeof tar->name, "%.155s/%.100s", head + PREFIX_AT, head);
    else
        snprintf(tar->name, sizeof tar->name, "%.100s", head);
}

int rni_tar_next(rni_tar *tar)
{
    static const char zeros[BLOCK];
    char longer[sizeof tar->name] = "";
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
        tar->data = head + BLOCK;
        tar->bytes_of_data = size;
        tar->position += whole > left - BLOCK ? left : BLOCK + whole;
        if (take_long_name(tar, head[KIND_AT], tar->data, size, longer)) continue;
        take_name(tar, head, longer);
        if (head[KIND_AT] == '0' || head[KIND_AT] == '\0') return 1;
        longer[0] = '\0';
    }
}
