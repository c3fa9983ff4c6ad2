/* The index of the console: curves, the table of runs, sweeps, names. */
#include "test.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "console/curve.h"
#include "console/facts.h"
#include "console/name.h"
#include "console/outputs.h"
#include "console/sweep.h"
#include "console/table.h"

static rni_database *open_store(const char *name, bool *fresh)
{
    rni_database *s = rni_database_open(test_path(name), false, fresh);
    CHECK_OK();
    return s;
}

/* The numbers of a list in JSON. */
static int64_t read_numbers(const rni_json *v, double *to, int64_t most)
{
    const int64_t n = rni_json_count(v) < most ? rni_json_count(v) : most;
    for (int64_t i = 0; i < n; i++)
        to[i] = rni_json_is_null(rni_json_at(v, i)) ? NAN : rni_json_number(rni_json_at(v, i));
    return n;
}

typedef struct curve {
    int64_t n, all;
    double x[4096], y[4096];
} curve;

static void read_curve(rni_db *db, const char *name, double from, double to, int64_t points, curve *k)
{
    rni_str s = { 0 };
    CHECK(rni_curve_write(db, "run", name, from, to, points, &(rni_json_writer){ .to = &s }));
    rni_json *v = rni_json_parse(s.at, s.length, "curve");
    CHECK_OK();
    k->all = rni_json_int(rni_json_get(v, "n"));
    k->n = read_numbers(rni_json_get(v, "x"), k->x, 4096);
    CHECK_EQ_I64(read_numbers(rni_json_get(v, "y"), k->y, 4096), k->n);
    rni_json_free(v);
    rni_str_free(&s);
}

RN_TEST(curves_come_back_point_by_point)
{
    static curve k;
    bool fresh;
    rni_database *s = open_store("points.db", &fresh);
    rni_db *db = rni_database_take(s);
    CHECK(fresh);
    for (int i = 0; i < 2500; i += 100) {
        rni_point p[100];
        for (int j = 0; j < 100; j++) p[j] = (rni_point){ i + j, i + j == 1030 ? (double)NAN : 2 * (i + j) };
        CHECK(rni_curve_append(db, "run", "a", p, 100));
    }
    read_curve(db, "a", -INFINITY, INFINITY, 4000, &k);
    CHECK_EQ_I64(k.n, 2500);
    for (int i = 0; i < 2500; i++) CHECK(k.x[i] == i && (i == 1030 ? isnan(k.y[i]) : k.y[i] == 2 * i));
    read_curve(db, "a", 1020, 1029, 4000, &k);
    CHECK_EQ_I64(k.n, 10);
    CHECK_NEAR(k.x[0], 1020, 0);
    read_curve(db, "b", -INFINITY, INFINITY, 10, &k);
    CHECK_EQ_I64(k.n, 0);
    CHECK(rni_curve_append(db, "run", "step/a", &(rni_point){ 1, 1 }, 1));
    CHECK(rni_curve_forget(db, "run", ""));
    read_curve(db, "a", -INFINITY, INFINITY, 10, &k);
    CHECK_EQ_I64(k.n, 0);
    read_curve(db, "step/a", -INFINITY, INFINITY, 10, &k);
    CHECK_EQ_I64(k.n, 1);
    rni_database_give(s, db);
    rni_database_close(s);
    CHECK_OK();
}

RN_TEST(a_million_points_are_thinned_within_a_fifth_of_a_second)
{
    enum { ALL = 1000000, BATCH = 5000 };
    static rni_point p[BATCH];
    static curve k;
    bool fresh;
    rni_database *s = open_store("million.db", &fresh);
    rni_db *db = rni_database_take(s);
    CHECK(rni_db_begin(db));
    for (int i = 0; i < ALL; i += BATCH) {
        for (int j = 0; j < BATCH; j++)
            p[j] = (rni_point){ i + j, i + j == 700001 ? 99 : i + j == 300007 ? -99 : sin((i + j) * 1e-4) };
        CHECK(rni_curve_append(db, "run", "loss", p, BATCH));
    }
    CHECK(rni_db_end(db, true));
    const double before = rni_now();
    read_curve(db, "loss", -INFINITY, INFINITY, 2000, &k);
    const double seconds = rni_now() - before;
    printf("a million points to %lld in %.1f ms\n", (long long)k.n, seconds * 1e3);
    CHECK(getenv("RENSA_TEST_DIVIDE") || seconds < 2); /* 15 ms on an idle machine */
    CHECK_EQ_I64(k.all, ALL);
    CHECK(k.n > 1000 && k.n <= 2002);
    bool low = false, high = false;
    for (int64_t i = 0; i < k.n; i++) {
        CHECK(i == 0 || k.x[i] > k.x[i - 1]);
        low = low || (k.x[i] == 300007 && k.y[i] == -99);
        high = high || (k.x[i] == 700001 && k.y[i] == 99);
    }
    CHECK(low && high);
    rni_database_give(s, db);
    rni_database_close(s);
    CHECK_OK();
}

