/* Passes over the graph: what each leaves out, and that values stay as they are. */
#include "steps.h"

#include "base/stress.h"

#include <math.h>
#include <rensa.h>
#include <rensa/lists.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef rn_tensor *body(rn_tensor *x, rn_tensor *y, double number);

enum { ROWS = 6, COLUMNS = 6, COUNT = ROWS * COLUMNS };

/* Values of f of two matrices, run by one plan for each of two numbers; returns its steps. */
static int run(body *f, float *to)
{
    const int64_t before = rn_engine().plans_compiled;
    steps_begin();
    for (int i = 0; i < 2; i++) RN_SCOPE
        {
            float a[COUNT], b[COUNT];
            for (int k = 0; k < COUNT; k++) {
                a[k] = (float)sin(k + 1.0);
                b[k] = k % 5 ? (float)cos(3.0 * k) : -0.0f;
            }
            rn_tensor *x = rn_array(RN_F32, RN_SHAPE(ROWS, COLUMNS), a),
                      *y = rn_array(RN_F32, RN_SHAPE(ROWS, COLUMNS), b);
            const float *z = rn_data(f(x, y, i ? 0.75 : 0.5));
            if (z) memcpy(to + i * COUNT, z, COUNT * sizeof *to);
        }
    CHECK_EQ_I64(rn_engine().plans_compiled - before, 1);
    steps_end();
    CHECK_OK();
    return steps;
}

/* With the pass there are `with` steps, without it `without`, and the same values. */
static void compare(const char *pass, body *f, int with, int without)
{
    float on[2 * COUNT] = { 0 }, off[2 * COUNT] = { 0 };
    CHECK(rn_device_use("cpu"));
    rn_pass_mode("fuse", false);
    const int n = run(f, on);
    rn_pass_mode("fuse", false);
    rn_pass_mode(pass, false);
    const int m = run(f, off);
    if (n != with || m != without) printf("  %s\n", names);
    CHECK_EQ_I64(n, with);
    CHECK_EQ_I64(m, without);
    CHECK(memcmp(on, off, sizeof on) == 0);
}

/* ---- common subexpressions ---- */

static rn_tensor *same_twice(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    return rn_sub(rn_exp(rn_add(x, y)), rn_exp(rn_add(x, y)));
}

static rn_tensor *same_after_a_view(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    return rn_add(rn_matmul(rn_transpose(x), y), rn_matmul(rn_transpose(x), y));
}

static rn_tensor *other_numbers(rn_tensor *x, rn_tensor *y, double number)
{
    return rn_add(rn_mul(y, rn_mul_scalar(x, 0.5)), rn_mul_scalar(x, number));
}

static rn_tensor *other_masks(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    rn_seed(3);
    return rn_add(rn_dropout(x, .ratio = 0.5), rn_mul(y, rn_dropout(x, .ratio = 0.5)));
}

static rn_tensor *other_options(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    return rn_add(rn_sum(x, .axes = RN_AXES(1), .keepdims = true),
                  rn_mul(y, rn_sum(x, .axes = RN_AXES(0), .keepdims = true)));
}

RN_TEST(equal_calls_are_made_once)
{
    compare("share", same_twice, 3, 5);
    compare("share", same_after_a_view, 2, 3);
}

RN_TEST(calls_with_numbers_of_the_run_are_nobodys_equal)
{
    compare("share", other_numbers, 4, 4);
    compare("share", other_masks, 4, 4);
    compare("share", other_options, 4, 4);
}

RN_TEST(equal_results_that_are_both_asked_for_keep_memory_of_their_own)
{
    CHECK(rn_device_use("cpu"));
    RN_SCOPE
    {
        rn_tensor *x = rn_array(RN_F32, RN_SHAPE(2), (const float[]){ 1, 2 });
        rn_tensor *a = rn_exp(x), *b = rn_exp(x);
        CHECK(rn_eval(a, b));
        CHECK(rn_data(a) != rn_data(b));
        CHECK(memcmp(rn_data(a), rn_data(b), 2 * sizeof(float)) == 0);
    }
    CHECK_OK();
}

