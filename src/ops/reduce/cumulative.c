/* Running sums and products along one axis, and the linear recurrence that is the gradient of the latter.
 *
 * The gradient of products needs no division: by x_k it is the product of what stands before k, times a recurrence over
 * what comes after, s_k = g_k + x_{k+1} * s_{k+1}. So zeros do no harm, and as the gradients are made of the same
 * functions, they do none in higher derivatives either. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "ops/cost.h"

#define CUMULATIVE_OPTS                                                                                                \
    RN_REQ_I64(rn_cumulative_opts, axis, -RN_MAX_RANK, RN_MAX_RANK - 1, "the axis; negative ones count from the end"), \
        RN_OPT_BOOL(rn_cumulative_opts, exclusive, "an element itself does not count for its place"),                  \
        RN_OPT_BOOL(rn_cumulative_opts, reverse, "from the end to the start")
static const rn_opt opts[] = { CUMULATIVE_OPTS, { 0 } };

static int axis_of(const rn_cumulative_opts *o, int rank)
{
    return rni_axis((int)o->axis, rank);
}

static bool infer(rn_infer *f)
{
    const rn_cumulative_opts *o = f->opts;
    const rn_shape *x = f->shape[0];
    if (axis_of(o, x->rank) < 0) return rn_refuse(f, RN_ERR_ARG, "there is no such axis", "-rank <= axis < rank of x");
    const rn_dtype d = f->dtype[0];
    return rn_out(f, 0, rn_dtype_is_float(d) ? d : RN_I64, *x);
}

/* ---- lines: all elements along the axis, for each place on the other axes ---- */

typedef struct {
    int64_t n, step_x, step_y; /* elements of a line; steps in elements */
    int axis;
    rn_view others; /* y without the axis */
    int64_t at[RN_MAX_RANK];
} lines;

static lines lines_of(const rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *y = &c->out[0];
    const rn_cumulative_opts *o = c->opts;
    lines l = { .axis = axis_of(o, y->rank), .others = *y };
    l.n = y->dim[l.axis];
    l.step_x = x->stride[l.axis];
    l.step_y = y->stride[l.axis];
    l.others.dim[l.axis] = 1;
    return l;
}

static char *element(const rn_view *v, const lines *l, int64_t k)
{
    int64_t at = k * v->stride[l->axis];
    for (int i = 0; i < v->rank; i++) at += l->at[i] * v->stride[i];
    return (char *)v->data + at * rn_dtype_bytes(v->dtype);
}

static void whole_line(const rn_kernel_call *c, const lines *l, bool product)
{
    const rn_view *x = &c->in[0], *y = &c->out[0];
    const rn_cumulative_opts *o = c->opts;
    uint64_t sum = product;
    for (int64_t j = 0; j < l->n; j++) {
        const int64_t k = o->reverse ? l->n - 1 - j : j;
        int64_t v;
        rni_convert(&v, RN_I64, element(x, l, k), x->dtype, 1);
        const uint64_t before = sum;
        sum = product ? sum * (uint64_t)v : sum + (uint64_t)v;
        *(int64_t *)(void *)element(y, l, k) = (int64_t)(o->exclusive ? before : sum);
    }
}

static void float_line(const rn_kernel_call *c, const lines *l, bool product)
{
    const rn_view *x = &c->in[0], *y = &c->out[0];
    const rn_cumulative_opts *o = c->opts;
    double sum = product;
    for (int64_t j = 0; j < l->n; j++) {
        const int64_t k = o->reverse ? l->n - 1 - j : j;
        const double v = rni_load(x->dtype, element(x, l, k)), before = sum;
        sum = product ? sum * v : sum + v;
        rni_store(y->dtype, element(y, l, k), o->exclusive ? before : sum);
    }
}

static bool accumulate(const rn_kernel_call *c, bool product)
{
    lines l = lines_of(c);
    const int64_t n = l.n ? rni_view_count(&l.others) : 0;
    for (int64_t i = 0; i < n; i++, rni_index_next(&l.others, l.at))
        if (c->out[0].dtype == RN_I64)
            whole_line(c, &l, product);
        else
            float_line(c, &l, product);
    return true;
}

/* ---- sums ---- */

static bool sum_run(rn_kernel_call *c)
{
    return accumulate(c, false);
}

static bool sum_backward(rn_vjp *v)
{
    const rn_cumulative_opts *o = v->opts;
    v->gin[0] = rn_cumsum(v->gout[0], o->axis, .exclusive = o->exclusive, .reverse = !o->reverse);
    return v->gin[0] != NULL;
}

