/* average_pool and average_pool_grad, each the gradient of the other. Their sum over the window is a product with a
 * matrix that depends on sizes only, so nothing else is needed for any order of derivative. */
#include "ops/pool/pool_p.h"

#include "base/convert.h"
#include "base/error.h"
#include "base/index.h"

#include <string.h>

extern const rn_op rn_ops_average_pool[];
enum { POOL, GRAD };

static bool infer_grad(rn_infer *f)
{
    const rn_pool_opts *o = f->opts;
    const rn_shape *gy = f->shape[0];
    if (gy->rank < 3 || gy->rank > 5)
        return rn_refuse(f, RN_ERR_SHAPE, "needs batch, channel and 1 to 3 spatial axes", "3 <= rank <= 5");
    if (!rn_want_float(f, 0) || !rni_pool_check_options(f, gy->rank - 2)) return false;
    rn_shape x = *gy;
    for (int a = 0; a < gy->rank - 2; a++) {
        x.dim[2 + a] = o->size[a];
        if (rni_pool_size(o, a, o->size[a]) == gy->dim[2 + a]) continue;
        rn_refuse(f, RN_ERR_SHAPE, "sizes do not belong together", "pooling an x of these sizes gives gy.shape");
        rn_infer_hint("spatial axis %d: x %lld, gy %lld", a, (long long)o->size[a], (long long)gy->dim[2 + a]);
        return false;
    }
    return rn_out(f, 0, f->dtype[0], x);
}

static rn_tensor *call(int which, rn_tensor *x, const rn_pool_opts *o)
{
    rn_tensor *out = NULL;
    return rn_op_call(&rn_ops_average_pool[which], rni_site_current(), &x, 1, o, &out) ? out : NULL;
}

rn_tensor *rni_average_pool(rn_tensor *x, const rn_pool_opts *o)
{
    return call(POOL, x, o);
}

rn_tensor *rni_average_pool_grad(rn_tensor *gy, const rn_pool_opts *o)
{
    return call(GRAD, gy, o);
}

static bool pool_backward(rn_vjp *v)
{
    rn_pool_opts o = *(const rn_pool_opts *)v->opts;
    memcpy(o.size, &rn_tensor_shape(v->in[0])->dim[2], (size_t)(rn_tensor_rank(v->in[0]) - 2) * sizeof *o.size);
    v->gin[0] = call(GRAD, v->gout[0], &o);
    return rn_ok();
}

static bool grad_backward(rn_vjp *v)
{
    rn_pool_opts o = *(const rn_pool_opts *)v->opts;
    memset(o.size, 0, sizeof o.size);
    v->gin[0] = call(POOL, v->gout[0], &o);
    return rn_ok();
}

/* What the sum over window i is divided by; 0 for a window that meets nothing that counts. */
static double divisor(const rni_pooling *p, const int64_t *i)
{
    double n = 1;
    for (int a = 0; a < p->at.axes; a++) {
        const int64_t pad = p->o->exclude_pad ? 0 : p->o->pad[a], end = p->o->exclude_pad ? 0 : p->o->pad_end[a];
        int64_t inside = 0;
        for (int64_t u = 0; u < p->window.dim[a]; u++) {
            const int64_t at = p->o->stride[a] * i[a] + p->o->dilation[a] * u - p->o->pad[a];
            inside += at >= -pad && at < p->x.dim[2 + a] + end;
        }
        n *= (double)inside;
    }
    return n;
}

static bool run_pool(rn_kernel_call *c)
{
    const rni_pooling p = rni_pooling_of(c, &c->in[0], &c->out[0]);
    int64_t i[5] = { 0 };
    for (int64_t e = rni_view_count(&p.y); e > 0; e--, rni_index_next(&p.y, i)) {
        int64_t at[5] = { i[0], i[1] }, u[3] = { 0 };
        double sum = 0;
        for (int64_t t = rni_view_count(&p.window); t > 0; t--, rni_index_next(&p.window, u))
            if (rni_window_x(&p.at, &p.x.dim[2], &i[2], u, &at[2])) sum += rni_load(p.x.dtype, rni_view_at(&p.x, at));
        const double n = divisor(&p, &i[2]);
        rni_store(p.y.dtype, rni_view_at(&p.y, i), n > 0 ? sum / n : 0);
    }
    return true;
}

