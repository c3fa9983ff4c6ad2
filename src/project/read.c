/* From JSON to networks: names, types and inputs of layers. Option values wait until the network is built (build.c), as
 * they may depend on arguments. Data sets and training are checked by those who use them; here only for their members.
 */
#include "project/read.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"

#include <rensa/op.h>
#include <string.h>

enum { LAYERS_MAX = 4096, NETWORKS_MAX = 1024, FILE_MAX = 16 << 20 };

/* ---- names ---- */

static bool check_name(const rni_json *v, const char *name)
{
    if (*name && strlen(name) < 64 && !strpbrk(name, "/=*?") && name[0] != '.') return true;
    rni_json_fail(v, RN_ERR_ARG, "\"%.80s\" cannot be a name", name);
    rni_error_add("expect", "up to 63 characters without / = * ?");
    return false;
}

static const char *layer_name(void *user, int i)
{
    const rni_network *n = user;
    if (i < n->n_layers) return n->layer[i].name ? n->layer[i].name : "";
    i -= (int)n->n_layers;
    return i < n->n_inputs ? n->input[i] : NULL;
}

static int64_t find_layer(const rni_network *n, const char *name)
{
    for (int64_t i = 0; i < n->n_layers; i++)
        if (n->layer[i].name && strcmp(n->layer[i].name, name) == 0) return i;
    return -1;
}

static bool is_input(const rni_network *n, const char *name, int64_t *at)
{
    for (*at = 0; *at < n->n_inputs; (*at)++)
        if (strcmp(n->input[*at], name) == 0) return true;
    return false;
}

static bool given_name(rni_network *n, rni_layer *l, const rni_json *v)
{
    const char *name = rni_json_string(v);
    int64_t input;
    if (!check_name(v, name)) return false;
    const int64_t other = find_layer(n, name);
    if (other >= 0) {
        const rni_json *first = n->layer[other].json;
        return rni_json_fail(v, RN_ERR_ARG, "the name \"%s\" is taken by the layer in line %d", name,
                             rni_json_line(first));
    }
    if (is_input(n, name, &input)) return rni_json_fail(v, RN_ERR_ARG, "the name \"%s\" is taken by an input", name);
    return (l->name = rni_strdup(name)) != NULL;
}

/* The type, with a number behind it from the second one on. */
static bool made_name(rni_network *n, rni_layer *l)
{
    const char *stem = l->type[0] == '=' || l->type[0] == '\0' ? "layer" : l->type;
    char name[96];
    int64_t input, k = 1; /* begins at the number of such layers, so that naming thousands of them is quick */
    for (const rni_layer *other = n->layer; other < l; other++) k += strcmp(other->type, l->type) == 0;
    snprintf(name, sizeof name, k > 1 ? "%.63s_%lld" : "%.63s", stem, (long long)k);
    while (find_layer(n, name) >= 0 || is_input(n, name, &input))
        snprintf(name, sizeof name, "%.63s_%lld", stem, (long long)++k);
    return (l->name = rni_strdup(name)) != NULL;
}

/* ---- types ---- */

const rni_network *rni_project_any(const rni_project *p, const char *name)
{
    for (int64_t i = 0; i < p->n_all; i++)
        if (strcmp(p->network[i].name, name) == 0) return &p->network[i];
    return NULL;
}

/* Networks of the project, link types and functions, one after the other. */
static const char *type_name(void *user, int i)
{
    const rni_project *p = user;
    if (i < p->n_all) return p->network[i].name;
    i -= (int)p->n_all;
    int links = 0;
    for (const rn_link_type *t; (t = rn_link_type_at(links)) != NULL; links++)
        if (i == links) return t->name;
    const rn_op *op = rn_op_at(i - links, NULL);
    return !op ? NULL : op->flags & RN_OP_INTERNAL ? "" : op->name;
}

