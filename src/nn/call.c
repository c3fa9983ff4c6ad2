/* Calling a link: by its kind, with the caller's line and the link's name in errors. */
#include "base/error.h"
#include "engine/engine.h"
#include "nn/nn.h"

#include <string.h>

static const char *what_of(const rn_link *l)
{
    static const char *const kinds[] = {
        [RNI_CHAIN] = "chain", [RNI_SEQUENTIAL] = "sequential", [RNI_FUNCTION] = "function"
    };
    return l->type ? l->type->name : l->op ? l->op->name : kinds[l->kind];
}

/* What a function of a program has returned, if it is a tensor. */
static rn_tensor *alive(const rn_link *l, rn_tensor *y, const rn_site *site)
{
    return y && rni_is_tensor(y, site, what_of(l)) ? y : NULL;
}

static rn_tensor *run_sequence(rn_link *link, rn_tensor *const *x, int64_t n, const rn_site *site)
{
    if (link->n_children == 0) return x[0];
    rn_tensor *h = rn_call_at(site, link->child[0].link, (rn_list){ x, n });
    for (int64_t i = 1; h && i < link->n_children; i++) h = rn_call_at(site, link->child[i].link, (rn_list){ &h, 1 });
    return h;
}

static rn_tensor *run_op(rn_link *link, rn_tensor *const *x, int64_t n, const rn_site *site)
{
    rn_tensor *out[RN_INPUTS_MAX] = { 0 };
    return rn_op_call(link->op, site, x, n, link->args, out) ? out[0] : NULL;
}

/* Inputs of a typed link, filled up with NULL; what is made inside ends with the call. */
static rn_tensor *run_typed(rn_link *link, rn_tensor *const *x, int64_t n, const rn_site *site)
{
    rn_tensor *in[RN_INPUTS_MAX] = { 0 };
    if (n < link->n_required || n > link->n_inputs) {
        rni_fail(RN_ERR_ARG, site, link->type->name, "called with %lld inputs", (long long)n);
        rni_error_add("expect", "%s", link->type->inputs ? link->type->inputs : "x");
        return NULL;
    }
    for (int64_t i = 0; i < n; i++) {
        if ((x[i] || i < link->n_required) && !rni_is_tensor(x[i], site, link->type->name)) return NULL;
        in[i] = x[i];
    }
    const int scope = rn_scope_begin();
    return rn_scope_return(scope, alive(link, link->type->forward(link, in, n), site));
}

static rn_tensor *run(rn_link *link, rn_list xs, const rn_site *site)
{
    switch (link->kind) {
    case RNI_TYPED:
        return run_typed(link, xs.at, xs.n, site);
    case RNI_OP:
        return run_op(link, xs.at, xs.n, site);
    case RNI_SEQUENTIAL:
        return run_sequence(link, xs.at, xs.n, site);
    default:
        return alive(link, link->fn(link->user, xs.at, xs.n), site);
    }
}

/* The innermost link that fails is named; its path holds the names of those around it. */
static void say_where(const rn_link *link)
{
    rni_str path = { 0 };
    rni_link_path(link, &path);
    if (path.length && !strstr(rn_error_last()->message, "\n  in "))
        rni_error_add("in", "%s (%s)", path.at, what_of(link));
    rni_str_free(&path);
}

rn_tensor *rn_call_at(const rn_site *site, rn_link *link, rn_list xs)
{
    if (!rn_ok()) {
        rni_error_trail(site, link && link->name ? link->name : "call");
        return NULL;
    }
    if (!link || xs.n < 1) {
        rni_fail(RN_ERR_ARG, site, "call", link ? "a link is called with at least one input" : "the link is NULL");
        return NULL;
    }
    const bool own_lines = link->kind == RNI_CHAIN || link->kind == RNI_FUNCTION;
    if (own_lines && !link->fn) {
        rni_fail(RN_ERR_STATE, site, "call", "a chain cannot be called unless it has been told how");
        rni_error_add("hint", "call its links one by one, or rn_chain_set_forward");
        return NULL;
    }
    /* inside a C function of the program each call has a line of its own */
    const rn_site *before = rni_site_current();
    if (!own_lines && !before) rni_site_enter(site);
    rn_tensor *y = run(link, xs, site);
    if (!y && rn_ok()) rni_fail(RN_ERR_INTERNAL, site, what_of(link), "returned nothing, without saying why");
    if (!own_lines && !before) rni_site_enter(NULL);
    if (rn_ok()) return y;
    say_where(link);
    return NULL;
}
