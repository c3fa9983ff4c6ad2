/* One whole-number type to and from the three compute types. Needs T, NAME, TRUTH (1 for bool: not zero is 1), and LOW
 * and HIGH, the range of T. Floats are truncated and clamped, NaN gives 0; whole numbers wrap around. */

static void RNI_PASTE2(load_f32, NAME)(void *to, const void *from, int64_t n)
{
    float *restrict d = to;
    const T *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = (float)(TRUTH ? s[i] != 0 : s[i]);
}

static void RNI_PASTE2(load_f64, NAME)(void *to, const void *from, int64_t n)
{
    double *restrict d = to;
    const T *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = (double)(TRUTH ? s[i] != 0 : s[i]);
}

static void RNI_PASTE2(load_i64, NAME)(void *to, const void *from, int64_t n)
{
    int64_t *restrict d = to;
    const T *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = TRUTH ? s[i] != 0 : s[i];
}

static void RNI_PASTE2(store_f64, NAME)(void *to, const void *from, int64_t n)
{
    T *restrict d = to;
    const double *restrict s = from;
    for (int64_t i = 0; i < n; i++) {
        const double v = s[i], low = v > (double)LOW ? v : (double)LOW;
        const T whole = low >= (double)HIGH ? HIGH : (T)low;
        d[i] = TRUTH ? v != 0 : v != v ? 0 : whole;
    }
}

static void RNI_PASTE2(store_f32, NAME)(void *to, const void *from, int64_t n)
{
    T *restrict d = to;
    const float *restrict s = from;
    for (int64_t i = 0; i < n; i++) {
        const float v = s[i], low = v > (float)LOW ? v : (float)LOW;
        const T whole = low >= (float)HIGH ? HIGH : (T)low;
        d[i] = TRUTH ? v != 0 : v != v ? 0 : whole;
    }
}

static void RNI_PASTE2(store_i64, NAME)(void *to, const void *from, int64_t n)
{
    T *restrict d = to;
    const int64_t *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = TRUTH ? s[i] != 0 : (T)s[i];
}

#undef T
#undef NAME
#undef TRUTH
#undef LOW
#undef HIGH
