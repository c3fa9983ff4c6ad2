/* take and embed: parts of a tensor picked by indices, and their gradients, which add up. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "ops/check.h"
#include "ops/cost.h"
#include "ops/index/position.h"
#include "ops/strided.h"

#include <string.h>

enum { TAKE, TAKE_GRAD, EMBED, EMBED_GRAD, TAKE_GRAD_ONTO, EMBED_GRAD_ONTO };

extern const rn_op rn_ops_take[];
static rn_tensor *call(int row, rn_tensor *x, rn_tensor *indices, const rn_take_opts *o);

/* x with axis `axis` replaced by the axes of the indices. */
static bool replaced(rn_infer *f, const rn_shape *x, int axis, const rn_shape *indices, rn_shape *y)
{
    if (x->rank - 1 + indices->rank > RN_MAX_RANK)
        return rn_refuse(f, RN_ERR_SHAPE, "the result has too many axes", "rank of x + rank of indices - 1 <= 8");
    *y = (rn_shape){ .rank = x->rank - 1 + indices->rank };
    for (int i = 0; i < y->rank; i++)
        y->dim[i] = i < axis                   ? x->dim[i]
                    : i < axis + indices->rank ? indices->dim[i - axis]
                                               : x->dim[i - indices->rank + 1];
    return true;
}

static bool take_infer(rn_infer *f)
{
    const rn_shape *x = f->shape[0];
    rn_shape y;
    if (!rni_want_index(f, 1)) return false;
    const int axis = rni_want_axis(f, ((const rn_take_opts *)f->opts)->axis, x->rank);
    return axis >= 0 && replaced(f, x, axis, f->shape[1], &y) && rn_out(f, 0, f->dtype[0], y);
}

static bool embed_infer(rn_infer *f)
{
    rn_shape y;
    if (!rni_want_index(f, 0) || !rn_want_rank(f, 1, 2)) return false;
    return replaced(f, f->shape[1], 0, f->shape[0], &y) && rn_out(f, 0, f->dtype[1], y);
}

static bool grad_infer(rn_infer *f)
{
    const rn_take_opts *o = f->opts;
    const rn_shape *g = f->shape[0], *indices = f->shape[1];
    rn_shape x = { .rank = g->rank - indices->rank + 1 };
    for (int i = 0; i < x.rank; i++)
        x.dim[i] = i < o->axis ? g->dim[i] : i == o->axis ? o->size : g->dim[i + indices->rank - 1];
    return rn_out(f, 0, f->dtype[0], x);
}

/* ---- gradients ---- */

static bool take_backward(rn_vjp *v)
{
    rn_take_opts o = *(const rn_take_opts *)v->opts;
    o.axis = rni_known_axis(o.axis, rn_tensor_rank(v->in[0]));
    o.size = rn_tensor_dim(v->in[0], (int)o.axis);
    v->gin[0] = call(TAKE_GRAD, v->gout[0], v->in[1], &o);
    return v->gin[0] != NULL;
}

static bool embed_backward(rn_vjp *v)
{
    rn_take_opts o = *(const rn_take_opts *)v->opts;
    o.size = rn_tensor_dim(v->in[1], 0);
    v->gin[1] = call(EMBED_GRAD, v->gout[0], v->in[0], &o);
    return v->gin[1] != NULL;
}

static bool take_grad_backward(rn_vjp *v)
{
    v->gin[0] = call(TAKE, v->gout[0], v->in[1], v->opts);
    return v->gin[0] != NULL;
}

static bool embed_grad_backward(rn_vjp *v)
{
    v->gin[0] = call(EMBED, v->in[1], v->gout[0], v->opts);
    return v->gin[0] != NULL;
}

/* Made by the compiler, of a gradient and the sum that it is part of; inputs g, indices, onto. */
static bool onto_build(rn_call_info *c)
{
    const int grad = c->op == &rn_ops_take[TAKE_GRAD_ONTO] ? TAKE_GRAD : EMBED_GRAD;
    return (c->out[0] = rn_add(c->in[2], call(grad, c->in[0], c->in[1], c->opts))) != NULL;
}

static bool onto_infer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[2], *f->shape[2]);
}

/* ---- kernels ---- */

