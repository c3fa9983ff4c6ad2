/* Recording, evaluation, gradients, cells and lifetimes. */
#include "test.h"

static rn_tensor *vec(int n, const float *v)
{
    return rn_array(RN_F32, RN_SHAPE(n), v);
}

RN_TEST(values_are_computed_when_looked_at)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_array_f32(RN_SHAPE(2, 2), 1, 2, 3, 4);
        const int64_t before = rn_engine().nodes_run;
        rn_tensor *y = rn_add(rn_mul(x, x), x);
        CHECK_EQ_I64(rn_engine().nodes_run - before, 0);
        const float *v = rn_data_f32(y);
        CHECK_OK();
        CHECK_NEAR(v[0], 2, 0);
        CHECK_NEAR(v[3], 20, 0);
        CHECK_EQ_I64(rn_engine().nodes_run - before, 2);
    }
}

RN_TEST(gradients_flow_through_broadcast_and_reduction)
{
    RN_SCOPE
    {
        rn_tensor *w = rn_require_grad(rn_array_f32(RN_SHAPE(3), 1, 2, 3), true);
        rn_tensor *x = rn_array_f32(RN_SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
        CHECK(rn_backward(rn_sum(rn_mul(x, w))));
        CHECK_OK();
        const float *g = rn_data_f32(rn_grad_of(w));
        CHECK_NEAR(g[0], 5, 0);
        CHECK_NEAR(g[1], 7, 0);
        CHECK_NEAR(g[2], 9, 0);
    }
}

RN_TEST(gradients_of_any_order)
{
    RN_SCOPE
    {
        /* y = tanh(x)^3: compare the third derivative with the closed form */
        rn_tensor *x = rn_require_grad(rn_array(RN_F64, RN_SCALAR, (const double[]){ 0.3 }), true);
        rn_tensor *t = rn_tanh(x), *y = rn_mul(rn_mul(t, t), t), *g1, *g2, *g3;
        CHECK(rn_grad(RN_LIST(y), RN_LIST(x), .create_graph = true, .grads = &g1));
        CHECK(rn_grad(RN_LIST(g1), RN_LIST(x), .create_graph = true, .grads = &g2));
        CHECK(rn_grad(RN_LIST(g2), RN_LIST(x), .grads = &g3));
        CHECK_OK();
        const double v = tanh(0.3), s = 1 - v * v;
        CHECK_NEAR(rn_item(g1), 3 * v * v * s, 1e-12);
        CHECK_NEAR(rn_item(g2), 6 * v * s * s - 6 * v * v * v * s, 1e-12);
        const double third = 6 * s * s * s - 24 * v * v * s * s - 18 * v * v * s * s + 12 * v * v * v * v * s;
        CHECK_NEAR(rn_item(g3), third, 1e-12);
        CHECK_OK();
    }
}

RN_TEST(a_value_is_what_it_was_at_the_call_also_after_an_update)
{
    RN_SCOPE
    {
        rn_tensor *w = rn_param("w", rn_array_f32(RN_SHAPE(2), 1, 2));
        rn_tensor *y = rn_mul_scalar(w, 10);
        CHECK(rn_assign(w, rn_add_scalar(w, 1)));
        rn_tensor *z = rn_mul_scalar(w, 10);
        CHECK_NEAR(rn_data_f32(z)[1], 30, 0);
        CHECK_NEAR(rn_data_f32(y)[1], 20, 0);
        CHECK_NEAR(rn_data_f32(w)[0], 2, 0);
        rn_drop(w);
    }
    CHECK_OK();
}

RN_TEST(updates_reuse_the_memory_of_the_old_value)
{
    rn_tensor *w = rn_param("w", rn_zeros(RN_SHAPE(1000)));
    const void *first = NULL;
    for (int i = 0; i < 10; i++) {
        RN_SCOPE
        rn_assign(w, rn_add_scalar(w, 1));
        const void *p = rn_data(w);
        if (i == 0) first = p;
        CHECK(p == first);
    }
    CHECK_NEAR(rn_data_f32(w)[999], 10, 0);
    rn_drop(w);
    CHECK_OK();
}

RN_TEST(a_stable_step_compiles_once)
{
    rn_tensor *w = rn_param("w", rn_array_f32(RN_SHAPE(3), 1, 2, 3));
    int64_t compiled = 0;
    for (int i = 0; i < 20; i++) {
        RN_SCOPE
        {
            rn_tensor *loss = rn_sum(rn_mul(w, w)), *g;
            rn_grad(RN_LIST(loss), RN_LIST(w), .grads = &g);
            rn_assign(w, rn_sub(w, rn_mul_scalar(g, 0.01 * (i + 1))));
            rn_item(loss);
        }
        if (i == 2) compiled = rn_engine().plans_compiled;
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_engine().plans_compiled, compiled);
    rn_drop(w);
}

RN_TEST(scopes_end_what_was_not_kept)
{
    const int64_t before = rn_live_tensors();
    rn_tensor *t = NULL;
    RN_SCOPE
    {
        t = rn_keep(rn_zeros(RN_SHAPE(2, 3)));
        rn_relu(t);
    }
    CHECK_EQ_I64(rn_live_tensors() - before, 1);
    rn_drop(t);
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
}

RN_TEST(errors_name_the_line_the_shapes_the_rule_and_the_trail)
{
    RN_SCOPE
    {
        rn_tensor *a = rn_zeros(RN_SHAPE(2, 3)), *b = rn_zeros(RN_SHAPE(4, 5));
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_matmul(a, b);
        rn_tensor *z = rn_relu(y);
        CHECK(z == NULL);
        char want[64];
        snprintf(want, sizeof want, "test_engine.c:%d: matmul: inner sizes differ", line);
        CHECK(strstr(rn_error_last()->message, want));
        CHECK(strstr(rn_error_last()->message, "a f32[2, 3];  b f32[4, 5]"));
        CHECK(strstr(rn_error_last()->message, "via     test_engine.c"));
        CHECK_ERROR(RN_ERR_SHAPE, "a.shape[-1] == b.shape[-2]");
    }
}

RN_TEST(a_nan_in_a_gradient_names_the_forward_line)
{
    const bool was = rn_nan_check(true);
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(3), 4, 0, 1), true);
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_pow_scalar(x, 0.5);
        rn_backward(rn_sum(y));
        rn_data(rn_grad_of(x));
        char want[64];
        snprintf(want, sizeof want, "test_engine.c:%d: pow_scalar", line);
        CHECK(rn_error_last() && strstr(rn_error_last()->message, want));
        CHECK_ERROR(RN_ERR_STATE, "1 of 3 elements are not finite, the first at [1]");
    }
    rn_nan_check(was);
}

