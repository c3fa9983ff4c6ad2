/* Matrices of zeros and ones by the place of the element: unit matrices and triangles. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/check.h"

typedef struct {
    int64_t rows, columns, k;
    rn_dtype dtype;
} matrix_opt;

typedef struct {
    int64_t k;
} diagonal_opt;

typedef rn_tensor *compare_fn(rn_tensor *row, rn_tensor *column);

static rn_tensor *equal(rn_tensor *row, rn_tensor *column)
{
    return rn_equal(row, column);
}

static rn_tensor *at_or_below(rn_tensor *row, rn_tensor *column)
{
    return rn_greater_equal(row, column);
}

static rn_tensor *above(rn_tensor *row, rn_tensor *column)
{
    return rn_less(row, column);
}

/* compare(i + k, j) for each row i and column j: on the k-th diagonal the two are equal. */
static rn_tensor *mask(int64_t rows, int64_t columns, int64_t k, compare_fn *compare)
{
    rn_tensor *row = rn_arange((double)k, (double)(k + rows), .dtype = RN_I64);
    return compare(rn_reshape(row, RN_SHAPE(rows, 1)), rn_arange(0, (double)columns, .dtype = RN_I64));
}

static bool filled(rn_call_info *c, compare_fn *compare)
{
    const matrix_opt *o = c->opts;
    rn_tensor *y = mask(o->rows, o->columns ? o->columns : o->rows, o->k, compare);
    return (c->out[0] = o->dtype == RN_BOOL ? y : rn_cast(y, o->dtype)) != NULL;
}

static bool eye_build(rn_call_info *c)
{
    return filled(c, equal);
}

static bool tri_build(rn_call_info *c)
{
    return filled(c, at_or_below);
}

static bool triangle(rn_call_info *c, int64_t k, compare_fn *compare)
{
    rn_tensor *x = c->in[0];
    if (rn_tensor_rank(x) < 2) return rni_refuse_call(c, RN_ERR_SHAPE, "needs a matrix", "rank of x >= 2");
    rn_tensor *m = mask(rn_tensor_dim(x, -2), rn_tensor_dim(x, -1), k, compare);
    return (c->out[0] = rn_where(m, x, rn_zeros(RN_SCALAR, .dtype = rn_tensor_dtype(x)))) != NULL;
}

static bool tril_build(rn_call_info *c)
{
    return triangle(c, ((const diagonal_opt *)c->opts)->k, at_or_below);
}

static bool triu_build(rn_call_info *c)
{
    return triangle(c, ((const diagonal_opt *)c->opts)->k - 1, above);
}

/* far beyond any matrix, and the sum with a size is still exact */
#define K(s) RN_OPT_I64(s, k, 0, -1e15, 1e15, "above (positive) or below the main diagonal")

static const rn_opt matrix_opts[] = { RN_REQ_I64(matrix_opt, rows, 0, 1e15, "number of rows"),
                                      RN_OPT_I64(matrix_opt, columns, 0, 0, 1e15, "number of columns; 0: as many"),
                                      K(matrix_opt),
                                      RN_OPT_DTYPE(matrix_opt, dtype, RN_F32, "type of the result"),
                                      { 0 } };
static const rn_opt diagonal_opts[] = { K(diagonal_opt), { 0 } };

static const rn_case matrix_cases[] = { { .in = "", .with = "rows=3" },
                                        { .in = "", .with = "rows=3 columns=4 k=1 dtype=i32" },
                                        { .in = "", .with = "rows=4 columns=2 k=-1 dtype=bool" },
                                        { .in = "", .with = "rows=2 k=9 dtype=f16" },
                                        { .in = "", .with = "rows=0" },
                                        { .in = "", .with = "rows=-1", .fails = "option rows" },
                                        { 0 } };
static const rn_case triangle_cases[] = { { .in = "x:f32[3,4]" },
                                          { .in = "x:f32[4,3]", .with = "k=1" },
                                          { .in = "x:f64[2,3,3]", .with = "k=-1" },
                                          { .in = "x:i32[3,3]", .with = "k=-9" },
                                          { .in = "x:f32[2,2]{=nan,inf,nan,nan}", .no_grad = true },
                                          { .in = "x:bf16[0,3]" },
                                          { .in = "x:f32[3]", .fails = "needs a matrix" },
                                          { 0 } };

const rn_op rn_ops_matrix[] = {
    { .name = "eye",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .build = eye_build,
      .opts = matrix_opts,
      .opts_size = sizeof(matrix_opt),
      .doc = { .brief = "A unit matrix: ones on a diagonal, zeros elsewhere.",
               .formula = "y[i, j] = j - i == k ? 1 : 0",
               .shapes = "y [rows, columns]",
               .since = "0.1" },
      .cases = matrix_cases },
    { .name = "tri",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NO_GRAD,
      .inputs = "",
      .build = tri_build,
      .opts = matrix_opts,
      .opts_size = sizeof(matrix_opt),
      .doc = { .brief = "A triangle of ones: on and below a diagonal, zeros above it.",
               .formula = "y[i, j] = j - i <= k ? 1 : 0",
               .shapes = "y [rows, columns]",
               .since = "0.1" },
      .cases = matrix_cases },
    { .name = "tril",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = tril_build,
      .opts = diagonal_opts,
      .opts_size = sizeof(diagonal_opt),
      .onnx = "Trilu",
      .doc = { .brief = "The lower triangle of matrices: what is above a diagonal becomes 0.",
               .formula = "y[.., i, j] = j - i <= k ? x[.., i, j] : 0",
               .shapes = "x [.., M, N], y as x",
               .errors = "SHAPE below rank 2",
               .since = "0.1" },
      .cases = triangle_cases },
    { .name = "triu",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = triu_build,
      .opts = diagonal_opts,
      .opts_size = sizeof(diagonal_opt),
      .onnx = "Trilu",
      .doc = { .brief = "The upper triangle of matrices: what is below a diagonal becomes 0.",
               .formula = "y[.., i, j] = j - i >= k ? x[.., i, j] : 0",
               .shapes = "x [.., M, N], y as x",
               .errors = "SHAPE below rank 2",
               .since = "0.1" },
      .cases = triangle_cases },
    { 0 },
};