/* ---- constants ---- */

static rn_tensor *times_a_softmax_of_ones(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    return rn_add(y, rn_matmul(x, rn_softmax(rn_cumsum(rn_ones(RN_SHAPE(COLUMNS, COLUMNS)), 1), 1)));
}

static rn_tensor *times_numbers_of_the_run(rn_tensor *x, rn_tensor *y, double number)
{
    return rn_add(y, rn_matmul(x, rn_cumsum(rn_full(RN_SHAPE(COLUMNS, COLUMNS), number), 1)));
}

static rn_tensor *plus_ones(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    return rn_add(rn_add(x, rn_ones(RN_SHAPE(COLUMNS))), y);
}

/* a megabyte */
static rn_tensor *plus_a_large_constant(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    rn_tensor *z = rn_cumsum(rn_ones(RN_SHAPE(COLUMNS, 50000)), 1);
    return rn_add(rn_add(x, y), rn_slice(z, RN_RANGES(RN_ALL, RN_TO(COLUMNS))));
}

RN_TEST(what_depends_on_nothing_is_computed_once)
{
    compare("fold", times_a_softmax_of_ones, 2, 5);
    compare("fold", times_numbers_of_the_run, 4, 4);
    compare("fold", plus_ones, 3, 3);
    compare("fold", plus_a_large_constant, 4, 4);
}

/* ---- algebra ---- */

static rn_tensor *views_that_lead_back(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    rn_tensor *t = rn_copy(rn_transpose(rn_transpose(rn_exp(x))));
    return rn_add(y, rn_copy(rn_reshape(rn_reshape(t, RN_SHAPE(COUNT)), RN_SHAPE(ROWS, COLUMNS))));
}

static rn_tensor *casts_that_lose_nothing(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    rn_tensor *t = rn_cast(rn_cast(rn_exp(x), RN_F64), RN_F32);
    rn_tensor *whole = rn_cast(rn_cast(rn_cast(rn_mul_scalar(y, 9), RN_I8), RN_I32), RN_I64);
    return rn_add(t, rn_cast(whole, RN_F32));
}

static rn_tensor *casts_that_lose_something(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    rn_tensor *t = rn_cast(rn_cast(x, RN_BF16), RN_F32), *u = rn_cast(rn_cast(y, RN_F16), RN_BF16);
    return rn_add(t, rn_cast(u, RN_F32));
}

static rn_tensor *times_one(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    rn_tensor *one = rn_ones(RN_SCALAR), *zeros = rn_zeros(RN_SHAPE(COLUMNS));
    return rn_add(rn_div(rn_mul(rn_broadcast_to(one, RN_SHAPE(ROWS, COLUMNS)), rn_exp(x)), one), rn_sub(y, zeros));
}

/* -0 + 0 is 0 */
static rn_tensor *plus_zero(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    return rn_div(rn_exp(x), rn_add(y, rn_zeros(RN_SHAPE(COLUMNS))));
}

static rn_tensor *times_a_one_that_widens(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    rn_tensor *row = rn_slice(x, RN_RANGES(RN_TO(1)));
    return rn_add(rn_mul(row, rn_ones(RN_SHAPE(ROWS, 1))), y);
}

RN_TEST(calls_that_change_no_bit_are_left_out)
{
    compare("simplify", views_that_lead_back, 2, 4);
    compare("simplify", casts_that_lose_nothing, 5, 9);
    compare("simplify", times_one, 2, 6);
}

RN_TEST(calls_that_change_a_bit_stay)
{
    compare("simplify", casts_that_lose_something, 6, 6);
    compare("simplify", plus_zero, 4, 4);
    compare("simplify", times_a_one_that_widens, 3, 3);
}

static rn_tensor *transposes(rn_tensor *x, rn_tensor *y, double number)
{
    (void)number;
    return rn_matmul(rn_transpose(rn_matmul(rn_transpose(x), y)), rn_transpose(y));
}

