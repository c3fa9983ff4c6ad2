/* Making tensors from data, and looking at their values. */
#include "engine/engine.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/op_table.h"
#include "engine/record.h"

#include <math.h>
#include <string.h>

static bool check_new(const rn_site *site, rn_dtype dtype, const rn_shape *shape, int64_t *bytes)
{
    if (!rn_ok()) {
        rni_error_trail(site, "array");
        return false;
    }
    if (dtype <= RN_DTYPE_NONE || dtype >= RN_DTYPE_COUNT)
        return rni_fail(RN_ERR_DTYPE, site, "array", "no element type");
    const int64_t n = rni_shape_count(shape);
    char text[RNI_SHAPE_TEXT];
    if (n < 0 || !rni_mul_i64(n, rn_dtype_bytes(dtype), bytes)) {
        rni_fail(RN_ERR_SHAPE, site, "array", "no such shape");
        rni_error_add("expect", "up to %d axes, sizes >= 0, fewer than 2^63 bytes", RN_MAX_RANK);
        if (shape->rank >= 0 && shape->rank <= RN_MAX_RANK) rni_error_add("actual", "%s", rni_shape_text(shape, text));
        return false;
    }
    return true;
}

rn_tensor *rn_array_at(const rn_site *site, rn_dtype dtype, rn_shape shape, const void *data)
{
    int64_t bytes;
    if (!check_new(site, dtype, &shape, &bytes)) return NULL;
    rni_thread *t = rni_thread_self();
    rni_device *d = rni_default_device(site);
    rn_tensor *x = d ? rni_leaf_new(t, d, dtype, &shape, site) : NULL;
    if (!x) return NULL;
    x->buffer = rni_buffer_new(d, bytes);
    bool ok = x->buffer != NULL;
    if (ok && data)
        ok = rni_copy_in(d, x->buffer->data, data, bytes, site);
    else if (ok && d->backend->host_memory)
        memset(x->buffer->data, 0, (size_t)bytes);
    else if (ok) {
        void *zeros = rni_alloc(bytes);
        ok = zeros && rni_copy_in(d, x->buffer->data, zeros, bytes, site);
        rni_free(zeros);
    }
    if (ok) return rni_scoped(t, x);
    rni_tensor_drop(x);
    return NULL;
}

rn_tensor *rn_array_view_at(const rn_site *site, rn_dtype dtype, rn_shape shape, const void *data,
                            void (*done)(void *user), void *user)
{
    int64_t bytes;
    if (!check_new(site, dtype, &shape, &bytes)) return NULL;
    if (!data && bytes) {
        rni_fail(RN_ERR_ARG, site, "array_view", "data is NULL");
        return NULL;
    }
    rni_device *d = rni_default_device(site);
    if (!d) return NULL;
    if (!d->backend->host_memory) { /* a device of its own needs a copy after all */
        rn_tensor *x = rn_array_at(site, dtype, shape, data);
        if (x && done) done(user);
        return x;
    }
    rni_thread *t = rni_thread_self();
    rn_tensor *x = rni_leaf_new(t, d, dtype, &shape, site);
    if (!x) return NULL;
    x->buffer = rni_buffer_wrap(d, (void *)(uintptr_t)data, bytes, NULL, NULL);
    if (!x->buffer) {
        rni_tensor_drop(x);
        return NULL;
    }
    if (!rni_scoped(t, x)) return NULL;
    x->buffer->done = done;
    x->buffer->user = user;
    return x;
}

rn_tensor *rn_detach_at(const rn_site *site, rn_tensor *x)
{
    rn_tensor *y = NULL;
    return rn_op_call(rni_op_find("detach"), site, &x, 1, NULL, &y) ? y : NULL;
}

bool rn_eval_at(const rn_site *site, rn_list ts)
{
    if (!rn_ok()) {
        rni_error_trail(site, "eval");
        return false;
    }
    if (ts.n > 0 && !rni_given(ts.at, site, "eval", "ts")) return false;
    for (int64_t i = 0; i < ts.n; i++)
        if (!rni_is_tensor(ts.at[i], site, "eval")) return false;
    return rni_evaluate(rni_thread_self(), ts.at, ts.n, site);
}

