/* Compiled plans by structure, the least recently used dropped first. */
#ifndef RNI_ENGINE_PLAN_CACHE_H
#define RNI_ENGINE_PLAN_CACHE_H

#include "engine/plan.h"

typedef struct rni_cached {
    rni_hash key;
    rni_plan *plan;
    /* Nodes whose results were forgotten by a run and then needed after all; later runs keep them. */
    int32_t *late;
    int64_t n_late, cap_late;
    struct rni_cached *next, *newer, *older; /* bucket; order of use */
} rni_cached;

typedef struct rni_plan_cache rni_plan_cache;

rni_plan_cache *rni_plan_cache_new(void);
rni_cached *rni_plan_cache_find(rni_plan_cache *c, rni_hash key);
/* Takes the plan over (also on failure). NULL with an error pending. */
rni_cached *rni_plan_cache_put(rni_plan_cache *c, rni_hash key, rni_plan *plan);
int rni_plan_cache_count(const rni_plan_cache *c);
/* Notes that node `order` of the structure whose key begins with `key` was needed later. */
void rni_plan_cache_late(rni_plan_cache *c, uint64_t key, int32_t order);

#endif
