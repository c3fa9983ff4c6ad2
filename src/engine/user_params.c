/* Parameter lists of kernels, "raw T x, i32 k, number c", and the types that a call binds to their letters. */
#include "engine/user_kernel.h"

#include "base/error.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *text, *at, *what;
    const rn_site *site;
} reader;

static bool refuse(const reader *r, const char *at, const char *fmt, ...) RN_PRINTF(3, 4);
static bool refuse(const reader *r, const char *at, const char *fmt, ...)
{
    char why[160];
    va_list args;
    va_start(args, fmt);
    vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    rni_fail(RN_ERR_ARG, r->site, r->what, "column %d: %s", (int)(at - r->text) + 1, why);
    rni_error_add("in", "%s", r->text);
    return false;
}

static const char *skip_space(reader *r)
{
    while (isspace((unsigned char)*r->at)) r->at++;
    return r->at;
}

/* The word at the place reached, of *n letters, and what follows it. */
static const char *word(reader *r, int *n)
{
    const char *s = skip_space(r);
    *n = 0;
    if (isalpha((unsigned char)*s) || *s == '_')
        while (isalnum((unsigned char)s[*n]) || s[*n] == '_') ++*n;
    r->at += *n;
    return s;
}

static bool is(const char *s, int n, const char *name)
{
    return (int)strlen(name) == n && strncmp(s, name, (size_t)n) == 0;
}

static bool read_type(reader *r, rni_param *p)
{
    int n;
    const char *s = word(r, &n);
    if (is(s, n, "raw")) {
        p->raw = true;
        s = word(r, &n);
    }
    char name[16];
    snprintf(name, sizeof name, "%.*s", n, s);
    p->number = is(s, n, "number");
    p->dtype = n < (int)sizeof name ? rn_dtype_by_name(name) : RN_DTYPE_NONE;
    if (n == 1 && isalpha((unsigned char)*s)) p->letter = *s;
    if (n == 0) return refuse(r, s, *s ? "expected a type, not '%c'" : "expected a type", *s);
    if (!p->number && !p->letter && !p->dtype)
        return refuse(r, s, "no type '%.*s': one letter, an element type such as f32, or number", n, s);
    return !(p->number && p->raw) || refuse(r, s, "a number cannot be raw");
}

static bool read_name(reader *r, const rni_params *known, rni_param *p)
{
    static const char *const reserved[] = { "i", "n", "pi", "inf", "nan" };
    int n;
    const char *s = word(r, &n);
    if (n == 0) return refuse(r, s, "expected a name after the type");
    if (n >= RNI_PARAM_NAME) return refuse(r, s, "a name of more than %d letters", RNI_PARAM_NAME - 1);
    for (int i = 0; i < (int)RN_COUNTOF(reserved); i++)
        if (is(s, n, reserved[i])) return refuse(r, s, "'%.*s' has a meaning of its own in texts", n, s);
    if (*s == '_') return refuse(r, s, "names do not begin with '_'");
    for (int i = 0; i < known->count; i++)
        if (is(s, n, known->at[i].name)) return refuse(r, s, "two parameters are called '%.*s'", n, s);
    snprintf(p->name, sizeof p->name, "%.*s", n, s);
    return true;
}

bool rni_params_parse(rni_params *list, const char *text, const char *what, const rn_site *site)
{
    reader r = { text, text, what, site };
    *list = (rni_params){ 0 };
    while (*skip_space(&r)) {
        const char *start = r.at;
        rni_param p = { 0 };
        RNI_TRY(read_type(&r, &p) && read_name(&r, list, &p));
        if (list->n_tensors + !p.number > RN_INPUTS_MAX)
            return refuse(&r, start, "more than %d tensors", RN_INPUTS_MAX);
        if (list->n_numbers + p.number > RNI_NUMBERS_MAX)
            return refuse(&r, start, "more than %d numbers", RNI_NUMBERS_MAX);
        list->n_tensors += !p.number;
        list->n_numbers += p.number;
        list->at[list->count++] = p;
        if (!*skip_space(&r)) break;
        if (*r.at != ',') return refuse(&r, r.at, "expected ',' after '%s'", p.name);
        r.at++;
        if (!*skip_space(&r)) return refuse(&r, r.at, "expected a type");
    }
    return true;
}

bool rni_user_types(rn_infer *f, const rni_user_kernel *k, rn_dtype *out)
{
    const rni_param *by[128] = { NULL }; /* of each letter: the input that bound it */
    rn_dtype bound[128] = { RN_DTYPE_NONE };
    char rule[2 * RNI_PARAM_NAME + 64];
    for (int i = 0, t = 0; i < k->in.count; i++) {
        const rni_param *p = &k->in.at[i];
        if (p->number) continue;
        const rn_dtype d = f->dtype[t++];
        const int letter = (unsigned char)p->letter & 127;
        if (p->dtype && p->dtype != d) {
            snprintf(rule, sizeof rule, "%s is %s", p->name, rn_dtype_name(p->dtype));
            return rn_refuse(f, RN_ERR_DTYPE, "an input is of another type", rule);
        }
        if (!letter) continue;
        if (by[letter] && bound[letter] != d) {
            snprintf(rule, sizeof rule, "%s and %s are of one type, %c", by[letter]->name, p->name, p->letter);
            return rn_refuse(f, RN_ERR_DTYPE, "inputs are of different types", rule);
        }
        by[letter] = p;
        bound[letter] = d;
    }
    const rn_dtype asked = ((const rni_user_opts *)f->opts)->dtype;
    for (int i = 0; i < k->out.count; i++) {
        const rni_param *p = &k->out.at[i];
        const int letter = (unsigned char)p->letter & 127;
        out[i] = p->dtype ? p->dtype : by[letter] ? bound[letter] : asked;
        if (out[i]) continue;
        snprintf(rule, sizeof rule, ".dtype, which is then %c", p->letter);
        return rn_refuse(f, RN_ERR_DTYPE, "no input says the type of the result", rule);
    }
    return true;
}
