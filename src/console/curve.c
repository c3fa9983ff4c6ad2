/* A million points are a thousand pieces of 16 KiB: read in some ten milliseconds, one piece in memory at a time. */
#include "console/curve.h"

#include "base/alloc.h"
#include "base/error.h"

#include <math.h>
#include <string.h>

enum { PIECE = 1024 };

static bool write_piece(rni_db *db, const char *run, const char *name, int64_t chunk, const rni_point *p, int64_t n)
{
    return rni_db_run(db, "INSERT OR REPLACE INTO chunks(run,name,chunk,first,last,n,points) VALUES(?,?,?,?,?,?,?)",
                      "ssiddib", run, name, chunk, p[0].x, p[n - 1].x, n, p, n * (int64_t)sizeof *p);
}

/* Copies the points of a row into p, at most PIECE; returns how many. */
static int64_t take_points(sqlite3_stmt *s, int column, rni_point *p)
{
    int64_t n = sqlite3_column_bytes(s, column) / (int64_t)sizeof *p;
    if (n > PIECE) n = PIECE;
    if (n > 0) memcpy(p, sqlite3_column_blob(s, column), (size_t)n * sizeof *p);
    return n;
}

bool rni_curve_append(rni_db *db, const char *run, const char *name, const rni_point *points, int64_t n)
{
    rni_point *p = rni_alloc_raw(PIECE * (int64_t)sizeof *p);
    if (!p) return false;
    int64_t chunk = 0, have = 0;
    sqlite3_stmt *s =
        rni_db_ask(db, "SELECT chunk,points FROM chunks WHERE run=? AND name=? ORDER BY chunk DESC LIMIT 1", "ss", run,
                   name);
    if (rni_db_next(s)) {
        chunk = sqlite3_column_int64(s, 0);
        have = take_points(s, 1, p);
    }
    rni_db_done(s);
    bool ok = rn_ok();
    while (ok && n > 0) {
        if (have == PIECE) {
            chunk++;
            have = 0;
        }
        const int64_t room = PIECE - have, more = n < room ? n : room;
        memcpy(p + have, points, (size_t)more * sizeof *p);
        have += more;
        points += more;
        n -= more;
        ok = write_piece(db, run, name, chunk, p, have);
    }
    rni_free(p);
    return ok;
}

bool rni_curve_forget(rni_db *db, const char *run, const char *prefix)
{
    if (!*prefix) return rni_db_run(db, "DELETE FROM chunks WHERE run=? AND name NOT LIKE '%/%'", "s", run);
    return rni_db_run(db, "DELETE FROM chunks WHERE run=?1 AND substr(name,1,length(?2))=?2", "ss", run, prefix);
}

/* ---- reading ---- */

typedef struct thinning {
    int64_t group, seen; /* points of a group; those of the present one */
    rni_point low, high; /* of the present group */
    bool any;            /* of it was a number */
    rni_str x, y;
    rni_json_writer wx, wy;
} thinning;

static void put(thinning *t, rni_point p)
{
    rni_json_write_number(&t->wx, p.x);
    rni_json_write_number(&t->wy, p.y);
}

static void end_group(thinning *t)
{
    if (!t->seen) return;
    const rni_point first = t->low.x <= t->high.x ? t->low : t->high, second = t->low.x <= t->high.x ? t->high : t->low;
    put(t, first);
    if (t->any && second.x != first.x) put(t, second);
    t->seen = 0;
}

static void add(thinning *t, rni_point p)
{
    if (t->group == 1) {
        put(t, p);
        return;
    }
    if (t->seen == 0) {
        t->low = t->high = p;
        t->any = isfinite(p.y);
    } else if (isfinite(p.y)) {
        if (!t->any || p.y < t->low.y) t->low = p;
        if (!t->any || p.y > t->high.y) t->high = p;
        t->any = true;
    }
    if (++t->seen == t->group) end_group(t);
}

static int64_t count(rni_db *db, const char *run, const char *name, double from, double to)
{
    sqlite3_stmt *s = rni_db_ask(db, "SELECT sum(n) FROM chunks WHERE run=? AND name=? AND last>=? AND first<=?",
                                 "ssdd", run, name, from, to);
    const int64_t n = rni_db_next(s) ? sqlite3_column_int64(s, 0) : 0;
    rni_db_done(s);
    return n;
}

static bool thin(rni_db *db, const char *run, const char *name, double from, double to, thinning *t)
{
    rni_point *p = rni_alloc_raw(PIECE * (int64_t)sizeof *p);
    sqlite3_stmt *s =
        p ? rni_db_ask(db,
                       "SELECT points FROM chunks WHERE run=? AND name=? AND last>=? AND first<=? ORDER BY "
                       "chunk",
                       "ssdd", run, name, from, to)
          : NULL;
    while (rni_db_next(s)) {
        const int64_t n = take_points(s, 0, p);
        for (int64_t i = 0; i < n; i++)
            if (p[i].x >= from && p[i].x <= to) add(t, p[i]);
    }
    end_group(t);
    rni_db_done(s);
    rni_free(p);
    return rn_ok() && !t->x.failed && !t->y.failed;
}

bool rni_curve_write(rni_db *db, const char *run, const char *name, double from, double to, int64_t points,
                     rni_json_writer *w)
{
    const int64_t n = count(db, run, name, from, to), most = points > 2 ? points : 2;
    thinning t = { .group = n <= most ? 1 : 2 * ((n + most - 1) / most) };
    t.wx = (rni_json_writer){ .to = &t.x };
    t.wy = (rni_json_writer){ .to = &t.y };
    rni_json_array_begin(&t.wx);
    rni_json_array_begin(&t.wy);
    const bool ok = thin(db, run, name, from, to, &t);
    rni_json_array_end(&t.wx);
    rni_json_array_end(&t.wy);
    if (ok) {
        rni_json_object_begin(w);
        rni_json_put_int(w, "n", n);
        rni_json_write_key(w, "x");
        rni_json_write_digits(w, t.x.at);
        rni_json_write_key(w, "y");
        rni_json_write_digits(w, t.y.at);
        rni_json_object_end(w);
    }
    rni_str_free(&t.x);
    rni_str_free(&t.y);
    return ok;
}

bool rni_curve_names(rni_db *db, const char *run, rni_json_writer *w)
{
    sqlite3_stmt *s =
        rni_db_ask(db, "SELECT name,sum(n) FROM chunks WHERE run=? GROUP BY name ORDER BY name", "s", run);
    rni_json_object_begin(w);
    while (rni_db_next(s)) rni_json_put_int(w, (const char *)sqlite3_column_text(s, 0), sqlite3_column_int64(s, 1));
    rni_json_object_end(w);
    rni_db_done(s);
    return rn_ok();
}
