/* Pictures and bars in a terminal. */
#ifndef RNI_CLI_DRAW_H
#define RNI_CLI_DRAW_H

#include <stdint.h>
#include <stdio.h>

/* A gray picture, values 0 … 1, rows of `width`: two rows per line of half blocks, in 24 shades where `to` is a
 * terminal, else in characters. `indent` spaces stand in front of each line. Calls side(user, line, to) after each
 * line, which may write what stands beside it; NULL for nothing. */
void cli_draw_image(FILE *to, const float *pixels, int64_t height, int64_t width, int indent,
                    void (*side)(void *user, int64_t line, FILE *to), void *user);
/* `value` (0 … 1) as a bar of `width` cells. */
void cli_draw_bar(FILE *to, double value, int width);
/* Rows are what is true, columns what was said. names may be NULL. */
void cli_draw_confusion(FILE *to, const int64_t *count, int64_t classes, const char *const *names);

#endif
