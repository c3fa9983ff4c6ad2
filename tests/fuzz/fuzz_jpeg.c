/* JPEG, its segments and the EXIF data in them. */
#include "fuzz.h"

#include "base/alloc.h"
#include "io/codec.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    rni_image m, size;
    if (n < 3 || memcmp(data, "\xff\xd8\xff", 3) != 0) return 0;
    const bool sized = rni_image_size(data, (int64_t)n, &size);
    fuzz_settle(sized);
    const bool ok = rni_image_decode(data, (int64_t)n, &m);
    fuzz_settle(ok);
    if (ok && (!sized || m.width != size.width || m.height != size.height || m.channels != size.channels)) abort();
    if (ok) rni_image_free(&m);
    if (rni_alloc_live() != live) abort();
    return 0;
}

static void add_with_segment(const char *jpeg, int64_t n, const char *segment, int64_t segment_bytes)
{
    static char all[16384];
    if (n + segment_bytes > (int64_t)sizeof all) abort();
    memcpy(all, jpeg, 2);
    memcpy(all + 2, segment, (size_t)segment_bytes);
    memcpy(all + 2 + segment_bytes, jpeg + 2, (size_t)n - 2);
    fuzz_add(all, n + segment_bytes);
}

void fuzz_seeds(void)
{
    static const char little[] = "\xff\xe1\0\x22"
                                 "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0";
    static const char big[] = "\xff\xe1\0\x22"
                              "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x08\0\0\0\0\0";
    static uint8_t pixels[40 * 24 * 3];
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (uint8_t)(i * 31 + i / 7);
    for (int channels = 1; channels <= 3; channels += 2) {
        void *out;
        int64_t n;
        if (!rni_jpeg_encode(&(rni_image){ 40, 24, channels, 8, pixels }, 60, &out, &n)) abort();
        fuzz_add(out, n);
        add_with_segment(out, n, little, 36);
        add_with_segment(out, n, big, 36);
        add_with_segment(out, n,
                         "\xff\xee\0\x0e"
                         "Adobe\0\x64\0\0\0\0\2",
                         16);
        rni_free(out);
    }
}
