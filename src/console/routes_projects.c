/* Projects and the bin. */
#include "base/alloc.h"
#include "base/error.h"
#include "console/bin.h"
#include "console/console_p.h"
#include "console/events.h"
#include "console/keeper.h"
#include "console/name.h"
#include "console/projects.h"
#include "console/route.h"
#include "project/builtin.h"
#include "project/project.h"

#include <string.h>

/* "W/\"revision\"" or "\"revision\"" without the marks; NULL where there is none. */
static const char *asked_revision(const rni_request *q, char buf[64])
{
    const char *text = rni_request_header(q, "If-Match");
    if (!text) return NULL;
    if (strncmp(text, "W/", 2) == 0) text += 2;
    text += *text == '"';
    snprintf(buf, 64, "%.*s", (int)strcspn(text, "\""), text);
    return buf;
}

static bool answer_text(rni_request *q, rni_text_file *f)
{
    rni_answer_header(q, "ETag", "\"%s\"", f->revision);
    rni_str_add_n(&q->out, f->at, f->bytes);
    rni_free(f->at);
    return true;
}

static bool answer_saved(rni_request *q, const char *name, const char *revision)
{
    rni_answer_header(q, "ETag", "\"%s\"", revision);
    rni_json_object_begin(&q->w);
    rni_json_put_string(&q->w, "name", name);
    rni_json_put_string(&q->w, "revision", revision);
    rni_json_object_end(&q->w);
    return true;
}

static bool answer_done(rni_request *q)
{
    q->status = 204;
    return true;
}

static bool list(rni_request *q)
{
    return rni_projects_write(q);
}

static bool get(rni_request *q)
{
    rni_text_file f;
    return rni_project_text(q, q->parameter[0], &f) && answer_text(q, &f);
}

static bool put(rni_request *q)
{
    char revision[64], now[RNI_REVISION];
    return rni_project_save(q, q->parameter[0], q->body, q->body_bytes, asked_revision(q, revision), now) &&
           answer_saved(q, q->parameter[0], now);
}

static const char *builtin_text(rni_request *q, const char *name)
{
    for (const rni_builtin *b = rni_builtins; b->name; b++)
        if (strcmp(b->name, name) == 0) return b->text;
    rni_refuse(q, 404, "there is no built-in project \"%.80s\"", name);
    return NULL;
}

/* The text of a new project: given, that of another one, a built-in one, or hardly any. */
static bool new_text(rni_request *q, rni_str *text)
{
    const rni_json *given = rni_json_get(q->json, "project");
    const char *from = rni_json_string(rni_json_get(q->json, "from")),
               *builtin = rni_json_string(rni_json_get(q->json, "builtin"));
    rni_text_file f = { 0 };
    if (given)
        rni_json_write_any(&(rni_json_writer){ .to = text, .indent = 2 }, given);
    else if (from) {
        if (rni_project_text(q, from, &f)) rni_str_add_n(text, f.at, f.bytes);
        rni_free(f.at);
    } else if (builtin) {
        const char *t = builtin_text(q, builtin);
        if (t) rni_str_add(text, t);
    } else
        rni_str_add(text, "{\n  \"rensa\": 1,\n  \"network\": [\n  ]\n}\n");
    return rn_ok();
}

static bool post(rni_request *q)
{
    rni_str text = { 0 };
    char now[RNI_REVISION];
    const char *name = rni_json_string(rni_json_get(q->json, "name"));
    const bool ok = new_text(q, &text) && rni_project_save(q, name, text.at, text.length, NULL, now);
    if (!ok && q->status == 428) q->status = 409;
    rni_str_free(&text);
    return ok && answer_saved(q, name, now);
}

static bool patch(rni_request *q)
{
    return rni_project_rename(q, q->parameter[0], rni_json_string(rni_json_get(q->json, "name"))) && answer_done(q);
}

static bool delete_project(rni_request *q)
{
    return rni_project_delete(q, q->parameter[0]) && answer_done(q);
}

static bool history(rni_request *q)
{
    return rni_history_write(q, q->parameter[0]);
}

