/* multi_head_attention and transformer_block. */
#include "base/error.h"
#include "nn/nn.h"

#include <rensa/lists.h>
#include <rensa/ops.h>
#include <string.h>

/* x [N, T, D] times w [K, D], plus b. */
static rn_tensor *project(rn_tensor *x, rn_tensor *w, rn_tensor *b)
{
    return rn_linear(x, w, b, .n_batch_axes = 2);
}

/* ---- attention ---- */

enum { WQKV, BQKV, WO, BO };

/* y [N, T, parts * dim] as parts tensors [N, heads, T, dim / heads]. A split along an axis of its own: its gradient is
 * one copy. */
static bool split_heads(rn_tensor *y, int64_t parts, int64_t heads, rn_tensor **out)
{
    const rn_shape s = *rn_tensor_shape(y);
    const int64_t d = s.dim[2] / parts / heads;
    rn_split(rn_reshape(y, RN_SHAPE(s.dim[0], s.dim[1], parts, heads, d)), out, parts, .axis = 2);
    for (int64_t i = 0; rn_ok() && i < parts; i++)
        out[i] = rn_transpose(rn_reshape(out[i], RN_SHAPE(s.dim[0], s.dim[1], heads, d)), .axes = RN_AXES(0, 2, 1, 3));
    return rn_ok();
}

static rn_tensor *rows(rn_tensor *w, int64_t from, int64_t to)
{
    return w ? rn_slice(w, RN_RANGES(RN_RANGE(from, to))) : NULL;
}

/* Queries, keys and values from x alone, or keys and values from a memory. */
static bool make_qkv(rn_link *link, rn_tensor *x, rn_tensor *memory, int64_t dim, int64_t heads, rn_tensor **qkv)
{
    rn_tensor *w = rn_link_slot_get(link, WQKV, x, RN_SHAPE(3 * dim, rn_tensor_dim(x, 2)));
    rn_tensor *b = rn_link_slot_get(link, BQKV, x, RN_SHAPE(3 * dim));
    if (!rn_ok()) return false;
    if (!memory) return split_heads(project(x, w, b), 3, heads, qkv);
    if (rn_tensor_rank(memory) != 3 || rn_tensor_dim(memory, 2) != rn_tensor_dim(x, 2))
        return rni_link_refuse(link, memory, "a memory [N, S, D] with D = %lld", (long long)rn_tensor_dim(x, 2));
    return split_heads(project(x, rows(w, 0, dim), rows(b, 0, dim)), 1, heads, qkv) &&
           split_heads(project(memory, rows(w, dim, 3 * dim), rows(b, dim, 3 * dim)), 2, heads, qkv + 1);
}

static rn_tensor *attention_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_attention_link_args *a = rn_link_args(link);
    rn_tensor *x = in[0], *qkv[3] = { 0 };
    if (rn_tensor_rank(x) != 3) return rni_link_refuse(link, x, "x [N, T, D]"), NULL;
    const rn_shape s = *rn_tensor_shape(x);
    const int64_t dim = a->dim ? a->dim : s.dim[2];
    if (dim % a->heads)
        return rni_link_refuse(link, x, "a number of features that is a multiple of heads = %lld", (long long)a->heads),
               NULL;
    if (!make_qkv(link, x, in[1], dim, a->heads, qkv)) return NULL;
    rn_tensor *y =
        rn_scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], in[2], .causal = a->causal, .dropout = a->dropout);
    y = rn_reshape(rn_transpose(y, .axes = RN_AXES(0, 2, 1, 3)), RN_SHAPE(s.dim[0], s.dim[1], dim));
    rn_tensor *w = rn_link_slot_get(link, WO, x, RN_SHAPE(dim, dim)), *b = rn_link_slot_get(link, BO, x, RN_SHAPE(dim));
    return rn_ok() ? project(y, w, b) : NULL;
}

#define ATT rn_attention_link_args

