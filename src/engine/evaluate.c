/* Evaluation: what is wanted, in which order, by which plan.
 *
 * A walk from what is wanted back to known values gives the order; its structure is the key of the plan. What is kept
 * of a run: the values asked for, pending values of cells, and results that nothing has used yet (a program that makes
 * a result will look at it). Everything between is forgotten and would be computed again if it were looked at later,
 * from values that are still held. So memory of a given value may be reused only if nothing that remains depends on it.
 */
#include "engine/engine.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "engine/pass.h"
#include "engine/plan.h"
#include "engine/plan_cache.h"
#include "engine/step.h"

#include <string.h>

typedef struct {
    rni_node *node;
    int next;
} frame;

typedef struct {
    rni_thread *t;
    rni_device *device;
    rni_node **order; /* nodes to run, inputs first */
    int64_t n_order, cap_order;
    rn_tensor **given; /* known values that they read */
    int64_t n_given, cap_given;
    rn_tensor **root; /* values to be kept; each held while the walk lasts */
    int64_t n_roots, cap_roots;
    frame *stack;
    int64_t depth, cap_stack;
    int32_t *first;   /* number of each node's first result among all results */
    int32_t *readers; /* of each result, within the walk */
    int32_t *given_readers;
    bool *kept;    /* of each result: it becomes a value */
    bool *depends; /* of each node: a later look could need its inputs */
    bool *donated; /* of each given value */
    const rn_site *site;
    struct {
        const rn_tensor *x;
        int32_t slot;
    } * foreign; /* numbers of given values that other threads have made: those are not written to */
    int64_t n_foreign, cap_foreign;
    rni_cached frozen; /* a plan that no other structure has */
} walk;

/* ---- the walk ---- */

/* Number of a given value that another thread has made, -1 if it has none yet. Few are shared at once. */
static int32_t foreign_slot(const walk *w, const rn_tensor *x)
{
    for (int64_t i = 0; i < w->n_foreign; i++)
        if (w->foreign[i].x == x) return w->foreign[i].slot;
    return -1;
}

static bool is_foreign(const walk *w, const rn_tensor *x)
{
    return x->node->thread != w->t;
}

/* Number of a given value. */
static int32_t slot_of(const walk *w, const rn_tensor *x)
{
    return is_foreign(w, x) ? foreign_slot(w, x) : x->slot;
}

static bool add_foreign(walk *w, const rn_tensor *x)
{
    void *p = rni_grow(w->foreign, w->n_foreign, &w->cap_foreign, (int64_t)sizeof *w->foreign);
    if (!p) return false;
    w->foreign = p;
    w->foreign[w->n_foreign].x = x;
    w->foreign[w->n_foreign++].slot = (int32_t)w->n_given;
    return true;
}

static bool add_given(walk *w, rn_tensor *x)
{
    const bool foreign = is_foreign(w, x);
    if (foreign ? foreign_slot(w, x) >= 0 : x->walk == w->t->walk) return true;
    if (foreign && !add_foreign(w, x)) return false;
    rn_tensor **p = rni_grow(w->given, w->n_given, &w->cap_given, (int64_t)sizeof *p);
    if (!p) return false;
    w->given = p;
    if (!foreign) {
        x->walk = w->t->walk;
        x->slot = (int32_t)w->n_given;
    }
    w->given[w->n_given++] = x;
    return true;
}

static bool enter(walk *w, rni_node *node)
{
    frame *p = rni_grow(w->stack, w->depth, &w->cap_stack, (int64_t)sizeof *p);
    if (!p) return false;
    w->stack = p;
    node->mark = w->t->walk;
    w->stack[w->depth++] = (frame){ node, 0 };
    return true;
}

static bool leave(walk *w, rni_node *node)
{
    rni_node **p = rni_grow(w->order, w->n_order, &w->cap_order, (int64_t)sizeof *p);
    if (!p) return false;
    w->order = p;
    node->order = (int32_t)w->n_order;
    w->order[w->n_order++] = node;
    return true;
}

static bool lost(const walk *w, const rni_node *node)
{
    return rni_fail(RN_ERR_STATE, node->op ? &node->site : w->site, node->op ? node->op->name : "eval",
                    "its value is not there any more and cannot be computed again");
}

