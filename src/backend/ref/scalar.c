/* Scalar programs, one element and one instruction at a time. */
#include "backend/ref/ref.h"

#include "base/convert.h"
#include "base/error.h"
#include "base/position.h"
#include "base/rng.h"

#include <math.h>

/* psi(x) by recurrence up to 10 and the asymptotic series (Abramowitz & Stegun 6.3.18), reflected for x <= 0. */
static double digamma(double x)
{
    if (x <= 0 && x == floor(x)) return NAN;
    if (x < 0) return digamma(1 - x) - M_PI / tan(M_PI * x);
    double r = 0;
    for (; x < 10; x += 1) r -= 1 / x;
    const double f = 1 / (x * x);
    return r + log(x) - 0.5 / x -
           f * (1.0 / 12 - f * (1.0 / 120 - f * (1.0 / 252 - f * (1.0 / 240 - f * (1.0 / 132 - f * 691.0 / 32760)))));
}

/* Abramowitz & Stegun 6.4.11 */
static double trigamma(double x)
{
    if (x <= 0 && x == floor(x)) return NAN;
    if (x < 0) {
        const double s = sin(M_PI * x);
        return M_PI * M_PI / (s * s) - trigamma(1 - x);
    }
    double r = 0;
    for (; x < 10; x += 1) r += 1 / (x * x);
    const double f = 1 / (x * x);
    return r + 1 / x + f / 2 + f / x * (1.0 / 6 - f * (1.0 / 30 - f * (1.0 / 42 - f * (1.0 / 30 - f * 5.0 / 66))));
}

/* Giles 2010 for a start, then two Newton steps on erf. */
static double erfinv(double y)
{
    if (!(y > -1 && y < 1)) return y == 1 ? INFINITY : y == -1 ? -INFINITY : NAN;
    const double w = -log1p(-y * y), a = 0.147, t = 2 / (M_PI * a) - w / 2;
    double x = copysign(sqrt(sqrt(t * t + w / a) - t), y);
    for (int i = 0; i < 3; i++) {
        const double e = (fabs(y) < 0.5 ? erf(x) - y : copysign(1, y) * ((1 - fabs(y)) - erfc(fabs(x))));
        x -= e / (M_2_SQRTPI * exp(-x * x));
    }
    return x;
}

static const unsigned char arity[RN_CODE_NUMBER] = {
#define X(name, n) [RN_CODE_##name] = n,
    RNI_CODE_LIST(X)
#undef X
};

/* To memory and back. */
static double rounded(rn_dtype type, double x)
{
    uint16_t half;
    rni_store(type, &half, x);
    return rni_load(type, &half);
}

/* Long: one line per operation. */
static double unary(rn_code code, double a)
{
    int sign;
    switch (code) {
    case RN_CODE_NEG:
        return -a;
    case RN_CODE_ABS:
        return fabs(a);
    case RN_CODE_SIGN:
        return isnan(a) ? a : (a > 0) - (a < 0);
    case RN_CODE_FLOOR:
        return floor(a);
    case RN_CODE_CEIL:
        return ceil(a);
    case RN_CODE_ROUND:
        return rint(a);
    case RN_CODE_TRUNC:
        return trunc(a);
    case RN_CODE_ROUND_F16:
        return rounded(RN_F16, a);
    case RN_CODE_ROUND_BF16:
        return rounded(RN_BF16, a);
    case RN_CODE_SQRT:
        return sqrt(a);
    case RN_CODE_RSQRT:
        return 1 / sqrt(a);
    case RN_CODE_RECIP:
        return 1 / a;
    case RN_CODE_EXP:
        return exp(a);
    case RN_CODE_EXPM1:
        return expm1(a);
    case RN_CODE_EXP2:
        return exp2(a);
    case RN_CODE_LOG:
        return log(a);
    case RN_CODE_LOG1P:
        return log1p(a);
    case RN_CODE_LOG2:
        return log2(a);
    case RN_CODE_LOG10:
        return log10(a);
    case RN_CODE_SIN:
        return sin(a);
    case RN_CODE_COS:
        return cos(a);
    case RN_CODE_TAN:
        return tan(a);
    case RN_CODE_ASIN:
        return asin(a);
    case RN_CODE_ACOS:
        return acos(a);
    case RN_CODE_ATAN:
        return atan(a);
    case RN_CODE_SINH:
        return sinh(a);
    case RN_CODE_COSH:
        return cosh(a);
    case RN_CODE_TANH:
        return tanh(a);
    case RN_CODE_ASINH:
        return asinh(a);
    case RN_CODE_ACOSH:
        return acosh(a);
    case RN_CODE_ATANH:
        return atanh(a);
    case RN_CODE_ERF:
        return erf(a);
    case RN_CODE_ERFC:
        return erfc(a);
    case RN_CODE_ERFINV:
        return erfinv(a);
    case RN_CODE_LGAMMA:
        return lgamma_r(a, &sign);
    case RN_CODE_DIGAMMA:
        return digamma(a);
    case RN_CODE_TRIGAMMA:
        return trigamma(a);
    case RN_CODE_SIGMOID:
        return 1 / (1 + exp(-a));
    case RN_CODE_ISNAN:
        return isnan(a);
    case RN_CODE_ISINF:
        return isinf(a) != 0;
    case RN_CODE_NOT:
        return a == 0;
    case RN_CODE_BITNOT:
        return (double)~(int64_t)a;
    default:
        return a;
    }
}

