/* pad: more elements around a tensor, of one value or taken from its inside. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "ops/cost.h"
#include "ops/strided.h"

#include <string.h>

enum { CONSTANT, EDGE, REFLECT, SYMMETRIC, WRAP };

static int64_t modulo(int64_t a, int64_t n)
{
    const int64_t r = a % n;
    return r < 0 ? r + n : r;
}

/* Where along an axis of size n the element at i, which may be outside, comes from; -1 for nowhere. */
static int64_t source(int64_t i, int64_t n, int mode)
{
    if (i >= 0 && i < n) return i;
    switch (mode) {
    case EDGE:
        return i < 0 ? 0 : n - 1;
    case REFLECT:
        if (n == 1) return 0;
        i = modulo(i, 2 * n - 2);
        return i < n ? i : 2 * n - 2 - i;
    case SYMMETRIC:
        i = modulo(i, 2 * n);
        return i < n ? i : 2 * n - 1 - i;
    case WRAP:
        return modulo(i, n);
    default:
        return -1;
    }
}

/* source() for all places of all axes of y, one axis after the other; to be freed. */
static int64_t *source_table(const rn_view *x, const rn_view *y, const rn_pad_opts *o)
{
    int64_t total = 1;
    for (int a = 0; a < y->rank; a++) total += y->dim[a];
    int64_t *table = rni_alloc_raw(total * (int64_t)sizeof *table), *t = table;
    for (int a = 0; table && a < y->rank; a++)
        for (int64_t i = 0; i < y->dim[a]; i++) *t++ = source(i - o->before[a], x->dim[a], o->mode);
    return table;
}

/* Coordinates in x of place `at` of y; false if it lies in constant padding. */
static bool look_up(const int64_t *table, const rn_view *y, const int64_t *at, int64_t *from)
{
    for (int a = 0; a < y->rank; table += y->dim[a++])
        if ((from[a] = table[at[a]]) < 0) return false;
    return true;
}

/* ---- pad ---- */

static bool check_widths(rn_infer *f, int rank)
{
    const rn_pad_opts *o = f->opts;
    for (int a = rank; a < RN_MAX_RANK; a++)
        if (o->before[a] || o->after[a])
            return rn_refuse(f, RN_ERR_ARG, "padding along axes that x does not have", "as many widths as axes");
    return true;
}

static bool infer(rn_infer *f)
{
    const rn_pad_opts *o = f->opts;
    rn_shape y = *f->shape[0];
    if (!check_widths(f, y.rank)) return false;
    for (int a = 0; a < y.rank; a++) {
        if (o->mode != CONSTANT && y.dim[a] == 0 && (o->before[a] || o->after[a]))
            return rn_refuse(f, RN_ERR_SHAPE, "an axis without elements can only be padded with a constant",
                             "sizes of padded axes > 0");
        if (!rni_add_i64(y.dim[a], o->before[a], &y.dim[a]) || !rni_add_i64(y.dim[a], o->after[a], &y.dim[a]))
            return rn_refuse(f, RN_ERR_SHAPE, "the result has too many elements", "a product of sizes below 2 ** 63");
    }
    return rn_out(f, 0, f->dtype[0], y);
}

static rn_tensor *call(int row, rn_tensor *x, const rn_pad_opts *o);

static bool backward(rn_vjp *v)
{
    const rn_pad_opts *o = v->opts;
    if (o->mode != CONSTANT)
        v->gin[0] = call(1, v->gout[0], o);
    else {
        const rn_shape *x = rn_tensor_shape(v->in[0]);
        rn_ranges inner = { .n = x->rank };
        for (int a = 0; a < x->rank; a++) inner.range[a] = RN_RANGE(o->before[a], o->before[a] + x->dim[a]);
        v->gin[0] = rn_slice(v->gout[0], inner);
    }
    return v->gin[0] != NULL;
}

static bool run_inside(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *y = &c->out[0];
    int64_t *table = source_table(x, y, c->opts);
    if (!table) return false;
    const size_t bytes = (size_t)rn_dtype_bytes(x->dtype);
    int64_t at[RN_MAX_RANK] = { 0 }, from[RN_MAX_RANK] = { 0 };
    for (int64_t k = rni_view_count(y); k > 0; k--, rni_index_next(y, at))
        if (look_up(table, y, at, from)) memcpy(rni_view_at(y, at), rni_view_at(x, from), bytes);
    rni_free(table);
    return true;
}

