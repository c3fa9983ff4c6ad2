/* Choosing kernels: the rows of the device's back end in their order, then plain C, which has one for everything. */
#include "engine/kernel.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/log.h"
#include "base/shape.h"
#include "engine/fusion.h"
#include "engine/infer.h"
#include "engine/map.h"
#include "engine/op_table.h"
#include "engine/plan.h"

#include <pthread.h>
#include <string.h>

rn_view rni_view_of(rn_dtype dtype, const rn_shape *shape)
{
    rn_view v = { .dtype = dtype, .rank = shape->rank };
    memcpy(v.dim, shape->dim, sizeof v.dim);
    rni_shape_strides(shape, v.stride);
    return v;
}

bool rni_view_is_contiguous(const rn_view *v)
{
    int64_t want = 1;
    for (int i = v->rank - 1; i >= 0; i--) {
        if (v->dim[i] == 0) return true;
        if (v->dim[i] != 1 && v->stride[i] != want) return false;
        want *= v->dim[i];
    }
    return true;
}

/* Operand of an elementwise call, stretched to the result's shape: strides of 0 where it is broadcast. */
static void stretch(rn_view *v, const rn_shape *to)
{
    const int lead = to->rank - v->rank;
    rn_view r = *v;
    r.rank = to->rank;
    for (int i = 0; i < to->rank; i++) {
        const bool repeated = i < lead || (v->dim[i - lead] == 1 && to->dim[i] != 1);
        r.dim[i] = to->dim[i];
        r.stride[i] = repeated ? 0 : v->stride[i - lead];
    }
    *v = r;
}

static rn_dtype compute_of(const rn_op *op, const rn_kernel_call *c)
{
    rn_dtype in[RN_INPUTS_MAX], out[RN_INPUTS_MAX];
    const int n_in = c->n_in / c->groups, n_out = c->n_out / c->groups;
    for (int i = 0; i < n_in; i++) in[i] = c->in[i * c->groups].dtype;
    for (int i = 0; i < n_out; i++) out[i] = c->out[i * c->groups].dtype;
    return rni_map_compute(op, in, n_in, out, n_out);
}

static bool init_reduce(const rni_gnode *n, rn_kernel_call *c)
{
    const rn_reduce_opts *o = n->opts;
    if (!rni_reduced_axes(&o->axes, c->in[0].rank, &c->reduce_mask))
        return rni_fail(RN_ERR_INTERNAL, &n->site, n->op->name, "axes out of range");
    c->join = n->op->join;
    /* the result without the axes of size 1 that keepdims puts in */
    rn_view *y = &c->out[0];
    rn_shape kept = { 0 };
    for (int i = 0; i < c->in[0].rank; i++)
        if (!(c->reduce_mask & 1u << i)) kept.dim[kept.rank++] = c->in[0].dim[i];
    *y = rni_view_of(y->dtype, &kept);
    const bool positions = c->join == RN_JOIN_ARGMAX || c->join == RN_JOIN_ARGMIN;
    const rn_dtype compute = rni_compute_type(&c->in[0].dtype, 1, positions ? NULL : &y->dtype, positions ? 0 : 1);
    c->map = rni_map_program(n->op, false, compute, &n->site);
    if (c->map && n->op->post) c->post = rni_map_program(n->op, true, compute, &n->site);
    return c->map && (c->post || !n->op->post);
}

bool rni_kernel_call_init(const rni_graph *g, const rni_gnode *n, rn_kernel_call *c, rn_view *views)
{
    *c = (rn_kernel_call){ .size = sizeof *c,
                           .op = n->op->name,
                           .n_in = n->n_in,
                           .n_out = n->n_out,
                           .in = views,
                           .out = views + n->n_in,
                           .opts = n->opts,
                           .groups = 1,
                           .device = n->device->handle };
    if (n->device->backend->wraps) n->device->backend->wraps(n->device->handle, &c->device);
    for (int i = 0; i < n->n_in; i++) {
        const int32_t v = g->in[n->first_in + i];
        c->in[i] = v < 0 ? (rn_view){ 0 } : rni_view_of(g->value[v].dtype, &g->value[v].shape);
    }
    for (int i = 0; i < n->n_out; i++) {
        const rni_gvalue *v = &g->value[n->first_out + i];
        c->out[i] = rni_view_of(v->dtype, &v->shape);
    }
    if (n->op->kind == RN_REDUCE) return init_reduce(n, c);
    if (n->op->kind != RN_MAP) return true;
    if (n->op->flags & RN_OP_LIST_OUT) c->groups = n->n_out / rni_op_outputs(n->op);
    const uint32_t raw = rni_op_raw(n->op);
    for (int i = 0; i < n->n_in; i++) {
        const rni_gvalue *y = &g->value[n->first_out + i % c->groups];
        if (c->in[i].dtype && !(raw && raw >> i & 1)) stretch(&c->in[i], &y->shape);
    }
    c->map = n->fusion ? n->fusion->program : rni_map_program(n->op, false, compute_of(n->op, c), &n->site);
    return c->map != NULL;
}

static const char *kernel_name(const rn_op *op)
{
    return op->kind == RN_MAP ? "map" : op->kind == RN_REDUCE ? "reduce" : op->name;
}

static const rn_kernel *rows_of(const rni_device *d)
{
    void *inner;
    const rn_backend *b = d->backend->wraps ? d->backend->wraps(d->handle, &inner) : d->backend;
    return b ? b->kernels : NULL;
}

