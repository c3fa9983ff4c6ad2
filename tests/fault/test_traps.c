/* The traps of recording: places where putting off a computation could change what a program means. One test each. */
#include "test.h"

#include "base/convert.h"
#include "base/index.h"

#include <fenv.h>
#include <pthread.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

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

/* ---- parameters that are updated before an older value is looked at ---- */

RN_TEST(values_of_every_age_of_a_parameter_are_right_whenever_they_are_looked_at)
{
    rn_tensor *w = rn_param("w", vector(1, 2)), *old[6];
    for (int i = 0; i < 6; i++) {
        RN_SCOPE
        {
            old[i] = rn_keep(rn_mul_scalar(w, 10));
            CHECK(rn_assign(w, rn_add_scalar(w, 1)));
        }
    }
    const int order[] = { 3, 0, 5, 1, 4, 2 };
    for (int i = 0; i < 6; i++) CHECK_NEAR(at(old[order[i]], 1), 10 * (2 + order[i]), 0);
    CHECK_NEAR(at(w, 0), 7, 0);
    for (int i = 0; i < 6; i++) rn_drop(old[i]);
    rn_drop(w);
    CHECK_OK();
}

RN_TEST(a_view_of_a_parameter_keeps_the_value_it_was_taken_of)
{
    rn_tensor *w = rn_param("w", vector(1, 2));
    RN_SCOPE
    {
        rn_tensor *view = rn_reshape(w, RN_SHAPE(2, 1)), *value = rn_value(w);
        CHECK(rn_eval(view));
        CHECK(rn_assign(w, rn_mul_scalar(w, 100)));
        CHECK_NEAR(at(w, 1), 200, 0);
        CHECK_NEAR(at(view, 1), 2, 0);
        CHECK_NEAR(at(value, 0), 1, 0);
    }
    rn_drop(w);
    CHECK_OK();
}

RN_TEST(a_pointer_to_a_value_stays_good_as_long_as_its_tensor)
{
    rn_tensor *w = rn_param("w", vector(1, 2));
    RN_SCOPE
    {
        rn_tensor *value = rn_value(w);
        const double *p = rn_data(value);
        for (int i = 0; i < 3; i++) {
            CHECK(rn_assign(w, rn_add_scalar(w, 1)));
            CHECK(rn_eval(w));
        }
        CHECK_NEAR(p[0], 1, 0);
        CHECK_NEAR(p[1], 2, 0);
        CHECK_NEAR(at(w, 0), 4, 0);
    }
    rn_drop(w);
    CHECK_OK();
}

RN_TEST(parameters_can_change_places)
{
    rn_tensor *a = rn_param("a", vector(1, 2)), *b = rn_param("b", vector(3, 4));
    RN_SCOPE
    {
        rn_tensor *x = rn_add_scalar(a, 0), *y = rn_add_scalar(b, 0);
        CHECK(rn_assign(a, y));
        CHECK(rn_assign(b, x));
        CHECK(rn_assign(a, a)); /* to itself: nothing happens */
        CHECK_NEAR(at(a, 0), 3, 0);
        CHECK_NEAR(at(b, 0), 1, 0);
    }
    rn_drop(a);
    rn_drop(b);
    CHECK_OK();
}

RN_TEST(a_parameter_that_ends_before_its_update_is_computed_is_no_trouble)
{
    const int64_t live = rn_live_tensors();
    RN_SCOPE
    {
        rn_tensor *w = rn_param("w", vector(1, 2)), *y = rn_mul_scalar(w, 2);
        CHECK(rn_assign(w, rn_add_scalar(w, 1)));
        rn_tensor *z = rn_mul_scalar(w, 2);
        rn_drop(w);
        CHECK_NEAR(at(z, 0), 4, 0);
        CHECK_NEAR(at(y, 0), 2, 0);
    }
    CHECK_OK();
    CHECK_EQ_I64(rn_live_tensors(), live);
}

