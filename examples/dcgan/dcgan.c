/* A generative adversarial network of convolutions (Radford et al. 2016, arXiv:1511.06434): one network makes pictures
 * out of noise, the other tells them from real ones, and each has an optimizer of its own.
 *
 *     dcgan [--small] [FILE]
 *
 * writes a picture of what was made to FILE (dcgan.png). */
#include "../arguments.h"

#include <rensa.h>
#include <stdio.h>

enum { NOISE = 64 };

static int64_t width = 64;

static rn_tensor *generate(rn_chain *g, int64_t n)
{
    rn_tensor *h = rn_affine(g, "fc", rn_normal(RN_SHAPE(n, NOISE)), width * 2 * 7 * 7, .no_bias = true);
    h = rn_reshape(h, RN_SHAPE(n, width * 2, 7, 7));
    h = rn_relu(rn_batch_normalization(g, "norm1", h));
    h = rn_deconvolution(g, "up1", h, width, 4, .stride = { 2, 2 }, .pad = { 1, 1 }, .no_bias = true);
    h = rn_relu(rn_batch_normalization(g, "norm2", h));
    h = rn_deconvolution(g, "up2", h, 1, 4, .stride = { 2, 2 }, .pad = { 1, 1 });
    return rn_sigmoid(h);
}

static rn_tensor *judge(rn_chain *d, rn_tensor *x)
{
    rn_tensor *h = rn_convolution(d, "down1", x, width, 4, .stride = { 2, 2 }, .pad = { 1, 1 });
    h = rn_leaky_relu(h);
    h = rn_convolution(d, "down2", h, width * 2, 4, .stride = { 2, 2 }, .pad = { 1, 1 }, .no_bias = true);
    h = rn_leaky_relu(rn_batch_normalization(d, "norm", h));
    return rn_affine(d, "fc", h, 1); /* above 0: real */
}

int main(int argc, char **argv)
{
    bool small = false;
    const char *file = "dcgan.png";
    arguments(argc, argv, "dcgan [--small] [FILE]", &small, 1, &file);
    const int64_t batch = small ? 32 : 64, steps = small ? 60 : 10000, every = small ? 20 : 100;
    if (small) width = 8;

    rn_dataset *digits = rn_dataset_mnist(RN_TRAIN);
    rn_iterator *batches =
        rn_iterator_new(digits, batch, .shuffle = true, .seed = 1, .repeat = true, .drop_last = true);
    rn_seed(1);
    rn_chain *g = rn_chain_new(), *d = rn_chain_new();
    rn_optimizer *g_adam = rn_adam(g, .alpha = small ? 2e-3 : 2e-4, .beta1 = 0.5);
    rn_optimizer *d_adam = rn_adam(d, .alpha = 2e-4, .beta1 = 0.5);

    double g_sum = 0, d_sum = 0;
    rn_batch *b = NULL;
    for (int64_t step = 1; step <= steps && (b = rn_next(batches)) != NULL; step++) {
        rn_tensor *g_loss, *d_loss;
        RN_SCOPE
        {
            rn_tensor *made = generate(g, b->count);
            rn_tensor *on_made = judge(d, rn_detach(made)), *on_real = judge(d, b->x);
            /* -log(sigmoid(real)) - log(1 - sigmoid(made)); its gradient ends at the pictures */
            d_loss = rn_keep(rn_add(rn_mean(rn_softplus(rn_neg(on_real))), rn_mean(rn_softplus(on_made))));
            rn_update(d_adam, d_loss);
            g_loss = rn_keep(rn_mean(rn_softplus(rn_neg(judge(d, made))))); /* passes through d, changes g only */
            rn_update(g_adam, g_loss);
        }
        g_sum += rn_item(g_loss);
        d_sum += rn_item(d_loss);
        rn_drop(g_loss);
        rn_drop(d_loss);
        if (step % every != 0) continue;
        printf("step %lld: generator %.4f, discriminator %.4f\n", (long long)step, g_sum / (double)every,
               d_sum / (double)every);
        g_sum = d_sum = 0;
    }

    RN_TEST_MODE RN_SCOPE
    {
        rn_tensor *made = generate(g, 64);
        printf("mean brightness %.4f, of digits %.4f\n", rn_item(rn_mean(made)),
               rn_item(rn_mean(rn_dataset_rows(digits, "x", 0, 256))));
        if (rn_image_save(file, made)) printf("samples are in %s\n", file);
    }

    rn_optimizer_free(d_adam);
    rn_optimizer_free(g_adam);
    rn_link_free(d);
    rn_link_free(g);
    rn_iterator_free(batches);
    rn_dataset_free(digits);
    return rn_report_error(stderr);
}
