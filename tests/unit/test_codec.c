/* gzip, archives, and loading the extension that has them. */
#include "test.h"

#include "base/alloc.h"
#include "base/extension.h"
#include "base/file.h"
#include "io/codec.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>

/* ---- loading ---- */

RN_TEST(an_extension_that_is_missing_or_broken_says_where_and_why)
{
    char before[512];
    const char *given = getenv("RENSA_LIBRARY");
    snprintf(before, sizeof before, "%s", given ? given : "");
    setenv("RENSA_LIBRARY", test_folder(), 1);
    CHECK(rni_extension_symbol("absent", "x") == NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "librensa_absent.so: not there");
    CHECK(rni_file_write(test_path("librensa_text.so"), "not an object", 13));
    CHECK(rni_extension_symbol("text", "x") == NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "librensa_text.so: ");
    if (given) setenv("RENSA_LIBRARY", before, 1);
    CHECK(rni_extension_symbol("io", "rn_no_such_thing") == NULL);
    CHECK_ERROR(RN_ERR_UNSUPPORTED, "does not have the symbol rn_no_such_thing");
}

/* ---- gzip ---- */

typedef struct bytes {
    void *at;
    int64_t n;
} bytes;

static bytes sample(int64_t n)
{
    bytes b = { malloc((size_t)n), n };
    uint32_t s = 1;
    for (int64_t i = 0; i < n; i++) {
        s = s * 1664525 + 1013904223;
        ((char *)b.at)[i] = (char)(i % 100 < 50 ? 'a' + i % 7 : (char)(s >> 24));
    }
    return b;
}

static bytes packed(bytes in)
{
    bytes b = { 0 };
    CHECK(rni_gzip(in.at, in.n, 0, &b.at, &b.n));
    CHECK_OK();
    return b;
}

static void check_unpacks(const void *in, int64_t n, const void *want, int64_t want_n)
{
    bytes b = { 0 };
    CHECK(rni_gunzip(in, n, 0, &b.at, &b.n));
    CHECK_OK();
    CHECK_EQ_I64(b.n, want_n);
    CHECK(memcmp(b.at, want, (size_t)want_n) == 0);
    CHECK_EQ_I64(((char *)b.at)[b.n], 0);
    rni_free(b.at);
}

RN_TEST(gzip_packs_and_unpacks_any_length)
{
    static const int64_t lengths[] = { 0, 1, 100, 65536, 1000000 };
    for (size_t i = 0; i < RN_COUNTOF(lengths); i++) {
        bytes in = sample(lengths[i]), gz = packed(in), again = packed(in);
        CHECK(rni_is_gzip(gz.at, gz.n));
        check_unpacks(gz.at, gz.n, in.at, in.n);
        CHECK(gz.n == again.n && memcmp(gz.at, again.at, (size_t)gz.n) == 0);
        free(in.at);
        rni_free(gz.at);
        rni_free(again.at);
    }
    void *out;
    int64_t n;
    CHECK(!rni_gzip("", 0, 10, &out, &n));
    CHECK_ERROR(RN_ERR_ARG, "level 10");
}

RN_TEST(several_members_and_padding_unpack_as_one)
{
    bytes in = sample(5000), gz = packed(in);
    char *two = malloc((size_t)gz.n * 2 + 100);
    memcpy(two, gz.at, (size_t)gz.n);
    memcpy(two + gz.n, gz.at, (size_t)gz.n);
    memset(two + 2 * gz.n, 0, 100);
    char *want = malloc(10000);
    memcpy(want, in.at, 5000);
    memcpy(want + 5000, in.at, 5000);
    check_unpacks(two, 2 * gz.n, want, 10000);
    check_unpacks(two, 2 * gz.n + 100, want, 10000);
    two[2 * gz.n + 50] = 'x';
    void *out;
    int64_t n;
    CHECK(!rni_gunzip(two, 2 * gz.n + 100, 0, &out, &n));
    CHECK_ERROR(RN_ERR_FORMAT, "unexpected bytes after gzip data");
    free(two);
    free(want);
    free(in.at);
    rni_free(gz.at);
}

RN_TEST(gzip_cut_off_anywhere_is_an_error)
{
    bytes in = sample(3000), gz = packed(in), out;
    for (int64_t n = 2; n < gz.n; n++) {
        char *cut = malloc((size_t)n); /* of its own, so that a sanitizer sees reads beyond its end */
        memcpy(cut, gz.at, (size_t)n);
        CHECK(!rni_gunzip(cut, n, 0, &out.at, &out.n));
        CHECK_ERROR(RN_ERR_FORMAT, "truncated gzip data");
        free(cut);
    }
    CHECK(!rni_gunzip("PK", 2, 0, &out.at, &out.n));
    CHECK_ERROR(RN_ERR_FORMAT, "these are not gzip data");
    CHECK(!rni_gunzip("", 0, 0, &out.at, &out.n));
    CHECK_ERROR(RN_ERR_FORMAT, "these are not gzip data");
    free(in.at);
    rni_free(gz.at);
}

