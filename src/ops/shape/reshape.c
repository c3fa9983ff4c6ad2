/* reshape: the same elements in the same order under another shape. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/shape.h"
#include "ops/lists.h"

typedef struct {
    rn_shape shape;
} reshape_opt;

static bool infer(rn_infer *f)
{
    rn_shape y = ((const reshape_opt *)f->opts)->shape;
    const int64_t n = rni_shape_count(f->shape[0]);
    int64_t known = 1;
    int unknown = -1;
    for (int i = 0; i < y.rank; i++) {
        if (y.dim[i] == -1) {
            if (unknown >= 0)
                return rn_refuse(f, RN_ERR_SHAPE, "only one size can be left to be worked out", "at most one -1");
            unknown = i;
        } else if (y.dim[i] < 0)
            return rn_refuse(f, RN_ERR_SHAPE, "a size is negative", "sizes >= 0, or one -1");
        else if (!rni_mul_i64(known, y.dim[i], &known))
            return rn_refuse(f, RN_ERR_SHAPE, "the number of elements differs", "y.count == x.count");
    }
    if (unknown >= 0) {
        if (known == 0 || n % known)
            return rn_refuse(f, RN_ERR_SHAPE, "the sizes given do not divide the number of elements",
                             "x.count % product of sizes == 0");
        y.dim[unknown] = n / known;
    }
    if (rni_shape_count(&y) != n)
        return rn_refuse(f, RN_ERR_SHAPE, "the number of elements differs", "y.count == x.count");
    return rn_out(f, 0, f->dtype[0], y);
}

static bool backward(rn_vjp *v)
{
    v->gin[0] = rn_reshape(v->gout[0], *rn_tensor_shape(v->in[0]));
    return v->gin[0] != NULL;
}

/* Finds, for each run of new axes, the run of old axes with the same number of elements; within such a run the old axes
 * must follow each other in memory. Axes of size 1 have no say, and nothing has where there are no elements. */
static bool view(const rn_view *in, const void *opts, rn_view *out)
{
    (void)opts;
    int64_t dim[RN_MAX_RANK], stride[RN_MAX_RANK], step = 1;
    int n = 0;
    bool empty = false;
    for (int i = 0; i < in->rank; i++) {
        empty |= in->dim[i] == 0;
        if (in->dim[i] == 1) continue;
        dim[n] = in->dim[i];
        stride[n++] = in->stride[i];
    }
    for (int i = out->rank - 1; i >= 0; i--) {
        out->stride[i] = step;
        step *= out->dim[i];
    }
    if (empty) return true;
    for (int a = 0, b = 0; a < n;) {
        const int a0 = a, b0 = b;
        int64_t na = dim[a++], nb = out->dim[b++];
        while (na != nb)
            if (na < nb)
                na *= dim[a++];
            else
                nb *= out->dim[b++];
        for (int i = a0; i < a - 1; i++)
            if (stride[i] != stride[i + 1] * dim[i + 1]) return false;
        step = stride[a - 1];
        for (int i = b - 1; i >= b0; i--) {
            out->stride[i] = step;
            step *= out->dim[i];
        }
    }
    return true;
}

const rn_op rn_op_reshape = {
    .name = "reshape",
    .kind = RN_VIEW,
    .inputs = "x",
    .infer = infer,
    .backward = backward,
    .view = view,
    .opts = (const rn_opt[]){ RN_REQ_SHAPE(reshape_opt, shape, "the new shape; one size may be -1"), { 0 } },
    .opts_size = sizeof(reshape_opt),
    .onnx = "Reshape",
    .nnp = "Reshape",
    .doc = { .brief = "The same elements, in row-major order, under another shape.",
             .errors = "SHAPE if the number of elements differs",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,6]", .with = "shape=3,4" },
                                { .in = "x:f32[2,6]", .with = "shape=-1,2" },
                                { .in = "x:f32[1]", .with = "shape=" },
                                { .in = "x:f32[0,3]", .with = "shape=3,0" },
                                { .in = "x:f32[2,6]", .with = "shape=5,-1", .fails = "divide" },
                                { .in = "x:f32[2,6]", .with = "shape=5", .fails = "number of elements" },
                                { 0 } },
};

rn_tensor *rni_shaped(rn_tensor *x, rn_shape shape)
{
    return x && rni_shape_equal(rn_tensor_shape(x), &shape) ? x : rn_reshape(x, shape);
}
