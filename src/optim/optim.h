/* Optimizers inside the library: what is kept per parameter, and recording one call for many parameters. */
#ifndef RNI_OPTIM_OPTIM_H
#define RNI_OPTIM_OPTIM_H

#include <rensa/optim.h>

#include "engine/step.h"
#include "nn/nn.h"

enum { RNI_STATES_MAX = 4, RNI_HOOK_ARGS_MAX = 4 };

/* One parameter. Cells come into being at its first update. */
typedef struct {
    rni_slot *slot; /* held */
    char *path;
    rn_tensor *state[RNI_STATES_MAX];
    rn_tensor *master; /* f32 copy of a 16-bit parameter */
    rn_tensor *sum;    /* of gradients, while they are collected over several calls */
    bool has_sum;      /* since the last step */
    bool stepped;      /* in a step that may turn out to be skipped */
    int64_t t, missed;
} rni_optim_param;

typedef struct rni_loss_scale rni_loss_scale;

typedef struct {
    const rn_hook *row;
    double args[RNI_HOOK_ARGS_MAX];
} rni_optim_hook;

struct rn_optimizer {
    const rn_optimizer_type *type;
    void *args;
    rn_link *model;
    rn_schedule *schedule;
    double rate; /* before the schedule */
    double epoch, loss_scale;
    int64_t steps, accumulate, collected;
    bool master_weights;
    int n_states;
    rni_optim_param *param;
    int64_t n_params;
    uint64_t version; /* of all trees, when the list was made */
    rni_optim_hook *hook;
    int64_t n_hooks, cap_hooks;
    rni_loss_scale *scaling; /* NULL: none */
    rn_tensor *norm;         /* state cell of what rn_hook_clip_norm found */
};

/* Brings the list of parameters up to date. */
bool rni_optim_refresh(rn_optimizer *o);
/* The name of state `i`: "m". */
bool rni_optim_state_name(const rn_optimizer_type *type, int i, char *buf, int size);
/* Type of the state of a parameter. */
rn_dtype rni_optim_dtype(const rn_tensor *param);

/* One call of a function over lists (RN_OP_LIST_OUT) for each combination of types that occurs: in[k][i] is input k of
 * group i. Groups where `mask` (may be NULL) is false are left alone. Sets out[k][i]. */
typedef struct {
    const rn_op *op;
    const void *opts;
    int n_in, n_out;
    rn_tensor *const *in[3 + RNI_STATES_MAX];
    rn_tensor **out[1 + RNI_STATES_MAX];
    int64_t n;
    const bool *mask;
    const rn_site *site;
    /* Writes `opts` as they are in a later step; NULL where they stay as they are. */
    rni_renew_fn *renew;
    void *user;
    int64_t which;
} rni_list_call;
bool rni_list_map(const rni_list_call *c);

/* The sum of the squares of all elements of n tensors, in f32 at least; scoped. */
rn_tensor *rni_sum_of_squares(rn_tensor *const *x, int64_t n);

/* A row of an update: lists named p, g and the states. */
#define RNI_UPDATE_OP(op_name, state_names, rows, size, text)                                                          \
    {                                                                                                                  \
        .name = op_name, .kind = RN_MAP, .flags = RN_OP_INTERNAL | RN_OP_LIST_OUT | RN_OP_NO_GRAD,                     \
        .inputs = "p, g" state_names, .outputs = "p" state_names, .opts = rows, .opts_size = size, .expr = text        \
    }
#define RNI_SCALAR(s, f) RNI_OPT(s, f, RN_OPT_TYPE_F64, RN_OPT_SCALAR, 1, 0, 0, 0, 0, 0)

extern const rn_optimizer_type *const rni_optimizer_types[];

#endif
