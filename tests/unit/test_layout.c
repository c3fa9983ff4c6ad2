/* Orders of axes in memory: networks of images, whose values lie with channels innermost on the CPU back end, against
 * plain C, where they do not; and that nothing is copied on the way. */
#include "steps.h"

#include "base/alloc.h"

#include <math.h>
#include <rensa.h>
#include <stdio.h>
#include <string.h>

enum { RESULTS = 16 };

typedef rn_tensor *network(rn_tensor *x, rn_tensor **w);

typedef struct {
    const char *name;
    network *build;
    rn_shape x, w[4];
} image_case;

static rn_tensor *normalise(rn_tensor *x)
{
    rn_tensor *y[3] = { NULL };
    y[0] = rn_batch_norm(x, .mean = &y[1], .var = &y[2]);
    return y[0];
}

static rn_tensor *residual(rn_tensor *x, rn_tensor **w)
{
    rn_tensor *h = rn_relu(normalise(rn_conv2d(x, w[0], .pad = { 1, 1 })));
    rn_tensor *y = normalise(rn_conv2d(h, w[1], .pad = { 1, 1 }));
    return rn_conv2d(rn_relu(rn_add(y, h)), w[2], .stride = { 2, 2 }, .pad = { 1, 1 });
}

static rn_tensor *pools(rn_tensor *x, rn_tensor **w)
{
    rn_tensor *h = rn_max_pool2d(rn_conv2d(x, w[0]), 2);
    h = rn_max_pool2d(rn_conv2d(h, w[1]), 3, .stride = { 2, 2 }, .pad = { 1, 1 });
    return rn_average_pool2d(rn_conv2d(h, w[2], .pad = { 2, 2 }), 0, .window = { 3, 2 }, .stride = { 2, 1 },
                             .pad = { 1, 0 });
}

static rn_tensor *mixed(rn_tensor *x, rn_tensor **w)
{
    rn_tensor *h = rn_tanh(rn_conv2d(x, w[0], .dilation = { 2, 1 }, .stride = { 1, 2 }));
    rn_tensor *turned = rn_transpose(h, .axes = RN_AXES(0, 1, 3, 2));
    h = rn_concat(RN_LIST(h, rn_mul(h, rn_mean(h, .axes = RN_AXES(1, 3), .keepdims = true))), .axis = 1);
    h = rn_conv2d(h, w[1], .pad = { 1, 1 });
    rn_tensor *flat = rn_reshape(h, RN_SHAPE(rn_tensor_shape(h)->dim[0], -1));
    return rn_add(rn_matmul(flat, w[2]), rn_sum(turned));
}

static rn_tensor *lines(rn_tensor *x, rn_tensor **w)
{
    rn_tensor *h = rn_max_pool1d(rn_conv1d(x, w[0]), 3, .stride = { 2 });
    return rn_conv1d(rn_sigmoid(h), w[1], .pad = { 2 });
}

static rn_tensor *volumes(rn_tensor *x, rn_tensor **w)
{
    rn_tensor *h = rn_max_pool3d(rn_conv3d(x, w[0], .pad = { 1, 1, 1 }), 2);
    h = rn_average_pool3d(rn_relu(normalise(h)), 0, .window = { 2, 1, 2 }, .pad = { 1, 0, 0 }, .exclude_pad = true);
    return rn_conv3d(h, w[1]);
}

enum { HEADS = 3 };

/* x [B, T, 3, HEADS, D] -> [B, T, HEADS * D] */
static rn_tensor *heads(rn_tensor *x)
{
    const rn_shape *s = rn_tensor_shape(x);
    rn_tensor *part[3], *t[3] = { NULL };
    if (!rn_split(x, part, 3, .axis = 2)) return NULL;
    for (int i = 0; i < 3; i++)
        t[i] = rn_transpose(rn_reshape(part[i], RN_SHAPE(s->dim[0], s->dim[1], HEADS, s->dim[4])),
                            .axes = RN_AXES(0, 2, 1, 3));
    rn_tensor *y = rn_scaled_dot_product_attention(t[0], t[1], t[2], .causal = true);
    return rn_reshape(rn_transpose(y, .axes = RN_AXES(0, 2, 1, 3)), RN_SHAPE(s->dim[0], s->dim[1], -1));
}

static rn_tensor *attends(rn_tensor *x, rn_tensor **w)
{
    return rn_matmul(heads(x), w[0]);
}

#define S(...)                                                                                                         \
    {                                                                                                                  \
        .rank = (int)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)), .dim = { __VA_ARGS__ }                    \
    }

static const image_case cases[] = {
    { "residual", residual, S(5, 3, 17, 14), { S(16, 3, 3, 3), S(16, 16, 3, 3), S(70, 16, 3, 3) } },
    { "residual", residual, S(1, 1, 1, 9), { S(2, 1, 3, 3), S(2, 2, 3, 3), S(3, 2, 3, 3) } },
    { "pools", pools, S(3, 1, 28, 27), { S(20, 1, 5, 5), S(65, 20, 3, 3), S(6, 65, 1, 1) } },
    { "mixed", mixed, S(4, 2, 9, 10), { S(6, 2, 3, 3), S(7, 12, 3, 3), S(140, 5) } },
    { "lines", lines, S(3, 4, 50), { S(33, 4, 4), S(5, 33, 3) } },
    { "attends", attends, S(2, 70, 3, HEADS, 6), { S(18, 5) } },
    { "attends", attends, S(1, 1, 3, HEADS, 1), { S(3, 5) } },
    { "volumes", volumes, S(2, 2, 6, 7, 8), { S(18, 2, 3, 3, 3), S(4, 18, 2, 1, 1) } },
};

