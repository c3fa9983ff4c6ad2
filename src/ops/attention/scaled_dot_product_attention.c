/* scaled_dot_product_attention: the public attention. Weights are dropped at random only here: a composite must not
 * draw. */
#include "ops/attention/attention_p.h"

#include "base/error.h"

#include <math.h>
#include <rensa/ops.h>

typedef struct {
    bool causal;
    double scale, dropout;
} attention_opt;

extern const rn_op rn_ops_attention[];

static bool build(rn_call_info *c)
{
    const attention_opt *o = c->opts;
    const int64_t width = rn_tensor_dim(c->in[0], -1);
    const rn_attention_opts core = { .causal = o->causal,
                                     .scale = o->scale != 0 ? o->scale : 1 / sqrt((double)(width > 0 ? width : 1)) };
    rn_infer f;
    rn_infer_begin(&f, c, &core);
    if (!rni_attention_infer(&f)) return false;
    rn_tensor *out[2], *mask = c->n_in > 3 ? c->in[3] : NULL;
    if (o->dropout == 0 || !rn_is_training()) {
        if (!rn_op_call(rn_ops_attention, rni_site_current(), c->in, mask ? 4 : 3, &core, out)) return false;
        c->out[0] = out[0];
        return true;
    }
    rn_tensor *p = rni_attention_weights(rni_attention_scores(c->in[0], c->in[1], mask, &core), NULL);
    p = rni_attention_drop(p, o->dropout);
    if (p && rn_tensor_dtype(p) != rn_tensor_dtype(c->in[2])) p = rn_cast(p, rn_tensor_dtype(c->in[2]));
    c->out[0] = rn_matmul(p, c->in[2]);
    return c->out[0] != NULL;
}

const rn_op rn_op_scaled_dot_product_attention = {
    .name = "scaled_dot_product_attention",
    .kind = RN_FUNCTION,
    .flags = RN_OP_NARROW,
    .inputs = "q, k, v, mask?",
    .build = build,
    .opts = (const rn_opt[]){ RN_OPT_BOOL(attention_opt, causal, "position t of T sees positions s <= t + S - T only"),
                              RN_OPT_F64(attention_opt, scale, 0, -1e300, 1e300,
                                         "factor of the products; left out: 1 / sqrt(D)"),
                              RN_OPT_F64(attention_opt, dropout, 0, 0, 1, "part of the weights dropped in training"),
                              { 0 } },
    .opts_size = sizeof(attention_opt),
    .onnx = "Attention causal=is_causal",
    .doc = { .brief = "Scaled dot-product attention: means of values, weighted by how queries resemble keys.",
             .formula = "y = softmax(scale * q k' + mask) v",
             .shapes = "q [.., T, D]   k [.., S, D]   v [.., S, E]   mask broadcasts to [.., T, S]   ->   y [.., T, E]",
             .types =
                 "f16, bf16 (computed in f32), f32, f64; q, k, v the same; mask bool (false: not seen) or a float, "
                 "which is added",
             .errors =
                 "SHAPE if leading axes, lengths or numbers differ or the mask does not fit; DTYPE on mixed types. A "
                 "query that sees nothing gives zeros",
             .source = "Vaswani et al. 2017, arXiv:1706.03762",
             .since = "0.1" },
    .cases =
        (const rn_case[]){ { .in = "q:f32[2,3,4] k:f32[2,5,4] v:f32[2,5,6]" },
                           { .in = "q:f64[2,2,3,4] k:f64[2,2,3,4] v:f64[2,2,3,4]", .with = "causal=true" },
                           { .in = "q:f32[3,4] k:f32[5,4] v:f32[5,2] mask:bool[5]{=1,0,1,1,0}" },
                           { .in = "q:f32[2,3,4] k:f32[2,2,4] v:f32[2,2,2] mask:f32[2,1,2]", .with = "scale=2" },
                           { .in = "q:f32[3,4] k:f32[2,4] v:f32[2,2] mask:bool[3,1]{=1,0,1}" },
                           { .in = "q:f32[3,4] k:f32[2,4] v:f32[2,2]", .with = "causal=true" },
                           { .in = "q:bf16[2,3,4] k:bf16[2,5,4] v:bf16[2,5,6]" },
                           { .in = "q:f16[2,3,4] k:f16[2,5,4] v:f16[2,5,6]" },
                           { .in = "q:f32[2,3,4] k:f32[2,5,4] v:f32[2,5,6]", .with = "dropout=0.5", .random = true },
                           { .in = "q:f32[0,3,4] k:f32[0,5,4] v:f32[0,5,6]" },
                           { .in = "q:f32[2,3,4] k:f32[2,0,4] v:f32[2,0,6]" },
                           { .in = "q:f32[2,3,4] k:f32[2,5,3] v:f32[2,5,6]", .fails = "q.shape[-1] == k.shape[-1]" },
                           { .in = "q:f32[2,3,4] k:f32[2,5,4] v:f32[2,4,6]", .fails = "k.shape[-2] == v.shape[-2]" },
                           { .in = "q:f32[2,3,4] k:f32[1,5,4] v:f32[2,5,6]", .fails = "leading axes differ" },
                           { .in = "q:f32[3,4] k:f32[5,4] v:f32[5,6] mask:bool[4]", .fails = "mask broadcasts" },
                           { .in = "q:f32[3,4] k:f32[5,4] v:f32[5,6] mask:i32[5]", .fails = "mask is bool" },
                           { .in = "q:f32[3,4] k:f64[5,4] v:f32[5,6]", .fails = "types differ" },
                           { 0 } },
};
