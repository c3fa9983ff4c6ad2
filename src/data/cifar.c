/* CIFAR-10 in its binary form: records of one label byte and 3 x 32 x 32 pixels, plane by plane (Krizhevsky 2009).
 * The files are mapped, not read: an example is converted when it is asked for. They are published as one archive,
 * which is unpacked into the user's cache. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "data/data.h"
#include "data/source.h"
#include "data/cifar.h"
#include "data/tar.h"

#include <stdlib.h>
#include <string.h>

enum { PIXELS = 3 * 32 * 32, RECORD = 1 + PIXELS, CLASSES = 10, FILES_MAX = 5 };

typedef struct cifar {
    bool bytes; /* x is u8 */
    int files;
    int64_t first[FILES_MAX + 1]; /* index of the first record of each file, and of what would follow */
    rni_map map[FILES_MAX];
} cifar;

static bool cifar_get(void *user, const rn_example *e)
{
    const cifar *c = user;
    int f = 0;
    while (e->index >= c->first[f + 1]) f++;
    const uint8_t *record = (const uint8_t *)c->map[f].at + (e->index - c->first[f]) * RECORD;
    const int32_t label = record[0];
    if (label >= CLASSES)
        return rni_fail(RN_ERR_FORMAT, NULL, "cifar10", "record %lld has the label %d", (long long)e->index,
                        (int)label);
    if (e->to[0] && c->bytes) memcpy(e->to[0], record + 1, PIXELS);
    if (e->to[0] && !c->bytes) rni_unit_from_u8(e->to[0], record + 1, PIXELS);
    if (e->to[1]) memcpy(e->to[1], &label, sizeof label);
    return true;
}

static void cifar_free(void *user)
{
    cifar *c = user;
    for (int i = 0; i < c->files; i++) rni_file_unmap(&c->map[i]);
    rni_free(c);
}

static bool add_file(cifar *c, const char *path)
{
    rni_map map;
    if (!rni_file_map(path, &map)) return false;
    if (map.bytes == 0 || map.bytes % RECORD != 0) {
        rni_fail(RN_ERR_FORMAT, NULL, "cifar10", "the file does not hold whole records");
        rni_error_add("expect", "a multiple of %d bytes", RECORD);
        rni_error_add("actual", "%lld bytes", (long long)map.bytes);
        rni_error_add("file", "%s", path);
        rni_file_unmap(&map);
        return false;
    }
    c->map[c->files++] = map;
    c->first[c->files] = c->first[c->files - 1] + map.bytes / RECORD;
    return true;
}

