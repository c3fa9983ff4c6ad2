/* group_norm, instance_norm, weight_standardization: layer_norm after the axes have been grouped. */
#include "ops/norm/norm_p.h"

#include "base/error.h"

#include <rensa/ops.h>

typedef struct {
    int64_t groups;
    double eps;
} group_norm_opt;

extern const rn_op rn_ops_layer_norm[];

/* x [N, C, ...] normalised over each of `groups` groups of channels. */
static rn_tensor *normalise(rn_tensor *x, int64_t groups, double eps)
{
    const rn_shape *s = rn_tensor_shape(x);
    int64_t rest = groups ? s->dim[1] / groups : 0;
    for (int a = 2; a < s->rank; a++) rest *= s->dim[a];
    rn_tensor *in = rn_reshape(x, RN_SHAPE(s->dim[0], groups, rest)), *out = NULL;
    const rn_layer_norm_opts o = { .axis = 2, .eps = eps };
    if (!in || !rn_op_call(rn_ops_layer_norm, rni_site_current(), &in, 1, &o, &out)) return NULL;
    return rn_reshape(out, *s);
}

static bool build_groups(rn_call_info *c, int64_t groups, double eps)
{
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    if (f.shape[0]->rank < 2) return rn_refuse(&f, RN_ERR_SHAPE, "needs a batch and a channel axis", "rank of x >= 2");
    const int64_t channels = f.shape[0]->dim[1];
    if (groups == 0) groups = channels;
    if (!rn_want_float(&f, 0)) return false;
    if (groups && channels % groups) {
        rn_refuse(&f, RN_ERR_SHAPE, "channels cannot be divided among groups", "x.shape[1] % groups == 0");
        rn_infer_hint("groups is %lld", (long long)groups);
        return false;
    }
    const rn_shape flat = RN_SHAPE(channels);
    rn_shape wide = { .rank = f.shape[0]->rank };
    for (int a = 0; a < wide.rank; a++) wide.dim[a] = a == 1 ? channels : 1;
    rn_tensor *t[2]; /* gamma, beta */
    for (int i = 0; i < 2; i++) {
        if (!rni_norm_check(&f, 1 + i, &flat, "gamma.shape == beta.shape == [x.shape[1]]")) return false;
        t[i] = 1 + i < c->n_in && c->in[1 + i] ? rn_reshape(c->in[1 + i], wide) : NULL;
    }
    rn_tensor *y = normalise(c->in[0], groups, eps);
    c->out[0] = y ? rni_norm_affine(y, t[0], t[1]) : NULL;
    return c->out[0] != NULL;
}

static bool build_group(rn_call_info *c)
{
    const group_norm_opt *o = c->opts;
    return build_groups(c, o->groups, o->eps);
}

static bool build_instance(rn_call_info *c)
{
    return build_groups(c, 0, ((const group_norm_opt *)c->opts)->eps);
}

static bool build_weight(rn_call_info *c)
{
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    if (f.shape[0]->rank < 2) return rn_refuse(&f, RN_ERR_SHAPE, "needs filters", "rank of w >= 2");
    const rn_layer_norm_opts o = { .axis = 1, .eps = ((const group_norm_opt *)c->opts)->eps };
    return rn_want_float(&f, 0) && rn_op_call(rn_ops_layer_norm, rni_site_current(), c->in, 1, &o, c->out);
}

#define EPS RN_OPT_F64(group_norm_opt, eps, 1e-5, 1e-300, 1e300, "added to the variance")

const rn_op rn_ops_group_norm[] = {
    { .name = "group_norm",
      .kind = RN_FUNCTION,
      .inputs = "x, gamma?, beta?",
      .build = build_group,
      .opts = (const rn_opt[]){ RN_REQ_I64(group_norm_opt, groups, 1, 1 << 30, "groups of channels"), EPS, { 0 } },
      .opts_size = sizeof(group_norm_opt),
      .onnx = "GroupNormalization groups=num_groups eps=epsilon",
      .nnp = "GroupNormalization groups=num_groups",
      .doc = { .brief = "Normalisation of each sample over groups of channels.",
               .formula = "y = (x - mean) / sqrt(var + eps) * gamma + beta, with mean and var over a group and all "
                          "spatial axes",
               .shapes = "x [N, C, ...]   gamma, beta [C]   ->   y like x",
               .types = "f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64",
               .errors = "SHAPE if groups do not divide C or gamma or beta does not fit; DTYPE for integers",
               .source = "Wu & He 2018, arXiv:1803.08494",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,4,3] gamma:f32[4] beta:f32[4]", .with = "groups=2" },
                                  { .in = "x:f64[2,6,2,2]", .with = "groups=3 eps=1e-2" },
                                  { .in = "x:f64[3,4] gamma:f64[4]", .with = "groups=1" },
                                  { .in = "x:bf16[2,4,4] gamma:f32[4] beta:f32[4]", .with = "groups=2" },
                                  { .in = "x:f32[0,4,3] gamma:f32[4] beta:f32[4]", .with = "groups=2" },
                                  { .in = "x:f32[2,4,3]", .with = "groups=3", .fails = "x.shape[1] % groups" },
                                  { .in = "x:f32[2,4,3] gamma:f32[2]", .with = "groups=2", .fails = "gamma.shape" },
                                  { .in = "x:f32[4]", .with = "groups=2", .fails = "rank of x >= 2" },
                                  { 0 } } },
    { .name = "instance_norm",
      .kind = RN_FUNCTION,
      .inputs = "x, gamma?, beta?",
      .build = build_instance,
      .opts = (const rn_opt[]){ EPS, { 0 } },
      .opts_size = sizeof(group_norm_opt),
      .onnx = "InstanceNormalization eps=epsilon",
      .nnp = "InstanceNormalization",
      .doc = { .brief = "Normalisation of each channel of each sample.",
               .formula = "y = (x - mean) / sqrt(var + eps) * gamma + beta, with mean and var over all spatial axes",
               .shapes = "x [N, C, ...]   gamma, beta [C]   ->   y like x",
               .types = "f16, bf16 (statistics in f32; gamma and beta may be f32), f32, f64",
               .errors = "SHAPE if gamma or beta does not fit; DTYPE for integers",
               .source = "Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4] gamma:f32[3] beta:f32[3]" },
                                  { .in = "x:f64[2,3,2,3]" },
                                  { .in = "x:f32[0,3,4]" },
                                  { .in = "x:f32[2,3,4] gamma:f32[4]", .fails = "gamma.shape" },
                                  { 0 } } },
    { .name = "weight_standardization",
      .kind = RN_FUNCTION,
      .inputs = "w",
      .build = build_weight,
      .opts = (const rn_opt[]){ EPS, { 0 } },
      .opts_size = sizeof(group_norm_opt),
      .nnp = "WeightStandardization",
      .doc = { .brief = "Each filter to mean 0 and variance 1.",
               .formula = "y = (w - mean) / sqrt(var + eps), with mean and var over all axes but the first",
               .shapes = "w [K, ...] -> y like w",
               .types = "f16, bf16 (statistics in f32), f32, f64",
               .errors = "SHAPE if w has fewer than 2 axes; DTYPE for integers",
               .source = "Qiao et al. 2019, arXiv:1903.10520",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "w:f32[4,3,2,2]" },
                                  { .in = "w:f64[4,5]" },
                                  { .in = "w:f32[4]", .fails = "rank of w >= 2" },
                                  { 0 } } },
    { 0 },
};
