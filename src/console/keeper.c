/* It asks the index for runs that wait or are under way, looks at their folders, and starts waiting ones while slots
 * are free. All that it knows is in the index and the folders; it may be killed at any time. */
#include "console/keeper.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "console/bin.h"
#include "console/console_p.h"
#include "console/events.h"
#include "console/launch.h"
#include "console/name.h"
#include "console/run.h"
#include "console/system.h"
#include "console/tail.h"
#include "console/uploads.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

enum { MILLISECONDS = 250, CLEAN_SECONDS = 600, LOOK_SECONDS = 30, SYSTEM_SECONDS = 2, TOOLS = 2 };

struct rni_keeper {
    rni_console *console;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool wake, end, running, compare;
    volatile bool catching_up;
    int slots[RNI_SLOTS];
    double cleaned, looked, told;
};

/* Ids, copied out of a statement, so that the index may change meanwhile. */
typedef struct ids {
    char (*at)[RNI_RUN_ID];
    int64_t n, capacity;
} ids;

static bool add_id(ids *list, const char *id)
{
    if (strlen(id) >= RNI_RUN_ID) return true;
    void *more = rni_grow(list->at, list->n, &list->capacity, RNI_RUN_ID);
    if (!more) return false;
    list->at = more;
    memcpy(list->at[list->n++], id, strlen(id) + 1);
    return true;
}

static bool ask_ids(rni_db *db, const char *sql, ids *out)
{
    sqlite3_stmt *s = rni_db_ask(db, sql, "");
    bool ok = s != NULL;
    while (ok && rni_db_next(s)) ok = add_id(out, (const char *)sqlite3_column_text(s, 0));
    rni_db_done(s);
    return ok && rn_ok();
}

static bool index_one(rni_console *c, rni_db *db, const char *id)
{
    pthread_mutex_lock(&c->runs_lock);
    const bool ok = rni_run_index(c, db, id);
    pthread_mutex_unlock(&c->runs_lock);
    return ok;
}

bool rni_keeper_look(rni_console *c, const char *id)
{
    rni_db *db = rni_database_take(c->store);
    const bool ok = db && index_one(c, db, id);
    rni_database_give(c->store, db);
    rni_keeper_wake(c->keeper);
    return ok;
}

/* ---- following ---- */

static bool has_ended(rni_keeper *k)
{
    pthread_mutex_lock(&k->lock);
    const bool end = k->end;
    pthread_mutex_unlock(&k->lock);
    return end;
}

/* All that a run has written; where it ended meanwhile, that is seen after the last of it was read. */
static void follow(rni_keeper *k, rni_db *db, const char *id)
{
    const bool alive = rni_run_is_alive(k->console, id);
    bool more = true, first = false;
    while (more && rni_tail(k->console, db, id, &more, &first) && !alive && !has_ended(k)) continue;
    if ((!alive || first) && rn_ok()) index_one(k->console, db, id); /* by the first line its project is settled */
    rn_error_clear();
}

static void follow_all(rni_keeper *k, rni_db *db)
{
    ids running = { 0 };
    if (ask_ids(db, "SELECT id FROM runs WHERE state IN ('running','stopping')", &running))
        for (int64_t i = 0; i < running.n; i++) follow(k, db, running.at[i]);
    rni_free(running.at);
    rn_error_clear();
}

/* ---- the queue ---- */

static const char *const slot_names[RNI_SLOTS] = { "cpu", "gpu", "work" };

static int64_t count_running(rni_db *db, rni_slot slot)
{
    sqlite3_stmt *s = rni_db_ask(db, "SELECT count(*) FROM runs WHERE state IN ('running','stopping') AND slot=?", "s",
                                 slot_names[slot]);
    const int64_t n = rni_db_next(s) ? sqlite3_column_int64(s, 0) : INT64_MAX;
    rni_db_done(s);
    return n;
}

static bool ask_waiting(rni_db *db, rni_slot slot, ids *out)
{
    sqlite3_stmt *s =
        rni_db_ask(db, "SELECT id FROM runs WHERE state='queued' AND slot=? ORDER BY priority DESC,number LIMIT 16",
                   "s", slot_names[slot]);
    bool ok = s != NULL;
    while (ok && rni_db_next(s)) ok = add_id(out, (const char *)sqlite3_column_text(s, 0));
    rni_db_done(s);
    return ok && rn_ok();
}

static void start_waiting(rni_keeper *k, rni_db *db, rni_slot slot)
{
    ids waiting = { 0 };
    int64_t free = k->slots[slot] - count_running(db, slot);
    if (free > 0 && ask_waiting(db, slot, &waiting))
        for (int64_t i = 0; i < waiting.n && free > 0; i++) {
            pthread_mutex_lock(&k->console->runs_lock);
            free -= rni_launch(k->console, db, waiting.at[i], k->slots[slot]);
            rn_error_clear();
            rni_run_index(k->console, db, waiting.at[i]);
            pthread_mutex_unlock(&k->console->runs_lock);
        }
    rni_free(waiting.at);
    rn_error_clear();
}

/* ---- folders and index ---- */

static bool note_id(void *user, const char *name)
{
    return add_id(user, name);
}

static bool is_known(rni_db *db, const char *id)
{
    sqlite3_stmt *s = rni_db_ask(db, "SELECT 1 FROM runs WHERE id=?", "s", id);
    const bool known = rni_db_next(s);
    rni_db_done(s);
    return known;
}

static void enter(rni_keeper *k, rni_db *db, const char *id)
{
    rni_str file = { 0 };
    rni_str_addf(&file, "%s/runs/%s/%s", k->console->folder, id, "job.json");
    bool is_run = file.at && rni_file_bytes(file.at) >= 0;
    rni_str_free(&file);
    rni_str_addf(&file, "%s/runs/%s/%s", k->console->folder, id, "project.json");
    is_run = is_run || (file.at && rni_file_bytes(file.at) >= 0);
    rni_str_free(&file);
    if (!is_run) return;
    index_one(k->console, db, id);
    follow(k, db, id);
}

