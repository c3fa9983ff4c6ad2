/* Building the graph to be compiled, and taking composites apart. */
#include "engine/graph.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/rng.h"
#include "base/shape.h"
#include "engine/fusion.h"
#include "engine/kernel.h"
#include "engine/op_table.h"

#include <string.h>

int32_t rni_graph_value(rni_graph *g, rn_dtype dtype, const rn_shape *shape)
{
    const rni_gvalue value = { .dtype = dtype,
                               .shape = *shape, /* which may lie among the values that move */
                               .bytes = rni_shape_count(shape) * rn_dtype_bytes(dtype),
                               .producer = -1,
                               .output = -1,
                               .given = -1 };
    rni_gvalue *p = rni_grow(g->value, g->n_values, &g->cap_values, (int64_t)sizeof *p);
    if (!p) return -1;
    g->value = p;
    p[g->n_values] = value;
    return (int32_t)g->n_values++;
}

rni_gnode *rni_graph_node(rni_graph *g, const rn_op *op, const int32_t *in, int32_t n_in, int32_t n_out)
{
    rni_gnode *p = rni_grow(g->node, g->n_nodes, &g->cap_nodes, (int64_t)sizeof *p);
    if (!p) return NULL;
    g->node = p;
    for (int32_t i = 0; i < n_in; i++) {
        int32_t *q = rni_grow(g->in, g->n_in, &g->cap_in, (int64_t)sizeof *q);
        if (!q) return NULL;
        g->in = q;
        g->in[g->n_in++] = in[i];
    }
    p += g->n_nodes++;
    *p = (rni_gnode){
        .op = op, .recorded = -1, .n_in = n_in, .n_out = n_out, .first_in = (int32_t)(g->n_in - n_in), .after = -1
    };
    return p;
}

rni_gnode *rni_graph_again(rni_graph *g, int32_t k, const int32_t *in, int32_t n_in)
{
    const rni_gnode old = g->node[k];
    rni_gnode *n = rni_graph_node(g, old.op, in, n_in, old.n_out);
    if (!n) return NULL;
    const int32_t first_in = n->first_in, number = (int32_t)g->n_nodes - 1, first = (int32_t)g->n_values;
    *n = old;
    n->first_in = first_in;
    n->n_in = n_in;
    n->first_out = first;
    n->after = -1;
    if (n->fusion) n->fusion->shares++;
    for (int32_t i = 0; i < old.n_out; i++) {
        const rni_gvalue like = g->value[old.first_out + i];
        const int32_t v = rni_graph_value(g, like.dtype, &like.shape);
        if (v < 0) return NULL;
        g->value[v].producer = number;
    }
    return n;
}

void rni_graph_free(rni_graph *g)
{
    for (int64_t i = 0; i < g->n_hold; i++) rni_tensor_drop(g->hold[i]);
    for (int64_t k = 0; k < g->n_nodes; k++) rni_fusion_free(g->node[k].fusion);
    for (int64_t i = 0; i < g->n_buffers; i++) rni_buffer_drop(g->buffers[i]);
    for (int64_t i = 0; i < g->n_opts; i++) rni_free(g->opts[i]);
    rni_free(g->buffers);
    rni_free(g->opts);
    rni_free(g->hold);
    rni_free(g->node);
    rni_free(g->value);
    rni_free(g->in);
    *g = (rni_graph){ 0 };
}

void *rni_graph_opts(rni_graph *g, const void *opts, size_t bytes)
{
    void **p = rni_grow(g->opts, g->n_opts, &g->cap_opts, (int64_t)sizeof *p);
    if (!p) return NULL;
    g->opts = p;
    void *copy = rni_alloc_raw((int64_t)bytes);
    if (!copy) return NULL;
    memcpy(copy, opts, bytes);
    return g->opts[g->n_opts++] = copy;
}

bool rni_graph_hold(rni_graph *g, rni_buffer *b)
{
    rni_buffer **p = rni_grow(g->buffers, g->n_buffers, &g->cap_buffers, (int64_t)sizeof *p);
    if (!p) return false;
    g->buffers = p;
    rni_buffer_keep(b);
    g->buffers[g->n_buffers++] = b;
    return true;
}

