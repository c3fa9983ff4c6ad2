/* Elementwise functions: points and types that the cases in their rows cannot say. */
#include "values.h"

RN_TEST(powers_have_slopes_at_zero)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(0, 0, 0, -2);
        VALUES(slope(rn_pow_scalar(x, 0), x), 0, 0, 0, 0);
        VALUES(slope(rn_pow_scalar(x, 1), x), 1, 1, 1, 1);
        VALUES(slope(rn_pow_scalar(x, 2), x), 0, 0, 0, -4);
        VALUES(slope(slope(rn_pow_scalar(x, 2), x), x), 2, 2, 2, 2);
        VALUES(slope(slope(rn_pow_scalar(x, 1), x), x), 0, 0, 0, 0);
        rn_tensor *z = F64(0, 1, 2, 2);
        VALUES(slope(rn_pow(x, z), x), 0, 1, 0, -4);
        VALUES(slope(rn_pow(x, z), z), 0, 0, 0, NAN);
        VALUES(slope(slope(rn_pow(x, F64(1, 2, 3, 3)), x), x), 0, 2, 0, -12);
        VALUES(slope(rn_sqrt(x), x), INFINITY, INFINITY, INFINITY, NAN);
    }
    CHECK_OK();
}

RN_TEST(what_where_does_not_take_has_no_influence)
{
    RN_SCOPE
    {
        const bool cond[] = { true, false, true };
        rn_tensor *c = rn_array(RN_BOOL, RN_SHAPE(3), cond);
        rn_tensor *x = F64(4, 0, 1), *z = F64(0, 9, 0);
        rn_tensor *y = rn_where(c, rn_sqrt(x), rn_log(z));
        VALUES(y, 2, log(9), 1);
        VALUES(slope(rn_where(c, x, F64(NAN, 1, INFINITY)), x), 1, 0, 1);
        VALUES(slope(rn_where(c, F64(1, NAN, 2), z), z), 0, 1, 0);
        rn_tensor *whole = rn_array_i32(RN_SHAPE(3), 0, 7, -1);
        const float half[] = { 1, 2, 3 };
        y = rn_where(whole, rn_cast(rn_array(RN_F32, RN_SHAPE(3), half), RN_F16),
                     rn_zeros(RN_SHAPE(1), .dtype = RN_F16));
        CHECK_EQ_I64(rn_tensor_dtype(y), RN_F16);
        VALUES(y, 0, 2, 3);
    }
    CHECK_OK();
}

RN_TEST(gradients_at_points_where_formulas_divide_by_zero)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(0, 3), *z = F64(0, -4);
        VALUES(rn_hypot(x, z), 0, 5);
        VALUES(slope(rn_hypot(x, z), x), 0, 0.6);
        VALUES(slope(rn_atan2(x, z), x), 0, -4.0 / 25);
        VALUES(slope(rn_sinc(x), x), 0, cos(3 * M_PI) / 3);
    }
    CHECK_OK();
}

RN_TEST(sinc_is_smooth_at_zero)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(0, 0.049999, 0.050001);
        rn_tensor *g = slope(rn_sinc(x), x), *h = slope(g, x);
        double v[3];
        CHECK(rn_copy_to(h, RN_F64, v, (int64_t)sizeof v));
        CHECK_NEAR(v[0], -M_PI * M_PI / 3, 1e-12);
        CHECK_NEAR(v[1], v[2], 1e-5);
        CHECK(rn_copy_to(g, RN_F64, v, (int64_t)sizeof v));
        CHECK_NEAR(v[0], 0, 0);
        CHECK_NEAR(v[1], v[2], 1e-5);
    }
    CHECK_OK();
}

RN_TEST(logaddexp_of_infinities)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(-INFINITY, INFINITY, -INFINITY, 1000), *z = F64(-INFINITY, INFINITY, 2, 1000);
        rn_tensor *y = rn_logaddexp(x, z);
        VALUES(y, -INFINITY, INFINITY, 2, 1000 + log(2));
        VALUES(slope(y, x), 0.5, 0.5, 0, 0.5);
        VALUES(slope(y, z), 0.5, 0.5, 1, 0.5);
    }
    CHECK_OK();
}

RN_TEST(of_equal_ones_the_first_gets_the_gradient)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(1, 2, 3), *z = F64(1, 3, 2);
        VALUES(slope(rn_maximum(x, z), x), 1, 0, 1);
        VALUES(slope(rn_maximum(x, z), z), 0, 1, 0);
        VALUES(slope(rn_minimum(x, z), x), 1, 1, 0);
        VALUES(slope(rn_clip(x, 1, 2), x), 1, 1, 0);
        VALUES(rn_maximum(F64(NAN, 1), F64(1, NAN)), NAN, NAN);
    }
    CHECK_OK();
}

RN_TEST(a_number_is_compared_in_the_type_of_the_tensor)
{
    RN_SCOPE
    {
        const float v[] = { 0.1f, 1.5f, NAN };
        rn_tensor *x = rn_array(RN_F32, RN_SHAPE(3), v);
        VALUES(rn_equal_scalar(x, 0.1), 1, 0, 0);
        VALUES(rn_not_equal_scalar(x, 0.1), 0, 1, 1);
        VALUES(rn_greater_scalar(x, 0.1), 0, 1, 0);
        VALUES(rn_equal_scalar(rn_cast(x, RN_F16), 0.1), 1, 0, 0);
        CHECK_EQ_I64(rn_tensor_dtype(rn_equal_scalar(x, 0.1)), RN_BOOL);
    }
    CHECK_OK();
}