RN_TEST(views_share_memory_and_gradients_pass)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(2, 3), 1, 2, 3, 4, 5, 6), true);
        rn_tensor *y = rn_reshape(rn_transpose(x), RN_SHAPE(2, 3));
        const float *v = rn_data_f32(y);
        const float want[] = { 1, 4, 2, 5, 3, 6 };
        for (int i = 0; i < 6; i++) CHECK_NEAR(v[i], want[i], 0);
        rn_tensor *k = vec(3, (const float[]){ 1, 10, 100 });
        CHECK(rn_backward(rn_sum(rn_mul(y, k))));
        const float *g = rn_data_f32(rn_grad_of(x));
        const float grad[] = { 1, 100, 10, 10, 1, 100 };
        for (int i = 0; i < 6; i++) CHECK_NEAR(g[i], grad[i], 0);
    }
    CHECK_OK();
}

RN_TEST(eager_and_planned_agree)
{
    float got[2];
    for (int eager = 0; eager < 2; eager++) {
        const bool was = rn_eager_mode(eager);
        RN_SCOPE
        {
            rn_seed(3);
            rn_tensor *x = rn_uniform(RN_SHAPE(4, 4)), *y = rn_normal(RN_SHAPE(4, 4));
            got[eager] = (float)rn_item(rn_sum(rn_tanh(rn_matmul(x, y))));
        }
        rn_eager_mode(was);
    }
    CHECK_OK();
    CHECK(got[0] == got[1]);
}

RN_TEST(what_was_looked_at_before_the_backward_pass_is_kept_from_the_second_step_on)
{
    rn_tensor *w = rn_param("w", rn_array_f32(RN_SHAPE(3), 1, 2, 3));
    int64_t recomputed = 0;
    for (int i = 0; i < 5; i++) {
        const int64_t before = rn_engine().nodes_recomputed;
        RN_SCOPE
        {
            rn_tensor *loss = rn_sum(rn_tanh(rn_mul(w, w))), *g;
            CHECK_NEAR(rn_item(loss), tanh(1) + tanh(4) + tanh(9), 1e-5);
            rn_grad(RN_LIST(loss), RN_LIST(w), .grads = &g);
            CHECK_NEAR(rn_data_f32(g)[0], 2 * (1 - tanh(1) * tanh(1)), 1e-5);
        }
        recomputed = rn_engine().nodes_recomputed - before;
    }
    CHECK_EQ_I64(recomputed, 0);
    CHECK_OK();
    rn_drop(w);
}

static int segment_runs;

static rn_tensor *segment(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    segment_runs++;
    rn_tensor *noise = rn_uniform(*rn_tensor_shape(x[0]));
    return rn_tanh(rn_mul(rn_mul(x[0], noise), user));
}

