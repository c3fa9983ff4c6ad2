/* What reductions share: the rows of their options and the way back from the result's axes to the input's. */
#include "ops/reduce/axes_p.h"

#include <rensa/ops.h>

#include "base/error.h"
#include "engine/infer.h"
#include "ops/lists.h"

const rn_opt rni_reduce_opts[] = { RNI_REDUCE_OPTS, { 0 } };

static bool is_reduced(const rn_reduce_opts *o, int axis, int rank)
{
    bool yes = o->axes.n == 0;
    for (int k = 0; k < o->axes.n; k++) yes |= o->axes.axis[k] == axis || o->axes.axis[k] + rank == axis;
    return yes;
}

rn_tensor *rni_with_axes(rn_tensor *g, const rn_tensor *x, const rn_reduce_opts *o)
{
    rn_shape kept = *rn_tensor_shape(x);
    for (int i = 0; i < kept.rank; i++)
        if (is_reduced(o, i, kept.rank)) kept.dim[i] = 1;
    return rni_shaped(g, kept);
}

double rni_reduced_count(const rn_tensor *x, const rn_reduce_opts *o)
{
    const rn_shape *s = rn_tensor_shape(x);
    double n = 1;
    for (int i = 0; i < s->rank; i++)
        if (is_reduced(o, i, s->rank)) n *= (double)s->dim[i];
    return n;
}

rn_tensor *rni_as(rn_tensor *x, rn_dtype dtype)
{
    return rn_tensor_dtype(x) == dtype ? x : rn_cast(x, dtype);
}

rn_tensor *rni_widen(rn_tensor *x)
{
    return rn_dtype_bytes(rn_tensor_dtype(x)) == 2 && rn_dtype_is_float(rn_tensor_dtype(x)) ? rn_cast(x, RN_F32) : x;
}

bool rni_lines_of(rn_tensor *x, const rn_reduce_opts *o, const char *what, rni_lines *l)
{
    const rn_shape *s = rn_tensor_shape(x);
    uint32_t mask;
    if (!rni_reduced_axes(&o->axes, s->rank, &mask))
        return rni_fail(RN_ERR_ARG, NULL, what, "axes must name axes of x, each once");
    *l = (rni_lines){ .others = 1, .n = 1, .moved.rank = s->rank, .inverse.n = s->rank, .kept = *s };
    rn_axes order = { .n = s->rank };
    int k = 0;
    for (int reduced = 0; reduced < 2; reduced++)
        for (int i = 0; i < s->rank; i++) {
            if ((mask >> i & 1u) != (unsigned)reduced) continue;
            *(reduced ? &l->n : &l->others) *= s->dim[i];
            if (reduced)
                l->kept.dim[i] = 1;
            else
                l->dropped.dim[l->dropped.rank++] = s->dim[i];
            l->moved.dim[k] = s->dim[i];
            l->inverse.axis[i] = k;
            order.axis[k++] = i;
        }
    l->x = rni_shaped(s->rank ? rn_transpose(x, .axes = order) : x, RN_SHAPE(l->others, l->n));
    return l->x != NULL;
}
