/* Moving elements of one size. Needs T and NAME. */

static void RNI_PASTE2(gather, NAME)(void *to, const void *from, int64_t stride, int64_t n)
{
    T *restrict d = to;
    const T *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i] = s[i * stride];
}

static void RNI_PASTE2(scatter, NAME)(void *to, const void *from, int64_t stride, int64_t n)
{
    T *restrict d = to;
    const T *restrict s = from;
    for (int64_t i = 0; i < n; i++) d[i * stride] = s[i];
}

static void RNI_PASTE2(fill, NAME)(void *to, const void *one, int64_t n)
{
    T *restrict d = to;
    const T v = *(const T *)one;
    for (int64_t i = 0; i < n; i++) d[i] = v;
}

#undef T
#undef NAME
