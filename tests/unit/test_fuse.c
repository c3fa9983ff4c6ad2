/* Joined calls against the same calls one by one: equal bits, fewer steps. */
#include "steps.h"

#include "base/alloc.h"

#include <math.h>
#include <rensa.h>
#include <stdio.h>
#include <string.h>

/* ---- what is joined ---- */

typedef rn_tensor *body(rn_tensor *x, rn_tensor *y);

/* Steps of the plan that computes f of two given values. */
static int steps_of(body *f, rn_shape shape_x, rn_shape shape_y, bool fuse)
{
    RN_SCOPE
    {
        static const float zeros[2048];
        rn_tensor *x = rn_array(RN_F32, shape_x, zeros), *y = rn_array(RN_F32, shape_y, zeros);
        rn_pass_mode("fuse", fuse);
        steps_begin();
        rn_eval(f(x, y));
    }
    steps_end();
    CHECK_OK();
    return steps;
}

static rn_tensor *chain(rn_tensor *x, rn_tensor *y)
{
    return rn_tanh(rn_sigmoid(rn_add(rn_mul_scalar(x, 2), y)));
}

static rn_tensor *diamond(rn_tensor *x, rn_tensor *y)
{
    rn_tensor *t = rn_exp(x);
    return rn_add(rn_where(rn_greater(t, y), t, rn_neg(y)), rn_mul(t, t));
}

static rn_tensor *around_a_product(rn_tensor *x, rn_tensor *y)
{
    rn_tensor *t = rn_relu(rn_add_scalar(x, 1));
    return rn_add(rn_mul(t, x), rn_exp(rn_matmul(t, y)));
}

RN_TEST(elementwise_calls_become_one)
{
    CHECK(rn_device_use("cpu"));
    CHECK_EQ_I64(steps_of(chain, RN_SHAPE(30, 40), RN_SHAPE(40), true), 1);
    CHECK_EQ_I64(steps_of(diamond, RN_SHAPE(30, 40), RN_SHAPE(30, 1), true), 2); /* -y is of another shape */
    CHECK_EQ_I64(steps_of(around_a_product, RN_SHAPE(9, 9), RN_SHAPE(9, 9), true), 3);
    CHECK_EQ_I64(steps_of(chain, RN_SHAPE(30, 40), RN_SHAPE(40), false), 4);
    CHECK(!rn_pass_mode("fuze", true));
    CHECK_ERROR(RN_ERR_ARG, "fuze");
}

/* ---- values of 16 bits in between ---- */

static rn_dtype half_type;

static rn_tensor *half_chain(rn_tensor *x, rn_tensor *y)
{
    rn_tensor *a = rn_cast(x, half_type), *b = rn_cast(y, half_type);
    rn_tensor *t = rn_add(rn_mul(a, b), a);
    return rn_sub(rn_cast(rn_relu(t), RN_F32), rn_mul(rn_tanh(t), rn_cast(b, RN_F32)));
}

/* Numbers of all sizes, halves of the last bit among them, infinities and NaN. */
static rn_tensor *odd_numbers(int64_t n)
{
    rn_tensor *x = rn_mul(rn_normal(RN_SHAPE(n)), rn_exp(rn_mul_scalar(rn_normal(RN_SHAPE(n)), 12)));
    static const float special[] = {
        NAN, INFINITY, -INFINITY, 0, -0.0F, 65504, 65520, 6e-8F, 3e-8F, 1e-40F, 1.00390625F
    };
    const int64_t k = (int64_t)RN_COUNTOF(special);
    return rn_concat(RN_LIST(x, rn_array(RN_F32, RN_SHAPE(k), special)), .axis = 0);
}

RN_TEST(values_of_16_bits_in_between_are_rounded_as_in_memory)
{
    static const rn_dtype types[] = { RN_BF16, RN_F16 };
    CHECK(rn_device_use("cpu"));
    for (int i = 0; i < 2; i++) {
        half_type = types[i];
        CHECK_EQ_I64(steps_of(half_chain, RN_SHAPE(30, 40), RN_SHAPE(30, 40), true), 1);
        CHECK_EQ_I64(steps_of(half_chain, RN_SHAPE(30, 40), RN_SHAPE(30, 40), false), 10);
        RN_SCOPE
        {
            rn_tensor *x = odd_numbers(3000), *y = odd_numbers(3000), *z[2];
            rn_eval(x, y);
            for (int fuse = 0; fuse < 2; fuse++) {
                rn_pass_mode("fuse", fuse);
                z[fuse] = half_chain(x, y);
                CHECK(rn_eval(z[fuse]));
            }
            CHECK(memcmp(rn_data(z[0]), rn_data(z[1]), (size_t)rn_tensor_bytes(z[0])) == 0);
        }
    }
    CHECK_OK();
}
