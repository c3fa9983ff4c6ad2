/* JPEG by libturbojpeg: gray stays gray, everything else becomes RGB, the right way up. */
#include "io/ext/ext_p.h"

#include <string.h>
#include <turbojpeg.h>

enum { SIDE_MAX = 65500 };

typedef struct header {
    int width, height, space;
    io_jpeg_facts facts;
} header;

static bool bad(const char *what, const char *why)
{
    return io_host()->fail(RN_ERR_FORMAT, "%s%s%s", what, why ? ": " : "", why ? why : "");
}

/* Each block of 8x8 pixels of the finest component takes at least one bit, in any coding but the arithmetic one. */
static bool justified(const header *h, int64_t n)
{
    return (int64_t)h->width * h->height <= 1024 * n + 65536;
}

static bool read_header(tjhandle handle, const void *bytes, int64_t n, header *h)
{
    int subsampling;
    if (tjDecompressHeader3(handle, bytes, (unsigned long)n, &h->width, &h->height, &subsampling, &h->space) != 0 &&
        tjGetErrorCode(handle) == TJERR_FATAL)
        return bad("the JPEG cannot be read", tjGetErrorStr2(handle));
    h->facts = io_jpeg_scan(bytes, n);
    if (!h->facts.complete) return bad("the JPEG is truncated: its end marker is missing", NULL);
    if (h->width > 0 && h->height > 0 && justified(h, n)) return true;
    bad("the JPEG claims more pixels than its size can hold", NULL);
    io_host()->add("actual", "%d x %d pixels in %lld bytes", h->width, h->height, (long long)n);
    return false;
}

/* Complaints of the decoder about files that many programs write and every viewer shows. */
static bool harmless(const char *warning)
{
    static const char *const known[] = { "extraneous bytes", "Invalid SOS parameters", "Unknown Adobe color transform",
                                         "unknown JFIF revision" };
    for (size_t i = 0; i < RN_COUNTOF(known); i++)
        if (strstr(warning, known[i])) return true;
    return false;
}

/* Ink to light. Files with an Adobe marker store 255 minus the ink. */
static void cmyk_to_rgb(const unsigned char *cmyk, unsigned char *rgb, int64_t count, bool inverted)
{
    const unsigned char flip = inverted ? 0 : 255;
    for (int64_t i = 0; i < count; i++) {
        const int k = cmyk[4 * i + 3] ^ flip;
        for (int c = 0; c < 3; c++) rgb[3 * i + c] = (unsigned char)(((cmyk[4 * i + c] ^ flip) * k + 127) / 255);
    }
}

