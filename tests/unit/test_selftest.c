/* The op runner must see what is wrong: each row here has one defect, and one check that has to find it. */
#include "test.h"

#include "base/index.h"
#include "base/convert.h"

#include <string.h>

static bool same_shape(rn_infer *f)
{
    return rn_out(f, 0, f->dtype[0], *f->shape[0]);
}

static bool three_times(rn_vjp *v)
{
    v->gin[0] = rn_mul_scalar(v->gout[0], 3);
    return v->gin[0] != NULL;
}

static bool no_second_order(rn_vjp *v)
{
    /* right in value, but cut off from x */
    v->gin[0] = rn_mul(v->gout[0], rn_mul_scalar(rn_detach(v->in[0]), 2));
    return v->gin[0] != NULL;
}

/* Reads its input as if it lay row-major. */
static bool run_flat(rn_kernel_call *c)
{
    const rn_view *x = &c->in[0], *y = &c->out[0];
    for (int64_t i = 0; i < rni_view_count(y); i++) {
        const int64_t at = i * rn_dtype_bytes(x->dtype);
        rni_store(y->dtype, (char *)y->data + at, rni_load(x->dtype, (const char *)x->data + at));
    }
    return true;
}

/* Gives another result each time. */
static bool run_counting(rn_kernel_call *c)
{
    static double calls;
    calls++;
    for (int64_t i = 0; i < rni_view_count(&c->out[0]); i++)
        rni_store(c->out[0].dtype, (char *)c->out[0].data + i * rn_dtype_bytes(c->out[0].dtype), calls);
    return true;
}

static rn_tensor *kept[8];
static int n_kept;

static bool keeps_one(rn_call_info *c)
{
    c->out[0] = rn_add_scalar(c->in[0], 1);
    if (n_kept < (int)RN_COUNTOF(kept)) kept[n_kept++] = rn_keep(c->out[0]);
    return c->out[0] != NULL;
}

#define DOC                                                                                                            \
    {                                                                                                                  \
        .brief = "For the test.", .errors = "none", .since = "0.1"                                                     \
    }
#define CASE(...)                                                                                                      \
    (const rn_case[])                                                                                                  \
    {                                                                                                                  \
        __VA_ARGS__,                                                                                                   \
        {                                                                                                              \
            0                                                                                                          \
        }                                                                                                              \
    }

static const rn_op rows[] = {
    { .name = "bad_gradient",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = 2 * x",
      .vjp = "gx = 3 * gy",
      .doc = DOC,
      .cases = CASE({ .in = "x:f32[3]" }) },
    { .name = "bad_second",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = x * x",
      .backward = no_second_order,
      .doc = DOC,
      .cases = CASE({ .in = "x:f32[3]" }) },
    { .name = "bad_strides",
      .kind = RN_KERNEL,
      .inputs = "x",
      .infer = same_shape,
      .run = run_flat,
      .backward = three_times,
      .doc = DOC,
      .cases = CASE({ .in = "x:f32[3,2]" }) },
    { .name = "bad_repeat",
      .kind = RN_KERNEL,
      .flags = RN_OP_NO_GRAD,
      .inputs = "x",
      .infer = same_shape,
      .run = run_counting,
      .doc = DOC,
      .cases = CASE({ .in = "x:f32[3]" }) },
    { .name = "bad_refusal",
      .kind = RN_MAP,
      .inputs = "x, z",
      .expr = "y = x + z",
      .doc = DOC,
      .cases =
          CASE({ .in = "x:f32[3] z:f32[3]", .fails = "anything" }, { .in = "x:f32[3] z:f32[4]", .fails = "rank" }) },
    { .name = "bad_leak",
      .kind = RN_FUNCTION,
      .inputs = "x",
      .build = keeps_one,
      .doc = DOC,
      .cases = CASE({ .in = "x:f32[3]" }) },
    { .name = "bad_text",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = x",
      .doc = DOC,
      .cases = CASE({ .in = "x:f32[3" }, { .in = "z:f32[3]" }, { .in = "x:f31[3]" }, { .in = "x:f32[3]{=1,2}" },
                    { .in = "x:f32[3]", .with = "k=1" }) },
    { .name = "doubled",
      .kind = RN_MAP,
      .inputs = "x",
      .expr = "y = 2 * x",
      .doc = DOC,
      .cases = CASE({ .in = "x:f32[2]{=1,2}" }) },
    { .name = "bad_doc", .kind = RN_MAP, .inputs = "x", .expr = "y = x", .cases = CASE({ .in = "x:f32[3]" }) },
};

