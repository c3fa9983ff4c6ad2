/* Steps on data sets: rows by name; what is no row is a kind of augmentation, several of which in a row make one data
 * set. */
#include "project/steps.h"

#include "base/error.h"
#include "data/data.h"
#include "project/schema.h"

#include <string.h>

enum { AUGMENT_MAX = 32, FRACTIONS_MAX = 16 };

typedef struct work {
    rni_datas *all;
    rni_data *d;
    rn_dataset *now; /* owned */
    rn_dataset *raw; /* owned; before the first normalisation */
    bool predicting; /* only what changes the form of examples, not which there are */
    rn_site site;
} work;

static int64_t int_of(const rni_json *step, const char *key)
{
    return rni_json_int(rni_json_get(step, key));
}

static const char *text_of(const rni_json *step, const char *key)
{
    return rni_json_string(rni_json_get(step, key));
}

/* A step without options may be its type alone. */
static const char *type_of(const rni_json *step)
{
    const char *text = rni_json_string(step);
    return text ? text : text_of(step, "type");
}

static bool check_members(const rni_json *step, bool open)
{
    return rni_json_string(step) || rni_members_check(step, rni_members_step, "step", open);
}

static uint64_t seed_of(const work *w, const rni_json *step)
{
    const rni_json *v = rni_json_get(step, "seed");
    return v ? (uint64_t)rni_json_int(v) : w->all->args.seed;
}

static bool replace(work *w, rn_dataset *next)
{
    rn_dataset_free(w->now);
    w->now = next;
    return next != NULL;
}

static bool run_subset(work *w, const rni_json *step)
{
    const int64_t first = int_of(step, "first"), rest = rn_dataset_count(w->now) - first;
    const rni_json *count = rni_json_get(step, "count");
    return replace(w, rn_dataset_subset_at(&w->site, w->now, first, count ? rni_json_int(count) : rest));
}

static bool run_split(work *w, const rni_json *step)
{
    const rni_json *f = rni_json_get(step, "fractions");
    const int64_t n = rni_json_count(f), take = int_of(step, "take");
    double fractions[FRACTIONS_MAX];
    rn_dataset *parts[FRACTIONS_MAX] = { 0 };
    if (n < 1 || n > FRACTIONS_MAX)
        return rni_json_fail(f ? f : step, RN_ERR_ARG, "split needs \"fractions\" of 1 to %d parts", FRACTIONS_MAX);
    if (take >= n)
        return rni_json_fail(rni_json_get(step, "take"), RN_ERR_ARG, "there are %lld parts; \"take\" counts from 0",
                             (long long)n);
    for (int64_t i = 0; i < n; i++) {
        if (!rni_json_expect(rni_json_at(f, i), RNI_JSON_NUMBER)) return false;
        fractions[i] = rni_json_number(rni_json_at(f, i));
    }
    if (!rn_dataset_split_at(&(rn_dataset_split_args){ .ds = w->now,
                                                       .fractions = fractions,
                                                       .count = (int)n,
                                                       .parts = parts,
                                                       .site = w->site,
                                                       .seed = (uint64_t)int_of(step, "seed"),
                                                       .in_order = rni_json_bool(rni_json_get(step, "in_order")),
                                                       .strata = text_of(step, "strata") }))
        return false;
    for (int64_t i = 0; i < n; i++)
        if (i != take) rn_dataset_free(parts[i]);
    return replace(w, parts[take]);
}

static bool run_pick(work *w, const rni_json *step)
{
    const char *columns = text_of(step, "columns");
    if (!columns) return rni_json_fail(step, RN_ERR_ARG, "pick needs \"columns\": names with commas between them");
    return replace(w, rn_dataset_pick_at(&w->site, w->now, columns));
}

static bool run_concat(work *w, const rni_json *step)
{
    const rni_json *name = rni_json_get(step, "data");
    if (!name) return rni_json_fail(step, RN_ERR_ARG, "concat needs \"data\": the name of a data set");
    const rni_data *other = rni_datas_open(w->all, rni_json_string(name), name);
    if (!other) return false;
    rn_dataset *const both[] = { w->now, other->set };
    return replace(w, rn_dataset_concat_at(&w->site, both, 2));
}

/* Evaluation uses the means of what was trained with. */
static bool run_normalize(work *w, const rni_json *step)
{
    const rni_json *like = rni_json_get(step, "like");
    const rni_data *other = NULL;
    const char *name = like ? rni_json_string(like) : w->all->at[0].name;
    if (strcmp(name, w->d->name) != 0) {
        other = rni_datas_open(w->all, name, like ? like : step);
        if (!other) return false;
    } else if (w->predicting)
        other = w->d;
    if (!w->raw) w->raw = rni_dataset_hold(w->now);
    return replace(w, rn_dataset_normalize_at(
                          &(rn_dataset_normalize_args){ .ds = w->now,
                                                        .site = w->site,
                                                        .like = other ? (other->raw ? other->raw : other->set) : NULL,
                                                        .column = text_of(step, "column"),
                                                        .whole = rni_json_bool(rni_json_get(step, "whole")) }));
}

