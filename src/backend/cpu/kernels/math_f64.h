/* Elementary functions of doubles without branches, so that loops over them become vector code. Own minimax
 * polynomials (relative error below 2^-57); results are within 2 ulp. Denormals are taken and given as zero.
 *
 * Also what the rarer f32 functions are computed with. */
#ifndef RNI_CPU_KERNELS_MATH_F64_H
#define RNI_CPU_KERNELS_MATH_F64_H

#include "backend/cpu/kernels/bits.h"

#include <math.h>

/* sin_f64 and cos_f64 are right for |x| below this; beyond, the reduction by pi/2 would need more digits. */
#define SIN_LIMIT 1e6

/* ln 2 and pi/2 in parts: n * first part is exact for |n| < 2^20. */
#define LN2_HI 0x1.62e42fee00000p-1
#define LN2_LO 0x1.a39ef35793c76p-33
#define HALF_PI_1 0x1.921fb54400000p+0
#define HALF_PI_2 0x1.0b4611a600000p-34
#define HALF_PI_3 0x1.3198a2e037073p-69

/* e^r - 1 for |r| <= ln 2 / 2 */
static inline double expm1_core_f64(double r)
{
    double q = 0x1.1f7bfe51d938fp-29;
    q = fma_f64(q, r, 0x1.af5f804f7f04ap-26);
    q = fma_f64(q, r, 0x1.27e4d670beb34p-22);
    q = fma_f64(q, r, 0x1.71ddf7e3707cap-19);
    q = fma_f64(q, r, 0x1.a01a01a8a8500p-16);
    q = fma_f64(q, r, 0x1.a01a01b01235ap-13);
    q = fma_f64(q, r, 0x1.6c16c16c15f04p-10);
    q = fma_f64(q, r, 0x1.111111110f63cp-7);
    q = fma_f64(q, r, 0x1.5555555555556p-5);
    q = fma_f64(q, r, 0x1.5555555555559p-3);
    q = fma_f64(q, r, 0.5);
    return fma_f64(r * r, q, r);
}

/* x = n ln 2 + r; *shifted has n in its low bits */
static inline double exp_reduce_f64(double x, double *shifted)
{
    *shifted = fma_f64(x, 0x1.71547652b82fep+0, ROUND_F64);
    const double n = *shifted - ROUND_F64;
    return fma_f64(n, -LN2_LO, fma_f64(n, -LN2_HI, x));
}

static inline double exp_f64(double x)
{
    double shifted;
    const double e = 1 + expm1_core_f64(exp_reduce_f64(x, &shifted));
    const double y = rni_bits_f64(rni_f64_bits(e) + (rni_f64_bits(shifted) << 52));
    const double large = !(x <= 709.782712893384) ? x + INFINITY : y; /* also NaN */
    return x < -708.3964185322641 ? 0 : large;
}

static inline double expm1_f64(double x)
{
    double shifted;
    const double a = x < -40 ? -40 : x;
    const double p = expm1_core_f64(exp_reduce_f64(a, &shifted));
    /* half of 2^n, as n may be 1024 */
    const double s = rni_bits_f64((rni_f64_bits(shifted) << 52) + (1022ull << 52));
    const double y = 2 * fma_f64(s, p, s - 0.5), z = fabs(x) < 0x1p-54 ? x : y;
    return !(x <= 709.782712893384) ? x + INFINITY : z;
}

/* log(1 + f + c) + k ln 2 for f in [sqrt(1/2) - 1, sqrt(2) - 1] and a tiny correction c */
static inline double log_core_f64(double f, double c, double k)
{
    const double s = f / (2 + f), z = s * s, half = 0.5 * f * f;
    double p = 0x1.0f197e071a04ep-3;
    p = fma_f64(p, z, 0x1.0f660cc7013bbp-3);
    p = fma_f64(p, z, 0x1.3b203163c8615p-3);
    p = fma_f64(p, z, 0x1.745ce18423900p-3);
    p = fma_f64(p, z, 0x1.c71c724c25ffep-3);
    p = fma_f64(p, z, 0x1.2492492438fe7p-2);
    p = fma_f64(p, z, 0x1.9999999999d15p-2);
    p = fma_f64(p, z, 0x1.5555555555555p-1);
    const double low = fma_f64(k, LN2_LO, fma_f64(s, fma_f64(z, p, half), c));
    return fma_f64(k, LN2_HI, f - (half - low));
}

/* x = 2^k m with m in [sqrt(1/2), sqrt(2)) */
static inline double log_reduce_f64(double x, double *k, uint64_t *scale)
{
    const uint64_t u = rni_f64_bits(x), root = 0x3fe6a09e667f3bcdull;
    const uint64_t top = (u - root) & 0xfff0000000000000ull; /* k * 2^52 */
    /* k as a number without a conversion of 64-bit integers, which most vector units lack */
    const uint64_t biased = (top + (2048ull << 52)) >> 52 & 0xfff;
    *k = rni_bits_f64(rni_f64_bits(ROUND_F64) + biased) - (ROUND_F64 + 2048);
    *scale = top;
    return rni_bits_f64(u - top);
}

