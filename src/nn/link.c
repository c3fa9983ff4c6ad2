/* One link: making it, its slots and what it keeps. Calling stands in call.c; how a link is named and found in a tree
 * in tree.c and chain.c. */
#include "nn/nn.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/shape.h"
#include "engine/engine.h"
#include "engine/op_table.h"
#include "nn/init.h"

#include <string.h>

/* Counts changes of all trees; written whenever one changes. */
static struct {
    uint64_t version;
} g;

uint64_t rni_nn_version(void)
{
    return __atomic_load_n(&g.version, __ATOMIC_ACQUIRE);
}

void rni_nn_changed(void)
{
    __atomic_fetch_add(&g.version, 1, __ATOMIC_ACQ_REL);
}

/* ---- slots ---- */

bool rni_slot_add(rn_link *link, rni_slot *slot)
{
    rni_slot **p = rni_grow(link->slot, link->n_slots, &link->cap_slots, (int64_t)sizeof *p);
    if (!p) return false;
    link->slot = p;
    link->slot[link->n_slots++] = slot;
    rni_nn_changed();
    return true;
}

int rn_link_add_slot(rn_link *link, const char *name, rn_init init, unsigned flags)
{
    if (!rn_ok() || !rni_given(link, NULL, "link_add_slot", "link")) return -1;
    if (!name || !*name || strchr(name, '/')) {
        rni_fail(RN_ERR_ARG, NULL, "link_add_slot", "\"%s\" cannot be the name of a parameter", name ? name : "");
        return -1;
    }
    if (!rni_init_resolve(&init, flags & RN_SLOT_STATE ? "zero" : "lecun_normal", NULL)) return -1;
    rni_slot *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return -1;
    *s = (rni_slot){ .refs = 1, .init = init, .flags = flags, .rate = 1, .name = rni_strdup(name) };
    rn_keep(init.values);
    if (s->name && rni_slot_add(link, s)) return (int)link->n_slots - 1;
    rni_slot_free(s);
    return -1;
}

void rni_slot_free(rni_slot *slot)
{
    if (!slot || __atomic_fetch_sub(&slot->refs, 1, __ATOMIC_ACQ_REL) != 1) return;
    rn_drop(slot->cell);
    rn_drop(slot->before);
    rn_drop(slot->init.values);
    rni_free(slot->name);
    rni_free(slot);
}

/* ---- making and ending ---- */

rn_link *rni_link_alloc(rni_link_kind kind, const rn_site *site)
{
    if (!rn_ok()) {
        rni_error_trail(site, "link");
        return NULL;
    }
    rn_link *l = rni_alloc((int64_t)sizeof *l);
    if (!l) return NULL;
    l->kind = kind;
    l->refs = 1;
    if (site) l->site = *site;
    return l;
}

void rni_link_draw(rn_link *link)
{
    rni_thread *t = rni_thread_self();
    link->seed = t->seed;
    link->draw = t->draws++;
}

rni_args_of rni_link_args_of(const rn_link_type *type)
{
    return (rni_args_of){ type->name, type->opts, (int64_t)type->args_size };
}

/* "x, memory?" */
static void count_inputs(rn_link *l, const char *inputs)
{
    const rn_op row = { .inputs = inputs ? inputs : "x" };
    bool list;
    l->n_inputs = rni_op_inputs(&row, &l->n_required, &list);
    if (list) l->n_inputs = RN_INPUTS_MAX;
}

static bool add_slots(rn_link *l)
{
    for (const rn_link_slot *s = l->type->slots; s && s->name; s++) {
        if (s->unless_at && *((const bool *)l->args + s->unless_at)) {
            if (!rni_slot_add(l, NULL)) return false;
            continue;
        }
        rn_init init = { .name = s->init };
        if (s->init_at) memcpy(&init, (const char *)l->args + s->init_at, sizeof init);
        if (rn_link_add_slot(l, s->name, init, s->flags) < 0) return false;
    }
    return true;
}

rn_link *rni_link_typed(const rn_link_type *type, const rn_site *site, void *args)
{
    rn_link *l = rni_link_alloc(RNI_TYPED, site);
    if (!l) {
        const rni_args_of a = rni_link_args_of(type);
        rni_args_free(&a, args);
        rni_free(args);
        return NULL;
    }
    l->type = type;
    l->args = args;
    count_inputs(l, type->inputs);
    const rn_site *before = rni_site_enter(rni_site_current() ? rni_site_current() : site);
    bool ok = !type->memory || (l->memory = rni_alloc((int64_t)type->memory)) != NULL;
    ok = ok && add_slots(l) && rni_explained(!type->setup || type->setup(l), site, type->name, "its setup");
    rni_site_enter(before);
    if (ok) return l;
    rn_link_free(l);
    return NULL;
}

