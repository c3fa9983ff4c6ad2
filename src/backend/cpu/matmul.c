/* Products of matrices by oneDNN and OpenBLAS. The first of two rows for matmul takes operands as they lie, where each
 * is rows or columns of unit stride; the second gets contiguous copies of any others.
 *
 * oneDNN has two ways: sgemm, and primitives made for one shape, which need not copy a transposed b and know bf16. */
#include "backend/cpu/matmul.h"

#include "backend/cpu/cpu.h"
#include "backend/cpu/onednn.h"
#include "backend/cpu/small_product.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

enum {
    WHOLE_BYTES = 6 << 20, /* of results that do without strips */
    STRIP_BYTES = 2 << 20,
    STRIP_LEAST = 128, /* rows */
    LINE = 1024        /* values */
};

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

enum { A, B, BIAS, Y, SCRATCH, PARTS };

/* Of a product by a primitive. */
typedef struct {
    dnnl_stream_t stream;
    dnnl_primitive_t primitive;
    dnnl_memory_t part[PARTS];
    int64_t strip;
    int threads; /* of a small product, which has no primitive */
} state;

/* y = a b + bias, or y += a b; a [.., m, k] and b [.., k, n] after transposition, bias [n] or of no type. */
typedef struct {
    rn_view a, b, bias, y;
    layout la, lb;
    int64_t m, n, k, batches;
    int64_t strip; /* rows that are made at a time */
    bool add;
} product;

static rn_view matrix(const rn_view *v, int64_t rows, int64_t columns)
{
    return (
        rn_view){ .dtype = v->dtype, .rank = 2, .dim = { rows, columns }, .stride = { columns, 1 }, .data = v->data };
}

/* Batches of rows that follow each other and meet the same b are rows of one product. */
static void join_batches(product *p)
{
    const int r = p->y.rank;
    if (r == 2 || p->a.rank != r) return;
    for (int i = 0; i < p->b.rank - 2; i++)
        if (p->b.dim[i] != 1) return;
    int64_t rows = 1;
    for (int i = r - 2; i >= 0; rows *= p->a.dim[i--])
        if (p->a.dim[i] != p->y.dim[i] || p->a.stride[i] != rows * p->a.stride[r - 2]) return;
    for (int i = 0; i < 2; i++) {
        p->a.dim[i] = i ? p->a.dim[r - 1] : rows;
        p->a.stride[i] = p->a.stride[r - 2 + i];
        p->b.dim[i] = p->b.dim[p->b.rank - 2 + i];
        p->b.stride[i] = p->b.stride[p->b.rank - 2 + i];
    }
    p->a.rank = p->b.rank = 2;
    p->y = matrix(&p->y, rows, p->y.dim[r - 1]);
}

/* Where others follow, their operands are in the caches if rows are made in strips; each strip costs reading b. */
static int64_t strip_of(const product *p)
{
    int64_t strip = p->m;
    if (strip * p->n << rni_cpu_log_bytes(p->y.dtype) < WHOLE_BYTES) return strip;
    while (strip % 2 == 0 && strip >= 2 * STRIP_LEAST && (strip * p->n << rni_cpu_log_bytes(p->y.dtype)) > STRIP_BYTES)
        strip /= 2;
    return strip;
}

