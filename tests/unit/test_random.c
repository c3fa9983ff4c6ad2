/* Random tensors: their distributions (Kolmogorov and Smirnov's test, chi squared, moments), and that a value depends
 * on seed, draw and place only. */
#include "test.h"

enum { N = 20000 };

/* ---- distances from a distribution ---- */

typedef double cdf_fn(double x);

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Largest distance of the two distribution functions times sqrt(N): above 1.95 in one of a thousand draws. */
static double distance(rn_tensor *y, cdf_fn *cdf)
{
    static double v[N];
    if (!rn_copy_to(y, RN_F64, v, (int64_t)sizeof v)) return INFINITY;
    qsort(v, N, sizeof *v, rising);
    double worst = 0;
    for (int i = 0; i < N; i++) {
        const double f = cdf(v[i]);
        worst = fmax(worst, fmax(f - (double)i / N, (double)(i + 1) / N - f));
    }
    return worst * sqrt(N);
}

/* Chi squared of whole numbers 0 … n-1 with these probabilities, in standard deviations from its mean. */
static double chi2(rn_tensor *y, const double *p, int n)
{
    static double v[N];
    double count[64] = { 0 }, sum = 0;
    int classes = 0;
    if (!rn_copy_to(y, RN_F64, v, (int64_t)sizeof v)) return INFINITY;
    for (int i = 0; i < N; i++)
        if (v[i] >= 0 && v[i] < n) count[(int)v[i]]++;
    for (int k = 0; k < n; k++) {
        if (p[k] * N < 5) continue;
        sum += (count[k] - p[k] * N) * (count[k] - p[k] * N) / (p[k] * N);
        classes++;
    }
    return (sum - (classes - 1)) / sqrt(2.0 * (classes - 1));
}

#define CHECK_KS(y, cdf) CHECK_NEAR(distance(y, cdf), 0, 1.95)
#define CHECK_CHI2(y, p, n) CHECK_NEAR(chi2(y, p, n), 0, 4)

/* ---- continuous ---- */

static double normal_cdf(double x)
{
    return 0.5 * erfc(-(x - 1) / 2 / M_SQRT2);
}

static double log_normal_cdf(double x)
{
    return normal_cdf(log(x));
}

static double uniform_cdf(double x)
{
    return x < -2 ? 0 : x < 1 ? (x + 2) / 3 : 1;
}

static double exponential_cdf(double x)
{
    return 1 - exp(-x / 3);
}

static double laplace_cdf(double x)
{
    return x < 1 ? 0.5 * exp((x - 1) / 2) : 1 - 0.5 * exp((1 - x) / 2);
}

static double gumbel_cdf(double x)
{
    return exp(-exp(-(x + 1) / 2));
}

static double truncated_cdf(double x)
{
    return (normal_cdf(x) - normal_cdf(-1)) / (normal_cdf(4) - normal_cdf(-1));
}

/* beyond six standard deviations */
static double tail_cdf(double x)
{
    return 1 - erfc((x - 1) / 2 / M_SQRT2) / erfc(6 / M_SQRT2);
}

RN_TEST(continuous_draws_have_their_distributions)
{
    rn_seed(1);
    for (int k = 0; k < 2; k++) RN_SCOPE
        {
            const rn_dtype d = k ? RN_F64 : RN_F32;
            const rn_shape s = RN_SHAPE(N);
            CHECK_KS(rn_uniform(s, .low = -2, .high = 1, .dtype = d), uniform_cdf);
            CHECK_KS(rn_normal(s, .mean = 1, .sigma = 2, .dtype = d), normal_cdf);
            CHECK_KS(rn_log_normal(s, .mean = 1, .sigma = 2, .dtype = d), log_normal_cdf);
            CHECK_KS(rn_exponential(s, .scale = 3, .dtype = d), exponential_cdf);
            CHECK_KS(rn_laplace(s, .loc = 1, .scale = 2, .dtype = d), laplace_cdf);
            CHECK_KS(rn_truncated_normal(s, -1, 4, .mean = 1, .sigma = 2, .dtype = d), truncated_cdf);
            CHECK_KS(rn_truncated_normal(s, 13, 1e9, .mean = 1, .sigma = 2, .dtype = d), tail_cdf);
            CHECK_KS(rn_gumbel(s, .loc = -1, .scale = 2, .dtype = d), gumbel_cdf);
        }
    CHECK_OK();
}

static double gamma_half_cdf(double x)
{
    return erf(sqrt(x));
}

static double gamma_three_cdf(double x)
{
    return 1 - exp(-x) * (1 + x + x * x / 2);
}

static double beta_half_cdf(double x)
{
    return 2 / M_PI * asin(sqrt(x));
}

static double beta_2_3_cdf(double x)
{
    return x * x * (6 - 8 * x + 3 * x * x);
}

static double tiny_gamma_cdf(double x)
{
    return pow(x, 0.001); /* where x is small, times a factor near 1 */
}

