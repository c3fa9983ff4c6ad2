/* A driver without a device, in place of libcuda.so.1: memory is the host's, kernels are objects that fake_nvrtc.c
 * made.
 *
 * It is as unkind as a device may be. Streams do nothing until somebody waits for them, and then one after the other,
 * so whatever relies on an order that no event promises comes out wrong. Memory of the device cannot be touched by the
 * host, but while streams run. Copies are checked against what is allocated, pinned and alive. */
#include "fake.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OK = 0, INVALID = 1, NO_MEMORY = 2, NOT_INITIALISED = 3, NO_DEVICE = 100, NO_CONTEXT = 201, PAGE = 4096 };

typedef struct stream stream;

typedef struct event {
    int alive;
    long long recorded, done; /* times */
    stream *where;
} event;

typedef enum { COPY_IN, COPY_OUT, COPY, LAUNCH, RECORD, WAIT } kind;

typedef struct work {
    struct work *next;
    kind kind;
    void *to;
    const void *from;
    size_t bytes;
    event *event;
    long long time;
    void (*run)(const void *args, const unsigned *grid, unsigned block);
    unsigned grid[3], block;
    char *args;
} work;

struct stream {
    int alive;
    bool running;
    work *first, *last;
    stream *next;
};

typedef struct memory {
    struct memory *next;
    char *at;
    size_t bytes;
    bool pinned;
} memory;

typedef struct function {
    struct function *next;
    void (*run)(const void *args, const unsigned *grid, unsigned block);
    unsigned long bytes;
} function;

typedef struct module {
    void *handle;
    function *functions;
} module;

static struct {
    pthread_mutex_t lock;
    bool ready;
    int count, version;
    size_t room;
    fake_report report;
    long long fail_in;
    int fail_code, running;
    memory *memory;
    stream *streams;
} g = { .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP, .count = 1, .version = 13000, .room = (size_t)4 << 30 };

static _Thread_local void *context;

static void mistake(const char *what)
{
    if (g.report.mistakes++ == 0) snprintf(g.report.first_mistake, sizeof g.report.first_mistake, "%s", what);
    fprintf(stderr, "fake driver: %s\n", what);
}

/* ---- memory ---- */

static memory *holding(const void *p, size_t bytes)
{
    const char *at = p;
    for (memory *m = g.memory; m; m = m->next)
        if (at >= m->at && at + bytes <= m->at + m->bytes) return m;
    return NULL;
}

static void check(const void *p, size_t bytes, bool pinned, const char *what)
{
    const memory *m = holding(p, bytes);
    if (!m || m->pinned != pinned) mistake(what);
}

/* The host may not look into the device but while it computes. */
static void open_memory(bool open)
{
    for (memory *m = g.memory; m; m = m->next)
        if (!m->pinned) mprotect(m->at, m->bytes, open ? PROT_READ | PROT_WRITE : PROT_NONE);
}

static int take(char **at, size_t bytes, bool pinned)
{
    const size_t size = (bytes + PAGE - 1) / PAGE * PAGE;
    if (bytes == 0) return INVALID;
    if (!pinned && (size_t)g.report.bytes + size > g.room) return NO_MEMORY;
    memory *m = malloc(sizeof *m);
    char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!m || p == MAP_FAILED) return NO_MEMORY;
    if (!pinned) memset(p, 0xff, size);
    if (!pinned && !g.running) mprotect(p, size, PROT_NONE);
    *m = (memory){ .next = g.memory, .at = p, .bytes = size, .pinned = pinned };
    g.memory = m;
    g.report.allocations++;
    if (!pinned) g.report.bytes += (long long)size;
    *at = p;
    return OK;
}

static int give(const void *p)
{
    for (memory **at = &g.memory; *at; at = &(*at)->next) {
        memory *m = *at;
        if (m->at != p) continue;
        *at = m->next;
        munmap(m->at, m->bytes);
        g.report.allocations--;
        if (!m->pinned) g.report.bytes -= (long long)m->bytes;
        free(m);
        return OK;
    }
    mistake("memory is given back that was not given out");
    return INVALID;
}

/* ---- streams ---- */

static void run_until(stream *s, const event *e, long long time);

