/* Optimizers, schedules and hooks from their JSON. */
#include "project/optimize.h"

#include "base/alloc.h"
#include "base/error.h"
#include "nn/nn.h"
#include "project/schema.h"

#include <string.h>

enum { PATTERNS_MAX = 64, HOOK_SETTINGS_MAX = 8 };

static void blame(const rni_json *v, const char *what)
{
    char place[RNI_JSON_PLACE];
    rni_error_add("in", "%s, %s", rni_json_place(v, place), what);
}

/* ---- schedules ---- */

typedef rn_schedule *schedule_fn(const rn_schedule_args *args);

static const struct {
    const char *name;
    schedule_fn *make;
    bool ends; /* at .until */
} schedules[] = {
    { "constant", rn_schedule_constant_at, false },    { "step", rn_schedule_step_at, false },
    { "multistep", rn_schedule_multistep_at, false },  { "exponential", rn_schedule_exponential_at, false },
    { "polynomial", rn_schedule_polynomial_at, true }, { "inverse", rn_schedule_inverse_at, false },
    { "cosine", rn_schedule_cosine_at, true },         { "warmup", rn_schedule_warmup_at, false },
};

static const struct {
    const char *name;
    size_t offset;
} schedule_numbers[] = {
    { "every", offsetof(rn_schedule_args, every) }, { "gamma", offsetof(rn_schedule_args, gamma) },
    { "power", offsetof(rn_schedule_args, power) }, { "until", offsetof(rn_schedule_args, until) },
    { "start", offsetof(rn_schedule_args, start) }, { "end", offsetof(rn_schedule_args, end) },
    { "grow", offsetof(rn_schedule_args, grow) },
};

const char *rni_schedule_name(int i)
{
    return i < (int)RN_COUNTOF(schedules) ? schedules[i].name : NULL;
}

static const char *schedule_name(void *user, int i)
{
    (void)user;
    return rni_schedule_name(i);
}

static const char *schedule_option(void *user, int i)
{
    (void)user;
    static const char *const others[] = { "at", "unit", "then" };
    if (i < (int)RN_COUNTOF(schedule_numbers)) return schedule_numbers[i].name;
    i -= (int)RN_COUNTOF(schedule_numbers);
    return i < (int)RN_COUNTOF(others) ? others[i] : NULL;
}

static bool read_stairs(const rni_json *v, rn_schedule_args *a)
{
    if (!rni_json_expect(v, RNI_JSON_ARRAY)) return false;
    if (rni_json_count(v) >= (int64_t)RN_COUNTOF(a->at))
        return rni_json_fail(v, RN_ERR_ARG, "at most %d stairs", (int)RN_COUNTOF(a->at) - 1);
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        if (!rni_json_expect(rni_json_at(v, i), RNI_JSON_NUMBER)) return false;
        a->at[i] = rni_json_number(rni_json_at(v, i));
    }
    return true;
}

static bool read_schedule_member(const rni_json *v, rn_schedule_args *a)
{
    const char *key = rni_json_key(v);
    if (rni_member_find(rni_members_schedule, key)) return true;
    if (strcmp(key, "at") == 0) return read_stairs(v, a);
    if (strcmp(key, "unit") == 0) {
        a->unit = rni_json_string(v);
        if (a->unit && (strcmp(a->unit, "epoch") == 0 || strcmp(a->unit, "step") == 0)) return true;
        return rni_json_fail(v, RN_ERR_ARG, "the unit is \"step\" or \"epoch\"");
    }
    for (size_t i = 0; i < RN_COUNTOF(schedule_numbers); i++) {
        if (strcmp(schedule_numbers[i].name, key) != 0) continue;
        if (!rni_json_expect(v, RNI_JSON_NUMBER)) return false;
        *(double *)((char *)a + schedule_numbers[i].offset) = rni_json_number(v);
        return true;
    }
    return rni_unknown(v, "option of a schedule called", key, schedule_option, NULL);
}

static rn_schedule *read_schedule(const rni_json *v, double epochs, int depth)
{
    const rni_json *type = rni_json_type_of(v) == RNI_JSON_STRING ? v : rni_json_get(v, "type");
    rn_schedule_args a = { .site = { rni_json_source(v), "schedule", rni_json_line(v), 0 } };
    a.site.size = (int)sizeof a;
    if (rni_json_type_of(v) == RNI_JSON_OBJECT && !rni_members_check(v, rni_members_schedule, "schedule", true))
        return NULL;
    if (!type || depth > 8) {
        rni_json_fail(v, RN_ERR_ARG, type ? "too many schedules one after the other" : "the schedule has no \"type\"");
        return NULL;
    }
    size_t k = 0;
    while (k < RN_COUNTOF(schedules) && strcmp(schedules[k].name, rni_json_string(type)) != 0) k++;
    if (k == RN_COUNTOF(schedules)) {
        rni_unknown(type, "schedule", rni_json_string(type), schedule_name, NULL);
        return NULL;
    }
    for (int64_t i = 0; type != v && i < rni_json_count(v); i++)
        if (!read_schedule_member(rni_json_at(v, i), &a)) return NULL;
    if (schedules[k].ends && a.until == 0 && a.every == 0) {
        a.until = epochs;
        a.unit = "epoch";
    }
    const rni_json *then = rni_json_get(v, "then");
    if (then && !(a.then = read_schedule(then, epochs, depth + 1))) return NULL;
    rn_schedule *s = schedules[k].make(&a);
    if (!s) blame(v, "schedule");
    return s;
}

