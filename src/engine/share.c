/* Common subexpressions: equal calls of equal values are one call.
 *
 * Equal must mean equal in every run of the plan. Structural options are part of its key; numbers that are read from
 * the recorded nodes at each run (rates, counters, keys of random streams) are not, so a call that has such is nobody's
 * equal, unless a composite was taken apart into it: all options of composites are part of the key. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "base/shape.h"

#include <string.h>

static rni_hash hash_call(const rni_graph *g, const rni_gnode *n)
{
    rni_hash h = rni_hash_u64(RNI_HASH_START, (uint64_t)(uintptr_t)n->op);
    h = rni_hash_bytes(h, g->in + n->first_in, (size_t)n->n_in * sizeof *g->in);
    return n->opts ? rni_hash_bytes(h, n->opts, n->op->opts_size) : h;
}

static bool same_opts(const rni_gnode *a, const rni_gnode *b)
{
    if (!a->opts || !b->opts) return a->opts == b->opts;
    return memcmp(a->opts, b->opts, a->op->opts_size) == 0;
}

static bool same_call(const rni_graph *g, const rni_gnode *a, const rni_gnode *b)
{
    if (a->op != b->op || a->device != b->device || a->n_in != b->n_in || a->n_out != b->n_out || !same_opts(a, b))
        return false;
    for (int32_t i = 0; i < a->n_in; i++)
        if (g->in[a->first_in + i] != g->in[b->first_in + i]) return false;
    for (int32_t i = 0; i < a->n_out; i++) {
        const rni_gvalue *x = &g->value[a->first_out + i], *y = &g->value[b->first_out + i];
        if (x->dtype != y->dtype || !rni_shape_equal(&x->shape, &y->shape)) return false;
    }
    return true;
}

static bool may_be_shared(const rni_gnode *n)
{
    return !(n->op->flags & RN_OP_RANDOM) && !rni_has_dynamic_options(n);
}

bool rni_share(rni_graph *g)
{
    int64_t size = 64;
    while (size < 2 * g->n_nodes) size *= 2;
    rni_rewrite w;
    int32_t *first = rni_alloc(size * (int64_t)sizeof *first); /* node + 1 of each place of the table */
    bool ok = first && rni_rewrite_begin(&w, g);
    for (int32_t k = 0; ok && k < g->n_nodes; k++) {
        const rni_gnode *n = &g->node[k];
        rni_rewrite_inputs(&w, k);
        if (!may_be_shared(n)) continue;
        int64_t at = (int64_t)(hash_call(g, n).a >> 20) & (size - 1);
        while (first[at] && !same_call(g, &g->node[first[at] - 1], n)) at = (at + 1) & (size - 1);
        if (!first[at]) {
            first[at] = k + 1;
            continue;
        }
        for (int32_t i = 0; i < n->n_out; i++)
            rni_rewrite_replace(&w, n->first_out + i, g->node[first[at] - 1].first_out + i);
    }
    ok = ok && rni_rewrite_end(&w);
    rni_free(first);
    return ok;
}
