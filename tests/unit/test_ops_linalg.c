/* Products of tensors: what the cases of their rows cannot say. */
#include "values.h"

RN_TEST(einsum_never_makes_the_array_over_all_names)
{
    enum { N = 256 };
    RN_SCOPE
    {
        rn_tensor *a = rn_uniform(RN_SHAPE(N, N)), *b = rn_uniform(RN_SHAPE(N, N)), *c = rn_uniform(RN_SHAPE(N, N));
        CHECK(rn_eval(a, b, c));
        rn_memory_reset_peak();
        const int64_t before = rn_memory().peak;
        rn_tensor *y = rn_einsum(RN_LIST(a, b, c), "ij,kj,kl->il"), *z = rn_matmul(rn_matmul(a, b, .trans_b = true), c);
        CHECK(rn_eval(y));
        CHECK(rn_memory().peak - before < (int64_t)16 * N * N * 4); /* N * N * N * 4 bytes would be 256 matrices */
        CHECK_NEAR(rn_item(rn_max(rn_abs(rn_sub(y, z)))) / rn_item(rn_max(z)), 0, 1e-5);
    }
    CHECK_OK();
}

RN_TEST(einsum_contracts_the_smallest_product_first)
{
    RN_SCOPE
    {
        /* from the left the first product would have 1000 * 1000 elements */
        rn_tensor *a = rn_ones(RN_SHAPE(1000, 1)), *b = rn_ones(RN_SHAPE(1, 1000)), *c = rn_ones(RN_SHAPE(1000, 1));
        CHECK(rn_eval(a, b, c));
        rn_memory_reset_peak();
        const int64_t before = rn_memory().peak;
        rn_tensor *y = rn_einsum(RN_LIST(a, b, c), "ij,jk,kl->il");
        CHECK_NEAR(rn_item(rn_sum(y)), 1e6, 0);
        CHECK(rn_memory().peak - before < 1000 * 1000);
    }
    CHECK_OK();
}

RN_TEST(einsum_says_which_sizes_differ)
{
    RN_SCOPE
    {
        CHECK(!rn_einsum(RN_LIST(rn_ones(RN_SHAPE(2, 3)), rn_ones(RN_SHAPE(4, 5))), "ij,jk->ik"));
        const char *text = rn_error_last()->message;
        CHECK(strstr(text, "ij,jk->ik") || strstr(text, "3 and 4"));
        rn_error_clear();
    }
}

RN_TEST(products_have_the_values_of_numpy)
{
    RN_SCOPE
    {
        rn_tensor *a = rn_arange(0, 6), *b = rn_arange(1, 4), *m = rn_reshape(a, RN_SHAPE(2, 3));
        VALUES(rn_einsum(RN_LIST(m), "ij->j"), 3, 5, 7);
        VALUES(rn_einsum(RN_LIST(m, b), "ba,a"), 8, 26);
        VALUES(rn_dot(m, b), 8, 26);
        VALUES(rn_inner(b, b), 14);
        VALUES(rn_outer(b, b), 1, 2, 3, 2, 4, 6, 3, 6, 9);
        VALUES(rn_kron(rn_arange(1, 3), b), 1, 2, 3, 2, 4, 6);
        VALUES(rn_cross(b, rn_arange(4, 7), 0), -3, 6, -3);
        VALUES(rn_tensordot(m, m, 2), 55);
        VALUES(rn_tensordot(m, m, 1, .axes_a = RN_AXES(0), .axes_b = RN_AXES(0)), 9, 12, 15, 12, 17, 22, 15, 22, 29);
    }
    CHECK_OK();
}

RN_TEST(a_product_over_nothing_is_zero_however_its_operands_lie)
{
    RN_SCOPE
    {
        rn_tensor *a = rn_zeros(RN_SHAPE(3, 0)), *b = rn_flip(rn_zeros(RN_SHAPE(0, 2)), .axes = RN_AXES(0, 1));
        CHECK_NEAR(rn_item(rn_sum(rn_abs(rn_matmul(a, b)))), 0, 0);
        CHECK_NEAR(rn_item(rn_sum(rn_abs(rn_matmul(rn_flip(a, .axes = RN_AXES(0)), b)))), 0, 0);
    }
    CHECK_OK();
}