RN_TEST(products_read_transposed_matrices_as_they_lie)
{
    compare("simplify", transposes, 2, 2);
}

/* ---- batches ---- */

enum { IN = 24, OUT = 32, STEPS = 5, ROWS_OF_A_STEP = 2 };

/* A weight that five calls use, one after the other, and its gradient. */
static rn_tensor *gradient_over_steps(rn_tensor *w)
{
    rn_tensor *h = rn_mul_scalar(rn_ones(RN_SHAPE(ROWS_OF_A_STEP, IN)), 0.1), *sum = rn_sum(rn_square(w)), *grad = NULL;
    for (int t = 0; t < STEPS; t++) {
        rn_tensor *y = rn_tanh(rn_matmul(h, w));
        sum = rn_add(sum, rn_sum(y));
        h = rn_slice(y, RN_RANGES(RN_ALL, RN_TO(IN)));
    }
    CHECK(rn_grad(RN_LIST(sum), RN_LIST(w), .grads = &grad));
    return grad;
}

static int products(float *to)
{
    steps_begin();
    RN_SCOPE
    {
        float a[IN * OUT];
        for (int k = 0; k < IN * OUT; k++) a[k] = (float)(0.3 * sin(k + 1.0));
        rn_tensor *w = rn_require_grad(rn_array(RN_F32, RN_SHAPE(IN, OUT), a), true);
        const float *g = rn_data(gradient_over_steps(w));
        if (g) memcpy(to, g, sizeof a);
    }
    rn_shutdown();
    rn_log_set(NULL, NULL);
    CHECK(rn_log_levels(""));
    CHECK_OK();
    int n = 0;
    for (const char *s = names; (s = strstr(s, "matmul ")); s++) n++;
    return n;
}

RN_TEST(gradients_of_a_weight_over_steps_are_one_product)
{
    float joined[IN * OUT] = { 0 }, apart[IN * OUT] = { 0 };
    CHECK(rn_device_use("cpu"));
    CHECK_EQ_I64(products(joined), STEPS + STEPS - 1 + 1); /* forward, back to the step before, the weight's */
    rn_pass_mode("batch", false);
    CHECK_EQ_I64(products(apart), STEPS + STEPS - 1 + STEPS);
    for (int i = 0; i < IN * OUT; i++) CHECK_NEAR(joined[i], apart[i], 1e-6);
}

/* ---- memory ---- */

static int64_t peak;

static void note_peak(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level;
    const char *all = strstr(text, " between, ");
    if (strcmp(topic, "plan") == 0 && all) peak = strtoll(all + 10, NULL, 10);
}

enum { WIDTH = 8, LAYERS = 40, BATCH = 256 };

/* One step of gradient descent of many layers with few weights and large activations; returns the peak of its plan. */
static int64_t train_step(bool random, float *to)
{
    rn_tensor *w[LAYERS], *grad[LAYERS], *loss = NULL;
    peak = 0;
    rn_log_set(note_peak, NULL);
    CHECK(rn_log_levels("plan:debug"));
    rn_seed(4);
    RN_SCOPE
    {
        for (int k = LAYERS - 1; k >= 0; k--) { /* values wanted last are walked to first */
            rn_tensor *first = rn_normal(RN_SHAPE(WIDTH, WIDTH), .sigma = 0.4);
            w[k] = rn_param("w", first);
        }
        rn_tensor *x = rn_full(RN_SHAPE(BATCH, WIDTH), 0.1);
        for (int k = 0; k < LAYERS; k++) {
            rn_tensor *y = rn_matmul(x, w[k]);
            x = random ? rn_add(rn_tanh(y), rn_dropout(x, .ratio = 0.2)) : rn_relu(y);
        }
        loss = rn_keep(rn_mean(rn_square(x)));
        CHECK(rn_grad(RN_LIST(loss), ((rn_list){ w, LAYERS }), .grads = grad));
        for (int k = 0; k < LAYERS; k++) CHECK(rn_assign(w[k], rn_sub(w[k], rn_mul_scalar(grad[k], 0.1))));
    }
    *to++ = (float)rn_item(loss);
    rn_drop(loss);
    for (int k = 0; k < LAYERS; k++) {
        const float *now = rn_data(w[k]);
        if (now) memcpy(to + (ptrdiff_t)k * WIDTH * WIDTH, now, WIDTH * WIDTH * sizeof *now);
        rn_drop(w[k]);
    }
    rn_shutdown();
    rn_log_set(NULL, NULL);
    CHECK(rn_log_levels(""));
    CHECK_OK();
    return peak;
}

