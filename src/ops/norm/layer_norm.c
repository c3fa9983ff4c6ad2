/* layer_norm and rms_norm: each sample normalised by its own statistics over the trailing axes. */
#include "ops/norm/norm_p.h"

#include "base/error.h"

#include <rensa/ops.h>

extern const rn_op rn_ops_layer_norm[];
enum { LAYER, LAYER_GRAD, RMS, RMS_GRAD };

static bool infer_common(rn_infer *f, rn_shape *normed)
{
    const rn_layer_norm_opts *o = f->opts;
    rn_axes from, before;
    if (!rn_want_float(f, 0)) return false;
    if (!rni_axes_from(o->axis, f->shape[0]->rank, &from, &before))
        return rn_refuse(f, RN_ERR_ARG, "x has no such axis", "-rank <= axis < rank");
    *normed = (rn_shape){ .rank = from.n };
    for (int i = 0; i < from.n; i++) normed->dim[i] = f->shape[0]->dim[from.axis[i]];
    return true;
}

static bool infer(rn_infer *f)
{
    static const char rule[] = "gamma.shape == beta.shape == x.shape[axis:]";
    rn_shape normed;
    return infer_common(f, &normed) && rni_norm_check(f, 1, &normed, rule) && rni_norm_check(f, 2, &normed, rule) &&
           rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

/* x, gy, gamma? -> gx, ggamma, gbeta (the first two for rms_norm) */
static bool grad_infer(rn_infer *f)
{
    rn_shape normed;
    if (!infer_common(f, &normed)) return false;
    const rn_dtype stat = rni_stat_type(f->dtype[0]);
    for (int i = 1; i < f->n_out; i++)
        if (!rn_out(f, i, stat, normed)) return false;
    return rn_out(f, 0, f->dtype[1], *f->shape[1]);
}

static void axes_of(const rn_tensor *x, const void *opts, rn_axes *from, rn_axes *before)
{
    rni_axes_from(((const rn_layer_norm_opts *)opts)->axis, rn_tensor_rank(x), from, before);
}

/* The mean over the trailing axes and 1 / sqrt(var + eps); for rms_norm the mean is left out. */
static rn_tensor *statistics(rn_tensor *x, const rn_axes *axes, double eps, rn_tensor **mean)
{
    rn_tensor *d = x;
    if (mean) d = rn_sub(x, *mean = rni_stat_mean(x, *axes));
    return rn_rsqrt(rn_add_scalar(rni_stat_mean(rn_mul(d, d), *axes), eps));
}

static bool layer_build(rn_call_info *c)
{
    rn_axes from, before;
    axes_of(c->in[0], c->opts, &from, &before);
    rn_tensor *x = rni_stat_cast(c->in[0]), *mean;
    rn_tensor *r = statistics(x, &from, ((const rn_layer_norm_opts *)c->opts)->eps, &mean);
    rn_tensor *gamma = c->n_in > 1 ? c->in[1] : NULL, *beta = c->n_in > 2 ? c->in[2] : NULL;
    c->out[0] =
        gamma ? rni_norm_apply(c->in[0], mean, rn_mul(r, gamma), beta) : rni_norm_apply(c->in[0], mean, r, beta);
    return c->out[0] != NULL;
}

static bool rms_build(rn_call_info *c)
{
    rn_axes from, before;
    axes_of(c->in[0], c->opts, &from, &before);
    rn_tensor *r = statistics(rni_stat_cast(c->in[0]), &from, ((const rn_layer_norm_opts *)c->opts)->eps, NULL);
    c->out[0] = rni_norm_affine(c->in[0], c->n_in > 1 && c->in[1] ? rn_mul(r, c->in[1]) : r, NULL);
    return c->out[0] != NULL;
}

static bool backward(rn_vjp *v)
{
    const bool rms = v->op == &rn_ops_layer_norm[RMS];
    rn_tensor *gamma = v->n_in > 1 ? v->in[1] : NULL, *in[] = { v->in[0], v->gout[0], gamma }, *out[3] = { 0 };
    if (!rn_op_call(&rn_ops_layer_norm[rms ? RMS_GRAD : LAYER_GRAD], rni_site_current(), in, gamma ? 3 : 2, v->opts,
                    out))
        return false;
    for (int i = 0; i < v->n_in; i++)
        if (v->need[i]) v->gin[i] = out[i];
    return true;
}

/* Sum over the leading axes of t, which are dropped. */
static rn_tensor *sum_leading(rn_tensor *t, const rn_axes *before)
{
    return before->n ? rn_sum(t, .axes = *before) : t;
}

/* With n = (x - mean) r and g = gy gamma: gx = r (g - mean of g - n * mean of (g n)); without the mean of g for
 * rms_norm. */
static bool grad_build(rn_call_info *c)
{
    const bool rms = c->n_out == 2;
    rn_axes from, before;
    axes_of(c->in[0], c->opts, &from, &before);
    rn_tensor *x = rni_stat_cast(c->in[0]), *gy = rni_stat_cast(c->in[1]), *gamma = c->n_in > 2 ? c->in[2] : NULL;
    rn_tensor *mean = NULL;
    rn_tensor *r = statistics(x, &from, ((const rn_layer_norm_opts *)c->opts)->eps, rms ? NULL : &mean);
    rn_tensor *n = rms ? rn_mul(x, r) : rni_norm_apply(x, mean, r, NULL);
    rn_tensor *g = gamma ? rn_mul(gy, gamma) : gy;
    rn_tensor *a = rms ? NULL : rni_stat_mean(g, from), *b = rn_mul(rni_stat_mean(rn_mul(g, n), from), r);
    rn_tensor *gx = rni_norm_pull(g, x, mean, a, b, r);
    c->out[0] = rn_tensor_dtype(c->in[1]) == rn_tensor_dtype(gx) ? gx : rn_cast(gx, rn_tensor_dtype(c->in[1]));
    c->out[1] = sum_leading(rn_mul(gy, n), &before);
    if (!rms) c->out[2] = sum_leading(gy, &before);
    return rn_ok();
}

#define OPTIONS(default_eps)                                                                                           \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_I64(rn_layer_norm_opts, axis, -1, -RN_MAX_RANK, RN_MAX_RANK - 1,                                        \
                   "first of the normalised axes; the first of all cannot be it"),                                     \
            RN_OPT_F64(rn_layer_norm_opts, eps, default_eps, 1e-300, 1e300, "added to the variance"),                  \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define TYPES "f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64"
