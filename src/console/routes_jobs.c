/* Starting runs, and what is done to them while they wait or run. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/bin.h"
#include "console/console_p.h"
#include "console/keeper.h"
#include "console/launch.h"
#include "console/name.h"
#include "console/projects.h"
#include "console/route.h"
#include "console/sweep.h"
#include "console/system.h"
#include "project/project.h"

#include <signal.h>
#include <string.h>

/* ---- new runs ---- */

/* Whether the project can be read at all with these settings; what can be known without data is checked. */
static bool check_settings(const rni_new_run *r)
{
    rni_change changes[RNI_SWEEP_KEYS];
    char place[RNI_SWEEP_KEYS][200];
    rni_project *p = rni_project_parse(r->text, r->bytes, "project"), *changed = NULL;
    for (int64_t i = 0; i < r->n; i++) {
        snprintf(place[i], sizeof place[i], "set \"%.150s\"", r->key[i]);
        changes[i] = (rni_change){ .path = r->key[i], .value = r->value[i], .place = place[i] };
    }
    if (p) changed = rni_project_change(p, changes, r->n);
    rni_project_free(changed);
    rni_project_free(p);
    return changed != NULL;
}

static bool make_runs(rni_request *q, rni_db *db, const rni_sweep *s, rni_new_run *r)
{
    char group[RNI_RUN_ID + 8] = "", id[RNI_RUN_ID];
    const char *given = r->name;
    for (int64_t i = 0; i < s->runs; i++) {
        const char *value[RNI_SWEEP_KEYS];
        rni_str name = { 0 };
        rni_sweep_at(s, i, value);
        r->key = s->key;
        r->value = value;
        r->n = s->n;
        if (s->runs > 1) {
            if (given && *given) rni_str_addf(&name, "%s ", given);
            rni_str part = { 0 };
            rni_sweep_name(s, i, &part);
            if (part.at) rni_str_add(&name, part.at);
            rni_str_free(&part);
            r->name = name.at;
            r->group_begins = i == 0 && !*r->group;
        }
        const bool ok = !name.failed && (i > 0 || check_settings(r)) && rni_run_make(q->console, db, r, id);
        rni_str_free(&name);
        if (!ok) return false;
        if (r->group_begins) {
            snprintf(group, sizeof group, "sweep-%.6s", id);
            r->group = group;
        }
        rni_json_write_string(&q->w, id);
    }
    return true;
}

static const char *text_member(const rni_request *q, const char *key)
{
    const char *t = rni_json_string(rni_json_get(q->json, key));
    return t ? t : "";
}

static bool check_tags(const rni_json *tags)
{
    if (rni_json_count(tags) > 32) return rni_json_fail(tags, RN_ERR_ARG, "a run has at most 32 tags");
    for (int64_t i = 0; i < rni_json_count(tags); i++) {
        const rni_json *v = rni_json_at(tags, i);
        RNI_TRY(rni_json_expect(v, RNI_JSON_STRING));
        const char *t = rni_json_string(v);
        if (!*t || strlen(t) > 100 || strpbrk(t, " \t\n"))
            return rni_json_fail(v, RN_ERR_ARG, "\"%.80s\" is no tag: one word", t);
    }
    return true;
}

static bool choose_slot(rni_request *q, rni_new_run *r)
{
    r->slot = text_member(q, "slot");
    if (!*r->slot) r->slot = rni_keeper_slots(q->console->keeper, RNI_SLOT_GPU) > 0 ? "gpu" : "cpu";
    if (strcmp(r->slot, "cpu") != 0 && strcmp(r->slot, "gpu") != 0)
        return rni_refuse(q, 400, "the slot is \"cpu\" or \"gpu\", not \"%.40s\"", r->slot);
    return strcmp(r->slot, "cpu") == 0 || rni_keeper_slots(q->console->keeper, RNI_SLOT_GPU) > 0 ||
           rni_refuse(q, 409, "there is no GPU here");
}

