/* safetensors (format of the Hugging Face library of that name): the length of a header, the header in JSON, the bytes
 * of the tensors one after another.
 *
 * Loading maps the file; tensors whose bytes are as rensa wants them look into the map. */
#include "io/safetensors.h"

#include "io/dict.h"
#include "io/entry.h"

#include "base/alloc.h"

#include <rensa/tensor.h>
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, DATA_ALIGNMENT = 64 };
#define METADATA "__metadata__"

/* ---- the header ---- */

static int64_t header_length(const unsigned char *p)
{
    uint64_t v = 0;
    for (int i = 7; i >= 0; i--) v = v << 8 | p[i];
    return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

bool rni_is_safetensors(const void *bytes, int64_t n, int64_t file_bytes)
{
    if (n < LENGTH_BYTES + 2 || ((const char *)bytes)[LENGTH_BYTES] != '{') return false;
    const int64_t length = header_length(bytes);
    return length >= 2 && length <= RNI_SAFETENSORS_HEADER_MAX && length <= file_bytes - LENGTH_BYTES;
}

static bool sizes_of(const rni_json *list, const char *what)
{
    RNI_TRY(rni_json_expect(list, RNI_JSON_ARRAY));
    for (int64_t i = 0; i < rni_json_count(list); i++) {
        const rni_json *v = rni_json_at(list, i);
        if (!rni_json_is_int(v) || rni_json_int(v) < 0)
            return rni_json_fail(v, RN_ERR_FORMAT, "%s must be whole numbers from 0 on", what);
    }
    return true;
}

static bool read_shape(const rni_json *list, rni_safetensor *t, int64_t *count)
{
    RNI_TRY(sizes_of(list, "sizes"));
    const int64_t rank = rni_json_count(list);
    bool empty = false, fits = true;
    for (int64_t i = 0; i < rank; i++) empty = empty || rni_json_int(rni_json_at(list, i)) == 0;
    *count = empty ? 0 : 1;
    for (int64_t i = 0; i < rank && fits; i++) fits = rni_mul_i64(*count, rni_json_int(rni_json_at(list, i)), count);
    if (!fits) return rni_json_fail(list, RN_ERR_FORMAT, "the shape has too many elements");
    t->shape.rank = rank <= RN_MAX_RANK ? (int)rank : -1;
    for (int i = 0; i < t->shape.rank; i++) t->shape.dim[i] = rni_json_int(rni_json_at(list, i));
    return true;
}

static bool missing(const rni_json *info, const char *key)
{
    return rni_json_fail(info, RN_ERR_FORMAT, "the tensor \"%.100s\" has no %s", rni_json_key(info), key);
}

static bool read_offsets(const rni_json *info, int64_t data_bytes, rni_safetensor *t)
{
    const rni_json *list = rni_json_get(info, "data_offsets");
    if (!list) return missing(info, "data_offsets");
    RNI_TRY(sizes_of(list, "offsets"));
    if (rni_json_count(list) != 2) return rni_json_fail(list, RN_ERR_FORMAT, "data_offsets must be two numbers");
    t->begin = rni_json_int(rni_json_at(list, 0));
    t->end = rni_json_int(rni_json_at(list, 1));
    if (t->begin <= t->end && t->end <= data_bytes) return true;
    return rni_json_fail(list, RN_ERR_FORMAT, "data_offsets of \"%.100s\" lie outside of the file's %lld bytes of data",
                         t->name, (long long)data_bytes);
}

static bool read_tensor(const rni_json *info, int64_t data_bytes, rni_safetensor *t)
{
    int64_t count, bytes;
    RNI_TRY(rni_json_expect(info, RNI_JSON_OBJECT));
    *t = (rni_safetensor){ .name = rni_json_key(info), .place = info };
    const rni_json *type = rni_json_get(info, "dtype"), *shape = rni_json_get(info, "shape");
    if (!type) return missing(info, "dtype");
    if (!shape) return missing(info, "shape");
    RNI_TRY(rni_json_expect(type, RNI_JSON_STRING));
    RNI_TRY(read_shape(shape, t, &count));
    RNI_TRY(read_offsets(info, data_bytes, t));
    t->type = rni_json_string(type);
    t->element = rni_element_by_safetensors(t->type);
    if (!t->element || (rni_mul_i64(count, t->element->bytes, &bytes) && bytes == t->end - t->begin)) return true;
    return rni_json_fail(info, RN_ERR_FORMAT, "the shape of \"%.100s\" does not fit its %lld bytes", t->name,
                         (long long)(t->end - t->begin));
}

static int compare_offsets(const void *a, const void *b)
{
    const rni_safetensor *x = *(rni_safetensor *const *)a, *y = *(rni_safetensor *const *)b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* The tensors must fill the data one after another, in any order. */
static bool check_cover(const rni_safetensors *s, int64_t data_bytes)
{
    int64_t at = 0;
    rni_safetensor **sorted = rni_alloc_raw(s->count * (int64_t)sizeof *sorted);
    if (!sorted) return false;
    for (int64_t i = 0; i < s->count; i++) sorted[i] = &s->tensors[i];
    qsort(sorted, (size_t)s->count, sizeof *sorted, compare_offsets);
    bool ok = true;
    for (int64_t i = 0; i < s->count && ok; i++) {
        ok = sorted[i]->begin == at;
        if (!ok)
            rni_json_fail(sorted[i]->place, RN_ERR_FORMAT, "the bytes of \"%.100s\" %s", sorted[i]->name,
                          sorted[i]->begin < at ? "overlap those of another tensor" : "leave a hole before them");
        at = sorted[i]->end;
    }
    if (ok && at != data_bytes) {
        ok = rni_json_fail(s->tree, RN_ERR_FORMAT, "%lld bytes at the end of the file belong to no tensor",
                           (long long)(data_bytes - at));
    }
    rni_free(sorted);
    return ok;
}

static bool plain(const rni_json *v, const char *text, int64_t bytes)
{
    return (int64_t)strlen(text) == bytes || rni_json_fail(v, RN_ERR_FORMAT, "a text holds a NUL character");
}

static bool check_metadata(const rni_json *m)
{
    RNI_TRY(rni_json_expect(m, RNI_JSON_OBJECT));
    for (int64_t i = 0; i < rni_json_count(m); i++) {
        const rni_json *v = rni_json_at(m, i);
        RNI_TRY(rni_json_expect(v, RNI_JSON_STRING));
        RNI_TRY(plain(v, rni_json_string(v), rni_json_string_bytes(v)));
        if (!rni_json_key(v)[0]) return rni_json_fail(v, RN_ERR_FORMAT, "a name is empty");
    }
    return true;
}

static bool read_all(rni_safetensors *out, int64_t header_bytes, int64_t data_bytes)
{
    const rni_json *root = out->tree;
    RNI_TRY(rni_json_expect(root, RNI_JSON_OBJECT));
    out->tensors = rni_alloc(rni_json_count(root) * (int64_t)sizeof *out->tensors);
    if (!out->tensors) return false;
    for (int64_t i = 0; i < rni_json_count(root); i++) {
        const rni_json *v = rni_json_at(root, i);
        if (strcmp(rni_json_key(v), METADATA) == 0) {
            out->metadata = v;
            RNI_TRY(check_metadata(v));
            continue;
        }
        if (!rni_json_key(v)[0]) return rni_json_fail(v, RN_ERR_FORMAT, "the name of a tensor is empty");
        RNI_TRY(read_tensor(v, data_bytes, &out->tensors[out->count++]));
    }
    RNI_TRY(check_cover(out, data_bytes));
    for (int64_t i = 0; i < out->count; i++) {
        out->tensors[i].begin += header_bytes;
        out->tensors[i].end += header_bytes;
    }
    return true;
}

bool rni_safetensors_read(const void *head, int64_t n, int64_t file_bytes, const char *source, rni_safetensors *out)
{
    *out = (rni_safetensors){ 0 };
    if (n < LENGTH_BYTES) return rni_fail(RN_ERR_FORMAT, NULL, NULL, "this is not a safetensors file: it is too short");
    const int64_t length = header_length(head), most = file_bytes - LENGTH_BYTES;
    if (length > most || length > RNI_SAFETENSORS_HEADER_MAX || length > n - LENGTH_BYTES || length < 2) {
        rni_fail(RN_ERR_FORMAT, NULL, NULL, "this is not a safetensors file, or it is truncated");
        rni_error_add("actual", "a header of %lld bytes in a file of %lld", (long long)length, (long long)file_bytes);
        return false;
    }
    out->tree = rni_json_parse((const char *)head + LENGTH_BYTES, length, source);
    return out->tree && read_all(out, LENGTH_BYTES + length, most - length);
}

void rni_safetensors_free(rni_safetensors *s)
{
    rni_free(s->tensors);
    rni_json_free(s->tree);
    *s = (rni_safetensors){ 0 };
}

/* ---- loading ---- */

static bool supported(const rni_safetensor *t)
{
    if (t->shape.rank < 0)
        return rni_json_fail(t->place, RN_ERR_UNSUPPORTED, "\"%.100s\" has more than %d axes", t->name, RN_MAX_RANK);
    if (t->element) return true;
    return rni_json_fail(t->place, RN_ERR_UNSUPPORTED, "\"%.100s\" is of type %.20s, which rensa does not have",
                         t->name, t->type);
}

static bool load_tensors(const rn_site *site, const rni_safetensors *s, rni_blob *blob, rn_dict *d)
{
    bool ok = true;
    for (int64_t i = 0; i < s->count && ok; i++) {
        const rni_safetensor *t = &s->tensors[i];
        const rni_stored stored = { .element = t->element,
                                    .data = (const char *)blob->map.at + t->begin,
                                    .blob = blob,
                                    .shape = t->shape,
                                    .swapped = __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__ };
        const int level = rn_scope_begin();
        rn_tensor *tensor = supported(t) ? rni_stored_tensor(site, &stored) : NULL;
        ok = tensor && rn_dict_set_at(site, d, t->name, tensor);
        rn_scope_end(level);
        if (!ok) rni_error_add("in", "\"%.100s\"", t->name);
    }
    for (int64_t i = 0; i < rni_json_count(s->metadata) && ok; i++)
        ok =
            rn_dict_set_text_at(site, d, rni_json_key_at(s->metadata, i), rni_json_string(rni_json_at(s->metadata, i)));
    return ok;
}

static rn_dict *load(const rn_site *site, const char *path)
{
    rni_map map;
    rni_safetensors s = { 0 };
    rni_blob *blob = rni_file_map(path, &map) ? rni_blob_of_map(&map) : NULL;
    if (!blob) return NULL;
    rn_dict *d = rn_dict_new();
    const bool ok = d && rni_safetensors_read(blob->map.at, blob->map.bytes, blob->map.bytes, path, &s) &&
                    load_tensors(site, &s, blob, d);
    if (d && !ok) rni_error_add("file", "%s", path);
    rni_safetensors_free(&s);
    rni_blob_drop(blob);
    if (ok) return d;
    rn_dict_free(d);
    return NULL;
}

rn_dict *rn_safetensors_load_at(const rn_site *site, const char *path)
{
    rni_entry e;
    rn_dict *d = NULL;
    if (rni_enter(&e, site, "safetensors_load", path)) d = load(site, path);
    rni_leave(&e);
    return d;
}

/* ---- saving ---- */

/* Where each tensor's bytes go: large element types first, so that all are aligned without the holes that the format
 * forbids; among equals in the order of the collection. */
static bool layout(const rn_dict *d, int64_t *order, int64_t *begin)
{
    int64_t at = 0, n = 0;
    for (int size = 8; size >= 1; size /= 2) {
        for (int64_t i = 0; i < rn_dict_count(d); i++) {
            rn_tensor *t = rn_dict_tensor_at(d, i);
            if (rn_dtype_bytes(rn_tensor_dtype(t)) != size) continue;
            order[n++] = i;
            begin[i] = at;
            if (!rni_add_i64(at, rn_tensor_bytes(t), &at)) return rni_fail(RN_ERR_ARG, NULL, NULL, "too many bytes");
        }
    }
    return true;
}

static bool write_entry(rni_json_writer *w, const char *name, rn_tensor *t, int64_t begin)
{
    const rn_shape *shape = rn_tensor_shape(t);
    const rni_element *e = rni_element_by_dtype(rn_tensor_dtype(t));
    if (strcmp(name, METADATA) == 0 || !e)
        return rni_fail(RN_ERR_ARG, NULL, NULL, "a tensor called \"%s\" cannot be saved as safetensors", name);
    rni_json_write_key(w, name);
    rni_json_object_begin(w);
    rni_json_put_string(w, "dtype", e->safetensors);
    rni_json_write_key(w, "shape");
    rni_json_array_begin(w);
    for (int i = 0; i < shape->rank; i++) rni_json_write_int(w, shape->dim[i]);
    rni_json_array_end(w);
    rni_json_write_key(w, "data_offsets");
    rni_json_array_begin(w);
    rni_json_write_int(w, begin);
    rni_json_write_int(w, begin + rn_tensor_bytes(t));
    rni_json_array_end(w);
    rni_json_object_end(w);
    return true;
}

static bool write_header(const rn_dict *d, const int64_t *begin, rni_str *out)
{
    rni_json_writer w = { .to = out };
    rni_str_add_n(out, "\0\0\0\0\0\0\0\0", LENGTH_BYTES);
    rni_json_object_begin(&w);
    if (rn_dict_text_count(d) > 0) {
        rni_json_write_key(&w, METADATA);
        rni_json_object_begin(&w);
        for (int64_t i = 0; i < rn_dict_text_count(d); i++) {
            rni_json_put_string(&w, rn_dict_text_name_at(d, i), rn_dict_text(d, rn_dict_text_name_at(d, i)));
        }
        rni_json_object_end(&w);
    }
    for (int64_t i = 0; i < rn_dict_count(d); i++)
        RNI_TRY(write_entry(&w, rn_dict_name_at(d, i), rn_dict_tensor_at(d, i), begin[i]));
    rni_json_object_end(&w);
    while (out->length % DATA_ALIGNMENT != 0 && !out->failed) rni_str_add(out, " ");
    if (out->failed) return false;
    const int64_t length = out->length - LENGTH_BYTES;
    for (int i = 0; i < LENGTH_BYTES; i++) out->at[i] = (char)(length >> 8 * i & 255);
    return length <= RNI_SAFETENSORS_HEADER_MAX ||
           rni_fail(RN_ERR_ARG, NULL, NULL, "names and texts are too long for a safetensors header");
}

static bool write_file(const rn_site *site, const char *path, const rn_dict *d, const int64_t *order,
                       const rni_str *header)
{
    rni_out out;
    bool ok = rni_out_begin(&out, path) && rni_out_write(&out, header->at, header->length);
    for (int64_t i = 0; i < rn_dict_count(d) && ok; i++) {
        const int level = rn_scope_begin(); /* data of another device are copied into it */
        rn_tensor *t = rn_dict_tensor_at(d, order[i]);
        const void *data = rn_data_at(site, t);
        ok = data && rni_out_write(&out, data, rn_tensor_bytes(t));
        rn_scope_end(level);
    }
    if (ok) return rni_out_commit(&out);
    rni_out_abort(&out);
    return false;
}

static bool save(const rn_site *site, const char *path, const rn_dict *d)
{
    rni_str header = { 0 };
    const int64_t count = rn_dict_count(d);
    int64_t *order = rni_alloc(2 * count * (int64_t)sizeof *order);
    const bool ready = order && rni_dict_eval(site, d);
    const bool headed = ready && layout(d, order, order + count) && write_header(d, order + count, &header);
    if (ready && !headed) rni_error_add("file", "%s", path);
    const bool ok = headed && write_file(site, path, d, order, &header);
    rni_str_free(&header);
    rni_free(order);
    return ok;
}

bool rn_safetensors_save_at(const rn_site *site, const char *path, const rn_dict *dict)
{
    rni_entry e;
    bool ok = rni_enter(&e, site, "safetensors_save", path);
    ok = ok && (dict || rni_fail(RN_ERR_ARG, site, "safetensors_save", "the collection is NULL")) &&
         save(site, path, dict);
    rni_leave(&e);
    return ok;
}
