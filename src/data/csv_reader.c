/* Rows of a CSV file (RFC 4180), one at a time: quoted cells may hold separators, new lines and doubled quotes; lines
 * end in LF, CR LF or CR. What breaks the rules is an error with the row and the line, never a guess. */
#include "data/csv.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void rni_csv_begin(rni_csv *csv, const char *bytes, int64_t n, char separator, const char *source)
{
    *csv = (rni_csv){ .bytes = bytes, .n = n, .separator = separator, .source = source };
    rni_csv_rewind(csv);
}

void rni_csv_rewind(rni_csv *csv)
{
    csv->position = csv->n >= 3 && memcmp(csv->bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    csv->row = csv->line = 0;
    csv->next_line = 1;
    csv->count = 0;
}

void rni_csv_end(rni_csv *csv)
{
    rni_free(csv->cells);
    rni_free(csv->offsets);
    rni_str_free(&csv->scratch);
    *csv = (rni_csv){ 0 };
}

bool rni_csv_fail(const rni_csv *csv, int64_t column, const char *name, const char *fmt, ...)
{
    char text[400], where[120] = "";
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (column >= 0 && name)
        snprintf(where, sizeof where, ", column \"%.80s\"", name);
    else if (column >= 0)
        snprintf(where, sizeof where, ", column %lld", (long long)column);
    rni_fail(RN_ERR_FORMAT, NULL, "csv", "row %lld%s: %s", (long long)csv->row, where, text);
    rni_error_add("file", "%s:%lld", csv->source, (long long)csv->line);
    return false;
}

static bool add_cell(rni_csv *csv, const char *at, int64_t n, int64_t offset)
{
    void *cells = rni_grow(csv->cells, csv->count, &csv->capacity, (int64_t)sizeof *csv->cells);
    if (!cells) return false;
    csv->cells = cells;
    void *offsets = rni_grow(csv->offsets, csv->count, &csv->offset_capacity, (int64_t)sizeof *csv->offsets);
    if (!offsets) return false;
    csv->offsets = offsets;
    csv->offsets[csv->count] = offset;
    csv->cells[csv->count++] = (rni_csv_cell){ at, n };
    return true;
}

static bool ends_cell(const rni_csv *csv, int64_t i)
{
    const char c = i < csv->n ? csv->bytes[i] : '\n';
    return c == csv->separator || c == '\n' || c == '\r';
}

/* Reads a cell that begins with a quote, from behind it to behind the quote that ends it. */
static bool read_quoted(rni_csv *csv)
{
    const int64_t start = csv->position, scratch = csv->scratch.length;
    int64_t i = start, from = start;
    for (;; i++) {
        if (i >= csv->n) return rni_csv_fail(csv, csv->count, NULL, "a quote is opened and not closed");
        const char c = csv->bytes[i];
        if (c == '\0') return rni_csv_fail(csv, csv->count, NULL, "there is a byte 0");
        csv->next_line += c == '\n' || (c == '\r' && !(i + 1 < csv->n && csv->bytes[i + 1] == '\n'));
        if (c != '"') continue;
        if (i + 1 >= csv->n || csv->bytes[i + 1] != '"') break;
        rni_str_add_n(&csv->scratch, csv->bytes + from, i + 1 - from);
        from = i + 2;
        i++;
    }
    csv->position = i + 1;
    if (!ends_cell(csv, csv->position))
        return rni_csv_fail(csv, csv->count, NULL, "there is text behind the quote that ends the cell");
    if (from == start) return add_cell(csv, csv->bytes + start, i - start, -1);
    rni_str_add_n(&csv->scratch, csv->bytes + from, i - from);
    return !csv->scratch.failed && add_cell(csv, NULL, csv->scratch.length - scratch, scratch);
}

static bool read_plain(rni_csv *csv)
{
    const int64_t start = csv->position;
    int64_t i = start;
    while (!ends_cell(csv, i)) {
        if (csv->bytes[i] == '\0') return rni_csv_fail(csv, csv->count, NULL, "there is a byte 0");
        i++;
    }
    csv->position = i;
    return add_cell(csv, csv->bytes + start, i - start, -1);
}

/* Passes over the end of a line: CR LF, LF or CR. */
static void end_line(rni_csv *csv)
{
    if (csv->position < csv->n && csv->bytes[csv->position] == '\r') csv->position++;
    if (csv->position < csv->n && csv->bytes[csv->position] == '\n') csv->position++;
    csv->next_line++;
}

int rni_csv_next(rni_csv *csv)
{
    while (csv->position < csv->n && (csv->bytes[csv->position] == '\n' || csv->bytes[csv->position] == '\r'))
        end_line(csv);
    csv->count = 0;
    csv->scratch.length = 0;
    if (csv->position >= csv->n) return 0;
    csv->row++;
    csv->line = csv->next_line;
    for (;;) {
        const bool quoted = csv->position < csv->n && csv->bytes[csv->position] == '"';
        csv->position += quoted;
        if (!(quoted ? read_quoted(csv) : read_plain(csv))) return -1;
        if (csv->position >= csv->n || csv->bytes[csv->position] != csv->separator) break;
        csv->position++;
    }
    end_line(csv);
    for (int64_t i = 0; i < csv->count; i++)
        if (csv->offsets[i] >= 0) csv->cells[i].at = csv->scratch.at + csv->offsets[i];
    return 1;
}

bool rni_csv_missing(const rni_csv_cell *cell)
{
    static const char *const texts[] = { "", "?", "NA", "N/A", "nan", "null" };
    for (size_t i = 0; i < RN_COUNTOF(texts); i++)
        if ((int64_t)strlen(texts[i]) == cell->n && strncasecmp(texts[i], cell->at, (size_t)cell->n) == 0) return true;
    return false;
}

/* The common short numbers are exact in one multiplication or division (Clinger 1990: both parts are exact doubles);
 * the rest goes the slow way. */
static bool short_number(const char *s, int64_t n, double *value)
{
    static const double power[] = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };
    int64_t i = n > 0 && (s[0] == '-' || s[0] == '+'), mantissa = 0;
    int digits = 0, places = -1;
    for (; i < n; i++) {
        if (s[i] == '.' && places < 0)
            places = 0;
        else if (s[i] >= '0' && s[i] <= '9' && digits < 15) {
            mantissa = mantissa * 10 + (s[i] - '0');
            digits++;
            places += places >= 0;
        } else
            return false;
    }
    if (digits == 0) return false;
    *value = (double)mantissa / power[places > 0 ? places : 0];
    if (s[0] == '-') *value = -*value;
    return true;
}

bool rni_csv_number(const rni_csv_cell *cell, double *value)
{
    const char *s = cell->at;
    int64_t n = cell->n;
    while (n > 0 && (*s == ' ' || *s == '\t')) s++, n--;
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t')) n--;
    if (short_number(s, n, value)) return true;
    for (int64_t i = 0; i < n; i++)
        if (!strchr("0123456789+-.eE", s[i])) return false;
    return rni_parse_f64(s, n, value) && isfinite(*value);
}
