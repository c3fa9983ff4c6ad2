/* Optimizers and hooks, five steps each, against numbers that PyTorch and NumPy give in f64. */
#include "test.h"

/* loss = sum(a / 2 * (p - c)^2 + sin(p)) */
static rn_tensor *loss_of(rn_tensor *p)
{
    const double a[] = { 1, 0.5, 2, 3 }, c[] = { 0, 1, -1, 0.25 };
    const rn_shape four = RN_SHAPE(4, 1);
    rn_tensor *d = rn_sub(p, rn_array(RN_F64, four, c));
    rn_tensor *bowl = rn_mul(rn_mul(d, d), rn_array(RN_F64, four, a));
    return rn_add(rn_mul_scalar(rn_sum(bowl), 0.5), rn_sum(rn_sin(p)));
}

/* A model with the one parameter l/W = 1, -2, 3, 0.5. */
static rn_chain *make_model(void)
{
    static const double start[] = { 1, -2, 3, 0.5 };
    rn_chain *model = rn_chain_new();
    rn_chain_add(model, "l", rn_linear_link(4, .no_bias = true));
    RN_SCOPE
    rn_link_set_param(model, "l/W", rn_array(RN_F64, RN_SHAPE(4, 1), start));
    return model;
}

static void step(rn_optimizer *o, rn_chain *model, int n)
{
    for (int i = 0; i < n; i++) {
        RN_SCOPE
        {
            rn_tensor *loss = loss_of(rn_link_param(model, "l/W"));
            CHECK(rn_update(o, loss));
            rn_item(loss);
        }
    }
}

static void check_values(rn_chain *model, const double *want, double tolerance)
{
    const double *have = rn_data(rn_link_param(model, "l/W"));
    CHECK_OK();
    for (int i = 0; i < 4; i++) CHECK_NEAR(have[i], want[i], tolerance);
}

#define CHECK_STEPS(make, n, ...)                                                                                      \
    do {                                                                                                               \
        rn_chain *model = make_model();                                                                                \
        rn_optimizer *o = make;                                                                                        \
        step(o, model, n);                                                                                             \
        check_values(model, (const double[]){ __VA_ARGS__ }, 1e-13);                                                   \
        rn_optimizer_free(o);                                                                                          \
        rn_link_free(model);                                                                                           \
    } while (0)

RN_TEST(sgd_and_momentum)
{
    CHECK_STEPS(rn_sgd(model, .rate = 0.1), 5, 0.275944818557451, -1.28524404116717, 0.287123794107244,
                0.0215254788023184);
    CHECK_STEPS(rn_momentum_sgd(model, .rate = 0.05), 5, 0.0226979932941097, -0.945347618570891, -0.910910878941892,
                -0.265229681393812);
    CHECK_STEPS(rn_nesterov(model, .rate = 0.05), 5, -0.201514934696871, -0.812833280427095, -1.43574405617518,
                -0.261377693804932);
}

RN_TEST(adaptive_rates)
{
    CHECK_STEPS(rn_adagrad(model, .rate = 0.1), 5, 0.679740713460495, -1.69225498824634, 2.68163412328534,
                0.212527978543333);
    CHECK_STEPS(rn_adadelta(model), 5, 0.977226552547369, -1.97730705869423, 2.97724664177844, 0.477411591535273);
    CHECK_STEPS(rn_rmsprop(model), 5, 0.678454318110595, -1.69099008263863, 2.68034391292879, 0.211353422024963);
    CHECK_STEPS(rn_rmsprop(model, .alpha = 0.9, .eps = 1e-2, .eps_inside = true), 5, 0.894997146613899,
                -1.89578699447173, 2.8941020541242, 0.397780033021652);
    CHECK_STEPS(rn_rmsprop_graves(model, .rate = 1e-2), 5, 0.548646822453285, -1.56025639203687, 2.55036354786658,
                0.079386211822246);
}

RN_TEST(adam_and_its_relatives)
{
    CHECK_STEPS(rn_adam(model, .alpha = 0.1), 5, 0.500816406082911, -1.50526724692678, 2.50122677304238,
                0.0187295917939182);
    CHECK_STEPS(rn_adam(model, .alpha = 0.1, .eps = 0.5, .beta1 = 0.8, .beta2 = 0.95), 5, 0.62417748807727,
                -1.61306778669548, 2.5357121341289, 0.140652753941763);
    CHECK_STEPS(rn_adamw(model, .alpha = 0.1, .weight_decay = 0.1), 5, 0.461819357134712, -1.41867814726872,
                2.36445705259294, 0.00549778695849358);
    CHECK_STEPS(rn_adam(model, .alpha = 0.1, .beta1 = 0.5, .beta2 = 0.6, .amsgrad = true), 8, 0.213846234998972,
                -1.28157295136833, 2.208889180327, -0.055900247757406);
    CHECK_STEPS(rn_lion(model, .rate = 0.05, .weight_decay = 0.1), 5, 0.727736284340625, -1.7029850374625,
                2.67823379058438, 0.240111907779687);
}

