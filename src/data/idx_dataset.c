/* Data sets of IDX files: images or other arrays as x, numbers of classes as t. Bytes are kept as they are and become
 * floats from 0 to 1 when an example is read, so that MNIST takes 47 MB and not four times as much. */
#include "data/idx.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "base/str.h"
#include "data/convert.h"
#include "data/data.h"

#include <string.h>

typedef struct idx_set {
    rni_idx x;
    int32_t *t;      /* [N], NULL where there are no labels */
    int64_t classes; /* highest label + 1 */
    int64_t per;     /* elements of one example */
    rn_dtype dtype;  /* of the column */
} idx_set;

static bool idx_get(void *user, const rn_example *e)
{
    const idx_set *s = user;
    const int64_t bytes = s->per * rn_dtype_bytes(s->x.dtype);
    const char *from = (const char *)s->x.data + e->index * bytes;
    if (e->to[0]) {
        if (s->dtype == s->x.dtype)
            memcpy(e->to[0], from, (size_t)bytes);
        else if (s->x.dtype == RN_U8)
            rni_unit_from_u8(e->to[0], (const uint8_t *)from, s->per);
        else
            rni_data_to_f32(e->to[0], s->x.dtype, from, s->per);
    }
    if (s->t && e->to[1]) memcpy(e->to[1], &s->t[e->index], sizeof *s->t);
    return true;
}

static void idx_free(void *user)
{
    idx_set *s = user;
    rni_idx_free(&s->x);
    rni_free(s->t);
    rni_free(s);
}

static bool read_labels(idx_set *s, const rni_idx *t, const rni_idx_options *o, const rn_site *site)
{
    const int64_t count = s->x.shape.dim[0];
    if (t->shape.rank != 1 || t->shape.dim[0] != count || rn_dtype_is_float(t->dtype)) {
        char text[RNI_SHAPE_TEXT];
        rni_fail(RN_ERR_FORMAT, site, "idx", "the labels do not belong to the images");
        rni_error_add("expect", "whole numbers of shape [%lld]", (long long)count);
        rni_error_add("actual", "%s%s", rn_dtype_name(t->dtype), rni_shape_text(&t->shape, text));
        rni_error_add("file", "%s", o->labels);
        return false;
    }
    s->t = rni_alloc_raw(count * (int64_t)sizeof *s->t);
    const char *from = t->data;
    for (int64_t i = 0; s->t && i < count; i++) {
        double v;
        rni_data_to_f64(&v, t->dtype, from + i * rn_dtype_bytes(t->dtype), 1);
        if (v < 0 || (o->class_count && v >= (double)o->class_count)) {
            rni_fail(RN_ERR_FORMAT, site, "idx", "label %lld is %lld", (long long)i, (long long)v);
            if (o->class_count) rni_error_add("expect", "0 to %lld", (long long)o->class_count - 1);
            rni_error_add("file", "%s", o->labels);
            return false;
        }
        s->t[i] = (int32_t)v;
        if (s->t[i] >= s->classes) s->classes = (int64_t)s->t[i] + 1;
    }
    return s->t != NULL;
}

/* [N, H, W] are gray images, which have one channel; anything else stays as it is. */
static rn_shape example_shape(const rn_shape *whole, bool flat, int64_t per)
{
    if (flat) return RN_SHAPE(per);
    if (whole->rank == 3) return RN_SHAPE(1, whole->dim[1], whole->dim[2]);
    rn_shape s = { whole->rank - 1, { 0 } };
    for (int d = 0; d < s.rank; d++) s.dim[d] = whole->dim[d + 1];
    return s;
}

static bool choose_type(idx_set *s, rn_dtype asked, const rn_site *site)
{
    s->dtype = asked ? asked : s->x.dtype == RN_U8 ? RN_F32 : s->x.dtype;
    if (s->dtype == RN_F32 || s->dtype == s->x.dtype) return true;
    rni_fail(RN_ERR_DTYPE, site, "idx", "the file holds %s, which is not read as %s", rn_dtype_name(s->x.dtype),
             rn_dtype_name(asked));
    rni_error_add("expect", "f32 or %s", rn_dtype_name(s->x.dtype));
    return false;
}

rn_dataset *rni_idx_dataset(rni_idx *x, rni_idx *t, const rni_idx_options *o, const rn_site *site)
{
    idx_set *s = rni_alloc((int64_t)sizeof *s);
    bool ok = s != NULL;
    if (s)
        s->x = *x;
    else
        rni_idx_free(x);
    ok = ok && choose_type(s, o->dtype, site) && (!t->block || read_labels(s, t, o, site));
    rni_idx_free(t);
    if (!ok) {
        if (s) idx_free(s);
        return NULL;
    }
    const int64_t count = s->x.shape.dim[0];
    s->per = 1;
    for (int d = 1; d < s->x.shape.rank; d++) s->per *= s->x.shape.dim[d];
    /* Numbers that are surely not classes get no histogram, which would be as long as the highest. */
    const int64_t classes = o->class_count ? o->class_count : s->classes <= 65536 ? s->classes : 0;
    const rn_column columns[] = { { "x", s->dtype, example_shape(&s->x.shape, o->flat, s->per), NULL, 0 },
                                  { "t", RN_I32, RN_SCALAR, o->classes, classes } };
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = count,
                                                     .get = idx_get,
                                                     .columns = columns,
                                                     .column_count = s->t ? 2 : 1,
                                                     .site = rni_site_copy(site),
                                                     .user = s,
                                                     .free = idx_free,
                                                     .source = o->source,
                                                     .partial = true });
}

rn_dataset *rn_dataset_idx_at(const rn_dataset_idx_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_dataset *ds = NULL;
    if (!a->path || !rn_ok()) {
        if (rn_ok()) rni_fail(RN_ERR_ARG, &a->site, "dataset_idx", "the path is missing");
        rni_error_trail(&a->site, "dataset_idx");
        return NULL;
    }
    const rn_site *before = rni_site_enter(&a->site);
    rni_idx x = { 0 }, t = { 0 };
    rni_str source = { 0 };
    rni_str_addf(&source, "idx %s", a->path);
    if (!source.failed && rni_idx_load(a->path, &x) && (!a->labels || rni_idx_load(a->labels, &t)))
        ds = rni_idx_dataset(&x, &t,
                             &(rni_idx_options){
                                 .dtype = a->dtype, .flat = a->flat, .source = source.at, .labels = a->labels },
                             &a->site);
    else
        rni_idx_free(&x);
    rni_str_free(&source);
    rni_site_enter(before);
    return ds;
}
