/* Gradients: the graph is walked backwards, and each function's rule records ordinary calls.
 *
 * Nothing is computed here. As the rules are made of functions, the gradients can be differentiated again. */
#include "engine/engine.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/map.h"

#include <rensa/ops.h>
#include <string.h>

typedef struct {
    rni_thread *t;
    rni_node **order; /* nodes between outputs and what wants a gradient, inputs first */
    int64_t count, capacity;
    rn_tensor **gout; /* gradient of each result, results of order[k] from first[k] on */
    int64_t *first;
    int32_t *index; /* number in `order` + 1 by address of the node; marks do not survive calls made by the rules */
    int64_t index_size;
    const rn_site *site;
} walk;

static bool is_leaf(const rn_tensor *x)
{
    return x->node->op == NULL || x->flags & RNI_T_LEAF;
}

/* ---- finding the nodes ---- */

typedef struct {
    rni_node *node;
    int next;
} frame;

static bool push_order(walk *w, rni_node *node)
{
    rni_node **p = rni_grow(w->order, w->count, &w->capacity, (int64_t)sizeof *p);
    if (!p) return false;
    w->order = p;
    w->order[w->count++] = node;
    return true;
}

/* Depth first with a stack of its own; a node is put down after its inputs. Returns false with an error pending. */
static bool visit(walk *w, rni_node *root)
{
    frame *stack = NULL;
    int64_t depth = 0, capacity = 0;
    const uint64_t mark = w->t->walk;
    bool ok = true;
    if (root->mark != mark) {
        root->mark = mark;
        stack = rni_grow(stack, depth, &capacity, (int64_t)sizeof *stack);
        ok = stack != NULL;
        if (ok) stack[depth++] = (frame){ root, 0 };
    }
    while (ok && depth > 0) {
        frame *f = &stack[depth - 1];
        if (f->next == f->node->n_in) {
            ok = push_order(w, f->node);
            depth--;
            continue;
        }
        rn_tensor *x = f->node->in[f->next++];
        if (!x || !(x->flags & RNI_T_GRAD) || is_leaf(x) || x->node->mark == mark) continue;
        x->node->mark = mark;
        frame *p = rni_grow(stack, depth, &capacity, (int64_t)sizeof *p);
        ok = p != NULL;
        if (!ok) break;
        stack = p;
        stack[depth++] = (frame){ x->node, 0 };
    }
    rni_free(stack);
    return ok;
}

static int32_t *index_place(const walk *w, const rni_node *node)
{
    const uint64_t h = ((uint64_t)(uintptr_t)node >> 4) * 0x9e3779b97f4a7c15u;
    int64_t i = (int64_t)(h >> 32) & (w->index_size - 1);
    while (w->index[i] && w->order[w->index[i] - 1] != node) i = (i + 1) & (w->index_size - 1);
    return &w->index[i];
}

static bool build_index(walk *w)
{
    w->index_size = 64;
    while (w->index_size < w->count * 2 + 2) w->index_size *= 2;
    w->index = rni_alloc(w->index_size * (int64_t)sizeof *w->index);
    if (!w->index) return false;
    for (int64_t k = 0; k < w->count; k++) *index_place(w, w->order[k]) = (int32_t)k + 1;
    return true;
}

/* Where the gradient of x is summed, if x is a result of a node of the walk; else NULL. */
static rn_tensor **gradient_place(const walk *w, const rn_tensor *x)
{
    if (is_leaf(x)) return NULL;
    const int32_t k = *index_place(w, x->node);
    return k ? &w->gout[w->first[k - 1] + x->index] : NULL;
}

/* ---- gradients of leaves and wanted tensors are collected in a small table keyed by tensor ---- */

typedef struct {
    rn_tensor *key, *grad;
} slot;

/* Slots in order of arrival, so that equal programs record equal graphs, and an open-addressed index of them. */
typedef struct {
    slot *at;
    int64_t count, capacity;
    int32_t *index; /* number of the slot + 1; index_size is a power of two, at most half full */
    int64_t index_size;
} table;

static int32_t *table_place(const table *m, const rn_tensor *key)
{
    const uint64_t h = ((uint64_t)(uintptr_t)key >> 4) * 0x9e3779b97f4a7c15u;
    int64_t i = (int64_t)(h >> 32) & (m->index_size - 1);
    while (m->index[i] && m->at[m->index[i] - 1].key != key) i = (i + 1) & (m->index_size - 1);
    return &m->index[i];
}