static rn_optimizer *hooked(rn_chain *model, const char *hook, const rn_setting *settings, int n)
{
    rn_optimizer *o = rn_sgd(model, .rate = 0.1);
    CHECK(rn_optimizer_make_hook(o, hook, settings, n));
    return o;
}

RN_TEST(hooks_change_the_gradient)
{
    const rn_setting rate[] = { { "rate", "0.3" } }, threshold[] = { { "threshold", "2" } };
    const rn_setting limits[] = { { "low", "-1" }, { "high", "1.5" } };
    const rn_setting lars[] = { { "threshold", "0.5" }, { "decay", "0.2" } };
    CHECK_STEPS(hooked(model, "weight_decay", rate, 1), 5, 0.18974415164485, -1.11569904715005, 0.110706828952484,
                0.00735984773420101);
    CHECK_STEPS(hooked(model, "lasso", rate, 1), 5, 0.140849787447147, -1.17363642049726, 0.169497397828322,
                -0.00313664701833942);
    CHECK_STEPS(hooked(model, "clip_norm", threshold, 1), 5, 0.780901773586124, -1.74620907622212, 2.07989319553451,
                0.298090326088947);
    CHECK_STEPS(hooked(model, "clip_value", limits, 2), 5, 0.280198206791331, -1.5, 2.25, 0.0249323521213913);
    CHECK_STEPS(hooked(model, "lars", lars, 2), 5, 0.809988981696749, -1.76072215821924, 2.22053089298314,
                0.330275524221902);
}

RN_TEST(a_norm_is_not_clipped_to_zero_or_less)
{
    rn_chain *model = make_model();
    rn_optimizer *o = rn_sgd(model);
    rn_hook_clip_norm(o, -1);
    RN_SCOPE
    CHECK(!rn_update(o, loss_of(rn_link_param(model, "l/W"))));
    CHECK_ERROR(RN_ERR_ARG, "clip_norm: the threshold -1 is not above 0");
    rn_optimizer_free(o);
    rn_link_free(model);
}

RN_TEST(hooks_run_in_the_order_of_adding)
{
    double first[2];
    for (int order = 0; order < 2; order++) {
        rn_chain *model = make_model();
        rn_optimizer *o = rn_sgd(model, .rate = 1);
        if (order == 0) rn_hook_weight_decay(o, 1);
        rn_hook_clip_value(o, -0.1, 0.1);
        if (order == 1) rn_hook_weight_decay(o, 1);
        step(o, model, 1);
        first[order] = *(const double *)rn_data(rn_link_param(model, "l/W"));
        rn_optimizer_free(o);
        rn_link_free(model);
    }
    CHECK_OK();
    CHECK_NEAR(first[0], 0.9, 1e-15);
    CHECK_NEAR(first[1], -0.1, 1e-15);
}

static bool sees_no_history(rn_hook_call *call)
{
    for (int64_t i = 0; i < call->n; i++) {
        call->grad[i] = rn_add(call->grad[i], rn_mul_scalar(call->param[i], 0.1));
        CHECK(!rn_requires_grad(call->grad[i]));
    }
    return true;
}

RN_TEST(hooks_leave_no_history)
{
    static const rn_hook hook = { .name = "decay", .args = "", .apply = sees_no_history };
    rn_chain *model = make_model();
    rn_optimizer *o = rn_sgd(model, .rate = 1);
    CHECK(rn_optimizer_add_hook(o, &hook, NULL));
    step(o, model, 2);
    CHECK_OK();
    rn_optimizer_free(o);
    rn_link_free(model);
}

