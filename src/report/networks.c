/* The parts of a report that are about networks: drawings, costs, references; and where it was computed. */
#include "report/collect.h"

#include <math.h>
#include <rensa/optim.h>
#include <string.h>

static const char *shape_text(rni_document *r, const rn_shape *shape)
{
    rni_str s = { 0 };
    for (int i = 0; i < shape->rank; i++) rni_str_addf(&s, "%s%lld", i ? " x " : "", (long long)shape->dim[i]);
    const char *text = rni_document_text(r, "%s", s.at ? s.at : "scalar");
    rni_str_free(&s);
    return text;
}

/* What is known of a layer of this network; of repetitions the last. */
static const rni_layer_info *info_of(const rni_network_info *n, const rni_layer *layer)
{
    const rni_layer_info *found = NULL;
    for (int64_t i = 0; i < n->n; i++)
        if (n->layer[i].layer == layer && !strchr(n->layer[i].path, '/')) found = &n->layer[i];
    return found;
}

static void fill_box(rni_document *r, const rni_network_info *n, const rni_layer *layer, rni_box *b)
{
    const rni_layer_info *info = info_of(n, layer);
    b->name = rni_document_text(r, "%s", layer->name);
    if (strcmp(layer->name, layer->type) != 0 || !info)
        b->detail = rni_document_text(r, "%.24s", info ? info->type : layer->type);
    b->unit = info && info->whole;
    if (info && info->known) b->shape = shape_text(r, &info->shape);
}

/* The network's own layers; what is inside of units is not drawn. */
static void add_drawing(rni_source_run *s, rni_section *section, const rni_network_info *info)
{
    const rni_network *n = info->network;
    rni_document *r = s->report;
    rni_box *box = rni_document_alloc(r, (n->n_inputs + n->n_layers) * (int64_t)sizeof *box);
    int64_t *place = rni_document_alloc(r, n->n_layers * (int64_t)sizeof *place);
    if (!box || !place) return;
    for (int64_t i = 0; i < n->n_inputs; i++)
        box[i] = (rni_box){ .name = rni_document_text(r, "%s", n->input[i]), .detail = "input" };
    for (int64_t i = 0; i < n->n_layers; i++) {
        const rni_layer *layer = &n->layer[n->order[i]];
        rni_box *b = &box[n->n_inputs + i];
        place[n->order[i]] = n->n_inputs + i;
        fill_box(r, info, layer, b);
        b->input = rni_document_alloc(r, layer->n_inputs * (int64_t)sizeof *b->input);
        for (int64_t k = 0; b->input && k < layer->n_inputs; k++)
            b->input[b->n_inputs++] = layer->input[k] < 0 ? -1 - layer->input[k] : place[layer->input[k]];
    }
    rni_document_block *b = rni_document_add(r, section, RNI_BLOCK_DRAWING, NULL);
    if (!b) return;
    b->drawing = (rni_drawing){ .n = n->n_inputs + n->n_layers, .box = box };
    rni_drawing_lay_out(&b->drawing, 1.9);
}

static void add_costs(rni_document *r, rni_table *t, int64_t row, const rni_costs *c)
{
    const double all[] = { c->output,       c->parameter, c->add,         c->multiply,
                           c->multiply_add, c->division,  c->exponential, c->compare };
    for (size_t i = 0; i < RN_COUNTOF(all); i++)
        rni_document_cell(r, t, row, 3 + (int64_t)i, "%s", rni_document_count(r, all[i]));
}

static void add_cost_table(rni_source_run *s, rni_section *section, const rni_network_info *info)
{
    static const char *const heads[] = { "layer",    "type",         "result",   "output", "parameters", "add",
                                         "multiply", "multiply-add", "division", "exp",    "if" };
    rni_document *r = s->report;
    rni_table *t = rni_document_table(r, section, "Costs of one example", info->n + 2, RN_COUNTOF(heads));
    for (int64_t c = 0; c < (int64_t)RN_COUNTOF(heads); c++) rni_document_cell(r, t, 0, c, "%s", heads[c]);
    for (int64_t i = 0; i < info->n; i++) {
        const rni_layer_info *l = &info->layer[i];
        rni_document_cell(r, t, i + 1, 0, "%s", l->path);
        rni_document_cell(r, t, i + 1, 1, "%s", l->type);
        if (l->known) rni_document_cell(r, t, i + 1, 2, "%s", shape_text(r, &l->shape));
        if (l->known) add_costs(r, t, i + 1, &l->costs);
    }
    rni_document_cell(r, t, info->n + 1, 0, "total");
    add_costs(r, t, info->n + 1, &info->total);
}

