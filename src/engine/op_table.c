/* The table of functions and the handling of options by their rows: defaults, ranges, texts. */
#include "engine/op_table.h"

#include "base/error.h"
#include "base/number.h"
#include "base/str.h"
#include "engine/map.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { USER_OPS_MAX = 256, NAME_SLOTS = 4096 };

/* Functions registered by programs, and an index by name over all; written under the lock. */
static struct {
    pthread_mutex_t lock;
    int user_count;
    const rn_op *user[USER_OPS_MAX];
    bool indexed;
    const rn_op *slot[NAME_SLOTS];
} g = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const rn_op *row_at(int i, const char **topic, bool internal)
{
    for (const rni_op_row *r = rni_op_rows; r->op; r++)
        for (const rn_op *op = r->op; op->name; op++) {
            if ((internal || !(op->flags & RN_OP_INTERNAL)) && i-- == 0) {
                if (topic) *topic = r->topic;
                return op;
            }
            if (!r->family) break;
        }
    if (topic) *topic = "user";
    return i >= 0 && i < g.user_count ? g.user[i] : NULL;
}

const rn_op *rni_op_at(int i, const char **topic)
{
    return row_at(i, topic, true);
}

const rn_op *rn_op_at(int i, const char **topic)
{
    return row_at(i, topic, false);
}

static unsigned slot_of(const char *name)
{
    unsigned h = 2166136261u;
    for (; *name; name++) h = (h ^ (unsigned char)*name) * 16777619u;
    return h % NAME_SLOTS;
}

static const rn_op *find_locked(const char *name, unsigned *slot)
{
    unsigned s = slot_of(name);
    while (g.slot[s] && strcmp(g.slot[s]->name, name) != 0) s = (s + 1) % NAME_SLOTS;
    if (slot) *slot = s;
    return g.slot[s];
}

static void index_locked(void)
{
    if (g.indexed) return;
    g.indexed = true;
    const rn_op *op;
    for (int i = 0; (op = rni_op_at(i, NULL)) != NULL; i++) {
        unsigned s;
        if (!find_locked(op->name, &s)) g.slot[s] = op;
    }
}

static const rn_op *find_row(const char *name, bool internal)
{
    if (!name) return NULL;
    pthread_mutex_lock(&g.lock);
    index_locked();
    const rn_op *op = find_locked(name, NULL);
    bool known = internal || !op || !(op->flags & RN_OP_INTERNAL);
    for (int i = 0; i < g.user_count && !known; i++) known = g.user[i] == op;
    pthread_mutex_unlock(&g.lock);
    return known ? op : NULL;
}

const rn_op *rni_op_find(const char *name)
{
    return find_row(name, true);
}

const rn_op *rn_op_find(const char *name)
{
    return find_row(name, false);
}

/* Where options would be written outside of their struct, or read without what their type needs. */
static const char *option_defect(const rn_op *op)
{
    if (op->opts && !op->opts_size) return "it has options but no opts_size";
    for (const rn_opt *o = op->opts; o && o->name; o++) {
        if (o->type <= RN_OPT_END || o->type > RN_OPT_TYPE_TEXT) return "an option has no type";
        if ((o->type == RN_OPT_TYPE_I64S || o->type == RN_OPT_TYPE_TEXT) && o->count < 1)
            return "an option of several places has none";
        if (o->type == RN_OPT_TYPE_ENUM && !o->choices) return "an option that is one of several words has no choices";
        if (o->offset < 0 || (size_t)o->offset + (size_t)rni_opt_bytes(o) > op->opts_size)
            return "an option lies outside of opts_size";
    }
    return NULL;
}

static bool is_reduction(const rn_op *op)
{
    const rn_opt *o = op->opts;
    return op->join > RN_JOIN_NONE && op->join <= RN_JOIN_ARGMIN && rni_op_inputs(op, NULL, NULL) == 1 &&
           rni_op_outputs(op) == 1 && o && o[0].type == RN_OPT_TYPE_AXES && o[0].offset == 0 &&
           op->opts_size >= sizeof(rn_reduce_opts);
}