static void register_rows(void)
{
    static bool registered;
    for (size_t i = 0; !registered && i < RN_COUNTOF(rows); i++) CHECK(rn_op_register(&rows[i]));
    registered = true;
}

/* Runs the tests whose names contain `only`; how many failed, and what was written. */
static int64_t failures(const char *only, char *text, size_t size)
{
    register_rows();
    rn_selftest_counts counts;
    FILE *to = tmpfile();
    CHECK(to != NULL);
    rn_selftest(.only = only, .to = to, .counts = &counts);
    CHECK_OK();
    rewind(to);
    const size_t n = fread(text, 1, size - 1, to);
    text[n] = '\0';
    fclose(to);
    return counts.failed;
}

RN_TEST(a_wrong_gradient_is_found_with_both_values)
{
    char text[8192];
    CHECK_EQ_I64(failures("bad_gradient/grad/", text, sizeof text), 1);
    CHECK(strstr(text, "FAILED bad_gradient/grad/x:f32[3]@"));
    CHECK(strstr(text, "gradient by x along direction 0: have "));
    CHECK(strstr(text, "x f32[3] = "));
    CHECK_EQ_I64(failures("bad_gradient/forward/", text, sizeof text), 0);
}

RN_TEST(a_wrong_second_gradient_is_found)
{
    char text[8192];
    CHECK_EQ_I64(failures("bad_second/grad/", text, sizeof text), 0);
    CHECK_EQ_I64(failures("bad_second/grad2/", text, sizeof text), 1);
    CHECK(strstr(text, "second gradient by x"));
}

RN_TEST(a_kernel_that_ignores_strides_is_found)
{
    char text[8192];
    CHECK_EQ_I64(failures("bad_strides/forward/x:f32[", text, sizeof text), 0);
    CHECK_EQ_I64(failures("bad_strides/columns/", text, sizeof text), 1);
    CHECK(strstr(text, "result y["));
    CHECK(failures("bad_strides/stepped/", text, sizeof text) > 0);
    CHECK(failures("bad_strides/reversed/", text, sizeof text) > 0);
    CHECK(failures("bad_strides/flat/", text, sizeof text) > 0);
    CHECK_EQ_I64(failures("bad_strides/shifted/", text, sizeof text), 0);
}

RN_TEST(results_that_change_from_run_to_run_are_found)
{
    char text[8192];
    CHECK_EQ_I64(failures("bad_repeat/seed/", text, sizeof text), 1);
    CHECK_EQ_I64(failures("bad_repeat/eager/", text, sizeof text), 1);
}

RN_TEST(calls_that_should_be_refused_are_found)
{
    char text[8192];
    CHECK_EQ_I64(failures("bad_refusal/fails/", text, sizeof text), 2);
    CHECK(strstr(text, "the call was accepted; wanted a refusal with \"anything\""));
    CHECK(strstr(text, "it was refused otherwise: RN_ERR_SHAPE"));
}

RN_TEST(tensors_that_are_left_over_are_found)
{
    char text[8192];
    const int64_t live = rn_live_tensors();
    CHECK_EQ_I64(failures("bad_leak/forward/x:f32", text, sizeof text), 1);
    CHECK(strstr(text, "tensors are left over"));
    CHECK(rn_live_tensors() > live);
    while (n_kept > 0) rn_drop(kept[--n_kept]);
}

RN_TEST(cases_that_cannot_be_understood_are_failures)
{
    char text[16384];
    CHECK_EQ_I64(failures("bad_text/row/x", text, sizeof text) + failures("bad_text/row/z", text, sizeof text), 5);
    CHECK_EQ_I64(failures("bad_doc/row/", text, sizeof text), 1);
    CHECK(strstr(text, "doc.brief"));
}

RN_TEST(every_name_can_be_run_alone_and_listed)
{
    char text[8192];
    rn_selftest_counts counts;
    rn_selftest(.only = "leaky_relu/grad/x:f32[2,3]@ref", .device = "ref", .counts = &counts);
    CHECK_EQ_I64(counts.passed, 1);
    CHECK_EQ_I64(counts.failed, 0);
    FILE *to = tmpfile();
    rn_selftest(.only = "leaky_relu/", .list = true, .to = to, .counts = &counts);
    rewind(to);
    text[fread(text, 1, sizeof text - 1, to)] = '\0';
    fclose(to);
    CHECK_EQ_I64(counts.passed, 0);
    CHECK(strstr(text, "leaky_relu/grad/x:f32[2,3]@"));
}

