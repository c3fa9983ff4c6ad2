/* attention and attention_grad: the weights of some rows at a time, in scratch, so that no [T, S] array is ever in
 * memory. What a causal block of rows does not see is not computed. */
#include "backend/cpu/attention.h"

#include "backend/cpu/cpu.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64 };                         /* of a block */
enum { Q, K, V, GY, DELTA, LSE, OPERANDS }; /* inputs; attention has the first three */

typedef struct {
    int64_t batches, t, s, d, e;
    int64_t blocks, block; /* of a batch; floats of its scores in scratch */
    int threads;
} state;

static bool has_gradient(const rn_kernel_call *c)
{
    return strcmp(c->op, "attention_grad") == 0;
}

/* Rows of unit stride that do not overlap; the last `inner` axes are those of a batch. */
static bool is_readable(const rn_view *v, int inner)
{
    const int last = v->rank - 1;
    if (v->dim[last] > 1 && v->stride[last] != 1) return false;
    return inner == 1 || v->dim[last - 1] <= 1 || v->stride[last - 1] >= v->dim[last];
}

const char *rni_cpu_attention_refuse(const rn_kernel_call *c)
{
    const int n = has_gradient(c) ? OPERANDS : GY;
    if (c->in[Q].dtype != RN_F32) return "only f32";
    if (c->n_in > n && c->in[n].dtype) return "a mask";
    for (int i = 0; i < n; i++)
        if (rni_view_count(&c->in[i]) == 0) return "an empty operand";
    return NULL;
}

const char *rni_cpu_attention_refuse_strided(const rn_kernel_call *c)
{
    const char *why = rni_cpu_attention_refuse(c);
    for (int i = 0; !why && i < (has_gradient(c) ? OPERANDS : GY); i++)
        if (!is_readable(&c->in[i], i < DELTA ? 2 : 1)) why = "strides that products cannot read";
    return why;
}

bool rni_cpu_attention_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    state *st = calloc(1, sizeof *st);
    if (!st) return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    const rn_view *q = &c->in[Q], *v = &c->in[V];
    const int row = q->rank - 2, column = q->rank - 1;
    *st = (state){ .t = q->dim[row], .s = v->dim[row], .d = q->dim[column], .e = v->dim[column] };
    st->batches = rni_view_count(q) / (st->t * st->d);
    st->blocks = (st->t + ROWS - 1) / ROWS;
    st->block = rni_cpu_round_up((st->t < ROWS ? st->t : ROWS) * st->s, 16);
    const bool gradient = has_gradient(c);
    const double pairs = (double)(st->batches * st->t) * (double)st->s, each = 0.01 * (double)(st->d + st->e) + 0.5;
    const int64_t tasks = gradient ? st->batches : st->batches * st->blocks;
    st->threads = rni_cpu_threads(c->device, pairs * each * (gradient ? 2.5 : 1));
    if (st->threads > tasks) st->threads = (int)tasks;
    *workspace = st->threads * st->block * (gradient ? 2 : 1) * (int64_t)sizeof(float);
    *out = st;
    return true;
}

/* Some rows of a batch, and the columns that the last of them sees. */
typedef struct {
    rn_kernel_call *call;
    const state *st;
    const rni_lines *lines;
    float *scores, *grads; /* [rows, columns] */
    int64_t batch, first, rows, columns;
} job;

static void job_init(job *j, rn_kernel_call *c, int thread)
{
    const state *st = c->state;
    *j = (job){ .call = c, .st = st, .lines = &((const rni_cpu *)c->device)->isa->lines[RNI_CPU_F32] };
    j->scores = (float *)c->workspace + thread * st->block * (has_gradient(c) ? 2 : 1);
    j->grads = j->scores + st->block;
}

/* How many positions row t sees. */
static int64_t seen(const job *j, int64_t t)
{
    const state *st = j->st;
    if (!((const rn_attention_opts *)j->call->opts)->causal) return st->s;
    const int64_t n = t + st->s - st->t + 1;
    return n < 0 ? 0 : n;
}

static void enter_block(job *j, int64_t batch, int64_t block)
{
    j->batch = batch;
    j->first = block * ROWS;
    j->rows = j->st->t - j->first < ROWS ? j->st->t - j->first : ROWS;
    j->columns = seen(j, j->first + j->rows - 1);
}

/* Row `row` of the job's batch; the last `inner` axes of v are those of a batch. */
static float *row_of(const job *j, const rn_view *v, int inner, int64_t row)
{
    int64_t offset = row * v->stride[v->rank - inner], batch = j->batch;
    for (int i = v->rank - inner - 1; i >= 0; batch /= v->dim[i--]) offset += batch % v->dim[i] * v->stride[i];
    return (float *)v->data + offset;
}

static int64_t lead(const rn_view *v)
{
    const int64_t stride = v->stride[v->rank - 2], width = v->dim[v->rank - 1];
    return stride > width ? stride : width;
}

/* [rows, columns] = factor * a b', from row `first` of a on */
static void multiply_rows(const job *j, float *to, double factor, const rn_view *a, const rn_view *b)
{
    dnnl_sgemm('N', 'T', j->rows, j->columns, a->dim[a->rank - 1], (float)factor, row_of(j, a, 2, j->first), lead(a),
               row_of(j, b, 2, 0), lead(b), 0, to, j->columns);
}

