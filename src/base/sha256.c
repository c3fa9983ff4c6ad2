/* SHA-256 as FIPS 180-4 (2015) states it, in portable C. Names a … h, w, k as there. */
#include "base/sha256.h"

#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotr(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static void compress(uint32_t s[8], const unsigned char *p)
{
    uint32_t w[64];
    for (int t = 0; t < 16; t++, p += 4)
        w[t] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    for (int t = 16; t < 64; t++) {
        const uint32_t s0 = rotr(w[t - 15], 7) ^ rotr(w[t - 15], 18) ^ w[t - 15] >> 3;
        const uint32_t s1 = rotr(w[t - 2], 17) ^ rotr(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    for (int t = 0; t < 64; t++) {
        const uint32_t t1 = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + ((e & f) ^ (~e & g)) + k[t] + w[t];
        const uint32_t t2 = (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    s[0] += a, s[1] += b, s[2] += c, s[3] += d;
    s[4] += e, s[5] += f, s[6] += g, s[7] += h;
}

void rni_sha256_begin(rni_sha256 *h)
{
    static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                       0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    memcpy(h->state, start, sizeof start);
    h->bytes = 0;
}

void rni_sha256_add(rni_sha256 *h, const void *bytes, int64_t n)
{
    const unsigned char *p = bytes;
    const int64_t filled = (int64_t)(h->bytes % 64);
    if (n <= 0) return;
    h->bytes += (uint64_t)n;
    if (filled > 0) {
        const int64_t m = n < 64 - filled ? n : 64 - filled;
        memcpy(h->block + filled, p, (size_t)m);
        p += m;
        n -= m;
        if (filled + m < 64) return;
        compress(h->state, h->block);
    }
    for (; n >= 64; n -= 64, p += 64) compress(h->state, p);
    if (n > 0) memcpy(h->block, p, (size_t)n);
}

void rni_sha256_end(rni_sha256 *h, unsigned char digest[32])
{
    const uint64_t bits = h->bytes * 8;
    unsigned char tail[72] = { 0x80 };
    const int64_t pad = (int64_t)((119 - h->bytes % 64) % 64) + 1; /* up to 8 bytes before the end of a block */
    for (int i = 0; i < 8; i++) tail[pad + i] = (unsigned char)(bits >> (56 - 8 * i));
    rni_sha256_add(h, tail, pad + 8);
    for (int i = 0; i < 32; i++) digest[i] = (unsigned char)(h->state[i / 4] >> (24 - 8 * (i % 4)));
}

char *rni_sha256_text(const unsigned char digest[32], char buf[RNI_SHA256_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < 32; i++) {
        buf[2 * i] = hex[digest[i] >> 4];
        buf[2 * i + 1] = hex[digest[i] & 15];
    }
    buf[64] = '\0';
    return buf;
}

char *rni_sha256_of(const void *bytes, int64_t n, char buf[RNI_SHA256_TEXT])
{
    unsigned char digest[32];
    rni_sha256 h;
    rni_sha256_begin(&h);
    rni_sha256_add(&h, bytes, n);
    rni_sha256_end(&h, digest);
    return rni_sha256_text(digest, buf);
}

bool rni_sha256_file(const char *path, char buf[RNI_SHA256_TEXT])
{
    unsigned char piece[16384], digest[32];
    rni_sha256 h;
    FILE *f = fopen(path, "rbe");
    rni_sha256_begin(&h);
    size_t n = 0;
    while (f && (n = fread(piece, 1, sizeof piece, f)) > 0) rni_sha256_add(&h, piece, (int64_t)n);
    const bool ok = f && !ferror(f);
    if (!ok) {
        rni_fail(RN_ERR_IO, NULL, NULL, "cannot read: %s", strerror(errno));
        rni_error_add("file", "%s", path);
    }
    if (f) fclose(f);
    rni_sha256_end(&h, digest);
    rni_sha256_text(digest, buf);
    return ok;
}
