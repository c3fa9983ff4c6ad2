/* gather_nd and scatter_nd_add: parts of a tensor picked by rows of coordinates, and added to. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "ops/cost.h"
#include "ops/index/position.h"
#include "ops/strided.h"

typedef struct {
    rn_shape shape; /* of x, for the gradient */
} nd_opt;

static rn_tensor *call_grad(rn_tensor *g, rn_tensor *indices, const rn_shape *x);

/* Shape of what indices [I.., K] pick of x: I.., then the axes of x from K on. */
static bool picked(rn_infer *f, const rn_shape *x, int indices, rn_shape *y)
{
    const rn_shape *s = f->shape[indices];
    if (!rni_want_index(f, indices)) return false;
    if (s->rank == 0 || s->dim[s->rank - 1] > x->rank)
        return rn_refuse(f, RN_ERR_SHAPE, "the last axis of indices holds coordinates of x",
                         "indices.shape[-1] <= rank of x");
    const int k = (int)s->dim[s->rank - 1];
    if (s->rank - 1 + x->rank - k > RN_MAX_RANK)
        return rn_refuse(f, RN_ERR_SHAPE, "the result has too many axes", "at most 8");
    *y = (rn_shape){ 0 };
    for (int i = 0; i + 1 < s->rank; i++) y->dim[y->rank++] = s->dim[i];
    for (int i = k; i < x->rank; i++) y->dim[y->rank++] = x->dim[i];
    return true;
}

static bool gather_infer(rn_infer *f)
{
    rn_shape y;
    return picked(f, f->shape[0], 1, &y) && rn_out(f, 0, f->dtype[0], y);
}

static bool gather_backward(rn_vjp *v)
{
    v->gin[0] = call_grad(v->gout[0], v->in[1], rn_tensor_shape(v->in[0]));
    return v->gin[0] != NULL;
}

static bool grad_infer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], ((const nd_opt *)f->opts)->shape);
}

static bool grad_backward(rn_vjp *v)
{
    v->gin[0] = rn_gather_nd(v->gout[0], v->in[1]);
    return v->gin[0] != NULL;
}

/* The part of x that the row at `at` (its last coordinate is free) names. */
static bool part_of(rn_kernel_call *c, const rn_view *x, const rn_view *indices, int64_t *at, rn_view *part)
{
    const int last = indices->rank - 1;
    *part = *x;
    for (int64_t k = 0; k < indices->dim[last]; k++) {
        int64_t place;
        at[last] = k;
        if (!rni_index_place(rni_index_value(indices, at), x->dim[k], true, &place))
            return rni_index_fail(c, "indices", indices, at, "the size of that axis of x is", x->dim[k]);
        *part = rni_view_drop(part, 0, place);
    }
    at[last] = 0;
    return true;
}

static rn_view row_of(const rn_view *y, int n, const int64_t *at)
{
    rn_view r = *y;
    for (int i = 0; i < n; i++) r = rni_view_drop(&r, 0, at[i]);
    return r;
}

static bool gather_run(rn_kernel_call *c)
{
    const rn_view *indices = &c->in[1];
    rn_view rows = *indices, part;
    rows.rank--;
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t k = rni_view_count(&rows); k > 0; k--, rni_index_next(&rows, at)) {
        if (!part_of(c, &c->in[0], indices, at, &part)) return false;
        const rn_view to = row_of(&c->out[0], rows.rank, at);
        rni_view_copy(&to, &part);
    }
    return true;
}

/* Sums in f64 beside the result, in the order of the rows. */
static bool grad_run(rn_kernel_call *c)
{
    const rn_view *g = &c->in[0], *indices = &c->in[1], *x = &c->out[0];
    const int64_t count = rni_view_count(x);
    double *sum = rni_alloc(count * (int64_t)sizeof *sum);
    if (!sum) return false;
    rn_view rows = *indices, sums = *x, part;
    rows.rank--;
    sums.dtype = RN_F64;
    sums.data = sum;
    int64_t at[RN_MAX_RANK] = { 0 };
    bool ok = true;
    for (int64_t k = rni_view_count(&rows); ok && k > 0; k--, rni_index_next(&rows, at)) {
        ok = part_of(c, &sums, indices, at, &part);
        const rn_view from = row_of(g, rows.rank, at);
        int64_t in[RN_MAX_RANK] = { 0 };
        for (int64_t i = rni_view_count(&from); ok && i > 0; i--, rni_index_next(&from, in))
            *(double *)rni_view_at(&part, in) += rni_load(g->dtype, rni_view_at(&from, in));
    }
    const int bytes = rn_dtype_bytes(x->dtype);
    for (int64_t i = 0; ok && i < count; i++) rni_store(x->dtype, (char *)x->data + i * bytes, sum[i]);
    rni_free(sum);
    return ok;
}

