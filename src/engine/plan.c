/* From graph to plan: views are resolved, kernels chosen, results and in-place updates placed, the rest laid out in one
 * slab by lifetime. */
#include "engine/plan.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "base/shape.h"
#include "base/stress.h"
#include "engine/explain.h"
#include "engine/fusion.h"
#include "engine/kernel.h"
#include "engine/layout.h"
#include "engine/map.h"
#include "engine/op_table.h"
#include "engine/pass.h"
#include "engine/rewrite.h"
#include "engine/slab.h"

#include <rensa/ops.h>
#include <string.h>

typedef enum { STORE_SLAB, STORE_GIVEN, STORE_OWN, STORE_CONSTANT } store_kind;

/* A piece of memory that values share: views of one value, and results written over an input. */
typedef struct {
    store_kind kind;
    int32_t index; /* of given value, own buffer or constant */
    int64_t bytes, offset;
    int64_t first, last; /* steps that write it first and read it last */
    bool donated, final; /* final: a result lives here, nothing may overwrite it */
    int32_t into;        /* store that took this one's place, -1 while it stands */
} store;

typedef struct {
    int32_t store;
    rn_view view; /* data is the offset in bytes from the start of the store, as a pointer */
    /* in an order of axes that a kernel asked for; what is computed from it element by element follows */
    bool arranged;
} place;

typedef struct {
    rni_graph *g;
    rni_plan *p;
    unsigned passes;
    store *stores;
    int64_t n_stores, cap_stores;
    place *at;     /* of each value */
    place *copied; /* of each value: its copy in another order; store -1: none */
    int64_t n_views, cap_views;
    int32_t *view_store; /* store behind each view of a step */
    int64_t cap_view_store;
} compiler;

static int64_t offset_of(const rn_view *v)
{
    return (int64_t)(intptr_t)v->data;
}

static int32_t new_store(compiler *c, store_kind kind, int32_t index, int64_t bytes)
{
    store *s = rni_grow(c->stores, c->n_stores, &c->cap_stores, (int64_t)sizeof *s);
    if (!s) return -1;
    c->stores = s;
    c->stores[c->n_stores] =
        (store){ .kind = kind, .index = index, .bytes = bytes, .first = -1, .last = -1, .into = -1 };
    return (int32_t)c->n_stores++;
}

static int64_t view_span(const rn_view *v)
{
    int64_t n = rn_dtype_bytes(v->dtype);
    for (int i = 0; i < v->rank; i++) n *= v->dim[i];
    return n;
}

/* ---- steps ---- */

static rni_step *new_step(compiler *c, const rni_gnode *n)
{
    rni_plan *p = c->p;
    rni_step *s = rni_grow(p->step, p->n_steps, &p->cap_steps, (int64_t)sizeof *s);
    if (!s) return NULL;
    p->step = s;
    s += p->n_steps;
    memset(s, 0, sizeof *s);
    s->op = n->op;
    s->device = n->device;
    s->recorded = n->recorded;
    s->lowered = n->lowered;
    s->site = n->site;
    s->grad_of = n->grad_of;
    while (c->n_views + n->n_in + n->n_out > c->cap_views) {
        const int64_t more = c->cap_views ? c->cap_views * 2 : 64;
        rn_view *v = rni_realloc(p->views, more * (int64_t)sizeof *v);
        if (!v) return NULL;
        p->views = v;
        int32_t *w = rni_realloc(c->view_store, more * (int64_t)sizeof *w);
        if (!w) return NULL;
        c->view_store = w;
        c->cap_views = more;
    }
    return s;
}

static void touch(compiler *c, int32_t st, bool write)
{
    store *s = &c->stores[st];
    if (write && s->first < 0) s->first = c->p->n_steps;
    s->last = c->p->n_steps;
}

static bool finish_step(compiler *c, rni_step *s, const rni_gnode *n, const rn_kernel_call *call, const rn_kernel *k,
                        const rn_view *views, const int32_t *stores)
{
    s->kernel = k;
    s->staged = !s->device->backend->host_memory && !rni_kernel_is_own(s->device, k);
    s->call = *call;
    const int n_views = n->n_in + n->n_out;
    memcpy(c->p->views + c->n_views, views, (size_t)n_views * sizeof *views);
    memcpy(c->view_store + c->n_views, stores, (size_t)n_views * sizeof *stores);
    s->call.in = NULL;
    s->call.out = NULL;
    s->workspace_at = c->n_views; /* index of the first view, until layout replaces it */
    c->n_views += n_views;
    if (n->lowered && n->opts && n->op->opts_size) {
        s->opts_copy = rni_alloc_raw((int64_t)n->op->opts_size);
        if (!s->opts_copy) return false;
        memcpy(s->opts_copy, n->opts, n->op->opts_size);
    }
    for (int i = 0; i < n_views; i++)
        if (stores[i] >= 0) touch(c, stores[i], i >= n->n_in);
    return true;
}

