/* Stored numbers become tensors: other byte orders, Fortran order, and types that rensa widens.
 *
 * Data that are as rensa wants them are not copied: the tensor looks into the file's bytes and holds on to them. */
#include "io/element.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"

#include <rensa/tensor.h>
#include <string.h>

enum { VIEW_FROM_BYTES = 4096 }; /* below, a copy is cheaper than a reference to the whole file */

/* The first row of a type is the one that it is written as. */
static const rni_element elements[] = {
    { "b1", "BOOL", RN_BOOL, 1, RNI_AS_IT_IS }, { "u1", "U8", RN_U8, 1, RNI_AS_IT_IS },
    { "i1", "I8", RN_I8, 1, RNI_AS_IT_IS },     { "i2", "I16", RN_I16, 2, RNI_AS_IT_IS },
    { "i4", "I32", RN_I32, 4, RNI_AS_IT_IS },   { "i8", "I64", RN_I64, 8, RNI_AS_IT_IS },
    { "f2", "F16", RN_F16, 2, RNI_AS_IT_IS },   { NULL, "BF16", RN_BF16, 2, RNI_AS_IT_IS },
    { "f4", "F32", RN_F32, 4, RNI_AS_IT_IS },   { "f8", "F64", RN_F64, 8, RNI_AS_IT_IS },
    { "u2", "U16", RN_I32, 2, RNI_WIDEN_U16 },  { "u4", "U32", RN_I64, 4, RNI_WIDEN_U32 },
    { "u8", "U64", RN_I64, 8, RNI_WIDEN_U64 },
};

const rni_element *rni_element_by_npy(const char *name)
{
    for (size_t i = 0; i < RN_COUNTOF(elements); i++)
        if (elements[i].npy && strcmp(elements[i].npy, name) == 0) return &elements[i];
    return NULL;
}

const rni_element *rni_element_by_safetensors(const char *name)
{
    for (size_t i = 0; i < RN_COUNTOF(elements); i++)
        if (strcmp(elements[i].safetensors, name) == 0) return &elements[i];
    return NULL;
}

const rni_element *rni_element_by_dtype(rn_dtype dtype)
{
    for (size_t i = 0; i < RN_COUNTOF(elements); i++)
        if (elements[i].dtype == dtype) return &elements[i];
    return NULL;
}

/* ---- blobs ---- */

rni_blob *rni_blob_of_memory(void *memory)
{
    rni_blob *b = rni_alloc(sizeof *b);
    if (!b) {
        rni_free(memory);
        return NULL;
    }
    atomic_init(&b->users, 1);
    b->memory = memory;
    return b;
}

rni_blob *rni_blob_of_map(rni_map *map)
{
    rni_blob *b = rni_alloc(sizeof *b);
    if (!b) {
        rni_file_unmap(map);
        return NULL;
    }
    atomic_init(&b->users, 1);
    b->map = *map;
    return b;
}

void rni_blob_drop(rni_blob *b)
{
    if (!b || atomic_fetch_sub(&b->users, 1) != 1) return;
    if (b->map.at) rni_file_unmap(&b->map);
    rni_free(b->memory);
    rni_free(b);
}

/* ---- what has to be changed ---- */

static void swap_bytes(unsigned char *p, int64_t count, int bytes)
{
    for (int64_t i = 0; i < count; i++, p += bytes) {
        for (int k = 0; k < bytes / 2; k++) {
            const unsigned char c = p[k];
            p[k] = p[bytes - 1 - k];
            p[bytes - 1 - k] = c;
        }
    }
}

/* From the end to the start, in place: `p` has room for the widened numbers. */
static bool widen(const rni_element *e, char *p, int64_t count)
{
    for (int64_t i = count - 1; i >= 0; i--) {
        uint16_t u16;
        uint32_t u32;
        int64_t i64 = 0;
        int32_t i32;
        memcpy(&u16, p + i * e->bytes, sizeof u16);
        i32 = u16;
        if (e->bytes >= 4) {
            memcpy(&u32, p + i * e->bytes, sizeof u32);
            i64 = u32;
        }
        if (e->bytes == 8) memcpy(&i64, p + i * e->bytes, sizeof i64);
        if (i64 < 0) return rni_fail(RN_ERR_FORMAT, NULL, NULL, "a uint64 above 2^63 - 1 does not fit i64");
        if (e->dtype == RN_I32)
            memcpy(p + i * 4, &i32, sizeof i32);
        else
            memcpy(p + i * 8, &i64, sizeof i64);
    }
    return true;
}

