/* A table as a data set: numbers and categories as the vector x, the target as t. Categories are kept as numbers and
 * spread over their columns when an example is read. */
#include "base/alloc.h"
#include "base/error.h"
#include "data/csv.h"
#include "data/data.h"
#include "data/source.h"

#include <string.h>

typedef struct csv_set {
    rni_csv_table table;
    bool ordinal;
    int64_t features, targets;
    rni_names names; /* of the features: "ocean_proximity=INLAND" */
} csv_set;

static void csv_free(void *user)
{
    csv_set *s = user;
    rni_csv_table_free(&s->table);
    rni_names_free(&s->names);
    rni_free(s);
}

static bool is_spread(const csv_set *s, const rni_csv_column *c)
{
    return c->text && !s->ordinal;
}

static void write_inputs(const csv_set *s, int64_t row, float *x)
{
    memset(x, 0, (size_t)s->features * sizeof *x);
    for (int64_t i = 0; i < s->table.column_count; i++) {
        const rni_csv_column *c = &s->table.columns[i];
        if (c->role != RNI_CSV_INPUT) continue;
        if (is_spread(s, c)) {
            if (c->id[row] >= 0) x[c->id[row]] = 1;
            x += c->names.count;
        } else
            *x++ = c->text ? (float)c->id[row] : c->value[row];
    }
}

static bool csv_get(void *user, const rn_example *e)
{
    const csv_set *s = user;
    if (e->to[0]) write_inputs(s, e->index, e->to[0]);
    if (s->targets == 0 || !e->to[1]) return true;
    char *to = e->to[1];
    for (int64_t i = 0; i < s->table.column_count; i++) {
        const rni_csv_column *c = &s->table.columns[i];
        if (c->role != RNI_CSV_TARGET) continue;
        memcpy(to, c->text ? (const void *)&c->id[e->index] : (const void *)&c->value[e->index], 4);
        to += 4;
    }
    return true;
}

static bool add_feature(csv_set *s, const char *name, const char *value)
{
    rni_str text = { 0 };
    rni_str_add(&text, name);
    if (value) rni_str_addf(&text, "=%s", value);
    /* Two columns of one name are told apart by their place. */
    while (!text.failed && rni_names_find(&s->names, text.at, text.length) >= 0)
        rni_str_addf(&text, "#%lld", (long long)s->features);
    const bool ok = !text.failed && rni_names_add(&s->names, text.at, text.length) >= 0;
    rni_str_free(&text);
    s->features++;
    return ok;
}

static bool list_features(csv_set *s)
{
    for (int64_t i = 0; i < s->table.column_count; i++) {
        const rni_csv_column *c = &s->table.columns[i];
        if (c->role == RNI_CSV_TARGET) s->targets++;
        if (c->role != RNI_CSV_INPUT) continue;
        if (!is_spread(s, c) && !add_feature(s, c->name, NULL)) return false;
        for (int64_t k = 0; is_spread(s, c) && k < c->names.count; k++)
            if (!add_feature(s, c->name, rni_names_at(&c->names, k))) return false;
    }
    return true;
}

static const rni_csv_column *first_target(const csv_set *s)
{
    const rni_csv_column *c = s->table.columns;
    while (c->role != RNI_CSV_TARGET) c++;
    return c;
}

