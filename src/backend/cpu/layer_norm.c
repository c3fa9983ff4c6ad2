/* layer_norm, rms_norm and their gradients: a line at a time. Gradients of the factors and offsets are summed over
 * CHUNK lines in the type of the work and over chunks in f64, whatever the number of threads. */
#include "backend/cpu/norm.h"

#include "backend/cpu/lines.h"

#include <rensa/error.h>
#include <rensa/kernels.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 }; /* lines */

typedef struct {
    const rni_isa *isa;
    const rni_lines *kernels;
    rni_cpu_compute compute;
    rni_line_layout l; /* [lines, n] */
    bool rms;
    double eps;
    int threads;
    int64_t row; /* bytes of a line of values, rounded up */
    int64_t sums_at, scratch_at, room;
} state;

static int64_t chunks_of(const state *st)
{
    return (st->l.outer + CHUNK - 1) / CHUNK;
}

static bool prepare(rn_kernel_call *c, bool grad, void **out, int64_t *workspace)
{
    const rni_cpu *cpu = c->device;
    const rn_layer_norm_opts *o = c->opts;
    const rn_view *x = &c->in[0];
    state *st = calloc(1, sizeof *st);
    if (!st) return c->fail(c, RN_ERR_NOMEM, "no memory to prepare it");
    st->isa = cpu->isa;
    st->compute = rni_line_compute(x->dtype);
    st->kernels = &cpu->isa->lines[st->compute];
    st->rms = strncmp(c->op, "rms", 3) == 0;
    st->eps = o->eps;
    st->l = rni_lines_along(x, (int)(o->axis < 0 ? o->axis + x->rank : o->axis), x->rank);
    st->row = rni_cpu_round_up(st->l.n * 8, 64);
    /* factors and offsets as values, sums of chunks, scratch of threads */
    st->sums_at = 2 * st->row;
    st->scratch_at = st->sums_at + (grad ? 2 * chunks_of(st) * st->row : 0);
    st->room = 3 * rni_line_room(&st->l) + st->row;
    const double work = (double)st->l.outer * (20 + (double)st->l.n * (grad ? 0.6 : 0.4));
    const int64_t units = chunks_of(st) > 0 ? chunks_of(st) : 1;
    st->threads = rni_cpu_threads(cpu, work);
    if (st->threads > units) st->threads = (int)units;
    *workspace = st->scratch_at + st->room * st->threads;
    *out = st;
    return true;
}

bool rni_cpu_layer_norm_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    return prepare(c, false, out, workspace);
}

bool rni_cpu_layer_norm_grad_prepare(rn_kernel_call *c, void **out, int64_t *workspace)
{
    return prepare(c, true, out, workspace);
}

/* Factors (slot 0) or offsets (slot 1) as values; NULL if they were left out. */
static const void *each_of(const rn_kernel_call *c, int input, int slot)
{
    const state *st = c->state;
    if (input >= c->n_in || !c->in[input].dtype) return NULL;
    void *to = (char *)c->workspace + slot * st->row;
    st->isa->move->load[st->compute][c->in[input].dtype](to, c->in[input].data, st->l.n);
    return to;
}

typedef struct {
    const rn_kernel_call *call;
    const state *st;
    const void *factors, *offsets;
} job;

/* Mean (0 for rms_norm) of a line and 1 / sqrt(var + eps). */
static double statistics(const state *st, const void *x, double *mean)
{
    const double n = (double)(st->l.n > 0 ? st->l.n : 1);
    double sum = 0, squares = 0;
    if (!st->rms) st->kernels->sum(x, st->l.n, &sum);
    *mean = sum / n;
    st->kernels->sum_squares(x, st->l.n, *mean, &squares);
    return 1 / sqrt(squares / n + st->eps);
}

