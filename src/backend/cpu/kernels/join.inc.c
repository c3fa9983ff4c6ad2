/* One way of joining values of one type. Needs T, WIDE (what long joins are kept in), NAME, JOIN(a, b), whose operands
 * are variables, and START, which changes nothing.
 *
 * The order of joining depends on counts only, never on threads. */

/* Joins value i, or its product with that of w unless w is NULL: only sums of products are made, rounded once. */
#define JOIN_VALUE(acc, i) (w ? MULTIPLY_ADD(v[i], w[i], acc) : (JOIN(acc, v[i])))

/* Values joined side by side before they are folded: independent chains for the processor to overlap. */
static inline __attribute__((always_inline)) T RNI_PASTE2(fold, NAME)(const T *v, const T *w, int64_t n, int lanes)
{
    T acc[MANY];
    for (int k = 0; k < lanes; k++) acc[k] = START;
    int64_t i = 0;
    for (; i + lanes <= n; i += lanes) {
#pragma omp simd
        for (int k = 0; k < lanes; k++) acc[k] = JOIN_VALUE(acc[k], i + k);
    }
    for (; i + FEW <= n; i += FEW) {
#pragma omp simd
        for (int k = 0; k < FEW; k++) acc[k] = JOIN_VALUE(acc[k], i + k);
    }
    for (int k = 0; i + k < n; k++) acc[k] = JOIN_VALUE(acc[k], i + k);
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int k = 0; k < half; k++) acc[k] = JOIN(acc[k], acc[k + half]);
    return acc[0];
}

#undef JOIN_VALUE

/* Short rows: FEW of them side by side. */
static inline void RNI_PASTE2(short_rows, NAME)(const T *v, int64_t n, int64_t count, WIDE *out)
{
    T acc[FEW];
    for (int k = 0; k < FEW; k++) acc[k] = START;
    for (int64_t i = 0; i < n; i++) {
        const T *at = v + i;
        if (count == FEW) {
#pragma omp simd
            for (int k = 0; k < FEW; k++) acc[k] = JOIN(acc[k], at[k * n]);
        } else
            for (int k = 0; k < (int)count; k++) acc[k] = JOIN(acc[k], at[k * n]);
    }
    for (int k = 0; k < (int)count; k++) out[k] = (WIDE)acc[k];
}

static void RNI_PASTE2(rows, NAME)(void *to, const void *values, int64_t n, int64_t count)
{
    const T *v = values;
    WIDE *out = to;
    if (n >= MANY)
        for (int64_t r = 0; r < count; r++) out[r] = (WIDE)RNI_PASTE2(fold, NAME)(v + r * n, NULL, n, MANY);
    else if (n >= FEW)
        for (int64_t r = 0; r < count; r++) out[r] = (WIDE)RNI_PASTE2(fold, NAME)(v + r * n, NULL, n, FEW);
    else
        for (int64_t r = 0; r < count; r += FEW)
            RNI_PASTE2(short_rows, NAME)(v + r * n, n, count - r < FEW ? count - r : FEW, out + r);
}

static void RNI_PASTE2(columns, NAME)(void *to, const void *values, int64_t n, int64_t count)
{
    T *acc = to;
    const T *v = values;
    for (int64_t r = 0; r < count; r++, v += n) {
#pragma omp simd
        for (int64_t i = 0; i < n; i++) acc[i] = JOIN(acc[i], v[i]);
    }
}

static void RNI_PASTE2(widen, NAME)(void *to, const void *values, int64_t n)
{
    WIDE *acc = to;
    const T *v = values;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
        const WIDE one = (WIDE)v[i];
        acc[i] = JOIN(acc[i], one);
    }
}

static void RNI_PASTE2(wide, NAME)(void *to, const void *values, int64_t n)
{
    WIDE *acc = to;
    const WIDE *v = values;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) acc[i] = JOIN(acc[i], v[i]);
}

static const WIDE RNI_PASTE2(start, NAME) = (WIDE)(START);

#undef JOIN
#undef START
#undef NAME
