/* Fusion: elementwise calls of one shape that read each other's results, or the same values, become one call, so that
 * what lies between them never goes to memory. Calls that nobody needs are left out.
 *
 * Every node gets a level that no edge lowers; an edge keeps it only between two calls that may be computed together,
 * all others raise it. Calls of one level that are tied together are a group; between groups there can be no cycle,
 * since a way out of a group and back would have raised the level. A call whose readers are all in one later group is
 * moved there, so that its result needs no memory. */
#include "engine/fusion.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "base/str.h"
#include "engine/map.h"

#include <string.h>

/* What a group may come to: operands and registers must stay in the first cache. */
enum { INPUTS_MOST = 24, RESULTS_MOST = 12, INSTRUCTIONS_MOST = 160 };

typedef struct {
    const rn_program *program; /* NULL: cannot be fused */
    int32_t level, group;      /* group: a node nearer to the first one of it; itself for the first */
    int32_t inputs, instructions;
    int32_t next, last; /* of the first node: members in their order */
    bool done;
} member;

typedef struct {
    rni_graph *g;
    member *m;
    int32_t *first_reader, *next_reader; /* of each value: operands that read it, by their place in g->in */
    int32_t *reader;                     /* node of each operand */
    int32_t *producer;                   /* node of each value */
    int32_t *renamed;                    /* values of the new graph for those of fused calls */
    int32_t *stack;                      /* groups to be emitted */
    int64_t depth, cap_stack;
} fuser;

static const rni_gvalue *result_of(const fuser *f, int32_t k, int i)
{
    return &f->g->value[f->g->node[k].first_out + i];
}

static bool takes_joined(const rni_device *d)
{
    void *inner;
    const rn_backend *b = d->backend->wraps ? d->backend->wraps(d->handle, &inner) : d->backend;
    return b && b->flags & RN_BACKEND_JOINS;
}

static const rn_program *program_of(const fuser *f, const rni_gnode *n)
{
    if (n->op->kind != RN_MAP || n->op->flags & RN_OP_LIST_OUT || !takes_joined(n->device) || n->n_in > RN_INPUTS_MAX ||
        n->n_out > RESULTS_MOST)
        return NULL;
    rn_dtype in[RN_INPUTS_MAX], out[RESULTS_MOST];
    for (int i = 0; i < n->n_in; i++) {
        const int32_t v = f->g->in[n->first_in + i];
        if (v < 0) return NULL;
        in[i] = f->g->value[v].dtype;
    }
    for (int i = 0; i < n->n_out; i++) out[i] = f->g->value[n->first_out + i].dtype;
    const rn_program *p = rni_map_program(n->op, false, rni_map_compute(n->op, in, n->n_in, out, n->n_out), &n->site);
    if (!p || p->raw || p->n_instr > INSTRUCTIONS_MOST)
        return NULL; /* an error must name the call that reads by position */
    /* where an element lies would be another matter in another order of axes */
    return p->uses_index && f->g->value[n->first_out].shape.rank > 3 ? NULL : p;
}

/* Whether two calls can be one: same elements, same arithmetic. */
static bool alike(const fuser *f, int32_t a, int32_t b)
{
    const rn_program *p = f->m[a].program, *q = f->m[b].program;
    return p && q && p->compute == q->compute && f->g->node[a].device == f->g->node[b].device &&
           rni_shape_equal(&result_of(f, a, 0)->shape, &result_of(f, b, 0)->shape);
}

static bool is_half(rn_dtype d)
{
    return d == RN_F16 || d == RN_BF16;
}

/* Whether a result is in memory what it is in a register: of the type computed in, a truth value, or rounded. */
static bool passes(const fuser *f, int32_t v)
{
    const rni_gvalue *x = &f->g->value[v];
    const rn_program *p = f->m[f->producer[v]].program;
    if (x->dtype == p->compute || (p->compute == RN_F32 && is_half(x->dtype))) return true;
    if (x->dtype != RN_BOOL) return false;
    const uint16_t r = p->out[v - f->g->node[f->producer[v]].first_out];
    for (int k = p->n_instr - 1; k >= 0; k--) {
        if (p->instr[k].dst != r) continue;
        const rn_code c = (rn_code)p->instr[k].code;
        return c == RN_CODE_LT || c == RN_CODE_LE || c == RN_CODE_EQ || c == RN_CODE_NE || c == RN_CODE_AND ||
               c == RN_CODE_OR || c == RN_CODE_NOT || c == RN_CODE_ISNAN || c == RN_CODE_ISINF;
    }
    return false;
}

