/* Ranges and positions along axes, as NumPy takes them. */
#include "ops/shape/ranges.h"

/* What a range takes of an axis. */
typedef struct {
    int64_t start, step, size;
    bool drop; /* a single position: the axis goes away */
} part;

static int64_t clip(int64_t v, int64_t n, int64_t low, int64_t high)
{
    if (v < 0) v += n;
    return v < low ? low : v > high ? high : v;
}

/* False for a position outside. */
static bool resolve(const rn_range *r, int64_t n, part *p)
{
    const int64_t step = r->step ? r->step : 1;
    if (r->kind & RNI_RANGE_INDEX) {
        *p = (part){ r->start < 0 ? r->start + n : r->start, 1, 1, true };
        return p->start >= 0 && p->start < n;
    }
    const bool has_start = r->kind & RNI_RANGE_START, has_stop = r->kind & RNI_RANGE_STOP;
    int64_t start, stop;
    uint64_t size = 0;
    if (step > 0) {
        start = has_start ? clip(r->start, n, 0, n) : 0;
        stop = has_stop ? clip(r->stop, n, 0, n) : n;
        if (start < stop) size = (uint64_t)(stop - start - 1) / (uint64_t)step + 1;
    } else {
        start = has_start ? clip(r->start, n, -1, n - 1) : n - 1;
        stop = has_stop ? clip(r->stop, n, -1, n - 1) : -1;
        if (start > stop) size = (uint64_t)(start - stop - 1) / (0 - (uint64_t)step) + 1;
    }
    /* of at most one element the step is never taken, and may be as large as it likes */
    *p = (part){ size ? start : 0, size > 1 ? step : 1, (int64_t)size, false };
    return true;
}

static part part_of(const rn_ranges *r, const rn_shape *x, int axis)
{
    part p = { 0, 1, x->dim[axis], false };
    if (axis < r->n) resolve(&r->range[axis], x->dim[axis], &p);
    return p;
}

bool rni_want_ranges(rn_infer *f, const rn_ranges *r, const rn_shape *x, rn_shape *y)
{
    if (r->n > x->rank || r->n < 0)
        return rn_refuse(f, RN_ERR_ARG, "more ranges than axes", "number of ranges <= rank of x");
    *y = (rn_shape){ 0 };
    for (int i = 0; i < x->rank; i++) {
        part p = part_of(r, x, i);
        if (i < r->n && !resolve(&r->range[i], x->dim[i], &p)) {
            rn_refuse(f, RN_ERR_ARG, "a position is outside of its axis", "-size <= position < size");
            rn_infer_hint("position %lld along axis %d, which has size %lld", (long long)r->range[i].start, i,
                          (long long)x->dim[i]);
            return false;
        }
        if (!p.drop) y->dim[y->rank++] = p.size;
    }
    return true;
}

int64_t rni_ranges_place(const rn_ranges *r, const rn_shape *x, const int64_t *stride, int64_t *out, rn_shape *size)
{
    rn_shape y = { 0 };
    int64_t offset = 0;
    for (int i = 0; i < x->rank; i++) {
        const part p = part_of(r, x, i);
        offset += p.start * stride[i];
        if (p.drop) continue;
        out[y.rank] = p.step * stride[i];
        y.dim[y.rank++] = p.size;
    }
    if (size) *size = y;
    return offset;
}
