/* Texts: characters and words, vocabularies, windows, streams for truncated backpropagation. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"

static const char *write_text(const char *name, const char *text, size_t n)
{
    const char *path = test_path(name);
    CHECK(rni_file_write(path, text, (int64_t)n));
    return path;
}

static void check_ids(const rn_text *t, const int32_t *want, int64_t n)
{
    CHECK_EQ_I64(rn_text_count(t), n);
    for (int64_t i = 0; i < n; i++) CHECK_EQ_I64(rn_text_ids(t)[i], want[i]);
}

RN_TEST(characters_are_numbered_in_their_order)
{
    const char text[] = "\xef\xbb\xbf"
                        "ba\xc3\xa4"
                        "b\n";
    rn_text *t = rn_text_load(write_text("c.txt", text, sizeof text - 1));
    CHECK_OK();
    rn_vocab *v = rn_text_vocab(t);
    CHECK_EQ_I64(rn_vocab_count(v), 4);
    CHECK_EQ_STR(rn_vocab_token(v, 3), "\xc3\xa4");
    check_ids(t, (const int32_t[]){ 2, 1, 3, 2, 0 }, 5);
    char buf[32];
    CHECK_EQ_I64(rn_vocab_decode(v, rn_text_ids(t), 5, buf, sizeof buf), 6);
    CHECK_EQ_STR(buf, "ba\xc3\xa4"
                      "b\n");
    CHECK_EQ_I64(rn_vocab_decode(v, rn_text_ids(t), 5, buf, 3), 6);
    CHECK_EQ_STR(buf, "ba");
    CHECK_EQ_I64(rn_vocab_decode(v, rn_text_ids(t), 5, NULL, 0), 6);
    rn_text_free(t);
}

RN_TEST(bytes_that_are_not_utf8_come_back_as_they_were)
{
    const char raw[] = "a\xff\0\\x41\xc3";
    rn_text *t = rn_text_load(write_text("raw.txt", raw, 8));
    CHECK_EQ_I64(rn_text_count(t), 8);
    CHECK(rn_vocab_id(rn_text_vocab(t), "\\xFF") >= 0);
    char buf[32];
    CHECK_EQ_I64(rn_vocab_decode(rn_text_vocab(t), rn_text_ids(t), 8, buf, sizeof buf), 8);
    CHECK(memcmp(buf, raw, 8) == 0);
    rn_text_free(t);
}

RN_TEST(words_are_numbered_as_they_come)
{
    const char text[] = " the cat \n the  dog\r\n";
    rn_text *t = rn_text_load(write_text("w.txt", text, sizeof text - 1), .by = RN_BY_WORD);
    check_ids(t, (const int32_t[]){ 0, 1, 2, 0, 3, 2 }, 6);
    char buf[64];
    rn_vocab_decode(rn_text_vocab(t), rn_text_ids(t), 6, buf, sizeof buf);
    CHECK_EQ_STR(buf, "the cat\nthe dog\n");
    rn_text *other = rn_text_load(write_text("w2.txt", "dog\ncat", 7), .vocab = rn_text_vocab(t));
    check_ids(other, (const int32_t[]){ 3, 2, 1 }, 3);
    rn_text_free(other);
    CHECK(rn_text_load(write_text("w3.txt", "dog\ncow", 7), .vocab = rn_text_vocab(t)) == NULL);
    CHECK_ERROR(RN_ERR_FORMAT, "line 2: \"cow\" is not in the vocabulary");
    rn_text_free(t);
    t = rn_text_load(write_text("w.txt", text, sizeof text - 1), .by = RN_BY_WORD, .raw_lines = true);
    check_ids(t, (const int32_t[]){ 0, 1, 0, 2 }, 4);
    rn_text_free(t);
}

RN_TEST(a_vocabulary_is_made_again_from_its_tokens)
{
    const char *const tokens[] = { "a", "<unk>", "b" };
    rn_vocab *v = rn_vocab_new(RN_BY_WORD, tokens, 3);
    int32_t ids[3];
    CHECK_EQ_I64(rn_vocab_encode(v, "b c a\nb", ids, 3), 4);
    CHECK_EQ_I64(ids[0], 2);
    CHECK_EQ_I64(ids[1], 1);
    CHECK_EQ_I64(ids[2], 0);
    CHECK_EQ_I64(rn_vocab_encode(v, "", NULL, 0), 0);
    CHECK(rn_vocab_token(v, 3) == NULL);
    CHECK_EQ_I64(rn_vocab_decode(v, ((const int32_t[]){ 3 }), 1, NULL, 0), -1);
    CHECK_ERROR(RN_ERR_ARG, "no token 3");
    rn_vocab_free(v);
    CHECK(rn_vocab_new(RN_BY_WORD, ((const char *const[]){ "a", "a" }), 2) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "both \"a\"");
    v = rn_vocab_new(RN_BY_CHAR, ((const char *const[]){ "a" }), 1);
    CHECK_EQ_I64(rn_vocab_encode(v, "ab", NULL, 0), -1);
    CHECK_ERROR(RN_ERR_ARG, "\"b\" is not in the vocabulary");
    rn_vocab_free(v);
}

/* abc…: token i of the text is i. */
static rn_text *alphabet(int n)
{
    char text[64];
    for (int i = 0; i < n; i++) text[i] = (char)('A' + i);
    return rn_text_load(write_text("abc.txt", text, (size_t)n));
}