static bool scatter_build(rn_call_info *c)
{
    rn_infer f;
    rn_shape part, both;
    rn_infer_begin(&f, c, c->opts);
    if (!picked(&f, f.shape[0], 1, &part)) return false;
    if (f.dtype[0] != f.dtype[2])
        return rn_refuse(&f, RN_ERR_DTYPE, "types of x and values differ", "one type for both");
    if (!rni_shape_broadcast(&part, f.shape[2], &both) || !rni_shape_equal(&part, &both))
        return rn_refuse(&f, RN_ERR_SHAPE, "values do not fit to x and indices",
                         "values broadcast to indices.shape[:-1] + x.shape[K:]");
    rn_tensor *sum = call_grad(rn_broadcast_to(c->in[2], part), c->in[1], f.shape[0]);
    return (c->out[0] = rn_add(c->in[0], sum)) != NULL;
}

const rn_op rn_ops_gather_nd[] = {
    { .name = "gather_nd",
      .kind = RN_KERNEL,
      .inputs = "x, indices",
      .infer = gather_infer,
      .backward = gather_backward,
      .run = gather_run,
      .cost = rni_cost_look_up,
      .onnx = "GatherND",
      .nnp = "GatherNd",
      .doc = { .brief = "Parts of x picked by rows of coordinates; negative ones count from the end.",
               .formula = "y[i, b] = x[indices[i, 0], .., indices[i, K-1], b]",
               .shapes = "x [D.., B..] with K axes D   indices [I.., K]   ->   y [I.., B..]",
               .types = "indices of any integer type",
               .errors =
                   "DTYPE; SHAPE if K is above the rank of x; ARG for an index out of range, named when values are "
                   "computed",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[3,4] indices:i32[3,2]{=0,0,2,-1,1,1}" },
                                  { .in = "x:f32[3,4] indices:i64[2,2,1]{=0,2,-1,1}" },
                                  { .in = "x:f32[3,4] indices:i32[2]{=1,3}" },
                                  { .in = "x:i64[3] indices:i32[2,1]{=1,0}" },
                                  { .in = "x:f32[3] indices:i32[2,0]" },
                                  { .in = "x:f32[3,2] indices:i32[0,1]" },
                                  { .in = "x:f32[3,4] indices:i32[2,2]{=0,0,2,4}", .fails = "indices[1, 1] is 4" },
                                  { .in = "x:f32[3,4] indices:i32[2,3]", .fails = "indices.shape[-1] <= rank of x" },
                                  { .in = "x:f32[3,4] indices:i32[]", .fails = "the last axis of indices" },
                                  { .in = "x:f32[3,4] indices:f32[2,2]", .fails = "must be integers" },
                                  { 0 } } },
    { .name = "gather_nd_grad",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, indices",
      .infer = grad_infer,
      .backward = grad_backward,
      .run = grad_run,
      .cost = rni_cost_add,
      .opts = (const rn_opt[]){ RN_REQ_SHAPE(nd_opt, shape, "shape of x"), { 0 } },
      .opts_size = sizeof(nd_opt),
      .doc = { .brief = "Zeros to which parts of g are added where gather_nd would pick them.", .since = "0.1" } },
    { .name = "scatter_nd_add",
      .kind = RN_FUNCTION,
      .inputs = "x, indices, values",
      .build = scatter_build,
      .onnx = "ScatterND",
      .doc = { .brief = "x with values added at rows of coordinates; equal ones add up, in their order.",
               .formula = "y = x;   y[indices[i, 0], .., indices[i, K-1], b] += values[i, b] for each i",
               .shapes = "x [D.., B..]   indices [I.., K]   values broadcast to [I.., B..]   ->   y as x",
               .types = "x and values the same; indices of any integer type",
               .errors = "those of gather_nd; SHAPE if values do not fit",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[3,4] indices:i32[3,2]{=0,0,2,-1,0,0} values:f32[3]" },
                                  { .in = "x:f32[3,4] indices:i32[2,1]{=1,1} values:f32[]" },
                                  { .in = "x:f32[3,4] indices:i32[2,1] values:f32[3,4]", .fails = "values do not fit" },
                                  { .in = "x:f32[3,4] indices:i32[2,1]{=0,3} values:f32[2,4]",
                                    .fails = "indices[1, 0] is 3" },
                                  { .in = "x:f32[3] indices:i32[2,1] values:f64[2]", .fails = "types of x and values" },
                                  { 0 } } },
    { 0 },
};

static rn_tensor *call_grad(rn_tensor *g, rn_tensor *indices, const rn_shape *x)
{
    rn_tensor *const in[] = { g, indices };
    const nd_opt o = { *x };
    rn_tensor *y = NULL;
    return rn_op_call(&rn_ops_gather_nd[1], NULL, in, 2, &o, &y) ? y : NULL;
}
