/* What a file is and holds: a table of kinds, asked in turn. The builder keeps all texts of one answer together. */
#include "io/codec.h"
#include "io/entry.h"
#include "io/npy.h"
#include "io/safetensors.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "base/shape.h"
#include "base/str.h"
#include "base/utf8.h"

#include <rensa/io.h>
#include <string.h>

/* A file to look at: mapped, or unpacked in memory. */
typedef struct {
    const char *path;
    const unsigned char *bytes;
    int64_t n;
} probe;

typedef struct {
    rn_file_info public;
    rn_file_item *items;
    rn_file_text *texts;
    int64_t item_capacity, text_capacity;
    char *path, *format, *summary;
} answer;

typedef struct {
    const char *name;
    bool (*is)(const probe *p);
    bool (*describe)(const probe *p, answer *info); /* raises FORMAT where the file is damaged */
} file_kind;

/* ---- the builder ---- */

/* All copy their texts. False with an error pending on a lack of memory. */
static bool replace(char **text, const char *with)
{
    char *copy = rni_strdup(with);
    if (!copy) return false;
    rni_free(*text);
    *text = copy;
    return true;
}

static bool add_item(answer *info, const char *name, const char *type, const rn_shape *shape, int64_t bytes)
{
    rn_file_item *items = rni_grow(info->items, info->public.item_count, &info->item_capacity, (int64_t)sizeof *items);
    if (!items) return false;
    info->items = items;
    char *name_copy = rni_strdup(name), *type_copy = name_copy ? rni_strdup(type) : NULL;
    if (!type_copy) {
        rni_free(name_copy);
        return false;
    }
    items[info->public.item_count++] = (rn_file_item){ name_copy, type_copy, *shape, bytes };
    return true;
}

static bool add_text(answer *info, const char *name, const char *text)
{
    rn_file_text *texts = rni_grow(info->texts, info->public.text_count, &info->text_capacity, (int64_t)sizeof *texts);
    if (!texts) return false;
    info->texts = texts;
    char *name_copy = rni_strdup(name), *text_copy = name_copy ? rni_strdup(text) : NULL;
    if (!text_copy) {
        rni_free(name_copy);
        return false;
    }
    texts[info->public.text_count++] = (rn_file_text){ name_copy, text_copy };
    return true;
}

static RN_PRINTF(2, 3) bool set_summary(answer *info, const char *fmt, ...)
{
    rni_str s = { 0 };
    va_list args;
    va_start(args, fmt);
    rni_str_addv(&s, fmt, args);
    va_end(args);
    const bool ok = !s.failed && replace(&info->summary, s.at);
    rni_str_free(&s);
    return ok;
}

/* Where a closer look finds a more special format than the name of the kind. */
static bool set_format(answer *info, const char *format)
{
    return replace(&info->format, format);
}

/* ---- kinds ---- */

static bool add_array(answer *info, const char *name, const rni_npy *h, int64_t bytes)
{
    if (h->element && bytes / h->element->bytes < h->count) {
        char text[RNI_SHAPE_TEXT];
        rni_fail(RN_ERR_FORMAT, NULL, NULL, "the array is truncated");
        rni_error_add("expect", "%s of %d bytes each", rni_shape_text(&h->shape, text), h->element->bytes);
        rni_error_add("actual", "%lld bytes", (long long)bytes);
        return false;
    }
    return add_item(info, name,
                    h->element && h->element->widen == RNI_AS_IT_IS ? rn_dtype_name(h->element->dtype) : h->type,
                    &h->shape, bytes);
}

static bool is_npy(const probe *p)
{
    return rni_is_npy(p->bytes, p->n);
}

static bool describe_npy(const probe *p, answer *info)
{
    rni_npy h;
    return rni_npy_header(p->bytes, p->n, &h) && add_array(info, "", &h, p->n - h.offset) &&
           set_summary(info, "a NumPy array");
}

static bool is_zip(const probe *p)
{
    return p->n >= 4 && (memcmp(p->bytes, "PK\3\4", 4) == 0 || memcmp(p->bytes, "PK\5\6", 4) == 0);
}

