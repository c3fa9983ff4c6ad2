/* Predictors: what the model gives in test mode, for any shape, from several threads, as long as it is not trained. */
#include "test.h"

#include <pthread.h>

enum { THREADS = 4, CALLS = 20 };

static rn_link *images(void)
{
    return rn_sequential(rn_conv2d_link(6, 3, .pad = { 1, 1 }), rn_batch_norm_link(), rn_op_link("relu", NULL),
                         rn_conv2d_link(5, 3, .no_bias = true), rn_batch_norm_link(), rn_op_link("tanh", NULL),
                         rn_op_link("dropout", "ratio=0.5"), rn_linear_link(7), rn_batch_norm_link(),
                         rn_linear_link(3));
}

/* Lets running statistics be something. */
static void train_a_little(rn_link *model, const rn_shape *shape)
{
    rn_optimizer *o = rn_sgd(model, .rate = 0.1);
    for (int i = 0; i < 4; i++) {
        RN_SCOPE
        {
            rn_tensor *y = rn_call(model, rn_normal(*shape, .sigma = 2));
            rn_update(o, rn_mean(rn_mul(y, y)));
        }
    }
    rn_optimizer_free(o);
    rn_eval_all();
}

static double difference(rn_tensor *a, rn_tensor *b)
{
    return rn_item(rn_max(rn_abs(rn_sub(a, b))));
}

RN_TEST(a_predictor_gives_what_the_model_gives_in_test_mode)
{
    static const int64_t batches[] = { 1, 4, 1, 3, 4, 1, 0 };
    rn_seed(1);
    rn_link *model = images();
    const rn_shape shape = RN_SHAPE(4, 2, 8, 9);
    train_a_little(model, &shape);
    rn_predictor *p = rn_predictor_new(model);
    for (size_t i = 0; i < RN_COUNTOF(batches); i++) {
        RN_SCOPE
        {
            rn_tensor *x = rn_normal(RN_SHAPE(batches[i], 2, 8, 9)), *want = NULL, *have = rn_predict(p, x);
            RN_TEST_MODE
            want = rn_call(model, x);
            CHECK_EQ_I64(rn_tensor_dim(have, 0), batches[i]);
            CHECK(!rn_requires_grad(have));
            if (batches[i]) CHECK_NEAR(difference(have, want), 0, 3e-6);
        }
        CHECK_OK();
    }
    rn_predictor_free(p);
    rn_link_free(model);
}

RN_TEST(a_predictor_compiles_once_for_a_shape_and_records_once)
{
    rn_seed(2);
    rn_link *model = images();
    const rn_shape shape = RN_SHAPE(2, 2, 8, 9);
    train_a_little(model, &shape);
    const int64_t live = rn_live_tensors();
    rn_predictor *p = rn_predictor_new(model);
    rn_engine_info start = { 0 };
    for (int i = 0; i < 10; i++) {
        if (i == 1) start = rn_engine();
        RN_SCOPE
        rn_data(rn_predict(p, rn_array(RN_F32, shape, NULL)));
    }
    CHECK_EQ_I64(rn_engine().plans_compiled, start.plans_compiled);
    CHECK_EQ_I64(rn_engine().nodes_recorded, start.nodes_recorded);
    CHECK_EQ_I64(rn_engine().steps_replayed - start.steps_replayed, 9);
    rn_predictor_free(p);
    CHECK_EQ_I64(rn_live_tensors(), live);
    rn_link_free(model);
    CHECK_OK();
}

static bool count_step(void *user, const rn_function_run *run)
{
    if (strcmp(run->function, "copy") != 0) ++*(int *)user;
    return true;
}

RN_TEST(batch_norm_goes_into_the_weights_before_it)
{
    static const rn_function_hook counts = { .name = "count", .end = count_step };
    rn_seed(3);
    rn_link *model = rn_sequential(rn_conv2d_link(4, 3), rn_batch_norm_link());
    const rn_shape shape = RN_SHAPE(2, 3, 6, 6);
    train_a_little(model, &shape);
    rn_predictor *p = rn_predictor_new(model);
    RN_SCOPE
    {
        rn_tensor *x = rn_normal(shape);
        int steps = 0;
        rn_eval(x);
        rn_function_hook_push(&counts, &steps);
        for (int i = 0; i < 3; i++) rn_data(rn_predict(p, x));
        CHECK_EQ_I64(steps, 3); /* convolutions, besides copies into their order of axes and back */
    }
    rn_predictor_free(p);
    rn_link_free(model);
    CHECK_OK();
}

