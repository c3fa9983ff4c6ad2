/* Drawing one digit: a form with its points moved at random, a random affine map, lines of random width with smooth
 * edges, and noise. All randomness comes from one Philox stream per digit, so each can be made alone and again. */
#include "data/drawn.h"

#include "base/rng.h"

#include <math.h>
#include <string.h>

enum { SIDE = RNI_DRAWN_SIDE, CURVE_STEPS = 6 };

typedef struct pen {
    double a[2][2], shift[2]; /* from the box [-0.5, 0.5] to pixels */
    double radius, edge;      /* half the width of a line and the width of its soft edge, in pixels */
    double jitter;            /* of points, in boxes */
    rni_rng rng;
    float ink[RNI_DRAWN_PIXELS];
} pen;

static double between(rni_rng *r, double low, double high)
{
    return low + (high - low) * rni_rng_uniform(r);
}

/* About normal with deviation 1: the sum of four uniforms, whose tails end at 3.5, so that no point flies away. */
static double bell(rni_rng *r)
{
    double sum = -2;
    for (int i = 0; i < 4; i++) sum += rni_rng_uniform(r);
    return sum * 1.7320508075688772;
}

/* Puts a straight line on the paper: the ink of a pixel falls with its distance from the line. */
static void draw_line(pen *p, const double from[2], const double to[2])
{
    const double dx = to[0] - from[0], dy = to[1] - from[1], length2 = dx * dx + dy * dy, reach = p->radius + p->edge;
    const int x0 = (int)fmax(0, floor(fmin(from[0], to[0]) - reach)),
              x1 = (int)fmin(SIDE - 1, fmax(from[0], to[0]) + reach);
    const int y0 = (int)fmax(0, floor(fmin(from[1], to[1]) - reach)),
              y1 = (int)fmin(SIDE - 1, fmax(from[1], to[1]) + reach);
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            const double px = x + 0.5 - from[0], py = y + 0.5 - from[1];
            const double s = length2 > 0 ? fmin(1, fmax(0, (px * dx + py * dy) / length2)) : 0;
            const double ex = px - s * dx, ey = py - s * dy;
            const double cover = (p->radius - sqrt(ex * ex + ey * ey)) / p->edge + 0.5;
            float *ink = &p->ink[y * SIDE + x];
            if (cover > *ink) *ink = (float)fmin(1, cover);
        }
}

/* The point at s (0 … 1) of the Catmull-Rom curve from b to c. */
static void curve_at(const double *a, const double *b, const double *c, const double *d, double s, double out[2])
{
    for (int k = 0; k < 2; k++)
        out[k] = b[k] + 0.5 * s *
                            (c[k] - a[k] +
                             s * (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k] + s * (3 * (b[k] - c[k]) + d[k] - a[k])));
}

static void draw_stroke(pen *p, const rni_stroke *stroke)
{
    double at[RNI_STROKE_POINTS][2];
    const int n = stroke->count, pieces = stroke->closed ? n : n - 1;
    for (int i = 0; i < n; i++) {
        const double x = stroke->at[i][0] / 100.0 - 0.5 + p->jitter * bell(&p->rng);
        const double y = stroke->at[i][1] / 100.0 - 0.5 + p->jitter * bell(&p->rng);
        for (int k = 0; k < 2; k++) at[i][k] = p->a[k][0] * x + p->a[k][1] * y + p->shift[k];
    }
    for (int i = 0; i < pieces; i++) {
        const double *b = at[i], *c = at[(i + 1) % n];
        const double *a = i > 0 || stroke->closed ? at[(i + n - 1) % n] : b;
        const double *d = i + 2 < n || stroke->closed ? at[(i + 2) % n] : c;
        double here[2] = { b[0], b[1] }, next[2];
        for (int s = 1; s <= CURVE_STEPS && stroke->smooth; s++) {
            curve_at(a, b, c, d, (double)s / CURVE_STEPS, next);
            draw_line(p, here, next);
            memcpy(here, next, sizeof here);
        }
        if (!stroke->smooth) draw_line(p, b, c);
    }
}

/* Turned, slanted, stretched and moved; the ranges are what still reads well. */
static void pick_pen(pen *p)
{
    const double turn = between(&p->rng, -0.3, 0.3), slant = between(&p->rng, -0.35, 0.35);
    const double width = between(&p->rng, 10, 20), height = between(&p->rng, 15.5, 22);
    const double c = cos(turn), s = sin(turn);
    p->a[0][0] = width * c;
    p->a[0][1] = height * (-slant * c - s);
    p->a[1][0] = width * s;
    p->a[1][1] = height * (-slant * s + c);
    p->shift[0] = SIDE / 2.0 + between(&p->rng, -2, 2);
    p->shift[1] = SIDE / 2.0 + between(&p->rng, -2, 2);
    p->radius = between(&p->rng, 0.7, 1.9);
    p->edge = between(&p->rng, 1.0, 1.8);
    p->jitter = between(&p->rng, 0.02, 0.065);
}

int rni_draw_digit(uint64_t seed, int part, int64_t index, uint8_t pixels[RNI_DRAWN_PIXELS])
{
    pen p = { .rng = { seed, (uint64_t)part << 56 ^ (uint64_t)index, 0 } };
    const int digit = (int)rni_rng_below(&p.rng, 10);
    int forms = 0;
    for (int i = 0; i < rni_form_count; i++) forms += rni_forms[i].digit == digit;
    int pick = (int)rni_rng_below(&p.rng, (uint64_t)forms);
    const rni_form *form = rni_forms;
    while (form->digit != digit || pick-- > 0) form++;
    pick_pen(&p);
    for (int i = 0; i < RNI_FORM_STROKES && form->stroke[i].count; i++) draw_stroke(&p, &form->stroke[i]);
    const double ink = between(&p.rng, 0.7, 1), grain = between(&p.rng, 0, 0.09);
    /* Words beyond the 2^32-th of the stream, which nothing above uses: one block gives the noise of four pixels. */
    rni_philox block = { { 0 } };
    for (int i = 0; i < RNI_DRAWN_PIXELS; i++) {
        if (i % 4 == 0) block = rni_philox4x32(p.rng.seed, p.rng.stream, (uint64_t)1 << 32 | (uint64_t)(i / 4));
        const uint32_t v = block.v[i % 4];
        const double noise = ((v & 0xffff) + (v >> 16)) / 65535.0 - 1; /* triangular */
        const double value = ink * (double)p.ink[i] + grain * 2 * noise;
        pixels[i] = (uint8_t)(fmin(1, fmax(0, value)) * 255 + 0.5);
    }
    return digit;
}
