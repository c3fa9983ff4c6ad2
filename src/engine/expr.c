/* Scalar texts to expression graphs: the nodes, their simplification, and the parser.
 *
 * Nodes are shared (equal expressions are one node) and stored children first, so that a walk in index order is a walk
 * in order of evaluation. Knows nothing of tensors. */
#include "engine/expr.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    int arity;
} code_rows[] = {
#define X(name, arity) { #name, arity },
    RNI_CODE_LIST(X)
#undef X
};

/* ---- nodes ---- */

static int32_t intern(rni_expr *e, rni_expr_node want)
{
    if (e->failed) return 0;
    for (int64_t i = e->count - 1; i >= 0; i--) {
        const rni_expr_node *h = &e->node[i];
        if (h->kind == want.kind && h->code == want.code && h->a == want.a && h->b == want.b && h->c == want.c &&
            memcmp(&h->value, &want.value, sizeof h->value) == 0)
            return (int32_t)i;
    }
    rni_expr_node *p = rni_grow(e->node, e->count, &e->capacity, (int64_t)sizeof *p);
    if (!p) {
        e->failed = true;
        return 0;
    }
    e->node = p;
    e->node[e->count] = want;
    return (int32_t)e->count++;
}

int32_t rni_expr_const(rni_expr *e, double value)
{
    return intern(e, (rni_expr_node){ RNI_EXPR_CONST, 0, -1, -1, -1, value });
}

int32_t rni_expr_input(rni_expr *e, int i)
{
    return intern(e, (rni_expr_node){ RNI_EXPR_INPUT, 0, i, -1, -1, 0 });
}

int32_t rni_expr_scalar(rni_expr *e, int i)
{
    return intern(e, (rni_expr_node){ RNI_EXPR_SCALAR, 0, i, -1, -1, 0 });
}

static bool is_const(const rni_expr *e, int32_t i, double value)
{
    return !e->failed && i >= 0 && e->node[i].kind == RNI_EXPR_CONST && e->node[i].value == value;
}

/* Values of operations whose folding is the same in every compute type. */
static bool fold(rn_code code, double a, double b, double *out)
{
    switch (code) {
    case RN_CODE_NEG:
        *out = -a;
        return true;
    case RN_CODE_ADD:
        *out = a + b;
        return true;
    case RN_CODE_SUB:
        *out = a - b;
        return true;
    case RN_CODE_MUL:
        *out = a * b;
        return true;
    default:
        return false;
    }
}

static bool is_negation(const rni_expr *e, int32_t i)
{
    return e->node[i].kind == RNI_EXPR_CODE && e->node[i].code == RN_CODE_NEG;
}

/* Sums and differences with zero; -1 for others. */
static int32_t simpler_sum(rni_expr *e, rn_code code, int32_t a, int32_t b)
{
    const bool adds = code == RN_CODE_ADD;
    if (is_const(e, b, 0)) return a;
    if (is_const(e, a, 0)) return adds ? b : rni_expr_make(e, RN_CODE_NEG, b, -1, -1);
    return adds && is_negation(e, b) ? rni_expr_make(e, RN_CODE_SUB, a, e->node[b].a, -1) : -1;
}

/* Products and quotients with one or minus one; -1 for others. */
static int32_t simpler_product(rni_expr *e, rn_code code, int32_t a, int32_t b)
{
    if (is_const(e, b, 1)) return a;
    if (code == RN_CODE_DIV) return -1;
    if (is_const(e, a, 1)) return b;
    if (is_const(e, a, -1)) return rni_expr_make(e, RN_CODE_NEG, b, -1, -1);
    return is_const(e, b, -1) ? rni_expr_make(e, RN_CODE_NEG, a, -1, -1) : -1;
}

/* A node that is there already, or simpler, with the same value; -1 if there is none. */
static int32_t simpler(rni_expr *e, rn_code code, int32_t a, int32_t b, int32_t c)
{
    switch (code) {
    case RN_CODE_COPY:
        return a;
    case RN_CODE_NEG:
        return is_negation(e, a) ? e->node[a].a : -1;
    case RN_CODE_ADD:
    case RN_CODE_SUB:
        return simpler_sum(e, code, a, b);
    case RN_CODE_MUL:
    case RN_CODE_DIV:
        return simpler_product(e, code, a, b);
    case RN_CODE_SELECT:
        return b == c ? b : -1;
    default:
        return -1;
    }
}

