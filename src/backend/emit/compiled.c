/* The thread that compiles, the texts it has been given, and the folder where their objects are kept.
 *
 * The thread starts with the first text. A failure of any kind switches compiling off for the rest of the process, with
 * one log line: what cannot be compiled once will not be later. */
#include "backend/emit/compiled.h"

#include "backend/emit/compiler.h"
#include "backend/emit/store.h"
#include "base/hash.h"

#include <rensa/error.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* Of every compiled text; those of the instruction set follow. Nothing here lets the compiler round in other ways than
 * the kernels that were compiled before (cmake/library.cmake), least of all -ffast-math, with which loading an object
 * would also switch denormals off in the whole process. */
static const char common_flags[] = "-std=gnu17 -O3 -fPIC -shared -fno-math-errno "
                                   "-fno-trapping-math -ffp-contract=off -fopenmp-simd -w ";

typedef enum { WAITING, WORKING, READY, NEVER } stage;

struct rni_compiled {
    rni_compiled *next;
    int refs;
    stage stage;
    rni_hash key;
    char name[64], symbol[32], *flags, *text; /* text is NULL when it was compiled */
    const char *const *ops;
    void *handle, *function; /* function is read without the lock */
};

/* Under the lock, but for what only the thread uses. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    const rn_host *host;
    int devices;
    bool hooked, started, stop, off; /* hooked: the end of the process is watched for; off is read without the lock */
    pid_t owner;                     /* the process that the thread belongs to */
    pthread_t thread;
    int wake[2]; /* a pipe: what is written to it ends the compiler */
    rni_compiled *all;
    /* the thread's own */
    rni_compiler compiler;
    bool asked;
    char folder[PATH_MAX / 2];
} g = { .lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER };

#define LOG(level, ...) (g.host ? g.host->log(level, "dispatch", __VA_ARGS__) : (void)0)

/* ---- the thread ---- */

static bool write_all(FILE *f, const rni_compiled *c)
{
    for (const char *const *line = c->ops; *line; line++) fputs(*line, f);
    fputs(c->text, f);
    return !ferror(f);
}

static bool write_source(const char *path, const rni_compiled *c)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!f) {
        if (fd >= 0) close(fd);
        return false;
    }
    const bool ok = write_all(f, c);
    return fclose(f) == 0 && ok;
}

