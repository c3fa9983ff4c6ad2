/* What projects hang into the trainer: monitors, further optimizers, and the state of recurrent links in snapshots. */
#include "project/session.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "project/schema.h"
#include "project/tensors.h"

#include <rensa/ops.h>
#include <string.h>

/* ---- monitors ---- */

typedef struct monitor {
    rni_session *session;
    rni_watch *watch;
} monitor;

static void report(void *user, const char *name, double mean, double weight)
{
    (void)weight;
    const monitor *m = user;
    char full[160];
    snprintf(full, sizeof full, "%s_%s", m->watch->name, name);
    rn_trainer_report(m->session->trainer, full, mean);
}

static bool run_monitor(rn_trainer *t, void *self)
{
    (void)t;
    monitor *m = self;
    return rni_watch_run(m->session, m->watch, report, m) && rn_ok();
}

static const rn_extension monitor_row = {
    .name = "monitor",
    .brief = "means of a network over a data set",
    .priority = 300,
    .every = { 1, RN_UNIT_EPOCH },
    .run = run_monitor,
    .free = rni_free,
};

/* ---- further optimizers ---- */

static bool step_second(rni_session *s, rni_second *o)
{
    rn_tensor *kept = NULL;
    rn_optimizer_set_epoch(o->optimizer, rn_trainer_epoch(s->trainer));
    RN_SCOPE
    {
        rn_tensor *loss = rni_goal_loss(&o->goal, s->now, NULL);
        if (loss && rn_update(o->optimizer, loss)) kept = rn_keep(loss);
    }
    if (!kept) return false;
    const double value = rn_item(kept);
    rn_drop(kept);
    o->sum += value * (double)s->now->count;
    o->weight += (double)s->now->count;
    return rn_ok();
}

static bool step_all(rn_trainer *t, void *self)
{
    rni_session *s = self;
    for (int64_t i = 0; i < s->n_second; i++)
        if (rn_trainer_iteration(t) % s->second[i].every == 0 && !step_second(s, &s->second[i])) return false;
    return true;
}

static bool show_all(rn_trainer *t, void *self)
{
    rni_session *s = self;
    for (int64_t i = 0; i < s->n_second; i++) {
        rni_second *o = &s->second[i];
        char name[96];
        snprintf(name, sizeof name, "train_%s_loss", o->name);
        if (o->weight > 0 && !rn_trainer_report(t, name, o->sum / o->weight)) return false;
        o->sum = o->weight = 0;
    }
    return true;
}

typedef struct saving {
    rn_dict *to;
    const char *name;
} saving;

static bool save_state(void *user, const char *name, rn_tensor *value)
{
    const saving *v = user;
    char full[512];
    bool ok = false;
    if (snprintf(full, sizeof full, "second/%s/%s", v->name, name) >= (int)sizeof full)
        return rni_fail(RN_ERR_ARG, NULL, "save", "the name %.60s... is too long", name);
    RN_SCOPE
    ok = rn_dict_set(v->to, full, rn_value(value));
    return ok;
}

static bool save_second(rni_session *s, rn_dict *to)
{
    for (int64_t i = 0; i < s->n_second; i++) {
        rni_second *o = &s->second[i];
        char name[96], text[80];
        snprintf(name, sizeof name, "second/%s", o->name);
        rni_format(text, sizeof text, "%.17g %.17g", o->sum, o->weight);
        if (!rn_dict_set_text(to, name, text)) return false;
        if (!rn_optimizer_states(o->optimizer, save_state, &(saving){ to, o->name })) return false;
    }
    return true;
}

static bool read_two(const char *text, double *a, double *b)
{
    char *end, *end_of_b;
    *a = rni_scan_f64(text, &end);
    *b = rni_scan_f64(end, &end_of_b);
    return end != text && end_of_b != end && *end_of_b == '\0';
}

