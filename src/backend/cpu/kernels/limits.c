/* What a core can do at most: multiply-adds that wait for nothing, and values read, changed and written back. */
#include "backend/cpu/kernels/kernels.h"

#if defined(__AVX512F__)
enum { VECTOR = 64 /* bytes */ };
#elif defined(__AVX__)
enum { VECTOR = 32 };
#else
enum { VECTOR = 16 };
#endif
typedef float vector __attribute__((vector_size(VECTOR)));
enum { LANES = VECTOR / (int)sizeof(float), CHAINS = 12 };

/* Twelve chains hide the latency of two units; they are named so that they stay in registers. */
static double multiply_add(int64_t rounds, float factor)
{
    const vector f = (vector){ 0 } + factor, c = (vector){ 0 } + 1e-3f;
    vector a0 = c, a1 = c + 1, a2 = c + 2, a3 = c + 3, a4 = c + 4, a5 = c + 5;
    vector b0 = c, b1 = c - 1, b2 = c - 2, b3 = c - 3, b4 = c - 4, b5 = c - 5;
    for (int64_t i = 0; i < rounds; i++) {
        a0 = a0 * f + c, a1 = a1 * f + c, a2 = a2 * f + c, a3 = a3 * f + c, a4 = a4 * f + c, a5 = a5 * f + c;
        b0 = b0 * f + c, b1 = b1 * f + c, b2 = b2 * f + c, b3 = b3 * f + c, b4 = b4 * f + c, b5 = b5 * f + c;
    }
    const vector all = a0 + a1 + a2 + a3 + a4 + a5 + b0 + b1 + b2 + b3 + b4 + b5;
    return (double)all[0];
}

static void change(float *x, int64_t n, float factor)
{
    for (int64_t i = 0; i < n; i++) x[i] = x[i] * factor + 1e-3f;
}

#if defined(__AVX512F__)
#include <immintrin.h>

__attribute__((target("avx512bf16"))) static double multiply_add_bf16(int64_t rounds, float factor)
{
    const __m512 c = _mm512_set1_ps(factor);
    const __m512bh f = _mm512_cvtne2ps_pbh(c, c);
    __m512 a0 = c, a1 = c, a2 = c, a3 = c, a4 = c, a5 = c, b0 = c, b1 = c, b2 = c, b3 = c, b4 = c, b5 = c;
    for (int64_t i = 0; i < rounds; i++) {
        a0 = _mm512_dpbf16_ps(a0, f, f), a1 = _mm512_dpbf16_ps(a1, f, f), a2 = _mm512_dpbf16_ps(a2, f, f);
        a3 = _mm512_dpbf16_ps(a3, f, f), a4 = _mm512_dpbf16_ps(a4, f, f), a5 = _mm512_dpbf16_ps(a5, f, f);
        b0 = _mm512_dpbf16_ps(b0, f, f), b1 = _mm512_dpbf16_ps(b1, f, f), b2 = _mm512_dpbf16_ps(b2, f, f);
        b3 = _mm512_dpbf16_ps(b3, f, f), b4 = _mm512_dpbf16_ps(b4, f, f), b5 = _mm512_dpbf16_ps(b5, f, f);
    }
    a0 = a0 + a1 + a2 + a3 + a4 + a5 + b0 + b1 + b2 + b3 + b4 + b5;
    return (double)a0[0];
}
#define HAS_BF16 __builtin_cpu_supports("avx512bf16")
#define BF16 multiply_add_bf16
#else
#define HAS_BF16 false
#define BF16 NULL
#endif

static bool has_bf16(void)
{
    return HAS_BF16;
}

const rni_peaks RNI_ISA_NAME(rni_peaks) = {
    .multiply_add = multiply_add,
    .multiply_add_bf16 = BF16,
    .has_bf16 = has_bf16,
    .round = 2.0 * CHAINS * LANES,
    .change = change,
};