/* Python's: the result has the sign of b. Exact, unlike a - floor(a / b) * b. */
static double modulo(double a, double b)
{
    const double r = fmod(a, b);
    if (r == 0) return copysign(0, b);
    return (r < 0) != (b < 0) ? r + b : r;
}

static double floor_quotient(double a, double b)
{
    if (b == 0) return a / b;
    const double r = fmod(a, b);
    double q = (a - r) / b;
    if (r != 0 && (r < 0) != (b < 0)) q -= 1;
    return rint(q); /* whole but for the rounding of the quotient */
}

static double binary(rn_code code, double a, double b)
{
    switch (code) {
    case RN_CODE_ADD:
        return a + b;
    case RN_CODE_SUB:
        return a - b;
    case RN_CODE_MUL:
        return a * b;
    case RN_CODE_DIV:
        return a / b;
    case RN_CODE_MOD:
        return modulo(a, b);
    case RN_CODE_FMOD:
        return fmod(a, b);
    case RN_CODE_FLOORDIV:
        return floor_quotient(a, b);
    case RN_CODE_POW:
        return pow(a, b);
    case RN_CODE_MIN:
        return isnan(a) || isnan(b) ? NAN : a < b ? a : b;
    case RN_CODE_MAX:
        return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
    case RN_CODE_ATAN2:
        return atan2(a, b);
    case RN_CODE_LT:
        return a < b;
    case RN_CODE_LE:
        return a <= b;
    case RN_CODE_EQ:
        return a == b;
    case RN_CODE_NE:
        return a != b;
    case RN_CODE_AND:
        return a != 0 && b != 0;
    case RN_CODE_OR:
        return a != 0 || b != 0;
    case RN_CODE_BITAND:
        return (double)((int64_t)a & (int64_t)b);
    case RN_CODE_BITOR:
        return (double)((int64_t)a | (int64_t)b);
    case RN_CODE_BITXOR:
        return (double)((int64_t)a ^ (int64_t)b);
    case RN_CODE_SHL:
        return ldexp(a, (int)b);
    default:
        return floor(ldexp(a, (int)-b));
    }
}

static int64_t floor_div(int64_t a, int64_t b)
{
    if (b == 0) return 0;
    if (b == -1) return (int64_t)(0 - (uint64_t)a);
    const int64_t q = a / b;
    return q - (a % b != 0 && (a < 0) != (b < 0));
}

static int64_t power(int64_t a, int64_t b)
{
    if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 ? -1 : 1) : 0;
    uint64_t r = 1, base = (uint64_t)a;
    for (; b; b >>= 1, base *= base)
        if (b & 1) r *= base;
    return (int64_t)r;
}

static int64_t integer(rn_code code, int64_t a, int64_t b)
{
    switch (code) {
    case RN_CODE_NEG:
        return (int64_t)(0 - (uint64_t)a);
    case RN_CODE_ABS:
        return a < 0 ? (int64_t)(0 - (uint64_t)a) : a;
    case RN_CODE_SIGN:
        return (a > 0) - (a < 0);
    case RN_CODE_NOT:
        return a == 0;
    case RN_CODE_BITNOT:
        return ~a;
    case RN_CODE_FLOOR:
    case RN_CODE_CEIL:
    case RN_CODE_ROUND:
    case RN_CODE_TRUNC:
        return a;
    case RN_CODE_ISNAN:
    case RN_CODE_ISINF:
        return 0;
    case RN_CODE_ADD:
        return (int64_t)((uint64_t)a + (uint64_t)b);
    case RN_CODE_SUB:
        return (int64_t)((uint64_t)a - (uint64_t)b);
    case RN_CODE_MUL:
        return (int64_t)((uint64_t)a * (uint64_t)b);
    case RN_CODE_DIV:
        return b == 0 ? 0 : b == -1 ? (int64_t)(0 - (uint64_t)a) : a / b;
    case RN_CODE_FLOORDIV:
        return floor_div(a, b);
    case RN_CODE_MOD:
        return b == 0 ? 0 : (int64_t)((uint64_t)a - (uint64_t)floor_div(a, b) * (uint64_t)b);
    case RN_CODE_FMOD:
        return b == 0 || b == -1 ? 0 : a % b;
    case RN_CODE_POW:
        return power(a, b);
    case RN_CODE_MIN:
        return a < b ? a : b;
    case RN_CODE_MAX:
        return a > b ? a : b;
    case RN_CODE_LT:
        return a < b;
    case RN_CODE_LE:
        return a <= b;
    case RN_CODE_EQ:
        return a == b;
    case RN_CODE_NE:
        return a != b;
    case RN_CODE_AND:
        return a && b;
    case RN_CODE_OR:
        return a || b;
    case RN_CODE_BITAND:
        return a & b;
    case RN_CODE_BITOR:
        return a | b;
    case RN_CODE_BITXOR:
        return a ^ b;
    case RN_CODE_SHL:
        return b < 0 || b > 63 ? 0 : (int64_t)((uint64_t)a << b);
    case RN_CODE_SHR:
        return b < 0 || b > 63 ? (a < 0 ? -1 : 0) : a >> b;
    default:
        return (int64_t)unary(code, (double)a); /* sqrt and the like of whole numbers */
    }
}