RN_TEST(an_unknown_device_is_an_error_of_the_call)
{
    CHECK(!rn_selftest(.device = "nowhere"));
    CHECK(rn_error_last() && strstr(rn_error_last()->message, "librensa_nowhere.so"));
    rn_error_clear();
}

/* ---- stored results ---- */

/* Runs the tests whose names contain `only` with one stored record; how many failed, and what was written. */
static int64_t golden_failures(const char *record, const char *only, char *text, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, "%s/one.txt", test_folder());
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    fputs(record, f);
    fclose(f);
    register_rows();
    rn_selftest_counts counts = { 0 };
    FILE *to = tmpfile();
    rn_selftest(.only = only, .golden = test_folder(), .to = to, .counts = &counts, .verbose = true);
    rewind(to);
    text[fread(text, 1, size - 1, to)] = '\0';
    fclose(to);
    return counts.failed;
}

#define DOUBLED "case doubled x:f32[2]{=1,2}\n"

RN_TEST(stored_results_are_compared)
{
    char text[8192];
    const char *only = "doubled/golden/";
    CHECK_EQ_I64(golden_failures(DOUBLED "out y f64[2] 2 4\ngrad x f64[2] 1.375 2.125\n", only, text, sizeof text), 0);
    CHECK(strstr(text, "passed doubled/golden/x:f32[2]{=1,2}@"));
    CHECK_EQ_I64(golden_failures(DOUBLED "out y f64[2] 2 7\n", only, text, sizeof text), 1);
    CHECK(strstr(text, "in f64 y[1]: have 4, want 7"));
    CHECK_EQ_I64(golden_failures(DOUBLED "out y f64[2] 2 4\ngrad x f64[2] 0*2\n", only, text, sizeof text), 1);
    CHECK(strstr(text, "gradient of x[0]: have 1.375, want 0"));
    CHECK_EQ_I64(golden_failures(DOUBLED "out y i64[2] 2 4\n", only, text, sizeof text), 1);
    CHECK(strstr(text, "y: have type f32, want i64"));
    CHECK_OK();
}

RN_TEST(each_case_has_a_stored_result_or_a_reason)
{
    char text[8192];
    const char *only = "doubled/golden/";
    CHECK_EQ_I64(golden_failures("# nothing\n", only, text, sizeof text), 1);
    CHECK(strstr(text, "no result of another implementation is stored"));
    CHECK_EQ_I64(golden_failures("row doubled\nnone of no use\n", only, text, sizeof text), 0);
    CHECK(strstr(text, "skipped doubled/golden/x:f32[2]{=1,2}@"));
    CHECK(strstr(text, ": of no use"));
    CHECK_EQ_I64(golden_failures("case doubled x:f32[7]\nout y f64[7] 0*7\n", "unused/doubled", text, sizeof text), 1);
    CHECK(strstr(text, "one.txt:1: the table has no such case"));
    CHECK_OK();
}

RN_TEST(malformed_stored_results_name_the_line)
{
    char text[8192];
    const char *const bad[] = { "out y f64[2] 2\n",    "out y f64[2] 1 2 3\n", "out y f64[-1]\n", "out q f64[1] 1\n",
                                "grad q f64[2] 1 2\n", "out y f64[2] 1*3\n",   "out y f64[2 1\n", "result 3\n" };
    for (size_t i = 0; i < RN_COUNTOF(bad); i++) {
        char record[128];
        snprintf(record, sizeof record, "%s# a comment\n%s", DOUBLED, bad[i]);
        CHECK_EQ_I64(golden_failures(record, "doubled/golden/", text, sizeof text), 1);
        CHECK(strstr(text, "one.txt:3: a line of a record that is not understood"));
    }
    golden_failures("out y f64[2] 1 2\n", "doubled/golden/", text, sizeof text);
    CHECK_ERROR(RN_ERR_FORMAT, "one.txt:1: no case or row before it");
    golden_failures(DOUBLED DOUBLED, "doubled/golden/", text, sizeof text);
    CHECK_ERROR(RN_ERR_FORMAT, ": a second record of this name");
}

RN_TEST(a_part_of_a_name_begins_a_word)
{
    char text[8192];
    CHECK_EQ_I64(failures("gradient/grad/", text, sizeof text), 0); /* not bad_gradient/grad/ */
    CHECK_EQ_I64(failures("bad_gradient/grad/x:f32[3]@", text, sizeof text), 1);
}
