/* batch_norm and its gradient: one channel at a time, so that it is read from memory once and the passes after the
 * first find it in the cache. Long pieces of a channel are worked on where they lie, short ones are brought into a row.
 */
#include "backend/cpu/norm.h"

#include "backend/cpu/lines.h"

#include <rensa/kernels.h>

#include <math.h>

enum { LONG_PIECE = 16 }; /* elements */

/* The axes with statistics of their own, if they are neighbours: x is [n, channels, piece] without the first [outer].
 */
static bool channels_of(const rn_kernel_call *c, rni_line_layout *l)
{
    const rn_batch_norm_opts *o = c->opts;
    const rn_view *x = &c->in[0];
    uint32_t kept = 0;
    if (o->axes.n == 0) kept = 2;
    for (int i = 0; i < o->axes.n; i++)
        kept |= 1u << (o->axes.axis[i] < 0 ? o->axes.axis[i] + x->rank : o->axes.axis[i]);
    const int from = __builtin_ctz(kept), to = from + __builtin_popcount(kept);
    if (kept >> from != (1u << (to - from)) - 1) return false;
    const rni_line_layout along = rni_lines_along(x, from, to);
    *l = (rni_line_layout){ .outer = 1, .n = along.outer, .inner = along.n, .piece = along.inner };
    return true;
}

const char *rni_cpu_batch_norm_refuse(const rn_kernel_call *c)
{
    rni_line_layout l;
    return channels_of(c, &l) ? NULL : "axes that are not neighbours";
}

typedef struct {
    const rn_kernel_call *call;
    const rni_isa *isa;
    const rni_lines *kernels;
    rni_cpu_compute compute;
    rni_line_layout l;
    bool direct; /* pieces are worked on where they lie */
    int64_t room;
} job;

static job job_of(const rn_kernel_call *c)
{
    job j = { .call = c, .isa = ((const rni_cpu *)c->device)->isa, .compute = rni_line_compute(c->in[0].dtype) };
    j.kernels = &j.isa->lines[j.compute];
    channels_of(c, &j.l);
    const rn_dtype d = c->in[0].dtype;
    j.direct = (d == RN_F32 || d == RN_F64) && (j.l.piece >= LONG_PIECE || j.l.inner == 1);
    j.room = j.direct ? 0 : rni_line_room(&j.l);
    return j;
}

bool rni_cpu_batch_norm_prepare(rn_kernel_call *c, void **state, int64_t *workspace)
{
    (void)state;
    *workspace = 3 * job_of(c).room * rni_cpu_max_threads(c->device);
    return true;
}

/* A channel as pieces of values. */
typedef struct {
    char *at;
    int64_t count, length, step; /* pieces, values of each, bytes from one to the next */
} pieces;

static pieces pieces_of(const job *j, const rn_view *v, int64_t channel, char *scratch, bool result)
{
    const int bytes = rni_line_bytes(j->compute);
    if (j->direct)
        return (pieces){ rni_line_piece(v, &j->l, channel, 0), j->l.n, j->l.piece, j->l.inner * j->l.piece * bytes };
    void *at = result ? rni_line_place(j->compute, v, &j->l, channel, scratch)
                      : (void *)(uintptr_t)rni_line_load(j->isa, j->compute, v, &j->l, channel, scratch);
    return (pieces){ at, 1, rni_line_length(&j->l), 0 };
}

static void store(const job *j, const rn_view *v, int64_t channel, char *scratch)
{
    if (!j->direct) rni_line_store(j->isa, j->compute, v, &j->l, channel, scratch);
}

static void measure_channel(const job *j, int64_t channel, const pieces *x)
{
    const double n = (double)rni_line_length(&j->l);
    double mean = 0, var = 0;
    for (int64_t p = 0; p < x->count; p++) j->kernels->sum(x->at + p * x->step, x->length, &mean);
    mean = n > 0 ? mean / n : 0;
    for (int64_t p = 0; p < x->count; p++) j->kernels->sum_squares(x->at + p * x->step, x->length, mean, &var);
    rni_cpu_set_number(j->call->device, &j->call->out[1], channel, mean);
    rni_cpu_set_number(j->call->device, &j->call->out[2], channel, n > 0 ? var / n : 0);
}

