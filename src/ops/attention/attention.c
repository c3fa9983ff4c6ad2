/* attention: each query sees the values of the keys that it resembles.
 *
 * The gradient computes the weights again from the logarithms of the sums, so that no [T, S] array is kept. It is a
 * composite of its own; its gradient in turn is taken from its parts. Back ends may have kernels for both that never
 * hold the weights of more than a few rows. */
#include "ops/attention/attention_p.h"

#include "base/error.h"
#include "base/shape.h"

#include <rensa/ops.h>
#include <string.h>

extern const rn_op rn_ops_attention[];
enum { ATTENTION, GRAD };

static bool same_lead(const rn_shape *a, const rn_shape *b)
{
    return a->rank == b->rank && memcmp(a->dim, b->dim, (size_t)(a->rank - 2) * sizeof *a->dim) == 0;
}

static bool check_mask(rn_infer *f, int input, const rn_shape *scores)
{
    if (input >= f->n_in || !f->in[input]) return true;
    rn_shape joined;
    if (f->dtype[input] != RN_BOOL && !rn_dtype_is_float(f->dtype[input]))
        return rn_refuse(f, RN_ERR_DTYPE, "the mask says neither what is seen nor what to add",
                         "mask is bool or a float");
    if (rni_shape_broadcast(scores, f->shape[input], &joined) && rni_shape_equal(scores, &joined)) return true;
    return rn_refuse(f, RN_ERR_SHAPE, "the mask does not fit", "mask broadcasts to [.., T, S]");
}

/* q, k, v are the first inputs; sets the shape of the scores [.., T, S]. */
static bool check_operands(rn_infer *f, rn_shape *scores)
{
    const rn_shape *q = f->shape[0], *k = f->shape[1], *v = f->shape[2];
    if (!rn_want_float(f, 0)) return false;
    if (f->dtype[0] != f->dtype[1] || f->dtype[0] != f->dtype[2])
        return rn_refuse(f, RN_ERR_DTYPE, "types differ", "q.dtype == k.dtype == v.dtype");
    if (q->rank < 2 || !same_lead(q, k) || !same_lead(q, v))
        return rn_refuse(f, RN_ERR_SHAPE, "leading axes differ", "q.shape[:-2] == k.shape[:-2] == v.shape[:-2]");
    const int t = q->rank - 2, d = q->rank - 1;
    if (q->dim[d] != k->dim[d])
        return rn_refuse(f, RN_ERR_SHAPE, "queries and keys differ in length", "q.shape[-1] == k.shape[-1]");
    if (k->dim[t] != v->dim[t])
        return rn_refuse(f, RN_ERR_SHAPE, "keys and values differ in number", "k.shape[-2] == v.shape[-2]");
    *scores = *q;
    scores->dim[d] = k->dim[t];
    return true;
}

static rn_dtype sum_type(rn_dtype d)
{
    return d == RN_F64 ? RN_F64 : RN_F32;
}

bool rni_attention_infer(rn_infer *f)
{
    rn_shape scores;
    if (!check_operands(f, &scores) || !check_mask(f, 3, &scores)) return false;
    rn_shape y = *f->shape[0], lse = y;
    y.dim[y.rank - 1] = f->shape[2]->dim[y.rank - 1];
    lse.rank--;
    return rn_out(f, 0, f->dtype[0], y) && rn_out(f, 1, sum_type(f->dtype[0]), lse);
}

static rn_tensor *in_type_of(rn_tensor *x, const rn_tensor *like)
{
    if (!x) return NULL;
    return rn_tensor_dtype(x) == rn_tensor_dtype(like) ? x : rn_cast(x, rn_tensor_dtype(like));
}

static rn_tensor *in_sum_type(rn_tensor *x)
{
    const rn_dtype d = sum_type(rn_tensor_dtype(x));
    return rn_tensor_dtype(x) == d ? x : rn_cast(x, d);
}

static bool build(rn_call_info *c)
{
    rn_tensor *mask = c->n_in > 3 ? c->in[3] : NULL, *lse = NULL;
    rn_tensor *p = rni_attention_weights(rni_attention_scores(c->in[0], c->in[1], mask, c->opts), &lse);
    if (!p || !lse) return false;
    rn_shape rows = *rn_tensor_shape(lse);
    rows.rank--;
    c->out[0] = in_type_of(rn_matmul(p, in_sum_type(c->in[2])), c->in[0]);
    c->out[1] = rn_reshape(lse, rows);
    return rn_ok();
}

/* The derivative of row t of the weights needs sum_e gy[t, e] y[t, e]; what arrives for lse is taken off it, because
 * the derivative of lse by a score is its weight. */
static bool backward(rn_vjp *v)
{
    rn_tensor *mask = v->n_in > 3 ? v->in[3] : NULL, *y = v->out[0], *gy = v->gout[0], *glse = v->gout[1];
    if (!gy) gy = rn_zeros(*rn_tensor_shape(y), .dtype = rn_tensor_dtype(y));
    rn_tensor *delta = rn_sum(rn_mul(in_sum_type(gy), in_sum_type(y)), .axes = RN_AXES(-1));
    if (glse) delta = rn_sub(delta, glse);
    rn_tensor *in[] = { v->in[0], v->in[1], v->in[2], gy, delta, v->out[1], mask }, *out[4];
    if (!rn_op_call(&rn_ops_attention[GRAD], rni_site_current(), in, mask ? 7 : 6, v->opts, out)) return false;
    for (int i = 0; i < v->n_in; i++)
        if (v->need[i]) v->gin[i] = out[i];
    return true;
}

/* ---- the gradient ---- */

