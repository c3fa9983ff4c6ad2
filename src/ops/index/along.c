/* take_along_axis and put_along_axis: one index per line of a tensor; with the gradient, which adds up. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "ops/check.h"
#include "ops/cost.h"
#include "ops/index/position.h"
#include "ops/strided.h"

#include <string.h>

enum { TAKE, TAKE_GRAD, PUT };

static rn_tensor *call(int row, rn_tensor *x, rn_tensor *indices, const rn_along_opts *o);

/* The shape of the result: indices along the axis, both broadcast along the others. */
static bool joined(rn_infer *f, int axis, rn_shape *y)
{
    rn_shape x = *f->shape[0], i = *f->shape[1];
    if (x.rank != i.rank)
        return rn_refuse(f, RN_ERR_SHAPE, "x and indices have different numbers of axes", "ranks are equal");
    const int64_t size = i.dim[axis];
    x.dim[axis] = i.dim[axis] = 1;
    if (!rni_shape_broadcast(&x, &i, y))
        return rn_refuse(f, RN_ERR_SHAPE, "sizes of x and indices differ",
                         "equal, or 1, along all axes but the one that indices count along");
    y->dim[axis] = size;
    return true;
}

static bool take_infer(rn_infer *f)
{
    rn_shape y;
    if (!rni_want_index(f, 1)) return false;
    const int axis = rni_want_axis(f, ((const rn_along_opts *)f->opts)->axis, f->shape[0]->rank);
    return axis >= 0 && joined(f, axis, &y) && rn_out(f, 0, f->dtype[0], y);
}

static bool grad_infer(rn_infer *f)
{
    const rn_along_opts *o = f->opts;
    rn_shape x = *f->shape[0];
    x.dim[o->axis] = o->size;
    return rn_out(f, 0, f->dtype[0], x);
}

static bool put_infer(rn_infer *f)
{
    rn_shape y;
    if (!rni_want_index(f, 1)) return false;
    const rn_shape *x = f->shape[0], *i = f->shape[1];
    const int axis = rni_want_axis(f, ((const rn_along_opts *)f->opts)->axis, x->rank);
    if (axis < 0 || !joined(f, axis, &y)) return false;
    for (int a = 0; a < x->rank; a++)
        if (a != axis && i->dim[a] != x->dim[a])
            return rn_refuse(f, RN_ERR_SHAPE, "sizes of x and indices differ", "equal along all axes but the one");
    if (f->dtype[0] != f->dtype[2])
        return rn_refuse(f, RN_ERR_DTYPE, "types of x and values differ", "one type for both");
    if (!rni_shape_broadcast(i, f->shape[2], &y) || !rni_shape_equal(i, &y))
        return rn_refuse(f, RN_ERR_SHAPE, "values do not fit to indices", "values broadcast to the shape of indices");
    return rn_out(f, 0, f->dtype[0], *x);
}

/* ---- gradients ---- */

static bool take_backward(rn_vjp *v)
{
    rn_along_opts o = *(const rn_along_opts *)v->opts;
    o.axis = rni_known_axis(o.axis, rn_tensor_rank(v->in[0]));
    o.size = rn_tensor_dim(v->in[0], (int)o.axis);
    v->gin[0] = call(TAKE_GRAD, v->gout[0], v->in[1], &o);
    return v->gin[0] != NULL;
}

static bool grad_backward(rn_vjp *v)
{
    v->gin[0] = call(TAKE, v->gout[0], v->in[1], v->opts);
    return v->gin[0] != NULL;
}

static bool put_backward(rn_vjp *v)
{
    const rn_along_opts *o = v->opts;
    rn_tensor *g = v->gout[0];
    if (v->need[0]) {
        rn_tensor *zero = rn_zeros(RN_SCALAR, .dtype = rn_tensor_dtype(g));
        v->gin[0] = rn_put_along_axis(g, v->in[1], zero, o->axis);
    }
    if (v->need[2]) v->gin[2] = call(TAKE, g, v->in[1], o);
    return rn_ok();
}

/* ---- kernels ---- */

/* The view with strides of 0 where it is repeated, so that coordinates of the result lead into it. */
static rn_view repeated(const rn_view *v, int axis)
{
    rn_view r = *v;
    for (int a = 0; a < r.rank; a++)
        if (a != axis && r.dim[a] == 1) r.stride[a] = 0;
    return r;
}