static bool is_type_rule(const rn_op *op)
{
    static const char *const rules[] = { "promote", "first", "float", "sum", "mean" };
    if (!op->types || rn_dtype_by_name(op->types)) return true;
    for (int i = 0; i < (int)RN_COUNTOF(rules); i++)
        if (strcmp(op->types, rules[i]) == 0) return true;
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (o->type == RN_OPT_TYPE_DTYPE && strncmp(op->types, "opt:", 4) == 0 && strcmp(op->types + 4, o->name) == 0)
            return true;
    return false;
}

static const char *input_defect(const rn_op *op)
{
    const int n = rni_op_inputs(op, NULL, NULL);
    const uint32_t raw = rni_op_raw(op);
    if (n > RN_INPUTS_MAX) return "it has more inputs than RN_INPUTS_MAX";
    if (raw && ((op->kind != RN_MAP && op->kind != RN_FUNCTION) || op->flags & RN_OP_LIST_OUT))
        return "only elementwise functions read inputs by position";
    if (op->kind == RN_MAP && !op->infer && raw == (1u << n) - 1)
        return "an elementwise function needs an input that is not read by position, or an infer";
    return NULL;
}

/* What functions of a kind must have. */
static const char *kind_defect(const rn_op *op)
{
    switch (op->kind) {
    case RN_MAP:
    case RN_REDUCE:
        if (!op->expr) return "it has no expr";
        return is_type_rule(op) ? NULL : "its types are none of the rules";
    case RN_VIEW:
        return op->infer && (op->view || (op->parts && op->view_part)) ? NULL : "a view needs infer and view";
    case RN_KERNEL:
        return op->run && op->infer ? NULL : "a kernel function needs infer and run";
    case RN_COMPOSITE:
    case RN_FUNCTION:
        if (!op->build) return "it has no build";
        return op->kind == RN_FUNCTION || op->backward || op->flags & RN_OP_NO_GRAD ? NULL
                                                                                    : "a composite needs a backward";
    default:
        return "its kind is not one of RN_MAP … RN_FUNCTION";
    }
}

static bool has_too_many_scalars(const rn_op *op)
{
    int scalars = 0;
    for (const rn_opt *o = op->opts; o && o->name; o++) scalars += (o->flags & RN_OPT_SCALAR) != 0;
    return scalars > RNI_SCALARS_MAX;
}

const char *rni_row_defect(const rn_op *op)
{
    if (!op->name || !*op->name) return "it has no name";
    const char *why = kind_defect(op);
    if (!why) why = option_defect(op);
    if (!why) why = input_defect(op);
    if (why) return why;
    if (op->kind == RN_REDUCE && !is_reduction(op))
        return "a reduction needs a join, one input, one result, and options that begin with an rn_reduce_opts";
    if (op->flags & RN_OP_LIST_OUT && op->kind != RN_MAP) return "only elementwise functions go over lists";
    if (rni_op_outputs(op) > RN_INPUTS_MAX) return "it has more results than RN_INPUTS_MAX";
    if (op->flags & RN_OP_RANDOM && (op->opts_size < sizeof(rn_random) || op->opts_size > RNI_RANDOM_OPTS_MAX))
        return "its options do not begin with an rn_random, or are too large";
    return has_too_many_scalars(op) ? "it has too many numbers as options" : NULL;
}

