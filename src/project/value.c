/* Values of options: what stands in the JSON text, with expressions computed. */
#include "project/value.h"

#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

const char *rni_value_kind_name(rni_value_kind kind)
{
    static const char *const names[] = { "nothing", "a number", "true or false", "a text", "a list" };
    return names[kind];
}

static bool compute(const rni_json *v, const rni_variables *variables, rni_value *out)
{
    rni_expr_error e;
    const char *text = rni_json_string(v);
    if (rni_expr_compute(text + 1, variables, out, &e)) return true;
    rni_json_fail(v, RN_ERR_ARG, "%s", e.why);
    rni_error_add("actual", "\"%.200s\", at its character %lld", text, (long long)e.at + 2);
    return false;
}

static bool list_of(const rni_json *v, const rni_variables *variables, rni_value *out)
{
    const int64_t n = rni_json_count(v);
    if (n > RNI_VALUE_LIST_MAX)
        return rni_json_fail(v, RN_ERR_ARG, "a list of more than %d numbers", RNI_VALUE_LIST_MAX);
    rni_value list = { .kind = RNI_VALUE_LIST, .count = (int)n };
    for (int64_t i = 0; i < n; i++) {
        const rni_json *e = rni_json_at(v, i);
        rni_value one;
        if (rni_json_type_of(e) == RNI_JSON_ARRAY || !rni_value_read(e, variables, &one))
            return rni_json_fail(e, RN_ERR_ARG, "lists hold numbers");
        if (one.kind != RNI_VALUE_NUMBER)
            return rni_json_fail(e, RN_ERR_ARG, "lists hold numbers, not %s", rni_value_kind_name(one.kind));
        list.list[i] = one.number;
    }
    *out = list;
    return true;
}

bool rni_value_read(const rni_json *v, const rni_variables *variables, rni_value *out)
{
    *out = (rni_value){ 0 };
    const char *text = rni_json_string(v);
    switch (rni_json_type_of(v)) {
    case RNI_JSON_NUMBER:
        *out = (rni_value){ .kind = RNI_VALUE_NUMBER, .number = rni_json_number(v) };
        return true;
    case RNI_JSON_BOOL:
        *out = (rni_value){ .kind = RNI_VALUE_BOOL, .number = rni_json_bool(v) };
        return true;
    case RNI_JSON_STRING:
        if (strlen(text) != (size_t)rni_json_string_bytes(v))
            return rni_json_fail(v, RN_ERR_ARG, "the text holds a zero byte");
        if (text[0] == '=') return compute(v, variables, out);
        *out = (rni_value){ .kind = RNI_VALUE_TEXT, .text = text, .bytes = (int64_t)strlen(text) };
        return true;
    case RNI_JSON_ARRAY:
        return list_of(v, variables, out);
    default:
        return rni_json_fail(v, RN_ERR_ARG, "expected a number, a text, true, false or a list of numbers, found %s",
                             rni_json_type_name(rni_json_type_of(v)));
    }
}

static void number_text(double v, rni_str *to)
{
    char buf[RNI_NUMBER_TEXT];
    if (v == floor(v) && fabs(v) < 0x1p53)
        rni_str_addf(to, "%lld", (long long)v);
    else
        rni_str_add(to, rni_format_f64(v, buf));
}

void rni_value_text(const rni_value *v, rni_str *to)
{
    switch (v->kind) {
    case RNI_VALUE_NUMBER:
        number_text(v->number, to);
        break;
    case RNI_VALUE_BOOL:
        rni_str_add(to, v->number != 0 ? "true" : "false");
        break;
    case RNI_VALUE_TEXT:
        rni_str_add_n(to, v->text, v->bytes);
        break;
    default:
        for (int i = 0; i < v->count; i++) {
            if (i) rni_str_add(to, ",");
            number_text(v->list[i], to);
        }
    }
}
