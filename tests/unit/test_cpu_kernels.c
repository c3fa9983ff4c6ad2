/* Which functions the CPU back end has kernels for, that it says why where it has none, and that they agree with plain
 * C on shapes too large for the op runner, whatever the number of threads. */
#include "cpu_call.h"

#include "engine/op_table.h"

#include <rensa.h>
#include <rensa/kernels.h>
#include <rensa/op.h>

enum { VIEWS = 10 };

typedef struct {
    const char *op;
    const void *opts;
    int n_in, n_out;
    rn_dtype dtype; /* of floats */
    rn_shape shape[VIEWS];
    int64_t labels;      /* indices are below that */
    unsigned index;      /* bit i: input i holds indices, i32 */
    unsigned positive;   /* bit i: input i holds numbers above 0 */
    const char *refused; /* why, if it is */
    bool library;        /* sums in an order of its own for each number of threads */
    double size;         /* of results, of which errors are parts; 0: of the largest, or 10 */
} call;

#define S(...)                                                                                                         \
    {                                                                                                                  \
        .rank = (int)(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t)), .dim = { __VA_ARGS__ }                    \
    }

static const rn_pool_opts by_fours = { .kernel = { 2, 2 }, .stride = { 2, 2 }, .dilation = { 1, 1 } };
static const rn_pool_opts windows = {
    .kernel = { 3, 2, 1 }, .stride = { 2, 3, 1 }, .pad = { 1 }, .dilation = { 1, 1, 1 }, .size = { 45, 50 }
};
static const rn_axis_opts middle = { .axis = 1 };
static const rn_label_opts labels = { .ignore = 3 };
static const rn_take_opts rows = { .size = 97 }, columns = { .axis = 1, .size = 97 };
static const rn_take_opts rows_ignored = { .size = 97, .ignore = true, .ignore_label = 5 };
static const rn_batch_norm_opts batch = { .eps = 1e-5 }, two = { .axes = { 2, { 1, 2 } }, .eps = 1e-5 };
static const rn_batch_norm_opts apart = { .axes = { 2, { 0, 2 } }, .eps = 1e-5 };
static const rn_layer_norm_opts last = { .axis = -1, .eps = 1e-5 };
static const rn_matmul_opts plain = { 0 }, first_turned = { .trans_a = true }, second_turned = { .trans_b = true },
                            both_turned = { .trans_a = true, .trans_b = true };
static const rn_linear_opts one_batch_axis = { .n_batch_axes = 1 };
static const rn_conv_opts same = {
    .stride = { 1, 1 }, .pad = { 1, 1 }, .pad_end = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1, .size = { 14, 14 }
};
static const rn_conv_opts fives = { .stride = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1, .size = { 12, 12 } };
static const rn_conv_opts steps = {
    .stride = { 2, 1 }, .pad = { 1, 2 }, .pad_end = { 1, 0 }, .dilation = { 1, 1 }, .groups = 1, .size = { 18, 13 }
};
static const rn_conv_opts same_weights = {
    .stride = { 1, 1 }, .pad = { 1, 1 }, .pad_end = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1, .size = { 3, 3 }
};
static const rn_attention_opts all_seen = { .scale = 0.25 }, causal = { .causal = true, .scale = -0.3 };
static const rn_sort_opts upwards = { .axis = 1 }, downwards = { .axis = -2, .descending = true };
static const rn_sort_opts largest = { .axis = 1, .k = 5 }, least = { .axis = 1, .k = 40, .smallest = true };
static const rn_cumulative_opts running = { .axis = 1 }, back = { .axis = -2, .exclusive = true, .reverse = true };
static const rn_along_opts along = { .axis = 1 };
static const rn_pad_opts edges = { .before = { 1, 0, 2, 3 }, .after = { 0, 2, 0, 5 }, .value = 1.5 };
static const rn_pad_opts mirrored = { .before = { 1 }, .mode = 2 };
static const rn_strided_opts lower = { .shape = S(40, 64), .strides = { 128, 2 }, .offset = 1 };
static const rn_strided_opts meeting = { .shape = S(40, 64), .strides = { 1, 1 } };

