/* The table of link types, and links made by names and texts: how project files and the command make them. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/shape.h"
#include "engine/op_table.h"
#include "nn/nn.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>

enum { USER_TYPES_MAX = 128, SETTINGS_MAX = 64 };

/* Types registered by programs; written under the lock. */
static struct {
    pthread_mutex_t lock;
    int count;
    const rn_link_type *user[USER_TYPES_MAX];
} g = { .lock = PTHREAD_MUTEX_INITIALIZER };

const rn_link_type *rn_link_type_at(int i)
{
    int n = 0;
    while (rni_link_types[n]) {
        if (n == i) return rni_link_types[n];
        n++;
    }
    return i >= n && i - n < g.count ? g.user[i - n] : NULL;
}

const rn_link_type *rn_link_type_find(const char *name)
{
    const rn_link_type *type;
    for (int i = 0; name && (type = rn_link_type_at(i)) != NULL; i++)
        if (strcmp(type->name, name) == 0) return type;
    return NULL;
}

bool rn_link_type_register(const rn_link_type *type)
{
    if (!rn_ok()) return false;
    if (!type || !type->name || !*type->name || !type->forward)
        return rni_fail(RN_ERR_ARG, NULL, "link_type_register", "the type has no name or no forward");
    if (type->opts && !type->args_size)
        return rni_fail(RN_ERR_ARG, NULL, "link_type_register", "%s: it has options but no args_size", type->name);
    pthread_mutex_lock(&g.lock);
    const bool taken = rn_link_type_find(type->name) != NULL, full = g.count == USER_TYPES_MAX;
    if (!taken && !full) g.user[g.count++] = type;
    pthread_mutex_unlock(&g.lock);
    if (taken)
        return rni_fail(RN_ERR_ARG, NULL, "link_type_register", "there is a link type called %s already", type->name);
    return !full || rni_fail(RN_ERR_ARG, NULL, "link_type_register", "more than %d link types", USER_TYPES_MAX);
}

/* ---- functions as links ---- */

static const char *op_name(void *user, int i)
{
    (void)user;
    const rn_op *op = rn_op_at(i, NULL);
    return op ? op->name : NULL;
}

static const char *any_name(void *user, int i)
{
    int n = 0;
    while (rn_link_type_at(n)) n++;
    return i < n ? rn_link_type_at(i)->name : op_name(user, i - n);
}

static const rn_op *find_op(const char *name, const rn_site *site, const char *what,
                            const char *(*names)(void *user, int i))
{
    const rn_op *op = name ? rn_op_find(name) : NULL;
    if (op && !(op->flags & RN_OP_INTERNAL)) return op;
    rni_fail(RN_ERR_ARG, site, what, "there is no %s \"%s\"", names == op_name ? "function" : "link or function",
             name ? name : "");
    const char *near = name ? rni_nearest(name, names, NULL) : NULL;
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return NULL;
}

static rn_link *op_link(const rn_op *op, const rn_site *site, const rn_setting *settings, int64_t n)
{
    rn_link *l = rni_link_alloc(RNI_OP, site);
    if (!l) return NULL;
    l->op = op;
    l->args = rni_alloc((int64_t)op->opts_size);
    bool ok = l->args != NULL;
    if (ok) rn_opts_default(op, l->args);
    for (int64_t i = 0; ok && i < n; i++)
        ok = rn_opts_set(op, l->args, settings[i].name, settings[i].text ? settings[i].text : "", site);
    for (const rn_opt *o = op->opts; ok && o && o->name; o++) {
        bool given = !(o->flags & RN_OPT_REQUIRED) || o->flags & RN_OPT_HIDDEN;
        for (int64_t i = 0; i < n && !given; i++) given = strcmp(settings[i].name, o->name) == 0;
        if (!given) ok = rni_fail(RN_ERR_ARG, site, op->name, "option %s is missing", o->name);
    }
    if (ok) return l;
    rn_link_free(l);
    return NULL;
}

const rn_op *rni_activation(const char *name, const rn_site *site, const char *what)
{
    const rn_op *op = find_op(name, site, what, op_name);
    if (!op) return NULL;
    int required;
    rni_op_inputs(op, &required, NULL);
    if (required == 1) return op;
    rni_fail(RN_ERR_ARG, site, what, "%s does not take one input", name);
    return NULL;
}

