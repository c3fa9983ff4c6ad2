/* Counted memory, failure on demand, and the places of values in a plan. */
#include "test.h"

#include "backend/backend.h"
#include "base/alloc.h"
#include "base/rng.h"
#include "engine/slab.h"

RN_TEST(blocks_are_counted)
{
    const int64_t live = rni_alloc_live(), calls = rni_alloc_calls();
    char *a = rni_alloc(100), *b = rni_alloc_raw(0), *c = rni_strndup("abcdef", 3);
    CHECK(a && b && c);
    for (int i = 0; i < 100; i++) CHECK_EQ_I64(a[i], 0);
    CHECK_EQ_STR(c, "abc");
    CHECK_EQ_I64(rni_alloc_live() - live, 3);
    CHECK_EQ_I64(rni_alloc_calls() - calls, 3);
    a = rni_realloc(a, 1000);
    CHECK_EQ_I64(rni_alloc_live() - live, 3);
    rni_free(a);
    rni_free(b);
    rni_free(c);
    rni_free(NULL);
    CHECK_EQ_I64(rni_alloc_live() - live, 0);
}

RN_TEST(the_nth_allocation_fails_once)
{
    rni_alloc_fail_after(3);
    void *p[4];
    for (int i = 0; i < 4; i++) {
        p[i] = rni_alloc(8);
        CHECK((p[i] == NULL) == (i == 2));
    }
    CHECK_ERROR(RN_ERR_NOMEM, "8 bytes");
    for (int i = 0; i < 4; i++) rni_free(p[i]);
}

RN_TEST(a_failed_growth_leaves_the_array_as_it_was)
{
    int64_t capacity = 0, count = 0;
    int *array = NULL;
    for (; count < 16; count++) {
        array = rni_grow(array, count, &capacity, sizeof *array);
        array[count] = (int)count;
    }
    rni_alloc_fail_after(1);
    CHECK(rni_grow(array, count, &capacity, sizeof *array) == NULL);
    CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
    CHECK_EQ_I64(capacity, 16);
    CHECK_EQ_I64(array[15], 15);
    rni_free(array);
}

RN_TEST(sizes_that_cannot_be_had_are_errors)
{
    CHECK(rni_alloc(-1) == NULL);
    CHECK_ERROR(RN_ERR_NOMEM, "-1 bytes");
    CHECK(rni_alloc_raw(INT64_MAX) == NULL);
    CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
    RN_SCOPE
    {
        CHECK(rn_array(RN_F32, RN_SHAPE((int64_t)1 << 50), NULL) == NULL);
        CHECK_ERROR(RN_ERR_NOMEM, "");
        CHECK(rn_zeros(RN_SHAPE((int64_t)1 << 50)) == NULL); /* too much to be left pending: computed at the call */
        CHECK_ERROR(RN_ERR_NOMEM, "");
    }
    RN_SCOPE CHECK_NEAR(rn_item(rn_sum(rn_ones(RN_SHAPE(10)))), 10, 0);
    CHECK_OK();
}

static void check_slab(const rni_slab *s)
{
    for (int64_t i = 0; i < s->count; i++) {
        const rni_slab_item *a = &s->item[i];
        CHECK_EQ_I64(a->offset % 64, 0);
        CHECK(a->offset >= 0 && a->offset + a->bytes <= s->bytes);
        for (int64_t k = 0; k < i; k++) {
            const rni_slab_item *b = &s->item[k];
            const bool together = a->first <= b->last && b->first <= a->last;
            const bool overlap = a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes;
            if (together && overlap && a->bytes && b->bytes)
                test_failed(__FILE__, __LINE__, "pieces %lld and %lld overlap", (long long)a->id, (long long)b->id);
        }
    }
}

RN_TEST(values_alive_at_once_never_share_memory)
{
    rni_rng r = { .seed = 3 };
    for (int round = 0; round < 200; round++) {
        rni_slab s = { 0 };
        const int64_t n = 1 + (int64_t)rni_rng_below(&r, 60);
        int64_t total = 0;
        for (int64_t i = 0; i < n; i++) {
            const int64_t first = (int64_t)rni_rng_below(&r, 50), bytes = (int64_t)rni_rng_below(&r, 5000);
            CHECK(rni_slab_add(&s, i, bytes, first, first + (int64_t)rni_rng_below(&r, 12)));
            total += (bytes + 63) / 64 * 64;
        }
        CHECK(rni_slab_solve(&s));
        CHECK(s.bytes <= total);
        check_slab(&s);
        rni_slab_free(&s);
    }
}

RN_TEST(a_chain_of_values_needs_room_for_two)
{
    rni_slab s = { 0 };
    for (int i = 0; i < 100; i++) CHECK(rni_slab_add(&s, i, 640, i, i + 1));
    CHECK(rni_slab_solve(&s));
    CHECK_EQ_I64(s.bytes, 2 * 640);
    rni_slab_free(&s);
}

RN_TEST(a_buffer_of_any_size_is_used_again)
{
    rni_device *d = rni_device_ref();
    for (int64_t bytes = 1; bytes < 5000; bytes += 7) {
        rni_buffer *b = rni_buffer_new(d, bytes);
        CHECK(b && b->capacity >= bytes);
        const void *at = b->data;
        rni_buffer_drop(b);
        b = rni_buffer_new(d, bytes);
        CHECK(b->data == at);
        rni_buffer_drop(b);
    }
    for (int64_t bytes = 1 << 20; bytes < 40 << 20; bytes += (5 << 20) / 3) {
        rni_buffer *b = rni_buffer_new(d, bytes);
        CHECK(b && b->capacity >= bytes);
        CHECK(b->capacity - bytes <= bytes / 32);
        rni_buffer_drop(b);
    }
    CHECK(!rni_buffer_new(d, INT64_MAX));
    CHECK_ERROR(RN_ERR_NOMEM, "not to be had");
}

RN_TEST(scratch_lies_in_unused_memory_of_up_to_twice_its_size)
{
    rni_device *d = rni_device_ref();
    rni_buffer *b = rni_buffer_new(d, 100 << 20);
    const void *at = b->data;
    rni_buffer_drop(b);
    const int64_t used = rni_pool_stats(d).used;
    b = rni_buffer_scratch(d, 60 << 20);
    CHECK(b->data == at);
    CHECK(b->bytes == 60 << 20 && b->capacity >= 100 << 20);
    CHECK_EQ_I64(rni_pool_stats(d).used, used + b->capacity);
    rni_buffer_drop(b);
    CHECK_EQ_I64(rni_pool_stats(d).used, used);
    rni_buffer *large = rni_buffer_new(d, 100 << 20), *small = rni_buffer_new(d, 45 << 20);
    CHECK(large->data == at);
    rni_buffer_drop(large);
    rni_buffer_drop(small);
    large = rni_buffer_scratch(d, 44 << 20);
    CHECK(large->capacity < 50 << 20);
    rni_buffer_drop(large);
}
