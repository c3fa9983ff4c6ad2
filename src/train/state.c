/* Snapshots: a trainer as a dict of tensors and texts, and back.
 *
 * Names: model/<parameter>, optimizer/<state>; the text "run" holds the numbers as JSON. A model file is the same
 * without the rest, and reading a model takes either. */
#include "train/trainer.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/json.h"
#include "base/number.h"
#include "base/sha256.h"
#include "base/shape.h"
#include "base/str.h"
#include "nn/nn.h"

#include <math.h>
#include <rensa/ops.h>
#include <string.h>

/* ---- models ---- */

typedef struct {
    rn_dict *dict;
    rn_link *model;
    const rn_site *site;
    rni_str unmade; /* when saving: names of parameters that have no value yet, a line each */
} visitor;

/* The text of a file that holds those names. */
static const char unmade[] = "unmade";

static bool full_name(char *to, size_t size, const char *prefix, const char *name, const rn_site *site)
{
    if (snprintf(to, size, "%s/%s", prefix, name) < (int)size) return true;
    return rni_fail(RN_ERR_ARG, site, "save", "the name %.60s... is too long", name);
}

/* The value without history; the dict holds it after the scope. */
static bool put(rn_dict *d, const char *prefix, const char *name, rn_tensor *cell, const rn_site *site)
{
    char full[512];
    if (!full_name(full, sizeof full, prefix, name, site)) return false;
    bool ok = false;
    RN_SCOPE
    ok = rn_dict_set_at(site, d, full, rn_value(cell));
    return ok;
}

static bool save_param(void *user, const rn_param_info *info)
{
    visitor *v = user;
    if (info->param) return put(v->dict, "model", info->name, info->param, v->site);
    rni_str_addf(&v->unmade, "%s\n", info->name);
    return !v->unmade.failed;
}

static bool has_line(const char *lines, const char *line)
{
    const size_t n = strlen(line);
    for (const char *p = lines; p && *p; p += *p == '\n') {
        const size_t m = strcspn(p, "\n");
        if (m == n && memcmp(p, line, n) == 0) return true;
        p += m;
    }
    return false;
}

static bool load_param(void *user, const rn_param_info *info)
{
    const visitor *v = user;
    char full[512];
    if (!full_name(full, sizeof full, "model", info->name, v->site)) return false;
    rn_tensor *value = rn_dict_find(v->dict, full);
    if (!value) value = rn_dict_find(v->dict, info->name); /* files of other programs have no prefix */
    if (!value && !info->param && has_line(rn_dict_text(v->dict, unmade), info->name)) return true;
    if (!value) return rni_fail(RN_ERR_ARG, v->site, "load", "the file has no \"%s\"", info->name);
    /* The file may stay mapped: a copy of its own lets the first update reuse the memory. */
    bool ok = false;
    RN_SCOPE
    ok = rn_link_set_param(v->model, info->name, rn_copy(value));
    return ok && rn_ok();
}

static bool model_to_dict(const rn_site *site, rn_link *model, rn_dict *d)
{
    visitor v = { .dict = d, .model = model, .site = site };
    const bool ok = rn_dict_set_text(d, "format", "rensa") && rn_dict_set_text(d, "rensa_version", RN_VERSION) &&
                    rn_link_visit(model, RN_PARAMS | RN_STATES, save_param, &v) &&
                    (!v.unmade.length || rn_dict_set_text(d, unmade, v.unmade.at));
    rni_str_free(&v.unmade);
    return ok;
}

/* Whether the model has a place for each parameter of the file. Files of other programs hold nothing but parameters. */
static bool all_fit(const visitor *v)
{
    static const char prefix[] = "model/";
    const size_t n = sizeof prefix - 1;
    for (int64_t i = 0; i < rn_dict_count(v->dict); i++) {
        const char *name = rn_dict_name_at(v->dict, i);
        const bool prefixed = strncmp(name, prefix, n) == 0;
        if (!prefixed && rn_dict_text(v->dict, "format")) continue;
        if (rni_slot_find(v->model, name, NULL) || (prefixed && rni_slot_find(v->model, name + n, NULL))) continue;
        rni_fail(RN_ERR_ARG, v->site, "load", "the file has \"%s\", for which the model has no parameter",
                 name + (prefixed ? n : 0));
        if (!rn_link_count(v->model, NULL))
            rni_error_add("hint", "links that are made by name appear at the first call: call the model once before");
        return false;
    }
    return true;
}

static bool model_from_dict(const rn_site *site, rn_link *model, rn_dict *d)
{
    visitor v = { .dict = d, .model = model, .site = site };
    return all_fit(&v) && rn_link_visit(model, RN_PARAMS | RN_STATES, load_param, &v);
}

