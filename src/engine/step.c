/* Steps that are replayed.
 *
 * A recording holds what one evaluation of a step was: its plan, the nodes (for their options), where each given value
 * comes from (an argument, a cell, a constant) and where each result goes (out, or into a cell). Two recordings in a
 * row are compared: the structure must be the same, constants too, and so must all numbers but those that are known to
 * change: streams of random numbers, which are renewed here, and what the optimizer has announced. Then the newer one
 * is replayed until its form changes: other arguments, a cell whose value somebody holds, another set of parameters. */
#include "engine/step.h"

#include "base/alloc.h"
#include "base/error.h"
#include "engine/infer.h"
#include "engine/op_table.h"
#include "engine/record.h"

#include <stdlib.h>
#include <string.h>

enum { FORMS_MAX = 8 /* kept per step */, WHY = 160 };

typedef enum { FROM_ARGUMENT, FROM_CELL, FROM_CONSTANT } source;

typedef struct {
    source from;
    int32_t argument;
    bool donated, trains;
    rni_cell *cell;      /* held */
    rn_tensor *constant; /* held */
} given;

typedef struct {
    int32_t out;    /* -1: goes into the cell */
    rni_cell *cell; /* held */
    rn_dtype dtype;
    rn_shape shape;
    rni_device *device;
} result;

typedef struct {
    rni_node *node; /* held */
    rni_renew_fn *fn;
    void *user;
    int64_t which;
} renewal;

struct rni_recording {
    rni_hash key;
    rni_plan *plan;  /* held */
    rni_node **node; /* held, without their inputs */
    given *given;
    result *result;
    int64_t n_nodes, n_given, n_results;
    renewal *renewal;
    int64_t n_renewals, cap_renewals;
    rni_step_part *part;
    uint64_t *form; /* of each part */
    int64_t n_parts, cap_parts, cap_forms;
    uint64_t seed, first_draw, draws;
    rni_buffer **buffers; /* of given values and results, in a replay */
    int64_t *offsets;
    bool *spoiled;
    /* while it is made */
    rn_tensor *const *argument, **out;
    int n_arguments, n_out;
    bool called; /* fn has ended */
    bool frozen;
    char why[WHY];
};

/* One kind of call: what it was called with, and its latest recording. */
typedef struct form {
    rni_hash key;
    rni_recording *latest;
    bool ready; /* it can be replayed */
    int64_t replays;
    struct form *next;
} form;

struct rn_step {
    rn_step_args args;
    bool frozen;
    rni_thread *thread;
    form *forms; /* the latest first */
    char why[WHY];
};

/* ---- recordings ---- */

static void cell_hold(rni_cell *c)
{
    __atomic_fetch_add(&c->refs, 1, __ATOMIC_RELAXED);
}

static void recording_clear(rni_recording *r)
{
    rni_plan_free(r->plan);
    for (int64_t i = 0; r->node && i < r->n_nodes; i++) rni_node_drop(r->node[i]);
    for (int64_t i = 0; r->given && i < r->n_given; i++) {
        rni_cell_drop(r->given[i].cell);
        if (r->given[i].constant) rni_tensor_drop(r->given[i].constant);
    }
    for (int64_t i = 0; r->result && i < r->n_results; i++) rni_cell_drop(r->result[i].cell);
    for (int64_t i = 0; i < r->n_renewals; i++) rni_node_drop(r->renewal[i].node);
    for (int64_t i = 0; i < r->n_parts; i++) r->part[i].end(r->part[i].user);
    rni_free(r->node);
    rni_free(r->given);
    rni_free(r->result);
    rni_free(r->renewal);
    rni_free(r->part);
    rni_free(r->form);
    rni_free(r->buffers);
    rni_free(r->offsets);
    rni_free(r->spoiled);
    *r = (rni_recording){ 0 };
}

static void recording_free(rni_recording *r)
{
    if (r) recording_clear(r);
    rni_free(r);
}

static void refuse(rni_recording *r, const char *fmt, ...) RN_PRINTF(2, 3);
static void refuse(rni_recording *r, const char *fmt, ...)
{
    if (*r->why) return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(r->why, sizeof r->why, fmt, args);
    va_end(args);
}

