/* Some examples of a data set: a range, or a list of indices. Knows nothing of how they were chosen. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"

#include <string.h>

typedef struct subset {
    rn_dataset *ds;
    int64_t first;
    int64_t *index; /* NULL: first, first + 1, … */
} subset;

static bool subset_get(void *user, const rn_example *e)
{
    const subset *s = user;
    const int64_t i = s->index ? s->index[e->index] : s->first + e->index;
    return rni_dataset_get(s->ds, &(rn_example){ i, e->epoch, e->to });
}

static void subset_free(void *user)
{
    subset *s = user;
    rn_dataset_free(s->ds);
    rni_free(s->index);
    rni_free(s);
}

/* Takes ds and index over. */
static rn_dataset *subset_new(rn_dataset *ds, int64_t first, int64_t *index, int64_t count, const rn_site *site)
{
    subset *s = rni_alloc((int64_t)sizeof *s);
    if (!s) {
        rn_dataset_free(ds);
        rni_free(index);
        return NULL;
    }
    *s = (subset){ ds, first, index };
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = count,
                                                     .get = subset_get,
                                                     .columns = ds->columns,
                                                     .column_count = ds->column_count,
                                                     .site = rni_site_copy(site),
                                                     .user = s,
                                                     .free = subset_free,
                                                     .source = ds->source,
                                                     .partial = true });
}

rn_dataset *rn_dataset_subset_at(const rn_site *site, rn_dataset *ds, int64_t first, int64_t count)
{
    rni_dataset_hold(ds);
    if (rni_dataset_ready(ds, site, "dataset_subset")) {
        if (first >= 0 && count >= 0 && count <= ds->count - first) return subset_new(ds, first, NULL, count, site);
        rni_fail(RN_ERR_ARG, site, "dataset_subset", "there are no %lld examples from %lld on", (long long)count,
                 (long long)first);
        rni_error_add("actual", "\"%s\" has %lld examples", ds->source, (long long)ds->count);
    }
    rn_dataset_free(ds);
    return NULL;
}

static bool check_indices(const rn_dataset *ds, const int64_t *index, int64_t count, const rn_site *site)
{
    if (count < 0 || (!index && count > 0))
        return rni_fail(RN_ERR_ARG, site, "dataset_select", "the indices are missing");
    for (int64_t i = 0; i < count; i++)
        if (index[i] < 0 || index[i] >= ds->count) {
            rni_fail(RN_ERR_ARG, site, "dataset_select", "index %lld is %lld", (long long)i, (long long)index[i]);
            rni_error_add("expect", "0 to %lld", (long long)ds->count - 1);
            return false;
        }
    return true;
}

rn_dataset *rn_dataset_select_at(const rn_site *site, rn_dataset *ds, const int64_t *index, int64_t count)
{
    rni_dataset_hold(ds);
    if (rni_dataset_ready(ds, site, "dataset_select") && check_indices(ds, index, count, site)) {
        int64_t bytes;
        int64_t *copy = rni_mul_i64(count, (int64_t)sizeof *copy, &bytes) ? rni_alloc_raw(bytes) : NULL;
        if (copy) {
            if (bytes) memcpy(copy, index, (size_t)bytes);
            return subset_new(ds, 0, copy, count, site);
        }
    }
    rn_dataset_free(ds);
    return NULL;
}
