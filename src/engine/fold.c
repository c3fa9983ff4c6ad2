/* Constant folding: what is computed from nothing but the plan's own numbers is computed once, when the plan is made,
 * and held by it.
 *
 * A call is constant if all its inputs are, and none of its options is a number of the run. Elementwise calls without
 * inputs (zeros) are as cheap to compute as to read: where only elementwise calls read them, they stay. So do results:
 * memory that the plan holds could never be given to their next value. */
#include "engine/rewrite.h"

#include "base/alloc.h"
#include "engine/pass.h"
#include "engine/plan.h"

#include <string.h>

/* Bytes of one value, and of all that a plan holds. */
enum { VALUE_MOST = 256 << 10, PLAN_MOST = 1 << 20 };

typedef struct {
    rni_graph *g;
    bool *constant;  /* each value: could be known when the plan is made */
    bool *read;      /* and is read by what is not constant and does not make it itself */
    bool *wanted;    /* each node: is computed now */
    int32_t *map;    /* value of the graph that is computed now for each value */
    int32_t *result; /* its number among that graph's results */
    int64_t bytes;
    int32_t count;
} folder;

static bool is_constant(const folder *f, const rni_gnode *n)
{
    if (n->op->flags & RN_OP_RANDOM || rni_has_dynamic_options(n)) return false;
    for (int32_t i = n->first_in; i < n->first_in + n->n_in; i++)
        if (f->g->in[i] >= 0 && !f->constant[f->g->in[i]]) return false;
    for (int32_t v = n->first_out; v < n->first_out + n->n_out; v++)
        if (f->g->value[v].bytes > VALUE_MOST && n->op->kind != RN_VIEW && !f->g->frozen) return false;
    return true;
}

static bool is_plain(const rni_gnode *n)
{
    return n->op->kind == RN_MAP && n->n_in == 0;
}

/* Marks what is to be held: constants that are read by something else, or, through a view, by it. */
static void find_read(folder *f)
{
    rni_graph *g = f->g;
    for (int64_t k = g->n_nodes - 1; k >= 0; k--) {
        const rni_gnode *n = &g->node[k];
        const bool constant = f->constant[n->first_out];
        bool needed = !constant;
        if (n->op->kind == RN_VIEW)
            for (int32_t v = n->first_out; v < n->first_out + n->n_out; v++)
                needed |= f->read[v] || g->value[v].output >= 0;
        if (constant && n->op->kind != RN_VIEW) continue;
        for (int32_t i = n->first_in; needed && i < n->first_in + n->n_in; i++) {
            const int32_t v = g->in[i], p = v < 0 ? -1 : g->value[v].producer;
            if (p >= 0 && f->constant[v] && !(is_plain(&g->node[p]) && n->op->kind == RN_MAP)) f->read[v] = true;
        }
    }
}

/* Decides, from the last node to the first, what is held and what is computed for it. */
static void choose(folder *f)
{
    rni_graph *g = f->g;
    for (int64_t k = g->n_nodes - 1; k >= 0; k--) {
        const rni_gnode *n = &g->node[k];
        if (!f->constant[n->first_out]) continue;
        for (int32_t v = n->first_out; v < n->first_out + n->n_out; v++) {
            const int64_t bytes = g->value[v].bytes;
            f->read[v] = f->read[v] && n->op->kind != RN_VIEW && g->value[v].output < 0 &&
                         (f->bytes + bytes <= PLAN_MOST || g->frozen);
            if (!f->read[v]) continue;
            f->wanted[k] = true;
            f->bytes += bytes;
            f->count++;
        }
        for (int32_t i = n->first_in; f->wanted[k] && i < n->first_in + n->n_in; i++)
            if (g->in[i] >= 0 && g->value[g->in[i]].producer >= 0) f->wanted[g->value[g->in[i]].producer] = true;
    }
}

/* The value of `to` for v, which is made by a node that is there already, or held. */
static int32_t import(folder *f, rni_graph *to, int32_t v)
{
    if (v < 0 || f->map[v] >= 0) return v < 0 ? -1 : f->map[v];
    const int32_t at = rni_graph_value(to, f->g->value[v].dtype, &f->g->value[v].shape);
    if (at < 0) return -1;
    to->value[at].constant = f->g->value[v].constant;
    return f->map[v] = at;
}

