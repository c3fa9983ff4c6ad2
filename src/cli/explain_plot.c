/* Memory over the steps of a plan, and its kernels below the limits of the machine. */
#include "cli/explain_page.h"

#include "base/alloc.h"

#include <math.h>

enum { BARS = 480, POINTS = 500, LEFT = 74, TOP = 14, WIDTH = 860, HEIGHT = 180, ROOF = 380, FRAME = 1000 };

static void begin_plot(rni_str *to, int height)
{
    rni_str_addf(to, "<svg class=\"plot\" role=\"img\" viewBox=\"0 0 %d %d\">\n", FRAME, height + TOP + 40);
}

static void tick_y(rni_str *to, double y, const char *label)
{
    rni_str_addf(to, "<path class=\"grid\" d=\"M%d %.1fh%d\"/><text class=\"end\" x=\"%d\" y=\"%.1f\">%s</text>\n",
                 LEFT, y, WIDTH, LEFT - 6, y + 4, label);
}

static void tick_x(rni_str *to, double x, int height, const char *label)
{
    rni_str_addf(to, "<path class=\"grid\" d=\"M%.1f %dv%d\"/><text class=\"mid\" x=\"%.1f\" y=\"%d\">%s</text>\n", x,
                 TOP, height, x, TOP + height + 16, label);
}

/* ---- memory ---- */

/* The step among those from `first` to before `end` that holds most. */
static int64_t largest(const rni_report_plan *r, int64_t first, int64_t end)
{
    int64_t best = first;
    for (int64_t k = first + 1; k < end; k++)
        if (r->step[k].live > r->step[best].live) best = k;
    return best;
}

static void memory_bars(rni_str *to, const cli_explained *e, const cli_plan *p, int64_t peak, double top)
{
    const rni_report_plan *r = p->plan;
    const int64_t n = r->n_steps < BARS ? r->n_steps : BARS;
    const double width = (double)WIDTH / (double)n;
    for (int64_t i = 0; i < n; i++) {
        const int64_t k = largest(r, i * r->n_steps / n, (i + 1) * r->n_steps / n);
        const double height = HEIGHT * (double)r->step[k].live / top;
        rni_str_addf(to, "<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\"><title>",
                     k == peak ? "bar peak" : "bar", LEFT + (double)i * width, TOP + HEIGHT - height,
                     width > 3 ? width - 1 : width, height);
        cli_page_step(to, e, p, k);
        rni_str_add(to, "</title></rect>\n");
    }
}

void cli_page_memory(rni_str *to, const cli_explained *e, const cli_plan *p)
{
    const rni_report_plan *r = p->plan;
    char text[64], label[32];
    const int64_t peak = largest(r, 0, r->n_steps);
    const double most = (double)r->step[peak].live, top = most > 0 ? most * 1.12 : 1;
    begin_plot(to, HEIGHT);
    double unit = pow(10, floor(log10(top)));
    if (top / unit < 4) unit /= 2;
    for (int i = 0; i * unit <= top; i++) {
        cli_amount(i * unit, "B", text, sizeof text);
        tick_y(to, TOP + HEIGHT - HEIGHT * i * unit / top, text);
    }
    memory_bars(to, e, p, peak, top);
    const double x = LEFT + WIDTH * ((double)peak + 0.5) / (double)r->n_steps;
    cli_amount(most, "B", label, sizeof label);
    rni_str_addf(to, "<text class=\"%s mark\" x=\"%.1f\" y=\"%.1f\">peak %s, step %lld</text>\n",
                 x < LEFT + 120           ? "start"
                 : x > LEFT + WIDTH - 120 ? "end"
                                          : "mid",
                 x, TOP + HEIGHT - HEIGHT * most / top - 5, label, (long long)peak);
    rni_str_addf(
        to, "<text x=\"%d\" y=\"%d\">step 0</text><text class=\"end\" x=\"%d\" y=\"%d\">step %lld</text>\n</svg>\n",
        LEFT, TOP + HEIGHT + 16, LEFT + WIDTH, TOP + HEIGHT + 16, (long long)r->n_steps - 1);
}

/* ---- roofline ---- */

/* A plot whose axes are decades: exponents of ten at its edges. */
typedef struct axes {
    double x0, x1, y0, y1;
} axes;

static double at_x(const axes *a, double v)
{
    return LEFT + WIDTH * (log10(v) - a->x0) / (a->x1 - a->x0);
}

static double at_y(const axes *a, double v)
{
    return TOP + ROOF - ROOF * (log10(v) - a->y0) / (a->y1 - a->y0);
}

/* Of all threads where that is known, else of one. */
static double limit_of(const double *pair)
{
    return pair[1] > 0 ? pair[1] : pair[0];
}

/* False where a step has no place: its operations are not known, none, or its time is not. */
static bool point_of(const cli_explained *e, const cli_plan *p, int64_t k, double *x, double *y)
{
    const rni_report_step *s = &p->plan->step[k];
    const double flop = rni_report_flop(s), seconds = cli_step_seconds(e, p, k);
    *x = flop / s->cost.bytes;
    *y = flop / seconds;
    return flop > 0 && s->cost.bytes > 0 && seconds > 0;
}