/* Whether node k may read value v within a group. */
static bool joins(const fuser *f, int32_t v, int32_t k)
{
    const int32_t p = f->producer[v];
    return p >= 0 && alike(f, p, k) && passes(f, v);
}

/* ---- levels ---- */

static int32_t level_above_inputs(const fuser *f, int32_t k)
{
    const rni_gnode *n = &f->g->node[k];
    int32_t level = 0;
    for (int i = 0; i < n->n_in; i++) {
        const int32_t v = f->g->in[n->first_in + i], p = v < 0 ? -1 : f->producer[v];
        if (p < 0) continue;
        const int32_t least = f->m[p].level + !joins(f, v, k);
        if (least > level) level = least;
    }
    const int32_t before = n->after < 0 ? -1 : f->producer[n->after];
    return before >= 0 && f->m[before].level > level ? f->m[before].level : level;
}

/* The level of the one group that reads all results of node k, -1 if there is none. */
static int32_t level_of_readers(const fuser *f, int32_t k)
{
    const rni_gnode *n = &f->g->node[k];
    int32_t level = -1;
    for (int o = 0; o < n->n_out; o++) {
        const int32_t v = n->first_out + o;
        if (f->g->value[v].output >= 0) return -1;
        for (int32_t at = f->first_reader[v]; at >= 0; at = f->next_reader[at]) {
            const int32_t r = f->reader[at];
            if (!joins(f, v, r) || (level >= 0 && f->m[r].level != level)) return -1;
            level = f->m[r].level;
        }
    }
    return level;
}

static void set_levels(fuser *f)
{
    for (int32_t k = 0; k < f->g->n_nodes; k++) f->m[k].level = level_above_inputs(f, k);
    for (int32_t k = (int32_t)f->g->n_nodes - 1; k >= 0; k--) {
        const int32_t later = f->m[k].program ? level_of_readers(f, k) : -1;
        if (later > f->m[k].level) f->m[k].level = later;
    }
}

/* ---- groups ---- */

static int32_t first_of(fuser *f, int32_t k)
{
    while (f->m[k].group != k) {
        f->m[k].group = f->m[f->m[k].group].group;
        k = f->m[k].group;
    }
    return k;
}

static bool fits(const member *x, const member *y)
{
    return x->inputs + y->inputs <= INPUTS_MOST && x->instructions + y->instructions <= INSTRUCTIONS_MOST;
}

static void unite(fuser *f, int32_t a, int32_t b)
{
    a = first_of(f, a);
    b = first_of(f, b);
    if (a == b) return;
    member *x = &f->m[a < b ? a : b], *y = &f->m[a < b ? b : a];
    y->group = a < b ? a : b;
    x->inputs += y->inputs;
    x->instructions += y->instructions;
}

/* Ties node k to the calls of its level whose results it reads; where they would be too many, it begins a new level. */
static void tie(fuser *f, int32_t k)
{
    const rni_gnode *n = &f->g->node[k];
    const int32_t least = level_above_inputs(f, k);
    if (least > f->m[k].level) f->m[k].level = least;
    int32_t near[RN_INPUTS_MAX];
    int count = 0;
    member all = f->m[k];
    for (int i = 0; i < n->n_in; i++) {
        const int32_t v = f->g->in[n->first_in + i];
        if (v < 0 || !joins(f, v, k) || f->m[f->producer[v]].level != f->m[k].level) continue;
        const int32_t p = first_of(f, f->producer[v]);
        bool known = false;
        for (int m = 0; m < count; m++) known = known || near[m] == p;
        if (known) continue;
        near[count++] = p;
        if (!fits(&all, &f->m[p])) {
            f->m[k].level++;
            return;
        }
        all.inputs += f->m[p].inputs;
        all.instructions += f->m[p].instructions;
    }
    for (int m = 0; m < count; m++) unite(f, near[m], k);
}

