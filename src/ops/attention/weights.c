/* The steps that attention is made of: masked scores, weights, dropped weights.
 *
 * What is not to be seen gets the score -3e38 instead of minus infinity: finite, so that a check for infinities finds
 * only those that are mistakes, and so low that its weight is 0 beside any other. */
#include "ops/attention/attention_p.h"

#include "base/error.h"

#include <rensa/ops.h>

typedef struct {
    rn_shape shape;
    double cols, offset;
} causal_opt;

typedef struct {
    rn_random random;
    double rate;
} drop_opt;

extern const rn_op rn_ops_weights[];
enum { CAUSAL, HIDE, ADD, EXPONENTIAL, SHARE, LOG_SUM, DROP };

static rn_tensor *call(int which, rn_tensor *const *in, int64_t n, const void *opts)
{
    rn_tensor *out = NULL;
    return rn_op_call(&rn_ops_weights[which], rni_site_current(), in, n, opts, &out) ? out : NULL;
}

static rn_tensor *at_least_f32(rn_tensor *x)
{
    const rn_dtype d = rn_tensor_dtype(x);
    return d == RN_F32 || d == RN_F64 ? x : rn_cast(x, RN_F32);
}

static rn_tensor *hide(rn_tensor *scores, rn_tensor *seen)
{
    return call(HIDE, (rn_tensor *[]){ scores, seen }, 2, NULL);
}

rn_tensor *rni_attention_scores(rn_tensor *q, rn_tensor *k, rn_tensor *mask, const rn_attention_opts *o)
{
    rn_tensor *s = rn_mul_scalar(rn_matmul(at_least_f32(q), at_least_f32(k), .trans_b = true), o->scale);
    if (mask && rn_tensor_dtype(mask) == RN_BOOL)
        s = hide(s, mask);
    else if (mask)
        s = call(ADD, (rn_tensor *[]){ s, at_least_f32(mask) }, 2, NULL);
    if (!o->causal || !s) return s;
    const int64_t rows = rn_tensor_dim(s, -2), cols = rn_tensor_dim(s, -1);
    const causal_opt c = { .shape = RN_SHAPE(rows, cols), .cols = (double)cols, .offset = (double)(cols - rows) };
    return hide(s, call(CAUSAL, NULL, 0, &c));
}

rn_tensor *rni_attention_weights(rn_tensor *scores, rn_tensor **lse)
{
    if (!scores) return NULL;
    rn_shape one = *rn_tensor_shape(scores);
    one.dim[one.rank - 1] = 1;
    const rn_axes last = RN_AXES(-1);
    /* a row without columns has no largest score, and needs none */
    rn_tensor *most = rn_tensor_dim(scores, -1) ? rn_detach(rn_max(scores, .axes = last, .keepdims = true))
                                                : rn_zeros(one, .dtype = rn_tensor_dtype(scores));
    rn_tensor *e = call(EXPONENTIAL, (rn_tensor *[]){ scores, most }, 2, NULL);
    rn_tensor *sum = e ? rn_sum(e, .axes = last, .keepdims = true) : NULL;
    if (!sum) return NULL;
    if (lse) *lse = call(LOG_SUM, (rn_tensor *[]){ sum, most }, 2, NULL);
    return call(SHARE, (rn_tensor *[]){ e, sum }, 2, NULL);
}

rn_tensor *rni_attention_drop(rn_tensor *weights, double rate)
{
    const drop_opt o = { .rate = rate };
    return weights ? call(DROP, &weights, 1, &o) : NULL;
}

static bool infer_causal(rn_infer *f)
{
    return rn_out(f, 0, RN_BOOL, ((const causal_opt *)f->opts)->shape);
}

const rn_op rn_ops_weights[] = {
    { .name = "attention_causal",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
      .inputs = "",
      .expr = "y = i % cols <= i / cols + offset",
      .infer = infer_causal,
      .opts =
          (const rn_opt[]){ RN_REQ_SHAPE(causal_opt, shape, "positions by positions seen"),
                            RN_REQ_F64(causal_opt, cols, 0, 0x1p53, "the second of them"),
                            RN_REQ_F64(causal_opt, offset, -0x1p53, 0x1p53, "how far beyond its own a position sees"),
                            { 0 } },
      .opts_size = sizeof(causal_opt),
      .doc = { .brief = "Whether a position may see another one that is not after it.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "", .with = "shape=3,5 cols=5 offset=2" }, { 0 } } },
    { .name = "attention_hide",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "s, seen",
      .types = "first",
      .expr = "y = seen ? s : -3e38",
      .doc = { .brief = "The least score where nothing is to be seen.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "s:f32[2,3] seen:bool[3]{=1,0,1}", .no_grad = true }, { 0 } } },
    { .name = "attention_add",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "s, mask",
      .types = "first",
      .expr = "y = max(s + mask, -3e38)",
      .doc = { .brief = "Scores and a mask added, not less than the least score.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "s:f32[2,3] mask:f32[3]" }, { 0 } } },
    { .name = "attention_exp",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "s, most",
      .expr = "y = most < -1e38 ? 0 : exp(s - most)",
      .vjp = "gs = gy * y; gmost = 0",
      .doc = { .brief = "Powers of e relative to the largest, which is a constant.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "s:f32[2,3] most:f32[2,1]{1,2}", .no_grad = true }, { 0 } } },
    { .name = "attention_share",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "e, sum",
      .expr = "y = sum == 0 ? 0 : e / sum",
      .doc = { .brief = "Parts of a sum; nothing is parted into nothing.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "e:f32[2,3]{0,1} sum:f32[2,1]{1,2}" }, { 0 } } },
    { .name = "attention_lse",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "sum, most",
      .expr = "y = sum == 0 ? 0 : most + log(sum)",
      .vjp = "gsum = sum == 0 ? 0 : gy / sum; gmost = 0",
      .doc = { .brief = "Logarithm of a sum of powers of e, given relative to the largest.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "sum:f32[3]{1,2} most:f32[3]", .no_grad = true }, { 0 } } },
    { .name = "attention_drop",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL | RN_OP_RANDOM,
      .inputs = "x",
      .expr = "y = rand(seed, stream) >= rate ? x / (1 - rate) : 0",
      .opts =
          (const rn_opt[]){ RN_OPT_RANDOM(drop_opt), RN_REQ_F64(drop_opt, rate, 0, 1, "part that is dropped"), { 0 } },
      .opts_size = sizeof(drop_opt),
      .doc = { .brief = "A part of the elements dropped at random, the rest enlarged to make up for it.",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,5]", .with = "rate=0.5", .random = true }, { 0 } } },
    { 0 },
};