static bool run_cache(work *w, const rni_json *step)
{
    return replace(
        w, rn_dataset_cache_at(&(rn_dataset_cache_args){
               .ds = w->now, .site = w->site, .bytes = rni_json_get(step, "bytes") ? int_of(step, "bytes") : 0 }));
}

static const struct {
    const char *name;
    bool (*run)(work *w, const rni_json *step);
    bool form; /* changes what examples look like */
} rows[] = {
    { "subset", run_subset, false }, { "split", run_split, false },        { "pick", run_pick, false },
    { "concat", run_concat, false }, { "normalize", run_normalize, true }, { "cache", run_cache, false },
};

/* ---- augmentation ---- */

static const char *const augmentations[] = { "crop", "flip", "shift", "rotate", "scale", "colour", "erase", "noise" };

static const char *step_name(void *user, int i)
{
    (void)user;
    if (i < (int)RN_COUNTOF(rows)) return rows[i].name;
    i -= (int)RN_COUNTOF(rows);
    return i < (int)RN_COUNTOF(augmentations) ? augmentations[i] : NULL;
}

static bool is_augmentation(const char *name)
{
    for (size_t i = 0; i < RN_COUNTOF(augmentations); i++)
        if (strcmp(augmentations[i], name) == 0) return true;
    return false;
}

static bool read_augmentation(const rni_json *step, rn_augment *a)
{
    *a = (rn_augment){ .name = type_of(step) };
    for (int64_t i = 0; i < rni_json_count(step); i++) {
        const rni_json *v = rni_json_at(step, i);
        const char *key = rni_json_key(v);
        if (rni_member_find(rni_members_step, key)) continue;
        const rni_json_type type = rni_json_type_of(v);
        if (type != RNI_JSON_NUMBER && type != RNI_JSON_BOOL) return rni_json_expect(v, RNI_JSON_NUMBER);
        if (rn_augment_set(a, key, type == RNI_JSON_BOOL ? (double)rni_json_bool(v) : rni_json_number(v))) continue;
        char place[RNI_JSON_PLACE];
        rni_error_add("in", "%s", rni_json_place(v, place));
        return false;
    }
    return true;
}

/* Takes steps from number *at on as long as they are augmentations of the same column. */
static bool run_augmentations(work *w, const rni_json *steps, int64_t *at)
{
    rn_augment list[AUGMENT_MAX];
    const rni_json *first = rni_json_at(steps, *at);
    const char *column = text_of(first, "column");
    int n = 0;
    for (; *at < rni_json_count(steps) && n < AUGMENT_MAX; (*at)++, n++) {
        const rni_json *step = rni_json_at(steps, *at);
        const char *type = type_of(step), *own = text_of(step, "column");
        if (n && (!type || !is_augmentation(type) || strcmp(own ? own : "x", column ? column : "x") != 0)) break;
        if (n && !check_members(step, true)) return false;
        if (!read_augmentation(step, &list[n])) return false;
    }
    if (w->predicting) return true;
    return replace(
        w,
        rn_dataset_augment_at(&(rn_dataset_augment_args){
            .ds = w->now, .steps = list, .count = n, .site = w->site, .column = column, .seed = seed_of(w, first) }));
}

static bool run_one(work *w, const rni_json *steps, int64_t *at)
{
    const rni_json *step = rni_json_at(steps, *at);
    if (!check_members(step, true)) return false;
    const char *type = type_of(step);
    if (!type) return rni_json_fail(step, RN_ERR_ARG, "the step has no \"type\"");
    w->site = (rn_site){ rni_json_source(step), "step", rni_json_line(step), 0, NULL };
    const rn_site *before = rni_site_enter(&w->site);
    bool ok = false, found = is_augmentation(type);
    if (found) ok = run_augmentations(w, steps, at);
    for (size_t i = 0; !found && i < RN_COUNTOF(rows); i++) {
        if (strcmp(rows[i].name, type) != 0) continue;
        found = true;
        ok = check_members(step, false) && ((w->predicting && !rows[i].form) || rows[i].run(w, step));
        (*at)++;
    }
    rni_site_enter(before);
    return found ? ok
                 : rni_unknown(rni_json_string(step) ? step : rni_json_get(step, "type"), "step called", type,
                               step_name, NULL);
}

static bool run_all(work *w)
{
    const rni_json *steps = rni_json_get(w->d->json, "steps");
    for (int64_t i = 0; i < rni_json_count(steps);)
        if (!run_one(w, steps, &i)) return false;
    return true;
}

bool rni_steps_run(rni_datas *all, rni_data *d)
{
    work w = { .all = all, .d = d, .now = rni_dataset_hold(d->base) };
    const bool ok = run_all(&w);
    d->raw = w.raw;
    d->set = w.now;
    return ok;
}

rn_dataset *rni_datas_apply(rni_datas *all, rni_data *like, rn_dataset *set)
{
    work w = { .all = all, .d = like, .now = set, .predicting = true };
    const bool ok = set && run_all(&w);
    rn_dataset_free(w.raw);
    if (ok) return w.now;
    rn_dataset_free(w.now);
    return NULL;
}
