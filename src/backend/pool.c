/* The pool behind rni_buffer: size classes, one list of free blocks each.
 *
 * A small block wastes at most a fifth and a large one a 33rd, since pages may be resident whether they are used or
 * not. The steady state of a training loop allocates nothing. When the device has no more memory, everything unused
 * goes back to it and the request is tried once more. The first few times that nothing large enough is there, what is
 * large and unused goes back, too: programs begin with plans that they never run again.
 */
#include "backend/pool.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/stress.h"

#include <pthread.h>
#include <stdatomic.h>

/* LARGE: bytes, a power of two; STEPS: classes for each power of two, of which small blocks have FEW_STEPS. */
enum { SMALLEST = 64, LARGE = 1 << 20, STEPS = 32, FEW_STEPS = 4, LOGS = 54, CLASSES = LOGS * STEPS, TRIMS_MOST = 16 };

typedef struct block {
    rni_buffer buffer;
    struct block *next;
} block;

struct rni_pool {
    pthread_mutex_t lock;
    block *free[CLASSES];
    int trims;
    rni_pool_info info;
};

/* First class that holds `bytes` > 0, and its size, whose class is the same one: a block returns to where it came from.
 * -1 for more than the largest. */
static int class_of(int64_t bytes, int64_t *size)
{
    *size = SMALLEST;
    if (bytes <= SMALLEST) return 0;
    const int log = 63 - __builtin_clzll((unsigned long long)bytes - 1);
    if (log >= LOGS) return -1;
    const int64_t base = (int64_t)1 << log, step = base / (base >= LARGE ? STEPS : FEW_STEPS);
    const int64_t grain = step > SMALLEST ? step : SMALLEST, steps = (bytes - base + grain - 1) / grain;
    *size = base + steps * grain;
    return log * STEPS + (int)steps - 1;
}

rni_pool *rni_pool_new(void)
{
    rni_pool *p = rni_alloc((int64_t)sizeof *p);
    if (p) pthread_mutex_init(&p->lock, NULL);
    return p;
}

/* Gives back free blocks of at least that many bytes. */
static void trim_locked(rni_pool *p, rni_device *device, int64_t least)
{
    int64_t size;
    for (int c = class_of(least, &size); c < CLASSES; c++) {
        for (block *b = p->free[c]; b;) {
            block *next = b->next;
            device->backend->free(device->handle, b->buffer.data, b->buffer.capacity);
            p->info.pooled -= b->buffer.capacity;
            rni_free(b);
            b = next;
        }
        p->free[c] = NULL;
    }
}

void rni_pool_free(rni_pool *p, rni_device *device)
{
    if (!p) return;
    trim_locked(p, device, 1);
    pthread_mutex_destroy(&p->lock);
    rni_free(p);
}

static void trim(rni_device *device)
{
    pthread_mutex_lock(&device->pool->lock);
    trim_locked(device->pool, device, 1);
    pthread_mutex_unlock(&device->pool->lock);
}

rni_pool_info rni_pool_stats(const rni_device *device)
{
    pthread_mutex_lock(&device->pool->lock);
    const rni_pool_info info = device->pool->info;
    pthread_mutex_unlock(&device->pool->lock);
    return info;
}

void rni_pool_reset_peak(rni_device *device)
{
    pthread_mutex_lock(&device->pool->lock);
    device->pool->info.peak = device->pool->info.used;
    pthread_mutex_unlock(&device->pool->lock);
}

static block *take(rni_pool *p, int c)
{
    block *b = p->free[c];
    if (!b) return NULL;
    p->free[c] = b->next;
    p->info.pooled -= b->buffer.capacity;
    return b;
}

static block *fresh(rni_device *device, int64_t size)
{
    if (rni_alloc_should_fail()) {
        rni_fail(RN_ERR_NOMEM, NULL, NULL, "out of memory: %lld bytes are not to be had on %s", (long long)size,
                 device->name);
        return NULL;
    }
    block *b = rni_alloc((int64_t)sizeof *b);
    if (!b) return NULL;
    b->buffer.data = device->backend->alloc(device->handle, size);
    if (!b->buffer.data) {
        trim(device);
        b->buffer.data = device->backend->alloc(device->handle, size);
    }
    if (b->buffer.data) return b;
    rni_free(b);
    const rni_pool_info info = rni_pool_stats(device);
    rni_fail(RN_ERR_NOMEM, NULL, NULL, "out of memory: %lld bytes are not to be had on %s", (long long)size,
             device->name);
    rni_error_add("actual", "%lld bytes are in use", (long long)info.used);
    return NULL;
}

