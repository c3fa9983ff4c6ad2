/* Columns are members of a run, or facts of it. Texts that come from outside are bound, never part of the statement. */
#include "console/table.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/number.h"
#include "console/run.h"

#include <string.h>

enum { TERMS = 24, COLUMNS = 40 };

typedef struct term {
    char key[160], value[256];
    char op[3]; /* "" for a word */
    double number;
    bool is_number;
} term;

typedef struct question {
    term term[TERMS];
    int n;
    rni_str where;
} question;

/* The column of the index that a key names; NULL where it is a fact. */
static const char *own_column(const char *key)
{
    static const char *const columns[][2] = {
        { "id", "id" },         { "kind", "kind" },         { "name", "name" },           { "project", "project" },
        { "state", "state" },   { "priority", "priority" }, { "slot", "slot" },           { "group", "grp" },
        { "parent", "parent" }, { "notes", "notes" },       { "created", "created" },     { "started", "started" },
        { "ended", "ended" },   { "epoch", "epoch" },       { "iteration", "iteration" }, { "seconds", "seconds" },
        { "number", "number" },
    };
    for (size_t i = 0; i < RN_COUNTOF(columns); i++)
        if (strcmp(columns[i][0], key) == 0) return columns[i][1];
    return NULL;
}

/* ---- the filter ---- */

static bool split(term *t, const char *text, size_t n)
{
    const size_t key = strcspn(text, "<>=!: ");
    char *end;
    if (n >= sizeof t->key) return rni_fail(RN_ERR_ARG, NULL, NULL, "a condition of the filter is too long");
    if (key >= n || key == 0) {
        snprintf(t->value, sizeof t->value, "%.*s", (int)n, text);
        return true;
    }
    const size_t op = strchr("<>!", text[key]) && text[key + 1] == '=' ? 2 : 1;
    snprintf(t->key, sizeof t->key, "%.*s", (int)key, text);
    snprintf(t->op, sizeof t->op, "%.*s", (int)op, text + key);
    snprintf(t->value, sizeof t->value, "%.*s", (int)(n - key - op), text + key + op);
    t->number = rni_scan_f64(t->value, &end);
    t->is_number = end > t->value && !*end;
    if (strcmp(t->op, "!") == 0) return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%s!\" needs a '=' behind it", t->key);
    if (strpbrk(t->op, "<>") && !t->is_number)
        return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%s%s\" needs a number, not \"%s\"", t->key, t->op, t->value);
    return true;
}

static void add_term(question *q, const term *t, int at)
{
    const int key = 2 * at + 1, value = 2 * at + 2;
    const char *column = own_column(t->key), *op = strcmp(t->op, ":") == 0 ? "=" : t->op;
    rni_str_add(&q->where, q->where.length ? " AND " : " WHERE ");
    if (!*t->op)
        rni_str_addf(&q->where, "instr(lower(id||' '||name||' '||project||' '||grp||tags||notes),lower(?%d))>0", value);
    else if (strcmp(t->key, "tag") == 0)
        rni_str_addf(&q->where, "(instr(tags,' '||?%d||' ')>0)%s", value, strcmp(op, "!=") == 0 ? "=0" : "");
    else if (column)
        rni_str_addf(&q->where, "%s%s?%d", column, op, value);
    else if (strcmp(op, "!=") == 0)
        rni_str_addf(&q->where, "id NOT IN (SELECT run FROM facts WHERE key=?%d AND %s=?%d)", key,
                     t->is_number ? "number" : "text", value);
    else
        rni_str_addf(&q->where, "id IN (SELECT run FROM facts WHERE key=?%d AND %s%s?%d)", key,
                     t->is_number ? "number" : "text", op, value);
}

static void require(question *q, const char *key, const char *value)
{
    term *t = &q->term[q->n];
    if (!value) return;
    snprintf(t->key, sizeof t->key, "%s", key);
    snprintf(t->op, sizeof t->op, "=");
    snprintf(t->value, sizeof t->value, "%s", value);
    add_term(q, t, q->n++);
}

static bool read_filter(question *q, const char *text)
{
    for (const char *s = text; s && *(s += strspn(s, " "));) {
        const size_t n = strcspn(s, " ");
        if (q->n == TERMS) return rni_fail(RN_ERR_ARG, NULL, NULL, "the filter has more than %d conditions", TERMS);
        RNI_TRY(split(&q->term[q->n], s, n));
        add_term(q, &q->term[q->n], q->n);
        q->n++;
        s += n;
    }
    return !q->where.failed;
}

static void bind_terms(sqlite3_stmt *s, const question *q)
{
    for (int i = 0; i < q->n; i++) {
        const term *t = &q->term[i];
        const bool word = !*t->op || strcmp(t->key, "tag") == 0;
        sqlite3_bind_text(s, 2 * i + 1, t->key, -1, SQLITE_STATIC);
        if (t->is_number && !word)
            sqlite3_bind_double(s, 2 * i + 2, t->number);
        else
            sqlite3_bind_text(s, 2 * i + 2, t->value, -1, SQLITE_STATIC);
    }
}

/* ---- the statement ---- */

enum { SORT_KEY = 2 * TERMS + 1 };

/* Runs without a value come last, either way. */
static void add_order(rni_str *sql, const char *sort)
{
    const bool falling = *sort == '-';
    const char *column = own_column(sort + falling), *way = falling ? " DESC" : "";
    if (column)
        rni_str_addf(sql, " ORDER BY %s IS NULL,%s%s,number DESC", column, column, way);
    else
        rni_str_addf(
            sql,
            " LEFT JOIN facts f ON f.run=id AND f.key=?%d ORDER BY f.number IS NULL AND f.text IS NULL,f.number%s,"
            "f.text%s,runs.number DESC",
            SORT_KEY, way, way);
}

