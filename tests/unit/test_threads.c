/* Trainings in several threads at once: each has its own graph; plans, pools and kernels are shared. */
#include "test.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

enum { THREADS = 4, STEPS = 6, EXAMPLES = 24 };

typedef struct {
    int seed;
    bool convolution, ok;
    double loss[STEPS];
} training;

static rn_chain *network(bool convolution)
{
    if (!convolution)
        return rn_sequential(rn_linear_link(32), rn_op_link("relu", NULL), rn_op_link("dropout", "ratio=0.2"),
                             rn_linear_link(10));
    return rn_sequential(rn_conv2d_link(4, 3), rn_op_link("relu", NULL), rn_op_link("max_pool2d", "kernel=2"),
                         rn_linear_link(10));
}

static void *train(void *user)
{
    training *t = user;
    rn_seed((uint64_t)t->seed);
    rn_chain *net = network(t->convolution);
    rn_optimizer *adam = rn_adam(net, .alpha = 1e-2);
    rn_dataset *data = rn_dataset_subset(rn_dataset_pass(rn_dataset_drawn(RN_TRAIN)), 0, EXAMPLES);
    rn_iterator *batches =
        rn_iterator_new(rn_dataset_pass(data), EXAMPLES / 2, .shuffle = true, .seed = 3, .repeat = true);
    for (int i = 0; i < STEPS; i++) {
        RN_SCOPE
        {
            const rn_batch *b = rn_next(batches);
            rn_tensor *loss = rn_softmax_cross_entropy(rn_call(net, b->x), b->t);
            rn_update(adam, loss);
            t->loss[i] = rn_item(loss);
        }
    }
    rn_iterator_free(batches);
    rn_optimizer_free(adam);
    rn_link_free(net);
    t->ok = rn_ok();
    if (!t->ok) fprintf(stderr, "%s\n", rn_error_last()->message);
    rn_error_clear();
    return NULL;
}

RN_TEST(trainings_in_threads_give_what_they_give_alone)
{
    training together[THREADS], alone;
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
        together[i] = (training){ .seed = 1 + i / 2, .convolution = i % 2 };
        CHECK_EQ_I64(pthread_create(&thread[i], NULL, train, &together[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) CHECK_EQ_I64(pthread_join(thread[i], NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        alone = (training){ .seed = together[i].seed, .convolution = together[i].convolution };
        train(&alone);
        CHECK(alone.ok && together[i].ok);
        for (int k = 0; k < STEPS; k++) CHECK_NEAR(together[i].loss[k], alone.loss[k], 0);
        CHECK(alone.loss[STEPS - 1] < alone.loss[0]);
    }
}

static volatile sig_atomic_t signals;

/* Writes where the interrupted stack goes on. */
static void use_stack(int number)
{
    volatile char place[2048];
    for (size_t i = 0; i < sizeof place; i++) place[i] = (char)number;
    signals += place[100] == (char)number;
}

static rn_tensor *products(rn_tensor *x, rn_tensor *w)
{
    rn_tensor *image = rn_reshape(rn_matmul(x, w), RN_SHAPE(16, 5, 10, 10));
    rn_tensor *q = rn_reshape(rn_matmul(x, w), RN_SHAPE(2, 2, 100, 20));
    return rn_add(rn_sum(rn_conv2d(image, rn_ones(RN_SHAPE(5, 5, 3, 3)), NULL)),
                  rn_sum(rn_add(rn_matmul(rn_transpose(w), rn_transpose(x)),
                                rn_mean(rn_scaled_dot_product_attention(q, q, q)))));
}

RN_TEST(signals_that_come_during_products_harm_nothing)
{
    const struct sigaction handler = { .sa_handler = use_stack, .sa_flags = SA_RESTART };
    const struct itimerval often = { { 0, 150 }, { 0, 150 } }, never = { { 0, 0 }, { 0, 0 } };
    struct sigaction before;
    rn_tensor *x = rn_keep(rn_normal(RN_SHAPE(16, 800))), *w = rn_keep(rn_normal(RN_SHAPE(800, 500)));
    double want = 0;
    RN_SCOPE want = rn_item(products(x, w));
    CHECK_EQ_I64(sigaction(SIGALRM, &handler, &before), 0);
    CHECK_EQ_I64(setitimer(ITIMER_REAL, &often, NULL), 0);
    for (int i = 0; i < 400; i++) {
        double have = 0;
        RN_SCOPE have = rn_item(products(x, w));
        CHECK_NEAR(have, want, 0);
    }
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    CHECK(signals > 100);
    rn_drop(x);
    rn_drop(w);
    CHECK(rn_ok());
}
