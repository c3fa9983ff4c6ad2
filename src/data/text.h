/* Vocabularies and texts, for the files that make them. */
#ifndef RNI_DATA_TEXT_H
#define RNI_DATA_TEXT_H

#include "data/names.h"

#include <rensa/data.h>
#include <stdatomic.h>

struct rn_vocab {
    atomic_int refs;
    rn_token by;
    rni_names names;
    int32_t ascii[128];           /* by character: their numbers, -1 for those without */
    int32_t unknown, end_of_line; /* numbers of "<unk>" and "<eos>", -1 where absent */
};

/* What several slices of one text share. */
typedef struct rni_text_body {
    atomic_int refs;
    int32_t *ids;
    rn_vocab *vocab;
    char *source;
} rni_text_body;

struct rn_text {
    rni_text_body *body;
    int64_t first, count;
};

/* Where tokens are taken from. */
typedef struct rni_tokens {
    const char *at, *end;
    rn_token by;
    bool lines; /* by word: a new line is the token "<eos>" */
    int64_t line;
    char byte[8]; /* text of a token that is not in the input */
} rni_tokens;

/* The next token: its text and length. False at the end. */
bool rni_token_next(rni_tokens *from, const char **token, int64_t *n);

/* Whether rn_text_known knows a text of this name. */
bool rni_text_is_known(const char *name);

/* An empty vocabulary with one reference, to be filled through names and finished. */
rn_vocab *rni_vocab_begin(rn_token by);
/* Prepares a filled vocabulary for lookups. */
bool rni_vocab_finish(rn_vocab *v, const rn_site *site);
rn_vocab *rni_vocab_hold(rn_vocab *v); /* NULL is fine */
/* Number of a token or of "<unk>"; -1 where it has none. */
int32_t rni_vocab_find(const rn_vocab *v, const char *token, int64_t n);

/* The i-th text that rn_text_known knows, NULL past the last; what it is into *brief, if that is not NULL. */
const char *rni_text_known_name(int i, const char **brief);

/* A text of n bytes, under a vocabulary or one made from it. `source` is for rn_text_source, `name` for errors. */
rn_text *rni_text_make(const char *bytes, int64_t n, rn_token by, bool raw_lines, rn_vocab *vocab, const char *source,
                       const char *name, const rn_site *site);

#endif
