/* conv, conv_grad_x and conv_grad_w by oneDNN. Images lie with channels innermost; weights have the layout that oneDNN
 * likes best, and are reordered into the workspace and back. */
#include "backend/cpu/conv.h"

#include "backend/cpu/cpu.h"
#include "backend/cpu/onednn.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum { ARGS = 4 };

typedef struct {
    int arg; /* DNNL_ARG_* */
    const rn_view *view;
    bool output;
    dnnl_memory_t ours, theirs;
    dnnl_primitive_t reorder; /* NULL where the layouts agree */
    int64_t offset, bytes;    /* in the workspace */
    void *kept;               /* weights that stay as they are, in oneDNN's layout; `ours` is then that */
} operand;

typedef struct {
    dnnl_stream_t stream;
    dnnl_primitive_t primitive;
    dnnl_memory_t scratch;
    int64_t scratch_at;
    int n;
    operand operand[ARGS];
} conv_state;

typedef enum { FORWARD, GRAD_X, GRAD_W } direction;

static direction direction_of(const rn_kernel_call *c)
{
    return strcmp(c->op, "conv") == 0 ? FORWARD : strcmp(c->op, "conv_grad_x") == 0 ? GRAD_X : GRAD_W;
}

/* Sizes as oneDNN wants them; weights with groups have an axis more in front. */
static int sizes(const rn_view *v, int64_t groups, dnnl_dims_t dims)
{
    int n = 0;
    if (groups > 1) {
        dims[n++] = groups;
        dims[n++] = v->dim[0] / groups;
        for (int i = 1; i < v->rank; i++) dims[n++] = v->dim[i];
        return n;
    }
    for (int i = 0; i < v->rank; i++) dims[n++] = v->dim[i];
    return n;
}

/* Images as oneDNN likes them best; weights stay as they are. */
void rni_cpu_conv_arrange(rn_kernel_call *c)
{
    const direction way = direction_of(c);
    rni_cpu_channels_last(way == GRAD_X ? &c->out[0] : &c->in[0]);
    rni_cpu_channels_last(way == FORWARD ? &c->out[0] : way == GRAD_X ? &c->in[0] : &c->in[1]);
}

static bool images(const rn_view *v, dnnl_memory_desc_t *md)
{
    static const dnnl_format_tag_t tags[] = { dnnl_nwc, dnnl_nhwc, dnnl_ndhwc };
    dnnl_dims_t dims;
    const int n = sizes(v, 1, dims);
    return dnnl_memory_desc_init_by_tag(md, n, dims, rni_onednn_type(v->dtype), tags[n - 3]) == dnnl_success;
}

static bool row_major(const rn_view *v, int64_t groups, dnnl_memory_desc_t *md)
{
    dnnl_dims_t dims, strides;
    const int n = sizes(v, groups, dims);
    int64_t s = 1;
    for (int i = n - 1; i >= 0; i--) {
        strides[i] = s;
        s *= dims[i];
    }
    return dnnl_memory_desc_init_by_strides(md, n, dims, rni_onednn_type(v->dtype), strides) == dnnl_success;
}

static bool any_layout(const rn_view *v, int64_t groups, dnnl_memory_desc_t *md)
{
    dnnl_dims_t dims;
    const int n = sizes(v, groups, dims);
    return dnnl_memory_desc_init_by_tag(md, n, dims, rni_onednn_type(v->dtype), dnnl_format_tag_any) == dnnl_success;
}

/* x, w, b and y of the convolution, whichever of them are given and which is the result. */
typedef struct {
    const rn_view *x, *w, *b, *y;
} parts;

static parts parts_of(const rn_kernel_call *c)
{
    switch (direction_of(c)) {
    case FORWARD:
        return (parts){ &c->in[0], &c->in[1], c->n_in > 2 && c->in[2].dtype ? &c->in[2] : NULL, &c->out[0] };
    case GRAD_X:
        return (parts){ &c->out[0], &c->in[1], NULL, &c->in[0] };
    default:
        return (parts){ &c->in[0], &c->out[0], NULL, &c->in[1] };
    }
}

