/* Drawn digits: reproducible one by one, different from each other, learnable but not trivial. CIFAR-10 records. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "data/cifar.h"

enum { PIXELS = 784 };

RN_TEST(a_digit_depends_on_seed_part_and_index_only)
{
    rn_dataset *a = rn_dataset_drawn(RN_TRAIN, .dtype = RN_U8, .count = 500),
               *b = rn_dataset_drawn(RN_TRAIN, .dtype = RN_U8);
    rn_dataset *seed = rn_dataset_drawn(RN_TRAIN, .dtype = RN_U8, .seed = 1),
               *part = rn_dataset_drawn(RN_TEST, .dtype = RN_U8);
    CHECK_EQ_I64(rn_dataset_count(b), 60000);
    CHECK_EQ_I64(rn_dataset_count(part), 10000);
    for (int i = 499; i >= 0; i -= 83) {
        uint8_t x[4][PIXELS], again[PIXELS];
        int32_t t[5];
        rn_dataset *const all[] = { a, b, seed, part };
        for (int k = 0; k < 4; k++) CHECK(rn_dataset_read(all[k], i, ((void *[]){ x[k], &t[k] })));
        CHECK(rn_dataset_read(a, i, ((void *[]){ again, &t[4] })));
        CHECK_EQ_I64(t[0], t[4]);
        CHECK_EQ_I64(t[0], t[1]);
        CHECK(memcmp(x[0], again, PIXELS) == 0);
        CHECK(memcmp(x[0], x[1], PIXELS) == 0);
        CHECK(memcmp(x[0], x[2], PIXELS) != 0);
        CHECK(memcmp(x[0], x[3], PIXELS) != 0);
    }
    rn_dataset_free(a);
    rn_dataset_free(b);
    rn_dataset_free(seed);
    rn_dataset_free(part);
    CHECK(rn_dataset_drawn(RN_TRAIN, .dtype = RN_F64) == NULL);
    CHECK_ERROR(RN_ERR_DTYPE, "f64");
    CHECK(rn_dataset_drawn(RN_TRAIN, .count = -1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "-1 digits");
}

RN_TEST(a_part_that_there_is_not_is_refused)
{
    CHECK(rn_dataset_drawn((rn_part)7) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "there is no part 7");
    CHECK(rn_dataset_drawn((rn_part)-1) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "RN_TRAIN, RN_TEST or RN_VALID");
    CHECK(rn_dataset_open("drawn", (rn_part)7) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "there is no part 7");
    CHECK(rn_dataset_open("/", (rn_part)7) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "RN_TRAIN, RN_TEST or RN_VALID");
}

RN_TEST(ink_is_light_on_dark_and_inside_the_paper)
{
    rn_dataset *ds = rn_dataset_drawn(RN_TRAIN, .count = 2000);
    rn_stats *s = rn_dataset_stats(ds, 0);
    CHECK(s->columns[0].min >= 0 && s->columns[0].max <= 1);
    CHECK(s->columns[0].mean > 0.08 && s->columns[0].mean < 0.25);
    for (int i = 0; i < 10; i++) CHECK(s->columns[1].histogram[i] > 120 && s->columns[1].histogram[i] < 280);
    rn_stats_free(s);
    double border = 0, whole = 0;
    for (int i = 0; i < 500; i++) {
        float x[PIXELS];
        rn_dataset_read(ds, i, ((void *[]){ x, NULL }));
        for (int k = 0; k < PIXELS; k++) {
            const int r = k / 28, c = k % 28;
            whole += (double)x[k];
            if (r == 0 || r == 27 || c == 0 || c == 27) border += (double)x[k];
        }
    }
    CHECK(border / whole < 0.02);
    rn_dataset_free(ds);
}

/* Squared distance of two digits. */
static int64_t distance(const uint8_t *a, const uint8_t *b)
{
    int64_t sum = 0;
    for (int k = 0; k < PIXELS; k++) sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

RN_TEST(digits_can_be_learned_but_not_by_a_template)
{
    enum { TRAIN = 1500, TESTS = 200 };
    rn_dataset *train = rn_dataset_drawn(RN_TRAIN, .dtype = RN_U8), *test = rn_dataset_drawn(RN_TEST, .dtype = RN_U8);
    static uint8_t x[TRAIN][PIXELS], mean[10][PIXELS];
    static int32_t t[TRAIN];
    static int64_t sum[10][PIXELS], count[10];
    for (int i = 0; i < TRAIN; i++) {
        CHECK(rn_dataset_read(train, i, ((void *[]){ x[i], &t[i] })));
        count[t[i]]++;
        for (int k = 0; k < PIXELS; k++) sum[t[i]][k] += x[i][k];
    }
    for (int c = 0; c < 10; c++)
        for (int k = 0; k < PIXELS; k++) mean[c][k] = (uint8_t)(sum[c][k] / count[c]);
    int by_template = 0, by_neighbour = 0;
    for (int i = 0; i < TESTS; i++) {
        uint8_t y[PIXELS];
        int32_t want;
        CHECK(rn_dataset_read(test, i, ((void *[]){ y, &want })));
        int best = 0, near = 0;
        for (int c = 1; c < 10; c++)
            if (distance(y, mean[c]) < distance(y, mean[best])) best = c;
        for (int k = 1; k < TRAIN; k++)
            if (distance(y, x[k]) < distance(y, x[near])) near = k;
        by_template += best == want;
        by_neighbour += t[near] == want;
    }
    printf("templates %.3f, nearest of %d %.3f\n", (double)by_template / TESTS, TRAIN, (double)by_neighbour / TESTS);
    CHECK(by_template > TESTS * 4 / 10 && by_template < TESTS * 85 / 100);
    CHECK(by_neighbour > TESTS * 80 / 100 && by_neighbour < TESTS);
    rn_dataset_free(train);
    rn_dataset_free(test);
}

RN_TEST(threads_draw_the_same_digits)
{
    rn_dataset *a = rn_dataset_drawn(RN_TRAIN, .count = 640, .dtype = RN_U8),
               *b = rn_dataset_drawn(RN_TRAIN, .count = 640, .dtype = RN_U8);
    rn_iterator *x = rn_iterator_new(a, 32, .threads = 4, .shuffle = true, .epochs = 2);
    rn_iterator *y = rn_iterator_new(b, 32, .synchronous = true, .shuffle = true, .epochs = 2);
    for (rn_batch *p, *q; (p = rn_next(x)) && (q = rn_next(y));)
        CHECK(memcmp(rn_data(p->x), rn_data(q->x), (size_t)(32 * PIXELS)) == 0);
    CHECK_OK();
    rn_iterator_free(x);
    rn_iterator_free(y);
    rn_dataset_free(a);
    rn_dataset_free(b);
}

RN_TEST(the_first_record_of_cifar10_is_right)
{
    if (!test_data("cifar10/data_batch_1.bin")) SKIP("RENSA_DATA has no cifar10");
    rn_dataset *ds = rn_dataset_cifar10(RN_TRAIN);
    CHECK_OK();
    CHECK(rn_dataset_count(ds) >= 10000 && rn_dataset_count(ds) % 10000 == 0);
    float x[3072];
    int32_t t;
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ x, &t })));
    CHECK_EQ_I64(t, 6);
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[t], "frog");
    CHECK_EQ_I64(lroundf(x[0] * 255), 59);
    CHECK_EQ_I64(lroundf(x[1024] * 255), 62);
    CHECK_EQ_I64(lroundf(x[2048] * 255), 63);
    rn_dataset_free(ds);
    ds = rn_dataset_cifar10(RN_TEST, .dtype = RN_U8, .flat = true);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 3072);
    rn_dataset_free(ds);
}

