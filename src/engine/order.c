/* Order of calls: what frees memory runs as soon as it can, everything else in the order in which it was recorded.
 *
 * That order comes from a walk that goes deep first, so that the gradients of all weights but one wait until the way
 * back has been gone to its end, and every activation with them. A call is taken out of its turn if it frees at least
 * what it makes, alone or together with the one that reads its result, or if it makes next to nothing of what it reads,
 * which others may then free. The order found is kept only if its peak is lower by a fiftieth. Views cost nothing and
 * stand before their readers. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "base/error.h"
#include "engine/lifetime.h"

#include <string.h>

enum { WORTH = 50, LITTLE = 64 /* of that part of what a call reads */ };

typedef struct {
    int64_t gain; /* bytes that are freed more than made */
    int32_t node;
} candidate;

typedef struct {
    rni_lifetimes *l;
    rni_graph *g;
    int32_t *pending; /* each node: calls whose results it waits for */
    char *done;
    candidate *heap; /* the largest gain first, of equal ones the first recorded */
    int64_t n_heap, cap_heap;
    int32_t *order;
    int64_t n_order;
    bool failed;
} scheduler;

/* ---- candidates ---- */

static bool before(const candidate *a, const candidate *b)
{
    return a->gain != b->gain ? a->gain > b->gain : a->node < b->node;
}

static void push(scheduler *s, candidate c)
{
    candidate *h = rni_grow(s->heap, s->n_heap, &s->cap_heap, (int64_t)sizeof *h);
    if (!h) {
        s->failed = true;
        return;
    }
    s->heap = h;
    int64_t at = s->n_heap++;
    for (; at > 0 && before(&c, &h[(at - 1) / 2]); at = (at - 1) / 2) h[at] = h[(at - 1) / 2];
    h[at] = c;
}

static int32_t pop(scheduler *s)
{
    candidate *h = s->heap;
    const int32_t top = h[0].node;
    const candidate c = h[--s->n_heap];
    int64_t at = 0;
    for (int64_t k; (k = 2 * at + 1) < s->n_heap; at = k) {
        if (k + 1 < s->n_heap && before(&h[k + 1], &h[k])) k++;
        if (!before(&h[k], &c)) break;
        h[at] = h[k];
    }
    h[at] = c;
    return top;
}

/* The only call that waits for nothing but node k and reads its only lasting result alone; -1: there is none. */
static int32_t follower(const scheduler *s, int32_t k)
{
    const rni_gnode *n = &s->g->node[k];
    int32_t reader = -1;
    for (int32_t v = n->first_out; v < n->first_out + n->n_out; v++) {
        if (s->l->left[v] == 0) continue;
        if (reader >= 0 || s->l->left[v] != 1) return -1;
        reader = s->l->reader[v];
    }
    return reader >= 0 && s->pending[reader] == 1 ? reader : -1;
}

/* Bytes of what node k reads and others have yet to read. */
static int64_t shared_bytes(const scheduler *s, int32_t k)
{
    const rni_gnode *n = &s->g->node[k];
    int64_t bytes = 0;
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t r = s->g->in[i] < 0 ? -1 : s->l->root[s->g->in[i]];
        if (r >= 0 && s->g->value[r].producer >= 0 && s->l->left[r] > 1) bytes += s->g->value[r].bytes;
    }
    return bytes;
}

static void consider(scheduler *s, int32_t k)
{
    if (s->done[k] || s->pending[k]) return;
    int64_t gain = -rni_lifetimes_growth(s->l, k);
    if (gain < 0 && -gain <= shared_bytes(s, k) / LITTLE) gain = 0;
    const int32_t next = gain < 0 ? follower(s, k) : -1;
    if (next >= 0) gain -= rni_lifetimes_growth(s->l, next);
    if (gain >= 0) push(s, (candidate){ gain, k });
}

