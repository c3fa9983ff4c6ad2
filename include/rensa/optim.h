/* Optimizers: what turns gradients into new parameters, with hooks on gradients and schedules of the learning rate.
 *
 *     rn_optimizer *adam = rn_adam(model, .alpha = 1e-3);
 *     rn_hook_weight_decay(adam, 1e-4);
 *     rn_optimizer_set_schedule(adam, rn_schedule_cosine(.until = 100, .unit = "epoch"));
 *     ...
 *     rn_update(adam, loss);      // gradient, hooks, update: recorded, computed when somebody looks
 *
 * All parameters of one element type, rate factor, decay switch and age are updated by one recorded call. What a rate
 * or an age is does not matter to compiled plans: a training step is compiled once. Parameters that the loss was not
 * computed from are left as they are, and so is their state; rn_optimizer_visit counts. The update happens in the
 * parameters' own memory if nothing that was computed from the old values can be looked at any more, and in a second
 * buffer otherwise: let the scope of the forward pass end before looking at the loss to save it. Thread-safety: one
 * thread at a time uses an optimizer and trains its model. */
#ifndef RENSA_OPTIM_H
#define RENSA_OPTIM_H

#include <rensa/nn.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rn_optimizer rn_optimizer;
typedef struct rn_schedule rn_schedule;

/* ---- training steps ---- */

typedef struct rn_update_args {
    rn_optimizer *optimizer;
    rn_tensor *loss; /* of one element */
    rn_site site;
    bool keep_history; /* loss can be differentiated again afterwards */
} rn_update_args;
/** One training step: gradient of loss by the parameters that train (not kept), hooks, update. Only records. loss keeps
 * its value, but its history is given up. With rn_optimizer_set_accumulate(k) the first k-1 calls only collect. Errors:
 * those of rn_grad; STATE if loss was computed from none of the parameters that train, or before their last update. */
RN_API bool rn_update_at(const rn_update_args *args);
#define rn_update(...) rn_update_at(&(rn_update_args){ __VA_ARGS__, .site = RN_SITE(rn_update_args) })

/** The same by hand: forgets the gradients of all parameters of a tree; rn_backward(loss) adds to them; then a step
 * (rn_optimizer_step) with the gradients that parameters have. They stay until rn_clear_grads. */
RN_API void rn_clear_grads(rn_link *link);
/** A step with the gradients that parameters have (rn_grad_of): hooks and update, recorded. Errors: STATE if no
 * parameter that trains has a gradient. */
RN_API bool rn_optimizer_step_at(const rn_site *site, rn_optimizer *optimizer);
#define rn_optimizer_step(optimizer) rn_optimizer_step_at(RN_HERE, optimizer)

/** Steps are made of k calls of rn_update each, with the mean of their gradients (1: each call is a step). */
RN_API bool rn_optimizer_set_accumulate(rn_optimizer *optimizer, int64_t k);
/** Factor that the caller has put on the loss (mixed precision); gradients are divided by it before hooks see them. */
RN_API void rn_optimizer_set_loss_scale(rn_optimizer *optimizer, double scale);

typedef struct rn_optimizer_scale_loss_args {
    rn_optimizer *optimizer;
    rn_site site;
    double scale;     /* 65536: the first one */
    double factor;    /* 2: by which it grows and falls */
    int64_t interval; /* 2000: after so many good steps it grows */
    bool fixed;       /* it neither grows nor falls */
} rn_optimizer_scale_loss_args;
/** Loss scaling, for gradients in f16: rn_update takes the gradient of the loss times a scale, and divides it by that
 * before hooks see it. A step whose gradient is not finite is skipped: parameters, states, ages, the number of steps
 * and the running statistics of links stay; the scale falls. Inside the plan: nothing is compiled for another scale.
 * Errors: ARG for numbers out of range; a later call STATE, once 200 steps in a row are skipped. */
