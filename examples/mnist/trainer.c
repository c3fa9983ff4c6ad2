/* Digits with a trainer: LeNet-5 out of links, and what is to happen now and then hung into the loop.
 *
 *     mnist_trainer [--small] [FOLDER]
 *
 * writes log.jsonl, curve.svg, snapshots and the best model into FOLDER (mnist-run). Ctrl-C ends after the step under
 * way; started again with the same folder, it goes on where it ended. */
#include "../arguments.h"

#include <rensa.h>
#include <signal.h>
#include <stdio.h>

typedef struct {
    rn_link *conv1, *conv2, *fc1, *fc2;
} lenet;

static rn_tensor *forward(void *user, rn_tensor *const *x, int64_t n)
{
    const lenet *net = user;
    (void)n;
    rn_tensor *h = rn_max_pool2d(rn_relu(rn_call(net->conv1, x[0])), 2);
    h = rn_max_pool2d(rn_relu(rn_call(net->conv2, h)), 2);
    h = rn_relu(rn_call(net->fc1, h));
    return rn_call(net->fc2, h);
}

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    rn_tensor *y = rn_call(user, b->x);
    rn_metric(m, "accuracy", rn_accuracy(y, b->t), (double)b->count);
    return rn_softmax_cross_entropy(y, b->t);
}

static rn_trainer *trainer;

static void interrupt(int signal_number)
{
    (void)signal_number;
    rn_trainer_stop(trainer);
}

int main(int argc, char **argv)
{
    bool small = false;
    const char *folder = "mnist-run";
    arguments(argc, argv, "mnist_trainer [--small] [FOLDER]", &small, 1, &folder);

    rn_dataset *train = rn_dataset_mnist(RN_TRAIN), *test = rn_dataset_mnist(RN_TEST);
    if (small) {
        train = rn_dataset_subset(rn_dataset_pass(train), 0, 3200);
        test = rn_dataset_subset(rn_dataset_pass(test), 0, 500);
    }

    rn_seed(1);
    rn_chain *model = rn_chain_new(); /* sizes of inputs are found at the first call */
    lenet net = {
        .conv1 = rn_chain_add(model, "conv1", rn_conv2d_link(20, 5)),
        .conv2 = rn_chain_add(model, "conv2", rn_conv2d_link(50, 5)),
        .fc1 = rn_chain_add(model, "fc1", rn_linear_link(500)),
        .fc2 = rn_chain_add(model, "fc2", rn_linear_link(10)),
    };
    rn_chain_set_forward(model, forward, &net);

    rn_optimizer *adam = rn_adam(model, .alpha = 1e-3);
    rn_optimizer_set_schedule(adam, rn_schedule_exponential(.gamma = 0.8, .unit = "epoch"));
    rn_iterator *batches = rn_iterator_new(train, 64, .shuffle = true, .seed = 1, .repeat = true);
    rn_iterator *test_batches = rn_iterator_new(test, 250);

    trainer = rn_trainer_new(model, adam, batches, loss, .user = model, .out = folder, .epochs = small ? 1 : 10);
    rn_trainer_use(trainer, "evaluate", .batches = test_batches);
    rn_trainer_use(trainer, "log");
    rn_trainer_use(trainer, "curve");
    rn_trainer_use(trainer, "print");
    rn_trainer_use(trainer, "progress");
    rn_trainer_use(trainer, "best", .monitor = "test_accuracy");
    rn_trainer_use(trainer, "snapshot", .keep = 2);
    if (rn_snapshot_latest(folder, NULL, 0)) rn_trainer_resume(trainer, folder);
    sigaction(SIGINT, &(struct sigaction){ .sa_handler = interrupt }, NULL);
    rn_trainer_run(trainer);
    printf("test accuracy %.4f after %lld steps; see %s\n", rn_trainer_value(trainer, "test_accuracy"),
           (long long)rn_trainer_iteration(trainer), folder);
    const bool stopped = rn_trainer_stopped(trainer);

    rn_trainer_free(trainer);
    rn_iterator_free(test_batches);
    rn_iterator_free(batches);
    rn_optimizer_free(adam);
    rn_link_free(model);
    rn_dataset_free(test);
    rn_dataset_free(train);
    return rn_report_error(stderr) ? 1 : stopped ? 130 : 0;
}
