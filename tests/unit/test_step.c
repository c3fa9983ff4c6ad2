/* Steps that are replayed: the same bits as steps that are recorded, and recorded where they must be. */
#include "test.h"

enum { STEPS = 12, BATCH = 6, WIDTH = 5 };

typedef struct {
    rn_chain *net;
    rn_optimizer *o;
    rn_tensor *factor; /* a parameter of its own */
    rn_tensor *kept;
    rn_link *rnn;
    double number;
    int calls;
    bool look, hold, deep;
} model;

static rn_tensor *segment(void *user, rn_tensor *const *x, int64_t n)
{
    (void)user;
    (void)n;
    return rn_dropout(rn_tanh(x[0]), .ratio = 0.3);
}

static bool train(void *user, rn_tensor *const *in, rn_tensor **out)
{
    model *m = user;
    m->calls++;
    rn_tensor *h = rn_call(m->net, in[0]);
    if (m->deep) h = rn_recompute(segment, NULL, h);
    if (m->rnn) h = rn_call(m->rnn, h);
    if (m->factor) h = rn_mul(h, m->factor);
    if (m->number != 0) h = rn_mul_scalar(h, m->number);
    rn_tensor *loss = rn_softmax_cross_entropy(h, in[1]);
    if (m->look && rn_item(loss) < 0) return false;
    if (m->hold) {
        rn_drop(m->kept);
        m->kept = rn_keep(h);
    }
    out[0] = loss;
    out[1] = rn_argmax(h, .axes = RN_AXES(1));
    return !m->o || rn_update(m->o, loss);
}

static model make_model(const char *optimizer)
{
    rn_seed(5);
    model m = { .net = rn_sequential(rn_linear_link(8), rn_batch_norm_link(), rn_op_link("relu", NULL),
                                     rn_op_link("dropout", "ratio=0.25"), rn_linear_link(4)) };
    m.o = rn_optimizer_make(optimizer, m.net, NULL, 0);
    return m;
}

static void free_model(model *m)
{
    rn_optimizer_free(m->o);
    rn_link_free(m->net);
    rn_link_free(m->rnn);
    rn_drop(m->factor);
    rn_drop(m->kept);
}

/* Batch i, of `n` examples. */
static void batch(int i, int64_t n, rn_tensor **in)
{
    float x[BATCH * WIDTH];
    int32_t t[BATCH];
    for (int k = 0; k < BATCH * WIDTH; k++) x[k] = (float)((k * 37 + i * 11) % 23) / 10 - 1;
    for (int k = 0; k < BATCH; k++) t[k] = (k + i) % 4;
    in[0] = rn_array(RN_F32, RN_SHAPE(n, WIDTH), x);
    in[1] = rn_array(RN_I32, RN_SHAPE(n), t);
}

typedef struct {
    double loss[STEPS], answers[STEPS];
    char hash[65];
    int64_t replayed, compiled, steps, skipped;
    double scale;
    char why[200];
} course;

/* Steps through `run`, each with a hook of the test before it. */
static course follow(model *m, bool with_step, void (*before)(model *m, int i))
{
    course c = { 0 };
    const rn_engine_info start = rn_engine();
    rn_step *s = with_step ? rn_step_new(train, m, .inputs = 2, .outputs = 2) : NULL;
    for (int i = 0; i < STEPS; i++) {
        RN_SCOPE
        {
            rn_tensor *in[2], *out[2] = { NULL };
            batch(i, BATCH, in);
            if (before) before(m, i);
            const bool ok = s ? rn_step_run(s, in, out) : train(m, in, out);
            c.loss[i] = ok ? rn_item(out[0]) : NAN;
            if (ok) c.answers[i] = rn_item(rn_sum(rn_cast(out[1], RN_F32)));
        }
        CHECK_OK();
    }
    if (s) snprintf(c.why, sizeof c.why, "%s", rn_step_why(s));
    rn_step_free(s);
    c.replayed = rn_engine().steps_replayed - start.steps_replayed;
    c.compiled = rn_engine().plans_compiled - start.plans_compiled;
    rn_model_hash(m->net, c.hash);
    c.steps = rn_optimizer_steps(m->o);
    c.skipped = rn_optimizer_skipped(m->o);
    c.scale = rn_optimizer_loss_scale(m->o);
    CHECK_OK();
    return c;
}

