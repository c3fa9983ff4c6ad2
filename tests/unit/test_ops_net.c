/* Convolution, pooling, normalisation, recurrent layers, attention: what the cases of their rows cannot say. */
#include "test.h"

#include "base/alloc.h"

#include <rensa/op.h>

#include <time.h>

/* Values to be differentiated by: data, not the results of calls. */
static rn_tensor *as_data(rn_tensor *x)
{
    return rn_require_grad(rn_array(rn_tensor_dtype(x), *rn_tensor_shape(x), rn_data(x)), true);
}

static rn_tensor *point(rn_shape shape, uint64_t seed)
{
    rn_seed(seed);
    return as_data(rn_uniform(shape, .low = -1, .high = 1, .dtype = RN_F64));
}

/* ---- derivatives of higher order ---- */

RN_TEST(a_convolution_has_derivatives_of_any_order)
{
    RN_SCOPE
    {
        /* y = (w x)^4 with a filter of one element: the third derivative by x is 24 w^4 x */
        rn_tensor *x = rn_require_grad(rn_array(RN_F64, RN_SHAPE(1, 1, 1, 1), (const double[]){ 0.7 }), true);
        rn_tensor *w = rn_require_grad(rn_array(RN_F64, RN_SHAPE(1, 1, 1, 1), (const double[]){ 1.3 }), true);
        rn_tensor *y = rn_conv2d(x, w), *q = rn_mul(y, y), *g1, *g2, *g3, *gw;
        CHECK(rn_grad(RN_LIST(rn_mul(q, q)), RN_LIST(x), .create_graph = true, .grads = &g1));
        CHECK(rn_grad(RN_LIST(g1), RN_LIST(x), .create_graph = true, .grads = &g2));
        CHECK(rn_grad(RN_LIST(g2), RN_LIST(x), .create_graph = true, .grads = &g3));
        CHECK(rn_grad(RN_LIST(g3), RN_LIST(w), .grads = &gw));
        CHECK_OK();
        const double w4 = 1.3 * 1.3 * 1.3 * 1.3;
        CHECK_NEAR(rn_item(g1), 4 * w4 * 0.7 * 0.7 * 0.7, 1e-12);
        CHECK_NEAR(rn_item(g2), 12 * w4 * 0.7 * 0.7, 1e-12);
        CHECK_NEAR(rn_item(g3), 24 * w4 * 0.7, 1e-12);
        CHECK_NEAR(rn_item(gw), 96 * w4 / 1.3 * 0.7, 1e-11);
    }
    CHECK_OK();
}

/* What a test differentiates twice: a number from x. */
typedef rn_tensor *function(rn_tensor *x);

static rn_tensor *gradient(function *f, rn_tensor *x, bool graph)
{
    rn_tensor *g = NULL;
    rn_grad(RN_LIST(f(x)), RN_LIST(x), .create_graph = graph, .grads = &g);
    return g;
}

/* Compares the gradient of gradient * v with the difference of gradients along v. */
static void check_second(function *f, rn_shape shape)
{
    const double h = 1e-5;
    rn_tensor *x = point(shape, 5), *v = rn_detach(point(shape, 6)), *second;
    rn_tensor *step = rn_mul_scalar(v, h);
    CHECK(rn_grad(RN_LIST(rn_sum(rn_mul(gradient(f, x, true), v))), RN_LIST(x), .grads = &second));
    rn_tensor *up = gradient(f, as_data(rn_add(x, step)), false);
    rn_tensor *down = gradient(f, as_data(rn_sub(x, step)), false);
    rn_tensor *slope = rn_mul_scalar(rn_sub(up, down), 1 / (2 * h));
    const double *a = rn_data(second), *b = rn_data(slope);
    CHECK_OK();
    double size = 0;
    for (int64_t i = 0; a && b && i < rn_tensor_count(x); i++) {
        CHECK_NEAR(a[i], b[i], 1e-6 * (1 + fabs(b[i])));
        size += fabs(b[i]);
    }
    CHECK(size > 1e-3);
}

