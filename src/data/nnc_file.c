/* Files that cells of a table name: pictures [C, H, W], tables of numbers [rows, columns], .npy arrays. */
#include "data/nnc.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/shape.h"
#include "data/convert.h"
#include "data/picture.h"
#include "data/source.h"
#include "io/npy.h"

#include <string.h>

/* Sets the shape where it is asked for, else compares. */
static bool agree(const rn_shape *have, rn_shape *shape, const float *to)
{
    char a[RNI_SHAPE_TEXT], b[RNI_SHAPE_TEXT];
    if (!to) *shape = *have;
    if (rni_shape_equal(have, shape)) return true;
    rni_fail(RN_ERR_FORMAT, NULL, "nnc", "the file has another shape than that of the first row");
    rni_error_add("expect", "%s", rni_shape_text(shape, a));
    rni_error_add("actual", "%s", rni_shape_text(have, b));
    return false;
}

static bool read_picture(const char *path, bool raw, rn_shape *shape, float *to)
{
    rni_image image = { 0 };
    if (!rni_image_read(path, &image)) return false;
    const int64_t channels = image.channels == 2 ? 1 : image.channels;
    const rn_shape have = RN_SHAPE(channels, image.height, image.width);
    const bool ok = agree(&have, shape, to);
    if (ok && to) {
        rni_planes_from_image(&image, channels, to);
        const float top = image.bits == 16 ? 65535 : 255;
        for (int64_t i = 0; raw && i < rni_shape_count(&have); i++) to[i] *= top;
    }
    rni_image_free(&image);
    return ok;
}

/* The numbers of a table into `to`, if it is given; its size into *shape. */
static bool scan_numbers(rni_csv *csv, float *to, rn_shape *shape)
{
    int more;
    *shape = RN_SHAPE(0, 0);
    while ((more = rni_csv_next(csv)) > 0) {
        if (shape->dim[0]++ == 0) shape->dim[1] = csv->count;
        if (csv->count != shape->dim[1])
            return rni_csv_fail(csv, -1, NULL, "the row has %lld cells, the first %lld", (long long)csv->count,
                                (long long)shape->dim[1]);
        for (int64_t i = 0; i < csv->count; i++) {
            double v;
            if (!rni_csv_number(&csv->cells[i], &v))
                return rni_csv_fail(csv, i, NULL, "\"%.*s\" is not a number",
                                    csv->cells[i].n < 80 ? (int)csv->cells[i].n : 80, csv->cells[i].at);
            if (to) *to++ = (float)v;
        }
    }
    return more == 0;
}

static bool read_table(const char *path, bool raw, rn_shape *shape, float *to)
{
    (void)raw;
    void *bytes = NULL;
    int64_t n = 0;
    if (!rni_read_unpacked(path, &bytes, &n)) return false;
    rni_csv csv;
    rn_shape have;
    rni_csv_begin(&csv, bytes, n, ',', path);
    bool ok = scan_numbers(&csv, NULL, &have) && agree(&have, shape, to);
    rni_csv_rewind(&csv);
    ok = ok && (!to || scan_numbers(&csv, to, &have));
    rni_csv_end(&csv);
    rni_free(bytes);
    return ok;
}

static bool read_elements(const rni_npy *a, const char *data, int64_t n, float *to)
{
    int64_t bytes;
    if (!a->element || a->element->widen != RNI_AS_IT_IS || a->swapped || (a->fortran && a->shape.rank > 1))
        return rni_fail(RN_ERR_UNSUPPORTED, NULL, "nnc", "arrays of type %s%s are not read here", a->type,
                        a->fortran ? " in Fortran order" : "");
    if (!rni_mul_i64(a->count, a->element->bytes, &bytes) || bytes != n)
        return rni_fail(RN_ERR_FORMAT, NULL, "nnc", "the file does not hold as many elements as its header says");
    char *aligned = to ? rni_alloc_raw(bytes) : NULL; /* the data may begin at any byte */
    if (to && !aligned) return false;
    if (to && bytes) memcpy(aligned, data, (size_t)bytes);
    if (to) rni_data_to_f32(to, a->element->dtype, aligned, a->count);
    rni_free(aligned);
    return true;
}

static bool read_npy(const char *path, bool raw, rn_shape *shape, float *to)
{
    (void)raw;
    void *bytes = NULL;
    int64_t n = 0;
    rni_npy array;
    if (!rni_file_read(path, INT64_MAX - 1, &bytes, &n)) return false;
    bool ok = rni_npy_header(bytes, n, &array);
    if (ok && (array.shape.rank < 0 || array.shape.rank >= RN_MAX_RANK))
        ok = rni_fail(RN_ERR_UNSUPPORTED, NULL, "nnc", "the array has too many axes");
    ok = ok && agree(&array.shape, shape, to) &&
         read_elements(&array, (char *)bytes + array.offset, n - array.offset, to);
    rni_free(bytes);
    return ok;
}

static const struct {
    const char *extension;
    bool (*read)(const char *path, bool raw, rn_shape *shape, float *to);
} readers[] = {
    { ".png", read_picture }, { ".jpg", read_picture },  { ".jpeg", read_picture },
    { ".csv", read_table },   { ".csv.gz", read_table }, { ".npy", read_npy },
};

bool rni_nnc_file(const char *path, bool raw, rn_shape *shape, float *to)
{
    for (size_t i = 0; i < RN_COUNTOF(readers); i++)
        if (rni_path_has_extension(path, readers[i].extension)) {
            if (readers[i].read(path, raw, shape, to)) return true;
            rni_error_add("in", "%s", path);
            return false;
        }
    rni_fail(RN_ERR_UNSUPPORTED, NULL, "nnc", "files of this kind are not read");
    rni_error_add("expect", ".png, .jpg, .csv or .npy");
    rni_error_add("file", "%s", path);
    return false;
}
