/* Every code of scalar programs on the CPU against plain C, for each instruction set. */
#include "cpu_call.h"

#include <xmmintrin.h>

enum { COUNT = 40000 };

typedef struct {
    const char *name;
    rn_code code;
    int arity;
    double f32, f64;  /* bounds in ulps; 0: equal. f64 includes what the C library may be off */
    double low, high; /* range of ordinary arguments */
    double least;     /* absolute error that counts as none (beside zeros of the function) */
    bool whole;       /* arguments are whole numbers */
} row;

/* Bounds with fused multiply-add; without it, half an ulp more. */
static const row rows[] = {
#define ROW(name, arity, f32, f64, low, high, ...)                                                                     \
    {                                                                                                                  \
#name, RN_CODE_##name, arity, f32, f64, low, high, __VA_ARGS__                                                 \
    }
    ROW(COPY, 1, 0, 0, -9, 9, 0),
    ROW(NEG, 1, 0, 0, -9, 9, 0),
    ROW(ABS, 1, 0, 0, -9, 9, 0),
    ROW(SIGN, 1, 0, 0, -9, 9, 0),
    ROW(FLOOR, 1, 0, 0, -9, 9, 0),
    ROW(CEIL, 1, 0, 0, -9, 9, 0),
    ROW(ROUND, 1, 0, 0, -9, 9, 0),
    ROW(TRUNC, 1, 0, 0, -9, 9, 0),
    ROW(ROUND_F16, 1, 0, 0, -9, 9, 0),
    ROW(ROUND_BF16, 1, 0, 0, -9, 9, 0),
    ROW(SQRT, 1, 0.51, 0.51, -1, 99, 0),
    ROW(RSQRT, 1, 1.6, 2, -1, 99, 0),
    ROW(RECIP, 1, 0.51, 0.51, -9, 9, 0),
    ROW(EXP, 1, 1.1, 2.1, -100, 100, 0),
    ROW(EXPM1, 1, 1.7, 3, -20, 90, 0),
    ROW(EXP2, 1, 1.2, 1, -130, 130, 0),
    ROW(LOG, 1, 1, 1.6, -1, 99, 0),
    ROW(LOG1P, 1, 1.6, 2.6, -1.1, 99, 0),
    ROW(LOG2, 1, 1.6, 1.6, -1, 99, 0),
    ROW(LOG10, 1, 2, 1.6, -1, 99, 0),
    ROW(SIN, 1, 1.7, 2, -1000, 1000, 0),
    ROW(COS, 1, 1.7, 2, -1000, 1000, 0),
    ROW(TAN, 1, 0.6, 4, -1000, 1000, 0),
    ROW(ASIN, 1, 2.4, 1, -1.1, 1.1, 0),
    ROW(ACOS, 1, 1.2, 1, -1.1, 1.1, 0),
    ROW(ATAN, 1, 1.5, 1, -9, 9, 0),
    ROW(SINH, 1, 2.4, 1, -90, 90, 0),
    ROW(COSH, 1, 1.6, 1, -90, 90, 0),
    ROW(TANH, 1, 2.6, 4, -10, 10, 0),
    ROW(ASINH, 1, 0.6, 1, -99, 99, 0),
    ROW(ACOSH, 1, 0.6, 1, 0, 99, 0),
    ROW(ATANH, 1, 0.6, 1, -1.1, 1.1, 0),
    ROW(ERF, 1, 1.2, 1, -5, 5, 0),
    ROW(ERFC, 1, 3.4, 1, -5, 10, 0),
    ROW(ERFINV, 1, 0.6, 4, -1.1, 1.1, 0),
    ROW(LGAMMA, 1, 0.6, 1, -0.9, 99, 1e-9),
    ROW(DIGAMMA, 1, 0.6, 30, -5, 99, 1e-13),
    ROW(TRIGAMMA, 1, 0.6, 30, -5, 99, 1e-12),
    ROW(SIGMOID, 1, 2.6, 4, -90, 90, 0),
    ROW(ISNAN, 1, 0, 0, -9, 9, 0),
    ROW(ISINF, 1, 0, 0, -9, 9, 0),
    ROW(NOT, 1, 0, 0, -2, 2, 0, true),
    ROW(BITNOT, 1, 0, 0, -1000, 1000, 0, true),
    ROW(ADD, 2, 0.51, 0, -9, 9, 0),
    ROW(SUB, 2, 0.51, 0, -9, 9, 0),
    ROW(MUL, 2, 0.51, 0, -9, 9, 0),
    ROW(DIV, 2, 0.51, 0, -9, 9, 0),
    ROW(MOD, 2, 0.51, 0, -9, 9, 0),
    ROW(FMOD, 2, 0.51, 0, -9, 9, 0),
    ROW(FLOORDIV, 2, 0.51, 0, -9, 9, 0),
    ROW(POW, 2, 0.6, 1, -9, 9, 0),
    ROW(MIN, 2, 0, 0, -9, 9, 0),
    ROW(MAX, 2, 0, 0, -9, 9, 0),
    ROW(ATAN2, 2, 2, 1, -9, 9, 0),
    ROW(LT, 2, 0, 0, -9, 9, 0),
    ROW(LE, 2, 0, 0, -9, 9, 0),
    ROW(EQ, 2, 0, 0, -3, 3, 0, true),
    ROW(NE, 2, 0, 0, -3, 3, 0, true),
    ROW(AND, 2, 0, 0, -2, 2, 0, true),
    ROW(OR, 2, 0, 0, -2, 2, 0, true),
    ROW(BITAND, 2, 0, 0, -1000, 1000, 0, true),
    ROW(BITOR, 2, 0, 0, -1000, 1000, 0, true),
    ROW(BITXOR, 2, 0, 0, -1000, 1000, 0, true),
    ROW(SHL, 2, 0, 0, 0, 20, 0, true),
    ROW(SHR, 2, 0, 0, 0, 20, 0, true),
    ROW(FMA, 3, 1, 1, 0.5, 9, 0),
    ROW(SELECT, 3, 0, 0, -2, 2, 0, true),
#undef ROW
};