rn_link *rni_link_inner(const rn_link_type *type, const rn_site *site, const void *args)
{
    if (!rn_ok()) {
        rni_error_trail(site, type->name);
        return NULL;
    }
    const rni_args_of a = rni_link_args_of(type);
    void *own = rni_alloc(a.size);
    if (!own) return NULL;
    if (!rni_args_take(&a, site, args, own)) {
        rni_args_free(&a, own);
        rni_free(own);
        return NULL;
    }
    return rni_link_typed(type, site, own);
}

rn_link *rn_link_new_at(const rn_site *site, const rn_link_type *type, const void *args)
{
    if (!type || !type->name || !type->forward) {
        rni_fail(RN_ERR_ARG, site, "link_new", "the type has no name or no forward");
        return NULL;
    }
    rn_link *l = rni_link_inner(type, site, args);
    if (l) rni_link_draw(l);
    return l;
}

rn_link *rn_function_link(rn_segment_fn *fn, void *user)
{
    if (!fn) {
        rni_fail(RN_ERR_ARG, NULL, "function_link", "there is no function");
        return NULL;
    }
    rn_link *l = rni_link_alloc(RNI_FUNCTION, NULL);
    if (!l) return NULL;
    l->fn = fn;
    l->user = user;
    return l;
}

rn_link *rn_link_keep(rn_link *link)
{
    if (link) __atomic_fetch_add(&link->refs, 1, __ATOMIC_RELAXED);
    return link;
}

void rn_link_free(rn_link *link)
{
    if (!link || __atomic_fetch_sub(&link->refs, 1, __ATOMIC_ACQ_REL) != 1) return;
    if (link->type && link->type->end && link->memory) link->type->end(link);
    for (int64_t i = 0; i < link->n_slots; i++) rni_slot_free(link->slot[i]);
    for (int64_t i = 0; i < link->n_children; i++) {
        rni_child *c = &link->child[i];
        if (c->link->parent == link) c->link->parent = NULL;
        rn_link_free(c->link);
        rni_free(c->name);
    }
    for (int64_t i = 0; i < link->n_kept; i++) {
        rn_drop(link->kept[i].value);
        rni_free(link->kept[i].name);
    }
    if (link->type) {
        const rni_args_of a = rni_link_args_of(link->type);
        rni_args_free(&a, link->args);
    }
    rni_free(link->args);
    rni_free(link->given);
    rni_free(link->memory);
    rni_free(link->slot);
    rni_free(link->child);
    rni_free(link->kept);
    rni_free(link->name);
    rni_free(link);
    rni_nn_changed();
}

const rn_link_type *rn_link_type_of(const rn_link *link)
{
    return link ? link->type : NULL;
}

const void *rn_link_args(const rn_link *link)
{
    return link ? link->args : NULL;
}

void *rn_link_memory(rn_link *link)
{
    return link ? link->memory : NULL;
}

/* ---- parameters ---- */

static const rn_link *root_of(const rn_link *l)
{
    while (l->parent) l = l->parent;
    return l;
}

static rn_dtype slot_dtype(const rn_link *l, const rni_slot *s, const rn_tensor *like)
{
    rn_dtype d = RN_DTYPE_NONE;
    for (const rn_link *up = l; up && !d; up = up->parent) d = up->dtype;
    if (!d) d = rn_tensor_dtype(like);
    /* under RN_PRECISION results are of 16 bits, parameters are not */
    if (!rn_dtype_is_float(d) || (rni_thread_self()->precision && rn_dtype_bytes(d) < 4)) d = RN_F32;
    return s->flags & RN_SLOT_WIDE && rn_dtype_bytes(d) < 4 ? RN_F32 : d;
}

/* The i-th initial value depends on seed and draw of the root, on the path, and on i. */
static bool make_cell(rn_link *l, rni_slot *s, rn_dtype dtype, const rn_shape *shape)
{
    rni_str path = { 0 };
    rni_link_path(l, &path);
    rni_str_addf(&path, "%s%s", path.length ? "/" : "", s->name);
    if (path.failed) return false;
    const rn_link *root = root_of(l);
    const rni_hash h = rni_hash_text(rni_hash_u64(RNI_HASH_START, root->draw), path.at);
    const int scope = rn_scope_begin();
    rn_tensor *value = rni_init_make(&s->init, dtype, shape, root->seed, h.a ^ h.b, path.at);
    s->cell = s->flags & RN_SLOT_STATE ? rn_state_at(&l->site, path.at, value) : rn_param_at(&l->site, path.at, value);
    rn_scope_end(scope);
    rni_str_free(&path);
    if (!s->cell) return false;
    if (s->frozen) rn_require_grad(s->cell, false);
    rni_nn_changed();
    return true;
}

