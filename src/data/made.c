/* Opening what rni_make has made. Pictures are kept as bytes and handed out as numbers from 0 to 1. */
#include "data/made.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

#include <string.h>

enum { JSON_MAX = 64 << 20 };

typedef struct made {
    rni_map map;
    rni_json *json; /* the names of classes */
    const char **names[RNI_COLUMNS_MAX];
    rn_column column[RNI_COLUMNS_MAX];
    bool bytes[RNI_COLUMNS_MAX]; /* kept as u8, handed out as f32 */
    int64_t at[RNI_COLUMNS_MAX], count_of[RNI_COLUMNS_MAX], record;
    int columns;
} made;

const char *const rni_fit_names[] = { "squash", "crop", "pad", NULL };
const char *const rni_filter_names[] = { "bilinear", "bicubic", "area", "nearest", NULL };

bool rni_made_exists(const char *folder)
{
    char *path = rni_folder_exists(folder) ? rni_path_join(folder, RNI_MADE_FILE) : NULL;
    const bool there = path && rni_file_bytes(path) >= 0;
    rni_free(path);
    return there;
}

static rni_json *load(const char *folder)
{
    char *path = rni_path_join(folder, RNI_MADE_FILE);
    rni_json *v = path ? rni_json_load(path, JSON_MAX) : NULL;
    rni_free(path);
    return v;
}

bool rni_made_has(const char *folder, rn_part part)
{
    rni_json *v = rni_made_exists(folder) ? load(folder) : NULL;
    const bool has = rni_json_get(rni_json_get(v, "parts"), rni_part_name(part)) != NULL;
    rni_json_free(v);
    return has;
}

static int number_of(const rni_json *options, const char *key, const char *const *names, int otherwise)
{
    const char *text = rni_json_string(rni_json_get(options, key));
    for (int i = 0; text && names[i]; i++)
        if (strcmp(names[i], text) == 0) return i;
    return otherwise;
}

void rni_made_form(const char *folder, rn_fit *fit, rn_filter *filter)
{
    rni_json *v = rni_made_exists(folder) ? load(folder) : NULL;
    const rni_json *options = rni_json_get(v, "options");
    *fit = (rn_fit)number_of(options, "fit", rni_fit_names, (int)*fit);
    *filter = (rn_filter)number_of(options, "filter", rni_filter_names, (int)*filter);
    rni_json_free(v);
}

static void made_free(void *user)
{
    made *m = user;
    if (m->map.at) rni_file_unmap(&m->map);
    for (int i = 0; i < m->columns; i++) rni_free(m->names[i]);
    rni_json_free(m->json);
    rni_free(m);
}

static bool made_get(void *user, const rn_example *e)
{
    const made *m = user;
    const char *record = (const char *)m->map.at + e->index * m->record;
    for (int i = 0; i < m->columns; i++) {
        if (!e->to[i]) continue;
        if (m->bytes[i])
            rni_unit_from_u8(e->to[i], (const uint8_t *)record + m->at[i], m->count_of[i]);
        else
            memcpy(e->to[i], record + m->at[i], (size_t)rn_column_bytes(&m->column[i]));
    }
    return true;
}

static bool read_classes(made *m, int i, const rni_json *v)
{
    rn_column *c = &m->column[i];
    const rni_json *names = rni_json_get(v, "classes");
    c->class_count = rni_json_int(rni_json_get(v, "class_count"));
    if (!names) return true;
    if (rni_json_count(names) != c->class_count)
        return rni_json_fail(names, RN_ERR_FORMAT, "not the number of classes");
    m->names[i] = rni_alloc((c->class_count + 1) * (int64_t)sizeof(char *));
    for (int64_t k = 0; m->names[i] && k < c->class_count; k++) {
        m->names[i][k] = rni_json_string(rni_json_at(names, k));
        if (!m->names[i][k]) return rni_json_expect(rni_json_at(names, k), RNI_JSON_STRING);
    }
    c->classes = m->names[i];
    return c->classes != NULL;
}

