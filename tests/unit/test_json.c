/* The JSON parser, its error places, and the writer. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "base/number.h"

static rni_json *parse(const char *text)
{
    return rni_json_parse(text, (int64_t)strlen(text), "t.json");
}

static void refuses(const char *text, const char *message)
{
    rni_json *v = parse(text);
    if (v) test_failed(__FILE__, __LINE__, "accepted: %s", text);
    CHECK_ERROR(RN_ERR_FORMAT, message);
}

RN_TEST(every_kind_of_value_is_read)
{
    rni_json *v = parse(" {\"a\": [1, -2.5, 1e3, true, false, null, \"x\"], \"b\": {}, \"c\": [] }\n");
    CHECK_OK();
    CHECK_EQ_I64(rni_json_type_of(v), RNI_JSON_OBJECT);
    CHECK_EQ_I64(rni_json_count(v), 3);
    const rni_json *a = rni_json_get(v, "a");
    CHECK_EQ_I64(rni_json_count(a), 7);
    CHECK_EQ_I64(rni_json_int(rni_json_at(a, 0)), 1);
    CHECK(!rni_json_is_int(rni_json_at(a, 1)));
    CHECK_NEAR(rni_json_number(rni_json_at(a, 1)), -2.5, 0);
    CHECK(rni_json_is_int(rni_json_at(a, 2)));
    CHECK_EQ_I64(rni_json_int(rni_json_at(a, 2)), 1000);
    CHECK(rni_json_bool(rni_json_at(a, 3)) && !rni_json_bool(rni_json_at(a, 4)));
    CHECK(rni_json_is_null(rni_json_at(a, 5)));
    CHECK_EQ_STR(rni_json_string(rni_json_at(a, 6)), "x");
    CHECK_EQ_STR(rni_json_key_at(v, 1), "b");
    CHECK_EQ_I64(rni_json_count(rni_json_get(v, "c")), 0);
    CHECK(rni_json_get(v, "d") == NULL && rni_json_at(a, 7) == NULL && rni_json_at(a, -1) == NULL);
    CHECK(rni_json_get(NULL, "x") == NULL && !rni_json_is_null(NULL));
    rni_json_free(v);
}

RN_TEST(values_know_their_line_and_column_in_characters)
{
    rni_json *v = parse("{\n  \"\xc3\xa4\xc3\xb6\": \"\xe2\x82\xac\", \"k\": 1,\r\n\t\"l\": [2,\n3]}");
    CHECK_OK();
    CHECK_EQ_I64(rni_json_line(v), 1);
    CHECK_EQ_I64(rni_json_column(v), 1);
    CHECK_EQ_I64(rni_json_line(rni_json_at(v, 0)), 2);
    CHECK_EQ_I64(rni_json_column(rni_json_at(v, 0)), 9);
    CHECK_EQ_I64(rni_json_column(rni_json_get(v, "k")), 19);
    CHECK_EQ_I64(rni_json_line(rni_json_get(v, "l")), 3);
    CHECK_EQ_I64(rni_json_column(rni_json_get(v, "l")), 7);
    CHECK_EQ_I64(rni_json_line(rni_json_at(rni_json_get(v, "l"), 1)), 4);
    CHECK(!rni_json_fail(rni_json_get(v, "k"), RN_ERR_ARG, "%d is too few", 1));
    CHECK_ERROR(RN_ERR_ARG, "t.json:2:19: 1 is too few");
    CHECK(!rni_json_expect(rni_json_get(v, "k"), RNI_JSON_STRING));
    CHECK_ERROR(RN_ERR_FORMAT, "t.json:2:19: \"k\": expected a string, found a number");
    rni_json_free(v);
}

RN_TEST(whole_numbers_are_exact_and_others_round_as_doubles)
{
    rni_json *v = parse("[9223372036854775807,-9223372036854775808,9223372036854775808,9007199254740993,-0,0.1,1.5e1,"
                        "1e-400,2.0]");
    CHECK_OK();
    CHECK_EQ_I64(rni_json_int(rni_json_at(v, 0)), INT64_MAX);
    CHECK_EQ_I64(rni_json_int(rni_json_at(v, 1)), INT64_MIN);
    CHECK(!rni_json_is_int(rni_json_at(v, 2)));
    CHECK_NEAR(rni_json_number(rni_json_at(v, 2)), 0x1p63, 0);
    CHECK_EQ_I64(rni_json_int(rni_json_at(v, 3)), 9007199254740993);
    CHECK(signbit(rni_json_number(rni_json_at(v, 4))));
    CHECK(rni_json_number(rni_json_at(v, 5)) == 0.1);
    CHECK_EQ_I64(rni_json_int(rni_json_at(v, 6)), 15);
    CHECK(rni_json_number(rni_json_at(v, 7)) == 0);
    CHECK_EQ_I64(rni_json_int(rni_json_at(v, 8)), 2);
    CHECK_EQ_STR(rni_json_number_text(rni_json_at(v, 2)), "9223372036854775808");
    CHECK_EQ_STR(rni_json_number_text(rni_json_at(v, 6)), "1.5e1");
    CHECK(rni_json_number_text(v) == NULL);
    rni_json_free(v);
}

RN_TEST(escapes_and_surrogates_become_utf8)
{
    rni_json *v = parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4\\u20AC\\ud83d\\uDE00\"");
    CHECK_OK();
    CHECK_EQ_STR(rni_json_string(v), "\"\\/\b\f\n\r\tA\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
    rni_json_free(v);
    v = parse("\"a\\u0000b\"");
    CHECK_EQ_I64(rni_json_string_bytes(v), 3);
    rni_json_free(v);
    v = parse("\xef\xbb\xbf[1]");
    CHECK_OK();
    CHECK_EQ_I64(rni_json_column(v), 1);
    rni_json_free(v);
}

RN_TEST(malformed_text_is_refused_with_its_place)
{
    refuses("", "t.json:1:1: expected a value, found the end of the text");
    refuses("[1,]", "t.json:1:4: expected a value, found ']'");
    refuses("[1 2]", "t.json:1:4: expected ',' or ']', found '2'");
    refuses("{\"a\":1,}", "t.json:1:8: expected a key in quotes, found '}'");
    refuses("{\"a\" 1}", "t.json:1:6: expected ':' after a key, found '1'");
    refuses("{a:1}", "expected a key in quotes, found 'a'");
    refuses("[1]\n x", "t.json:2:2: expected nothing after the value, found 'x'");
    refuses("[1", "expected ',' or ']', found the end of the text");
    refuses("nul", "expected a value, found 'n'");
    refuses("nan", "expected a value");
    refuses("'a'", "expected a value");
    refuses("[1] // no", "found '/'");
    refuses("01", "does not begin with 0");
    refuses("-", "needs a digit after '-'");
    refuses("+1", "expected a value, found '+'");
    refuses("1.", "a digit after the point");
    refuses(".5", "expected a value");
    refuses("1e", "a digit in its exponent");
    refuses("1e999", "too large");
    refuses("0x10", "expected nothing after the value, found 'x'");
    refuses("\"abc", "t.json:1:1: the string that begins here has no end");
    refuses("\"a\nb\"", "control character 0x0a inside a string");
    refuses("\"\\x\"", "unknown escape");
    refuses("\"\\", "expected the rest of an escape");
    refuses("\"\\u12g4\"", "four hexadecimal digits");
    refuses("\"\\ud800\"", "a high surrogate without");
    refuses("\"\\udc00\"", "a low surrogate without");
    refuses("\"\\ud800\\u0041\"", "a high surrogate without");
    refuses("\"\xc0\x80\"", "byte 0xc0 is not valid UTF-8");
    refuses("\"\xed\xa0\x80\"", "not valid UTF-8");
    refuses("\"\xf4\x90\x80\x80\"", "not valid UTF-8");
    refuses("\"\xe2\x82\"", "not valid UTF-8");
    refuses("\x01", "byte 0x01");
}

RN_TEST(a_nul_byte_inside_the_text_is_refused)
{
    CHECK(rni_json_parse("[1\0]", 4, "t.json") == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "t.json:1:3: expected ',' or ']', found byte 0x00");
}

RN_TEST(duplicate_keys_are_refused_in_small_and_large_objects)
{
    refuses("{\"a\":1,\n\"a\":2}", "t.json:2:5: the key \"a\" is there twice, first with the value at 1:6");
    refuses("{\"a\":1,\"\\u0061\":2}", "the key \"a\" is there twice");
    char text[20000];
    int n = snprintf(text, sizeof text, "{\"k7\":0");
    for (int i = 8; i < 1000; i++) n += snprintf(text + n, sizeof text - (size_t)n, ",\"k%d\":%d", i, i);
    snprintf(text + n, sizeof text - (size_t)n, ",\"k700\":1}");
    refuses(text, "the key \"k700\" is there twice");
    snprintf(text + n, sizeof text - (size_t)n, "}");
    rni_json *v = parse(text);
    CHECK_OK();
    CHECK_EQ_I64(rni_json_int(rni_json_get(v, "k999")), 999);
    CHECK_EQ_I64(rni_json_int(rni_json_get(v, "k8")), 8);
    CHECK(rni_json_get(v, "k") == NULL);
    CHECK_EQ_STR(rni_json_key_at(v, 1), "k8");
    rni_json_free(v);
}

RN_TEST(deep_nesting_ends_at_the_limit)
{
    enum { DEEP = 100000 };
    char *text = malloc(2 * DEEP);
    memset(text, '[', DEEP);
    CHECK(rni_json_parse(text, DEEP, "t.json") == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "t.json:1:201: more than 200 levels");
    memset(text + RNI_JSON_DEPTH, ']', RNI_JSON_DEPTH);
    rni_json *v = rni_json_parse(text, 2 * RNI_JSON_DEPTH, "t.json");
    CHECK_OK();
    rni_json_free(v);
    free(text);
}

RN_TEST(parsing_survives_every_allocation_failure)
{
    const char *text = "{\"a\":[1,2,3,{\"b\":\"text\"}],\"c\":0.12345678901234567890123456789012345678901234567890"
                       "123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890}";
    for (int64_t n = 1;; n++) {
        const int64_t live = rni_alloc_live();
        rni_alloc_fail_after(n);
        rni_json *v = parse(text);
        rni_alloc_fail_after(0);
        if (v) {
            CHECK_OK();
            rni_json_free(v);
            CHECK_EQ_I64(rni_alloc_live() - live, 0);
            return;
        }
        CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
        CHECK_EQ_I64(rni_alloc_live() - live, 0);
        CHECK(n < 100);
    }
}

RN_TEST(a_file_is_loaded_and_errors_name_it)
{
    char path[256], want[300];
    snprintf(path, sizeof path, "%s/x.json", test_folder());
    CHECK(rni_file_write(path, "[1,\n 2", 6));
    CHECK(rni_json_load(path, 0) == NULL);
    snprintf(want, sizeof want, "%s:2:3: expected ',' or ']'", path);
    CHECK_ERROR(RN_ERR_FORMAT, want);
}

/* ---- the writer ---- */

