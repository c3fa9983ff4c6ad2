/* Finding the files of known data sets: $RENSA_DATA, then the user's cache, then a download into that cache.
 *
 * Which of them it was is part of the result, so that nobody takes drawn digits for MNIST. Not finding them is no error
 * here: whoever asked may have something to put in their place. */
#include "data/source.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/str.h"
#include "io/codec.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 4, URLS_MAX = 8 };

bool rni_source_allowed(const rn_known_args *args, const char *source)
{
    if (args->offline && strcmp(source, "download") == 0) return false;
    return !args->source || strcmp(args->source, source) == 0;
}

bool rni_source_check(const rn_known_args *args, const char *const *allowed, const char *op)
{
    if (!args->source) return true;
    rni_str list = { 0 };
    for (int i = 0; allowed[i]; i++) {
        if (strcmp(args->source, allowed[i]) == 0) {
            rni_str_free(&list);
            return true;
        }
        rni_str_addf(&list, "%s\"%s\"", i ? ", " : "", allowed[i]);
    }
    rni_fail(RN_ERR_ARG, &args->site, op, "there is no source \"%s\"", args->source);
    if (list.at) rni_error_add("expect", "%s", list.at);
    rni_str_free(&list);
    return false;
}

void rni_found_free(rni_found *found)
{
    for (int i = 0; i < FILES_MAX; i++) rni_free(found->path[i]);
    rni_free(found->source);
    *found = (rni_found){ 0 };
}

/* folder/name, or the same without .gz; NULL without an error where neither is there. */
static bool find_in_folder(const char *folder, const char *name, char **path)
{
    *path = rni_path_join(folder, name);
    if (!*path) return false;
    const int64_t n = (int64_t)strlen(*path);
    if (rni_file_bytes(*path) >= 0) return true;
    if (rni_path_has_extension(name, ".gz")) {
        (*path)[n - 3] = '\0';
        if (rni_file_bytes(*path) >= 0) return true;
    }
    rni_free(*path);
    *path = NULL;
    return true;
}

static rni_find_result look_in(const char *folder, const char *word, const rni_known_file *files, int count,
                               rni_found *out)
{
    bool all = true;
    for (int i = 0; i < count && all; i++) {
        if (!find_in_folder(folder, files[i].name, &out->path[i])) return RNI_FIND_FAILED;
        all = out->path[i] != NULL;
    }
    if (!all) {
        rni_found_free(out);
        return RNI_NOT_FOUND;
    }
    rni_str text = { 0 };
    rni_str_addf(&text, "%s %s", word, folder);
    out->source = text.at;
    return text.failed ? RNI_FIND_FAILED : RNI_FOUND;
}

typedef struct progress {
    const rn_known_args *args;
    const char *file;
} progress;

static bool on_progress(void *user, int64_t done, int64_t total)
{
    const progress *p = user;
    return p->args->progress(p->args->user, p->file, done, total);
}

/* The addresses of a file: below each of $RENSA_MIRRORS (separated by spaces or commas), or of the set's own mirrors.
 */
static int make_urls(const rni_known_set *set, const char *file, rni_str *urls)
{
    const char *own = getenv("RENSA_MIRRORS");
    int n = 0;
    while (own && n < URLS_MAX && *(own += strspn(own, " ,"))) {
        const size_t length = strcspn(own, " ,");
        const bool slash = own[length - 1] == '/';
        rni_str_addf(&urls[n++], "%.*s%s%s/%s", (int)length, own, slash ? "" : "/", set->folder, file);
        own += length;
    }
    for (size_t i = 0; !own && i < RN_COUNTOF(set->mirrors) && set->mirrors[i]; i++)
        rni_str_addf(&urls[n++], "%s%s", set->mirrors[i], file);
    return n;
}

