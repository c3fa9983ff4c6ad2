/* The palette: rows of functions, links, optimizers and members as JSON. */
#include "project/palette.h"

#include "engine/op_table.h"
#include "project/optimize.h"
#include "project/schema.h"

#include <rensa/optim.h>
#include <string.h>

static const char *const option_types[RN_OPT_TYPE_COUNT] = {
    [RN_OPT_TYPE_F64] = "number",  [RN_OPT_TYPE_I64] = "integer",      [RN_OPT_TYPE_BOOL] = "bool",
    [RN_OPT_TYPE_ENUM] = "choice", [RN_OPT_TYPE_DTYPE] = "dtype",      [RN_OPT_TYPE_AXES] = "axes",
    [RN_OPT_TYPE_SHAPE] = "shape", [RN_OPT_TYPE_RANGES] = "ranges",    [RN_OPT_TYPE_I64S] = "integers",
    [RN_OPT_TYPE_TEXT] = "text",   [RN_OPT_TYPE_INIT] = "initialiser",
};

/* Names with commas between them. */
static void write_choices(rni_json_writer *w, const char *list)
{
    rni_json_array_begin(w);
    for (const char *s = list + strspn(list, ", "); *s; s += strspn(s, ", ")) {
        char name[64];
        const size_t n = strcspn(s, ", ");
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        rni_json_write_string(w, name);
        s += n;
    }
    rni_json_array_end(w);
}

static void put_default(rni_json_writer *w, const rn_opt *o)
{
    char name[64];
    switch (o->type) {
    case RN_OPT_TYPE_F64:
    case RN_OPT_TYPE_I64:
    case RN_OPT_TYPE_I64S:
        rni_json_put_number(w, "default", o->value);
        break;
    case RN_OPT_TYPE_BOOL:
        rni_json_put_bool(w, "default", o->value != 0);
        break;
    case RN_OPT_TYPE_ENUM:
        if (rni_op_name(o->choices, 0, name, sizeof name, NULL)) rni_json_put_string(w, "default", name);
        break;
    case RN_OPT_TYPE_DTYPE:
        rni_json_put_string(w, "default", o->value != 0 ? rn_dtype_name((rn_dtype)o->value) : NULL);
        break;
    case RN_OPT_TYPE_INIT:
        rni_json_put_string(w, "default", o->choices);
        break;
    default:
        break;
    }
}

static void write_option(rni_json_writer *w, const rn_opt *o)
{
    const bool required = o->flags & RN_OPT_REQUIRED;
    rni_json_object_begin(w);
    rni_json_put_string(w, "name", o->name);
    rni_json_put_string(w, "type", option_types[o->type]);
    if (required) rni_json_put_bool(w, "required", true);
    if (!required) put_default(w, o);
    if (o->max > o->min && o->type != RN_OPT_TYPE_BOOL && o->type != RN_OPT_TYPE_DTYPE) {
        rni_json_put_number(w, "min", o->min);
        rni_json_put_number(w, "max", o->max);
    }
    if (o->type == RN_OPT_TYPE_I64S || o->type == RN_OPT_TYPE_TEXT) rni_json_put_int(w, "count", o->count);
    if (o->type == RN_OPT_TYPE_ENUM) {
        rni_json_write_key(w, "choices");
        write_choices(w, o->choices);
    }
    rni_json_put_string(w, "doc", o->help);
    rni_json_object_end(w);
}

