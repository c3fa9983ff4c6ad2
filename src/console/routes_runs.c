/* Looking at runs: the table, curves, files. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "console/console_p.h"
#include "console/events.h"
#include "console/curve.h"
#include "console/name.h"
#include "console/outputs.h"
#include "console/projects.h"
#include "console/route.h"
#include "console/run.h"
#include "console/table.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOG_BYTES = 256 << 10 };

/* Runs `answer` with a connection to the index. */
static bool with_index(rni_request *q, bool (*answer)(rni_request *q, rni_db *db))
{
    rni_db *db = rni_database_take(q->console->store);
    const bool ok = db && answer(q, db);
    rni_database_give(q->console->store, db);
    return ok;
}

static bool answer_table(rni_request *q, rni_db *db)
{
    const char *kind = rni_query_text(q, "kind");
    return rni_table_write(db,
                           &(rni_table_args){ .filter = rni_query_text(q, "filter"),
                                              .project = rni_query_text(q, "project"),
                                              .kind = !kind                      ? "train"
                                                      : strcmp(kind, "all") != 0 ? kind
                                                                                 : NULL,
                                              .sort = rni_query_text(q, "sort"),
                                              .columns = rni_query_text(q, "columns"),
                                              .offset = rni_query_int(q, "offset", 0),
                                              .count = rni_query_int(q, "count", 50) },
                           &q->w);
}

static bool list(rni_request *q)
{
    return with_index(q, answer_table);
}

static bool answer_columns(rni_request *q, rni_db *db)
{
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "columns");
    const bool ok = rni_table_columns(db, &q->w);
    rni_json_object_end(&q->w);
    return ok;
}

static bool columns(rni_request *q)
{
    return with_index(q, answer_columns);
}

static void put_facts(rni_request *q, rni_db *db, const char *id)
{
    sqlite3_stmt *s = rni_db_ask(db, "SELECT key,number,text FROM facts WHERE run=? ORDER BY key", "s", id);
    rni_json_write_key(&q->w, "values");
    rni_json_object_begin(&q->w);
    while (rni_db_next(s)) {
        const char *key = (const char *)sqlite3_column_text(s, 0);
        if (sqlite3_column_type(s, 1) != SQLITE_NULL)
            rni_json_put_number(&q->w, key, sqlite3_column_double(s, 1));
        else if (sqlite3_column_type(s, 2) != SQLITE_NULL)
            rni_json_put_string(&q->w, key, (const char *)sqlite3_column_text(s, 2));
    }
    rni_json_object_end(&q->w);
    rni_db_done(s);
}

