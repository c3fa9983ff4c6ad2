/* Products of matrices by OpenBLAS. The first of two rows takes operands as they lie, where each is rows or columns of
 * unit stride; the second gets contiguous copies of any others. */
#include "backend/cpu/matmul.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <cblas.h>

/* One operand [rows, columns] after its transposition: how BLAS reads it. */
typedef struct {
    CBLAS_TRANSPOSE trans;
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
    l->trans = by_columns != transposed ? CblasTrans : CblasNoTrans;
    return l->lead < INT32_MAX && rows < INT32_MAX && columns < INT32_MAX;
}

const char *rni_cpu_matmul_refuse(const rn_kernel_call *c)
{
    if (c->in[0].dtype != RN_F32 && c->in[0].dtype != RN_F64) return "only f32 and f64";
    return NULL;
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

/* Element offset of batch `at` in an operand whose leading axes broadcast. */
static int64_t batch_offset(const rn_view *v, const rn_view *y, const int64_t *at)
{
    const int lead = y->rank - v->rank;
    int64_t offset = 0;
    for (int i = lead; i < y->rank - 2; i++)
        if (v->dim[i - lead] != 1) offset += at[i] * v->stride[i - lead];
    return offset;
}

bool rni_cpu_matmul_run(rn_kernel_call *c)
{
    const rn_matmul_opts *o = c->opts;
    const rn_view *a = &c->in[0], *b = &c->in[1], *y = &c->out[0];
    layout la, lb;
    if (!find_layout(a, o->trans_a, &la) || !find_layout(b, o->trans_b, &lb))
        return c->fail(c, RN_ERR_INTERNAL, "an unreadable operand");
    const int r = y->rank;
    const int64_t m = y->dim[r - 2], n = y->dim[r - 1], k = a->dim[a->rank - (o->trans_a ? 2 : 1)];
    int64_t batches = 1, at[RN_MAX_RANK] = { 0 };
    for (int i = 0; i < r - 2; i++) batches *= y->dim[i];
    for (int64_t s = 0; s < batches && m > 0 && n > 0; s++) {
        const int64_t oa = batch_offset(a, y, at), ob = batch_offset(b, y, at);
        if (y->dtype == RN_F32)
            cblas_sgemm(CblasRowMajor, la.trans, lb.trans, (blasint)m, (blasint)n, (blasint)k, 1,
                        (const float *)a->data + oa, (blasint)la.lead, (const float *)b->data + ob, (blasint)lb.lead, 0,
                        (float *)y->data + s * m * n, (blasint)n);
        else
            cblas_dgemm(CblasRowMajor, la.trans, lb.trans, (blasint)m, (blasint)n, (blasint)k, 1,
                        (const double *)a->data + oa, (blasint)la.lead, (const double *)b->data + ob, (blasint)lb.lead,
                        0, (double *)y->data + s * m * n, (blasint)n);
        for (int i = r - 3; i >= 0 && ++at[i] == y->dim[i]; i--) at[i] = 0;
    }
    return true;
}