/* Values of the result and of all gradients, one after the other; NULL where something failed. */
static float *run(const image_case *k, rn_dtype dtype, const char *device, int64_t *count)
{
    float *all = NULL;
    *count = 0;
    CHECK(rn_device_use(device));
    RN_SCOPE
    {
        rn_seed(3);
        rn_tensor *in[5], *grad[5] = { NULL }, *w[4];
        int n = 0;
        in[n++] = rn_uniform(k->x, .low = -1, .high = 1);
        for (int i = 0; i < 4 && k->w[i].rank; i++) in[n++] = rn_uniform(k->w[i], .low = -0.5, .high = 0.5);
        for (int i = 0; i < n; i++) {
            in[i] = rn_cast(in[i], dtype);
            in[i] = rn_require_grad(rn_array(dtype, *rn_tensor_shape(in[i]), rn_data(in[i])), true);
            if (i) w[i - 1] = in[i];
        }
        rn_tensor *y = k->build(in[0], w), *loss = rn_mean(rn_mul(y, rn_sin(y)));
        CHECK(rn_grad(RN_LIST(loss), ((rn_list){ in, n }), .grads = grad));
        for (int i = -1; i < n && rn_ok(); i++) {
            rn_tensor *v = rn_cast(i < 0 ? y : grad[i], RN_F32);
            const int64_t more = rn_tensor_count(v);
            all = rni_realloc(all, (*count + more) * (int64_t)sizeof *all);
            memcpy(all + *count, rn_data(v), (size_t)more * sizeof *all);
            *count += more;
        }
    }
    CHECK_OK();
    return all;
}

static void compare(const image_case *k, rn_dtype dtype, double tolerance)
{
    int64_t n, n_ref;
    float *ref = run(k, dtype, "ref", &n_ref), *cpu = run(k, dtype, "cpu", &n), *check = run(k, dtype, "check:cpu", &n);
    CHECK_EQ_I64(n, n_ref);
    for (int64_t i = 0; i < n && ref && cpu && check; i++) {
        CHECK_NEAR(cpu[i], ref[i], tolerance * (1 + fabs((double)ref[i])));
        CHECK_NEAR(check[i], cpu[i], 1e-6);
    }
    rni_free(ref);
    rni_free(cpu);
    rni_free(check);
}

RN_TEST(images_with_channels_innermost_equal_plain_c)
{
    for (int k = 0; k < (int)RN_COUNTOF(cases); k++) {
        compare(&cases[k], RN_F32, 2e-4);
        if (cases[k].build == residual || cases[k].build == attends) compare(&cases[k], RN_BF16, 0.06);
    }
    CHECK(rn_device_use("cpu"));
}

RN_TEST(images_are_turned_once_on_the_way_in_and_once_on_the_way_out)
{
    CHECK(rn_device_use("cpu"));
    steps_begin();
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(2, 3, 8, 8)), *w = rn_full(RN_SHAPE(3, 3, 3, 3), 0.5);
        rn_eval(x, w);
        rn_tensor *h = rn_max_pool2d(rn_relu(rn_conv2d(x, w, .pad = { 1, 1 })), 2);
        rn_eval(rn_add(normalise(rn_conv2d(h, w, .pad = { 1, 1 })), h));
    }
    CHECK_OK();
    steps_end();
    CHECK_EQ_I64(steps_named("copy"), 2);
    CHECK_EQ_I64(steps, 10); /* ones, full, copy, conv, relu, max_pool, conv, batch_norm, add, copy */
}

RN_TEST(heads_of_attention_lie_side_by_side_without_a_copy)
{
    static const rn_dtype types[] = { RN_F32, RN_BF16 };
    CHECK(rn_device_use("cpu"));
    for (int i = 0; i < 2; i++) {
        steps_begin();
        RN_SCOPE
        {
            rn_tensor *x = rn_cast(rn_normal(RN_SHAPE(2, 8, 3, HEADS, 16)), types[i]);
            rn_eval(x);
            rn_eval(heads(x));
        }
        CHECK_OK();
        steps_end();
        CHECK_EQ_I64(steps_named("attention"), 1);
        CHECK_EQ_I64(steps_named("copy"), 0);
    }
}

/* ---- poolings of 16 bits ---- */

static rn_tensor *pooled(rn_tensor *x, bool average, int64_t kernel, int64_t stride)
{
    return average ? rn_average_pool2d(x, kernel, .stride = { stride, stride })
                   : rn_max_pool2d(x, kernel, .stride = { stride, stride });
}

RN_TEST(poolings_of_16_bits_are_the_same_in_both_orders_of_axes)
{
    static const rn_dtype types[] = { RN_BF16, RN_F16 };
    for (int i = 0; i < 8; i++) {
        RN_SCOPE
        {
            const bool average = i & 1, overlap = i & 2;
            rn_tensor *x = rn_require_grad(rn_cast(rn_normal(RN_SHAPE(3, 37, 12, 8)), types[i / 4]), true);
            rn_tensor *y[2], *g[2] = { NULL, NULL };
            for (int last = 0; last < 2; last++) {
                rn_pass_mode("layout", last);
                y[last] = pooled(x, average, overlap ? 3 : 2, 2);
                rn_tensor *loss = rn_sum(rn_mul(rn_cast(y[last], RN_F32), rn_cast(y[last], RN_F32)));
                CHECK(rn_grad(RN_LIST(loss), RN_LIST(x), .grads = &g[last]));
                CHECK(rn_eval(y[last], g[last]));
            }
            CHECK(memcmp(rn_data(y[0]), rn_data(y[1]), (size_t)rn_tensor_bytes(y[0])) == 0);
            CHECK(memcmp(rn_data(g[0]), rn_data(g[1]), (size_t)rn_tensor_bytes(g[0])) == 0);
        }
        CHECK_OK();
    }
    rn_pass_mode("layout", true);
}