/* The course of a model with and without replays; returns that with. `prepare` sets the model up. */
static course compare(const char *optimizer, void (*prepare)(model *m), void (*before)(model *m, int i))
{
    course c[2];
    for (int k = 0; k < 2; k++) {
        model m = make_model(optimizer);
        if (prepare) prepare(&m);
        c[k] = follow(&m, k == 1, before);
        free_model(&m);
    }
    for (int i = 0; i < STEPS; i++) {
        CHECK_NEAR(c[1].loss[i], c[0].loss[i], 0);
        CHECK_NEAR(c[1].answers[i], c[0].answers[i], 0);
    }
    CHECK_EQ_STR(c[1].hash, c[0].hash);
    CHECK_EQ_I64(c[1].steps, c[0].steps);
    CHECK_EQ_I64(c[1].skipped, c[0].skipped);
    CHECK_NEAR(c[1].scale, c[0].scale, 0);
    return c[1];
}

RN_TEST(a_replayed_step_gives_the_bits_of_a_recorded_one)
{
    const char *name;
    for (int i = 0; rn_optimizer_type_at(i); i++) {
        name = rn_optimizer_type_at(i)->name;
        const course c = compare(name, NULL, NULL);
        if (c.replayed < STEPS - 4) test_failed(__FILE__, __LINE__, "%s: %d replays: %s", name, (int)c.replayed, c.why);
        CHECK_EQ_STR(c.why, "");
    }
}

static void schedule_and_hooks(model *m)
{
    rn_optimizer_set_schedule(m->o, rn_schedule_exponential(.gamma = 0.9));
    rn_hook_weight_decay(m->o, 1e-3);
    rn_hook_clip_norm(m->o, 0.5);
}

RN_TEST(rates_that_change_and_hooks_are_replayed)
{
    CHECK(compare("adam", schedule_and_hooks, NULL).replayed > 0);
}

static void noise(model *m)
{
    rn_hook_noise(m->o, 0.1, 0.55);
}

RN_TEST(a_hook_whose_numbers_change_is_recorded)
{
    const course c = compare("sgd", noise, NULL);
    CHECK_EQ_I64(c.replayed, 0);
    CHECK(strstr(c.why, "takes a number") != NULL);
}

static void recomputed(model *m)
{
    m->deep = true;
}

RN_TEST(recomputed_segments_draw_the_same_numbers_in_a_replay)
{
    CHECK(compare("sgd", recomputed, NULL).replayed > 0);
}

static void scaled(model *m)
{
    /* far too large at first, and again each time that it grows: many steps are skipped */
    rn_optimizer_scale_loss(m->o, .scale = 1e30, .factor = 1024, .interval = 2);
}

RN_TEST(steps_of_a_scaled_loss_are_replayed_and_skipped)
{
    const course c = compare("adam", scaled, NULL);
    CHECK(c.replayed > 0);
    CHECK_EQ_STR(c.why, "");
    CHECK(c.skipped > 2 && c.steps > 2);
    CHECK_EQ_I64(c.steps + c.skipped, STEPS);
}

typedef struct {
    rn_link *net;
    rn_optimizer *o;
    double factor;
    bool overwrites;
} small;

static bool train_small(void *user, rn_tensor *const *in, rn_tensor **out)
{
    small *s = user;
    out[0] = rn_mul_scalar(rn_sum(rn_call(s->net, in[0])), s->factor);
    if (!rn_update(s->o, out[0])) return false;
    return !s->overwrites || rn_assign(rn_link_param(s->net, "W"), rn_ones(RN_SHAPE(1, 2)));
}

static bool run_small(rn_step *s)
{
    bool ok = false;
    RN_SCOPE
    ok = rn_step_call(s, rn_ones(RN_SHAPE(1, 2))) != NULL;
    return ok;
}

RN_TEST(replays_give_up_after_many_steps_that_are_skipped)
{
    small m = { .net = rn_linear_link(1, .no_bias = true), .factor = 1e38 };
    m.o = rn_sgd(m.net);
    rn_optimizer_scale_loss(m.o, .scale = 1e30, .fixed = true);
    rn_step *s = rn_step_new(train_small, &m, .inputs = 1, .outputs = 1);
    int steps = 0;
    while (steps < 300 && run_small(s)) steps++;
    CHECK_ERROR(RN_ERR_STATE, "200 steps in a row are skipped");
    CHECK_EQ_I64(steps, 200);
    CHECK_EQ_I64(rn_optimizer_skipped(m.o), 200);
    rn_step_free(s);
    rn_optimizer_free(m.o);
    rn_link_free(m.net);
    CHECK_OK();
}

