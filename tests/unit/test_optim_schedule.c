/* Schedules against their formulas. */
#include "test.h"

static void check_factors(rn_schedule *s, int n, const double (*at)[2])
{
    CHECK_OK();
    CHECK(s != NULL);
    for (int i = 0; i < n; i++) CHECK_NEAR(rn_schedule_factor(s, at[i][0], 0), at[i][1], 1e-12);
    rn_schedule_free(s);
}

#define CHECK_FACTORS(schedule, ...)                                                                                   \
    do {                                                                                                               \
        const double at_[][2] = { __VA_ARGS__ };                                                                       \
        check_factors(schedule, (int)RN_COUNTOF(at_), at_);                                                            \
    } while (0)

RN_TEST(factors_follow_their_formulas)
{
    const double pi = acos(-1);
    CHECK_FACTORS(rn_schedule_constant(), { 0, 1 }, { 1e6, 1 });
    CHECK_FACTORS(rn_schedule_step(.every = 30, .gamma = 0.1), { 0, 1 }, { 29, 1 }, { 30, 0.1 }, { 90, 1e-3 });
    CHECK_FACTORS(rn_schedule_multistep(.at = { 10, 25 }, .gamma = 0.5), { 9, 1 }, { 10, 0.5 }, { 24.5, 0.5 },
                  { 25, 0.25 }, { 1e9, 0.25 });
    CHECK_FACTORS(rn_schedule_exponential(.gamma = 0.9), { 0, 1 }, { 7, pow(0.9, 7) }, { 2.5, pow(0.9, 2.5) });
    CHECK_FACTORS(rn_schedule_polynomial(.until = 100, .power = 2), { 0, 1 }, { 50, 0.25 }, { 100, 0 }, { 150, 0 });
    CHECK_FACTORS(rn_schedule_polynomial(.until = 100, .end = 0.2), { 50, 0.6 }, { 200, 0.2 });
    CHECK_FACTORS(rn_schedule_inverse(.gamma = 1e-4), { 0, 1 }, { 1e4, pow(2, -0.75) });
    CHECK_FACTORS(rn_schedule_inverse(.gamma = 1, .power = 0.5), { 3, 0.5 });
    CHECK_FACTORS(rn_schedule_cosine(.until = 100), { 0, 1 }, { 50, 0.5 }, { 25, (1 + cos(pi / 4)) / 2 }, { 100, 0 },
                  { 300, 0 });
    CHECK_FACTORS(rn_schedule_cosine(.until = 10, .end = 0.1), { 0, 1 }, { 5, 0.55 }, { 10, 0.1 });
    CHECK_FACTORS(rn_schedule_cosine(.every = 10), { 0, 1 }, { 5, 0.5 }, { 10, 1 }, { 25, 0.5 });
    /* periods 10, 20, 40, from 0, 10, 30 */
    CHECK_FACTORS(rn_schedule_cosine(.every = 10, .grow = 2), { 5, 0.5 }, { 10, 1 }, { 20, 0.5 }, { 30, 1 },
                  { 50, 0.5 }, { 40, (1 + cos(pi / 4)) / 2 });
    CHECK_FACTORS(rn_schedule_warmup(.until = 10), { 0, 0 }, { 3, 0.3 }, { 10, 1 }, { 99, 1 });
    CHECK_FACTORS(rn_schedule_warmup(.until = 10, .start = 0.5, .then = rn_schedule_step(.every = 5, .gamma = 0.1)),
                  { 0, 0.5 }, { 5, 0.75 }, { 10, 1 }, { 14, 1 }, { 15, 0.1 });
}

static double half_of_t(void *user, double t)
{
    return t * *(const double *)user;
}

