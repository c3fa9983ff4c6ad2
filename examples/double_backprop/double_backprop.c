/* A gradient of a gradient in a loss: the penalty of Gulrajani et al. 2017 (arXiv:1704.00028). A critic that has slope
 * 1 everywhere measures how far two distributions are from each other (Wasserstein distance). Here they are two clouds
 * of points in the plane of the same form, one moved by 3, so the distance is 3.
 *
 *     double_backprop [--small] */
#include "../arguments.h"

#include <rensa.h>
#include <stdio.h>

enum { BATCH = 256 };

static rn_tensor *critic(rn_chain *net, rn_tensor *x)
{
    rn_tensor *h = rn_tanh(rn_affine(net, "fc1", x, 64));
    h = rn_tanh(rn_affine(net, "fc2", h, 64));
    return rn_affine(net, "fc3", h, 1);
}

/* How far the slope of the critic is from 1 between the points of a and b. */
static rn_tensor *penalty(rn_chain *net, rn_tensor *a, rn_tensor *b)
{
    rn_tensor *x = rn_lerp(a, b, rn_uniform(RN_SHAPE(BATCH, 1))), *slope;
    rn_require_grad(x, true);
    rn_grad(RN_LIST(rn_sum(critic(net, x))), RN_LIST(x), .create_graph = true, .grads = &slope);
    return rn_mean(rn_square(rn_add_scalar(rn_norm(slope, .axes = RN_AXES(1)), -1)));
}

int main(int argc, char **argv)
{
    bool small = false;
    arguments(argc, argv, "double_backprop [--small]", &small, 0, NULL);
    const int64_t steps = small ? 400 : 4000, every = steps / 10;

    rn_seed(1);
    rn_chain *net = rn_chain_new();
    rn_optimizer *adam = rn_adam(net, .alpha = 2e-3, .beta1 = 0.5);

    for (int64_t step = 1; step <= steps && rn_ok(); step++) {
        RN_SCOPE
        {
            rn_tensor *a = rn_normal(RN_SHAPE(BATCH, 2));
            rn_tensor *b = rn_add(rn_normal(RN_SHAPE(BATCH, 2)), rn_array_f32(RN_SHAPE(2), 3, 0));
            rn_tensor *distance = rn_sub(rn_mean(critic(net, b)), rn_mean(critic(net, a)));
            rn_tensor *p = penalty(net, a, b);
            /* the weight of the penalty: what is left of it lets the slope, and so the distance, be 3 / 200 too large
             */
            rn_update(adam, rn_sub(rn_mul_scalar(p, 100), distance));
            if (step % every == 0)
                printf("step %lld: penalty %.4f, distance %.4f\n", (long long)step, rn_item(p), rn_item(distance));
        }
    }

    rn_optimizer_free(adam);
    rn_link_free(net);
    return rn_report_error(stderr);
}
