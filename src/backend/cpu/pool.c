/* Pooling over one or two axes. Planes are taken apart into phases (isa.h, rni_phases), several at once, so that each
 * element of the window is one step over long vectors, whatever the window. */
#include "backend/cpu/pool.h"

#include "backend/cpu/cpu.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SCRATCH_WANTED = 24 * 1024 }; /* bytes of phases that should stay in the first cache */

typedef enum { MAXIMUM, MAXIMUM_GRAD, MAXIMUM_TAKE, AVERAGE, AVERAGE_GRAD } pooling;

static pooling pooling_of(const char *op)
{
    static const char *const names[] = { "max_pool", "max_pool_grad", "max_pool_take", "average_pool",
                                         "average_pool_grad" };
    int k = 0;
    while (strcmp(op, names[k]) != 0) k++;
    return (pooling)k;
}

/* Windows along two axes; one axis is the second of two. */
typedef struct {
    rni_phases p;
    int64_t window[2], dilation[2], pad_end[2];
} geometry;

static geometry geometry_of(const rn_kernel_call *c)
{
    const rn_pool_opts *o = c->opts;
    const pooling way = pooling_of(c->op);
    const rn_view *x = way == AVERAGE_GRAD ? &c->out[0] : &c->in[0];
    const rn_view *y = way == AVERAGE_GRAD ? &c->in[0] : way == MAXIMUM_GRAD ? &c->in[1] : &c->out[0];
    geometry g = { .p = { .h = 1, .w = 1, .oh = 1, .ow = 1, .step = { 1, 1 } },
                   .window = { 1, 1 },
                   .dilation = { 1, 1 } };
    int64_t *const size[] = { &g.p.h, &g.p.w }, *const out[] = { &g.p.oh, &g.p.ow };
    for (int a = x->rank == 3, from = 0; a < 2; a++, from++) {
        *size[a] = x->dim[2 + from];
        *out[a] = y->dim[2 + from];
        g.window[a] = o->kernel[from];
        g.dilation[a] = o->dilation[from];
        g.p.pad[a] = o->pad[from];
        g.pad_end[a] = o->pad_end[from];
        g.p.step[a] = *out[a] > 1 ? o->stride[from] : 1;
    }
    g.p.rows = g.p.oh + (g.window[0] - 1) * g.dilation[0] / g.p.step[0];
    g.p.columns = g.p.ow + (g.window[1] - 1) * g.dilation[1] / g.p.step[1];
    return g;
}

const char *rni_cpu_pool_refuse(const rn_kernel_call *c)
{
    if (c->in[0].rank > 4) return "only one or two spatial axes";
    const geometry g = geometry_of(c);
    const double phases = (double)g.p.step[0] * (double)g.p.step[1] * (double)g.p.rows * (double)g.p.columns;
    if (phases > 16 * ((double)g.p.h * (double)g.p.w + (double)g.p.oh * (double)g.p.ow) + 4096)
        return "windows that are far larger than the plane";
    return NULL;
}

typedef struct {
    geometry g;
    pooling way;
    const rni_planes *kernels;
    rni_cpu_compute compute;
    int value_bytes, threads;
    bool same;                               /* values are computed in their own type */
    int64_t planes, together, each;          /* planes at once; values of a plane in a phase */
    int64_t acc_at, position_at, staging_at; /* in a thread's workspace */
    int64_t staging, stride;                 /* bytes of an operand there; of the workspace */
    int64_t *first;                          /* maximum: where each window meets the plane, -1 if nowhere */
    char *divisor;                           /* average: of each window */
} state;

/* The element of window i where it first meets an axis of n elements; how many do. */
static int64_t first_met(const geometry *g, int a, int64_t i, int64_t n, int64_t *count)
{
    const int64_t start = i * g->p.step[a] - g->p.pad[a], d = g->dilation[a];
    const int64_t u = start < 0 ? (-start + d - 1) / d : 0;
    const int64_t end = n > start ? (n - start + d - 1) / d : 0, last = end < g->window[a] ? end : g->window[a];
    *count = last > u ? last - u : 0;
    return u;
}

/* What the sum over the window is divided by; padding may count, what is past its end never does. */
static int64_t counted(const geometry *g, int a, int64_t i, int64_t n, bool exclude_pad)
{
    int64_t count;
    geometry padded = *g;
    if (exclude_pad) {
        first_met(g, a, i, n, &count);
        return count;
    }
    padded.p.pad[a] = 0;
    first_met(&padded, a, i, n + g->p.pad[a] + g->pad_end[a], &count);
    return count;
}

