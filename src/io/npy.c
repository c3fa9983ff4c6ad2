/* NPY files (NumPy Enhancement Proposal 1; numpy.lib.format): a magic, a header that is a Python dictionary, the data.
 */
#include "io/npy.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "base/shape.h"
#include "io/entry.h"

#include <rensa/io.h>
#include <rensa/tensor.h>
#include <string.h>

#define MAGIC "\x93NUMPY"
enum { MAGIC_BYTES = 6, DATA_ALIGNMENT = 64, AXES_MAX = 64 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define NATIVE '<'
#define OTHER '>'
#else
#define NATIVE '>'
#define OTHER '<'
#endif

bool rni_is_npy(const void *bytes, int64_t n)
{
    return n >= MAGIC_BYTES && memcmp(bytes, MAGIC, MAGIC_BYTES) == 0;
}

/* ---- the header's dictionary ---- */

typedef struct text {
    const char *p, *end;
} text;

static bool bad(const char *what)
{
    return rni_fail(RN_ERR_FORMAT, NULL, NULL, "the NPY header is damaged: %s", what);
}

static void skip_space(text *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t')) s->p++;
}

static bool take(text *s, char c)
{
    skip_space(s);
    if (s->p >= s->end || *s->p != c) return false;
    s->p++;
    return true;
}

/* A Python string without escapes, in either kind of quotes. */
static bool take_string(text *s, const char **at, int64_t *n)
{
    skip_space(s);
    if (s->p >= s->end || (*s->p != '\'' && *s->p != '"')) return false;
    const char quote = *s->p++, *end = memchr(s->p, quote, (size_t)(s->end - s->p));
    if (!end || memchr(s->p, '\\', (size_t)(end - s->p))) return false;
    *at = s->p;
    *n = end - s->p;
    s->p = end + 1;
    return true;
}

static bool take_word(text *s, const char *word)
{
    const int64_t n = (int64_t)strlen(word);
    skip_space(s);
    if (s->end - s->p < n || memcmp(s->p, word, (size_t)n) != 0) return false;
    s->p += n;
    return true;
}

static void set_type(rni_npy *h, const char *at, int64_t n)
{
    const int64_t most = (int64_t)sizeof h->type - 1, kept = n < most ? n : most;
    memcpy(h->type, at, (size_t)kept);
    h->type[kept] = '\0';
}

/* Skips a list with all that is inside, such as the descriptor of a structured type. */
static bool skip_list(text *s)
{
    int depth = 0;
    do {
        const char *at;
        int64_t n;
        if (take_string(s, &at, &n)) continue;
        if (s->p >= s->end) return false;
        if (*s->p == '[' || *s->p == '(') depth++;
        if (*s->p == ']' || *s->p == ')') depth--;
        s->p++;
    } while (depth > 0);
    return true;
}

static bool read_type(text *s, rni_npy *h)
{
    const char *at;
    int64_t n;
    skip_space(s);
    if (s->p < s->end && *s->p == '[') {
        set_type(h, "structured", 10);
        return skip_list(s) || bad("its 'descr' has no end");
    }
    if (!take_string(s, &at, &n) || n < 2) return bad("its 'descr' is not a type");
    set_type(h, at, n);
    const bool known_order = *at == '<' || *at == '>' || *at == '|' || *at == '=';
    h->element = rni_element_by_npy(h->type + known_order);
    h->swapped = *at == OTHER && h->element && h->element->bytes > 1;
    return true;
}

static bool set_shape(rni_npy *h, const int64_t *dim, int rank)
{
    h->count = 1;
    bool empty = false;
    for (int i = 0; i < rank; i++) empty = empty || dim[i] == 0;
    for (int i = 0; i < rank && !empty; i++)
        if (!rni_mul_i64(h->count, dim[i], &h->count)) return bad("its 'shape' has too many elements");
    if (empty) h->count = 0;
    h->shape.rank = rank <= RN_MAX_RANK ? rank : -1;
    for (int i = 0; i < h->shape.rank; i++) h->shape.dim[i] = dim[i];
    return true;
}

/* "(2, 3)", "(3,)", "()"; Python 2 wrote "3L". */
static bool read_shape(text *s, rni_npy *h)
{
    int64_t dim[AXES_MAX];
    int rank = 0;
    if (!take(s, '(')) return bad("its 'shape' is not a tuple");
    while (!take(s, ')')) {
        const char *start = s->p;
        while (s->p < s->end && *s->p >= '0' && *s->p <= '9') s->p++;
        if (rank >= AXES_MAX || !rni_parse_i64(start, s->p - start, &dim[rank]))
            return bad("its 'shape' is not a tuple of sizes");
        rank++;
        (void)take(s, 'L');
        if (take(s, ',')) continue;
        if (rank == 1 || !take(s, ')')) return bad("its 'shape' is not a tuple of sizes"); /* "(3)" is a number */
        break;
    }
    return set_shape(h, dim, rank);
}

static bool read_order(text *s, rni_npy *h)
{
    h->fortran = take_word(s, "True");
    return h->fortran || take_word(s, "False") || bad("its 'fortran_order' is neither True nor False");
}

static const struct {
    const char *key;
    bool (*read)(text *s, rni_npy *h);
} keys[] = { { "descr", read_type }, { "fortran_order", read_order }, { "shape", read_shape } };

static bool read_dictionary(text *s, rni_npy *h)
{
    unsigned seen = 0;
    if (!take(s, '{')) return bad("it is not a dictionary");
    while (!take(s, '}')) {
        const char *key;
        int64_t n;
        if (!take_string(s, &key, &n) || !take(s, ':')) return bad("it is not a dictionary");
        size_t i = 0;
        while (i < RN_COUNTOF(keys) && (strlen(keys[i].key) != (size_t)n || memcmp(keys[i].key, key, (size_t)n) != 0))
            i++;
        if (i == RN_COUNTOF(keys) || (seen >> i & 1)) return bad("it has a key that it must not have, or twice");
        seen |= 1u << i;
        RNI_TRY(keys[i].read(s, h));
        if (take(s, ',')) continue;
        if (!take(s, '}')) return bad("it is not a dictionary");
        break;
    }
    skip_space(s);
    if (s->p < s->end) return bad("something follows the dictionary");
    return seen == (1u << RN_COUNTOF(keys)) - 1 || bad("one of descr, fortran_order, shape is missing");
}

/* Bytes before the dictionary: that of version 1 has a length of 2 bytes, later ones have 4. */
static int64_t dictionary_start(const unsigned char *p)
{
    return MAGIC_BYTES + (p[6] == 1 ? 4 : 6);
}

int64_t rni_npy_offset(const void *bytes, int64_t n)
{
    const unsigned char *p = bytes;
    if (!rni_is_npy(bytes, n) || n < MAGIC_BYTES + 4 || n < dictionary_start(p)) return -1;
    int64_t length = p[8] | p[9] << 8;
    if (p[6] > 1) length |= (int64_t)p[10] << 16 | (int64_t)p[11] << 24;
    return dictionary_start(p) + length;
}

bool rni_npy_header(const void *bytes, int64_t n, rni_npy *out)
{
    const unsigned char *p = bytes;
    *out = (rni_npy){ 0 };
    if (!rni_is_npy(bytes, n)) return rni_fail(RN_ERR_FORMAT, NULL, NULL, "this is not an NPY file");
    if (n < MAGIC_BYTES + 4) return bad("it is truncated");
    if (p[6] < 1 || p[6] > 3)
        return rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "NPY version %d.%d is not known; 1 to 3 are", p[6], p[7]);
    out->offset = rni_npy_offset(bytes, n);
    if (out->offset < 0) return bad("it is truncated");
    const int64_t start = dictionary_start(p);
    if (out->offset > RNI_NPY_HEADER_MAX) return bad("it claims to be longer than any is");
    if (out->offset > n) return bad("it is truncated");
    text s = { (const char *)p + start, (const char *)p + out->offset };
    return read_dictionary(&s, out);
}

