/* Facts are written where they differ only, so that a run that is looked at again costs nothing. */
#include "console/facts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { KEY = 160, DEPTH = 6 };

static bool put(rni_db *db, const char *run, const char *key, double number, const char *text)
{
    return rni_db_run(db,
                      "INSERT INTO facts(run,key,number,text) VALUES(?1,?2,?3,?4) ON CONFLICT(run,key) DO UPDATE SET "
                      "number=?3,text=?4 WHERE number IS NOT ?3 OR text IS NOT ?4",
                      "ssds", run, key, number, text);
}

static bool put_value(rni_db *db, const char *run, const char *key, const rni_json *v)
{
    switch (rni_json_type_of(v)) {
    case RNI_JSON_NUMBER:
        return put(db, run, key, rni_json_number(v), NULL);
    case RNI_JSON_STRING:
        return put(db, run, key, NAN, rni_json_string(v));
    case RNI_JSON_BOOL:
        return put(db, run, key, NAN, rni_json_bool(v) ? "true" : "false");
    default:
        return true;
    }
}

/* Scalars inside v, by their paths; of an object with a type that type, too. */
static bool put_all(rni_db *db, const char *run, const char *path, const rni_json *v, int depth)
{
    bool ok = put_value(db, run, path, v);
    if (depth == DEPTH || rni_json_type_of(v) != RNI_JSON_OBJECT) return ok;
    for (int64_t i = 0; ok && i < rni_json_count(v); i++) {
        const char *key = rni_json_key_at(v, i);
        char below[KEY];
        const int n = snprintf(below, sizeof below, "%s.%s", path, key);
        if (n < (int)sizeof below && strcmp(key, "editor") != 0)
            ok = put_all(db, run, below, rni_json_at(v, i), depth + 1);
    }
    return ok;
}

bool rni_facts_settings(rni_db *db, const char *run, const rni_json *project, const rni_json *set)
{
    const rni_json *arguments = rni_json_get(rni_json_get(project, "network"), "arguments");
    bool ok = put_all(db, run, "set.training", rni_json_get(project, "training"), 0) &&
              (!arguments || put_all(db, run, "set.network.arguments", arguments, 0));
    for (int64_t i = 0; ok && i < rni_json_count(set); i++) {
        char key[KEY];
        if (snprintf(key, sizeof key, "set.%s", rni_json_key_at(set, i)) < (int)sizeof key)
            ok = put_value(db, run, key, rni_json_at(set, i));
    }
    return ok;
}

bool rni_facts_result(rni_db *db, const char *run, const rni_json *result)
{
    bool ok = true;
    for (int64_t i = 0; ok && i < rni_json_count(result); i++) {
        char key[KEY];
        if (snprintf(key, sizeof key, "result.%s", rni_json_key_at(result, i)) < (int)sizeof key)
            ok = put_value(db, run, key, rni_json_at(result, i));
    }
    return ok;
}

bool rni_facts_measured(rni_db *db, const char *run, const char *name, double last, double min, double max)
{
    char low[KEY], high[KEY];
    if (snprintf(low, sizeof low, "min.%s", name) >= KEY) return true;
    snprintf(high, sizeof high, "max.%s", name);
    return put(db, run, name, last, NULL) &&
           rni_db_run(db,
                      "INSERT INTO facts(run,key,number) VALUES(?1,?2,?3) ON CONFLICT(run,key) DO UPDATE SET number=?3 "
                      "WHERE number IS NULL OR ?3<number",
                      "ssd", run, low, min) &&
           rni_db_run(db,
                      "INSERT INTO facts(run,key,number) VALUES(?1,?2,?3) ON CONFLICT(run,key) DO UPDATE SET number=?3 "
                      "WHERE number IS NULL OR ?3>number",
                      "ssd", run, high, max);
}
