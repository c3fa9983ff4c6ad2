/* Windows of pixels, and statistics of channels, for one type. Needs T, TYPE, its name, and PLACE, an integer of its
 * size. */

static inline int64_t RNI_PASTE2(together, TYPE)(int64_t n, int64_t from)
{
    return n - from < TOGETHER ? n - from : TOGETHER;
}

/* ---- windows of four pixels, which most are: in registers ---- */

typedef T RNI_PASTE2(lanes, TYPE) __attribute__((vector_size(VECTOR * sizeof(float))));
typedef T RNI_PASTE2(lanes_memory, TYPE)
    __attribute__((vector_size(VECTOR * sizeof(float)), aligned(sizeof(T)), may_alias));
typedef PLACE RNI_PASTE2(mask, TYPE) __attribute__((vector_size(VECTOR * sizeof(float))));
#define V RNI_PASTE2(lanes, TYPE)
#define MEMORY RNI_PASTE2(lanes_memory, TYPE)
#define MASK RNI_PASTE2(mask, TYPE)
#define WIDTH (int64_t)(VECTOR * sizeof(float) / sizeof(T))
#define KEEP(mask, v) ((V)((MASK)(v) & (mask)))

/* Where a is taken rather than b: unless that is larger or the first NaN. */
static inline MASK RNI_PASTE2(stays, TYPE)(V a, V b)
{
    return (a >= b) | (a != a);
}

static inline V RNI_PASTE2(larger, TYPE)(V a, V b)
{
    const MASK m = RNI_PASTE2(stays, TYPE)(a, b);
    return (V)((MASK)KEEP(m, a) | (MASK)KEEP(~m, b));
}

static inline void RNI_PASTE2(four_values, TYPE)(T *y, const T *a, const T *b, const T *c, const T *d)
{
    const V p = RNI_PASTE2(larger, TYPE)(*(const MEMORY *)a, *(const MEMORY *)b);
    const V q = RNI_PASTE2(larger, TYPE)(*(const MEMORY *)c, *(const MEMORY *)d);
    *(MEMORY *)y = RNI_PASTE2(larger, TYPE)(p, q);
}

static inline void RNI_PASTE2(four_grads, TYPE)(T *const *gx, const T *const *x, const T *gy, int64_t i)
{
    const V a = *(const MEMORY *)(x[0] + i), b = *(const MEMORY *)(x[1] + i);
    const V c = *(const MEMORY *)(x[2] + i), d = *(const MEMORY *)(x[3] + i), g = *(const MEMORY *)(gy + i);
    const MASK ab = RNI_PASTE2(stays, TYPE)(a, b), cd = RNI_PASTE2(stays, TYPE)(c, d);
    const MASK upper = RNI_PASTE2(stays, TYPE)(RNI_PASTE2(larger, TYPE)(a, b), RNI_PASTE2(larger, TYPE)(c, d));
    const V top = KEEP(upper, g), bottom = KEEP(~upper, g);
    *(MEMORY *)(gx[0] + i) = KEEP(ab, top);
    *(MEMORY *)(gx[1] + i) = KEEP(~ab, top);
    *(MEMORY *)(gx[2] + i) = KEEP(cd, bottom);
    *(MEMORY *)(gx[3] + i) = KEEP(~cd, bottom);
}

/* Whole vectors, the last one over the one before; few channels go through one of their own. */
static inline void RNI_PASTE2(largest_of_four, TYPE)(T *y, const T *a, const T *b, const T *c, const T *d, int64_t n)
{
    if (n < WIDTH) {
        T own[5][VECTOR] = { { 0 } };
        const T *const x[] = { a, b, c, d };
        for (int k = 0; k < 4; k++) memcpy(own[k], x[k], (size_t)n * sizeof(T));
        RNI_PASTE2(four_values, TYPE)(own[4], own[0], own[1], own[2], own[3]);
        memcpy(y, own[4], (size_t)n * sizeof(T));
        return;
    }
    for (int64_t i = 0; i < n; i += WIDTH) {
        const int64_t at = i + WIDTH <= n ? i : n - WIDTH;
        RNI_PASTE2(four_values, TYPE)(y + at, a + at, b + at, c + at, d + at);
    }
}

