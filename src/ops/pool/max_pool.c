/* max_pool and what its gradients of any order need: max_pool_grad puts a value at the place of each window's maximum,
 * max_pool_take reads there, and each is the gradient of the other. The place is that of the first maximum in row-major
 * order, found again each time: it costs less than keeping it. */
#include "ops/pool/pool_p.h"

#include "base/convert.h"
#include "base/error.h"
#include "base/index.h"

#include <math.h>
#include <string.h>

extern const rn_op rn_ops_max_pool[];
enum { POOL, GRAD, TAKE };

static bool infer_grad(rn_infer *f)
{
    const rn_shape *x = f->shape[0], *gy = f->shape[1];
    if (!rni_pool_infer(f)) return false;
    if (gy->rank != x->rank || memcmp(gy->dim, f->out_shape[0].dim, (size_t)x->rank * sizeof *x->dim) != 0)
        return rn_refuse(f, RN_ERR_SHAPE, "gy is not of the shape that pooling x gives",
                         "gy.shape == max_pool(x).shape");
    if (f->dtype[0] != f->dtype[1]) return rn_refuse(f, RN_ERR_DTYPE, "types differ", "x.dtype == gy.dtype");
    return rn_out(f, 0, f->dtype[0], *x);
}

static bool infer_take(rn_infer *f)
{
    const rn_shape *x = f->shape[0], *z = f->shape[1];
    if (z->rank != x->rank || memcmp(z->dim, x->dim, (size_t)x->rank * sizeof *x->dim) != 0)
        return rn_refuse(f, RN_ERR_SHAPE, "x and z differ", "x.shape == z.shape");
    if (f->dtype[0] != f->dtype[1]) return rn_refuse(f, RN_ERR_DTYPE, "types differ", "x.dtype == z.dtype");
    return rni_pool_infer(f);
}

static rn_tensor *call(int which, rn_tensor *x, rn_tensor *other, const rn_pool_opts *o)
{
    rn_tensor *in[] = { x, other }, *out = NULL;
    return rn_op_call(&rn_ops_max_pool[which], rni_site_current(), in, which == POOL ? 1 : 2, o, &out) ? out : NULL;
}

rn_tensor *rni_max_pool(rn_tensor *x, const rn_pool_opts *o)
{
    return call(POOL, x, NULL, o);
}

rn_tensor *rni_max_pool_grad(rn_tensor *x, rn_tensor *gy, const rn_pool_opts *o)
{
    return call(GRAD, x, gy, o);
}

static bool pool_backward(rn_vjp *v)
{
    v->gin[0] = call(GRAD, v->in[0], v->gout[0], v->opts);
    return rn_ok();
}

/* By x both are constant between the points where the place of a maximum changes. */
static bool grad_backward(rn_vjp *v)
{
    if (v->need[1]) v->gin[1] = call(TAKE, v->in[0], v->gout[0], v->opts);
    return rn_ok();
}

static bool take_backward(rn_vjp *v)
{
    if (v->need[1]) v->gin[1] = call(GRAD, v->in[0], v->gout[0], v->opts);
    return rn_ok();
}

/* The coordinates of the maximum of window i, and its value; false for a window that meets no element of x. */
static bool find_maximum(const rni_pooling *p, const int64_t *i, int64_t *best, double *value)
{
    int64_t at[5] = { i[0], i[1] }, u[3] = { 0 };
    bool found = false;
    *value = -INFINITY;
    for (int64_t t = rni_view_count(&p->window); t > 0; t--, rni_index_next(&p->window, u)) {
        if (!rni_window_x(&p->at, &p->x.dim[2], &i[2], u, &at[2])) continue;
        const double x = rni_load(p->x.dtype, rni_view_at(&p->x, at));
        if (found && !(x > *value) && !(isnan(x) && !isnan(*value))) continue;
        found = true;
        *value = x;
        memcpy(best, at, sizeof at);
    }
    return found;
}

static bool run_pool(rn_kernel_call *c)
{
    const rni_pooling p = rni_pooling_of(c, &c->in[0], &c->out[0]);
    int64_t i[5] = { 0 }, best[5];
    for (int64_t e = rni_view_count(&p.y); e > 0; e--, rni_index_next(&p.y, i)) {
        double value;
        find_maximum(&p, i, best, &value);
        rni_store(p.y.dtype, rni_view_at(&p.y, i), value);
    }
    return true;
}

static bool run_take(rn_kernel_call *c)
{
    const rni_pooling p = rni_pooling_of(c, &c->in[0], &c->out[0]);
    const rn_view z = rni_window_view(&c->in[1]);
    int64_t i[5] = { 0 }, best[5];
    for (int64_t e = rni_view_count(&p.y); e > 0; e--, rni_index_next(&p.y, i)) {
        double value;
        const bool found = find_maximum(&p, i, best, &value);
        rni_store(p.y.dtype, rni_view_at(&p.y, i), found ? rni_load(z.dtype, rni_view_at(&z, best)) : 0);
    }
    return true;
}

