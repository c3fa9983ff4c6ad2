/* Functions whose result has a shape that depends on values: those are looked at when the call is made. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/shape.h"
#include "ops/check.h"
#include "ops/index/order.h"

#include <string.h>

/* ---- boolean_mask and nonzero ---- */

/* Row-major positions of the elements that are not zero, as a tensor [n] of i64. */
static rn_tensor *positions(rn_tensor *x)
{
    const char *data = rn_data(x);
    const int64_t count = rn_tensor_count(x);
    const rn_dtype d = rn_tensor_dtype(x);
    const int bytes = rn_dtype_bytes(d);
    int64_t *at = data ? rni_alloc_raw((count + 1) * (int64_t)sizeof *at) : NULL, n = 0;
    if (!at) return NULL;
    for (int64_t i = 0; i < count; i++)
        if (rni_load(d, data + i * bytes) != 0) at[n++] = i;
    rn_tensor *p = rn_array(RN_I64, RN_SHAPE(n), at);
    rni_free(at);
    return p;
}

static bool mask_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]), *m = rn_tensor_shape(c->in[1]);
    if (rn_tensor_dtype(c->in[1]) != RN_BOOL) {
        rni_refuse_call(c, RN_ERR_DTYPE, "the mask must be bool", "mask.dtype == bool");
        rn_infer_hint("comparisons give masks; integers that pick elements go to rn_take");
        return false;
    }
    bool fits = m->rank <= x->rank && m->rank > 0;
    for (int i = 0; fits && i < m->rank; i++) fits = m->dim[i] == x->dim[i];
    if (!fits) return rni_refuse_call(c, RN_ERR_SHAPE, "the mask does not fit", "mask.shape == x.shape[:rank of mask]");
    rn_shape rows = { .rank = x->rank - m->rank + 1 };
    rows.dim[0] = rn_tensor_count(c->in[1]);
    for (int i = 1; i < rows.rank; i++) rows.dim[i] = x->dim[i + m->rank - 1];
    return (c->out[0] = rn_take(rn_reshape(c->in[0], rows), positions(c->in[1]))) != NULL;
}

static bool nonzero_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]);
    if (x->rank == 0) return rni_refuse_call(c, RN_ERR_SHAPE, "a scalar has no positions", "rank of x >= 1");
    rn_tensor *p = positions(c->in[0]);
    const int64_t *at = p ? rn_data(p) : NULL;
    if (!at) return false;
    const int64_t n = rn_tensor_count(p);
    int64_t *y = rni_alloc_raw((n * x->rank + 1) * (int64_t)sizeof *y);
    if (!y) return false;
    for (int64_t k = 0; k < n; k++) {
        int64_t flat = at[k];
        for (int i = x->rank - 1; i >= 0; i--) {
            y[i * n + k] = flat % x->dim[i];
            flat /= x->dim[i];
        }
    }
    c->out[0] = rn_array(RN_I64, RN_SHAPE(x->rank, n), y);
    rni_free(y);
    return c->out[0] != NULL;
}

/* ---- unique ---- */

typedef struct {
    rni_order_item *item; /* all elements in order */
    int64_t *index, *inverse, *counts;
    int64_t count, n; /* elements; different ones */
} groups;

static bool find_groups(rn_tensor *x, const char *data, groups *g)
{
    const rn_dtype d = rn_tensor_dtype(x);
    const int bytes = rn_dtype_bytes(d);
    const int64_t count = g->count = rn_tensor_count(x);
    g->item = rni_alloc_raw((2 * count + 1) * (int64_t)sizeof *g->item);
    g->index = rni_alloc((3 * count + 1) * (int64_t)sizeof *g->index);
    if (!g->item || !g->index) return false;
    g->inverse = g->index + count;
    g->counts = g->inverse + count;
    for (int64_t i = 0; i < count; i++) g->item[i] = (rni_order_item){ rni_order_key(d, data + i * bytes), i };
    rni_order_sort(g->item, g->item + count, count);
    for (int64_t i = 0; i < count; i++) {
        if (i == 0 || g->item[i].key != g->item[i - 1].key) g->index[g->n++] = g->item[i].position;
        g->inverse[g->item[i].position] = g->n - 1;
        g->counts[g->n - 1]++;
    }
    return true;
}

static bool unique_build(rn_call_info *c)
{
    rn_tensor *x = c->in[0];
    const char *data = rn_data(x);
    groups g = { 0 };
    bool ok = data && find_groups(x, data, &g);
    const rn_shape n = RN_SHAPE(g.n);
    ok = ok && (c->out[1] = rn_array(RN_I64, n, g.index)) != NULL;
    ok = ok && (c->out[0] = rn_take(rn_ravel(x), c->out[1])) != NULL;
    ok = ok && (c->out[2] = rn_array(RN_I64, *rn_tensor_shape(x), g.inverse)) != NULL;
    ok = ok && (c->out[3] = rn_array(RN_I64, n, g.counts)) != NULL;
    rni_free(g.item);
    rni_free(g.index);
    return ok;
}

/* ---- repeat_by ---- */

