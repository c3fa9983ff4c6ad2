/* linear: y = x W' + b. */
#include "base/error.h"
#include "nn/nn.h"

#include <rensa/ops.h>

enum { W, B };

static int64_t product(const rn_shape *s, int from, int to)
{
    int64_t n = 1;
    for (int i = from; i < to; i++) n *= s->dim[i];
    return n;
}

static rn_tensor *forward(rn_link *link, rn_tensor *const *in, int64_t n)
{
    (void)n;
    const rn_linear_link_args *a = rn_link_args(link);
    const rn_shape s = *rn_tensor_shape(in[0]);
    const int axes = a->last_axis ? s.rank - 1 : (int)a->batch_axes;
    if (s.rank < 1 || s.rank <= axes) return rni_link_refuse(link, in[0], "more axes than batch_axes"), NULL;
    const int64_t features = product(&s, axes, s.rank);
    if (a->in && a->in != features)
        return rni_link_refuse(link, in[0], "%lld features after %d axes", (long long)a->in, axes), NULL;
    rn_tensor *w = rn_link_slot_get(link, W, in[0], RN_SHAPE(a->out, features));
    rn_tensor *b = rn_link_slot_get(link, B, in[0], RN_SHAPE(a->out));
    if (axes > 0) return rn_linear(in[0], w, b, .n_batch_axes = axes);
    rn_tensor *y = rn_linear(rn_reshape(in[0], RN_SHAPE(1, features)), w, b);
    return rn_reshape(y, RN_SHAPE(a->out));
}

static bool setup(rn_link *link)
{
    const rn_linear_link_args *a = rn_link_args(link);
    if (!a->last_axis || a->batch_axes == 1) return true;
    rni_fail(RN_ERR_ARG, NULL, "linear", "batch_axes = %lld and last_axis are given", (long long)a->batch_axes);
    rni_error_add("expect", "one of them");
    return false;
}

static const rn_opt opts[] = {
    RN_REQ_I64(rn_linear_link_args, out, 1, 1e15, "features of the result"),
    RN_OPT_I64(rn_linear_link_args, in, 0, 0, 1e15, "features of x; 0: found at the first call"),
    RN_OPT_I64(rn_linear_link_args, batch_axes, 1, 1, RN_MAX_RANK, "leading axes that are kept"),
    RN_OPT_BOOL(rn_linear_link_args, last_axis, "all axes but the last are kept"),
    RN_OPT_BOOL(rn_linear_link_args, no_bias, "without b"),
    RN_OPT_INIT(rn_linear_link_args, w_init, "lecun_normal", "first values of W"),
    RN_OPT_INIT(rn_linear_link_args, b_init, "zero", "first values of b"),
    { 0 },
};

const rn_link_type rni_link_linear = {
    .name = "linear",
    .topic = "linalg",
    .inputs = "x",
    .opts = opts,
    .args_size = sizeof(rn_linear_link_args),
    .slots = (const rn_link_slot[]){ { "W", NULL, 0, offsetof(rn_linear_link_args, w_init), 0 },
                                     { "b", NULL, 0, offsetof(rn_linear_link_args, b_init),
                                       offsetof(rn_linear_link_args, no_bias) },
                                     { 0 } },
    .setup = setup,
    .forward = forward,
    .doc = { .brief = "Linear (fully connected) layer.",
             .formula = "y = x W' + b",
             .shapes = "x [N, ...]   W [out, in]   b [out]   ->   y [N, out]",
             .errors = "SHAPE if x has another number of features than at the first call, or than .in",
             .since = "0.1" },
    .cases = (const rn_link_case[]){ { "x:f32[2,3]", "out=4", "f32[2,4]", NULL },
                                     { "x:f32[2,3,5]", "out=4", "f32[2,4]", NULL },
                                     { "x:f32[2,3,5]", "out=4 last_axis=true", "f32[2,3,4]", NULL },
                                     { "x:f64[5]", "out=4 last_axis=true no_bias=true", "f64[4]", NULL },
                                     { "x:f32[0,3]", "out=4", "f32[0,4]", NULL },
                                     { "x:f32[2,3]", "out=4 in=5", NULL, "5 features after 1 axes" },
                                     { "x:f32[2]", "out=4", NULL, "more axes than batch_axes" },
                                     { "x:f32[2,3]", "out=4 batch_axes=-1", NULL, "batch_axes cannot be" },
                                     { "x:f32[2,3]", "out=4 batch_axes=2 last_axis=true", NULL, "one of them" },
                                     { "x:f32[2,3]", "out=0", NULL, "out cannot be \"0\"" },
                                     { 0 } },
};

rn_link *rn_linear_link_at(const rn_linear_link_args *args)
{
    if (!rni_args(args, __func__)) return NULL;
    return rn_link_new_at(&args->site, &rni_link_linear, args);
}
