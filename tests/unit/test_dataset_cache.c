/* Caches in memory and in files. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"

#include <stdatomic.h>

typedef struct counted {
    atomic_int reads;
    bool bad;
} counted;

static bool counted_get(void *user, const rn_example *e)
{
    counted *c = user;
    atomic_fetch_add(&c->reads, 1);
    if (c->bad) return rn_fail(RN_ERR_IO, NULL, "the disk is gone");
    const double x[3] = { (double)e->index, (double)e->epoch, 3 };
    const uint8_t t = (uint8_t)(e->index * 7);
    if (e->to[0]) memcpy(e->to[0], x, sizeof x);
    if (e->to[1]) memcpy(e->to[1], &t, 1);
    return true;
}

static rn_dataset *make(counted *c, int64_t count)
{
    const rn_column columns[] = { { "x", RN_F64, RN_SHAPE(3), NULL, 0 }, { "t", RN_U8, RN_SCALAR, NULL, 0 } };
    return rn_dataset_new(count, counted_get, columns, 2, .user = c, .partial = true);
}

static void check_examples(rn_dataset *ds, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        double x[3] = { 0 };
        uint8_t t = 0;
        CHECK(rn_dataset_read(ds, i, ((void *[]){ i % 3 ? x : NULL, i % 2 ? &t : NULL })));
        if (i % 3) CHECK_EQ_I64(x[0] * 10 + x[2], i * 10 + 3);
        if (i % 2) CHECK_EQ_I64(t, (uint8_t)(i * 7));
    }
}

RN_TEST(examples_are_read_once)
{
    counted c = { 0 };
    rn_dataset *ds = rn_dataset_cache(rn_dataset_pass(make(&c, 100)));
    for (int pass = 0; pass < 3; pass++) check_examples(ds, 100);
    CHECK_EQ_I64(c.reads, 100);
    rn_dataset_free(ds);
}

RN_TEST(what_does_not_fit_is_read_anew)
{
    counted c = { 0 };
    rn_dataset *ds = rn_dataset_cache(rn_dataset_pass(make(&c, 100)), .bytes = 60 * 25);
    for (int pass = 0; pass < 3; pass++) check_examples(ds, 100);
    CHECK_EQ_I64(c.reads, 60 + 3 * 40);
    rn_dataset_free(ds);
    ds = rn_dataset_cache(rn_dataset_pass(make(&c, 10)), .bytes = 1);
    check_examples(ds, 10);
    rn_dataset_free(ds);
}

RN_TEST(a_cache_holds_epoch_0)
{
    counted c = { 0 };
    for (int kept = 0; kept < 2; kept++) {
        rn_dataset *ds = rn_dataset_cache(rn_dataset_pass(make(&c, 6)), .bytes = kept ? 1000 : 1);
        rn_iterator *it = rn_iterator_new(ds, 6, .epochs = 3);
        for (rn_batch *b; (b = rn_next(it)) != NULL;) CHECK_EQ_I64(((const double *)rn_data(b->x))[1], 0);
        CHECK_OK();
        rn_iterator_free(it);
        rn_dataset_free(ds);
    }
}

RN_TEST(many_threads_fill_one_cache)
{
    counted c = { 0 };
    rn_dataset *ds = rn_dataset_cache(rn_dataset_pass(make(&c, 3000)));
    rn_iterator *a = rn_iterator_new(ds, 7, .threads = 4, .shuffle = true), *b = rn_iterator_new(ds, 7, .threads = 4);
    for (int i = 0; i < 400; i++) {
        rn_batch *x = rn_next(a);
        if (x) CHECK_EQ_I64(((const double *)rn_data(x->x))[3 * (x->count - 1)], x->index[x->count - 1]);
        rn_batch *y = rn_next(b);
        if (y) CHECK_EQ_I64(((const uint8_t *)rn_data(y->t))[y->count - 1], (uint8_t)(y->index[y->count - 1] * 7));
    }
    CHECK_OK();
    rn_iterator_free(a);
    rn_iterator_free(b);
    rn_dataset_free(ds);
}

RN_TEST(a_file_keeps_examples_across_runs)
{
    counted c = { 0 };
    const char *file = test_path("examples");
    rn_dataset *ds = rn_dataset_cache(rn_dataset_pass(make(&c, 50)), .file = file, .key = "v1");
    CHECK_OK();
    CHECK_EQ_I64(c.reads, 50);
    check_examples(ds, 50);
    rn_dataset_free(ds);
    ds = rn_dataset_cache(rn_dataset_pass(make(&c, 50)), .file = file, .key = "v1");
    check_examples(ds, 50);
    CHECK_EQ_I64(c.reads, 50);
    rn_dataset_free(ds);
    ds = rn_dataset_cache(rn_dataset_pass(make(&c, 50)), .file = file, .key = "v2");
    check_examples(ds, 50);
    CHECK_EQ_I64(c.reads, 100);
    rn_dataset_free(ds);
    ds = rn_dataset_cache(rn_dataset_pass(make(&c, 49)), .file = file, .key = "v2");
    check_examples(ds, 49);
    CHECK_EQ_I64(c.reads, 149);
    rn_dataset_free(ds);
}

RN_TEST(a_damaged_file_is_made_anew)
{
    counted c = { 0 };
    const char *file = test_path("damaged");
    CHECK(rni_file_write(file, "nonsense", 8));
    rn_dataset *ds = rn_dataset_cache(rn_dataset_pass(make(&c, 5)), .file = file);
    CHECK_OK();
    check_examples(ds, 5);
    rn_dataset_free(ds);
    CHECK_EQ_I64(c.reads, 5);
}

RN_TEST(a_failure_leaves_no_half_written_file)
{
    counted c = { .bad = true };
    const char *file = test_path("half");
    CHECK(rn_dataset_cache(rn_dataset_pass(make(&c, 5)), .file = file) == NULL);
    CHECK_ERROR(RN_ERR_IO, "the disk is gone");
    CHECK(!rni_file_exists(file));
    c.bad = false;
    CHECK(rn_dataset_cache(rn_dataset_pass(make(&c, 5)), .file = test_path("no/such/folder")) == NULL);
    CHECK_ERROR(RN_ERR_IO, "no/such/folder");
}