/* What saving and loading have in common: nothing happens while an error is pending, or without one of the two. */
static bool check_path(const rn_site *site, const char *what, const void *object, const char *path)
{
    if (!rn_ok()) {
        rni_error_trail(site, what);
        return false;
    }
    return (object && path) || rni_fail(RN_ERR_ARG, site, what, "the %s is NULL",
                                        object           ? "path"
                                        : what[0] == 'm' ? "model"
                                                         : "trainer");
}

bool rn_model_save_at(const rn_site *site, rn_link *model, const char *path)
{
    RNI_TRY(check_path(site, "model_save", model, path));
    rn_dict *d = rn_dict_new();
    const bool ok = d && model_to_dict(site, model, d) && rn_safetensors_save_at(site, path, d);
    rn_dict_free(d);
    return ok;
}

bool rn_model_load_at(const rn_site *site, rn_link *model, const char *path)
{
    RNI_TRY(check_path(site, "model_load", model, path));
    rn_dict *d = rn_dict_load_at(site, path);
    const bool ok = d && model_from_dict(site, model, d);
    if (d && !ok) rni_error_add("file", "%s", path);
    rn_dict_free(d);
    return ok;
}

static bool hash_param(void *user, const rn_param_info *info)
{
    if (!info->param) return true;
    rni_sha256 *h = user;
    char shape[RNI_SHAPE_TEXT];
    rni_shape_text(rn_tensor_shape(info->param), shape);
    const char *dtype = rn_dtype_name(rn_tensor_dtype(info->param));
    const void *data = rn_data(info->param);
    if (!data) return false;
    rni_sha256_add(h, info->name, (int64_t)strlen(info->name) + 1);
    rni_sha256_add(h, dtype, (int64_t)strlen(dtype) + 1);
    rni_sha256_add(h, shape, (int64_t)strlen(shape) + 1);
    rni_sha256_add(h, data, rn_tensor_bytes(info->param));
    return true;
}

bool rn_model_hash(rn_link *model, char hex[65])
{
    if (!model || !hex) return rni_fail(RN_ERR_ARG, NULL, "model_hash", "the %s is NULL", model ? "text" : "model");
    rni_sha256 h;
    unsigned char digest[32];
    rni_sha256_begin(&h);
    if (!rn_link_visit(model, RN_PARAMS | RN_STATES, hash_param, &h)) return false;
    rni_sha256_end(&h, digest);
    rni_sha256_text(digest, hex);
    return true;
}

/* ---- optimizers ---- */

static const char optimizer_prefix[] = "optimizer/";

static bool save_state(void *user, const char *name, rn_tensor *value)
{
    const visitor *v = user;
    return put(v->dict, "optimizer", name, value, v->site);
}

static bool load_optimizer(rn_optimizer *o, const rn_dict *d)
{
    for (int64_t i = 0; i < rn_dict_count(d); i++) {
        const char *name = rn_dict_name_at(d, i);
        if (strncmp(name, optimizer_prefix, sizeof optimizer_prefix - 1) != 0) continue;
        bool ok = false;
        RN_SCOPE
        ok = rn_optimizer_set_state(o, name + sizeof optimizer_prefix - 1, rn_copy(rn_dict_tensor_at(d, i)));
        if (!ok) return false;
    }
    return true;
}

/* ---- the numbers of a run, as one JSON text ---- */

/* JSON has no numbers for NaN and infinities: they are texts. */
static void write_number(rni_json_writer *w, const char *key, double value)
{
    char text[RNI_NUMBER_TEXT];
    rni_json_write_key(w, key);
    if (isfinite(value))
        rni_json_write_number(w, value);
    else
        rni_json_write_string(w, rni_format_f64(value, text));
}

static bool read_number(const rni_json *v, double *out)
{
    const char *text = rni_json_string(v);
    if (text && rni_parse_f64(text, (int64_t)strlen(text), out)) return true;
    if (!rni_json_expect(v, RNI_JSON_NUMBER)) return false;
    *out = rni_json_number(v);
    return true;
}

