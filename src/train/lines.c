/* Lines of JSON in the run folder. */
#include "train/lines.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool fail(const rni_lines *f)
{
    rni_fail(RN_ERR_IO, NULL, rni_path_base(f->path), "cannot be written: %s", strerror(errno));
    rni_error_add("file", "%s", f->path);
    return false;
}

/* Bytes of the whole lines that come before a later iteration. Files may be large: they are mapped, not read. */
static int64_t bytes_to_keep(const char *at, int64_t n, int64_t iteration)
{
    static const char begin[] = "{\"iteration\":";
    const int64_t m = (int64_t)sizeof begin - 1;
    int64_t kept = 0;
    while (n - kept > m && memcmp(at + kept, begin, (size_t)m) == 0) {
        const char *end = memchr(at + kept, '\n', (size_t)(n - kept));
        if (!end || strtoll(at + kept + m, NULL, 10) > iteration) break;
        kept = end + 1 - at;
    }
    return kept;
}

bool rni_lines_open(rni_lines *f, const char *path, int64_t iteration)
{
    f->path = rni_strdup(path);
    f->fd = f->path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
    if (!f->path) return false;
    if (f->fd < 0) return fail(f);
    rni_map map;
    int64_t kept = 0;
    if (iteration > 0) {
        RNI_TRY(rni_file_map(path, &map));
        kept = bytes_to_keep(map.at, map.bytes, iteration);
        rni_file_unmap(&map);
    }
    return ftruncate(f->fd, kept) == 0 || fail(f);
}

bool rni_lines_add(rni_lines *f, const rni_str *line)
{
    if (line->failed || f->fd < 0) return rn_ok();
    const int64_t before = rni_file_bytes(f->path);
    int64_t done = 0;
    while (done < line->length) {
        const ssize_t n = write(f->fd, line->at + done, (size_t)(line->length - done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            fail(f);
            if (before >= 0) (void)!ftruncate(f->fd, before); /* no half lines */
            return false;
        }
        done += n;
    }
    return true;
}

void rni_lines_close(rni_lines *f)
{
    if (f->path && f->fd >= 0) close(f->fd);
    rni_free(f->path);
    *f = (rni_lines){ .fd = -1 };
}
