/* What recurrent functions share. */
#ifndef RNI_OPS_RNN_P_H
#define RNI_OPS_RNN_P_H

#include <rensa/op.h>

/* ---- one step, elementwise, of [N, H] each; the parts of a gate from the input (a) and from the state (b) are added
 * ---- */

/* a: i, f, g, o; b: the same, or NULL; y: h and the next c. */
bool rni_lstm_cell(rn_tensor *const *a, rn_tensor *const *b, rn_tensor *c, rn_tensor **y);
/* d: gradients by i, f, g, o and c, given those by h and the next c. */
bool rni_lstm_cell_grad(rn_tensor *const *a, rn_tensor *c, rn_tensor *next, rn_tensor *gh, rn_tensor *gnext,
                        rn_tensor **d);
/* a, b: r, z, n. */
rn_tensor *rni_gru_cell(rn_tensor *const *a, rn_tensor *const *b, rn_tensor *h);
/* d: gradients by r and z (of both parts), by n of a, by n of b, by h. */
bool rni_gru_cell_grad(rn_tensor *const *a, rn_tensor *const *b, rn_tensor *h, rn_tensor *gy, rn_tensor **d);
/* The gradient by what tanh (or relu) was applied to, given its result. */
rn_tensor *rni_rnn_pull(rn_tensor *y, rn_tensor *gy, bool relu);

/* ---- one layer over all steps ---- */

/* The option struct of layers and their gradients. */
typedef struct rni_layer_opts {
    bool reverse; /* from the last step to the first */
    bool relu;    /* of rnn_layer: instead of tanh */
} rni_layer_opts;

/* Types and shapes that all layers share: g [T, N, gates H], u [gates H, H], states [N, H] from `first` to `last`
 * input, mask [T, N, 1] or NULL. Sets [T, N, H]. */
bool rni_layer_check(rn_infer *f, int gates, int first, int last, int mask, rn_shape *hs);

/* The steps of a layer in its order: k-th of steps. */
static inline int64_t rni_layer_step(const rni_layer_opts *o, int64_t k, int64_t steps)
{
    return o->reverse ? steps - 1 - k : k;
}

/* The state before each step [T, N, H], given those after it and the first. */
rn_tensor *rni_layer_before(rn_tensor *hs, rn_tensor *h, const rni_layer_opts *o);
/* x [T, N, D] times w' [K, D] -> [T, N, K], one product; b may be NULL. */
rn_tensor *rni_layer_project(rn_tensor *x, rn_tensor *w, rn_tensor *b);
/* The gradient by w of that: sum over T and N of g [T, N, K] by x. */
rn_tensor *rni_layer_project_grad(rn_tensor *g, rn_tensor *x);
/* x where the mask of a step [N, 1] is set, else other (NULL: zeros); x itself for no mask. */
rn_tensor *rni_layer_keep(rn_tensor *mask, rn_tensor *x, rn_tensor *other);
/* x where the mask is not set, else zeros. */
rn_tensor *rni_layer_rest(rn_tensor *mask, rn_tensor *x);
/* Steps of x [T, ...] into `to`; nothing for NULL. */
bool rni_layer_steps(rn_tensor *x, rn_tensor **to, int64_t steps);
/* Stacked steps; for none, zeros of shape `none` and the type of `like`. */
rn_tensor *rni_layer_join(rn_tensor *const *at, int64_t steps, const rn_shape *none, const rn_tensor *like);

/* The functions, one file each: [0] the layer, [1] its gradient. */
extern const rn_op rn_ops_lstm_layer[], rn_ops_gru_layer[], rn_ops_rnn_layer[];

#endif
