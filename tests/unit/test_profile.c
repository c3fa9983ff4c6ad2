/* Hooks around steps, and what is made of them: profiles and traces. */
#include "test.h"

#include "base/json.h"

#include <pthread.h>

typedef struct {
    char text[4096];
    int begins, ends, removed;
    int fail_at; /* begin number that fails, 0: none */
    bool raise;
    rn_function_run last;
    char function[64];
} notes;

static void note(notes *n, const char *what, const rn_function_run *run)
{
    const size_t at = strlen(n->text);
    snprintf(n->text + at, sizeof n->text - at, "%s %s%s%s\n", what, run->grad_of ? run->grad_of : "",
             run->grad_of ? "' " : "", run->function);
}

static bool on_begin(void *user, const rn_function_run *run)
{
    notes *n = user;
    note(n, "begin", run);
    CHECK(run->seconds == 0);
    if (++n->begins != n->fail_at) return true;
    return n->raise ? rn_fail(RN_ERR_ARG, NULL, "this step is not liked") : false;
}

static bool on_end(void *user, const rn_function_run *run)
{
    notes *n = user;
    note(n, "end", run);
    n->ends++;
    n->last = *run;
    snprintf(n->function, sizeof n->function, "%s", run->function);
    return true;
}

static void on_removed(void *user)
{
    ((notes *)user)->removed++;
}

static const rn_function_hook hook = { .name = "notes", .begin = on_begin, .end = on_end, .removed = on_removed };

static rn_tensor *square(void)
{
    return rn_matmul(rn_ones(RN_SHAPE(8, 8)), rn_full(RN_SHAPE(8, 8), 2));
}

RN_TEST(hooks_see_the_steps_that_run_and_what_they_are)
{
    notes n = { 0 };
    int line = 0;
    RN_SCOPE
    {
        rn_tensor *a = rn_ones(RN_SHAPE(8, 4)), *b = rn_full(RN_SHAPE(4, 2), 3);
        rn_eval(a);
        rn_eval(b);
        CHECK(rn_function_hook_push(&hook, &n));
        line = __LINE__ + 1;
        rn_tensor *y = rn_matmul(a, b);
        CHECK(rn_eval(y));
        CHECK(rn_function_hook_pop());
        CHECK_NEAR(rn_item(rn_max(y)), 12, 0);
        CHECK_NEAR(rn_item(rn_sum(a)), 32, 0);
    }
    CHECK_EQ_STR(n.text, "begin matmul\nend matmul\n");
    CHECK_EQ_I64(n.removed, 1);
    CHECK_EQ_I64(n.last.site.line, line);
    CHECK(strstr(n.last.site.file, "test_profile.c"));
    CHECK_EQ_I64(n.last.n_in, 2);
    CHECK_EQ_I64(n.last.n_out, 1);
    CHECK_EQ_I64(n.last.steps, 1);
    CHECK(n.last.seconds > 0 && n.last.begin > 0 && n.last.plan > 0);
    CHECK_NEAR(n.last.flop, 2 * 8 * 4 * 2, 0);
    CHECK_NEAR(n.last.bytes, 4 * (32 + 8 + 16), 0);
    CHECK(n.last.bytes_live >= 64 && n.last.bytes_used >= n.last.bytes_live);
    CHECK_OK();
}

/* Counts results that lie over an input. */
static bool count_overwrites(void *user, const rn_function_run *run)
{
    for (int i = 0; i < run->n_in; i++)
        for (int o = 0; o < run->n_out; o++) *(int *)user += run->in[i].data == run->out[o].data;
    return true;
}

static int overwrites(const char *device)
{
    static const rn_function_hook counts = { .end = count_overwrites };
    int n = 0;
    CHECK(rn_device_use(device));
    RN_SCOPE
    {
        rn_tensor *w = rn_param("w", rn_ones(RN_SHAPE(8, 8)));
        rn_eval(w);
        rn_function_hook_push(&counts, &n);
        for (int i = 0; i < 2; i++)
            RN_SCOPE CHECK(rn_assign(w, rn_mul_scalar(rn_exp(rn_matmul(w, w)), 1e-9)) && rn_eval(w));
        CHECK(rn_item(rn_max(w)) > 0);
        rn_drop(w);
    }
    CHECK_OK();
    return n;
}