static void write_options(rni_json_writer *w, const rn_opt *rows)
{
    rni_json_write_key(w, "options");
    rni_json_array_begin(w);
    for (const rn_opt *o = rows; o && o->name; o++) {
        if (o->flags & RN_OPT_HIDDEN) continue;
        rni_json_flat_begin(w);
        write_option(w, o);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

static void write_doc(rni_json_writer *w, const rn_doc *d)
{
    const struct {
        const char *key, *text;
    } rows[] = { { "doc", d->brief },
                 { "formula", d->formula },
                 { "shapes", d->shapes },
                 { "types", d->types },
                 { "reference", d->source } };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++)
        if (rows[i].text && *rows[i].text) rni_json_put_string(w, rows[i].key, rows[i].text);
}

/* Inputs as "x, w, b?" or "xs*". */
static void write_inputs(rni_json_writer *w, const char *list)
{
    char name[64], mark = '\0';
    rni_json_write_key(w, "inputs");
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    for (int i = 0; mark != '*' && rni_op_name(list, i, name, sizeof name, &mark); i++) {
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", name);
        if (mark == '?') rni_json_put_bool(w, "optional", true);
        if (mark == '*') rni_json_put_bool(w, "list", true);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
    rni_json_flat_end(w);
}

static void begin_layer(rni_json_writer *w, const char *name, const char *kind, const char *topic, const char *inputs)
{
    rni_json_object_begin(w);
    rni_json_put_string(w, "name", name);
    rni_json_put_string(w, "kind", kind);
    rni_json_put_string(w, "topic", topic);
    write_inputs(w, inputs);
}

static void write_link(rni_json_writer *w, const rn_link_type *t)
{
    begin_layer(w, t->name, "link", t->topic ? t->topic : "other", t->inputs ? t->inputs : "x");
    write_options(w, t->opts);
    rni_json_write_key(w, "parameters");
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    for (const rn_link_slot *s = t->slots; s && s->name; s++) {
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", s->name);
        rni_json_put_string(w, "initialiser", s->init);
        if (s->flags & RN_SLOT_STATE) rni_json_put_bool(w, "state", true);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
    rni_json_flat_end(w);
    write_doc(w, &t->doc);
    rni_json_object_end(w);
}

static void write_function(rni_json_writer *w, const rn_op *op, const char *topic)
{
    begin_layer(w, op->name, "function", topic, op->inputs);
    write_options(w, op->opts);
    write_doc(w, &op->doc);
    if (!op->doc.formula && op->kind == RN_MAP) rni_json_put_string(w, "formula", op->expr);
    rni_json_object_end(w);
}

/* A layer of this name is the link, where there are both. */
static bool is_layer(const rn_op *op)
{
    return !(op->flags & (RN_OP_INTERNAL | RN_OP_LIST_OUT)) && !rn_link_type_find(op->name);
}

static void write_layers(rni_json_writer *w)
{
    const char *topic;
    rni_json_write_key(w, "layers");
    rni_json_array_begin(w);
    for (int i = 0; rn_link_type_at(i); i++) write_link(w, rn_link_type_at(i));
    for (int i = 0; rn_op_at(i, &topic); i++)
        if (is_layer(rn_op_at(i, NULL))) write_function(w, rn_op_at(i, NULL), topic);
    rni_json_array_end(w);
}

/* Names of functions of a topic that take (output, target), or the output alone. */
static void write_measures(rni_json_writer *w, const char *key, const char *wanted)
{
    const char *topic;
    const rn_op *op;
    rni_json_write_key(w, key);
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    for (int i = 0; (op = rn_op_at(i, &topic)) != NULL; i++) {
        int required;
        bool list;
        if (op->flags & (RN_OP_INTERNAL | RN_OP_LIST_OUT) || !topic || strcmp(topic, wanted) != 0) continue;
        const int most = rni_op_inputs(op, &required, &list);
        if (!list && required <= 2 && most >= 1) rni_json_write_string(w, op->name);
    }
    rni_json_array_end(w);
    rni_json_flat_end(w);
}

static void write_optimizers(rni_json_writer *w)
{
    const rn_optimizer_type *t;
    rni_json_write_key(w, "optimizers");
    rni_json_array_begin(w);
    for (int i = 0; (t = rn_optimizer_type_at(i)) != NULL; i++) {
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", t->name);
        rni_json_put_string(w, "rate", t->rate);
        write_options(w, t->opts);
        write_doc(w, &t->doc);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
}

static void write_hooks(rni_json_writer *w)
{
    const rn_hook *h;
    rni_json_write_key(w, "hooks");
    rni_json_array_begin(w);
    for (int i = 0; (h = rn_hook_at(i)) != NULL; i++) {
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", h->name);
        rni_json_put_string(w, "numbers", h->args);
        write_doc(w, &h->doc);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
}

static void write_initialisers(rni_json_writer *w)
{
    const char *doc, *name;
    rni_json_write_key(w, "initialisers");
    rni_json_array_begin(w);
    for (int i = 0; (name = rn_init_at(i, &doc)) != NULL; i++) {
        rni_json_flat_begin(w);
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", name);
        rni_json_put_string(w, "doc", doc);
        rni_json_object_end(w);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

static void write_members(rni_json_writer *w)
{
    static const struct {
        const char *name;
        const rni_member *rows;
    } tables[] = {
        { "project", rni_members_project },
        { "network", rni_members_network },
        { "layer", rni_members_layer },
        { "data", rni_members_data },
        { "step", rni_members_step },
        { "training", rni_members_training },
        { "optimizer", rni_members_optimizer },
        { "schedule", rni_members_schedule },
        { "monitor", rni_members_monitor },
        { "early_stopping", rni_members_stopping },
        { "save_best", rni_members_best },
        { "snapshot", rni_members_snapshot },
        { "loss_scale", rni_members_loss_scale },
    };
    rni_json_write_key(w, "members");
    rni_json_object_begin(w);
    for (size_t i = 0; i < RN_COUNTOF(tables); i++) {
        rni_json_write_key(w, tables[i].name);
        rni_json_array_begin(w);
        for (const rni_member *m = tables[i].rows; m->name; m++) {
            rni_json_flat_begin(w);
            rni_json_object_begin(w);
            rni_json_put_string(w, "name", m->name);
            rni_json_write_key(w, "kinds");
            rni_json_array_begin(w);
            for (int k = 0; rni_member_kind(m, k); k++) rni_json_write_string(w, rni_member_kind(m, k));
            rni_json_array_end(w);
            rni_json_put_string(w, "doc", m->help);
            rni_json_object_end(w);
            rni_json_flat_end(w);
        }
        rni_json_array_end(w);
    }
    rni_json_object_end(w);
}

bool rni_palette_write(rni_str *to)
{
    rni_json_writer writer = { .to = to, .indent = 1 }, *w = &writer;
    rni_json_object_begin(w);
    write_layers(w);
    write_measures(w, "losses", "loss");
    write_measures(w, "metrics", "evaluation");
    write_optimizers(w);
    rni_json_write_key(w, "schedules");
    rni_json_array_begin(w);
    for (int i = 0; rni_schedule_name(i); i++) rni_json_write_string(w, rni_schedule_name(i));
    rni_json_array_end(w);
    write_hooks(w);
    write_initialisers(w);
    write_members(w);
    rni_json_object_end(w);
    rni_str_add(to, "\n");
    return !to->failed;
}

bool rni_palette_write_one(const char *name, rni_str *to)
{
    rni_json_writer w = { .to = to, .indent = 1 };
    const char *topic;
    const rn_link_type *t = rn_link_type_find(name);
    if (t) write_link(&w, t);
    for (int i = 0; !t && rn_op_at(i, &topic); i++) {
        const rn_op *op = rn_op_at(i, NULL);
        if (strcmp(op->name, name) == 0 && !(op->flags & RN_OP_INTERNAL)) write_function(&w, op, topic);
    }
    if (to->length) rni_str_add(to, "\n");
    return to->length > 0 && !to->failed;
}