static bool run(rn_kernel_call *c)
{
    const rn_pad_opts *o = c->opts;
    if (o->mode != CONSTANT) return run_inside(c);
    rn_view inner = c->out[0];
    rni_view_fill(&inner, o->value);
    for (int a = 0; a < inner.rank; a++) {
        if (c->in[0].dim[a] == 0) return true;
        inner.dim[a] = c->in[0].dim[a];
        rn_view_shift(&inner, o->before[a] * inner.stride[a]);
    }
    rni_view_copy(&inner, &c->in[0]);
    return true;
}

/* ---- the gradient of the other modes ---- */

static bool grad_infer(rn_infer *f)
{
    const rn_pad_opts *o = f->opts;
    rn_shape x = *f->shape[0];
    for (int a = 0; a < x.rank; a++) x.dim[a] -= o->before[a] + o->after[a];
    return rn_out(f, 0, f->dtype[0], x);
}

static bool grad_backward(rn_vjp *v)
{
    v->gin[0] = call(0, v->gout[0], v->opts);
    return v->gin[0] != NULL;
}

static bool grad_run(rn_kernel_call *c)
{
    const rn_view *g = &c->in[0], *x = &c->out[0];
    const int64_t count = rni_view_count(x);
    int64_t *table = source_table(x, g, c->opts);
    double *sum = rni_alloc(count * (int64_t)sizeof *sum);
    if (!table || !sum) {
        rni_free(table);
        rni_free(sum);
        return false;
    }
    int64_t at[RN_MAX_RANK] = { 0 }, from[RN_MAX_RANK] = { 0 };
    for (int64_t k = rni_view_count(g); k > 0; k--, rni_index_next(g, at)) {
        look_up(table, g, at, from);
        int64_t to = 0;
        for (int a = 0; a < x->rank; a++) to += from[a] * x->stride[a];
        sum[to] += rni_load(g->dtype, rni_view_at(g, at));
    }
    const int bytes = rn_dtype_bytes(x->dtype);
    for (int64_t i = 0; i < count; i++) rni_store(x->dtype, (char *)x->data + i * bytes, sum[i]);
    rni_free(table);
    rni_free(sum);
    return true;
}

/* ---- pad_sequence ---- */

typedef struct {
    int64_t length;
    double value;
} sequence_opt;

static bool longest(const rn_call_info *c, int64_t *length)
{
    if (c->n_in == 0) return rni_refuse_call(c, RN_ERR_ARG, "no sequences", "at least one");
    const rn_shape *first = rn_tensor_shape(c->in[0]);
    int64_t most = 0;
    for (int i = 0; i < c->n_in; i++) {
        const rn_shape *x = rn_tensor_shape(c->in[i]);
        bool fits = x->rank == first->rank && x->rank > 0;
        for (int a = 1; fits && a < x->rank; a++) fits = x->dim[a] == first->dim[a];
        if (!fits) {
            char one[RNI_SHAPE_TEXT], other[RNI_SHAPE_TEXT];
            rni_refuse_call(c, RN_ERR_SHAPE, "sequences differ in more than their length", "xs[i].shape[1:] all equal");
            rn_infer_hint("xs[0] is %s, xs[%d] is %s", rni_shape_text(first, one), i, rni_shape_text(x, other));
            return false;
        }
        if (x->dim[0] > most) most = x->dim[0];
    }
    if (*length == 0) *length = most;
    if (most <= *length) return true;
    rni_refuse_call(c, RN_ERR_SHAPE, "a sequence is longer than the length asked for", "length >= xs[i].shape[0]");
    rn_infer_hint("length is %lld, the longest sequence has %lld", (long long)*length, (long long)most);
    return false;
}

static bool sequence_build(rn_call_info *c)
{
    const sequence_opt *o = c->opts;
    int64_t length = o->length;
    if (!longest(c, &length)) return false;
    rn_tensor **x = rni_alloc(c->n_in * (int64_t)sizeof *x);
    bool ok = x != NULL;
    for (int i = 0; ok && i < c->n_in; i++) {
        const int64_t more = length - rn_tensor_dim(c->in[i], 0);
        x[i] = more ? rn_pad(c->in[i], .after = { more }, .value = o->value) : c->in[i];
        ok = x[i] != NULL;
    }
    if (ok) c->out[0] = rn_stack((rn_list){ x, c->n_in });
    rni_free(x);
    return c->out[0] != NULL;
}

#define WIDTHS                                                                                                         \
    RN_OPT_I64S(rn_pad_opts, before, RN_MAX_RANK, 0, 0, 9e18, "elements before the first, axis by axis"),              \
        RN_OPT_I64S(rn_pad_opts, after, RN_MAX_RANK, 0, 0, 9e18, "elements after the last"),                           \
        RN_OPT_ENUM(rn_pad_opts, mode, "constant,edge,reflect,symmetric,wrap",                                         \
                    "where they come from: one value; the outermost element; mirrored without or with the "            \
                    "outermost element; the other end"),                                                               \
        RN_OPT_F64(rn_pad_opts, value, 0, -1e308, 1e308, "the value, in mode constant")

