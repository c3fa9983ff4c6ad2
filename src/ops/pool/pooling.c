/* The public pooling functions over one to three axes, each a call of a kernel. */
#include "ops/pool/pool_p.h"

bool rni_pool_resolve(rn_infer *f, const rni_pool_args *a, int axes, rn_pool_opts *o)
{
    *o = (rn_pool_opts){ .cover_all = a->cover_all, .exclude_pad = a->exclude_pad };
    bool sides = false, steps = false;
    for (int i = 0; i < axes; i++) {
        sides |= a->window[i] != 0;
        steps |= a->stride[i] != 0;
    }
    if (sides == (a->kernel != 0))
        return rn_refuse(f, RN_ERR_ARG, sides ? "the window is given twice" : "the window is not given",
                         "kernel, or kernel 0 and .window");
    for (int i = 0; i < 3; i++) {
        const bool used = i < axes;
        o->kernel[i] = !used ? 1 : sides ? a->window[i] : a->kernel;
        o->stride[i] = !used ? 1 : steps ? a->stride[i] : o->kernel[i];
        o->dilation[i] = used && a->dilation[i] ? a->dilation[i] : 1;
        o->pad[i] = used ? a->pad[i] : 0;
        o->pad_end[i] = used ? a->pad[i] + a->pad_extra[i] : 0;
    }
    return true;
}

/* Number of spatial axes, as the last digit of the name says. */
static int axes_of(const rn_op *op)
{
    const char *s = op->name;
    while (*s < '1' || *s > '3') s++;
    return *s - '0';
}

static bool begin(rn_infer *f, const rn_call_info *c, rn_pool_opts *o)
{
    const int axes = axes_of(c->op);
    rn_infer_begin(f, c, o);
    if (f->shape[0]->rank != axes + 2) {
        rn_want_rank(f, 0, axes + 2);
        if (f->shape[0]->rank == axes + 1)
            rn_infer_hint("x without a batch axis becomes a batch of one by rn_reshape or rn_expand_dims");
        return false;
    }
    return rni_pool_resolve(f, c->opts, axes, o);
}

static bool build_max(rn_call_info *c)
{
    rn_infer f;
    rn_pool_opts o = { 0 };
    if (!begin(&f, c, &o) || !rni_pool_infer(&f)) return false;
    c->out[0] = rni_max_pool(c->in[0], &o);
    return c->out[0] != NULL;
}

static bool build_average(rn_call_info *c)
{
    rn_infer f;
    rn_pool_opts o = { 0 };
    if (!begin(&f, c, &o) || !rni_pool_infer(&f)) return false;
    c->out[0] = rni_average_pool(c->in[0], &o);
    return c->out[0] != NULL;
}

#define OPTIONS(n, ...)                                                                                                \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RNI_POOL_WINDOW(n), RNI_POOL_MORE(n), __VA_ARGS__                                                              \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define EXCLUDE RN_OPT_BOOL(rni_pool_args, exclude_pad, "divide by the number of elements of x in the window"),

#define SIZE "(X + 2 pad + pad_extra - dilation (kernel - 1) - 1) / stride + 1, rounded down (up with cover_all)"
#define ERRORS                                                                                                         \
    "SHAPE if the window does not fit; ARG if it is not given, or padding is as large as it; DTYPE for integers"
#define NAMES(onnx_name, nnp_name)                                                                                     \
    .onnx = onnx_name " window=kernel_shape stride=strides pad=pads dilation=dilations cover_all=ceil_mode",           \
    .nnp = nnp_name " window=kernel"
#define MAX_DOC(n, what, sizes)                                                                                        \
    {                                                                                                                  \
        .brief = n "-D maximum of each window over a batch of " what ".",                                              \
        .formula = "y[n, c, i] = max_u x[n, c, stride * i + dilation * u - pad]",                                      \
        .shapes = sizes ", each size X becomes " SIZE, .types = "f16, bf16, f32, f64",                                 \
        .errors = ERRORS ". The gradient goes to the first of equal maxima; a NaN is the maximum", .since = "0.1"      \
    }
#define AVERAGE_DOC(n, what, sizes)                                                                                    \
    {                                                                                                                  \
        .brief = n "-D mean of each window over a batch of " what ".",                                                 \
        .formula = "y[n, c, i] = sum_u x[n, c, stride * i + dilation * u - pad] / number of u in x and its padding",   \
        .shapes = sizes ", each size X becomes " SIZE, .types = "f16, bf16 (added in f32), f32, f64",                  \
        .errors = ERRORS, .since = "0.1"                                                                               \
    }

