/* Tables of Neural Network Console as data sets: a column per variable. Files are read when an example is. */
#include "data/nnc.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "data/source.h"

#include <string.h>

static char *file_of(const rni_nnc_table *t, const rni_nnc_variable *v, int64_t row)
{
    const char *path = t->pool.at + v->paths[row];
    if (strncmp(path, "file://", 7) == 0) path += 7;
    return rni_path_join(t->folder, path);
}

static bool read_file(const rni_nnc_table *t, const rni_nnc_variable *v, int64_t row, rn_shape *shape, float *to)
{
    char *path = file_of(t, v, row);
    const bool ok = path && rni_nnc_file(path, t->raw, shape, to);
    rni_free(path);
    if (!ok) rni_error_add("in", "row %lld, variable \"%s\"", (long long)row + 2, v->name);
    return ok;
}

static bool nnc_get(void *user, const rn_example *e)
{
    const rni_nnc_table *t = user;
    for (int i = 0; i < t->variable_count; i++) {
        const rni_nnc_variable *v = &t->variables[i];
        rn_shape shape = v->shape;
        if (!e->to[i]) continue;
        if (v->label) {
            const int32_t class = (int32_t)v->values[e->index];
            memcpy(e->to[i], &class, sizeof class);
        } else if (v->files) {
            if (!read_file(t, v, e->index, &shape, e->to[i])) return false;
        } else
            memcpy(e->to[i], v->values + e->index * v->width, (size_t)v->width * sizeof *v->values);
    }
    return true;
}

static void nnc_free(void *user)
{
    rni_nnc_free(user);
    rni_free(user);
}

static bool load(rni_nnc_table *t, const rn_dataset_nnc_args *a)
{
    void *bytes = NULL;
    int64_t n = 0;
    t->folder = rni_path_folder(a->path);
    t->raw = a->raw;
    if (!t->folder || !rni_read_unpacked(a->path, &bytes, &n)) return false;
    rni_csv csv;
    rni_csv_begin(&csv, bytes, n, ',', a->path);
    bool ok = rni_nnc_read(&csv, a->labels, t);
    rni_csv_end(&csv);
    rni_free(bytes);
    for (int i = 0; ok && i < t->variable_count; i++)
        if (t->variables[i].files) ok = read_file(t, &t->variables[i], 0, &t->variables[i].shape, NULL);
    return ok;
}

static rn_dataset *nnc_dataset(rni_nnc_table *t, const rn_dataset_nnc_args *a)
{
    rn_column columns[RNI_COLUMNS_MAX];
    rni_str source = { 0 };
    rn_dataset *ds = NULL;
    for (int i = 0; i < t->variable_count; i++) {
        const rni_nnc_variable *v = &t->variables[i];
        columns[i] = (rn_column){ v->name, v->label ? RN_I32 : RN_F32, v->shape, NULL, v->label ? v->classes : 0 };
    }
    rni_str_addf(&source, "nnc %s", a->path);
    if (source.failed)
        nnc_free(t);
    else
        ds = rn_dataset_new_at(&(rn_dataset_new_args){ .count = t->rows,
                                                       .get = nnc_get,
                                                       .columns = columns,
                                                       .column_count = t->variable_count,
                                                       .site = a->site,
                                                       .user = t,
                                                       .free = nnc_free,
                                                       .source = source.at,
                                                       .partial = true });
    rni_str_free(&source);
    return ds;
}

rn_dataset *rn_dataset_nnc_at(const rn_dataset_nnc_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (rn_ok() && !a->path) rni_fail(RN_ERR_ARG, &a->site, "dataset_nnc", "the path is missing");
    if (!rn_ok()) rni_error_trail(&a->site, "dataset_nnc");
    rni_nnc_table *t = rn_ok() ? rni_alloc((int64_t)sizeof *t) : NULL;
    if (!t) return NULL;
    const rn_site *before = rni_site_enter(&a->site);
    rn_dataset *ds = NULL;
    if (load(t, a))
        ds = nnc_dataset(t, a);
    else
        nnc_free(t);
    rni_site_enter(before);
    return ds;
}