static void refuse_at(rni_recording *r, const rni_node *node, const char *what)
{
    refuse(r, "%s:%d: %s %s", node->site.file ? node->site.file : "?", node->site.line,
           node->site.call ? node->site.call : node->op->name, what);
}

void rni_step_refuse(const char *why)
{
    rni_recording *r = rni_thread_self()->recording;
    if (r) refuse(r, "%s", why);
}

bool rni_step_is_recorded(void)
{
    return rni_thread_self()->recording != NULL;
}

bool rni_step_renews(const rn_tensor *y, rni_renew_fn *fn, void *user, int64_t which)
{
    rni_recording *r = rni_thread_self()->recording;
    if (!r) return true;
    renewal *p = rni_grow(r->renewal, r->n_renewals, &r->cap_renewals, (int64_t)sizeof *p);
    if (!p) return false;
    r->renewal = p;
    r->renewal[r->n_renewals++] = (renewal){ y->node, fn, user, which };
    rni_node_keep(y->node);
    return true;
}

/* Calls whose results nobody wants any more are not evaluated. */
static void forget_unwanted(rni_recording *r)
{
    int64_t n = 0;
    for (int64_t i = 0; i < r->n_renewals; i++) {
        if (__atomic_load_n(&r->renewal[i].node->live, __ATOMIC_ACQUIRE) > 1)
            r->renewal[n++] = r->renewal[i];
        else
            rni_node_drop(r->renewal[i].node);
    }
    r->n_renewals = n;
}

bool rni_step_goes_on(const rni_step_part *part)
{
    rni_recording *r = rni_thread_self()->recording;
    if (!r) return true;
    rni_step_part *p = rni_grow(r->part, r->n_parts, &r->cap_parts, (int64_t)sizeof *p);
    if (p) r->part = p;
    uint64_t *f = p ? rni_grow(r->form, r->n_parts, &r->cap_forms, (int64_t)sizeof *f) : NULL;
    if (!f) return false;
    r->form = f;
    r->part[r->n_parts++] = *part;
    return true;
}

static int argument_of(const rni_recording *r, const rn_tensor *x)
{
    const rni_cell *c = x->version_of;
    for (int i = 0; i < r->n_arguments; i++)
        if (r->argument[i] == x || (c && c->is_data && c->self == r->argument[i])) return i;
    return -1;
}

static bool note_given(rni_recording *r, const rni_evaluated *e)
{
    r->n_given = e->n_given;
    r->given = rni_alloc((e->n_given + 1) * (int64_t)sizeof *r->given);
    if (!r->given) return false;
    for (int64_t i = 0; i < e->n_given; i++) {
        given *g = &r->given[i];
        rn_tensor *x = e->given[i];
        g->donated = e->donated[i];
        g->argument = argument_of(r, x);
        if (g->argument >= 0)
            g->from = FROM_ARGUMENT;
        else if (x->version_of && x->version_of->self && !r->frozen) {
            g->from = FROM_CELL;
            g->cell = x->version_of;
            g->trains = g->cell->trains;
            cell_hold(g->cell);
        } else {
            g->from = FROM_CONSTANT;
            g->constant = x;
            rni_tensor_keep(x);
        }
        if (g->donated && g->from != FROM_CELL) refuse(r, "memory of a constant is used for something else");
    }
    return true;
}

static bool note_results(rni_recording *r, const rni_evaluated *e)
{
    r->n_results = e->plan->n_results;
    r->result = rni_alloc((r->n_results + 1) * (int64_t)sizeof *r->result);
    if (!r->result) return false;
    for (int64_t i = 0; i < r->n_results; i++) {
        result *y = &r->result[i];
        rn_tensor *x = e->result[i];
        *y = (result){ .out = -1, .dtype = (rn_dtype)x->dtype, .shape = x->shape, .device = x->node->device };
        for (int k = 0; k < r->n_out; k++)
            if (rni_value_of(r->out[k]) == x) y->out = k;
        if (x->version_of) {
            y->cell = x->version_of;
            cell_hold(y->cell);
        }
        if (y->cell && r->frozen) refuse_at(r, x->node, "changes a state");
        if (y->out < 0 && !y->cell) refuse_at(r, x->node, "makes a value that is used outside of the step");
        if (y->out >= 0 && y->cell) refuse_at(r, x->node, "makes the value of a parameter, which is a result, too");
    }
    return true;
}