/* Node k, or the one that it waits for. */
static void consider_with_maker(scheduler *s, int32_t k)
{
    consider(s, k);
    if (s->done[k] || s->pending[k] != 1) return;
    const rni_gnode *n = &s->g->node[k];
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t p = rni_lifetimes_maker(s->l, s->g->in[i]);
        if (p < 0 || s->done[p]) continue;
        consider(s, p);
        return;
    }
}

/* ---- the order ---- */

static void run(scheduler *s, int32_t k)
{
    const rni_gnode *n = &s->g->node[k];
    s->done[k] = true;
    s->order[s->n_order++] = k;
    rni_lifetimes_read(s->l, k);
    for (int32_t at = s->l->first_follower[k]; at < s->l->first_follower[k + 1]; at++) s->pending[s->l->follower[at]]--;
    for (int32_t at = s->l->first_follower[k]; at < s->l->first_follower[k + 1]; at++)
        consider_with_maker(s, s->l->follower[at]);
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++) {
        const int32_t r = s->g->in[i] < 0 ? -1 : s->l->root[s->g->in[i]];
        if (r >= 0 && s->l->left[r] == 1) consider_with_maker(s, s->l->reader[r]);
    }
}

static bool schedule(scheduler *s)
{
    const int64_t n = s->g->n_nodes;
    for (int32_t k = 0; k < n; k++)
        for (int32_t at = s->l->first_follower[k]; at < s->l->first_follower[k + 1]; at++)
            s->pending[s->l->follower[at]]++;
    for (int32_t k = 0; k < n; k++) consider(s, k);
    for (int32_t next = 0; next < n && !s->failed;) {
        if (s->n_heap) {
            const int32_t k = pop(s);
            if (!s->done[k] && !rni_lifetimes_is_view(s->l, k)) run(s, k);
        } else if (s->done[next] || rni_lifetimes_is_view(s->l, next))
            next++;
        else
            run(s, next);
    }
    return !s->failed;
}

static bool apply(const scheduler *s)
{
    rni_graph *g = s->g;
    rni_gnode *node = rni_alloc_raw((g->n_nodes + 1) * (int64_t)sizeof *node);
    if (!node) return false;
    int64_t n = 0;
    for (int64_t i = 0; i < s->n_order; i++) node[n++] = g->node[s->order[i]];
    for (int32_t k = 0; k < g->n_nodes; k++)
        if (rni_lifetimes_is_view(s->l, k)) node[n++] = g->node[k];
    memcpy(g->node, node, (size_t)n * sizeof *node);
    rni_free(node);
    return rni_graph_settle(g);
}

/* Whether the order found has a peak that is lower by enough; false with an error pending, too. */
static bool is_better(const scheduler *s)
{
    rni_lifetimes l;
    if (!rni_lifetimes_begin(&l, s->g)) return false;
    const int64_t now = rni_lifetimes_peak(&l, NULL, 0);
    rni_lifetimes_end(&l);
    if (!rni_lifetimes_begin(&l, s->g)) return false;
    const int64_t then = rni_lifetimes_peak(&l, s->order, s->n_order);
    rni_lifetimes_end(&l);
    return then < now - now / WORTH;
}

bool rni_order(rni_graph *g, bool always)
{
    rni_lifetimes l;
    if (!rni_lifetimes_begin(&l, g)) return false;
    scheduler s = { .g = g, .l = &l, .pending = rni_alloc(g->n_nodes * (int64_t)sizeof *s.pending) };
    s.done = rni_alloc(g->n_nodes + 1);
    s.order = rni_alloc_raw((g->n_nodes + 1) * (int64_t)sizeof *s.order);
    bool ok = s.pending && s.done && s.order && schedule(&s);
    if (ok && (always || is_better(&s))) ok = apply(&s);
    rni_lifetimes_end(&l);
    rni_free(s.pending);
    rni_free(s.done);
    rni_free(s.order);
    rni_free(s.heap);
    return ok && rn_ok();
}
