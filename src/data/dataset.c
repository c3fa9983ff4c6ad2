/* The handle of a data set: references, and reading one example with its index checked.
 *
 * Every source and everything made from data sets goes through rn_dataset_new, as users' own do: a function that writes
 * one example into buffers. It must not know of tensors, apart from the one function that hands out rows as a tensor.
 */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"

#include <rensa/tensor.h>

rn_dataset *rni_dataset_hold(rn_dataset *ds)
{
    int n = ds ? atomic_load(&ds->passed) : 0;
    while (n > 0 && !atomic_compare_exchange_weak(&ds->passed, &n, n - 1)) {}
    if (ds && n == 0) atomic_fetch_add_explicit(&ds->refs, 1, memory_order_relaxed);
    return ds;
}

rn_dataset *rn_dataset_pass(rn_dataset *ds)
{
    if (ds) atomic_fetch_add(&ds->passed, 1);
    return ds;
}

static void dataset_destroy(rn_dataset *ds)
{
    if (ds->free) ds->free(ds->user);
    rni_columns_free(ds->columns, ds->column_count);
    rni_free(ds->source);
    rni_free(ds);
}

void rn_dataset_free(rn_dataset *ds)
{
    if (ds && atomic_fetch_sub_explicit(&ds->refs, 1, memory_order_acq_rel) == 1) dataset_destroy(ds);
}

bool rni_dataset_ready(const rn_dataset *ds, const rn_site *site, const char *what)
{
    if (ds && rn_ok()) return true;
    rni_error_trail(site, what);
    return false;
}

static rn_dataset *dataset_make(const rn_dataset_new_args *a)
{
    if (!rn_ok()) return NULL;
    if (!a->get || a->count < 0) {
        rni_fail(RN_ERR_ARG, &a->site, "dataset_new",
                 a->get ? "a data set cannot have %lld examples" : "the function that writes an example is missing",
                 (long long)a->count);
        return NULL;
    }
    rn_dataset *ds = rni_alloc((int64_t)sizeof *ds);
    if (!ds) return NULL;
    atomic_init(&ds->refs, 1);
    ds->count = a->count;
    ds->column_count = a->column_count;
    ds->get = a->get;
    ds->partial = a->partial;
    ds->columns = rni_columns_copy(a->columns, a->column_count, &a->site, "dataset_new");
    ds->source = ds->columns ? rni_strdup(a->source ? a->source : "program") : NULL;
    if (!ds->source) {
        dataset_destroy(ds);
        return NULL;
    }
    ds->user = a->user;
    ds->free = a->free;
    return ds;
}

rn_dataset *rn_dataset_new_at(const rn_dataset_new_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_dataset *ds = dataset_make(a);
    if (!ds && a->free) a->free(a->user);
    if (!ds) rni_error_trail(&a->site, "dataset_new");
    return ds;
}

int64_t rn_dataset_count(const rn_dataset *ds)
{
    return ds ? ds->count : 0;
}

int rn_dataset_column_count(const rn_dataset *ds)
{
    return ds ? ds->column_count : 0;
}

const rn_column *rn_dataset_column(const rn_dataset *ds, int i)
{
    return ds && i >= 0 && i < ds->column_count ? &ds->columns[i] : NULL;
}

const char *rn_dataset_source(const rn_dataset *ds)
{
    return ds ? ds->source : "";
}

/* Of all columns of one example, each rounded up to 16; -1 if that overflows. */
static int64_t example_bytes(const rn_dataset *ds)
{
    int64_t sum = 0;
    for (int i = 0; i < ds->column_count; i++) {
        const int64_t bytes = rn_column_bytes(&ds->columns[i]);
        if (!rni_add_i64(sum, bytes, &sum) || !rni_add_i64(sum, 15, &sum)) return -1;
        sum &= ~(int64_t)15;
    }
    return sum;
}

void *rni_dataset_buffers(const rn_dataset *ds, void **to)
{
    char *block = rni_alloc_raw(example_bytes(ds));
    int64_t at = 0;
    for (int i = 0; block && i < ds->column_count; i++) {
        to[i] = block + at;
        at += (rn_column_bytes(&ds->columns[i]) + 15) & ~(int64_t)15;
    }
    return block;
}