enum { TRAINED = 1 + LAYERS * WIDTH * WIDTH };

RN_TEST(gradients_are_taken_when_what_they_need_can_go)
{
    float on[TRAINED] = { 0 }, off[TRAINED] = { 0 };
    CHECK(rn_device_use("cpu"));
    const int64_t with = train_step(false, on);
    rn_pass_mode("order", false);
    const int64_t without = train_step(false, off);
    CHECK(memcmp(on, off, sizeof on) == 0);
    CHECK(with > 0 && with < without * 3 / 4);
}

enum { DEPTH = 8, LONG = 4096, MANY = 256 };

static void note_peak_and_steps(void *user, rn_log_level level, const char *topic, const char *text)
{
    note_peak(user, level, topic, text);
    steps_count(user, level, topic, text);
}

typedef rn_tensor *layer(rn_tensor *x, rn_tensor *w, int k);

static rn_tensor *gelu_layer(rn_tensor *x, rn_tensor *w, int k)
{
    rn_tensor *h = rn_gelu(rn_matmul(x, w));
    if (k % 3 == 0) h = rn_layer_norm(rn_reshape(h, RN_SHAPE(-1, 2, MANY)));
    return rn_reshape(h, RN_SHAPE(-1, MANY));
}

static rn_tensor *relu_layer(rn_tensor *x, rn_tensor *w, int k)
{
    const rn_shape row = RN_SHAPE(-1, MANY), image = k % 2 ? row : RN_SHAPE(-1, MANY / 4, 2, 2);
    rn_tensor *h = rn_reshape(rn_matmul(x, w), image);
    const rn_shape channels = RN_SHAPE(rn_tensor_dim(h, 1));
    h = rn_batch_norm(h, rn_full(channels, 0.9), rn_full(channels, 0.1));
    if (k % 3 == 2) h = rn_add(h, rn_reshape(x, image));
    return rn_reshape(rn_relu(h), row);
}

/* The gradients of layers whose values are large; returns the peak of the plan and the number of its steps. */
static int64_t wide_layers(layer *f, float *to, int *n)
{
    rn_tensor *w[DEPTH], *grad[DEPTH];
    peak = 0;
    steps_begin();
    rn_log_set(note_peak_and_steps, NULL);
    CHECK(rn_log_levels("plan:debug,step:debug"));
    rn_seed(4);
    RN_SCOPE
    {
        for (int k = 0; k < DEPTH; k++) {
            w[k] = rn_require_grad(rn_normal(RN_SHAPE(MANY, MANY), .sigma = 0.2), true);
            rn_eval(w[k]);
        }
        rn_tensor *h = rn_uniform(RN_SHAPE(LONG, MANY));
        rn_eval(h);
        for (int k = 0; k < DEPTH; k++) h = f(h, w[k], k);
        CHECK(rn_grad(RN_LIST(rn_mean(rn_square(h))), ((rn_list){ w, DEPTH }), .grads = grad));
        rn_tensor *all = rn_concat(((rn_list){ grad, DEPTH }));
        const float *now = rn_data(all);
        if (now) memcpy(to, now, (size_t)rn_tensor_bytes(all));
    }
    steps_end();
    *n = steps;
    CHECK_OK();
    return peak;
}