bool rn_op_register(const rn_op *op)
{
    if (!rn_ok()) return false;
    RNI_TRY(rni_given(op, NULL, "op_register", "op"));
    const char *why = rni_row_defect(op);
    if (why) return rni_fail(RN_ERR_ARG, NULL, "op_register", "%s: %s", op->name ? op->name : "(no name)", why);
    RNI_TRY(rni_map_check(op, NULL));
    pthread_mutex_lock(&g.lock);
    index_locked();
    unsigned s;
    const bool taken = find_locked(op->name, &s) != NULL, full = g.user_count == USER_OPS_MAX;
    if (!taken && !full) {
        g.user[g.user_count++] = op;
        g.slot[s] = op;
    }
    pthread_mutex_unlock(&g.lock);
    if (taken) return rni_fail(RN_ERR_ARG, NULL, "op_register", "there is a function called %s already", op->name);
    if (full) return rni_fail(RN_ERR_ARG, NULL, "op_register", "more than %d functions", USER_OPS_MAX);
    return true;
}

bool rni_op_name(const char *list, int i, char *buf, int size, char *mark)
{
    const char *s = list ? list : "";
    for (;; i--) {
        while (*s == ' ' || *s == ',') s++;
        if (!*s) return false;
        int n = 0;
        while (isalnum((unsigned char)s[n]) || s[n] == '_') n++;
        if (i == 0 || s[n] == '*') {
            snprintf(buf, (size_t)size, "%.*s", n, s);
            if (mark) *mark = s[n] == '?' || s[n] == '*' ? s[n] : '\0';
            return true;
        }
        s += n;
        while (*s && *s != ',') s++;
    }
}

int rni_op_inputs(const rn_op *op, int *required, bool *list)
{
    int n = 0, need = 0;
    bool has_list = false;
    for (const char *s = op->inputs ? op->inputs : ""; *s;) {
        while (*s == ' ' || *s == ',') s++;
        if (!*s) break;
        while (*s && *s != ',' && *s != '?' && *s != '*') s++;
        n++;
        if (*s == '*') has_list = true;
        if (*s != '?') need = n;
        while (*s && *s != ',') s++;
    }
    if (required) *required = need;
    if (list) *list = has_list;
    return n;
}

uint32_t rni_op_raw(const rn_op *op)
{
    uint32_t raw = 0;
    int i = 0;
    for (const char *s = op->inputs ? op->inputs : ""; *s && i < RN_INPUTS_MAX; s++) {
        if (*s == '[') raw |= 1u << i;
        i += *s == ',';
    }
    return raw;
}

int rni_op_outputs(const rn_op *op)
{
    int n = op->outputs ? 0 : 1;
    for (const char *s = op->outputs ? op->outputs : ""; *s;) {
        while (*s == ' ' || *s == ',') s++;
        if (!*s) break;
        n++;
        while (*s && *s != ',') s++;
    }
    return n;
}

int rni_opt_bytes(const rn_opt *o)
{
    static const int bytes[RN_OPT_TYPE_COUNT] = {
        [RN_OPT_TYPE_F64] = sizeof(double),     [RN_OPT_TYPE_I64] = sizeof(int64_t),
        [RN_OPT_TYPE_BOOL] = sizeof(bool),      [RN_OPT_TYPE_ENUM] = sizeof(int),
        [RN_OPT_TYPE_DTYPE] = sizeof(rn_dtype), [RN_OPT_TYPE_AXES] = sizeof(rn_axes),
        [RN_OPT_TYPE_SHAPE] = sizeof(rn_shape), [RN_OPT_TYPE_RANGES] = sizeof(rn_ranges),
        [RN_OPT_TYPE_I64S] = sizeof(int64_t),   [RN_OPT_TYPE_TEXT] = 1,
    };
    return bytes[o->type] * (o->type == RN_OPT_TYPE_I64S || o->type == RN_OPT_TYPE_TEXT ? o->count : 1);
}

double rni_opt_number(const rn_opt *o, const void *opts)
{
    const char *p = (const char *)opts + o->offset;
    switch (o->type) {
    case RN_OPT_TYPE_F64:
        return *(const double *)p;
    case RN_OPT_TYPE_I64:
        return (double)*(const int64_t *)p;
    case RN_OPT_TYPE_BOOL:
        return *(const bool *)p;
    case RN_OPT_TYPE_ENUM:
        return *(const int *)p;
    case RN_OPT_TYPE_DTYPE:
        return *(const rn_dtype *)p;
    default:
        return 0;
    }
}

