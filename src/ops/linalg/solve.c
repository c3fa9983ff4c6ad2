/* Systems of linear equations, inverses, determinants and Cholesky's decomposition of batches of small matrices, in
 * f64 whatever the type. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "base/alloc.h"
#include "base/convert.h"
#include "base/index.h"
#include "base/shape.h"
#include "ops/check.h"

#include <math.h>

typedef struct {
    bool trans;
} solve_opt;

extern const rn_op rn_ops_solve[];
enum { SOLVE, INV, DET, CHOLESKY, FACTOR };

/* ---- checks ---- */

static bool want_square(rn_infer *f)
{
    const rn_shape *a = f->shape[0];
    if (!rn_want_float(f, 0)) return false;
    return (a->rank >= 2 && a->dim[a->rank - 1] == a->dim[a->rank - 2]) ||
           rn_refuse(f, RN_ERR_SHAPE, "needs square matrices", "a.shape == [.., N, N]");
}

static bool solve_infer(rn_infer *f)
{
    const rn_shape *a = f->shape[0], *b = f->shape[1];
    if (!want_square(f)) return false;
    if (f->dtype[0] != f->dtype[1]) return rn_refuse(f, RN_ERR_DTYPE, "types of a and b differ", "a.dtype == b.dtype");
    rn_shape want = *b;
    if (b->rank == a->rank) want.dim[b->rank - 1] = a->dim[a->rank - 1];
    if (b->rank != a->rank || !rni_shape_equal(&want, a))
        return rn_refuse(f, RN_ERR_SHAPE, "b does not fit to a", "b.shape == [.., N, K] for a.shape == [.., N, N]");
    return rn_out(f, 0, f->dtype[0], *b);
}

static bool det_infer(rn_infer *f)
{
    rn_shape y = *f->shape[0];
    if (!want_square(f)) return false;
    y.rank -= 2;
    return rn_out(f, 0, f->dtype[0], y);
}