/* Calls of one level that read the same value: it is read once. */
static void tie_readers(fuser *f, int32_t v)
{
    for (int32_t at = f->first_reader[v]; at >= 0; at = f->next_reader[at])
        for (int32_t other = f->next_reader[at]; other >= 0; other = f->next_reader[other]) {
            const int32_t a = f->reader[at], b = f->reader[other];
            if (!alike(f, a, b) || f->m[a].level != f->m[b].level) continue;
            if (!rni_shape_equal(&f->g->value[v].shape, &result_of(f, a, 0)->shape)) continue;
            if (fits(&f->m[first_of(f, a)], &f->m[first_of(f, b)])) unite(f, a, b);
            break; /* the next one is tied to that in its turn */
        }
}

static void set_groups(fuser *f)
{
    rni_graph *g = f->g;
    for (int32_t k = 0; k < g->n_nodes; k++) {
        member *m = &f->m[k];
        m->group = m->last = k;
        m->next = -1;
        m->inputs = g->node[k].n_in;
        m->instructions = m->program ? m->program->n_instr : 0;
    }
    for (int32_t k = 0; k < g->n_nodes; k++) {
        if (f->m[k].program)
            tie(f, k);
        else
            f->m[k].level = level_above_inputs(f, k);
    }
    for (int32_t v = 0; v < g->n_values; v++) tie_readers(f, v);
    for (int32_t k = 0; k < g->n_nodes; k++) {
        const int32_t first = first_of(f, k);
        if (first == k) continue;
        f->m[f->m[first].last].next = k;
        f->m[first].last = k;
    }
}

/* ---- the new graph ---- */

/* A group on its way to being one call. */
typedef struct {
    int32_t in[INPUTS_MOST + RN_INPUTS_MAX];
    int n_in, n_parts, n_results, n_out;
    int32_t *part_of; /* node of each part */
    int32_t *first_result;
    int32_t *out, *value; /* results that are read outside, and their values */
    int32_t *from;        /* operands of all parts */
    rn_dtype *rounded;    /* of all results: those that are to be rounded within */
    rni_join_part *part;
} group;

static bool is_read_outside(fuser *f, int32_t v, int32_t first)
{
    if (f->g->value[v].output >= 0) return true;
    for (int32_t at = f->first_reader[v]; at >= 0; at = f->next_reader[at])
        if (first_of(f, f->reader[at]) != first) return true;
    return false;
}

/* The type of a 16-bit result that the group reads itself; of others RN_DTYPE_NONE. */
static rn_dtype rounded_within(fuser *f, int32_t v, int32_t first)
{
    if (!is_half(f->g->value[v].dtype)) return RN_DTYPE_NONE;
    for (int32_t at = f->first_reader[v]; at >= 0; at = f->next_reader[at])
        if (first_of(f, f->reader[at]) == first) return f->g->value[v].dtype;
    return RN_DTYPE_NONE;
}

static int32_t operand(fuser *f, group *q, int32_t first, int32_t v)
{
    const int32_t p = f->producer[v];
    if (p >= 0 && first_of(f, p) == first) {
        int k = 0;
        while (q->part_of[k] != p) k++;
        return -1 - (q->first_result[k] + v - f->g->node[p].first_out);
    }
    int i = 0;
    while (i < q->n_in && q->in[i] != f->renamed[v]) i++;
    if (i == q->n_in) q->in[q->n_in++] = f->renamed[v];
    return i;
}

static void collect(fuser *f, group *q, int32_t first)
{
    int32_t *from = q->from;
    for (int32_t k = first; k >= 0; k = f->m[k].next) {
        const rni_gnode *n = &f->g->node[k];
        q->part_of[q->n_parts] = k;
        q->first_result[q->n_parts] = q->n_results;
        q->part[q->n_parts++] = (rni_join_part){ f->m[k].program, from, q->rounded + q->n_results };
        for (int i = 0; i < n->n_in; i++) *from++ = operand(f, q, first, f->g->in[n->first_in + i]);
        for (int o = 0; o < n->n_out; o++, q->n_results++) {
            q->rounded[q->n_results] = rounded_within(f, n->first_out + o, first);
            if (!is_read_outside(f, n->first_out + o, first)) continue;
            q->out[q->n_out] = q->n_results;
            q->value[q->n_out++] = n->first_out + o;
        }
    }
}

