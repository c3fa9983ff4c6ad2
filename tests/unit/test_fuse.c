/* Joined calls against the same calls one by one: equal bits, fewer steps. */
#include "test.h"

#include "base/alloc.h"

#include <math.h>
#include <rensa.h>
#include <stdio.h>
#include <string.h>

/* ---- what is joined ---- */

static int steps;
static char names[4096];

static void count_steps(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level;
    const char *name = strstr(text, " us  ");
    if (strcmp(topic, "step") != 0 || !name) return;
    steps++;
    snprintf(names + strlen(names), sizeof names - strlen(names), "%.*s;", (int)strcspn(name + 5, "("), name + 5);
}

typedef rn_tensor *body(rn_tensor *x, rn_tensor *y);

/* Steps of the plan that computes f of two given values. */
static int steps_of(body *f, rn_shape shape_x, rn_shape shape_y, bool fuse)
{
    steps = 0;
    names[0] = 0;
    RN_SCOPE
    {
        static const float zeros[2048];
        rn_tensor *x = rn_array(RN_F32, shape_x, zeros), *y = rn_array(RN_F32, shape_y, zeros);
        rn_log_set(count_steps, NULL);
        rn_pass_mode("fuse", fuse);
        CHECK(rn_log_levels("step:debug"));
        rn_eval(f(x, y));
    }
    rn_shutdown(); /* plans list their steps when they end */
    rn_log_set(NULL, NULL);
    CHECK(rn_log_levels(""));
    CHECK_OK();
    return steps;
}

static rn_tensor *chain(rn_tensor *x, rn_tensor *y)
{
    return rn_tanh(rn_sigmoid(rn_add(rn_mul_scalar(x, 2), y)));
}

static rn_tensor *diamond(rn_tensor *x, rn_tensor *y)
{
    rn_tensor *t = rn_exp(x);
    return rn_add(rn_where(rn_greater(t, y), t, rn_neg(y)), rn_mul(t, t));
}

static rn_tensor *around_a_product(rn_tensor *x, rn_tensor *y)
{
    rn_tensor *t = rn_relu(rn_add_scalar(x, 1));
    return rn_add(rn_mul(t, x), rn_exp(rn_matmul(t, y)));
}

RN_TEST(elementwise_calls_become_one)
{
    CHECK(rn_device_use("cpu"));
    CHECK_EQ_I64(steps_of(chain, RN_SHAPE(30, 40), RN_SHAPE(40), true), 1);
    CHECK_EQ_I64(steps_of(diamond, RN_SHAPE(30, 40), RN_SHAPE(30, 1), true), 2); /* -y is of another shape */
    CHECK_EQ_I64(steps_of(around_a_product, RN_SHAPE(9, 9), RN_SHAPE(9, 9), true), 3);
    CHECK_EQ_I64(steps_of(chain, RN_SHAPE(30, 40), RN_SHAPE(40), false), 4);
    CHECK(!rn_pass_mode("fuze", true));
    CHECK_ERROR(RN_ERR_ARG, "fuze");
}

/* ---- random graphs ---- */

enum { VALUES = 40, KEPT = 6, GRAPHS = 500 };

static uint64_t drawn;

static int pick(int n)
{
    drawn = drawn * 6364136223846793005u + 1442695040888963407u;
    return (int)((drawn >> 33) % (uint64_t)n);
}

static rn_tensor *scalar_call(rn_tensor *x, int which)
{
    switch (which) {
    case 0:
        return rn_mul_scalar(x, 0.5 + 0.1 * pick(9));
    case 1:
        return rn_tanh(x);
    case 2:
        return rn_sigmoid(x);
    case 3:
        return rn_relu(x);
    case 4:
        return rn_leaky_relu(x, .slope = 0.1);
    case 5:
        return rn_clip(x, -1, 0.5);
    case 6:
        return rn_dropout(x, .ratio = 0.3);
    default:
        return rn_add_scalar(rn_square(x), -0.5);
    }
}

static rn_tensor *pair_call(rn_tensor *x, rn_tensor *y)
{
    switch (pick(6)) {
    case 0:
        return rn_add(x, y);
    case 1:
        return rn_mul(x, y);
    case 2:
        return rn_sub(x, y);
    case 3:
        return rn_maximum(x, y);
    case 4:
        return rn_where(rn_greater(x, y), rn_sin(x), y);
    default:
        return rn_cast(rn_cast(rn_sub(y, x), RN_I32), RN_F32);
    }
}