static void check_window(rn_dataset *ds, int64_t i, int start)
{
    int32_t x[8], t[8];
    CHECK(rn_dataset_read(ds, i, ((void *[]){ x, t })));
    for (int k = 0; k < (int)rn_dataset_column(ds, 0)->shape.dim[0]; k++) {
        CHECK_EQ_I64(x[k], start + k);
        CHECK_EQ_I64(t[k], start + k + 1);
    }
}

RN_TEST(windows_and_targets_are_one_apart)
{
    rn_text *t = alphabet(14);
    rn_dataset *ds = rn_text_windows(t, 4);
    CHECK_EQ_I64(rn_dataset_count(ds), 3);
    check_window(ds, 2, 8);
    rn_dataset_free(ds);
    ds = rn_text_windows(t, 4, .stride = 1);
    CHECK_EQ_I64(rn_dataset_count(ds), 10);
    check_window(ds, 9, 9);
    rn_dataset_free(ds);
    rn_text *part = rn_text_slice(t, 5, 5);
    ds = rn_text_windows(part, 4);
    rn_text_free(part);
    rn_text_free(t);
    CHECK_EQ_I64(rn_dataset_count(ds), 1);
    check_window(ds, 0, 5); /* the data set holds what it needs */
    rn_dataset_free(ds);
}

RN_TEST(random_windows_depend_on_epoch_and_index)
{
    rn_text *t = alphabet(30);
    rn_dataset *ds = rn_text_windows(t, 4, .random = true, .seed = 2);
    int64_t order[2][14];
    bool seen[27] = { false };
    for (int run = 0; run < 2; run++) {
        rn_iterator *it = rn_iterator_new(ds, 7, .epochs = 40, .threads = 1 + run);
        int64_t n = 0;
        for (rn_batch *b; (b = rn_next(it)) != NULL;)
            for (int64_t i = 0; i < b->count; i++) {
                const int32_t start = ((const int32_t *)rn_data(b->x))[4 * i];
                CHECK(start >= 0 && start <= 25);
                seen[start] = true;
                if (n < 14) order[run][n++] = start;
            }
        CHECK_OK();
        rn_iterator_free(it);
    }
    for (int i = 0; i <= 25; i++) CHECK(seen[i]);
    CHECK(memcmp(order[0], order[1], sizeof order[0]) == 0);
    CHECK(memcmp(order[0], order[0] + 7, 7 * sizeof(int64_t)) != 0);
    rn_dataset_free(ds);
    rn_text_free(t);
}

