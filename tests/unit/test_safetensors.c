/* safetensors: round trips, files laid out by hand, and headers that lie. */
#include "values.h"

#include "base/alloc.h"
#include "base/file.h"

#include <rensa/io.h>

static void write_file(const char *path, const char *header, int64_t claimed, const void *data, int64_t bytes)
{
    char file[8192] = { 0 };
    const int64_t n = (int64_t)strlen(header);
    for (int i = 0; i < 8; i++) file[i] = (char)((claimed < 0 ? n : claimed) >> 8 * i);
    memcpy(file + 8, header, (size_t)n);
    if (bytes) memcpy(file + 8 + n, data, (size_t)bytes);
    CHECK(rni_file_write(path, file, 8 + n + bytes));
}

static rn_dict *load_by_hand(const char *header, const void *data, int64_t bytes)
{
    write_file(test_path("hand.safetensors"), header, -1, data, bytes);
    return rn_safetensors_load(test_path("hand.safetensors"));
}

RN_TEST(a_file_laid_out_by_hand_is_read)
{
    /* out of order in the header, misaligned by the single byte in front, an empty one in between */
    static const unsigned char data[] = { 7, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0x34, 0x12 };
    rn_dict *d = load_by_hand("{\"__metadata__\":{\"format\":\"pt\",\"note\":\"\\u00e4\"},"
                              "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[1,9]},"
                              "\"b\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]},"
                              "\"none\":{\"dtype\":\"I64\",\"shape\":[0,3],\"data_offsets\":[9,9]},"
                              "\"u\":{\"dtype\":\"U16\",\"shape\":[1],\"data_offsets\":[9,11]}}   ",
                              data, sizeof data);
    CHECK_OK();
    CHECK_EQ_I64(rn_dict_count(d), 4);
    CHECK_EQ_STR(rn_dict_name_at(d, 0), "w");
    const float *w = rn_data(rn_dict_get(d, "w"));
    CHECK(w[0] == 1 && w[1] == 2);
    CHECK_EQ_I64(rn_tensor_shape(rn_dict_get(d, "w"))->dim[0], 2);
    CHECK_EQ_I64(*(const uint8_t *)rn_data(rn_dict_get(d, "b")), 7);
    CHECK_EQ_I64(rn_tensor_shape(rn_dict_get(d, "none"))->dim[1], 3);
    CHECK_EQ_I64(*(const int32_t *)rn_data(rn_dict_get(d, "u")), 0x1234);
    CHECK_EQ_STR(rn_dict_text(d, "format"), "pt");
    CHECK_EQ_STR(rn_dict_text(d, "note"), "\xc3\xa4");
    rn_dict_free(d);
    d = load_by_hand("{}", NULL, 0);
    CHECK_OK();
    CHECK_EQ_I64(rn_dict_count(d), 0);
    rn_dict_free(d);
}

RN_TEST(headers_that_lie_are_refused_with_their_place)
{
    static const struct {
        const char *header, *message;
    } bad[] = {
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}",
          "the shape of \"a\" does not fit its 4 bytes" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", "outside of the file's 8 bytes" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "outside of the file" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
          "offsets must be whole numbers from 0 on" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,9]}}", "must be two numbers" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
          "4 bytes at the end of the file belong to no" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", ":1:6: the bytes of \"a\" leave a hole" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\n\"b\":{\"dtype\":\"U8\",\"shape\":[5],"
          "\"data_offsets\":[3,8]}}",
          ":2:5: the bytes of \"b\" overlap" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "sizes must be whole numbers" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,8]}}", "sizes must be whole numbers" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}", "too many elements" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}",
          "\"shape\": expected an array, found a number" },
        { "{\"a\":{\"dtype\":4,\"shape\":[2],\"data_offsets\":[0,8]}}", "\"dtype\": expected a string" },
        { "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", "\"a\" has no dtype" },
        { "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", "\"a\" has no shape" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "\"a\" has no data_offsets" },
        { "{\"a\":[]}", "expected an object, found an array" },
        { "{\"\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "the name of a tensor is empty" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":1}", "the key \"a\" is there twice" },
        { "{\"__metadata__\":{\"x\":1},\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
          "expected a string" },
        { "{\"__metadata__\":3,\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", "expected an object" },
        { "[1]", "expected an object" },
        { "{\"a\":", "expected a value" },
        { "", "not a safetensors file, or it is truncated" },
    };
    for (size_t i = 0; i < RN_COUNTOF(bad); i++) {
        CHECK(load_by_hand(bad[i].header, "\0\0\0\0\0\0\0", 8) == NULL);
        CHECK_ERROR(RN_ERR_FORMAT, bad[i].message);
    }
    CHECK(load_by_hand("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}", "\0\0\0\0\0\0\0", 8) ==
          NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "\"a\" is of type F8_E4M3");
    CHECK(load_by_hand("{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,8],\"data_offsets\":[0,8]}}",
                       "\0\0\0\0\0\0\0", 8) == NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "more than 8 axes");
}

