/* Steps that move pixels: crop, flip, shift, rotate, scale. */
#include "data/augment.h"

#include "base/error.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static void swap_buffers(rni_planes *p)
{
    float *at = p->at;
    p->at = p->spare;
    p->spare = at;
}

/* Copies the window of h x w that begins at (top, left), which may lie outside, into the other buffer. */
static void take_window(rni_planes *p, int64_t top, int64_t left, int64_t h, int64_t w, float fill)
{
    for (int64_t c = 0; c < p->c; c++)
        for (int64_t y = 0; y < h; y++) {
            float *to = p->spare + (c * h + y) * w;
            const int64_t from_y = top + y;
            const float *from = p->at + (c * p->h + from_y) * p->w;
            for (int64_t x = 0; x < w; x++) {
                const int64_t from_x = left + x;
                const bool inside = from_y >= 0 && from_y < p->h && from_x >= 0 && from_x < p->w;
                to[x] = inside ? from[from_x] : fill;
            }
        }
    p->h = h;
    p->w = w;
    swap_buffers(p);
}

static bool crop_prepare(rn_augment *o, rni_planes *size, const rn_site *site)
{
    if (o->height == 0) o->height = (double)size->h;
    if (o->width == 0) o->width = (double)size->w;
    if (o->height > (double)size->h + 2 * o->pad || o->width > (double)size->w + 2 * o->pad) {
        rni_fail(RN_ERR_SHAPE, site, "dataset_augment", "the window of crop is larger than the picture");
        rni_error_add("actual", "%g x %g out of %lld x %lld with %g around", o->height, o->width, (long long)size->h,
                      (long long)size->w, o->pad);
        return false;
    }
    size->h = (int64_t)o->height;
    size->w = (int64_t)o->width;
    return true;
}

static void crop(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    const int64_t h = (int64_t)o->height, w = (int64_t)o->width, pad = (int64_t)o->pad;
    const int64_t free_y = p->h + 2 * pad - h, free_x = p->w + 2 * pad - w;
    int64_t top = (int64_t)rni_rng_below(rng, (uint64_t)free_y + 1),
            left = (int64_t)rni_rng_below(rng, (uint64_t)free_x + 1);
    if (o->centre != 0) {
        top = free_y / 2;
        left = free_x / 2;
    }
    take_window(p, top - pad, left - pad, h, w, (float)o->fill);
}

static bool flip_prepare(rn_augment *o, rni_planes *size, const rn_site *site)
{
    (void)size, (void)site;
    if (o->x == 0 && o->y == 0) o->x = 1;
    return true;
}

static void flip(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    const bool across = rni_rng_uniform(rng) < o->p && o->x != 0, down = rni_rng_uniform(rng) < o->p && o->y != 0;
    if (!across && !down) return;
    for (int64_t c = 0; c < p->c; c++)
        for (int64_t y = 0; y < p->h; y++) {
            const float *from = p->at + (c * p->h + (down ? p->h - 1 - y : y)) * p->w;
            float *to = p->spare + (c * p->h + y) * p->w;
            for (int64_t x = 0; x < p->w; x++) to[x] = from[across ? p->w - 1 - x : x];
        }
    swap_buffers(p);
}

static bool shift_prepare(rn_augment *o, rni_planes *size, const rn_site *site)
{
    (void)size, (void)site;
    if (o->x == 0 && o->y == 0) o->x = o->y = 2;
    return true;
}

/* A whole number from -most to most. */
static int64_t either_way(rni_rng *rng, double most)
{
    return (int64_t)rni_rng_below(rng, 2 * (uint64_t)most + 1) - (int64_t)most;
}

static void shift(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    const int64_t x = either_way(rng, o->x), y = either_way(rng, o->y);
    take_window(p, y, x, p->h, p->w, (float)o->fill);
}

static float pixel(const float *plane, int64_t h, int64_t w, int64_t y, int64_t x, float fill)
{
    return y >= 0 && y < h && x >= 0 && x < w ? plane[y * w + x] : fill;
}

/* The four pixels around (y, x) and how much each counts. */
typedef struct corner {
    int64_t y, x;
    float weight[4];
    bool inside;
} corner;