RN_API bool rn_optimizer_scale_loss_at(const rn_optimizer_scale_loss_args *args);
#define rn_optimizer_scale_loss(...)                                                                                   \
    rn_optimizer_scale_loss_at(                                                                                        \
        &(rn_optimizer_scale_loss_args){ __VA_ARGS__, .site = RN_SITE(rn_optimizer_scale_loss_args) })
/** The loss times the scale, for gradients by hand (rn_backward, rn_optimizer_step); loss itself without scaling. */
RN_API rn_tensor *rn_scaled_loss_at(const rn_site *site, rn_optimizer *optimizer, rn_tensor *loss);
#define rn_scaled_loss(optimizer, loss) rn_scaled_loss_at(RN_HERE, optimizer, loss)
/** Whether there is loss scaling. */
RN_API bool rn_optimizer_scales_loss(const rn_optimizer *optimizer);
/** The scale that the next step will use; 1 without scaling. */
RN_API double rn_optimizer_loss_scale(const rn_optimizer *optimizer);
/** Steps skipped so far. */
RN_API int64_t rn_optimizer_skipped(const rn_optimizer *optimizer);

RN_API void rn_optimizer_free(rn_optimizer *optimizer); /**< NULL is fine; the model stays */
/** The model that is trained. Borrowed; NULL for NULL. */
RN_API rn_link *rn_optimizer_model(const rn_optimizer *optimizer);
RN_API const char *rn_optimizer_name(const rn_optimizer *optimizer); /**< "adam" */
/** Steps made so far. */
RN_API int64_t rn_optimizer_steps(const rn_optimizer *optimizer);

/* ---- the optimizers ----
 *
 * p parameter, g gradient, t age: number of updates of the parameter, from 1. `rate` (alpha in the Adam family) is what
 * a schedule multiplies. master_weights: 16-bit parameters are updated in an f32 copy, which is state of the optimizer.
 * State is f32 for 16-bit parameters, else of the parameter's type. All own: rn_optimizer_free. The model may not have
 * its parameters yet; it is held until then. */

typedef struct rn_sgd_args {
    rn_link *model;
    rn_site site;
    double rate; /* 0.01 */
    bool master_weights;
} rn_sgd_args;
/** p -= rate * g */
RN_API rn_optimizer *rn_sgd_at(const rn_sgd_args *args);
#define rn_sgd(...) rn_sgd_at(&(rn_sgd_args){ __VA_ARGS__, .site = RN_SITE(rn_sgd_args) })

typedef struct rn_momentum_sgd_args {
    rn_link *model;
    rn_site site;
    double rate;     /* 0.01 */
    double momentum; /* 0.9 */
    bool master_weights;
} rn_momentum_sgd_args;
/** v = momentum * v - rate * g;  p += v */
RN_API rn_optimizer *rn_momentum_sgd_at(const rn_momentum_sgd_args *args);
#define rn_momentum_sgd(...)                                                                                           \
    rn_momentum_sgd_at(&(rn_momentum_sgd_args){ __VA_ARGS__, .site = RN_SITE(rn_momentum_sgd_args) })

typedef rn_momentum_sgd_args rn_nesterov_args;
/** v = momentum * v - rate * g;  p += momentum * v - rate * g  (Bengio et al. 2013, arXiv:1212.0901, eq. 7) */
RN_API rn_optimizer *rn_nesterov_at(const rn_nesterov_args *args);
#define rn_nesterov(...) rn_nesterov_at(&(rn_nesterov_args){ __VA_ARGS__, .site = RN_SITE(rn_nesterov_args) })

typedef struct rn_adagrad_args {
    rn_link *model;
    rn_site site;
    double rate; /* 0.001 */
    double eps;  /* 1e-8 */
    bool master_weights;
} rn_adagrad_args;
/** h += g^2;  p -= rate * g / (sqrt(h) + eps)  (Duchi, Hazan & Singer 2011) */
RN_API rn_optimizer *rn_adagrad_at(const rn_adagrad_args *args);
#define rn_adagrad(...) rn_adagrad_at(&(rn_adagrad_args){ __VA_ARGS__, .site = RN_SITE(rn_adagrad_args) })