RN_TEST(gradients_are_those_of_the_values_at_the_call)
{
    rn_tensor *w = rn_param("w", vector(3, 4));
    RN_SCOPE
    {
        rn_tensor *loss = rn_sum(rn_mul(w, w));
        CHECK(rn_assign(w, rn_mul_scalar(w, 0)));
        CHECK(rn_backward(loss)); /* 2 w, of the w that was used */
        CHECK_NEAR(at(rn_grad_of(w), 0), 6, 0);
        CHECK_NEAR(at(w, 0), 0, 0);
    }
    rn_drop(w);
    CHECK_OK();
}

RN_TEST(gradients_add_up_until_they_are_cleared)
{
    rn_tensor *w = rn_param("w", vector(1, 2));
    for (int i = 1; i <= 3; i++) {
        RN_SCOPE CHECK(rn_backward(rn_sum(rn_mul_scalar(w, i))));
    }
    CHECK_NEAR(at(rn_grad_of(w), 0), 6, 0);
    rn_clear_grad(w);
    CHECK(rn_grad_of(w) == NULL);
    rn_drop(w);
    CHECK_OK();
}

/* ---- random numbers ---- */

static rn_tensor *masked(void *user, rn_tensor *const *x, int64_t n)
{
    (void)user, (void)n;
    rn_tensor *r = rn_uniform(*rn_tensor_shape(x[0]), .dtype = RN_F64);
    return rn_mul(x[0], rn_add_scalar(r, 1));
}

/* The factor of each element as the forward pass used it, and as its gradient did. */
static void mask_agrees(bool eager, bool recompute, bool look_first)
{
    const bool was = rn_eager_mode(eager);
    RN_SCOPE
    {
        rn_seed(21);
        rn_tensor *x = rn_require_grad(vector(1, 1), true), *g = NULL;
        rn_tensor *y = recompute ? rn_recompute(masked, NULL, x) : masked(NULL, &x, 1);
        rn_uniform(RN_SHAPE(5)); /* another draw before the gradient */
        if (look_first) CHECK(rn_eval(y));
        CHECK(rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g));
        for (int i = 0; i < 2; i++) {
            CHECK(at(y, i) > 1 && at(y, i) < 2);
            CHECK_NEAR(at(g, i), at(y, i), 0);
        }
        CHECK(at(y, 0) != at(y, 1));
        CHECK_OK();
    }
    rn_eager_mode(was);
}

RN_TEST(the_gradient_sees_the_mask_of_the_forward_pass)
{
    for (int i = 0; i < 8; i++) mask_agrees(i & 1, i & 2, i & 4);
}

RN_TEST(recomputation_draws_nothing_new)
{
    double got[2];
    for (int k = 0; k < 2; k++) {
        RN_SCOPE
        {
            rn_seed(5);
            rn_tensor *x = rn_require_grad(vector(1, 1), true), *g = NULL;
            rn_tensor *y = k ? rn_recompute(masked, NULL, x) : masked(NULL, &x, 1);
            CHECK(rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g));
            got[k] = rn_item(rn_uniform(RN_SCALAR)); /* the next draw of the program */
        }
    }
    CHECK_OK();
    CHECK(got[0] == got[1]);
}

/* ---- state ---- */

static rn_tensor *counting(void *user, rn_tensor *const *x, int64_t n)
{
    (void)n;
    rn_tensor *count = user;
    rn_assign(count, rn_add_scalar(count, 1));
    return rn_tanh(x[0]);
}

RN_TEST(a_state_advances_once_also_when_its_segment_is_run_again)
{
    rn_tensor *count = rn_state("count", rn_zeros(RN_SCALAR));
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(vector(1, 2), true), *g = NULL;
        rn_tensor *y = rn_recompute(counting, count, x);
        CHECK(rn_grad(RN_LIST(rn_sum(y)), RN_LIST(x), .grads = &g));
        CHECK_NEAR(at(g, 0), 1 - tanh(1) * tanh(1), 1e-12);
        CHECK_NEAR(rn_item(count), 1, 0);
    }
    CHECK_NEAR(rn_item(count), 1, 0);
    rn_drop(count);
    CHECK_OK();
}