static const call calls[] = {
    { "max_pool", &windows, 1, 1, RN_F32, { S(2, 37, 45, 50), S(2, 37, 22, 17) } },
    { "max_pool_grad", &windows, 2, 1, RN_F32, { S(2, 37, 45, 50), S(2, 37, 22, 17), S(2, 37, 45, 50) } },
    { "max_pool", &by_fours, 1, 1, RN_F32, { S(3, 20, 14, 10), S(3, 20, 7, 5) } },
    { "max_pool", &by_fours, 1, 1, RN_F64, { S(3, 5, 14, 10), S(3, 5, 7, 5) } },
    { "max_pool_grad", &by_fours, 2, 1, RN_F32, { S(3, 50, 14, 10), S(3, 50, 7, 5), S(3, 50, 14, 10) } },
    { "max_pool_grad", &by_fours, 2, 1, RN_F32, { S(3, 5, 14, 10), S(3, 5, 7, 5), S(3, 5, 14, 10) } },
    { "max_pool_take", &windows, 2, 1, RN_F64, { S(2, 37, 45, 50), S(2, 37, 45, 50), S(2, 37, 22, 17) } },
    { "average_pool", &windows, 1, 1, RN_F16, { S(2, 37, 45, 50), S(2, 37, 22, 17) } },
    { "average_pool_grad", &windows, 1, 1, RN_F32, { S(2, 37, 22, 17), S(2, 37, 45, 50) } },
    { "max_pool", &windows, 1, 1, RN_F32, { S(2, 3, 9, 8, 1), S(2, 3, 4, 3, 1) }, .refused = "spatial axes" },
    { "softmax", &middle, 1, 1, RN_F32, { S(40, 1700), S(40, 1700) } },
    { "softmax", &middle, 1, 1, RN_BF16, { S(5, 530, 40), S(5, 530, 40) } },
    { "softmax_grad", &middle, 2, 1, RN_F64, { S(5, 530, 40), S(5, 530, 40), S(5, 530, 40) } },
    { "log_softmax", &middle, 1, 1, RN_F32, { S(5, 530, 40), S(5, 530, 40) } },
    { "log_softmax_grad", &middle, 2, 1, RN_F32, { S(40, 1700), S(40, 1700), S(40, 1700) } },
    { "softmax_nll", &labels, 2, 1, RN_F32, { S(300, 97), S(300), S(300) }, .labels = 97, .index = 2 },
    { "softmax_nll", &labels, 3, 1, RN_F64, { S(30, 97, 5), S(30, 5), S(97), S(30, 5) }, .labels = 97, .index = 2 },
    { "softmax_nll_grad", &labels, 3, 1, RN_F32, { S(300, 97), S(300), S(300), S(300, 97) }, .labels = 97, .index = 2 },
    { "take", &columns, 2, 1, RN_F32, { S(30, 97, 70), S(4, 20), S(30, 4, 20, 70) }, .labels = 97, .index = 2 },
    { "take_grad", &columns, 2, 1, RN_F32, { S(30, 4, 20, 7), S(4, 20), S(30, 97, 7) }, .labels = 97, .index = 2 },
    { "embed", &rows_ignored, 2, 1, RN_F64, { S(2, 900), S(97, 70), S(2, 900, 70) }, .labels = 97, .index = 1 },
    { "embed_grad", &rows_ignored, 2, 1, RN_F32, { S(2, 900, 70), S(2, 900), S(97, 70) }, .labels = 97, .index = 2 },
    { "embed_grad", &rows, 2, 1, RN_F32, { S(900, 5000), S(900), S(97, 5000) }, .labels = 3, .index = 2 },
    { "batch_norm", &batch, 3, 3, RN_F32, { S(9, 33, 20, 20), S(33), S(33), S(9, 33, 20, 20), S(33), S(33) } },
    { "batch_norm", &batch, 1, 3, RN_F64, { S(90, 33, 3), S(90, 33, 3), S(33), S(33) } },
    { "batch_norm", &two, 1, 3, RN_F32, { S(900, 33, 3), S(900, 33, 3), S(33, 3), S(33, 3) } },
    { "batch_norm", &apart, 1, 3, RN_F32, { S(9, 3, 5), S(9, 3, 5), S(9, 5), S(9, 5) }, .refused = "neighbours" },
    { "batch_norm_grad",
      &batch,
      5,
      3,
      RN_F32,
      { S(9, 33, 20, 20), S(9, 33, 20, 20), S(33), S(33), S(33), S(9, 33, 20, 20), S(33), S(33) },
      .positive = 8 },
    { "batch_norm_grad",
      &batch,
      4,
      3,
      RN_F32,
      { S(900, 33), S(900, 33), S(33), S(33), S(900, 33), S(33), S(33) },
      .positive = 8 },
    { "layer_norm", &last, 3, 1, RN_F32, { S(300, 384), S(384), S(384), S(300, 384) } },
    { "layer_norm", &last, 1, 1, RN_BF16, { S(300, 384), S(300, 384) } },
    { "layer_norm_grad", &last, 3, 3, RN_F32, { S(300, 384), S(300, 384), S(384), S(300, 384), S(384), S(384) } },
    { "rms_norm", &last, 2, 1, RN_F32, { S(300, 384), S(384), S(300, 384) } },
    { "rms_norm_grad", &last, 2, 2, RN_F64, { S(300, 384), S(300, 384), S(300, 384), S(384) } },
    { "matmul", &plain, 2, 1, RN_F32, { S(70, 90), S(90, 110), S(70, 110) } },
    { "matmul", &plain, 2, 1, RN_F32, { S(300, 590), S(590, 16), S(300, 16) } },
    { "matmul", &first_turned, 2, 1, RN_F32, { S(90, 70), S(90, 50), S(70, 50) } },
    { "matmul", &both_turned, 2, 1, RN_F32, { S(90, 70), S(50, 90), S(70, 50) } },
    { "matmul", &second_turned, 2, 1, RN_F32, { S(37, 783), S(101, 783), S(37, 101) } },
    { "matmul", &second_turned, 2, 1, RN_F32, { S(30, 70, 90), S(110, 90), S(30, 70, 110) }, .library = true },
    { "matmul", &second_turned, 2, 1, RN_F32, { S(20, 600), S(500, 600), S(20, 500) } },
    { "matmul", &second_turned, 2, 1, RN_F32, { S(3, 1, 70, 90), S(5, 110, 90), S(3, 5, 70, 110) }, .library = true },
    { "matmul", &plain, 2, 1, RN_BF16, { S(70, 90), S(90, 110), S(70, 110) }, .library = true },
    { "matmul", &second_turned, 2, 1, RN_BF16, { S(3, 1, 7, 9), S(5, 11, 9), S(3, 5, 7, 11) }, .library = true },
    { "matmul", &first_turned, 2, 1, RN_BF16, { S(4, 90, 70), S(90, 50), S(4, 70, 50) }, .library = true },
    { "matmul", &plain, 2, 1, RN_BF16, { S(1, 90), S(90, 1), S(1, 1) }, .library = true },
    { "matmul", &plain, 2, 1, RN_BF16, { S(3, 0), S(0, 2), S(3, 2) }, .library = true },
    { "matmul", &plain, 2, 1, RN_F32, { S(3, 4, 70, 90), S(90, 110), S(3, 4, 70, 110) }, .library = true },
    { "matmul", &second_turned, 2, 1, RN_BF16, { S(5, 70, 90), S(1, 110, 90), S(5, 70, 110) }, .library = true },
    { "linear", &one_batch_axis, 3, 1, RN_BF16, { S(64, 20, 30), S(50, 600), S(50), S(64, 50) }, .library = true },
    { "linear", &one_batch_axis, 3, 1, RN_F32, { S(64, 9, 90), S(500, 810), S(500), S(64, 500) } },
    { "matmul", &first_turned, 2, 1, RN_F64, { S(9, 1, 90, 70), S(4, 90, 50), S(9, 4, 70, 50) }, .library = true },
    { "linear", &one_batch_axis, 3, 1, RN_F32, { S(64, 20, 30), S(50, 600), S(50), S(64, 50) } },
    { "linear", &one_batch_axis, 2, 1, RN_F64, { S(64, 600), S(50, 600), S(64, 50) }, .library = true },
    { "conv",
      &same,
      3,
      1,
      RN_F32,
      { S(4, 32, 14, 14), S(48, 32, 3, 3), S(48), S(4, 48, 14, 14) },
      .library = true,
      .size = 20 },
    { "conv_grad_x",
      &same,
      2,
      1,
      RN_F32,
      { S(4, 48, 14, 14), S(48, 32, 3, 3), S(4, 32, 14, 14) },
      .library = true,
      .size = 20 },
    { "conv_grad_x", &fives, 2, 1, RN_F32, { S(4, 50, 8, 8), S(50, 20, 5, 5), S(4, 20, 12, 12) }, .size = 40 },
    { "conv_grad_x", &steps, 2, 1, RN_F32, { S(3, 21, 9, 12), S(21, 5, 3, 4), S(3, 5, 18, 13) }, .size = 20 },
    { "conv_grad_w",
      &same_weights,
      2,
      1,
      RN_F32,
      { S(4, 32, 14, 14), S(4, 48, 14, 14), S(48, 32, 3, 3) },
      .library = true,
      .size = 20 },
    { "conv", &same, 3, 1, RN_BF16, { S(4, 32, 14, 14), S(48, 32, 3, 3), S(48), S(4, 48, 14, 14) }, .library = true },
    { "conv_grad_x", &same, 2, 1, RN_BF16, { S(4, 48, 14, 14), S(48, 32, 3, 3), S(4, 32, 14, 14) }, .library = true },
    { "conv_grad_w",
      &same_weights,
      2,
      1,
      RN_BF16,
      { S(4, 32, 14, 14), S(4, 48, 14, 14), S(48, 32, 3, 3) },
      .library = true },
    { "attention",
      &all_seen,
      3,
      2,
      RN_F32,
      { S(5, 150, 24), S(5, 170, 24), S(5, 170, 10), S(5, 150, 10), S(5, 150) },
      .library = true },
    { "attention",
      &causal,
      3,
      2,
      RN_F32,
      { S(2, 3, 200, 8), S(2, 3, 100, 8), S(2, 3, 100, 8), S(2, 3, 200, 8), S(2, 3, 200) },
      .library = true },
    { "attention", &causal, 3, 2, RN_F32, { S(1, 4), S(1, 4), S(1, 4), S(1, 4), S(1) }, .library = true },
    { "attention_grad",
      &all_seen,
      6,
      4,
      RN_F32,
      { S(2, 3, 150, 8), S(2, 3, 170, 8), S(2, 3, 170, 5), S(2, 3, 150, 5), S(2, 3, 150), S(2, 3, 150), S(2, 3, 150, 8),
        S(2, 3, 170, 8), S(2, 3, 170, 5), S(0) },
      .library = true },
    { "attention_grad",
      &causal,
      6,
      4,
      RN_F32,
      { S(3, 200, 8), S(3, 100, 8), S(3, 100, 5), S(3, 200, 5), S(3, 200), S(3, 200), S(3, 200, 8), S(3, 100, 8),
        S(3, 100, 5), S(0) },
      .library = true },
    { "attention", &causal, 4, 2, RN_F32, { S(2, 4), S(3, 4), S(3, 4), S(2, 3), S(2, 4), S(2) }, .refused = "a mask" },
    { "sort", &upwards, 1, 2, RN_F32, { S(30, 1700), S(30, 1700), S(30, 1700) } },
    { "sort", &downwards, 1, 2, RN_BF16, { S(5, 530, 40), S(5, 530, 40), S(5, 530, 40) } },
    { "sort", &upwards, 1, 2, RN_F32, { S(30, 1700), S(30, 1700), S(30, 1700) }, .labels = 70000, .index = 1 },
    { "sort", &upwards, 1, 2, RN_F64, { S(30, 17), S(30, 17), S(30, 17) }, .refused = "32 bits" },
    { "topk", &largest, 1, 2, RN_F32, { S(30, 1700), S(30, 5), S(30, 5) } },
    { "topk", &least, 1, 2, RN_F16, { S(5, 530, 40), S(5, 40, 40), S(5, 40, 40) } },
    { "cumsum", &running, 1, 1, RN_F32, { S(30, 1700), S(30, 1700) } },
    { "cumsum", &back, 1, 1, RN_F16, { S(5, 53, 400), S(5, 53, 400) } },
    { "cumprod", &back, 1, 1, RN_F64, { S(40, 1700, 1), S(40, 1700, 1) }, .positive = 1 },
    { "cumsum", &running, 1, 1, RN_F32, { S(3, 5), S(3, 5) }, .labels = 9, .index = 1, .refused = "only floats" },
    { "take_along_axis", &along, 2, 1, RN_F32, { S(30, 97), S(30, 1700), S(30, 1700) }, .labels = 97, .index = 2 },
    { "take_along_axis",
      &along,
      2,
      1,
      RN_F16,
      { S(5, 97, 41), S(5, 130, 41), S(5, 130, 41) },
      .labels = 97,
      .index = 2 },
    { "take_along_axis", &along, 2, 1, RN_F64, { S(9, 7), S(1, 5), S(9, 5) }, .index = 2, .refused = "repeated" },
    { "concat", &middle, 3, 1, RN_F32, { S(50, 3, 70), S(50, 0, 70), S(50, 9, 70), S(50, 12, 70) } },
    { "pad", &edges, 1, 1, RN_F16, { S(5, 6, 7, 300), S(6, 8, 9, 308) } },
    { "pad", &mirrored, 1, 1, RN_F32, { S(5), S(6) }, .refused = "one value" },
    { "as_strided_grad", &lower, 1, 1, RN_F32, { S(20, 32), S(40, 64) } },
    { "as_strided_grad", &meeting, 1, 1, RN_F32, { S(20, 32), S(40, 64) }, .refused = "may meet" },
};