bool rni_layer_type_find(const rni_project *p, const char *name, const rni_json *where, rni_layer_type *out)
{
    *out = (rni_layer_type){ .network = rni_project_any(p, name) };
    if (out->network) return true;
    out->link = rn_link_type_find(name);
    if (out->link) return true;
    out->op = rn_op_find(name);
    if (out->op && !(out->op->flags & (RN_OP_INTERNAL | RN_OP_LIST_OUT))) return true;
    rni_unknown(where, "type of layer", name, type_name, (void *)(uintptr_t)p);
    rni_error_add("expect", "a link, a function (`rensa ops` lists them), or a network or unit of the project");
    return false;
}

static bool check_type(const rni_project *p, const rni_layer *l)
{
    const rni_json *where = rni_json_string(l->json) ? l->json : rni_json_get(l->json, "type");
    rni_layer_type type;
    return l->type[0] == '=' || rni_layer_type_find(p, l->type, where, &type);
}

/* ---- inputs ---- */

static bool add_input(const rni_network *n, rni_layer *l, const rni_json *v)
{
    const char *name = rni_json_string(v);
    if (!rni_json_expect(v, RNI_JSON_STRING)) return false;
    int64_t at;
    const int64_t layer = find_layer(n, name);
    if (layer >= 0)
        l->input[l->n_inputs++] = layer;
    else if (is_input(n, name, &at))
        l->input[l->n_inputs++] = -1 - at;
    else
        return rni_unknown(v, "layer or input called", name, layer_name, (void *)(uintptr_t)n);
    return true;
}

static bool read_inputs(const rni_network *n, int64_t i)
{
    rni_layer *l = &n->layer[i];
    const rni_json *v = rni_json_get(l->json, "inputs");
    const bool list = rni_json_type_of(v) == RNI_JSON_ARRAY;
    const int64_t count = list ? rni_json_count(v) : 1;
    l->input = rni_alloc(count * (int64_t)sizeof *l->input);
    if (!l->input) return false;
    l->inputs_given = v != NULL;
    if (v) {
        for (int64_t k = 0; k < count; k++) {
            const rni_json *name = list ? rni_json_at(v, k) : v;
            if (add_input(n, l, name)) continue;
            if (!rni_excused(name)) return false;
            l->input[l->n_inputs++] = RNI_NOWHERE;
        }
        return true;
    }
    if (i > 0)
        l->input[l->n_inputs++] = i - 1;
    else if (n->n_inputs)
        l->input[l->n_inputs++] = -1;
    return true;
}

/* Layers that have no place in the order, of which there are `at`, come last and are not built. */
static void break_circle(rni_network *n, int64_t at)
{
    for (int64_t i = 0; i < n->n_layers; i++) {
        bool placed = false;
        for (int64_t k = 0; !placed && k < at; k++) placed = n->order[k] == i;
        if (placed) continue;
        n->layer[i].broken = true;
        n->order[at++] = i;
    }
}

/* Each layer after those that it reads; as the file has them where that is possible. */
static bool sort_layers(rni_network *n)
{
    const int64_t count = n->n_layers;
    bool *done = rni_alloc(count);
    n->order = rni_alloc(count * (int64_t)sizeof *n->order);
    int64_t at = 0;
    for (int64_t before = -1; done && n->order && at < count && at != before;) {
        before = at;
        for (int64_t i = 0; i < count; i++) {
            bool ready = !done[i];
            for (int64_t k = 0; ready && k < n->layer[i].n_inputs; k++)
                ready = n->layer[i].input[k] < 0 || done[n->layer[i].input[k]];
            if (!ready) continue;
            done[i] = true;
            n->order[at++] = i;
        }
    }
    const bool memory = done && n->order;
    int64_t stuck = 0;
    while (memory && at < count && done[stuck]) stuck++;
    rni_free(done);
    if (!memory || at == count) return memory;
    const rni_layer *l = &n->layer[stuck];
    rni_json_fail(l->json, RN_ERR_ARG, "the layer \"%s\" reads, directly or through others, its own result", l->name);
    rni_error_add("hint", "state over time is what recurrent layers such as lstm are for");
    if (!rni_excused(l->json)) return false;
    break_circle(n, at);
    return true;
}