/* Back ends that compute nothing may have less memory than they say. */
static void spoil(const rni_device *device, void *data, int64_t bytes)
{
    if (device->backend->host_memory && !(device->backend->flags & RN_BACKEND_DRY)) rni_stress_fill(data, bytes);
}

/* The smallest free block of at least the size of class c and at most twice that. */
static block *take_near(rni_pool *p, int c)
{
    for (int k = c; k <= c + STEPS && k < CLASSES; k++)
        if (p->free[k]) return take(p, k);
    return NULL;
}

static rni_buffer *buffer_new(rni_device *device, int64_t bytes, bool scratch)
{
    rni_pool *p = device->pool;
    int64_t size;
    const int c = class_of(bytes > 0 ? bytes : 1, &size);
    if (c < 0) {
        rni_fail(RN_ERR_NOMEM, NULL, NULL, "out of memory: %lld bytes are not to be had on %s", (long long)bytes,
                 device->name);
        return NULL;
    }
    pthread_mutex_lock(&p->lock);
    block *b = scratch && size >= LARGE ? take_near(p, c) : take(p, c);
    if (!b && size >= LARGE && p->info.pooled >= LARGE && p->trims < TRIMS_MOST) {
        p->trims++;
        trim_locked(p, device, LARGE);
    }
    pthread_mutex_unlock(&p->lock);
    if (b)
        size = b->buffer.capacity;
    else if (!(b = fresh(device, size)))
        return NULL;
    void *data = b->buffer.data;
    spoil(device, data, size);
    b->buffer = (rni_buffer){ .device = device, .bytes = bytes, .capacity = size, .refs = 1, .data = data };
    pthread_mutex_lock(&p->lock);
    p->info.used += size;
    if (p->info.used > p->info.peak) p->info.peak = p->info.used;
    pthread_mutex_unlock(&p->lock);
    return &b->buffer;
}

rni_buffer *rni_buffer_new(rni_device *device, int64_t bytes)
{
    return buffer_new(device, bytes, false);
}

rni_buffer *rni_buffer_scratch(rni_device *device, int64_t bytes)
{
    return buffer_new(device, bytes, true);
}

rni_buffer *rni_buffer_wrap(rni_device *device, void *data, int64_t bytes, void (*done)(void *), void *user)
{
    block *b = rni_alloc((int64_t)sizeof *b);
    if (!b) return NULL;
    b->buffer = (rni_buffer){ .device = device, .bytes = bytes, .refs = 1, .data = data, .done = done, .user = user };
    return &b->buffer;
}

void rni_buffer_keep(rni_buffer *b)
{
    __atomic_fetch_add(&b->refs, 1, __ATOMIC_RELAXED);
}

void rni_buffer_drop(rni_buffer *b)
{
    if (!b || __atomic_fetch_sub(&b->refs, 1, __ATOMIC_ACQ_REL) != 1) return;
    if (b->capacity == 0) { /* not ours */
        if (b->done) b->done(b->user);
        rni_free(b);
        return;
    }
    rni_pool *p = b->device->pool;
    if (b->device->backend->flags & RN_BACKEND_SEPARATE) {
        pthread_mutex_lock(&p->lock);
        p->info.used -= b->capacity;
        pthread_mutex_unlock(&p->lock);
        b->device->backend->free(b->device->handle, b->data, b->capacity);
        rni_free(b);
        return;
    }
    int64_t size;
    const int c = class_of(b->capacity, &size);
    spoil(b->device, b->data, b->capacity);
    pthread_mutex_lock(&p->lock);
    block *k = (block *)b;
    k->next = p->free[c];
    p->free[c] = k;
    p->info.used -= b->capacity;
    p->info.pooled += b->capacity;
    pthread_mutex_unlock(&p->lock);
}
