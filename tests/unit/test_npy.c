/* NPY and NPZ: round trips, both ways with NumPy itself, and files that are wrong. */
#include "values.h"

#include "base/alloc.h"
#include "base/file.h"
#include "io/codec.h"

#include <rensa/io.h>

/* ---- a file made by hand ---- */

static void write_npy(const char *path, int version, const char *dictionary, const void *data, int64_t bytes)
{
    char file[4096];
    const int start = version == 1 ? 10 : 12, length = (int)strlen(dictionary) + 1;
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (char)version;
    file[7] = 0;
    file[8] = (char)(length & 255);
    file[9] = (char)(length >> 8);
    file[10] = file[11] = 0;
    snprintf(file + start, sizeof file - 12, "%s\n", dictionary);
    memcpy(file + start + length, data, (size_t)bytes);
    CHECK(rni_file_write(path, file, start + length + bytes));
}

static rn_tensor *load_by_hand(int version, const char *dictionary, const void *data, int64_t bytes)
{
    write_npy(test_path("hand.npy"), version, dictionary, data, bytes);
    return rn_npy_load(test_path("hand.npy"));
}

static void check_tensor(rn_tensor *t, rn_dtype dtype, rn_shape shape, const void *data)
{
    CHECK_OK();
    CHECK_EQ_STR(rn_dtype_name(rn_tensor_dtype(t)), rn_dtype_name(dtype));
    CHECK_EQ_I64(rn_tensor_shape(t)->rank, shape.rank);
    for (int i = 0; i < shape.rank; i++) CHECK_EQ_I64(rn_tensor_shape(t)->dim[i], shape.dim[i]);
    CHECK(memcmp(rn_data(t), data, (size_t)rn_tensor_bytes(t)) == 0);
}

RN_TEST(headers_of_all_versions_and_spellings_are_read)
{
    static const float data[6] = { 1, 2, 3, 4, 5, 6 };
    static const char *const headers[] = {
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
        "{\"shape\":(2,3),\"fortran_order\":False,\"descr\":\"<f4\"}",
        "{'shape': (2L, 3L), 'descr': 'f4' , 'fortran_order' : False}      ",
        "{'descr': '=f4', 'fortran_order': False, 'shape': (2, 3,), }",
    };
    for (int version = 1; version <= 3; version++) {
        for (size_t i = 0; i < RN_COUNTOF(headers); i++) {
            RN_SCOPE
            {
                check_tensor(load_by_hand(version, headers[i], data, 24), RN_F32, RN_SHAPE(2, 3), data);
            }
        }
    }
}

RN_TEST(damaged_headers_are_refused)
{
    static const struct {
        const char *header, *message;
    } bad[] = {
        { "{'descr': '<f4', 'fortran_order': False, }", "one of descr, fortran_order, shape is missing" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'x': 1}", "a key that it must not have" },
        { "{'descr': '<f4', 'descr': '<f4', 'shape': (2, 3)}", "or twice" },
        { "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}", "neither True nor False" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3)}", "not a tuple of sizes" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (6)}", "not a tuple of sizes" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': 6}", "not a tuple" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", "not a tuple of sizes" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 2)}", "too many elements" },
        { "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} x", "something follows the dictionary" },
        { "{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3)}", "not a dictionary" },
        { "{'descr': f4, 'fortran_order': False, 'shape': (2, 3)}", "not a type" },
        { "{'descr': [('a', '<f4'), 'fortran_order': False, 'shape': (2,)", "has no end" },
        { "[1]", "not a dictionary" },
        { "", "not a dictionary" },
    };
    for (size_t i = 0; i < RN_COUNTOF(bad); i++) {
        CHECK(load_by_hand(1, bad[i].header, "", 0) == NULL);
        CHECK_ERROR(RN_ERR_FORMAT, bad[i].message);
    }
    CHECK(load_by_hand(4, "{}", "", 0) == NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "NPY version 4.0 is not known");
}

RN_TEST(a_header_that_claims_more_than_the_file_holds_takes_no_memory)
{
    const char *header = "{'descr': '<f8', 'fortran_order': True, 'shape': (1000000, 1000000), }";
    CHECK(load_by_hand(1, header, "12345678", 8) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "the array is truncated\n  expect  8000000000000 bytes of data\n  actual  8");
    CHECK(load_by_hand(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "12345", 5) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "more bytes follow the array");
    CHECK(load_by_hand(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2305843009213693953,4), }", "", 0) ==
          NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "hand.npy");
}

