/* Tensors as text, in the manner of NumPy: columns of equal width, as many digits as tell the values apart (at most
 * eight), an exponent where the values span much, and "..." in the middle of what is long. */
#include "engine/engine.h"

#include "base/convert.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SUMMARY_FROM = 1001, EDGE = 3, DIGITS = 8, LINE = 75, CELL = 64 };

typedef struct {
    const rn_tensor *x;
    const char *data;
    bool exponent, summary;
    int left, right; /* widths before and from the point on */
    rni_str out;
    int64_t line; /* where the present line begins in out */
} printer;

static double load(const printer *p, int64_t i)
{
    return rni_load((rn_dtype)p->x->dtype, p->data + i * rn_dtype_bytes((rn_dtype)p->x->dtype));
}

/* Whether the text reads back as the same value of the tensor's type. */
static bool same(const printer *p, const char *text, double value)
{
    char a[8], b[8];
    const rn_dtype d = (rn_dtype)p->x->dtype;
    rni_store(d, a, strtod(text, NULL));
    rni_store(d, b, value);
    return memcmp(a, b, (size_t)rn_dtype_bytes(d)) == 0;
}

/* The shortest text with at most DIGITS digits behind the point. A trailing ".0" becomes ".". */
static void number(const printer *p, double v, char *buf)
{
    const rn_dtype d = (rn_dtype)p->x->dtype;
    if (d == RN_BOOL)
        snprintf(buf, CELL, v != 0 ? "True" : "False");
    else if (!rn_dtype_is_float(d))
        snprintf(buf, CELL, "%.0f", v);
    else if (isnan(v))
        snprintf(buf, CELL, "nan");
    else if (isinf(v))
        snprintf(buf, CELL, v < 0 ? "-inf" : "inf");
    else {
        for (int digits = 0; digits <= DIGITS; digits++) {
            snprintf(buf, CELL, p->exponent ? "%.*e" : "%.*f", digits, v);
            if (digits == 0 && !strchr(buf, '.')) { /* "3" is written "3." */
                char *e = strchr(buf, 'e');
                char rest[CELL] = "";
                if (e) snprintf(rest, sizeof rest, "%s", e);
                snprintf(e ? e : buf + strlen(buf), 16, ".%.14s", rest);
            }
            if (same(p, buf, v)) return;
        }
    }
}

/* Steps over what a summary leaves out: the next index along an axis of size n. */
static int64_t next_index(const printer *p, int64_t i, int64_t n)
{
    return p->summary && n > 2 * EDGE && i == EDGE - 1 ? n - EDGE : i + 1;
}

static void measure(printer *p, int axis, int64_t offset, int64_t inner, double range[2])
{
    if (axis == p->x->shape.rank) {
        const double a = fabs(load(p, offset));
        if (isfinite(a) && a > 0) {
            range[0] = fmin(range[0], a);
            range[1] = fmax(range[1], a);
        }
        char text[CELL];
        number(p, load(p, offset), text);
        const char *point = strchr(text, '.');
        const int left = (int)(point ? point - text : (long)strlen(text)), right = point ? (int)strlen(point) : 0;
        if (left > p->left) p->left = left;
        if (right > p->right) p->right = right;
        return;
    }
    const int64_t n = p->x->shape.dim[axis];
    inner /= n > 0 ? n : 1;
    for (int64_t i = 0; i < n; i = next_index(p, i, n)) measure(p, axis + 1, offset + i * inner, inner, range);
}

static void cell(printer *p, int64_t offset)
{
    char text[CELL];
    number(p, load(p, offset), text);
    const char *point = strchr(text, '.');
    const int left = (int)(point ? point - text : (long)strlen(text));
    const int pad = point || !p->right ? p->left - left : p->left + p->right - (int)strlen(text);
    rni_str_addf(&p->out, "%*s%s%*s", pad > 0 ? pad : 0, "", text, point ? p->right - (int)strlen(point) : 0, "");
}

static void break_line(printer *p, int indent, int lines)
{
    for (int i = 0; i < lines; i++) rni_str_add(&p->out, "\n");
    p->line = p->out.length;
    rni_str_addf(&p->out, "%*s", indent, "");
}

static void write_axis(printer *p, int axis, int64_t offset, int64_t inner)
{
    const int rank = p->x->shape.rank;
    if (axis == rank) {
        cell(p, offset);
        return;
    }
    const int64_t n = p->x->shape.dim[axis];
    const bool last = axis == rank - 1;
    inner /= n > 0 ? n : 1;
    rni_str_add(&p->out, "[");
    for (int64_t i = 0; i < n;) {
        if (i > 0 && !last)
            break_line(p, axis + 1, rank - axis - 1);
        else if (i > 0 && p->out.length - p->line + 1 + p->left + p->right >= LINE)
            break_line(p, axis + 1, 1);
        else if (i > 0)
            rni_str_add(&p->out, " ");
        write_axis(p, axis + 1, offset + i * inner, inner);
        const int64_t after = next_index(p, i, n);
        if (after > i + 1) {
            if (last)
                rni_str_add(&p->out, " ...");
            else {
                break_line(p, axis + 1, rank - axis - 1);
                rni_str_add(&p->out, "...");
            }
        }
        i = after;
    }
    rni_str_add(&p->out, "]");
}

static bool make_text(const rn_site *site, rn_tensor *x, rni_str *out)
{
    const void *data = rn_data_at(site, x);
    if (!data) return false;
    printer p = { .x = x, .data = data, .summary = rn_tensor_count(x) >= SUMMARY_FROM };
    double range[2] = { INFINITY, 0 };
    if (x->count) {
        measure(&p, 0, 0, x->count, range);
        if (rn_dtype_is_float((rn_dtype)x->dtype) && range[1] > 0 &&
            (range[1] >= 1e8 || range[0] < 1e-4 || range[1] / range[0] > 1e3)) {
            p.exponent = true;
            p.left = p.right = 0;
            measure(&p, 0, 0, x->count, range);
        }
    }
    if (x->count == 0)
        rni_str_add(&p.out, "[]");
    else
        write_axis(&p, 0, 0, x->count);
    *out = p.out;
    if (!p.out.failed) return true;
    rni_str_free(out);
    return false;
}

bool rn_print_at(const rn_site *site, FILE *to, rn_tensor *x)
{
    rni_str s = { 0 };
    if (!make_text(site, x, &s)) return false;
    fprintf(to, "%s\n", s.at);
    rni_str_free(&s);
    return true;
}

int64_t rn_tensor_text(rn_tensor *x, char *buf, int64_t size)
{
    rni_str s = { 0 };
    if (!make_text(NULL, x, &s)) return -1;
    if (size > 0) snprintf(buf, (size_t)size, "%s", s.at);
    const int64_t n = s.length;
    rni_str_free(&s);
    return n;
}