static axes fit(const cli_explained *e, const cli_plan *p)
{
    axes a = { -1, 1, 9, 9 };
    double x, y;
    for (int64_t k = 0; k < p->plan->n_steps; k++) {
        if (!point_of(e, p, k, &x, &y)) continue;
        a.x0 = fmin(a.x0, floor(log10(x)));
        a.x1 = fmax(a.x1, ceil(log10(x)));
        a.y0 = fmin(a.y0, floor(log10(y)));
        a.y1 = fmax(a.y1, ceil(log10(y)));
    }
    const rn_limits *l = &e->machine.limits;
    const double roof = fmax(limit_of(l->f32), limit_of(l->bf16));
    if (e->machine.known && roof > 0) a.y1 = fmax(a.y1, ceil(log10(roof * 1.2)));
    a.x0 = fmax(a.x0, -4);
    a.y0 = fmax(a.y0, a.y1 - 8);
    return a;
}

static void draw_axes(rni_str *to, const axes *a)
{
    char label[32];
    for (int d = (int)a->x0; d <= (int)a->x1; d++) {
        snprintf(label, sizeof label, "%.*f", d < 0 ? -d : 0, pow(10, d));
        tick_x(to, at_x(a, pow(10, d)), ROOF, label);
    }
    for (int d = (int)a->y0; d <= (int)a->y1; d++) {
        cli_amount(pow(10, d), "", label, sizeof label);
        tick_y(to, at_y(a, pow(10, d)), label);
    }
    rni_str_addf(to, "<text class=\"mid\" x=\"%d\" y=\"%d\">flop per byte</text>\n", LEFT + WIDTH / 2, TOP + ROOF + 34);
    rni_str_addf(to, "<text transform=\"translate(14 %d) rotate(-90)\" class=\"mid\">flop per second</text>\n",
                 TOP + ROOF / 2);
}

static void draw_roof(rni_str *to, const axes *a, const char *name, double multiply)
{
    char text[32];
    if (multiply <= 0) return;
    cli_amount(multiply, "flop/s", text, sizeof text);
    const double y = at_y(a, multiply);
    rni_str_addf(to,
                 "<path class=\"roof\" d=\"M%d %.1fh%d\"/><text class=\"end mark\" x=\"%d\" y=\"%.1f\">%s: %s</text>\n",
                 LEFT, y, WIDTH, LEFT + WIDTH - 4, y - 4, name, text);
}

/* The slope of a memory up to the highest roof. */
static void draw_slope(rni_str *to, const axes *a, const char *name, double rate, double roof)
{
    char text[32];
    if (rate <= 0 || roof <= 0) return;
    cli_amount(rate, "B/s", text, sizeof text);
    const double low = fmax(pow(10, a->x0), pow(10, a->y0) / rate), high = fmin(roof / rate, pow(10, a->x1));
    if (low >= high) return;
    const double x = at_x(a, low), y = at_y(a, low * rate), u = at_x(a, high), w = at_y(a, high * rate);
    rni_str_addf(to, "<path class=\"roof\" d=\"M%.1f %.1fL%.1f %.1f\"/>", x, y, u, w);
    rni_str_addf(
        to, "<text class=\"mark\" transform=\"translate(%.1f %.1f) rotate(%.2f)\" x=\"6\" y=\"-5\">%s: %s</text>\n", x,
        y, atan2(w - y, u - x) * 57.29578, name, text);
}

static void draw_limits(rni_str *to, const cli_explained *e, const axes *a)
{
    const rn_limits *l = &e->machine.limits;
    const double f32 = limit_of(l->f32), bf16 = limit_of(l->bf16), roof = fmax(f32, bf16);
    draw_roof(to, a, "f32", f32);
    if (bf16 > 1.2 * f32) draw_roof(to, a, "bf16", bf16);
    draw_slope(to, a, "memory", limit_of(l->memory), roof);
    draw_slope(to, a, "shared cache", limit_of(l->shared), roof);
    draw_slope(to, a, "core's cache", limit_of(l->cache), roof);
}

void cli_page_roofline(rni_str *to, const cli_explained *e, const cli_plan *p)
{
    if (!e->machine.known && !e->measured) {
        rni_str_add(to,
                    "<p class=\"note\">The limits of this device are not known, and times were not measured.</p>\n");
        return;
    }
    rni_str_addf(to,
                 "<p class=\"note\">Each point is a step, larger where it takes longer; lines are the limits of the "
                 "machine. %s</p>\n",
                 e->measured
                     ? "A step whose input is still in a cache can lie above memory's line."
                     : "Times are predicted, so that points lie on the limits; --measure shows those measured.");
    const axes a = fit(e, p);
    const double all = e->measured ? p->measured : p->predicted;
    int32_t *order = cli_steps_by_time(e, p);
    begin_plot(to, ROOF);
    draw_axes(to, &a);
    if (e->machine.known) draw_limits(to, e, &a);
    for (int64_t i = 0; order && i < p->plan->n_steps && i < POINTS; i++) {
        double x, y;
        if (!point_of(e, p, order[i], &x, &y) || log10(x) < a.x0 || log10(y) < a.y0) continue;
        rni_str_addf(to, "<circle class=\"point %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>",
                     cli_step_bound(e, p, order[i]), at_x(&a, x), at_y(&a, y),
                     3 + 14 * sqrt(all > 0 ? cli_step_seconds(e, p, order[i]) / all : 0));
        cli_page_step(to, e, p, order[i]);
        rni_str_add(to, "</title></circle>\n");
    }
    rni_str_add(to, "</svg>\n");
    rni_free(order);
}
