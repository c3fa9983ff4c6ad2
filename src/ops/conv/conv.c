/* conv, conv_grad_x, conv_grad_w: the three products between images, filters and results, over 1 to 3 spatial axes.
 *
 * Each is linear in both of its operands, and the gradient of each is made of the other two, so that any order of
 * derivative is made of these three. The public functions (convolution.c, deconvolution.c, depthwise.c) only arrange
 * their options. Knows nothing of how a back end arranges its data. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/index.h"
#include "ops/conv/conv_p.h"
#include "ops/window.h"

#include <string.h>

extern const rn_op rn_ops_conv[];
enum { CONV, GRAD_X, GRAD_W };

/* Along one axis; -1 if there is none. */
static int64_t result_size(int64_t x, int64_t w, int64_t stride, int64_t pad, int64_t dilation)
{
    int64_t span, all;
    if (x < 0 || w < 1 || stride < 1 || dilation < 1 || pad < 0) return -1;
    if (!rni_mul_i64(dilation, w - 1, &span) || !rni_add_i64(x, pad, &all) || span >= all) return -1;
    return (all - span - 1) / stride + 1;
}

/* ---- types and shapes ---- */

static int64_t total_pad(const rn_conv_opts *o, int a)
{
    return o->pad[a] + o->pad_end[a];
}

static bool check_options(rn_infer *f, int axes)
{
    const rn_conv_opts *o = f->opts;
    if (o->groups < 1) return rn_refuse(f, RN_ERR_ARG, "groups must be positive", "groups >= 1");
    for (int a = 0; a < axes; a++) {
        if (o->stride[a] < 1) return rn_refuse(f, RN_ERR_ARG, "strides must be positive", "stride >= 1");
        if (o->dilation[a] < 1) return rn_refuse(f, RN_ERR_ARG, "dilations must be positive", "dilation >= 1");
        if (o->pad[a] < 0 || o->pad_end[a] < 0)
            return rn_refuse(f, RN_ERR_ARG, "padding must not be negative", "pad >= 0");
    }
    return true;
}

/* Ranks and types of the two operands p and q; `what` names them. */
static bool check_operands(rn_infer *f, int p, int q)
{
    const rn_shape *a = f->shape[p], *b = f->shape[q];
    if (a->rank < 3 || a->rank > 5)
        return rn_refuse(f, RN_ERR_SHAPE, "needs batch, channel and 1 to 3 spatial axes", "3 <= rank <= 5");
    if (a->rank != b->rank) return rn_refuse(f, RN_ERR_SHAPE, "ranks differ", "as many spatial axes in both");
    if (!rn_want_float(f, p)) return false;
    if (f->dtype[p] != f->dtype[q]) return rn_refuse(f, RN_ERR_DTYPE, "types differ", "one type for all inputs");
    return check_options(f, a->rank - 2);
}

static bool check_filters(rn_infer *f, const rn_shape *w)
{
    const int64_t groups = ((const rn_conv_opts *)f->opts)->groups;
    if (w->dim[0] % groups == 0) return true;
    rn_refuse(f, RN_ERR_SHAPE, "filters cannot be divided among groups", "w.shape[0] % groups == 0");
    rn_infer_hint("groups is %lld", (long long)groups);
    return false;
}

static bool check_channels(rn_infer *f, const rn_shape *x, const rn_shape *w)
{
    const int64_t groups = ((const rn_conv_opts *)f->opts)->groups;
    int64_t channels;
    if (rni_mul_i64(w->dim[1], groups, &channels) && x->dim[1] == channels) return check_filters(f, w);
    rn_refuse(f, RN_ERR_SHAPE, "channels of x and w differ", "x.shape[1] == w.shape[1] * groups");
    if (x->dim[1] % groups == 0)
        rn_infer_hint("x has %lld channels: with groups %lld, w.shape[1] must be %lld", (long long)x->dim[1],
                      (long long)groups, (long long)(x->dim[1] / groups));
    else
        rn_infer_hint("the %lld channels of x cannot be divided among %lld groups", (long long)x->dim[1],
                      (long long)groups);
    return false;
}

static bool no_place(rn_infer *f, int a)
{
    const rn_conv_opts *o = f->opts;
    rn_refuse(f, RN_ERR_SHAPE, "the filter does not fit into the padded x",
              "x.shape[2:] + pad at both ends >= dilation * (w.shape[2:] - 1) + 1, and w.shape[2:] > 0");
    rn_infer_hint("spatial axis %d: pad %lld and %lld, stride %lld, dilation %lld", a, (long long)o->pad[a],
                  (long long)o->pad_end[a], (long long)o->stride[a], (long long)o->dilation[a]);
    return false;
}

