/* Header and rows of a table in the form of Neural Network Console: NAME[__INDEX][:LABEL], "#" heads a comment. */
#include "data/nnc.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

enum { WIDTH_MAX = 1 << 20, CLASSES_MAX = 65536 };

void rni_nnc_free(rni_nnc_table *t)
{
    for (int i = 0; i < t->variable_count; i++) {
        rni_free(t->variables[i].name);
        rni_free(t->variables[i].values);
        rni_free(t->variables[i].paths);
    }
    rni_free(t->places);
    rni_free(t->folder);
    rni_str_free(&t->pool);
}

static int find_variable(const rni_nnc_table *t, const char *name, int64_t n)
{
    for (int i = 0; i < t->variable_count; i++)
        if ((int64_t)strlen(t->variables[i].name) == n && memcmp(t->variables[i].name, name, (size_t)n) == 0) return i;
    return -1;
}

/* Splits NAME__INDEX:LABEL; the index is -1 where there is none. */
static int64_t split_name(const rni_csv_cell *cell, int64_t *index)
{
    const char *colon = memchr(cell->at, ':', (size_t)cell->n);
    int64_t n = colon ? colon - cell->at : cell->n;
    *index = -1;
    for (int64_t i = n - 2; i > 0; i--)
        if (cell->at[i - 1] == '_' && cell->at[i] == '_') {
            if (rni_parse_i64(cell->at + i + 1, n - i - 1, index) && *index >= 0) return i - 1;
            *index = -1;
            break;
        }
    return n;
}

static bool read_heading(const rni_csv *csv, rni_nnc_table *t, int64_t i)
{
    const rni_csv_cell *cell = &csv->cells[i];
    struct rni_nnc_place *p = &t->places[i];
    p->variable = -1;
    if (cell->n > 0 && cell->at[0] == '#') return true;
    const int64_t n = split_name(cell, &p->index);
    if (n == 0) return rni_csv_fail(csv, i, NULL, "the name of the variable is missing");
    if (p->index >= WIDTH_MAX) return rni_csv_fail(csv, i, NULL, "the index %lld is too large", (long long)p->index);
    int v = find_variable(t, cell->at, n);
    if (v >= 0 && (p->index < 0 || !t->variables[v].indexed))
        return rni_csv_fail(csv, i, NULL, "\"%.*s\" is there already", cell->n < 80 ? (int)cell->n : 80, cell->at);
    if (v < 0) {
        if (t->variable_count == RNI_COLUMNS_MAX)
            return rni_csv_fail(csv, i, NULL, "there are more than %d variables", RNI_COLUMNS_MAX);
        v = t->variable_count;
        t->variables[v].name = rni_strndup(cell->at, n);
        if (!t->variables[v].name) return false;
        t->variables[v].indexed = p->index >= 0;
        t->variable_count++;
    }
    p->variable = v;
    t->variables[v].width++;
    return true;
}

/* Indices of a variable must be 0 … width - 1, in any order. */
static bool check_indices(const rni_csv *csv, const rni_nnc_table *t)
{
    for (int v = 0; v < t->variable_count; v++) {
        const int64_t width = t->variables[v].width;
        char *seen = rni_alloc(width);
        int64_t missing = -1;
        if (!seen) return false;
        for (int64_t i = 0; i < t->column_count; i++) {
            const int64_t k = t->places[i].index;
            if (t->places[i].variable == v && t->variables[v].indexed && k < width) seen[k] = 1;
        }
        for (int64_t k = width - 1; k >= 0 && t->variables[v].indexed; k--)
            if (!seen[k]) missing = k;
        rni_free(seen);
        if (missing >= 0)
            return rni_csv_fail(csv, -1, NULL, "there is no %s__%lld", t->variables[v].name, (long long)missing);
    }
    return true;
}

static bool read_header(rni_csv *csv, rni_nnc_table *t)
{
    const int more = rni_csv_next(csv);
    if (more == 0) {
        rni_fail(RN_ERR_FORMAT, NULL, "nnc", "the table is empty");
        rni_error_add("file", "%s", csv->source);
    }
    if (more <= 0) return false;
    t->column_count = csv->count;
    t->places = rni_alloc(csv->count * (int64_t)sizeof *t->places);
    if (!t->places) return false;
    for (int64_t i = 0; i < csv->count; i++)
        if (!read_heading(csv, t, i)) return false;
    if (t->variable_count == 0) return rni_csv_fail(csv, -1, NULL, "no column is a variable");
    return check_indices(csv, t);
}

