/* Counting readers of memory. */
#include "engine/lifetime.h"

#include "base/alloc.h"

#include <string.h>

bool rni_lifetimes_is_view(const rni_lifetimes *l, int32_t k)
{
    return l->g->node[k].op->kind == RN_VIEW;
}

int32_t rni_lifetimes_maker(const rni_lifetimes *l, int32_t v)
{
    return v < 0 ? -1 : l->g->value[l->root[v]].producer;
}

static int32_t input_root(const rni_lifetimes *l, int32_t i)
{
    return l->g->in[i] < 0 ? -1 : l->root[l->g->in[i]];
}

static void find_roots(rni_lifetimes *l)
{
    const rni_graph *g = l->g;
    for (int32_t v = 0; v < g->n_values; v++) {
        l->root[v] = v;
        l->seen[v] = -1;
    }
    for (int32_t k = 0; k < g->n_nodes; k++) {
        if (!rni_lifetimes_is_view(l, k)) continue;
        const rni_gnode *n = &g->node[k];
        for (int32_t i = 0; i < n->n_out; i++) l->root[n->first_out + i] = input_root(l, n->first_in);
    }
    for (int32_t v = 0; v < g->n_values; v++)
        if (g->value[v].output >= 0) l->left[l->root[v]]++;
}

static void note_reader(rni_lifetimes *l, int32_t r, int32_t k, bool fill)
{
    const int32_t p = l->g->value[r].producer;
    l->seen[r] = k;
    if (fill && p >= 0) l->follower[l->first_follower[p]++] = k;
    if (fill) return;
    l->left[r]++;
    l->reader[r] ^= k;
    if (p >= 0) l->first_follower[p + 1]++;
}

/* Calls that follow others come in order of these: counted, then filled in. */
static void find_readers(rni_lifetimes *l, bool fill)
{
    for (int32_t v = 0; v < l->g->n_values; v++) l->seen[v] = -1;
    for (int32_t k = 0; k < l->g->n_nodes; k++) {
        if (rni_lifetimes_is_view(l, k)) continue;
        const rni_gnode *n = &l->g->node[k];
        for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
            const int32_t r = input_root(l, i);
            if (r >= 0 && l->seen[r] != k) note_reader(l, r, k, fill);
        }
    }
}

bool rni_lifetimes_begin(rni_lifetimes *l, rni_graph *g)
{
    *l = (rni_lifetimes){ .g = g, .mark = -2 };
    l->root = rni_alloc((4 * g->n_values + g->n_nodes + 2 + g->n_in) * (int64_t)sizeof *l->root);
    if (!l->root) return false;
    l->left = l->root + g->n_values;
    l->reader = l->left + g->n_values;
    l->seen = l->reader + g->n_values;
    l->first_follower = l->seen + g->n_values;
    l->follower = l->first_follower + g->n_nodes + 2;
    find_roots(l);
    find_readers(l, false);
    for (int64_t k = 0; k < g->n_nodes; k++) l->first_follower[k + 1] += l->first_follower[k];
    find_readers(l, true);
    memmove(l->first_follower + 1, l->first_follower, (size_t)g->n_nodes * sizeof *l->first_follower);
    l->first_follower[0] = 0;
    for (int32_t v = 0; v < g->n_values; v++) l->seen[v] = -1;
    return true;
}

void rni_lifetimes_end(rni_lifetimes *l)
{
    rni_free(l->root);
    l->root = NULL;
}

static bool is_between(const rni_gvalue *x)
{
    return x->producer >= 0 && !x->constant.buffer;
}

int64_t rni_lifetimes_growth(rni_lifetimes *l, int32_t k)
{
    const rni_gnode *n = &l->g->node[k];
    int64_t made = 0, results = 0, donated = 0, freed = 0;
    const int32_t mark = l->mark--;
    for (int32_t v = n->first_out; v < n->first_out + n->n_out; v++) {
        if (l->g->value[v].output >= 0)
            results += l->g->value[v].bytes;
        else if (l->left[v] > 0)
            made += l->g->value[v].bytes;
    }
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t r = input_root(l, i);
        if (r < 0 || l->left[r] != 1 || l->seen[r] == mark) continue;
        l->seen[r] = mark;
        const rni_gvalue *x = &l->g->value[r];
        if (is_between(x)) freed += x->bytes;
        if (x->donated) donated += x->bytes;
    }
    return made + (results > donated ? results - donated : 0) - freed;
}

void rni_lifetimes_read(rni_lifetimes *l, int32_t k)
{
    const rni_gnode *n = &l->g->node[k];
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t r = input_root(l, i);
        if (r < 0 || l->seen[r] == k) continue;
        l->seen[r] = k;
        l->left[r]--;
        l->reader[r] ^= k;
    }
}

bool rni_lifetimes_step(rni_lifetimes *l, int32_t k)
{
    const rni_gnode *n = &l->g->node[k];
    const int64_t growth = rni_lifetimes_growth(l, k), before = l->most;
    int64_t made = 0;
    for (int32_t v = n->first_out; v < n->first_out + n->n_out; v++)
        if (l->g->value[v].output < 0) made += l->g->value[v].bytes;
    /* elementwise calls write over what they read */
    const bool over = n->op->kind == RN_MAP || n->op->flags & RN_OP_ONTO;
    const int64_t here = over || made < growth ? growth : made;
    l->here = l->alive + here;
    if (l->here > l->most) l->most = l->here;
    l->alive += growth;
    rni_lifetimes_read(l, k);
    return l->most > before;
}

int64_t rni_lifetimes_peak(rni_lifetimes *l, const int32_t *order, int64_t n)
{
    for (int64_t at = 0; at < (order ? n : l->g->n_nodes); at++) {
        const int32_t k = order ? order[at] : (int32_t)at;
        if (!rni_lifetimes_is_view(l, k)) rni_lifetimes_step(l, k);
    }
    return l->most;
}
