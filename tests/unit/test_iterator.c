/* Iterators: order, shuffling, reading ahead, resuming, errors of reading threads, lifetimes. */
#include "test.h"

#include "base/alloc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

typedef struct source {
    int64_t bad; /* index that cannot be read, -1 none */
    int delay;   /* microseconds, uneven */
    atomic_int freed, reads;
} source;

/* x f32 [2] = {index, epoch}, t i32 [] = index. */
static bool source_get(void *user, const rn_example *e)
{
    source *s = user;
    atomic_fetch_add(&s->reads, 1);
    if (s->delay) usleep((unsigned)(s->delay * (int)(e->index % 3)));
    if (e->index == s->bad) return rn_fail(RN_ERR_FORMAT, NULL, "example %lld is broken", (long long)e->index);
    const float x[2] = { (float)e->index, (float)e->epoch };
    const int32_t t = (int32_t)e->index;
    memcpy(e->to[0], x, sizeof x);
    memcpy(e->to[1], &t, sizeof t);
    return true;
}

static void source_free(void *user)
{
    atomic_fetch_add(&((source *)user)->freed, 1);
}

static rn_dataset *make(source *s, int64_t count)
{
    const rn_column columns[] = { { "x", RN_F32, RN_SHAPE(2), NULL, 0 }, { "t", RN_I32, RN_SCALAR, NULL, 0 } };
    return rn_dataset_new(count, source_get, columns, 2, .user = s, .free = source_free);
}

/* The order of n batches as one list of indices; checks that tensors and indices agree. */
static int64_t collect(rn_iterator *it, int64_t batches, int64_t *to)
{
    int64_t n = 0;
    for (int64_t b = 0; b < batches; b++) {
        rn_batch *batch = rn_next(it);
        if (!batch) return n;
        const float *x = rn_data_f32(batch->x);
        const int32_t *t = rn_data(batch->t);
        CHECK_EQ_I64(rn_tensor_dim(batch->x, 0), batch->count);
        CHECK_EQ_I64(rn_tensor_rank(batch->t), 1);
        for (int64_t i = 0; i < batch->count; i++) {
            CHECK_EQ_I64(x[2 * i], batch->index[i]);
            CHECK_EQ_I64(x[2 * i + 1], batch->epoch);
            CHECK_EQ_I64(t[i], batch->index[i]);
            to[n++] = batch->index[i];
        }
    }
    return n;
}

RN_TEST(batches_come_in_order_and_the_last_may_be_smaller)
{
    source s = { .bad = -1 };
    rn_dataset *ds = make(&s, 10);
    rn_iterator *it = rn_iterator_new(ds, 4);
    rn_dataset_free(ds);
    CHECK_EQ_I64(s.freed, 0);
    CHECK_EQ_I64(rn_iterator_epoch_batches(it), 3);
    for (int pass = 0; pass < 2; pass++) {
        const int64_t sizes[] = { 4, 4, 2 };
        int64_t at = 0;
        for (int b = 0; b < 3; b++) {
            rn_batch *batch = rn_next(it);
            CHECK(batch != NULL);
            CHECK_EQ_I64(batch->count, sizes[b]);
            CHECK_EQ_I64(batch->epoch, pass);
            for (int64_t i = 0; i < batch->count; i++) CHECK_EQ_I64(batch->index[i], at++);
            CHECK_EQ_I64(rn_iterator_is_new_epoch(it), b == 2);
            CHECK_NEAR(rn_iterator_epoch_detail(it), pass + (double)at / 10, 1e-12);
        }
        CHECK(rn_next(it) == NULL);
        CHECK_OK();
        CHECK_EQ_I64(rn_iterator_epoch(it), pass + 1);
    }
    rn_iterator_free(it);
    CHECK_EQ_I64(s.freed, 1);
}