static bool run_grad(rn_kernel_call *c)
{
    const rni_pooling p = rni_pooling_of(c, &c->out[0], &c->in[0]);
    int64_t h[5] = { 0 };
    for (int64_t e = rni_view_count(&p.x); e > 0; e--, rni_index_next(&p.x, h)) {
        int64_t i[5] = { h[0], h[1] }, u[3] = { 0 };
        double sum = 0;
        for (int64_t t = rni_view_count(&p.window); t > 0; t--, rni_index_next(&p.window, u))
            if (rni_window_y(&p.at, &p.y.dim[2], &h[2], u, &i[2]))
                sum += rni_load(p.y.dtype, rni_view_at(&p.y, i)) / divisor(&p, &i[2]);
        rni_store(p.x.dtype, rni_view_at(&p.x, h), sum);
    }
    return true;
}

static void cost(rn_cost *c)
{
    const rn_pool_opts *o = c->opts;
    double taps = 1;
    for (int a = 0; a < c->out[0].rank - 2; a++) taps *= (double)o->kernel[a];
    c->add = (double)rni_view_count(&c->out[0]) * (taps - 1);
    c->multiply = (double)rni_view_count(&c->out[0]);
}

const rn_op rn_ops_average_pool[] = {
    { .name = "average_pool",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "x",
      .infer = rni_pool_infer,
      .backward = pool_backward,
      .run = run_pool,
      .cost = cost,
      .opts = RNI_POOL_KERNEL_OPTIONS,
      .opts_size = sizeof(rn_pool_opts),
      .doc = { .brief = "Mean of each window.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,6,5]", .with = "kernel=2,3,1 stride=2,2,1" },
                                  { .in = "x:f64[1,2,7]", .with = "kernel=3 stride=2 pad=1 pad_end=2 dilation=2" },
                                  { .in = "x:f64[1,2,6]", .with = "kernel=3 stride=2 pad=1 exclude_pad=true" },
                                  { .in = "x:f32[1,1,4,5,4]", .with = "kernel=2 stride=3,2,2 cover_all=true" },
                                  { .in = "x:bf16[2,2,5]", .with = "kernel=2" },
                                  { .in = "x:f32[3,21,19,24]",
                                    .with = "kernel=3,2,1 stride=2,3,1 pad=1,1,0 pad_end=2,0,0 dilation=2,3,1",
                                    .no_grad = true },
                                  { .in = "x:f32[0,3,6,5]", .with = "kernel=2" },
                                  { .in = "x:f32[1,1,2]", .with = "kernel=3", .fails = "does not fit" },
                                  { 0 } } },
    { .name = "average_pool_grad",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "gy",
      .infer = infer_grad,
      .backward = grad_backward,
      .run = run_grad,
      .cost = cost,
      .opts = RNI_POOL_KERNEL_OPTIONS,
      .opts_size = sizeof(rn_pool_opts),
      .doc = { .brief = "Gradient of average_pool.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "gy:f32[2,3,5,4]", .with = "kernel=2 size=6,5,1" },
                                  { .in = "gy:f64[1,2,4]", .with = "kernel=3 stride=2 pad=1 pad_end=1 size=7" },
                                  { .in = "gy:f32[3,21,8,8]",
                                    .with = "kernel=3,2,1 stride=2,3,1 pad=1,1,0 dilation=2,3,1 size=19,25,1",
                                    .no_grad = true },
                                  { .in = "gy:f32[0,1,2]", .with = "kernel=2 stride=2 size=4" },
                                  { .in = "gy:f32[1,1,4]", .with = "kernel=2 size=9", .fails = "do not belong" },
                                  { 0 } } },
    { 0 },
};
