/* CSV: rows, types, headers, categories, missing values; what is wrong is said with its row. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "data/csv.h"

static const char *write_text(const char *name, const char *text)
{
    const char *path = test_path(name);
    CHECK(rni_file_write(path, text, (int64_t)strlen(text)));
    return path;
}

/* All cells as "a|b/c|d", or the error. */
static const char *rows_of(const char *text, int64_t n)
{
    static char out[500];
    rni_csv csv;
    int more;
    size_t at = 0;
    out[0] = '\0';
    rni_csv_begin(&csv, text, n, ',', "t.csv");
    while ((more = rni_csv_next(&csv)) > 0) {
        for (int64_t i = 0; i < csv.count; i++)
            at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s",
                                   i    ? "|"
                                   : at ? "/"
                                        : "",
                                   (int)csv.cells[i].n, csv.cells[i].at);
    }
    if (more < 0) {
        snprintf(out, sizeof out, "%s", rn_error_last()->message);
        rn_error_clear();
    }
    rni_csv_end(&csv);
    return out;
}

RN_TEST(rows_follow_rfc_4180)
{
    const struct {
        const char *text, *want;
    } rows[] = {
        { "a,b\nc,d\n", "a|b/c|d" },
        { "a,b\r\nc,d", "a|b/c|d" },
        { "a,b\rc,d\r", "a|b/c|d" },
        { "\xef\xbb\xbf"
          "a,b",
          "a|b" },
        { "a,\n,b\n", "a|/|b" },
        { "\n\na\n\n\nb\n\n", "a/b" },
        { "\"a,b\",\"c\"\"d\"\n\"e\nf\",g", "a,b|c\"d/e\nf|g" },
        { "\"\"\"\",\"\"", "\"|" },
        { "x\"y,z", "x\"y|z" },
        { "\"a\r\nb\"\r\nc", "a\r\nb/c" },
        { "", "" },
        { "\xef\xbb\xbf", "" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++)
        CHECK_EQ_STR(rows_of(rows[i].text, (int64_t)strlen(rows[i].text)), rows[i].want);
    CHECK_EQ_STR(rows_of("a\n\"b\nc", 6), "csv: row 2, column 0: a quote is opened and not closed\n  file    t.csv:2");
    CHECK_EQ_STR(rows_of("\"a\n\"\nb,\"c\"d", 11),
                 "csv: row 2, column 1: there is text behind the quote that ends the cell\n  file    t.csv:3");
    CHECK(strstr(rows_of("a,b\0c", 5), "row 1, column 1: there is a byte 0") != NULL);
}

RN_TEST(numbers_are_told_from_texts)
{
    const struct {
        const char *text;
        double value;
        bool is;
    } rows[] = {
        { ".28", .28, true },
        { "5.", 5, true },
        { "-0.5", -.5, true },
        { "+7", 7, true },
        { "1e-3", 1e-3, true },
        { " 4 ", 4, true },
        { "1.5E+2", 150, true },
        { "0.1", .1, true },
        { "123456789012345678", 123456789012345678.0, true },
        { "179.76931348623157e306", 1.7976931348623157e308, true },
        { "0.30000000000000004", 0.30000000000000004, true },
        { "", 0, false },
        { ".", 0, false },
        { "-", 0, false },
        { "1.2.3", 0, false },
        { "0x10", 0, false },
        { "inf", 0, false },
        { "1e999", 0, false },
        { "12a", 0, false },
        { "e5", 0, false },
        { "1-2", 0, false },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        double v = 0;
        const bool is = rni_csv_number(&(rni_csv_cell){ rows[i].text, (int64_t)strlen(rows[i].text) }, &v);
        if (is != rows[i].is || (is && v != rows[i].value))
            test_failed(__FILE__, __LINE__, "\"%s\": %d %.17g", rows[i].text, is, v);
    }
}

static void check_row(rn_dataset *ds, int64_t i, int64_t n, const double *want)
{
    float x[64];
    CHECK(rn_dataset_read(ds, i, ((void *[]){ x, NULL })));
    for (int64_t k = 0; k < n; k++) CHECK_NEAR((double)x[k], want[k], 1e-5 * (1 + fabs(want[k])));
}

static int32_t class_of(rn_dataset *ds, int64_t i)
{
    int32_t t = -1;
    CHECK(rn_dataset_read(ds, i, ((void *[]){ NULL, &t })));
    return t;
}

RN_TEST(inputs_categories_and_targets_are_found)
{
    const char *path = write_text("mix.csv", "size,colour,price\n1,red,10\n2,blue,20\n.5,red,30\n");
    rn_dataset *ds = rn_dataset_csv(path);
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_count(ds), 3);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 3);
    CHECK_EQ_STR(rn_dataset_feature(ds, 0), "size");
    CHECK_EQ_STR(rn_dataset_feature(ds, 1), "colour=blue");
    CHECK_EQ_STR(rn_dataset_feature(ds, 2), "colour=red");
    CHECK(rn_dataset_feature(ds, 3) == NULL);
    check_row(ds, 2, 3, (const double[]){ .5, 0, 1 });
    float price;
    CHECK(rn_dataset_read(ds, 1, ((void *[]){ NULL, &price })));
    CHECK_NEAR(price, 20, 0);
    CHECK_EQ_I64(rn_dataset_column(ds, 1)->dtype, RN_F32);
    rn_dataset_free(ds);
    ds = rn_dataset_csv(path, .target = "colour", .ignore = "price");
    CHECK_EQ_I64(rn_dataset_column(ds, 1)->dtype, RN_I32);
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[0], "blue");
    CHECK_EQ_I64(class_of(ds, 0), 1);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 1);
    rn_dataset_free(ds);
    ds = rn_dataset_csv(path, .target = "size, price", .ordinal = true);
    CHECK_EQ_I64(rn_dataset_column(ds, 1)->shape.dim[0], 2);
    check_row(ds, 0, 1, (const double[]){ 1 });
    rn_dataset_free(ds);
    ds = rn_dataset_csv(path, .target = "");
    CHECK_EQ_I64(rn_dataset_column_count(ds), 1);
    rn_dataset_free(ds);
    ds = rn_dataset_csv(path, .target = "-1", .inputs = "0");
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 1);
    rn_dataset_free(ds);
    ds = rn_dataset_csv(path, .target = "price", .classify = true);
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[2], "30");
    rn_dataset_free(ds);
}