/* q, k, v, gy, delta, lse, mask? -> gq, gk, gv, gmask (of the shape of the scores if the mask is added, else of no
 * elements) */
static bool grad_infer(rn_infer *f)
{
    rn_shape scores;
    if (!check_operands(f, &scores) || !check_mask(f, 6, &scores)) return false;
    const bool added = f->n_in > 6 && f->in[6] && f->dtype[6] != RN_BOOL;
    for (int i = 0; i < 3; i++)
        if (!rn_out(f, i, f->dtype[0], *f->shape[i])) return false;
    return rn_out(f, 3, sum_type(f->dtype[0]), added ? *f->shape[6] : RN_SHAPE(0));
}

static bool grad_build(rn_call_info *c)
{
    const rn_attention_opts *o = c->opts;
    rn_tensor *mask = c->n_in > 6 ? c->in[6] : NULL, *q = in_sum_type(c->in[0]), *k = in_sum_type(c->in[1]);
    rn_tensor *v = in_sum_type(c->in[2]), *gy = in_sum_type(c->in[3]);
    rn_tensor *s = rni_attention_scores(q, k, mask, o);
    if (!s) return false;
    rn_shape rows = *rn_tensor_shape(s);
    rows.dim[rows.rank - 1] = 1;
    rn_tensor *in[] = { s, rn_reshape(c->in[5], rows) }, *p = NULL;
    if (!in[1] || !rn_op_call(&rn_ops_attention[GRAD + 1], rni_site_current(), in, 2, NULL, &p)) return false;
    rn_tensor *gp = rn_matmul(gy, v, .trans_b = true);
    rn_tensor *gs = rn_mul(p, rn_sub(gp, rn_reshape(c->in[4], rows)));
    const bool added = mask && rn_tensor_dtype(mask) != RN_BOOL;
    c->out[0] = in_type_of(rn_mul_scalar(rn_matmul(gs, k), o->scale), c->in[0]);
    c->out[1] = in_type_of(rn_mul_scalar(rn_matmul(gs, q, .trans_a = true), o->scale), c->in[0]);
    c->out[2] = in_type_of(rn_matmul(p, gy, .trans_a = true), c->in[0]);
    c->out[3] = added ? rn_sum_to(gs, *rn_tensor_shape(mask)) : rn_zeros(RN_SHAPE(0), .dtype = rn_tensor_dtype(s));
    return rn_ok();
}

static void cost(rn_cost *c)
{
    const rn_view *q = &c->in[0], *v = &c->in[2];
    double pairs = (double)q->dim[q->rank - 2] * (double)v->dim[v->rank - 2];
    for (int a = 0; a < q->rank - 2; a++) pairs *= (double)q->dim[a];
    c->multiply_add = pairs * (double)(q->dim[q->rank - 1] + v->dim[v->rank - 1]);
    c->multiply = pairs;
    c->exponential = pairs;
    c->add = pairs;
    c->divide = pairs;
    c->compare = pairs;
}

static void grad_cost(rn_cost *c)
{
    cost(c);
    const double d = (double)c->in[0].dim[c->in[0].rank - 1], e = (double)c->in[2].dim[c->in[2].rank - 1];
    c->multiply_add *= (3 * d + 2 * e) / (d + e > 0 ? d + e : 1);
}

#define OPTIONS                                                                                                        \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_BOOL(rn_attention_opts, causal, "positions do not see those after them"),                               \
            RN_OPT_F64(rn_attention_opts, scale, 1, -1e300, 1e300, "factor of the products"),                          \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_attention[] = {
    { .name = "attention",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL | RN_OP_NARROW,
      .inputs = "q, k, v, mask?",
      .outputs = "y, lse",
      .infer = rni_attention_infer,
      .build = build,
      .backward = backward,
      .cost = cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rn_attention_opts),
      .doc = { .brief = "Attention with the logarithms of its sums.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "q:f32[2,3,4] k:f32[2,5,4] v:f32[2,5,6]", .with = "scale=0.5" },
                                  { .in = "q:f64[4,3] k:f64[4,3] v:f64[4,2]", .with = "causal=true" },
                                  { .in = "q:f32[3,4] k:f32[2,4] v:f32[2,4] mask:f32[2]" },
                                  { .in = "q:f32[0,3,4] k:f32[0,5,4] v:f32[0,5,6]" },
                                  { 0 } } },
    { .name = "attention_grad",
      .kind = RN_COMPOSITE,
      .flags = RN_OP_INTERNAL,
      .inputs = "q, k, v, gy, delta, lse, mask?",
      .outputs = "gq, gk, gv, gmask",
      .infer = grad_infer,
      .build = grad_build,
      .backward = rn_backward_by_build,
      .cost = grad_cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rn_attention_opts),
      .doc = { .brief = "Gradients of attention.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "q:f32[3,4] k:f32[5,4] v:f32[5,2] gy:f32[3,2] delta:f32[3] lse:f32[3]{2,3}",
                                    .with = "scale=0.5" },
                                  { .in = "q:f64[3,4] k:f64[3,4] v:f64[3,2] gy:f64[3,2] delta:f64[3] lse:f64[3]{2,3} "
                                          "mask:f64[3,3]",
                                    .with = "causal=true" },
                                  { 0 } } },
    { .name = "attention_again",
      .kind = RN_MAP,
      .flags = RN_OP_INTERNAL,
      .inputs = "s, lse",
      .expr = "y = exp(s - lse)",
      .vjp = "gs = gy * y; glse = -gy * y",
      .doc = { .brief = "Weights given the logarithms of their sums.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "s:f32[2,3] lse:f32[2,1]{1,2}" }, { 0 } } },
    { 0 },
};
