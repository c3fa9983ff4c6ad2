/* batch_norm and its gradient where channels lie innermost: rows of channels. Statistics are made in chunks of rows,
 * whose number depends on shapes only, so that results do not depend on threads. Values of 16 bits are converted in
 * blocks of rows that stay in the cache. */
#include "backend/cpu/norm.h"

#include "backend/cpu/cpu.h"

#include <rensa/kernels.h>

#include <math.h>
#include <string.h>

enum {
    CHUNKS_MOST = 64,
    CHUNK_LEAST = 16384 /* values */,
    ARRAYS = 4,
    BLOCK = 4096 /* values, or a row */,
    PIECE = 32768 /* values, or a row, after which others follow */,
    OPERANDS = 3
};

const char *rni_cpu_batch_norm_last_refuse(const rn_kernel_call *c)
{
    const rn_batch_norm_opts *o = c->opts;
    const rn_view *x = &c->in[0];
    if (x->rank < 2 || o->axes.n > 1 || (o->axes.n == 1 && o->axes.axis[0] != 1 && o->axes.axis[0] + x->rank != 1))
        return "not one statistic for each channel";
    if (x->dim[1] < 2) return "a single channel";
    return rni_cpu_is_channels_last(x) ? NULL : "channels are not innermost";
}

static bool is_grad(const rn_kernel_call *c)
{
    return c->n_out > 1 && c->n_in > 3;
}

static bool is_again(const rn_kernel_call *c)
{
    return c->n_out == 1;
}

void rni_cpu_batch_norm_last_arrange(rn_kernel_call *c)
{
    rni_cpu_channels_last(&c->in[0]);
    rni_cpu_channels_last(&c->out[0]);
    if (is_grad(c)) rni_cpu_channels_last(&c->in[1]);
}

typedef struct {
    const rn_kernel_call *call;
    const rni_isa *isa;
    const rni_pixels *kernels;
    rni_cpu_compute compute;
    bool same; /* values are of the type computed in */
    int64_t rows, n, chunks, chunk, block;
    double *first, *second; /* [chunks, n] statistics */
    char *array[ARRAYS];    /* [n] what is the same for all rows, in the type computed in */
    char *scratch;          /* of each thread: blocks of the operands */
} job;

static int64_t array_bytes(const job *j)
{
    return rni_cpu_round_up(j->n * 8, 64);
}

static int64_t scratch_bytes(const job *j)
{
    return j->same ? 0 : OPERANDS * rni_cpu_round_up(j->block * j->n * 4, 64);
}

static job job_of(const rn_kernel_call *c)
{
    const rn_dtype d = c->in[0].dtype;
    job j = { .call = c, .isa = ((const rni_cpu *)c->device)->isa, .same = d == RN_F32 || d == RN_F64 };
    j.compute = d == RN_F64 ? RNI_CPU_F64 : RNI_CPU_F32;
    j.kernels = &j.isa->pixels[j.compute];
    j.n = c->in[0].dim[1];
    j.rows = rni_view_count(&c->in[0]) / j.n;
    j.chunks = (j.rows * j.n + CHUNK_LEAST - 1) / CHUNK_LEAST;
    j.chunks = j.chunks < 1 ? 1 : j.chunks > CHUNKS_MOST ? CHUNKS_MOST : j.chunks;
    if (j.chunks > j.rows) j.chunks = j.rows > 0 ? j.rows : 1;
    j.chunk = (j.rows + j.chunks - 1) / j.chunks;
    j.block = BLOCK / j.n > 1 ? BLOCK / j.n : 1;
    char *at = c->workspace;
    for (int i = 0; at && i < ARRAYS; i++) j.array[i] = at + i * array_bytes(&j);
    if (at) j.first = (double *)(void *)(at + ARRAYS * array_bytes(&j));
    if (at) j.second = j.first + j.chunks * j.n;
    if (at) j.scratch = at + ARRAYS * array_bytes(&j) + rni_cpu_round_up(2 * j.chunks * j.n * 8, 64);
    return j;
}

bool rni_cpu_batch_norm_last_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    (void)state;
    const job j = job_of(c);
    *workspace = ARRAYS * array_bytes(&j) + rni_cpu_round_up(2 * j.chunks * j.n * 8, 64) +
                 scratch_bytes(&j) * rni_cpu_max_threads(c->device);
    return true;
}

static char *row(const job *j, const rn_view *v, int64_t r)
{
    return (char *)v->data + (r * j->n << rni_cpu_log_bytes(v->dtype));
}

/* Where operand k of a block is converted to. */
static char *block_of(const job *j, int thread, int k)
{
    return j->scratch + thread * scratch_bytes(j) + k * (scratch_bytes(j) / OPERANDS);
}

/* Values of rows r … r + n - 1: where they lie, or converted. */
static const char *values(const job *j, const rn_view *v, int64_t r, int64_t n, char *block)
{
    if (j->same) return row(j, v, r);
    j->isa->move->load[j->compute][v->dtype](block, row(j, v, r), n * j->n);
    return block;
}

static int64_t chunk_rows(const job *j, int64_t k)
{
    const int64_t left = j->rows - k * j->chunk;
    return left < j->chunk ? (left > 0 ? left : 0) : j->chunk;
}

static void set_array(const job *j, int k, int64_t i, double x)
{
    if (j->compute == RNI_CPU_F64)
        ((double *)(void *)j->array[k])[i] = x;
    else
        ((float *)(void *)j->array[k])[i] = (float)x;
}