/* A value that an earlier run computed and forgot is needed after all: runs of that plan will keep it. */
static void note_late(walk *w, const rni_node *node)
{
    if (node->ran_in && w->t->plans) rni_plan_cache_late(w->t->plans, node->ran_in, node->ran_as);
}

static bool descend(walk *w, rni_node *root)
{
    if (root->mark == w->t->walk) return true;
    note_late(w, root);
    if (!root->op || root->recording_cut) return lost(w, root);
    RNI_TRY(enter(w, root));
    while (w->depth > 0) {
        frame *f = &w->stack[w->depth - 1];
        if (f->next == f->node->n_in) {
            rni_node *done = f->node;
            w->depth--;
            RNI_TRY(leave(w, done));
            continue;
        }
        rn_tensor *x = f->node->in[f->next++];
        if (!x) continue;
        if (x->buffer) {
            RNI_TRY(add_given(w, x));
        } else if (x->node->mark != w->t->walk) {
            if (!x->node->op || x->node->recording_cut) return lost(w, x->node);
            if (!f->node->ran_in) note_late(w, x->node);
            RNI_TRY(enter(w, x->node));
        }
    }
    return true;
}

static bool add_root(walk *w, rn_tensor *x)
{
    if (x->buffer) return true;
    rn_tensor **p = rni_grow(w->root, w->n_roots, &w->cap_roots, (int64_t)sizeof *p);
    if (!p) return false;
    w->root = p;
    rni_tensor_keep(x);
    w->root[w->n_roots++] = x;
    return true;
}

/* An unused result counts only if no other result of its call is used: the second result of a call is seldom wanted. */
static bool unused_call(const rn_tensor *x)
{
    const rni_node *node = x->node;
    for (int i = 0; i < node->n_out; i++)
        if (node->out[i].users) return false;
    return true;
}

static bool find_roots(walk *w, rn_tensor *const *wanted, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        if (wanted[i]) RNI_TRY(add_root(w, rni_value_of(wanted[i])));
    if (w->t->eager && n > 0) return true;
    for (rn_tensor *c = w->t->dirty; c; c = c->cell->dirty_next) RNI_TRY(add_root(w, c->cell->value));
    for (rn_tensor *x = w->t->sinks; x; x = x->sink_next)
        if (unused_call(x)) RNI_TRY(add_root(w, x));
    return true;
}

/* Keeps only what is on the device of the first root; the rest has its own evaluation. Returns how many are left over.
 */
static int64_t one_device(walk *w)
{
    int64_t kept = 0, other = 0;
    w->device = w->n_roots ? w->root[0]->node->device : NULL;
    for (int64_t i = 0; i < w->n_roots; i++) {
        if (w->root[i]->node->device == w->device)
            w->root[kept++] = w->root[i];
        else {
            rni_tensor_drop(w->root[i]);
            other++;
        }
    }
    w->n_roots = kept;
    return other;
}

/* ---- what is kept, what may be reused ---- */

static bool count_readers(walk *w)
{
    w->first = rni_alloc_raw((w->n_order + 1) * (int64_t)sizeof *w->first);
    if (!w->first) return false;
    int32_t n = 0;
    for (int64_t k = 0; k < w->n_order; k++) {
        w->first[k] = n;
        n += w->order[k]->n_out;
    }
    w->first[w->n_order] = n;
    w->readers = rni_alloc((n + w->n_given + 1) * (int64_t)sizeof *w->readers);
    w->kept = rni_alloc(n + w->n_order + w->n_given + 1);
    if (!w->readers || !w->kept) return false;
    w->given_readers = w->readers + n;
    w->depends = w->kept + n;
    w->donated = w->depends + w->n_order;
    for (int64_t k = 0; k < w->n_order; k++)
        for (int i = 0; i < w->order[k]->n_in; i++) {
            const rn_tensor *x = w->order[k]->in[i];
            if (!x) continue;
            if (x->buffer)
                w->given_readers[slot_of(w, x)]++;
            else
                w->readers[w->first[x->node->order] + x->index]++;
        }
    for (int64_t i = 0; i < w->n_roots; i++) w->kept[w->first[w->root[i]->node->order] + w->root[i]->index] = true;
    return true;
}

