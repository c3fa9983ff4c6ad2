/* A list is a JSON array, or a text with commas between its values (those inside brackets or quotes do not count). */
#include "console/sweep.h"

#include "base/alloc.h"
#include "base/error.h"
#include "project/project.h"

#include <string.h>

static bool add_value(rni_sweep *s, const char *text)
{
    const int64_t k = s->n;
    char **more = rni_realloc(s->value[k], (s->count[k] + 1) * (int64_t)sizeof *more);
    if (!more) return false;
    s->value[k] = more;
    more[s->count[k]] = rni_strdup(text);
    return more[s->count[k]] && ++s->count[k] > 0;
}

static bool add_json(rni_sweep *s, const rni_json *v)
{
    rni_str text = { 0 };
    rni_json_write_any(&(rni_json_writer){ .to = &text }, v);
    const bool ok = !text.failed && add_value(s, text.at);
    rni_str_free(&text);
    return ok;
}

/* A value of a text: JSON where it is, else a text. */
static bool add_word(rni_sweep *s, const char *at, int64_t n)
{
    while (n > 0 && *at == ' ') at++, n--;
    while (n > 0 && at[n - 1] == ' ') n--;
    if (n == 0) return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%s\" has an empty value between commas", s->key[s->n]);
    rni_json *v = rni_json_parse(at, n, s->key[s->n]);
    if (v) {
        const bool ok = add_json(s, v);
        rni_json_free(v);
        return ok;
    }
    rn_error_clear();
    rni_str quoted = { 0 };
    char *word = rni_strndup(at, n);
    if (word) rni_json_write_string(&(rni_json_writer){ .to = &quoted }, word);
    const bool ok = word && !quoted.failed && add_value(s, quoted.at);
    rni_str_free(&quoted);
    rni_free(word);
    return ok;
}

static bool add_words(rni_sweep *s, const char *text)
{
    int depth = 0;
    bool quoted = false;
    const char *begin = text;
    for (const char *c = text;; c++) {
        if (*c == '"') quoted = !quoted;
        if (!quoted) depth += strchr("[{", *c) && *c ? 1 : strchr("]}", *c) && *c ? -1 : 0;
        if (*c && (*c != ',' || depth > 0 || quoted)) continue;
        RNI_TRY(add_word(s, begin, c - begin));
        if (!*c) return true;
        begin = c + 1;
    }
}

static bool add_key(rni_sweep *s, const char *key)
{
    if (s->n == RNI_SWEEP_KEYS) return rni_fail(RN_ERR_ARG, NULL, NULL, "at most %d values can be set", RNI_SWEEP_KEYS);
    if (!*key || strchr(key, '=')) return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%.80s\" is no path of a value", key);
    for (int64_t i = 0; i < s->n; i++)
        if (strcmp(s->key[i], key) == 0) return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%.80s\" is set twice", key);
    s->key[s->n] = key;
    return true;
}

static bool take_list(rni_sweep *s, const rni_json *v)
{
    const rni_json_type type = rni_json_type_of(v);
    if (type == RNI_JSON_STRING) return add_words(s, rni_json_string(v));
    if (type != RNI_JSON_ARRAY) return add_json(s, v);
    if (!rni_json_count(v)) return rni_json_fail(v, RN_ERR_ARG, "\"%s\" has no values", rni_json_key(v));
    for (int64_t i = 0; i < rni_json_count(v); i++) RNI_TRY(add_json(s, rni_json_at(v, i)));
    return true;
}

bool rni_sweep_read(const rni_json *set, const rni_json *lists, rni_sweep *s)
{
    *s = (rni_sweep){ .runs = 1 };
    for (int64_t i = 0; i < rni_json_count(set); i++, s->n++)
        RNI_TRY(add_key(s, rni_json_key_at(set, i)) && add_json(s, rni_json_at(set, i)));
    for (int64_t i = 0; i < rni_json_count(lists); i++) {
        RNI_TRY(add_key(s, rni_json_key_at(lists, i)) && take_list(s, rni_json_at(lists, i)));
        if (!rni_mul_i64(s->runs, s->count[s->n], &s->runs) || s->runs > RNI_SWEEP_RUNS)
            return rni_fail(RN_ERR_ARG, NULL, NULL, "the lists come to more than %d runs", RNI_SWEEP_RUNS);
        s->n++;
    }
    return true;
}

void rni_sweep_free(rni_sweep *s)
{
    for (int64_t k = 0; k < RNI_SWEEP_KEYS; k++) {
        for (int64_t i = 0; i < s->count[k]; i++) rni_free(s->value[k][i]);
        rni_free(s->value[k]);
    }
    *s = (rni_sweep){ 0 };
}

void rni_sweep_at(const rni_sweep *s, int64_t i, const char *value[RNI_SWEEP_KEYS])
{
    for (int64_t k = s->n - 1; k >= 0; k--) {
        value[k] = s->value[k][i % s->count[k]];
        i /= s->count[k];
    }
}

void rni_sweep_name(const rni_sweep *s, int64_t i, rni_str *to)
{
    const char *value[RNI_SWEEP_KEYS];
    rni_sweep_at(s, i, value);
    for (int64_t k = 0; k < s->n; k++) {
        const char *dot = strrchr(s->key[k], '.');
        if (s->count[k] > 1) rni_str_addf(to, "%s%s=%.40s", to->length ? " " : "", dot ? dot + 1 : s->key[k], value[k]);
    }
}