RN_TEST(streams_go_on_where_they_ended)
{
    rn_text *t = alphabet(26);
    rn_dataset *ds = rn_text_streams(t, 3, 2); /* two parts of 13: 4 steps of 3 and one token to predict */
    CHECK_EQ_I64(rn_dataset_count(ds), 8);
    rn_iterator *it = rn_iterator_new(ds, 2);
    for (int step = 0; step < 4; step++) {
        rn_batch *b = rn_next(it);
        const int32_t *x = rn_data(b->x), *y = rn_data(b->t);
        for (int r = 0; r < 2; r++)
            for (int k = 0; k < 3; k++) {
                CHECK_EQ_I64(x[r * 3 + k], r * 13 + step * 3 + k);
                CHECK_EQ_I64(y[r * 3 + k], r * 13 + step * 3 + k + 1);
            }
    }
    CHECK(rn_next(it) == NULL);
    rn_iterator_free(it);
    rn_dataset_free(ds);
    CHECK(rn_text_streams(t, 13, 2) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "at least 28 tokens");
    CHECK(rn_text_windows(t, 26) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "too short");
    CHECK(rn_text_windows(t, 0) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "windows of 0 tokens");
    CHECK(rn_text_slice(t, 20, 7) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "no 7 tokens from 20 on");
    rn_text_free(t);
}

RN_TEST(known_texts_have_their_published_sizes)
{
    if (!test_data("ptb/ptb.train.txt") || !test_data("tinyshakespeare/input.txt")) SKIP("RENSA_DATA has no texts");
    rn_text *t = rn_text_known("ptb", RN_TRAIN), *valid = rn_text_known("ptb", RN_VALID),
            *test = rn_text_known("ptb", RN_TEST);
    CHECK_OK();
    CHECK_EQ_I64(rn_text_count(t), 929589);
    CHECK_EQ_I64(rn_text_count(valid), 73760);
    CHECK_EQ_I64(rn_text_count(test), 82430);
    CHECK_EQ_I64(rn_vocab_count(rn_text_vocab(t)), 10000);
    CHECK_EQ_STR(rn_vocab_token(rn_text_vocab(test), 0), "aer");
    rn_text_free(t), rn_text_free(valid), rn_text_free(test);
    t = rn_text_known("tinyshakespeare", RN_TRAIN), valid = rn_text_known("tinyshakespeare", RN_VALID);
    CHECK_EQ_I64(rn_text_count(t), 1003854);
    CHECK_EQ_I64(rn_text_count(valid), 111540);
    CHECK_EQ_I64(rn_vocab_count(rn_text_vocab(valid)), 65);
    CHECK(strncmp(rn_text_source(t), "data /", 6) == 0);
    rn_text_free(t), rn_text_free(valid);
    CHECK(rn_text_known("tinyshakespear", RN_TRAIN) == NULL);
    CHECK_ERROR(RN_ERR_ARG, "did you mean \"tinyshakespeare\"?");
}

RN_TEST(lack_of_memory_leaks_nothing)
{
    const char *path = write_text("mem.txt", "the cat and the dog", 19);
    bool done = false;
    for (int n = 1; !done && n < 200; n++) {
        const int64_t blocks = rni_alloc_live();
        rni_alloc_fail_after(n);
        rn_text *t = rn_text_load(path, .by = RN_BY_WORD), *s = rn_text_slice(t, 1, 4);
        rn_dataset *ds = rn_text_windows(s, 2);
        rni_alloc_fail_after(0);
        done = ds != NULL;
        if (!done) CHECK_ERROR(RN_ERR_NOMEM, "out of memory");
        rn_text_free(t);
        rn_text_free(s);
        rn_dataset_free(ds);
        CHECK_EQ_I64(rni_alloc_live() - blocks, 0);
    }
    CHECK(done);
}
