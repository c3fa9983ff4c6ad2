/* Tensors as text, character for character as NumPy's str() writes arrays: columns of equal width, as many digits as
 * tell a value from its neighbours (at most eight behind the point), an exponent where the values span much, "..." in
 * the middle of what is long, lines of at most 75 characters. A scalar is written as NumPy's scalars are. */
#include "engine/engine.h"

#include "base/convert.h"
#include "base/error.h"
#include "base/number.h"
#include "base/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SUMMARY_FROM = 1001, EDGE = 3, DIGITS = 8, ALL_DIGITS = 20, LINE = 75, CELL = 128 };

/* A number in decimal: -12.5e+07 is "-12", "5", "+07". Without an exponent the last is empty. */
typedef struct {
    char whole[32], fraction[24], exponent[8];
} decimal;

typedef struct {
    const rn_tensor *x;
    const char *data;
    bool summary;
    double low, high; /* of the sizes of numbers that are finite and not 0 */
    bool scientific;
    int whole, fraction, exponent; /* characters that these take at most */
    int width;                     /* of an element */
    rni_str out;
    int64_t line; /* where the present line begins in out */
} printer;

static const void *element(const printer *p, int64_t i)
{
    return p->data + i * rn_dtype_bytes((rn_dtype)p->x->dtype);
}

static bool is_float(const printer *p)
{
    return rn_dtype_is_float((rn_dtype)p->x->dtype);
}

/* ---- numbers ---- */

/* Whether the text reads back as the same value of the tensor's type. */
static bool same(const printer *p, const char *text, double value)
{
    char a[8], b[8];
    const rn_dtype d = (rn_dtype)p->x->dtype;
    rni_store(d, a, rni_scan_f64(text, NULL));
    rni_store(d, b, value);
    return memcmp(a, b, (size_t)rn_dtype_bytes(d)) == 0;
}

static void take_apart(const char *text, decimal *d)
{
    const char *e = strchr(text, 'e');
    const int n = (int)(e ? e - text : (long)strlen(text));
    const char *point = memchr(text, '.', (size_t)n);
    const int whole = (int)(point ? point - text : n);
    int fraction = point ? n - whole - 1 : 0;
    while (fraction > 0 && point[fraction] == '0') fraction--;
    snprintf(d->whole, sizeof d->whole, "%.*s", whole, text);
    snprintf(d->fraction, sizeof d->fraction, "%.*s", fraction, point ? point + 1 : "");
    snprintf(d->exponent, sizeof d->exponent, "%s", e ? e + 1 : "");
}

/* The fewest digits that read back as v, but no more than `digits` behind the point: those are rounded from v. */
static void shortest(const printer *p, double v, bool scientific, int digits, decimal *d)
{
    char text[CELL];
    int n = 0;
    do rni_format(text, sizeof text, "%.*e", n, v);
    while (!same(p, text, v) && ++n < 17);
    if (scientific) {
        if (n > digits) rni_format(text, sizeof text, "%.*e", digits, v);
    } else {
        const int behind = n - (int)strtol(strchr(text, 'e') + 1, NULL, 10);
        /* a scalar with fewer digits than places before the point is filled with zeros, an element is not */
        if (behind < 0 && p->x->shape.rank == 0) v = rni_scan_f64(text, NULL);
        rni_format(text, sizeof text, "%.*f", behind < 0 ? 0 : behind < digits ? behind : digits, v);
    }
    take_apart(text, d);
}

static const char *not_finite(double v)
{
    return isnan(v) ? "nan" : v < 0 ? "-inf" : "inf";
}

static void scalar(printer *p)
{
    const double v = rni_load((rn_dtype)p->x->dtype, p->data), size = fabs(v);
    decimal d;
    if (!isfinite(v)) {
        rni_str_add(&p->out, not_finite(v));
        return;
    }
    const bool scientific = size != 0 && (size < 1e-4 || size >= 1e16);
    shortest(p, v, scientific, ALL_DIGITS, &d);
    if (!scientific)
        rni_str_addf(&p->out, "%s.%s", d.whole, *d.fraction ? d.fraction : "0");
    else
        rni_str_addf(&p->out, "%s%s%se%s", d.whole, *d.fraction ? "." : "", d.fraction, d.exponent);
}

/* ---- elements ---- */

static void whole_text(const printer *p, int64_t i, char *text)
{
    int64_t v;
    rni_convert(&v, RN_I64, element(p, i), (rn_dtype)p->x->dtype, 1);
    if (p->x->dtype == RN_BOOL)
        snprintf(text, CELL, v ? "True" : "False");
    else
        snprintf(text, CELL, "%" PRId64, v);
}

static void widen(int *width, const char *text)
{
    const int n = (int)strlen(text);
    if (n > *width) *width = n;
}

static void see_size(printer *p, int64_t i)
{
    const double size = fabs(rni_load((rn_dtype)p->x->dtype, element(p, i)));
    if (!isfinite(size) || size == 0) return;
    p->low = fmin(p->low, size);
    p->high = fmax(p->high, size);
}

static void see_parts(printer *p, int64_t i)
{
    decimal d;
    const double v = rni_load((rn_dtype)p->x->dtype, element(p, i));
    if (!isfinite(v)) return;
    shortest(p, v, p->scientific, DIGITS, &d);
    widen(&p->whole, d.whole);
    widen(&p->fraction, d.fraction);
    widen(&p->exponent, d.exponent);
}

static void see_width(printer *p, int64_t i)
{
    char text[CELL];
    if (!is_float(p)) {
        whole_text(p, i, text);
        widen(&p->width, text);
        return;
    }
    const double v = rni_load((rn_dtype)p->x->dtype, element(p, i));
    if (!isfinite(v)) widen(&p->width, not_finite(v));
}

