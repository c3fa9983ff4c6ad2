/* attention and attention_grad: the weights of some rows at a time, in scratch, so that no [T, S] array is ever in
 * memory. What a causal block of rows does not see is not computed. */
#include "backend/cpu/attention_p.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <oneapi/dnnl/dnnl.h>
#include <stdlib.h>
#include <string.h>

enum {
    Q = RNI_ATTENTION_Q,
    K = RNI_ATTENTION_K,
    V = RNI_ATTENTION_V,
    GY = RNI_ATTENTION_GY,
    DELTA = RNI_ATTENTION_DELTA,
    LSE = RNI_ATTENTION_LSE
};

/* ---- whatever the type ---- */

bool rni_attention_has_gradient(const rn_kernel_call *c)
{
    return strcmp(c->op, "attention_grad") == 0;
}

static int operands(const rn_kernel_call *c)
{
    return rni_attention_has_gradient(c) ? RNI_ATTENTION_OPERANDS : GY;
}

const char *rni_attention_refuse(const rn_kernel_call *c, rn_dtype dtype)
{
    const int n = operands(c);
    if (c->in[Q].dtype != dtype) return dtype == RN_F32 ? "only f32" : "only bf16";
    if (c->n_in > n && c->in[n].dtype) return "a mask";
    for (int i = 0; i < n; i++)
        if (rni_view_count(&c->in[i]) == 0) return "an empty operand";
    for (int i = DELTA; i < n; i++)
        if (c->in[i].dtype != RN_F32) return "sums that are not f32";
    return NULL;
}

/* Rows of unit stride that do not overlap; the last `inner` axes are those of a batch. */
static bool is_readable(const rn_view *v, int inner)
{
    const int last = v->rank - 1;
    if (v->dim[last] > 1 && v->stride[last] != 1) return false;
    return inner == 1 || v->dim[last - 1] <= 1 || v->stride[last - 1] >= v->dim[last];
}

const char *rni_attention_refuse_strides(const rn_kernel_call *c)
{
    for (int i = 0; i < operands(c); i++)
        if (!is_readable(&c->in[i], i < DELTA ? 2 : 1)) return "strides that products cannot read";
    return NULL;
}

void rni_attention_measure(const rn_kernel_call *c, rni_attention_sizes *n)
{
    const rn_view *q = &c->in[Q], *v = &c->in[V];
    const int row = q->rank - 2, column = q->rank - 1;
    *n = (rni_attention_sizes){ .t = q->dim[row], .s = v->dim[row], .d = q->dim[column], .e = v->dim[column] };
    n->batches = rni_view_count(q) / (n->t * n->d);
    n->blocks = (n->t + RNI_ATTENTION_ROWS - 1) / RNI_ATTENTION_ROWS;
}

int rni_attention_threads(const rn_kernel_call *c, const rni_attention_sizes *n, double each)
{
    const bool gradient = rni_attention_has_gradient(c);
    const double pairs = (double)(n->batches * n->t) * (double)n->s;
    const int64_t tasks = gradient ? n->batches : n->batches * n->blocks;
    const int threads = rni_cpu_threads(c->device, pairs * each * (gradient ? 2.5 : 1));
    return threads < tasks ? threads : (int)tasks;
}

double rni_attention_scale(const rn_kernel_call *c)
{
    return ((const rn_attention_opts *)c->opts)->scale;
}

int64_t rni_attention_seen(const rn_kernel_call *c, const rni_attention_sizes *n, int64_t t)
{
    if (!((const rn_attention_opts *)c->opts)->causal) return n->s;
    const int64_t seen = t + n->s - n->t + 1;
    return seen < 0 ? 0 : seen;
}

void rni_attention_enter(const rn_kernel_call *c, const rni_attention_sizes *n, int64_t batch, int64_t block,
                         rni_attention_block *b)
{
    *b = (rni_attention_block){ .batch = batch, .first = block * RNI_ATTENTION_ROWS };
    b->rows = n->t - b->first < RNI_ATTENTION_ROWS ? n->t - b->first : RNI_ATTENTION_ROWS;
    b->columns = rni_attention_seen(c, n, b->first + b->rows - 1);
}

