/* Data sets of arrays in memory: the caller's, copied or as they are, or the values of tensors. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"

#include <rensa/tensor.h>
#include <stdio.h>
#include <string.h>

typedef struct arrays {
    bool owned;
    int column_count;
    struct {
        const char *data;
        int64_t bytes; /* of one example */
    } column[RNI_COLUMNS_MAX];
} arrays;

static bool arrays_get(void *user, const rn_example *e)
{
    const arrays *a = user;
    for (int i = 0; i < a->column_count; i++) {
        const int64_t bytes = a->column[i].bytes;
        if (e->to[i] && bytes) memcpy(e->to[i], a->column[i].data + e->index * bytes, (size_t)bytes);
    }
    return true;
}

static void arrays_free(void *user)
{
    arrays *a = user;
    for (int i = 0; a->owned && i < a->column_count; i++) rni_free((void *)(uintptr_t)a->column[i].data);
    rni_free(a);
}

static bool arrays_add(arrays *to, const rn_array_column *from, int64_t count, const rn_site *site)
{
    int64_t total;
    const int64_t bytes = rn_column_bytes(&(rn_column){ from->name, from->dtype, from->shape, NULL, 0 });
    if (bytes < 0 || !rni_mul_i64(bytes, count, &total))
        return rni_fail(RN_ERR_SHAPE, site, "dataset_arrays", "the shape of column %d is not usable", to->column_count);
    if (!from->data && total > 0)
        return rni_fail(RN_ERR_ARG, site, "dataset_arrays", "column %d has no data", to->column_count);
    const char *data = from->data;
    if (to->owned) {
        char *copy = rni_alloc_raw(total);
        if (!copy) return false;
        if (total) memcpy(copy, data, (size_t)total);
        data = copy;
    }
    to->column[to->column_count].data = data;
    to->column[to->column_count++].bytes = bytes;
    return true;
}

static rn_dataset *arrays_dataset(arrays *a, const rn_array_column *from, int count, int64_t examples,
                                  const rn_site *site)
{
    rn_column columns[RNI_COLUMNS_MAX];
    for (int i = 0; i < count; i++)
        columns[i] = (rn_column){ from[i].name, from[i].dtype, from[i].shape, from[i].classes, from[i].class_count };
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = examples,
                                                     .get = arrays_get,
                                                     .columns = columns,
                                                     .column_count = count,
                                                     .site = rni_site_copy(site),
                                                     .user = a,
                                                     .free = arrays_free,
                                                     .source = "arrays in memory",
                                                     .partial = true });
}

rn_dataset *rn_dataset_arrays_at(const rn_dataset_arrays_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    if (!rn_ok()) {
        rni_error_trail(&args->site, "dataset_arrays");
        return NULL;
    }
    if (!args->columns || args->column_count < 1 || args->column_count > RNI_COLUMNS_MAX || args->count < 0) {
        rni_fail(RN_ERR_ARG, &args->site, "dataset_arrays", "%d columns of %lld examples make no data set",
                 args->column_count, (long long)args->count);
        rni_error_add("expect", "1 to %d columns", RNI_COLUMNS_MAX);
        return NULL;
    }
    arrays *a = rni_alloc((int64_t)sizeof *a);
    if (!a) return NULL;
    a->owned = !args->view;
    for (int i = 0; i < args->column_count; i++)
        if (!arrays_add(a, &args->columns[i], args->count, &args->site)) {
            arrays_free(a);
            return NULL;
        }
    return arrays_dataset(a, args->columns, args->column_count, args->count, &args->site);
}

static bool tensor_column(rn_tensor *t, rn_array_column *to, int64_t *count, const rn_site *site)
{
    const rn_shape *s = rn_tensor_shape(t);
    if (s->rank == 0) return rni_fail(RN_ERR_SHAPE, site, "dataset_tensors", "a scalar has no examples");
    if (*count >= 0 && s->dim[0] != *count) {
        rni_fail(RN_ERR_SHAPE, site, "dataset_tensors", "the tensors have different numbers of examples");
        rni_error_add("actual", "%lld and %lld", (long long)*count, (long long)s->dim[0]);
        return false;
    }
    *count = s->dim[0];
    to->dtype = rn_tensor_dtype(t);
    to->shape.rank = s->rank - 1;
    for (int d = 1; d < s->rank; d++) to->shape.dim[d - 1] = s->dim[d];
    to->data = rn_data_at(site, t);
    return to->data != NULL || rn_ok();
}

rn_dataset *rn_dataset_tensors_at(const rn_site *site, rn_list tensors, const char *const *names)
{
    static const char *const usual[] = { "x", "t" };
    rn_array_column columns[RNI_COLUMNS_MAX] = { 0 };
    char spare[RNI_COLUMNS_MAX][16];
    int64_t count = -1;
    if (tensors.n > 0 && !rni_given(tensors.at, site, "dataset_tensors", "tensors")) return NULL;
    bool ok = rn_ok() && tensors.n > 0;
    for (int64_t i = 0; i < tensors.n; i++) ok = ok && tensors.at[i];
    if (!ok) {
        rni_error_trail(site, "dataset_tensors");
        return NULL;
    }
    if (tensors.n > RNI_COLUMNS_MAX) {
        rni_fail(RN_ERR_ARG, site, "dataset_tensors", "a data set has at most %d columns", RNI_COLUMNS_MAX);
        return NULL;
    }
    for (int i = 0; i < (int)tensors.n; i++) {
        snprintf(spare[i], sizeof spare[i], "c%d", i);
        columns[i].name = names && names[i] ? names[i] : i < 2 ? usual[i] : spare[i];
        if (!tensor_column(tensors.at[i], &columns[i], &count, site)) return NULL;
    }
    return rn_dataset_arrays_at(
        &(rn_dataset_arrays_args){ count, columns, (int)tensors.n, rni_site_copy(site), false });
}
