/* Calls: options are resolved, types and shapes checked, and a node is recorded. Nothing is computed here. */
#include "engine/record.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "base/str.h"
#include "engine/engine.h"
#include "engine/infer.h"
#include "engine/op_table.h"
#include "engine/recompute.h"
#include "engine/signature.h"

#include <rensa/ops.h>
#include <string.h>

/* More than this, or than memory holds, recorded without a look, and what is pending is computed. */
enum { PENDING_NODES_MAX = 200000 };

int rni_call_outputs(const rn_op *op, int64_t n_in, const void *opts)
{
    if (op->parts) return (int)op->parts(opts);
    const rni_signature *s = rni_signature_of(op);
    return op->flags & RN_OP_LIST_OUT ? (int)(n_in / s->n_in * s->n_out) : s->n_out;
}

/* ---- options ---- */

/* Copies what the caller gave, so that equal options are equal bytes whatever padding the caller's struct had. */
static void copy_opts(const rn_op *op, void *to, const void *from)
{
    for (const rn_opt *o = op->opts; o && o->name; o++)
        memcpy((char *)to + o->offset, (const char *)from + o->offset, (size_t)rni_opt_bytes(o));
}

static rni_hash hash_opts(rni_hash h, const rn_op *op, const void *opts)
{
    const unsigned skip = op->kind == RN_COMPOSITE ? 0 : RN_OPT_SCALAR | RN_OPT_DYNAMIC;
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (!(o->flags & skip)) h = rni_hash_bytes(h, (const char *)opts + o->offset, (size_t)rni_opt_bytes(o));
    return h;
}

static bool bad_option(const rn_op *op, const rn_site *site, const rn_opt *o, const char *fmt, ...) RN_PRINTF(4, 5);
static bool bad_option(const rn_op *op, const rn_site *site, const rn_opt *o, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    rni_fail(RN_ERR_ARG, site, op->name, "option %s %s", o->name, text);
    if (o->type == RN_OPT_TYPE_ENUM)
        rni_error_add("expect", "one of %s", o->choices);
    else if (o->max > o->min)
        rni_error_add("expect", "%g <= %s <= %g", o->min, o->name, o->max);
    return false;
}

static bool check_i64s(const rn_op *op, const rn_site *site, const rn_opt *o, int64_t *v)
{
    bool any = false;
    for (int i = 0; i < o->count; i++) any |= v[i] != 0;
    for (int i = 0; i < o->count; i++) {
        if (!any) v[i] = (int64_t)o->value;
        if ((double)v[i] < o->min || (double)v[i] > o->max)
            return bad_option(op, site, o, "is %lld in place %d", (long long)v[i], i);
    }
    return true;
}

static bool check_length(const rn_op *op, const rn_site *site, const rn_opt *o, const char *from)
{
    const int n = o->type == RN_OPT_TYPE_SHAPE    ? ((const rn_shape *)from)->rank
                  : o->type == RN_OPT_TYPE_AXES   ? ((const rn_axes *)from)->n
                  : o->type == RN_OPT_TYPE_RANGES ? ((const rn_ranges *)from)->n
                                                  : 0;
    return (n >= 0 && n <= RN_MAX_RANK) || bad_option(op, site, o, "has %d places instead of up to %d", n, RN_MAX_RANK);
}

