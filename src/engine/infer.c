/* Types and shapes of calls: the rules that are common to kinds of functions, and how a refusal is worded. */
#include "engine/infer.h"

#include "base/error.h"
#include "base/shape.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/op_table.h"
#include "engine/signature.h"

#include <string.h>

void rni_infer_prepare(rn_infer *f, const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in,
                       const void *opts)
{
    const rni_signature *sig = rni_signature_of(op);
    const bool many = sig->list || op->flags & RN_OP_LIST_OUT || sig->n_in > RN_INPUTS_MAX;
    const int n = many ? RN_INPUTS_MAX : sig->n_in;
    f->op = op;
    f->opts = opts;
    f->n_in = (int)n_in;
    f->n_out = sig->n_out;
    for (int i = 0; i < sig->n_out && i < RN_INPUTS_MAX; i++) f->out_dtype[i] = RN_DTYPE_NONE;
    f->in = in;
    f->site = site;
    f->part = 0;
    for (int i = 0; i < n; i++) {
        const rn_tensor *x = i < n_in ? in[i] : NULL;
        f->dtype[i] = x ? (rn_dtype)x->dtype : RN_DTYPE_NONE;
        f->shape[i] = x ? &x->shape : NULL;
    }
}

void rn_infer_begin(rn_infer *f, const rn_call_info *c, const void *opts)
{
    if (!rni_given(f, NULL, "infer_begin", "f") || !rni_given(c, NULL, "infer_begin", "c")) return;
    rni_infer_prepare(f, c->op, rni_site_current(), c->in, c->n_in, opts);
}

bool rn_out(rn_infer *f, int i, rn_dtype dtype, rn_shape shape)
{
    RNI_TRY(rni_given(f, NULL, "out", "f"));
    if (i < 0 || i >= RN_INPUTS_MAX || dtype <= RN_DTYPE_NONE || dtype >= RN_DTYPE_COUNT)
        return rn_refuse(f, RN_ERR_INTERNAL, "it declares a result that it does not have, or one of no type", NULL);
    if (shape.rank < 0 || shape.rank > RN_MAX_RANK)
        return rn_refuse(f, RN_ERR_SHAPE, "the result has too many axes", "rank <= RN_MAX_RANK");
    for (int k = 0; k < shape.rank; k++)
        if (shape.dim[k] < 0) return rn_refuse(f, RN_ERR_SHAPE, "a size of the result is negative", "sizes >= 0");
    if (rni_shape_count(&shape) < 0)
        return rn_refuse(f, RN_ERR_SHAPE, "the result has too many elements", "fewer than 2 ** 59");
    f->out_dtype[i] = dtype;
    f->out_shape[i] = shape;
    return true;
}

static void operands_text(const rn_infer *f, rni_str *s)
{
    for (int i = 0; i < f->n_in && i < RN_INPUTS_MAX; i++) {
        char name[48], shape[RNI_SHAPE_TEXT], mark;
        if (!f->in[i]) continue;
        if (!rni_op_name(f->op->inputs, i, name, sizeof name, &mark)) name[0] = '\0';
        const char *own = rn_tensor_name(f->in[i]);
        rni_str_addf(s, "%s%s%s%s%s %s%s", s->length ? ";  " : "", name, own ? " (" : "", own ? own : "",
                     own ? ")" : "", rn_dtype_name(f->dtype[i]), rni_shape_text(f->shape[i], shape));
    }
}

void rni_infer_inside(const rn_site *site, const rn_op *op)
{
    const rn_site *s = rni_site_current() ? rni_site_current() : site;
    if (s && s->call && strcmp(s->call, op->name) != 0 && !(op->flags & RN_OP_INTERNAL))
        rni_error_add("in", "%s", op->name);
}

bool rn_refuse(rn_infer *f, rn_status status, const char *what, const char *rule)
{
    RNI_TRY(rni_given(f, NULL, "refuse", "f"));
    rni_fail(status, f->site, f->op->name, "%s", what ? what : "the call is refused");
    if (rule) rni_error_add("expect", "%s", rule);
    rni_infer_inside(f->site, f->op);
    rni_str s = { 0 };
    operands_text(f, &s);
    if (s.at) rni_error_add("actual", "%s", s.at);
    rni_str_free(&s);
    return false;
}

void rn_infer_hint(const char *fmt, ...)
{
    char text[512];
    if (!fmt) return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    rni_error_add("hint", "%s", text);
}

