/* Deep graphs need no deep stack: every walk over what is recorded keeps a stack of its own. The test small_stack runs
 * this program with a stack of 256 KiB. */
#include "test.h"

enum { CHAIN = 10000, STEPS = 3000, HIDDEN = 4, BATCH = 2 };

/* A chain of 10,000 calls: value, gradient, gradient of the gradient, and again with the plan that is there now. */
static double chain(void)
{
    double value = NAN;
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array(RN_F64, RN_SCALAR, (const double[]){ 0.5 }), true), *g = NULL,
                  *h = NULL;
        rn_tensor *y = x;
        for (int i = 0; i < CHAIN / 2; i++) y = rn_add_scalar(rn_mul_scalar(y, 0.9999), 1e-4);
        if (!rn_grad(RN_LIST(rn_mul(y, y)), RN_LIST(x), .create_graph = true, .grads = &g)) continue;
        if (!rn_grad(RN_LIST(g), RN_LIST(x), .grads = &h)) continue;
        value = rn_item(h) + rn_item(g) * 0 + rn_item(y) * 0;
    }
    return value;
}

/* A recurrent network over 3,000 steps, unrolled by an ordinary loop, and one update. */
static double unrolled(void)
{
    rn_chain *model = rn_chain_new();
    rn_link *cell = rn_chain_add(model, "cell", rn_linear_link(HIDDEN));
    rn_optimizer *sgd = rn_sgd(model);
    double value = NAN;
    for (int step = 0; step < 2; step++) {
        rn_tensor *loss = NULL;
        RN_SCOPE
        {
            rn_seed(1);
            rn_tensor *h = rn_zeros(RN_SHAPE(BATCH, HIDDEN));
            for (int i = 0; i < STEPS; i++) h = rn_tanh(rn_add_scalar(rn_call(cell, h), 0.01));
            loss = rn_keep(rn_mean(rn_mul(h, h)));
            rn_update(sgd, loss);
        }
        value = rn_item(loss);
        rn_drop(loss);
    }
    rn_optimizer_free(sgd);
    rn_link_free(model);
    return value;
}

RN_TEST(ten_thousand_calls_are_differentiated_planned_and_run)
{
    const double k = pow(0.9999, CHAIN / 2);
    for (int i = 0; i < 2; i++) CHECK_NEAR(chain(), 2 * k * k, 1e-6);
    CHECK_OK();
}

RN_TEST(a_recurrent_network_is_trained_over_three_thousand_steps)
{
    const double value = unrolled();
    CHECK_OK();
    CHECK(value > 0 && value < 1);
}