/* ---- composites ---- */

static bool hold(rni_graph *g, rn_tensor *x)
{
    rn_tensor **p = rni_grow(g->hold, g->n_hold, &g->cap_hold, (int64_t)sizeof *p);
    if (!p) return false;
    g->hold = p;
    rni_tensor_keep(x);
    g->hold[g->n_hold++] = x;
    return true;
}

typedef struct {
    rni_graph *from, *to;
    rni_thread *t;
    int32_t *map;  /* value of `to` for each value of `from` */
    int32_t *wide; /* its copy as f32 + 1, where one has been made */
} lowering;

/* A node whose inputs are being imported. */
typedef struct {
    rni_node *node;
    int next;
} frame;

typedef struct {
    frame *at;
    int64_t depth, capacity;
} frames;

/* Makes sure that x has a value of `to`, or puts its node on the stack to be imported. */
static bool reach(lowering *l, frames *stack, rn_tensor *x)
{
    if (x->walk == l->t->walk) return true;
    if (!x->node->op) { /* a constant made by the definition */
        const int32_t v = rni_graph_value(l->to, (rn_dtype)x->dtype, &x->shape);
        if (v < 0 || !hold(l->to, x)) return false;
        l->to->value[v].constant = (rni_constant){ x->buffer, x->offset };
        x->walk = l->t->walk;
        x->slot = v;
        return true;
    }
    frame *p = rni_grow(stack->at, stack->depth, &stack->capacity, (int64_t)sizeof *p);
    if (!p) return false;
    stack->at = p;
    stack->at[stack->depth++] = (frame){ x->node, 0 };
    return true;
}

/* A node that another one is made of. */
static void stems_from(rni_gnode *n, const rni_gnode *origin)
{
    n->recorded = origin->recorded;
    n->lowered = true;
    n->site = origin->site;
    n->grad_of = origin->grad_of;
    n->device = origin->device;
}

/* Appends a node whose inputs all have values. Tensor -> value of `to` through tensor->slot. */
static bool append(lowering *l, rni_node *node, const rni_gnode *origin)
{
    int32_t few[RN_INPUTS_MAX];
    int32_t *in = node->n_in <= RN_INPUTS_MAX ? few : rni_alloc(node->n_in * (int64_t)sizeof *in);
    if (!in) return false;
    for (int i = 0; i < node->n_in; i++) in[i] = node->in[i] ? node->in[i]->slot : -1;
    rni_gnode *n = rni_graph_node(l->to, node->op, in, node->n_in, node->n_out);
    if (in != few) rni_free(in);
    if (!n) return false;
    const int64_t number = n - l->to->node;
    n->opts = node->opts;
    stems_from(n, origin);
    n->first_out = (int32_t)l->to->n_values;
    for (int i = 0; i < node->n_out; i++) {
        rn_tensor *y = &node->out[i];
        const int32_t v = rni_graph_value(l->to, (rn_dtype)y->dtype, &y->shape);
        if (v < 0) return false;
        l->to->value[v].producer = (int32_t)number;
        y->walk = l->t->walk;
        y->slot = v;
    }
    return hold(l->to, &node->out[0]);
}

/* Appends the recorded graph of x up to placeholders, with a stack of its own: definitions may be thousands of calls
 * deep. Returns the value of x, -1 with an error pending. */
static int32_t import(lowering *l, rn_tensor *x, const rni_gnode *origin)
{
    frames stack = { 0 };
    bool ok = reach(l, &stack, x);
    while (ok && stack.depth > 0) {
        frame *f = &stack.at[stack.depth - 1];
        if (f->next < f->node->n_in) {
            rn_tensor *in = f->node->in[f->next++];
            ok = !in || reach(l, &stack, in);
        } else {
            rni_node *node = f->node;
            stack.depth--;
            ok = append(l, node, origin);
        }
    }
    rni_free(stack.at);
    return ok ? x->slot : -1;
}