RN_TEST(cifar_files_that_are_not_right_are_refused)
{
    char *data = getenv("RENSA_DATA") ? strdup(getenv("RENSA_DATA")) : NULL;
    char path[400];
    static unsigned char record[2 * 3073];
    snprintf(path, sizeof path, "%s/cifar10", test_folder());
    CHECK(rni_folder_make(path));
    setenv("RENSA_DATA", test_folder(), 1);
    setenv("XDG_CACHE_HOME", test_folder(), 1);
    setenv("RENSA_MIRRORS", "", 1);
    CHECK(rn_dataset_cifar10(RN_TEST) == NULL);
    CHECK_ERROR(RN_ERR_IO, "test_batch.bin");
    snprintf(path, sizeof path, "%s/cifar10/test_batch.bin", test_folder());
    CHECK(rni_file_write(path, record, sizeof record - 1));
    CHECK(rn_dataset_cifar10(RN_TEST) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "a multiple of 3073 bytes");
    record[3073] = 10;
    CHECK(rni_file_write(path, record, sizeof record));
    rn_dataset *ds = rn_dataset_cifar10(RN_TEST);
    CHECK_EQ_I64(rn_dataset_count(ds), 2);
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ NULL, NULL })));
    CHECK(!rn_dataset_read(ds, 1, ((void *[]){ NULL, NULL })));
    CHECK_ERROR(RN_ERR_FORMAT, "label 10");
    rn_dataset_free(ds);
    CHECK(rn_dataset_cifar10(RN_TRAIN, .source = "drawn") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "\"data\", \"cache\", \"download\"");
    if (data) setenv("RENSA_DATA", data, 1);
    free(data);
}

