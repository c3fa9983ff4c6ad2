/* batch_norm: every channel to mean 0 and variance 1 over the batch, then scaled and offset.
 *
 * The variance is taken around the mean in a second pass: E[x^2] - E[x]^2 loses all digits where the mean is far larger
 * than the deviation. Running statistics are the caller's: the batch's are results of the call. */
#include "ops/norm/norm_p.h"

#include "base/error.h"
#include "engine/infer.h"

#include <rensa/ops.h>

extern const rn_op rn_ops_batch_norm[];
enum { NORM, GRAD };

/* A call's axes: kept ones, joined ones, and the shapes of statistics with and without the joined ones. */
typedef struct {
    rn_axes joined;
    rn_shape flat, wide;
    double count; /* elements behind each statistic */
} layout;

static bool lay_out(const rn_shape *x, const rn_batch_norm_opts *o, layout *l)
{
    uint32_t kept;
    const rn_axes axes = o->axes.n ? o->axes : RN_AXES(1);
    if (!rni_reduced_axes(&axes, x->rank, &kept)) return false;
    *l = (layout){ .wide = { .rank = x->rank }, .count = 1 };
    for (int a = 0; a < x->rank; a++) {
        const bool keep = kept & 1u << a;
        l->wide.dim[a] = keep ? x->dim[a] : 1;
        if (keep) l->flat.dim[l->flat.rank++] = x->dim[a];
        if (!keep) l->joined.axis[l->joined.n++] = a;
        if (!keep) l->count *= (double)x->dim[a];
    }
    return true;
}

#define STATISTIC_RULE "gamma.shape == beta.shape == the sizes of x along axes (left out: [x.shape[1]])"

static bool infer_common(rn_infer *f, layout *l)
{
    if (!rn_want_float(f, 0)) return false;
    if (!lay_out(f->shape[0], f->opts, l))
        return rn_refuse(f, RN_ERR_ARG, "axes must name axes of x, each once", "-rank <= axis < rank, by default 1");
    return true;
}

static bool infer(rn_infer *f)
{
    layout l;
    if (!infer_common(f, &l) || !rni_norm_check(f, 1, &l.flat, STATISTIC_RULE) ||
        !rni_norm_check(f, 2, &l.flat, STATISTIC_RULE))
        return false;
    const rn_dtype stat = rni_stat_type(f->dtype[0]);
    return rn_out(f, 0, f->dtype[0], *f->shape[0]) && rn_out(f, 1, stat, l.flat) && rn_out(f, 2, stat, l.flat);
}

static rn_tensor *widen(rn_tensor *t, const layout *l)
{
    return t ? rn_reshape(t, l->wide) : NULL;
}

static rn_tensor *inverse_deviation(rn_tensor *var, double eps)
{
    return rn_rsqrt(rn_add_scalar(var, eps));
}

static bool build(rn_call_info *c)
{
    const rn_batch_norm_opts *o = c->opts;
    rn_tensor *gamma = c->n_in > 1 ? c->in[1] : NULL, *beta = c->n_in > 2 ? c->in[2] : NULL;
    layout l;
    lay_out(rn_tensor_shape(c->in[0]), o, &l);
    rn_tensor *x = rni_stat_cast(c->in[0]);
    rn_tensor *mean = rni_stat_mean(x, l.joined);
    rn_tensor *d = rn_sub(x, mean), *var = rni_stat_mean(rn_mul(d, d), l.joined);
    rn_tensor *scale = inverse_deviation(var, o->eps);
    if (gamma) scale = rn_mul(scale, widen(gamma, &l));
    c->out[0] = rni_norm_apply(c->in[0], mean, scale, widen(beta, &l));
    c->out[1] = rn_reshape(mean, l.flat);
    c->out[2] = rn_reshape(var, l.flat);
    return rn_ok();
}