static char *name_of(const fuser *f, const group *q)
{
    rni_str s = { 0 };
    for (int k = 0; k < q->n_parts && k < 5; k++)
        rni_str_addf(&s, "%s%s", k ? "+" : "", f->g->node[q->part_of[k]].op->name);
    if (q->n_parts > 5) rni_str_addf(&s, "+%d more", q->n_parts - 5);
    return s.at;
}

static rni_fusion *fusion_of(const fuser *f, const group *q)
{
    rni_fusion *u = rni_alloc((int64_t)sizeof *u);
    if (!u) return NULL;
    u->name = name_of(f, q);
    u->program = u->name ? rni_program_join(q->part, q->n_parts, q->n_in, q->out, q->n_out, u->name) : NULL;
    u->calls = q->n_parts;
    u->part = rni_alloc(q->n_parts * (int64_t)sizeof *u->part);
    u->scalars = u->program ? rni_alloc((u->program->n_scalar + 1) * (int64_t)sizeof *u->scalars) : NULL;
    bool ok = u->program && u->part && u->scalars;
    for (int k = 0; ok && k < q->n_parts; k++) {
        const rni_gnode *n = &f->g->node[q->part_of[k]];
        if (q->part[k].program->n_scalar == 0) continue;
        rni_part *p = &u->part[u->n_parts++];
        *p = (rni_part){ .op = n->op, .recorded = n->recorded };
        if (!n->lowered) continue;
        p->opts = rni_alloc_raw((int64_t)n->op->opts_size);
        ok = p->opts != NULL;
        if (ok) memcpy(p->opts, n->opts, n->op->opts_size);
    }
    if (ok) return u;
    rni_fusion_free(u);
    return NULL;
}

static bool group_alloc(const fuser *f, group *q, int32_t first)
{
    int64_t parts = 0, operands = 0, results = 0;
    for (int32_t k = first; k >= 0; k = f->m[k].next) {
        parts++;
        operands += f->g->node[k].n_in;
        results += f->g->node[k].n_out;
    }
    q->part = rni_alloc(parts * (int64_t)sizeof *q->part);
    q->part_of = rni_alloc((2 * parts + 2 * results + operands) * (int64_t)sizeof *q->part_of);
    q->rounded = rni_alloc((results + 1) * (int64_t)sizeof *q->rounded);
    if (!q->part || !q->part_of || !q->rounded) return false;
    q->first_result = q->part_of + parts;
    q->out = q->first_result + parts;
    q->value = q->out + results;
    q->from = q->value + results;
    return true;
}

/* Appends the group as one call; its results get new numbers, one after the other. */
static bool emit_group(fuser *f, rni_graph *to, int32_t first)
{
    group q = { 0 };
    bool ok = group_alloc(f, &q, first);
    if (ok) collect(f, &q, first);
    rni_fusion *u = ok ? fusion_of(f, &q) : NULL;
    rni_gnode *n = u ? rni_graph_node(to, f->g->node[f->m[first].last].op, q.in, q.n_in, q.n_out) : NULL;
    ok = n != NULL;
    if (!ok) rni_fusion_free(u);
    if (ok) {
        const rni_gnode *last = &f->g->node[f->m[first].last];
        const int32_t number = (int32_t)to->n_nodes - 1;
        n->fusion = u;
        n->recorded = last->recorded;
        n->lowered = true;
        n->site = last->site;
        n->grad_of = last->grad_of;
        n->device = last->device;
        n->first_out = (int32_t)to->n_values;
        for (int o = 0; ok && o < q.n_out; o++) {
            const rni_gvalue old = to->value[q.value[o]];
            const int32_t v = rni_graph_value(to, old.dtype, &old.shape);
            f->g->value = to->value; /* it may have moved */
            ok = v >= 0;
            if (!ok) break;
            to->value[v].producer = number;
            to->value[v].output = old.output;
            to->value[q.value[o]].output = -1;
            f->renamed[q.value[o]] = v;
        }
    }
    rni_free(q.part);
    rni_free(q.part_of);
    rni_free(q.rounded);
    return ok;
}