bool rni_conv_infer(rn_infer *f)
{
    const rn_conv_opts *o = f->opts;
    const rn_shape *x = f->shape[0], *w = f->shape[1];
    if (!check_operands(f, 0, 1) || !check_channels(f, x, w)) return false;
    if (f->n_in > 2 && f->in[2]) {
        if (f->shape[2]->rank != 1 || f->shape[2]->dim[0] != w->dim[0])
            return rn_refuse(f, RN_ERR_SHAPE, "b must have one element for each filter", "b.shape == w.shape[:1]");
        if (f->dtype[2] != f->dtype[0]) return rn_refuse(f, RN_ERR_DTYPE, "types differ", "one type for all inputs");
    }
    rn_shape y = { .rank = x->rank, .dim = { x->dim[0], w->dim[0] } };
    for (int a = 0; a < x->rank - 2; a++) {
        y.dim[2 + a] = result_size(x->dim[2 + a], w->dim[2 + a], o->stride[a], total_pad(o, a), o->dilation[a]);
        if (y.dim[2 + a] < 0) return no_place(f, a);
    }
    return rn_out(f, 0, f->dtype[0], y);
}

/* Whether conv from sizes `x` with filters `w` has the sizes `y`. */
static bool check_sizes(rn_infer *f, const int64_t *x, const int64_t *w, const int64_t *y, int axes)
{
    const rn_conv_opts *o = f->opts;
    for (int a = 0; a < axes; a++) {
        if (result_size(x[a], w[a], o->stride[a], total_pad(o, a), o->dilation[a]) == y[a]) continue;
        rn_refuse(f, RN_ERR_SHAPE, "sizes do not belong together",
                  "a convolution from size X with filters of size U gives size Y: "
                  "Y = floor((X + pad at both ends - dilation * (U - 1) - 1) / stride) + 1");
        rn_infer_hint("spatial axis %d: X %lld, U %lld, Y %lld, pad %lld and %lld, stride %lld, dilation %lld", a,
                      (long long)x[a], (long long)w[a], (long long)y[a], (long long)o->pad[a], (long long)o->pad_end[a],
                      (long long)o->stride[a], (long long)o->dilation[a]);
        return false;
    }
    return true;
}

bool rni_conv_grad_x_infer(rn_infer *f)
{
    const rn_conv_opts *o = f->opts;
    const rn_shape *gy = f->shape[0], *w = f->shape[1];
    if (!check_operands(f, 0, 1) || !check_filters(f, w)) return false;
    if (gy->dim[1] != w->dim[0])
        return rn_refuse(f, RN_ERR_SHAPE, "channels and filters differ in number", "shape[1] == w.shape[0]");
    if (!check_sizes(f, o->size, &w->dim[2], &gy->dim[2], gy->rank - 2)) return false;
    rn_shape x = { .rank = gy->rank, .dim = { gy->dim[0] } };
    if (!rni_mul_i64(w->dim[1], o->groups, &x.dim[1]))
        return rn_refuse(f, RN_ERR_SHAPE, "too many elements", "a product of sizes below 2 ** 63");
    memcpy(&x.dim[2], o->size, (size_t)(gy->rank - 2) * sizeof *o->size);
    return rn_out(f, 0, f->dtype[0], x);
}

static bool grad_w_infer(rn_infer *f)
{
    const rn_conv_opts *o = f->opts;
    const rn_shape *x = f->shape[0], *gy = f->shape[1];
    if (!check_operands(f, 0, 1)) return false;
    if (x->dim[0] != gy->dim[0]) return rn_refuse(f, RN_ERR_SHAPE, "batches differ", "x.shape[0] == gy.shape[0]");
    if (x->dim[1] % o->groups || gy->dim[1] % o->groups)
        return rn_refuse(f, RN_ERR_SHAPE, "channels cannot be divided among groups", "shape[1] % groups == 0");
    if (!check_sizes(f, &x->dim[2], o->size, &gy->dim[2], x->rank - 2)) return false;
    rn_shape w = { .rank = x->rank, .dim = { gy->dim[1], x->dim[1] / o->groups } };
    memcpy(&w.dim[2], o->size, (size_t)(x->rank - 2) * sizeof *o->size);
    return rn_out(f, 0, f->dtype[0], w);
}

/* ---- gradients ---- */

