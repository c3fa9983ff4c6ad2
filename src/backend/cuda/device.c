/* Devices: one context, one stream in whose order everything is computed, one on which data arrive. */
#include "backend/cuda/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const rn_host *rni_cuda_host;

/* Contexts stay as long as their devices are open; this one is of the last device that the thread has used. */
static _Thread_local const void *current;

bool rni_cuda_enter(rni_cuda *d)
{
    if (current == d->context) return true;
    if (!rni_cuda_did(d, d->cu->context_set(d->context), "making the context current")) return false;
    current = d->context;
    return true;
}

bool rni_cuda_did(rni_cuda *d, int code, const char *what)
{
    char text[200];
    if (!code) return true;
    rni_cuda_describe_code(d->cu, code, text, sizeof text);
    RNI_CUDA_LOG(RN_LOG_WARN, "cuda:%d: %s failed: %s", d->index, what, text);
    return false;
}

static int attribute(const rni_cuda_driver *cu, int device, int which)
{
    int value = 0;
    cu->device_attribute(&value, which, device);
    return value;
}

void rni_cuda_describe(int index, char *text, size_t size)
{
    char name[100] = "";
    size_t bytes = 0;
    int device = 0;
    if (rni_cuda_count(text, size) <= index) return;
    const rni_cuda_driver *cu = rni_cuda_driver_get(text, size);
    if (!cu || cu->device_get(&device, index) || cu->device_name(name, sizeof name, device)) return;
    cu->device_memory(&bytes, device);
    snprintf(text, size, "%s, %d processors, %.0f GiB, compute capability %d.%d", name,
             attribute(cu, device, RNI_CUDA_PROCESSORS), (double)bytes / 0x1p30,
             attribute(cu, device, RNI_CUDA_ARCH_MAJOR), attribute(cu, device, RNI_CUDA_ARCH_MINOR));
}

/* "1,memory=4096". */
static bool read_detail(const char *detail, int *index, int64_t *limit, char *why, size_t size)
{
    for (const char *s = detail; *s;) {
        char part[32], *end;
        const size_t n = strcspn(s, ",");
        snprintf(part, sizeof part, "%.*s", (int)n, s);
        const bool is_memory = strncmp(part, "memory=", 7) == 0;
        const char *number = is_memory ? part + 7 : part;
        const long value = strtol(number, &end, 10);
        if (end == number || *end || value < 0 || value > 1 << 24) {
            snprintf(why, size, "\"%s\" is neither the number of a device nor memory=MiB", part);
            return false;
        }
        if (is_memory)
            *limit = (int64_t)value << 20;
        else
            *index = (int)value;
        s += n + (s[n] == ',');
    }
    return true;
}

static bool read_attributes(rni_cuda *d)
{
    d->processors = attribute(d->cu, d->device, RNI_CUDA_PROCESSORS);
    d->cache = attribute(d->cu, d->device, RNI_CUDA_L2_CACHE);
    d->arch = 10 * attribute(d->cu, d->device, RNI_CUDA_ARCH_MAJOR) + attribute(d->cu, d->device, RNI_CUDA_ARCH_MINOR);
    return d->processors > 0 && d->arch >= 10;
}

static int begin(rni_cuda *d)
{
    int code = d->cu->device_get(&d->device, d->index);
    if (!code) code = d->cu->context_retain(&d->context, d->device);
    if (!code) code = d->cu->context_set(d->context);
    if (!code) code = d->cu->stream_create(&d->stream, RNI_CUDA_STREAM_CONCURRENT);
    if (!code) code = d->cu->stream_create(&d->arrivals, RNI_CUDA_STREAM_CONCURRENT);
    return code;
}

void rni_cuda_close(void *device)
{
    rni_cuda *d = device;
    if (d->context && rni_cuda_enter(d)) {
        if (d->stream) d->cu->stream_sync(d->stream);
        rni_cuda_programs_free(d);
        rni_cuda_slots_free(d);
        rni_cuda_memory_end(&d->memory);
        if (d->arrivals) d->cu->stream_destroy(d->arrivals);
        if (d->stream) d->cu->stream_destroy(d->stream);
        d->cu->context_set(NULL);
        current = NULL;
    }
    if (d->context) d->cu->context_release(d->device);
    pthread_mutex_destroy(&d->lock);
    free(d);
}

