/* Downloads: several mirrors, resumed where they were cut off, checked, and put in place at once.
 *
 * What has arrived lies in <path>.part, locked while it is written, so that two programs that want the same file do not
 * mix their bytes. It is continued, also from another mirror, only where a checksum will tell whether that was right.
 */
#include "io/codec.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/sha256.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_LIMIT ((int64_t)16 << 30)

typedef struct job {
    const rni_download_args *args;
    char *part;
    int fd; /* of the part, locked */
    int64_t done, total;
    bool stopped, broken; /* by the caller; by an error of our own that is pending */
    char reason[512];     /* why the last mirror failed */
} job;

typedef enum outcome { FINISHED, NEXT_MIRROR, GIVE_UP } outcome;

static bool break_off(job *j, const char *what)
{
    rni_fail(RN_ERR_IO, NULL, NULL, "cannot %s: %s", what, strerror(errno));
    rni_error_add("file", "%s", j->part);
    j->broken = true;
    return false;
}

/* ---- callbacks of a transfer ---- */

static bool within_limit(job *j, int64_t bytes)
{
    const rni_download_args *a = j->args;
    const int64_t limit = a->limit > 0 ? a->limit : a->bytes > 0 ? a->bytes : DEFAULT_LIMIT;
    if (bytes <= limit) return true;
    snprintf(j->reason, sizeof j->reason, "the file is larger than the %lld bytes it may have", (long long)limit);
    return false;
}

static bool on_begin(void *user, bool resumed, int64_t total)
{
    job *j = user;
    j->total = total;
    if (!within_limit(j, total)) return false;
    if (resumed) return true;
    j->done = 0;
    if (ftruncate(j->fd, 0) != 0 || lseek(j->fd, 0, SEEK_SET) != 0) return break_off(j, "write");
    return true;
}

static bool on_write(void *user, const void *bytes, int64_t n)
{
    job *j = user;
    const char *p = bytes;
    if (!within_limit(j, j->done + n)) return false;
    while (n > 0) {
        const ssize_t w = write(j->fd, p, (size_t)n);
        if (w < 0 && errno == EINTR) continue;
        if (w < 0) return break_off(j, "write");
        p += w;
        n -= w;
        j->done += w;
    }
    return true;
}

static bool on_tick(void *user)
{
    job *j = user;
    const rni_download_args *a = j->args;
    const int64_t total = a->bytes > 0 ? a->bytes : j->total;
    if (!a->progress || a->progress(a->user, j->done, total)) return true;
    j->stopped = true;
    return false;
}

/* ---- the part ---- */

