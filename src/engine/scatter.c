/* Sums of which one term is the gradient of parts that were picked from a table: the parts are added to the other term
 * where it lies. So a table that is also a factor of a product, as in language models that share the weights of their
 * first and last layer, has one gradient in memory instead of two, of which one is mostly zeros.
 *
 * Elements to which nothing is added stay as they are: -0 does, which would be 0 had a zero been added. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "base/shape.h"
#include "engine/kernel.h"
#include "engine/op_table.h"

#include <string.h>

enum { KINDS = 2, INPUTS = 3 };

typedef struct {
    rni_rewrite w;
    rni_graph *g;
    int32_t *reads; /* of each value that there was before */
    const rn_op *add, *grad[KINDS], *onto[KINDS];
} scatterer;

/* Which of the gradients makes v, for node k alone; -1: none. */
static int kind_of(const scatterer *s, int32_t k, int32_t v)
{
    const rni_graph *g = s->g;
    const int32_t p = g->value[v].producer;
    for (int i = 0; p >= 0 && i < KINDS; i++)
        if (g->node[p].op == s->grad[i] && g->node[p].device == g->node[k].device && s->reads[v] == 1) return i;
    return -1;
}

static bool same(const rni_gvalue *a, const rni_gvalue *b)
{
    return a->dtype == b->dtype && rni_shape_equal(&a->shape, &b->shape);
}

/* Lets the parts whose sum is v be added to `other`, for node k. */
static bool join(scatterer *s, int32_t k, int32_t v, int32_t other, int kind)
{
    rni_graph *g = s->g;
    const int32_t p = g->value[v].producer, *in = g->in + g->node[p].first_in;
    rni_gnode *n = rni_graph_again(g, p, (const int32_t[INPUTS]){ in[0], in[1], other }, INPUTS);
    if (!n) return false;
    n->op = s->onto[kind];
    s->w.changed = true;
    if (rni_kernel_accepts(g, n)) rni_rewrite_replace(&s->w, g->node[k].first_out, n->first_out);
    return rn_ok();
}

static bool visit(scatterer *s, int32_t k)
{
    rni_graph *g = s->g;
    rni_rewrite_inputs(&s->w, k);
    if (g->node[k].op != s->add) return true;
    const int32_t *in = g->in + g->node[k].first_in, pair[2] = { in[0], in[1] };
    const rni_gvalue *y = &g->value[g->node[k].first_out];
    if (!same(&g->value[pair[0]], y) || !same(&g->value[pair[1]], y)) return true;
    for (int i = 1; i >= 0; i--) {
        const int kind = kind_of(s, k, pair[i]);
        if (kind >= 0) return join(s, k, pair[i], pair[1 - i], kind);
    }
    return true;
}

bool rni_scatter(rni_graph *g)
{
    scatterer s = { .g = g,
                    .reads = rni_graph_reads(g),
                    .add = rni_op_find("add"),
                    .grad = { rni_op_find("take_grad"), rni_op_find("embed_grad") },
                    .onto = { rni_op_find("take_grad_onto"), rni_op_find("embed_grad_onto") } };
    const int32_t n = (int32_t)g->n_nodes;
    bool ok = s.reads && rni_rewrite_begin(&s.w, g);
    for (int32_t k = 0; ok && k < n; k++) ok = visit(&s, k);
    rni_free(s.reads);
    return rni_rewrite_end(&s.w) && ok;
}