static void check_taken(const rni_device *d, const call *q)
{
    rn_view v[VIEWS] = { { 0 } };
    for (int i = 0; i < q->n_in + q->n_out; i++) {
        v[i] = view_new(q->index >> i & 1 ? RN_I32 : q->dtype, q->shape[i].rank, q->shape[i].dim);
        free(v[i].data);
        v[i].data = NULL;
    }
    rn_kernel_call c = {
        .op = q->op, .opts = q->opts, .n_in = q->n_in, .n_out = q->n_out, .in = v, .out = v + q->n_in, .groups = 1
    };
    const char *why = "";
    const rn_kernel *kernel = cpu_kernel(d, q->op, &c, &why);
    if (!kernel && q->dtype == RN_BF16 && strstr(why, "processor has no bf16")) return;
    if (!kernel != (q->refused != NULL) || (q->refused && !strstr(why, q->refused)))
        test_failed(__FILE__, __LINE__, "%s: %s is %s (%s)", d->name, q->op, kernel ? "taken" : "refused", why);
}

/* Results of the call on a device as f64, one after the other; the same inputs each time. Free with free. */
static double *results(const call *q, const char *device, int64_t *count)
{
    double *all = NULL;
    *count = 0;
    CHECK(rn_device_use(device));
    RN_SCOPE
    {
        rn_tensor *in[VIEWS], *out[VIEWS];
        rni_rng r = { .seed = 7 };
        for (int i = 0; i < q->n_in; i++) {
            rn_view v = view_new(q->index >> i & 1 ? RN_I32 : RN_F32, q->shape[i].rank, q->shape[i].dim);
            for (int64_t k = 0, n = rni_view_count(&v); k < n; k++) {
                const double a = rni_rng_uniform(&r);
                if (v.dtype == RN_I32)
                    ((int32_t *)v.data)[k] = (int32_t)(a * (double)q->labels);
                else
                    ((float *)v.data)[k] = (float)(q->positive >> i & 1 ? a + 0.5 : 4 * a - 2);
            }
            in[i] = rn_array(v.dtype, q->shape[i], v.data);
            if (v.dtype == RN_F32) in[i] = rn_cast(in[i], q->dtype);
            free(v.data);
        }
        CHECK(rn_op_call(rni_op_find(q->op), NULL, in, q->n_in, q->opts, out));
        for (int o = 0; o < q->n_out; o++) {
            const int64_t n = rn_tensor_count(out[o]);
            all = realloc(all, (size_t)(*count + n) * sizeof *all);
            memcpy(all + *count, rn_data(rn_cast(out[o], RN_F64)), (size_t)n * sizeof *all);
            *count += n;
        }
    }
    CHECK_OK();
    return all;
}