typedef struct rn_adadelta_args {
    rn_link *model;
    rn_site site;
    double rate; /* 1 */
    double rho;  /* 0.95 */
    double eps;  /* 1e-6 */
    bool master_weights;
} rn_adadelta_args;
/** msg = rho * msg + (1 - rho) * g^2;  d = sqrt((msd + eps) / (msg + eps)) * g;  msd = rho * msd + (1 - rho) * d^2;
 *  p -= rate * d  (Zeiler 2012, arXiv:1212.5701) */
RN_API rn_optimizer *rn_adadelta_at(const rn_adadelta_args *args);
#define rn_adadelta(...) rn_adadelta_at(&(rn_adadelta_args){ __VA_ARGS__, .site = RN_SITE(rn_adadelta_args) })

typedef struct rn_rmsprop_args {
    rn_link *model;
    rn_site site;
    double rate;     /* 0.01 */
    double alpha;    /* 0.99 */
    double eps;      /* 1e-8 */
    bool eps_inside; /* of the root */
    bool master_weights;
} rn_rmsprop_args;
/** ms = alpha * ms + (1 - alpha) * g^2;  p -= rate * g / (sqrt(ms) + eps), or / sqrt(ms + eps)  (Tieleman & Hinton
 * 2012) */
RN_API rn_optimizer *rn_rmsprop_at(const rn_rmsprop_args *args);
#define rn_rmsprop(...) rn_rmsprop_at(&(rn_rmsprop_args){ __VA_ARGS__, .site = RN_SITE(rn_rmsprop_args) })

typedef struct rn_rmsprop_graves_args {
    rn_link *model;
    rn_site site;
    double rate;     /* 1e-4 */
    double alpha;    /* 0.95 */
    double momentum; /* 0.9 */
    double eps;      /* 1e-4 */
    bool master_weights;
} rn_rmsprop_graves_args;
/** ms = alpha * ms + (1 - alpha) * g^2;  mg = alpha * mg + (1 - alpha) * g;
 *  d = momentum * d - rate * g / sqrt(ms - mg^2 + eps);  p += d  (Graves 2013, arXiv:1308.0850) */
RN_API rn_optimizer *rn_rmsprop_graves_at(const rn_rmsprop_graves_args *args);
#define rn_rmsprop_graves(...)                                                                                         \
    rn_rmsprop_graves_at(&(rn_rmsprop_graves_args){ __VA_ARGS__, .site = RN_SITE(rn_rmsprop_graves_args) })

typedef struct rn_adam_args {
    rn_link *model;
    rn_site site;
    double alpha;        /* 1e-3: the rate */
    double beta1, beta2; /* 0.9, 0.999 */
    double eps;          /* 1e-8 */
    double weight_decay; /* 0: decoupled from the gradient (AdamW), times the rate; for parameters that decay */
    bool amsgrad;        /* divides by the largest v so far */
    bool master_weights;
} rn_adam_args;
/** m = beta1 * m + (1 - beta1) * g;  v = beta2 * v + (1 - beta2) * g^2;  p -= alpha * weight_decay * p;
 *  p -= alpha * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps): eps outside the root, after the correction.
 *  (Kingma & Ba 2015, arXiv:1412.6980; Loshchilov & Hutter 2019, arXiv:1711.05101; Reddi et al. 2018, arXiv:1904.09237)
 */
RN_API rn_optimizer *rn_adam_at(const rn_adam_args *args);
#define rn_adam(...) rn_adam_at(&(rn_adam_args){ __VA_ARGS__, .site = RN_SITE(rn_adam_args) })
typedef rn_adam_args rn_adamw_args;
/** rn_adam with .weight_decay = 0.01 unless given. */
RN_API rn_optimizer *rn_adamw_at(const rn_adamw_args *args);
#define rn_adamw(...) rn_adamw_at(&(rn_adamw_args){ __VA_ARGS__, .site = RN_SITE(rn_adamw_args) })

