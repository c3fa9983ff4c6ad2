/* Data sets in general: users' own, arrays, subset, concat, split, pick, transform, normalize, statistics, lifetimes.
 */
#include "test.h"

#include "base/alloc.h"

static bool square_get(void *user, const rn_example *e)
{
    (void)user;
    const float x[2] = { (float)e->index, (float)(e->index * e->index) };
    const int32_t t = (int32_t)(e->index % 3);
    memcpy(e->to[0], x, sizeof x);
    memcpy(e->to[1], &t, sizeof t);
    return true;
}

static const char *const abc[] = { "a", "b", "c" };

static rn_dataset *squares(int64_t count)
{
    const rn_column columns[] = { { "x", RN_F32, RN_SHAPE(2), NULL, 0 }, { "t", RN_I32, RN_SCALAR, abc, 3 } };
    return rn_dataset_new(count, square_get, columns, 2, .source = "squares");
}

static float first_of(rn_dataset *ds, int64_t i)
{
    float x[2] = { -1, -1 };
    CHECK(rn_dataset_read(ds, i, ((void *[]){ x, NULL })));
    CHECK_EQ_I64(x[1], x[0] * x[0]);
    return x[0];
}

RN_TEST(a_data_set_of_ones_own_is_read_by_index)
{
    rn_dataset *ds = squares(5);
    CHECK_EQ_I64(rn_dataset_count(ds), 5);
    CHECK_EQ_I64(rn_dataset_column_count(ds), 2);
    CHECK_EQ_I64(rn_dataset_find_column(ds, "t"), 1);
    CHECK_EQ_I64(rn_dataset_find_column(ds, "y"), -1);
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[2], "c");
    CHECK(rn_dataset_column(ds, 2) == NULL);
    CHECK_EQ_I64(rn_column_bytes(rn_dataset_column(ds, 0)), 8);
    CHECK_EQ_STR(rn_dataset_source(ds), "squares");
    CHECK_EQ_I64(first_of(ds, 4), 4);
    CHECK(!rn_dataset_read(ds, 5, ((void *[]){ NULL, NULL })));
    CHECK_ERROR(RN_ERR_ARG, "there is no example 5");
    rn_dataset_free(ds);
}

