/* Building: layers become links and prepared calls of functions, units become instances inside one another, with the
 * values of their arguments. No tensor is made here. */
#include "project/model.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "engine/op_table.h"
#include "project/read.h"

#include <rensa/op.h>
#include <string.h>

enum { NESTING_MAX = 48, STEPS_MAX = 1 << 16, ARGUMENTS_MAX = 64 };

/* What expressions see while one instance is being built. */
typedef struct scope {
    rni_variable at[ARGUMENTS_MAX + 16];
    rni_variables variables;
    int depth;
} scope;

static bool push(scope *s, const rni_json *where, const char *name, const rni_value *value)
{
    const int64_t n = s->variables.count;
    if (n == (int64_t)RN_COUNTOF(s->at))
        return rni_json_fail(where, RN_ERR_ARG, "more than %d arguments", ARGUMENTS_MAX);
    s->at[n] = (rni_variable){ name, *value };
    s->variables = (rni_variables){ s->at, n + 1 };
    return true;
}

static rni_instance *build_network(rni_model *m, const rni_network *n, const rni_json *given, const scope *outer,
                                   rn_chain *chain, const rni_json *where);

/* ---- arguments of units ---- */

static const char *argument_name(void *user, int i)
{
    return rni_json_key_at(user, i);
}

/* Members of a layer that are neither its own nor arguments of the network that it uses. `options`: the object of those
 * that are arguments only. */
static bool check_arguments(const rni_network *n, const rni_json *object, bool options)
{
    if (rni_json_type_of(object) != RNI_JSON_OBJECT) return true;
    for (int64_t i = 0; i < rni_json_count(object); i++) {
        const char *key = rni_json_key_at(object, i);
        if ((!options && rni_member_find(rni_members_layer, key)) || rni_json_get(n->arguments, key)) continue;
        rni_json_fail(rni_json_at(object, i), RN_ERR_ARG, "%s has no argument \"%.100s\"", n->name, key);
        const char *near = rni_nearest(key, argument_name, (void *)(uintptr_t)n->arguments);
        if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
        return false;
    }
    return true;
}

/* `given` is the layer that uses the network, `outer` what its expressions see. */
static bool bind_arguments(const rni_model *m, const rni_network *n, const rni_json *given, const scope *outer,
                           scope *inner, const rni_json *where)
{
    const rni_json *options = rni_json_get(given, "options");
    RNI_TRY(check_arguments(n, given, false) && check_arguments(n, options, true));
    for (int64_t i = 0; i < m->globals.count; i++)
        if (!push(inner, where, m->globals.at[i].name, &m->globals.at[i].value)) return false;
    for (int64_t i = 0; i < rni_json_count(n->arguments); i++) {
        const char *name = rni_json_key_at(n->arguments, i);
        const rni_json *v = rni_json_get(options, name);
        if (!v && rni_json_type_of(given) == RNI_JSON_OBJECT) v = rni_json_get(given, name);
        const rni_json *fallback = rni_json_at(n->arguments, i);
        rni_value value;
        if (!v && rni_json_is_null(fallback))
            return rni_json_fail(where, RN_ERR_ARG, "%s: the argument \"%s\" is missing", n->name, name);
        /* defaults may refer to the arguments before them */
        if (!rni_value_read(v ? v : fallback, v ? &outer->variables : &inner->variables, &value)) return false;
        if (!push(inner, where, name, &value)) return false;
    }
    return true;
}

/* ---- parameters in common ---- */

static rni_shared *find_shared(const rni_model *m, const char *name)
{
    for (int64_t i = 0; i < m->n_shared; i++)
        if (strcmp(m->shared[i].name, name) == 0) return &m->shared[i];
    return NULL;
}

static rni_shared *add_shared(rni_model *m, const char *name, const char *is)
{
    rni_shared *p = rni_grow(m->shared, m->n_shared, &m->cap_shared, (int64_t)sizeof *p);
    if (!p) return NULL;
    m->shared = p;
    char *copy = rni_strdup(name), *text = rni_strdup(is);
    if (copy && text) {
        m->shared[m->n_shared] = (rni_shared){ .name = copy, .is = text };
        return &m->shared[m->n_shared++];
    }
    rni_free(copy);
    rni_free(text);
    return NULL;
}