static rn_tensor *call(int which, rn_tensor *p, rn_tensor *q, const rn_conv_opts *o)
{
    rn_tensor *in[] = { p, q }, *out = NULL;
    return rn_op_call(&rn_ops_conv[which], rni_site_current(), in, 2, o, &out) ? out : NULL;
}

/* The options with the spatial sizes of t, none for NULL. */
static rn_conv_opts sized(const rn_conv_opts *o, const rn_tensor *t)
{
    rn_conv_opts s = *o;
    memset(s.size, 0, sizeof s.size);
    if (t) memcpy(s.size, &rn_tensor_shape(t)->dim[2], (size_t)(rn_tensor_rank(t) - 2) * sizeof *s.size);
    return s;
}

static bool conv_backward(rn_vjp *v)
{
    rn_tensor *x = v->in[0], *w = v->in[1], *gy = v->gout[0];
    const rn_conv_opts like_x = sized(v->opts, x), like_w = sized(v->opts, w);
    if (v->need[0]) v->gin[0] = call(GRAD_X, gy, w, &like_x);
    if (v->need[1]) v->gin[1] = call(GRAD_W, x, gy, &like_w);
    if (v->n_in > 2 && v->need[2]) {
        rn_axes axes = { 0 };
        for (int a = 0; a < rn_tensor_rank(gy); a++)
            if (a != 1) axes.axis[axes.n++] = a;
        v->gin[2] = rn_sum(gy, .axes = axes);
    }
    return rn_ok();
}

static bool grad_x_backward(rn_vjp *v)
{
    rn_tensor *gy = v->in[0], *w = v->in[1], *ggx = v->gout[0];
    const rn_conv_opts o = sized(v->opts, NULL), like_w = sized(v->opts, w);
    if (v->need[0]) v->gin[0] = call(CONV, ggx, w, &o);
    if (v->need[1]) v->gin[1] = call(GRAD_W, ggx, gy, &like_w);
    return rn_ok();
}

static bool grad_w_backward(rn_vjp *v)
{
    rn_tensor *x = v->in[0], *gy = v->in[1], *ggw = v->gout[0];
    const rn_conv_opts o = sized(v->opts, NULL), like_x = sized(v->opts, x);
    if (v->need[0]) v->gin[0] = call(GRAD_X, gy, ggw, &like_x);
    if (v->need[1]) v->gin[1] = call(CONV, x, ggw, &o);
    return rn_ok();
}

/* ---- the loops ---- */

/* Operands with three spatial axes each; missing ones have size 1. */
typedef struct {
    const rn_conv_opts *o;
    rn_view x, w, y;
    rni_window window;
} operands;

static operands operands_of(const rn_kernel_call *c, const rn_view *x, const rn_view *w, const rn_view *y)
{
    const rn_conv_opts *o = c->opts;
    return (operands){
        o, rni_window_view(x), rni_window_view(w), rni_window_view(y), { x->rank - 2, o->stride, o->pad, o->dilation }
    };
}

static double load(const rn_view *v, const int64_t *at)
{
    return rni_load(v->dtype, rni_view_at(v, at));
}

/* The sizes of v's spatial axes, to walk over them. */
static rn_view spatial(const rn_view *v)
{
    rn_view s = { .rank = 3 };
    memcpy(s.dim, &v->dim[2], 3 * sizeof *s.dim);
    return s;
}

static bool run_conv(rn_kernel_call *c)
{
    const operands p = operands_of(c, &c->in[0], &c->in[1], &c->out[0]);
    const rn_view window = spatial(&p.w);
    const int64_t channels = p.w.dim[1], filters = p.w.dim[0] / p.o->groups, taps = rni_view_count(&window);
    int64_t y[5] = { 0 };
    for (int64_t e = rni_view_count(&p.y); e > 0; e--, rni_index_next(&p.y, y)) {
        double sum = c->n_in > 2 && c->in[2].dtype ? load(&c->in[2], &y[1]) : 0;
        int64_t w[5] = { y[1] }, x[5] = { y[0] };
        for (int64_t t = 0; t < taps; t++, rni_index_next(&window, &w[2])) {
            if (!rni_window_x(&p.window, &p.x.dim[2], &y[2], &w[2], &x[2])) continue;
            for (w[1] = 0; w[1] < channels; w[1]++) {
                x[1] = y[1] / filters * channels + w[1];
                sum += load(&p.x, x) * load(&p.w, w);
            }
        }
        rni_store(p.y.dtype, rni_view_at(&p.y, y), sum);
    }
    return true;
}

