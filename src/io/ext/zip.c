/* ZIP archives by libzip: what NPZ files are. Only members that are stored or deflated, whose sizes can be believed. */
#include "io/ext/ext_p.h"

#include <string.h>
#include <sys/stat.h>
#include <zip.h>

typedef struct archive {
    zip_t *zip;
    int64_t bytes; /* of the whole archive */
} archive;

static bool fail_zip(rn_status status, const char *what, zip_error_t *e)
{
    const int code = zip_error_code_zip(e);
    if (code == ZIP_ER_MEMORY) return io_host()->fail(RN_ERR_NOMEM, "out of memory");
    if (code == ZIP_ER_OPEN || code == ZIP_ER_NOENT || code == ZIP_ER_WRITE || code == ZIP_ER_READ ||
        code == ZIP_ER_TMPOPEN || code == ZIP_ER_RENAME || code == ZIP_ER_SEEK || code == ZIP_ER_CLOSE)
        status = RN_ERR_IO;
    return io_host()->fail(status, "%s: %s", what, zip_error_strerror(e));
}

/* libzip takes an empty file for an empty archive; one that was cut off is more likely. */
static bool long_enough(const char *path, int64_t n)
{
    enum { END_RECORD_BYTES = 22 };
    return n >= END_RECORD_BYTES || (path && n < 0) ||
           io_host()->fail(RN_ERR_FORMAT, "the archive cannot be opened: %lld bytes are too few", (long long)n);
}

void *io_zip_open(const char *path, const void *bytes, int64_t n)
{
    zip_error_t e;
    struct stat s;
    if (path) n = stat(path, &s) == 0 ? (int64_t)s.st_size : -1;
    archive *a = long_enough(path, n) ? io_host()->alloc(sizeof *a) : NULL;
    if (!a) return NULL;
    zip_error_init(&e);
    zip_source_t *source =
        path ? zip_source_file_create(path, 0, -1, &e) : zip_source_buffer_create(bytes, (zip_uint64_t)n, 0, &e);
    *a = (archive){ source ? zip_open_from_source(source, ZIP_RDONLY, &e) : NULL, n };
    if (!a->zip) {
        fail_zip(RN_ERR_FORMAT, "the archive cannot be opened", &e);
        if (source) zip_source_free(source);
        io_host()->free(a);
        a = NULL;
    }
    zip_error_fini(&e);
    return a;
}

void io_zip_close(void *zip)
{
    archive *a = zip;
    if (!a) return;
    zip_discard(a->zip);
    io_host()->free(a);
}

int64_t io_zip_count(void *zip)
{
    return (int64_t)zip_get_num_entries(((archive *)zip)->zip, 0);
}

static bool stat_member(archive *a, int64_t i, zip_stat_t *s)
{
    const zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    zip_stat_init(s);
    if (zip_stat_index(a->zip, (zip_uint64_t)i, 0, s) != 0)
        return fail_zip(RN_ERR_FORMAT, "the archive's directory cannot be read", zip_get_error(a->zip));
    if ((s->valid & needed) != needed || s->size > INT64_MAX / 2 || s->comp_size > INT64_MAX / 2 / IO_DEFLATE_RATIO)
        return io_host()->fail(RN_ERR_FORMAT, "the archive's directory is damaged");
    return true;
}

bool io_zip_member_at(void *zip, int64_t i, rni_zip_member *out)
{
    zip_stat_t s;
    if (!stat_member(zip, i, &s)) return false;
    *out = (rni_zip_member){ s.name, (int64_t)s.size, (int64_t)s.comp_size };
    return true;
}

static bool believable(const archive *a, const zip_stat_t *s)
{
    const int64_t packed = (int64_t)s->comp_size, size = (int64_t)s->size;
    bool ok = packed <= a->bytes;
    if (s->comp_method == ZIP_CM_STORE)
        ok = ok && size == packed;
    else if (s->comp_method == ZIP_CM_DEFLATE)
        ok = ok && size <= packed * IO_DEFLATE_RATIO;
    else
        return io_host()->fail(RN_ERR_UNSUPPORTED,
                               "the member \"%.100s\" is packed by method %d; known are 0 (stored) "
                               "and 8 (deflated)",
                               s->name, s->comp_method);
    if (ok) return true;
    io_host()->fail(RN_ERR_FORMAT, "the member \"%.100s\" claims a size that cannot be", s->name);
    io_host()->add("actual", "%lld bytes, packed %lld, in an archive of %lld", (long long)size, (long long)packed,
                   (long long)a->bytes);
    return false;
}

/* Fewer than n only at the end or where the data are damaged. */
static int64_t read_some(zip_file_t *f, char *to, int64_t n)
{
    int64_t done = 0;
    while (done < n) {
        const zip_int64_t got = zip_fread(f, to + done, (zip_uint64_t)(n - done));
        if (got <= 0) break;
        done += got;
    }
    return done;
}