static void run_one(work *w)
{
    switch (w->kind) {
    case COPY_IN:
        check(w->from, w->bytes, true, "a copy from host memory that is not pinned");
        check(w->to, w->bytes, false, "a copy to memory that is not the device's");
        memcpy(w->to, w->from, w->bytes);
        break;
    case COPY_OUT:
        check(w->to, w->bytes, true, "a copy to host memory that is not pinned");
        check(w->from, w->bytes, false, "a copy from memory that is not the device's");
        memcpy(w->to, w->from, w->bytes);
        break;
    case COPY:
        check(w->to, w->bytes, false, "a copy to memory that is not the device's");
        check(w->from, w->bytes, false, "a copy from memory that is not the device's");
        memmove(w->to, w->from, w->bytes);
        break;
    case LAUNCH:
        w->run(w->args, w->grid, w->block);
        break;
    case RECORD:
        w->event->done = w->time;
        break;
    case WAIT:
        if (w->event->where) run_until(w->event->where, w->event, w->time);
        break;
    }
}

/* Until the event has happened for that time; NULL: to the end. */
static void run_until(stream *s, const event *e, long long time)
{
    if (s->running) {
        mistake("streams wait for each other");
        return;
    }
    s->running = true;
    if (g.running++ == 0) open_memory(true);
    while (s->first && !(e && e->done >= time)) {
        work *w = s->first;
        s->first = w->next;
        if (!s->first) s->last = NULL;
        run_one(w);
        free(w->args);
        free(w);
    }
    if (--g.running == 0) open_memory(false);
    s->running = false;
}

static void run_all(void)
{
    for (stream *s = g.streams; s; s = s->next)
        if (s->alive) run_until(s, NULL, 0);
}

static int queue(stream *s, work w)
{
    if (!s || s->alive != 1) {
        mistake("work for a stream that is not there");
        return INVALID;
    }
    work *p = malloc(sizeof *p);
    if (!p) return NO_MEMORY;
    *p = w;
    p->next = NULL;
    if (s->last)
        s->last->next = p;
    else
        s->first = p;
    s->last = p;
    return OK;
}

/* ---- the driver's functions ---- */

/* The body of a function: counted, one at a time, failing where it is to fail. `code` is what it returns. */
#define CALL(needs_context, expression)                                                                                \
    {                                                                                                                  \
        pthread_mutex_lock(&g.lock);                                                                                   \
        g.report.calls++;                                                                                              \
        int code = g.fail_in > 0 && --g.fail_in == 0 ? g.fail_code : OK;                                               \
        if (!code && (needs_context) && !context) {                                                                    \
            mistake("no context is current");                                                                          \
            code = NO_CONTEXT;                                                                                         \
        }                                                                                                              \
        if (!code) code = (expression);                                                                                \
        pthread_mutex_unlock(&g.lock);                                                                                 \
        return code;                                                                                                   \
    }

static int read_settings(void)
{
    const char *s = getenv("FAKE_CUDA");
    while (s && *s) {
        long long value;
        char name[16];
        if (sscanf(s, "%15[a-z]=%lld", name, &value) != 2) break;
        if (strcmp(name, "count") == 0) g.count = (int)value;
        if (strcmp(name, "version") == 0) g.version = (int)value;
        if (strcmp(name, "memory") == 0) g.room = (size_t)value << 20;
        s = strchr(s, ',');
        s += s != NULL;
    }
    g.ready = true;
    return g.count ? OK : NO_DEVICE;
}

int cuInit(unsigned flags)
{
    (void)flags;
    CALL(false, read_settings())
}

int cuDriverGetVersion(int *version)
{
    CALL(false, (*version = g.version, OK))
}

int cuGetErrorName(int code, const char **text)
{
    *text = code == NO_MEMORY   ? "CUDA_ERROR_OUT_OF_MEMORY"
            : code == NO_DEVICE ? "CUDA_ERROR_NO_DEVICE"
                                : "CUDA_ERROR_FAKE";
    return OK;
}

int cuGetErrorString(int code, const char **text)
{
    *text = code == NO_MEMORY   ? "out of memory"
            : code == NO_DEVICE ? "no CUDA-capable device is detected"
                                : "made to fail";
    return OK;
}

int cuDeviceGetCount(int *count)
{
    CALL(false, g.ready ? (*count = g.count, OK) : NOT_INITIALISED)
}

int cuDeviceGet(int *device, int index)
{
    CALL(false, index < g.count ? (*device = index, OK) : INVALID)
}