void rn_opts_default(const rn_op *op, void *opts)
{
    if (!rni_given(op, NULL, "opts_default", "op") || !op->opts_size) return;
    if (!rni_given(opts, NULL, "opts_default", "opts")) return;
    memset(opts, 0, op->opts_size);
    for (const rn_opt *o = op->opts; o && o->name; o++) {
        char *p = (char *)opts + o->offset;
        switch (o->type) {
        case RN_OPT_TYPE_F64:
            *(double *)p = o->value;
            break;
        case RN_OPT_TYPE_I64:
            *(int64_t *)p = (int64_t)o->value;
            break;
        case RN_OPT_TYPE_DTYPE:
            *(rn_dtype *)p = (rn_dtype)o->value;
            break;
        case RN_OPT_TYPE_I64S:
            for (int i = 0; i < o->count; i++) ((int64_t *)p)[i] = (int64_t)o->value;
            break;
        default:
            break;
        }
    }
}

/* ---- options from text ---- */

static bool number(const char *s, double *v)
{
    char *end;
    errno = 0;
    *v = rni_scan_f64(s, &end);
    while (isspace((unsigned char)*end)) end++;
    return end != s && *end == '\0' && errno == 0;
}

/* "1,2,3" or "[1, 2, 3]" or "(1 2 3)"; returns how many, -1 if it is something else. */
static int integers(const char *s, int64_t *out, int max)
{
    int n = 0;
    for (;;) {
        while (*s && strchr(" ,[](){}", *s)) s++;
        if (!*s) return n;
        char *end;
        errno = 0;
        const long long v = strtoll(s, &end, 10);
        if (end == s || errno || n == max) return -1;
        out[n++] = v;
        s = end;
    }
}

static bool set_list(const rn_opt *o, char *p, const char *text)
{
    int64_t v[RN_MAX_RANK];
    const int n = integers(text, v, RN_MAX_RANK);
    if (n < 0) return false;
    if (o->type == RN_OPT_TYPE_AXES) {
        rn_axes a = { .n = n };
        for (int i = 0; i < n; i++)
            if ((a.axis[i] = (int)v[i]) != v[i]) return false;
        memcpy(p, &a, sizeof a);
    } else if (o->type == RN_OPT_TYPE_SHAPE) {
        rn_shape s = { .rank = n };
        memcpy(s.dim, v, (size_t)n * sizeof *v);
        memcpy(p, &s, sizeof s);
    } else {
        if (n != 1 && n != o->count) return false;
        for (int i = 0; i < o->count; i++) ((int64_t *)p)[i] = n == 1 ? v[0] : v[i];
        for (int i = 0; i < n; i++)
            if ((double)v[i] < o->min || (double)v[i] > o->max) return false;
    }
    return true;
}

static bool set_number(const rn_opt *o, char *p, const char *text)
{
    double v;
    if (!number(text, &v) || v < o->min || v > o->max || isnan(v)) return false;
    if (o->type == RN_OPT_TYPE_F64)
        *(double *)p = v;
    else {
        if (v != floor(v) || fabs(v) >= 0x1p53) return false; /* may be another number, rounded */
        *(int64_t *)p = (int64_t)v;
    }
    return true;
}

static bool set_word(const rn_opt *o, char *p, const char *text)
{
    if (o->type == RN_OPT_TYPE_BOOL) {
        const bool yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
        *(bool *)p = yes;
        return yes || strcmp(text, "false") == 0 || strcmp(text, "0") == 0;
    }
    if (o->type == RN_OPT_TYPE_DTYPE) return (*(rn_dtype *)p = rn_dtype_by_name(text)) != RN_DTYPE_NONE;
    if (o->type == RN_OPT_TYPE_ENUM) return (*(int *)p = rni_choice(o->choices, text)) >= 0;
    if (strlen(text) >= (size_t)o->count) return false;
    memset(p, 0, (size_t)o->count);
    memcpy(p, text, strlen(text));
    return true;
}

