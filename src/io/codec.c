/* The library's side of librensa_io.so: loads it at the first call and hands the calls on.
 *
 * The extension sees no symbol of the library: errors and memory reach it through the callbacks below. */
#include "io/codec.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/extension.h"
#include "base/file.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* Written under the lock, when the extension was loaded. A failure is tried again: what was missing may be there. */
static struct {
    pthread_mutex_t lock;
    _Atomic(const rni_codec *) codec;
} g = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool host_fail(rn_status status, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return rni_fail(status, NULL, NULL, "%s", text);
}

static void host_add(const char *label, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    rni_error_add(label, "%s", text);
}

static const rni_codec_host host = {
    .abi_version = RNI_CODEC_ABI,
    .size = (int)sizeof(rni_codec_host),
    .fail = host_fail,
    .add = host_add,
    .alloc = rni_alloc_raw,
    .realloc = rni_realloc,
    .free = rni_free,
};

static const rni_codec *load(void)
{
    const rni_codec *(*entry)(const rni_codec_host *) = NULL;
    void *address = rni_extension_symbol("io", "rn_extension_io");
    if (!address) return NULL;
    memcpy(&entry, &address, sizeof entry); /* ISO C has no cast from an object to a function */
    const rni_codec *codec = entry(&host);
    if (codec && codec->abi_version == RNI_CODEC_ABI && codec->size >= (int)sizeof *codec) return codec;
    rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "librensa_io.so belongs to another version of the library");
    return NULL;
}

static const rni_codec *get(void)
{
    const rni_codec *codec = atomic_load_explicit(&g.codec, memory_order_acquire);
    if (codec) return codec;
    pthread_mutex_lock(&g.lock);
    codec = atomic_load(&g.codec);
    if (!codec && (codec = load())) atomic_store_explicit(&g.codec, codec, memory_order_release);
    pthread_mutex_unlock(&g.lock);
    return codec;
}

/* ---- compressed data ---- */

bool rni_is_gzip(const void *in, int64_t n)
{
    return n >= 2 && memcmp(in, "\x1f\x8b", 2) == 0;
}

bool rni_gunzip(const void *in, int64_t n, int64_t limit, void **out, int64_t *out_n)
{
    const rni_codec *codec = get();
    return codec && codec->gunzip(in, n, limit, out, out_n);
}

bool rni_gzip(const void *in, int64_t n, int level, void **out, int64_t *out_n)
{
    const rni_codec *codec = get();
    return codec && codec->gzip(in, n, level, out, out_n);
}

/* ---- pictures ---- */

enum { PICTURE_BYTES_MAX = 1 << 30 };

static bool decode(const void *bytes, int64_t n, bool pixels, rni_image *out)
{
    const rni_codec *codec = get();
    *out = (rni_image){ 0 };
    if (!codec) return false;
    if (n >= 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
        return (pixels ? codec->png_decode : codec->png_size)(bytes, n, out);
    if (n >= 3 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
        return (pixels ? codec->jpeg_decode : codec->jpeg_size)(bytes, n, out);
    return rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "this is neither a PNG nor a JPEG picture");
}

bool rni_image_decode(const void *bytes, int64_t n, rni_image *out)
{
    return decode(bytes, n, true, out);
}

bool rni_image_size(const void *bytes, int64_t n, rni_image *out)
{
    return decode(bytes, n, false, out);
}

bool rni_image_read(const char *path, rni_image *out)
{
    void *bytes;
    int64_t n;
    *out = (rni_image){ 0 };
    if (!rni_file_read(path, PICTURE_BYTES_MAX, &bytes, &n)) return false;
    const bool ok = rni_image_decode(bytes, n, out);
    if (!ok) rni_error_add("file", "%s", path);
    rni_free(bytes);
    return ok;
}

void rni_image_free(rni_image *image)
{
    rni_free(image->pixels);
    *image = (rni_image){ 0 };
}

bool rni_png_encode(const rni_image *image, void **out, int64_t *out_n)
{
    const rni_codec *codec = get();
    return codec && codec->png_encode(image, out, out_n);
}

bool rni_png_write(const char *path, const rni_image *image)
{
    void *bytes;
    int64_t n;
    if (!rni_png_encode(image, &bytes, &n)) return false;
    const bool ok = rni_file_write(path, bytes, n);
    rni_free(bytes);
    return ok;
}

bool rni_jpeg_encode(const rni_image *image, int quality, void **out, int64_t *out_n)
{
    const rni_codec *codec = get();
    return codec && codec->jpeg_encode(image, quality, out, out_n);
}

/* ---- archives ---- */

struct rni_zip {
    const rni_codec *codec;
    void *handle;
};

static rni_zip *open_zip(const char *path, const void *bytes, int64_t n)
{
    const rni_codec *codec = get();
    rni_zip *zip = codec ? rni_alloc(sizeof *zip) : NULL;
    if (!zip) return NULL;
    *zip = (rni_zip){ codec, codec->zip_open(path, bytes, n) };
    if (zip->handle) return zip;
    rni_free(zip);
    return NULL;
}

rni_zip *rni_zip_open(const char *path)
{
    rni_zip *zip = open_zip(path, NULL, 0);
    if (!zip) rni_error_add("file", "%s", path);
    return zip;
}

rni_zip *rni_zip_open_bytes(const void *bytes, int64_t n)
{
    return open_zip(NULL, bytes, n);
}

void rni_zip_close(rni_zip *zip)
{
    if (!zip) return;
    zip->codec->zip_close(zip->handle);
    rni_free(zip);
}

int64_t rni_zip_count(const rni_zip *zip)
{
    return zip->codec->zip_count(zip->handle);
}

bool rni_zip_member_at(rni_zip *zip, int64_t i, rni_zip_member *out)
{
    return zip->codec->zip_member_at(zip->handle, i, out);
}

bool rni_zip_read(rni_zip *zip, int64_t i, void **out, int64_t *out_n)
{
    return zip->codec->zip_read(zip->handle, i, out, out_n);
}

bool rni_zip_head(rni_zip *zip, int64_t i, void *head, int64_t size, int64_t *n)
{
    return zip->codec->zip_head(zip->handle, i, head, size, n);
}

bool rni_zip_write(const char *path, const rni_zip_input *inputs, int64_t count, bool compress)
{
    static const char empty[22] = "PK\x05\x06"; /* an archive without members, which libzip does not write */
    rni_out out;
    const rni_codec *codec = get();
    if (!codec || !rni_out_begin(&out, path)) return false;
    bool ok;
    if (count == 0)
        ok = rni_out_write(&out, empty, sizeof empty);
    else {
        ok = out.direct ? rni_fail(RN_ERR_IO, NULL, "write", "\"%s\" is no file that an archive could be put in", path)
                        : codec->zip_write(out.temporary, inputs, count, compress);
        if (!ok) rni_error_add("file", "%s", path);
    }
    if (ok) return rni_out_commit(&out);
    rni_out_abort(&out);
    return false;
}

bool rni_zip_pack(const rni_zip_input *inputs, int64_t count, bool compress, void **out, int64_t *out_n)
{
    const rni_codec *codec = get();
    return codec && codec->zip_pack(inputs, count, compress, out, out_n);
}

/* ---- downloads ---- */

rni_http_result rni_http_get_file(rni_http_get *request)
{
    const rni_codec *codec = get();
    return codec ? codec->http_get(request) : RNI_HTTP_NO_LIBRARY;
}
