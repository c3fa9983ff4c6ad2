/* IDX files, and what is read from them: MNIST and Fashion-MNIST, from each of the places they can come from. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/sha256.h"
#include "data/idx.h"
#include "io/codec.h"

#include <unistd.h>

static const char *write_file(const char *name, const void *bytes, size_t n)
{
    const char *path = test_path(name);
    CHECK(rni_file_write(path, bytes, (int64_t)n));
    return path;
}

#define BYTES(...) (const unsigned char[]){ __VA_ARGS__ }, sizeof((const unsigned char[]){ __VA_ARGS__ })

RN_TEST(every_element_type_is_read_in_big_endian)
{
    const struct {
        unsigned char bytes[16];
        size_t n;
        rn_dtype dtype;
        double value;
    } rows[] = {
        { { 0, 0, 0x08, 1, 0, 0, 0, 1, 200 }, 9, RN_U8, 200 },
        { { 0, 0, 0x09, 1, 0, 0, 0, 1, 200 }, 9, RN_I8, -56 },
        { { 0, 0, 0x0b, 1, 0, 0, 0, 1, 0xff, 0xfe }, 10, RN_I16, -2 },
        { { 0, 0, 0x0c, 1, 0, 0, 0, 1, 0, 1, 0, 2 }, 12, RN_I32, 65538 },
        { { 0, 0, 0x0d, 1, 0, 0, 0, 1, 0xbf, 0xc0, 0, 0 }, 12, RN_F32, -1.5 },
        { { 0, 0, 0x0e, 1, 0, 0, 0, 1, 0x40, 0x04, 0, 0, 0, 0, 0, 0 }, 16, RN_F64, 2.5 },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        rn_dataset *ds = rn_dataset_idx(write_file("one", rows[i].bytes, rows[i].n));
        CHECK_OK();
        const rn_column *c = rn_dataset_column(ds, 0);
        CHECK_EQ_I64(c->dtype, rows[i].dtype == RN_U8 ? RN_F32 : rows[i].dtype);
        rn_dataset_free(ds);
        ds = rn_dataset_idx(test_path("one"), .dtype = RN_F32);
        float v;
        CHECK(rn_dataset_read(ds, 0, ((void *[]){ &v })));
        CHECK_NEAR(v, rows[i].dtype == RN_U8 ? 200.0 / 255 : rows[i].value, 1e-7);
        rn_dataset_free(ds);
        ds = rn_dataset_idx(test_path("one"), .dtype = rows[i].dtype);
        CHECK_OK();
        rn_dataset_free(ds);
    }
}

RN_TEST(images_get_a_channel_and_labels_a_column)
{
    const char *x = write_file("x", BYTES(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 0, 51, 102, 153, 204, 255, 6,
                                          5, 4, 3, 2, 1));
    const char *t = write_file("t", BYTES(0, 0, 8, 1, 0, 0, 0, 2, 3, 1));
    rn_dataset *ds = rn_dataset_idx(x, .labels = t);
    CHECK_OK();
    const rn_column *c = rn_dataset_column(ds, 0);
    CHECK_EQ_I64(c->shape.rank, 3);
    CHECK_EQ_I64(c->shape.dim[0], 1);
    CHECK_EQ_I64(c->shape.dim[2], 3);
    CHECK_EQ_I64(rn_dataset_column(ds, 1)->class_count, 4);
    float v[6];
    int32_t label;
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ v, &label })));
    for (int i = 0; i < 6; i++) CHECK_NEAR(v[i], i * 0.2, 1e-7);
    CHECK_EQ_I64(label, 3);
    rn_dataset_free(ds);
    ds = rn_dataset_idx(x, .flat = true, .dtype = RN_U8);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.rank, 1);
    CHECK_EQ_I64(rn_dataset_column_count(ds), 1);
    rn_dataset_free(ds);
    CHECK(rn_dataset_idx(x, .dtype = RN_I64) == NULL);
    CHECK_ERROR(RN_ERR_DTYPE, "f32 or u8");
    CHECK(rn_dataset_idx(x, .labels = x) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "do not belong");
}

RN_TEST(what_is_wrong_with_a_file_is_said)
{
    const struct {
        unsigned char bytes[24];
        size_t n;
        const char *text;
    } rows[] = {
        { { 0 }, 0, "does not begin" },
        { { 0, 0, 8 }, 3, "does not begin" },
        { { 1, 0, 8, 1, 0, 0, 0, 0 }, 8, "does not begin" },
        { { 0, 0, 7, 1, 0, 0, 0, 0 }, 8, "element type" },
        { { 0, 0, 8, 0 }, 4, "dimensions" },
        { { 0, 0, 8, 9, 0, 0, 0, 1 }, 8, "dimensions" },
        { { 0, 0, 8, 2, 0, 0, 0, 1, 0, 0 }, 10, "inside its header" },
        { { 0, 0, 8, 1, 0, 0, 0, 3, 1, 2 }, 10, "truncated" },
        { { 0, 0, 8, 1, 0, 0, 0, 1, 1, 2 }, 10, "more than the header says" },
        { { 0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 }, 17, "truncated" },
        { { 0, 0, 14, 2, 255, 255, 255, 255, 0, 0, 0, 1, 1, 1, 1, 1 }, 16, "truncated" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        const int64_t blocks = rni_alloc_live();
        CHECK(rn_dataset_idx(write_file("bad", rows[i].bytes, rows[i].n)) == NULL);
        CHECK(strstr(rn_error_last()->message, "/bad") != NULL);
        CHECK(strstr(rn_error_last()->message, "test_dataset_idx.c") != NULL);
        CHECK_ERROR(RN_ERR_FORMAT, rows[i].text);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
    CHECK(rn_dataset_idx(test_path("absent")) == NULL);
    CHECK_ERROR(RN_ERR_IO, "absent");
    CHECK(rn_dataset_idx(NULL) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "path");
}

RN_TEST(packed_files_are_read_and_damage_is_found)
{
    const unsigned char t[] = { 0, 0, 8, 1, 0, 0, 0, 4, 1, 2, 3, 4 };
    void *packed = NULL;
    int64_t n = 0;
    if (!rni_gzip(t, sizeof t, 0, &packed, &n)) {
        rn_error_clear();
        SKIP("librensa_io.so is absent");
    }
    rn_dataset *ds = rn_dataset_idx(write_file("t.gz", packed, (size_t)n));
    CHECK_EQ_I64(rn_dataset_count(ds), 4);
    rn_dataset_free(ds);
    CHECK(rn_dataset_idx(write_file("cut.gz", packed, (size_t)n - 5)) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "cut.gz");
    ((char *)packed)[n - 6] ^= 1;
    CHECK(rn_dataset_idx(write_file("crc.gz", packed, (size_t)n)) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "crc.gz");
    rni_free(packed);
}

static void check_histogram(rn_dataset *ds, const int64_t *want)
{
    rn_dataset *t = rn_dataset_pick(ds, "t");
    rn_stats *s = rn_dataset_stats(t, 0);
    for (int i = 0; i < 10; i++) CHECK_EQ_I64(s->columns[0].histogram[i], want[i]);
    rn_stats_free(s);
    rn_dataset_free(t);
}

RN_TEST(mnist_is_the_published_one)
{
    if (!test_data("mnist/train-images-idx3-ubyte.gz")) SKIP("RENSA_DATA has no mnist");
    rn_dataset *ds = rn_dataset_mnist(RN_TRAIN);
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_count(ds), 60000);
    CHECK(strncmp(rn_dataset_source(ds), "data /", 6) == 0);
    check_histogram(ds, (const int64_t[]){ 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949 });
    rn_stats *s = rn_dataset_stats(ds, 0);
    CHECK_NEAR(s->columns[0].mean, 0.1306604762738429, 1e-6); /* the usual constants of MNIST */
    CHECK_NEAR(s->columns[0].std, 0.30810780717887876, 1e-6);
    rn_stats_free(s);
    float x[784];
    int32_t t;
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ x, &t })));
    CHECK_EQ_I64(t, 5);
    CHECK_EQ_I64(lroundf(x[5 * 28 + 12] * 255), 3);
    rn_dataset_free(ds);
    ds = rn_dataset_mnist(RN_TEST, .dtype = RN_U8, .flat = true);
    CHECK_EQ_I64(rn_dataset_count(ds), 10000);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 784);
    rn_dataset_free(ds);
}

