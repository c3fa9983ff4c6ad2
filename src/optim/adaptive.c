/* adagrad, adadelta, rmsprop, rmsprop_graves: rates for each element by the size of its past gradients. */
#include "base/error.h"
#include "nn/args.h"
#include "optim/optim.h"

/* What the texts may name; each uses some. `one_minus` is taken in double: 1 - 0.999 in f32 has four right digits. */
typedef struct {
    double rate, eps, decay, one_minus, eps_inside, momentum;
} numbers;
static const rn_opt rows[] = {
    RNI_SCALAR(numbers, rate),
    RNI_SCALAR(numbers, eps),
    RNI_SCALAR(numbers, decay),
    RNI_SCALAR(numbers, one_minus),
    RNI_SCALAR(numbers, eps_inside),
    RNI_SCALAR(numbers, momentum),
    { 0 },
};

static void adagrad_scalars(const rn_optimizer_scalars *s, void *opts)
{
    const rn_adagrad_args *a = s->args;
    *(numbers *)opts = (numbers){ .rate = s->rate, .eps = a->eps };
}

static void adadelta_scalars(const rn_optimizer_scalars *s, void *opts)
{
    const rn_adadelta_args *a = s->args;
    *(numbers *)opts = (numbers){ .rate = s->rate, .eps = a->eps, .decay = a->rho, .one_minus = 1 - a->rho };
}

static void rmsprop_scalars(const rn_optimizer_scalars *s, void *opts)
{
    const rn_rmsprop_args *a = s->args;
    *(numbers *)opts = (numbers){ .rate = s->rate,
                                  .decay = a->alpha,
                                  .one_minus = 1 - a->alpha,
                                  .eps = a->eps_inside ? 0 : a->eps,
                                  .eps_inside = a->eps_inside ? a->eps : 0 };
}

static void graves_scalars(const rn_optimizer_scalars *s, void *opts)
{
    const rn_rmsprop_graves_args *a = s->args;
    *(numbers *)opts = (numbers){
        .rate = s->rate, .decay = a->alpha, .one_minus = 1 - a->alpha, .eps = a->eps, .momentum = a->momentum
    };
}

static const rn_op adagrad_update =
    RNI_UPDATE_OP("update_adagrad", ", h", rows, sizeof(numbers), "h = h + g * g; p = p - rate * g / (sqrt(h) + eps)");
static const rn_op adadelta_update =
    RNI_UPDATE_OP("update_adadelta", ", msg, msd", rows, sizeof(numbers),
                  "msg = decay * msg + one_minus * g * g; d = sqrt((msd + eps) / (msg + eps)) * g; "
                  "msd = decay * msd + one_minus * d * d; p = p - rate * d");
static const rn_op rmsprop_update =
    RNI_UPDATE_OP("update_rmsprop", ", ms", rows, sizeof(numbers),
                  "ms = decay * ms + one_minus * g * g; p = p - rate * g / (sqrt(ms + eps_inside) + eps)");
/* The variance cannot be negative but for rounding. */
static const rn_op graves_update =
    RNI_UPDATE_OP("update_rmsprop_graves", ", ms, mg, d", rows, sizeof(numbers),
                  "ms = decay * ms + one_minus * g * g; mg = decay * mg + one_minus * g; "
                  "d = momentum * d - rate * g / sqrt(max(ms - mg * mg, 0) + eps); p = p + d");

#define MASTER(type) RN_OPT_BOOL(type, master_weights, "16-bit parameters are updated in an f32 copy")
#define EPS_HELP "keeps the divisor away from zero"

const rn_optimizer_type rni_optimizer_adagrad = {
    .name = "adagrad",
    .opts = (const rn_opt[]){ RN_OPT_F64(rn_adagrad_args, rate, 0.001, 0, 1e9, "learning rate"),
                              RN_OPT_F64(rn_adagrad_args, eps, 1e-8, 0, 1e9, EPS_HELP),
                              MASTER(rn_adagrad_args),
                              { 0 } },
    .args_size = sizeof(rn_adagrad_args),
    .rate = "rate",
    .states = "h",
    .update = &adagrad_update,
    .scalars = adagrad_scalars,
    .doc = { .brief = "AdaGrad.",
             .formula = "h += g^2;  p -= rate * g / (sqrt(h) + eps)",
             .source = "Duchi, Hazan & Singer 2011",
             .since = "0.1" },
};

