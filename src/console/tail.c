/* A line is a JSON object of numbers; each member besides "iteration" is a point of the curve of that name. What was
 * read and what follows from it enter the index together, so that nothing is read twice. A file that was written anew
 * (by a run that goes on from a snapshot) is read from its beginning. */
#include "console/tail.h"

#include "base/alloc.h"
#include "base/error.h"
#include "console/console_p.h"
#include "console/events.h"
#include "console/facts.h"
#include "console/curve.h"
#include "console/name.h"
#include "project/project.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AT_ONCE = 1 << 20, CURVES = 200, TOLD = 64 };

typedef struct curve {
    char name[80];
    rni_point *at;
    int64_t n, capacity;
} curve;

typedef struct tail {
    rni_console *console;
    rni_db *db;
    const char *id, *file, *prefix; /* prefix NULL: what a tool prints */
    int fd;
    int64_t inode, at, size;
    bool first; /* seen for the first time */
    curve curve[CURVES];
    int n_curves;
} tail;

static curve *find_curve(tail *t, const char *name)
{
    char full[sizeof t->curve[0].name];
    if (snprintf(full, sizeof full, "%s%s", t->prefix, name) >= (int)sizeof full) return NULL;
    for (int i = 0; i < t->n_curves; i++)
        if (strcmp(t->curve[i].name, full) == 0) return &t->curve[i];
    if (t->n_curves == CURVES) return NULL;
    memcpy(t->curve[t->n_curves].name, full, sizeof full);
    return &t->curve[t->n_curves++];
}

static bool add_point(tail *t, const char *name, double x, double y)
{
    curve *k = find_curve(t, name);
    if (!k) return true;
    rni_point *more = rni_grow(k->at, k->n, &k->capacity, (int64_t)sizeof *more);
    if (!more) return false;
    k->at = more;
    k->at[k->n++] = (rni_point){ x, y };
    return true;
}

static bool take_line(tail *t, const char *line, int64_t n)
{
    rni_json *v = rni_json_parse(line, n, t->file);
    const rni_json *iteration = rni_json_get(v, "iteration");
    const double x = rni_json_number(iteration);
    bool ok = true;
    for (int64_t i = 0; ok && iteration && i < rni_json_count(v); i++) {
        const rni_json *m = rni_json_at(v, i);
        const rni_json_type type = rni_json_type_of(m);
        if (m == iteration || (type != RNI_JSON_NUMBER && type != RNI_JSON_NULL)) continue;
        ok = add_point(t, rni_json_key_at(v, i), x, type == RNI_JSON_NULL ? NAN : rni_json_number(m));
    }
    rni_json_free(v);
    if (!v) rn_error_clear(); /* a damaged line is passed over */
    return ok;
}

/* Whole lines only; what follows the last one is read again. */
static bool read_on(tail *t)
{
    char *text = rni_alloc_raw(AT_ONCE);
    if (!text) return false;
    const ssize_t n = pread(t->fd, text, AT_ONCE, t->at);
    bool ok = true;
    int64_t begin = 0;
    for (const char *end; ok && begin < n && (end = memchr(text + begin, '\n', (size_t)(n - begin))) != NULL;) {
        const int64_t length = end - (text + begin);
        if (length > 0) ok = take_line(t, text + begin, length);
        begin += length + 1;
    }
    if (begin == 0 && n == AT_ONCE) begin = n; /* no line is that long */
    t->at += begin;
    rni_free(text);
    return ok;
}

/* ---- into the index ---- */

static bool write_curve(tail *t, const curve *k)
{
    double low = NAN, high = NAN;
    for (int64_t i = 0; i < k->n; i++) {
        low = fmin(low, k->at[i].y);
        high = fmax(high, k->at[i].y);
    }
    const bool clock = strcmp(k->name, "epoch") == 0 || strcmp(k->name, "seconds") == 0;
    return rni_curve_append(t->db, t->id, k->name, k->at, k->n) &&
           (t->prefix[0] || clock || rni_facts_measured(t->db, t->id, k->name, k->at[k->n - 1].y, low, high));
}

/* How far the run is. */
static bool write_progress(tail *t)
{
    double value[3] = { NAN, NAN, NAN };
    for (int i = 0; i < t->n_curves; i++) {
        const curve *k = &t->curve[i];
        const char *name = k->name + strlen(t->prefix);
        if (strcmp(name, "epoch") == 0) value[0] = k->at[k->n - 1].y;
        if (strcmp(name, "seconds") == 0) value[1] = k->at[k->n - 1].y;
        value[2] = fmax(value[2], k->at[k->n - 1].x);
    }
    return rni_db_run(t->db,
                      "UPDATE runs SET epoch=coalesce(?2,epoch),seconds=coalesce(?3,seconds),iteration=coalesce(?4,"
                      "iteration) WHERE id=?1",
                      "sddd", t->id, value[0], value[1], value[2]);
}