static const rn_kernel *first_taking(const rn_kernel *k, const char *name, const rn_kernel_call *c, const char **why)
{
    for (; k && k->op; k++) {
        if (strcmp(k->op, name) != 0) continue;
        const char *refusal = k->refuse ? k->refuse(c) : NULL;
        if (!refusal) return k;
        *why = refusal;
    }
    return NULL;
}

/* Fallbacks that have been reported, one line each; written under the lock. */
static struct {
    pthread_mutex_t lock;
    int count;
    uint64_t seen[256];
} g_reported = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void report(const rni_gnode *n, const rn_kernel_call *c, const char *instead, const char *why)
{
    rni_hash h = rni_hash_text(RNI_HASH_START, n->op->name);
    h = rni_hash_text(rni_hash_text(h, why), n->device->name);
    pthread_mutex_lock(&g_reported.lock);
    bool known = g_reported.count == (int)RN_COUNTOF(g_reported.seen);
    for (int i = 0; i < g_reported.count && !known; i++) known = g_reported.seen[i] == h.a;
    if (!known) g_reported.seen[g_reported.count++] = h.a;
    pthread_mutex_unlock(&g_reported.lock);
    if (!known)
        rni_log(RN_LOG_INFO, "dispatch", "%s: %s %s -> %s: %s", n->device->name, n->op->name,
                rn_dtype_name(c->n_in ? c->in[0].dtype : c->out[0].dtype), instead, why);
}

/* The plain C loop of a function's own row. */
static bool run_own(rn_kernel_call *c)
{
    const rni_step *s = c->engine;
    return s->op->run(c);
}

static const rn_kernel own_kernel = { .op = "own", .run = run_own, .flags = RN_KERNEL_STRIDED };

const rn_kernel *rni_kernel_find(const rni_gnode *n, const rn_kernel_call *c)
{
    const char *name = kernel_name(n->op), *why = "no kernel";
    const rn_kernel *k = first_taking(rows_of(n->device), name, c, &why);
    if (k) return k;
    const rni_device *ref = rni_device_ref();
    if (!ref) return NULL;
    if (n->device != ref) report(n, c, "ref", why);
    k = first_taking(ref->backend->kernels, name, c, &why);
    if (k) return k;
    if (n->op->run) return &own_kernel;
    rni_fail(RN_ERR_UNSUPPORTED, &n->site, n->op->name, "no kernel takes this call: %s", why);
    return NULL;
}

bool rni_kernel_is_own(const rni_device *d, const rn_kernel *k)
{
    for (const rn_kernel *row = rows_of(d); row && row->op; row++)
        if (row == k) return true;
    return false;
}

/* Whether the back end takes the call; `why` tells why not. */
static bool accepts(const rni_graph *g, const rni_gnode *n, rn_view *views, rn_kernel_call *c, const char **why)
{
    return views && rni_kernel_call_init(g, n, c, views) &&
           first_taking(rows_of(n->device), kernel_name(n->op), c, why);
}

bool rni_kernel_accepts(const rni_graph *g, const rni_gnode *n)
{
    rn_view *views = rni_alloc((n->n_in + n->n_out) * (int64_t)sizeof *views);
    rn_kernel_call c;
    const char *why;
    const bool yes = accepts(g, n, views, &c, &why);
    rni_free(views);
    return yes;
}

static bool is_narrow(rn_dtype d)
{
    return d == RN_F16 || d == RN_BF16;
}

/* Value number of input i, or of result i - n_in; -1 for an input left out. */
static int64_t operand(const rni_graph *g, const rni_gnode *n, int64_t i)
{
    return i < n->n_in ? g->in[n->first_in + i] : n->first_out + i - n->n_in;
}

bool rni_kernel_widens(const rni_graph *g, const rni_gnode *n)
{
    const int64_t count = n->n_in + n->n_out;
    bool narrow = false;
    for (int64_t i = 0; i < count; i++) narrow |= operand(g, n, i) >= 0 && is_narrow(g->value[operand(g, n, i)].dtype);
    if (!narrow || n->op->kind != RN_KERNEL) return false;
    rni_gvalue *value = rni_alloc(count * (int64_t)sizeof *value);
    int32_t *in = rni_alloc((n->n_in + 1) * (int64_t)sizeof *in);
    rn_view *views = rni_alloc(2 * count * (int64_t)sizeof *views);
    for (int64_t i = 0; value && in && i < count; i++) {
        const int64_t v = operand(g, n, i);
        if (i < n->n_in) in[i] = v < 0 ? -1 : (int32_t)i;
        if (v >= 0) value[i] = g->value[v];
        if (v >= 0 && is_narrow(value[i].dtype)) value[i].dtype = RN_F32;
    }
    const rni_graph wide = { .value = value, .n_values = count, .in = in };
    rni_gnode m = *n;
    m.first_in = 0;
    m.first_out = n->n_in;
    rn_kernel_call c, as_wide;
    const char *why = "no kernel", *why_wide;
    const bool yes = value && in && views && !accepts(g, n, views, &c, &why) &&
                     accepts(&wide, &m, views + count, &as_wide, &why_wide);
    if (yes) report(n, &c, "f32", why);
    rni_free(value);
    rni_free(in);
    rni_free(views);
    return yes;
}
