/* What a run is now follows from its folder alone, so that it is right whoever was killed when. */
#include "console/run.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/console_p.h"
#include "console/events.h"
#include "console/facts.h"
#include "console/name.h"
#include "project/project.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { JOB_BYTES = 1 << 20, TAIL = 2000, LINES = 8, INTERRUPTED = 130 };

bool rni_run_id_check(rni_request *q, const char *id)
{
    const size_t n = strlen(id);
    bool ok = n < RNI_RUN_ID && n > 0 && id[0] != '.' && id[0] != '-';
    for (const char *s = id; *s; s++)
        ok = ok &&
             ((*s >= '0' && *s <= '9') || (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || strchr("._-", *s));
    return ok || rni_refuse(q, 404, "there is no run \"%.80s\"", id);
}

/* ---- job.json ---- */

static const char *text_of(const rni_json *v, const char *key)
{
    const char *t = rni_json_string(rni_json_get(v, key));
    return t ? t : "";
}

static void take_members(rni_job *j)
{
    const rni_json *v = j->json;
    j->kind = rni_json_get(v, "kind") ? text_of(v, "kind") : "train";
    j->state = rni_json_get(v, "state") ? text_of(v, "state") : "started";
    j->name = text_of(v, "name");
    j->project = text_of(v, "project");
    j->slot = text_of(v, "slot");
    j->group = text_of(v, "group");
    j->parent = text_of(v, "parent");
    j->notes = text_of(v, "notes");
    j->tags = rni_json_get(v, "tags");
    j->command = rni_json_get(v, "command");
    j->set = rni_json_get(v, "set");
    j->priority = rni_json_int(rni_json_get(v, "priority"));
    j->created = rni_json_number(rni_json_get(v, "created"));
}

bool rni_job_read(const rni_console *c, rni_request *q, const char *id, rni_job *j)
{
    *j = (rni_job){ 0 };
    snprintf(j->id, sizeof j->id, "%s", id);
    char *path = rni_work_path(c, "runs/%s/job.json", id), *folder = rni_work_path(c, "runs/%s", id);
    bool ok = path && folder;
    if (ok && !rni_folder_exists(folder)) ok = q ? rni_refuse(q, 404, "there is no run \"%s\"", id) : false;
    if (ok && rni_file_bytes(path) >= 0) {
        j->json = rni_json_load(path, JOB_BYTES);
        if (!j->json) rn_error_clear(); /* the run is shown with what else there is */
        j->damaged = !j->json;
    }
    take_members(j);
    rni_free(folder);
    rni_free(path);
    return ok;
}

void rni_job_free(rni_job *j)
{
    rni_json_free(j->json);
    *j = (rni_job){ 0 };
}

static void write_change(rni_json_writer *w, const rni_job_change *change)
{
    if (!change->value) return;
    rni_json_write_key(w, change->key);
    rni_json_write_digits(w, change->value); /* JSON already */
}

bool rni_job_change_write(const rni_console *c, const rni_job *j, const rni_job_change *changes, int64_t n)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s, .indent = 2 };
    rni_json_object_begin(&w);
    for (int64_t i = 0; i < rni_json_count(j->json); i++) {
        const char *key = rni_json_key_at(j->json, i);
        bool changed = false;
        for (int64_t k = 0; k < n; k++) changed = changed || strcmp(changes[k].key, key) == 0;
        if (changed) continue;
        rni_json_write_key(&w, key);
        rni_json_write_any(&w, rni_json_at(j->json, i));
    }
    for (int64_t k = 0; k < n; k++) write_change(&w, &changes[k]);
    rni_json_object_end(&w);
    rni_str_add(&s, "\n");
    char *path = rni_work_path(c, "runs/%s/job.json", j->id);
    const bool ok = path && !s.failed && rni_file_write(path, s.at, s.length);
    rni_free(path);
    rni_str_free(&s);
    return ok;
}

/* ---- processes ---- */

bool rni_run_is_alive(const rni_console *c, const char *id)
{
    char *path = rni_work_path(c, "runs/%s/lock", id);
    const int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    rni_free(path);
    if (fd < 0) return false;
    const bool alive = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(fd);
    return alive;
}

/* The moment at which a process began, as the kernel counts; 0 where there is none. */
static long long beginning_of(long pid)
{
    char path[40], text[512] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0) close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *s = strrchr(text, ')');
    for (int field = 2; s && field < 22; field++) s = strchr(s + 1, ' ');
    return s ? strtoll(s, NULL, 10) : 0;
}

bool rni_run_signal(const rni_console *c, const char *id, int number)
{
    char *path = rni_work_path(c, "runs/%s/lock", id);
    void *bytes = NULL;
    int64_t n;
    long pid = 0;
    long long began = 0;
    const bool known = path && rni_run_is_alive(c, id) && rni_file_read(path, 256, &bytes, &n) &&
                       sscanf(bytes, "%ld %lld", &pid, &began) == 2;
    rni_free(bytes);
    rni_free(path);
    rn_error_clear();
    /* a number may be another process by now */
    return known && pid > 1 && began != 0 && beginning_of(pid) == began && kill((pid_t)pid, number) == 0;
}

