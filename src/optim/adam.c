/* adam, adamw, lion: averages of the gradient and its square. */
#include "base/error.h"
#include "nn/args.h"
#include "optim/optim.h"

#include <math.h>

/* c1 = 1 - beta1, c2 = 1 - beta2; step = rate / (1 - beta1^t); root = 1 / sqrt(1 - beta2^t); decay = rate *
 * weight_decay. All in double on the host: only their values are rounded to the type that the update computes in. */
typedef struct {
    double c1, c2, step, root, eps, decay;
} adam_numbers;
static const rn_opt adam_rows[] = {
    RNI_SCALAR(adam_numbers, c1),
    RNI_SCALAR(adam_numbers, c2),
    RNI_SCALAR(adam_numbers, step),
    RNI_SCALAR(adam_numbers, root),
    RNI_SCALAR(adam_numbers, eps),
    RNI_SCALAR(adam_numbers, decay),
    { 0 },
};

/* 1 - beta^t without cancellation for beta near 1. */
static double one_minus_power(double beta, int64_t t)
{
    return -expm1((double)t * log(beta));
}

static void adam_scalars(const rn_optimizer_scalars *s, void *opts)
{
    const rn_adam_args *a = s->args;
    *(adam_numbers *)opts = (adam_numbers){ .c1 = 1 - a->beta1,
                                            .c2 = 1 - a->beta2,
                                            .step = s->rate / one_minus_power(a->beta1, s->t),
                                            .root = 1 / sqrt(one_minus_power(a->beta2, s->t)),
                                            .eps = a->eps,
                                            .decay = s->decays ? s->rate * a->weight_decay : 0 };
}

#define AVERAGES "m = m + c1 * (g - m); v = v + c2 * (g * g - v); "

static const rn_op adam_update = RNI_UPDATE_OP("update_adam", ", m, v", adam_rows, sizeof(adam_numbers),
                                               AVERAGES "p = p - decay * p - step * m / (sqrt(v) * root + eps)");
static const rn_op amsgrad_update =
    RNI_UPDATE_OP("update_amsgrad", ", m, v, vmax", adam_rows, sizeof(adam_numbers),
                  AVERAGES "vmax = max(vmax, v); p = p - decay * p - step * m / (sqrt(vmax) * root + eps)");

#define ADAM_OPTS(weight_decay_default)                                                                                \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_F64(rn_adam_args, alpha, 1e-3, 0, 1e9, "learning rate"),                                                \
            RN_OPT_F64(rn_adam_args, beta1, 0.9, 0, 1, "decay of the average of gradients"),                           \
            RN_OPT_F64(rn_adam_args, beta2, 0.999, 0, 1, "decay of the average of their squares"),                     \
            RN_OPT_F64(rn_adam_args, eps, 1e-8, 0, 1e9, "added to the root of that average"),                          \
            RN_OPT_F64(rn_adam_args, weight_decay, weight_decay_default, 0, 1e9,                                       \
                       "share of the parameter, times the rate, that each step takes away"),                           \
            RN_OPT_BOOL(rn_adam_args, amsgrad, "divides by the largest average so far"),                               \
            RN_OPT_BOOL(rn_adam_args, master_weights, "16-bit parameters are updated in an f32 copy"),                 \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define ADAM_FORMULA                                                                                                   \
    "m = beta1 * m + (1 - beta1) * g;  v = beta2 * v + (1 - beta2) * g^2;  p -= alpha * weight_decay * p;  "           \
    "p -= alpha * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)"

static const rn_optimizer_type amsgrad = {
    .name = "adam",
    .opts = ADAM_OPTS(0),
    .args_size = sizeof(rn_adam_args),
    .rate = "alpha",
    .states = "m, v, vmax",
    .update = &amsgrad_update,
    .scalars = adam_scalars,
    .doc = { .brief = "Adam that divides by the largest average of squares so far.",
             .source = "Reddi, Kale & Kumar 2018, arXiv:1904.09237",
             .since = "0.1" },
};

