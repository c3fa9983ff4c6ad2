/* /proc, and NVIDIA's management library where it is there (loaded by name, its functions declared here). */
#include "console/system.h"

#include "base/alloc.h"
#include "console/console_p.h"
#include "console/events.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GPUS = 16 };

typedef struct gpu {
    char name[96];
    double use, memory, memory_total, temperature;
} gpu;

/* The few functions of NVML that are used. */
typedef struct nvml {
    void *library;
    int (*init)(void);
    int (*count)(unsigned *);
    int (*handle)(unsigned, void **);
    int (*name)(void *, char *, unsigned);
    int (*use)(void *, unsigned[2]);
    int (*memory)(void *, unsigned long long[3]);
    int (*temperature)(void *, int, unsigned *);
} nvml;

struct rni_system {
    pthread_mutex_t lock;
    nvml nvml;
    int n_gpus;
    gpu gpu[GPUS];
    unsigned long long busy, total; /* ticks of all processors */
    double cpu, memory, memory_total;
};

/* ---- GPUs ---- */

static void open_gpus(rni_system *s)
{
    nvml *v = &s->nvml;
    v->library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!v->library) return;
    const struct {
        const char *name;
        void *to;
    } functions[] = {
        { "nvmlInit_v2", &v->init },
        { "nvmlDeviceGetCount_v2", &v->count },
        { "nvmlDeviceGetHandleByIndex_v2", &v->handle },
        { "nvmlDeviceGetName", &v->name },
        { "nvmlDeviceGetUtilizationRates", &v->use },
        { "nvmlDeviceGetMemoryInfo", &v->memory },
        { "nvmlDeviceGetTemperature", &v->temperature },
    };
    for (size_t i = 0; i < RN_COUNTOF(functions); i++) {
        void *f = dlsym(v->library, functions[i].name);
        if (!f) return;
        memcpy(functions[i].to, &f, sizeof f);
    }
    unsigned n = 0;
    if (v->init() == 0 && v->count(&n) == 0) s->n_gpus = n < GPUS ? (int)n : GPUS;
}

static void sample_gpu(rni_system *s, int i)
{
    const nvml *v = &s->nvml;
    gpu *g = &s->gpu[i];
    void *device;
    unsigned use[2] = { 0 }, temperature = 0;
    unsigned long long memory[3] = { 0 }; /* total, free, used */
    if (v->handle((unsigned)i, &device) != 0) return;
    v->name(device, g->name, sizeof g->name);
    v->use(device, use);
    v->memory(device, memory);
    v->temperature(device, 0, &temperature);
    g->use = use[0] / 100.0;
    g->memory = (double)memory[2];
    g->memory_total = (double)memory[0];
    g->temperature = temperature;
}

/* ---- processor and memory ---- */

static void read_text(const char *path, char *text, size_t size)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd >= 0 ? read(fd, text, size - 1) : 0;
    if (fd >= 0) close(fd);
    text[n > 0 ? n : 0] = '\0';
}

static void sample_processor(rni_system *s)
{
    char text[512];
    unsigned long long total = 0, idle = 0;
    read_text("/proc/stat", text, sizeof text);
    char *at = text + strcspn(text, " ");
    for (int i = 0; i < 8; i++) {
        const unsigned long long ticks = strtoull(at, &at, 10);
        total += ticks;
        if (i == 3 || i == 4) idle += ticks; /* idle, and waiting for disks */
    }
    const unsigned long long busy = total - idle;
    if (s->total && total > s->total) s->cpu = (double)(busy - s->busy) / (double)(total - s->total);
    s->busy = busy;
    s->total = total;
}

static double kilobytes(const char *text, const char *key)
{
    const char *at = strstr(text, key);
    return at ? 1024.0 * (double)strtoll(at + strlen(key), NULL, 10) : 0;
}

static void sample_memory(rni_system *s)
{
    char text[2048];
    read_text("/proc/meminfo", text, sizeof text);
    s->memory_total = kilobytes(text, "MemTotal:");
    s->memory = s->memory_total - kilobytes(text, "MemAvailable:");
}

/* ---- all ---- */

rni_system *rni_system_open(void)
{
    rni_system *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return NULL;
    pthread_mutex_init(&s->lock, NULL);
    open_gpus(s);
    sample_processor(s);
    return s;
}

void rni_system_close(rni_system *s)
{
    if (!s) return;
    if (s->nvml.library) dlclose(s->nvml.library);
    pthread_mutex_destroy(&s->lock);
    rni_free(s);
}

int rni_system_gpus(const rni_system *s)
{
    return s->n_gpus;
}

static void write_members(const rni_system *s, rni_json_writer *w)
{
    rni_json_put_number(w, "cpu", s->cpu);
    rni_json_put_int(w, "cores", sysconf(_SC_NPROCESSORS_ONLN));
    rni_json_put_number(w, "memory", s->memory);
    rni_json_put_number(w, "memory_total", s->memory_total);
    rni_json_write_key(w, "gpus");
    rni_json_array_begin(w);
    for (int i = 0; i < s->n_gpus; i++) {
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", s->gpu[i].name);
        rni_json_put_number(w, "use", s->gpu[i].use);
        rni_json_put_number(w, "memory", s->gpu[i].memory);
        rni_json_put_number(w, "memory_total", s->gpu[i].memory_total);
        rni_json_put_number(w, "temperature", s->gpu[i].temperature);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
}

void rni_system_sample(rni_console *c)
{
    rni_system *s = c->system;
    pthread_mutex_lock(&s->lock);
    sample_processor(s);
    sample_memory(s);
    for (int i = 0; i < s->n_gpus; i++) sample_gpu(s, i);
    pthread_mutex_unlock(&s->lock);
    if (!rni_events_listeners(c->events)) return;
    rni_str text = { 0 };
    rni_json_writer w = { .to = &text };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "type", "system");
    pthread_mutex_lock(&s->lock);
    write_members(s, &w);
    pthread_mutex_unlock(&s->lock);
    rni_json_object_end(&w);
    if (!text.failed) rni_events_tell(c->events, text.at);
    rni_str_free(&text);
}

void rni_system_write(rni_console *c, rni_json_writer *w)
{
    rni_json_object_begin(w);
    pthread_mutex_lock(&c->system->lock);
    write_members(c->system, w);
    pthread_mutex_unlock(&c->system->lock);
    rni_json_object_end(w);
}