static bool check_shared(const rni_shared *s, const char *is, const rni_json *v)
{
    if (strcmp(s->is, is) == 0) return true;
    rni_json_fail(v, RN_ERR_ARG, "layers that share \"%s\" are not alike", s->name);
    rni_error_add("expect", "%s", s->is);
    rni_error_add("actual", "%s", is);
    return false;
}

/* ---- steps ---- */

static rni_instance *top_of(rni_model *m, const rni_network *n)
{
    return n->is_unit ? NULL : m->top[n - m->project->network];
}

static bool build_top(rni_model *m, const rni_network *n);

/* A layer whose type is a network: an instance of its own, or the one that it shares. */
static bool build_inner(rni_model *m, rni_instance *in, rni_step *step, const rni_network *n, const scope *sc)
{
    const rni_json *json = step->layer->json, *share = rni_json_get(json, "share");
    const char *name = share ? rni_json_string(share) : step->name;
    if (!share) {
        step->link = rn_chain_add(in->chain, name, rn_chain_new());
        step->inner = step->link ? build_network(m, n, json, sc, step->link, json) : NULL;
        return step->inner != NULL;
    }
    if (!n->is_unit && strcmp(name, n->name) == 0) { /* the network itself, as it is trained */
        if (!build_top(m, n)) return false;
        step->inner = top_of(m, n);
        step->link = step->inner->chain;
        return true;
    }
    rni_str is = { 0 };
    rni_str_addf(&is, "%s", n->name);
    for (int64_t i = 0; i < rni_json_count(n->arguments); i++) {
        const rni_json *v = rni_json_get(json, rni_json_key_at(n->arguments, i));
        rni_value value;
        if (!v || !rni_value_read(v, &sc->variables, &value)) continue;
        rni_str_addf(&is, " %s=", rni_json_key_at(n->arguments, i));
        rni_value_text(&value, &is);
    }
    rni_shared *s = find_shared(m, name);
    bool ok = rn_ok() && !is.failed && (!s || check_shared(s, is.at, share));
    if (ok && !s) {
        rn_chain *chain = rn_chain_add(m->root, name, rn_chain_new());
        rni_instance *inner = chain ? build_network(m, n, json, sc, chain, json) : NULL;
        s = inner ? add_shared(m, name, is.at) : NULL;
        if (s) {
            s->instance = inner;
            s->link = chain;
        }
    }
    rni_str_free(&is);
    if (!ok || !s) return false;
    step->inner = s->instance;
    step->link = s->link;
    return true;
}

static bool build_link(rni_model *m, rni_instance *in, rni_step *step, const rn_link_type *type, const scope *sc)
{
    const rni_json *json = step->layer->json, *share = rni_json_get(json, "share");
    rni_settings settings = { 0 };
    rni_str is = { 0 };
    rni_shared *s = NULL;
    bool ok = rni_settings_read(json, rni_members_layer, type->name, type->opts, &sc->variables, &settings);
    rni_str_add(&is, type->name);
    rni_settings_text(&settings, &is);
    if (ok && share) {
        s = find_shared(m, rni_json_string(share));
        ok = !is.failed && (!s || check_shared(s, is.at, share));
    }
    if (ok && s)
        step->link = s->link;
    else if (ok) {
        const rn_site *before = rni_site_enter(&step->site);
        rn_link *link = rn_link_make(type->name, settings.at, settings.n);
        step->link =
            link ? rn_chain_add(share ? m->root : in->chain, share ? rni_json_string(share) : step->name, link) : NULL;
        rni_site_enter(before);
        ok = step->link != NULL;
        if (ok && share) {
            s = add_shared(m, rni_json_string(share), is.at);
            if (s) s->link = step->link;
            ok = s != NULL;
        }
    }
    rni_str_free(&is);
    rni_settings_free(&settings);
    return ok;
}

static bool build_op(rni_step *step, const rn_op *op, const scope *sc)
{
    const rni_json *json = step->layer->json;
    rni_settings settings = { 0 };
    bool ok = rni_settings_read(json, rni_members_layer, op->name, op->opts, &sc->variables, &settings);
    if (ok) {
        const rn_site *before = rni_site_enter(&step->site);
        step->opts = rni_op_options(op, &settings, json);
        rni_site_enter(before);
        ok = step->opts != NULL;
    }
    step->op = op;
    rni_settings_free(&settings);
    return ok;
}