static slot *table_find(const table *m, const rn_tensor *key)
{
    const int32_t *p = m->index_size ? table_place(m, key) : NULL;
    return p && *p ? &m->at[*p - 1] : NULL;
}

static bool table_grow(table *m)
{
    slot *at = rni_grow(m->at, m->count, &m->capacity, (int64_t)sizeof *at);
    if (!at) return false;
    m->at = at;
    if (m->count * 2 < m->index_size) return true;
    rni_free(m->index);
    m->index_size = m->index_size ? m->index_size * 2 : 64;
    m->index = rni_alloc(m->index_size * (int64_t)sizeof *m->index);
    if (!m->index) return false;
    for (int64_t i = 0; i < m->count; i++) *table_place(m, m->at[i].key) = (int32_t)i + 1;
    return true;
}

static bool sum_into(rn_tensor **at, rn_tensor *g, const rn_site *site)
{
    *at = *at ? rn_add_at(&(rn_add_args){ *at, g, .site = rni_site_copy(site) }) : g;
    return *at != NULL;
}

static bool table_add(table *m, rn_tensor *key, rn_tensor *g, const rn_site *site)
{
    slot *s = table_find(m, key);
    if (s) return sum_into(&s->grad, g, site);
    if (!table_grow(m)) return false;
    m->at[m->count] = (slot){ key, g };
    *table_place(m, key) = (int32_t)++m->count;
    return true;
}

/* ---- one node ---- */

/* Sums a gradient over the axes along which its tensor was broadcast, and brings it to the tensor's type. */
static rn_tensor *fit_gradient(rn_tensor *g, const rn_tensor *x)
{
    if (g && !rni_shape_equal(&g->shape, &x->shape)) g = rn_sum_to(g, x->shape);
    if (g && g->dtype != x->dtype) g = rn_cast(g, (rn_dtype)x->dtype);
    return g;
}

/* Input `from` of a gradient by rni_map_gradient: an input, a result, or the gradient of one. */
static rn_tensor *gradient_input(const rn_vjp *v, int from)
{
    if (from < v->n_in) return v->in[from];
    if (from < v->n_in + v->n_out) return v->out[from - v->n_in];
    const int o = from - v->n_in - v->n_out;
    return v->gout[o] ? v->gout[o] : rn_zeros(v->out[o]->shape, .dtype = (rn_dtype)v->out[o]->dtype);
}

static bool backward_map(rn_vjp *v, const rn_site *site)
{
    for (int i = 0; i < v->n_in; i++) {
        if (!v->need[i]) continue;
        const rni_map_grad *d = rni_map_gradient(v->op, i, site);
        if (!d) return false;
        rn_tensor *in[RN_INPUTS_MAX];
        for (int k = 0; k < d->n; k++)
            if (!(in[k] = gradient_input(v, d->from[k]))) return false;
        if (d->passes) v->gin[i] = in[0];
        if (d->op && !rn_op_call(d->op, site, in, d->n, v->opts, &v->gin[i])) return false;
    }
    return true;
}

static bool backward_node(walk *w, rni_node *node, rn_tensor **gout, rn_tensor **gin, const bool *need)
{
    rn_tensor *few[8];
    rn_tensor **out = node->n_out <= (int)RN_COUNTOF(few) ? few : rni_alloc(node->n_out * (int64_t)sizeof *out);
    if (!out) return false;
    for (int i = 0; i < node->n_out; i++) out[i] = &node->out[i];
    rn_vjp v = { .op = node->op,
                 .opts = node->opts,
                 .n_in = node->n_in,
                 .n_out = node->n_out,
                 .in = node->in,
                 .out = out,
                 .gout = gout,
                 .need = need,
                 .gin = gin };
    const rn_site *before = rni_site_enter(&node->site);
    const char *grad_of = w->t->grad_of;
    w->t->grad_of = node->site.call;
    rni_device *place = w->t->place;
    w->t->place = node->device;
    bool ok;
    if (node->op->backward)
        ok = node->op->backward(&v);
    else if (node->op->kind == RN_MAP)
        ok = backward_map(&v, &node->site);
    else
        ok = rni_fail(RN_ERR_UNSUPPORTED, &node->site, node->op->name, "has no gradient");
    ok = rni_explained(ok, &node->site, node->op->name, "its gradient");
    for (int i = 0; ok && i < node->n_in; i++)
        if (gin[i]) {
            ok = rni_is_tensor(gin[i], &node->site, node->op->name);
            gin[i] = ok ? fit_gradient(gin[i], node->in[i]) : NULL;
            ok = gin[i] != NULL;
        }
    w->t->place = place;
    w->t->grad_of = grad_of;
    rni_site_enter(before);
    if (out != few) rni_free(out);
    return ok && rn_ok();
}