static bool decode(tjhandle handle, const void *bytes, int64_t n, const header *h, rni_image *out)
{
    const bool gray = h->space == TJCS_GRAY, cmyk = h->space == TJCS_CMYK || h->space == TJCS_YCCK;
    const int64_t count = (int64_t)h->width * h->height;
    unsigned char *pixels = io_host()->alloc(count * (gray ? 1 : cmyk ? 4 : 3));
    if (!pixels) return false;
    const int format = gray ? TJPF_GRAY : cmyk ? TJPF_CMYK : TJPF_RGB;
    const int status = tjDecompress2(handle, bytes, (unsigned long)n, pixels, h->width, 0, h->height, format,
                                     TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
    if (status != 0 && (tjGetErrorCode(handle) == TJERR_FATAL || !harmless(tjGetErrorStr2(handle)))) {
        bad("the JPEG is damaged", tjGetErrorStr2(handle));
        io_host()->free(pixels);
        return false;
    }
    if (cmyk)
        cmyk_to_rgb(pixels, pixels, count, h->facts.adobe); /* in place: what is written lies behind what is read */
    *out = (rni_image){ h->width, h->height, gray ? 1 : 3, 8, pixels };
    return true;
}

/* Where a pixel of the upright picture comes from: the axes swapped, then x and y counted from the other end. */
static const struct {
    bool swap, flip_x, flip_y;
} turns[9] = {
    { 0 },       { 0, 0, 0 }, { 0, 1, 0 }, { 0, 1, 1 }, { 0, 0, 1 }, /* 1 … 4 */
    { 1, 0, 0 }, { 1, 0, 1 }, { 1, 1, 1 }, { 1, 1, 0 },              /* 5 … 8 */
};

static bool turn(rni_image *m, int orientation)
{
    const bool swap = turns[orientation].swap, fx = turns[orientation].flip_x, fy = turns[orientation].flip_y;
    const int64_t w = m->width, h = m->height, width = swap ? h : w, height = swap ? w : h;
    const int c = m->channels;
    if (orientation == 1) return true;
    const unsigned char *from = m->pixels;
    unsigned char *to = io_host()->alloc(w * h * c);
    if (!to) return false;
    for (int64_t y = 0; y < height; y++) {
        for (int64_t x = 0; x < width; x++) {
            const int64_t sx = swap ? y : x, sy = swap ? x : y;
            const int64_t i = (fy ? h - 1 - sy : sy) * w + (fx ? w - 1 - sx : sx);
            memcpy(to + (y * width + x) * c, from + i * c, (size_t)c);
        }
    }
    io_host()->free(m->pixels);
    *m = (rni_image){ width, height, c, 8, to };
    return true;
}

bool io_jpeg_size(const void *bytes, int64_t n, rni_image *out)
{
    header h;
    tjhandle handle = tjInitDecompress();
    if (!handle) return io_host()->fail(RN_ERR_NOMEM, "out of memory");
    const bool ok = read_header(handle, bytes, n, &h);
    tjDestroy(handle);
    if (!ok) return false;
    const bool swap = turns[h.facts.orientation].swap;
    *out = (rni_image){ swap ? h.height : h.width, swap ? h.width : h.height, h.space == TJCS_GRAY ? 1 : 3, 8, NULL };
    return true;
}

bool io_jpeg_decode(const void *bytes, int64_t n, rni_image *out)
{
    header h;
    rni_image image = { 0 };
    tjhandle handle = tjInitDecompress();
    if (!handle) return io_host()->fail(RN_ERR_NOMEM, "out of memory");
    const bool ok =
        read_header(handle, bytes, n, &h) && decode(handle, bytes, n, &h, &image) && turn(&image, h.facts.orientation);
    tjDestroy(handle);
    if (ok)
        *out = image;
    else
        io_host()->free(image.pixels);
    return ok;
}

bool io_jpeg_encode(const rni_image *image, int quality, void **out, int64_t *out_n)
{
    const bool fits = image->width > 0 && image->height > 0 && image->width <= SIDE_MAX && image->height <= SIDE_MAX;
    if (!fits || !image->pixels || image->bits != 8 || (image->channels != 1 && image->channels != 3)) {
        io_host()->fail(RN_ERR_ARG, "a JPEG cannot hold this picture");
        io_host()->add("expect", "1 or 3 channels of 8 bits, sides from 1 to %d", SIDE_MAX);
        io_host()->add("actual", "%lld x %lld, %d channels of %d bits", (long long)image->width,
                       (long long)image->height, image->channels, image->bits);
        return false;
    }
    const bool gray = image->channels == 1;
    const int sampling = gray ? TJSAMP_GRAY : TJSAMP_420;
    if (quality < 0 || quality > 100) return io_host()->fail(RN_ERR_ARG, "quality %d is not in 1 … 100", quality);
    unsigned long size = tjBufSize((int)image->width, (int)image->height, sampling);
    unsigned char *buffer = io_host()->alloc((int64_t)size + 1);
    tjhandle handle = buffer ? tjInitCompress() : NULL;
    const bool ok = handle && tjCompress2(handle, image->pixels, (int)image->width, 0, (int)image->height,
                                          gray ? TJPF_GRAY : TJPF_RGB, &buffer, &size, sampling, quality ? quality : 90,
                                          TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT) == 0;
    if (ok) {
        *out = buffer;
        *out_n = (int64_t)size;
    } else {
        io_host()->fail(RN_ERR_NOMEM, "the JPEG cannot be written: %s", tjGetErrorStr2(handle));
        io_host()->free(buffer);
    }
    if (handle) tjDestroy(handle);
    return ok;
}
