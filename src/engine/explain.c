/* Plans as text: their steps, with the shortest time that each has taken. */
#include "engine/explain.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/shape.h"
#include "base/str.h"
#include "engine/cost.h"
#include "engine/fusion.h"
#include "engine/kernel.h"

bool rni_explain_on(void)
{
    return rni_log_on(RN_LOG_DEBUG, "step");
}

void rni_explain_cost(rni_step *s)
{
    rn_cost cost;
    s->flop = rni_cost_of(s->op, &s->call, &cost) ? rni_cost_flop(&cost) : -1;
    s->bytes = cost.bytes;
    s->counted = true;
}

void rni_explain_time(const rni_plan *p, rni_step *s, double seconds)
{
    if (p->runs == 0 || seconds < s->shortest) s->shortest = seconds;
}

static void add_view(rni_str *s, const rn_view *v)
{
    char text[RNI_SHAPE_TEXT];
    rn_shape shape = { .rank = v->rank };
    for (int i = 0; i < v->rank; i++) shape.dim[i] = v->dim[i];
    rni_str_addf(s, " %s%s%s", rn_dtype_name(v->dtype), rni_shape_text(&shape, text),
                 rni_view_is_contiguous(v) ? "" : "/strided");
}

/* Whether the first result stands where an input was. */
static bool in_place(const rni_step *s)
{
    const rni_place *y = &s->place[s->call.n_in];
    for (int i = 0; i < s->call.n_in; i++)
        if (s->call.in[i].dtype && s->place[i].region == y->region && s->place[i].offset == y->offset) return true;
    return false;
}

static const char *where(const rni_step *s)
{
    if (s->call.within) return in_place(s) ? " in place within the step before" : " within the step before";
    return in_place(s) ? " in place" : "";
}

static void explain_step(const rni_step *s)
{
    rni_str text = { 0 };
    for (int i = 0; i < s->call.n_in && i < 6; i++)
        if (s->call.in[i].dtype) add_view(&text, &s->call.in[i]);
    rni_str_add(&text, s->call.n_in > 6 ? " … ->" : " ->");
    for (int i = 0; i < s->call.n_out && i < 3; i++) add_view(&text, &s->call.out[i]);
    if (s->shortest > 0 && s->flop > 0) rni_str_addf(&text, "  %.3g GFLOP/s", s->flop / s->shortest * 1e-9);
    if (s->shortest > 0 && s->bytes > 0) rni_str_addf(&text, "  %.3g GB/s", s->bytes / s->shortest * 1e-9);
    rni_log(RN_LOG_DEBUG, "step", "%8.1f us  %s%s%s (%s)%s%s", s->shortest * 1e6, s->grad_of ? s->grad_of : "",
            s->grad_of ? "' " : "", s->fusion ? s->fusion->name : s->op->name, s->kernel->op, where(s),
            text.at ? text.at : "");
    rni_str_free(&text);
}

void rni_explain(const rni_plan *p)
{
    double all = 0;
    for (int64_t k = 0; k < p->n_steps; k++) all += p->step[k].shortest;
    rni_log(RN_LOG_DEBUG, "step", "plan of %lld steps, %lld runs, at best %.1f us", (long long)p->n_steps,
            (long long)p->runs, all * 1e6);
    for (int64_t k = 0; k < p->n_steps; k++) explain_step(&p->step[k]);
}