static void check_equals(const rni_device *d, const call *q, const double *ref, int64_t count)
{
    const double unit = q->dtype == RN_F64 ? 1e-13 : q->dtype == RN_F32 ? 2e-5 : q->dtype == RN_F16 ? 2e-3 : 2e-2;
    double size = q->size, *have[2];
    for (int t = 0; t < 2; t++) {
        char name[64];
        int64_t n;
        snprintf(name, sizeof name, "%s,threads=%d", d->name, 1 + 2 * t);
        have[t] = results(q, name, &n);
        CHECK_EQ_I64(n, count);
    }
    for (int64_t i = 0; i < count && q->size == 0; i++) size = fmax(size, fmin(fabs(ref[i]), 10));
    for (int64_t i = 0; i < count; i++)
        if (fabs(have[0][i] - ref[i]) > unit * fmax(size, fabs(ref[i])) || (have[0][i] != have[1][i] && !q->library))
            test_failed(__FILE__, __LINE__, "%s: %s: element %lld is %.9g, with three threads %.9g, want %.9g", d->name,
                        q->op, (long long)i, have[0][i], have[1][i], ref[i]);
    free(have[0]);
    free(have[1]);
}

RN_TEST(functions_that_matter_have_kernels_that_equal_plain_c)
{
    for (int k = 0; k < (int)RN_COUNTOF(calls); k++) {
        int64_t count;
        double *ref = calls[k].refused ? NULL : results(&calls[k], "ref", &count);
        for (int i = 0; i < (int)RN_COUNTOF(cpu_isas); i++) {
            const rni_device *d = cpu_device(cpu_isas[i]);
            if (!d) continue;
            check_taken(d, &calls[k]);
            if (ref) check_equals(d, &calls[k], ref, count);
        }
        free(ref);
    }
}