/* to = weights b, rows of a result */
static void combine(const job *j, const rn_view *to, const float *weights, const rn_view *b)
{
    const int64_t width = to->dim[to->rank - 1];
    dnnl_sgemm('N', 'N', j->rows, width, j->columns, 1, weights, j->columns, row_of(j, b, 2, 0), lead(b), 0,
               row_of(j, to, 2, j->first), width);
}

/* to += weights' b, b being rows of an operand */
static void spread(const job *j, const rn_view *to, const float *weights, const rn_view *b)
{
    const int64_t width = to->dim[to->rank - 1];
    dnnl_sgemm('T', 'N', j->columns, width, j->rows, 1, weights, j->columns, row_of(j, b, 2, j->first), lead(b), 1,
               row_of(j, to, 2, 0), width);
}

static double scale_of(const job *j)
{
    return ((const rn_attention_opts *)j->call->opts)->scale;
}

static void forward_block(job *j)
{
    const rn_kernel_call *c = j->call;
    float *lse = row_of(j, &c->out[1], 1, j->first);
    if (j->columns == 0) {
        memset(row_of(j, &c->out[0], 2, j->first), 0, (size_t)(j->rows * j->st->e) * sizeof(float));
        memset(lse, 0, (size_t)j->rows * sizeof *lse);
        return;
    }
    multiply_rows(j, j->scores, scale_of(j), &c->in[Q], &c->in[K]);
    for (int64_t r = 0; r < j->rows; r++) {
        float *row = j->scores + r * j->columns;
        const int64_t n = seen(j, j->first + r);
        lse[r] = n > 0 ? (float)j->lines->softmax(row, row, n, 1) : 0;
        memset(row + n, 0, (size_t)(j->columns - n) * sizeof *row);
    }
    combine(j, &c->out[0], j->scores, &c->in[V]);
}

static void run_blocks(void *user, int thread, int threads)
{
    const state *st = ((rn_kernel_call *)user)->state;
    int64_t at, last;
    job j;
    job_init(&j, user, thread);
    rni_cpu_part(st->batches * st->blocks, thread, threads, &at, &last);
    for (; at < last; at++) {
        enter_block(&j, at / st->blocks, at % st->blocks);
        forward_block(&j);
    }
}

static void run_parallel(rn_kernel_call *c, rni_cpu_task *task)
{
    sigset_t signals;
    rni_cpu_signals_wait(&signals);
    rni_cpu_parallel(((const state *)c->state)->threads, task, c);
    rni_cpu_signals_come(&signals);
}

bool rni_cpu_attention_run(rn_kernel_call *c)
{
    run_parallel(c, run_blocks);
    return true;
}

/* The weights once more, then their gradients times what the scores depend on. */
static void backward_block(job *j)
{
    const rn_kernel_call *c = j->call;
    const rn_view *in = c->in, *out = c->out;
    if (j->columns == 0) {
        memset(row_of(j, &out[Q], 2, j->first), 0, (size_t)(j->rows * j->st->d) * sizeof(float));
        return;
    }
    const float *delta = row_of(j, &in[DELTA], 1, j->first), *lse = row_of(j, &in[LSE], 1, j->first);
    multiply_rows(j, j->scores, scale_of(j), &in[Q], &in[K]);
    multiply_rows(j, j->grads, 1, &in[GY], &in[V]);
    for (int64_t r = 0; r < j->rows; r++) {
        float *p = j->scores + r * j->columns, *g = j->grads + r * j->columns;
        const int64_t n = seen(j, j->first + r), unseen = j->columns - n;
        const rni_pull pull = { .b = (double)delta[r], .factor = scale_of(j) };
        j->lines->powers(p, p, n, (double)lse[r]);
        j->lines->pull(g, g, p, p, n, &pull);
        memset(p + n, 0, (size_t)unseen * sizeof *p);
        memset(g + n, 0, (size_t)unseen * sizeof *g);
    }
    combine(j, &out[Q], j->grads, &in[K]);
    spread(j, &out[K], j->grads, &in[Q]);
    spread(j, &out[V], j->scores, &in[GY]);
}

static void run_batches(void *user, int thread, int threads)
{
    const rn_kernel_call *c = user;
    const state *st = c->state;
    int64_t batch, last;
    job j;
    job_init(&j, user, thread);
    rni_cpu_part(st->batches, thread, threads, &batch, &last);
    for (; batch < last; batch++) {
        j.batch = batch;
        memset(row_of(&j, &c->out[K], 2, 0), 0, (size_t)(st->s * st->d) * sizeof(float));
        memset(row_of(&j, &c->out[V], 2, 0), 0, (size_t)(st->s * st->e) * sizeof(float));
        for (int64_t block = 0; block < st->blocks; block++) {
            enter_block(&j, batch, block);
            backward_block(&j);
        }
    }
}

bool rni_cpu_attention_grad_run(rn_kernel_call *c)
{
    run_parallel(c, run_batches);
    return true;
}