static const double specials[] = { 0.0,      -0.0,    1,        -1,          INFINITY,       -INFINITY, NAN,
                                   0.5,      -0.5,    2,        3,           1e30,           -1e30,     1e-30,
                                   0x1p-126, 88.7228, 88.8,     -87.3,       -104,           709.7,     -745,
                                   0.9375,   1e6,     1.2345e7, -3e7,        0x1.fffffep127, 0x1p-149,  4,
                                   -2,       -3.5,    0x1p-24,  1 - 0x1p-24, 1 + 0x1p-23,    10.5,      -1e-5 };

static double argument(const row *r, rni_rng *rng, int i, bool f64)
{
    const int n = (int)RN_COUNTOF(specials);
    double v;
    if (i < 8 * n * r->arity && !r->whole)
        v = specials[random_below(rng, n)];
    else if (i % 4 == 0 && !r->whole) {
        /* any float of moderate size */
        v = (double)rni_bits_f32((uint32_t)rni_rng_u32(rng));
        if (isfinite(v) && r->least > 0) v = fmod(v, 20);
    } else
        v = r->low + (r->high - r->low) * rni_rng_uniform(rng);
    if (r->whole) v = floor(v);
    if (r->code == RN_CODE_FMA)
        v = isfinite(v) ? 1 + fmod(fabs(v), 100) : 1; /* no cancellation: one ulp for both ways */
    return f64 ? v : (double)(float)v;
}

static rn_program program_of(const row *r, rn_dtype compute, rn_instr *in, uint16_t *out)
{
    *in = (rn_instr){ (uint8_t)r->code, (uint16_t)r->arity, 0, 1, 2 };
    if (r->arity < 3) in->c = 0;
    if (r->arity < 2) in->b = 0;
    *out = (uint16_t)r->arity;
    return (rn_program){ .name = r->name,
                         .n_in = r->arity,
                         .n_reg = r->arity + 1,
                         .n_instr = 1,
                         .n_out = 1,
                         .instr = in,
                         .out = out,
                         .compute = compute };
}

/* Arguments for which plain C and vector code may disagree: denormals, which count as zero here; remainders of numbers
 * so far apart that the quotient is rounded; gamma functions far left. */
static bool is_excluded(const row *r, const rni_ref_value *a, bool f64)
{
    const bool through_f32 = r->code == RN_CODE_ROUND_F16 || r->code == RN_CODE_ROUND_BF16;
    for (int k = 0; k < r->arity; k++)
        if (a[k].f != 0 && fabs(a[k].f) < (f64 && !through_f32 ? 0x1p-1022 : 0x1p-126)) return true;
    return r->least > 0 && a[0].f < -20;
}