/* ---- convolutions by Winograd's algorithm ---- */

#if defined(__SANITIZE_THREAD__)
enum { WINOGRAD_TYPES = 1, WINOGRAD_ISAS = 1 }; /* share out work among threads as the others do */
#else
enum { WINOGRAD_TYPES = 2, WINOGRAD_ISAS = RN_COUNTOF(cpu_isas) };
#endif

typedef struct {
    int64_t n, in, out, size[2], pad[2], pad_end[2], side; /* side: of the filters, or 0 for 3 */
} winograd_case;

static const winograd_case winograd_cases[] = {
    { 1, 16, 16, { 1, 1 }, { 1, 1 }, { 1, 1 } },     { 2, 32, 48, { 5, 7 }, { 0, 2 }, { 1, 0 } },
    { 3, 16, 80, { 9, 4 }, { 1, 1 }, { 1, 1 } },     { 5, 96, 32, { 13, 6 }, { 0, 0 }, { 0, 0 } },
    { 1, 48, 16, { 3, 30 }, { 2, 2 }, { 2, 2 } },    { 2, 16, 16, { 6, 6 }, { 5, 0 }, { 0, 6 } },
    { 3, 64, 64, { 29, 31 }, { 1, 1 }, { 1, 1 } },   /* several blocks */
    { 140, 256, 240, { 1, 1 }, { 1, 1 }, { 1, 1 } }, /* many filters, and more tiles than a block has */
    { 2, 28, 29, { 9, 6 }, { 1, 1 }, { 1, 1 } },     { 1, 16, 24, { 5, 5 }, { 0, 0 }, { 0, 0 }, 5 },
    { 3, 29, 62, { 9, 12 }, { 2, 0 }, { 1, 4 }, 5 }, { 40, 31, 16, { 12, 12 }, { 2, 2 }, { 2, 2 }, 5 },
    { 40, 32, 16, { 25, 25 }, { 1, 1 }, { 1, 1 } },
};

