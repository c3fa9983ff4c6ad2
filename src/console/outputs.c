/* The file is mapped and gone through once; only the rows that are wanted are kept, by their places. */
#include "console/outputs.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 256, TERMS = 16, CELL = 256 };

typedef struct cell {
    const char *at;
    int64_t n;
} cell;

typedef struct condition {
    int column; /* -1: any */
    char op;    /* '=', '!', '<', '>', 'l' for <=, 'g' for >=, '~' for contains */
    char text[CELL];
    double number;
} condition;

typedef struct found {
    const char *row;
    double key;
} found;

typedef struct outputs {
    rni_map map;
    const char *end;
    cell name[COLUMNS];
    int n_columns;
    condition term[TERMS];
    int n_terms;
    found *at;
    int64_t n, capacity;
} outputs;

/* ---- cells ---- */

/* Takes the cells of the row at s, at most COLUMNS; returns where the next row begins. */
static const char *take_row(const outputs *o, const char *s, cell *to, int *n)
{
    *n = 0;
    for (bool last = false; !last;) {
        const bool quoted = s < o->end && *s == '"';
        const char *begin = s += quoted;
        while (s < o->end && (quoted ? *s != '"' || (s + 1 < o->end && s[1] == '"') : *s != ',' && *s != '\n'))
            s += quoted && *s == '"' ? 2 : 1;
        const char *stop = s < o->end ? s : o->end;
        s = stop + (quoted && stop < o->end);
        if (!quoted && stop > begin && stop[-1] == '\r') stop--;
        if (*n < COLUMNS) to[(*n)++] = (cell){ begin, stop - begin };
        while (s < o->end && *s != ',' && *s != '\n') s++;
        last = s >= o->end || *s == '\n';
        s += s < o->end;
    }
    return s;
}

static char *copy(cell c, char to[CELL])
{
    int64_t n = 0;
    for (int64_t i = 0; i < c.n && n < CELL - 1; i++) {
        to[n++] = c.at[i];
        i += c.at[i] == '"'; /* written twice */
    }
    to[n] = '\0';
    return to;
}

static double number_of(cell c)
{
    char text[CELL], *end;
    const double v = rni_scan_f64(copy(c, text), &end);
    return end > text && !*end ? v : NAN;
}

/* ---- conditions ---- */

static int find_column(const outputs *o, const char *name, size_t n)
{
    char text[CELL];
    for (int i = 0; i < o->n_columns; i++) {
        copy(o->name[i], text);
        if (strlen(text) == n && strncmp(text, name, n) == 0) return i;
    }
    rni_fail(RN_ERR_ARG, NULL, NULL, "the table has no column \"%.*s\"", (int)(n < 80 ? n : 80), name);
    return -1;
}

static bool read_condition(outputs *o, const char *text, size_t n)
{
    condition *c = &o->term[o->n_terms];
    const size_t key = strcspn(text, "<>=!:");
    char *end;
    if (o->n_terms == TERMS || n >= CELL) return rni_fail(RN_ERR_ARG, NULL, NULL, "the filter is too long");
    *c = (condition){ .column = -1, .op = '~' };
    size_t op = 0;
    if (key < n && key > 0) {
        if ((c->column = find_column(o, text, key)) < 0) return false;
        const bool wide = key + 1 < n && text[key + 1] == '=' && strchr("<>!", text[key]);
        c->op = text[key] == ':' ? '=' : !wide || text[key] == '!' ? text[key] : text[key] == '<' ? 'l' : 'g';
        op = key + (wide ? 2 : 1);
    }
    snprintf(c->text, sizeof c->text, "%.*s", (int)(n - op), text + op);
    c->number = rni_scan_f64(c->text, &end);
    if (end == c->text || *end) c->number = NAN;
    if (isnan(c->number) && strchr("<>lg", c->op))
        return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%s\" is no number", c->text);
    o->n_terms++;
    return true;
}

