/* What each code of programs that compute in f32 does to one element. Also part of emitted kernels (cmake/emit.cmake).
 */
#ifndef RNI_CPU_KERNELS_OPS_F32_H
#define RNI_CPU_KERNELS_OPS_F32_H

#include "backend/cpu/kernels/math_f32.h"
#include "backend/cpu/kernels/math_rare.h"

#define T float
#define FN(name) name##f
#include "backend/cpu/kernels/ops_real.inc.c"

#define op_EXP exp_f32
#define op_EXPM1 expm1_f32
#define op_EXP2 exp2_f32
#define op_LOG log_f32
#define op_LOG1P log1p_f32
#define op_LOG2 log2_f32
#define op_LOG10 log10_f32
#define op_ASIN asin_f32
#define op_ACOS acos_f32
#define op_ATAN atan_f32
#define op_ATAN2 atan2_f32
#define op_SINH sinh_f32
#define op_COSH cosh_f32
#define op_TANH tanh_f32
#define op_ERF erf_f32
#define op_SIGMOID sigmoid_f32
#define op_FMA fma_f32

static inline float op_SIN(float a)
{
    return sine_f32(a, 0);
}

static inline float op_COS(float a)
{
    return sine_f32(a, 1);
}

static inline float op_TAN(float a)
{
    return (float)tan_f64((double)a);
}

static inline float op_ASINH(float a)
{
    return (float)asinh_rare((double)a);
}

static inline float op_ACOSH(float a)
{
    return (float)acosh_rare((double)a);
}

static inline float op_ATANH(float a)
{
    return (float)atanh_rare((double)a);
}

/* Without a fused multiply-add the square of the argument would cost too many digits. */
static inline float op_ERFC(float a)
{
#ifdef __FMA__
    return erfc_f32(a);
#else
    return (float)erfc_rare((double)a);
#endif
}

static inline float op_ERFINV(float a)
{
    return (float)erfinv_rare((double)a);
}

static inline float op_LGAMMA(float a)
{
    return (float)lgamma_rare((double)a);
}

static inline float op_DIGAMMA(float a)
{
    return (float)digamma_rare((double)a);
}

static inline float op_TRIGAMMA(float a)
{
    return (float)trigamma_rare((double)a);
}

static inline float op_POW(float a, float b)
{
    return (float)pow_rare((double)a, (double)b);
}

/* In double, where the quotient of two floats below 2^28 is rounded to its right side of a whole number and the product
 * is exact. Larger quotients: see exact_mod. */
static inline float op_MOD(float a, float b)
{
    const double x = (double)a, y = (double)b, r = fma_f64(-floor(x / y), y, x);
    return (float)(r == 0 ? with_sign_f64(0, y) : r);
}

static inline float exact_mod(float a, float b)
{
    const double r = fmod((double)a, (double)b), other = (r < 0) != (b < 0) ? r + (double)b : r;
    return r == 0 ? with_sign_f32(0, b) : (float)other;
}

static inline float op_FLOORDIV(float a, float b)
{
    const double x = (double)a, y = (double)b, q = x / y;
    /* a quotient that vanished is below zero still */
    const double below = ((q == 0) & (x != 0) & ((x < 0) != (y < 0))) ? -1 : floor(q);
    return (float)(((fabs(x) == INFINITY) & (y != 0)) ? NAN : below);
}

#endif