RN_TEST(not_one_pixel_of_mnist_is_lost)
{
    if (!test_data("mnist/train-images-idx3-ubyte.gz")) SKIP("RENSA_DATA has no mnist");
    rn_dataset *ds = rn_dataset_mnist(RN_TRAIN, .dtype = RN_U8);
    rni_sha256 h;
    unsigned char digest[32];
    char text[RNI_SHA256_TEXT];
    rni_sha256_begin(&h);
    for (int64_t i = 0; i < rn_dataset_count(ds); i++) {
        unsigned char x[784];
        CHECK(rn_dataset_read(ds, i, ((void *[]){ x, NULL })));
        rni_sha256_add(&h, x, sizeof x);
    }
    rni_sha256_end(&h, digest);
    /* Of the bytes behind the header of the unpacked file whose MD5 is 6bbc9ace898e44ae57da46a324031adb. */
    CHECK_EQ_STR(rni_sha256_text(digest, text), "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757");
    rn_dataset_free(ds);
}

RN_TEST(fashion_mnist_has_its_classes)
{
    if (!test_data("fashion-mnist/t10k-images-idx3-ubyte.gz")) SKIP("RENSA_DATA has no fashion-mnist");
    rn_dataset *ds = rn_dataset_fashion_mnist(RN_TEST);
    CHECK_OK();
    check_histogram(ds, (const int64_t[]){ 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 });
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[9], "Ankle boot");
    rn_dataset_free(ds);
}

