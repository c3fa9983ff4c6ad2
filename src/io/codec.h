/* Compressed data, archives, pictures and downloads.
 *
 * The first half is what the rest of the library calls. The work itself needs zlib, libzip, libpng, libturbojpeg and
 * libcurl, so it lives in librensa_io.so, which is loaded at the first call; the second half is the contract with it.
 * Every function raises an error that says what is wrong; the caller adds where: rni_error_add("file", "%s", path). */
#ifndef RNI_IO_CODEC_H
#define RNI_IO_CODEC_H

#include <rensa/base.h>
#include <rensa/error.h>

/* ---- compressed data ---- */

/* Unpacks a gzip file (one member or several) held in memory. `limit`: the most bytes that may come out; 0 means what
 * the input justifies (1032 times its size). *out is for rni_free; one NUL byte follows its *out_n bytes.
 * Errors: FORMAT for truncated or damaged data or more than `limit` bytes. Thread-safe: yes. */
bool rni_gunzip(const void *in, int64_t n, int64_t limit, void **out, int64_t *out_n);
/* Packs into one gzip member, the same bytes for the same input. level 1 … 9, 0 means 6. */
bool rni_gzip(const void *in, int64_t n, int level, void **out, int64_t *out_n);
/* Whether the bytes begin as a gzip file does. */
bool rni_is_gzip(const void *in, int64_t n);

/* ---- pictures ---- */

/* Rows from top to bottom, pixels from left to right, channels innermost: [height, width, channels].
 * channels: 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha. bits: 8 (uint8_t) or 16 (uint16_t, native order). */
typedef struct rni_image {
    int64_t width, height;
    int channels, bits;
    void *pixels; /* rni_free, or rni_image_free; NULL where only the size was asked for */
} rni_image;

/* Decodes a PNG (palettes become RGB, transparency an alpha channel, 1, 2 and 4 bits become 8) or a JPEG (CMYK becomes
 * RGB, the EXIF orientation is applied). Errors: FORMAT, UNSUPPORTED for another kind of file. Thread-safe: yes. */
bool rni_image_decode(const void *bytes, int64_t n, rni_image *out);
/* Reads and decodes a file. Errors: as rni_image_decode, and IO; they name the file. */
bool rni_image_read(const char *path, rni_image *out);
/* Size, channels and bits as rni_image_decode would give them, without decoding; pixels is NULL. */
bool rni_image_size(const void *bytes, int64_t n, rni_image *out);
void rni_image_free(rni_image *image);
/* PNG of all four kinds, 8 and 16 bits. */
bool rni_png_encode(const rni_image *image, void **out, int64_t *out_n);
/* Writes the file whole or not at all. */
bool rni_png_write(const char *path, const rni_image *image);
/* JPEG of 8-bit gray or RGB pictures; quality 1 … 100, 0 means 90. */
bool rni_jpeg_encode(const rni_image *image, int quality, void **out, int64_t *out_n);

/* ---- archives ---- */

typedef struct rni_zip rni_zip;

typedef struct rni_zip_member {
    const char *name; /* borrowed from the archive */
    int64_t bytes, packed_bytes;
} rni_zip_member;

/* Opens an archive for reading. Errors: IO, FORMAT. One thread at a time per archive. */
rni_zip *rni_zip_open(const char *path);
/* As rni_zip_open on bytes that stay as they are until rni_zip_close. */
rni_zip *rni_zip_open_bytes(const void *bytes, int64_t n);
void rni_zip_close(rni_zip *zip); /* NULL is fine */
int64_t rni_zip_count(const rni_zip *zip);
bool rni_zip_member_at(rni_zip *zip, int64_t i, rni_zip_member *out);
/* Unpacks member i and checks its CRC. *out is for rni_free; one NUL byte follows its *out_n bytes. Sizes that the
 * packed size cannot justify are refused before anything is allocated. */
bool rni_zip_read(rni_zip *zip, int64_t i, void **out, int64_t *out_n);
/* The first bytes of member i, at most `size`, without checking the rest; *n of them were there. */
bool rni_zip_head(rni_zip *zip, int64_t i, void *head, int64_t size, int64_t *n);

typedef struct rni_zip_input {
    const char *name;
    const void *head; /* the member's bytes are head followed by data */
    int64_t head_bytes;
    const void *data;
    int64_t data_bytes;
} rni_zip_input;

/* Writes an archive, whole or not at all; the same bytes for the same input. `compress`: deflated instead of stored. */
bool rni_zip_write(const char *path, const rni_zip_input *inputs, int64_t count, bool compress);
/* The same in memory; there must be members. *out is for rni_free. */
bool rni_zip_pack(const rni_zip_input *inputs, int64_t count, bool compress, void **out, int64_t *out_n);

