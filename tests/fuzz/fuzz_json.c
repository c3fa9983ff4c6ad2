/* JSON: what is accepted is written and read again, and must be the same. */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/json.h"

#include <string.h>

static void write_value(rni_json_writer *w, const rni_json *v);

static void write_children(rni_json_writer *w, const rni_json *v, bool object)
{
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        if (object) rni_json_write_key(w, rni_json_key_at(v, i));
        write_value(w, rni_json_at(v, i));
    }
}

static void write_value(rni_json_writer *w, const rni_json *v)
{
    switch (rni_json_type_of(v)) {
    case RNI_JSON_NULL:
        rni_json_write_null(w);
        break;
    case RNI_JSON_BOOL:
        rni_json_write_bool(w, rni_json_bool(v));
        break;
    case RNI_JSON_STRING:
        rni_json_write_string(w, rni_json_string(v));
        break;
    case RNI_JSON_NUMBER:
        if (rni_json_is_int(v) && rni_json_int(v) != 0)
            rni_json_write_int(w, rni_json_int(v));
        else
            rni_json_write_number(w, rni_json_number(v));
        break;
    case RNI_JSON_ARRAY:
        rni_json_array_begin(w);
        write_children(w, v, false);
        rni_json_array_end(w);
        break;
    case RNI_JSON_OBJECT:
        rni_json_object_begin(w);
        write_children(w, v, true);
        rni_json_object_end(w);
        break;
    }
}

static void check_round_trip(const rni_json *v, int indent)
{
    rni_str a = { 0 }, b = { 0 };
    write_value(&(rni_json_writer){ .to = &a, .indent = indent }, v);
    rni_json *again = rni_json_parse(a.at, a.length, "again");
    fuzz_settle(true);
    write_value(&(rni_json_writer){ .to = &b, .indent = indent }, again);
    if (strcmp(a.at, b.at) != 0) abort();
    rni_json_free(again);
    rni_str_free(&a);
    rni_str_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    rni_json *v = rni_json_parse((const char *)data, (int64_t)n, "fuzz");
    fuzz_settle(v != NULL);
    const bool nul = memmem(data, n, "\\u0000", 6) != NULL; /* the writer's strings end there */
    if (v && !nul) check_round_trip(v, (int)(n % 3));
    rni_json_free(v);
    if (rni_alloc_live() != live) abort();
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const seeds[] = {
        "{\"a\": [1, -2.5e3, true, false, null, \"x\\n\\u00e4\\ud83d\\ude00\"], \"b\": {\"c\": {}}, \"d\": []}",
        "{\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,\"k7\":7,\"k8\":8,\"k9\":9,\"k10\":10,\"k11\":11}",
        "[[[[[[[[[[9223372036854775807, 0.1, 1e-300, 123456789012345678901234567890]]]]]]]]]]",
        "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"",
        " \r\n\t{}",
    };
    for (size_t i = 0; i < RN_COUNTOF(seeds); i++) fuzz_add(seeds[i], (int64_t)strlen(seeds[i]));
}
