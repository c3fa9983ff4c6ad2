/* Describing plans: what was recorded, what the passes left undone, what the steps are. */
#include "engine/report.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "base/shape.h"
#include "base/str.h"
#include "engine/cost.h"
#include "engine/fusion.h"
#include "engine/kernel.h"
#include "engine/layout.h"
#include "engine/plan.h"

#include <string.h>

enum { SHAPES = 6 /* of a step, named */, REASONS_MAX = 1000, LINES = 8 /* of reasons, in the log */ };

/* ---- reasons ---- */

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

void rni_why_add(rni_why *w, const char *pass, const char *from, const char *to, const char *why, double bytes)
{
    if (!w) return;
    for (int64_t i = 0; i < w->n; i++) {
        rni_reason *r = &w->at[i];
        if (!same(r->pass, pass) || !same(r->why, why) || !same(r->from, from) || !same(r->to, to)) continue;
        r->count++;
        r->bytes += bytes;
        return;
    }
    if (w->n == REASONS_MAX) return;
    rni_reason *p = rni_grow(w->at, w->n, &w->capacity, (int64_t)sizeof *p);
    if (!p) return;
    w->at = p;
    p[w->n++] = (rni_reason){
        .pass = pass, .why = why, .from = rni_strdup(from), .to = to ? rni_strdup(to) : NULL, .count = 1, .bytes = bytes
    };
}

/* ---- life ---- */

rni_report *rni_report_new(void)
{
    return rn_ok() ? rni_alloc((int64_t)sizeof(rni_report)) : NULL;
}

void rni_report_plan_drop(rni_report_plan *r)
{
    if (!r) return;
    for (int64_t k = 0; k < r->n_steps; k++) {
        rni_report_step *s = &r->step[k];
        rni_free(s->function);
        rni_free(s->grad_of);
        rni_free(s->file);
        rni_free(s->shapes);
        rni_free(s->layout);
        rni_free(s->input);
    }
    for (int64_t i = 0; i < r->why.n; i++) {
        rni_free(r->why.at[i].from);
        rni_free(r->why.at[i].to);
    }
    rni_free(r->why.at);
    rni_free(r->step);
    rni_free(r);
}

void rni_report_free(rni_report *r)
{
    for (int64_t i = 0; r && i < r->n; i++) rni_report_plan_drop(r->plan[i]);
    if (r) rni_free(r->plan);
    rni_free(r);
}

void rni_report_forget_times(rni_report *r)
{
    for (int64_t i = 0; i < r->n; i++) r->plan[i]->runs = 0;
}

static bool see(void *user, const rn_function_run *run)
{
    const rni_report *r = user;
    int64_t i = r->n - 1;
    while (i >= 0 && r->plan[i]->number != run->plan) i--;
    if (i < 0 || run->step >= r->plan[i]->n_steps) return true;
    rni_report_plan *p = r->plan[i];
    double *shortest = &p->step[run->step].seconds;
    if (p->runs == 0 || run->seconds < *shortest) *shortest = run->seconds;
    p->runs += run->step + 1 == run->steps;
    return true;
}

static void leave(void *user)
{
    (void)user;
    rni_thread_self()->report = NULL;
}

bool rni_report_push(rni_report *r)
{
    static const rn_function_hook hook = { .name = "report", .end = see, .removed = leave };
    if (!r || !rn_function_hook_push(&hook, r)) return false;
    rni_thread_self()->report = r;
    return true;
}

double rni_report_flop(const rni_report_step *s)
{
    return s->counted ? rni_cost_flop(&s->cost) : -1;
}

/* ---- what was recorded ---- */

static void count_nodes(rni_report_plan *r, const rni_graph *g)
{
    int64_t most = 0;
    for (int64_t k = 0; k < g->n_nodes; k++)
        if (g->node[k].n_in + g->node[k].n_out > most) most = g->node[k].n_in + g->node[k].n_out;
    rn_view *views = rni_alloc((most + 1) * (int64_t)sizeof *views);
    for (int64_t k = 0; views && k < g->n_nodes; k++) {
        const rni_gnode *n = &g->node[k];
        rn_kernel_call call;
        rn_cost cost;
        r->recorded.calls++;
        r->recorded.views += n->op->kind == RN_VIEW;
        if (n->op->kind == RN_VIEW || !rni_kernel_call_init(g, n, &call, views)) continue;
        if (rni_cost_of(n->op, &call, &cost)) r->recorded.flop += rni_cost_flop(&cost);
        r->recorded.bytes += cost.bytes;
    }
    rni_free(views);
}