RN_TEST(gamma_and_beta_have_their_distributions)
{
    rn_seed(2);
    RN_SCOPE
    {
        const rn_shape s = RN_SHAPE(N);
        CHECK_KS(rn_gamma(rn_full(s, 0.5)), gamma_half_cdf);
        CHECK_KS(rn_gamma(rn_full(s, 3, .dtype = RN_F64)), gamma_three_cdf);
        CHECK_KS(rn_beta(rn_full(s, 0.5), rn_scalar(0.5)), beta_half_cdf);
        CHECK_KS(rn_beta(rn_full(s, 2, .dtype = RN_F64), rn_scalar(3)), beta_2_3_cdf);
        rn_tensor *y = rn_gamma(rn_full(s, 0.001, .dtype = RN_F64));
        rn_tensor *rare = rn_mean(rn_cast(rn_less_scalar(y, 1e-100), RN_F64));
        CHECK_NEAR(rn_item(rare), tiny_gamma_cdf(1e-100), 0.012);
        /* far below the smallest number, the ratio is still one of the two ends */
        y = rn_beta(rn_full(s, 1e-4, .dtype = RN_F64), rn_scalar(1e-4));
        CHECK_NEAR(rn_item(rn_mean(y)), 0.5, 0.012);
        CHECK_NEAR(rn_item(rn_var(rn_gamma(rn_full(s, 1000, .dtype = RN_F64)))), 1000, 40);
    }
    CHECK_OK();
}

/* ---- discrete ---- */

RN_TEST(whole_numbers_are_equally_likely)
{
    rn_seed(3);
    double p[64];
    for (int k = 0; k < 64; k++) p[k] = 1.0 / 7;
    RN_SCOPE
    {
        rn_tensor *y = rn_randint(RN_SHAPE(N), -3, 4);
        CHECK_EQ_I64(rn_tensor_dtype(y), RN_I64);
        CHECK_CHI2(rn_add_scalar(y, 3), p, 7);
        CHECK_CHI2(rn_choice(7, RN_SHAPE(N / 4, 4)), p, 7);
        /* three quarters of all numbers of 64 bits: a remainder would favour the lowest quarter */
        const int64_t *v = rn_data(rn_randint(RN_SHAPE(N), -4611686018427387904, 9000000000000000000));
        int64_t low = 0;
        for (int i = 0; v && i < N; i++) low += v[i] < 0;
        CHECK_NEAR((double)low / N, 4611686018427387904.0 / 13611686018427387904.0, 0.012);
    }
    CHECK_OK();
}

static void poisson_probabilities(double rate, double *p, int n)
{
    for (int k = 0; k < n; k++) p[k] = exp(k * log(rate) - rate - lgamma(k + 1));
}

RN_TEST(counts_have_their_distributions)
{
    rn_seed(4);
    static const double rates[] = { 0.3, 3.5, 9.9, 10, 30 };
    double p[64];
    RN_SCOPE
    {
        for (size_t i = 0; i < RN_COUNTOF(rates); i++) {
            poisson_probabilities(rates[i], p, 64);
            CHECK_CHI2(rn_poisson(rn_full(RN_SHAPE(N), rates[i], .dtype = i % 2 ? RN_F32 : RN_F64)), p, 64);
        }
        CHECK_NEAR(rn_item(rn_var(rn_poisson(rn_full(RN_SHAPE(N), 1e6, .dtype = RN_F64)))), 1e6, 4e4);
        CHECK_NEAR(rn_item(rn_mean(rn_bernoulli(rn_full(RN_SHAPE(N), 0.3)))), 0.3, 0.01);
        CHECK_EQ_I64(rn_item(rn_sum(rn_bernoulli(rn_ones(RN_SHAPE(N)), .dtype = RN_I32))), N);
    }
    CHECK_OK();
}

RN_TEST(weights_decide_which_classes_are_chosen)
{
    rn_seed(5);
    RN_SCOPE
    {
        rn_tensor *w = rn_array_f32(RN_SHAPE(4), 0, 1, 5, 2);
        CHECK_CHI2(rn_multinomial(w, N), ((const double[]){ 0, 0.125, 0.625, 0.25 }), 4);
        /* two without repetition: first 2 then 3 has 5/8 * 2/3, first 3 then 2 has 2/8 * 5/6, … */
        rn_tensor *rows = rn_broadcast_to(w, RN_SHAPE(N, 4));
        rn_tensor *y = rn_multinomial(rows, 2, .no_replace = true);
        CHECK_CHI2(rn_slice(y, RN_RANGES(RN_ALL, RN_AT(0))), ((const double[]){ 0, 0.125, 0.625, 0.25 }), 4);
        const double first[] = { 0, 1.0 / 8, 5.0 / 8, 2.0 / 8 };
        double p[16] = { 0 };
        for (int i = 1; i < 4; i++)
            for (int k = 1; k < 4; k++)
                if (i != k) p[i * 4 + k] = first[i] * first[k] / (1 - first[i]);
        rn_tensor *pair = rn_matmul(rn_cast(y, RN_F64), rn_array(RN_F64, RN_SHAPE(2, 1), ((double[]){ 4, 1 })));
        CHECK_CHI2(rn_ravel(pair), p, 16);
    }
    CHECK_OK();
}