#define ERRORS "SHAPE if gamma or beta does not fit; ARG for an axis out of range; DTYPE for integers"

const rn_op rn_ops_layer_norm[] = {
    { .name = "layer_norm",
      .kind = RN_COMPOSITE,
      .inputs = "x, gamma?, beta?",
      .infer = infer,
      .build = layer_build,
      .backward = backward,
      .cost = rni_norm_cost,
      .opts = OPTIONS(1e-5),
      .opts_size = sizeof(rn_layer_norm_opts),
      .onnx = "LayerNormalization eps=epsilon",
      .nnp = "LayerNormalization",
      .doc = { .brief = "Normalisation over the trailing axes.",
               .formula =
                   "y = (x - mean) / sqrt(var + eps) * gamma + beta, with mean and var over all axes from `axis` on",
               .shapes = "x [.., D, ...] with D, ... from `axis` on; gamma, beta [D, ...]",
               .types = TYPES,
               .errors = ERRORS,
               .source = "Ba, Kiros & Hinton 2016, arXiv:1607.06450",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,5] gamma:f32[5] beta:f32[5]" },
                                  { .in = "x:f64[2,3,4] gamma:f64[3,4] beta:f64[3,4]", .with = "axis=1" },
                                  { .in = "x:f32[2,3,4]{9,11}", .with = "axis=-2 eps=1e-3" },
                                  { .in = "x:f32[4,5] gamma:f32[5]" },
                                  { .in = "x:bf16[4,8] gamma:f32[8] beta:f32[8]" },
                                  { .in = "x:f16[4,8] gamma:f16[8] beta:f16[8]" },
                                  { .in = "x:f32[0,5] gamma:f32[5] beta:f32[5]" },
                                  { .in = "x:f32[4,0]" },
                                  { .in = "x:f32[4,5] gamma:f32[4]", .fails = "x.shape[axis:]" },
                                  { .in = "x:f32[4,5]", .with = "axis=2", .fails = "no such axis" },
                                  { .in = "x:i32[4,5]", .fails = "type of x is f16" },
                                  { 0 } } },
    { .name = "layer_norm_grad",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "x, gy, gamma?",
      .outputs = "gx, ggamma, gbeta",
      .infer = grad_infer,
      .build = grad_build,
      .backward = rn_backward_by_build,
      .cost = rni_norm_cost,
      .opts = OPTIONS(1e-5),
      .opts_size = sizeof(rn_layer_norm_opts),
      .doc = { .brief = "Gradients of layer_norm.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,5] gy:f32[4,5] gamma:f32[5]" },
                                  { .in = "x:f64[2,3,4] gy:f64[2,3,4]", .with = "axis=1" },
                                  { .in = "x:f32[0,5] gy:f32[0,5] gamma:f32[5]" },
                                  { 0 } } },
    { .name = "rms_norm",
      .kind = RN_COMPOSITE,
      .inputs = "x, gamma?",
      .infer = infer,
      .build = rms_build,
      .backward = backward,
      .cost = rni_norm_cost,
      .opts = OPTIONS(1e-6),
      .opts_size = sizeof(rn_layer_norm_opts),
      .onnx = "RMSNormalization eps=epsilon",
      .doc = { .brief = "Division by the root of the mean square over the trailing axes.",
               .formula = "y = x / sqrt(mean(x^2) + eps) * gamma, with the mean over all axes from `axis` on",
               .shapes = "x [.., D, ...] with D, ... from `axis` on; gamma [D, ...]",
               .types = TYPES,
               .errors = ERRORS,
               .source = "Zhang & Sennrich 2019, arXiv:1910.07467",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,5] gamma:f32[5]" },
                                  { .in = "x:f64[2,3,4]", .with = "axis=1 eps=1e-2" },
                                  { .in = "x:bf16[4,8] gamma:bf16[8]" },
                                  { .in = "x:f32[0,5] gamma:f32[5]" },
                                  { .in = "x:f32[4,5] gamma:f32[4]", .fails = "x.shape[axis:]" },
                                  { 0 } } },
    { .name = "rms_norm_grad",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "x, gy, gamma?",
      .outputs = "gx, ggamma",
      .infer = grad_infer,
      .build = grad_build,
      .backward = rn_backward_by_build,
      .cost = rni_norm_cost,
      .opts = OPTIONS(1e-6),
      .opts_size = sizeof(rn_layer_norm_opts),
      .doc = { .brief = "Gradients of rms_norm.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,5] gy:f32[4,5] gamma:f32[5]" },
                                  { .in = "x:f64[2,3,4] gy:f64[2,3,4]", .with = "axis=1" },
                                  { 0 } } },
    { 0 },
};