static bool take_run(rn_kernel_call *c)
{
    const int axis = rni_known_axis(((const rn_along_opts *)c->opts)->axis, c->in[0].rank);
    const rn_view x = repeated(&c->in[0], axis), indices = repeated(&c->in[1], axis), *y = &c->out[0];
    const size_t bytes = (size_t)rn_dtype_bytes(x.dtype);
    int64_t at[RN_MAX_RANK] = { 0 }, place;
    for (int64_t k = rni_view_count(y); k > 0; k--, rni_index_next(y, at)) {
        if (!rni_index_place(rni_index_value(&indices, at), x.dim[axis], true, &place))
            return rni_index_fail(c, "indices", &indices, at, "the size of the axis of x is", x.dim[axis]);
        int64_t from[RN_MAX_RANK];
        memcpy(from, at, sizeof from);
        from[axis] = place;
        memcpy(rni_view_at(y, at), rni_view_at(&x, from), bytes);
    }
    return true;
}

static bool grad_run(rn_kernel_call *c)
{
    const int axis = (int)((const rn_along_opts *)c->opts)->axis;
    const rn_view *g = &c->in[0], indices = repeated(&c->in[1], axis), *x = &c->out[0];
    const int64_t n = x->dim[axis], stride = x->stride[axis];
    double *sum = rni_alloc((n + 1) * (int64_t)sizeof *sum);
    if (!sum) return false;
    rn_view lines = *x;
    lines.dim[axis] = 1;
    int64_t at[RN_MAX_RANK] = { 0 }, place;
    bool ok = true;
    for (int64_t k = rni_view_count(&lines); ok && k > 0; k--) {
        for (int64_t i = 0; ok && i < g->dim[axis]; i++) {
            at[axis] = i;
            ok = rni_index_place(rni_index_value(&indices, at), n, true, &place) ||
                 rni_index_fail(c, "indices", &indices, at, "the size of the axis of x is", n);
            if (ok) sum[place] += rni_load(g->dtype, rni_view_at(g, at));
        }
        at[axis] = 0;
        char *to = rni_view_at(x, at);
        for (int64_t i = 0; ok && i < n; i++) {
            rni_store(x->dtype, to + i * stride * rn_dtype_bytes(x->dtype), sum[i]);
            sum[i] = 0;
        }
        rni_index_next(&lines, at);
    }
    rni_free(sum);
    return ok;
}

static bool put_run(rn_kernel_call *c)
{
    const int axis = rni_known_axis(((const rn_along_opts *)c->opts)->axis, c->in[0].rank);
    const rn_view *x = &c->in[0], *indices = &c->in[1], *y = &c->out[0];
    rn_view values = *indices; /* values, stretched to the axes of indices */
    values.dtype = c->in[2].dtype;
    values.data = c->in[2].data;
    for (int a = 0; a < values.rank; a++) {
        const int from = a - (values.rank - c->in[2].rank);
        values.stride[a] = from < 0 || c->in[2].dim[from] == 1 ? 0 : c->in[2].stride[from];
    }
    rni_view_copy(y, x);
    const size_t bytes = (size_t)rn_dtype_bytes(x->dtype);
    int64_t at[RN_MAX_RANK] = { 0 }, place;
    for (int64_t k = rni_view_count(indices); k > 0; k--, rni_index_next(indices, at)) {
        if (!rni_index_place(rni_index_value(indices, at), x->dim[axis], true, &place))
            return rni_index_fail(c, "indices", indices, at, "the size of the axis of x is", x->dim[axis]);
        int64_t to[RN_MAX_RANK];
        memcpy(to, at, sizeof to);
        to[axis] = place;
        memcpy(rni_view_at(y, to), rni_view_at(&values, at), bytes);
    }
    return true;
}

static const rn_opt axis_opts[] = { RN_REQ_I64(rn_along_opts, axis, -8, 7, "axis that the indices count along"),
                                    { 0 } };

