/* Loaded before the libraries of a program (LD_PRELOAD), cuts its power: at call number $CUT_AT of those that change
 * files it writes half of what it should, and the program is killed. */
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int calls;

static int is_the_one(void)
{
    const char *at = getenv("CUT_AT");
    return at && atomic_fetch_add(&calls, 1) + 1 == strtol(at, NULL, 10);
}

static void cut(void)
{
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* The function that is called instead elsewhere. */
static void find(const char *name, void *to)
{
    *(void **)to = dlsym(RTLD_NEXT, name);
}

#pragma GCC visibility push(default)

ssize_t write(int fd, const void *bytes, size_t n)
{
    ssize_t (*real)(int, const void *, size_t);
    find("write", &real);
    if (fd <= 2 || !is_the_one()) return real(fd, bytes, n);
    (void)!real(fd, bytes, n / 2);
    cut();
    return -1;
}

#define PWRITE(name)                                                                                                   \
    ssize_t name(int fd, const void *bytes, size_t n, off_t at)                                                        \
    {                                                                                                                  \
        ssize_t (*real)(int, const void *, size_t, off_t);                                                             \
        find(#name, &real);                                                                                            \
        if (!is_the_one()) return real(fd, bytes, n, at);                                                              \
        (void)!real(fd, bytes, n / 2, at);                                                                             \
        cut();                                                                                                         \
        return -1;                                                                                                     \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define BEFORE(name, parameters, arguments)                                                                            \
    int name parameters                                                                                                \
    {                                                                                                                  \
        int(*real) parameters;                                                                                         \
        find(#name, &real);                                                                                            \
        if (is_the_one()) cut();                                                                                       \
        return real arguments;                                                                                         \
    }
BEFORE(rename, (const char *from, const char *to), (from, to))
BEFORE(link, (const char *from, const char *to), (from, to))
BEFORE(mkdir, (const char *path, mode_t mode), (path, mode))
BEFORE(unlink, (const char *path), (path))
BEFORE(fsync, (int fd), (fd))
BEFORE(fdatasync, (int fd), (fd))
BEFORE(ftruncate, (int fd, off_t n), (fd, n))