const rn_op rn_ops_pad[] = {
    { .name = "pad",
      .kind = RN_KERNEL,
      .inputs = "x",
      .infer = infer,
      .backward = backward,
      .run = run,
      .cost = rni_cost_move,
      .opts = (const rn_opt[]){ WIDTHS, { 0 } },
      .opts_size = sizeof(rn_pad_opts),
      .onnx = "Pad",
      .nnp = "Pad",
      .doc = { .brief = "More elements around a tensor.",
               .shapes = "x [D0, D1, ..]   ->   y [before[0] + D0 + after[0], ..]",
               .errors = "ARG for widths along axes that x does not have; SHAPE for an empty axis and no constant",
               .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "x:f32[2,3]", .with = "before=1,0,0,0,0,0,0,0 after=0,2,0,0,0,0,0,0 value=1.5" },
              { .in = "x:f32[2,3]", .with = "before=2,4,0,0,0,0,0,0 after=1,7,0,0,0,0,0,0 mode=edge" },
              { .in = "x:f32[2,3]", .with = "before=3,2,0,0,0,0,0,0 after=4,5,0,0,0,0,0,0 mode=reflect" },
              { .in = "x:f32[2,3]", .with = "before=2,5,0,0,0,0,0,0 after=1,7,0,0,0,0,0,0 mode=symmetric" },
              { .in = "x:f32[2,3]", .with = "before=2,4,0,0,0,0,0,0 after=1,7,0,0,0,0,0,0 mode=wrap" },
              { .in = "x:f32[1]", .with = "before=2,0,0,0,0,0,0,0 mode=reflect" },
              { .in = "x:i32[3]", .with = "after=2,0,0,0,0,0,0,0 value=7" },
              { .in = "x:f32[0,2]", .with = "before=1,1,0,0,0,0,0,0" },
              { .in = "x:f32[]" },
              { .in = "x:bf16[3]", .with = "before=1,0,0,0,0,0,0,0 mode=wrap" },
              { .in = "x:f32[3]", .with = "before=0,1,0,0,0,0,0,0", .fails = "axes that x does not have" },
              { .in = "x:f32[0]", .with = "before=1,0,0,0,0,0,0,0 mode=edge", .fails = "without elements" },
              { 0 } } },
    { .name = "pad_grad",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "g",
      .infer = grad_infer,
      .backward = grad_backward,
      .run = grad_run,
      .cost = rni_cost_add,
      .opts = (const rn_opt[]){ WIDTHS, { 0 } },
      .opts_size = sizeof(rn_pad_opts),
      .doc = { .brief = "The gradient of pad where elements come from the inside.", .since = "0.1" } },
    { .name = "pad_sequence",
      .kind = RN_FUNCTION,
      .flags = RN_OP_ALIKE,
      .inputs = "xs*",
      .build = sequence_build,
      .opts = (const rn_opt[]){ RN_OPT_I64(sequence_opt, length, 0, 0, 9e18, "length to pad to; 0: the longest"),
                                RN_OPT_F64(sequence_opt, value, 0, -1e308, 1e308, "the value to pad with"),
                                { 0 } },
      .opts_size = sizeof(sequence_opt),
      .doc = { .brief = "Sequences of different lengths, padded at their ends, as one tensor.",
               .shapes = "n tensors [T_i, ..]   ->   y [n, T, ..]",
               .errors = "SHAPE if the other sizes differ or a sequence is longer than length; DTYPE on mixed types",
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "xs:f32[2] xs:f32[3] xs:f32[1]" },
                             { .in = "xs:f32[2,3] xs:f32[1,3]", .with = "length=4 value=-1" },
                             { .in = "xs:i32[2] xs:i32[0]" },
                             { .in = "xs:f32[2] xs:f32[3]", .with = "length=2", .fails = "longer than the length" },
                             { .in = "xs:f32[2,1] xs:f32[3,2]", .fails = "more than their length" },
                             { .in = "xs:f32[] xs:f32[]", .fails = "more than their length" },
                             { .in = "xs:f32[2] xs:f64[2]", .fails = "types differ" },
                             { 0 } } },
    { 0 },
};

static rn_tensor *call(int row, rn_tensor *x, const rn_pad_opts *o)
{
    rn_tensor *y = NULL;
    return rn_op_call(&rn_ops_pad[row], NULL, &x, 1, o, &y) ? y : NULL;
}