/* One option from the caller's argument struct at `from`, all zero where it was left out. */
static bool take_option(const rn_op *op, const rn_site *site, const rn_opt *o, const char *from, char *to)
{
    const bool required = o->flags & RN_OPT_REQUIRED;
    switch (o->type) {
    case RN_OPT_TYPE_F64: {
        const double v = rni_opt_given(o, *(const double *)from);
        if (!(v >= o->min && v <= o->max)) return bad_option(op, site, o, "is %g", v);
        *(double *)to = v;
        return true;
    }
    case RN_OPT_TYPE_I64: {
        int64_t v = *(const int64_t *)from;
        if (v == 0 && !required) v = (int64_t)o->value;
        if ((double)v < o->min || (double)v > o->max) return bad_option(op, site, o, "is %lld", (long long)v);
        *(int64_t *)to = v;
        return true;
    }
    case RN_OPT_TYPE_ENUM: {
        const char *s = *(const char *const *)from;
        const int v = s ? rni_choice(o->choices, s) : 0;
        if (v < 0) return bad_option(op, site, o, "is \"%s\"", s);
        *(int *)to = v;
        return true;
    }
    case RN_OPT_TYPE_TEXT: {
        const char *s = *(const char *const *)from;
        if (s && strlen(s) >= (size_t)o->count) return bad_option(op, site, o, "is longer than %d bytes", o->count - 1);
        if (s) memcpy(to, s, strlen(s));
        return s || !required || bad_option(op, site, o, "is missing");
    }
    case RN_OPT_TYPE_DTYPE: {
        rn_dtype v = *(const rn_dtype *)from;
        if (v == RN_DTYPE_NONE) v = (rn_dtype)o->value;
        if (v < 0 || v >= RN_DTYPE_COUNT || (required && !v)) return bad_option(op, site, o, "is no type");
        *(rn_dtype *)to = v;
        return true;
    }
    default:
        memcpy(to, from, (size_t)rni_opt_bytes(o));
        if (o->type == RN_OPT_TYPE_I64S) return check_i64s(op, site, o, (int64_t *)to);
        return check_length(op, site, o, from);
    }
}

bool rni_apply(const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in, const void *args,
               const int16_t *offsets, rn_tensor **out)
{
    if (!rn_ok()) {
        rni_error_trail(site, op->name);
        return false;
    }
    union {
        double align;
        char bytes[RNI_RANDOM_OPTS_MAX];
    } opts;
    static const char zeros[512];
    if (RNI_NEVER(op->opts_size > sizeof opts)) return false;
    memset(&opts, 0, op->opts_size);
    int k = 0;
    for (const rn_opt *o = op->opts; o && o->name; o++) {
        if (o->flags & RN_OPT_HIDDEN) continue;
        const int at = offsets[k++];
        const bool known = site->size == 0 || at < site->size; /* a program compiled before this option was added */
        RNI_TRY(take_option(op, site, o, known ? (const char *)args + at : zeros, opts.bytes + o->offset));
    }
    return rn_op_call(op, site, in, n_in, opts.bytes, out);
}

bool rni_apply_list(const rn_op *op, const rn_site *site, rn_tensor *const *first, int n_first, const rn_list *list,
                    const void *args, const int16_t *offsets, rn_tensor **out)
{
    rn_tensor *few[32], **in = few;
    if (!rn_ok()) {
        rni_error_trail(site, op->name);
        return false;
    }
    if (list->n < 0 || list->n > RNI_LIST_MAX || (list->n && !list->at))
        return rni_fail(RN_ERR_ARG, site, op->name, "called with a list of %lld tensors", (long long)list->n);
    const int64_t n = n_first + list->n;
    if (n > (int64_t)RN_COUNTOF(few) && !(in = rni_alloc(n * (int64_t)sizeof *in))) return false;
    for (int64_t i = 0; i < n; i++) in[i] = i < n_first ? first[i] : list->at[i - n_first];
    const bool ok = rni_apply(op, site, in, n, args, offsets, out);
    if (in != few) rni_free(in);
    return ok;
}

/* ---- calls ---- */

static bool check_inputs(const rn_op *op, const rni_signature *s, const rn_site *site, rn_tensor *const *in,
                         int64_t n_in)
{
    const bool groups = op->flags & RN_OP_LIST_OUT, many = s->list || groups;
    if (n_in > 0 && !in) return rni_fail(RN_ERR_ARG, site, op->name, "called with a list that is NULL");
    if (n_in > (many ? RNI_LIST_MAX : s->n_in) || n_in < s->n_required || (groups && n_in % s->n_in))
        return rni_fail(RN_ERR_ARG, site, op->name, "called with %lld tensors", (long long)n_in);
    for (int64_t i = 0; i < n_in; i++) {
        if (in[i] ? in[i]->tag == RNI_TENSOR_TAG : !many && i >= s->n_required) continue;
        char name[48] = "", mark = 0;
        rni_op_name(op->inputs, groups ? 0 : (int)i, name, sizeof name, &mark);
        if (!in[i] && s->list && mark == '?') continue;
        return rni_fail(RN_ERR_ARG, site, op->name, in[i] ? "%s is not a tensor, or one that has ended" : "%s is NULL",
                        name);
    }
    return true;
}

static bool infer(rn_infer *f)
{
    if (f->op->infer) return rni_explained(f->op->infer(f), f->site, f->op->name, "its infer");
    return f->op->kind == RN_REDUCE ? rni_infer_reduce(f) : rni_infer_map(f);
}