/* ---- what it is now ---- */

typedef struct state {
    const char *name;
    double started, ended;
    rni_str error;
} state;

static double changed_at(const rni_console *c, const char *id, const char *file)
{
    struct stat s;
    char *path = rni_work_path(c, "runs/%s/%s", id, file);
    const bool there = path && stat(path, &s) == 0;
    rni_free(path);
    return there ? (double)s.st_mtim.tv_sec + 1e-9 * (double)s.st_mtim.tv_nsec : NAN;
}

static rni_json *load(const rni_console *c, const char *id, const char *file)
{
    char *path = rni_work_path(c, "runs/%s/%s", id, file);
    rni_json *v = path && rni_file_bytes(path) >= 0 ? rni_json_load(path, 4 << 20) : NULL;
    rni_free(path);
    rn_error_clear(); /* half written by hand, or damaged: as if it were not there */
    return v;
}

/* Where the last lines of the n bytes begin. */
static const char *last_lines(const char *text, int64_t n, int lines)
{
    const char *line = text + n;
    while (lines-- > 0 && line) line = memrchr(text, '\n', (size_t)(line - text));
    return line ? line + 1 : text;
}

/* The last lines of the output, without control characters. */
static void add_last_lines(const rni_console *c, const char *id, rni_str *to)
{
    char *path = rni_work_path(c, "runs/%s/output.txt", id), text[TAIL];
    const int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    const off_t end = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    ssize_t n = fd >= 0 ? pread(fd, text, TAIL, end > TAIL ? end - TAIL : 0) : 0;
    if (fd >= 0) close(fd);
    rni_free(path);
    while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' ')) n--;
    for (const char *s = last_lines(text, n > 0 ? n : 0, LINES); s < text + n; s++)
        if ((unsigned char)*s >= ' ' || *s == '\n') rni_str_add_n(to, s, 1);
}

/* Of a process that has ended. */
static void judge_end(const rni_console *c, const rni_job *j, const rni_json *exit_file, const rni_json *result,
                      state *s)
{
    /* a result from before this start says nothing of it */
    const double written = changed_at(c, j->id, "result.json"), began = changed_at(c, j->id, "lock");
    const bool fresh = result && !(written < began);
    const char *status = fresh ? text_of(result, "status") : "";
    const int64_t killed_by = rni_json_int(rni_json_get(exit_file, "signal")),
                  code = rni_json_int(rni_json_get(exit_file, "code"));
    s->ended = exit_file ? rni_json_number(rni_json_get(exit_file, "ended")) : fresh ? written : NAN;
    if (strcmp(status, "finished") == 0 || (exit_file && code == 0 && killed_by == 0))
        s->name = "finished";
    else if (strcmp(status, "interrupted") == 0 || code == INTERRUPTED || killed_by == SIGINT || killed_by == SIGTERM ||
             (killed_by && strcmp(j->state, "killed") == 0))
        s->name = strcmp(j->state, "suspended") == 0 ? "suspended" : "interrupted";
    else {
        s->name = "failed";
        const char *error = fresh ? rni_json_string(rni_json_get(result, "error")) : NULL;
        if (error)
            rni_str_add(&s->error, error);
        else {
            if (killed_by)
                rni_str_addf(&s->error, "killed (signal %lld)\n", (long long)killed_by);
            else if (!exit_file)
                rni_str_add(&s->error, "killed\n");
            add_last_lines(c, j->id, &s->error);
        }
    }
}

static void judge(const rni_console *c, const rni_job *j, const rni_json *result, state *s)
{
    *s = (state){ .started = changed_at(c, j->id, "lock"), .ended = NAN };
    if (strcmp(j->state, "queued") == 0)
        s->name = "queued";
    else if (rni_run_is_alive(c, j->id))
        s->name = strcmp(j->state, "started") == 0 ? "running" : "stopping";
    else {
        rni_json *exit_file = load(c, j->id, "exit.json");
        if (!isnan(s->started) || result)
            judge_end(c, j, exit_file, result, s);
        else
            s->name = strcmp(j->state, "suspended") == 0 ? "suspended" : "interrupted"; /* before it began */
        rni_json_free(exit_file);
    }
}

/* " a b ", so that " a " finds whole words. */
static void join_tags(const rni_json *tags, rni_str *to)
{
    rni_str_add(to, " ");
    for (int64_t i = 0; i < rni_json_count(tags); i++) {
        const char *t = rni_json_string(rni_json_at(tags, i));
        if (t) rni_str_addf(to, "%s ", t);
    }
}

static double number_in(const rni_json *v, const char *key)
{
    const rni_json *n = rni_json_get(v, key);
    return rni_json_type_of(n) == RNI_JSON_NUMBER ? rni_json_number(n) : NAN;
}

