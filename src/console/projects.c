/* One lock for all changes of project files: they are small, and made by people. */
#include "console/projects.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/sha256.h"
#include "console/bin.h"
#include "console/console_p.h"
#include "console/events.h"
#include "console/name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STATES = 200, STATE_SECONDS = 10 };

static void revise(rni_text_file *f)
{
    char hash[RNI_SHA256_TEXT];
    snprintf(f->revision, sizeof f->revision, "%.16s", rni_sha256_of(f->at, f->bytes, hash));
}

static bool read_text(const char *path, rni_text_file *out)
{
    void *bytes = NULL;
    *out = (rni_text_file){ 0 };
    RNI_TRY(rni_file_read(path, RNI_PROJECT_BYTES, &bytes, &out->bytes));
    out->at = bytes;
    revise(out);
    return true;
}

bool rni_project_text(rni_request *q, const char *name, rni_text_file *out)
{
    *out = (rni_text_file){ 0 };
    RNI_TRY(rni_name_check(name, "project"));
    char *path = rni_work_path(q->console, "projects/%s/project.json", name);
    const bool ok = path && (rni_file_bytes(path) >= 0 || rni_refuse(q, 404, "there is no project \"%s\"", name));
    const bool done = ok && read_text(path, out);
    rni_free(path);
    return done;
}

/* ---- earlier states ---- */

/* Of an id of a state: its milliseconds. */
static double seconds_of(const char *id)
{
    return (double)strtoll(id, NULL, 10) / 1000;
}

typedef struct states {
    char **at;
    int64_t n, capacity;
} states;

