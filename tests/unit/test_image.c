/* PNG and JPEG: real pictures, all kinds of pixels, orientations, and files that lie. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/sha256.h"
#include "io/codec.h"

typedef struct bytes {
    void *at;
    int64_t n;
} bytes;

/* ---- PNG ---- */

static rni_image pattern(int64_t width, int64_t height, int channels, int bits)
{
    const int64_t n = width * height * channels * (bits / 8);
    rni_image m = { width, height, channels, bits, malloc((size_t)n) };
    for (int64_t i = 0; i < n; i++) ((unsigned char *)m.pixels)[i] = (unsigned char)(i * 37 + (i >> 8) * 11 + i % 5);
    return m;
}

RN_TEST(png_gives_back_what_was_written_for_all_kinds_of_pixels)
{
    for (int channels = 1; channels <= 4; channels++) {
        for (int bits = 8; bits <= 16; bits += 8) {
            rni_image m = pattern(37, 21, channels, bits), back, size;
            bytes b;
            CHECK(rni_png_encode(&m, &b.at, &b.n));
            CHECK(rni_image_size(b.at, b.n, &size));
            CHECK(rni_image_decode(b.at, b.n, &back));
            CHECK_OK();
            CHECK(size.width == 37 && size.height == 21 && size.channels == channels && size.bits == bits &&
                  !size.pixels);
            CHECK(back.width == 37 && back.height == 21 && back.channels == channels && back.bits == bits);
            CHECK(memcmp(m.pixels, back.pixels, (size_t)(37 * 21 * channels * bits / 8)) == 0);
            free(m.pixels);
            rni_image_free(&back);
            rni_free(b.at);
        }
    }
}

RN_TEST(png_of_16_bits_holds_numbers_not_bytes)
{
    const uint16_t pixels[2] = { 0x1234, 0xfffe };
    rni_image m = { 2, 1, 1, 16, (void *)pixels }, back;
    bytes b;
    CHECK(rni_png_encode(&m, &b.at, &b.n));
    CHECK(rni_image_decode(b.at, b.n, &back));
    CHECK_EQ_I64(((uint16_t *)back.pixels)[0], 0x1234);
    CHECK_EQ_I64(((uint16_t *)back.pixels)[1], 0xfffe);
    rni_image_free(&back);
    rni_free(b.at);
}

/* ---- tensors as pictures ---- */

static rni_image saved(rn_tensor *t, int64_t columns)
{
    char path[512];
    rni_image back = { 0 };
    snprintf(path, sizeof path, "%s/saved.png", test_folder());
    CHECK(rn_image_save(path, t, .columns = columns));
    CHECK(rni_image_read(path, &back));
    CHECK_OK();
    return back;
}

RN_TEST(a_tensor_becomes_a_picture_with_values_cut_off_at_black_and_white)
{
    rni_image m = saved(rn_array_f32(RN_SHAPE(2, 3), 0, 0.5, 1, -7, 2, NAN), 0);
    CHECK(m.width == 3 && m.height == 2 && m.channels == 1 && m.bits == 8);
    CHECK(memcmp(m.pixels, (const uint8_t[]){ 0, 128, 255, 0, 255, 0 }, 6) == 0);
    rni_image_free(&m);
    m = saved(rn_array(RN_U8, RN_SHAPE(3, 1, 2), (const uint8_t[]){ 1, 2, 3, 4, 5, 255 }), 0);
    CHECK(m.width == 2 && m.height == 1 && m.channels == 3);
    CHECK(memcmp(m.pixels, (const uint8_t[]){ 1, 3, 5, 2, 4, 255 }, 6) == 0);
    rni_image_free(&m);
}

RN_TEST(a_batch_becomes_a_grid_with_a_gap_between_pictures)
{
    RN_SCOPE
    {
        rni_image m = saved(rn_ones(RN_SHAPE(3, 1, 2, 2)), 0);
        CHECK(m.width == 5 && m.height == 5);
        CHECK(memcmp(m.pixels, (const uint8_t[]){ 255, 255, 0,   255, 255, 255, 255, 0,   255, 255, 0, 0, 0,
                                                  0,   0,   255, 255, 0,   0,   0,   255, 255, 0,   0, 0 },
                     25) == 0);
        rni_image_free(&m);
        m = saved(rn_ones(RN_SHAPE(3, 3, 2, 2)), 8);
        CHECK(m.width == 8 && m.height == 2 && m.channels == 3);
        rni_image_free(&m);
    }
}