RN_TEST(units_and_functions_of_the_program)
{
    double half = 0.5;
    rn_schedule *s = rn_schedule_function(half_of_t, &half, "epoch");
    CHECK_NEAR(rn_schedule_factor(s, 100, 3), 1.5, 0);
    rn_schedule_free(s);
    s = rn_schedule_warmup(.until = 100, .then = rn_schedule_step(.every = 2, .gamma = 0.1, .unit = "epoch"));
    CHECK_NEAR(rn_schedule_factor(s, 50, 1), 0.5, 0);
    CHECK_NEAR(rn_schedule_factor(s, 150, 1.5), 1, 0);
    CHECK_NEAR(rn_schedule_factor(s, 150, 2), 0.1, 0);
    rn_schedule_free(s);
    CHECK_OK();
}

RN_TEST(schedules_by_name_and_their_errors)
{
    const rn_setting stairs[] = { { "at", "3,6" }, { "gamma", "0.5" }, { "unit", "epoch" } };
    rn_schedule *s = rn_schedule_make("multistep", stairs, 3);
    CHECK_OK();
    CHECK_NEAR(rn_schedule_factor(s, 0, 7), 0.25, 0);
    rn_schedule_free(s);
    CHECK(rn_schedule_make("cosin", NULL, 0) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"cosine\"?");
    CHECK(rn_schedule_make("cosine", NULL, 0) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "needs until or every");
    CHECK(rn_schedule_make("multistep", &(rn_setting){ "at", "3,x" }, 1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "at cannot be \"3,x\"");
    CHECK(rn_schedule_make("step", &(rn_setting){ "evry", "3" }, 1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"every\"?");
    CHECK(rn_schedule_multistep(.at = { 3, 2 }) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "at must grow");
    CHECK(rn_schedule_step(.every = 3, .unit = "epochs") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "one of step,epoch");
    CHECK(rn_schedule_exponential(.gamma = -1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "gamma is -1");
    CHECK(rn_schedule_function(NULL, NULL, NULL) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no function");
}

RN_TEST(the_rate_of_an_optimizer_is_seen_and_followed)
{
    rn_chain *model = rn_chain_new();
    rn_chain_add(model, "l", rn_linear_link(1, .no_bias = true));
    rn_optimizer *o = rn_sgd(model, .rate = 2);
    CHECK_NEAR(rn_optimizer_rate(o), 2, 0);
    rn_schedule *halves = rn_schedule_step(.every = 2, .gamma = 0.5);
    CHECK(rn_optimizer_set_schedule(o, halves));
    CHECK(rn_optimizer_set_schedule(o, halves)); /* given once more, it is not given back */
    RN_SCOPE
    {
        rn_link_set_param(model, "l/W", rn_zeros(RN_SHAPE(1, 1)));
        for (int i = 0; i < 4; i++) {
            CHECK_NEAR(rn_optimizer_rate(o), i < 2 ? 2 : 1, 0);
            CHECK(rn_update(o, rn_sum(rn_mul_scalar(rn_link_param(model, "l/W"), 1))));
        }
        CHECK_NEAR(rn_item(rn_link_param(model, "l/W")), -6, 0);
        rn_optimizer_set_rate(o, 0);
        CHECK(rn_update(o, rn_sum(rn_mul_scalar(rn_link_param(model, "l/W"), 1))));
        CHECK_NEAR(rn_item(rn_link_param(model, "l/W")), -6, 0);
        rn_optimizer_set_rate(o, 1);
        CHECK(rn_optimizer_set_schedule(o, rn_schedule_exponential(.gamma = 0.5, .unit = "epoch")));
        rn_optimizer_set_epoch(o, 2);
        CHECK_NEAR(rn_optimizer_rate(o), 0.25, 0);
        rn_optimizer_set_epoch(o, NAN);
        CHECK_ERROR(RN_ERR_ARG, "nan is no epoch");
        rn_optimizer_set_rate(o, NAN);
        CHECK_ERROR(RN_ERR_ARG, "nan is no rate");
        CHECK_NEAR(rn_optimizer_rate(o), 0.25, 0);
        CHECK(rn_optimizer_set_schedule(o, NULL));
        CHECK_NEAR(rn_optimizer_rate(o), 1, 0);
    }
    rn_optimizer_free(o);
    rn_link_free(model);
    CHECK_OK();
}
