/* Pictures: resizing against values of an independent implementation (Pillow 9.4), channels, fits, folders, lists. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "data/picture.h"

#include <unistd.h>

/* False where librensa_io.so is absent. */
static bool write_png(const char *name, int64_t w, int64_t h, int channels, const unsigned char *pixels)
{
    char *folder = rni_path_folder(test_path(name));
    CHECK(rni_folder_make(folder));
    rni_free(folder);
    const bool ok = rni_png_write(test_path(name), &(rni_image){ w, h, channels, 8, (void *)(uintptr_t)pixels });
    rn_error_clear();
    return ok;
}

RN_TEST(resizing_agrees_with_pillow)
{
    enum { H = 5, W = 7 };
    float a[H * W], b[100];
    for (int i = 0; i < H; i++)
        for (int j = 0; j < W; j++) a[i * W + j] = (float)((i * 7 + j * 13 + i * j * 5) % 17) / 16;
    const struct {
        rn_filter filter;
        int w, h;
        double at[4], sum;
    } rows[] = {
        { RN_FILTER_BILINEAR, 3, 2, { 0.494521, 0.539773, 0.590909, 0.487825 }, 3.326705 },
        { RN_FILTER_BILINEAR, 9, 8, { 0.000000, 0.541667, 0.679688, 0.312500 }, 38.937935 },
        { RN_FILTER_BICUBIC, 3, 2, { 0.487776, 0.527427, 0.597035, 0.472736 }, 3.327976 },
        { RN_FILTER_BICUBIC, 9, 8, { -0.072497, 0.575942, 0.738745, 0.324098 }, 39.028549 },
    };
    for (size_t r = 0; r < RN_COUNTOF(rows); r++) {
        const int n = rows[r].w * rows[r].h, at[] = { 0, 1, n / 2, n - 1 };
        double sum = 0;
        CHECK(rni_resize(a, H, W, &(rni_rect){ 0, 0, W, H }, b, rows[r].h, rows[r].w, rows[r].w, rows[r].filter));
        for (int i = 0; i < n; i++) sum += (double)b[i];
        for (int k = 0; k < 4; k++) CHECK_NEAR((double)b[at[k]], rows[r].at[k], 2e-6);
        CHECK_NEAR(sum, rows[r].sum, 2e-5);
    }
}

RN_TEST(area_and_nearest_are_what_their_names_say)
{
    const float a[6] = { 0, 1, 2, 3, 4, 5 };
    float b[6];
    CHECK(rni_resize(a, 1, 6, &(rni_rect){ 0, 0, 6, 1 }, b, 1, 2, 2, RN_FILTER_AREA));
    CHECK_NEAR(b[0], 1, 1e-6);
    CHECK_NEAR(b[1], 4, 1e-6);
    CHECK(rni_resize(a, 1, 6, &(rni_rect){ 0, 0, 6, 1 }, b, 1, 4, 4, RN_FILTER_AREA)); /* 1.5 pixels each */
    CHECK_NEAR(b[0], 1.0 / 3, 1e-6);
    CHECK_NEAR(b[1], 5.0 / 3, 1e-6);
    CHECK(rni_resize(a, 1, 6, &(rni_rect){ 1, 0, 4, 1 }, b, 1, 2, 2, RN_FILTER_AREA)); /* a part */
    CHECK_NEAR(b[0], 1.5, 1e-6);
    CHECK(rni_resize(a, 1, 6, &(rni_rect){ 0, 0, 6, 1 }, b, 1, 3, 3, RN_FILTER_NEAREST));
    CHECK_NEAR(b[1], 3, 0);
    for (int f = 0; f <= RN_FILTER_NEAREST; f++) { /* what is constant stays so, also from one pixel */
        const float one = 0.25f;
        float c[35];
        CHECK(rni_resize(&one, 1, 1, &(rni_rect){ 0, 0, 1, 1 }, c, 5, 7, 7, (rn_filter)f));
        for (int i = 0; i < 35; i++) CHECK_NEAR(c[i], 0.25, 1e-6);
    }
}

