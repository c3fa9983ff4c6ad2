/* Who is here, and what this server can do. */
#include "base/error.h"
#include "console/console_p.h"
#include "console/name.h"
#include "console/route.h"
#include "console/users.h"

#include <rensa/base.h>

static bool get_api(rni_request *q)
{
    rni_openapi_write(&q->w);
    return true;
}

static bool get_session(rni_request *q)
{
    static const char *const roles[] = { "nobody", "viewer", "user", "owner" };
    rni_json_object_begin(&q->w);
    rni_json_put_string(&q->w, "version", rn_version());
    rni_json_put_string(&q->w, "role", roles[q->role]);
    rni_json_put_bool(&q->w, "users", q->console->users != NULL);
    if (q->role != RNI_ROLE_NOBODY) {
        rni_json_put_string(&q->w, "user", q->user);
        rni_json_put_string(&q->w, "folder", q->console->folder);
    }
    rni_json_object_end(&q->w);
    return true;
}

static const char *member(const rni_request *q, const char *key)
{
    return rni_json_string(rni_json_get(q->json, key));
}

static bool post_session(rni_request *q)
{
    const char *token = member(q, "token"), *user = member(q, "user"), *password = member(q, "password");
    if (!token && (!user || !password)) return rni_refuse(q, 400, "a token is needed, or user and password");
    return (token ? rni_access_login(q, token) : rni_access_login_user(q, user, password)) && get_session(q);
}

static bool delete_session(rni_request *q)
{
    rni_access_logout(q);
    q->role = RNI_ROLE_NOBODY;
    return get_session(q);
}

/* ---- people ---- */

static bool has_users(rni_request *q)
{
    return q->console->users || rni_refuse(q, 409, "this server knows no names: it was started without --users");
}

static bool get_users(rni_request *q)
{
    RNI_TRY(has_users(q));
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "users");
    rni_users_write(q->console->users, &q->w);
    rni_json_object_end(&q->w);
    return true;
}

static bool put_user(rni_request *q)
{
    return has_users(q) &&
           rni_users_set(q->console->users, q->parameter[0], member(q, "role"), member(q, "password")) && get_users(q);
}

static bool delete_user(rni_request *q)
{
    return has_users(q) && rni_users_remove(q, q->console->users, q->parameter[0]) && get_users(q);
}

/* Everybody may change the own password, who knows it. */
static bool post_password(rni_request *q)
{
    RNI_TRY(has_users(q) && rni_users_login(q, q->console->users, q->user, member(q, "password")) &&
            rni_users_set(q->console->users, q->user, NULL, member(q, "new")));
    return rni_access_login_user(q, q->user, member(q, "new")) && get_session(q);
}

static const rni_field user_fields[] = {
    { "role", "viewer, user or owner", RNI_FIELD_TEXT, .max = 10 },
    { "password", "at least 8 characters", RNI_FIELD_TEXT, .max = 200 },
    { 0 },
};

static const rni_field password_fields[] = {
    { "password", "the present one", RNI_FIELD_TEXT, .required = true, .max = 200 },
    { "new", "the new one", RNI_FIELD_TEXT, .required = true, .max = 200 },
    { 0 },
};

static const rni_field login[] = {
    { "token", "that `rensa serve` printed", RNI_FIELD_TEXT, .min = 1, .max = 200 },
    { "user", "or: a person, of a server with --users", RNI_FIELD_TEXT, .min = 1, .max = RNI_NAME_BYTES },
    { "password", "of that person", RNI_FIELD_TEXT, .min = 1, .max = 200 },
    { 0 },
};

const rni_route rni_routes_session[] = {
    { "GET", "/", "This description of all routes", "an OpenAPI file", "rensa serve --routes", RNI_ROLE_NOBODY,
      get_api },
    { "GET", "/session", "Who is logged in", "{version, role, user, folder}", NULL, RNI_ROLE_NOBODY, get_session },
    { "POST", "/session", "Logs in: sets the cookie", "as GET", NULL, RNI_ROLE_NOBODY, post_session, .body = login },
    { "DELETE", "/session", "Logs out", "as GET", NULL, RNI_ROLE_NOBODY, delete_session },
    { "GET", "/users", "The people of a server with --users", "{users: [{name, role}]}", NULL, RNI_ROLE_OWNER,
      get_users },
    { "PUT", "/users/{user}", "Adds a person, or changes role and password", "as GET", NULL, RNI_ROLE_OWNER, put_user,
      .body = user_fields },
    { "DELETE", "/users/{user}", "Removes a person", "as GET", NULL, RNI_ROLE_OWNER, delete_user },
    { "POST", "/session/password", "Changes the own password", "as GET /session", NULL, RNI_ROLE_VIEWER, post_password,
      .body = password_fields },
    { 0 },
};