RN_TEST(types_that_rensa_does_not_have_are_named)
{
    static const struct {
        const char *type, *message;
    } types[] = { { "'|O'", "Python objects (pickles)" },
                  { "'<c8'", "complex numbers" },
                  { "'<U5'", "text" },
                  { "'|S3'", "byte strings" },
                  { "'<M8[ns]'", "dates" },
                  { "'|V4'", "raw records" },
                  { "'<f16'", "floats of this size" },
                  { "'<x9'", "an unknown type" },
                  { "[('a', '<f4'), ('b', '<i2')]", "several fields" } };
    for (size_t i = 0; i < RN_COUNTOF(types); i++) {
        char header[200];
        snprintf(header, sizeof header, "{'descr': %s, 'fortran_order': False, 'shape': (1,), }", types[i].type);
        CHECK(load_by_hand(1, header, "0123456789abcdef", 16) == NULL);
        CHECK_ERROR(RN_ERR_UNSUPPORTED, types[i].message);
    }
    CHECK(load_by_hand(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", "x", 1) == NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "more than 8 axes");
}

RN_TEST(unsigned_types_are_widened_and_what_does_not_fit_is_said)
{
    static const uint8_t u2[] = { 0xff, 0xff, 1, 0 }, u4[] = { 0xff, 0xff, 0xff, 0xff }, b[] = { 0, 1, 2, 255 };
    static const uint8_t u8[] = { 1, 0, 0, 0, 0, 0, 0, 0x7f }, too_large[] = { 0, 0, 0, 0, 0, 0, 0, 0x80 };
    RN_SCOPE
    {
        check_tensor(load_by_hand(1, "{'descr': '<u2', 'fortran_order': False, 'shape': (2,), }", u2, 4), RN_I32,
                     RN_SHAPE(2), (const int32_t[]){ 65535, 1 });
        check_tensor(load_by_hand(1, "{'descr': '<u4', 'fortran_order': False, 'shape': (), }", u4, 4), RN_I64,
                     RN_SCALAR, (const int64_t[]){ 4294967295 });
        check_tensor(load_by_hand(1, "{'descr': '<u8', 'fortran_order': False, 'shape': (), }", u8, 8), RN_I64,
                     RN_SCALAR, (const int64_t[]){ 0x7f00000000000001 });
        check_tensor(load_by_hand(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }", b, 4), RN_BOOL,
                     RN_SHAPE(4), (const uint8_t[]){ 0, 1, 1, 1 });
    }
    CHECK(load_by_hand(1, "{'descr': '<u8', 'fortran_order': False, 'shape': (), }", too_large, 8) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "a uint64 above 2^63 - 1 does not fit i64");
}

RN_TEST(every_cut_of_a_file_is_an_error_that_names_it)
{
    static const float data[6] = { 1, 2, 3, 4, 5, 6 };
    void *bytes;
    int64_t n;
    RN_SCOPE CHECK(rn_npy_save(test_path("whole.npy"), rn_array(RN_F32, RN_SHAPE(2, 3), data)));
    CHECK(rni_file_read(test_path("whole.npy"), 1 << 20, &bytes, &n));
    CHECK_EQ_I64(n, 128 + 24);
    for (int64_t i = 0; i < n; i++) {
        CHECK(rni_file_write(test_path("cut.npy"), bytes, i));
        CHECK(rn_npy_load(test_path("cut.npy")) == NULL);
        CHECK_ERROR(RN_ERR_FORMAT, "/cut.npy");
    }
    rni_free(bytes);
    CHECK(rn_npy_load(test_path("none.npy")) == NULL);
    CHECK_ERROR(RN_ERR_IO, "test_npy.c:");
    CHECK(rn_npy_load(NULL) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "npy_load: a path is missing");
}

/* ---- round trips ---- */

static const rn_dtype numpy_types[] = { RN_BOOL, RN_U8, RN_I8, RN_I16, RN_I32, RN_I64, RN_F16, RN_F32, RN_F64 };

RN_TEST(all_types_and_shapes_come_back_from_npy)
{
    const rn_shape shapes[] = { RN_SCALAR,
                                RN_SHAPE(1),
                                RN_SHAPE(5),
                                RN_SHAPE(0),
                                RN_SHAPE(2, 0, 3),
                                RN_SHAPE(2, 3, 4),
                                RN_SHAPE(1, 1, 1, 1, 1, 1, 1, 2),
                                RN_SHAPE(3000) };
    for (size_t i = 0; i < RN_COUNTOF(numpy_types); i++) {
        for (size_t k = 0; k < RN_COUNTOF(shapes); k++) {
            RN_SCOPE
            {
                rn_tensor *t = filled(numpy_types[i], shapes[k]);
                CHECK(rn_npy_save(test_path("t.npy"), t));
                check_tensor(rn_npy_load(test_path("t.npy")), numpy_types[i], shapes[k], rn_data(t));
            }
        }
    }
    RN_SCOPE
    {
        CHECK(!rn_npy_save(test_path("b.npy"), filled(RN_BF16, RN_SHAPE(2))));
        CHECK_ERROR(RN_ERR_UNSUPPORTED, "NumPy has no type for bf16");
        CHECK(!rn_npy_save(test_path("no/folder.npy"), filled(RN_F32, RN_SHAPE(2))));
        CHECK_ERROR(RN_ERR_IO, "No such file or directory");
        CHECK(!rn_npy_save(test_path("b.npy"), NULL));
        CHECK_ERROR(RN_ERR_ARG, "the tensor is NULL");
    }
    CHECK(!rni_file_exists(test_path("b.npy")));
}

static rn_dict *sample_dict(void)
{
    rn_dict *d = rn_dict_new();
    RN_SCOPE
    {
        for (size_t i = 0; i < RN_COUNTOF(numpy_types); i++) {
            char name[32];
            snprintf(name, sizeof name, "layer/%s", rn_dtype_name(numpy_types[i]));
            CHECK(rn_dict_set(d, name, filled(numpy_types[i], RN_SHAPE(3, 700))));
        }
        CHECK(rn_dict_set(d, "scalar", rn_scalar(2.5)));
        CHECK(rn_dict_set(d, "gew\xc3\xb6hnlich", filled(RN_F32, RN_SHAPE(0, 2))));
    }
    return d;
}

static void check_same(const rn_dict *a, const rn_dict *b)
{
    CHECK_OK();
    CHECK_EQ_I64(rn_dict_count(a), rn_dict_count(b));
    for (int64_t i = 0; i < rn_dict_count(a); i++) {
        CHECK_EQ_STR(rn_dict_name_at(a, i), rn_dict_name_at(b, i));
        rn_tensor *t = rn_dict_tensor_at(a, i);
        check_tensor(rn_dict_tensor_at(b, i), rn_tensor_dtype(t), *rn_tensor_shape(t), rn_data(t));
    }
}

RN_TEST(archives_come_back_stored_and_compressed_and_give_everything_back)
{
    const int64_t tensors = rn_live_tensors();
    for (int compress = 0; compress < 2; compress++) {
        rn_dict *d = sample_dict();
        CHECK(rn_npz_save(test_path("d.npz"), d, .compress = compress));
        rn_dict *back = rn_npz_load(test_path("d.npz"));
        check_same(d, back);
        rn_dict_free(back);
        back = rn_dict_load(test_path("d.npz"));
        check_same(d, back);
        rn_dict_free(back);
        rn_dict_free(d);
    }
    CHECK_EQ_I64(rn_live_tensors() - tensors, 0);
    rn_dict *empty = rn_dict_new();
    CHECK(rn_dict_save(test_path("empty.npz"), empty));
    rn_dict *back = rn_npz_load(test_path("empty.npz"));
    check_same(empty, back);
    rn_dict_free(back);
    rn_dict_free(empty);
}

RN_TEST(archives_that_cannot_be_are_refused)
{
    rn_dict *d = rn_dict_new();
    CHECK(rn_dict_set_text(d, "note", "x"));
    CHECK(!rn_npz_save(test_path("x.npz"), d));
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "no place for texts such as \"note\"");
    rn_dict_free(d);
    d = rn_dict_new();
    RN_SCOPE CHECK(rn_dict_set(d, "half", filled(RN_BF16, RN_SHAPE(2))));
    CHECK(!rn_npz_save(test_path("x.npz"), d));
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "in      \"half\"");
    CHECK(!rn_dict_save(test_path("x.h5"), d));
    CHECK_ERROR(RN_ERR_ARG, ".npz or .safetensors");
    CHECK(!rni_file_exists(test_path("x.npz")));
    rn_dict_free(d);
    const rni_zip_input in[] = { { "good.npy", "\x93NUMPY", 6, NULL, 0 } };
    CHECK(rni_zip_write(test_path("bad.npz"), in, 1, false));
    CHECK(rn_npz_load(test_path("bad.npz")) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "in      \"good\"");
    CHECK(rn_npz_load(test_path("none.npz")) == NULL);
    CHECK_ERROR(RN_ERR_IO, "none.npz");
}

