/* A chart is a frame with ticks, lines with their names at the end, and nothing else. Colours are those of Okabe & Ito
 * (2008), which colour-blind people can tell apart. */
#include "train/chart.h"

#include <math.h>

typedef struct {
    double x0, x1, y0, y1; /* range of the data */
    double left, top, width, height;
    bool log;
} frame;

static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9" };

static double px(const frame *f, double x)
{
    return f->left + (x - f->x0) / (f->x1 - f->x0) * f->width;
}

static double py(const frame *f, double y)
{
    const double v = f->log ? log10(y) : y;
    return f->top + f->height - (v - f->y0) / (f->y1 - f->y0) * f->height;
}

static double tick_step(double range)
{
    const double raw = range / 5, power = pow(10, floor(log10(raw)));
    const double m = raw / power;
    return power * (m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10);
}

static void find_range(frame *f, const rni_series *s, int count)
{
    double low = INFINITY, high = -INFINITY;
    f->x0 = INFINITY;
    f->x1 = -INFINITY;
    for (int k = 0; k < count; k++)
        for (int64_t i = 0; i < s[k].count; i++) {
            if (!isfinite(s[k].y[i])) continue;
            f->x0 = fmin(f->x0, s[k].x[i]);
            f->x1 = fmax(f->x1, s[k].x[i]);
            low = fmin(low, s[k].y[i]);
            high = fmax(high, s[k].y[i]);
        }
    if (!isfinite(low)) {
        f->x0 = low = 0;
        f->x1 = high = 1;
    }
    if (f->x1 <= f->x0) f->x1 = f->x0 + 1;
    f->log = low > 0 && high / low > 20;
    f->y0 = f->log ? log10(low) : low;
    f->y1 = f->log ? log10(high) : high;
    if (f->y1 - f->y0 < 1e-12) {
        f->y0 -= 0.5;
        f->y1 += 0.5;
    }
}

static void ticks(rni_str *svg, const frame *f)
{
    const double sx = tick_step(f->x1 - f->x0);
    for (double x = ceil(f->x0 / sx) * sx; x <= f->x1 + sx * 1e-6; x += sx)
        rni_str_addf(svg, "<text x='%.1f' y='%.1f' text-anchor='middle'>%g</text>\n", px(f, x), f->top + f->height + 16,
                     fabs(x) < sx * 1e-6 ? 0 : x);
    const double sy = f->log ? fmax(1, floor((f->y1 - f->y0) / 4)) : tick_step(f->y1 - f->y0);
    for (double v = ceil(f->y0 / sy) * sy; v <= f->y1 + sy * 1e-6; v += sy) {
        const double y = f->log ? pow(10, v) : fabs(v) < sy * 1e-6 ? 0 : v;
        rni_str_addf(svg,
                     "<path d='M%.1f %.1fh%.1f' stroke='#ddd'/><text x='%.1f' y='%.1f' text-anchor='end'>%g</text>\n",
                     f->left, py(f, y), f->width, f->left - 6, py(f, y) + 4, y);
    }
}

static void line(rni_str *svg, const frame *f, const rni_series *s, const char *colour)
{
    bool drawing = false;
    double x = f->left, y = f->top;
    rni_str_add(svg, "<path fill='none' stroke-width='1.5' d='");
    for (int64_t i = 0; i < s->count; i++) {
        if (!isfinite(s->y[i])) continue;
        x = px(f, s->x[i]);
        y = py(f, s->y[i]);
        rni_str_addf(svg, "%c%.1f %.1f", drawing ? 'L' : 'M', x, y);
        drawing = true;
    }
    rni_str_addf(svg, "' stroke='%s'/>\n<circle cx='%.1f' cy='%.1f' r='2.5' fill='%s'/>\n", colour, x, y, colour);
    rni_str_addf(svg, "<text x='%.1f' y='%.1f' fill='%s'>%s</text>\n", x + 6, y + 4, colour, s->name);
}

void rni_chart(rni_str *svg, const char *title, const rni_series *series, int count, double top, double width,
               double height)
{
    frame f = { .left = 64, .top = top + 28, .width = width - 64 - 130, .height = height - 56 };
    find_range(&f, series, count);
    rni_str_addf(svg, "<text x='%.1f' y='%.1f' font-weight='bold'>%s</text>\n", f.left, top + 16, title);
    ticks(svg, &f);
    rni_str_addf(svg, "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='none' stroke='#888'/>\n", f.left, f.top,
                 f.width, f.height);
    for (int k = 0; k < count; k++) line(svg, &f, &series[k], colours[k % (int)RN_COUNTOF(colours)]);
}
