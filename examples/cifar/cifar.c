/* Colour pictures in ten classes: a residual network (He et al. 2016, arXiv:1512.03385) and VGG (Simonyan & Zisserman
 * 2015, arXiv:1409.1556) with batch normalisation, both in the short form: parameters are found by name in a chain.
 *
 *     cifar [resnet | vgg] [--small]
 *
 * CIFAR-10 comes from $RENSA_DATA, the user's cache or a download. */
#include "../arguments.h"

#include <rensa.h>
#include <stdio.h>
#include <string.h>

static int64_t width = 16, blocks = 3; /* of the residual network: 6 * blocks + 2 layers */

static rn_tensor *conv_norm(rn_chain *scope, const char *name, rn_tensor *x, int64_t out, int64_t kernel,
                            int64_t stride)
{
    rn_chain *c = rn_chain_get(scope, name);
    rn_tensor *h = rn_convolution(c, "conv", x, out, kernel, .stride = { stride, stride },
                                  .pad = { kernel / 2, kernel / 2 }, .no_bias = true, .w_init = rn_init_he_normal());
    return rn_batch_normalization(c, "norm", h);
}

static rn_tensor *residual(rn_chain *scope, rn_tensor *x, int64_t out, int64_t stride)
{
    rn_tensor *h = rn_relu(conv_norm(scope, "a", x, out, 3, stride));
    h = conv_norm(scope, "b", h, out, 3, 1);
    if (stride != 1) x = conv_norm(scope, "shortcut", x, out, 1, stride);
    return rn_relu(rn_add(h, x));
}

static rn_tensor *resnet(rn_chain *model, rn_tensor *x)
{
    rn_tensor *h = rn_relu(conv_norm(model, "stem", x, width, 3, 1));
    for (int stage = 0; stage < 3; stage++)
        for (int i = 0; i < blocks; i++) {
            char name[32];
            snprintf(name, sizeof name, "stage%d_%d", stage, i);
            h = residual(rn_chain_get(model, name), h, width << stage, stage > 0 && i == 0 ? 2 : 1);
        }
    return rn_affine(model, "fc", rn_global_average_pool(h), 10);
}

static rn_tensor *vgg(rn_chain *model, rn_tensor *x)
{
    static const int plan[] = { 4, 0, 8, 0, 16, 16, 0, 32, 32, 0, 32, 32, 0 }; /* channels / width; 0 halves the size */
    rn_tensor *h = x;
    for (size_t i = 0; i < RN_COUNTOF(plan); i++) {
        char name[32];
        snprintf(name, sizeof name, "layer%zu", i);
        h = plan[i] ? rn_relu(conv_norm(model, name, h, plan[i] * width, 3, 1)) : rn_max_pool2d(h, 2);
    }
    return rn_affine(model, "fc", rn_dropout(h), 10);
}

typedef struct {
    rn_chain *model;
    rn_tensor *(*forward)(rn_chain *model, rn_tensor *x);
} network;

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    const network *net = user;
    rn_tensor *y = net->forward(net->model, b->x);
    rn_metric(m, "accuracy", rn_accuracy(y, b->t), (double)b->count);
    return rn_softmax_cross_entropy(y, b->t);
}

int main(int argc, char **argv)
{
    bool small = false;
    const char *usage = "cifar [resnet | vgg] [--small]", *kind = "resnet";
    arguments(argc, argv, usage, &small, 1, &kind);
    const bool is_vgg = strcmp(kind, "vgg") == 0;
    if (!is_vgg && strcmp(kind, "resnet") != 0) refuse(kind, usage);
    network net = { rn_chain_new(), is_vgg ? vgg : resnet };

    rn_dataset *train = rn_dataset_cifar10(RN_TRAIN), *test = rn_dataset_cifar10(RN_TEST);
    if (small) {
        train = rn_dataset_subset(rn_dataset_pass(train), 0, 960);
        test = rn_dataset_subset(rn_dataset_pass(test), 0, 200);
        width = net.forward == vgg ? 2 : 8;
        blocks = 1;
    }
    rn_dataset *test_data = rn_dataset_normalize(test, .like = train); /* by the means of the training set */
    rn_dataset *train_data = rn_dataset_augment(rn_dataset_pass(rn_dataset_normalize(train)),
                                                RN_STEPS(RN_STEP_CROP(.pad = 4), RN_STEP_FLIP(.x = 1)), .seed = 1);
    const int64_t epochs = small ? 2 : 160;
    rn_iterator *batches = rn_iterator_new(train_data, small ? 32 : 128, .shuffle = true, .seed = 1, .repeat = true);
    rn_iterator *test_batches = rn_iterator_new(test_data, 100);

    rn_optimizer *sgd = rn_momentum_sgd(net.model, .rate = net.forward == vgg ? 0.02 : 0.1);
    rn_hook_weight_decay(sgd, 1e-4);
    rn_optimizer_set_schedule(sgd, rn_schedule_multistep(.at = { 80, 120 }, .gamma = 0.1, .unit = "epoch"));

    rn_trainer *trainer = rn_trainer_new(net.model, sgd, batches, loss, .user = &net, .epochs = epochs);
    rn_trainer_use(trainer, "evaluate", .batches = test_batches);
    rn_trainer_use(trainer, "print");
    rn_trainer_use(trainer, "progress");
    rn_trainer_run(trainer);
    rn_link_print(stdout, net.model);
    printf("%s: train loss %.4f, test accuracy %.4f\n", net.forward == vgg ? "vgg" : "resnet",
           rn_trainer_value(trainer, "train_loss"), rn_trainer_value(trainer, "test_accuracy"));

    rn_trainer_free(trainer);
    rn_optimizer_free(sgd);
    rn_iterator_free(test_batches);
    rn_iterator_free(batches);
    rn_dataset_free(train_data);
    rn_dataset_free(test_data);
    rn_dataset_free(test);
    rn_dataset_free(train);
    rn_link_free(net.model);
    return rn_report_error(stderr);
}