static bool read_column(made *m, const rni_json *v)
{
    const int i = m->columns;
    if (i == RNI_COLUMNS_MAX) return rni_json_fail(v, RN_ERR_FORMAT, "more than %d columns", RNI_COLUMNS_MAX);
    rn_column *c = &m->column[i];
    const rni_json *shape = rni_json_get(v, "shape");
    const char *dtype = rni_json_string(rni_json_get(v, "dtype")), *stored = rni_json_string(rni_json_get(v, "stored"));
    c->name = rni_json_string(rni_json_get(v, "name"));
    c->dtype = dtype ? rn_dtype_by_name(dtype) : RN_DTYPE_NONE;
    m->bytes[i] = stored && strcmp(stored, "u8") == 0 && c->dtype == RN_F32;
    if (!c->name || !c->dtype || rni_json_count(shape) > RN_MAX_RANK - 1)
        return rni_json_fail(v, RN_ERR_FORMAT, "this is no column");
    c->shape.rank = (int)rni_json_count(shape);
    m->count_of[i] = 1;
    for (int k = 0; k < c->shape.rank; k++) {
        const int64_t n = rni_json_int(rni_json_at(shape, k));
        c->shape.dim[k] = n;
        if (n < 1 || !rni_mul_i64(m->count_of[i], n, &m->count_of[i]))
            return rni_json_fail(shape, RN_ERR_FORMAT, "this is no shape");
    }
    int64_t bytes;
    m->at[i] = m->record;
    if (!rni_mul_i64(m->count_of[i], m->bytes[i] ? 1 : rn_dtype_bytes(c->dtype), &bytes) ||
        !rni_add_i64(m->record, bytes, &m->record))
        return rni_json_fail(shape, RN_ERR_FORMAT, "this is no shape");
    m->columns++;
    return read_classes(m, i, v);
}

static bool open_part(made *m, const char *folder, rn_part part, int64_t *count)
{
    const uint16_t probe = 1;
    const char *order = rni_json_string(rni_json_get(m->json, "order"));
    const rni_json *v = rni_json_get(rni_json_get(m->json, "parts"), rni_part_name(part)), *file;
    const rni_json *columns = rni_json_get(m->json, "columns");
    if (!v) return rni_json_fail(m->json, RN_ERR_ARG, "the data set has no part \"%s\"", rni_part_name(part));
    if (!order || strcmp(order, *(const unsigned char *)&probe ? "little" : "big") != 0)
        return rni_json_fail(m->json, RN_ERR_UNSUPPORTED, "made on a machine with another order of bytes");
    for (int64_t i = 0; i < rni_json_count(columns); i++)
        if (!read_column(m, rni_json_at(columns, i))) return false;
    file = rni_json_get(v, "file");
    const char *name = rni_json_string(file);
    *count = rni_json_int(rni_json_get(v, "examples"));
    if (!name || strchr(name, '/') || *count < 0 || m->columns == 0)
        return rni_json_fail(v, RN_ERR_FORMAT, "this is no part");
    char *path = rni_path_join(folder, name);
    int64_t bytes;
    bool ok = path && rni_file_map(path, &m->map);
    if (ok && (!rni_mul_i64(*count, m->record, &bytes) || bytes != m->map.bytes)) {
        ok = rni_json_fail(v, RN_ERR_FORMAT, "the file \"%s\" has %lld bytes", name, (long long)m->map.bytes);
        rni_error_add("expect", "%lld examples of %lld bytes", (long long)*count, (long long)m->record);
    }
    rni_free(path);
    return ok;
}

rn_dataset *rni_made_open(const char *folder, rn_part part, const rn_site *site)
{
    made *m = rni_alloc((int64_t)sizeof *m);
    if (!m) return NULL;
    int64_t count = 0;
    rni_str source = { 0 };
    rni_str_addf(&source, "%s, part %s", folder, rni_part_name(part));
    const rn_site *before = rni_site_enter(site);
    m->json = load(folder);
    const bool ok = m->json && open_part(m, folder, part, &count) && !source.failed;
    rni_site_enter(before);
    rn_dataset *ds = NULL;
    if (ok)
        ds = rn_dataset_new_at(&(rn_dataset_new_args){ .count = count,
                                                       .get = made_get,
                                                       .columns = m->column,
                                                       .column_count = m->columns,
                                                       .site = rni_site_copy(site),
                                                       .user = m,
                                                       .free = made_free,
                                                       .source = source.at,
                                                       .partial = true });
    else
        made_free(m);
    rni_str_free(&source);
    return ds;
}