/* `last`: images as they lie; else as oneDNN likes them best. */
static bool describe_as(const rn_kernel_call *c, const parts *p, bool last, dnnl_primitive_desc_t *out)
{
    const rn_conv_opts *o = c->opts;
    const int axes = p->x->rank - 2;
    dnnl_dims_t stride, dilation, before, after;
    for (int i = 0; i < axes; i++) {
        stride[i] = o->stride[i];
        dilation[i] = o->dilation[i] - 1;
        before[i] = o->pad[i];
        after[i] = o->pad_end[i];
    }
    dnnl_memory_desc_t x, w, b, y;
    if (!(last ? images(p->x, &x) && images(p->y, &y) : any_layout(p->x, 1, &x) && any_layout(p->y, 1, &y)) ||
        !any_layout(p->w, o->groups, &w))
        return false;
    if (p->b && !any_layout(p->b, 1, &b)) return false;
    dnnl_convolution_desc_t forward, d;
    if (dnnl_dilated_convolution_forward_desc_init(&forward, dnnl_forward_training, dnnl_convolution_direct, &x, &w,
                                                   p->b ? &b : NULL, &y, stride, dilation, before,
                                                   after) != dnnl_success)
        return false;
    dnnl_primitive_attr_t attr = NULL;
    dnnl_primitive_desc_t hint = NULL;
    bool ok = dnnl_primitive_attr_create(&attr) == dnnl_success &&
              dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user) == dnnl_success &&
              dnnl_primitive_desc_create(&hint, &forward, attr, rni_onednn_engine(), NULL) == dnnl_success;
    const direction way = direction_of(c);
    if (ok && way == FORWARD) {
        *out = hint;
        hint = NULL;
    } else if (ok) {
        const dnnl_status_t made =
            way == GRAD_X
                ? dnnl_dilated_convolution_backward_data_desc_init(&d, dnnl_convolution_direct, &x, &w, &y, stride,
                                                                   dilation, before, after)
                : dnnl_dilated_convolution_backward_weights_desc_init(&d, dnnl_convolution_direct, &x, &w, NULL, &y,
                                                                      stride, dilation, before, after);
        ok = made == dnnl_success &&
             dnnl_primitive_desc_create(out, &d, attr, rni_onednn_engine(), hint) == dnnl_success;
    }
    if (hint) dnnl_primitive_desc_destroy(hint);
    if (attr) dnnl_primitive_attr_destroy(attr);
    return ok;
}

/* Where there is no better way for images as they lie than a product over columns, they are reordered: that way is
 * slow, and wrong for dilated gradients (oneDNN 2.6). */
static bool describe(const rn_kernel_call *c, const parts *p, dnnl_primitive_desc_t *out)
{
    const char *way = "";
    if (describe_as(c, p, true, out) &&
        dnnl_primitive_desc_query(*out, dnnl_query_impl_info_str, 0, (void *)&way) == dnnl_success &&
        !strstr(way, "gemm") && !strstr(way, "ref"))
        return true;
    if (*out) dnnl_primitive_desc_destroy(*out);
    *out = NULL;
    return describe_as(c, p, false, out);
}

/* Whether there is vector code for it; else f32 with conversions is faster. */
static bool is_fast(const rn_kernel_call *c)
{
    const parts p = parts_of(c);
    const char *name = "ref";
    dnnl_primitive_desc_t pd = NULL;
    bool ok = rni_onednn_engine() && describe(c, &p, &pd);
    ok = ok && dnnl_primitive_desc_query(pd, dnnl_query_impl_info_str, 0, &name) == dnnl_success;
    ok = ok && strncmp(name, "ref", 3) != 0;
    if (pd) dnnl_primitive_desc_destroy(pd);
    return ok;
}

static bool is_odd_size(const rn_view *v)
{
    for (int k = 0; v->dtype && k < v->rank; k++)
        if (v->dim[k] == 0 || v->dim[k] > INT32_MAX) return true;
    return false;
}

const char *rni_cpu_conv_refuse(const rn_kernel_call *c)
{
    const rn_dtype type = c->in[0].dtype;
    bool odd = false;
    if (type != RN_F32 && type != RN_BF16) return "only bf16 and f32";
    if (!rni_onednn_multiplies(type)) return "this processor has no bf16";
    for (int i = 0; i < c->n_in; i++) odd |= is_odd_size(&c->in[i]);
    for (int i = 0; i < c->n_out; i++) odd |= is_odd_size(&c->out[i]);
    if (odd) return "an empty or very large operand";
    return type == RN_F32 || is_fast(c) ? NULL : "oneDNN has no fast code for it in bf16";
}

