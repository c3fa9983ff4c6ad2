/* Steps that change values: colour, erase, normalize, noise. */
#include "data/augment.h"

#include "base/error.h"

#include <math.h>
#include <stddef.h>

static float unit(float v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* Colours: the first three planes where there are three, else the first. */
static int64_t colours(const rni_planes *p)
{
    return p->c >= 3 ? 3 : 1;
}

static float luma(const rni_planes *p, int64_t i)
{
    const int64_t n = p->h * p->w;
    return p->c >= 3 ? 0.299f * p->at[i] + 0.587f * p->at[n + i] + 0.114f * p->at[2 * n + i] : p->at[i];
}

static void brightness(rni_planes *p, float f)
{
    for (int64_t i = 0; i < colours(p) * p->h * p->w; i++) p->at[i] = unit(p->at[i] * f);
}

/* Away from or towards the mean gray of the picture. */
static void contrast(rni_planes *p, float f)
{
    const int64_t n = p->h * p->w;
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (double)luma(p, i);
    const float mean = n ? (float)(sum / (double)n) : 0;
    for (int64_t i = 0; i < colours(p) * n; i++) p->at[i] = unit(mean + (p->at[i] - mean) * f);
}

/* Away from or towards the gray of each pixel. */
static void saturation(rni_planes *p, float f)
{
    const int64_t n = p->h * p->w;
    for (int64_t i = 0; p->c >= 3 && i < n; i++) {
        const float gray = luma(p, i);
        for (int64_t c = 0; c < 3; c++) p->at[c * n + i] = unit(gray + (p->at[c * n + i] - gray) * f);
    }
}

/* Turns the hue of one colour by a fraction of the circle; value and saturation (of HSV) stay as they are. */
static void turn_hue(float rgb[3], float turn)
{
    const float high = fmaxf(rgb[0], fmaxf(rgb[1], rgb[2])), low = fminf(rgb[0], fminf(rgb[1], rgb[2])), d = high - low;
    if (d <= 0) return;
    float hue = high == rgb[0]   ? (rgb[1] - rgb[2]) / d
                : high == rgb[1] ? 2 + (rgb[2] - rgb[0]) / d
                                 : 4 + (rgb[0] - rgb[1]) / d;
    hue += 6 * turn;
    static const float offset[3] = { 5, 3, 1 };
    for (int c = 0; c < 3; c++) {
        float k = offset[c] + hue; /* from -4 to 13: brought to the circle of 6 */
        k -= 6 * floorf(k / 6);
        rgb[c] = high - d * fmaxf(0, fminf(1, fminf(k, 4 - k)));
    }
}

static void hue(rni_planes *p, float turn)
{
    const int64_t n = p->h * p->w;
    for (int64_t i = 0; p->c >= 3 && i < n; i++) {
        float rgb[3] = { p->at[i], p->at[n + i], p->at[2 * n + i] };
        turn_hue(rgb, turn);
        for (int64_t c = 0; c < 3; c++) p->at[c * n + i] = rgb[c];
    }
}

static void colour(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    const double b = rni_augment_between(rng, -o->brightness, o->brightness);
    const double c = rni_augment_between(rng, -o->contrast, o->contrast);
    const double s = rni_augment_between(rng, -o->saturation, o->saturation);
    const double t = rni_augment_between(rng, -o->hue, o->hue);
    if (o->brightness > 0) brightness(p, (float)(1 + b));
    if (o->contrast > 0) contrast(p, (float)(1 + c));
    if (o->saturation > 0) saturation(p, (float)(1 + s));
    if (o->hue > 0) hue(p, (float)t);
}

static bool erase_prepare(rn_augment *o, rni_planes *size, const rn_site *site)
{
    (void)size;
    return o->low <= o->high ||
           rni_fail(RN_ERR_ARG, site, "dataset_augment", "erase: low is %g and high %g", o->low, o->high);
}

static void fill_rectangle(rni_planes *p, int64_t top, int64_t left, int64_t h, int64_t w, float value)
{
    for (int64_t c = 0; c < p->c; c++)
        for (int64_t y = top; y < top + h; y++)
            for (int64_t x = left; x < left + w; x++) p->at[(c * p->h + y) * p->w + x] = value;
}

/* Zhong, Zheng, Kang, Li & Yang 2017, arXiv:1708.04896; sides in a ratio from 0.3 to 1 / 0.3. */
static void erase(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    if (rni_rng_uniform(rng) >= o->p) return;
    for (int attempt = 0; attempt < 10; attempt++) {
        const double area = rni_augment_between(rng, o->low, o->high) * (double)(p->h * p->w);
        const double ratio = exp(rni_augment_between(rng, log(0.3), -log(0.3)));
        const int64_t h = (int64_t)(sqrt(area * ratio) + 0.5), w = (int64_t)(sqrt(area / ratio) + 0.5);
        if (h < 1 || w < 1 || h > p->h || w > p->w) continue;
        const int64_t top = (int64_t)rni_rng_below(rng, (uint64_t)(p->h - h) + 1);
        const int64_t left = (int64_t)rni_rng_below(rng, (uint64_t)(p->w - w) + 1);
        fill_rectangle(p, top, left, h, w, (float)o->fill);
        return;
    }
}

static bool normalize_prepare(rn_augment *o, rni_planes *size, const rn_site *site)
{
    double *const lists[2] = { o->mean, o->std };
    for (int k = 0; k < 2; k++)
        if (lists[k][1] == 0 && lists[k][2] == 0 && lists[k][3] == 0)
            for (int c = 1; c < 4; c++) lists[k][c] = lists[k][0];
    for (int c = 0; c < 4; c++)
        if (o->std[c] == 0) o->std[c] = 1;
    return size->c <= 4 || rni_fail(RN_ERR_SHAPE, site, "dataset_augment",
                                    "normalize: the picture has %lld channels, more than 4", (long long)size->c);
}

static void normalize(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    (void)rng;
    const int64_t n = p->h * p->w;
    for (int64_t c = 0; c < p->c; c++) {
        const float mean = (float)o->mean[c], scale = (float)(1 / o->std[c]);
        for (int64_t i = 0; i < n; i++) p->at[c * n + i] = (p->at[c * n + i] - mean) * scale;
    }
}

/* Box and Muller 1958: two uniform numbers make two normal ones. */
static void noise(const rn_augment *o, rni_rng *rng, rni_planes *p)
{
    const int64_t n = p->c * p->h * p->w;
    for (int64_t i = 0; i < n; i += 2) {
        const double radius = o->sigma * sqrt(-2 * log(1 - rni_rng_uniform(rng)));
        const double angle = 6.283185307179586 * rni_rng_uniform(rng);
        p->at[i] += (float)(radius * cos(angle));
        if (i + 1 < n) p->at[i + 1] += (float)(radius * sin(angle));
    }
}

const rni_augment_kind rni_augment_tones[] = {
    { "colour",
      { RNI_AUGMENT_OPTION(brightness, 0, 0, 1), RNI_AUGMENT_OPTION(contrast, 0, 0, 1),
        RNI_AUGMENT_OPTION(saturation, 0, 0, 1), RNI_AUGMENT_OPTION(hue, 0, 0, 0.5) },
      NULL,
      colour },
    { "erase",
      { RNI_AUGMENT_OPTION(p, 0.5, 0, 1), RNI_AUGMENT_OPTION(low, 0.02, 0, 1), RNI_AUGMENT_OPTION(high, 0.33, 0, 1),
        RNI_AUGMENT_OPTION(fill, 0, -1e6, 1e6) },
      erase_prepare,
      erase },
    { "normalize",
      { RNI_AUGMENT_OPTION(mean, 0, -1e6, 1e6), RNI_AUGMENT_OPTION(std, 0, 0, 1e6) },
      normalize_prepare,
      normalize },
    { "noise", { RNI_AUGMENT_OPTION(sigma, 0.05, 0, 1e6) }, NULL, noise },
    { NULL, { { NULL, 0, 0, 0, 0, 0 } }, NULL, NULL },
};