static bool repeat_build(rn_call_info *c)
{
    const int64_t option = ((const rn_axis_opts *)c->opts)->axis;
    rn_tensor *x = c->in[0], *counts = c->in[1];
    const int axis = rni_call_axis(c, option, rn_tensor_rank(x));
    if (axis < 0) return false;
    const int64_t size = rn_tensor_dim(x, axis);
    if (rn_dtype_is_float(rn_tensor_dtype(counts)) || rn_tensor_rank(counts) != 1 || rn_tensor_count(counts) != size)
        return rni_refuse_call(c, RN_ERR_SHAPE, "needs one number per element of the axis",
                               "counts.shape == [x.shape[axis]], integers");
    int64_t *n = rni_alloc((size + 1) * (int64_t)sizeof *n), total = 0, *from = NULL;
    bool ok = n && rn_copy_to(counts, RN_I64, n, size * (int64_t)sizeof *n);
    for (int64_t i = 0; ok && i < size; i++)
        if (n[i] < 0 || !rni_add_i64(total, n[i], &total))
            ok = rni_refuse_call(c, RN_ERR_ARG, "a number of copies is negative or too large", "counts >= 0");
    int64_t bytes;
    ok = ok && rni_mul_i64(total + 1, (int64_t)sizeof *from, &bytes) && (from = rni_alloc_raw(bytes)) != NULL;
    for (int64_t i = 0, k = 0; ok && i < size; i++)
        for (int64_t copy = 0; copy < n[i]; copy++) from[k++] = i;
    if (ok) c->out[0] = rn_take(x, rn_array(RN_I64, RN_SHAPE(total), from), .axis = axis);
    rni_free(n);
    rni_free(from);
    return c->out[0] != NULL;
}

const rn_op rn_ops_host_shape[] = {
    { .name = "boolean_mask",
      .kind = RN_FUNCTION,
      .flags = RN_OP_HOST_SHAPE,
      .inputs = "x, mask",
      .build = mask_build,
      .onnx = "Compress",
      .nnp = "BoolGather",
      .doc = { .brief = "The elements where a mask is true, as NumPy's x[mask]. The mask is computed at the call.",
               .shapes = "x [A.., B..]   mask [A..]   ->   y [n, B..], n being the number of true elements",
               .errors = "DTYPE unless the mask is bool; SHAPE unless its axes are the first of x",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3] mask:bool[2,3]{=1,0,0,1,1,0}" },
                                  { .in = "x:f32[3,2] mask:bool[3]{=0,1,1}" },
                                  { .in = "x:i32[3] mask:bool[3]{=0,0,0}" },
                                  { .in = "x:f32[0,2] mask:bool[0]" },
                                  { .in = "x:f32[3] mask:i32[3]", .fails = "mask must be bool" },
                                  { .in = "x:f32[3] mask:bool[2]", .fails = "mask does not fit" },
                                  { .in = "x:f32[3] mask:bool[]", .fails = "mask does not fit" },
                                  { 0 } } },
    { .name = "nonzero",
      .kind = RN_FUNCTION,
      .flags = RN_OP_HOST_SHAPE | RN_OP_NO_GRAD,
      .inputs = "x",
      .build = nonzero_build,
      .onnx = "NonZero",
      .doc = { .brief = "Coordinates of the elements that are not zero, in row-major order. x is computed at the call.",
               .shapes = "x of rank R   ->   y [R, n], i64",
               .errors = "SHAPE for a scalar",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3]{=0,1,0,-2,0,0.5}" },
                                  { .in = "x:bool[4]{=0,1,0,1}" },
                                  { .in = "x:i64[2,0]" },
                                  { .in = "x:f32[]", .fails = "no positions" },
                                  { 0 } } },
    { .name = "unique",
      .kind = RN_FUNCTION,
      .flags = RN_OP_HOST_SHAPE,
      .inputs = "x",
      .outputs = "y, index, inverse, counts",
      .build = unique_build,
      .onnx = "Unique",
      .doc = { .brief = "The different elements in rising order. x is computed at the call; all NaN are one.",
               .shapes = "x   ->   y [n]; .index [n]: where each is first, row-major; .inverse as x: x = y[inverse]; "
                         ".counts [n]: how often; all i64",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:i32[2,3]{=3,1,3,2,1,1}" },
                                  { .in = "x:f32[5]{=0.5,-1,0.5,2,-1}", .no_grad = true },
                                  { .in = "x:f32[3]{=0.5,-1,2}" },
                                  { .in = "x:bool[3]{=1,0,1}" },
                                  { .in = "x:f32[0]" },
                                  { .in = "x:i64[]{=4}" },
                                  { 0 } } },
    { .name = "repeat_by",
      .kind = RN_FUNCTION,
      .flags = RN_OP_HOST_SHAPE,
      .inputs = "x, counts",
      .build = repeat_build,
      .opts = (const rn_opt[]){ RN_OPT_I64(rn_axis_opts, axis, 0, -8, 7, "along which axis"), { 0 } },
      .opts_size = sizeof(rn_axis_opts),
      .doc = { .brief =
                   "Each element along an axis repeated a number of times of its own. counts are computed at the call.",
               .shapes = "x [.., D, ..]   counts [D]   ->   y [.., sum of counts, ..]",
               .errors = "SHAPE unless there is one count per element; ARG for a negative one",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[3,2] counts:i32[3]{=2,0,1}" },
                                  { .in = "x:f32[2,3] counts:i64[3]{=1,1,3}", .with = "axis=1" },
                                  { .in = "x:f32[0] counts:i32[0]" },
                                  { .in = "x:f32[2] counts:i32[2]{=1,-1}", .fails = "negative" },
                                  { .in = "x:f32[2] counts:i32[3]", .fails = "one number per element" },
                                  { 0 } } },
    { 0 },
};