/* An array's header is at its beginning; what follows is not read. Few headers are longer than the first piece. */
static bool read_member_header(rni_zip *zip, int64_t i, const char *head, int64_t n, rni_npy *h)
{
    const int64_t offset = rni_npy_offset(head, n);
    if (offset <= n || offset > RNI_NPY_HEADER_MAX) return rni_npy_header(head, n, h);
    char *whole = rni_alloc_raw(offset);
    const bool ok = whole && rni_zip_head(zip, i, whole, offset, &n) && rni_npy_header(whole, n, h);
    rni_free(whole);
    return ok;
}

static bool describe_member(rni_zip *zip, int64_t i, answer *info, bool *is_array)
{
    char head[4096];
    int64_t n;
    rni_npy h;
    rni_zip_member m;
    if (!rni_zip_member_at(zip, i, &m) || !rni_zip_head(zip, i, head, sizeof head, &n)) return false;
    const int64_t length = (int64_t)strlen(m.name);
    *is_array = rni_is_npy(head, n);
    if (!*is_array) return add_item(info, m.name, "bytes", &RN_SHAPE(m.bytes), m.bytes);
    char *name = rni_strndup(m.name, rni_path_has_extension(m.name, ".npy") ? length - 4 : length);
    const bool ok = name && read_member_header(zip, i, head, n, &h) && add_array(info, name, &h, m.bytes - h.offset);
    rni_free(name);
    return ok;
}

static bool describe_zip(const probe *p, answer *info)
{
    rni_zip *zip = rni_zip_open_bytes(p->bytes, p->n);
    bool ok = zip != NULL, is_array;
    int64_t arrays = 0;
    const int64_t count = zip ? rni_zip_count(zip) : 0;
    for (int64_t i = 0; i < count && ok; i++) {
        ok = describe_member(zip, i, info, &is_array);
        arrays += ok && is_array;
    }
    rni_zip_close(zip);
    const bool npz = arrays > 0 || rni_path_has_extension(p->path, ".npz");
    if (ok && npz) ok = set_format(info, "npz");
    return ok && set_summary(info, npz ? "a NumPy archive of %lld arrays" : "a ZIP archive of %lld files",
                             (long long)(npz ? arrays : count));
}

static bool is_safetensors(const probe *p)
{
    return rni_is_safetensors(p->bytes, p->n, p->n) || (p->n > 0 && rni_path_has_extension(p->path, ".safetensors"));
}

static bool describe_safetensors(const probe *p, answer *info)
{
    rni_safetensors s;
    bool ok = rni_safetensors_read(p->bytes, p->n, p->n, p->path, &s);
    for (int64_t i = 0; i < s.count && ok; i++) {
        const rni_safetensor *t = &s.tensors[i];
        const bool own = t->element && t->element->widen == RNI_AS_IT_IS;
        ok = add_item(info, t->name, own ? rn_dtype_name(t->element->dtype) : t->type, &t->shape, t->end - t->begin);
    }
    for (int64_t i = 0; i < rni_json_count(s.metadata) && ok; i++)
        ok = add_text(info, rni_json_key_at(s.metadata, i), rni_json_string(rni_json_at(s.metadata, i)));
    ok = ok && set_summary(info, "%lld tensors", (long long)s.count);
    rni_safetensors_free(&s);
    return ok;
}

static bool is_png(const probe *p)
{
    return p->n >= 8 && memcmp(p->bytes, "\x89PNG\r\n\x1a\n", 8) == 0;
}

static bool is_jpeg(const probe *p)
{
    return p->n >= 3 && memcmp(p->bytes, "\xff\xd8\xff", 3) == 0;
}

static bool describe_picture(const probe *p, answer *info)
{
    static const char *const channels[] = { "", "gray", "gray and alpha", "RGB", "RGB and alpha" };
    rni_image m;
    if (!rni_image_size(p->bytes, p->n, &m)) return false;
    const rn_shape shape = RN_SHAPE(m.height, m.width, m.channels);
    return add_item(info, "", m.bits == 8 ? "u8" : "u16", &shape, m.width * m.height * m.channels * (m.bits / 8)) &&
           set_summary(info, "a picture of %lld x %lld pixels, %s, %d bits", (long long)m.width, (long long)m.height,
                       channels[m.channels], m.bits);
}