RN_TEST(drop_last_leaves_out_what_is_not_full)
{
    source s = { .bad = -1 };
    rn_dataset *ds = make(&s, 10);
    rn_iterator *it = rn_iterator_new(ds, 4, .drop_last = true, .epochs = 3, .shuffle = true);
    CHECK_EQ_I64(rn_iterator_epoch_batches(it), 2);
    int64_t order[100];
    CHECK_EQ_I64(collect(it, 100, order), 3 * 8);
    CHECK_OK();
    rn_iterator_free(it);
    CHECK(rn_iterator_new(ds, 11, .drop_last = true) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "not one batch can be made");
    CHECK(rn_iterator_new(ds, 0) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "the batch size is 0");
    rn_dataset_free(ds);
}

RN_TEST(each_epoch_is_a_new_permutation)
{
    enum { N = 57 };
    source s = { .bad = -1 };
    rn_dataset *ds = make(&s, N);
    int64_t order[2][3 * N];
    for (int k = 0; k < 2; k++) {
        rn_iterator *it = rn_iterator_new(ds, 8, .shuffle = true, .seed = (uint64_t)k, .repeat = true);
        CHECK_EQ_I64(collect(it, 3 * rn_iterator_epoch_batches(it), order[k]), 3 * N);
        rn_iterator_free(it);
        for (int e = 0; e < 3; e++) {
            bool seen[N] = { false };
            for (int i = 0; i < N; i++) seen[order[k][e * N + i]] = true;
            for (int i = 0; i < N; i++) CHECK(seen[i]);
        }
        CHECK(memcmp(order[k], order[k] + N, N * sizeof(int64_t)) != 0);
    }
    CHECK(memcmp(order[0], order[1], N * sizeof(int64_t)) != 0);
    rn_dataset_free(ds);
}

RN_TEST(the_number_of_threads_changes_nothing)
{
    enum { N = 101, EPOCHS = 4 };
    source s = { .bad = -1, .delay = 30 };
    rn_dataset *ds = make(&s, N);
    static int64_t first[EPOCHS * N], other[EPOCHS * N];
    rn_iterator *it = rn_iterator_new(ds, 6, .shuffle = true, .seed = 5, .epochs = EPOCHS, .synchronous = true);
    CHECK_EQ_I64(collect(it, 1000, first), EPOCHS * N);
    rn_iterator_free(it);
    for (int threads = 1; threads <= 5; threads++) {
        it = rn_iterator_new(ds, 6, .shuffle = true, .seed = 5, .epochs = EPOCHS, .threads = threads,
                             .prefetch = 1 + threads % 4);
        CHECK_EQ_I64(collect(it, 1000, other), EPOCHS * N);
        CHECK(memcmp(first, other, sizeof first) == 0);
        rn_iterator_free(it);
    }
    rn_dataset_free(ds);
}

typedef struct {
    pthread_t caller;
    int pause; /* microseconds */
    atomic_int by_caller, by_readers;
} watched;

static bool watched_get(void *user, const rn_example *e)
{
    watched *w = user;
    if (w->pause) usleep((unsigned)w->pause);
    atomic_fetch_add(pthread_equal(w->caller, pthread_self()) ? &w->by_caller : &w->by_readers, 1);
    memset(e->to[0], 0, sizeof(float));
    return true;
}

RN_TEST(batches_that_are_read_at_once_are_read_by_the_caller)
{
    for (int slow = 0; slow < 2; slow++) {
        watched w = { .caller = pthread_self(), .pause = slow ? 200 : 0 };
        const rn_column column = { "x", RN_F32, RN_SCALAR, NULL, 0 };
        rn_dataset *ds = rn_dataset_new(8, watched_get, &column, 1, .user = &w);
        rn_iterator *it = rn_iterator_new(ds, 2, .repeat = true, .threads = 2);
        for (int i = 0; i < (slow ? 200 : 20000); i++) CHECK(rn_next(it));
        rn_iterator_free(it);
        rn_dataset_free(ds);
        if (slow) CHECK(w.by_readers > w.by_caller);
        if (!slow) CHECK(w.by_caller > w.by_readers);
    }
    CHECK_OK();
}

