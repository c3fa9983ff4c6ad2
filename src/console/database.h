/* The index in SQLite: what lists and curves are answered from. All of it can be made again from the folders. */
#ifndef RNI_CONSOLE_DATABASE_H
#define RNI_CONSOLE_DATABASE_H

#include "base/str.h"

#include <rensa/error.h>
#include <sqlite3.h>

typedef struct rni_database rni_database;
typedef struct sqlite3 rni_db; /* a connection; one thread at a time */

/* Opens the file, or makes it: also where its schema is another one, it is damaged, or `rebuild` says so; then *fresh.
 */
rni_database *rni_database_open(const char *path, bool rebuild, bool *fresh);
void rni_database_close(rni_database *s); /* NULL is fine */
/* A connection for a while. NULL with an error. */
rni_db *rni_database_take(rni_database *s);
void rni_database_give(rni_database *s, rni_db *db); /* NULL is fine */

/* A statement with its values, as `types` says: i int64_t, d double (NaN: null), s text (NULL: null), b bytes and
 * int64_t. Texts and bytes must stay until it is done. NULL with an error. */
sqlite3_stmt *rni_db_ask(rni_db *db, const char *sql, const char *types, ...);
bool rni_db_next(sqlite3_stmt *s); /* false at the end, and after an error */
void rni_db_done(sqlite3_stmt *s);
/* The three in one, for statements without rows. */
bool rni_db_run(rni_db *db, const char *sql, const char *types, ...);
bool rni_db_begin(rni_db *db);
/* Commits where `ok`, else takes all back. Returns ok. */
bool rni_db_end(rni_db *db, bool ok);

#endif
