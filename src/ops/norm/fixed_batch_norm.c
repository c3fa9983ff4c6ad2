/* fixed_batch_norm: batch normalisation with given statistics, for inference. */
#include "ops/norm/norm_p.h"

#include "base/error.h"
#include "engine/infer.h"
#include "engine/step.h"

#include <rensa/ops.h>
#include <string.h>

/* Of a convolution or product that nothing else has read, whose weights are constants: the same with other weights,
 * which gives (y - mean) * scale + beta for each channel. NULL where that cannot be, or with an error pending. */
static rn_tensor *into_weights(rn_tensor *y, rn_tensor *mean, rn_tensor *scale, rn_tensor *beta)
{
    const rni_node *node = y->node;
    if (!rni_recording_is_frozen(rni_thread_self()->recording) || !node->op || y->users > 0) return NULL;
    if (strcmp(node->op->name, "conv") != 0 && strcmp(node->op->name, "linear") != 0) return NULL;
    rn_tensor *w = node->in[1], *b = node->n_in > 2 ? node->in[2] : NULL;
    if (w->dtype != scale->dtype || rn_tensor_dim(w, 0) != scale->count) return NULL;
    rn_shape wide = { .rank = w->shape.rank, .dim = { scale->count } };
    for (int a = 1; a < wide.rank; a++) wide.dim[a] = 1;
    const rn_shape flat = RN_SHAPE(scale->count);
    rn_tensor *shift =
        rn_mul(rn_reshape(b ? rn_sub(mean, rn_reshape(b, mean->shape)) : mean, flat), rn_reshape(scale, flat));
    shift = beta ? rn_sub(rn_reshape(beta, flat), shift) : rn_neg(shift);
    rn_tensor *in[] = { node->in[0], rn_mul(w, rn_reshape(scale, wide)), shift }, *out = NULL;
    return rn_op_call(node->op, rni_site_current(), in, 3, node->opts, &out) ? out : NULL;
}

static bool build(rn_call_info *c)
{
    const rn_batch_norm_opts *o = c->opts;
    const rn_axes axes = o->axes.n ? o->axes : RN_AXES(1);
    rn_infer f;
    rn_infer_begin(&f, c, o);
    uint32_t kept;
    rn_shape flat = { 0 }, wide = *f.shape[0];
    if (!rn_want_float(&f, 0)) return false;
    if (!rni_reduced_axes(&axes, wide.rank, &kept))
        return rn_refuse(&f, RN_ERR_ARG, "axes must name axes of x, each once", "-rank <= axis < rank, by default 1");
    for (int a = 0; a < wide.rank; a++)
        if (kept & 1u << a)
            flat.dim[flat.rank++] = wide.dim[a];
        else
            wide.dim[a] = 1;
    rn_tensor *t[4]; /* mean, var, gamma, beta */
    for (int i = 0; i < 4; i++) {
        if (!rni_norm_check(&f, 1 + i, &flat, "mean, var, gamma, beta have the sizes of x along axes")) return false;
        t[i] = 1 + i < c->n_in && c->in[1 + i] ? rn_reshape(c->in[1 + i], wide) : NULL;
    }
    rn_tensor *scale = rn_rsqrt(rn_add_scalar(t[1], o->eps));
    if (t[2]) scale = rn_mul(scale, t[2]);
    c->out[0] = kept == 2 && scale ? into_weights(c->in[0], t[0], scale, t[3]) : NULL;
    if (!c->out[0] && rn_ok()) c->out[0] = rni_norm_apply(c->in[0], t[0], scale, t[3]);
    return c->out[0] != NULL;
}

const rn_op rn_op_fixed_batch_norm = {
    .name = "fixed_batch_norm",
    .kind = RN_FUNCTION,
    .inputs = "x, mean, var, gamma?, beta?",
    .build = build,
    .opts = (const rn_opt[]){ RN_OPT_AXES(rn_batch_norm_opts, axes,
                                          "axes with statistics of their own; left out: 1, the channels"),
                              RN_OPT_F64(rn_batch_norm_opts, eps, 1e-5, 1e-300, 1e300, "added to the variance"),
                              { 0 } },
    .opts_size = sizeof(rn_batch_norm_opts),
    .onnx = "BatchNormalization eps=epsilon",
    .nnp = "BatchNormalization",
    .doc = { .brief = "Normalisation of each channel by given statistics, for inference.",
             .formula = "y = (x - mean) / sqrt(var + eps) * gamma + beta",
             .shapes = "x any; mean, var, gamma, beta the sizes of x along `axes`: [C] for x [N, C, ...]",
             .types = "f16, bf16 (the others may be f32), f32, f64",
             .errors = "SHAPE if a statistic does not fit; ARG for axes out of range; DTYPE for integers",
             .source = "Ioffe & Szegedy 2015, arXiv:1502.03167",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[4,3] mean:f32[3] var:f32[3]{1,2} gamma:f32[3] beta:f32[3]" },
                                { .in = "x:f64[2,3,4] mean:f64[3] var:f64[3]{1,2}", .with = "eps=0.1" },
                                { .in = "x:f32[2,3,4] mean:f32[4] var:f32[4]{1,2} gamma:f32[4]", .with = "axes=2" },
                                { .in = "x:bf16[4,3] mean:f32[3] var:f32[3]{1,2}" },
                                { .in = "x:f32[0,3] mean:f32[3] var:f32[3]{1,2}" },
                                { .in = "x:f32[4,3] mean:f32[2] var:f32[3]", .fails = "sizes of x along axes" },
                                { 0 } },
};
