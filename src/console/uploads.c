/* uploads/ID/files is what has come; uploads/ID/parts holds what has begun, under the hash of its name. A piece goes to
 * the end of what is there, so that whoever was cut off asks how far it came and goes on. */
#include "console/uploads.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/sha256.h"
#include "console/bin.h"
#include "console/console_p.h"
#include "console/name.h"
#include "console/route.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define UPLOAD_BYTES (1ll << 40)
enum { DEPTH = 12, RESERVE = 256 << 20 };

typedef struct upload {
    int fd;
    char *part, *path; /* of the piece, and of the finished file */
    int64_t at, total; /* total: -1, while it is not known */
} upload;

/* Whether it is the form of an id. Errors: 404. */
static bool check_id(rni_request *q, const char *id)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const size_t n = strlen(id);
    return (n >= 4 && n <= 64 && strspn(id, plain) == n) ||
           rni_refuse(q, 404, "\"%.80s\" is no upload: 4 to 64 letters, digits, '_', '-'", id);
}

/* "cats/1.png": neither hidden nor above itself. */
static bool check_path(rni_request *q, const char *path)
{
    int depth = 0;
    bool ok = *path != '\0';
    for (const char *s = path; ok && *s; depth++) {
        const size_t n = strcspn(s, "/");
        ok = n > 0 && n <= 200 && *s != '.' && depth < DEPTH && !memchr(s, '\\', n) && (s[n] != '/' || s[n + 1]);
        s += n + (s[n] == '/');
    }
    return ok || rni_refuse(q, 400, "\"%.100s\" cannot be the name of a file here", path);
}

/* ---- pieces ---- */

/* "bytes 0-99/1000". */
static bool read_range(rni_request *q, int64_t *from, int64_t *total)
{
    const char *text = rni_request_header(q, "Content-Range");
    long long first, last, all;
    int used = 0;
    *from = 0;
    *total = q->body_expected;
    if (!text) return true;
    if (sscanf(text, "bytes %lld-%lld/%lld%n", &first, &last, &all, &used) != 3 || text[used] || first < 0 ||
        last < first || all <= last || (q->body_expected >= 0 && last - first + 1 != q->body_expected))
        return rni_refuse(q, 400, "Content-Range must be \"bytes FIRST-LAST/ALL\" and fit the body, not \"%.60s\"",
                          text);
    if (all > UPLOAD_BYTES) return rni_refuse(q, 413, "a file of %lld bytes is too large", all);
    *from = first;
    *total = all;
    return true;
}

static bool has_room(rni_request *q, int64_t bytes)
{
    struct statvfs s;
    if (bytes <= 0 || statvfs(q->console->folder, &s) != 0) return true;
    const double room = (double)s.f_bavail * (double)s.f_frsize - RESERVE;
    return (double)bytes <= room ||
           rni_refuse(q, 507, "the disk has room for %.0f MB, not for %.0f", room * 1e-6, (double)bytes * 1e-6);
}

