/* Options of layers, losses, optimizers, … checked against the rows of what they belong to, and turned into settings.
 */
#include "project/model.h"

#include "base/alloc.h"
#include "base/error.h"
#include "project/schema.h"

#include <math.h>
#include <rensa/op.h>
#include <string.h>

typedef struct options {
    const rni_json *object, *extra; /* extra: the member "options" */
    const rni_member *members;
    const rn_opt *rows;
} options;

static const char *row_name(void *user, int i)
{
    const rn_opt *rows = user;
    for (const rn_opt *o = rows; o && o->name; o++)
        if (!(o->flags & RN_OPT_HIDDEN) && i-- == 0) return o->name;
    return NULL;
}

static const rn_opt *find_row(const rn_opt *rows, const char *name)
{
    for (const rn_opt *o = rows; o && o->name; o++)
        if (!(o->flags & RN_OPT_HIDDEN) && strcmp(o->name, name) == 0) return o;
    return NULL;
}

static bool check_known(const options *s, const rni_json *object, const char *what)
{
    for (int64_t i = 0; i < rni_json_count(object); i++) {
        const char *key = rni_json_key_at(object, i);
        if (object == s->object && rni_member_find(s->members, key)) continue;
        if (find_row(s->rows, key)) continue;
        rni_json_fail(rni_json_at(object, i), RN_ERR_ARG, "%s has no option \"%.100s\"", what, key);
        rni_add_nearest(key, row_name, (void *)(uintptr_t)s->rows);
        if (!rni_excused(rni_json_at(object, i))) return false;
    }
    return true;
}

typedef struct form {
    unsigned kinds; /* 1 << rni_value_kind */
    const char *text;
} form;

#define BIT(kind) (1u << RNI_VALUE_##kind)
static const form forms[RN_OPT_TYPE_COUNT] = {
    [RN_OPT_TYPE_F64] = { BIT(NUMBER), "a number" },
    [RN_OPT_TYPE_I64] = { BIT(NUMBER), "a whole number" },
    [RN_OPT_TYPE_BOOL] = { BIT(BOOL), "true or false" },
    [RN_OPT_TYPE_ENUM] = { BIT(TEXT), "a text" },
    [RN_OPT_TYPE_DTYPE] = { BIT(TEXT), "a type: \"f32\", \"i64\", ..." },
    [RN_OPT_TYPE_AXES] = { BIT(NUMBER) | BIT(LIST), "an axis, or a list of axes" },
    [RN_OPT_TYPE_SHAPE] = { BIT(NUMBER) | BIT(LIST), "a list of sizes" },
    [RN_OPT_TYPE_RANGES] = { BIT(NUMBER) | BIT(TEXT), "a text such as \"0:3, :, 1\"" },
    [RN_OPT_TYPE_I64S] = { BIT(NUMBER) | BIT(LIST), "a number, or a list with one per axis" },
    [RN_OPT_TYPE_TEXT] = { BIT(TEXT), "a text" },
    [RN_OPT_TYPE_INIT] = { BIT(TEXT), "an initialiser: \"he_normal\", \"normal:0.02\", ..." },
};

static bool refuse(const rni_json *v, const char *what, const rn_opt *o, const char *problem)
{
    rni_json_fail(v, RN_ERR_ARG, "%s: the option \"%s\" %s", what, o->name, problem);
    if (o->type == RN_OPT_TYPE_ENUM)
        rni_error_add("expect", "one of %s", o->choices);
    else if (o->max > o->min)
        rni_error_add("expect", "%s from %.10g to %.10g", forms[o->type].text, o->min, o->max);
    else
        rni_error_add("expect", "%s", forms[o->type].text);
    if (o->help) rni_error_add("hint", "%s: %s", o->name, o->help);
    return false;
}

static bool in_choices(const char *choices, const rni_value *v)
{
    for (const char *s = choices; s && *s;) {
        while (*s == ' ' || *s == ',') s++;
        const size_t n = strcspn(s, ", ");
        if ((int64_t)n == v->bytes && memcmp(s, v->text, n) == 0) return true;
        s += n;
    }
    return false;
}

static void number_problem(const rni_value *value, char *buf, size_t size)
{
    rni_str s = { 0 };
    rni_value_text(value, &s);
    snprintf(buf, size, "cannot be %s", s.at ? s.at : "this number");
    rni_str_free(&s);
}

