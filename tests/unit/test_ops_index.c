/* Indices: what is reported and where, order, results beside the first, determinism. */
#include "test.h"

#include "base/alloc.h"
#include "base/rng.h"

static rn_tensor *i64s(int64_t n, const int64_t *v)
{
    return rn_array(RN_I64, RN_SHAPE(n), v);
}

RN_TEST(an_index_out_of_range_names_the_line_of_the_call_the_place_and_the_value)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(10, 2)), *i = rn_array_i32(RN_SHAPE(2, 2), 0, 1, 2, 10);
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_take(x, i);
        CHECK_OK();
        CHECK(rn_data(y) == NULL);
        char want[128];
        snprintf(want, sizeof want,
                 "test_ops_index.c:%d: take: indices[1, 1] is 10, but the size of the axis of x is 10", line);
        CHECK_ERROR(RN_ERR_ARG, want);
    }
}

RN_TEST(of_many_indices_along_an_axis_the_first_that_is_out_of_range_is_named)
{
    enum { N = 100000 };
    static int32_t index[2 * N];
    index[N + 3] = -5;
    index[2 * N - 1] = 4;
    RN_SCOPE
    {
        rn_tensor *y = rn_take_along_axis(rn_zeros(RN_SHAPE(2, 4)), rn_array(RN_I32, RN_SHAPE(2, N), index), 1);
        CHECK(rn_data(y) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "indices[1, 3] is -5, but the size of the axis of x is 4");
    }
}

RN_TEST(a_label_out_of_range_is_found_in_what_comes_after_it_too)
{
    RN_SCOPE
    {
        rn_tensor *w = rn_require_grad(rn_array(RN_F32, RN_SHAPE(4, 3), NULL), true);
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_embed(rn_array_i32(RN_SHAPE(2), 1, -2), w);
        rn_backward(rn_sum(y));
        CHECK(rn_data(rn_grad_of(w)) == NULL);
        char want[128];
        snprintf(want, sizeof want, "test_ops_index.c:%d: embed", line);
        CHECK_ERROR(RN_ERR_ARG, want);
    }
}

RN_TEST(sums_at_equal_indices_are_as_exact_as_one_rounding)
{
    enum { N = 10000 };
    static float v[N];
    static int32_t at[N];
    double want[3] = { 0 };
    rni_rng r = { 3, 0, 0 };
    for (int i = 0; i < N; i++) {
        v[i] = (float)rni_rng_uniform(&r);
        at[i] = (int32_t)rni_rng_below(&r, 3);
        want[at[i]] += (double)v[i];
    }
    const bool was = rn_device_use("ref");
    RN_SCOPE
    {
        rn_tensor *y =
            rn_scatter_add(rn_zeros(RN_SHAPE(3)), rn_array(RN_I32, RN_SHAPE(N), at), rn_array(RN_F32, RN_SHAPE(N), v));
        for (int i = 0; i < 3; i++) CHECK_NEAR(rn_data_f32(y)[i], (float)want[i], 0);
    }
    CHECK(was);
    CHECK_OK();
}

RN_TEST(sort_is_stable_and_nan_comes_last)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_array_f32(RN_SHAPE(7), 2, NAN, -0.0f, 0, INFINITY, 2, -INFINITY), *at;
        const float *y = rn_data_f32(rn_sort(x, 0, .indices = &at));
        const int64_t want[] = { 6, 2, 3, 0, 5, 4, 1 };
        CHECK(isnan(y[6]));
        CHECK(y[0] == -INFINITY && y[5] == INFINITY);
        for (int i = 0; i < 7; i++) CHECK_EQ_I64(((const int64_t *)rn_data(at))[i], want[i]);
        const int64_t *down = rn_data(rn_argsort(x, 0, .descending = true));
        const int64_t falling[] = { 1, 4, 0, 5, 2, 3, 6 };
        for (int i = 0; i < 7; i++) CHECK_EQ_I64(down[i], falling[i]);
    }
    CHECK_OK();
}

RN_TEST(sort_orders_long_lines_of_every_length)
{
    rni_rng r = { 9, 0, 0 };
    for (int64_t n = 0; n < 200; n += n < 70 ? 1 : 13) {
        int64_t v[200];
        for (int64_t i = 0; i < n; i++) v[i] = (int64_t)rni_rng_below(&r, 50) - 25;
        RN_SCOPE
        {
            rn_tensor *at;
            const int64_t *y = rn_data(rn_sort(i64s(n, v), 0, .indices = &at)), *p = rn_data(at);
            for (int64_t i = 0; i < n; i++) CHECK_EQ_I64(y[i], v[p[i]]);
            for (int64_t i = 1; i < n; i++) CHECK(y[i - 1] < y[i] || (y[i - 1] == y[i] && p[i - 1] < p[i]));
        }
    }
    CHECK_OK();
}

