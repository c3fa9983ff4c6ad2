/* Expressions in project files: a recursive descent over the text that computes as it reads. Nothing is kept, so there
 * is no tree and no allocation. Branches that are not taken are read with `skip` set: they must be well formed, but
 * their values do not matter. */
#include "project/value.h"

#include "base/error.h"
#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

typedef struct reader {
    const char *text, *p;
    const rni_variables *variables;
    rni_expr_error *error;
    int depth, skip;
} reader;

static bool RN_PRINTF(3, 4) fail(const reader *r, const char *at, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(r->error->why, sizeof r->error->why, fmt, args);
    va_end(args);
    r->error->at = at - r->text;
    return false;
}

static void space(reader *r)
{
    while (*r->p == ' ' || *r->p == '\t') r->p++;
}

static bool is_name(char c, bool first)
{
    return isalpha((unsigned char)c) || c == '_' || (!first && isdigit((unsigned char)c));
}

/* ---- functions ---- */

typedef struct function {
    const char *name;
    double (*one)(double);          /* of one argument, or */
    double (*fold)(double, double); /* of any number of them, from the first on */
} function;

static const function functions[] = {
    { "floor", floor, NULL }, { "ceil", ceil, NULL }, { "round", round, NULL }, { "abs", fabs, NULL },
    { "sqrt", sqrt, NULL },   { "log2", log2, NULL }, { "min", NULL, fmin },    { "max", NULL, fmax },
};

static const char *known_name(void *user, int i)
{
    const reader *r = user;
    if (i < r->variables->count) return r->variables->at[i].name;
    i -= (int)r->variables->count;
    return i < (int)RN_COUNTOF(functions) ? functions[i].name : NULL;
}

static bool unknown(reader *r, const char *at, int n, const char *what)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", n, at);
    const char *near = rni_nearest(name, known_name, r);
    return near ? fail(r, at, "there is no %s \"%s\"; did you mean \"%s\"?", what, name, near)
                : fail(r, at, "there is no %s \"%s\"", what, name);
}

static bool number_of(reader *r, const char *at, const rni_value *v)
{
    if (v->kind == RNI_VALUE_NUMBER || v->kind == RNI_VALUE_BOOL) return true;
    return fail(r, at, "needs a number, not %s", rni_value_kind_name(v->kind));
}

static bool set_number(reader *r, const char *at, double value, rni_value *out)
{
    if (!isfinite(value) && !r->skip) return fail(r, at, "the result is not a finite number");
    *out = (rni_value){ .kind = RNI_VALUE_NUMBER, .number = value };
    return true;
}

static bool read_expr(reader *r, rni_value *out);

static bool read_call(reader *r, const char *name, int n, rni_value *out)
{
    const function *f = NULL;
    for (size_t i = 0; i < RN_COUNTOF(functions); i++)
        if (strncmp(functions[i].name, name, (size_t)n) == 0 && functions[i].name[n] == '\0') f = &functions[i];
    if (!f) return unknown(r, name, n, "function");
    double result = 0;
    int count = 0;
    do {
        r->p++; /* the '(' or ',' */
        space(r);
        const char *at = r->p;
        rni_value v;
        if (!read_expr(r, &v) || !number_of(r, at, &v)) return false;
        result = count++ && f->fold ? f->fold(result, v.number) : v.number;
        space(r);
    } while (*r->p == ',');
    if (*r->p != ')') return fail(r, r->p, "expected ) after the arguments of %s", f->name);
    r->p++;
    if (f->one && count > 1) return fail(r, name, "%s takes 1 argument", f->name);
    return set_number(r, name, f->one ? f->one(result) : result, out);
}

/* ---- atoms ---- */

static bool read_name(reader *r, rni_value *out)
{
    const char *at = r->p;
    while (is_name(*r->p, false)) r->p++;
    const int n = (int)(r->p - at);
    space(r);
    if (*r->p == '(') return read_call(r, at, n, out);
    if ((n == 4 && memcmp(at, "true", 4) == 0) || (n == 5 && memcmp(at, "false", 5) == 0)) {
        *out = (rni_value){ .kind = RNI_VALUE_BOOL, .number = n == 4 };
        return true;
    }
    for (int64_t i = r->variables->count - 1; i >= 0; i--) {
        const rni_variable *v = &r->variables->at[i];
        if (strncmp(v->name, at, (size_t)n) != 0 || v->name[n]) continue;
        *out = v->value;
        return true;
    }
    return unknown(r, at, n, "value");
}

static bool read_number(reader *r, rni_value *out)
{
    const char *at = r->p;
    while (isdigit((unsigned char)*r->p) || *r->p == '.') r->p++;
    const char *mantissa = r->p;
    if (*r->p == 'e' || *r->p == 'E') {
        r->p++;
        if (*r->p == '+' || *r->p == '-') r->p++;
        if (!isdigit((unsigned char)*r->p)) r->p = mantissa;
        while (isdigit((unsigned char)*r->p)) r->p++;
    }
    double v;
    if (!rni_parse_f64(at, r->p - at, &v)) return fail(r, at, "\"%.*s\" is not a number", (int)(r->p - at), at);
    return set_number(r, at, v, out);
}

static bool read_text(reader *r, rni_value *out)
{
    const char *at = ++r->p;
    while (*r->p && *r->p != '\'') r->p++;
    if (!*r->p) return fail(r, at - 1, "the text has no end (')");
    *out = (rni_value){ .kind = RNI_VALUE_TEXT, .text = at, .bytes = r->p - at };
    r->p++;
    return true;
}