static void fill_tables(const rn_kernel_call *c, state *st)
{
    const rni_isa *isa = ((const rni_cpu *)c->device)->isa;
    const geometry *g = &st->g;
    const bool exclude_pad = ((const rn_pool_opts *)c->opts)->exclude_pad;
    for (int64_t i = 0; i < g->p.rows; i++)
        for (int64_t j = 0; j < g->p.columns; j++) {
            const int64_t k = i * g->p.columns + j;
            int64_t rows, columns;
            const int64_t u = first_met(g, 0, i, g->p.h, &rows), v = first_met(g, 1, j, g->p.w, &columns);
            st->first[k] = rows && columns ? u * g->dilation[0] * g->p.w + v * g->dilation[1] : -1;
            const double n =
                (double)counted(g, 0, i, g->p.h, exclude_pad) * (double)counted(g, 1, j, g->p.w, exclude_pad);
            const double by = n > 0 ? n : INFINITY;
            isa->move->load[st->compute][RN_F64](st->divisor + k * st->value_bytes, &by, 1);
        }
}

bool rni_cpu_pool_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    const rni_cpu *cpu = c->device;
    const geometry g = geometry_of(c);
    const int64_t each = g.p.rows * g.p.columns;
    state *st = calloc(1, sizeof *st + (size_t)each * (sizeof *st->first + sizeof(double)));
    if (!st) return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    st->g = g;
    st->way = pooling_of(c->op);
    st->compute = c->in[0].dtype == RN_F64 ? RNI_CPU_F64 : RNI_CPU_F32;
    st->value_bytes = st->compute == RNI_CPU_F64 ? 8 : 4;
    st->same = c->in[0].dtype == RN_F32 || c->in[0].dtype == RN_F64;
    st->kernels = &cpu->isa->planes[st->compute];
    st->planes = c->in[0].dim[0] * c->in[0].dim[1];
    st->each = each;
    st->first = (int64_t *)(void *)(st + 1);
    st->divisor = (char *)(st->first + each);
    fill_tables(c, st);
    const int64_t phases = g.p.step[0] * g.p.step[1], per_plane = phases * each * st->value_bytes;
    st->together = per_plane < SCRATCH_WANTED ? SCRATCH_WANTED / (per_plane + 1) : 1;
    if (st->together > st->planes) st->together = st->planes > 0 ? st->planes : 1;
    const double windows = (double)st->planes * (double)(g.p.oh * g.p.ow);
    st->threads = rni_cpu_threads(cpu, windows * (2 + 0.2 * (double)(g.window[0] * g.window[1])));
    /* the last windows of the last plane read on to where their elements would be */
    const int64_t tail = (g.p.rows - g.p.oh) * g.p.columns + g.p.columns - g.p.ow;
    st->g.p.phase = rni_cpu_round_up(st->together * each + tail, 16);
    st->acc_at = phases * st->g.p.phase * st->value_bytes;
    st->position_at = st->acc_at + rni_cpu_round_up(st->together * each * st->value_bytes, 64);
    st->staging_at = st->position_at + rni_cpu_round_up(st->together * each * 8, 64);
    const int64_t largest = g.p.h * g.p.w > g.p.oh * g.p.ow ? g.p.h * g.p.w : g.p.oh * g.p.ow;
    st->staging = st->same ? 0 : rni_cpu_round_up(st->together * largest * st->value_bytes, 64);
    st->stride = st->staging_at + 3 * st->staging;
    *out = st;
    *workspace = st->stride * st->threads;
    return true;
}

/* ---- running ---- */

typedef struct {
    const rn_kernel_call *call;
    const state *st;
    const rni_isa *isa;
    char *phases, *acc, *staging;
    int64_t *position;
    int64_t first, n; /* planes at work */
} job;

static int64_t plane_size(const rn_view *v)
{
    int64_t n = 1;
    for (int a = 2; a < v->rank; a++) n *= v->dim[a];
    return n;
}

/* Values of the planes of an operand; `slot` is the room for them if they are of another type. */
static const char *load_planes(const job *j, const rn_view *v, int slot)
{
    const int64_t size = plane_size(v);
    const char *at = (const char *)v->data + (j->first * size << rni_cpu_log_bytes(v->dtype));
    if (j->st->same) return at;
    char *to = j->staging + slot * j->st->staging;
    j->isa->move->load[j->st->compute][v->dtype](to, at, j->n * size);
    return to;
}

static char *result_planes(const job *j)
{
    const rn_view *y = &j->call->out[0];
    const int64_t size = plane_size(y);
    return j->st->same ? (char *)y->data + (j->first * size << rni_cpu_log_bytes(y->dtype))
                       : j->staging + 2 * j->st->staging;
}

static void store_planes(const job *j, const char *from)
{
    const rn_view *y = &j->call->out[0];
    const int64_t size = plane_size(y);
    if (!j->st->same)
        j->isa->move->store[j->st->compute][y->dtype]((char *)y->data +
                                                          (j->first * size << rni_cpu_log_bytes(y->dtype)),
                                                      from, j->n * size);
}

