/* deconv1d, deconv2d, deconv3d: transposed convolution, which is conv's gradient by its images as a function of its
 * own. What is a filter of conv is a channel of x here. */
#include <rensa/op.h>

#include "base/alloc.h"
#include "ops/conv/conv_p.h"

/* stride (X - 1) + dilation (U - 1) + 1 - pads + out_pad; false where that has no meaning. */
static bool natural_size(const rn_conv_opts *o, int a, int64_t x, int64_t u, int64_t out_pad, int64_t *size)
{
    int64_t steps, span;
    if (x < 1 || u < 1 || !rni_mul_i64(o->stride[a], x - 1, &steps) || !rni_mul_i64(o->dilation[a], u - 1, &span) ||
        !rni_add_i64(steps, span, &steps) || !rni_add_i64(steps, 1 + out_pad, &steps))
        return false;
    *size = steps - o->pad[a] - o->pad_end[a];
    return *size >= 0;
}

static bool choose_sizes(rn_infer *f, const rni_conv_args *a, int axes, rn_conv_opts *o)
{
    const rn_shape *x = f->shape[0], *w = f->shape[1];
    if (x->rank != axes + 2 || w->rank != axes + 2) return true; /* refused by the check of ranks */
    for (int i = 0; i < axes; i++) {
        o->size[i] = a->size[i];
        if (a->size[i] || natural_size(o, i, x->dim[2 + i], w->dim[2 + i], a->out_pad[i], &o->size[i])) continue;
        rn_refuse(f, RN_ERR_SHAPE, "the result would have no elements",
                  "stride * (X - 1) + dilation * (U - 1) + 1 - pad at both ends + out_pad >= 0");
        rn_infer_hint("spatial axis %d: X %lld, U %lld", i, (long long)x->dim[2 + i], (long long)w->dim[2 + i]);
        return false;
    }
    return true;
}

static bool build(rn_call_info *c)
{
    const int axes = c->op->name[6] - '0';
    rn_tensor *b = c->n_in > 2 ? c->in[2] : NULL;
    rn_conv_opts o = rni_conv_resolve(c->opts, axes);
    rn_infer f;
    rn_infer_begin(&f, c, &o);
    if (!choose_sizes(&f, c->opts, axes, &o) || !rni_conv_check(c, axes, &o, rni_conv_grad_x_infer)) return false;
    if (b && (rn_tensor_rank(b) != 1 || rn_tensor_count(b) != rn_tensor_dim(c->in[1], 1) * o.groups))
        return rn_refuse(&f, RN_ERR_SHAPE, "b must have one element for each channel of the result",
                         "b.shape == [w.shape[1] * groups]");
    if (b && rn_tensor_dtype(b) != f.dtype[0])
        return rn_refuse(&f, RN_ERR_DTYPE, "types differ", "one type for all inputs");
    c->out[0] = rni_conv_add_bias(rni_conv_grad_x(c->in[0], c->in[1], &o), b);
    return c->out[0] != NULL;
}

#define DECONV_OPTIONS(n)                                                                                              \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RNI_CONV_WINDOW(n),                                                                                            \
            RN_OPT_I64(rni_conv_args, groups, 1, 1, 1 << 30,                                                           \
                       "channels of x and y fall into so many groups that know nothing of each other"),                \
            RN_OPT_I64S(rni_conv_args, out_pad, n, 0, 0, 1 << 30, "elements added at the end; less than the stride"),  \
            RN_OPT_I64S(rni_conv_args, size, n, 0, 0, 1 << 30, "sizes of y instead of those that follow"),             \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

#define FORMULA "y is the gradient of conv by its x, where the gradient of conv's result is this x"
#define SIZE "stride (X - 1) + dilation (U - 1) + 1 - 2 pad - pad_extra + out_pad"
#define TYPES "f16, bf16 (products are added in f32), f32, f64; all inputs the same"
#define ERRORS                                                                                                         \
    "SHAPE if channels differ, or a convolution from the sizes of y would not give those of x; DTYPE on mixed types"
#define SOURCE "Dumoulin & Visin 2016, arXiv:1603.07285 (transposed convolution)"
#define NAMES                                                                                                          \
    .onnx = "ConvTranspose stride=strides pad=pads dilation=dilations groups=group out_pad=output_padding "            \
            "size=output_shape",                                                                                       \
    .nnp = "Deconvolution groups=group out_pad=output_padding"

