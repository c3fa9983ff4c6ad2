/* What is cheap to compute again is not kept for the gradients: values of the way there that are alive at the peak of
 * memory, are read on the way back, and are a few passes away from values that are kept for the way back anyway (gelu's
 * from its argument, a normalisation's from what it normalises). They are computed again before their first reader on
 * the way back, by the same calls, so every bit is the same.
 *
 * Where the peak is goes by the order in which calls stand: as they were recorded or as the pass "order" has them,
 * whichever leaves less. Values are chosen by the time that they cost for each byte, as long as all of them come to a
 * few hundredths of the step's, and only if that lowers the peak by a fiftieth. An elementwise call is made where
 * another one reads the same value on the way back, if there is such a call: fusion makes them one, and what they have
 * in common is computed once. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/shape.h"
#include "base/stress.h"
#include "engine/cost.h"
#include "engine/kernel.h"
#include "engine/lifetime.h"
#include "engine/op_table.h"

#include <string.h>

enum {
    LEAST = RNI_STRESS ? 0 : 16 << 20, /* bytes of a peak that is worth the trouble */
    WORTH = RNI_STRESS ? 1 << 30 : 50, /* share of it that must be saved */
    FEW = RNI_STRESS ? 1 << 30 : 1000, /* share of it that a value must have */
    BUDGET = RNI_STRESS ? 100 : 5,     /* percent of the step's time */
    BALANCE = 16,                      /* operations in the time that a byte takes from memory or to it */
    SMALL = 16,                        /* share of a value that parameters may have that it is computed from: they
                                        * stay where they are instead of giving their place to new ones */
    CALLS_MOST = 4,                    /* to be made again for one value */
    NEEDING_MOST = 64                  /* calls that may wait for another one */
};

enum { FREE, NEEDED, FORGOTTEN }; /* fate of a value; NEEDED: to compute another one again */
enum { GOES_FIRST = 1, WAITS = 2 };

/* Calls to be made again, the last one first, and the values that they read. */
typedef struct {
    int32_t node[CALLS_MOST], kept[CALLS_MOST * RN_INPUTS_MAX];
    int n, n_kept;
} chain;

typedef struct {
    int32_t value, until, from; /* a root; calls between which it need not be in memory */
    int32_t with, after;        /* call that reads the same, -1; value that is there by then */
    double cost;
    bool done; /* taken, or of no use */
} candidate;

typedef struct {
    rni_graph *g;
    rni_lifetimes l;
    bool *back;                         /* of each call: on the way back */
    int32_t *last_there, *first, *last; /* of each root: the call that reads it last there, first and last back; -1 */
    char *fate;                         /* of each root */
    char *role;                         /* of each call: GOES_FIRST, WAITS */
    int32_t *copy, *copied_for; /* of each value: the same computed again, and for which candidate; -1: has not been */
    int32_t *owner;             /* of each root that is forgotten: its candidate */
    int64_t *live;              /* bytes alive at each call */
    candidate *candidate;
    int64_t n_candidates, cap_candidates;
    const rn_op *layer_norm, *rms_norm, *batch_norm, *batch_norm_again;
    double budget;
} forgetter;

static int32_t root_of(const forgetter *f, int32_t v)
{
    return v < 0 ? -1 : f->l.root[v];
}

/* ---- the two ways ---- */

static void note_reader(forgetter *f, int32_t root, int32_t k)
{
    if (!f->back[k])
        f->last_there[root] = k;
    else {
        if (f->first[root] < 0) f->first[root] = k;
        f->last[root] = k;
    }
}

static void find_ways(forgetter *f)
{
    const rni_graph *g = f->g;
    for (int32_t v = 0; v < g->n_values; v++) f->last_there[v] = f->first[v] = f->last[v] = f->copied_for[v] = -1;
    for (int32_t k = 0; k < g->n_nodes; k++) {
        const rni_gnode *n = &g->node[k];
        if (rni_lifetimes_is_view(&f->l, k)) continue;
        f->back[k] = n->grad_of != NULL;
        for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
            const int32_t p = rni_lifetimes_maker(&f->l, g->in[i]);
            f->back[k] = f->back[k] || (p >= 0 && f->back[p]);
        }
        for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++)
            if (g->in[i] >= 0) note_reader(f, root_of(f, g->in[i]), k);
    }
}