/* With what the body says: settings, lists, name, tags and the like. */
static bool start(rni_request *q, rni_new_run *r)
{
    rni_sweep s;
    r->kind = "train";
    r->name = text_member(q, "name");
    r->group = text_member(q, "group");
    r->notes = text_member(q, "notes");
    r->tags = rni_json_get(q->json, "tags");
    r->priority = rni_json_int(rni_json_get(q->json, "priority"));
    bool ok = choose_slot(q, r) && check_tags(r->tags);
    ok = rni_sweep_read(ok ? rni_json_get(q->json, "set") : NULL, ok ? rni_json_get(q->json, "sweep") : NULL, &s) && ok;
    rni_db *db = ok ? rni_database_take(q->console->store) : NULL;
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "runs");
    rni_json_array_begin(&q->w);
    pthread_mutex_lock(&q->console->runs_lock);
    ok = db && make_runs(q, db, &s, r);
    pthread_mutex_unlock(&q->console->runs_lock);
    rni_json_array_end(&q->w);
    rni_json_object_end(&q->w);
    rni_database_give(q->console->store, db);
    rni_sweep_free(&s);
    if (ok) rni_keeper_wake(q->console->keeper);
    q->status = ok ? 201 : q->status;
    return ok;
}

static bool post_job(rni_request *q)
{
    rni_text_file f;
    const char *project = text_member(q, "project");
    if (!rni_project_text(q, project, &f)) return false;
    const bool ok = start(q, &(rni_new_run){ .project = project, .text = f.at, .bytes = f.bytes });
    rni_free(f.at);
    return ok;
}

/* The project that the run trained, or, where it has not begun, is going to train. */
static bool read_trained(rni_request *q, const rni_job *j, rni_str *text)
{
    char *frozen = rni_work_path(q->console, "runs/%s/project.json", j->id),
         *asked = rni_work_path(q->console, "runs/%s/asked.json", j->id);
    const bool begun = frozen && rni_file_bytes(frozen) >= 0;
    rni_sweep s = { 0 };
    rni_project *p = frozen && asked ? rni_project_load(begun ? frozen : asked) : NULL;
    if (p && !begun && rni_sweep_read(j->set, NULL, &s)) {
        rni_change changes[RNI_SWEEP_KEYS];
        const char *value[RNI_SWEEP_KEYS];
        rni_sweep_at(&s, 0, value);
        for (int64_t i = 0; i < s.n; i++) changes[i] = (rni_change){ .path = s.key[i], .value = value[i] };
        rni_project *changed = rni_project_change(p, changes, s.n);
        rni_project_free(p);
        p = changed;
    }
    const bool ok = p && rni_project_write(p, text);
    rni_sweep_free(&s);
    rni_project_free(p);
    rni_free(frozen);
    rni_free(asked);
    return ok;
}

static bool is_snapshot(rni_request *q, const char *id, const char *name)
{
    char *path = rni_work_path(q->console, "runs/%s/%s", id, name);
    const bool ok = path && strncmp(name, "snapshot_", 9) == 0 && !strchr(name, '/') && rni_file_bytes(path) >= 0;
    rni_free(path);
    return ok || rni_refuse(q, 404, "the run %s has no snapshot \"%.80s\"", id, name);
}

static bool clone_run(rni_request *q)
{
    const char *id = q->parameter[0], *snapshot = text_member(q, "snapshot");
    rni_job j = { 0 };
    rni_str text = { 0 }, from = { 0 };
    RNI_TRY(rni_run_id_check(q, id));
    bool ok = rni_job_read(q->console, q, id, &j) && read_trained(q, &j, &text);
    if (ok && *snapshot) {
        ok = is_snapshot(q, id, snapshot);
        rni_str_addf(&from, "runs/%s/%s", id, snapshot);
    }
    ok = ok &&
         start(q, &(rni_new_run){
                      .project = j.project, .parent = j.id, .text = text.at, .bytes = text.length, .from = from.at });
    rni_str_free(&from);
    rni_str_free(&text);
    rni_job_free(&j);
    return ok;
}

/* ---- what is done to them ---- */

typedef enum action { STOP, KILL, SUSPEND, RESUME } action;

static bool is_queued(const rni_job *j)
{
    return strcmp(j->state, "queued") == 0;
}

