/* Sums and steps along a line of values of one type. Needs T, TYPE, its name, and EXP(a).
 *
 * Sums are kept in T for a block only, then in double. Their order depends on n only. */

static void RNI_PASTE2(sum, TYPE)(const void *values, int64_t n, double *sum)
{
    const T *v = values;
    double all = 0;
    for (int64_t from = 0; from < n; from += BLOCK) {
        const int64_t to = from + BLOCK < n ? from + BLOCK : n;
        T s = 0;
#pragma omp simd reduction(+ : s)
        for (int64_t i = from; i < to; i++) s += v[i];
        all += (double)s;
    }
    *sum += all;
}

static void RNI_PASTE2(sum_squares, TYPE)(const void *values, int64_t n, double mean, double *sum)
{
    const T *v = values, m = (T)mean;
    double all = 0;
    for (int64_t from = 0; from < n; from += BLOCK) {
        const int64_t to = from + BLOCK < n ? from + BLOCK : n;
        T s = 0;
#pragma omp simd reduction(+ : s)
        for (int64_t i = from; i < to; i++) s += (v[i] - m) * (v[i] - m);
        all += (double)s;
    }
    *sum += all;
}

static inline __attribute__((always_inline)) void RNI_PASTE2(sum_pull_of, TYPE)(const T *g, const T *w, const T *x,
                                                                                int64_t n, T m, double *sum)
{
    double all = 0, centred = 0;
    for (int64_t from = 0; from < n; from += BLOCK) {
        const int64_t to = from + BLOCK < n ? from + BLOCK : n;
        T s = 0, t = 0;
#pragma omp simd reduction(+ : s, t)
        for (int64_t i = from; i < to; i++) {
            const T a = w ? g[i] * w[i] : g[i];
            s += a;
            t += a * (x[i] - m);
        }
        all += (double)s;
        centred += (double)t;
    }
    sum[0] += all;
    sum[1] += centred;
}

static void RNI_PASTE2(sum_pull, TYPE)(const void *g, const void *w, const void *x, int64_t n, double mean, double *sum)
{
    if (w)
        RNI_PASTE2(sum_pull_of, TYPE)(g, w, x, n, (T)mean, sum);
    else
        RNI_PASTE2(sum_pull_of, TYPE)(g, NULL, x, n, (T)mean, sum);
}

static void RNI_PASTE2(affine, TYPE)(void *to, const void *values, int64_t n, double mean, double factor, double offset)
{
    T *y = to;
    const T *x = values, m = (T)mean, f = (T)factor, b = (T)offset;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) * f + b;
}

static void RNI_PASTE2(affine_each, TYPE)(void *to, const void *values, int64_t n, double mean, double factor,
                                          const void *weights, const void *offsets)
{
    T *y = to;
    const T *x = values, *w = weights, *b = offsets, m = (T)mean, f = (T)factor;
    if (w && b)
#pragma omp simd
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) * (f * w[i]) + b[i];
    else if (w)
#pragma omp simd
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) * (f * w[i]);
    else if (b)
#pragma omp simd
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) * f + b[i];
    else
#pragma omp simd
        for (int64_t i = 0; i < n; i++) y[i] = (x[i] - m) * f;
}

static void RNI_PASTE2(pull, TYPE)(void *to, const void *grads, const void *weights, const void *values, int64_t n,
                                   const rni_pull *p)
{
    T *gx = to;
    const T *g = grads, *w = weights, *x = values;
    const T m = (T)p->mean, a = (T)p->a, b = (T)p->b, f = (T)p->factor;
    if (w)
#pragma omp simd
        for (int64_t i = 0; i < n; i++) gx[i] = (g[i] * w[i] - a - (x[i] - m) * b) * f;
    else
#pragma omp simd
        for (int64_t i = 0; i < n; i++) gx[i] = (g[i] - a - (x[i] - m) * b) * f;
}

static void RNI_PASTE2(add_products, TYPE)(void *products, void *sums, const void *grads, const void *values, int64_t n,
                                           double mean, double factor)
{
    T *gw = products, *gb = sums;
    const T *g = grads, *x = values, m = (T)mean, f = (T)factor;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) gw[i] += g[i] * ((x[i] - m) * f);
    if (!gb) return;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) gb[i] += g[i];
}

/* The largest value, where NaN does not count; 0 if that is -infinity. */
static inline T RNI_PASTE2(top, TYPE)(const T *x, int64_t n)
{
    const int64_t quarter = n / 4;
    T a = -INFINITY, b = a, c = a, d = a;
#pragma omp simd reduction(max : a, b, c, d)
    for (int64_t i = 0; i < quarter; i++) {
        a = x[i] > a ? x[i] : a;
        b = x[quarter + i] > b ? x[quarter + i] : b;
        c = x[2 * quarter + i] > c ? x[2 * quarter + i] : c;
        d = x[3 * quarter + i] > d ? x[3 * quarter + i] : d;
    }
    for (int64_t i = 4 * quarter; i < n; i++) a = x[i] > a ? x[i] : a;
    a = b > a ? b : a;
    c = d > c ? d : c;
    a = c > a ? c : a;
    return a == -INFINITY ? 0 : a;
}

