/* Networks on the CUDA back end, with a driver that the host stands in for: kernels are compiled for the host, memory
 * is out of its reach, streams run late. They must learn what they learn in plain C. */
#include "fake_cuda.h"

enum { STEPS = 4, ROWS = 6, COLUMNS = 5, HIDDEN = 8, CLASSES = 3 };

/* What a training leaves: the losses, and the last weights. */
typedef struct {
    double loss[STEPS];
    float weight[COLUMNS * HIDDEN];
} learned;

static rn_tensor *values(rn_shape shape, int64_t n, int salt)
{
    float v[64];
    for (int64_t i = 0; i < n; i++) v[i] = (float)((i * 37 + salt * 11) % 23 - 11) / 16;
    return rn_array(RN_F32, shape, v);
}

static rn_tensor *forward(rn_tensor *x, rn_tensor *w, rn_tensor *b, rn_tensor *v)
{
    rn_tensor *h = rn_tanh(rn_add(rn_matmul(x, w), b));
    h = rn_mul(h, rn_rsqrt(rn_add_scalar(rn_mean(rn_square(h), .axes = RN_AXES(1), .keepdims = true), 1e-3)));
    return rn_log_softmax(rn_matmul(h, v), .axis = 1);
}

static void train(const char *device, learned *to)
{
    CHECK(rn_device_use(device));
    RN_SCOPE
    {
        const int32_t labels[ROWS] = { 0, 2, 1, 1, 0, 2 };
        rn_tensor *x = values(RN_SHAPE(ROWS, COLUMNS), ROWS * COLUMNS, 1),
                  *t = rn_array(RN_I32, RN_SHAPE(ROWS), labels);
        rn_tensor *w = rn_param("w", values(RN_SHAPE(COLUMNS, HIDDEN), COLUMNS * HIDDEN, 2));
        rn_tensor *b = rn_param("b", values(RN_SHAPE(HIDDEN), HIDDEN, 3));
        rn_tensor *v = rn_param("v", values(RN_SHAPE(HIDDEN, CLASSES), HIDDEN * CLASSES, 4));
        for (int k = 0; k < STEPS; k++) RN_SCOPE
            {
                rn_tensor *hot = rn_one_hot(t, CLASSES);
                rn_tensor *y = rn_neg(rn_mean(rn_sum(rn_mul(forward(x, w, b, v), hot), .axes = RN_AXES(1))));
                rn_tensor *p[] = { w, b, v }, *g[3];
                CHECK(rn_grad(RN_LIST(y), (rn_list){ p, 3 }, .grads = g));
                for (int i = 0; i < 3; i++) rn_assign(p[i], rn_sub(p[i], rn_mul_scalar(g[i], 0.5)));
                to->loss[k] = rn_item(y);
            }
        CHECK(rn_copy_to(w, RN_F32, to->weight, sizeof to->weight));
        rn_drop(w);
        rn_drop(b);
        rn_drop(v);
    }
    CHECK_OK();
    CHECK(rn_device_use("cpu"));
}

static void check_learned(const learned *have, const learned *want)
{
    for (int k = 0; k < STEPS; k++) CHECK_NEAR(have->loss[k], want->loss[k], 2e-6);
    for (int i = 0; i < COLUMNS * HIDDEN; i++) CHECK_NEAR(have->weight[i], want->weight[i], 5e-6);
    CHECK(have->loss[STEPS - 1] < have->loss[0]);
}

/* Of its functions some have kernels of the device and some, such as one_hot, are computed on the host. */
RN_TEST(a_network_learns_what_it_learns_in_plain_c)
{
    learned have, want;
    const fake_report before = fake_now();
    train("ref", &want);
    train("cuda:0", &have);
    check_learned(&have, &want);
    CHECK(fake_now().launches > before.launches + 10 * STEPS);
    CHECK_NO_MISTAKES();
}

/* ---- reductions ---- */

/* Values that sums of any order have exactly. */
static rn_tensor *whole_numbers(rn_shape shape, int64_t n)
{
    float *v = malloc((size_t)n * sizeof *v);
    for (int64_t i = 0; i < n; i++) v[i] = (float)((i * 7919 + i / 3) % 33 - 16);
    rn_tensor *x = rn_array(RN_F32, shape, v);
    free(v);
    return x;
}

