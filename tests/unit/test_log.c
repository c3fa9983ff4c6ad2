/* Log lines: levels by topic, and where they go. */
#include "test.h"

#include "base/log.h"

static struct {
    int count;
    rn_log_level level;
    char topic[32], text[4096];
} got;

static void catch_line(void *user, rn_log_level level, const char *topic, const char *text)
{
    CHECK(user == &got);
    got.count++;
    got.level = level;
    snprintf(got.topic, sizeof got.topic, "%s", topic);
    snprintf(got.text, sizeof got.text, "%s", text);
}

static void start(const char *levels)
{
    got.count = 0;
    rn_log_set(catch_line, &got);
    CHECK(rn_log_levels(levels));
}

static void stop(void)
{
    rn_log_set(NULL, NULL);
    rn_log_levels("");
}

RN_TEST(warnings_show_unless_asked_otherwise)
{
    start("");
    rni_log(RN_LOG_INFO, "engine", "quiet");
    CHECK_EQ_I64(got.count, 0);
    rni_log(RN_LOG_WARN, "engine", "loud %d", 3);
    CHECK_EQ_I64(got.count, 1);
    CHECK_EQ_I64(got.level, RN_LOG_WARN);
    CHECK_EQ_STR(got.topic, "engine");
    CHECK_EQ_STR(got.text, "loud 3");
    CHECK(rn_log_levels("off"));
    rni_log(RN_LOG_ERROR, "engine", "not even this");
    CHECK_EQ_I64(got.count, 1);
    stop();
}

RN_TEST(topics_have_levels_of_their_own)
{
    start("engine:debug,dispatch:error,pool");
    CHECK(rni_log_on(RN_LOG_DEBUG, "engine"));
    CHECK(!rni_log_on(RN_LOG_WARN, "dispatch"));
    CHECK(rni_log_on(RN_LOG_DEBUG, "pool"));
    CHECK(!rni_log_on(RN_LOG_INFO, "other"));
    CHECK(rn_log_levels("info"));
    CHECK(rni_log_on(RN_LOG_INFO, "other"));
    CHECK(!rni_log_on(RN_LOG_DEBUG, "engine")); /* the list replaces the one before */
    stop();
}

RN_TEST(what_is_not_understood_is_named)
{
    CHECK(!rn_log_levels("engine:loud"));
    CHECK_ERROR(RN_ERR_ARG, "engine:loud");
    CHECK(!rn_log_levels("a,:debug"));
    CHECK_ERROR(RN_ERR_ARG, ":debug");
    CHECK(!rn_log_levels("a-topic-with-far-too-long-a-name:debug"));
    CHECK_ERROR(RN_ERR_ARG, "a-topic");
    char many[512] = "";
    for (int i = 0; i < 40; i++) snprintf(many + strlen(many), sizeof many - strlen(many), "t%d:info,", i);
    CHECK(!rn_log_levels(many));
    CHECK_ERROR(RN_ERR_ARG, "t16");
    stop();
}

RN_TEST(long_lines_are_cut)
{
    start("info");
    char big[8000];
    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    rni_log(RN_LOG_INFO, "t", "%s", big);
    CHECK_EQ_I64(got.count, 1);
    CHECK(strlen(got.text) > 1000 && strlen(got.text) < sizeof got.text);
    stop();
}

RN_TEST(an_error_that_nobody_looked_at_is_logged_when_the_outermost_scope_ends)
{
    start("off,error:info");
    RN_SCOPE rn_matmul(rn_zeros(RN_SHAPE(2)), rn_zeros(RN_SHAPE(2)));
    CHECK_EQ_I64(got.count, 1);
    CHECK(strstr(got.text, "needs matrices"));
    rn_error_clear();
    stop();
}
