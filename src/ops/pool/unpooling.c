/* Growing what pooling has shrunk: unpool repeats each element over its window, max_unpool puts it where the maximum
 * was. */
#include "ops/pool/pool_p.h"

#include <rensa/ops.h>

static bool build_unpool(rn_call_info *c)
{
    const int axes = c->op->name[6] - '0';
    const rni_pool_args *a = c->opts;
    rn_infer f;
    rn_pool_opts o = { 0 };
    rn_infer_begin(&f, c, &o);
    if (!rn_want_rank(&f, 0, axes + 2) || !rn_want_float(&f, 0) || !rni_pool_resolve(&f, a, axes, &o)) return false;
    if (!rni_pool_check_options(&f, axes)) return false;
    double taps = 1;
    for (int i = 0; i < axes; i++) {
        const int64_t x = f.shape[0]->dim[2 + i];
        if (x > INT32_MAX) return rn_refuse(&f, RN_ERR_SHAPE, "too many elements", "a product of sizes below 2 ** 63");
        o.size[i] = a->size[i] ? a->size[i] : (x - 1) * o.stride[i] + o.kernel[i] - 2 * o.pad[i];
        taps *= (double)o.kernel[i];
        if (o.size[i] > 0 && rni_pool_size(&o, i, o.size[i]) == x) continue;
        rn_refuse(&f, RN_ERR_SHAPE, "no size fits", "pooling y with the same window gives x.shape");
        rn_infer_hint("spatial axis %d: x %lld, y %lld", i, (long long)x, (long long)o.size[i]);
        return false;
    }
    /* the mean's gradient spreads each element divided by the number of places */
    c->out[0] = rn_mul_scalar(rni_average_pool_grad(c->in[0], &o), taps);
    return c->out[0] != NULL;
}

static bool build_max_unpool(rn_call_info *c)
{
    const int axes = c->op->name[10] - '0';
    rn_infer f;
    rn_pool_opts o = { 0 };
    rn_infer_begin(&f, c, &o);
    if (!rn_want_rank(&f, 0, axes + 2) || !rni_pool_resolve(&f, c->opts, axes, &o)) return false;
    c->out[0] = rni_max_pool_grad(c->in[1], c->in[0], &o);
    return c->out[0] != NULL;
}

#define UNPOOL_OPTIONS(n)                                                                                              \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RNI_POOL_WINDOW(n),                                                                                            \
            RN_OPT_I64S(rni_pool_args, size, n, 0, 0, 1 << 30, "sizes of y instead of the smallest that fit"),         \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define MAX_OPTIONS(n)                                                                                                 \
    (const rn_opt[])                                                                                                   \
    {                                                                                                                  \
        RNI_POOL_WINDOW(n), RNI_POOL_MORE(n),                                                                          \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }
#define UNPOOL_DOC(n, sizes)                                                                                           \
    {                                                                                                                  \
        .brief = n "-D unpooling: each element is repeated over its window; where windows overlap they are added.",    \
        .shapes = sizes ", each size X becomes stride (X - 1) + kernel - 2 pad", .types = "f16, bf16, f32, f64",       \
        .errors = "SHAPE if pooling y would not give the sizes of x", .since = "0.1"                                   \
    }
#define MAX_DOC(n, sizes)                                                                                              \
    {                                                                                                                  \
        .brief = n "-D unpooling to where a maximum was: elements of y go to the place of the maximum of the window "  \
                   "of x, zeros elsewhere.",                                                                           \
        .shapes = sizes ", where max_pool" n "d of x with the same options has the shape of y",                        \
        .types = "f16, bf16, f32, f64; both the same", .errors = "SHAPE if y has not the shape that pooling x gives",  \
        .source = "Badrinarayanan et al. 2017, arXiv:1511.00561", .since = "0.1"                                       \
    }