/* Steps that are added. */
static int forget(layer *f)
{
    static float on[DEPTH * MANY * MANY], off[DEPTH * MANY * MANY];
    int n, m;
    const int64_t with = wide_layers(f, on, &n);
    rn_pass_mode("forget", false);
    const int64_t without = wide_layers(f, off, &m);
    rn_pass_mode("forget", true);
    CHECK(memcmp(on, off, sizeof on) == 0);
    CHECK(with > 0 && (RNI_STRESS || with < without * 4 / 5)); /* there steps stand in any order */
    return n - m;
}

RN_TEST(what_is_cheap_is_computed_again_instead_of_kept)
{
    CHECK(rn_device_use("cpu"));
    CHECK(forget(gelu_layer) <= 3); /* normalisations: gelu is computed with its gradient */
    CHECK(forget(relu_layer) > 0);
    rn_pass_mode("layout", false);
    CHECK(forget(relu_layer) > 0);
    rn_pass_mode("layout", true);
}

static int64_t limited_step(int64_t limit, float *to)
{
    CHECK_EQ_I64(rn_memory_limit(limit), 0);
    const int64_t took = train_step(true, to);
    rn_memory_limit(0);
    return took;
}

RN_TEST(under_a_limit_values_are_computed_again)
{
    float free[TRAINED] = { 0 }, tight[TRAINED] = { 0 };
    CHECK(rn_device_use("cpu"));
    const int64_t most = train_step(true, free);
    for (int share = 90; share >= 60; share -= 10) {
        const int64_t took = limited_step(most * share / 100, tight);
        CHECK(took > 0 && took <= most * share / 100);
        CHECK(memcmp(free, tight, sizeof free) == 0);
    }
}

RN_TEST(what_does_not_fit_is_an_error_that_says_how_much_is_needed)
{
    CHECK(rn_device_use("cpu"));
    rn_memory_limit(1000);
    RN_SCOPE
    {
        rn_tensor *x = rn_array(RN_F32, RN_SHAPE(1000), NULL);
        CHECK(!rn_eval(rn_exp(x)));
        CHECK_ERROR(RN_ERR_NOMEM, " bytes, the memory limit is 1000");
        rn_memory_limit(1 << 20);
        CHECK(rn_eval(rn_exp(x)));
    }
    rn_memory_limit(-1);
    CHECK_ERROR(RN_ERR_ARG, "no limit");
    CHECK_EQ_I64(rn_memory_limit(0), 1 << 20);
}

/* ---- parts of tables ---- */

static rn_tensor *parts_of_rows_and_columns(rn_tensor *x, rn_tensor *y, double number)
{
    rn_tensor *rows = rn_array(RN_I32, RN_SHAPE(ROWS), ((const int32_t[]){ 1, 4, 1, 1, 0, 4 }));
    rn_tensor *columns = rn_array(RN_I64, RN_SHAPE(COLUMNS), ((const int64_t[]){ 5, 5, -6, 2, 3, 2 }));
    return rn_scatter_add(rn_scatter_add(rn_mul_scalar(x, number), rows, y), columns, y, .axis = 1);
}

static rn_tensor *parts_of_what_is_read_again(rn_tensor *x, rn_tensor *y, double number)
{
    rn_tensor *rows = rn_array(RN_I32, RN_SHAPE(ROWS), ((const int32_t[]){ 1, 4, 1, 1, 0, 4 }));
    rn_tensor *t = rn_mul_scalar(x, number);
    return rn_mul(rn_scatter_add(t, rows, y), t);
}

RN_TEST(parts_are_added_to_a_table_in_its_place)
{
    compare("scatter", parts_of_rows_and_columns, 3, 5);
    compare("scatter", parts_of_what_is_read_again, 3, 4);
}

enum { SYMBOLS = 500, VECTOR = 40, WORDS = 64 };

static bool lies_over;

static void note_place(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level;
    lies_over |= strcmp(topic, "step") == 0 && strstr(text, "embed_grad_onto) in place");
}