typedef struct rn_lion_args {
    rn_link *model;
    rn_site site;
    double rate;         /* 1e-4 */
    double beta1, beta2; /* 0.9, 0.99 */
    double weight_decay; /* 0: decoupled, times the rate */
    bool master_weights;
} rn_lion_args;
/** u = sign(beta1 * m + (1 - beta1) * g);  p -= rate * (u + weight_decay * p);  m = beta2 * m + (1 - beta2) * g
 *  (Chen et al. 2023, arXiv:2302.06675) */
RN_API rn_optimizer *rn_lion_at(const rn_lion_args *args);
#define rn_lion(...) rn_lion_at(&(rn_lion_args){ __VA_ARGS__, .site = RN_SITE(rn_lion_args) })

/** An optimizer by name and settings: rn_optimizer_make("adam", model, …). Errors: ARG with the nearest known name. */
RN_API rn_optimizer *rn_optimizer_make(const char *name, rn_link *model, const rn_setting *settings, int64_t n);

/* ---- the rate ---- */

/** The rate that the next step will use (the base rate times the schedule's factor). */
RN_API double rn_optimizer_rate(const rn_optimizer *optimizer);
/** Replaces the base rate (0 is a rate, too). Errors: ARG unless 0 <= rate <= 1e9. */
RN_API void rn_optimizer_set_rate(rn_optimizer *optimizer, double rate);
/** Where training stands, in epochs, for schedules by epoch; a trainer sets it before each step. Errors: ARG unless
 * finite. */
RN_API void rn_optimizer_set_epoch(rn_optimizer *optimizer, double epoch);
/** Takes the schedule over; NULL removes it. */
RN_API bool rn_optimizer_set_schedule(rn_optimizer *optimizer, rn_schedule *schedule);

/* A schedule is a factor f(t) on the base rate, t in steps made so far or in epochs (.unit = "epoch"). Owned until
 * given to an optimizer or another schedule. */
typedef struct rn_schedule_args {
    rn_site site;
    const char *unit;  /* "step" or "epoch" */
    double every;      /* step: length of a stair; cosine: period of restarts (0: none) */
    double gamma;      /* step, multistep, exponential: factor of a stair or per unit; inverse: slope */
    double power;      /* polynomial 1, inverse 0.75 */
    double until;      /* polynomial, cosine, linear: t where it ends */
    double start, end; /* warmup: first factor (0); polynomial, cosine, linear: last factor (0) */
    double at[16];     /* multistep: where stairs are; ends with the first 0 */
    double grow;       /* cosine: each period is so many times as long as the one before (1) */
    rn_schedule *then; /* warmup: what follows, on its own time; left out: constant. Taken over */
} rn_schedule_args;
/** f = 1 */
RN_API rn_schedule *rn_schedule_constant_at(const rn_schedule_args *args);
/** f = gamma^floor(t / every) */
RN_API rn_schedule *rn_schedule_step_at(const rn_schedule_args *args);
/** f = gamma^(number of .at that are <= t) */
RN_API rn_schedule *rn_schedule_multistep_at(const rn_schedule_args *args);
/** f = gamma^t */
RN_API rn_schedule *rn_schedule_exponential_at(const rn_schedule_args *args);
/** f = end + (1 - end) * (1 - min(t, until) / until)^power */
RN_API rn_schedule *rn_schedule_polynomial_at(const rn_schedule_args *args);
/** f = (1 + gamma * t)^-power */
RN_API rn_schedule *rn_schedule_inverse_at(const rn_schedule_args *args);
/** f = end + (1 - end) * (1 + cos(pi * min(t, until) / until)) / 2; with .every, restarts (Loshchilov & Hutter 2017) */
RN_API rn_schedule *rn_schedule_cosine_at(const rn_schedule_args *args);
/** f = start + (1 - start) * t / until while t < until, then that of `then` at t - until */
RN_API rn_schedule *rn_schedule_warmup_at(const rn_schedule_args *args);
#define RNI_SCHEDULE(name, ...)                                                                                        \
    rn_schedule_##name##_at(&(rn_schedule_args){ .site = RN_SITE(rn_schedule_args), __VA_ARGS__ })