const rn_op rn_ops_unpooling[] = {
    { .name = "unpool1d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_unpool,
      .opts = UNPOOL_OPTIONS(1),
      .opts_size = sizeof(rni_pool_args),
      .nnp = "Unpooling window=kernel",
      .doc = UNPOOL_DOC("1", "x [N, C, T] -> y [N, C, To]"),
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4]", .with = "kernel=3" },
                                  { .in = "x:f64[1,2,3]", .with = "kernel=3 stride=2 pad=1" },
                                  { .in = "x:f32[0,2,3]", .with = "kernel=2" },
                                  { .in = "x:f32[1,2,3]", .with = "kernel=2 size=9", .fails = "no size fits" },
                                  { 0 } } },
    { .name = "unpool2d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_unpool,
      .opts = UNPOOL_OPTIONS(2),
      .opts_size = sizeof(rni_pool_args),
      .nnp = "Unpooling window=kernel",
      .doc = UNPOOL_DOC("2", "x [N, C, H, W] -> y [N, C, Ho, Wo]"),
      .cases = (const rn_case[]){ { .in = "x:f32[2,3,4,3]", .with = "kernel=2" },
                                  { .in = "x:f32[2,1,3,3]", .with = "kernel=0 window=2,3 stride=2,2 size=7,7" },
                                  { .in = "x:f32[0,3,4,3]", .with = "kernel=2" },
                                  { .in = "x:f32[3,4,3]", .with = "kernel=2", .fails = "rank of x == 4" },
                                  { 0 } } },
    { .name = "unpool3d",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = build_unpool,
      .opts = UNPOOL_OPTIONS(3),
      .opts_size = sizeof(rni_pool_args),
      .nnp = "Unpooling window=kernel",
      .doc = UNPOOL_DOC("3", "x [N, C, D, H, W] -> y [N, C, Do, Ho, Wo]"),
      .cases = (const rn_case[]){ { .in = "x:f32[1,2,2,3,2]", .with = "kernel=2" },
                                  { .in = "x:f32[1,2,2,3]", .with = "kernel=2", .fails = "rank of x == 5" },
                                  { 0 } } },
    { .name = "max_unpool1d",
      .kind = RN_FUNCTION,
      .inputs = "y, x",
      .build = build_max_unpool,
      .opts = MAX_OPTIONS(1),
      .opts_size = sizeof(rni_pool_args),
      .doc = MAX_DOC("1", "y [N, C, To]   x [N, C, T]   ->   [N, C, T]"),
      .cases = (const rn_case[]){ { .in = "y:f32[2,3,2] x:f32[2,3,4]", .with = "kernel=2" },
                                  { .in = "y:f32[2,3,3] x:f32[2,3,4]", .with = "kernel=2", .fails = "gy.shape ==" },
                                  { 0 } } },
    { .name = "max_unpool2d",
      .kind = RN_FUNCTION,
      .inputs = "y, x",
      .build = build_max_unpool,
      .opts = MAX_OPTIONS(2),
      .opts_size = sizeof(rni_pool_args),
      .doc = MAX_DOC("2", "y [N, C, Ho, Wo]   x [N, C, H, W]   ->   [N, C, H, W]"),
      .cases = (const rn_case[]){ { .in = "y:f32[2,3,2,3] x:f32[2,3,4,6]", .with = "kernel=2" },
                                  { .in = "y:f64[1,1,2,2] x:f64[1,1,5,5]", .with = "kernel=3 stride=2" },
                                  { .in = "y:f32[0,3,2,3] x:f32[0,3,4,6]", .with = "kernel=2" },
                                  { .in = "y:f32[1,3,2,3] x:f32[1,2,4,6]", .with = "kernel=2", .fails = "gy.shape ==" },
                                  { 0 } } },
    { .name = "max_unpool3d",
      .kind = RN_FUNCTION,
      .inputs = "y, x",
      .build = build_max_unpool,
      .opts = MAX_OPTIONS(3),
      .opts_size = sizeof(rni_pool_args),
      .doc = MAX_DOC("3", "y [N, C, Do, Ho, Wo]   x [N, C, D, H, W]   ->   [N, C, D, H, W]"),
      .cases =
          (const rn_case[]){ { .in = "y:f32[1,2,1,2,1] x:f32[1,2,2,4,3]", .with = "kernel=2" },
                             { .in = "y:f32[1,2,1,2] x:f32[1,2,2,4,3]", .with = "kernel=2", .fails = "rank of y == 5" },
                             { 0 } } },
    { 0 },
};