/* False if an operand cannot be read as it lies. */
static bool find_product(const rn_kernel_call *c, product *p)
{
    bool trans_a = false, trans_b = true;
    *p = (product){ .a = c->in[0], .b = c->in[1], .y = c->out[0], .batches = 1 };
    if (strcmp(c->op, "linear") == 0) {
        int64_t rows = 1;
        for (int i = 0; i < p->y.rank - 1; i++) rows *= p->y.dim[i];
        p->a = matrix(&c->in[0], rows, p->b.dim[1]);
        p->y = matrix(&c->out[0], rows, p->b.dim[0]);
        if (c->n_in > 2) p->bias = c->in[2];
    } else {
        trans_a = ((const rn_matmul_opts *)c->opts)->trans_a;
        trans_b = ((const rn_matmul_opts *)c->opts)->trans_b;
        if (!trans_a) join_batches(p);
    }
    p->m = p->y.dim[p->y.rank - 2];
    p->n = p->y.dim[p->y.rank - 1];
    p->k = p->a.dim[p->a.rank - (trans_a ? 2 : 1)];
    for (int i = 0; i < p->y.rank - 2; i++) p->batches *= p->y.dim[i];
    p->strip = c->then && p->y.rank == 2 ? strip_of(p) : p->m;
    if (c->state) p->strip = ((const state *)c->state)->strip;
    return find_layout(&p->a, trans_a, &p->la) && find_layout(&p->b, trans_b, &p->lb);
}

static bool is_empty(const product *p)
{
    return p->batches * p->m * p->n == 0 || p->k == 0;
}

/* Worth more than the plainest call; below that, none of the libraries starts threads. */
static bool is_large(const product *p)
{
    return (double)p->m * (double)p->n * (double)p->k >= 1 << 18;
}

/* ---- primitives ---- */

static const int argument[PARTS] = { DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_BIAS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD };

/* Operand [.., rows, columns] of a product of that rank; axes that are repeated have size 1. */
static bool describe_operand(const rn_view *v, const layout *l, int rank, int64_t rows, int64_t columns,
                             dnnl_memory_desc_t *md)
{
    dnnl_dims_t dims, strides;
    const int lead = rank - v->rank;
    for (int i = 0; i < rank - 2; i++) {
        const bool repeated = i < lead || v->stride[i - lead] == 0;
        dims[i] = repeated ? 1 : v->dim[i - lead];
        strides[i] = dims[i] == 1 ? rows * columns : v->stride[i - lead];
    }
    dims[rank - 2] = rows;
    dims[rank - 1] = columns;
    strides[rank - 2] = l->trans ? 1 : l->lead;
    strides[rank - 1] = l->trans ? l->lead : 1;
    return dnnl_memory_desc_init_by_strides(md, rank, dims, rni_onednn_type(v->dtype), strides) == dnnl_success;
}

static bool describe(const product *p, dnnl_memory_desc_t *md, dnnl_primitive_desc_t *pd)
{
    const int rank = p->y.rank;
    dnnl_dims_t ones;
    for (int i = 0; i < rank; i++) ones[i] = i < rank - 1 ? 1 : p->n;
    if (!describe_operand(&p->a, &p->la, rank, p->strip, p->k, &md[A]) ||
        !describe_operand(&p->b, &p->lb, rank, p->k, p->n, &md[B]) ||
        !describe_operand(&p->y, &(layout){ .lead = p->n }, rank, p->strip, p->n, &md[Y]) ||
        (p->bias.dtype &&
         dnnl_memory_desc_init_by_strides(&md[BIAS], rank, ones, rni_onednn_type(p->bias.dtype), NULL) != dnnl_success))
        return false;
    dnnl_matmul_desc_t d;
    dnnl_primitive_attr_t attr = NULL;
    const bool ok =
        dnnl_matmul_desc_init(&d, &md[A], &md[B], p->bias.dtype ? &md[BIAS] : NULL, &md[Y]) == dnnl_success &&
        dnnl_primitive_attr_create(&attr) == dnnl_success &&
        dnnl_primitive_attr_set_scratchpad_mode(attr, dnnl_scratchpad_mode_user) == dnnl_success &&
        dnnl_primitive_desc_create(pd, &d, attr, rni_onednn_engine(), NULL) == dnnl_success;
    if (attr) dnnl_primitive_attr_destroy(attr);
    return ok;
}

/* A primitive is worth it where sgemm would copy a transposed b with little profit. */
static bool wants_primitive(const product *p)
{
    if (is_empty(p) || !rni_onednn_multiplies(p->y.dtype) || !rni_onednn_engine()) return false;
    return p->y.dtype == RN_BF16 || (p->lb.trans && p->m >= 16 && p->n >= 32 && is_large(p));
}

