/* as_strided: any strided look at a tensor taken row-major; and its gradient, which is that of every view. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "engine/kernel.h"
#include "ops/cost.h"
#include "ops/strided.h"

#include <stdlib.h>
#include <string.h>

/* Whether all places that sizes, strides and offset name are in 0 … count-1. */
static bool inside(const rn_shape *s, const rn_strided_opts *o, int64_t count)
{
    int64_t low = o->offset, high = o->offset;
    for (int i = 0; i < s->rank; i++) {
        if (s->dim[i] == 0) return true;
        int64_t reach;
        if (__builtin_mul_overflow(s->dim[i] - 1, o->strides[i], &reach)) return false;
        if (__builtin_add_overflow(reach < 0 ? low : high, reach, reach < 0 ? &low : &high)) return false;
    }
    return low >= 0 && high < count;
}

static bool infer(rn_infer *f)
{
    const rn_strided_opts *o = f->opts;
    if (rni_shape_count(&o->shape) < 0) return rn_refuse(f, RN_ERR_SHAPE, "no such shape", "sizes >= 0");
    if (!inside(&o->shape, o, rni_shape_count(f->shape[0])))
        return rn_refuse(f, RN_ERR_ARG, "the strides lead outside of x",
                         "0 <= offset + sum of index[i] * strides[i] < elements of x");
    return rn_out(f, 0, f->dtype[0], o->shape);
}

static bool backward(rn_vjp *v)
{
    const rn_strided_opts *o = v->opts;
    v->gin[0] = rni_unstride(v->gout[0], rn_tensor_shape(v->in[0]), o->strides, o->offset);
    return v->gin[0] != NULL;
}

static bool view(const rn_view *in, const void *opts, rn_view *out)
{
    const rn_strided_opts *o = opts;
    if (!rni_view_is_contiguous(in)) return false;
    for (int i = 0; i < out->rank; i++) out->stride[i] = o->strides[i];
    if (rni_view_count(out) > 0) rn_view_shift(out, o->offset);
    return true;
}

/* ---- the gradient ---- */

static rn_tensor *look(rn_tensor *x, const rn_strided_opts *o);

static bool grad_infer(rn_infer *f)
{
    const rn_strided_opts *o = f->opts;
    if (!inside(f->shape[0], o, rni_shape_count(&o->shape)))
        return rn_refuse(f, RN_ERR_ARG, "the strides lead outside of the result", NULL);
    return rn_out(f, 0, f->dtype[0], o->shape);
}

static bool grad_backward(rn_vjp *v)
{
    rn_strided_opts o = *(const rn_strided_opts *)v->opts;
    o.shape = *rn_tensor_shape(v->in[0]);
    v->gin[0] = look(v->gout[0], &o);
    return v->gin[0] != NULL;
}

/* Whether no place is met twice, for certain: from the smallest stride to the largest, each leads past what those
 * before it reach. So it is with slices and diagonals. */
static bool apart(const rn_view *g, const int64_t *strides)
{
    int64_t span = 1;
    unsigned left = (1u << g->rank) - 1;
    while (left) {
        int next = -1;
        for (int i = 0; i < g->rank; i++)
            if (left & 1u << i && (next < 0 || llabs(strides[i]) < llabs(strides[next]))) next = i;
        left &= ~(1u << next);
        if (g->dim[next] <= 1) continue;
        const int64_t step = llabs(strides[next]);
        if (step < span) return false;
        span += step * (g->dim[next] - 1);
    }
    return true;
}

