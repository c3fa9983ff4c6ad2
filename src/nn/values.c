/* The values of a tree's parameters: getting, setting, counting, converting, copying, and the printed table. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/engine.h"
#include "nn/nn.h"

#include <rensa/ops.h>
#include <string.h>

rn_tensor *rn_link_param(rn_link *link, const char *path)
{
    const rni_slot *s = rni_slot_find(link, path, NULL);
    return s ? s->cell : NULL;
}

/* ---- names, for hints ---- */

typedef struct {
    char **at;
    int64_t count, capacity;
} names;

static bool add_name(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    (void)link;
    (void)slot;
    names *n = user;
    char **p = rni_grow(n->at, n->count, &n->capacity, (int64_t)sizeof *p);
    if (!p) return false;
    n->at = p;
    n->at[n->count] = rni_strdup(path);
    return n->at[n->count++] != NULL;
}

static const char *name_at(void *user, int i)
{
    const names *n = user;
    return i < n->count ? n->at[i] : NULL;
}

static bool no_such(rn_link *link, const char *path, const char *what)
{
    names n = { 0 };
    rni_fail(RN_ERR_ARG, NULL, what, "there is no parameter \"%s\"", path ? path : "");
    const bool known = rni_slots_visit(link, add_name, &n);
    const char *near = known && path ? rni_nearest(path, name_at, &n) : NULL;
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    if (known && n.count == 0)
        rni_error_add("hint", "the tree has no parameters yet; links made by name appear at the "
                              "first forward pass");
    for (int64_t i = 0; i < n.count; i++) rni_free(n.at[i]);
    rni_free(n.at);
    return false;
}

bool rn_link_set_param(rn_link *link, const char *path, rn_tensor *value)
{
    if (!rn_ok()) return false;
    if (!link) return rni_fail(RN_ERR_ARG, NULL, "link_set_param", "the link is NULL");
    rn_link *owner;
    rni_slot *s = rni_slot_find(link, path, &owner);
    return s ? rni_slot_set(s, owner, value) : no_such(link, path, "link_set_param");
}

/* ---- counting ---- */

typedef struct {
    int64_t count, elements, states;
} sums;

static bool count_slot(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    (void)link;
    (void)path;
    sums *s = user;
    if (slot->flags & RN_SLOT_STATE || !slot->cell) return true;
    s->count++;
    s->elements += rn_tensor_count(slot->cell);
    return true;
}

int64_t rn_link_count(rn_link *link, int64_t *elements)
{
    sums s = { 0 };
    if (link) rni_slots_visit(link, count_slot, &s);
    if (elements) *elements = s.elements;
    return s.count;
}

/* ---- element types ---- */

static bool convert_slot(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    rn_dtype dtype = *(const rn_dtype *)user;
    (void)path;
    if (slot->flags & RN_SLOT_WIDE && rn_dtype_bytes(dtype) < 4) dtype = RN_F32;
    if (!slot->cell || rn_tensor_dtype(slot->cell) == dtype) return true;
    if (!rn_dtype_is_float(rn_tensor_dtype(slot->cell))) return true;
    rn_tensor *old = slot->cell;
    const int scope = rn_scope_begin();
    rn_tensor *value = rn_cast(rn_value(old), dtype);
    slot->cell = NULL;
    const bool ok = rn_eval(value) && rni_slot_set(slot, link, value);
    rn_scope_end(scope);
    if (!ok) {
        slot->cell = old;
        return false;
    }
    rn_drop(old);
    return true;
}

static void set_dtype(rn_link *link, rn_dtype dtype)
{
    link->dtype = dtype;
    for (int64_t i = 0; i < link->n_children; i++) set_dtype(link->child[i].link, dtype);
}

bool rn_link_set_dtype(rn_link *link, rn_dtype dtype)
{
    if (!rn_ok()) return false;
    if (!link) return rni_fail(RN_ERR_ARG, NULL, "link_set_dtype", "the link is NULL");
    if (!rn_dtype_is_float(dtype))
        return rni_fail(RN_ERR_DTYPE, NULL, "link_set_dtype", "parameters cannot be %s", rn_dtype_name(dtype));
    set_dtype(link, dtype);
    const bool ok = rni_slots_visit(link, convert_slot, &dtype);
    rni_nn_changed();
    return ok;
}

