/* Argument structs by their rows. What C callers pass (zero means default) and what settings say by name and text end
 * in the same resolved struct. Knows no particular link or optimizer. */
#include "nn/args.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "base/str.h"
#include "engine/op_table.h"
#include "nn/init.h"

#include <string.h>

static bool refuse(const rni_args_of *a, const rn_site *site, const rn_opt *o, const char *fmt, ...) RN_PRINTF(4, 5);
static bool refuse(const rni_args_of *a, const rn_site *site, const rn_opt *o, const char *fmt, ...)
{
    char text[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    rni_fail(RN_ERR_ARG, site, a->what, "%s %s", o->name, text);
    if (o->type == RN_OPT_TYPE_ENUM)
        rni_error_add("expect", "one of %s", o->choices);
    else if (o->max > o->min)
        rni_error_add("expect", "%.10g <= %s <= %.10g", o->min, o->name, o->max);
    if (o->help) rni_error_add("hint", "%s: %s", o->name, o->help);
    return false;
}

/* Bytes of an option in an argument struct, where texts are pointers. */
static int64_t width(const rn_opt *o)
{
    if (o->type == RN_OPT_TYPE_INIT) return (int64_t)sizeof(rn_init);
    if (o->type == RN_OPT_TYPE_ENUM || o->type == RN_OPT_TYPE_TEXT) return (int64_t)sizeof(const char *);
    return rni_opt_bytes(o);
}

static bool in_range(const rn_opt *o, double v)
{
    return v >= o->min && v <= o->max;
}

/* ---- taking a caller's struct ---- */

static bool set_text(const char **to, const char *text, int64_t n)
{
    char *copy = rni_strndup(text, n);
    if (!copy) return false;
    rni_free((void *)(uintptr_t)*to);
    *to = copy;
    return true;
}

static bool take_text(const rni_args_of *a, const rn_site *site, const rn_opt *o, const char *text, const char **to)
{
    if (!text || !*text) {
        if (o->flags & RN_OPT_REQUIRED) return refuse(a, site, o, "is missing");
        if (!o->choices) return true;
        return set_text(to, o->choices, (int64_t)strcspn(o->choices, ","));
    }
    if (o->type == RN_OPT_TYPE_ENUM && rni_choice(o->choices, text) < 0) return refuse(a, site, o, "is \"%s\"", text);
    return set_text(to, text, (int64_t)strlen(text));
}

static bool take_integers(const rni_args_of *a, const rn_site *site, const rn_opt *o, const int64_t *v, int64_t *to)
{
    bool any = false;
    for (int i = 0; i < o->count; i++) any |= v[i] != 0;
    for (int i = 0; i < o->count; i++) {
        to[i] = any ? v[i] : (int64_t)o->value;
        if (!in_range(o, (double)to[i])) return refuse(a, site, o, "is %lld in place %d", (long long)to[i], i);
    }
    return true;
}

static bool take(const rni_args_of *a, const rn_site *site, const rn_opt *o, const void *from, void *to)
{
    const bool fill = !(o->flags & RN_OPT_REQUIRED);
    switch (o->type) {
    case RN_OPT_TYPE_F64: {
        *(double *)to = rni_opt_given(o, *(const double *)from);
        return in_range(o, *(double *)to) || refuse(a, site, o, "is %g", *(double *)to);
    }
    case RN_OPT_TYPE_I64: {
        const int64_t v = *(const int64_t *)from;
        *(int64_t *)to = v == 0 && fill ? (int64_t)o->value : v;
        return in_range(o, (double)*(int64_t *)to) || refuse(a, site, o, "is %lld", (long long)*(int64_t *)to);
    }
    case RN_OPT_TYPE_I64S:
        return take_integers(a, site, o, from, to);
    case RN_OPT_TYPE_ENUM:
    case RN_OPT_TYPE_TEXT:
        return take_text(a, site, o, *(const char *const *)from, to);
    case RN_OPT_TYPE_INIT:
        memcpy(to, from, sizeof(rn_init));
        if (!rni_init_resolve(to, o->choices, site)) {
            memset(to, 0, sizeof(rn_init));
            return false;
        }
        rn_keep(((rn_init *)to)->values);
        return true;
    default:
        memcpy(to, from, (size_t)width(o));
        return true;
    }
}

bool rni_args_take(const rni_args_of *a, const rn_site *site, const void *from, void *to)
{
    static const char zeros[512];
    for (const rn_opt *o = a->rows; o && o->name; o++) {
        /* a program compiled before this option was added does not have it */
        const bool known = from && (!site || site->size == 0 || o->offset + width(o) <= site->size);
        if (!take(a, site, o, known ? (const char *)from + o->offset : zeros, (char *)to + o->offset)) return false;
    }
    return true;
}

void rni_args_free(const rni_args_of *a, void *args)
{
    if (!args) return;
    for (const rn_opt *o = a->rows; o && o->name; o++) {
        void *p = (char *)args + o->offset;
        if (o->type == RN_OPT_TYPE_ENUM || o->type == RN_OPT_TYPE_TEXT) rni_free(*(void **)p);
        if (o->type == RN_OPT_TYPE_INIT) rn_drop(((rn_init *)p)->values);
    }
}

/* ---- settings ---- */

static const char *row_name(void *user, int i)
{
    return ((const rn_opt *)user)[i].name;
}

static const rn_opt *find_row(const rni_args_of *a, const rn_site *site, const char *name)
{
    for (const rn_opt *o = a->rows; o && o->name; o++)
        if (strcmp(o->name, name) == 0) return o;
    rni_fail(RN_ERR_ARG, site, a->what, "there is no option \"%s\"", name);
    const char *near = a->rows ? rni_nearest(name, row_name, (void *)(uintptr_t)a->rows) : NULL;
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return NULL;
}

static bool set(const rni_args_of *a, const rn_site *site, const rn_opt *o, const char *text, void *args)
{
    void *p = (char *)args + o->offset;
    if (o->type == RN_OPT_TYPE_ENUM || o->type == RN_OPT_TYPE_TEXT) return take_text(a, site, o, text, p);
    if (o->type == RN_OPT_TYPE_INIT) {
        rn_init init = { .name = text };
        if (!rni_init_resolve(&init, o->choices, site)) return false;
        rn_drop(((rn_init *)p)->values);
        memcpy(p, &init, sizeof init);
        return true;
    }
    const rn_op row = { .name = a->what, .opts = a->rows, .opts_size = (size_t)a->size };
    return rn_opts_set(&row, args, o->name, text, site);
}

bool rni_args_from_settings(const rni_args_of *a, const rn_site *site, const rn_setting *settings, int64_t n, void *to)
{
    static const char zeros[512];
    for (const rn_opt *o = a->rows; o && o->name; o++)
        if (!(o->flags & RN_OPT_REQUIRED) && !take(a, site, o, zeros, (char *)to + o->offset)) return false;
    for (int64_t i = 0; i < n; i++) {
        const rn_opt *o = find_row(a, site, settings[i].name);
        if (!o || !set(a, site, o, settings[i].text ? settings[i].text : "", to)) return false;
    }
    for (const rn_opt *o = a->rows; o && o->name; o++) {
        if (!(o->flags & RN_OPT_REQUIRED)) continue;
        bool given = false;
        for (int64_t i = 0; i < n; i++) given |= strcmp(settings[i].name, o->name) == 0;
        if (!given && !(o->type == RN_OPT_TYPE_I64 && o->min <= 0)) return refuse(a, site, o, "is missing");
    }
    return true;
}

/* ---- comparing and showing ---- */

static bool same(const rn_opt *o, const void *x, const void *y)
{
    if (o->type == RN_OPT_TYPE_ENUM || o->type == RN_OPT_TYPE_TEXT) {
        const char *a = *(const char *const *)x, *b = *(const char *const *)y;
        return a == b || (a && b && strcmp(a, b) == 0);
    }
    if (o->type == RN_OPT_TYPE_INIT) {
        const rn_init *a = x, *b = y;
        return a->name == b->name && a->a == b->a && a->b == b->b && a->values == b->values;
    }
    if (o->type == RN_OPT_TYPE_SHAPE) {
        const rn_shape *a = x, *b = y;
        return a->rank == b->rank && memcmp(a->dim, b->dim, (size_t)a->rank * sizeof *a->dim) == 0;
    }
    return memcmp(x, y, (size_t)width(o)) == 0;
}

bool rni_args_equal(const rni_args_of *a, const void *x, const void *y, const char **name)
{
    for (const rn_opt *o = a->rows; o && o->name; o++) {
        if (same(o, (const char *)x + o->offset, (const char *)y + o->offset)) continue;
        if (name) *name = o->name;
        return false;
    }
    return true;
}

static void integers_text(const int64_t *v, int n, char *buf, size_t size)
{
    size_t at = 0;
    buf[0] = '\0';
    for (int i = 0; i < n && at < size; i++)
        at += (size_t)snprintf(buf + at, size - at, "%s%lld", i ? "," : "", (long long)v[i]);
}

void rni_args_text(const rn_opt *o, const void *args, char *buf, size_t size)
{
    const void *p = (const char *)args + o->offset;
    buf[0] = '\0';
    switch (o->type) {
    case RN_OPT_TYPE_F64:
        rni_format(buf, size, "%.15g", *(const double *)p);
        break;
    case RN_OPT_TYPE_I64:
        snprintf(buf, size, "%lld", (long long)*(const int64_t *)p);
        break;
    case RN_OPT_TYPE_BOOL:
        snprintf(buf, size, "%s", *(const bool *)p ? "true" : "false");
        break;
    case RN_OPT_TYPE_DTYPE:
        snprintf(buf, size, "%s", rn_dtype_name(*(const rn_dtype *)p));
        break;
    case RN_OPT_TYPE_I64S:
        integers_text(p, o->count, buf, size);
        break;
    case RN_OPT_TYPE_SHAPE:
        integers_text(((const rn_shape *)p)->dim, ((const rn_shape *)p)->rank, buf, size);
        break;
    case RN_OPT_TYPE_INIT: {
        const rn_init *i = p;
        if (i->values)
            snprintf(buf, size, "values");
        else if (i->name && i->a == 0 && i->b == 0)
            snprintf(buf, size, "%s", i->name);
        else if (i->name)
            rni_format(buf, size, "%s:%g,%g", i->name, i->a, i->b);
        break;
    }
    default: {
        const char *text = o->type == RN_OPT_TYPE_ENUM || o->type == RN_OPT_TYPE_TEXT ? *(const char *const *)p : NULL;
        if (text) snprintf(buf, size, "%s", text);
    }
    }
}
