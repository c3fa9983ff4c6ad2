/* The back end that watches another one: "check:cpu". Every value gets memory of its own, filled with NaN and between
 * guards; after each kernel all guards are looked at. What is read before it was written shows as NaN. */
#include "backend/backend.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 64, GUARD_BYTE = 0xa5, FILL_BYTE = 0xff };

/* In front of each piece of memory; the pieces of a device form a ring. */
typedef struct piece {
    struct piece *next, *before;
    int64_t bytes;
    char unused[GUARD - sizeof(int64_t) - 2 * sizeof(void *)];
    unsigned char guard[GUARD];
} piece;

typedef struct {
    const rn_backend *inner;
    void *handle;
    pthread_mutex_t lock;
    piece ring;
} watcher;

static void describe(int index, char *buf, size_t size)
{
    (void)index;
    snprintf(buf, size, "watches another back end: check:cpu");
}

static void *open_device(int index, const char *detail, char *why, size_t why_size)
{
    (void)index;
    const rn_backend *inner = rni_backend_find(*detail ? detail : "cpu", NULL);
    if (!inner || !inner->host_memory || inner->wraps) {
        snprintf(why, why_size, "back end \"%s\" cannot be watched: only one that computes in the host's memory can",
                 detail);
        return NULL;
    }
    watcher *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    pthread_mutex_init(&w->lock, NULL);
    w->ring.next = w->ring.before = &w->ring;
    w->inner = inner;
    w->handle = inner->open(0, "", why, why_size);
    if (w->handle) return w;
    free(w);
    return NULL;
}

static void close_device(void *device)
{
    watcher *w = device;
    w->inner->close(w->handle);
    free(w);
}

static const rn_backend *wraps(void *device, void **inner)
{
    const watcher *w = device;
    *inner = w->handle;
    return w->inner;
}

static void *alloc_guarded(void *device, int64_t bytes)
{
    watcher *w = device;
    piece *p = rni_host_alloc(NULL, (int64_t)sizeof *p + bytes + GUARD);
    if (!p) return NULL;
    memset(p->guard, GUARD_BYTE, GUARD);
    char *data = (char *)(p + 1);
    memset(data, FILL_BYTE, (size_t)bytes);
    memset(data + bytes, GUARD_BYTE, GUARD);
    p->bytes = bytes;
    pthread_mutex_lock(&w->lock);
    p->next = &w->ring;
    p->before = w->ring.before;
    p->before->next = p;
    w->ring.before = p;
    pthread_mutex_unlock(&w->lock);
    return data;
}

static void free_guarded(void *device, void *data, int64_t bytes)
{
    watcher *w = device;
    piece *p = (piece *)data - 1;
    pthread_mutex_lock(&w->lock);
    p->before->next = p->next;
    p->next->before = p->before;
    pthread_mutex_unlock(&w->lock);
    memset(data, FILL_BYTE, (size_t)bytes); /* a late reader sees NaN */
    rni_host_free(NULL, p, bytes);
}

static const char *damage(const piece *p)
{
    const unsigned char *end = (const unsigned char *)(p + 1) + p->bytes;
    for (int i = 0; i < GUARD; i++) {
        if (p->guard[i] != GUARD_BYTE) return "before";
        if (end[i] != GUARD_BYTE) return "after";
    }
    return NULL;
}

static bool leave(void *device, rn_kernel_call *call)
{
    watcher *w = device;
    const char *where = NULL;
    int64_t bytes = 0;
    pthread_mutex_lock(&w->lock);
    for (const piece *p = w->ring.next; p != &w->ring && !where; p = p->next) {
        where = damage(p);
        bytes = p->bytes;
    }
    pthread_mutex_unlock(&w->lock);
    return !where || call->fail(call, RN_ERR_INTERNAL, "its kernel wrote %s a piece of memory of %lld bytes", where,
                                (long long)bytes);
}

const rn_backend *rn_backend_check(void)
{
    static const rn_backend row = {
        .abi_version = RN_BACKEND_ABI,
        .size = sizeof row,
        .name = "check",
        .doc = "watches another back end: guards, NaN in fresh memory",
        .host_memory = true,
        .count = rni_host_count,
        .describe = describe,
        .open = open_device,
        .close = close_device,
        .alloc = alloc_guarded,
        .free = free_guarded,
        .copy_in = rni_host_copy_in,
        .copy_out = rni_host_copy_out,
        .sync = rni_host_sync,
        .flags = RN_BACKEND_SEPARATE,
        .wraps = wraps,
        .leave = leave,
    };
    return &row;
}
