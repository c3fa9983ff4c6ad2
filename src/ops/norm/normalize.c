/* normalize: vectors to length 1, and local_response_norm: each element divided by the energy of its neighbours. */
#include "ops/norm/norm_p.h"

#include "base/error.h"
#include "engine/infer.h"
#include "ops/pool/pool_p.h"

#include <rensa/ops.h>

typedef struct {
    rn_axes axes;
    double eps;
} normalize_opt;

typedef struct {
    int64_t n;
    double k, alpha, beta;
} response_opt;

typedef struct {
    double k, c, beta;
} damp_opt;

extern const rn_op rn_ops_normalize[];
enum { NORMALIZE, RESPONSE, INVERSE, DAMP };

static bool build_normalize(rn_call_info *c)
{
    const normalize_opt *o = c->opts;
    rn_infer f;
    rn_infer_begin(&f, c, o);
    const rn_axes axes = o->axes.n ? o->axes : RN_AXES(1);
    uint32_t mask;
    if (!rn_want_float(&f, 0)) return false;
    if (!rni_reduced_axes(&axes, f.shape[0]->rank, &mask))
        return rn_refuse(&f, RN_ERR_ARG, "axes must name axes of x, each once", "-rank <= axis < rank, by default 1");
    rn_tensor *x = rni_stat_cast(c->in[0]), *energy = rn_sum(rn_mul(x, x), .axes = axes, .keepdims = true), *r = NULL;
    if (!rn_op_call(&rn_ops_normalize[INVERSE], rni_site_current(), &energy, 1, o, &r)) return false;
    c->out[0] = rni_norm_affine(c->in[0], r, NULL);
    return c->out[0] != NULL;
}

/* The sum over neighbouring channels is a mean over a window, times its size. */
static bool build_response(rn_call_info *c)
{
    const response_opt *o = c->opts;
    rn_infer f;
    rn_infer_begin(&f, c, o);
    const rn_shape *s = f.shape[0];
    if (s->rank < 2) return rn_refuse(&f, RN_ERR_SHAPE, "needs a batch and a channel axis", "rank of x >= 2");
    if (!rn_want_float(&f, 0)) return false;
    int64_t rest = 1;
    for (int a = 2; a < s->rank; a++) rest *= s->dim[a];
    if (rn_tensor_count(c->in[0]) == 0) return (c->out[0] = c->in[0]) != NULL;
    rn_tensor *x = rni_stat_cast(c->in[0]);
    const int64_t side = o->n / 2, joined = 2 * side + 1;
    const rn_pool_opts window = {
        .kernel = { joined, 1, 1 }, .stride = { 1, 1, 1 }, .pad = { side }, .pad_end = { side }, .dilation = { 1, 1, 1 }
    };
    rn_tensor *square = rn_reshape(rn_mul(x, x), RN_SHAPE(s->dim[0], 1, s->dim[1], rest));
    rn_tensor *energy = square ? rni_average_pool(square, &window) : NULL;
    const damp_opt damp = { .k = o->k, .c = o->alpha * (double)joined, .beta = o->beta };
    rn_tensor *in[] = { c->in[0], energy ? rn_reshape(energy, *s) : NULL };
    return in[1] && rn_op_call(&rn_ops_normalize[DAMP], rni_site_current(), in, 2, &damp, c->out);
}

