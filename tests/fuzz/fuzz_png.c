/* PNG: sizes and pixels must agree, and no file may claim more than it holds. Each input is also tried with its
 * checksums put right, since nearly all mutations would end there. */
#include "fuzz.h"

#include "base/alloc.h"
#include "io/codec.h"

#include <string.h>

static uint32_t crc32_of(const uint8_t *p, int64_t n)
{
    uint32_t crc = 0xffffffffu;
    for (int64_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

/* A chunk is length, name, data, checksum of the last two before it. */
static void repair(uint8_t *p, int64_t n)
{
    for (int64_t at = 8; at + 12 <= n;) {
        const int64_t length = (int64_t)p[at] << 24 | p[at + 1] << 16 | p[at + 2] << 8 | p[at + 3];
        if (length > n - at - 12) return;
        const uint32_t crc = crc32_of(p + at + 4, length + 4);
        for (int k = 0; k < 4; k++) p[at + 8 + length + k] = (uint8_t)(crc >> (24 - 8 * k));
        at += length + 12;
    }
}

static void try_one(const uint8_t *data, int64_t n)
{
    rni_image m, size;
    const bool sized = rni_image_size(data, n, &size);
    fuzz_settle(sized);
    const bool ok = rni_image_decode(data, n, &m);
    fuzz_settle(ok);
    if (ok && (!sized || m.width != size.width || m.height != size.height || m.channels != size.channels)) abort();
    if (ok) rni_image_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    if (n < 8 || memcmp(data, "\x89PNG\r\n\x1a\n", 8) != 0) return 0;
    try_one(data, (int64_t)n);
    uint8_t *copy = malloc(n);
    if (!copy) abort();
    memcpy(copy, data, n);
    repair(copy, (int64_t)n);
    try_one(copy, (int64_t)n);
    free(copy);
    if (rni_alloc_live() != live) abort();
    return 0;
}

static void add_valid(const uint8_t *png, int64_t n)
{
    rni_image m;
    if (!rni_image_decode(png, n, &m)) {
        rn_report_error(stderr);
        abort();
    }
    rni_image_free(&m);
    fuzz_add(png, n);
}

/* Kinds that the encoder does not write: a palette with transparency, two bits; one bit, interlaced. The data of both
 * are one stored block of deflate. */
static void add_by_hand(void)
{
    static uint8_t palette[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\2\0\0\0\2\2\3\0\0\0CRC."
                               "\0\0\0\6PLTE\xff\0\0\0\xff\0CRC.\0\0\0\1tRNS\0CRC."
                               "\0\0\0\x0fIDAT\x78\1\1\4\0\xfb\xff\0\x10\0\x40\0\x74\0\x51"
                               "CRC.\0\0\0\0IENDCRC.";
    static uint8_t interlaced[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\2\0\0\0\2\1\0\0\0\1CRC."
                                  "\0\0\0\x11IDAT\x78\1\1\6\0\xf9\xff\0\x80\0\x80\0\xc0\4\xc6\1\xc1"
                                  "CRC.\0\0\0\0IENDCRC.";
    repair(palette, sizeof palette - 1);
    repair(interlaced, sizeof interlaced - 1);
    add_valid(palette, sizeof palette - 1);
    add_valid(interlaced, sizeof interlaced - 1);
}

void fuzz_seeds(void)
{
    static uint8_t pixels[4000];
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i * 31 + i / 7);
    for (int channels = 1; channels <= 4; channels++) {
        for (int bits = 8; bits <= 16; bits += 8) {
            void *out;
            int64_t n;
            if (!rni_png_encode(&(rni_image){ 17, 9, channels, bits, pixels }, &out, &n)) abort();
            fuzz_add(out, n);
            rni_free(out);
        }
    }
    add_by_hand();
}
