/* depthwise_conv2d: each channel with filters of its own, which is a convolution with as many groups as channels. */
#include <rensa/op.h>
#include <rensa/ops.h>

#include "ops/conv/conv_p.h"

static bool build(rn_call_info *c)
{
    rn_tensor *x = c->in[0], *w = c->in[1], *b = c->n_in > 2 ? c->in[2] : NULL;
    const int64_t channels = rn_tensor_dim(x, 1);
    rni_conv_args args = *(const rni_conv_args *)c->opts;
    rn_infer f;
    rn_infer_begin(&f, c, &args);
    if (rn_tensor_rank(x) != 4 || rn_tensor_rank(w) != 4 || rn_tensor_dim(w, 0) != channels)
        return rn_refuse(&f, RN_ERR_SHAPE, "x and w do not fit", "x.shape == [N, C, H, W] and w.shape == [C, M, U, V]");
    args.groups = channels ? channels : 1;
    const rn_conv_opts o = rni_conv_resolve(&args, 2);
    const rn_shape filters = RN_SHAPE(channels * rn_tensor_dim(w, 1), 1, rn_tensor_dim(w, 2), rn_tensor_dim(w, 3));
    rn_tensor *in[] = { x, rn_reshape(w, filters), b };
    if (!in[1]) return false;
    rn_call_info same = *c;
    same.in = in;
    if (!rni_conv_check(&same, 2, &o, rni_conv_infer)) return false;
    c->out[0] = rni_conv(x, in[1], b, &o);
    return c->out[0] != NULL;
}

const rn_op rn_op_depthwise_conv2d = {
    .name = "depthwise_conv2d",
    .kind = RN_FUNCTION,
    .flags = RN_OP_NARROW,
    .inputs = "x, w, b?",
    .build = build,
    .opts = (const rn_opt[]){ RNI_CONV_WINDOW(2), { 0 } },
    .opts_size = sizeof(rni_conv_args),
    .nnp = "DepthwiseConvolution",
    .doc = { .brief = "2-D cross-correlation in which each channel has M filters of its own.",
             .formula =
                 "y[n, c M + m, i, j] = b[c M + m] + sum_{u, v} w[c, m, u, v] * x[n, c, s i + d u - p, s j + d v - p]",
             .shapes =
                 "x [N, C, H, W]   w [C, M, U, V]   b [C M] or left out   ->   y [N, C M, Ho, Wo], sizes as conv2d",
             .types = "f16, bf16 (products are added in f32), f32, f64; all inputs the same",
             .errors = "SHAPE if w has not one row for each channel or the filter does not fit; DTYPE on mixed types",
             .source = "Howard et al. 2017, arXiv:1704.04861",
             .since = "0.1" },
    .cases = (const rn_case[]){ { .in = "x:f32[2,3,5,5] w:f32[3,1,3,3]" },
                                { .in = "x:f32[2,3,5,5] w:f32[3,2,3,3] b:f32[6]", .with = "stride=2 pad=1" },
                                { .in = "x:f64[1,2,6,6] w:f64[2,2,3,2]", .with = "dilation=2" },
                                { .in = "x:f32[0,3,5,5] w:f32[3,1,3,3]" },
                                { .in = "x:f32[2,3,5,5] w:f32[2,1,3,3]", .fails = "w.shape == [C, M, U, V]" },
                                { 0 } },
};