/* ---- the table ---- */

static void fill(rni_db *db, int n)
{
    CHECK(rni_db_begin(db));
    for (int64_t i = 1; i <= n; i++) {
        char id[32];
        snprintf(id, sizeof id, "%06lld-oak", (long long)i);
        CHECK(rni_db_run(db,
                         "INSERT INTO runs(id,number,kind,name,project,state,priority,slot,grp,parent,tags,notes) "
                         "VALUES(?,?,'train','Name','digits',?,0,'cpu','','',?,'')",
                         "siss", id, i, i % 3 ? "finished" : "failed", i % 10 ? " a " : " a b "));
        CHECK(rni_facts_measured(db, id, "test_loss", (double)(i * 7919 % n), 0, 1));
        CHECK(rni_db_run(db, "INSERT INTO facts(run,key,number,text) VALUES(?,'set.optimizer',NULL,?)", "ss", id,
                         i % 2 ? "adam" : "sgd"));
    }
    CHECK(rni_db_end(db, true));
}

/* Asks; *total and the ids of the first rows. */
static int64_t ask(rni_db *db, const rni_table_args *args, int64_t *total, int64_t id[8])
{
    rni_str s = { 0 };
    CHECK(rni_table_write(db, args, &(rni_json_writer){ .to = &s }));
    CHECK_OK();
    rni_json *v = rni_json_parse(s.at, s.length, "table");
    const rni_json *rows = rni_json_get(v, "runs");
    const int64_t n = rni_json_count(rows);
    *total = rni_json_int(rni_json_get(v, "total"));
    for (int64_t i = 0; i < n && i < 8; i++)
        id[i] = strtoll(rni_json_string(rni_json_get(rni_json_at(rows, i), "id")), NULL, 10);
    rni_json_free(v);
    rni_str_free(&s);
    return n;
}

RN_TEST(the_table_filters_sorts_and_pages_ten_thousand_runs)
{
    enum { ALL = 10000 };
    int64_t total, id[8];
    bool fresh;
    rni_database *s = open_store("table.db", &fresh);
    rni_db *db = rni_database_take(s);
    fill(db, ALL);
    CHECK_EQ_I64(ask(db, &(rni_table_args){ .count = 5 }, &total, id), 5);
    CHECK(total == ALL && id[0] == ALL && id[4] == ALL - 4);
    CHECK_EQ_I64(ask(db, &(rni_table_args){ .sort = "number", .count = 5, .offset = 9998 }, &total, id), 2);
    CHECK(id[0] == 9999);
    const double before = rni_now();
    ask(db, &(rni_table_args){ .sort = "-test_loss", .columns = "test_loss,set.optimizer", .count = 50 }, &total, id);
    printf("sorted by a fact in %.1f ms\n", (rni_now() - before) * 1e3);
    CHECK(getenv("RENSA_TEST_DIVIDE") || rni_now() - before < 2); /* 20 ms on an idle machine */
    CHECK_EQ_I64(id[0] * 7919 % ALL, ALL - 1);
    CHECK_EQ_I64(id[1] * 7919 % ALL, ALL - 2);
    static const struct {
        const char *filter;
        int64_t total;
    } filters[] = {
        { "state:failed", 3333 },
        { "state!=failed", 6667 },
        { "tag:b", 1000 },
        { "tag!=b", 9000 },
        { "name", 10000 },
        { "digits oak 000012", 1 },
        { "test_loss<10", 10 },
        { "test_loss>=9990 tag:a", 10 },
        { "set.optimizer=adam", 5000 },
        { "set.optimizer!=adam", 5000 },
        { "nothing=3", 0 },
        { "nothing!=3", 10000 },
        { "number>9990", 10 },
        { "'", 0 },
        { "a=' a%", 0 },
        { "test_loss=0", 1 },
        { "", 10000 },
    };
    for (size_t i = 0; i < RN_COUNTOF(filters); i++) {
        ask(db, &(rni_table_args){ .filter = filters[i].filter, .count = 1 }, &total, id);
        if (total != filters[i].total) test_failed(__FILE__, __LINE__, "%s: %lld", filters[i].filter, (long long)total);
    }
    CHECK(!rni_table_write(db, &(rni_table_args){ .filter = "a<b", .count = 1 }, &(rni_json_writer){ 0 }));
    CHECK_ERROR(RN_ERR_ARG, "needs a number");
    rni_database_give(s, db);
    rni_database_close(s);
}