/* The weights are many and the results few, so that they are kept as they will be read. */
static void check_few(const char *device, rn_link *model, const rn_shape *shape)
{
    RN_SCOPE
    rn_eval(rn_call(model, rn_normal(*shape)));
    rn_predictor *p = rn_predictor_new(model);
    for (int i = 0; i < 2; i++) {
        RN_SCOPE
        {
            rn_tensor *x = rn_normal(*shape), *want = NULL, *have = rn_predict(p, x);
            RN_TEST_MODE
            want = rn_call(model, x);
            const double off = difference(have, want), size = rn_item(rn_max(rn_abs(want)));
            if (!(off < 1e-5 * size)) test_failed(__FILE__, __LINE__, "%s: off by %g of %g", device, off, size);
        }
    }
    rn_predictor_free(p);
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(convolutions_with_few_results_keep_their_weights)
{
    static const char *const devices[] = { "cpu", "cpu:base,threads=3" };
    for (int i = 0; i < (int)RN_COUNTOF(devices); i++) {
        CHECK(rn_device_use(devices[i]));
        rn_seed(1);
        check_few(devices[i], rn_conv2d_link(256, 3, .pad = { 1, 1 }), &RN_SHAPE(1, 130, 4, 4));
        check_few(devices[i], rn_conv2d_link(256, 3, .pad = { 1 }, .stride = { 3, 2 }, .no_bias = true),
                  &RN_SHAPE(1, 130, 9, 6));
        check_few(devices[i], rn_conv2d_link(128, 4, .pad = { 3, 2 }, .dilation = { 2, 1 }), &RN_SHAPE(1, 128, 3, 2));
    }
    CHECK(rn_device_use("cpu"));
}

typedef struct {
    rn_predictor *p;
    rn_tensor *x;
    float want[THREADS];
    int number;
    bool ok;
} job;

static void *use(void *user)
{
    job *j = user;
    j->ok = true;
    for (int i = 0; i < CALLS && j->ok; i++) {
        RN_SCOPE
        {
            const int64_t n = 1 + (i + j->number) % THREADS;
            rn_tensor *y = rn_predict(j->p, rn_slice(j->x, RN_RANGES(RN_TO(n))));
            const float *have = rn_data_f32(y);
            j->ok = have && fabsf(have[0] - j->want[0]) < 1e-5f;
        }
    }
    if (!rn_ok()) fprintf(stderr, "%s\n", rn_error_last()->message);
    rn_error_clear();
    rn_shutdown();
    return NULL;
}

RN_TEST(threads_share_a_predictor)
{
    rn_seed(4);
    rn_link *model = images();
    const rn_shape shape = RN_SHAPE(THREADS, 2, 8, 9);
    train_a_little(model, &shape);
    rn_predictor *p = rn_predictor_new(model);
    rn_tensor *x = NULL;
    RN_SCOPE
    {
        x = rn_keep(rn_normal(shape));
        rn_eval(x);
    }
    job jobs[THREADS];
    pthread_t thread[THREADS];
    float first = 0;
    RN_SCOPE
    first = rn_data_f32(rn_predict(p, x))[0];
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (job){ .p = p, .x = x, .want = { first }, .number = i };
        CHECK_EQ_I64(pthread_create(&thread[i], NULL, use, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    for (int i = 0; i < THREADS; i++) CHECK(jobs[i].ok);
    rn_predictor_free(p);
    rn_drop(x);
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(a_model_that_was_trained_needs_another_predictor)
{
    rn_seed(5);
    rn_link *model = rn_sequential(rn_linear_link(3));
    const rn_shape shape = RN_SHAPE(2, 4);
    train_a_little(model, &shape);
    rn_predictor *p = rn_predictor_new(model);
    rn_tensor *x = NULL;
    RN_SCOPE
    {
        x = rn_keep(rn_normal(shape));
        CHECK(rn_predict(p, x));
    }
    train_a_little(model, &shape);
    RN_SCOPE
    {
        CHECK(!rn_predict(p, x)); /* replayed, it would give what the model gave before */
        CHECK_ERROR(RN_ERR_STATE, "has another value than when the predictor was made");
        CHECK(!rn_predict(p, rn_normal(RN_SHAPE(5, 4))));
        CHECK_ERROR(RN_ERR_STATE, "has another value than when the predictor was made");
    }
    rn_predictor_free(p);
    rn_drop(x);
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(what_a_predictor_cannot_do_is_said)
{
    rn_link *model = rn_sequential(rn_linear_link(3));
    CHECK(!rn_predictor_new(NULL));
    CHECK_ERROR(RN_ERR_ARG, "model");
    rn_predictor *p = rn_predictor_new(model);
    RN_SCOPE
    {
        CHECK(!rn_predict(p, rn_ones(RN_SHAPE(2, 2))));
        CHECK_ERROR(RN_ERR_STATE, "is not there yet");
        rn_eval(rn_call(model, rn_ones(RN_SHAPE(2, 2))));
        CHECK(!rn_predict(p, rn_ones(RN_SHAPE(2, 2))));
        CHECK_ERROR(RN_ERR_STATE, "predictor anew");
    }
    rn_predictor_free(p);
    p = rn_predictor_new(model);
    RN_SCOPE
    {
        CHECK(!rn_predict(p, rn_ones(RN_SHAPE(2, 5))));
        CHECK_ERROR(RN_ERR_SHAPE, "test_predictor.c");
        CHECK(rn_predict(p, rn_ones(RN_SHAPE(2, 2))) != NULL);
    }
    rn_predictor_free(p);
    rn_link_free(model);
    CHECK_OK();
}

RN_TEST(recurrent_links_keep_their_state_between_predictions)
{
    rn_seed(6);
    rn_link *a = rn_lstm_link(3), *b = NULL;
    RN_SCOPE
    rn_eval(rn_call(a, rn_ones(RN_SHAPE(2, 4))));
    rn_link_reset(a);
    b = rn_link_copy(a, RN_COPY_VALUES);
    rn_predictor *p = rn_predictor_new(a);
    for (int i = 0; i < 5; i++) {
        RN_SCOPE
        {
            rn_tensor *x = rn_full(RN_SHAPE(2, 4), 0.1 * i), *have = rn_predict(p, x), *want = NULL;
            RN_TEST_MODE
            want = rn_call(b, x);
            CHECK_NEAR(difference(have, want), 0, 1e-6);
        }
    }
    rn_predictor_free(p);
    rn_link_free(a);
    rn_link_free(b);
    CHECK_OK();
}
