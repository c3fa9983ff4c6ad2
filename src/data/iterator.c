/* Iterators: which examples make the next batch, and batches as tensors.
 *
 * The sequence is a function of the options and a cursor (epoch, position), which is why a run can be resumed from a
 * few numbers. The tensors are views of pooled buffers: a buffer goes back when the last reader of its tensor is done.
 */
#include "data/iterator_p.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"

#include <rensa/tensor.h>
#include <string.h>
#include <unistd.h>

int64_t rni_batch_cursor_count(const rn_iterator *it, const rni_batch_cursor *c)
{
    const int64_t left = it->ds->count - c->position;
    return left < it->args.batch_size ? left : it->args.batch_size;
}

/* Whether no batch begins at this position any more. */
static bool is_past(const rn_iterator *it, int64_t position)
{
    const int64_t left = it->ds->count - position;
    return left <= 0 || (it->args.drop_last && left < it->args.batch_size);
}

void rni_batch_cursor_advance(const rn_iterator *it, rni_batch_cursor *c)
{
    c->position += rni_batch_cursor_count(it, c);
    c->batch++;
    if (!is_past(it, c->position)) return;
    c->position = 0;
    c->epoch++;
}

static bool check_args(const rn_iterator_new_args *a, const rn_dataset *ds)
{
    const char *const op = "iterator_new";
    if (a->batch_size < 1)
        return rni_fail(RN_ERR_ARG, &a->site, op, "the batch size is %lld", (long long)a->batch_size);
    if (a->epochs < 0 || a->threads < 0 || a->threads > RNI_READERS_MAX || a->prefetch < 0 ||
        a->prefetch > RNI_PREFETCH_MAX)
        return rni_fail(RN_ERR_ARG, &a->site, op,
                        "epochs, threads (at most %d) or prefetch (at most %d) is out of range", RNI_READERS_MAX,
                        RNI_PREFETCH_MAX);
    if (ds->count == 0 || (a->drop_last && ds->count < a->batch_size)) {
        rni_fail(RN_ERR_ARG, &a->site, op, "not one batch can be made");
        rni_error_add("actual", "\"%s\" has %lld examples, the batch size is %lld%s", ds->source, (long long)ds->count,
                      (long long)a->batch_size, a->drop_last ? ", and smaller batches are left out" : "");
        if (ds->count > 0) rni_error_add("hint", "a batch size of at most %lld", (long long)ds->count);
        return false;
    }
    return true;
}

static bool make_pool(rn_iterator *it)
{
    int64_t bytes[RNI_COLUMNS_MAX];
    for (int i = 0; i < it->ds->column_count; i++)
        if (!rni_mul_i64(it->args.batch_size, rn_column_bytes(&it->ds->columns[i]), &bytes[i]))
            return rni_fail(RN_ERR_SHAPE, &it->args.site, "iterator_new", "a batch of column \"%s\" is too large",
                            it->ds->columns[i].name);
    it->pool = rni_batch_pool_new(bytes, it->ds->column_count, it->args.prefetch + 4);
    return it->pool != NULL;
}

static bool make_slots(rn_iterator *it)
{
    int64_t bytes;
    if (!rni_mul_i64(it->args.batch_size, (int64_t)sizeof(int64_t), &bytes)) bytes = -1;
    it->slots = rni_alloc(it->args.prefetch * (int64_t)sizeof *it->slots);
    it->batch_index = rni_alloc(bytes);
    if (!it->slots || !it->batch_index) return false;
    for (int i = 0; i < it->args.prefetch; i++) {
        it->slots[i].index = rni_alloc(bytes);
        if (!it->slots[i].index) return false;
    }
    if (!it->args.shuffle) return true;
    it->order_epoch = -1;
    it->order = rni_alloc_raw(it->ds->count * (int64_t)sizeof *it->order);
    return it->order != NULL;
}

static void fill_defaults(rn_iterator_new_args *a, const rn_dataset *ds)
{
    if (a->epochs == 0) a->epochs = 1;
    if (a->threads == 0) a->threads = sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;
    if (a->prefetch == 0) a->prefetch = 4;
    if (a->synchronous) a->prefetch = 1;
    if (a->batch_size > ds->count) a->batch_size = ds->count;
}