static bool backward(rn_vjp *v)
{
    const rn_batch_norm_opts *o = v->opts;
    rn_tensor *x = v->in[0], *gamma = v->n_in > 1 ? v->in[1] : NULL;
    layout l;
    lay_out(rn_tensor_shape(x), o, &l);
    if (v->gout[0]) {
        rn_tensor *in[] = { x, v->gout[0], v->out[1], v->out[2], gamma }, *out[3];
        if (!rn_op_call(&rn_ops_batch_norm[GRAD], rni_site_current(), in, gamma ? 5 : 4, o, out)) return false;
        for (int i = 0; i < v->n_in; i++)
            if (v->need[i]) v->gin[i] = out[i];
    }
    if (!v->need[0] || l.count == 0) return rn_ok();
    if (v->gout[2]) {
        rn_tensor *slope = rn_mul_scalar(widen(v->gout[2], &l), 2 / l.count);
        rn_tensor *g = rni_norm_apply(x, widen(v->out[1], &l), slope, NULL);
        v->gin[0] = v->gin[0] ? rn_add(v->gin[0], g) : g;
    }
    if (v->gout[1]) {
        rn_tensor *g = rn_broadcast_to(rn_mul_scalar(widen(v->gout[1], &l), 1 / l.count), *rn_tensor_shape(x));
        v->gin[0] = v->gin[0] ? rn_add(v->gin[0], g) : g;
    }
    return rn_ok();
}

/* ---- the same, given the statistics ---- */

static bool again_infer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool again_build(rn_call_info *c)
{
    const rn_batch_norm_opts *o = c->opts;
    layout l;
    lay_out(rn_tensor_shape(c->in[0]), o, &l);
    rn_tensor *scale = rn_mul(inverse_deviation(widen(c->in[4], &l), o->eps), widen(c->in[1], &l));
    c->out[0] = rni_norm_apply(c->in[0], widen(c->in[3], &l), scale, widen(c->in[2], &l));
    return rn_ok();
}

/* ---- the gradient ---- */

static bool grad_infer(rn_infer *f)
{
    layout l;
    if (!infer_common(f, &l)) return false;
    const rn_dtype stat = rni_stat_type(f->dtype[0]);
    return rn_out(f, 0, f->dtype[1], *f->shape[1]) && rn_out(f, 1, stat, l.flat) && rn_out(f, 2, stat, l.flat);
}

/* With n = (x - mean) r and r = 1 / sqrt(var + eps): gx = gamma r (gy - mean of gy - n * mean of (gy n)), where the two
 * means come from mean and var being functions of x. */
static bool grad_build(rn_call_info *c)
{
    const rn_batch_norm_opts *o = c->opts;
    rn_tensor *gamma = c->n_in > 4 ? c->in[4] : NULL;
    layout l;
    lay_out(rn_tensor_shape(c->in[0]), o, &l);
    rn_tensor *x = rni_stat_cast(c->in[0]), *gy = rni_stat_cast(c->in[1]);
    rn_tensor *mean = widen(c->in[2], &l), *r = inverse_deviation(widen(c->in[3], &l), o->eps);
    rn_tensor *gbeta = rn_sum_to(gy, l.wide);
    rn_tensor *ggamma = rn_sum_to(rn_mul(gy, rni_norm_apply(x, mean, r, NULL)), l.wide);
    const double share = l.count > 0 ? 1 / l.count : 0;
    rn_tensor *a = rn_mul_scalar(gbeta, share), *b = rn_mul(rn_mul_scalar(ggamma, share), r);
    rn_tensor *scale = gamma ? rn_mul(r, widen(gamma, &l)) : r;
    c->out[0] = rni_norm_pull(c->in[1], x, mean, a, b, scale);
    c->out[1] = rn_reshape(ggamma, l.flat);
    c->out[2] = rn_reshape(gbeta, l.flat);
    return rn_ok();
}

