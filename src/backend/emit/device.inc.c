/* What kernels that compute element by element have besides op_<CODE>: elements of every type to and from T, codes
 * whose fast form holds for some arguments only, random numbers. Text of CUDA C that is C as well (cmake/emit.cmake,
 * cuda.c). Needs T and RNI_REAL: 32, 64 or, for whole numbers, 0. */
#include "base/half.h"
#include "base/rng.h"

/* ---- elements ---- */

static inline T load_bool(const void *p, int64_t i)
{
    return (T)(((const uint8_t *)p)[i] != 0);
}

static inline T load_u8(const void *p, int64_t i)
{
    return (T)((const uint8_t *)p)[i];
}

static inline T load_i8(const void *p, int64_t i)
{
    return (T)((const int8_t *)p)[i];
}

static inline T load_i16(const void *p, int64_t i)
{
    return (T)((const int16_t *)p)[i];
}

static inline T load_i32(const void *p, int64_t i)
{
    return (T)((const int32_t *)p)[i];
}

static inline T load_i64(const void *p, int64_t i)
{
    return (T)((const int64_t *)p)[i];
}

static inline T load_f16(const void *p, int64_t i)
{
    return (T)rni_f16_to_f32(((const uint16_t *)p)[i]);
}

static inline T load_bf16(const void *p, int64_t i)
{
    return (T)rni_bf16_to_f32(((const uint16_t *)p)[i]);
}

static inline T load_f32(const void *p, int64_t i)
{
    return (T)((const float *)p)[i];
}

static inline T load_f64(const void *p, int64_t i)
{
    return (T)((const double *)p)[i];
}

/* Whole numbers wrap around; real ones are truncated and clamped, NaN gives 0. */
static inline int64_t whole_of(T v, double low, double high, int64_t least, int64_t most)
{
#if RNI_REAL
    return v != v ? 0 : (double)v >= high ? most : (double)v <= low ? least : (int64_t)v;
#else
    (void)low, (void)high, (void)least, (void)most;
    return v;
#endif
}

static inline void store_bool(void *p, int64_t i, T v)
{
    ((uint8_t *)p)[i] = v != 0;
}

static inline void store_u8(void *p, int64_t i, T v)
{
    ((uint8_t *)p)[i] = (uint8_t)whole_of(v, 0, 255, 0, 255);
}

static inline void store_i8(void *p, int64_t i, T v)
{
    ((int8_t *)p)[i] = (int8_t)whole_of(v, -128, 127, -128, 127);
}

static inline void store_i16(void *p, int64_t i, T v)
{
    ((int16_t *)p)[i] = (int16_t)whole_of(v, -32768, 32767, -32768, 32767);
}

static inline void store_i32(void *p, int64_t i, T v)
{
    ((int32_t *)p)[i] = (int32_t)whole_of(v, -2147483648.0, 2147483647.0, -2147483647 - 1, 2147483647);
}

static inline void store_i64(void *p, int64_t i, T v)
{
    ((int64_t *)p)[i] = whole_of(v, -0x1p63, 0x1p63, (int64_t)0x8000000000000000u, (int64_t)0x7fffffffffffffffu);
}

/* What goes to 16 bits by way of f32 is rounded once. */
static inline float single_of(T v)
{
#if RNI_REAL == 64
    return odd_f32(v);
#else
    return (float)v;
#endif
}

static inline void store_f16(void *p, int64_t i, T v)
{
    ((uint16_t *)p)[i] = rni_f32_to_f16(single_of(v));
}

static inline void store_bf16(void *p, int64_t i, T v)
{
    ((uint16_t *)p)[i] = rni_f32_to_bf16(single_of(v));
}

static inline void store_f32(void *p, int64_t i, T v)
{
    ((float *)p)[i] = (float)v;
}

static inline void store_f64(void *p, int64_t i, T v)
{
    ((double *)p)[i] = (double)v;
}

/* ---- codes ---- */

#if RNI_REAL
static inline T any_SIN(T a)
{
    return fabs((double)a) <= SIN_LIMIT ? op_SIN(a) : (T)sin((double)a);
}

static inline T any_COS(T a)
{
    return fabs((double)a) <= SIN_LIMIT ? op_COS(a) : (T)cos((double)a);
}

static inline T any_TAN(T a)
{
    return fabs((double)a) <= SIN_LIMIT ? op_TAN(a) : (T)tan((double)a);
}

static inline T any_ROUND_F16(T a)
{
    return (T)rni_f16_to_f32(rni_f32_to_f16(single_of(a)));
}

static inline T any_ROUND_BF16(T a)
{
    return (T)rni_bf16_to_f32(rni_f32_to_bf16(single_of(a)));
}

static inline T any_MOD(T a, T b)
{
#if RNI_REAL == 32
    return fabsf(a) < 0x1p28f * fabsf(b) && fabsf(b) < INFINITY ? op_MOD(a, b) : exact_mod(a, b);
#else
    return op_MOD(a, b);
#endif
}
#endif

/* Words of the stream as include/rensa/backend.h says. */
static inline T random_at(double seed, double stream, int64_t i)
{
#if RNI_REAL == 32
    return (T)(int32_t)(rni_random_u32((uint64_t)seed, (uint64_t)stream, (uint64_t)i) >> 8) * 0x1p-24f;
#elif RNI_REAL == 64
    const uint64_t high = rni_random_u32((uint64_t)seed, (uint64_t)stream, 2 * (uint64_t)i);
    const uint64_t low = rni_random_u32((uint64_t)seed, (uint64_t)stream, 2 * (uint64_t)i + 1);
    return (T)(int64_t)((high << 32 | low) >> 11) * 0x1p-53;
#else
    (void)seed, (void)stream, (void)i;
    return 0;
#endif
}