static bool mark_labels(rni_nnc_table *t, const char *labels)
{
    const char *at;
    int64_t n;
    while (rni_next_name(&labels, &at, &n)) {
        const int v = find_variable(t, at, n);
        if (v < 0) return rni_fail(RN_ERR_ARG, NULL, "dataset_nnc", "the table has no variable \"%.*s\"", (int)n, at);
        if (t->variables[v].indexed)
            return rni_fail(RN_ERR_ARG, NULL, "dataset_nnc", "variable \"%.*s\" is a vector and no label", (int)n, at);
        t->variables[v].label = true;
    }
    return true;
}

/* Counts the rows; the first says which variables are files. */
static bool survey(rni_csv *csv, rni_nnc_table *t)
{
    int more;
    double value;
    while ((more = rni_csv_next(csv)) > 0) {
        if (csv->count != t->column_count) {
            rni_csv_fail(csv, -1, NULL, "the row has %lld cells", (long long)csv->count);
            rni_error_add("expect", "%lld cells, as in the header", (long long)t->column_count);
            return false;
        }
        for (int64_t i = 0; t->rows == 0 && i < csv->count; i++)
            if (t->places[i].variable >= 0) {
                rni_nnc_variable *v = &t->variables[t->places[i].variable];
                v->files = !v->indexed && !v->label && !rni_csv_number(&csv->cells[i], &value);
            }
        t->rows++;
    }
    return more == 0;
}

static bool make_room(rni_nnc_table *t)
{
    for (int i = 0; i < t->variable_count; i++) {
        rni_nnc_variable *v = &t->variables[i];
        int64_t bytes;
        if (!rni_mul_i64(t->rows, v->width * 8, &bytes)) bytes = -1;
        if (v->files) v->paths = rni_alloc_raw(bytes);
        if (!v->files) v->values = rni_alloc_raw(bytes / 2);
        if (!v->paths && !v->values) return false;
        v->shape = v->label ? RN_SCALAR : RN_SHAPE(v->width);
    }
    return true;
}

static bool read_cell(const rni_csv *csv, rni_nnc_table *t, int64_t i, int64_t row)
{
    const rni_csv_cell *cell = &csv->cells[i];
    rni_nnc_variable *v = &t->variables[t->places[i].variable];
    const int shown = cell->n < 80 ? (int)cell->n : 80;
    double value;
    if (v->files) {
        if (cell->n == 0) return rni_csv_fail(csv, i, v->name, "the path is missing");
        v->paths[row] = t->pool.length;
        rni_str_add_n(&t->pool, cell->at, cell->n);
        rni_str_add_n(&t->pool, "", 1);
        return !t->pool.failed;
    }
    if (!rni_csv_number(cell, &value))
        return rni_csv_fail(csv, i, v->name, "\"%.*s\" is not a number", shown, cell->at);
    if (v->label) {
        if (value != floor(value) || value < 0 || value >= CLASSES_MAX)
            return rni_csv_fail(csv, i, v->name, "\"%.*s\" is not the number of a class", shown, cell->at);
        if ((int64_t)value >= v->classes) v->classes = (int64_t)value + 1;
    }
    v->values[row * v->width + (v->indexed ? t->places[i].index : 0)] = (float)value;
    return true;
}

bool rni_nnc_read(rni_csv *csv, const char *labels, rni_nnc_table *t)
{
    if (!read_header(csv, t) || !mark_labels(t, labels) || !survey(csv, t) || !make_room(t)) return false;
    rni_csv_rewind(csv);
    rni_csv_next(csv);
    for (int64_t row = 0; row < t->rows && rni_csv_next(csv) > 0; row++)
        for (int64_t i = 0; i < csv->count; i++)
            if (t->places[i].variable >= 0 && !read_cell(csv, t, i, row)) return false;
    return rn_ok();
}
