/* Writes docs/links.md and docs/optimizers.md from the rows of links, initialisers, optimizers and hooks, as a part of
 * opgen. */
#include "nngen.h"

#include <rensa/optim.h>

#include <string.h>

static void default_text(const rn_opt *o, char *buf, size_t size)
{
    buf[0] = '\0';
    if (o->flags & RN_OPT_REQUIRED) return;
    if (o->type == RN_OPT_TYPE_ENUM)
        snprintf(buf, size, " (one of %s; the first is the default)", o->choices);
    else if (o->type == RN_OPT_TYPE_INIT || o->type == RN_OPT_TYPE_TEXT)
        snprintf(buf, size, " (default %s)", o->choices ? o->choices : "none");
    else if (o->type == RN_OPT_TYPE_F64 || o->type == RN_OPT_TYPE_I64 || o->type == RN_OPT_TYPE_I64S)
        snprintf(buf, size, " (default %g)", o->value);
}

static void options(rni_str *s, const rn_opt *rows)
{
    for (const rn_opt *o = rows; o && o->name; o++) {
        char text[256];
        default_text(o, text, sizeof text);
        rni_str_addf(s, "- `%s`%s: %s%s\n", o->name, o->flags & RN_OPT_REQUIRED ? ", by position" : "",
                     o->help ? o->help : "", text);
    }
}

static void doc_head(rni_str *s, const char *name, const rn_doc *doc)
{
    rni_str_addf(s, "## %s\n\n%s\n\n", name, doc->brief ? doc->brief : "");
    if (doc->formula) rni_str_addf(s, "    %s\n\n", doc->formula);
    if (doc->shapes) rni_str_addf(s, "- Shapes: %s\n", doc->shapes);
}

static void doc_tail(rni_str *s, const rn_doc *doc)
{
    if (doc->errors) rni_str_addf(s, "- Errors: %s\n", doc->errors);
    if (doc->source) rni_str_addf(s, "- Source: %s\n", doc->source);
    rni_str_add(s, "\n");
}

static void slots(rni_str *s, const rn_link_type *type)
{
    for (const rn_link_slot *p = type->slots; p && p->name; p++) {
        rni_str_addf(s, "- %s `%s`", p->flags & RN_SLOT_STATE ? "State" : "Parameter", p->name);
        for (const rn_opt *o = type->opts; o && o->name; o++) {
            if (p->init_at && o->offset == (int)p->init_at) rni_str_addf(s, ", first values `%s`", o->name);
            if (p->unless_at && o->offset == (int)p->unless_at) rni_str_addf(s, ", not with `%s`", o->name);
        }
        if (!p->init_at && p->init) rni_str_addf(s, ", first values %s", p->init);
        rni_str_add(s, "\n");
    }
}

void nngen_links(rni_str *s)
{
    rni_str_add(
        s, "<!-- Written by scripts/nngen.c; do not edit. -->\n# Links\n\n"
           "`rn_<name>_link(arguments, .option = …)` makes a link, `rn_call(link, x)` runs it. In project files and "
           "in `rn_link_parse` the same names are used: `conv2d out=20 kernel=5`.\n\n");
    const rn_link_type *type;
    for (int i = 0; (type = rn_link_type_at(i)) != NULL; i++) {
        doc_head(s, type->name, &type->doc);
        if (type->inputs && strchr(type->inputs, ',')) rni_str_addf(s, "- Inputs: %s\n", type->inputs);
        options(s, type->opts);
        slots(s, type);
        doc_tail(s, &type->doc);
    }
    rni_str_add(s, "# Initialisers\n\n`.w_init = rn_init_he_normal()`, or by name with numbers: "
                   "`.w_init = { \"normal:0.02\" }`.\n\n");
    const char *name, *doc;
    for (int i = 0; (name = rn_init_at(i, &doc)) != NULL; i++) rni_str_addf(s, "- `%s`: %s\n", name, doc);
}

void nngen_optimizers(rni_str *s)
{
    rni_str_add(s, "<!-- Written by scripts/nngen.c; do not edit. -->\n# Optimizers\n\n"
                   "`rn_<name>(model, .option = …)` makes one; `rn_update(optimizer, loss)` is a training step.\n\n");
    const rn_optimizer_type *type;
    for (int i = 0; (type = rn_optimizer_type_at(i)) != NULL; i++) {
        doc_head(s, type->name, &type->doc);
        options(s, type->opts);
        if (type->states) rni_str_addf(s, "- State: %s\n", type->states);
        doc_tail(s, &type->doc);
    }
    rni_str_add(s, "# Hooks\n\n`rn_hook_<name>(optimizer, numbers)` adds one; they run in the order of adding.\n\n");
    const rn_hook *hook;
    for (int i = 0; (hook = rn_hook_at(i)) != NULL; i++)
        rni_str_addf(s, "- `%s(%s)`: %s%s%s\n", hook->name, hook->args, hook->doc.brief, hook->doc.source ? " " : "",
                     hook->doc.source ? hook->doc.source : "");
}
