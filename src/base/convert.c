/* Element by element; speed matters little here. */
#include "base/convert.h"

#include "base/half.h"

#include <math.h>
#include <string.h>

double rni_load(rn_dtype type, const void *p)
{
    switch (type) {
    case RN_BOOL:
        return *(const uint8_t *)p != 0;
    case RN_U8:
        return *(const uint8_t *)p;
    case RN_I8:
        return *(const int8_t *)p;
    case RN_I16:
        return *(const int16_t *)p;
    case RN_I32:
        return *(const int32_t *)p;
    case RN_I64:
        return (double)*(const int64_t *)p;
    case RN_F16:
        return (double)rni_f16_to_f32(*(const uint16_t *)p);
    case RN_BF16:
        return (double)rni_bf16_to_f32(*(const uint16_t *)p);
    case RN_F32:
        return (double)*(const float *)p;
    case RN_F64:
        return *(const double *)p;
    default:
        return 0;
    }
}

/* Smallest and largest value of an integer type, as numbers that a double holds. */
static int64_t clamp(double v, int bits, bool is_signed)
{
    const double low = is_signed ? -ldexp(1, bits - 1) : 0, high = ldexp(1, is_signed ? bits - 1 : bits);
    if (isnan(v)) return 0;
    if (v <= low) return (int64_t)low;
    if (v >= high) return bits == 64 ? INT64_MAX : (int64_t)high - 1;
    return (int64_t)v;
}

static void store_integer(rn_dtype type, void *p, int64_t v)
{
    switch (type) {
    case RN_BOOL:
        *(uint8_t *)p = v != 0;
        break;
    case RN_U8:
        *(uint8_t *)p = (uint8_t)v;
        break;
    case RN_I8:
        *(int8_t *)p = (int8_t)v;
        break;
    case RN_I16:
        *(int16_t *)p = (int16_t)v;
        break;
    case RN_I32:
        *(int32_t *)p = (int32_t)v;
        break;
    default:
        *(int64_t *)p = v;
        break;
    }
}

/* Rounds to odd before narrowing, so that the second rounding cannot go wrong. */
static float narrow(double v)
{
    const float f = (float)v;
    if ((double)f == v || !isfinite(v) || !isfinite(f)) return f;
    uint32_t u = rni_f32_bits(f);
    if (u & 1u) return f;
    const bool up = fabs((double)f) < fabs(v);
    return rni_bits_f32(up ? u + 1 : u - 1);
}

void rni_store(rn_dtype type, void *p, double v)
{
    switch (type) {
    case RN_BOOL:
        *(uint8_t *)p = v != 0;
        break;
    case RN_U8:
        store_integer(type, p, clamp(v, 8, false));
        break;
    case RN_I8:
        store_integer(type, p, clamp(v, 8, true));
        break;
    case RN_I16:
        store_integer(type, p, clamp(v, 16, true));
        break;
    case RN_I32:
        store_integer(type, p, clamp(v, 32, true));
        break;
    case RN_I64:
        store_integer(type, p, clamp(v, 64, true));
        break;
    case RN_F16:
        *(uint16_t *)p = rni_f32_to_f16(narrow(v));
        break;
    case RN_BF16:
        *(uint16_t *)p = rni_f32_to_bf16(narrow(v));
        break;
    case RN_F32:
        *(float *)p = (float)v;
        break;
    case RN_F64:
        *(double *)p = v;
        break;
    default:
        break;
    }
}

static int64_t load_integer(rn_dtype type, const void *p)
{
    return type == RN_I64 ? *(const int64_t *)p : (int64_t)rni_load(type, p);
}

void rni_convert(void *to, rn_dtype to_type, const void *from, rn_dtype from_type, int64_t n)
{
    const int a = rn_dtype_bytes(to_type), b = rn_dtype_bytes(from_type);
    if (to_type == from_type) {
        if (n) memcpy(to, from, (size_t)(n * a));
        return;
    }
    const bool integers = !rn_dtype_is_float(to_type) && !rn_dtype_is_float(from_type);
    for (int64_t i = 0; i < n; i++) {
        void *p = (char *)to + i * a;
        const void *q = (const char *)from + i * b;
        if (integers)
            store_integer(to_type, p, load_integer(from_type, q));
        else
            rni_store(to_type, p, rni_load(from_type, q));
    }
}