/* ---- the recurrence: s_k = a_k + c_{k-1} * s_{k-1}, exclusive: s_k = a_k + c_k * s_{k-1}; in reverse with k+1 in
 * place of k-1. The transpose of one is the reverse of the other. ---- */

static bool infer_recurrence(rn_infer *f)
{
    if (f->dtype[0] != f->dtype[1] || !rni_shape_equal(f->shape[0], f->shape[1]))
        return rn_refuse(f, RN_ERR_SHAPE, "a and c differ", "equal types and shapes");
    return rn_want_float(f, 0) && infer(f);
}

static bool recurrence_run(rn_kernel_call *c)
{
    const rn_cumulative_opts *o = c->opts;
    const rn_view *a = &c->in[0], *b = &c->in[1], *y = &c->out[0];
    lines l = lines_of(c);
    const int64_t n = l.n ? rni_view_count(&l.others) : 0;
    for (int64_t i = 0; i < n; i++, rni_index_next(&l.others, l.at)) {
        double s = 0;
        for (int64_t j = 0; j < l.n; j++) {
            const int64_t k = o->reverse ? l.n - 1 - j : j;
            if (j) s *= rni_load(b->dtype, element(b, &l, o->exclusive ? k : o->reverse ? k + 1 : k - 1));
            s += rni_load(a->dtype, element(a, &l, k));
            rni_store(y->dtype, element(y, &l, k), s);
        }
    }
    return true;
}

/* y_k = x_{k-1}, in reverse x_{k+1}; 0 at the end that is left free. */
static bool shift_run(rn_kernel_call *c)
{
    const rn_cumulative_opts *o = c->opts;
    const rn_view *x = &c->in[0], *y = &c->out[0];
    lines l = lines_of(c);
    const int64_t n = l.n ? rni_view_count(&l.others) : 0;
    for (int64_t i = 0; i < n; i++, rni_index_next(&l.others, l.at))
        for (int64_t k = 0; k < l.n; k++) {
            const int64_t from = o->reverse ? k + 1 : k - 1;
            const bool inside = from >= 0 && from < l.n;
            rni_store(y->dtype, element(y, &l, k), inside ? rni_load(x->dtype, element(x, &l, from)) : 0);
        }
    return true;
}

extern const rn_op rn_ops_cumulative[];
enum { CUMSUM, CUMPROD, RECURRENCE, SHIFT };

static rn_tensor *recurrence(rn_tensor *a, rn_tensor *c, rn_cumulative_opts o)
{
    rn_tensor *in[] = { a, c }, *y = NULL;
    return a && c && rn_op_call(&rn_ops_cumulative[RECURRENCE], NULL, in, 2, &o, &y) ? y : NULL;
}

static rn_tensor *shifted(rn_tensor *x, int64_t axis, bool reverse)
{
    const rn_cumulative_opts o = { .axis = axis, .reverse = reverse };
    rn_tensor *y = NULL;
    return x && rn_op_call(&rn_ops_cumulative[SHIFT], NULL, &x, 1, &o, &y) ? y : NULL;
}

/* Both gradients come from ga, the transposed recurrence of that of the result; that by c_k is ga times s, at the two
 * places that c_k joins. */
static bool recurrence_backward(rn_vjp *v)
{
    const rn_cumulative_opts *o = v->opts;
    const rn_cumulative_opts transposed = { o->axis, !o->exclusive, !o->reverse };
    rn_tensor *ga = recurrence(v->gout[0], v->in[1], transposed);
    v->gin[0] = ga;
    if (v->need[1])
        v->gin[1] = o->exclusive ? rn_mul(ga, shifted(v->out[0], o->axis, o->reverse))
                                 : rn_mul(shifted(ga, o->axis, !o->reverse), v->out[0]);
    return rn_ok();
}

static bool shift_backward(rn_vjp *v)
{
    const rn_cumulative_opts *o = v->opts;
    v->gin[0] = shifted(v->gout[0], o->axis, !o->reverse);
    return v->gin[0] != NULL;
}

/* ---- products ---- */

static bool product_run(rn_kernel_call *c)
{
    return accumulate(c, true);
}

static bool product_backward(rn_vjp *v)
{
    const rn_cumulative_opts *o = v->opts;
    rn_tensor *g = o->exclusive ? shifted(v->gout[0], o->axis, !o->reverse) : v->gout[0];
    rn_tensor *after = recurrence(g, v->in[0], (rn_cumulative_opts){ .axis = o->axis, .reverse = !o->reverse });
    v->gin[0] = rn_mul(rn_cumprod(v->in[0], o->axis, .exclusive = true, .reverse = o->reverse), after);
    return v->gin[0] != NULL;
}

/* ---- the rows ---- */