#define rn_schedule_constant() rn_schedule_constant_at(&(rn_schedule_args){ .site = RN_SITE(rn_schedule_args) })
#define rn_schedule_step(...) RNI_SCHEDULE(step, __VA_ARGS__)
#define rn_schedule_multistep(...) RNI_SCHEDULE(multistep, __VA_ARGS__)
#define rn_schedule_exponential(...) RNI_SCHEDULE(exponential, __VA_ARGS__)
#define rn_schedule_polynomial(...) RNI_SCHEDULE(polynomial, __VA_ARGS__)
#define rn_schedule_inverse(...) RNI_SCHEDULE(inverse, __VA_ARGS__)
#define rn_schedule_cosine(...) RNI_SCHEDULE(cosine, __VA_ARGS__)
#define rn_schedule_warmup(...) RNI_SCHEDULE(warmup, __VA_ARGS__)
/** A schedule of your own: fn(user, t) is the factor. */
RN_API rn_schedule *rn_schedule_function(double (*fn)(void *user, double t), void *user, const char *unit);
/** By name and settings ("at" as "30,60"; "then" names a schedule without settings). */
RN_API rn_schedule *rn_schedule_make(const char *name, const rn_setting *settings, int64_t n);
/** Gives a schedule back that was not taken over. NULL is fine. */
RN_API void rn_schedule_free(rn_schedule *schedule);
/** The factor after `step` steps at `epoch` epochs. */
RN_API double rn_schedule_factor(const rn_schedule *schedule, double step, double epoch);

/* ---- hooks: what is done to the gradients before the update, in the order in which they were added ---- */

/** g += rate * p, for parameters that decay (rn_link_set_decay). */
RN_API bool rn_hook_weight_decay(rn_optimizer *optimizer, double rate);
/** g += rate * sign(p), for parameters that decay. */
RN_API bool rn_hook_lasso(rn_optimizer *optimizer, double rate);
/** g *= min(1, threshold / norm), norm being that of all gradients together. */
RN_API bool rn_hook_clip_norm(rn_optimizer *optimizer, double threshold);
/** g = min(max(g, low), high) */
RN_API bool rn_hook_clip_value(rn_optimizer *optimizer, double low, double high);
/** g += normal with variance eta / (1 + t)^gamma, t steps made so far (Neelakantan et al. 2015, arXiv:1511.06807; gamma
 * 0.55). */
RN_API bool rn_hook_noise(rn_optimizer *optimizer, double eta, double gamma);
/** g = r * (g + decay * p) for each parameter, r = threshold * |p| / (eps + |g| + decay * |p|), or threshold where p is
 *  zero (You, Gitman & Ginsburg 2017, arXiv:1708.03888). */
RN_API bool rn_hook_lars(rn_optimizer *optimizer, double threshold, double decay, double eps);

/* A hook as a row. `apply` may replace grad[i] by recording calls. */
typedef struct rn_hook_call {
    const double *args; /* of the hook, up to 4 */
    int64_t n, step;    /* parameters with a gradient; steps made so far */
    rn_tensor *const *param;
    rn_tensor **grad;
    const bool *decays; /* whether weight decay applies to it */
    double rate;
    rn_optimizer *optimizer;
} rn_hook_call;
typedef struct rn_hook {
    const char *name;
    const char *args; /* "rate", "low, high": names of the numbers, with defaults as "eta=1, gamma=0.55" */
    bool (*apply)(rn_hook_call *call);
    rn_doc doc;
} rn_hook;
/** Adds a hook; `hook` must stay valid. Errors: ARG for a missing number. */
RN_API bool rn_optimizer_add_hook(rn_optimizer *optimizer, const rn_hook *hook, const double *args);
/** Adds one of the hooks of rn_hook_at by its name, its numbers as settings. Errors: ARG with the nearest name of a
 * hook or number. */