/* ---- inputs ---- */

static bool check_count(const rni_step *s, const char *what, const char *names, int least, int most)
{
    if (s->n_in >= least && (most < 0 || s->n_in <= most)) return true;
    const rni_json *v = rni_json_get(s->layer->json, "inputs");
    rni_json_fail(v ? v : s->layer->json, RN_ERR_ARG, "%s is given %lld input%s", what, (long long)s->n_in,
                  s->n_in == 1 ? "" : "s");
    rni_error_add("expect", "%s(%s)", what, names && *names ? names : least == 0 ? "" : "x");
    if (!v)
        rni_error_add("hint",
                      "name them: \"inputs\": [\"a\", \"b\"]; without that it is the result of the layer before");
    return false;
}

static bool check_inputs(rni_step *s, const rni_layer_type *type)
{
    if (type->network) {
        const int n = (int)type->network->n_inputs;
        return check_count(s, type->network->name, NULL, n, n);
    }
    int required = 0;
    bool list = false;
    const char *names = type->op ? type->op->inputs : type->link->inputs ? type->link->inputs : "x";
    const rn_op as_op = { .inputs = names };
    const int most = rni_op_inputs(type->op ? type->op : &as_op, &required, &list);
    if (most == 0 && !s->layer->inputs_given) s->n_in = 0; /* noise, constants */
    return check_count(s, type->op ? type->op->name : type->link->name, names, required, list ? -1 : most);
}

/* Where the value of a source is; -1 where it is not known. */
static int64_t place_of(const rni_instance *in, rni_source s)
{
    return s == RNI_NOWHERE ? -1 : s < 0 ? -1 - s : in->place[s];
}

static bool set_inputs(const rni_instance *in, rni_step *step, const rni_layer *l, const int64_t *before)
{
    step->in = rni_alloc((l->n_inputs + 1) * (int64_t)sizeof *step->in);
    if (!step->in) return false;
    for (int64_t i = 0; i < l->n_inputs; i++) step->in[step->n_in++] = place_of(in, l->input[i]);
    if (before && step->n_in) step->in[0] = *before; /* a repetition goes on from the one before */
    return true;
}

static rni_step *add_step(rni_model *m, rni_instance *in, const rni_layer *l, int64_t copy, int64_t copies)
{
    if (++m->n_steps > STEPS_MAX) {
        rni_json_fail(l->json, RN_ERR_ARG, "with all repetitions there are more than %d layers", STEPS_MAX);
        return NULL;
    }
    rni_step *p = rni_grow(in->step, in->n_steps, &in->cap_steps, (int64_t)sizeof *p);
    if (!p) return NULL;
    in->step = p;
    p += in->n_steps++;
    char name[96];
    snprintf(name, sizeof name, copies > 1 ? "%s_%lld" : "%s", l->name, (long long)copy + 1);
    *p = (rni_step){ .layer = l, .name = rni_strdup(name) };
    p->site = (rn_site){ rni_json_source(l->json), l->name, rni_json_line(l->json), 0, NULL };
    return p->name ? p : NULL;
}

/* ---- layers ---- */

static bool flag_of(const rni_json *v, const scope *sc, bool otherwise, bool *out)
{
    rni_value value;
    *out = otherwise;
    if (!v) return true;
    if (!rni_value_read(v, &sc->variables, &value)) return false;
    if (value.kind != RNI_VALUE_BOOL && value.kind != RNI_VALUE_NUMBER)
        return rni_json_fail(v, RN_ERR_ARG, "expected true or false, found %s", rni_value_kind_name(value.kind));
    *out = value.number != 0;
    return true;
}

static bool count_of(const rni_json *v, const scope *sc, int64_t *out)
{
    rni_value value;
    *out = 1;
    if (!v) return true;
    if (!rni_value_read(v, &sc->variables, &value)) return false;
    *out =
        value.kind == RNI_VALUE_NUMBER && value.number >= 0 && value.number <= STEPS_MAX ? (int64_t)value.number : -1;
    if (*out >= 0 && (double)*out == value.number) return true;
    rni_json_fail(v, RN_ERR_ARG, "this is no number of repetitions");
    rni_error_add("expect", "a whole number up to %d", STEPS_MAX);
    return false;
}