static bool emit_node(fuser *f, rni_graph *to, int32_t k)
{
    const rni_gnode *n = &f->g->node[k];
    int32_t few[RN_INPUTS_MAX], *in = n->n_in <= RN_INPUTS_MAX ? few : rni_alloc(n->n_in * (int64_t)sizeof *in);
    for (int i = 0; in && i < n->n_in; i++) {
        const int32_t v = f->g->in[n->first_in + i];
        in[i] = v < 0 ? -1 : f->renamed[v];
    }
    rni_gnode *m = in ? rni_graph_node(to, n->op, in, n->n_in, n->n_out) : NULL;
    if (in != few) rni_free(in);
    if (!m) return false;
    const int32_t first_in = m->first_in;
    *m = *n;
    m->first_in = first_in;
    m->after = -1; /* numbers of values change */
    for (int o = 0; o < n->n_out; o++) to->value[n->first_out + o].producer = (int32_t)to->n_nodes - 1;
    return true;
}

static bool push(fuser *f, int32_t first)
{
    int32_t *s = rni_grow(f->stack, f->depth, &f->cap_stack, (int64_t)sizeof *s);
    if (!s) return false;
    f->stack = s;
    f->stack[f->depth++] = first;
    return true;
}

/* Pushes what the group needs and has not been emitted. */
static bool push_needed(fuser *f, int32_t first, bool *any)
{
    *any = false;
    for (int32_t k = first; k >= 0; k = f->m[k].next) {
        const rni_gnode *n = &f->g->node[k];
        for (int i = 0; i < n->n_in; i++) {
            const int32_t v = f->g->in[n->first_in + i], p = v < 0 ? -1 : f->producer[v];
            const int32_t other = p < 0 ? first : first_of(f, p);
            if (other == first || f->m[other].done) continue;
            if (!push(f, other)) return false;
            *any = true;
        }
    }
    return true;
}

/* Appends a group, after those whose results it reads. */
static bool emit(fuser *f, rni_graph *to, int32_t first)
{
    bool ok = push(f, first);
    while (ok && f->depth > 0) {
        const int32_t at = f->stack[f->depth - 1];
        bool waits = false;
        if (!f->m[at].done) ok = push_needed(f, at, &waits);
        if (waits || !ok) continue;
        if (!f->m[at].done) ok = f->m[at].next < 0 ? emit_node(f, to, at) : emit_group(f, to, at);
        f->m[at].done = true;
        f->depth--;
    }
    return ok;
}

/* Taking composites apart leaves calls whose results nobody reads. */
static bool is_needed(const fuser *f, const rni_gnode *n)
{
    for (int32_t v = n->first_out; v < n->first_out + n->n_out; v++)
        if (f->g->value[v].output >= 0 || f->first_reader[v] >= 0) return true;
    return false;
}

static bool prepare(fuser *f)
{
    rni_graph *g = f->g;
    f->m = rni_alloc((g->n_nodes + 1) * (int64_t)sizeof *f->m);
    f->first_reader = rni_alloc_raw((3 * g->n_values + 2 * g->n_in + 1) * (int64_t)sizeof *f->first_reader);
    if (!f->m || !f->first_reader) return false;
    f->renamed = f->first_reader + g->n_values;
    f->producer = f->renamed + g->n_values;
    f->next_reader = f->producer + g->n_values;
    f->reader = f->next_reader + g->n_in;
    for (int32_t v = 0; v < g->n_values; v++) {
        f->first_reader[v] = -1;
        f->renamed[v] = v;
        f->producer[v] = g->value[v].producer;
    }
    for (int32_t k = (int32_t)g->n_nodes - 1; k >= 0; k--) {
        const rni_gnode *n = &g->node[k];
        if (!is_needed(f, n)) {
            f->m[k].done = true;
            continue;
        }
        f->m[k].program = program_of(f, n);
        for (int32_t i = n->first_in + n->n_in - 1; i >= n->first_in; i--) {
            f->reader[i] = k;
            f->next_reader[i] = -1;
            if (g->in[i] < 0) continue;
            f->next_reader[i] = f->first_reader[g->in[i]];
            f->first_reader[g->in[i]] = i;
        }
    }
    return rn_ok();
}

static bool anything_to_do(const fuser *f)
{
    for (int64_t k = 0; k < f->g->n_nodes; k++)
        if (f->m[k].next >= 0 || f->m[k].done) return true;
    return false;
}

