/* sgd, momentum_sgd, nesterov: steps along the gradient, with or without a memory of earlier ones. */
#include "base/error.h"
#include "nn/args.h"
#include "optim/optim.h"

typedef struct {
    double rate, momentum;
} numbers;
static const rn_opt rows[] = { RNI_SCALAR(numbers, rate), RNI_SCALAR(numbers, momentum), { 0 } };

static void sgd_scalars(const rn_optimizer_scalars *s, void *opts)
{
    *(numbers *)opts = (numbers){ s->rate, 0 };
}

static void momentum_scalars(const rn_optimizer_scalars *s, void *opts)
{
    const rn_momentum_sgd_args *a = s->args;
    *(numbers *)opts = (numbers){ s->rate, a->momentum };
}

static const rn_op sgd_update = RNI_UPDATE_OP("update_sgd", "", rows, sizeof(numbers), "p = p - rate * g");
static const rn_op momentum_update =
    RNI_UPDATE_OP("update_momentum_sgd", ", v", rows, sizeof(numbers), "v = momentum * v - rate * g; p = p + v");
static const rn_op nesterov_update = RNI_UPDATE_OP("update_nesterov", ", v", rows, sizeof(numbers),
                                                   "v = momentum * v - rate * g; p = p + momentum * v - rate * g");

#define MASTER_HELP "16-bit parameters are updated in an f32 copy"

const rn_optimizer_type rni_optimizer_sgd = {
    .name = "sgd",
    .opts = (const rn_opt[]){ RN_OPT_F64(rn_sgd_args, rate, 0.01, 0, 1e9, "learning rate"),
                              RN_OPT_BOOL(rn_sgd_args, master_weights, MASTER_HELP),
                              { 0 } },
    .args_size = sizeof(rn_sgd_args),
    .rate = "rate",
    .update = &sgd_update,
    .scalars = sgd_scalars,
    .doc = { .brief = "Gradient descent.", .formula = "p -= rate * g", .since = "0.1" },
};

static const rn_opt momentum_opts[] = {
    RN_OPT_F64(rn_momentum_sgd_args, rate, 0.01, 0, 1e9, "learning rate"),
    RN_OPT_F64(rn_momentum_sgd_args, momentum, 0.9, 0, 1, "share of the last step that is taken again"),
    RN_OPT_BOOL(rn_momentum_sgd_args, master_weights, MASTER_HELP),
    { 0 },
};

const rn_optimizer_type rni_optimizer_momentum_sgd = {
    .name = "momentum_sgd",
    .opts = momentum_opts,
    .args_size = sizeof(rn_momentum_sgd_args),
    .rate = "rate",
    .states = "v",
    .update = &momentum_update,
    .scalars = momentum_scalars,
    .doc = { .brief = "Gradient descent with momentum.",
             .formula = "v = momentum * v - rate * g;  p += v",
             .source = "Polyak 1964",
             .since = "0.1" },
};

const rn_optimizer_type rni_optimizer_nesterov = {
    .name = "nesterov",
    .opts = momentum_opts,
    .args_size = sizeof(rn_momentum_sgd_args),
    .rate = "rate",
    .states = "v",
    .update = &nesterov_update,
    .scalars = momentum_scalars,
    .doc = { .brief = "Nesterov's accelerated gradient.",
             .formula = "v = momentum * v - rate * g;  p += momentum * v - rate * g",
             .source = "Bengio, Boulanger-Lewandowski & Pascanu 2013, arXiv:1212.0901",
             .since = "0.1" },
};

rn_optimizer *rn_sgd_at(const rn_sgd_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_sgd, args->model, args);
}

rn_optimizer *rn_momentum_sgd_at(const rn_momentum_sgd_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_momentum_sgd, args->model, args);
}

rn_optimizer *rn_nesterov_at(const rn_nesterov_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_nesterov, args->model, args);
}
