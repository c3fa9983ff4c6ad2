/* A siamese network (Hadsell, Chopra & LeCun 2006): the same network looks at two digits, and is trained to put those
 * of the same class close together. It shows a data set of one's own: pairs, put together when they are read.
 *
 *     siamese [--small] */
#include "../arguments.h"

#include <rensa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- pairs of digits ---- */

typedef struct {
    rn_dataset *digits;
    int32_t label[]; /* of each */
} pairs;

/* A number below n that looks random and depends on x only (the finish of SplitMix64). */
static int64_t draw(int64_t x, int64_t n)
{
    uint64_t z = (uint64_t)x * 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (int64_t)((z ^ z >> 31) % (uint64_t)n);
}

/* Pair i: digit i, and another one, of the same class if i is even. Which one depends on (epoch, i) only, so that every
 * run is the same, however many threads read. */
static bool read_pair(void *user, const rn_example *e)
{
    const pairs *p = user;
    const int64_t n = rn_dataset_count(p->digits);
    const int32_t same = e->index % 2 == 0;
    int64_t other = draw(e->epoch * n + e->index + 1, n);
    for (int64_t tries = 0; tries < n && (p->label[other] == p->label[e->index]) != same; tries++)
        other = (other + 1) % n;
    memcpy(e->to[2], &same, sizeof same);
    return rn_dataset_read(p->digits, e->index, (void *const[]){ e->to[0], NULL }) &&
           rn_dataset_read(p->digits, other, (void *const[]){ e->to[1], NULL });
}

static void free_pairs(void *user)
{
    pairs *p = user;
    rn_dataset_free(p->digits);
    free(p);
}

/* Takes digits over. */
static rn_dataset *pairs_of(rn_dataset *digits)
{
    const int64_t n = rn_dataset_count(digits), bytes = n * (int64_t)sizeof(int32_t);
    pairs *p = malloc(sizeof *p + (size_t)bytes);
    if (!p) {
        rn_fail(RN_ERR_NOMEM, RN_HERE, "no memory for %lld labels", (long long)n);
        rn_dataset_free(digits);
        return NULL;
    }
    p->digits = digits;
    RN_SCOPE rn_copy_to(rn_dataset_rows(digits, "t", 0, n), RN_I32, p->label, bytes);
    const rn_column columns[] = { { "a", RN_F32, RN_SHAPE(1, 28, 28), NULL, 0 },
                                  { "b", RN_F32, RN_SHAPE(1, 28, 28), NULL, 0 },
                                  { "same", RN_I32, RN_SCALAR, NULL, 0 } };
    return rn_dataset_new(n, read_pair, columns, 3, .user = p, .free = free_pairs);
}

/* ---- the network ---- */

static rn_tensor *embed(rn_chain *net, rn_tensor *x)
{
    rn_tensor *h = rn_max_pool2d(rn_relu(rn_convolution(net, "conv1", x, 16, 5)), 2);
    h = rn_max_pool2d(rn_relu(rn_convolution(net, "conv2", h, 32, 5)), 2);
    h = rn_relu(rn_affine(net, "fc1", h, 128));
    return rn_affine(net, "fc2", h, 8);
}

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    rn_tensor *same = rn_batch_get(b, "same");
    rn_tensor *p = embed(user, rn_batch_get(b, "a")), *q = embed(user, rn_batch_get(b, "b"));
    rn_tensor *near = rn_less_scalar(rn_norm(rn_sub(p, q), .axes = RN_AXES(1)), 0.5);
    rn_metric(m, "accuracy", rn_mean(rn_cast(rn_equal(near, rn_cast(same, RN_BOOL)), RN_F32)), (double)b->count);
    return rn_contrastive(p, q, same);
}

int main(int argc, char **argv)
{
    bool small = false;
    arguments(argc, argv, "siamese [--small]", &small, 0, NULL);
    rn_dataset *train = rn_dataset_mnist(RN_TRAIN), *test = rn_dataset_mnist(RN_TEST);
    if (small) {
        train = rn_dataset_subset(rn_dataset_pass(train), 0, 1600);
        test = rn_dataset_subset(rn_dataset_pass(test), 0, 500);
    }
    rn_dataset *train_pairs = pairs_of(train), *test_pairs = pairs_of(test);
    rn_iterator *batches = rn_iterator_new(train_pairs, 64, .shuffle = true, .seed = 1, .repeat = true);
    rn_iterator *test_batches = rn_iterator_new(test_pairs, 250);

    rn_seed(1);
    rn_chain *net = rn_chain_new();
    rn_optimizer *adam = rn_adam(net, .alpha = small ? 2e-3 : 1e-3);
    rn_trainer *trainer = rn_trainer_new(net, adam, batches, loss, .user = net, .epochs = small ? 3 : 10);
    rn_trainer_use(trainer, "evaluate", .batches = test_batches);
    rn_trainer_use(trainer, "print");
    rn_trainer_use(trainer, "progress");
    rn_trainer_run(trainer);
    printf("told apart: %.4f of the pairs of the test set\n", rn_trainer_value(trainer, "test_accuracy"));

    rn_trainer_free(trainer);
    rn_optimizer_free(adam);
    rn_link_free(net);
    rn_iterator_free(test_batches);
    rn_iterator_free(batches);
    rn_dataset_free(test_pairs);
    rn_dataset_free(train_pairs);
    return rn_report_error(stderr);
}
