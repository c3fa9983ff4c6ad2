/* sort, argsort, topk: lines along an axis in order. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "ops/check.h"
#include "ops/cost.h"
#include "ops/index/order.h"

#include <string.h>

static bool sort_infer(rn_infer *f)
{
    const rn_shape *x = f->shape[0];
    return rni_want_axis(f, ((const rn_sort_opts *)f->opts)->axis, x->rank) >= 0 && rn_out(f, 0, f->dtype[0], *x) &&
           rn_out(f, 1, RN_I64, *x);
}

static bool topk_infer(rn_infer *f)
{
    const rn_sort_opts *o = f->opts;
    rn_shape y = *f->shape[0];
    const int axis = rni_want_axis(f, o->axis, y.rank);
    if (axis < 0) return false;
    if (o->k > y.dim[axis]) {
        rn_refuse(f, RN_ERR_ARG, "there are not so many elements", "k <= size of the axis");
        rn_infer_hint("k is %lld, the axis has size %lld", (long long)o->k, (long long)y.dim[axis]);
        return false;
    }
    y.dim[axis] = o->k;
    return rn_out(f, 0, f->dtype[0], y) && rn_out(f, 1, RN_I64, y);
}

/* The gradient goes back to where the elements came from. */
static bool backward(rn_vjp *v)
{
    if (!v->gout[0]) return true;
    rn_tensor *zeros = rn_zeros(*rn_tensor_shape(v->in[0]), .dtype = rn_tensor_dtype(v->in[0]));
    v->gin[0] = rn_put_along_axis(zeros, v->out[1], v->gout[0], ((const rn_sort_opts *)v->opts)->axis);
    return v->gin[0] != NULL;
}

static bool run_as(rn_kernel_call *c, bool descending)
{
    const rn_view *x = &c->in[0], *y = &c->out[0], *indices = &c->out[1];
    const int axis = rni_known_axis(((const rn_sort_opts *)c->opts)->axis, x->rank);
    const int64_t n = x->dim[axis], kept = y->dim[axis];
    const int bytes = rn_dtype_bytes(x->dtype);
    rni_order_item *item = rni_alloc_raw((2 * n + 1) * (int64_t)sizeof *item);
    if (!item) return false;
    rn_view lines = *y;
    lines.dim[axis] = kept ? 1 : 0;
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t k = rni_view_count(&lines); k > 0; k--, rni_index_next(&lines, at)) {
        const char *from = rni_view_at(x, at);
        for (int64_t i = 0; i < n; i++) {
            const uint64_t key = rni_order_key(x->dtype, from + i * x->stride[axis] * bytes);
            item[i] = (rni_order_item){ descending ? ~key : key, i };
        }
        rni_order_sort(item, item + n, n);
        char *to = rni_view_at(y, at);
        int64_t *position = rni_view_at(indices, at);
        for (int64_t i = 0; i < kept; i++) {
            memcpy(to + i * y->stride[axis] * bytes, from + item[i].position * x->stride[axis] * bytes, (size_t)bytes);
            position[i * indices->stride[axis]] = item[i].position;
        }
    }
    rni_free(item);
    return true;
}

static bool sort_run(rn_kernel_call *c)
{
    return run_as(c, ((const rn_sort_opts *)c->opts)->descending);
}

static bool topk_run(rn_kernel_call *c)
{
    return run_as(c, !((const rn_sort_opts *)c->opts)->smallest);
}

static bool argsort_build(rn_call_info *c)
{
    const rn_sort_opts *o = c->opts;
    return rn_sort(c->in[0], o->axis, .indices = &c->out[0], .descending = o->descending) != NULL;
}

#define AXIS RN_REQ_I64(rn_sort_opts, axis, -8, 7, "along which axis; -1 is the last")
#define DESCENDING RN_OPT_BOOL(rn_sort_opts, descending, "largest first")