static inline void RNI_PASTE2(set_grad_of_four, TYPE)(T *const *gx, const T *const *x, const T *gy, int64_t n)
{
    if (n < WIDTH) {
        T own[9][VECTOR] = { { 0 } };
        for (int k = 0; k < 4; k++) memcpy(own[k], x[k], (size_t)n * sizeof(T));
        memcpy(own[8], gy, (size_t)n * sizeof(T));
        RNI_PASTE2(four_grads, TYPE)
        ((T *const[]){ own[4], own[5], own[6], own[7] }, (const T *const[]){ own[0], own[1], own[2], own[3] }, own[8],
         0);
        for (int k = 0; k < 4; k++) memcpy(gx[k], own[4 + k], (size_t)n * sizeof(T));
        return;
    }
    for (int64_t i = 0; i < n; i += WIDTH) RNI_PASTE2(four_grads, TYPE)(gx, x, gy, i + WIDTH <= n ? i : n - WIDTH);
}

static void RNI_PASTE2(largest_row, TYPE)(void *to, const void *top, const void *bottom, int64_t windows, int64_t n)
{
    T *y = to;
    const T *a = top, *c = bottom;
    for (int64_t w = 0; w < windows; w++, y += n, a += 2 * n, c += 2 * n)
        RNI_PASTE2(largest_of_four, TYPE)(y, a, a + n, c, c + n, n);
}

static void RNI_PASTE2(largest_row_grad, TYPE)(void *top_grad, void *bottom_grad, const void *top, const void *bottom,
                                               const void *gy, int64_t windows, int64_t n)
{
    T *ga = top_grad, *gc = bottom_grad;
    const T *a = top, *c = bottom, *g = gy;
    for (int64_t w = 0; w < windows; w++, g += n, a += 2 * n, c += 2 * n, ga += 2 * n, gc += 2 * n)
        RNI_PASTE2(set_grad_of_four, TYPE)
    ((T *const[]){ ga, ga + n, gc, gc + n }, (const T *const[]){ a, a + n, c, c + n }, g, n);
}

/* ---- any windows ---- */

static void RNI_PASTE2(largest, TYPE)(void *to, const void *const *x, int64_t count, int64_t n)
{
    if (count == 4) {
        RNI_PASTE2(largest_of_four, TYPE)(to, x[0], x[1], x[2], x[3], n);
        return;
    }
    for (int64_t c = 0; c < n; c += TOGETHER) {
        const int64_t m = RNI_PASTE2(together, TYPE)(n, c);
        T best[TOGETHER];
        for (int64_t i = 0; i < m; i++) best[i] = -(T)INFINITY;
        for (int64_t k = 0; k < count; k++) {
            const T *v = (const T *)x[k] + c;
#pragma omp simd
            for (int64_t i = 0; i < m; i++) best[i] = best[i] >= v[i] || best[i] != best[i] ? best[i] : v[i];
        }
        memcpy((T *)to + c, best, (size_t)m * sizeof(T));
    }
}

/* Which pixel of the window has the largest of m <= TOGETHER values. */
static inline void RNI_PASTE2(find_largest, TYPE)(PLACE *at, const void *const *x, int64_t c, int64_t count, int64_t m)
{
    T best[TOGETHER];
    for (int64_t i = 0; i < m; i++) {
        best[i] = -(T)INFINITY;
        at[i] = 0;
    }
    for (int64_t k = 0; k < count; k++) {
        const T *v = (const T *)x[k] + c;
#pragma omp simd
        for (int64_t i = 0; i < m; i++) {
            const bool stays = best[i] >= v[i] || best[i] != best[i];
            best[i] = stays ? best[i] : v[i];
            at[i] = stays ? at[i] : (PLACE)k;
        }
    }
}

static void RNI_PASTE2(largest_take, TYPE)(void *to, const void *const *x, const void *const *z, int64_t count,
                                           int64_t n)
{
    for (int64_t c = 0; c < n; c += TOGETHER) {
        const int64_t m = RNI_PASTE2(together, TYPE)(n, c);
        PLACE at[TOGETHER];
        T *y = (T *)to + c;
        RNI_PASTE2(find_largest, TYPE)(at, x, c, count, m);
        for (int64_t i = 0; i < m; i++) y[i] = count ? ((const T *)z[at[i]])[c + i] : 0;
    }
}

