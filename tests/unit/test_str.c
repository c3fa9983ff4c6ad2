/* Growing texts, and the name that a mistyped one was meant to be. */
#include "test.h"

#include "base/alloc.h"
#include "base/str.h"

RN_TEST(texts_grow)
{
    rni_str s = { 0 };
    CHECK(s.at == NULL);
    rni_str_add(&s, "");
    CHECK_EQ_STR(s.at, "");
    for (int i = 0; i < 1000; i++) rni_str_addf(&s, "%d,", i);
    rni_str_add_n(&s, "tail and more", 4);
    CHECK_EQ_I64(s.length, 3894);
    CHECK_EQ_I64(strlen(s.at), s.length);
    CHECK(strncmp(s.at, "0,1,2,3", 7) == 0);
    CHECK_EQ_STR(s.at + s.length - 8, "999,tail");
    rni_str_free(&s);
    CHECK(s.at == NULL && s.length == 0);
}

RN_TEST(a_text_without_memory_says_so_and_stays_usable)
{
    rni_str s = { 0 };
    rni_str_add(&s, "kept");
    rni_alloc_fail_after(1);
    for (int i = 0; i < 100; i++) rni_str_add(&s, "more of it");
    rni_alloc_fail_after(0);
    CHECK(s.failed);
    CHECK(strncmp(s.at, "keptmore", 8) == 0 || strcmp(s.at, "kept") == 0);
    CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
    rni_str_add(&s, "nothing happens");
    CHECK(rn_ok());
    rni_str_free(&s);
}

static const char *candidate(void *user, int i)
{
    (void)user;
    static const char *const names[] = { "learning_rate", "batch_size", "epochs", "seed", "relu", "selu", "conv2d" };
    return i < (int)RN_COUNTOF(names) ? names[i] : NULL;
}

RN_TEST(the_nearest_name_is_found)
{
    CHECK_EQ_STR(rni_nearest("lerning_rate", candidate, NULL), "learning_rate");
    CHECK_EQ_STR(rni_nearest("bathc_size", candidate, NULL), "batch_size");
    CHECK_EQ_STR(rni_nearest("Epoch", candidate, NULL), "epochs");
    CHECK_EQ_STR(rni_nearest("RELU", candidate, NULL), "relu");
    CHECK_EQ_STR(rni_nearest("conv2", candidate, NULL), "conv2d");
    CHECK_EQ_STR(rni_nearest("seed", candidate, NULL), "seed");
}

static const char *empty(void *user, int i)
{
    (void)user;
    return i < 2 ? "" : NULL;
}

RN_TEST(names_that_resemble_nothing_have_no_nearest)
{
    CHECK(rni_nearest("momentum", candidate, NULL) == NULL);
    CHECK(rni_nearest("", candidate, NULL) == NULL);
    CHECK(rni_nearest("q", empty, NULL) == NULL);
    CHECK(rni_nearest(NULL, candidate, NULL) == NULL);
    char huge[500];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    CHECK(rni_nearest(huge, candidate, NULL) == NULL);
}