/* The value whose memory v would have: that of which it is a view. */
static int32_t root_of(const rni_graph *g, int32_t v)
{
    for (int32_t p; (p = g->value[v].producer) >= 0 && g->node[p].op->kind == RN_VIEW;) v = g->in[g->node[p].first_in];
    return v;
}

static void count_peak(rni_report_plan *r, const rni_graph *g)
{
    int64_t *last = rni_alloc((g->n_values + g->n_nodes + 2) * (int64_t)sizeof *last);
    if (!last) return;
    int64_t *change = last + g->n_values, live = 0;
    for (int64_t k = 0; k < g->n_nodes; k++)
        for (int32_t i = 0; i < g->node[k].n_in; i++) {
            const int32_t v = g->in[g->node[k].first_in + i];
            if (v >= 0) last[root_of(g, v)] = k;
        }
    for (int64_t v = 0; v < g->n_values; v++)
        if (g->value[v].output >= 0) last[root_of(g, (int32_t)v)] = g->n_nodes;
    for (int64_t v = 0; v < g->n_values; v++) {
        const int32_t p = g->value[v].producer;
        if (p < 0 || g->node[p].op->kind == RN_VIEW) continue;
        r->recorded.values++;
        change[p] += g->value[v].bytes;
        change[(last[v] > p ? last[v] : p) + 1] -= g->value[v].bytes;
    }
    for (int64_t k = 0; k < g->n_nodes; k++) {
        live += change[k];
        if (live > r->recorded.peak) r->recorded.peak = live;
    }
    rni_free(last);
}

rni_report_plan *rni_report_plan_begin(const rni_graph *g)
{
    rni_report *all = rni_thread_self()->report;
    if (!all && !rni_log_on(RN_LOG_DEBUG, "plan")) return NULL;
    rni_report_plan *r = rni_alloc((int64_t)sizeof *r);
    if (!r) return NULL;
    count_nodes(r, g);
    count_peak(r, g);
    for (int64_t v = 0; v < g->n_values; v++) {
        if (g->value[v].given < 0) continue;
        r->given_bytes += g->value[v].bytes;
        if (g->value[v].donated) r->donated_bytes += g->value[v].bytes;
    }
    if (rn_ok()) return r;
    rni_report_plan_drop(r);
    return NULL;
}

/* ---- steps ---- */

static void add_view(rni_str *s, const rn_view *v)
{
    char text[RNI_SHAPE_TEXT];
    rn_shape shape = { .rank = v->rank };
    memcpy(shape.dim, v->dim, sizeof shape.dim);
    rni_str_addf(s, "%s%s%s", s->length ? " " : "", rn_dtype_name(v->dtype), rni_shape_text(&shape, text));
}

/* Types and shapes as the values have them: steps may see their axes in another order. */
static char *shapes_of(const rni_step *s)
{
    rni_str text = { 0 };
    for (int i = 0; i < s->call.n_in + s->call.n_out; i++) {
        if (i == s->call.n_in) rni_str_add(&text, text.length ? " ->" : "->");
        if ((i >= SHAPES && i < s->call.n_in) || i >= s->call.n_in + SHAPES) {
            if (i == SHAPES || i == s->call.n_in + SHAPES) rni_str_add(&text, " ...");
            continue;
        }
        rn_view v = s->call.in[i];
        for (int a = 0; s->reordered && a < v.rank; a++) {
            v.dim[s->order[a]] = s->call.in[i].dim[a];
            v.stride[s->order[a]] = s->call.in[i].stride[a];
        }
        if (v.dtype) add_view(&text, &v);
    }
    return text.at ? text.at : rni_strdup("");
}

static char *layout_of(const rni_step *s)
{
    if (s->call.n_out == 0) return NULL;
    rn_view v = s->call.out[0];
    for (int a = 0; s->reordered && a < v.rank; a++) {
        v.dim[s->order[a]] = s->call.out[0].dim[a];
        v.stride[s->order[a]] = s->call.out[0].stride[a];
    }
    if (rni_view_is_contiguous(&v)) return NULL;
    int order[RN_MAX_RANK];
    rni_layout_order(&v, order);
    rni_str text = { 0 };
    for (int i = 0; i < v.rank; i++) rni_str_addf(&text, "%s%d", i ? "," : "", order[i]);
    return text.at;
}

static bool in_place(const rni_step *s)
{
    if (s->call.n_out == 0) return false;
    const rni_place *y = &s->place[s->call.n_in];
    for (int i = 0; i < s->call.n_in; i++)
        if (s->call.in[i].dtype && s->place[i].region == y->region && s->place[i].offset == y->offset) return true;
    return false;
}

