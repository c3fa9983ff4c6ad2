/* Functions made from texts by rn_elementwise_kernel and rn_reduction_kernel. */
#include "steps.h"
#include "values.h"

#include "base/rng.h"

static const char *const devices[] = { "cpu", "ref" };
#define ON_EACH_DEVICE                                                                                                 \
    for (int device_ = 0; device_ < 2 && rn_device_use(devices[device_]); device_++) RN_SCOPE

static const rn_op *squared_diff(void)
{
    return rn_elementwise_kernel("T x, T y", "T z", "z = (x - y) * (x - y)", "squared_diff");
}

static const rn_op *l2norm(void)
{
    return rn_reduction_kernel("T x", "T y", "x * x", "a + b", .post = "y = sqrt(a)", .identity = "0",
                               .name = "l2norm");
}

static rn_tensor *ramp(rn_dtype dtype, rn_shape shape)
{
    return rn_cast(rn_reshape(rn_arange(0, 24), shape), dtype);
}

static double difference(rn_tensor *a, rn_tensor *b)
{
    return rn_item(rn_max(rn_abs(rn_sub(rn_cast(a, RN_F64), rn_cast(b, RN_F64)))));
}

/* ---- making ---- */

RN_TEST(kernels_of_equal_texts_are_one_and_their_calls_share_a_plan)
{
    CHECK(squared_diff() && squared_diff() == squared_diff());
    CHECK(l2norm() == l2norm());
    CHECK(squared_diff() != rn_elementwise_kernel("T x, T y", "T z", "z = (x - y)*(x - y)", "squared_diff"));
    CHECK(squared_diff() != rn_elementwise_kernel("T x, T y", "T z", "z = (x - y) * (x - y)", "another"));
    const rn_op *scaled = rn_elementwise_kernel("T x, number c", "T y", "y = c * x", "scaled");
    int64_t before = 0;
    for (int turn = 0; turn < 4; turn++) RN_SCOPE
        {
            rn_tensor *x = rn_array(RN_F32, RN_SHAPE(3), ((float[]){ 1, 2, 4 })),
                      *y = rn_array(RN_F32, RN_SHAPE(3), NULL);
            VALUES(rn_apply(squared_diff(), RN_LIST(x, y)), 1, 4, 16);
            VALUES(rn_apply(scaled, RN_LIST(x), .numbers = RN_NUMBERS(turn)), turn, 2 * turn, 4 * turn);
            if (turn == 0) before = rn_engine().plans_compiled;
        }
    CHECK_EQ_I64(rn_engine().plans_compiled - before, 0);
    CHECK_OK();
}

RN_TEST(parameter_lists_are_refused_with_the_column)
{
    static const struct {
        const char *inputs, *outputs, *why;
    } row[] = {
        { "T", "T z", "k: column 2: expected a name" },
        { "T x,", "T z", "column 5: expected a type" },
        { "T x,, T y", "T z", "column 5: expected a type, not ','" },
        { "T x y", "T z", "column 5: expected ',' after 'x'" },
        { "T x, f33 y", "T z", "column 6: no type 'f33'" },
        { "T x, raw number y", "T z", "column 10: a number cannot be raw" },
        { "T x, T x", "T z", "column 8: two parameters are called 'x'" },
        { "T x, T i", "T z", "column 8: 'i' has a meaning of its own" },
        { "T n", "T z", "column 3: 'n' has a meaning" },
        { "T _x", "T z", "column 3: names do not begin with '_'" },
        { "T x", "", "it has no result" },
        { "T x", "raw T z", "the result z is raw" },
        { "T x", "number z", "the result z is a number" },
        { "T x", "T x", "an input and a result are called 'x'" },
        { "T x; T y", "T z", "column 4: expected ','" },
        { "T a, T b, T c, T d, T e, T f, T g, T h, T j, T k, T l, T m, T o, T p, T q, T r, T s", "T z",
          "column 81: more than 16 tensors" },
        { "T aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde", "T z", "column 3: a name of more than 39 letters" },
    };
    for (int i = 0; i < (int)RN_COUNTOF(row); i++) {
        CHECK(!rn_elementwise_kernel(row[i].inputs, row[i].outputs, "z = 1", "k"));
        CHECK_ERROR(RN_ERR_ARG, row[i].why);
    }
    CHECK(!rn_elementwise_kernel("T x", "T z", "z = x + q", "k"));
    CHECK(strstr(rn_error_last()->message, "test_kernels.c"));
    CHECK_ERROR(RN_ERR_ARG, "k: column 9: unknown name 'q'");
    CHECK(!rn_elementwise_kernel("T x", "T z", "z = x[0]", "k"));
    CHECK_ERROR(RN_ERR_ARG, "column 5: 'x' is not raw");
    CHECK(!rn_elementwise_kernel("raw T x", "T z", "z = 2 * x", "k"));
    CHECK_ERROR(RN_ERR_ARG, "column 9: 'x' is raw and read by position: x[k]");
    CHECK(!rn_elementwise_kernel("raw T x", "T z", "z = x[0", "k"));
    CHECK_ERROR(RN_ERR_ARG, "column 8: expected ']'");
    CHECK(!rn_elementwise_kernel("T x, T y", "T z", "z = x * y", "k", .gradient = "gx = gz * y"));
    CHECK_ERROR(RN_ERR_ARG, "'gy' is never assigned");
    CHECK(!rn_elementwise_kernel("T x", "T z", "z = x", ""));
    CHECK_ERROR(RN_ERR_ARG, "elementwise_kernel: name is empty");
}

