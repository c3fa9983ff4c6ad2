/* Texts and vocabularies: what is encoded is decoded again, and tokens from a file make a vocabulary or an error. */
#include "fuzz.h"

#include "base/alloc.h"

#include <string.h>

/* The tokens of a text, written out and read again, are the same tokens. */
static void round_trip(const rn_text *t)
{
    rn_vocab *v = rn_text_vocab(t);
    const int64_t count = rn_text_count(t);
    const int32_t *ids = rn_text_ids(t);
    for (int64_t i = 0; i < count; i++)
        if (ids[i] < 0 || ids[i] >= rn_vocab_count(v)) abort();
    for (int64_t i = 0; i < rn_vocab_count(v); i++)
        if (rn_vocab_id(v, rn_vocab_token(v, i)) != i) abort();
    const int64_t n = rn_vocab_decode(v, ids, count, NULL, 0);
    char *text = rni_alloc(n + 1);
    int32_t *again = rni_alloc((count + 1) * (int64_t)sizeof *again);
    if (n < 0 || !text || !again || rn_vocab_decode(v, ids, count, text, n + 1) != n) abort();
    if ((int64_t)strlen(text) == n) { /* a NUL ends the text that is encoded */
        if (rn_vocab_encode(v, text, again, count) != count) abort();
        if (count && memcmp(ids, again, (size_t)count * sizeof *ids) != 0) abort();
    }
    rni_free(text);
    rni_free(again);
}

/* Each line is a token. */
static void vocabulary(const uint8_t *data, size_t n, rn_token by)
{
    const char *tokens[64];
    char *text = rni_alloc((int64_t)n + 1), *rest = NULL;
    if (!text) abort();
    memcpy(text, data, n);
    int64_t count = 0;
    for (char *t = strtok_r(text, "\n", &rest); t && count < 64; t = strtok_r(NULL, "\n", &rest)) tokens[count++] = t;
    rn_vocab *v = rn_vocab_new(by, tokens, count);
    fuzz_settle(v != NULL);
    if (v) {
        int32_t ids[8];
        fuzz_settle(rn_vocab_encode(v, "x <unk> \xc3\xa9\n", ids, 8) >= 0);
    }
    rn_vocab_free(v);
    rni_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t live = rni_alloc_live();
    for (int by = RN_BY_CHAR; by <= RN_BY_WORD; by++) {
        rn_text *t = rn_text_load(fuzz_file(data, (int64_t)n), .by = (rn_token)by, .raw_lines = n % 2);
        fuzz_settle(t != NULL);
        if (t) round_trip(t);
        rn_text_free(t);
        vocabulary(data, n, (rn_token)by);
    }
    if (rni_alloc_live() != live) abort();
    return 0;
}

void fuzz_seeds(void)
{
    static const char *const texts[] = { "to be or not to be\nthat <unk> is\n", "a\nb\n<unk>\n<eos>\nx",
                                         "\xc3\xa9\xe6\x97\xa5 \xff\x80 \xf0\x9f\x98\x80", "\\x41 \\xZZ\n\\xff", "" };
    for (size_t i = 0; i < RN_COUNTOF(texts); i++) fuzz_add(texts[i], (int64_t)strlen(texts[i]));
}