static bool download_one(const rni_known_set *set, const rni_known_file *file, const rn_known_args *args,
                         const char *folder)
{
    rni_str urls[URLS_MAX] = { 0 };
    const char *list[URLS_MAX] = { 0 };
    const int n = make_urls(set, file->name, urls);
    char *path = rni_path_join(folder, file->name);
    progress p = { args, file->name };
    bool ok = path && n > 0;
    for (int i = 0; i < n; i++) {
        list[i] = urls[i].at;
        ok = ok && !urls[i].failed;
    }
    if (path && n == 0) rni_fail(RN_ERR_IO, NULL, NULL, "RENSA_MIRRORS names no address to download from");
    ok = ok && rni_download(&(rni_download_args){ .urls = list,
                                                  .url_count = n,
                                                  .sha256 = file->sha256,
                                                  .path = path,
                                                  .bytes = file->bytes,
                                                  .progress = args->progress ? on_progress : NULL,
                                                  .user = &p });
    for (int i = 0; i < n; i++) rni_str_free(&urls[i]);
    rni_free(path);
    return ok;
}

/* A download that failed for reasons of the network or the disk leaves the caller free to do without. */
static rni_find_result download(const rni_known_set *set, const rni_known_file *files, int count,
                                const rn_known_args *args, const char *folder, rni_str *why)
{
    for (int i = 0; i < count; i++) {
        if (download_one(set, &files[i], args, folder)) continue;
        const rn_error *e = rn_error_last();
        if (!e || (e->status != RN_ERR_IO && e->status != RN_ERR_FORMAT && e->status != RN_ERR_UNSUPPORTED))
            return RNI_FIND_FAILED;
        char reason[512];
        rni_log(RN_LOG_DEBUG, "data", "%s: %s", set->name, e->message);
        rni_str_addf(why, "; %s", rni_error_reason(reason, sizeof reason));
        rn_error_clear();
        return RNI_NOT_FOUND;
    }
    return RNI_FOUND;
}

static rni_find_result find_cached(const rni_known_set *set, const rni_known_file *files, int count,
                                   const rn_known_args *args, rni_found *out, rni_str *why)
{
    char *folder = rni_cache_path(set->folder);
    if (!folder) {
        if (rn_error_last()->status != RN_ERR_STATE) return RNI_FIND_FAILED;
        rn_error_clear();
        rni_str_add(why, "; the user's cache has no place");
        return RNI_NOT_FOUND;
    }
    rni_find_result r = RNI_NOT_FOUND;
    if (rni_source_allowed(args, "cache")) {
        r = look_in(folder, "cache", files, count, out);
        if (r == RNI_NOT_FOUND) rni_str_addf(why, "; not in %s", folder);
    }
    if (r == RNI_NOT_FOUND && rni_source_allowed(args, "download")) {
        r = download(set, files, count, args, folder, why);
        if (r == RNI_FOUND) r = look_in(folder, "download", files, count, out);
    } else if (r == RNI_NOT_FOUND && args->offline)
        rni_str_add(why, "; offline");
    rni_free(folder);
    return r;
}

rni_find_result rni_find_files(const rni_known_set *set, const rni_known_file *files, int count,
                               const rn_known_args *args, rni_found *out, char **why)
{
    rni_str text = { 0 };
    rni_find_result r = RNI_NOT_FOUND;
    const char *root = getenv("RENSA_DATA");
    *out = (rni_found){ 0 };
    *why = NULL;
    if (root && *root && rni_source_allowed(args, "data")) {
        char *folder = rni_path_join(root, set->folder);
        r = folder ? look_in(folder, "data", files, count, out) : RNI_FIND_FAILED;
        if (r == RNI_NOT_FOUND) rni_str_addf(&text, "not in %s", folder);
        rni_free(folder);
    } else
        rni_str_add(&text, root && *root ? "RENSA_DATA is not to be used" : "RENSA_DATA is not set");
    if (r == RNI_NOT_FOUND) r = find_cached(set, files, count, args, out, &text);
    if (text.failed) r = RNI_FIND_FAILED;
    if (r == RNI_FOUND) rni_log(RN_LOG_INFO, "data", "%s: from %s", set->name, out->source);
    if (r != RNI_FOUND) rni_found_free(out);
    if (r == RNI_NOT_FOUND)
        *why = text.at;
    else
        rni_str_free(&text);
    return r;
}
