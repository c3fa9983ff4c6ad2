/* Data sets one after the other. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"

typedef struct concat {
    int count;
    struct {
        rn_dataset *ds;
        int64_t first; /* index of its first example in the whole */
    } part[];
} concat;

static bool concat_get(void *user, const rn_example *e)
{
    const concat *c = user;
    int low = 0, high = c->count - 1; /* the last part that begins at or before the index: empty ones are passed over */
    while (low < high) {
        const int middle = (low + high + 1) / 2;
        if (c->part[middle].first <= e->index)
            low = middle;
        else
            high = middle - 1;
    }
    return rni_dataset_get(c->part[low].ds, &(rn_example){ e->index - c->part[low].first, e->epoch, e->to });
}

static void concat_free(void *user)
{
    concat *c = user;
    for (int i = 0; i < c->count; i++) rn_dataset_free(c->part[i].ds);
    rni_free(c);
}

static bool check_parts(rn_dataset *const *parts, int count, const rn_site *site)
{
    bool ready = count > 0 && rn_ok();
    for (int i = 0; i < count; i++) ready = ready && parts[i];
    if (!ready) {
        if (count <= 0) rni_fail(RN_ERR_ARG, site, "dataset_concat", "there is nothing to put together");
        rni_error_trail(site, "dataset_concat");
        return false;
    }
    for (int i = 1; i < count; i++)
        if (!rni_columns_match(parts[0], parts[i], site, "dataset_concat")) return false;
    return true;
}

static rn_dataset *concat_dataset(concat *c, const rn_site *site)
{
    rn_dataset *head = c->part[0].ds, *ds = NULL;
    rni_str source = { 0 };
    int64_t total = 0;
    bool ok = true;
    for (int i = 0; i < c->count; i++) {
        c->part[i].first = total;
        ok = ok && rni_add_i64(total, c->part[i].ds->count, &total);
        rni_str_addf(&source, "%s%s", i ? " + " : "", c->part[i].ds->source);
    }
    if (!ok) rni_fail(RN_ERR_ARG, site, "dataset_concat", "that are too many examples");
    if (ok && !source.failed)
        ds = rn_dataset_new_at(&(rn_dataset_new_args){ .count = total,
                                                       .get = concat_get,
                                                       .columns = head->columns,
                                                       .column_count = head->column_count,
                                                       .site = rni_site_copy(site),
                                                       .user = c,
                                                       .free = concat_free,
                                                       .source = source.at,
                                                       .partial = true });
    else
        concat_free(c);
    rni_str_free(&source);
    return ds;
}

rn_dataset *rn_dataset_concat_at(const rn_site *site, rn_dataset *const *parts, int count)
{
    if (count > 0 && !rni_given(parts, site, "dataset_concat", "parts")) return NULL;
    for (int i = 0; i < count; i++) rni_dataset_hold(parts[i]);
    concat *c = NULL;
    if (check_parts(parts, count, site)) c = rni_alloc((int64_t)sizeof *c + count * (int64_t)sizeof c->part[0]);
    if (!c) {
        for (int i = 0; i < count; i++) rn_dataset_free(parts[i]);
        return NULL;
    }
    c->count = count;
    for (int i = 0; i < count; i++) c->part[i].ds = parts[i];
    return concat_dataset(c, site);
}