/* ---- copying ---- */

static bool copy_value(rni_slot *slot, rn_link *owner, rn_tensor *from)
{
    const int scope = rn_scope_begin();
    const bool ok = rni_slot_set(slot, owner, rn_value(from));
    rn_scope_end(scope);
    return ok;
}

static bool copy_from(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    const rni_slot *from = rni_slot_find(user, path, NULL);
    if (!from) return no_such(user, path, "link_copy_params");
    return !from->cell || from == slot || copy_value(slot, link, from->cell);
}

bool rn_link_copy_params(rn_link *to, rn_link *from)
{
    if (!rn_ok()) return false;
    if (!to || !from) return rni_fail(RN_ERR_ARG, NULL, "link_copy_params", "a link is NULL");
    return rni_slots_visit(to, copy_from, from);
}

/* What has been copied, for slots and links that occur again: they are one thing in the copy as well. */
typedef struct {
    rn_copy_mode mode;
    struct {
        const void *from;
        void *to; /* borrowed */
    } * pair;
    int64_t count, capacity;
} copies;

static void *copied(const copies *c, const void *from)
{
    for (int64_t i = 0; i < c->count; i++)
        if (c->pair[i].from == from) return c->pair[i].to;
    return NULL;
}

static bool remember(copies *c, const void *from, void *to)
{
    void *p = rni_grow(c->pair, c->count, &c->capacity, (int64_t)sizeof *c->pair);
    if (!p) return false;
    c->pair = p;
    c->pair[c->count].from = from;
    c->pair[c->count++].to = to;
    return true;
}

static rni_slot *new_slot(const rni_slot *from)
{
    rni_slot *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return NULL;
    *s = *from;
    s->refs = 1;
    s->cell = NULL;
    s->name = rni_strdup(from->name);
    if (s->name) {
        rn_keep(s->init.values);
        return s;
    }
    rni_free(s);
    return NULL;
}

/* The slot that stands for `from` in the copy, with a reference of its own. */
static rni_slot *copy_slot(copies *c, rn_link *owner, rni_slot *from)
{
    rni_slot *s = c->mode == RN_COPY_SHARE ? from : from->refs > 1 ? copied(c, from) : NULL;
    if (s) {
        __atomic_fetch_add(&s->refs, 1, __ATOMIC_RELAXED);
        return s;
    }
    s = new_slot(from);
    const bool values = s && c->mode == RN_COPY_VALUES && from->cell;
    if (s && (from->refs == 1 || remember(c, from, s)) && (!values || copy_value(s, owner, from->cell))) return s;
    rni_slot_free(s);
    return NULL;
}

/* The slots of `from` in the place of those that a new link of its type has. */
static bool copy_slots(copies *c, rn_link *to, rn_link *from)
{
    for (int64_t i = 0; i < to->n_slots; i++) rni_slot_free(to->slot[i]);
    to->n_slots = 0;
    for (int64_t i = 0; i < from->n_slots; i++) {
        rni_slot *s = from->slot[i];
        if (s && !(s = copy_slot(c, to, s))) return false;
        if (!rni_slot_add(to, s)) {
            rni_slot_free(s);
            return false;
        }
    }
    return true;
}

static rn_link *copy_link(copies *c, rn_link *from);

/* Children that a type has made for itself are there already and get the slots only. */
static bool copy_inside(copies *c, rn_link *to, rn_link *from)
{
    to->dtype = from->dtype;
    if (from->refs > 1 && !remember(c, from, to)) return false;
    if (!copy_slots(c, to, from)) return false;
    for (int64_t i = 0; i < from->n_children; i++) {
        const rni_child *child = &from->child[i];
        rn_link *have = rni_link_direct(to, child->name, (int64_t)strlen(child->name));
        if (have) {
            if (!copy_inside(c, have, child->link)) return false;
            continue;
        }
        rn_link *again = copied(c, child->link), *copy = again ? rn_link_keep(again) : copy_link(c, child->link);
        if (!copy || !rn_chain_add(to, child->name, copy)) return false;
    }
    return true;
}