static void set_training(const rni_json *json, rn_link *link)
{
    const rni_json *train = rni_json_get(json, "train"), *rate = rni_json_get(json, "rate"),
                   *decay = rni_json_get(json, "decay");
    if (!link) return;
    if (train) rn_link_freeze(link, NULL, !rni_json_bool(train));
    if (rate) rn_link_set_rate(link, NULL, rni_json_number(rate));
    if (decay) rn_link_set_decay(link, NULL, rni_json_bool(decay));
}

static bool find_type(const rni_model *m, const rni_layer *l, const scope *sc, char *name, size_t size,
                      rni_layer_type *type)
{
    const rni_json *where = rni_json_string(l->json) ? l->json : rni_json_get(l->json, "type");
    rni_value value;
    if (!rni_value_read(where, &sc->variables, &value)) return false;
    if (value.kind != RNI_VALUE_TEXT)
        return rni_json_fail(where, RN_ERR_ARG, "the type is %s", rni_value_kind_name(value.kind));
    snprintf(name, size, "%.*s", (int)value.bytes, value.text);
    return rni_layer_type_find(m->project, name, where, type);
}

static bool build_copy(rni_model *m, rni_instance *in, const rni_layer *l, scope *sc, int64_t copy, int64_t copies,
                       int64_t *place)
{
    rni_layer_type type;
    char name[128];
    const int64_t mark = sc->variables.count;
    const rni_value index = { .kind = RNI_VALUE_NUMBER, .number = (double)copy };
    if (!push(sc, l->json, "i", &index) || !find_type(m, l, sc, name, sizeof name, &type)) return false;
    rni_step *step = add_step(m, in, l, copy, copies);
    const int64_t at = in->n_steps - 1;
    if (!step || !set_inputs(in, step, l, copy ? place : NULL) || !check_inputs(step, &type)) return false;
    bool ok;
    if (type.network) /* steps of this instance stay where they are: others are added to the inner one */
        ok = build_inner(m, in, step, type.network, sc);
    else
        ok = type.link ? build_link(m, in, step, type.link, sc) : build_op(step, type.op, sc);
    if (!ok) return false;
    set_training(l->json, step->link);
    *place = in->network->n_inputs + at;
    sc->variables.count = mark;
    return rn_ok();
}

static bool build_layer(rni_model *m, rni_instance *in, int64_t i, scope *sc)
{
    const rni_layer *l = &in->network->layer[i];
    bool present;
    int64_t copies, place = l->n_inputs ? place_of(in, l->input[0]) : -1;
    if (!flag_of(rni_json_get(l->json, "if"), sc, true, &present) ||
        !count_of(rni_json_get(l->json, "repeat"), sc, &copies))
        return false;
    if (!present) copies = 0;
    if (copies == 0 && l->n_inputs == 0)
        return rni_json_fail(l->json, RN_ERR_ARG, "the layer \"%s\" has no input to hand on", l->name);
    for (int64_t k = 0; k < copies; k++)
        if (!build_copy(m, in, l, sc, k, copies, &place)) return false;
    in->place[i] = place;
    return true;
}

/* A layer that cannot be built leaves its place empty where errors are gathered. */
static bool try_layer(rni_model *m, rni_instance *in, int64_t i, scope *sc)
{
    const rni_layer *l = &in->network->layer[i];
    const int64_t mark = sc->variables.count;
    in->place[i] = -1;
    if (l->broken || build_layer(m, in, i, sc)) return true;
    /* a unit that failed has named the place inside already */
    rni_layer_blame(in, l, l->name, !rni_project_any(m->project, l->type));
    sc->variables.count = mark;
    return rni_excused(l->json);
}

