/* Elementary functions of floats without branches, so that loops over them become vector code. Own minimax polynomials;
 * results are within 2 ulp (bounds are measured in tests/unit/test_cpu_math.c). The frequent ones stay in f32, the
 * rarer ones are computed in f64. Denormals are taken and given as zero. */
#ifndef RNI_CPU_KERNELS_MATH_F32_H
#define RNI_CPU_KERNELS_MATH_F32_H

#include "backend/cpu/kernels/math_f64.h"

#define LN2_HI_F32 0x1.62e400p-1f /* n * this is exact for |n| < 2^9 */
#define LN2_LO_F32 0x1.7f7d1cp-20f
#define EXP_MAX_F32 88.72283f
#define EXP_MIN_F32 -87.33654f

/* ---- exponentials ---- */

/* e^r - 1 for |r| <= ln 2 / 2 */
static inline float expm1_core_f32(float r)
{
    float q = 0x1.6d7216p-10f;
    q = fma_f32(q, r, 0x1.12267ep-7f);
    q = fma_f32(q, r, 0x1.5554c8p-5f);
    q = fma_f32(q, r, 0x1.5554b2p-3f);
    q = fma_f32(q, r, 0.5f);
    return fma_f32(r * r, q, r);
}

static inline float exp_reduce_f32(float x, float *shifted)
{
    *shifted = fma_f32(x, 0x1.715476p+0f, ROUND_F32);
    const float n = *shifted - ROUND_F32;
    return fma_f32(n, -LN2_LO_F32, fma_f32(n, -LN2_HI_F32, x));
}

/* a * 2^n, where n is in the low bits of shifted and the result a normal number */
static inline float scale_f32(float a, float shifted)
{
    return rni_bits_f32(rni_f32_bits(a) + (rni_f32_bits(shifted) << 23));
}

static inline float exp_f32(float x)
{
    float shifted;
    const float r = exp_reduce_f32(x, &shifted);
    const float y = scale_f32(1 + expm1_core_f32(r), shifted);
    const float large = !(x <= EXP_MAX_F32) ? x + INFINITY : y; /* also NaN */
    return x < EXP_MIN_F32 ? 0 : large;
}

static inline float exp2_f32(float x)
{
    const float shifted = x + ROUND_F32, r = (x - (shifted - ROUND_F32)) * 0x1.62e430p-1f;
    const float y = scale_f32(1 + expm1_core_f32(r), shifted);
    const float large = !(x < 128) ? x + INFINITY : y;
    return x < -126 ? 0 : large;
}

static inline float expm1_f32(float x)
{
    float shifted;
    const float a = x < -20 ? -20 : x;
    const float p = expm1_core_f32(exp_reduce_f32(a, &shifted));
    /* half of 2^n, as n may be 128 */
    const float s = rni_bits_f32((rni_f32_bits(shifted) << 23) + (126u << 23));
    const float y = 2 * fma_f32(s, p, s - 0.5f), z = fabsf(x) < 0x1p-25f ? x : y;
    return !(x <= EXP_MAX_F32) ? x + INFINITY : z;
}

static inline float sigmoid_f32(float x)
{
    return 1 / (1 + exp_f32(-x));
}

static inline float tanh_f32(float x)
{
    const float a = fabsf(x), b = a > 9.5f ? 9.5f : a;
    float shifted;
    const float p = expm1_core_f32(exp_reduce_f32(2 * b, &shifted));
    const float s = rni_bits_f32((rni_f32_bits(shifted) << 23) + (127u << 23));
    const float t = fma_f32(s, p, s - 1);
    return with_sign_f32(t / (t + 2), x);
}

/* e^x / 2, which is finite a little longer than e^x */
static inline float half_exp_f32(float x)
{
    float shifted;
    const float e = 1 + expm1_core_f32(exp_reduce_f32(x, &shifted));
    const float y = scale_f32(e, shifted - 1);
    const float large = !(x <= 89.415985f) ? x + INFINITY : y;
    return x < EXP_MIN_F32 ? 0 : large;
}