static bool add_operand(conv_state *s, dnnl_primitive_desc_t pd, dnnl_query_t what, int arg, const rn_view *v,
                        int64_t groups, bool output, int64_t *workspace)
{
    operand *q = &s->operand[s->n++];
    *q = (operand){ .arg = arg, .view = v, .output = output };
    dnnl_memory_desc_t ours;
    const dnnl_memory_desc_t *theirs = dnnl_primitive_desc_query_md(pd, what, 0);
    const bool weights = arg == DNNL_ARG_WEIGHTS || arg == DNNL_ARG_DIFF_WEIGHTS;
    if (!theirs || !(weights ? row_major(v, groups, &ours) : images(v, &ours))) return false;
    if (dnnl_memory_create(&q->ours, &ours, rni_onednn_engine(), DNNL_MEMORY_NONE) != dnnl_success) return false;
    if (dnnl_memory_desc_equal(&ours, theirs)) return true;
    if (dnnl_memory_create(&q->theirs, theirs, rni_onednn_engine(), DNNL_MEMORY_NONE) != dnnl_success) return false;
    q->offset = *workspace;
    q->bytes = (int64_t)dnnl_memory_desc_get_size(theirs);
    *workspace += (q->bytes + 63) / 64 * 64;
    dnnl_primitive_desc_t reorder = NULL;
    const bool ok =
        dnnl_reorder_primitive_desc_create(&reorder, output ? theirs : &ours, rni_onednn_engine(),
                                           output ? &ours : theirs, rni_onednn_engine(), NULL) == dnnl_success &&
        dnnl_primitive_create(&q->reorder, reorder) == dnnl_success;
    if (reorder) dnnl_primitive_desc_destroy(reorder);
    return ok;
}

static bool add_operands(conv_state *s, const rn_kernel_call *c, const parts *p, dnnl_primitive_desc_t pd,
                         int64_t *workspace)
{
    const int64_t groups = ((const rn_conv_opts *)c->opts)->groups;
    const direction way = direction_of(c);
    const bool gx = way == GRAD_X, gw = way == GRAD_W;
    return add_operand(s, pd, gx ? dnnl_query_diff_src_md : dnnl_query_src_md, gx ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC,
                       p->x, 1, gx, workspace) &&
           add_operand(s, pd, gw ? dnnl_query_diff_weights_md : dnnl_query_weights_md,
                       gw ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS, p->w, groups, gw, workspace) &&
           add_operand(s, pd, way == FORWARD ? dnnl_query_dst_md : dnnl_query_diff_dst_md,
                       way == FORWARD ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST, p->y, 1, way == FORWARD, workspace);
}

static bool reorder(const conv_state *s, const operand *q)
{
    dnnl_exec_arg_t args[2] = { { DNNL_ARG_FROM, q->output ? q->theirs : q->ours },
                                { DNNL_ARG_TO, q->output ? q->ours : q->theirs } };
    return dnnl_primitive_execute(q->reorder, s->stream, 2, args) == dnnl_success;
}

/* Weights that stay as they are get oneDNN's layout once. */
static bool keep_weights(conv_state *s, const rn_kernel_call *c, int64_t *workspace)
{
    operand *q = &s->operand[1];
    if (!(c->constant >> 1 & 1) || !q->reorder || q->output) return true;
    q->kept = rni_cpu_alloc(q->bytes);
    if (!q->kept) return false;
    const bool ok = dnnl_memory_set_data_handle(q->ours, q->view->data) == dnnl_success &&
                    dnnl_memory_set_data_handle(q->theirs, q->kept) == dnnl_success && reorder(s, q) &&
                    dnnl_stream_wait(s->stream) == dnnl_success;
    dnnl_memory_destroy(q->ours);
    dnnl_primitive_destroy(q->reorder);
    q->ours = q->theirs;
    q->theirs = NULL;
    q->reorder = NULL;
    /* it is the last but for the result, which moves up */
    operand *y = &s->operand[2];
    if (y->reorder) y->offset = q->offset;
    *workspace = q->offset + (y->reorder ? (y->bytes + 63) / 64 * 64 : 0);
    return ok;
}