const rn_op rn_ops_normalize[] = {
    { .name = "normalize",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x",
      .build = build_normalize,
      .opts = (const rn_opt[]){ RN_OPT_AXES(normalize_opt, axes, "axes of the vectors; left out: 1"),
                                RN_OPT_F64(normalize_opt, eps, 1e-5, 1e-300, 1e300, "added to the length"),
                                { 0 } },
      .opts_size = sizeof(normalize_opt),
      .onnx = "LpNormalization axes=axis",
      .nnp = "NormNormalization",
      .doc = { .brief = "Vectors of Euclidean length 1.",
               .formula = "y = x / (sqrt(sum of x^2 over axes) + eps)",
               .shapes = "y like x",
               .types = "f16, bf16 (lengths in f32), f32, f64",
               .errors =
                   "ARG for axes out of range; DTYPE for integers. A vector of zeros stays one, with gradient gy / eps",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,5]" },
                                  { .in = "x:f64[2,3,4]", .with = "axes=-1 eps=1e-2" },
                                  { .in = "x:f32[2,3,4]", .with = "axes=0,2" },
                                  { .in = "x:f32[2,3]{=0,0,0,1,2,2}", .no_grad = true },
                                  { .in = "x:bf16[2,5]" },
                                  { .in = "x:f32[0,5]" },
                                  { .in = "x:f32[5]", .fails = "axes must name" },
                                  { 0 } } },
    { .name = "local_response_norm",
      .kind = RN_FUNCTION,
      .flags = RN_OP_WIDE,
      .inputs = "x",
      .build = build_response,
      .opts =
          (const rn_opt[]){ RN_OPT_I64(response_opt, n, 5, 1, 1 << 20, "n / 2 neighbours on either side are joined"),
                            RN_OPT_F64(response_opt, k, 2, 1e-300, 1e300, "added to the energy"),
                            RN_OPT_F64(response_opt, alpha, 1e-4, 0, 1e300, "weight of each neighbour"),
                            RN_OPT_F64(response_opt, beta, 0.75, 0, 1e3, "exponent"),
                            { 0 } },
      .opts_size = sizeof(response_opt),
      .onnx = "LRN n=size k=bias",
      .doc = { .brief = "Division of each element by the energy of neighbouring channels.",
               .formula = "y[n, c, i] = x[n, c, i] / (k + alpha * sum_{|d - c| <= n / 2} x[n, d, i]^2)^beta",
               .shapes = "x [N, C, ...] -> y like x",
               .types = "f16, bf16 (energies in f32), f32, f64",
               .errors = "SHAPE if x has fewer than 2 axes; DTYPE for integers. ONNX divides its alpha by n",
               .source = "Krizhevsky, Sutskever & Hinton 2012",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,7,3]" },
                                  { .in = "x:f64[1,4,2,3]", .with = "n=3 k=1 alpha=0.5 beta=0.5" },
                                  { .in = "x:f64[2,5]", .with = "n=2 alpha=0.1" },
                                  { .in = "x:f16[2,5]", .with = "alpha=0.1" },
                                  { .in = "x:f32[0,5]" },
                                  { .in = "x:f32[5]", .fails = "rank of x >= 2" },
                                  { 0 } } },
    { .name = "norm_inverse_length",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "x",
      .expr = "y = 1 / (sqrt(x) + eps)",
      .vjp = "gx = x > 0 ? -gy * y * y / (2 * sqrt(x)) : 0",
      .opts = (const rn_opt[]){ RN_OPT_F64(normalize_opt, eps, 1e-5, 1e-300, 1e300, "added to the length"), { 0 } },
      .opts_size = sizeof(normalize_opt),
      .doc = { .brief = "Inverse of a length given its square.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[5]{0.5,2}" }, { 0 } } },
    { .name = "norm_damp",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "x, e",
      .types = "first",
      .expr = "y = x * pow(k + c * e, -beta)",
      .opts = (const rn_opt[]){ RN_OPT_F64(damp_opt, k, 2, 0, 1e300, "offset"),
                                RN_OPT_F64(damp_opt, c, 1, 0, 1e300, "factor"),
                                RN_OPT_F64(damp_opt, beta, 0.75, 0, 1e3, "exponent"),
                                { 0 } },
      .opts_size = sizeof(damp_opt),
      .doc = { .brief = "Divided by a power of an energy.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[5] e:f32[5]{0.5,2}" }, { 0 } } },
    { 0 },
};