static const char *refuse(const rn_kernel_call *c)
{
    product p;
    dnnl_memory_desc_t md[PARTS];
    dnnl_primitive_desc_t pd = NULL;
    const rn_dtype type = c->in[0].dtype;
    if (type != RN_F32 && type != RN_F64 && type != RN_BF16) return "only bf16, f32 and f64";
    if (type == RN_BF16 && !rni_onednn_multiplies(type)) return "this processor has no bf16";
    if (!find_product(c, &p)) return "strides that BLAS cannot read";
    const bool ok = type != RN_BF16 || is_empty(&p) || (wants_primitive(&p) && describe(&p, md, &pd));
    if (pd) dnnl_primitive_desc_destroy(pd);
    return ok ? NULL : "oneDNN has no such product";
}

const char *rni_cpu_matmul_refuse_strided(const rn_kernel_call *c)
{
    return refuse(c);
}

/* Operands will be contiguous, whatever they are now. */
const char *rni_cpu_matmul_refuse(const rn_kernel_call *c)
{
    rn_view in[3];
    rn_kernel_call copied = *c;
    copied.in = in;
    for (int i = 0; i < c->n_in; i++) {
        in[i] = c->in[i];
        for (int64_t a = in[i].rank - 1, step = 1; a >= 0; step *= in[i].dim[a--]) in[i].stride[a] = step;
    }
    return refuse(&copied);
}

void rni_cpu_matmul_release(void *out)
{
    state *s = out;
    if (!s) return;
    for (int i = 0; i < PARTS; i++)
        if (s->part[i]) dnnl_memory_destroy(s->part[i]);
    if (s->primitive) dnnl_primitive_destroy(s->primitive);
    if (s->stream) dnnl_stream_destroy(s->stream);
    free(s);
}

static bool fill_state(state *s, const product *p, int64_t *workspace)
{
    dnnl_memory_desc_t md[PARTS];
    dnnl_primitive_desc_t pd = NULL;
    bool ok = describe(p, md, &pd) && dnnl_primitive_create(&s->primitive, pd) == dnnl_success &&
              dnnl_stream_create(&s->stream, rni_onednn_engine(), dnnl_stream_default_flags) == dnnl_success;
    const dnnl_memory_desc_t *scratch = ok ? dnnl_primitive_desc_query_md(pd, dnnl_query_scratchpad_md, 0) : NULL;
    *workspace = scratch ? (int64_t)dnnl_memory_desc_get_size(scratch) : 0;
    if (*workspace > 0) md[SCRATCH] = *scratch;
    for (int i = 0; ok && i < PARTS; i++)
        if ((i != BIAS || p->bias.dtype) && (i != SCRATCH || *workspace > 0))
            ok = dnnl_memory_create(&s->part[i], &md[i], rni_onednn_engine(), DNNL_MEMORY_NONE) == dnnl_success;
    if (pd) dnnl_primitive_desc_destroy(pd);
    return ok;
}

static rni_small_product small_of(const product *p)
{
    return (rni_small_product){ .a = p->a.data,
                                .b = p->b.data,
                                .bias = p->bias.dtype ? p->bias.data : NULL,
                                .y = p->y.data,
                                .m = p->m,
                                .n = p->n,
                                .k = p->k,
                                .a_row = p->la.trans ? 1 : p->la.lead,
                                .a_step = p->la.trans ? p->la.lead : 1,
                                .b_row = p->lb.trans ? 1 : p->lb.lead,
                                .b_step = p->lb.trans ? p->lb.lead : 1 };
}

static bool run_small(const rn_kernel_call *c, const product *p)
{
    rni_small_product small = small_of(p);
    small.threads = ((const state *)c->state)->threads;
    rni_cpu_small_product_run(c->device, &small, c->workspace);
    return true;
}

