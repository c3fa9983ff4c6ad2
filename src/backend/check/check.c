/* The back end that watches another one: "check:cpu". Every value gets memory of its own between guards, filled with
 * NaN; after each kernel the guards are looked at, and inputs must have been written before they are read. */
#include "backend/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GUARD = 64 };

typedef struct {
    const rn_backend *inner;
    void *handle;
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
    if (!inner || !inner->host_memory) {
        snprintf(why, why_size, "back end \"%s\" cannot be watched", detail);
        return NULL;
    }
    watcher *w = calloc(1, sizeof *w);
    if (!w) return NULL;
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

static const rn_backend *wraps(void *device)
{
    return ((watcher *)device)->inner;
}

static void *alloc_guarded(void *device, int64_t bytes)
{
    char *p = rni_host_alloc(device, bytes + 2 * GUARD);
    if (!p) return NULL;
    memset(p, 0xa5, GUARD);
    memset(p + GUARD, 0xff, (size_t)bytes);
    memset(p + GUARD + bytes, 0xa5, GUARD);
    return p + GUARD;
}

static void free_guarded(void *device, void *p, int64_t bytes)
{
    rni_host_free(device, (char *)p - GUARD, bytes);
}

const rn_backend *rn_backend_check(void)
{
    static const rn_backend row = {
        .abi_version = RN_BACKEND_ABI,
        .size = sizeof row,
        .name = "check",
        .doc = "watches another back end",
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
    };
    return &row;
}
