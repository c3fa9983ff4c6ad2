/* Data sets by name and path; tables in the form of Neural Network Console. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "io/codec.h"

/* In a folder that is made if need be. */
static const char *path_of(const char *name)
{
    const char *path = test_path(name);
    char *folder = rni_path_folder(path);
    CHECK(rni_folder_make(folder));
    rni_free(folder);
    return path;
}

static const char *write_text(const char *name, const char *text)
{
    const char *path = path_of(name);
    CHECK(rni_file_write(path, text, (int64_t)strlen(text)));
    return path;
}

static bool write_png(const char *name, unsigned char value)
{
    const unsigned char pixels[6] = { value, 0, 0, 0, 0, 255 };
    const bool ok = rni_png_write(path_of(name), &(rni_image){ 2, 1, 3, 8, (void *)(uintptr_t)pixels });
    rn_error_clear();
    return ok;
}

RN_TEST(columns_of_one_name_are_gathered)
{
    const char *path = write_text("v.csv", "\xef\xbb\xbf"
                                           "x__1:b,y:label,x__0:a,# note,z\r\n2,3,1,hello,9\r\n5,0,4,,8\r\n");
    rn_dataset *ds = rn_dataset_nnc(path, .labels = "y");
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_count(ds), 2);
    CHECK_EQ_I64(rn_dataset_column_count(ds), 3);
    CHECK_EQ_STR(rn_dataset_column(ds, 0)->name, "x");
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 2);
    CHECK_EQ_I64(rn_dataset_column(ds, 1)->class_count, 4);
    CHECK_EQ_I64(rn_dataset_column(ds, 2)->shape.rank, 1);
    float x[2], z;
    int32_t y;
    CHECK(rn_dataset_read(ds, 1, ((void *[]){ x, &y, &z })));
    CHECK_EQ_I64(x[0], 4);
    CHECK_EQ_I64(x[1], 5);
    CHECK_EQ_I64(y, 0);
    CHECK_EQ_I64(z, 8);
    rn_dataset_free(ds);
    ds = rn_dataset_open(path);
    CHECK_EQ_I64(rn_dataset_column(ds, 1)->dtype, RN_F32);
    rn_dataset_free(ds);
}

RN_TEST(cells_name_pictures_tables_and_arrays)
{
    if (!write_png("nnc/img/a.png", 102) || !write_png("nnc/img/b.png", 51)) SKIP("librensa_io.so is absent");
    write_text("nnc/m0.csv", "1,2\n3,4\n5,6\n");
    write_text("nnc/m1.csv", "6,5\n4,3\n2,1\n");
    RN_SCOPE
    {
        CHECK(rn_npy_save(path_of("nnc/0.npy"), rn_array_i32(RN_SHAPE(3), 7, 8, 9)));
        CHECK(rn_npy_save(path_of("nnc/1.npy"), rn_array_f32(RN_SHAPE(3), 1, 2, 3)));
    }
    rn_dataset *ds =
        rn_dataset_nnc(write_text("nnc/index.csv",
                                  "x:image,m,a,y:class\nimg/a.png,m0.csv,0.npy,1\nimg/b.png,./m1.csv,1.npy,0\n"),
                       .labels = "y");
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 3);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[2], 2);
    CHECK_EQ_I64(rn_dataset_column(ds, 1)->shape.dim[0], 3);
    CHECK_EQ_I64(rn_dataset_column(ds, 2)->shape.dim[0], 3);
    float x[6], m[6], a[3];
    int32_t y;
    CHECK(rn_dataset_read(ds, 0, ((void *[]){ x, m, a, &y })));
    CHECK_NEAR(x[0], 0.4, 1e-6);
    CHECK_NEAR(x[5], 1, 1e-6);
    CHECK_EQ_I64(m[2], 3);
    CHECK_EQ_I64(a[2], 9);
    CHECK_EQ_I64(y, 1);
    CHECK(rn_dataset_read(ds, 1, ((void *[]){ x, m, a, &y })));
    CHECK_EQ_I64(m[0], 6);
    CHECK_EQ_I64(a[1], 2);
    rn_dataset_free(ds);
    ds = rn_dataset_nnc(path_of("nnc/index.csv"), .raw = true);
    CHECK(rn_dataset_read(ds, 1, ((void *[]){ x, NULL, NULL, NULL })));
    CHECK_NEAR(x[0], 51, 1e-4);
    rn_dataset_free(ds);
}