static void norm_part(void *user, int thread, int threads)
{
    const job *j = user;
    const state *st = j->st;
    const rn_view *x = &j->call->in[0], *y = &j->call->out[0];
    char *scratch = (char *)j->call->workspace + st->scratch_at + thread * st->room;
    char *room = scratch + rni_line_room(&st->l);
    int64_t i, last;
    rni_cpu_part(st->l.outer, thread, threads, &i, &last);
    for (; i < last; i++) {
        double mean;
        const void *values = rni_line_load(st->isa, st->compute, x, &st->l, i, scratch);
        const double r = statistics(st, values, &mean);
        st->kernels->affine_each(rni_line_place(st->compute, y, &st->l, i, room), values, st->l.n, mean, r, j->factors,
                                 j->offsets);
        rni_line_store(st->isa, st->compute, y, &st->l, i, room);
    }
}

bool rni_cpu_layer_norm_run(rn_kernel_call *c)
{
    const state *st = c->state;
    job j = { c, st, each_of(c, 1, 0), each_of(c, 2, 1) };
    if (st->l.outer > 0) rni_cpu_parallel(st->threads, norm_part, &j);
    return true;
}

/* ---- gradients ---- */

/* With n = (x - mean) r and g = gy w: gx = r (g - mean of g - n * mean of (g n)); without the mean of g for rms_norm.
 */
static void grad_line(const job *j, int64_t i, char *scratch, void *products, void *sums)
{
    const state *st = j->st;
    const rn_view *out = &j->call->out[0];
    const int64_t room = rni_line_room(&st->l);
    const double n = (double)(st->l.n > 0 ? st->l.n : 1);
    double mean, sum[2] = { 0 };
    const void *x = rni_line_load(st->isa, st->compute, &j->call->in[0], &st->l, i, scratch);
    const void *gy = rni_line_load(st->isa, st->compute, &j->call->in[1], &st->l, i, scratch + room);
    const double r = statistics(st, x, &mean);
    st->kernels->sum_pull(gy, j->factors, x, st->l.n, mean, sum);
    st->kernels->add_products(products, sums, gy, x, st->l.n, mean, r);
    const rni_pull pull = { mean, st->rms ? 0 : sum[0] / n, sum[1] * r * r / n, r };
    st->kernels->pull(rni_line_place(st->compute, out, &st->l, i, scratch + 2 * room), gy, j->factors, x, st->l.n,
                      &pull);
    rni_line_store(st->isa, st->compute, out, &st->l, i, scratch + 2 * room);
}

static void grad_part(void *user, int thread, int threads)
{
    const job *j = user;
    const state *st = j->st;
    char *workspace = j->call->workspace, *scratch = workspace + st->scratch_at + thread * st->room;
    int64_t chunk, last;
    rni_cpu_part(chunks_of(st), thread, threads, &chunk, &last);
    for (; chunk < last; chunk++) {
        char *products = workspace + st->sums_at + 2 * chunk * st->row, *sums = products + st->row;
        if (st->row > 0) memset(products, 0, (size_t)(2 * st->row));
        for (int64_t i = chunk * CHUNK; i < st->l.outer && i < (chunk + 1) * CHUNK; i++)
            grad_line(j, i, scratch, products, st->rms ? NULL : sums);
    }
}

bool rni_cpu_layer_norm_grad_run(rn_kernel_call *c)
{
    const state *st = c->state;
    job j = { c, st, each_of(c, 2, 0), NULL };
    if (st->l.outer > 0) rni_cpu_parallel(st->threads, grad_part, &j);
    char *workspace = c->workspace, *wide = workspace + st->scratch_at;
    const rni_join *add = &st->isa->joins->join[st->compute][RN_JOIN_ADD];
    for (int o = 1; o < c->n_out && st->row > 0; o++) {
        memset(wide, 0, (size_t)st->row);
        for (int64_t k = 0; k < chunks_of(st); k++)
            add->widen(wide, workspace + st->sums_at + (2 * k + o - 1) * st->row, st->l.n);
        st->isa->move->store[RNI_CPU_F64][c->out[o].dtype](c->out[o].data, wide, st->l.n);
    }
    return true;
}
