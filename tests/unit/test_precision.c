/* Mixed precision: which types calls take, loss scaling, and that both learn. */
#include "test.h"

/* ---- types ---- */

static rn_tensor *numbers(int64_t rows, int64_t columns)
{
    return rn_normal(RN_SHAPE(rows, columns));
}

static bool same_bits(rn_tensor *a, rn_tensor *b)
{
    const void *x = rn_data(a), *y = rn_data(b);
    return x && y && rn_tensor_dtype(a) == rn_tensor_dtype(b) && rn_tensor_bytes(a) == rn_tensor_bytes(b) &&
           memcmp(x, y, (size_t)rn_tensor_bytes(a)) == 0;
}

RN_TEST(products_take_their_operands_in_16_bits)
{
    static const rn_dtype types[] = { RN_BF16, RN_F16 };
    for (int i = 0; i < 2; i++) {
        RN_SCOPE
        {
            const rn_dtype type = types[i];
            rn_tensor *x = numbers(5, 7), *w = numbers(3, 7), *b = rn_normal(RN_SHAPE(3));
            rn_tensor *want = rn_linear(rn_cast(x, type), rn_cast(w, type), rn_cast(b, type));
            rn_tensor *have = NULL;
            RN_PRECISION(type)
            have = rn_linear(x, w, b);
            CHECK(same_bits(have, want));
            CHECK_EQ_I64(rn_tensor_dtype(rn_linear(x, w, b)), RN_F32);
        }
    }
    CHECK_OK();
}

RN_TEST(sums_and_losses_take_16_bits_in_f32_and_the_rest_follows)
{
    RN_SCOPE RN_PRECISION(RN_BF16)
    {
        rn_tensor *half = rn_matmul(numbers(4, 4), numbers(4, 4)), *single = numbers(4, 4);
        CHECK_EQ_I64(rn_tensor_dtype(half), RN_BF16);
        CHECK_EQ_I64(rn_tensor_dtype(rn_relu(half)), RN_BF16);
        CHECK_EQ_I64(rn_tensor_dtype(rn_add(half, single)), RN_F32);
        CHECK_EQ_I64(rn_tensor_dtype(rn_sum(half)), RN_F32);
        CHECK_EQ_I64(rn_tensor_dtype(rn_softmax(half, 1)), RN_F32);
        CHECK_EQ_I64(rn_tensor_dtype(rn_exp(half)), RN_F32);
        CHECK_EQ_I64(rn_tensor_dtype(rn_mean_squared_error(half, single)), RN_F32);
        CHECK_EQ_I64(rn_tensor_dtype(rn_concat(RN_LIST(half, single), .axis = 1)), RN_F32);
        CHECK_EQ_I64(rn_tensor_dtype(rn_concat(RN_LIST(half, half), .axis = 1)), RN_BF16);
    }
    CHECK_OK();
}

RN_TEST(f64_stays_f64)
{
    RN_SCOPE RN_PRECISION(RN_BF16)
    {
        rn_tensor *x = rn_cast(numbers(3, 3), RN_F64);
        CHECK_EQ_I64(rn_tensor_dtype(rn_matmul(x, x)), RN_F64);
    }
    CHECK_OK();
}

RN_TEST(a_precision_ends_with_its_block)
{
    RN_PRECISION(RN_BF16)
    {
        RN_PRECISION(RN_F16)
        CHECK_EQ_I64(rn_precision_mode(RN_F16), RN_F16);
        CHECK_EQ_I64(rn_precision_mode(RN_BF16), RN_BF16);
        CHECK_EQ_I64(rn_precision_mode(RN_I32), RN_BF16);
        CHECK_ERROR(RN_ERR_DTYPE, "f32, bf16 or f16");
        CHECK_EQ_I64(rn_precision_mode(RN_BF16), RN_BF16);
    }
    CHECK_EQ_I64(rn_precision_mode(RN_F32), RN_F32);
}

RN_TEST(parameters_and_their_gradients_stay_f32)
{
    rn_chain *model = rn_sequential(rn_linear_link(6), rn_op_link("relu", NULL), rn_linear_link(2));
    RN_SCOPE RN_PRECISION(RN_BF16)
    {
        rn_tensor *y = rn_call(model, numbers(4, 5));
        CHECK_EQ_I64(rn_tensor_dtype(y), RN_BF16);
        rn_tensor *w = rn_link_param(model, "2/W"), *g = NULL;
        CHECK(w != NULL);
        CHECK_EQ_I64(rn_tensor_dtype(w), RN_F32);
        CHECK(rn_grad(RN_LIST(rn_sum(y)), RN_LIST(w), .grads = &g));
        CHECK_EQ_I64(rn_tensor_dtype(g), RN_F32);
        /* the rule of the gradient is not converted once more */
        rn_tensor *sums = rn_sum(rn_call(model, numbers(4, 5)));
        CHECK(rn_grad(RN_LIST(sums), RN_LIST(w), .grads = &g));
    }
    CHECK_OK();
    rn_link_free(model);
}