/* IDX, the format of MNIST: two zeros, type, rank, sizes (big-endian), data. */
static const char *idx_type(int code, int *bytes)
{
    static const struct {
        int code, bytes;
        const char *type;
    } types[] = { { 0x08, 1, "u8" },  { 0x09, 1, "i8" },  { 0x0b, 2, "i16" },
                  { 0x0c, 4, "i32" }, { 0x0d, 4, "f32" }, { 0x0e, 8, "f64" } };
    for (size_t i = 0; i < RN_COUNTOF(types); i++) {
        if (types[i].code != code) continue;
        *bytes = types[i].bytes;
        return types[i].type;
    }
    return NULL;
}

static bool is_idx(const probe *p)
{
    int bytes;
    return p->n >= 8 && p->bytes[0] == 0 && p->bytes[1] == 0 && p->bytes[3] >= 1 && p->bytes[3] <= RN_MAX_RANK &&
           idx_type(p->bytes[2], &bytes) && p->n >= 4 + 4 * p->bytes[3];
}

static bool describe_idx(const probe *p, answer *info)
{
    int bytes = 0;
    const char *type = idx_type(p->bytes[2], &bytes);
    rn_shape shape = { .rank = p->bytes[3] };
    int64_t size = bytes;
    bool fits = true;
    for (int i = 0; i < shape.rank; i++) {
        const unsigned char *q = p->bytes + 4 + 4 * i;
        shape.dim[i] = (int64_t)q[0] << 24 | q[1] << 16 | q[2] << 8 | q[3];
        fits = fits && rni_mul_i64(size, shape.dim[i], &size);
    }
    const int64_t have = p->n - 4 - 4 * shape.rank;
    if (!fits || size != have) {
        rni_fail(RN_ERR_FORMAT, NULL, NULL, "the IDX file is truncated or damaged");
        char text[RNI_SHAPE_TEXT];
        rni_error_add("expect", "%s, %d bytes each", rni_shape_text(&shape, text), bytes);
        rni_error_add("actual", "%lld bytes", (long long)have);
        return false;
    }
    return add_item(info, "", type, &shape, size) && set_summary(info, "an IDX array, as MNIST's");
}

static bool is_gzip(const probe *p)
{
    return rni_is_gzip(p->bytes, p->n);
}

static const file_kind *kind_of(const probe *p);

static bool describe_gzip(const probe *p, answer *info)
{
    void *bytes;
    int64_t n;
    if (!rni_gunzip(p->bytes, p->n, 0, &bytes, &n)) return false;
    const probe inside = { p->path, bytes, n };
    const file_kind *kind = kind_of(&inside);
    bool ok = true;
    if (kind->describe == describe_gzip)
        ok = set_summary(info, "gzip inside gzip");
    else if ((ok = kind->describe(&inside, info))) {
        rni_str s = { 0 };
        rni_str_addf(&s, "%s; packed with gzip, %lld bytes inside", info->summary ? info->summary : kind->name,
                     (long long)n);
        ok = !s.failed && replace(&info->summary, s.at);
        rni_str_free(&s);
    }
    rni_free(bytes);
    return ok;
}

/* Anything may begin with a bracket; it is JSON if it parses, or if its name says so. */
static bool is_json(const probe *p)
{
    int64_t i = 0;
    if (rni_path_has_extension(p->path, ".json")) return true;
    while (i < p->n && i < 4096 && strchr(" \t\r\n", p->bytes[i]) && p->bytes[i]) i++;
    if (i >= p->n || (p->bytes[i] != '{' && p->bytes[i] != '[') || !rn_ok()) return false;
    rni_json *tree = rni_json_parse((const char *)p->bytes, p->n, p->path);
    if (!tree) rn_error_clear();
    rni_json_free(tree);
    return tree != NULL;
}

static bool describe_json(const probe *p, answer *info)
{
    rni_json *tree = rni_json_parse((const char *)p->bytes, p->n, p->path);
    if (!tree) return false;
    const rni_json_type type = rni_json_type_of(tree);
    const bool ok = set_summary(info, "JSON: %s of %lld", rni_json_type_name(type), (long long)rni_json_count(tree));
    rni_json_free(tree);
    return ok;
}

static bool is_text(const probe *p)
{
    const int64_t sample = p->n < 65536 ? p->n : 65536;
    for (int64_t i = 0; i < sample;) {
        uint32_t point;
        const int bytes = rni_utf8_decode((const char *)p->bytes + i, p->n - i, &point);
        if (bytes == 0 || (point < 0x20 && !(point >= '\t' && point <= '\r') && point != 0x1b)) return false;
        i += bytes;
    }
    return p->n > 0;
}

