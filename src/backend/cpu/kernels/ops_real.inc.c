/* Codes that are written alike for float and double. Needs T, and FN(name) for the C library's function of that type.
 */

/* All codes but INDEX, COUNT and RANDOM, which are no functions of operands. */
/* clang-format off */
#define LIST(X) \
    X(COPY, 1) X(NEG, 1) X(ABS, 1) X(SIGN, 1) X(FLOOR, 1) X(CEIL, 1) X(ROUND, 1) X(TRUNC, 1) X(SQRT, 1) \
    X(RSQRT, 1) X(RECIP, 1) X(EXP, 1) X(EXPM1, 1) X(EXP2, 1) X(LOG, 1) X(LOG1P, 1) X(LOG2, 1) X(LOG10, 1) \
    X(SIN, 1) X(COS, 1) X(TAN, 1) X(ASIN, 1) X(ACOS, 1) X(ATAN, 1) X(SINH, 1) X(COSH, 1) X(TANH, 1) X(ASINH, 1) \
    X(ACOSH, 1) X(ATANH, 1) X(ERF, 1) X(ERFC, 1) X(ERFINV, 1) X(LGAMMA, 1) X(DIGAMMA, 1) X(TRIGAMMA, 1) \
    X(SIGMOID, 1) X(ISNAN, 1) X(ISINF, 1) X(NOT, 1) X(BITNOT, 1) X(ADD, 2) X(SUB, 2) X(MUL, 2) X(DIV, 2) \
    X(MOD, 2) X(FMOD, 2) X(FLOORDIV, 2) X(POW, 2) X(MIN, 2) X(MAX, 2) X(ATAN2, 2) X(LT, 2) X(LE, 2) X(EQ, 2) \
    X(NE, 2) X(AND, 2) X(OR, 2) X(BITAND, 2) X(BITOR, 2) X(BITXOR, 2) X(SHL, 2) X(SHR, 2) X(FMA, 3) X(SELECT, 3)
/* clang-format on */

static inline T op_COPY(T a)
{
    return a;
}

static inline T op_NEG(T a)
{
    return -a;
}

static inline T op_ABS(T a)
{
    return FN(fabs)(a);
}

static inline T op_SIGN(T a)
{
    const T s = a > 0 ? 1 : a < 0 ? -1 : 0;
    return a != a ? a : s;
}

static inline T op_FLOOR(T a)
{
    return FN(floor)(a);
}

static inline T op_CEIL(T a)
{
    return FN(ceil)(a);
}

static inline T op_ROUND(T a)
{
    return FN(rint)(a);
}

static inline T op_TRUNC(T a)
{
    return FN(trunc)(a);
}

static inline T op_SQRT(T a)
{
    return FN(sqrt)(a);
}

static inline T op_RSQRT(T a)
{
    return 1 / FN(sqrt)(a);
}

static inline T op_RECIP(T a)
{
    return 1 / a;
}

static inline T op_ISNAN(T a)
{
    return a != a ? 1 : 0;
}

static inline T op_ISINF(T a)
{
    return FN(fabs)(a) == INFINITY ? 1 : 0;
}

static inline T op_NOT(T a)
{
    return a == 0 ? 1 : 0;
}

static inline T op_BITNOT(T a)
{
    return (T) ~(int64_t)a;
}

static inline T op_ADD(T a, T b)
{
    return a + b;
}

static inline T op_SUB(T a, T b)
{
    return a - b;
}

static inline T op_MUL(T a, T b)
{
    return a * b;
}

static inline T op_DIV(T a, T b)
{
    return a / b;
}

static inline T op_FMOD(T a, T b)
{
    return FN(fmod)(a, b);
}

/* A NaN on either side is the result. */
static inline T op_MIN(T a, T b)
{
    return ((a < b) | (a != a)) ? a : b;
}

static inline T op_MAX(T a, T b)
{
    return ((a > b) | (a != a)) ? a : b;
}

static inline T op_LT(T a, T b)
{
    return a < b ? 1 : 0;
}

static inline T op_LE(T a, T b)
{
    return a <= b ? 1 : 0;
}

static inline T op_EQ(T a, T b)
{
    return a == b ? 1 : 0;
}

static inline T op_NE(T a, T b)
{
    return a != b ? 1 : 0;
}

static inline T op_AND(T a, T b)
{
    return ((a != 0) & (b != 0)) ? 1 : 0;
}

static inline T op_OR(T a, T b)
{
    return ((a != 0) | (b != 0)) ? 1 : 0;
}

static inline T op_BITAND(T a, T b)
{
    return (T)((int64_t)a & (int64_t)b);
}

static inline T op_BITOR(T a, T b)
{
    return (T)((int64_t)a | (int64_t)b);
}

static inline T op_BITXOR(T a, T b)
{
    return (T)((int64_t)a ^ (int64_t)b);
}

static inline T op_SHL(T a, T b)
{
    return FN(ldexp)(a, (int)b);
}

static inline T op_SHR(T a, T b)
{
    return FN(floor)(FN(ldexp)(a, (int)-b));
}

static inline T op_SELECT(T a, T b, T c)
{
    return a != 0 ? b : c;
}

/* Powers that are frequent. */
static inline T op_SQUARE(T a)
{
    return a * a;
}

static inline T op_CUBE(T a)
{
    return a * a * a;
}

/* As rni_f32_to_bf16, in steps that the compiler makes vectors of; only of floats. */
static inline T op_ROUND_BF16(T a)
{
    const uint32_t u = rni_f32_bits((float)a), rounded = u + 0x7fffu + (u >> 16 & 1u);
    const uint32_t r = (u & 0x7fffffffu) > 0x7f800000u ? u | 0x400000u : rounded;
    return (T)rni_bits_f32(r & 0xffff0000u);
}
