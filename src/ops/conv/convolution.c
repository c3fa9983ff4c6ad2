/* conv1d, conv2d, conv3d: the public convolutions, each a call of the kernel over that many spatial axes. */
#include <rensa/op.h>

#include "ops/conv/conv_p.h"

rn_conv_opts rni_conv_resolve(const rni_conv_args *a, int axes)
{
    rn_conv_opts o = { .groups = a->groups };
    for (int i = 0; i < 3; i++) {
        const bool used = i < axes;
        o.stride[i] = used ? a->stride[i] : 1;
        o.dilation[i] = used ? a->dilation[i] : 1;
        o.pad[i] = used ? a->pad[i] : 0;
        o.pad_end[i] = used ? a->pad[i] + a->pad_extra[i] + (a->cover_all ? a->stride[i] - 1 : 0) : 0;
    }
    return o;
}

bool rni_conv_check(const rn_call_info *c, int axes, const rn_conv_opts *o, bool (*infer)(rn_infer *f))
{
    rn_infer f;
    rn_infer_begin(&f, c, o);
    if (f.shape[0]->rank != axes + 2) {
        rn_want_rank(&f, 0, axes + 2);
        if (f.shape[0]->rank == axes + 1)
            rn_infer_hint("x without a batch axis becomes a batch of one by rn_reshape or rn_expand_dims");
        return false;
    }
    return infer(&f);
}

static bool build(rn_call_info *c)
{
    const int axes = c->op->name[4] - '0';
    const rn_conv_opts o = rni_conv_resolve(c->opts, axes);
    if (!rni_conv_check(c, axes, &o, rni_conv_infer)) return false;
    c->out[0] = rni_conv(c->in[0], c->in[1], c->n_in > 2 ? c->in[2] : NULL, &o);
    return c->out[0] != NULL;
}

#define CONV_OPTIONS(n)                                                                                                \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RNI_CONV_WINDOW(n),                                                                                            \
            RN_OPT_I64(rni_conv_args, groups, 1, 1, 1 << 30,                                                           \
                       "channels and filters fall into so many groups that know nothing of each other"),               \
            RN_OPT_BOOL(rni_conv_args, cover_all, "pad further at the end so that every element of x is met"),         \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

#define TYPES "f16, bf16 (products are added in f32), f32, f64; all inputs the same"
#define ERRORS "SHAPE if channels differ, groups do not divide them or the filter does not fit; DTYPE on mixed types"
#define SOURCE "Dumoulin & Visin 2016, arXiv:1603.07285 (sizes with stride, padding and dilation)"