/* Gradient of a table that gives vectors and scores; returns whether parts were added to it where it lay. */
static bool shared_table(rn_dtype dtype, float *to)
{
    int32_t word[WORDS];
    for (int i = 0; i < WORDS; i++) word[i] = i * i % SYMBOLS;
    lies_over = false;
    rn_log_set(note_place, NULL);
    CHECK(rn_log_levels("step:debug"));
    rn_seed(4);
    RN_SCOPE
    {
        rn_tensor *table = rn_cast(rn_normal(RN_SHAPE(SYMBOLS, VECTOR)), dtype), *g = NULL;
        CHECK(rn_eval(table));
        rn_require_grad(table, true);
        rn_tensor *x = rn_embed(rn_array(RN_I32, RN_SHAPE(WORDS), word), table);
        rn_tensor *loss = rn_mean(rn_square(rn_matmul(rn_tanh(x), table, .trans_b = true)));
        CHECK(rn_grad(RN_LIST(loss), RN_LIST(table), .grads = &g));
        const float *now = rn_data(rn_cast(g, RN_F32));
        if (now) memcpy(to, now, SYMBOLS * VECTOR * sizeof *now);
    }
    rn_shutdown();
    rn_log_set(NULL, NULL);
    CHECK(rn_log_levels(""));
    CHECK_OK();
    return lies_over;
}

RN_TEST(a_table_used_twice_has_one_gradient_in_memory)
{
    static float on[SYMBOLS * VECTOR], off[SYMBOLS * VECTOR];
    for (int narrow = 0; narrow < 2; narrow++) {
        CHECK(rn_device_use("cpu"));
        CHECK(shared_table(narrow ? RN_BF16 : RN_F32, on));
        rn_pass_mode("scatter", false);
        CHECK(!shared_table(narrow ? RN_BF16 : RN_F32, off));
        rn_pass_mode("scatter", true);
        CHECK(memcmp(on, off, sizeof on) == 0);
    }
}

/* ---- lists ---- */

enum { WIDE = 200, WIDE_COUNT = WIDE * WIDE };

/* Updates of two large weights and four small ones; returns the calls that update in all plans. */
static int updates(float *to)
{
    static const char *const large[] = { "0/W", "1/W" };
    rn_seed(4);
    rn_chain *model = rn_sequential(rn_linear_link(WIDE), rn_linear_link(WIDE), rn_linear_link(2));
    rn_optimizer *adam = rn_adam(model, .alpha = 0.01);
    for (int i = 0; i < 3; i++) {
        rn_tensor *loss = NULL;
        RN_SCOPE
        {
            rn_tensor *x = rn_full(RN_SHAPE(4, WIDE), 0.1 * (i + 1));
            loss = rn_keep(rn_mean(rn_square(rn_call(model, x))));
            CHECK(rn_update(adam, loss));
        }
        rn_item(loss);
        rn_drop(loss);
    }
    for (int k = 0; k < 2; k++) {
        const float *w = rn_data(rn_link_param(model, large[k]));
        if (w) memcpy(to + (ptrdiff_t)k * WIDE_COUNT, w, WIDE_COUNT * sizeof *w);
    }
    names[0] = 0; /* what has ended before */
    rn_optimizer_free(adam);
    rn_link_free(model);
    steps_end();
    CHECK_OK();
    return steps_named("update_adam");
}

static int logged_updates(float *to)
{
    steps_begin();
    return updates(to);
}

RN_TEST(large_parameters_are_updated_as_soon_as_their_gradient_is_there)
{
    static float apart[2 * WIDE_COUNT], together[2 * WIDE_COUNT];
    CHECK(rn_device_use("cpu"));
    const int with = logged_updates(apart);
    rn_pass_mode("split", false);
    const int without = logged_updates(together);
    CHECK(without > 0);
    CHECK_EQ_I64(with, 3 * without); /* in each of the plans, those of the first steps among them */
    CHECK(memcmp(apart, together, sizeof apart) == 0);
}

/* ---- epilogues ---- */

enum { IMAGES = 5, CHANNELS = 32, SIDE = 14, SAMPLES = 1024, UNITS = 2048, FEATURES = 48 };
enum { FILTERS = 2 * CHANNELS * CHANNELS * 9, WEIGHTS = UNITS * FEATURES, FOLLOWED = FILTERS + WEIGHTS + 1 };