static bool load(rni_compiled *c, const char *path, rni_text *why)
{
    c->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *function = c->handle ? dlsym(c->handle, c->symbol) : NULL;
    if (!function) {
        const char *reason = dlerror();
        rni_text_addf(why, "%s cannot be loaded: %s", path, reason ? reason : "unknown");
        return false;
    }
    __atomic_store_n(&c->function, function, __ATOMIC_RELEASE);
    return true;
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The line of a compiler's output that says most. */
static const char *first_error(char *said)
{
    char *line = strstr(said, "error");
    while (line && line > said && line[-1] != '\n') line--;
    line = line ? line : said;
    line[strcspn(line, "\n")] = '\0';
    return line;
}

/* False with a reason, or with none if the device is closed meanwhile. */
static bool make(rni_compiled *c, const char *path, rni_text *why)
{
    char work[PATH_MAX], source[PATH_MAX + 16], object[PATH_MAX + 16], said[1024];
    if (!rni_store_work(g.folder, work, sizeof work)) {
        rni_text_addf(why, "%s cannot be written to", g.folder);
        return false;
    }
    snprintf(source, sizeof source, "%s/kernel.c", work);
    snprintf(object, sizeof object, "%s/kernel.so", work);
    const double start = seconds_now();
    const rni_process_end end = write_source(source, c) ? rni_compiler_run(&g.compiler, g.wake[0], work, source, object,
                                                                           c->flags, said, sizeof said)
                                                        : RNI_PROCESS_NOT_STARTED;
    const bool made = end == RNI_PROCESS_DONE && access(object, R_OK) == 0, loaded = made && load(c, object, why);
    if (loaded && rni_store_keep(object, path)) rni_store_trim(g.folder);
    rni_store_clean(work);
    if (loaded)
        LOG(RN_LOG_INFO, "compiled %s in %.0f ms", c->name, (seconds_now() - start) * 1e3);
    else if (end == RNI_PROCESS_LATE)
        rni_text_addf(why, "%s takes too long for %s", g.compiler.words[0], c->name);
    else if (end == RNI_PROCESS_FAILED)
        rni_text_addf(why, "%s fails for %s: %s", g.compiler.words[0], c->name, first_error(said));
    else if (end != RNI_PROCESS_STOPPED && !made)
        rni_text_addf(why, "%s makes no object of %s in %s", g.compiler.words[0], c->name, g.folder);
    return loaded;
}

static bool ask_once(rni_text *why)
{
    if (!g.asked)
        g.asked = rni_store_open(g.folder, sizeof g.folder, why) && rni_compiler_ask(&g.compiler, g.wake[0], why);
    return g.asked;
}

static bool compile(rni_compiled *c, rni_text *why)
{
    if (!ask_once(why)) return false;
    const rni_hash key = rni_hash_text(c->key, g.compiler.version);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%016llx%016llx.so", g.folder, (unsigned long long)key.a, (unsigned long long)key.b);
    const rni_stored found = rni_store_look(path);
    if (found == RNI_STORED_FOREIGN) {
        rni_text_addf(why, "%s belongs to somebody else or can be written to by others", path);
        return false;
    }
    if (found == RNI_STORED_GOOD) return load(c, path, why);
    if (found == RNI_STORED_DAMAGED) LOG(RN_LOG_WARN, "%s is damaged; it is compiled again", path);
    return make(c, path, why);
}

/* The lock is held. */
static void finish(rni_compiled *c, bool ready)
{
    free(c->text);
    c->text = NULL;
    c->stage = ready ? READY : NEVER;
    pthread_cond_broadcast(&g.done);
}

static rni_compiled *next_job(void)
{
    rni_compiled *oldest = NULL; /* new ones come first */
    for (rni_compiled *c = g.all; c; c = c->next)
        if (c->stage == WAITING) oldest = c;
    return oldest;
}

static void free_compiled(rni_compiled *c)
{
    if (c->handle) dlclose(c->handle);
    free(c->flags);
    free(c->text);
    free(c);
}

/* The lock is held; it is given back while something is freed. */
static void drop_locked(rni_compiled *c)
{
    if (--c->refs > 0) return;
    for (rni_compiled **at = &g.all; *at; at = &(*at)->next)
        if (*at == c) {
            *at = c->next;
            break;
        }
    pthread_mutex_unlock(&g.lock);
    free_compiled(c);
    pthread_mutex_lock(&g.lock);
}

static void *run(void *unused)
{
    setpriority(PRIO_PROCESS, 0, 10); /* of this thread and its compilers: those who compute come first */
    pthread_mutex_lock(&g.lock);
    while (!g.stop) {
        rni_compiled *c = next_job();
        if (!c) {
            pthread_cond_wait(&g.work, &g.lock);
            continue;
        }
        rni_text why = { 0 };
        c->stage = WORKING;
        c->refs++;
        const bool off = g.off;
        pthread_mutex_unlock(&g.lock);
        const bool ready = !off && compile(c, &why);
        if (!ready && why.length) LOG(RN_LOG_INFO, "kernels are not compiled: %s", why.at);
        free(why.at);
        pthread_mutex_lock(&g.lock);
        if (!ready && !g.stop) __atomic_store_n(&g.off, true, __ATOMIC_RELAXED);
        finish(c, ready);
        drop_locked(c);
    }
    pthread_mutex_unlock(&g.lock);
    return unused;
}

/* ---- beginning and end ---- */

/* In a process that was forked off the lock may be held by a thread that is not there. */
static bool is_owner(void)
{
    return g.owner == getpid();
}

/* The lock is held, and given back while the thread ends. */
static void stop_locked(void)
{
    if (!g.started || g.stop) return;
    g.stop = true;
    pthread_cond_signal(&g.work);
    const ssize_t told = write(g.wake[1], "", 1);
    (void)told; /* the pipe is empty */
    pthread_mutex_unlock(&g.lock);
    pthread_join(g.thread, NULL);
    pthread_mutex_lock(&g.lock);
    for (rni_compiled *c = g.all; c; c = c->next)
        if (c->stage == WAITING) finish(c, false);
    close(g.wake[0]);
    close(g.wake[1]);
    rni_compiler_free(&g.compiler);
    g.asked = g.started = g.stop = false;
}

static void at_end(void)
{
    if (!is_owner()) return;
    pthread_mutex_lock(&g.lock);
    stop_locked();
    __atomic_store_n(&g.off, true, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&g.lock);
}

/* The lock is held. Signals are for the program's own threads. */
static bool start_locked(void)
{
    rni_text why = { 0 };
    bool off;
    sigset_t all, before;
    if (g.started) return !g.stop;
    if (!g.hooked) g.hooked = atexit(at_end) == 0;
    bool ok = rni_compiler_find(&g.compiler, &off, &why);
    if (ok && (!g.hooked || pipe2(g.wake, O_CLOEXEC) != 0)) {
        rni_text_addf(&why, "no room for another thread");
        ok = false;
    }
    if (ok) {
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        g.started = pthread_create(&g.thread, NULL, run, NULL) == 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
        if (!g.started) {
            close(g.wake[0]);
            close(g.wake[1]);
            rni_text_addf(&why, "no room for another thread");
        }
    }
    if (g.started) return true;
    rni_compiler_free(&g.compiler);
    if (why.length) LOG(RN_LOG_INFO, "kernels are not compiled: %s", why.at);
    free(why.at);
    __atomic_store_n(&g.off, true, __ATOMIC_RELAXED);
    return false;
}

void rni_compile_begin(const rn_host *host)
{
    if (g.owner && !is_owner()) return;
    pthread_mutex_lock(&g.lock);
    g.owner = getpid();
    g.devices++;
    g.host = host;
    pthread_mutex_unlock(&g.lock);
}

void rni_compile_end(void)
{
    if (!is_owner()) return;
    pthread_mutex_lock(&g.lock);
    if (--g.devices == 0) stop_locked();
    pthread_mutex_unlock(&g.lock);
}

bool rni_compile_on(void)
{
    return !__atomic_load_n(&g.off, __ATOMIC_RELAXED) && is_owner();
}

/* ---- texts ---- */

static rni_compiled *new_compiled(const char *name, const char *const *ops, const rni_text *text, const char *symbol,
                                  const char *flags, rni_hash key)
{
    rni_compiled *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    *c = (rni_compiled){ .key = key, .ops = ops, .refs = 1 };
    snprintf(c->name, sizeof c->name, "%s", name ? name : "a kernel");
    snprintf(c->symbol, sizeof c->symbol, "%s", symbol);
    const size_t n = sizeof common_flags + strlen(flags);
    c->flags = malloc(n);
    c->text = strdup(text->at);
    if (c->flags && c->text) {
        snprintf(c->flags, n, "%s%s", common_flags, flags);
        return c;
    }
    free_compiled(c);
    return NULL;
}

rni_compiled *rni_compiled_want(const char *name, const char *const *ops, const rni_text *text, const char *symbol,
                                const char *flags)
{
    if (!rni_compile_on() || text->failed || !text->at) return NULL;
    rni_hash key = rni_hash_text(rni_hash_text(RNI_HASH_START, common_flags), flags);
    for (const char *const *line = ops; *line; line++) key = rni_hash_text(key, *line);
    key = rni_hash_text(key, text->at);
    pthread_mutex_lock(&g.lock);
    rni_compiled *c = g.all;
    while (c && (c->key.a != key.a || c->key.b != key.b)) c = c->next;
    if (c)
        c->refs++;
    else if (start_locked() && (c = new_compiled(name, ops, text, symbol, flags, key)) != NULL) {
        c->next = g.all;
        g.all = c;
        pthread_cond_signal(&g.work);
    }
    pthread_mutex_unlock(&g.lock);
    return c;
}

void *rni_compiled_function(const rni_compiled *c)
{
    return __atomic_load_n(&c->function, __ATOMIC_ACQUIRE);
}

void rni_compiled_wait(const rni_compiled *c)
{
    pthread_mutex_lock(&g.lock);
    while (c->stage < READY) pthread_cond_wait(&g.done, &g.lock);
    pthread_mutex_unlock(&g.lock);
}

void rni_compiled_drop(rni_compiled *c)
{
    if (!c || !is_owner()) return;
    pthread_mutex_lock(&g.lock);
    drop_locked(c);
    pthread_mutex_unlock(&g.lock);
}
