/* Half blocks show two pixels in one cell: the upper as its foreground, the lower as its background. */
#include "cli/draw.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* The terminal's 24 gray levels and its black. */
static int shade(float v)
{
    const int s = (int)lroundf(fminf(fmaxf(v, 0), 1) * 24);
    return s == 0 ? 16 : 231 + s;
}

static void plain_row(FILE *to, const float *upper, const float *lower, int64_t width)
{
    static const char levels[] = " .:-=+*#%@";
    for (int64_t x = 0; x < width; x++) {
        const float v = fminf(fmaxf(lower ? (upper[x] + lower[x]) / 2 : upper[x], 0), 1);
        fputc(levels[(int)(v * 9.999f)], to);
    }
}

void cli_draw_image(FILE *to, const float *pixels, int64_t height, int64_t width, int indent,
                    void (*side)(void *user, int64_t line, FILE *to), void *user)
{
    const int terminal = isatty(fileno(to));
    for (int64_t y = 0; y < height; y += 2) {
        const float *upper = pixels + y * width, *lower = y + 1 < height ? upper + width : NULL;
        fprintf(to, "%*s", indent, "");
        if (terminal) {
            for (int64_t x = 0; x < width; x++)
                fprintf(to, "\033[38;5;%d;48;5;%dm\xe2\x96\x80", shade(upper[x]), lower ? shade(lower[x]) : 16);
            fputs("\033[0m", to);
        } else
            plain_row(to, upper, lower, width);
        if (side) side(user, y / 2, to);
        fputc('\n', to);
    }
}

void cli_draw_bar(FILE *to, double value, int width)
{
    const int full = (int)lround(fmin(fmax(value, 0), 1) * width);
    for (int i = 0; i < width; i++) fputc(i < full ? '#' : '.', to);
}

void cli_draw_confusion(FILE *to, const int64_t *count, int64_t classes, const char *const *names)
{
    int label = 5, cell = 4;
    for (int64_t i = 0; i < classes * classes; i++) {
        const int n = snprintf(NULL, 0, "%lld", (long long)count[i]) + 1;
        if (n > cell) cell = n;
    }
    for (int64_t i = 0; names && i < classes; i++) {
        const int n = (int)strlen(names[i]);
        if (n > label) label = n < 12 ? n : 12;
    }
    fprintf(to, "%*s", label + 2, "");
    for (int64_t k = 0; k < classes; k++)
        if (names)
            fprintf(to, " %*.*s", cell - 1, cell - 1, names[k]);
        else
            fprintf(to, " %*lld", cell - 1, (long long)k);
    fputc('\n', to);
    for (int64_t i = 0; i < classes; i++) {
        int64_t sum = 0;
        if (names)
            fprintf(to, "%*.*s |", label, label, names[i]);
        else
            fprintf(to, "%*lld |", label, (long long)i);
        for (int64_t k = 0; k < classes; k++) {
            sum += count[i * classes + k];
            if (count[i * classes + k])
                fprintf(to, "%*lld", cell, (long long)count[i * classes + k]);
            else
                fprintf(to, "%*s", cell, ".");
        }
        fprintf(to, "  %5.1f%%\n", sum ? 100.0 * (double)count[i * classes + i] / (double)sum : 0.0);
    }
}
