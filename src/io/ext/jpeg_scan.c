/* The segments of a JPEG file (ITU-T T.81, annex B) and the orientation in its EXIF data (JEITA CP-3451, 4.6.4).
 *
 * The decoder says neither which way is up, nor whether CMYK is inverted, nor whether the end is missing. Every offset
 * comes from the file and is checked against its end. */
#include "io/ext/ext_p.h"

#include <string.h>

enum { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, APP1 = 0xe1, APP14 = 0xee, TEM = 0x01, ORIENTATION_TAG = 0x0112, SHORT = 3 };

typedef struct tiff {
    const unsigned char *p;
    int64_t n;
    bool big;
} tiff;

/* Reads 2 or 4 bytes at `at`; 0 beyond the end. */
static uint32_t number_at(const tiff *t, int64_t at, int bytes)
{
    uint32_t v = 0;
    if (at < 0 || at + bytes > t->n) return 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | t->p[at + (t->big ? i : bytes - 1 - i)];
    return v;
}

/* In the first directory: entries of 12 bytes, tag, type, count, value. */
static int exif_orientation(const unsigned char *p, int64_t n)
{
    if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0) return 0;
    tiff t = { p + 6, n - 6, p[6] == 'M' };
    if (memcmp(t.p, t.big ? "MM\0*" : "II*\0", 4) != 0) return 0;
    const int64_t directory = number_at(&t, 4, 4), entries = number_at(&t, directory, 2);
    for (int64_t i = 0; i < entries; i++) {
        const int64_t at = directory + 2 + 12 * i;
        if (at + 12 > t.n) return 0;
        if (number_at(&t, at, 2) != ORIENTATION_TAG) continue;
        const uint32_t value = number_at(&t, at + 8, 2);
        return number_at(&t, at + 2, 2) == SHORT && value >= 1 && value <= 8 ? (int)value : 0;
    }
    return 0;
}

/* Behind a scan's header: the next marker that is neither a stuffed zero nor a restart. */
static int64_t skip_entropy(const unsigned char *p, int64_t n, int64_t at)
{
    while (at + 1 < n) {
        const unsigned char *hit = memchr(p + at, 0xff, (size_t)(n - 1 - at));
        if (!hit) return n;
        const unsigned char next = hit[1];
        at = hit - p;
        if (next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) return at;
        at += next == 0xff ? 1 : 2;
    }
    return n;
}

io_jpeg_facts io_jpeg_scan(const unsigned char *p, int64_t n)
{
    io_jpeg_facts facts = { .orientation = 0 };
    int64_t at = 2;
    while (at + 1 < n) {
        if (p[at] != 0xff || p[at + 1] == 0xff) { /* fill bytes, or bytes that do not belong here */
            at++;
            continue;
        }
        const int marker = p[at + 1];
        at += 2;
        if (marker == EOI) {
            facts.complete = true;
            break;
        }
        if (marker == 0 || marker == SOI || marker == TEM || (marker >= 0xd0 && marker <= 0xd7)) continue;
        if (at + 2 > n) break;
        const int64_t length = p[at] << 8 | p[at + 1];
        if (length < 2 || at + length > n) break;
        if (marker == APP1 && facts.orientation == 0) facts.orientation = exif_orientation(p + at + 2, length - 2);
        if (marker == APP14 && length >= 14 && memcmp(p + at + 2, "Adobe", 5) == 0) facts.adobe = true;
        at += length;
        if (marker == SOS) at = skip_entropy(p, n, at);
    }
    if (facts.orientation == 0) facts.orientation = 1;
    return facts;
}