static bool expand_node(lowering *l, const rni_gnode *n)
{
    rn_tensor *in[RN_INPUTS_MAX] = { 0 }, *out[RN_INPUTS_MAX] = { 0 };
    l->t->walk++;
    bool ok = true;
    const rni_graph *from = l->from;
    for (int i = 0; ok && i < n->n_in; i++) {
        const int32_t v = from->in[n->first_in + i];
        if (v < 0) continue;
        rn_tensor *x = rni_leaf_new(l->t, n->device, from->value[v].dtype, &from->value[v].shape, NULL);
        ok = x && (in[i] = rni_scoped(l->t, x)) != NULL;
        if (!ok) break;
        x->walk = l->t->walk;
        x->slot = l->map[v];
    }
    rn_call_info c = { .op = n->op, .opts = n->opts, .n_in = n->n_in, .n_out = n->n_out, .in = in, .out = out };
    const rn_site *before = rni_site_enter(&n->site);
    rni_device *place = l->t->place;
    l->t->place = n->device;
    ok = ok && rni_build(&c);
    l->t->place = place;
    rni_site_enter(before);
    for (int i = 0; ok && i < n->n_out; i++) {
        rn_tensor *y = rni_value_of(out[i]);
        const rni_gvalue *want = &from->value[n->first_out + i];
        if (y->dtype != want->dtype || !rni_shape_equal(&y->shape, &want->shape))
            return rni_fail(RN_ERR_INTERNAL, &n->site, n->op->name,
                            "its build makes another type or shape of result %d than its infer declares", i);
        const int32_t v = import(l, y, n);
        ok = v >= 0;
        l->map[n->first_out + i] = v;
    }
    return ok;
}

/* A value of `to` in another type. Returns -1 with an error pending. */
static int32_t convert(lowering *l, const rni_gnode *origin, int32_t v, rn_dtype dtype)
{
    const rn_shape shape = l->to->value[v].shape;
    rni_gnode *m = rni_graph_node(l->to, rni_op_find("copy"), &v, 1, 1);
    if (!m) return -1;
    stems_from(m, origin);
    m->first_out = (int32_t)l->to->n_values;
    const int32_t y = rni_graph_value(l->to, dtype, &shape);
    if (y >= 0) l->to->value[y].producer = (int32_t)l->to->n_nodes - 1;
    return y;
}

static int32_t widened(lowering *l, const rni_gnode *n, int32_t v)
{
    if (rn_dtype_bytes(l->from->value[v].dtype) != 2 || !rn_dtype_is_float(l->from->value[v].dtype)) return l->map[v];
    if (!l->wide[v]) l->wide[v] = convert(l, n, l->map[v], RN_F32) + 1;
    return l->wide[v] - 1;
}

/* The same node, computing in f32 what is of 16 bits if `wide` says so. */
static bool copy_node(lowering *l, const rni_gnode *n, bool wide)
{
    const rni_graph *from = l->from;
    int32_t few[RN_INPUTS_MAX], *in = n->n_in <= RN_INPUTS_MAX ? few : rni_alloc(n->n_in * (int64_t)sizeof *in);
    bool ok = in != NULL;
    for (int i = 0; ok && i < n->n_in; i++) {
        const int32_t v = from->in[n->first_in + i];
        in[i] = v < 0 ? -1 : wide ? widened(l, n, v) : l->map[v];
        ok = v < 0 || in[i] >= 0;
    }
    rni_gnode *m = ok ? rni_graph_node(l->to, n->op, in, n->n_in, n->n_out) : NULL;
    if (in != few) rni_free(in);
    if (!m) return false;
    const int32_t first_in = m->first_in, number = (int32_t)l->to->n_nodes - 1, first = (int32_t)l->to->n_values;
    *m = *n;
    m->first_in = first_in;
    m->first_out = first;
    for (int i = 0; i < n->n_out; i++) {
        const rni_gvalue *old = &from->value[n->first_out + i];
        const bool widen = wide && rn_dtype_bytes(old->dtype) == 2 && rn_dtype_is_float(old->dtype);
        const int32_t v = rni_graph_value(l->to, widen ? RN_F32 : old->dtype, &old->shape);
        if (v < 0) return false;
        l->to->value[v].producer = number;
        l->map[n->first_out + i] = v;
    }
    for (int i = 0; i < n->n_out; i++) {
        int32_t *v = &l->map[n->first_out + i];
        const rn_dtype dtype = from->value[n->first_out + i].dtype;
        if (l->to->value[*v].dtype != dtype) *v = convert(l, n, *v, dtype);
        if (*v < 0) return false;
    }
    return true;
}

