/* Losses: labels, infinities and certainties that the cases in their rows cannot say. */
#include "values.h"

RN_TEST(cross_entropy_of_labels_by_hand)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, 0, log(3), 0, 0);
        rn_tensor *t = rn_array_i32(RN_SHAPE(2), 1, 0);
        rn_tensor *y = rn_softmax_cross_entropy(x, t);
        VALUES(y, (log(4.0 / 3) + log(2)) / 2);
        VALUES(slope(y, x), 0.125, -0.125, -0.25, 0.25);
        VALUES(rn_softmax_cross_entropy(x, t, .reduce = "no"), log(4.0 / 3), log(2));
        VALUES(rn_softmax_cross_entropy(x, t, .ignore_label = 1), log(2));
        VALUES(rn_softmax_cross_entropy(x, t, .ignore_zero = true), log(4.0 / 3));
        rn_tensor *w = F64(1, 3);
        VALUES(rn_softmax_cross_entropy(x, t, w, .normalize = "weights"), (3 * log(4.0 / 3) + log(2)) / 4);
        VALUES(slope(rn_softmax_cross_entropy(x, t, w), w), log(2) / 2, log(4.0 / 3) / 2);
    }
    CHECK_OK();
}

RN_TEST(labels_out_of_range_name_the_line_the_place_and_the_range)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array(RN_F32, RN_SHAPE(2, 3, 2), NULL), true);
        rn_tensor *t = rn_array_i32(RN_SHAPE(2, 2), 0, 1, 3, -1);
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_softmax_cross_entropy(x, t), *z = rn_mul_scalar(y, 2);
        CHECK_OK();
        CHECK(isnan(rn_item(z)));
        char want[64];
        snprintf(want, sizeof want, "test_ops_loss.c:%d: ", line);
        CHECK(rn_error_last() && strstr(rn_error_last()->message, want));
        CHECK(strstr(rn_error_last()->message, "0 <= label < 3, or -1"));
        CHECK_ERROR(RN_ERR_ARG, "label 3 at [1, 0] of t is out of range");
    }
}

RN_TEST(ignored_places_have_no_loss_and_no_gradient_even_where_scores_are_not_numbers)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, NAN, 2, 0, 0);
        rn_tensor *y = rn_softmax_cross_entropy(x, rn_array_i32(RN_SHAPE(2), -1, 1));
        VALUES(y, log(2));
        VALUES(slope(y, x), 0, 0, 0.5, -0.5);
        rn_tensor *none = rn_softmax_cross_entropy(x, rn_array_i32(RN_SHAPE(2), -1, -1));
        VALUES(none, 0);
        VALUES(slope(none, x), 0, 0, 0, 0);
    }
    CHECK_OK();
}

RN_TEST(scores_far_apart_do_not_overflow)
{
    RN_SCOPE
    {
        const float v[] = { 1e30f, -1e30f, -INFINITY, 5 };
        rn_tensor *x = rn_require_grad(rn_array(RN_F32, RN_SHAPE(2, 2), v), true);
        rn_tensor *y = rn_softmax_cross_entropy(x, rn_array_i32(RN_SHAPE(2), 0, 1), .reduce = "no");
        VALUES(y, 0, 0);
        VALUES(slope(y, x), 0, 0, 0, 0);
        rn_tensor *z = F64(1000, -1000, 1000);
        rn_tensor *each = rn_sigmoid_cross_entropy(z, rn_array_i32(RN_SHAPE(3), 1, 0, 0), .reduce = "no");
        VALUES(each, 0, 0, 1000);
        VALUES(slope(each, z), 0, 0, 1);
    }
    CHECK_OK();
}

RN_TEST(losses_of_sixteen_bits_are_of_thirty_two)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_full(RN_SHAPE(4, 3), 2, .dtype = RN_BF16), *t = rn_zeros(RN_SHAPE(4), .dtype = RN_I32);
        rn_tensor *y = rn_softmax_cross_entropy(x, t);
        CHECK_EQ_I64(rn_tensor_dtype(y), RN_F32);
        VALUES_NEAR(1e-6, y, log(3));
        rn_tensor *big = rn_full(RN_SHAPE(2), 600, .dtype = RN_F16);
        VALUES(rn_mean_squared_error(big, rn_neg(big)), 1440000);
    }
    CHECK_OK();
}