RN_TEST(noise_has_its_variance_and_decays)
{
    rn_seed(4);
    rn_chain *model = rn_chain_new();
    rn_chain_add(model, "l", rn_linear_link(1, .no_bias = true));
    rn_optimizer *o = rn_sgd(model, .rate = 1);
    CHECK(rn_hook_noise(o, 0.25, 2));
    RN_SCOPE
    rn_link_set_param(model, "l/W", rn_zeros(RN_SHAPE(1, 20000)));
    for (int i = 0; i < 2; i++) {
        RN_SCOPE
        {
            rn_tensor *w = rn_link_param(model, "l/W"), *old = rn_value(w);
            CHECK(rn_update(o, rn_sum(rn_mul_scalar(w, 1))));
            rn_tensor *d = rn_add_scalar(rn_sub(w, old), 1);
            CHECK_NEAR(rn_item(rn_mean(d)), 0, 0.02);
            CHECK_NEAR(sqrt(rn_item(rn_mean(rn_mul(d, d)))), i == 0 ? 0.5 : 0.25, 0.01);
        }
    }
    rn_optimizer_free(o);
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(the_norm_that_clipping_found_can_be_seen)
{
    rn_chain *model = make_model();
    rn_optimizer *o = rn_sgd(model, .rate = 0.1);
    rn_hook_clip_norm(o, 1e9);
    CHECK(rn_optimizer_grad_norm(o) == NULL);
    step(o, model, 1);
    /* a * (p - c) + cos(p) at the start */
    const double g[] = { 1 + cos(1), -1.5 + cos(-2), 8 + cos(3), 0.75 + cos(0.5) };
    CHECK_NEAR(rn_item(rn_optimizer_grad_norm(o)), sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2] + g[3] * g[3]), 1e-12);
    rn_optimizer_free(o);
    rn_link_free(model);
    CHECK_OK();
}

/* ---- per parameter ---- */

RN_TEST(rates_and_decay_of_single_parameters)
{
    rn_chain *model = rn_chain_new();
    rn_chain_add(model, "a", rn_linear_link(1));
    rn_link_set_rate(model, "a/b", 2);
    rn_link_set_decay(model, "a/b", false);
    rn_optimizer *o = rn_sgd(model, .rate = 0.5);
    rn_hook_weight_decay(o, 0.1);
    RN_SCOPE
    {
        rn_link_set_param(model, "a/W", rn_full(RN_SHAPE(1, 1), 10));
        rn_link_set_param(model, "a/b", rn_full(RN_SHAPE(1), 10));
        rn_tensor *w = rn_link_param(model, "a/W"), *b = rn_link_param(model, "a/b");
        CHECK(rn_update(o, rn_add(rn_sum(w), rn_sum(b))));
        CHECK_NEAR(rn_item(w), 10 - 0.5 * (1 + 1), 1e-6);
        CHECK_NEAR(rn_item(b), 10 - 1 * 1, 1e-6);
    }
    rn_optimizer_free(o);
    rn_link_free(model);
    CHECK_OK();
}

static bool find_b(void *user, const rn_optimizer_param *p)
{
    if (strcmp(p->name, "b/W") == 0) *(rn_optimizer_param *)user = *p;
    return true;
}

RN_TEST(parameters_without_a_gradient_are_left_alone_and_counted)
{
    rn_chain *model = rn_chain_new();
    rn_link *a = rn_chain_add(model, "a", rn_linear_link(1, .no_bias = true));
    rn_link *b = rn_chain_add(model, "b", rn_linear_link(1, .no_bias = true));
    rn_optimizer *o = rn_adam(model);
    rn_optimizer_param seen = { 0 };
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(1, 1));
        rn_call(b, x);
        const double before = rn_item(rn_link_param(model, "b/W"));
        for (int i = 0; i < 3; i++) CHECK(rn_update(o, rn_sum(rn_call(a, x))));
        CHECK_NEAR(rn_item(rn_link_param(model, "b/W")), before, 0);
        CHECK(rn_optimizer_visit(o, find_b, &seen));
        CHECK_EQ_I64(seen.updates, 0);
        CHECK_EQ_I64(seen.missed, 3);
        /* its first update is that of age 1: Adam's first step has the size of the rate */
        CHECK(rn_update(o, rn_sum(rn_add(rn_call(a, x), rn_call(b, x)))));
        CHECK_NEAR(rn_item(rn_link_param(model, "b/W")), before - 1e-3, 1e-6);
        CHECK(rn_optimizer_visit(o, find_b, &seen));
        CHECK_EQ_I64(seen.updates, 1);
    }
    rn_optimizer_free(o);
    rn_link_free(model);
    CHECK_OK();
}

typedef struct {
    rn_link *link;
    rn_optimizer *o;
} one_link;

static bool train_one(void *user, rn_tensor *const *in, rn_tensor **out)
{
    const one_link *m = user;
    out[0] = rn_sum(rn_call(m->link, in[0]));
    return rn_update(m->o, out[0]);
}