rn_schedule *rni_schedule_read(const rni_json *v, double epochs)
{
    return read_schedule(v, epochs, 0);
}

/* ---- hooks ---- */

static const char *hook_name(void *user, int i)
{
    (void)user;
    const rn_hook *h = rn_hook_at(i);
    return h ? h->name : NULL;
}

static bool read_hook(const rni_json *v, rn_optimizer *o)
{
    rn_setting settings[HOOK_SETTINGS_MAX];
    rni_str text[HOOK_SETTINGS_MAX] = { 0 };
    int n = 0;
    if (rni_json_type_of(v) != RNI_JSON_STRING && !rni_members_check(v, rni_members_hook, "hook", true)) return false;
    const rni_json *type = rni_json_type_of(v) == RNI_JSON_STRING ? v : rni_json_get(v, "type");
    if (!type) return rni_json_fail(v, RN_ERR_ARG, "the hook has no \"type\"");
    bool known = false;
    for (int i = 0; rn_hook_at(i); i++) known |= strcmp(rn_hook_at(i)->name, rni_json_string(type)) == 0;
    if (!known) return rni_unknown(type, "hook", rni_json_string(type), hook_name, NULL);
    bool ok = true;
    for (int64_t i = 0; ok && type != v && i < rni_json_count(v); i++) {
        const rni_json *e = rni_json_at(v, i);
        rni_value value;
        if (rni_member_find(rni_members_hook, rni_json_key(e))) continue;
        ok = n < HOOK_SETTINGS_MAX ? rni_json_expect(e, RNI_JSON_NUMBER)
                                   : rni_json_fail(e, RN_ERR_ARG, "too many options");
        if (!ok || !(ok = rni_value_read(e, NULL, &value))) break;
        rni_value_text(&value, &text[n]);
        ok = !text[n].failed;
        settings[n] = (rn_setting){ rni_json_key(e), text[n].at };
        n++;
    }
    if (ok && !(ok = rn_optimizer_make_hook(o, rni_json_string(type), settings, n))) blame(v, "hook");
    for (int i = 0; i < HOOK_SETTINGS_MAX; i++) rni_str_free(&text[i]);
    return ok;
}

/* ---- some of the parameters ---- */

typedef struct patterns {
    const char *at[PATTERNS_MAX];
    int n;
} patterns;

static bool read_patterns(const rni_json *v, patterns *p)
{
    const bool list = rni_json_type_of(v) == RNI_JSON_ARRAY;
    for (int64_t i = 0; i < (list ? rni_json_count(v) : 1); i++) {
        const rni_json *e = list ? rni_json_at(v, i) : v;
        if (p->n == PATTERNS_MAX) return rni_json_fail(e, RN_ERR_ARG, "more than %d patterns", PATTERNS_MAX);
        if (!rni_json_expect(e, RNI_JSON_STRING)) return false;
        p->at[p->n++] = rni_json_string(e);
    }
    return true;
}

static bool matches(const patterns *p, const char *path)
{
    for (int i = 0; i < p->n; i++)
        if (rni_pattern_matches(p->at[i], path)) return true;
    return false;
}

/* How many parameters below a link match, and how many there are. */
typedef struct tally {
    const patterns *patterns;
    const char *prefix;
    int64_t matching, all;
} tally;

static bool count_param(void *user, const rn_param_info *info)
{
    tally *t = user;
    char path[512];
    snprintf(path, sizeof path, "%s%s%s", t->prefix, *t->prefix ? "/" : "", info->name);
    t->matching += matches(t->patterns, path);
    t->all++;
    return true;
}

