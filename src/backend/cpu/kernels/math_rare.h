/* Functions that are rare enough to be computed in f64 also for f32 data, without branches. Where a comment gives a
 * relative error, the function is meant for f32 results; the others hold for f64, too. */
#ifndef RNI_CPU_KERNELS_MATH_RARE_H
#define RNI_CPU_KERNELS_MATH_RARE_H

#include "backend/cpu/kernels/math_f64.h"

#define PI_F64 0x1.921fb54442d18p+1

/* x minus the nearest whole number; 0 for infinity */
static inline double fraction(double x)
{
    const double big = x < 0 ? -0x1p52 : 0x1p52, n = (x + big) - big;
    return fabs(x) < 0x1p52 ? x - n : 0;
}

/* ---- powers, inverse hyperbolic functions ---- */

/* Relative error 2^-42 (it grows with the exponent). Special values as in C's pow. */
static inline double pow_rare(double x, double y)
{
    const double a = fabs(x), e = exp_f64(y * log_f64(a));
    const int is_whole = fraction(y) == 0, is_odd = is_whole & (fraction(0.5 * y) != 0);
    const double refused = ((x < 0) & !is_whole & (a < INFINITY)) ? NAN : e;
    const double r = (rni_f64_bits(x) >> 63 & (uint64_t)is_odd) ? -refused : refused;
    return ((x == 1) | (y == 0) | ((a == 1) & (fabs(y) == INFINITY))) ? 1 : r;
}

/* Relative error 2^-28 */
static inline double asinh_rare(double x)
{
    const double a = fabs(x), y = log_f64(a + sqrt(fma_f64(a, a, 1)));
    return with_sign_f64(a < 1e-4 ? a : y, x);
}

static inline double acosh_rare(double x)
{
    const double y = log_f64(x + sqrt((x - 1) * (x + 1)));
    return x < 1 ? NAN : y;
}

/* Relative error 2^-28 */
static inline double atanh_rare(double x)
{
    const double a = fabs(x), y = 0.5 * log_f64((1 + a) / (1 - a));
    return with_sign_f64(a < 1e-4 ? a : y, x);
}

/* ---- error function ---- */

/* Relative error 2^-34: t e^(-x^2 + P(t)) with t = 1 / (1 + x/2) (form of Press et al., Numerical Recipes; own P) */
static inline double erfc_rare(double x)
{
    const double a = fabs(x) > 10.2 ? 10.2 : fabs(x), t = 1 / fma_f64(0.5, a, 1);
    double p = -0x1.5ca7b9f46798bp-3;
    p = fma_f64(p, t, 0x1.5b17fe2d6a5a8p+0);
    p = fma_f64(p, t, -0x1.2e1a3032045c6p+2);
    p = fma_f64(p, t, 0x1.29bd64a2c0dd0p+3);
    p = fma_f64(p, t, -0x1.664e1221c9237p+3);
    p = fma_f64(p, t, 0x1.0862aa84eb2afp+3);
    p = fma_f64(p, t, -0x1.d45feabdb2876p+1);
    p = fma_f64(p, t, 0x1.12334a38b9470p+0);
    p = fma_f64(p, t, -0x1.6427c146df358p-3);
    p = fma_f64(p, t, -0x1.9c1f42e24a51ep-3);
    p = fma_f64(p, t, -0x1.e35d852dca629p-5);
    p = fma_f64(p, t, 0x1.3d08527153921p-4);
    p = fma_f64(p, t, 0x1.80c6aba9c169ep-2);
    p = fma_f64(p, t, 0x1.fff8f004fd474p-1);
    p = fma_f64(p, t, -0x1.43f87e78bc470p+0);
    const double y = t * exp_f64(p - a * a);
    return x < 0 ? 2 - y : x != x ? x : y;
}

/* Relative error 2^-29: x times a polynomial in w = -log(1 - x^2), or in its root for |x| near 1 (form of Giles 2010;
 * own polynomials) */
static inline double erfinv_rare(double x)
{
    const double w = -log_f64((1 - x) * (1 + x)), root = sqrt(w);
    const int near_one = w >= 5;
    const double v = near_one ? root - 3 : w - 2.5;
    double p = near_one ? 0 : 0x1.24278b6bc6f25p-33;
    p = fma_f64(p, v, near_one ? -0x1.fceba8ca0d321p-16 : 0x1.e0857f9059451p-32);
    p = fma_f64(p, v, near_one ? 0x1.521a0bae1d76ep-13 : -0x1.7ac0d2f58d796p-27);
    p = fma_f64(p, v, near_one ? -0x1.21797362ccc16p-12 : 0x1.1abb9e02518fdp-26);
    p = fma_f64(p, v, near_one ? -0x1.fb56fb7b99b43p-14 : 0x1.018944d3b2f14p-21);
    p = fma_f64(p, v, near_one ? 0x1.8271f861063cdp-10 : -0x1.cbd4e105c89e9p-19);
    p = fma_f64(p, v, near_one ? -0x1.d37e676e42419p-9 : -0x1.4f7606661a996p-18);
    p = fma_f64(p, v, near_one ? 0x1.74c43e2d713bfp-8 : 0x1.c9bb5ae3a109ap-13);
    p = fma_f64(p, v, near_one ? -0x1.f4e14305f4525p-8 : -0x1.486399ed30069p-10);
    p = fma_f64(p, v, near_one ? 0x1.3580b79f51d06p-7 : -0x1.11c3e0b229645p-8);
    p = fma_f64(p, v, near_one ? 0x1.006dc9d5cc03ep+0 : 0x1.f91e897303d6dp-3);
    p = fma_f64(p, v, near_one ? 0x1.6a9efbdd34046p+1 : 0x1.805c5cff6d6c2p+0);
    const double a = fabs(x), y = a < 1 ? x * p : NAN;
    return a == 1 ? x * INFINITY : y;
}