RN_TEST(an_update_that_is_overwritten_in_its_step_leaves_nothing_behind)
{
    small m = { .net = rn_linear_link(1, .no_bias = true), .factor = 1, .overwrites = true };
    m.o = rn_sgd(m.net, .rate = 0.5);
    rn_optimizer_set_schedule(m.o, rn_schedule_exponential(.gamma = 0.5));
    rn_step *s = rn_step_new(train_small, &m, .inputs = 1, .outputs = 1);
    const int64_t before = rn_engine().steps_replayed;
    for (int i = 0; i < 8; i++) CHECK(run_small(s));
    CHECK_EQ_STR(rn_step_why(s), "");
    CHECK(rn_engine().steps_replayed > before);
    CHECK_NEAR(rn_item(rn_sum(rn_link_param(m.net, "W"))), 2, 0);
    CHECK_EQ_I64(rn_optimizer_steps(m.o), 8);
    rn_step_free(s);
    rn_optimizer_free(m.o);
    rn_link_free(m.net);
    CHECK_OK();
}

static void collects(model *m)
{
    rn_optimizer_set_accumulate(m->o, 6);
}

RN_TEST(steps_that_collect_gradients_are_recorded)
{
    const course c = compare("sgd", collects, NULL);
    CHECK_EQ_I64(c.replayed, 0);
    CHECK(strstr(c.why, "collected over several calls") != NULL);
}

static void count(model *m, int i)
{
    m->number = 1 + i;
}

RN_TEST(a_number_of_the_program_s_own_keeps_a_step_from_being_replayed)
{
    const course c = compare("sgd", NULL, count);
    CHECK_EQ_I64(c.replayed, 0);
    CHECK(strstr(c.why, "test_step.c:") != NULL);
    CHECK(strstr(c.why, "mul_scalar takes a number") != NULL);
}

static void looks(model *m)
{
    m->look = true;
}

static void holds(model *m)
{
    m->hold = true;
}

static void is_recurrent(model *m)
{
    m->rnn = rn_lstm_link(4);
}

RN_TEST(steps_that_look_or_hold_are_recorded)
{
    course c = compare("sgd", looks, NULL);
    CHECK_EQ_I64(c.replayed, 0);
    CHECK(strstr(c.why, "looked at") != NULL);
    c = compare("sgd", holds, NULL);
    CHECK_EQ_I64(c.replayed, 0);
    CHECK(strstr(c.why, "held outside") != NULL);
    c = compare("sgd", is_recurrent, NULL);
    CHECK_EQ_I64(c.replayed, 0);
    CHECK(*c.why);
}

static void change_model(model *m, int i)
{
    if (i == 5) rn_link_freeze(m->net, "0/*", true);
    if (i == 8) rn_link_freeze(m->net, "0/*", false);
}

RN_TEST(freezing_takes_effect_in_the_next_step)
{
    CHECK(compare("adam", NULL, change_model).replayed > 0);
}

static void assign_and_keep(model *m, int i)
{
    if (i == 0) m->factor = rn_param("factor", rn_ones(RN_SHAPE(4)));
    if (i == 6) rn_assign(m->factor, rn_full(RN_SHAPE(4), 0.5));
    if (i == 7) m->kept = rn_keep(rn_value(m->factor));
    if (i == 9) rn_drop(m->kept), m->kept = NULL;
}

RN_TEST(values_that_are_assigned_or_kept_outside_are_respected)
{
    CHECK(compare("sgd", NULL, assign_and_keep).replayed > 0);
}

static double sum_of(rn_step *s, int64_t n, float first)
{
    double r = NAN;
    RN_SCOPE
    {
        rn_tensor *x = rn_add_scalar(rn_zeros(RN_SHAPE(n)), first);
        r = rn_item(rn_step_call(s, x));
    }
    return r;
}

static void seed_anew(model *m, int i)
{
    (void)m;
    if (i == 6 || i == 9) rn_seed((uint64_t)i);
}

RN_TEST(a_replay_follows_a_new_seed)
{
    CHECK(compare("sgd", NULL, seed_anew).replayed >= STEPS - 2);
}

static bool descend(void *user, rn_tensor *const *in, rn_tensor **out)
{
    model *m = user;
    if (!rn_update(m->o, rn_sum(rn_call(m->net, in[0])))) return false;
    out[0] = rn_matmul(rn_call(m->net, in[1]), in[1]);
    return true;
}

