/* conv1d … conv3d, deconv1d … deconv3d, depthwise_conv2d: links around the functions of the same names. */
#include "base/error.h"
#include "nn/nn.h"

#include <rensa/ops.h>
#include <string.h>

enum { W, B };

/* Options of all the argument structs in one form, made once. */
typedef struct {
    int axes;
    int64_t out, kernel, groups, in, multiplier, same;
    int64_t window[3], stride[3], pad[3], pad_extra[3], dilation[3], out_pad[3];
} geometry;

static const struct {
    const char *name;
    size_t offset;
} fields[] = {
    { "out", offsetof(geometry, out) },         { "kernel", offsetof(geometry, kernel) },
    { "groups", offsetof(geometry, groups) },   { "in", offsetof(geometry, in) },
    { "window", offsetof(geometry, window) },   { "stride", offsetof(geometry, stride) },
    { "pad", offsetof(geometry, pad) },         { "dilation", offsetof(geometry, dilation) },
    { "out_pad", offsetof(geometry, out_pad) }, { "multiplier", offsetof(geometry, multiplier) },
    { "same", offsetof(geometry, same) },
};

static void read_option(geometry *g, const rn_opt *o, const void *args)
{
    const char *from = (const char *)args + o->offset;
    for (int i = 0; i < (int)RN_COUNTOF(fields); i++) {
        if (strcmp(fields[i].name, o->name) != 0) continue;
        char *to = (char *)g + fields[i].offset;
        if (o->type == RN_OPT_TYPE_BOOL)
            *(int64_t *)to = *(const bool *)from;
        else
            memcpy(to, from, (size_t)o->count * sizeof(int64_t));
        if (o->type == RN_OPT_TYPE_I64S) g->axes = o->count;
    }
}

static bool setup(rn_link *link)
{
    geometry *g = rn_link_memory(link);
    const char *name = link->type->name;
    g->groups = 1;
    for (const rn_opt *o = link->type->opts; o->name; o++) read_option(g, o, rn_link_args(link));
    for (int i = 0; i < g->axes; i++) {
        if (g->window[i] && g->kernel) return rni_fail(RN_ERR_ARG, NULL, name, "kernel and window are both given");
        if (!g->window[i]) g->window[i] = g->kernel;
        if (!g->window[i]) {
            rni_fail(RN_ERR_ARG, NULL, name, "the size of the kernel is missing");
            rni_error_add("expect", "kernel, or window with %d sizes", g->axes);
            return false;
        }
        if (g->same && g->pad[i]) return rni_fail(RN_ERR_ARG, NULL, name, "pad and same are both given");
    }
    if (g->out % g->groups == 0) return true;
    return rni_fail(RN_ERR_ARG, NULL, name, "out %lld is not a multiple of groups %lld", (long long)g->out,
                    (long long)g->groups);
}

/* x must have a batch axis, the channels that were asked for, and the spatial axes. Returns the channels, -1 else. */
static int64_t channels(const rn_link *link, const geometry *g, const rn_tensor *x)
{
    const rn_shape *s = rn_tensor_shape(x);
    const bool rank = s->rank == g->axes + 2;
    if (rank && (!g->in || s->dim[1] == g->in) && s->dim[1] % g->groups == 0) return s->dim[1];
    if (!rank)
        rni_link_refuse(link, x, "%d axes: batch, channels, %d of space", g->axes + 2, g->axes);
    else if (g->in && s->dim[1] != g->in)
        rni_link_refuse(link, x, "x.shape[1] == %lld", (long long)g->in);
    else
        rni_link_refuse(link, x, "x.shape[1] a multiple of groups %lld", (long long)g->groups);
    return -1;
}

static rn_tensor *weight(rn_link *link, const geometry *g, const rn_tensor *x, int64_t first, int64_t second)
{
    rn_shape s = { g->axes + 2, { first, second } };
    for (int i = 0; i < g->axes; i++) s.dim[2 + i] = g->window[i];
    return rn_link_slot_get(link, W, x, s);
}