static bool square_infer(rn_infer *f)
{
    return want_square(f) && rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

/* ---- matrices ---- */

/* Walks over the matrices of a call. */
typedef struct {
    rn_kernel_call *c;
    rn_view batch;
    int64_t at[RN_MAX_RANK], count, n, number;
    double *m; /* [n, n], then what else a function needs */
} walk;

static bool walk_begin(walk *w, rn_kernel_call *c, int64_t more)
{
    *w = (walk){ .c = c, .batch = c->in[0] };
    w->batch.rank -= 2;
    w->n = c->in[0].dim[w->batch.rank];
    w->count = rni_view_count(&w->batch);
    const int64_t n = w->count ? w->n : 0;
    w->m = rni_alloc_raw((n * (n + more) + 1) * (int64_t)sizeof *w->m);
    return w->m != NULL;
}

static double *element(const walk *w, int64_t row, int64_t column)
{
    return &w->m[row * w->n + column];
}

static void *place(walk *w, const rn_view *v, int64_t row, int64_t column)
{
    w->at[w->batch.rank] = row;
    w->at[w->batch.rank + 1] = column;
    return rni_view_at(v, w->at);
}

static void read_matrix(walk *w, bool trans)
{
    const rn_view *a = &w->c->in[0];
    for (int64_t i = 0; i < w->n; i++)
        for (int64_t j = 0; j < w->n; j++)
            *element(w, i, j) = rni_load(a->dtype, trans ? place(w, a, j, i) : place(w, a, i, j));
}

/* The matrix becomes its factors L (below the diagonal, which is 1) and U of Gauss's elimination with the largest
 * pivot of each column; order[i] is the row that has become row i. Returns the determinant. */
static double eliminate(const walk *w, int64_t *order)
{
    double det = 1;
    for (int64_t i = 0; i < w->n; i++) order[i] = i;
    for (int64_t k = 0; k < w->n; k++) {
        int64_t p = k;
        for (int64_t i = k + 1; i < w->n; i++)
            if (fabs(*element(w, i, k)) > fabs(*element(w, p, k))) p = i;
        if (p != k) {
            for (int64_t j = 0; j < w->n; j++) {
                const double t = *element(w, k, j);
                *element(w, k, j) = *element(w, p, j);
                *element(w, p, j) = t;
            }
            const int64_t t = order[k];
            order[k] = order[p];
            order[p] = t;
            det = -det;
        }
        const double pivot = *element(w, k, k);
        det *= pivot;
        for (int64_t i = k + 1; pivot != 0 && i < w->n; i++) {
            const double factor = *element(w, i, k) /= pivot;
            for (int64_t j = k + 1; j < w->n; j++) *element(w, i, j) -= factor * *element(w, k, j);
        }
    }
    return det;
}

static bool singular(const walk *w)
{
    for (int64_t k = 0; k < w->n; k++)
        if (*element(w, k, k) == 0) return true;
    return false;
}

/* Column `column` of the result, by elimination forwards and backwards. */
static void substitute(walk *w, const int64_t *order, double *x, int64_t column)
{
    const rn_view *b = &w->c->in[1], *y = &w->c->out[0];
    for (int64_t i = 0; i < w->n; i++) {
        x[i] = rni_load(b->dtype, place(w, b, order[i], column));
        for (int64_t j = 0; j < i; j++) x[i] -= *element(w, i, j) * x[j];
    }
    for (int64_t i = w->n - 1; i >= 0; i--) {
        for (int64_t j = i + 1; j < w->n; j++) x[i] -= *element(w, i, j) * x[j];
        x[i] /= *element(w, i, i);
        rni_store(y->dtype, place(w, y, i, column), x[i]);
    }
}

static bool solve_run(rn_kernel_call *c)
{
    walk w;
    const int64_t columns = c->in[1].dim[c->in[1].rank - 1];
    bool ok = walk_begin(&w, c, 2);
    for (; ok && w.number < w.count; w.number++) {
        double *x = w.m + w.n * w.n;
        int64_t *order = (int64_t *)(x + w.n);
        read_matrix(&w, ((const solve_opt *)c->opts)->trans);
        eliminate(&w, order);
        if (singular(&w)) ok = c->fail(c, RN_ERR_ARG, "matrix %lld of a is singular", (long long)w.number);
        for (int64_t k = 0; ok && k < columns; k++) substitute(&w, order, x, k);
        rni_index_next(&w.batch, w.at);
    }
    rni_free(w.m);
    return ok;
}

static bool det_run(rn_kernel_call *c)
{
    walk w;
    const bool ok = walk_begin(&w, c, 1);
    char *y = c->out[0].data;
    for (; ok && w.number < w.count; w.number++, y += rn_dtype_bytes(c->out[0].dtype)) {
        read_matrix(&w, false);
        rni_store(c->out[0].dtype, y, eliminate(&w, (int64_t *)(w.m + w.n * w.n)));
        rni_index_next(&w.batch, w.at);
    }
    rni_free(w.m);
    return ok;
}

/* Row by row; false if the matrix is not positive definite. */
static bool cholesky(const walk *w)
{
    for (int64_t i = 0; i < w->n; i++)
        for (int64_t j = 0; j < w->n; j++) {
            double *to = element(w, i, j);
            for (int64_t k = 0; k < j && j <= i; k++) *to -= *element(w, i, k) * *element(w, j, k);
            if (i == j && !(*to > 0)) return false;
            *to = j > i ? 0 : i == j ? sqrt(*to) : *to / *element(w, j, j);
        }
    return true;
}

static bool cholesky_run(rn_kernel_call *c)
{
    walk w;
    bool ok = walk_begin(&w, c, 0);
    for (; ok && w.number < w.count; w.number++) {
        read_matrix(&w, false);
        ok = cholesky(&w) || c->fail(c, RN_ERR_ARG, "matrix %lld of a is not positive definite", (long long)w.number);
        for (int64_t i = 0; ok && i < w.n; i++)
            for (int64_t j = 0; j < w.n; j++)
                rni_store(c->out[0].dtype, place(&w, &c->out[0], i, j), *element(&w, i, j));
        rni_index_next(&w.batch, w.at);
    }
    rni_free(w.m);
    return ok;
}

/* ---- gradients ---- */

static rn_tensor *turned(rn_tensor *a)
{
    return rn_swapaxes(a, -1, -2);
}

/* With x = a^-1 b: gb = a^-T gx, ga = -gb x'; if a was taken transposed, its own gradient is the transposed product. */
static bool solve_backward(rn_vjp *v)
{
    const bool trans = ((const solve_opt *)v->opts)->trans;
    rn_tensor *gb = rn_solve(v->in[0], v->gout[0], .trans = !trans);
    if (v->need[1]) v->gin[1] = gb;
    if (v->need[0])
        v->gin[0] =
            rn_neg(trans ? rn_matmul(v->out[0], gb, .trans_b = true) : rn_matmul(gb, v->out[0], .trans_b = true));
    return rn_ok();
}

static bool inv_build(rn_call_info *c)
{
    rn_tensor *a = c->in[0];
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    if (!want_square(&f)) return false;
    rn_tensor *unit = rn_eye(rn_tensor_dim(a, -1), .dtype = rn_tensor_dtype(a));
    return (c->out[0] = rn_solve(a, rn_broadcast_to(unit, *rn_tensor_shape(a)))) != NULL;
}

/* d det / d a = det * a^-T */
static bool det_backward(rn_vjp *v)
{
    rn_tensor *g = rn_mul(v->gout[0], v->out[0]);
    rn_shape s = *rn_tensor_shape(v->in[0]);
    s.dim[s.rank - 1] = s.dim[s.rank - 2] = 1;
    return (v->gin[0] = rn_mul(rn_reshape(g, s), turned(rn_inv(v->in[0])))) != NULL;
}

static bool cholesky_build(rn_call_info *c)
{
    rn_tensor *a = c->in[0];
    rn_infer f;
    rn_infer_begin(&f, c, c->opts);
    if (!want_square(&f)) return false;
    rn_tensor *even = rn_mul_scalar(rn_add(a, turned(a)), 0.5);
    return rn_op_call(&rn_ops_solve[FACTOR], NULL, &even, 1, NULL, c->out);
}

/* ga = (S + S') / 2 with S = L^-T P L^-1, P the lower triangle of L' gL with half its diagonal (Murray 2016). */
static bool cholesky_backward(rn_vjp *v)
{
    rn_tensor *l = v->out[0];
    const int64_t n = rn_tensor_dim(l, -1);
    const rn_dtype d = rn_tensor_dtype(l);
    rn_tensor *half = rn_sub(rn_tri(n, .dtype = d), rn_mul_scalar(rn_eye(n, .dtype = d), 0.5));
    rn_tensor *p = rn_mul(rn_matmul(l, v->gout[0], .trans_a = true), half);
    rn_tensor *s = rn_solve(l, turned(rn_solve(l, p, .trans = true)), .trans = true);
    return (v->gin[0] = rn_mul_scalar(rn_add(s, turned(s)), 0.5)) != NULL;
}

/* n^3 / 3 for the factors, and n^2 for each column of b. */
static double factor_work(const rn_view *a)
{
    const double n = a->rank ? (double)a->dim[a->rank - 1] : 0;
    return (double)rni_view_count(a) * n / 3;
}

static void solve_cost(rn_cost *c)
{
    const double n = (double)c->in[0].dim[c->in[0].rank - 1];
    c->multiply_add = factor_work(&c->in[0]) + (double)rni_view_count(&c->in[1]) * n;
}

static void det_cost(rn_cost *c)
{
    c->multiply_add = factor_work(&c->in[0]);
}

static void cholesky_cost(rn_cost *c)
{
    c->multiply_add = factor_work(&c->in[0]) / 2;
}

const rn_op rn_ops_solve[] = {
    [SOLVE] = { .name = "solve",
                .kind = RN_KERNEL,
                .inputs = "a, b",
                .infer = solve_infer,
                .backward = solve_backward,
                .run = solve_run,
                .cost = solve_cost,
                .opts = (const rn_opt[]){ RN_OPT_BOOL(solve_opt, trans, "a is taken with its last two axes swapped"),
                                          { 0 } },
                .opts_size = sizeof(solve_opt),
                .doc = { .brief = "Systems of linear equations: y with a y = b.",
                         .shapes = "a [.., N, N]   b [.., N, K]   ->   y [.., N, K]",
                         .types = "floats, both the same; computed in f64",
                         .errors =
                             "SHAPE unless a is square and b fits; DTYPE on mixed types; ARG for a singular matrix, "
                             "when values are computed",
                         .source = "Gauss's elimination with partial pivoting",
                         .since = "0.1" },
                .cases =
                    (const rn_case[]){
                        { .in = "a:f64[2,2]{=3,1,-1,2} b:f64[2,3]" },
                        { .in = "a:f64[2,2]{=0,1,-1,2} b:f64[2,1]", .with = "trans=true" },
                        { .in = "a:f32[2,3,3]{=4,1,0,-1,3,1,0,1,5,0,2,1,3,0,1,1,1,4} b:f32[2,3,2]" },
                        { .in = "a:f32[0,2,2] b:f32[0,2,3]" },
                        { .in = "a:f32[0,0] b:f32[0,2]" },
                        { .in = "a:f32[2,2]{=1,2,2,4} b:f32[2,1]", .fails = "matrix 0 of a is singular" },
                        { .in = "a:f32[2,3] b:f32[2,1]", .fails = "square matrices" },
                        { .in = "a:f32[2,2] b:f32[2]", .fails = "b does not fit" },
                        { .in = "a:f32[2,2] b:f64[2,1]", .fails = "types of a and b differ" },
                        { .in = "a:i32[2,2] b:i32[2,1]", .fails = "with a fraction" },
                        { 0 } } },
    [INV] = { .name = "inv",
              .kind = RN_FUNCTION,
              .inputs = "a",
              .build = inv_build,
              .nnp = "BatchInv",
              .doc = { .brief = "Inverse matrices.",
                       .shapes = "a [.., N, N], y as a",
                       .types = "floats; computed in f64",
                       .errors = "SHAPE unless a is square; ARG for a singular matrix, when values are computed",
                       .since = "0.1" },
              .cases = (const rn_case[]){ { .in = "a:f64[2,2]{=3,1,-1,2}" },
                                          { .in = "a:f32[2,3,3]{=4,1,0,-1,3,1,0,1,5,0,2,1,3,0,1,1,1,4}" },
                                          { .in = "a:f32[0,2,2]" },
                                          { .in = "a:f32[2,2]{=0,0,0,0}", .fails = "matrix 0 of a is singular" },
                                          { .in = "a:f32[3]", .fails = "square matrices" },
                                          { 0 } } },
    [DET] = { .name = "det",
              .kind = RN_KERNEL,
              .inputs = "a",
              .infer = det_infer,
              .backward = det_backward,
              .run = det_run,
              .cost = det_cost,
              .onnx = "Det",
              .nnp = "BatchDet",
              .doc = { .brief = "Determinants; the gradient is by the inverse, and fails where that is none.",
                       .shapes = "a [.., N, N]   ->   y [..]",
                       .types = "floats; computed in f64",
                       .errors = "SHAPE unless a is square",
                       .since = "0.1" },
              .cases = (const rn_case[]){ { .in = "a:f64[2,2]{=3,1,-1,2}" },
                                          { .in = "a:f32[2,3,3]{=4,1,0,-1,3,1,0,1,5,0,2,1,3,0,1,1,1,4}" },
                                          { .in = "a:f64[3,3]{=1,2,3,2,4,6,1,0,1}", .no_grad = true },
                                          { .in = "a:f32[1,1]{=-2}" },
                                          { .in = "a:f32[0,2,2]" },
                                          { .in = "a:f32[2,3]", .fails = "square matrices" },
                                          { 0 } } },
    [CHOLESKY] = { .name = "cholesky",
                   .kind = RN_FUNCTION,
                   .inputs = "a",
                   .build = cholesky_build,
                   .doc = { .brief = "Cholesky's decomposition: the lower triangle y with y y' = (a + a') / 2.",
                            .shapes = "a [.., N, N], y as a",
                            .types = "floats; computed in f64",
                            .errors = "SHAPE unless a is square; ARG for a matrix that is not positive definite, when "
                                      "values are computed",
                            .source = "gradient: Murray 2016, arXiv:1602.07527",
                            .since = "0.1" },
                   .cases = (const rn_case[]){ { .in = "a:f64[2,2]{=3,1,1,2}" },
                                               { .in = "a:f32[2,3,3]{=4,1,0,1,3,1,0,1,5,3,-1,1,-1,4,0,1,0,2}" },
                                               { .in = "a:f64[2,2]{=3,2,0,2}" },
                                               { .in = "a:f32[0,2,2]" },
                                               { .in = "a:f32[2,2]{=1,2,2,1}", .fails = "not positive definite" },
                                               { .in = "a:f32[2,3]", .fails = "square matrices" },
                                               { 0 } } },
    [FACTOR] = { .name = "cholesky_factor",
                 .kind = RN_KERNEL,
                 .flags = RN_OP_INTERNAL,
                 .inputs = "a",
                 .infer = square_infer,
                 .backward = cholesky_backward,
                 .run = cholesky_run,
                 .cost = cholesky_cost,
                 .doc = { .brief = "The step of cholesky that takes a symmetric matrix.", .since = "0.1" } },
    { 0 },
};
