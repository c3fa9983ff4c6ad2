/* batch_norm, layer_norm, rms_norm, group_norm: links around the functions of the same names. Factors, offsets and
 * running statistics are at least f32, whatever the type of x. */
#include "base/error.h"
#include "base/shape.h"
#include "nn/nn.h"

#include <rensa/ops.h>

enum { GAMMA, BETA, MEAN, VAR };

#define GAMMA_SLOT(T, unless)                                                                                          \
    {                                                                                                                  \
        "gamma", "one", RN_SLOT_WIDE, offsetof(T, gamma_init), unless                                                  \
    }
#define BETA_SLOT(T, unless)                                                                                           \
    {                                                                                                                  \
        "beta", "zero", RN_SLOT_WIDE, offsetof(T, beta_init), unless                                                   \
    }
#define GAMMA_ROW(T) RN_OPT_INIT(T, gamma_init, "one", "first values of gamma")
#define BETA_ROW(T) RN_OPT_INIT(T, beta_init, "zero", "first values of beta")
#define EPS_ROW(T, value) RN_OPT_F64(T, eps, value, 0, 1, "added to the variance")

/* ---- batch normalisation ---- */

typedef struct {
    double c, unbias;
} running_opt;

/* The variance that runs along is that of the population the batch was drawn from. */
static bool update_running(rn_link *link, rn_tensor *mean, rn_tensor *var, rn_tensor *batch_mean, rn_tensor *batch_var,
                           int64_t n)
{
    static const rn_opt rows[] = { RNI_OPT(running_opt, c, RN_OPT_TYPE_F64, RN_OPT_SCALAR, 1, 0, 0, 0, 0, 0),
                                   RNI_OPT(running_opt, unbias, RN_OPT_TYPE_F64, RN_OPT_SCALAR, 1, 0, 0, 0, 0, 0),
                                   { 0 } };
    static const rn_op op = { .name = "running_statistics",
                              .kind = RN_MAP,
                              .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
                              .inputs = "mean, var, m, v",
                              .outputs = "mean, var",
                              .expr = "mean = mean + c * (m - mean); var = var + c * (unbias * v - var)",
                              .opts = rows,
                              .opts_size = sizeof(running_opt) };
    const rn_batch_norm_link_args *a = rn_link_args(link);
    const running_opt opts = { 1 - a->decay, (double)n / (double)(n > 1 ? n - 1 : 1) };
    rn_tensor *in[] = { mean, var, batch_mean, batch_var }, *out[2] = { 0 };
    return rn_op_call(&op, rni_site_current(), in, 4, &opts, out) && rn_link_slot_advance(link, MEAN, out[0]) &&
           rn_link_slot_advance(link, VAR, out[1]);
}

static rn_tensor *batch_norm_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_batch_norm_link_args *a = rn_link_args(link);
    rn_tensor *x = in[0];
    const int axis = rni_axis((int)a->axis, rn_tensor_rank(x));
    if (axis < 0) return rni_link_refuse(link, x, "an axis of channels"), NULL;
    const int64_t channels = rn_tensor_dim(x, axis);
    const rn_shape s = RN_SHAPE(channels);
    rn_tensor *gamma = rn_link_slot_get(link, GAMMA, x, s), *beta = rn_link_slot_get(link, BETA, x, s);
    rn_tensor *mean = rn_link_slot_get(link, MEAN, x, s), *var = rn_link_slot_get(link, VAR, x, s);
    if (!rn_ok()) return NULL;
    if (!rn_is_training()) return rn_fixed_batch_norm(x, mean, var, gamma, beta, .axes = RN_AXES(axis), .eps = a->eps);
    rn_tensor *m = NULL, *v = NULL;
    rn_tensor *y = rn_batch_norm(x, gamma, beta, .axes = RN_AXES(axis), .eps = a->eps, .mean = &m, .var = &v);
    /* a batch without elements says nothing */
    const int64_t each = channels ? rn_tensor_count(x) / channels : 0;
    return y && (each == 0 || update_running(link, mean, var, m, v, each)) ? y : NULL;
}

#define BN rn_batch_norm_link_args