int cuDeviceGetName(char *name, int size, int device)
{
    CALL(false, (snprintf(name, (size_t)size, "Fake %d", device), OK))
}

int cuDeviceTotalMem_v2(size_t *bytes, int device)
{
    (void)device;
    CALL(false, (*bytes = g.room, OK))
}

int cuDeviceGetAttribute(int *value, int attribute, int device)
{
    (void)device;
    CALL(false, (*value = attribute == 16 ? 4 : attribute == 75 ? 9 : attribute == 76 ? 0 : 1 << 20, OK))
}

int cuDevicePrimaryCtxRetain(void **at, int device)
{
    CALL(false, (*at = (char *)&g + device, OK))
}

int cuDevicePrimaryCtxRelease_v2(int device)
{
    (void)device;
    CALL(false, OK)
}

int cuCtxSetCurrent(void *at)
{
    CALL(false, (context = at, OK))
}

int cuMemGetInfo_v2(size_t *unused, size_t *total)
{
    CALL(true, (*total = g.room, *unused = g.room - (size_t)g.report.bytes, OK))
}

int cuMemAlloc_v2(unsigned long long *at, size_t bytes)
{
    char *p = NULL;
    CALL(true, (code = take(&p, bytes, false), *at = (unsigned long long)(uintptr_t)p, code))
}

/* Waits for the device, as the real one does. */
int cuMemFree_v2(unsigned long long at)
{
    CALL(true, (run_all(), give((const void *)(uintptr_t)at)))
}

int cuMemHostAlloc(void **at, size_t bytes, unsigned flags)
{
    char *p = NULL;
    (void)flags;
    CALL(true, (code = take(&p, bytes, true), *at = p, code))
}

int cuMemFreeHost(void *at)
{
    CALL(true, (run_all(), give(at)))
}

int cuMemcpyHtoDAsync_v2(unsigned long long to, const void *from, size_t bytes, void *s)
{
    CALL(true, (g.report.copies_in++,
                queue(s, (work){ .kind = COPY_IN, .to = (void *)(uintptr_t)to, .from = from, .bytes = bytes })))
}

int cuMemcpyDtoHAsync_v2(void *to, unsigned long long from, size_t bytes, void *s)
{
    CALL(true, (g.report.copies_out++,
                queue(s, (work){ .kind = COPY_OUT, .to = to, .from = (void *)(uintptr_t)from, .bytes = bytes })))
}

int cuMemcpyDtoDAsync_v2(unsigned long long to, unsigned long long from, size_t bytes, void *s)
{
    CALL(true,
         queue(s, (work){ .kind = COPY, .to = (void *)(uintptr_t)to, .from = (void *)(uintptr_t)from, .bytes = bytes }))
}

static int new_stream(void **at)
{
    stream *s = calloc(1, sizeof *s);
    if (!s) return NO_MEMORY;
    s->alive = 1;
    s->next = g.streams;
    g.streams = s;
    g.report.streams++;
    *at = s;
    return OK;
}

int cuStreamCreate(void **at, unsigned flags)
{
    (void)flags;
    CALL(true, new_stream(at))
}

/* What is queued still runs; the stream itself stays, so that its later use is seen. */
int cuStreamDestroy_v2(void *at)
{
    stream *s = at;
    CALL(true, (run_until(s, NULL, 0), s->alive = 0, g.report.streams--, OK))
}

int cuStreamSynchronize(void *at)
{
    stream *s = at;
    CALL(true, s->alive == 1 ? (g.report.syncs++, run_until(s, NULL, 0), OK)
                             : (mistake("waiting for a stream that is not there"), INVALID))
}

int cuStreamWaitEvent(void *at, void *e, unsigned flags)
{
    event *v = e;
    (void)flags;
    if (v->alive != 1) mistake("waiting for an event that is not there");
    CALL(true, queue(at, (work){ .kind = WAIT, .event = v, .time = v->recorded }))
}

static int new_event(void **at)
{
    event *e = calloc(1, sizeof *e);
    if (!e) return NO_MEMORY;
    e->alive = 1;
    g.report.events++;
    *at = e;
    return OK;
}

int cuEventCreate(void **at, unsigned flags)
{
    (void)flags;
    CALL(true, new_event(at))
}

int cuEventDestroy_v2(void *at)
{
    event *e = at;
    CALL(true, (run_all(), e->alive = 0, g.report.events--, OK))
}