bool rni_cpu_conv_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    conv_state *s = calloc(1, sizeof *s);
    if (!s || !rni_onednn_engine()) {
        free(s);
        return c->fail ? c->fail(c, RN_ERR_DEVICE, "oneDNN has no engine") : false;
    }
    const parts p = parts_of(c);
    dnnl_primitive_desc_t pd = NULL;
    int64_t bytes = 0;
    bool ok = dnnl_stream_create(&s->stream, rni_onednn_engine(), dnnl_stream_default_flags) == dnnl_success &&
              describe(c, &p, &pd) && dnnl_primitive_create(&s->primitive, pd) == dnnl_success &&
              add_operands(s, c, &p, pd, &bytes) && keep_weights(s, c, &bytes);
    if (ok && p.b) {
        operand *q = &s->operand[s->n++];
        *q = (operand){ .arg = DNNL_ARG_BIAS, .view = p.b };
        dnnl_memory_desc_t md;
        ok = row_major(p.b, 1, &md) &&
             dnnl_memory_create(&q->ours, &md, rni_onednn_engine(), DNNL_MEMORY_NONE) == dnnl_success;
    }
    if (ok) {
        const dnnl_memory_desc_t *md = dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0);
        const int64_t scratch = md ? (int64_t)dnnl_memory_desc_get_size(md) : 0;
        s->scratch_at = bytes;
        bytes += scratch;
        ok = scratch == 0 || dnnl_memory_create(&s->scratch, md, rni_onednn_engine(), DNNL_MEMORY_NONE) == dnnl_success;
    }
    if (pd) dnnl_primitive_desc_destroy(pd);
    *state = s;
    *workspace = bytes;
    if (ok) return true;
    rni_cpu_conv_release(s);
    *state = NULL;
    return c->fail ? c->fail(c, RN_ERR_DEVICE, "oneDNN cannot make this convolution") : false;
}

void rni_cpu_conv_release(void *state)
{
    conv_state *s = state;
    for (int i = 0; i < s->n; i++) {
        if (s->operand[i].ours) dnnl_memory_destroy(s->operand[i].ours);
        if (s->operand[i].theirs) dnnl_memory_destroy(s->operand[i].theirs);
        if (s->operand[i].reorder) dnnl_primitive_destroy(s->operand[i].reorder);
        rni_cpu_free(s->operand[i].kept, s->operand[i].bytes);
    }
    if (s->scratch) dnnl_memory_destroy(s->scratch);
    if (s->primitive) dnnl_primitive_destroy(s->primitive);
    if (s->stream) dnnl_stream_destroy(s->stream);
    free(s);
}

static bool execute(rn_kernel_call *c)
{
    conv_state *s = c->state;
    const parts p = parts_of(c);
    const rn_view *const views[] = { p.x, p.w, p.y, p.b };
    char *workspace = c->workspace;
    dnnl_exec_arg_t args[ARGS + 1];
    bool ok = true;
    for (int i = 0; ok && i < s->n; i++) {
        operand *q = &s->operand[i];
        ok = q->kept || dnnl_memory_set_data_handle(q->ours, views[i]->data) == dnnl_success;
        if (ok && q->reorder) ok = dnnl_memory_set_data_handle(q->theirs, workspace + q->offset) == dnnl_success;
        if (ok && q->reorder && !q->output) ok = reorder(s, q);
        args[i] = (dnnl_exec_arg_t){ q->arg, q->reorder ? q->theirs : q->ours };
    }
    int n = s->n;
    if (ok && s->scratch) {
        ok = dnnl_memory_set_data_handle(s->scratch, workspace + s->scratch_at) == dnnl_success;
        args[n++] = (dnnl_exec_arg_t){ DNNL_ARG_SCRATCHPAD, s->scratch };
    }
    ok = ok && dnnl_primitive_execute(s->primitive, s->stream, n, args) == dnnl_success;
    for (int i = 0; ok && i < s->n; i++)
        if (s->operand[i].reorder && s->operand[i].output) ok = reorder(s, &s->operand[i]);
    return ok && dnnl_stream_wait(s->stream) == dnnl_success;
}

bool rni_cpu_conv_run(rn_kernel_call *c)
{
    sigset_t signals;
    rni_cpu_signals_wait(&signals);
    const bool ok = execute(c);
    rni_cpu_signals_come(&signals);
    return ok || c->fail(c, RN_ERR_DEVICE, "oneDNN failed");
}