bool rni_recording_is_frozen(const rni_recording *r)
{
    return r && r->frozen;
}

bool rni_recording_evaluated(rni_recording *r, const rni_evaluated *e)
{
    if (!r->called || r->plan) {
        refuse(r, r->called ? "it runs on several devices" : "a value is looked at inside");
        return true;
    }
    if (e->held) refuse_at(r, e->held->node, "makes a value that is held outside of the step");
    r->key = e->key;
    r->plan = e->plan;
    r->plan->refs++;
    r->node = rni_alloc((e->n_nodes + 1) * (int64_t)sizeof(rni_node *));
    if (!r->node) return false;
    for (r->n_nodes = 0; r->n_nodes < e->n_nodes; r->n_nodes++) {
        r->node[r->n_nodes] = e->node[r->n_nodes];
        rni_node_keep(e->node[r->n_nodes]);
    }
    return note_given(r, e) && note_results(r, e);
}

/* Results of the step that are no results of its evaluation: arguments that are handed through, earlier values. */
static void check_outs(rni_recording *r)
{
    for (int k = 0; k < r->n_out; k++) {
        bool made = false;
        for (int64_t i = 0; i < r->n_results; i++) made |= r->result[i].out == k;
        if (!made) refuse(r, "its result %d was there before, or is another one, too", k);
    }
}

/* ---- two recordings in a row ---- */

static bool draws(const rn_op *op)
{
    const rn_opt *o = op->opts;
    return o && o[0].name && o[0].flags & RN_OPT_HIDDEN && strcmp(o[0].name, "seed") == 0 &&
           strcmp(o[1].name, "stream") == 0 && o[0].offset == 0 && op->opts_size >= sizeof(rn_random);
}

static bool is_renewed(const rni_recording *r, const rni_node *node)
{
    for (int64_t i = 0; i < r->n_renewals; i++)
        if (r->renewal[i].node == node) return true;
    return false;
}

/* Numbers of a call that are no part of the structure. */
static bool same_numbers(const rni_recording *a, const rni_recording *b, int64_t k)
{
    const rni_node *x = a->node[k], *y = b->node[k];
    const rn_opt *o = x->op->opts;
    if (x->op->kind == RN_VIEW || is_renewed(b, y)) return true;
    if (o && draws(x->op)) {
        const rn_random *p = x->opts, *q = y->opts;
        if (p->seed != (double)a->seed || q->seed != (double)b->seed) return false;
        if (p->stream - (double)a->first_draw != q->stream - (double)b->first_draw) return false;
        o += 2;
    }
    for (; o && o->name; o++)
        if (memcmp((const char *)x->opts + o->offset, (const char *)y->opts + o->offset, (size_t)rni_opt_bytes(o)))
            return false;
    return true;
}

static bool same_constant(rn_tensor *x, rn_tensor *y)
{
    if (x == y) return true;
    if (!x->buffer || !y->buffer || rni_tensor_nbytes(x) != rni_tensor_nbytes(y)) return false;
    const void *a = rn_data_at(&x->node->site, x), *b = a ? rn_data_at(&y->node->site, y) : NULL;
    return b && memcmp(a, b, (size_t)rni_tensor_nbytes(x)) == 0;
}

static bool same_sources(rni_recording *a, rni_recording *b)
{
    for (int64_t i = 0; i < b->n_given; i++) {
        const given *x = &a->given[i], *y = &b->given[i];
        if (x->from != y->from || x->argument != y->argument || x->cell != y->cell) {
            refuse(b, "it reads other parameters or states than the last time");
            return false;
        }
        if (y->from == FROM_CONSTANT && !same_constant(x->constant, y->constant)) {
            const rn_site *s = &y->constant->node->site;
            refuse(b, "%s:%d: data that is no argument of the step changes", s->file ? s->file : "?", s->line);
            return false;
        }
    }
    for (int64_t i = 0; i < b->n_results; i++)
        if (a->result[i].out != b->result[i].out || a->result[i].cell != b->result[i].cell) {
            refuse(b, "it writes other parameters or states than the last time");
            return false;
        }
    return true;
}

