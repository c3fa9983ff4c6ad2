/* Traps of recording, continued: whatever fails later names the line of the program that asked for it, also where a
 * plan that was made for another line is replayed; and a failure stands in nobody else's way. */
#include "test.h"

#include <pthread.h>

static rn_tensor *vector(double a, double b)
{
    return rn_array(RN_F64, RN_SHAPE(2), ((const double[]){ a, b }));
}

static double at(rn_tensor *x, int i)
{
    double v[64] = { 0 };
    if (!rn_copy_to(x, RN_F64, v, sizeof v)) return NAN;
    return v[i];
}

/* The pending error names the line and contains the text; cleared. */
static void check_names(int line, rn_status status, const char *text)
{
    char want[64];
    snprintf(want, sizeof want, "test_traps_lines.c:%d: ", line);
    const rn_error *e = rn_error_last();
    if (!e || !strstr(e->message, want))
        test_failed(__FILE__, __LINE__, "want line %d, have: %s", line, e ? e->message : "no error");
    CHECK_ERROR(status, text);
}

/* ---- lines ---- */

enum { LAYER_LINE = __LINE__ + 4 };

static rn_tensor *layer(rn_tensor *x, rn_tensor *w)
{
    return rn_relu(rn_matmul(x, w));
}

static rn_tensor *block(rn_tensor *x, rn_tensor *w)
{
    return rn_add(layer(x, w), x);
}

static rn_tensor *network(rn_tensor *x, rn_tensor *w)
{
    return rn_mean(block(rn_tanh(x), w));
}

RN_TEST(a_shape_error_three_calls_deep_prints_line_shapes_rule_and_trail)
{
    RN_SCOPE
    {
        CHECK(!network(rn_zeros(RN_SHAPE(2, 3)), rn_zeros(RN_SHAPE(4, 5))));
        const char *text = rn_error_last()->message;
        char line[64];
        snprintf(line, sizeof line, "test_traps_lines.c:%d: matmul: inner sizes differ", LAYER_LINE);
        CHECK(strstr(text, line));
        CHECK(strstr(text, "\n  expect  a.shape[-1] == b.shape[-2]"));
        CHECK(strstr(text, "\n  actual  a f32[2, 3];  b f32[4, 5]"));
        char trail[256];
        snprintf(trail, sizeof trail,
                 "\n  via     test_traps_lines.c:%d relu, test_traps_lines.c:%d add, test_traps_lines.c:%d mean",
                 LAYER_LINE, LAYER_LINE + 5, LAYER_LINE + 10);
        CHECK(strstr(text, trail));
        CHECK_EQ_STR(rn_error_last()->site.func, "layer");
        rn_error_clear();
    }
}

static rn_tensor *labels(int32_t a, int32_t b)
{
    return rn_array_i32(RN_SHAPE(2), a, b);
}

RN_TEST(labels_out_of_range_name_the_loss_wherever_somebody_looks)
{
    rn_tensor *w = rn_param("w", rn_ones(RN_SHAPE(3, 3)));
    for (int step = 0; step < 4; step++) {
        rn_tensor *loss = NULL;
        int line = 0;
        RN_SCOPE
        {
            rn_tensor *y = rn_matmul(rn_ones(RN_SHAPE(2, 3)), w), *t = labels(1, step == 3 ? 3 : 2), *l;
            if (step % 2) {
                line = __LINE__ + 1;
                l = rn_softmax_cross_entropy(y, t);
            } else
                l = rn_softmax_cross_entropy(y, t);
            loss = rn_keep(rn_mul_scalar(l, 2));
        }
        rn_item(loss); /* steps 0 to 2 compile and replay; 3 is the same plan, and fails */
        if (step == 3) check_names(line, RN_ERR_ARG, "softmax_cross_entropy: label 3 at [1] of t is out of range");
        rn_drop(loss);
        CHECK_OK();
    }
    rn_drop(w);
}

RN_TEST(indices_out_of_range_name_the_call_also_from_a_gradient)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(vector(1, 2), true), *g = NULL;
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_take(x, labels(0, 2));
        CHECK(rn_grad(RN_LIST(rn_sum(rn_square(y))), RN_LIST(x), .grads = &g));
        CHECK(rn_data(g) == NULL);
        check_names(line, RN_ERR_ARG, "take: indices[1] is 2");
    }
}

