/* A list of unused buffers per column. The pool lives until its owner and the last buffer have let go of it, because a
 * tensor that was kept views its buffer longer than the iterator lives. */
#include "data/pool.h"

#include "base/alloc.h"

#include <pthread.h>
#include <stdbool.h>

enum { ALIGNMENT = 64 };

typedef struct rni_batch_pool_list {
    rni_batch_buffer *first;
    int64_t bytes;
    int count;
} rni_batch_pool_list;

struct rni_batch_pool {
    pthread_mutex_t lock;
    int users; /* the owner and the buffers that are out */
    int spare, kinds;
    rni_batch_pool_list list[];
};

rni_batch_pool *rni_batch_pool_new(const int64_t *bytes, int kinds, int spare)
{
    rni_batch_pool *p = rni_alloc((int64_t)sizeof *p + kinds * (int64_t)sizeof p->list[0]);
    if (!p) return NULL;
    pthread_mutex_init(&p->lock, NULL);
    p->users = 1;
    p->spare = spare;
    p->kinds = kinds;
    for (int i = 0; i < kinds; i++) p->list[i].bytes = bytes[i];
    return p;
}

static void pool_destroy(rni_batch_pool *p)
{
    for (int i = 0; i < p->kinds; i++)
        for (rni_batch_buffer *b = p->list[i].first, *next; b; b = next) {
            next = b->next;
            rni_free(b);
        }
    pthread_mutex_destroy(&p->lock);
    rni_free(p);
}

/* One user less, under the lock, which is left. */
static void leave(rni_batch_pool *p)
{
    const bool last = --p->users == 0;
    pthread_mutex_unlock(&p->lock);
    if (last) pool_destroy(p);
}

void rni_batch_pool_free(rni_batch_pool *pool)
{
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->spare = 0; /* what comes back from now on is not needed again */
    leave(pool);
}

static rni_batch_buffer *buffer_new(int64_t bytes)
{
    int64_t whole;
    if (!rni_add_i64(bytes, (int64_t)sizeof(rni_batch_buffer) + ALIGNMENT, &whole)) whole = -1;
    rni_batch_buffer *b = rni_alloc_raw(whole);
    if (!b) return NULL;
    const uintptr_t at = (uintptr_t)(b + 1);
    b->data = (char *)(b + 1) + ((ALIGNMENT - at % ALIGNMENT) % ALIGNMENT);
    return b;
}

rni_batch_buffer *rni_batch_pool_take(rni_batch_pool *pool, int kind)
{
    rni_batch_pool_list *list = &pool->list[kind];
    pthread_mutex_lock(&pool->lock);
    rni_batch_buffer *b = list->first;
    if (b) {
        list->first = b->next;
        list->count--;
    }
    pool->users++;
    pthread_mutex_unlock(&pool->lock);
    if (!b) b = buffer_new(list->bytes);
    if (!b) {
        pthread_mutex_lock(&pool->lock);
        leave(pool);
        return NULL;
    }
    b->pool = pool;
    b->kind = kind;
    b->next = NULL;
    return b;
}

void rni_batch_buffer_done(void *buffer)
{
    rni_batch_buffer *b = buffer;
    if (!b) return;
    rni_batch_pool *p = b->pool;
    rni_batch_pool_list *list = &p->list[b->kind];
    pthread_mutex_lock(&p->lock);
    if (list->count < p->spare) {
        b->next = list->first;
        list->first = b;
        list->count++;
    } else
        rni_free(b);
    leave(p);
}