static bool load_second(rni_session *s, const rn_dict *from)
{
    for (int64_t i = 0; i < s->n_second; i++) {
        rni_second *o = &s->second[i];
        char prefix[96];
        const size_t n = (size_t)snprintf(prefix, sizeof prefix, "second/%s/", o->name);
        for (int64_t k = 0; k < rn_dict_count(from); k++) {
            const char *name = rn_dict_name_at(from, k);
            if (strncmp(name, prefix, n) != 0) continue;
            bool ok = false;
            RN_SCOPE
            ok = rn_optimizer_set_state(o->optimizer, name + n, rn_copy(rn_dict_tensor_at(from, k)));
            if (!ok) return false;
        }
        prefix[n - 1] = '\0';
        const char *text = rn_dict_text(from, prefix);
        if (text && !read_two(text, &o->sum, &o->weight))
            return rni_fail(RN_ERR_FORMAT, NULL, "resume", "the state of %s cannot be read: \"%.60s\"", o->name, text);
    }
    return true;
}

/* ---- state of recurrent links ---- */

static bool save_kept(const rni_session *s, rn_dict *to)
{
    rni_kept_states states;
    char text[32];
    bool ok = rni_kept_states_take(s->model->root, &states);
    for (int64_t i = 0; ok && i < states.n; i++) {
        char name[512];
        ok = snprintf(name, sizeof name, "kept/%s", states.at[i].path) < (int)sizeof name ||
             rni_fail(RN_ERR_ARG, NULL, "save", "the name %.60s... is too long", name);
        ok = ok && rn_dict_set(to, name, states.at[i].value);
    }
    rni_kept_states_free(&states);
    snprintf(text, sizeof text, "%lld", (long long)s->goal.last_epoch);
    return ok && rn_dict_set_text(to, "kept", text);
}

static bool load_kept(rni_session *s, const rn_dict *from)
{
    static const char prefix[] = "kept/";
    const char *text = rn_dict_text(from, "kept");
    long long epoch;
    if (text && sscanf(text, "%lld", &epoch) != 1)
        return rni_fail(RN_ERR_FORMAT, NULL, "resume", "the epoch of what is kept cannot be read: \"%.60s\"", text);
    if (text) s->goal.last_epoch = epoch;
    for (int64_t i = 0; i < rn_dict_count(from); i++) {
        const char *name = rn_dict_name_at(from, i), *slash;
        if (strncmp(name, prefix, sizeof prefix - 1) != 0) continue;
        name += sizeof prefix - 1;
        slash = strrchr(name, '/');
        char path[512];
        snprintf(path, sizeof path, "%.*s", slash ? (int)(slash - name) : 0, name);
        rn_link *link = slash ? rn_link_find(s->model->root, path) : s->model->root;
        bool ok = false;
        if (!link) return rni_fail(RN_ERR_ARG, NULL, "resume", "there is no layer \"%.200s\" to keep something", path);
        RN_SCOPE
        ok = rn_link_set_state(link, slash ? slash + 1 : name, rn_copy(rn_dict_tensor_at(from, i)));
        if (!ok) return false;
    }
    return true;
}

static bool save_all(void *self, const char *name, rn_dict *to)
{
    (void)name;
    return save_second(self, to) && save_kept(self, to);
}

static bool load_all(void *self, const char *name, const rn_dict *from)
{
    (void)name;
    return load_second(self, from) && load_kept(self, from);
}

static const rn_extension session_row = {
    .name = "project",
    .brief = "further optimizers, and the state of recurrent links",
    .priority = 450,
    .every = { 1, RN_UNIT_EPOCH },
    .run = show_all,
    .step = step_all,
    .save = save_all,
    .load = load_all,
};

/* ---- which ones ---- */

typedef struct means {
    char (*name)[160];
    int n;
} means;

static void add_means(means *m, const char *prefix, const rni_goal *g)
{
    snprintf(m->name[m->n++], sizeof *m->name, "%s_loss", prefix);
    for (int i = 0; i < g->n_metrics; i++)
        snprintf(m->name[m->n++], sizeof *m->name, "%s_%s", prefix, g->metric[i].name);
}

static const char *mean_name(void *user, int i)
{
    const means *m = user;
    return i < m->n ? m->name[i] : NULL;
}