/* Copies a value into memory of its own, which lies as `like` does (NULL: row-major); `kind` says whether it is a
 * result, `why` (a literal) what for. Returns its store. */
static int32_t copy_step(compiler *c, const place *from, const rn_view *like, const rni_gnode *origin, store_kind kind,
                         const char *why, place *to)
{
    rn_shape shape = { .rank = from->view.rank };
    memcpy(shape.dim, from->view.dim, sizeof shape.dim);
    /* a graph of one node: y = x, read with the strides that `from` has */
    rni_gvalue values[2] = { { .dtype = from->view.dtype, .shape = shape },
                             { .dtype = from->view.dtype, .shape = shape } };
    int32_t in = 0;
    rni_graph one = { .value = values, .n_values = 2, .in = &in };
    const rni_gnode n = { .op = rni_op_find("copy"),
                          .recorded = origin->recorded,
                          .lowered = true,
                          .n_in = 1,
                          .n_out = 1,
                          .first_out = 1,
                          .site = origin->site,
                          .grad_of = origin->grad_of,
                          .device = origin->device };
    rn_view views[2];
    rn_kernel_call call;
    if (!rni_kernel_call_init(&one, &n, &call, views)) return -1;
    to->view = rni_view_of(from->view.dtype, &shape);
    if (like) rni_layout_like(&to->view, like);
    to->arranged = !rni_view_is_contiguous(&to->view);
    int order[RN_MAX_RANK];
    rni_layout_order(&to->view, order);
    views[0] = from->view;
    views[1] = to->view;
    for (int i = 0; i < 2; i++) rni_layout_permute(&views[i], order);
    const rn_kernel *k = rni_kernel_find(&n, &call);
    rni_step *s = k ? new_step(c, &n) : NULL;
    if (!s) return -1;
    to->store = new_store(c, kind, -1, view_span(&to->view));
    const int32_t stores[2] = { from->store, to->store };
    if (to->store < 0 || !finish_step(c, s, &n, &call, k, views, stores)) return -1;
    s->why = why;
    rni_why_add(c->g->why, "layout", origin->op ? origin->op->name : "result", NULL, why, (double)view_span(&to->view));
    c->p->n_steps++;
    return to->store;
}

static bool resolve_program_views(compiler *c, const rni_gnode *n, rn_kernel_call *call, rn_view *views)
{
    if (!rni_kernel_call_init(c->g, n, call, views)) return false;
    for (int i = 0; i < n->n_in; i++) {
        const int32_t v = c->g->in[n->first_in + i];
        if (v < 0) continue;
        /* strides of the value as it lies, in the axes that the call sees */
        const rn_view *real = &c->at[v].view;
        rn_view *seen = &views[i];
        const int lead = seen->rank - real->rank;
        for (int a = 0; a < seen->rank; a++) {
            const bool repeated = a < lead || (real->dim[a - lead] == 1 && seen->dim[a] != 1);
            seen->stride[a] = repeated ? 0 : real->stride[a - lead];
        }
        seen->data = real->data;
    }
    return true;
}

/* Whether input i is read by position: row-major, and anywhere while results are written. */
static bool is_raw(const rn_kernel_call *call, int i)
{
    return call->map && i < 64 && call->map->raw >> i & 1;
}

static bool is_stretched(const rn_view *real, const rn_view *seen)
{
    return seen->rank != real->rank || memcmp(seen->dim, real->dim, (size_t)real->rank * sizeof *real->dim) != 0;
}