static void sum_chunk(const job *j, int64_t k, int thread)
{
    const rn_kernel_call *c = j->call;
    double *first = j->first + k * j->n, *second = j->second + k * j->n;
    memset(first, 0, (size_t)j->n * sizeof *first);
    memset(second, 0, (size_t)j->n * sizeof *second);
    const int64_t rows = chunk_rows(j, k), step = j->same ? rows : j->block;
    for (int64_t r = 0; r < rows; r += step) {
        const int64_t n = rows - r < step ? rows - r : step, at = k * j->chunk + r;
        const char *x = values(j, &c->in[0], at, n, block_of(j, thread, 0));
        if (is_grad(c))
            j->kernels->sum_pull(values(j, &c->in[1], at, n, block_of(j, thread, 1)), x, n, j->n, j->array[0], first,
                                 second);
        else
            j->kernels->moments(x, n, j->n, r, first, second);
    }
}

static void sum_chunks(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t k, end;
    rni_cpu_part(j->chunks, thread, threads, &k, &end);
    for (; k < end; k++) sum_chunk(j, k, thread);
}

static double scale(const job *j, double var)
{
    return 1 / sqrt(var + ((const rn_batch_norm_opts *)j->call->opts)->eps);
}

static void join_moments(const job *j, int64_t i)
{
    double mean = 0, squares = 0, before = 0;
    for (int64_t k = 0; k < j->chunks; k++) {
        const double n = (double)chunk_rows(j, k), d = j->first[k * j->n + i] - mean;
        if (n == 0) continue;
        mean += d * n / (before + n);
        squares += j->second[k * j->n + i] + d * d * before * n / (before + n);
        before += n;
    }
    rni_cpu_set_number(j->call->device, &j->call->out[1], i, mean);
    rni_cpu_set_number(j->call->device, &j->call->out[2], i, before > 0 ? squares / before : 0);
}

/* By the statistics as they are stored, so that the same comes out when it is computed again. */
static void finish_norm(const job *j, int64_t i)
{
    const rn_kernel_call *c = j->call;
    const rn_view *statistics = is_again(c) ? &c->in[3] : &c->out[1];
    if (!is_again(c)) join_moments(j, i);
    const double var = rni_cpu_number(c->device, &statistics[1], i);
    const bool gamma = c->n_in > 1 && c->in[1].dtype, beta = c->n_in > 2 && c->in[2].dtype;
    set_array(j, 0, i, rni_cpu_number(c->device, &statistics[0], i));
    set_array(j, 1, i, scale(j, var) * (gamma ? rni_cpu_number(c->device, &c->in[1], i) : 1));
    set_array(j, 2, i, beta ? rni_cpu_number(c->device, &c->in[2], i) : 0);
}

/* With r = 1 / sqrt(var + eps) and n = (x - mean) r: gx = gamma r (gy - mean of gy - n * mean of (gy n)). */
static void finish_grad(const job *j, int64_t i)
{
    const rn_kernel_call *c = j->call;
    double sum = 0, products = 0;
    for (int64_t k = 0; k < j->chunks; k++) {
        sum += j->first[k * j->n + i];
        products += j->second[k * j->n + i];
    }
    const double r = scale(j, rni_cpu_number(j->call->device, &c->in[3], i)),
                 share = j->rows > 0 ? 1 / (double)j->rows : 0;
    const bool gamma = c->n_in > 4 && c->in[4].dtype;
    rni_cpu_set_number(j->call->device, &c->out[1], i, products * r);
    rni_cpu_set_number(j->call->device, &c->out[2], i, sum);
    set_array(j, 1, i, sum * share);
    set_array(j, 2, i, products * r * r * share);
    set_array(j, 3, i, r * (gamma ? rni_cpu_number(j->call->device, &c->in[4], i) : 1));
}

static void finish(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t i, end;
    rni_cpu_part(j->n, thread, threads, &i, &end);
    for (; i < end; i++) {
        if (is_grad(j->call))
            finish_grad(j, i);
        else
            finish_norm(j, i);
    }
}

static void apply(void *user, int thread, int threads)
{
    const job *j = user;
    const rn_kernel_call *c = j->call;
    int64_t r, end;
    rni_cpu_part(j->rows, thread, threads, &r, &end);
    const int64_t piece = PIECE / j->n > 1 ? PIECE / j->n : 1;
    for (const int64_t step = !j->same ? j->block : c->then ? piece : end - r; r < end; r += step) {
        const int64_t n = end - r < step ? end - r : step;
        const char *x = values(j, &c->in[0], r, n, block_of(j, thread, 0));
        char *y = j->same ? row(j, &c->out[0], r) : block_of(j, thread, 2);
        if (is_grad(c))
            j->kernels->pull(y, values(j, &c->in[1], r, n, block_of(j, thread, 1)), x, n, j->n, j->array[0],
                             j->array[1], j->array[2], j->array[3]);
        else
            j->kernels->affine(y, x, n, j->n, j->array[0], j->array[1], j->array[2]);
        if (!j->same) j->isa->move->store[j->compute][c->out[0].dtype](row(j, &c->out[0], r), y, n * j->n);
        if (c->then) rni_cpu_map_piece(c->then, thread, r * j->n, n * j->n);
    }
}

bool rni_cpu_batch_norm_last_run(rn_kernel_call *c)
{
    job j = job_of(c);
    for (int64_t i = 0; i < j.n && is_grad(c); i++) set_array(&j, 0, i, rni_cpu_number(j.call->device, &c->in[2], i));
    int threads = rni_cpu_threads(c->device, (double)j.rows * (double)j.n * 0.3);
    if (c->then && threads > rni_cpu_map_threads(c->then)) threads = rni_cpu_map_threads(c->then);
    if (!is_again(c)) rni_cpu_parallel(threads < j.chunks ? threads : (int)j.chunks, sum_chunks, &j);
    rni_cpu_parallel(j.n * j.chunks > 20000 ? threads : 1, finish, &j);
    rni_cpu_parallel(threads, apply, &j);
    return true;
}