/* The gradient of sqrt at 0 is infinite, and 0 times that NaN. */
static rn_tensor *length(rn_tensor *x)
{
    return rn_sqrt(rn_sum(rn_square(x))); /* LENGTH_LINE */
}
enum { LENGTH_LINE = __LINE__ - 2 };

RN_TEST(a_nan_that_arises_in_a_gradient_names_the_forward_line)
{
    const bool was = rn_nan_check(true);
    for (int eager = 0; eager < 2; eager++) {
        rn_eager_mode(eager);
        for (int step = 0; step < 3; step++) {
            RN_SCOPE
            {
                const bool bad = step == 2; /* the plan is there by then */
                rn_tensor *x = rn_require_grad(bad ? vector(0, 0) : vector(3, 4), true), *g = NULL;
                rn_tensor *y = rn_mul_scalar(length(x), 2);
                if (rn_grad(RN_LIST(y), RN_LIST(x), .grads = &g)) rn_data(g);
                if (!bad) continue;
                CHECK(strstr(rn_error_last()->message, "in      the gradient of sqrt"));
                check_names(LENGTH_LINE, RN_ERR_STATE, "1 of 1 elements are not finite");
            }
            CHECK_OK();
        }
        rn_eager_mode(false);
    }
    rn_nan_check(was);
}

RN_TEST(a_nan_in_a_replayed_plan_names_the_line_of_this_step)
{
    const bool was = rn_nan_check(true);
    RN_SCOPE
    {
        rn_tensor *y = rn_log(vector(1, 2));
        CHECK(rn_eval(y));
    }
    RN_SCOPE
    {
        const int line = __LINE__ + 1;
        rn_tensor *y = rn_log(vector(1, -2));
        CHECK(!rn_eval(y));
        check_names(line, RN_ERR_STATE, "1 of 2 elements are not finite, the first at [1]");
    }
    rn_nan_check(was);
}

/* ---- state ---- */

static rn_tensor *normalised(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    return rn_tanh(rn_call((rn_link *)user, x[0]));
}

RN_TEST(statistics_of_batch_norm_advance_once_per_step_also_under_recomputation)
{
    double mean[2][2];
    for (int recompute = 0; recompute < 2; recompute++) {
        rn_link *norm = rn_batch_norm_link();
        for (int step = 0; step < 3; step++) {
            RN_SCOPE
            {
                const double data[] = { 1, 2, 3, 4 + step, 5, 6 };
                rn_tensor *x = rn_require_grad(rn_cast(rn_array(RN_F64, RN_SHAPE(3, 2), data), RN_F32), true),
                          *g = NULL;
                rn_tensor *y = recompute ? rn_recompute(normalised, norm, x) : normalised(norm, &x, 1);
                rn_grad(RN_LIST(rn_sum(rn_square(y))), RN_LIST(x), .grads = &g);
                CHECK_OK();
                CHECK(rn_eval(y, g));
                CHECK(rn_eval(y, g)); /* and not again by a second look */
            }
        }
        for (int i = 0; i < 2; i++) mean[recompute][i] = at(rn_link_param(norm, "mean"), i);
        rn_link_free(norm);
    }
    CHECK_OK();
    CHECK(mean[0][0] > 0);
    for (int i = 0; i < 2; i++) CHECK(mean[0][i] == mean[1][i]);
}

/* ---- shapes that depend on data ---- */

RN_TEST(shapes_that_depend_on_data_are_known_at_the_call)
{
    RN_SCOPE
    {
        rn_tensor *w = rn_param("w", vector(0, 3)), *x = rn_mul_scalar(w, 2); /* not computed yet */
        rn_tensor *places = rn_nonzero(x), *kept = rn_boolean_mask(x, rn_greater_scalar(x, 1));
        CHECK(rn_assign(w, vector(1, 1)));
        CHECK_EQ_I64(rn_tensor_dim(places, 1), 1);
        CHECK_EQ_I64(rn_tensor_dim(kept, 0), 1);
        CHECK_NEAR(at(kept, 0), 6, 0);
        CHECK_EQ_I64(rn_tensor_count(rn_unique(x)), 2);
        rn_drop(w);
    }
    CHECK_OK();
}

/* ---- failures and what is looked at afterwards ---- */