static bool run_grad_x(rn_kernel_call *c)
{
    const operands p = operands_of(c, &c->out[0], &c->in[1], &c->in[0]);
    const rn_view window = spatial(&p.w);
    const int64_t channels = p.w.dim[1], filters = p.w.dim[0] / p.o->groups, taps = rni_view_count(&window);
    int64_t x[5] = { 0 };
    for (int64_t e = rni_view_count(&p.x); e > 0; e--, rni_index_next(&p.x, x)) {
        const int64_t first = x[1] / channels * filters;
        double sum = 0;
        int64_t w[5] = { 0, x[1] % channels }, y[5] = { x[0] };
        for (int64_t t = 0; t < taps; t++, rni_index_next(&window, &w[2])) {
            if (!rni_window_y(&p.window, &p.y.dim[2], &x[2], &w[2], &y[2])) continue;
            for (w[0] = first; w[0] < first + filters; w[0]++) {
                y[1] = w[0];
                sum += load(&p.y, y) * load(&p.w, w);
            }
        }
        rni_store(p.x.dtype, rni_view_at(&p.x, x), sum);
    }
    return true;
}

static bool run_grad_w(rn_kernel_call *c)
{
    const operands p = operands_of(c, &c->in[0], &c->out[0], &c->in[1]);
    const rn_view places = spatial(&p.y);
    const int64_t channels = p.w.dim[1], filters = p.w.dim[0] / p.o->groups;
    const int64_t count = p.x.dim[0] > 0 ? rni_view_count(&places) : 0;
    int64_t w[5] = { 0 };
    for (int64_t e = rni_view_count(&p.w); e > 0; e--, rni_index_next(&p.w, w)) {
        double sum = 0;
        int64_t x[5] = { 0, w[0] / filters * channels + w[1] }, y[5] = { 0, w[0] };
        for (int64_t t = 0; t < count; t++, rni_index_next(&places, &y[2])) {
            if (!rni_window_x(&p.window, &p.x.dim[2], &y[2], &w[2], &x[2])) continue;
            for (int64_t n = 0; n < p.x.dim[0]; n++) {
                x[0] = y[0] = n;
                sum += load(&p.x, x) * load(&p.y, y);
            }
        }
        rni_store(p.w.dtype, rni_view_at(&p.w, w), sum);
    }
    return true;
}

/* One product for each element of the result y of conv and each element of a filter, also in the padding. */
static void count(rn_cost *c, const rn_view *y, const rn_view *w)
{
    double n = (double)rni_view_count(y);
    for (int a = 1; a < w->rank; a++) n *= (double)w->dim[a];
    c->multiply_add = n;
}

static void conv_cost(rn_cost *c)
{
    count(c, &c->out[0], &c->in[1]);
    if (c->n_in > 2 && c->in[2].dtype) c->add = (double)rni_view_count(&c->out[0]);
}

static void grad_x_cost(rn_cost *c)
{
    count(c, &c->in[0], &c->in[1]);
}

static void grad_w_cost(rn_cost *c)
{
    count(c, &c->in[1], &c->out[0]);
}

/* ---- calls from the other files ---- */

rn_tensor *rni_conv(rn_tensor *x, rn_tensor *w, rn_tensor *b, const rn_conv_opts *o)
{
    rn_tensor *in[] = { x, w, b }, *out = NULL;
    return rn_op_call(&rn_ops_conv[CONV], rni_site_current(), in, b ? 3 : 2, o, &out) ? out : NULL;
}

rn_tensor *rni_conv_grad_x(rn_tensor *gy, rn_tensor *w, const rn_conv_opts *o)
{
    return call(GRAD_X, gy, w, o);
}

rn_tensor *rni_conv_add_bias(rn_tensor *y, rn_tensor *b)
{
    if (!b || !y) return y;
    rn_shape s = { .rank = rn_tensor_rank(y) };
    for (int a = 0; a < s.rank; a++) s.dim[a] = a == 1 ? rn_tensor_count(b) : 1;
    return rn_add(y, rn_reshape(b, s));
}

/* ---- the rows ---- */