RN_TEST(replays_count_parameters_without_a_gradient)
{
    rn_chain *model = rn_chain_new();
    rn_link *a = rn_chain_add(model, "a", rn_linear_link(1, .no_bias = true));
    rn_link *b = rn_chain_add(model, "b", rn_linear_link(1, .no_bias = true));
    rn_optimizer *o = rn_adam(model);
    rn_step *s = rn_step_new(train_one, &(one_link){ a, o }, .inputs = 1, .outputs = 1);
    rn_optimizer_param seen = { 0 };
    const int64_t before = rn_engine().steps_replayed;
    RN_SCOPE
    rn_call(b, rn_ones(RN_SHAPE(1, 1)));
    for (int i = 0; i < 7; i++) RN_SCOPE CHECK(rn_step_call(s, rn_ones(RN_SHAPE(1, 1))));
    CHECK(rn_engine().steps_replayed > before);
    CHECK(rn_optimizer_visit(o, find_b, &seen));
    CHECK_EQ_I64(seen.updates, 0);
    CHECK_EQ_I64(seen.missed, 7);
    rn_step_free(s);
    rn_optimizer_free(o);
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(frozen_parameters_stay)
{
    rn_chain *model = rn_chain_new();
    rn_link *a = rn_chain_add(model, "a", rn_linear_link(1));
    rn_optimizer *o = rn_adamw(model, .alpha = 0.1);
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(1, 1));
        rn_call(a, x);
        rn_link_freeze(model, "a/W", true);
        const double w = rn_item(rn_link_param(model, "a/W")), b = rn_item(rn_link_param(model, "a/b"));
        CHECK(rn_update(o, rn_sum(rn_call(a, x))));
        CHECK_NEAR(rn_item(rn_link_param(model, "a/W")), w, 0);
        CHECK(rn_item(rn_link_param(model, "a/b")) != b);
        rn_link_freeze(model, NULL, true);
        CHECK(!rn_update(o, rn_sum(rn_mul_scalar(rn_require_grad(rn_array(RN_F32, RN_SHAPE(1), NULL), true), 2))));
        CHECK_ERROR(RN_ERR_STATE, "all parameters are frozen");
    }
    rn_optimizer_free(o);
    rn_link_free(model);
}

RN_TEST(steps_by_hand_are_the_same_steps)
{
    rn_chain *model = make_model();
    rn_optimizer *o = rn_adam(model, .alpha = 0.1);
    for (int i = 0; i < 5; i++) {
        RN_SCOPE
        {
            rn_clear_grads(model);
            CHECK(rn_backward(loss_of(rn_link_param(model, "l/W"))));
            CHECK(rn_optimizer_step(o));
        }
    }
    check_values(model, (const double[]){ 0.500816406082911, -1.50526724692678, 2.50122677304238, 0.0187295917939182 },
                 1e-13);
    rn_clear_grads(model);
    CHECK(!rn_optimizer_step(o));
    CHECK_ERROR(RN_ERR_STATE, "no parameter that trains has a gradient");
    rn_optimizer_free(o);
    rn_link_free(model);
}

RN_TEST(collected_gradients_make_one_step_of_their_mean)
{
    rn_chain *model = make_model();
    rn_optimizer *o = rn_momentum_sgd(model, .rate = 0.05);
    CHECK(rn_optimizer_set_accumulate(o, 3));
    for (int i = 0; i < 15; i++) {
        RN_SCOPE
        {
            rn_tensor *p = rn_link_param(model, "l/W");
            /* three losses whose mean is the loss */
            rn_tensor *loss = rn_mul_scalar(loss_of(p), (const double[]){ 0.5, 2, 0.5 }[i % 3]);
            CHECK(rn_update(o, loss));
            if (i % 2) rn_item(loss);
        }
        CHECK_EQ_I64(rn_optimizer_steps(o), (i + 1) / 3);
    }
    check_values(model,
                 (const double[]){ 0.0226979932941097, -0.945347618570891, -0.910910878941892, -0.265229681393812 },
                 1e-13);
    rn_optimizer_free(o);
    rn_link_free(model);
}

RN_TEST(a_scale_on_the_loss_is_taken_off_the_gradient)
{
    rn_chain *model = make_model();
    rn_optimizer *o = rn_sgd(model, .rate = 0.1);
    rn_optimizer_set_loss_scale(o, 1024);
    for (int i = 0; i < 5; i++) {
        RN_SCOPE
        CHECK(rn_update(o, rn_mul_scalar(loss_of(rn_link_param(model, "l/W")), 1024)));
    }
    check_values(model, (const double[]){ 0.275944818557451, -1.28524404116717, 0.287123794107244, 0.0215254788023184 },
                 1e-13);
    rn_optimizer_free(o);
    rn_link_free(model);
}