RN_TEST(reductions_are_refused_with_the_column)
{
    CHECK(!rn_reduction_kernel("T x", "T y", "x * q", "a + b"));
    CHECK_ERROR(RN_ERR_ARG, "reduction: column 5: unknown name 'q'");
    CHECK(!rn_reduction_kernel("T x", "T y", "x", "a + c"));
    CHECK_ERROR(RN_ERR_ARG, "column 5: unknown name 'c'");
    CHECK(!rn_reduction_kernel("T x", "T y", "x", "a + b", .post = "b"));
    CHECK_ERROR(RN_ERR_ARG, "column 1: unknown name 'b'");
    CHECK(!rn_reduction_kernel("T x", "T y", "x", "a + b * i"));
    CHECK_ERROR(RN_ERR_ARG, "positions are known to the map only");
    CHECK(!rn_reduction_kernel("T x", "T y", "x", "a + b", .identity = "x"));
    CHECK_ERROR(RN_ERR_ARG, "column 1: unknown name 'x'");
    CHECK(!rn_reduction_kernel("T x", "T y", "x", "a + b", .identity = "sqrt(2)"));
    CHECK_ERROR(RN_ERR_ARG, "the identity is not a number");
    CHECK(!rn_reduction_kernel("raw T x", "T y", "x[0]", "a + b"));
    CHECK_ERROR(RN_ERR_ARG, "needs an input that is not raw");
    CHECK(!rn_reduction_kernel("T x", "T y, T z", "x", "a + b"));
    CHECK_ERROR(RN_ERR_ARG, "a reduction has one result");
}

/* ---- calling ---- */

RN_TEST(calls_that_do_not_fit_are_refused_on_their_line)
{
    const rn_op *k = squared_diff(), *half = rn_elementwise_kernel("f32 x, i32 t", "f32 y", "y = x * t", "half");
    rn_tensor *x = rn_ones(RN_SHAPE(3)), *wide = rn_ones(RN_SHAPE(3), .dtype = RN_F64);
    CHECK(!rn_apply(k, RN_LIST(x, wide)));
    CHECK_EQ_I64(rn_error_last()->site.line, __LINE__ - 1);
    CHECK_ERROR(RN_ERR_DTYPE, "x and y are of one type, T");
    CHECK(!rn_apply(k, RN_LIST(x)));
    CHECK_ERROR(RN_ERR_ARG, "2 tensors and 0 numbers: T x, T y");
    CHECK(!rn_apply(k, RN_LIST(x, x), .numbers = RN_NUMBERS(1)));
    CHECK_ERROR(RN_ERR_ARG, "called with 2 tensors and 1 numbers");
    CHECK(!rn_apply(k, RN_LIST(x, NULL)));
    CHECK_ERROR(RN_ERR_ARG, "squared_diff: y is NULL");
    CHECK(!rn_apply(k, ((rn_list){ NULL, 2 })));
    CHECK_ERROR(RN_ERR_ARG, "squared_diff: inputs is NULL");
    CHECK(!rn_apply(k, RN_LIST(x, rn_ones(RN_SHAPE(2)))));
    CHECK_ERROR(RN_ERR_SHAPE, "shapes do not broadcast");
    CHECK(!rn_apply(half, RN_LIST(x, x)));
    CHECK_ERROR(RN_ERR_DTYPE, "t is i32");
    CHECK(!rn_apply(k, RN_LIST(x, x), .shape = RN_SHAPE(3)));
    CHECK_ERROR(RN_ERR_ARG, "takes no .shape");
    CHECK(!rn_apply(k, RN_LIST(x, x), .axes = RN_AXES(0)));
    CHECK_ERROR(RN_ERR_ARG, "takes no .axes");
    CHECK(!rn_apply(l2norm(), RN_LIST(x), .axes = RN_AXES(1)));
    CHECK_EQ_I64(rn_error_last()->site.line, __LINE__ - 1);
    CHECK_ERROR(RN_ERR_ARG, "axes must name axes");
    CHECK(!rn_apply(l2norm(), RN_LIST(rn_cast(x, RN_F16)), .axes = RN_AXES(0, 0)));
    CHECK_ERROR(RN_ERR_ARG, "axes must name axes");
    CHECK(!rn_apply(rn_op_find("add"), RN_LIST(x, x)));
    CHECK_ERROR(RN_ERR_ARG, "was not made by rn_elementwise_kernel");
    CHECK(!rn_apply(squared_diff(), RN_LIST(x, x), .numbers = ((rn_numbers){ NULL, 1 })));
    CHECK_ERROR(RN_ERR_ARG, "1 numbers");
}

RN_TEST(inputs_broadcast_lie_anyhow_and_may_be_empty)
{
    ON_EACH_DEVICE
    {
        rn_tensor *x = ramp(RN_F32, RN_SHAPE(4, 6)), *row = rn_slice(x, RN_RANGES(RN_RANGE(1, 2)));
        rn_tensor *want = rn_square(rn_sub(x, row));
        CHECK_NEAR(difference(rn_apply(squared_diff(), RN_LIST(x, row)), want), 0, 0);
        rn_tensor *t = rn_transpose(x), *back = rn_slice(t, RN_RANGES(RN_EVERY(-1), RN_EVERY(2)));
        CHECK_NEAR(difference(rn_apply(squared_diff(), RN_LIST(back, rn_scalar(3))),
                              rn_square(rn_sub(back, rn_scalar(3)))),
                   0, 0);
        rn_tensor *none = rn_zeros(RN_SHAPE(0, 6));
        CHECK_EQ_I64(rn_tensor_count(rn_apply(squared_diff(), RN_LIST(none, row))), 0);
        VALUES(rn_apply(squared_diff(), RN_LIST(rn_scalar(3), rn_scalar(1))), 4);
        CHECK_OK();
    }
}