static void RNI_PASTE2(largest_grad, TYPE)(void *const *gx, const void *const *x, int64_t count, const void *gy,
                                           int64_t n, bool add)
{
    if (count == 4 && !add) {
        RNI_PASTE2(set_grad_of_four, TYPE)
        ((T *const[]){ gx[0], gx[1], gx[2], gx[3] }, (const T *const[]){ x[0], x[1], x[2], x[3] }, gy, n);
        return;
    }
    for (int64_t c = 0; c < n; c += TOGETHER) {
        const int64_t m = RNI_PASTE2(together, TYPE)(n, c);
        PLACE at[TOGETHER];
        const T *g = (const T *)gy + c;
        RNI_PASTE2(find_largest, TYPE)(at, x, c, count, m);
        for (int64_t k = 0; k < count; k++) {
            T *to = (T *)gx[k] + c;
            if (add)
#pragma omp simd
                for (int64_t i = 0; i < m; i++) to[i] += at[i] == (PLACE)k ? g[i] : 0;
            else
#pragma omp simd
                for (int64_t i = 0; i < m; i++) to[i] = at[i] == (PLACE)k ? g[i] : 0;
        }
    }
}

static void RNI_PASTE2(mean, TYPE)(void *to, const void *const *x, int64_t count, int64_t n, double divisor)
{
    const T by = (T)divisor;
    for (int64_t c = 0; c < n; c += TOGETHER) {
        const int64_t m = RNI_PASTE2(together, TYPE)(n, c);
        T sum[TOGETHER];
        for (int64_t i = 0; i < m; i++) sum[i] = 0;
        for (int64_t k = 0; k < count; k++) {
            const T *v = (const T *)x[k] + c;
#pragma omp simd
            for (int64_t i = 0; i < m; i++) sum[i] += v[i];
        }
        T *y = (T *)to + c;
#pragma omp simd
        for (int64_t i = 0; i < m; i++) y[i] = sum[i] / by;
    }
}

static void RNI_PASTE2(mean_grad, TYPE)(void *const *gx, int64_t count, const void *gy, int64_t n, double divisor,
                                        bool add)
{
    const T *g = gy, by = (T)divisor;
    for (int64_t k = 0; k < count; k++) {
        T *to = gx[k];
        if (add)
#pragma omp simd
            for (int64_t i = 0; i < n; i++) to[i] += g[i] / by;
        else
#pragma omp simd
            for (int64_t i = 0; i < n; i++) to[i] = g[i] / by;
    }
}

/* ---- statistics of channels ---- */

/* Few channels are summed as several rows at once, so that vectors are full. */
static inline int64_t RNI_PASTE2(fold, TYPE)(int64_t rows, int64_t n)
{
    const int64_t f = TOGETHER / n < rows ? TOGETHER / n : rows;
    return f > 1 ? f : 1;
}

/* Rows of m <= TOGETHER values; full ones are worth code of their own. */
#define ROWS(function, m, ...)                                                                                         \
    do {                                                                                                               \
        if ((m) == TOGETHER)                                                                                           \
            RNI_PASTE2(function, TYPE)(__VA_ARGS__, TOGETHER);                                                         \
        else                                                                                                           \
            RNI_PASTE2(function, TYPE)(__VA_ARGS__, m);                                                                \
    } while (0)

static inline __attribute__((always_inline)) void RNI_PASTE2(add_rows, TYPE)(T *restrict sum, const T *restrict x,
                                                                             int64_t rows, int64_t step, int64_t m)
{
    for (int64_t r = 0; r < rows; r++, x += step)
#pragma omp simd
        for (int64_t i = 0; i < m; i++) sum[i] += x[i];
}