int32_t rni_expr_make(rni_expr *e, rn_code code, int32_t a, int32_t b, int32_t c)
{
    if (e->failed) return 0;
    const rni_expr_node *na = a >= 0 ? &e->node[a] : NULL, *nb = b >= 0 ? &e->node[b] : NULL;
    double value;
    if (na && na->kind == RNI_EXPR_CONST && (!nb || nb->kind == RNI_EXPR_CONST) && c < 0 &&
        fold(code, na->value, nb ? nb->value : 0, &value))
        return rni_expr_const(e, value);
    const int32_t known = simpler(e, code, a, b, c);
    if (known >= 0) return known;
    const bool swaps = (code == RN_CODE_ADD || code == RN_CODE_MUL) && a > b;
    return intern(e, (rni_expr_node){ RNI_EXPR_CODE, (uint8_t)code, swaps ? b : a, swaps ? a : b, c, 0 });
}

void rni_expr_free(rni_expr *e)
{
    rni_free(e->node);
    *e = (rni_expr){ 0 };
}

/* ---- the parser ---- */

enum { NAMES_MAX = 64, DEPTH_MAX = 100 };

typedef struct {
    rni_expr *e;
    const char *text, *at;
    const char *what;
    const rn_site *site;
    int depth;
    bool bad;
    int32_t guard; /* what must be true for the part at work to be evaluated; -1: nothing */
    int count;     /* names that can be read, the latest assignment last */
    struct {
        const char *name;
        int length;
        int32_t node;
    } name[NAMES_MAX];
} parser;

static int32_t refuse(parser *p, const char *fmt, ...) RN_PRINTF(2, 3);
static int32_t refuse(parser *p, const char *fmt, ...)
{
    if (p->bad) return 0;
    p->bad = true;
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    rni_fail(RN_ERR_ARG, p->site, p->what, "column %d: %s", (int)(p->at - p->text) + 1, text);
    rni_error_add("in", "%s", p->text);
    return 0;
}

static void skip_space(parser *p)
{
    while (isspace((unsigned char)*p->at)) p->at++;
}

static bool accept(parser *p, const char *token)
{
    skip_space(p);
    const size_t n = strlen(token);
    if (strncmp(p->at, token, n) != 0) return false;
    p->at += n;
    return true;
}

static int name_length(const char *s)
{
    int n = 0;
    if (isalpha((unsigned char)*s) || *s == '_')
        while (isalnum((unsigned char)s[n]) || s[n] == '_') n++;
    return n;
}

static void define(parser *p, const char *name, int length, int32_t node)
{
    if (p->count == NAMES_MAX) {
        refuse(p, "more than %d names", NAMES_MAX);
        return;
    }
    p->name[p->count].name = name;
    p->name[p->count].length = length;
    p->name[p->count++].node = node;
}

/* After a refusal there may be no node that the numbers stand for. */
static int32_t make(parser *p, rn_code code, int32_t a, int32_t b, int32_t c)
{
    return p->bad ? 0 : rni_expr_make(p->e, code, a, b, c);
}

static int32_t parse_ternary(parser *p);

static int find_code(const char *s, int n)
{
    if (n == 4 && strncmp(s, "rand", 4) == 0) return RN_CODE_RANDOM;
    for (int i = 0; i < RN_CODE_NUMBER; i++) {
        if (i == RN_CODE_LOAD) continue; /* is written x[k] */
        int k = 0;
        while (k < n && code_rows[i].name[k] && tolower((unsigned char)code_rows[i].name[k]) == s[k]) k++;
        if (k == n && code_rows[i].name[k] == '\0') return i;
    }
    return -1;
}

static int32_t parse_function(parser *p, const char *name, int n)
{
    const int code = find_code(name, n);
    if (code < 0 || code_rows[code].arity == 0) return refuse(p, "unknown function '%.*s'", n, name);
    int32_t arg[3] = { -1, -1, -1 };
    for (int i = 0; i < code_rows[code].arity; i++) {
        if (i && !accept(p, ",")) return refuse(p, "'%.*s' takes %d arguments", n, name, code_rows[code].arity);
        arg[i] = parse_ternary(p);
    }
    if (!accept(p, ")")) return refuse(p, "expected ')' after the arguments of '%.*s'", n, name);
    if (code == RN_CODE_RANDOM && !p->bad && !p->e->failed &&
        (p->e->node[arg[0]].kind != RNI_EXPR_SCALAR || p->e->node[arg[1]].kind != RNI_EXPR_SCALAR))
        return refuse(p, "the arguments of rand are options");
    return make(p, (rn_code)code, arg[0], arg[1], arg[2]);
}

