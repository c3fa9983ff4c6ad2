/* Reading and checking of indices. Knows no particular function. */
#include "ops/index/position.h"

#include <rensa/error.h>

#include "base/convert.h"
#include "base/index.h"

#include <stdio.h>

bool rni_want_index(rn_infer *f, int input)
{
    const rn_dtype d = f->dtype[input];
    if (d != RN_BOOL && d != RN_DTYPE_NONE && !rn_dtype_is_float(d)) return true;
    rn_refuse(f, RN_ERR_DTYPE, "indices must be integers", "i32, i64, u8, i16 or i8");
    rn_infer_hint(d == RN_BOOL ? "a mask is what rn_boolean_mask takes" : "rn_cast them to RN_I32 or RN_I64");
    return false;
}

int64_t rni_index_value(const rn_view *v, const int64_t *at)
{
    int64_t i = 0;
    rni_convert(&i, RN_I64, rni_view_at(v, at), v->dtype, 1);
    return i;
}

bool rni_index_fail(rn_kernel_call *c, const char *name, const rn_view *v, const int64_t *at, const char *what,
                    int64_t size)
{
    char place[RN_MAX_RANK * 24 + 8];
    int n = 0;
    place[0] = '\0';
    for (int i = 0; i < v->rank; i++)
        n += snprintf(place + n, sizeof place - (size_t)n, i ? ", %lld" : "[%lld", (long long)at[i]);
    if (n) snprintf(place + n, sizeof place - (size_t)n, "]");
    return c->fail(c, RN_ERR_ARG, "%s%s is %lld, but %s %lld", name, place, (long long)rni_index_value(v, at), what,
                   (long long)size);
}