static inline __attribute__((always_inline)) void RNI_PASTE2(add_squares, TYPE)(T *restrict sum, const T *restrict x,
                                                                                const T *restrict mean, int64_t rows,
                                                                                int64_t step, int64_t m)
{
    for (int64_t r = 0; r < rows; r++, x += step)
#pragma omp simd
        for (int64_t i = 0; i < m; i++) sum[i] += (x[i] - mean[i]) * (x[i] - mean[i]);
}

/* Moments of a block of m channels (m <= TOGETHER), joined with those of `before` rows. */
static void RNI_PASTE2(block_moments, TYPE)(const T *x, int64_t rows, int64_t n, int64_t m, int64_t before,
                                            double *mean, double *squares)
{
    const int64_t f = m == n ? RNI_PASTE2(fold, TYPE)(rows, n) : 1, lanes = m * f, whole = rows / f;
    T sum[TOGETHER] = { 0 }, centre[TOGETHER];
    ROWS(add_rows, lanes, sum, x, whole, n * f);
    ROWS(add_rows, m, sum, x + whole * f * n, rows - whole * f, n);
    for (int64_t i = 0; i < m; i++) {
        for (int64_t k = 1; k < f; k++) sum[i] += sum[k * m + i];
        centre[i] = sum[i] / (T)rows;
    }
    for (int64_t i = m; i < lanes; i++) centre[i] = centre[i - m];
    for (int64_t i = 0; i < lanes; i++) sum[i] = 0;
    ROWS(add_squares, lanes, sum, x, centre, whole, n * f);
    ROWS(add_squares, m, sum, x + whole * f * n, centre, rows - whole * f, n);
    const double all = (double)(before + rows);
    for (int64_t i = 0; i < m; i++) {
        for (int64_t k = 1; k < f; k++) sum[i] += sum[k * m + i];
        const double d = (double)centre[i] - mean[i]; /* Chan, Golub & LeVeque 1979 */
        mean[i] += d * (double)rows / all;
        squares[i] += (double)sum[i] + d * d * (double)before * (double)rows / all;
    }
}

static void RNI_PASTE2(moments, TYPE)(const void *values, int64_t rows, int64_t n, int64_t before, double *mean,
                                      double *squares)
{
    const int64_t block = BLOCK_VALUES / n > 16 ? BLOCK_VALUES / n : 16;
    for (int64_t r = 0; r < rows; r += block) {
        const int64_t count = rows - r < block ? rows - r : block;
        for (int64_t c = 0; c < n; c += TOGETHER) RNI_PASTE2(block_moments, TYPE)
        ((const T *)values + r * n + c, count, n, RNI_PASTE2(together, TYPE)(n, c), before + r, mean + c, squares + c);
    }
}

static inline __attribute__((always_inline)) void RNI_PASTE2(add_pull, TYPE)(T *restrict sum, T *restrict products,
                                                                             const T *restrict g, const T *restrict x,
                                                                             const T *restrict mean, int64_t rows,
                                                                             int64_t step, int64_t m)
{
    for (int64_t r = 0; r < rows; r++, g += step, x += step)
#pragma omp simd
        for (int64_t i = 0; i < m; i++) {
            sum[i] += g[i];
            products[i] += g[i] * (x[i] - mean[i]);
        }
}

static void RNI_PASTE2(block_pull, TYPE)(const T *g, const T *x, int64_t rows, int64_t n, int64_t m, const T *mean,
                                         double *sum, double *products)
{
    const int64_t f = m == n ? RNI_PASTE2(fold, TYPE)(rows, n) : 1, lanes = m * f, whole = rows / f;
    T s[TOGETHER] = { 0 }, p[TOGETHER] = { 0 }, centre[TOGETHER];
    for (int64_t i = 0; i < lanes; i++) centre[i] = mean[i % m];
    ROWS(add_pull, lanes, s, p, g, x, centre, whole, n * f);
    ROWS(add_pull, m, s, p, g + whole * f * n, x + whole * f * n, centre, rows - whole * f, n);
    for (int64_t i = 0; i < lanes; i++) {
        sum[i % m] += (double)s[i];
        products[i % m] += (double)p[i];
    }
}