static bool is_plain_c(const rni_step *s)
{
    void *inner;
    const rn_backend *b = s->device->backend;
    if (b->wraps) b = b->wraps(s->device->handle, &inner);
    for (const rn_kernel *k = b ? b->kernels : NULL; k && k->op; k++)
        if (k == s->kernel) return false;
    return true;
}

static bool take_inputs(rni_report_step *to, const rni_step *s, const int32_t *writer)
{
    to->input = rni_alloc((s->call.n_in + 1) * (int64_t)sizeof *to->input);
    for (int i = 0; to->input && i < s->call.n_in; i++) {
        bool known = !s->call.in[i].dtype;
        for (int k = 0; k < to->n_inputs && !known; k++) known = to->input[k] == writer[i];
        if (!known) to->input[to->n_inputs++] = writer[i];
    }
    return to->input != NULL;
}

static bool describe(rni_report_step *to, const rni_step *s, const int32_t *writer)
{
    *to = (rni_report_step){ .function = rni_strdup(s->fusion ? s->fusion->name : s->op->name),
                             .grad_of = s->grad_of ? rni_strdup(s->grad_of) : NULL,
                             .file = s->site.file ? rni_strdup(s->site.file) : NULL,
                             .line = s->site.line,
                             .shapes = shapes_of(s),
                             .layout = layout_of(s),
                             .kernel = s->kernel->op,
                             .added = s->why,
                             .calls = s->fusion ? s->fusion->calls : 1,
                             .in_place = in_place(s),
                             .within = s->call.within,
                             .plain_c = is_plain_c(s),
                             .live = s->live };
    to->counted = rni_cost_of(s->op, &s->call, &to->cost);
    to->cost.in = to->cost.out = NULL;
    to->cost.opts = NULL;
    return take_inputs(to, s, writer) && rn_ok();
}

/* ---- the log ---- */

static void log_plan(const rni_report_plan *r)
{
    int64_t fused = 0, in_places = 0, added = 0;
    for (int64_t k = 0; k < r->n_steps; k++) {
        fused += r->step[k].calls > 1;
        in_places += r->step[k].in_place;
        added += r->step[k].added != NULL;
    }
    rni_log(
        RN_LOG_DEBUG, "plan",
        "plan %llu: %lld calls (%lld views) in %lld steps; %lld of them are several, %lld in place, %lld copies put in",
        (unsigned long long)r->number, (long long)r->recorded.calls, (long long)r->recorded.views,
        (long long)r->n_steps, (long long)fused, (long long)in_places, (long long)added);
    rni_log(RN_LOG_DEBUG, "plan",
            "plan %llu: %.4g flop; %.4g bytes moved instead of %.4g; peak %.4g bytes instead of %.4g",
            (unsigned long long)r->number, r->flop, r->bytes, r->recorded.bytes, (double)r->peak,
            (double)r->recorded.peak);
    for (int64_t i = 0; i < r->why.n && i < LINES; i++) {
        const rni_reason *w = &r->why.at[i];
        rni_log(RN_LOG_DEBUG, "plan", "plan %llu: %s: %s%s%s: %s (%lld times, %.4g bytes)",
                (unsigned long long)r->number, w->pass, w->from, w->to ? " -> " : "", w->to ? w->to : "", w->why,
                (long long)w->count, w->bytes);
    }
}

bool rni_report_plan_end(rni_report_plan *r, const rni_plan *p, const int32_t *writer)
{
    rni_report *all = rni_thread_self()->report;
    r->step = rni_alloc((p->n_steps + 1) * (int64_t)sizeof *r->step);
    r->number = p->number;
    snprintf(r->device, sizeof r->device, "%s", p->device->name);
    bool ok = r->step != NULL;
    for (int64_t k = 0; ok && k < p->n_steps; k++) {
        rni_report_step *s = &r->step[r->n_steps++];
        ok = describe(s, &p->step[k], writer + (p->step[k].call.in - p->views));
        if (s->counted) r->flop += rni_cost_flop(&s->cost);
        r->bytes += s->cost.bytes;
        if (s->live > r->peak) r->peak = s->live;
    }
    for (int32_t i = 0; i < p->n_own; i++) r->result_bytes += p->own_bytes[i];
    r->slab_bytes = p->slab_bytes;
    if (ok) log_plan(r);
    rni_report_plan **at = ok && all ? rni_grow(all->plan, all->n, &all->capacity, (int64_t)sizeof *at) : NULL;
    if (at) {
        all->plan = at;
        at[all->n++] = r;
    } else
        rni_report_plan_drop(r);
    return rn_ok();
}