/* Puts a copy of input i, laid out as `like`, in its place; one that exists already if it is the value as it is. */
static bool use_copy(compiler *c, const rni_gnode *n, int i, const rn_view *like, rn_view *view, int32_t *st)
{
    const int32_t v = c->g->in[n->first_in + i];
    place from = c->at[v], copied = c->copied[v];
    const bool stretched = is_stretched(&from.view, view);
    if (stretched || copied.store < 0 || !rni_layout_same(&copied.view, like)) {
        from.view = *view;
        const char *why = stretched                               ? "its kernel wants what is repeated in full"
                          : rni_layout_same(like, &c->at[v].view) ? "its kernel wants a piece without gaps"
                          : rni_view_is_contiguous(like)          ? "its kernel wants rows"
                                                                  : "its kernel wants another order of axes";
        if (copy_step(c, &from, like, n, STORE_SLAB, why, &copied) < 0) return false;
        if (!stretched) c->copied[v] = copied;
    }
    *st = copied.store;
    *view = copied.view;
    return true;
}

/* Inputs as the kernel wants them: as they lie if it takes any strides, else row-major or in the order of axes that it
 * asks for. */
static bool arrange_inputs(compiler *c, const rni_gnode *n, const rn_kernel *k, rn_kernel_call *call, int32_t *stores)
{
    rn_view *views = call->in, *wanted = rni_alloc((n->n_in + n->n_out) * (int64_t)sizeof *wanted);
    if (!wanted) return false;
    memcpy(wanted, views, (size_t)(n->n_in + n->n_out) * sizeof *wanted);
    for (int i = 0; i < n->n_in; i++) {
        if (k->flags & RN_KERNEL_STRIDED && !is_raw(call, i)) continue;
        rn_shape shape = { .rank = views[i].rank };
        memcpy(shape.dim, views[i].dim, sizeof shape.dim);
        rni_shape_strides(&shape, wanted[i].stride);
    }
    if (k->arrange) {
        rn_kernel_call ask = *call;
        ask.in = wanted;
        ask.out = wanted + n->n_in;
        k->arrange(&ask);
        memcpy(views + n->n_in, ask.out, (size_t)n->n_out * sizeof *views);
    }
    bool ok = true;
    for (int i = 0; ok && i < n->n_in; i++) {
        const int32_t v = c->g->in[n->first_in + i];
        stores[i] = v < 0 ? -1 : c->at[v].store;
        if (v >= 0 && !rni_layout_same(&wanted[i], &views[i]))
            ok = use_copy(c, n, i, &wanted[i], &views[i], &stores[i]);
    }
    rni_free(wanted);
    return ok;
}

/* Elementwise: the result lies as most of what it is computed from, and the kernel sees axes in that order. */
static void follow_inputs(const compiler *c, const rni_gnode *n, rn_kernel_call *call, place *out, rni_step *s)
{
    int64_t arranged = 0, others = 0;
    const rn_view *model = NULL;
    for (int i = 0; i < n->n_in; i++) {
        const int32_t v = c->g->in[n->first_in + i];
        if (v < 0 || is_stretched(&c->at[v].view, &call->in[i])) continue;
        if (c->at[v].arranged && !model) model = &call->in[i];
        *(c->at[v].arranged && rni_layout_same(model, &call->in[i]) ? &arranged : &others) += c->g->value[v].bytes;
    }
    if (!model || arranged < others || call->groups > 1 || call->map->uses_index) return;
    const rn_view like = *model;
    s->reordered = true;
    rni_layout_order(&like, s->order);
    for (int i = 0; i < n->n_out; i++) {
        rni_layout_like(&out[i].view, &like);
        out[i].arranged = true;
        call->out[i] = out[i].view;
    }
    for (int i = 0; i < n->n_in + n->n_out; i++) rni_layout_permute(&call->in[i], s->order);
}

