/* Reading, mapping and replacing files.
 *
 * A file is written under a temporary name beside its target, flushed, and renamed: readers see the old contents or the
 * new, and a full disk or a crash leaves the old. No locking: the last writer wins. Devices and pipes are written to.
 */
#include "base/file.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Counts the temporary files of this process, to give each a name of its own. */
static struct {
    atomic_int temporaries;
} g;

static bool fail_errno(const char *what, const char *path)
{
    const int code = errno;
    rni_fail(code == ENOMEM ? RN_ERR_NOMEM : RN_ERR_IO, NULL, NULL, "cannot %s: %s", what, strerror(code));
    rni_error_add("file", "%s", path);
    return false;
}

/* Opens a regular file for reading. Folders open without complaint, so they are told apart here. */
static int open_regular(const char *path, int64_t *bytes)
{
    struct stat s;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        fail_errno("open", path);
        return -1;
    }
    if (fstat(fd, &s) == 0 && S_ISREG(s.st_mode)) {
        *bytes = (int64_t)s.st_size;
        return fd;
    }
    rni_fail(RN_ERR_IO, NULL, NULL, "cannot read: %s",
             S_ISDIR(s.st_mode) ? "it is a folder" : "it is not a regular file");
    rni_error_add("file", "%s", path);
    close(fd);
    return -1;
}

/* Reads up to n bytes; fewer only at the end of the file. -1 with errno set on failure. */
static int64_t read_some(int fd, char *to, int64_t n)
{
    int64_t done = 0;
    while (done < n) {
        const ssize_t r = read(fd, to + done, (size_t)(n - done));
        if (r == 0) break;
        if (r < 0 && errno == EINTR) continue;
        if (r < 0) return -1;
        done += r;
    }
    return done;
}

static bool read_all(int fd, const char *path, int64_t size, void **bytes, int64_t *n)
{
    char *p = rni_alloc_raw(size + 1);
    if (!p) return false;
    const int64_t got = read_some(fd, p, size);
    if (got < 0) {
        rni_free(p);
        return fail_errno("read", path);
    }
    p[got] = '\0';
    *bytes = p;
    *n = got;
    return true;
}

bool rni_file_read(const char *path, int64_t limit, void **bytes, int64_t *n)
{
    int64_t size;
    const int fd = open_regular(path, &size);
    if (fd < 0) return false;
    bool ok = size <= limit;
    if (ok)
        ok = read_all(fd, path, size, bytes, n);
    else {
        rni_fail(RN_ERR_FORMAT, NULL, NULL, "the file is too large to be read whole");
        rni_error_add("expect", "at most %lld bytes", (long long)limit);
        rni_error_add("actual", "%lld bytes", (long long)size);
        rni_error_add("file", "%s", path);
    }
    close(fd);
    return ok;
}

bool rni_file_head(const char *path, void *head, int64_t size, int64_t *n)
{
    int64_t bytes;
    const int fd = open_regular(path, &bytes);
    if (fd < 0) return false;
    *n = read_some(fd, head, size);
    if (*n < 0) fail_errno("read", path);
    close(fd);
    return *n >= 0;
}

bool rni_file_map(const char *path, rni_map *out)
{
    int64_t size;
    const int fd = open_regular(path, &size);
    if (fd < 0) return false;
    void *p = size > 0 ? mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    const bool ok = p != MAP_FAILED;
    if (!ok) fail_errno("map", path);
    close(fd);
    if (ok) *out = (rni_map){ p ? p : "", size };
    return ok;
}

void rni_file_unmap(rni_map *map)
{
    if (map->bytes > 0) munmap((void *)map->at, (size_t)map->bytes);
    *map = (rni_map){ 0 };
}

/* ---- writing ---- */

/* Creates a file of its own beside `path` and leaves its name in `name`. -1 with errno set on failure. */
static int open_temporary(const char *path, rni_str *name)
{
    struct stat s;
    for (int attempt = 0; attempt < 1000; attempt++) {
        rni_str_free(name);
        rni_str_addf(name, "%s.tmp-%ld-%d", path, (long)getpid(), atomic_fetch_add(&g.temporaries, 1));
        if (name->failed) break;
        const int fd = open(name->at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd < 0 && errno == EEXIST) continue; /* left behind by a program that was killed */
        /* Keeps the rights of what is replaced. Some file systems have none; the file is good without. */
        if (fd >= 0 && stat(path, &s) == 0) (void)!fchmod(fd, s.st_mode & 0777);
        return fd;
    }
    return -1;
}

bool rni_out_begin(rni_out *out, const char *path)
{
    rni_str name = { 0 };
    char real[PATH_MAX];
    *out = (rni_out){ .fd = -1 };
    if (!realpath(path, real)) real[0] = '\0'; /* a link is followed: what it points to is replaced, not the link */
    out->path = rni_strdup(real[0] ? real : path);
    struct stat what;
    out->direct = out->path && stat(out->path, &what) == 0 && !S_ISREG(what.st_mode) && !S_ISDIR(what.st_mode);
    if (out->direct) {
        rni_str_add(&name, out->path);
        out->fd = name.failed ? -1 : open(out->path, O_WRONLY | O_CLOEXEC);
    } else if (out->path)
        out->fd = open_temporary(out->path, &name);
    if (out->fd >= 0) {
        out->temporary = name.at;
        return true;
    }
    if (out->path && !name.failed) fail_errno("write here", path);
    rni_str_free(&name);
    rni_out_abort(out);
    return false;
}