/* Another value of two axes [6, 8]: so that any two fit, and views, sums, products and broadcasts occur. */
static rn_tensor *next_value(rn_tensor *const *v, int n)
{
    rn_tensor *x = v[pick(n)], *y = v[pick(n)];
    switch (pick(12)) {
    case 0:
        return rn_reshape(rn_transpose(rn_reshape(x, RN_SHAPE(8, 6))), RN_SHAPE(6, 8));
    case 1:
        return rn_mul(y, rn_mean(x, .axes = RN_AXES(1), .keepdims = true));
    case 2:
        return rn_sub(x, rn_max(y, .axes = RN_AXES(0)));
    case 3:
        return rn_mul_scalar(rn_matmul(rn_matmul(x, rn_transpose(y)), x), 0.05);
    case 4:
        return rn_flip(x, .axes = RN_AXES(1));
    case 5:
        return rn_softmax(x, 1);
    case 6:
    case 7:
    case 8:
        return pair_call(x, y);
    default:
        return scalar_call(x, pick(8));
    }
}

/* Values and gradients of a random graph, one after the other. */
static int64_t run_graph(uint64_t seed, float *out)
{
    int64_t count = 0;
    RN_SCOPE
    {
        rn_tensor *v[VALUES], *grad[3] = { NULL };
        drawn = seed;
        rn_seed(seed);
        for (int i = 0; i < 3; i++) {
            rn_tensor *x = rn_uniform(RN_SHAPE(6, 8), .low = -1, .high = 1);
            v[i] = rn_require_grad(rn_array(RN_F32, RN_SHAPE(6, 8), rn_data(x)), true);
        }
        int n = 3;
        for (const int most = 5 + pick(VALUES - 5); n < most; n++) v[n] = next_value(v, n);
        rn_tensor *loss = rn_add(rn_sum(v[n - 1]), rn_mean(v[0]));
        for (int i = 0; i < 3; i++) loss = rn_add(loss, rn_mean(v[pick(n)]));
        CHECK(rn_grad(RN_LIST(loss), RN_LIST(v[0], v[1], v[2]), .grads = grad));
        rn_tensor *kept[KEPT + 3] = { loss, v[pick(n)], v[pick(n)], v[n - 1], v[n - 2], v[3] };
        for (int i = 0; i < KEPT + 3 && rn_ok(); i++) {
            rn_tensor *t = i < KEPT ? kept[i] : grad[i - KEPT];
            if (!t) continue;
            memcpy(out + count, rn_data(t), (size_t)rn_tensor_count(t) * sizeof *out);
            count += rn_tensor_count(t);
        }
    }
    CHECK_OK();
    return count;
}

RN_TEST(random_graphs_have_equal_bits_joined_and_one_by_one)
{
    enum { MOST = (KEPT + 3) * 48 };
    float joined[MOST], apart[MOST], eager[MOST];
    CHECK(rn_device_use("cpu"));
    for (uint64_t seed = 1; seed <= GRAPHS && rn_ok(); seed++) {
        const int64_t n = run_graph(seed, joined);
        rn_pass_mode("fuse", false);
        CHECK_EQ_I64(run_graph(seed, apart), n);
        rn_pass_mode("fuse", true);
        rn_eager_mode(true);
        CHECK_EQ_I64(run_graph(seed, eager), n);
        rn_eager_mode(false);
        for (int64_t i = 0; i < n; i++) {
            /* one by one, sums over views may go over their elements in another order */
            const bool near = memcmp(&joined[i], &eager[i], sizeof *eager) == 0 ||
                              fabs((double)(joined[i] - eager[i])) <= 1e-4 * (1 + fabs((double)eager[i]));
            if (near && memcmp(&joined[i], &apart[i], sizeof *apart) == 0) continue;
            printf("graph %lld, value %lld: joined %.9g, apart %.9g, eager %.9g\n", (long long)seed, (long long)i,
                   (double)joined[i], (double)apart[i], (double)eager[i]);
            CHECK(false);
        }
    }
}