RN_TEST(columns_that_are_not_there_are_reported)
{
    const char *path = write_text("cols.csv", "size,colour,price\n1,red,10\n2,blue,20\n");
    CHECK(rn_dataset_csv(path, .target = "prize") == NULL);
    CHECK(strstr(rn_error_last()->message, "did you mean \"price\"?") != NULL);
    CHECK_ERROR(RN_ERR_ARG, "no column \"prize\"");
    CHECK(rn_dataset_csv(path, .target = "3") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no column \"3\"");
    CHECK(rn_dataset_csv(path, .target = "price", .inputs = "price") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "named twice");
    CHECK(rn_dataset_csv(path, .target = "colour,price") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "one class, or numbers only");
    CHECK(rn_dataset_csv(path, .target = "size,colour,price") == NULL);
    rn_error_clear();
    CHECK(rn_dataset_csv(write_text("one.csv", "1\n2\n")) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no column is left for x");
    CHECK(rn_dataset_csv(NULL) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "path");
}

RN_TEST(headers_are_recognised)
{
    const struct {
        const char *text;
        rn_header header;
        int64_t count;
    } rows[] = {
        { "a,b\n1,2\n", RN_HEADER_AUTO, 1 }, { "1,2\n3,4\n", RN_HEADER_AUTO, 2 }, { "a,1\nb,2\n", RN_HEADER_AUTO, 2 },
        { "a,b\nc,d\n", RN_HEADER_AUTO, 2 }, { "a,b\nc,d\n", RN_HEADER_YES, 1 },  { "7,8\n1,2\n", RN_HEADER_YES, 1 },
        { "1,2\n", RN_HEADER_NO, 1 },        { "a,b\n", RN_HEADER_AUTO, 1 },      { "a,b\n", RN_HEADER_YES, 0 },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        rn_dataset *ds = rn_dataset_csv(write_text("head.csv", rows[i].text), .header = rows[i].header);
        CHECK_OK();
        CHECK_EQ_I64(rn_dataset_count(ds), rows[i].count);
        rn_dataset_free(ds);
    }
}

RN_TEST(other_separators_and_quotes_work)
{
    rn_dataset *ds = rn_dataset_csv(write_text("semi.csv", "\"a;b\";c\n\"1\";x\n2;\"y;z\"\n"), .separator = ';');
    CHECK_OK();
    CHECK_EQ_STR(rn_dataset_feature(ds, 0), "a;b");
    CHECK_EQ_STR(rn_dataset_column(ds, 1)->classes[1], "y;z");
    rn_dataset_free(ds);
}

RN_TEST(missing_values_are_an_error_or_filled)
{
    const char *path = write_text("gap.csv", "a,b,t\n1,x,0\n,x,1\n4,?,1\n7,y,NA\n");
    CHECK(rn_dataset_csv(path) == NULL);
    CHECK(strstr(rn_error_last()->message, "gap.csv:3") != NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "row 3, column \"a\": the value is missing");
    CHECK(rn_dataset_csv(path, .missing = RN_MISSING_MEAN) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "row 5, column \"t\": the target is missing");
    rn_dataset *ds = rn_dataset_csv(path, .missing = RN_MISSING_SKIP);
    CHECK_EQ_I64(rn_dataset_count(ds), 1);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 2);
    rn_dataset_free(ds);
    const struct {
        rn_missing how;
        double a, x, y;
    } rows[] = { { RN_MISSING_MEAN, 4, 1, 0 }, { RN_MISSING_MEDIAN, 4, 1, 0 }, { RN_MISSING_ZERO, 0, 0, 0 } };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        ds = rn_dataset_csv(path, .missing = rows[i].how, .target = "");
        CHECK_EQ_I64(rn_dataset_count(ds), 4);
        check_row(ds, 1, 1, &rows[i].a);
        check_row(ds, 2, 3, (const double[]){ 4, rows[i].x, rows[i].y });
        rn_dataset_free(ds);
    }
}