static bool write_index(rni_console *c, rni_db *db, const rni_job *j, const rni_json *project, const state *s)
{
    rni_str tags = { 0 };
    join_tags(j->tags, &tags);
    const rni_json *training = rni_json_get(project, "training");
    const char *name = j->name[0] ? j->name : j->project[0] ? j->project : text_of(project, "name");
    const double created = j->created > 0 ? j->created : changed_at(c, j->id, "project.json");
    const bool ok =
        !tags.failed &&
        rni_db_run(
            db,
            "INSERT INTO runs(id,number,kind,name,project,state,priority,slot,grp,parent,tags,notes,created,"
            "started,ended,epochs,iterations,error) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,"
            "?17,?18) ON CONFLICT(id) DO UPDATE SET kind=?3,name=?4,project=?5,state=?6,priority=?7,slot=?8,grp=?9,"
            "parent=?10,tags=?11,notes=?12,created=?13,started=?14,ended=?15,epochs=?16,iterations=?17,error=?18",
            "sissssisssssddddds", j->id, (int64_t)strtoll(j->id, NULL, 10), j->kind, name, j->project, s->name,
            j->priority, j->slot, j->group, j->parent, tags.at, j->notes, created, s->started, s->ended,
            number_in(training, "epochs"), number_in(training, "iterations"), s->error.at);
    rni_str_free(&tags);
    return ok;
}

static void tell(rni_console *c, rni_db *db, const char *id)
{
    sqlite3_stmt *s = rni_db_ask(db, "SELECT " RNI_RUN_COLUMNS " FROM runs WHERE id=?", "s", id);
    rni_str text = { 0 };
    rni_json_writer w = { .to = &text };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "type", "run");
    rni_json_write_key(&w, "run");
    if (rni_db_next(s)) {
        rni_json_object_begin(&w);
        rni_run_write_row(&w, s);
        rni_json_object_end(&w);
        rni_json_object_end(&w);
        if (!text.failed) rni_events_tell(c->events, text.at);
    }
    rni_db_done(s);
    rni_str_free(&text);
}

static bool forget(rni_console *c, rni_db *db, const char *id)
{
    static const char *const statements[] = { "DELETE FROM runs WHERE id=?", "DELETE FROM facts WHERE run=?",
                                              "DELETE FROM chunks WHERE run=?", "DELETE FROM tails WHERE run=?" };
    bool ok = rni_db_begin(db);
    for (size_t i = 0; ok && i < RN_COUNTOF(statements); i++) ok = rni_db_run(db, statements[i], "s", id);
    ok = rni_db_end(db, ok);
    if (ok) rni_events_tell_of(c->events, "gone", "run", id);
    return ok;
}

bool rni_run_index(rni_console *c, rni_db *db, const char *id)
{
    rni_job j;
    if (!rni_job_read(c, NULL, id, &j)) {
        rni_job_free(&j);
        return rn_ok() && forget(c, db, id);
    }
    rni_json *result = load(c, id, "result.json"), *project = load(c, id, "project.json");
    if (!project) project = load(c, id, "asked.json");
    state s;
    judge(c, &j, result, &s);
    bool ok = !s.error.failed && rni_db_begin(db);
    ok = ok && write_index(c, db, &j, project, &s) && rni_facts_settings(db, id, project, j.set) &&
         rni_facts_result(db, id, result);
    ok = rni_db_end(db, ok);
    if (ok) tell(c, db, id);
    if (ok && strcmp(j.kind, "data") == 0 && strcmp(s.name, "finished") == 0)
        rni_events_tell_of(c->events, "data", "name", j.project);
    rni_str_free(&s.error);
    rni_json_free(project);
    rni_json_free(result);
    rni_job_free(&j);
    return ok;
}

/* ---- showing ---- */

static void put_tags(rni_json_writer *w, const char *tags)
{
    rni_json_write_key(w, "tags");
    rni_json_array_begin(w);
    for (const char *s = tags; s && *s;) {
        char tag[256];
        s += strspn(s, " ");
        const size_t n = strcspn(s, " ");
        snprintf(tag, sizeof tag, "%.*s", (int)n, s);
        if (n) rni_json_write_string(w, tag);
        s += n;
    }
    rni_json_array_end(w);
}

void rni_run_write_row(rni_json_writer *w, sqlite3_stmt *s)
{
    static const char *const keys[] = { "id",     "kind",       "name",  "project",   "state",   "priority", "slot",
                                        "group",  "parent",     "tags",  "notes",     "created", "started",  "ended",
                                        "epochs", "iterations", "epoch", "iteration", "seconds", "error" };
    for (int i = 0; i < (int)RN_COUNTOF(keys); i++) {
        const int type = sqlite3_column_type(s, i);
        const char *text = (const char *)sqlite3_column_text(s, i);
        if (strcmp(keys[i], "tags") == 0)
            put_tags(w, text);
        else if (type == SQLITE_TEXT)
            rni_json_put_string(w, keys[i], text);
        else if (type != SQLITE_NULL)
            rni_json_put_number(w, keys[i], sqlite3_column_double(s, i));
    }
}