RN_TEST(looking_again_does_not_update_again)
{
    rn_tensor *count = rn_state("count", rn_zeros(RN_SCALAR));
    RN_SCOPE
    {
        rn_tensor *next = rn_add_scalar(count, 1);
        CHECK(rn_assign(count, next));
        for (int i = 0; i < 3; i++) {
            CHECK_NEAR(rn_item(next), 1, 0);
            CHECK_NEAR(rn_item(count), 1, 0);
            CHECK(rn_eval_all());
        }
    }
    rn_drop(count);
    CHECK_OK();
}

RN_TEST(an_update_takes_effect_although_nobody_looks)
{
    rn_tensor *count = rn_state("count", rn_zeros(RN_SCALAR));
    for (int i = 0; i < 100; i++) {
        RN_SCOPE CHECK(rn_assign(count, rn_add_scalar(count, 1)));
    }
    CHECK_NEAR(rn_item(count), 100, 0);
    rn_drop(count);
    CHECK_OK();
}

/* ---- buffers of the caller ---- */

RN_TEST(a_buffer_may_be_used_again_at_once)
{
    float data[4] = { 1, 2, 3, 4 };
    RN_SCOPE
    {
        rn_tensor *x = rn_array(RN_F32, RN_SHAPE(4), data), *y = rn_mul_scalar(x, 2);
        memset(data, 0, sizeof data);
        CHECK_NEAR(at(y, 3), 8, 0);
        CHECK_NEAR(at(x, 3), 4, 0);
    }
    CHECK_OK();
}

RN_TEST(memory_that_is_only_viewed_is_never_written)
{
    static const double data[2] = { 1, 2 }; /* read-only memory: a write would end the program */
    RN_SCOPE
    {
        rn_tensor *x = rn_array_view(RN_F64, RN_SHAPE(2), data, NULL, NULL);
        rn_tensor *w = rn_param("w", x);
        for (int i = 0; i < 3; i++) {
            CHECK(rn_assign(w, rn_add_scalar(w, 1)));
            CHECK(rn_eval(w));
        }
        CHECK_NEAR(at(w, 1), 5, 0);
        rn_tensor *y = rn_neg(x);
        CHECK_NEAR(at(y, 0), -1, 0);
        rn_drop(w);
    }
    CHECK_OK();
}

/* ---- a loop that never looks ---- */

RN_TEST(a_sum_over_an_epoch_that_nobody_looks_at_stays_bounded)
{
    rn_tensor *total = rn_keep(rn_array(RN_F64, RN_SCALAR, (const double[]){ 0 }));
    int64_t most = 0;
    const int n = 450000;
    for (int i = 0; i < n; i++) {
        rn_tensor *next = NULL;
        RN_SCOPE next = rn_keep(rn_add_scalar(total, 1));
        CHECK(next != NULL);
        rn_drop(total);
        total = next;
        if (rn_live_tensors() > most) most = rn_live_tensors();
    }
    CHECK(most < 300000);
    CHECK_NEAR(rn_item(total), n, 0);
    rn_drop(total);
    CHECK_OK();
}

RN_TEST(large_values_that_nobody_looks_at_do_not_fill_memory)
{
    rn_tensor *w = rn_state("w", rn_zeros(RN_SHAPE(1 << 16)));
    CHECK(rn_eval(w));
    rn_memory_reset_peak();
    const int64_t before = rn_memory().peak;
    for (int i = 0; i < 2000; i++) {
        RN_SCOPE CHECK(rn_assign(w, rn_add_scalar(rn_mul_scalar(w, 0.5), 1)));
    }
    CHECK_NEAR(at(rn_sum(w), 0), 2.0 * (1 << 16), 1);
    CHECK(rn_memory().peak - before < (int64_t)64 << 20);
    rn_drop(w);
    CHECK_OK();
}

/* ---- the caller's floating-point state ---- */