static void write_element(printer *p, int64_t i, char *text)
{
    if (!is_float(p)) {
        char digits[CELL];
        whole_text(p, i, digits);
        snprintf(text, CELL, "%*s", p->width, digits);
        return;
    }
    const double v = rni_load((rn_dtype)p->x->dtype, element(p, i));
    if (!isfinite(v)) {
        snprintf(text, CELL, "%*s", p->width, not_finite(v));
    } else if (p->scientific) {
        char digits[CELL];
        snprintf(digits, sizeof digits, "%#.*e", p->fraction, v);
        const char *e = strchr(digits, 'e'); /* "e+07", with a zero more where another element has three digits */
        snprintf(text, CELL, "%*.*s%.2s%.*s%s", p->width - 1 - p->exponent, (int)(e - digits), digits, e,
                 p->exponent - (int)strlen(e + 1), "0", e + 2);
    } else {
        decimal d;
        shortest(p, v, false, DIGITS, &d);
        snprintf(text, CELL, "%*s.%-*s", p->width - 1 - p->fraction, d.whole, p->fraction, d.fraction);
    }
}

/* ---- the array ---- */

/* Steps over what a summary leaves out: the next index along an axis of size n. */
static int64_t next_index(const printer *p, int64_t i, int64_t n)
{
    return p->summary && n > 2 * EDGE && i == EDGE - 1 ? n - EDGE : i + 1;
}

static void each(printer *p, int axis, int64_t offset, int64_t inner, void (*see)(printer *p, int64_t i))
{
    if (axis == p->x->shape.rank) {
        see(p, offset);
        return;
    }
    const int64_t n = p->x->shape.dim[axis];
    inner /= n;
    for (int64_t i = 0; i < n; i = next_index(p, i, n)) each(p, axis + 1, offset + i * inner, inner, see);
}

static void measure(printer *p)
{
    if (is_float(p)) {
        p->low = INFINITY;
        each(p, 0, 0, p->x->count, see_size);
        p->scientific = p->high > 0 && (p->high >= 1e8 || p->low < 1e-4 || p->high / p->low > 1000);
        each(p, 0, 0, p->x->count, see_parts);
        p->width = p->whole + 1 + p->fraction + (p->exponent ? 1 + p->exponent : 0);
    } else if (p->x->dtype == RN_BOOL)
        p->width = 5; /* also where all are True */
    each(p, 0, 0, p->x->count, see_width);
}

static void new_line(printer *p, int lines, int indent)
{
    for (int i = 0; i < lines; i++) rni_str_add(&p->out, "\n");
    p->line = p->out.length;
    rni_str_addf(&p->out, "%*s", indent, "");
}

/* Appends to the line of a row, or to a new one if there is no room. */
static void add_word(printer *p, int axis, const char *word)
{
    const int64_t used = p->out.length - p->line;
    if (used + (int64_t)strlen(word) > LINE - axis - 1 && used > axis + 1) {
        while (!p->out.failed && p->out.at[p->out.length - 1] == ' ') p->out.at[--p->out.length] = '\0';
        new_line(p, 1, axis + 1);
    }
    rni_str_add(&p->out, word);
}

static void write_axis(printer *p, int axis, int64_t offset, int64_t inner)
{
    const int below = p->x->shape.rank - 1 - axis; /* axes inside this one */
    const int64_t n = p->x->shape.dim[axis];
    char word[CELL];
    inner /= n;
    rni_str_add(&p->out, "[");
    for (int64_t i = 0, after; i < n; i = after) {
        after = next_index(p, i, n);
        if (below)
            write_axis(p, axis + 1, offset + i * inner, inner);
        else {
            write_element(p, offset + i, word);
            add_word(p, axis, word);
        }
        if (after == n) break;
        for (int gap = after > i + 1; gap >= 0; gap--) {
            if (below)
                new_line(p, below, axis + 1);
            else
                rni_str_add(&p->out, " ");
            if (gap) add_word(p, axis, "...");
        }
    }
    rni_str_add(&p->out, "]");
}

static bool make_text(const rn_site *site, rn_tensor *x, rni_str *out)
{
    const void *data = rn_data_at(site, x);
    if (!data) return false;
    printer p = { .x = x, .data = data, .summary = rn_tensor_count(x) >= SUMMARY_FROM };
    char word[CELL];
    if (x->count == 0)
        rni_str_add(&p.out, "[]");
    else if (x->shape.rank) {
        measure(&p);
        write_axis(&p, 0, 0, x->count);
    } else if (is_float(&p))
        scalar(&p);
    else {
        whole_text(&p, 0, word);
        rni_str_add(&p.out, word);
    }
    *out = p.out;
    if (!p.out.failed) return true;
    rni_str_free(out);
    return false;
}

bool rn_print_at(const rn_site *site, FILE *to, rn_tensor *x)
{
    rni_str s = { 0 };
    RNI_TRY(rni_given(to, site, "print", "to") && rni_given(x, site, "print", "t"));
    if (!make_text(site, x, &s)) return false;
    fprintf(to, "%s\n", s.at);
    rni_str_free(&s);
    return true;
}

int64_t rn_tensor_text(rn_tensor *x, char *buf, int64_t size)
{
    rni_str s = { 0 };
    if (!rni_given(x, NULL, "tensor_text", "t") || (size > 0 && !rni_given(buf, NULL, "tensor_text", "buf"))) return -1;
    if (!make_text(NULL, x, &s)) return -1;
    if (size > 0) snprintf(buf, (size_t)size, "%s", s.at);
    const int64_t n = s.length;
    rni_str_free(&s);
    return n;
}