static bool grad_run(rn_kernel_call *c)
{
    const rn_strided_opts *o = c->opts;
    const rn_view *g = &c->in[0], *y = &c->out[0];
    const int64_t count = rni_view_count(y);
    const int bytes = rn_dtype_bytes(y->dtype);
    int64_t at[RN_MAX_RANK] = { 0 };
    if (!rn_dtype_is_float(y->dtype) || apart(g, o->strides)) { /* integers: a matrix made of its diagonal */
        if (count) memset(y->data, 0, (size_t)(count * bytes));
        rn_view places = *g;
        memcpy(places.stride, o->strides, sizeof places.stride);
        places.data = (char *)y->data + o->offset * bytes;
        rni_view_copy(&places, g);
        return true;
    }
    double *sum = rni_alloc(count * (int64_t)sizeof *sum);
    if (!sum) return false;
    for (int64_t k = rni_view_count(g); k > 0; k--, rni_index_next(g, at)) {
        int64_t to = o->offset;
        for (int i = 0; i < g->rank; i++) to += at[i] * o->strides[i];
        sum[to] += rni_load(g->dtype, rni_view_at(g, at));
    }
    for (int64_t i = 0; i < count; i++) rni_store(y->dtype, (char *)y->data + i * bytes, sum[i]);
    rni_free(sum);
    return true;
}

#define OPTS()                                                                                                         \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_REQ_SHAPE(rn_strided_opts, shape, "shape of the result"),                                                   \
            RN_OPT_I64S(rn_strided_opts, strides, RN_MAX_RANK, 0, -9e18, 9e18,                                         \
                        "elements of x from one place along each axis to the next; 0 repeats"),                        \
            RN_OPT_I64(rn_strided_opts, offset, 0, 0, 9e18, "element of x that the result begins with"),               \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_as_strided[] = {
    { .name = "as_strided",
      .kind = RN_VIEW,
      .inputs = "x",
      .infer = infer,
      .backward = backward,
      .view = view,
      .opts = OPTS(),
      .opts_size = sizeof(rn_strided_opts),
      .doc = { .brief = "The elements of x, taken row-major, by strides of one's own; places may overlap.",
               .formula = "y[i, j, ..] = x.flat[offset + i * strides[0] + j * strides[1] + ..]",
               .errors = "ARG if a place is outside of x",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[6]", .with = "shape=4,3 strides=1,1,0,0,0,0,0,0" },
                                  { .in = "x:f32[3,3]", .with = "shape=3 strides=4,0,0,0,0,0,0,0" },
                                  { .in = "x:f32[2,3]", .with = "shape=3,2 strides=-1,-3,0,0,0,0,0,0 offset=5" },
                                  { .in = "x:f32[4]", .with = "shape=2,2" },
                                  { .in = "x:f32[0]", .with = "shape=0,2" },
                                  { .in = "x:f32[6]", .with = "shape=4,4 strides=1,1,0,0,0,0,0,0", .fails = "outside" },
                                  { .in = "x:f32[6]", .with = "shape=2 strides=-1,0,0,0,0,0,0,0", .fails = "outside" },
                                  { .in = "x:f32[0]", .with = "shape=1", .fails = "outside" },
                                  { 0 } } },
    { .name = "as_strided_grad",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "g",
      .infer = grad_infer,
      .backward = grad_backward,
      .run = grad_run,
      .cost = rni_cost_add,
      .opts = OPTS(),
      .opts_size = sizeof(rn_strided_opts),
      .doc = { .brief = "Zeros to which the elements of g are added at the places that as_strided would read.",
               .since = "0.1" } },
    { 0 },
};

static rn_tensor *look(rn_tensor *x, const rn_strided_opts *o)
{
    rn_tensor *y = NULL;
    return rn_op_call(&rn_ops_as_strided[0], NULL, &x, 1, o, &y) ? y : NULL;
}

rn_tensor *rni_unstride(rn_tensor *g, const rn_shape *shape, const int64_t *stride, int64_t offset)
{
    rn_strided_opts o = { .shape = *shape, .offset = offset };
    const int rank = rn_tensor_rank(g);
    for (int i = 0; i < rank; i++) o.strides[i] = stride[i];
    if (rn_tensor_count(g) == 0) o.offset = 0;
    rn_tensor *y = NULL;
    return rn_op_call(&rn_ops_as_strided[1], NULL, &g, 1, &o, &y) ? y : NULL;
}
