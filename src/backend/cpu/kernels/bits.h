/* Small things that all numeric kernels use: bits of floats, multiply-add, rounding to whole numbers. */
#ifndef RNI_CPU_KERNELS_BITS_H
#define RNI_CPU_KERNELS_BITS_H

#include "base/half.h"

#include <stdint.h>
#include <string.h>

#define RNI_PASTE_(a, b) a##_##b
#define RNI_PASTE2(a, b) RNI_PASTE_(a, b)
/* Symbols that differ by instruction set: RNI_ISA_NAME(rni_codes_f32) is rni_codes_f32_avx2, … */
#define RNI_ISA_NAME(name) RNI_PASTE2(name, RNI_ISA)

static inline double rni_bits_f64(uint64_t u)
{
    double f;
    memcpy(&f, &u, sizeof f);
    return f;
}

static inline uint64_t rni_f64_bits(double f)
{
    uint64_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}

/* a * b + c in one rounding where the processor has it; without, a call of fma() would take a hundred times as long. */
static inline float fma_f32(float a, float b, float c)
{
#ifdef __FMA__
    return __builtin_fmaf(a, b, c);
#else
    return a * b + c;
#endif
}

static inline double fma_f64(double a, double b, double c)
{
#ifdef __FMA__
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

/* Adding 1.5 * 2^23 (2^52) rounds to the nearest whole number and leaves it, as an integer, in the low bits. */
#define ROUND_F32 0x1.8p23f
#define ROUND_F64 0x1.8p52

/* 2^n for whole n in the range of normal numbers. */
static inline float power_of_two_f32(int32_t n)
{
    return rni_bits_f32((uint32_t)(n + 127) << 23);
}

static inline double power_of_two_f64(int64_t n)
{
    return rni_bits_f64((uint64_t)(n + 1023) << 52);
}

static inline float with_sign_f32(float a, float sign)
{
    return rni_bits_f32((rni_f32_bits(a) & 0x7fffffffu) | (rni_f32_bits(sign) & 0x80000000u));
}

static inline double with_sign_f64(double a, double sign)
{
    return rni_bits_f64((rni_f64_bits(a) & ~(1ull << 63)) | (rni_f64_bits(sign) & 1ull << 63));
}

#endif