static corner corner_at(const rni_planes *p, double y, double x)
{
    corner k = { (int64_t)floor(y), (int64_t)floor(x), { 0 }, false };
    const float fy = (float)(y - (double)k.y), fx = (float)(x - (double)k.x);
    k.weight[0] = (1 - fy) * (1 - fx);
    k.weight[1] = (1 - fy) * fx;
    k.weight[2] = fy * (1 - fx);
    k.weight[3] = fy * fx;
    k.inside = k.y >= 0 && k.y + 1 < p->h && k.x >= 0 && k.x + 1 < p->w;
    return k;
}

static float blend(const rni_planes *p, const corner *k, int64_t c, float fill)
{
    const float *plane = p->at + c * p->h * p->w, *w = k->weight;
    if (k->inside) {
        const float *at = plane + k->y * p->w + k->x;
        return w[0] * at[0] + w[1] * at[1] + w[2] * at[p->w] + w[3] * at[p->w + 1];
    }
    return w[0] * pixel(plane, p->h, p->w, k->y, k->x, fill) + w[1] * pixel(plane, p->h, p->w, k->y, k->x + 1, fill) +
           w[2] * pixel(plane, p->h, p->w, k->y + 1, k->x, fill) +
           w[3] * pixel(plane, p->h, p->w, k->y + 1, k->x + 1, fill);
}

/* Each pixel comes from the place a * (p - middle) + middle, between whose four neighbours it is interpolated. */
static void map_linear(rni_planes *p, const double a[2][2], float fill)
{
    const double my = (double)(p->h - 1) / 2, mx = (double)(p->w - 1) / 2;
    for (int64_t y = 0; y < p->h; y++)
        for (int64_t x = 0; x < p->w; x++) {
            const double dy = (double)y - my, dx = (double)x - mx;
            const corner k = corner_at(p, a[0][0] * dy + a[0][1] * dx + my, a[1][0] * dy + a[1][1] * dx + mx);
            for (int64_t c = 0; c < p->c; c++) p->spare[(c * p->h + y) * p->w + x] = blend(p, &k, c, fill);
        }
    swap_buffers(p);
}

static void rotate(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    const double angle = rni_augment_between(rng, -o->degrees, o->degrees) * 3.14159265358979323846 / 180;
    const double c = cos(angle), s = sin(angle);
    const double a[2][2] = { { c, s }, { -s, c } };
    map_linear(p, a, (float)o->fill);
}

static bool scale_prepare(rn_augment *o, rni_planes *size, const rn_site *site)
{
    (void)size;
    return o->low <= o->high ||
           rni_fail(RN_ERR_ARG, site, "dataset_augment", "scale: low is %g and high %g", o->low, o->high);
}

static void scale(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    const double f = 1 / rni_augment_between(rng, o->low, o->high);
    const double a[2][2] = { { f, 0 }, { 0, f } };
    map_linear(p, a, (float)o->fill);
}

const rni_augment_kind rni_augment_moves[] = {
    { "crop",
      { RNI_AUGMENT_OPTION(height, 0, 0, 65535), RNI_AUGMENT_OPTION(width, 0, 0, 65535),
        RNI_AUGMENT_OPTION(pad, 0, 0, 65535), RNI_AUGMENT_OPTION(centre, 0, 0, 1),
        RNI_AUGMENT_OPTION(fill, 0, -1e6, 1e6) },
      crop_prepare,
      crop },
    { "flip",
      { RNI_AUGMENT_OPTION(x, 0, 0, 1), RNI_AUGMENT_OPTION(y, 0, 0, 1), RNI_AUGMENT_OPTION(p, 0.5, 0, 1) },
      flip_prepare,
      flip },
    { "shift",
      { RNI_AUGMENT_OPTION(x, 0, 0, 65535), RNI_AUGMENT_OPTION(y, 0, 0, 65535),
        RNI_AUGMENT_OPTION(fill, 0, -1e6, 1e6) },
      shift_prepare,
      shift },
    { "rotate", { RNI_AUGMENT_OPTION(degrees, 15, 0, 180), RNI_AUGMENT_OPTION(fill, 0, -1e6, 1e6) }, NULL, rotate },
    { "scale",
      { RNI_AUGMENT_OPTION(low, 0.9, 0.01, 100), RNI_AUGMENT_OPTION(high, 1.1, 0.01, 100),
        RNI_AUGMENT_OPTION(fill, 0, -1e6, 1e6) },
      scale_prepare,
      scale },
    { NULL, { { NULL, 0, 0, 0, 0, 0 } }, NULL, NULL },
};