const rn_optimizer_type rni_optimizer_adadelta = {
    .name = "adadelta",
    .opts = (const rn_opt[]){ RN_OPT_F64(rn_adadelta_args, rate, 1, 0, 1e9, "learning rate"),
                              RN_OPT_F64(rn_adadelta_args, rho, 0.95, 0, 1, "decay of the averages"),
                              RN_OPT_F64(rn_adadelta_args, eps, 1e-6, 0, 1e9, EPS_HELP),
                              MASTER(rn_adadelta_args),
                              { 0 } },
    .args_size = sizeof(rn_adadelta_args),
    .rate = "rate",
    .states = "msg, msd",
    .update = &adadelta_update,
    .scalars = adadelta_scalars,
    .doc = { .brief = "AdaDelta.",
             .formula = "msg = rho * msg + (1 - rho) * g^2;  d = sqrt((msd + eps) / (msg + eps)) * g;  "
                        "msd = rho * msd + (1 - rho) * d^2;  p -= rate * d",
             .source = "Zeiler 2012, arXiv:1212.5701",
             .since = "0.1" },
};

const rn_optimizer_type rni_optimizer_rmsprop = {
    .name = "rmsprop",
    .opts = (const rn_opt[]){ RN_OPT_F64(rn_rmsprop_args, rate, 0.01, 0, 1e9, "learning rate"),
                              RN_OPT_F64(rn_rmsprop_args, alpha, 0.99, 0, 1, "decay of the average"),
                              RN_OPT_F64(rn_rmsprop_args, eps, 1e-8, 0, 1e9, EPS_HELP),
                              RN_OPT_BOOL(rn_rmsprop_args, eps_inside, "eps is added under the root"),
                              MASTER(rn_rmsprop_args),
                              { 0 } },
    .args_size = sizeof(rn_rmsprop_args),
    .rate = "rate",
    .states = "ms",
    .update = &rmsprop_update,
    .scalars = rmsprop_scalars,
    .doc = { .brief = "RMSprop.",
             .formula = "ms = alpha * ms + (1 - alpha) * g^2;  p -= rate * g / (sqrt(ms) + eps)",
             .source = "Tieleman & Hinton 2012",
             .since = "0.1" },
};

const rn_optimizer_type rni_optimizer_rmsprop_graves = {
    .name = "rmsprop_graves",
    .opts = (const rn_opt[]){ RN_OPT_F64(rn_rmsprop_graves_args, rate, 1e-4, 0, 1e9, "learning rate"),
                              RN_OPT_F64(rn_rmsprop_graves_args, alpha, 0.95, 0, 1, "decay of the averages"),
                              RN_OPT_F64(rn_rmsprop_graves_args, momentum, 0.9, 0, 1,
                                         "share of the last step that is taken again"),
                              RN_OPT_F64(rn_rmsprop_graves_args, eps, 1e-4, 0, 1e9, EPS_HELP),
                              MASTER(rn_rmsprop_graves_args),
                              { 0 } },
    .args_size = sizeof(rn_rmsprop_graves_args),
    .rate = "rate",
    .states = "ms, mg, d",
    .update = &graves_update,
    .scalars = graves_scalars,
    .doc = { .brief = "RMSprop by the variance of the gradients, with momentum.",
             .formula = "ms = alpha * ms + (1 - alpha) * g^2;  mg = alpha * mg + (1 - alpha) * g;  "
                        "d = momentum * d - rate * g / sqrt(ms - mg^2 + eps);  p += d",
             .source = "Graves 2013, arXiv:1308.0850",
             .since = "0.1" },
};

rn_optimizer *rn_adagrad_at(const rn_adagrad_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_adagrad, args->model, args);
}

rn_optimizer *rn_adadelta_at(const rn_adadelta_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_adadelta, args->model, args);
}

rn_optimizer *rn_rmsprop_at(const rn_rmsprop_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_rmsprop, args->model, args);
}

rn_optimizer *rn_rmsprop_graves_at(const rn_rmsprop_graves_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_rmsprop_graves, args->model, args);
}
