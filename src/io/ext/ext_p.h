/* What the files of librensa_io share: the host's callbacks and the functions behind the table in ext.c. */
#ifndef RNI_IO_EXT_P_H
#define RNI_IO_EXT_P_H

#include "io/codec.h"

/* Set once, before the table is handed out. */
const rni_codec_host *io_host(void);

/* A growing buffer for what encoders put out. */
typedef struct io_buffer {
    char *at;
    int64_t length, capacity;
} io_buffer;
bool io_buffer_add(io_buffer *b, const void *bytes, int64_t n);

bool io_gunzip(const void *in, int64_t n, int64_t limit, void **out, int64_t *out_n);
bool io_gzip(const void *in, int64_t n, int level, void **out, int64_t *out_n);
bool io_png_size(const void *bytes, int64_t n, rni_image *out);
bool io_png_decode(const void *bytes, int64_t n, rni_image *out);
bool io_png_encode(const rni_image *image, void **out, int64_t *out_n);
bool io_jpeg_size(const void *bytes, int64_t n, rni_image *out);
bool io_jpeg_decode(const void *bytes, int64_t n, rni_image *out);
bool io_jpeg_encode(const rni_image *image, int quality, void **out, int64_t *out_n);
void *io_zip_open(const char *path, const void *bytes, int64_t n);
void io_zip_close(void *zip);
int64_t io_zip_count(void *zip);
bool io_zip_member_at(void *zip, int64_t i, rni_zip_member *out);
bool io_zip_read(void *zip, int64_t i, void **out, int64_t *out_n);
bool io_zip_head(void *zip, int64_t i, void *head, int64_t size, int64_t *n);
bool io_zip_write(const char *path, const rni_zip_input *inputs, int64_t count, bool compress);
bool io_zip_pack(const rni_zip_input *inputs, int64_t count, bool compress, void **out, int64_t *out_n);
rni_http_result io_http_get(rni_http_get *get);

/* What the segments of a JPEG say, read without decoding (jpeg_scan.c). */
typedef struct io_jpeg_facts {
    int orientation; /* of EXIF, 1 … 8; 1 where none is stated */
    bool adobe;      /* an Adobe marker: CMYK is stored inverted */
    bool complete;   /* the end marker is there */
} io_jpeg_facts;
io_jpeg_facts io_jpeg_scan(const unsigned char *p, int64_t n);

/* Deflate packs at most 1032 bytes into one. */
#define IO_DEFLATE_RATIO 1032

#endif