static void put_files(rni_request *q, const char *id)
{
    char *path = rni_work_path(q->console, "runs/%s", id);
    DIR *d = path ? opendir(path) : NULL;
    rni_json_write_key(&q->w, "files");
    rni_json_array_begin(&q->w);
    for (const struct dirent *f; d && (f = readdir(d)) != NULL;) {
        struct stat s;
        if (f->d_name[0] == '.' || fstatat(dirfd(d), f->d_name, &s, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(s.st_mode))
            continue;
        rni_json_object_begin(&q->w);
        rni_json_put_string(&q->w, "name", f->d_name);
        rni_json_put_int(&q->w, "bytes", s.st_size);
        rni_json_put_number(&q->w, "changed", (double)s.st_mtim.tv_sec);
        rni_json_object_end(&q->w);
    }
    rni_json_array_end(&q->w);
    if (d) closedir(d);
    rni_free(path);
}

static void put_command(rni_request *q, const char *id)
{
    rni_job j;
    if (rni_job_read(q->console, NULL, id, &j) && j.command) {
        rni_json_write_key(&q->w, "command");
        rni_json_array_begin(&q->w);
        for (int64_t i = 0; i < rni_json_count(j.command); i++)
            rni_json_write_string(&q->w, rni_json_string(rni_json_at(j.command, i)));
        rni_json_array_end(&q->w);
    }
    rni_job_free(&j);
}

static bool answer_run(rni_request *q, rni_db *db)
{
    const char *id = q->parameter[0];
    sqlite3_stmt *s = rni_db_ask(db, "SELECT " RNI_RUN_COLUMNS " FROM runs WHERE id=?", "s", id);
    const bool known = rni_db_next(s);
    if (known) {
        rni_json_object_begin(&q->w);
        rni_run_write_row(&q->w, s);
        put_facts(q, db, id);
        rni_json_write_key(&q->w, "curves");
        rni_curve_names(db, id, &q->w);
        put_command(q, id);
        put_files(q, id);
        rni_json_object_end(&q->w);
    }
    rni_db_done(s);
    return known ? rn_ok() : rni_refuse(q, 404, "there is no run \"%s\"", id);
}

static bool get(rni_request *q)
{
    return rni_run_id_check(q, q->parameter[0]) && with_index(q, answer_run);
}

/* ---- curves ---- */

static double limit_of(const rni_request *q, const char *name, double fallback)
{
    const char *text = rni_query_text(q, name);
    return text ? rni_scan_f64(text, NULL) : fallback;
}

static bool put_curves(rni_request *q, rni_db *db, const char *names)
{
    const double from = limit_of(q, "from", -INFINITY), to = limit_of(q, "to", INFINITY);
    const int64_t points = rni_query_int(q, "points", 1000);
    int n = 0;
    for (const char *s = names; *s; n++) {
        char name[96];
        const size_t length = strcspn(s, ",");
        if (n == 64) return rni_refuse(q, 400, "at most 64 curves at a time");
        snprintf(name, sizeof name, "%.*s", (int)length, s);
        rni_json_write_key(&q->w, name);
        RNI_TRY(rni_curve_write(db, q->parameter[0], name, from, to, points, &q->w));
        s += length + (s[length] == ',');
    }
    return true;
}

static bool answer_metrics(rni_request *q, rni_db *db)
{
    const char *names = rni_query_text(q, "names");
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "curves");
    rni_curve_names(db, q->parameter[0], &q->w);
    rni_json_write_key(&q->w, "series");
    rni_json_object_begin(&q->w);
    const bool ok = rn_ok() && put_curves(q, db, names ? names : "");
    rni_json_object_end(&q->w);
    rni_json_object_end(&q->w);
    return ok;
}

static bool metrics(rni_request *q)
{
    return rni_run_id_check(q, q->parameter[0]) && with_index(q, answer_metrics);
}

/* ---- files ---- */

static bool run_exists(rni_request *q)
{
    RNI_TRY(rni_run_id_check(q, q->parameter[0]));
    char *path = rni_work_path(q->console, "runs/%s", q->parameter[0]);
    const bool ok = path && (rni_folder_exists(path) || rni_refuse(q, 404, "there is no run \"%s\"", q->parameter[0]));
    rni_free(path);
    return ok;
}

/* A part of the output: its end, or what follows a place. */
static bool log_of(rni_request *q)
{
    RNI_TRY(run_exists(q));
    char *path = rni_work_path(q->console, "runs/%s/output.txt", q->parameter[0]), *text = rni_alloc(LOG_BYTES + 1);
    const int fd = path && text ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    const int64_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
    int64_t at = rni_query_int(q, "at", size > LOG_BYTES ? size - LOG_BYTES : 0);
    const ssize_t n = fd >= 0 && at <= size ? pread(fd, text, LOG_BYTES, at) : 0;
    if (fd >= 0) close(fd);
    if (text) {
        text[n > 0 ? n : 0] = '\0';
        for (ssize_t i = 0; i < n; i++)
            if (text[i] == '\0') text[i] = ' ';
        rni_json_object_begin(&q->w);
        rni_json_put_int(&q->w, "at", at);
        rni_json_put_int(&q->w, "next", at + (n > 0 ? n : 0));
        rni_json_put_int(&q->w, "bytes", size);
        rni_json_put_string(&q->w, "text", text);
        rni_json_object_end(&q->w);
    }
    rni_free(text);
    rni_free(path);
    return rn_ok();
}

