/* Labels: picking what belongs to them, and finding where they are. */
#include "ops/loss/loss_p.h"

#include <rensa/ops.h>

#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "engine/infer.h"

const rn_opt rni_label_opts[] = { RN_REQ_I64(rn_label_opts, ignore, -0x1p63, 0x1p63, "this label does not count"),
                                  { 0 } };

/* ---- shapes ---- */

rn_tensor *rni_with_classes(rn_tensor *t)
{
    rn_shape s = *rn_tensor_shape(t);
    for (int i = s.rank; i > 1; i--) s.dim[i] = s.dim[i - 1];
    s.dim[1] = 1;
    s.rank++;
    return rn_reshape(t, s);
}

rn_tensor *rni_per_class(rn_tensor *w, const rn_tensor *x)
{
    rn_shape s = { .rank = rn_tensor_rank(x) };
    for (int i = 0; i < s.rank; i++) s.dim[i] = i == 1 ? rn_tensor_dim(x, 1) : 1;
    return rn_reshape(w, s);
}

static rn_shape without_classes(const rn_shape *x)
{
    rn_shape s = { .rank = x->rank - 1 };
    for (int i = 0, k = 0; i < x->rank; i++)
        if (i != 1) s.dim[k++] = x->dim[i];
    return s;
}

bool rni_want_labels(rn_infer *f, int x, int t, int w)
{
    if (!rn_want_float(f, x)) return false;
    if (f->shape[x]->rank < 2)
        return rn_refuse(f, RN_ERR_SHAPE, "there is no axis of classes", "x is [N, classes, ..]");
    if (rn_dtype_is_float(f->dtype[t]) || f->dtype[t] == RN_BOOL)
        return rn_refuse(f, RN_ERR_DTYPE, "labels are whole numbers", "type of t is an integer type");
    const rn_shape s = without_classes(f->shape[x]);
    if (!rni_shape_equal(&s, f->shape[t]))
        return rn_refuse(f, RN_ERR_SHAPE, "the labels do not fit", "t has the shape of x without axis 1");
    if (w < f->n_in && f->in[w] && (f->shape[w]->rank != 1 || f->shape[w]->dim[0] != f->shape[x]->dim[1]))
        return rn_refuse(f, RN_ERR_SHAPE, "the weights do not fit the classes", "one weight for each class");
    return true;
}

/* ---- classes as a tensor ---- */

/* The first element along every axis but axis 1: a view of x with as many elements as there are classes. */
static bool infer_first(rn_infer *f)
{
    rn_shape s = *f->shape[0];
    for (int i = 0; i < s.rank; i++)
        if (i != 1 && s.dim[i] > 1) s.dim[i] = 1;
    return rn_out(f, 0, f->dtype[0], s);
}

/* ---- picking ---- */

static bool infer_pick(rn_infer *f)
{
    return rni_want_labels(f, 0, 1, 2) && rn_out(f, 0, f->dtype[0], *f->shape[1]);
}

static void place_text(const rn_view *t, const int64_t *at, char *buf, size_t size)
{
    int n = snprintf(buf, size, "[");
    for (int i = 0; i < t->rank && n >= 0 && (size_t)n < size; i++)
        n += snprintf(buf + n, size - (size_t)n, i ? ", %lld" : "%lld", (long long)at[i]);
    if (n >= 0 && (size_t)n < size) snprintf(buf + n, size - (size_t)n, "]");
}

bool rni_label_refused(rn_kernel_call *c, const rn_view *t, const int64_t *at, int64_t label, int64_t n, int64_t ignore)
{
    char place[200];
    place_text(t, at, place, sizeof place);
    char or_ignored[64] = "";
    if (ignore != INT64_MIN) /* which stands for none */
        snprintf(or_ignored, sizeof or_ignored, ", or %lld where it does not count", (long long)ignore);
    return c->fail(c, RN_ERR_ARG, "label %lld at %s of t is out of range\n  expect  0 <= label < %lld%s",
                   (long long)label, place, (long long)n, or_ignored);
}

int64_t rni_label_at(rn_kernel_call *c, const int64_t *at)
{
    const rn_view *t = &c->in[1];
    const int64_t ignore = ((const rn_label_opts *)c->opts)->ignore, n = c->in[0].dim[1];
    int64_t label;
    rni_convert(&label, RN_I64, rni_view_at(t, at), t->dtype, 1);
    if (label == ignore) return -1;
    if (label >= 0 && label < n) return label;
    rni_label_refused(c, t, at, label, n, ignore);
    return -2;
}

/* Labels by number, -1 where they do not count. A gradient may be all that is computed, so labels are checked here as
 * they are when they are picked. */
static bool infer_known(rn_infer *f)
{
    return rni_want_labels(f, 0, 1, 2) && rn_out(f, 0, RN_I64, *f->shape[1]);
}

static bool run_known(rn_kernel_call *c)
{
    const rn_view *t = &c->in[1], *y = &c->out[0];
    int64_t at[RN_MAX_RANK] = { 0 };
    const int64_t n = rni_view_count(t);
    for (int64_t e = 0; e < n; e++, rni_index_next(t, at)) {
        const int64_t label = rni_label_at(c, at);
        if (label == -2) return false;
        *(int64_t *)rni_view_at(y, at) = label;
    }
    return true;
}