RN_TEST(every_value_that_is_checked_has_memory_of_its_own)
{
    CHECK(overwrites("cpu") > 0);
    CHECK_EQ_I64(overwrites("check:cpu"), 0);
    CHECK(rn_device_use("cpu"));
}

RN_TEST(hooks_nest_and_end_with_their_scope)
{
    notes outer = { 0 }, inner = { 0 };
    CHECK_EQ_I64(rn_function_hook_count(), 0);
    RN_SCOPE
    {
        rn_function_hook_push(&hook, &outer);
        RN_SCOPE
        {
            rn_function_hook_push(&hook, &inner);
            CHECK_EQ_I64(rn_function_hook_count(), 2);
            rn_eval(square());
        }
        CHECK_EQ_I64(rn_function_hook_count(), 1);
        CHECK_EQ_I64(inner.removed, 1);
        CHECK_EQ_I64(outer.removed, 0);
        CHECK(!rn_function_hook_push(NULL, NULL));
        CHECK_ERROR(RN_ERR_ARG, "hook is NULL");
    }
    CHECK_EQ_I64(rn_function_hook_count(), 0);
    CHECK_EQ_I64(outer.removed, 1);
    CHECK(inner.ends > 0 && inner.ends == outer.ends);
    CHECK(!rn_function_hook_pop());
    CHECK_ERROR(RN_ERR_STATE, "this scope has no hook");
    RN_SCOPE
    {
        const int level = rn_scope_begin();
        rn_function_hook_push(&hook, &inner);
        (void)level; /* a return out of a block ends the scope later */
    }
    CHECK_EQ_I64(rn_function_hook_count(), 0);
}

RN_TEST(hooks_of_an_outer_scope_are_not_popped_inside)
{
    notes n = { 0 };
    RN_SCOPE
    {
        rn_function_hook_push(&hook, &n);
        RN_SCOPE
        {
            CHECK(!rn_function_hook_pop());
            CHECK_ERROR(RN_ERR_STATE, "this scope has no hook");
        }
        CHECK_EQ_I64(rn_function_hook_count(), 1);
    }
}

RN_TEST(hooks_name_gradients_and_keep_the_order_of_nesting)
{
    notes n = { 0 };
    RN_SCOPE
    {
        rn_tensor *w = rn_param("w", rn_full(RN_SHAPE(4, 4), 0.5));
        rn_tensor *y = rn_sum(rn_tanh(rn_matmul(rn_ones(RN_SHAPE(4, 4)), w)));
        rn_function_hook_push(&hook, &n);
        rn_backward(y);
        rn_eval(rn_grad_of(w));
        rn_drop(w);
    }
    CHECK(strstr(n.text, "matmul' "));
    CHECK_EQ_I64(n.begins, n.ends);
    CHECK_OK();
}

static bool look_inside(void *user, const rn_function_run *run)
{
    (void)run;
    return rn_item(user) > 0;
}

static bool push_inside(void *user, const rn_function_run *run)
{
    (void)run;
    return rn_function_hook_push(&hook, user);
}

RN_TEST(hooks_that_fail_end_the_evaluation_with_their_error)
{
    notes n = { .fail_at = 1, .raise = true }, silent = { .fail_at = 1 }, before = { 0 };
    RN_SCOPE
    {
        rn_function_hook_push(&hook, &before);
        rn_function_hook_push(&hook, &n);
        CHECK(!rn_eval(square()));
        CHECK_ERROR(RN_ERR_ARG, "this step is not liked");
        CHECK_EQ_I64(n.ends, 0);
        CHECK_EQ_I64(before.ends, before.begins); /* who began is told of the end */
    }
    RN_SCOPE
    {
        rn_function_hook_push(&hook, &silent);
        CHECK(!rn_eval(square()));
        CHECK_ERROR(RN_ERR_INTERNAL, "its begin failed without saying why");
    }
    RN_SCOPE
    {
        rn_tensor *other = rn_exp(rn_ones(RN_SHAPE(1)));
        static const rn_function_hook looks = { .name = "looks", .begin = look_inside };
        rn_function_hook_push(&looks, other);
        CHECK(!rn_eval(square()));
        CHECK_ERROR(RN_ERR_STATE, "a hook cannot look at values");
    }
    RN_SCOPE
    {
        static const rn_function_hook pushes = { .end = push_inside };
        rn_function_hook_push(&pushes, &n);
        CHECK(!rn_eval(square()));
        CHECK_ERROR(RN_ERR_STATE, "a hook cannot add or remove hooks");
        CHECK_EQ_I64(rn_function_hook_count(), 1);
    }
    RN_SCOPE
    {
        CHECK_NEAR(rn_item(rn_max(square())), 16, 0);
    } /* and the plan still runs */
    CHECK_OK();
}