RN_TEST(wide_copies_keep_what_16_bits_lose)
{
    for (int master = 0; master < 2; master++) {
        rn_chain *model = rn_chain_new();
        rn_chain_add(model, "l", rn_linear_link(1, .no_bias = true));
        rn_optimizer *o = rn_sgd(model, .rate = 1e-4, .master_weights = master);
        RN_SCOPE
        rn_link_set_param(model, "l/W", rn_full(RN_SHAPE(1, 1), 1, .dtype = RN_BF16));
        for (int i = 0; i < 1000; i++) {
            RN_SCOPE
            CHECK(rn_update(o, rn_sum(rn_mul_scalar(rn_link_param(model, "l/W"), 1))));
        }
        /* single steps are below the resolution of bf16 */
        CHECK_NEAR(rn_item(rn_link_param(model, "l/W")), master ? 0.9 : 1, 0.003);
        rn_optimizer_free(o);
        rn_link_free(model);
    }
    CHECK_OK();
}

/* ---- errors ---- */

RN_TEST(updates_refuse_what_they_cannot_do)
{
    rn_chain *model = make_model(), *other = make_model();
    rn_optimizer *o = rn_sgd(model);
    RN_SCOPE
    {
        rn_tensor *p = rn_link_param(model, "l/W");
        const int line = __LINE__ + 1;
        CHECK(!rn_update(o, rn_mul_scalar(p, 2)));
        char want[64];
        snprintf(want, sizeof want, "test_optim_steps.c:%d", line);
        CHECK(strstr(rn_error_last()->message, want));
        CHECK_ERROR(RN_ERR_SHAPE, "only of a single number");
        CHECK(!rn_update(o, loss_of(rn_link_param(other, "l/W"))));
        CHECK_ERROR(RN_ERR_STATE, "not computed from the model of this optimizer");
        CHECK(!rn_update(NULL, loss_of(p)));
        CHECK_ERROR(RN_ERR_ARG, "the optimizer is NULL");
        rn_tensor *loss = loss_of(p);
        CHECK(rn_update(o, loss));
        rn_item(loss);
        CHECK(!rn_update(o, loss));
        CHECK_ERROR(RN_ERR_STATE, "history has been given up");
    }
    CHECK(rn_sgd(NULL) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "the model is NULL");
    CHECK(rn_sgd(model, .rate = -1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "rate is -1");
    CHECK(rn_optimizer_make("adma", model, NULL, 0) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"adam\"?");
    CHECK(rn_optimizer_make("adam", model, &(rn_setting){ "apha", "1" }, 1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"alpha\"?");
    CHECK(!rn_optimizer_make_hook(o, "clip_nrom", NULL, 0));
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"clip_norm\"?");
    CHECK(!rn_optimizer_make_hook(o, "clip_norm", NULL, 0));
    CHECK_ERROR(RN_ERR_ARG, "threshold is missing");
    CHECK(!rn_optimizer_make_hook(o, "noise", &(rn_setting){ "sigma", "1" }, 1));
    CHECK_ERROR(RN_ERR_ARG, "eta, gamma=0.55");
    CHECK(!rn_optimizer_set_accumulate(o, 0));
    CHECK_ERROR(RN_ERR_ARG, "at least one call");
    rn_optimizer_free(o);
    rn_link_free(model);
    rn_link_free(other);
}

RN_TEST(optimizers_by_name_take_explicit_zeroes)
{
    rn_chain *model = make_model();
    const rn_setting settings[] = { { "rate", "0.1" }, { "momentum", "0" } };
    rn_optimizer *o = rn_optimizer_make("momentum_sgd", model, settings, 2);
    CHECK_EQ_STR(rn_optimizer_name(o), "momentum_sgd");
    step(o, model, 5);
    check_values(model, (const double[]){ 0.275944818557451, -1.28524404116717, 0.287123794107244, 0.0215254788023184 },
                 1e-13);
    rn_optimizer_free(o);
    rn_link_free(model);
    const rn_optimizer_type *type;
    for (int i = 0; (type = rn_optimizer_type_at(i)) != NULL; i++) {
        CHECK(rn_optimizer_type_find(type->name) == type);
        CHECK(type->doc.brief && type->doc.since);
    }
}
