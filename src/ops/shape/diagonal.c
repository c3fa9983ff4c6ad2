/* Diagonals taken out of a tensor, without copying, and matrices made of them. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/shape.h"
#include "ops/check.h"
#include "ops/strided.h"

#include <stdlib.h>

typedef struct {
    int64_t offset, axis1, axis2;
} diagonal_opt;

typedef struct {
    int64_t k;
} diag_opt;

/* Where a diagonal lies: its length, and its first element along both axes. */
typedef struct {
    int64_t size, row, column;
} line;

static line line_of(int64_t rows, int64_t columns, int64_t offset)
{
    line d = { 0, 0, 0 };
    if (offset >= columns || offset <= -rows) return d;
    d.row = offset < 0 ? -offset : 0;
    d.column = offset > 0 ? offset : 0;
    d.size = rows - d.row < columns - d.column ? rows - d.row : columns - d.column;
    return d;
}

static bool infer(rn_infer *f)
{
    const diagonal_opt *o = f->opts;
    const rn_shape *x = f->shape[0];
    if (x->rank < 2) return rn_refuse(f, RN_ERR_SHAPE, "needs a matrix", "rank of x >= 2");
    const int a = rni_want_axis(f, o->axis1, x->rank), b = a < 0 ? -1 : rni_want_axis(f, o->axis2, x->rank);
    if (b < 0) return false;
    if (a == b) return rn_refuse(f, RN_ERR_ARG, "the two axes are the same", "axis1 != axis2");
    rn_shape y = { 0 };
    for (int i = 0; i < x->rank; i++)
        if (i != a && i != b) y.dim[y.rank++] = x->dim[i];
    y.dim[y.rank++] = line_of(x->dim[a], x->dim[b], o->offset).size;
    return rn_out(f, 0, f->dtype[0], y);
}

static int64_t place(const diagonal_opt *o, int rank, const int64_t *dim, const int64_t *stride, int64_t *out)
{
    const int a = rni_known_axis(o->axis1, rank), b = rni_known_axis(o->axis2, rank);
    const line d = line_of(dim[a], dim[b], o->offset);
    int k = 0;
    for (int i = 0; i < rank; i++)
        if (i != a && i != b) out[k++] = stride[i];
    out[k] = d.size > 1 ? stride[a] + stride[b] : 0;
    return d.row * stride[a] + d.column * stride[b];
}

static bool backward(rn_vjp *v)
{
    const rn_shape *x = rn_tensor_shape(v->in[0]);
    int64_t whole[RN_MAX_RANK], stride[RN_MAX_RANK];
    rni_shape_strides(x, whole);
    const int64_t offset = place(v->opts, x->rank, x->dim, whole, stride);
    v->gin[0] = rni_unstride(v->gout[0], x, stride, offset);
    return v->gin[0] != NULL;
}

static bool view(const rn_view *in, const void *opts, rn_view *out)
{
    rn_view_shift(out, place(opts, in->rank, in->dim, in->stride, out->stride));
    return true;
}

static bool diag_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]);
    const int64_t k = ((const diag_opt *)c->opts)->k;
    if (x->rank == 2)
        c->out[0] = rn_diagonal(c->in[0], .offset = k);
    else if (x->rank == 1) {
        int64_t n;
        if (!rni_add_i64(x->dim[0], llabs(k), &n) || !rni_mul_i64(n, n, &(int64_t){ 0 }))
            return rni_refuse_call(c, RN_ERR_SHAPE, "the result has too many elements",
                                   "a product of sizes below 2 ** 63");
        c->out[0] = rni_unstride(c->in[0], &RN_SHAPE(n, n), (int64_t[]){ n + 1 }, k > 0 ? k : -k * n);
    } else
        return rni_refuse_call(c, RN_ERR_SHAPE, "needs a vector or a matrix", "rank of x is 1 or 2");
    return c->out[0] != NULL;
}

static bool trace_build(rn_call_info *c)
{
    const diagonal_opt *o = c->opts;
    rn_tensor *d = rn_diagonal(c->in[0], .offset = o->offset, .axis1 = o->axis1, .axis2 = o->axis2);
    return (c->out[0] = rn_sum(d, .axes = RN_AXES(-1))) != NULL;
}

#define OPTS                                                                                                           \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_I64(diagonal_opt, offset, 0, -9e18, 9e18, "above (positive) or below the main diagonal"),               \
            RN_OPT_I64(diagonal_opt, axis1, 0, -8, 7, "the axis of rows"),                                             \
            RN_OPT_I64(diagonal_opt, axis2, 1, -8, 7, "the axis of columns"),                                          \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_diagonal[] = {
    { .name = "diagonal",
      .kind = RN_VIEW,
      .inputs = "x",
      .infer = infer,
      .backward = backward,
      .view = view,
      .opts = OPTS,
      .opts_size = sizeof(diagonal_opt),
      .nnp = "MatrixDiagPart",
      .doc = { .brief = "A diagonal, as the last axis of the result, without copying.",
               .shapes = "x [M, N, ..]   ->   y [.., min(M, N)]",
               .errors = "SHAPE below rank 2; ARG for equal axes or ones out of range",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[3,4]" },
                                  { .in = "x:f32[3,4]", .with = "offset=2" },
                                  { .in = "x:f32[3,4]", .with = "offset=-1" },
                                  { .in = "x:f32[3,4]", .with = "offset=9" },
                                  { .in = "x:f32[2,3,4]", .with = "axis1=-2 axis2=-1" },
                                  { .in = "x:f32[2,3,4]", .with = "axis1=2 axis2=1" },
                                  { .in = "x:i32[0,4]" },
                                  { .in = "x:f32[3]", .fails = "needs a matrix" },
                                  { .in = "x:f32[3,4]", .with = "axis1=1", .fails = "the same" },
                                  { .in = "x:f32[3,4]", .with = "axis1=2", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "diag",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = diag_build,
      .opts = (const rn_opt[]){ RN_OPT_I64(diag_opt, k, 0, -1e9, 1e9, "above (positive) or below the main diagonal"),
                                { 0 } },
      .opts_size = sizeof(diag_opt),
      .doc = { .brief = "A matrix with x on its diagonal, or the diagonal of a matrix.",
               .shapes = "x [N]   ->   y [N + |k|, N + |k|];   x [M, N]   ->   y [length of the diagonal]",
               .errors = "SHAPE for another rank",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[3]" },
                                  { .in = "x:f32[3]", .with = "k=1" },
                                  { .in = "x:f32[2]", .with = "k=-2" },
                                  { .in = "x:f32[3,4]", .with = "k=1" },
                                  { .in = "x:f32[0]" },
                                  { .in = "x:f32[2,2,2]", .fails = "needs a vector or a matrix" },
                                  { 0 } } },
    { .name = "trace",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = trace_build,
      .opts = OPTS,
      .opts_size = sizeof(diagonal_opt),
      .doc = { .brief = "Sum of a diagonal.",
               .formula = "y = sum_i x[i, i + offset]",
               .errors = "those of diagonal",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[3,4]" },
                                  { .in = "x:f32[2,3,3]", .with = "axis1=-2 axis2=-1 offset=1" },
                                  { .in = "x:i32[3,3]" },
                                  { .in = "x:f32[3]", .fails = "needs a matrix" },
                                  { 0 } } },
    { 0 },
};