/* Enters folders that the index does not know, and lets go of runs whose folders are gone. */
static void compare(rni_keeper *k, rni_db *db)
{
    ids folders = { 0 }, rows = { 0 };
    rni_work_list(k->console, "runs", note_id, &folders);
    for (int64_t i = 0; i < folders.n && !has_ended(k); i++)
        if (!is_known(db, folders.at[i])) enter(k, db, folders.at[i]);
    if (ask_ids(db, "SELECT id FROM runs", &rows))
        for (int64_t i = 0; i < rows.n && !has_ended(k); i++) {
            char *path = rni_work_path(k->console, "runs/%s", rows.at[i]);
            if (path && !rni_folder_exists(path)) index_one(k->console, db, rows.at[i]);
            rni_free(path);
        }
    rni_free(folders.at);
    rni_free(rows.at);
    rn_error_clear();
}

/* Runs that were under way when the server ended may have come to their end since. */
static void look_again(rni_keeper *k, rni_db *db)
{
    ids open = { 0 };
    if (ask_ids(db, "SELECT id FROM runs WHERE state NOT IN ('finished','failed','interrupted')", &open))
        for (int64_t i = 0; i < open.n && !has_ended(k); i++) {
            index_one(k->console, db, open.at[i]);
            follow(k, db, open.at[i]);
        }
    rni_free(open.at);
    rn_error_clear();
}

/* ---- the thread ---- */

static bool must_compare(rni_keeper *k)
{
    pthread_mutex_lock(&k->lock);
    const bool must = k->compare;
    k->compare = false;
    pthread_mutex_unlock(&k->lock);
    return must;
}

static void turn(rni_keeper *k, rni_db *db)
{
    const double now = rni_now();
    follow_all(k, db);
    for (int slot = 0; slot < RNI_SLOTS; slot++) start_waiting(k, db, (rni_slot)slot);
    while (waitpid(-1, NULL, WNOHANG) > 0) continue; /* supervisors: what became of them is in their folders */
    if (now - k->looked > LOOK_SECONDS || must_compare(k)) {
        compare(k, db);
        k->looked = now;
    }
    if (now - k->cleaned > CLEAN_SECONDS) {
        rni_uploads_clean(k->console);
        rni_bin_clean(k->console);
        k->cleaned = now;
    }
    if (now - k->told > SYSTEM_SECONDS) {
        rni_system_sample(k->console);
        k->told = now;
    }
}

static void rest(rni_keeper *k)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += MILLISECONDS * 1000000l;
    until.tv_sec += until.tv_nsec / 1000000000l;
    until.tv_nsec %= 1000000000l;
    pthread_mutex_lock(&k->lock);
    int status = 0;
    while (!k->wake && !k->end && status == 0) status = pthread_cond_timedwait(&k->woken, &k->lock, &until);
    k->wake = false;
    pthread_mutex_unlock(&k->lock);
}

static void *work(void *user)
{
    rni_keeper *k = user;
    prctl(PR_SET_NAME, "keeper");
    rni_db *db = rni_database_take(k->console->store);
    if (db) look_again(k, db);
    if (db) compare(k, db);
    k->looked = rni_now();
    k->catching_up = false;
    rni_events_tell_of(k->console->events, "resync", NULL, NULL);
    while (!has_ended(k)) {
        if (db)
            turn(k, db);
        else
            db = rni_database_take(k->console->store);
        rn_error_clear();
        rest(k);
    }
    rni_database_give(k->console->store, db);
    rn_error_clear();
    return NULL;
}

rni_keeper *rni_keeper_open(rni_console *c, const int slots[2], bool fresh)
{
    rni_keeper *k = rni_alloc((int64_t)sizeof *k);
    if (!k) return NULL;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&k->lock, NULL);
    pthread_cond_init(&k->woken, &attr);
    pthread_condattr_destroy(&attr);
    k->console = c;
    k->catching_up = fresh;
    k->slots[0] = slots[0];
    k->slots[1] = slots[1] >= 0 ? slots[1] : rni_system_gpus(c->system);
    k->slots[RNI_SLOT_WORK] = TOOLS;
    return k;
}

bool rni_keeper_start(rni_keeper *k)
{
    k->running = pthread_create(&k->thread, NULL, work, k) == 0;
    return k->running || rni_fail(RN_ERR_STATE, NULL, NULL, "no thread can be made");
}

void rni_keeper_close(rni_keeper *k)
{
    if (!k) return;
    pthread_mutex_lock(&k->lock);
    k->end = true;
    pthread_cond_signal(&k->woken);
    pthread_mutex_unlock(&k->lock);
    if (k->running) pthread_join(k->thread, NULL);
    pthread_cond_destroy(&k->woken);
    pthread_mutex_destroy(&k->lock);
    rni_free(k);
}

void rni_keeper_wake(rni_keeper *k)
{
    pthread_mutex_lock(&k->lock);
    k->wake = true;
    pthread_cond_signal(&k->woken);
    pthread_mutex_unlock(&k->lock);
}

void rni_keeper_compare(rni_keeper *k)
{
    pthread_mutex_lock(&k->lock);
    k->compare = k->wake = true;
    pthread_cond_signal(&k->woken);
    pthread_mutex_unlock(&k->lock);
}

int rni_keeper_slots(const rni_keeper *k, rni_slot slot)
{
    return k->slots[slot];
}

bool rni_keeper_is_catching_up(const rni_keeper *k)
{
    return k->catching_up;
}