#define CASES(range)                                                                                                   \
    (const rn_case[])                                                                                                  \
    {                                                                                                                  \
        { .in = "x:f32[2,3,4]" range, .with = "axis=1" },                                                              \
            { .in = "x:f32[5]" range, .with = "axis=-1 exclusive=true" },                                              \
            { .in = "x:f32[5,2]" range, .with = "axis=0 reverse=true" },                                               \
            { .in = "x:f64[5]" range, .with = "axis=0 exclusive=true reverse=true" },                                  \
            { .in = "x:f64[5]{=1,0,2,0,3}", .with = "axis=0" }, { .in = "x:f16[5]" range, .with = "axis=0" },          \
            { .in = "x:i32[5]{1,9}", .with = "axis=0" }, { .in = "x:bool[5]{0,1}", .with = "axis=0" },                 \
            { .in = "x:f32[0,3]", .with = "axis=0" }, { .in = "x:f32[1]", .with = "axis=0 exclusive=true" },           \
            { .in = "x:f32[3]", .with = "axis=1", .fails = "no such axis" },                                           \
            { .in = "x:f32[]", .with = "axis=0", .fails = "no such axis" },                                            \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

static void recurrence_cost(rn_cost *c)
{
    c->multiply_add = (double)rni_view_count(&c->out[0]);
}

const rn_op rn_ops_cumulative[] = {
    [CUMSUM] = { .name = "cumsum",
                 .kind = RN_KERNEL,
                 .flags = RN_OP_WIDE,
                 .inputs = "x",
                 .infer = infer,
                 .backward = sum_backward,
                 .run = sum_run,
                 .cost = rni_cost_add,
                 .opts = opts,
                 .opts_size = sizeof(rn_cumulative_opts),
                 .onnx = "CumSum",
                 .nnp = "CumSum",
                 .doc = { .brief = "Running sums along an axis.",
                          .formula = "y_k = x_0 + ... + x_k",
                          .shapes = "y as x",
                          .types = "floats stay; whole numbers and bool give i64",
                          .errors = "ARG if there is no such axis",
                          .since = "0.1" },
                 .cases = CASES("") },
    [CUMPROD] = { .name = "cumprod",
                  .kind = RN_KERNEL,
                  .flags = RN_OP_WIDE,
                  .inputs = "x",
                  .infer = infer,
                  .backward = product_backward,
                  .run = product_run,
                  .cost = rni_cost_multiply,
                  .opts = opts,
                  .opts_size = sizeof(rn_cumulative_opts),
                  .nnp = "CumProd",
                  .doc = { .brief = "Running products along an axis; gradients are right also where there are zeros.",
                           .formula = "y_k = x_0 * ... * x_k",
                           .shapes = "y as x",
                           .types = "floats stay; whole numbers and bool give i64",
                           .errors = "ARG if there is no such axis",
                           .since = "0.1" },
                  .cases = CASES("{0.5,1.5}") },
    [RECURRENCE] = { .name = "linear_recurrence",
                     .kind = RN_KERNEL,
                     .flags = RN_OP_INTERNAL,
                     .inputs = "a, c",
                     .infer = infer_recurrence,
                     .backward = recurrence_backward,
                     .run = recurrence_run,
                     .cost = recurrence_cost,
                     .opts = opts,
                     .opts_size = sizeof(rn_cumulative_opts),
                     .doc = { .brief = "s_k = a_k + c_{k-1} * s_{k-1} along an axis.", .since = "0.1" },
                     .cases = (const rn_case[]){ { .in = "a:f64[2,4] c:f64[2,4]", .with = "axis=1" },
                                                 { .in = "a:f32[4,2] c:f32[4,2]", .with = "axis=0 reverse=true" },
                                                 { .in = "a:f32[4] c:f32[4]", .with = "axis=0 exclusive=true" },
                                                 { .in = "a:f32[4] c:f32[3]", .with = "axis=0", .fails = "differ" },
                                                 { 0 } } },
    [SHIFT] = { .name = "shift_by_one",
                .kind = RN_KERNEL,
                .flags = RN_OP_INTERNAL,
                .inputs = "x",
                .infer = infer,
                .backward = shift_backward,
                .run = shift_run,
                .cost = rni_cost_move,
                .opts = opts,
                .opts_size = sizeof(rn_cumulative_opts),
                .doc = { .brief = "y_k = x_{k-1} along an axis, in reverse x_{k+1}; 0 at the free end.",
                         .since = "0.1" },
                .cases = (const rn_case[]){ { .in = "x:f64[2,4]", .with = "axis=1" },
                                            { .in = "x:f32[4,2]", .with = "axis=0 reverse=true" },
                                            { 0 } } },
    { 0 },
};
