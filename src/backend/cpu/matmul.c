/* Products of matrices by oneDNN and OpenBLAS. The first of two rows for matmul takes operands as they lie, where each
 * is rows or columns of unit stride; the second gets contiguous copies of any others. */
#include "backend/cpu/matmul.h"

#include "backend/cpu/cpu.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <cblas.h>
#include <oneapi/dnnl/dnnl.h>
#include <string.h>

/* One operand [rows, columns] after its transposition: how BLAS reads it. */
typedef struct {
    bool trans;
    int64_t lead;
} layout;

static bool find_layout(const rn_view *v, bool transposed, layout *l)
{
    const int r = v->rank;
    const int64_t rows = v->dim[r - 2], columns = v->dim[r - 1], sr = v->stride[r - 2], sc = v->stride[r - 1];
    bool by_columns = false; /* unit stride along the first axis as it lies */
    if (columns <= 1 || sc == 1)
        l->lead = rows <= 1 ? columns : sr;
    else if (rows <= 1 || sr == 1) {
        l->lead = sc;
        by_columns = true;
    } else
        return false;
    if (l->lead < (by_columns ? rows : columns)) return false;
    if (l->lead < 1) l->lead = 1;
    l->trans = by_columns != transposed;
    return l->lead < INT32_MAX && rows < INT32_MAX && columns < INT32_MAX;
}

const char *rni_cpu_matmul_refuse(const rn_kernel_call *c)
{
    return c->in[0].dtype == RN_F32 || c->in[0].dtype == RN_F64 ? NULL : "only f32 and f64";
}

const char *rni_cpu_matmul_refuse_strided(const rn_kernel_call *c)
{
    const rn_matmul_opts *o = c->opts;
    layout a, b;
    if (rni_cpu_matmul_refuse(c)) return rni_cpu_matmul_refuse(c);
    if (!find_layout(&c->in[0], o->trans_a, &a) || !find_layout(&c->in[1], o->trans_b, &b))
        return "strides that BLAS cannot read";
    return NULL;
}

/* y = a b, or y += a b; a [.., m, k] and b [.., k, n] after transposition. */
typedef struct {
    const rn_view *a, *b, *y;
    layout la, lb;
    int64_t m, n, k, batches;
    bool add;
} product;

/* Element offset of batch `s` of y in an operand whose leading axes broadcast. */
static int64_t batch_offset(const rn_view *v, const rn_view *y, int64_t s)
{
    const int lead = y->rank - v->rank;
    int64_t offset = 0;
    for (int i = y->rank - 3; i >= 0; s /= y->dim[i--])
        if (i >= lead && v->dim[i - lead] != 1) offset += s % y->dim[i] * v->stride[i - lead];
    return offset;
}

/* oneDNN's is faster but for small products and for few rows of a with a transposed b, which it copies with no profit.
 */
static bool dnnl_is_faster(const product *p)
{
    return (double)p->m * (double)p->n * (double)p->k >= 1 << 18 && p->n >= 32 && (!p->lb.trans || p->m >= 48);
}

static void multiply(const product *p, int64_t s)
{
    const CBLAS_TRANSPOSE ta = p->la.trans ? CblasTrans : CblasNoTrans, tb = p->lb.trans ? CblasTrans : CblasNoTrans;
    const int64_t at_a = batch_offset(p->a, p->y, s), at_b = batch_offset(p->b, p->y, s), at_y = s * p->m * p->n;
    if (p->y->dtype == RN_F64)
        cblas_dgemm(CblasRowMajor, ta, tb, (blasint)p->m, (blasint)p->n, (blasint)p->k, 1,
                    (const double *)p->a->data + at_a, (blasint)p->la.lead, (const double *)p->b->data + at_b,
                    (blasint)p->lb.lead, p->add, (double *)p->y->data + at_y, (blasint)p->n);
    else if (dnnl_is_faster(p))
        dnnl_sgemm(p->la.trans ? 'T' : 'N', p->lb.trans ? 'T' : 'N', p->m, p->n, p->k, 1,
                   (const float *)p->a->data + at_a, p->la.lead, (const float *)p->b->data + at_b, p->lb.lead, p->add,
                   (float *)p->y->data + at_y, p->n);
    else
        cblas_sgemm(CblasRowMajor, ta, tb, (blasint)p->m, (blasint)p->n, (blasint)p->k, 1,
                    (const float *)p->a->data + at_a, (blasint)p->la.lead, (const float *)p->b->data + at_b,
                    (blasint)p->lb.lead, p->add, (float *)p->y->data + at_y, (blasint)p->n);
}