RN_TEST(what_is_no_picture_is_not_saved)
{
    const rn_shape wrong[] = { RN_SCALAR, RN_SHAPE(4), RN_SHAPE(5, 2, 2), RN_SHAPE(0, 1, 2, 2),
                               RN_SHAPE(1, 1, 1, 2, 2) };
    char path[512];
    snprintf(path, sizeof path, "%s/wrong.png", test_folder());
    for (size_t i = 0; i < RN_COUNTOF(wrong); i++) {
        CHECK(!rn_image_save(path, rn_zeros(wrong[i])));
        CHECK_ERROR(RN_ERR_SHAPE, "[N, C, H, W]");
    }
    CHECK(!rn_image_save(path, rn_zeros(RN_SHAPE(2, 2), .dtype = RN_I32)));
    CHECK_ERROR(RN_ERR_DTYPE, "i32");
    CHECK(!rn_image_save(path, rn_zeros(RN_SHAPE(2, 2)), .columns = -1));
    CHECK_ERROR(RN_ERR_ARG, "no picture");
    CHECK(!rn_image_save("/no/such/folder/a.png", rn_zeros(RN_SHAPE(2, 2))));
    CHECK_ERROR(RN_ERR_IO, "/no/such/folder");
    CHECK(!rni_file_exists(path));
}

RN_TEST(a_picture_that_png_or_jpeg_cannot_hold_is_refused)
{
    bytes b;
    char pixel[16] = { 0 };
    CHECK(!rni_png_encode(&(rni_image){ 0, 1, 1, 8, pixel }, &b.at, &b.n));
    CHECK_ERROR(RN_ERR_ARG, "0 x 1, 1 channels of 8 bits");
    CHECK(!rni_png_encode(&(rni_image){ 1, 1, 5, 8, pixel }, &b.at, &b.n));
    CHECK_ERROR(RN_ERR_ARG, "5 channels");
    CHECK(!rni_png_encode(&(rni_image){ 1, 1, 1, 12, pixel }, &b.at, &b.n));
    CHECK_ERROR(RN_ERR_ARG, "12 bits");
    CHECK(!rni_jpeg_encode(&(rni_image){ 1, 1, 4, 8, pixel }, 0, &b.at, &b.n));
    CHECK_ERROR(RN_ERR_ARG, "4 channels");
    CHECK(!rni_jpeg_encode(&(rni_image){ 1, 1, 1, 8, pixel }, 101, &b.at, &b.n));
    CHECK_ERROR(RN_ERR_ARG, "quality 101");
}

RN_TEST(a_png_file_is_written_and_read_by_name)
{
    char path[300];
    rni_image m = pattern(5, 4, 3, 8), back;
    snprintf(path, sizeof path, "%s/x.png", test_folder());
    CHECK(rni_png_write(path, &m));
    CHECK(rni_image_read(path, &back));
    CHECK(memcmp(m.pixels, back.pixels, 60) == 0);
    free(m.pixels);
    rni_image_free(&back);
    CHECK(rni_file_write(path, "GIF89a", 6));
    CHECK(!rni_image_read(path, &back));
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "/x.png");
    CHECK(!rni_image_read("/no/such.png", &back));
    CHECK_ERROR(RN_ERR_IO, "/no/such.png");
}

RN_TEST(png_cut_off_or_changed_anywhere_is_an_error)
{
    rni_image m = pattern(20, 10, 3, 8), back;
    bytes b;
    CHECK(rni_png_encode(&m, &b.at, &b.n));
    for (int64_t n = 8; n < b.n; n++) {
        char *cut = malloc((size_t)n);
        memcpy(cut, b.at, (size_t)n);
        CHECK(!rni_image_decode(cut, n, &back));
        CHECK_ERROR(RN_ERR_FORMAT, "the PNG cannot be read");
        free(cut);
    }
    /* Up to the end of the pixels each byte is under a checksum that counts. */
    for (int64_t i = 8; i < b.n - 16; i++) {
        ((char *)b.at)[i] ^= 4;
        CHECK(!rni_image_decode(b.at, b.n, &back));
        CHECK_ERROR(RN_ERR_FORMAT, "PNG");
        ((char *)b.at)[i] ^= 4;
    }
    free(m.pixels);
    rni_free(b.at);
}