RN_TEST(columns_that_make_no_sense_are_refused)
{
    const struct {
        rn_column column[2];
        int count;
        const char *text;
    } rows[] = {
        { { { NULL, RN_F32, RN_SCALAR, NULL, 0 } }, 1, "has no name" },
        { { { "x", RN_DTYPE_NONE, RN_SCALAR, NULL, 0 } }, 1, "no element type" },
        { { { "x", RN_F32, RN_SHAPE(-1), NULL, 0 } }, 1, "shape" },
        { { { "x", RN_F32, RN_SHAPE(INT64_MAX, 2), NULL, 0 } }, 1, "shape" },
        { { { "x", RN_F32, RN_SCALAR, NULL, 0 }, { "x", RN_F32, RN_SCALAR, NULL, 0 } }, 2, "two columns" },
        { { { "x", RN_F32, RN_SCALAR, abc, 0 } }, 1, "not how many" },
        { { { "x", RN_F32, RN_SCALAR, NULL, 0 } }, 0, "1 to 64 columns" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        CHECK(rn_dataset_new(1, square_get, rows[i].column, rows[i].count) == NULL);
        CHECK(strstr(rn_error_last()->message, rows[i].text) != NULL);
        CHECK(strstr(rn_error_last()->message, "test_dataset.c") != NULL);
        rn_error_clear();
    }
    CHECK(rn_dataset_new(1, NULL, rows[0].column, 1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "function");
}

static void count_free(void *user)
{
    ++*(int *)user;
}

RN_TEST(what_the_caller_gives_is_freed_once)
{
    const rn_column columns[] = { { "x", RN_F32, RN_SHAPE(2), NULL, 0 }, { "t", RN_I32, RN_SCALAR, abc, 3 } };
    int freed = 0;
    rn_dataset *ds = rn_dataset_new(3, square_get, columns, 2, .user = &freed, .free = count_free);
    rn_dataset *sub = rn_dataset_subset(ds, 1, 2);
    rn_dataset_free(ds);
    CHECK_EQ_I64(freed, 0);
    CHECK_EQ_I64(first_of(sub, 1), 2);
    rn_dataset_free(sub);
    CHECK_EQ_I64(freed, 1);
    CHECK(rn_dataset_new(3, square_get, columns, 0, .user = &freed, .free = count_free) == NULL);
    CHECK_EQ_I64(freed, 2);
    rn_error_clear();
    sub = rn_dataset_subset(rn_dataset_pass(
                                rn_dataset_new(3, square_get, columns, 2, .user = &freed, .free = count_free)),
                            9, 1);
    CHECK(sub == NULL); /* the reference that was passed went with the call that failed */
    CHECK_EQ_I64(freed, 3);
    CHECK_ERROR(RN_ERR_ARG, "no 1 examples from 9 on");
}

static bool silent_get(void *user, const rn_example *e)
{
    (void)user, (void)e;
    return false;
}

RN_TEST(a_source_that_fails_without_a_word_is_reported)
{
    const rn_column columns[] = { { "x", RN_F32, RN_SHAPE(2), NULL, 0 } };
    rn_dataset *ds = rn_dataset_new(3, silent_get, columns, 1);
    float x[2];
    CHECK(!rn_dataset_read(ds, 1, ((void *[]){ x })));
    CHECK_ERROR(RN_ERR_INTERNAL, "example 1 of \"program\"");
    rn_dataset_free(ds);
}

RN_TEST(arrays_without_data_are_refused)
{
    const rn_array_column none[] = { { "x", RN_F32, RN_SHAPE(2), NULL, NULL, 0 } };
    CHECK(rn_dataset_arrays(4, none, 1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "column 0 has no data");
}

RN_TEST(arrays_are_copied_unless_viewed)
{
    float x[6] = { 0, 1, 2, 3, 4, 5 }, y[2];
    const int32_t t[3] = { 2, 1, 0 };
    const rn_array_column columns[] = { { "x", RN_F32, RN_SHAPE(2), x, NULL, 0 },
                                        { "t", RN_I32, RN_SCALAR, t, abc, 3 } };
    rn_dataset *copy = rn_dataset_arrays(3, columns, 2), *view = rn_dataset_arrays(3, columns, 2, .view = true);
    x[2] = 9;
    int32_t label = -1;
    CHECK(rn_dataset_read(copy, 1, ((void *[]){ y, &label })));
    CHECK_EQ_I64(y[0], 2);
    CHECK_EQ_I64(label, 1);
    CHECK(rn_dataset_read(view, 1, ((void *[]){ y, NULL })));
    CHECK_EQ_I64(y[0], 9);
    rn_dataset_free(copy);
    rn_dataset_free(view);
}

RN_TEST(tensors_become_a_data_set_and_rows_a_tensor)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_array_f32(RN_SHAPE(3, 2), 0, 1, 2, 3, 4, 5), *t = rn_array_i32(RN_SHAPE(3), 7, 8, 9);
        rn_dataset *ds = rn_dataset_tensors(RN_LIST(x, t), NULL);
        CHECK_EQ_I64(rn_dataset_count(ds), 3);
        rn_tensor *rows = rn_dataset_rows(ds, "x", 1, 2);
        CHECK_EQ_I64(rn_tensor_dim(rows, 0), 2);
        CHECK_EQ_I64(rn_data_f32(rows)[3], 5);
        CHECK_EQ_I64(((const int32_t *)rn_data(rn_dataset_rows(ds, "t", 2, 1)))[0], 9);
        CHECK(rn_dataset_rows(ds, "z", 0, 1) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "one of x, t");
        CHECK(rn_dataset_rows(ds, "x", 2, 2) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "no 2 examples from 2 on");
        rn_dataset_free(ds);
        CHECK(rn_dataset_tensors(RN_LIST(x, rn_array_i32(RN_SHAPE(2), 1, 2)), NULL) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "3 and 2");
        CHECK(rn_dataset_tensors(RN_LIST(rn_scalar(1)), NULL) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "scalar");
    }
}

RN_TEST(subsets_and_selections_give_the_right_examples)
{
    rn_dataset *ds = squares(10);
    rn_dataset *sub = rn_dataset_subset(ds, 3, 4);
    rn_dataset *sel = rn_dataset_select(sub, ((const int64_t[]){ 3, 0, 3 }), 3);
    CHECK_EQ_I64(rn_dataset_count(sel), 3);
    CHECK_EQ_I64(first_of(sel, 0), 6);
    CHECK_EQ_I64(first_of(sel, 1), 3);
    CHECK(rn_dataset_select(sub, ((const int64_t[]){ 4 }), 1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "index 0 is 4");
    CHECK(rn_dataset_subset(NULL, 0, 1) == NULL);
    CHECK_OK();
    rn_dataset *none = rn_dataset_subset(ds, 10, 0);
    CHECK_EQ_I64(rn_dataset_count(none), 0);
    rn_dataset_free(none);
    rn_dataset_free(sel);
    rn_dataset_free(sub);
    rn_dataset_free(ds);
}

RN_TEST(concat_puts_one_behind_the_other_and_checks_columns)
{
    rn_dataset *a = squares(3), *empty = rn_dataset_subset(a, 0, 0),
               *b = rn_dataset_subset(rn_dataset_pass(squares(9)), 5, 4);
    rn_dataset *all = rn_dataset_concat(empty, a, empty, b, empty);
    CHECK_EQ_I64(rn_dataset_count(all), 7);
    const float want[] = { 0, 1, 2, 5, 6, 7, 8 };
    for (int i = 0; i < 7; i++) CHECK_EQ_I64(first_of(all, i), want[i]);
    CHECK_EQ_STR(rn_dataset_source(all), "squares + squares + squares + squares + squares");
    const float x[4] = { 0 };
    const rn_array_column other[] = { { "x", RN_F32, RN_SHAPE(2), x, NULL, 0 } };
    rn_dataset *c = rn_dataset_arrays(2, other, 1);
    CHECK(rn_dataset_concat(a, c) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "2 columns, the other 1");
    CHECK(rn_dataset_concat(a, NULL) == NULL);
    CHECK_OK();
    rn_dataset_free(all);
    rn_dataset_free(a);
    rn_dataset_free(b);
    rn_dataset_free(c);
    rn_dataset_free(empty);
}

RN_TEST(concat_refuses_other_shapes_types_and_classes)
{
    const float x[4] = { 0 };
    const rn_array_column rows[][1] = {
        { { "x", RN_F32, RN_SHAPE(2), x, NULL, 0 } }, { { "x", RN_F32, RN_SHAPE(1, 2), x, NULL, 0 } },
        { { "x", RN_I32, RN_SHAPE(2), x, NULL, 0 } }, { { "x", RN_F32, RN_SHAPE(2), x, abc, 3 } },
        { { "z", RN_F32, RN_SHAPE(2), x, NULL, 0 } },
    };
    const char *const text[] = { "", "[2] and [1, 2]", "f32 and i32", "different classes", "\"x\" and \"z\"" };
    rn_dataset *a = rn_dataset_arrays(1, rows[0], 1);
    for (int i = 1; i < 5; i++) {
        rn_dataset *b = rn_dataset_arrays(1, rows[i], 1);
        CHECK(rn_dataset_concat(a, b) == NULL);
        CHECK(strstr(rn_error_last()->message, text[i]) != NULL);
        rn_error_clear();
        rn_dataset_free(b);
    }
    rn_dataset_free(a);
}

RN_TEST(splits_have_no_example_in_common)
{
    enum { N = 100 };
    rn_dataset *ds = squares(N), *part[3];
    for (int kind = 0; kind < 3; kind++) {
        CHECK(rn_dataset_split(ds, ((const double[]){ 0.7, 0.2, 0.1 }), 3, part, .seed = 4, .in_order = kind == 1,
                               .strata = kind == 2 ? "t" : NULL));
        const int64_t sizes[] = { 70, 20, 10 };
        bool seen[N] = { false };
        for (int p = 0; p < 3; p++) {
            if (kind < 2) CHECK_EQ_I64(rn_dataset_count(part[p]), sizes[p]);
            int64_t classes[3] = { 0 };
            for (int64_t i = 0; i < rn_dataset_count(part[p]); i++) {
                const int v = (int)first_of(part[p], i);
                CHECK(!seen[v]);
                seen[v] = true;
                classes[v % 3]++;
            }
            for (int k = 0; k < 3 && kind == 2; k++) CHECK_NEAR((double)classes[k], (double)sizes[p] / 3, 1.01);
        }
        for (int i = 0; i < N; i++) CHECK(seen[i]);
        if (kind == 1) CHECK_EQ_I64(first_of(part[1], 0), 70);
        if (kind == 0) CHECK(first_of(part[0], 0) != 0 || first_of(part[0], 1) != 1);
        for (int p = 0; p < 3; p++) rn_dataset_free(part[p]);
    }
    rn_dataset_free(ds);
}

RN_TEST(a_split_depends_on_its_seed_only)
{
    rn_dataset *ds = squares(50), *a[2], *b[2];
    const double half[] = { 0.5, 0.5 };
    int same = 0, other = 0;
    for (int k = 0; k < 3; k++) {
        CHECK(rn_dataset_split(ds, half, 2, k == 0 ? a : b, .seed = k == 2 ? 8 : 7));
        for (int64_t i = 0; i < 25 && k > 0; i++) *(k == 1 ? &same : &other) += first_of(a[1], i) == first_of(b[1], i);
        for (int p = 0; p < 2 && k > 0; p++) rn_dataset_free(b[p]);
    }
    CHECK_EQ_I64(same, 25);
    CHECK(other < 12);
    rn_dataset_free(a[0]);
    rn_dataset_free(a[1]);
    CHECK(!rn_dataset_split(ds, ((const double[]){ 0.9, 0.2 }), 2, a));
    CHECK_ERROR(RN_ERR_ARG, "fractions");
    CHECK(!rn_dataset_split(ds, half, 2, a, .strata = "x"));
    CHECK(a[0] == NULL && a[1] == NULL);
    CHECK_ERROR(RN_ERR_ARG, "does not hold classes");
    rn_dataset_free(ds);
}

RN_TEST(pick_chooses_and_reorders_columns)
{
    rn_dataset *ds = rn_dataset_pick(rn_dataset_pass(squares(4)), "t, x");
    CHECK_EQ_STR(rn_dataset_column(ds, 0)->name, "t");
    float x[2];
    int32_t t;
    CHECK(rn_dataset_read(ds, 2, ((void *[]){ &t, x })));
    CHECK_EQ_I64(t, 2);
    CHECK_EQ_I64(x[1], 4);
    CHECK(rn_dataset_pick(ds, "x,tt") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no column \"tt\"");
    CHECK(rn_dataset_pick(ds, " , ") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no column is named");
    rn_dataset_free(ds);
}

static bool sum_and_epoch(void *user, const rn_example *e, const void *const *from)
{
    const float *x = from[0];
    if (e->index == *(int64_t *)user) return false;
    *(double *)e->to[0] = (double)x[0] + (double)x[1] + 1000.0 * (double)e->epoch;
    return true;
}

RN_TEST(a_transform_writes_other_columns)
{
    int64_t bad = 3;
    const rn_column columns[] = { { "sum", RN_F64, RN_SCALAR, NULL, 0 } };
    rn_dataset *ds = rn_dataset_transform(rn_dataset_pass(squares(4)), sum_and_epoch, .columns = columns,
                                          .column_count = 1, .user = &bad);
    double v;
    CHECK(rn_dataset_read(ds, 2, ((void *[]){ &v })));
    CHECK_NEAR(v, 6, 0);
    CHECK(!rn_dataset_read(ds, 3, ((void *[]){ &v })));
    CHECK_ERROR(RN_ERR_INTERNAL, "example 3");
    rn_iterator *it = rn_iterator_new(ds, 2, .epochs = 2);
    rn_next(it), rn_next(it);
    rn_error_clear();
    rn_batch *b = rn_next(it);
    CHECK_NEAR(((const double *)rn_data(b->x))[1], 1002, 0);
    CHECK(b->t == NULL);
    rn_iterator_free(it);
    rn_dataset_free(ds);
}

RN_TEST(statistics_are_those_of_the_numbers)
{
    const float x[] = { 1e6f, 1, 1e6f + 1, 2, 1e6f + 2, NAN, 1e6f + 3, 4 };
    const int32_t t[] = { 2, 0, 2, 1 };
    const rn_array_column columns[] = { { "x", RN_F32, RN_SHAPE(2), x, NULL, 0 },
                                        { "t", RN_I32, RN_SCALAR, t, abc, 3 } };
    rn_dataset *ds = rn_dataset_arrays(4, columns, 2);
    rn_stats *s = rn_dataset_stats(ds, 0);
    CHECK_EQ_I64(s->examples, 4);
    const rn_column_stats *c = &s->columns[0];
    CHECK_EQ_I64(c->group_count, 2);
    CHECK_NEAR(c->group_mean[0], 1e6 + 1.5, 1e-9);
    CHECK_NEAR(c->group_std[0], sqrt(1.25), 1e-9);
    CHECK_NEAR(c->group_mean[1], 7.0 / 3, 1e-12);
    CHECK_EQ_I64(c->nonfinite, 1);
    CHECK_EQ_I64(c->elements, 7);
    CHECK_NEAR(c->min, 1, 0);
    CHECK_NEAR(c->max, 1e6 + 3, 0);
    CHECK_NEAR(c->mean, (4e6 + 6 + 7) / 7, 1e-6);
    c = &s->columns[1];
    CHECK_EQ_I64(c->class_count, 3);
    CHECK_EQ_I64(c->histogram[0], 1);
    CHECK_EQ_I64(c->histogram[2], 2);
    rn_stats_free(s);
    s = rn_dataset_stats(ds, 1);
    CHECK_EQ_I64(s->columns[1].histogram[2], 1);
    CHECK_EQ_I64(s->columns[1].histogram[0], 0);
    rn_stats_free(s);
    rn_dataset_free(ds);
}

RN_TEST(normalizing_uses_the_numbers_of_the_training_part)
{
    const float x[] = { 0, 5, 2, 5, 4, 5, 6, 5 };
    const rn_array_column columns[] = { { "x", RN_F32, RN_SHAPE(2), x, NULL, 0 } };
    rn_dataset *all = rn_dataset_arrays(4, columns, 1), *train = rn_dataset_subset(all, 0, 2);
    rn_dataset *n = rn_dataset_normalize(all, .like = train);
    float y[2];
    CHECK(rn_dataset_read(n, 3, ((void *[]){ y })));
    CHECK_NEAR(y[0], 5, 1e-6); /* mean 1, deviation 1 */
    CHECK_NEAR(y[1], 0, 0);    /* constant */
    CHECK(rn_dataset_normalize(all, .column = "t") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no column \"t\"");
    rn_dataset_free(n);
    n = rn_dataset_normalize(all);
    rn_stats *s = rn_dataset_stats(n, 0);
    CHECK_NEAR(s->columns[0].group_mean[0], 0, 1e-6);
    CHECK_NEAR(s->columns[0].group_std[0], 1, 1e-6);
    rn_stats_free(s);
    rn_dataset_free(n);
    rn_dataset_free(train);
    rn_dataset_free(all);
}

static rn_dataset *chain(rn_dataset *ds)
{
    const int64_t some[] = { 0, 2, 1 };
    rn_dataset *a = rn_dataset_subset(ds, 0, 8), *b = rn_dataset_select(a, some, 3), *c = rn_dataset_concat(b, a);
    rn_dataset *d = rn_dataset_pick(c, "x,t"), *e = rn_dataset_normalize(d), *f = rn_dataset_cache(e),
               *part[2] = { NULL };
    rn_dataset_split(f, ((const double[]){ 0.5, 0.5 }), 2, part, .strata = "t");
    rn_dataset *all[] = { a, b, c, d, e, f, part[1] };
    for (size_t i = 0; i < RN_COUNTOF(all); i++) rn_dataset_free(all[i]);
    return part[0];
}

RN_TEST(lack_of_memory_anywhere_in_a_chain_leaks_nothing)
{
    rn_dataset *ds = squares(9);
    bool done = false;
    for (int n = 1; !done && n < 1000; n++) {
        const int64_t blocks = rni_alloc_live();
        rni_alloc_fail_after(n);
        rn_dataset *made = chain(ds);
        if (made) CHECK(rn_dataset_read(made, 0, ((void *[]){ NULL, NULL })) || !rn_ok());
        rni_alloc_fail_after(0);
        done = rn_ok();
        if (!done) CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
        rn_dataset_free(made);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
    CHECK(done);
    rn_dataset_free(ds);
}

RN_TEST(each_reference_that_is_passed_is_taken_by_one_call)
{
    const int64_t blocks = rni_alloc_live();
    rn_dataset *ds = squares(9), *first = rn_dataset_subset(ds, 0, 3); /* references: ours, first's */
    rn_dataset *second = rn_dataset_subset(ds, 3, 3);
    rn_dataset_pass(ds);
    rn_dataset *third = rn_dataset_subset(ds, 6, 3), *fourth = rn_dataset_subset(third, 0, 1);
    CHECK(rn_dataset_subset(rn_dataset_pass(third), 0, 99) == NULL); /* fails, and gives it back */
    rn_error_clear();
    rn_dataset_free(first);
    rn_dataset_free(second);
    CHECK(rn_dataset_read(fourth, 0, ((void *[]){ NULL, NULL })));
    rn_dataset_free(fourth);
    CHECK(rn_dataset_pass(NULL) == NULL);
    CHECK_EQ_I64(rni_alloc_live(), blocks);
}