static bool holds(const condition *c, cell x)
{
    char text[CELL];
    const double v = isnan(c->number) ? NAN : number_of(x);
    switch (c->op) {
    case '<':
        return v < c->number;
    case '>':
        return v > c->number;
    case 'l':
        return v <= c->number;
    case 'g':
        return v >= c->number;
    case '~':
        return strstr(copy(x, text), c->text) != NULL;
    default:
        return (v == c->number || strcmp(copy(x, text), c->text) == 0) == (c->op == '=');
    }
}

static bool is_wanted(const outputs *o, const cell *row, int n)
{
    for (int i = 0; i < o->n_terms; i++) {
        const condition *c = &o->term[i];
        bool ok = c->column >= 0 && c->column < n && holds(c, row[c->column]);
        for (int k = 0; !ok && c->column < 0 && k < n; k++) ok = holds(c, row[k]);
        if (!ok) return false;
    }
    return true;
}

/* ---- rows ---- */

static int rising(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (isnan(x->key) || isnan(y->key)) return isnan(x->key) - isnan(y->key); /* last */
    return x->key < y->key ? -1 : x->key > y->key ? 1 : x->row < y->row ? -1 : 1;
}

/* All rows that are wanted, in the order that is asked for. */
static bool collect(outputs *o, const char *s, const char *sort)
{
    cell row[COLUMNS];
    const bool falls = sort && *sort == '-';
    const int by = sort && *sort ? find_column(o, sort + falls, strlen(sort + falls)) : -1;
    for (int n; rn_ok() && s < o->end;) {
        const char *begin = s;
        s = take_row(o, s, row, &n);
        if (!is_wanted(o, row, n) || (n == 1 && row[0].n == 0)) continue;
        found *more = rni_grow(o->at, o->n, &o->capacity, (int64_t)sizeof *more);
        if (!more) return false;
        o->at = more;
        const double key = by >= 0 && by < n ? number_of(row[by]) : 0;
        o->at[o->n++] = (found){ begin, falls ? -key : key };
    }
    if (by >= 0 && o->n) qsort(o->at, (size_t)o->n, sizeof *o->at, rising);
    return rn_ok();
}

static void write_cell(rni_json_writer *w, cell c)
{
    char text[CELL];
    const double v = number_of(c);
    if (isnan(v))
        rni_json_write_string(w, copy(c, text));
    else
        rni_json_write_number(w, v);
}

static void write_rows(const outputs *o, const rni_outputs_args *a, rni_json_writer *w)
{
    cell row[COLUMNS];
    int n;
    rni_json_object_begin(w);
    rni_json_write_key(w, "columns");
    rni_json_array_begin(w);
    for (int i = 0; i < o->n_columns; i++) {
        char text[CELL];
        rni_json_write_string(w, copy(o->name[i], text));
    }
    rni_json_array_end(w);
    rni_json_put_int(w, "total", o->n);
    rni_json_write_key(w, "rows");
    rni_json_array_begin(w);
    for (int64_t i = a->offset; i < o->n && i - a->offset < a->count; i++) {
        take_row(o, o->at[i].row, row, &n);
        rni_json_array_begin(w);
        for (int k = 0; k < n; k++) write_cell(w, row[k]);
        rni_json_array_end(w);
    }
    rni_json_array_end(w);
    rni_json_object_end(w);
}

bool rni_outputs_write(const char *path, const rni_outputs_args *a, rni_json_writer *w)
{
    outputs *o = rni_alloc((int64_t)sizeof *o);
    bool ok = o && rni_file_map(path, &o->map);
    if (ok) {
        o->end = (const char *)o->map.at + o->map.bytes;
        const char *s = take_row(o, o->map.at, o->name, &o->n_columns);
        for (const char *f = a->filter; ok && f && *(f += strspn(f, " ")); f += strcspn(f, " "))
            ok = read_condition(o, f, strcspn(f, " "));
        ok = ok && collect(o, s, a->sort);
        if (ok) write_rows(o, a, w);
        rni_file_unmap(&o->map);
    }
    if (o) rni_free(o->at);
    rni_free(o);
    return ok;
}
