/* Resizing one plane: two passes of one-dimensional weighted sums.
 *
 * Where a picture shrinks, the filter is made as much wider as the picture gets smaller, so that fine patterns are
 * averaged instead of aliased. Weights of pixels outside are left out and the rest scaled up to a sum of 1. */
#include "data/picture.h"

#include "base/alloc.h"

#include <math.h>
#include <string.h>

/* What one output pixel is made of: pixels first … first + count - 1 with weights at[0 …]. */
typedef struct taps {
    int64_t first, count;
    const float *weight;
} taps;

static double triangle(double x)
{
    x = fabs(x);
    return x < 1 ? 1 - x : 0;
}

/* Keys 1981 with a = -1/2: passes through the pixels, third order. */
static double cubic(double x)
{
    x = fabs(x);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

static const struct {
    double radius;
    double (*weight)(double);
} filters[] = {
    [RN_FILTER_BILINEAR] = { 1, triangle },
    [RN_FILTER_BICUBIC] = { 2, cubic },
    [RN_FILTER_AREA] = { 0.5, NULL }, /* the length covered, exactly */
    [RN_FILTER_NEAREST] = { 0, NULL },
};

static double weight_of(rn_filter f, int64_t i, double centre, double scale, double reach)
{
    if (filters[f].weight) return filters[f].weight(((double)i + 0.5 - centre) / scale);
    const double low = fmax((double)i, centre - reach), high = fmin((double)i + 1, centre + reach);
    return fmax(0, high - low);
}

/* Taps of all output pixels along one axis, in one block. */
static taps *make_taps(int64_t n, double start, double length, int64_t out, rn_filter f)
{
    const double step = length / (double)out, scale = fmax(step, 1), reach = filters[f].radius * scale;
    const int64_t most = (int64_t)ceil(2 * reach) + 3;
    int64_t bytes;
    if (!rni_mul_i64(out, (int64_t)sizeof(taps) + most * (int64_t)sizeof(float), &bytes)) bytes = -1;
    taps *t = rni_alloc_raw(bytes);
    if (!t) return NULL;
    float *weights = (float *)(t + out);
    for (int64_t k = 0; k < out; k++, weights += most) {
        const double centre = start + ((double)k + 0.5) * step;
        int64_t low = (int64_t)floor(centre - reach), high = (int64_t)ceil(centre + reach);
        if (f == RN_FILTER_NEAREST) high = low + 1;
        low = low < 0 ? 0 : low >= n ? n - 1 : low;
        high = high > n ? n : high <= low ? low + 1 : high;
        double sum = 0;
        t[k] = (taps){ low, high - low, weights };
        for (int64_t i = low; i < high; i++) sum += weight_of(f, i, centre, scale, reach);
        for (int64_t i = low; i < high; i++) {
            const double v = weight_of(f, i, centre, scale, reach);
            weights[i - low] = (float)(sum > 0 ? v / sum : 1.0 / (double)(high - low));
        }
    }
    return t;
}

bool rni_resize(const float *from, int64_t h, int64_t w, const rni_rect *part, float *to, int64_t out_h, int64_t out_w,
                int64_t out_stride, rn_filter filter)
{
    taps *across = make_taps(w, part->x, part->width, out_w, filter);
    taps *down = make_taps(h, part->y, part->height, out_h, filter);
    int64_t bytes;
    if (!rni_mul_i64(h, out_w * (int64_t)sizeof(float), &bytes)) bytes = -1;
    float *middle = across && down ? rni_alloc_raw(bytes) : NULL; /* [h, out_w] */
    for (int64_t y = 0; middle && y < h; y++)
        for (int64_t k = 0; k < out_w; k++) {
            const float *row = from + y * w + across[k].first;
            float sum = 0;
            for (int64_t i = 0; i < across[k].count; i++) sum += across[k].weight[i] * row[i];
            middle[y * out_w + k] = sum;
        }
    for (int64_t k = 0; middle && k < out_h; k++) {
        float *row = to + k * out_stride;
        memset(row, 0, (size_t)out_w * sizeof *row);
        for (int64_t i = 0; i < down[k].count; i++) {
            const float *line = middle + (down[k].first + i) * out_w, weight = down[k].weight[i];
            for (int64_t x = 0; x < out_w; x++) row[x] += weight * line[x];
        }
    }
    rni_free(middle);
    rni_free(across);
    rni_free(down);
    return middle != NULL;
}
