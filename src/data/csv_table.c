/* The columns of a table: types, categories, values.
 *
 * The text is read twice: first to see what the columns hold, then for the values, so that no more memory is taken than
 * four bytes per cell. */
#include "data/csv.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CATEGORIES_MAX = 4096, CLASSES_MAX = 65536 };

void rni_csv_table_free(rni_csv_table *t)
{
    for (int64_t i = 0; t->columns && i < t->column_count; i++) {
        rni_csv_column *c = &t->columns[i];
        rni_free(c->name);
        rni_free(c->value);
        rni_free(c->id);
        rni_names_free(&c->names);
    }
    rni_free(t->columns);
    *t = (rni_csv_table){ 0 };
}

static bool row_has_number(const rni_csv *csv)
{
    double v;
    for (int64_t i = 0; i < csv->count; i++)
        if (rni_csv_number(&csv->cells[i], &v)) return true;
    return false;
}

/* Whether the row that was just read is a header; may read the next one to see. -1 with an error pending. */
static int is_header(rni_csv *csv, rn_header header, const rni_csv_table *like)
{
    if (header != RN_HEADER_AUTO) return header == RN_HEADER_YES;
    if (row_has_number(csv)) return 0;
    if (like) return like->header;
    const int second = rni_csv_next(csv);
    return second > 0 ? row_has_number(csv) : second;
}

/* Names of the columns, and whether they are in the first row. */
static bool read_header(rni_csv *csv, rn_header header, const rni_csv_table *like, rni_csv_table *t)
{
    const int first = rni_csv_next(csv);
    if (first < 0) return false;
    if (first == 0) {
        rni_fail(RN_ERR_FORMAT, NULL, "csv", "the table is empty");
        rni_error_add("file", "%s", csv->source);
        return false;
    }
    t->columns = rni_alloc(csv->count * (int64_t)sizeof *t->columns);
    if (!t->columns) return false;
    t->column_count = csv->count;
    rni_str numbered = { 0 };
    for (int64_t i = 0; i < csv->count; i++) {
        numbered.length = 0;
        rni_str_addf(&numbered, "%lld", (long long)i);
        const rni_csv_cell *c = &csv->cells[i];
        /* What stands in the first row is kept as the names until it is known whether they are any. */
        t->columns[i].name = c->n > 0 ? rni_strndup(c->at, c->n) : rni_strndup(numbered.at, numbered.length);
        if (!t->columns[i].name) break;
    }
    rni_str_free(&numbered);
    const int yes = rn_ok() ? is_header(csv, header, like) : -1;
    t->header = yes > 0;
    return yes >= 0;
}

static bool number_columns(rni_csv_table *t)
{
    for (int64_t i = 0; i < t->column_count; i++) {
        rni_str s = { 0 };
        rni_str_addf(&s, "%lld", (long long)i);
        if (s.failed) return false;
        rni_free(t->columns[i].name);
        t->columns[i].name = s.at;
    }
    return true;
}

/* From the beginning, past the header. */
static bool rewind_to_values(rni_csv *csv, const rni_csv_table *t)
{
    rni_csv_rewind(csv);
    return !t->header || rni_csv_next(csv) > 0;
}

static bool check_width(const rni_csv *csv, const rni_csv_table *t)
{
    if (csv->count == t->column_count) return true;
    rni_csv_fail(csv, -1, NULL, "the row has %lld cells", (long long)csv->count);
    rni_error_add("expect", "%lld cells, as in the first row", (long long)t->column_count);
    return false;
}

/* First reading: how many cells of each column are numbers. */
static bool survey(rni_csv *csv, rni_csv_table *t)
{
    int more;
    if (!rewind_to_values(csv, t)) return false;
    while ((more = rni_csv_next(csv)) > 0) {
        if (!check_width(csv, t)) return false;
        for (int64_t i = 0; i < csv->count; i++) {
            rni_csv_column *c = &t->columns[i];
            double v;
            if (rni_csv_missing(&csv->cells[i])) continue;
            if (rni_csv_number(&csv->cells[i], &v)) {
                c->numbers++;
                continue;
            }
            if (c->texts++ == 0) c->first_text_row = csv->row;
        }
        t->rows++;
    }
    return more == 0;
}

/* Text if most cells are text; a few texts among numbers are mistakes that the second reading reports. */
static void choose_types(rni_csv_table *t, bool classify)
{
    for (int64_t i = 0; i < t->column_count; i++) {
        rni_csv_column *c = &t->columns[i];
        c->text = c->texts > c->numbers || (c->role == RNI_CSV_TARGET && classify);
    }
}

static bool copy_categories(rni_csv_column *to, const rni_csv_column *from)
{
    for (int64_t i = 0; i < from->names.count; i++)
        if (rni_names_add(&to->names, rni_names_at(&from->names, i), (int64_t)strlen(rni_names_at(&from->names, i))) <
            0)
            return false;
    to->fill = from->fill;
    to->fill_id = from->fill_id;
    return true;
}

