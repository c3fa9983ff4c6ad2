/* The JSON parser.
 *
 * Values and texts of one document lie in a chain of blocks that is freed as a whole. Members of large objects are also
 * kept sorted by key: duplicates are found, and keys looked up, in n log n however hostile the text is. */
#include "base/json_p.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 14, SORT_FROM = 9, FILE_LIMIT = 64 << 20 };

typedef struct parser {
    rni_json_document *doc;
    const char *p, *end, *line_start;
    int64_t extra; /* bytes of this line, before p, that continue a character */
    int line, depth;
} parser;

/* ---- memory ---- */

void *rni_json_take(rni_json_document *doc, int64_t bytes)
{
    bytes = (bytes + 7) / 8 * 8;
    rni_json_block *b = doc->blocks;
    if (!b || b->size - b->used < bytes) {
        const int64_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        b = rni_alloc_raw((int64_t)sizeof *b + size);
        if (!b) return NULL;
        *b = (rni_json_block){ doc->blocks, 0, size };
        doc->blocks = b;
    }
    void *p = (char *)(b + 1) + b->used;
    b->used += bytes;
    return p;
}

/* ---- places and errors ---- */

static int column_of(const parser *s, const char *at)
{
    return (int)(at - s->line_start - s->extra) + 1;
}

static bool RN_PRINTF(3, 4) fail_at(const parser *s, const char *at, const char *fmt, ...)
{
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return rni_fail(RN_ERR_FORMAT, NULL, NULL, "%s:%d:%d: %s", s->doc->source, s->line, column_of(s, at), what);
}

/* What stands at p, for messages. */
static const char *found(const parser *s, char buf[32])
{
    uint32_t point;
    const int n = rni_utf8_decode(s->p, s->end - s->p, &point);
    if (s->p >= s->end)
        snprintf(buf, 32, "the end of the text");
    else if (n > 0 && point >= 0x20 && point != 0x7f)
        snprintf(buf, 32, "'%.*s'", n, s->p);
    else
        snprintf(buf, 32, "byte 0x%02x", (unsigned char)*s->p);
    return buf;
}

static bool expected(const parser *s, const char *what)
{
    char buf[32];
    return fail_at(s, s->p, "expected %s, found %s", what, found(s, buf));
}

static void skip_space(parser *s)
{
    for (; s->p < s->end; s->p++) {
        if (*s->p == '\n') {
            s->line++;
            s->line_start = s->p + 1;
            s->extra = 0;
        } else if (*s->p != ' ' && *s->p != '\t' && *s->p != '\r')
            return;
    }
}

/* ---- strings ---- */

static bool hex4(parser *s, uint32_t *out)
{
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        const char c = s->p + i < s->end ? s->p[i] : '\0';
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return fail_at(s, s->p - 2, "\\u needs four hexadecimal digits");
        v = v << 4 | (uint32_t)digit;
    }
    s->p += 4;
    *out = v;
    return true;
}

