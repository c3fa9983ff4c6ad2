/* A bounded table with a list in order of use. One per thread: plans hold state that a run changes. */
#include "engine/plan_cache.h"

#include "base/alloc.h"
#include "engine/engine.h"

enum { BUCKETS = 256, PLANS_MAX = 512 };

struct rni_plan_cache {
    rni_cached *bucket[BUCKETS];
    rni_cached *newest, *oldest;
    int count;
};

rni_plan_cache *rni_plan_cache_new(void)
{
    return rni_alloc((int64_t)sizeof(rni_plan_cache));
}

int rni_plan_cache_count(const rni_plan_cache *c)
{
    return c->count;
}

static void unlink_use(rni_plan_cache *c, rni_cached *p)
{
    if (p->newer)
        p->newer->older = p->older;
    else
        c->newest = p->older;
    if (p->older)
        p->older->newer = p->newer;
    else
        c->oldest = p->newer;
    p->newer = p->older = NULL;
}

static void link_newest(rni_plan_cache *c, rni_cached *p)
{
    p->older = c->newest;
    if (c->newest) c->newest->newer = p;
    c->newest = p;
    if (!c->oldest) c->oldest = p;
}

static void evict(rni_plan_cache *c)
{
    rni_cached *p = c->oldest;
    unlink_use(c, p);
    rni_cached **at = &c->bucket[p->key.a % BUCKETS];
    while (*at != p) at = &(*at)->next;
    *at = p->next;
    rni_plan_free(p->plan);
    rni_free(p->late);
    rni_free(p);
    c->count--;
}

void rni_plan_cache_free(rni_plan_cache *c)
{
    if (!c) return;
    while (c->oldest) evict(c);
    rni_free(c);
}

rni_cached *rni_plan_cache_find(rni_plan_cache *c, rni_hash key)
{
    for (rni_cached *p = c->bucket[key.a % BUCKETS]; p; p = p->next)
        if (p->key.a == key.a && p->key.b == key.b) {
            if (p != c->newest) {
                unlink_use(c, p);
                link_newest(c, p);
            }
            return p;
        }
    return NULL;
}

rni_cached *rni_plan_cache_put(rni_plan_cache *c, rni_hash key, rni_plan *plan)
{
    rni_cached *p = rni_alloc((int64_t)sizeof *p);
    if (!p) {
        rni_plan_free(plan);
        return NULL;
    }
    if (c->count == PLANS_MAX) evict(c);
    p->key = key;
    p->plan = plan;
    p->next = c->bucket[key.a % BUCKETS];
    c->bucket[key.a % BUCKETS] = p;
    link_newest(c, p);
    c->count++;
    return p;
}

void rni_plan_cache_late(rni_plan_cache *c, uint64_t key, int32_t order)
{
    rni_cached *p = c->bucket[key % BUCKETS];
    while (p && p->key.a != key) p = p->next;
    if (!p) return;
    for (int64_t i = 0; i < p->n_late; i++)
        if (p->late[i] == order) return;
    int32_t *more = rni_grow(p->late, p->n_late, &p->cap_late, (int64_t)sizeof *more);
    if (!more) return;
    p->late = more;
    p->late[p->n_late++] = order;
}