/* A member of a tar archive at `to`; returns the bytes that it takes. */
static int64_t put_member(char *to, const char *name, char kind, const char *data, int64_t n)
{
    unsigned sum = 0;
    memset(to, 0, 512);
    snprintf(to, 100, "%s", name);
    snprintf(to + 124, 12, "%011o", (unsigned)n);
    to[156] = kind;
    memset(to + 148, ' ', 8);
    for (int i = 0; i < 512; i++) sum += (unsigned char)to[i];
    snprintf(to + 148, 8, "%06o", sum);
    memset(to + 512, 0, (size_t)((n + 511) / 512 * 512));
    if (n) memcpy(to + 512, data, (size_t)n);
    return 512 + (n + 511) / 512 * 512;
}

RN_TEST(the_published_archive_is_unpacked)
{
    static char tar[16384], record[3073] = "\7";
    char path[300], folder[300], out[400];
    int64_t n = put_member(tar, "cifar/", '5', NULL, 0);
    n += put_member(tar + n, "cifar/test_batch.bin", '0', record, sizeof record);
    n += put_member(tar + n, "../../escape.bin", '0', "no", 2);
    n += put_member(tar + n, "cifar/readme.html", '0', "no", 2);
    n += 1024;
    snprintf(path, sizeof path, "%s/c.tar", test_folder());
    snprintf(folder, sizeof folder, "%s/unpacked/deep", test_folder());
    CHECK(rni_file_write(path, tar, n));
    CHECK(rni_cifar_unpack(path, folder));
    CHECK_OK();
    snprintf(out, sizeof out, "%s/test_batch.bin", folder);
    CHECK_EQ_I64(rni_file_bytes(out), 3073);
    snprintf(out, sizeof out, "%s/escape.bin", folder);
    CHECK_EQ_I64(rni_file_bytes(out), 2);
    snprintf(out, sizeof out, "%s/readme.html", folder);
    CHECK(!rni_file_exists(out));
    CHECK(rni_file_write(path, tar, 3000));
    CHECK(!rni_cifar_unpack(path, folder));
    CHECK_ERROR(RN_ERR_FORMAT, "truncated");
    CHECK(rni_file_write(path, tar, 300));
    CHECK(!rni_cifar_unpack(path, folder));
    CHECK_ERROR(RN_ERR_FORMAT, "truncated");
    tar[600] ^= 1;
    CHECK(rni_file_write(path, tar, n));
    CHECK(!rni_cifar_unpack(path, folder));
    CHECK_ERROR(RN_ERR_FORMAT, "damaged");
}