bool rni_cpu_matmul_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    product p;
    *out = NULL;
    if (!find_product(c, &p)) return true;
    rni_small_product small = small_of(&p);
    const bool is_small =
        p.y.dtype == RN_F32 && p.batches == 1 && rni_cpu_small_product_plan(c->device, &small, workspace);
    if (!is_small && !wants_primitive(&p)) return true;
    state *s = calloc(1, sizeof *s);
    if (s) s->strip = p.strip;
    if (s) s->threads = is_small ? small.threads : 0;
    if (s && (is_small || fill_state(s, &p, workspace))) {
        *out = s;
        return true;
    }
    rni_cpu_matmul_release(s);
    *workspace = 0;
    return p.y.dtype == RN_F32 || c->fail(c, RN_ERR_DEVICE, "oneDNN cannot make this product");
}

static bool run_primitive(rn_kernel_call *c, const product *p)
{
    state *s = c->state;
    void *const data[PARTS] = { p->a.data, p->b.data, p->bias.data, p->y.data, c->workspace };
    dnnl_exec_arg_t args[PARTS];
    int n = 0;
    bool ok = true;
    for (int i = 0; ok && i < PARTS; i++) {
        if (!s->part[i]) continue;
        ok = dnnl_memory_set_data_handle(s->part[i], data[i]) == dnnl_success;
        args[n++] = (dnnl_exec_arg_t){ argument[i], s->part[i] };
    }
    sigset_t signals;
    rni_cpu_signals_wait(&signals);
    ok = ok && dnnl_primitive_execute(s->primitive, s->stream, n, args) == dnnl_success &&
         dnnl_stream_wait(s->stream) == dnnl_success;
    rni_cpu_signals_come(&signals);
    return ok || c->fail(c, RN_ERR_DEVICE, "oneDNN failed");
}

/* ---- sgemm and BLAS ---- */

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
    return is_large(p) && p->n >= 32 && (!p->lb.trans || p->m >= 48);
}

static void multiply(const product *p, int64_t s)
{
    const CBLAS_TRANSPOSE ta = p->la.trans ? CblasTrans : CblasNoTrans, tb = p->lb.trans ? CblasTrans : CblasNoTrans;
    const int64_t at_a = batch_offset(&p->a, &p->y, s), at_b = batch_offset(&p->b, &p->y, s), at_y = s * p->m * p->n;
    if (p->y.dtype == RN_F64)
        cblas_dgemm(CblasRowMajor, ta, tb, (blasint)p->m, (blasint)p->n, (blasint)p->k, 1,
                    (const double *)p->a.data + at_a, (blasint)p->la.lead, (const double *)p->b.data + at_b,
                    (blasint)p->lb.lead, p->add, (double *)p->y.data + at_y, (blasint)p->n);
    else if (dnnl_is_faster(p))
        dnnl_sgemm(p->la.trans ? 'T' : 'N', p->lb.trans ? 'T' : 'N', p->m, p->n, p->k, 1,
                   (const float *)p->a.data + at_a, p->la.lead, (const float *)p->b.data + at_b, p->lb.lead, p->add,
                   (float *)p->y.data + at_y, p->n);
    else
        cblas_sgemm(CblasRowMajor, ta, tb, (blasint)p->m, (blasint)p->n, (blasint)p->k, 1,
                    (const float *)p->a.data + at_a, (blasint)p->la.lead, (const float *)p->b.data + at_b,
                    (blasint)p->lb.lead, p->add, (float *)p->y.data + at_y, (blasint)p->n);
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
    sigset_t signals;
    if (is_large(p)) rni_cpu_signals_wait(&signals);
    if (p->batches >= 4 * threads && threads > 1 && nanoseconds < 1e6)
        rni_cpu_parallel(threads, multiply_part, p);
    else
        for (int64_t s = 0; s < p->batches; s++) multiply(p, s);
    if (is_large(p)) rni_cpu_signals_come(&signals);
}

