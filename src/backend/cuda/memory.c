/* Best fit over pieces of what the driver gives. */
#include "backend/cuda/memory.h"

#include <stdlib.h>

enum { GRAIN = 512, SMALL = 1 << 20, SMALL_CHUNK = 2 << 20, CHUNK = 32 << 20, PAGE = 2 << 20 };

/* Pieces of one chunk are linked in the order of their addresses; the first one stands where the chunk does. */
struct rni_cuda_piece {
    rni_cu_address at;
    int64_t bytes;
    bool is_free, is_small;
    rni_cuda_piece *before, *after; /* in the chunk */
    rni_cuda_piece *next, *last;    /* in the bin or row */
};

static int64_t round_up(int64_t bytes, int64_t to)
{
    return (bytes + to - 1) / to * to;
}

static int bin_of(int64_t bytes)
{
    return 63 - __builtin_clzll((unsigned long long)bytes);
}

static rni_cuda_piece **row_of(rni_cuda_memory *m, rni_cu_address at)
{
    return &m->row[at / GRAIN % RNI_CUDA_ROWS];
}

static void link_in(rni_cuda_piece **list, rni_cuda_piece *p)
{
    p->last = NULL;
    p->next = *list;
    if (p->next) p->next->last = p;
    *list = p;
}

static void link_out(rni_cuda_piece **list, rni_cuda_piece *p)
{
    if (p->next) p->next->last = p->last;
    if (p->last)
        p->last->next = p->next;
    else
        *list = p->next;
}

static void put(rni_cuda_memory *m, rni_cuda_piece *p)
{
    p->is_free = true;
    link_in(&m->bin[p->is_small][bin_of(p->bytes)], p);
}

static void pull(rni_cuda_memory *m, rni_cuda_piece *p)
{
    p->is_free = false;
    link_out(&m->bin[p->is_small][bin_of(p->bytes)], p);
}

static rni_cuda_piece *smallest(rni_cuda_memory *m, int64_t bytes)
{
    rni_cuda_piece *best = NULL;
    for (int b = bin_of(bytes); b < RNI_CUDA_BINS && !best; b++)
        for (rni_cuda_piece *p = m->bin[bytes <= SMALL][b]; p; p = p->next)
            if (p->bytes >= bytes && (!best || p->bytes < best->bytes)) best = p;
    return best;
}

static int64_t chunk_for(int64_t bytes)
{
    if (bytes <= SMALL) return SMALL_CHUNK;
    return bytes <= CHUNK / 4 ? CHUNK : round_up(bytes, PAGE);
}

static rni_cu_address ask_driver(rni_cuda_memory *m, int64_t bytes)
{
    rni_cu_address at = 0;
    if (m->limit && m->taken + bytes > m->limit) return 0;
    m->driver_calls++;
    return m->cu->memory_alloc(&at, (size_t)bytes) == 0 ? at : 0;
}

/* Chunks that nobody uses. */
static void release_free(rni_cuda_memory *m)
{
    rni_cuda_piece **bins = m->bin[0];
    for (int b = 0; b < 2 * RNI_CUDA_BINS; b++)
        for (rni_cuda_piece *p = bins[b], *next; p; p = next) {
            next = p->next;
            if (p->before || p->after) continue;
            pull(m, p);
            m->cu->memory_free(p->at);
            m->taken -= p->bytes;
            free(p);
        }
}

static rni_cuda_piece *new_chunk(rni_cuda_memory *m, int64_t bytes)
{
    rni_cuda_piece *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    int64_t size = chunk_for(bytes);
    p->at = ask_driver(m, size);
    if (!p->at) {
        release_free(m);
        p->at = ask_driver(m, size);
    }
    if (!p->at) p->at = ask_driver(m, size = round_up(bytes, GRAIN)); /* there may be room for no more than this */
    if (!p->at) {
        free(p);
        return NULL;
    }
    p->bytes = size;
    p->is_small = bytes <= SMALL;
    m->taken += size;
    return p;
}

/* Leaves the first `bytes` of the piece, and the rest as a free one. Without room for the rest it stays whole. */
static void split(rni_cuda_memory *m, rni_cuda_piece *p, int64_t bytes)
{
    const int64_t rest = p->bytes - bytes;
    rni_cuda_piece *q = rest >= GRAIN ? calloc(1, sizeof *q) : NULL;
    if (!q) return;
    *q = (rni_cuda_piece){
        .at = p->at + (rni_cu_address)bytes, .bytes = rest, .is_small = p->is_small, .before = p, .after = p->after
    };
    if (q->after) q->after->before = q;
    p->after = q;
    p->bytes = bytes;
    put(m, q);
}

void rni_cuda_memory_begin(rni_cuda_memory *m, const rni_cuda_driver *cu, int64_t limit)
{
    *m = (rni_cuda_memory){ .cu = cu, .limit = limit };
    pthread_mutex_init(&m->lock, NULL);
}

rni_cu_address rni_cuda_memory_take(rni_cuda_memory *m, int64_t bytes)
{
    const int64_t size = round_up(bytes > 0 ? bytes : 1, GRAIN);
    pthread_mutex_lock(&m->lock);
    rni_cuda_piece *p = smallest(m, size);
    if (p)
        pull(m, p);
    else
        p = new_chunk(m, size);
    if (p) {
        split(m, p, size);
        link_in(row_of(m, p->at), p);
        m->used += p->bytes;
    }
    const rni_cu_address at = p ? p->at : 0;
    pthread_mutex_unlock(&m->lock);
    return at;
}

/* p takes in the piece that follows, which is in no list. */
static void absorb(rni_cuda_piece *p)
{
    rni_cuda_piece *q = p->after;
    p->bytes += q->bytes;
    p->after = q->after;
    if (p->after) p->after->before = p;
    free(q);
}

void rni_cuda_memory_give(rni_cuda_memory *m, rni_cu_address at)
{
    pthread_mutex_lock(&m->lock);
    rni_cuda_piece *p = *row_of(m, at);
    while (p && p->at != at) p = p->next;
    if (p) {
        link_out(row_of(m, at), p);
        m->used -= p->bytes;
        if (p->after && p->after->is_free) {
            pull(m, p->after);
            absorb(p);
        }
        if (p->before && p->before->is_free) {
            p = p->before;
            pull(m, p);
            absorb(p);
        }
        put(m, p);
    }
    pthread_mutex_unlock(&m->lock);
}

void rni_cuda_memory_end(rni_cuda_memory *m)
{
    release_free(m);
    pthread_mutex_destroy(&m->lock);
}