static const char *type_of_file(const char *name)
{
    static const char *const types[][2] = {
        { ".json", "application/json; charset=utf-8" },
        { ".jsonl", "application/jsonl; charset=utf-8" },
        { ".txt", "text/plain; charset=utf-8" },
        { ".csv", "text/csv; charset=utf-8" },
        { ".png", "image/png" },
    };
    for (size_t i = 0; i < RN_COUNTOF(types); i++)
        if (rni_path_has_extension(name, types[i][0])) return types[i][1];
    return "application/octet-stream"; /* SVG and HTML, too: nothing of a run is shown as a page of ours */
}

static bool answer_with_file(rni_request *q, const char *folder, const char *name)
{
    RNI_TRY(run_exists(q));
    if (name[0] == '.' || folder[0] == '.') return rni_refuse(q, 404, "there is no file \"%s\"", name);
    char *path = rni_work_path(q->console, "runs/%s/%s%s%s", q->parameter[0], folder, *folder ? "/" : "", name);
    const bool ok = path && rni_answer_file(q, path, type_of_file(name), "such file");
    if (ok)
        rni_answer_header(q, "Content-Disposition", "%s", strcmp(q->type, "image/png") == 0 ? "inline" : "attachment");
    rni_free(path);
    return ok;
}

static bool file(rni_request *q)
{
    return answer_with_file(q, "", q->parameter[1]);
}

static bool file_below(rni_request *q)
{
    return answer_with_file(q, q->parameter[1], q->parameter[2]);
}

static bool project(rni_request *q)
{
    RNI_TRY(run_exists(q));
    char *frozen = rni_work_path(q->console, "runs/%s/project.json", q->parameter[0]),
         *asked = rni_work_path(q->console, "runs/%s/asked.json", q->parameter[0]);
    const bool ok =
        frozen && asked && rni_answer_file(q, rni_file_bytes(frozen) >= 0 ? frozen : asked, NULL, "project of it");
    rni_free(frozen);
    rni_free(asked);
    return ok;
}

/* Norms and histograms of parameters, as the run wrote them. */
static bool tensors(rni_request *q)
{
    RNI_TRY(run_exists(q));
    char *path = rni_work_path(q->console, "runs/%s/tensors.jsonl", q->parameter[0]);
    const bool ok =
        path && rni_answer_file(q, path, "application/jsonl; charset=utf-8", "record of its tensors (training.watch)");
    rni_free(path);
    return ok;
}

/* The table that an evaluation has written. */
static bool outputs(rni_request *q)
{
    RNI_TRY(run_exists(q));
    char *path = rni_work_path(q->console, "runs/%s/outputs.csv", q->parameter[0]);
    const bool ok = path && (rni_file_bytes(path) >= 0 || rni_refuse(q, 404, "the run has no table of outputs")) &&
                    rni_outputs_write(path,
                                      &(rni_outputs_args){ .filter = rni_query_text(q, "filter"),
                                                           .sort = rni_query_text(q, "sort"),
                                                           .offset = rni_query_int(q, "offset", 0),
                                                           .count = rni_query_int(q, "count", 50) },
                                      &q->w);
    rni_free(path);
    return ok;
}

static bool events(rni_request *q)
{
    return rni_events_answer(q);
}