static inline double log_special_f64(double x, double y)
{
    const double low = x < 0 ? NAN : x < 0x1p-1022 ? -INFINITY : y;
    return !(x <= 0x1.fffffffffffffp1023) ? x : low;
}

static inline double log_f64(double x)
{
    double k;
    uint64_t scale;
    const double m = log_reduce_f64(x, &k, &scale);
    return log_special_f64(x, log_core_f64(m - 1, 0, k));
}

static inline double log1p_f64(double x)
{
    double k;
    uint64_t scale;
    const double u = 1 + x, t = u - 1, lost = (1 - (u - t)) + (x - t);
    const double m = log_reduce_f64(u, &k, &scale);
    /* what 1 + x lost, scaled as m is; nothing that counts for large x, where the power would not be normal */
    const double back = rni_bits_f64((1023ull << 52) - scale), c = x < 0x1p120 ? lost * back : 0;
    const double f = m - 1, exact = f + c;
    const double y = log_core_f64(exact, (f - exact) + c, k);
    const double low = x < -1 ? NAN : x == -1 ? -INFINITY : y;
    return !(x <= 0x1.fffffffffffffp1023) ? x : low;
}

/* x = n pi/2 + r for |x| <= SIN_LIMIT; n modulo 4 */
static inline double trig_reduce(double x, uint64_t *quadrant)
{
    const double shifted = fma_f64(x, 0x1.45f306dc9c883p-1, ROUND_F64), n = shifted - ROUND_F64;
    *quadrant = rni_f64_bits(shifted) & 3;
    return fma_f64(n, -HALF_PI_3, fma_f64(n, -HALF_PI_2, fma_f64(n, -HALF_PI_1, x)));
}

static inline double sin_core_f64(double r)
{
    const double z = r * r;
    double p = 0x1.5d9312ba377f3p-33;
    p = fma_f64(p, z, -0x1.ae5e66e1e7a39p-26);
    p = fma_f64(p, z, 0x1.71de35793b8aep-19);
    p = fma_f64(p, z, -0x1.a01a019c146f3p-13);
    p = fma_f64(p, z, 0x1.111111110f89ep-7);
    p = fma_f64(p, z, -0x1.5555555555549p-3);
    return fma_f64(r * z, p, r);
}

static inline double cos_core_f64(double r)
{
    const double z = r * r;
    double p = -0x1.8fa5eaf8408c2p-37;
    p = fma_f64(p, z, 0x1.1ee9dac924fc8p-29);
    p = fma_f64(p, z, -0x1.27e4f7f04db3dp-22);
    p = fma_f64(p, z, 0x1.a01a019c8dd04p-16);
    p = fma_f64(p, z, -0x1.6c16c16c1500dp-10);
    p = fma_f64(p, z, 0x1.555555555554bp-5);
    const double half = 0.5 * z, one = 1 - half;
    return one + fma_f64(z * z, p, (1 - one) - half);
}

static inline double flip_f64(double x, uint64_t flip)
{
    return rni_bits_f64(rni_f64_bits(x) ^ flip << 63);
}

static inline double sin_f64(double x)
{
    uint64_t q;
    const double r = trig_reduce(x, &q), s = sin_core_f64(r), c = cos_core_f64(r);
    return flip_f64(q & 1 ? c : s, q >> 1);
}

static inline double cos_f64(double x)
{
    uint64_t q;
    const double r = trig_reduce(x, &q), s = sin_core_f64(r), c = cos_core_f64(r);
    return flip_f64(q & 1 ? s : c, (q >> 1) ^ (q & 1));
}

static inline double tan_f64(double x)
{
    uint64_t q;
    const double r = trig_reduce(x, &q), s = sin_core_f64(r), c = cos_core_f64(r);
    return flip_f64((q & 1 ? c : s) / (q & 1 ? s : c), q & 1);
}

static inline double sigmoid_f64(double x)
{
    return 1 / (1 + exp_f64(-x));
}

static inline double tanh_f64(double x)
{
    const double a = fabs(x), t = expm1_f64(2 * (a > 20 ? 20 : a));
    return with_sign_f64(t / (t + 2), x);
}

/* To f32 with the last bit set where something was cut off, so that rounding again to 16 bits cannot go wrong. */
static inline float odd_f32(double v)
{
    const float f = (float)v;
    const uint32_t u = rni_f32_bits(f);
    const int exact = (double)f == v || v != v || fabs(v) >= 0x1.ffffffp127;
    const uint32_t odd = u & 1 ? u : fabs((double)f) < fabs(v) ? u + 1 : u - 1;
    return exact ? f : rni_bits_f32(odd);
}

#endif
