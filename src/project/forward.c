/* Running a network that was built: its steps one after the other, each under the site of its line in the project file,
 * so that whatever fails in it, then or when values are computed, names that line. */
#include "project/model.h"

#include "base/alloc.h"
#include "base/error.h"

#include <rensa/op.h>
#include <string.h>

void rni_layer_blame(const rni_instance *in, const rni_layer *layer, const char *name, bool innermost)
{
    const rn_error *e = rn_error_last();
    if (!e) return;
    if (innermost) { /* the text was closed by the calls that were given the result of the failed one */
        char message[4096];
        const rn_status status = e->status;
        snprintf(message, sizeof message, "%s", e->message);
        rn_error_clear();
        const rn_site *before = rni_site_enter(NULL);
        rni_fail(status, NULL, NULL, "%s", message);
        rni_site_enter(before);
    }
    char place[RNI_JSON_PLACE];
    rni_error_add("in", "%s, layer \"%s\" of \"%s\"", rni_json_place(layer->json, place), name, in->network->name);
}

static rn_tensor *run_op(const rni_step *s, rn_tensor *const *x)
{
    rn_tensor *y[RN_INPUTS_MAX] = { 0 };
    return rn_op_call(s->op, &s->site, x, s->n_in, s->opts, y) ? y[0] : NULL;
}

static rn_tensor *run_instance(rni_instance *in, rn_tensor *const *x, int64_t n);

static rn_tensor *run_step(const rni_instance *in, const rni_step *s)
{
    rn_tensor *few[8], **x = few;
    if (s->n_in > (int64_t)RN_COUNTOF(few)) {
        x = rni_alloc(s->n_in * (int64_t)sizeof *x);
        if (!x) return NULL;
    }
    for (int64_t i = 0; i < s->n_in; i++) x[i] = in->value[s->in[i]];
    const rn_site *before = rni_site_enter(&s->site);
    rn_tensor *y = s->inner ? run_instance(s->inner, x, s->n_in)
                   : s->op  ? run_op(s, x)
                            : rn_call_at(&s->site, s->link, (rn_list){ x, s->n_in });
    rni_site_enter(before);
    if (x != few) rni_free(x);
    if (!y) rni_layer_blame(in, s->layer, s->name, !s->inner);
    return y;
}

/* While errors are gathered there are steps that could not be built, and such whose inputs are not known. */
static bool is_ready(const rni_instance *in, const rni_step *s)
{
    for (int64_t i = 0; i < s->n_in; i++)
        if (s->in[i] < 0 || !in->value[s->in[i]]) return false;
    return s->inner || s->op || s->link;
}

static rn_tensor *run_instance(rni_instance *in, rn_tensor *const *x, int64_t n)
{
    rni_model *m = in->model;
    const rni_network *net = in->network;
    if (n != net->n_inputs) {
        rni_fail(RN_ERR_ARG, NULL, net->name, "called with %lld inputs", (long long)n);
        rni_error_add("expect", "%lld", (long long)net->n_inputs);
        return NULL;
    }
    if (n) memcpy(in->value, x, (size_t)n * sizeof *x);
    const int64_t mark = m->path.length;
    for (int64_t i = 0; i < in->n_steps; i++) {
        const rni_step *s = &in->step[i];
        if (m->trace) rni_str_addf(&m->path, mark ? "/%s" : "%s", s->name);
        rn_tensor *y = is_ready(in, s) || !rni_gathering() ? run_step(in, s) : NULL;
        if (!y && !rni_excused(s->layer->json)) return NULL;
        in->value[n + i] = y;
        if (!m->trace) continue;
        m->trace(m->trace_user, m->path.at ? m->path.at : "", s, y);
        if (m->path.at) m->path.at[m->path.length = mark] = '\0';
    }
    return in->output >= 0 ? in->value[in->output] : NULL;
}

rn_tensor *rni_instance_call(void *user, rn_tensor *const *x, int64_t n)
{
    return run_instance(user, x, n);
}

rn_tensor *rni_model_run(rni_model *m, const rni_network *network, rn_tensor *const *x, int64_t n)
{
    if (!rn_ok()) return NULL;
    if (m->path.at) m->path.at[m->path.length = 0] = '\0';
    rni_instance *top = m->top[network - m->project->network];
    return top ? run_instance(top, x, n) : NULL;
}