/* A short line in whole vectors: what is missing changes neither the largest value nor the sum of powers. Less the
 * largest value, which it gives. */
static inline T RNI_PASTE2(short_line, TYPE)(T *line, const T *x, int64_t n, int64_t blocks)
{
    T m = -INFINITY;
    for (int64_t i = (blocks - 1) * LANES; i < blocks * LANES; i++) line[i] = -INFINITY;
    memcpy(line, x, (size_t)n * sizeof(T));
#pragma omp simd reduction(max : m)
    for (int64_t i = 0; i < blocks * LANES; i++) m = line[i] > m ? line[i] : m;
    m = m == -INFINITY ? 0 : m;
#pragma omp simd
    for (int64_t i = 0; i < blocks * LANES; i++) line[i] -= m;
    return m;
}

static inline double RNI_PASTE2(short_powers, TYPE)(T *line, int64_t blocks)
{
    T s = 0;
#pragma omp simd reduction(+ : s)
    for (int64_t i = 0; i < blocks * LANES; i++) {
        line[i] = EXP(line[i]);
        s += line[i];
    }
    return (double)s;
}

static double RNI_PASTE2(short_softmax, TYPE)(T *y, const T *x, int64_t n, double factor)
{
    T line[SHORT];
    const int64_t blocks = (n + LANES - 1) / LANES;
    const T m = RNI_PASTE2(short_line, TYPE)(line, x, n, blocks);
    const double all = RNI_PASTE2(short_powers, TYPE)(line, blocks);
    const T f = (T)(all == 0 ? 0 : factor / all);
#pragma omp simd
    for (int64_t i = 0; i < blocks * LANES; i++) line[i] *= f;
    memcpy(y, line, (size_t)n * sizeof(T));
    return all == 0 ? 0 : (double)m + log(all);
}

static double RNI_PASTE2(short_log_sum, TYPE)(const T *x, int64_t n, double *taken_out)
{
    T line[SHORT];
    const int64_t blocks = (n + LANES - 1) / LANES;
    *taken_out = (double)RNI_PASTE2(short_line, TYPE)(line, x, n, blocks);
    const double all = RNI_PASTE2(short_powers, TYPE)(line, blocks);
    return all == 0 ? 0 : log(all);
}

static double RNI_PASTE2(softmax, TYPE)(void *to, const void *values, int64_t n, double factor)
{
    if (n > 0 && n <= SHORT) return RNI_PASTE2(short_softmax, TYPE)(to, values, n, factor);
    T *y = to;
    const T *x = values, m = RNI_PASTE2(top, TYPE)(values, n);
    double all = 0;
    for (int64_t from = 0; from < n; from += BLOCK) {
        const int64_t end = from + BLOCK < n ? from + BLOCK : n;
        T s = 0;
#pragma omp simd reduction(+ : s)
        for (int64_t i = from; i < end; i++) {
            const T e = EXP(x[i] - m);
            y[i] = e;
            s += e;
        }
        all += (double)s;
    }
    const T f = (T)(all == 0 ? 0 : factor / all);
#pragma omp simd
    for (int64_t i = 0; i < n; i++) y[i] *= f;
    return all == 0 ? 0 : (double)m + log(all);
}

static void RNI_PASTE2(powers, TYPE)(void *to, const void *values, int64_t n, double less)
{
    T *y = to;
    const T *x = values, m = (T)less;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) y[i] = EXP(x[i] - m);
}

static double RNI_PASTE2(log_sum, TYPE)(const void *values, int64_t n, double *taken_out)
{
    if (n > 0 && n <= SHORT) return RNI_PASTE2(short_log_sum, TYPE)(values, n, taken_out);
    const T *x = values, m = RNI_PASTE2(top, TYPE)(values, n);
    double all = 0;
    for (int64_t from = 0; from < n; from += BLOCK) {
        const int64_t end = from + BLOCK < n ? from + BLOCK : n;
        T s = 0;
#pragma omp simd reduction(+ : s)
        for (int64_t i = from; i < end; i++) s += EXP(x[i] - m);
        all += (double)s;
    }
    *taken_out = (double)m;
    return all == 0 ? 0 : log(all);
}

static void RNI_PASTE2(softmax_grad, TYPE)(void *to, const void *result, const void *grads, int64_t n)
{
    T *gx = to;
    const T *y = result, *g = grads;
    double sum[2] = { 0 };
    RNI_PASTE2(sum_pull, TYPE)(y, NULL, g, n, 0, sum);
    const T s = (T)sum[1];
#pragma omp simd
    for (int64_t i = 0; i < n; i++) gx[i] = y[i] * (g[i] - s);
}

static void RNI_PASTE2(log_softmax_grad, TYPE)(void *to, const void *result, const void *grads, int64_t n)
{
    T *gx = to;
    const T *y = result, *g = grads;
    double sum = 0;
    RNI_PASTE2(sum, TYPE)(g, n, &sum);
    const T s = (T)sum;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) gx[i] = g[i] - EXP(y[i]) * s;
}

#undef T
#undef TYPE
#undef EXP