RN_TEST(hooks_do_not_change_values_or_compile_anything_anew)
{
    notes n = { 0 };
    double want = 0;
    for (int i = 0; i < 4; i++) RN_SCOPE
        {
            rn_tensor *y = rn_sum(rn_exp(rn_add(rn_full(RN_SHAPE(100), 0.01), rn_ones(RN_SHAPE(1)))));
            if (i >= 2) rn_function_hook_push(&hook, &n);
            const int64_t compiled = rn_engine().plans_compiled;
            const double have = rn_item(y);
            if (i == 0) want = have;
            CHECK_NEAR(have, want, 0);
            if (i > 0) CHECK_EQ_I64(rn_engine().plans_compiled, compiled);
        }
    CHECK(n.begins > 0);
    CHECK_OK();
}

/* ---- profiles ---- */

RN_TEST(profiles_add_up_calls_by_function_and_by_line)
{
    rn_profile *p = rn_profile_new();
    for (int i = 0; i < 5; i++) RN_SCOPE
        {
            CHECK(rn_profile_push(p));
            rn_eval(rn_matmul(rn_ones(RN_SHAPE(64, 64)), rn_ones(RN_SHAPE(64, 64))));
            rn_eval(rn_sum(rn_ones(RN_SHAPE(16))));
        }
    rn_profile_row m = { 0 };
    double seconds = 0;
    for (int64_t i = 0; i < rn_profile_count(p, RN_PROFILE_FUNCTION); i++) {
        const rn_profile_row r = rn_profile_row_at(p, RN_PROFILE_FUNCTION, i);
        if (strcmp(r.function, "matmul") == 0) m = r;
        CHECK(i == 0 || r.seconds <= rn_profile_row_at(p, RN_PROFILE_FUNCTION, i - 1).seconds);
        CHECK(r.shortest <= r.longest && r.longest <= r.seconds);
        seconds += r.seconds;
    }
    CHECK_EQ_I64(m.calls, 5);
    CHECK_NEAR(m.flop, 5 * 2.0 * 64 * 64 * 64, 0);
    CHECK(m.bytes_live >= 64 * 64 * 4);
    CHECK_NEAR(seconds, rn_profile_seconds(p), 1e-9);
    CHECK(rn_profile_count(p, RN_PROFILE_LINE) >= 2);
    CHECK(rn_profile_row_at(p, RN_PROFILE_LINE, -1).function == NULL);
    CHECK(rn_profile_row_at(p, RN_PROFILE_LINE, 9999).function == NULL);
    const char *path = test_path("profile.json");
    CHECK(rn_profile_save(p, path));
    rni_json *j = rni_json_load(path, 0);
    CHECK_OK();
    CHECK_EQ_I64(rni_json_count(rni_json_get(j, "functions")), rn_profile_count(p, RN_PROFILE_FUNCTION));
    CHECK(rni_json_number(rni_json_get(j, "seconds")) > 0);
    rni_json_free(j);
    FILE *f = fopen(test_path("profile.txt"), "w+");
    CHECK(rn_profile_print(p, f));
    rewind(f);
    char line[512];
    int lines = 0;
    for (; fgets(line, sizeof line, f); lines++) CHECK(strlen(line) <= 101);
    fclose(f);
    CHECK(lines > 6);
    CHECK(!rn_profile_save(p, "/nowhere/at/all.json"));
    CHECK_ERROR(RN_ERR_IO, "/nowhere/at/all.json");
    rn_profile_free(p);
    rn_profile_free(NULL);
    CHECK(!rn_profile_push(NULL));
    CHECK_ERROR(RN_ERR_ARG, "profile is NULL");
}