static void fill(const job *j, char *to, int64_t n, double number)
{
    int64_t one;
    j->isa->move->load[j->st->compute][RN_F64](&one, &number, 1);
    j->isa->move->fill[j->st->value_bytes == 4 ? 2 : 3](to, &one, n);
}

static void spread(const job *j, const char *x)
{
    const state *st = j->st;
    for (int64_t k = 0; k < j->n; k++)
        st->kernels->spread(&st->g.p, j->phases + k * st->each * st->value_bytes,
                            x + k * st->g.p.h * st->g.p.w * st->value_bytes);
}

/* Goes over the elements of the window. */
static void each_element(const job *j)
{
    const state *st = j->st;
    const geometry *g = &st->g;
    const rni_join *max = &j->isa->joins->join[st->compute][RN_JOIN_MAX];
    const rni_join *add = &j->isa->joins->join[st->compute][RN_JOIN_ADD];
    const int64_t n = j->n * st->each;
    for (int64_t u = 0; u < g->window[0]; u++)
        for (int64_t v = 0; v < g->window[1]; v++) {
            const int64_t r = u * g->dilation[0], c = v * g->dilation[1];
            const int64_t phase = r % g->p.step[0] * g->p.step[1] + c % g->p.step[1];
            const int64_t at = phase * g->p.phase + r / g->p.step[0] * g->p.columns + c / g->p.step[1];
            char *values = j->phases + at * st->value_bytes;
            if (st->way == MAXIMUM)
                max->columns(j->acc, values, n, 1);
            else if (st->way == AVERAGE)
                add->columns(j->acc, values, n, 1);
            else if (st->way == AVERAGE_GRAD)
                add->columns(values, j->acc, n, 1);
            else
                j->isa->joins->largest[st->compute](j->acc, j->position, values, n, r * g->p.w + c);
        }
}

static void pool_planes(const job *j)
{
    const state *st = j->st;
    const rni_phases *p = &st->g.p;
    const int64_t x_bytes = p->h * p->w * st->value_bytes, y_bytes = p->oh * p->ow * st->value_bytes;
    const bool average = st->way >= AVERAGE;
    char *result = result_planes(j);
    fill(j, j->acc, j->n * st->each, average ? 0 : -INFINITY);
    if (st->way == AVERAGE_GRAD) {
        const char *gy = load_planes(j, &j->call->in[0], 0);
        memset(j->phases, 0, (size_t)st->acc_at);
        for (int64_t k = 0; k < j->n; k++)
            st->kernels->place(p, j->acc + k * st->each * st->value_bytes, gy + k * y_bytes, st->divisor);
    } else
        spread(j, load_planes(j, &j->call->in[0], 0));
    for (int64_t k = 0; k < j->n; k++)
        memcpy(j->position + k * st->each, st->first, (size_t)st->each * sizeof *st->first);
    each_element(j);
    const bool grad = st->way == MAXIMUM_GRAD;
    const char *other = grad || st->way == MAXIMUM_TAKE ? load_planes(j, &j->call->in[1], 1) : NULL;
    if (grad) memset(result, 0, (size_t)(j->n * x_bytes));
    for (int64_t k = 0; k < j->n; k++) {
        const char *acc = j->acc + k * st->each * st->value_bytes;
        const int64_t *position = j->position + k * st->each;
        if (st->way == MAXIMUM || st->way == AVERAGE)
            st->kernels->crop(p, result + k * y_bytes, acc, average ? st->divisor : NULL);
        else if (st->way == AVERAGE_GRAD)
            st->kernels->collect(p, result + k * x_bytes, j->phases + k * st->each * st->value_bytes);
        else if (grad)
            st->kernels->scatter(p, result + k * x_bytes, other + k * y_bytes, position);
        else
            st->kernels->pick(p, result + k * y_bytes, other + k * x_bytes, position);
    }
    store_planes(j, result);
}

static void pool_part(void *user, int thread, int threads)
{
    const rn_kernel_call *c = user;
    const state *st = c->state;
    char *scratch = (char *)c->workspace + thread * st->stride;
    job j = { .call = c,
              .st = st,
              .isa = ((const rni_cpu *)c->device)->isa,
              .phases = scratch,
              .acc = scratch + st->acc_at,
              .staging = scratch + st->staging_at,
              .position = (int64_t *)(void *)(scratch + st->position_at) };
    int64_t last;
    rni_cpu_part(st->planes, thread, threads, &j.first, &last);
    fill(&j, j.phases, st->acc_at / st->value_bytes, st->way < AVERAGE ? -INFINITY : 0);
    for (; j.first < last; j.first += j.n) {
        j.n = last - j.first < st->together ? last - j.first : st->together;
        pool_planes(&j);
    }
}

bool rni_cpu_pool_run(rn_kernel_call *c)
{
    const state *st = c->state;
    if (st->planes > 0) rni_cpu_parallel(st->threads, pool_part, c);
    return true;
}
