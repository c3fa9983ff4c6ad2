/* The IDX format: 0, 0, type, rank, big-endian sizes, then the elements, big-endian (LeCun, the MNIST database).
 *
 * The size of the contents is compared with the header before anything is made of them: too short and too long are
 * both refused. What the numbers mean is said in idx_dataset.c. */
#include "data/idx.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "data/source.h"

#include <string.h>

static const struct {
    unsigned char code;
    rn_dtype dtype;
} types[] = {
    { 0x08, RN_U8 }, { 0x09, RN_I8 }, { 0x0b, RN_I16 }, { 0x0c, RN_I32 }, { 0x0d, RN_F32 }, { 0x0e, RN_F64 }
};

void rni_idx_free(rni_idx *idx)
{
    rni_free(idx->block);
    *idx = (rni_idx){ 0 };
}

static bool refuse(const char *source, const char *what)
{
    rni_fail(RN_ERR_FORMAT, NULL, "idx", "%s", what);
    rni_error_add("file", "%s", source);
    return false;
}

/* Moves the elements to the beginning of the block, where they are aligned, in the order of this machine. */
static void to_native(char *block, int64_t head, int64_t n, int size)
{
    memmove(block, block + head, (size_t)n);
    const uint16_t probe = 1;
    unsigned char little;
    memcpy(&little, &probe, 1);
    for (int64_t i = 0; little && i < n; i += size)
        for (int a = 0, b = size - 1; a < b; a++, b--) {
            const char c = block[i + a];
            block[i + a] = block[i + b];
            block[i + b] = c;
        }
}

static bool read_sizes(const unsigned char *p, int64_t n, const char *source, rni_idx *out)
{
    if (n < 4 || p[0] != 0 || p[1] != 0) return refuse(source, "this is not an IDX file: it does not begin with 0, 0");
    for (size_t i = 0; i < RN_COUNTOF(types); i++)
        if (types[i].code == p[2]) out->dtype = types[i].dtype;
    if (out->dtype == RN_DTYPE_NONE) return refuse(source, "the element type in the header is unknown");
    out->shape.rank = p[3];
    if (out->shape.rank < 1 || out->shape.rank > RN_MAX_RANK)
        return refuse(source, "the number of dimensions in the header is not 1 to 8");
    if (n < 4 + 4 * out->shape.rank) return refuse(source, "the file ends inside its header");
    for (int d = 0; d < out->shape.rank; d++) {
        const unsigned char *s = p + 4 + 4 * d;
        out->shape.dim[d] = (int64_t)s[0] << 24 | s[1] << 16 | s[2] << 8 | s[3];
    }
    return true;
}

/* Reads the n bytes of `block`, which belongs to out afterwards (on success only) and may be changed. */
static bool parse(void *block, int64_t n, const char *source, rni_idx *out)
{
    rni_idx idx = { 0 };
    int64_t bytes = 0;
    if (!read_sizes(block, n, source, &idx)) return false;
    const int64_t head = 4 + 4 * idx.shape.rank, count = rni_shape_count(&idx.shape);
    if (count < 0 || !rni_mul_i64(count, rn_dtype_bytes(idx.dtype), &bytes) || bytes != n - head) {
        char text[RNI_SHAPE_TEXT];
        refuse(source, bytes > n - head || count < 0 ? "the file is truncated" : "there is more than the header says");
        rni_error_add("expect", "%lld bytes of header and %s%s", (long long)head, rn_dtype_name(idx.dtype),
                      rni_shape_text(&idx.shape, text));
        rni_error_add("actual", "%lld bytes", (long long)n);
        return false;
    }
    if (rn_dtype_bytes(idx.dtype) > 1) to_native(block, head, bytes, rn_dtype_bytes(idx.dtype));
    idx.block = block;
    idx.data = rn_dtype_bytes(idx.dtype) > 1 ? block : (char *)block + head;
    *out = idx;
    return true;
}

bool rni_idx_load(const char *path, rni_idx *out)
{
    void *bytes = NULL;
    int64_t n = 0;
    if (!rni_read_unpacked(path, &bytes, &n)) return false;
    if (parse(bytes, n, path, out)) return true;
    rni_free(bytes);
    return false;
}
