/* Copies between strided places: what functions that only move elements are made of. Knows no particular function. */
#include "ops/strided.h"

#include "base/convert.h"
#include "base/index.h"

#include <string.h>

static void copy_row(char *to, int64_t to_step, const char *from, int64_t from_step, int64_t n, int bytes)
{
    if (to_step == bytes && from_step == bytes) {
        memcpy(to, from, (size_t)(n * bytes));
        return;
    }
    switch (bytes) {
    case 1:
        for (int64_t i = 0; i < n; i++) to[i * to_step] = from[i * from_step];
        break;
    case 2:
        for (int64_t i = 0; i < n; i++) memcpy(to + i * to_step, from + i * from_step, 2);
        break;
    case 4:
        for (int64_t i = 0; i < n; i++) memcpy(to + i * to_step, from + i * from_step, 4);
        break;
    default:
        for (int64_t i = 0; i < n; i++) memcpy(to + i * to_step, from + i * from_step, (size_t)bytes);
        break;
    }
}

void rni_view_copy(const rn_view *to, const rn_view *from)
{
    const int bytes = rn_dtype_bytes(to->dtype);
    if (rni_view_count(to) == 0) return;
    if (to->rank == 0) {
        memcpy(to->data, from->data, (size_t)bytes);
        return;
    }
    const int last = to->rank - 1;
    rn_view rows = *to;
    rows.rank = last;
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t k = rni_view_count(&rows); k > 0; k--, rni_index_next(&rows, at))
        copy_row(rni_view_at(to, at), to->stride[last] * bytes, rni_view_at(from, at), from->stride[last] * bytes,
                 to->dim[last], bytes);
}

void rni_view_fill(const rn_view *to, double value)
{
    char element[16];
    rni_store(to->dtype, element, value);
    const int bytes = rn_dtype_bytes(to->dtype);
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t k = rni_view_count(to); k > 0; k--, rni_index_next(to, at))
        memcpy(rni_view_at(to, at), element, (size_t)bytes);
}

rn_view rni_view_drop(const rn_view *v, int axis, int64_t at)
{
    rn_view r = *v;
    r.rank--;
    r.data = (void *)((uintptr_t)v->data + (uintptr_t)(at * v->stride[axis] * rn_dtype_bytes(v->dtype)));
    for (int i = axis; i < r.rank; i++) {
        r.dim[i] = v->dim[i + 1];
        r.stride[i] = v->stride[i + 1];
    }
    return r;
}
