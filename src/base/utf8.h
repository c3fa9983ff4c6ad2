/* UTF-8, one code point at a time, strictly: no overlong forms, no surrogates, nothing above U+10FFFF (RFC 3629). */
#ifndef RNI_BASE_UTF8_H
#define RNI_BASE_UTF8_H

#include <stdint.h>

/* Bytes of the code point at s (1 … 4), 0 if the first of the n bytes do not begin a valid one. */
static inline int rni_utf8_decode(const char *s, int64_t n, uint32_t *point)
{
    const unsigned char *p = (const unsigned char *)s;
    if (n < 1) return 0;
    if (p[0] < 0x80) {
        *point = p[0];
        return 1;
    }
    const int bytes = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n < bytes) return 0;
    uint32_t v = p[0] & (0x7fu >> bytes);
    for (int i = 1; i < bytes; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        v = v << 6 | (p[i] & 0x3fu);
    }
    static const uint32_t smallest[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (v < smallest[bytes] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff)) return 0;
    *point = v;
    return bytes;
}

/* Writes the code point (valid) into to, at most 4 bytes; returns how many. */
static inline int rni_utf8_encode(uint32_t point, char to[4])
{
    if (point < 0x80) {
        to[0] = (char)point;
        return 1;
    }
    const int bytes = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (int i = bytes - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    to[0] = (char)((0xf00u >> bytes & 0xf0u) | point);
    return bytes;
}

#endif
