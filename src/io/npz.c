/* NPZ archives: a ZIP file with one NPY file per array, as numpy.savez writes them. */
#include "io/codec.h"
#include "io/dict.h"
#include "io/entry.h"
#include "io/npy.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"

#include <rensa/io.h>
#include <rensa/tensor.h>
#include <string.h>

/* ---- reading ---- */

/* The name without ".npy", NULL for a member that is no array. rni_free. */
static char *array_name(const char *member)
{
    const int64_t n = (int64_t)strlen(member) - 4;
    return n > 0 && strcmp(member + n, ".npy") == 0 ? rni_strndup(member, n) : NULL;
}

static bool load_member(const rn_site *site, rni_zip *zip, int64_t i, const char *name, rn_dict *d)
{
    void *bytes;
    int64_t n;
    if (!rni_zip_read(zip, i, &bytes, &n)) return false;
    rni_blob *blob = rni_blob_of_memory(bytes);
    const int level = rn_scope_begin();
    rn_tensor *t = blob ? rni_npy_tensor(site, blob, bytes, n) : NULL;
    if (blob && !t) rni_error_add("in", "\"%s\"", name);
    const bool ok = t && rn_dict_set_at(site, d, name, t);
    rn_scope_end(level);
    rni_blob_drop(blob);
    return ok;
}

static bool load_one(const rn_site *site, rni_zip *zip, int64_t i, const char *path, rn_dict *d)
{
    rni_zip_member m;
    if (!rni_zip_member_at(zip, i, &m)) return false;
    char *name = array_name(m.name);
    if (!name && rn_ok()) rni_log(RN_LOG_WARN, "io", "%s: \"%s\" is not an array and is left out", path, m.name);
    if (!name) return rn_ok();
    bool ok =
        !rn_dict_find(d, name) || rni_fail(RN_ERR_FORMAT, site, NULL, "the archive has two arrays called \"%s\"", name);
    ok = ok && load_member(site, zip, i, name, d);
    rni_free(name);
    return ok;
}

static rn_dict *load(const rn_site *site, const char *path)
{
    rni_zip *zip = rni_zip_open(path);
    rn_dict *d = zip ? rn_dict_new() : NULL;
    bool ok = d != NULL;
    for (int64_t i = 0; ok && i < rni_zip_count(zip); i++) ok = load_one(site, zip, i, path, d);
    if (d && !ok) rni_error_add("file", "%s", path);
    rni_zip_close(zip);
    if (ok) return d;
    rn_dict_free(d);
    return NULL;
}

rn_dict *rn_npz_load_at(const rn_site *site, const char *path)
{
    rni_entry e;
    rn_dict *d = NULL;
    if (rni_enter(&e, site, "npz_load", path)) d = load(site, path);
    rni_leave(&e);
    return d;
}

/* ---- writing ---- */

typedef struct member {
    rni_str name, header;
} member;

static bool prepare(const rn_site *site, const rn_dict *d, int64_t i, member *m, rni_zip_input *in)
{
    rn_tensor *t = rn_dict_tensor_at(d, i);
    const char *name = rn_dict_name_at(d, i);
    const void *data = rn_data_at(site, t);
    if (!data) return false;
    if (!rni_npy_write_header(&m->header, rn_tensor_dtype(t), rn_tensor_shape(t))) {
        rni_error_add("in", "\"%s\"", name);
        return false;
    }
    rni_str_addf(&m->name, "%s.npy", name);
    *in = (rni_zip_input){ m->name.at, m->header.at, m->header.length, data, rn_tensor_bytes(t) };
    return !m->name.failed;
}

static bool save(const rn_site *site, const char *path, const rn_dict *d, bool compress)
{
    const int64_t count = rn_dict_count(d);
    member *members = rni_alloc(count * (int64_t)sizeof *members);
    rni_zip_input *inputs = members ? rni_alloc(count * (int64_t)sizeof *inputs) : NULL;
    bool ok = inputs && rni_dict_eval(site, d);
    for (int64_t i = 0; ok && i < count; i++) ok = prepare(site, d, i, &members[i], &inputs[i]);
    ok = ok && rni_zip_write(path, inputs, count, compress);
    for (int64_t i = 0; members && i < count; i++) {
        rni_str_free(&members[i].name);
        rni_str_free(&members[i].header);
    }
    rni_free(inputs);
    rni_free(members);
    return ok;
}

static bool check_save(const rn_npz_save_args *a)
{
    if (!a->dict) return rni_fail(RN_ERR_ARG, &a->site, "npz_save", "the collection is NULL");
    if (rn_dict_text_count(a->dict) == 0) return true;
    rni_fail(RN_ERR_UNSUPPORTED, &a->site, "npz_save", "an NPZ archive has no place for texts such as \"%s\"",
             rn_dict_text_name_at(a->dict, 0));
    rni_error_add("hint", "write safetensors, or leave the texts out");
    return false;
}

bool rn_npz_save_at(const rn_npz_save_args *args)
{
    RNI_TRY(rni_args(args, __func__));
    rn_npz_save_args a = { 0 };
    rni_entry e;
    const size_t given = (size_t)args->site.size;
    memcpy(&a, args, given < sizeof a ? given : sizeof a);
    bool ok = rni_enter(&e, &a.site, "npz_save", a.path) && check_save(&a);
    const int level = rn_scope_begin();
    ok = ok && save(&a.site, a.path, a.dict, a.compress);
    rn_scope_end(level);
    rni_leave(&e);
    return ok;
}
