/* Reductions: ties, zeros, infinities, types and sizes that the cases in their rows cannot say. */
#include "values.h"

RN_TEST(equal_extremes_share_the_gradient)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, 3, 1, 3, 0, 0, 5);
        VALUES(rn_max(x, .axes = RN_AXES(1)), 3, 5);
        VALUES(slope(rn_max(x, .axes = RN_AXES(1)), x), 0.5, 0, 0.5, 0, 0, 1);
        VALUES(slope(rn_min(x), x), 0, 0, 0, 0.5, 0.5, 0);
        VALUES(rn_argmax(x, .axes = RN_AXES(1)), 0, 2);
        VALUES(rn_argmin(x), 3);
        VALUES(rn_max(F64(1, NAN, 2)), NAN);
        VALUES(rn_argmax(F64(1, NAN, 2)), 1);
    }
    CHECK_OK();
}

RN_TEST(gradients_of_products_with_zeros_are_right_to_any_order)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(0, 2, 3);
        rn_tensor *g = slope(rn_prod(x), x);
        VALUES(g, 6, 0, 0);
        /* the sum of bc + ac + ab has the slopes b + c, a + c, a + b */
        VALUES(slope(g, x), 5, 3, 2);
        VALUES(slope(slope(g, x), x), 2, 2, 2);
        rn_tensor *z = F64(0, 0, 3);
        g = slope(rn_prod(z), z);
        VALUES(g, 0, 0, 0);
        VALUES(slope(g, z), 3, 3, 0);
        VALUES(slope(rn_cumprod(x, 0), x), 1 + 2 + 6, 0, 0);
        VALUES(slope(rn_cumprod(x, 0, .reverse = true), x), 6, 3, 3);
        rn_tensor *m = MATRIX(2, 0, 2, 3, 4);
        VALUES(slope(rn_prod(m, .axes = RN_AXES(0)), m), 3, 4, 0, 2);
    }
    CHECK_OK();
}

RN_TEST(running_sums_and_products)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(2, 3, 4);
        VALUES(rn_cumsum(x, 0), 2, 5, 9);
        VALUES(rn_cumsum(x, 0, .exclusive = true), 0, 2, 5);
        VALUES(rn_cumsum(x, 0, .reverse = true), 9, 7, 4);
        VALUES(rn_cumprod(x, -1, .exclusive = true, .reverse = true), 12, 4, 1);
        VALUES(slope(rn_cumsum(x, 0), x), 3, 2, 1);
        VALUES(slope(rn_cumsum(x, 0, .exclusive = true), x), 2, 1, 0);
        rn_tensor *t = rn_transpose(MATRIX(2, 1, 2, 3, 4, 5, 6));
        VALUES(rn_cumsum(t, 0), 1, 4, 3, 9, 6, 15);
        rn_tensor *u8 = rn_full(RN_SHAPE(3), 200, .dtype = RN_U8);
        CHECK_EQ_I64(rn_tensor_dtype(rn_cumsum(u8, 0)), RN_I64);
        VALUES(rn_cumsum(u8, 0), 200, 400, 600);
        CHECK(rn_cumsum(x, 1) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "there is no such axis");
    }
    CHECK_OK();
}

RN_TEST(sums_of_whole_numbers_do_not_wrap)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_full(RN_SHAPE(300), 127, .dtype = RN_I8);
        CHECK_EQ_I64(rn_tensor_dtype(rn_sum(x)), RN_I64);
        VALUES(rn_sum(x), 300 * 127);
        CHECK_EQ_I64(rn_tensor_dtype(rn_mean(x)), RN_F64);
        VALUES(rn_mean(x), 127);
        VALUES(rn_sum(rn_ones(RN_SHAPE(5), .dtype = RN_BOOL)), 5);
        VALUES(rn_count_nonzero(rn_ones(RN_SHAPE(5), .dtype = RN_F16)), 5);
        CHECK_EQ_I64(rn_tensor_dtype(rn_any(x)), RN_BOOL);
        VALUES(rn_all(F64(1, NAN)), 1);
        VALUES(rn_any(F64(0, 0)), 0);
    }
    CHECK_OK();
}

