/* Running a plan: memory for this run, then one kernel after the other. */
#include "engine/plan.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "engine/explain.h"
#include "engine/fusion.h"
#include "engine/map.h"
#include "engine/nan_check.h"
#include "engine/staged.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

enum { FEW = 64 /* buffers */, WHY = 1024 /* bytes */ };

static pthread_mutex_t reports = PTHREAD_MUTEX_INITIALIZER;

bool rni_step_failed(rn_kernel_call *call, int status, const char *fmt, ...)
{
    rni_step *s = call->engine;
    pthread_mutex_lock(&reports);
    if (s->failure.status == RN_OK) {
        s->failure.status = (rn_status)status;
        s->failure.why = rni_alloc_raw(WHY);
        va_list args;
        va_start(args, fmt);
        if (s->failure.why) vsnprintf(s->failure.why, WHY, fmt, args);
        va_end(args);
    }
    pthread_mutex_unlock(&reports);
    return false;
}

bool rni_step_raise(rni_step *s)
{
    const bool said = s->failure.status != RN_OK;
    if (!said && !rn_ok()) return false;
    rn_error_clear();
    rni_fail(said ? s->failure.status : RN_ERR_DEVICE, &s->site, s->op->name, "%s",
             s->failure.why ? s->failure.why : "its kernel failed");
    if (s->grad_of) rni_error_add("in", "the gradient of %s", s->grad_of);
    rni_free(s->failure.why);
    s->failure.status = RN_OK;
    s->failure.why = NULL;
    return false;
}

/* The calls that this run is for may stand on other lines than those that the plan was compiled for. */
static void locate(rni_step *s, const rni_run *r)
{
    if (s->recorded < 0) return;
    s->site = r->recorded[s->recorded]->site;
    s->grad_of = r->recorded[s->recorded]->grad_of;
}

/* Gives the step's call what belongs to this run. */
static void bind(rni_step *s, char *const *base, char *slab, const rni_run *r)
{
    rn_kernel_call *c = &s->call;
    const int n = c->n_in + c->n_out;
    for (int i = 0; i < n; i++)
        if (c->in[i].dtype)
            c->in[i].data = (void *)((uintptr_t)base[s->place[i].region] + (uintptr_t)s->place[i].offset);
    if (!s->lowered) c->opts = r->recorded[s->recorded]->opts;
    if (s->fusion) {
        rni_fusion_scalars(s->fusion, r->recorded);
        c->scalars = s->fusion->scalars;
    } else if (c->map) {
        s->n_scalars = c->opts && s->op->kind == RN_MAP ? rni_map_scalars(s->op, c->opts, s->scalars) : 0;
        c->scalars = s->scalars;
    }
    c->state = s->state;
    c->workspace = s->workspace ? slab + s->workspace_at : NULL;
}

static bool call(rni_step *s, const rni_run *r)
{
    rn_kernel_call *c = &s->call;
    if (s->device->backend->flags & RN_BACKEND_DRY) return true;
    const rn_backend *b = s->device->backend;
    bool ok = !b->enter || b->enter(s->device->handle, c);
    ok = ok && (s->staged ? rni_staged_run(s) : s->kernel->run(c));
    ok = ok && (!b->leave || b->leave(s->device->handle, c));
    if (!ok || s->failure.status != RN_OK || r->nan_check) locate(s, r);
    if (!ok || s->failure.status != RN_OK) return rni_step_raise(s);
    return !r->nan_check || rni_nan_check_step(s);
}

static void take_results(const rni_plan *p, rni_run *r, rni_buffer *const *own)
{
    for (int32_t i = 0; i < p->n_results; i++) {
        const rni_result *q = &p->result[i];
        rni_buffer *b = q->source == RNI_FROM_GIVEN ? r->given[q->index]
                        : q->source == RNI_FROM_OWN ? own[q->index]
                                                    : p->constants[q->index].buffer;
        rni_buffer_keep(b);
        r->result[i] = b;
        r->result_offset[i] = q->offset + (q->source == RNI_FROM_GIVEN      ? r->given_offset[q->index]
                                           : q->source == RNI_FROM_CONSTANT ? p->constants[q->index].offset
                                                                            : 0);
    }
}

/* Steps up to `failed` have run, or begun to: what they wrote in the place of given values is gone. */
static void mark_spoiled(const rni_plan *p, int64_t failed, bool *spoiled)
{
    for (int64_t k = 0; k <= failed; k++) {
        const rni_step *s = &p->step[k];
        for (int i = 0; i < s->call.n_out; i++) {
            const int32_t region = s->place[s->call.n_in + i].region;
            if (region < p->n_given) spoiled[region] = true;
        }
    }
}