/* A step whose labels are wrong. */
static bool bad_step(rn_tensor *w)
{
    rn_tensor *loss = NULL, *g = NULL;
    RN_SCOPE
    {
        rn_tensor *y = rn_matmul(rn_ones(RN_SHAPE(2, 3)), w);
        loss = rn_keep(rn_softmax_cross_entropy(y, labels(0, 9)));
        if (rn_grad(RN_LIST(loss), RN_LIST(w), .grads = &g)) rn_assign(w, rn_sub(w, rn_mul_scalar(g, 0.1)));
    }
    const double value = rn_item(loss);
    rn_drop(loss);
    return !isnan(value);
}

RN_TEST(an_update_that_cannot_be_computed_blocks_nothing_but_its_parameter)
{
    rn_tensor *w = rn_param("w", rn_ones(RN_SHAPE(3, 3))), *other = rn_state("other", rn_zeros(RN_SCALAR));
    CHECK(rn_eval(w));
    CHECK(!bad_step(w));
    CHECK_ERROR(RN_ERR_ARG, "softmax_cross_entropy: label 9");
    for (int i = 0; i < 3; i++) {
        RN_SCOPE
        {
            CHECK(rn_assign(other, rn_add_scalar(other, 1)));
            CHECK_NEAR(at(rn_mul_scalar(vector(1, 2), 3), 1), 6, 0);
        }
        CHECK_OK();
    }
    CHECK_NEAR(rn_item(other), 3, 0);
    CHECK(rn_data(w) == NULL); /* it says so itself, each time */
    CHECK_ERROR(RN_ERR_ARG, "softmax_cross_entropy: label 9");
    RN_SCOPE CHECK(rn_assign(w, rn_zeros(RN_SHAPE(3, 3))));
    CHECK_NEAR(at(w, 4), 0, 0);
    rn_drop(w);
    rn_drop(other);
    CHECK_OK();
}

/* ---- threads ---- */

typedef struct {
    rn_tensor *w;
    double sum;
    bool ok;
} reader;

static void *read_parameter(void *user)
{
    reader *r = user;
    RN_SCOPE r->sum = rn_item(rn_sum(rn_mul_scalar(r->w, 2)));
    r->ok = rn_ok();
    rn_error_clear();
    return NULL;
}

RN_TEST(a_parameter_is_read_by_threads_between_the_updates_of_one)
{
    rn_tensor *w = rn_param("w", vector(1, 2));
    for (int i = 0; i < 5; i++) {
        RN_SCOPE CHECK(rn_assign(w, rn_add_scalar(w, 1)));
        CHECK(rn_eval(w));
        reader r[3] = { { .w = w }, { .w = w }, { .w = w } };
        pthread_t thread[3];
        for (int k = 0; k < 3; k++) CHECK_EQ_I64(pthread_create(&thread[k], NULL, read_parameter, &r[k]), 0);
        for (int k = 0; k < 3; k++) {
            pthread_join(thread[k], NULL);
            CHECK(r[k].ok);
            CHECK_NEAR(r[k].sum, 2 * (3 + 2.0 * (i + 1)), 0);
        }
    }
    rn_drop(w);
    CHECK_OK();
}

static void *update_without_looking(void *user)
{
    reader *r = user;
    RN_SCOPE rn_assign(r->w, rn_add_scalar(r->w, 1));
    r->ok = rn_ok();
    rn_error_clear();
    return NULL;
}

RN_TEST(an_update_that_another_thread_has_not_computed_is_refused_until_it_has)
{
    rn_tensor *w = rn_param("w", vector(1, 2));
    CHECK(rn_eval(w));
    reader r = { .w = w };
    pthread_t thread;
    CHECK_EQ_I64(pthread_create(&thread, NULL, update_without_looking, &r), 0);
    pthread_join(thread, NULL);
    CHECK(r.ok);
    const double have = at(w, 0); /* a thread that ends leaves no update behind */
    if (rn_ok())
        CHECK_NEAR(have, 2, 0);
    else
        CHECK_ERROR(RN_ERR_STATE, "another thread");
    RN_SCOPE CHECK(rn_assign(w, vector(5, 6)));
    CHECK_NEAR(at(w, 1), 6, 0);
    rn_drop(w);
    CHECK_OK();
}