/* Whether there will be a mean of that name. */
static bool check_monitor(const rni_session *s, const rni_json *v)
{
    const char *name = rni_json_string(v);
    means m = { .name = rni_alloc((s->n_watches + s->n_second + 1) * (1 + RNI_METRICS_MAX) * (int64_t)sizeof *m.name) };
    if (!m.name) return false;
    add_means(&m, "train", &s->goal);
    for (int64_t i = 0; i < s->n_watches; i++) add_means(&m, s->watch[i].name, &s->watch[i].goal);
    for (int64_t i = 0; i < s->n_second; i++)
        snprintf(m.name[m.n++], sizeof *m.name, "train_%s_loss", s->second[i].name);
    int at = 0;
    while (at < m.n && strcmp(m.name[at], name) != 0) at++;
    const bool ok = at < m.n || rni_unknown(v, "mean called", name, mean_name, &m);
    rni_free(m.name);
    return ok;
}

static bool use_watched(rni_session *s, const char *name, const rni_json *v, const rni_member *members)
{
    if (rni_json_type_of(v) == RNI_JSON_BOOL) v = NULL;
    if (v && !rni_members_check(v, members, name, false)) return false;
    char usual[96] = "";
    if (s->n_watches) snprintf(usual, sizeof usual, "%s_loss", s->watch[0].name);
    const rni_json *watched = rni_json_get(v, "monitor");
    if (watched && !check_monitor(s, watched)) return false;
    const char *monitor_name = rni_json_string(watched);
    return rn_trainer_use(s->trainer, name,
                          .monitor = monitor_name ? monitor_name
                                     : usual[0]   ? usual
                                                  : NULL,
                          .maximize = rni_json_bool(rni_json_get(v, "maximize")),
                          .patience = rni_json_int(rni_json_get(v, "patience")));
}

static bool use_snapshot(rni_session *s, const rni_json *v)
{
    static const char *const units[] = {
        [RN_UNIT_EPOCH] = "epoch", [RN_UNIT_ITERATION] = "iteration", [RN_UNIT_SECOND] = "second"
    };
    if (v && !rni_members_check(v, rni_members_snapshot, "snapshot", false)) return false;
    const rni_json *every = rni_json_get(v, "every"), *unit = rni_json_get(v, "unit");
    rn_every when = { every ? rni_json_number(every) : 1, RN_UNIT_EPOCH };
    if (when.n <= 0) return rni_json_fail(every, RN_ERR_ARG, "\"every\" must be above 0");
    if (unit) {
        int k = RN_UNIT_EPOCH;
        while (k <= RN_UNIT_SECOND && strcmp(units[k], rni_json_string(unit)) != 0) k++;
        if (k > RN_UNIT_SECOND)
            return rni_json_fail(unit, RN_ERR_ARG, "the unit is \"epoch\", \"iteration\" or \"second\"");
        when = (rn_every){ when.n, k };
    }
    return rn_trainer_use(s->trainer, "snapshot", .every = when, .keep = rni_json_int(rni_json_get(v, "keep")));
}

static bool wanted(const rni_json *v, bool otherwise)
{
    return v ? rni_json_type_of(v) == RNI_JSON_OBJECT || rni_json_bool(v) : otherwise;
}

bool rni_session_extend(rni_session *s)
{
    const rni_json *t = rni_json_get(s->project->json, "training");
    const rni_json *stopping = rni_json_get(t, "early_stopping"), *best = rni_json_get(t, "save_best");
    if (!rn_trainer_add(s->trainer, &session_row, s, (rn_every){ 0 })) return false;
    for (int64_t i = 0; i < s->n_watches; i++) {
        monitor *m = rni_alloc((int64_t)sizeof *m);
        if (!m) return false;
        *m = (monitor){ s, &s->watch[i] };
        if (!rn_trainer_add(s->trainer, &monitor_row, m, RN_EPOCHS(s->watch[i].every))) return false;
    }
    if (!rn_trainer_use(s->trainer, "log") || !rn_trainer_use(s->trainer, "curve") ||
        !rn_trainer_use(s->trainer, "steps") || !rn_trainer_use(s->trainer, "fail_on_nan"))
        return false;
    if (wanted(best, true) && !use_watched(s, "best", best, rni_members_best)) return false;
    if (wanted(stopping, false) && !use_watched(s, "early_stop", stopping, rni_members_stopping)) return false;
    if (wanted(rni_json_get(t, "watch"), false) && !rni_tensors_watch(s)) return false;
    if (wanted(rni_json_get(t, "graph"), false) && !rn_trainer_use(s->trainer, "graph")) return false;
    return use_snapshot(s, rni_json_get(t, "snapshot"));
}