/* A tree of the links of which all parameters match, with the same names. */
static bool copy_matching(rn_link *from, rn_chain *to, const char *prefix, const patterns *p, const rni_json *where)
{
    const char *name;
    rn_link *child;
    for (int64_t i = 0; (child = rn_link_child(from, i, &name)) != NULL; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "/" : "", name);
        tally t = { .patterns = p, .prefix = path };
        if (!rn_link_visit(child, RN_PARAMS, count_param, &t)) return false;
        if (t.matching == 0) continue;
        if (t.matching == t.all) {
            if (!rn_chain_add(to, name, rn_link_keep(child))) return false;
        } else if (rn_link_child(child, 0, NULL) == NULL) {
            rni_json_fail(where, RN_ERR_UNSUPPORTED, "the patterns match some parameters of the layer \"%s\" only",
                          path);
            rni_error_add("hint", "\"rate\": 0 in a layer, or \"train\": false, keep its parameters as they are");
            return false;
        } else {
            rn_chain *inner = rn_chain_get(to, name);
            if (!inner || !copy_matching(child, inner, path, p, where)) return false;
        }
    }
    return true;
}

static rn_link *select_part(const rni_json *v, rni_model *m)
{
    patterns p = { .n = 0 };
    if (!read_patterns(v, &p)) return NULL;
    tally t = { .patterns = &p, .prefix = "" };
    if (!rn_link_visit(m->root, RN_PARAMS, count_param, &t)) return NULL;
    if (t.matching == 0) {
        rni_json_fail(v, RN_ERR_ARG, "no parameter matches");
        rni_error_add("hint",
                      "parameters are called as in \"conv1/W\"; a pattern such as \"conv*\" matches whole names");
        return NULL;
    }
    rn_chain *part = rn_chain_new();
    if (part && copy_matching(m->root, part, "", &p, v)) return part;
    rn_link_free(part);
    return NULL;
}

/* ---- optimizers ---- */

static const char *optimizer_name(void *user, int i)
{
    (void)user;
    const rn_optimizer_type *t = rn_optimizer_type_at(i);
    return t ? t->name : NULL;
}

static bool add_rate(const rni_json *v, const rn_optimizer_type *type, rni_settings *s)
{
    rni_value value;
    rni_str text = { 0 };
    if (!v || rni_json_number(v) == 0) return true; /* zero would mean the default here */
    if (!rni_value_read(v, NULL, &value)) return false;
    rni_value_text(&value, &text);
    const rn_opt *o = type->opts;
    while (strcmp(o->name, type->rate) != 0) o++;
    const bool ok = value.number >= o->min && value.number <= o->max;
    if (!ok && !text.failed) {
        rni_json_fail(v, RN_ERR_ARG, "\"rate\" cannot be %s", text.at);
        rni_error_add("expect", "a number from %.10g to %.10g", o->min, o->max);
    }
    rn_setting *p = text.failed || !ok ? NULL : rni_grow(s->at, s->n, &s->capacity, (int64_t)sizeof *p);
    if (!p) {
        rni_str_free(&text);
        return false;
    }
    s->at = p;
    s->at[s->n++] = (rn_setting){ type->rate, text.at };
    return true;
}

static bool equip(const rni_json *v, rn_optimizer *o, double epochs)
{
    const rni_json *schedule = rni_json_get(v, "schedule"), *hooks = rni_json_get(v, "hooks");
    if (schedule) {
        rn_schedule *s = rni_schedule_read(schedule, epochs);
        if (!s || !rn_optimizer_set_schedule(o, s)) return false;
    }
    for (int64_t i = 0; i < rni_json_count(hooks); i++)
        if (!read_hook(rni_json_at(hooks, i), o)) return false;
    return true;
}

rn_optimizer *rni_optimizer_read(const rni_json *v, rni_model *m, double epochs, rn_link **part)
{
    const bool object = rni_json_type_of(v) == RNI_JSON_OBJECT;
    if (object && !rni_members_check(v, rni_members_optimizer, "optimizer", true)) return NULL;
    if (v && !object && !rni_json_expect(v, RNI_JSON_STRING)) return NULL;
    const rni_json *named = object ? rni_json_get(v, "type") : v, *patterns_json = rni_json_get(v, "parameters");
    const char *name = named ? rni_json_string(named) : "adam";
    const rn_optimizer_type *type = rn_optimizer_type_find(name);
    if (!type) {
        rni_unknown(named, "optimizer", name, optimizer_name, NULL);
        return NULL;
    }
    rni_settings s = { 0 };
    rn_optimizer *o = NULL;
    bool ok = rni_settings_read(v, rni_members_optimizer, name, type->opts, NULL, &s) &&
              add_rate(rni_json_get(v, "rate"), type, &s);
    if (ok && patterns_json) ok = (*part = select_part(patterns_json, m)) != NULL;
    if (ok) {
        o = rn_optimizer_make(name, *part ? *part : m->root, s.at, s.n);
        if (!o && v) blame(v, "optimizer");
    }
    rni_settings_free(&s);
    if (!o) return NULL;
    const rni_json *rate = rni_json_get(v, "rate");
    if (rate && rni_json_number(rate) == 0) rn_optimizer_set_rate(o, 0);
    if (equip(v, o, epochs)) return o;
    rn_optimizer_free(o);
    return NULL;
}