static bool open_part(rni_request *q, upload *u, const char *id, const char *name)
{
    char hash[RNI_SHA256_TEXT];
    char *parts = rni_work_path(q->console, "uploads/%s/parts", id);
    u->part = parts ? rni_path_join(parts, rni_sha256_of(name, (int64_t)strlen(name), hash)) : NULL;
    u->path = rni_work_path(q->console, "uploads/%s/files/%s", id, name);
    const bool ok = u->part && u->path && rni_folder_make(parts);
    u->fd = ok ? open(u->part, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
    rni_free(parts);
    if (!ok) return false;
    if (u->fd < 0) return rni_fail(RN_ERR_IO, NULL, NULL, "the upload cannot be written: %s", strerror(errno));
    return flock(u->fd, LOCK_EX | LOCK_NB) == 0 || rni_refuse(q, 409, "another piece of this file is on its way");
}

/* A first piece begins anew; a further one must begin where the one before ended. */
static bool find_place(rni_request *q, upload *u, int64_t from)
{
    struct stat s;
    if (fstat(u->fd, &s) != 0) return rni_fail(RN_ERR_IO, NULL, NULL, "the upload: %s", strerror(errno));
    if (from != 0 && from != s.st_size) {
        rni_answer_header(q, "X-At", "%lld", (long long)s.st_size);
        return rni_refuse(q, 409, "the next piece begins at byte %lld, not %lld", (long long)s.st_size,
                          (long long)from);
    }
    u->at = from;
    if (from == 0 && ftruncate(u->fd, 0) != 0)
        return rni_fail(RN_ERR_IO, NULL, NULL, "the upload: %s", strerror(errno));
    return true;
}

static bool begin(rni_request *q)
{
    const char *id = q->parameter[0], *name = rni_query_text(q, "name");
    int64_t from, total;
    RNI_TRY(check_id(q, id) && check_path(q, name) && read_range(q, &from, &total));
    upload *u = q->state = rni_alloc((int64_t)sizeof *u);
    if (!u) return false;
    u->fd = -1;
    u->total = total;
    return has_room(q, total - from) && open_part(q, u, id, name) && find_place(q, u, from);
}

static bool receive(rni_request *q, const char *bytes, int64_t n)
{
    upload *u = q->state;
    if (u->total >= 0 && u->at + n > u->total) return rni_refuse(q, 400, "more bytes came than were announced");
    while (n > 0) {
        const ssize_t done = pwrite(u->fd, bytes, (size_t)n, u->at);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return rni_fail(RN_ERR_IO, NULL, NULL, "the upload cannot be written: %s", strerror(errno));
        u->at += done;
        bytes += done;
        n -= done;
    }
    return true;
}

static void end(rni_request *q)
{
    upload *u = q->state;
    if (u->fd >= 0) close(u->fd);
    rni_free(u->part);
    rni_free(u->path);
    rni_free(u);
    q->state = NULL;
}

/* The whole has come: it gets its name. */
static bool finish(upload *u)
{
    char *folder = rni_path_folder(u->path);
    bool ok = folder && rni_folder_make(folder);
    if (ok && rename(u->part, u->path) != 0)
        ok = rni_fail(RN_ERR_IO, NULL, NULL, "the upload cannot be kept: %s", strerror(errno));
    rni_free(folder);
    return ok;
}

static bool put(rni_request *q)
{
    upload *u = q->state;
    const bool whole = u->total < 0 || u->at == u->total;
    RNI_TRY(!whole || finish(u));
    rni_json_object_begin(&q->w);
    rni_json_put_int(&q->w, "at", u->at);
    rni_json_put_bool(&q->w, "whole", whole);
    rni_json_object_end(&q->w);
    return true;
}

/* ---- looking ---- */

static bool get(rni_request *q)
{
    const char *id = q->parameter[0], *name = rni_query_text(q, "name");
    char hash[RNI_SHA256_TEXT];
    RNI_TRY(check_id(q, id) && check_path(q, name));
    char *part = rni_work_path(q->console, "uploads/%s/parts/%s", id, rni_sha256_of(name, (int64_t)strlen(name), hash)),
         *path = rni_work_path(q->console, "uploads/%s/files/%s", id, name);
    const int64_t whole = path ? rni_file_bytes(path) : -1, begun = part ? rni_file_bytes(part) : -1;
    rni_free(path);
    rni_free(part);
    rni_json_object_begin(&q->w);
    rni_json_put_int(&q->w, "at", whole >= 0 ? whole : begun >= 0 ? begun : 0);
    rni_json_put_bool(&q->w, "whole", whole >= 0);
    rni_json_object_end(&q->w);
    return rn_ok();
}

static bool drop(rni_request *q)
{
    RNI_TRY(check_id(q, q->parameter[0]));
    char *from = rni_work_path(q->console, "uploads/%s", q->parameter[0]);
    const bool ok =
        from && (rni_bin_hide(q->console, from) || rni_refuse(q, 404, "there is no upload \"%s\"", q->parameter[0]));
    rni_free(from);
    q->status = ok ? 204 : q->status;
    return ok;
}

static bool clean_one(void *user, const char *id)
{
    rni_console *c = user;
    struct stat s;
    char *path = rni_work_path(c, "uploads/%s", id), *parts = rni_work_path(c, "uploads/%s/parts", id);
    if (path && parts && stat(parts, &s) == 0 &&
        (double)s.st_mtim.tv_sec + RNI_UPLOAD_DAYS * 86400.0 < rni_wall_clock())
        rni_bin_hide(c, path);
    rni_free(parts);
    rni_free(path);
    return true;
}

void rni_uploads_clean(rni_console *c)
{
    rni_work_list(c, "uploads", clean_one, c);
    rn_error_clear();
}

static const rni_field name_query[] = {
    { "name", "of the file, with folders: cats/1.png", RNI_FIELD_TEXT, .required = true, .min = 1, .max = 1000 },
    { 0 },
};

const rni_route rni_routes_uploads[] = {
    { "PUT", "/uploads/{upload}",
      "A file, or with Content-Range a piece of one, of an upload whose id the client chooses",
      "{at, whole}; 409 with X-At where a piece does not begin at the end of the one before", NULL, RNI_ROLE_USER, put,
      .query = name_query, .raw = "the bytes", .limit = UPLOAD_BYTES, .begin = begin, .receive = receive, .end = end },
    { "GET", "/uploads/{upload}", "How far a file has come", "{at, whole}", NULL, RNI_ROLE_USER, get,
      .query = name_query },
    { "DELETE", "/uploads/{upload}", "Gives an upload up", NULL, NULL, RNI_ROLE_USER, drop },
    { 0 },
};
