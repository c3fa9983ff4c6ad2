/* Philox against the known answers of its authors, and what is derived from it. */
#include "test.h"

#include "base/rng.h"

/* From kat_vectors of Random123 (D. E. Shaw Research), lines "philox4x32 10": counter, key, answer. */
RN_TEST(philox_gives_the_known_answers)
{
    static const struct {
        uint32_t counter[4], key[2], answer[4];
    } rows[] = {
        { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
          { 0xffffffff, 0xffffffff },
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
          { 0xa4093822, 0x299f31d0 },
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        const uint64_t key = (uint64_t)rows[i].key[1] << 32 | rows[i].key[0];
        const uint64_t low = (uint64_t)rows[i].counter[1] << 32 | rows[i].counter[0];
        const uint64_t high = (uint64_t)rows[i].counter[3] << 32 | rows[i].counter[2];
        const rni_philox p = rni_philox4x32(key, high, low);
        for (int k = 0; k < 4; k++) CHECK_EQ_I64(p.v[k], rows[i].answer[k]);
    }
}

RN_TEST(a_word_depends_on_its_position_only)
{
    rni_rng all = { .seed = 7, .stream = 3 };
    uint32_t word[40];
    for (int i = 0; i < 40; i++) word[i] = rni_rng_u32(&all);
    for (int i = 39; i >= 0; i--) CHECK_EQ_I64(rni_random_u32(7, 3, (uint64_t)i), word[i]);
    rni_rng saved = { .seed = 7, .stream = 3, .position = 17 };
    CHECK_EQ_I64(rni_rng_u32(&saved), word[17]);
    CHECK(rni_random_u32(7, 4, 0) != word[0]);
    CHECK(rni_random_u32(8, 3, 0) != word[0]);
}

RN_TEST(numbers_below_n_are_all_reached_about_equally_often)
{
    rni_rng r = { .seed = 1 };
    int seen[7] = { 0 };
    for (int i = 0; i < 70000; i++) {
        const uint64_t v = rni_rng_below(&r, 7);
        CHECK(v < 7);
        seen[v]++;
    }
    for (int i = 0; i < 7; i++) CHECK_NEAR(seen[i], 10000, 500); /* five standard deviations */
    for (int i = 0; i < 100; i++) CHECK_EQ_I64(rni_rng_below(&r, 1), 0);
    CHECK(rni_rng_below(&r, UINT64_MAX) < UINT64_MAX);
}

RN_TEST(uniform_numbers_stay_below_one_and_have_the_right_moments)
{
    rni_rng r = { .seed = 2 };
    double sum = 0, squares = 0;
    for (int i = 0; i < 100000; i++) {
        const double v = rni_rng_uniform(&r);
        CHECK(v >= 0 && v < 1);
        sum += v;
        squares += v * v;
    }
    CHECK_NEAR(sum / 1e5, 0.5, 5e-3);
    CHECK_NEAR(squares / 1e5, 1.0 / 3, 5e-3);
}

static void moments(rn_tensor *x, double *mean, double *variance)
{
    const int64_t n = rn_tensor_count(x);
    const float *v = rn_data_f32(x);
    CHECK_OK();
    *mean = *variance = 0;
    for (int64_t i = 0; i < n; i++) *mean += (double)v[i] / (double)n;
    for (int64_t i = 0; i < n; i++) *variance += ((double)v[i] - *mean) * ((double)v[i] - *mean) / (double)n;
}

RN_TEST(random_tensors_have_the_right_moments_and_are_finite)
{
    RN_SCOPE
    {
        double mean, variance;
        rn_seed(5);
        moments(rn_uniform(RN_SHAPE(100000), .low = -1, .high = 3), &mean, &variance);
        CHECK_NEAR(mean, 1, 0.02);
        CHECK_NEAR(variance, 16.0 / 12, 0.02);
        moments(rn_normal(RN_SHAPE(100000), .mean = 2, .sigma = 3), &mean, &variance);
        CHECK_NEAR(mean, 2, 0.05);
        CHECK_NEAR(variance, 9, 0.2);
        CHECK(isfinite(variance));
    }
}

RN_TEST(draws_depend_on_seed_and_order_and_can_be_resumed)
{
    RN_SCOPE
    {
        rn_seed(9);
        const double a = rn_item(rn_uniform(RN_SCALAR)), b = rn_item(rn_uniform(RN_SCALAR));
        uint64_t saved[2];
        rn_random_state(saved);
        const double c = rn_item(rn_uniform(RN_SCALAR));
        CHECK(a != b && b != c);
        rn_seed(9);
        rn_tensor *x = rn_uniform(RN_SCALAR), *y = rn_uniform(RN_SCALAR); /* looked at in another order */
        CHECK(rn_item(y) == b);
        CHECK(rn_item(x) == a);
        rn_set_random_state(saved);
        CHECK(rn_item(rn_uniform(RN_SCALAR)) == c);
        rn_seed(10);
        CHECK(rn_item(rn_uniform(RN_SCALAR)) != a);
    }
    CHECK_OK();
}

RN_TEST(large_seeds_differ)
{
    RN_SCOPE
    {
        rn_seed(UINT64_MAX);
        const double a = rn_item(rn_uniform(RN_SCALAR));
        rn_seed(UINT64_MAX - 1);
        const double b = rn_item(rn_uniform(RN_SCALAR));
        rn_seed((uint64_t)1 << 60);
        const double c = rn_item(rn_uniform(RN_SCALAR));
        rn_seed(0);
        const double d = rn_item(rn_uniform(RN_SCALAR));
        CHECK(a != b && c != d && a != d);
    }
    CHECK_OK();
}
