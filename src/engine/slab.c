/* Best-fit placement, in two orders, of which the one that needs less is taken: by time, where pieces that are over
 * make room, and, for plans of a usual size, the large ones first. */
#include "engine/slab.h"

#include "base/alloc.h"

#include <stdlib.h>

/* Pieces: the time for the order by size grows with their square. */
enum { BY_SIZE_MOST = 2000 };

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

static int by_size(const void *a, const void *b)
{
    const rni_slab_item *x = a, *y = b;
    return x->bytes != y->bytes ? (x->bytes > y->bytes ? -1 : 1) : by_start(a, b);
}

/* `live` is ordered by offset. Removes what ended before `step`. */
static int64_t expire(rni_slab_item **live, int64_t n, int64_t step)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (live[i]->last >= step) live[kept++] = live[i];
    return kept;
}

/* The smallest gap that takes x between those of `placed`, ordered by offset, that live when it does; its offset. */
static int64_t best_gap(const rni_slab_item *x, rni_slab_item *const *placed, int64_t n)
{
    int64_t best = INT64_MAX, at = 0, end = 0;
    for (int64_t k = 0; k < n; k++) {
        const rni_slab_item *p = placed[k];
        if (p->last < x->first || p->first > x->last) continue;
        const int64_t gap = p->offset - end;
        if (gap >= x->bytes && gap < best) {
            best = gap;
            at = end;
        }
        if (p->offset + p->bytes > end) end = p->offset + p->bytes;
    }
    return best < INT64_MAX ? at : end;
}

/* Puts x, whose offset is known, where it belongs by that among `placed`. */
static void insert(rni_slab_item **placed, int64_t n, rni_slab_item *x)
{
    for (; n > 0 && placed[n - 1]->offset > x->offset; n--) placed[n] = placed[n - 1];
    placed[n] = x;
}

static int64_t place_by_time(rni_slab *s, rni_slab_item **live)
{
    int64_t n = 0, step = -1, bytes = 0;
    qsort(s->item, (size_t)s->count, sizeof *s->item, by_start);
    for (int64_t i = 0; i < s->count; i++) {
        rni_slab_item *x = &s->item[i];
        if (x->first != step) {
            step = x->first;
            n = expire(live, n, step);
        }
        x->offset = best_gap(x, live, n);
        insert(live, n++, x);
        if (x->offset + x->bytes > bytes) bytes = x->offset + x->bytes;
    }
    return bytes;
}

static int64_t place_by_size(rni_slab *s, rni_slab_item **placed)
{
    int64_t bytes = 0;
    qsort(s->item, (size_t)s->count, sizeof *s->item, by_size);
    for (int64_t i = 0; i < s->count; i++) {
        rni_slab_item *x = &s->item[i];
        x->offset = best_gap(x, placed, i);
        insert(placed, i, x);
        if (x->offset + x->bytes > bytes) bytes = x->offset + x->bytes;
    }
    return bytes;
}

bool rni_slab_solve(rni_slab *s)
{
    if (s->count == 0) return true;
    rni_slab_item **placed = rni_alloc_raw(s->count * (int64_t)sizeof *placed);
    if (!placed) return false;
    s->bytes = place_by_time(s, placed);
    if (s->count <= BY_SIZE_MOST) {
        const int64_t bytes = place_by_size(s, placed);
        s->bytes = bytes <= s->bytes ? bytes : place_by_time(s, placed);
    }
    rni_free(placed);
    return true;
}