const rn_op rn_ops_pooling[] = {
    { .name = "max_pool1d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_max,
      .opts = OPTIONS(1, ),
      .opts_size = sizeof(rni_pool_args),
      NAMES("MaxPool", "MaxPooling"),
      .doc = MAX_DOC("1", "sequences", "x [N, C, T] -> y [N, C, To]"),
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,7]", .with = "kernel=2" },
                                  { .in = "x:f64[2,3,8]", .with = "kernel=3 stride=2 pad=1 cover_all=true" },
                                  { .in = "x:f32[0,3,7]", .with = "kernel=2" },
                                  { .in = "x:f32[2,3,7,7]", .with = "kernel=2", .fails = "rank of x == 3" },
                                  { 0 } } },
    { .name = "max_pool2d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_max,
      .opts = OPTIONS(2, ),
      .opts_size = sizeof(rni_pool_args),
      NAMES("MaxPool", "MaxPooling"),
      .doc = MAX_DOC("2", "images", "x [N, C, H, W] -> y [N, C, Ho, Wo]"),
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,6,5]", .with = "kernel=2" },
                                  { .in = "x:f32[2,3,7,7]", .with = "kernel=3 stride=2 pad=1" },
                                  { .in = "x:f32[2,3,6,5]", .with = "kernel=0 window=2,3 stride=1 dilation=2,1" },
                                  { .in = "x:f64[1,2,5,6]", .with = "kernel=2 cover_all=true" },
                                  { .in = "x:bf16[1,2,4,4]", .with = "kernel=2" },
                                  { .in = "x:f32[0,3,6,5]", .with = "kernel=2" },
                                  { .in = "x:f32[2,3,6,5]", .with = "kernel=0", .fails = "the window is not given" },
                                  { .in = "x:f32[2,3,6,5]", .with = "kernel=2 window=2", .fails = "given twice" },
                                  { .in = "x:f32[2,3,6,5]", .with = "kernel=6", .fails = "does not fit" },
                                  { .in = "x:f32[2,3,6,5]", .with = "kernel=2 pad=2", .fails = "in the padding" },
                                  { .in = "x:f32[2,3,6,5]", .with = "kernel=2 stride=2,0", .fails = "stride >= 1" },
                                  { .in = "x:f32[3,6,5]", .with = "kernel=2", .fails = "rank of x == 4" },
                                  { .in = "x:i32[2,3,6,5]", .with = "kernel=2", .fails = "type of x is f16" },
                                  { 0 } } },
    { .name = "max_pool3d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_max,
      .opts = OPTIONS(3, ),
      .opts_size = sizeof(rni_pool_args),
      NAMES("MaxPool", "MaxPooling"),
      .doc = MAX_DOC("3", "volumes", "x [N, C, D, H, W] -> y [N, C, Do, Ho, Wo]"),
      .cases = (const rn_case[]){ { .in = "x:f32[1,2,4,5,4]", .with = "kernel=2" },
                                  { .in = "x:f32[1,1,3,4,5]", .with = "kernel=0 window=1,2,3 stride=1,2,1 pad=0,1,1" },
                                  { .in = "x:f32[0,2,4,5,4]", .with = "kernel=2" },
                                  { .in = "x:f32[1,2,4,5,1]", .with = "kernel=2", .fails = "does not fit" },
                                  { 0 } } },
    { .name = "average_pool1d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_average,
      .opts = OPTIONS(1, EXCLUDE),
      .opts_size = sizeof(rni_pool_args),
      NAMES("AveragePool", "AveragePooling"),
      .doc = AVERAGE_DOC("1", "sequences", "x [N, C, T] -> y [N, C, To]"),
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,7]", .with = "kernel=2" },
                                  { .in = "x:f64[2,3,8]", .with = "kernel=3 stride=2 pad=1 exclude_pad=true" },
                                  { .in = "x:f32[0,3,7]", .with = "kernel=2" },
                                  { .in = "x:f32[2,3,7]", .with = "kernel=2 dilation=7", .fails = "does not fit" },
                                  { 0 } } },
    { .name = "average_pool2d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_average,
      .opts = OPTIONS(2, EXCLUDE),
      .opts_size = sizeof(rni_pool_args),
      NAMES("AveragePool", "AveragePooling"),
      .doc = AVERAGE_DOC("2", "images", "x [N, C, H, W] -> y [N, C, Ho, Wo]"),
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,6,5]", .with = "kernel=2" },
                                  { .in = "x:f32[2,3,7,7]", .with = "kernel=3 stride=2 pad=1" },
                                  { .in = "x:f32[2,3,7,7]", .with = "kernel=3 stride=2 pad=1 exclude_pad=true" },
                                  { .in = "x:f64[1,2,6,6]", .with = "kernel=3 stride=2 pad=1,0 cover_all=true" },
                                  { .in = "x:f16[1,2,4,4]", .with = "kernel=2" },
                                  { .in = "x:f32[0,3,6,5]", .with = "kernel=2" },
                                  { .in = "x:f32[2,3,6,5]", .with = "kernel=7", .fails = "does not fit" },
                                  { 0 } } },
    { .name = "average_pool3d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_average,
      .opts = OPTIONS(3, EXCLUDE),
      .opts_size = sizeof(rni_pool_args),
      NAMES("AveragePool", "AveragePooling"),
      .doc = AVERAGE_DOC("3", "volumes", "x [N, C, D, H, W] -> y [N, C, Do, Ho, Wo]"),
      .cases = (const rn_case[]){ { .in = "x:f32[1,2,4,5,4]", .with = "kernel=2" },
                                  { .in = "x:f32[0,2,4,5,4]", .with = "kernel=2" },
                                  { .in = "x:f32[1,2,4,5]", .with = "kernel=2", .fails = "rank of x == 5" },
                                  { 0 } } },
    { 0 },
};