rn_iterator *rn_iterator_new_at(const rn_iterator_new_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    rn_dataset *ds = rni_dataset_hold(args->ds);
    rn_iterator *it = NULL;
    if (rni_dataset_ready(ds, &args->site, "iterator_new") && check_args(args, ds)) it = rni_alloc((int64_t)sizeof *it);
    if (!it) {
        rn_dataset_free(ds);
        return NULL;
    }
    it->ds = ds;
    it->args = *args;
    fill_defaults(&it->args, ds);
    it->end = it->args.repeat ? INT64_MAX : it->args.epochs;
    pthread_mutex_init(&it->lock, NULL);
    pthread_cond_init(&it->work, NULL);
    pthread_cond_init(&it->news, NULL);
    if (make_pool(it) && make_slots(it)) return it;
    rn_iterator_free(it);
    return NULL;
}

static void drop_batch(rn_iterator *it)
{
    for (int i = 0; i < it->ds->column_count; i++) {
        rn_drop(it->tensors[i]);
        it->tensors[i] = NULL;
    }
    it->batch = (rn_batch){ 0 };
}

void rn_iterator_free(rn_iterator *it)
{
    if (!it) return;
    rni_prefetch_stop(it);
    drop_batch(it);
    for (int i = 0; it->slots && i < it->args.prefetch; i++) {
        rni_batch_slot_clear(it, &it->slots[i]);
        rni_free(it->slots[i].index);
    }
    rni_free(it->slots);
    rni_free(it->batch_index);
    rni_free(it->order);
    rni_batch_pool_free(it->pool);
    pthread_cond_destroy(&it->news);
    pthread_cond_destroy(&it->work);
    pthread_mutex_destroy(&it->lock);
    rn_dataset_free(it->ds);
    rni_free(it);
}

/* The end of the epochs that were asked for is reported once; the call after that goes on with as many again. */
static bool is_over(rn_iterator *it)
{
    pthread_mutex_lock(&it->lock);
    bool over = it->given.epoch >= it->end;
    if (over && it->ended) {
        it->end += it->args.epochs;
        it->ended = over = false;
        pthread_cond_broadcast(&it->work);
    } else if (over)
        it->ended = true;
    pthread_mutex_unlock(&it->lock);
    return over;
}

/* Tensors that belong to the iterator and not to whatever scope the caller happens to be in. */
static bool make_tensors(rn_iterator *it, rni_batch_slot *slot, const rn_site *site)
{
    const int scope = rn_scope_begin();
    bool ok = true;
    for (int i = 0; i < it->ds->column_count && ok; i++) {
        const rn_column *c = &it->ds->columns[i];
        rn_shape shape = { c->shape.rank + 1, { slot->count } };
        for (int d = 1; d < shape.rank; d++) shape.dim[d] = c->shape.dim[d - 1];
        it->tensors[i] = rn_keep(
            rn_array_view_at(site, c->dtype, shape, slot->columns[i]->data, rni_batch_buffer_done, slot->columns[i]));
        ok = it->tensors[i] != NULL;
        if (ok) slot->columns[i] = NULL;
    }
    rn_scope_end(scope);
    rni_batch_slot_clear(it, slot); /* buffers that did not become tensors */
    return ok;
}

rn_batch *rn_next_at(const rn_site *site, rn_iterator *it)
{
    if (!it || !rn_ok()) {
        rni_error_trail(site, "next");
        return NULL;
    }
    drop_batch(it);
    if (is_over(it)) return NULL;
    rni_batch_slot slot = { .index = it->batch_index };
    const bool read = rni_prefetch_take(it, &slot);
    it->batch_index = slot.index;
    if (!read || !make_tensors(it, &slot, site)) {
        rni_error_trail(site, "next");
        drop_batch(it);
        return NULL;
    }
    it->batch = (rn_batch){ .x = it->tensors[0],
                            .t = it->ds->column_count > 1 ? it->tensors[1] : NULL,
                            .count = slot.count,
                            .epoch = slot.epoch,
                            .index = it->batch_index,
                            .column_count = it->ds->column_count,
                            .columns = it->tensors,
                            .dataset = it->ds };
    return &it->batch;
}