/* Targets may be missing: what is to be predicted is not known yet. */
static bool take_like(rni_csv_table *t, const rni_csv_table *like, const rn_site *site)
{
    int64_t targets = 0;
    for (int64_t i = 0; i < like->column_count; i++) targets += like->columns[i].role == RNI_CSV_TARGET;
    const bool inputs_only = t->column_count == like->column_count - targets;
    if (like->column_count != t->column_count && !inputs_only) {
        rni_fail(RN_ERR_ARG, site, "dataset_csv", "the tables have different columns");
        rni_error_add("actual", "%lld and %lld columns", (long long)t->column_count, (long long)like->column_count);
        return false;
    }
    const rni_csv_column *from = like->columns;
    for (int64_t i = 0; i < t->column_count; i++, from++) {
        rni_csv_column *to = &t->columns[i];
        while (inputs_only && from->role == RNI_CSV_TARGET) from++;
        if (t->header && like->header && strcmp(to->name, from->name) != 0)
            return rni_fail(RN_ERR_ARG, site, "dataset_csv",
                            "column %lld is called \"%s\" in one table and \"%s\" in the other", (long long)i, to->name,
                            from->name);
        to->role = from->role;
        to->text = from->text;
        if (!copy_categories(to, from)) return false;
    }
    return true;
}

/* Classes that are numbers are the same class however they are written: 1, 1.0 and +1. */
static int32_t category(rni_csv_column *c, const rni_csv_cell *cell, bool known_only)
{
    char number[RNI_NUMBER_TEXT];
    const char *at = cell->at;
    int64_t n = cell->n;
    double v;
    if (rni_csv_number(cell, &v)) {
        at = rni_format_f64(v, number);
        n = (int64_t)strlen(number);
    }
    return (int32_t)(known_only ? rni_names_find(&c->names, at, n) : rni_names_add(&c->names, at, n));
}

static bool read_text(rni_csv *csv, rni_csv_column *c, int64_t i, int64_t row, bool known_only)
{
    const rni_csv_cell *cell = &csv->cells[i];
    const int64_t limit = c->role == RNI_CSV_TARGET ? CLASSES_MAX : CATEGORIES_MAX;
    c->id[row] = category(c, cell, known_only);
    if (c->id[row] < 0) {
        if (!rn_ok()) return false;
        return rni_csv_fail(csv, i, c->name, "\"%.*s\" is not among the categories of the other table",
                            cell->n < 60 ? (int)cell->n : 60, cell->at);
    }
    if (c->names.count <= limit) return true;
    rni_csv_fail(csv, i, c->name, "there are more than %lld different texts", (long long)limit);
    rni_error_add("hint", "is it a name or a number of the row? Leave it out with .ignore");
    return false;
}

static bool read_cell(rni_csv *csv, rni_csv_column *c, int64_t i, int64_t row, const rni_csv_table *like)
{
    double v;
    if (c->text) return read_text(csv, c, i, row, like != NULL);
    if (!rni_csv_number(&csv->cells[i], &v))
        return rni_csv_fail(csv, i, c->name, "\"%.*s\" is not a number",
                            csv->cells[i].n < 60 ? (int)csv->cells[i].n : 60, csv->cells[i].at);
    c->value[row] = (float)v;
    return true;
}

/* 1: a row of values, 0: it is left out, -1: an error. */
static int read_row(rni_csv *csv, rni_csv_table *t, int64_t row, const rn_dataset_csv_args *a,
                    const rni_csv_table *like)
{
    for (int64_t i = 0; i < csv->count; i++) {
        const rni_csv_column *c = &t->columns[i];
        if (c->role == RNI_CSV_UNUSED || !rni_csv_missing(&csv->cells[i])) continue;
        if (a->missing == RN_MISSING_SKIP) return 0;
        if (a->missing == RN_MISSING_ERROR || c->role == RNI_CSV_TARGET) {
            rni_csv_fail(csv, i, c->name, c->role == RNI_CSV_TARGET ? "the target is missing" : "the value is missing");
            rni_error_add("hint", "\"missing\" can say that such rows are left out (skip)%s",
                          c->role == RNI_CSV_TARGET ? "" : ", or how they are filled (mean, ...)");
            return -1;
        }
    }
    for (int64_t i = 0; i < csv->count; i++) {
        rni_csv_column *c = &t->columns[i];
        if (c->role == RNI_CSV_UNUSED) continue;
        if (rni_csv_missing(&csv->cells[i])) {
            if (c->text) c->id[row] = -1;
            if (!c->text) c->value[row] = NAN;
        } else if (!read_cell(csv, c, i, row, like))
            return -1;
    }
    return 1;
}

