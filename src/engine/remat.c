/* Recomputation under a limit of memory: values of the way there that are alive at the peak are forgotten and computed
 * again before their first reader behind it, those first that cost the least for the bytes that they free. The call
 * is the same, with the same options and counters of random streams, so every bit is, too; what it makes besides what
 * is wanted, nobody reads. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "engine/cost.h"
#include "engine/fusion.h"
#include "engine/kernel.h"
#include "engine/lifetime.h"

#include <math.h>
#include <stdlib.h>

/* SHARE: of the peak that is forgotten at once; IN_VAIN_MOST: rounds that do not lower it; CALLS_MOST: to be made again
 * for one value; UNKNOWN_FLOP: of each byte, where a function does not say. */
enum { ROUNDS_MOST = 200, IN_VAIN_MOST = 8, SHARE = 16, CALLS_MOST = 16, UNKNOWN_FLOP = 16 };

typedef struct {
    int32_t value;
    double price; /* operations for each byte */
} victim;

typedef struct {
    rni_graph *g;
    rni_lifetimes l;
    int32_t *last; /* of each root: the call that reads it last */
    int32_t *copy; /* of each value that there was before the round: the same computed again, or itself */
    int64_t n_copy;
    double *flop; /* of each call, once asked for; NaN before */
    victim *victim;
    int64_t n_victims;
    int64_t at;           /* call at the peak */
    int64_t excess, step; /* bytes above the limit, and how many of them a round is to bring down */
} remat;

/* Calls to be made again, in their order. */
typedef struct {
    int32_t node[CALLS_MOST];
    int n;
} chain;

static bool is_alive_at_peak(const remat *r, int32_t root)
{
    const rni_gvalue *x = &r->g->value[root];
    return x->producer >= 0 && x->producer < r->at && r->last[root] > r->at;
}

/* Whether a value is there behind the peak, without computing anything again. */
static bool is_at_hand(const remat *r, int32_t v)
{
    const rni_gvalue *x = &r->g->value[r->l.root[v]];
    return r->copy[v] != v || x->producer < 0 || x->output >= 0 || is_alive_at_peak(r, r->l.root[v]);
}

static bool add(chain *c, int32_t k)
{
    int at = c->n;
    for (int i = 0; i < c->n; i++)
        if (c->node[i] == k) return true;
    if (c->n == CALLS_MOST) return false;
    for (; at > 0 && c->node[at - 1] > k; at--) c->node[at] = c->node[at - 1];
    c->node[at] = k;
    c->n++;
    return true;
}

/* What has to be called again for the results of node k; false if that is too much. */
static bool find_chain(const remat *r, int32_t k, chain *c)
{
    int32_t todo[CALLS_MOST * RN_INPUTS_MAX];
    int n = 0;
    *c = (chain){ 0 };
    for (todo[n++] = k; n > 0;) {
        const int32_t p = todo[--n];
        const rni_gnode *m = &r->g->node[p];
        if (m->op->flags & RN_OP_LIST_OUT || m->n_in > RN_INPUTS_MAX || !add(c, p)) return false;
        for (int32_t i = m->first_in; i < m->first_in + m->n_in; i++) {
            const int32_t v = r->g->in[i];
            if (v < 0 || is_at_hand(r, v)) continue;
            if (n == (int)RN_COUNTOF(todo)) return false;
            todo[n++] = r->g->value[v].producer;
        }
    }
    return true;
}

static double operations(remat *r, int32_t k)
{
    const rni_gnode *n = &r->g->node[k];
    if (n->op->kind == RN_VIEW || !isnan(r->flop[k])) return isnan(r->flop[k]) ? 0 : r->flop[k];
    rn_view *views = rni_alloc((n->n_in + n->n_out + 1) * (int64_t)sizeof *views);
    rn_kernel_call call;
    rn_cost cost;
    r->flop[k] = 0;
    if (views && rni_kernel_call_init(r->g, n, &call, views))
        r->flop[k] = rni_cost_of(n->op, &call, &cost) ? rni_cost_flop(&cost) : UNKNOWN_FLOP * cost.bytes;
    rni_free(views);
    return r->flop[k];
}

static int cheapest_first(const void *a, const void *b)
{
    const victim *x = a, *y = b;
    return x->price != y->price ? (x->price < y->price ? -1 : 1) : (x->value > y->value) - (x->value < y->value);
}

/* Where the peak is. False if it is low enough. */
static bool find_peak(remat *r, int64_t bytes)
{
    rni_graph *g = r->g;
    rni_lifetimes *l = &r->l;
    r->at = -1;
    for (int32_t k = 0; k < g->n_nodes; k++) {
        if (!rni_lifetimes_is_view(l, k) && rni_lifetimes_step(l, k)) r->at = k;
    }
    for (int32_t v = 0; v < g->n_values; v++) r->last[v] = -1;
    for (int32_t k = 0; k < g->n_nodes; k++)
        for (int32_t i = g->node[k].first_in; i < g->node[k].first_in + g->node[k].n_in; i++) {
            const int32_t root = g->in[i] < 0 || rni_lifetimes_is_view(l, k) ? -1 : l->root[g->in[i]];
            if (root >= 0) r->last[root] = k;
        }
    r->excess = l->most - bytes;
    r->step = r->excess < l->most / SHARE ? r->excess : l->most / SHARE + 1;
    return r->excess > 0;
}

