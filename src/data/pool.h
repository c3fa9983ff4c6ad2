/* Buffers of batches, used again and again. A buffer may outlive its iterator, as long as a tensor views it. */
#ifndef RNI_DATA_POOL_H
#define RNI_DATA_POOL_H

#include <stdint.h>

typedef struct rni_batch_pool rni_batch_pool;

typedef struct rni_batch_buffer {
    void *data; /* aligned to 64 bytes */
    rni_batch_pool *pool;
    struct rni_batch_buffer *next;
    int kind;
} rni_batch_buffer;

/* A pool of `kinds` sizes of buffers, of which it keeps at most `spare` unused ones each. NULL with an error. */
rni_batch_pool *rni_batch_pool_new(const int64_t *bytes, int kinds, int spare);
/* The pool's owner lets go; the rest goes with the last buffer. NULL is fine. */
void rni_batch_pool_free(rni_batch_pool *pool);
/* A buffer with unspecified contents, NULL with an error pending. Thread-safe: yes, as the next one. */
rni_batch_buffer *rni_batch_pool_take(rni_batch_pool *pool, int kind);
/* Gives a buffer back; NULL is fine. Takes void * so that it can be a callback. */
void rni_batch_buffer_done(void *buffer);

#endif