static const int32_t *find_name(const parser *p, const char *s, int n)
{
    for (int i = p->count - 1; i >= 0; i--)
        if (p->name[i].length == n && strncmp(p->name[i].name, s, (size_t)n) == 0) return &p->name[i].node;
    return NULL;
}

static bool is_raw(const parser *p, int32_t node)
{
    const rni_expr_node *h = &p->e->node[node];
    return h->kind == RNI_EXPR_INPUT && p->e->raw >> h->a & 1;
}

/* A name that stands for a value, after it: x, or x[k] of an input that is read by position. */
static int32_t parse_value(parser *p, const char *s, int n, int32_t node)
{
    if (p->bad || p->e->failed) return 0;
    const bool raw = is_raw(p, node);
    if (!accept(p, "[")) {
        if (raw) p->at = s;
        return raw ? refuse(p, "'%.*s' is raw and read by position: %.*s[k]", n, s, n, s) : node;
    }
    if (!raw) {
        p->at = s;
        return refuse(p, "'%.*s' is not raw: it has no [k]", n, s);
    }
    const int32_t index = parse_ternary(p);
    if (!accept(p, "]")) return refuse(p, "expected ']' after the position in '%.*s'", n, s);
    return make(p, RN_CODE_LOAD, index, node, p->guard < 0 ? rni_expr_const(p->e, 1) : p->guard);
}

static int32_t parse_name(parser *p)
{
    const char *s = p->at;
    const int n = name_length(s);
    p->at += n;
    if (accept(p, "(")) return parse_function(p, s, n);
    const int32_t *known = find_name(p, s, n);
    if (known) return parse_value(p, s, n, *known);
    static const struct {
        const char *name;
        double value;
    } constants[] = { { "pi", 3.14159265358979323846 }, { "inf", INFINITY }, { "nan", NAN } };
    for (int i = 0; i < (int)RN_COUNTOF(constants); i++)
        if ((int)strlen(constants[i].name) == n && strncmp(constants[i].name, s, (size_t)n) == 0)
            return rni_expr_const(p->e, constants[i].value);
    if (n == 1 && *s == 'i') return make(p, RN_CODE_INDEX, -1, -1, -1);
    if (n == 1 && *s == 'n') return make(p, RN_CODE_COUNT, -1, -1, -1);
    p->at = s;
    return refuse(p, "unknown name '%.*s'", n, s);
}

/* What is evaluated under `cond` beside what holds already; only reading by position can do harm. */
static int32_t guarded(parser *p, int32_t cond)
{
    if (!p->e->raw) return -1;
    return p->guard < 0 ? cond : make(p, RN_CODE_AND, p->guard, cond, -1);
}

static int32_t negated(parser *p, int32_t cond)
{
    return p->e->raw ? make(p, RN_CODE_NOT, cond, -1, -1) : cond;
}

/* After '(': whether a type and ')' follow, which are then read. */
static bool accept_cast(parser *p, rn_dtype *to)
{
    static const struct {
        const char *name;
        rn_dtype to;
    } casts[] = { { "int", RN_I64 },    { "i64", RN_I64 }, { "bool", RN_BOOL }, { "float", RN_F64 },
                  { "double", RN_F64 }, { "f32", RN_F64 }, { "f64", RN_F64 } };
    skip_space(p);
    const char *s = p->at;
    const int n = name_length(s);
    if (n == 0 || find_name(p, s, n)) return false;
    for (int i = 0; i < (int)RN_COUNTOF(casts); i++) {
        if ((int)strlen(casts[i].name) != n || strncmp(casts[i].name, s, (size_t)n) != 0) continue;
        p->at += n;
        *to = casts[i].to;
        if (accept(p, ")")) return true;
        p->at = s;
    }
    return false;
}

static int32_t parse_primary(parser *p);

/* (x) and (int)x */
static int32_t parse_parentheses(parser *p)
{
    rn_dtype to;
    if (!accept_cast(p, &to)) {
        const int32_t inside = parse_ternary(p);
        return accept(p, ")") ? inside : refuse(p, "expected ')'");
    }
    const int32_t x = parse_primary(p);
    if (to == RN_I64) return make(p, RN_CODE_TRUNC, x, -1, -1);
    if (to == RN_BOOL) return make(p, RN_CODE_NE, x, rni_expr_const(p->e, 0), -1);
    p->e->real = true;
    return x;
}

