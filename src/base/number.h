/* Numbers as text, independent of the locale that the program runs in. */
#ifndef RNI_BASE_NUMBER_H
#define RNI_BASE_NUMBER_H

#include <rensa/base.h>
#include <stdarg.h>

/* Reads the n characters as one decimal number ("inf" and "nan" are, hexadecimal is not). False unless all of them
 * belong to it. Too large gives infinity. */
bool rni_parse_f64(const char *text, int64_t n, double *out);
/* The number that the text begins with; *end is behind it, or at `text` where there is none. As strtod. */
double rni_scan_f64(const char *text, char **end);
/* Reads the n characters as a decimal integer with an optional sign. False if they are not, or it does not fit. */
bool rni_parse_i64(const char *text, int64_t n, int64_t *out);

#define RNI_NUMBER_TEXT 40
/* The shortest text that reads back as the same number; returns buf. "inf", "-inf", "nan" for what has no digits. */
char *rni_format_f64(double value, char buf[RNI_NUMBER_TEXT]);
char *rni_format_f32(float value, char buf[RNI_NUMBER_TEXT]);
/* As snprintf. */
int rni_format(char *buf, size_t size, const char *fmt, ...) RN_PRINTF(3, 4);
int rni_vformat(char *buf, size_t size, const char *fmt, va_list args);

#endif