/* A header that claims a huge picture, with a right checksum (CRC-32, computed here bit by bit). */
RN_TEST(a_small_png_with_a_huge_picture_is_refused_before_memory_is_taken)
{
    unsigned char png[] =
        "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x10\x06\0\0\0CRC.\0\0\0\0IDATCRC.";
    uint32_t crc = 0xffffffffu;
    for (int i = 12; i < 29; i++) {
        crc ^= png[i];
        for (int k = 0; k < 8; k++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    for (int k = 0; k < 4; k++) png[29 + k] = (unsigned char)(~crc >> (24 - 8 * k));
    rni_image m;
    CHECK(!rni_image_decode(png, sizeof png - 1, &m));
    CHECK_ERROR(RN_ERR_FORMAT, "2147483647 x 2147483647 pixels");
}

/* ---- JPEG ---- */

/* The four corners have gray levels of their own: 40, 90, 160, 220 from left to right and top to bottom. */
static bytes corners(int64_t width, int64_t height, int channels)
{
    static const unsigned char level[4] = { 40, 90, 160, 220 };
    unsigned char *p = malloc((size_t)(width * height * channels));
    for (int64_t i = 0; i < width * height * channels; i++) {
        const int64_t x = i / channels % width, y = i / channels / width;
        p[i] = level[(2 * y >= height ? 2 : 0) + (2 * x >= width ? 1 : 0)];
    }
    bytes b;
    CHECK(rni_jpeg_encode(&(rni_image){ width, height, channels, 8, p }, 95, &b.at, &b.n));
    CHECK_OK();
    free(p);
    return b;
}

static bytes with_segment(bytes jpeg, const void *segment, int64_t n)
{
    bytes b = { malloc((size_t)(jpeg.n + n)), jpeg.n + n };
    memcpy(b.at, jpeg.at, 2);
    memcpy((char *)b.at + 2, segment, (size_t)n);
    memcpy((char *)b.at + 2 + n, (char *)jpeg.at + 2, (size_t)jpeg.n - 2);
    return b;
}

static int corner(const rni_image *m, int which)
{
    const int64_t x = which & 1 ? m->width - 3 : 2, y = which & 2 ? m->height - 3 : 2;
    return ((unsigned char *)m->pixels)[(y * m->width + x) * m->channels];
}

RN_TEST(exif_orientations_put_the_first_row_and_column_where_they_belong)
{
    /* Gray levels of the corners of the upright picture, from the EXIF standard's table of where row 0 and column 0
     * are. */
    static const unsigned char want[9][4] = { { 0 },
                                              { 40, 90, 160, 220 },
                                              { 90, 40, 220, 160 },
                                              { 220, 160, 90, 40 },
                                              { 160, 220, 40, 90 },
                                              { 40, 160, 90, 220 },
                                              { 160, 40, 220, 90 },
                                              { 220, 90, 160, 40 },
                                              { 90, 220, 40, 160 } };
    bytes jpeg = corners(32, 16, 3);
    for (int o = 1; o <= 8; o++) {
        for (int big = 0; big < 2; big++) {
            unsigned char little_exif[] = "\xff\xe1\0\x22"
                                          "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0O\0\0\0\0\0\0\0";
            unsigned char big_exif[] = "\xff\xe1\0\x22"
                                       "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0O\0\0\0\0\0\0";
            little_exif[28] = (unsigned char)o;
            big_exif[29] = (unsigned char)o;
            bytes b = with_segment(jpeg, big ? big_exif : little_exif, 36);
            rni_image m, size;
            CHECK(rni_image_decode(b.at, b.n, &m));
            CHECK(rni_image_size(b.at, b.n, &size));
            CHECK_OK();
            CHECK_EQ_I64(m.width, o >= 5 ? 16 : 32);
            CHECK(size.width == m.width && size.height == m.height && size.channels == 3);
            for (int c = 0; c < 4; c++) CHECK_NEAR(corner(&m, c), want[o][c], 4);
            rni_image_free(&m);
            free(b.at);
        }
    }
    rni_free(jpeg.at);
}

RN_TEST(damaged_exif_data_are_ignored)
{
    static const char *const bad[] = {
        "II*\0\xff\xff\xff\xff\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0", /* directory beyond the end */
        "II*\0\x08\0\0\0\xff\xff\0\0\3\0\1\0\0\0\6\0\0\0\0\0\0\0",     /* more entries than there are */
        "II*\0\x08\0\0\0\1\0\x12\1\4\0\1\0\0\0\6\0\0\0\0\0\0\0",       /* of another type */
        "II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x09\0\0\0\0\0\0\0",     /* not an orientation */
        "XX*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0",       /* no byte order */
    };
    bytes jpeg = corners(32, 16, 1);
    for (size_t i = 0; i < RN_COUNTOF(bad); i++) {
        char segment[36] = "\xff\xe1\0\x22"
                           "Exif\0";
        memcpy(segment + 10, bad[i], 26);
        bytes b = with_segment(jpeg, segment, 36);
        rni_image m;
        CHECK(rni_image_decode(b.at, b.n, &m));
        CHECK_OK();
        CHECK(m.width == 32 && m.channels == 1);
        rni_image_free(&m);
        free(b.at);
    }
    rni_free(jpeg.at);
}

RN_TEST(jpeg_cut_off_anywhere_is_an_error)
{
    bytes jpeg = corners(64, 48, 3);
    for (int64_t n = 3; n < jpeg.n; n++) {
        rni_image m;
        char *cut = malloc((size_t)n);
        memcpy(cut, jpeg.at, (size_t)n);
        CHECK(!rni_image_decode(cut, n, &m));
        CHECK_ERROR(RN_ERR_FORMAT, "JPEG");
        free(cut);
    }
    rni_free(jpeg.at);
}

RN_TEST(a_small_jpeg_with_a_huge_picture_is_refused)
{
    bytes jpeg = corners(16, 16, 1);
    unsigned char *frame = memmem(jpeg.at, (size_t)jpeg.n, "\xff\xc0", 2);
    CHECK(frame != NULL);
    memset(frame + 5, 0xf0, 4);
    rni_image m;
    CHECK(!rni_image_decode(jpeg.at, jpeg.n, &m));
    CHECK_ERROR(RN_ERR_FORMAT, "61680 x 61680 pixels");
    rni_free(jpeg.at);
}

RN_TEST(pictures_survive_every_allocation_failure)
{
    rni_image m = pattern(20, 10, 3, 8), back;
    bytes plain = corners(32, 16, 3);
    bytes jpeg = with_segment(plain,
                              "\xff\xe1\0\x22"
                              "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0",
                              36);
    for (int64_t n = 1;; n++) {
        const int64_t live = rni_alloc_live();
        bytes b = { 0 }, c = { 0 };
        rni_alloc_fail_after(n);
        bool ok = rni_png_encode(&m, &b.at, &b.n);
        ok = ok && rni_image_decode(b.at, b.n, &back);
        if (ok) rni_image_free(&back);
        ok = ok && rni_image_decode(jpeg.at, jpeg.n, &back);
        if (ok) rni_image_free(&back);
        ok = ok && rni_jpeg_encode(&m, 0, &c.at, &c.n);
        rni_alloc_fail_after(0);
        rni_free(b.at);
        rni_free(c.at);
        CHECK_EQ_I64(rni_alloc_live() - live, 0);
        if (ok) break;
        CHECK_ERROR(RN_ERR_NOMEM, "memory");
        CHECK(n < 200);
    }
    CHECK_OK();
    free(m.pixels);
    free(jpeg.at);
    rni_free(plain.at);
}

/* ---- real pictures, against what another decoder said about them ---- */

typedef struct row {
    char file[64], mode[8], sha256[80];
    long width, height;
    double mean[4];
    int means;
} row;

static bool parse_row(char *line, row *r)
{
    char *save = NULL, *field[7];
    for (int i = 0; i < 7; i++)
        if (!(field[i] = strtok_r(i ? NULL : line, "\t\n", &save))) return false;
    *r = (row){ .width = strtol(field[3], NULL, 10), .height = strtol(field[4], NULL, 10) };
    snprintf(r->file, sizeof r->file, "%s", field[0]);
    snprintf(r->mode, sizeof r->mode, "%s", field[2]);
    snprintf(r->sha256, sizeof r->sha256, "%s", field[6]);
    char *p = field[5];
    for (char *end = p; r->means < 4; r->means++, p = end) {
        r->mean[r->means] = strtod(p, &end);
        if (end == p) break;
    }
    return r->width > 0;
}

static double mean_of(const rni_image *m, int channel)
{
    double sum = 0;
    for (int64_t i = 0; i < m->width * m->height; i++) sum += ((unsigned char *)m->pixels)[i * m->channels + channel];
    return sum / (double)(m->width * m->height);
}

static const char *sha256_of_channels(const rni_image *m, int channels)
{
    static char text[RNI_SHA256_TEXT];
    rni_sha256 h;
    unsigned char digest[32];
    rni_sha256_begin(&h);
    for (int64_t i = 0; i < m->width * m->height; i++)
        rni_sha256_add(&h, (unsigned char *)m->pixels + i * m->channels, channels);
    rni_sha256_end(&h, digest);
    return rni_sha256_text(digest, text);
}

static void check_picture(const row *r)
{
    /* The index gives the indices of pictures with a palette; these are the colours, looked up by hand. */
    static const char *const palettes[][2] = {
        { "palette_color.png", "52b16741bcfda22c7be5a115d1e110548d3f2bc6b39a6e77c010b8cd982e2353" },
        { "palette_gray.png", "debae66f3910ac9a49987ac972a226e5f22bbdc11e26afbf649338ed64a446e0" },
    };
    char name[128];
    rni_image m;
    snprintf(name, sizeof name, "images/%s", r->file);
    CHECK(rni_image_read(test_data(name), &m));
    CHECK_OK();
    CHECK_EQ_I64(m.width, r->width);
    CHECK_EQ_I64(m.height, r->height);
    CHECK_EQ_I64(m.bits, 8);
    const char *sha = r->sha256;
    int channels = r->means;
    if (r->mode[0] == 'P') {
        channels = 3;
        for (size_t i = 0; i < RN_COUNTOF(palettes); i++)
            if (strcmp(palettes[i][0], r->file) == 0) sha = palettes[i][1];
    } else if (strcmp(r->mode, "CMYK") != 0) {
        for (int c = 0; c < channels; c++) CHECK_NEAR(mean_of(&m, c), r->mean[c], 0.5);
    } else
        CHECK_EQ_I64(m.channels, 3);
    if (sha[0] != '-') CHECK_EQ_STR(sha256_of_channels(&m, channels), sha);
    rni_image_free(&m);
}

RN_TEST(real_pictures_decode_as_another_decoder_says)
{
    const char *path = test_data("images/INDEX.tsv");
    if (!path) SKIP("RENSA_DATA/images is absent");
    FILE *f = fopen(path, "r");
    char line[1024];
    int count = 0;
    row r;
    CHECK(f != NULL);
    while (fgets(line, sizeof line, f)) {
        if (!parse_row(line, &r)) continue;
        check_picture(&r);
        count++;
    }
    fclose(f);
    CHECK(count > 20);
}

RN_TEST(a_cmyk_picture_looks_like_its_rgb_twin)
{
    rni_image cmyk, rgb;
    if (!test_data("images/pil_sample_cmyk.jpg")) SKIP("RENSA_DATA/images is absent");
    CHECK(rni_image_read(test_data("images/pil_sample_cmyk.jpg"), &cmyk));
    CHECK(rni_image_read(test_data("images/pil_sample_rgb.jpg"), &rgb));
    CHECK_OK();
    for (int c = 0; c < 3; c++) CHECK_NEAR(mean_of(&cmyk, c), mean_of(&rgb, c), 8);
    rni_image_free(&cmyk);
    rni_image_free(&rgb);
}

RN_TEST(transparency_in_a_gray_png_becomes_a_second_channel)
{
    rni_image m;
    if (!test_data("images/l_trns.png")) SKIP("RENSA_DATA/images is absent");
    CHECK(rni_image_read(test_data("images/l_trns.png"), &m));
    CHECK_OK();
    CHECK_EQ_I64(m.channels, 2);
    const unsigned char *p = m.pixels;
    for (int64_t i = 0; i < m.width * m.height; i++) CHECK_EQ_I64(p[2 * i + 1], p[2 * i] == 255 ? 0 : 255);
    rni_image_free(&m);
}
