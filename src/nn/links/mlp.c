/* mlp and highway: linear links with activations. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "nn/nn.h"

#include <rensa/ops.h>
#include <string.h>

typedef struct {
    const rn_op *activation;
} memory;

/* ---- mlp ---- */

static bool add_layer(rn_link *link, const rn_mlp_link_args *a, int i)
{
    char name[16];
    snprintf(name, sizeof name, "fc%d", i);
    const bool last = i == a->sizes.rank - 1, norm = a->batch_norm && !last;
    const rn_linear_link_args fc = {
        .out = a->sizes.dim[i], .w_init = a->w_init, .b_init = a->b_init, .no_bias = a->no_bias || norm
    }; /* beta takes the place of b */
    if (!rn_chain_add(link, name, rni_link_inner(&rni_link_linear, &link->site, &fc))) return false;
    if (!norm) return true;
    const rn_batch_norm_link_args bn = { 0 };
    snprintf(name, sizeof name, "bn%d", i);
    return rn_chain_add(link, name, rni_link_inner(&rni_link_batch_norm, &link->site, &bn)) != NULL;
}

static bool mlp_setup(rn_link *link)
{
    const rn_mlp_link_args *a = rn_link_args(link);
    memory *m = rn_link_memory(link);
    if (a->sizes.rank < 1)
        return rni_fail(RN_ERR_ARG, NULL, "mlp", "sizes is missing: the features of each layer's result");
    m->activation = rni_activation(a->activation, NULL, "mlp");
    if (!m->activation) return false;
    for (int i = 0; i < a->sizes.rank; i++)
        if (!add_layer(link, a, i)) return false;
    return true;
}

static rn_tensor *mlp_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_mlp_link_args *a = rn_link_args(link);
    const memory *m = rn_link_memory(link);
    rn_tensor *h = in[0];
    for (int64_t i = 0; h && i < link->n_children; i++) {
        h = rn_call(link->child[i].link, h);
        const bool last = i == link->n_children - 1, before_norm = a->batch_norm && i % 2 == 0;
        if (last || before_norm) continue;
        h = rni_activate(m->activation, h);
        if (h && a->dropout > 0) h = rn_dropout(h, a->dropout);
    }
    return h;
}

#define MLP rn_mlp_link_args

const rn_link_type rni_link_mlp = {
    .name = "mlp",
    .topic = "linalg",
    .inputs = "x",
    .opts = (const rn_opt[]){ RN_REQ_SHAPE(MLP, sizes, "features of each layer's result"),
                              RNI_OPT_NAME(MLP, activation, "relu", "function of one input, between the layers"),
                              RN_OPT_F64(MLP, dropout, 0, 0, 1, "share of values dropped after each activation"),
                              RN_OPT_BOOL(MLP, batch_norm, "batch normalisation before each activation"),
                              RN_OPT_BOOL(MLP, no_bias, "without b"),
                              RN_OPT_INIT(MLP, w_init, "lecun_normal", "first values of W"),
                              RN_OPT_INIT(MLP, b_init, "zero", "first values of b"),
                              { 0 } },
    .args_size = sizeof(MLP),
    .memory = sizeof(memory),
    .setup = mlp_setup,
    .forward = mlp_forward,
    .doc = { .brief = "Linear layers with activations between them.",
             .shapes = "x [N, ...]   ->   y [N, last size];  children fc0, fc1, …",
             .errors =
                 "ARG for an unknown activation; SHAPE if x has another number of features than at the first call",
             .since = "0.1" },
    .cases =
        (const rn_link_case[]){ { "x:f32[2,3]", "sizes=5,4", "f32[2,4]", NULL },
                                { "x:f32[4,3,2]", "sizes=5,4,1 activation=tanh batch_norm=true", "f32[4,1]", NULL },
                                { "x:f32[2,3]", "sizes=5,4 activation=tnah", NULL, "did you mean \"tanh\"" },
                                { "x:f32[2,3]", "sizes=5,4 activation=add", NULL, "does not take one input" },
                                { "x:f32[2,3]", "sizes=5,0", NULL, "out is 0" },
                                { "x:f32[2,3]", "", NULL, "sizes is missing" },
                                { 0 } },
};

rn_link *rn_mlp_link_at(const rn_mlp_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_mlp, args);
}

/* ---- highway ---- */

enum { W, B, WT, BT };

static bool highway_setup(rn_link *link)
{
    const rn_highway_link_args *a = rn_link_args(link);
    memory *m = rn_link_memory(link);
    m->activation = rni_activation(a->activation, NULL, "highway");
    return m->activation != NULL;
}

static rn_tensor *highway_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const memory *m = rn_link_memory(link);
    rn_tensor *x = in[0];
    const int64_t d = rn_tensor_dim(x, -1);
    if (rn_tensor_rank(x) != 2) {
        rni_fail(RN_ERR_SHAPE, NULL, "highway", "x must be [N, D]");
        return NULL;
    }
    rn_tensor *w = rn_link_slot_get(link, W, x, RN_SHAPE(d, d)), *b = rn_link_slot_get(link, B, x, RN_SHAPE(d));
    rn_tensor *wt = rn_link_slot_get(link, WT, x, RN_SHAPE(d, d)), *bt = rn_link_slot_get(link, BT, x, RN_SHAPE(d));
    if (!rn_ok()) return NULL;
    rn_tensor *h = rni_activate(m->activation, rn_linear(x, w, b)), *t = rn_sigmoid(rn_linear(x, wt, bt));
    return rn_add(x, rn_mul(t, rn_sub(h, x)));
}

#define HIGHWAY rn_highway_link_args

const rn_link_type rni_link_highway = {
    .name = "highway",
    .topic = "linalg",
    .inputs = "x",
    .opts = (const rn_opt[]){ RNI_OPT_NAME(HIGHWAY, activation, "relu", "f: function of one input"),
                              RN_OPT_INIT(HIGHWAY, w_init, "lecun_normal", "first values of W and Wt"),
                              { 0 } },
    .args_size = sizeof(HIGHWAY),
    .slots = (const rn_link_slot[]){ { "W", NULL, 0, offsetof(HIGHWAY, w_init), 0 },
                                     { "b", "zero", 0, 0, 0 },
                                     { "Wt", NULL, 0, offsetof(HIGHWAY, w_init), 0 },
                                     { "bt", "constant:-1", 0, 0, 0 },
                                     { 0 } },
    .memory = sizeof(memory),
    .setup = highway_setup,
    .forward = highway_forward,
    .doc = { .brief = "A layer that a gate mixes with its own input.",
             .formula = "y = t * f(x W' + b) + (1 - t) * x,  t = sigmoid(x Wt' + bt)",
             .shapes = "x [N, D]   W, Wt [D, D]   b, bt [D]",
             .source = "Srivastava, Greff & Schmidhuber 2015, arXiv:1505.00387",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3]", "activation=tanh", "f32[2,3]", NULL },
                                     { "x:f32[2,3,4]", "", NULL, "must be [N, D]" },
                                     { 0 } },
};

rn_link *rn_highway_link_at(const rn_highway_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_highway, args);
}