static bool compute_step(compiler *c, rni_gnode *n)
{
    const int n_views = n->n_in + n->n_out;
    rn_view *views = rni_alloc(n_views * (int64_t)sizeof *views);
    int32_t *stores = rni_alloc(n_views * (int64_t)sizeof *stores);
    rn_kernel_call call;
    bool ok = views && stores && resolve_program_views(c, n, &call, views);
    for (int32_t i = 0; ok && i < n->n_in && i < 64; i++) {
        const int32_t v = c->g->in[n->first_in + i];
        if (v >= 0 && c->stores[c->at[v].store].kind == STORE_CONSTANT) call.constant |= 1ull << i;
    }
    const rn_kernel *k = ok ? rni_kernel_find(n, &call) : NULL;
    ok = k && arrange_inputs(c, n, k, &call, stores);
    rni_step *s = ok ? new_step(c, n) : NULL;
    ok = s != NULL;
    for (int i = 0; ok && i < n->n_out; i++) {
        const int32_t v = n->first_out + i;
        const rn_view row_major = rni_view_of(c->g->value[v].dtype, &c->g->value[v].shape);
        c->at[v].view = k->arrange ? call.out[i] : row_major;
        c->at[v].arranged = !rni_layout_same(&c->at[v].view, &row_major);
        c->at[v].store = stores[n->n_in + i] = new_store(c, STORE_SLAB, -1, c->g->value[v].bytes);
        ok = c->at[v].store >= 0;
    }
    if (ok && n->op->kind == RN_MAP) follow_inputs(c, n, &call, &c->at[n->first_out], s);
    ok = ok && finish_step(c, s, n, &call, k, views, stores);
    if (ok) {
        s->fusion = n->fusion;
        n->fusion = NULL;
        c->p->n_steps++;
    }
    for (int i = 0; ok && i < n->n_out && !(c->passes & RNI_PASS_LAYOUT); i++) {
        const place from = c->at[n->first_out + i];
        if (from.arranged)
            ok = copy_step(c, &from, NULL, n, STORE_SLAB, "the pass layout is off", &c->at[n->first_out + i]) >= 0;
    }
    rni_free(views);
    rni_free(stores);
    return ok;
}

static bool view_step(compiler *c, const rni_gnode *n)
{
    place in = c->at[c->g->in[n->first_in]];
    for (int attempt = 0; attempt < 2; attempt++) {
        bool fits = true;
        for (int i = 0; fits && i < n->n_out; i++) {
            place *out = &c->at[n->first_out + i];
            *out = in;
            out->arranged = false;
            const rn_shape *shape = &c->g->value[n->first_out + i].shape;
            out->view.rank = shape->rank;
            memcpy(out->view.dim, shape->dim, sizeof shape->dim);
            fits = n->op->parts ? n->op->view_part(&in.view, n->opts, i, &out->view)
                                : n->op->view(&in.view, n->opts, &out->view);
        }
        if (fits) return true;
        place copied;
        if (copy_step(c, &in, NULL, n, STORE_SLAB, "this view exists of rows only", &copied) < 0) return false;
        in = copied;
    }
    return rni_fail(RN_ERR_INTERNAL, &n->site, n->op->name, "no view of a contiguous value");
}

/* ---- results ---- */

/* A result that is a dense piece of memory stays where it is, unless it would hold much more than itself alive. */
static bool place_result(compiler *c, int32_t v)
{
    place *at = &c->at[v];
    store *s = &c->stores[at->store];
    const bool dense = rni_view_is_contiguous(&at->view), large = c->g->value[v].bytes >= s->bytes / 2;
    if (!dense || (!large && s->kind == STORE_SLAB) || (s->kind == STORE_GIVEN && s->donated && !large)) {
        const rni_gnode origin = { .recorded = -1, .device = c->p->device };
        const rni_gnode *from = c->g->value[v].producer >= 0 ? &c->g->node[c->g->value[v].producer] : &origin;
        place to;
        const place source = *at;
        const char *why = dense ? "a result that is kept would keep much more" : "a result that is kept is row-major";
        if (copy_step(c, &source, NULL, from, STORE_OWN, why, &to) < 0) return false;
        c->at[v] = to;
        s = &c->stores[to.store];
    }
    if (s->kind == STORE_SLAB) s->kind = STORE_OWN;
    s->final = true;
    s->last = INT64_MAX;
    return true;
}

/* ---- results over inputs ---- */

/* The store that stands in st's place now. */
static int32_t standing(const compiler *c, int32_t st)
{
    while (st >= 0 && c->stores[st].into >= 0) {
        store *s = &c->stores[st];
        if (c->stores[s->into].into >= 0) s->into = c->stores[s->into].into;
        st = s->into;
    }
    return st;
}

/* Whether v is its whole store, with elements in the order that the result has. */
static bool covers(const compiler *c, const rn_view *v, const rn_view *result, int32_t st)
{
    const bool row_major = rni_view_is_contiguous(v) && rni_view_is_contiguous(result);
    return offset_of(v) == 0 && view_span(v) == c->stores[st].bytes && (row_major || rni_layout_same(v, result));
}

