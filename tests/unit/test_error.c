/* Errors: the first one stands, knows its place and the way of its NULL, and travels between threads. */
#include "test.h"

#include "base/error.h"

#include <pthread.h>

RN_TEST(the_first_failure_stands)
{
    CHECK(rn_ok());
    CHECK(rn_error_last() == NULL);
    CHECK(!rn_fail(RN_ERR_IO, NULL, "first %d", 1));
    CHECK(!rn_fail(RN_ERR_ARG, NULL, "second"));
    rni_error_add("hint", "belongs to the second"); /* and so is not added to the first */
    CHECK(!rn_ok());
    CHECK_EQ_I64(rn_error_last()->status, RN_ERR_IO);
    CHECK_EQ_STR(rn_error_last()->message, "first 1");
    rn_error_clear();
    CHECK(rn_ok());
    CHECK(rn_error_last() == NULL);
}

RN_TEST(details_are_lines_of_their_own)
{
    const rn_site site = { "some/where/train.c", "f", 41, 0 };
    rni_fail(RN_ERR_SHAPE, &site, "conv2d", "channels differ");
    rni_error_add("expect", "w.shape[1] == %d", 3);
    rni_error_add("hint", "gray?");
    CHECK_EQ_STR(rn_error_last()->message,
                 "train.c:41: conv2d: channels differ\n  expect  w.shape[1] == 3\n  hint    gray?");
    CHECK_EQ_STR(rn_error_last()->site.file, "some/where/train.c");
    CHECK_EQ_STR(rn_error_last()->site.func, "f");
    rn_error_clear();
}

RN_TEST(the_trail_names_the_calls_that_got_the_null)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_matmul(rn_zeros(RN_SHAPE(2, 3)), rn_zeros(RN_SHAPE(2, 3)));
        rn_tensor *y = rn_relu(x);
        const int line = __LINE__ - 1;
        rn_tensor *z = rn_add(y, y);
        CHECK(z == NULL && isnan(rn_item(z)));
        char want[128];
        snprintf(want, sizeof want, "via     test_error.c:%d relu, test_error.c:%d add, ", line, line + 2);
        CHECK(strstr(rn_error_last()->message, want));
        CHECK_EQ_I64(rn_error_last()->trail_count, 3);
        CHECK_EQ_I64(rn_error_last()->trail[0].site.line, line);
        CHECK_EQ_STR(rn_error_last()->trail[0].what, "relu");
        rn_error_clear();
    }
}

RN_TEST(the_trail_names_a_call_in_a_loop_once)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_matmul(rn_zeros(RN_SHAPE(2, 3)), rn_zeros(RN_SHAPE(2, 3)));
        for (int i = 0; i < 5; i++) CHECK(rn_relu(rn_neg(x)) == NULL);
        CHECK_EQ_I64(rn_error_last()->trail_count, 2);
        rn_error_clear();
    }
}

RN_TEST(a_long_trail_keeps_its_beginning)
{
    const rn_site site = { "a.c", "f", 7, 0 };
    rni_fail(RN_ERR_ARG, &site, "x", "bad");
    for (int i = 0; i < 100; i++) rni_error_trail(&(rn_site){ "a.c", "f", i, 0, NULL }, "call");
    CHECK_EQ_I64(rn_error_last()->trail_count, RN_TRAIL_MAX);
    CHECK_EQ_I64(rn_error_last()->trail[RN_TRAIL_MAX - 1].site.line, RN_TRAIL_MAX - 1);
    rn_error_clear();
}

RN_TEST(texts_longer_than_the_record_are_cut_not_overrun)
{
    char *big = malloc(20001);
    memset(big, 'x', 20000);
    big[20000] = '\0';
    rni_fail(RN_ERR_ARG, &(rn_site){ big, "f", 1, 0, NULL }, big, "%s", big);
    rni_error_add("hint", "%s", big);
    for (int i = 0; i < 20; i++) rni_error_trail(&(rn_site){ big, "f", i, 0, NULL }, big);
    const size_t n = strlen(rn_error_last()->message);
    CHECK(n > 1000 && n < 20000);
    rn_error_clear();
    free(big);
}