RN_TEST(letters_take_any_type_and_results_have_theirs)
{
    static const rn_dtype types[] = { RN_U8, RN_I8, RN_I16, RN_I32, RN_I64, RN_F16, RN_BF16, RN_F32, RN_F64 };
    const rn_op *two =
        rn_elementwise_kernel("T x, U y", "T s, bool less, U d", "s = x + 1; less = x < y; d = y + y", "two_types");
    ON_EACH_DEVICE
    {
        for (int i = 0; i < 9; i++)
            for (int j = 0; j < 9; j++) {
                rn_tensor *x = rn_cast(rn_array_f32(RN_SHAPE(3), 0, 1, 2), types[i]), *out[3];
                rn_tensor *y = rn_cast(rn_array_f32(RN_SHAPE(3), 2, 1, 3), types[j]);
                CHECK(rn_apply(two, RN_LIST(x, y), .outputs = out) == out[0]);
                CHECK_EQ_I64(rn_tensor_dtype(out[0]), types[i]);
                CHECK_EQ_I64(rn_tensor_dtype(out[1]), RN_BOOL);
                CHECK_EQ_I64(rn_tensor_dtype(out[2]), types[j]);
                VALUES(out[0], 1, 2, 3);
                VALUES(out[1], 1, 0, 1);
                VALUES(out[2], 4, 2, 6);
            }
        CHECK_OK();
    }
}

RN_TEST(whole_numbers_are_computed_as_c_does)
{
    const rn_op *mean = rn_elementwise_kernel("T x, T y", "T z, f32 q", "z = (x + y) / 2; q = (float)x / y", "mean");
    const rn_op *part = rn_elementwise_kernel("T x, number c", "T z", "z = x * c", "part");
    const rn_op *whole = rn_elementwise_kernel("f32 x", "f32 z, bool b", "z = (int)x % 3; b = (bool)x", "whole");
    ON_EACH_DEVICE
    {
        rn_tensor *x = rn_array_i32(RN_SHAPE(3), 7, -7, 1), *y = rn_array_i32(RN_SHAPE(3), 2, 2, 2), *out[2];
        VALUES(rn_apply(rn_elementwise_kernel("T x, T y", "T z", "z = x / y", "quotient"), RN_LIST(x, y)), 3, -3, 0);
        VALUES(rn_apply(part, RN_LIST(x), .numbers = RN_NUMBERS(0.5)), 3, -3, 0);
        rn_apply(mean, RN_LIST(x, y), .outputs = out);
        VALUES(out[0], 4, -2, 1); /* stored as C stores 4.5, -2.5 and 1.5 */
        VALUES(out[1], 3.5, -3.5, 0.5);
        rn_apply(whole, RN_LIST(rn_array_f32(RN_SHAPE(3), 4.9f, -0.5f, 0)), .outputs = out);
        VALUES(out[0], 1, 0, 0);
        VALUES(out[1], 1, 1, 0);
        CHECK_OK();
    }
}

RN_TEST(positions_are_exact_beyond_what_f32_counts)
{
    const rn_op *odd = rn_elementwise_kernel("", "f32 z", "z = i % 2", "odd");
    const rn_op *spread = rn_elementwise_kernel("raw f32 x", "f32 z", "z = x[(i * 1000003) % 7]", "spread");
    ON_EACH_DEVICE
    {
        if (device_ == 0) {
            rn_tensor *z = rn_apply(odd, .shape = RN_SHAPE((1 << 24) + 4));
            rn_tensor *end = rn_slice(z, RN_RANGES(RN_FROM(-4)));
            VALUES(end, 0, 1, 0, 1);
        }
        rn_tensor *x = rn_arange(0, 7);
        double have[100];
        CHECK(rn_copy_to(rn_apply(spread, RN_LIST(x), .shape = RN_SHAPE(100)), RN_F64, have, sizeof have));
        for (int i = 0; i < 100; i++) CHECK_EQ_I64(have[i], i * 1000003ll % 7);
        CHECK_OK();
    }
}

RN_TEST(the_shape_and_type_that_no_input_says_are_given)
{
    const rn_op *k = rn_elementwise_kernel("raw T x", "U z", "z = x[i] + n", "free");
    rn_tensor *x = rn_array_i32(RN_SHAPE(2, 2), 1, 2, 3, 4);
    CHECK(!rn_apply(k, RN_LIST(x)));
    CHECK_ERROR(RN_ERR_DTYPE, ".dtype, which is then U");
    CHECK(!rn_apply(k, RN_LIST(x), .dtype = RN_F32));
    CHECK_ERROR(RN_ERR_SHAPE, "no input says how many results there are");
    rn_tensor *z = rn_apply(k, RN_LIST(x), .dtype = RN_F32, .shape = RN_SHAPE(3, 1));
    CHECK_EQ_I64(rn_tensor_rank(z), 2);
    VALUES(z, 4, 5, 6);
    CHECK(!rn_apply(k, RN_LIST(x), .dtype = RN_F32, .shape = RN_SHAPE(-1)));
    CHECK_ERROR(RN_ERR_SHAPE, "negative");
    CHECK(!rn_apply(k, RN_LIST(x), .dtype = (rn_dtype)99, .shape = RN_SHAPE(1)));
    CHECK_ERROR(RN_ERR_ARG, "dtype is no type");
    CHECK(!rn_apply(k, RN_LIST(x), .dtype = RN_F32, .shape = ((rn_shape){ .rank = 9 })));
    CHECK_ERROR(RN_ERR_ARG, "more than 8 places");
}

