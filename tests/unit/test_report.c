/* Descriptions of plans, and the limits of machines. */
#include "test.h"

#include "backend/limits.h"
#include "base/file.h"
#include "engine/record.h"
#include "engine/report.h"

#include <sys/stat.h>

static const rni_report_step *step_of(const rni_report_plan *p, const char *function)
{
    for (int64_t k = 0; k < p->n_steps; k++)
        if (strcmp(p->step[k].function, function) == 0) return &p->step[k];
    return NULL;
}

static const rni_reason *reason_of(const rni_report_plan *p, const char *from, const char *to)
{
    for (int64_t i = 0; i < p->why.n; i++)
        if (strcmp(p->why.at[i].from, from) == 0 && p->why.at[i].to && strcmp(p->why.at[i].to, to) == 0)
            return &p->why.at[i];
    return NULL;
}

/* relu(x w) twice as a chain of elementwise calls, and a sum. */
static rn_tensor *chain(rn_tensor *x, rn_tensor *w)
{
    rn_tensor *y = rn_tanh(rn_mul(rn_matmul(x, w), x));
    return rn_sum(rn_matmul(rn_exp(y), w), .axes = RN_AXES(0));
}

RN_TEST(reports_tell_steps_what_was_fused_and_why_others_were_not)
{
    rni_report *r = rni_report_new();
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(32, 32)), *w = rn_full(RN_SHAPE(32, 32), 0.01);
        rn_eval(x);
        rn_eval(w);
        RN_SCOPE
        {
            CHECK(rni_report_push(r));
            rn_eval(chain(x, w));
            CHECK(rn_ok());
        }
        CHECK_EQ_I64(r->n, 1);
        RN_SCOPE
        {
            rn_eval(rn_cos(x));
        } /* nobody asks any more */
    }
    CHECK_EQ_I64(r->n, 1);
    const rni_report_plan *p = r->plan[0];
    CHECK_EQ_I64(p->recorded.calls, 6);
    CHECK_EQ_I64(p->runs, 1);
    CHECK_EQ_STR(p->device, "cpu");
    CHECK_EQ_I64(p->given_bytes, 2 * 32 * 32 * 4);
    CHECK(p->recorded.peak >= 2 * 32 * 32 * 4 && p->peak > 0);
    CHECK(p->bytes < p->recorded.bytes && p->flop == p->recorded.flop);
    const rni_report_step *fused = step_of(p, "mul+tanh+exp"), *product = step_of(p, "matmul");
    CHECK(fused && product);
    CHECK_EQ_I64(fused->calls, 3);
    CHECK_EQ_I64(product->calls, 1);
    CHECK_NEAR(rni_report_flop(product), 2 * 32 * 32 * 32, 0);
    CHECK_EQ_STR(product->shapes, "f32[32, 32] f32[32, 32] -> f32[32, 32]");
    CHECK(product->seconds > 0 && !product->plain_c && !product->added);
    CHECK(product->n_inputs == 2 && product->input[0] < 0 && product->input[1] < 0);
    bool reads = false;
    for (int i = 0; i < fused->n_inputs; i++) reads |= fused->input[i] == (int32_t)(product - p->step);
    CHECK(reads);
    const rni_reason *why = reason_of(p, "matmul", "mul");
    CHECK(why && strstr(why->why, "kernel of its own"));
    CHECK_EQ_I64(why->count, 1);
    CHECK_NEAR(why->bytes, 32 * 32 * 4, 0);
    rni_report_free(r);
    CHECK_OK();
}

RN_TEST(reports_name_copies_that_the_compiler_puts_in_and_shapes_that_differ)
{
    rni_report *r = rni_report_new();
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(3, 4, 5)), *row = rn_ones(RN_SHAPE(5));
        rn_eval(x);
        rn_eval(row);
        rni_report_push(r);
        rn_eval(rn_cumsum(rn_transpose(x), 1));
        rn_eval(rn_add(rn_exp(row), x));
        rn_eval(rn_reshape(rn_transpose(x), RN_SHAPE(60)));
    }
    CHECK_OK();
    CHECK(r->n == 3);
    bool copied = false;
    for (int64_t i = 0; i < r->plan[2]->n_steps; i++) copied |= r->plan[2]->step[i].added != NULL;
    CHECK(copied && r->plan[2]->why.n > 0);
    CHECK_EQ_STR(r->plan[2]->why.at[0].pass, "layout");
    const rni_reason *shape = reason_of(r->plan[1], "exp", "add");
    CHECK(shape && strstr(shape->why, "different shapes"));
    rni_report_free(r);
}