RN_TEST(a_pending_error_stops_functions_but_not_releases)
{
    const int64_t live = rn_live_tensors();
    RN_SCOPE
    {
        rn_tensor *x = rn_keep(rn_zeros(RN_SHAPE(2)));
        rn_fail(RN_ERR_STATE, NULL, "held");
        CHECK(rn_zeros(RN_SHAPE(2)) == NULL);
        CHECK(rn_array(RN_F32, RN_SHAPE(2), NULL) == NULL);
        CHECK(rn_param("w", x) == NULL);
        CHECK(!rn_eval(x));
        CHECK(!rn_backward(x));
        rn_drop(x);
    }
    CHECK_EQ_I64(rn_live_tensors(), live);
    CHECK_ERROR(RN_ERR_STATE, "held");
}

RN_TEST(the_report_prints_and_forgets)
{
    FILE *f = tmpfile();
    CHECK_EQ_I64(rn_report_error(f), 0);
    rn_fail(RN_ERR_IO, &(rn_site){ "x/y.c", "f", 3, 0, NULL }, "gone");
    CHECK_EQ_I64(rn_report_error(f), 1);
    CHECK(rn_ok());
    char text[64] = "";
    rewind(f);
    CHECK(fgets(text, sizeof text, f) != NULL);
    CHECK_EQ_STR(text, "y.c:3: gone\n");
    fclose(f);
}

RN_TEST(every_status_has_a_name)
{
    CHECK_EQ_STR(rn_status_name(RN_ERR_SHAPE), "RN_ERR_SHAPE");
    CHECK_EQ_STR(rn_status_name(RN_ERR_INTERNAL), "RN_ERR_INTERNAL");
    CHECK_EQ_STR(rn_status_name((rn_status)99), "RN_ERR_UNKNOWN");
    CHECK_EQ_STR(rn_status_name((rn_status)-1), "RN_ERR_UNKNOWN");
}

static void *fail_in_thread(void *user)
{
    rni_fail(RN_ERR_DEVICE, &(rn_site){ "w.c", "f", 5, 0, NULL }, "worker", "broke");
    rni_error_add("in", "a thread");
    *(rni_error_copy **)user = rni_error_take();
    return rn_ok() ? user : NULL;
}

RN_TEST(an_error_travels_to_the_thread_that_waits_for_it)
{
    pthread_t thread;
    rni_error_copy *copy = NULL;
    void *cleared;
    pthread_create(&thread, NULL, fail_in_thread, &copy);
    pthread_join(thread, &cleared);
    CHECK(cleared != NULL);
    CHECK(rn_ok()); /* errors are a thread's own */
    rni_error_give(copy);
    CHECK_ERROR(RN_ERR_DEVICE, "w.c:5: worker: broke\n  in      a thread");
    rni_error_give(NULL);
    CHECK(rni_error_take() == NULL);
    rn_fail(RN_ERR_IO, NULL, "already here");
    rni_error_copy *mine = rni_error_take();
    rn_fail(RN_ERR_ARG, NULL, "newer");
    rni_error_give(mine); /* the one that is pending stands */
    CHECK_ERROR(RN_ERR_ARG, "newer");
}

RN_TEST(calls_inside_a_composition_name_the_line_of_its_caller)
{
    const rn_site outer = { "user.c", "main", 12, 0 };
    const rn_site *before = rni_site_enter(&outer);
    CHECK(rn_matmul(rn_zeros(RN_SHAPE(2)), rn_zeros(RN_SHAPE(2))) == NULL);
    rni_site_enter(before);
    CHECK_EQ_STR(rn_error_last()->site.file, "user.c");
    CHECK_ERROR(RN_ERR_SHAPE, "user.c:12: matmul");
}

RN_TEST(a_null_tensor_is_an_error_that_names_the_argument)
{
    RN_SCOPE
    {
        CHECK(rn_add(rn_zeros(RN_SHAPE(1)), NULL) == NULL);
        CHECK_ERROR(RN_ERR_ARG, "add: z is NULL");
        CHECK(!rn_assign(NULL, rn_zeros(RN_SHAPE(1))));
        CHECK_ERROR(RN_ERR_ARG, "assign: the tensor is NULL");
        CHECK(isnan(rn_item(NULL)));
        CHECK_ERROR(RN_ERR_ARG, "item");
        CHECK(rn_tensor_rank(NULL) == 0 && rn_tensor_count(NULL) == 0 && rn_tensor_dtype(NULL) == RN_DTYPE_NONE);
        rn_drop(NULL);
        CHECK(rn_keep(NULL) == NULL);
        CHECK(rn_ok());
    }
}