/* A value between, made on the way there and read on the way back. */
static bool crosses(const forgetter *f, int32_t root)
{
    const rni_gvalue *x = &f->g->value[root];
    return x->producer >= 0 && !x->constant.buffer && x->output < 0 && !f->back[x->producer] && f->first[root] >= 0;
}

static bool is_kept(const forgetter *f, int32_t root)
{
    const rni_gvalue *x = &f->g->value[root];
    return x->producer < 0 || x->output >= 0 || (crosses(f, root) && f->fate[root] != FORGOTTEN);
}

/* ---- what it takes to compute a value again ---- */

static bool is_cheap(const forgetter *f, const rni_gnode *n)
{
    if (n->n_out != 1 || n->n_in > RN_INPUTS_MAX || n->op->flags & (RN_OP_LIST_OUT | RN_OP_RANDOM)) return false;
    return n->op->kind == RN_MAP || n->op == f->layer_norm || n->op == f->rms_norm;
}

/* Of a batch normalisation, whose statistics are kept: its result once more, given these. */
static rni_gnode *normalise_again(const forgetter *f, int32_t k, int32_t x)
{
    const rni_gnode *n = &f->g->node[k];
    const int32_t *in = f->g->in + n->first_in;
    rni_gnode *m =
        rni_graph_again(f->g, k, (const int32_t[]){ x, in[1], in[2], n->first_out + 1, n->first_out + 2 }, 5);
    if (!m) return NULL;
    m->op = f->batch_norm_again;
    m->n_out = 1;
    return m;
}

/* Whether that can be done; nothing is left of the attempt. */
static bool is_normalised_again(const forgetter *f, int32_t root)
{
    rni_graph *g = f->g;
    const int32_t k = g->value[root].producer;
    const rni_gnode *n = &g->node[k];
    if (n->op != f->batch_norm || n->n_in != 3 || root != n->first_out) return false;
    for (int32_t i = 0; i < n->n_in; i++)
        if (g->in[n->first_in + i] < 0) return false;
    const int64_t nodes = g->n_nodes, values = g->n_values, in = g->n_in;
    const rni_gnode *m = normalise_again(f, k, g->in[n->first_in]);
    const bool yes = m && rni_kernel_accepts(g, m);
    g->n_nodes = nodes;
    g->n_values = values;
    g->n_in = in;
    return yes;
}

/* Adds root, which the chain reads; false where it cannot be had. */
static bool need(const forgetter *f, chain *c, int32_t root, int64_t bytes)
{
    const rni_gvalue x = f->g->value[root]; /* the graph grows while a call is tried */
    if (f->fate[root] == FORGOTTEN || (x.donated && x.bytes > bytes / SMALL)) return false;
    if (is_kept(f, root)) {
        bool known = false;
        for (int i = 0; i < c->n_kept; i++) known = known || c->kept[i] == root;
        if (!known) c->kept[c->n_kept++] = root;
        return true;
    }
    for (int m = 0; m < c->n; m++)
        if (c->node[m] == x.producer) return true;
    if (c->n == CALLS_MOST || (!is_cheap(f, &f->g->node[x.producer]) && !is_normalised_again(f, root))) return false;
    c->node[c->n++] = x.producer;
    return true;
}

static bool find_chain(const forgetter *f, int32_t root, chain *c)
{
    const int64_t bytes = f->g->value[root].bytes;
    *c = (chain){ 0 };
    c->node[c->n++] = f->g->value[root].producer;
    if (!is_cheap(f, &f->g->node[c->node[0]]) && !is_normalised_again(f, root)) return false;
    for (int at = 0; at < c->n; at++) {
        const rni_gnode n = f->g->node[c->node[at]];
        for (int32_t i = n.first_in; i < n.first_in + n.n_in; i++)
            if (f->g->in[i] >= 0 && !need(f, c, root_of(f, f->g->in[i]), bytes)) return false;
        for (int32_t v = n.first_out + 1; v < n.first_out + n.n_out; v++) {
            if (!is_kept(f, v)) return false; /* statistics */
            c->kept[c->n_kept++] = v;
        }
    }
    return true;
}