RN_API bool rn_optimizer_make_hook(rn_optimizer *optimizer, const char *name, const rn_setting *settings, int64_t n);
RN_API const rn_hook *rn_hook_at(int i); /**< the i-th that the library has; NULL past the last */
/** The norm of all gradients that rn_hook_clip_norm found in the last step, before clipping; NULL before. Borrowed. */
RN_API rn_tensor *rn_optimizer_grad_norm(const rn_optimizer *optimizer);

/* ---- state ---- */

/** What must be saved to go on with the same bits, as tensors with names: "m/conv1/W", "t/conv1/W" (age),
 *  "steps", "rate", …. Tensors are borrowed during the visit. A visit that returns false ends it. */
typedef bool rn_state_visit(void *user, const char *name, rn_tensor *value);
/** Calls visit for each state there is. False if a visit returned false, or with an error pending. */
RN_API bool rn_optimizer_states(rn_optimizer *optimizer, rn_state_visit *visit, void *user);
/** Gives one of them back its value, also before the first step. Errors: ARG for a name that is not known, SHAPE,
 * DTYPE. */
RN_API bool rn_optimizer_set_state(rn_optimizer *optimizer, const char *name, rn_tensor *value);

typedef struct rn_optimizer_param {
    const char *name;
    rn_tensor *param;
    int64_t updates; /* its age t */
    int64_t missed;  /* steps in which the loss had not been computed from it */
    bool frozen;
} rn_optimizer_param;
typedef bool rn_optimizer_visit_fn(void *user, const rn_optimizer_param *p);
/** Calls visit for each parameter of the model, also those that are not there yet (param is NULL). A visit that returns
 * false ends it. Returns false if one did, or with an error pending. */
RN_API bool rn_optimizer_visit(rn_optimizer *optimizer, rn_optimizer_visit_fn *visit, void *user);

/* ---- rows, and optimizers of your own ---- */

/* Numbers that the update text uses are computed here, in double, from the options, the rate and the age. */
typedef struct rn_optimizer_scalars {
    const void *args; /* resolved options */
    double rate;      /* base rate * schedule * the parameter's factor */
    int64_t t;        /* age, from 1 */
    bool decays;
} rn_optimizer_scalars;

typedef struct rn_optimizer_type {
    const char *name;
    const rn_opt *opts; /* over the argument struct, which begins as rn_sgd_args does */
    size_t args_size;
    const char *rate;   /* name of the option that schedules multiply */
    const char *states; /* "m, v": one tensor per parameter each, zero at first */
    /* A function over lists (RN_MAP, RN_OP_LIST_OUT): inputs "p, g, <states>", outputs "p, <states>". */
    const rn_op *update;
    void (*scalars)(const rn_optimizer_scalars *s, void *opts); /* fills the options of `update` */
    /* Another row for these arguments (amsgrad has a state more); NULL: this one. May be NULL. */
    const struct rn_optimizer_type *(*variant)(const void *args);
    rn_doc doc;
} rn_optimizer_type;
/** An optimizer of a type, which must stay valid; args is its argument struct (NULL: defaults), copied. Owned. Errors:
 * ARG for an incomplete row, or options out of range. */
RN_API rn_optimizer *rn_optimizer_new_at(const rn_site *site, const rn_optimizer_type *type, rn_link *model,
                                         const void *args);
#define rn_optimizer_new(type, model, args) rn_optimizer_new_at(RN_HERE, type, model, args)
/** The type called `name`, NULL if there is none. Thread-safe: yes. */
RN_API const rn_optimizer_type *rn_optimizer_type_find(const char *name);
RN_API const rn_optimizer_type *rn_optimizer_type_at(int i); /**< NULL past the last */

#ifdef __cplusplus
}
#endif
#endif