bool rn_eval_all(void)
{
    return rn_ok() && rni_evaluate(rni_thread_self(), NULL, 0, NULL);
}

/* The value of x on its device, computed now if need be; NULL with an error pending. */
static rn_tensor *known(const rn_site *site, rn_tensor *x, const char *what)
{
    if (!rn_ok()) {
        rni_error_trail(site, what);
        return NULL;
    }
    if (!rni_is_tensor(x, site, what)) return NULL;
    rn_tensor *v = rni_value_of(x);
    if (v->buffer) return v;
    rni_thread *t = rni_thread_self();
    if (v->node->thread != t) {
        rni_fail(RN_ERR_STATE, site, what, "another thread has recorded this tensor but not computed it");
        return NULL;
    }
    return rni_evaluate(t, &x, 1, site) ? rni_value_of(x) : NULL;
}

static bool read_bytes(const rn_site *site, rn_tensor *v, void *to)
{
    rni_device *d = v->buffer->device;
    if (!d->backend->sync(d->handle)) return rni_fail(RN_ERR_DEVICE, site, "data", "%s does not answer", d->name);
    return rni_copy_out(d, to, (const char *)v->buffer->data + v->offset, rni_tensor_nbytes(v), site);
}

const void *rn_data_at(const rn_site *site, rn_tensor *x)
{
    rn_tensor *v = known(site, x, "data");
    if (!v) return NULL;
    if (v->buffer->device->backend->host_memory) return (const char *)v->buffer->data + v->offset;
    /* a copy on the host, as long-lived as the innermost scope */
    rni_device *cpu = rni_device_ref();
    rn_tensor *copy = cpu ? rni_leaf_new(rni_thread_self(), cpu, (rn_dtype)v->dtype, &v->shape, site) : NULL;
    if (!copy) return NULL;
    copy->buffer = rni_buffer_new(cpu, rni_tensor_nbytes(v));
    if (!copy->buffer || !read_bytes(site, v, copy->buffer->data)) {
        rni_tensor_drop(copy);
        return NULL;
    }
    copy = rni_scoped(rni_thread_self(), copy);
    return copy ? copy->buffer->data : NULL;
}

const float *rn_data_f32_at(const rn_site *site, rn_tensor *x)
{
    if (rn_ok() && x && x->tag == RNI_TENSOR_TAG && x->dtype != RN_F32) {
        rni_fail(RN_ERR_DTYPE, site, "data_f32", "the tensor is of type %s", rn_dtype_name((rn_dtype)x->dtype));
        rni_error_add("hint", "rn_cast it, or use rn_copy_to, which converts");
        return NULL;
    }
    return rn_data_at(site, x);
}

static bool copy_to(const rn_site *site, rn_tensor *x, rn_dtype dtype, void *to, int64_t bytes, const char *what)
{
    rn_tensor *v = known(site, x, what);
    if (!v) return false;
    const int64_t need = v->count * rn_dtype_bytes(dtype);
    if (need > bytes || need < 0)
        return rni_fail(RN_ERR_ARG, site, what, "the buffer has %lld bytes, the tensor needs %lld", (long long)bytes,
                        (long long)need);
    if ((rn_dtype)v->dtype == dtype) return read_bytes(site, v, to);
    const void *data = rn_data_at(site, x);
    if (!data) return false;
    rni_convert(to, dtype, data, (rn_dtype)v->dtype, v->count);
    return true;
}

bool rn_copy_to_at(const rn_site *site, rn_tensor *x, rn_dtype dtype, void *to, int64_t bytes)
{
    return copy_to(site, x, dtype, to, bytes, "copy_to");
}

double rn_item_at(const rn_site *site, rn_tensor *x)
{
    if (rn_ok() && x && x->tag == RNI_TENSOR_TAG && x->count != 1) {
        char shape[RNI_SHAPE_TEXT];
        rni_fail(RN_ERR_SHAPE, site, "item", "only a tensor with one element has an item");
        rni_error_add("actual", "%s%s", rn_dtype_name((rn_dtype)x->dtype), rni_shape_text(&x->shape, shape));
        return NAN;
    }
    double value = NAN;
    return copy_to(site, x, RN_F64, &value, sizeof value, "item") ? value : NAN;
}