const rn_link_type rni_link_multi_head_attention = {
    .name = "multi_head_attention",
    .topic = "attention",
    .inputs = "x, memory?, mask?",
    .opts = (const rn_opt[]){ RN_REQ_I64(ATT, heads, 1, 1 << 20, "number of heads"),
                              RN_OPT_I64(ATT, dim, 0, 0, 1e15, "features of the result; 0: those of x"),
                              RN_OPT_F64(ATT, dropout, 0, 0, 1, "share of the weights dropped"),
                              RN_OPT_BOOL(ATT, causal, "position t sees positions up to t"),
                              RN_OPT_BOOL(ATT, no_bias, "without b"),
                              RN_OPT_INIT(ATT, w_init, "glorot_uniform", "first values of the weights"),
                              { 0 } },
    .args_size = sizeof(ATT),
    .slots = (const rn_link_slot[]){ { "Wqkv", NULL, 0, offsetof(ATT, w_init), 0 },
                                     { "bqkv", "zero", 0, 0, offsetof(ATT, no_bias) },
                                     { "Wo", NULL, 0, offsetof(ATT, w_init), 0 },
                                     { "bo", "zero", 0, 0, offsetof(ATT, no_bias) },
                                     { 0 } },
    .forward = attention_forward,
    .doc = { .brief = "Multi-head attention, of a sequence to itself or to a memory.",
             .formula = "softmax(q k' / sqrt(d) + mask) v for each head, side by side, times Wo",
             .shapes = "x [N, T, D]   memory [N, S, D]   mask broadcasts to [N, heads, T, S]   Wqkv [3 * dim, D]   "
                       "Wo [dim, dim]   ->   y [N, T, dim]",
             .errors = "SHAPE if heads do not divide dim, or memory has other features than x",
             .source = "Vaswani et al. 2017, arXiv:1706.03762",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,5,6]", "heads=3", "f32[2,5,6]", NULL },
                                     { "x:f32[2,5,6]", "heads=2 dim=8 causal=true no_bias=true", "f32[2,5,8]", NULL },
                                     { "x:f32[2,5,6] memory:f32[2,7,6]", "heads=2", "f32[2,5,6]", NULL },
                                     { "x:f32[2,5,6] memory:f32[2,7,6] mask:f32[5,7]", "heads=2", "f32[2,5,6]", NULL },
                                     { "x:f32[2,5,6] memory:f32[2,7,4]", "heads=2", NULL, "with D = 6" },
                                     { "x:f32[2,5,6]", "heads=4", NULL, "multiple of heads = 4" },
                                     { "x:f32[5,6]", "heads=2", NULL, "[N, T, D]" },
                                     { 0 } },
};

rn_link *rn_multi_head_attention_link_at(const rn_attention_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_multi_head_attention, args);
}

/* ---- the block ---- */

enum { W1, B1, W2, B2 };

typedef struct {
    const rn_op *activation;
    rn_link *norm1, *attention, *norm2, *norm3, *memory; /* children */
} parts;

static rn_link *add_norm(rn_link *link, const rn_transformer_link_args *a, const char *name)
{
    const rn_rms_norm_link_args rms = { .eps = a->eps };
    const rn_layer_norm_link_args layer = { .eps = a->eps, .no_beta = a->no_bias };
    rn_link *norm = strcmp(a->norm, "rms_norm") == 0 ? rni_link_inner(&rni_link_rms_norm, &link->site, &rms)
                                                     : rni_link_inner(&rni_link_layer_norm, &link->site, &layer);
    return rn_chain_add(link, name, norm);
}

static rn_link *add_attention(rn_link *link, const rn_transformer_link_args *a, const char *name, bool causal)
{
    const rn_attention_link_args att = {
        .heads = a->heads, .dropout = a->dropout, .causal = causal, .no_bias = a->no_bias, .w_init = a->w_init
    };
    return rn_chain_add(link, name, rni_link_inner(&rni_link_multi_head_attention, &link->site, &att));
}

static bool block_setup(rn_link *link)
{
    const rn_transformer_link_args *a = rn_link_args(link);
    parts *p = rn_link_memory(link);
    p->activation = rni_activation(a->activation, NULL, "transformer_block");
    if (!p->activation) return false;
    p->norm1 = add_norm(link, a, "norm1");
    p->attention = add_attention(link, a, "attention", a->causal);
    if (a->cross) p->norm3 = add_norm(link, a, "norm3");
    if (a->cross) p->memory = add_attention(link, a, "memory", false);
    p->norm2 = add_norm(link, a, "norm2");
    return rn_ok();
}

static rn_tensor *feed_forward(rn_link *link, rn_tensor *x)
{
    const rn_transformer_link_args *a = rn_link_args(link);
    const parts *p = rn_link_memory(link);
    const int64_t d = rn_tensor_dim(x, 2), hidden = a->hidden ? a->hidden : 4 * d;
    rn_tensor *w1 = rn_link_slot_get(link, W1, x, RN_SHAPE(hidden, d));
    rn_tensor *b1 = rn_link_slot_get(link, B1, x, RN_SHAPE(hidden));
    rn_tensor *w2 = rn_link_slot_get(link, W2, x, RN_SHAPE(d, hidden));
    rn_tensor *b2 = rn_link_slot_get(link, B2, x, RN_SHAPE(d));
    return rn_ok() ? project(rni_activate(p->activation, project(x, w1, b1)), w2, b2) : NULL;
}

typedef enum { SELF, CROSS, FEED } branch;

static rn_tensor *run_branch(rn_link *link, branch which, rn_tensor *x, rn_tensor *memory, rn_tensor *mask)
{
    const parts *p = rn_link_memory(link);
    if (which == SELF) return rn_call(p->attention, x, NULL, mask);
    if (which == CROSS) return rn_call(p->memory, x, memory);
    return feed_forward(link, x);
}

