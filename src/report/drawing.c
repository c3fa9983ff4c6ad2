/* Drawings of networks: boxes in layers, each below all that it reads; long networks go on in a further column. */
#include "report/report.h"

#include <math.h>
#include <string.h>

enum { GAP_X = 28, GAP_Y = 26, LANE = 10, MARGIN = 12 };

static int64_t find_levels(rni_drawing *d)
{
    int64_t levels = 0;
    for (int64_t i = 0; i < d->n; i++) {
        rni_box *b = &d->box[i];
        b->level = 0;
        for (int64_t k = 0; k < b->n_inputs; k++) {
            const int64_t above = b->input[k];
            if (above >= 0 && above < i && d->box[above].level >= b->level) b->level = d->box[above].level + 1;
        }
        if (b->level >= levels) levels = b->level + 1;
    }
    return levels;
}

static int64_t widest(const rni_drawing *d, int64_t from, int64_t to)
{
    int64_t most = 1;
    for (int64_t level = from; level < to; level++) {
        int64_t n = 0;
        for (int64_t i = 0; i < d->n; i++) n += d->box[i].level == level;
        if (n > most) most = n;
    }
    return most;
}

/* Room at the right of a column for lines that pass boxes by. */
static double lanes(const rni_drawing *d, int64_t from, int64_t to)
{
    int64_t n = 0;
    for (int64_t i = 0; i < d->n; i++)
        for (int64_t k = 0; k < d->box[i].n_inputs; k++) {
            const int64_t level = d->box[d->box[i].input[k]].level;
            n += level >= from && level < to && d->box[i].level > level + 1;
        }
    return LANE * (double)(n < 4 ? n : 4);
}

/* Boxes of a column of levels, each level centred; returns the column's width. */
static double place_column(rni_drawing *d, int64_t from, int64_t to, double left)
{
    const double width = (double)widest(d, from, to) * (RNI_BOX_WIDTH + GAP_X) - GAP_X;
    for (int64_t level = from; level < to; level++) {
        int64_t n = 0, k = 0;
        for (int64_t i = 0; i < d->n; i++) n += d->box[i].level == level;
        const double row = (double)n * (RNI_BOX_WIDTH + GAP_X) - GAP_X;
        for (int64_t i = 0; i < d->n; i++) {
            if (d->box[i].level != level) continue;
            d->box[i].x = left + (width - row) / 2 + (double)k++ * (RNI_BOX_WIDTH + GAP_X);
            d->box[i].y = MARGIN + (double)(level - from) * (RNI_BOX_HEIGHT + GAP_Y);
        }
    }
    return width + lanes(d, from, to);
}

static void place(rni_drawing *d, int64_t levels, int64_t per_column)
{
    double left = MARGIN;
    for (int64_t from = 0; from < levels; from += per_column)
        left += place_column(d, from, from + per_column < levels ? from + per_column : levels, left) + GAP_X;
    d->width = left - GAP_X + MARGIN;
    d->height = 2 * MARGIN + (double)per_column * (RNI_BOX_HEIGHT + GAP_Y) - GAP_Y;
}

void rni_drawing_lay_out(rni_drawing *d, double aspect)
{
    const int64_t levels = find_levels(d);
    int64_t best = levels;
    double least = INFINITY;
    for (int64_t columns = 1; columns <= levels && columns <= 40; columns++) {
        const int64_t per_column = (levels + columns - 1) / columns;
        place(d, levels, per_column);
        const double size = fmax(d->width / aspect, d->height);
        if (size >= least) continue;
        least = size;
        best = per_column;
    }
    if (levels > 0) place(d, levels, best);
}

int rni_drawing_wire(const rni_drawing *d, int64_t from, int64_t to, double x[RNI_WIRE_POINTS],
                     double y[RNI_WIRE_POINTS])
{
    const rni_box *a = &d->box[from], *b = &d->box[to];
    const double ax = a->x + RNI_BOX_WIDTH / 2.0, ay = a->y + RNI_BOX_HEIGHT, bx = b->x + RNI_BOX_WIDTH / 2.0;
    const bool below = b->y > a->y;
    if (below && b->level == a->level + 1) {
        const double mid = (ay + b->y) / 2;
        const double px[] = { ax, ax, bx, bx }, py[] = { ay, mid, mid, b->y };
        memcpy(x, px, sizeof px);
        memcpy(y, py, sizeof py);
        return 4;
    }
    /* past the boxes between them, or over to the next column */
    const double lane = (below ? fmax(a->x, b->x) : a->x) + RNI_BOX_WIDTH + LANE * (1 + (double)((to - from) % 2));
    const double low = ay + GAP_Y / 3.0, high = b->y - GAP_Y / 3.0;
    const double px[] = { ax, ax, lane, lane, bx, bx }, py[] = { ay, low, low, high, high, b->y };
    memcpy(x, px, sizeof px);
    memcpy(y, py, sizeof py);
    return RNI_WIRE_POINTS;
}