RN_TEST(a_parameter_can_be_the_argument_of_the_step_that_updates_it)
{
    enum { N = 4 };
    double sum[2][8];
    for (int k = 0; k < 2; k++) {
        rn_seed(5);
        model m = { .net = rn_sequential(rn_linear_link(N, .in = N, .no_bias = true)) };
        m.o = rn_sgd(m.net);
        rn_step *s = rn_step_new(descend, &m, .inputs = 2, .outputs = 1);
        for (int i = 0; i < 8; i++) {
            RN_SCOPE
            {
                rn_tensor *w = rn_link_param((rn_link *)m.net, "0/W"), *x = rn_full(RN_SHAPE(N, N), 1 + i);
                rn_tensor *in[2] = { i == 5 ? w : x, i >= 5 ? w : x }, *out[1];
                for (int j = 0; k == 0 && j < 2; j++) in[j] = rn_detach(rn_copy(in[j]));
                CHECK(rn_step_run(s, in, out));
                sum[k][i] = rn_item(rn_sum(out[0]));
            }
        }
        rn_step_free(s);
        free_model(&m);
    }
    for (int i = 0; i < 8; i++) CHECK_NEAR(sum[1][i], sum[0][i], 0);
    CHECK_OK();
}

static bool differentiates(void *user, rn_tensor *const *in, rn_tensor **out)
{
    rn_tensor *p = user, *g = NULL, *y = rn_sum(rn_mul(p, in[0]));
    if (rn_requires_grad(p) && !rn_grad(RN_LIST(y), RN_LIST(p), .grads = &g)) return false;
    out[0] = g ? rn_add(y, rn_sum(g)) : y;
    return true;
}

RN_TEST(a_parameter_that_needs_no_gradient_any_more_is_recorded_anew)
{
    rn_tensor *p = rn_param("p", rn_ones(RN_SHAPE(3)));
    rn_step *s = rn_step_new(differentiates, p, .inputs = 1, .outputs = 1);
    for (int i = 0; i < 12; i++) {
        if (i % 4 == 0) rn_require_grad(p, i != 4);
        CHECK_NEAR(sum_of(s, 3, 2), i / 4 == 1 ? 6 : 12, 0);
    }
    rn_step_free(s);
    rn_drop(p);
    CHECK_OK();
}

static bool double_sum(void *user, rn_tensor *const *in, rn_tensor **out)
{
    ++*(int *)user;
    out[0] = rn_sum(rn_mul_scalar(in[0], 2));
    return true;
}

RN_TEST(other_shapes_have_recordings_of_their_own)
{
    int calls = 0;
    rn_step *s = rn_step_new(double_sum, &calls, .inputs = 1, .outputs = 1);
    for (int round = 0; round < 5; round++) {
        CHECK_NEAR(sum_of(s, 3, (float)round), 6 * round, 0);
        CHECK_NEAR(sum_of(s, 4, (float)round), 8 * round, 0);
    }
    CHECK_EQ_I64(calls, 4);
    for (int n = 1; n <= 20; n++) CHECK_NEAR(sum_of(s, n, 1), 2 * n, 0);
    RN_TEST_MODE CHECK_NEAR(sum_of(s, 3, 1), 6, 0);
    /* and so has another limit of memory */
    CHECK_NEAR(sum_of(s, 3, 1), 6, 0);
    CHECK_NEAR(sum_of(s, 3, 1), 6, 0);
    calls = 0;
    const int64_t limit = rn_memory_limit(1 << 20);
    CHECK_NEAR(sum_of(s, 3, 1), 6, 0);
    CHECK_EQ_I64(calls, 1);
    rn_memory_limit(limit);
    rn_step_free(s);
    CHECK_OK();
}

static bool counts(void *user, rn_tensor *const *in, rn_tensor **out)
{
    const int n = ++*(int *)user;
    out[0] = rn_sum(rn_mul_scalar(in[0], n < 5 ? 2 : 3));
    return true;
}

RN_TEST(a_check_finds_numbers_that_change_seldom)
{
    int calls = 0;
    rn_step *s = rn_step_new(counts, &calls, .inputs = 1, .outputs = 1, .check = 2);
    for (int i = 0; i < 7; i++) CHECK_NEAR(sum_of(s, 3, 1), 6, 0);
    CHECK_OK();
    bool found = false;
    for (int i = 0; i < 8 && !found; i++) {
        sum_of(s, 3, 1);
        found = !rn_ok();
    }
    CHECK(found);
    CHECK_ERROR(RN_ERR_STATE, "takes a number that is no argument of the step and changes");
    rn_step_free(s);
}