/* By the statistics as they are stored, so that the same comes out when it is computed again. */
static void norm_channel(const job *j, int64_t channel, char *scratch)
{
    const rn_kernel_call *c = j->call;
    const rn_view *gamma = c->n_in > 1 && c->in[1].dtype ? &c->in[1] : NULL;
    const rn_view *beta = c->n_in > 2 && c->in[2].dtype ? &c->in[2] : NULL;
    const bool again = c->n_out == 1;
    const rn_view *statistics = again ? &c->in[3] : &c->out[1];
    const pieces x = pieces_of(j, &c->in[0], channel, scratch, false);
    const pieces y = pieces_of(j, &c->out[0], channel, scratch + j->room, true);
    if (!again) measure_channel(j, channel, &x);
    const double mean = rni_cpu_number(c->device, &statistics[0], channel);
    const double var = rni_cpu_number(c->device, &statistics[1], channel);
    const double factor = (gamma ? rni_cpu_number(c->device, gamma, channel) : 1) /
                          sqrt(var + ((const rn_batch_norm_opts *)c->opts)->eps);
    const double offset = beta ? rni_cpu_number(c->device, beta, channel) : 0;
    for (int64_t p = 0; p < x.count; p++)
        j->kernels->affine(y.at + p * y.step, x.at + p * x.step, x.length, mean, factor, offset);
    store(j, &c->out[0], channel, scratch + j->room);
}

/* With r = 1 / sqrt(var + eps) and n = (x - mean) r: gx = gamma r (gy - mean of gy - n * mean of (gy n)). */
static void grad_channel(const job *j, int64_t channel, char *scratch)
{
    const rn_kernel_call *c = j->call;
    const double n = (double)rni_line_length(&j->l), mean = rni_cpu_number(j->call->device, &c->in[2], channel);
    const double r =
        1 / sqrt(rni_cpu_number(j->call->device, &c->in[3], channel) + ((const rn_batch_norm_opts *)c->opts)->eps);
    const double gamma = c->n_in > 4 && c->in[4].dtype ? rni_cpu_number(j->call->device, &c->in[4], channel) : 1;
    const pieces x = pieces_of(j, &c->in[0], channel, scratch, false);
    const pieces gy = pieces_of(j, &c->in[1], channel, scratch + j->room, false);
    const pieces gx = pieces_of(j, &c->out[0], channel, scratch + 2 * j->room, true);
    double sum[2] = { 0 };
    for (int64_t p = 0; p < x.count; p++)
        j->kernels->sum_pull(gy.at + p * gy.step, NULL, x.at + p * x.step, x.length, mean, sum);
    const rni_pull pull = { mean, n > 0 ? sum[0] / n : 0, n > 0 ? sum[1] * r * r / n : 0, gamma * r };
    for (int64_t p = 0; p < x.count; p++)
        j->kernels->pull(gx.at + p * gx.step, gy.at + p * gy.step, NULL, x.at + p * x.step, x.length, &pull);
    store(j, &c->out[0], channel, scratch + 2 * j->room);
    rni_cpu_set_number(j->call->device, &c->out[1], channel, sum[1] * r);
    rni_cpu_set_number(j->call->device, &c->out[2], channel, sum[0]);
}

static void norm_part(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t channel, last;
    rni_cpu_part(j->l.inner, thread, threads, &channel, &last);
    char *scratch = (char *)j->call->workspace + 3 * j->room * thread;
    for (; channel < last; channel++) norm_channel(j, channel, scratch);
}

static void grad_part(void *user, int thread, int threads)
{
    const job *j = user;
    int64_t channel, last;
    rni_cpu_part(j->l.inner, thread, threads, &channel, &last);
    char *scratch = (char *)j->call->workspace + 3 * j->room * thread;
    for (; channel < last; channel++) grad_channel(j, channel, scratch);
}

static bool run(rn_kernel_call *c, rni_cpu_task *task)
{
    job j = job_of(c);
    const double elements = (double)rni_line_length(&j.l) * (double)j.l.inner;
    const int threads = rni_cpu_threads(c->device, elements * (j.direct ? 0.3 : 2));
    rni_cpu_parallel(threads < j.l.inner ? threads : (int)j.l.inner, task, &j);
    return true;
}

bool rni_cpu_batch_norm_run(rn_kernel_call *c)
{
    return run(c, norm_part);
}

bool rni_cpu_batch_norm_grad_run(rn_kernel_call *c)
{
    return run(c, grad_part);
}