static bool state(rni_request *q)
{
    rni_text_file f;
    return rni_history_text(q, q->parameter[0], q->parameter[1], &f) && answer_text(q, &f);
}

static bool builtins(rni_request *q)
{
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "builtins");
    rni_json_array_begin(&q->w);
    for (const rni_builtin *b = rni_builtins; b->name; b++) rni_json_write_string(&q->w, b->name);
    rni_json_array_end(&q->w);
    rni_json_object_end(&q->w);
    return true;
}

static bool bin(rni_request *q)
{
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "things");
    const bool ok = rni_bin_write(q->console, &q->w);
    rni_json_object_end(&q->w);
    return ok;
}

static bool restore(rni_request *q)
{
    char place[16], name[256];
    RNI_TRY(rni_bin_restore(q, q->parameter[0], place, name));
    if (strcmp(place, "runs") == 0)
        rni_keeper_compare(q->console->keeper);
    else
        rni_events_tell_of(q->console->events, strcmp(place, "data") == 0 ? "data" : "project", "name", name);
    rni_json_object_begin(&q->w);
    rni_json_put_string(&q->w, "place", place);
    rni_json_put_string(&q->w, "name", name);
    rni_json_object_end(&q->w);
    return true;
}

static bool drop(rni_request *q)
{
    return rni_bin_drop(q, q->parameter[0]) && answer_done(q);
}

static const rni_field new_project[] = {
    { "name", "of the new project", RNI_FIELD_TEXT, .required = true, .max = RNI_NAME_BYTES },
    { "project", "its contents", RNI_FIELD_OBJECT },
    { "from", "or: a project that it is a copy of", RNI_FIELD_TEXT, .max = RNI_NAME_BYTES },
    { "builtin", "or: a built-in project", RNI_FIELD_TEXT, .max = RNI_NAME_BYTES },
    { 0 },
};

static const rni_field new_name[] = {
    { "name", "new name of the project", RNI_FIELD_TEXT, .required = true, .max = RNI_NAME_BYTES },
    { 0 },
};

const rni_route rni_routes_projects[] = {
    { "GET", "/projects", "All projects", "{projects: [{name, changed, bytes}]}", "ls projects", RNI_ROLE_VIEWER,
      list },
    { "POST", "/projects", "Makes a project", "{name, revision}", NULL, RNI_ROLE_USER, post, .body = new_project,
      .limit = RNI_PROJECT_BYTES },
    { "GET", "/builtins", "Names of the built-in projects", "{builtins: [name]}", NULL, RNI_ROLE_VIEWER, builtins },
    { "GET", "/projects/{project}", "A project file, as it was written; its revision is the ETag", "the project",
      "cat projects/PROJECT/project.json", RNI_ROLE_VIEWER, get },
    { "PUT", "/projects/{project}", "Writes a project file; If-Match names the revision that it replaces",
      "{name, revision}; 412 and the present ETag where somebody else was faster", NULL, RNI_ROLE_USER, put,
      .raw = "the project", .limit = RNI_PROJECT_BYTES },
    { "PATCH", "/projects/{project}", "Renames a project", NULL, NULL, RNI_ROLE_USER, patch, .body = new_name },
    { "DELETE", "/projects/{project}", "Moves a project into the bin", NULL, NULL, RNI_ROLE_USER, delete_project },
    { "GET", "/projects/{project}/history", "Earlier states of a project file, newest first",
      "{states: [{id, changed, bytes}]}", "ls projects/PROJECT/history", RNI_ROLE_VIEWER, history },
    { "GET", "/projects/{project}/history/{state}", "An earlier state of a project file", "the project", NULL,
      RNI_ROLE_VIEWER, state },
    { "GET", "/bin", "What was deleted", "{things: [{id, place, name, deleted, removed}]}", "ls bin", RNI_ROLE_VIEWER,
      bin },
    { "POST", "/bin/{thing}/restore", "Takes a thing out of the bin", "{place, name}", NULL, RNI_ROLE_USER, restore },
    { "DELETE", "/bin/{thing}", "Removes a thing for good", NULL, NULL, RNI_ROLE_USER, drop },
    { 0 },
};