/* What call k moves and computes, both in bytes that are moved in the same time. */
static void count(const forgetter *f, int32_t k, double *bytes, double *operations)
{
    const rni_gnode *n = &f->g->node[k];
    rn_view *views = rni_alloc((n->n_in + n->n_out + 1) * (int64_t)sizeof *views);
    rn_kernel_call call;
    rn_cost cost = { 0 };
    if (views && rni_kernel_call_init(f->g, n, &call, views)) rni_cost_of(n->op, &call, &cost);
    rni_free(views);
    *bytes = cost.bytes;
    *operations = rni_cost_flop(&cost) / BALANCE;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Calls of a chain follow each other, so what lies between them stays in the caches. */
static double cost_of(const forgetter *f, const chain *c)
{
    double moved = (double)f->g->value[f->g->node[c->node[0]].first_out].bytes, operations = 0;
    for (int i = 0; i < c->n_kept; i++) moved += (double)f->g->value[c->kept[i]].bytes;
    for (int i = 0; i < c->n; i++) {
        double bytes, more;
        count(f, c->node[i], &bytes, &more);
        operations += more;
    }
    return larger(moved, operations);
}

/* Call k and all that need its results, if they are few. Returns their number, 0 if they are not. */
static int needing(const forgetter *f, int32_t k, int32_t *seen)
{
    int n = 0;
    seen[n++] = k;
    for (int at = 0; at < n; at++)
        for (int32_t i = f->l.first_follower[seen[at]]; i < f->l.first_follower[seen[at] + 1]; i++) {
            bool known = false;
            for (int m = 0; m < n && !known; m++) known = seen[m] == f->l.follower[i];
            if (known) continue;
            if (n == NEEDING_MOST) return 0;
            seen[n++] = f->l.follower[i];
        }
    return n;
}

/* Whether call `first` can come before all calls on the way back that read v; where `mark` is set, it is going to. What
 * needs results of such readers comes before no others, so that no call can come to wait for itself. */
static bool comes_first(const forgetter *f, int32_t first, int32_t v, bool mark)
{
    const int32_t made = rni_lifetimes_maker(&f->l, v);
    if (f->role[first] & WAITS) return false;
    for (int32_t i = f->l.first_follower[made]; i < f->l.first_follower[made + 1]; i++) {
        int32_t seen[NEEDING_MOST];
        if (!f->back[f->l.follower[i]]) continue;
        const int n = needing(f, f->l.follower[i], seen);
        for (int m = 0; m < n; m++) {
            if (seen[m] == first || f->role[seen[m]] & GOES_FIRST) return false;
            if (mark) f->role[seen[m]] |= WAITS;
        }
        if (n == 0) return false;
    }
    if (mark) f->role[first] |= GOES_FIRST;
    return true;
}

/* The elementwise call on the way back that reads value x as a whole and can come before those that read v, which call
 * `by` makes of x; -1: there is none. */
static int32_t partner(const forgetter *f, int32_t by, int32_t x, int32_t v)
{
    const rni_graph *g = f->g;
    const int32_t p = rni_lifetimes_maker(&f->l, x);
    const int32_t from = p < 0 ? 0 : f->l.first_follower[p], to = p < 0 ? 0 : f->l.first_follower[p + 1];
    for (int32_t at = to - 1; at >= from && at >= to - NEEDING_MOST; at--) {
        const int32_t k = f->l.follower[at];
        const rni_gnode *n = &g->node[k];
        if (!f->back[k] || n->op->kind != RN_MAP || n->device != g->node[by].device) continue;
        bool reads = false;
        for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) reads = reads || g->in[i] == x;
        if (reads && rni_shape_equal(&g->value[n->first_out].shape, &g->value[v].shape) && comes_first(f, k, v, false))
            return k;
    }
    return -1;
}

/* ---- candidates ---- */

/* An input of call k that comes from the way back; -1: there is none. */
static int32_t comes_back(const forgetter *f, int32_t k)
{
    const rni_gnode *n = &f->g->node[k];
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t p = rni_lifetimes_maker(&f->l, f->g->in[i]);
        if (p >= 0 && f->back[p]) return f->g->in[i];
    }
    return -1;
}