/* ---- reading ---- */

static bool supported(const rni_npy *h)
{
    static const struct {
        char kind;
        const char *what;
    } kinds[] = { { 'O', "Python objects (pickles)" },
                  { 'S', "byte strings" },
                  { 'U', "text" },
                  { 'c', "complex numbers" },
                  { 'M', "dates" },
                  { 'm', "time intervals" },
                  { 'V', "raw records" },
                  { 's', "records of several fields" },
                  { 'f', "floats of this size" } };
    if (h->shape.rank < 0)
        return rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "the array has more than %d axes", RN_MAX_RANK);
    if (h->element) return true;
    const char kind = strchr("<>|=", h->type[0]) ? h->type[1] : h->type[0];
    const char *what = "values of an unknown type";
    for (size_t i = 0; i < RN_COUNTOF(kinds); i++)
        if (kinds[i].kind == kind) what = kinds[i].what;
    rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "the array holds %s, which are not read", what);
    rni_error_add("expect", "bool, int8 … int64, uint8 … uint64, float16, float32, float64");
    rni_error_add("actual", "dtype '%s'", h->type);
    return false;
}

rn_tensor *rni_npy_tensor(const rn_site *site, rni_blob *blob, const void *bytes, int64_t n)
{
    rni_npy h;
    int64_t size = -1;
    if (!rni_npy_header(bytes, n, &h) || !supported(&h)) return NULL;
    if (!rni_mul_i64(h.count, h.element->bytes, &size) || size != n - h.offset) {
        const bool more = size < n - h.offset;
        rni_fail(RN_ERR_FORMAT, NULL, NULL, more ? "more bytes follow the array" : "the array is truncated");
        rni_error_add("expect", "%lld bytes of data", (long long)size);
        rni_error_add("actual", "%lld", (long long)(n - h.offset));
        return NULL;
    }
    const rni_stored s = { h.element, (const char *)bytes + h.offset, blob, h.shape, h.swapped, h.fortran };
    return rni_stored_tensor(site, &s);
}