const rn_link_type rni_link_batch_norm = {
    .name = "batch_norm",
    .topic = "norm",
    .inputs = "x",
    .opts =
        (const rn_opt[]){ RN_OPT_I64(BN, axis, 1, -RN_MAX_RANK, RN_MAX_RANK - 1, "axis of the channels"),
                          RN_OPT_F64(BN, decay, 0.9, 0, 1, "share of the running statistics that each batch leaves"),
                          EPS_ROW(BN, 2e-5),
                          RN_OPT_BOOL(BN, no_gamma, "without factors"),
                          RN_OPT_BOOL(BN, no_beta, "without offsets"),
                          GAMMA_ROW(BN),
                          BETA_ROW(BN),
                          { 0 } },
    .args_size = sizeof(BN),
    .slots = (const rn_link_slot[]){ GAMMA_SLOT(BN, offsetof(BN, no_gamma)),
                                     BETA_SLOT(BN, offsetof(BN, no_beta)),
                                     { "mean", "zero", RN_SLOT_STATE | RN_SLOT_WIDE, 0, 0 },
                                     { "var", "one", RN_SLOT_STATE | RN_SLOT_WIDE, 0, 0 },
                                     { 0 } },
    .forward = batch_norm_forward,
    .doc = { .brief = "Batch normalisation, by the batch's statistics in training and by running ones otherwise.",
             .formula = "y = (x - mean) / sqrt(var + eps) * gamma + beta",
             .shapes = "x [N, C, ...]   gamma, beta, mean, var [C]",
             .errors = "SHAPE if x has not the channels of the first call",
             .source = "Ioffe & Szegedy 2015, arXiv:1502.03167",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[4,3]", "", "f32[4,3]", NULL },
                                     { "x:f32[2,3,4,5]", "decay=0.5 no_beta=true", "f32[2,3,4,5]", NULL },
                                     { "x:f32[2,4,3]", "axis=-1 no_gamma=true", "f32[2,4,3]", NULL },
                                     { "x:f32[3]", "", NULL, "an axis of channels" },
                                     { 0 } },
};

rn_link *rn_batch_norm_link_at(const rn_batch_norm_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_batch_norm, args);
}

/* ---- layer normalisation ---- */

static rn_shape trailing(const rn_tensor *x, int64_t axes)
{
    const rn_shape *s = rn_tensor_shape(x);
    rn_shape t = { .rank = (int)axes };
    for (int i = 0; i < t.rank; i++) t.dim[i] = s->dim[s->rank - t.rank + i];
    return t;
}

static rn_tensor *layer_norm_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_layer_norm_link_args *a = rn_link_args(link);
    if (a->axes >= rn_tensor_rank(in[0])) return rni_link_refuse(link, in[0], "more axes than are normalised"), NULL;
    const rn_shape s = trailing(in[0], a->axes);
    rn_tensor *gamma = rn_link_slot_get(link, GAMMA, in[0], s), *beta = rn_link_slot_get(link, BETA, in[0], s);
    return rn_layer_norm(in[0], gamma, beta, .axis = -a->axes, .eps = a->eps);
}

#define LN rn_layer_norm_link_args

const rn_link_type rni_link_layer_norm = {
    .name = "layer_norm",
    .topic = "norm",
    .inputs = "x",
    .opts = (const rn_opt[]){ RN_OPT_I64(LN, axes, 1, 1, RN_MAX_RANK, "trailing axes that are normalised together"),
                              EPS_ROW(LN, 1e-5),
                              RN_OPT_BOOL(LN, no_gamma, "without factors"),
                              RN_OPT_BOOL(LN, no_beta, "without offsets"),
                              GAMMA_ROW(LN),
                              BETA_ROW(LN),
                              { 0 } },
    .args_size = sizeof(LN),
    .slots =
        (const rn_link_slot[]){ GAMMA_SLOT(LN, offsetof(LN, no_gamma)), BETA_SLOT(LN, offsetof(LN, no_beta)), { 0 } },
    .forward = layer_norm_forward,
    .doc = { .brief = "Layer normalisation over the last axes.",
             .formula = "y = (x - mean) / sqrt(var + eps) * gamma + beta",
             .shapes = "x [..., D]   gamma, beta [D]",
             .errors = "SHAPE if x has not the last axes of the first call",
             .source = "Ba, Kiros & Hinton 2016, arXiv:1607.06450",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3,4]", "", "f32[2,3,4]", NULL },
                                     { "x:f32[2,3,4]", "axes=2 no_beta=true", "f32[2,3,4]", NULL },
                                     { "x:f32[4]", "", NULL, "more axes" },
                                     { 0 } },
};