static rn_link *copy_shell(rn_link *from)
{
    if (from->kind == RNI_TYPED) return rni_link_inner(from->type, &from->site, from->args);
    rn_link *l = rni_link_alloc(from->kind, &from->site);
    if (!l) return NULL;
    l->fn = from->fn;
    l->user = from->user;
    l->op = from->op;
    l->n_inputs = from->n_inputs;
    l->n_required = from->n_required;
    if (!from->op) return l;
    l->args = rni_alloc((int64_t)from->op->opts_size);
    if (l->args) {
        memcpy(l->args, from->args, from->op->opts_size);
        return l;
    }
    rn_link_free(l);
    return NULL;
}

static rn_link *copy_link(copies *c, rn_link *from)
{
    rn_link *l = copy_shell(from);
    if (!l || copy_inside(c, l, from)) return l;
    rn_link_free(l);
    return NULL;
}

rn_link *rn_link_copy(rn_link *link, rn_copy_mode mode)
{
    if (!rn_ok()) return NULL;
    if (!link || mode < RN_COPY_VALUES || mode > RN_COPY_INIT) {
        rni_fail(RN_ERR_ARG, NULL, "link_copy", link ? "there is no such mode" : "the link is NULL");
        return NULL;
    }
    copies c = { .mode = mode };
    rn_link *l = copy_link(&c, link);
    rni_free(c.pair);
    if (l) rni_link_draw(l);
    rni_nn_changed();
    return l;
}

/* ---- the table ---- */

typedef struct {
    FILE *to;
    int name_width, shape_width;
    bool write;
    sums sum;
    int64_t absent;
} table;

static bool table_row(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    (void)link;
    table *t = user;
    char shape[RNI_SHAPE_TEXT] = "not there yet", text[RNI_SHAPE_TEXT + 8];
    if (slot->cell) rni_shape_text(rn_tensor_shape(slot->cell), shape);
    snprintf(text, sizeof text, "%s%s", slot->cell ? rn_dtype_name(rn_tensor_dtype(slot->cell)) : "", shape);
    if (!t->write) {
        if ((int)strlen(path) > t->name_width) t->name_width = (int)strlen(path);
        if ((int)strlen(text) > t->shape_width) t->shape_width = (int)strlen(text);
        return true;
    }
    const bool state = slot->flags & RN_SLOT_STATE;
    const bool frozen = !state && (slot->frozen || (slot->cell && !rn_requires_grad(slot->cell)));
    fprintf(t->to, "%-*s  %-*s", t->name_width, path, t->shape_width, text);
    if (slot->cell) fprintf(t->to, " %12lld", (long long)rn_tensor_count(slot->cell));
    fprintf(t->to, "%s%s", state ? "  state" : frozen ? "  frozen" : "", slot->no_decay ? "  no decay" : "");
    if (slot->rate != 1) fprintf(t->to, "  rate * %g", slot->rate);
    fputc('\n', t->to);
    t->absent += !slot->cell;
    t->sum.states += state;
    return count_slot(&t->sum, link, slot, path);
}

bool rn_link_print(FILE *to, rn_link *link)
{
    if (!rn_ok()) return false;
    if (!link || !to) return rni_fail(RN_ERR_ARG, NULL, "link_print", "the link or the file is NULL");
    table t = { .to = to, .name_width = 4, .shape_width = 5 };
    if (!rni_slots_visit(link, table_row, &t)) return false;
    t.write = true;
    if (!rni_slots_visit(link, table_row, &t)) return false;
    fprintf(to, "%lld parameters, %lld elements", (long long)t.sum.count, (long long)t.sum.elements);
    if (t.sum.states) fprintf(to, ", %lld states", (long long)t.sum.states);
    if (t.absent) fprintf(to, ", %lld not there before the first call", (long long)t.absent);
    fputc('\n', to);
    return !ferror(to) || rni_fail(RN_ERR_IO, NULL, "link_print", "the table could not be written");
}
