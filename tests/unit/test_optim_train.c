/* Training steps as a whole: they learn, repeat themselves bit for bit, go on where they were saved, compile once, and
 * need no more memory the longer they run. */
#include "test.h"

#include "base/alloc.h"

typedef struct {
    rn_chain *model;
    rn_link *fc1, *fc2;
    rn_optimizer *adam;
} net;

static net make_net(int64_t hidden, int64_t out)
{
    net n = { .model = rn_chain_new() };
    n.fc1 = rn_chain_add(n.model, "fc1", rn_linear_link(hidden));
    n.fc2 = rn_chain_add(n.model, "fc2", rn_linear_link(out));
    n.adam = rn_adam(n.model, .alpha = 0.05);
    return n;
}

static void free_net(net *n)
{
    rn_optimizer_free(n->adam);
    rn_link_free(n->model);
}

static rn_tensor *forward(const net *n, rn_tensor *x)
{
    return rn_call(n->fc2, rn_tanh(rn_call(n->fc1, x)));
}

static rn_tensor *xor_loss(const net *n)
{
    rn_tensor *x = rn_array_f32(RN_SHAPE(4, 2), 0, 0, 0, 1, 1, 0, 1, 1), *t = rn_array_f32(RN_SHAPE(4, 1), 0, 1, 1, 0);
    rn_tensor *d = rn_sub(forward(n, x), t);
    return rn_mean(rn_mul(d, d));
}

static double train(const net *n, int steps)
{
    double last = NAN;
    for (int i = 0; i < steps; i++) {
        RN_SCOPE
        {
            rn_tensor *loss = xor_loss(n);
            if (rn_update(n->adam, loss)) last = rn_item(loss);
        }
    }
    return last;
}

RN_TEST(a_small_network_learns_xor)
{
    rn_seed(1);
    net n = make_net(8, 1);
    const double first = train(&n, 1), last = train(&n, 300);
    CHECK_OK();
    CHECK(first > 0.1);
    CHECK(last < 1e-3);
    free_net(&n);
}

RN_TEST(a_scoped_network_learns_three_clusters)
{
    rn_seed(2);
    rn_chain *model = rn_chain_new();
    rn_optimizer *o = rn_momentum_sgd(model, .rate = 0.1);
    double right = 0;
    for (int i = 0; i < 60; i++) {
        RN_SCOPE
        {
            /* 90 points around three corners, and which corner it is as three columns of 0 and 1 */
            float x[180], t[270] = { 0 };
            rn_tensor *noise = rn_normal(RN_SHAPE(90, 2), .sigma = 0.3);
            const float *z = rn_data_f32(noise);
            for (int k = 0; k < 90; k++) {
                x[2 * k] = z[2 * k] + (k % 3 == 1);
                x[2 * k + 1] = z[2 * k + 1] + (k % 3 == 2);
                t[3 * k + k % 3] = 1;
            }
            rn_tensor *h = rn_tanh(rn_affine(model, "fc1", rn_array(RN_F32, RN_SHAPE(90, 2), x), 10));
            rn_tensor *y = rn_affine(model, "fc2", h, 3);
            rn_tensor *p = rn_sub(y, rn_logsumexp(y, .axes = RN_AXES(1), .keepdims = true));
            rn_tensor *loss = rn_mul_scalar(rn_sum(rn_mul(p, rn_array(RN_F32, RN_SHAPE(90, 3), t))), -1.0 / 90);
            CHECK(rn_update(o, loss));
            const float *v = rn_data_f32(y);
            right = 0;
            for (int k = 0; k < 90; k++) {
                const float *r = v + 3 * k;
                right += r[k % 3] >= r[0] && r[k % 3] >= r[1] && r[k % 3] >= r[2];
            }
        }
    }
    CHECK_OK();
    CHECK(right >= 80);
    rn_optimizer_free(o);
    rn_link_free(model);
}

static void read_params(const net *n, float *to)
{
    const char *names[] = { "fc1/W", "fc1/b", "fc2/W", "fc2/b" };
    for (int i = 0; i < 4; i++) {
        rn_tensor *p = rn_link_param(n->model, names[i]);
        memcpy(to, rn_data_f32(p), (size_t)rn_tensor_bytes(p));
        to += rn_tensor_count(p);
    }
}

RN_TEST(the_same_seed_gives_the_same_bits)
{
    float got[3][33];
    for (int run = 0; run < 3; run++) {
        rn_seed(run == 2 ? 8 : 7);
        net n = make_net(8, 1);
        train(&n, 50);
        read_params(&n, got[run]);
        free_net(&n);
    }
    CHECK_OK();
    CHECK(memcmp(got[0], got[1], sizeof got[0]) == 0);
    CHECK(memcmp(got[0], got[2], sizeof got[0]) != 0);
}

