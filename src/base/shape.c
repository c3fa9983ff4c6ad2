/* Shapes and element types. */
#include "base/shape.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *numpy;
    int bytes;
} dtype_rows[RN_DTYPE_COUNT] = {
    [RN_DTYPE_NONE] = { "none", "none", 0 }, [RN_BOOL] = { "bool", "bool", 1 },  [RN_U8] = { "u8", "uint8", 1 },
    [RN_I8] = { "i8", "int8", 1 },           [RN_I16] = { "i16", "int16", 2 },   [RN_I32] = { "i32", "int32", 4 },
    [RN_I64] = { "i64", "int64", 8 },        [RN_F16] = { "f16", "float16", 2 }, [RN_BF16] = { "bf16", "bfloat16", 2 },
    [RN_F32] = { "f32", "float32", 4 },      [RN_F64] = { "f64", "float64", 8 },
};

const char *rn_version(void)
{
    return RN_VERSION;
}

const char *rn_dtype_name(rn_dtype dtype)
{
    return dtype >= 0 && dtype < RN_DTYPE_COUNT ? dtype_rows[dtype].name : "none";
}

rn_dtype rn_dtype_by_name(const char *name)
{
    for (int i = 1; name && i < RN_DTYPE_COUNT; i++)
        if (strcmp(name, dtype_rows[i].name) == 0 || strcmp(name, dtype_rows[i].numpy) == 0) return (rn_dtype)i;
    return RN_DTYPE_NONE;
}

int rn_dtype_bytes(rn_dtype dtype)
{
    return dtype >= 0 && dtype < RN_DTYPE_COUNT ? dtype_rows[dtype].bytes : 0;
}

bool rn_dtype_is_float(rn_dtype dtype)
{
    return dtype >= RN_F16;
}

rn_dtype rn_dtype_promote(rn_dtype a, rn_dtype b)
{
    if (a > b) {
        const rn_dtype t = a;
        a = b;
        b = t;
    }
    if (a == b || a == RN_DTYPE_NONE || a == RN_BOOL) return b;
    if (b <= RN_I64) return a == RN_U8 && b == RN_I8 ? RN_I16 : b;
    if (a == RN_F16 && b == RN_BF16) return RN_F32;
    if (a >= RN_F16) return b;
    /* integer with float: the float must hold every value of the integer */
    const rn_dtype need = a <= RN_I8 ? RN_F16 : a == RN_I16 ? RN_F32 : RN_F64;
    return need <= b || (need == RN_F16 && b == RN_BF16) ? b : need;
}

int64_t rni_shape_count(const rn_shape *s)
{
    if (s->rank < 0 || s->rank > RN_MAX_RANK) return -1;
    int64_t n = 1;
    bool empty = false;
    for (int i = 0; i < s->rank; i++) {
        if (s->dim[i] < 0) return -1;
        if (s->dim[i] == 0)
            empty = true;
        else if (!rni_mul_i64(n, s->dim[i], &n) || n > INT64_MAX / 16)
            return -1;
    }
    return empty ? 0 : n;
}

bool rni_shape_equal(const rn_shape *a, const rn_shape *b)
{
    if (a->rank != b->rank) return false;
    for (int i = 0; i < a->rank; i++)
        if (a->dim[i] != b->dim[i]) return false;
    return true;
}

bool rni_shape_broadcast(const rn_shape *a, const rn_shape *b, rn_shape *out)
{
    rn_shape r = { .rank = a->rank > b->rank ? a->rank : b->rank };
    for (int i = 0; i < r.rank; i++) {
        const int ia = i - (r.rank - a->rank), ib = i - (r.rank - b->rank);
        const int64_t da = ia >= 0 ? a->dim[ia] : 1, db = ib >= 0 ? b->dim[ib] : 1;
        if (da != db && da != 1 && db != 1) return false;
        r.dim[i] = da == 1 ? db : da;
    }
    *out = r;
    return true;
}

void rni_shape_strides(const rn_shape *s, int64_t stride[RN_MAX_RANK])
{
    int64_t n = 1;
    for (int i = s->rank - 1; i >= 0; i--) {
        stride[i] = n;
        n *= s->dim[i] > 0 ? s->dim[i] : 1;
    }
}

int rni_axis(int axis, int rank)
{
    if (axis < 0) axis += rank;
    return axis >= 0 && axis < rank ? axis : -1;
}

char *rni_shape_text(const rn_shape *s, char *buf)
{
    int n = snprintf(buf, RNI_SHAPE_TEXT, "[");
    for (int i = 0; i < s->rank && i < RN_MAX_RANK; i++)
        n += snprintf(buf + n, (size_t)(RNI_SHAPE_TEXT - n), i ? ", %lld" : "%lld", (long long)s->dim[i]);
    snprintf(buf + n, (size_t)(RNI_SHAPE_TEXT - n), "]");
    return buf;
}
