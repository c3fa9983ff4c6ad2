/* Links that keep something: running statistics, and what training mode changes. */
#include "test.h"

static const float batch[] = { 1, 10, 3, 20, 5, 60 }; /* [3, 2] */

RN_TEST(running_statistics_follow_the_batches)
{
    rn_link *bn = rn_batch_norm_link(.decay = 0.75);
    RN_SCOPE
    {
        rn_tensor *x = rn_array(RN_F32, RN_SHAPE(3, 2), batch);
        rn_tensor *y = rn_call(bn, x);
        CHECK_NEAR(rn_data_f32(y)[0], -2 / sqrt(8.0 / 3 + 2e-5), 1e-5);
        /* batch mean 3, 30; unbiased variance 4, 700 */
        const float *mean = rn_data_f32(rn_link_param(bn, "mean")), *var = rn_data_f32(rn_link_param(bn, "var"));
        CHECK_OK();
        CHECK_NEAR(mean[0], 0.75, 1e-6);
        CHECK_NEAR(mean[1], 7.5, 1e-5);
        CHECK_NEAR(var[0], 0.75 + 1, 1e-6);
        CHECK_NEAR(var[1], 0.75 + 175, 1e-3);
        rn_eval(rn_call(bn, x));
        CHECK_NEAR(rn_data_f32(rn_link_param(bn, "mean"))[0], 0.75 * 0.75 + 0.25 * 3, 1e-6);
    }
    rn_link_free(bn);
}

RN_TEST(evaluation_uses_the_running_statistics_and_leaves_them)
{
    rn_link *bn = rn_batch_norm_link(.eps = 1);
    RN_SCOPE
    {
        CHECK(rn_link_set_param(bn, "mean", rn_array_f32(RN_SHAPE(2), 1, 10)));
        CHECK(rn_link_set_param(bn, "var", rn_array_f32(RN_SHAPE(2), 3, 8)));
        CHECK(rn_link_set_param(bn, "gamma", rn_array_f32(RN_SHAPE(2), 2, 3)));
        RN_TEST_MODE
        {
            rn_tensor *y = rn_call(bn, rn_array(RN_F32, RN_SHAPE(3, 2), batch));
            CHECK_NEAR(rn_data_f32(y)[2], 2 * (3 - 1) / 2.0, 1e-6);
            CHECK_NEAR(rn_data_f32(y)[3], 3 * (20 - 10) / 3.0, 1e-5);
        }
        CHECK_NEAR(rn_data_f32(rn_link_param(bn, "mean"))[0], 1, 0);
        CHECK_OK();
    }
    rn_link_free(bn);
}

static rn_tensor *call_link(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    return rn_call(user, rn_mul_scalar(x[0], 2));
}

RN_TEST(recomputation_updates_the_statistics_once)
{
    float mean[2][2], grad[2][2];
    for (int again = 0; again < 2; again++) {
        rn_link *bn = rn_batch_norm_link();
        for (int step = 0; step < 3; step++) {
            RN_SCOPE
            {
                rn_tensor *x = rn_array(RN_F32, RN_SHAPE(3, 2), batch);
                rn_tensor *y = again ? rn_recompute(call_link, bn, x) : call_link(bn, &x, 1);
                rn_clear_grads(bn);
                CHECK(rn_backward(rn_sum(rn_mul(y, rn_mul(y, y)))));
                rn_eval_all();
                memcpy(mean[again], rn_data_f32(rn_link_param(bn, "mean")), sizeof mean[0]);
                memcpy(grad[again], rn_data_f32(rn_grad_of(rn_link_param(bn, "gamma"))), sizeof grad[0]);
            }
        }
        rn_link_free(bn);
    }
    CHECK_OK();
    CHECK(memcmp(mean[0], mean[1], sizeof mean[0]) == 0);
    CHECK(memcmp(grad[0], grad[1], sizeof grad[0]) == 0);
}