/* ---- downloads ---- */

/* Called in the thread that downloads. total is 0 while unknown. Returning false stops the download (STATE). */
typedef bool rni_progress_fn(void *user, int64_t done, int64_t total);

typedef struct rni_download_args {
    const char *const *urls; /* http, https or file; tried in turn */
    int url_count;
    const char *sha256;                    /* 64 hex digits; NULL: not checked */
    const char *path;                      /* where the file goes; folders are made */
    int64_t bytes;                         /* expected size; 0: not known */
    int64_t limit;                         /* refuse more than this; 0: `bytes` where known, else 16 GiB */
    double connect_seconds, stall_seconds; /* give up a mirror after this long; 0: 15 and 30 */
    rni_progress_fn *progress;
    void *user;
} rni_download_args;

/* Downloads a file into path. What arrives is kept in path.part, so that the next call continues where this one was
 * cut off; the file appears under its name only when it is complete and its checksum is right. A file that is there
 * with the right checksum is left alone. Errors: IO says what happened at each mirror. */
bool rni_download(const rni_download_args *args);

/* ---- the contract with librensa_io.so ---- */

#define RNI_CODEC_ABI 2

/* What the extension is given: it does not link to the library. */
typedef struct rni_codec_host {
    int abi_version, size;
    bool (*fail)(rn_status status, const char *fmt, ...) RN_PRINTF(2, 3); /* returns false */
    void (*add)(const char *label, const char *fmt, ...) RN_PRINTF(2, 3);
    void *(*alloc)(int64_t bytes); /* not zeroed; NULL with an error pending */
    void *(*realloc)(void *p, int64_t bytes);
    void (*free)(void *p);
} rni_codec_host;

typedef struct rni_http_get {
    const char *url;
    int64_t offset; /* ask for what follows the first `offset` bytes */
    double connect_seconds, stall_seconds;
    /* Before the first bytes: whether the server honoured the offset, and the size of the whole file (0: unknown). */
    bool (*begin)(void *user, bool resumed, int64_t total);
    bool (*write)(void *user, const void *bytes, int64_t n);
    bool (*tick)(void *user); /* now and again; false stops */
    void *user;
    /* Results. */
    int status;       /* of HTTP; 0 where none was received */
    char reason[256]; /* where the transfer failed */
} rni_http_get;

typedef enum rni_http_result { RNI_HTTP_DONE, RNI_HTTP_FAILED, RNI_HTTP_STOPPED, RNI_HTTP_NO_LIBRARY } rni_http_result;

typedef struct rni_codec {
    int abi_version, size;
    bool (*gunzip)(const void *in, int64_t n, int64_t limit, void **out, int64_t *out_n);
    bool (*gzip)(const void *in, int64_t n, int level, void **out, int64_t *out_n);
    bool (*png_size)(const void *bytes, int64_t n, rni_image *out);
    bool (*png_decode)(const void *bytes, int64_t n, rni_image *out);
    bool (*png_encode)(const rni_image *image, void **out, int64_t *out_n);
    bool (*jpeg_size)(const void *bytes, int64_t n, rni_image *out);
    bool (*jpeg_decode)(const void *bytes, int64_t n, rni_image *out);
    bool (*jpeg_encode)(const rni_image *image, int quality, void **out, int64_t *out_n);
    void *(*zip_open)(const char *path, const void *bytes, int64_t n); /* bytes where path is NULL */
    void (*zip_close)(void *zip);
    int64_t (*zip_count)(void *zip);
    bool (*zip_member_at)(void *zip, int64_t i, rni_zip_member *out);
    bool (*zip_read)(void *zip, int64_t i, void **out, int64_t *out_n);
    bool (*zip_head)(void *zip, int64_t i, void *head, int64_t size, int64_t *n);
    bool (*zip_write)(const char *path, const rni_zip_input *inputs, int64_t count, bool compress);
    bool (*zip_pack)(const rni_zip_input *inputs, int64_t count, bool compress, void **out, int64_t *out_n);
    rni_http_result (*http_get)(rni_http_get *get); /* raises no error; says why in `reason` */
} rni_codec;

/* The library's way to http_get, for download.c. */
rni_http_result rni_http_get_file(rni_http_get *request);

/* The one symbol of librensa_io.so. NULL if it does not know the host's version. */
RN_API const rni_codec *rn_extension_io(const rni_codec_host *host);

#endif
