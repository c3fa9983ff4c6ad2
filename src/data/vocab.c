/* Vocabularies: texts cut into tokens, and tokens with numbers. */
#include "data/text.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static const char unknown_token[] = "<unk>", line_token[] = "<eos>";

/* A code point; a byte that is no part of one (or ends C strings) is spelled out as "\xNN". */
static void next_char(rni_tokens *from, const char **token, int64_t *n)
{
    uint32_t point;
    const int bytes = rni_utf8_decode(from->at, from->end - from->at, &point);
    from->line += *from->at == '\n';
    if (bytes > 0 && point != 0) {
        *token = from->at;
        *n = bytes;
        from->at += bytes;
        return;
    }
    snprintf(from->byte, sizeof from->byte, "\\x%02X", (unsigned)(unsigned char)*from->at);
    *token = from->byte;
    *n = 4;
    from->at++;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

static bool next_word(rni_tokens *from, const char **token, int64_t *n)
{
    while (from->at < from->end && is_blank(*from->at)) {
        if (*from->at++ != '\n') continue;
        from->line++;
        if (!from->lines) continue;
        *token = line_token;
        *n = (int64_t)sizeof line_token - 1;
        return true;
    }
    if (from->at >= from->end) return false;
    *token = from->at;
    while (from->at < from->end && !is_blank(*from->at)) from->at++;
    *n = from->at - *token;
    return true;
}

bool rni_token_next(rni_tokens *from, const char **token, int64_t *n)
{
    if (from->at >= from->end) return false;
    if (from->by == RN_BY_WORD) return next_word(from, token, n);
    next_char(from, token, n);
    return true;
}

rn_vocab *rni_vocab_begin(rn_token by)
{
    rn_vocab *v = rni_alloc((int64_t)sizeof *v);
    if (!v) return NULL;
    atomic_init(&v->refs, 1);
    v->by = by;
    return v;
}

bool rni_vocab_finish(rn_vocab *v, const rn_site *site)
{
    if (v->names.count > INT32_MAX)
        return rni_fail(RN_ERR_ARG, site, "vocab_new", "%lld tokens are too many", (long long)v->names.count);
    for (int i = 0; i < 128; i++) {
        const char c = (char)i;
        v->ascii[i] = v->by == RN_BY_CHAR ? (int32_t)rni_names_find(&v->names, &c, 1) : -1;
    }
    v->unknown = (int32_t)rni_names_find(&v->names, unknown_token, (int64_t)sizeof unknown_token - 1);
    v->end_of_line = (int32_t)rni_names_find(&v->names, line_token, (int64_t)sizeof line_token - 1);
    return true;
}

rn_vocab *rni_vocab_hold(rn_vocab *v)
{
    if (v) atomic_fetch_add_explicit(&v->refs, 1, memory_order_relaxed);
    return v;
}

void rn_vocab_free(rn_vocab *v)
{
    if (!v || atomic_fetch_sub_explicit(&v->refs, 1, memory_order_acq_rel) != 1) return;
    rni_names_free(&v->names);
    rni_free(v);
}

int32_t rni_vocab_find(const rn_vocab *v, const char *token, int64_t n)
{
    int64_t id = -1;
    if (n == 1 && v->by == RN_BY_CHAR && !(*token & 0x80))
        id = v->ascii[(unsigned char)*token];
    else
        id = rni_names_find(&v->names, token, n);
    return id >= 0 ? (int32_t)id : v->unknown;
}

rn_vocab *rn_vocab_new_at(const rn_site *site, rn_token by, const char *const *tokens, int64_t count)
{
    if (!rn_ok()) rni_error_trail(site, "vocab_new");
    rn_vocab *v = rn_ok() ? rni_vocab_begin(by) : NULL;
    bool ok = v != NULL;
    if (ok && (count < 0 || (count > 0 && !tokens)))
        ok = rni_fail(RN_ERR_ARG, site, "vocab_new", "the tokens are missing");
    for (int64_t i = 0; ok && i < count; i++) {
        if (!tokens[i]) ok = rni_fail(RN_ERR_ARG, site, "vocab_new", "token %lld is NULL", (long long)i);
        const int64_t id = ok ? rni_names_add(&v->names, tokens[i], (int64_t)strlen(tokens[i])) : -1;
        if (id >= 0 && id != i)
            ok = rni_fail(RN_ERR_ARG, site, "vocab_new", "tokens %lld and %lld are both \"%s\"", (long long)id,
                          (long long)i, tokens[i]);
        ok = ok && id >= 0;
    }
    if (ok && rni_vocab_finish(v, site)) return v;
    rn_vocab_free(v);
    return NULL;
}

rn_token rn_vocab_by(const rn_vocab *v)
{
    return v ? v->by : RN_BY_CHAR;
}

int64_t rn_vocab_count(const rn_vocab *v)
{
    return v ? v->names.count : 0;
}

const char *rn_vocab_token(const rn_vocab *v, int64_t id)
{
    return v && id >= 0 && id < v->names.count ? rni_names_at(&v->names, id) : NULL;
}

int64_t rn_vocab_id(const rn_vocab *v, const char *token)
{
    return v && token ? rni_names_find(&v->names, token, (int64_t)strlen(token)) : -1;
}

int64_t rn_vocab_encode_at(const rn_site *site, const rn_vocab *v, const char *text, int32_t *ids, int64_t room)
{
    if (!v || !text || !rn_ok()) {
        rni_error_trail(site, "vocab_encode");
        return -1;
    }
    rni_tokens from = { .at = text, .end = text + strlen(text), .by = v->by, .lines = v->end_of_line >= 0, .line = 1 };
    const char *token;
    int64_t n, count = 0;
    while (rni_token_next(&from, &token, &n)) {
        const int32_t id = rni_vocab_find(v, token, n);
        if (id < 0) {
            rni_fail(RN_ERR_ARG, site, "vocab_encode", "\"%.*s\" is not in the vocabulary", n < 60 ? (int)n : 60,
                     token);
            return -1;
        }
        if (ids && count < room) ids[count] = id;
        count++;
    }
    return count;
}

/* Adds to a text of limited room as snprintf does: counts what would not fit. */
typedef struct limited {
    char *to;
    int64_t size, length;
} limited;

static void put(limited *out, const char *text, int64_t n)
{
    for (int64_t i = 0; i < n; i++, out->length++)
        if (out->length + 1 < out->size) out->to[out->length] = text[i];
}

static void put_char(limited *out, const char *token)
{
    unsigned byte = 0;
    const bool spelled = token[0] == '\\' && token[1] == 'x' && sscanf(token + 2, "%2X", &byte) == 1;
    const char c = (char)byte;
    put(out, spelled ? &c : token, spelled ? 1 : (int64_t)strlen(token));
}

int64_t rn_vocab_decode(const rn_vocab *v, const int32_t *ids, int64_t count, char *buf, int64_t size)
{
    limited out = { buf, size, 0 };
    bool space = false;
    if (!v || (!ids && count > 0) || !rn_ok()) return -1;
    if (size > 0 && !rni_given(buf, NULL, "vocab_decode", "buf")) return -1;
    for (int64_t i = 0; i < count; i++) {
        const char *token = rn_vocab_token(v, ids[i]);
        if (!token) {
            rni_fail(RN_ERR_ARG, NULL, "vocab_decode", "there is no token %d", (int)ids[i]);
            rni_error_add("expect", "0 to %lld", (long long)v->names.count - 1);
            return -1;
        }
        if (v->by == RN_BY_CHAR)
            put_char(&out, token);
        else if (ids[i] == v->end_of_line) {
            put(&out, "\n", 1);
            space = false;
        } else {
            if (space) put(&out, " ", 1);
            put(&out, token, (int64_t)strlen(token));
            space = true;
        }
    }
    if (size > 0) buf[out.length < size ? out.length : size - 1] = '\0';
    return out.length;
}
