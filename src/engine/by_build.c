/* Gradients of functions that are made of others, taken from what they are made of.
 *
 * The parts are recorded again on aliases of the inputs at which the inner walk stops. Afterwards the aliases lead on
 * to the inputs, so that the gradient can be differentiated like any other. */
#include "engine/engine.h"

#include "base/error.h"
#include "engine/infer.h"

static bool infer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool pass_on(rn_vjp *v)
{
    v->gin[0] = v->gout[0];
    return true;
}

static const rn_op alias_row = {
    .name = "alias",
    .kind = RN_VIEW,
    .flags = RN_OP_INTERNAL,
    .inputs = "x",
    .infer = infer,
    .backward = pass_on,
    .view = rni_view_same,
    .doc = { .brief = "The same value as a tensor of its own." },
};

/* The gradients of the results that somebody asks about, and those results. */
static int64_t asked(const rn_vjp *v, rn_tensor *const *made, rn_tensor **y, rn_tensor **g)
{
    int64_t n = 0;
    for (int i = 0; i < v->n_out; i++) {
        if (!v->gout[i] || !rn_requires_grad(made[i])) continue;
        y[n] = made[i];
        g[n++] = v->gout[i];
    }
    return n;
}

static bool differentiate(rn_vjp *v, rn_tensor **x, bool create_graph)
{
    rn_tensor *made[RN_INPUTS_MAX] = { NULL }, *y[RN_INPUTS_MAX], *g[RN_INPUTS_MAX];
    rn_call_info c = { .op = v->op, .opts = v->opts, .n_in = v->n_in, .n_out = v->n_out, .in = x, .out = made };
    RNI_TRY(rni_build(&c));
    const int64_t n = asked(v, made, y, g);
    if (n == 0) return true;
    rn_tensor *wanted[RN_INPUTS_MAX], *grad[RN_INPUTS_MAX] = { 0 };
    int64_t n_wanted = 0;
    for (int i = 0; i < v->n_in; i++)
        if (v->need[i]) wanted[n_wanted++] = x[i];
    if (!rn_grad(((rn_list){ y, n }), ((rn_list){ wanted, n_wanted }), .grad_outputs = ((rn_list){ g, n }),
                 .create_graph = create_graph, .grads = grad))
        return false;
    for (int i = v->n_in - 1; i >= 0; i--)
        if (v->need[i]) v->gin[i] = grad[--n_wanted];
    return true;
}

bool rn_backward_by_build(rn_vjp *v)
{
    RNI_TRY(rni_given(v, NULL, "backward_by_build", "v"));
    if (v->n_in > RN_INPUTS_MAX || v->n_out > RN_INPUTS_MAX)
        return rni_fail(RN_ERR_UNSUPPORTED, rni_site_current(), v->op->name,
                        "has too many inputs for a gradient by parts");
    rn_tensor *x[RN_INPUTS_MAX] = { 0 };
    const bool graph = rn_grad_mode(true);
    bool ok = true;
    for (int i = 0; ok && i < v->n_in; i++) {
        x[i] = v->in[i];
        if (!v->need[i]) continue;
        ok = rn_op_call(&alias_row, rni_site_current(), &v->in[i], 1, NULL, &x[i]);
        if (ok) x[i]->flags |= RNI_T_LEAF;
    }
    ok = ok && differentiate(v, x, graph);
    for (int i = 0; ok && i < v->n_in; i++)
        if (v->need[i]) x[i]->flags &= (uint8_t)~RNI_T_LEAF;
    rn_grad_mode(graph);
    return ok;
}