/* Whether a result of node k is forgotten while somebody outside still holds it, or kept with its history. */
static bool is_wanted_later(const walk *w, int64_t k)
{
    for (int i = 0; i < w->order[k]->n_out; i++) {
        const rn_tensor *y = &w->order[k]->out[i];
        const int64_t v = w->first[k] + i;
        if (!w->kept[v] && rni_refs(y) > w->readers[v]) return true;
        /* a kept result that can be differentiated still needs its history */
        if (w->kept[v] && y->flags & RNI_T_GRAD && !(y->flags & (RNI_T_FORGET | RNI_T_LEAF))) return true;
    }
    return false;
}

/* Backwards: a node's inputs matter later if one of its results does, or if a node that reads a forgotten result
 * depends on it in turn. */
static void find_dependent(walk *w)
{
    memset(w->depends, 0, (size_t)w->n_order);
    for (int64_t k = w->n_order - 1; k >= 0; k--) {
        const rni_node *node = w->order[k];
        w->depends[k] = w->depends[k] || is_wanted_later(w, k);
        if (!w->depends[k]) continue;
        for (int i = 0; i < node->n_in; i++) {
            const rn_tensor *x = node->in[i];
            if (!x || x->buffer) continue;
            if (!w->kept[w->first[x->node->order] + x->index]) w->depends[x->node->order] = true;
        }
    }
}

/* Given values that matter later get a negative count of readers. */
static void mark_given(walk *w)
{
    for (int64_t i = 0; i < w->n_given; i++)
        if (w->given_readers[i] < 0) w->given_readers[i] = -w->given_readers[i];
    for (int64_t k = 0; k < w->n_order; k++) {
        if (!w->depends[k]) continue;
        for (int i = 0; i < w->order[k]->n_in; i++) {
            const rn_tensor *x = w->order[k]->in[i];
            if (!x || !x->buffer) continue;
            int32_t *readers = &w->given_readers[slot_of(w, x)];
            if (*readers > 0) *readers *= -1;
        }
    }
}

/* Whether nobody but the plan wants given value i, so that its memory may be used for something else. */
static bool is_donated(const walk *w, int64_t i)
{
    const rn_tensor *x = w->given[i];
    /* constants of a recorded step are read again */
    if (w->t->recording && !x->version_of) return false;
    return w->given_readers[i] == rni_refs(x) && __atomic_load_n(&x->buffer->refs, __ATOMIC_ACQUIRE) == 1 &&
           x->buffer->capacity > 0 && x->offset == 0;
}

static void find_dependence(walk *w)
{
    find_dependent(w);
    mark_given(w);
    for (int64_t i = 0; i < w->n_given; i++) w->donated[i] = is_donated(w, i);
}

/* Calls that are one cannot say which of them has made a NaN, and what is not called cannot make one. */
static unsigned passes_of(const walk *w)
{
    const unsigned all = (1u << RNI_PASSES) - 1;
    return all & ~w->t->passes_off & ~(w->t->nan_check ? RNI_PASS_FUSE | RNI_PASS_FOLD : 0u);
}

/* A given value that is a constant of the plan: a parameter, where those are frozen. */
static bool is_constant(const walk *w, const rn_tensor *x)
{
    return x->version_of && !x->version_of->is_data && rni_recording_is_frozen(w->t->recording);
}

/* `memory`: whether what is given may be written over is part of it, as of plans. */
static rni_hash structure(const walk *w, bool memory)
{
    rni_hash h = rni_hash_u64(RNI_HASH_START, (uint64_t)(uintptr_t)w->device);
    h = rni_hash_u64(h, passes_of(w));
    h = rni_hash_u64(h, (uint64_t)w->t->memory_limit);
    for (int64_t i = 0; i < w->n_given; i++) {
        const rn_tensor *x = w->given[i];
        h = rni_hash_u64(h, (uint64_t)x->dtype << 8 | (uint64_t)x->shape.rank << 1 | (memory && w->donated[i]));
        h = rni_hash_bytes(h, x->shape.dim, (size_t)x->shape.rank * sizeof(int64_t));
    }
    for (int64_t k = 0; k < w->n_order; k++) {
        const rni_node *node = w->order[k];
        h.a = (h.a ^ node->hash.a) * 0x9fb21c651e98df25u;
        h.b = (h.b + node->hash.b) * 0xd6e8feb86659fd93u;
        uint64_t kept = 0;
        for (int i = 0; i < node->n_out; i++) {
            if (i && i % 64 == 0) h = rni_hash_u64(h, kept);
            kept = kept * 2 + w->kept[w->first[k] + i];
        }
        h = rni_hash_u64(h, kept);
        for (int i = 0; i < node->n_in; i++) {
            const rn_tensor *x = node->in[i];
            h = rni_hash_u64(h, !x          ? 0
                                : x->buffer ? (uint64_t)slot_of(w, x) * 2 + 1
                                            : (uint64_t)(w->first[x->node->order] + x->index) * 2 + 2);
        }
    }
    return h;
}