static call winograd_call(const winograd_case *w, const char *op, rn_dtype type, rn_conv_opts *o)
{
    const int64_t side = w->side ? w->side : 3, less = side - 1;
    const int64_t h = w->size[0] + w->pad[0] + w->pad_end[0] - less, v = w->size[1] + w->pad[1] + w->pad_end[1] - less;
    const rn_shape x = S(w->n, w->in, w->size[0], w->size[1]), y = S(w->n, w->out, h, v);
    const rn_shape f = S(w->out, w->in, side, side);
    *o = (rn_conv_opts){ .stride = { 1, 1 }, .dilation = { 1, 1 }, .groups = 1 };
    memcpy(o->pad, w->pad, sizeof w->pad);
    memcpy(o->pad_end, w->pad_end, sizeof w->pad_end);
    if (strcmp(op, "conv") == 0) return (call){ op, o, 3, 1, type, { x, f, S(w->out), y } };
    const bool grad_x = strcmp(op, "conv_grad_x") == 0;
    for (int i = 0; i < 2; i++) o->size[i] = grad_x ? w->size[i] : side;
    if (grad_x) return (call){ op, o, 2, 1, type, { y, f, x } };
    return (call){ op, o, 2, 1, type, { x, y, f } };
}

/* Errors are parts of what results are like: 7e-6 of it was the largest seen with multiply-adds, 1e-5 without. */
static void check_winograd(const call *q)
{
    int64_t count;
    double *ref = results(q, "ref", &count), *direct = results(q, "cpu:winograd=0", &count), squares = 0;
    call sized = *q;
    for (int64_t i = 0; i < count; i++) squares += ref[i] * ref[i];
    sized.size = sqrt(squares / (double)count);
    sized.library = true;
    check_equals(cpu_device("winograd=0"), &sized, ref, count);
    sized.library = false;
    for (int i = 0; i < WINOGRAD_ISAS; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s,winograd=1", cpu_isas[i]);
        const rni_device *d = cpu_device(name);
        if (!d) continue;
        check_equals(d, &sized, ref, count);
        double *have = results(q, d->name, &count);
        /* few of the errors outlast rounding to 16 bits */
        const bool shows = q->dtype == RN_F32 || count > 5000;
        if (shows && memcmp(have, direct, (size_t)count * sizeof *have) == 0)
            test_failed(__FILE__, __LINE__, "%s: %s is not Winograd's", d->name, q->op);
        free(have);
    }
    free(ref);
    free(direct);
}

