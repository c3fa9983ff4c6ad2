/* transpose: axes in another order. */
#include <rensa/op.h>
#include <rensa/ops.h>

typedef struct {
    rn_axes axes;
} transpose_opt;

/* Order of x's axes in the result; false unless every axis occurs once. */
static bool order(const transpose_opt *o, int rank, int axis[RN_MAX_RANK])
{
    unsigned seen = 0;
    for (int i = 0; i < rank; i++) {
        int a = o->axes.n ? o->axes.axis[i] : rank - 1 - i;
        if (a < 0) a += rank;
        if (a < 0 || a >= rank || seen & 1u << a) return false;
        seen |= 1u << a;
        axis[i] = a;
    }
    return o->axes.n == 0 || o->axes.n == rank;
}

static bool infer(rn_infer *f)
{
    int axis[RN_MAX_RANK];
    const rn_shape *x = f->shape[0];
    const transpose_opt *o = f->opts;
    if ((o->axes.n && o->axes.n != x->rank) || !order(o, x->rank, axis))
        return rn_refuse(f, RN_ERR_ARG, "axes must name every axis of x once", "axes is a permutation of 0 ... rank-1");
    rn_shape y = { .rank = x->rank };
    for (int i = 0; i < x->rank; i++) y.dim[i] = x->dim[axis[i]];
    return rn_out(f, 0, f->dtype[0], y);
}

static bool backward(rn_vjp *v)
{
    int axis[RN_MAX_RANK];
    rn_axes inverse = { .n = rn_tensor_rank(v->in[0]) };
    order(v->opts, inverse.n, axis);
    for (int i = 0; i < inverse.n; i++) inverse.axis[axis[i]] = i;
    v->gin[0] = rn_transpose(v->gout[0], .axes = inverse);
    return v->gin[0] != NULL;
}

static bool view(const rn_view *in, const void *opts, rn_view *out)
{
    int axis[RN_MAX_RANK];
    order(opts, in->rank, axis);
    for (int i = 0; i < in->rank; i++) out->stride[i] = in->stride[axis[i]];
    return true;
}

const rn_op rn_op_transpose = {
    .name = "transpose",
    .kind = RN_VIEW,
    .inputs = "x",
    .infer = infer,
    .backward = backward,
    .view = view,
    .opts = (const rn_opt[]){ RN_OPT_AXES(transpose_opt, axes, "order of the axes of x; left out: reversed"), { 0 } },
    .opts_size = sizeof(transpose_opt),
    .onnx = "Transpose axes=perm",
    .nnp = "Transpose",
    .doc = { .brief = "Axes in another order; by default reversed.",
             .errors = "ARG unless axes is a permutation",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3]" },
                                { .in = "x:f32[2,3,4]", .with = "axes=1,2,0" },
                                { .in = "x:f32[]" },
                                { .in = "x:i32[2,3,4]", .with = "axes=0,-1,1" },
                                { .in = "x:f32[2,3]", .with = "axes=0,0", .fails = "every axis" },
                                { .in = "x:f32[2,3]", .with = "axes=0", .fails = "every axis" },
                                { 0 } },
};