static sqlite3_stmt *prepare(rni_db *db, const question *q, const rni_table_args *a)
{
    rni_str sql = { 0 };
    const char *sort = a->sort && *a->sort ? a->sort : "-number";
    rni_str_addf(&sql, "SELECT " RNI_RUN_COLUMNS " FROM (SELECT * FROM runs%s) runs", q->where.at ? q->where.at : "");
    add_order(&sql, sort);
    rni_str_addf(&sql, " LIMIT %lld OFFSET %lld", (long long)a->count, (long long)a->offset);
    sqlite3_stmt *s = sql.failed ? NULL : rni_db_ask(db, sql.at, "");
    if (s) {
        bind_terms(s, q);
        sqlite3_bind_text(s, SORT_KEY, sort + (*sort == '-'), -1, SQLITE_STATIC);
    }
    rni_str_free(&sql);
    return s;
}

static int64_t count(rni_db *db, const question *q)
{
    rni_str sql = { 0 };
    rni_str_addf(&sql, "SELECT count(*) FROM runs%s", q->where.at ? q->where.at : "");
    sqlite3_stmt *s = sql.failed ? NULL : rni_db_ask(db, sql.at, "");
    if (s) bind_terms(s, q);
    const int64_t n = rni_db_next(s) ? sqlite3_column_int64(s, 0) : 0;
    rni_db_done(s);
    rni_str_free(&sql);
    return n;
}

/* ---- facts of the rows ---- */

static void write_fact(rni_json_writer *w, sqlite3_stmt *facts, const char *run, const char *key)
{
    sqlite3_bind_text(facts, 1, run, -1, SQLITE_STATIC);
    sqlite3_bind_text(facts, 2, key, -1, SQLITE_STATIC);
    if (rni_db_next(facts)) {
        if (sqlite3_column_type(facts, 0) != SQLITE_NULL)
            rni_json_put_number(w, key, sqlite3_column_double(facts, 0));
        else if (sqlite3_column_type(facts, 1) != SQLITE_NULL)
            rni_json_put_string(w, key, (const char *)sqlite3_column_text(facts, 1));
    }
    sqlite3_reset(facts);
}

static void write_values(rni_json_writer *w, sqlite3_stmt *facts, const char *run, char *const *column, int n)
{
    rni_json_write_key(w, "values");
    rni_json_object_begin(w);
    for (int i = 0; i < n; i++) write_fact(w, facts, run, column[i]);
    rni_json_object_end(w);
}

/* Cuts the text at its commas, in place. */
static int read_columns(char *text, char *column[COLUMNS])
{
    int n = 0;
    for (char *s = text; s && *s && n < COLUMNS;) {
        char *end = s + strcspn(s, ",");
        const bool last = !*end;
        *end = '\0';
        if (*s) column[n++] = s;
        s = last ? NULL : end + 1;
    }
    return n;
}

static bool write_rows(rni_db *db, const question *q, const rni_table_args *a, rni_json_writer *w)
{
    char *text = rni_strdup(a->columns ? a->columns : ""), *column[COLUMNS];
    const int n = text ? read_columns(text, column) : 0;
    sqlite3_stmt *rows = text ? prepare(db, q, a) : NULL;
    sqlite3_stmt *facts = rows ? rni_db_ask(db, "SELECT number,text FROM facts WHERE run=? AND key=?", "") : NULL;
    while (facts && rni_db_next(rows)) {
        rni_json_object_begin(w);
        rni_run_write_row(w, rows);
        if (n) write_values(w, facts, (const char *)sqlite3_column_text(rows, 0), column, n);
        rni_json_object_end(w);
    }
    rni_db_done(facts);
    rni_db_done(rows);
    rni_free(text);
    return rn_ok();
}

bool rni_table_write(rni_db *db, const rni_table_args *a, rni_json_writer *w)
{
    question *q = rni_alloc((int64_t)sizeof *q);
    if (q) require(q, "project", a->project);
    if (q) require(q, "kind", a->kind);
    bool ok = q && read_filter(q, a->filter);
    if (ok) {
        rni_json_object_begin(w);
        rni_json_put_int(w, "total", count(db, q));
        rni_json_write_key(w, "runs");
        rni_json_array_begin(w);
        ok = write_rows(db, q, a, w);
        rni_json_array_end(w);
        rni_json_object_end(w);
    }
    if (q) rni_str_free(&q->where);
    rni_free(q);
    return ok;
}

bool rni_table_columns(rni_db *db, rni_json_writer *w)
{
    /* from one key to the next by the index, not over all rows */
    sqlite3_stmt *s =
        rni_db_ask(db,
                   "WITH RECURSIVE k(key) AS (SELECT min(key) FROM facts UNION ALL SELECT (SELECT min(key) "
                   "FROM facts WHERE key>k.key) FROM k WHERE k.key IS NOT NULL) SELECT key FROM k WHERE key "
                   "IS NOT NULL LIMIT 2000",
                   "");
    rni_json_array_begin(w);
    while (rni_db_next(s)) rni_json_write_string(w, (const char *)sqlite3_column_text(s, 0));
    rni_json_array_end(w);
    rni_db_done(s);
    return rn_ok();
}
