/* A variational autoencoder (Kingma & Welling 2014, arXiv:1312.6114): digits are squeezed into a few numbers that are
 * normally distributed, so that digits can be drawn from random numbers.
 *
 *     vae [--small] [FILE]
 *
 * writes a picture of drawn digits to FILE (vae.png). */
#include "../arguments.h"

#include <rensa.h>
#include <stdio.h>

typedef struct {
    rn_chain *chain;
    rn_link *hidden, *mean, *ln_var, *decoder;
    int64_t latent;
} vae;

static rn_tensor *loss(void *user, const rn_batch *b, rn_metrics *m)
{
    const vae *net = user;
    const double n = (double)b->count;
    rn_tensor *h = rn_tanh(rn_call(net->hidden, b->x));
    rn_tensor *mean = rn_call(net->mean, h), *ln_var = rn_call(net->ln_var, h);
    rn_tensor *z = rn_gaussian(mean, ln_var); /* a sample that gradients pass through */
    rn_tensor *reconstruction = rn_mul_scalar(rn_bernoulli_nll(b->x, rn_call(net->decoder, z)), 1 / n);
    rn_tensor *kl = rn_mul_scalar(rn_gaussian_kl_divergence(mean, ln_var), 1 / n);
    rn_metric(m, "reconstruction", reconstruction, n);
    rn_metric(m, "kl", kl, n);
    return rn_add(reconstruction, kl);
}

static void draw(const vae *net, const char *file)
{
    RN_TEST_MODE RN_SCOPE
    {
        rn_tensor *z = rn_normal(RN_SHAPE(64, net->latent));
        rn_tensor *x = rn_sigmoid(rn_call(net->decoder, z));
        if (rn_image_save(file, rn_reshape(x, RN_SHAPE(64, 1, 28, 28)))) printf("samples are in %s\n", file);
    }
}

int main(int argc, char **argv)
{
    bool small = false;
    const char *file = "vae.png";
    arguments(argc, argv, "vae [--small] [FILE]", &small, 1, &file);
    const int64_t units = small ? 128 : 500;

    rn_dataset *train = rn_dataset_mnist(RN_TRAIN, .flat = true);
    if (small) train = rn_dataset_subset(rn_dataset_pass(train), 0, 5000);

    rn_seed(1);
    vae net = { .chain = rn_chain_new(), .latent = small ? 8 : 20 };
    net.hidden = rn_chain_add(net.chain, "hidden", rn_linear_link(units));
    net.mean = rn_chain_add(net.chain, "mean", rn_linear_link(net.latent));
    net.ln_var = rn_chain_add(net.chain, "ln_var", rn_linear_link(net.latent));
    net.decoder = rn_chain_add(net.chain, "decoder", rn_mlp_link(RN_SHAPE(units, 784), .activation = "tanh"));

    rn_optimizer *adam = rn_adam(net.chain, .alpha = small ? 3e-3 : 1e-3);
    rn_iterator *batches = rn_iterator_new(train, 100, .shuffle = true, .seed = 1, .repeat = true);
    rn_trainer *trainer = rn_trainer_new(net.chain, adam, batches, loss, .user = &net, .epochs = small ? 4 : 50);
    rn_trainer_use(trainer, "print");
    rn_trainer_use(trainer, "progress");
    rn_trainer_run(trainer);
    printf("train loss %.2f nats per digit\n", rn_trainer_value(trainer, "train_loss"));
    draw(&net, file);

    rn_trainer_free(trainer);
    rn_iterator_free(batches);
    rn_optimizer_free(adam);
    rn_link_free(net.chain);
    rn_dataset_free(train);
    return rn_report_error(stderr);
}