/* ---- networks ---- */

static bool read_layer(const rni_project *p, rni_network *n, rni_layer *l, const rni_json *v)
{
    const rni_json *type = rni_json_string(v) ? v : rni_json_get(v, "type"), *name = rni_json_get(v, "name");
    l->json = v;
    l->type = rni_json_string(type) ? rni_json_string(type) : "";
    if (rni_json_string(name) && !given_name(n, l, name) && !rni_excused(name)) return false;
    if (type != v && !rni_members_check(v, rni_members_layer, "layer", true)) return false;
    if (!type) return rni_json_fail(v, RN_ERR_ARG, "the layer has no \"type\"");
    if (!rni_json_string(type)) return rni_json_expect(type, RNI_JSON_STRING);
    if (!*l->type) return rni_json_fail(type, RN_ERR_ARG, "the type is empty");
    return check_type(p, l);
}

static bool read_network_inputs(rni_network *n, const rni_json *v)
{
    const bool list = rni_json_type_of(v) == RNI_JSON_ARRAY;
    const int64_t count = list ? rni_json_count(v) : 1;
    if (count > RN_INPUTS_MAX) return rni_json_fail(v, RN_ERR_ARG, "a network has at most %d inputs", RN_INPUTS_MAX);
    n->input = rni_alloc(count * (int64_t)sizeof *n->input);
    if (!n->input) return false;
    if (!v) n->input[n->n_inputs++] = "x";
    for (int64_t i = 0; v && i < count; i++) {
        const rni_json *name = list ? rni_json_at(v, i) : v;
        if (rni_json_expect(name, RNI_JSON_STRING) && check_name(name, rni_json_string(name)))
            n->input[n->n_inputs++] = rni_json_string(name);
        else if (!rni_excused(name))
            return false;
    }
    return true;
}

static bool read_arguments(rni_network *n, const rni_json *v)
{
    if (rni_json_type_of(v) == RNI_JSON_OBJECT)
        n->arguments = v;
    else
        v = NULL;
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        const char *name = rni_json_key_at(v, i);
        bool ok = check_name(rni_json_at(v, i), name);
        if (ok && rni_member_find(rni_members_layer, name))
            ok = rni_json_fail(rni_json_at(v, i), RN_ERR_ARG,
                               "an argument cannot be called \"%s\", as members of layers are", name);
        if (!ok && !rni_excused(rni_json_at(v, i))) return false;
    }
    return true;
}

static bool read_output(rni_network *n, const rni_json *v)
{
    n->output = n->n_layers - 1;
    if (!rni_json_string(v)) return true;
    const int64_t named = find_layer(n, rni_json_string(v));
    if (named < 0) return rni_unknown(v, "layer called", rni_json_string(v), layer_name, n) || rni_excused(v);
    n->output = named;
    return true;
}

/* The list of layers, with room for them in n. */
static const rni_json *layers_of(rni_network *n)
{
    const rni_json *v = n->json, *layers = v;
    if (rni_json_type_of(v) == RNI_JSON_OBJECT) {
        const bool ok = rni_members_check(v, rni_members_network, n->is_unit ? "unit" : "network", false);
        if (!ok && !rni_excused(v)) return NULL;
        layers = rni_json_get(v, "layers");
        if (!layers) {
            rni_json_fail(v, RN_ERR_ARG, "the network has no \"layers\"");
            return NULL;
        }
    }
    if (!rni_json_expect(layers, RNI_JSON_ARRAY)) return NULL;
    const int64_t count = rni_json_count(layers);
    if (count == 0) rni_json_fail(layers, RN_ERR_ARG, "the network \"%s\" has no layers", n->name);
    if (count > LAYERS_MAX) rni_json_fail(layers, RN_ERR_ARG, "more than %d layers; use units or repeat", LAYERS_MAX);
    n->layer = rn_ok() ? rni_alloc(count * (int64_t)sizeof *n->layer) : NULL;
    return n->layer ? layers : NULL;
}

