/* Texts as sequences of token numbers, and slices of them that share the numbers. */
#include "data/text.h"

#include "base/alloc.h"
#include "base/error.h"
#include "data/source.h"

#include <string.h>

static void body_drop(rni_text_body *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1) return;
    rni_free(b->ids);
    rni_free(b->source);
    rn_vocab_free(b->vocab);
    rni_free(b);
}

/* First pass: the tokens that occur, and how many there are. */
static rn_vocab *collect(rni_tokens from, int64_t *count, const rn_site *site)
{
    rn_vocab *v = rni_vocab_begin(from.by);
    const char *token;
    int64_t n;
    bool ok = v != NULL;
    *count = 0;
    while (ok && rni_token_next(&from, &token, &n)) {
        ok = rni_names_add(&v->names, token, n) >= 0;
        ++*count;
    }
    /* Characters are numbered in their order, whichever comes first in the text; words as they come. */
    if (ok && from.by == RN_BY_CHAR && v->names.count > 0) {
        int64_t *new_of = rni_alloc_raw(v->names.count * (int64_t)sizeof *new_of);
        ok = new_of && rni_names_sort(&v->names, new_of);
        rni_free(new_of);
    }
    if (ok && rni_vocab_finish(v, site)) return v;
    rn_vocab_free(v);
    return NULL;
}

static int64_t count_tokens(rni_tokens from)
{
    const char *token;
    int64_t n, count = 0;
    while (rni_token_next(&from, &token, &n)) count++;
    return count;
}

static bool number_tokens(rni_text_body *b, rni_tokens from, int64_t count, const char *name)
{
    const char *token;
    int64_t n;
    b->ids = rni_alloc_raw(count * (int64_t)sizeof *b->ids);
    for (int64_t i = 0; b->ids && i < count && rni_token_next(&from, &token, &n); i++) {
        b->ids[i] = rni_vocab_find(b->vocab, token, n);
        if (b->ids[i] >= 0) continue;
        rni_fail(RN_ERR_FORMAT, NULL, "text_load", "line %lld: \"%.*s\" is not in the vocabulary", (long long)from.line,
                 n < 60 ? (int)n : 60, token);
        rni_error_add("file", "%s:%lld", name, (long long)from.line);
        return false;
    }
    return b->ids != NULL;
}

/* A text over the whole of a body, whose reference it takes over. */
static rn_text *text_over(rni_text_body *b, int64_t first, int64_t count)
{
    rn_text *t = rni_alloc((int64_t)sizeof *t);
    if (t)
        *t = (rn_text){ b, first, count };
    else
        body_drop(b);
    return t;
}

rn_text *rni_text_make(const char *bytes, int64_t n, rn_token by, bool raw_lines, rn_vocab *vocab, const char *source,
                       const char *name, const rn_site *site)
{
    rni_tokens from = { .at = bytes, .end = bytes + n, .by = vocab ? vocab->by : by, .line = 1 };
    from.lines = !raw_lines && (!vocab || vocab->end_of_line >= 0);
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) from.at += 3;
    rni_text_body *b = rni_alloc((int64_t)sizeof *b);
    if (!b) return NULL;
    int64_t count = 0;
    atomic_init(&b->refs, 1);
    b->source = rni_strdup(source);
    if (vocab) count = count_tokens(from);
    b->vocab = vocab ? rni_vocab_hold(vocab) : collect(from, &count, site);
    if (b->source && b->vocab && number_tokens(b, from, count, name)) return text_over(b, 0, count);
    body_drop(b);
    return NULL;
}

rn_text *rn_text_load_at(const rn_text_load_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (rn_ok() && !a->path) rni_fail(RN_ERR_ARG, &a->site, "text_load", "the path is missing");
    if (!rn_ok()) {
        rni_error_trail(&a->site, "text_load");
        return NULL;
    }
    const rn_site *before = rni_site_enter(&a->site);
    rn_text *t = NULL;
    void *bytes = NULL;
    int64_t n = 0;
    rni_str source = { 0 };
    rni_str_addf(&source, "text %s", a->path);
    if (!source.failed && rni_read_unpacked(a->path, &bytes, &n))
        t = rni_text_make(bytes, n, a->by, a->raw_lines, a->vocab, source.at, a->path, &a->site);
    rni_free(bytes);
    rni_str_free(&source);
    rni_site_enter(before);
    return t;
}

void rn_text_free(rn_text *text)
{
    if (!text) return;
    body_drop(text->body);
    rni_free(text);
}

int64_t rn_text_count(const rn_text *text)
{
    return text ? text->count : 0;
}

const int32_t *rn_text_ids(const rn_text *text)
{
    return text ? text->body->ids + text->first : NULL;
}

rn_vocab *rn_text_vocab(const rn_text *text)
{
    return text ? text->body->vocab : NULL;
}

const char *rn_text_source(const rn_text *text)
{
    return text ? text->body->source : "";
}

rn_text *rn_text_slice_at(const rn_site *site, rn_text *text, int64_t first, int64_t count)
{
    if (!text || !rn_ok()) {
        rni_error_trail(site, "text_slice");
        return NULL;
    }
    if (first < 0 || count < 0 || count > text->count - first) {
        rni_fail(RN_ERR_ARG, site, "text_slice", "there are no %lld tokens from %lld on", (long long)count,
                 (long long)first);
        rni_error_add("actual", "the text has %lld tokens", (long long)text->count);
        return NULL;
    }
    atomic_fetch_add_explicit(&text->body->refs, 1, memory_order_relaxed);
    return text_over(text->body, text->first + first, count);
}