static void reduce_all(const char *device, int64_t rows, int64_t columns, bool turned, double *to)
{
    CHECK(rn_device_use(device));
    RN_SCOPE
    {
        rn_tensor *x = whole_numbers(RN_SHAPE(rows, columns), rows * columns);
        if (turned) x = rn_transpose(x);
        for (int axis = 0; axis < 2; axis++) {
            rn_tensor *y[] = { rn_sum(x, .axes = RN_AXES(axis)), rn_max(x, .axes = RN_AXES(axis)),
                               rn_cast(rn_argmin(x, .axes = RN_AXES(axis)), RN_F32) };
            const int64_t n = rn_tensor_dim(x, 1 - axis);
            for (int i = 0; i < 3; i++, to += n) CHECK(rn_copy_to(y[i], RN_F64, to, n * (int64_t)sizeof *to));
        }
        to[0] = rn_item(rn_sum(x));
        to[1] = rn_item(rn_mean(rn_square(x)));
    }
    CHECK_OK();
    CHECK(rn_device_use("cpu"));
}

/* One result or many, long and short ones, several blocks for one. */
RN_TEST(reductions_of_all_shapes_are_those_of_plain_c)
{
    static const int64_t sizes[][2] = { { 1, 1 }, { 3, 5000 }, { 1000, 3 }, { 70, 90 }, { 400, 33 } };
    for (int k = 0; k < (int)RN_COUNTOF(sizes); k++)
        for (int turned = 0; turned < 2; turned++) {
            const int64_t rows = sizes[k][0], columns = sizes[k][1], n = 3 * (rows + columns) + 2;
            double *have = calloc((size_t)n, sizeof *have), *want = calloc((size_t)n, sizeof *want);
            reduce_all("ref", rows, columns, turned, want);
            reduce_all("cuda:0", rows, columns, turned, have);
            for (int64_t i = 0; i < n; i++)
                if (fabs(have[i] - want[i]) > 1e-5)
                    test_failed(__FILE__, __LINE__, "%lldx%lld, %d: number %lld is %g, not %g", (long long)rows,
                                (long long)columns, turned, (long long)i, have[i], want[i]);
            free(have);
            free(want);
        }
    CHECK_NO_MISTAKES();
}

/* ---- products ---- */

enum { M = 70, N = 131, K = 37, BATCHES = 3 };

static void multiply(const char *device, bool trans_a, bool trans_b, bool shared, double *to)
{
    CHECK(rn_device_use(device));
    RN_SCOPE
    {
        rn_tensor *a = whole_numbers(trans_a ? RN_SHAPE(BATCHES, K, M) : RN_SHAPE(BATCHES, M, K), BATCHES * M * K);
        rn_tensor *b = whole_numbers(trans_b ? RN_SHAPE(1, N, K) : RN_SHAPE(1, K, N), N * K);
        if (!shared) b = rn_add(b, rn_reshape(whole_numbers(RN_SHAPE(BATCHES), BATCHES), RN_SHAPE(BATCHES, 1, 1)));
        rn_tensor *y = rn_matmul(a, b, .trans_a = trans_a, .trans_b = trans_b);
        CHECK(rn_copy_to(y, RN_F64, to, BATCHES * M * N * (int64_t)sizeof *to));
    }
    CHECK_OK();
    CHECK(rn_device_use("cpu"));
}

/* Several tiles, cut off at their ends, of operands that lie in any way; whole numbers have one sum. */
RN_TEST(products_of_tiles_are_those_of_plain_c)
{
    double *have = calloc(BATCHES * M * N, sizeof *have), *want = calloc(BATCHES * M * N, sizeof *want);
    for (int k = 0; k < 8; k++) {
        multiply("ref", k & 1, k & 2, k & 4, want);
        multiply("cuda:0", k & 1, k & 2, k & 4, have);
        for (int i = 0; i < BATCHES * M * N; i++)
            if (have[i] != want[i])
                test_failed(__FILE__, __LINE__, "way %d: element %d is %g, not %g", k, i, have[i], want[i]);
    }
    free(have);
    free(want);
    CHECK_NO_MISTAKES();
}

RN_TEST(a_kernel_that_cannot_be_launched_is_an_error_of_its_line)
{
    RN_SCOPE
    {
        CHECK(rn_device_use("cuda:0"));
        rn_tensor *x = whole_numbers(RN_SHAPE(10), 10);
        CHECK(rn_eval(rn_add_scalar(x, 1)));
        rn_tensor *y = rn_add_scalar(x, 2);
        fake_fail_at(1, 719);
        CHECK(!rn_eval(y));
        CHECK_ERROR(RN_ERR_DEVICE, "its kernel is not launched: CUDA_ERROR_FAKE");
        fake_fail_at(0, 0);
    }
    CHECK(rn_device_use("cpu"));
}
