/* softmax and log_softmax along an axis, the largest element taken out so that nothing overflows.
 *
 * A line of -infinities, as a mask that hides everything leaves it, has no largest element: its softmax is 0 and its
 * log_softmax -infinity everywhere. 16-bit floats are computed in f32. */
#include "ops/reduce/axes_p.h"

#include <rensa/ops.h>

#include "base/index.h"
#include "base/shape.h"

static const rn_opt opts[] = { RN_REQ_I64(rn_axis_opts, axis, -RN_MAX_RANK, RN_MAX_RANK - 1,
                                          "the axis that is normalised; negative ones count from the end"),
                               { 0 } };

static bool infer(rn_infer *f)
{
    const rn_axis_opts *o = f->opts;
    for (int i = 0; i < f->n_in; i++)
        if (!rn_want_float(f, i)) return false;
    if (rni_axis((int)o->axis, f->shape[0]->rank) < 0)
        return rn_refuse(f, RN_ERR_ARG, "there is no such axis", "-rank <= axis < rank of x");
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static rn_tensor *along(const rn_call_info *c, rn_tensor *x, rn_tensor *(*reduce)(rn_tensor *x, rn_axes axes))
{
    return reduce(x, RN_AXES((int)((const rn_axis_opts *)c->opts)->axis));
}

static rn_tensor *max_kept(rn_tensor *x, rn_axes axes)
{
    return rn_max(x, .axes = axes, .keepdims = true);
}

static rn_tensor *sum_kept(rn_tensor *x, rn_axes axes)
{
    return rn_sum(x, .axes = axes, .keepdims = true);
}

static rn_tensor *map(const rn_op *op, rn_tensor *a, rn_tensor *b, rn_tensor *c)
{
    rn_tensor *in[] = { a, b, c }, *y = NULL;
    return rn_op_call(op, NULL, in, c ? 3 : b ? 2 : 1, NULL, &y) ? y : NULL;
}

/* Nothing to normalise: the maximum of no elements is an error, the softmax of none is not. */
static bool is_empty(rn_call_info *c)
{
    if (rn_tensor_count(c->in[0]) > 0) return false;
    c->out[0] = rn_reshape(c->in[0], *rn_tensor_shape(c->in[0]));
    return true;
}

/* ---- softmax ---- */

static bool softmax_build(rn_call_info *c)
{
    static const rn_op part = {
        .name = "softmax_part", .kind = RN_MAP, .inputs = "x, m", .expr = "y = exp(x - (isinf(m) && m < 0 ? 0 : m))"
    };
    static const rn_op share = {
        .name = "softmax_share", .kind = RN_MAP, .inputs = "e, s", .expr = "y = s == 0 ? 0 : e / s"
    };
    if (is_empty(c)) return c->out[0] != NULL;
    rn_tensor *x = rni_widen(c->in[0]);
    rn_tensor *e = map(&part, x, along(c, x, max_kept), NULL);
    rn_tensor *y = map(&share, e, along(c, e, sum_kept), NULL);
    c->out[0] = rni_as(y, rn_tensor_dtype(c->in[0]));
    return c->out[0] != NULL;
}

extern const rn_op rn_ops_softmax[];
enum { SOFTMAX, LOG_SOFTMAX, SOFTMAX_GRAD, LOG_SOFTMAX_GRAD };

static bool grad(rn_vjp *v, int row)
{
    rn_tensor *in[] = { v->out[0], v->gout[0] };
    return rn_op_call(&rn_ops_softmax[row], NULL, in, 2, v->opts, v->gin);
}

static bool softmax_backward(rn_vjp *v)
{
    return grad(v, SOFTMAX_GRAD);
}

/* gx = y * (gy - sum(y * gy)) */
static bool softmax_grad_build(rn_call_info *c)
{
    static const rn_op gx = { .name = "softmax_gx", .kind = RN_MAP, .inputs = "p, g, s", .expr = "y = p * (g - s)" };
    rn_tensor *y = rni_widen(c->in[0]), *g = rni_widen(c->in[1]);
    c->out[0] = rni_as(map(&gx, y, g, along(c, rn_mul(y, g), sum_kept)), rn_tensor_dtype(c->in[0]));
    return c->out[0] != NULL;
}

/* With h the gradient of gx: by gy it is of the same form, by y it is h * (gy - sum(y * gy)) - gy * sum(y * h). */
static bool softmax_grad_backward(rn_vjp *v)
{
    static const rn_op by_y = {
        .name = "softmax_by_y", .kind = RN_MAP, .inputs = "h, g, s, t", .expr = "y = h * (g - s) - g * t"
    };
    rn_tensor *y = v->in[0], *g = v->in[1], *h = v->gout[0];
    const rn_axes axes = RN_AXES((int)((const rn_axis_opts *)v->opts)->axis);
    if (v->need[1] && !rn_op_call(&rn_ops_softmax[SOFTMAX_GRAD], NULL, (rn_tensor *[]){ y, h }, 2, v->opts, &v->gin[1]))
        return false;
    if (!v->need[0]) return true;
    rn_tensor *in[] = { h, g, sum_kept(rn_mul(y, g), axes), sum_kept(rn_mul(y, h), axes) };
    return rn_op_call(&by_y, NULL, in, 4, NULL, &v->gin[0]);
}

/* ---- log_softmax ---- */

static bool log_softmax_build(rn_call_info *c)
{
    static const rn_op shifted = {
        .name = "log_softmax_shifted", .kind = RN_MAP, .inputs = "x, m", .expr = "y = x - (isinf(m) && m < 0 ? 0 : m)"
    };
    static const rn_op less = {
        .name = "log_softmax_less", .kind = RN_MAP, .inputs = "t, s", .expr = "y = s == 0 ? t : t - log(s)"
    };
    if (is_empty(c)) return c->out[0] != NULL;
    rn_tensor *x = rni_widen(c->in[0]);
    rn_tensor *t = map(&shifted, x, along(c, x, max_kept), NULL);
    rn_tensor *y = map(&less, t, along(c, rn_exp(t), sum_kept), NULL);
    c->out[0] = rni_as(y, rn_tensor_dtype(c->in[0]));
    return c->out[0] != NULL;
}

static bool log_softmax_backward(rn_vjp *v)
{
    return grad(v, LOG_SOFTMAX_GRAD);
}

/* gx = gy - exp(y) * sum(gy) */
static bool log_softmax_grad_build(rn_call_info *c)
{
    static const rn_op gx = {
        .name = "log_softmax_gx", .kind = RN_MAP, .inputs = "p, g, s", .expr = "y = g - exp(p) * s"
    };
    rn_tensor *y = rni_widen(c->in[0]), *g = rni_widen(c->in[1]);
    c->out[0] = rni_as(map(&gx, y, g, along(c, g, sum_kept)), rn_tensor_dtype(c->in[0]));
    return c->out[0] != NULL;
}

/* With h the gradient of gx: by gy it is h - sum(exp(y) * h), by y it is -h * exp(y) * sum(gy). */
static bool log_softmax_grad_backward(rn_vjp *v)
{
    static const rn_op by_y = {
        .name = "log_softmax_by_y", .kind = RN_MAP, .inputs = "h, p, s", .expr = "y = -h * exp(p) * s"
    };
    rn_tensor *y = v->in[0], *h = v->gout[0];
    const rn_axes axes = RN_AXES((int)((const rn_axis_opts *)v->opts)->axis);
    if (v->need[1]) v->gin[1] = rn_sub(h, sum_kept(rn_mul(rn_exp(y), h), axes));
    if (v->need[0]) v->gin[0] = map(&by_y, h, y, sum_kept(v->in[1], axes));
    return rn_ok();
}

/* ---- the rows ---- */

#define AXIS_FAILS                                                                                                     \
    { .in = "x:f32[2,3]", .with = "axis=2", .fails = "no such axis" },                                                 \
        { .in = "x:f32[]", .with = "axis=0", .fails = "no such axis" },                                                \
    {                                                                                                                  \
        .in = "x:i32[2,3]", .with = "axis=1", .fails = "needs numbers with a fraction"                                 \
    }
static const rn_case cases[] = { { .in = "x:f32[2,3]{-3,3}", .with = "axis=1" },
                                 { .in = "x:f32[2,3,4]{-3,3}", .with = "axis=1" },
                                 { .in = "x:f64[3,2]{-300,300}", .with = "axis=-2" },
                                 { .in = "x:f16[2,5]{-3,3}", .with = "axis=1" },
                                 { .in = "x:bf16[2,5]{-3,3}", .with = "axis=1" },
                                 { .in = "x:f16[70000]{=0}", .with = "axis=0", .no_grad = true },
                                 { .in = "x:f32[2,2]{=-inf,-inf,-inf,1}", .with = "axis=1", .no_grad = true },
                                 { .in = "x:f32[2,1]", .with = "axis=1" },
                                 { .in = "x:f32[2,0]", .with = "axis=1" },
                                 { .in = "x:f32[0,3]", .with = "axis=1" },
                                 AXIS_FAILS,
                                 { 0 } };
static const rn_case grad_cases[] = { { .in = "p:f64[2,3]{-1,0} g:f64[2,3]", .with = "axis=1" },
                                      { .in = "p:f32[2,3,2]{-1,0} g:f32[2,3,2]", .with = "axis=1" },
                                      { .in = "p:f16[2,3]{-1,0} g:f16[2,3]", .with = "axis=0" },
                                      { 0 } };

/* Of the formula: taking the maximum off first is for its numbers, and lost in the time of the exponentials. */
static void cost(rn_cost *c)
{
    c->add = c->exponential = c->divide = (double)rni_view_count(&c->in[0]);
}

static void grad_cost(rn_cost *c)
{
    c->multiply_add = 2 * (double)rni_view_count(&c->in[0]);
}

static void log_grad_cost(rn_cost *c)
{
    grad_cost(c);
    c->exponential = (double)rni_view_count(&c->in[0]);
}

const rn_op rn_ops_softmax[] = {
    [SOFTMAX] = { .name = "softmax",
                  .kind = RN_COMPOSITE,
                  .flags = RN_OP_WIDE,
                  .inputs = "x",
                  .infer = infer,
                  .build = softmax_build,
                  .backward = softmax_backward,
                  .cost = cost,
                  .opts = opts,
                  .opts_size = sizeof(rn_axis_opts),
                  .onnx = "Softmax axis=axis",
                  .nnp = "Softmax axis=axis",
                  .doc = { .brief = "Exponentials divided by their sum along an axis; zeros where all are -infinity.",
                           .formula = "y = exp(x) / sum(exp(x))",
                           .shapes = "y as x",
                           .types = "floats; 16-bit ones are computed in f32",
                           .errors = "ARG if there is no such axis; DTYPE for whole numbers",
                           .source = "Bridle 1990",
                           .since = "0.1" },
                  .cases = cases },
    [LOG_SOFTMAX] = { .name = "log_softmax",
                      .kind = RN_COMPOSITE,
                      .flags = RN_OP_WIDE,
                      .inputs = "x",
                      .infer = infer,
                      .build = log_softmax_build,
                      .backward = log_softmax_backward,
                      .cost = cost,
                      .opts = opts,
                      .opts_size = sizeof(rn_axis_opts),
                      .onnx = "LogSoftmax axis=axis",
                      .nnp = "LogSoftmax axis=axis",
                      .doc = { .brief = "Logarithm of softmax, exact also where that is tiny.",
                               .formula = "y = x - log(sum(exp(x)))",
                               .shapes = "y as x",
                               .types = "floats; 16-bit ones are computed in f32",
                               .errors = "ARG if there is no such axis; DTYPE for whole numbers",
                               .since = "0.1" },
                      .cases = cases },
    [SOFTMAX_GRAD] = { .name = "softmax_grad",
                       .kind = RN_COMPOSITE,
                       .flags = RN_OP_INTERNAL,
                       .inputs = "p, g",
                       .infer = infer,
                       .build = softmax_grad_build,
                       .backward = softmax_grad_backward,
                       .cost = grad_cost,
                       .opts = opts,
                       .opts_size = sizeof(rn_axis_opts),
                       .doc = { .brief = "Gradient of softmax from its result p and the gradient g of that.",
                                .formula = "y = p * (g - sum(p * g))",
                                .since = "0.1" },
                       .cases = grad_cases },
    [LOG_SOFTMAX_GRAD] = { .name = "log_softmax_grad",
                           .kind = RN_COMPOSITE,
                           .flags = RN_OP_INTERNAL,
                           .inputs = "p, g",
                           .infer = infer,
                           .build = log_softmax_grad_build,
                           .backward = log_softmax_grad_backward,
                           .cost = log_grad_cost,
                           .opts = opts,
                           .opts_size = sizeof(rn_axis_opts),
                           .doc = { .brief = "Gradient of log_softmax from its result p and the gradient g of that.",
                                    .formula = "y = g - exp(p) * sum(g)",
                                    .since = "0.1" },
                           .cases = grad_cases },
    { 0 },
};