static bool write_all(tail *t, bool anew)
{
    bool ok = rni_db_begin(t->db) && (!anew || !t->prefix || rni_curve_forget(t->db, t->id, t->prefix));
    for (int i = 0; ok && i < t->n_curves; i++) ok = write_curve(t, &t->curve[i]);
    ok = ok && (!t->n_curves || write_progress(t)) &&
         rni_db_run(t->db, "INSERT OR REPLACE INTO tails(run,file,inode,at) VALUES(?,?,?,?)", "ssii", t->id, t->file,
                    t->inode, t->at);
    return rni_db_end(t->db, ok);
}

static void tell(const tail *t, bool anew)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "type", "points");
    rni_json_put_string(&w, "run", t->id);
    if (anew) rni_json_put_bool(&w, "anew", true);
    rni_json_write_key(&w, "series");
    rni_json_object_begin(&w);
    for (int i = 0; i < t->n_curves; i++) {
        const curve *k = &t->curve[i];
        rni_json_write_key(&w, k->name);
        rni_json_array_begin(&w);
        for (int64_t n = k->n > TOLD ? k->n - TOLD : 0; n < k->n; n++) {
            rni_json_array_begin(&w);
            rni_json_write_number(&w, k->at[n].x);
            rni_json_write_number(&w, k->at[n].y);
            rni_json_array_end(&w);
        }
        rni_json_array_end(&w);
    }
    rni_json_object_end(&w);
    rni_json_object_end(&w);
    if (!s.failed) rni_events_tell(t->console->events, s.at);
    rni_str_free(&s);
}

/* Where reading stopped; *anew: the file is another one since, or shorter. */
static bool find_place(tail *t, bool *anew)
{
    struct stat s;
    if (fstat(t->fd, &s) != 0 || !S_ISREG(s.st_mode)) return false;
    int64_t inode = -1;
    sqlite3_stmt *q = rni_db_ask(t->db, "SELECT inode,at FROM tails WHERE run=? AND file=?", "ss", t->id, t->file);
    if (rni_db_next(q)) {
        inode = sqlite3_column_int64(q, 0);
        t->at = sqlite3_column_int64(q, 1);
    }
    rni_db_done(q);
    t->inode = (int64_t)s.st_ino;
    t->size = s.st_size;
    t->first = inode < 0;
    *anew = inode >= 0 && (inode != t->inode || t->at > t->size);
    if (*anew) t->at = 0;
    return rn_ok();
}

/* The last line of what a tool has printed, where it is JSON: how far it is. */
static void tell_progress(tail *t)
{
    enum { LINE = 4096 };
    char text[LINE + 1];
    const int64_t from = t->size > LINE ? t->size - LINE : 0;
    const ssize_t n = t->at < t->size ? pread(t->fd, text, LINE, from) : 0;
    const char *end = n > 0 ? memrchr(text, '\n', (size_t)n) : NULL;
    const char *begin = end && end > text ? memrchr(text, '\n', (size_t)(end - text)) : NULL;
    begin = begin ? begin + 1 : text;
    rni_json *v = end && *begin == '{' ? rni_json_parse(begin, end - begin, "progress") : NULL;
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "type", "progress");
    rni_json_put_string(&w, "run", t->id);
    rni_json_write_key(&w, "progress");
    rni_json_write_any(&w, v);
    rni_json_object_end(&w);
    if (v && !s.failed) rni_events_tell(t->console->events, s.at);
    rni_str_free(&s);
    rni_json_free(v);
    rn_error_clear();
    t->at = t->size;
}

static bool tail_file(tail *t, bool *more)
{
    bool anew = false;
    char *path = rni_work_path(t->console, "runs/%s/%s", t->id, t->file);
    t->fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    rni_free(path);
    if (t->fd < 0) return rn_ok();
    bool ok = find_place(t, &anew);
    if (ok && (anew || t->at < t->size)) {
        const int64_t before = t->at;
        if (t->prefix)
            ok = read_on(t);
        else
            tell_progress(t);
        if (ok && (anew || t->at > before)) ok = write_all(t, anew);
        if (ok && t->prefix && (anew || t->n_curves)) tell(t, anew);
        *more = *more || (t->at > before && t->at < t->size);
    }
    close(t->fd);
    return ok;
}

bool rni_tail(rni_console *c, rni_db *db, const char *id, bool *more, bool *first)
{
    static const char *const files[][2] = { { "log.jsonl", "" }, { "steps.jsonl", "step/" }, { "output.txt", NULL } };
    bool ok = true;
    *more = false;
    for (size_t i = 0; ok && i < RN_COUNTOF(files); i++) {
        tail *t = rni_alloc((int64_t)sizeof *t);
        if (!t) return false;
        t->console = c;
        t->db = db;
        t->id = id;
        t->file = files[i][0];
        t->prefix = files[i][1];
        ok = tail_file(t, more);
        *first = *first || t->first;
        for (int k = 0; k < t->n_curves; k++) rni_free(t->curve[k].at);
        rni_free(t);
    }
    return ok;
}