/* The values and tensors of g stay where they are, its nodes are made anew. */
static bool rebuild(fuser *f)
{
    rni_graph *g = f->g;
    rni_graph to = *g;
    to.node = NULL;
    to.in = NULL;
    to.n_nodes = to.cap_nodes = to.n_in = to.cap_in = 0;
    bool ok = true;
    for (int32_t k = 0; ok && k < g->n_nodes; k++) {
        const int32_t first = first_of(f, k);
        if (f->m[first].last == k && !f->m[first].done) ok = emit(f, &to, first);
    }
    g->n_values = to.n_values;
    g->cap_values = to.cap_values;
    rni_free(ok ? g->node : NULL);
    rni_free(ok ? g->in : NULL);
    if (ok) {
        *g = to;
        return true;
    }
    for (int64_t k = 0; k < to.n_nodes; k++) rni_fusion_free(to.node[k].fusion);
    rni_free(to.node);
    rni_free(to.in);
    return false;
}

/* ---- what was not fused ---- */

/* Why call k is no part of what could be fused, NULL if it is. */
static const char *why_alone(const fuser *f, int32_t k)
{
    const rni_gnode *n = &f->g->node[k];
    if (f->m[k].program) return NULL;
    if (n->op->kind != RN_MAP) return n->op->kind == RN_REDUCE ? "it is a reduction" : "it has a kernel of its own";
    if (!takes_joined(n->device)) return "the device takes no joined calls";
    if (n->op->flags & RN_OP_LIST_OUT) return "it computes many results at once";
    return "it is too large, or depends on positions";
}

/* Why call `to` is not one with the call whose result v it reads. */
static const char *why_apart(const fuser *f, int32_t v, int32_t to)
{
    const int32_t from = f->producer[v];
    const char *alone = why_alone(f, to);
    if (!alone) alone = why_alone(f, from);
    if (alone) return alone;
    if (f->g->node[from].device != f->g->node[to].device) return "they are on different devices";
    if (f->m[from].program->compute != f->m[to].program->compute) return "they compute in different types";
    if (!alike(f, from, to)) return "their results have different shapes";
    if (!passes(f, v)) return "the value between them changes with its type";
    if (f->m[from].level != f->m[to].level) return "what lies between them must come first";
    return "together they would need too many operands or instructions";
}

/* Of neighbours of which one is elementwise: others have nothing to do with this pass. */
static void tell_why(fuser *f)
{
    for (int32_t v = 0; v < f->g->n_values; v++) {
        const int32_t p = f->producer[v];
        for (int32_t at = p < 0 ? -1 : f->first_reader[v]; at >= 0; at = f->next_reader[at]) {
            const int32_t r = f->reader[at];
            const rni_gnode *a = &f->g->node[p], *b = &f->g->node[r];
            if (first_of(f, p) == first_of(f, r) || (a->op->kind != RN_MAP && b->op->kind != RN_MAP)) continue;
            if (a->op->kind == RN_VIEW || b->op->kind == RN_VIEW) continue;
            rni_why_add(f->g->why, "fuse", a->op->name, b->op->name, why_apart(f, v, r), (double)f->g->value[v].bytes);
        }
    }
}

bool rni_fuse(rni_graph *g)
{
    fuser f = { .g = g };
    bool ok = prepare(&f);
    if (ok) {
        set_levels(&f);
        set_groups(&f);
        if (g->why) tell_why(&f);
        if (anything_to_do(&f)) ok = rebuild(&f);
    }
    rni_free(f.m);
    rni_free(f.first_reader);
    rni_free(f.stack);
    return ok;
}

void rni_fusion_free(rni_fusion *f)
{
    if (!f || f->shares-- > 0) return;
    for (int k = 0; f->part && k < f->n_parts; k++) rni_free(f->part[k].opts);
    rni_free(f->part);
    rni_free(f->scalars);
    rni_free(f->program);
    rni_free(f->name);
    rni_free(f);
}

void rni_fusion_scalars(rni_fusion *f, rni_node *const *recorded)
{
    double *to = f->scalars;
    for (int k = 0; k < f->n_parts; k++) {
        const rni_part *p = &f->part[k];
        to += rni_map_scalars(p->op, p->opts ? p->opts : recorded[p->recorded]->opts, to);
    }
}
