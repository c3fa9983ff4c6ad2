/* Numbers as text, independent of the locale that the program runs in. */
#ifndef RNI_BASE_NUMBER_H
#define RNI_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Reads the n characters as one decimal number ("inf" and "nan" are, hexadecimal is not). False unless all of them
 * belong to it. Too large gives infinity. */
bool rni_parse_f64(const char *text, int64_t n, double *out);
/* Reads the n characters as a decimal integer with an optional sign. False if they are not, or it does not fit. */
bool rni_parse_i64(const char *text, int64_t n, int64_t *out);

#define RNI_NUMBER_TEXT 40
/* The shortest text that reads back as the same number; returns buf. "inf", "-inf", "nan" for what has no digits. */
char *rni_format_f64(double value, char buf[RNI_NUMBER_TEXT]);
char *rni_format_f32(float value, char buf[RNI_NUMBER_TEXT]);

#endif