/* ---- compiling ---- */

static bool add_given_values(const walk *w, rni_graph *g)
{
    for (int64_t i = 0; i < w->n_given; i++) {
        const int32_t v = rni_graph_value(g, (rn_dtype)w->given[i]->dtype, &w->given[i]->shape);
        if (v < 0) return false;
        const rn_tensor *x = w->given[i];
        if (is_constant(w, x)) {
            g->value[v].constant = (rni_constant){ x->buffer, x->offset };
            continue;
        }
        g->value[v].given = (int32_t)i;
        g->value[v].donated = w->donated[i];
    }
    g->n_given = (int32_t)w->n_given;
    return true;
}

static bool build_graph(const walk *w, rni_graph *g)
{
    if (!add_given_values(w, g)) return false;
    int32_t few[RN_INPUTS_MAX];
    for (int64_t k = 0; k < w->n_order; k++) {
        const rni_node *node = w->order[k];
        int32_t *in = node->n_in <= RN_INPUTS_MAX ? few : rni_alloc(node->n_in * (int64_t)sizeof *in);
        if (!in) return false;
        for (int i = 0; i < node->n_in; i++) {
            const rn_tensor *x = node->in[i];
            in[i] = !x ? -1 : x->buffer ? slot_of(w, x) : (int32_t)w->n_given + w->first[x->node->order] + x->index;
        }
        rni_gnode *n = rni_graph_node(g, node->op, in, node->n_in, node->n_out);
        if (in != few) rni_free(in);
        if (!n) return false;
        n->opts = node->opts;
        n->recorded = (int32_t)k;
        n->lowered = g->frozen;
        n->first_out = (int32_t)g->n_values;
        n->site = node->site;
        n->grad_of = node->grad_of;
        n->device = node->device;
        for (int i = 0; i < node->n_out; i++) {
            const int32_t v = rni_graph_value(g, (rn_dtype)node->out[i].dtype, &node->out[i].shape);
            if (v < 0) return false;
            g->value[v].producer = (int32_t)k;
            if (w->kept[w->first[k] + i]) g->value[v].output = g->n_outputs++;
        }
    }
    return true;
}

/* Keeps what earlier runs of this structure should have kept, where somebody still holds it. True if that is anything.
 */
static bool keep_late(walk *w, const rni_cached *entry)
{
    bool any = false;
    for (int64_t i = 0; i < entry->n_late; i++) {
        const int32_t k = entry->late[i];
        if (k >= w->n_order) continue;
        rni_node *node = w->order[k];
        for (int o = 0; o < node->n_out; o++) {
            const int32_t v = w->first[k] + o;
            if (w->kept[v] || rni_refs(&node->out[o]) <= w->readers[v]) continue;
            w->kept[v] = any = true;
        }
    }
    return any;
}

/* `between`: bytes that what lies between may take, 0 for any number. */
static rni_plan *plan_for(const walk *w, int64_t between)
{
    rni_graph g = { .limit = between, .frozen = rni_recording_is_frozen(w->t->recording) };
    if (build_graph(w, &g)) return rni_plan_compile(&g, w->device, passes_of(w));
    rni_graph_free(&g);
    return NULL;
}

/* What places come to is known only when they have been chosen: each try aims as much lower as the one before missed.
 */
static rni_plan *plan_within(const walk *w, int64_t limit)
{
    enum { TRIES = 8 };
    int64_t between = 0, least = INT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        rni_plan *p = plan_for(w, between);
        if (!p || p->peak_bytes <= limit) return p;
        const int64_t aim = (between ? between : p->slab_bytes) - (p->peak_bytes - limit);
        if (p->peak_bytes < least) least = p->peak_bytes;
        rni_plan_free(p);
        if (between == 1) break;
        between = aim > 1 ? aim : 1;
    }
    rni_fail(RN_ERR_NOMEM, w->site, "eval", "needs %lld bytes, the memory limit is %lld", (long long)least,
             (long long)limit);
    rni_error_add("hint", "RENSA_MEMORY_LIMIT or rn_memory_limit sets it; smaller batches need less");
    return NULL;
}