static rn_tensor *weighted(rn_tensor *y)
{
    rn_seed(8);
    return rn_sum(rn_mul(rn_mul(y, y), rn_uniform(*rn_tensor_shape(y), .dtype = RN_F64)));
}

static rn_tensor *two_convolutions(rn_tensor *x)
{
    rn_seed(7);
    rn_tensor *w = rn_uniform(RN_SHAPE(4, 1, 3, 2), .low = -1, .dtype = RN_F64);
    rn_tensor *u = rn_uniform(RN_SHAPE(2, 4, 2, 2), .low = -1, .dtype = RN_F64);
    rn_tensor *h =
        rn_tanh(rn_conv2d(x, w, NULL, .stride = { 2, 1 }, .pad = { 1, 0 }, .dilation = { 1, 2 }, .groups = 2));
    return weighted(rn_conv2d(h, u, NULL, .pad = { 1, 1 }));
}

static rn_tensor *pooled(rn_tensor *x)
{
    rn_tensor *m = rn_max_pool2d(rn_mul(x, x), 3, .stride = { 2, 2 }, .pad = { 1, 1 });
    return weighted(rn_average_pool2d(rn_mul(m, m), 2, .stride = { 1, 1 }, .pad = { 1, 1 }, .exclude_pad = true));
}

static rn_tensor *normalised(rn_tensor *x)
{
    rn_tensor *mean, *var, *y = rn_batch_norm(x, NULL, NULL, .mean = &mean, .var = &var);
    return rn_add(weighted(rn_mul(y, y)), rn_add(weighted(mean), rn_sum(rn_sqrt(var))));
}

static rn_tensor *attended(rn_tensor *x)
{
    return weighted(rn_scaled_dot_product_attention(x, rn_tanh(x), rn_mul(x, x), .causal = true));
}

static rn_tensor *remembered(rn_tensor *x)
{
    rn_seed(7);
    rn_tensor *w = rn_uniform(RN_SHAPE(8, 3), .low = -1, .dtype = RN_F64);
    rn_tensor *u = rn_uniform(RN_SHAPE(8, 2), .low = -1, .dtype = RN_F64), *c;
    rn_tensor *y = rn_lstm_sequence(x, NULL, NULL, NULL, RN_LIST(w, u), .c_n = &c, .no_bias = true);
    return rn_add(weighted(y), weighted(c));
}

RN_TEST(second_derivatives_of_convolutions)
{
    RN_SCOPE
    check_second(two_convolutions, RN_SHAPE(2, 2, 5, 6));
}

RN_TEST(second_derivatives_of_pooling)
{
    RN_SCOPE
    check_second(pooled, RN_SHAPE(1, 2, 5, 6));
}

RN_TEST(second_derivatives_of_batch_norm_reach_its_statistics)
{
    RN_SCOPE
    check_second(normalised, RN_SHAPE(4, 3, 2));
}

RN_TEST(second_derivatives_of_attention)
{
    RN_SCOPE
    check_second(attended, RN_SHAPE(2, 3, 4));
}

RN_TEST(second_derivatives_of_a_sequence)
{
    RN_SCOPE
    check_second(remembered, RN_SHAPE(3, 2, 3));
}

/* ---- gradients by parts ---- */

static bool square_infer(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], *f->shape[0]) && rn_out(f, 1, f->dtype[0], *f->shape[0]);
}

static bool square_build(rn_call_info *c)
{
    c->out[0] = rn_mul(c->in[0], c->in[1]);
    c->out[1] = rn_add(c->in[0], rn_mul_scalar(c->in[1], 3));
    return rn_ok();
}

static const rn_op square_row = { .name = "test_product_and_sum",
                                  .kind = RN_COMPOSITE,
                                  .inputs = "a, b",
                                  .outputs = "p, s",
                                  .infer = square_infer,
                                  .build = square_build,
                                  .backward = rn_backward_by_build };