RN_TEST(a_run_continues_from_a_state_in_the_middle_of_an_epoch)
{
    enum { N = 43, B = 5, BATCHES = 27 };
    source s = { .bad = -1 };
    rn_dataset *ds = make(&s, N);
    static int64_t whole[BATCHES * B], rest[BATCHES * B];
    rn_iterator *it = rn_iterator_new(ds, B, .shuffle = true, .seed = 9, .repeat = true);
    const int64_t n = collect(it, BATCHES, whole);
    rn_iterator_free(it);
    for (int stop = 0; stop < BATCHES; stop++) {
        it = rn_iterator_new(ds, B, .shuffle = true, .seed = 9, .repeat = true);
        const int64_t before = collect(it, stop, rest);
        const rn_iterator_state saved = rn_iterator_get_state(it);
        rn_iterator_free(it);
        it = rn_iterator_new(ds, B, .shuffle = true, .seed = 1, .repeat = true, .threads = 3);
        if (stop % 2) collect(it, 2, rest); /* what it had read ahead is forgotten */
        CHECK(rn_iterator_set_state(it, &saved));
        CHECK_EQ_I64(collect(it, BATCHES - stop, rest), n - before);
        CHECK(memcmp(rest, whole + before, (size_t)(n - before) * sizeof(int64_t)) == 0);
        rn_iterator_free(it);
    }
    rn_dataset_free(ds);
}

RN_TEST(the_end_of_a_pass_is_part_of_the_state)
{
    source s = { .bad = -1 };
    rn_dataset *ds = make(&s, 6);
    int64_t order[64];
    rn_iterator *a = rn_iterator_new(ds, 3), *b = rn_iterator_new(ds, 3);
    CHECK_EQ_I64(collect(a, 2, order), 6);
    rn_iterator_state saved = rn_iterator_get_state(a); /* the epoch is complete, its NULL not yet given */
    CHECK(rn_iterator_set_state(b, &saved));
    CHECK(rn_next(a) == NULL);
    CHECK(rn_next(b) == NULL);
    saved = rn_iterator_get_state(a); /* its NULL was given */
    CHECK(rn_iterator_set_state(b, &saved));
    CHECK_EQ_I64(collect(a, 100, order), 6);
    CHECK_EQ_I64(collect(b, 100, order), 6);
    CHECK_EQ_I64(rn_iterator_epoch(b), 2);
    rn_iterator_free(a);
    rn_iterator_free(b);
    rn_dataset_free(ds);
}

RN_TEST(a_state_of_another_iterator_is_refused)
{
    source s = { .bad = -1 };
    rn_dataset *ds = make(&s, 6);
    rn_iterator *it = rn_iterator_new(ds, 3);
    rn_iterator_state saved = rn_iterator_get_state(it);
    saved.count = 7;
    CHECK(!rn_iterator_set_state(it, &saved));
    CHECK_ERROR(RN_ERR_STATE, "7 examples, in order");
    saved.count = 6;
    saved.shuffle = true;
    CHECK(!rn_iterator_set_state(it, &saved));
    CHECK_ERROR(RN_ERR_STATE, "shuffled");
    saved.shuffle = false;
    saved.position = 6;
    CHECK(!rn_iterator_set_state(it, &saved));
    CHECK_ERROR(RN_ERR_ARG, "no position 6");
    rn_iterator_free(it);
    rn_dataset_free(ds);
}

RN_TEST(reset_begins_anew)
{
    source s = { .bad = -1, .delay = 10 };
    rn_dataset *ds = make(&s, 30);
    int64_t a[30], b[30];
    rn_iterator *it = rn_iterator_new(ds, 4, .shuffle = true, .seed = 3, .threads = 3);
    CHECK_EQ_I64(collect(it, 100, a), 30);
    for (int i = 0; i < 5; i++) {
        collect(it, i, b);
        CHECK(rn_iterator_reset(it));
        CHECK_EQ_I64(collect(it, 100, b), 30);
        CHECK(memcmp(a, b, sizeof a) == 0);
    }
    rn_iterator_free(it);
    rn_dataset_free(ds);
}