const rn_op rn_ops_deconvolution[] = {
    { .name = "deconv1d",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, w, b?",
      .build = build,
      .opts = DECONV_OPTIONS(1),
      .opts_size = sizeof(rni_conv_args),
      NAMES,
      .doc = { .brief = "1-D transposed convolution over a batch of sequences (\"deconvolution\").",
               .formula = FORMULA,
               .shapes = "x [N, C, T]   w [C, K/groups, U]   b [K] or left out   ->   y [N, K, To], To = " SIZE,
               .types = TYPES,
               .errors = ERRORS,
               .source = SOURCE,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,5] w:f32[3,4,3] b:f32[4]" },
                                  { .in = "x:f32[2,4,5] w:f32[4,2,3]", .with = "groups=2 stride=3 pad=1 out_pad=2" },
                                  { .in = "x:f64[1,2,3] w:f64[2,2,2] b:f64[2]", .with = "stride=2 size=7" },
                                  { .in = "x:f32[0,3,5] w:f32[3,4,3]" },
                                  { .in = "x:f32[2,3,5] w:f32[3,4,3] b:f32[3]", .fails = "b.shape ==" },
                                  { .in = "x:f32[2,3,5] w:f32[3,4,3]", .with = "pad=9", .fails = "no elements" },
                                  { .in = "x:f32[2,3,5] w:f32[3,4,3]", .with = "out_pad=1", .fails = "do not belong" },
                                  { 0 } } },
    { .name = "deconv2d",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, w, b?",
      .build = build,
      .opts = DECONV_OPTIONS(2),
      .opts_size = sizeof(rni_conv_args),
      NAMES,
      .doc = { .brief = "2-D transposed convolution over a batch of images (\"deconvolution\").",
               .formula = FORMULA,
               .shapes = "x [N, C, H, W]   w [C, K/groups, U, V]   b [K] or left out   ->   y [N, K, Ho, Wo], "
                         "Ho = " SIZE ", Wo likewise",
               .types = TYPES,
               .errors = ERRORS,
               .source = SOURCE,
               .since = "0.1" },
      .cases =
          (const rn_case[]){ { .in = "x:f32[2,3,4,5] w:f32[3,4,3,2] b:f32[4]" },
                             { .in = "x:f32[1,4,3,3] w:f32[4,2,3,3]", .with = "groups=2 stride=2 pad=1 out_pad=1" },
                             { .in = "x:f64[1,2,3,3] w:f64[2,2,2,3] b:f64[2]", .with = "stride=1,2 dilation=2,1" },
                             { .in = "x:f32[1,2,3,3] w:f32[2,1,4,4]", .with = "stride=2 pad=1 size=6,7" },
                             { .in = "x:f32[0,3,4,5] w:f32[3,4,3,2]" },
                             { .in = "x:f16[1,2,3,3] w:f16[2,2,2,2]" },
                             { .in = "x:f32[1,2,3,3] w:f32[3,1,4,4]", .fails = "filters differ in number" },
                             { .in = "x:f32[2,3,3] w:f32[2,1,4,4]", .fails = "rank of x == 4" },
                             { .in = "x:f32[1,2,3,3] w:f32[2,1,4,4]", .with = "stride=2 size=20,20", .fails = "sizes" },
                             { 0 } } },
    { .name = "deconv3d",
      .kind = RN_FUNCTION,
      .flags = RN_OP_NARROW,
      .inputs = "x, w, b?",
      .build = build,
      .opts = DECONV_OPTIONS(3),
      .opts_size = sizeof(rni_conv_args),
      NAMES,
      .doc = { .brief = "3-D transposed convolution over a batch of volumes (\"deconvolution\").",
               .formula = FORMULA,
               .shapes =
                   "x [N, C, D, H, W]   w [C, K/groups, T, U, V]   b [K] or left out   ->   y [N, K, Do, Ho, Wo], "
                   "Do = " SIZE ", Ho and Wo likewise",
               .types = TYPES,
               .errors = ERRORS,
               .source = SOURCE,
               .since = "0.1" },
      .cases = (const rn_case[]){ { .in = "x:f32[1,2,2,3,2] w:f32[2,3,2,2,2] b:f32[3]" },
                                  { .in = "x:f64[1,2,2,2,2] w:f64[2,1,2,3,2]", .with = "groups=2 stride=2 pad=1" },
                                  { .in = "x:f32[0,2,2,3,2] w:f32[2,3,2,2,2]" },
                                  { .in = "x:f32[1,2,2,3,2] w:f32[3,3,2,2,2]", .fails = "filters differ in number" },
                                  { 0 } } },
    { 0 },
};