static void write_sample(rni_json_writer *w)
{
    rni_json_object_begin(w);
    rni_json_write_key(w, "a");
    rni_json_write_int(w, -3);
    rni_json_write_key(w, "list");
    rni_json_array_begin(w);
    rni_json_write_number(w, 0.1);
    rni_json_write_bool(w, true);
    rni_json_write_null(w);
    rni_json_write_string(w, "x\"\\\n\x01\xff\xc3\xa4");
    rni_json_array_end(w);
    rni_json_write_key(w, "flat");
    rni_json_flat_begin(w);
    rni_json_array_begin(w);
    rni_json_write_int(w, 1);
    rni_json_write_int(w, 2);
    rni_json_array_end(w);
    rni_json_flat_end(w);
    rni_json_write_key(w, "empty");
    rni_json_object_begin(w);
    rni_json_object_end(w);
    rni_json_object_end(w);
}

RN_TEST(the_writer_puts_commas_escapes_and_indentation)
{
    rni_str s = { 0 }, t = { 0 };
    write_sample(&(rni_json_writer){ .to = &s });
    CHECK_EQ_STR(s.at, "{\"a\":-3,\"list\":[0.1,true,null,\"x\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa4\"],\"flat\":[1,2],"
                       "\"empty\":{}}");
    write_sample(&(rni_json_writer){ .to = &t, .indent = 2 });
    CHECK_EQ_STR(t.at,
                 "{\n  \"a\": -3,\n  \"list\": [\n    0.1,\n    true,\n    null,\n"
                 "    \"x\\\"\\\\\\n\\u0001\xef\xbf\xbd\xc3\xa4\"\n  ],\n  \"flat\": [1, 2],\n  \"empty\": {}\n}");
    rni_json *v = parse(t.at);
    CHECK_OK();
    rni_json_free(v);
    rni_str_free(&s);
    rni_str_free(&t);
}