typedef struct {
    rn_kernel_call *call;
    const rn_take_opts *o;
    const rn_view *indices;
    int64_t size;
    bool embed;
} picker;

/* Place that the index at `at` names; -1 for an ignored one. False after reporting one that is out of range. */
static bool pick(const picker *p, const int64_t *at, int64_t *place)
{
    const int64_t i = rni_index_value(p->indices, at);
    if (p->embed && p->o->ignore && i == p->o->ignore_label) {
        *place = -1;
        return true;
    }
    if (rni_index_place(i, p->size, !p->embed, place)) return true;
    if (p->embed) return rni_index_fail(p->call, "x", p->indices, at, "the number of rows of w is", p->size);
    return rni_index_fail(p->call, "indices", p->indices, at, "the size of the axis of x is", p->size);
}

/* The part of a result or gradient that belongs to the index at `at`: without the axes of the indices. */
static rn_view part_at(const rn_view *v, int axis, const rn_view *indices, const int64_t *at)
{
    rn_view r = *v;
    for (int i = 0; i < indices->rank; i++) r = rni_view_drop(&r, axis, at[i]);
    return r;
}

static bool run(rn_kernel_call *c, const rn_view *x, const rn_view *indices, bool embed)
{
    const rn_take_opts *o = c->opts;
    const int axis = embed ? 0 : rni_known_axis(o->axis, x->rank);
    const picker p = { c, o, indices, x->dim[axis], embed };
    int64_t at[RN_MAX_RANK] = { 0 }, place;
    for (int64_t k = rni_view_count(indices); k > 0; k--, rni_index_next(indices, at)) {
        if (!pick(&p, at, &place)) return false;
        const rn_view to = part_at(&c->out[0], axis, indices, at);
        if (place < 0) {
            rni_view_fill(&to, 0);
            continue;
        }
        const rn_view from = rni_view_drop(x, axis, place);
        rni_view_copy(&to, &from);
    }
    return true;
}

static bool take_run(rn_kernel_call *c)
{
    return run(c, &c->in[0], &c->in[1], false);
}

static bool embed_run(rn_kernel_call *c)
{
    return run(c, &c->in[1], &c->in[0], true);
}

/* Indices by the place they name: those of place p are order[first[p]] … order[first[p + 1] - 1], in their own order,
 * so that sums do not depend on how work is split. */
typedef struct {
    int64_t *first, *order, *place;
} by_place;

static bool sort_places(const picker *p, by_place *b)
{
    const int64_t n = rni_view_count(p->indices);
    b->first = rni_alloc((p->size + 2) * (int64_t)sizeof *b->first);
    b->order = rni_alloc_raw((n + 1) * (int64_t)sizeof *b->order);
    b->place = rni_alloc_raw((n + 1) * (int64_t)sizeof *b->place);
    if (!b->first || !b->order || !b->place) return false;
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t k = 0; k < n; k++, rni_index_next(p->indices, at)) {
        if (!pick(p, at, &b->place[k])) return false;
        if (b->place[k] >= 0) b->first[b->place[k] + 2]++;
    }
    for (int64_t i = 1; i <= p->size; i++) b->first[i + 1] += b->first[i];
    for (int64_t k = 0; k < n; k++)
        if (b->place[k] >= 0) b->order[b->first[b->place[k] + 1]++] = k;
    return true;
}

static void coordinates(const rn_view *v, int64_t k, int64_t *at)
{
    for (int i = v->rank - 1; i >= 0; i--) {
        at[i] = k % v->dim[i];
        k /= v->dim[i];
    }
}

static void add_part(double *sum, const rn_view *part)
{
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t k = rni_view_count(part); k > 0; k--, rni_index_next(part, at))
        *sum++ += rni_load(part->dtype, rni_view_at(part, at));
}

static void store_part(const rn_view *to, double *sum)
{
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t k = rni_view_count(to); k > 0; k--, rni_index_next(to, at)) {
        rni_store(to->dtype, rni_view_at(to, at), *sum);
        *sum++ = 0;
    }
}