/* Whether b is what a replay of a would have been; else b says why not. */
static bool agree(rni_recording *a, rni_recording *b)
{
    if (*a->why || *b->why) return false;
    if (a->key.a != b->key.a || a->key.b != b->key.b) {
        refuse(b, "its structure is not that of the last time");
        return false;
    }
    bool parts = a->n_parts == b->n_parts && a->draws == b->draws;
    for (int64_t i = 0; parts && i < b->n_parts; i++) parts = a->form[i] == b->form[i];
    if (!parts) {
        refuse(b, "it updates other parameters, or draws other random numbers, than the last time");
        return false;
    }
    for (int64_t k = 0; k < b->n_nodes; k++)
        if (!same_numbers(a, b, k)) {
            refuse_at(b, b->node[k], "takes a number that is no argument of the step and changes");
            return false;
        }
    return same_sources(a, b);
}

/* ---- recording a call ---- */

static rn_tensor *placeholder(rni_thread *t, rn_tensor *x, const rn_site *site)
{
    const rn_tensor *v = rni_value_of(x);
    rn_tensor *p = rni_leaf_new(t, v->node->device, (rn_dtype)v->dtype, &v->shape, site);
    if (!p) return NULL;
    rni_buffer_keep(v->buffer);
    p->buffer = v->buffer;
    p->offset = v->offset;
    return p;
}

static bool call_fn(rn_step *s, rn_tensor **in, rn_tensor **out, const rn_site *site)
{
    const int scope = rn_scope_begin();
    bool ok = rn_ok() && rni_explained(s->args.fn(s->args.user, in, out), site, "step", "its function");
    for (int k = 0; k < s->args.outputs; k++) {
        ok = ok && (rni_is_tensor(out[k], site, "step") || (rni_error_add("in", "result %d of the step", k), false));
        if (ok)
            rn_keep(out[k]);
        else
            out[k] = NULL;
    }
    rn_scope_end(scope);
    return ok;
}

/* Results are values without history, recorded or replayed. */
static bool hand_out(rni_thread *t, rn_tensor **out, int n, const rn_site *site)
{
    bool ok = true;
    for (int k = 0; k < n; k++) {
        rn_tensor *y = ok ? placeholder(t, out[k], site) : NULL;
        rn_drop(out[k]);
        out[k] = y ? rni_scoped(t, y) : NULL;
        ok = out[k] != NULL;
    }
    return ok;
}

/* Of a recording that will be replayed the nodes need no inputs; of another one nothing is held. */
static void settle(rni_recording *r)
{
    if (!*r->why) {
        for (int64_t i = 0; i < r->n_nodes; i++) rni_node_cut(r->node[i]);
        return;
    }
    char why[WHY];
    memcpy(why, r->why, sizeof why);
    recording_clear(r);
    memcpy(r->why, why, sizeof why);
}

static void begin(rni_recording *r, const rni_thread *t, rn_tensor *const *in, int n, rn_tensor **out, int n_out)
{
    r->argument = in;
    r->n_arguments = n;
    r->out = out;
    r->n_out = n_out;
    r->seed = t->seed;
    r->first_draw = t->draws;
}

static void end(rni_recording *r, const rni_thread *t)
{
    if (t->seed != r->seed || t->draws < r->first_draw) refuse(r, "it seeds the random numbers");
    if (!r->plan) refuse(r, "it computes nothing");
    r->draws = t->draws - r->first_draw;
    for (int64_t i = 0; i < r->n_parts; i++) r->form[i] = r->part[i].form(r->part[i].user);
    check_outs(r);
    settle(r);
}

/* Runs fn with tensors that stand for its arguments; `r`, if there is one, notes what it was. */
static bool run_recorded(rn_step *s, rni_recording *r, rn_tensor **own, rn_tensor **out, const rn_site *site)
{
    rni_thread *t = s->thread;
    rni_recording *outer = t->recording;
    if (r) begin(r, t, own, s->args.inputs, out, s->args.outputs);
    t->recording = r;
    bool ok = call_fn(s, own, out, site);
    if (r) {
        r->called = true;
        forget_unwanted(r);
    }
    ok = ok && rni_evaluate(t, out, s->args.outputs, site);
    t->recording = outer;
    if (r && ok) end(r, t);
    return ok;
}

