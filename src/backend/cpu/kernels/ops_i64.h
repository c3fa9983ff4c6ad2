/* What each code of programs that compute in whole numbers does to one element; they wrap around. Functions that give
 * real numbers are not among them: programs with those compute in f64. Also part of emitted kernels (cmake/emit.cmake).
 */
#ifndef RNI_CPU_KERNELS_OPS_I64_H
#define RNI_CPU_KERNELS_OPS_I64_H

#include <stdint.h>

#define T int64_t

static inline T op_COPY(T a)
{
    return a;
}

static inline T op_NEG(T a)
{
    return (T)(0 - (uint64_t)a);
}

static inline T op_ABS(T a)
{
    return a < 0 ? (T)(0 - (uint64_t)a) : a;
}

static inline T op_SIGN(T a)
{
    return (a > 0) - (a < 0);
}

static inline T op_NOT(T a)
{
    return a == 0;
}

static inline T op_BITNOT(T a)
{
    return ~a;
}

static inline T op_ISNAN(T a)
{
    return a & 0;
}

static inline T op_ADD(T a, T b)
{
    return (T)((uint64_t)a + (uint64_t)b);
}

static inline T op_SUB(T a, T b)
{
    return (T)((uint64_t)a - (uint64_t)b);
}

static inline T op_MUL(T a, T b)
{
    return (T)((uint64_t)a * (uint64_t)b);
}

/* Dividing by 0 gives 0; by -1 it negates, where the processor would trap on the smallest number. */
static inline T op_DIV(T a, T b)
{
    return b == 0 ? 0 : b == -1 ? op_NEG(a) : a / b;
}

static inline T op_FMOD(T a, T b)
{
    return b == 0 || b == -1 ? 0 : a % b;
}

static inline T op_FLOORDIV(T a, T b)
{
    if (b == 0 || b == -1) return op_DIV(a, b);
    return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static inline T op_MOD(T a, T b)
{
    const T r = op_FMOD(a, b);
    return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

static inline T op_POW(T a, T b)
{
    if (b < 0) return a == 1 ? 1 : a == -1 ? (b % 2 ? -1 : 1) : 0;
    uint64_t r = 1, base = (uint64_t)a;
    for (; b; b >>= 1, base *= base)
        if (b & 1) r *= base;
    return (T)r;
}

static inline T op_MIN(T a, T b)
{
    return a < b ? a : b;
}

static inline T op_MAX(T a, T b)
{
    return a > b ? a : b;
}

static inline T op_LT(T a, T b)
{
    return a < b;
}

static inline T op_LE(T a, T b)
{
    return a <= b;
}

static inline T op_EQ(T a, T b)
{
    return a == b;
}

static inline T op_NE(T a, T b)
{
    return a != b;
}

static inline T op_AND(T a, T b)
{
    return (a != 0) & (b != 0);
}

static inline T op_OR(T a, T b)
{
    return (a | b) != 0;
}

static inline T op_BITAND(T a, T b)
{
    return a & b;
}

static inline T op_BITOR(T a, T b)
{
    return a | b;
}

static inline T op_BITXOR(T a, T b)
{
    return a ^ b;
}

static inline T op_SHL(T a, T b)
{
    return (uint64_t)b > 63 ? 0 : (T)((uint64_t)a << (b & 63));
}

static inline T op_SHR(T a, T b)
{
    return (uint64_t)b > 63 ? (a < 0 ? -1 : 0) : a >> (b & 63);
}

static inline T op_FMA(T a, T b, T c)
{
    return op_ADD(op_MUL(a, b), c);
}

static inline T op_SELECT(T a, T b, T c)
{
    return a != 0 ? b : c;
}

#define op_FLOOR op_COPY
#define op_CEIL op_COPY
#define op_ROUND op_COPY
#define op_TRUNC op_COPY
#define op_ISINF op_ISNAN

#endif
