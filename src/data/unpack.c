/* Archives into folders. Whatever they say, nothing is written outside of the folder, only ordinary files are made, and
 * no more bytes than are allowed. */
#include "data/made.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "data/source.h"
#include "data/tar.h"
#include "io/codec.h"

#include <string.h>

enum { FILES_MAX = 1 << 20, NAME_MAX_BYTES = 1024 };

typedef struct unpacking {
    const char *archive, *folder;
    int64_t limit, bytes, files;
} unpacking;

static bool refuse(const unpacking *u, const char *name, const char *what)
{
    rni_fail(RN_ERR_FORMAT, NULL, "unpack", "%s", what);
    if (name) rni_error_add("member", "\"%.200s\"", name);
    rni_error_add("file", "%s", u->archive);
    return false;
}

/* Names are relative, without "..", and without bytes that no file name needs. */
static bool check_name(const unpacking *u, const char *name)
{
    if (name[0] == '/' || strchr(name, '\\') || strlen(name) > NAME_MAX_BYTES)
        return refuse(u, name, "a name that leads out of the archive, or is too long");
    for (const char *at = name; *at; at += strcspn(at, "/"), at += strspn(at, "/"))
        if (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0'))
            return refuse(u, name, "a name that leads out of the archive");
    for (const char *at = name; *at; at++)
        if ((unsigned char)*at < 0x20) return refuse(u, name, "a name with control characters");
    return true;
}

/* What file systems and machines leave behind is of no use. */
static bool is_wanted(const char *name)
{
    const char *base = rni_path_base(name);
    return *base && base[0] != '.' && strncmp(name, "__MACOSX/", 9) != 0;
}

static bool count(unpacking *u, const char *name, int64_t bytes)
{
    if (++u->files > FILES_MAX) return refuse(u, NULL, "more than a million files");
    if (bytes < 0 || bytes > u->limit - u->bytes) {
        refuse(u, name, "unpacked it is larger than is allowed");
        rni_error_add("expect", "at most %lld bytes", (long long)u->limit);
        return false;
    }
    u->bytes += bytes;
    return true;
}

static bool write_file(const unpacking *u, const char *name, const void *bytes, int64_t n)
{
    char *path = rni_path_join(u->folder, name), *folder = path ? rni_path_folder(path) : NULL;
    const bool ok = folder && rni_folder_make(folder) && rni_file_write(path, bytes, n);
    rni_free(folder);
    rni_free(path);
    return ok;
}

static bool unpack_zip(unpacking *u)
{
    rni_zip *zip = rni_zip_open(u->archive);
    bool ok = zip != NULL;
    for (int64_t i = 0; ok && i < rni_zip_count(zip); i++) {
        rni_zip_member m;
        void *bytes = NULL;
        int64_t n = 0;
        ok = rni_zip_member_at(zip, i, &m) && check_name(u, m.name);
        if (!ok || !is_wanted(m.name)) continue; /* folders end in '/' */
        ok = count(u, m.name, m.bytes) && rni_zip_read(zip, i, &bytes, &n) && write_file(u, m.name, bytes, n);
        rni_free(bytes);
    }
    rni_zip_close(zip);
    return ok;
}

static bool unpack_tar(unpacking *u, const void *bytes, int64_t n)
{
    rni_tar tar = { .bytes = bytes, .source = u->archive, .n = n };
    int more = 1;
    while ((more = rni_tar_next(&tar)) > 0) {
        const char *name = tar.name;
        while (strncmp(name, "./", 2) == 0) name += 2;
        if (!check_name(u, name)) return false;
        if (!is_wanted(name)) continue;
        if (!count(u, name, tar.bytes_of_data) || !write_file(u, name, tar.data, tar.bytes_of_data)) return false;
    }
    return more == 0;
}

bool rni_is_archive(const char *path)
{
    static const char *const endings[] = { ".zip", ".tar", ".tar.gz", ".tgz" };
    for (size_t i = 0; i < RN_COUNTOF(endings); i++)
        if (rni_path_has_extension(path, endings[i])) return true;
    return false;
}

bool rni_unpack(const char *archive, const char *folder, int64_t limit)
{
    unpacking u = { .archive = archive, .folder = folder, .limit = limit };
    if (rni_path_has_extension(archive, ".zip")) return unpack_zip(&u);
    if (rni_path_has_extension(archive, ".tar")) {
        rni_map map;
        if (!rni_file_map(archive, &map)) return false;
        const bool ok = unpack_tar(&u, map.at, map.bytes);
        rni_file_unmap(&map);
        return ok;
    }
    void *packed = NULL, *bytes = NULL;
    int64_t packed_n = 0, n = 0;
    bool ok =
        rni_file_read(archive, INT64_MAX - 1, &packed, &packed_n) && rni_gunzip(packed, packed_n, limit, &bytes, &n);
    if (!ok) rni_error_add("file", "%s", archive);
    rni_free(packed);
    ok = ok && unpack_tar(&u, bytes, n);
    rni_free(bytes);
    return ok;
}