RN_TEST(a_value_that_no_memory_holds_is_refused_and_its_views_are_free)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_broadcast_to(rn_scalar(3), RN_SHAPE(INT64_C(1) << 58));
        CHECK_NEAR(rn_item(rn_slice(x, RN_RANGES(RN_AT(-1)))), 3, 0);
        char line[64];
        snprintf(line, sizeof line, "test_traps.c:%d eval", __LINE__ + 1);
        CHECK(!rn_data(x));
        CHECK(strstr(rn_error_last()->message, line));
        CHECK_ERROR(RN_ERR_NOMEM, "bytes are not to be had");
    }
}

RN_TEST(the_floating_point_state_of_the_caller_is_left_alone)
{
    fenv_t before, after;
    fegetenv(&before);
#if defined(__SSE__)
    const unsigned control = _mm_getcsr() & ~0x3fu; /* without the flags of what has happened */
#endif
    RN_SCOPE
    {
        rn_tensor *x = rn_uniform(RN_SHAPE(257, 129)), *y = rn_matmul(x, rn_transpose(x));
        CHECK(rn_item(rn_sum(rn_tanh(y))) > 0);
    }
    fegetenv(&after);
#if defined(__SSE__)
    CHECK_EQ_I64(_mm_getcsr() & ~0x3fu, control);
#endif
    CHECK_EQ_I64(fegetround(), FE_TONEAREST);
    volatile float tiny = 0x1p-140f;
    CHECK(tiny * 0.5f > 0); /* denormals are still what they were */
    CHECK_OK();
}

/* ---- what fails ---- */