RN_TEST(another_table_is_read_like_the_first)
{
    rn_dataset *train = rn_dataset_csv(write_text("train.csv", "a,b,t\n1,x,no\n3,y,yes\n2,z,no\n"));
    rn_dataset *test =
        rn_dataset_csv(write_text("test.csv", "a,b,t\n,z,yes\n5,x,yes\n"), .like = train, .missing = RN_MISSING_MEAN);
    CHECK_OK();
    check_row(test, 0, 4, (const double[]){ 2, 0, 0, 1 });
    CHECK_EQ_I64(class_of(test, 0), 1);
    CHECK_EQ_I64(rn_dataset_column(test, 1)->class_count, 2);
    rn_dataset_free(test);
    rn_dataset *inputs = rn_dataset_csv(write_text("inputs.csv", "a,b\n5,x\n"), .like = train);
    CHECK_OK();
    CHECK_EQ_I64(rn_dataset_column_count(inputs), 1);
    check_row(inputs, 0, 4, (const double[]){ 5, 1, 0, 0 });
    rn_dataset_free(inputs);
    CHECK(rn_dataset_csv(write_text("test.csv", "a\n5\n"), .like = train) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "1 and 3 columns");
    CHECK(rn_dataset_csv(write_text("test.csv", "a,b,t\n1,w,yes\n"), .like = train) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "row 2, column \"b\": \"w\" is not among the categories");
    CHECK(rn_dataset_csv(write_text("test.csv", "a,c,t\n1,x,yes\n"), .like = train) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "called \"c\" in one table");
    rn_dataset_free(train);
    rn_dataset *other = rn_dataset_drawn(RN_TRAIN, .count = 1);
    CHECK(rn_dataset_csv(write_text("test.csv", "1,2\n"), .like = other) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "not a table");
    rn_dataset_free(other);
}

