/* gzip (RFC 1952) in memory, by zlib. Output is never larger than the caller's limit or what the input can hold. */
#include "io/ext/ext_p.h"

#include <string.h>
#include <zlib.h>

enum { STEP_MAX = 1 << 30, GZIP_WINDOW = 15 + 16 };

static voidpf take(voidpf user, uInt items, uInt size)
{
    (void)user;
    return io_host()->alloc((int64_t)items * size);
}

static void give(voidpf user, voidpf p)
{
    (void)user;
    io_host()->free(p);
}

typedef struct unpacker {
    z_stream z;
    const unsigned char *in;
    int64_t left, limit; /* input not yet given to zlib; the most bytes that may come out */
    char *out;
    int64_t length, capacity;
} unpacker;

static bool bad(const char *what, const char *why)
{
    return io_host()->fail(RN_ERR_FORMAT, "%s gzip data%s%s", what, why ? ": " : "", why ? why : "");
}

static bool grow(unpacker *u)
{
    if (u->length > u->limit) {
        io_host()->fail(RN_ERR_FORMAT, "gzip data unpack to more than they may");
        io_host()->add("expect", "at most %lld bytes", (long long)u->limit);
        return false;
    }
    if (u->length < u->capacity) return true;
    int64_t capacity = u->capacity * 2;
    if (capacity > u->limit + 1) capacity = u->limit + 1; /* one more than allowed, to see that there is more */
    char *p = io_host()->realloc(u->out, capacity + 1);
    if (!p) return false;
    u->out = p;
    u->capacity = capacity;
    return true;
}

/* One member, to its end. */
static bool unpack_member(unpacker *u)
{
    int status = Z_OK;
    while (status != Z_STREAM_END) {
        if (!grow(u)) return false;
        const int64_t room = u->capacity - u->length, step = u->left < STEP_MAX ? u->left : STEP_MAX;
        u->z.next_in = (Bytef *)u->in;
        u->z.avail_in = (uInt)step;
        u->z.next_out = (Bytef *)u->out + u->length;
        u->z.avail_out = (uInt)(room < STEP_MAX ? room : STEP_MAX);
        const uInt out_before = u->z.avail_out;
        status = inflate(&u->z, Z_NO_FLUSH);
        u->in += step - u->z.avail_in;
        u->left -= step - u->z.avail_in;
        u->length += out_before - u->z.avail_out;
        if (status == Z_BUF_ERROR && u->left == 0) return bad("truncated", NULL);
        if (status == Z_MEM_ERROR) return io_host()->fail(RN_ERR_NOMEM, "out of memory while unpacking");
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return bad("damaged", u->z.msg);
    }
    return u->length <= u->limit || grow(u);
}

static bool unpack_all(unpacker *u)
{
    for (;;) {
        if (!unpack_member(u)) return false;
        /* Zeros behind the last member are padding of tapes and block devices. */
        while (u->left > 0 && *u->in == 0) {
            u->in++;
            u->left--;
        }
        if (u->left == 0) return true;
        if (u->left < 2 || u->in[0] != 0x1f || u->in[1] != 0x8b) return bad("unexpected bytes after", NULL);
        if (inflateReset(&u->z) != Z_OK) return bad("damaged", NULL);
    }
}

/* The last four bytes of a member state its size modulo 2^32: a good guess for a file of one member, never trusted. */
static int64_t first_capacity(const unpacker *u)
{
    const unsigned char *end = u->in + u->left;
    int64_t stated = 0;
    if (u->left >= 18) stated = end[-4] | end[-3] << 8 | end[-2] << 16 | (int64_t)end[-1] << 24;
    const int64_t most = u->left * IO_DEFLATE_RATIO, guess = stated >= u->left / 2 ? stated : u->left * 4;
    int64_t capacity = guess < most ? guess : most;
    if (capacity > u->limit) capacity = u->limit;
    return capacity < 16 ? 16 : capacity;
}

bool io_gunzip(const void *in, int64_t n, int64_t limit, void **out, int64_t *out_n)
{
    unpacker u = { .in = in, .left = n, .z = { .zalloc = take, .zfree = give } };
    if (n < 2 || u.in[0] != 0x1f || u.in[1] != 0x8b) return bad("these are not", NULL);
    const int64_t most = n < INT64_MAX / 2 / IO_DEFLATE_RATIO ? n * IO_DEFLATE_RATIO : INT64_MAX / 2;
    u.limit = limit > 0 && limit < most ? limit : most;
    u.capacity = first_capacity(&u);
    u.out = io_host()->alloc(u.capacity + 1);
    if (!u.out) return false;
    bool ok = inflateInit2(&u.z, GZIP_WINDOW) == Z_OK;
    if (ok) {
        ok = unpack_all(&u);
        inflateEnd(&u.z);
    } else
        io_host()->fail(RN_ERR_NOMEM, "out of memory while unpacking");
    if (!ok) {
        io_host()->free(u.out);
        return false;
    }
    u.out[u.length] = '\0';
    *out = u.out;
    *out_n = u.length;
    return true;
}

static bool pack(z_stream *z, io_buffer *b, const unsigned char *in, int64_t left)
{
    unsigned char piece[16384];
    int status = Z_OK;
    while (status == Z_OK) {
        const int64_t step = left < STEP_MAX ? left : STEP_MAX;
        z->next_in = (Bytef *)in;
        z->avail_in = (uInt)step;
        z->next_out = piece;
        z->avail_out = sizeof piece;
        status = deflate(z, step == left ? Z_FINISH : Z_NO_FLUSH);
        in += step - z->avail_in;
        left -= step - z->avail_in;
        if (!io_buffer_add(b, piece, (int64_t)(sizeof piece - z->avail_out))) return false;
    }
    return status == Z_STREAM_END || io_host()->fail(RN_ERR_INTERNAL, "zlib could not pack (%d)", status);
}

bool io_gzip(const void *in, int64_t n, int level, void **out, int64_t *out_n)
{
    io_buffer b = { 0 };
    z_stream z = { .zalloc = take, .zfree = give };
    if (level < 0 || level > 9) return io_host()->fail(RN_ERR_ARG, "level %d is not in 1 … 9", level);
    if (deflateInit2(&z, level ? level : 6, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return io_host()->fail(RN_ERR_NOMEM, "out of memory while packing");
    const bool ok = pack(&z, &b, in, n);
    deflateEnd(&z);
    if (!ok) {
        io_host()->free(b.at);
        return false;
    }
    *out = b.at;
    *out_n = b.length;
    return true;
}