RN_TEST(gradients_by_parts_tell_equal_inputs_apart)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array(RN_F64, RN_SCALAR, (const double[]){ 5 }), true), *y[2], *g, *g2;
        rn_tensor *t = rn_mul_scalar(x, 1), *in[] = { t, t };
        CHECK(rn_op_call(&square_row, RN_HERE, in, 2, NULL, y));
        CHECK(rn_grad(RN_LIST(rn_add(y[0], y[1])), RN_LIST(x), .create_graph = true, .grads = &g));
        CHECK_NEAR(rn_item(g), 2 * 5 + 4, 0);
        CHECK(rn_grad(RN_LIST(g), RN_LIST(x), .grads = &g2));
        CHECK_NEAR(rn_item(g2), 2, 0);
    }
    CHECK_OK();
}

/* ---- long sequences ---- */

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

RN_TEST(a_network_unrolled_over_three_thousand_steps)
{
    enum { STEPS = 3000, N = 2, H = 4 };
    const double start = seconds();
    const int64_t before = rn_live_tensors();
    RN_SCOPE
    {
        rn_seed(1);
        rn_tensor *x = point(RN_SHAPE(STEPS, N, H), 1), *u = point(RN_SHAPE(H, H), 2), *w = point(RN_SHAPE(H, H), 3);
        rn_tensor *h = rn_zeros(RN_SHAPE(N, H), .dtype = RN_F64);
        for (int t = 0; t < STEPS; t++)
            h = rn_tanh(rn_add(rn_linear(rn_slice(x, RN_RANGES(RN_AT(t))), w), rn_linear(h, u)));
        rn_tensor *y, *last;
        y = rn_rnn_sequence(x, NULL, NULL, RN_LIST(w, u), .h_n = &last, .no_bias = true);
        rn_tensor *by_hand[3], *at_once[3], *loss = rn_sum(rn_mul(h, h)), *same = rn_sum(rn_mul(last, last));
        CHECK(rn_grad(RN_LIST(loss), RN_LIST(x, u, w), .grads = by_hand));
        CHECK(rn_grad(RN_LIST(same), RN_LIST(x, u, w), .grads = at_once));
        CHECK_NEAR(rn_item(loss), rn_item(same), 1e-12);
        for (int k = 0; k < 3; k++) {
            const double *a = rn_data(by_hand[k]), *b = rn_data(at_once[k]);
            for (int64_t i = 0; a && b && i < rn_tensor_count(by_hand[k]); i++) CHECK_NEAR(a[i], b[i], 1e-9);
        }
        CHECK_EQ_I64(rn_tensor_dim(y, 0), STEPS);
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
    /* the watched back end looks at all memory around each of its thousands of steps */
    CHECK(seconds() - start < 60 || strncmp(rn_device_name(), "check", 5) == 0);
}

RN_TEST(a_long_memory_is_recorded_as_few_calls)
{
    const int64_t before = rn_live_tensors();
    RN_SCOPE
    {
        rn_tensor *x = rn_uniform(RN_SHAPE(3000, 1, 2)), *w = as_data(rn_uniform(RN_SHAPE(8, 2))),
                  *u = rn_uniform(RN_SHAPE(8, 2));
        const int64_t nodes = rn_engine().nodes_recorded;
        rn_tensor *y = rn_lstm_sequence(x, NULL, NULL, NULL, RN_LIST(w, u), .no_bias = true);
        CHECK(rn_engine().nodes_recorded - nodes < 30);
        rn_tensor *g;
        rn_grad(RN_LIST(rn_mean(y)), RN_LIST(w), .grads = &g);
        CHECK_OK();
        CHECK_OK();
        CHECK(isfinite(rn_data_f32(g)[0]));
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors() - before, 0);
}

RN_TEST(what_is_past_the_end_of_a_sequence_changes_nothing)
{
    RN_SCOPE
    {
        rn_seed(4);
        rn_tensor *x = rn_uniform(RN_SHAPE(5, 2, 3)), *w[6];
        for (int k = 0; k < 6; k++)
            w[k] = rn_uniform(k % 3 == 0 ? RN_SHAPE(8, 3) : k % 3 == 1 ? RN_SHAPE(8, 2) : RN_SHAPE(8), .low = -1);
        rn_tensor *lengths = rn_array_i32(RN_SHAPE(2), 5, 3), *h, *h_short;
        rn_list ws = { w, 6 };
        rn_tensor *y = rn_lstm_sequence(x, NULL, NULL, lengths, ws, .bidirectional = true, .h_n = &h);
        rn_tensor *cut = rn_slice(x, RN_RANGES(RN_TO(3), RN_RANGE(1, 2)));
        rn_tensor *y_short = rn_lstm_sequence(cut, NULL, NULL, NULL, ws, .bidirectional = true, .h_n = &h_short);
        const float *a = rn_data_f32(rn_slice(y, RN_RANGES(RN_ALL, RN_AT(1)))), *b = rn_data_f32(y_short);
        for (int i = 0; a && b && i < 20; i++) CHECK_NEAR(a[i], i < 12 ? b[i] : 0, 1e-6);
        const float *p = rn_data_f32(h), *q = rn_data_f32(h_short);
        for (int d = 0; p && q && d < 2; d++)
            for (int i = 0; i < 2; i++) CHECK_NEAR(p[d * 4 + 2 + i], q[d * 2 + i], 1e-6);
    }
    CHECK_OK();
}

/* ---- attention ---- */

RN_TEST(a_query_that_sees_nothing_gives_zeros_and_no_nan)
{
    const bool was = rn_nan_check(true);
    RN_SCOPE
    {
        rn_tensor *q = point(RN_SHAPE(3, 4), 1), *k = point(RN_SHAPE(2, 4), 2), *v = point(RN_SHAPE(2, 2), 3), *g[3];
        rn_tensor *mask = rn_array(RN_BOOL, RN_SHAPE(3, 1), ((const uint8_t[]){ 1, 0, 1 }));
        rn_tensor *y = rn_scaled_dot_product_attention(q, k, v, mask);
        CHECK(rn_grad(RN_LIST(rn_sum(rn_mul(y, y))), RN_LIST(q, k, v), .grads = g));
        const double *a = rn_data(y), *gq = rn_data(g[0]);
        CHECK_OK();
        if (a && gq) {
            CHECK(a[0] != 0 && a[4] != 0);
            CHECK_NEAR(a[2], 0, 0);
            CHECK_NEAR(a[3], 0, 0);
            for (int i = 4; i < 8; i++) CHECK_NEAR(gq[i], 0, 0);
        }
    }
    rn_nan_check(was);
    CHECK_OK();
}

RN_TEST(dropped_weights_are_the_same_in_the_gradient)
{
    RN_SCOPE
    {
        rn_seed(3);
        rn_tensor *q = rn_uniform(RN_SHAPE(6, 4)), *k = rn_uniform(RN_SHAPE(9, 4));
        rn_tensor *v = as_data(rn_uniform(RN_SHAPE(9, 2))), *g;
        rn_tensor *y = rn_sum(rn_scaled_dot_product_attention(q, k, v, NULL, .dropout = 0.5));
        rn_tensor *kept = rn_sum(rn_scaled_dot_product_attention(q, k, v));
        rn_grad(RN_LIST(y), RN_LIST(v), .grads = &g);
        CHECK_OK();
        CHECK_NEAR(rn_item(rn_sum(rn_mul(g, v))), rn_item(y), 1e-4); /* y is linear in v */
        CHECK(fabs(rn_item(y) - rn_item(kept)) > 1e-3);
        RN_TEST_MODE
        CHECK_NEAR(rn_item(rn_sum(rn_scaled_dot_product_attention(q, k, v, NULL, .dropout = 0.5))), rn_item(kept),
                   1e-6);
    }
    CHECK_OK();
}

/* ---- pooling and normalisation ---- */

RN_TEST(the_first_of_equal_maxima_gets_the_gradient)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(rn_array_f32(RN_SHAPE(1, 1, 2, 4), 1, 3, NAN, 5, 3, 3, 7, NAN), true);
        rn_tensor *y = rn_max_pool2d(x, 2);
        const float *v = rn_data_f32(y);
        CHECK_NEAR(v[0], 3, 0);
        CHECK(isnan(v[1]));
        CHECK(rn_backward(rn_sum(y)));
        const float want[] = { 0, 1, 1, 0, 0, 0, 0, 0 }, *g = rn_data_f32(rn_grad_of(x));
        for (int i = 0; g && i < 8; i++) CHECK_NEAR(g[i], want[i], 0);
    }
    CHECK_OK();
}