static bool can_overwrite(const compiler *c, int64_t step, const rn_view *views, const int32_t *stores, int32_t i,
                          int32_t out, const rn_view *result)
{
    const rn_kernel_call *call = &c->p->step[step].call;
    const int32_t st = standing(c, stores[i]);
    if (st < 0 || is_raw(call, i)) return false;
    const store *s = &c->stores[st];
    if (s->kind == STORE_CONSTANT || (s->kind == STORE_GIVEN && !s->donated) || s->final || s->last != step)
        return false;
    if (!covers(c, &views[i], result, st) || s->bytes != c->stores[out].bytes) return false;
    for (int32_t k = 0; k < call->n_in; k++)
        if (k != i && standing(c, stores[k]) == st &&
            (call->groups > 1 || is_raw(call, k) || !covers(c, &views[k], result, st)))
            return false;
    return true;
}

static void merge(compiler *c, int32_t from, int32_t into)
{
    store *a = &c->stores[into], *b = &c->stores[from];
    a->last = b->last;
    a->final = b->final;
    if (a->kind == STORE_SLAB) a->kind = b->kind;
    b->into = into;
}

/* The input of step k whose memory result o takes, -1 for none: results of the plan take the place of given values, if
 * they can, so that what lies between stays in the slab; others the other way round. */
static int32_t input_to_overwrite(const compiler *c, int64_t k, int32_t o)
{
    const rni_step *s = &c->p->step[k];
    const int32_t n_in = s->call.n_in, groups = s->call.groups;
    const rn_view *views = c->p->views + s->workspace_at;
    const int32_t *stores = c->view_store + s->workspace_at;
    const int32_t out = stores[n_in + o];
    int32_t found = -1;
    for (int32_t i = s->op->flags & RN_OP_ONTO ? n_in - 1 : o % groups; i < n_in; i += groups) {
        if (!can_overwrite(c, k, views, stores, i, out, &views[n_in + o])) continue;
        const int32_t st = standing(c, stores[i]);
        if ((c->stores[st].kind == STORE_GIVEN) == c->stores[out].final) return st;
        if (found < 0) found = st;
    }
    return found;
}

static void overwrite_inputs(compiler *c)
{
    for (int64_t k = 0; k < c->p->n_steps; k++) {
        const rni_step *s = &c->p->step[k];
        if (!(s->kernel->flags & RN_KERNEL_IN_PLACE)) continue;
        const int32_t n_over = s->call.map ? s->call.n_out : 1;
        for (int32_t o = 0; o < n_over; o++) {
            const int32_t out = c->view_store[s->workspace_at + s->call.n_in + o];
            const store *r = &c->stores[out];
            const bool unread = r->last == k; /* leaves the place to others */
            const int32_t st = r->first != k || r->into >= 0 || unread ? -1 : input_to_overwrite(c, k, o);
            if (st >= 0) merge(c, out, st);
        }
    }
}

/* ---- epilogues ---- */

/* Whether memory that step k + 1 writes is read by step k, or holds another result of it. Where step k puts its first
 * result over an input, it does not read there again. */
static bool writes_into(const compiler *c, const rni_step *then, const rni_step *s)
{
    const int32_t *stores = c->view_store + s->workspace_at, *later = c->view_store + then->workspace_at;
    const int32_t y = standing(c, stores[s->call.n_in]);
    for (int o = then->call.n_in; o < then->call.n_in + then->call.n_out; o++)
        for (int i = 0; i < s->call.n_in + s->call.n_out; i++) {
            const int32_t st = standing(c, stores[i]);
            if (st >= 0 && st != y && st == standing(c, later[o])) return true;
        }
    return false;
}

/* Whether what step k + 1 reads of step k is its first result as it lies, and nothing else. */
static bool reads_in_order(const compiler *c, const rni_step *then, const rni_step *s)
{
    const rn_view *views = c->p->views + then->workspace_at;
    const int32_t *stores = c->view_store + s->workspace_at, *later = c->view_store + then->workspace_at;
    const int32_t y = stores[s->call.n_in];
    bool reads = false;
    for (int i = 0; i < then->call.n_in; i++) {
        for (int o = 1; o < s->call.n_out; o++)
            if (later[i] == stores[s->call.n_in + o]) return false;
        if (later[i] != y) continue;
        reads = true;
        if (is_raw(&then->call, i) || !covers(c, &views[i], &views[then->call.n_in], y) ||
            !rni_view_is_contiguous(&views[i]))
            return false;
    }
    return reads;
}

/* Elementwise steps that read the result of the kernel before them run within it, piece by piece. What that kernel
 * reads is then needed for one step more, and what they write one step earlier. */