RN_TEST(looking_at_each_step_or_never_gives_the_same_bits)
{
    float got[2][33];
    for (int run = 0; run < 2; run++) {
        rn_seed(7);
        net n = make_net(8, 1);
        for (int i = 0; i < 20; i++) {
            RN_SCOPE
            {
                rn_tensor *loss = xor_loss(&n);
                CHECK(rn_update(n.adam, loss));
                if (run == 0) rn_item(loss);
            }
        }
        read_params(&n, got[run]);
        free_net(&n);
    }
    CHECK_OK();
    CHECK(memcmp(got[0], got[1], sizeof got[0]) == 0);
}

RN_TEST(eager_steps_give_the_same_bits)
{
    float got[2][33];
    for (int eager = 0; eager < 2; eager++) {
        const bool was = rn_eager_mode(eager);
        rn_seed(7);
        net n = make_net(8, 1);
        train(&n, 10);
        read_params(&n, got[eager]);
        free_net(&n);
        rn_eager_mode(was);
    }
    CHECK_OK();
    CHECK(memcmp(got[0], got[1], sizeof got[0]) == 0);
}

/* ---- saving and going on ---- */

typedef struct {
    int n;
    char name[64][64];
    rn_tensor *value[64];
} saved;

static bool save(void *user, const char *name, rn_tensor *value)
{
    saved *s = user;
    snprintf(s->name[s->n], sizeof s->name[0], "%s", name);
    s->value[s->n++] = rn_keep(rn_copy(value));
    return rn_eval(s->value[s->n - 1]);
}

static bool save_param(void *user, const rn_param_info *info)
{
    return save(user, info->name, info->param);
}

static void free_saved(saved *s)
{
    for (int i = 0; i < s->n; i++) rn_drop(s->value[i]);
}

RN_TEST(a_resumed_run_gives_the_same_bits)
{
    float got[2][33];
    saved params = { 0 }, states = { 0 };
    rn_seed(9);
    net a = make_net(8, 1);
    rn_optimizer_set_schedule(a.adam, rn_schedule_exponential(.gamma = 0.9));
    rn_optimizer_set_accumulate(a.adam, 2);
    train(&a, 15); /* in the middle of a step */
    RN_SCOPE
    {
        CHECK(rn_link_visit(a.model, RN_PARAMS | RN_STATES, save_param, &params));
        CHECK(rn_optimizer_states(a.adam, save, &states));
    }
    train(&a, 15);
    read_params(&a, got[0]);
    free_net(&a);
    net b = make_net(8, 1);
    rn_optimizer_set_schedule(b.adam, rn_schedule_exponential(.gamma = 0.9));
    rn_optimizer_set_accumulate(b.adam, 2);
    for (int i = 0; i < params.n; i++) CHECK(rn_link_set_param(b.model, params.name[i], params.value[i]));
    for (int i = 0; i < states.n; i++) CHECK(rn_optimizer_set_state(b.adam, states.name[i], states.value[i]));
    CHECK_OK();
    CHECK_EQ_I64(rn_optimizer_steps(b.adam), 7);
    train(&b, 15);
    read_params(&b, got[1]);
    CHECK_OK();
    CHECK(memcmp(got[0], got[1], sizeof got[0]) == 0);
    rn_optimizer_set_state(b.adam, "m/fc1/W", rn_zeros(RN_SHAPE(1)));
    CHECK_ERROR(RN_ERR_SHAPE, "m/fc1/W");
    rn_optimizer_set_state(b.adam, "m/fc3/W", rn_zeros(RN_SHAPE(1)));
    CHECK_ERROR(RN_ERR_ARG, "no parameter \"fc3/W\"");
    rn_optimizer_set_state(b.adam, "x/fc1/W", rn_zeros(RN_SHAPE(1)));
    CHECK_ERROR(RN_ERR_ARG, "adam has no state \"x\"");
    free_net(&b);
    free_saved(&params);
    free_saved(&states);
}

/* ---- the engine ---- */

RN_TEST(a_step_is_compiled_once)
{
    rn_seed(1);
    net n = make_net(16, 1);
    rn_optimizer_set_schedule(n.adam, rn_schedule_cosine(.until = 1000));
    rn_hook_clip_norm(n.adam, 1);
    rn_hook_weight_decay(n.adam, 1e-4);
    train(&n, 3);
    const rn_engine_info before = rn_engine();
    train(&n, 50);
    const rn_engine_info after = rn_engine();
    CHECK_OK();
    CHECK_EQ_I64(after.plans_compiled - before.plans_compiled, 0);
    CHECK_EQ_I64(after.plans_run - before.plans_run, 50);
    CHECK_EQ_I64(after.nodes_recomputed - before.nodes_recomputed, 0);
    free_net(&n);
}

