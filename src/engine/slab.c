/* Best-fit placement over time. Pieces come in order of their first step; those that are over make room. */
#include "engine/slab.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

bool rni_slab_add(rni_slab *s, int64_t id, int64_t bytes, int64_t first, int64_t last)
{
    rni_slab_item *p = rni_grow(s->item, s->count, &s->capacity, (int64_t)sizeof *p);
    if (!p) return false;
    s->item = p;
    s->item[s->count++] = (rni_slab_item){ .id = id, .bytes = (bytes + 63) / 64 * 64, .first = first, .last = last };
    return true;
}

void rni_slab_free(rni_slab *s)
{
    rni_free(s->item);
    *s = (rni_slab){ 0 };
}

static int by_start(const void *a, const void *b)
{
    const rni_slab_item *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return x->bytes != y->bytes ? (x->bytes > y->bytes ? -1 : 1) : (x->id > y->id) - (x->id < y->id);
}

/* `live` is ordered by offset. Removes what ended before `step`. */
static int64_t expire(rni_slab_item **live, int64_t n, int64_t step)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (live[i]->last >= step) live[kept++] = live[i];
    return kept;
}

bool rni_slab_solve(rni_slab *s)
{
    if (s->count == 0) return true;
    qsort(s->item, (size_t)s->count, sizeof *s->item, by_start);
    rni_slab_item **live = rni_alloc_raw(s->count * (int64_t)sizeof *live);
    if (!live) return false;
    int64_t n = 0, step = -1;
    for (int64_t i = 0; i < s->count; i++) {
        rni_slab_item *x = &s->item[i];
        if (x->first != step) {
            step = x->first;
            n = expire(live, n, step);
        }
        int64_t best = -1, best_gap = INT64_MAX, at = 0, end = 0;
        for (int64_t k = 0; k < n; k++) {
            const int64_t gap = live[k]->offset - end;
            if (gap >= x->bytes && gap < best_gap) {
                best = k;
                best_gap = gap;
                at = end;
            }
            end = live[k]->offset + live[k]->bytes;
        }
        if (best < 0) {
            best = n;
            at = end;
        }
        x->offset = at;
        memmove(live + best + 1, live + best, (size_t)(n - best) * sizeof *live);
        live[best] = x;
        n++;
        if (x->offset + x->bytes > s->bytes) s->bytes = x->offset + x->bytes;
    }
    rni_free(live);
    return true;
}