#define OPTIONS                                                                                                        \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_OPT_I64S(rn_conv_opts, stride, 3, 1, 1, 1 << 30, "step of the filter along each spatial axis"),             \
            RN_OPT_I64S(rn_conv_opts, pad, 3, 0, 0, 1 << 30, "zeros before each spatial axis"),                        \
            RN_OPT_I64S(rn_conv_opts, pad_end, 3, 0, 0, 1 << 30, "zeros after each spatial axis"),                     \
            RN_OPT_I64S(rn_conv_opts, dilation, 3, 1, 1, 1 << 30, "distance of neighbouring filter elements"),         \
            RN_OPT_I64(rn_conv_opts, groups, 1, 1, 1 << 30, "channels and filters fall into groups"),                  \
            RN_OPT_I64S(rn_conv_opts, size, 3, 0, 0, (double)((int64_t)1 << 52),                                       \
                        "gradients: spatial sizes of the result"),                                                     \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

const rn_op rn_ops_conv[] = {
    { .name = "conv",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL | RN_OP_NARROW,
      .inputs = "x, w, b?",
      .infer = rni_conv_infer,
      .backward = conv_backward,
      .run = run_conv,
      .cost = conv_cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rn_conv_opts),
      .doc = { .brief = "Cross-correlation with filters.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,5,6] w:f32[4,3,3,2] b:f32[4]" },
                                  { .in = "x:f32[2,3,5,6] w:f32[4,3,3,2]",
                                    .with = "stride=2,3,1 pad=1,0,0 pad_end=0,2,0 dilation=2,1,1" },
                                  { .in = "x:f64[1,4,7] w:f64[6,2,3] b:f64[6]", .with = "groups=2 pad=2" },
                                  { .in = "x:f32[1,2,3,4,3] w:f32[2,2,2,2,2]", .with = "stride=1,2,1 pad=0,1,1" },
                                  { .in = "x:f32[0,3,5,6] w:f32[4,3,3,2] b:f32[4]" },
                                  { .in = "x:f16[2,2,4,4] w:f16[2,2,3,3]" },
                                  { .in = "x:bf16[2,2,4,4] w:bf16[2,2,3,3]" },
                                  { .in = "x:f32[2,3,5] w:f32[4,2,3]", .fails = "channels of x and w differ" },
                                  { .in = "x:f32[2,3,5] w:f32[4,3,6]", .fails = "does not fit" },
                                  { .in = "x:f32[2,3] w:f32[4,3]", .fails = "3 <= rank <= 5" },
                                  { 0 } } },
    { .name = "conv_grad_x",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL | RN_OP_NARROW,
      .inputs = "gy, w",
      .infer = rni_conv_grad_x_infer,
      .backward = grad_x_backward,
      .run = run_grad_x,
      .cost = grad_x_cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rn_conv_opts),
      .doc = { .brief = "Gradient of conv by its images, from that of its result.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "gy:f32[2,4,3,5] w:f32[4,3,3,2]", .with = "size=5,6,0" },
                                  { .in = "gy:f64[2,4,2,2] w:f64[4,3,3,2]",
                                    .with = "size=6,5,0 stride=2,3,1 pad=1,0,0 pad_end=0,1,0 dilation=2,1,1" },
                                  { .in = "gy:f32[1,6,9] w:f32[6,2,3]", .with = "groups=2 pad=2 pad_end=2 size=7" },
                                  { .in = "gy:f32[0,4,3] w:f32[4,3,3]", .with = "size=5" },
                                  { .in = "gy:f32[1,4,3] w:f32[4,3,3]", .with = "size=7", .fails = "sizes" },
                                  { .in = "gy:f32[1,5,3] w:f32[4,3,3]", .with = "size=5", .fails = "filters differ" },
                                  { 0 } } },
    { .name = "conv_grad_w",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL | RN_OP_NARROW,
      .inputs = "x, gy",
      .infer = grad_w_infer,
      .backward = grad_w_backward,
      .run = run_grad_w,
      .cost = grad_w_cost,
      .opts = OPTIONS,
      .opts_size = sizeof(rn_conv_opts),
      .doc = { .brief = "Gradient of conv by its filters, from that of its result.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,5,6] gy:f32[2,4,3,5]", .with = "size=3,2,0" },
                                  { .in = "x:f64[2,3,6,5] gy:f64[2,4,2,2]",
                                    .with = "size=3,2,0 stride=2,3,1 pad=1,0,0 pad_end=0,1,0 dilation=2,1,1" },
                                  { .in = "x:f32[1,4,7] gy:f32[1,6,9]", .with = "groups=2 pad=2 pad_end=2 size=3" },
                                  { .in = "x:f32[0,3,5] gy:f32[0,4,3]", .with = "size=3" },
                                  { .in = "x:f32[2,3,5] gy:f32[1,4,3]", .with = "size=3", .fails = "batches differ" },
                                  { 0 } } },
    { 0 },
};