RN_TEST(one_call_updates_all_parameters)
{
    rn_chain *model = rn_chain_new();
    rn_optimizer *o = rn_sgd(model);
    int64_t nodes[2];
    for (int layers = 1; layers <= 2; layers++) {
        for (int i = 0; i < layers * 10; i++) {
            char name[16];
            snprintf(name, sizeof name, "p%d", i);
            if (!rn_link_find(model, name)) rn_chain_add(model, name, rn_linear_link(1));
        }
        RN_SCOPE
        {
            rn_tensor *x = rn_ones(RN_SHAPE(1, 1)), *sum = NULL;
            for (int i = 0; i < layers * 10; i++) {
                rn_tensor *y = rn_call(rn_link_child(model, i, NULL), x);
                sum = sum ? rn_add(sum, y) : y;
            }
            rn_tensor *loss = rn_sum(sum);
            rn_tensor *p[40], *g[40];
            int n = 0;
            for (int i = 0; i < layers * 10; i++) {
                char name[16];
                snprintf(name, sizeof name, "p%d/W", i);
                p[n++] = rn_link_param(model, name);
            }
            const int64_t a = rn_engine().nodes_recorded;
            rn_grad(RN_LIST(loss), ((rn_list){ p, n }), .grads = g);
            const int64_t b = rn_engine().nodes_recorded;
            CHECK(rn_update(o, loss));
            nodes[layers - 1] = rn_engine().nodes_recorded - b - (b - a);
        }
    }
    CHECK_OK();
    /* what a step records besides the gradient does not grow with the number of parameters */
    CHECK(nodes[1] <= nodes[0] + 1);
    rn_optimizer_free(o);
    rn_link_free(model);
}

RN_TEST(updates_happen_in_place_once_nothing_else_can_look)
{
    rn_seed(1);
    net n = make_net(16, 1);
    const void *at = NULL;
    for (int i = 0; i < 6; i++) {
        rn_tensor *loss = NULL;
        RN_SCOPE
        {
            loss = rn_keep(xor_loss(&n));
            CHECK(rn_update(n.adam, loss));
        }
        rn_item(loss);
        rn_drop(loss);
        const void *now = rn_data(rn_link_param(n.model, "fc1/W"));
        if (i > 1) CHECK(now == at);
        at = now;
    }
    CHECK_OK();
    free_net(&n);
}

RN_TEST(memory_stays_flat)
{
    rn_seed(1);
    net n = make_net(16, 1);
    train(&n, 10);
    const int64_t tensors = rn_live_tensors(), used = rn_memory().used, blocks = rni_alloc_live();
    train(&n, 500);
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), tensors);
    CHECK_EQ_I64(rn_memory().used, used);
    CHECK_EQ_I64(rni_alloc_live(), blocks);
    free_net(&n);
}

RN_TEST(an_optimizer_leaves_nothing_behind)
{
    const int64_t tensors = rn_live_tensors();
    net n = make_net(4, 1);
    rn_hook_clip_norm(n.adam, 1);
    train(&n, 3);
    free_net(&n);
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), tensors);
}

RN_TEST(two_optimizers_of_one_loss)
{
    rn_seed(3);
    rn_chain *a = rn_chain_new(), *b = rn_chain_new();
    rn_optimizer *oa = rn_sgd(a, .rate = 0.1), *ob = rn_sgd(b, .rate = 0.2);
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(1, 3));
        for (int i = 0; i < 3; i++) {
            rn_tensor *y = rn_affine(b, "l", rn_affine(a, "l", x, 2), 1), *loss = rn_sum(rn_mul(y, y));
            CHECK(rn_update(oa, loss, .keep_history = true));
            CHECK(rn_update(ob, loss));
            CHECK(rn_item(loss) >= 0);
        }
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_optimizer_steps(oa), 3);
    rn_optimizer_free(oa);
    rn_optimizer_free(ob);
    rn_link_free(a);
    rn_link_free(b);
}

/* A step under lack of memory at any point fails with an error and can be made again. */
RN_TEST(a_step_survives_any_failed_allocation)
{
    for (int64_t n = 1;; n++) {
        rn_seed(1);
        rni_alloc_fail_after(n);
        net m = { 0 };
        m.model = rn_chain_new();
        if (m.model) m.fc1 = rn_chain_add(m.model, "fc1", rn_linear_link(3, .w_init = { "normal:0.1" }));
        if (m.fc1) m.fc2 = rn_chain_add(m.model, "fc2", rn_linear_link(1));
        if (m.fc2) m.adam = rn_adam(m.model);
        if (m.adam) rn_hook_clip_norm(m.adam, 1);
        const bool done = m.adam && rn_ok() && !isnan(train(&m, 1));
        rni_alloc_fail_after(0);
        const rn_error *e = rn_error_last();
        if (!done && (!e || e->status != RN_ERR_NOMEM))
            test_failed(__FILE__, __LINE__, "allocation %lld: %s", (long long)n, e ? e->message : "no error");
        rn_error_clear();
        free_net(&m);
        if (done || n > 5000) break;
    }
    CHECK_OK();
}
