/* Scopes and lifetimes. */
#include "test.h"

static rn_tensor *one(void)
{
    return rn_ones(RN_SHAPE(3));
}

RN_TEST(scopes_nest_and_end_what_was_made_inside)
{
    const int64_t before = rn_live_tensors();
    RN_SCOPE
    {
        one();
        RN_SCOPE
        {
            one();
            one();
            CHECK_EQ_I64(rn_live_tensors() - before, 3);
        }
        CHECK_EQ_I64(rn_live_tensors() - before, 1);
        RN_SCOPE
        RN_SCOPE one(); /* without braces, nested */
        CHECK_EQ_I64(rn_live_tensors() - before, 1);
    }
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
}

RN_TEST(continue_ends_the_scope_and_leaves_the_block_only)
{
    const int64_t before = rn_live_tensors();
    int rounds = 0;
    for (int i = 0; i < 5; i++) {
        RN_SCOPE
        {
            one();
            if (i % 2) continue; /* the block, not the loop around it */
            one();
        }
        rounds++;
        CHECK_EQ_I64(rn_live_tensors() - before, 0);
    }
    CHECK_EQ_I64(rounds, 5);
}

RN_TEST(break_leaves_the_block_and_the_outer_scope_frees)
{
    const int64_t before = rn_live_tensors();
    int rounds = 0;
    RN_SCOPE
    {
        for (int i = 0; i < 3; i++) {
            RN_SCOPE
            {
                one();
                break;
            }
            rounds++;
        }
        CHECK_EQ_I64(rounds, 3);
    }
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
}

static void return_from_inside(void)
{
    RN_SCOPE
    {
        one();
        RN_SCOPE
        {
            one();
            return;
        }
    }
}

RN_TEST(a_return_out_of_a_scope_delays_memory_until_the_caller_ends_its_own)
{
    const int64_t before = rn_live_tensors();
    RN_SCOPE
    {
        for (int i = 0; i < 10; i++) return_from_inside();
        CHECK(rn_live_tensors() - before > 0);
    }
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
}

RN_TEST(scope_return_hands_a_tensor_to_the_scope_around)
{
    const int64_t before = rn_live_tensors();
    RN_SCOPE
    {
        const int level = rn_scope_begin();
        rn_tensor *t = one();
        one();
        t = rn_scope_return(level, t);
        CHECK_EQ_I64(rn_live_tensors() - before, 1);
        CHECK_NEAR(rn_data_f32(t)[2], 1, 0);
        const int empty = rn_scope_begin();
        CHECK(rn_scope_return(empty, NULL) == NULL);
    }
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
    CHECK_OK();
}

RN_TEST(keep_outlives_scopes_and_counts)
{
    const int64_t before = rn_live_tensors();
    rn_tensor *t = NULL;
    RN_SCOPE t = rn_keep(rn_keep(one()));
    CHECK_EQ_I64(rn_live_tensors() - before, 1);
    rn_drop(t);
    CHECK_EQ_I64(rn_live_tensors() - before, 1);
    CHECK_NEAR(rn_data_f32(t)[0], 1, 0);
    rn_drop(t);
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
}

RN_TEST(a_graph_is_held_by_what_was_computed_from_it)
{
    const int64_t before = rn_live_tensors();
    rn_tensor *y = NULL;
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(2), 1, 2), true);
        y = rn_keep(rn_sum(rn_mul(x, x)));
    }
    CHECK(rn_live_tensors() - before >= 2); /* x is needed to compute y */
    CHECK_NEAR(rn_item(y), 5, 0);
    rn_drop(y);
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
    CHECK_OK();
}

RN_TEST(ending_a_level_ends_those_opened_inside)
{
    const int64_t before = rn_live_tensors();
    const int outer = rn_scope_begin();
    one();
    rn_scope_begin();
    one();
    rn_scope_begin();
    one();
    CHECK_EQ_I64(rn_live_tensors() - before, 3);
    rn_scope_end(outer);
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
    CHECK_EQ_I64(rn_scope_end(outer), -1); /* ended already: nothing happens */
    CHECK_EQ_I64(rn_scope_end(99), -1);
}

RN_TEST(ten_thousand_scopes_deep)
{
    const int64_t before = rn_live_tensors();
    const int first = rn_scope_begin();
    for (int i = 0; i < 10000; i++) {
        rn_scope_begin();
        one();
    }
    rn_scope_end(first);
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
    CHECK_OK();
}

static int freed;

static void count_freed(void *user)
{
    freed += *(int *)user;
}

RN_TEST(memory_of_the_caller_is_given_back_when_nobody_reads_it_any_more)
{
    static float data[4] = { 1, 2, 3, 4 };
    int unit = 1;
    freed = 0;
    rn_tensor *y = NULL;
    RN_SCOPE
    {
        rn_tensor *x = rn_array_view(RN_F32, RN_SHAPE(4), data, count_freed, &unit);
        y = rn_keep(rn_add_scalar(x, 1));
    }
    CHECK_EQ_I64(freed, 0); /* y has not been computed */
    CHECK_NEAR(rn_data_f32(y)[3], 5, 0);
    rn_drop(y);
    CHECK_EQ_I64(freed, 1);
    CHECK_NEAR(data[3], 4, 0); /* never written */
    CHECK_OK();
}
