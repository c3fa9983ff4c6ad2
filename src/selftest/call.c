/* Calls of the self-test: arrays become tensors that lie in memory as asked, the function is run, results are read.
 *
 * Layouts other than the plain one are views of a larger tensor whose other elements are poison, so that a kernel that
 * reads beside its view shows. */
#include "selftest/selftest.h"

#include "base/alloc.h"
#include "base/convert.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/engine.h"
#include "engine/op_table.h"

#include <math.h>
#include <string.h>

/* ---- a view of our own: any strides ---- */

typedef struct {
    rn_shape shape;
    int64_t stride[RN_MAX_RANK], offset;
} lay_opt;

static bool lay_infer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], ((const lay_opt *)f->opts)->shape);
}

static bool lay_view(const rn_view *in, const void *opts, rn_view *out)
{
    const lay_opt *o = opts;
    (void)in; /* a tensor made from data: contiguous */
    memcpy(out->stride, o->stride, sizeof o->stride);
    rn_view_shift(out, o->offset);
    return true;
}

/* Gradients are asked for by the view itself: none need pass. */
static bool lay_backward(rn_vjp *v)
{
    (void)v;
    return true;
}

static const rn_op lay_op = {
    .name = "selftest_view",
    .kind = RN_VIEW,
    .flags = RN_OP_INTERNAL,
    .inputs = "x",
    .infer = lay_infer,
    .backward = lay_backward,
    .view = lay_view,
    .opts = (const rn_opt[]){ RN_REQ_SHAPE(lay_opt, shape, "shape of the view"),
                              RN_OPT_I64S(lay_opt, stride, RN_MAX_RANK, 0, -1e9, 1e9, "in elements"),
                              RN_OPT_I64(lay_opt, offset, 0, 0, 1e9, "of the first element"),
                              { 0 } },
    .opts_size = sizeof(lay_opt),
};

/* Strides and offset of a layout; returns the elements that the memory must have. */
static int64_t plan_layout(const rn_shape *s, const rni_st_how *how, lay_opt *o)
{
    *o = (lay_opt){ .shape = *s };
    int64_t n = how->layout == RNI_ST_STEPPED ? 2 : 1;
    const bool columns = how->layout == RNI_ST_COLUMNS;
    const int flat = how->layout == RNI_ST_FLAT ? rni_axis(how->flat_axis, s->rank) : -1;
    for (int k = 0; k < s->rank; k++) {
        const int i = columns ? k : s->rank - 1 - k;
        o->stride[i] = i == flat ? 0 : n;
        if (i != flat) n *= s->dim[i] > 1 ? s->dim[i] : 1;
        if (how->layout == RNI_ST_STEPPED) n += 3;
    }
    if (how->layout == RNI_ST_SHIFTED) o->offset = 1;
    for (int i = 0; how->layout == RNI_ST_REVERSED && i < s->rank; i++) {
        if (s->dim[i] > 0) o->offset += (s->dim[i] - 1) * o->stride[i];
        o->stride[i] = -o->stride[i];
    }
    return n + 8 + o->offset;
}

/* ---- inputs ---- */

static rn_tensor *plain(const rni_st_array *a, rn_dtype type)
{
    const int64_t bytes = rn_dtype_bytes(type);
    char *data = rni_alloc(a->count * bytes);
    if (!data) return NULL;
    rni_convert(data, type, a->value, RN_F64, a->count);
    rn_tensor *x = rn_array(type, a->shape, data);
    rni_free(data);
    return x;
}

static rn_tensor *laid(const rni_st_array *a, rn_dtype type, const rni_st_how *how, bool grad)
{
    lay_opt o;
    const int64_t n = plan_layout(&a->shape, how, &o);
    const int64_t bytes = rn_dtype_bytes(type);
    char *data = rni_alloc_raw(n * bytes);
    if (!data) return NULL;
    for (int64_t i = 0; i < n; i++) rni_store(type, data + i * bytes, rn_dtype_is_float(type) ? NAN : 1e18);
    int64_t at[RN_MAX_RANK] = { 0 };
    for (int64_t i = 0; i < a->count; i++) {
        int64_t place = o.offset;
        for (int k = 0; k < a->shape.rank; k++) place += at[k] * o.stride[k];
        rni_store(type, data + place * bytes, a->value[i]);
        for (int k = a->shape.rank - 1; k >= 0 && ++at[k] == a->shape.dim[k]; k--) at[k] = 0;
    }
    rn_tensor *base = rn_array(type, RN_SHAPE(n), data), *x = NULL;
    rni_free(data);
    if (base && grad) rn_require_grad(base, true);
    return base && rn_op_call(&lay_op, RN_HERE, &base, 1, &o, &x) ? x : NULL;
}