RN_TEST(members_with_long_headers_are_described)
{
    enum { BLANKS = 9000 };
    static const char dictionary[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    static char member[10 + sizeof dictionary - 1 + BLANKS + 8] = "\x93NUMPY\1";
    const int length = (int)sizeof dictionary - 1 + BLANKS;
    member[8] = (char)(length & 255);
    member[9] = (char)(length >> 8);
    memset(member + 10, ' ', sizeof member - 10);
    memcpy(member + 10, dictionary, sizeof dictionary - 1);
    memset(member + 10 + length, 0, 8);
    for (int cut = 0; cut <= 1; cut++) {
        const rni_zip_input in[] = { { "long.npy", member, (int64_t)sizeof member - cut * BLANKS, NULL, 0 } };
        CHECK(rni_zip_write(test_path("long.npz"), in, 1, true));
        rn_file_info *info = rn_file_info_load(test_path("long.npz"));
        if (cut) CHECK(!info);
        if (cut) CHECK_ERROR(RN_ERR_FORMAT, "truncated");
        CHECK_OK();
        if (info) CHECK_EQ_I64(info->items[0].shape.dim[0], 2);
        if (info) CHECK_EQ_I64(info->items[0].bytes, 8);
        rn_file_info_free(info);
    }
}

RN_TEST(loading_an_archive_survives_every_allocation_failure)
{
    rn_dict *d = sample_dict();
    CHECK(rn_npz_save(test_path("m.npz"), d));
    for (int64_t n = 1;; n++) {
        const int64_t tensors = rn_live_tensors();
        rni_alloc_fail_after(n);
        rn_dict *back = rn_npz_load(test_path("m.npz"));
        const bool saved = back && rn_npz_save(test_path("n.npz"), back);
        rni_alloc_fail_after(0);
        rn_dict_free(back);
        if (!back || !saved) CHECK_ERROR(RN_ERR_NOMEM, "memory");
        CHECK_EQ_I64(rn_live_tensors() - tensors, 0);
        if (back && saved) break;
        CHECK(n < 2000);
    }
    CHECK_OK();
    rn_dict_free(d);
}

/* ---- collections ---- */

RN_TEST(a_collection_keeps_its_tensors_in_order_and_finds_them)
{
    const int64_t tensors = rn_live_tensors();
    rn_dict *d = rn_dict_new();
    char name[32];
    for (int i = 0; i < 500; i++) {
        RN_SCOPE
        {
            snprintf(name, sizeof name, "w%d", i * 7 % 500);
            CHECK(rn_dict_set(d, name, rn_scalar(i)));
        }
    }
    CHECK_EQ_I64(rn_dict_count(d), 500);
    CHECK_EQ_I64(rn_live_tensors() - tensors, 500);
    CHECK_EQ_STR(rn_dict_name_at(d, 2), "w14");
    CHECK_NEAR(*(const float *)rn_data(rn_dict_get(d, "w14")), 2, 0);
    RN_SCOPE CHECK(rn_dict_set(d, "w14", rn_scalar(-1)));
    CHECK_EQ_I64(rn_dict_count(d), 500);
    CHECK_EQ_I64(rn_live_tensors() - tensors, 500);
    CHECK_NEAR(*(const float *)rn_data(rn_dict_tensor_at(d, 2)), -1, 0);
    CHECK(rn_dict_set(d, "w14", rn_dict_get(d, "w14")));
    CHECK(rn_dict_find(d, "absent") == NULL && rn_dict_find(d, NULL) == NULL && rn_dict_name_at(d, 500) == NULL);
    CHECK_OK();
    CHECK(rn_dict_get(d, "w4999") == NULL);
    CHECK_ERROR(RN_ERR_ARG, "there is no tensor called \"w4999\"\n  hint    did you mean \"w499\"?");
    CHECK(!rn_dict_set(d, "", rn_dict_get(d, "w1")));
    CHECK_ERROR(RN_ERR_ARG, "a name is missing or empty");
    CHECK(!rn_dict_set(d, "x", NULL));
    CHECK_ERROR(RN_ERR_ARG, "the tensor for \"x\" is NULL");
    CHECK(!rn_dict_set(NULL, "x", rn_dict_get(d, "w1")));
    CHECK_ERROR(RN_ERR_ARG, "the collection is NULL");
    CHECK(rn_dict_set_text(d, "a", "1") && rn_dict_set_text(d, "b", "2") && rn_dict_set_text(d, "a", "3"));
    CHECK_EQ_I64(rn_dict_text_count(d), 2);
    CHECK_EQ_STR(rn_dict_text(d, "a"), "3");
    CHECK_EQ_STR(rn_dict_text_name_at(d, 1), "b");
    rn_dict_free(d);
    CHECK_EQ_I64(rn_live_tensors() - tensors, 0);
    rn_dict_free(NULL);
}

/* ---- NumPy itself ---- */

/* Runs a Python program with NumPy in the test's folder. Skips the test where there is no NumPy. */
static void run_numpy(const char *program)
{
    char command[1200];
    CHECK(rni_file_write(test_path("program.py"), program, (int64_t)strlen(program)));
    snprintf(command, sizeof command, "cd '%s' && /usr/bin/python3 -c 'import numpy' 2>/dev/null", test_folder());
    if (system(command) != 0) SKIP("/usr/bin/python3 has no numpy");
    snprintf(command, sizeof command, "cd '%s' && /usr/bin/python3 program.py", test_folder());
    CHECK_EQ_I64(system(command), 0);
}

static const char write_program[] =
    "import numpy as np\n"
    "a = np.arange(24).reshape(2, 3, 4)\n"
    "d = {}\n"
    "for t in 'b1 u1 i1 i2 i4 i8 f2 f4 f8'.split():\n"
    "    for o in '<>':\n"
    "        d[('big_' if o == '>' else 'little_') + t] = (a % 2 if t == 'b1' else a).astype(o + t)\n"
    "for t in 'u2 u4 u8'.split(): d['wide_' + t] = a.astype('>' + t)\n"
    "d['fortran'] = np.asfortranarray(a.astype('f4'))\n"
    "d['fortran_big'] = np.asfortranarray(a.astype('>i2'))\n"
    "d['large'] = np.asfortranarray(np.arange(6000, dtype='f8').reshape(60, 100))\n"
    "d['scalar'] = np.array(2.5)\n"
    "d['empty'] = np.zeros((3, 0), 'f4')\n"
    "d['special'] = np.array([np.nan, np.inf, -np.inf, -0.0], 'f4')\n"
    "np.savez('py.npz', **d)\n"
    "np.savez_compressed('pyc.npz', **d)\n"
    "for k, v in d.items(): np.save(k + '.npy', v)\n"
    "with open('v2.npy', 'wb') as f: np.lib.format.write_array(f, a.astype('i4'), version=(2, 0))\n"
    "with open('v3.npy', 'wb') as f: np.lib.format.write_array(f, a.astype('i4'), version=(3, 0))\n"
    "np.save('structured.npy', np.zeros(3, dtype=[('a', 'f4'), ('b', 'i2')]))\n"
    "np.save('object.npy', np.array([None, {}], dtype=object))\n"
    "np.save('complex.npy', np.zeros(3, 'c16'))\n"
    "np.save('text.npy', np.array(['ab', 'c']))\n";

static void check_range(rn_tensor *t, const char *name, rn_dtype dtype)
{
    double values[24];
    CHECK_OK();
    CHECK_EQ_STR(rn_dtype_name(rn_tensor_dtype(t)), rn_dtype_name(dtype));
    CHECK(rn_tensor_shape(t)->rank == 3 && rn_tensor_shape(t)->dim[0] == 2 && rn_tensor_shape(t)->dim[2] == 4);
    CHECK(rn_copy_to(t, RN_F64, values, sizeof values));
    for (int i = 0; i < 24; i++)
        if (values[i] != (dtype == RN_BOOL ? i % 2 : i))
            test_failed(__FILE__, __LINE__, "%s[%d] is %g", name, i, values[i]);
}

static void check_numpy_dict(const rn_dict *d)
{
    static const struct {
        const char *code;
        rn_dtype dtype;
    } types[] = { { "b1", RN_BOOL }, { "u1", RN_U8 },  { "i1", RN_I8 },  { "i2", RN_I16 }, { "i4", RN_I32 },
                  { "i8", RN_I64 },  { "f2", RN_F16 }, { "f4", RN_F32 }, { "f8", RN_F64 } };
    char name[32];
    for (size_t i = 0; i < RN_COUNTOF(types); i++) {
        for (int big = 0; big < 2; big++) {
            snprintf(name, sizeof name, "%s_%s", big ? "big" : "little", types[i].code);
            check_range(rn_dict_get(d, name), name, types[i].dtype);
        }
    }
    check_range(rn_dict_get(d, "wide_u2"), "wide_u2", RN_I32);
    check_range(rn_dict_get(d, "wide_u4"), "wide_u4", RN_I64);
    check_range(rn_dict_get(d, "wide_u8"), "wide_u8", RN_I64);
    check_range(rn_dict_get(d, "fortran"), "fortran", RN_F32);
    check_range(rn_dict_get(d, "fortran_big"), "fortran_big", RN_I16);
    const double *large = rn_data(rn_dict_get(d, "large"));
    for (int i = 0; i < 6000; i++) CHECK_NEAR(large[i], i, 0);
    CHECK_EQ_I64(rn_tensor_shape(rn_dict_get(d, "scalar"))->rank, 0);
    CHECK_NEAR(*(const double *)rn_data(rn_dict_get(d, "scalar")), 2.5, 0);
    CHECK_EQ_I64(rn_tensor_shape(rn_dict_get(d, "empty"))->dim[0], 3);
    const float *s = rn_data(rn_dict_get(d, "special"));
    CHECK(isnan(s[0]) && s[1] == INFINITY && s[2] == -INFINITY && s[3] == 0 && signbit(s[3]));
}

static void check_refused(const char *file, const char *message)
{
    CHECK(rn_npy_load(test_path(file)) == NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, message);
}

RN_TEST(what_numpy_wrote_is_read)
{
    run_numpy(write_program);
    static const char *const files[] = { "py.npz", "pyc.npz" };
    for (size_t i = 0; i < RN_COUNTOF(files); i++) {
        rn_dict *d = rn_npz_load(test_path(files[i]));
        CHECK_OK();
        CHECK_EQ_I64(rn_dict_count(d), 27);
        check_numpy_dict(d);
        rn_dict_free(d);
    }
    RN_SCOPE
    {
        check_range(rn_npy_load(test_path("big_f2.npy")), "big_f2", RN_F16);
        check_range(rn_npy_load(test_path("fortran.npy")), "fortran", RN_F32);
        check_range(rn_npy_load(test_path("v2.npy")), "v2", RN_I32);
        check_range(rn_npy_load(test_path("v3.npy")), "v3", RN_I32);
    }
    check_refused("structured.npy", "records of several fields");
    check_refused("object.npy", "Python objects (pickles)");
    check_refused("complex.npy", "dtype '<c16'");
    check_refused("text.npy", "dtype '<U2'");
}

static const char read_program[] =
    "import numpy as np\n"
    "for f in 'ours.npz', 'oursc.npz':\n"
    "    z = np.load(f)\n"
    "    assert len(z.files) == 11, z.files\n"
    "    for n, t in dict(bool='b1', u8='u1', i8='i1', i16='i2', i32='i4', i64='i8', f16='f2', f32='f4', "
    "f64='f8').items():\n"
    "        a = z['layer/' + n]\n"
    "        assert a.dtype == np.dtype(t) and a.shape == (3, 700), (n, a.dtype, a.shape)\n"
    "        want = (np.arange(2100 * a.itemsize) % 3 == 1).astype('u1').view(t).reshape(3, 700)\n"
    "        assert a.tobytes() == want.tobytes(), n\n"
    "    assert z['scalar'].shape == () and z['scalar'] == 2.5\n"
    "    assert z['gew\\u00f6hnlich'].shape == (0, 2)\n"
    "import zipfile\n"
    "assert zipfile.ZipFile('oursc.npz').testzip() is None\n"
    "a = np.load('ours.npy'); assert a.dtype == 'f4' and a.shape == (2, 2) and (a == [[1, 2], [3, 4]]).all()\n"
    "assert np.load('ours.npy', mmap_mode='r').flags.aligned\n";

RN_TEST(what_rensa_wrote_is_read_by_numpy)
{
    rn_dict *d = sample_dict();
    CHECK(rn_npz_save(test_path("ours.npz"), d));
    CHECK(rn_npz_save(test_path("oursc.npz"), d, .compress = true));
    RN_SCOPE CHECK(rn_npy_save(test_path("ours.npy"), rn_array_f32(RN_SHAPE(2, 2), 1, 2, 3, 4)));
    rn_dict_free(d);
    CHECK_OK();
    run_numpy(read_program);
}
