/* Data sets: a folder each, made by processes of their own; and the known ones. */
#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/bin.h"
#include "console/console_p.h"
#include "console/events.h"
#include "console/name.h"
#include "console/route.h"
#include "project/project.h"

#include <string.h>

static rni_json *load(const rni_console *c, const char *name)
{
    char *path = rni_work_path(c, "data/%s/dataset.json", name);
    rni_json *v = path && rni_file_bytes(path) >= 0 ? rni_json_load(path, 16 << 20) : NULL;
    rni_free(path);
    return v;
}

/* Of the members of dataset.json those that a list needs. */
static bool list_one(void *user, const char *name)
{
    static const char *const large[] = { "columns", "warnings", "defects" };
    rni_request *q = user;
    rni_json *v = load(q->console, name);
    rn_error_clear(); /* a damaged one is left out */
    if (!v) return true;
    rni_json_object_begin(&q->w);
    rni_json_put_string(&q->w, "name", name);
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        const char *key = rni_json_key_at(v, i);
        bool skip = strcmp(key, "name") == 0;
        for (size_t k = 0; k < RN_COUNTOF(large); k++) skip = skip || strcmp(key, large[k]) == 0;
        if (skip) continue;
        rni_json_write_key(&q->w, key);
        rni_json_write_any(&q->w, rni_json_at(v, i));
    }
    rni_json_object_end(&q->w);
    rni_json_free(v);
    return true;
}

static bool list(rni_request *q)
{
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "data");
    rni_json_array_begin(&q->w);
    const bool ok = rni_work_list(q->console, "data", list_one, q);
    rni_json_array_end(&q->w);
    rni_json_object_end(&q->w);
    return ok;
}

static bool get(rni_request *q)
{
    const char *name = q->parameter[0];
    RNI_TRY(rni_name_check(name, "data set"));
    char *path = rni_work_path(q->console, "data/%s/dataset.json", name);
    const bool ok = path && rni_answer_file(q, path, NULL, "such data set");
    rni_free(path);
    return ok;
}

static bool delete_data(rni_request *q)
{
    RNI_TRY(rni_name_check(q->parameter[0], "data set") && rni_bin_take(q, "data", q->parameter[0]));
    rni_events_tell_of(q->console->events, "data", "name", q->parameter[0]);
    q->status = 204;
    return true;
}

const rni_route rni_routes_data[] = {
    { "GET", "/data", "All data sets of the work folder", "{data: [{name, …}]}", "ls data", RNI_ROLE_VIEWER, list },
    { "GET", "/data/{data}", "A data set: columns, classes, counts, statistics", "dataset.json",
      "cat data/DATA/dataset.json", RNI_ROLE_VIEWER, get },
    { "DELETE", "/data/{data}", "Moves a data set into the bin", NULL, NULL, RNI_ROLE_USER, delete_data },
    { 0 },
};
