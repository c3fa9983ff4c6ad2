/* Loops over blocks for every code of programs. Needs T, LIST, the codes as an X-macro like RNI_CODE_LIST, and an
 * inline function op_<CODE> for each. */

#define INLINE static inline __attribute__((always_inline))

/* The operation is a constant at every call, so it is inlined into the loop. */
INLINE void loop_1(void *dv, const void *av, const void *bv, const void *cv, int64_t blocks, unsigned steps, T (*op)(T))
{
    (void)bv, (void)cv;
    T *d = dv;
    const T *a = av;
    const int64_t next = steps & 1 ? RNI_CPU_BLOCK : 0;
    for (; blocks > 0; blocks--, d += RNI_CPU_BLOCK, a += next) {
#pragma omp simd
        for (int i = 0; i < RNI_CPU_BLOCK; i++) d[i] = op(a[i]);
    }
}

INLINE void loop_2(void *dv, const void *av, const void *bv, const void *cv, int64_t blocks, unsigned steps,
                   T (*op)(T, T))
{
    (void)cv;
    T *d = dv;
    const T *a = av, *b = bv;
    const int64_t next_a = steps & 1 ? RNI_CPU_BLOCK : 0, next_b = steps & 2 ? RNI_CPU_BLOCK : 0;
    for (; blocks > 0; blocks--, d += RNI_CPU_BLOCK, a += next_a, b += next_b) {
#pragma omp simd
        for (int i = 0; i < RNI_CPU_BLOCK; i++) d[i] = op(a[i], b[i]);
    }
}

INLINE void loop_3(void *dv, const void *av, const void *bv, const void *cv, int64_t blocks, unsigned steps,
                   T (*op)(T, T, T))
{
    T *d = dv;
    const T *a = av, *b = bv, *c = cv;
    const int64_t next_a = steps & 1 ? RNI_CPU_BLOCK : 0, next_b = steps & 2 ? RNI_CPU_BLOCK : 0;
    const int64_t next_c = steps & 4 ? RNI_CPU_BLOCK : 0;
    for (; blocks > 0; blocks--, d += RNI_CPU_BLOCK, a += next_a, b += next_b, c += next_c) {
#pragma omp simd
        for (int i = 0; i < RNI_CPU_BLOCK; i++) d[i] = op(a[i], b[i], c[i]);
    }
}

#define X(name, arity)                                                                                                 \
    static void code_##name(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps)      \
    {                                                                                                                  \
        loop_##arity(d, a, b, c, blocks, steps, op_##name);                                                            \
    }
LIST(X)
#undef X