int cuEventRecord(void *at, void *s)
{
    event *e = at;
    if (e->alive != 1) mistake("recording an event that is not there");
    CALL(true, (e->where = s, queue(s, (work){ .kind = RECORD, .event = e, .time = ++e->recorded })))
}

int cuEventSynchronize(void *at)
{
    event *e = at;
    CALL(true, (g.report.syncs++, e->where ? run_until(e->where, e, e->recorded) : (void)0, OK))
}

int cuEventElapsedTime(float *milliseconds, void *from, void *to)
{
    const event *a = from, *b = to;
    CALL(true, a->done == a->recorded && b->done == b->recorded ? (*milliseconds = 1, OK) : INVALID)
}

/* ---- modules ---- */

/* An image is the word FAKECUDA, the number of bytes that follow it, and an object. */
static int load(module **at, const void *image)
{
    char path[] = "/tmp/rensa-fake-XXXXXX";
    const char *p = image;
    uint64_t bytes;
    if (memcmp(p, "FAKECUDA", 8) != 0) return INVALID;
    memcpy(&bytes, p + 8, sizeof bytes);
    const int fd = mkstemp(path);
    if (fd < 0) return INVALID;
    const bool whole = write(fd, p + 16, bytes) == (ssize_t)bytes;
    close(fd);
    void *handle = whole ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    unlink(path);
    if (!handle) return INVALID;
    *at = calloc(1, sizeof **at);
    (*at)->handle = handle;
    g.report.modules++;
    return OK;
}

int cuModuleLoadData(void **at, const void *image)
{
    module *m = NULL;
    CALL(true, (code = load(&m, image), *at = m, code))
}

static int unload(module *m)
{
    run_all();
    while (m->functions) {
        function *f = m->functions;
        m->functions = f->next;
        free(f);
    }
    dlclose(m->handle);
    free(m);
    g.report.modules--;
    return OK;
}

int cuModuleUnload(void *m)
{
    CALL(true, unload(m))
}

static int look_up(function **at, module *m, const char *name)
{
    char symbol[100];
    snprintf(symbol, sizeof symbol, "%s_run", name);
    void *run = dlsym(m->handle, symbol);
    snprintf(symbol, sizeof symbol, "%s_bytes", name);
    const unsigned long *bytes = dlsym(m->handle, symbol);
    function *f = run && bytes ? calloc(1, sizeof *f) : NULL;
    if (!f) return INVALID;
    memcpy(&f->run, &run, sizeof run);
    f->bytes = *bytes;
    f->next = m->functions;
    m->functions = f;
    *at = f;
    return OK;
}

int cuModuleGetFunction(void **at, void *m, const char *name)
{
    function *f = NULL;
    CALL(true, (code = look_up(&f, m, name), *at = f, code))
}

static int launch(const function *f, stream *s, unsigned *grid, unsigned block, void **parameters)
{
    work w = { .kind = LAUNCH, .run = f->run, .block = block, .args = malloc(f->bytes) };
    if (!w.args) return NO_MEMORY;
    if (!grid[0] || !grid[1] || !grid[2] || grid[1] > 65535 || grid[2] > 65535 || !block || block > 1024) {
        mistake("a grid that no device has");
        return INVALID;
    }
    if (f->bytes > 4096) mistake("arguments of more than 4096 bytes");
    memcpy(w.grid, grid, sizeof w.grid);
    memcpy(w.args, parameters[0], f->bytes);
    g.report.launches++;
    return queue(s, w);
}

int cuLaunchKernel(void *f, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
                   unsigned block_z, unsigned shared, void *s, void **parameters, void **extra)
{
    unsigned grid[3] = { grid_x, grid_y, grid_z };
    (void)shared, (void)extra;
    if (block_y != 1 || block_z != 1) mistake("blocks of more than one axis are not emulated");
    CALL(true, launch(f, s, grid, block_x, parameters))
}

/* ---- for tests ---- */

void fake_report_get(fake_report *report);
void fake_fail(long long n, int code);

void fake_report_get(fake_report *report)
{
    pthread_mutex_lock(&g.lock);
    *report = g.report;
    pthread_mutex_unlock(&g.lock);
}

void fake_fail(long long n, int code)
{
    pthread_mutex_lock(&g.lock);
    g.fail_in = n;
    g.fail_code = code;
    pthread_mutex_unlock(&g.lock);
}
