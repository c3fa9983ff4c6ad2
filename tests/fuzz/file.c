/* The input of a fuzz target as a file, in memory. */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

/* Written by fuzz_file; the file lives until the next one. */
static struct {
    int fd;
    char path[64];
} g = { .fd = -1 };

const char *fuzz_file(const void *bytes, int64_t n)
{
    if (g.fd >= 0) close(g.fd);
    g.fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (g.fd < 0 || write(g.fd, bytes, (size_t)n) != n) abort();
    snprintf(g.path, sizeof g.path, "/proc/self/fd/%d", g.fd);
    return g.path;
}
