/* Reading batches ahead.
 *
 * Batch b goes into slot b % prefetch. Readers take batch numbers in turn under the lock and read without it; the
 * caller waits for the slot of the next number. Batches that take less time to read than a reader to wake up, of small
 * tables in memory, the caller reads itself. What a batch holds depends on its number only, so neither the number of
 * readers nor their speed changes what is handed out. It must not know of tensors. */
#include "data/iterator_p.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/log.h"
#include "data/order.h"

#include <signal.h>
#include <string.h>

void rni_batch_slot_clear(rn_iterator *it, rni_batch_slot *slot)
{
    for (int i = 0; i < it->ds->column_count; i++) {
        rni_batch_buffer_done(slot->columns[i]);
        slot->columns[i] = NULL;
    }
    /* Raising the error and clearing it is the way to free it; a pending one of this thread stays. */
    if (slot->error) {
        rni_error_copy *mine = rni_error_take();
        rni_error_give(slot->error);
        rn_error_clear();
        rni_error_give(mine);
        slot->error = NULL;
    }
    slot->failed = false;
    slot->state = RNI_BATCH_EMPTY;
}

/* Under the lock: decides which examples the next batch holds. */
static rni_batch_slot *claim(rn_iterator *it)
{
    rni_batch_slot *s = &it->slots[it->ahead.batch % it->args.prefetch];
    s->state = RNI_BATCH_BUSY;
    s->epoch = it->ahead.epoch;
    s->count = rni_batch_cursor_count(it, &it->ahead);
    if (it->order && it->order_epoch != s->epoch) {
        rni_shuffled(it->order, it->ds->count, it->args.seed, (uint64_t)s->epoch);
        it->order_epoch = s->epoch;
    }
    for (int64_t i = 0; i < s->count; i++) {
        const int64_t at = it->ahead.position + i;
        s->index[i] = it->order ? it->order[at] : at;
    }
    rni_batch_cursor_advance(it, &it->ahead);
    it->busy++;
    return s;
}

static bool read_examples(rn_iterator *it, rni_batch_slot *s)
{
    rn_dataset *ds = it->ds;
    void *to[RNI_COLUMNS_MAX];
    for (int c = 0; c < ds->column_count; c++) {
        s->columns[c] = rni_batch_pool_take(it->pool, c);
        if (!s->columns[c]) return false;
    }
    for (int64_t i = 0; i < s->count; i++) {
        for (int c = 0; c < ds->column_count; c++)
            to[c] = (char *)s->columns[c]->data + i * rn_column_bytes(&ds->columns[c]);
        if (!rni_dataset_get(ds, &(rn_example){ s->index[i], s->epoch, to })) return false;
    }
    return true;
}

/* Without the lock. What goes wrong is left in the slot for the caller. */
static void fill(rn_iterator *it, rni_batch_slot *s)
{
    const rn_site *before = rni_site_enter(&it->args.site);
    s->failed = !read_examples(it, s);
    if (s->failed) s->error = rni_error_take();
    rni_site_enter(before);
}

/* Under the lock, which is given back while examples are read. */
static void read_next(rn_iterator *it)
{
    rni_batch_slot *s = claim(it);
    pthread_mutex_unlock(&it->lock);
    const double start = rni_now();
    fill(it, s);
    const double seconds = rni_now() - start;
    pthread_mutex_lock(&it->lock);
    it->read_seconds += (seconds - it->read_seconds) * (it->read_seconds > 0 ? 0.125 : 1);
    s->state = RNI_BATCH_READY;
    it->busy--;
}

/* Whether a reader that sleeps would take longer to wake up than to read. */
static bool is_quick(const rn_iterator *it)
{
    const double waking = 10e-6; /* seconds */
    return it->read_seconds > 0 && it->read_seconds < waking;
}

static void *reader(void *user)
{
    rn_iterator *it = user;
    pthread_mutex_lock(&it->lock);
    for (;;) {
        const bool room = it->ahead.batch < it->given.batch + it->args.prefetch && it->ahead.epoch < it->end;
        if (it->stop) break;
        if (!room || it->paused) {
            pthread_cond_wait(&it->work, &it->lock);
            continue;
        }
        read_next(it);
        pthread_cond_signal(&it->news);
    }
    pthread_mutex_unlock(&it->lock);
    return NULL;
}

/* Readers leave all signals to the program's own threads. */
static void start_readers(rn_iterator *it)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    while (it->reader_count < it->args.threads && pthread_create(&it->readers[it->reader_count], NULL, reader, it) == 0)
        it->reader_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (it->reader_count == 0) {
        it->args.synchronous = true;
        rni_log(RN_LOG_WARN, "data", "no thread can be started: batches are read when they are asked for");
    }
}

static rni_batch_slot *wait_for_batch(rn_iterator *it)
{
    if (!it->args.synchronous && it->reader_count == 0) start_readers(it);
    pthread_mutex_lock(&it->lock);
    rni_batch_slot *s = &it->slots[it->given.batch % it->args.prefetch];
    if (s->state == RNI_BATCH_EMPTY && (it->args.synchronous || is_quick(it))) read_next(it);
    while (s->state != RNI_BATCH_READY) pthread_cond_wait(&it->news, &it->lock);
    return s;
}

bool rni_prefetch_take(rn_iterator *it, rni_batch_slot *out)
{
    rni_batch_slot *s = wait_for_batch(it);
    int64_t *spare = out->index;
    *out = *s;
    s->index = spare;
    memset(s->columns, 0, sizeof s->columns);
    s->error = NULL;
    s->failed = false;
    s->state = RNI_BATCH_EMPTY;
    rni_batch_cursor_advance(it, &it->given);
    if (!is_quick(it)) pthread_cond_signal(&it->work);
    pthread_mutex_unlock(&it->lock);
    if (!out->failed) return true;
    rni_error_give(out->error);
    if (rn_ok()) rni_fail(RN_ERR_NOMEM, &it->args.site, "next", "out of memory: not even the error could be kept");
    out->error = NULL;
    rni_batch_slot_clear(it, out);
    return false;
}

void rni_prefetch_jump(rn_iterator *it, rni_batch_cursor to, uint64_t seed, int64_t end, bool ended)
{
    pthread_mutex_lock(&it->lock);
    const bool there = it->given.epoch == to.epoch && it->given.position == to.position && it->args.seed == seed &&
                       it->end == end && it->ended == ended;
    if (there) { /* what has been read ahead stays */
        pthread_mutex_unlock(&it->lock);
        return;
    }
    it->paused = true;
    while (it->busy > 0) pthread_cond_wait(&it->news, &it->lock);
    for (int i = 0; i < it->args.prefetch; i++) rni_batch_slot_clear(it, &it->slots[i]);
    it->ahead = it->given = to;
    it->args.seed = seed;
    it->order_epoch = -1;
    it->end = end;
    it->ended = ended;
    it->paused = false;
    pthread_cond_broadcast(&it->work);
    pthread_mutex_unlock(&it->lock);
}

void rni_prefetch_stop(rn_iterator *it)
{
    pthread_mutex_lock(&it->lock);
    it->stop = true;
    pthread_cond_broadcast(&it->work);
    pthread_mutex_unlock(&it->lock);
    for (int i = 0; i < it->reader_count; i++) pthread_join(it->readers[i], NULL);
    it->reader_count = 0;
}
