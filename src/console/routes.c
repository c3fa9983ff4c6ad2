/* All rows, finding the one that is meant, and checking what it is given. */
#include "console/route.h"

#include "base/error.h"
#include "base/number.h"

#include <string.h>

static const rni_route *const tables[] = { rni_routes_session, rni_routes_projects, rni_routes_jobs, rni_routes_runs,
                                           rni_routes_network, rni_routes_uploads,  rni_routes_data, rni_routes_tools };

const rni_route *rni_route_at(int n)
{
    for (size_t i = 0; i < RN_COUNTOF(tables); i++)
        for (const rni_route *r = tables[i]; r->method; r++)
            if (n-- == 0) return r;
    return NULL;
}

/* Whether the segments after "api" fit the row's path; then its parameters are set. */
static bool fits(rni_request *q, const char *path)
{
    int segment = 1, parameters = 0;
    while (*path == '/' && path[1]) {
        const char *name = path + 1;
        const size_t n = strcspn(name, "/");
        if (segment == q->url.n_segments) return false;
        const char *have = q->url.segment[segment++];
        if (*name == '{')
            q->parameter[parameters++] = have;
        else if (strlen(have) != n || strncmp(have, name, n) != 0)
            return false;
        path = name + n;
    }
    return segment == q->url.n_segments;
}

const rni_route *rni_route_find(rni_request *q)
{
    rni_str allowed = { 0 };
    const rni_route *r;
    for (int i = 0; (r = rni_route_at(i)) != NULL; i++) {
        if (!fits(q, r->path)) continue;
        if (strcmp(r->method, q->method) == 0) break;
        rni_str_addf(&allowed, allowed.length ? ", %s" : "%s", r->method);
    }
    if (!r && allowed.length) {
        rni_answer_header(q, "Allow", "%s", allowed.at);
        rni_refuse(q, 405, "%.20s is not possible here; %s is", q->method, allowed.at);
    } else if (!r)
        rni_refuse(q, 404, "there is no such route; GET /api lists them");
    rni_str_free(&allowed);
    return r;
}

/* ---- checks ---- */

static const char *field_at(void *user, int i)
{
    return ((const rni_field *)user)[i].name;
}

static const rni_field *find_field(const rni_field *fields, const char *name)
{
    for (const rni_field *f = fields; f && f->name; f++)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}

static bool unknown(rni_request *q, const rni_field *fields, const char *what, const char *name)
{
    const char *near = fields ? rni_nearest(name, field_at, (void *)(uintptr_t)fields) : NULL;
    rni_refuse(q, 400, "%s has no member called \"%.80s\"", what, name);
    if (near) rni_error_add("hint", "did you mean \"%s\"?", near);
    return false;
}

static bool in_range(rni_request *q, const rni_field *f, double v)
{
    if (f->min == f->max || (v >= f->min && v <= f->max)) return true;
    return rni_refuse(q, 400, "\"%s\" must be from %.10g to %.10g, not %.10g", f->name, f->min, f->max, v);
}

static bool short_enough(rni_request *q, const rni_field *f, int64_t bytes)
{
    const int64_t most = f->max > 0 ? (int64_t)f->max : 4096;
    if ((double)bytes >= f->min && bytes <= most) return true;
    return rni_refuse(q, 400, "\"%s\" has %lld bytes, from %.0f to %lld are taken", f->name, (long long)bytes, f->min,
                      (long long)most);
}

static bool check_value(rni_request *q, const rni_field *f, const char *text)
{
    char *end;
    if (f->type == RNI_FIELD_TEXT) return short_enough(q, f, (int64_t)strlen(text));
    const double v = rni_scan_f64(text, &end);
    if (f->type == RNI_FIELD_INT &&
        (strspn(text + (*text == '-'), "0123456789") != strlen(text + (*text == '-')) || strlen(text) > 16))
        return rni_refuse(q, 400, "\"%s\" must be a whole number, not \"%.40s\"", f->name, text);
    if (end == text || *end) return rni_refuse(q, 400, "\"%s\" must be a number, not \"%.40s\"", f->name, text);
    return in_range(q, f, v);
}

bool rni_route_check_query(rni_request *q)
{
    const rni_field *fields = q->route->query;
    for (int i = 0; i < q->url.n_query; i++) {
        const rni_field *f = find_field(fields, q->url.query[i].name);
        if (!f) return unknown(q, fields, "the query", q->url.query[i].name);
        RNI_TRY(check_value(q, f, q->url.query[i].value));
    }
    for (const rni_field *f = fields; f && f->name; f++)
        if (f->required && !rni_query_text(q, f->name)) return rni_refuse(q, 400, "the query needs \"%s\"", f->name);
    return true;
}

static bool check_member(rni_request *q, const rni_field *f, const rni_json *v)
{
    static const rni_json_type types[] = { RNI_JSON_STRING, RNI_JSON_NUMBER, RNI_JSON_NUMBER, RNI_JSON_BOOL,
                                           RNI_JSON_OBJECT, RNI_JSON_ARRAY,  RNI_JSON_NULL };
    if (f->type == RNI_FIELD_ANY) return true;
    RNI_TRY(rni_json_expect(v, types[f->type]));
    if (f->type == RNI_FIELD_INT && !rni_json_is_int(v))
        return rni_json_fail(v, RN_ERR_ARG, "\"%s\" must be a whole number", f->name);
    if (f->type == RNI_FIELD_INT || f->type == RNI_FIELD_NUMBER) return in_range(q, f, rni_json_number(v));
    if (f->type != RNI_FIELD_TEXT) return true;
    const int64_t n = rni_json_string_bytes(v);
    if ((int64_t)strlen(rni_json_string(v)) != n) return rni_json_fail(v, RN_ERR_ARG, "\"%s\" holds \\u0000", f->name);
    return short_enough(q, f, n);
}

static bool check_members(rni_request *q)
{
    const rni_field *fields = q->route->body;
    for (int64_t i = 0; i < rni_json_count(q->json); i++) {
        const char *key = rni_json_key_at(q->json, i);
        const rni_field *f = find_field(fields, key);
        if (!f) return unknown(q, fields, "the body", key);
        RNI_TRY(check_member(q, f, rni_json_at(q->json, i)));
    }
    for (const rni_field *f = fields; f->name; f++)
        if (f->required && !rni_json_get(q->json, f->name))
            return rni_refuse(q, 400, "the body needs a member \"%s\"", f->name);
    return true;
}

bool rni_route_check_body(rni_request *q)
{
    const rni_route *r = q->route;
    if (r->receive) return true;
    if (!r->body && !r->raw) return !q->body_bytes || rni_refuse(q, 400, "this request has no body");
    const char *type = rni_request_header(q, "Content-Type");
    if (q->body_bytes && (!type || strncasecmp(type, "application/json", 16) != 0))
        return rni_refuse(q, 415, "the body must be JSON, with Content-Type: application/json");
    if (!r->body) return q->body_bytes || rni_refuse(q, 400, "the body is missing: %s", r->raw);
    q->json = q->body_bytes ? rni_json_parse(q->body, q->body_bytes, "body") : rni_json_parse("{}", 2, "body");
    return q->json && rni_json_expect(q->json, RNI_JSON_OBJECT) && check_members(q);
}