static void check_row(const rni_device *d, const row *r, bool f64, double slack)
{
    rn_instr in;
    uint16_t out;
    const rn_program p = program_of(r, f64 ? RN_F64 : RN_F32, &in, &out);
    const int64_t dim[] = { COUNT };
    rn_view v[4];
    rni_rng rng = { .seed = 7, .stream = (uint64_t)r->code };
    for (int k = 0; k <= r->arity; k++) v[k] = view_new(f64 ? RN_F64 : RN_F32, 1, dim);
    for (int k = 0; k < r->arity; k++)
        for (int i = 0; i < COUNT; i++) {
            const double a = argument(r, &rng, i, f64);
            if (f64)
                ((double *)v[k].data)[i] = a;
            else
                ((float *)v[k].data)[i] = (float)a;
        }
    rn_kernel_call c = map_call(&p, v, v + r->arity, NULL);
    cpu_run(d, "map", &c);
    const double bound = (f64 ? r->f64 : r->f32) + ((f64 ? r->f64 : r->f32) > 0 ? slack : 0);
    for (int i = 0; i < COUNT; i++) {
        rni_ref_value reg[4];
        const double have = f64 ? ((double *)v[r->arity].data)[i] : (double)((float *)v[r->arity].data)[i];
        for (int k = 0; k < r->arity; k++) reg[k].f = f64 ? ((double *)v[k].data)[i] : (double)((float *)v[k].data)[i];
        if (is_excluded(r, reg, f64)) continue;
        rni_ref_eval(&p, reg, NULL, 0, 1, NULL);
        const double want = reg[r->arity].f, ulps = f64 ? ulps_f64(have, want) : ulps_f32((float)have, want);
        /* left of zero, plain C reduces by a rounded pi */
        const double least = r->least * fmax(1, fabs(want)) * (reg[0].f < 0 ? 1e4 : 1);
        if (ulps > bound && !(fabs(have - want) <= least))
            test_failed(__FILE__, __LINE__, "%s: %s in %s of (%.17g, %.17g): %.17g, want %.17g (%.3g ulp)", d->name,
                        r->name, f64 ? "f64" : "f32", reg[0].f, r->arity > 1 ? reg[1].f : 0, have, want, ulps);
    }
    for (int k = 0; k <= r->arity; k++) free(v[k].data);
}

/* y = code(x) of COUNT numbers from -1000 to 1000, of which one in 97 is `odd` (0: none). */
static void circular(const rni_device *d, rn_code code, bool f64, double odd, rn_view v[2])
{
    const row r = { .code = code, .name = "circular", .arity = 1 };
    rn_instr in;
    uint16_t out;
    const rn_program p = program_of(&r, f64 ? RN_F64 : RN_F32, &in, &out);
    rni_rng rng = { .seed = 11 };
    for (int k = 0; k < 2; k++) v[k] = view_new(p.compute, 1, (const int64_t[]){ COUNT });
    for (int i = 0; i < COUNT; i++) {
        const double a = 2000 * rni_rng_uniform(&rng) - 1000;
        rni_store(p.compute, (char *)v[0].data + i * rn_dtype_bytes(p.compute), odd != 0 && i % 97 == 5 ? odd : a);
    }
    rn_kernel_call c = map_call(&p, v, v + 1, NULL);
    cpu_run(d, "map", &c);
}

RN_TEST(a_large_number_changes_no_bit_of_its_neighbours)
{
    static const rn_code codes[] = { RN_CODE_SIN, RN_CODE_COS, RN_CODE_TAN };
    for (int k = 0; k < 3 * (int)RN_COUNTOF(cpu_isas) * 2; k++) {
        const rni_device *d = cpu_device(cpu_isas[k / 6]);
        const bool f64 = k % 2;
        const size_t bytes = f64 ? 8 : 4;
        rn_view y[2][2];
        if (!d) continue;
        circular(d, codes[k / 2 % 3], f64, 0, y[0]);
        circular(d, codes[k / 2 % 3], f64, 1.5e7, y[1]);
        for (int i = 0; i < COUNT; i++) {
            const char *want = (const char *)y[0][1].data + (size_t)i * bytes,
                       *have = (const char *)y[1][1].data + (size_t)i * bytes;
            if ((memcmp(want, have, bytes) == 0) == (i % 97 == 5))
                test_failed(__FILE__, __LINE__, "%s: code %d: element %d", d->name, (int)codes[k / 2 % 3], i);
        }
        for (int n = 0; n < 4; n++) free(y[n / 2][n % 2].data);
    }
}

RN_TEST(every_code_in_f32_is_within_its_bound)
{
    for (int k = 0; k < (int)RN_COUNTOF(cpu_isas); k++) {
        const rni_device *d = cpu_device(cpu_isas[k]);
        for (int i = 0; d && i < (int)RN_COUNTOF(rows); i++) check_row(d, &rows[i], false, k == 2 ? 0.5 : 0);
    }
}

RN_TEST(every_code_in_f64_is_within_its_bound)
{
    for (int k = 0; k < (int)RN_COUNTOF(cpu_isas); k++) {
        const rni_device *d = cpu_device(cpu_isas[k]);
        for (int i = 0; d && i < (int)RN_COUNTOF(rows); i++) check_row(d, &rows[i], true, k == 2 ? 1 : 0);
    }
}