static bool check_set(const csv_set *s, const rn_dataset_csv_args *a)
{
    int64_t texts = 0;
    for (int64_t i = 0; i < s->table.column_count; i++)
        texts += s->table.columns[i].role == RNI_CSV_TARGET && s->table.columns[i].text;
    if (texts > 0 && s->targets > 1) {
        rni_fail(RN_ERR_ARG, &a->site, "dataset_csv", "one of %lld targets is a class", (long long)s->targets);
        rni_error_add("expect", "one class, or numbers only");
    } else if (s->features == 0) {
        const rni_csv_column *c = &s->table.columns[0];
        const bool alone = s->table.column_count == 1 && c->names.count > 0;
        const char *other = alone ? strpbrk(rni_names_at(&c->names, 0), ";\t|") : NULL;
        rni_fail(RN_ERR_ARG, &a->site, "dataset_csv", "no column is left for x");
        if (other)
            rni_error_add("hint", "the cells seem to be separated by %s; \"separator\" can say so",
                          *other == '\t'  ? "tabs"
                          : *other == '|' ? "'|'"
                                          : "';'");
        else
            rni_error_add("hint", ".target = \"\" makes all columns inputs");
    } else
        return true;
    rni_error_add("file", "%s", a->path);
    return false;
}

static rn_dataset *csv_dataset(csv_set *s, const rn_dataset_csv_args *a)
{
    rni_str source = { 0 };
    const char **classes = NULL;
    rn_column columns[2] = { { "x", RN_F32, RN_SHAPE(s->features), NULL, 0 },
                             { "t", RN_F32, RN_SHAPE(s->targets), NULL, 0 } };
    bool ok = true;
    if (s->targets == 1 && first_target(s)->text) {
        classes = rni_names_list(&first_target(s)->names);
        ok = classes != NULL;
        columns[1] = (rn_column){ "t", RN_I32, RN_SCALAR, classes, first_target(s)->names.count };
        if (columns[1].class_count == 0) columns[1].classes = NULL;
    }
    rni_str_addf(&source, "csv %s", a->path);
    rn_dataset *ds = NULL;
    if (ok && !source.failed)
        ds = rn_dataset_new_at(&(rn_dataset_new_args){ .count = s->table.rows,
                                                       .get = csv_get,
                                                       .columns = columns,
                                                       .column_count = s->targets ? 2 : 1,
                                                       .site = a->site,
                                                       .user = s,
                                                       .free = csv_free,
                                                       .source = source.at,
                                                       .partial = true });
    else
        csv_free(s);
    rni_free(classes);
    rni_str_free(&source);
    return ds;
}

static csv_set *csv_load(const rn_dataset_csv_args *a)
{
    void *bytes = NULL;
    int64_t n = 0;
    const csv_set *like = a->like ? a->like->user : NULL;
    csv_set *s = rni_alloc((int64_t)sizeof *s);
    if (!s || !rni_read_unpacked(a->path, &bytes, &n)) {
        rni_free(s);
        return NULL;
    }
    rni_csv csv;
    s->ordinal = like ? like->ordinal : a->ordinal;
    rni_csv_begin(&csv, bytes, n, a->separator ? a->separator : ',', a->path);
    const bool ok =
        rni_csv_table_read(&csv, a, like ? &like->table : NULL, &s->table) && list_features(s) && check_set(s, a);
    rni_csv_end(&csv);
    rni_free(bytes);
    if (ok) return s;
    csv_free(s);
    return NULL;
}

rn_dataset *rn_dataset_csv_at(const rn_dataset_csv_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    rn_dataset *like = rni_dataset_hold(a->like), *ds = NULL;
    if (rn_ok() && !a->path) rni_fail(RN_ERR_ARG, &a->site, "dataset_csv", "the path is missing");
    if (rn_ok() && like && like->get != csv_get)
        rni_fail(RN_ERR_ARG, &a->site, "dataset_csv", "the data set to be like is not a table");
    if (rn_ok()) {
        const rn_site *before = rni_site_enter(&a->site);
        csv_set *s = csv_load(a);
        if (s) ds = csv_dataset(s, a);
        rni_site_enter(before);
    } else
        rni_error_trail(&a->site, "dataset_csv");
    rn_dataset_free(like);
    return ds;
}

const char *rn_dataset_feature(const rn_dataset *ds, int64_t i)
{
    if (!ds || ds->get != csv_get) return NULL;
    const csv_set *s = ds->user;
    return i >= 0 && i < s->features ? rni_names_at(&s->names, i) : NULL;
}