RN_TEST(a_header_longer_than_the_file_is_refused)
{
    static const int64_t claims[] = { 0, 1, 3, 1000, 100000001, INT64_MAX, -2 };
    for (size_t i = 0; i < RN_COUNTOF(claims); i++) {
        char file[10] = "\0\0\0\0\0\0\0\0{}";
        for (int k = 0; k < 8; k++) file[k] = (char)(claims[i] >> 8 * k);
        CHECK(rni_file_write(test_path("claim.safetensors"), file, 10));
        CHECK(rn_safetensors_load(test_path("claim.safetensors")) == NULL);
        CHECK_ERROR(RN_ERR_FORMAT, "claim.safetensors");
    }
    CHECK(rni_file_write(test_path("claim.safetensors"), "1234567", 7));
    CHECK(rn_safetensors_load(test_path("claim.safetensors")) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "too short");
    CHECK(rni_file_write(test_path("claim.safetensors"), "", 0));
    CHECK(rn_safetensors_load(test_path("claim.safetensors")) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "too short");
    CHECK(rn_safetensors_load(test_path("none.safetensors")) == NULL);
    CHECK_ERROR(RN_ERR_IO, "none.safetensors");
}

static rn_dict *sample_dict(void)
{
    rn_dict *d = rn_dict_new();
    RN_SCOPE
    {
        for (int i = 1; i < RN_DTYPE_COUNT; i++) {
            char name[32];
            snprintf(name, sizeof name, "%s \"quoted\"", rn_dtype_name((rn_dtype)i));
            CHECK(rn_dict_set(d, name, filled((rn_dtype)i, RN_SHAPE(3, 701))));
        }
        CHECK(rn_dict_set(d, "scalar", rn_scalar(2.5)));
        CHECK(rn_dict_set(d, "empty", filled(RN_F32, RN_SHAPE(0, 2))));
    }
    CHECK(rn_dict_set_text(d, "format", "rensa"));
    CHECK(rn_dict_set_text(d, "long", "line\nand \xe2\x82\xac"));
    return d;
}

static void check_same(const rn_dict *a, const rn_dict *b)
{
    CHECK_OK();
    CHECK_EQ_I64(rn_dict_count(a), rn_dict_count(b));
    for (int64_t i = 0; i < rn_dict_count(a); i++) {
        rn_tensor *t = rn_dict_tensor_at(a, i), *u = rn_dict_tensor_at(b, i);
        CHECK_EQ_STR(rn_dict_name_at(a, i), rn_dict_name_at(b, i));
        CHECK_EQ_I64(rn_tensor_dtype(t), rn_tensor_dtype(u));
        CHECK_EQ_I64(rn_tensor_shape(t)->rank, rn_tensor_shape(u)->rank);
        CHECK_EQ_I64(rn_tensor_bytes(t), rn_tensor_bytes(u));
        CHECK(memcmp(rn_data(t), rn_data(u), (size_t)rn_tensor_bytes(t)) == 0);
    }
    CHECK_EQ_I64(rn_dict_text_count(a), rn_dict_text_count(b));
    for (int64_t i = 0; i < rn_dict_text_count(a); i++) {
        const char *name = rn_dict_text_name_at(a, i);
        CHECK_EQ_STR(rn_dict_text(a, name), rn_dict_text(b, name));
    }
}