RN_TEST(every_code_of_whole_numbers_equals_plain_c)
{
    static const int64_t odd[] = { 0, 1, -1, 2, -2, 7, -7, 63, 64, 65, INT64_MAX, INT64_MIN, 1ll << 53, -5 };
    static const rn_code real[] = { RN_CODE_SQRT, RN_CODE_EXP, RN_CODE_ATAN2 };
    const int64_t dim[] = { 14 * 14 };
    for (int k = 0; k < (int)RN_COUNTOF(cpu_isas); k++) {
        const rni_device *d = cpu_device(cpu_isas[k]);
        for (int i = 0; d && i < (int)RN_COUNTOF(rows); i++) {
            rn_instr in;
            uint16_t out;
            rn_program p = program_of(&rows[i], RN_I64, &in, &out);
            rn_view v[4], ref = view_new(RN_I64, 1, dim);
            for (int a = 0; a < 4; a++) v[a] = view_new(RN_I64, 1, dim);
            for (int e = 0; e < 14 * 14; e++) {
                ((int64_t *)v[0].data)[e] = odd[e % 14];
                ((int64_t *)v[1].data)[e] = odd[e / 14];
                ((int64_t *)v[2].data)[e] = e;
            }
            rn_kernel_call c = map_call(&p, v, &v[3], NULL);
            const char *why;
            const bool whole = rows[i].f32 == 0 || (rows[i].code >= RN_CODE_ADD && rows[i].code <= RN_CODE_POW);
            if (cpu_kernel(d, "map", &c, &why) && rows[i].code != RN_CODE_FMA) {
                CHECK(whole);
                cpu_run(d, "map", &c);
                c.out = &ref;
                rni_ref_map(&c);
                /* plain C goes through double for these */
                const bool inexact = rows[i].code >= RN_CODE_FLOOR && rows[i].code <= RN_CODE_TRUNC;
                for (int e = 0; e < 14 * 14; e++) {
                    const long long have = ((int64_t *)v[3].data)[e], want = ((int64_t *)ref.data)[e];
                    if (have != want && !(inexact && llabs(want) > 1ll << 53))
                        test_failed(__FILE__, __LINE__, "%s: %s of (%lld, %lld): %lld, want %lld", d->name,
                                    rows[i].name, (long long)((int64_t *)v[0].data)[e],
                                    (long long)((int64_t *)v[1].data)[e], have, want);
                }
            }
            for (int r = 0; r < (int)RN_COUNTOF(real); r++)
                if (rows[i].code == real[r]) CHECK(!cpu_kernel(d, "map", &c, &why) && strstr(why, "whole numbers"));
            for (int a = 0; a < 4; a++) free(v[a].data);
            free(ref.data);
        }
    }
}

RN_TEST(every_code_is_tested)
{
    bool seen[RN_CODE_NUMBER] = {
        [RN_CODE_INDEX] = true, [RN_CODE_COUNT] = true, [RN_CODE_RANDOM] = true, [RN_CODE_LOAD] = true /* test_kernels.c
                                                                                                        */
    };
    for (int i = 0; i < (int)RN_COUNTOF(rows); i++) seen[rows[i].code] = true;
    for (int i = 0; i < RN_CODE_NUMBER; i++)
        if (!seen[i]) test_failed(__FILE__, __LINE__, "code %d has no row", i);
}

RN_TEST(denormals_are_flushed_inside_and_the_caller_keeps_its_state)
{
    const row mul = { "MUL", RN_CODE_MUL, 2, 0, 0, 0, 0, 0, false };
    rn_instr in;
    uint16_t out;
    const rn_program p = program_of(&mul, RN_F32, &in, &out);
    const int64_t dim[] = { 200 };
    rn_view v[3];
    for (int k = 0; k < 3; k++) v[k] = view_new(RN_F32, 1, dim);
    for (int i = 0; i < 200; i++) {
        ((float *)v[0].data)[i] = 0x1p-100f;
        ((float *)v[1].data)[i] = 0x1p-40f;
    }
    rn_kernel_call c = map_call(&p, v, v + 2, NULL);
    const unsigned before = _mm_getcsr();
    cpu_run(cpu_device("0"), "map", &c);
    CHECK_EQ_I64(_mm_getcsr() & ~0x3fu, before & ~0x3fu); /* but for flags of what happened */
    for (int i = 0; i < 200; i++) CHECK_NEAR(((float *)v[2].data)[i], 0, 0);
    volatile float small = 0x1p-100f;
    CHECK(small * 0x1p-40f != 0);
    for (int k = 0; k < 3; k++) free(v[k].data);
}