static int32_t parse_primary(parser *p)
{
    skip_space(p);
    if (p->bad || p->e->failed) return 0;
    if (++p->depth > DEPTH_MAX) return refuse(p, "nested more than %d deep", DEPTH_MAX);
    int32_t r;
    if (accept(p, "("))
        r = parse_parentheses(p);
    else if (accept(p, "-"))
        r = make(p, RN_CODE_NEG, parse_primary(p), -1, -1);
    else if (accept(p, "!"))
        r = make(p, RN_CODE_NOT, parse_primary(p), -1, -1);
    else if (accept(p, "~"))
        r = make(p, RN_CODE_BITNOT, parse_primary(p), -1, -1);
    else if (isdigit((unsigned char)*p->at) || *p->at == '.') {
        char *end;
        const double v = rni_scan_f64(p->at, &end);
        if (end == p->at)
            r = refuse(p, "not a number");
        else {
            p->at = end;
            if (*p->at == 'f') p->at++;
            r = rni_expr_const(p->e, v);
        }
    } else if (name_length(p->at))
        r = parse_name(p);
    else
        r = *p->at ? refuse(p, "unexpected '%c'", *p->at) : refuse(p, "unexpected end");
    p->depth--;
    return r;
}

/* Binary operators by rising precedence; longer tokens stand before their prefixes. `swap`: a > b is b < a. */
static const struct {
    const char *token;
    int level;
    rn_code code;
    bool swap;
} operators[] = {
    { "||", 1, RN_CODE_OR, false },    { "&&", 2, RN_CODE_AND, false },  { "==", 6, RN_CODE_EQ, false },
    { "!=", 6, RN_CODE_NE, false },    { "<<", 8, RN_CODE_SHL, false },  { ">>", 8, RN_CODE_SHR, false },
    { "<=", 7, RN_CODE_LE, false },    { ">=", 7, RN_CODE_LE, true },    { "<", 7, RN_CODE_LT, false },
    { ">", 7, RN_CODE_LT, true },      { "|", 3, RN_CODE_BITOR, false }, { "^", 4, RN_CODE_BITXOR, false },
    { "&", 5, RN_CODE_BITAND, false }, { "+", 9, RN_CODE_ADD, false },   { "-", 9, RN_CODE_SUB, false },
    { "*", 10, RN_CODE_MUL, false },   { "/", 10, RN_CODE_DIV, false },  { "%", 10, RN_CODE_MOD, false },
};

static int32_t parse_binary(parser *p, int level)
{
    int32_t left = parse_primary(p);
    for (;;) {
        skip_space(p);
        int k = 0;
        while (k < (int)RN_COUNTOF(operators) && strncmp(p->at, operators[k].token, strlen(operators[k].token)) != 0)
            k++;
        if (k == (int)RN_COUNTOF(operators) || operators[k].level < level || p->bad || p->e->failed) return left;
        p->at += strlen(operators[k].token);
        const int32_t before = p->guard;
        if (operators[k].code == RN_CODE_AND) p->guard = guarded(p, left);
        if (operators[k].code == RN_CODE_OR) p->guard = guarded(p, negated(p, left));
        const int32_t right = parse_binary(p, operators[k].level + 1);
        p->guard = before;
        if (p->bad || p->e->failed) return 0;
        left = operators[k].swap ? make(p, operators[k].code, right, left, -1)
                                 : make(p, operators[k].code, left, right, -1);
    }
}

static int32_t parse_ternary(parser *p)
{
    const int32_t cond = parse_binary(p, 1);
    if (!accept(p, "?")) return cond;
    if (++p->depth > DEPTH_MAX) return refuse(p, "nested more than %d deep", DEPTH_MAX);
    const int32_t before = p->guard;
    p->guard = guarded(p, cond);
    const int32_t yes = parse_ternary(p);
    if (!accept(p, ":")) return refuse(p, "expected ':'");
    p->guard = before;
    p->guard = guarded(p, negated(p, cond));
    const int32_t no = parse_ternary(p);
    p->guard = before;
    p->depth--;
    return make(p, RN_CODE_SELECT, cond, yes, no);
}

static bool is_listed(const char *list, const char *name, int n)
{
    for (const char *s = list ? list : ""; *s; s += *s == ',') {
        if (name_length(s) == n && strncmp(s, name, (size_t)n) == 0) return true;
        s += strcspn(s, ",");
    }
    return false;
}

