/* linear: what a fully connected layer computes. Kept whole, so that a back end can add the bias while it multiplies.
 */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/shape.h"
#include "ops/lists.h"

/* Rows of x, each of D features, and the shape of the result but for its last size. */
static rn_shape rows_of(const rn_shape *x, int64_t n_batch_axes, int64_t *rows, int64_t *features)
{
    rn_shape y = { .rank = (int)n_batch_axes };
    *rows = *features = 1;
    for (int i = 0; i < x->rank; i++) {
        if (i < y.rank) y.dim[i] = x->dim[i];
        *(i < y.rank ? rows : features) *= x->dim[i];
    }
    return y;
}

static bool infer(rn_infer *f)
{
    const rn_shape *x = f->shape[0], *w = f->shape[1], *b = f->shape[2];
    const int64_t n = ((const rn_linear_opts *)f->opts)->n_batch_axes;
    if (x->rank <= n) return rn_refuse(f, RN_ERR_SHAPE, "x has no axis of features", "rank of x > n_batch_axes");
    if (!rn_want_rank(f, 1, 2)) return false;
    if (b && (b->rank != 1 || b->dim[0] != w->dim[0]))
        return rn_refuse(f, RN_ERR_SHAPE, "b does not fit to w", "b.shape == [w.shape[0]]");
    for (int i = 1; i < f->n_in; i++)
        if (f->in[i] && f->dtype[i] != f->dtype[0])
            return rn_refuse(f, RN_ERR_DTYPE, "types differ", "x.dtype == w.dtype == b.dtype");
    int64_t rows, features;
    rn_shape y = rows_of(x, n, &rows, &features);
    if (features != w->dim[1]) {
        rn_refuse(f, RN_ERR_SHAPE, "features of x and columns of w differ",
                  "product of x.shape[n_batch_axes:] == w.shape[1]");
        rn_infer_hint("x has %lld features, w takes %lld", (long long)features, (long long)w->dim[1]);
        return false;
    }
    y.dim[y.rank++] = w->dim[0];
    return rn_out(f, 0, f->dtype[0], y);
}

static rn_tensor *as_rows(rn_tensor *x, const void *opts)
{
    int64_t rows, features;
    rows_of(rn_tensor_shape(x), ((const rn_linear_opts *)opts)->n_batch_axes, &rows, &features);
    return rni_shaped(x, RN_SHAPE(rows, features));
}

static bool build(rn_call_info *c)
{
    const rn_linear_opts *o = c->opts;
    rn_tensor *y = rn_matmul(as_rows(c->in[0], o), c->in[1], .trans_b = true);
    if (c->in[2]) y = rn_add(y, c->in[2]);
    int64_t rows, features;
    rn_shape shape = rows_of(rn_tensor_shape(c->in[0]), o->n_batch_axes, &rows, &features);
    shape.dim[shape.rank++] = rn_tensor_dim(c->in[1], 0);
    return (c->out[0] = rni_shaped(y, shape)) != NULL;
}

/* gx = gy w, gw = gy' x, gb = sum of gy over the rows. */
static bool backward(rn_vjp *v)
{
    rn_tensor *x = v->in[0], *w = v->in[1];
    int64_t rows, features;
    rows_of(rn_tensor_shape(x), ((const rn_linear_opts *)v->opts)->n_batch_axes, &rows, &features);
    rn_tensor *g = rni_shaped(v->gout[0], RN_SHAPE(rows, rn_tensor_dim(w, 0)));
    if (v->need[0]) v->gin[0] = rni_shaped(rn_matmul(g, w), *rn_tensor_shape(x));
    if (v->need[1]) v->gin[1] = rn_matmul(g, as_rows(x, v->opts), .trans_a = true);
    if (v->in[2] && v->need[2]) v->gin[2] = rn_sum(g, .axes = RN_AXES(0));
    return rn_ok();
}

static void cost(rn_cost *c)
{
    double n = (double)c->in[1].dim[1];
    for (int i = 0; i < c->out[0].rank; i++) n *= (double)c->out[0].dim[i];
    c->multiply_add = n;
    if (c->in[2].dtype) c->add = n / (double)(c->in[1].dim[1] ? c->in[1].dim[1] : 1);
}

const rn_op rn_op_linear = {
    .name = "linear",
    .kind = RN_COMPOSITE,
    .flags = RN_OP_NARROW,
    .inputs = "x, w, b?",
    .infer = infer,
    .build = build,
    .backward = backward,
    .cost = cost,
    .opts = (const rn_opt[]){ RN_OPT_I64(rn_linear_opts, n_batch_axes, 1, 1, 7,
                                         "axes of x that are batches; those after them are its features"),
                              { 0 } },
    .opts_size = sizeof(rn_linear_opts),
    .onnx = "Gemm",
    .nnp = "Affine n_batch_axes=base_axis",
    .doc = { .brief = "Product with a matrix plus a vector: what a fully connected layer computes.",
             .formula = "y[n, k] = sum_d x[n, d] * w[k, d] + b[k]",
             .shapes =
                 "x [N, ..] with D features behind its first axis   w [K, D]   b [K] or NULL   ->   y [N, K]; with "
                 "n_batch_axes = 2, x [N, T, ..] gives [N, T, K]",
             .types = "all the same; 16-bit floats accumulate in f32",
             .errors = "SHAPE if the features of x are not the columns of w; DTYPE on mixed types",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[3,4] w:f32[5,4] b:f32[5]" },
                                { .in = "x:f32[3,4] w:f32[5,4]" },
                                { .in = "x:f32[2,3,2,2] w:f32[5,12] b:f32[5]" },
                                { .in = "x:f32[2,3,4] w:f32[5,4] b:f32[5]", .with = "n_batch_axes=2" },
                                { .in = "x:f32[0,4] w:f32[5,4] b:f32[5]" },
                                { .in = "x:f32[3,0] w:f32[5,0] b:f32[5]" },
                                { .in = "x:f32[3,4] w:f32[0,4] b:f32[0]" },
                                { .in = "x:bf16[3,4] w:bf16[5,4] b:bf16[5]" },
                                { .in = "x:f32[3,4] w:f32[5,3]", .fails = "x has 4 features, w takes 3" },
                                { .in = "x:f32[4] w:f32[5,4]", .fails = "no axis of features" },
                                { .in = "x:f32[3,4] w:f32[4]", .fails = "rank of w == 2" },
                                { .in = "x:f32[3,4] w:f32[5,4] b:f32[4]", .fails = "b does not fit" },
                                { .in = "x:f32[3,4] w:f64[5,4]", .fails = "types differ" },
                                { 0 } },
};
