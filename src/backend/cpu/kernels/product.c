/* Products of floats with as many columns as a row of registers holds, and what it takes to have them (isa.h,
 * rni_products). */
#include "backend/cpu/kernels/kernels.h"
#include "backend/cpu/kernels/vector.h"

#ifdef __SSE2__
#include <immintrin.h>
#endif

/* Named accumulators: an array of them would not stay in registers. */
#if defined(__AVX512F__)
#define EACH_ROW(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13)
#else
#define EACH_ROW(X) X(0) X(1) X(2) X(3) X(4) X(5)
#endif

static inline __attribute__((always_inline)) void rows_by_columns(const rni_product *p, const float *a, float *y,
                                                                  const int rows, const bool wide)
{
    const int64_t step = p->a_step, b_step = p->b_step, next = p->a_row;
    const float *b = p->b;
#define BEGIN(i) vec s##i = { 0 }, t##i = { 0 };
#define ADD(i)                                                                                                         \
    if (i < rows) {                                                                                                    \
        s##i += load(y + i * p->y_row);                                                                                \
        if (wide) t##i += load(y + i * p->y_row + VECTOR);                                                             \
    }
#define MULTIPLY(i)                                                                                                    \
    if (i < rows) {                                                                                                    \
        const float f = (i < 3 ? a : i < 6 ? a3 : i < 9 ? a6 : i < 12 ? a9 : a12)[i % 3 * next];                       \
        s##i += f * b0;                                                                                                \
        if (wide) t##i += f * b1;                                                                                      \
    }
#define STORE(i)                                                                                                       \
    if (i < rows) {                                                                                                    \
        store(y + i * p->y_row, s##i);                                                                                 \
        if (wide) store(y + i * p->y_row + VECTOR, t##i);                                                              \
    }
    EACH_ROW(BEGIN)
    const float *a3 = a + 3 * next, *a6 = a + 6 * next, *a9 = a + 9 * next, *a12 = a + 12 * next;
    for (int64_t k = 0; k < p->n; k++) {
        __builtin_prefetch(b + p->ahead);
        if (wide) __builtin_prefetch(b + p->ahead + VECTOR);
        const vec b0 = load(b), b1 = wide ? load(b + VECTOR) : b0;
        EACH_ROW(MULTIPLY)
        a += step, a3 += step, a6 += step, a9 += step, a12 += step, b += b_step;
    }
    if (p->add) { /* after, not before: long sums are made of short ones */
        EACH_ROW(ADD)
    }
    EACH_ROW(STORE)
}

#define FUNCTION(i)                                                                                                    \
    static void rows_##i(const rni_product *p, const float *a, float *y)                                               \
    {                                                                                                                  \
        if (p->columns > VECTOR)                                                                                       \
            rows_by_columns(p, a, y, i + 1, true);                                                                     \
        else                                                                                                           \
            rows_by_columns(p, a, y, i + 1, false);                                                                    \
    }
EACH_ROW(FUNCTION)

/* Rows are shared out evenly among as few pieces as there must be. */
void RNI_ISA_NAME(rni_multiply)(const rni_product *p)
{
#define NAME(i) rows_##i,
    static void (*const piece[])(const rni_product *, const float *, float *) = { EACH_ROW(NAME) };
    const int64_t pieces = (p->rows + (int)RN_COUNTOF(piece) - 1) / (int)RN_COUNTOF(piece);
    for (int64_t i = 0, row = 0; i < pieces; i++) {
        const int64_t n = p->rows / pieces + (i < p->rows % pieces);
        piece[n - 1](p, p->a + row * p->a_row, p->y + row * p->y_row);
        row += n;
    }
}

/* ---- panels ---- */

#if defined(__AVX512F__)
#define WIDE(name) _mm512_##name
#elif defined(__AVX__)
#define WIDE(name) _mm256_##name
#elif defined(__SSE2__)
#define WIDE(name) _mm_##name
#endif

enum { QUAD = 4 };

#ifdef WIDE
/* Four elements of rows 0, 4, 8, ... which lie `row` elements apart. */
static inline vec quads(const float *from, int64_t row)
{
#if defined(__AVX512F__)
    __m512 v = _mm512_castps128_ps512(_mm_loadu_ps(from));
    v = _mm512_insertf32x4(v, _mm_loadu_ps(from + 4 * row), 1);
    v = _mm512_insertf32x4(v, _mm_loadu_ps(from + 8 * row), 2);
    return (vec)_mm512_insertf32x4(v, _mm_loadu_ps(from + 12 * row), 3);
#elif defined(__AVX__)
    return (vec)_mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from)), _mm_loadu_ps(from + 4 * row), 1);
#else
    (void)row;
    return load(from);
#endif
}

#define LOW(a, b) (vec) WIDE(castpd_ps)(WIDE(unpacklo_pd)(WIDE(castps_pd)(a), WIDE(castps_pd)(b)))
#define HIGH(a, b) (vec) WIDE(castpd_ps)(WIDE(unpackhi_pd)(WIDE(castps_pd)(a), WIDE(castps_pd)(b)))

/* Four columns of as many rows as a vector has elements. */
static inline void turn_quad(float *to, int64_t to_row, const float *from, int64_t row)
{
    const vec a = quads(from, row), b = quads(from + row, row), c = quads(from + 2 * row, row);
    const vec d = quads(from + 3 * row, row);
    const vec ab = WIDE(unpacklo_ps)(a, b), cd = WIDE(unpacklo_ps)(c, d);
    const vec ab_high = WIDE(unpackhi_ps)(a, b), cd_high = WIDE(unpackhi_ps)(c, d);
    store(to, LOW(ab, cd));
    store(to + to_row, HIGH(ab, cd));
    store(to + 2 * to_row, LOW(ab_high, cd_high));
    store(to + 3 * to_row, HIGH(ab_high, cd_high));
}
#else
static inline void turn_quad(float *to, int64_t to_row, const float *from, int64_t row)
{
    for (int i = 0; i < VECTOR; i++)
        for (int j = 0; j < QUAD; j++) to[j * to_row + i] = from[i * row + j];
}
#endif

static void turn(float *to, int64_t to_row, const float *from, int64_t from_row, int64_t rows, int64_t columns)
{
    int64_t i = 0;
    for (; i + VECTOR <= rows; i += VECTOR) {
        int64_t j = 0;
        for (; j + QUAD <= columns; j += QUAD)
            turn_quad(to + j * to_row + i, to_row, from + i * from_row + j, from_row);
        for (; j < columns; j++)
            for (int l = 0; l < VECTOR; l++) to[j * to_row + i + l] = from[(i + l) * from_row + j];
    }
    for (; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) to[j * to_row + i] = from[i * from_row + j];
}

static void add_row(float *y, int64_t row, const float *b, int64_t rows, int64_t columns)
{
    for (int64_t i = 0; i < rows; i++, y += row)
#pragma omp simd
        for (int64_t j = 0; j < columns; j++) y[j] += b[j];
}

const rni_products RNI_ISA_NAME(rni_products) = {
    .columns = 2 * VECTOR, .multiply = RNI_ISA_NAME(rni_multiply), .turn = turn, .add_row = add_row
};