RN_TEST(batch_norm_keeps_the_digits_of_small_deviations)
{
    RN_SCOPE
    {
        /* around 4096 with deviations of 1/8: mean of squares minus squared mean would have no digit left */
        rn_tensor *x = rn_array_f32(RN_SHAPE(4, 1), 4096.125f, 4095.875f, 4096.125f, 4095.875f), *mean, *var;
        const float *y = rn_data_f32(rn_batch_norm(x, NULL, NULL, .mean = &mean, .var = &var, .eps = 1e-12));
        CHECK_NEAR(y[0], 1, 1e-6);
        CHECK_NEAR(y[1], -1, 1e-6);
        CHECK_NEAR(rn_item(mean), 4096, 0);
        CHECK_NEAR(rn_item(var), 1.0 / 64, 0);
    }
    CHECK_OK();
}

/* ---- errors ---- */

/* Statistics and gradients of a batch of one row have the size of the row, and do not take the place of what is read.
 */
RN_TEST(batch_norm_of_computed_inputs_of_equal_size)
{
    const float v[] = { 1, -2, 3, 4, -5 }, w[] = { 0.5f, 1, -1, 2, 3 };
    for (int rows = 1; rows <= 4; rows += 3) RN_SCOPE
        {
            rn_tensor *b = rn_require_grad(rn_array(RN_F32, RN_SHAPE(5), v), true);
            rn_tensor *gamma = rn_require_grad(rn_array(RN_F32, RN_SHAPE(5), w), true);
            rn_tensor *beta = rn_require_grad(rn_array(RN_F32, RN_SHAPE(5), v), true), *g[3];
            rn_tensor *scale = rn_reshape(rn_arange(0, (double)rows), RN_SHAPE(rows, 1));
            rn_tensor *x = rn_mul(rn_add_scalar(scale, 1), b), *gy = rn_mul(rn_square(rn_add_scalar(scale, 1)), gamma);
            rn_tensor *y = rn_batch_norm(x, rn_mul_scalar(gamma, 2), rn_neg(beta), .eps = 1);
            CHECK(rn_grad(RN_LIST(y), RN_LIST(b, gamma, beta), .grad_outputs = RN_LIST(gy), .grads = g));
            CHECK(rn_eval(y, g[0], g[1], g[2]));
            for (int i = 0; i < 5; i++) { /* rows are 1 .. n times v; their gradients the squares times w */
                double sum = 0, products = 0, mean = 0.5 * (rows + 1) * (double)v[i];
                const double n = rows, r = 1 / sqrt((n * n - 1) / 12 * (double)v[i] * (double)v[i] + 1);
                for (int k = 1; k <= rows; k++) {
                    sum += k * k * (double)w[i];
                    products += k * k * (double)w[i] * (k * (double)v[i] - mean) * r;
                }
                CHECK_NEAR(rn_data_f32(g[1])[i], 2 * products, 1e-4);
                CHECK_NEAR(rn_data_f32(g[2])[i], -sum, 1e-4);
                for (int k = 0; k < rows; k++)
                    CHECK_NEAR(rn_data_f32(y)[k * 5 + i],
                               2 * (double)w[i] * ((k + 1) * (double)v[i] - mean) * r - (double)v[i], 1e-5);
            }
        }
}