static void cost(rn_cost *c)
{
    const rn_view *x = &c->in[0];
    const int axis = rni_known_axis(((const rn_sort_opts *)c->opts)->axis, x->rank);
    rni_cost_sort(c, (double)rni_view_count(x), x->rank ? (double)x->dim[axis] : 1);
}

/* Each element is compared once, and those that are kept are sorted. */
static void topk_cost(rn_cost *c)
{
    const rn_view *x = &c->in[0];
    const double kept = (double)rni_view_count(&c->out[0]), n = (double)rni_view_count(x);
    rni_cost_sort(c, kept, kept);
    c->compare += n;
}

const rn_op rn_ops_sort[] = {
    { .name = "sort",
      .kind = RN_KERNEL,
      .inputs = "x",
      .outputs = "y, indices",
      .infer = sort_infer,
      .backward = backward,
      .run = sort_run,
      .cost = cost,
      .opts = (const rn_opt[]){ AXIS, DESCENDING, { 0 } },
      .opts_size = sizeof(rn_sort_opts),
      .nnp = "Sort descending=reverse",
      .doc = { .brief = "Elements in order along an axis; equal ones keep theirs, NaN counts as the largest.",
               .shapes = "x [.., D, ..]   ->   y the same; .indices: where each came from, i64",
               .errors = "ARG for no such axis",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,5]", .with = "axis=-1" },
                                  { .in = "x:f32[4,3]", .with = "axis=0 descending=true" },
                                  { .in = "x:i64[7]", .with = "axis=0" },
                                  { .in = "x:u8[7]", .with = "axis=0 descending=true" },
                                  { .in = "x:bool[5]", .with = "axis=0" },
                                  { .in = "x:f16[2,5]", .with = "axis=1" },
                                  { .in = "x:f32[2,0]", .with = "axis=1" },
                                  { .in = "x:f32[2,3]", .with = "axis=2", .fails = "no such axis" },
                                  { .in = "x:f32[]", .with = "axis=0", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "topk",
      .kind = RN_KERNEL,
      .inputs = "x",
      .outputs = "y, indices",
      .infer = topk_infer,
      .backward = backward,
      .run = topk_run,
      .cost = topk_cost,
      .opts = (const rn_opt[]){ RN_REQ_I64(rn_sort_opts, k, 0, 9e18, "how many"),
                                AXIS,
                                RN_OPT_BOOL(rn_sort_opts, smallest, "the smallest instead of the largest"),
                                { 0 } },
      .opts_size = sizeof(rn_sort_opts),
      .onnx = "TopK",
      .nnp = "TopKData",
      .doc = { .brief = "The k largest elements along an axis, in order; of equal ones the first.",
               .shapes = "x [.., D, ..]   ->   y [.., k, ..]; .indices: where each came from, i64",
               .errors = "ARG for no such axis or k above its size",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,5]", .with = "k=3 axis=-1" },
                                  { .in = "x:f32[4,3]", .with = "k=2 axis=0 smallest=true" },
                                  { .in = "x:i32[6]", .with = "k=6 axis=0" },
                                  { .in = "x:f32[2,3]", .with = "k=0 axis=1" },
                                  { .in = "x:f32[2,3]", .with = "k=4 axis=1", .fails = "k is 4, the axis has size 3" },
                                  { .in = "x:f32[2,3]", .with = "k=1 axis=-3", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "argsort",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = argsort_build,
      .opts = (const rn_opt[]){ AXIS, DESCENDING, { 0 } },
      .opts_size = sizeof(rn_sort_opts),
      .doc = { .brief = "Where the elements of a sorted tensor come from; equal ones keep their order.",
               .shapes = "x [.., D, ..]   ->   y the same, i64: sorted = rn_take_along_axis(x, y, axis)",
               .errors = "ARG for no such axis",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,5]", .with = "axis=-1" },
                                  { .in = "x:i32[9]", .with = "axis=0 descending=true" },
                                  { .in = "x:f32[2,3]", .with = "axis=2", .fails = "no such axis" },
                                  { 0 } } },
    { 0 },
};