static bool same_file(int fd, const char *path)
{
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

/* Opens and locks the part. Another program that holds the lock is waited for; it may have finished the file and
 * renamed the part away, hence the comparison. */
static bool open_part(job *j)
{
    for (;;) {
        j->fd = open(j->part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (j->fd < 0) return break_off(j, "write here");
        while (flock(j->fd, LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) return true; /* a file system without locks */
            if (!on_tick(j)) {
                close(j->fd); /* the part belongs to whoever holds the lock */
                j->fd = -1;
                return false;
            }
            nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
        }
        if (same_file(j->fd, j->part)) return true;
        close(j->fd);
        j->fd = -1;
    }
}

static void close_part(job *j)
{
    if (j->fd < 0) return;
    /* What nothing can vouch for later, and what filled the disk, is not kept. */
    if (same_file(j->fd, j->part) && (!j->args->sha256 || j->broken || j->done == 0)) unlink(j->part);
    close(j->fd);
    j->fd = -1;
}

static int64_t resume_offset(job *j)
{
    const int64_t size = lseek(j->fd, 0, SEEK_END);
    if (!j->args->sha256 || size < 0) return 0;
    return j->args->bytes > 0 && size > j->args->bytes ? 0 : size;
}

/* ---- one mirror ---- */

static bool sizes_and_checksum_fit(job *j)
{
    char have[RNI_SHA256_TEXT];
    const rni_download_args *a = j->args;
    if (a->bytes > 0 && j->done != a->bytes) {
        snprintf(j->reason, sizeof j->reason, "the file has %lld bytes instead of %lld", (long long)j->done,
                 (long long)a->bytes);
        return false;
    }
    if (!a->sha256) return true;
    if (!rni_sha256_file(j->part, have)) {
        j->broken = true;
        return false;
    }
    if (strcasecmp(have, a->sha256) == 0) return true;
    snprintf(j->reason, sizeof j->reason, "the checksum is wrong: SHA-256 %s instead of %s", have, a->sha256);
    return false;
}

static bool forget_part(job *j)
{
    j->done = 0;
    return ftruncate(j->fd, 0) == 0 || break_off(j, "write");
}

static outcome finish(job *j)
{
    if (!sizes_and_checksum_fit(j)) {
        if (!j->broken) forget_part(j);
        return j->broken ? GIVE_UP : NEXT_MIRROR;
    }
    if (rni_file_replace(j->part, j->args->path)) return FINISHED;
    j->broken = true;
    return GIVE_UP;
}

static outcome transfer(job *j, const char *url, int64_t offset)
{
    const rni_download_args *a = j->args;
    rni_http_get get = { .url = url,
                         .offset = offset,
                         .connect_seconds = a->connect_seconds > 0 ? a->connect_seconds : 15,
                         .stall_seconds = a->stall_seconds > 0 ? a->stall_seconds : 30,
                         .begin = on_begin,
                         .write = on_write,
                         .tick = on_tick,
                         .user = j };
    j->done = offset;
    j->total = 0;
    j->reason[0] = '\0';
    if (lseek(j->fd, offset, SEEK_SET) < 0 || ftruncate(j->fd, offset) != 0) {
        break_off(j, "write");
        return GIVE_UP;
    }
    const rni_http_result result = rni_http_get_file(&get);
    if (result == RNI_HTTP_DONE) return finish(j);
    if (j->broken || j->stopped || !rn_ok()) return GIVE_UP;
    if (result == RNI_HTTP_STOPPED) return forget_part(j) ? NEXT_MIRROR : GIVE_UP; /* too large */
    snprintf(j->reason, sizeof j->reason, "%s", get.reason);
    if (get.status == 416 && !forget_part(j)) return GIVE_UP; /* the part is longer than the file */
    if (result == RNI_HTTP_FAILED) return NEXT_MIRROR;
    rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "nothing can be downloaded: %s", get.reason);
    rni_error_add("hint", "install the package libcurl4, or put the file there by hand: %s", a->path);
    return GIVE_UP;
}

/* A continued part that turns out wrong says nothing about the mirror: it is tried once more from the start. */
static outcome try_mirror(job *j, const char *url)
{
    const int64_t offset = resume_offset(j);
    if (offset > 0 && offset == j->args->bytes) {
        j->done = offset;
        const outcome o = finish(j);
        if (o != NEXT_MIRROR) return o;
        return transfer(j, url, 0);
    }
    const outcome o = transfer(j, url, offset);
    return o == NEXT_MIRROR && offset > 0 && j->done == 0 ? transfer(j, url, 0) : o;
}

/* ---- all of it ---- */

/* Only complete files get the name, so without a checksum its presence is enough. */
static bool already_there(const rni_download_args *a)
{
    char have[RNI_SHA256_TEXT];
    const int64_t bytes = rni_file_bytes(a->path);
    if (bytes < 0 || (a->bytes > 0 && bytes != a->bytes)) return false;
    return !a->sha256 || (rni_sha256_file(a->path, have) && strcasecmp(have, a->sha256) == 0);
}

static outcome try_all(job *j, rni_str *tried)
{
    for (int i = 0; i < j->args->url_count; i++) {
        const outcome o = try_mirror(j, j->args->urls[i]);
        if (o != NEXT_MIRROR) return o;
        rni_str_addf(tried, "%s%s: %s", i ? "\n          " : "", j->args->urls[i], j->reason);
    }
    return NEXT_MIRROR;
}

static void fail_all(const job *j, outcome o, const rni_str *tried)
{
    if (o == GIVE_UP && !j->stopped) return; /* whoever failed has said why */
    if (j->stopped)
        rni_fail(RN_ERR_STATE, NULL, NULL, "the download was stopped");
    else {
        rni_fail(RN_ERR_IO, NULL, NULL, "the file could not be downloaded: %s",
                 j->reason[0] ? j->reason : "no address is known");
        if (tried->at) rni_error_add("tried", "%s", tried->at);
    }
    rni_error_add("file", "%s", j->args->path);
}

/* How many folders would have to be made. */
static int missing_folders(char *folder)
{
    int n = 0;
    for (char *end = folder + strlen(folder); end > folder; end--) {
        const char c = *end;
        if (c && c != '/') continue;
        *end = '\0';
        const bool there = rni_folder_exists(folder);
        *end = c;
        if (there) break;
        n++;
    }
    return n;
}

/* Removes as many folders, from this one upwards, as long as they are empty. */
static void remove_folders(char *folder, int n)
{
    for (; n > 0 && rmdir(folder) == 0; n--) {
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder) return;
        *slash = '\0';
    }
}

static bool run(job *j)
{
    rni_str tried = { 0 };
    char *folder = rni_path_folder(j->args->path);
    const int made = folder ? missing_folders(folder) : 0;
    outcome o = GIVE_UP;
    if (folder && rni_folder_make(folder)) {
        if (open_part(j)) o = already_there(j->args) ? FINISHED : try_all(j, &tried);
        if (o != FINISHED) fail_all(j, o, &tried);
        close_part(j);
    }
    if (folder && o != FINISHED) remove_folders(folder, made);
    rni_free(folder);
    rni_str_free(&tried);
    return o == FINISHED;
}

bool rni_download(const rni_download_args *args)
{
    if (!args->path || !args->path[0] || (args->sha256 && strlen(args->sha256) != 64))
        return rni_fail(RN_ERR_ARG, NULL, NULL, "a download needs a path, and a SHA-256 of 64 digits if any");
    if (already_there(args)) return true;
    job j = { .args = args, .fd = -1 };
    rni_str part = { 0 };
    rni_str_addf(&part, "%s.part", args->path);
    j.part = part.at;
    const bool ok = !part.failed && run(&j);
    rni_str_free(&part);
    return ok;
}
