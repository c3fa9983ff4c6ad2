/* Normalising a column with the means and deviations of a data set, usually of the one that is trained on. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>

typedef struct normalize {
    rn_dataset *ds;
    int column;
    int64_t groups, each;
    float *mean, *scale; /* [groups] */
} normalize;

static bool normalize_get(void *user, const rn_example *e)
{
    const normalize *n = user;
    if (!rni_dataset_get(n->ds, e)) return false;
    float *x = e->to[n->column];
    for (int64_t g = 0; x && g < n->groups; g++)
        for (int64_t i = 0; i < n->each; i++, x++) *x = (*x - n->mean[g]) * n->scale[g];
    return true;
}

static void normalize_free(void *user)
{
    normalize *n = user;
    rn_dataset_free(n->ds);
    rni_free(n->mean);
    rni_free(n->scale);
    rni_free(n);
}

static bool check_column(const normalize *n, const rn_dataset *like, int other, const rn_site *site)
{
    const rn_column *a = &n->ds->columns[n->column], *b = &like->columns[other];
    if (a->dtype != RN_F32 || b->dtype != RN_F32)
        return rni_fail(RN_ERR_DTYPE, site, "dataset_normalize", "column \"%s\" is %s, and only f32 is normalised",
                        a->name, rn_dtype_name(a->dtype != RN_F32 ? a->dtype : b->dtype));
    const bool vector = a->shape.rank == 1 || a->shape.rank == 3;
    if (a->shape.rank != b->shape.rank || (vector && a->shape.dim[0] != b->shape.dim[0]))
        return rni_fail(RN_ERR_SHAPE, site, "dataset_normalize",
                        "column \"%s\" has another shape in the data set to be like", a->name);
    return true;
}

static bool take_stats(normalize *n, rn_dataset *like, const rn_dataset_normalize_args *a)
{
    const char *name = n->ds->columns[n->column].name;
    rn_dataset *one = rn_dataset_pick_at(&a->site, like, name);
    rn_stats *stats = rn_dataset_stats_at(&a->site, one, 0);
    rn_dataset_free(one);
    if (!stats) return false;
    const rn_column_stats *c = &stats->columns[0];
    const int64_t elements = rn_column_bytes(&n->ds->columns[n->column]) / 4;
    n->groups = a->whole || elements == 0 ? 1 : c->group_count;
    n->each = elements / n->groups;
    n->mean = rni_alloc(n->groups * (int64_t)sizeof *n->mean);
    n->scale = rni_alloc(n->groups * (int64_t)sizeof *n->scale);
    for (int64_t g = 0; n->mean && n->scale && g < n->groups; g++) {
        const double mean = n->groups == 1 ? c->mean : c->group_mean[g],
                     std = n->groups == 1 ? c->std : c->group_std[g];
        n->mean[g] = (float)mean;
        /* What never changes carries nothing: it becomes 0, also where rounding left a tiny deviation. */
        n->scale[g] = std > 1e-7 * fabs(mean) && std > 0 ? (float)(1 / std) : 0;
    }
    rn_stats_free(stats);
    return n->mean && n->scale;
}

static normalize *normalize_new(rn_dataset *ds, const rn_dataset_normalize_args *a)
{
    const char *name = a->column ? a->column : "x";
    normalize *n = rni_alloc((int64_t)sizeof *n);
    if (!n) {
        rn_dataset_free(ds);
        return NULL;
    }
    rn_dataset *like = a->like ? a->like : ds;
    n->ds = ds;
    n->column = rni_column_require(ds, name, &a->site, "dataset_normalize");
    const int other = n->column < 0 ? -1 : rni_column_require(like, name, &a->site, "dataset_normalize");
    if (other >= 0 && check_column(n, like, other, &a->site) && take_stats(n, like, a)) return n;
    normalize_free(n);
    return NULL;
}

rn_dataset *rn_dataset_normalize_at(const rn_dataset_normalize_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_dataset *ds = rni_dataset_hold(a->ds), *made = NULL;
    rn_dataset *like = a->like != a->ds ? rni_dataset_hold(a->like) : NULL;
    normalize *n = NULL;
    if (rni_dataset_ready(ds, &a->site, "dataset_normalize"))
        n = normalize_new(ds, a);
    else
        rn_dataset_free(ds);
    if (n)
        made = rn_dataset_new_at(&(rn_dataset_new_args){ .count = ds->count,
                                                         .get = normalize_get,
                                                         .columns = ds->columns,
                                                         .column_count = ds->column_count,
                                                         .site = a->site,
                                                         .user = n,
                                                         .free = normalize_free,
                                                         .source = ds->source,
                                                         .partial = true });
    rn_dataset_free(like);
    return made;
}