static void RNI_PASTE2(sum_pull, TYPE)(const void *g, const void *x, int64_t rows, int64_t n, const void *mean,
                                       double *sum, double *products)
{
    const int64_t block = BLOCK_VALUES / n > 16 ? BLOCK_VALUES / n : 16;
    for (int64_t r = 0; r < rows; r += block) {
        const int64_t count = rows - r < block ? rows - r : block;
        for (int64_t c = 0; c < n; c += TOGETHER) RNI_PASTE2(block_pull, TYPE)
        ((const T *)g + r * n + c, (const T *)x + r * n + c, count, n, RNI_PASTE2(together, TYPE)(n, c),
         (const T *)mean + c, sum + c, products + c);
    }
}

static inline __attribute__((always_inline)) void RNI_PASTE2(affine_rows, TYPE)(T *y, const T *x, const T *restrict m,
                                                                                const T *restrict f,
                                                                                const T *restrict b, int64_t rows,
                                                                                int64_t n)
{
    for (int64_t r = 0; r < rows; r++, x += n, y += n)
#pragma omp simd
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m[i]) * f[i] + b[i];
}

/* Values of channels, repeated for the rows that go together. */
static inline void RNI_PASTE2(repeat, TYPE)(T *to, const T *from, int64_t n, int64_t lanes)
{
    for (int64_t i = 0; i < lanes; i++) to[i] = from[i % n];
}

static void RNI_PASTE2(affine, TYPE)(void *y, const void *x, int64_t rows, int64_t n, const void *mean,
                                     const void *factor, const void *offset)
{
    const int64_t f = RNI_PASTE2(fold, TYPE)(rows, n), lanes = n * f, whole = rows / f, done = whole * lanes;
    if (f > 1) {
        T m[TOGETHER], a[TOGETHER], b[TOGETHER];
        RNI_PASTE2(repeat, TYPE)(m, mean, n, lanes);
        RNI_PASTE2(repeat, TYPE)(a, factor, n, lanes);
        RNI_PASTE2(repeat, TYPE)(b, offset, n, lanes);
        ROWS(affine_rows, lanes, y, x, m, a, b, whole);
    } else
        RNI_PASTE2(affine_rows, TYPE)(y, x, mean, factor, offset, whole, n);
    RNI_PASTE2(affine_rows, TYPE)((T *)y + done, (const T *)x + done, mean, factor, offset, rows - whole * f, n);
}

static inline __attribute__((always_inline)) void RNI_PASTE2(pull_rows, TYPE)(T *gx, const T *g, const T *x,
                                                                              const T *restrict m, const T *restrict a,
                                                                              const T *restrict b, const T *restrict f,
                                                                              int64_t rows, int64_t n)
{
    for (int64_t r = 0; r < rows; r++, g += n, x += n, gx += n)
#pragma omp simd
        for (int64_t i = 0; i < n; i++) gx[i] = (g[i] - a[i] - (x[i] - m[i]) * b[i]) * f[i];
}

static void RNI_PASTE2(pull, TYPE)(void *gx, const void *g, const void *x, int64_t rows, int64_t n, const void *mean,
                                   const void *a, const void *b, const void *factor)
{
    const int64_t f = RNI_PASTE2(fold, TYPE)(rows, n), lanes = n * f, whole = rows / f, done = whole * lanes;
    if (f > 1) {
        T m[TOGETHER], p[TOGETHER], q[TOGETHER], w[TOGETHER];
        RNI_PASTE2(repeat, TYPE)(m, mean, n, lanes);
        RNI_PASTE2(repeat, TYPE)(p, a, n, lanes);
        RNI_PASTE2(repeat, TYPE)(q, b, n, lanes);
        RNI_PASTE2(repeat, TYPE)(w, factor, n, lanes);
        ROWS(pull_rows, lanes, gx, g, x, m, p, q, w, whole);
    } else
        RNI_PASTE2(pull_rows, TYPE)(gx, g, x, mean, a, b, factor, whole, n);
    RNI_PASTE2(pull_rows, TYPE)
    ((T *)gx + done, (const T *)g + done, (const T *)x + done, mean, a, b, factor, rows - whole * f, n);
}

#undef ROWS
#undef T
#undef TYPE
#undef PLACE
#undef V
#undef MEMORY
#undef MASK
#undef WIDTH
#undef KEEP
