/* Arithmetic on shapes: counts with overflow, broadcasting, strides, axes, text. */
#include "test.h"

#include "base/alloc.h"
#include "base/shape.h"

static int64_t count(rn_shape s)
{
    return rni_shape_count(&s);
}

RN_TEST(counts_of_elements)
{
    CHECK_EQ_I64(count(RN_SCALAR), 1);
    CHECK_EQ_I64(count(RN_SHAPE(2, 3, 4)), 24);
    CHECK_EQ_I64(count(RN_SHAPE(2, 0, 4)), 0);
    CHECK_EQ_I64(count(RN_SHAPE(((int64_t)1 << 59) - 1)), ((int64_t)1 << 59) - 1);
}

RN_TEST(negative_sizes_and_overflow_have_no_count)
{
    CHECK_EQ_I64(count(RN_SHAPE(-1)), -1);
    CHECK_EQ_I64(count(RN_SHAPE(0, -1)), -1);
    CHECK_EQ_I64(count(RN_SHAPE((int64_t)1 << 32, (int64_t)1 << 31)), -1);
    CHECK_EQ_I64(count(RN_SHAPE((int64_t)1 << 31, (int64_t)1 << 31, 2)), -1);
    CHECK_EQ_I64(count(RN_SHAPE((int64_t)1 << 59)), -1);
    CHECK_EQ_I64(count(RN_SHAPE(0, (int64_t)1 << 40, (int64_t)1 << 40)), -1);
    CHECK_EQ_I64(count((rn_shape){ .rank = RN_MAX_RANK + 1 }), -1);
    CHECK_EQ_I64(count((rn_shape){ .rank = -1 }), -1);
}

RN_TEST(an_array_of_an_impossible_shape_is_refused)
{
    RN_SCOPE
    {
        CHECK(rn_array(RN_F32, RN_SHAPE((int64_t)1 << 31, (int64_t)1 << 31, 2), NULL) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "no such shape");
        CHECK(rn_array(RN_F64, RN_SHAPE((int64_t)1 << 61), NULL) == NULL); /* the elements fit, their bytes do not */
        CHECK_ERROR(RN_ERR_SHAPE, "2^63");
        CHECK(rn_array(RN_F32, RN_SHAPE(2, -1), NULL) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "[2, -1]");
        CHECK(rn_array(RN_DTYPE_NONE, RN_SHAPE(2), NULL) == NULL);
        CHECK_ERROR(RN_ERR_DTYPE, "no element type");
        CHECK(rn_zeros(RN_SHAPE((int64_t)1 << 40, (int64_t)1 << 40)) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "too many elements");
        CHECK(rn_reshape(rn_zeros(RN_SHAPE(4)), RN_SHAPE((int64_t)1 << 62, (int64_t)1 << 62)) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "number of elements");
        CHECK(rn_broadcast_to(rn_zeros(RN_SHAPE(1)), RN_SHAPE((int64_t)1 << 32, (int64_t)1 << 32)) == NULL);
        CHECK_ERROR(RN_ERR_SHAPE, "too many elements");
    }
}

static bool broadcast(rn_shape a, rn_shape b, rn_shape want)
{
    rn_shape ab, ba;
    return rni_shape_broadcast(&a, &b, &ab) && rni_shape_broadcast(&b, &a, &ba) && rni_shape_equal(&ab, &want) &&
           rni_shape_equal(&ba, &want);
}

RN_TEST(broadcasting_is_that_of_numpy)
{
    CHECK(broadcast(RN_SHAPE(2, 1, 3), RN_SHAPE(4, 1), RN_SHAPE(2, 4, 3)));
    CHECK(broadcast(RN_SCALAR, RN_SHAPE(5, 6), RN_SHAPE(5, 6)));
    CHECK(broadcast(RN_SHAPE(0), RN_SHAPE(1), RN_SHAPE(0)));
    CHECK(broadcast(RN_SHAPE(3, 1), RN_SHAPE(0), RN_SHAPE(3, 0)));
    const rn_shape a = RN_SHAPE(2, 3), b = RN_SHAPE(2), zero = RN_SHAPE(0);
    rn_shape out = RN_SHAPE(7);
    CHECK(!rni_shape_broadcast(&a, &b, &out));
    CHECK(!rni_shape_broadcast(&zero, &b, &out));
    CHECK_EQ_I64(out.dim[0], 7); /* left as it was */
    rn_shape same = RN_SHAPE(2, 1);
    CHECK(rni_shape_broadcast(&same, &a, &same)); /* the result may be an operand */
    CHECK_EQ_I64(same.dim[1], 3);
}

RN_TEST(strides_are_row_major_also_around_empty_axes)
{
    int64_t s[RN_MAX_RANK];
    const rn_shape a = RN_SHAPE(2, 3, 4), b = RN_SHAPE(2, 0, 4);
    rni_shape_strides(&a, s);
    CHECK_EQ_I64(s[0], 12);
    CHECK_EQ_I64(s[1], 4);
    CHECK_EQ_I64(s[2], 1);
    rni_shape_strides(&b, s);
    CHECK_EQ_I64(s[0], 4);
    CHECK_EQ_I64(s[2], 1);
}

RN_TEST(axes_count_from_either_end)
{
    CHECK_EQ_I64(rni_axis(0, 3), 0);
    CHECK_EQ_I64(rni_axis(-1, 3), 2);
    CHECK_EQ_I64(rni_axis(-3, 3), 0);
    CHECK_EQ_I64(rni_axis(3, 3), -1);
    CHECK_EQ_I64(rni_axis(-4, 3), -1);
    CHECK_EQ_I64(rni_axis(0, 0), -1);
}

RN_TEST(shapes_as_text_fit_their_buffer)
{
    char buf[RNI_SHAPE_TEXT];
    const rn_shape a = RN_SHAPE(2, 3), none = RN_SCALAR;
    CHECK_EQ_STR(rni_shape_text(&a, buf), "[2, 3]");
    CHECK_EQ_STR(rni_shape_text(&none, buf), "[]");
    rn_shape wide = { .rank = RN_MAX_RANK };
    for (int i = 0; i < RN_MAX_RANK; i++) wide.dim[i] = INT64_MIN;
    rni_shape_text(&wide, buf);
    CHECK(strlen(buf) < sizeof buf);
    CHECK(buf[strlen(buf) - 1] == ']');
}

RN_TEST(products_and_sums_of_sizes_refuse_to_overflow)
{
    int64_t r = 5;
    CHECK(rni_mul_i64(3, 4, &r));
    CHECK_EQ_I64(r, 12);
    CHECK(!rni_mul_i64((int64_t)1 << 40, (int64_t)1 << 40, &r));
    CHECK(!rni_mul_i64(-1, 4, &r));
    CHECK(!rni_mul_i64(0, -4, &r));
    CHECK(rni_add_i64(INT64_MAX, 0, &r));
    CHECK(!rni_add_i64(INT64_MAX, 1, &r));
    CHECK(!rni_add_i64(1, -1, &r));
}