static bool record_call(rn_step *s, rni_recording *r, rn_tensor *const *in, rn_tensor **out, const rn_site *site)
{
    const int n = s->args.inputs, n_out = s->args.outputs;
    rn_tensor **own = rni_alloc((n + 1) * (int64_t)sizeof *own);
    bool ok = own != NULL;
    for (int i = 0; ok && i < n; i++) ok = (own[i] = placeholder(s->thread, in[i], site)) != NULL;
    for (int k = 0; k < n_out; k++) out[k] = NULL;
    ok = ok && run_recorded(s, r, own, out, site);
    for (int i = 0; own && i < n; i++)
        if (own[i]) rni_tensor_drop(own[i]);
    rni_free(own);
    if (ok) return hand_out(s->thread, out, n_out, site);
    for (int k = 0; k < n_out; k++) {
        rn_drop(out[k]);
        out[k] = NULL;
    }
    return false;
}

static bool record_form(rn_step *s, form *f, rn_tensor *const *in, rn_tensor **out, const rn_site *site)
{
    rni_recording *r = rni_alloc((int64_t)sizeof *r);
    if (r) r->frozen = s->frozen;
    if (!r || !record_call(s, r, in, out, site)) {
        recording_free(r);
        return false;
    }
    const bool replayed = f->ready;
    f->ready = s->frozen ? !*r->why : f->latest && agree(f->latest, r);
    snprintf(s->why, sizeof s->why, "%s", *r->why ? r->why : f->ready ? "it was recorded once more" : "it is new");
    recording_free(f->latest);
    f->latest = r;
    if (f->ready) {
        r->buffers = rni_alloc((r->n_given + r->n_results + 1) * (int64_t)sizeof *r->buffers);
        r->offsets = rni_alloc((r->n_given + r->n_results + 1) * (int64_t)sizeof *r->offsets);
        r->spoiled = rni_alloc(r->n_given + 1);
        return r->buffers && r->offsets && r->spoiled;
    }
    if (!replayed || !s->args.check) return true;
    for (int k = 0; k < s->args.outputs; k++) out[k] = NULL;
    rni_fail(RN_ERR_STATE, site, "step", "recorded again, it is not what was replayed: %s", r->why);
    return false;
}

/* ---- replays ---- */

static bool is_argument(const rni_recording *r, rn_tensor *const *in, const rni_buffer *b)
{
    for (int i = 0; i < r->n_arguments; i++)
        if (rni_value_of(in[i])->buffer == b) return true;
    return false;
}

/* False with an error pending. */
static bool begin_parts(const rni_recording *r)
{
    for (int64_t i = 0; i < r->n_parts; i++) RNI_TRY(r->part[i].begin(r->part[i].user));
    return true;
}

/* Where given values are now. False if the recording does not fit them. */
static bool gather(rni_recording *r, rn_tensor *const *in)
{
    for (int64_t i = 0; i < r->n_given; i++) {
        const given *g = &r->given[i];
        const rn_tensor *x = g->from == FROM_ARGUMENT ? rni_value_of(in[g->argument])
                             : g->from == FROM_CELL   ? (g->cell->self ? g->cell->value : NULL)
                                                      : g->constant;
        if (!x || !x->buffer || (g->cell && g->cell->trains != g->trains)) return false;
        if (g->donated && (rni_refs(x) != 1 || __atomic_load_n(&x->buffer->refs, __ATOMIC_ACQUIRE) != 1 ||
                           x->buffer->capacity == 0 || x->offset != 0 || is_argument(r, in, x->buffer)))
            return false;
        r->buffers[i] = x->buffer;
        r->offsets[i] = x->offset;
        r->spoiled[i] = false;
    }
    for (int64_t i = 0; i < r->n_results; i++) {
        const rni_cell *c = r->result[i].cell;
        if (c && (!c->self || rni_refs(c->value) != 1)) return false;
    }
    for (int64_t i = 0; i < r->n_parts; i++)
        if (r->part[i].form(r->part[i].user) != r->form[i]) return false;
    return true;
}