RN_TEST(all_types_and_texts_come_back)
{
    const int64_t tensors = rn_live_tensors();
    rn_dict *d = sample_dict();
    CHECK(rn_safetensors_save(test_path("all.safetensors"), d));
    rn_dict *back = rn_safetensors_load(test_path("all.safetensors"));
    check_same(d, back);
    /* What is mapped stays as it was when the file is replaced, and when it is removed. */
    rn_dict *other = rn_dict_new();
    CHECK(rn_dict_save(test_path("all.safetensors"), other));
    check_same(d, back);
    remove(test_path("all.safetensors"));
    check_same(d, back);
    rn_dict_free(other);
    rn_dict_free(back);
    rn_dict_free(d);
    CHECK_EQ_I64(rn_live_tensors() - tensors, 0);
}

RN_TEST(tensors_outlive_the_collection_that_they_came_in)
{
    rn_dict *d = sample_dict();
    CHECK(rn_safetensors_save(test_path("live.safetensors"), d));
    rn_dict *back = rn_safetensors_load(test_path("live.safetensors"));
    CHECK_OK();
    rn_tensor *t = rn_keep(rn_dict_get(back, "f64 \"quoted\""));
    rn_dict_free(back);
    CHECK(memcmp(rn_data(t), rn_data(rn_dict_get(d, "f64 \"quoted\"")), (size_t)rn_tensor_bytes(t)) == 0);
    rn_drop(t);
    rn_dict_free(d);
}

RN_TEST(the_file_is_the_same_each_time_and_its_tensors_are_aligned)
{
    rn_dict *d = sample_dict();
    void *a, *b;
    int64_t n, m;
    CHECK(rn_safetensors_save(test_path("one.safetensors"), d));
    CHECK(rn_safetensors_save(test_path("two.safetensors"), d));
    CHECK(rni_file_read(test_path("one.safetensors"), 1 << 20, &a, &n));
    CHECK(rni_file_read(test_path("two.safetensors"), 1 << 20, &b, &m));
    CHECK(n == m && memcmp(a, b, (size_t)n) == 0);
    const char *p = a;
    const int64_t header = (unsigned char)p[0] | (unsigned char)p[1] << 8;
    CHECK_EQ_I64((8 + header) % 64, 0);
    CHECK(strstr(p + 8, "\"f64 \\\"quoted\\\"\":{\"dtype\":\"F64\",\"shape\":[3,701],\"data_offsets\":[16824,33648]}"));
    rni_free(a);
    rni_free(b);
    rn_dict_free(d);
}

RN_TEST(saving_and_loading_survive_every_allocation_failure)
{
    rn_dict *d = sample_dict();
    for (int64_t n = 1;; n++) {
        const int64_t tensors = rn_live_tensors();
        rni_alloc_fail_after(n);
        rn_dict *back = NULL;
        const bool saved = rn_safetensors_save(test_path("m.safetensors"), d);
        if (saved) back = rn_safetensors_load(test_path("m.safetensors"));
        rni_alloc_fail_after(0);
        rn_dict_free(back);
        if (!back) CHECK_ERROR(RN_ERR_NOMEM, "memory");
        CHECK_EQ_I64(rn_live_tensors() - tensors, 0);
        if (back) break;
        CHECK(n < 2000);
    }
    CHECK_OK();
    rn_dict_free(d);
}

RN_TEST(what_cannot_be_saved_is_refused)
{
    rn_dict *d = rn_dict_new();
    RN_SCOPE CHECK(rn_dict_set(d, "__metadata__", rn_scalar(1)));
    CHECK(!rn_safetensors_save(test_path("x.safetensors"), d));
    CHECK_ERROR(RN_ERR_ARG, "a tensor called \"__metadata__\"");
    CHECK(!rni_file_exists(test_path("x.safetensors")));
    rn_dict_free(d);
    CHECK(!rn_safetensors_save(test_path("x.safetensors"), NULL));
    CHECK_ERROR(RN_ERR_ARG, "the collection is NULL");
    d = rn_dict_new();
    CHECK(!rn_safetensors_save(test_path("no/x.safetensors"), d));
    CHECK_ERROR(RN_ERR_IO, "No such file or directory");
    rn_dict_free(d);
}

