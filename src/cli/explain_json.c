/* rensa explain as JSON. Keys stay as they are; docs/explain.md describes them. */
#include "cli/explain.h"

#include "base/json.h"

static void write_pair(rni_json_writer *w, const char *key, const double *v)
{
    rni_json_write_key(w, key);
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    for (int i = 0; i < 2; i++) rni_json_write_number(w, v[i]);
    rni_json_array_end(w);
    rni_json_flat_end(w);
}

static void write_machine(rni_json_writer *w, const rni_machine *m)
{
    rni_json_write_key(w, "machine");
    if (!m->known) {
        rni_json_write_null(w);
        return;
    }
    rni_json_object_begin(w);
    rni_json_put_string(w, "name", m->name);
    rni_json_put_number(w, "threads", m->limits.threads);
    write_pair(w, "f32", m->limits.f32);
    write_pair(w, "bf16", m->limits.bf16);
    write_pair(w, "memory", m->limits.memory);
    write_pair(w, "shared", m->limits.shared);
    write_pair(w, "cache", m->limits.cache);
    rni_json_object_end(w);
}

static void write_step(rni_json_writer *w, const cli_explained *e, const cli_plan *p, int64_t k)
{
    const rni_report_step *s = &p->plan->step[k];
    rni_json_flat_begin(w);
    rni_json_object_begin(w);
    rni_json_put_number(w, "step", (double)k);
    rni_json_put_string(w, "function", s->function);
    rni_json_put_string(w, "gradient_of", s->grad_of);
    rni_json_put_string(w, "kernel", s->kernel);
    rni_json_put_string(w, "file", s->file);
    rni_json_put_number(w, "line", s->line);
    rni_json_put_string(w, "shapes", s->shapes);
    rni_json_put_string(w, "layout", s->layout);
    rni_json_put_number(w, "calls", s->calls);
    rni_json_put_bool(w, "in_place", s->in_place);
    rni_json_put_bool(w, "within", s->within);
    rni_json_put_bool(w, "plain_c", s->plain_c);
    rni_json_put_string(w, "added", s->added);
    rni_json_put_number(w, "flop", rni_report_flop(s));
    rni_json_put_number(w, "bytes", s->cost.bytes);
    rni_json_put_number(w, "bytes_live", (double)s->live);
    if (e->machine.known) rni_json_put_number(w, "least_seconds", p->least[k]);
    if (e->machine.known) rni_json_put_string(w, "bound", cli_step_bound(e, p, k));
    if (e->measured) rni_json_put_number(w, "seconds", s->seconds);
    rni_json_write_key(w, "reads");
    rni_json_array_begin(w);
    for (int i = 0; i < s->n_inputs; i++)
        if (s->input[i] >= 0) rni_json_write_int(w, s->input[i]);
    rni_json_array_end(w);
    rni_json_object_end(w);
    rni_json_flat_end(w);
}

static void write_reasons(rni_json_writer *w, const rni_why *why)
{
    rni_json_write_key(w, "reasons");
    rni_json_array_begin(w);
    for (int64_t i = 0; i < why->n; i++) {
        const rni_reason *r = &why->at[i];
        rni_json_flat_begin(w);
        rni_json_object_begin(w);
        rni_json_put_string(w, "pass", r->pass);
        rni_json_put_string(w, "from", r->from);
        rni_json_put_string(w, "to", r->to);
        rni_json_put_string(w, "why", r->why);
        rni_json_put_number(w, "count", (double)r->count);
        rni_json_put_number(w, "bytes", r->bytes);
        rni_json_object_end(w);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

static void write_plan(rni_json_writer *w, const cli_explained *e, const cli_plan *p)
{
    const rni_report_plan *r = p->plan;
    rni_json_object_begin(w);
    rni_json_put_string(w, "device", r->device);
    rni_json_write_key(w, "recorded");
    rni_json_object_begin(w);
    rni_json_put_number(w, "calls", (double)r->recorded.calls);
    rni_json_put_number(w, "views", (double)r->recorded.views);
    rni_json_put_number(w, "values", (double)r->recorded.values);
    rni_json_put_number(w, "flop", r->recorded.flop);
    rni_json_put_number(w, "bytes", r->recorded.bytes);
    rni_json_put_number(w, "peak_bytes", (double)r->recorded.peak);
    rni_json_object_end(w);
    rni_json_write_key(w, "compiled");
    rni_json_object_begin(w);
    rni_json_put_number(w, "calls_lowered", (double)r->calls_lowered);
    rni_json_put_number(w, "steps", (double)r->n_steps);
    rni_json_put_number(w, "kernels", (double)p->kernels);
    rni_json_put_number(w, "fused", (double)p->fused);
    rni_json_put_number(w, "in_place", (double)p->in_place);
    rni_json_put_number(w, "copies", (double)p->added);
    rni_json_put_number(w, "plain_c", (double)p->plain_c);
    rni_json_put_number(w, "flop", r->flop);
    rni_json_put_number(w, "bytes", r->bytes);
    rni_json_put_number(w, "peak_bytes", (double)r->peak);
    rni_json_put_number(w, "shared_bytes", (double)r->slab_bytes);
    rni_json_put_number(w, "result_bytes", (double)r->result_bytes);
    rni_json_put_number(w, "given_bytes", (double)r->given_bytes);
    rni_json_put_number(w, "overwritten_bytes", (double)r->donated_bytes);
    if (e->machine.known) rni_json_put_number(w, "least_seconds", p->predicted);
    if (e->measured) rni_json_put_number(w, "seconds", p->measured);
    rni_json_object_end(w);
    write_reasons(w, &r->why);
    rni_json_write_key(w, "steps");
    rni_json_array_begin(w);
    for (int64_t k = 0; k < r->n_steps; k++) write_step(w, e, p, k);
    rni_json_array_end(w);
    rni_json_object_end(w);
}

void cli_explain_json(const cli_explained *e, rni_str *to)
{
    rni_json_writer w = { .to = to, .indent = 2 };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "version", rn_version());
    rni_json_put_string(&w, "name", e->name);
    rni_json_put_number(&w, "batch", (double)e->batch);
    rni_json_put_number(&w, "parameters", (double)e->parameters);
    rni_json_put_number(&w, "threads", e->threads);
    write_machine(&w, &e->machine);
    for (int i = 0; i < 2; i++) {
        rni_json_write_key(&w, e->part[i].key);
        rni_json_object_begin(&w);
        if (e->measured) rni_json_put_number(&w, "step_seconds", e->part[i].step);
        rni_json_write_key(&w, "plans");
        rni_json_array_begin(&w);
        for (int64_t k = 0; k < e->part[i].n; k++) write_plan(&w, e, &e->part[i].plan[k]);
        rni_json_array_end(&w);
        rni_json_object_end(&w);
    }
    rni_json_object_end(&w);
}