static bool is_apart(const rni_graph *g, const rni_gnode *n)
{
    return n->op->kind == RN_COMPOSITE && !rni_kernel_accepts(g, n);
}

static bool lower_into(lowering *l)
{
    const rni_graph *from = l->from;
    for (int64_t v = 0; v < from->n_values; v++) {
        if (from->value[v].producer >= 0) continue;
        l->map[v] = rni_graph_value(l->to, from->value[v].dtype, &from->value[v].shape);
        if (l->map[v] < 0) return false;
        l->to->value[l->map[v]] = from->value[v];
    }
    for (int64_t k = 0; k < from->n_nodes; k++) {
        const rni_gnode *n = &from->node[k];
        if (is_apart(from, n))
            rni_why_add(from->why, "lower", n->op->name, NULL, "the back end has no kernel for the whole", 0);
        if (!(is_apart(from, n) ? expand_node(l, n) : copy_node(l, n, rni_kernel_widens(from, n)))) return false;
    }
    for (int64_t v = 0; v < from->n_values; v++)
        if (from->value[v].output >= 0) l->to->value[l->map[v]].output = from->value[v].output;
    return true;
}

bool rni_graph_lower(rni_graph *g)
{
    bool any = false;
    for (int64_t k = 0; k < g->n_nodes && !any; k++)
        any = is_apart(g, &g->node[k]) || rni_kernel_widens(g, &g->node[k]);
    if (!any) return rn_ok();
    rni_thread *t = rni_thread_self();
    rni_graph out = { .n_given = g->n_given, .n_outputs = g->n_outputs, .limit = g->limit, .why = g->why };
    lowering l = { .from = g,
                   .to = &out,
                   .t = t,
                   .map = rni_alloc_raw(g->n_values * (int64_t)sizeof(int32_t)),
                   .wide = rni_alloc(g->n_values * (int64_t)sizeof(int32_t)) };
    const bool grad = rn_grad_mode(false), was = t->lowering;
    const int64_t pending = t->pending, bytes = t->pending_bytes, recorded = t->info.nodes_recorded;
    const char *grad_of = t->grad_of;
    t->grad_of = NULL;
    t->lowering = true;
    const int scope = rn_scope_begin();
    const bool ok = l.map && l.wide && lower_into(&l) && rn_ok();
    rn_scope_end(scope);
    t->lowering = was;
    t->grad_of = grad_of;
    t->pending = pending;
    t->pending_bytes = bytes;
    t->info.nodes_recorded = recorded;
    rn_grad_mode(grad);
    rni_free(l.map);
    rni_free(l.wide);
    if (!ok) {
        rni_graph_free(&out);
        return false;
    }
    for (int64_t i = 0; i < g->n_hold; i++)
        if (!hold(&out, g->hold[i])) {
            rni_graph_free(&out);
            return false;
        }
    rni_graph_free(g);
    *g = out;
    /* a composite may be made of composites */
    return rni_graph_lower(g);
}

/* ---- another order ---- */

static bool reads(const rni_graph *g, const rni_gnode *n, int64_t producer)
{
    for (int32_t i = 0; i < n->n_in; i++) {
        const int32_t v = g->in[n->first_in + i];
        if (v >= 0 && g->value[v].producer == producer) return true;
    }
    return false;
}

static void move_to(rni_graph *g, int64_t k, const rni_gnode *n)
{
    g->node[k] = *n;
    for (int32_t i = 0; i < n->n_out; i++) g->value[n->first_out + i].producer = (int32_t)k;
}

void rni_graph_shuffle(rni_graph *g)
{
    enum { TURNS = 4 };
    rni_rng rng = { .seed = (uint64_t)g->n_nodes };
    for (int turn = 0; turn < TURNS; turn++)
        for (int64_t k = 0; k + 1 < g->n_nodes; k++) {
            const rni_gnode a = g->node[k], b = g->node[k + 1];
            if (rni_rng_below(&rng, 2) || reads(g, &b, k)) continue;
            move_to(g, k, &b);
            move_to(g, k + 1, &a);
        }
}
