/* Writing JSON: separators, escapes and numbers that read back as they were. */
#include "base/json.h"
#include "base/number.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

static void new_line(const rni_json_writer *w)
{
    if (w->indent <= 0 || w->flat > 0) return;
    rni_str_add(w->to, "\n");
    for (int i = 0; i < w->indent * w->depth; i++) rni_str_add_n(w->to, " ", 1);
}

/* What stands before a value or key: nothing after a key, else the comma and the new line. */
static void lead_in(rni_json_writer *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->comma) rni_str_add(w->to, w->flat > 0 && w->indent > 0 ? ", " : ",");
    if (w->depth > 0) new_line(w);
}

static void begin(rni_json_writer *w, const char *bracket)
{
    lead_in(w);
    rni_str_add(w->to, bracket);
    w->depth++;
    w->comma = false;
}

static void end(rni_json_writer *w, const char *bracket)
{
    w->depth--;
    if (w->comma) new_line(w);
    rni_str_add(w->to, bracket);
    w->comma = true;
}

void rni_json_object_begin(rni_json_writer *w)
{
    begin(w, "{");
}

void rni_json_object_end(rni_json_writer *w)
{
    end(w, "}");
}

void rni_json_array_begin(rni_json_writer *w)
{
    begin(w, "[");
}

void rni_json_array_end(rni_json_writer *w)
{
    end(w, "]");
}

void rni_json_flat_begin(rni_json_writer *w)
{
    /* The line that the next value begins is still to be broken; only what is inside it is not. */
    if (w->flat == 0 && !w->after_key && w->depth > 0) {
        lead_in(w);
        w->after_key = true;
    }
    w->flat++;
}

void rni_json_flat_end(rni_json_writer *w)
{
    w->flat--;
}

static void add_escaped(rni_str *to, uint32_t point)
{
    static const char from[] = "\"\\\b\f\n\r\t", into[] = "\"\\bfnrt";
    const char *which = point ? strchr(from, (int)point) : NULL;
    if (which)
        rni_str_addf(to, "\\%c", into[which - from]);
    else
        rni_str_addf(to, "\\u%04x", (unsigned)point);
}

static void add_quoted(rni_str *to, const char *text)
{
    const char *p = text, *end_of_text = text + strlen(text), *plain = text;
    rni_str_add(to, "\"");
    while (p < end_of_text) {
        uint32_t point;
        const int n = rni_utf8_decode(p, end_of_text - p, &point);
        if (n > 0 && point >= 0x20 && point != 0x7f && point != '"' && point != '\\') {
            p += n;
            continue;
        }
        rni_str_add_n(to, plain, p - plain);
        if (n == 0)
            rni_str_add(to, "\xef\xbf\xbd");
        else
            add_escaped(to, point);
        p += n > 0 ? n : 1;
        plain = p;
    }
    rni_str_add_n(to, plain, p - plain);
    rni_str_add(to, "\"");
}

void rni_json_write_key(rni_json_writer *w, const char *key)
{
    lead_in(w);
    add_quoted(w->to, key);
    rni_str_add(w->to, w->indent > 0 ? ": " : ":");
    w->after_key = true;
}

static void add_value(rni_json_writer *w, const char *text)
{
    lead_in(w);
    rni_str_add(w->to, text);
    w->comma = true;
}

void rni_json_write_string(rni_json_writer *w, const char *text)
{
    if (!text) {
        rni_json_write_null(w);
        return;
    }
    lead_in(w);
    add_quoted(w->to, text);
    w->comma = true;
}

void rni_json_write_number(rni_json_writer *w, double value)
{
    char buf[RNI_NUMBER_TEXT];
    add_value(w, isfinite(value) ? rni_format_f64(value, buf) : "null");
}

void rni_json_write_int(rni_json_writer *w, int64_t value)
{
    char buf[RNI_NUMBER_TEXT];
    snprintf(buf, sizeof buf, "%lld", (long long)value);
    add_value(w, buf);
}

void rni_json_write_digits(rni_json_writer *w, const char *text)
{
    add_value(w, text);
}

void rni_json_write_bool(rni_json_writer *w, bool value)
{
    add_value(w, value ? "true" : "false");
}

void rni_json_write_null(rni_json_writer *w)
{
    add_value(w, "null");
}

void rni_json_put_string(rni_json_writer *w, const char *key, const char *text)
{
    rni_json_write_key(w, key);
    rni_json_write_string(w, text);
}

void rni_json_put_number(rni_json_writer *w, const char *key, double value)
{
    rni_json_write_key(w, key);
    rni_json_write_number(w, value);
}

void rni_json_put_int(rni_json_writer *w, const char *key, int64_t value)
{
    rni_json_write_key(w, key);
    rni_json_write_int(w, value);
}

void rni_json_put_bool(rni_json_writer *w, const char *key, bool value)
{
    rni_json_write_key(w, key);
    rni_json_write_bool(w, value);
}
