/* Digits with a training loop of one's own: an MLP of two hidden layers, written in the short form that looks
 * parameters up by name.
 *
 *     mnist_loop [--small]
 *
 * MNIST comes from $RENSA_DATA, the user's cache or a download; without any of these, digits are drawn. */
#include "../arguments.h"

#include <rensa.h>
#include <stdio.h>

static rn_tensor *forward(rn_chain *model, rn_tensor *x, int64_t units)
{
    rn_tensor *h = rn_relu(rn_affine(model, "fc1", x, units)); /* made at the first call, found afterwards */
    h = rn_relu(rn_affine(model, "fc2", h, units));
    return rn_affine(model, "fc3", h, 10);
}

static double evaluate(rn_chain *model, rn_iterator *batches, int64_t units)
{
    double right = 0, all = 0;
    for (rn_batch *b; (b = rn_next(batches)) != NULL;) RN_TEST_MODE RN_SCOPE
        {
            right += rn_item(rn_accuracy(forward(model, b->x, units), b->t)) * (double)b->count;
            all += (double)b->count;
        }
    return right / all;
}

int main(int argc, char **argv)
{
    bool small = false;
    arguments(argc, argv, "mnist_loop [--small]", &small, 0, NULL);
    const int64_t units = small ? 100 : 1000;
    const int epochs = small ? 4 : 20;

    rn_dataset *train = rn_dataset_mnist(RN_TRAIN), *test = rn_dataset_mnist(RN_TEST);
    if (small) {
        train = rn_dataset_subset(rn_dataset_pass(train), 0, 10000);
        test = rn_dataset_subset(rn_dataset_pass(test), 0, 1000);
    }
    printf("%lld digits to learn from: %s\n", (long long)rn_dataset_count(train), rn_dataset_source(train));

    rn_seed(1);
    rn_chain *model = rn_chain_new();
    rn_optimizer *adam = rn_adam(model, .alpha = 1e-3);
    rn_iterator *batches = rn_iterator_new(train, 100, .shuffle = true, .seed = 1);
    rn_iterator *test_batches = rn_iterator_new(test, 500);

    for (int epoch = 1; epoch <= epochs && rn_ok(); epoch++) {
        double sum = 0, all = 0;
        for (rn_batch *b; (b = rn_next(batches)) != NULL;) {
            rn_tensor *loss;
            RN_SCOPE /* what is made inside ends here */
            {
                loss = rn_keep(rn_softmax_cross_entropy(forward(model, b->x, units), b->t));
                rn_update(adam, loss); /* gradient and step: recorded, not yet computed */
            }
            sum += rn_item(loss) * (double)b->count; /* looking at the value computes all of it */
            all += (double)b->count;
            rn_drop(loss);
        }
        printf("epoch %d: train loss %.4f, test accuracy %.4f\n", epoch, sum / all,
               evaluate(model, test_batches, units));
    }

    rn_iterator_free(test_batches);
    rn_iterator_free(batches);
    rn_optimizer_free(adam);
    rn_link_free(model);
    rn_dataset_free(test);
    rn_dataset_free(train);
    return rn_report_error(stderr); /* 0 if all went well */
}
