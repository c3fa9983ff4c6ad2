/* Hooks: who is called around each step, and taking them away with their scopes. */
#include "engine/hook.h"

#include "base/alloc.h"
#include "base/error.h"
#include "engine/engine.h"

static bool call(rni_hooks *h, const struct rni_hook *one, bool (*fn)(void *, const rn_function_run *),
                 const rn_function_run *run, const char *what)
{
    if (!fn) return true;
    h->inside = true;
    const bool ok = fn(one->user, run);
    h->inside = false;
    return rni_explained(ok, &run->site, one->hook->name ? one->hook->name : "a hook", what);
}

bool rni_hooks_begin(rni_hooks *h, const rn_function_run *run, int64_t *begun)
{
    for (*begun = 0; *begun < h->count; ++*begun)
        if (!call(h, &h->at[*begun], h->at[*begun].hook->begin, run, "its begin")) return false;
    return true;
}

bool rni_hooks_end(rni_hooks *h, const rn_function_run *run, int64_t begun)
{
    bool ok = true;
    for (int64_t i = begun - 1; i >= 0; i--) ok = call(h, &h->at[i], h->at[i].hook->end, run, "its end") && ok;
    return ok;
}

static void take_last(rni_hooks *h)
{
    const struct rni_hook last = h->at[--h->count];
    if (last.hook->removed) last.hook->removed(last.user);
}

void rni_hooks_leave(rni_hooks *h, int64_t scope)
{
    while (h->count > 0 && h->at[h->count - 1].scope >= scope) take_last(h);
}

void rni_hooks_free(rni_hooks *h)
{
    rni_hooks_leave(h, 0);
    rni_free(h->at);
    *h = (rni_hooks){ 0 };
}

static bool outside(const rni_hooks *h, const char *what)
{
    return !h->inside || rni_fail(RN_ERR_STATE, NULL, what, "a hook cannot add or remove hooks");
}

bool rn_function_hook_push(const rn_function_hook *hook, void *user)
{
    rni_thread *t = rni_thread_self();
    if (!rn_ok() || !rni_given(hook, NULL, "function_hook_push", "hook")) return false;
    RNI_TRY(outside(&t->hooks, "function_hook_push"));
    struct rni_hook *p = rni_grow(t->hooks.at, t->hooks.count, &t->hooks.capacity, (int64_t)sizeof *p);
    if (!p) return false;
    t->hooks.at = p;
    p[t->hooks.count++] = (struct rni_hook){ hook, user, t->n_scopes };
    return true;
}

bool rn_function_hook_pop(void)
{
    rni_thread *t = rni_thread_self();
    rni_hooks *h = &t->hooks;
    RNI_TRY(outside(h, "function_hook_pop"));
    if (h->count == 0 || h->at[h->count - 1].scope < t->n_scopes)
        return rni_fail(RN_ERR_STATE, NULL, "function_hook_pop", "this scope has no hook");
    take_last(h);
    return true;
}

int64_t rn_function_hook_count(void)
{
    return rni_thread_self()->hooks.count;
}