RN_TEST(channels_are_made_and_merged)
{
    const unsigned char rgba[8] = { 255, 0, 51, 255, 0, 0, 0, 0 }, gray[1] = { 102 };
    const uint16_t deep[1] = { 65535 };
    float v[8];
    rni_planes_from_image(&(rni_image){ 2, 1, 4, 8, (void *)(uintptr_t)rgba }, 3, v);
    CHECK_NEAR(v[0], 1, 0);
    CHECK_NEAR(v[4], 0.2, 1e-6);
    CHECK_NEAR(v[1] + v[3] + v[5], 3, 0); /* transparent: white */
    rni_planes_from_image(&(rni_image){ 2, 1, 4, 8, (void *)(uintptr_t)rgba }, 4, v);
    CHECK_NEAR(v[1] + v[3] + v[5] + v[7], 0, 0);
    CHECK_NEAR(v[6], 1, 0);
    rni_planes_from_image(&(rni_image){ 2, 1, 4, 8, (void *)(uintptr_t)rgba }, 1, v);
    CHECK_NEAR(v[0], 0.299 + 0.114 * 0.2, 1e-6);
    rni_planes_from_image(&(rni_image){ 1, 1, 1, 8, (void *)(uintptr_t)gray }, 3, v);
    CHECK_NEAR(v[2], 0.4, 1e-6);
    rni_planes_from_image(&(rni_image){ 1, 1, 1, 16, (void *)(uintptr_t)deep }, 1, v);
    CHECK_NEAR(v[0], 1, 0);
}

static const unsigned char wide[8] = { 0, 255, 0, 255, 0, 255, 0, 255 }; /* 4 x 2: stripes */

RN_TEST(a_folder_of_classes_is_a_data_set)
{
    const unsigned char dot[3] = { 255, 128, 0 };
    if (!write_png("set/dog/b.png", 4, 2, 1, wide)) SKIP("librensa_io.so is absent");
    write_png("set/dog/a.png", 1, 1, 3, dot);
    write_png("set/cat/10.PNG", 1, 1, 3, dot);
    write_png("set/cat/.hidden.png", 1, 1, 3, dot);
    CHECK(rni_file_write(test_path("set/cat/notes.txt"), "no", 2));
    CHECK(rni_file_write(test_path("set/readme.txt"), "no", 2));
    rn_dataset *ds = rn_dataset_images(test_path("set"), .width = 2, .height = 2);
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_count(ds), 3);
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[0], "cat");
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[1], "dog");
    float x[12];
    int32_t t;
    CHECK(rn_dataset_read(ds, 1, ((void *[]){ x, &t })));
    CHECK_EQ_I64(t, 1);
    CHECK_NEAR(x[0], 1, 1e-6);
    CHECK_NEAR(x[4], 128.0 / 255, 1e-6);
    CHECK_NEAR(x[8], 0, 1e-6);
    rn_dataset_free(ds);
    ds = rn_dataset_images(test_path("set"), .width = 2, .height = 2, .channels = 1, .dtype = RN_U8);
    unsigned char u[4];
    CHECK(rn_dataset_read(ds, 2, ((void *[]){ u, NULL })));
    CHECK_NEAR(u[0], 128, 40);
    rn_dataset_free(ds);
    ds = rn_dataset_images(test_path("set")); /* of the first one's size, which the third has not */
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[2], 1);
    CHECK(!rn_dataset_read(ds, 2, ((void *[]){ x, NULL })));
    CHECK_ERROR(RN_ERR_FORMAT, "4 x 2");
    rn_dataset_free(ds);
}