/* Without the first, which nobody wants, the second lies over the same input. */
RN_TEST(results_that_nobody_reads_do_not_share_memory_with_others)
{
    const bool was = rn_pass_mode("fuse", false);
    RN_SCOPE
    {
        rn_tensor *x = rn_reshape(rn_arange(0, 512, .dtype = RN_F32), RN_SHAPE(1, 512)), *c_next;
        rn_tensor *c = rn_mul_scalar(rn_ones(RN_SHAPE(1, 128)), 2);
        RN_SCOPE
        {
            CHECK(rn_lstm(rn_sin(x), c, .c_next = &c_next) != NULL);
            rn_keep(c_next);
        }
        const float *v = rn_data_f32(c_next);
        CHECK_OK();
        for (int i = 0; i < 128; i++) { /* input and forget gate, new value */
            const double in = 1 / (1 + exp(-sin(i))), forget = 1 / (1 + exp(-sin(i + 128)));
            CHECK_NEAR(v[i], forget * 2 + in * tanh(sin(i + 256)), 1e-5);
        }
        rn_drop(c_next);
    }
    rn_pass_mode("fuse", was);
}

RN_TEST(a_refused_convolution_says_what_would_fit)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(32, 1, 28, 28)), *w = rn_zeros(RN_SHAPE(64, 3, 7, 7));
        const int line = __LINE__ + 1;
        CHECK(rn_relu(rn_conv2d(x, w)) == NULL);
        char want[64];
        snprintf(want, sizeof want, "test_ops_net.c:%d: conv2d: channels of x and w differ", line);
        CHECK(rn_error_last() && strstr(rn_error_last()->message, want));
        CHECK(rn_error_last() && strstr(rn_error_last()->message, "x f32[32, 1, 28, 28];  w f32[64, 3, 7, 7]"));
        CHECK_ERROR(RN_ERR_SHAPE, "with groups 1, w.shape[1] must be 1");
        CHECK(rn_conv2d(x, rn_zeros(RN_SHAPE(64, 1, 7, 7)), NULL, .stride = { 2 }) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "option stride is 0 in place 1");
    }
}