const rn_op rn_ops_along[] = {
    { .name = "take_along_axis",
      .kind = RN_KERNEL,
      .inputs = "x, indices",
      .infer = take_infer,
      .backward = take_backward,
      .run = take_run,
      .cost = rni_cost_look_up,
      .opts = axis_opts,
      .opts_size = sizeof(rn_along_opts),
      .onnx = "GatherElements",
      .doc = { .brief = "Elements picked by indices within each line along an axis; what argsort and argmax give fits.",
               .formula = "y[a, k, b] = x[a, indices[a, k, b], b]",
               .shapes = "x [A.., D, B..]   indices [A.., K, B..]   ->   y [A.., K, B..]; sizes A and B broadcast",
               .types = "indices of any integer type; negative ones count from the end",
               .errors = "SHAPE; DTYPE; ARG for an index out of range, named when values are computed",
               .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "x:f32[2,4] indices:i64[2,3]{=0,3,3,-1,1,0}", .with = "axis=1" },
              { .in = "x:f32[3,2] indices:i32[2,2]{=0,2,1,1}", .with = "axis=0" },
              { .in = "x:f32[3,1,2] indices:i32[1,2,2]{=0,2,1,1}", .with = "axis=0" },
              { .in = "x:f32[2,4] indices:u8[1,2]{=0,3}", .with = "axis=-1" },
              { .in = "x:f32[2,0] indices:i32[2,0]", .with = "axis=1" },
              { .in = "x:f32[2,3] indices:i32[2,1]{=0,3}", .with = "axis=1", .fails = "indices[1, 0] is 3" },
              { .in = "x:f32[2,3] indices:i32[2]", .with = "axis=1", .fails = "ranks are equal" },
              { .in = "x:f32[2,3] indices:i32[3,1]", .with = "axis=1", .fails = "sizes of x and indices" },
              { .in = "x:f32[2,3] indices:f32[2,1]", .with = "axis=1", .fails = "must be integers" },
              { .in = "x:f32[2,3] indices:i32[2,1]", .with = "axis=2", .fails = "no such axis" },
              { 0 } } },
    { .name = "take_along_axis_grad",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, indices",
      .infer = grad_infer,
      .backward = grad_backward,
      .run = grad_run,
      .cost = rni_cost_add,
      .opts = (const rn_opt[]){ RN_REQ_I64(rn_along_opts, axis, 0, 7, "axis that the indices count along"),
                                { "size", RN_OPT_TYPE_I64, RN_OPT_HIDDEN, (int)offsetof(rn_along_opts, size), 1, 0, 0,
                                  0, 0, 0 },
                                { 0 } },
      .opts_size = sizeof(rn_along_opts),
      .doc = { .brief = "Zeros to which g is added where take_along_axis would pick it.", .since = "0.1" } },
    { .name = "put_along_axis",
      .kind = RN_KERNEL,
      .inputs = "x, indices, values",
      .infer = put_infer,
      .backward = put_backward,
      .run = put_run,
      .cost = rni_cost_move,
      .opts = axis_opts,
      .opts_size = sizeof(rn_along_opts),
      .onnx = "ScatterElements",
      .doc = { .brief =
                   "x with values written at indices within each line along an axis; of equal indices the last wins.",
               .formula = "y = x;   y[a, indices[a, k, b], b] = values[a, k, b]",
               .shapes = "x [A.., D, B..]   indices [A.., K, B..]   values broadcast to indices   ->   y as x",
               .types = "x and values the same; gradients by values are right where no two indices are equal",
               .errors = "SHAPE; DTYPE; ARG for an index out of range, named when values are computed",
               .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "x:f32[2,4] indices:i64[2,2]{=0,3,-1,1} values:f32[2,2]", .with = "axis=1" },
              { .in = "x:f32[3,2] indices:i32[1,2]{=0,2} values:f32[]", .with = "axis=0" },
              { .in = "x:i32[3] indices:i32[2]{=1,1} values:i32[2]", .with = "axis=0" },
              { .in = "x:f32[2,3] indices:i32[2,1]{=0,3} values:f32[2,1]",
                .with = "axis=1",
                .fails = "indices[1, 0] is 3" },
              { .in = "x:f32[2,3] indices:i32[1,1] values:f32[1,1]",
                .with = "axis=1",
                .fails = "sizes of x and indices" },
              { .in = "x:f32[2,3] indices:i32[2,1] values:f32[2,2]", .with = "axis=1", .fails = "values do not fit" },
              { .in = "x:f32[2,3] indices:i32[2,1] values:f64[2,1]",
                .with = "axis=1",
                .fails = "types of x and values" },
              { 0 } } },
    { 0 },
};

static rn_tensor *call(int row, rn_tensor *x, rn_tensor *indices, const rn_along_opts *o)
{
    rn_tensor *const in[] = { x, indices };
    rn_tensor *y = NULL;
    return rn_op_call(&rn_ops_along[row], NULL, in, 2, o, &y) ? y : NULL;
}
