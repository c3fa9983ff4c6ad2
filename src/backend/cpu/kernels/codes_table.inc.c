/* The table of codes of a real type, with loops that the list cannot make: circular functions of large numbers, and
 * powers with one small exponent. Needs what codes.inc.c made, TABLE, the table's name, and SPECIAL_MOD. */

/* Numbers too large for the reduction of `fast` are left to the C library; those beside them are not, so that no result
 * depends on how elements are put into blocks. */
INLINE void loop_far(void *dv, const void *av, int64_t blocks, unsigned steps, rni_code_fn *fast,
                     double (*slow)(double))
{
    T *d = dv;
    const T *a = av;
    const int64_t next = steps & 1 ? RNI_CPU_BLOCK : 0;
    for (; blocks > 0; blocks--, d += RNI_CPU_BLOCK, a += next) {
        int far = 0;
        for (int i = 0; i < RNI_CPU_BLOCK; i++) far |= !(FN(fabs)(a[i]) <= (T)SIN_LIMIT);
        if (!far) {
            fast(d, a, NULL, NULL, 1, 1);
            continue;
        }
        T x[RNI_CPU_BLOCK]; /* d may be a */
        memcpy(x, a, sizeof x);
        fast(d, x, NULL, NULL, 1, 1);
        for (int i = 0; i < RNI_CPU_BLOCK; i++)
            if (!(FN(fabs)(x[i]) <= (T)SIN_LIMIT)) d[i] = (T)slow((double)x[i]);
    }
}

static void far_sin(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps)
{
    (void)b, (void)c;
    loop_far(d, a, blocks, steps, code_SIN, sin);
}

static void far_cos(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps)
{
    (void)b, (void)c;
    loop_far(d, a, blocks, steps, code_COS, cos);
}

static void far_tan(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps)
{
    (void)b, (void)c;
    loop_far(d, a, blocks, steps, code_TAN, tan);
}

/* A power with the same exponent everywhere is often a square, a cube or a reciprocal. */
static void power(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps)
{
    const T e = *(const T *)b;
    if (steps & 2)
        code_POW(d, a, b, c, blocks, steps);
    else if (e == 2)
        loop_1(d, a, b, c, blocks, steps, op_SQUARE);
    else if (e == 3)
        loop_1(d, a, b, c, blocks, steps, op_CUBE);
    else if (e == -1)
        code_RECIP(d, a, b, c, blocks, steps);
    else if (e == 1)
        code_COPY(d, a, b, c, blocks, steps);
    else
        code_POW(d, a, b, c, blocks, steps);
}

/* To memory and back, by what does that for values that are stored. */
INLINE void round_to(void *dv, const void *av, int64_t blocks, unsigned steps, rn_dtype type)
{
    const rni_cpu_compute compute = sizeof(T) == sizeof(float) ? RNI_CPU_F32 : RNI_CPU_F64;
    rni_convert_fn *store = RNI_ISA_NAME(rni_moves).store[compute][type];
    rni_convert_fn *load = RNI_ISA_NAME(rni_moves).load[compute][type];
    T *d = dv;
    const T *a = av;
    for (; blocks > 0; blocks--, d += RNI_CPU_BLOCK, a += steps & 1 ? RNI_CPU_BLOCK : 0) {
        uint16_t half[RNI_CPU_BLOCK];
        store(half, a, RNI_CPU_BLOCK);
        load(d, half, RNI_CPU_BLOCK);
    }
}

static void round_f16(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps)
{
    (void)b, (void)c;
    round_to(d, a, blocks, steps, RN_F16);
}

static void round_bf16(void *d, const void *a, const void *b, const void *c, int64_t blocks, unsigned steps)
{
    if (sizeof(T) == sizeof(float))
        loop_1(d, a, b, c, blocks, steps, op_ROUND_BF16);
    else
        round_to(d, a, blocks, steps, RN_BF16);
}

#pragma GCC diagnostic ignored "-Woverride-init" /* the rows after the list replace those in it */
rni_code_fn *const TABLE[RN_CODE_NUMBER] = {
#define X(name, arity) [RN_CODE_##name] = code_##name,
    LIST(X)
#undef X
        [RN_CODE_SIN] = far_sin,
    [RN_CODE_COS] = far_cos,
    [RN_CODE_TAN] = far_tan,
    [RN_CODE_POW] = power,
    [RN_CODE_MOD] = SPECIAL_MOD,
    [RN_CODE_ROUND_F16] = round_f16,
    [RN_CODE_ROUND_BF16] = round_bf16,
};