static rni_cached *compile(walk *w, rni_hash key)
{
    rni_thread *t = w->t;
    rni_plan *p = t->memory_limit ? plan_within(w, t->memory_limit) : plan_for(w, 0);
    if (!p) return NULL;
    t->info.plans_compiled++;
    if (rni_recording_is_frozen(t->recording)) {
        w->frozen = (rni_cached){ .key = key, .plan = p };
        return &w->frozen;
    }
    rni_cached *entry = rni_plan_cache_put(t->plans, key, p);
    t->info.plans_cached = rni_plan_cache_count(t->plans);
    return entry;
}

static rni_cached *find_plan(walk *w)
{
    rni_thread *t = w->t;
    if (!t->plans && !(t->plans = rni_plan_cache_new())) return NULL;
    rni_hash key = structure(w, true);
    if (rni_recording_is_frozen(t->recording)) return compile(w, key);
    rni_cached *p = rni_plan_cache_find(t->plans, key);
    if (p && p->n_late && keep_late(w, p)) {
        find_dependence(w);
        key = structure(w, true);
        p = rni_plan_cache_find(t->plans, key);
    }
    return p ? p : compile(w, key);
}

/* ---- running ---- */

static void settle(rn_tensor *x)
{
    rni_sink_remove(x->node->thread, x);
    const rni_cell *c = x->version_of;
    if (c && c->value == x && c->self) rni_dirty_remove(c->self);
}

/* A node whose results that anybody holds are all known, and that no gradient will pass, gives up its inputs. */
static void forget_history(rni_node *node)
{
    for (int i = 0; i < node->n_out; i++) {
        const rn_tensor *y = &node->out[i];
        if (rni_refs(y) > 0 && (!y->buffer || !(y->flags & (RNI_T_FORGET | RNI_T_LEAF)))) return;
    }
    rni_node_cut(node);
}

void rni_forget(rn_tensor *x)
{
    if (x->flags & RNI_T_LEAF || !x->node->op) return;
    x->flags |= RNI_T_FORGET;
    if (x->buffer) forget_history(x->node);
}

static void keep_results(walk *w, rni_run *r)
{
    int32_t k = 0;
    for (int64_t i = 0; i < w->n_order; i++) {
        rni_node *node = w->order[i];
        for (int o = 0; o < node->n_out; o++) {
            if (!w->kept[w->first[i] + o]) continue;
            rn_tensor *y = &node->out[o];
            y->offset = r->result_offset[k];
            /* another thread may look whether a parameter's new value is there */
            __atomic_store_n(&y->buffer, r->result[k++], __ATOMIC_RELEASE);
        }
    }
}

/* Tells the step that is being recorded what is about to run. */
static bool tell_recording(const walk *w, const rni_cached *entry)
{
    rni_evaluated told = { .key = structure(w, false),
                           .plan = entry->plan,
                           .node = w->order,
                           .n_nodes = w->n_order,
                           .given = w->given,
                           .donated = w->donated,
                           .n_given = w->n_given };
    rn_tensor **result = rni_alloc((entry->plan->n_results + 1) * (int64_t)sizeof *result);
    if (!result) return false;
    told.result = result;
    int64_t n = 0;
    for (int64_t i = 0; i < w->n_order; i++)
        for (int o = 0; o < w->order[i]->n_out; o++) {
            rn_tensor *y = &w->order[i]->out[o];
            if (w->kept[w->first[i] + o])
                result[n++] = y;
            else if (rni_refs(y) > w->readers[w->first[i] + o])
                told.held = y;
        }
    rn_assert(n == entry->plan->n_results);
    const bool ok = rni_recording_evaluated(w->t->recording, &told);
    rni_free(result);
    return ok;
}