static bool draws_noise(void *user, rn_tensor *const *in, rn_tensor **out)
{
    (void)user;
    out[0] = rn_sum(rn_dropout(in[0], .ratio = 0.5));
    return true;
}

RN_TEST(a_check_accepts_a_new_seed)
{
    rn_step *s = rn_step_new(draws_noise, NULL, .inputs = 1, .outputs = 1, .check = 1);
    for (uint64_t i = 0; i < 6; i++) {
        if (i >= 3) rn_seed(i);
        CHECK(sum_of(s, 3, 1) >= 0);
    }
    CHECK_OK();
    rn_step_free(s);
}

static bool picks(void *user, rn_tensor *const *in, rn_tensor **out)
{
    (void)user;
    out[0] = rn_sum(rn_take(in[0], in[1], .axis = 0));
    return true;
}

RN_TEST(a_failing_replay_names_the_line_and_the_next_one_runs)
{
    rn_step *s = rn_step_new(picks, NULL, .inputs = 2, .outputs = 1);
    for (int i = 0; i < 8; i++) {
        RN_SCOPE
        {
            rn_tensor *x = rn_arange(0, 5), *k = rn_array_i32(RN_SHAPE(2), i % 5, i == 5 ? 9 : 1);
            rn_tensor *y = rn_step_call(s, x, k);
            if (i == 5) {
                CHECK(!y);
                CHECK_ERROR(RN_ERR_ARG, "test_step.c");
                continue;
            }
            CHECK_OK();
            CHECK_NEAR(rn_item(y), i % 5 + 1, 0);
        }
    }
    CHECK_OK();
    rn_step_free(s);
}

static bool nothing(void *user, rn_tensor *const *in, rn_tensor **out)
{
    (void)user;
    (void)in;
    (void)out;
    return true;
}

static bool hands_through(void *user, rn_tensor *const *in, rn_tensor **out)
{
    (void)user;
    out[0] = in[0];
    return true;
}

RN_TEST(what_cannot_be_a_step_is_refused)
{
    CHECK(!rn_step_new(NULL, NULL, .outputs = 1));
    CHECK_ERROR(RN_ERR_ARG, "a step has a function");
    CHECK(!rn_step_new(nothing, NULL, .inputs = 1));
    CHECK_ERROR(RN_ERR_ARG, "a step has a function");
    rn_step *s = rn_step_new(nothing, NULL, .inputs = 1, .outputs = 1);
    RN_SCOPE
    {
        CHECK(!rn_step_call(s, rn_ones(RN_SHAPE(2))));
        CHECK_ERROR(RN_ERR_ARG, "result 0 of the step");
        CHECK(!rn_step_call(s, rn_ones(RN_SHAPE(2)), rn_ones(RN_SHAPE(2))));
        CHECK_ERROR(RN_ERR_ARG, "called with 2 tensors instead of 1");
    }
    rn_step_free(s);
    s = rn_step_new(hands_through, NULL, .inputs = 1, .outputs = 1);
    for (int i = 0; i < 4; i++) {
        RN_SCOPE
        CHECK_NEAR(rn_item(rn_step_call(s, rn_full(RN_SHAPE(1), i))), i, 0);
    }
    CHECK(*rn_step_why(s));
    rn_step_free(s);
    CHECK_OK();
}

RN_TEST(replays_compile_nothing_and_leave_nothing)
{
    const int64_t before = rn_live_tensors();
    model m = make_model("adam");
    rn_step *s = rn_step_new(train, &m, .inputs = 2, .outputs = 2);
    int64_t live = 0;
    rn_engine_info start = { 0 };
    for (int i = 0; i < 50; i++) {
        if (i == 10) {
            start = rn_engine();
            live = rn_live_tensors();
        }
        RN_SCOPE
        {
            rn_tensor *in[2], *out[2];
            batch(i, BATCH, in);
            CHECK(rn_step_run(s, in, out));
        }
    }
    CHECK_EQ_I64(rn_live_tensors(), live);
    CHECK_EQ_I64(rn_engine().plans_compiled, start.plans_compiled);
    CHECK_EQ_I64(rn_engine().nodes_recorded, start.nodes_recorded);
    CHECK_EQ_I64(rn_engine().steps_replayed - start.steps_replayed, 40);
    CHECK(m.calls <= 4);
    rn_step_free(s);
    free_model(&m);
    CHECK_EQ_I64(rn_live_tensors(), before);
    CHECK_OK();
}
