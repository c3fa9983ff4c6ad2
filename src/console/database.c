/* A few connections are kept open and lent out; SQLite lets many read while one writes (WAL). */
#include "console/database.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"

#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { SCHEMA = 1, KEPT = 6 };

struct rni_database {
    pthread_mutex_t lock;
    char *path;
    rni_db *kept[KEPT];
    int n;
};

static const char schema[] =
    "CREATE TABLE runs(id TEXT PRIMARY KEY, number INTEGER, kind TEXT, name TEXT, project TEXT, state TEXT,"
    " priority INTEGER, slot TEXT, grp TEXT, parent TEXT, tags TEXT, notes TEXT, created REAL, started REAL, ended "
    "REAL,"
    " epochs REAL, iterations REAL, epoch REAL, iteration REAL, seconds REAL, error TEXT) WITHOUT ROWID;"
    "CREATE INDEX runs_number ON runs(number);"
    "CREATE INDEX runs_state ON runs(state);"
    "CREATE INDEX runs_project ON runs(project);"
    "CREATE TABLE facts(run TEXT, key TEXT, number REAL, text TEXT, PRIMARY KEY(run, key)) WITHOUT ROWID;"
    "CREATE INDEX facts_key ON facts(key, number);"
    "CREATE TABLE tails(run TEXT, file TEXT, inode INTEGER, at INTEGER, PRIMARY KEY(run, file)) WITHOUT ROWID;"
    "CREATE TABLE chunks(run TEXT, name TEXT, chunk INTEGER, first REAL, last REAL, n INTEGER, points BLOB,"
    " PRIMARY KEY(run, name, chunk));";

static bool fail(rni_db *db)
{
    return rni_fail(RN_ERR_IO, NULL, NULL, "the index rensa.db: %s", db ? sqlite3_errmsg(db) : "out of memory");
}

static bool execute(rni_db *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db);
}

static rni_db *connect(const char *path)
{
    rni_db *db = NULL;
    const bool ok =
        sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK;
    if (ok && sqlite3_busy_timeout(db, 10000) == SQLITE_OK &&
        execute(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-4000; "
                    "PRAGMA trusted_schema=OFF;"))
        return db;
    fail(db);
    sqlite3_close(db);
    return NULL;
}

static int64_t version_of(rni_db *db)
{
    sqlite3_stmt *s = rni_db_ask(db, "PRAGMA user_version", "");
    const int64_t v = s && rni_db_next(s) ? sqlite3_column_int64(s, 0) : -1;
    rni_db_done(s);
    return v;
}

static bool is_sound(rni_db *db)
{
    sqlite3_stmt *s = rni_db_ask(db, "PRAGMA quick_check(1)", "");
    const char *said = s && rni_db_next(s) ? (const char *)sqlite3_column_text(s, 0) : NULL;
    const bool ok = said && strcmp(said, "ok") == 0;
    rni_db_done(s);
    return ok;
}

static void remove_files(const char *path)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    for (size_t i = 0; i < RN_COUNTOF(ends); i++) {
        rni_str s = { 0 };
        rni_str_addf(&s, "%s%s", path, ends[i]);
        if (s.at) unlink(s.at);
        rni_str_free(&s);
    }
}

static rni_db *make(const char *path)
{
    remove_files(path);
    rni_db *db = connect(path);
    char version[64];
    snprintf(version, sizeof version, "PRAGMA user_version=%d", SCHEMA);
    if (db && rni_db_begin(db) && rni_db_end(db, execute(db, schema) && execute(db, version))) return db;
    sqlite3_close(db);
    return NULL;
}

rni_database *rni_database_open(const char *path, bool rebuild, bool *fresh)
{
    rni_database *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return NULL;
    pthread_mutex_init(&s->lock, NULL);
    s->path = rni_strdup(path);
    rni_db *db = s->path && !rebuild && rni_file_exists(path) ? connect(path) : NULL;
    *fresh = !db || version_of(db) != SCHEMA || !is_sound(db);
    if (*fresh) {
        sqlite3_close(db);
        rn_error_clear(); /* of an index that is given up */
        db = s->path ? make(path) : NULL;
    }
    if (db) s->kept[s->n++] = db;
    if (db) return s;
    rni_database_close(s);
    return NULL;
}

void rni_database_close(rni_database *s)
{
    if (!s) return;
    for (int i = 0; i < s->n; i++) sqlite3_close(s->kept[i]);
    pthread_mutex_destroy(&s->lock);
    rni_free(s->path);
    rni_free(s);
}

rni_db *rni_database_take(rni_database *s)
{
    pthread_mutex_lock(&s->lock);
    rni_db *db = s->n > 0 ? s->kept[--s->n] : NULL;
    pthread_mutex_unlock(&s->lock);
    return db ? db : connect(s->path);
}

void rni_database_give(rni_database *s, rni_db *db)
{
    if (!db) return;
    pthread_mutex_lock(&s->lock);
    const bool room = s->n < KEPT;
    if (room) s->kept[s->n++] = db;
    pthread_mutex_unlock(&s->lock);
    if (!room) sqlite3_close(db);
}

/* ---- statements ---- */

static bool bind(sqlite3_stmt *s, const char *types, va_list args)
{
    int status = SQLITE_OK;
    for (int i = 1; *types && status == SQLITE_OK; types++, i++) {
        if (*types == 'i')
            status = sqlite3_bind_int64(s, i, va_arg(args, int64_t));
        else if (*types == 'd')
            status = sqlite3_bind_double(s, i, va_arg(args, double)); /* NaN becomes NULL */
        else if (*types == 's')
            status = sqlite3_bind_text(s, i, va_arg(args, const char *), -1, SQLITE_STATIC);
        else {
            const void *bytes = va_arg(args, const void *);
            status = sqlite3_bind_blob64(s, i, bytes, (sqlite3_uint64)va_arg(args, int64_t), SQLITE_STATIC);
        }
    }
    return status == SQLITE_OK;
}

static sqlite3_stmt *ask(rni_db *db, const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK && bind(s, types, args)) return s;
    fail(db);
    sqlite3_finalize(s);
    return NULL;
}

sqlite3_stmt *rni_db_ask(rni_db *db, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = ask(db, sql, types, args);
    va_end(args);
    return s;
}

bool rni_db_next(sqlite3_stmt *s)
{
    const int status = s ? sqlite3_step(s) : SQLITE_DONE;
    if (status != SQLITE_ROW && status != SQLITE_DONE) fail(sqlite3_db_handle(s));
    return status == SQLITE_ROW;
}

void rni_db_done(sqlite3_stmt *s)
{
    sqlite3_finalize(s);
}

bool rni_db_run(rni_db *db, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *s = ask(db, sql, types, args);
    va_end(args);
    const bool ok = s && (sqlite3_step(s) == SQLITE_DONE || fail(db));
    sqlite3_finalize(s);
    return ok;
}

bool rni_db_begin(rni_db *db)
{
    return execute(db, "BEGIN IMMEDIATE");
}

bool rni_db_end(rni_db *db, bool ok)
{
    ok = ok && execute(db, "COMMIT");
    if (!ok) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return ok;
}