static rn_tensor *product(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    return rn_relu(rn_matmul(x[0], user));
}

RN_TEST(segments_that_run_again_compute_in_the_same_type)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(numbers(4, 4), true), *w = numbers(4, 4), *g[2] = { NULL }, *y[2] = { NULL };
        RN_PRECISION(RN_BF16)
        {
            y[0] = rn_recompute(product, w, x);
            y[1] = product(w, &x, 1);
        }
        for (int i = 0; i < 2; i++) CHECK(rn_grad(RN_LIST(rn_sum(y[i])), RN_LIST(x), .grads = &g[i]));
        CHECK(same_bits(g[0], g[1]));
    }
    CHECK_OK();
}

/* ---- loss scaling ---- */

typedef struct {
    rn_chain *model;
    rn_optimizer *o;
    rn_tensor *x;
} net;

static net make_net(const char *optimizer)
{
    net n = { .model = rn_sequential(rn_linear_link(6), rn_batch_norm_link(), rn_linear_link(2)) };
    n.o = rn_optimizer_make(optimizer, n.model, NULL, 0);
    RN_SCOPE
    n.x = rn_keep(numbers(8, 5));
    return n;
}

static void free_net(net *n)
{
    rn_drop(n->x);
    rn_optimizer_free(n->o);
    rn_link_free(n->model);
}

/* A step whose gradient is that of the mean square of the outputs times `factor`. */
static void step(net *n, double factor)
{
    RN_SCOPE
    {
        rn_tensor *y = rn_call(n->model, n->x);
        CHECK(rn_update(n->o, rn_mul_scalar(rn_mean(rn_mul(y, y)), factor)));
    }
    CHECK(rn_eval_all());
    CHECK_OK();
}

static void hash_of(net *n, char hex[65])
{
    CHECK(rn_model_hash(n->model, hex));
}

RN_TEST(a_scale_changes_no_step)
{
    char hex[2][65];
    for (int scaled = 0; scaled < 2; scaled++) {
        rn_seed(3);
        net n = make_net("adam");
        if (scaled) CHECK(rn_optimizer_scale_loss(n.o, .scale = 1024, .interval = 2));
        rn_hook_clip_norm(n.o, 0.5);
        for (int i = 0; i < 6; i++) step(&n, 1);
        CHECK_EQ_I64(rn_optimizer_steps(n.o), 6);
        CHECK_EQ_I64(rn_optimizer_skipped(n.o), 0);
        CHECK_NEAR(rn_optimizer_loss_scale(n.o), scaled ? 8192 : 1, 0);
        hash_of(&n, hex[scaled]);
        free_net(&n);
    }
    CHECK_EQ_STR(hex[1], hex[0]);
}

RN_TEST(a_step_that_overflows_changes_nothing_but_the_scale)
{
    static const char *const optimizers[] = { "sgd", "momentum_sgd", "adam", "rmsprop_graves" };
    for (int i = 0; i < (int)RN_COUNTOF(optimizers); i++) {
        char before[65], after[65], straight[65];
        rn_seed(4);
        net n = make_net(optimizers[i]);
        rn_optimizer_scale_loss(n.o, .scale = 4);
        step(&n, 1);
        hash_of(&n, before);
        step(&n, 1e38);
        hash_of(&n, after); /* the running statistics, too */
        CHECK_EQ_STR(after, before);
        CHECK_EQ_I64(rn_optimizer_steps(n.o), 1);
        CHECK_EQ_I64(rn_optimizer_skipped(n.o), 1);
        CHECK_NEAR(rn_optimizer_loss_scale(n.o), 2, 0);
        step(&n, 1);
        hash_of(&n, after);
        CHECK_EQ_I64(rn_optimizer_steps(n.o), 2);
        free_net(&n);
        rn_seed(4);
        n = make_net(optimizers[i]);
        step(&n, 1);
        step(&n, 1);
        hash_of(&n, straight);
        free_net(&n);
        CHECK_EQ_STR(after, straight);
    }
}

