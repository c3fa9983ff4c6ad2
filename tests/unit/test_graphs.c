/* Random graphs: compiled with all passes, with each of them off, with none, and call by call, they give the same
 * values. RENSA_GRAPHS says how many; each runs twice, the second time with other numbers, which plans must not hold.
 * As steps they give the same values replayed as recorded. */
#include "test.h"

#include "engine/pass.h"

#include <math.h>
#include <rensa.h>
#include <rensa/lists.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 40, KEPT = 6, GRAPHS = 500, GRADIENTS = 3, RESULTS = 2, MOST = (KEPT + GRADIENTS + RESULTS) * 48 };

static uint64_t drawn, drawn_numbers;
static bool plain_numbers;

static int draw(uint64_t *from, int n)
{
    *from = *from * 6364136223846793005u + 1442695040888963407u;
    return (int)((*from >> 33) % (uint64_t)n);
}

static int pick(int n)
{
    return draw(&drawn, n);
}

/* A number that is not part of the structure: all are equal at first, so that calls look alike that are not. */
static double number(void)
{
    const double other = 0.5 + 0.1 * draw(&drawn_numbers, 9);
    return plain_numbers ? 0.5 : other;
}

static rn_tensor *scalar_call(rn_tensor *x, int which)
{
    switch (which) {
    case 0:
        return rn_mul_scalar(x, number());
    case 1:
        return rn_tanh(x);
    case 2:
        return rn_sigmoid(x);
    case 3:
        return rn_relu(x);
    case 4:
        return rn_leaky_relu(x, .slope = 0.1 * number());
    case 5:
        return rn_clip(x, -1, number());
    case 6:
        return rn_dropout(x, .ratio = 0.3);
    default:
        return rn_add_scalar(rn_square(x), -number());
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

/* Values that depend on no input. */
static rn_tensor *constant(void)
{
    const double step = number();
    switch (pick(6)) {
    case 0:
        return rn_zeros(RN_SHAPE(6, 8));
    case 1:
        return rn_ones(RN_SHAPE(6, 8));
    case 2:
        return rn_full(RN_SHAPE(6, 8), step);
    case 3:
        return rn_reshape(rn_arange(0, 47.5 * step, .step = step), RN_SHAPE(6, 8));
    case 4:
        return rn_broadcast_to(rn_cumsum(rn_ones(RN_SHAPE(8)), 0), RN_SHAPE(6, 8));
    default:
        return rn_matmul(rn_ones(RN_SHAPE(6, 3)), rn_softmax(rn_cumsum(rn_ones(RN_SHAPE(3, 8)), 1), 1));
    }
}

/* What is x, or could be. */
static rn_tensor *alias(rn_tensor *x)
{
    switch (pick(9)) {
    case 0:
        return rn_transpose(rn_transpose(x));
    case 1:
        return rn_reshape(rn_reshape(x, RN_SHAPE(48)), RN_SHAPE(6, 8));
    case 2:
        return rn_copy(x);
    case 3:
        return rn_cast(x, RN_F32);
    case 4:
        return rn_cast(rn_cast(x, RN_F64), RN_F32);
    case 5:
        return rn_mul(x, rn_ones(RN_SHAPE(8)));
    case 6:
        return rn_copy(rn_transpose(rn_copy(rn_transpose(x))));
    case 7:
        return rn_sub(x, rn_zeros(RN_SHAPE(6, 8)));
    default:
        return rn_concat(RN_LIST(rn_slice(x, RN_RANGES(RN_TO(2))), rn_slice(x, RN_RANGES(RN_FROM(2)))));
    }
}

/* Sums of products, as gradients of weights that are used several times. */
static rn_tensor *products(rn_tensor *x, rn_tensor *y)
{
    rn_tensor *sum = rn_matmul(x, rn_tanh(y), .trans_a = true);
    for (int i = pick(4); i > 0; i--) sum = rn_add(sum, rn_matmul(rn_sin(sum), rn_cos(sum)));
    for (int i = pick(4); i > 0; i--)
        sum = rn_add(rn_matmul(rn_mul_scalar(x, number()), i & 1 ? y : x, .trans_a = true), sum);
    for (int i = pick(4); i > 0; i--) {
        rn_tensor *row = rn_slice(x, RN_RANGES({ i, i + 1 })), *column = rn_slice(y, RN_RANGES({ 5 - i, 6 - i }));
        sum = rn_add(rn_matmul(row, rn_sin(column), .trans_a = true), sum);
    }
    return rn_mul_scalar(rn_matmul(y, sum), 0.01);
}

/* The same calls twice. */
static rn_tensor *twice(rn_tensor *x, rn_tensor *y)
{
    const uint64_t before = drawn;
    const int which = pick(8);
    rn_tensor *a = scalar_call(pair_call(x, y), which);
    drawn = before;
    pick(8);
    rn_tensor *b = scalar_call(pair_call(x, y), which);
    return pick(2) ? rn_add(a, b) : rn_sub(rn_mul_scalar(a, 2), rn_softmax(b, 1));
}

/* Another value of two axes [6, 8]: so that any two fit, and views, sums, products and broadcasts occur. */
static rn_tensor *next_value(rn_tensor *const *v, int n)
{
    rn_tensor *x = v[pick(n)], *y = v[pick(n)];
    switch (pick(18)) {
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
    case 9:
        return pair_call(x, constant());
    case 10:
    case 11:
        return alias(x);
    case 12:
        return products(x, y);
    case 13:
        return twice(x, y);
    case 14:
        return rn_layer_norm(x, rn_ones(RN_SHAPE(8)), rn_mean(y, .axes = RN_AXES(0)));
    default:
        return scalar_call(x, pick(8));
    }
}

static int64_t take(rn_tensor *t, float *out, int64_t count)
{
    const void *data = t ? rn_data(t) : NULL;
    if (!data) return count;
    memcpy(out + count, data, (size_t)rn_tensor_count(t) * sizeof *out);
    return count + rn_tensor_count(t);
}

/* Values and gradients of a random graph, one after the other. Some graphs end their scope before anybody looks, so
 * that memory of what is given may be written over. */
static int64_t run_graph(uint64_t seed, bool plain, float *out)
{
    int64_t count = 0;
    rn_tensor *after[RESULTS] = { NULL };
    drawn = drawn_numbers = seed;
    plain_numbers = plain;
    rn_seed(seed);
    RN_SCOPE
    {
        rn_tensor *v[VALUES], *grad[GRADIENTS] = { NULL };
        for (int i = 0; i < GRADIENTS; i++) {
            rn_tensor *x = rn_uniform(RN_SHAPE(6, 8), .low = -1, .high = 1);
            v[i] = rn_require_grad(rn_array(RN_F32, RN_SHAPE(6, 8), rn_data(x)), true);
        }
        int n = GRADIENTS;
        for (const int most = 5 + pick(VALUES - 5); n < most; n++) v[n] = next_value(v, n);
        rn_tensor *loss = rn_add(rn_sum(v[n - 1]), rn_mean(v[0]));
        for (int i = 0; i < 3; i++) loss = rn_add(loss, rn_mean(v[pick(n)]));
        CHECK_OK();
        CHECK(rn_grad(RN_LIST(loss), RN_LIST(v[0], v[1], v[2]), .grads = grad));
        for (int i = 0; i < RESULTS; i++) {
            rn_tensor *g = grad[i] ? grad[i] : v[i];
            after[i] = rn_keep(rn_sub(v[i], rn_mul_scalar(g, number() * 0.1)));
        }
        rn_tensor *kept[KEPT] = { loss, v[pick(n)], v[pick(n)], v[n - 1], v[n - 2], v[3] };
        const bool look_later = pick(3) == 0;
        for (int i = 0; i < KEPT + GRADIENTS && rn_ok() && !look_later; i++)
            count = take(i < KEPT ? kept[i] : grad[i - KEPT], out, count);
    }
    for (int i = 0; i < RESULTS; i++) {
        count = take(after[i], out, count);
        rn_drop(after[i]);
    }
    CHECK_OK();
    return count;
}

static void set_passes(bool on)
{
    static const char *const names[] = {
#define X(name, text, doc) text,
        RNI_PASS_LIST(X)
#undef X
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) rn_pass_mode(names[i], on);
}

/* One by one, sums over views may go over their elements in another order. */
static bool is_near(float a, float b)
{
    return memcmp(&a, &b, sizeof a) == 0 || fabs((double)(a - b)) <= 1e-4 * (1 + fabs((double)b)) ||
           (isnan(a) && isnan(b));
}

static void compare(uint64_t seed, const char *what, const float *a, const float *b, int64_t n, bool bits)
{
    for (int64_t i = 0; i < n; i++) {
        if (bits ? memcmp(&a[i], &b[i], sizeof *a) == 0 : is_near(a[i], b[i])) continue;
        printf("graph %lld, value %lld: %.9g, %s %.9g\n", (long long)seed, (long long)i, (double)a[i], what,
               (double)b[i]);
        CHECK(false);
        return;
    }
}

RN_TEST(random_graphs_have_equal_values_compiled_and_call_by_call)
{
    static float all[MOST], exact[MOST], none[MOST], eager[MOST];
    const char *env = getenv("RENSA_GRAPHS");
    const uint64_t graphs = env ? strtoull(env, NULL, 10) : GRAPHS;
    CHECK(rn_device_use("cpu"));
    for (uint64_t seed = 1; seed <= graphs && rn_ok(); seed++)
        for (int plain = 1; plain >= 0; plain--) {
            const int64_t n = run_graph(seed, plain, all);
            rn_pass_mode("batch", false); /* adds in another order */
            CHECK_EQ_I64(run_graph(seed, plain, exact), n);
            set_passes(false);
            CHECK_EQ_I64(run_graph(seed, plain, none), n);
            set_passes(true);
            compare(seed, "with none", exact, none, n, true);
            rn_eager_mode(true);
            CHECK_EQ_I64(run_graph(seed, plain, eager), n);
            rn_eager_mode(false);
            compare(seed, "call by call", all, eager, n, false);
        }
}

/* ---- as steps ---- */

enum { CELLS = 3, ARGUMENTS = 2, OUTS = 2, TURNS = 6 };

typedef struct {
    uint64_t seed;
    rn_tensor *cell[CELLS]; /* two parameters and a state */
} random_step;

static bool run_step(void *user, rn_tensor *const *in, rn_tensor **out)
{
    const random_step *s = user;
    rn_tensor *v[VALUES], *grad[2] = { NULL };
    int n = 0;
    drawn = drawn_numbers = s->seed;
    for (int i = 0; i < CELLS; i++) v[n++] = s->cell[i];
    for (int i = 0; i < ARGUMENTS; i++) v[n++] = in[i];
    for (const int most = n + 1 + pick(VALUES / 2); n < most; n++) v[n] = next_value(v, n);
    rn_tensor *loss = rn_add(rn_mean(v[n - 1]), rn_mean(rn_mul(v[0], v[pick(n)])));
    if (!rn_grad(RN_LIST(loss), RN_LIST(v[0], v[1]), .grads = grad)) return false;
    for (int i = 0; i < 2; i++)
        if (grad[i] && !rn_assign(s->cell[i], rn_sub(v[i], rn_mul_scalar(grad[i], 0.05)))) return false;
    if (pick(2) && !rn_assign(s->cell[2], rn_tanh(v[pick(n)]))) return false;
    out[0] = loss;
    out[1] = pick(4) ? v[n - 1] : v[pick(n)];
    return rn_ok();
}

static rn_tensor *numbers_of(int which)
{
    float x[48];
    for (int i = 0; i < 48; i++) x[i] = (float)sin(i * 1.7 + which * 0.9);
    return rn_array(RN_F32, RN_SHAPE(6, 8), x);
}

/* Results of some turns and the cells after them, one after the other: replayed where that can be, or recorded each
 * time, and compared with what would have been replayed. Between turns, results and values of cells may be held, and
 * cells assigned. */
static int64_t take_turns(uint64_t seed, bool replay, float *to)
{
    random_step s = { .seed = seed };
    rn_tensor *held[TURNS] = { NULL };
    int64_t count = 0;
    uint64_t between = seed * 7 + 1;
    plain_numbers = false;
    rn_seed(seed);
    for (int i = 0; i < CELLS; i++)
        RN_SCOPE s.cell[i] = i < 2 ? rn_param("w", numbers_of(i)) : rn_state("state", numbers_of(i));
    rn_step *step = rn_step_new(run_step, &s, .inputs = ARGUMENTS, .outputs = OUTS, .check = !replay);
    for (int i = 0; i < TURNS && rn_ok(); i++) RN_SCOPE
        {
            rn_tensor *in[] = { numbers_of(3 + i), draw(&between, 5) ? numbers_of(9 + i) : s.cell[draw(&between, 3)] };
            rn_tensor *out[OUTS] = { NULL };
            CHECK(rn_step_run(step, in, out));
            if (!rn_ok()) break;
            for (int k = 0; k < OUTS; k++) count = take(out[k], to, count);
            const int what = draw(&between, 6);
            if (what < 2) held[i] = rn_keep(rn_value(what ? out[1] : s.cell[0]));
            if (what == 2) CHECK(rn_assign(s.cell[draw(&between, 3)], numbers_of(20 + i)));
        }
    for (int i = 0; i < TURNS; i++) {
        if (held[i]) count = take(held[i], to, count);
        rn_drop(held[i]);
    }
    for (int i = 0; i < CELLS; i++) {
        count = take(s.cell[i], to, count);
        rn_drop(s.cell[i]);
    }
    rn_step_free(step);
    CHECK_OK();
    return count;
}

RN_TEST(random_steps_have_equal_values_replayed_and_recorded)
{
    static float replayed[TURNS * OUTS * 48 + (TURNS + CELLS) * 48], recorded[sizeof replayed / sizeof *replayed];
    const char *env = getenv("RENSA_GRAPHS");
    const uint64_t graphs = env ? strtoull(env, NULL, 10) : GRAPHS / 2;
    const int64_t before = rn_engine().steps_replayed;
    CHECK(rn_device_use("cpu"));
    for (uint64_t seed = 1; seed <= graphs && rn_ok(); seed++) {
        const int64_t n = take_turns(seed, true, replayed);
        CHECK_EQ_I64(take_turns(seed, false, recorded), n);
        compare(seed, "recorded", replayed, recorded, n, true);
    }
    CHECK(rn_engine().steps_replayed - before > (int64_t)graphs);
}
