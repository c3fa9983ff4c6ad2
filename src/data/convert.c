/* Elements of any type as doubles, a block at a time. Values only: no shapes, no scaling. */
#include "data/convert.h"

#include "base/half.h"

#define CONVERT(name, type, expr)                                                                                      \
    static void name(double *to, const void *from, int64_t n)                                                          \
    {                                                                                                                  \
        const type *v = from;                                                                                          \
        for (int64_t i = 0; i < n; i++) to[i] = (double)(expr);                                                        \
    }

CONVERT(from_bool, unsigned char, v[i] != 0)
CONVERT(from_u8, uint8_t, v[i])
CONVERT(from_i8, int8_t, v[i])
CONVERT(from_i16, int16_t, v[i])
CONVERT(from_i32, int32_t, v[i])
CONVERT(from_i64, int64_t, v[i])
CONVERT(from_f16, uint16_t, rni_f16_to_f32(v[i]))
CONVERT(from_bf16, uint16_t, rni_bf16_to_f32(v[i]))
CONVERT(from_f32, float, v[i])
CONVERT(from_f64, double, v[i])

static void (*const converters[RN_DTYPE_COUNT])(double *, const void *, int64_t) = {
    [RN_BOOL] = from_bool, [RN_U8] = from_u8,   [RN_I8] = from_i8,     [RN_I16] = from_i16, [RN_I32] = from_i32,
    [RN_I64] = from_i64,   [RN_F16] = from_f16, [RN_BF16] = from_bf16, [RN_F32] = from_f32, [RN_F64] = from_f64,
};

void rni_data_to_f64(double *to, rn_dtype dtype, const void *from, int64_t n)
{
    converters[dtype](to, from, n);
}

void rni_data_to_f32(float *to, rn_dtype dtype, const void *from, int64_t n)
{
    double block[256];
    const char *p = from;
    const int64_t size = rn_dtype_bytes(dtype);
    for (int64_t done = 0; done < n; done += 256) {
        const int64_t m = n - done < 256 ? n - done : 256;
        converters[dtype](block, p + done * size, m);
        for (int64_t i = 0; i < m; i++) to[done + i] = (float)block[i];
    }
}
