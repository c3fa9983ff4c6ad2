/* The OpenAPI file, from the rows. */
#include "console/route.h"

#include <rensa/base.h>
#include <string.h>

static void write_schema(rni_json_writer *w, const rni_field *f)
{
    static const char *const types[] = { "string", "integer", "number", "boolean", "object", "array", NULL };
    const bool numeric = f->type == RNI_FIELD_INT || f->type == RNI_FIELD_NUMBER;
    rni_json_object_begin(w);
    if (types[f->type]) rni_json_put_string(w, "type", types[f->type]);
    if (f->type == RNI_FIELD_ARRAY) {
        rni_json_write_key(w, "items");
        rni_json_object_begin(w);
        rni_json_object_end(w);
    }
    if (numeric && f->min != f->max) {
        rni_json_put_number(w, "minimum", f->min);
        rni_json_put_number(w, "maximum", f->max);
    }
    if (f->type == RNI_FIELD_TEXT && f->max > 0) rni_json_put_number(w, "maxLength", f->max);
    rni_json_put_string(w, "description", f->doc);
    rni_json_object_end(w);
}

static void write_parameter(rni_json_writer *w, const char *name, const char *in, const rni_field *f)
{
    static const rni_field text = { .doc = "a name or number that a list has given" };
    rni_json_object_begin(w);
    rni_json_put_string(w, "name", name);
    rni_json_put_string(w, "in", in);
    if (!f || f->required) rni_json_put_bool(w, "required", true);
    rni_json_write_key(w, "schema");
    write_schema(w, f ? f : &text);
    rni_json_object_end(w);
}

static void write_parameters(rni_json_writer *w, const rni_route *r)
{
    rni_json_write_key(w, "parameters");
    rni_json_array_begin(w);
    for (const char *s = r->path; (s = strchr(s, '{')) != NULL; s++) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(s + 1, "}"), s + 1);
        write_parameter(w, name, "path", NULL);
    }
    for (const rni_field *f = r->query; f && f->name; f++) write_parameter(w, f->name, "query", f);
    rni_json_array_end(w);
}

static void write_body(rni_json_writer *w, const rni_route *r)
{
    rni_json_write_key(w, "requestBody");
    rni_json_object_begin(w);
    if (r->raw) rni_json_put_string(w, "description", r->raw);
    rni_json_write_key(w, "content");
    rni_json_object_begin(w);
    rni_json_write_key(w, r->receive ? "application/octet-stream" : "application/json");
    rni_json_object_begin(w);
    rni_json_write_key(w, "schema");
    rni_json_object_begin(w);
    if (!r->receive) rni_json_put_string(w, "type", "object");
    if (r->body) {
        rni_json_write_key(w, "properties");
        rni_json_object_begin(w);
        for (const rni_field *f = r->body; f->name; f++) {
            rni_json_write_key(w, f->name);
            write_schema(w, f);
        }
        rni_json_object_end(w);
        rni_json_write_key(w, "required");
        rni_json_array_begin(w);
        for (const rni_field *f = r->body; f->name; f++)
            if (f->required) rni_json_write_string(w, f->name);
        rni_json_array_end(w);
        rni_json_put_bool(w, "additionalProperties", false);
    }
    for (int i = 0; i < 4; i++) rni_json_object_end(w);
}

static void write_response(rni_json_writer *w, const char *status, const char *what)
{
    rni_json_write_key(w, status);
    rni_json_object_begin(w);
    rni_json_put_string(w, "description", what);
    rni_json_object_end(w);
}

static void write_operation(rni_json_writer *w, const rni_route *r)
{
    static const char *const roles[] = { "nobody", "viewer", "user", "owner" };
    char method[8] = "";
    for (size_t i = 0; r->method[i] && i + 1 < sizeof method; i++) method[i] = (char)(r->method[i] | 32);
    rni_json_write_key(w, method);
    rni_json_object_begin(w);
    rni_json_put_string(w, "summary", r->brief);
    rni_json_put_string(w, "x-role", roles[r->role]);
    if (r->command) rni_json_put_string(w, "x-command", r->command);
    write_parameters(w, r);
    if (r->body || r->raw) write_body(w, r);
    rni_json_write_key(w, "responses");
    rni_json_object_begin(w);
    write_response(w, "200", r->answer ? r->answer : "done");
    write_response(w, "4XX", "{\"error\": {what, text, status, line, column, hint}}");
    rni_json_object_end(w);
    rni_json_object_end(w);
}

/* Whether an earlier row has the same path. */
static bool is_repeated(int n)
{
    const char *path = rni_route_at(n)->path;
    for (int i = 0; i < n; i++)
        if (strcmp(rni_route_at(i)->path, path) == 0) return true;
    return false;
}

void rni_openapi_write(rni_json_writer *w)
{
    rni_json_object_begin(w);
    rni_json_put_string(w, "openapi", "3.1.0");
    rni_json_write_key(w, "info");
    rni_json_object_begin(w);
    rni_json_put_string(w, "title", "Rensa's console");
    rni_json_put_string(w, "version", rn_version());
    rni_json_object_end(w);
    rni_json_write_key(w, "paths");
    rni_json_object_begin(w);
    const rni_route *r, *other;
    for (int i = 0; (r = rni_route_at(i)) != NULL; i++) {
        if (is_repeated(i)) continue;
        rni_str path = { 0 };
        rni_str_addf(&path, "/api%s", r->path);
        rni_json_write_key(w, path.at ? path.at : r->path);
        rni_str_free(&path);
        rni_json_object_begin(w);
        for (int k = i; (other = rni_route_at(k)) != NULL; k++)
            if (strcmp(other->path, r->path) == 0) write_operation(w, other);
        rni_json_object_end(w);
    }
    rni_json_object_end(w);
    rni_json_object_end(w);
}