static bool check_value(const rni_json *v, const char *what, const rn_opt *o, const rni_value *value)
{
    char problem[64];
    if (!(forms[o->type].kinds & 1u << value->kind)) {
        snprintf(problem, sizeof problem, "cannot be %s", rni_value_kind_name(value->kind));
        return refuse(v, what, o, problem);
    }
    if (o->type == RN_OPT_TYPE_ENUM && !in_choices(o->choices, value)) return refuse(v, what, o, "cannot be this text");
    if (value->kind == RNI_VALUE_NUMBER) {
        number_problem(value, problem, sizeof problem);
        const bool ranged = (o->type == RN_OPT_TYPE_F64 || o->type == RN_OPT_TYPE_I64 || o->type == RN_OPT_TYPE_I64S) &&
                            o->max > o->min;
        if (ranged && !(value->number >= o->min && value->number <= o->max)) return refuse(v, what, o, problem);
        if (o->type != RN_OPT_TYPE_F64 && value->number != floor(value->number)) return refuse(v, what, o, problem);
    }
    for (int i = 0; i < value->count; i++)
        if (value->list[i] != floor(value->list[i])) return refuse(v, what, o, "takes whole numbers");
    return true;
}

static bool add(rni_settings *out, const rn_opt *o, const rni_value *value)
{
    rni_str text = { 0 };
    rni_value_text(value, &text);
    rni_str_add(&text, "");
    rn_setting *p = text.failed ? NULL : rni_grow(out->at, out->n, &out->capacity, (int64_t)sizeof *p);
    if (!p) {
        rni_str_free(&text);
        return false;
    }
    out->at = p;
    out->at[out->n++] = (rn_setting){ o->name, text.at };
    return true;
}

bool rni_settings_read(const rni_json *object, const rni_member *members, const char *what, const rn_opt *rows,
                       const rni_variables *variables, rni_settings *out)
{
    const options s = { object, rni_member_find(members, "options") ? rni_json_get(object, "options") : NULL, members,
                        rows };
    if (rni_json_type_of(object) != RNI_JSON_OBJECT) return true; /* a type alone */
    if (!check_known(&s, s.object, what) || !check_known(&s, s.extra, what)) return false;
    bool ok = true;
    for (const rn_opt *o = rows; o && o->name; o++) {
        if (o->flags & RN_OPT_HIDDEN) continue;
        const rni_json *v = rni_json_get(s.extra, o->name);
        if (!v && !rni_member_find(members, o->name)) v = rni_json_get(object, o->name);
        rni_value value;
        if (!v) continue;
        if (rni_value_read(v, variables, &value) && check_value(v, what, o, &value) && add(out, o, &value)) continue;
        if (!rni_excused(v)) return false;
        ok = false;
    }
    return ok;
}

void rni_settings_free(rni_settings *s)
{
    for (int64_t i = 0; i < s->n; i++) rni_free((void *)(uintptr_t)s->at[i].text);
    rni_free(s->at);
    *s = (rni_settings){ 0 };
}

void rni_settings_text(const rni_settings *s, rni_str *to)
{
    for (int64_t i = 0; i < s->n; i++) rni_str_addf(to, " %s=%s", s->at[i].name, s->at[i].text);
}

void *rni_op_options(const rn_op *op, const rni_settings *s, const rni_json *where)
{
    void *opts = rni_alloc((int64_t)op->opts_size + 8);
    if (!opts) return NULL;
    rn_opts_default(op, opts);
    bool ok = true;
    for (int64_t i = 0; ok && i < s->n; i++) ok = rn_opts_set(op, opts, s->at[i].name, s->at[i].text, NULL);
    for (const rn_opt *o = op->opts; ok && o && o->name; o++) {
        if (!(o->flags & RN_OPT_REQUIRED) || o->flags & RN_OPT_HIDDEN) continue;
        bool given = false;
        for (int64_t i = 0; i < s->n; i++) given |= strcmp(s->at[i].name, o->name) == 0;
        if (!given) {
            rni_json_fail(where, RN_ERR_ARG, "%s: the option \"%s\" is missing", op->name, o->name);
            rni_error_add("expect", "%s", forms[o->type].text);
            if (o->help) rni_error_add("hint", "%s: %s", o->name, o->help);
            ok = false;
        }
    }
    if (ok) return opts;
    rni_free(opts);
    return NULL;
}