#define OPTIONS                                                                                                        \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_AXES(rn_batch_norm_opts, axes, "axes with statistics of their own; left out: 1, the channels"),         \
            RN_OPT_F64(rn_batch_norm_opts, eps, 1e-5, 1e-300, 1e300, "added to the variance"),                         \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_batch_norm[] = {
    { .name = "batch_norm",
      .kind = RN_COMPOSITE,
      .inputs = "x, gamma?, beta?",
      .outputs = "y, mean, var",
      .infer = infer,
      .build = build,
      .backward = backward,
      .cost = rni_norm_cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rn_batch_norm_opts),
      .onnx = "BatchNormalization eps=epsilon",
      .nnp = "BatchNormalization",
      .doc = { .brief = "Normalisation of each channel by the statistics of the batch, for training.",
               .formula = "y = (x - mean) / sqrt(var + eps) * gamma + beta, with mean and var over all axes but `axes`",
               .shapes = "x any; gamma, beta, mean, var the sizes of x along `axes`: [C] for x [N, C, ...]",
               .types = "f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64",
               .errors = "SHAPE if gamma or beta does not fit; ARG for axes out of range; DTYPE for integers. var is "
                         "divided by "
                         "the number of elements, not one less; a batch of no elements gives mean 0 and var 0",
               .source = "Ioffe & Szegedy 2015, arXiv:1502.03167",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,3] gamma:f32[3] beta:f32[3]" },
                                  { .in = "x:f32[2,3,4,2] gamma:f32[3] beta:f32[3]", .with = "eps=1e-3" },
                                  { .in = "x:f64[4,2,3]{9,11}" },
                                  { .in = "x:f64[4,2,3] gamma:f64[3] beta:f64[3]", .with = "axes=-1" },
                                  { .in = "x:f32[4,2,3] gamma:f32[2,3] beta:f32[2,3]", .with = "axes=1,2" },
                                  { .in = "x:bf16[8,3] gamma:f32[3] beta:f32[3]" },
                                  { .in = "x:f16[8,3] gamma:f16[3] beta:f16[3]" },
                                  { .in = "x:f32[0,3,2] gamma:f32[3] beta:f32[3]" },
                                  { .in = "x:f32[4,3] gamma:f32[4] beta:f32[3]", .fails = "gamma.shape == beta.shape" },
                                  { .in = "x:f32[4,3]", .with = "axes=2", .fails = "axes must name" },
                                  { .in = "x:i32[4,3]", .fails = "type of x is f16" },
                                  { .in = "x:f32[4,3] gamma:f64[3]", .fails = "types differ" },
                                  { 0 } } },
    { .name = "batch_norm_grad",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "x, gy, mean, var, gamma?",
      .outputs = "gx, ggamma, gbeta",
      .infer = grad_infer,
      .build = grad_build,
      .backward = rn_backward_by_build,
      .cost = rni_norm_cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rn_batch_norm_opts),
      .doc = { .brief = "Gradients of batch_norm, given the statistics.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,3] gy:f32[4,3] mean:f32[3] var:f32[3]{1,2} gamma:f32[3]" },
                                  { .in = "x:f64[4,3,2] gy:f64[4,3,2] mean:f64[3] var:f64[3]{1,2}" },
                                  { .in = "x:f32[0,3] gy:f32[0,3] mean:f32[3] var:f32[3]{1,2}" },
                                  { 0 } } },
    { .name = "batch_norm_again",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "x, gamma, beta, mean, var",
      .infer = again_infer,
      .build = again_build,
      .backward = rn_backward_by_build,
      .cost = rni_norm_cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rn_batch_norm_opts),
      .doc = { .brief = "The result of batch_norm once more, given the statistics.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,3] gamma:f32[3] beta:f32[3] mean:f32[3] var:f32[3]{1,2}" },
                                  { .in = "x:f64[4,3,2] gamma:f64[3] beta:f64[3] mean:f64[3] var:f64[3]{1,2}" },
                                  { .in = "x:bf16[4,3,2,2] gamma:f32[3] beta:f32[3] mean:f32[3] var:f32[3]{1,2}" },
                                  { 0 } } },
    { 0 },
};