static bool same_shape(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool run_failing(rn_kernel_call *c)
{
    return (c->fail)(c, RN_ERR_ARG, "the label %d is out of range", 7);
}

static const rn_op failing = { .name = "trap_failing",
                               .kind = RN_KERNEL,
                               .flags = RN_OP_NO_GRAD,
                               .inputs = "x",
                               .infer = same_shape,
                               .run = run_failing };

static rn_tensor *fail_late(rn_tensor *x)
{
    rn_tensor *y = NULL;
    return rn_op_call(&failing, RN_HERE, &x, 1, NULL, &y) ? y : NULL;
}

RN_TEST(a_result_that_cannot_be_computed_does_not_stand_in_the_way_of_others)
{
    RN_SCOPE
    {
        rn_tensor *x = vector(1, 2), *bad = fail_late(x), *good = rn_mul_scalar(x, 3);
        CHECK(rn_data(bad) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "trap_failing: the label 7 is out of range");
        CHECK_NEAR(at(good, 1), 6, 0);
        CHECK_NEAR(at(rn_add(x, x), 1), 4, 0);
        CHECK_OK();
        CHECK(rn_data(bad) == NULL); /* asked for again, it says so again */
        CHECK_ERROR(RN_ERR_ARG, "out of range");
    }
}

RN_TEST(a_plan_that_is_used_again_names_the_line_of_the_call_that_fails)
{
    const rn_op *take = rn_op_find("take");
    CHECK(take != NULL);
    for (int turn = 0; turn < 2; turn++) RN_SCOPE
        {
            rn_tensor *x = vector(1, 2), *y;
            int line;
            const int32_t at[] = { turn ? 5 : 1 };
            rn_tensor *i = rn_array(RN_I32, RN_SHAPE(1), at);
            if (turn) {
                line = __LINE__ + 1;
                y = rn_take(x, i);
            } else {
                line = __LINE__ + 1;
                y = rn_take(x, i);
            }
            const bool ok = rn_data(y) != NULL;
            CHECK(ok == !turn);
            if (!ok) CHECK_EQ_I64(rn_error_last()->site.line, line);
        }
    CHECK_ERROR(RN_ERR_ARG, "5");
}

static void *fail_in_a_worker(void *call)
{
    rn_kernel_call *c = call;
    (c->fail)(c, RN_ERR_ARG, "a worker met %d", 13);
    return NULL;
}

static bool run_with_a_worker(rn_kernel_call *c)
{
    pthread_t worker;
    if (pthread_create(&worker, NULL, fail_in_a_worker, c) != 0) return false;
    pthread_join(worker, NULL);
    return true; /* the kernel has not noticed */
}

RN_TEST(what_a_worker_of_a_kernel_reports_reaches_the_caller)
{
    static const rn_op with_worker = { .name = "trap_worker",
                                       .kind = RN_KERNEL,
                                       .flags = RN_OP_NO_GRAD,
                                       .inputs = "x",
                                       .infer = same_shape,
                                       .run = run_with_a_worker };
    RN_SCOPE
    {
        rn_tensor *x = vector(1, 2), *y = NULL;
        CHECK(rn_op_call(&with_worker, RN_HERE, &x, 1, NULL, &y));
        CHECK(rn_data(y) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "trap_worker: a worker met 13");
    }
}

RN_TEST(a_failed_update_stands_in_nobodys_way)
{
    rn_tensor *w = rn_param("w", vector(1, 2));
    RN_SCOPE
    {
        CHECK(rn_assign(w, fail_late(vector(5, 5))));
        rn_tensor *good = rn_mul_scalar(vector(1, 2), 3);
        CHECK(!rn_eval_all());
        CHECK_ERROR(RN_ERR_ARG, "out of range");
        CHECK_NEAR(at(good, 1), 6, 0);
        CHECK_OK();
        CHECK(rn_data(w) == NULL); /* asked for, it says so */
        CHECK_ERROR(RN_ERR_ARG, "out of range");
    }
    rn_drop(w);
}

RN_TEST(rows_that_the_engine_has_no_room_for_are_refused)
{
    static const rn_op wide = { .name = "trap_wide",
                                .kind = RN_KERNEL,
                                .inputs = "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q",
                                .infer = same_shape,
                                .run = run_failing };
    rn_tensor *x[17], *y = NULL;
    RN_SCOPE
    {
        for (int i = 0; i < 17; i++) x[i] = vector(1, 2);
        CHECK(!rn_op_call(&wide, RN_HERE, x, 17, NULL, &y));
        CHECK_ERROR(RN_ERR_ARG, "RN_INPUTS_MAX");
        CHECK(!rn_op_register(&wide));
        CHECK_ERROR(RN_ERR_ARG, "RN_INPUTS_MAX");
    }
}

/* A step that fails after parameters were updated in place: they have their old value, or the new one, or say that it
 * is lost; they never have it twice. */
RN_TEST(an_update_in_a_run_that_fails_is_not_done_twice)
{
    for (int order = 0; order < 2; order++) {
        rn_tensor *w = rn_param("w", vector(1, 2));
        CHECK(rn_assign(w, rn_add_scalar(w, 0)));
        CHECK(rn_eval(w)); /* memory of its own, which the update may reuse */
        RN_SCOPE
        {
            rn_tensor *bad = order ? fail_late(vector(5, 5)) : NULL;
            CHECK(rn_assign(w, rn_add_scalar(w, 1)));
            if (!order) bad = fail_late(vector(5, 5));
            CHECK(rn_data(bad) == NULL);
            CHECK_ERROR(RN_ERR_ARG, "out of range");
        }
        const double have = at(w, 0);
        if (rn_ok())
            CHECK_NEAR(have, 2, 0);
        else
            CHECK_ERROR(RN_ERR_STATE, "not there any more");
        CHECK(rn_assign(w, vector(8, 9))); /* a new value mends it */
        CHECK_NEAR(at(w, 1), 9, 0);
        CHECK_OK();
        rn_drop(w);
    }
}

/* ---- two threads ---- */

enum { THREADS = 4, ROUNDS = 60 };

typedef struct {
    rn_tensor *shared;
    int number;
    double sum;
    bool ok;
} job;

static void *work(void *user)
{
    job *j = user;
    for (int i = 0; i < ROUNDS; i++) {
        RN_SCOPE
        {
            rn_tensor *x = rn_array(RN_F64, RN_SHAPE(2), ((const double[]){ j->number, i })), *g = NULL;
            rn_tensor *loss = rn_sum(rn_mul(rn_mul(j->shared, x), j->shared));
            if (rn_grad(RN_LIST(loss), RN_LIST(j->shared), .grads = &g)) j->sum += rn_item(loss) + at(g, 0);
        }
    }
    j->ok = rn_ok();
    rn_error_clear();
    return NULL;
}

RN_TEST(threads_record_their_own_graphs_and_read_shared_parameters)
{
    rn_tensor *w = rn_param("w", vector(1, 2));
    CHECK(rn_eval(w));
    job jobs[THREADS];
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (job){ .shared = w, .number = i };
        CHECK_EQ_I64(pthread_create(&thread[i], NULL, work, &jobs[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    for (int i = 0; i < THREADS; i++) {
        CHECK(jobs[i].ok);
        double want = 0;
        for (int k = 0; k < ROUNDS; k++) want += i + 4.0 * k + 2.0 * i;
        CHECK_NEAR(jobs[i].sum, want, 1e-9);
    }
    rn_drop(w);
    CHECK_OK();
}

static void *read_on(void *user)
{
    job *j = user;
    j->ok = true;
    for (int i = 0; i < ROUNDS * 20; i++) {
        RN_SCOPE
        {
            const double v = rn_item(rn_sum(j->shared));
            if (rn_ok())
                j->ok = j->ok && v == 2 * floor(v / 2); /* both elements of one version */
            else if (rn_error_last()->status != RN_ERR_STATE)
                j->ok = false;
            rn_error_clear();
        }
    }
    return NULL;
}

RN_TEST(a_parameter_may_be_updated_while_others_read_it)
{
    rn_tensor *w = rn_param("w", vector(0, 0));
    job jobs[THREADS];
    pthread_t thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (job){ .shared = w };
        CHECK_EQ_I64(pthread_create(&thread[i], NULL, read_on, &jobs[i]), 0);
    }
    for (int i = 1; i <= ROUNDS * 20; i++) {
        RN_SCOPE
        {
            CHECK(rn_assign(w, rn_add_scalar(w, 1)));
            CHECK(rn_eval(w));
        }
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        CHECK(jobs[i].ok);
    }
    CHECK_NEAR(at(w, 0), ROUNDS * 20, 0);
    rn_drop(w);
    CHECK_OK();
}

static void *look(void *user)
{
    job *j = user;
    j->sum = rn_item(j->shared);
    j->ok = rn_ok();
    if (!j->ok) j->number = (int)rn_error_last()->status;
    rn_error_clear();
    return NULL;
}

RN_TEST(what_another_thread_has_only_recorded_is_refused)
{
    RN_SCOPE
    {
        job j = { .shared = rn_sum(vector(1, 2)) };
        pthread_t thread;
        pthread_create(&thread, NULL, look, &j);
        pthread_join(thread, NULL);
        CHECK(!j.ok);
        CHECK_EQ_I64(j.number, RN_ERR_STATE);
        CHECK(rn_eval(j.shared)); /* computed, it may be read by anyone */
        pthread_create(&thread, NULL, look, &j);
        pthread_join(thread, NULL);
        CHECK(j.ok);
        CHECK_NEAR(j.sum, 3, 0);
    }
    CHECK_OK();
}

static void *leave_things_behind(void *user)
{
    rn_tensor **kept = user;
    rn_scope_begin(); /* never ended: the thread's end does it */
    rn_tensor *x = vector(3, 4);
    *kept = rn_keep(rn_mul_scalar(x, 2));
    rn_eval(*kept);
    rn_add(x, x); /* never computed */
    return NULL;
}

RN_TEST(a_thread_that_ends_takes_its_scopes_along_and_leaves_what_was_kept)
{
    const int64_t live = rn_live_tensors();
    rn_tensor *kept = NULL;
    pthread_t thread;
    pthread_create(&thread, NULL, leave_things_behind, &kept);
    pthread_join(thread, NULL);
    CHECK_NEAR(at(kept, 1), 8, 0);
    rn_drop(kept);
    CHECK_EQ_I64(rn_live_tensors(), live);
    CHECK_OK();
}

/* ---- modes ---- */

RN_TEST(nothing_is_computed_before_somebody_looks)
{
    RN_SCOPE
    {
        rn_tensor *x = vector(1, 2);
        const int64_t before = rn_engine().nodes_run;
        rn_tensor *y = rn_tanh(rn_matmul(rn_reshape(x, RN_SHAPE(1, 2)), rn_reshape(x, RN_SHAPE(2, 1))));
        CHECK_EQ_I64(rn_engine().nodes_run, before);
        CHECK_NEAR(rn_item(y), tanh(5), 1e-12);
        CHECK(rn_engine().nodes_run > before);
        const int64_t after = rn_engine().nodes_run;
        CHECK_NEAR(rn_item(y), tanh(5), 1e-12);
        CHECK_EQ_I64(rn_engine().nodes_run, after); /* and nothing twice */
    }
    CHECK_OK();
}

RN_TEST(what_nobody_needs_is_not_computed)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(vector(1, 2), true), *g[2] = { NULL, NULL };
        rn_tensor *w = rn_require_grad(vector(1, 2), true);
        rn_tensor *loss = rn_sum(rn_mul(rn_tanh(x), w));
        CHECK(rn_grad(RN_LIST(loss), RN_LIST(x, w), .grads = g));
        rn_tensor *unneeded = rn_keep(rn_exp(x));
        rn_drop(unneeded);
        CHECK_NEAR(at(g[1], 0), tanh(1), 1e-12);
    }
    CHECK_OK();
}

RN_TEST(without_gradients_no_history_is_held)
{
    const int64_t live = rn_live_tensors();
    rn_tensor *y = NULL;
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(vector(1, 2), true);
        RN_NO_GRAD
        {
            y = rn_keep(rn_mul(x, x));
        }
        CHECK(!rn_requires_grad(y));
        CHECK(rn_eval(y));
    }
    CHECK_EQ_I64(rn_live_tensors() - live, 1);
    rn_drop(y);
    CHECK_OK();
}