static double uniform(const rn_program *p, const double *scalars, const rn_instr *in, int64_t element)
{
    const uint64_t seed = (uint64_t)scalars[in->a - p->n_in], stream = (uint64_t)scalars[in->b - p->n_in];
    const uint64_t e = (uint64_t)element;
    if (p->compute != RN_F64) return (double)(rni_random_u32(seed, stream, e) >> 8) * 0x1p-24;
    const uint64_t hi = rni_random_u32(seed, stream, 2 * e), lo = rni_random_u32(seed, stream, 2 * e + 1);
    return (double)((hi << 32 | lo) >> 11) * 0x1p-53;
}

void rni_ref_constants(const rn_program *p, rni_ref_value *reg, const double *scalars)
{
    for (int i = 0; i < p->n_scalar + p->n_const; i++) {
        const double v = i < p->n_scalar ? scalars[i] : p->constant[i - p->n_scalar];
        if (p->compute == RN_I64)
            rni_store(RN_I64, &reg[p->n_in + i].i, v);
        else
            reg[p->n_in + i].f = v;
    }
}

/* LOAD; `at` is the position, which is read if `wanted`. */
static bool load(rn_kernel_call *c, int input, rni_ref_value at, bool wanted, int64_t element, rni_ref_value *to)
{
    const rn_program *p = c->map;
    const rn_view *x = &c->in[input];
    const bool whole = p->compute == RN_I64;
    *to = (rni_ref_value){ .i = 0 }; /* 0.0, too */
    if (!wanted) return true;
    const int64_t n = rni_view_count(x);
    if (whole ? at.i < 0 || at.i >= n : !(at.f >= 0 && at.f < (double)n && at.f == floor(at.f)))
        return rni_position_fail(c, input, whole ? (double)at.i : at.f, element);
    const int64_t k = whole ? at.i : (int64_t)at.f;
    *to = rni_ref_load(p, x->dtype, (const char *)x->data + k * rn_dtype_bytes(x->dtype));
    return true;
}

static void compute(const rn_program *p, rn_code code, rni_ref_value a, rni_ref_value b, rni_ref_value c,
                    rni_ref_value *d)
{
    const bool whole = p->compute == RN_I64;
    if (code == RN_CODE_SELECT)
        *d = (whole ? a.i != 0 : a.f != 0) ? b : c;
    else if (code == RN_CODE_COPY)
        *d = a;
    else if (whole)
        d->i =
            code == RN_CODE_FMA ? integer(RN_CODE_ADD, integer(RN_CODE_MUL, a.i, b.i), c.i) : integer(code, a.i, b.i);
    else if (code == RN_CODE_FMA)
        d->f = fma(a.f, b.f, c.f);
    else
        d->f = arity[code] == 1 ? unary(code, a.f) : binary(code, a.f, b.f);
}

bool rni_ref_eval(const rn_program *p, rni_ref_value *reg, const double *scalars, int64_t element, int64_t count,
                  rn_kernel_call *call)
{
    const bool whole = p->compute == RN_I64;
    for (int k = 0; k < p->n_instr; k++) {
        const rn_instr *in = &p->instr[k];
        const rn_code code = (rn_code)in->code;
        const rni_ref_value a = reg[in->a], b = reg[in->b], c = reg[in->c];
        rni_ref_value *d = &reg[in->dst];
        if (code == RN_CODE_INDEX || code == RN_CODE_COUNT) {
            const int64_t v = code == RN_CODE_INDEX ? element : count;
            if (whole)
                d->i = v;
            else
                d->f = (double)v;
        } else if (code == RN_CODE_RANDOM)
            d->f = uniform(p, scalars, in, element);
        else if (code == RN_CODE_LOAD)
            RNI_TRY(load(call, in->b, a, whole ? c.i != 0 : c.f != 0, element, d));
        else
            compute(p, code, a, b, c, d);
    }
    return true;
}

rni_ref_value rni_ref_load(const rn_program *p, rn_dtype dtype, const void *at)
{
    rni_ref_value v;
    if (p->compute == RN_I64)
        rni_convert(&v.i, RN_I64, at, dtype, 1);
    else
        v.f = rni_load(dtype, at);
    return v;
}

void rni_ref_store(const rn_program *p, rn_dtype dtype, void *at, rni_ref_value v)
{
    if (p->compute == RN_I64)
        rni_convert(at, dtype, &v.i, RN_I64, 1);
    else
        rni_store(dtype, at, v.f);
}