bool rni_st_inputs(const rni_st_case *c, const rni_st_array *in, const rni_st_how *how, rn_tensor **x)
{
    for (int i = 0; i < c->n_in; i++) {
        x[i] = NULL;
        if (!in[i].dtype) continue;
        if (how->same[0] != how->same[1] && i == how->same[1]) {
            x[i] = x[how->same[0]];
            continue;
        }
        const bool is_float = rn_dtype_is_float(in[i].dtype), grad = is_float && (how->grad || how->grad2);
        const rn_dtype type = is_float && how->floats ? how->floats : in[i].dtype;
        x[i] = how->layout == RNI_ST_PLAIN || in[i].count == 0 ? plain(&in[i], type) : laid(&in[i], type, how, grad);
        if (!x[i]) return false;
        if (grad && (how->layout == RNI_ST_PLAIN || in[i].count == 0)) rn_require_grad(x[i], true);
    }
    return rn_ok();
}

/* ---- gradients ---- */

static bool read_array(rni_st_array *a, rn_tensor *x)
{
    if (!rni_st_array_make(a, rn_tensor_dtype(x), rn_tensor_shape(x))) return false;
    return rn_copy_to(x, RN_F64, a->value, a->count * (int64_t)sizeof *a->value);
}

static bool fill_weight(rni_st_array *w, const rn_tensor *y, int which)
{
    if (w->value) return true;
    if (!rni_st_array_make(w, rn_tensor_dtype(y), rn_tensor_shape(y))) return false;
    for (int64_t i = 0; i < w->count; i++) w->value[i] = rni_st_weight(which, i);
    return true;
}

/* A list of tensors of which some may be missing, packed. */
typedef struct {
    rn_tensor *at[RN_INPUTS_MAX * 2];
    int from[RN_INPUTS_MAX * 2], n;
} packed;

static void pack(packed *p, rn_tensor *x, int from)
{
    if (!x) return;
    p->at[p->n] = x;
    p->from[p->n++] = from;
}

static rn_tensor *weight_tensor(const rni_st_array *w, rn_tensor *y, const rni_st_how *how)
{
    const bool lay = how->layout != RNI_ST_PLAIN && how->layout != RNI_ST_FLAT && w->count;
    rn_tensor *t = lay ? laid(w, rn_tensor_dtype(y), how, false) : plain(w, rn_tensor_dtype(y));
    return t && how->grad2 ? rn_require_grad(t, true) : t;
}

/* Gradients of sum_i direction_i * g_i, by the inputs and by the weights of the results. */
static bool second(const packed *g, const packed *x, const packed *w, rn_tensor **g2)
{
    rn_tensor *direction[RN_INPUTS_MAX], *by[RN_INPUTS_MAX * 2];
    packed from = { 0 };
    for (int i = 0; i < g->n; i++) {
        if (!rn_requires_grad(g->at[i])) continue;
        rni_st_array d = { 0 };
        const bool ok = fill_weight(&d, g->at[i], 100 + g->from[i]);
        direction[from.n] = ok ? plain(&d, rn_tensor_dtype(g->at[i])) : NULL;
        rni_st_arrays_free(&d, 1);
        if (!direction[from.n]) return false;
        pack(&from, g->at[i], i);
    }
    for (int i = 0; i < x->n + w->n; i++) {
        by[i] = i < x->n ? x->at[i] : w->at[i - x->n];
        g2[i] = NULL;
    }
    return from.n == 0 || rn_grad((rn_list){ from.at, from.n }, (rn_list){ by, x->n + w->n },
                                  .grad_outputs = { direction, from.n }, .grads = g2);
}