RN_TEST(flat_objects_in_a_list_stand_on_lines_of_their_own)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s, .indent = 1 };
    rni_json_array_begin(&w);
    for (int i = 0; i < 2; i++) {
        rni_json_flat_begin(&w);
        rni_json_object_begin(&w);
        rni_json_write_key(&w, "i");
        rni_json_write_int(&w, i);
        rni_json_object_end(&w);
        rni_json_flat_end(&w);
    }
    rni_json_array_end(&w);
    CHECK_EQ_STR(s.at, "[\n {\"i\": 0},\n {\"i\": 1}\n]");
    rni_str_free(&s);
}

static void check_number(double value, const char *want)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s };
    rni_json_write_number(&w, value);
    CHECK_EQ_STR(s.at, want);
    rni_str_free(&s);
}

RN_TEST(numbers_are_written_as_short_as_they_read_back)
{
    check_number(0.1, "0.1");
    check_number(1.0 / 3, "0.3333333333333333");
    check_number(1e300, "1e+300");
    check_number(-0.0, "-0");
    check_number(123456789, "123456789");
    check_number(5e-324, "5e-324");
    check_number(NAN, "null");
    check_number(-INFINITY, "null");
    char buf[RNI_NUMBER_TEXT];
    CHECK_EQ_STR(rni_format_f32(0.1f, buf), "0.1");
    CHECK_EQ_STR(rni_format_f32(16777217.0f, buf), "16777216");
    for (int i = 0; i < 10000; i++) {
        double d, back;
        const uint64_t bits = 0x9e3779b97f4a7c15u * (uint64_t)(i + 1);
        memcpy(&d, &bits, sizeof d);
        if (!isfinite(d)) continue;
        rni_format_f64(d, buf);
        CHECK(rni_parse_f64(buf, (int64_t)strlen(buf), &back));
        CHECK(back == d);
    }
}

RN_TEST(text_is_read_as_a_number_only_if_all_of_it_is_one)
{
    double d;
    int64_t i;
    CHECK(rni_parse_f64("1.5x", 3, &d) && d == 1.5);
    CHECK(!rni_parse_f64("1.5x", 4, &d) && !rni_parse_f64("", 0, &d) && !rni_parse_f64(" 1", 2, &d));
    CHECK(!rni_parse_f64("0x10", 4, &d) && rni_parse_f64("-inf", 4, &d) && d == -INFINITY);
    CHECK(rni_parse_i64("+12", 3, &i) && i == 12);
    CHECK(!rni_parse_i64("-", 1, &i) && !rni_parse_i64("1 ", 2, &i) && !rni_parse_i64("9223372036854775808", 19, &i));
}