bool rni_link_refuse(const rn_link *link, const rn_tensor *x, const char *expect, ...)
{
    char shape[RNI_SHAPE_TEXT], text[160];
    va_list args;
    va_start(args, expect);
    vsnprintf(text, sizeof text, expect, args);
    va_end(args);
    rni_fail(RN_ERR_SHAPE, NULL, link->type->name, "the input has not the shape that was asked for");
    rni_error_add("expect", "%s", text);
    rni_error_add("actual", "%s%s", rn_dtype_name(rn_tensor_dtype(x)), rni_shape_text(rn_tensor_shape(x), shape));
    return false;
}

rn_tensor *rni_activate(const rn_op *op, rn_tensor *x)
{
    union {
        double align;
        char bytes[1024];
    } opts;
    rn_tensor *out[RN_INPUTS_MAX] = { 0 };
    if (!x || RNI_NEVER(op->opts_size > sizeof opts)) return NULL;
    rn_opts_default(op, opts.bytes);
    return rn_op_call(op, NULL, &x, 1, opts.bytes, out) ? out[0] : NULL;
}

/* ---- by name ---- */

static rn_link *make(const char *name, const rn_setting *settings, int64_t n, const rn_site *site)
{
    if (!rn_ok()) return NULL;
    const rn_link_type *type = rn_link_type_find(name);
    if (!type) {
        const rn_op *op = find_op(name, site, "link_make", any_name);
        return op ? op_link(op, site, settings, n) : NULL;
    }
    const rni_args_of a = rni_link_args_of(type);
    void *args = rni_alloc(a.size);
    if (!args) return NULL;
    if (!rni_args_from_settings(&a, site, settings, n, args)) {
        rni_args_free(&a, args);
        rni_free(args);
        return NULL;
    }
    rn_link *l = rni_link_typed(type, site, args);
    if (l) rni_link_draw(l);
    return l;
}

rn_link *rn_link_make(const char *type, const rn_setting *settings, int64_t n)
{
    return make(type, settings, n, NULL);
}

/* Splits "a=1 b=2,3" in place. Returns the number of settings, -1 with an error pending. */
static int64_t split(char *s, rn_setting *settings, const rn_site *site, const char *what)
{
    int64_t n = 0;
    for (;;) {
        while (isspace((unsigned char)*s)) s++;
        if (!*s) return n;
        char *name = s, *equals;
        while (*s && !isspace((unsigned char)*s)) s++;
        if (*s) *s++ = '\0';
        equals = strchr(name, '=');
        if (!equals || n == SETTINGS_MAX) {
            if (equals)
                rni_fail(RN_ERR_ARG, site, what, "more than %d settings", SETTINGS_MAX);
            else
                rni_fail(RN_ERR_ARG, site, what, "\"%s\" is not a setting", name);
            rni_error_add("expect", "name=value, separated by spaces");
            return -1;
        }
        *equals = '\0';
        settings[n++] = (rn_setting){ name, equals + 1 };
    }
}

static rn_link *parse(char *text, const char *name, const rn_site *site)
{
    rn_setting settings[SETTINGS_MAX];
    const int64_t n = split(text, settings, site, name);
    return n < 0 ? NULL : make(name, settings, n, site);
}

rn_link *rn_link_parse(const char *text)
{
    if (!rn_ok()) return NULL;
    char *copy = rni_strdup(text ? text : "");
    if (!copy) return NULL;
    char *name = copy + strspn(copy, " \t\n"), *rest = name + strcspn(name, " \t\n");
    if (*rest) *rest++ = '\0';
    rn_link *l = parse(rest, name, NULL);
    rni_free(copy);
    return l;
}

rn_link *rn_op_link_at(const rn_site *site, const char *op, const char *options)
{
    if (!rn_ok()) {
        rni_error_trail(site, "op_link");
        return NULL;
    }
    const rn_op *row = find_op(op, site, "op_link", op_name);
    char *copy = row ? rni_strdup(options ? options : "") : NULL;
    if (!copy) return NULL;
    rn_setting settings[SETTINGS_MAX];
    const int64_t n = split(copy, settings, site, row->name);
    rn_link *l = n < 0 ? NULL : op_link(row, site, settings, n);
    rni_free(copy);
    return l;
}