/* Gives column-major elements their row-major places. */
static void reorder(const char *from, char *to, const rn_shape *shape, int64_t count, int bytes)
{
    int64_t stride[RN_MAX_RANK], at[RN_MAX_RANK] = { 0 }, source = 0, step = 1;
    for (int a = 0; a < shape->rank; a++) {
        stride[a] = step;
        step *= shape->dim[a];
    }
    for (int64_t i = 0; i < count; i++) {
        memcpy(to + i * bytes, from + source * bytes, (size_t)bytes);
        for (int a = shape->rank - 1; a >= 0; a--) {
            source += stride[a];
            if (++at[a] < shape->dim[a]) break;
            source -= stride[a] * shape->dim[a];
            at[a] = 0;
        }
    }
}

static void *changed(const rni_stored *s, int64_t count)
{
    const rni_element *e = s->element;
    const int bytes = rn_dtype_bytes(e->dtype);
    int64_t size;
    char *p = rni_mul_i64(count, bytes, &size) ? rni_alloc_raw(size) : NULL;
    if (!p) return NULL;
    memcpy(p, s->data, (size_t)(count * e->bytes));
    if (s->swapped) swap_bytes((unsigned char *)p, count, e->bytes);
    bool ok = e->widen == RNI_AS_IT_IS || widen(e, p, count);
    if (e->dtype == RN_BOOL)
        for (int64_t i = 0; i < count; i++) p[i] = p[i] != 0;
    char *ordered = ok && s->fortran ? rni_alloc_raw(size) : NULL;
    if (ordered) reorder(p, ordered, &s->shape, count, bytes);
    ok = ok && (ordered || !s->fortran);
    if (ordered || !ok) rni_free(p);
    return ordered ? ordered : ok ? p : NULL;
}

/* Whether bytes meant as truth values are 0 or 1, which is what kernels rely on. */
static bool clean_truths(const unsigned char *p, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (p[i] > 1) return false;
    return true;
}

static bool must_change(const rni_stored *s, int64_t count)
{
    const rni_element *e = s->element;
    return (s->swapped && e->bytes > 1) || (s->fortran && s->shape.rank > 1) || e->widen != RNI_AS_IT_IS ||
           (e->dtype == RN_BOOL && !clean_truths(s->data, count));
}

/* ---- views ---- */

static void let_go(void *blob)
{
    rni_blob_drop(blob);
}

static rn_tensor *view(const rn_site *site, rni_blob *blob, rn_dtype dtype, rn_shape shape, const void *data)
{
    atomic_fetch_add(&blob->users, 1);
    rn_tensor *t = rn_array_view_at(site, dtype, shape, data, let_go, blob);
    if (!t) rni_blob_drop(blob);
    return t;
}

rn_tensor *rni_stored_tensor(const rn_site *site, const rni_stored *s)
{
    const rn_dtype dtype = s->element->dtype;
    const int64_t count = rni_shape_count(&s->shape), bytes = count * s->element->bytes;
    if (count < 0) {
        rni_fail(RN_ERR_FORMAT, NULL, NULL, "a shape has too many elements");
        return NULL;
    }
    if (must_change(s, count)) {
        void *p = changed(s, count);
        rni_blob *own = p ? rni_blob_of_memory(p) : NULL;
        rn_tensor *t = own ? view(site, own, dtype, s->shape, p) : NULL;
        rni_blob_drop(own);
        return t;
    }
    const bool aligned = (uintptr_t)s->data % (uintptr_t)s->element->bytes == 0;
    if (!aligned || bytes < VIEW_FROM_BYTES) return rn_array_at(site, dtype, s->shape, s->data);
    return view(site, s->blob, dtype, s->shape, s->data);
}