/* Where the gradient of x is collected: among the results of a node of the walk, else in the table. */
static bool deliver(walk *w, table *m, rn_tensor *x, rn_tensor *g)
{
    rn_tensor **at = gradient_place(w, x);
    return at ? sum_into(at, g, w->site) : table_add(m, x, g, w->site);
}

static bool run_node(walk *w, table *m, int64_t k)
{
    rni_node *node = w->order[k];
    rn_tensor **gout = w->gout + w->first[k];
    bool any = false;
    for (int i = 0; i < node->n_out; i++) any |= gout[i] != NULL;
    if (!any) return true;
    if (node->recording_cut)
        return rni_fail(RN_ERR_STATE, &node->site, node->op->name,
                        "its history has been given up, no gradient can pass");
    rn_tensor *few[RN_INPUTS_MAX] = { 0 };
    bool few_need[RN_INPUTS_MAX];
    const bool small = node->n_in <= RN_INPUTS_MAX;
    rn_tensor **gin = small ? few : rni_alloc(node->n_in * (int64_t)sizeof *gin);
    bool *need = small ? few_need : rni_alloc(node->n_in);
    bool ok = gin && need;
    for (int i = 0; ok && i < node->n_in; i++) need[i] = node->in[i] && node->in[i]->flags & RNI_T_GRAD;
    ok = ok && backward_node(w, node, gout, gin, need);
    for (int i = 0; ok && i < node->n_in; i++)
        if (need[i] && gin[i]) ok = deliver(w, m, node->in[i], gin[i]);
    if (!small) {
        rni_free(gin);
        rni_free(need);
    }
    return ok;
}

/* ---- the whole walk ---- */

/* A gradient that is given may be that of an input, too: it must live as long as what the walk returns. */
static rn_tensor *seed_for(rni_thread *t, rn_tensor *y, rn_tensor *given, const rn_site *site)
{
    if (given) {
        given = rni_value_of(given);
        if (rni_shape_equal(&given->shape, &y->shape)) {
            rni_tensor_keep(given);
            return rni_scoped(t, given);
        }
        rni_fail(RN_ERR_SHAPE, site, "grad", "the gradient given for an output has another shape than the output");
        return NULL;
    }
    if (y->count == 1) return rn_ones_like(y);
    char shape[RNI_SHAPE_TEXT];
    rni_fail(RN_ERR_SHAPE, site, "grad",
             "only of a single number can the gradient be taken without saying of which direction");
    rni_error_add("actual", "%s%s", rn_dtype_name((rn_dtype)y->dtype), rni_shape_text(&y->shape, shape));
    rni_error_add("hint", "take rn_sum or rn_mean of it first, or give the gradient of the output");
    return NULL;
}

/* Collects gradients of everything below the outputs that wants one into m. Results are scoped. */
static bool collect(walk *w, table *m, const rn_list *outputs, const rn_list *grads)
{
    w->t->walk++;
    for (int64_t i = 0; i < outputs->n; i++) {
        rn_tensor *y = rni_value_of(outputs->at[i]);
        if (!is_leaf(y) && y->flags & RNI_T_GRAD && !visit(w, y->node)) return false;
    }
    w->first = rni_alloc((w->count + 1) * (int64_t)sizeof *w->first);
    if (!w->first) return false;
    for (int64_t k = 0; k < w->count; k++) w->first[k + 1] = w->first[k] + w->order[k]->n_out;
    w->gout = rni_alloc((w->first[w->count] + 1) * (int64_t)sizeof *w->gout);
    if (!w->gout || !build_index(w)) return false;
    for (int64_t i = 0; i < outputs->n; i++) {
        rn_tensor *y = rni_value_of(outputs->at[i]);
        if (!(y->flags & RNI_T_GRAD)) continue;
        rn_tensor *seed = seed_for(w->t, y, grads->n ? grads->at[i] : NULL, w->site);
        if (!seed || !deliver(w, m, y, seed)) return false;
    }
    for (int64_t k = w->count - 1; k >= 0; k--)
        if (!run_node(w, m, k)) return false;
    return true;
}

