/* From the text of a case to arrays and options: "x:f32[2,3]{0.1,3} i:i32[2]{=0,1}" with "axis=1". */
#include "selftest/selftest.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "engine/op_table.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One input as it stands in the text. */
typedef struct {
    char name[32], type[8];
    rn_shape shape;
    double low, high;
    bool has_range;
    const char *values; /* behind "{=", NULL if there are none */
} item;

static bool bad(const rn_op *op, const char *text, const char *at, const char *what)
{
    rni_fail(RN_ERR_ARG, NULL, op->name, "a case is not understood: %s", what);
    rni_error_add("actual", "\"%s\", at \"%s\"", text, at);
    return false;
}

const char *rni_st_read_shape(const char *s, rn_shape *shape)
{
    *shape = (rn_shape){ 0 };
    if (*s++ != '[') return NULL;
    while (*s != ']') {
        char *end;
        const long long v = strtoll(s, &end, 10);
        if (end == s || v < 0 || shape->rank == RN_MAX_RANK) return NULL;
        shape->dim[shape->rank++] = v;
        s = end;
        if (*s == ',') s++;
    }
    return s + 1;
}

/* Reads one item; returns what follows it, NULL if it is malformed. */
static const char *read_item(const char *s, item *it)
{
    *it = (item){ .low = -1, .high = 1 };
    size_t n = strcspn(s, ":");
    if (n == 0 || n >= sizeof it->name || !s[n]) return NULL;
    memcpy(it->name, s, n);
    s += n + 1;
    n = strcspn(s, "[");
    if (n == 0 || n >= sizeof it->type) return NULL;
    memcpy(it->type, s, n);
    s = rni_st_read_shape(s + n, &it->shape);
    if (!s || *s != '{') return s;
    if (s[1] == '=')
        it->values = s + 2;
    else {
        char *end;
        it->low = rni_scan_f64(s + 1, &end);
        if (end == s + 1 || *end != ',') return NULL;
        s = end + 1;
        it->high = rni_scan_f64(s, &end);
        if (end == s || *end != '}') return NULL;
        it->has_range = true;
    }
    s = strchr(s, '}');
    return s ? s + 1 : NULL;
}

/* Values behind "{=": as many as the array has, or one for all. */
static bool read_values(rni_st_array *a, const char *s)
{
    int64_t n = 0;
    double v = 0;
    while (*s && *s != '}') {
        char *end;
        v = rni_scan_f64(s, &end);
        if (end == s || (n > 0 && n >= a->count)) return false;
        if (n < a->count) a->value[n] = rni_st_round(a->dtype, v);
        n++;
        s = *end == ',' ? end + 1 : end;
    }
    if (n == 1)
        for (; n < a->count; n++) a->value[n] = rni_st_round(a->dtype, v);
    return *s == '}' && n >= a->count;
}

static rn_dtype type_of(const item *it, rn_dtype as)
{
    const rn_dtype d = rn_dtype_by_name(it->type);
    return d == RN_F32 && as ? as : d;
}

/* Position of the input called `name`: the first free one of that name, as lists have several. -1 if there is none. */
static int position(const rni_st_case *c, const char *name)
{
    char have[48], mark;
    for (int i = 0; i < RN_INPUTS_MAX; i++) {
        if (!rni_op_name(c->op->inputs, i, have, sizeof have, &mark)) return -1;
        if (strcmp(have, name) == 0 && !c->in[i].dtype) return i;
    }
    return -1;
}

static int count_items(const char *text, const char *name)
{
    int count = 0;
    item it;
    for (const char *s = text; *s;) {
        while (*s == ' ') s++;
        if (!*s || !(s = read_item(s, &it))) break;
        count += strcmp(it.name, name) == 0;
    }
    return count;
}

/* Functions over groups take all tensors of the first name, then all of the second: places are found by counting. */
static int group_position(const rni_st_case *c, const char *name, const char *text)
{
    char have[48];
    int first = 0;
    for (int k = 0; rni_op_name(c->op->inputs, k, have, sizeof have, NULL); k++) {
        const int after = first + count_items(text, have);
        if (strcmp(have, name) == 0) {
            while (first < after && first < RN_INPUTS_MAX && c->in[first].dtype) first++;
            return first < after && first < RN_INPUTS_MAX ? first : -1;
        }
        first = after;
    }
    return -1;
}

static void leave(rni_st_array *a, double at, double least)
{
    for (int64_t i = 0; i < a->count; i++) {
        const double d = a->value[i] - at;
        if (fabs(d) < least) a->value[i] = rni_st_round(a->dtype, d < 0 ? at - least + d : at + least + d);
    }
}