RN_TEST(fits_squash_crop_and_pad)
{
    /* 4 x 2: left half black, right half white. */
    const unsigned char halves[8] = { 0, 0, 255, 255, 0, 0, 255, 255 };
    if (!write_png("fit/a/a.png", 4, 2, 1, halves)) SKIP("librensa_io.so is absent");
    const struct {
        rn_fit fit;
        double want[4][4];
    } rows[] = {
        { RN_FIT_SQUASH, { { 0, 0, 1, 1 }, { 0, 0, 1, 1 }, { 0, 0, 1, 1 }, { 0, 0, 1, 1 } } },
        { RN_FIT_CROP, { { 0, 0, 1, 1 }, { 0, 0, 1, 1 }, { 0, 0, 1, 1 }, { 0, 0, 1, 1 } } },
        { RN_FIT_PAD, { { 0, 0, 0, 0 }, { 0, 0, 1, 1 }, { 0, 0, 1, 1 }, { 0, 0, 0, 0 } } },
    };
    for (size_t r = 0; r < RN_COUNTOF(rows); r++) {
        rn_dataset *ds = rn_dataset_images(test_path("fit"), .width = 4, .height = 4, .channels = 1, .fit = rows[r].fit,
                                           .filter = RN_FILTER_NEAREST);
        float x[16];
        CHECK(rn_dataset_read(ds, 0, ((void *[]){ x, NULL })));
        for (int i = 0; i < 16; i++) CHECK_NEAR(x[i], rows[r].want[i / 4][i % 4], 1e-6);
        rn_dataset_free(ds);
    }
    const unsigned char bars[12] = { 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255 }; /* 6 x 2: white ends */
    CHECK(write_png("fit/a/a.png", 6, 2, 1, bars));
    rn_dataset *ds = rn_dataset_images(test_path("fit"), .width = 2, .height = 2, .channels = 1, .fit = RN_FIT_CROP);
    float x[4];
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ x, NULL })));
    for (int i = 0; i < 4; i++) CHECK_NEAR(x[i], 0, 1e-6); /* the ends are cut off */
    rn_dataset_free(ds);
}

RN_TEST(lists_name_pictures_and_labels)
{
    if (!write_png("list/a b.png", 4, 2, 1, wide)) SKIP("librensa_io.so is absent");
    CHECK(write_png("list/c.png", 4, 2, 1, wide));
    const char *text = "# comment\na b.png tree\n\nc.png\tbush\r\nc.png, tree\n";
    CHECK(rni_file_write(test_path("list/names.txt"), text, (int64_t)strlen(text)));
    rn_dataset *ds = rn_dataset_images(test_path("list/names.txt"), .channels = 1);
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_count(ds), 3);
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[0], "bush");
    const int32_t want[] = { 1, 0, 1 };
    for (int i = 0; i < 3; i++) {
        float x[8];
        int32_t t;
        CHECK(rn_dataset_read(ds, i, ((void *[]){ x, &t })));
        CHECK_EQ_I64(t, want[i]);
        CHECK_NEAR(x[1], 1, 0);
    }
    rn_dataset_free(ds);
    text = "a b.png 5\nc.png 2";
    CHECK(rni_file_write(test_path("list/numbers.txt"), text, (int64_t)strlen(text)));
    ds = rn_dataset_images(test_path("list/numbers.txt"));
    int32_t t;
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ NULL, &t })));
    CHECK_EQ_I64(t, 5);
    CHECK_EQ_I64(rn_dataset_column(ds, 1)->class_count, 6);
    rn_dataset_free(ds);
}