/* ---- raw inputs ---- */

RN_TEST(raw_inputs_are_read_by_position_whatever_their_type_and_strides)
{
    static const rn_dtype types[] = { RN_BOOL, RN_U8, RN_I8, RN_I16, RN_I32, RN_I64, RN_F16, RN_BF16, RN_F32, RN_F64 };
    const rn_op *k = rn_elementwise_kernel("raw T x, raw i32 at", "T z", "z = x[at[i]]", "pick");
    ON_EACH_DEVICE
    {
        rn_tensor *at = rn_array_i32(RN_SHAPE(5), 5, 0, 3, 3, 1);
        for (int i = 0; i < 10; i++) {
            rn_tensor *x = rn_cast(rn_array_f32(RN_SHAPE(2, 3), 0, 1, 2, 3, 4, 5), types[i]), *y = rn_transpose(x);
            const bool b = types[i] == RN_BOOL;
            VALUES(rn_apply(k, RN_LIST(x, at), .shape = RN_SHAPE(5)), b ? 1 : 5, 0, b ? 1 : 3, b ? 1 : 3, 1);
            VALUES(rn_apply(k, RN_LIST(y, at), .shape = RN_SHAPE(5)), b ? 1 : 5, 0, b ? 1 : 4, b ? 1 : 4, b ? 1 : 3);
        }
        CHECK_OK();
    }
}

RN_TEST(what_c_does_not_evaluate_is_not_read)
{
    const rn_op *edge =
        rn_elementwise_kernel("T y, raw T x", "T z",
                              "l = i > 0 ? x[i - 1] : 0; r = i + 1 < n ? x[i + 1] : 0; z = l - 2 * y + r", "laplace");
    const rn_op *either =
        rn_elementwise_kernel("raw f32 x", "bool z", "z = (i < 3 && x[i] > 1) || (i >= 3 && x[i - 3] > 2)", "either");
    const rn_op *nested =
        rn_elementwise_kernel("raw f32 x", "f32 z", "z = i < 3 ? i > 0 ? x[i - 1] : x[2] : x[i - 3]", "nested");
    ON_EACH_DEVICE
    {
        rn_tensor *x = rn_array_f32(RN_SHAPE(3), 1, 2, 4);
        VALUES(rn_apply(edge, RN_LIST(x, x)), 0, 1, -6);
        VALUES(rn_apply(either, RN_LIST(x), .shape = RN_SHAPE(6)), 0, 1, 1, 0, 0, 1);
        VALUES(rn_apply(nested, RN_LIST(x), .shape = RN_SHAPE(6)), 4, 1, 2, 1, 2, 4);
        rn_tensor *none = rn_zeros(RN_SHAPE(0));
        CHECK_EQ_I64(rn_tensor_count(rn_apply(edge, RN_LIST(none, none))), 0);
        CHECK_OK();
    }
}

static void check_position(const char *text, int64_t n, const char *why)
{
    const rn_op *k = rn_elementwise_kernel("raw f32 x, raw i32 j", "f32 z", text, "reader");
    ON_EACH_DEVICE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(10)), *j = rn_array_i32(RN_SHAPE(3), 0, -1, 10);
        rn_tensor *z = rn_apply(k, RN_LIST(x, j), .shape = RN_SHAPE(n));
        const int line = __LINE__ - 1;
        CHECK_OK();
        CHECK(isnan(rn_item(rn_sum(z))));
        CHECK_EQ_I64(rn_error_last()->site.line, line);
        CHECK_ERROR(RN_ERR_ARG, why);
    }
}

RN_TEST(a_position_out_of_range_is_an_error_of_the_line_that_asked)
{
    check_position("z = x[i]", 11, "reader: x[10] is read for element 10, but x has 10 elements");
    check_position("z = x[i]", 1 << 20, "reader: x[10] is read for element 10, but x has 10 elements");
    check_position("z = x[j[i]]", 3, "x[-1] is read for element 1, but x has 10 elements");
    check_position("z = x[j[2 - i]]", 3, "x[10] is read for element 0, but x has 10 elements");
    check_position("z = x[i / 2]", 3, "x[0.5] is read for element 1: positions are whole numbers");
    check_position("z = x[nan]", 1, "is read for element 0");
    check_position("z = x[inf]", 1, "x[inf] is read for element 0");
    check_position("z = i >= 900000 ? x[i] : 0", 1 << 20, "x[900000] is read for element 900000");
}

