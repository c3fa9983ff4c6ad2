/* matmul: products of matrices, batch axes broadcast. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"

#include <string.h>

/* Sizes of a call. */
typedef struct {
    rn_shape batch;
    int64_t m, n, k;
} sizes;

static bool get_sizes(const rn_shape *a, const rn_shape *b, const rn_matmul_opts *o, sizes *s)
{
    rn_shape ba = *a, bb = *b;
    ba.rank -= 2;
    bb.rank -= 2;
    if (!rni_shape_broadcast(&ba, &bb, &s->batch)) return false;
    s->m = a->dim[a->rank - (o->trans_a ? 1 : 2)];
    s->k = a->dim[a->rank - (o->trans_a ? 2 : 1)];
    s->n = b->dim[b->rank - (o->trans_b ? 2 : 1)];
    return true;
}

static bool infer(rn_infer *f)
{
    const rn_shape *a = f->shape[0], *b = f->shape[1];
    const rn_matmul_opts *o = f->opts;
    sizes s;
    if (a->rank < 2 || b->rank < 2) {
        rn_refuse(f, RN_ERR_SHAPE, "needs matrices", "ranks >= 2");
        rn_infer_hint("a vector becomes a matrix by rn_reshape");
        return false;
    }
    if (f->dtype[0] != f->dtype[1]) return rn_refuse(f, RN_ERR_DTYPE, "types of a and b differ", "a.dtype == b.dtype");
    if (!get_sizes(a, b, o, &s))
        return rn_refuse(f, RN_ERR_SHAPE, "batch axes do not broadcast", "a.shape[:-2] and b.shape[:-2] broadcast");
    if (s.k != b->dim[b->rank - (o->trans_b ? 1 : 2)]) {
        static const char *const rules[2][2] = { { "a.shape[-1] == b.shape[-2]", "a.shape[-1] == b.shape[-1]" },
                                                 { "a.shape[-2] == b.shape[-2]", "a.shape[-2] == b.shape[-1]" } };
        return rn_refuse(f, RN_ERR_SHAPE, "inner sizes differ", rules[o->trans_a][o->trans_b]);
    }
    rn_shape y = s.batch;
    if (y.rank > RN_MAX_RANK - 2) return rn_refuse(f, RN_ERR_SHAPE, "too many axes", "at most 8");
    y.dim[y.rank++] = s.m;
    y.dim[y.rank++] = s.n;
    return rn_out(f, 0, f->dtype[0], y);
}

static rn_tensor *as_rows(rn_tensor *x)
{
    int64_t rows = 1;
    for (int i = 0; i < rn_tensor_rank(x) - 1; i++) rows *= rn_tensor_dim(x, i);
    return rn_reshape(x, RN_SHAPE(rows, rn_tensor_dim(x, -1)));
}

/* With y = op(a) op(b): the gradient of op(a) is gy op(b)', that of op(b) is op(a)' gy; if a was taken transposed, its
 * own gradient is the transposed product. */
static bool backward(rn_vjp *v)
{
    const rn_matmul_opts *o = v->opts;
    rn_tensor *a = v->in[0], *b = v->in[1], *g = v->gout[0];
    if (v->need[0])
        v->gin[0] = o->trans_a ? rn_matmul(b, g, .trans_a = o->trans_b, .trans_b = true)
                               : rn_matmul(g, b, .trans_b = !o->trans_b);
    /* of one b for all batches: the product of all rows, without one result for each batch */
    if (v->need[1] && !o->trans_a && rn_tensor_rank(b) == 2 && rn_tensor_rank(a) > 2) {
        a = as_rows(a);
        g = as_rows(g);
    }
    if (v->need[1])
        v->gin[1] = o->trans_b ? rn_matmul(g, a, .trans_a = true, .trans_b = o->trans_a)
                               : rn_matmul(a, g, .trans_a = !o->trans_a);
    return rn_ok();
}

