/* attention and attention_grad of bf16: as for f32 (attention.c), but that operands of products are rounded to bf16,
 * the weights among them, and that a batch's k and v are first laid out as products of pairs want them (isa.h). */
#include "backend/cpu/attention_p.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <stdlib.h>
#include <string.h>

enum { PANEL = 32, ALIGN = 64 };

typedef struct {
    rni_attention_sizes n;
    int64_t s, d, e; /* rounded up to whole panels */
    int threads;
    int64_t bytes; /* of scratch, for each thread */
} state;

/* Scratch of a thread. Names in capitals are panels: K of k as [s, d], KT of its transpose. */
typedef struct {
    float *scores, *grads, *rows; /* [64, s], [64, s], [64, d or e] */
    uint16_t *weights;            /* [64, s]: those that a product of rows reads */
    uint32_t *p, *g;              /* [32, s]: weights and their gradients in pairs of rows */
    uint32_t *K, *KT, *V, *VT, *Q, *GY;
    float *gk, *gv; /* [s, d], [s, e] */
    int64_t batch;  /* whose panels they are; -1: none */
} scratch;

/* Room in scratch, whose end `bytes` is. */
static void *take(char *base, int64_t *bytes, int64_t wanted)
{
    char *p = base ? base + *bytes : NULL;
    *bytes += rni_cpu_round_up(wanted, ALIGN);
    return p;
}

/* Lays scratch out from `base` on, which may be NULL; returns its bytes. */
static int64_t lay_out(const state *st, bool gradient, char *base, scratch *x)
{
    const int64_t word = 4, rows = RNI_ATTENTION_ROWS, wide = st->d > st->e ? st->d : st->e;
    const int64_t pairs_s = (st->n.s + 1) / 2, pairs_d = st->n.d / 2, pairs_e = st->n.e / 2;
    int64_t bytes = 0;
    *x = (scratch){ .batch = -1 };
    x->scores = take(base, &bytes, rows * st->s * word);
    x->rows = take(base, &bytes, rows * wide * word);
    x->weights = take(base, &bytes, rows * st->s * 2);
    x->KT = take(base, &bytes, pairs_d * st->s * word);
    if (!gradient) {
        x->V = take(base, &bytes, pairs_s * st->e * word);
        return bytes;
    }
    x->grads = take(base, &bytes, rows * st->s * word);
    x->p = take(base, &bytes, rows / 2 * st->s * word);
    x->g = take(base, &bytes, rows / 2 * st->s * word);
    x->K = take(base, &bytes, pairs_s * st->d * word);
    x->VT = take(base, &bytes, pairs_e * st->s * word);
    x->Q = take(base, &bytes, rows / 2 * st->d * word);
    x->GY = take(base, &bytes, rows / 2 * st->e * word);
    x->gk = take(base, &bytes, st->s * st->d * word);
    x->gv = take(base, &bytes, st->s * st->e * word);
    return bytes;
}

const char *rni_cpu_attention_bf16_refuse(const rn_kernel_call *c)
{
    const rni_cpu *cpu = c->device;
    const char *why = rni_attention_refuse(c, RN_BF16);
    if (why) return why;
    if (!cpu->isa->pairs->available()) return "this processor has no products of bf16";
    for (int i = RNI_ATTENTION_Q; i <= RNI_ATTENTION_V; i++)
        if (c->in[i].dim[c->in[i].rank - 1] % 2) return "an odd number of features";
    return NULL;
}

const char *rni_cpu_attention_bf16_refuse_strided(const rn_kernel_call *c)
{
    const char *why = rni_cpu_attention_bf16_refuse(c);
    return why ? why : rni_attention_refuse_strides(c);
}

bool rni_cpu_attention_bf16_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    state *st = calloc(1, sizeof *st);
    if (!st) return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    rni_attention_measure(c, &st->n);
    st->s = rni_cpu_round_up(st->n.s, PANEL);
    st->d = rni_cpu_round_up(st->n.d, PANEL);
    st->e = rni_cpu_round_up(st->n.e, PANEL);
    const bool gradient = rni_attention_has_gradient(c);
    st->threads = rni_attention_threads(c, &st->n, 0.005 * (double)(st->d + st->e) + 0.5);
    scratch x;
    st->bytes = lay_out(st, gradient, NULL, &x);
    *workspace = st->threads * st->bytes;
    *out = st;
    return true;
}

/* Some rows of a batch, and the columns that the last of them sees. */
typedef struct {
    rn_kernel_call *call;
    const state *st;
    const rni_lines *lines;
    const rni_pairs *pairs;
    scratch x;
    rni_attention_block at;
} job;

