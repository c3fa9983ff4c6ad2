/* Renaming values, and what is left of a graph afterwards. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "base/error.h"
#include "engine/fusion.h"
#include "engine/pass.h"

bool rni_rewrite_begin(rni_rewrite *w, rni_graph *g)
{
    *w = (rni_rewrite){ .g = g,
                        .n_values = (int32_t)g->n_values,
                        .instead = rni_alloc_raw((g->n_values + 1) * (int64_t)sizeof *w->instead) };
    for (int32_t v = 0; w->instead && v < g->n_values; v++) w->instead[v] = v;
    return w->instead != NULL;
}

void rni_rewrite_inputs(const rni_rewrite *w, int64_t k)
{
    const rni_gnode *n = &w->g->node[k];
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++)
        if (w->g->in[i] >= 0 && w->g->in[i] < w->n_values) w->g->in[i] = w->instead[w->g->in[i]];
}

bool rni_rewrite_replace(rni_rewrite *w, int32_t v, int32_t by)
{
    rni_gvalue *old = &w->g->value[v], *now = &w->g->value[by];
    rn_assert(old->dtype == now->dtype && old->bytes == now->bytes);
    if (old->output >= 0) {
        if (now->output >= 0 || now->producer < 0 || w->g->node[now->producer].op->kind == RN_VIEW) return false;
        now->output = old->output;
        old->output = -1;
    }
    w->instead[v] = by;
    w->changed = true;
    return true;
}

bool rni_has_dynamic_options(const rni_gnode *n)
{
    if (n->lowered || n->op->kind == RN_COMPOSITE) return false;
    for (const rn_opt *o = n->op->opts; o && o->name; o++)
        if (o->flags & (RN_OPT_SCALAR | RN_OPT_DYNAMIC)) return true;
    return false;
}

int32_t *rni_graph_reads(const rni_graph *g)
{
    int32_t *reads = rni_alloc_raw((g->n_values + 1) * (int64_t)sizeof *reads);
    for (int64_t v = 0; reads && v < g->n_values; v++) reads[v] = g->value[v].output >= 0 ? 2 : 0;
    for (int64_t k = 0; reads && k < g->n_nodes; k++)
        for (int32_t i = g->node[k].first_in; i < g->node[k].first_in + g->node[k].n_in; i++)
            if (g->in[i] >= 0) reads[g->in[i]]++;
    return reads;
}

/* ---- what is left ---- */

enum { UNSEEN, NEEDED, PLACED };

typedef struct {
    rni_graph *g;
    char *mark; /* of each node */
    int32_t *stack, *order;
    int64_t depth, n_order;
} sorter;

/* Puts the makers of node k's inputs that are in that state on the stack. */
static bool push_makers(sorter *s, int32_t k, char state)
{
    const rni_gnode *n = &s->g->node[k];
    const int64_t before = s->depth;
    for (int32_t i = n->first_in + n->n_in - 1; i >= n->first_in; i--) {
        const int32_t p = s->g->in[i] < 0 ? -1 : s->g->value[s->g->in[i]].producer;
        if (p < 0 || s->mark[p] != state) continue;
        if (state == UNSEEN) s->mark[p] = NEEDED;
        s->stack[s->depth++] = p;
    }
    const int32_t first = state == NEEDED && n->after >= 0 ? s->g->value[n->after].producer : -1;
    if (first >= 0 && s->mark[first] == NEEDED) s->stack[s->depth++] = first;
    return s->depth > before;
}

static void find_needed(sorter *s)
{
    for (int32_t v = 0; v < s->g->n_values; v++) {
        const int32_t p = s->g->value[v].output < 0 ? -1 : s->g->value[v].producer;
        if (p < 0 || s->mark[p] != UNSEEN) continue;
        s->mark[p] = NEEDED;
        s->stack[s->depth++] = p;
        while (s->depth > 0) push_makers(s, s->stack[--s->depth], UNSEEN);
    }
}

static void place(sorter *s, int32_t root)
{
    if (s->mark[root] != NEEDED) return;
    s->stack[s->depth++] = root;
    while (s->depth > 0) {
        const int32_t k = s->stack[s->depth - 1];
        if (s->mark[k] == NEEDED && push_makers(s, k, NEEDED)) continue;
        s->depth--;
        if (s->mark[k] == PLACED) continue;
        s->mark[k] = PLACED;
        s->order[s->n_order++] = k;
    }
}

bool rni_graph_settle(rni_graph *g)
{
    sorter s = { .g = g, .mark = rni_alloc(g->n_nodes + 1) };
    s.order = rni_alloc_raw((g->n_nodes + 1) * (int64_t)sizeof *s.order);
    s.stack = rni_alloc_raw((2 * g->n_nodes + g->n_in + 1) * (int64_t)sizeof *s.stack);
    rni_gnode *node = rni_alloc_raw((g->n_nodes + 1) * (int64_t)sizeof *node);
    const bool ok = s.mark && s.order && s.stack && node;
    if (ok) {
        for (int32_t k = 0; k < g->n_nodes; k++)
            for (int32_t o = 0; o < g->node[k].n_out; o++) g->value[g->node[k].first_out + o].producer = k;
        find_needed(&s);
        for (int32_t k = 0; k < g->n_nodes; k++) place(&s, k);
        for (int32_t v = 0; v < g->n_values; v++) g->value[v].producer = -1;
        for (int64_t i = 0; i < s.n_order; i++) {
            node[i] = g->node[s.order[i]];
            for (int32_t o = 0; o < node[i].n_out; o++) g->value[node[i].first_out + o].producer = (int32_t)i;
        }
        for (int64_t k = 0; k < g->n_nodes; k++)
            if (s.mark[k] != PLACED) rni_fusion_free(g->node[k].fusion);
        rni_free(g->node);
        g->node = node;
        g->cap_nodes = g->n_nodes;
        g->n_nodes = s.n_order;
    } else
        rni_free(node);
    rni_free(s.mark);
    rni_free(s.order);
    rni_free(s.stack);
    return ok;
}

bool rni_rewrite_end(rni_rewrite *w)
{
    rni_free(w->instead);
    return rn_ok() && (!w->changed || rni_graph_settle(w->g));
}

/* ---- all ---- */

bool rni_rewrite_graph(rni_graph *g, rni_device *device, unsigned passes)
{
    return (!(passes & RNI_PASS_SIMPLIFY) || rni_simplify(g)) &&
           (!(passes & RNI_PASS_FOLD) || rni_fold(g, device, passes)) && (!(passes & RNI_PASS_SHARE) || rni_share(g)) &&
           (!(passes & RNI_PASS_BATCH) || rni_batch(g)) && (!(passes & RNI_PASS_SCATTER) || rni_scatter(g)) &&
           (!(passes & RNI_PASS_SPLIT) || rni_split_lists(g));
}
