/* embedding: a vector for each symbol. */
#include "base/error.h"
#include "nn/nn.h"

#include <rensa/ops.h>

static rn_tensor *forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_embedding_link_args *a = rn_link_args(link);
    /* indices say nothing about the type of the vectors */
    rn_tensor *w = rn_link_slot_get(link, 0, NULL, RN_SHAPE(a->in, a->out));
    return rn_embed(in[0], w, .ignore = a->ignore, .ignore_label = a->ignore_label);
}

#define EMBEDDING rn_embedding_link_args

const rn_link_type rni_link_embedding = {
    .name = "embedding",
    .topic = "index",
    .inputs = "x",
    .opts = (const rn_opt[]){ RN_REQ_I64(EMBEDDING, in, 1, 1e15, "number of symbols"),
                              RN_REQ_I64(EMBEDDING, out, 1, 1e15, "features of each vector"),
                              RN_OPT_BOOL(EMBEDDING, ignore, "ignore_label stands for nothing and gives zeros"),
                              RN_OPT_I64(EMBEDDING, ignore_label, 0, -0x1p53, 0x1p53, "such an index, often -1"),
                              RN_OPT_INIT(EMBEDDING, w_init, "normal:1", "first values of W"),
                              { 0 } },
    .args_size = sizeof(EMBEDDING),
    .slots = (const rn_link_slot[]){ { "W", NULL, 0, offsetof(EMBEDDING, w_init), 0 }, { 0 } },
    .forward = forward,
    .doc = { .brief = "A vector for each symbol.",
             .formula = "y[i, :] = W[x[i], :]",
             .shapes = "x integer [...]   W [in, out]   ->   y [..., out]",
             .errors = "DTYPE unless x are integers; ARG for an index out of range, when computed",
             .since = "0.1" },
    .cases =
        (const rn_link_case[]){ { "x:i32[2,3]{=0,4,2,1,1,3}", "in=5 out=4", "f32[2,3,4]", NULL },
                                { "x:i64[3]{=0,-1,2}", "in=5 out=4 ignore=true ignore_label=-1", "f32[3,4]", NULL },
                                { "x:i32[2]{=0,5}", "in=5 out=4", NULL, "5" },
                                { "x:f32[2]", "in=5 out=4", NULL, "integer" },
                                { 0 } },
};

rn_link *rn_embedding_link_at(const rn_embedding_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_embedding, args);
}
