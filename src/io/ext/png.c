/* PNG by libpng: every kind of file comes out as 1 to 4 channels of 8 or 16 bits.
 *
 * libpng reports errors by longjmp. All that must survive one lives in a struct of the caller, so that no local
 * variable of the function that called setjmp changes between. */
#include "io/ext/ext_p.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

enum { SIDE_MAX = 0x7fffffff };

typedef struct job {
    png_structp png;
    png_infop info;
    const unsigned char *in;
    int64_t left, total;
    io_buffer out;
    rni_image image;
    bool nomem, want_pixels;
    char message[160];
} job;

static void on_error(png_structp png, png_const_charp message)
{
    job *j = png_get_error_ptr(png);
    size_t n = strlen(message);
    if (n >= sizeof j->message) n = sizeof j->message - 1;
    memcpy(j->message, message, n);
    j->message[n] = '\0';
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static png_voidp take(png_structp png, png_alloc_size_t size)
{
    job *j = png_get_mem_ptr(png);
    void *p = size > INT64_MAX / 2 ? NULL : io_host()->alloc((int64_t)size);
    if (!p) j->nomem = true;
    return p;
}

static void give(png_structp png, png_voidp p)
{
    (void)png;
    io_host()->free(p);
}

static bool failed(const job *j, const char *what)
{
    if (j->nomem) return io_host()->fail(RN_ERR_NOMEM, "out of memory");
    return io_host()->fail(RN_ERR_FORMAT, "%s: %s", what, j->message);
}

/* ---- reading ---- */

static void read_bytes(png_structp png, png_bytep to, size_t n)
{
    job *j = png_get_io_ptr(png);
    if ((int64_t)n > j->left) png_error(png, "the file ends too early");
    memcpy(to, j->in, n);
    j->in += n;
    j->left -= (int64_t)n;
}

static bool begin_read(job *j, const void *bytes, int64_t n, bool pixels)
{
    *j = (job){ .in = bytes, .left = n, .total = n, .want_pixels = pixels };
    j->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, j, on_error, on_warning, j, take, give);
    j->info = j->png ? png_create_info_struct(j->png) : NULL;
    if (!j->info) {
        png_destroy_read_struct(&j->png, NULL, NULL);
        return io_host()->fail(RN_ERR_NOMEM, "out of memory");
    }
    png_set_read_fn(j->png, j, read_bytes);
    png_set_user_limits(j->png, SIDE_MAX, SIDE_MAX);
    return true;
}

/* A row packs into at least 1/1032 of its bytes, so a small file with a huge picture is a lie or an attack. */
static bool justified(const job *j, int64_t row_bytes, int64_t height)
{
    const int64_t most = (j->total + 64) * IO_DEFLATE_RATIO;
    return row_bytes > 0 && height <= most / row_bytes;
}

