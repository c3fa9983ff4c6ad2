/* The table that librensa_io.so hands to the library, and what its files share. Knows nothing of tensors. */
#include "io/ext/ext_p.h"

#include <string.h>

/* Written by rn_extension_io, which the library calls once before anything else here. */
static struct {
    const rni_codec_host *host;
} g;

static const rni_codec codec = {
    .abi_version = RNI_CODEC_ABI,
    .size = (int)sizeof(rni_codec),
    .gunzip = io_gunzip,
    .gzip = io_gzip,
    .png_size = io_png_size,
    .png_decode = io_png_decode,
    .png_encode = io_png_encode,
    .jpeg_size = io_jpeg_size,
    .jpeg_decode = io_jpeg_decode,
    .jpeg_encode = io_jpeg_encode,
    .zip_open = io_zip_open,
    .zip_close = io_zip_close,
    .zip_count = io_zip_count,
    .zip_member_at = io_zip_member_at,
    .zip_read = io_zip_read,
    .zip_head = io_zip_head,
    .zip_write = io_zip_write,
    .zip_pack = io_zip_pack,
    .http_get = io_http_get,
};

const rni_codec_host *io_host(void)
{
    return g.host;
}

const rni_codec *rn_extension_io(const rni_codec_host *host)
{
    if (host->abi_version != RNI_CODEC_ABI || host->size < (int)sizeof *host) return NULL;
    g.host = host;
    return &codec;
}

bool io_buffer_add(io_buffer *b, const void *bytes, int64_t n)
{
    if (b->capacity - b->length < n + 1) {
        const int64_t more = b->length + n + 1;
        const int64_t capacity = more < b->capacity * 2 ? b->capacity * 2 : more < 4096 ? 4096 : more;
        char *p = io_host()->realloc(b->at, capacity);
        if (!p) return false;
        b->at = p;
        b->capacity = capacity;
    }
    memcpy(b->at + b->length, bytes, (size_t)n);
    b->length += n;
    b->at[b->length] = '\0';
    return true;
}
