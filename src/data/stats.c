/* Statistics of columns: range, mean, deviation, classes, in one pass over the examples.
 *
 * Means and squares are gathered per group (a channel, or an element of a vector) with Welford's updates merged per
 * example (Chan, Golub & LeVeque 1983), because E[x^2] - E[x]^2 loses all digits where the mean is large. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "data/convert.h"

#include <math.h>
#include <string.h>

typedef struct moments {
    double n, mean, m2, min, max;
} moments;

typedef struct gather {
    const rn_column *column;
    int64_t per, groups, each; /* elements of an example = groups * each */
    moments *at;               /* [groups] */
    double *values;            /* [per] */
    int64_t *histogram;
    int64_t nonfinite;
} gather;

static void merge(moments *a, const moments *b)
{
    if (b->n == 0) return;
    const double n = a->n + b->n, d = b->mean - a->mean;
    if (a->n == 0 || b->min < a->min) a->min = b->min;
    if (a->n == 0 || b->max > a->max) a->max = b->max;
    a->mean += d * b->n / n;
    a->m2 += b->m2 + d * d * a->n * b->n / n;
    a->n = n;
}

static moments moments_of(const double *v, int64_t n, int64_t *nonfinite)
{
    moments m = { 0, 0, 0, INFINITY, -INFINITY };
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(v[i])) {
            ++*nonfinite;
            continue;
        }
        m.n++;
        sum += v[i];
        if (v[i] < m.min) m.min = v[i];
        if (v[i] > m.max) m.max = v[i];
    }
    m.mean = m.n > 0 ? sum / m.n : 0;
    for (int64_t i = 0; i < n; i++)
        if (isfinite(v[i])) m.m2 += (v[i] - m.mean) * (v[i] - m.mean);
    return m;
}

static bool gather_begin(gather *g, const rn_column *c)
{
    g->column = c;
    g->per = rn_column_bytes(c) / rn_dtype_bytes(c->dtype);
    g->groups = c->class_count ? 1 : c->shape.rank == 3 || c->shape.rank == 1 ? c->shape.dim[0] : 1;
    if (g->per == 0) g->groups = 1;
    g->each = g->per / g->groups;
    g->at = rni_alloc(g->groups * (int64_t)sizeof *g->at);
    g->values = rni_alloc_raw(g->per * (int64_t)sizeof *g->values);
    g->histogram = c->class_count ? rni_alloc(c->class_count * (int64_t)sizeof *g->histogram) : NULL;
    return g->at && g->values && (g->histogram || !c->class_count);
}

static void gather_end(gather *g)
{
    rni_free(g->at);
    rni_free(g->values);
    rni_free(g->histogram);
}

static void gather_add(gather *g, const void *data)
{
    rni_data_to_f64(g->values, g->column->dtype, data, g->per);
    for (int64_t k = 0; k < g->groups; k++) {
        const moments m = moments_of(g->values + k * g->each, g->each, &g->nonfinite);
        merge(&g->at[k], &m);
    }
    for (int64_t i = 0; g->histogram && i < g->per; i++) {
        const double v = g->values[i];
        if (v >= 0 && v < (double)g->column->class_count) g->histogram[(int64_t)v]++;
    }
}

static double deviation(const moments *m)
{
    return m->n > 0 ? sqrt(m->m2 / m->n) : 0;
}

static bool fill_column(rn_column_stats *to, const gather *g)
{
    moments whole = { 0 };
    double *means = rni_alloc(g->groups * 2 * (int64_t)sizeof *means);
    char *name = rni_strdup(g->column->name);
    to->name = name;
    to->group_mean = means;
    if (!means || !name) return false;
    for (int64_t k = 0; k < g->groups; k++) {
        merge(&whole, &g->at[k]);
        means[k] = g->at[k].mean;
        means[g->groups + k] = deviation(&g->at[k]);
    }
    to->group_std = means + g->groups;
    to->group_count = g->groups;
    to->min = whole.min;
    to->max = whole.max;
    to->mean = whole.mean;
    to->std = deviation(&whole);
    to->elements = (int64_t)whole.n;
    to->nonfinite = g->nonfinite;
    to->class_count = g->column->class_count;
    to->histogram = g->histogram;
    return true;
}

void rn_stats_free(rn_stats *stats)
{
    if (!stats) return;
    for (int i = 0; stats->columns && i < stats->column_count; i++) {
        rni_free((void *)(uintptr_t)stats->columns[i].name);
        rni_free((void *)(uintptr_t)stats->columns[i].group_mean);
        rni_free((void *)(uintptr_t)stats->columns[i].histogram);
    }
    rni_free((void *)(uintptr_t)stats->columns);
    rni_free(stats);
}

static rn_stats *stats_of(gather *g, int columns, int64_t examples)
{
    rn_stats *s = rni_alloc((int64_t)sizeof *s);
    rn_column_stats *rows = rni_alloc(columns * (int64_t)sizeof *rows);
    if (!s || !rows) {
        rni_free(s);
        rni_free(rows);
        return NULL;
    }
    *s = (rn_stats){ examples, columns, rows };
    for (int i = 0; i < columns; i++) {
        const bool ok = fill_column(&rows[i], &g[i]);
        if (ok) g[i].histogram = NULL; /* the statistics own it now */
        if (!ok) {
            rn_stats_free(s);
            return NULL;
        }
    }
    return s;
}

static rn_stats *read_stats(rn_dataset *ds, int64_t count)
{
    rn_stats *s = NULL;
    void *to[RNI_COLUMNS_MAX];
    void *block = rni_dataset_buffers(ds, to);
    gather *g = rni_alloc(ds->column_count * (int64_t)sizeof *g);
    bool ok = block && g;
    for (int c = 0; ok && c < ds->column_count; c++) ok = gather_begin(&g[c], &ds->columns[c]);
    for (int64_t i = 0; ok && i < count; i++) {
        ok = rni_dataset_get(ds, &(rn_example){ i, 0, to });
        for (int c = 0; ok && c < ds->column_count; c++) gather_add(&g[c], to[c]);
    }
    if (ok) s = stats_of(g, ds->column_count, count);
    for (int c = 0; g && c < ds->column_count; c++) gather_end(&g[c]);
    rni_free(g);
    rni_free(block);
    return s;
}

rn_stats *rn_dataset_stats_at(const rn_site *site, rn_dataset *ds, int64_t limit)
{
    if (!rni_dataset_ready(ds, site, "dataset_stats")) return NULL;
    const rn_site *before = rni_site_enter(site);
    rn_stats *s = read_stats(ds, limit > 0 && limit < ds->count ? limit : ds->count);
    rni_site_enter(before);
    return s;
}