static inline float cosh_f32(float x)
{
    const float h = half_exp_f32(fabsf(x));
    return h + 0.25f / h;
}

static inline float sinh_f32(float x)
{
    const float a = fabsf(x), h = half_exp_f32(a);
    float shifted;
    const float p = expm1_core_f32(exp_reduce_f32(a > 2 ? 2 : a, &shifted));
    const float s = rni_bits_f32((rni_f32_bits(shifted) << 23) + (127u << 23)), t = fma_f32(s, p, s - 1);
    const float small = 0.5f * (t + t / (t + 1)), large = h - 0.25f / h;
    return with_sign_f32(a < 1.5f ? small : large, x);
}

/* ---- logarithms ---- */

/* log(1 + f) - f for f in [sqrt(1/2) - 1, sqrt(2) - 1] */
static inline float log_core_f32(float f)
{
    const float z = f * f;
    float p = -0x1.38c910p-4f;
    p = fma_f32(p, f, 0x1.055e98p-3f);
    p = fma_f32(p, f, -0x1.0d824ap-3f);
    p = fma_f32(p, f, 0x1.22d932p-3f);
    p = fma_f32(p, f, -0x1.54728ap-3f);
    p = fma_f32(p, f, 0x1.99a01cp-3f);
    p = fma_f32(p, f, -0x1.000226p-2f);
    p = fma_f32(p, f, 0x1.555554p-2f);
    return fma_f32(f * z, p, -0.5f * z);
}

/* x = 2^k m with m in [sqrt(1/2), sqrt(2)); *scale is k * 2^23 */
static inline float log_reduce_f32(float x, float *k, uint32_t *scale)
{
    const uint32_t u = rni_f32_bits(x), top = (u - 0x3f3504f3u) & 0xff800000u;
    *k = (float)((int32_t)top >> 23);
    *scale = top;
    return rni_bits_f32(u - top);
}

static inline float log_special_f32(float x, float y)
{
    const float low = x < 0 ? NAN : x < 0x1p-126f ? -INFINITY : y;
    return !(x <= 0x1.fffffep127f) ? x : low;
}

static inline float log_f32(float x)
{
    float k;
    uint32_t scale;
    const float f = log_reduce_f32(x, &k, &scale) - 1;
    const float low = fma_f32(k, LN2_LO_F32, log_core_f32(f));
    return log_special_f32(x, fma_f32(k, LN2_HI_F32, f + low));
}

static inline float log2_f32(float x)
{
    float k;
    uint32_t scale;
    const float f = log_reduce_f32(x, &k, &scale) - 1, low = log_core_f32(f);
    /* 1 / ln 2 = 1 + 0.44…: the large part is added without a rounding of its own */
    const float y = fma_f32(f, 0x1.c551d9p-2f, fma_f32(low, 0x1.715476p+0f, f));
    return log_special_f32(x, y + k);
}

static inline float log10_f32(float x)
{
    float k;
    uint32_t scale;
    const float f = log_reduce_f32(x, &k, &scale) - 1, u = f + log_core_f32(f);
    return log_special_f32(x, fma_f32(k, 0x1.344000p-2f, fma_f32(u, 0x1.bcb7b2p-2f, k * 0x1.3509f8p-18f)));
}

static inline float log1p_f32(float x)
{
    float k;
    uint32_t scale;
    const float u = 1 + x, t = u - 1, lost = (1 - (u - t)) + (x - t);
    const float m = log_reduce_f32(u, &k, &scale);
    /* what 1 + x lost, scaled as m is; nothing that counts for large x, where the power would not be normal */
    const float back = rni_bits_f32((127u << 23) - scale), f = (m - 1) + (x < 0x1p60f ? lost * back : 0);
    const float y = fma_f32(k, LN2_HI_F32, f + fma_f32(k, LN2_LO_F32, log_core_f32(f)));
    const float low = x < -1 ? NAN : x == -1 ? -INFINITY : y;
    return !(x <= 0x1.fffffep127f) ? x : low;
}

