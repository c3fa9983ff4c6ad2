/* A function applied to each example when it is read. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"

typedef struct transform {
    rn_dataset *ds;
    rn_transform_fn *fn;
    void *user;
    void (*free)(void *user);
} transform;

static bool transform_get(void *user, const rn_example *e)
{
    const transform *t = user;
    void *from[RNI_COLUMNS_MAX];
    const void *read_only[RNI_COLUMNS_MAX];
    void *block = rni_dataset_buffers(t->ds, from);
    if (!block) return false;
    for (int i = 0; i < t->ds->column_count; i++) read_only[i] = from[i];
    bool ok = rni_dataset_get(t->ds, &(rn_example){ e->index, e->epoch, from });
    ok = ok && t->fn(t->user, e, read_only);
    if (!ok && rn_ok())
        rni_fail(RN_ERR_INTERNAL, NULL, "dataset_transform", "the function failed for example %lld without saying why",
                 (long long)e->index);
    rni_free(block);
    return ok;
}

static void transform_free(void *user)
{
    transform *t = user;
    if (t->free) t->free(t->user);
    rn_dataset_free(t->ds);
    rni_free(t);
}

rn_dataset *rn_dataset_transform_at(const rn_dataset_transform_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_dataset *ds = rni_dataset_hold(a->ds);
    bool ok = rni_dataset_ready(ds, &a->site, "dataset_transform");
    if (ok && !a->fn) ok = rni_fail(RN_ERR_ARG, &a->site, "dataset_transform", "the function is missing");
    transform *t = ok ? rni_alloc((int64_t)sizeof *t) : NULL;
    if (!t) {
        rn_dataset_free(ds);
        if (a->free) a->free(a->user);
        return NULL;
    }
    *t = (transform){ ds, a->fn, a->user, a->free };
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = ds->count,
                                                     .get = transform_get,
                                                     .columns = a->columns ? a->columns : ds->columns,
                                                     .column_count = a->columns ? a->column_count : ds->column_count,
                                                     .site = a->site,
                                                     .user = t,
                                                     .free = transform_free,
                                                     .source = ds->source });
}