static bool run(rn_kernel_call *c)
{
    const rn_matmul_opts *o = c->opts;
    const rn_view *a = &c->in[0], *b = &c->in[1], *y = &c->out[0];
    const int ra = a->rank, rb = b->rank, ry = y->rank;
    const int64_t m = y->dim[ry - 2], n = y->dim[ry - 1], k = a->dim[ra - (o->trans_a ? 2 : 1)];
    const int64_t am = a->stride[ra - (o->trans_a ? 1 : 2)], ak = a->stride[ra - (o->trans_a ? 2 : 1)];
    const int64_t bk = b->stride[rb - (o->trans_b ? 1 : 2)], bn = b->stride[rb - (o->trans_b ? 2 : 1)];
    const int bytes = rn_dtype_bytes(a->dtype);
    rn_view batch = *y;
    batch.rank -= 2;
    int64_t at[RN_MAX_RANK] = { 0 };
    char *to = y->data;
    for (int64_t s = 0; s < rni_view_count(&batch); s++, rni_index_next(&batch, at)) {
        int64_t oa = 0, ob = 0;
        for (int i = 0; i < batch.rank; i++) {
            const int ia = i - (batch.rank - (ra - 2)), ib = i - (batch.rank - (rb - 2));
            if (ia >= 0 && a->dim[ia] != 1) oa += at[i] * a->stride[ia];
            if (ib >= 0 && b->dim[ib] != 1) ob += at[i] * b->stride[ib];
        }
        for (int64_t i = 0; i < m; i++)
            for (int64_t j = 0; j < n; j++, to += bytes) {
                double sum = 0;
                for (int64_t l = 0; l < k; l++)
                    sum += rni_load(a->dtype, (char *)a->data + (oa + i * am + l * ak) * bytes) *
                           rni_load(b->dtype, (char *)b->data + (ob + l * bk + j * bn) * bytes);
                rni_store(y->dtype, to, sum);
            }
    }
    return true;
}

static void cost(rn_cost *c)
{
    const rn_matmul_opts *o = c->opts;
    double n = (double)c->in[0].dim[c->in[0].rank - (o->trans_a ? 2 : 1)];
    for (int i = 0; i < c->out[0].rank; i++) n *= (double)c->out[0].dim[i];
    c->multiply_add = n;
}

const rn_op rn_op_matmul = {
    .name = "matmul",
    .kind = RN_KERNEL,
    .flags = RN_OP_NARROW,
    .inputs = "a, b",
    .infer = infer,
    .backward = backward,
    .run = run,
    .cost = cost,
    .opts = (const rn_opt[]){ RN_OPT_BOOL(rn_matmul_opts, trans_a, "a is taken with its last two axes swapped"),
                              RN_OPT_BOOL(rn_matmul_opts, trans_b, "likewise b"),
                              { 0 } },
    .opts_size = sizeof(rn_matmul_opts),
    .onnx = "MatMul",
    .nnp = "BatchMatmul trans_a=transpose_a trans_b=transpose_b",
    .doc = { .brief = "Product of matrices; leading axes are batches and broadcast.",
             .formula = "y[.., i, j] = sum_k a[.., i, k] * b[.., k, j]",
             .shapes = "a [.., M, K]   b [.., K, N]   ->   y [.., M, N]",
             .types = "both the same; 16-bit floats accumulate in f32",
             .errors = "SHAPE if inner sizes differ or batch axes do not broadcast; DTYPE on mixed types",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "a:f32[3,4] b:f32[4,5]" },
                                { .in = "a:f32[4,3] b:f32[4,5]", .with = "trans_a=true" },
                                { .in = "a:f32[3,4] b:f32[5,4]", .with = "trans_b=true" },
                                { .in = "a:f32[4,3] b:f32[5,4]", .with = "trans_a=true trans_b=true" },
                                { .in = "a:f32[2,1,3,4] b:f32[3,4,5]" },
                                { .in = "a:f32[2,3,4] b:f32[5,4]", .with = "trans_b=true" },
                                { .in = "a:f32[0,3,4] b:f32[4,5]" },
                                { .in = "a:f64[3,4] b:f64[4,1]" },
                                { .in = "a:f32[3,0] b:f32[0,5]" },
                                { .in = "a:bf16[3,4] b:bf16[4,5]" },
                                { .in = "a:f32[3,4] b:f32[5,4]", .fails = "a.shape[-1] == b.shape[-2]" },
                                { .in = "a:f32[3] b:f32[3,4]", .fails = "needs matrices" },
                                { .in = "a:f32[3,4] b:f64[4,5]", .fails = "types of a and b differ" },
                                { 0 } },
};
