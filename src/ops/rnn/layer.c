/* What the layers of recurrent units have in common: shapes, order of the steps, products over all steps at once. */
#include "ops/rnn/rnn_p.h"

#include "base/shape.h"

#include <rensa/lists.h>
#include <rensa/ops.h>

bool rni_layer_check(rn_infer *f, int gates, int first, int last, int mask, rn_shape *hs)
{
    const rn_shape *g = f->shape[0], *u = f->shape[1];
    if (!rn_want_rank(f, 0, 3) || !rn_want_rank(f, 1, 2) || !rn_want_float(f, 0)) return false;
    for (int i = 1; i < f->n_in; i++)
        if (f->in[i] && i != mask && f->dtype[i] != f->dtype[0])
            return rn_refuse(f, RN_ERR_DTYPE, "types differ", "one type for all inputs");
    const int64_t width = u->dim[1];
    if (u->dim[0] != gates * width || g->dim[2] != u->dim[0])
        return rn_refuse(f, RN_ERR_SHAPE, "gates and recurrent weights do not fit",
                         "g.shape[2] == u.shape[0] == number of gates * u.shape[1]");
    const rn_shape state = RN_SHAPE(g->dim[1], width), seen = RN_SHAPE(g->dim[0], g->dim[1], 1);
    for (int i = first; i <= last; i++)
        if (!rni_shape_equal(f->shape[i], &state))
            return rn_refuse(f, RN_ERR_SHAPE, "a state does not fit", "states are [g.shape[1], u.shape[1]]");
    if (mask < f->n_in && f->in[mask] && !rni_shape_equal(f->shape[mask], &seen))
        return rn_refuse(f, RN_ERR_SHAPE, "the mask does not fit", "mask.shape == [g.shape[0], g.shape[1], 1]");
    *hs = RN_SHAPE(g->dim[0], g->dim[1], width);
    return true;
}

rn_tensor *rni_layer_before(rn_tensor *hs, rn_tensor *h, const rni_layer_opts *o)
{
    const rn_shape *s = rn_tensor_shape(hs);
    if (s->dim[0] == 0) return hs;
    rn_tensor *first = rn_reshape(h, RN_SHAPE(1, s->dim[1], s->dim[2]));
    if (o->reverse) return rn_concat(RN_LIST(rn_slice(hs, RN_RANGES(RN_FROM(1))), first));
    return rn_concat(RN_LIST(first, rn_slice(hs, RN_RANGES(RN_TO(s->dim[0] - 1)))));
}

rn_tensor *rni_layer_project(rn_tensor *x, rn_tensor *w, rn_tensor *b)
{
    return rn_linear(x, w, b, .n_batch_axes = 2);
}

static rn_tensor *as_matrix(rn_tensor *x)
{
    const rn_shape *s = rn_tensor_shape(x);
    return rn_reshape(x, RN_SHAPE(s->dim[0] * s->dim[1], s->dim[2]));
}

rn_tensor *rni_layer_project_grad(rn_tensor *g, rn_tensor *x)
{
    return g && x ? rn_matmul(as_matrix(g), as_matrix(x), .trans_a = true) : NULL;
}

static rn_tensor *zero_of(const rn_tensor *x)
{
    return rn_zeros(RN_SCALAR, .dtype = rn_tensor_dtype(x));
}

rn_tensor *rni_layer_keep(rn_tensor *mask, rn_tensor *x, rn_tensor *other)
{
    if (!mask || !x) return x;
    return rn_where(mask, x, other ? other : zero_of(x));
}

rn_tensor *rni_layer_rest(rn_tensor *mask, rn_tensor *x)
{
    return x ? rn_where(mask, zero_of(x), x) : NULL;
}

bool rni_layer_steps(rn_tensor *x, rn_tensor **to, int64_t steps)
{
    return !x || steps == 0 || rn_separate(x, to, steps);
}

rn_tensor *rni_layer_join(rn_tensor *const *at, int64_t steps, const rn_shape *none, const rn_tensor *like)
{
    if (steps == 0) return rn_zeros(*none, .dtype = rn_tensor_dtype(like));
    return rn_stack(((rn_list){ at, steps }));
}
