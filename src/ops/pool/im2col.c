/* im2col: the windows of an image as columns, so that a convolution is a product of matrices. A view of the padded
 * image with strides of its own. */
#include "ops/pool/pool_p.h"

#include <rensa/ops.h>

static bool build(rn_call_info *c)
{
    rni_pool_args a = *(const rni_pool_args *)c->opts;
    rn_pool_opts o = { 0 };
    rn_infer f;
    rn_infer_begin(&f, c, &o);
    if (a.stride[0] == 0 && a.stride[1] == 0) a.stride[0] = a.stride[1] = 1;
    if (!rn_want_rank(&f, 0, 4) || !rni_pool_resolve(&f, &a, 2, &o) || !rni_pool_check_options(&f, 2)) return false;
    const rn_shape *x = f.shape[0];
    int64_t y[2], after[2];
    rn_shape padded = *x;
    for (int i = 0; i < 2; i++) {
        y[i] = rni_pool_size(&o, i, x->dim[2 + i]);
        if (y[i] < 1)
            return rn_refuse(&f, RN_ERR_SHAPE, "the window does not fit into the padded x",
                             "x.shape[2:] + pad at both ends >= dilation * (kernel - 1) + 1");
        const int64_t end = (y[i] - 1) * o.stride[i] + (o.kernel[i] - 1) * o.dilation[i] + 1 - o.pad[i];
        after[i] = end > x->dim[2 + i] ? end - x->dim[2 + i] : 0;
        padded.dim[2 + i] += o.pad[i] + after[i];
    }
    rn_tensor *p = rn_pad(c->in[0], .before = { 0, 0, o.pad[0], o.pad[1] }, .after = { 0, 0, after[0], after[1] });
    const int64_t row = padded.dim[3], plane = padded.dim[2] * row;
    rn_tensor *v = rn_as_strided(p, RN_SHAPE(x->dim[0], x->dim[1], o.kernel[0], o.kernel[1], y[0], y[1]),
                                 .strides = { x->dim[1] * plane, plane, o.dilation[0] * row, o.dilation[1],
                                              o.stride[0] * row, o.stride[1] });
    return (c->out[0] = rn_reshape(v, RN_SHAPE(x->dim[0], x->dim[1] * o.kernel[0] * o.kernel[1], y[0], y[1]))) != NULL;
}

const rn_op rn_op_im2col = {
    .name = "im2col",
    .kind = RN_FUNCTION,
    .inputs = "x",
    .build = build,
    .opts =
        (const rn_opt[]){
            RN_REQ_I64(rni_pool_args, kernel, 0, 1 << 30, "side of the window in elements; 0: sides as .window says"),
            RN_OPT_I64S(rni_pool_args, window, 2, 0, 0, 1 << 30, "sides of the window where they differ"),
            RN_OPT_I64S(rni_pool_args, stride, 2, 1, 1, 1 << 30, "step of the window"),
            RN_OPT_I64S(rni_pool_args, pad, 2, 0, 0, 1 << 30, "zeros at both ends of each spatial axis"),
            RNI_POOL_MORE(2),
            { 0 } },
    .opts_size = sizeof(rni_pool_args),
    .doc = { .brief = "The windows of images as columns: a convolution is then a product of matrices.",
             .formula = "y[n, (c * U + u) * V + v, i, j] = x[n, c, s * i + d * u - p, s * j + d * v - p]",
             .shapes = "x [N, C, H, W]   ->   y [N, C*U*V, Ho, Wo], sizes as of conv2d",
             .errors = "SHAPE if the window does not fit; ARG for a window without elements or one in the padding only",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3,5,6]", .with = "kernel=3" },
                                { .in = "x:f64[1,2,5,6]", .with = "kernel=0 window=2,3 stride=2,1 pad=1" },
                                { .in = "x:f32[1,2,7,7]", .with = "kernel=3 dilation=2 pad=2" },
                                { .in = "x:f32[1,1,6,6]", .with = "kernel=3 stride=2 cover_all=true" },
                                { .in = "x:i32[1,1,3,3]", .with = "kernel=2" },
                                { .in = "x:f32[0,2,4,4]", .with = "kernel=2" },
                                { .in = "x:f32[1,1,3,3]", .with = "kernel=4", .fails = "does not fit" },
                                { .in = "x:f32[1,3,3]", .with = "kernel=2", .fails = "rank of x" },
                                { .in = "x:f32[1,1,3,3]", .with = "kernel=2 pad=2", .fails = "in the padding" },
                                { 0 } },
};