static rn_tensor *load(const rn_site *site, const char *path)
{
    void *bytes;
    int64_t n;
    if (!rni_file_read(path, INT64_MAX / 2, &bytes, &n)) return NULL;
    rni_blob *blob = rni_blob_of_memory(bytes);
    rn_tensor *t = blob ? rni_npy_tensor(site, blob, bytes, n) : NULL;
    if (blob && !t) rni_error_add("file", "%s", path);
    rni_blob_drop(blob);
    return t;
}

rn_tensor *rn_npy_load_at(const rn_site *site, const char *path)
{
    rni_entry e;
    rn_tensor *t = NULL;
    if (rni_enter(&e, site, "npy_load", path)) t = load(site, path);
    rni_leave(&e);
    return t;
}

/* ---- writing ---- */

bool rni_npy_write_header(rni_str *out, rn_dtype dtype, const rn_shape *shape)
{
    const rni_element *e = rni_element_by_dtype(dtype);
    rni_str d = { 0 };
    if (!e || !e->npy) {
        rni_fail(RN_ERR_UNSUPPORTED, NULL, NULL, "NumPy has no type for %s", rn_dtype_name(dtype));
        rni_error_add("hint", "cast to f32, or write safetensors");
        return false;
    }
    rni_str_addf(&d, "{'descr': '%c%s', 'fortran_order': False, 'shape': (", e->bytes == 1 ? '|' : NATIVE, e->npy);
    for (int i = 0; i < shape->rank; i++) rni_str_addf(&d, "%s%lld", i ? ", " : "", (long long)shape->dim[i]);
    rni_str_add(&d, shape->rank == 1 ? ",), }" : "), }");
    while ((MAGIC_BYTES + 4 + d.length + 1) % DATA_ALIGNMENT != 0 && !d.failed) rni_str_add(&d, " ");
    rni_str_add(&d, "\n");
    const char head[MAGIC_BYTES + 4] = {
        '\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, (char)(d.length & 255), (char)(d.length >> 8)
    };
    rni_str_add_n(out, head, sizeof head);
    if (!d.failed) rni_str_add_n(out, d.at, d.length);
    const bool ok = !d.failed && !out->failed;
    rni_str_free(&d);
    return ok;
}

static bool save(const rn_site *site, const char *path, rn_tensor *t)
{
    rni_str header = { 0 };
    rni_out out;
    const void *data = rn_data_at(site, t);
    bool ok = data && rni_npy_write_header(&header, rn_tensor_dtype(t), rn_tensor_shape(t));
    if (data && !ok) rni_error_add("file", "%s", path);
    ok = ok && rni_out_begin(&out, path) && rni_out_write(&out, header.at, header.length) &&
         rni_out_write(&out, data, rn_tensor_bytes(t)) && rni_out_commit(&out);
    rni_str_free(&header);
    return ok;
}

bool rn_npy_save_at(const rn_site *site, const char *path, rn_tensor *t)
{
    rni_entry e;
    bool ok = rni_enter(&e, site, "npy_save", path);
    const int level = rn_scope_begin(); /* data of another device are copied into it */
    ok = ok && (t || rni_fail(RN_ERR_ARG, site, "npy_save", "the tensor is NULL")) && save(site, path, t);
    rn_scope_end(level);
    rni_leave(&e);
    return ok;
}