static bool read_values(rni_csv *csv, rni_csv_table *t, const rn_dataset_csv_args *a, const rni_csv_table *like)
{
    for (int64_t i = 0; i < t->column_count; i++) {
        rni_csv_column *c = &t->columns[i];
        if (c->role == RNI_CSV_UNUSED) continue;
        if (c->text) c->id = rni_alloc_raw(t->rows * (int64_t)sizeof *c->id);
        if (!c->text) c->value = rni_alloc_raw(t->rows * (int64_t)sizeof *c->value);
        if (!c->id && !c->value) return false;
    }
    if (!rewind_to_values(csv, t)) return false;
    int64_t row = 0;
    while (row < t->rows && rni_csv_next(csv) > 0) {
        const int kept = read_row(csv, t, row, a, like);
        if (kept < 0) return false;
        row += kept;
    }
    t->rows = row;
    return rn_ok();
}

/* ---- values that are missing ---- */

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static bool fill_of_numbers(rni_csv_column *c, int64_t rows, rn_missing how)
{
    double sum = 0;
    int64_t n = 0;
    float *sorted = how == RN_MISSING_MEDIAN ? rni_alloc_raw(rows * (int64_t)sizeof *sorted) : NULL;
    if (how == RN_MISSING_MEDIAN && !sorted) return false;
    for (int64_t i = 0; i < rows; i++) {
        if (isnan(c->value[i])) continue;
        sum += (double)c->value[i];
        if (sorted) sorted[n] = c->value[i];
        n++;
    }
    /* Also where nothing may be missing here: another table may be read like this one. */
    if (how != RN_MISSING_MEDIAN && how != RN_MISSING_ZERO && n) c->fill = (float)(sum / (double)n);
    if (sorted && n) {
        qsort(sorted, (size_t)n, sizeof *sorted, by_value);
        c->fill = n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
    }
    rni_free(sorted);
    return true;
}

/* Sorts the categories; the most frequent one replaces those that are missing, none (-1) under RN_MISSING_ZERO. */
static bool finish_text(rni_csv_column *c, int64_t rows, rn_missing how, bool keep_order)
{
    int64_t *new_of = rni_alloc(c->names.count * (int64_t)sizeof *new_of);
    int64_t *count = rni_alloc(c->names.count * (int64_t)sizeof *count);
    bool ok = new_of && count && (keep_order || c->names.count == 0 || rni_names_sort(&c->names, new_of));
    for (int64_t i = 0; ok && i < rows; i++) {
        if (c->id[i] < 0) continue;
        if (!keep_order) c->id[i] = (int32_t)new_of[c->id[i]];
        count[c->id[i]]++;
    }
    if (ok && !keep_order) {
        c->fill_id = how == RN_MISSING_ZERO || c->names.count == 0 ? -1 : 0;
        for (int64_t k = 1; c->fill_id >= 0 && k < c->names.count; k++)
            if (count[k] > count[c->fill_id]) c->fill_id = (int32_t)k;
    }
    for (int64_t i = 0; ok && i < rows; i++)
        if (c->id[i] < 0) c->id[i] = c->fill_id;
    rni_free(new_of);
    rni_free(count);
    return ok;
}

static bool finish(rni_csv_table *t, const rn_dataset_csv_args *a, const rni_csv_table *like)
{
    for (int64_t i = 0; i < t->column_count; i++) {
        rni_csv_column *c = &t->columns[i];
        if (c->role == RNI_CSV_UNUSED) continue;
        if (c->text && !finish_text(c, t->rows, a->missing, like != NULL)) return false;
        if (c->text) continue;
        if (!like && !fill_of_numbers(c, t->rows, a->missing)) return false;
        for (int64_t r = 0; r < t->rows; r++)
            if (isnan(c->value[r])) c->value[r] = c->fill;
    }
    return true;
}

static bool find_roles(const rni_csv *csv, rni_csv_table *t, const rn_dataset_csv_args *a, const rni_csv_table *like)
{
    if (like ? take_like(t, like, &a->site) : rni_csv_assign_roles(t, a)) return true;
    rni_error_add("file", "%s", csv->source);
    return false;
}

bool rni_csv_table_read(rni_csv *csv, const rn_dataset_csv_args *a, const rni_csv_table *like, rni_csv_table *out)
{
    rni_csv_table t = { 0 };
    bool ok = read_header(csv, a->header, like, &t) && (t.header || number_columns(&t)) &&
              find_roles(csv, &t, a, like) && survey(csv, &t);
    if (ok && !like) choose_types(&t, a->classify);
    ok = ok && read_values(csv, &t, a, like) && finish(&t, a, like);
    if (ok)
        *out = t;
    else
        rni_csv_table_free(&t);
    return ok;
}