static bool grad_run_as(rn_kernel_call *c, bool embed)
{
    const rn_take_opts *o = c->opts;
    const rn_view *g = &c->in[0], *indices = &c->in[1], *x = &c->out[0];
    const int axis = embed ? 0 : (int)o->axis;
    const picker p = { c, o, indices, x->dim[axis], embed };
    const rn_view one = rni_view_drop(x, axis, 0);
    by_place b = { 0 };
    double *sum = rni_alloc(rni_view_count(&one) * (int64_t)sizeof *sum);
    const bool ok = sum && sort_places(&p, &b);
    for (int64_t i = 0; ok && i < x->dim[axis]; i++) {
        for (int64_t k = b.first[i]; k < b.first[i + 1]; k++) {
            int64_t at[RN_MAX_RANK];
            coordinates(indices, b.order[k], at);
            const rn_view part = part_at(g, axis, indices, at);
            add_part(sum, &part);
        }
        const rn_view to = rni_view_drop(x, axis, i);
        store_part(&to, sum);
    }
    rni_free(b.first);
    rni_free(b.order);
    rni_free(b.place);
    rni_free(sum);
    return ok;
}

static bool take_grad_run(rn_kernel_call *c)
{
    return grad_run_as(c, false);
}

static bool embed_grad_run(rn_kernel_call *c)
{
    return grad_run_as(c, true);
}

/* ---- scatter_add and select_item: made of these ---- */

static bool scatter_add_build(rn_call_info *c)
{
    rn_tensor *x = c->in[0], *indices = c->in[1], *values = c->in[2];
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    rn_take_opts o = *(const rn_take_opts *)c->opts;
    o.axis = rni_want_axis(&f, o.axis, rn_tensor_rank(x));
    rn_shape part;
    if (o.axis < 0 || !rni_want_index(&f, 1) || !replaced(&f, f.shape[0], (int)o.axis, f.shape[1], &part)) return false;
    if (f.dtype[0] != f.dtype[2])
        return rn_refuse(&f, RN_ERR_DTYPE, "types of x and values differ", "one type for both");
    bool fits = part.rank == f.shape[2]->rank;
    for (int i = 0; fits && i < part.rank; i++) fits = part.dim[i] == f.shape[2]->dim[i] || f.shape[2]->dim[i] == 1;
    if (!fits)
        return rn_refuse(&f, RN_ERR_SHAPE, "values do not fit to x and indices",
                         "values has the shape of x with the axis replaced by the axes of indices, or 1 in places");
    o.size = rn_tensor_dim(x, (int)o.axis);
    rn_tensor *sum = call(TAKE_GRAD, rn_broadcast_to(values, part), indices, &o);
    return (c->out[0] = rn_add(x, sum)) != NULL;
}

static bool select_build(rn_call_info *c)
{
    const rn_shape *x = rn_tensor_shape(c->in[0]), *t = rn_tensor_shape(c->in[1]);
    if (x->rank != 2 || t->rank != 1 || t->dim[0] != x->dim[0])
        return rni_refuse_call(c, RN_ERR_SHAPE, "needs one index per row of a matrix", "x is [N, C] and t is [N]");
    rn_tensor *y = rn_take_along_axis(c->in[0], rn_expand_dims(c->in[1], 1), 1);
    return (c->out[0] = rn_squeeze(y, .axes = RN_AXES(1))) != NULL;
}

#define IGNORE                                                                                                         \
    RN_OPT_BOOL(rn_take_opts, ignore, "whether ignore_label is an index that stands for nothing"),                     \
        RN_OPT_I64(rn_take_opts, ignore_label, 0, -9e18, 9e18, "index that gives zeros, if .ignore; often -1")
#define HIDDEN_SIZE                                                                                                    \
    {                                                                                                                  \
        "size", RN_OPT_TYPE_I64, RN_OPT_HIDDEN, (int)offsetof(rn_take_opts, size), 1, 0, 0, 0, 0, 0                    \
    }