RN_TEST(a_first_step_that_overflows_leaves_running_statistics_at_their_start)
{
    net n = make_net("sgd");
    rn_optimizer_scale_loss(n.o);
    step(&n, 1e38);
    const float *mean = rn_data_f32(rn_link_param(n.model, "1/mean"));
    CHECK(mean != NULL);
    for (int i = 0; mean && i < 6; i++) CHECK_NEAR(mean[i], 0, 0);
    CHECK_EQ_I64(rn_optimizer_steps(n.o), 0);
    free_net(&n);
    CHECK_OK();
}

RN_TEST(a_scale_grows_and_falls_without_compiling)
{
    net n = make_net("adam");
    rn_optimizer_scale_loss(n.o, .scale = 8, .factor = 4, .interval = 3);
    for (int i = 0; i < 3; i++) step(&n, 1);
    CHECK_NEAR(rn_optimizer_loss_scale(n.o), 32, 0);
    const int64_t compiled = rn_engine().plans_compiled;
    step(&n, 1e38);
    step(&n, 1e38);
    CHECK_NEAR(rn_optimizer_loss_scale(n.o), 2, 0);
    for (int i = 0; i < 3; i++) step(&n, 1);
    CHECK_NEAR(rn_optimizer_loss_scale(n.o), 8, 0);
    CHECK_EQ_I64(rn_engine().plans_compiled, compiled);
    CHECK_EQ_I64(rn_optimizer_skipped(n.o), 2);
    free_net(&n);
    n = make_net("sgd");
    rn_optimizer_scale_loss(n.o, .scale = 8, .interval = 1, .fixed = true);
    step(&n, 1);
    step(&n, 1e38);
    CHECK_NEAR(rn_optimizer_loss_scale(n.o), 8, 0);
    CHECK_EQ_I64(rn_optimizer_skipped(n.o), 1);
    free_net(&n);
}

RN_TEST(steps_without_a_look_are_the_same_steps)
{
    char hex[2][65];
    for (int look = 0; look < 2; look++) {
        rn_seed(5);
        net n = make_net("adam");
        rn_optimizer_scale_loss(n.o, .scale = 16);
        for (int i = 0; i < 6; i++) {
            RN_SCOPE
            {
                rn_tensor *y = rn_call(n.model, n.x);
                CHECK(rn_update(n.o, rn_mul_scalar(rn_mean(rn_mul(y, y)), i == 2 ? 1e38 : 1)));
            }
            if (look) CHECK(rn_eval_all());
        }
        hash_of(&n, hex[look]);
        CHECK_EQ_I64(rn_optimizer_steps(n.o), 5);
        free_net(&n);
    }
    CHECK_EQ_STR(hex[1], hex[0]);
}

RN_TEST(gradients_by_hand_are_scaled_by_hand)
{
    char hex[2][65];
    for (int by_hand = 0; by_hand < 2; by_hand++) {
        rn_seed(6);
        net n = make_net("sgd");
        rn_optimizer_scale_loss(n.o, .scale = 64);
        for (int i = 0; i < 3; i++) {
            RN_SCOPE
            {
                rn_tensor *y = rn_call(n.model, n.x), *loss = rn_mean(rn_mul(y, y));
                rn_clear_grads(n.model);
                if (by_hand)
                    CHECK(rn_backward(rn_scaled_loss(n.o, loss)) && rn_optimizer_step(n.o));
                else
                    CHECK(rn_update(n.o, loss));
            }
            CHECK(rn_eval_all());
        }
        rn_clear_grads(n.model);
        hash_of(&n, hex[by_hand]);
        free_net(&n);
    }
    CHECK_EQ_STR(hex[1], hex[0]);
}

RN_TEST(numbers_of_a_scale_are_checked)
{
    net n = make_net("sgd");
    CHECK(!rn_optimizer_scale_loss(n.o, .factor = 0.5));
    CHECK_ERROR(RN_ERR_ARG, "factor above 1");
    CHECK(!rn_optimizer_scale_loss(n.o, .scale = -1));
    CHECK_ERROR(RN_ERR_ARG, "scale");
    CHECK(!rn_optimizer_scale_loss(n.o, .interval = -1));
    CHECK_ERROR(RN_ERR_ARG, "interval");
    CHECK(!rn_optimizer_scale_loss(NULL));
    CHECK_ERROR(RN_ERR_ARG, "NULL");
    free_net(&n);
}