RN_TEST(an_index_that_is_damaged_or_of_another_version_is_made_anew)
{
    bool fresh;
    rni_database_close(open_store("index.db", &fresh));
    CHECK(fresh);
    rni_database *s = open_store("index.db", &fresh);
    CHECK(!fresh);
    rni_db *db = rni_database_take(s);
    CHECK(rni_db_run(db, "PRAGMA user_version=99", ""));
    rni_database_give(s, db);
    rni_database_close(s);
    rni_database_close(open_store("index.db", &fresh));
    CHECK(fresh);
    FILE *f = fopen(test_path("index.db"), "wb");
    CHECK(f && fputs("this is no database, but long enough to be looked at as if it were one", f) >= 0 &&
          fclose(f) == 0);
    rni_database_close(open_store("index.db", &fresh));
    CHECK(fresh);
    s = rni_database_open(test_path("index.db"), true, &fresh);
    CHECK(s && fresh);
    rni_database_close(s);
}

/* ---- outputs ---- */

/* What the table answers, or the error. */
static void check_outputs(const char *path, rni_outputs_args args, const char *want)
{
    rni_str s = { 0 };
    rni_outputs_write(path, &args, &(rni_json_writer){ .to = &s });
    if (!rn_ok()) rni_str_add(&s, rn_error_last()->message);
    rn_error_clear();
    if (!s.at || strcmp(s.at, want) != 0)
        test_failed(__FILE__, __LINE__, "%s\nwant %s", s.at ? s.at : "(nothing)", want);
    rni_str_free(&s);
}

RN_TEST(outputs_are_filtered_sorted_and_paged)
{
    static const char table[] = "example,target,loss\r\n0,cat,0.5\n1,\"a \"\"big\"\", dog\",2\n2,cat,nan\n3,owl,-1";
    const char *path = test_path("outputs.csv");
    CHECK(rni_file_write(path, table, (int64_t)strlen(table)));
#define OUTPUTS_HEAD "{\"columns\":[\"example\",\"target\",\"loss\"],\"total\":"
    check_outputs(path, (rni_outputs_args){ .count = 2 },
                  OUTPUTS_HEAD "4,\"rows\":[[0,\"cat\",0.5],[1,\"a \\\"big\\\", dog\",2]]}");
    check_outputs(path, (rni_outputs_args){ .count = 9, .offset = 3 }, OUTPUTS_HEAD "4,\"rows\":[[3,\"owl\",-1]]}");
    check_outputs(path, (rni_outputs_args){ .count = 1, .sort = "-loss" },
                  OUTPUTS_HEAD "4,\"rows\":[[1,\"a \\\"big\\\", dog\",2]]}");
    check_outputs(path, (rni_outputs_args){ .count = 1, .sort = "loss" }, OUTPUTS_HEAD "4,\"rows\":[[3,\"owl\",-1]]}");
    check_outputs(path, (rni_outputs_args){ .count = 9, .filter = "target=cat loss<1" },
                  OUTPUTS_HEAD "1,\"rows\":[[0,\"cat\",0.5]]}");
    check_outputs(path, (rni_outputs_args){ .count = 9, .filter = "dog example>=1" },
                  OUTPUTS_HEAD "1,\"rows\":[[1,\"a \\\"big\\\", dog\",2]]}");
    check_outputs(path, (rni_outputs_args){ .count = 9, .filter = "target!=cat example!=1" },
                  OUTPUTS_HEAD "1,\"rows\":[[3,\"owl\",-1]]}");
    check_outputs(path, (rni_outputs_args){ .count = 9, .filter = "size>1" }, "the table has no column \"size\"");
    check_outputs(path, (rni_outputs_args){ .count = 9, .filter = "loss>x" }, "\"x\" is no number");
    CHECK(rni_file_write(path, "\"", 1));
    check_outputs(path, (rni_outputs_args){ .count = 9 }, "{\"columns\":[\"\"],\"total\":0,\"rows\":[]}");
    CHECK(rni_file_write(path, "", 0));
    check_outputs(path, (rni_outputs_args){ .count = 9 }, "{\"columns\":[\"\"],\"total\":0,\"rows\":[]}");
}