RN_TEST(what_is_wrong_with_a_table_of_files_is_said)
{
    const struct {
        const char *text, *labels, *error;
        rn_status status;
    } rows[] = {
        { "", NULL, "the table is empty", RN_ERR_FORMAT },
        { "# a,# b\n1,2\n", NULL, "no column is a variable", RN_ERR_FORMAT },
        { "x,x\n1,2\n", NULL, "column 1: \"x\" is there already", RN_ERR_FORMAT },
        { "x__0,x\n1,2\n", NULL, "\"x\" is there already", RN_ERR_FORMAT },
        { "x__0,x__2\n1,2\n", NULL, "there is no x__1", RN_ERR_FORMAT },
        { "x__9999999\n1\n", NULL, "too large", RN_ERR_FORMAT },
        { ":a\n1\n", NULL, "the name of the variable is missing", RN_ERR_FORMAT },
        { "x,y\n1\n", NULL, "row 2: the row has 1 cells", RN_ERR_FORMAT },
        { "x__0,x__1\n1,a\n", NULL, "row 2, column \"x\": \"a\" is not a number", RN_ERR_FORMAT },
        { "x,y\n1,0.5\n", "y", "row 2, column \"y\": \"0.5\" is not the number of a class", RN_ERR_FORMAT },
        { "x,y\n1,0\n", "t", "no variable \"t\"", RN_ERR_ARG },
        { "x,y\nnone.png,0\n", NULL, "none.png", RN_ERR_IO },
        { "x,y\nfile.xyz,0\n", NULL, "files of this kind", RN_ERR_UNSUPPORTED },
        { "x,y\na.csv,0\n,1\n", NULL, "row 3, column \"x\": the path is missing", RN_ERR_FORMAT },
    };
    write_text("bad/a.csv", "1,2\n");
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        const int64_t blocks = rni_alloc_live();
        CHECK(rn_dataset_nnc(write_text("bad/index.csv", rows[i].text), .labels = rows[i].labels) == NULL);
        CHECK_ERROR(rows[i].status, rows[i].error);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
    write_text("bad/b.csv", "1\n2\n");
    rn_dataset *ds = rn_dataset_nnc(write_text("bad/index.csv", "x\na.csv\nb.csv\n"));
    float x[2];
    CHECK(!rn_dataset_read(ds, 1, ((void *[]){ x })));
    CHECK(strstr(rn_error_last()->message, "row 3, variable \"x\"") != NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "another shape");
    rn_dataset_free(ds);
}

RN_TEST(known_data_sets_are_listed_and_opened)
{
    int n = 0;
    for (; rn_dataset_known(n); n++)
        CHECK(rn_dataset_known(n)->name && rn_dataset_known(n)->brief && rn_dataset_known(n)->origin);
    CHECK(n >= 4);
    rn_dataset *ds = rn_dataset_open("drawn", RN_TEST, .dtype = RN_U8, .flat = true);
    CHECK_EQ_I64(rn_dataset_count(ds), 10000);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 784);
    rn_dataset_free(ds);
    ds = rn_dataset_open("mnist", .source = "drawn");
    CHECK_EQ_STR(rn_dataset_source(ds), "drawn digits");
    rn_dataset_free(ds);
    CHECK(rn_dataset_open("mnst") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"mnist\"?");
    CHECK(rn_dataset_open(NULL) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "the name is missing");
}