/* ---- gamma function and its logarithmic derivatives ---- */

/* log Gamma(x) for x in [0.8, 2.2] */
static inline double lgamma_middle(double x)
{
    const double u = x - 1.5;
    double p = -0x1.59559ab53da6ap-13;
    p = fma_f64(p, u, 0x1.027cac6706b8fp-12);
    p = fma_f64(p, u, -0x1.2176eca872f29p-14);
    p = fma_f64(p, u, 0x1.25af4f84179edp-13);
    p = fma_f64(p, u, -0x1.ff40fdabcbe7ep-12);
    p = fma_f64(p, u, 0x1.93e69ca3046c9p-11);
    p = fma_f64(p, u, -0x1.2daf467ef9077p-10);
    p = fma_f64(p, u, 0x1.f45cdbc322e87p-10);
    p = fma_f64(p, u, -0x1.a5490a1ef13b3p-9);
    p = fma_f64(p, u, 0x1.650f11e4532e7p-8);
    p = fma_f64(p, u, -0x1.34da7304e2d61p-7);
    p = fma_f64(p, u, 0x1.1333a829900f8p-6);
    p = fma_f64(p, u, -0x1.007aab775033dp-5);
    p = fma_f64(p, u, 0x1.01af635df7d0bp-4);
    p = fma_f64(p, u, -0x1.2aed0599acb04p-3);
    p = fma_f64(p, u, 0x1.eeb95b091d7abp-2);
    return (x - 1) * (x - 2) * p;
}

static inline double shift_up(double *x, double *product)
{
    const int small = *x < 7;
    *product *= small ? *x : 1;
    return *x += small ? 1 : 0;
}

/* Stirling's series after moving x up to 7 */
static inline double lgamma_series(double x)
{
    double y = x, product = 1;
    shift_up(&y, &product);
    shift_up(&y, &product);
    shift_up(&y, &product);
    shift_up(&y, &product);
    shift_up(&y, &product);
    shift_up(&y, &product);
    shift_up(&y, &product);
    const double r = 1 / y, z = r * r;
    double p = fma_f64(z, 1.0 / 1188, -1.0 / 1680);
    p = fma_f64(p, z, 1.0 / 1260);
    p = fma_f64(p, z, -1.0 / 360);
    p = fma_f64(p, z, 1.0 / 12);
    return fma_f64(y - 0.5, log_f64(y), 0.91893853320467274178 - y) + fma_f64(p, r, -log_f64(product));
}

/* Relative error 2^-34 for x > 0; absolute beside the zeros of the negative axis */
static inline double lgamma_rare(double x)
{
    const double y = x < 0 ? 1 - x : x;
    const double middle = lgamma_middle(y), other = lgamma_series(y);
    const double g = y > 0.8 && y < 2.2 ? middle : other;
    const double s = fabs(sin_f64(PI_F64 * fraction(x)));
    const double reflected = 1.1447298858494001741 - log_f64(s) - g;
    const double below = s == 0 ? INFINITY : reflected;
    return fabs(x) == INFINITY || x == 0 ? INFINITY : x < 0 ? below : g;
}

static inline double digamma_step(double *x, double *sum)
{
    const int small = *x < 10;
    *sum -= small ? 1 / *x : 0;
    return *x += small ? 1 : 0;
}

/* Recurrence up to 10 and the asymptotic series (Abramowitz & Stegun 6.3.18), reflected for x < 0 */
static inline double digamma_rare(double x)
{
    double y = x < 0 ? 1 - x : x, sum = 0;
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    digamma_step(&y, &sum);
    const double z = 1 / (y * y);
    double p = fma_f64(z, 691.0 / 32760, -1.0 / 132);
    p = fma_f64(p, z, 1.0 / 240);
    p = fma_f64(p, z, -1.0 / 252);
    p = fma_f64(p, z, 1.0 / 120);
    p = fma_f64(p, z, -1.0 / 12);
    const double g = sum + (log_f64(y) - 0.5 / y + z * p), f = fraction(x);
    const double below = f == 0 ? NAN : g - PI_F64 / tan_f64(PI_F64 * f);
    return x == INFINITY ? x : x == 0 ? NAN : x < 0 ? below : g;
}

static inline double trigamma_step(double *x, double *sum)
{
    const int small = *x < 10;
    *sum += small ? 1 / (*x * *x) : 0;
    return *x += small ? 1 : 0;
}

/* Abramowitz & Stegun 6.4.11 */
static inline double trigamma_rare(double x)
{
    double y = x < 0 ? 1 - x : x, sum = 0;
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    trigamma_step(&y, &sum);
    const double z = 1 / (y * y);
    double p = fma_f64(z, -5.0 / 66, 1.0 / 30);
    p = fma_f64(p, z, -1.0 / 42);
    p = fma_f64(p, z, 1.0 / 30);
    p = fma_f64(p, z, -1.0 / 6);
    const double g = sum + 1 / y + z / 2 + z / y * -p, f = fraction(x), s = sin_f64(PI_F64 * f);
    const double below = f == 0 ? NAN : PI_F64 * PI_F64 / (s * s) - g;
    return x == 0 ? NAN : x < 0 ? below : g;
}

#endif