RN_TEST(targets_may_be_probabilities)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, 0, log(3), -INFINITY, 0), *t = MATRIX(2, 0.5, 0.5, 0, 1);
        rn_tensor *y = rn_softmax_cross_entropy(x, t, .reduce = "no");
        VALUES(y, 0.5 * (log(4) + log(4.0 / 3)), 0);
        VALUES(slope(y, x), -0.25, 0.25, 0, 0);
        VALUES(rn_softmax_cross_entropy(x, rn_softmax(x, 1), .soft_target = "kl-divergence"), 0);
        VALUES(rn_kl_div(F64(-INFINITY, 0), F64(0, 1), .reduce = "no"), 0, 0);
    }
    CHECK_OK();
}

RN_TEST(certainties_that_are_wrong_cost_much_but_not_all)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(0, 1, 0, 1), *t = F64(0, 1, 1, 0);
        rn_tensor *y = rn_binary_cross_entropy(x, t, .reduce = "no");
        VALUES(y, 0, 0, 100, 100);
        VALUES_NEAR(1, slope(y, x), 0, 0, -1e12, 1e12);
    }
    CHECK_OK();
}

RN_TEST(a_loss_does_not_broadcast)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(4, 1)), *z = rn_zeros(RN_SHAPE(4));
        const int line = __LINE__ + 1;
        CHECK(rn_mean_squared_error(x, z) == NULL);
        char want[64];
        snprintf(want, sizeof want, "test_ops_loss.c:%d: mean_squared_error: shapes differ", line);
        CHECK(strstr(rn_error_last()->message, want));
        CHECK_ERROR(RN_ERR_SHAPE, "x f32[4, 1];  z f32[4]");
        CHECK(rn_squared_error(x, z) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "x.shape == z.shape");
        CHECK(rn_softmax_cross_entropy(z, rn_zeros(RN_SHAPE(4), .dtype = RN_I32)) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "no axis of classes");
        CHECK(rn_softmax_cross_entropy(x, z, .reduce = "average") == NULL);
        CHECK_ERROR(RN_ERR_ARG, "one of mean,sum,no");
    }
}

RN_TEST(distances_of_zero_have_no_direction)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, 1, 2, 3, 4), *z = MATRIX(2, 1, 2, 3, 4);
        rn_tensor *y = rn_contrastive(x, z, rn_array_i32(RN_SHAPE(2), 0, 1), .reduce = "no");
        VALUES(y, 0.5, 0);
        VALUES(slope(y, x), 0, 0, 0, 0);
        VALUES(rn_triplet(x, z, z), 0.2);
        VALUES(rn_cosine_similarity(F64(0, 0), F64(1, 2), 0), 0);
        VALUES(rn_cosine_similarity(F64(3, 4), F64(6, 8), 0), 1);
    }
    CHECK_OK();
}

RN_TEST(a_step_of_classification_compiles_once)
{
    rn_tensor *w = rn_param("w", rn_zeros(RN_SHAPE(4, 3)));
    int64_t compiled = 0;
    double loss = 0;
    for (int i = 0; i < 12; i++) {
        RN_SCOPE
        {
            const float v[] = { 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1 };
            rn_tensor *x = rn_array(RN_F32, RN_SHAPE(3, 4), v), *t = rn_array_i32(RN_SHAPE(3), 0, 1, 2), *g;
            rn_tensor *y = rn_softmax_cross_entropy(rn_matmul(x, w), t);
            rn_grad(RN_LIST(y), RN_LIST(w), .grads = &g);
            rn_assign(w, rn_sub(w, rn_mul_scalar(g, 1 + 0.01 * i)));
            loss = rn_item(y);
        }
        if (i == 2) compiled = rn_engine().plans_compiled;
    }
    CHECK_OK();
    CHECK(loss < 0.3);
    CHECK_EQ_I64(rn_engine().plans_compiled, compiled);
    rn_drop(w);
}
