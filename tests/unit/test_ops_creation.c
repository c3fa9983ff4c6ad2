/* Tensors made of a rule: values of NumPy's functions of the same names, and where they live. */
#include "values.h"

RN_TEST(arange_counts_as_numpy_does)
{
    RN_SCOPE
    {
        VALUES(rn_arange(0, 1, .step = 0.25, .dtype = RN_F64), 0, 0.25, 0.5, 0.75);
        VALUES(rn_arange(0, 0.9, .step = 0.3, .dtype = RN_F64), 0, 0.3, 0.6);
        VALUES(rn_arange(5, -2, .step = -3, .dtype = RN_I8), 5, 2, -1);
        CHECK_EQ_I64(rn_tensor_count(rn_arange(2, 1)), 0);
        rn_tensor *x = rn_arange(0, (1 << 24) + 3, .dtype = RN_I32);
        VALUES(rn_slice(x, RN_RANGES(RN_AT(-1))), (1 << 24) + 2);
    }
    CHECK_OK();
}

RN_TEST(spaced_numbers_have_exact_ends)
{
    RN_SCOPE
    {
        VALUES(rn_linspace(0.1, 0.7, 4, .dtype = RN_F64), 0.1, 0.3, 0.5, 0.7);
        VALUES(rn_linspace(-3, 3, 5, .dtype = RN_I32), -3, -2, 0, 1, 3);
        VALUES(rn_linspace(0, 1, 4, .open = true, .dtype = RN_F64), 0, 0.25, 0.5, 0.75);
        VALUES(rn_linspace(3, 4, 1), 3);
        VALUES(rn_logspace(-1, 2, 4, .dtype = RN_F64), 0.1, 1, 10, 100);
        VALUES(rn_logspace(0, 3, 3, .base = 2, .open = true), 1, 2, 4);
        const double *v = rn_data(rn_geomspace(-1, -1000, 31, .dtype = RN_F64));
        CHECK_OK();
        CHECK_NEAR(v[0], -1, 0);
        CHECK_NEAR(v[10], -10, 1e-14);
        CHECK_NEAR(v[30], -1000, 0);
        v = rn_data(rn_linspace(0.1, 0.7, 50, .dtype = RN_F64));
        CHECK_NEAR(v[0], 0.1, 0);
        CHECK_NEAR(v[49], 0.7, 0);
    }
    CHECK_OK();
}

RN_TEST(triangles_keep_what_is_on_their_side)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_reshape(rn_arange(1, 7), RN_SHAPE(2, 3));
        VALUES(rn_tril(x), 1, 0, 0, 4, 5, 0);
        VALUES(rn_triu(x, .k = 1), 0, 2, 3, 0, 0, 6);
        VALUES(rn_tri(2, .columns = 3, .k = 1), 1, 1, 0, 1, 1, 1);
        VALUES(rn_eye(2, .columns = 3, .k = -1), 0, 0, 0, 1, 0, 0);
    }
    CHECK_OK();
}

/* Functions made of others create constants on the way, in the forward pass and in gradients. */
RN_TEST(what_functions_create_lives_where_their_inputs_do)
{
    char before[64];
    snprintf(before, sizeof before, "%s", rn_device_name());
    CHECK(rn_device_use("ref"));
    RN_SCOPE
    {
        rn_tensor *x = MATRIX(2, 1, 2, 3, 4);
        CHECK(rn_device_use("cpu"));
        rn_tensor *y = rn_add(rn_tril(x), rn_ones_like(x));
        VALUES(slope(rn_mul(y, y), x), 4, 0, 8, 10);
        CHECK_EQ_STR(rn_device_name(), "cpu");
    }
    CHECK(rn_device_use(before));
    CHECK_OK();
}