static bool describe_text(const probe *p, answer *info)
{
    int64_t lines = p->bytes[p->n - 1] != '\n';
    for (const unsigned char *q = p->bytes, *end = p->bytes + p->n; q && q < end;
         lines += q != NULL, q = q ? q + 1 : NULL)
        q = memchr(q, '\n', (size_t)(end - q));
    return set_summary(info, "text of %lld lines", (long long)lines);
}

static bool is_anything(const probe *p)
{
    (void)p;
    return true;
}

static bool describe_nothing(const probe *p, answer *info)
{
    return set_summary(info, p->n == 0 ? "an empty file" : "of a kind that is not known");
}

static const file_kind kinds[] = {
    { "npy", is_npy, describe_npy },     { "zip", is_zip, describe_zip },
    { "png", is_png, describe_picture }, { "jpeg", is_jpeg, describe_picture },
    { "gzip", is_gzip, describe_gzip },  { "safetensors", is_safetensors, describe_safetensors },
    { "idx", is_idx, describe_idx },     { "json", is_json, describe_json },
    { "text", is_text, describe_text },  { "unknown", is_anything, describe_nothing },
};

static const file_kind *kind_of(const probe *p)
{
    int i = 0;
    while (!kinds[i].is(p)) i++;
    return &kinds[i];
}

/* ---- public ---- */

void rn_file_info_free(rn_file_info *public)
{
    answer *info = (answer *)public; /* its first member */
    if (!info) return;
    for (int64_t i = 0; i < info->public.item_count; i++) {
        rni_free((void *)info->items[i].name);
        rni_free((void *)info->items[i].type);
    }
    for (int64_t i = 0; i < info->public.text_count; i++) {
        rni_free((void *)info->texts[i].name);
        rni_free((void *)info->texts[i].text);
    }
    rni_free(info->items);
    rni_free(info->texts);
    rni_free(info->path);
    rni_free(info->format);
    rni_free(info->summary);
    rni_free(info);
}

static bool describe(const probe *p, answer *info)
{
    const file_kind *kind = kind_of(p);
    const bool ok = replace(&info->path, p->path) && set_format(info, kind->name) && kind->describe(p, info);
    if (!ok) rni_error_add("file", "%s", p->path);
    info->public.path = info->path;
    info->public.format = info->format;
    info->public.summary = info->summary;
    info->public.bytes = p->n;
    info->public.items = info->items;
    info->public.texts = info->texts;
    return ok;
}

rn_file_info *rn_file_info_load_at(const rn_site *site, const char *path)
{
    rni_entry e;
    rni_map map;
    answer *info = NULL;
    if (rni_enter(&e, site, "file_info", path) && rni_file_map(path, &map)) {
        const probe p = { path, map.at, map.bytes };
        info = rni_alloc(sizeof *info);
        if (info && !describe(&p, info)) {
            rn_file_info_free(&info->public);
            info = NULL;
        }
        rni_file_unmap(&map);
    }
    rni_leave(&e);
    return info ? &info->public : NULL;
}

/* ---- collections by what the file is, or is called ---- */

rn_dict *rn_dict_load_at(const rn_site *site, const char *path)
{
    rni_entry e;
    unsigned char head[4];
    int64_t n = 0;
    rn_dict *d = NULL;
    if (rni_enter(&e, site, "dict_load", path) && rni_file_head(path, head, sizeof head, &n)) {
        const probe p = { path, head, n };
        d = is_zip(&p) ? rn_npz_load_at(site, path) : rn_safetensors_load_at(site, path);
    }
    rni_leave(&e);
    return d;
}

bool rn_dict_save_at(const rn_site *site, const char *path, const rn_dict *dict)
{
    rni_entry e;
    bool ok = rni_enter(&e, site, "dict_save", path);
    if (ok && rni_path_has_extension(path, ".npz"))
        ok = rn_npz_save_at(&(rn_npz_save_args){ path, dict, .site = { .size = (int)sizeof(rn_npz_save_args) } });
    else if (ok && rni_path_has_extension(path, ".safetensors"))
        ok = rn_safetensors_save_at(site, path, dict);
    else if (ok) {
        ok = rni_fail(RN_ERR_ARG, site, "dict_save", "the name does not say in which format: %s", path);
        rni_error_add("expect", ".npz or .safetensors at its end");
    }
    rni_leave(&e);
    return ok;
}