/* Moves values away from places where the function has a kink: at least a twentieth of the range. */
static void leave_kinks(rni_st_array *a, const char *kink, double range)
{
    for (const char *s = kink; s && *s;) {
        while (*s == ' ' || *s == ';') s++;
        const size_t n = strcspn(s, "=");
        const bool mine = strlen(a->name) == n && memcmp(a->name, s, n) == 0;
        s += n + (s[n] == '=');
        while (*s && *s != ' ' && *s != ';') {
            char *end;
            const double at = rni_scan_f64(s, &end);
            if (end == s) return;
            s = *end == ',' ? end + 1 : end;
            if (mine) leave(a, at, 0.05 * range);
        }
    }
}

static bool make_input(rni_st_case *c, const item *it, const char *text, rn_dtype as)
{
    const rn_dtype type = type_of(it, as);
    if (!type) return bad(c->op, text, it->type, "there is no such element type");
    const int k = c->op->flags & RN_OP_LIST_OUT ? group_position(c, it->name, text) : position(c, it->name);
    if (k < 0) return bad(c->op, text, it->name, "the function has no (further) input of that name");
    rni_st_array *a = &c->in[k];
    if (k >= c->n_in) c->n_in = k + 1;
    if (!rni_st_array_make(a, type, &it->shape)) return false;
    if (it->values) {
        snprintf(a->name, sizeof a->name, "%s", it->name);
        return read_values(a, it->values) || bad(c->op, text, it->values, "not as many values as the shape has");
    }
    double low = it->low, high = it->high;
    if (!it->has_range && !rn_dtype_is_float(type)) {
        low = 0;
        high = type == RN_BOOL ? 1 : 9;
    }
    snprintf(a->name, sizeof a->name, "%s%d", it->name, k); /* tensors of a list get values of their own */
    const bool ok = rni_st_draw(a, c->op->name, low, high);
    snprintf(a->name, sizeof a->name, "%s", it->name);
    if (rn_dtype_is_float(type)) leave_kinks(a, c->kink, high - low);
    return ok;
}

/* From "slope=0.1 axes=0,1". */
static bool set_options(rni_st_case *c, const char *text)
{
    rn_opts_default(c->op, &c->opts);
    for (const char *s = text ? text : ""; *s;) {
        while (*s == ' ') s++;
        if (!*s) break;
        char name[64], value[128];
        const size_t n = strcspn(s, "= ");
        if (n == 0 || n >= sizeof name || s[n] != '=') return bad(c->op, text, s, "an option is written name=value");
        memcpy(name, s, n);
        name[n] = '\0';
        s += n + 1;
        const char quote = *s == '\'' || *s == '"' ? *s++ : ' ';
        const char *end = strchr(s, quote);
        const size_t m = end ? (size_t)(end - s) : strlen(s);
        if (m >= sizeof value) return bad(c->op, text, s, "the value of an option is too long");
        memcpy(value, s, m);
        value[m] = '\0';
        s += m + (end && quote != ' ');
        if (!rn_opts_set(c->op, &c->opts, name, value, NULL)) return false;
    }
    return true;
}

bool rni_st_case_title(char *buf, size_t size, const rn_case *row, rn_dtype as)
{
    size_t n = 0;
    bool changed = false;
    const char *in = row->in ? row->in : "";
    for (const char *s = in; *s && n + 8 < size;) {
        if (as && strncmp(s, ":f32[", 5) == 0) {
            n += (size_t)snprintf(buf + n, size - n, ":%s", rn_dtype_name(as));
            s += 4;
            changed = true;
        } else
            buf[n++] = *s++;
    }
    buf[n] = '\0';
    bool begins = true, quoted = false;
    for (const char *s = row->with ? row->with : ""; *s && n + 4 < size; s++) {
        if (*s == ' ' && !quoted) {
            begins = true;
            continue;
        }
        if (begins) n += (size_t)snprintf(buf + n, size - n, n ? " ." : ".");
        begins = false;
        quoted ^= *s == '\'' || *s == '"';
        buf[n++] = *s;
    }
    buf[n] = '\0';
    return changed;
}

bool rni_st_case_make(rni_st_case *c, const rn_op *op, const rn_case *row, rn_dtype as)
{
    *c = (rni_st_case){ .op = op, .kink = row->kink, .tol = row->tol, .no_grad = row->no_grad, .random = row->random };
    if (op->opts_size > sizeof c->opts)
        return rni_fail(RN_ERR_ARG, NULL, op->name, "more than %zu bytes of options", sizeof c->opts);
    rni_st_case_title(c->title, sizeof c->title, row, as);
    const char *text = row->in ? row->in : "";
    for (const char *s = text; *s;) {
        while (*s == ' ') s++;
        if (!*s) break;
        item it;
        const char *at = s;
        if (!(s = read_item(s, &it))) return bad(op, text, at, "an input is written name:type[sizes]{low,high}");
        if (!make_input(c, &it, text, as)) return false;
    }
    return set_options(c, row->with);
}

void rni_st_case_free(rni_st_case *c)
{
    rni_st_arrays_free(c->in, RN_INPUTS_MAX);
}
