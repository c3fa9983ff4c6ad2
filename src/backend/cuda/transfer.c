/* Copies between host and device, by way of pinned memory.
 *
 * Data for the device travel on a stream of their own, into an area of the device, while earlier work is being
 * computed; from there they are copied to their place in the order of all computing, so that whoever used the place
 * before has done with it. The host waits only if all areas are still on their way. */
#include "backend/cuda/cuda.h"

#include <string.h>

enum { FEW = 64 << 10 /* bytes, for which one copy less counts more than waiting for earlier work */ };

bool rni_cuda_slots_make(rni_cuda *d)
{
    for (int i = 0; i < RNI_CUDA_SLOTS; i++) {
        rni_cuda_slot *s = &d->slot[i];
        int code = d->cu->host_alloc(&s->host, RNI_CUDA_SLOT_BYTES, 0);
        if (!code) code = d->cu->event_create(&s->arrived, RNI_CUDA_EVENT_UNTIMED);
        if (!code) code = d->cu->event_create(&s->done, RNI_CUDA_EVENT_UNTIMED);
        s->device = code ? 0 : rni_cuda_memory_take(&d->memory, RNI_CUDA_SLOT_BYTES);
        if (!rni_cuda_did(d, code, "making room for transfers") || !s->device) return false;
    }
    return true;
}

void rni_cuda_slots_free(rni_cuda *d)
{
    for (int i = 0; i < RNI_CUDA_SLOTS; i++) {
        rni_cuda_slot *s = &d->slot[i];
        if (s->device) rni_cuda_memory_give(&d->memory, s->device);
        if (s->done) d->cu->event_destroy(s->done);
        if (s->arrived) d->cu->event_destroy(s->arrived);
        if (s->host) d->cu->host_free(s->host);
    }
}

/* The area that was used longest ago, once what is in it has arrived. The lock is held. NULL if the device fails. */
static rni_cuda_slot *next_slot(rni_cuda *d)
{
    rni_cuda_slot *s = &d->slot[d->next_slot];
    if (s->busy && !rni_cuda_did(d, d->cu->event_sync(s->done), "a transfer")) return NULL;
    s->busy = false;
    d->next_slot = (d->next_slot + 1) % RNI_CUDA_SLOTS;
    return s;
}

static int64_t at_most(int64_t bytes)
{
    return bytes < RNI_CUDA_SLOT_BYTES ? bytes : RNI_CUDA_SLOT_BYTES;
}

static int send(rni_cuda *d, rni_cuda_slot *s, rni_cu_address to, size_t bytes)
{
    const rni_cuda_driver *cu = d->cu;
    int code;
    if (bytes <= FEW)
        code = cu->copy_in(to, s->host, bytes, d->stream);
    else {
        code = cu->copy_in(s->device, s->host, bytes, d->arrivals);
        if (!code) code = cu->event_record(s->arrived, d->arrivals);
        if (!code) code = cu->stream_wait(d->stream, s->arrived, 0);
        if (!code) code = cu->copy(to, s->device, bytes, d->stream);
    }
    return code ? code : cu->event_record(s->done, d->stream);
}

bool rni_cuda_copy_in(void *device, void *to, const void *host, int64_t bytes)
{
    rni_cuda *d = device;
    bool ok = rni_cuda_enter(d);
    pthread_mutex_lock(&d->lock);
    for (int64_t at = 0; ok && at < bytes; at += RNI_CUDA_SLOT_BYTES) {
        rni_cuda_slot *s = next_slot(d);
        const size_t n = (size_t)at_most(bytes - at);
        if (!s) {
            ok = false;
            break;
        }
        memcpy(s->host, (const char *)host + at, n);
        ok = rni_cuda_did(d, send(d, s, (rni_cu_address)(uintptr_t)to + (rni_cu_address)at, n), "a copy to the device");
        s->busy = ok;
    }
    pthread_mutex_unlock(&d->lock);
    return ok;
}

/* Begins to fetch one piece into the slot. */
static bool fetch(rni_cuda *d, rni_cuda_slot *s, rni_cu_address from, size_t bytes)
{
    int code = d->cu->copy_out(s->host, from, bytes, d->stream);
    if (!code) code = d->cu->event_record(s->done, d->stream);
    s->busy = !code;
    return rni_cuda_did(d, code, "a copy from the device");
}

/* One piece is being fetched while the host takes the one before. */
bool rni_cuda_copy_out(void *device, void *host, const void *from, int64_t bytes)
{
    rni_cuda *d = device;
    const rni_cu_address source = (rni_cu_address)(uintptr_t)from;
    rni_cuda_slot *before = NULL;
    bool ok = rni_cuda_enter(d);
    pthread_mutex_lock(&d->lock);
    for (int64_t at = 0; ok && (at < bytes || before); at += RNI_CUDA_SLOT_BYTES) {
        rni_cuda_slot *s = NULL;
        if (at < bytes) {
            s = next_slot(d);
            ok = s && fetch(d, s, source + (rni_cu_address)at, (size_t)at_most(bytes - at));
        }
        if (ok && before) {
            const int64_t start = at - RNI_CUDA_SLOT_BYTES;
            ok = rni_cuda_did(d, d->cu->event_sync(before->done), "computing");
            if (ok) memcpy((char *)host + start, before->host, (size_t)at_most(bytes - start));
            before->busy = false;
        }
        before = s;
    }
    pthread_mutex_unlock(&d->lock);
    return ok;
}