const rn_op rn_ops_convolution[] = {
    { .name = "conv1d",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, w, b?",
      .build = build,
      .opts = CONV_OPTIONS(1),
      .opts_size = sizeof(rni_conv_args),
      .onnx = "Conv stride=strides pad=pads dilation=dilations groups=group",
      .nnp = "Convolution groups=group",
      .doc = { .brief = "1-D cross-correlation over a batch of sequences (\"convolution\" in deep learning).",
               .formula = "y[n, k, i] = b[k] + sum_{c, u} w[k, c, u] * x[n, c, stride * i + dilation * u - pad]",
               .shapes = "x [N, C, T]   w [K, C/groups, U]   b [K] or left out   ->   y [N, K, To], "
                         "To = floor((T + 2 pad + pad_extra - dilation (U - 1) - 1) / stride) + 1",
               .types = TYPES,
               .errors = ERRORS,
               .source = SOURCE,
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "x:f32[2,3,7] w:f32[4,3,3] b:f32[4]" },
                             { .in = "x:f32[2,3,7] w:f32[4,3,3]", .with = "stride=2 pad=1 pad_extra=1 dilation=2" },
                             { .in = "x:f64[2,4,6] w:f64[6,2,2] b:f64[6]", .with = "groups=2" },
                             { .in = "x:f32[1,2,6] w:f32[1,2,3]", .with = "stride=2 cover_all=true" },
                             { .in = "x:f32[0,3,7] w:f32[4,3,3]" },
                             { .in = "x:f32[2,3,7,7] w:f32[4,3,3,3]", .fails = "rank of x == 3" },
                             { .in = "x:f32[2,3,7] w:f32[4,2,3]", .fails = "x.shape[1] == w.shape[1] * groups" },
                             { .in = "x:f32[2,3,7] w:f64[4,3,3]", .fails = "types differ" },
                             { .in = "x:i32[2,3,7] w:i32[4,3,3]", .fails = "type of x is f16" },
                             { 0 } } },
    { .name = "conv2d",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, w, b?",
      .build = build,
      .opts = CONV_OPTIONS(2),
      .opts_size = sizeof(rni_conv_args),
      .onnx = "Conv stride=strides pad=pads dilation=dilations groups=group",
      .nnp = "Convolution groups=group",
      .doc = { .brief = "2-D cross-correlation over a batch of images (\"convolution\" in deep learning).",
               .formula = "y[n, k, i, j] = b[k] + sum_{c, u, v} w[k, c, u, v] * x[n, c, s i + d u - p, s j + d v - p]",
               .shapes = "x [N, C, H, W]   w [K, C/groups, U, V]   b [K] or left out   ->   y [N, K, Ho, Wo], "
                         "Ho = floor((H + 2 pad + pad_extra - dilation (U - 1) - 1) / stride) + 1, Wo likewise",
               .types = TYPES,
               .errors = ERRORS,
               .source = SOURCE,
               .since = "0.1" },
      .cases =
          (const rn_case[]){
              { .in = "x:f32[2,3,5,5] w:f32[4,3,3,3] b:f32[4]" },
              { .in = "x:f32[2,3,5,5] w:f32[4,3,3,3]", .with = "stride=2 pad=1" },
              { .in = "x:f32[1,2,7,6] w:f32[3,2,3,2]", .with = "stride=3,1 pad=2,0 dilation=2,3" },
              { .in = "x:f64[2,4,4,5] w:f64[4,1,2,2] b:f64[4]", .with = "groups=4 pad_extra=1,0" },
              { .in = "x:f32[1,1,6,6] w:f32[1,1,3,3]", .with = "pad=1 pad_extra=-1" },
              { .in = "x:f32[0,3,5,5] w:f32[4,3,3,3] b:f32[4]" },
              { .in = "x:f16[1,2,4,4] w:f16[2,2,3,3] b:f16[2]" },
              { .in = "x:bf16[1,2,4,4] w:bf16[2,2,3,3]" },
              { .in = "x:f32[32,1,28,28] w:f32[64,3,7,7]", .fails = "channels of x and w differ" },
              { .in = "x:f32[1,3,4,4] w:f32[2,3,5,5]", .fails = "does not fit" },
              { .in = "x:f32[1,4,4,4] w:f32[3,2,2,2]", .with = "groups=2", .fails = "among groups" },
              { .in = "x:f32[1,3,4,4] w:f32[2,3,3,3] b:f32[3]", .fails = "b.shape == w.shape[:1]" },
              { .in = "x:f32[3,4,4] w:f32[2,3,3,3]", .fails = "rank of x == 4" },
              { .in = "x:f32[1,3,4,4] w:f32[2,3,3,3]", .with = "pad_extra=-1", .fails = "not be negative" },
              { 0 } } },
    { .name = "conv3d",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, w, b?",
      .build = build,
      .opts = CONV_OPTIONS(3),
      .opts_size = sizeof(rni_conv_args),
      .onnx = "Conv stride=strides pad=pads dilation=dilations groups=group",
      .nnp = "Convolution groups=group",
      .doc = { .brief = "3-D cross-correlation over a batch of volumes (\"convolution\" in deep learning).",
               .formula = "y[n, k, i] = b[k] + sum_{c, u} w[k, c, u] * x[n, c, stride * i + dilation * u - pad], "
                          "i and u over three axes",
               .shapes =
                   "x [N, C, D, H, W]   w [K, C/groups, T, U, V]   b [K] or left out   ->   y [N, K, Do, Ho, Wo], "
                   "Do = floor((D + 2 pad + pad_extra - dilation (T - 1) - 1) / stride) + 1, Ho and Wo likewise",
               .types = TYPES,
               .errors = ERRORS,
               .source = SOURCE,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[1,2,3,4,3] w:f32[2,2,2,2,2] b:f32[2]" },
                                  { .in = "x:f32[1,2,3,4,3] w:f32[2,2,2,2,2]", .with = "stride=2,1,2 pad=1,0,1" },
                                  { .in = "x:f64[1,2,3,3,3] w:f64[2,1,2,2,2]", .with = "groups=2 dilation=2" },
                                  { .in = "x:f32[0,2,3,4,3] w:f32[2,2,2,2,2]" },
                                  { .in = "x:f32[1,2,3,4] w:f32[2,2,2,2]", .fails = "rank of x == 5" },
                                  { 0 } } },
    { 0 },
};