rn_tensor *rn_batch_get_at(const rn_site *site, const rn_batch *batch, const char *name)
{
    if (!batch || !rn_ok()) {
        rni_error_trail(site, "batch_get");
        return NULL;
    }
    const int i = rni_column_require(batch->dataset, name, site, "batch_get");
    return i < 0 ? NULL : batch->columns[i];
}

rn_dataset *rn_iterator_dataset(const rn_iterator *it)
{
    return it ? it->ds : NULL;
}

int64_t rn_iterator_batch_size(const rn_iterator *it)
{
    return it ? it->args.batch_size : 0;
}

int64_t rn_iterator_epoch_batches(const rn_iterator *it)
{
    if (!it) return 0;
    const int64_t whole = it->ds->count / it->args.batch_size, rest = it->ds->count % it->args.batch_size;
    return whole + (rest && !it->args.drop_last);
}

int64_t rn_iterator_epoch(const rn_iterator *it)
{
    return it ? it->given.epoch : 0;
}

double rn_iterator_epoch_detail(const rn_iterator *it)
{
    return it ? (double)it->given.epoch + (double)it->given.position / (double)it->ds->count : 0;
}

bool rn_iterator_is_new_epoch(const rn_iterator *it)
{
    return it && it->given.position == 0 && it->given.epoch > 0;
}

bool rn_iterator_reset(rn_iterator *it)
{
    if (!it) return false;
    drop_batch(it);
    rni_prefetch_jump(it, (rni_batch_cursor){ 0 }, it->args.seed, it->args.repeat ? INT64_MAX : it->args.epochs, false);
    return true;
}

rn_iterator_state rn_iterator_get_state(const rn_iterator *it)
{
    if (!it) return (rn_iterator_state){ 0 };
    return (rn_iterator_state){ .epoch = it->given.epoch,
                                .position = it->given.position,
                                .count = it->ds->count,
                                .seed = it->args.seed,
                                .shuffle = it->args.shuffle,
                                .ended = it->ended };
}

/* The epoch at which the pass that a state is in ends: passes have args.epochs epochs each. */
static int64_t end_of_pass(const rn_iterator *it, const rn_iterator_state *s)
{
    if (it->args.repeat) return INT64_MAX;
    if (s->ended) return s->epoch;
    const int64_t reached = s->epoch + (s->position > 0), passes = (reached + it->args.epochs - 1) / it->args.epochs;
    return (passes ? passes : 1) * it->args.epochs;
}

bool rn_iterator_set_state_at(const rn_site *site, rn_iterator *it, const rn_iterator_state *s)
{
    if (!it || !s || !rn_ok()) {
        rni_error_trail(site, "iterator_set_state");
        return false;
    }
    const char *const op = "iterator_set_state";
    if (s->count != it->ds->count || s->shuffle != it->args.shuffle) {
        rni_fail(RN_ERR_STATE, site, op, "the state is that of another iterator");
        rni_error_add("expect", "%lld examples, %s", (long long)it->ds->count,
                      it->args.shuffle ? "shuffled" : "in order");
        rni_error_add("actual", "%lld examples, %s", (long long)s->count, s->shuffle ? "shuffled" : "in order");
        return false;
    }
    if (s->epoch < 0 || s->epoch >= INT64_MAX / 2 || s->position < 0 || s->position >= s->count)
        return rni_fail(RN_ERR_ARG, site, op, "there is no position %lld in epoch %lld", (long long)s->position,
                        (long long)s->epoch);
    drop_batch(it);
    rni_batch_cursor c = { s->epoch, s->position, 0 };
    if (is_past(it, c.position)) c = (rni_batch_cursor){ s->epoch + 1, 0, 0 };
    rni_prefetch_jump(it, c, s->seed, end_of_pass(it, s), s->ended);
    return true;
}
