/* Elementwise calls over lists, as optimizers make over all parameters: what is large becomes a call of its own, so
 * that a gradient can be used up as soon as it is there, while it is still in the cache, instead of waiting for all
 * others. What is small stays together: a call costs more than the work. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "engine/op_table.h"

enum { LARGE = 64 << 10 /* bytes */ };

typedef struct {
    rni_rewrite w;
    rni_graph *g;
} splitter;

static bool is_large(const rni_graph *g, const rni_gnode *n, int32_t k)
{
    return g->value[n->first_out + k].bytes >= LARGE;
}

/* Appends the call for the `count` members whose numbers are in `member`. */
static bool add_part(splitter *s, int32_t node, const int32_t *member, int32_t count)
{
    rni_graph *g = s->g;
    const rni_gnode old = g->node[node];
    const int32_t n_names = rni_op_outputs(old.op), groups = old.n_out / n_names, inputs = old.n_in / groups;
    int32_t *in = rni_alloc_raw(inputs * count * (int64_t)sizeof *in);
    for (int32_t i = 0; in && i < inputs; i++)
        for (int32_t k = 0; k < count; k++) in[i * count + k] = g->in[old.first_in + i * groups + member[k]];
    rni_gnode *n = in ? rni_graph_node(g, old.op, in, inputs * count, n_names * count) : NULL;
    rni_free(in);
    if (!n) return false;
    const int32_t first_in = n->first_in, number = (int32_t)g->n_nodes - 1, first = (int32_t)g->n_values;
    const int32_t n_in = n->n_in, n_out = n->n_out;
    *n = old;
    n->first_in = first_in;
    n->n_in = n_in;
    n->n_out = n_out;
    n->first_out = first;
    for (int32_t o = 0; o < n_out; o++) {
        const int32_t from = old.first_out + o / count * groups + member[o % count];
        const rni_gvalue like = g->value[from];
        const int32_t v = rni_graph_value(g, like.dtype, &like.shape);
        if (v < 0) return false;
        g->value[v].producer = number;
        rni_rewrite_replace(&s->w, from, v);
    }
    return true;
}

static bool split(splitter *s, int32_t node)
{
    const rni_gnode *n = &s->g->node[node];
    if (!(n->op->flags & RN_OP_LIST_OUT) || n->op->kind != RN_MAP) return true;
    const int32_t groups = n->n_out / rni_op_outputs(n->op);
    int32_t *small = rni_alloc_raw((groups + 1) * (int64_t)sizeof *small), count = 0;
    bool ok = small != NULL;
    for (int32_t k = 0; ok && k < groups; k++)
        if (!is_large(s->g, &s->g->node[node], k)) small[count++] = k;
    const bool any = count < groups && groups > 1;
    for (int32_t k = 0; ok && any && k < groups; k++)
        if (is_large(s->g, &s->g->node[node], k)) ok = add_part(s, node, &k, 1);
    ok = ok && (!any || !count || add_part(s, node, small, count));
    rni_free(small);
    return ok;
}

bool rni_split_lists(rni_graph *g)
{
    splitter s = { .g = g };
    bool ok = rni_rewrite_begin(&s.w, g);
    const int32_t n = (int32_t)g->n_nodes;
    for (int32_t k = 0; ok && k < n; k++) ok = split(&s, k);
    for (int64_t k = 0; s.w.changed && k < g->n_nodes; k++) rni_rewrite_inputs(&s.w, k);
    return rni_rewrite_end(&s.w) && ok;
}