static void join_epilogues(compiler *c)
{
    for (int64_t k = 0; k + 1 < c->p->n_steps; k++) {
        rni_step *s = &c->p->step[k], *then = s + 1;
        if (!(s->kernel->flags & RN_KERNEL_FOLLOWED) || !(then->kernel->flags & RN_KERNEL_FOLLOWS)) continue;
        if (s->device != then->device || then->call.groups > 1 || s->device->backend->enter) continue;
        if (!reads_in_order(c, then, s) || writes_into(c, then, s)) continue;
        s->followed = then->call.within = true;
        s->call.then = &then->call;
        const int32_t *stores = c->view_store + s->workspace_at, *later = c->view_store + then->workspace_at;
        for (int i = 0; i < s->call.n_in; i++)
            if (stores[i] >= 0 && c->stores[standing(c, stores[i])].last == k)
                c->stores[standing(c, stores[i])].last = k + 1;
        for (int o = then->call.n_in; o < then->call.n_in + then->call.n_out; o++)
            if (c->stores[standing(c, later[o])].first == k + 1) c->stores[standing(c, later[o])].first = k;
        k++;
    }
}

/* ---- layout ---- */

/* Every value has memory of its own, and nothing is written over what was read. */
static bool is_separate(const compiler *c)
{
    return c->p->device->backend->flags & RN_BACKEND_SEPARATE;
}

/* Lets `prepare` read operands that the plan holds; afterwards their views have their offsets again. */
static bool prepare_kernel(const compiler *c, rni_step *s, int64_t first)
{
    int64_t offset[64];
    s->call.constant = 0;
    for (int i = 0; i < s->call.n_in && i < 64; i++) {
        const int32_t at = c->view_store[first + i];
        rn_view *v = &s->call.in[i];
        offset[i] = offset_of(v);
        if (at < 0 || c->stores[standing(c, at)].kind != STORE_CONSTANT) continue;
        const rni_constant *x = &c->p->constants[c->stores[standing(c, at)].index];
        v->data = (char *)x->buffer->data + x->offset + offset[i];
        s->call.constant |= 1ull << i;
    }
    const bool ok = s->kernel->prepare(&s->call, &s->state, &s->workspace);
    for (int i = 0; i < s->call.n_in && i < 64; i++) s->call.in[i].data = (void *)(uintptr_t)offset[i];
    return ok;
}

static bool prepare_step(compiler *c, rni_step *s)
{
    rni_plan *p = c->p;
    const int64_t first = s->workspace_at;
    s->call.in = p->views + first;
    s->call.out = p->views + first + s->call.n_in;
    s->place = p->places + first;
    s->workspace_at = 0;
    if (s->lowered) s->call.opts = s->opts_copy;
    s->call.engine = s;
    s->call.fail = rni_step_failed;
    return !s->kernel->prepare || prepare_kernel(c, s, first) || rni_step_raise(s);
}

/* What each step needs in memory besides given values and constants: its workspace, and stores that it or a later step
 * reads. */
static void count_live(const compiler *c)
{
    rni_step *s = c->p->step;
    const int64_t n = c->p->n_steps;
    for (int64_t i = 0; i < c->n_stores; i++) {
        const store *st = &c->stores[i];
        if (st->into >= 0 || st->first < 0 || (st->kind != STORE_SLAB && st->kind != STORE_OWN)) continue;
        s[st->first].live += st->bytes;
        if (st->last < n - 1) s[st->last + 1].live -= st->bytes;
    }
    for (int64_t k = 1; k < n; k++) s[k].live += s[k - 1].live;
    for (int64_t k = 0; k < n; k++) s[k].live += s[k].workspace;
}

