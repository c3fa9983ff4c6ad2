/* Functions over lists of parameters: one recorded call for all groups of equal types. */
#include "base/alloc.h"
#include "base/error.h"
#include "optim/optim.h"

#include <rensa/ops.h>

static bool same_types(const rni_list_call *c, int64_t a, int64_t b)
{
    for (int k = 0; k < c->n_in; k++)
        if (rn_tensor_dtype(c->in[k][a]) != rn_tensor_dtype(c->in[k][b])) return false;
    return true;
}

/* Groups of the type of group `first`, as numbers into pick. */
static int64_t collect(const rni_list_call *c, bool *done, int64_t first, int64_t *pick)
{
    int64_t n = 0;
    for (int64_t i = first; i < c->n; i++) {
        if (done[i] || !same_types(c, first, i)) continue;
        done[i] = true;
        pick[n++] = i;
    }
    return n;
}

static bool call(const rni_list_call *c, const int64_t *pick, int64_t n, rn_tensor **in, rn_tensor **out)
{
    for (int k = 0; k < c->n_in; k++)
        for (int64_t i = 0; i < n; i++) in[k * n + i] = c->in[k][pick[i]];
    if (!rn_op_call(c->op, c->site, in, c->n_in * n, c->opts, out)) return false;
    if (c->renew && !rni_step_renews(out[0], c->renew, c->user, c->which)) return false;
    for (int k = 0; k < c->n_out; k++)
        for (int64_t i = 0; i < n; i++) c->out[k][pick[i]] = out[k * n + i];
    return true;
}

bool rni_list_map(const rni_list_call *c)
{
    const int64_t width = c->n_in + c->n_out;
    bool *done = rni_alloc(c->n + 1);
    int64_t *pick = rni_alloc_raw((c->n + 1) * (int64_t)sizeof *pick);
    rn_tensor **in = rni_alloc_raw((c->n * width + 1) * (int64_t)sizeof *in);
    bool ok = done && pick && in;
    for (int64_t i = 0; ok && i < c->n; i++) done[i] = c->mask && !c->mask[i];
    for (int64_t i = 0; ok && i < c->n; i++) {
        if (done[i]) continue;
        const int64_t n = collect(c, done, i, pick);
        ok = call(c, pick, n, in, in + c->n_in * n);
    }
    rni_free(done);
    rni_free(pick);
    rni_free(in);
    return ok;
}

/* ---- norms ---- */

static const rn_op squares_row = {
    .name = "sum_of_squares",
    .kind = RN_REDUCE,
    .flags = RN_OP_INTERNAL | RN_OP_NO_GRAD,
    .inputs = "x",
    .expr = "y = x * x",
    .join = RN_JOIN_ADD,
    .opts = (const rn_opt[]){ RN_OPT_AXES(rn_reduce_opts, axes, "axes to reduce"),
                              RN_OPT_BOOL(rn_reduce_opts, keepdims, "reduced axes stay"),
                              { 0 } },
    .opts_size = sizeof(rn_reduce_opts),
};

rn_tensor *rni_sum_of_squares(rn_tensor *const *x, int64_t n)
{
    const rn_reduce_opts opts = { 0 };
    rn_dtype wide = RN_F32;
    for (int64_t i = 0; i < n; i++)
        if (rn_tensor_dtype(x[i]) == RN_F64) wide = RN_F64;
    rn_tensor **each = rni_alloc((n + 1) * (int64_t)sizeof *each), *sum = NULL;
    bool ok = each != NULL;
    for (int64_t i = 0; ok && i < n; i++) {
        /* the squares of 16-bit numbers leave their range */
        rn_tensor *v = rn_dtype_bytes(rn_tensor_dtype(x[i])) < 4 ? rn_cast(x[i], RN_F32) : x[i];
        ok = v && rn_op_call(&squares_row, rni_site_current(), &v, 1, &opts, &each[i]);
        if (ok && rn_tensor_dtype(each[i]) != wide) each[i] = rn_cast(each[i], wide);
    }
    if (ok) sum = n == 1 ? each[0] : rn_sum(rn_stack(((rn_list){ each, n })));
    rni_free(each);
    return sum;
}