RN_TEST(control_flow_may_depend_on_values)
{
    RN_SCOPE
    {
        rn_tensor *x = vector(40, 2);
        int steps = 0;
        while (rn_item(rn_sum(x)) > 1) {
            x = rn_mul_scalar(x, 0.5);
            steps++;
        }
        CHECK_EQ_I64(steps, 6);
    }
    CHECK_OK();
}

/* ---- gradients that nobody looks at ---- */

RN_TEST(gradients_that_were_never_computed_hold_nothing_alive)
{
    const int64_t live = rn_live_tensors();
    for (int i = 0; i < 3; i++) {
        RN_SCOPE
        {
            rn_tensor *x = rn_require_grad(vector(1, 2), true);
            CHECK(rn_backward(rn_sum(rn_mul(x, rn_mul(x, x))), .create_graph = i == 1));
            if (i == 2) CHECK_NEAR(at(rn_grad_of(x), 1), 12, 0);
        }
        CHECK_EQ_I64(rn_live_tensors(), live);
    }
    rn_tensor *w = NULL;
    RN_SCOPE w = rn_param("w", vector(1, 2));
    RN_SCOPE CHECK(rn_backward(rn_sum(rn_mul(w, rn_mul(w, w)))));
    rn_drop(w);
    CHECK_EQ_I64(rn_live_tensors(), live);
    CHECK_OK();
}

RN_TEST(a_detached_result_can_be_asked_for_its_gradient)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_require_grad(vector(1, 2), true), *h = rn_mul(x, x), *cut = rn_detach(h);
        CHECK(rn_require_grad(cut, true) == cut);
        CHECK(rn_backward(rn_sum(rn_mul(cut, cut))));
        CHECK_NEAR(at(rn_grad_of(cut), 1), 8, 0);
        CHECK(rn_grad_of(x) == NULL);
        CHECK(rn_require_grad(h, true) == h); /* gradients pass it already */
        CHECK(rn_require_grad(h, false) == NULL);
        CHECK_ERROR(RN_ERR_STATE, "was computed from something that wants a gradient");
        CHECK(!rn_assign(x, vector(3, 4)));
        CHECK_ERROR(RN_ERR_STATE, "neither a parameter nor a state");
    }
}
