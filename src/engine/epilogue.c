/* Epilogues: an elementwise call that reads the result of a kernel moves up behind it, so that a plan can let it run
 * within that kernel, on what is still in the cache. It only moves where it frees at least what it makes, or where
 * little is made in between: what is computed late to save memory stays where it is. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "base/shape.h"
#include "engine/lifetime.h"

#include <string.h>

enum { LITTLE = 16 /* of that part of what the call makes */ };

typedef struct {
    rni_graph *g;
    rni_lifetimes l;
    int32_t *last, *before; /* of each root: the last call that reads it, and the one before */
    int32_t *place;         /* of each call: the one whose place it has */
    int32_t *behind;        /* of each kernel: the call that stands behind it or moves there */
    int64_t *made;          /* before each call: bytes of the results of all before it */
} mover;

static void find_readers(mover *m)
{
    const rni_graph *g = m->g;
    for (int32_t v = 0; v < g->n_values; v++) m->last[v] = m->before[v] = -1;
    for (int32_t k = 0; k < g->n_nodes; k++) {
        const rni_gnode *n = &g->node[k];
        for (int32_t i = n->first_in; i < n->first_in + n->n_in && !rni_lifetimes_is_view(&m->l, k); i++) {
            const int32_t r = g->in[i] < 0 ? -1 : m->l.root[g->in[i]];
            if (r < 0 || m->last[r] == k) continue;
            m->before[r] = m->last[r];
            m->last[r] = k;
        }
    }
    for (int32_t v = 0; v < g->n_values; v++)
        if (g->value[v].output >= 0) m->before[m->l.root[v]] = INT32_MAX;
}

/* The kernel behind which call k can stand: the last that it waits for, if it reads its first result as it is. */
static int32_t leader(const mover *m, int32_t k)
{
    const rni_graph *g = m->g;
    const rni_gnode *n = &g->node[k];
    int32_t latest = -1;
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t maker = rni_lifetimes_maker(&m->l, g->in[i]);
        if (maker >= 0 && m->place[maker] >= latest) latest = m->place[maker];
    }
    if (latest < 0 || g->node[latest].device != n->device) return -1;
    if (g->node[latest].op->kind == RN_MAP || g->node[latest].op->kind == RN_REDUCE) return -1;
    const int32_t y = g->node[latest].first_out;
    bool reads = false;
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t maker = rni_lifetimes_maker(&m->l, g->in[i]);
        if (maker >= 0 && m->place[maker] == latest && g->in[i] != y) return -1;
        reads = reads || g->in[i] == y;
    }
    return reads && rni_shape_equal(&g->value[y].shape, &g->value[n->first_out].shape) ? latest : -1;
}

/* Whether a result of call k can be written over a given value: parameters over the old ones. */
static bool has_place(mover *m, const rni_gnode *n, int32_t result)
{
    const rni_graph *g = m->g;
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t v = g->in[i];
        if (v < 0 || !g->value[v].donated || g->value[v].bytes != g->value[result].bytes) continue;
        if (m->l.seen[v] == m->l.mark) continue;
        m->l.seen[v] = m->l.mark;
        return true;
    }
    return false;
}

/* Whether call k frees what it makes if it stands behind the kernel, or does not come much earlier there. */
static bool frees_enough(mover *m, int32_t k, int32_t kernel)
{
    const rni_graph *g = m->g;
    const rni_gnode *n = &g->node[k];
    int64_t bytes = 0;
    if ((m->made[k] - m->made[kernel + 1]) * LITTLE <= g->value[n->first_out].bytes) return true;
    m->l.mark--;
    for (int32_t o = n->first_out; o < n->first_out + n->n_out; o++) {
        if (g->value[o].output < 0)
            bytes += g->value[o].bytes;
        else if (!has_place(m, n, o))
            return false;
    }
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t r = g->in[i] < 0 ? -1 : m->l.root[g->in[i]];
        if (r < 0 || rni_lifetimes_maker(&m->l, r) < 0 || m->l.seen[r] == m->l.mark) continue;
        m->l.seen[r] = m->l.mark;
        if (m->last[r] == k && m->before[r] <= kernel) bytes -= g->value[r].bytes;
    }
    return bytes <= 0;
}

static bool choose(mover *m)
{
    bool any = false;
    int32_t before = -1;
    m->made[0] = 0;
    for (int32_t k = 0; k < m->g->n_nodes; k++) {
        const rni_gnode *n = &m->g->node[k];
        m->place[k] = k;
        m->made[k + 1] = m->made[k];
        for (int32_t o = 0; o < n->n_out && !rni_lifetimes_is_view(&m->l, k); o++)
            m->made[k + 1] += m->g->value[n->first_out + o].bytes;
        if (rni_lifetimes_is_view(&m->l, k)) continue;
        if (n->op->kind == RN_MAP && !(n->op->flags & RN_OP_LIST_OUT)) {
            const int32_t kernel = leader(m, k);
            const bool stands = kernel == before, moves = !stands && kernel >= 0 && m->behind[kernel] < 0;
            if (kernel >= 0 && stands) m->behind[kernel] = k;
            if (moves && frees_enough(m, k, kernel)) {
                m->behind[kernel] = k;
                m->place[k] = kernel;
                any = true;
            }
        }
        before = k;
    }
    return any;
}

static bool apply(const mover *m)
{
    rni_graph *g = m->g;
    rni_gnode *node = rni_alloc_raw((g->n_nodes + 1) * (int64_t)sizeof *node);
    if (!node) return false;
    int64_t n = 0;
    for (int32_t k = 0; k < g->n_nodes; k++) {
        if (m->place[k] != k || rni_lifetimes_is_view(&m->l, k)) continue;
        node[n++] = g->node[k];
        if (m->behind[k] >= 0 && m->place[m->behind[k]] == k) node[n++] = g->node[m->behind[k]];
    }
    for (int32_t k = 0; k < g->n_nodes; k++)
        if (rni_lifetimes_is_view(&m->l, k)) node[n++] = g->node[k];
    memcpy(g->node, node, (size_t)n * sizeof *node);
    rni_free(node);
    return rni_graph_settle(g);
}

bool rni_epilogue(rni_graph *g)
{
    mover m = { .g = g };
    if (!rni_lifetimes_begin(&m.l, g)) return false;
    m.last = rni_alloc_raw((2 * g->n_values + 2 * g->n_nodes + 1) * (int64_t)sizeof *m.last);
    m.made = rni_alloc_raw((g->n_nodes + 1) * (int64_t)sizeof *m.made);
    bool ok = m.last && m.made;
    if (ok) {
        m.before = m.last + g->n_values;
        m.place = m.before + g->n_values;
        m.behind = m.place + g->n_nodes;
        memset(m.behind, -1, (size_t)g->n_nodes * sizeof *m.behind);
        find_readers(&m);
        if (choose(&m)) ok = apply(&m);
    }
    rni_lifetimes_end(&m.l);
    rni_free(m.last);
    rni_free(m.made);
    return ok;
}
