/* Pictures out of tensors: a PNG of one, or of a batch laid out as a grid. */
#include <rensa/io.h>
#include <rensa/tensor.h>

#include "base/alloc.h"
#include "base/error.h"
#include "io/codec.h"
#include "io/entry.h"

#include <math.h>

/* Sizes of a batch of pictures, and how many stand side by side. */
typedef struct grid {
    int64_t n, channels, height, width, columns;
} grid;

static bool measure(const rn_image_save_args *a, grid *g)
{
    const rn_shape *s = rn_tensor_shape(a->t);
    const int64_t *end = s->dim + s->rank;
    bool ok = s->rank >= 2 && s->rank <= 4 && a->columns >= 0;
    for (int i = 0; ok && i < s->rank; i++) ok = s->dim[i] > 0;
    if (ok) *g = (grid){ s->rank == 4 ? end[-4] : 1, s->rank >= 3 ? end[-3] : 1, end[-2], end[-1], a->columns };
    if (!ok || g->channels > 4) {
        rni_fail(a->columns < 0 ? RN_ERR_ARG : RN_ERR_SHAPE, &a->site, "image_save", "this is no picture");
        rni_error_add("expect", "[H, W], [C, H, W] or [N, C, H, W] with 1 to 4 channels");
        return false;
    }
    if (!g->columns) g->columns = (int64_t)ceil(sqrt((double)g->n));
    if (g->columns > g->n) g->columns = g->n;
    return true;
}

static uint8_t pixel(double v)
{
    return v > 0 ? (uint8_t)(v < 1 ? v * 255 + 0.5 : 255) : 0; /* NaN is black */
}

/* The bytes of the grid; false where they cannot be counted. */
static bool count_bytes(const grid *g, rni_image *out, int64_t *bytes)
{
    const int64_t gap = g->n > 1, rows = (g->n + g->columns - 1) / g->columns;
    *out = (rni_image){ .channels = (int)g->channels, .bits = 8 };
    return rni_mul_i64(g->columns, g->width + gap, &out->width) && rni_mul_i64(rows, g->height + gap, &out->height) &&
           rni_mul_i64(out->width -= gap, out->height -= gap, bytes) && rni_mul_i64(*bytes, g->channels, bytes);
}

static bool draw(const rn_image_save_args *a, const grid *g, rni_image *out)
{
    const rn_dtype dtype = rn_tensor_dtype(a->t);
    if (!rn_dtype_is_float(dtype) && dtype != RN_U8 && dtype != RN_BOOL) {
        rni_fail(RN_ERR_DTYPE, &a->site, "image_save", "%s cannot be drawn", rn_dtype_name(dtype));
        rni_error_add("expect", "floats or bool from 0 to 1, or u8 from 0 to 255");
        return false;
    }
    const int64_t count = rn_tensor_count(a->t), gap = g->n > 1;
    const double scale = dtype == RN_U8 ? 1.0 / 255 : 1;
    int64_t bytes, from_bytes;
    if (!count_bytes(g, out, &bytes) || !rni_mul_i64(count, (int64_t)sizeof(float), &from_bytes))
        return rni_fail(RN_ERR_SHAPE, &a->site, "image_save", "the picture is too large");
    float *from = rni_alloc_raw(from_bytes);
    uint8_t *to = out->pixels = from ? rni_alloc(bytes) : NULL;
    bool ok = to && rn_copy_to_at(&a->site, a->t, RN_F32, from, from_bytes);
    for (int64_t i = 0; ok && i < count; i++) {
        const int64_t x = i % g->width, y = i / g->width % g->height, c = i / g->width / g->height % g->channels;
        const int64_t k = i / g->width / g->height / g->channels;
        const int64_t left = k % g->columns * (g->width + gap), top = k / g->columns * (g->height + gap);
        to[((top + y) * out->width + left + x) * g->channels + c] = pixel(from[i] * scale);
    }
    rni_free(from);
    return ok;
}

bool rn_image_save_at(const rn_image_save_args *args)
{
    RNI_TRY(rni_args(args, __func__));
    rni_entry e;
    grid g;
    rni_image image = { 0 };
    const int level = rn_scope_begin();
    bool ok = rni_enter(&e, &args->site, "image_save", args->path);
    ok = ok && (args->t || rni_fail(RN_ERR_ARG, &args->site, "image_save", "the tensor is NULL"));
    ok = ok && measure(args, &g) && draw(args, &g, &image) && rni_png_write(args->path, &image);
    rni_image_free(&image);
    rn_scope_end(level);
    rni_leave(&e);
    return ok;
}
