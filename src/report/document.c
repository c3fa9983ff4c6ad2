/* The document of a report: what it holds, and who frees it. */
#include "report/report.h"

#include "base/alloc.h"
#include "base/number.h"

#include <stdio.h>
#include <string.h>

void rni_document_free(rni_document *r)
{
    for (int64_t i = 0; i < r->n; i++) rni_free(r->section[i].block);
    for (int64_t i = 0; i < r->n_own; i++) rni_free(r->own[i]);
    rni_free(r->section);
    rni_free(r->own);
    *r = (rni_document){ 0 };
}

void *rni_document_own(rni_document *r, void *memory)
{
    if (!memory) return NULL;
    void **own = rni_grow(r->own, r->n_own, &r->cap_own, (int64_t)sizeof *own);
    if (!own) {
        rni_free(memory);
        return NULL;
    }
    r->own = own;
    return own[r->n_own++] = memory;
}

void *rni_document_alloc(rni_document *r, int64_t bytes)
{
    return rni_document_own(r, rni_alloc(bytes > 0 ? bytes : 1));
}

static const char *text_v(rni_document *r, const char *fmt, va_list args)
{
    rni_str s = { 0 };
    rni_str_add(&s, "");
    rni_str_addv(&s, fmt, args);
    if (!s.failed) return rni_document_own(r, s.at);
    rni_str_free(&s);
    return NULL;
}

const char *rni_document_text(rni_document *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *text = text_v(r, fmt, args);
    va_end(args);
    return text;
}

rni_section *rni_document_section(rni_document *r, const char *title)
{
    rni_section *all = rni_grow(r->section, r->n, &r->capacity, (int64_t)sizeof *all);
    if (!all) return NULL;
    r->section = all;
    all[r->n] = (rni_section){ .title = rni_document_text(r, "%s", title) };
    return &all[r->n++];
}

rni_document_block *rni_document_add(rni_document *r, rni_section *s, rni_block_type type, const char *title)
{
    if (!s) return NULL;
    rni_document_block *all = rni_grow(s->block, s->n, &s->capacity, (int64_t)sizeof *all);
    if (!all) return NULL;
    s->block = all;
    all[s->n] = (rni_document_block){ .type = type, .title = title ? rni_document_text(r, "%s", title) : NULL };
    return &all[s->n++];
}

rni_table *rni_document_table(rni_document *r, rni_section *s, const char *title, int64_t rows, int64_t columns)
{
    rni_document_block *b = rni_document_add(r, s, RNI_BLOCK_TABLE, title);
    if (!b) return NULL;
    b->table = (rni_table){ .cell = rni_document_alloc(r, rows * columns * (int64_t)sizeof(char *)) };
    if (!b->table.cell) return NULL;
    b->table.rows = rows;
    b->table.columns = columns;
    return &b->table;
}

void rni_document_cell(rni_document *r, rni_table *t, int64_t row, int64_t column, const char *fmt, ...)
{
    if (!t || row >= t->rows || column >= t->columns) return;
    va_list args;
    va_start(args, fmt);
    t->cell[row * t->columns + column] = text_v(r, fmt, args);
    va_end(args);
}

static bool is_number(const char *text)
{
    return !text || !*text || (*text >= '0' && *text <= '9') || ((*text == '-' || *text == '.') && text[1] != '\0');
}

bool rni_table_is_number(const rni_table *t, int64_t column)
{
    for (int64_t row = 1; row < t->rows; row++)
        if (!is_number(t->cell[row * t->columns + column])) return false;
    return t->rows > 1;
}

const char *rni_document_colour(int i)
{
    static const char *const colours[] = { "0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9" };
    return colours[i % (int)RN_COUNTOF(colours)];
}

void rni_xml_text(rni_str *to, const char *text)
{
    for (; text && *text; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '<')
            rni_str_add(to, "&lt;");
        else if (c == '>')
            rni_str_add(to, "&gt;");
        else if (c == '&')
            rni_str_add(to, "&amp;");
        else if (c == '"')
            rni_str_add(to, "&quot;");
        else if (c == '\'')
            rni_str_add(to, "&#39;");
        else if (c >= ' ' || c == '\t' || c == '\n')
            rni_str_add_n(to, text, 1);
    }
}

void rni_xml_textf(rni_str *to, const char *fmt, ...)
{
    rni_str s = { 0 };
    va_list args;
    va_start(args, fmt);
    rni_str_addv(&s, fmt, args);
    va_end(args);
    rni_xml_text(to, s.at);
    to->failed |= s.failed;
    rni_str_free(&s);
}

void rni_base64(rni_str *to, const void *bytes, int64_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = bytes;
    for (int64_t i = 0; i < n; i += 3) {
        const uint32_t b =
            (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
        const char four[4] = { digit[b >> 18], digit[b >> 12 & 63], i + 1 < n ? digit[b >> 6 & 63] : '=',
                               i + 2 < n ? digit[b & 63] : '=' };
        rni_str_add_n(to, four, 4);
    }
}

const char *rni_document_count(rni_document *r, double n)
{
    char digits[48];
    snprintf(digits, sizeof digits, "%.0f", n);
    const size_t length = strlen(digits), sign = digits[0] == '-';
    rni_str s = { 0 };
    for (size_t i = 0; i < length; i++) {
        if (i > sign && (length - i) % 3 == 0) rni_str_add(&s, ",");
        rni_str_add_n(&s, digits + i, 1);
    }
    if (!s.failed) return rni_document_own(r, s.at);
    rni_str_free(&s);
    return NULL;
}