RN_TEST(sort_keeps_large_integers_apart)
{
    RN_SCOPE
    {
        const int64_t big = INT64_MAX;
        const int64_t *y = rn_data(rn_sort(i64s(4, (const int64_t[]){ big, big - 1, INT64_MIN, big - 2 }), 0));
        CHECK_EQ_I64(y[0], INT64_MIN);
        CHECK_EQ_I64(y[1], big - 2);
        CHECK_EQ_I64(y[2], big - 1);
    }
    CHECK_OK();
}

/* The second result of sort ends with the inner scope, and its gradient needs it afterwards. */
RN_TEST(a_gradient_can_use_a_result_that_nobody_holds)
{
    const int64_t live = rn_live_tensors();
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(3), 3, 1, 2), true);
        const int level = rn_scope_begin();
        rn_tensor *y = rn_scope_return(level, rn_topk(x, 2, 0));
        rn_tensor *w = rn_array_f32(RN_SHAPE(2), 10, 20);
        CHECK(rn_backward(rn_sum(rn_mul(y, w))));
        const float *g = rn_data_f32(rn_grad_of(x));
        CHECK_OK();
        CHECK_NEAR(g[0], 10, 0);
        CHECK_NEAR(g[1], 0, 0);
        CHECK_NEAR(g[2], 20, 0);
        CHECK_NEAR(rn_data_f32(y)[0], 3, 0);
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), live);
}

RN_TEST(a_mask_is_looked_at_when_the_call_is_made)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(2, 2), 1, -2, 3, -4), true);
        rn_tensor *y = rn_boolean_mask(x, rn_greater(x, rn_zeros(RN_SCALAR)));
        CHECK_EQ_I64(rn_tensor_dim(y, 0), 2);
        CHECK(rn_backward(rn_sum(rn_mul(y, y))));
        const float *g = rn_data_f32(rn_grad_of(x));
        CHECK_OK();
        const float want[] = { 2, 0, 6, 0 };
        for (int i = 0; i < 4; i++) CHECK_NEAR(g[i], want[i], 0);
    }
}

RN_TEST(unique_gives_index_inverse_and_counts)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_array_f32(RN_SHAPE(2, 3), 2, NAN, 1, 2, NAN, 2), *index, *inverse, *counts;
        const float *y = rn_data_f32(rn_unique(x, .index = &index, .inverse = &inverse, .counts = &counts));
        CHECK_OK();
        CHECK_EQ_I64(rn_tensor_count(index), 3);
        CHECK_NEAR(y[0], 1, 0);
        CHECK_NEAR(y[1], 2, 0);
        CHECK(isnan(y[2]));
        const int64_t first[] = { 2, 0, 1 }, back[] = { 1, 2, 0, 1, 2, 1 }, often[] = { 1, 3, 2 };
        for (int i = 0; i < 3; i++) CHECK_EQ_I64(((const int64_t *)rn_data(index))[i], first[i]);
        for (int i = 0; i < 6; i++) CHECK_EQ_I64(((const int64_t *)rn_data(inverse))[i], back[i]);
        for (int i = 0; i < 3; i++) CHECK_EQ_I64(((const int64_t *)rn_data(counts))[i], often[i]);
        CHECK_EQ_I64(rn_tensor_dim(inverse, 1), 3);
    }
}

RN_TEST(nonzero_gives_one_row_per_axis)
{
    RN_SCOPE
    {
        rn_tensor *y = rn_nonzero(rn_array_i32(RN_SHAPE(2, 3), 0, 5, 0, 1, 0, 2));
        const int64_t want[] = { 0, 1, 1, 1, 0, 2 };
        CHECK_EQ_I64(rn_tensor_dim(y, 0), 2);
        for (int i = 0; i < 6; i++) CHECK_EQ_I64(((const int64_t *)rn_data(y))[i], want[i]);
    }
    CHECK_OK();
}

/* Every allocation of a step with indices fails once; what is left over must be nothing. */
RN_TEST(an_allocation_that_fails_anywhere_leaves_nothing_behind)
{
    const char rows[] = { 1, 0, 1, 1 };
    for (int64_t n = 1; n < 2000; n++) {
        rn_tensor *w = rn_param("w", rn_array(RN_F32, RN_SHAPE(4, 3), NULL));
        const int64_t live = rn_live_tensors();
        bool done = false;
        RN_SCOPE
        {
            rn_tensor *at;
            rn_tensor *x = rn_array_i32(RN_SHAPE(3), 0, 3, 3);
            CHECK_OK();
            rni_alloc_fail_after(n);
            rn_tensor *y = rn_embed(x, w);
            y = rn_add(rn_sum(rn_sort(y, 0, .indices = &at)), rn_sum(rn_take_along_axis(y, at, 0)));
            y = rn_add(y, rn_sum(rn_boolean_mask(w, rn_array(RN_BOOL, RN_SHAPE(4), rows))));
            done = rn_backward(y) && rn_data(rn_grad_of(w)) != NULL;
            rni_alloc_fail_after(0);
            CHECK(done == rn_ok());
            rn_error_clear();
        }
        rn_clear_grad(w);
        CHECK_EQ_I64(rn_live_tensors(), live);
        rn_drop(w);
        if (done) return;
    }
    CHECK(false);
}
