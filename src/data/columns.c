/* Descriptions of columns: checking, copying and comparing them. Knows nothing of where examples come from. */
#include "data/data.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "base/str.h"

#include <string.h>

static bool column_check(const rn_column *columns, int i, const rn_site *site, const char *op)
{
    const rn_column *c = &columns[i];
    int64_t bytes;
    if (!c->name || !c->name[0]) return rni_fail(RN_ERR_ARG, site, op, "column %d has no name", i);
    for (int k = 0; k < i; k++)
        if (strcmp(columns[k].name, c->name) == 0)
            return rni_fail(RN_ERR_ARG, site, op, "two columns are called \"%s\"", c->name);
    if (c->dtype <= RN_DTYPE_NONE || c->dtype >= RN_DTYPE_COUNT)
        return rni_fail(RN_ERR_ARG, site, op, "column \"%s\" has no element type", c->name);
    const int64_t count = rni_shape_count(&c->shape);
    if (count < 0 || !rni_mul_i64(count, rn_dtype_bytes(c->dtype), &bytes) || c->shape.rank == RN_MAX_RANK)
        return rni_fail(RN_ERR_SHAPE, site, op, "the shape of column \"%s\" is not usable", c->name);
    if (c->class_count < 0 || (c->classes && c->class_count == 0))
        return rni_fail(RN_ERR_ARG, site, op, "column \"%s\" has class names, but not how many", c->name);
    return true;
}

static void classes_free(char **classes, int64_t count)
{
    for (int64_t i = 0; classes && i < count; i++) rni_free(classes[i]);
    rni_free(classes);
}

static char **classes_copy(const char *const *classes, int64_t count)
{
    int64_t bytes;
    if (!rni_mul_i64(count, (int64_t)sizeof(char *), &bytes)) return NULL;
    char **copy = rni_alloc(bytes);
    for (int64_t i = 0; copy && i < count; i++) {
        copy[i] = rni_strdup(classes[i] ? classes[i] : "");
        if (!copy[i]) {
            classes_free(copy, i);
            return NULL;
        }
    }
    return copy;
}

void rni_columns_free(rn_column *columns, int count)
{
    for (int i = 0; columns && i < count; i++) {
        rni_free((void *)columns[i].name);
        classes_free((char **)columns[i].classes, columns[i].class_count);
    }
    rni_free(columns);
}

static bool column_copy(rn_column *to, const rn_column *from)
{
    *to = *from;
    to->classes = NULL;
    to->name = rni_strdup(from->name);
    if (!to->name) return false;
    if (from->classes) {
        to->classes = (const char *const *)classes_copy(from->classes, from->class_count);
        if (!to->classes) return false;
    }
    return true;
}

rn_column *rni_columns_copy(const rn_column *columns, int count, const rn_site *site, const char *op)
{
    if (!columns || count < 1 || count > RNI_COLUMNS_MAX) {
        rni_fail(RN_ERR_ARG, site, op, "a data set has 1 to %d columns, not %d", RNI_COLUMNS_MAX, count);
        return NULL;
    }
    for (int i = 0; i < count; i++)
        if (!column_check(columns, i, site, op)) return NULL;
    rn_column *copy = rni_alloc(count * (int64_t)sizeof *copy);
    for (int i = 0; copy && i < count; i++)
        if (!column_copy(&copy[i], &columns[i])) {
            rni_columns_free(copy, i + 1);
            return NULL;
        }
    return copy;
}

static bool classes_equal(const rn_column *a, const rn_column *b)
{
    if (a->class_count != b->class_count || !a->classes != !b->classes) return false;
    for (int64_t i = 0; a->classes && i < a->class_count; i++)
        if (strcmp(a->classes[i], b->classes[i]) != 0) return false;
    return true;
}

static bool columns_differ(const rn_column *a, const rn_column *b, const rn_site *site, const char *op)
{
    char sa[RNI_SHAPE_TEXT], sb[RNI_SHAPE_TEXT];
    if (strcmp(a->name, b->name) != 0)
        rni_fail(RN_ERR_ARG, site, op, "the columns are called \"%s\" and \"%s\"", a->name, b->name);
    else if (a->dtype != b->dtype)
        rni_fail(RN_ERR_DTYPE, site, op, "column \"%s\" is %s and %s", a->name, rn_dtype_name(a->dtype),
                 rn_dtype_name(b->dtype));
    else if (!rni_shape_equal(&a->shape, &b->shape))
        rni_fail(RN_ERR_SHAPE, site, op, "column \"%s\" is %s and %s", a->name, rni_shape_text(&a->shape, sa),
                 rni_shape_text(&b->shape, sb));
    else if (!classes_equal(a, b))
        rni_fail(RN_ERR_ARG, site, op, "column \"%s\" has different classes", a->name);
    else
        return false;
    rni_error_add("expect", "the same columns in both data sets");
    return true;
}

bool rni_columns_match(const rn_dataset *a, const rn_dataset *b, const rn_site *site, const char *op)
{
    if (a->column_count != b->column_count)
        return rni_fail(RN_ERR_ARG, site, op, "one data set has %d columns, the other %d", a->column_count,
                        b->column_count);
    for (int i = 0; i < a->column_count; i++)
        if (columns_differ(&a->columns[i], &b->columns[i], site, op)) return false;
    return true;
}

int64_t rn_column_bytes(const rn_column *column)
{
    return column ? rni_shape_count(&column->shape) * rn_dtype_bytes(column->dtype) : 0;
}

int rn_dataset_find_column(const rn_dataset *ds, const char *name)
{
    for (int i = 0; ds && name && i < ds->column_count; i++)
        if (strcmp(ds->columns[i].name, name) == 0) return i;
    return -1;
}

static const char *column_name_at(void *user, int i)
{
    const rn_dataset *ds = user;
    return i < ds->column_count ? ds->columns[i].name : NULL;
}

int rni_column_require(const rn_dataset *ds, const char *name, const rn_site *site, const char *op)
{
    const int i = rn_dataset_find_column(ds, name);
    if (i >= 0) return i;
    rni_fail(RN_ERR_ARG, site, op, "the data set has no column \"%s\"", name ? name : "");
    rni_str list = { 0 };
    for (int k = 0; k < ds->column_count; k++) rni_str_addf(&list, "%s%s", k ? ", " : "", ds->columns[k].name);
    rni_error_add("expect", "one of %s", list.at ? list.at : "its columns");
    const char *near = name ? rni_nearest(name, column_name_at, (void *)(uintptr_t)ds) : NULL;
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    rni_str_free(&list);
    return -1;
}

bool rni_next_name(const char **list, const char **at, int64_t *n)
{
    const char *s = *list;
    if (!s) return false;
    while (*s == ' ' || *s == ',') s++;
    if (!*s) return false;
    const char *end = strchr(s, ',');
    *list = end ? end + 1 : NULL;
    if (!end) end = s + strlen(s);
    while (end > s && end[-1] == ' ') end--;
    *at = s;
    *n = end - s;
    return true;
}

void rni_unit_from_u8(float *to, const uint8_t *from, int64_t n)
{
    for (int64_t i = 0; i < n; i++) to[i] = (float)from[i] / 255.0f;
}
