/* float16 and bfloat16 in portable C: round to nearest even, NaN stays NaN. */
#ifndef RNI_BASE_HALF_H
#define RNI_BASE_HALF_H

#include <stdint.h>
#include <string.h>

static inline float rni_bits_f32(uint32_t u)
{
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

static inline uint32_t rni_f32_bits(float f)
{
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

static inline float rni_bf16_to_f32(uint16_t h)
{
    return rni_bits_f32((uint32_t)h << 16);
}

static inline uint16_t rni_f32_to_bf16(float f)
{
    const uint32_t u = rni_f32_bits(f);
    const uint32_t nan = (u & 0x7fffffffu) > 0x7f800000u;
    const uint32_t r = (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
    return (uint16_t)(nan ? (u >> 16) | 0x40u : r);
}

/* Without multiplying denormals, which may be flushed. */
static inline float rni_f16_to_f32(uint16_t h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000u) << 16, rest = h & 0x7fffu;
    const uint32_t normal = (rest << 13) + (rest >= 0x7c00u ? 0x70000000u : 0x38000000u);
    const uint32_t small = rni_f32_bits((float)rest * 0x1p-24f);
    return rni_bits_f32((rest < 0x400u ? small : normal) | sign);
}

static inline uint16_t rni_f32_to_f16(float f)
{
    const uint32_t u = rni_f32_bits(f), sign = (u >> 16) & 0x8000u, a = u & 0x7fffffffu;
    if (a > 0x7f800000u) return (uint16_t)(sign | 0x7e00u);
    if (a >= 0x477ff000u) return (uint16_t)(sign | 0x7c00u); /* 65520 and above round to infinity */
    if (a < 0x38800000u) {
        /* Below the smallest normal: adding 0.5 leaves the mantissa, rounded to multiples of 2^-24, in the low bits. */
        return (uint16_t)(sign | (rni_f32_bits(rni_bits_f32(a) + 0.5f) - 0x3f000000u));
    }
    return (uint16_t)(sign | ((a - 0x38000000u + 0xfffu + ((a >> 13) & 1u)) >> 13));
}

#endif