/* The files of a part that are in a folder. False with an error only; none at all is fine. */
static bool add_folder(cifar *c, const char *folder, rn_part part)
{
    static const char *const names[2][FILES_MAX + 1] = { { "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                                           "data_batch_4.bin", "data_batch_5.bin", NULL },
                                                         { "test_batch.bin", NULL } };
    for (int i = 0; names[part][i]; i++) {
        char *path = rni_path_join(folder, names[part][i]);
        const bool ok = path && (rni_file_bytes(path) < 0 || add_file(c, path));
        rni_free(path);
        if (!ok) return false;
    }
    return true;
}

static const rni_known_set archive_set = { "cifar10", "cifar10", { "https://www.cs.toronto.edu/~kriz/" } };
static const rni_known_file archive = { "cifar-10-binary.tar.gz",
                                        "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", 170052171 };

static bool unpack_members(rni_tar *tar, const char *folder)
{
    int more;
    while ((more = rni_tar_next(tar)) > 0) {
        if (!rni_path_has_extension(tar->name, ".bin")) continue;
        char *path = rni_path_join(folder, rni_path_base(tar->name)); /* its last part only: nothing lands elsewhere */
        const bool ok = path && rni_file_write(path, tar->data, tar->bytes_of_data);
        rni_free(path);
        if (!ok) return false;
    }
    return more == 0;
}

bool rni_cifar_unpack(const char *path, const char *folder)
{
    void *bytes = NULL;
    int64_t n = 0;
    if (!rni_folder_make(folder) || !rni_read_unpacked(path, &bytes, &n)) return false;
    rni_tar tar = { .bytes = bytes, .n = n, .source = path };
    const bool ok = unpack_members(&tar, folder);
    rni_free(bytes);
    return ok;
}

/* The archive, found or downloaded, unpacked into the cache. False with an error; *why is set where there is none. */
static bool add_archive(cifar *c, const rn_known_args *a, const char *cache, rni_str *source, char **why)
{
    rni_found found = { 0 };
    const rni_find_result r = rni_find_files(&archive_set, &archive, 1, a, &found, why);
    bool ok = r != RNI_FIND_FAILED;
    if (r == RNI_FOUND) {
        ok = rni_cifar_unpack(found.path[0], cache) && add_folder(c, cache, a->part);
        rni_str_add(source, found.source);
    }
    rni_found_free(&found);
    return ok;
}

/* Looks in $RENSA_DATA/cifar10, then in the user's cache, then for the archive; says in `source` which it was. */
static bool find(cifar *c, const rn_known_args *a, rni_str *source)
{
    const char *root = getenv("RENSA_DATA");
    char *folders[2] = { root && *root ? rni_path_join(root, "cifar10") : NULL, rni_cache_path("cifar10") },
         *why = NULL;
    static const char *const words[2] = { "data", "cache" };
    bool ok = true;
    if (!rn_ok() && rn_error_last()->status == RN_ERR_STATE) rn_error_clear(); /* the cache has no place */
    for (int i = 0; i < 2 && ok && c->files == 0; i++) {
        if (!folders[i] || !rni_source_allowed(a, words[i])) continue;
        ok = add_folder(c, folders[i], a->part);
        if (c->files) rni_str_addf(source, "%s %s", words[i], folders[i]);
    }
    if (ok && rn_ok() && c->files == 0 && folders[1]) ok = add_archive(c, a, folders[1], source, &why);
    if (ok && rn_ok() && c->files == 0) {
        rni_fail(RN_ERR_IO, &a->site, "cifar10", "its files are not to be had");
        if (why || !folders[1])
            rni_error_add("actual", "%s", why ? why : "the user's cache has no place: there is no HOME");
        rni_error_add("hint", "put %s into $RENSA_DATA/cifar10",
                      a->part == RN_TRAIN ? "data_batch_1.bin … data_batch_5.bin" : "test_batch.bin");
    }
    for (int i = 0; i < 2; i++) rni_free(folders[i]);
    rni_free(why);
    return ok && c->files > 0 && !source->failed;
}

static bool check_args(const rn_known_args *a)
{
    static const char *const sources[] = { "data", "cache", "download", NULL };
    if (!rni_source_check(a, sources, "cifar10")) return false;
    if (a->part != RN_TRAIN && a->part != RN_TEST) {
        rni_fail(RN_ERR_ARG, &a->site, "cifar10", "there is no such part");
        rni_error_add("expect", "train or test");
        return false;
    }
    if (a->dtype == RN_DTYPE_NONE || a->dtype == RN_F32 || a->dtype == RN_U8) return true;
    return rni_fail(RN_ERR_DTYPE, &a->site, "cifar10", "pixels are f32 or u8, not %s", rn_dtype_name(a->dtype));
}

rn_dataset *rn_dataset_cifar10_at(const rn_known_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    static const char *const classes[] = { "airplane", "automobile", "bird",  "cat",  "deer",
                                           "dog",      "frog",       "horse", "ship", "truck" };
    if (!rn_ok()) rni_error_trail(&a->site, "cifar10");
    cifar *c = rn_ok() && check_args(a) ? rni_alloc((int64_t)sizeof *c) : NULL;
    if (!c) return NULL;
    rn_dataset *ds = NULL;
    rni_str source = { 0 };
    c->bytes = a->dtype == RN_U8;
    if (find(c, a, &source)) {
        rni_log(RN_LOG_INFO, "data", "cifar10: from %s, %d files", source.at, c->files);
        const rn_shape image = RN_SHAPE(3, 32, 32), flat = RN_SHAPE(PIXELS);
        const rn_column columns[] = { { "x", c->bytes ? RN_U8 : RN_F32, a->flat ? flat : image, NULL, 0 },
                                      { "t", RN_I32, RN_SCALAR, classes, CLASSES } };
        ds = rn_dataset_new_at(&(rn_dataset_new_args){ .count = c->first[c->files],
                                                       .get = cifar_get,
                                                       .columns = columns,
                                                       .column_count = 2,
                                                       .site = a->site,
                                                       .user = c,
                                                       .free = cifar_free,
                                                       .source = source.at,
                                                       .partial = true });
    } else
        cifar_free(c);
    rni_str_free(&source);
    return ds;
}