/* Results of a function over lists have types and shapes of the inputs of their name, else of the first ones. */
static void list_outputs(const rn_op *op, rni_node *node, rn_tensor *const *in, int64_t n_in)
{
    const rni_signature *s = rni_signature_of(op);
    const int64_t groups = n_in / s->n_in;
    for (int64_t k = 0; k < node->n_out; k++) {
        rn_tensor *y = &node->out[k];
        const rn_tensor *x = in[s->like[k / groups] * groups + k % groups];
        y->dtype = x->dtype;
        y->shape = x->shape;
        y->count = x->count;
    }
}

/* Types and shapes of the results as infer declared them; with parts, it is asked for each. */
static bool declare_outputs(rn_infer *f, rni_node *node)
{
    for (int i = 0; i < node->n_out; i++) {
        f->part = i;
        if (f->op->parts && i > 0) RNI_TRY(infer(f));
        const int k = f->op->parts ? 0 : i;
        if (f->out_dtype[k] == RN_DTYPE_NONE)
            return rni_fail(RN_ERR_INTERNAL, f->site, f->op->name, "its infer declares no result %d", i);
        node->out[i].dtype = (uint8_t)f->out_dtype[k];
        node->out[i].shape = f->out_shape[k];
        node->out[i].count = rni_shape_count(&f->out_shape[k]);
    }
    return true;
}

static bool check_places(rni_thread *t, const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in,
                         rni_device **device)
{
    *device = NULL;
    for (int64_t i = 0; i < n_in; i++) {
        if (!in[i]) continue;
        const rni_node *node = in[i]->node;
        if (!*device)
            *device = node->device;
        else if (node->device != *device) {
            rni_fail(RN_ERR_DEVICE, site, op->name, "its tensors are on different devices");
            rni_error_add("actual", "%s and %s", (*device)->name, node->device->name);
            return false;
        }
        if (node->op && node->thread != t && !__atomic_load_n(&in[i]->buffer, __ATOMIC_ACQUIRE))
            return rni_fail(RN_ERR_STATE, site, op->name, "a tensor that another thread has recorded but not computed");
    }
    if (!*device) *device = rni_default_device(site);
    return *device != NULL;
}

static void link_inputs(rni_thread *t, rni_node *node, rn_tensor *const *in, int64_t n_in)
{
    for (int64_t i = 0; i < n_in; i++) {
        rn_tensor *x = in[i];
        node->in[i] = x;
        if (!x) continue;
        rni_tensor_keep(x);
        if (x->node->thread != t) continue; /* read by several threads: what follows is its own thread's */
        x->users++;
        rni_sink_remove(t, x);
    }
}

static bool wants_grad(const rni_thread *t, const rn_op *op, rn_tensor *const *in, int64_t n_in)
{
    if (t->no_grad || op->flags & RN_OP_NO_GRAD) return false;
    for (int64_t i = 0; i < n_in; i++)
        if (in[i] && in[i]->flags & RNI_T_GRAD) return true;
    return false;
}

static rni_hash hash_node(const rni_node *node)
{
    rni_hash h = rni_hash_u64(RNI_HASH_START, (uint64_t)(uintptr_t)node->op);
    if (node->opts) h = hash_opts(h, node->op, node->opts);
    for (int i = 0; i < node->n_out; i++) {
        const rn_tensor *y = &node->out[i];
        h = rni_hash_u64(h, (uint64_t)y->dtype << 8 | (uint64_t)y->shape.rank);
        h = rni_hash_bytes(h, y->shape.dim, (size_t)y->shape.rank * sizeof(int64_t));
    }
    return h;
}

/* The line, and the function called there: for the parts that a function is made of, those of the whole. */
static rn_site calling(const rn_op *op, const rn_site *site)
{
    rn_site s = rni_site_current() ? *rni_site_current() : rni_site_copy(site);
    if (!s.call) s.call = op->name;
    return s;
}

