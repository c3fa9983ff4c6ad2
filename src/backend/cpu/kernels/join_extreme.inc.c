/* Positions of extreme values of one type. Needs T, WIDE, TYPE, the type's name, and IS_NAN(a). */

/* The first value that is equal to `wanted`, or the first NaN if that is one. */
static int64_t RNI_PASTE2(find, TYPE)(const void *values, int64_t n, const void *wanted)
{
    const T *v = values, w = (T) * (const WIDE *)wanted;
    int64_t i = 0;
    for (; i + FEW <= n; i += FEW) {
        int found = 0;
        for (int k = 0; k < FEW; k++) found |= (v[i + k] == w) | (IS_NAN(w) & IS_NAN(v[i + k]));
        if (found) break;
    }
    for (; i < n; i++)
        if ((v[i] == w) | (IS_NAN(w) & IS_NAN(v[i]))) return i;
    return 0;
}

static void RNI_PASTE2(largest, TYPE)(void *best_values, int64_t *position, const void *values, int64_t n, int64_t at)
{
    T *best = best_values;
    const T *v = values;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
        const int beats = (!IS_NAN(best[i])) & ((v[i] > best[i]) | IS_NAN(v[i]));
        best[i] = beats ? v[i] : best[i];
        position[i] = beats ? at : position[i];
    }
}

static void RNI_PASTE2(smallest, TYPE)(void *best_values, int64_t *position, const void *values, int64_t n, int64_t at)
{
    T *best = best_values;
    const T *v = values;
#pragma omp simd
    for (int64_t i = 0; i < n; i++) {
        const int beats = (!IS_NAN(best[i])) & ((v[i] < best[i]) | IS_NAN(v[i]));
        best[i] = beats ? v[i] : best[i];
        position[i] = beats ? at : position[i];
    }
}

#undef IS_NAN
#undef TYPE
#undef T
#undef WIDE
#undef MULTIPLY_ADD