static void job_init(job *j, rn_kernel_call *c, int thread)
{
    const state *st = c->state;
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    *j = (job){ .call = c, .st = st, .lines = &isa->lines[RNI_CPU_F32], .pairs = isa->pairs };
    lay_out(st, rni_attention_has_gradient(c), (char *)c->workspace + thread * st->bytes, &j->x);
}

static uint16_t *operand(const job *j, const rn_view *v, int64_t row)
{
    return rni_attention_row(v, 2, j->at.batch, row);
}

static int64_t stride_of(const rn_view *v)
{
    return v->stride[v->rank - 2];
}

/* Panels of the batch's k and v. */
static void enter_batch(job *j, int64_t batch)
{
    const rn_view *k = &j->call->in[RNI_ATTENTION_K], *v = &j->call->in[RNI_ATTENTION_V];
    const rni_attention_sizes *n = &j->st->n;
    if (j->x.batch == batch) return;
    j->x.batch = j->at.batch = batch;
    j->pairs->panels_transposed(j->x.KT, operand(j, k, 0), stride_of(k), n->d, n->s);
    if (j->x.VT) {
        j->pairs->panels_transposed(j->x.VT, operand(j, v, 0), stride_of(v), n->e, n->s);
        j->pairs->panels(j->x.K, operand(j, k, 0), stride_of(k), n->s, n->d);
    } else
        j->pairs->panels(j->x.V, operand(j, v, 0), stride_of(v), n->s, n->e);
}

/* to [rows, columns] = factor * rows of v times panels of a transpose */
static void score(const job *j, float *to, const rn_view *v, const uint32_t *panels, int64_t features, double factor)
{
    j->pairs->multiply(&(rni_pairs_product){ .y = to,
                                             .a = operand(j, v, j->at.first),
                                             .b = panels,
                                             .lead = j->st->s,
                                             .row = stride_of(v) * 2,
                                             .pair = 4,
                                             .panel = features / 2 * PANEL,
                                             .m = j->at.rows,
                                             .panels = (j->at.columns + PANEL - 1) / PANEL,
                                             .pairs = features / 2,
                                             .factor = (float)factor });
}

/* Rows of a result = the weights times panels of [s, width]. */
static void combine(const job *j, const rn_view *to, const uint32_t *panels, int64_t width)
{
    const int64_t whole = rni_cpu_round_up(width, PANEL);
    j->pairs->multiply(&(rni_pairs_product){ .y = j->x.rows,
                                             .a = j->x.weights,
                                             .b = panels,
                                             .lead = whole,
                                             .row = j->st->s * 2,
                                             .pair = 4,
                                             .panel = (j->st->n.s + 1) / 2 * PANEL,
                                             .m = j->at.rows,
                                             .panels = whole / PANEL,
                                             .pairs = (j->at.columns + 1) / 2,
                                             .factor = 1 });
    for (int64_t r = 0; r < j->at.rows; r++)
        j->pairs->round(operand(j, to, j->at.first + r), j->x.rows + r * whole, width);
}

/* A row of weights [columns], of which n are seen, as bf16; the others are zero. */
static void set_weights(const job *j, int64_t r, float *row, int64_t n)
{
    memset(row + n, 0, (size_t)(j->st->s - n) * sizeof *row);
    j->pairs->round(j->x.weights + r * j->st->s, row, rni_cpu_round_up(j->at.columns, 2));
}

static void forward_block(job *j)
{
    const rn_kernel_call *c = j->call;
    float *lse = rni_attention_row(&c->out[1], 1, j->at.batch, j->at.first);
    if (j->at.columns == 0) {
        rni_attention_clear(&c->out[0], &j->at);
        memset(lse, 0, (size_t)j->at.rows * sizeof *lse);
        return;
    }
    score(j, j->x.scores, &c->in[RNI_ATTENTION_Q], j->x.KT, j->st->n.d, rni_attention_scale(c));
    for (int64_t r = 0; r < j->at.rows; r++) {
        float *row = j->x.scores + r * j->st->s;
        const int64_t n = rni_attention_seen(c, &j->st->n, j->at.first + r);
        lse[r] = n > 0 ? (float)j->lines->softmax(row, row, n, 1) : 0;
        set_weights(j, r, row, n);
    }
    combine(j, &c->out[0], j->x.V, j->st->n.e);
}

static void run_blocks(void *user, int thread, int threads)
{
    rn_kernel_call *c = user;
    const state *st = c->state;
    int64_t at, last;
    job j;
    job_init(&j, c, thread);
    rni_cpu_part(st->n.batches * st->n.blocks, thread, threads, &at, &last);
    for (; at < last; at++) {
        enter_batch(&j, at / st->n.blocks);
        rni_attention_enter(c, &st->n, at / st->n.blocks, at % st->n.blocks, &j.at);
        forward_block(&j);
    }
}

