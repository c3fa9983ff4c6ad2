/* From a decoded picture to an array of a given form. */
#include "data/picture.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"

#include <math.h>
#include <string.h>

static inline float sample(const rni_image *image, int64_t i)
{
    return image->bits == 16 ? (float)((const uint16_t *)image->pixels)[i] / 65535.0f
                             : (float)((const uint8_t *)image->pixels)[i] / 255.0f;
}

void rni_planes_from_image(const rni_image *image, int64_t channels, float *to)
{
    const int64_t n = image->width * image->height;
    const int c = image->channels;
    const bool alpha = c == 2 || c == 4;
    for (int64_t i = 0; i < n; i++) {
        float rgb[3];
        for (int k = 0; k < 3; k++) rgb[k] = sample(image, i * c + (c >= 3 ? k : 0));
        const float a = alpha ? sample(image, i * c + c - 1) : 1;
        if (channels == 4)
            to[3 * n + i] = a;
        else
            for (int k = 0; k < 3; k++) rgb[k] = a * rgb[k] + (1 - a);
        if (channels == 1)
            to[i] = c >= 3 ? 0.299f * rgb[0] + 0.587f * rgb[1] + 0.114f * rgb[2] : rgb[0];
        else
            for (int k = 0; k < 3; k++) to[k * n + i] = rgb[k];
    }
}

static bool is_size(const rni_image *image, const rni_picture_form *form)
{
    return image->width == form->width && image->height == form->height;
}

static int64_t rounded(double v)
{
    const int64_t n = (int64_t)floor(v + 0.5);
    return n > 0 ? n : 1;
}

/* Brings planes [C, h, w] into the form. */
static bool fit_planes(const float *planes, int64_t h, int64_t w, const rni_picture_form *f, float *to)
{
    const double sx = (double)f->width / (double)w, sy = (double)f->height / (double)h;
    rni_rect part = { 0, 0, (double)w, (double)h };
    int64_t out_w = f->width, out_h = f->height;
    if (f->fit == RN_FIT_CROP) {
        const double s = fmax(sx, sy);
        part.width = (double)f->width / s;
        part.height = (double)f->height / s;
        part.x = ((double)w - part.width) / 2;
        part.y = ((double)h - part.height) / 2;
    } else if (f->fit == RN_FIT_PAD) {
        out_w = sx < sy ? f->width : rounded((double)w * sy);
        out_h = sx < sy ? rounded((double)h * sx) : f->height;
        memset(to, 0, (size_t)(f->channels * f->height * f->width) * sizeof *to);
    }
    const int64_t left = (f->width - out_w) / 2, top = (f->height - out_h) / 2, size = f->width * f->height;
    for (int64_t c = 0; c < f->channels; c++)
        if (!rni_resize(planes + c * h * w, h, w, &part, to + c * size + top * f->width + left, out_h, out_w, f->width,
                        f->filter))
            return false;
    for (int64_t i = 0; i < f->channels * size; i++) to[i] = fminf(1, fmaxf(0, to[i])); /* the cubic one overshoots */
    return true;
}

bool rni_picture_read(const char *path, const rni_picture_form *form, float *to)
{
    rni_image image = { 0 };
    if (!rni_image_read(path, &image)) return false;
    bool ok = true;
    if (is_size(&image, form))
        rni_planes_from_image(&image, form->channels, to);
    else {
        int64_t count, bytes;
        ok = rni_mul_i64(image.width * form->channels, image.height, &count) &&
             rni_mul_i64(count, (int64_t)sizeof(float), &bytes);
        float *planes = ok ? rni_alloc_raw(bytes) : NULL;
        if (planes) rni_planes_from_image(&image, form->channels, planes);
        ok = planes && fit_planes(planes, image.height, image.width, form, to);
        rni_free(planes);
    }
    rni_image_free(&image);
    return ok;
}

bool rni_picture_size(const char *path, int64_t *width, int64_t *height)
{
    void *bytes = NULL;
    int64_t n = 0;
    rni_image image = { 0 };
    if (!rni_file_read(path, INT64_MAX - 1, &bytes, &n)) return false;
    const bool ok = rni_image_size(bytes, n, &image);
    if (!ok) rni_error_add("file", "%s", path);
    rni_free(bytes);
    *width = image.width;
    *height = image.height;
    return ok;
}