/* Where value v can be computed again and what that costs; false where it cannot, or would keep others longer. */
static bool judge(const forgetter *f, int32_t v, candidate *c)
{
    const rni_graph *g = f->g;
    chain all;
    if (!find_chain(f, v, &all)) return false;
    *c = (candidate){ .value = v, .until = f->last_there[v], .from = f->first[v], .after = comes_back(f, f->first[v]) };
    const rni_gnode *n = &g->node[all.node[0]];
    const bool alone = all.n == 1 && n->op->kind == RN_MAP && n->n_in > 0;
    c->with = alone ? partner(f, all.node[0], g->in[n->first_in], v) : -1;
    if (c->with >= 0) {
        c->after = g->node[c->with].first_out;
        c->from = c->with < c->from ? c->with : c->from;
        c->cost = (double)g->value[v].bytes;
        return true;
    }
    for (int i = 0; i < all.n_kept; i++)
        if (crosses(f, all.kept[i]) && f->last[all.kept[i]] < c->from) return false;
    c->cost = cost_of(f, &all);
    return c->after >= 0;
}

/* False if there are none, or with an error pending. */
static bool find_candidates(forgetter *f)
{
    find_ways(f);
    for (int32_t v = 0; v < f->g->n_values; v++) {
        candidate c;
        if (f->l.root[v] != v || f->g->value[v].bytes < f->l.most / FEW || !crosses(f, v) || f->last_there[v] < 0)
            continue;
        if (!judge(f, v, &c)) continue;
        candidate *p = rni_grow(f->candidate, f->n_candidates, &f->cap_candidates, (int64_t)sizeof *p);
        if (!p) return false;
        f->candidate = p;
        f->candidate[f->n_candidates++] = c;
    }
    return f->n_candidates > 0;
}

/* ---- the choice ---- */

static double price(const forgetter *f, const candidate *c)
{
    return c->cost / (double)f->g->value[c->value].bytes;
}

/* The cheapest candidate that need not be there at call `at`. */
static candidate *cheapest(const forgetter *f, int64_t at)
{
    candidate *best = NULL;
    for (int64_t i = 0; i < f->n_candidates; i++) {
        candidate *c = &f->candidate[i];
        if (c->done || c->until >= at || c->from <= at) continue;
        if (!best || price(f, c) < price(f, best)) best = c;
    }
    return best;
}

/* Takes it, unless it is needed for another one or costs too much. */
static bool take(forgetter *f, candidate *c)
{
    chain all;
    c->done = true;
    if (f->fate[c->value] != FREE || c->cost > f->budget || !find_chain(f, c->value, &all)) return false;
    if (c->with >= 0 && (!comes_first(f, c->with, c->value, false) || !comes_first(f, c->with, c->value, true)))
        return false;
    for (int i = 0; i < all.n_kept; i++) f->fate[all.kept[i]] = NEEDED;
    f->fate[c->value] = FORGOTTEN;
    f->owner[c->value] = (int32_t)(c - f->candidate);
    f->budget -= c->cost;
    for (int32_t k = c->until + 1; k < c->from; k++) f->live[k] -= f->g->value[c->value].bytes;
    return true;
}

static int64_t highest(const forgetter *f)
{
    int64_t at = 0;
    for (int64_t k = 1; k < f->g->n_nodes; k++)
        if (f->live[k] > f->live[at]) at = k;
    return at;
}

/* What to forget. Returns the peak that is left. */
static int64_t choose(forgetter *f)
{
    int64_t at = highest(f);
    for (int64_t k = 0; k < f->g->n_nodes; k++) {
        double bytes, operations;
        count(f, (int32_t)k, &bytes, &operations);
        f->budget += larger(bytes, operations) * BUDGET / 100;
    }
    for (candidate *c; (c = cheapest(f, at));)
        if (take(f, c)) at = highest(f);
    return f->live[at];
}

/* ---- the graph ---- */

/* Value v computed again for a candidate; v itself where it is kept. -1 with an error pending. */
static int32_t again(forgetter *f, int32_t v, int32_t id)
{
    if (v < 0 || is_kept(f, root_of(f, v))) return v;
    if (f->copied_for[v] == id) return f->copy[v];
    const int32_t k = f->g->value[v].producer;
    const rni_gnode n = f->g->node[k];
    int32_t in[RN_INPUTS_MAX];
    for (int32_t i = 0; i < n.n_in; i++) {
        const int32_t x = f->g->in[n.first_in + i];
        in[i] = again(f, x, id);
        if (x >= 0 && in[i] < 0) return -1;
    }
    rni_gnode *m = n.op == f->batch_norm ? normalise_again(f, k, in[0]) : rni_graph_again(f->g, k, in, n.n_in);
    if (!m) return -1;
    m->after = f->candidate[id].after;
    for (int32_t i = 0; i < m->n_out; i++) {
        f->copy[n.first_out + i] = m->first_out + i;
        f->copied_for[n.first_out + i] = id;
    }
    return f->copy[v];
}