static void multiply_part(void *user, int thread, int threads)
{
    const product *p = user;
    int64_t s, last;
    rni_cpu_part(p->batches, thread, threads, &s, &last);
    for (; s < last; s++) multiply(p, s);
}

/* Many small products are shared out whole; the libraries share out large ones. */
static void multiply_all(const rn_kernel_call *c, product *p)
{
    const double nanoseconds = 0.01 * (double)p->m * (double)p->n * (double)p->k;
    const int threads = rni_cpu_threads(c->device, nanoseconds * (double)p->batches);
    if (p->batches >= 4 * threads && threads > 1 && nanoseconds < 1e6)
        rni_cpu_parallel(threads, multiply_part, p);
    else
        for (int64_t s = 0; s < p->batches; s++) multiply(p, s);
}

static bool run(rn_kernel_call *c, const rn_view *a, bool trans_a, const rn_view *b, bool trans_b, const rn_view *y,
                bool add)
{
    const int r = y->rank;
    product p = { .a = a, .b = b, .y = y, .m = y->dim[r - 2], .n = y->dim[r - 1], .batches = 1, .add = add };
    p.k = a->dim[a->rank - (trans_a ? 2 : 1)];
    for (int i = 0; i < r - 2; i++) p.batches *= y->dim[i];
    const int64_t count = p.batches * p.m * p.n;
    if (p.k == 0 && !add) memset(y->data, 0, (size_t)(count << rni_cpu_log_bytes(y->dtype)));
    if (p.k == 0 || count == 0) return true;
    if (!find_layout(a, trans_a, &p.la) || !find_layout(b, trans_b, &p.lb))
        return c->fail(c, RN_ERR_INTERNAL, "an unreadable operand");
    multiply_all(c, &p);
    return true;
}

bool rni_cpu_matmul_run(rn_kernel_call *c)
{
    const rn_matmul_opts *o = c->opts;
    return run(c, &c->in[0], o->trans_a, &c->in[1], o->trans_b, &c->out[0], false);
}

/* ---- linear ---- */

typedef struct {
    char *y;
    const void *b;
    int64_t rows, bytes;
} bias_job;

static void fill_bias(void *user, int thread, int threads)
{
    const bias_job *j = user;
    int64_t i, last;
    rni_cpu_part(j->rows, thread, threads, &i, &last);
    for (; i < last; i++) memcpy(j->y + i * j->bytes, j->b, (size_t)j->bytes);
}

static void add_bias(const rn_kernel_call *c, const rn_view *y, const rn_view *b)
{
    const int64_t bytes = y->dim[1] << rni_cpu_log_bytes(y->dtype);
    bias_job j = { y->data, b->data, y->dim[0], bytes };
    rni_cpu_parallel(rni_cpu_threads(c->device, (double)j.rows * (5 + 0.05 * (double)bytes)), fill_bias, &j);
}

static rn_view matrix(const rn_view *v, int64_t rows, int64_t columns)
{
    return (
        rn_view){ .dtype = v->dtype, .rank = 2, .dim = { rows, columns }, .stride = { columns, 1 }, .data = v->data };
}

/* The product is added to rows that hold the bias. */
bool rni_cpu_linear_run(rn_kernel_call *c)
{
    const int64_t outputs = c->in[1].dim[0], features = c->in[1].dim[1];
    int64_t rows = 1;
    for (int i = 0; i < c->out[0].rank - 1; i++) rows *= c->out[0].dim[i];
    const bool has_bias = c->n_in > 2 && c->in[2].dtype;
    const rn_view x = matrix(&c->in[0], rows, features), y = matrix(&c->out[0], rows, outputs);
    if (has_bias) add_bias(c, &y, &c->in[2]);
    return run(c, &x, false, &c->in[1], true, &y, has_bias);
}
