/* Small links: prelu, scale, bias, dropout. */
#include "base/error.h"
#include "base/shape.h"
#include "nn/nn.h"

#include <rensa/ops.h>

enum { W, B };

/* ---- prelu ---- */

static rn_tensor *prelu_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_prelu_link_args *a = rn_link_args(link);
    if (a->per_channel && rn_tensor_rank(in[0]) < 2) {
        rni_fail(RN_ERR_SHAPE, NULL, "prelu", "x has no axis of channels");
        return NULL;
    }
    const rn_shape s = a->per_channel ? RN_SHAPE(rn_tensor_dim(in[0], 1)) : RN_SCALAR;
    return rn_prelu(in[0], rn_link_slot_get(link, W, in[0], s));
}

const rn_link_type rni_link_prelu = {
    .name = "prelu",
    .topic = "activation",
    .inputs = "x",
    .opts = (const rn_opt[]){ RN_OPT_BOOL(rn_prelu_link_args, per_channel, "one slope for each channel (axis 1)"),
                              RN_OPT_INIT(rn_prelu_link_args, w_init, "constant:0.25", "first values of W"),
                              { 0 } },
    .args_size = sizeof(rn_prelu_link_args),
    .slots = (const rn_link_slot[]){ { "W", NULL, 0, offsetof(rn_prelu_link_args, w_init), 0 }, { 0 } },
    .forward = prelu_forward,
    .doc = { .brief = "Rectifier with a slope for negative numbers that is learned.",
             .formula = "y = x > 0 ? x : W * x",
             .shapes = "x [N, C, ...]   W [] or [C]",
             .source = "He et al. 2015, arXiv:1502.01852",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3]", "", "f32[2,3]", NULL },
                                     { "x:f32[2,3,4]", "per_channel=true", "f32[2,3,4]", NULL },
                                     { "x:f32[2]", "per_channel=true", NULL, "no axis of channels" },
                                     { 0 } },
};

rn_link *rn_prelu_link_at(const rn_prelu_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_prelu, args);
}

/* ---- scale and bias ---- */

/* The parameter in a slot, shaped so that it broadcasts along the axis; NULL if the slot is left out. */
static rn_tensor *along_axis(rn_link *link, int slot, rn_tensor *x)
{
    const rn_scale_link_args *a = rn_link_args(link);
    const int axis = rni_axis((int)a->axis, rn_tensor_rank(x));
    if (axis < 0) {
        rni_fail(RN_ERR_SHAPE, NULL, link->type->name, "x has no axis %d", (int)a->axis);
        return NULL;
    }
    rn_tensor *p = rn_link_slot_get(link, slot, x, RN_SHAPE(rn_tensor_dim(x, axis)));
    rn_shape s = { .rank = rn_tensor_rank(x) - axis, .dim = { rn_tensor_dim(x, axis) } };
    for (int i = 1; i < s.rank; i++) s.dim[i] = 1;
    return p && s.rank > 1 ? rn_reshape(p, s) : p;
}

static rn_tensor *scale_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_scale_link_args *a = rn_link_args(link);
    rn_tensor *y = rn_mul(in[0], along_axis(link, W, in[0]));
    return a->bias ? rn_add(y, along_axis(link, B, in[0])) : y;
}

static bool scale_setup(rn_link *link)
{
    const rn_scale_link_args *a = rn_link_args(link);
    return !a->bias || rn_link_add_slot(link, "b", a->b_init, 0) >= 0;
}

static rn_tensor *bias_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    return rn_add(in[0], along_axis(link, 0, in[0]));
}

#define AXIS_ROW                                                                                                       \
    RN_OPT_I64(rn_scale_link_args, axis, 1, -RN_MAX_RANK, RN_MAX_RANK - 1, "axis that the parameter runs along")

const rn_link_type rni_link_scale = {
    .name = "scale",
    .topic = "math",
    .inputs = "x",
    .opts = (const rn_opt[]){ AXIS_ROW,
                              RN_OPT_INIT(rn_scale_link_args, w_init, "one", "first values of W"),
                              RN_OPT_BOOL(rn_scale_link_args, bias, "adds b"),
                              RN_OPT_INIT(rn_scale_link_args, b_init, "zero", "first values of b"),
                              { 0 } },
    .args_size = sizeof(rn_scale_link_args),
    .slots = (const rn_link_slot[]){ { "W", NULL, 0, offsetof(rn_scale_link_args, w_init), 0 }, { 0 } },
    .setup = scale_setup,
    .forward = scale_forward,
    .doc = { .brief = "One factor for each channel, and an offset if asked for.",
             .formula = "y = W * x + b",
             .shapes = "x [N, C, ...]   W, b [C]",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3,4]", "", "f32[2,3,4]", NULL },
                                     { "x:f32[2,3,4]", "axis=-1 bias=true", "f32[2,3,4]", NULL },
                                     { "x:f32[2]", "", NULL, "no axis 1" },
                                     { 0 } },
};

const rn_link_type rni_link_bias = {
    .name = "bias",
    .topic = "math",
    .inputs = "x",
    .opts = (const rn_opt[]){ AXIS_ROW, RN_OPT_INIT(rn_scale_link_args, b_init, "zero", "first values of b"), { 0 } },
    .args_size = sizeof(rn_scale_link_args),
    .slots = (const rn_link_slot[]){ { "b", NULL, 0, offsetof(rn_scale_link_args, b_init), 0 }, { 0 } },
    .forward = bias_forward,
    .doc = { .brief = "One offset for each channel.",
             .formula = "y = x + b",
             .shapes = "x [N, C, ...]   b [C]",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3,4]", "", "f32[2,3,4]", NULL }, { 0 } },
};

rn_link *rn_scale_link_at(const rn_scale_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_scale, args);
}

rn_link *rn_bias_link_at(const rn_bias_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_bias, args);
}

/* ---- dropout ---- */

static rn_tensor *dropout_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    return rn_dropout(in[0], ((const rn_dropout_link_args *)rn_link_args(link))->ratio);
}

const rn_link_type rni_link_dropout = {
    .name = "dropout",
    .topic = "random",
    .inputs = "x",
    .opts = (const rn_opt[]){ RN_OPT_F64(rn_dropout_link_args, ratio, 0.5, 0, 1, "share of values that become zero"),
                              { 0 } },
    .args_size = sizeof(rn_dropout_link_args),
    .forward = dropout_forward,
    .doc = { .brief = "Sets a share of the values to zero while training.",
             .shapes = "y as x",
             .source = "Srivastava et al. 2014",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3]", "ratio=0.3", "f32[2,3]", NULL }, { 0 } },
};

rn_link *rn_dropout_link_at(const rn_dropout_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_dropout, args);
}