static bool run_grad(rn_kernel_call *c)
{
    const rni_pooling p = rni_pooling_of(c, &c->in[0], &c->in[1]);
    const rn_view gx = rni_window_view(&c->out[0]);
    int64_t h[5] = { 0 };
    for (int64_t e = rni_view_count(&gx); e > 0; e--, rni_index_next(&gx, h)) {
        int64_t i[5] = { h[0], h[1] }, u[3] = { 0 }, best[5];
        double sum = 0, value;
        for (int64_t t = rni_view_count(&p.window); t > 0; t--, rni_index_next(&p.window, u)) {
            if (!rni_window_y(&p.at, &p.y.dim[2], &h[2], u, &i[2]) || !find_maximum(&p, i, best, &value)) continue;
            if (memcmp(best, h, sizeof h) == 0) sum += rni_load(p.y.dtype, rni_view_at(&p.y, i));
        }
        rni_store(gx.dtype, rni_view_at(&gx, h), sum);
    }
    return true;
}

static void cost(rn_cost *c)
{
    const rn_pool_opts *o = c->opts;
    double taps = 1;
    for (int a = 0; a < c->out[0].rank - 2; a++) taps *= (double)o->kernel[a];
    c->compare = (double)rni_view_count(&c->out[0]) * taps;
}

static void cost_grad(rn_cost *c)
{
    c->add = (double)rni_view_count(&c->in[1]);
}

const rn_op rn_ops_max_pool[] = {
    { .name = "max_pool",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "x",
      .infer = rni_pool_infer,
      .backward = pool_backward,
      .run = run_pool,
      .cost = cost,
      .opts = RNI_POOL_KERNEL_OPTIONS,
      .opts_size = sizeof(rn_pool_opts),
      .doc = { .brief = "Maximum of each window.", .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "x:f32[2,3,6,5]", .with = "kernel=2,3,1 stride=2,2,1" },
              { .in = "x:f64[1,2,7]", .with = "kernel=3 stride=2 pad=1 pad_end=2 dilation=2" },
              { .in = "x:f32[1,1,4,5,4]", .with = "kernel=2 stride=3,2,2 cover_all=true" },
              { .in = "x:f16[2,2,5]", .with = "kernel=2" },
              { .in = "x:f32[3,21,19,24]", .with = "kernel=3,2,1 stride=2,3,1 pad=1,0,0", .no_grad = true },
              { .in = "x:f32[0,3,6,5]", .with = "kernel=2" },
              { .in = "x:f32[1,1,2]", .with = "kernel=3", .fails = "does not fit" },
              { .in = "x:f32[1,1,5]", .with = "kernel=2 pad=2", .fails = "in the padding" },
              { .in = "x:i32[1,1,5]", .with = "kernel=2", .fails = "type of x is f16" },
              { 0 } } },
    { .name = "max_pool_grad",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "x, gy",
      .infer = infer_grad,
      .backward = grad_backward,
      .run = run_grad,
      .cost = cost_grad,
      .opts = RNI_POOL_KERNEL_OPTIONS,
      .opts_size = sizeof(rn_pool_opts),
      .doc = { .brief = "Gradient of max_pool.", .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "x:f32[2,3,6,5] gy:f32[2,3,5,4]", .with = "kernel=2" },
                             { .in = "x:f64[1,2,7] gy:f64[1,2,2]", .with = "kernel=3 stride=2 pad=1 dilation=2" },
                             { .in = "x:f32[3,21,19,24] gy:f32[3,21,9,8]",
                               .with = "kernel=3,2,1 stride=2,3,1 pad=1,0,0",
                               .no_grad = true },
                             { .in = "x:f32[1,1,5]{=-inf} gy:f32[1,1,5]", .with = "kernel=2 pad=1", .no_grad = true },
                             { .in = "x:f16[1,40,9]{-1,1} gy:f16[1,40,5]",
                               .with = "kernel=2 stride=2 cover_all=true",
                               .no_grad = true },
                             { .in = "x:f32[0,1,4] gy:f32[0,1,2]", .with = "kernel=2 stride=2" },
                             { .in = "x:f32[1,1,4] gy:f32[1,1,4]", .with = "kernel=2", .fails = "gy.shape ==" },
                             { 0 } } },
    { .name = "max_pool_take",
      .kind = RN_KERNEL,
      .flags = RN_OP_INTERNAL,
      .inputs = "x, z",
      .infer = infer_take,
      .backward = take_backward,
      .run = run_take,
      .cost = cost,
      .opts = RNI_POOL_KERNEL_OPTIONS,
      .opts_size = sizeof(rn_pool_opts),
      .doc = { .brief = "The element of z where x has the maximum of a window.", .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,6,5] z:f32[2,3,6,5]", .with = "kernel=2" },
                                  { .in = "x:f64[1,2,7] z:f64[1,2,7]", .with = "kernel=3 stride=2 pad=1" },
                                  { .in = "x:f32[1,1,4] z:f32[1,1,5]", .with = "kernel=2", .fails = "x.shape ==" },
                                  { 0 } } },
    { 0 },
};