RN_TEST(whole_numbers_compare_exactly_with_fractions)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_array_i32(RN_SHAPE(4), -2, -1, 1, 2);
        VALUES(rn_less_scalar(x, 1.5), 1, 1, 1, 0);
        VALUES(rn_less_equal_scalar(x, 1.5), 1, 1, 1, 0);
        VALUES(rn_greater_scalar(x, -1.5), 0, 1, 1, 1);
        VALUES(rn_greater_equal_scalar(x, -1.5), 0, 1, 1, 1);
        VALUES(rn_equal_scalar(x, 1.5), 0, 0, 0, 0);
        VALUES(rn_not_equal_scalar(x, 1.5), 1, 1, 1, 1);
        VALUES(rn_less_scalar(x, INFINITY), 1, 1, 1, 1);
        VALUES(rn_greater_scalar(x, -INFINITY), 1, 1, 1, 1);
    }
    CHECK_OK();
}

RN_TEST(types_of_results_are_those_of_numpy)
{
    RN_SCOPE
    {
        rn_tensor *u8 = rn_zeros(RN_SHAPE(2), .dtype = RN_U8), *i16 = rn_zeros(RN_SHAPE(2), .dtype = RN_I16);
        rn_tensor *i64 = rn_zeros(RN_SHAPE(2), .dtype = RN_I64), *truth = rn_ones(RN_SHAPE(2), .dtype = RN_BOOL);
        CHECK_EQ_I64(rn_tensor_dtype(rn_exp(u8)), RN_F16);
        CHECK_EQ_I64(rn_tensor_dtype(rn_exp(i16)), RN_F32);
        CHECK_EQ_I64(rn_tensor_dtype(rn_exp(i64)), RN_F64);
        CHECK_EQ_I64(rn_tensor_dtype(rn_floor(i16)), RN_I16);
        CHECK_EQ_I64(rn_tensor_dtype(rn_maximum(u8, i16)), RN_I16);
        CHECK_EQ_I64(rn_tensor_dtype(rn_bitwise_not(truth)), RN_BOOL);
        VALUES(rn_bitwise_not(truth), 0, 0);
        VALUES(rn_bitwise_not(u8), 255, 255);
        rn_tensor *big = rn_array(RN_I64, RN_SHAPE(1), (const int64_t[]){ ((int64_t)1 << 53) + 1 });
        CHECK(*(const int64_t *)rn_data(rn_floor(big)) == ((int64_t)1 << 53) + 1);
        CHECK(rn_bitwise_and(u8, rn_exp(u8)) == NULL);
        CHECK_ERROR(RN_ERR_DTYPE, "floats have no bits");
    }
    CHECK_OK();
}

RN_TEST(remainders_are_exact_and_have_their_sign)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(7, -7, 7, -7, 1, 5), *z = F64(3, 3, -3, -3, 0.1, INFINITY);
        VALUES(rn_mod(x, z), 1, 2, -2, -1, fmod(1, 0.1), 5);
        VALUES(rn_fmod(x, z), 1, -1, 1, -1, fmod(1, 0.1), 5);
        VALUES(rn_floor_divide(x, z), 2, -3, -3, 2, 9, 0);
        VALUES(rn_floor_divide(F64(-5, 1), F64(INFINITY, 0)), -1, INFINITY);
        rn_tensor *a = rn_array_i32(RN_SHAPE(3), 7, -7, 7), *b = rn_array_i32(RN_SHAPE(3), -3, 3, 0);
        VALUES(rn_mod(a, b), -2, 2, 0);
        VALUES(rn_floor_divide(a, b), -3, -3, 0);
    }
    CHECK_OK();
}

RN_TEST(a_zero_has_a_sign)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(3, 3, -3), *z = F64(-0.0, 0.0, -0.0), *y = rn_copysign(x, z);
        VALUES(y, -3, 3, -3);
        VALUES(slope(y, x), -1, 1, 1);
    }
    CHECK_OK();
}

RN_TEST(nan_to_num_fills_with_the_largest_numbers_of_the_type)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(NAN, INFINITY, -INFINITY, 2);
        VALUES(rn_nan_to_num(rn_cast(x, RN_F16)), 0, 65504, -65504, 2);
        VALUES(rn_nan_to_num(x, .nan = 1, .posinf = 3, .neginf = -4), 1, 3, -4, 2);
        VALUES(slope(rn_nan_to_num(x), x), 0, 0, 0, 1);
        const float *v = rn_data_f32(rn_nan_to_num(rn_cast(x, RN_F32)));
        CHECK(v && v[1] == 0x1.fffffep127f);
    }
    CHECK_OK();
}

RN_TEST(fma_of_whole_numbers_adds_the_product)
{
    static const char *const devices[] = { "ref", "cpu" };
    for (int i = 0; i < (int)RN_COUNTOF(devices); i++) RN_SCOPE
        {
            CHECK(rn_device_use(devices[i]));
            rn_tensor *a = rn_array_i32(RN_SHAPE(3), 5, -7, 2), *b = rn_array_i32(RN_SHAPE(3), 3, 2, 0);
            VALUES(rn_fma(a, b, rn_array_i32(RN_SHAPE(3), 9, 1, -4)), 24, -13, -4);
            VALUES(rn_fma(a, rn_greater_scalar(b, 0), b), 8, -5, 0);
        }
    CHECK_OK();
}