static bool record(rni_thread *t, const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in,
                   const void *opts, rn_tensor **out)
{
    rni_device *device;
    RNI_TRY(check_places(t, op, site, in, n_in, &device));
    const bool listed = op->flags & RN_OP_LIST_OUT;
    rn_infer f;
    if (!listed) {
        rni_infer_prepare(&f, op, site, in, n_in, opts);
        RNI_TRY(infer(&f));
    }
    rni_node *node = rni_node_new((int)n_in, rni_call_outputs(op, n_in, opts), (int64_t)op->opts_size);
    if (!node) return false;
    node->op = op;
    node->site = calling(op, site);
    node->grad_of = t->grad_of;
    node->thread = t;
    node->device = device;
    if (opts) copy_opts(op, node->opts, opts);
    if (listed) list_outputs(op, node, in, n_in);
    if (!listed && !declare_outputs(&f, node)) {
        for (int i = node->n_out - 1; i >= 0; i--) rni_tensor_drop(&node->out[i]);
        return false;
    }
    link_inputs(t, node, in, n_in);
    const bool grad = wants_grad(t, op, in, n_in);
    node->hash = hash_node(node);
    for (int i = 0; i < node->n_out; i++) {
        rn_tensor *y = &node->out[i];
        y->flags = grad && rn_dtype_is_float((rn_dtype)y->dtype) ? RNI_T_GRAD : RNI_T_FORGET;
        if (op->kind != RN_VIEW) t->pending_bytes += rni_tensor_nbytes(y);
        if (!t->lowering) rni_sink_add(t, y);
    }
    t->pending++;
    t->info.nodes_recorded++;
    /* the first failure to enter the scope drops the rest, and with the last of them the node */
    bool ok = true;
    const int n_out = node->n_out;
    for (int i = 0; i < n_out; i++) {
        rn_tensor *y = &node->out[i];
        if (ok)
            ok = (out[i] = rni_scoped(t, y)) != NULL;
        else
            rni_tensor_drop(y);
    }
    return ok;
}

/* Records one node (no expansion of functions) with what its inputs are now. `out` gets n_out scoped tensors. */
static bool record_one(const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in, const void *opts,
                       rn_tensor **out)
{
    rni_thread *t = rni_thread_self();
    rn_tensor *few[RN_INPUTS_MAX];
    rn_tensor **value = few;
    if (n_in > RN_INPUTS_MAX && !(value = rni_alloc(n_in * (int64_t)sizeof *value))) return false;
    for (int64_t i = 0; i < n_in; i++) {
        value[i] = in[i] ? rni_value_take(in[i]) : NULL;
        if (t->collector && value[i]) rni_collect(t->collector, value[i]);
    }
    bool ok = record(t, op, site, value, n_in, opts, out);
    for (int64_t i = 0; i < n_in; i++)
        if (in[i]) rni_value_give(in[i], value[i]);
    if (value != few) rni_free(value);
    if (!ok || t->lowering) return ok;
    if (t->eager) return rni_evaluate(t, out, rni_call_outputs(op, n_in, opts), site);
    if (t->pending > PENDING_NODES_MAX || t->pending_bytes > t->pending_bytes_max)
        return rni_evaluate(t, NULL, 0, site);
    return true;
}

bool rni_build(rn_call_info *c)
{
    const rn_site *site = rni_site_current();
    RNI_TRY(rni_explained(c->op->build(c), site, c->op->name, "its build"));
    for (int i = 0; i < c->n_out; i++) {
        if (!c->out[i]) return rni_fail(RN_ERR_INTERNAL, site, c->op->name, "its build sets no result %d", i);
        RNI_TRY(rni_is_tensor(c->out[i], site, c->op->name));
    }
    return true;
}

static bool expand(const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in, const void *opts,
                   rn_tensor **out)
{
    rni_thread *t = rni_thread_self();
    rni_device *place = t->place;
    int64_t first = 0;
    while (first < n_in && !in[first]) first++;
    if (first < n_in) t->place = in[first]->node->device;
    const rn_site whole = calling(op, site), *before = rni_site_enter(&whole);
    rn_call_info c = {
        .op = op, .opts = opts, .n_in = (int)n_in, .n_out = rni_signature_of(op)->n_out, .in = in, .out = out
    };
    for (int i = 0; i < c.n_out; i++) out[i] = NULL;
    const bool ok = rni_build(&c);
    rni_site_enter(before);
    t->place = place;
    return ok;
}

/* Optional inputs that a call by hand leaves out at the end are there as NULL: functions find every input in its place.
 */