void *rni_cuda_open(int index, const char *detail, char *why, size_t size)
{
    int64_t limit = 0;
    if (!read_detail(detail, &index, &limit, why, size)) return NULL;
    const int count = rni_cuda_count(why, size);
    if (count == 0) return NULL;
    if (index >= count) {
        snprintf(why, size, "there is no GPU %d, the last is cuda:%d", index, count - 1);
        return NULL;
    }
    rni_cuda *d = calloc(1, sizeof *d);
    if (!d) {
        snprintf(why, size, "no memory");
        return NULL;
    }
    d->cu = rni_cuda_driver_get(why, size);
    d->nvrtc = rni_cuda_nvrtc_get(why, size);
    if (!d->nvrtc) RNI_CUDA_LOG(RN_LOG_WARN, "%s: every function runs on the host", why);
    d->index = index;
    pthread_mutex_init(&d->lock, NULL);
    rni_cuda_memory_begin(&d->memory, d->cu, limit);
    const int code = begin(d);
    if (code) {
        char text[200];
        rni_cuda_describe_code(d->cu, code, text, sizeof text);
        snprintf(why, size, "the driver gives no context: %s", text);
    } else if (!read_attributes(d))
        snprintf(why, size, "the driver does not say what this GPU is");
    else if (rni_cuda_slots_make(d))
        return d;
    else
        snprintf(why, size, "there is no memory for transfers");
    rni_cuda_close(d);
    return NULL;
}

bool rni_cuda_sync(void *device)
{
    rni_cuda *d = device;
    return rni_cuda_enter(d) && rni_cuda_did(d, d->cu->stream_sync(d->stream), "computing");
}

/* ---- limits ---- */

enum { COPIED = 256 << 20, COPIES = 8 };

/* Bytes read and written per second by copies within the device's memory; 0 if it cannot be told. */
static double copy_rate(rni_cuda *d, rni_cu_address from, rni_cu_address to)
{
    void *event[2] = { NULL, NULL };
    float milliseconds = 0;
    int code = d->cu->event_create(&event[0], 0);
    if (!code) code = d->cu->event_create(&event[1], 0);
    if (!code) code = d->cu->copy(to, from, COPIED, d->stream);
    if (!code) code = d->cu->event_record(event[0], d->stream);
    for (int i = 0; i < COPIES && !code; i++) code = d->cu->copy(to, from, COPIED, d->stream);
    if (!code) code = d->cu->event_record(event[1], d->stream);
    if (!code) code = d->cu->event_sync(event[1]);
    if (!code) code = d->cu->event_elapsed(&milliseconds, event[0], event[1]);
    for (int i = 0; i < 2; i++)
        if (event[i]) d->cu->event_destroy(event[i]);
    return !code && milliseconds > 0 ? 2e3 * COPIES * COPIED / (double)milliseconds : 0;
}

bool rni_cuda_measure(void *device, rn_limits *limits)
{
    rni_cuda *d = device;
    if (!rni_cuda_enter(d)) return false;
    const rni_cu_address from = rni_cuda_memory_take(&d->memory, COPIED), to = rni_cuda_memory_take(&d->memory, COPIED);
    const double rate = from && to ? copy_rate(d, from, to) : 0;
    if (from) rni_cuda_memory_give(&d->memory, from);
    if (to) rni_cuda_memory_give(&d->memory, to);
    /* fused multiply-adds of f32 by 128 lanes of each processor, at the clock's highest rate */
    const double f32 = 2.0 * 128 * d->processors * 1e3 * attribute(d->cu, d->device, RNI_CUDA_CLOCK);
    limits->threads = 1;
    limits->shared_cached = d->cache;
    for (int i = 0; i < 2; i++) {
        limits->f32[i] = f32;
        limits->memory[i] = rate;
    }
    return rate > 0;
}