/* For sources that always write all columns: what is not wanted goes into scratch memory. */
static bool get_whole(rn_dataset *ds, const rn_example *example)
{
    void *to[RNI_COLUMNS_MAX];
    void *block = rni_dataset_buffers(ds, to);
    if (!block) return false;
    for (int i = 0; i < ds->column_count; i++)
        if (example->to[i]) to[i] = example->to[i];
    const bool ok = ds->get(ds->user, &(rn_example){ example->index, example->epoch, to });
    rni_free(block);
    return ok;
}

bool rni_dataset_get(rn_dataset *ds, const rn_example *example)
{
    if (example->index < 0 || example->index >= ds->count) {
        rni_fail(RN_ERR_ARG, NULL, NULL, "there is no example %lld", (long long)example->index);
        rni_error_add("expect", "0 to %lld: \"%s\" has %lld examples", (long long)ds->count - 1, ds->source,
                      (long long)ds->count);
        return false;
    }
    bool all = true;
    for (int i = 0; i < ds->column_count; i++) all = all && example->to[i];
    const bool ok = (all || ds->partial) ? ds->get(ds->user, example) : get_whole(ds, example);
    if (ok && rn_ok()) return true;
    if (rn_ok())
        rni_fail(RN_ERR_INTERNAL, NULL, NULL, "example %lld of \"%s\" could not be read, and it was not said why",
                 (long long)example->index, ds->source);
    return false;
}

bool rn_dataset_read_at(const rn_site *site, rn_dataset *ds, int64_t index, void *const *to)
{
    if (!rni_dataset_ready(ds, site, "dataset_read")) return false;
    RNI_TRY(rni_given(to, site, "dataset_read", "to"));
    const rn_site *before = rni_site_enter(site);
    const bool ok = rni_dataset_get(ds, &(rn_example){ index, 0, to });
    rni_site_enter(before);
    return ok;
}

static bool read_rows(rn_dataset *ds, int column, int64_t first, int64_t count, char *to)
{
    const int64_t bytes = rn_column_bytes(&ds->columns[column]);
    void *buffers[RNI_COLUMNS_MAX] = { 0 };
    for (int64_t i = 0; i < count; i++) {
        buffers[column] = to + i * bytes;
        if (!rni_dataset_get(ds, &(rn_example){ first + i, 0, buffers })) return false;
    }
    return true;
}

rn_tensor *rn_dataset_rows_at(const rn_site *site, rn_dataset *ds, const char *column, int64_t first, int64_t count)
{
    if (!rni_dataset_ready(ds, site, "dataset_rows")) return NULL;
    const int i = rni_column_require(ds, column, site, "dataset_rows");
    if (i < 0) return NULL;
    if (first < 0 || count < 0 || count > ds->count - first) {
        rni_fail(RN_ERR_ARG, site, "dataset_rows", "there are no %lld examples from %lld on", (long long)count,
                 (long long)first);
        rni_error_add("actual", "\"%s\" has %lld examples", ds->source, (long long)ds->count);
        return NULL;
    }
    rn_shape shape = { ds->columns[i].shape.rank + 1, { count } };
    for (int d = 1; d < shape.rank; d++) shape.dim[d] = ds->columns[i].shape.dim[d - 1];
    int64_t bytes;
    if (!rni_mul_i64(count, rn_column_bytes(&ds->columns[i]), &bytes)) {
        rni_fail(RN_ERR_SHAPE, site, "dataset_rows", "that is too large for one tensor");
        return NULL;
    }
    char *data = rni_alloc_raw(bytes);
    const rn_site *before = rni_site_enter(site);
    rn_tensor *t = NULL;
    if (data && read_rows(ds, i, first, count, data))
        t = rn_array_view_at(site, ds->columns[i].dtype, shape, data, rni_free, data);
    rni_site_enter(before);
    if (!t) rni_free(data);
    return t;
}
