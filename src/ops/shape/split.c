/* split: a tensor cut into parts along an axis, without copying.
 *
 * One node gives all parts, so that the gradient is one concat however many parts there are. The public functions are
 * in lists.c: the number of results is not known to the table. */
#include "ops/lists.h"

#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/error.h"

enum { SIZES_MAX = 64 };

typedef struct {
    int64_t axis, n;
    int64_t size; /* of all parts, -1: see sizes */
    int64_t sizes[SIZES_MAX];
} split_opt;

static int64_t parts(const void *opts)
{
    return ((const split_opt *)opts)->n;
}

static int64_t size_of(const split_opt *o, int64_t part)
{
    return o->size >= 0 ? o->size : o->sizes[part];
}

static bool infer(rn_infer *f)
{
    const split_opt *o = f->opts;
    rn_shape y = *f->shape[0];
    y.dim[o->axis] = size_of(o, f->part);
    return rn_out(f, 0, f->dtype[0], y);
}

static bool view_part(const rn_view *in, const void *opts, int64_t part, rn_view *out)
{
    const split_opt *o = opts;
    int64_t before = 0;
    if (o->size >= 0)
        before = part * o->size;
    else
        for (int64_t i = 0; i < part; i++) before += o->sizes[i];
    for (int i = 0; i < in->rank; i++) out->stride[i] = in->stride[i];
    if (out->dim[o->axis] > 0) rn_view_shift(out, before * in->stride[o->axis]);
    return true;
}

/* The parts' gradients put together, with zeros in place of those that did not come. */
static bool backward(rn_vjp *v)
{
    const split_opt *o = v->opts;
    rn_tensor **piece = rni_alloc(v->n_out * (int64_t)sizeof *piece);
    if (!piece) return false;
    rn_shape zeros = *rn_tensor_shape(v->in[0]);
    int64_t n = 0;
    bool ok = true;
    for (int i = 0; ok && i < v->n_out;) {
        if (v->gout[i]) {
            piece[n++] = v->gout[i++];
            continue;
        }
        for (zeros.dim[o->axis] = 0; i < v->n_out && !v->gout[i]; i++) zeros.dim[o->axis] += size_of(o, i);
        ok = (piece[n++] = rn_zeros(zeros, .dtype = rn_tensor_dtype(v->in[0]))) != NULL;
    }
    if (ok) v->gin[0] = n == 1 ? piece[0] : rn_concat((rn_list){ piece, n }, .axis = o->axis);
    rni_free(piece);
    return v->gin[0] != NULL;
}

#define INTERNAL(f)                                                                                                    \
    {                                                                                                                  \
#f, RN_OPT_TYPE_I64, RN_OPT_HIDDEN, (int)offsetof(split_opt, f), 1, 0, 0, 0, 0, 0                              \
    }

const rn_op rn_op_split = {
    .name = "split",
    .kind = RN_VIEW,
    .flags = RN_OP_INTERNAL,
    .inputs = "x",
    .infer = infer,
    .backward = backward,
    .parts = parts,
    .view_part = view_part,
    .opts = (const rn_opt[]){ INTERNAL(axis),
                              INTERNAL(n),
                              INTERNAL(size),
                              { "sizes", RN_OPT_TYPE_I64S, RN_OPT_HIDDEN, (int)offsetof(split_opt, sizes), SIZES_MAX, 0,
                                0, 0, 0, 0 },
                              { 0 } },
    .opts_size = sizeof(split_opt),
    .onnx = "Split",
    .nnp = "Split",
    .doc = { .brief = "Parts along an axis, without copying.", .since = "0.1" },
};

/* Uneven parts beyond what the options hold: cut into groups first. */
static bool split_groups(rn_tensor *x, int axis, const int64_t *sizes, int64_t n, rn_tensor **out)
{
    const int64_t groups = (n + SIZES_MAX - 1) / SIZES_MAX;
    int64_t *total = rni_alloc(groups * (int64_t)sizeof *total);
    rn_tensor **group = rni_alloc(groups * (int64_t)sizeof *group);
    bool ok = total && group;
    for (int64_t i = 0; ok && i < n; i++) total[i / SIZES_MAX] += sizes[i];
    ok = ok && rni_split(x, axis, total, groups, group);
    for (int64_t g = 0; ok && g < groups; g++) {
        const int64_t first = g * SIZES_MAX, count = n - first < SIZES_MAX ? n - first : SIZES_MAX;
        ok = rni_split(group[g], axis, sizes + first, count, out + first);
    }
    rni_free(total);
    rni_free(group);
    return ok;
}

bool rni_split(rn_tensor *x, int axis, const int64_t *sizes, int64_t n, rn_tensor **out)
{
    bool equal = true;
    for (int64_t i = 1; i < n; i++) equal &= sizes[i] == sizes[0];
    if (!equal && n > SIZES_MAX) return split_groups(x, axis, sizes, n, out);
    split_opt o = { .axis = axis, .n = n, .size = equal ? sizes[0] : -1 };
    for (int64_t i = 0; !equal && i < n; i++) o.sizes[i] = sizes[i];
    return rn_op_call(&rn_op_split, NULL, &x, 1, &o, out);
}
