/* Splitting a data set into parts without common examples: ranges, at random, or at random with every class in the same
 * proportion. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "data/convert.h"
#include "data/order.h"

#include <math.h>
#include <string.h>

enum { PARTS_MAX = 256 };

static bool check_fractions(const rn_dataset_split_args *a)
{
    double sum = 0;
    if (!a->fractions || !a->parts || a->count < 1 || a->count > PARTS_MAX)
        return rni_fail(RN_ERR_ARG, &a->site, "dataset_split", "there must be 1 to %d parts, and room for them",
                        PARTS_MAX);
    for (int i = 0; i < a->count; i++) {
        if (!(a->fractions[i] >= 0)) sum = INFINITY;
        sum += a->fractions[i];
    }
    if (sum <= 1 + 1e-9) return true;
    rni_fail(RN_ERR_ARG, &a->site, "dataset_split", "the fractions do not make parts of a whole");
    rni_error_add("expect", "none negative, their sum at most 1");
    return false;
}

/* Cuts n into sizes: rounded down, then the largest remainders get what is left of the rounded sum. */
static void cut(const double *fractions, int parts, int64_t n, int64_t *sizes)
{
    double rest[PARTS_MAX], sum = 0;
    int64_t given = 0;
    for (int i = 0; i < parts; i++) {
        const double exact = fractions[i] * (double)n;
        sizes[i] = (int64_t)floor(exact + 1e-9);
        rest[i] = exact - (double)sizes[i];
        sum += fractions[i];
        given += sizes[i];
    }
    int64_t total = (int64_t)floor(sum * (double)n + 0.5);
    if (total > n) total = n;
    for (; given < total; given++) {
        int best = 0;
        for (int i = 1; i < parts; i++)
            if (rest[i] > rest[best]) best = i;
        rest[best] -= 1;
        sizes[best]++;
    }
}

/* The class of each example. */
static int64_t *read_classes(const rn_dataset_split_args *a, int64_t *classes)
{
    const rn_dataset *ds = a->ds;
    const int column = rni_column_require(ds, a->strata, &a->site, "dataset_split");
    if (column < 0) return NULL;
    const rn_column *c = &ds->columns[column];
    if (c->shape.rank != 0 || c->class_count == 0) {
        rni_fail(RN_ERR_ARG, &a->site, "dataset_split", "column \"%s\" does not hold classes", c->name);
        return NULL;
    }
    int64_t *class = rni_alloc_raw(ds->count * (int64_t)sizeof *class);
    union {
        int64_t i;
        double d;
    } value;
    void *to[RNI_COLUMNS_MAX] = { 0 };
    to[column] = &value;
    for (int64_t i = 0; class && i < ds->count; i++) {
        double v = -1;
        const bool ok = rni_dataset_get(a->ds, &(rn_example){ i, 0, to });
        if (ok) rni_data_to_f64(&v, c->dtype, &value, 1);
        if (!ok || !(v >= 0 && v < (double)c->class_count)) {
            if (ok) rni_fail(RN_ERR_ARG, &a->site, "dataset_split", "example %lld is of class %g", (long long)i, v);
            rni_free(class);
            return NULL;
        }
        class[i] = (int64_t)v;
    }
    *classes = c->class_count;
    return class;
}

/* Hands out the examples order[0 … n-1]: the first sizes[0] to part 0, and so on. */
static void deal(int64_t **parts, int64_t *have, const int64_t *sizes, int count, const int64_t *order)
{
    for (int p = 0; p < count; p++)
        for (int64_t k = 0; k < sizes[p]; k++) parts[p][have[p]++] = *order++;
}

/* Class by class: a counting sort by class of the shuffled order, then each class is cut by itself. */
static bool deal_classes(const rn_dataset_split_args *a, const int64_t *order, int64_t **parts, int64_t *have)
{
    int64_t classes = 0, sizes[PARTS_MAX];
    const int64_t n = a->ds->count;
    int64_t *class = read_classes(a, &classes);
    int64_t *start = class ? rni_alloc((classes + 1) * (int64_t)sizeof *start) : NULL;
    int64_t *sorted = start ? rni_alloc_raw(n * (int64_t)sizeof *sorted) : NULL;
    if (sorted) {
        for (int64_t i = 0; i < n; i++) start[class[i] + 1]++;
        for (int64_t c = 0; c < classes; c++) start[c + 1] += start[c];
        for (int64_t i = 0; i < n; i++) sorted[start[class[order[i]]]++] = order[i];
        for (int64_t c = 0, first = 0; c < classes; first = start[c++]) {
            cut(a->fractions, a->count, start[c] - first, sizes);
            deal(parts, have, sizes, a->count, sorted + first);
        }
        /* Classes stand one behind the other now; mixing once more leaves no trace of them. */
        for (int p = 0; p < a->count; p++) rni_shuffle(parts[p], have[p], a->seed, 2 + (uint64_t)p);
    }
    rni_free(sorted);
    rni_free(start);
    rni_free(class);
    return sorted != NULL;
}

static bool split_indices(const rn_dataset_split_args *a, int64_t *order, int64_t **parts, int64_t *have)
{
    const int64_t n = a->ds->count;
    int64_t sizes[PARTS_MAX];
    if (a->in_order)
        for (int64_t i = 0; i < n; i++) order[i] = i;
    else
        rni_shuffled(order, n, a->seed, 1);
    for (int p = 0; p < a->count; p++) {
        /* With strata each class rounds by itself, so that a part can be as large as the whole in the worst case. */
        parts[p] = rni_alloc_raw(n * (int64_t)sizeof **parts);
        if (!parts[p]) return false;
    }
    if (a->strata) return deal_classes(a, order, parts, have);
    cut(a->fractions, a->count, n, sizes);
    deal(parts, have, sizes, a->count, order);
    return true;
}

static bool split(const rn_dataset_split_args *a)
{
    int64_t *parts[PARTS_MAX] = { 0 }, have[PARTS_MAX] = { 0 };
    int64_t *order = rni_alloc_raw(a->ds->count * (int64_t)sizeof *order);
    bool ok = order && split_indices(a, order, parts, have);
    for (int p = 0; p < a->count; p++) {
        if (ok) a->parts[p] = rn_dataset_select_at(&a->site, a->ds, parts[p], have[p]);
        ok = ok && a->parts[p];
        rni_free(parts[p]);
    }
    rni_free(order);
    for (int p = 0; !ok && p < a->count; p++) {
        rn_dataset_free(a->parts[p]);
        a->parts[p] = NULL;
    }
    return ok;
}

bool rn_dataset_split_at(const rn_dataset_split_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    rni_dataset_hold(a->ds);
    for (int p = 0; a->parts && p < a->count; p++) a->parts[p] = NULL;
    const bool ok = rni_dataset_ready(a->ds, &a->site, "dataset_split") && check_fractions(a) && split(a);
    rn_dataset_free(a->ds);
    return ok;
}