static bool redirect(forgetter *f)
{
    rni_graph *g = f->g;
    const int32_t n_nodes = (int32_t)g->n_nodes;
    for (int32_t k = 0; k < n_nodes; k++) {
        if (rni_lifetimes_is_view(&f->l, k) || !f->back[k]) continue;
        for (int32_t i = g->node[k].first_in; i < g->node[k].first_in + g->node[k].n_in; i++) {
            const int32_t r = root_of(f, g->in[i]);
            if (r < 0 || f->fate[r] != FORGOTTEN) continue;
            const int32_t v = again(f, g->in[i], f->owner[r]);
            if (v < 0) return false;
            g->in[i] = v;
        }
    }
    return rni_graph_settle(g);
}

static bool begin(forgetter *f)
{
    const rni_graph *g = f->g;
    const int64_t nodes = g->n_nodes + 1, values = g->n_values + 1;
    f->back = rni_alloc(nodes);
    f->role = rni_alloc(nodes);
    f->fate = rni_alloc(values);
    f->live = rni_alloc(nodes * (int64_t)sizeof *f->live);
    f->last_there = rni_alloc_raw(6 * values * (int64_t)sizeof *f->last_there);
    if (!f->back || !f->role || !f->fate || !f->live || !f->last_there || !rni_lifetimes_begin(&f->l, f->g))
        return false;
    f->first = f->last_there + values;
    f->last = f->first + values;
    f->copy = f->last + values;
    f->copied_for = f->copy + values;
    f->owner = f->copied_for + values;
    return true;
}

static void end(forgetter *f)
{
    rni_lifetimes_end(&f->l);
    rni_free(f->back);
    rni_free(f->role);
    rni_free(f->fate);
    rni_free(f->live);
    rni_free(f->last_there);
    rni_free(f->candidate);
    *f = (forgetter){ 0 };
}

/* ---- the order ---- */

/* Chooses what to forget as calls stand now. Returns the peak that is left, 0 if there is nothing to be forgotten. */
static int64_t look(forgetter *f, rni_graph *g)
{
    *f = (forgetter){ .g = g,
                      .layer_norm = rni_op_find("layer_norm"),
                      .rms_norm = rni_op_find("rms_norm"),
                      .batch_norm = rni_op_find("batch_norm"),
                      .batch_norm_again = rni_op_find("batch_norm_again") };
    if (!begin(f)) return 0;
    for (int32_t k = 0; k < g->n_nodes; k++) {
        if (rni_lifetimes_is_view(&f->l, k)) continue;
        rni_lifetimes_step(&f->l, k);
        f->live[k] = f->l.here;
    }
    return f->l.most > LEAST && find_candidates(f) ? choose(f) : 0;
}

static void restore(rni_graph *g, const rni_gnode *node, int64_t n)
{
    memcpy(g->node, node, (size_t)n * sizeof *node);
    g->n_nodes = n;
    for (int64_t k = 0; k < n; k++)
        for (int32_t i = 0; i < node[k].n_out; i++) g->value[node[k].first_out + i].producer = (int32_t)k;
}

bool rni_forget_cheap(rni_graph *g, bool order)
{
    forgetter f;
    int64_t left = look(&f, g);
    const int64_t most = f.l.most, n = g->n_nodes;
    rni_gnode *as_recorded = left && order ? rni_alloc_raw((n + 1) * (int64_t)sizeof *as_recorded) : NULL;
    if (as_recorded) {
        memcpy(as_recorded, g->node, (size_t)n * sizeof *as_recorded);
        end(&f);
        const bool ok = rni_order(g, true);
        const int64_t then = ok ? look(&f, g) : 0;
        if (ok && (!then || then >= left)) {
            end(&f);
            restore(g, as_recorded, n);
            left = look(&f, g);
        } else
            left = then;
    }
    if (left && left < most - most / WORTH) {
        rni_log(RN_LOG_DEBUG, "plan", "forget: %lld bytes at the peak instead of %lld", (long long)left,
                (long long)most);
        redirect(&f);
    } else if (as_recorded && rn_ok())
        restore(g, as_recorded, n);
    end(&f);
    rni_free(as_recorded);
    return rn_ok();
}