static bool read_layers(const rni_project *p, rni_network *n, const rni_json *layers)
{
    for (int64_t i = 0; i < rni_json_count(layers); i++) {
        rni_layer *l = &n->layer[n->n_layers++];
        if (read_layer(p, n, l, rni_json_at(layers, i))) continue;
        if (!rni_excused(l->json)) return false;
        l->broken = true;
    }
    for (int64_t i = 0; i < n->n_layers; i++)
        if (!n->layer[i].name && !made_name(n, &n->layer[i])) return false;
    for (int64_t i = 0; i < n->n_layers; i++)
        if (!read_inputs(n, i)) return false;
    return true;
}

static bool read_network(const rni_project *p, rni_network *n)
{
    const rni_json *layers = layers_of(n);
    if (!layers) return rni_excused(n->json); /* a network without layers */
    return (read_network_inputs(n, rni_json_get(n->json, "inputs")) || rni_excused(n->json)) &&
           read_arguments(n, rni_json_get(n->json, "arguments")) && read_layers(p, n, layers) && sort_layers(n) &&
           read_output(n, rni_json_get(n->json, "output"));
}

static bool add_network(rni_project *p, const char *name, const rni_json *v, bool is_unit)
{
    if (!check_name(v, name)) return false;
    const rni_network *other = rni_project_any(p, name);
    if (other)
        return rni_json_fail(v, RN_ERR_ARG, "the name \"%s\" is taken by the network in line %d", name,
                             rni_json_line(other->json));
    p->network[p->n_all++] = (rni_network){ .json = v, .name = name, .is_unit = is_unit };
    return true;
}

/* 1: under way, 2: done. A unit that contains itself would have no end. */
static bool check_nesting(const rni_project *p, int64_t i, char *state)
{
    if (state[i]) return state[i] == 2;
    state[i] = 1;
    const rni_network *n = &p->network[i];
    for (int64_t k = 0; k < n->n_layers; k++) {
        const rni_network *inner = rni_project_any(p, n->layer[k].type);
        if (!inner || check_nesting(p, inner - p->network, state)) continue;
        rni_json_fail(n->layer[k].json, RN_ERR_ARG, "the network \"%s\" contains itself", inner->name);
        if (!rni_excused(n->layer[k].json)) return false;
        n->layer[k].broken = true;
    }
    state[i] = 2;
    return true;
}

/* A member that is no object has been complained of. */
static const rni_json *object_at(const rni_json *v, const char *key)
{
    const rni_json *o = rni_json_get(v, key);
    return rni_json_type_of(o) == RNI_JSON_OBJECT ? o : NULL;
}

/* Adds the networks, or units, of an object. */
static bool add_networks(rni_project *p, const rni_json *all, bool units)
{
    for (int64_t i = 0; i < rni_json_count(all); i++)
        if (!add_network(p, rni_json_key_at(all, i), rni_json_at(all, i), units) && !rni_excused(rni_json_at(all, i)))
            return false;
    return true;
}