static bool add_state(void *user, const char *name)
{
    states *s = user;
    char **more = rni_grow(s->at, s->n, &s->capacity, (int64_t)sizeof *more);
    if (!more) return false;
    s->at = more;
    s->at[s->n] = rni_strdup(name);
    return s->at[s->n] && ++s->n > 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Ids, oldest first: milliseconds since 1970, in 13 digits. */
static bool list_states(const rni_console *c, const char *project, states *s)
{
    rni_str folder = { 0 };
    rni_str_addf(&folder, "projects/%s/history", project);
    const bool ok = !folder.failed && rni_work_list(c, folder.at, add_state, s);
    if (s->n) qsort(s->at, (size_t)s->n, sizeof *s->at, by_name);
    rni_str_free(&folder);
    return ok;
}

static void free_states(states *s)
{
    for (int64_t i = 0; i < s->n; i++) rni_free(s->at[i]);
    rni_free(s->at);
}

/* Gives the present file a second name among the earlier states, unless one was kept just now; forgets the oldest. */
static bool keep_state(const rni_console *c, const char *project, const char *path)
{
    states s = { 0 };
    char *folder = rni_work_path(c, "projects/%s/history", project);
    bool ok = folder && rni_folder_make(folder) && list_states(c, project, &s);
    const double now = rni_wall_clock();
    if (ok && (!s.n || seconds_of(s.at[s.n - 1]) + STATE_SECONDS < now)) {
        char *to = rni_work_path(c, "projects/%s/history/%013lld.json", project, (long long)(now * 1000));
        ok = to && (link(path, to) == 0 || errno == EEXIST ||
                    rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be kept: %s", to, strerror(errno)));
        rni_free(to);
    }
    for (int64_t i = 0; ok && i < s.n - STATES; i++) {
        char *old = rni_path_join(folder, s.at[i]);
        if (old) unlink(old);
        rni_free(old);
    }
    free_states(&s);
    rni_free(folder);
    return ok;
}

bool rni_history_write(rni_request *q, const char *name)
{
    states s = { 0 };
    RNI_TRY(rni_name_check(name, "project"));
    const bool ok = list_states(q->console, name, &s);
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "states");
    rni_json_array_begin(&q->w);
    for (int64_t i = s.n - 1; ok && i >= 0; i--) {
        char *path = rni_work_path(q->console, "projects/%s/history/%s", name, s.at[i]);
        char id[32];
        snprintf(id, sizeof id, "%.*s", (int)strcspn(s.at[i], "."), s.at[i]);
        rni_json_object_begin(&q->w);
        rni_json_put_string(&q->w, "id", id);
        rni_json_put_number(&q->w, "changed", seconds_of(id));
        rni_json_put_int(&q->w, "bytes", path ? rni_file_bytes(path) : 0);
        rni_json_object_end(&q->w);
        rni_free(path);
    }
    rni_json_array_end(&q->w);
    rni_json_object_end(&q->w);
    free_states(&s);
    return ok;
}

bool rni_history_text(rni_request *q, const char *name, const char *id, rni_text_file *out)
{
    *out = (rni_text_file){ 0 };
    RNI_TRY(rni_name_check(name, "project"));
    char *path = rni_work_path(q->console, "projects/%s/history/%s.json", name, id);
    const bool ok = path && ((strspn(id, "0123456789") == strlen(id) && rni_file_bytes(path) >= 0) ||
                             rni_refuse(q, 404, "the project \"%s\" has no such state", name));
    const bool done = ok && read_text(path, out);
    rni_free(path);
    return done;
}

/* ---- changing ---- */

static void tell(rni_request *q, const char *name)
{
    rni_events_tell_of(q->console->events, "project", "name", name);
}

static bool agrees(rni_request *q, const char *name, const char *path, const char *revision)
{
    rni_text_file present;
    if (rni_file_bytes(path) < 0) return !revision || rni_refuse(q, 412, "there is no project \"%s\" any more", name);
    RNI_TRY(read_text(path, &present));
    rni_free(present.at);
    if (revision && strcmp(present.revision, revision) == 0) return true;
    rni_answer_header(q, "ETag", "\"%s\"", present.revision);
    if (!revision) return rni_refuse(q, 428, "the project \"%s\" exists: If-Match must name its revision", name);
    return rni_refuse(q, 412, "the project \"%s\" has been changed by somebody else meanwhile", name);
}

static bool save(rni_request *q, const char *name, const char *path, const char *text, int64_t bytes,
                 const char *revision)
{
    char *folder = rni_work_path(q->console, "projects/%s", name);
    const bool existed = rni_file_bytes(path) >= 0;
    const bool ok = folder && agrees(q, name, path, revision) && rni_folder_make(folder) &&
                    (!existed || keep_state(q->console, name, path)) && rni_file_write(path, text, bytes);
    rni_free(folder);
    return ok;
}

bool rni_project_save(rni_request *q, const char *name, const char *text, int64_t bytes, const char *revision,
                      char now[RNI_REVISION])
{
    RNI_TRY(rni_name_check(name, "project"));
    rni_json *v = rni_json_parse(text, bytes, "project");
    bool ok = v && rni_json_expect(v, RNI_JSON_OBJECT);
    rni_json_free(v);
    char *path = ok ? rni_work_path(q->console, "projects/%s/project.json", name) : NULL;
    pthread_mutex_lock(&q->console->projects_lock);
    ok = path && save(q, name, path, text, bytes, revision);
    pthread_mutex_unlock(&q->console->projects_lock);
    rni_free(path);
    rni_text_file f = { .at = (char *)(uintptr_t)text, .bytes = bytes };
    revise(&f);
    memcpy(now, f.revision, RNI_REVISION);
    if (ok) tell(q, name);
    return ok;
}

bool rni_project_rename(rni_request *q, const char *name, const char *to)
{
    RNI_TRY(rni_name_check(name, "project") && rni_name_check(to, "project"));
    char *from = rni_work_path(q->console, "projects/%s", name), *path = rni_work_path(q->console, "projects/%s", to);
    pthread_mutex_lock(&q->console->projects_lock);
    bool ok = from && path;
    if (ok && !rni_folder_exists(from)) ok = rni_refuse(q, 404, "there is no project \"%s\"", name);
    if (ok && rni_file_exists(path)) ok = rni_refuse(q, 409, "there is a project \"%s\" already", to);
    if (ok && rename(from, path) != 0)
        ok = rni_fail(RN_ERR_IO, NULL, NULL, "the project \"%s\" cannot be renamed: %s", name, strerror(errno));
    pthread_mutex_unlock(&q->console->projects_lock);
    rni_free(path);
    rni_free(from);
    if (ok) tell(q, name);
    if (ok) tell(q, to);
    return ok;
}

bool rni_project_delete(rni_request *q, const char *name)
{
    RNI_TRY(rni_name_check(name, "project"));
    pthread_mutex_lock(&q->console->projects_lock);
    const bool ok = rni_bin_take(q, "projects", name);
    pthread_mutex_unlock(&q->console->projects_lock);
    if (ok) tell(q, name);
    return ok;
}

/* ---- listing ---- */

static bool write_project(void *user, const char *name)
{
    rni_request *q = user;
    struct stat s;
    char *path = rni_work_path(q->console, "projects/%s/project.json", name);
    if (path && stat(path, &s) == 0 && S_ISREG(s.st_mode)) {
        rni_json_object_begin(&q->w);
        rni_json_put_string(&q->w, "name", name);
        rni_json_put_number(&q->w, "changed", (double)s.st_mtim.tv_sec + 1e-9 * (double)s.st_mtim.tv_nsec);
        rni_json_put_int(&q->w, "bytes", s.st_size);
        rni_json_object_end(&q->w);
    }
    rni_free(path);
    return rn_ok();
}

bool rni_projects_write(rni_request *q)
{
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "projects");
    rni_json_array_begin(&q->w);
    const bool ok = rni_work_list(q->console, "projects", write_project, q);
    rni_json_array_end(&q->w);
    rni_json_object_end(&q->w);
    return ok;
}