bool rni_cpu_attention_bf16_run(rn_kernel_call *c)
{
    rni_cpu_parallel(((const state *)c->state)->threads, run_blocks, c);
    return true;
}

/* sums [columns, width] += the transpose of pairs [rows, columns] times rows of an operand */
static void spread(const job *j, float *sums, const uint32_t *pairs, const rn_view *v, uint32_t *panels)
{
    const int64_t width = v->dim[v->rank - 1], whole = rni_cpu_round_up(width, PANEL);
    j->pairs->panels(panels, operand(j, v, j->at.first), stride_of(v), j->at.rows, width);
    j->pairs->multiply(&(rni_pairs_product){ .y = sums,
                                             .a = pairs,
                                             .b = panels,
                                             .lead = whole,
                                             .row = 4,
                                             .pair = j->st->s * 4,
                                             .panel = (j->at.rows + 1) / 2 * PANEL,
                                             .m = j->at.columns,
                                             .panels = whole / PANEL,
                                             .pairs = (j->at.rows + 1) / 2,
                                             .factor = 1,
                                             .add = true });
}

/* The weights once more, then their gradients times what the scores depend on. */
static void backward_block(job *j)
{
    const rn_kernel_call *c = j->call;
    const rn_view *in = c->in;
    const int64_t s = j->st->s;
    if (j->at.columns == 0) {
        rni_attention_clear(&c->out[RNI_ATTENTION_Q], &j->at);
        return;
    }
    const double scale = rni_attention_scale(c);
    const float *delta = rni_attention_row(&in[RNI_ATTENTION_DELTA], 1, j->at.batch, j->at.first);
    const float *lse = rni_attention_row(&in[RNI_ATTENTION_LSE], 1, j->at.batch, j->at.first);
    score(j, j->x.scores, &in[RNI_ATTENTION_Q], j->x.KT, j->st->n.d, scale);
    score(j, j->x.grads, &in[RNI_ATTENTION_GY], j->x.VT, j->st->n.e, 1);
    for (int64_t r = 0; r < j->at.rows; r++) {
        float *p = j->x.scores + r * s, *g = j->x.grads + r * s;
        const int64_t n = rni_attention_seen(c, &j->st->n, j->at.first + r);
        const rni_pull pull = { .b = (double)delta[r], .factor = scale };
        j->lines->powers(p, p, n, (double)lse[r]);
        j->lines->pull(g, g, p, p, n, &pull);
        memset(p + n, 0, (size_t)(s - n) * sizeof *p);
        set_weights(j, r, g, n);
    }
    for (int64_t r = 0; r < j->at.rows; r += 2) {
        const bool odd = r + 1 < j->at.rows;
        const float *p = j->x.scores + r * s, *g = j->x.grads + r * s;
        j->pairs->pair(j->x.p + r / 2 * s, p, odd ? p + s : NULL, j->at.columns);
        j->pairs->pair(j->x.g + r / 2 * s, g, odd ? g + s : NULL, j->at.columns);
    }
    combine(j, &c->out[RNI_ATTENTION_Q], j->x.K, j->st->n.d);
    spread(j, j->x.gk, j->x.g, &in[RNI_ATTENTION_Q], j->x.Q);
    spread(j, j->x.gv, j->x.p, &in[RNI_ATTENTION_GY], j->x.GY);
}

static void leave_batch(const job *j, const rn_view *to, const float *sums)
{
    const int64_t width = to->dim[to->rank - 1], whole = rni_cpu_round_up(width, PANEL);
    for (int64_t r = 0; r < j->st->n.s; r++) j->pairs->round(operand(j, to, r), sums + r * whole, width);
}

static void run_batches(void *user, int thread, int threads)
{
    rn_kernel_call *c = user;
    const state *st = c->state;
    int64_t batch, last;
    job j;
    job_init(&j, c, thread);
    rni_cpu_part(st->n.batches, thread, threads, &batch, &last);
    for (; batch < last; batch++) {
        enter_batch(&j, batch);
        memset(j.x.gk, 0, (size_t)(st->s * st->d) * sizeof(float));
        memset(j.x.gv, 0, (size_t)(st->s * st->e) * sizeof(float));
        for (int64_t block = 0; block < st->n.blocks; block++) {
            rni_attention_enter(c, &st->n, batch, block, &j.at);
            backward_block(&j);
        }
        leave_batch(&j, &c->out[RNI_ATTENTION_K], j.x.gk);
        leave_batch(&j, &c->out[RNI_ATTENTION_V], j.x.gv);
    }
}

bool rni_cpu_attention_bf16_grad_run(rn_kernel_call *c)
{
    rni_cpu_parallel(((const state *)c->state)->threads, run_batches, c);
    return true;
}
