/* All reductions. */
#include "backend/ref/ref.h"

#include "base/index.h"

#include <math.h>

static rni_ref_value identity(const rn_program *p, rn_join join)
{
    static const double start[] = { [RN_JOIN_MUL] = 1,
                                    [RN_JOIN_MAX] = -INFINITY,
                                    [RN_JOIN_MIN] = INFINITY,
                                    [RN_JOIN_ARGMAX] = -INFINITY,
                                    [RN_JOIN_ARGMIN] = INFINITY };
    rni_ref_value v = { .i = 0 };
    if (p->compute == RN_I64) {
        if (join == RN_JOIN_MUL) v.i = 1;
        if (join == RN_JOIN_MAX || join == RN_JOIN_ARGMAX) v.i = INT64_MIN;
        if (join == RN_JOIN_MIN || join == RN_JOIN_ARGMIN) v.i = INT64_MAX;
    } else
        v.f = start[join];
    return v;
}

/* Whether b takes the place of a; the first of equal ones stays, and NaN wins over all. */
static bool beats(const rn_program *p, rn_join join, rni_ref_value a, rni_ref_value b)
{
    const bool larger = join == RN_JOIN_MAX || join == RN_JOIN_ARGMAX;
    if (p->compute == RN_I64) return larger ? b.i > a.i : b.i < a.i;
    if (isnan(a.f)) return false;
    return isnan(b.f) || (larger ? b.f > a.f : b.f < a.f);
}

static rni_ref_value join_values(const rn_program *p, rn_join join, rni_ref_value a, rni_ref_value b)
{
    rni_ref_value r;
    if (join == RN_JOIN_ADD && p->compute == RN_I64)
        r.i = (int64_t)((uint64_t)a.i + (uint64_t)b.i);
    else if (join == RN_JOIN_ADD)
        r.f = a.f + b.f;
    else if (p->compute == RN_I64)
        r.i = (int64_t)((uint64_t)a.i * (uint64_t)b.i);
    else
        r.f = a.f * b.f;
    return r;
}

static void finish(const rn_kernel_call *c, void *to, rni_ref_value v, int64_t position, int64_t n)
{
    if (c->join == RN_JOIN_ARGMAX || c->join == RN_JOIN_ARGMIN) {
        *(int64_t *)to = position;
        return;
    }
    if (c->post) {
        rni_ref_value reg[RNI_REF_REGISTERS];
        const double scalar = (double)n;
        rni_ref_constants(c->post, reg, &scalar);
        reg[0] = v;
        rni_ref_eval(c->post, reg, &scalar, 0, 1, NULL);
        v = reg[c->post->out[0]];
    }
    rni_ref_store(c->map, c->out[0].dtype, to, v);
}

bool rni_ref_reduce(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *y = &c->out[0];
    rn_view kept = *x, joined = *x; /* the two kinds of axes of x */
    kept.rank = joined.rank = 0;
    for (int i = 0; i < x->rank; i++) {
        rn_view *to = c->reduce_mask & 1u << i ? &joined : &kept;
        to->dim[to->rank] = x->dim[i];
        to->stride[to->rank++] = x->stride[i];
    }
    const int64_t n_kept = rni_view_count(&kept), n_joined = rni_view_count(&joined);
    int64_t at[RN_MAX_RANK] = { 0 };
    rni_ref_value reg[RNI_REF_REGISTERS];
    rni_ref_constants(c->map, reg, c->scalars);
    for (int64_t k = 0; k < n_kept; k++, rni_index_next(&kept, at)) {
        rni_ref_value v = identity(c->map, c->join);
        int64_t position = 0, in[RN_MAX_RANK] = { 0 };
        joined.data = rni_view_at(&kept, at);
        for (int64_t j = 0; j < n_joined; j++, rni_index_next(&joined, in)) {
            reg[0] = rni_ref_load(c->map, x->dtype, rni_view_at(&joined, in));
            rni_ref_eval(c->map, reg, c->scalars, j, n_joined, NULL);
            const rni_ref_value e = reg[c->map->out[0]];
            if (c->join <= RN_JOIN_MUL)
                v = join_values(c->map, c->join, v, e);
            else if (j == 0 || beats(c->map, c->join, v, e)) {
                v = e;
                position = j;
            }
        }
        finish(c, (char *)y->data + k * rn_dtype_bytes(y->dtype), v, position, n_joined);
    }
    return true;
}
