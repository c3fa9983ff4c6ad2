/* What the files of this folder share. */
#ifndef RNI_OPS_ATTENTION_P_H
#define RNI_OPS_ATTENTION_P_H

#include <rensa/op.h>

/* Types and shapes of attention (q, k, v, mask?) for f->opts = rn_attention_opts, in the name of f->op. */
bool rni_attention_infer(rn_infer *f);
/* Scaled products [.., T, S] in at least f32, -3e38 where nothing is to be seen. mask may be NULL. */
rn_tensor *rni_attention_scores(rn_tensor *q, rn_tensor *k, rn_tensor *mask, const rn_attention_opts *o);
/* Weights of each row of scores, zeros for a row that sees nothing; and where lse is not NULL, the logarithms of the
 * sums, with an axis of size 1. */
rn_tensor *rni_attention_weights(rn_tensor *scores, rn_tensor **lse);
/* Weights of which a part `rate` is dropped at random and the rest enlarged to make up for it. */
rn_tensor *rni_attention_drop(rn_tensor *weights, double rate);

#endif