bool rn_want_rank(rn_infer *f, int input, int rank)
{
    RNI_TRY(rni_given(f, NULL, "want_rank", "f"));
    if (rank < 0 || !f->in[input] || f->shape[input]->rank == rank) return true;
    char name[48] = "", rule[96], mark;
    rni_op_name(f->op->inputs, input, name, sizeof name, &mark);
    snprintf(rule, sizeof rule, "rank of %s == %d", name, rank);
    return rn_refuse(f, RN_ERR_SHAPE, "wrong number of axes", rule);
}

bool rn_want_float(rn_infer *f, int input)
{
    RNI_TRY(rni_given(f, NULL, "want_float", "f"));
    if (!f->in[input] || rn_dtype_is_float(f->dtype[input])) return true;
    char name[48] = "", rule[96], mark;
    rni_op_name(f->op->inputs, input, name, sizeof name, &mark);
    snprintf(rule, sizeof rule, "type of %s is f16, bf16, f32 or f64", name);
    return rn_refuse(f, RN_ERR_DTYPE, "needs numbers with a fraction", rule);
}

static rn_dtype at_least_float(rn_dtype d)
{
    if (rn_dtype_is_float(d)) return d;
    return d <= RN_I8 ? RN_F16 : d == RN_I16 ? RN_F32 : RN_F64;
}

static rn_dtype result_type(const rn_op *op, const void *opts, const rn_dtype *in, int n)
{
    const rni_signature *s = rni_signature_of(op);
    const rn_dtype asked = s->type_option ? (rn_dtype)rni_opt_number(s->type_option, opts) : RN_DTYPE_NONE;
    if (asked) return asked;
    if (s->rule == RNI_TYPE_GIVEN) return s->type;
    if (s->rule == RNI_TYPE_FIRST) return in[0];
    rn_dtype d = RN_DTYPE_NONE;
    for (int i = 0; i < n; i++)
        if (in[i]) d = rn_dtype_promote(d, in[i]);
    if (s->rule == RNI_TYPE_FLOAT) return at_least_float(d);
    if (s->rule == RNI_TYPE_PROMOTE || rn_dtype_is_float(d)) return d;
    return s->rule == RNI_TYPE_SUM ? RN_I64 : RN_F64;
}

bool rni_infer_map(rn_infer *f)
{
    rn_shape shape = RN_SCALAR;
    const uint32_t raw = rni_signature_of(f->op)->raw;
    for (int i = 0; i < f->n_in; i++)
        if (f->in[i] && !(raw && raw >> i & 1) && !rni_shape_broadcast(&shape, f->shape[i], &shape))
            return rn_refuse(f, RN_ERR_SHAPE, "shapes do not broadcast",
                             "sizes equal, or 1, axis by axis from the last");
    const rn_dtype d = result_type(f->op, f->opts, f->dtype, f->n_in);
    for (int i = 0; i < f->n_out; i++)
        if (!rn_out(f, i, d, shape)) return false;
    return true;
}

bool rni_reduced_axes(const rn_axes *axes, int rank, uint32_t *mask)
{
    *mask = axes->n ? 0 : (1u << rank) - 1;
    for (int i = 0; i < axes->n; i++) {
        const int a = rni_axis(axes->axis[i], rank);
        if (a < 0 || *mask & 1u << a) return false;
        *mask |= 1u << a;
    }
    return true;
}

bool rni_infer_reduce(rn_infer *f)
{
    const rn_reduce_opts *o = f->opts;
    const rn_shape *x = f->shape[0];
    uint32_t mask;
    if (!rni_reduced_axes(&o->axes, x->rank, &mask))
        return rn_refuse(f, RN_ERR_ARG, "axes must name axes of x, each once", "-rank <= axis < rank");
    rn_shape y = { 0 };
    int64_t joined = 1;
    for (int i = 0; i < x->rank; i++) {
        if (mask & 1u << i) joined *= x->dim[i];
        if (!(mask & 1u << i))
            y.dim[y.rank++] = x->dim[i];
        else if (o->keepdims)
            y.dim[y.rank++] = 1;
    }
    if (joined == 0 && f->op->join != RN_JOIN_ADD && f->op->join != RN_JOIN_MUL)
        return rn_refuse(f, RN_ERR_SHAPE, "nothing to reduce: an axis has size 0", "sizes of reduced axes > 0");
    return rn_out(f, 0, result_type(f->op, f->opts, f->dtype, f->n_in), y);
}

bool rni_view_same(const rn_view *in, const void *opts, rn_view *out)
{
    (void)opts;
    memcpy(out->stride, in->stride, sizeof in->stride);
    return true;
}
