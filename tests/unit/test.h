/* A thin layer over cmocka: tests are sentences, checks print both values and the expression.
 *
 *     RN_TEST(scope_end_frees_what_was_not_kept) { … CHECK_EQ_I64(rn_live_tensors() - before, 1); }
 *
 * Link with main.c. A program runs its tests, or those whose names contain its first argument. SKIP("why") skips. */
#ifndef RENSA_TESTS_TEST_H
#define RENSA_TESTS_TEST_H

#include <math.h>
#include <rensa.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

void test_register(const char *name, CMUnitTestFunction fn);
void test_failed(const char *file, int line, const char *fmt, ...) RN_PRINTF(3, 4);

#define RN_TEST(name)                                                                                                  \
    static void test_##name(void **state);                                                                             \
    __attribute__((constructor)) static void register_##name(void)                                                     \
    {                                                                                                                  \
        test_register(#name, test_##name);                                                                             \
    }                                                                                                                  \
    static void test_##name(void **state __attribute__((unused)))

#define CHECK(cond)                                                                                                    \
    do {                                                                                                               \
        if (!(cond)) test_failed(__FILE__, __LINE__, "%s", #cond);                                                     \
    } while (0)
#define CHECK_EQ_I64(a, b)                                                                                             \
    do {                                                                                                               \
        const long long a_ = (long long)(a), b_ = (long long)(b);                                                      \
        if (a_ != b_) test_failed(__FILE__, __LINE__, "%s == %s  (%lld == %lld)", #a, #b, a_, b_);                     \
    } while (0)
#define CHECK_NEAR(a, b, tolerance)                                                                                    \
    do {                                                                                                               \
        const double a_ = (a), b_ = (b);                                                                               \
        if (!(fabs(a_ - b_) <= (tolerance)))                                                                           \
            test_failed(__FILE__, __LINE__, "%s ~ %s  (%.9g ~ %.9g)", #a, #b, a_, b_);                                 \
    } while (0)
#define CHECK_EQ_STR(a, b)                                                                                             \
    do {                                                                                                               \
        const char *a_ = (a), *b_ = (b);                                                                               \
        if (!a_ || !b_ || strcmp(a_, b_) != 0)                                                                         \
            test_failed(__FILE__, __LINE__, "%s == %s\n  have: %s\n  want: %s", #a, #b, a_ ? a_ : "(null)",            \
                        b_ ? b_ : "(null)");                                                                           \
    } while (0)
/* No error is pending; prints and clears it otherwise. */
#define CHECK_OK()                                                                                                     \
    do {                                                                                                               \
        if (!rn_ok()) {                                                                                                \
            char m_[4096];                                                                                             \
            snprintf(m_, sizeof m_, "%s", rn_error_last()->message);                                                   \
            rn_error_clear();                                                                                          \
            test_failed(__FILE__, __LINE__, "an error is pending:\n%s", m_);                                           \
        }                                                                                                              \
    } while (0)
/* An error of this status whose message contains `text` is pending; clears it. */
#define CHECK_ERROR(code, text)                                                                                        \
    do {                                                                                                               \
        const rn_error *e_ = rn_error_last();                                                                          \
        char m_[8192];                                                                                                 \
        const int s_ = e_ ? (int)e_->status : 0;                                                                       \
        snprintf(m_, sizeof m_, "%s", e_ ? e_->message : "(none)");                                                    \
        rn_error_clear();                                                                                              \
        if (s_ != (int)(code) || !strstr(m_, text))                                                                    \
            test_failed(__FILE__, __LINE__, "expected %s with \"%s\", have %s:\n%s", #code, text,                      \
                        rn_status_name((rn_status)s_), m_);                                                            \
    } while (0)
#define SKIP(why)                                                                                                      \
    do {                                                                                                               \
        printf("skipped: %s\n", why);                                                                                  \
        skip();                                                                                                        \
    } while (0)

/* $RENSA_DATA/name, or NULL where it is absent. Borrowed until the next call. */
const char *test_data(const char *name);
/* How often to try something at random: `turns`, or that divided by RENSA_TEST_DIVIDE where sanitizers make it slow. */
int test_turns(int turns);
/* An empty folder for this test program, removed at its end. */
const char *test_folder(void);
/* A name in that folder; valid until the fourth call after this one. */
const char *test_path(const char *name);

#endif