/* ---- one row ---- */

typedef struct {
    const rni_cpu *cpu;
    const product *p;
} row_job;

/* y[j] = the product of the row a with row j of b' */
static void multiply_row_part(void *user, int thread, int threads)
{
    const row_job *r = user;
    const product *p = r->p;
    const rni_cpu_compute type = p->y.dtype == RN_F64 ? RNI_CPU_F64 : RNI_CPU_F32;
    const int64_t row = p->lb.lead << rni_cpu_log_bytes(p->y.dtype);
    int64_t j, last;
    rni_cpu_part(p->n, thread, threads, &j, &last);
    for (; j < last; j++) {
        double sum;
        r->cpu->isa->joins->dot[type](&sum, p->a.data, (const char *)p->b.data + j * row, p->k, 1);
        if (p->bias.dtype) sum += rni_cpu_number(r->cpu, &p->bias, j);
        rni_cpu_set_number(r->cpu, &p->y, j, sum);
    }
}

/* Libraries read b with one thread for a single row. */
static bool is_row(const product *p)
{
    return p->m == 1 && p->batches == 1 && p->lb.trans && !p->la.trans && p->y.dtype != RN_BF16 && p->k > 0;
}

/* ---- both ---- */

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

/* A product by sgemm is added to rows that hold the bias. */
static bool run_whole(rn_kernel_call *c, product *p)
{
    if (c->state) return ((const state *)c->state)->threads ? run_small(c, p) : run_primitive(c, p);
    p->add = p->bias.dtype != RN_DTYPE_NONE;
    if (p->add) add_bias(c, &p->y, &p->bias);
    if (p->k == 0 && !p->add) memset(p->y.data, 0, (size_t)(rni_view_count(&p->y) << rni_cpu_log_bytes(p->y.dtype)));
    if (!is_empty(p)) multiply_all(c, p);
    return true;
}

typedef struct {
    const rn_kernel_call *then;
    int64_t first, count;
} follow_job;

static void follow(void *user, int thread, int threads)
{
    const follow_job *j = user;
    int64_t from, end;
    rni_cpu_part((j->count + LINE - 1) / LINE, thread, threads, &from, &end);
    from *= LINE;
    end = end * LINE < j->count ? end * LINE : j->count;
    if (from < end) rni_cpu_map_piece(j->then, thread, j->first + from, end - from);
}

/* Strip by strip, each with what follows. */
static bool run_strips(rn_kernel_call *c, const product *p)
{
    const int64_t count = p->strip * p->n;
    for (int64_t row = 0; row < p->m; row += p->strip) {
        product s = *p;
        s.m = s.y.dim[0] = p->strip;
        s.a.data = (char *)p->a.data + (row * (p->la.trans ? 1 : p->la.lead) << rni_cpu_log_bytes(p->a.dtype));
        s.y.data = (char *)p->y.data + (row * p->n << rni_cpu_log_bytes(p->y.dtype));
        if (!run_whole(c, &s)) return false;
        follow_job j = { c->then, row * p->n, count };
        if (c->then) rni_cpu_parallel(rni_cpu_map_threads(c->then), follow, &j);
    }
    return true;
}

bool rni_cpu_matmul_run(rn_kernel_call *c)
{
    product p;
    if (!find_product(c, &p)) return c->fail(c, RN_ERR_INTERNAL, "an unreadable operand");
    if (!c->state && is_row(&p) && rni_cpu_max_threads(c->device) > 1) {
        row_job r = { c->device, &p };
        rni_cpu_parallel(rni_cpu_threads(c->device, 0.04 * (double)p.n * (double)p.k), multiply_row_part, &r);
    } else if (p.strip < p.m)
        return run_strips(c, &p);
    else if (!run_whole(c, &p))
        return false;
    return !c->then || rni_cpu_map_run(c->then);
}
