/* Reading and writing numbers with a point, whatever the locale says.
 *
 * strtod and printf are exact in the C libraries that we run on; all that has to be kept away is the decimal comma of a
 * program that called setlocale. Switching the thread's locale to "C" for the call does that. */
#include "base/number.h"

#include "base/alloc.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHORT_TEXT = 120 };

/* The "C" locale is a static object of the C library: nothing to free. */
static locale_t enter_c(void)
{
    return uselocale(newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

bool rni_parse_f64(const char *text, int64_t n, double *out)
{
    char small[SHORT_TEXT], *copy = small;
    if (n <= 0 || strchr(" \t\n\v\f\r", text[0]) || memchr(text, 'x', (size_t)n) || memchr(text, 'X', (size_t)n))
        return false;
    if (n >= SHORT_TEXT) copy = rni_strndup(text, n);
    if (!copy) return false;
    memcpy(copy, text, (size_t)n);
    copy[n] = '\0';
    char *end = copy;
    *out = rni_scan_f64(copy, &end);
    const bool all = end == copy + n;
    if (copy != small) rni_free(copy);
    return all;
}

double rni_scan_f64(const char *text, char **end)
{
    const locale_t before = enter_c();
    const double v = strtod(text, end);
    uselocale(before);
    return v;
}

bool rni_parse_i64(const char *text, int64_t n, int64_t *out)
{
    const bool negative = n > 0 && text[0] == '-';
    int64_t i = negative || (n > 0 && text[0] == '+'), v = 0;
    if (i >= n) return false;
    for (; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        const int digit = text[i] - '0';
        if (__builtin_mul_overflow(v, 10, &v)) return false;
        if (__builtin_add_overflow(v, negative ? -digit : digit, &v)) return false;
    }
    *out = v;
    return true;
}

static bool special(double value, char *buf)
{
    if (isfinite(value)) return false;
    snprintf(buf, RNI_NUMBER_TEXT, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return true;
}

char *rni_format_f64(double value, char buf[RNI_NUMBER_TEXT])
{
    if (special(value, buf)) return buf;
    const locale_t before = enter_c();
    for (int digits = fabs(value) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(buf, RNI_NUMBER_TEXT, "%.*g", digits, value);
        if (strtod(buf, NULL) == value) break;
    }
    uselocale(before);
    return buf;
}

char *rni_format_f32(float value, char buf[RNI_NUMBER_TEXT])
{
    if (special(value, buf)) return buf;
    const locale_t before = enter_c();
    for (int digits = fabsf(value) < FLT_MIN ? 1 : 6; digits <= 9; digits++) {
        snprintf(buf, RNI_NUMBER_TEXT, "%.*g", digits, (double)value);
        if (strtof(buf, NULL) == value) break;
    }
    uselocale(before);
    return buf;
}

int rni_vformat(char *buf, size_t size, const char *fmt, va_list args)
{
    const locale_t before = enter_c();
    const int n = vsnprintf(buf, size, fmt, args);
    uselocale(before);
    return n;
}

int rni_format(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const int n = rni_vformat(buf, size, fmt, args);
    va_end(args);
    return n;
}