static const rni_field table_query[] = {
    { "filter", "words, and conditions: state:running tag:x test_accuracy>=0.9", RNI_FIELD_TEXT, .max = 1000 },
    { "project", "only its runs", RNI_FIELD_TEXT, .max = 200 },
    { "kind", "train (if left out), data, evaluate, predict or all", RNI_FIELD_TEXT, .max = 20 },
    { "sort", "a column; -column: falling; the newest first, if left out", RNI_FIELD_TEXT, .max = 150 },
    { "columns", "further columns, separated by commas: test_loss,max.test_accuracy,set.training.batch", RNI_FIELD_TEXT,
      .max = 3000 },
    { "offset", "first row", RNI_FIELD_INT, .max = 1e9 },
    { "count", "rows; 50, if left out", RNI_FIELD_INT, .max = 1000 },
    { 0 },
};

static const rni_field metrics_query[] = {
    { "names", "of curves, separated by commas", RNI_FIELD_TEXT, .max = 3000 },
    { "from", "first iteration", RNI_FIELD_NUMBER },
    { "to", "last iteration", RNI_FIELD_NUMBER },
    { "points", "about so many of each at most; 1000, if left out", RNI_FIELD_INT, .min = 2, .max = 20000 },
    { 0 },
};

static const rni_field outputs_query[] = {
    { "filter", "conditions on columns: prediction=3 loss>0.5; a word: in some cell", RNI_FIELD_TEXT, .max = 1000 },
    { "sort", "a column of numbers; -column: falling", RNI_FIELD_TEXT, .max = 150 },
    { "offset", "first row", RNI_FIELD_INT, .max = 1e12 },
    { "count", "rows; 50, if left out", RNI_FIELD_INT, .max = 1000 },
    { 0 },
};

static const rni_field log_query[] = {
    { "at", "first byte; the last 256 KiB, if left out", RNI_FIELD_INT, .max = 1e15 },
    { 0 },
};

const rni_route rni_routes_runs[] = {
    { "GET", "/events",
      "What happens, as server-sent events of JSON: hello, run, points, gone, project, data, system, resync",
      "text/event-stream", NULL, RNI_ROLE_VIEWER, events },
    { "GET", "/runs", "The table of runs",
      "{total, runs: [{id, kind, name, project, state, …, values: {column: value}}]}", "ls runs", RNI_ROLE_VIEWER, list,
      .query = table_query },
    { "GET", "/columns", "All columns that the table of runs can show besides its own", "{columns: [name]}", NULL,
      RNI_ROLE_VIEWER, columns },
    { "GET", "/runs/{run}", "All about a run",
      "{…, values, curves: {name: points}, command: [word], files: [{name, bytes}]}", "rensa info runs/RUN",
      RNI_ROLE_VIEWER, get },
    { "GET", "/runs/{run}/metrics", "Curves, thinned to the smallest and largest of each group of points",
      "{curves: {name: points}, series: {name: {n, x: [iteration], y: [value]}}}", "cat runs/RUN/log.jsonl",
      RNI_ROLE_VIEWER, metrics, .query = metrics_query },
    { "GET", "/runs/{run}/log", "What a run printed", "{at, next, bytes, text}", "cat runs/RUN/output.txt",
      RNI_ROLE_VIEWER, log_of, .query = log_query },
    { "GET", "/runs/{run}/tensors", "Norms and histograms of parameters over time", "lines of JSON",
      "cat runs/RUN/tensors.jsonl", RNI_ROLE_VIEWER, tensors },
    { "GET", "/runs/{run}/outputs", "The table that an evaluation has written, a row per example",
      "{columns: [name], total, rows: [[cell]]}", "cat runs/RUN/outputs.csv", RNI_ROLE_VIEWER, outputs,
      .query = outputs_query },
    { "GET", "/runs/{run}/project", "The project that a run trains", "the project", "cat runs/RUN/project.json",
      RNI_ROLE_VIEWER, project },
    { "GET", "/runs/{run}/files/{file}", "A file of a run", "its contents", NULL, RNI_ROLE_VIEWER, file },
    { "GET", "/runs/{run}/files/{folder}/{file}", "A file in a folder of a run", "its contents", NULL, RNI_ROLE_VIEWER,
      file_below },
    { 0 },
};