/* Regions: given values, then constants, then own buffers, then the slab. */
static bool lay_out(compiler *c)
{
    rni_plan *p = c->p;
    p->places = rni_alloc((c->n_views + 1) * (int64_t)sizeof *p->places);
    if (!p->places) return false;
    for (int64_t k = 0; k < p->n_steps; k++)
        if (!prepare_step(c, &p->step[k])) return false;
    for (int64_t i = 0; is_separate(c) && i < c->n_stores; i++)
        if (c->stores[i].kind == STORE_SLAB && c->stores[i].into < 0) c->stores[i].kind = STORE_OWN;
    for (int64_t i = 0; i < c->n_stores; i++)
        if (c->stores[i].kind == STORE_OWN && c->stores[i].into < 0) c->stores[i].index = p->n_own++;
    p->own_bytes = rni_alloc((p->n_own + 1) * (int64_t)sizeof *p->own_bytes);
    if (!p->own_bytes) return false;
    rni_slab slab = { 0 };
    bool ok = true;
    for (int64_t i = 0; ok && i < c->n_stores; i++) {
        const store *s = &c->stores[i];
        if (s->into >= 0) continue;
        if (s->kind == STORE_OWN) p->own_bytes[s->index] = s->bytes;
        if (s->kind == STORE_SLAB && s->first >= 0) ok = rni_slab_add(&slab, i, s->bytes, s->first, s->last);
    }
    for (int64_t k = 0; ok && k < p->n_steps; k++) {
        const rni_step *s = &p->step[k];
        if (s->workspace > 0) ok = rni_slab_add(&slab, -1 - k, s->workspace, k - s->call.within, k + s->followed);
    }
    count_live(c);
    ok = ok && rni_slab_solve(&slab);
    for (int64_t i = 0; ok && i < slab.count; i++) {
        if (slab.item[i].id >= 0)
            c->stores[slab.item[i].id].offset = slab.item[i].offset;
        else
            p->step[-1 - slab.item[i].id].workspace_at = slab.item[i].offset;
    }
    p->slab_bytes = slab.bytes;
    rni_slab_free(&slab);
    return ok;
}

static void state_peak(compiler *c)
{
    c->p->peak_bytes = c->p->slab_bytes;
    for (int64_t i = 0; i < c->n_stores; i++)
        if (c->stores[i].into < 0 && c->stores[i].kind != STORE_SLAB) c->p->peak_bytes += c->stores[i].bytes;
}

static int32_t region_of(const compiler *c, const store *s)
{
    const rni_plan *p = c->p;
    switch (s->kind) {
    case STORE_GIVEN:
        return s->index;
    case STORE_CONSTANT:
        return p->n_given + s->index;
    case STORE_OWN:
        return p->n_given + p->n_constants + s->index;
    default:
        return p->n_given + p->n_constants + p->n_own;
    }
}

static void fix_places(compiler *c)
{
    for (int64_t i = 0; i < c->n_views; i++) {
        if (c->view_store[i] < 0) continue;
        const store *s = &c->stores[standing(c, c->view_store[i])];
        c->p->places[i].region = region_of(c, s);
        c->p->places[i].offset = s->offset + offset_of(&c->p->views[i]);
    }
    for (int64_t v = 0; v < c->g->n_values; v++) {
        const int32_t o = c->g->value[v].output;
        if (o < 0) continue;
        const store *s = &c->stores[standing(c, c->at[v].store)];
        const rni_source source = s->kind == STORE_GIVEN ? RNI_FROM_GIVEN
                                  : s->kind == STORE_OWN ? RNI_FROM_OWN
                                                         : RNI_FROM_CONSTANT;
        c->p->result[o] = (rni_result){ source, s->index, offset_of(&c->at[v].view) };
    }
}

static bool place_given(compiler *c)
{
    for (int64_t v = 0; v < c->g->n_values; v++) {
        const rni_gvalue *x = &c->g->value[v];
        if (x->given < 0 && !x->constant.buffer) continue;
        const int32_t st = x->constant.buffer ? new_store(c, STORE_CONSTANT, c->p->n_constants, x->bytes)
                                              : new_store(c, STORE_GIVEN, x->given, x->bytes);
        if (st < 0) return false;
        c->stores[st].donated = x->donated;
        c->at[v].store = st;
        c->at[v].view = rni_view_of(x->dtype, &x->shape);
        if (x->constant.buffer) {
            rni_constant *p = rni_realloc(c->p->constants, (c->p->n_constants + 1) * (int64_t)sizeof *p);
            if (!p) return false;
            c->p->constants = p;
            rni_buffer_keep(x->constant.buffer);
            p[c->p->n_constants++] = x->constant;
        }
    }
    return true;
}

/* The step that made the value of each view, -1 - k for a given value or constant k. */
static bool tell_steps(const compiler *c, rni_report_plan *report)
{
    int32_t *writer = rni_alloc((c->n_views + 1) * (int64_t)sizeof *writer);
    for (int64_t i = 0; writer && i < c->n_views; i++) {
        const store *s = c->view_store[i] >= 0 ? &c->stores[c->view_store[i]] : NULL;
        writer[i] = !s ? -1 : s->first >= 0 ? (int32_t)s->first : -1 - s->index;
    }
    const bool ok = writer && rni_report_plan_end(report, c->p, writer);
    if (!writer) rni_report_plan_drop(report);
    rni_free(writer);
    return ok;
}