RN_TEST(sixteen_bits_are_added_in_more)
{
    RN_SCOPE
    {
        rn_tensor *ones = rn_ones(RN_SHAPE(70000), .dtype = RN_F16);
        VALUES(rn_mean(ones), 1);
        VALUES_NEAR(0.01, rn_logsumexp(ones), 1 + log(70000));
        VALUES_NEAR(0.1, rn_norm(ones), sqrt(70000));
        rn_tensor *big = rn_full(RN_SHAPE(100), 300, .dtype = RN_F16);
        VALUES(rn_norm(big), 3000);
        VALUES(rn_var(big), 0);
        CHECK_EQ_I64(rn_tensor_dtype(rn_var(big)), RN_F16);
    }
    CHECK_OK();
}

RN_TEST(variance_around_a_large_mean)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_array_f32(RN_SHAPE(4), 10000, 10001, 10002, 10003);
        VALUES_NEAR(1e-6, rn_var(x), 1.25);
        VALUES_NEAR(1e-6, rn_var(x, .ddof = 1), 5.0 / 3);
        VALUES(rn_std(F64(3, 3, 3)), 0);
        rn_tensor *same = F64(3, 3, 3);
        VALUES(slope(rn_std(same), same), 0, 0, 0);
        VALUES(rn_var(F64(1), .ddof = 1), NAN);
    }
    CHECK_OK();
}

RN_TEST(sums_of_exponentials_of_infinities)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(4, -INFINITY, -INFINITY, INFINITY, 1, 1, -INFINITY, 1000, 1000);
        rn_tensor *y = rn_logsumexp(x, .axes = RN_AXES(1));
        VALUES(y, -INFINITY, INFINITY, 1, 1000 + log(2));
        rn_tensor *z = MATRIX(3, -INFINITY, -INFINITY, 1, -INFINITY, 1000, 1000);
        VALUES(slope(rn_logsumexp(z, .axes = RN_AXES(1)), z), 0, 0, 1, 0, 0.5, 0.5);
    }
    CHECK_OK();
}

RN_TEST(lengths_and_their_slopes_at_zero)
{
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, 3, -4, 0, 0);
        VALUES(rn_norm(x, .axes = RN_AXES(1)), 5, 0);
        VALUES(slope(rn_norm(x, .axes = RN_AXES(1)), x), 0.6, -0.8, 0, 0);
        VALUES(slope(rn_norm(x, .axes = RN_AXES(1), .p = 1), x), 1, -1, 0, 0);
        VALUES(rn_norm(x, .p = INFINITY), 4);
        VALUES(slope(rn_norm(x, .p = INFINITY), x), 0, -1, 0, 0);
        rn_tensor *z = F64(0, 0);
        VALUES(slope(rn_norm(z, .p = 0.5), z), 0, 0);
        CHECK(rn_norm(x, .p = -1) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "option p");
    }
    CHECK_OK();
}

RN_TEST(what_is_not_a_number_is_left_out_of_nansum)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(1, NAN, 2);
        VALUES(rn_nansum(x), 3);
        VALUES(rn_nanmean(x), 1.5);
        VALUES(slope(rn_nansum(x), x), 1, 0, 1);
        VALUES(rn_nanmean(F64(NAN)), NAN);
    }
    CHECK_OK();
}

RN_TEST(reductions_of_nothing)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(0, 2));
        VALUES(rn_sum(x, .axes = RN_AXES(0)), 0, 0);
        VALUES(rn_prod(x, .axes = RN_AXES(0)), 1, 1);
        VALUES(rn_mean(x, .axes = RN_AXES(0)), NAN, NAN);
        VALUES(rn_all(x), 1);
        VALUES(rn_any(x), 0);
        CHECK(rn_max(x) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "nothing to reduce");
        CHECK(rn_logsumexp(x) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "logsumexp: nothing to reduce");
        CHECK(rn_var(x, .axes = RN_AXES(0, 0)) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "axes must name axes of x");
    }
    CHECK_OK();
}