RN_TEST(a_recomputed_segment_has_the_same_gradients_and_random_numbers)
{
    double value[2], gx[2], gw[2];
    rn_tensor *w = rn_param("w", rn_array_f32(RN_SHAPE(3), 1, 2, 3));
    for (int again = 0; again < 2; again++) {
        RN_SCOPE
        {
            rn_seed(5);
            rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(3), 0.5f, 0.1f, 0.7f), true), *g[2];
            rn_tensor *in = rn_mul_scalar(x, 2);
            rn_tensor *y = again ? rn_recompute(segment, w, in) : segment(w, &in, 1);
            rn_tensor *loss = rn_sum(rn_mul(y, y));
            segment_runs = 0;
            CHECK(rn_grad(RN_LIST(loss), RN_LIST(x, w), .grads = g));
            CHECK_EQ_I64(segment_runs, again);
            CHECK_OK();
            value[again] = rn_item(loss);
            gx[again] = rn_item(rn_sum(g[0]));
            gw[again] = rn_item(rn_sum(g[1]));
        }
    }
    CHECK_OK();
    CHECK_NEAR(value[0], value[1], 1e-6);
    CHECK_NEAR(gx[0], gx[1], 1e-6);
    CHECK_NEAR(gw[0], gw[1], 1e-6);
    rn_drop(w);
}

static void count_plain(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)level;
    (void)topic;
    *(int *)user += strstr(text, "bf16 -> ref") != NULL;
}

RN_TEST(what_the_device_has_for_wide_floats_only_serves_narrow_ones)
{
    int plain = 0;
    rn_log_set(count_plain, &plain);
    CHECK(rn_log_levels("dispatch:info"));
    RN_SCOPE
    {
        rn_seed(3);
        rn_tensor *x = rn_cast(rn_normal(RN_SHAPE(2, 3, 8, 8)), RN_BF16), *w = rn_normal(RN_SHAPE(4, 3, 3, 3));
        rn_tensor *narrow = rn_require_grad(rn_cast(w, RN_BF16), true), *wide = rn_cast(narrow, RN_F32), *g;
        rn_tensor *y = rn_conv2d(x, narrow), *want = rn_conv2d(rn_cast(x, RN_F32), wide);
        CHECK_EQ_I64(rn_tensor_dtype(y), RN_BF16);
        CHECK_NEAR(rn_item(rn_max(rn_abs(rn_sub(rn_cast(y, RN_F32), want)))), 0, 0.05);
        CHECK(rn_grad(RN_LIST(rn_sum(y)), RN_LIST(narrow), .grads = &g));
        CHECK_EQ_I64(rn_tensor_dtype(g), RN_BF16);
        CHECK(isfinite(rn_item(rn_sum(g))));
    }
    CHECK_OK();
    CHECK_EQ_I64(plain, 0);
    CHECK(rn_log_levels(""));
    rn_log_set(NULL, NULL);
}

/* ---- gradients and what they hang on ---- */

RN_TEST(a_leaf_that_has_ended_is_not_held_by_its_gradient)
{
    const int64_t live = rn_live_tensors();
    for (int computed = 0; computed <= 1; computed++) {
        rn_tensor *y = NULL;
        RN_SCOPE
        {
            rn_tensor *x = rn_array_f32(RN_SHAPE(2), 1, 2);
            x = rn_require_grad(computed ? rn_mul_scalar(x, 3) : x, true);
            y = rn_keep(rn_sum(rn_mul(x, x)));
        }
        RN_SCOPE CHECK(rn_backward(y));
        rn_drop(y);
        CHECK_OK();
        CHECK_EQ_I64(rn_live_tensors(), live);
    }
}

RN_TEST(a_result_that_wants_a_gradient_ends_before_its_gradient_is_looked_at)
{
    const int64_t live = rn_live_tensors();
    RN_SCOPE
    {
        rn_tensor *part[2];
        rn_tensor *w = rn_array_f32(RN_SHAPE(4), 1, 2, 3, 4);
        rn_split(w, part, 2);
        CHECK(rn_require_grad(part[0], true) && rn_require_grad(part[1], true));
        CHECK(rn_backward(rn_sum(rn_mul(part[0], part[1])), .create_graph = true));
        CHECK_NEAR(rn_data_f32(rn_grad_of(part[0]))[1], 4, 0);
        CHECK_NEAR(rn_data_f32(rn_grad_of(part[1]))[0], 1, 0);
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), live);
}

RN_TEST(a_tensor_can_be_its_own_gradient)
{
    const int64_t live = rn_live_tensors();
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(2), 1, 2), true);
        CHECK(rn_set_grad(x, x));
        CHECK_NEAR(rn_data_f32(rn_grad_of(x))[1], 2, 0);
        CHECK(rn_set_grad(x, rn_mul(x, x)));
        rn_tensor *plain = rn_array_f32(RN_SHAPE(2), 1, 2);
        CHECK(!rn_set_grad(plain, plain));
        CHECK_ERROR(RN_ERR_STATE, "does not want a gradient");
        rn_tensor *w = rn_param("w", plain);
        CHECK(rn_set_grad(w, w));
        CHECK(rn_assign(w, rn_mul_scalar(w, 5)));
        CHECK_NEAR(rn_data_f32(w)[1], 10, 0);
        CHECK_NEAR(rn_data_f32(rn_grad_of(w))[1], 2, 0);
        rn_drop(w);
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), live);
}