/* ---- circular functions ---- */

/* Sine (turn 0) or cosine (turn 1); right for |x| <= SIN_LIMIT. */
static inline float sine_f32(float x, uint32_t turn)
{
    const double shifted = fma_f64((double)x, 0x1.45f306dc9c883p-1, ROUND_F64), n = shifted - ROUND_F64;
    const float r = (float)fma_f64(n, -HALF_PI_2, fma_f64(n, -HALF_PI_1, (double)x)), z = r * r;
    const uint32_t q = (uint32_t)rni_f64_bits(shifted) + turn;
    float s = -0x1.9955aep-13f, c = 0x1.99e904p-16f;
    s = fma_f32(s, z, 0x1.11077cp-7f);
    c = fma_f32(c, z, -0x1.6c0c2ap-10f);
    s = fma_f32(s, z, -0x1.555546p-3f);
    c = fma_f32(c, z, 0x1.55554ap-5f);
    s = fma_f32(r * z, s, r);
    c = fma_f32(z * z, c, fma_f32(z, -0.5f, 1));
    const float y = q & 1 ? c : s;
    return rni_bits_f32(rni_f32_bits(y) ^ (q & 2) << 30);
}

/* arc tangent of t in [0, 1] */
static inline float atan_core_f32(float t)
{
    const float z = t * t;
    float p = -0x1.d4984ap-10f;
    p = fma_f32(p, z, 0x1.64c1cep-7f);
    p = fma_f32(p, z, -0x1.fdfc1cp-6f);
    p = fma_f32(p, z, 0x1.da5ed4p-5f);
    p = fma_f32(p, z, -0x1.58155ep-4f);
    p = fma_f32(p, z, 0x1.c08f64p-4f);
    p = fma_f32(p, z, -0x1.2420b6p-3f);
    p = fma_f32(p, z, 0x1.9991e6p-3f);
    p = fma_f32(p, z, -0x1.55553ep-2f);
    return fma_f32(t * z, p, t);
}

#define HALF_PI_F32 0x1.921fb6p+0f
#define HALF_PI_LO_F32 -0x1.777a5cp-25f
#define PI_F32 0x1.921fb6p+1f
#define PI_LO_F32 -0x1.777a5cp-24f

static inline float atan_f32(float x)
{
    const float a = fabsf(x), t = a > 1 ? 1 / a : a, p = atan_core_f32(t);
    return with_sign_f32(a > 1 ? HALF_PI_F32 - (p - HALF_PI_LO_F32) : p, x);
}

static inline float atan2_f32(float y, float x)
{
    const float ax = fabsf(x), ay = fabsf(y), big = ax > ay ? ax : ay, small = ax > ay ? ay : ax;
    const float ratio = small == big ? 1 : small / big, t = big == 0 ? 0 : ratio;
    const float p = atan_core_f32(t), q = ay > ax ? HALF_PI_F32 - (p - HALF_PI_LO_F32) : p;
    const float r = rni_f32_bits(x) >> 31 ? PI_F32 - (q - PI_LO_F32) : q;
    return x != x || y != y ? NAN : with_sign_f32(r, y);
}

/* arc sine of s in [0, 0.5], z = s * s */
static inline float asin_core_f32(float s, float z)
{
    float p = 0x1.342870p-5f;
    p = fma_f32(p, z, 0x1.d6a41ap-7f);
    p = fma_f32(p, z, 0x1.04be64p-5f);
    p = fma_f32(p, z, 0x1.6ca912p-5f);
    p = fma_f32(p, z, 0x1.3338a6p-4f);
    p = fma_f32(p, z, 0x1.55554cp-3f);
    return fma_f32(s * z, p, s);
}