static void shape_conflict(const rn_link *l, const rni_slot *s, const rn_shape *want)
{
    char have[RNI_SHAPE_TEXT], need[RNI_SHAPE_TEXT];
    rni_str path = { 0 };
    rni_link_path(l, &path);
    rni_fail(RN_ERR_SHAPE, NULL, l->type ? l->type->name : "link", "the input does not fit parameter %s%s%s",
             path.length ? path.at : "", path.length ? "/" : "", s->name);
    rni_error_add("expect", "%s %s for this input", s->name, rni_shape_text(want, need));
    rni_error_add("actual", "%s %s", s->name, rni_shape_text(rn_tensor_shape(s->cell), have));
    if (l->site.file) rni_error_add("hint", "the link was made at %s:%d", rni_path_base(l->site.file), l->site.line);
    rni_str_free(&path);
}

rn_tensor *rn_link_slot_get(rn_link *link, int slot, const rn_tensor *like, rn_shape shape)
{
    if (!rn_ok() || !rni_given(link, NULL, "link_slot_get", "link")) return NULL;
    if (slot < 0 || slot >= link->n_slots) {
        rni_fail(RN_ERR_ARG, NULL, "link_slot_get", "the link has no slot %d", slot);
        return NULL;
    }
    rni_slot *s = link->slot[slot];
    if (!s) return NULL;
    if (!s->cell) return make_cell(link, s, slot_dtype(link, s, like), &shape) ? s->cell : NULL;
    if (rni_shape_equal(rn_tensor_shape(s->cell), &shape)) return s->cell;
    shape_conflict(link, s, &shape);
    return NULL;
}

bool rn_link_slot_advance(rn_link *link, int slot, rn_tensor *value)
{
    if (!rn_ok()) return false;
    if (!link || slot < 0 || slot >= link->n_slots || !link->slot[slot] || !link->slot[slot]->cell)
        return rni_fail(RN_ERR_ARG, NULL, "link_slot_advance", "the link has no value in slot %d", slot);
    rni_slot *s = link->slot[slot];
    const rni_thread *t = rni_thread_self();
    if (t->guarded && !t->recomputing && !s->before) {
        s->before = rni_value_of(s->cell); /* itself: a step that is replayed must know whose value it is */
        rni_tensor_keep(s->before);
    }
    return rn_assign(s->cell, value);
}

bool rni_slot_set(rni_slot *slot, rn_link *owner, rn_tensor *value)
{
    rn_drop(slot->before);
    slot->before = NULL;
    if (slot->cell) return rn_assign(slot->cell, value);
    if (!rn_ok() || !rni_is_tensor(value, NULL, "set_param")) return false;
    rni_str path = { 0 };
    rni_link_path(owner, &path);
    rni_str_addf(&path, "%s%s", path.length ? "/" : "", slot->name);
    if (path.failed) return false;
    slot->cell = slot->flags & RN_SLOT_STATE ? rn_state_at(&owner->site, path.at, value)
                                             : rn_param_at(&owner->site, path.at, value);
    rni_str_free(&path);
    if (!slot->cell) return false;
    if (slot->frozen) rn_require_grad(slot->cell, false);
    rni_nn_changed();
    return true;
}

/* ---- kept state ---- */

rn_tensor *rn_link_state(rn_link *link, const char *name)
{
    for (int64_t i = 0; link && i < link->n_kept; i++)
        if (strcmp(link->kept[i].name, name) == 0) return link->kept[i].value;
    return NULL;
}

bool rni_link_kept_set(rn_link *link, const char *name, rn_tensor *value)
{
    for (int64_t i = 0; i < link->n_kept; i++) {
        if (strcmp(link->kept[i].name, name) != 0) continue;
        rn_keep(value);
        rn_drop(link->kept[i].value);
        link->kept[i].value = value;
        return true;
    }
    if (!value) return true;
    rni_kept *p = rni_grow(link->kept, link->n_kept, &link->cap_kept, (int64_t)sizeof *p);
    if (!p) return false;
    link->kept = p;
    char *copy = rni_strdup(name);
    if (!copy) return false;
    link->kept[link->n_kept++] = (rni_kept){ copy, rn_keep(value) };
    return true;
}

bool rn_link_set_state(rn_link *link, const char *name, rn_tensor *value)
{
    if (!rn_ok()) return false;
    if (!link || !name) return rni_fail(RN_ERR_ARG, NULL, "link_set_state", "the link or the name is NULL");
    if (value && !rni_is_tensor(value, NULL, "link_set_state")) return false;
    /* a segment that runs again in the backward pass leaves no traces */
    if (rni_thread_self()->recomputing) return true;
    return rni_link_kept_set(link, name, value);
}
