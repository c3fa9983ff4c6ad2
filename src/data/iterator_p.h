/* What the iterator (what to hand out) and its reading ahead (when and by whom it is read) share. */
#ifndef RNI_DATA_ITERATOR_P_H
#define RNI_DATA_ITERATOR_P_H

#include "data/data.h"
#include "data/pool.h"

#include "base/error.h"

#include <pthread.h>

enum { RNI_READERS_MAX = 64, RNI_PREFETCH_MAX = 1024 };

/* Where in the sequence of batches. */
typedef struct rni_batch_cursor {
    int64_t epoch, position;
    int64_t batch; /* number of batches from the start or the last jump */
} rni_batch_cursor;

typedef enum rni_batch_slot_state { RNI_BATCH_EMPTY, RNI_BATCH_BUSY, RNI_BATCH_READY } rni_batch_slot_state;

/* A batch that is being read or waits to be handed out. */
typedef struct rni_batch_slot {
    rni_batch_slot_state state;
    int64_t count, epoch;
    int64_t *index; /* [batch_size] */
    rni_batch_buffer *columns[RNI_COLUMNS_MAX];
    bool failed;
    rni_error_copy *error; /* why; NULL where there was no memory for it */
} rni_batch_slot;

struct rn_iterator {
    rn_dataset *ds;
    rn_iterator_new_args args; /* with the defaults filled in */
    rni_batch_pool *pool;
    rni_batch_slot *slots; /* [prefetch]: batch b is in slot b % prefetch */
    int64_t *order;        /* [count], of order_epoch; NULL unless shuffled */
    int64_t order_epoch;

    /* Under the lock: slots' states, the cursors, order, and these. A busy slot belongs to its reader. */
    pthread_mutex_t lock;
    pthread_cond_t work, news;     /* for readers; for the one who waits for them */
    rni_batch_cursor ahead, given; /* the next batch to be read, the next to be handed out */
    int64_t end;                   /* epoch at which rn_next returns NULL */
    bool ended, paused, stop;
    int busy;
    double read_seconds; /* that batches took to read lately; 0: not known */
    int reader_count;
    pthread_t readers[RNI_READERS_MAX];

    /* What the caller holds. */
    rn_batch batch;
    rn_tensor *tensors[RNI_COLUMNS_MAX];
    int64_t *batch_index; /* [batch_size] */
};

/* Examples in the batch at the cursor; then the cursor after it. */
int64_t rni_batch_cursor_count(const rn_iterator *it, const rni_batch_cursor *c);
void rni_batch_cursor_advance(const rn_iterator *it, rni_batch_cursor *c);

/* Waits for the next batch and moves its contents to *out; its index array is exchanged with the one in out. False with
 * an error pending if reading failed; the batch is given either way. */
bool rni_prefetch_take(rn_iterator *it, rni_batch_slot *out);
/* Jumps: forgets what was read ahead and goes on from `to`. */
void rni_prefetch_jump(rn_iterator *it, rni_batch_cursor to, uint64_t seed, int64_t end, bool ended);
void rni_prefetch_stop(rn_iterator *it);
void rni_batch_slot_clear(rn_iterator *it, rni_batch_slot *slot);

#endif