rn_tensor *rni_is_label(rn_tensor *x, rn_tensor *t, int64_t ignore)
{
    static const rn_op first = { .name = "first_of_classes",
                                 .kind = RN_VIEW,
                                 .flags = RN_OP_NO_GRAD,
                                 .inputs = "x",
                                 .infer = infer_first,
                                 .view = rni_view_same };
    static const rn_op number = { .name = "number_of_class",
                                  .kind = RN_MAP,
                                  .flags = RN_OP_NO_GRAD,
                                  .inputs = "x",
                                  .types = "i64",
                                  .expr = "y = i" };
    static const rn_op same = {
        .name = "is_label", .kind = RN_MAP, .flags = RN_OP_NO_GRAD, .inputs = "k, t", .expr = "y = k == t"
    };
    static const rn_op known = { .name = "known_label",
                                 .kind = RN_KERNEL,
                                 .flags = RN_OP_NO_GRAD,
                                 .inputs = "x, t",
                                 .infer = infer_known,
                                 .run = run_known,
                                 .opts = rni_label_opts,
                                 .opts_size = sizeof(rn_label_opts) };
    /* numbers that a float holds exactly are compared as such, in the same pass as what follows */
    const bool small = rn_tensor_dim(x, 1) < 1 << 24 && rn_tensor_dtype(x) == RN_F32;
    const rn_dtype d = small ? RN_F32 : RN_F64;
    rn_tensor *one, *k, *in[2], *y;
    if (!rn_op_call(&first, NULL, &x, 1, NULL, &one) || !rn_op_call(&number, NULL, &one, 1, NULL, &k)) return NULL;
    in[0] = x;
    in[1] = t;
    if (!rn_op_call(&known, NULL, in, 2, &(rn_label_opts){ ignore }, &t)) return NULL;
    in[0] = rn_cast(k, d);
    in[1] = rni_with_classes(rn_cast(t, d));
    if (!in[0] || !in[1] || !rn_op_call(&same, NULL, in, 2, NULL, &y)) return NULL;
    return rn_tensor_dtype(y) == rn_tensor_dtype(x) ? y : rn_cast(y, rn_tensor_dtype(x));
}

static bool run_pick(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *t = &c->in[1], *y = &c->out[0];
    const rn_view *w = c->n_in > 2 && c->in[2].dtype ? &c->in[2] : NULL;
    int64_t at[RN_MAX_RANK] = { 0 };
    const int64_t n = rni_view_count(t);
    for (int64_t e = 0; e < n; e++, rni_index_next(t, at)) {
        const int64_t label = rni_label_at(c, at);
        if (label == -2) return false;
        double v = 0;
        if (label >= 0) {
            int64_t from[RN_MAX_RANK] = { at[0], label };
            for (int i = 2; i < x->rank; i++) from[i] = at[i - 1];
            v = rni_load(x->dtype, rni_view_at(x, from));
            if (w) v *= rni_load(w->dtype, rni_view_at(w, &label));
        }
        rni_store(y->dtype, rni_view_at(y, at), v);
    }
    return true;
}

rn_tensor *rni_label_weight_grad(rn_tensor *h, rn_tensor *x, rn_tensor *g)
{
    static const rn_op part = {
        .name = "label_part", .kind = RN_MAP, .inputs = "h, x, g", .expr = "y = h != 0 ? x * g : 0"
    };
    rn_axes others = { 0 };
    for (int i = 0; i < rn_tensor_rank(x); i++)
        if (i != 1) others.axis[others.n++] = i;
    rn_tensor *in[] = { h, x, rni_with_classes(g) }, *y;
    return h && x && in[2] && rn_op_call(&part, NULL, in, 3, NULL, &y) ? rn_sum(y, .axes = others) : NULL;
}

/* gx is g * w[t] where the class is the label, else 0. */
static bool backward_pick(rn_vjp *v)
{
    static const rn_op put = { .name = "put_label", .kind = RN_MAP, .inputs = "h, g", .expr = "y = h != 0 ? g : 0" };
    rn_tensor *x = v->in[0], *w = v->n_in > 2 ? v->in[2] : NULL;
    rn_tensor *in[] = { rni_is_label(x, v->in[1], ((const rn_label_opts *)v->opts)->ignore),
                        rni_with_classes(v->gout[0]) };
    if (w && v->need[2]) v->gin[2] = rni_label_weight_grad(in[0], x, v->gout[0]);
    if (w) in[1] = rn_mul(in[1], rni_per_class(w, x));
    return in[0] && in[1] && rn_op_call(&put, NULL, in, 2, NULL, &v->gin[0]);
}

static const rn_op pick = { .name = "pick_label",
                            .kind = RN_KERNEL,
                            .inputs = "x, t, w?",
                            .infer = infer_pick,
                            .run = run_pick,
                            .backward = backward_pick,
                            .opts = rni_label_opts,
                            .opts_size = sizeof(rn_label_opts) };

rn_tensor *rni_pick_label(rn_tensor *x, rn_tensor *t, rn_tensor *w, int64_t ignore)
{
    rn_tensor *in[] = { x, t, w }, *y = NULL;
    return rn_op_call(&pick, NULL, in, w ? 3 : 2, &(rn_label_opts){ ignore }, &y) ? y : NULL;
}
