/* max_pool and max_pool_grad over two axes in f32, a plane [H, W] at a time. */
#include "backend/cpu/pool.h"

#include "backend/cpu/cpu.h"

#include <rensa/kernels.h>

#include <string.h>

typedef struct {
    const rn_pool_opts *o;
    int64_t planes, h, w, oh, ow;
    const float *x, *gy;
    float *y, *gx;
} job;

const char *rni_cpu_pool_refuse(const rn_kernel_call *c)
{
    const rn_pool_opts *o = c->opts;
    if (c->in[0].dtype != RN_F32) return "only f32";
    if (c->in[0].rank != 4) return "only two spatial axes";
    return o->dilation[0] == 1 && o->dilation[1] == 1 ? NULL : "no dilation";
}

/* Position in the plane of the first maximum of window (i, j), -1 if the window meets no element. NaN is above all. */
static int64_t maximum(const job *p, const float *x, int64_t i, int64_t j)
{
    const rn_pool_opts *o = p->o;
    int64_t u0 = i * o->stride[0] - o->pad[0], v0 = j * o->stride[1] - o->pad[1];
    const int64_t u1 = u0 + o->kernel[0] < p->h ? u0 + o->kernel[0] : p->h;
    const int64_t v1 = v0 + o->kernel[1] < p->w ? v0 + o->kernel[1] : p->w;
    if (u0 < 0) u0 = 0;
    if (v0 < 0) v0 = 0;
    int64_t best = -1;
    float value = 0;
    for (int64_t u = u0; u < u1; u++)
        for (int64_t v = v0; v < v1; v++) {
            const float t = x[u * p->w + v];
            if (best >= 0 && !(t > value) && !(t != t && value == value)) continue;
            best = u * p->w + v;
            value = t;
        }
    return best;
}

static void pool_part(void *user, int thread, int threads)
{
    const job *p = user;
    int64_t from, to;
    rni_cpu_part(p->planes, thread, threads, &from, &to);
    for (int64_t k = from; k < to; k++) {
        const float *x = p->x + k * p->h * p->w;
        float *y = p->y + k * p->oh * p->ow;
        for (int64_t i = 0; i < p->oh; i++)
            for (int64_t j = 0; j < p->ow; j++) {
                const int64_t at = maximum(p, x, i, j);
                *y++ = at < 0 ? -__builtin_inff() : x[at];
            }
    }
}

static void grad_part(void *user, int thread, int threads)
{
    const job *p = user;
    int64_t from, to;
    rni_cpu_part(p->planes, thread, threads, &from, &to);
    for (int64_t k = from; k < to; k++) {
        const float *x = p->x + k * p->h * p->w, *gy = p->gy + k * p->oh * p->ow;
        float *gx = p->gx + k * p->h * p->w;
        memset(gx, 0, (size_t)(p->h * p->w) * sizeof *gx);
        for (int64_t i = 0; i < p->oh; i++)
            for (int64_t j = 0; j < p->ow; j++, gy++) {
                const int64_t at = maximum(p, x, i, j);
                if (at >= 0) gx[at] += *gy;
            }
    }
}

static bool run(rn_kernel_call *c, const rn_view *x, const rn_view *y, job *p, rni_cpu_task *task)
{
    p->o = c->opts;
    p->planes = x->dim[0] * x->dim[1];
    p->h = x->dim[2];
    p->w = x->dim[3];
    p->oh = y->dim[2];
    p->ow = y->dim[3];
    const double windows = (double)(p->planes * p->oh * p->ow);
    rni_cpu_parallel(rni_cpu_threads(c->device, windows * (2 + (double)(p->o->kernel[0] * p->o->kernel[1]))), task, p);
    return true;
}

bool rni_cpu_max_pool_run(rn_kernel_call *c)
{
    job p = { .x = c->in[0].data, .y = c->out[0].data };
    return run(c, &c->in[0], &c->out[0], &p, pool_part);
}

bool rni_cpu_max_pool_grad_run(rn_kernel_call *c)
{
    job p = { .x = c->in[0].data, .gy = c->in[1].data, .gx = c->out[0].data };
    return run(c, &c->in[0], &c->in[1], &p, grad_part);
}