RN_TEST(what_is_wrong_is_said_with_its_row)
{
    const struct {
        const char *text, *error;
    } rows[] = {
        { "", "the table is empty" },
        { "\xef\xbb\xbf\n\n", "the table is empty" },
        { "1,2\n3\n", "row 2: the row has 1 cells" },
        { "a,b\n1,2\n3,4,5\n", "row 3: the row has 3 cells" },
        { "a,b\n1,2\n\"3,4\n", "row 3, column 0: a quote is opened and not closed" },
        { "a,b\n1,2\nfoo,3\n4,5\n", "row 3, column \"a\": \"foo\" is not a number" },
    };
    for (size_t i = 0; i < RN_COUNTOF(rows); i++) {
        const int64_t blocks = rni_alloc_live();
        CHECK(rn_dataset_csv(write_text("bad.csv", rows[i].text)) == NULL);
        CHECK(strstr(rn_error_last()->message, "bad.csv") != NULL);
        CHECK(strstr(rn_error_last()->message, "test_dataset_csv.c") != NULL);
        CHECK_ERROR(RN_ERR_FORMAT, rows[i].error);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
}

RN_TEST(names_of_rows_are_not_taken_for_categories)
{
    rni_str text = { 0 };
    rni_str_add(&text, "id,v,t\n");
    for (int i = 0; i < 5000; i++) rni_str_addf(&text, "name%d,%d,%d\n", i, i, i % 2);
    const char *path = write_text("ids.csv", text.at);
    rni_str_free(&text);
    CHECK(rn_dataset_csv(path) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "more than 4096 different texts");
    rn_dataset *ds = rn_dataset_csv(path, .ignore = "id");
    CHECK_EQ_I64(rn_dataset_count(ds), 5000);
    rn_dataset_free(ds);
}

RN_TEST(lack_of_memory_leaks_nothing)
{
    const char *path = write_text("mem.csv", "a,\"b\"\"c\",t\n1,x,no\n3,\"y\"\"q\",yes\n2,z,no\n");
    bool done = false;
    for (int n = 1; !done && n < 500; n++) {
        const int64_t blocks = rni_alloc_live();
        rni_alloc_fail_after(n);
        rn_dataset *ds = rn_dataset_csv(path, .missing = RN_MISSING_MEDIAN);
        rni_alloc_fail_after(0);
        done = ds != NULL;
        if (!done) CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
        rn_dataset_free(ds);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
    CHECK(done);
}

RN_TEST(public_tables_are_read)
{
    if (!test_data("csv/iris.csv")) SKIP("RENSA_DATA has no csv");
    const struct {
        const char *name;
        int64_t rows, features, classes;
        bool classify;
    } sets[] = {
        { "csv/iris.csv", 150, 4, 3, false },
        { "csv/wine.csv", 178, 13, 3, true },
        { "csv/sonar.csv", 208, 60, 2, false },
        { "csv/banknote_authentication.csv", 1372, 4, 2, true },
        { "csv/abalone.csv", 4177, 10, 0, false },
        { "csv/winequality-red.csv", 1599, 11, 0, false },
        { "csv/winequality-red.csv", 1599, 11, 6, true },
    };
    for (size_t i = 0; i < RN_COUNTOF(sets); i++) {
        rn_dataset *ds = rn_dataset_csv(test_data(sets[i].name), .classify = sets[i].classify);
        CHECK_OK();
        CHECK_EQ_I64(rn_dataset_count(ds), sets[i].rows);
        CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], sets[i].features);
        CHECK_EQ_I64(rn_dataset_column(ds, 1)->class_count, sets[i].classes);
        rn_dataset_free(ds);
    }
    rn_dataset *ds = rn_dataset_csv(test_data("csv/wine.csv"));
    check_row(ds, 0, 13,
              (const double[]){ 14.23, 1.71, 2.43, 15.6, 127, 2.8, 3.06, .28, 2.29, 5.64, 1.04, 3.92, 1065 });
    rn_dataset_free(ds);
    ds = rn_dataset_csv(test_data("csv/airline-passengers.csv"), .target = "Passengers", .ignore = "Month");
    CHECK_ERROR(RN_ERR_ARG, "no column is left for x");
    ds = rn_dataset_csv(test_data("csv/airline-passengers.csv"), .target = "", .inputs = "Passengers");
    CHECK_EQ_I64(rn_dataset_count(ds), 144);
    check_row(ds, 1, 1, (const double[]){ 118 });
    rn_dataset_free(ds);
}

RN_TEST(the_empty_cells_of_california_are_found_and_filled)
{
    if (!test_data("csv/california_housing.csv")) SKIP("RENSA_DATA has no csv");
    const char *path = test_data("csv/california_housing.csv");
    CHECK(rn_dataset_csv(path, .target = "median_house_value") == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "row 184, column \"total_bedrooms\": the value is missing");
    rn_dataset *ds = rn_dataset_csv(path, .target = "median_house_value", .missing = RN_MISSING_SKIP);
    CHECK_EQ_I64(rn_dataset_count(ds), 20640 - 207);
    rn_dataset_free(ds);
    ds = rn_dataset_csv(path, .target = "median_house_value", .missing = RN_MISSING_MEDIAN);
    CHECK_EQ_I64(rn_dataset_count(ds), 20640);
    CHECK_EQ_I64(rn_dataset_column(ds, 0)->shape.dim[0], 8 + 5);
    CHECK_EQ_STR(rn_dataset_feature(ds, 12), "ocean_proximity=NEAR OCEAN");
    float x[13];
    CHECK(rn_dataset_read(ds, 182, ((void *[]){ x, NULL })));
    CHECK_NEAR((double)x[4], 435, 0);
    rn_dataset_free(ds);
}