static void count_run(const walk *w, const rni_cached *entry)
{
    rn_engine_info *info = &w->t->info;
    info->plans_run++;
    info->nodes_run += w->n_order;
    if (entry->plan->peak_bytes > info->peak_bytes) info->peak_bytes = entry->plan->peak_bytes;
    for (int64_t i = 0; i < w->n_order; i++) {
        if (w->order[i]->ran_in) info->nodes_recomputed++;
        w->order[i]->ran_in = entry->key.a;
        w->order[i]->ran_as = (int32_t)i;
    }
}

static bool run(walk *w)
{
    rni_cached *entry = find_plan(w);
    if (!entry || (w->t->recording && !tell_recording(w, entry))) return false;
    rni_plan *p = entry->plan;
    rni_buffer **buffers = rni_alloc((w->n_given + p->n_results + 1) * (int64_t)sizeof *buffers);
    int64_t *offsets = rni_alloc((w->n_given + p->n_results + 1) * (int64_t)sizeof *offsets);
    bool ok = buffers && offsets;
    for (int64_t i = 0; ok && i < w->n_given; i++) {
        buffers[i] = w->given[i]->buffer;
        offsets[i] = w->given[i]->offset;
    }
    bool *spoiled = rni_alloc(w->n_given + 1);
    ok = ok && spoiled;
    rni_run r = { .given = buffers,
                  .given_offset = offsets,
                  .recorded = w->order,
                  .spoiled = spoiled,
                  .hooks = &w->t->hooks,
                  .nan_check = w->t->nan_check };
    if (ok) {
        r.result = buffers + w->n_given;
        r.result_offset = offsets + w->n_given;
        ok = rni_plan_run(p, &r);
    }
    if (ok) {
        keep_results(w, &r);
        count_run(w, entry);
        /* A donated value's memory now belongs to a result, or is void. Who reads it has been computed for good. */
        for (int64_t i = 0; i < w->n_given; i++)
            if (w->donated[i]) {
                rni_buffer_drop(w->given[i]->buffer);
                w->given[i]->buffer = NULL;
            }
        for (int64_t i = 0; i < w->n_roots; i++) settle(w->root[i]);
        for (int64_t i = 0; i < w->n_roots; i++) forget_history(w->root[i]->node);
    }
    /* A value that a failed run has written over is lost, which is better than wrong. */
    for (int64_t i = 0; !ok && spoiled && i < w->n_given; i++)
        if (spoiled[i]) {
            rni_buffer_drop(w->given[i]->buffer);
            w->given[i]->buffer = NULL;
        }
    rni_free(buffers);
    rni_free(offsets);
    rni_free(spoiled);
    return ok;
}

static void walk_free(walk *w)
{
    for (int64_t i = 0; i < w->n_roots; i++) rni_tensor_drop(w->root[i]);
    rni_free(w->order);
    rni_free(w->given);
    rni_free(w->root);
    rni_free(w->stack);
    rni_free(w->first);
    rni_free(w->readers);
    rni_free(w->kept);
    rni_free(w->foreign);
    rni_plan_free(w->frozen.plan);
}

static bool evaluate_once(rni_thread *t, rn_tensor *const *wanted, int64_t n, const rn_site *site, int64_t *left)
{
    walk w = { .t = t, .site = site };
    t->walk++;
    bool ok = find_roots(&w, wanted, n);
    *left = ok ? one_device(&w) : 0;
    for (int64_t i = 0; ok && i < w.n_roots; i++) ok = descend(&w, w.root[i]->node);
    if (ok && w.n_order) {
        ok = count_readers(&w);
        if (ok) find_dependence(&w);
        ok = ok && run(&w);
    }
    walk_free(&w);
    return ok;
}

bool rni_evaluate(rni_thread *t, rn_tensor *const *wanted, int64_t n, const rn_site *site)
{
    if (!rn_ok()) return false;
    if (t->hooks.inside) return rni_fail(RN_ERR_STATE, site, "eval", "a hook cannot look at values of tensors");
    int64_t left = 0;
    do {
        if (evaluate_once(t, wanted, n, site, &left)) continue;
        if (site && !rn_ok() && !rn_error_last()->site.file) rni_error_trail(site, "eval"); /* out of memory */
        /* One of these may be what failed. From now on they are computed when asked for, and fail alone. */
        while (t->sinks) rni_sink_remove(t, t->sinks);
        while (t->dirty) rni_dirty_remove(t->dirty);
        return false;
    } while (left > 0);
    t->pending = t->pending_bytes = 0;
    return true;
}
