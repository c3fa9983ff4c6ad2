/* The check behind RENSA_CHECK_NAN: slow, and only then asked for. Results are contiguous. */
#include "engine/nan_check.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/half.h"
#include "engine/infer.h"

#include <math.h>

static double element(const rn_view *v, const void *data, int64_t i)
{
    switch (v->dtype) {
    case RN_F16:
        return (double)rni_f16_to_f32(((const uint16_t *)data)[i]);
    case RN_BF16:
        return (double)rni_bf16_to_f32(((const uint16_t *)data)[i]);
    case RN_F32:
        return (double)((const float *)data)[i];
    case RN_F64:
        return ((const double *)data)[i];
    default:
        return 0;
    }
}

/* Index of the element that lies at a position of a dense view. */
static void index_text(const rni_step *s, const rn_view *v, int64_t position, char *buf, size_t size)
{
    int64_t at[RN_MAX_RANK];
    for (int i = 0; i < v->rank; i++)
        at[s->reordered ? s->order[i] : i] = v->dim[i] > 1 ? position / v->stride[i] % v->dim[i] : 0;
    int n = snprintf(buf, size, "[");
    for (int i = 0; i < v->rank; i++) n += snprintf(buf + n, size - (size_t)n, i ? ", %lld" : "%lld", (long long)at[i]);
    snprintf(buf + n, size - (size_t)n, "]");
}

static bool check_view(const rni_step *s, const rn_view *v)
{
    if (!rn_dtype_is_float(v->dtype)) return true;
    int64_t n = 1;
    for (int i = 0; i < v->rank; i++) n *= v->dim[i];
    const int64_t bytes = n * rn_dtype_bytes(v->dtype);
    void *copy = NULL;
    const void *data = v->data;
    if (!s->device->backend->host_memory) {
        data = copy = rni_alloc_raw(bytes);
        if (!copy || !rni_copy_out(s->device, copy, v->data, bytes, &s->site)) {
            rni_free(copy);
            return false;
        }
    }
    int64_t count = 0, first = -1;
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(element(v, data, i))) {
            if (count++ == 0) first = i;
        }
    if (count > 0) {
        char at[256];
        index_text(s, v, first, at, sizeof at);
        rni_fail(RN_ERR_STATE, &s->site, s->op->name, "%s in its result",
                 isnan(element(v, data, first)) ? "NaN" : "infinity");
        if (s->grad_of)
            rni_error_add("in", "the gradient of %s", s->grad_of);
        else
            rni_infer_inside(&s->site, s->op);
        rni_error_add("actual", "%lld of %lld elements are not finite, the first at %s", (long long)count, (long long)n,
                      at);
    }
    rni_free(copy);
    return count == 0;
}

bool rni_nan_check_step(const rni_step *s)
{
    for (int i = 0; i < s->call.n_out; i++)
        if (!check_view(s, &s->call.out[i])) return false;
    return true;
}
