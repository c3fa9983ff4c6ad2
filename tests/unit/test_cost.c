/* Costs of calls: what rows state and what is counted from texts. */
#include "test.h"

#include <rensa/selftest.h>

#include "engine/cost.h"
#include "engine/op_table.h"

RN_TEST(every_function_with_a_kernel_of_its_own_says_what_it_costs)
{
    const rn_op *op;
    for (int i = 0; (op = rni_op_at(i, NULL)) != NULL; i++)
        if ((op->kind == RN_KERNEL || op->kind == RN_COMPOSITE) && !op->cost && strncmp(op->name, "user_", 5) != 0)
            test_failed(__FILE__, __LINE__, "%s has no cost", op->name);
}

static rn_cost cost_of(rn_tensor *y)
{
    rn_cost c = { 0 };
    CHECK(y && rni_cost_of_result(y, &c));
    return c;
}

RN_TEST(costs_are_those_of_the_definition)
{
    RN_SCOPE
    {
        rn_tensor *a = rn_zeros(RN_SHAPE(5, 3)), *b = rn_zeros(RN_SHAPE(3, 4)), *v = rn_zeros(RN_SHAPE(3));
        rn_cost c = cost_of(rn_matmul(a, b));
        CHECK_NEAR(c.multiply_add, 60, 0);
        CHECK_NEAR(c.bytes, 4 * (15 + 12 + 20), 0);
        CHECK_NEAR(rni_cost_flop(&c), 120, 0);
        c = cost_of(rn_add(a, v));
        CHECK_NEAR(c.add, 15, 0);
        CHECK_NEAR(c.bytes, 4 * (15 + 3 + 15), 0); /* v is read once */
        c = cost_of(rn_exp(a));
        CHECK_NEAR(c.exponential, 15, 0);
        c = cost_of(rn_sum(a, .axes = RN_AXES(0)));
        CHECK_NEAR(rni_cost_flop(&c), 15, 0);
        CHECK_NEAR(c.bytes, 4 * (15 + 3), 0);
        c = cost_of(rn_max(a));
        CHECK_NEAR(c.compare, 15, 0);
        c = cost_of(rn_take(rn_zeros(RN_SHAPE(1000, 8)), rn_array_i32(RN_SHAPE(2), 3, 900)));
        CHECK_NEAR(c.bytes, 2 * 4 * 16 + 2 * 4, 0);
        CHECK_NEAR(rni_cost_flop(&c), 0, 0);
        c = cost_of(rn_transpose(a));
        CHECK_NEAR(rni_cost_flop(&c), 0, 0);
        CHECK(!rni_cost_of_result(rn_zeros_like(a), &c) || rni_cost_flop(&c) == 0);
        CHECK(!rni_cost_of_result(rn_array_f32(RN_SHAPE(1), 1), &c));
    }
    CHECK_OK();
}

static int steps;

static void check_step(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user;
    (void)level;
    if (strcmp(topic, "step") != 0 || !strstr(text, " us  ")) return;
    steps++;
    if (strstr(text, "nan ") || strstr(text, "inf G")) test_failed(__FILE__, __LINE__, "%s", text);
}

RN_TEST(rates_of_the_steps_of_plans_are_numbers)
{
    rn_log_set(check_step, NULL);
    CHECK(rn_log_levels("step:debug"));
    CHECK(rn_selftest(.device = "ref", .only = "norm"));
    CHECK(rn_selftest(.device = "ref", .only = "sort"));
    rn_shutdown(); /* plans list their steps when they end */
    rn_log_levels("");
    rn_log_set(NULL, NULL);
    CHECK_OK();
    CHECK(steps > 100);
}
