/* Host arrays of the self-test: values as doubles, drawn so that a test says the same every time.
 *
 * Floats are drawn from separate cells of their range: they are distinct, so that the choices of max, sort and their
 * like stay the same under the small steps of a difference. */
#include "selftest/selftest.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/shape.h"

#include <math.h>

bool rni_st_array_make(rni_st_array *a, rn_dtype dtype, const rn_shape *shape)
{
    rni_free(a->value);
    a->dtype = dtype;
    a->shape = *shape;
    a->count = rni_shape_count(shape);
    int64_t bytes;
    if (a->count < 0 || !rni_mul_i64(a->count, (int64_t)sizeof *a->value, &bytes)) {
        a->value = NULL;
        return rni_fail(RN_ERR_SHAPE, NULL, "selftest", "no such shape");
    }
    a->value = rni_alloc(bytes);
    return a->value != NULL;
}

bool rni_st_array_copy(rni_st_array *to, const rni_st_array *from)
{
    snprintf(to->name, sizeof to->name, "%s", from->name);
    to->dtype = from->dtype;
    if (!from->dtype) return true;
    if (!rni_st_array_make(to, from->dtype, &from->shape)) return false;
    for (int64_t i = 0; i < from->count; i++) to->value[i] = from->value[i];
    return true;
}

void rni_st_arrays_free(rni_st_array *a, int n)
{
    for (int i = 0; i < n; i++) {
        rni_free(a[i].value);
        a[i] = (rni_st_array){ 0 };
    }
}

double rni_st_round(rn_dtype dtype, double value)
{
    union {
        double align;
        char bytes[8];
    } cell;
    rni_store(dtype, cell.bytes, value);
    return rni_load(dtype, cell.bytes);
}

double rni_st_weight(int which, int64_t i)
{
    const rni_philox p = rni_philox4x32(0x5eedu, (uint64_t)which, (uint64_t)i);
    /* multiples of 1/64 between 0.5 and 1.5, of either sign: every float type holds them */
    const double size = 0.5 + (double)(p.v[0] & 63u) / 64;
    return p.v[1] & 1u ? size : -size;
}

static bool draw_floats(rni_st_array *a, rni_rng *r, double low, double high)
{
    int64_t *cell = rni_alloc_raw(a->count * (int64_t)sizeof *cell);
    if (!cell) return false;
    for (int64_t i = 0; i < a->count; i++) {
        const int64_t j = (int64_t)rni_rng_below(r, (uint64_t)i + 1);
        cell[i] = cell[j];
        cell[j] = i;
    }
    const double width = a->count ? (high - low) / (double)a->count : 0;
    for (int64_t i = 0; i < a->count; i++)
        a->value[i] = rni_st_round(a->dtype, low + width * ((double)cell[i] + 0.25 + 0.5 * rni_rng_uniform(r)));
    rni_free(cell);
    return true;
}

bool rni_st_draw(rni_st_array *a, const char *seed, double low, double high)
{
    rni_rng r = { .seed = rni_hash_text(rni_hash_text(RNI_HASH_START, seed), a->name).a };
    if (rn_dtype_is_float(a->dtype)) return draw_floats(a, &r, low, high);
    const uint64_t n = high > low ? (uint64_t)(high - low) + 1 : 1;
    for (int64_t i = 0; i < a->count; i++) a->value[i] = rni_st_round(a->dtype, low + (double)rni_rng_below(&r, n));
    return true;
}