/* Places of given values and constants, the first of them in `base`. Returns their number. */
static int32_t place_known(const rni_plan *p, const rni_run *r, char **base)
{
    int32_t at = 0;
    for (int32_t i = 0; i < p->n_given; i++) base[at++] = (char *)r->given[i]->data + r->given_offset[i];
    for (int32_t i = 0; i < p->n_constants; i++) {
        const rni_constant *x = &p->constants[i];
        base[at++] = (char *)x->buffer->data + x->offset;
    }
    return at;
}

/* Memory for this run: `made` of the plan's own buffers, also where there is none for all, and the slab. */
static bool make_buffers(const rni_plan *p, rni_buffer **own, int32_t *made, rni_buffer **slab, char **base)
{
    for (; *made < p->n_own; ++*made) {
        own[*made] = rni_buffer_new(p->device, p->own_bytes[*made]);
        if (!own[*made]) return false;
        base[*made] = own[*made]->data;
    }
    if (p->slab_bytes > 0 && !(*slab = rni_buffer_scratch(p->device, p->slab_bytes))) return false;
    base[p->n_own] = *slab ? (*slab)->data : NULL;
    return true;
}

static rn_function_run describe(const rni_plan *p, const rni_step *s)
{
    const rni_pool_info memory = rni_pool_stats(s->device);
    return (rn_function_run){ .size = sizeof(rn_function_run),
                              .function = s->fusion ? s->fusion->name : s->op->name,
                              .grad_of = s->grad_of,
                              .kernel = s->kernel->op,
                              .device = s->device->name,
                              .site = s->site,
                              .n_in = s->call.n_in,
                              .n_out = s->call.n_out,
                              .in = s->call.in,
                              .out = s->call.out,
                              .step = s - p->step,
                              .steps = p->n_steps,
                              .plan = p->number,
                              .bytes_live = s->live,
                              .bytes_used = memory.used,
                              .flop = s->flop,
                              .bytes = s->bytes };
}

/* A step with its hooks, timed. Who began is told of the end, also where it or the step has failed. */
static bool watch(rni_plan *p, rni_step *s, const rni_run *r)
{
    const rn_backend *b = s->device->backend;
    locate(s, r);
    if (!s->counted) rni_explain_cost(s);
    rn_function_run run = describe(p, s);
    int64_t begun = 0;
    run.begin = rni_now();
    bool ok = !r->hooks || rni_hooks_begin(r->hooks, &run, &begun);
    if (ok) {
        const double start = rni_now();
        ok = call(s, r);
        ok = (!b->sync || b->sync(s->device->handle)) && ok;
        run.begin = start;
        run.seconds = rni_now() - start;
    }
    if (begun > 0) ok = rni_hooks_end(r->hooks, &run, begun) && ok;
    if (p->timed) rni_explain_time(p, s, run.seconds);
    return ok;
}

static bool run_steps(rni_plan *p, rni_run *r, char *const *base, char *slab)
{
    int64_t k = 0;
    if (p->timed || (r->hooks && r->hooks->count > 0))
        for (bool ok = true; k < p->n_steps && ok; k += ok) {
            bind(&p->step[k], base, slab, r);
            p->step[k].call.then = NULL;
            ok = watch(p, &p->step[k], r);
        }
    else
        for (bool ok = true; k < p->n_steps && ok;) {
            rni_step *s = &p->step[k];
            const bool within = s->followed && !r->nan_check;
            bind(s, base, slab, r);
            if (within) bind(s + 1, base, slab, r);
            s->call.then = within ? &s[1].call : NULL;
            ok = call(s, r) && (!within || s[1].failure.status == RN_OK || rni_step_raise(s + 1));
            k += ok ? 1 + within : 0;
        }
    if (k < p->n_steps) {
        mark_spoiled(p, k + p->step[k].followed, r->spoiled);
        return false;
    }
    p->runs += p->timed;
    if (rn_ok()) return true;
    mark_spoiled(p, p->n_steps - 1, r->spoiled); /* raised by a kernel that returned true */
    return false;
}

bool rni_plan_run(rni_plan *p, rni_run *r)
{
    const int32_t n_base = p->n_given + p->n_constants + p->n_own + 1;
    char *few_base[FEW];
    rni_buffer *few_own[FEW], *slab = NULL;
    char **base = n_base <= FEW ? few_base : rni_alloc_raw(n_base * (int64_t)sizeof *base);
    rni_buffer **own = p->n_own <= FEW ? few_own : rni_alloc_raw(p->n_own * (int64_t)sizeof *own);
    int32_t made = 0;
    bool ok = base && own;
    ok = ok && make_buffers(p, own, &made, &slab, base + place_known(p, r, base));
    ok = ok && run_steps(p, r, base, base[n_base - 1]);
    if (ok) take_results(p, r, own);
    for (int32_t i = 0; i < made; i++) rni_buffer_drop(own[i]);
    rni_buffer_drop(slab);
    if (base != few_base) rni_free(base);
    if (own != few_own) rni_free(own);
    return ok;
}