void *rni_attention_row(const rn_view *v, int inner, int64_t batch, int64_t row)
{
    int64_t offset = row * v->stride[v->rank - inner];
    for (int i = v->rank - inner - 1; i >= 0; batch /= v->dim[i--]) offset += batch % v->dim[i] * v->stride[i];
    return (char *)v->data + (offset << rni_cpu_log_bytes(v->dtype));
}

void rni_attention_clear(const rn_view *v, const rni_attention_block *b)
{
    const size_t bytes = (size_t)v->dim[v->rank - 1] << rni_cpu_log_bytes(v->dtype);
    for (int64_t r = b->first; r < b->first + b->rows; r++) memset(rni_attention_row(v, 2, b->batch, r), 0, bytes);
}

void rni_cpu_attention_arrange(rn_kernel_call *c)
{
    const rn_view *q = &c->in[Q];
    rn_view *y = &c->out[0];
    const int last = y->rank - 1;
    int order[RN_MAX_RANK];
    for (int a = 0; a < last; a++) {
        int at = a;
        for (; at > 0 && q->stride[order[at - 1]] < q->stride[a]; at--) order[at] = order[at - 1];
        order[at] = a;
    }
    int64_t stride = y->dim[last];
    for (int i = last - 1; i >= 0; stride *= y->dim[order[i--]]) y->stride[order[i]] = stride;
}

/* ---- f32 ---- */

typedef struct {
    rni_attention_sizes n;
    int64_t block; /* floats of its scores in scratch */
    int threads;
} state;

const char *rni_cpu_attention_refuse(const rn_kernel_call *c)
{
    return rni_attention_refuse(c, RN_F32);
}

const char *rni_cpu_attention_refuse_strided(const rn_kernel_call *c)
{
    const char *why = rni_cpu_attention_refuse(c);
    return why ? why : rni_attention_refuse_strides(c);
}

bool rni_cpu_attention_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    state *st = calloc(1, sizeof *st);
    if (!st) return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    rni_attention_sizes *n = &st->n;
    rni_attention_measure(c, n);
    st->block = rni_cpu_round_up((n->t < RNI_ATTENTION_ROWS ? n->t : RNI_ATTENTION_ROWS) * n->s, 16);
    const bool gradient = rni_attention_has_gradient(c);
    st->threads = rni_attention_threads(c, n, 0.01 * (double)(n->d + n->e) + 0.5);
    *workspace = st->threads * st->block * (gradient ? 2 : 1) * (int64_t)sizeof(float);
    *out = st;
    return true;
}

typedef struct {
    rn_kernel_call *call;
    const state *st;
    const rni_lines *lines;
    float *scores, *grads; /* [rows, columns] */
    rni_attention_block at;
} job;

static void job_init(job *j, rn_kernel_call *c, int thread)
{
    const state *st = c->state;
    *j = (job){ .call = c, .st = st, .lines = &((const rni_cpu *)c->device)->isa->lines[RNI_CPU_F32] };
    j->scores = (float *)c->workspace + thread * st->block * (rni_attention_has_gradient(c) ? 2 : 1);
    j->grads = j->scores + st->block;
}

static float *row_of(const job *j, const rn_view *v, int inner, int64_t row)
{
    return rni_attention_row(v, inner, j->at.batch, row);
}

static int64_t lead(const rn_view *v)
{
    const int64_t stride = v->stride[v->rank - 2], width = v->dim[v->rank - 1];
    return stride > width ? stride : width;
}

/* [rows, columns] = factor * a b', from row `first` of a on */
static void multiply_rows(const job *j, float *to, double factor, const rn_view *a, const rn_view *b)
{
    dnnl_sgemm('N', 'T', j->at.rows, j->at.columns, a->dim[a->rank - 1], (float)factor, row_of(j, a, 2, j->at.first),
               lead(a), row_of(j, b, 2, 0), lead(b), 0, to, j->at.columns);
}