static bool read_networks(rni_project *p)
{
    const rni_json *one = rni_json_get(p->json, "network"), *many = object_at(p->json, "networks");
    const rni_json *units = object_at(p->json, "units");
    if (one && many) {
        rni_json_fail(many, RN_ERR_ARG, "\"network\" and \"networks\" exclude each other");
        if (!rni_excused(many)) return false;
        one = NULL;
    }
    if (!one && rni_json_count(many) == 0) {
        rni_json_fail(p->json, RN_ERR_ARG, "the project has no \"network\"");
        if (!rni_excused(p->json)) return false;
    }
    const int64_t count = (one != NULL) + rni_json_count(many) + rni_json_count(units);
    if (count > NETWORKS_MAX)
        return rni_json_fail(p->json, RN_ERR_ARG, "more than %d networks and units", NETWORKS_MAX);
    p->network = rni_alloc(count * (int64_t)sizeof *p->network);
    if (!p->network) return false;
    p->single = one != NULL;
    if (one && !add_network(p, "network", one, false)) return false;
    RNI_TRY(add_networks(p, many, false));
    p->n_networks = p->n_all;
    RNI_TRY(add_networks(p, units, true));
    for (int64_t i = 0; i < p->n_all; i++)
        if (!read_network(p, &p->network[i])) return false;
    char *state = rni_alloc(p->n_all);
    bool ok = state != NULL;
    for (int64_t i = 0; ok && i < p->n_all; i++) ok = check_nesting(p, i, state);
    rni_free(state);
    return ok;
}

/* ---- the whole ---- */

/* Names and texts serve as C strings everywhere. */
static bool check_texts(const rni_json *v)
{
    const char *text = rni_json_string(v);
    if (text && (int64_t)strlen(text) != rni_json_string_bytes(v))
        return rni_json_fail(v, RN_ERR_FORMAT, "the text holds a zero character");
    for (int64_t i = 0; i < rni_json_count(v); i++)
        if (!check_texts(rni_json_at(v, i))) return false;
    return true;
}

static bool read_project(rni_project *p)
{
    if (!check_texts(p->json)) return false;
    if (!rni_members_check(p->json, rni_members_project, "project", false) && !rni_excused(p->json)) return false;
    const rni_json *version = rni_json_get(p->json, "rensa");
    if (version && rni_json_int(version) != 1) {
        rni_json_fail(version, RN_ERR_UNSUPPORTED, "project files of version %lld are not known",
                      (long long)rni_json_int(version));
        rni_error_add("expect", "\"rensa\": 1");
        return false;
    }
    return read_networks(p);
}

rni_project *rni_project_from_json(rni_json *json)
{
    rni_project *p = json ? rni_alloc((int64_t)sizeof *p) : NULL;
    if (!p) {
        rni_json_free(json);
        return NULL;
    }
    p->json = json;
    if (read_project(p)) return p;
    rni_project_free(p);
    return NULL;
}

rni_project *rni_project_parse(const char *text, int64_t n, const char *source)
{
    return rn_ok() ? rni_project_from_json(rni_json_parse(text, n, source)) : NULL;
}

rni_project *rni_project_load(const char *path)
{
    return rn_ok() ? rni_project_from_json(rni_json_load(path, FILE_MAX)) : NULL;
}

void rni_project_free(rni_project *p)
{
    if (!p) return;
    for (int64_t i = 0; i < p->n_all; i++) {
        rni_network *n = &p->network[i];
        for (int64_t k = 0; k < n->n_layers; k++) {
            rni_free(n->layer[k].name);
            rni_free(n->layer[k].input);
        }
        rni_free(n->layer);
        rni_free(n->order);
        rni_free(n->input);
    }
    rni_free(p->network);
    rni_json_free(p->json);
    rni_free(p);
}

static const char *network_name(void *user, int i)
{
    const rni_project *p = user;
    return i < p->n_networks ? p->network[i].name : NULL;
}

const rni_network *rni_project_network(const rni_project *p, const char *name, const rni_json *where)
{
    if (!name && p->n_networks) return p->network;
    if (!name) {
        rni_json_fail(p->json, RN_ERR_ARG, "the project has no \"network\"");
        return NULL;
    }
    for (int64_t i = 0; i < p->n_networks; i++)
        if (strcmp(p->network[i].name, name) == 0) return &p->network[i];
    rni_unknown(where, "network", name, network_name, (void *)(uintptr_t)p);
    return NULL;
}