/* An assignment, or the value of the only output `alone` (NULL where there is none). Returns whether another statement
 * may follow. */
static bool parse_statement(parser *p, const char *alone, const char *others)
{
    skip_space(p);
    const char *name = p->at;
    int n = name_length(name);
    p->at += n;
    skip_space(p);
    const bool assigns = n > 0 && *p->at == '=' && p->at[1] != '=';
    if (assigns && is_listed(others, name, n)) {
        p->at += strcspn(p->at, ";");
        return true;
    }
    if (assigns)
        p->at++;
    else if (alone) {
        p->at = name;
        name = alone;
        n = name_length(name);
    } else if (n)
        refuse(p, "expected '=' after '%.*s'", n, name);
    else
        refuse(p, "expected a name");
    const int32_t value = p->bad ? 0 : parse_ternary(p);
    if (!p->bad) define(p, name, n, value);
    return assigns;
}

/* Calls visit for each name of a comma list; '?' and '*' marks are no part of it. Returns their number. */
static int each_name(const char *list, void (*visit)(parser *p, const char *s, int n, int i), parser *p)
{
    int count = 0;
    for (const char *s = list ? list : ""; *s;) {
        while (*s == ' ' || *s == ',') s++;
        const int n = name_length(s);
        if (n == 0) break;
        if (visit) visit(p, s, n, count);
        count++;
        s += n;
        while (*s && *s != ',') s++;
    }
    return count;
}

static void define_input(parser *p, const char *s, int n, int i)
{
    if (s[n] == '[') p->e->raw |= 1ull << i % 64;
    define(p, s, n, rni_expr_input(p->e, i));
}

static void define_scalar(parser *p, const char *s, int n, int i)
{
    define(p, s, n, rni_expr_scalar(p->e, i));
}

static void find_output(parser *p, const char *s, int n, int i)
{
    if (i >= RN_INPUTS_MAX) return;
    for (int k = p->count - 1; k >= p->e->n_in + p->e->n_scalar; k--)
        if (p->name[k].length == n && strncmp(p->name[k].name, s, (size_t)n) == 0) {
            p->e->out[i] = p->name[k].node;
            return;
        }
    refuse(p, "'%.*s' is never assigned", n, s);
}

bool rni_expr_parse(rni_expr *e, const char *text, const rni_expr_names *names, const char *what, const rn_site *site)
{
    *e = (rni_expr){ 0 };
    parser p = { .e = e, .text = text, .at = text, .what = what, .site = site, .guard = -1 };
    e->n_in = each_name(names->inputs, define_input, &p);
    e->n_scalar = each_name(names->scalars, define_scalar, &p);
    const bool alone = names->value && each_name(names->outputs, NULL, &p) == 1;
    while (parse_statement(&p, alone ? names->outputs + strspn(names->outputs, " ,") : NULL, names->others) && !p.bad &&
           !e->failed && accept(&p, ";")) {
        skip_space(&p);
        if (!*p.at) break;
    }
    skip_space(&p);
    if (!p.bad && !e->failed && *p.at) refuse(&p, "unexpected '%c'", *p.at);
    if (!p.bad) e->n_out = each_name(names->outputs, find_output, &p);
    if (p.bad || e->failed) {
        rni_expr_free(e);
        return false;
    }
    return true;
}

bool rni_expr_is_real(const rni_expr *e)
{
    for (int64_t i = 0; i < e->count; i++) {
        const rni_expr_node *h = &e->node[i];
        const bool function = (h->code >= RN_CODE_SQRT && h->code <= RN_CODE_SIGMOID) || h->code == RN_CODE_ATAN2 ||
                              h->code == RN_CODE_RANDOM;
        if (h->kind == RNI_EXPR_SCALAR || (h->kind == RNI_EXPR_CODE && function) ||
            (h->kind == RNI_EXPR_CONST && !(h->value == floor(h->value) && fabs(h->value) < INFINITY)))
            return true;
    }
    return e->real;
}

bool rni_expr_has_positions(const rni_expr *e)
{
    for (int64_t i = 0; i < e->count; i++) {
        const rni_expr_node *h = &e->node[i];
        if (h->kind == RNI_EXPR_CODE &&
            (h->code == RN_CODE_INDEX || h->code == RN_CODE_COUNT || h->code == RN_CODE_LOAD))
            return true;
    }
    return false;
}