/* Gradients are computed in the types that the calls had. */
static bool walk_back(walk *w, table *m, const rn_list *outputs, const rn_list *grads)
{
    const rn_dtype precision = w->t->precision;
    w->t->precision = RN_DTYPE_NONE;
    const bool ok = collect(w, m, outputs, grads);
    w->t->precision = precision;
    return ok;
}

static void walk_free(walk *w, table *m)
{
    rni_free(w->order);
    rni_free(w->first);
    rni_free(w->gout);
    rni_free(w->index);
    rni_free(m->at);
    rni_free(m->index);
}

static bool check_lists(const rn_list *outputs, const rn_list *grads, const rn_site *site)
{
    if (!rn_ok()) {
        rni_error_trail(site, "grad");
        return false;
    }
    if (outputs->n && !rni_given(outputs->at, site, "grad", "outputs")) return false;
    if (grads->n && !rni_given(grads->at, site, "grad", "grad_outputs")) return false;
    if (grads->n && grads->n != outputs->n)
        return rni_fail(RN_ERR_ARG, site, "grad", "%lld outputs but %lld gradients of outputs", (long long)outputs->n,
                        (long long)grads->n);
    bool any = false;
    for (int64_t i = 0; i < outputs->n; i++) {
        if (!rni_is_tensor(outputs->at[i], site, "grad")) return false;
        any |= rni_value_of(outputs->at[i])->flags & RNI_T_GRAD;
    }
    if (any) return true;
    rni_fail(RN_ERR_STATE, site, "grad", "the output was not computed from anything that wants a gradient");
    rni_error_add("hint",
                  "parameters want one unless frozen; data does after rn_require_grad; nothing inside RN_NO_GRAD");
    return false;
}

bool rn_grad_at(const rn_grad_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    for (int64_t i = 0; a->grads && i < a->inputs.n; i++) a->grads[i] = NULL;
    if (!check_lists(&a->outputs, &a->grad_outputs, &a->site)) return false;
    if (a->inputs.n && !rni_given(a->inputs.at, &a->site, "grad", "inputs")) return false;
    if (!a->grads)
        return rni_fail(RN_ERR_ARG, &a->site, "grad", "grads is missing: where the gradients are to be stored");
    rni_thread *t = rni_thread_self();
    walk w = { .t = t, .site = &a->site };
    table m = { 0 };
    const bool was = rn_grad_mode(a->create_graph);
    bool ok = walk_back(&w, &m, &a->outputs, &a->grad_outputs);
    for (int64_t i = 0; ok && i < a->inputs.n; i++) {
        if (!rni_is_tensor(a->inputs.at[i], &a->site, "grad")) {
            ok = false;
            break;
        }
        rn_tensor *x = rni_value_of(a->inputs.at[i]);
        rn_tensor **at = gradient_place(&w, x);
        const slot *known = at ? NULL : table_find(&m, x);
        a->grads[i] = at ? *at : known ? known->grad : NULL;
    }
    rn_grad_mode(was);
    walk_free(&w, &m);
    return ok;
}

bool rn_backward_at(const rn_backward_args *a)
{
    RNI_TRY(rni_args(a, __func__));
    RNI_TRY(rni_given(a->loss, &a->site, "backward", "loss"));
    const rn_list outputs = { &a->loss, 1 }, grads = { &a->grad, a->grad ? 1 : 0 };
    if (!check_lists(&outputs, &grads, &a->site)) return false;
    walk w = { .t = rni_thread_self(), .site = &a->site };
    table m = { 0 };
    const bool was = rn_grad_mode(a->create_graph);
    const int scope = rn_scope_begin(); /* intermediate gradients end here; the graph holds what it needs */
    bool ok = walk_back(&w, &m, &outputs, &grads);
    for (int64_t i = 0; ok && i < m.count; i++) {
        const rni_cell *cell = m.at[i].key->version_of;
        rn_tensor *holder = cell ? cell->self : NULL, *g = m.at[i].grad;
        if (!holder) continue; /* it has ended: nobody can ask */
        if (holder->grad) ok = (g = rn_add_at(&(rn_add_args){ holder->grad, g, .site = a->site })) != NULL;
        ok = ok && rn_set_grad(holder, g);
    }
    rn_scope_end(scope);
    rn_grad_mode(was);
    walk_free(&w, &m);
    return ok;
}
