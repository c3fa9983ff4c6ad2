/* Products of bf16 by instructions that add the products of two pairs of values to an f32 (isa.h, rni_pairs). */
#include "backend/cpu/kernels/kernels.h"

#include <stddef.h>

#if defined(__AVX512VL__) && defined(__AVX512BW__)
#include <immintrin.h>

enum { PANEL = 32 };

#define BF16 __attribute__((target("avx512bf16")))

/* ---- panels ---- */

static __mmask16 first(int64_t n)
{
    return (__mmask16)(n >= 16 ? 0xffffu : (1u << n) - 1);
}

static __m512i wide(const uint16_t *x, __mmask16 mask)
{
    return _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, x));
}

static void panels(uint32_t *to, const uint16_t *b, int64_t lead, int64_t k, int64_t n)
{
    for (int64_t j = 0; j < n; j += PANEL)
        for (int64_t i = 0; i < k; i += 2)
            for (int h = 0; h < PANEL; h += 16, to += 16) {
                const int64_t rest = n - j - h;
                const __mmask16 mask = rest > 0 ? first(rest) : 0;
                const uint16_t *row = b + i * lead + j + (rest > 0 ? h : 0);
                const __m512i even = wide(row, mask), odd = i + 1 < k ? wide(row + lead, mask) : _mm512_setzero_si512();
                _mm512_storeu_si512(to, _mm512_or_si512(even, _mm512_slli_epi32(odd, 16)));
            }
}

static void panels_transposed(uint32_t *to, const uint16_t *b, int64_t lead, int64_t k, int64_t n)
{
    const __m512i rows = _mm512_mullo_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                                            _mm512_set1_epi32((int)lead));
    for (int64_t j = 0; j < n; j += PANEL)
        for (int64_t i = 0; i < k; i += 2)
            for (int h = 0; h < PANEL; h += 16, to += 16) {
                const int64_t rest = n - j - h;
                const __mmask16 mask = rest > 0 ? first(rest) : 0;
                const uint16_t *at = b + (rest > 0 ? j + h : 0) * lead + i;
                _mm512_storeu_si512(to, _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), mask, rows, at, 2));
            }
}

/* ---- products ---- */

#define ROWS_8(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define ROWS_4(X) X(0) X(1) X(2) X(3)
#define ROWS_1(X) X(0)

#define ZERO(r) __m512 l##r = _mm512_setzero_ps(), h##r = _mm512_setzero_ps();
#define STEP(r)                                                                                                        \
    {                                                                                                                  \
        int32_t pair_;                                                                                                 \
        memcpy(&pair_, a + r * row, sizeof pair_);                                                                     \
        const __m512bh v = (__m512bh)_mm512_set1_epi32(pair_);                                                         \
        l##r = _mm512_dpbf16_ps(l##r, low, v);                                                                         \
        h##r = _mm512_dpbf16_ps(h##r, high, v);                                                                        \
    }
#define STORE(r)                                                                                                       \
    {                                                                                                                  \
        float *to = y + r * lead;                                                                                      \
        const __m512 low = add ? _mm512_loadu_ps(to) : _mm512_setzero_ps();                                            \
        const __m512 high = add ? _mm512_loadu_ps(to + 16) : _mm512_setzero_ps();                                      \
        _mm512_storeu_ps(to, _mm512_fmadd_ps(l##r, scale, low));                                                       \
        _mm512_storeu_ps(to + 16, _mm512_fmadd_ps(h##r, scale, high));                                                 \
    }

/* Some rows of y and one panel. Sums are in registers that have names: arrays of them would go through memory. */
#define TILE(name, ROWS)                                                                                               \
    BF16 static void name(float *y, int64_t lead, const char *a, int64_t row, int64_t pair, const uint32_t *b,         \
                          int64_t pairs, float factor, bool add)                                                       \
    {                                                                                                                  \
        const __m512 scale = _mm512_set1_ps(factor);                                                                   \
        ROWS(ZERO)                                                                                                     \
        for (int64_t k = 0; k < pairs; k++, a += pair, b += PANEL) {                                                   \
            const __m512bh low = (__m512bh)_mm512_loadu_si512(b), high = (__m512bh)_mm512_loadu_si512(b + 16);         \
            ROWS(STEP)                                                                                                 \
        }                                                                                                              \
        ROWS(STORE)                                                                                                    \
    }
TILE(tile_8, ROWS_8)
TILE(tile_4, ROWS_4)
TILE(tile_1, ROWS_1)

static void multiply(const rni_pairs_product *p)
{
    const char *a = p->a;
    for (int64_t j = 0; j < p->panels; j++) {
        const uint32_t *b = p->b + j * p->panel;
        float *y = p->y + j * PANEL;
        int64_t i = 0;
        for (; i + 8 <= p->m; i += 8)
            tile_8(y + i * p->lead, p->lead, a + i * p->row, p->row, p->pair, b, p->pairs, p->factor, p->add);
        for (; i + 4 <= p->m; i += 4)
            tile_4(y + i * p->lead, p->lead, a + i * p->row, p->row, p->pair, b, p->pairs, p->factor, p->add);
        for (; i < p->m; i++)
            tile_1(y + i * p->lead, p->lead, a + i * p->row, p->row, p->pair, b, p->pairs, p->factor, p->add);
    }
}

/* ---- rounding ---- */

BF16 static __m256i narrow(const float *x, __mmask16 mask)
{
    return (__m256i)_mm512_cvtneps_pbh(_mm512_maskz_loadu_ps(mask, x));
}

BF16 static void round_row(uint16_t *to, const float *x, int64_t n)
{
    for (int64_t i = 0; i < n; i += 16) _mm256_mask_storeu_epi16(to + i, first(n - i), narrow(x + i, first(n - i)));
}

BF16 static void pair_rows(uint32_t *to, const float *even, const float *odd, int64_t n)
{
    for (int64_t i = 0; i < n; i += 16) {
        const __mmask16 mask = first(n - i);
        const __m512i low = _mm512_cvtepu16_epi32(narrow(even + i, mask));
        const __m512i high = odd ? _mm512_cvtepu16_epi32(narrow(odd + i, mask)) : _mm512_setzero_si512();
        _mm512_mask_storeu_epi32(to + i, mask, _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
    }
}

static bool available(void)
{
    return __builtin_cpu_supports("avx512bf16");
}

const rni_pairs RNI_ISA_NAME(rni_pairs) = {
    .available = available,
    .panels = panels,
    .panels_transposed = panels_transposed,
    .multiply = multiply,
    .round = round_row,
    .pair = pair_rows,
};

#else

static bool available(void)
{
    return false;
}

const rni_pairs RNI_ISA_NAME(rni_pairs) = { .available = available };

#endif