/* Without RENSA_DATA and with an empty cache; the servers are what `mirrors` says. */
static void isolate(const char *cache, const char *mirrors)
{
    unsetenv("RENSA_DATA");
    setenv("XDG_CACHE_HOME", test_path(cache), 1);
    setenv("RENSA_MIRRORS", mirrors, 1);
}

static char *saved(const char *name)
{
    const char *v = getenv(name);
    return v ? strdup(v) : NULL;
}

static void restore(const char *name, char *v)
{
    if (v)
        setenv(name, v, 1);
    else
        unsetenv(name);
    free(v);
}

RN_TEST(digits_are_drawn_where_nothing_else_is_to_be_had)
{
    char *data = saved("RENSA_DATA"), *cache = saved("XDG_CACHE_HOME"), *mirrors = saved("RENSA_MIRRORS");
    rn_log_levels("data:error");
    isolate("empty", "");
    rn_dataset *ds = rn_dataset_mnist(RN_TRAIN);
    CHECK_OK();
    CHECK_EQ_STR(rn_dataset_source(ds), "drawn digits");
    CHECK_EQ_I64(rn_dataset_count(ds), 60000);
    rn_dataset_free(ds);
    CHECK(rn_dataset_fashion_mnist(RN_TRAIN, .offline = true) == NULL);
    CHECK_ERROR(RN_ERR_IO, "not in ");
    CHECK(rn_dataset_mnist(RN_TRAIN, .source = "cache") == NULL);
    CHECK_ERROR(RN_ERR_IO, "not to be had");
    CHECK(rn_dataset_mnist(RN_TRAIN, .source = "cach") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "\"data\", \"cache\", \"download\", \"drawn\"");
    CHECK(rn_dataset_mnist(RN_VALID) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "train or test");
    rn_log_levels("");
    restore("RENSA_DATA", data);
    restore("XDG_CACHE_HOME", cache);
    restore("RENSA_MIRRORS", mirrors);
}

static char warning[2048];

static void keep_warning(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)topic;
    if (level == RN_LOG_WARN) snprintf(warning, sizeof warning, "%s", text);
}

