/* Windows of pixels, and statistics of channels, for one type. Needs T, TYPE, its name, and PLACE, an integer of its
 * size. */

static inline int64_t RNI_PASTE2(together, TYPE)(int64_t n, int64_t from)
{
    return n - from < TOGETHER ? n - from : TOGETHER;
}

/* a, unless b is larger or the first NaN; whether it is a. In steps that the compiler makes vectors of. */
static inline T RNI_PASTE2(larger, TYPE)(T a, T b)
{
    const T larger = a >= b ? a : b;
    return a != a ? a : larger;
}

static inline PLACE RNI_PASTE2(stays, TYPE)(T a, T b)
{
    const PLACE larger = a >= b ? 1 : 0;
    return a != a ? 1 : larger;
}

/* Windows of four, which most are, with their values in registers. */
static void RNI_PASTE2(largest_of_four, TYPE)(T *restrict y, const T *a, const T *b, const T *c, const T *d, int64_t n)
{
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
        const T p = RNI_PASTE2(larger, TYPE)(a[i], b[i]), q = RNI_PASTE2(larger, TYPE)(c[i], d[i]);
        y[i] = RNI_PASTE2(larger, TYPE)(p, q);
    }
}

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

static inline __attribute__((always_inline)) void
RNI_PASTE2(four_grads, TYPE)(void *const *gx, const void *const *x, const T *restrict gy, int64_t from, int64_t n)
{
    const T *restrict a = x[0], *restrict b = x[1], *restrict c = x[2], *restrict d = x[3];
    T *restrict ga = gx[0], *restrict gb = gx[1], *restrict gc = gx[2], *restrict gd = gx[3];
#pragma omp simd
    for (int64_t i = from; i < from + n; i++) {
        const PLACE ab = RNI_PASTE2(stays, TYPE)(a[i], b[i]), cd = RNI_PASTE2(stays, TYPE)(c[i], d[i]);
        const T p = RNI_PASTE2(larger, TYPE)(a[i], b[i]), q = RNI_PASTE2(larger, TYPE)(c[i], d[i]);
        const PLACE upper = RNI_PASTE2(stays, TYPE)(p, q);
        const T g = upper == 1 ? gy[i] : 0, h = upper == 1 ? 0 : gy[i];
        ga[i] = ab == 1 ? g : 0;
        gb[i] = ab == 1 ? 0 : g;
        gc[i] = cd == 1 ? h : 0;
        gd[i] = cd == 1 ? 0 : h;
    }
}

/* Whole vectors only, the last one over the one before: single values would be chosen by branches. */
static void RNI_PASTE2(set_grad_of_four, TYPE)(void *const *gx, const void *const *x, const T *gy, int64_t n)
{
    enum { LANES = 64 / sizeof(T) };
    if (n < LANES) {
        RNI_PASTE2(four_grads, TYPE)(gx, x, gy, 0, n);
        return;
    }
    for (int64_t i = 0; i + LANES <= n; i += LANES) RNI_PASTE2(four_grads, TYPE)(gx, x, gy, i, LANES);
    if (n % LANES) RNI_PASTE2(four_grads, TYPE)(gx, x, gy, n - LANES, LANES);
}

static void RNI_PASTE2(largest_grad, TYPE)(void *const *gx, const void *const *x, int64_t count, const void *gy,
                                           int64_t n, bool add)
{
    if (count == 4 && !add) {
        RNI_PASTE2(set_grad_of_four, TYPE)(gx, x, gy, n);
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