/* Padding that makes the result ceil(size / stride) long. */
static void pad_same(geometry *g, const rn_shape *x)
{
    for (int i = 0; g->same && i < g->axes; i++) {
        const int64_t size = x->dim[2 + i], steps = (size + g->stride[i] - 1) / g->stride[i];
        int64_t all = (steps - 1) * g->stride[i] + g->dilation[i] * (g->window[i] - 1) + 1 - size;
        if (all < 0) all = 0;
        g->pad[i] = all / 2;
        g->pad_extra[i] = all - 2 * g->pad[i];
    }
}

#define OF1(f)                                                                                                         \
    {                                                                                                                  \
        g.f[0]                                                                                                         \
    }
#define OF2(f)                                                                                                         \
    {                                                                                                                  \
        g.f[0], g.f[1]                                                                                                 \
    }
#define OF3(f)                                                                                                         \
    {                                                                                                                  \
        g.f[0], g.f[1], g.f[2]                                                                                         \
    }
#define WINDOW(OF) .stride = OF(stride), .pad = OF(pad), .pad_extra = OF(pad_extra), .dilation = OF(dilation)

static rn_tensor *conv_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    geometry g = *(const geometry *)rn_link_memory(link);
    const int64_t c = channels(link, &g, in[0]);
    if (c < 0) return NULL;
    pad_same(&g, rn_tensor_shape(in[0]));
    rn_tensor *w = weight(link, &g, in[0], g.out, c / g.groups);
    rn_tensor *b = rn_link_slot_get(link, B, in[0], RN_SHAPE(g.out));
    if (!w || !rn_ok()) return NULL;
    if (g.axes == 1) return rn_conv1d(in[0], w, b, WINDOW(OF1), .groups = g.groups);
    if (g.axes == 2) return rn_conv2d(in[0], w, b, WINDOW(OF2), .groups = g.groups);
    return rn_conv3d(in[0], w, b, WINDOW(OF3), .groups = g.groups);
}

static rn_tensor *deconv_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const geometry g = *(const geometry *)rn_link_memory(link);
    const int64_t c = channels(link, &g, in[0]);
    if (c < 0) return NULL;
    rn_tensor *w = weight(link, &g, in[0], c, g.out / g.groups);
    rn_tensor *b = rn_link_slot_get(link, B, in[0], RN_SHAPE(g.out));
    if (!w || !rn_ok()) return NULL;
    if (g.axes == 1) return rn_deconv1d(in[0], w, b, WINDOW(OF1), .groups = g.groups, .out_pad = OF1(out_pad));
    if (g.axes == 2) return rn_deconv2d(in[0], w, b, WINDOW(OF2), .groups = g.groups, .out_pad = OF2(out_pad));
    return rn_deconv3d(in[0], w, b, WINDOW(OF3), .groups = g.groups, .out_pad = OF3(out_pad));
}

static rn_tensor *depthwise_forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    geometry g = *(const geometry *)rn_link_memory(link);
    const int64_t c = channels(link, &g, in[0]);
    if (c < 0) return NULL;
    pad_same(&g, rn_tensor_shape(in[0]));
    rn_tensor *w = weight(link, &g, in[0], c, g.multiplier);
    rn_tensor *b = rn_link_slot_get(link, B, in[0], RN_SHAPE(c * g.multiplier));
    return w && rn_ok() ? rn_depthwise_conv2d(in[0], w, b, WINDOW(OF2)) : NULL;
}

enum { LARGE = 1 << 30 };

#define WINDOW_ROWS(T, n)                                                                                              \
    RN_OPT_I64S(T, window, n, 0, 0, LARGE, "sizes of the kernel where they differ"),                                   \
        RN_OPT_I64S(T, stride, n, 1, 1, LARGE, "step along each axis"),                                                \
        RN_OPT_I64S(T, pad, n, 0, 0, LARGE, "zeros put around x along each axis"),                                     \
        RN_OPT_I64S(T, dilation, n, 1, 1, LARGE, "distance of neighbouring elements of the kernel"),                   \
        RN_OPT_I64(T, in, 0, 0, LARGE, "channels of x; 0: found at the first call"),                                   \
        RN_OPT_BOOL(T, no_bias, "without b"), RN_OPT_INIT(T, w_init, "lecun_normal", "first values of W"),             \
        RN_OPT_INIT(T, b_init, "zero", "first values of b")