/* At the 'u' of an escape; surrogates come in pairs. */
static bool unicode_escape(parser *s, char **to)
{
    const char *start = s->p - 1;
    uint32_t high, low;
    s->p++;
    RNI_TRY(hex4(s, &high));
    if (high >= 0xdc00 && high <= 0xdfff) return fail_at(s, start, "a low surrogate without the high one before it");
    if (high >= 0xd800 && high <= 0xdbff) {
        if (s->end - s->p < 2 || s->p[0] != '\\' || s->p[1] != 'u')
            return fail_at(s, start, "a high surrogate without the low one after it");
        s->p += 2;
        RNI_TRY(hex4(s, &low));
        if (low < 0xdc00 || low > 0xdfff) return fail_at(s, start, "a high surrogate without the low one after it");
        high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
    *to += rni_utf8_encode(high, *to);
    return true;
}

static bool escape(parser *s, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    s->p++;
    if (s->p >= s->end) return expected(s, "the rest of an escape");
    if (*s->p == 'u') return unicode_escape(s, to);
    const char *which = *s->p ? strchr(from, *s->p) : NULL;
    if (!which) return fail_at(s, s->p - 1, "unknown escape; there are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    *(*to)++ = into[which - from];
    s->p++;
    return true;
}

/* Bytes from p (behind the opening quote) to the closing quote: as many as the unescaped text needs at most. */
static int64_t string_span(const parser *s)
{
    const char *q = s->p;
    while (q < s->end && *q != '"') q += *q == '\\' ? 2 : 1;
    return (q < s->end ? q : s->end) - s->p;
}

static bool parse_string(parser *s, const char **text, int64_t *bytes)
{
    const char *open = s->p++;
    char *to = rni_json_take(s->doc, string_span(s) + 1);
    if (!to) return false;
    *text = to;
    while (s->p < s->end && *s->p != '"') {
        uint32_t point = 0;
        const int n = rni_utf8_decode(s->p, s->end - s->p, &point);
        if (*s->p == '\\') {
            RNI_TRY(escape(s, &to));
            continue;
        }
        if (n == 0) return fail_at(s, s->p, "byte 0x%02x is not valid UTF-8 here", (unsigned char)*s->p);
        if (point < 0x20) return fail_at(s, s->p, "control character 0x%02x inside a string; write it escaped", point);
        memcpy(to, s->p, (size_t)n);
        to += n;
        s->p += n;
        s->extra += n - 1;
    }
    if (s->p >= s->end) return fail_at(s, open, "the string that begins here has no end");
    s->p++;
    *to = '\0';
    *bytes = to - *text;
    return true;
}

/* ---- numbers ---- */

static int64_t digits(const char *p, const char *end)
{
    const char *q = p;
    while (q < end && *q >= '0' && *q <= '9') q++;
    return q - p;
}

static bool parse_number(parser *s, rni_json *v)
{
    const char *start = s->p, *q = s->p + (*s->p == '-');
    const int64_t whole = digits(q, s->end);
    if (whole == 0) return fail_at(s, start, "a number needs a digit after '-'");
    if (whole > 1 && *q == '0') return fail_at(s, start, "a number does not begin with 0");
    q += whole;
    bool integral = true;
    if (q < s->end && *q == '.') {
        const int64_t n = digits(++q, s->end);
        if (n == 0) return fail_at(s, start, "a number needs a digit after the point");
        q += n;
        integral = false;
    }
    if (q < s->end && (*q == 'e' || *q == 'E')) {
        q++;
        if (q < s->end && (*q == '+' || *q == '-')) q++;
        const int64_t n = digits(q, s->end);
        if (n == 0) return fail_at(s, start, "a number needs a digit in its exponent");
        q += n;
        integral = false;
    }
    char *text = rni_json_take(s->doc, q - start + 1);
    if (!text) return false;
    memcpy(text, start, (size_t)(q - start));
    text[q - start] = '\0';
    v->type = RNI_JSON_NUMBER;
    v->digits = text;
    if (!rni_parse_f64(start, q - start, &v->number)) return fail_at(s, start, "this number cannot be read");
    if (isinf(v->number)) return fail_at(s, start, "the number is too large");
    v->is_int = integral && rni_parse_i64(start, q - start, &v->integer);
    if (!integral && fabs(v->number) <= 0x1p53 && v->number == trunc(v->number)) {
        v->is_int = true;
        v->integer = (int64_t)v->number;
    }
    s->p = q;
    return true;
}

/* ---- values ---- */

static bool parse_value(parser *s, rni_json **out);

static bool duplicate(const rni_json *a, const rni_json *b)
{
    const bool in_order = a->line < b->line || (a->line == b->line && a->column < b->column);
    const rni_json *first = in_order ? a : b, *second = in_order ? b : a;
    return rni_json_fail(second, RN_ERR_FORMAT, "the key \"%.60s\" is there twice, first with the value at %d:%d",
                         second->key, first->line, first->column);
}

static bool check_few_keys(const rni_json *v)
{
    for (int64_t i = 0; i < v->count; i++)
        for (int64_t j = 0; j < i; j++)
            if (rni_json_compare_keys(&v->items[i], &v->items[j]) == 0) return duplicate(v->items[i], v->items[j]);
    return true;
}

static bool check_keys(rni_json_document *doc, rni_json *v)
{
    if (v->count < SORT_FROM) return check_few_keys(v);
    v->keys = rni_json_take(doc, v->count * (int64_t)sizeof *v->keys);
    if (!v->keys) return false;
    memcpy(v->keys, v->items, (size_t)v->count * sizeof *v->keys);
    qsort(v->keys, (size_t)v->count, sizeof *v->keys, rni_json_compare_keys);
    for (int64_t i = 1; i < v->count; i++)
        if (rni_json_compare_keys(&v->keys[i], &v->keys[i - 1]) == 0) return duplicate(v->keys[i], v->keys[i - 1]);
    return true;
}

static bool index_children(rni_json_document *doc, rni_json *v, rni_json *first)
{
    if (v->count == 0) return true;
    v->items = rni_json_take(doc, v->count * (int64_t)sizeof *v->items);
    if (!v->items) return false;
    int64_t i = 0;
    for (rni_json *c = first; c; c = c->next) v->items[i++] = c;
    return v->type != RNI_JSON_OBJECT || check_keys(doc, v);
}

static bool parse_member(parser *s, bool object, rni_json **child)
{
    const char *key = NULL;
    int64_t key_bytes = 0;
    if (object) {
        if (s->p >= s->end || *s->p != '"') return expected(s, "a key in quotes");
        RNI_TRY(parse_string(s, &key, &key_bytes));
        skip_space(s);
        if (s->p >= s->end || *s->p != ':') return expected(s, "':' after a key");
        s->p++;
        skip_space(s);
    }
    RNI_TRY(parse_value(s, child));
    (*child)->key = key;
    (*child)->key_bytes = key_bytes;
    return true;
}

static bool parse_children(parser *s, rni_json *v, bool object)
{
    const char close = object ? '}' : ']';
    rni_json *first = NULL, **link = &first;
    v->type = object ? RNI_JSON_OBJECT : RNI_JSON_ARRAY;
    if (++s->depth > RNI_JSON_DEPTH) return fail_at(s, s->p, "more than %d levels inside one another", RNI_JSON_DEPTH);
    s->p++;
    skip_space(s);
    bool more = s->p >= s->end || *s->p != close;
    while (more) {
        RNI_TRY(parse_member(s, object, link));
        link = &(*link)->next;
        v->count++;
        skip_space(s);
        more = s->p < s->end && *s->p == ',';
        if (!more) break;
        s->p++;
        skip_space(s);
    }
    if (s->p >= s->end || *s->p != close) return expected(s, object ? "',' or '}'" : "',' or ']'");
    s->p++;
    s->depth--;
    return index_children(s->doc, v, first);
}

static bool parse_word(parser *s, rni_json *v)
{
    static const struct {
        const char *word;
        rni_json_type type;
        bool truth;
    } words[] = { { "null", RNI_JSON_NULL, false },
                  { "true", RNI_JSON_BOOL, true },
                  { "false", RNI_JSON_BOOL, false } };
    for (size_t i = 0; i < RN_COUNTOF(words); i++) {
        const int64_t n = (int64_t)strlen(words[i].word);
        if (s->end - s->p < n || memcmp(s->p, words[i].word, (size_t)n) != 0) continue;
        s->p += n;
        v->type = words[i].type;
        v->truth = words[i].truth;
        return true;
    }
    return expected(s, "a value");
}

static bool parse_value(parser *s, rni_json **out)
{
    rni_json *v = rni_json_take(s->doc, (int64_t)sizeof *v);
    if (!v) return false;
    *v = (rni_json){ .doc = s->doc, .line = s->line, .column = column_of(s, s->p) };
    *out = v;
    const char c = s->p < s->end ? *s->p : '\0';
    if (c == '{' || c == '[') return parse_children(s, v, c == '{');
    if (c == '-' || (c >= '0' && c <= '9')) return parse_number(s, v);
    if (c != '"') return parse_word(s, v);
    v->type = RNI_JSON_STRING;
    return parse_string(s, &v->text, &v->text_bytes);
}

static bool parse_document(rni_json_document *doc, const char *text, int64_t n, const char *source, rni_json **root)
{
    const int64_t source_bytes = (int64_t)strlen(source) + 1;
    char *name = rni_json_take(doc, source_bytes);
    if (!name) return false;
    memcpy(name, source, (size_t)source_bytes);
    doc->source = name;
    parser s = { .doc = doc, .p = text, .end = text + n, .line_start = text, .line = 1 };
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) s.line_start = s.p = text + 3; /* RFC 8259, 8.1 allows it */
    skip_space(&s);
    RNI_TRY(parse_value(&s, root));
    skip_space(&s);
    return s.p >= s.end || expected(&s, "nothing after the value");
}

rni_json *rni_json_parse(const char *text, int64_t n, const char *source)
{
    rni_json *root = NULL;
    rni_json_document *doc = rni_alloc(sizeof *doc);
    if (!doc) return NULL;
    if (!parse_document(doc, text, n, source ? source : "text", &root)) {
        rni_json_document_free(doc);
        return NULL;
    }
    return root;
}

rni_json *rni_json_load(const char *path, int64_t limit)
{
    void *bytes = NULL;
    int64_t n = 0;
    if (!rni_file_read(path, limit > 0 ? limit : FILE_LIMIT, &bytes, &n)) return NULL;
    rni_json *root = rni_json_parse(bytes, n, path);
    rni_free(bytes);
    return root;
}