RN_TEST(an_error_of_a_reading_thread_reaches_the_caller)
{
    source s = { .bad = 9 };
    rn_dataset *ds = make(&s, 16);
    for (int synchronous = 0; synchronous < 2; synchronous++) {
        rn_iterator *it = rn_iterator_new(ds, 4, .synchronous = synchronous);
        int64_t order[16];
        CHECK_EQ_I64(collect(it, 2, order), 8);
        CHECK(rn_next(it) == NULL);
        CHECK(rn_next(it) == NULL);
        CHECK_EQ_I64(rn_error_last()->trail_count, 2);
        CHECK(strstr(rn_error_last()->message, "test_iterator.c") != NULL);
        CHECK_ERROR(RN_ERR_FORMAT, "example 9 is broken");
        CHECK_EQ_I64(collect(it, 2, order), 4); /* goes on after the broken batch */
        CHECK_EQ_I64(order[0], 12);
        CHECK(rn_iterator_reset(it));
        rn_iterator_free(it);
    }
    rn_dataset_free(ds);
}

RN_TEST(a_kept_batch_outlives_the_iterator)
{
    source s = { .bad = -1 };
    const int64_t tensors = rn_live_tensors(), blocks = rni_alloc_live();
    rn_iterator *it = rn_iterator_new(rn_dataset_pass(make(&s, 100)), 5, .repeat = true);
    rn_tensor *kept[3] = { NULL };
    for (int i = 0; i < 60; i++) {
        rn_batch *b = rn_next(it);
        if (i < 3) kept[i] = rn_keep(b->x);
    }
    rn_iterator_free(it);
    CHECK_EQ_I64(s.freed, 1);
    for (int i = 0; i < 3; i++) {
        const float *x = rn_data_f32(kept[i]);
        for (int k = 0; k < 5; k++) CHECK_EQ_I64(x[2 * k], 5 * i + k);
        rn_drop(kept[i]);
    }
    CHECK_EQ_I64(rn_live_tensors(), tensors);
    CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
}

RN_TEST(buffers_are_used_again)
{
    source s = { .bad = -1 };
    rn_iterator *it = rn_iterator_new(rn_dataset_pass(make(&s, 64)), 8, .repeat = true, .synchronous = true);
    for (int i = 0; i < 20; i++) rn_next(it);
    const int64_t calls = rni_alloc_calls();
    for (int i = 0; i < 100; i++) CHECK(rn_next(it) != NULL);
    /* Tensors are the engine's; the buffers of 100 batches and two columns would be 200 more. */
    CHECK(rni_alloc_calls() - calls < 1000);
    rn_iterator_free(it);
}

RN_TEST(columns_are_found_by_name)
{
    source s = { .bad = -1 };
    rn_iterator *it = rn_iterator_new(rn_dataset_pass(make(&s, 8)), 8);
    rn_batch *b = rn_next(it);
    CHECK(rn_batch_get(b, "t") == b->t);
    CHECK(rn_batch_get(b, "tt") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no column \"tt\"");
    rn_iterator_free(it);
}

RN_TEST(lack_of_memory_is_an_error_and_leaks_nothing)
{
    source s = { .bad = -1 };
    rn_dataset *ds = make(&s, 20);
    for (int synchronous = 0; synchronous < 2; synchronous++)
        for (int n = 1; n < 80; n++) {
            const int64_t blocks = rni_alloc_live();
            rni_alloc_fail_after(n);
            rn_iterator *it = rn_iterator_new(ds, 4, .shuffle = true, .synchronous = synchronous, .threads = 2);
            int64_t got = 0;
            for (rn_batch *b; (b = rn_next(it)) != NULL;) got += b->count;
            rni_alloc_fail_after(0);
            if (!rn_ok())
                CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
            else
                CHECK_EQ_I64(got, 20);
            rn_iterator_free(it);
            CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
        }
    rn_dataset_free(ds);
}

RN_TEST(null_gives_null)
{
    CHECK(rn_iterator_new(NULL, 4) == NULL);
    CHECK(rn_next(NULL) == NULL);
    CHECK_OK();
    rn_iterator_free(NULL);
    rn_dataset_free(NULL);
    CHECK_EQ_I64(rn_iterator_epoch(NULL), 0);
}