static void write_means(rni_json_writer *w, const char *key, const rn_metrics *m)
{
    rni_json_write_key(w, key);
    rni_json_array_begin(w);
    for (int64_t i = 0; i < m->count; i++) {
        rni_json_object_begin(w);
        rni_json_put_string(w, "name", m->mean[i].name);
        write_number(w, "sum", m->mean[i].sum);
        write_number(w, "weight", m->mean[i].weight);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
}

static void write_history(rni_json_writer *w, const rn_trainer *t)
{
    rni_json_write_key(w, "history");
    rni_json_array_begin(w);
    for (int64_t i = 0; i < t->n_history; i++) {
        const rni_log_row *r = &t->history[i];
        rni_json_object_begin(w);
        rni_json_put_int(w, "iteration", r->iteration);
        rni_json_put_number(w, "epoch", r->epoch);
        rni_json_put_number(w, "seconds", r->seconds);
        rni_json_write_key(w, "means");
        rni_json_object_begin(w);
        for (int64_t k = 0; k < r->count; k++) write_number(w, r->name[k], r->value[k]);
        rni_json_object_end(w);
        rni_json_object_end(w);
    }
    rni_json_array_end(w);
}

static void write_run(rni_json_writer *w, const rn_trainer *t)
{
    uint64_t random[2];
    rn_random_state(random);
    const rn_iterator_state it = rn_iterator_get_state(t->batches);
    const struct {
        const char *key;
        int64_t value;
    } integers[] = {
        { "iteration", t->iteration },         { "examples", t->examples },
        { "random_seed", (int64_t)random[0] }, { "random_draws", (int64_t)random[1] },
        { "iterator_epoch", it.epoch },        { "iterator_position", it.position },
        { "iterator_count", it.count },        { "iterator_seed", (int64_t)it.seed },
        { "iterator_shuffle", it.shuffle },    { "iterator_ended", it.ended },
    };
    rni_json_object_begin(w);
    for (size_t i = 0; i < RN_COUNTOF(integers); i++) {
        rni_json_put_int(w, integers[i].key, integers[i].value);
    }
    rni_json_put_string(w, "optimizer", rn_optimizer_name(t->optimizer));
    rni_json_put_number(w, "epoch", t->epoch);
    rni_json_put_number(w, "seconds", rn_trainer_seconds(t));
    rni_json_write_key(w, "last");
    rni_json_object_begin(w);
    for (int64_t i = 0; i < t->n_hung; i++) {
        rni_json_put_number(w, t->hung[i].name, t->hung[i].last);
    }
    rni_json_object_end(w);
    write_means(w, "now", &t->now);
    write_means(w, "seen", &t->seen);
    write_history(w, t);
    rni_json_object_end(w);
}

static bool read_means(const rni_json *list, rn_metrics *m)
{
    rni_metrics_free(m);
    for (int64_t i = 0; i < rni_json_count(list); i++) {
        const rni_json *v = rni_json_at(list, i);
        const char *name = rni_json_string(rni_json_get(v, "name"));
        rni_mean *p = name ? rni_metrics_find(m, name, true) : NULL;
        if (!p) return rn_ok() ? rni_json_fail(v, RN_ERR_FORMAT, "a mean without a name") : false;
        if (!read_number(rni_json_get(v, "sum"), &p->sum) || !read_number(rni_json_get(v, "weight"), &p->weight))
            return false;
    }
    return true;
}

static bool read_history(rn_trainer *t, const rni_json *list)
{
    rni_history_free(t);
    for (int64_t i = 0; i < rni_json_count(list); i++) {
        const rni_json *v = rni_json_at(list, i), *means = rni_json_get(v, "means");
        const int64_t n = rni_json_count(means);
        rni_log_row *p = rni_grow(t->history, t->n_history, &t->cap_history, (int64_t)sizeof *p);
        if (!p) return false;
        t->history = p;
        p += t->n_history;
        *p = (rni_log_row){ .iteration = rni_json_int(rni_json_get(v, "iteration")),
                            .epoch = rni_json_number(rni_json_get(v, "epoch")),
                            .seconds = rni_json_number(rni_json_get(v, "seconds")),
                            .name = rni_alloc((n + 1) * (int64_t)sizeof *p->name),
                            .value = rni_alloc((n + 1) * (int64_t)sizeof *p->value) };
        t->n_history++;
        if (!p->name || !p->value) return false;
        for (int64_t k = 0; k < n; k++) {
            if (!(p->name[k] = rni_strdup(rni_json_key_at(means, k)))) return false;
            p->count++;
            if (!read_number(rni_json_at(means, k), &p->value[k])) return false;
        }
    }
    return true;
}

/* A member that must be there. */
static const rni_json *need(const rni_json *r, const char *key, bool whole)
{
    const rni_json *v = rni_json_get(r, key);
    if (!v)
        rni_json_fail(r, RN_ERR_FORMAT, "the state of the run has no \"%s\"", key);
    else if (rni_json_expect(v, RNI_JSON_NUMBER) && whole && !rni_json_is_int(v))
        rni_json_fail(v, RN_ERR_FORMAT, "\"%s\" is no whole number", key);
    return v;
}

static int64_t int_of(const rni_json *r, const char *key)
{
    return rni_json_int(need(r, key, true));
}

static bool read_run(const rn_site *site, rn_trainer *t, const rni_json *r)
{
    if (!rni_json_expect(r, RNI_JSON_OBJECT)) return false;
    const rn_iterator_state it = {
        .epoch = int_of(r, "iterator_epoch"),
        .position = int_of(r, "iterator_position"),
        .count = int_of(r, "iterator_count"),
        .seed = (uint64_t)int_of(r, "iterator_seed"),
        .shuffle = int_of(r, "iterator_shuffle"),
        .ended = int_of(r, "iterator_ended"),
    };
    const uint64_t random[2] = { (uint64_t)int_of(r, "random_seed"), (uint64_t)int_of(r, "random_draws") };
    t->iteration = int_of(r, "iteration");
    t->examples = int_of(r, "examples");
    t->epoch = rni_json_number(need(r, "epoch", false));
    t->seconds = rni_json_number(need(r, "seconds", false));
    if (!rn_ok()) return false;
    if (t->iteration < 0 || t->examples < 0 || t->epoch < 0 || t->seconds < 0)
        return rni_json_fail(r, RN_ERR_FORMAT, "the state of the run has numbers below 0");
    if (!rn_iterator_set_state_at(site, t->batches, &it)) return false;
    const rni_json *last = rni_json_get(r, "last");
    for (int64_t i = 0; i < t->n_hung; i++) t->hung[i].last = rni_json_number(rni_json_get(last, t->hung[i].name));
    rn_set_random_state(random);
    return read_means(rni_json_get(r, "now"), &t->now) && read_means(rni_json_get(r, "seen"), &t->seen) &&
           read_history(t, rni_json_get(r, "history"));
}

/* States of another optimizer would be left out, or begin at zero. */
static bool same_optimizer(const rn_trainer *t, const rni_json *r)
{
    const rni_json *v = rni_json_get(r, "optimizer");
    const char *name = rni_json_string(v), *own = rn_optimizer_name(t->optimizer);
    if (!v || (name && strcmp(name, own) == 0)) return true;
    return rni_json_fail(v, RN_ERR_ARG, "the snapshot was made with the optimizer %s, this is %s", name ? name : "?",
                         own);
}

/* ---- snapshots ---- */

bool rn_trainer_save_at(const rn_site *site, rn_trainer *t, const char *path)
{
    RNI_TRY(check_path(site, "trainer_save", t, path));
    rn_dict *d = rn_dict_new();
    rni_str run = { 0 };
    visitor v = { .dict = d, .model = t->model, .site = site };
    bool ok = d && model_to_dict(site, t->model, d) && rn_optimizer_states(t->optimizer, save_state, &v);
    for (int64_t i = 0; ok && i < t->n_hung; i++)
        if (t->hung[i].row->save)
            ok = rni_explained(t->hung[i].row->save(t->hung[i].self, t->hung[i].name, d), site, t->hung[i].name,
                               "its save");
    if (ok) {
        rni_json_writer w = { .to = &run };
        write_run(&w, t);
        ok = !run.failed && rn_dict_set_text(d, "run", run.at) && rn_safetensors_save_at(site, path, d);
    }
    rni_str_free(&run);
    rn_dict_free(d);
    return ok;
}

bool rn_trainer_resume_at(const rn_site *site, rn_trainer *t, const char *path)
{
    RNI_TRY(check_path(site, "trainer_resume", t, path) && rni_trainer_rests(t, site, "trainer_resume"));
    char latest[1024];
    if (rn_snapshot_latest(path, latest, sizeof latest)) path = latest;
    rn_dict *d = rn_dict_load_at(site, path);
    if (!d) return false;
    const char *text = rn_dict_text(d, "run");
    rni_json *run = NULL;
    bool ok =
        text || rni_fail(RN_ERR_FORMAT, site, "trainer_resume", "the file holds a model, not a snapshot of training");
    ok = ok && (run = rni_json_parse(text, (int64_t)strlen(text), path)) != NULL;
    ok = ok && same_optimizer(t, run) && model_from_dict(site, t->model, d) && load_optimizer(t->optimizer, d);
    ok = ok && read_run(site, t, run);
    for (int64_t i = 0; ok && i < t->n_hung; i++)
        if (t->hung[i].row->load)
            ok = rni_explained(t->hung[i].row->load(t->hung[i].self, t->hung[i].name, d), site, t->hung[i].name,
                               "its load");
    if (!ok) rni_error_add("file", "%s", path);
    rni_json_free(run);
    rn_dict_free(d);
    return ok;
}