static bool copy_wanted(folder *f, rni_graph *to)
{
    for (int64_t k = 0; k < f->g->n_nodes; k++) {
        if (!f->wanted[k]) continue;
        const rni_gnode old = f->g->node[k];
        int32_t *in = rni_alloc((old.n_in + 1) * (int64_t)sizeof *in);
        for (int32_t i = 0; in && i < old.n_in; i++) in[i] = import(f, to, f->g->in[old.first_in + i]);
        rni_gnode *n = in ? rni_graph_node(to, old.op, in, old.n_in, old.n_out) : NULL;
        rni_free(in);
        if (!n) return false;
        const int32_t first_in = n->first_in, number = (int32_t)to->n_nodes - 1;
        *n = old;
        n->first_in = first_in;
        n->first_out = (int32_t)to->n_values;
        n->recorded = -1;
        n->lowered = true;
        for (int32_t i = 0; i < old.n_out; i++) {
            const int32_t v = import(f, to, old.first_out + i);
            if (v < 0) return false;
            to->value[v].producer = number;
            if (!f->read[old.first_out + i]) continue;
            to->value[v].output = f->result[old.first_out + i] = to->n_outputs++;
        }
    }
    return true;
}

/* Lets constants take the place of the values that have been computed. */
static bool hold_results(folder *f, rni_rewrite *w, const rni_run *r)
{
    rni_graph *g = f->g;
    const int32_t n_values = (int32_t)g->n_values;
    for (int32_t v = 0; v < n_values; v++) {
        if (!f->read[v]) continue;
        const int32_t k = f->result[v], c = rni_graph_value(g, g->value[v].dtype, &g->value[v].shape);
        if (c < 0 || !rni_graph_hold(g, r->result[k])) return false;
        g->value[c].constant = (rni_constant){ r->result[k], r->result_offset[k] };
        rni_rewrite_replace(w, v, c);
    }
    for (int64_t k = 0; k < g->n_nodes; k++) rni_rewrite_inputs(w, k);
    return true;
}

static bool compute(folder *f, rni_rewrite *w, rni_device *device, unsigned passes)
{
    rni_graph to = { 0 };
    if (!copy_wanted(f, &to)) {
        rni_graph_free(&to);
        return false;
    }
    rni_plan *p = rni_plan_compile(&to, device, passes & ~(unsigned)RNI_PASS_FOLD);
    if (!p) return false;
    p->timed = false;
    rni_buffer **result = rni_alloc((f->count + 1) * (int64_t)sizeof *result);
    int64_t *offset = rni_alloc((f->count + 1) * (int64_t)sizeof *offset);
    rni_run r = { .result = result, .result_offset = offset };
    const bool ok = result && offset && rni_plan_run(p, &r) && hold_results(f, w, &r);
    for (int32_t k = 0; result && k < f->count; k++) rni_buffer_drop(result[k]);
    rni_free(result);
    rni_free(offset);
    rni_plan_free(p);
    return ok;
}

bool rni_fold(rni_graph *g, rni_device *device, unsigned passes)
{
    folder f = { .g = g,
                 .constant = rni_alloc(2 * g->n_values + g->n_nodes + 1),
                 .map = rni_alloc_raw((2 * g->n_values + 1) * (int64_t)sizeof *f.map) };
    rni_rewrite w = { 0 };
    bool ok = f.constant && f.map && rni_rewrite_begin(&w, g);
    if (ok) {
        f.read = f.constant + g->n_values;
        f.wanted = f.read + g->n_values;
        f.result = f.map + g->n_values;
        for (int32_t v = 0; v < g->n_values; v++) {
            f.constant[v] = g->value[v].constant.buffer != NULL;
            f.map[v] = -1;
        }
        for (int64_t k = 0; k < g->n_nodes; k++)
            if (is_constant(&f, &g->node[k])) memset(f.constant + g->node[k].first_out, true, (size_t)g->node[k].n_out);
        find_read(&f);
        choose(&f);
        ok = !f.count || compute(&f, &w, device, passes);
    }
    ok = rni_rewrite_end(&w) && ok;
    rni_free(f.constant);
    rni_free(f.map);
    return ok;
}