/* ---- traces ---- */

static void *run_in_thread(void *trace)
{
    RN_SCOPE
    {
        rn_trace_push(trace);
        rn_eval(square());
    }
    return rn_ok() ? NULL : trace;
}

RN_TEST(traces_are_events_that_chrome_reads)
{
    const char *path = test_path("trace.json");
    rn_trace *t = rn_trace_open(path);
    pthread_t other;
    void *failed = t;
    RN_SCOPE
    {
        CHECK(rn_trace_push(t));
        for (int i = 0; i < 3; i++) rn_eval(square());
    }
    RN_SCOPE
    {
        CHECK(rn_trace_push(t));
    } /* again: the same thread */
    CHECK(pthread_create(&other, NULL, run_in_thread, t) == 0);
    pthread_join(other, &failed);
    CHECK(failed == NULL);
    CHECK(rn_trace_close(t));
    rni_json *j = rni_json_load(path, 0);
    CHECK_OK();
    const rni_json *events = rni_json_get(j, "traceEvents");
    int64_t bars = 0, counters = 0, names = 0, second = 0, runs = 0;
    for (int64_t i = 0; i < rni_json_count(events); i++) {
        const rni_json *e = rni_json_at(events, i);
        const char *phase = rni_json_string(rni_json_get(e, "ph")), *name = rni_json_string(rni_json_get(e, "name"));
        CHECK(rni_json_number(rni_json_get(e, "ts")) >= 0 && rni_json_int(rni_json_get(e, "pid")) == 1);
        second += rni_json_int(rni_json_get(e, "tid")) == 2;
        names += strcmp(phase, "M") == 0;
        counters += strcmp(phase, "C") == 0;
        if (strcmp(phase, "X") != 0) continue;
        CHECK(rni_json_number(rni_json_get(e, "dur")) >= 0);
        runs += strcmp(name, "evaluation") == 0;
        bars += strcmp(name, "matmul") == 0;
    }
    CHECK_EQ_I64(bars, 4);
    CHECK_EQ_I64(names, 2);
    CHECK(counters >= 4 && runs >= 4 && second > 0);
    rni_json_free(j);
    CHECK(rn_trace_open("/nowhere/at/all.json") == NULL);
    CHECK_ERROR(RN_ERR_IO, "/nowhere/at/all.json");
    CHECK(rn_trace_close(NULL));
}

RN_TEST(traces_of_many_steps_stay_bounded_and_say_so)
{
    const char *path = test_path("long.json");
    rn_trace *t = rn_trace_open(path);
    CHECK(rn_device_use("null"));
    RN_SCOPE
    {
        rn_trace_push(t);
        for (int i = 0; i < 300; i++) RN_SCOPE
            {
                rn_tensor *x = rn_ones(RN_SHAPE(2, 2));
                for (int k = 0; k < 1000; k++) x = rn_matmul(x, x);
                rn_eval(x);
            }
    }
    CHECK(rn_device_use("cpu"));
    CHECK(rn_trace_close(t));
    rni_json *j = rni_json_load(path, 1 << 28);
    CHECK_OK();
    CHECK(rni_json_int(rni_json_get(rni_json_get(j, "otherData"), "steps left out")) > 90000);
    CHECK(rni_json_count(rni_json_get(j, "traceEvents")) < 500000);
    rni_json_free(j);
}

static bool twice(void *user, rn_tensor *const *in, rn_tensor **out)
{
    ++*(int *)user;
    out[0] = rn_matmul(in[0], in[0]);
    return true;
}

RN_TEST(hooks_see_replays_of_recorded_steps)
{
    int calls = 0;
    notes n = { 0 };
    rn_step *s = rn_step_new(twice, &calls, .inputs = 1, .outputs = 1);
    for (int i = 0; i < 6; i++) RN_SCOPE
        {
            rn_tensor *x = rn_ones(RN_SHAPE(4, 4));
            rn_eval(x);
            rn_function_hook_push(&hook, &n);
            rn_eval(rn_step_call(s, x));
        }
    CHECK_OK();
    CHECK(calls < 6); /* some were replays */
    CHECK_EQ_I64(n.ends, 6);
    rn_step_free(s);
}