static char logged[4096];

static void take_line(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level;
    const size_t n = strlen(logged);
    if (strcmp(topic, "plan") == 0) snprintf(logged + n, sizeof logged - n, "%s\n", text);
}

RN_TEST(the_log_of_plans_tells_calls_steps_bytes_and_reasons)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(16, 16));
        rn_eval(x);
        rn_log_set(take_line, NULL);
        CHECK(rn_log_levels("plan"));
        rn_eval(chain(x, x));
    }
    rn_log_set(NULL, NULL);
    rn_log_levels("warn");
    CHECK(strstr(logged, " calls (0 views) in ") && strstr(logged, "bytes moved instead of"));
    CHECK(strstr(logged, "fuse: matmul -> mul: it has a kernel of its own"));
    CHECK_OK();
}

RN_TEST(large_graphs_are_described_in_linear_time)
{
    rni_report *r = rni_report_new();
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(2, 2));
        rn_eval(x);
        rni_report_push(r);
        CHECK(rn_device_use("cpu"));
        for (int i = 0; i < 5000; i++) x = rn_relu(rn_matmul(x, x));
        rn_eval(x);
    }
    CHECK_OK();
    CHECK_EQ_I64(r->plan[0]->n_steps, 10000);
    CHECK(r->plan[0]->why.n <= 4);
    CHECK_EQ_I64(r->plan[0]->why.at[0].count > 4000, 1);
    rni_report_free(r);
}

RN_TEST(limits_are_kept_and_measured_again_where_the_file_is_broken)
{
    rn_limits first = { 0 }, again = { 0 };
    char name[512];
    const char *was = getenv("XDG_CACHE_HOME");
    char *before = was ? strdup(was) : NULL;
    setenv("XDG_CACHE_HOME", test_folder(), 1);
    rni_device *d = rni_default_device(NULL);
    CHECK(rni_limits_of(d, false, &first, name, sizeof name));
    CHECK(first.threads > 0 && first.f32[0] > 1e8 && first.memory[0] > 1e7 && first.cache[0] > 1e7);
    CHECK(first.f32[1] > 0 && first.memory[1] > 0);
    CHECK(rni_limits_of(d, false, &again, name, sizeof name));
    CHECK(again.f32[0] == first.f32[0] && again.cache[1] == first.cache[1]); /* not measured again */
    char file[600], command[700];
    snprintf(command, sizeof command, "ls %s/rensa/limits-*.json", test_folder());
    FILE *p = popen(command, "r");
    CHECK(p && fgets(file, sizeof file, p));
    pclose(p);
    file[strcspn(file, "\n")] = '\0';
    const char *const broken[] = { "{", "[1]", "{\"machine\": 3, \"f32_1\": -1}" };
    for (size_t i = 0; i < RN_COUNTOF(broken); i++) {
        CHECK(rni_file_write(file, broken[i], (int64_t)strlen(broken[i])));
        CHECK(rni_limits_of(d, false, &again, name, sizeof name));
        CHECK(again.f32[0] > 1e8 && rn_ok());
        CHECK(rni_file_bytes(file) > 100); /* and kept */
    }
    setenv("XDG_CACHE_HOME", "/dev/null/none", 1);
    CHECK(rni_limits_of(d, false, &again, name, sizeof name) && rn_ok());
    rni_device *ref = rni_device_open("ref", NULL);
    CHECK(!rni_limits_of(ref, false, &again, name, sizeof name) && rn_ok());
    if (before)
        setenv("XDG_CACHE_HOME", before, 1);
    else
        unsetenv("XDG_CACHE_HOME");
    free(before);
}