RN_TEST(winograd_convolutions_of_all_sizes_equal_plain_c)
{
    static const char *const ops[] = { "conv", "conv_grad_x", "conv_grad_w" };
    static const rn_dtype types[] = { RN_F32, RN_BF16 };
    for (int k = 0; k < (int)RN_COUNTOF(winograd_cases); k++)
        for (int i = 0; i < (int)RN_COUNTOF(ops) * WINOGRAD_TYPES; i++) {
            rn_conv_opts o;
            const char *op = ops[i / WINOGRAD_TYPES];
            const call q = winograd_call(&winograd_cases[k], op, types[i % WINOGRAD_TYPES], &o);
            check_winograd(&q);
        }
    CHECK(!rni_device_open("cpu:winograd=2", NULL));
    CHECK_ERROR(RN_ERR_DEVICE, "is neither 0 nor 1");
}

static int64_t *order_on(const char *device, const float *x, int64_t n, bool descending)
{
    int64_t *order = calloc((size_t)n, sizeof *order);
    CHECK(rn_device_use(device));
    RN_SCOPE
    memcpy(order, rn_data(rn_argsort(rn_array(RN_F32, RN_SHAPE(n), x), 0, .descending = descending)),
           (size_t)n * sizeof *order);
    return order;
}

RN_TEST(numbers_that_are_none_are_sorted_as_in_plain_c)
{
    static const float special[] = { NAN, -NAN, 0, -0.0f, INFINITY, -INFINITY, 1e-40f, -1e-40f, 1e-41f, 1, -1 };
    enum { N = 100 };
    float x[N];
    rni_rng r = { .seed = 3 };
    for (int i = 0; i < N; i++) x[i] = special[random_below(&r, (int)RN_COUNTOF(special))];
    for (int turn = 0; turn < 4; turn++) {
        const int64_t n = turn & 1 ? 20 : N;
        int64_t *want = order_on("ref", x, n, turn > 1), *have = order_on("cpu", x, n, turn > 1);
        for (int64_t i = 0; i < n; i++) CHECK_EQ_I64(have[i], want[i]);
        free(want);
        free(have);
    }
}

RN_TEST(threads_are_a_number_above_zero)
{
    static const char *const wrong[] = { "abc", "", "-5", "0", "2x", "99999999999999999999" };
    char name[64];
    for (size_t i = 0; i < RN_COUNTOF(wrong); i++) {
        snprintf(name, sizeof name, "cpu:base,threads=%s", wrong[i]);
        CHECK(!rni_device_open(name, NULL));
        CHECK_ERROR(RN_ERR_DEVICE, "is no number from 1 to");
    }
    CHECK(cpu_device("threads=2"));
}