RN_TEST(files_and_folders_are_opened_by_what_they_are)
{
    rn_dataset *ds = rn_dataset_open(write_text("plain.csv", "a,b\n1,2\n3,4\n"));
    CHECK_EQ_I64(rn_dataset_count(ds), 2);
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->name, "t");
    rn_dataset_free(ds);
    CHECK(rn_dataset_open(path_of("plain.csv"), RN_TEST) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "a file has no parts");
    CHECK(rn_dataset_open(write_text("plain.xyz", "?")) == NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "plain.xyz");
    CHECK(rni_file_write(path_of("a-idx1-ubyte"), "\0\0\10\1\0\0\0\1\5", 9));
    ds = rn_dataset_open(path_of("a-idx1-ubyte"));
    CHECK_EQ_I64(rn_dataset_count(ds), 1);
    rn_dataset_free(ds);
    if (!write_png("tree/train/a/1.png", 1)) return;
    write_png("tree/test/b/1.png", 1);
    ds = rn_dataset_open(path_of("tree"), RN_TEST);
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[0], "b");
    rn_dataset_free(ds);
    ds = rn_dataset_open(path_of("tree/train"));
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[0], "a");
    rn_dataset_free(ds);
    CHECK(rn_dataset_open(path_of("tree"), RN_VALID) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no part \"valid\"");
}

/* Without an allocation of the test's own. */
static rn_dataset *open_everything(int which)
{
    switch (which) {
    case 0:
        return rn_dataset_open(test_path("mem/v.csv"));
    case 1:
        return rn_dataset_images(test_path("mem/list.txt"), .width = 2, .height = 2);
    case 2:
        return rn_dataset_images(test_path("mem/tree"), .width = 3, .height = 2, .dtype = RN_U8);
    case 3:
        return rn_dataset_open(test_path("mem/t-ubyte"));
    case 4:
        return rn_dataset_open("mnist");
    case 5:
        return rn_dataset_nnc(test_path("mem/index.csv"));
    default:
        return rn_dataset_augment(rn_dataset_pass(rn_dataset_drawn(RN_TRAIN, .count = 2)),
                                  RN_STEPS(RN_STEP_CROP(.pad = 2), RN_STEP_NOISE()));
    }
}

RN_TEST(lack_of_memory_is_never_taken_for_something_else)
{
    char *data = getenv("RENSA_DATA") ? strdup(getenv("RENSA_DATA")) : NULL;
    setenv("RENSA_DATA", path_of("mem"), 1);
    if (!write_png("mem/tree/a/1.png", 9)) SKIP("librensa_io.so is absent");
    write_text("mem/v.csv", "x__0,x__1,y:l\n1,2,3\n");
    write_text("mem/list.txt", "tree/a/1.png dog\n");
    write_text("mem/index.csv", "x,y\ntree/a/1.png,0\n");
    CHECK(rni_file_write(path_of("mem/t-ubyte"), "\0\0\14\1\0\0\0\1\0\0\0\5", 12));
    char images[16 + 784] = "\0\0\10\3\0\0\0\1\0\0\0\34\0\0\0\34";
    CHECK(rni_file_write(path_of("mem/mnist/train-images-idx3-ubyte"), images, sizeof images));
    CHECK(rni_file_write(path_of("mem/mnist/train-labels-idx1-ubyte"), "\0\0\10\1\0\0\0\1\7", 9));
    for (int which = 0; which < 7; which++) {
        bool done = false;
        for (int n = 1; !done && n < 500; n++) {
            float x[2000];
            const int64_t blocks = rni_alloc_live();
            rni_alloc_fail_after(n);
            rn_dataset *ds = open_everything(which);
            done = ds && rn_dataset_read(ds, 0, ((void *[]){ x, NULL }));
            rni_alloc_fail_after(0);
            if (!done) CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
            if (done && which == 4) CHECK(strncmp(rn_dataset_source(ds), "data ", 5) == 0);
            rn_dataset_free(ds);
            CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
        }
        CHECK(done);
    }
    if (data) setenv("RENSA_DATA", data, 1);
    free(data);
}