static bool is_read_at_peak(const remat *r, int32_t root)
{
    const rni_gnode *n = &r->g->node[r->at];
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++)
        if (r->g->in[i] >= 0 && r->l.root[r->g->in[i]] == root) return true;
    return false;
}

static void find_victims(remat *r)
{
    const rni_graph *g = r->g;
    r->n_victims = 0;
    for (int32_t v = 0; v < g->n_values; v++) {
        const rni_gvalue *x = &g->value[v];
        if (r->l.root[v] != v || x->output >= 0 || !is_alive_at_peak(r, v) || is_read_at_peak(r, v)) continue;
        chain c;
        if (x->bytes == 0 || !find_chain(r, x->producer, &c)) continue;
        double flop = 0;
        for (int i = 0; i < c.n; i++) flop += operations(r, c.node[i]);
        r->victim[r->n_victims++] = (victim){ v, flop / (double)x->bytes };
    }
    qsort(r->victim, (size_t)r->n_victims, sizeof *r->victim, cheapest_first);
}

/* Appends node k once more, reading what has been computed again. */
static bool run_again(remat *r, int32_t k)
{
    rni_graph *g = r->g;
    const rni_gnode old = g->node[k];
    int32_t *in = rni_alloc_raw((old.n_in + 1) * (int64_t)sizeof *in);
    for (int32_t i = 0; in && i < old.n_in; i++) {
        const int32_t v = g->in[old.first_in + i];
        in[i] = v >= 0 && v < r->n_copy ? r->copy[v] : v;
    }
    const rni_gnode *n = in ? rni_graph_again(g, k, in, old.n_in) : NULL;
    rni_free(in);
    for (int32_t i = 0; n && i < old.n_out; i++) r->copy[old.first_out + i] = n->first_out + i;
    return n != NULL;
}

/* Lets calls behind the peak read the copy of a root, and of its views. */
static bool redirect(remat *r, int32_t root)
{
    rni_graph *g = r->g;
    const int32_t n_nodes = (int32_t)g->n_nodes;
    for (int32_t k = 0; k < n_nodes; k++) {
        const int32_t v = rni_lifetimes_is_view(&r->l, k) ? g->in[g->node[k].first_in] : -1;
        if (v >= 0 && v < r->n_copy && r->l.root[v] == root && !run_again(r, k)) return false;
    }
    for (int32_t k = (int32_t)r->at + 1; k < n_nodes; k++) {
        if (rni_lifetimes_is_view(&r->l, k)) continue;
        for (int32_t i = g->node[k].first_in; i < g->node[k].first_in + g->node[k].n_in; i++)
            if (g->in[i] >= 0 && g->in[i] < r->n_copy && r->l.root[g->in[i]] == root) g->in[i] = r->copy[g->in[i]];
    }
    return true;
}

static bool begin_round(remat *r)
{
    const int64_t n = r->g->n_values + 1, nodes = r->g->n_nodes;
    r->last = rni_alloc_raw(2 * n * (int64_t)sizeof *r->last);
    r->victim = rni_alloc_raw(n * (int64_t)sizeof *r->victim);
    r->flop = rni_alloc_raw((nodes + 1) * (int64_t)sizeof *r->flop);
    if (!r->last || !r->victim || !r->flop || !rni_lifetimes_begin(&r->l, r->g)) return false;
    r->copy = r->last + n;
    r->n_copy = n - 1;
    for (int32_t v = 0; v < r->n_copy; v++) r->copy[v] = v;
    for (int64_t k = 0; k < nodes; k++) r->flop[k] = NAN;
    return true;
}

static void end_round(remat *r)
{
    rni_lifetimes_end(&r->l);
    rni_free(r->last);
    rni_free(r->victim);
    rni_free(r->flop);
}

/* Forgets what is cheapest until the excess is gone, or nothing is left that could be forgotten. */
static bool relieve(remat *r)
{
    find_victims(r);
    for (int64_t i = 0; i < r->n_victims && r->step > 0; i++) {
        const int32_t v = r->victim[i].value;
        chain c = { 0 };
        if (r->copy[v] == v && !find_chain(r, r->g->value[v].producer, &c)) continue;
        for (int n = 0; n < c.n; n++)
            if (!run_again(r, c.node[n])) return false;
        if (!redirect(r, v)) return false;
        r->step -= r->g->value[v].bytes;
    }
    return rni_graph_settle(r->g);
}

bool rni_remat(rni_graph *g, int64_t bytes)
{
    bool ok = true, more = true;
    int64_t least = INT64_MAX;
    for (int round = 0, in_vain = 0; ok && more && round < ROUNDS_MOST && in_vain < IN_VAIN_MOST; round++, in_vain++) {
        remat r = { .g = g };
        ok = begin_round(&r);
        more = ok && find_peak(&r, bytes);
        if (more && r.l.most < least) {
            least = r.l.most;
            in_vain = 0;
        }
        if (more) ok = relieve(&r);
        more = more && r.n_victims > 0;
        end_round(&r);
    }
    return ok;
}