RN_TEST(a_changed_byte_in_the_data_or_the_checksum_is_noticed)
{
    bytes in = sample(3000), gz = packed(in), out;
    int unnoticed = 0; /* a byte may end in bits that mean nothing */
    for (int64_t i = 10; i < gz.n; i++) {
        ((char *)gz.at)[i] ^= 0x10;
        if (rni_gunzip(gz.at, gz.n, 0, &out.at, &out.n)) {
            CHECK(out.n == in.n && memcmp(out.at, in.at, (size_t)in.n) == 0);
            rni_free(out.at);
            unnoticed++;
        } else
            CHECK_ERROR(RN_ERR_FORMAT, "gzip data");
        ((char *)gz.at)[i] ^= 0x10;
    }
    CHECK(unnoticed <= 1);
    check_unpacks(gz.at, gz.n, in.at, in.n);
    free(in.at);
    rni_free(gz.at);
}

RN_TEST(unpacking_stops_at_the_limit)
{
    bytes in = { calloc(1, 1000000), 1000000 }, gz = packed(in), out;
    CHECK(gz.n < 2000);
    CHECK(rni_gunzip(gz.at, gz.n, 1000000, &out.at, &out.n));
    rni_free(out.at);
    CHECK(!rni_gunzip(gz.at, gz.n, 999999, &out.at, &out.n));
    CHECK_ERROR(RN_ERR_FORMAT, "at most 999999 bytes");
    CHECK(!rni_gunzip(gz.at, gz.n, 10, &out.at, &out.n));
    CHECK_ERROR(RN_ERR_FORMAT, "unpack to more than they may");
    free(in.at);
    rni_free(gz.at);
}

RN_TEST(gzip_survives_every_allocation_failure)
{
    bytes in = sample(20000), gz = packed(in), out;
    for (int64_t n = 1, done = 0; done < 2; n++) {
        const int64_t live = rni_alloc_live();
        rni_alloc_fail_after(n);
        const bool a = rni_gunzip(gz.at, gz.n, 0, &out.at, &out.n);
        if (a) rni_free(out.at);
        const bool b = a && rni_gzip(in.at, in.n, 0, &out.at, &out.n);
        if (b) rni_free(out.at);
        rni_alloc_fail_after(0);
        done = b ? 2 : 0;
        if (b)
            CHECK_OK();
        else
            CHECK_ERROR(RN_ERR_NOMEM, "memory");
        CHECK_EQ_I64(rni_alloc_live() - live, 0);
        CHECK(n < 200);
    }
    free(in.at);
    rni_free(gz.at);
}

/* ---- archives ---- */

static void write_archive(const char *path, bool compress)
{
    static char zeros[100000];
    const rni_zip_input in[] = {
        { "head_only", "abc", 3, NULL, 0 },
        { "both", "abc", 3, "defg", 4 },
        { "data_only", NULL, 0, "xyz", 3 },
        { "empty", NULL, 0, NULL, 0 },
        { "z\xc3\xa4hne/zeros", NULL, 0, zeros, sizeof zeros },
    };
    CHECK(rni_zip_write(path, in, RN_COUNTOF(in), compress));
    CHECK_OK();
}

static void check_member(rni_zip *zip, int64_t i, const char *name, const char *want, int64_t want_n)
{
    rni_zip_member m;
    bytes b;
    CHECK(rni_zip_member_at(zip, i, &m));
    CHECK_EQ_STR(m.name, name);
    CHECK_EQ_I64(m.bytes, want_n);
    CHECK(rni_zip_read(zip, i, &b.at, &b.n));
    CHECK_OK();
    CHECK_EQ_I64(b.n, want_n);
    CHECK(memcmp(b.at, want, (size_t)want_n) == 0);
    rni_free(b.at);
}

static void check_archive(rni_zip *zip)
{
    static char zeros[100000];
    CHECK_OK();
    CHECK_EQ_I64(rni_zip_count(zip), 5);
    check_member(zip, 0, "head_only", "abc", 3);
    check_member(zip, 1, "both", "abcdefg", 7);
    check_member(zip, 2, "data_only", "xyz", 3);
    check_member(zip, 3, "empty", "", 0);
    check_member(zip, 4, "z\xc3\xa4hne/zeros", zeros, sizeof zeros);
    rni_zip_close(zip);
}

static bytes contents(const char *path)
{
    bytes b;
    CHECK(rni_file_read(path, 1 << 20, &b.at, &b.n));
    return b;
}