RN_TEST(a_position_out_of_range_of_what_the_plan_itself_holds_is_an_error_of_the_line)
{
    const rn_op *k = rn_elementwise_kernel("raw f32 x", "f32 z", "z = x[i + 1]", "ahead");
    ON_EACH_DEVICE
    {
        rn_tensor *z = rn_apply(k, RN_LIST(rn_arange(0, 10)), .shape = RN_SHAPE(10));
        const int line = __LINE__ - 1;
        CHECK(isnan(rn_item(rn_sum(rn_matmul(rn_reshape(z, RN_SHAPE(1, 10)), rn_ones(RN_SHAPE(10, 1)))))));
        CHECK_EQ_I64(rn_error_last()->site.line, line);
        CHECK_ERROR(RN_ERR_ARG, "ahead: x[10] is read for element 9, but x has 10 elements");
    }
}

RN_TEST(a_raw_input_is_not_overwritten_while_it_is_read)
{
    const rn_op *reverse = rn_elementwise_kernel("T y, raw T x", "T z", "z = y - x[n - 1 - i]", "against_reverse");
    ON_EACH_DEVICE
    {
        for (int n = 1; n < 5000; n = n * 3 + 1) {
            rn_tensor *base = rn_arange(0, n), *x = rn_mul_scalar(base, 2);
            rn_tensor *z = rn_apply(reverse, RN_LIST(x, x));
            CHECK_NEAR(difference(z, rn_add_scalar(rn_mul_scalar(base, 4), -2 * (n - 1))), 0, 0);
            rn_tensor *p = rn_param("p", rn_arange(0, n));
            RN_SCOPE rn_assign(p, rn_apply(reverse, RN_LIST(p, p)));
            CHECK_NEAR(rn_data_f32(p)[0], 1 - n, 0);
            CHECK_NEAR(rn_data_f32(p)[n - 1], n - 1, 0);
            rn_drop(p);
        }
        CHECK_OK();
    }
}

/* ---- gradients ---- */

/* The gradient of sum(w * f(x)) by x[0] against differences, in f64. */
typedef rn_tensor *body(rn_tensor *x);
static void check_gradient(body *f, int n, double from, double to)
{
    double data[32], have[32];
    for (int i = 0; i < n; i++) data[i] = from + (to - from) * rni_random_u32(7, 3, (uint64_t)i) * 0x1p-32;
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array(RN_F64, RN_SHAPE(n), data), true), *y = f(x);
        rn_tensor *w = rn_add_scalar(rn_cos(rn_reshape(rn_arange(0, (double)rn_tensor_count(y), .dtype = RN_F64),
                                                       *rn_tensor_shape(y))),
                                     2);
        rn_copy_to(slope(rn_mul(y, w), x), RN_F64, have, sizeof have);
        CHECK_OK();
        for (int i = 0; i < n; i++) {
            double side[2];
            for (int s = 0; s < 2; s++) {
                const double was = data[i];
                data[i] += s ? 1e-6 : -1e-6;
                side[s] = rn_item(rn_sum(rn_mul(f(rn_array(RN_F64, RN_SHAPE(n), data)), w)));
                data[i] = was;
            }
            const double want = (side[1] - side[0]) / 2e-6;
            if (!(fabs(have[i] - want) <= 1e-7 * (1 + fabs(want))))
                test_failed(__FILE__, __LINE__, "slope %d is %.12g, differences give %.12g", i, have[i], want);
        }
    }
    CHECK_OK();
}

static rn_tensor *derived(rn_tensor *x)
{
    const rn_op *k = rn_elementwise_kernel("T x, T y, number c", "T z, T u",
                                           "t = tanh(x * y); z = t / (1 + x * x); u = c * t", "derived");
    rn_tensor *out[2], *y = rn_reshape(x, RN_SHAPE(6, 1));
    rn_apply(k, RN_LIST(x, y), .numbers = RN_NUMBERS(3), .outputs = out);
    return rn_add(out[0], out[1]);
}

static rn_tensor *given(rn_tensor *x)
{
    return rn_apply(rn_elementwise_kernel("T x, number c", "T z", "z = exp(c * x)", "given",
                                          .gradient = "gx = gz * c * z"),
                    RN_LIST(x), .numbers = RN_NUMBERS(0.5));
}

static rn_tensor *beside_raw(rn_tensor *x)
{
    const rn_op *k = rn_elementwise_kernel("T x, raw T w", "T z", "z = x * x * w[n - 1 - i]", "beside_raw");
    return rn_apply(k, RN_LIST(x, rn_detach(rn_arange(1, 7, .dtype = RN_F64))));
}

static rn_tensor *through_raw(rn_tensor *x)
{
    const rn_op *k = rn_elementwise_kernel(
        "T y, raw T x", "T z", "z = y * (i > 0 ? x[i - 1] * x[i - 1] : 1)", "through_raw",
        .gradient =
            "gy = gz * (i > 0 ? x[i - 1] * x[i - 1] : 1); gx = i + 1 < n ? 2 * x[i] * gz[i + 1] * y[i + 1] : 0");
    return rn_apply(k, RN_LIST(rn_sin(x), x));
}

static rn_tensor *scattered(rn_tensor *x)
{
    const rn_op *k = rn_elementwise_kernel("raw T x, number m", "T z", "z = x[floordiv(i, 2)] * (i + 1)", "scattered",
                                           .gradient = "gx = gz[2 * i] * (2 * i + 1) + gz[2 * i + 1] * (2 * i + 2)");
    return rn_apply(k, RN_LIST(x), .numbers = RN_NUMBERS(0), .shape = RN_SHAPE(3, 4));
}

static rn_tensor *norm_of(rn_tensor *x)
{
    return rn_apply(l2norm(), RN_LIST(rn_reshape(x, RN_SHAPE(2, 3))), .axes = RN_AXES(-1), .keepdims = true);
}