rn_link *rn_layer_norm_link_at(const rn_layer_norm_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_layer_norm, args);
}

static rn_tensor *rms_norm_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_rms_norm_link_args *a = rn_link_args(link);
    if (rn_tensor_rank(in[0]) < 2) return rni_link_refuse(link, in[0], "more axes than are normalised"), NULL;
    rn_tensor *gamma = rn_link_slot_get(link, GAMMA, in[0], trailing(in[0], 1));
    return rn_rms_norm(in[0], gamma, .axis = -1, .eps = a->eps);
}

const rn_link_type rni_link_rms_norm = {
    .name = "rms_norm",
    .topic = "norm",
    .inputs = "x",
    .opts = (const rn_opt[]){ EPS_ROW(rn_rms_norm_link_args, 1e-5), GAMMA_ROW(rn_rms_norm_link_args), { 0 } },
    .args_size = sizeof(rn_rms_norm_link_args),
    .slots = (const rn_link_slot[]){ GAMMA_SLOT(rn_rms_norm_link_args, 0), { 0 } },
    .forward = rms_norm_forward,
    .doc = { .brief = "Division by the root of the mean square over the last axis.",
             .formula = "y = x / sqrt(mean(x^2) + eps) * gamma",
             .shapes = "x [..., D]   gamma [D]",
             .errors = "SHAPE if x has not the last axis of the first call",
             .source = "Zhang & Sennrich 2019, arXiv:1910.07467",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3,4]", "", "f32[2,3,4]", NULL },
                                     { "x:f32[4]", "", NULL, "more axes" },
                                     { 0 } },
};

rn_link *rn_rms_norm_link_at(const rn_rms_norm_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_rms_norm, args);
}

/* ---- group normalisation ---- */

static rn_tensor *group_norm_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_group_norm_link_args *a = rn_link_args(link);
    if (rn_tensor_rank(in[0]) < 2) return rni_link_refuse(link, in[0], "[N, C, ...]"), NULL;
    const rn_shape s = RN_SHAPE(rn_tensor_dim(in[0], 1));
    rn_tensor *gamma = rn_link_slot_get(link, GAMMA, in[0], s), *beta = rn_link_slot_get(link, BETA, in[0], s);
    return rn_group_norm(in[0], gamma, beta, a->groups, .eps = a->eps);
}

#define GN rn_group_norm_link_args

const rn_link_type rni_link_group_norm = {
    .name = "group_norm",
    .topic = "norm",
    .inputs = "x",
    .opts = (const rn_opt[]){ RN_REQ_I64(GN, groups, 1, 1 << 30, "groups of channels"),
                              EPS_ROW(GN, 1e-5),
                              GAMMA_ROW(GN),
                              BETA_ROW(GN),
                              { 0 } },
    .args_size = sizeof(GN),
    .slots = (const rn_link_slot[]){ GAMMA_SLOT(GN, 0), BETA_SLOT(GN, 0), { 0 } },
    .forward = group_norm_forward,
    .doc = { .brief = "Normalisation of each sample over groups of channels.",
             .formula = "y = (x - mean) / sqrt(var + eps) * gamma + beta",
             .shapes = "x [N, C, ...]   gamma, beta [C]",
             .errors = "SHAPE if x has not the channels of the first call, or groups do not divide them",
             .source = "Wu & He 2018, arXiv:1803.08494",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,4,3,3]", "groups=2", "f32[2,4,3,3]", NULL },
                                     { "x:f32[2,4]", "groups=2", "f32[2,4]", NULL },
                                     { "x:f32[2,3,3]", "groups=2", NULL, "group" },
                                     { 0 } },
};

rn_link *rn_group_norm_link_at(const rn_group_norm_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_group_norm, args);
}
