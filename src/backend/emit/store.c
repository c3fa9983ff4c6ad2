/* The folder of compiled objects. Files appear in it by renaming, so that no program sees a half-written one. */
#include "backend/emit/store.h"

#include "base/hash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BYTES_MAX = 64 << 20, FILES_MAX = 4096, WORK_SECONDS = 600 };

/* At the end of an object. */
typedef struct {
    char mark[16];
    rni_hash sum;
} seal;

static const char mark[16] = "rensa kernel 1\n";

static bool is_safe(const struct stat *s)
{
    return s->st_uid == geteuid() && !(s->st_mode & (S_IWGRP | S_IWOTH));
}

static bool make_safe(const char *path, rni_text *why)
{
    struct stat s;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        rni_text_addf(why, "%s cannot be made: %s", path, strerror(errno));
    else if (stat(path, &s) != 0 || !S_ISDIR(s.st_mode))
        rni_text_addf(why, "%s is no folder", path);
    else if (!is_safe(&s))
        rni_text_addf(why, "%s belongs to somebody else or can be written to by others", path);
    else
        return true;
    return false;
}

bool rni_store_open(char *path, size_t size, rni_text *why)
{
    const char *cache = secure_getenv("XDG_CACHE_HOME"), *home = secure_getenv("HOME");
    const bool given = cache && cache[0] == '/';
    if (!given && (!home || home[0] != '/')) {
        rni_text_addf(why, "neither XDG_CACHE_HOME nor HOME is set");
        return false;
    }
    int n = snprintf(path, size, "%s%s", given ? cache : home, given ? "" : "/.cache");
    if (n < 0 || (size_t)n + 32 > size) {
        rni_text_addf(why, "the path of the cache is too long");
        return false;
    }
    mkdir(path, 0700);
    snprintf(path + n, size - (size_t)n, "/rensa");
    if (!make_safe(path, why)) return false;
    snprintf(path + n, size - (size_t)n, "/rensa/kernels");
    if (!make_safe(path, why)) return false;
    if (access(path, W_OK) == 0) return true;
    rni_text_addf(why, "%s cannot be written to: %s", path, strerror(errno));
    return false;
}

/* ---- objects ---- */

static rni_hash sum_of(const void *bytes, size_t n)
{
    return rni_hash_bytes(RNI_HASH_START, bytes, n);
}

static rni_stored look_at(int fd)
{
    struct stat s;
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || !is_safe(&s)) return RNI_STORED_FOREIGN;
    if (s.st_size <= (off_t)sizeof(seal) || s.st_size > BYTES_MAX) return RNI_STORED_DAMAGED;
    const size_t n = (size_t)s.st_size - sizeof(seal);
    char *bytes = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) return RNI_STORED_DAMAGED;
    seal have, want = { .sum = sum_of(bytes, n) };
    memcpy(have.mark, bytes + n, sizeof have);
    memcpy(want.mark, mark, sizeof mark);
    munmap(bytes, (size_t)s.st_size);
    const bool good = memcmp(&have, &want, sizeof have) == 0;
    if (good) futimens(fd, NULL);
    return good ? RNI_STORED_GOOD : RNI_STORED_DAMAGED;
}

rni_stored rni_store_look(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return errno == ENOENT ? RNI_STORED_NOT : RNI_STORED_FOREIGN;
    const rni_stored what = look_at(fd);
    close(fd);
    return what;
}

static bool add_seal(int fd)
{
    struct stat s;
    if (fstat(fd, &s) != 0 || s.st_size <= 0 || s.st_size > BYTES_MAX || fchmod(fd, 0600) != 0) return false;
    void *bytes = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) return false;
    seal end = { .sum = sum_of(bytes, (size_t)s.st_size) };
    memcpy(end.mark, mark, sizeof mark);
    munmap(bytes, (size_t)s.st_size);
    return pwrite(fd, &end, sizeof end, s.st_size) == (ssize_t)sizeof end;
}

bool rni_store_keep(const char *made, const char *path)
{
    const int fd = open(made, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return false;
    const bool sealed = add_seal(fd);
    return close(fd) == 0 && sealed && rename(made, path) == 0;
}

/* ---- folders ---- */

bool rni_store_work(const char *folder, char *path, size_t size)
{
    const int n = snprintf(path, size, "%s/work.XXXXXX", folder);
    return n > 0 && (size_t)n < size && mkdtemp(path) != NULL;
}

void rni_store_clean(const char *work)
{
    DIR *d = opendir(work);
    for (const struct dirent *f; d && (f = readdir(d)) != NULL;) unlinkat(dirfd(d), f->d_name, 0);
    if (d) closedir(d);
    rmdir(work);
}

typedef struct {
    char name[64];
    time_t used;
    off_t bytes;
} object;

static int older_first(const void *a, const void *b)
{
    const object *x = a, *y = b;
    return (x->used > y->used) - (x->used < y->used);
}

void rni_store_trim(const char *folder)
{
    DIR *d = opendir(folder);
    object *all = calloc(2 * FILES_MAX, sizeof *all);
    int n = 0;
    long long bytes = 0;
    for (const struct dirent *f; d && all && n < 2 * FILES_MAX && (f = readdir(d)) != NULL;) {
        struct stat s;
        char path[4096];
        if (f->d_name[0] == '.' || fstatat(dirfd(d), f->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0) continue;
        const bool is_work = S_ISDIR(s.st_mode) && strncmp(f->d_name, "work.", 5) == 0;
        if (is_work && time(NULL) - s.st_mtime > WORK_SECONDS &&
            snprintf(path, sizeof path, "%s/%s", folder, f->d_name) < (int)sizeof path)
            rni_store_clean(path);
        if (!S_ISREG(s.st_mode) || strlen(f->d_name) >= sizeof all->name) continue;
        all[n] = (object){ .used = s.st_mtime, .bytes = s.st_size };
        memcpy(all[n++].name, f->d_name, strlen(f->d_name));
        bytes += s.st_size;
    }
    if (all) qsort(all, (size_t)n, sizeof *all, older_first);
    /* a quarter at once, so that this is rare */
    const bool full = n > FILES_MAX || bytes > BYTES_MAX;
    for (int i = 0; full && i < n && (n - i > FILES_MAX * 3 / 4 || bytes > BYTES_MAX / 4 * 3); i++) {
        unlinkat(dirfd(d), all[i].name, 0);
        bytes -= all[i].bytes;
    }
    free(all);
    if (d) closedir(d);
}
