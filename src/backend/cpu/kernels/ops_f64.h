/* What each code of programs that compute in f64 does to one element. Functions that are rare in f64 call the C
 * library. Also part of emitted kernels (cmake/emit.cmake). */
#ifndef RNI_CPU_KERNELS_OPS_F64_H
#define RNI_CPU_KERNELS_OPS_F64_H

#include "backend/cpu/kernels/math_rare.h"

#define T double
#define FN(name) name
#include "backend/cpu/kernels/ops_real.inc.c"

#define op_EXP exp_f64
#define op_EXPM1 expm1_f64
#define op_EXP2 exp2
#define op_LOG log_f64
#define op_LOG1P log1p_f64
#define op_LOG2 log2
#define op_LOG10 log10
#define op_SIN sin_f64
#define op_COS cos_f64
#define op_TAN tan_f64
#define op_ASIN asin
#define op_ACOS acos
#define op_ATAN atan
#define op_ATAN2 atan2
#define op_SINH sinh
#define op_COSH cosh
#define op_TANH tanh_f64
#define op_ASINH asinh
#define op_ACOSH acosh
#define op_ATANH atanh
#define op_ERF erf
#define op_ERFC erfc
#define op_DIGAMMA digamma_rare
#define op_TRIGAMMA trigamma_rare
#define op_SIGMOID sigmoid_f64
#define op_POW pow
#define op_FMA fma_f64

static inline double op_LGAMMA(double a)
{
    int sign;
    return lgamma_r(a, &sign);
}

/* Newton steps on erf, or on erfc where that keeps more digits, from the value that does for f32. */
static inline double op_ERFINV(double y)
{
    double x = erfinv_rare(y);
    if (!(fabs(y) < 1)) return x;
    for (int i = 0; i < 2; i++) {
        const double far = (1 - fabs(y)) - erfc(fabs(x));
        const double e = fabs(y) < 0.5 ? erf(x) - y : y < 0 ? -far : far;
        x -= e / (M_2_SQRTPI * exp(-x * x));
    }
    return x;
}

/* Exact, with the sign of b. */
static inline double op_MOD(double a, double b)
{
    const double r = fmod(a, b), other = ((r < 0) != (b < 0)) ? r + b : r;
    return r == 0 ? with_sign_f64(0, b) : other;
}

static inline double op_FLOORDIV(double a, double b)
{
    const double r = fmod(a, b), q = rint((a - r) / b - ((r != 0) & ((r < 0) != (b < 0))));
    return b == 0 ? a / b : q;
}

#endif
