/* What losses share: how they are reduced and the rules of their shapes. */
#include "ops/check.h"
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#include "base/error.h"
#include "base/shape.h"
#include "ops/reduce/axes_p.h"

#include <string.h>

const char *rni_loss_choice(const rn_call_info *c, const char *name)
{
    static const char *const words[] = { "mean",          "sum",           "no", "batch", "labels", "weights",
                                         "cross-entropy", "kl-divergence", "L1", "L2" };
    const rn_opt *o = c->op->opts;
    while (strcmp(o->name, name) != 0) o++;
    int index;
    memcpy(&index, (const char *)c->opts + o->offset, sizeof index);
    const char *s = o->choices;
    for (; index > 0; index--) s = strchr(s, ',') + 1;
    const size_t n = strcspn(s, ",");
    for (size_t k = 0; k < RN_COUNTOF(words); k++)
        if (strlen(words[k]) == n && memcmp(words[k], s, n) == 0) return words[k];
    return "";
}

bool rni_loss_reduced(rn_call_info *c, rn_tensor *each)
{
    if (!each) return false;
    const char *how = rni_loss_choice(c, "reduce");
    if (strcmp(how, "no") == 0)
        c->out[0] = each;
    else if (strcmp(how, "mean") == 0)
        c->out[0] = rn_mean(each);
    else
        c->out[0] = rn_sum(each);
    if (strcmp(how, "batch") == 0 && c->out[0] && rn_tensor_rank(each) > 0)
        c->out[0] = rn_mul_scalar(c->out[0], 1 / (double)rn_tensor_dim(each, 0));
    return c->out[0] != NULL;
}

bool rni_loss_same_shapes(const rn_call_info *c, int n)
{
    for (int i = 1; i < n; i++) {
        if (rni_shape_equal(rn_tensor_shape(c->in[0]), rn_tensor_shape(c->in[i]))) continue;
        return rni_refuse_call(c, RN_ERR_SHAPE, "shapes differ", "inputs of one shape; a loss does not broadcast");
    }
    return true;
}

rn_tensor *rni_loss_each(const rn_call_info *c, const rn_op *map, const void *opts)
{
    rn_tensor *in[RN_INPUTS_MAX], *y = NULL;
    for (int i = 0; i < c->n_in; i++) in[i] = rni_widen(c->in[i]);
    return rn_op_call(map, NULL, in, c->n_in, opts, &y) ? y : NULL;
}