/* to = weights b, rows of a result */
static void combine(const job *j, const rn_view *to, const float *weights, const rn_view *b)
{
    const int64_t width = to->dim[to->rank - 1];
    dnnl_sgemm('N', 'N', j->at.rows, width, j->at.columns, 1, weights, j->at.columns, row_of(j, b, 2, 0), lead(b), 0,
               row_of(j, to, 2, j->at.first), lead(to));
}

/* to += weights' b, b being rows of an operand */
static void spread(const job *j, const rn_view *to, const float *weights, const rn_view *b)
{
    const int64_t width = to->dim[to->rank - 1];
    dnnl_sgemm('T', 'N', j->at.columns, width, j->at.rows, 1, weights, j->at.columns, row_of(j, b, 2, j->at.first),
               lead(b), 1, row_of(j, to, 2, 0), width);
}

static void forward_block(job *j)
{
    const rn_kernel_call *c = j->call;
    float *lse = row_of(j, &c->out[1], 1, j->at.first);
    if (j->at.columns == 0) {
        rni_attention_clear(&c->out[0], &j->at);
        memset(lse, 0, (size_t)j->at.rows * sizeof *lse);
        return;
    }
    multiply_rows(j, j->scores, rni_attention_scale(j->call), &c->in[Q], &c->in[K]);
    for (int64_t r = 0; r < j->at.rows; r++) {
        float *row = j->scores + r * j->at.columns;
        const int64_t n = rni_attention_seen(c, &j->st->n, j->at.first + r);
        lse[r] = n > 0 ? (float)j->lines->softmax(row, row, n, 1) : 0;
        memset(row + n, 0, (size_t)(j->at.columns - n) * sizeof *row);
    }
    combine(j, &c->out[0], j->scores, &c->in[V]);
}

static void run_blocks(void *user, int thread, int threads)
{
    const state *st = ((rn_kernel_call *)user)->state;
    int64_t at, last;
    job j;
    job_init(&j, user, thread);
    rni_cpu_part(st->n.batches * st->n.blocks, thread, threads, &at, &last);
    for (; at < last; at++) {
        rni_attention_enter(j.call, &st->n, at / st->n.blocks, at % st->n.blocks, &j.at);
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
    if (j->at.columns == 0) {
        rni_attention_clear(&out[Q], &j->at);
        return;
    }
    const float *delta = row_of(j, &in[DELTA], 1, j->at.first), *lse = row_of(j, &in[LSE], 1, j->at.first);
    multiply_rows(j, j->scores, rni_attention_scale(j->call), &in[Q], &in[K]);
    multiply_rows(j, j->grads, 1, &in[GY], &in[V]);
    for (int64_t r = 0; r < j->at.rows; r++) {
        float *p = j->scores + r * j->at.columns, *g = j->grads + r * j->at.columns;
        const int64_t n = rni_attention_seen(c, &j->st->n, j->at.first + r), unseen = j->at.columns - n;
        const rni_pull pull = { .b = (double)delta[r], .factor = rni_attention_scale(j->call) };
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
    rni_cpu_part(st->n.batches, thread, threads, &batch, &last);
    for (; batch < last; batch++) {
        j.at.batch = batch;
        memset(row_of(&j, &c->out[K], 2, 0), 0, (size_t)(st->n.s * st->n.d) * sizeof(float));
        memset(row_of(&j, &c->out[V], 2, 0), 0, (size_t)(st->n.s * st->n.e) * sizeof(float));
        for (int64_t block = 0; block < st->n.blocks; block++) {
            rni_attention_enter(c, &st->n, batch, block, &j.at);
            backward_block(&j);
        }
    }
}

bool rni_cpu_attention_grad_run(rn_kernel_call *c)
{
    run_parallel(c, run_batches);
    return true;
}
