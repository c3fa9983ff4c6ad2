/* Activations and what draws: points, masks and modes that the cases in their rows cannot say. */
#include "values.h"

RN_TEST(smooth_activations_have_the_right_slopes_at_zero)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(0);
        VALUES(slope(rn_softplus(x), x), 0.5);
        VALUES(slope(slope(rn_softplus(x), x), x), 0.25);
        VALUES(slope(rn_log_sigmoid(x), x), 0.5);
        VALUES(slope(rn_mish(x), x), 0.6);
        VALUES(slope(slope(rn_silu(x), x), x), 0.5);
        VALUES(slope(rn_gelu(x), x), 0.5);
        VALUES(slope(rn_gelu(x, .approximate = "tanh"), x), 0.5);
        VALUES(slope(rn_softsign(x), x), 1);
        VALUES(slope(rn_tanh_shrink(x), x), 0);
    }
    CHECK_OK();
}

RN_TEST(exponential_pieces_do_not_overflow_where_they_are_not_used)
{
    RN_SCOPE
    {
        const float v[] = { 1000, -1000 };
        rn_tensor *x = rn_require_grad(rn_array(RN_F32, RN_SHAPE(2), v), true);
        VALUES(slope(rn_elu(x), x), 1, 0);
        VALUES_NEAR(1e-6, slope(rn_selu(x), x), 1.0507009873554805, 0);
        VALUES(slope(rn_celu(x, .alpha = 2), x), 1, 0);
        VALUES(slope(rn_mish(x), x), 1, 0);
        VALUES(slope(rn_silu(x), x), 1, 0);
        VALUES(slope(rn_softplus(x), x), 1, 0);
        VALUES(slope(rn_gelu(x, .approximate = "tanh"), x), 1, 0);
        VALUES(slope(slope(rn_mish(x), x), x), 0, 0);
        VALUES(slope(slope(rn_elu(x), x), x), 0, 0);
    }
    CHECK_OK();
}

RN_TEST(softmax_of_a_line_that_is_hidden_whole_is_zero)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, -INFINITY, -INFINITY, -INFINITY, 5);
        VALUES(rn_softmax(x, 1), 0, 0, 0, 1);
        VALUES(rn_log_softmax(x, 1), -INFINITY, -INFINITY, -INFINITY, 0);
        VALUES(slope(rn_mul(rn_softmax(x, 1), F64(1, 2)), x), 0, 0, 0, 0);
        VALUES(rn_softmax(F64(1000, 1000 + log(3)), 0), 0.25, 0.75);
        rn_tensor *many = rn_softmax(rn_zeros(RN_SHAPE(70000), .dtype = RN_F16), 0);
        VALUES_NEAR(1e-7, rn_max(many), 1.0 / 70000);
        CHECK(rn_softmax(x, 2) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "softmax: there is no such axis");
    }
    CHECK_OK();
}

RN_TEST(dropout_scales_what_it_keeps_and_the_gradient_has_the_same_mask)
{
    RN_SCOPE
    {
        rn_seed(1);
        rn_tensor *x = rn_require_grad(rn_array(RN_F32, RN_SHAPE(40, 50), rn_data(rn_ones(RN_SHAPE(40, 50)))), true);
        rn_tensor *y = rn_dropout(x, 0.25);
        const double kept = rn_item(rn_count_nonzero(y));
        CHECK(kept > 1400 && kept < 1600);
        CHECK_NEAR(rn_item(rn_max(y)), 4.0 / 3, 1e-6);
        rn_tensor *g = slope(y, x);
        CHECK(rn_item(rn_all(rn_equal(g, y))) == 1);
        rn_tensor *other = rn_dropout(x, 0.25);
        CHECK(rn_item(rn_all(rn_equal(other, y))) == 0);
        rn_seed(1);
        CHECK(rn_item(rn_all(rn_equal(rn_dropout(x, 0.25), y))) == 1);
        VALUES(rn_max(rn_dropout(x, 1)), 0);
        VALUES(rn_min(rn_dropout(x, 0)), 1);
        RN_TEST_MODE
        {
            VALUES(rn_min(rn_dropout(x, 0.5)), 1);
        }
        CHECK(rn_dropout(x, -0.1) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "option ratio is -0.1");
    }
    CHECK_OK();
}

RN_TEST(what_dropout_drops_may_be_infinite)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_full(RN_SHAPE(100), INFINITY);
        CHECK(rn_item(rn_any(rn_isnan(rn_dropout(x, 0.5)))) == 0);
    }
    CHECK_OK();
}