/* "1:3", "::2", ":", "4". Returns what follows it, NULL where it is none. */
static const char *read_range(const char *s, rn_range *a)
{
    int64_t *const field[3] = { &a->start, &a->stop, &a->step };
    static const int kind[3] = { RNI_RANGE_START, RNI_RANGE_STOP, 0 };
    int colons = 0;
    bool any = false;
    *a = RN_ALL;
    for (;; s++) {
        char *end;
        const long long v = strtoll(s, &end, 10);
        if (end != s) {
            *field[colons] = v;
            a->kind |= kind[colons];
            any = true;
        }
        s = end + strspn(end, " ");
        if (*s != ':') break;
        if (++colons > 2) return NULL;
    }
    if (colons == 0) a->kind = RNI_RANGE_INDEX;
    return colons || any ? s : NULL;
}

/* One range per axis, with commas between them, as between the brackets of NumPy. */
static bool set_ranges(char *p, const char *text)
{
    rn_ranges r = { 0 };
    for (const char *s = text; *s || r.n == 0; s++) {
        if (r.n == RN_MAX_RANK || !(s = read_range(s, &r.range[r.n++]))) return false;
        if (!*s) break;
        if (*s != ',') return false;
    }
    memcpy(p, &r, sizeof r);
    return true;
}

static const char *opt_name(void *user, int i)
{
    const rn_op *op = user;
    for (const rn_opt *o = op->opts; o && o->name; o++)
        if (!(o->flags & RN_OPT_HIDDEN) && i-- == 0) return o->name;
    return NULL;
}

bool rn_opts_set(const rn_op *op, void *opts, const char *name, const char *text, const rn_site *site)
{
    RNI_TRY(rni_given(op, site, "opts_set", "op") && rni_given(opts, site, "opts_set", "opts"));
    RNI_TRY(rni_given(name, site, "opts_set", "name") && rni_given(text, site, "opts_set", "text"));
    const rn_opt *o = op->opts;
    while (o && o->name && (strcmp(o->name, name) != 0 || o->flags & RN_OPT_HIDDEN)) o++;
    if (!o || !o->name) {
        rni_fail(RN_ERR_ARG, site, op->name, "there is no option \"%s\"", name);
        const char *near = rni_nearest(name, opt_name, (void *)(uintptr_t)op);
        if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
        return false;
    }
    char *p = (char *)opts + o->offset;
    bool ok;
    switch (o->type) {
    case RN_OPT_TYPE_F64:
    case RN_OPT_TYPE_I64:
        ok = set_number(o, p, text);
        break;
    case RN_OPT_TYPE_AXES:
    case RN_OPT_TYPE_SHAPE:
    case RN_OPT_TYPE_I64S:
        ok = set_list(o, p, text);
        break;
    case RN_OPT_TYPE_RANGES:
        ok = set_ranges(p, text);
        break;
    default:
        ok = set_word(o, p, text);
        break;
    }
    if (ok) return true;
    rni_fail(RN_ERR_ARG, site, op->name, "option %s cannot be \"%s\"", name, text);
    if (o->type == RN_OPT_TYPE_ENUM)
        rni_error_add("expect", "one of %s", o->choices);
    else if (o->type == RN_OPT_TYPE_F64 || o->type == RN_OPT_TYPE_I64)
        rni_error_add("expect", "%.10g … %.10g", o->min, o->max);
    if (o->help) rni_error_add("hint", "%s: %s", name, o->help);
    return false;
}

int rni_choice(const char *choices, const char *text)
{
    const size_t n = strlen(text);
    int i = 0;
    for (const char *s = choices; *s; i++) {
        const size_t m = strcspn(s, ",");
        if (m == n && memcmp(s, text, n) == 0) return i;
        s += m + (s[m] == ',');
    }
    return -1;
}
