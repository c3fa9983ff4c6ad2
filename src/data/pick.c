/* Some columns of a data set, in another order. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"

typedef struct pick {
    rn_dataset *ds;
    int count;
    int from[RNI_COLUMNS_MAX]; /* column of ds that column i is */
} pick;

static bool pick_get(void *user, const rn_example *e)
{
    const pick *p = user;
    void *to[RNI_COLUMNS_MAX] = { 0 };
    for (int i = 0; i < p->count; i++) to[p->from[i]] = e->to[i];
    return rni_dataset_get(p->ds, &(rn_example){ e->index, e->epoch, to });
}

static void pick_free(void *user)
{
    pick *p = user;
    rn_dataset_free(p->ds);
    rni_free(p);
}

static bool read_names(pick *p, const char *names, const rn_site *site)
{
    const char *at;
    int64_t n;
    while (rni_next_name(&names, &at, &n)) {
        char *name = rni_strndup(at, n);
        const int i = name ? rni_column_require(p->ds, name, site, "dataset_pick") : -1;
        rni_free(name);
        if (i < 0) return false;
        if (p->count == RNI_COLUMNS_MAX)
            return rni_fail(RN_ERR_ARG, site, "dataset_pick", "there are more than %d names", RNI_COLUMNS_MAX);
        p->from[p->count++] = i;
    }
    return p->count > 0 || rni_fail(RN_ERR_ARG, site, "dataset_pick", "no column is named");
}

rn_dataset *rn_dataset_pick_at(const rn_site *site, rn_dataset *ds, const char *names)
{
    rni_dataset_hold(ds);
    pick *p = rni_dataset_ready(ds, site, "dataset_pick") ? rni_alloc((int64_t)sizeof *p) : NULL;
    if (!p) {
        rn_dataset_free(ds);
        return NULL;
    }
    p->ds = ds;
    if (!read_names(p, names, site)) {
        pick_free(p);
        return NULL;
    }
    rn_column columns[RNI_COLUMNS_MAX];
    for (int i = 0; i < p->count; i++) columns[i] = ds->columns[p->from[i]];
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = ds->count,
                                                     .get = pick_get,
                                                     .columns = columns,
                                                     .column_count = p->count,
                                                     .site = rni_site_copy(site),
                                                     .user = p,
                                                     .free = pick_free,
                                                     .source = ds->source,
                                                     .partial = true });
}