/* x + branch(norm(x)), or norm(x + branch(x)). */
static rn_tensor *residual(rn_link *link, rn_link *norm, branch which, rn_tensor *x, rn_tensor *memory, rn_tensor *mask)
{
    const rn_transformer_link_args *a = rn_link_args(link);
    rn_tensor *h = a->post_norm ? x : rn_call(norm, x);
    h = h ? run_branch(link, which, h, memory, mask) : NULL;
    if (h && a->dropout > 0) h = rn_dropout(h, a->dropout);
    rn_tensor *y = h ? rn_add(x, h) : NULL;
    return y && a->post_norm ? rn_call(norm, y) : y;
}

static rn_tensor *block_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const parts *p = rn_link_memory(link);
    rn_tensor *x = in[0];
    if (rn_tensor_rank(x) != 3) return rni_link_refuse(link, x, "x [N, T, D]"), NULL;
    if ((p->memory != NULL) != (in[1] != NULL)) {
        rni_fail(RN_ERR_ARG, NULL, "transformer_block",
                 p->memory ? "the memory is missing" : "there is no part for a memory");
        rni_error_add("hint", "a block made with cross takes a memory, others do not");
        return NULL;
    }
    x = residual(link, p->norm1, SELF, x, NULL, in[2]);
    if (x && p->memory) x = residual(link, p->norm3, CROSS, x, in[1], NULL);
    return x ? residual(link, p->norm2, FEED, x, NULL, NULL) : NULL;
}

#define BLOCK rn_transformer_link_args

const rn_link_type rni_link_transformer_block = {
    .name = "transformer_block",
    .topic = "attention",
    .inputs = "x, memory?, mask?",
    .opts = (const rn_opt[]){ RN_REQ_I64(BLOCK, heads, 1, 1 << 20, "number of heads"),
                              RN_OPT_I64(BLOCK, hidden, 0, 0, 1e15, "features inside the feed-forward part; 0: 4 * D"),
                              RN_OPT_F64(BLOCK, dropout, 0, 0, 1, "share of values dropped"),
                              RN_OPT_BOOL(BLOCK, causal, "position t sees positions up to t"),
                              RN_OPT_BOOL(BLOCK, post_norm, "normalises after each sum instead of before each part"),
                              RN_OPT_BOOL(BLOCK, cross, "a part that attends to a memory"),
                              RN_OPT_BOOL(BLOCK, no_bias, "without b"),
                              RNI_OPT_NAME(BLOCK, activation, "gelu", "function of one input"),
                              RN_OPT_ENUM(BLOCK, norm, "layer_norm,rms_norm", "normalisation"),
                              RN_OPT_F64(BLOCK, eps, 1e-5, 0, 1, "of the normalisations"),
                              RN_OPT_INIT(BLOCK, w_init, "glorot_uniform", "first values of the weights"),
                              { 0 } },
    .args_size = sizeof(BLOCK),
    .slots = (const rn_link_slot[]){ { "W1", NULL, 0, offsetof(BLOCK, w_init), 0 },
                                     { "b1", "zero", 0, 0, offsetof(BLOCK, no_bias) },
                                     { "W2", NULL, 0, offsetof(BLOCK, w_init), 0 },
                                     { "b2", "zero", 0, 0, offsetof(BLOCK, no_bias) },
                                     { 0 } },
    .memory = sizeof(parts),
    .setup = block_setup,
    .forward = block_forward,
    .doc = { .brief =
                 "A transformer block: attention and a feed-forward part, each with normalisation and a residual sum.",
             .shapes = "x [N, T, D]   memory [N, S, D]   mask broadcasts to [N, heads, T, T]   W1 [hidden, D]   "
                       "W2 [D, hidden]   ->   y [N, T, D];  children norm1, attention, norm2 (norm3, memory)",
             .errors = "ARG if a memory is given to a block without cross, or missing; ARG for an unknown activation",
             .source = "Vaswani et al. 2017, arXiv:1706.03762; Xiong et al. 2020, arXiv:2002.04745",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,5,6]", "heads=3 causal=true", "f32[2,5,6]", NULL },
                                     { "x:f32[2,3,4]", "heads=2 hidden=5 post_norm=true activation=tanh no_bias=true",
                                       "f32[2,3,4]", NULL },
                                     { "x:f32[2,3,4]", "heads=2 norm=rms_norm", "f32[2,3,4]", NULL },
                                     { "x:f32[2,3,4] memory:f32[2,5,4]", "heads=2 cross=true", "f32[2,3,4]", NULL },
                                     { "x:f32[2,3,4]", "heads=2 cross=true", NULL, "memory is missing" },
                                     { "x:f32[2,3,4]", "heads=2 norm=nrm", NULL, "one of layer_norm,rms_norm" },
                                     { 0 } },
};

rn_link *rn_transformer_block_link_at(const rn_transformer_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_transformer_block, args);
}