static bool compile(compiler *c)
{
    rni_plan *p = c->p;
    rni_graph *g = c->g;
    c->at = rni_alloc((g->n_values + 1) * (int64_t)sizeof *c->at);
    c->copied = rni_alloc((g->n_values + 1) * (int64_t)sizeof *c->copied);
    p->n_given = g->n_given;
    p->n_results = g->n_outputs;
    p->result = rni_alloc((g->n_outputs + 1) * (int64_t)sizeof *p->result);
    if (!c->at || !c->copied || !p->result || !place_given(c)) return false;
    for (int64_t v = 0; v < g->n_values; v++) c->copied[v].store = -1;
    for (int64_t k = 0; k < g->n_nodes; k++)
        if (!(g->node[k].op->kind == RN_VIEW ? view_step(c, &g->node[k]) : compute_step(c, &g->node[k]))) return false;
    for (int64_t v = 0; v < g->n_values; v++)
        if (g->value[v].output >= 0 && !place_result(c, (int32_t)v)) return false;
    if (!is_separate(c)) overwrite_inputs(c);
    if (!is_separate(c) && c->passes & RNI_PASS_EPILOGUE) join_epilogues(c);
    if (!lay_out(c)) return false;
    fix_places(c);
    state_peak(c);
    return true;
}

/* Plans made so far, by all threads. */
static struct {
    uint64_t plans;
} g_made;

rni_plan *rni_plan_compile(rni_graph *g, rni_device *device, unsigned passes)
{
    rni_plan *p = rni_alloc((int64_t)sizeof *p);
    rni_report_plan *report = rni_report_plan_begin(g);
    if (report) g->why = &report->why;
    if (g->limit) passes &= ~(unsigned)RNI_PASS_EPILOGUE; /* which needs a little more memory */
    bool ok = p && rni_graph_lower(g);
    if (ok && report) report->calls_lowered = g->n_nodes;
    ok = ok && rni_rewrite_graph(g, device, passes);
    if (RNI_STRESS && ok) rni_graph_shuffle(g);
    ok = ok && (!(passes & RNI_PASS_FORGET) || rni_forget_cheap(g, passes & RNI_PASS_ORDER));
    ok = ok && (!(passes & RNI_PASS_FUSE) || rni_fuse(g));
    ok = ok && (!(passes & RNI_PASS_ORDER) || rni_order(g, false));
    ok = ok && (!g->limit || rni_remat(g, g->limit));
    ok = ok && (!(passes & RNI_PASS_EPILOGUE) || rni_epilogue(g));
    if (p) p->refs = 1;
    if (ok) {
        p->device = device;
        p->number = __atomic_add_fetch(&g_made.plans, 1, __ATOMIC_RELAXED);
        p->timed = rni_explain_on();
        compiler c = { .g = g, .p = p, .passes = passes };
        ok = compile(&c);
        if (ok && report) {
            ok = tell_steps(&c, report);
            report = NULL;
        }
        rni_free(c.stores);
        rni_free(c.at);
        rni_free(c.copied);
        rni_free(c.view_store);
    }
    rni_report_plan_drop(report);
    rni_graph_free(g); /* steps hold copies of what they need of it */
    if (ok) {
        rni_log(RN_LOG_DEBUG, "plan", "%lld steps, %d results, %lld bytes of values between, %lld in all",
                (long long)p->n_steps, p->n_results, (long long)p->slab_bytes, (long long)p->peak_bytes);
        return p;
    }
    rni_plan_free(p);
    return NULL;
}

void rni_plan_free(rni_plan *p)
{
    if (!p || --p->refs > 0) return;
    if (p->timed && p->runs) rni_explain(p);
    for (int64_t k = 0; k < p->n_steps; k++) {
        if (p->step[k].state && p->step[k].kernel->release) p->step[k].kernel->release(p->step[k].state);
        rni_fusion_free(p->step[k].fusion);
        rni_free(p->step[k].opts_copy);
        rni_free(p->step[k].failure.why);
    }
    for (int32_t i = 0; i < p->n_constants; i++) rni_buffer_drop(p->constants[i].buffer);
    rni_free(p->step);
    rni_free(p->own_bytes);
    rni_free(p->constants);
    rni_free(p->result);
    rni_free(p->views);
    rni_free(p->places);
    rni_free(p);
}