RN_TEST(a_line_says_why_digits_are_drawn)
{
    char *data = saved("RENSA_DATA"), *cache = saved("XDG_CACHE_HOME"), *mirrors = saved("RENSA_MIRRORS");
    isolate("nowhere", "http://127.0.0.1:1/a http://127.0.0.1:1/b http://127.0.0.1:1/c");
    rn_log_set(keep_warning, NULL);
    rn_dataset_free(rn_dataset_mnist(RN_TEST));
    rn_log_set(NULL, NULL);
    CHECK_OK();
    CHECK(strstr(warning, "drawn digits stand for mnist: ") == warning);
    CHECK(strstr(warning, "RENSA_DATA is not set; not in "));
    const char *reason = strstr(warning, "the file could not be downloaded: ");
    CHECK(reason && !strstr(reason, "/a/"));
    CHECK(!strchr(warning, '\n') && strlen(warning) < 300);
    restore("RENSA_DATA", data);
    restore("XDG_CACHE_HOME", cache);
    restore("RENSA_MIRRORS", mirrors);
}

static int progress_calls;

static bool on_progress(void *user, const char *file, int64_t done, int64_t total)
{
    (void)user;
    progress_calls++;
    return file && done >= 0 && total >= 0;
}

RN_TEST(a_download_is_checked_and_kept)
{
    if (!test_data("mnist/t10k-images-idx3-ubyte.gz")) SKIP("RENSA_DATA has no mnist to serve");
    char *data = saved("RENSA_DATA"), *cache = saved("XDG_CACHE_HOME"), *mirrors = saved("RENSA_MIRRORS");
    char url[600];
    snprintf(url, sizeof url, "file:///no/such/mirror, file://%s/", data);
    rn_log_levels("data:error");
    isolate("fresh", url);
    rn_dataset *ds = rn_dataset_mnist(RN_TEST, .progress = on_progress);
    const char *source = rn_dataset_source(ds);
    if (ds && strncmp(source, "drawn", 5) == 0) {
        rn_dataset_free(ds);
        restore("RENSA_DATA", data), restore("XDG_CACHE_HOME", cache), restore("RENSA_MIRRORS", mirrors);
        SKIP("libcurl is absent");
    }
    CHECK_OK();
    CHECK(strncmp(source, "download ", 9) == 0);
    CHECK(progress_calls > 0);
    rn_dataset_free(ds);
    isolate("fresh", "");
    ds = rn_dataset_mnist(RN_TEST);
    CHECK(strncmp(rn_dataset_source(ds), "cache ", 6) == 0);
    rn_dataset_free(ds);
    /* A mirror with another file is not believed, and nothing stays of it. */
    char folder[400];
    snprintf(folder, sizeof folder, "%s/wrong/mnist", test_folder());
    CHECK(rni_folder_make(folder));
    write_file("wrong/mnist/t10k-images-idx3-ubyte.gz", BYTES(1, 2, 3));
    snprintf(url, sizeof url, "file://%s/wrong", test_folder());
    isolate("other", url);
    CHECK(rn_dataset_mnist(RN_TEST, .source = "download") == NULL);
    CHECK_ERROR(RN_ERR_IO, "the file has 3 bytes instead of");
    CHECK(!rni_file_exists(test_path("other/rensa/mnist/t10k-images-idx3-ubyte.gz")));
    rn_log_levels("");
    restore("RENSA_DATA", data);
    restore("XDG_CACHE_HOME", cache);
    restore("RENSA_MIRRORS", mirrors);
}

RN_TEST(a_damaged_file_is_an_error_and_not_replaced_in_silence)
{
    char *data = saved("RENSA_DATA");
    char folder[400];
    snprintf(folder, sizeof folder, "%s/own/mnist", test_folder());
    CHECK(rni_folder_make(folder));
    write_file("own/mnist/train-images-idx3-ubyte", BYTES(0, 0, 8, 3, 0, 0, 0, 1));
    write_file("own/mnist/train-labels-idx1-ubyte", BYTES(0, 0, 8, 1, 0, 0, 0, 1, 3));
    setenv("RENSA_DATA", test_path("own"), 1);
    CHECK(rn_dataset_mnist(RN_TRAIN) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "own/mnist/train-images-idx3-ubyte");
    restore("RENSA_DATA", data);
}