static bool gradients(const rni_st_case *c, rn_tensor **x, rn_tensor **y, const rni_st_how *how, rni_st_result *r)
{
    packed in = { 0 }, out = { 0 }, weight = { 0 };
    for (int i = 0; i < c->n_in; i++)
        if (x[i] && rn_requires_grad(x[i]) && !(how->same[0] != how->same[1] && i == how->same[1])) pack(&in, x[i], i);
    for (int i = 0; i < r->n_out; i++) {
        if (!y[i] || !rn_requires_grad(y[i])) continue;
        if (!fill_weight(&r->weight[i], y[i], i)) return false;
        pack(&out, y[i], i);
        pack(&weight, weight_tensor(&r->weight[i], y[i], how), i);
        if (!rn_ok()) return false;
    }
    if (in.n == 0 || out.n == 0) return true;
    rn_tensor *g[RN_INPUTS_MAX] = { 0 }, *g2[RN_INPUTS_MAX * 2] = { 0 };
    RNI_TRY(rn_grad((rn_list){ out.at, out.n }, (rn_list){ in.at, in.n }, .grad_outputs = { weight.at, weight.n },
                    .create_graph = how->grad2, .grads = g));
    if (how->grad2) {
        packed first = { 0 };
        for (int i = 0; i < in.n; i++) pack(&first, g[i], in.from[i]);
        RNI_TRY(second(&first, &in, &weight, g2));
    }
    for (int i = 0; i < in.n; i++) {
        const int k = in.from[i];
        if (g[i]) RNI_TRY(read_array(&r->grad[k], g[i]));
        if (g2[i]) RNI_TRY(read_array(&r->grad2_in[k], g2[i]));
    }
    for (int i = 0; i < weight.n; i++)
        if (g2[in.n + i]) RNI_TRY(read_array(&r->grad2_weight[weight.from[i]], g2[in.n + i]));
    return true;
}

/* ---- the call ---- */

static bool call(const rni_st_case *c, const rni_st_array *in, const rni_st_how *how, rni_st_result *r)
{
    rn_tensor *x[RN_INPUTS_MAX] = { 0 }, *y[RN_INPUTS_MAX] = { 0 };
    r->n_in = c->n_in;
    r->n_out = rni_call_outputs(c->op, c->n_in, &c->opts);
    if (r->n_out > RN_INPUTS_MAX) return rni_fail(RN_ERR_ARG, NULL, c->op->name, "has too many results for a test");
    RNI_TRY(rni_st_inputs(c, in, how, x));
    RNI_TRY(rn_op_call(c->op, RN_HERE, x, c->n_in, &c->opts, y));
    if (how->grad || how->grad2) RNI_TRY(gradients(c, x, y, how, r));
    for (int i = 0; i < r->n_out; i++) {
        if (!y[i]) continue;
        if (!rni_op_name(c->op->outputs ? c->op->outputs : "y", i, r->out[i].name, sizeof r->out[i].name, NULL))
            snprintf(r->out[i].name, sizeof r->out[i].name, "y%d", i);
        RNI_TRY(read_array(&r->out[i], y[i]));
    }
    return true;
}

bool rni_st_call(const rni_st_case *c, const rni_st_array *in, const rni_st_how *how, rni_st_result *r)
{
    RNI_TRY(rn_device_use(how->device));
    rn_seed(11);
    const bool eager = rn_eager_mode(how->eager), grad = rn_grad_mode(how->grad || how->grad2);
    const int scope = rn_scope_begin();
    const bool ok = rn_ok() && call(c, in, how, r) && rn_ok();
    rn_scope_end(scope);
    rn_grad_mode(grad);
    rn_eager_mode(eager);
    for (int i = 0; i < c->n_in; i++)
        snprintf(r->grad[i].name, sizeof r->grad[i].name, "gradient of %.20s", in[i].name);
    return ok;
}

void rni_st_result_free(rni_st_result *r)
{
    rni_st_arrays_free(r->out, RN_INPUTS_MAX);
    rni_st_arrays_free(r->grad, RN_INPUTS_MAX);
    rni_st_arrays_free(r->weight, RN_INPUTS_MAX);
    rni_st_arrays_free(r->grad2_in, RN_INPUTS_MAX);
    rni_st_arrays_free(r->grad2_weight, RN_INPUTS_MAX);
    r->n_in = r->n_out = 0;
}