RN_TEST(noise_is_there_in_training_only)
{
    RN_SCOPE
    {
        rn_seed(7);
        rn_tensor *x = rn_zeros(RN_SHAPE(100000));
        CHECK_NEAR(rn_item(rn_std(rn_gaussian_noise(x, 2))), 2, 0.02);
        CHECK_NEAR(rn_item(rn_mean(rn_gaussian(x, x))), 0, 0.01);
        rn_tensor *h = rn_ones(RN_SHAPE(100000));
        CHECK_NEAR(rn_item(rn_mean(rn_zoneout(h, x, 0.3))), 0.3, 0.01);
        CHECK_NEAR(rn_item(rn_mean(rn_rrelu(rn_neg(h)))), -(1.0 / 8 + 1.0 / 3) / 2, 0.001);
        RN_TEST_MODE
        {
            VALUES(rn_max(rn_gaussian_noise(x, 2)), 0);
            VALUES_NEAR(1e-7, rn_max(rn_zoneout(h, x, 0.3)), 0.3);
            VALUES_NEAR(1e-7, rn_min(rn_rrelu(rn_neg(h))), -(1.0 / 8 + 1.0 / 3) / 2);
        }
    }
    CHECK_OK();
}

RN_TEST(samples_of_classes_have_their_probabilities)
{
    RN_SCOPE
    {
        rn_seed(2);
        const float p[] = { 0.2f, 0.3f, 0.5f };
        rn_tensor *x = rn_broadcast_to(rn_log(rn_array(RN_F32, RN_SHAPE(3), p)), RN_SHAPE(20000, 3));
        rn_tensor *y = rn_gumbel_softmax(x, 1), *which = rn_argmax(y, .axes = RN_AXES(1));
        CHECK_NEAR(rn_item(rn_mean(rn_equal_scalar(which, 2))), 0.5, 0.02);
        CHECK_NEAR(rn_item(rn_mean(rn_equal_scalar(which, 0))), 0.2, 0.02);
        CHECK_NEAR(rn_item(rn_min(rn_sum(y, .axes = RN_AXES(1)))), 1, 1e-5);
    }
    CHECK_OK();
}

RN_TEST(parameters_that_do_not_fit_the_channels_are_refused)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, -1, 2, -3, 4), *w = F64(0.5, 0.25);
        VALUES(rn_prelu(x, w), -0.5, 2, -1.5, 4);
        VALUES(slope(rn_prelu(x, w), w), -4, 0);
        const int line = __LINE__ + 1;
        CHECK(rn_prelu(x, F64(1, 2, 3)) == NULL);
        char want[64];
        snprintf(want, sizeof want, "test_ops_activation.c:%d: prelu: the parameter does not fit", line);
        CHECK(strstr(rn_error_last()->message, want));
        CHECK_ERROR(RN_ERR_SHAPE, "x f64[2, 2];  w f64[3]");
        CHECK(rn_maxout(x, 3, 1) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "x.shape[axis] % pool_size == 0");
    }
}

RN_TEST(a_nan_goes_through_the_gradient)
{
    static const char *const names[] = { "relu",     "leaky_relu", "elu",      "selu",    "celu",         "gelu",
                                         "sigmoid",  "tanh",       "softplus", "silu",    "mish",         "log_sigmoid",
                                         "softsign", "logit",      "erfcx",    "maximum", "squared_error" };
    for (size_t i = 0; i < RN_COUNTOF(names); i++) {
        const rn_op *op = rn_op_find(names[i]);
        char opts[256];
        rn_opts_default(op, opts);
        RN_SCOPE
        {
            rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(1), NAN), true), *y = NULL, *g = NULL;
            rn_tensor *in[] = { x, rn_zeros(RN_SHAPE(1)) };
            CHECK(rn_op_call(op, RN_HERE, in, strchr(op->inputs, ',') ? 2 : 1, opts, &y));
            /* as if y were one of several terms of a loss that is NaN */
            rn_tensor *loss = rn_sum(y), *nan = rn_array_f32(RN_SCALAR, NAN);
            CHECK(rn_grad(RN_LIST(loss), RN_LIST(x), .grad_outputs = RN_LIST(nan), .grads = &g));
            if (!isnan(rn_item(g))) test_failed(__FILE__, __LINE__, "the gradient of %s is %g", names[i], rn_item(g));
        }
        CHECK_OK();
    }
    for (size_t i = 2; i < 5; i++) {
        RN_SCOPE
        {
            rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(1), NAN), true), *y = NULL, *g = NULL;
            char opts[64];
            rn_opts_default(rn_op_find(names[i]), opts);
            CHECK(rn_op_call(rn_op_find(names[i]), RN_HERE, &x, 1, opts, &y));
            CHECK(rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g));
            CHECK(isnan(rn_item(g)));
        }
    }
}