static void renew(const rni_thread *t, rni_recording *r)
{
    const double further = (double)t->draws - (double)r->first_draw;
    const bool moved = further != 0 || t->seed != r->seed;
    for (int64_t i = 0; r->draws && moved && i < r->n_nodes; i++) {
        rn_random *p = draws(r->node[i]->op) ? r->node[i]->opts : NULL;
        if (p && p->seed == (double)r->seed) *p = (rn_random){ (double)t->seed, p->stream + further };
    }
    r->first_draw = t->draws;
    r->seed = t->seed;
    for (int64_t i = 0; i < r->n_renewals; i++)
        r->renewal[i].fn(r->renewal[i].user, r->renewal[i].which, r->renewal[i].node->opts);
}

static void advance(rni_thread *t, const rni_recording *r)
{
    t->draws += r->draws;
    for (int64_t i = 0; i < r->n_parts; i++) r->part[i].advance(r->part[i].user);
    t->info.plans_run++;
    t->info.steps_replayed++;
    t->info.nodes_run += r->n_nodes;
}

/* What a run wrote in the place of is gone, or belongs to a result now. */
static void lose(rni_recording *r, bool failed)
{
    for (int64_t i = 0; i < r->n_given; i++) {
        const given *g = &r->given[i];
        if (!g->cell || !(failed ? r->spoiled[i] : g->donated)) continue;
        rni_buffer_drop(g->cell->value->buffer);
        g->cell->value->buffer = NULL;
    }
}

static bool take_results(rni_thread *t, rni_recording *r, rn_tensor **out, const rn_site *site)
{
    rni_buffer **made = r->buffers + r->n_given;
    const int64_t *offset = r->offsets + r->n_given;
    bool ok = true;
    for (int64_t i = 0; i < r->n_results; i++) {
        const result *y = &r->result[i];
        rn_tensor *x = y->cell ? y->cell->value : rni_leaf_new(t, y->device, y->dtype, &y->shape, site);
        if (!x) {
            rni_buffer_drop(made[i]);
            ok = false;
            continue;
        }
        if (y->cell) rni_buffer_drop(x->buffer);
        x->offset = offset[i];
        /* another thread may look whether a parameter's new value is there */
        __atomic_store_n(&x->buffer, made[i], __ATOMIC_RELEASE);
        if (!y->cell && !(out[y->out] = rni_scoped(t, x))) ok = false;
    }
    return ok;
}

static bool replay(rni_thread *t, rni_recording *r, rn_tensor **out, const rn_site *site)
{
    if (t->hooks.inside) return rni_fail(RN_ERR_STATE, site, "step", "a hook cannot run steps");
    renew(t, r);
    rni_run run = { .given = r->buffers,
                    .given_offset = r->offsets,
                    .recorded = r->node,
                    .spoiled = r->spoiled,
                    .hooks = &t->hooks,
                    .nan_check = t->nan_check,
                    .result = r->buffers + r->n_given,
                    .result_offset = r->offsets + r->n_given };
    const bool ok = rni_plan_run(r->plan, &run);
    lose(r, !ok);
    if (!ok) return false;
    advance(t, r);
    return take_results(t, r, out, site);
}

/* ---- the public calls ---- */

static rni_hash hash_call(const rn_step *s, rn_tensor *const *in)
{
    const rni_thread *t = s->thread;
    const unsigned modes = t->passes_off << 4 | t->no_grad << 2 | t->testing << 1 | t->nan_check;
    rni_hash h = rni_hash_u64(RNI_HASH_START, (uint64_t)t->precision << 32 | modes);
    h = rni_hash_u64(h, (uint64_t)(uintptr_t)t->device);
    h = rni_hash_u64(h, (uint64_t)t->memory_limit);
    for (int i = 0; i < s->args.inputs; i++) {
        const rn_tensor *x = in[i];
        h = rni_hash_u64(h, (uint64_t)(uintptr_t)x->node->device ^ x->dtype);
        h = rni_hash_bytes(h, x->shape.dim, (size_t)x->shape.rank * sizeof(int64_t));
    }
    return h;
}

