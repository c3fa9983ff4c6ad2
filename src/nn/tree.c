/* Walking a tree of links: paths, finding by name, visiting each parameter once. */
#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"
#include "nn/nn.h"

#include <string.h>

void rni_link_path(const rn_link *link, rni_str *to)
{
    if (!link->parent) return;
    rni_link_path(link->parent, to);
    rni_str_addf(to, "%s%s", to->length ? "/" : "", link->name);
}

rn_link *rni_link_direct(const rn_link *link, const char *name, int64_t n)
{
    for (int64_t i = 0; i < link->n_children; i++) {
        const char *have = link->child[i].name;
        if (strncmp(have, name, (size_t)n) == 0 && have[n] == '\0') return link->child[i].link;
    }
    return NULL;
}

/* The link that holds the last name of `path`; `last` gets where that name begins. */
static rn_link *walk_path(const rn_link *link, const char *path, const char **last)
{
    const char *slash;
    while (link && (slash = strchr(path, '/')) != NULL) {
        link = rni_link_direct(link, path, slash - path);
        path = slash + 1;
    }
    *last = path;
    return (rn_link *)(uintptr_t)link;
}

rn_link *rn_link_find(const rn_link *link, const char *path)
{
    if (!link || !path) return NULL;
    const char *last;
    const rn_link *at = walk_path(link, path, &last);
    return at ? rni_link_direct(at, last, (int64_t)strlen(last)) : NULL;
}

rn_link *rn_link_child(const rn_link *link, int64_t i, const char **name)
{
    if (!link || i < 0 || i >= link->n_children) return NULL;
    if (name) *name = link->child[i].name;
    return link->child[i].link;
}

rni_slot *rni_slot_find(const rn_link *link, const char *path, rn_link **owner)
{
    const char *last;
    rn_link *at = link && path ? walk_path(link, path, &last) : NULL;
    for (int64_t i = 0; at && i < at->n_slots; i++)
        if (at->slot[i] && strcmp(at->slot[i]->name, last) == 0) {
            if (owner) *owner = at;
            return at->slot[i];
        }
    return NULL;
}

/* ---- visiting ---- */

typedef struct {
    rni_slot_visit *visit;
    void *user;
    rni_str path;
    rni_slot **seen; /* slots that could be met again */
    int64_t n_seen, cap_seen;
    bool failed; /* as against: a visit wanted to stop */
} walk;

static bool seen_before(walk *w, rni_slot *slot)
{
    for (int64_t i = 0; i < w->n_seen; i++)
        if (w->seen[i] == slot) return true;
    rni_slot **p = rni_grow(w->seen, w->n_seen, &w->cap_seen, (int64_t)sizeof *p);
    w->failed |= p == NULL;
    if (!p) return true;
    w->seen = p;
    w->seen[w->n_seen++] = slot;
    return false;
}

/* `shared`: this link, or one around it, is held by several. */
static bool visit_link(walk *w, rn_link *link, bool shared)
{
    const int64_t length = w->path.length;
    for (int64_t i = 0; i < link->n_slots; i++) {
        rni_slot *s = link->slot[i];
        if (!s || ((shared || s->refs > 1) && seen_before(w, s))) continue;
        rni_str_addf(&w->path, "%s%s", length ? "/" : "", s->name);
        if (w->path.failed || !w->visit(w->user, link, s, w->path.at)) return false;
        w->path.length = length;
    }
    for (int64_t i = 0; i < link->n_children; i++) {
        rni_str_addf(&w->path, "%s%s", length ? "/" : "", link->child[i].name);
        rn_link *c = link->child[i].link;
        if (w->path.failed || w->failed || !visit_link(w, c, shared || c->refs > 1)) return false;
        w->path.length = length;
    }
    return !w->failed;
}

bool rni_slots_visit(rn_link *link, rni_slot_visit *visit, void *user)
{
    walk w = { .visit = visit, .user = user };
    const bool ok = visit_link(&w, link, false);
    rni_free(w.seen);
    rni_str_free(&w.path);
    return ok;
}

typedef struct {
    unsigned which;
    rn_param_visit *visit;
    void *user;
} public_visit;

static bool show_slot(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    const public_visit *p = user;
    const bool state = slot->flags & RN_SLOT_STATE;
    if (!(p->which & (state ? RN_STATES : RN_PARAMS))) return true;
    const rn_param_info info = { .name = path,
                                 .link = link,
                                 .param = slot->cell,
                                 .state = state,
                                 .frozen = slot->frozen || (slot->cell && !state && !rn_requires_grad(slot->cell)),
                                 .no_decay = slot->no_decay,
                                 .rate = slot->rate };
    return p->visit(p->user, &info);
}

bool rn_link_visit(rn_link *link, unsigned which, rn_param_visit *visit, void *user)
{
    if (!rn_ok()) return false;
    if (!link || !visit) return rni_fail(RN_ERR_ARG, NULL, "link_visit", "the link or the visit is NULL");
    public_visit p = { which, visit, user };
    return rni_slots_visit(link, show_slot, &p);
}

/* ---- patterns ---- */

bool rni_pattern_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *again = NULL;
    if (!pattern) return true;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            again = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++again;
        } else
            return false;
    }
    while (*pattern == '*') pattern++;
    return *pattern == '\0';
}

typedef struct {
    const char *pattern;
    enum { FREEZE, RATE, DECAY } what;
    double value;
    int64_t count;
} change;

static bool change_slot(void *user, rn_link *link, rni_slot *slot, const char *path)
{
    (void)link;
    change *c = user;
    if (slot->flags & RN_SLOT_STATE || !rni_pattern_matches(c->pattern, path)) return true;
    c->count++;
    if (c->what == RATE)
        slot->rate = c->value;
    else if (c->what == DECAY)
        slot->no_decay = c->value == 0;
    else {
        slot->frozen = c->value != 0;
        if (slot->cell) rn_require_grad(slot->cell, !slot->frozen);
    }
    return true;
}

static int64_t change_all(rn_link *link, change c)
{
    if (!link) return 0;
    rni_slots_visit(link, change_slot, &c);
    rni_nn_changed();
    return c.count;
}

int64_t rn_link_freeze(rn_link *link, const char *pattern, bool frozen)
{
    return change_all(link, (change){ pattern, FREEZE, frozen, 0 });
}

int64_t rn_link_set_rate(rn_link *link, const char *pattern, double rate)
{
    return change_all(link, (change){ pattern, RATE, rate, 0 });
}

int64_t rn_link_set_decay(rn_link *link, const char *pattern, bool decay)
{
    return change_all(link, (change){ pattern, DECAY, decay, 0 });
}

/* ---- kept state of recurrent links ---- */

void rn_link_reset(rn_link *link)
{
    if (!link) return;
    for (int64_t i = 0; i < link->n_kept; i++) rni_link_kept_set(link, link->kept[i].name, NULL);
    for (int64_t i = 0; i < link->n_children; i++) rn_link_reset(link->child[i].link);
}

bool rn_link_detach(rn_link *link)
{
    if (!link) return rn_ok();
    for (int64_t i = 0; i < link->n_kept; i++) {
        rni_kept *k = &link->kept[i];
        if (!k->value) continue;
        const int scope = rn_scope_begin();
        rn_tensor *cut = rn_detach(k->value);
        const bool ok = cut && rni_link_kept_set(link, k->name, cut);
        rn_scope_end(scope);
        if (!ok) return false;
    }
    for (int64_t i = 0; i < link->n_children; i++)
        if (!rn_link_detach(link->child[i].link)) return false;
    return rn_ok();
}
