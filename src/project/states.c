/* State of recurrent links: set aside while something else is evaluated, and written into snapshots. */
#include "project/goal.h"

#include "base/alloc.h"
#include "base/error.h"
#include "nn/nn.h"

#include <string.h>

static bool add(rni_kept_states *s, rn_link *link, const char *name, rn_tensor *value, const char *path)
{
    struct rni_kept_state *p = rni_grow(s->at, s->n, &s->capacity, (int64_t)sizeof *p);
    if (!p) return false;
    s->at = p;
    p += s->n++;
    *p = (struct rni_kept_state){ link, rni_strdup(name), rni_strdup(path), rn_keep(value) };
    return p->name && p->path;
}

static bool visit(rn_link *link, rni_str *path, rni_kept_states *out)
{
    const int64_t mark = path->length;
    for (int64_t i = 0; i < link->n_kept; i++) {
        if (!link->kept[i].value) continue;
        rni_str_addf(path, "%s%s", mark ? "/" : "", link->kept[i].name);
        if (path->failed || !add(out, link, link->kept[i].name, link->kept[i].value, path->at)) return false;
        path->at[path->length = mark] = '\0';
    }
    const char *name;
    rn_link *child;
    for (int64_t i = 0; (child = rn_link_child(link, i, &name)) != NULL; i++) {
        rni_str_addf(path, "%s%s", mark ? "/" : "", name);
        if (path->failed || !visit(child, path, out)) return false;
        path->at[path->length = mark] = '\0';
    }
    return true;
}

bool rni_kept_states_take(rn_link *root, rni_kept_states *out)
{
    rni_str path = { 0 };
    *out = (rni_kept_states){ 0 };
    const bool ok = visit(root, &path, out);
    rni_str_free(&path);
    return ok;
}

bool rni_kept_states_give(rn_link *root, rni_kept_states *s)
{
    rn_link_reset(root);
    bool ok = rn_ok();
    for (int64_t i = 0; ok && i < s->n; i++) ok = rn_link_set_state(s->at[i].link, s->at[i].name, s->at[i].value);
    rni_kept_states_free(s);
    return ok;
}

void rni_kept_states_free(rni_kept_states *s)
{
    for (int64_t i = 0; i < s->n; i++) {
        rni_free(s->at[i].name);
        rni_free(s->at[i].path);
        rn_drop(s->at[i].value);
    }
    rni_free(s->at);
    *s = (rni_kept_states){ 0 };
}