static rn_tensor *dot_of(rn_tensor *x)
{
    const rn_op *k =
        rn_reduction_kernel("T x, T y, number c", "T z", "c * x * y", "a + b", .post = "c * a + n", .name = "dot");
    return rn_apply(k, RN_LIST(rn_reshape(x, RN_SHAPE(2, 3)), rn_reshape(rn_exp(x), RN_SHAPE(3, 2, 1))),
                    .axes = RN_AXES(0, 2), .numbers = RN_NUMBERS(2));
}

static rn_tensor *tree_of(rn_tensor *x)
{
    const rn_op *k = rn_reduction_kernel("T x", "T y", "sin(x)", "a + b + a * b", .post = "a / n", .identity = "0.5",
                                         .name = "tree");
    return rn_apply(k,
                    RN_LIST(rn_concat(RN_LIST(rn_reshape(x, RN_SHAPE(3, 2)), rn_reshape(rn_cos(x), RN_SHAPE(3, 2))),
                                      .axis = 0)),
                    .axes = RN_AXES(0));
}

static rn_tensor *extreme_of(rn_tensor *x)
{
    const rn_op *k = rn_reduction_kernel("T x", "T y", "x * x", "max(a, b)", .post = "y = log(a)", .name = "top");
    return rn_apply(k, RN_LIST(rn_reshape(x, RN_SHAPE(2, 3))), .axes = RN_AXES(1));
}

RN_TEST(gradients_equal_differences)
{
    body *const bodies[] = { derived, given, beside_raw, through_raw, scattered, norm_of, dot_of, tree_of, extreme_of };
    for (int d = 0; d < 2; d++) {
        CHECK(rn_device_use(devices[d]));
        for (int i = 0; i < (int)RN_COUNTOF(bodies); i++) check_gradient(bodies[i], 6, 0.25, 2);
    }
}

RN_TEST(a_gradient_that_no_text_gives_is_refused_by_name)
{
    const rn_op *k = rn_elementwise_kernel("T y, raw T x", "T z", "z = y * x[i]", "no_gradient");
    rn_tensor *x = rn_require_grad(rn_ones(RN_SHAPE(3)), true), *g;
    rn_tensor *z = rn_apply(k, RN_LIST(rn_zeros(RN_SHAPE(3)), x));
    const int line = __LINE__ - 1;
    CHECK(!rn_grad(RN_LIST(rn_sum(z)), RN_LIST(x), .grads = &g));
    CHECK_EQ_I64(rn_error_last()->site.line, line);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "no_gradient: x is read by position");
}

RN_TEST(gradients_of_gradients_follow)
{
    RN_SCOPE
    {
        rn_tensor *x = F64(0.5, 1.5), *y = F64(2, -1);
        rn_tensor *g = slope(rn_apply(squared_diff(), RN_LIST(x, y)), x);
        VALUES(g, -3, 5);
        VALUES(slope(rn_mul(g, g), y), 12, -20);
        const rn_op *cube =
            rn_elementwise_kernel("T x", "T z", "z = x * x * x", "cube", .gradient = "gx = 3 * x * x * gz");
        rn_tensor *first = slope(rn_apply(cube, RN_LIST(x)), x), *second = slope(first, x);
        VALUES(second, 3, 9);
        VALUES(slope(second, x), 6, 6);
        rn_tensor *n = slope(rn_apply(l2norm(), RN_LIST(x)), x);
        VALUES_NEAR(1e-9, slope(rn_slice(n, RN_RANGES(RN_AT(0))), x), 0.569209978830308, -0.189736659610103);
    }
    CHECK_OK();
}

/* ---- reductions ---- */

typedef struct {
    const char *reduce, *identity;
    double want[3]; /* of the rows 1 2 3 4, -1 2 0.5 4, 0 0 -2 0 */
} join_row;

RN_TEST(every_join_in_every_place)
{
    static const join_row rows[] = {
        { "a + b", "0", { 10, 5.5, -2 } },
        { "b * a", NULL, { 24, -4, 0 } },
        { "max(a, b)", "-inf", { 4, 4, 0 } },
        { "min(a, b)", NULL, { 1, -1, -2 } },
        { "a + b", "100", { 110, 105.5, 98 } },
        { "max(b, a)", "3.5", { 4, 4, 3.5 } },
        { "a > b ? a : b", "-inf", { 4, 4, 0 } },
        { "a + b + a * b", "0", { 119, -1, -2 } },
        { "y = a", NULL, { 1, -1, 0 } }, /* the first and the last: elements keep their order */
        { "b", NULL, { 4, 4, 0 } },
        { "t = a * a + b * b; sqrt(t)", "0", { 5.477225575051661, 4.609772228646444, 2 } },
    };
    static const double data[12] = { 1, 2, 3, 4, -1, 2, 0.5, 4, 0, 0, -2, 0 };
    ON_EACH_DEVICE
    {
        rn_tensor *x = rn_array(RN_F64, RN_SHAPE(3, 4), data);
        for (int i = 0; i < (int)RN_COUNTOF(rows); i++) {
            const rn_op *k = rn_reduction_kernel("T x", "T y", "x", rows[i].reduce, .identity = rows[i].identity);
            const double *w = rows[i].want;
            VALUES(rn_apply(k, RN_LIST(x), .axes = RN_AXES(1)), w[0], w[1], w[2]);
            rn_tensor *t = rn_reshape(rn_transpose(x), RN_SHAPE(2, 2, 3, 1));
            rn_tensor *y = rn_apply(k, RN_LIST(t), .axes = RN_AXES(0, 1), .keepdims = true);
            VALUES(y, w[0], w[1], w[2]);
            CHECK_EQ_I64(rn_tensor_rank(y), 4);
            CHECK_EQ_I64(rn_tensor_dim(y, 2), 3);
            VALUES(rn_apply(k, RN_LIST(rn_slice(x, RN_RANGES(RN_AT(0))))), w[0]);
        }
        CHECK_OK();
    }
}