RN_TEST(all_orders_are_equally_likely)
{
    rn_seed(6);
    double count[24] = { 0 };
    for (int i = 0; i < 4800; i++) RN_SCOPE
        {
            const int64_t *y = rn_data(rn_permutation(4));
            CHECK(y && (y[0] ^ y[1] ^ y[2] ^ y[3]) == 0);
            /* which of 24: the place of y[0] among all, of y[1] among the rest, … */
            count[y[0] * 6 + (y[1] - (y[0] < y[1])) * 2 + (y[2] > y[3])]++;
        }
    double sum = 0;
    for (int k = 0; k < 24; k++) sum += (count[k] - 200) * (count[k] - 200) / 200;
    CHECK_NEAR(sum / 23, 1, 1);
    RN_SCOPE
    {
        rn_tensor *x = rn_reshape(rn_arange(0, 3000), RN_SHAPE(1000, 3)), *y = rn_shuffle(x);
        CHECK(rn_item(rn_all(rn_equal(x, y))) == 0);
        CHECK(rn_item(rn_all(rn_equal(x, rn_sort(y, 0)))) != 0);
        y = rn_sort(rn_ravel(rn_choice(50, RN_SHAPE(5, 10), .no_replace = true)), 0);
        CHECK(rn_item(rn_all(rn_equal(y, rn_arange(0, 50)))) != 0);
    }
    CHECK_OK();
}

RN_TEST(few_of_very_many_numbers_are_chosen_in_little_memory)
{
    rn_seed(9);
    RN_SCOPE
    {
        const int64_t n = INT64_C(1) << 60;
        rn_memory_reset_peak();
        const int64_t used = rn_memory().used;
        const int64_t *y = rn_data(rn_sort(rn_choice(n, RN_SHAPE(1000), .no_replace = true), 0));
        CHECK_OK();
        CHECK(rn_memory().peak - used < 1 << 20);
        double mean = 0;
        for (int i = 0; i < 1000; i++) {
            CHECK(y[i] >= 0 && y[i] < n && (i == 0 || y[i] != y[i - 1]));
            mean += (double)y[i] / (double)n / 1000;
        }
        CHECK_NEAR(mean, 0.5, 0.05);
    }
}

RN_TEST(all_ordered_choices_are_equally_likely)
{
    rn_seed(7);
    double count[12] = { 0 }; /* two of four: 4 times 3 */
    for (int i = 0; i < 2400; i++) RN_SCOPE
        {
            const int64_t *y = rn_data(rn_choice(4, RN_SHAPE(2), .no_replace = true));
            CHECK(y && y[0] != y[1]);
            count[y[0] * 3 + y[1] - (y[1] > y[0])]++;
        }
    double sum = 0;
    for (int k = 0; k < 12; k++) sum += (count[k] - 200) * (count[k] - 200) / 200;
    CHECK_NEAR(sum / 11, 1, 1);
}

/* ---- what values depend on ---- */

static rn_tensor *draw(int which)
{
    const rn_shape s = RN_SHAPE(5, 7);
    rn_tensor *w = rn_linspace(0.1, 20, 35);
    switch (which) {
    case 0:
        return rn_uniform(s);
    case 1:
        return rn_randint(s, 0, 1 << 20);
    case 2:
        return rn_permutation(35);
    case 3:
        return rn_multinomial(w, 20);
    case 4:
        return rn_multinomial(w, 20, .no_replace = true);
    case 5:
        return rn_gamma(w);
    case 6:
        return rn_beta(w, w);
    default:
        return rn_poisson(w);
    }
}

RN_TEST(draws_repeat_with_the_seed_on_every_device)
{
    char was[64];
    snprintf(was, sizeof was, "%s", rn_device_name());
    for (int which = 0; which < 8; which++) RN_SCOPE
        {
            double v[4][35] = { 0 };
            for (int k = 0; k < 4; k++) {
                CHECK(rn_device_use(k == 3 ? "ref" : "cpu"));
                if (k != 1) rn_seed(9);
                CHECK(rn_copy_to(draw(which), RN_F64, v[k], (int64_t)sizeof v[k]));
            }
            CHECK(memcmp(v[0], v[1], sizeof v[0]) != 0); /* the next draw */
            CHECK(memcmp(v[0], v[2], sizeof v[0]) == 0);
            CHECK(memcmp(v[0], v[3], sizeof v[0]) == 0);
        }
    CHECK(rn_device_use(was));
    CHECK_OK();
}

RN_TEST(an_element_does_not_depend_on_those_beside_it)
{
    RN_SCOPE
    {
        double a[10], b[5];
        rn_seed(10);
        rn_copy_to(rn_gamma(rn_full(RN_SHAPE(10), 0.7)), RN_F64, a, (int64_t)sizeof a);
        rn_seed(10);
        rn_copy_to(rn_gamma(rn_full(RN_SHAPE(5), 0.7)), RN_F64, b, (int64_t)sizeof b);
        CHECK(memcmp(a, b, sizeof b) == 0);
    }
    CHECK_OK();
}