RN_TEST(a_weight_that_does_not_fit_is_named_by_layer_and_direction)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_zeros(RN_SHAPE(3, 2, 4)), *w[6];
        for (int k = 0; k < 6; k++)
            w[k] = rn_zeros(k % 3 == 0 ? RN_SHAPE(8, 4) : k % 3 == 1 ? RN_SHAPE(8, 2) : RN_SHAPE(8));
        w[4] = rn_zeros(RN_SHAPE(8, 3));
        CHECK(rn_lstm_sequence(x, NULL, NULL, NULL, ((rn_list){ w, 6 }), .bidirectional = true) == NULL);
        CHECK(strstr(rn_error_last()->message, "ws[4]: u, of the state, of layer 0, backward, is [8, 2]"));
        CHECK_ERROR(RN_ERR_SHAPE, "ws[4] [8, 3]");
        w[4] = NULL;
        CHECK(rn_lstm_sequence(x, NULL, NULL, NULL, ((rn_list){ w, 6 }), .bidirectional = true) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "ws is NULL");
        CHECK(rn_lstm_sequence(NULL, NULL, NULL, NULL, ((rn_list){ w, 3 })) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "x is NULL");
        CHECK(rn_lstm_sequence(x, NULL, NULL, NULL, ((rn_list){ NULL, 3 })) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "called with a list of 3 tensors");
    }
}

/* One call of everything that allocates on its own. */
static void use_everything(void)
{
    rn_seed(1);
    rn_tensor *x = rn_require_grad(rn_array(RN_F32, RN_SHAPE(2, 2, 4, 4), NULL), true), *g;
    rn_tensor *w = rn_zeros(RN_SHAPE(2, 2, 3, 3)), *u = rn_zeros(RN_SHAPE(8, 2)), *v = rn_zeros(RN_SHAPE(8, 8));
    rn_tensor *y = rn_batch_norm(rn_max_pool2d(rn_conv2d(x, w, NULL, .pad = { 1, 1 }), 2));
    y = rn_scaled_dot_product_attention(y, y, y);
    y = rn_lstm_sequence(rn_reshape(y, RN_SHAPE(1, 2, 8)), NULL, NULL, NULL, RN_LIST(v, u), .no_bias = true);
    if (rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g)) rn_data(g);
}