static bool read_atom(reader *r, rni_value *out)
{
    space(r);
    const char c = *r->p;
    if (is_name(c, true)) return read_name(r, out);
    if (isdigit((unsigned char)c) || c == '.') return read_number(r, out);
    if (c == '\'') return read_text(r, out);
    if (c != '(')
        return c ? fail(r, r->p, "expected a value before \"%.10s\"", r->p)
                 : fail(r, r->p, "a value is missing at the end");
    r->p++;
    if (!read_expr(r, out)) return false;
    space(r);
    if (*r->p != ')') return fail(r, r->p, "expected )");
    r->p++;
    return true;
}

/* ---- operators ---- */

static bool read_unary(reader *r, rni_value *out)
{
    space(r);
    const char *at = r->p, c = *at;
    if (c == '-' || c == '!' || c == '+') {
        if (++r->depth > DEPTH_MAX) return fail(r, at, "too deep");
        r->p++;
        if (!read_unary(r, out) || !number_of(r, at, out)) return false;
        r->depth--;
        if (c == '!') *out = (rni_value){ .kind = RNI_VALUE_BOOL, .number = out->number == 0 };
        if (c == '-') *out = (rni_value){ .kind = RNI_VALUE_NUMBER, .number = -out->number };
        return true;
    }
    if (!read_atom(r, out)) return false;
    space(r);
    if (strncmp(r->p, "**", 2) != 0) return true;
    at = r->p;
    r->p += 2;
    rni_value power;
    if (++r->depth > DEPTH_MAX) return fail(r, at, "too deep");
    if (!number_of(r, at, out) || !read_unary(r, &power) || !number_of(r, at, &power)) return false;
    r->depth--;
    return set_number(r, at, pow(out->number, power.number), out);
}

/* By rising precedence. Longer ones stand before those that they begin with. */
static const char *const operators[][7] = {
    { "||" }, { "&&" }, { "==", "!=", "<=", ">=", "<", ">" }, { "+", "-" }, { "//", "*", "/", "%" },
};

static const char *next_operator(const reader *r, int level)
{
    for (int i = 0; operators[level][i]; i++) {
        const char *o = operators[level][i];
        if (strncmp(r->p, o, strlen(o)) == 0 && !(strcmp(o, "*") == 0 && r->p[1] == '*')) return o;
    }
    return NULL;
}

static bool equal(const rni_value *a, const rni_value *b)
{
    if (a->kind == RNI_VALUE_TEXT || b->kind == RNI_VALUE_TEXT)
        return a->kind == b->kind && a->bytes == b->bytes && memcmp(a->text, b->text, (size_t)a->bytes) == 0;
    return a->number == b->number;
}

static bool logical(double yes, rni_value *out)
{
    *out = (rni_value){ .kind = RNI_VALUE_BOOL, .number = yes != 0 };
    return true;
}

static bool apply(reader *r, const char *at, const char *o, const rni_value *a, const rni_value *b, rni_value *out)
{
    const bool lists = a->kind == RNI_VALUE_LIST || b->kind == RNI_VALUE_LIST;
    if (!lists && o[1] == '=' && (o[0] == '=' || o[0] == '!')) return logical(equal(a, b) == (o[0] == '='), out);
    if (!number_of(r, at, a) || !number_of(r, at, b)) return false;
    const double x = a->number, y = b->number;
    if ((o[0] == '/' || o[0] == '%') && y == 0 && !r->skip) return fail(r, at, "divides by zero");
    switch (o[0]) {
    case '|':
        return logical(x != 0 || y != 0, out);
    case '&':
        return logical(x != 0 && y != 0, out);
    case '<':
        return logical(o[1] ? x <= y : x < y, out);
    case '>':
        return logical(o[1] ? x >= y : x > y, out);
    case '+':
        return set_number(r, at, x + y, out);
    case '-':
        return set_number(r, at, x - y, out);
    case '*':
        return set_number(r, at, x * y, out);
    case '%':
        return set_number(r, at, x - y * floor(x / y), out);
    default:
        return set_number(r, at, o[1] ? floor(x / y) : x / y, out);
    }
}

static bool read_level(reader *r, int level, rni_value *out)
{
    if (level == (int)RN_COUNTOF(operators)) return read_unary(r, out);
    if (!read_level(r, level + 1, out)) return false;
    for (;;) {
        space(r);
        const char *at = r->p, *o = next_operator(r, level);
        if (!o) return true;
        r->p += strlen(o);
        rni_value right;
        if (!read_level(r, level + 1, &right)) return false;
        const rni_value left = *out;
        if (!apply(r, at, o, &left, &right, out)) return false;
    }
}

static bool read_choice(reader *r, rni_value *out)
{
    const char *at = r->p++;
    if (!number_of(r, at, out)) return false;
    const bool yes = out->number != 0;
    rni_value a, b;
    r->skip += !yes;
    if (!read_expr(r, &a)) return false;
    r->skip -= !yes;
    space(r);
    if (*r->p != ':') return fail(r, r->p, "expected : after the first choice");
    r->p++;
    r->skip += yes;
    if (!read_expr(r, &b)) return false;
    r->skip -= yes;
    *out = yes ? a : b;
    return true;
}

static bool read_expr(reader *r, rni_value *out)
{
    if (++r->depth > DEPTH_MAX) return fail(r, r->p, "too deep");
    if (!read_level(r, 0, out)) return false;
    space(r);
    if (*r->p == '?' && !read_choice(r, out)) return false;
    r->depth--;
    return true;
}

bool rni_expr_compute(const char *text, const rni_variables *variables, rni_value *out, rni_expr_error *error)
{
    static const rni_variables none = { 0 };
    reader r = { .text = text, .p = text, .variables = variables ? variables : &none, .error = error };
    if (!read_expr(&r, out)) return false;
    space(&r);
    return *r.p == '\0' || fail(&r, r.p, "\"%.10s\" is left over", r.p);
}