RN_TEST(no_elements_give_the_identity)
{
    ON_EACH_DEVICE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(2, 0));
        static const char *const reduce[] = { "a + b", "a * b", "max(a, b)", "a - b" }, *const identity[] = { "0", "1",
                                                                                                              "-inf",
                                                                                                              "7" };
        static const double want[] = { 0, 1, -INFINITY, 7 };
        for (int i = 0; i < 4; i++) {
            const rn_op *k =
                rn_reduction_kernel("T x", "T y", "x", reduce[i], .identity = identity[i], .post = "a + n");
            VALUES(rn_apply(k, RN_LIST(x), .axes = RN_AXES(1)), want[i], want[i]);
            CHECK_EQ_I64(rn_tensor_count(rn_apply(k, RN_LIST(x), .axes = RN_AXES(0))), 0);
            const rn_op *without = rn_reduction_kernel("T x", "T y", "x", reduce[i]);
            CHECK(!rn_apply(without, RN_LIST(x)));
            CHECK_ERROR(RN_ERR_SHAPE, "nothing to reduce, and the kernel has no identity");
            CHECK_EQ_I64(rn_tensor_count(rn_apply(without, RN_LIST(x), .axes = RN_AXES(0))), 0);
        }
        CHECK_OK();
    }
}

RN_TEST(narrow_types_are_joined_in_wide_ones)
{
    const rn_op *mean = rn_reduction_kernel("T x", "T y", "x", "a + b", .post = "a / n", .name = "mean"),
                *squares = rn_reduction_kernel("T x", "T y", "x * x", "b + a"),
                *halves = rn_reduction_kernel("T x", "T y", "x * 0.5", "a + b"),
                *tree = rn_reduction_kernel("T x", "T y", "x", "0 * a * b + a + b", .post = "a / n");
    ON_EACH_DEVICE
    {
        static const rn_dtype types[] = { RN_F16, RN_BF16, RN_F32 };
        for (int i = 0; i < 3; i++) {
            rn_tensor *x = rn_full(RN_SHAPE(4096), 300, .dtype = types[i]);
            VALUES(rn_apply(mean, RN_LIST(x)), 300);
            VALUES(rn_apply(tree, RN_LIST(x)), 300);
            CHECK_EQ_I64(rn_tensor_dtype(rn_apply(mean, RN_LIST(x))), types[i]);
        }
        rn_tensor *b = rn_full(RN_SHAPE(3), 100, .dtype = RN_U8);
        VALUES(rn_apply(mean, RN_LIST(b)), 100);
        VALUES(rn_apply(tree, RN_LIST(b)), 100);
        rn_tensor *n = rn_array_i32(RN_SHAPE(3), 3, 4, 5);
        VALUES(rn_apply(squares, RN_LIST(n)), 50);
        VALUES(rn_apply(halves, RN_LIST(n)), 6);
        VALUES(rn_apply(rn_reduction_kernel("i32 x", "f32 y", "x * x", "a + b", .post = "sqrt(a)"), RN_LIST(n)),
               (double)(float)sqrt(50));
        VALUES(rn_apply(rn_reduction_kernel("bool x", "bool y", "x", "a || b", .identity = "0"),
                        RN_LIST(rn_cast(rn_array_i32(RN_SHAPE(2, 2), 0, 0, 1, 0), RN_BOOL)), .axes = RN_AXES(1)),
               0, 1);
        CHECK_OK();
    }
}

RN_TEST(maps_of_reductions_know_positions_and_read_by_them)
{
    const rn_op *moment = rn_reduction_kernel("T x, raw T w", "T y", "w[i % 3] * x", "a + b", .name = "moment");
    ON_EACH_DEVICE
    {
        rn_tensor *x = rn_array_f32(RN_SHAPE(2, 3), 1, 2, 3, 4, 5, 6), *w = rn_array_f32(RN_SHAPE(3), 1, 10, 100);
        VALUES(rn_apply(moment, RN_LIST(x, w), .axes = RN_AXES(1)), 321, 654);
        VALUES(rn_apply(rn_reduction_kernel("T x", "T y", "i * x / n", "a + b"), RN_LIST(x)), 70 / 6.0f);
        CHECK_OK();
    }
}