/* With runs_lock. */
static bool act_on(rni_request *q, const rni_job *j, action a)
{
    static const char *const states[] = { "\"stopped\"", "\"killed\"", "\"suspended\"", "\"queued\"" };
    const rni_job_change change = { "state", states[a] };
    const bool alive = rni_run_is_alive(q->console, j->id);
    if (!j->command) return rni_refuse(q, 409, "the run %s was not started by this server", j->id);
    if (a == RESUME) {
        if (alive || is_queued(j)) return rni_refuse(q, 409, "the run %s is under way", j->id);
        char epochs[32];
        const rni_json *more = rni_json_get(q->json, "epochs");
        snprintf(epochs, sizeof epochs, "%lld", (long long)rni_json_int(more));
        return rni_job_change_write(q->console, j, (rni_job_change[]){ change, { "epochs", epochs } }, more ? 2 : 1);
    }
    if (!alive && !is_queued(j)) return rni_refuse(q, 409, "the run %s has ended", j->id);
    RNI_TRY(rni_job_change_write(q->console, j, &change, 1));
    return !alive || rni_run_signal(q->console, j->id, a == KILL ? SIGKILL : SIGINT) ||
           !rni_run_is_alive(q->console, j->id) ||
           rni_refuse(q, 409, "the process of the run %s does not answer", j->id);
}

static bool write_run(rni_request *q, rni_db *db, const char *id)
{
    sqlite3_stmt *s = rni_db_ask(db, "SELECT " RNI_RUN_COLUMNS " FROM runs WHERE id=?", "s", id);
    rni_json_object_begin(&q->w);
    if (rni_db_next(s)) rni_run_write_row(&q->w, s);
    rni_json_object_end(&q->w);
    rni_db_done(s);
    return rn_ok();
}

/* Reads job.json, lets `change` change it, brings the index up to date and answers with the run. */
static bool change_job(rni_request *q, bool (*change)(rni_request *q, const rni_job *j))
{
    const char *id = q->parameter[0];
    rni_job j = { 0 };
    if (!rni_run_id_check(q, id)) return false;
    rni_db *db = rni_database_take(q->console->store);
    pthread_mutex_lock(&q->console->runs_lock);
    const bool ok = db && rni_job_read(q->console, q, id, &j) && change(q, &j) && rni_run_index(q->console, db, id) &&
                    write_run(q, db, id);
    pthread_mutex_unlock(&q->console->runs_lock);
    rni_job_free(&j);
    rni_database_give(q->console->store, db);
    rni_keeper_wake(q->console->keeper);
    return ok;
}

static bool do_stop(rni_request *q, const rni_job *j)
{
    return act_on(q, j, STOP);
}

static bool do_kill(rni_request *q, const rni_job *j)
{
    return act_on(q, j, KILL);
}

static bool do_suspend(rni_request *q, const rni_job *j)
{
    return act_on(q, j, SUSPEND);
}

static bool do_resume(rni_request *q, const rni_job *j)
{
    return act_on(q, j, RESUME);
}

static bool stop_run(rni_request *q)
{
    return change_job(q, do_stop);
}

static bool kill_run(rni_request *q)
{
    return change_job(q, do_kill);
}

static bool suspend_run(rni_request *q)
{
    return change_job(q, do_suspend);
}

static bool resume_run(rni_request *q)
{
    return change_job(q, do_resume);
}

/* Name, notes, tags, priority: whatever the body has. */
static bool do_patch(rni_request *q, const rni_job *j)
{
    rni_job_change changes[8];
    rni_str text[8] = { 0 };
    int64_t n = 0;
    if (j->damaged) return rni_refuse(q, 409, "job.json of the run %s is damaged", j->id);
    bool ok = check_tags(rni_json_get(q->json, "tags"));
    for (int64_t i = 0; ok && i < rni_json_count(q->json); i++, n++) {
        rni_json_write_any(&(rni_json_writer){ .to = &text[n] }, rni_json_at(q->json, i));
        changes[n] = (rni_job_change){ rni_json_key_at(q->json, i), text[n].at };
        ok = !text[n].failed;
    }
    ok = ok && rni_job_change_write(q->console, j, changes, n);
    for (int64_t i = 0; i < (int64_t)RN_COUNTOF(text); i++) rni_str_free(&text[i]);
    return ok;
}

static bool patch(rni_request *q)
{
    return change_job(q, do_patch);
}

static bool delete_run(rni_request *q)
{
    const char *id = q->parameter[0];
    RNI_TRY(rni_run_id_check(q, id));
    pthread_mutex_lock(&q->console->runs_lock);
    bool ok = !rni_run_is_alive(q->console, id) || rni_refuse(q, 409, "the run %s is under way: stop it first", id);
    ok = ok && rni_bin_take(q, "runs", id);
    pthread_mutex_unlock(&q->console->runs_lock);
    q->status = ok ? 204 : q->status;
    return ok && rni_keeper_look(q->console, id);
}

