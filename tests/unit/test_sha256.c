/* SHA-256 against known answers. */
#include "test.h"

#include "base/file.h"
#include "base/sha256.h"

static const char *of(const char *text)
{
    static char buf[RNI_SHA256_TEXT];
    return rni_sha256_of(text, (int64_t)strlen(text), buf);
}

RN_TEST(sha256_gives_the_known_answers_of_fips_180)
{
    CHECK_EQ_STR(of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_EQ_STR(of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK_EQ_STR(of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
                 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK_EQ_STR(of("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
                    "mnopqrstnopqrstu"),
                 "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
}

RN_TEST(sha256_of_a_million_letters_is_known_and_does_not_depend_on_the_pieces)
{
    static char letters[1000000];
    memset(letters, 'a', sizeof letters);
    static const int64_t pieces[] = { 1, 63, 64, 65, 1000, 1000000 };
    for (size_t i = 0; i < RN_COUNTOF(pieces); i++) {
        rni_sha256 h;
        unsigned char digest[32];
        char buf[RNI_SHA256_TEXT];
        rni_sha256_begin(&h);
        for (int64_t at = 0; at < 1000000; at += pieces[i]) {
            const int64_t left = 1000000 - at;
            rni_sha256_add(&h, letters + at, left < pieces[i] ? left : pieces[i]);
        }
        rni_sha256_end(&h, digest);
        CHECK_EQ_STR(rni_sha256_text(digest, buf), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}

RN_TEST(sha256_of_every_length_around_a_block_equals_that_of_single_bytes)
{
    char text[200];
    for (int i = 0; i < 200; i++) text[i] = (char)(i * 7);
    for (int n = 0; n < 200; n++) {
        rni_sha256 h;
        unsigned char digest[32];
        char one[RNI_SHA256_TEXT], all[RNI_SHA256_TEXT];
        rni_sha256_begin(&h);
        for (int i = 0; i < n; i++) rni_sha256_add(&h, text + i, 1);
        rni_sha256_end(&h, digest);
        CHECK_EQ_STR(rni_sha256_text(digest, one), rni_sha256_of(text, n, all));
    }
}

RN_TEST(sha256_of_a_file_and_of_a_missing_one)
{
    char path[256], buf[RNI_SHA256_TEXT];
    snprintf(path, sizeof path, "%s/abc", test_folder());
    CHECK(rni_file_write(path, "abc", 3));
    CHECK(rni_sha256_file(path, buf));
    CHECK_EQ_STR(buf, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    snprintf(path, sizeof path, "%s/none", test_folder());
    CHECK(!rni_sha256_file(path, buf));
    CHECK_ERROR(RN_ERR_IO, "No such file");
}