/* Reads exactly `size` bytes and meets the end right there: only then does libzip check the CRC. */
static bool read_exactly(zip_file_t *f, char *to, int64_t size, const char *name)
{
    char more;
    if (read_some(f, to, size) == size && zip_fread(f, &more, 1) == 0) {
        to[size] = '\0';
        return true;
    }
    zip_error_t *e = zip_file_get_error(f);
    const bool known = zip_error_code_zip(e) != ZIP_ER_OK;
    return io_host()->fail(RN_ERR_FORMAT, "the member \"%.100s\" is damaged: %s", name,
                           known ? zip_error_strerror(e) : "its size is not what the directory states");
}

static zip_file_t *open_member(archive *a, int64_t i, zip_stat_t *s)
{
    if (!stat_member(a, i, s) || !believable(a, s)) return NULL;
    zip_file_t *f = zip_fopen_index(a->zip, (zip_uint64_t)i, 0);
    if (!f) fail_zip(RN_ERR_FORMAT, "a member of the archive cannot be opened", zip_get_error(a->zip));
    return f;
}

bool io_zip_head(void *zip, int64_t i, void *head, int64_t size, int64_t *n)
{
    zip_stat_t s;
    zip_file_t *f = open_member(zip, i, &s);
    if (!f) return false;
    *n = read_some(f, head, size < (int64_t)s.size ? size : (int64_t)s.size);
    zip_fclose(f);
    return true;
}

bool io_zip_read(void *zip, int64_t i, void **out, int64_t *out_n)
{
    zip_stat_t s;
    zip_file_t *f = open_member(zip, i, &s);
    if (!f) return false;
    char *p = io_host()->alloc((int64_t)s.size + 1);
    const bool ok = p && read_exactly(f, p, (int64_t)s.size, s.name);
    zip_fclose(f);
    if (!ok) {
        io_host()->free(p);
        return false;
    }
    *out = p;
    *out_n = (int64_t)s.size;
    return true;
}

static bool add_member(zip_t *zip, const rni_zip_input *in, bool compress)
{
    enum { FIRST_DAY_OF_1980 = 1 << 5 | 1 }; /* no date: the same input gives the same file */
    const zip_buffer_fragment_t parts[2] = { { (zip_uint8_t *)in->head, (zip_uint64_t)in->head_bytes },
                                             { (zip_uint8_t *)in->data, (zip_uint64_t)in->data_bytes } };
    const zip_uint64_t first = in->head_bytes == 0, count = 2 - first - (in->data_bytes == 0);
    zip_source_t *source = zip_source_buffer_fragment(zip, parts + first, count, 0);
    if (!source) return false;
    const zip_int64_t i = zip_file_add(zip, in->name, source, ZIP_FL_ENC_UTF_8);
    if (i < 0) {
        zip_source_free(source);
        return false;
    }
    return zip_set_file_compression(zip, (zip_uint64_t)i, compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(zip, (zip_uint64_t)i, 0, FIRST_DAY_OF_1980, 0) == 0;
}

static bool add_members(zip_t *zip, const rni_zip_input *inputs, int64_t count, bool compress)
{
    bool ok = true;
    for (int64_t i = 0; ok && i < count; i++) ok = add_member(zip, &inputs[i], compress);
    if (ok && zip_close(zip) == 0) return true;
    fail_zip(RN_ERR_ARG, "the archive cannot be written", zip_get_error(zip));
    zip_discard(zip);
    return false;
}

bool io_zip_write(const char *path, const rni_zip_input *inputs, int64_t count, bool compress)
{
    zip_error_t e;
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (zip) return add_members(zip, inputs, count, compress);
    zip_error_init_with_code(&e, code);
    fail_zip(RN_ERR_IO, "the archive cannot be written", &e);
    zip_error_fini(&e);
    return false;
}

static bool read_source(zip_source_t *s, void **out, int64_t *out_n)
{
    zip_stat_t stat;
    if (zip_source_stat(s, &stat) != 0 || zip_source_open(s) != 0)
        return fail_zip(RN_ERR_NOMEM, "the archive cannot be read back", zip_source_error(s));
    char *p = io_host()->alloc((int64_t)stat.size + 1);
    const bool ok = p && zip_source_read(s, p, stat.size) == (zip_int64_t)stat.size;
    if (p && !ok) fail_zip(RN_ERR_NOMEM, "the archive cannot be read back", zip_source_error(s));
    zip_source_close(s);
    *out = p;
    *out_n = (int64_t)stat.size;
    if (!ok) io_host()->free(p);
    return ok;
}

bool io_zip_pack(const rni_zip_input *inputs, int64_t count, bool compress, void **out, int64_t *out_n)
{
    zip_error_t e;
    zip_error_init(&e);
    zip_source_t *s = zip_source_buffer_create(NULL, 0, 0, &e);
    zip_t *zip = s ? zip_open_from_source(s, ZIP_TRUNCATE, &e) : NULL;
    if (!zip) {
        fail_zip(RN_ERR_NOMEM, "the archive cannot be made", &e);
        zip_source_free(s);
        zip_error_fini(&e);
        return false;
    }
    zip_source_keep(s); /* zip_close gives back a reference */
    const bool ok = add_members(zip, inputs, count, compress) && read_source(s, out, out_n);
    zip_source_free(s);
    return ok;
}
