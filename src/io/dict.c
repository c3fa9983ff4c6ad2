/* Named collections: tensors and texts in the order in which their names came, found by hashing. */
#include "io/dict.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/str.h"

#include <rensa/tensor.h>
#include <string.h>

typedef struct entry {
    char *name, *text;
    rn_tensor *tensor;
} entry;

/* Entries in order, and a table of their positions + 1 (0: free), at most half full. */
typedef struct table {
    entry *at;
    int64_t count, capacity;
    int64_t *slot, slots;
} table;

struct rn_dict {
    table tensors, texts;
};

/* ---- the table ---- */

static int64_t *find_slot(const table *t, const char *name)
{
    const rni_hash h = rni_hash_text(RNI_HASH_START, name);
    int64_t i = (int64_t)(h.a & (uint64_t)(t->slots - 1));
    while (t->slot[i] && strcmp(t->at[t->slot[i] - 1].name, name) != 0) i = (i + 1) & (t->slots - 1);
    return &t->slot[i];
}

static entry *find(const table *t, const char *name)
{
    if (t->count == 0 || !name) return NULL;
    const int64_t i = *find_slot(t, name);
    return i ? &t->at[i - 1] : NULL;
}

static bool make_room(table *t)
{
    entry *at = rni_grow(t->at, t->count, &t->capacity, (int64_t)sizeof *t->at);
    if (!at) return false;
    t->at = at;
    if (2 * (t->count + 1) <= t->slots) return true;
    const int64_t slots = t->slots ? 2 * t->slots : 32;
    int64_t *slot = rni_alloc(slots * (int64_t)sizeof *slot);
    if (!slot) return false;
    rni_free(t->slot);
    t->slot = slot;
    t->slots = slots;
    for (int64_t i = 0; i < t->count; i++) *find_slot(t, t->at[i].name) = i + 1;
    return true;
}

/* The entry of that name, made if there is none. */
static entry *place(table *t, const char *name)
{
    entry *e = find(t, name);
    if (e) return e;
    if (!make_room(t)) return NULL;
    char *copy = rni_strdup(name);
    if (!copy) return NULL;
    t->at[t->count] = (entry){ .name = copy };
    *find_slot(t, name) = t->count + 1;
    return &t->at[t->count++];
}

static void table_free(table *t)
{
    for (int64_t i = 0; i < t->count; i++) {
        rn_drop(t->at[i].tensor);
        rni_free(t->at[i].text);
        rni_free(t->at[i].name);
    }
    rni_free(t->at);
    rni_free(t->slot);
}

static const entry *entry_at(const table *t, int64_t i)
{
    return i >= 0 && i < t->count ? &t->at[i] : NULL;
}

/* ---- public ---- */

rn_dict *rn_dict_new(void)
{
    return rni_alloc(sizeof(rn_dict));
}

void rn_dict_free(rn_dict *d)
{
    if (!d) return;
    table_free(&d->tensors);
    table_free(&d->texts);
    rni_free(d);
}

static bool usable(const rn_site *site, const char *what, const rn_dict *d, const char *name)
{
    if (!rn_ok()) {
        rni_error_trail(site, what);
        return false;
    }
    if (d && name && name[0]) return true;
    return rni_fail(RN_ERR_ARG, site, what, "%s", d ? "a name is missing or empty" : "the collection is NULL");
}

bool rn_dict_set_at(const rn_site *site, rn_dict *d, const char *name, rn_tensor *t)
{
    if (!usable(site, "dict_set", d, name)) return false;
    if (!t) return rni_fail(RN_ERR_ARG, site, "dict_set", "the tensor for \"%s\" is NULL", name);
    entry *e = place(&d->tensors, name);
    if (!e) return false;
    rn_tensor *before = e->tensor;
    e->tensor = rn_keep(t); /* first: it may be the same */
    rn_drop(before);
    return true;
}

rn_tensor *rn_dict_find(const rn_dict *d, const char *name)
{
    const entry *e = d ? find(&d->tensors, name) : NULL;
    return e ? e->tensor : NULL;
}

static const char *next_name(void *user, int i)
{
    return rn_dict_name_at(user, i);
}

rn_tensor *rn_dict_get_at(const rn_site *site, const rn_dict *d, const char *name)
{
    if (!usable(site, "dict_get", d, name)) return NULL;
    rn_tensor *t = rn_dict_find(d, name);
    if (t) return t;
    rni_fail(RN_ERR_ARG, site, "dict_get", "there is no tensor called \"%s\"", name);
    const char *nearest = rni_nearest(name, next_name, (void *)d);
    if (nearest) rni_error_add("hint", "did you mean \"%s\"?", nearest);
    return NULL;
}

int64_t rn_dict_count(const rn_dict *d)
{
    return d ? d->tensors.count : 0;
}

const char *rn_dict_name_at(const rn_dict *d, int64_t i)
{
    const entry *e = d ? entry_at(&d->tensors, i) : NULL;
    return e ? e->name : NULL;
}

rn_tensor *rn_dict_tensor_at(const rn_dict *d, int64_t i)
{
    const entry *e = d ? entry_at(&d->tensors, i) : NULL;
    return e ? e->tensor : NULL;
}

bool rn_dict_set_text_at(const rn_site *site, rn_dict *d, const char *name, const char *text)
{
    if (!usable(site, "dict_set_text", d, name)) return false;
    if (!text) return rni_fail(RN_ERR_ARG, site, "dict_set_text", "the text for \"%s\" is NULL", name);
    char *copy = rni_strdup(text);
    entry *e = copy ? place(&d->texts, name) : NULL;
    if (!e) {
        rni_free(copy);
        return false;
    }
    rni_free(e->text);
    e->text = copy;
    return true;
}

const char *rn_dict_text(const rn_dict *d, const char *name)
{
    const entry *e = d ? find(&d->texts, name) : NULL;
    return e ? e->text : NULL;
}

int64_t rn_dict_text_count(const rn_dict *d)
{
    return d ? d->texts.count : 0;
}

const char *rn_dict_text_name_at(const rn_dict *d, int64_t i)
{
    const entry *e = d ? entry_at(&d->texts, i) : NULL;
    return e ? e->name : NULL;
}

bool rni_dict_eval(const rn_site *site, const rn_dict *d)
{
    if (d->tensors.count == 0) return true;
    rn_tensor **all = rni_alloc(d->tensors.count * (int64_t)sizeof(rn_tensor *));
    if (!all) return false;
    for (int64_t i = 0; i < d->tensors.count; i++) all[i] = d->tensors.at[i].tensor;
    const bool ok = rn_eval_at(site, (rn_list){ all, d->tensors.count });
    rni_free(all);
    return ok;
}