#define AXIS RN_OPT_I64(rn_take_opts, axis, 0, -8, 7, "axis of x that the indices count along")
#define ONTO(text, names, ...)                                                                                         \
    {                                                                                                                  \
        .name = text, .kind = RN_COMPOSITE, .flags = RN_OP_INTERNAL | RN_OP_ONTO, .inputs = names,                     \
        .infer = onto_infer, .build = onto_build, .backward = rn_backward_by_build, .cost = rni_cost_add,              \
        .opts = (const rn_opt[]){ __VA_ARGS__, { 0 } }, .opts_size = sizeof(rn_take_opts), .doc = {                    \
            .brief = "onto with the gradient added to it.",                                                            \
            .since = "0.1"                                                                                             \
        }                                                                                                              \
    }

const rn_op rn_ops_take[] = {
    { .name = "take",
      .kind = RN_KERNEL,
      .inputs = "x, indices",
      .infer = take_infer,
      .backward = take_backward,
      .run = take_run,
      .cost = rni_cost_look_up,
      .opts = (const rn_opt[]){ AXIS, { 0 } },
      .opts_size = sizeof(rn_take_opts),
      .onnx = "Gather",
      .nnp = "Gather",
      .doc = { .brief = "Parts of x picked by indices along an axis; negative indices count from the end.",
               .formula = "y[a, i, b] = x[a, indices[i], b]",
               .shapes = "x [A.., D, B..]   indices [I..]   ->   y [A.., I.., B..]",
               .types = "indices of any integer type",
               .errors = "DTYPE unless indices are integers; ARG for one out of range, named when values are computed",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[4,3] indices:i32[2,2]{=0,-1,2,2}" },
                                  { .in = "x:f32[4,3] indices:i64[4]{=0,2,1,2}", .with = "axis=-1" },
                                  { .in = "x:f32[2,3,2] indices:u8[]{=1}", .with = "axis=1" },
                                  { .in = "x:i64[3] indices:i32[2]{=2,0}" },
                                  { .in = "x:bool[3] indices:i32[2]{=2,0}" },
                                  { .in = "x:f32[3,2] indices:i32[0]" },
                                  { .in = "x:f32[0,2] indices:i32[0]" },
                                  { .in = "x:f32[4,3] indices:i32[2]{=0,4}", .fails = "indices[1] is 4, but the size" },
                                  { .in = "x:f32[4,3] indices:i32[1,2]{=0,-5}", .fails = "indices[0, 1] is -5" },
                                  { .in = "x:f32[4,3] indices:f32[2]", .fails = "indices must be integers" },
                                  { .in = "x:f32[4,3] indices:bool[2]", .fails = "rn_boolean_mask" },
                                  { .in = "x:f32[4,3] indices:i32[2]", .with = "axis=2", .fails = "no such axis" },
                                  { .in = "x:f32[] indices:i32[2]", .fails = "no such axis" },
                                  { 0 } } },
    { .name = "take_grad",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, indices",
      .infer = grad_infer,
      .backward = take_grad_backward,
      .run = take_grad_run,
      .cost = rni_cost_add,
      .opts = (const rn_opt[]){ AXIS, HIDDEN_SIZE, { 0 } },
      .opts_size = sizeof(rn_take_opts),
      .doc = { .brief = "Zeros to which parts of g are added where take would pick them.", .since = "0.1" } },
    { .name = "embed",
      .kind = RN_KERNEL,
      .inputs = "x, w",
      .infer = embed_infer,
      .backward = embed_backward,
      .run = embed_run,
      .cost = rni_cost_look_up,
      .opts = (const rn_opt[]){ IGNORE, { 0 } },
      .opts_size = sizeof(rn_take_opts),
      .nnp = "Embed",
      .doc = { .brief = "Rows of w by number: vectors of words (Chainer's embed_id).",
               .formula = "y[i, :] = w[x[i], :]",
               .shapes = "x [I..]   w [V, D]   ->   y [I.., D]",
               .types = "x of any integer type",
               .errors = "DTYPE unless x are integers; SHAPE unless w is a matrix; ARG for a number that is not in "
                         "0 … V-1, named when values are computed",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:i32[2,3]{=0,4,2,1,1,4} w:f32[5,3]" },
                                  { .in = "x:i64[4]{=0,-1,2,-1} w:f32[5,3]", .with = "ignore=true ignore_label=-1" },
                                  { .in = "x:i32[3]{=0,1,2} w:f32[3,2]", .with = "ignore=true" },
                                  { .in = "x:i32[0] w:f32[5,3]" },
                                  { .in = "x:u8[] w:f32[10,3]" },
                                  { .in = "x:i32[2]{=0,5} w:f32[5,3]", .fails = "x[1] is 5, but the number of rows" },
                                  { .in = "x:i32[2]{=0,-1} w:f32[5,3]", .fails = "x[1] is -1" },
                                  { .in = "x:f32[2] w:f32[5,3]", .fails = "indices must be integers" },
                                  { .in = "x:i32[2] w:f32[5]", .fails = "rank of w == 2" },
                                  { 0 } } },
    { .name = "embed_grad",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "g, x",
      .infer = grad_infer,
      .backward = embed_grad_backward,
      .run = embed_grad_run,
      .cost = rni_cost_add,
      .opts = (const rn_opt[]){ HIDDEN_SIZE, IGNORE, { 0 } },
      .opts_size = sizeof(rn_take_opts),
      .doc = { .brief = "Zeros to which rows of g are added where embed would pick them.", .since = "0.1" } },
    ONTO("take_grad_onto", "g, indices, onto", AXIS, HIDDEN_SIZE),
    ONTO("embed_grad_onto", "g, x, onto", HIDDEN_SIZE, IGNORE),
    { .name = "scatter_add",
      .kind = RN_FUNCTION,
      .inputs = "x, indices, values",
      .build = scatter_add_build,
      .opts = (const rn_opt[]){ AXIS, { 0 } },
      .opts_size = sizeof(rn_take_opts),
      .doc = { .brief = "x with values added at indices along an axis; equal indices add up, in their order.",
               .formula = "y = x;   y[a, indices[i], b] += values[a, i, b] for each i",
               .shapes =
                   "x [A.., D, B..]   indices [I..]   values [A.., I.., B..], sizes of 1 are repeated   ->   y as x",
               .types = "x and values the same; indices of any integer type",
               .errors =
                   "SHAPE if values do not fit; DTYPE; ARG for an index out of range, named when values are computed",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "x:f32[4,3] indices:i32[3]{=0,2,2} values:f32[3,3]" },
                             { .in = "x:f32[2,3] indices:i64[2,2]{=0,-1,1,1} values:f32[2,2,2]", .with = "axis=1" },
                             { .in = "x:f32[4] indices:i32[]{=3} values:f32[]" },
                             { .in = "x:i32[4] indices:i32[3]{=1,1,1} values:i32[1]" },
                             { .in = "x:f32[4] indices:i32[2]{=1,4} values:f32[2]", .fails = "indices[1] is 4" },
                             { .in = "x:f32[4] indices:i32[2] values:f32[3]", .fails = "values do not fit" },
                             { .in = "x:f32[4] indices:i32[2] values:f64[2]", .fails = "types of x and values" },
                             { .in = "x:f32[4] indices:f32[2] values:f32[2]", .fails = "must be integers" },
                             { 0 } } },
    { .name = "select_item",
      .kind = RN_FUNCTION,
      .inputs = "x, t",
      .build = select_build,
      .doc = { .brief = "One element of each row of a matrix, by its number.",
               .formula = "y[n] = x[n, t[n]]",
               .shapes = "x [N, C]   t [N]   ->   y [N]",
               .types = "t of any integer type",
               .errors = "SHAPE; DTYPE; ARG for an index out of range, named when values are computed",
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[3,4] t:i32[3]{=0,3,1}" },
                                  { .in = "x:f32[2,4] t:i64[2]{=-1,0}" },
                                  { .in = "x:f32[0,4] t:i32[0]" },
                                  { .in = "x:f32[2,4] t:i32[2]{=0,4}", .fails = "is 4" },
                                  { .in = "x:f32[2,4] t:i32[3]", .fails = "one index per row" },
                                  { .in = "x:f32[2,4] t:f32[2]", .fails = "must be integers" },
                                  { 0 } } },
    { 0 },
};

static rn_tensor *call(int row, rn_tensor *x, rn_tensor *indices, const rn_take_opts *o)
{
    rn_tensor *const in[] = { x, indices };
    rn_tensor *y = NULL;
    return rn_op_call(&rn_ops_take[row], NULL, in, 2, o, &y) ? y : NULL;
}
