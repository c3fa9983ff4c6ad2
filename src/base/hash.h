/* 128-bit mixing hash for the keys of the plan cache. Not for adversaries. */
#ifndef RNI_BASE_HASH_H
#define RNI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct rni_hash {
    uint64_t a, b;
} rni_hash;

#define RNI_HASH_START ((rni_hash){ 0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu })

static inline rni_hash rni_hash_u64(rni_hash h, uint64_t v)
{
    h.a = (h.a ^ v) * 0x9fb21c651e98df25u;
    h.a ^= h.a >> 32;
    h.b = (h.b + v) * 0xd6e8feb86659fd93u;
    h.b ^= h.b >> 29;
    return h;
}

static inline rni_hash rni_hash_bytes(rni_hash h, const void *data, size_t n)
{
    const unsigned char *p = data;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t v;
        memcpy(&v, p, 8);
        h = rni_hash_u64(h, v);
    }
    uint64_t v = (uint64_t)n << 56;
    if (n) memcpy(&v, p, n);
    return rni_hash_u64(h, v);
}

static inline rni_hash rni_hash_text(rni_hash h, const char *s)
{
    return rni_hash_bytes(h, s, strlen(s));
}

#endif