/* ---- sweeps and names ---- */

static int64_t count_sweep(const char *set, const char *lists, rni_str *names)
{
    rni_json *a = rni_json_parse(set, (int64_t)strlen(set), "set"),
             *b = rni_json_parse(lists, (int64_t)strlen(lists), "lists");
    rni_sweep s;
    CHECK_OK();
    const bool ok = rni_sweep_read(a, b, &s);
    const int64_t n = ok ? s.runs : -1;
    for (int64_t i = 0; ok && i < s.runs; i++) {
        rni_sweep_name(&s, i, names); /* parted by blanks */
        rni_str_add(names, ";");
    }
    rni_sweep_free(&s);
    rni_json_free(a);
    rni_json_free(b);
    return n;
}

RN_TEST(sweeps_are_all_combinations)
{
    rni_str names = { 0 };
    CHECK_EQ_I64(count_sweep("{\"training.epochs\": 3}", "{}", &names), 1);
    CHECK_EQ_STR(names.at, ";");
    rni_str_free(&names);
    CHECK_EQ_I64(count_sweep("{\"a.x\": 1}", "{\"b.rate\": \"0.1, 1e-2\", \"c.k\": [[1, 2], \"w,x\"], \"d\": 5}",
                             &names),
                 4);
    CHECK_EQ_STR(names.at, "rate=0.1 k=[1,2]; rate=0.1 k=\"w,x\"; rate=1e-2 k=[1,2]; rate=1e-2 k=\"w,x\";");
    rni_str_free(&names);
    CHECK_EQ_I64(count_sweep("{}", "{\"a\": \"[1,2],[3,4]\", \"b\": \"relu, tanh\"}", &names), 4);
    rni_str_free(&names);
    static const char *const bad[][2] = { { "{}", "{\"a\": \"1,,2\"}" }, { "{}", "{\"a\": \"\"}" },
                                          { "{}", "{\"a\": []}" },       { "{\"a\": 1}", "{\"a\": \"1,2\"}" },
                                          { "{\"a=b\": 1}", "{}" },      { "{\"\": 1}", "{}" } };
    for (size_t i = 0; i < RN_COUNTOF(bad); i++) {
        CHECK_EQ_I64(count_sweep(bad[i][0], bad[i][1], &names), -1);
        CHECK_ERROR(RN_ERR_ARG, "");
    }
    rni_str_free(&names);
}

RN_TEST(names_are_those_of_folders_that_people_can_read)
{
    static const char *const good[] = {
        "a", "digits-2", "v1.2", "my net", "\xe6\x95\xb0\xe5\xad\x97", "\xc3\xa9t\xc3\xa9", "_x"
    };
    static const char *const bad[] = { "",
                                       ".",
                                       "..",
                                       ".a",
                                       "-a",
                                       " a",
                                       "a ",
                                       "a/b",
                                       "a\\b",
                                       "a\nb",
                                       "a\x7f",
                                       "\xff",
                                       "a:b",
                                       "a*",
                                       "a?",
                                       "\xe2\x80\xae",
                                       "\xef\xbb\xbf",
                                       "\xe2\x80\x8b",
                                       "\xc2\xa0",
                                       "\xe3\x80\x80",
                                       "\xf0\x9f\x92\xa9\xf3\xa0\x80\x81" };
    for (size_t i = 0; i < RN_COUNTOF(good); i++) CHECK(rni_name_check(good[i], "test"));
    for (size_t i = 0; i < RN_COUNTOF(bad); i++) {
        if (rni_name_check(bad[i], "test")) test_failed(__FILE__, __LINE__, "\"%s\" is taken", bad[i]);
        rn_error_clear();
    }
}
