/* Examples kept in a file across runs: one line of JSON that says what they are, then the records, read through a map.
 *
 * The line is made from the data set and the caller's key and compared as a whole: whatever differs (another key, more
 * examples, another type, another machine's byte order) makes the file anew. Nothing of it is parsed. */
#include "data/cache.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"

#include <string.h>

enum { HEAD_ALIGNMENT = 64 };

typedef struct cache_file {
    rn_dataset *ds; /* for its columns only, once the file is there */
    int64_t at[RNI_COLUMNS_MAX], record, head;
    rni_map map;
} cache_file;

static bool cache_file_get(void *user, const rn_example *e)
{
    const cache_file *c = user;
    rni_record_copy(c->ds, c->at, (const char *)c->map.at + c->head + e->index * c->record, e->to);
    return true;
}

static void cache_file_free(void *user)
{
    cache_file *c = user;
    if (c->map.at) rni_file_unmap(&c->map);
    rn_dataset_free(c->ds);
    rni_free(c);
}

static void describe(const rn_dataset *ds, const char *key, rni_str *to)
{
    rni_json_writer w = { .to = to };
    const uint16_t probe = 1;
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "rensa", "examples");
    rni_json_put_string(&w, "key", key ? key : "");
    rni_json_put_string(&w, "order", *(const unsigned char *)&probe ? "little" : "big");
    rni_json_put_int(&w, "count", ds->count);
    rni_json_write_key(&w, "columns");
    rni_json_array_begin(&w);
    for (int i = 0; i < ds->column_count; i++) {
        const rn_column *c = &ds->columns[i];
        rni_json_object_begin(&w);
        rni_json_put_string(&w, "name", c->name);
        rni_json_put_string(&w, "dtype", rn_dtype_name(c->dtype));
        rni_json_write_key(&w, "shape");
        rni_json_array_begin(&w);
        for (int d = 0; d < c->shape.rank; d++) rni_json_write_int(&w, c->shape.dim[d]);
        rni_json_array_end(&w);
        rni_json_object_end(&w);
    }
    rni_json_array_end(&w);
    rni_json_object_end(&w);
    while (!to->failed && to->length % HEAD_ALIGNMENT != HEAD_ALIGNMENT - 1) rni_str_add(to, " ");
    rni_str_add(to, "\n");
}

/* True if the file is there and is what `head` says; no error otherwise. */
static bool map_existing(cache_file *c, const char *path, const rni_str *head, int64_t bytes)
{
    if (rni_file_bytes(path) != bytes || !rni_file_map(path, &c->map)) {
        rn_error_clear();
        return false;
    }
    if (memcmp(c->map.at, head->at, (size_t)head->length) == 0) return true;
    rni_file_unmap(&c->map);
    c->map = (rni_map){ 0 };
    return false;
}

static bool write_records(cache_file *c, const char *path, const rni_str *head)
{
    rni_out out = { 0 };
    char *record = rni_alloc_raw(c->record);
    bool ok = record && rni_out_begin(&out, path) && rni_out_write(&out, head->at, head->length);
    for (int64_t i = 0; ok && i < c->ds->count; i++) {
        void *to[RNI_COLUMNS_MAX];
        for (int k = 0; k < c->ds->column_count; k++) to[k] = record + c->at[k];
        ok = rni_dataset_get(c->ds, &(rn_example){ i, 0, to }) && rni_out_write(&out, record, c->record);
    }
    ok = ok && rni_out_commit(&out);
    if (!ok) rni_out_abort(&out);
    rni_free(record);
    return ok;
}

static char *cache_path(const char *file)
{
    if (strchr(file, '/')) return rni_strdup(file);
    char *folder = rni_cache_path("examples");
    char *path = folder && rni_folder_make(folder) ? rni_path_join(folder, file) : NULL;
    rni_free(folder);
    return path;
}

static bool open_or_make(cache_file *c, const rn_dataset_cache_args *a)
{
    rni_str head = { 0 };
    int64_t bytes;
    describe(c->ds, a->key, &head);
    c->record = rni_record_bytes(c->ds, c->at);
    c->head = head.length;
    char *path = head.failed ? NULL : cache_path(a->file);
    bool ok = path && rni_mul_i64(c->record, c->ds->count, &bytes) && rni_add_i64(bytes, head.length, &bytes);
    if (ok && !map_existing(c, path, &head, bytes)) {
        rni_log(RN_LOG_INFO, "data", "keeping %lld examples of \"%s\" in %s", (long long)c->ds->count, c->ds->source,
                path);
        ok = write_records(c, path, &head) && rni_file_map(path, &c->map);
        if (ok && c->map.bytes != bytes)
            ok = rni_fail(RN_ERR_IO, &a->site, "dataset_cache", "%s was changed meanwhile", path);
    }
    rni_free(path);
    rni_str_free(&head);
    return ok;
}

rn_dataset *rni_cache_file(rn_dataset *ds, const rn_dataset_cache_args *a)
{
    cache_file *c = rni_alloc((int64_t)sizeof *c);
    if (!c) {
        rn_dataset_free(ds);
        return NULL;
    }
    c->ds = ds;
    const rn_site *before = rni_site_enter(&a->site);
    const bool ok = open_or_make(c, a);
    rni_site_enter(before);
    if (!ok) {
        cache_file_free(c);
        return NULL;
    }
    return rn_dataset_new_at(&(rn_dataset_new_args){ .count = ds->count,
                                                     .get = cache_file_get,
                                                     .columns = ds->columns,
                                                     .column_count = ds->column_count,
                                                     .site = a->site,
                                                     .user = c,
                                                     .free = cache_file_free,
                                                     .source = ds->source,
                                                     .partial = true });
}