RN_TEST(every_allocation_may_fail)
{
    use_everything();
    CHECK_OK();
    int64_t n = 1;
    for (bool failed = true; failed && n < 20000; n += 1 + n / 40) {
        rn_shutdown();
        const int64_t before = rn_live_tensors();
        rni_alloc_fail_after(n);
        RN_SCOPE
        use_everything();
        rni_alloc_fail_after(0);
        failed = !rn_ok();
        if (failed) CHECK_ERROR(RN_ERR_NOMEM, "");
        CHECK_EQ_I64(rn_live_tensors() - before, 0);
    }
    CHECK(n > 100 && n < 20000);
}

/* ---- attention ---- */

/* Largest difference of two tensors of the same shape, by the largest value of the second. */
static double distance(rn_tensor *x, rn_tensor *like)
{
    rn_tensor *d = rn_max(rn_abs(rn_sub(rn_cast(x, RN_F64), rn_cast(like, RN_F64))));
    return rn_item(d) / (rn_item(rn_max(rn_abs(rn_cast(like, RN_F64)))) + 1e-6);
}

/* q, k, v and the gradient of the result are of bf16 in one case and the same values in f32 in the other. */
RN_TEST(attention_of_16_bits_is_near_that_of_32)
{
    const struct {
        rn_shape q, k, v;
        bool causal;
    } cases[] = {
        { RN_SHAPE(2, 3, 256, 64), RN_SHAPE(2, 3, 256, 64), RN_SHAPE(2, 3, 256, 64), true },
        { RN_SHAPE(5, 150, 24), RN_SHAPE(5, 171, 24), RN_SHAPE(5, 171, 10), false },
        { RN_SHAPE(3, 203, 8), RN_SHAPE(3, 101, 8), RN_SHAPE(3, 101, 6), true },
        { RN_SHAPE(4, 1, 40), RN_SHAPE(4, 77, 40), RN_SHAPE(4, 77, 70), true },
        { RN_SHAPE(1, 2), RN_SHAPE(1, 2), RN_SHAPE(1, 2), true },
        { RN_SHAPE(9, 5), RN_SHAPE(7, 5), RN_SHAPE(7, 3), false }, /* odd numbers of features */
    };
    for (int i = 0; i < (int)RN_COUNTOF(cases); i++) {
        RN_SCOPE
        {
            rn_tensor *in[3] = { rn_normal(cases[i].q), rn_normal(cases[i].k), rn_normal(cases[i].v) };
            rn_tensor *y[2], *g[2][3] = { { NULL } };
            for (int half = 0; half < 2; half++) {
                rn_tensor *x[3];
                for (int k = 0; k < 3; k++) {
                    rn_tensor *rounded = rn_cast(in[k], RN_BF16);
                    x[k] = rn_require_grad(half ? rounded : rn_cast(rounded, RN_F32), true);
                }
                y[half] = rn_scaled_dot_product_attention(x[0], x[1], x[2], .causal = cases[i].causal);
                rn_tensor *loss = rn_sum(rn_square(rn_cast(y[half], RN_F32)));
                CHECK(rn_grad(RN_LIST(loss), ((rn_list){ x, 3 }), .grads = g[half]));
                CHECK_EQ_I64(rn_tensor_dtype(y[half]), half ? RN_BF16 : RN_F32);
            }
            CHECK_NEAR(distance(y[1], y[0]), 0, 0.01);
            for (int k = 0; k < 3; k++) CHECK_NEAR(distance(g[1][k], g[0][k]), 0, 0.02);
        }
        CHECK_OK();
    }
}
