/* Element types to and from what programs compute in; strided elements, repeated ones, and writes past the caches. */
#include "backend/cpu/kernels/kernels.h"
#include "backend/cpu/kernels/math_f64.h"

#include <math.h>

#ifdef __SSE2__
#include <immintrin.h>
#endif

#define T uint8_t
#define NAME truth
#define TRUTH 1
#define LOW 0
#define HIGH 1
#include "backend/cpu/kernels/convert_int.inc.c"

#define T uint8_t
#define NAME u8
#define TRUTH 0
#define LOW 0
#define HIGH UINT8_MAX
#include "backend/cpu/kernels/convert_int.inc.c"

#define T int8_t
#define NAME i8
#define TRUTH 0
#define LOW INT8_MIN
#define HIGH INT8_MAX
#include "backend/cpu/kernels/convert_int.inc.c"

#define T int16_t
#define NAME i16
#define TRUTH 0
#define LOW INT16_MIN
#define HIGH INT16_MAX
#include "backend/cpu/kernels/convert_int.inc.c"

#define T int32_t
#define NAME i32
#define TRUTH 0
#define LOW INT32_MIN
#define HIGH INT32_MAX
#include "backend/cpu/kernels/convert_int.inc.c"

#define T int64_t
#define NAME i64
#define TRUTH 0
#define LOW INT64_MIN
#define HIGH INT64_MAX
#include "backend/cpu/kernels/convert_int.inc.c"

/* ---- 16-bit floats ---- */

static void load_f32_f16(void *to, const void *from, int64_t n)
{
    float *restrict d = to;
    const uint16_t *restrict s = from;
    int64_t i = 0;
#if defined(__AVX512F__)
    for (; i + 16 <= n; i += 16)
        _mm512_storeu_ps(d + i, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(const void *)(s + i))));
#elif defined(__F16C__)
    for (; i + 8 <= n; i += 8)
        _mm256_storeu_ps(d + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(s + i))));
#endif
    for (; i < n; i++) d[i] = rni_f16_to_f32(s[i]);
}

static void store_f32_f16(void *to, const void *from, int64_t n)
{
    uint16_t *restrict d = to;
    const float *restrict s = from;
    int64_t i = 0;
#if defined(__AVX512F__)
    for (; i + 16 <= n; i += 16)
        _mm256_storeu_si256((__m256i *)(void *)(d + i), _mm512_cvtps_ph(_mm512_loadu_ps(s + i), 0));
#elif defined(__F16C__)
    for (; i + 8 <= n; i += 8) _mm_storeu_si128((__m128i *)(void *)(d + i), _mm256_cvtps_ph(_mm256_loadu_ps(s + i), 0));
#endif
    for (; i < n; i++) d[i] = rni_f32_to_f16(s[i]);
}

static void load_f32_bf16(void *to, const void *from, int64_t n)
{
    float *restrict d = to;
    const uint16_t *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = rni_bf16_to_f32(s[i]);
}

static void store_f32_bf16(void *to, const void *from, int64_t n)
{
    uint16_t *restrict d = to;
    const float *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = rni_f32_to_bf16(s[i]);
}

static void load_f64_f16(void *to, const void *from, int64_t n)
{
    double *restrict d = to;
    const uint16_t *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = (double)rni_f16_to_f32(s[i]);
}

static void load_f64_bf16(void *to, const void *from, int64_t n)
{
    double *restrict d = to;
    const uint16_t *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = (double)rni_bf16_to_f32(s[i]);
}

static void store_f64_f16(void *to, const void *from, int64_t n)
{
    uint16_t *restrict d = to;
    const double *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = rni_f32_to_f16(odd_f32(s[i]));
}

static void store_f64_bf16(void *to, const void *from, int64_t n)
{
    uint16_t *restrict d = to;
    const double *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = rni_f32_to_bf16(odd_f32(s[i]));
}

/* ---- f32, f64 ---- */

/* Empty views may lie nowhere, which memcpy does not bear. */
static void copy_4(void *to, const void *from, int64_t n)
{
    if (n > 0) memcpy(to, from, (size_t)n * 4);
}

static void copy_8(void *to, const void *from, int64_t n)
{
    if (n > 0) memcpy(to, from, (size_t)n * 8);
}

static void f32_to_f64(void *to, const void *from, int64_t n)
{
    double *restrict d = to;
    const float *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = (double)s[i];
}

static void f64_to_f32(void *to, const void *from, int64_t n)
{
    float *restrict d = to;
    const double *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = (float)s[i];
}

/* ---- elements as they are ---- */

#define T uint8_t
#define NAME 1
#include "backend/cpu/kernels/move.inc.c"
#define T uint16_t
#define NAME 2
#include "backend/cpu/kernels/move.inc.c"
#define T uint32_t
#define NAME 4
#include "backend/cpu/kernels/move.inc.c"
#define T uint64_t
#define NAME 8
#include "backend/cpu/kernels/move.inc.c"

static void stream(void *to, const void *from, int64_t n)
{
#if defined(__AVX512F__)
    for (int64_t i = 0; i < n; i += 64)
        _mm512_stream_si512((void *)((char *)to + i), _mm512_loadu_si512((const char *)from + i));
#elif defined(__SSE2__)
    for (int64_t i = 0; i < n; i += 16)
        _mm_stream_si128((void *)((char *)to + i), _mm_loadu_si128((const void *)((const char *)from + i)));
#else
    if (n > 0) memcpy(to, from, (size_t)n);
#endif
}

#define INTS(way, compute)                                                                                             \
    [RN_BOOL] = way##_##compute##_truth, [RN_U8] = way##_##compute##_u8, [RN_I8] = way##_##compute##_i8,               \
    [RN_I16] = way##_##compute##_i16, [RN_I32] = way##_##compute##_i32, [RN_I64] = way##_##compute##_i64

const rni_moves RNI_ISA_NAME(rni_moves) = {
    .load = { { INTS(load, f32), load_f32_f16, load_f32_bf16, copy_4, f64_to_f32 },
              { INTS(load, f64), load_f64_f16, load_f64_bf16, f32_to_f64, copy_8 },
              { INTS(load, i64) } },
    .store = { { INTS(store, f32), store_f32_f16, store_f32_bf16, copy_4, f32_to_f64 },
               { INTS(store, f64), store_f64_f16, store_f64_bf16, f64_to_f32, copy_8 },
               { INTS(store, i64) } },
    .gather = { gather_1, gather_2, gather_4, gather_8 },
    .scatter = { scatter_1, scatter_2, scatter_4, scatter_8 },
    .fill = { fill_1, fill_2, fill_4, fill_8 },
    .stream = stream,
};