RN_TEST(steps_that_never_are_finite_are_an_error)
{
    net n = make_net("sgd");
    rn_optimizer_scale_loss(n.o);
    bool ok = true;
    for (int i = 0; ok && i < 300; i++) {
        RN_SCOPE
        ok = rn_update(n.o, rn_mul(rn_sum(rn_call(n.model, n.x)), rn_scalar(NAN)));
    }
    CHECK(!ok);
    CHECK_ERROR(RN_ERR_STATE, "200 steps in a row");
    free_net(&n);
}

/* ---- a run ---- */

enum { N = 48, BATCH = 16 };

static rn_tensor *squares(void *user, const rn_batch *b, rn_metrics *m)
{
    (void)m;
    return rn_mean_squared_error(rn_call(user, b->x), b->x);
}

/* Trains for so many steps from where the snapshot `from` ends; a scale that begins near the end of f32 overflows. */
static void train(rn_dtype precision, int64_t steps, const char *from, const char *to, char hex[65])
{
    float x[N];
    for (int i = 0; i < N; i++) x[i] = (float)(i * 7 % 11) / 11 + 0.1F;
    rn_seed(7);
    rn_chain *model = rn_sequential(rn_linear_link(8, .in = 1), rn_op_link("relu", NULL), rn_linear_link(1));
    rn_optimizer *adam = rn_adam(model, .alpha = 0.01);
    CHECK(rn_optimizer_scale_loss(adam, .scale = 1e30, .factor = 1024, .interval = 3));
    rn_dataset *data =
        rn_dataset_arrays(N, &(rn_array_column){ .name = "x", .dtype = RN_F32, .shape = RN_SHAPE(1), .data = x }, 1);
    rn_iterator *batches = rn_iterator_new(rn_dataset_pass(data), BATCH, .shuffle = true, .seed = 3);
    rn_trainer *t =
        rn_trainer_new(model, adam, batches, squares, .user = model, .iterations = steps, .precision = precision);
    FILE *log = tmpfile();
    rn_trainer_use(t, "print", .to = log);
    if (from) CHECK(rn_trainer_resume(t, from));
    CHECK(rn_trainer_run(t));
    CHECK_OK();
    CHECK_NEAR(rn_trainer_value(t, "skipped_steps"), (double)rn_optimizer_skipped(adam), 0);
    CHECK_NEAR(rn_trainer_value(t, "loss_scale"), rn_optimizer_loss_scale(adam), 0);
    CHECK_EQ_I64(rn_optimizer_steps(adam) + rn_optimizer_skipped(adam), steps);
    CHECK(precision != RN_F16 || rn_optimizer_skipped(adam) > 1);
    if (to) CHECK(rn_trainer_save(t, to));
    CHECK(rn_model_hash(model, hex));
    CHECK_EQ_I64(rn_precision_mode(RN_F32), RN_F32);
    rn_trainer_free(t);
    if (log) fclose(log);
    rn_iterator_free(batches);
    rn_optimizer_free(adam);
    rn_link_free(model);
}

RN_TEST(a_run_in_mixed_precision_goes_on_with_the_same_bits)
{
    static const rn_dtype types[] = { RN_BF16, RN_F16 };
    for (int i = 0; i < 2; i++) {
        char straight[65], half[65], resumed[65], single[65];
        train(types[i], 30, NULL, NULL, straight);
        train(types[i], 13, NULL, test_path("half.safetensors"), half);
        train(types[i], 30, test_path("half.safetensors"), NULL, resumed);
        CHECK_EQ_STR(resumed, straight);
        train(RN_F32, 30, NULL, NULL, single);
        CHECK(strcmp(single, straight) != 0);
    }
}

RN_TEST(a_trainer_in_f16_scales_the_loss)
{
    rn_link *model = rn_linear_link(1, .in = 1);
    rn_optimizer *sgd = rn_sgd(model);
    const float x[] = { 1, 2 };
    rn_dataset *data =
        rn_dataset_arrays(2, &(rn_array_column){ .name = "x", .dtype = RN_F32, .shape = RN_SHAPE(1), .data = x }, 1);
    rn_iterator *batches = rn_iterator_new(rn_dataset_pass(data), 2);
    rn_trainer *t = rn_trainer_new(model, sgd, batches, squares, .iterations = 1, .precision = RN_F16);
    CHECK(rn_optimizer_scales_loss(sgd));
    CHECK_NEAR(rn_optimizer_loss_scale(sgd), 65536, 0);
    rn_trainer_free(t);
    CHECK(!rn_trainer_new(model, sgd, batches, squares, .iterations = 1, .precision = RN_I8));
    CHECK_ERROR(RN_ERR_ARG, "no f32, bf16 or f16");
    rn_iterator_free(batches);
    rn_optimizer_free(sgd);
    rn_link_free(model);
}