void rni_document_networks(rni_source_run *s)
{
    for (int64_t i = 0; i < s->inspection->n_networks; i++) {
        const rni_network_info *info = &s->inspection->network[i];
        const char *name =
            s->inspection->n_networks > 1 ? rni_document_text(s->report, "Network %s", info->network->name) : "Network";
        rni_section *section = rni_document_section(s->report, name);
        add_drawing(s, section, info);
        add_cost_table(s, section, info);
    }
}

/* ---- references ---- */

/* "name: source", once. */
static void cite(rni_str *to, const char *name, const rn_doc *doc)
{
    if (!doc || !doc->source) return;
    rni_str line = { 0 };
    rni_str_addf(&line, "%s: %s\n", name, doc->source);
    if (line.at && !(to->at && strstr(to->at, line.at))) rni_str_add(to, line.at);
    to->failed |= line.failed;
    rni_str_free(&line);
}

static void cite_function(rni_str *to, const char *name)
{
    const rn_link_type *link = name ? rn_link_type_find(name) : NULL;
    const rn_op *op = name && !link ? rn_op_find(name) : NULL;
    if (link) cite(to, name, &link->doc);
    if (op) cite(to, name, &op->doc);
}

static const char *type_of(const rni_json *v)
{
    return rni_json_string(rni_json_type_of(v) == RNI_JSON_OBJECT ? rni_json_get(v, "type") : v);
}

static void cite_optimizer(rni_str *to, const rni_json *v)
{
    const char *name = type_of(v);
    const rn_optimizer_type *type = rn_optimizer_type_find(name ? name : "adam");
    if (type) cite(to, type->name, &type->doc);
    const rni_json *hooks = rni_json_get(v, "hooks");
    for (int64_t i = 0; i < rni_json_count(hooks); i++) {
        const char *hook = type_of(rni_json_at(hooks, i));
        for (int k = 0; hook && rn_hook_at(k); k++)
            if (strcmp(rn_hook_at(k)->name, hook) == 0) cite(to, hook, &rn_hook_at(k)->doc);
    }
}

static void add_references(rni_source_run *s)
{
    rni_str lines = { 0 };
    const rni_json *training = rni_json_get(s->project->json, "training"), *many = rni_json_get(training, "optimizers");
    for (int64_t i = 0; i < s->inspection->n_networks; i++)
        for (int64_t k = 0; k < s->inspection->network[i].n; k++)
            cite_function(&lines, s->inspection->network[i].layer[k].type);
    cite_function(&lines, type_of(rni_json_get(training, "loss")));
    if (!many) cite_optimizer(&lines, rni_json_get(training, "optimizer"));
    for (int64_t i = 0; i < rni_json_count(many); i++) cite_optimizer(&lines, rni_json_at(many, i));
    if (!lines.at) return;
    rni_document_block *b =
        rni_document_add(s->report, rni_document_section(s->report, "References"), RNI_BLOCK_LIST, NULL);
    if (b) b->note = rni_document_text(s->report, "%s", lines.at);
    rni_str_free(&lines);
}

static void add_amount(rni_document *r, rni_table *t, int64_t row, const char *key, double v)
{
    if (strstr(key, "bytes"))
        rni_document_cell(r, t, row, 1, "%.1f MiB", v / (1 << 20));
    else if (v == floor(v))
        rni_document_cell(r, t, row, 1, "%s", rni_document_count(r, v));
    else
        rni_document_cell(r, t, row, 1, "%.4g", v);
}

void rni_document_sources(rni_source_run *s)
{
    static const char *const keys[] = {
        "device",           "threads", "seed", "iterations", "examples_per_second", "seconds", "peak_memory_bytes",
        "parameters_sha256"
    };
    add_references(s);
    if (!s->result) return;
    rni_section *section = rni_document_section(s->report, "Environment");
    const rni_json *versions = rni_json_get(s->result, "versions");
    rni_table *t =
        rni_document_table(s->report, section, NULL, 1 + rni_json_count(versions) + (int64_t)RN_COUNTOF(keys), 2);
    int64_t row = 0;
    rni_document_cell(s->report, t, row, 0, "item");
    rni_document_cell(s->report, t, row++, 1, "value");
    for (int64_t i = 0; i < rni_json_count(versions); i++, row++) {
        rni_document_cell(s->report, t, row, 0, "%s", rni_json_key_at(versions, i));
        rni_document_cell(s->report, t, row, 1, "%s", rni_json_string(rni_json_at(versions, i)));
    }
    for (size_t i = 0; i < RN_COUNTOF(keys); i++, row++) {
        const rni_json *v = rni_json_get(s->result, keys[i]);
        rni_document_cell(s->report, t, row, 0, "%s", keys[i]);
        if (rni_json_string(v)) rni_document_cell(s->report, t, row, 1, "%s", rni_json_string(v));
        if (rni_json_type_of(v) == RNI_JSON_NUMBER) add_amount(s->report, t, row, keys[i], rni_json_number(v));
    }
}