RN_TEST(archives_are_written_and_read_from_files_and_from_memory)
{
    for (int compress = 0; compress < 2; compress++) {
        write_archive(test_path("a.zip"), compress);
        check_archive(rni_zip_open(test_path("a.zip")));
        bytes b = contents(test_path("a.zip"));
        CHECK(compress ? b.n < 3000 : b.n > 100000);
        check_archive(rni_zip_open_bytes(b.at, b.n));
        write_archive(test_path("b.zip"), compress);
        bytes c = contents(test_path("b.zip"));
        CHECK(b.n == c.n && memcmp(b.at, c.at, (size_t)b.n) == 0);
        rni_free(b.at);
        rni_free(c.at);
    }
    CHECK(rni_zip_write(test_path("empty.zip"), NULL, 0, false));
    rni_zip *zip = rni_zip_open(test_path("empty.zip"));
    CHECK_OK();
    CHECK_EQ_I64(rni_zip_count(zip), 0);
    rni_zip_close(zip);
}

RN_TEST(what_is_not_an_archive_is_refused_by_name)
{
    CHECK(rni_file_write(test_path("text.zip"), "hello, this is text", 19));
    CHECK(rni_zip_open(test_path("text.zip")) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "text.zip");
    CHECK(rni_zip_open(test_path("missing.zip")) == NULL);
    CHECK_ERROR(RN_ERR_IO, "No such file");
    CHECK(rni_zip_open_bytes("", 0) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "archive");
}

RN_TEST(a_changed_byte_in_a_stored_member_fails_its_checksum)
{
    write_archive(test_path("c.zip"), false);
    bytes b = contents(test_path("c.zip")), out;
    char *hit = memmem(b.at, (size_t)b.n, "abcdefg", 7);
    CHECK(hit != NULL);
    hit[2] ^= 1;
    rni_zip *zip = rni_zip_open_bytes(b.at, b.n);
    CHECK_OK();
    CHECK(!rni_zip_read(zip, 1, &out.at, &out.n));
    CHECK_ERROR(RN_ERR_FORMAT, "the member \"both\" is damaged: CRC error");
    check_member(zip, 0, "head_only", "abc", 3);
    rni_zip_close(zip);
    rni_free(b.at);
}

static void put_u32(char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++) p[i] = (char)(v >> 8 * i);
}

RN_TEST(a_member_that_claims_an_absurd_size_is_refused_before_memory_is_taken)
{
    write_archive(test_path("d.zip"), true);
    bytes b = contents(test_path("d.zip")), out;
    char *directory = memmem(b.at, (size_t)b.n, "PK\x01\x02", 4);
    CHECK(directory != NULL);
    put_u32(directory + 24, 0x7fffffff);
    rni_zip *zip = rni_zip_open_bytes(b.at, b.n);
    CHECK_OK();
    const int64_t calls = rni_alloc_calls();
    CHECK(!rni_zip_read(zip, 0, &out.at, &out.n));
    CHECK_ERROR(RN_ERR_FORMAT, "the member \"head_only\" claims a size that cannot be");
    CHECK_EQ_I64(rni_alloc_calls() - calls, 0);
    rni_zip_close(zip);
    put_u32(directory + 24, 4);
    zip = rni_zip_open_bytes(b.at, b.n);
    CHECK(!rni_zip_read(zip, 0, &out.at, &out.n));
    CHECK_ERROR(RN_ERR_FORMAT, "the member \"head_only\" is damaged");
    rni_zip_close(zip);
    put_u32(directory + 24, 2);
    zip = rni_zip_open_bytes(b.at, b.n);
    CHECK(!rni_zip_read(zip, 0, &out.at, &out.n));
    CHECK_ERROR(RN_ERR_FORMAT, "the member \"head_only\" is damaged");
    rni_zip_close(zip);
    rni_free(b.at);
}

static int entries(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    while (d && readdir(d)) n++;
    if (d) closedir(d);
    return n - 2;
}

RN_TEST(an_archive_that_cannot_be_written_leaves_the_old_one_and_nothing_else)
{
    static char big[1000000];
    struct rlimit before, small;
    char folder[512];
    const rni_zip_input in = { "big", NULL, 0, big, sizeof big };
    const rni_zip_input twice[] = { { "a", "1", 1, NULL, 0 }, { "a", "2", 1, NULL, 0 } };
    snprintf(folder, sizeof folder, "%s", test_path("full"));
    CHECK(rni_folder_make(folder));
    write_archive(test_path("full/a.zip"), true);
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){ .rlim_cur = 100000, .rlim_max = before.rlim_max };
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const bool ok = rni_zip_write(test_path("full/a.zip"), &in, 1, false);
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(!ok);
    CHECK_ERROR(RN_ERR_IO, "File too large");
    CHECK_EQ_I64(entries(folder), 1);
    CHECK(!rni_zip_write(test_path("full/a.zip"), twice, 2, false));
    CHECK_ERROR(RN_ERR_ARG, "already exists");
    CHECK_EQ_I64(entries(folder), 1);
    check_archive(rni_zip_open(test_path("full/a.zip")));
    CHECK(!rni_zip_write(test_path("no/folder.zip"), &in, 1, false));
    CHECK_ERROR(RN_ERR_IO, "No such file or directory");
}