static inline float asin_f32(float x)
{
    const float a = fabsf(x), z = a > 0.5f ? fma_f32(a, -0.5f, 0.5f) : a * a, s = a > 0.5f ? sqrtf(z) : a;
    const float p = asin_core_f32(s, z);
    return with_sign_f32(a > 0.5f ? HALF_PI_F32 - (2 * p - HALF_PI_LO_F32) : p, x);
}

static inline float acos_f32(float x)
{
    const float a = fabsf(x), z = a > 0.5f ? fma_f32(a, -0.5f, 0.5f) : a * a, s = a > 0.5f ? sqrtf(z) : a;
    const float p = asin_core_f32(s, z), half = x < 0 ? PI_F32 - (2 * p - PI_LO_F32) : 2 * p;
    return a > 0.5f ? half : HALF_PI_F32 - (with_sign_f32(p, x) - HALF_PI_LO_F32);
}

/* ---- error function ---- */

static inline float erf_f32(float x)
{
    const float a = fabsf(x), z = a * a, b = a > 3.9375f ? 3.9375f : a;
    float p = 0x1.4f8e58p-14f;
    p = fma_f32(p, z, -0x1.a61212p-11f);
    p = fma_f32(p, z, 0x1.544aa8p-8f);
    p = fma_f32(p, z, -0x1.b80120p-6f);
    p = fma_f32(p, z, 0x1.ce2d64p-4f);
    p = fma_f32(p, z, -0x1.812740p-2f);
    p = fma_f32(p, z, 0x1.06eba8p-3f);
    const float small = fma_f32(a, p, a);
    float q = -0x1.94a990p-13f; /* -log(1 - erf) */
    q = fma_f32(q, b, 0x1.8b0d2ep-9f);
    q = fma_f32(q, b, -0x1.6a424cp-6f);
    q = fma_f32(q, b, 0x1.a8b732p-4f);
    q = fma_f32(q, b, 0x1.4660c0p-1f);
    q = fma_f32(q, b, 0x1.20a4acp+0f);
    q = fma_f32(q, b, 0x1.ecf990p-13f);
    float shifted;
    const float r = exp_reduce_f32(-q, &shifted);
    const float e = scale_f32(1 + expm1_core_f32(r), shifted);
    const float y = a < 0.9375f ? small : 1 - e;
    return x != x ? x : with_sign_f32(y, x);
}

/* e^(-x^2) P(q) / (1 + 2x) with q = (x - 4) / (x + 4), for which P is near 1 everywhere (form of Juffa; own P). What
 * rounding takes from quotients and from x^2 is put back. */
static inline float erfc_f32(float x)
{
    const float a = fabsf(x) > 10.0625f ? 10.0625f : fabsf(x), r = 1 / (a + 4);
    const float whole = (a - 4) * r, q = fma_f32(r, fma_f32(-whole, a, fma_f32(whole + 1, -4, a)), whole);
    float p = 0x1.c3e7f0p-11f; /* P(q) - 1 */
    p = fma_f32(p, q, 0x1.c89494p-8f);
    p = fma_f32(p, q, -0x1.04eea4p-6f);
    p = fma_f32(p, q, 0x1.2a8272p-5f);
    p = fma_f32(p, q, -0x1.10de7cp-4f);
    p = fma_f32(p, q, 0x1.80474ap-4f);
    p = fma_f32(p, q, -0x1.9daba2p-4f);
    p = fma_f32(p, q, 0x1.16e928p-4f);
    p = fma_f32(p, q, 0x1.f7e410p-7f);
    p = fma_f32(p, q, -0x1.1df1a6p-3f);
    p = fma_f32(p, q, 0x1.dd2c8ep-3f);
    const float d = 1 / fma_f32(2, a, 1), near = fma_f32(p, d, d);
    const float share = fma_f32(fma_f32(fma_f32(near, -a, 0.5f), 2, p - near), d, near);
    const float square = a * a, e = exp_f32(-square), rest = fma_f32(-a, a, square);
    const float y = e * fma_f32(share, rest, share);
    return x < 0 ? 2 - y : x != x ? x : y;
}

#endif