static bool get_system(rni_request *q)
{
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "machine");
    rni_system_write(q->console, &q->w);
    rni_json_write_key(&q->w, "slots");
    rni_json_object_begin(&q->w);
    rni_json_put_int(&q->w, "cpu", rni_keeper_slots(q->console->keeper, RNI_SLOT_CPU));
    rni_json_put_int(&q->w, "gpu", rni_keeper_slots(q->console->keeper, RNI_SLOT_GPU));
    rni_json_object_end(&q->w);
    rni_json_put_bool(&q->w, "catching_up", rni_keeper_is_catching_up(q->console->keeper));
    rni_json_object_end(&q->w);
    return true;
}

#define START_FIELDS                                                                                                   \
    { "name", "of the run; those of a sweep get what tells them apart added", RNI_FIELD_TEXT, .max = 200 },            \
        { "set", "settings by path: {\"training.batch\": 64}", RNI_FIELD_OBJECT },                                     \
        { "sweep", "lists by path: {\"training.optimizer.rate\": \"0.1, 0.01\"}; each combination is a run",           \
          RNI_FIELD_OBJECT },                                                                                          \
        { "group", "of runs that belong together", RNI_FIELD_TEXT, .max = 100 }, { "tags", "words", RNI_FIELD_ARRAY }, \
        { "notes", "a text", RNI_FIELD_TEXT, .max = 100000 },                                                          \
        { "priority", "higher ones begin first", RNI_FIELD_INT, .min = -100, .max = 100 },                             \
    {                                                                                                                  \
        "slot", "cpu or gpu; gpu where there is one, if left out", RNI_FIELD_TEXT, .max = 8                            \
    }

static const rni_field new_job[] = {
    { "project", "the project that is trained", RNI_FIELD_TEXT, .required = true, .max = RNI_NAME_BYTES },
    START_FIELDS,
    { 0 },
};

static const rni_field copy_fields[] = {
    START_FIELDS,
    { "snapshot", "of the run, from which the new one goes on", RNI_FIELD_TEXT, .max = 200 },
    { 0 },
};

static const rni_field patch_fields[] = {
    { "name", "of the run", RNI_FIELD_TEXT, .max = 200 },
    { "notes", "a text", RNI_FIELD_TEXT, .max = 100000 },
    { "tags", "words", RNI_FIELD_ARRAY },
    { "priority", "higher ones begin first", RNI_FIELD_INT, .min = -100, .max = 100 },
    { 0 },
};

static const rni_field resume_fields[] = {
    { "epochs", "in all: for a run that is to go on beyond its end", RNI_FIELD_INT, .min = 1, .max = 1e9 },
    { 0 },
};

const rni_route rni_routes_jobs[] = {
    { "POST", "/jobs", "Trains a project as it is now; lists make a run of each combination", "{runs: [id]}",
      "rensa train projects/PROJECT/project.json --set training.batch=64", RNI_ROLE_USER, post_job, .body = new_job },
    { "POST", "/runs/{run}/clone", "Trains again what a run trained, with these changes", "{runs: [id]}",
      "rensa train runs/RUN/project.json --set training.batch=64", RNI_ROLE_USER, clone_run, .body = copy_fields },
    { "POST", "/runs/{run}/stop", "Ends a run after its step; it can be resumed", "the run", "kill -INT PID",
      RNI_ROLE_USER, stop_run },
    { "POST", "/runs/{run}/kill", "Ends a run at once", "the run", "kill -KILL PID", RNI_ROLE_USER, kill_run },
    { "POST", "/runs/{run}/suspend", "Ends a run after its step, for a while", "the run", NULL, RNI_ROLE_USER,
      suspend_run },
    { "POST", "/runs/{run}/resume", "Lets a run go on from its latest snapshot", "the run",
      "rensa train --resume runs/RUN", RNI_ROLE_USER, resume_run, .body = resume_fields },
    { "PATCH", "/runs/{run}", "Changes name, notes, tags, priority", "the run", NULL, RNI_ROLE_USER, patch,
      .body = patch_fields },
    { "DELETE", "/runs/{run}", "Moves a run into the bin", NULL, NULL, RNI_ROLE_USER, delete_run },
    { "GET", "/system", "Processor, memory, GPUs, slots",
      "{machine: {cpu, cores, memory, memory_total, gpus}, slots, catching_up}", NULL, RNI_ROLE_VIEWER, get_system },
    { 0 },
};