/* The form of a call, the latest first; the oldest gives way to a new one. */
static form *find_form(rn_step *s, rni_hash key)
{
    form **at = &s->forms;
    int n = 0;
    while (*at && ((*at)->key.a != key.a || (*at)->key.b != key.b) && ++n < FORMS_MAX) at = &(*at)->next;
    form *f = *at ? *at : rni_alloc((int64_t)sizeof *f);
    if (!f) return NULL;
    if (*at) *at = f->next;
    if (n == FORMS_MAX) recording_free(f->latest);
    if (n == FORMS_MAX || !f->latest) *f = (form){ .key = key };
    f->next = s->forms;
    return s->forms = f;
}

static bool prepare(rn_step *s, rn_tensor *const *in, rn_tensor **out, const rn_site *site)
{
    if (!rn_ok()) {
        rni_error_trail(site, "step");
        return false;
    }
    if (!s) return rni_fail(RN_ERR_ARG, site, "step", "the step is NULL");
    rni_thread *t = rni_thread_self();
    if (t != s->thread) return rni_fail(RN_ERR_STATE, site, "step", "the step belongs to another thread");
    if ((s->args.inputs > 0 && !rni_given(in, site, "step", "in")) || !rni_given(out, site, "step", "out"))
        return false;
    bool known = !t->dirty && !t->sinks;
    for (int i = 0; i < s->args.inputs; i++) {
        if (!rni_is_tensor(in[i], site, "step")) return false;
        known = known && rni_value_of(in[i])->buffer;
    }
    return known || rni_evaluate(t, in, s->args.inputs, site);
}

bool rn_step_run_at(const rn_site *site, rn_step *s, rn_tensor *const *in, rn_tensor **out)
{
    RNI_TRY(prepare(s, in, out, site));
    rni_thread *t = s->thread;
    /* inside another step's recording, or one call at a time: as if there were no step */
    if (t->recording || t->eager || t->recomputing) {
        snprintf(s->why, sizeof s->why, "%s",
                 t->eager ? "every call is computed at once" : "it is a part of another step");
        return record_call(s, NULL, in, out, site);
    }
    form *f = find_form(s, hash_call(s, in));
    if (!f) return false;
    if (f->ready) {
        RNI_TRY(begin_parts(f->latest));
        f->ready = gather(f->latest, in);
    }
    const bool due = f->ready && s->args.check > 0 && f->replays % s->args.check == s->args.check - 1;
    f->replays += f->ready;
    if (!f->ready || due) return record_form(s, f, in, out, site);
    *s->why = 0;
    return replay(t, f->latest, out, site);
}

rn_tensor *rn_step_call_at(const rn_site *site, rn_step *s, rn_list in)
{
    rn_tensor *out[RN_INPUTS_MAX] = { 0 };
    if (!rn_ok()) {
        rni_error_trail(site, "step");
        return NULL;
    }
    if (s && in.n != s->args.inputs) {
        rni_fail(RN_ERR_ARG, site, "step", "called with %lld tensors instead of %d", (long long)in.n, s->args.inputs);
        return NULL;
    }
    return rn_step_run_at(site, s, in.at, out) ? out[0] : NULL;
}

const char *rn_step_why(const rn_step *s)
{
    return s ? s->why : "there is no step";
}

rn_step *rn_step_new_at(const rn_step_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (!rn_ok()) {
        rni_error_trail(&a->site, "step");
        return NULL;
    }
    if (!a->fn || a->inputs < 0 || a->outputs < 1 || a->inputs > RN_INPUTS_MAX || a->outputs > RN_INPUTS_MAX ||
        a->check < 0) {
        rni_fail(RN_ERR_ARG, &a->site, "step", "a step has a function, 0 to %d inputs and 1 to %d outputs",
                 RN_INPUTS_MAX, RN_INPUTS_MAX);
        return NULL;
    }
    rn_step *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return NULL;
    s->args = *a;
    s->thread = rni_thread_self();
    const char *env = getenv("RENSA_CHECK_STEPS");
    if (env && !a->check) s->args.check = strtoll(env, NULL, 10);
    return s;
}

rn_step *rni_step_frozen(const rn_step_args *a)
{
    rn_step *s = rn_step_new_at(a);
    if (s) s->frozen = true;
    return s;
}

void rn_step_free(rn_step *s)
{
    if (!s) return;
    while (s->forms) {
        form *f = s->forms;
        s->forms = f->next;
        recording_free(f->latest);
        rni_free(f);
    }
    rni_free(s);
}