/* Which layers the output needs. */
static bool find_needed(const rni_network *n, bool *needed)
{
    if (rni_gathering()) { /* whoever does wants to know of all */
        memset(needed, true, (size_t)n->n_layers);
        return true;
    }
    needed[n->output] = true;
    for (int64_t k = n->n_layers - 1; k >= 0; k--) {
        const rni_layer *l = &n->layer[n->order[k]];
        for (int64_t i = 0; needed[n->order[k]] && i < l->n_inputs; i++)
            if (l->input[i] >= 0) needed[l->input[i]] = true;
    }
    for (int64_t i = 0; i < n->n_layers; i++)
        if (!needed[i])
            rni_log(RN_LOG_WARN, "project", "%s:%d: the result of layer \"%s\" is not used",
                    rni_json_source(n->layer[i].json), rni_json_line(n->layer[i].json), n->layer[i].name);
    return true;
}

static rni_instance *build_network(rni_model *m, const rni_network *n, const rni_json *given, const scope *outer,
                                   rn_chain *chain, const rni_json *where)
{
    if (outer && outer->depth >= NESTING_MAX) {
        rni_json_fail(where, RN_ERR_ARG, "networks more than %d deep inside one another; does \"%s\" use itself?",
                      NESTING_MAX, n->name);
        return NULL;
    }
    scope *sc = rni_alloc((int64_t)sizeof *sc);
    rni_instance *in = sc ? rni_alloc((int64_t)sizeof *in) : NULL;
    bool *needed = in ? rni_alloc(n->n_layers) : NULL;
    bool ok = false;
    if (in) {
        *in = (rni_instance){ .model = m, .network = n, .chain = chain, .next = m->first };
        m->first = in;
        in->place = rni_alloc(n->n_layers * (int64_t)sizeof *in->place);
        sc->depth = outer ? outer->depth + 1 : 0;
    }
    if (needed && in->place && bind_arguments(m, n, given, outer, sc, where) && find_needed(n, needed)) {
        ok = true;
        for (int64_t k = 0; ok && k < n->n_layers; k++)
            if (needed[n->order[k]]) ok = try_layer(m, in, n->order[k], sc);
    }
    if (ok) {
        in->output = n->n_layers ? in->place[n->output] : -1;
        in->value = rni_alloc((n->n_inputs + in->n_steps) * (int64_t)sizeof *in->value);
        ok = in->value && rn_chain_set_forward(chain, rni_instance_call, in);
    }
    rni_free(needed);
    rni_free(sc);
    return ok ? in : NULL;
}

static bool build_top(rni_model *m, const rni_network *n)
{
    const int64_t i = n - m->project->network;
    if (m->top[i]) return true;
    rn_chain *chain = m->project->single ? m->root : rn_chain_add(m->root, n->name, rn_chain_new());
    m->top[i] = chain ? build_network(m, n, NULL, NULL, chain, n->json) : NULL;
    return m->top[i] != NULL;
}

rni_model *rni_model_new(const rni_project *p, const rni_variables *globals)
{
    rni_model *m = rn_ok() ? rni_alloc((int64_t)sizeof *m) : NULL;
    if (!m) return NULL;
    m->project = p;
    m->globals = globals ? *globals : (rni_variables){ 0 };
    m->root = rn_chain_new();
    m->top = rni_alloc(p->n_networks * (int64_t)sizeof(rni_instance *));
    bool ok = m->root && m->top;
    for (int64_t i = 0; ok && i < p->n_networks; i++)
        ok = build_top(m, &p->network[i]) || rni_excused(p->network[i].json);
    if (ok) return m;
    rni_model_free(m);
    return NULL;
}

void rni_model_free(rni_model *m)
{
    if (!m) return;
    rn_link_free(m->root);
    for (rni_instance *in = m->first, *next; in; in = next) {
        next = in->next;
        for (int64_t i = 0; i < in->n_steps; i++) {
            rni_free(in->step[i].name);
            rni_free(in->step[i].opts);
            rni_free(in->step[i].in);
        }
        rni_free(in->step);
        rni_free(in->place);
        rni_free(in->value);
        rni_free(in);
    }
    for (int64_t i = 0; i < m->n_shared; i++) {
        rni_free(m->shared[i].name);
        rni_free(m->shared[i].is);
    }
    rni_free(m->shared);
    rni_free(m->top);
    rni_str_free(&m->path);
    rni_free(m);
}
