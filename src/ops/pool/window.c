/* Sizes and places of the windows of pooling. */
#include "ops/pool/pool_p.h"

#include "base/alloc.h"
#include "base/index.h"

#include <string.h>

int64_t rni_pool_size(const rn_pool_opts *o, int a, int64_t x)
{
    int64_t span, all;
    if (x < 1 || !rni_mul_i64(o->dilation[a], o->kernel[a] - 1, &span) || !rni_add_i64(x, o->pad[a], &all) ||
        !rni_add_i64(all, o->pad_end[a], &all) || span >= all)
        return -1;
    const int64_t rest = all - span - 1, s = o->stride[a];
    int64_t n = rest / s + 1;
    if (!o->cover_all) return n;
    if (rest % s) n++;
    /* the last window begins inside x */
    return (n - 1) > (x + o->pad[a] - 1) / s ? n - 1 : n;
}

bool rni_pool_check_options(rn_infer *f, int axes)
{
    const rn_pool_opts *o = f->opts;
    for (int a = 0; a < axes; a++) {
        if (o->kernel[a] < 1) return rn_refuse(f, RN_ERR_ARG, "the window has no elements", "kernel >= 1");
        if (o->stride[a] < 1) return rn_refuse(f, RN_ERR_ARG, "strides must be positive", "stride >= 1");
        if (o->dilation[a] < 1) return rn_refuse(f, RN_ERR_ARG, "dilations must be positive", "dilation >= 1");
        int64_t span;
        if (o->pad[a] < 0 || o->pad_end[a] < 0 || !rni_mul_i64(o->dilation[a], o->kernel[a] - 1, &span) ||
            o->pad[a] > span || o->pad_end[a] > span)
            return rn_refuse(f, RN_ERR_ARG, "windows would lie in the padding entirely",
                             "0 <= pad at each end <= dilation * (kernel - 1)");
    }
    return true;
}

bool rni_pool_infer(rn_infer *f)
{
    const rn_shape *x = f->shape[0];
    if (x->rank < 3 || x->rank > 5)
        return rn_refuse(f, RN_ERR_SHAPE, "needs batch, channel and 1 to 3 spatial axes", "3 <= rank <= 5");
    if (!rn_want_float(f, 0) || !rni_pool_check_options(f, x->rank - 2)) return false;
    rn_shape y = *x;
    for (int a = 0; a < x->rank - 2; a++) {
        const rn_pool_opts *o = f->opts;
        y.dim[2 + a] = rni_pool_size(o, a, x->dim[2 + a]);
        if (y.dim[2 + a] >= 1) continue;
        rn_refuse(f, RN_ERR_SHAPE, "the window does not fit into the padded x",
                  "x.shape[2:] + pad at both ends >= dilation * (kernel - 1) + 1");
        rn_infer_hint("spatial axis %d: kernel %lld, pad %lld and %lld, dilation %lld", a, (long long)o->kernel[a],
                      (long long)o->pad[a], (long long)o->pad_end[a], (long long)o->dilation[a]);
        return false;
    }
    return rn_out(f, 0, f->dtype[0], y);
}

rni_pooling rni_pooling_of(const rn_kernel_call *c, const rn_view *x, const rn_view *y)
{
    const rn_pool_opts *o = c->opts;
    rni_pooling p = {
        o, { x->rank - 2, o->stride, o->pad, o->dilation }, rni_window_view(x), rni_window_view(y), { .rank = 3 }
    };
    for (int a = 0; a < 3; a++) p.window.dim[a] = a < p.at.axes ? o->kernel[a] : 1;
    return p;
}