static const rn_optimizer_type *adam_variant(const void *args)
{
    return ((const rn_adam_args *)args)->amsgrad ? &amsgrad : NULL;
}

const rn_optimizer_type rni_optimizer_adam = {
    .name = "adam",
    .opts = ADAM_OPTS(0),
    .args_size = sizeof(rn_adam_args),
    .rate = "alpha",
    .states = "m, v",
    .update = &adam_update,
    .scalars = adam_scalars,
    .variant = adam_variant,
    .doc = { .brief = "Adam; with weight_decay, AdamW.",
             .formula = ADAM_FORMULA,
             .source = "Kingma & Ba 2015, arXiv:1412.6980",
             .since = "0.1" },
};

const rn_optimizer_type rni_optimizer_adamw = {
    .name = "adamw",
    .opts = ADAM_OPTS(0.01),
    .args_size = sizeof(rn_adam_args),
    .rate = "alpha",
    .states = "m, v",
    .update = &adam_update,
    .scalars = adam_scalars,
    .variant = adam_variant,
    .doc = { .brief = "Adam with weight decay that does not pass through the averages.",
             .formula = ADAM_FORMULA,
             .source = "Loshchilov & Hutter 2019, arXiv:1711.05101",
             .since = "0.1" },
};

/* ---- lion ---- */

typedef struct {
    double rate, beta1, c1, beta2, c2, decay;
} lion_numbers;
static const rn_opt lion_rows[] = {
    RNI_SCALAR(lion_numbers, rate),
    RNI_SCALAR(lion_numbers, beta1),
    RNI_SCALAR(lion_numbers, c1),
    RNI_SCALAR(lion_numbers, beta2),
    RNI_SCALAR(lion_numbers, c2),
    RNI_SCALAR(lion_numbers, decay),
    { 0 },
};

static void lion_scalars(const rn_optimizer_scalars *s, void *opts)
{
    const rn_lion_args *a = s->args;
    *(lion_numbers *)opts = (lion_numbers){ .rate = s->rate,
                                            .beta1 = a->beta1,
                                            .c1 = 1 - a->beta1,
                                            .beta2 = a->beta2,
                                            .c2 = 1 - a->beta2,
                                            .decay = s->decays ? s->rate * a->weight_decay : 0 };
}

static const rn_op lion_update =
    RNI_UPDATE_OP("update_lion", ", m", lion_rows, sizeof(lion_numbers),
                  "p = p - decay * p - rate * sign(beta1 * m + c1 * g); m = beta2 * m + c2 * g");

const rn_optimizer_type rni_optimizer_lion = {
    .name = "lion",
    .opts = (const rn_opt[]){ RN_OPT_F64(rn_lion_args, rate, 1e-4, 0, 1e9, "learning rate"),
                              RN_OPT_F64(rn_lion_args, beta1, 0.9, 0, 1, "share of the average in the direction"),
                              RN_OPT_F64(rn_lion_args, beta2, 0.99, 0, 1, "decay of the average"),
                              RN_OPT_F64(rn_lion_args, weight_decay, 0, 0, 1e9,
                                         "share of the parameter, times the rate, that each step takes away"),
                              RN_OPT_BOOL(rn_lion_args, master_weights, "16-bit parameters are updated in an f32 copy"),
                              { 0 } },
    .args_size = sizeof(rn_lion_args),
    .rate = "rate",
    .states = "m",
    .update = &lion_update,
    .scalars = lion_scalars,
    .doc = { .brief = "Steps of equal size in the direction of an average.",
             .formula =
                 "p -= rate * (sign(beta1 * m + (1 - beta1) * g) + weight_decay * p);  m = beta2 * m + (1 - beta2) * g",
             .source = "Chen et al. 2023, arXiv:2302.06675",
             .since = "0.1" },
};

rn_optimizer *rn_adam_at(const rn_adam_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_adam, args->model, args);
}

rn_optimizer *rn_adamw_at(const rn_adamw_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_adamw, args->model, args);
}

rn_optimizer *rn_lion_at(const rn_lion_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_optimizer_new_at(&args->site, &rni_optimizer_lion, args->model, args);
}