RN_TEST(what_is_wrong_with_pictures_is_said)
{
    const struct {
        const char *text, *error;
        rn_status status;
    } lists[] = {
        { "", "the list is empty", RN_ERR_FORMAT },
        { "a.png 1\nlonely\n", "line 2 is not \"path label\"", RN_ERR_FORMAT },
        { "a.png 99999999\n", "more than 65536", RN_ERR_FORMAT },
        { "absent.png 1\n", "absent.png", RN_ERR_IO },
    };
    for (size_t i = 0; i < RN_COUNTOF(lists); i++) {
        const int64_t blocks = rni_alloc_live();
        CHECK(rni_file_write(test_path("bad.txt"), lists[i].text, (int64_t)strlen(lists[i].text)));
        CHECK(rn_dataset_images(test_path("bad.txt")) == NULL);
        CHECK_ERROR(lists[i].status, lists[i].error);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
    CHECK(rni_folder_make(test_path("nothing/here")));
    CHECK(rn_dataset_images(test_path("nothing")) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "no pictures in sub-folders");
    CHECK(rni_folder_make(test_path("digits")));
    CHECK(rni_file_write(test_path("digits/train-images-idx3-ubyte.gz"), "", 0));
    CHECK(rn_dataset_images(test_path("digits")) == NULL);
    CHECK(strstr(rn_error_last()->message, "digits/train-images-idx3-ubyte.gz, an IDX file") != NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "$RENSA_DATA/mnist");
    CHECK(rn_dataset_images(test_path("neither")) == NULL);
    CHECK_ERROR(RN_ERR_IO, "neither");
    CHECK(rn_dataset_images("x", .width = 3) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "cannot be made 3 x 0");
    CHECK(rn_dataset_images("x", .channels = 2) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "not 2");
    if (!write_png("broken/a/a.png", 4, 2, 1, wide)) return;
    CHECK(rni_file_write(test_path("broken/a/b.png"), "\x89PNG\r\n\x1a\nnonsense", 16));
    rn_dataset *ds = rn_dataset_images(test_path("broken"), .width = 2, .height = 2);
    rn_iterator *it = rn_iterator_new(ds, 1);
    CHECK(rn_next(it) != NULL);
    CHECK(rn_next(it) == NULL);
    CHECK(strstr(rn_error_last()->message, "broken/a/b.png") != NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "test_dataset_images.c");
    rn_iterator_free(it);
    rn_dataset_free(ds);
}

RN_TEST(photographs_are_brought_to_one_size)
{
    const char *chelsea = test_data("images/chelsea.png");
    if (!chelsea) SKIP("RENSA_DATA has no images");
    char list[2048];
    const char *const names[] = { "chelsea.png", "hopper.jpg",          "hopper_gray.jpg",
                                  "horse.png",   "pil_sample_cmyk.jpg", "camera.png" };
    int n = 0;
    for (size_t i = 0; i < RN_COUNTOF(names); i++)
        n += snprintf(list + n, sizeof list - (size_t)n, "%s/images/%s %zu\n", getenv("RENSA_DATA"), names[i], i);
    CHECK(rni_file_write(test_path("photos.txt"), list, n));
    for (int fit = 0; fit <= RN_FIT_PAD; fit++) {
        rn_dataset *ds = rn_dataset_images(test_path("photos.txt"), .width = 40, .height = 30, .fit = (rn_fit)fit,
                                           .filter = (rn_filter)fit);
        rn_stats *s = rn_dataset_stats(ds, 0);
        CHECK_OK();
        CHECK(s->columns[0].min >= 0 && s->columns[0].max <= 1);
        CHECK(s->columns[0].mean > 0.2 && s->columns[0].mean < 0.8);
        rn_stats_free(s);
        rn_dataset_free(ds);
    }
}

/* Mean distance of two examples of x. */
static double distance(rn_dataset *ds, int64_t a, int64_t b)
{
    enum { COUNT = 3 * 32 * 32 };
    static float x[2][COUNT];
    int32_t label;
    double sum = 0;
    CHECK(rn_dataset_read(ds, a, (void *[]){ x[0], &label }));
    CHECK(rn_dataset_read(ds, b, (void *[]){ x[1], &label }));
    for (int i = 0; i < COUNT; i++) sum += fabs((double)x[0][i] - (double)x[1][i]);
    return sum / COUNT;
}

RN_TEST(photographs_in_folders_are_upright_and_rgb)
{
    static const char *const names[] = { "hopper.jpg", "hopper_orientation_6.jpg", "pil_sample_cmyk.jpg",
                                         "pil_sample_rgb.jpg" };
    char from[400], to[400];
    const char *data = getenv("RENSA_DATA");
    if (!data) SKIP("RENSA_DATA is not set");
    CHECK(rni_folder_make(test_path("photographs/all")));
    for (int i = 0; i < (int)RN_COUNTOF(names); i++) {
        snprintf(from, sizeof from, "%s/images/%s", data, names[i]);
        snprintf(to, sizeof to, "%s/all/%d.jpg", test_path("photographs"), i);
        if (!rni_file_exists(from) || symlink(from, to) != 0) SKIP("the photographs are not there");
    }
    rn_dataset *ds = rn_dataset_images(test_path("photographs"), .width = 32, .height = 32);
    if (!ds && rn_error_last()->status == RN_ERR_UNSUPPORTED) SKIP("pictures cannot be read here");
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_count(ds), 4);
    CHECK(distance(ds, 0, 1) < 0.03); /* the second lies on its side, which its EXIF data say */
    CHECK(distance(ds, 2, 3) < 0.06); /* the first is CMYK */
    CHECK(distance(ds, 0, 2) > 0.15);
    rn_dataset_free(ds);
}