RN_TEST(statistics_are_states_and_no_parameters)
{
    rn_chain *model = rn_chain_new();
    rn_link *bn = rn_chain_add(model, "bn", rn_batch_norm_link());
    rn_optimizer *o = rn_sgd(model);
    RN_SCOPE
    {
        rn_tensor *x = rn_uniform(RN_SHAPE(4, 3)), *y = rn_call(bn, x);
        CHECK_EQ_I64(rn_link_count(model, NULL), 2);
        CHECK(rn_update(o, rn_sum(rn_mul(y, x))));
        char *text = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&text, &size);
        rn_link_print(f, model);
        fclose(f);
        CHECK(strstr(text, "bn/mean   f32[3]            3  state\n"));
        CHECK(strstr(text, "2 parameters, 6 elements, 2 states\n"));
        free(text);
    }
    rn_optimizer_free(o);
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(a_bf16_network_keeps_wide_statistics)
{
    rn_link *bn = rn_batch_norm_link();
    RN_SCOPE
    {
        rn_tensor *y = rn_call(bn, rn_cast(rn_uniform(RN_SHAPE(4, 3)), RN_BF16));
        CHECK(rn_eval(y));
        CHECK(rn_tensor_dtype(y) == RN_BF16);
        CHECK(rn_tensor_dtype(rn_link_param(bn, "mean")) == RN_F32);
        CHECK(rn_tensor_dtype(rn_link_param(bn, "gamma")) == RN_F32);
    }
    rn_link_free(bn);
    CHECK_OK();
}

RN_TEST(dropout_drops_while_training_only)
{
    rn_seed(1);
    rn_link *drop = rn_dropout_link(.ratio = 0.25);
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(10000));
        const float *v = rn_data_f32(rn_call(drop, x));
        int zeros = 0;
        for (int i = 0; i < 10000; i++) zeros += v[i] == 0;
        CHECK(zeros > 2300 && zeros < 2700);
        RN_TEST_MODE
        CHECK_NEAR(rn_item(rn_mean(rn_call(drop, x))), 1, 0);
    }
    rn_link_free(drop);
    CHECK_OK();
}

RN_TEST(causal_attention_does_not_look_ahead)
{
    rn_seed(1);
    rn_link *att = rn_multi_head_attention_link(2, .causal = true);
    RN_SCOPE
    {
        rn_tensor *x = rn_normal(RN_SHAPE(1, 4, 6));
        rn_tensor *changed =
            rn_concat(RN_LIST(rn_slice(x, RN_RANGES(RN_ALL, RN_TO(3))), rn_zeros(RN_SHAPE(1, 1, 6))), .axis = 1);
        const float *a = rn_data_f32(rn_call(att, x)), *b = rn_data_f32(rn_call(att, changed));
        CHECK_OK();
        for (int i = 0; i < 18; i++) CHECK_NEAR(a[i], b[i], 1e-6);
        CHECK(fabsf(a[20] - b[20]) > 1e-6f);
    }
    rn_link_free(att);
}

RN_TEST(a_deep_stack_trains)
{
    rn_seed(5);
    rn_chain *model = rn_chain_new();
    rn_link *block[2];
    for (int i = 0; i < 2; i++)
        block[i] =
            rn_chain_add(model, i ? "block1" : "block0", rn_transformer_block_link(2, .dropout = 0.1, .causal = true));
    rn_optimizer *o = rn_adam(model, .alpha = 1e-2);
    double first = 0, last = 0;
    RN_SCOPE
    {
        rn_tensor *x = rn_normal(RN_SHAPE(4, 5, 8)), *t = rn_tanh(rn_normal(RN_SHAPE(4, 5, 8)));
        for (int i = 0; i < 60; i++) {
            RN_SCOPE
            {
                rn_tensor *d = rn_sub(rn_call(block[1], rn_call(block[0], x)), t), *loss = rn_mean(rn_mul(d, d));
                CHECK(rn_update(o, loss));
                last = rn_item(loss);
                if (i == 0) first = last;
            }
        }
    }
    CHECK_OK();
    CHECK(last < first / 3);
    rn_optimizer_free(o);
    rn_link_free(model);
}