void rni_out_abort(rni_out *out)
{
    if (out->temporary) {
        if (out->fd >= 0) close(out->fd);
        if (!out->direct) unlink(out->temporary);
    }
    rni_free(out->temporary);
    rni_free(out->path);
    *out = (rni_out){ .fd = -1 };
}

bool rni_out_write(rni_out *out, const void *bytes, int64_t n)
{
    const char *p = bytes;
    if (!out->temporary) return false; /* a failure that was reported */
    while (n > 0) {
        const ssize_t w = write(out->fd, p, (size_t)(n < (1 << 30) ? n : (1 << 30)));
        if (w < 0 && errno == EINTR) continue;
        if (w < 0) {
            fail_errno("write", out->path);
            rni_out_abort(out);
            return false;
        }
        p += w;
        n -= w;
        out->bytes += w;
    }
    return true;
}

/* The new name is safe only once the folder that holds it is on the disk. Not every file system can; none needs to. */
static void sync_folder(const char *path)
{
    char folder[PATH_MAX] = "."; /* no allocation: this must not fail once the file is in place */
    const char *slash = strrchr(path, '/');
    if (slash && slash - path >= PATH_MAX - 1) return;
    if (slash) snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    (void)fsync(fd);
    close(fd);
}

bool rni_file_replace(const char *from, const char *path)
{
    const int fd = open(from, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP);
    if (fd >= 0) close(fd);
    if (ok) ok = rename(from, path) == 0;
    if (ok)
        sync_folder(path);
    else {
        fail_errno("write", path);
        unlink(from);
    }
    return ok;
}

bool rni_out_commit(rni_out *out)
{
    if (!out->temporary) return false;
    bool ok = close(out->fd) == 0;
    out->fd = -1;
    if (ok && !out->direct)
        ok = rni_file_replace(out->temporary, out->path); /* by name: a library may have put its own file there */
    else if (!ok)
        fail_errno("write", out->path);
    if (ok) {
        rni_free(out->temporary);
        out->temporary = NULL;
    }
    rni_out_abort(out);
    return ok;
}

bool rni_file_write(const char *path, const void *bytes, int64_t n)
{
    rni_out out;
    return rni_out_begin(&out, path) && rni_out_write(&out, bytes, n) && rni_out_commit(&out);
}

/* ---- folders and names ---- */

bool rni_file_exists(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0;
}

bool rni_folder_exists(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

int64_t rni_file_bytes(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) ? (int64_t)s.st_size : -1;
}

static bool make_one(const char *path)
{
    if (mkdir(path, 0777) == 0) return true;
    const int code = errno; /* looking may change it */
    if (rni_folder_exists(path)) return true;
    errno = code == EEXIST ? ENOTDIR : code;
    return fail_errno("make the folder", path);
}

bool rni_folder_make(const char *path)
{
    if (!path[0] || rni_folder_exists(path)) return true;
    char *copy = rni_strdup(path);
    if (!copy) return false;
    bool ok = true;
    for (char *p = copy + 1; ok && *p; p++) {
        if (*p != '/') continue;
        *p = '\0';
        ok = make_one(copy);
        *p = '/';
    }
    ok = ok && make_one(copy);
    rni_free(copy);
    return ok;
}

/* "<name>.tmp-<process>-<number>", and the process has ended. */
static bool is_left_behind(const char *name)
{
    const char *mark = strstr(name, ".tmp-");
    long process;
    int number, end = 0;
    if (!mark || sscanf(mark, ".tmp-%ld-%d%n", &process, &number, &end) != 2 || mark[end]) return false;
    return process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

void rni_folder_sweep(const char *path)
{
    DIR *d = opendir(path);
    if (!d) return;
    for (const struct dirent *f; (f = readdir(d)) != NULL;)
        if (is_left_behind(f->d_name)) (void)unlinkat(dirfd(d), f->d_name, 0);
    closedir(d);
}

char *rni_path_join(const char *folder, const char *name)
{
    if (!folder || !folder[0] || name[0] == '/') return rni_strdup(name);
    rni_str s = { 0 };
    const bool slash = folder[strlen(folder) - 1] == '/';
    rni_str_addf(&s, "%s%s%s", folder, slash || !name[0] ? "" : "/", name);
    if (s.failed) rni_str_free(&s);
    return s.at;
}

char *rni_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return rni_strdup(".");
    return rni_strndup(path, slash == path ? 1 : slash - path);
}

const char *rni_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool rni_path_has_extension(const char *path, const char *extension)
{
    const size_t n = strlen(path), m = strlen(extension);
    return n > m && strcasecmp(path + n - m, extension) == 0;
}

char *rni_cache_path(const char *name)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    rni_str s = { 0 };
    if (xdg && xdg[0] == '/') /* the specification says to ignore relative ones */
        rni_str_addf(&s, "%s/rensa", xdg);
    else if (home && home[0])
        rni_str_addf(&s, "%s/.cache/rensa", home);
    else {
        rni_fail(RN_ERR_STATE, NULL, NULL, "no folder for cached files is known");
        rni_error_add("hint", "set XDG_CACHE_HOME or HOME");
        return NULL;
    }
    if (name && name[0]) rni_str_addf(&s, "/%s", name);
    if (s.failed) rni_str_free(&s);
    return s.at;
}
