/* Sums of products of one type. Needs T, TYPE, its name, and the fold of its sums. */

static void RNI_PASTE2(dot, TYPE)(void *to, const void *values, const void *weights, int64_t n, int64_t count)
{
    const T *v = values, *w = weights;
    double *out = to;
    for (int64_t r = 0; r < count; r++, v += n, w += n)
        out[r] = (double)(n >= MANY ? ADD_UP(v, w, n, MANY) : ADD_UP(v, w, n, FEW));
}

#undef ADD_UP
