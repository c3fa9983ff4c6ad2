/* Addresses of requests. */
#include "test.h"

#include "base/alloc.h"
#include "console/url.h"

static bool parses(const char *raw)
{
    rni_url u;
    const bool ok = rni_url_parse(raw, &u);
    rni_url_free(&u);
    rn_error_clear();
    return ok;
}

RN_TEST(addresses_are_taken_apart)
{
    rni_url u;
    CHECK(rni_url_parse("/api/projects/%E6%95%B0%E5%AD%97+a/?name=a+b%3D%26&empty=&flag&name=c", &u));
    CHECK_EQ_I64(u.n_segments, 3);
    CHECK_EQ_STR(u.segment[1], "projects");
    CHECK_EQ_STR(u.segment[2], "\xe6\x95\xb0\xe5\xad\x97+a");
    CHECK_EQ_I64(u.n_query, 4);
    CHECK_EQ_STR(rni_url_query(&u, "name"), "a b=&");
    CHECK_EQ_STR(rni_url_query(&u, "empty"), "");
    CHECK_EQ_STR(rni_url_query(&u, "flag"), "");
    CHECK(rni_url_query(&u, "other") == NULL);
    rni_url_free(&u);
    CHECK(parses("/") && parses("//") && parses("/?") && parses("/?&&"));
}

RN_TEST(addresses_that_hide_something_are_refused)
{
    static const char *const bad[] = { "",        "x",          "/%",         "/%4",          "/%zz",    "/%00",
                                       "/a%2fb",  "/.",         "/../etc",    "/%2e%2e/",     "/a/%2E",  "/%ff",
                                       "/%c0%ae", "/%ed%a0%80", "/%0a",       "/\x7f",        "/?a=%00", "/?%zz=1",
                                       "/?a=%",   "/%C2%80",    "/?x=%0d%0a", "/%f5%80%80%80" };
    for (size_t i = 0; i < RN_COUNTOF(bad); i++)
        if (parses(bad[i])) test_failed(__FILE__, __LINE__, "\"%s\" is taken", bad[i]);
    char many[200] = "", values[200] = "/?";
    for (int i = 0; i <= RNI_URL_SEGMENTS; i++) strncat(many, "/a", sizeof many - strlen(many) - 1);
    for (int i = 0; i <= RNI_URL_QUERY; i++) strncat(values, "a=1&", sizeof values - strlen(values) - 1);
    CHECK(!parses(many));
    CHECK(!parses(values));
}

RN_TEST(addresses_give_back_their_memory)
{
    const int64_t live = rni_alloc_live();
    rni_url u;
    CHECK(rni_url_parse("/a/b?c=d", &u));
    rni_url_free(&u);
    CHECK(!rni_url_parse("/a/%zz", &u));
    rni_url_free(&u);
    rn_error_clear();
    CHECK_EQ_I64(rni_alloc_live(), live);
}