/* ---- what a file is ---- */

static void check_info(const char *path, const char *format, const char *summary, int64_t items)
{
    rn_file_info *info = rn_file_info_load(path);
    CHECK_OK();
    CHECK_EQ_STR(info->format, format);
    CHECK_EQ_STR(info->summary, summary);
    CHECK_EQ_I64(info->item_count, items);
    CHECK_EQ_STR(info->path, path);
    CHECK_EQ_I64(info->bytes, rni_file_bytes(path));
    rn_file_info_free(info);
}

static const char *file_with(const char *name, const char *bytes, int64_t n)
{
    const char *path = test_path(name);
    CHECK(rni_file_write(path, bytes, n));
    return path;
}

RN_TEST(files_are_told_apart_by_their_contents)
{
    rn_dict *d = sample_dict(), *e = rn_dict_new();
    CHECK(rn_dict_set(e, "w", rn_dict_get(d, "scalar")));
    CHECK(rn_safetensors_save(test_path("a"), d) && rn_npz_save(test_path("b"), e) &&
          rn_npy_save(test_path("c"), rn_dict_get(d, "scalar")));
    check_info(test_path("a"), "safetensors", "12 tensors", 12);
    check_info(test_path("b"), "npz", "a NumPy archive of 1 arrays", 1);
    check_info(test_path("c"), "npy", "a NumPy array", 1);
    check_info(file_with("d",
                         "\0\0\x08\x01\0\0\0\x03"
                         "abc",
                         11),
               "idx", "an IDX array, as MNIST's", 1);
    check_info(file_with("e", " [1, 2]", 7), "json", "JSON: an array of 2", 0);
    check_info(file_with("f", "[section]\nkey\n", 14), "text", "text of 2 lines", 0);
    check_info(file_with("g", "\x01\x02\x03", 3), "unknown", "of a kind that is not known", 0);
    check_info(file_with("h", "", 0), "unknown", "an empty file", 0);
    rn_file_info *info = rn_file_info_load(test_path("a"));
    CHECK_EQ_I64(info->text_count, 2);
    CHECK_EQ_STR(info->texts[0].name, "format");
    CHECK_EQ_STR(info->items[0].name, "bool \"quoted\"");
    CHECK_EQ_STR(info->items[0].type, "bool");
    CHECK_EQ_I64(info->items[0].shape.dim[1], 701);
    CHECK_EQ_I64(info->items[0].bytes, 2103);
    rn_file_info_free(info);
    rn_dict_free(d);
    rn_dict_free(e);
}

RN_TEST(damaged_files_of_a_known_kind_say_so)
{
    CHECK(rn_file_info_load(file_with("i",
                                      "\0\0\x08\x01\0\0\0\x04"
                                      "abc",
                                      11)) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "the IDX file is truncated");
    CHECK(rn_file_info_load(file_with("x.json", "{\"a\" 1}", 7)) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "x.json:1:6: expected ':'");
    CHECK(rn_file_info_load(file_with("j", "\x93NUMPY\1\0\xff\xff", 10)) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "the NPY header is damaged");
    CHECK(rn_file_info_load(test_path("nowhere")) == NULL);
    CHECK_ERROR(RN_ERR_IO, "nowhere");
    rn_file_info_free(NULL);
}

RN_TEST(real_files_are_recognised)
{
    if (!test_data("mnist/t10k-images-idx3-ubyte.gz")) SKIP("RENSA_DATA/mnist is absent");
    check_info(test_data("mnist/t10k-images-idx3-ubyte.gz"), "gzip",
               "an IDX array, as MNIST's; packed with gzip, 7840016 bytes inside", 1);
    check_info(test_data("images/horse.png"), "png", "a picture of 400 x 328 pixels, RGB and alpha, 8 bits", 1);
    check_info(test_data("images/hopper_gray.jpg"), "jpeg", "a picture of 128 x 128 pixels, gray, 8 bits", 1);
    check_info(test_data("csv/iris.csv"), "text", "text of 150 lines", 0);
}