static void fill_up(const rni_signature *s, rn_tensor *const **in, int64_t *n_in, rn_tensor **full)
{
    if (!s->optional || s->list || *n_in >= s->n_in || s->n_in > RN_INPUTS_MAX) return;
    for (int i = 0; i < s->n_in; i++) full[i] = i < *n_in ? (*in)[i] : NULL;
    *in = full;
    *n_in = s->n_in;
}

/* ---- precision ---- */

static bool is_half(rn_dtype d)
{
    return d == RN_F16 || d == RN_BF16;
}

/* The type that holds the values of all floats of up to 32 bits. */
static rn_dtype widest(rn_tensor *const *in, int64_t n_in)
{
    rn_dtype all = RN_DTYPE_NONE;
    for (int64_t i = 0; i < n_in; i++) {
        const rn_dtype d = rn_tensor_dtype(in[i]);
        if (is_half(d) || d == RN_F32) all = !all || all == d ? d : RN_F32;
    }
    return all;
}

/* The type that the float inputs of a call are to have, RN_DTYPE_NONE for the types that they have. */
static rn_dtype type_for(const rni_thread *t, const rn_op *op, rn_tensor *const *in, int64_t n_in)
{
    if (!t->precision || t->lowering || !(op->flags & (RN_OP_NARROW | RN_OP_WIDE | RN_OP_ALIKE))) return RN_DTYPE_NONE;
    const rn_dtype to = op->flags & RN_OP_NARROW ? t->precision : op->flags & RN_OP_WIDE ? RN_F32 : widest(in, n_in);
    bool any = false;
    for (int64_t i = 0; i < n_in; i++) {
        const rn_dtype d = rn_tensor_dtype(in[i]);
        if (d == RN_F64) return RN_DTYPE_NONE;
        any |= d != to && (d == RN_F32 || is_half(d));
    }
    return any ? to : RN_DTYPE_NONE;
}

/* The same inputs, floats among them as `to`; in `few` where they are no more than that holds. rni_free what is not. */
static rn_tensor **converted(const rn_site *site, rn_tensor *const *in, int64_t n_in, rn_dtype to, rn_tensor **few)
{
    rn_tensor **out = n_in <= RN_INPUTS_MAX ? few : rni_alloc(n_in * (int64_t)sizeof *out);
    bool ok = out != NULL;
    for (int64_t i = 0; ok && i < n_in; i++) {
        const rn_dtype d = rn_tensor_dtype(in[i]);
        const bool convert = d != to && (d == RN_F32 || is_half(d));
        out[i] = convert ? rn_cast_at(&(rn_cast_args){ in[i], to, .site = rni_site_copy(site) }) : in[i];
        ok = !convert || out[i];
    }
    if (ok || out == few) return ok ? out : NULL;
    rni_free(out);
    return NULL;
}

bool rn_op_call(const rn_op *op, const rn_site *site, rn_tensor *const *in, int64_t n_in, const void *opts,
                rn_tensor **out)
{
    RNI_TRY(rni_given(op, site, "op_call", "op"));
    if (!rn_ok()) {
        rni_error_trail(site, op->name);
        return false;
    }
    RNI_TRY(rni_given(out, site, op->name, "out"));
    if (op->opts_size > 0 && !rni_given(opts, site, op->name, "opts")) return false;
    const rni_signature *s = rni_signature_of(op);
    if (s->defect) return rni_fail(RN_ERR_ARG, site, op->name, "%s", s->defect);
    RNI_TRY(check_inputs(op, s, site, in, n_in));
    rn_tensor *full[RN_INPUTS_MAX];
    fill_up(s, &in, &n_in, full);
    union {
        double align;
        char bytes[1024];
    } drawn;
    if (op->flags & RN_OP_RANDOM) {
        rni_thread *t = rni_thread_self();
        memcpy(drawn.bytes, opts, op->opts_size);
        *(rn_random *)drawn.bytes = (rn_random){ (double)t->seed, (double)t->draws++ };
        opts = drawn.bytes;
    }
    rn_tensor *few[RN_INPUTS_MAX], **own = NULL;
    const rn_dtype to = type_for(rni_thread_self(), op, in, n_in);
    if (to && !(in = own = converted(site, in, n_in, to, few))) return false;
    const bool ok =
        op->kind == RN_FUNCTION ? expand(op, site, in, n_in, opts, out) : record_one(op, site, in, n_in, opts, out);
    if (own != few) rni_free(own);
    return ok;
}