#define KERNEL_ROW(T)                                                                                                  \
    {                                                                                                                  \
        "kernel", RN_OPT_TYPE_I64, RN_OPT_REQUIRED, (int)offsetof(T, kernel), 1, 0, 0, LARGE, 0,                       \
            "size of the kernel along each axis"                                                                       \
    }
#define SAME_ROW(T) RN_OPT_BOOL(T, same, "pads so that the size is that of x divided by the stride, rounded up")
#define CONV_ROWS(T, n)                                                                                                \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_REQ_I64(T, out, 1, LARGE, "channels of the result"), KERNEL_ROW(T), WINDOW_ROWS(T, n),                      \
            RN_OPT_I64(T, groups, 1, 1, LARGE, "groups of channels that know nothing of each other"), SAME_ROW(T),     \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define DECONV_ROWS(T, n)                                                                                              \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RN_REQ_I64(T, out, 1, LARGE, "channels of the result"), KERNEL_ROW(T), WINDOW_ROWS(T, n),                      \
            RN_OPT_I64S(T, out_pad, n, 0, 0, LARGE, "elements added at the end"),                                      \
            RN_OPT_I64(T, groups, 1, 1, LARGE, "groups of channels that know nothing of each other"),                  \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define SLOTS(T)                                                                                                       \
    (const rn_link_slot[])                                                                                             \
    {                                                                                                                  \
        { "W", NULL, 0, offsetof(T, w_init), 0 }, { "b", NULL, 0, offsetof(T, b_init), offsetof(T, no_bias) },         \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define ERRORS "SHAPE if x has not the axes and channels of the first call, or the kernel does not fit"

#define CONV(n, axes)                                                                                                  \
    .inputs = "x", .opts = CONV_ROWS(rn_conv##n##d_link_args, n), .args_size = sizeof(rn_conv##n##d_link_args),        \
    .slots = SLOTS(rn_conv##n##d_link_args), .memory = sizeof(geometry), .setup = setup, .forward = conv_forward,      \
    .doc = { .brief = "Convolution over " axes " of space.",                                                           \
             .shapes = "x [N, in, ...]   W [out, in/groups, window...]   b [out]   ->   y [N, out, ...]",              \
             .errors = ERRORS,                                                                                         \
             .since = "0.1" }
#define DECONV(n, axes)                                                                                                \
    .inputs = "x", .opts = DECONV_ROWS(rn_deconv##n##d_link_args, n), .args_size = sizeof(rn_deconv##n##d_link_args),  \
    .slots = SLOTS(rn_deconv##n##d_link_args), .memory = sizeof(geometry), .setup = setup, .forward = deconv_forward,  \
    .doc = { .brief = "Transposed convolution over " axes " of space.",                                                \
             .shapes = "x [N, in, ...]   W [in, out/groups, window...]   b [out]   ->   y [N, out, ...]",              \
             .errors = ERRORS,                                                                                         \
             .since = "0.1" }

const rn_link_type rni_link_conv1d = {
    .name = "conv1d",
    .topic = "conv",
    CONV(1, "one axis"),
    .cases = (const rn_link_case[]){ { "x:f32[2,3,8]", "out=4 kernel=3", "f32[2,4,6]", NULL },
                                     { "x:f32[2,3,8]", "out=4 window=5 stride=2 pad=2", "f32[2,4,4]", NULL },
                                     { "x:f32[2,3,8]", "out=4", NULL, "kernel is missing" },
                                     { "x:f32[2,3]", "out=4 kernel=3", NULL, "3 axes" },
                                     { 0 } },
};

const rn_link_type rni_link_conv2d = {
    .name = "conv2d",
    .topic = "conv",
    CONV(2, "two axes"),
    .cases =
        (const rn_link_case[]){ { "x:f32[2,3,8,9]", "out=4 kernel=3", "f32[2,4,6,7]", NULL },
                                { "x:f32[2,3,8,9]", "out=4 kernel=3 same=true", "f32[2,4,8,9]", NULL },
                                { "x:f32[2,3,8,9]", "out=4 kernel=4 same=true stride=2", "f32[2,4,4,5]", NULL },
                                { "x:f32[2,4,8,9]", "out=6 window=3,1 groups=2 no_bias=true", "f32[2,6,6,9]", NULL },
                                { "x:f32[2,3,8,9]", "out=4 kernel=3 in=5", NULL, "x.shape[1] == 5" },
                                { "x:f32[2,3,8,9]", "out=4 kernel=3 groups=2", NULL, "multiple of groups 2" },
                                { "x:f32[2,3,8,9]", "out=3 kernel=3 groups=2", NULL, "out 3 is not a multiple" },
                                { "x:f32[2,3,8,9]", "out=3 kernel=3 window=3,3", NULL, "both given" },
                                { "x:f32[2,3,8,9]", "out=3 kernel=3 pad=1 same=true", NULL, "pad and same" },
                                { 0 } },
};

const rn_link_type rni_link_conv3d = {
    .name = "conv3d",
    .topic = "conv",
    CONV(3, "three axes"),
    .cases = (const rn_link_case[]){ { "x:f32[1,2,4,5,6]", "out=3 kernel=3", "f32[1,3,2,3,4]", NULL }, { 0 } },
};

const rn_link_type rni_link_deconv1d = {
    .name = "deconv1d",
    .topic = "conv",
    DECONV(1, "one axis"),
    .cases = (const rn_link_case[]){ { "x:f32[2,3,8]", "out=4 kernel=3 stride=2", "f32[2,4,17]", NULL }, { 0 } },
};

const rn_link_type rni_link_deconv2d = {
    .name = "deconv2d",
    .topic = "conv",
    DECONV(2, "two axes"),
    .cases =
        (const rn_link_case[]){ { "x:f32[2,3,4,5]", "out=6 kernel=4 stride=2 pad=1", "f32[2,6,8,10]", NULL },
                                { "x:f32[2,3,4,5]", "out=6 kernel=3 stride=2 pad=1 out_pad=1", "f32[2,6,8,10]", NULL },
                                { "x:f32[2,4,4,5]", "out=6 kernel=2 groups=2", "f32[2,6,5,6]", NULL },
                                { 0 } },
};

const rn_link_type rni_link_deconv3d = {
    .name = "deconv3d",
    .topic = "conv",
    DECONV(3, "three axes"),
    .cases = (const rn_link_case[]){ { "x:f32[1,2,2,3,4]", "out=3 kernel=2", "f32[1,3,3,4,5]", NULL }, { 0 } },
};

const rn_link_type rni_link_depthwise_conv2d = {
    .name = "depthwise_conv2d",
    .topic = "conv",
    .inputs = "x",
    .opts = (const rn_opt[]){ KERNEL_ROW(rn_depthwise_conv2d_link_args),
                              WINDOW_ROWS(rn_depthwise_conv2d_link_args, 2),
                              RN_OPT_I64(rn_depthwise_conv2d_link_args, multiplier, 1, 1, LARGE, "results per channel"),
                              SAME_ROW(rn_depthwise_conv2d_link_args),
                              { 0 } },
    .args_size = sizeof(rn_depthwise_conv2d_link_args),
    .slots = SLOTS(rn_depthwise_conv2d_link_args),
    .memory = sizeof(geometry),
    .setup = setup,
    .forward = depthwise_forward,
    .doc = { .brief = "Convolution of each channel by itself.",
             .shapes =
                 "x [N, C, H, W]   W [C, multiplier, window...]   b [C * multiplier]   ->   y [N, C * multiplier, ...]",
             .errors = ERRORS,
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3,8,9]", "kernel=3", "f32[2,3,6,7]", NULL },
                                     { "x:f32[2,3,8,9]", "kernel=3 multiplier=2 same=true", "f32[2,6,8,9]", NULL },
                                     { 0 } },
};

rn_link *rn_conv1d_link_at(const rn_conv1d_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_conv1d, args);
}

rn_link *rn_conv2d_link_at(const rn_conv2d_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_conv2d, args);
}

rn_link *rn_conv3d_link_at(const rn_conv3d_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_conv3d, args);
}

rn_link *rn_deconv1d_link_at(const rn_deconv1d_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_deconv1d, args);
}

rn_link *rn_deconv2d_link_at(const rn_deconv2d_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_deconv2d, args);
}

rn_link *rn_deconv3d_link_at(const rn_deconv3d_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_deconv3d, args);
}

rn_link *rn_depthwise_conv2d_link_at(const rn_depthwise_conv2d_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_depthwise_conv2d, args);
}