RN_TEST(long_joins_of_any_text_equal_a_loop)
{
    const rn_op *text = rn_reduction_kernel("T x", "T y", "x", "max(a, b) + 0 * min(a, b)");
    ON_EACH_DEVICE
    {
        for (int64_t n = 1; n < 3000; n = n * 2 + n % 3) {
            rn_tensor *x = rn_sin(rn_reshape(rn_arange(0, 2 * (double)n, .dtype = RN_F64), RN_SHAPE(n, 2)));
            CHECK_NEAR(difference(rn_apply(text, RN_LIST(x), .axes = RN_AXES(0)), rn_max(x, .axes = RN_AXES(0))), 0, 0);
            const rn_op *last = rn_reduction_kernel("T x", "T y", "x", "b"),
                        *first = rn_reduction_kernel("T x", "T y", "x", "a");
            CHECK_NEAR(difference(rn_apply(last, RN_LIST(x)), rn_slice(x, RN_RANGES(RN_AT(-1), RN_AT(-1)))), 0, 0);
            CHECK_NEAR(difference(rn_apply(first, RN_LIST(x)), rn_slice(x, RN_RANGES(RN_AT(0), RN_AT(0)))), 0, 0);
        }
        CHECK_OK();
    }
}

/* ---- as other functions ---- */

static int steps_of(bool reduce)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_array(RN_F32, RN_SHAPE(32), NULL);
        steps_begin();
        if (reduce)
            rn_eval(rn_apply(l2norm(), RN_LIST(x)));
        else
            rn_eval(rn_tanh(rn_mul_scalar(rn_apply(squared_diff(), RN_LIST(rn_exp(x), x)), 2)));
    }
    steps_end();
    CHECK_OK();
    return steps;
}

RN_TEST(kernels_are_computed_together_with_their_neighbours)
{
    CHECK(rn_device_use("cpu"));
    CHECK_EQ_I64(steps_of(false), 1);
    CHECK_EQ_I64(steps_of(true), 1); /* the map is within the reduction */
}

RN_TEST(eager_and_planned_give_the_same_bits)
{
    ON_EACH_DEVICE
    {
        float have[2][6];
        for (int eager = 0; eager < 2; eager++) {
            rn_eager_mode(eager);
            rn_tensor *x = rn_array_f32(RN_SHAPE(6), 0.1f, 0.7f, 1.3f, -2, 3, 0.01f);
            rn_tensor *y = rn_apply(squared_diff(), RN_LIST(rn_sigmoid(x), rn_exp(x)));
            const rn_op *smooth = rn_elementwise_kernel("raw T x", "T z", "z = (x[i] + x[(i + 1) % n]) / 3", "smooth");
            y = rn_apply(smooth, RN_LIST(y), .shape = RN_SHAPE(6));
            y = rn_sub(y, rn_apply(l2norm(), RN_LIST(y)));
            CHECK(rn_copy_to(y, RN_F32, have[eager], sizeof have[eager]));
        }
        rn_eager_mode(false);
        CHECK(memcmp(have[0], have[1], sizeof have[0]) == 0);
    }
}

RN_TEST(a_registered_kernel_is_found_by_its_name)
{
    CHECK(rn_op_register(rn_elementwise_kernel("T x, number slope", "T y", "y = x > 0 ? x : slope * x", "my_leaky")));
    CHECK(rn_op_register(rn_reduction_kernel("T x", "T y", "abs(x)", "a + b", .name = "my_l1")));
    RN_SCOPE
    {
        rn_link *leaky = rn_op_link("my_leaky", "slope=0.25"), *norm = rn_op_link("my_l1", "axes=1");
        rn_tensor *x = rn_array_f32(RN_SHAPE(1, 3), -4, 0, 2);
        VALUES(rn_call(leaky, x), -1, 0, 2);
        VALUES(rn_call(norm, x), 6);
        rn_link_free(leaky);
        rn_link_free(norm);
    }
    CHECK_OK();
    CHECK(!rn_op_register(squared_diff()) || !rn_op_register(squared_diff()));
    CHECK_ERROR(RN_ERR_ARG, "there is a function called squared_diff already");
}

/* A row of a plug-in may read by position, too. */
RN_TEST(rows_may_read_by_position)
{
    static const rn_op late = { .name = "late", .kind = RN_MAP, .inputs = "x, w[]", .expr = "y = x - w[i % 2]" },
                       all = { .name = "all", .kind = RN_MAP, .inputs = "w[]", .expr = "y = w[i]" },
                       sum = {
                           .name = "bad", .kind = RN_REDUCE, .inputs = "w[]", .expr = "y = w[i]", .join = RN_JOIN_ADD
                       };
    rn_tensor *in[] = { rn_arange(0, 4), rn_array_f32(RN_SHAPE(2), 1, 2) }, *y = NULL;
    CHECK(rn_op_call(&late, RN_HERE, in, 2, NULL, &y));
    VALUES(y, -1, -1, 1, 1);
    CHECK(!rn_op_call(&all, RN_HERE, in, 1, NULL, &y));
    CHECK_ERROR(RN_ERR_ARG, "needs an input that is not read by position");
    CHECK(!rn_op_register(&sum));
    CHECK_ERROR(RN_ERR_ARG, "bad");
}

RN_TEST(under_a_precision_inputs_of_one_letter_meet_in_the_wider_type)
{
    rn_tensor *x = rn_array_f32(RN_SHAPE(2), 1.001f, 3), *y = rn_cast(rn_ones(RN_SHAPE(2)), RN_BF16), *z = NULL;
    RN_PRECISION(RN_BF16) z = rn_apply(squared_diff(), RN_LIST(x, y));
    CHECK_OK();
    CHECK_EQ_I64(rn_tensor_dtype(z), RN_F32);
    VALUES_NEAR(1e-9, z, 1e-6, 4);
    CHECK(!rn_apply(squared_diff(), RN_LIST(x, y)));
    CHECK_ERROR(RN_ERR_DTYPE, "x and y are of one type, T");
}