static int within;

static void count_within(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level;
    within += strcmp(topic, "step") == 0 && strstr(text, " within ") != NULL;
}

/* Two steps of gradient descent of a residual block and of a layer: elementwise calls read a convolution, its gradient,
 * a normalisation, a product and a product's gradient. */
static void train_layers(rn_dtype type, float *to)
{
    rn_seed(5);
    rn_tensor *w[3], *g[3], *loss[2];
    RN_SCOPE
    {
        for (int i = 0; i < 2; i++)
            w[i] = rn_param("w", rn_cast(rn_normal(RN_SHAPE(CHANNELS, CHANNELS, 3, 3), .sigma = 0.1), .dtype = type));
        w[2] = rn_param("w", rn_cast(rn_normal(RN_SHAPE(UNITS, FEATURES), .sigma = 0.1), .dtype = type));
    }
    for (int step = 0; step < 2; step++) RN_SCOPE
        {
            rn_tensor *x = rn_cast(rn_normal(RN_SHAPE(IMAGES, CHANNELS, SIDE, SIDE)), .dtype = type), *h = rn_tanh(x);
            h = rn_relu(rn_batch_norm(rn_conv2d(h, w[0], NULL, .pad = { 1, 1 }), NULL, NULL));
            h = rn_relu(rn_add(rn_conv2d(h, w[1], NULL, .pad = { 1, 1 }), rn_mul_scalar(x, 0.5)));
            rn_tensor *u = rn_cast(rn_normal(RN_SHAPE(SAMPLES, FEATURES)), .dtype = type);
            u = rn_gelu(rn_linear(u, w[2], NULL));
            loss[step] = rn_keep(rn_add(rn_mean(rn_square(h)), rn_mean(rn_square(u))));
            CHECK(rn_grad(RN_LIST(loss[step]), RN_LIST(w[0], w[1], w[2]), .grads = g));
            for (int i = 0; i < 3; i++) CHECK(rn_assign(w[i], rn_sub(w[i], rn_mul_scalar(g[i], 0.5))));
        }
    rn_eval(loss[1]);
    RN_SCOPE
    {
        const int64_t size[] = { FILTERS / 2, FILTERS / 2, WEIGHTS };
        for (int i = 0; i < 3; to += size[i++]) {
            const float *now = rn_data(rn_cast(w[i], .dtype = RN_F32));
            if (now) memcpy(to, now, (size_t)size[i] * sizeof *now);
        }
        *to = (float)rn_item(loss[1]);
    }
    for (int i = 0; i < 3; i++) rn_drop(w[i]);
    for (int i = 0; i < 2; i++) rn_drop(loss[i]);
    rn_shutdown();
    CHECK_OK();
}

static void follow_on(const char *device, rn_dtype type, int least)
{
    static float on[FOLLOWED], off[FOLLOWED];
    CHECK(rn_device_use(device));
    train_layers(type, on);
    within = 0;
    rn_log_set(count_within, NULL);
    CHECK(rn_log_levels("step:debug"));
    CHECK(rn_device_use(device));
    train_layers(type, off);
    rn_log_set(NULL, NULL);
    CHECK(rn_log_levels(""));
    if (within < least) printf("  %s: %d steps run within others\n", device, within);
    CHECK(within >= least);
    CHECK(memcmp(on, off, sizeof on) == 0); /* steps that are timed run alone */
    CHECK(rn_device_use(device));
    rn_pass_mode("epilogue", false);
    train_layers(type, off);
    CHECK(memcmp(on, off, sizeof on) == 0);
}

RN_TEST(what_reads_the_result_of_a_kernel_runs_within_it)
{
    follow_on("cpu:winograd=1", RN_F32, 7);
    follow_on("cpu:winograd=1,compiled", RN_F32, 7);
    follow_on("cpu:winograd=1,threads=1", RN_F32, 7);
    follow_on("cpu:winograd=1", RN_BF16, 4);
}