/* May longjmp. Reads what stands before the pixels and says how they shall come out. */
static bool read_header(job *j)
{
    png_read_info(j->png, j->info);
    const int depth = png_get_bit_depth(j->png, j->info);
    const bool transparent = png_get_valid(j->png, j->info, PNG_INFO_tRNS) != 0;
    j->image.height = png_get_image_height(j->png, j->info);
    j->image.width = png_get_image_width(j->png, j->info);
    if (!justified(j, (int64_t)png_get_rowbytes(j->png, j->info), j->image.height)) {
        io_host()->fail(RN_ERR_FORMAT, "the PNG claims more pixels than its size can hold");
        io_host()->add("actual", "%lld x %lld pixels in %lld bytes", (long long)j->image.width,
                       (long long)j->image.height, (long long)j->total);
        return false;
    }
    if (png_get_color_type(j->png, j->info) == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(j->png);
    if (depth < 8) png_set_expand_gray_1_2_4_to_8(j->png);
    if (transparent) png_set_tRNS_to_alpha(j->png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (depth == 16) png_set_swap(j->png);
#endif
    (void)png_set_interlace_handling(j->png);
    png_read_update_info(j->png, j->info);
    j->image.channels = png_get_channels(j->png, j->info);
    j->image.bits = png_get_bit_depth(j->png, j->info);
    return true;
}

/* May longjmp. */
static bool read_pixels(job *j)
{
    const int64_t row = (int64_t)png_get_rowbytes(j->png, j->info);
    j->image.pixels = io_host()->alloc(row * j->image.height);
    if (!j->image.pixels) {
        j->nomem = true;
        return failed(j, "");
    }
    const int passes = png_get_interlace_type(j->png, j->info) == PNG_INTERLACE_ADAM7 ? PNG_INTERLACE_ADAM7_PASSES : 1;
    for (int pass = 0; pass < passes; pass++)
        for (int64_t y = 0; y < j->image.height; y++) png_read_row(j->png, (png_bytep)j->image.pixels + y * row, NULL);
    png_read_end(j->png, NULL);
    return true;
}

static bool read_all(job *j)
{
    if (setjmp(png_jmpbuf(j->png))) return failed(j, "the PNG cannot be read");
    return read_header(j) && (!j->want_pixels || read_pixels(j));
}

static bool read_png(const void *bytes, int64_t n, bool pixels, rni_image *out)
{
    job j;
    if (!begin_read(&j, bytes, n, pixels)) return false;
    const bool ok = read_all(&j);
    png_destroy_read_struct(&j.png, &j.info, NULL);
    if (ok)
        *out = j.image;
    else
        io_host()->free(j.image.pixels);
    return ok;
}

bool io_png_size(const void *bytes, int64_t n, rni_image *out)
{
    return read_png(bytes, n, false, out);
}

bool io_png_decode(const void *bytes, int64_t n, rni_image *out)
{
    return read_png(bytes, n, true, out);
}

/* ---- writing ---- */

static void write_bytes(png_structp png, png_bytep from, size_t n)
{
    job *j = png_get_io_ptr(png);
    if (io_buffer_add(&j->out, from, (int64_t)n)) return;
    j->nomem = true;
    png_error(png, "out of memory");
}

static void flush_nothing(png_structp png)
{
    (void)png;
}

static bool write_all(job *j)
{
    static const int kinds[5] = { 0, PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                                  PNG_COLOR_TYPE_RGB_ALPHA };
    const rni_image *m = &j->image;
    if (setjmp(png_jmpbuf(j->png))) return failed(j, "the PNG cannot be written");
    png_set_IHDR(j->png, j->info, (png_uint_32)m->width, (png_uint_32)m->height, m->bits, kinds[m->channels],
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(j->png, j->info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (m->bits == 16) png_set_swap(j->png);
#endif
    const int64_t row = m->width * m->channels * (m->bits / 8);
    for (int64_t y = 0; y < m->height; y++) png_write_row(j->png, (png_const_bytep)m->pixels + y * row);
    png_write_end(j->png, NULL);
    return true;
}

bool io_png_encode(const rni_image *image, void **out, int64_t *out_n)
{
    const bool fits = image->width > 0 && image->height > 0 && image->width <= SIDE_MAX && image->height <= SIDE_MAX &&
                      image->channels >= 1 && image->channels <= 4 && (image->bits == 8 || image->bits == 16);
    if (!fits || !image->pixels) {
        io_host()->fail(RN_ERR_ARG, "a PNG cannot hold this picture");
        io_host()->add("expect", "1 … 4 channels of 8 or 16 bits, sides from 1 to 2147483647");
        io_host()->add("actual", "%lld x %lld, %d channels of %d bits", (long long)image->width,
                       (long long)image->height, image->channels, image->bits);
        return false;
    }
    job j = { .image = *image };
    j.png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, &j, on_error, on_warning, &j, take, give);
    j.info = j.png ? png_create_info_struct(j.png) : NULL;
    bool ok = j.info != NULL;
    if (ok) {
        png_set_write_fn(j.png, &j, write_bytes, flush_nothing);
        png_set_user_limits(j.png, SIDE_MAX, SIDE_MAX);
        ok = write_all(&j);
    } else
        io_host()->fail(RN_ERR_NOMEM, "out of memory");
    png_destroy_write_struct(&j.png, &j.info);
    if (!ok) {
        io_host()->free(j.out.at);
        return false;
    }
    *out = j.out.at;
    *out_n = j.out.length;
    return true;
}
