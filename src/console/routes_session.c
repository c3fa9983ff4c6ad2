/* Who is here, and what this server can do. */
#include "console/console_p.h"
#include "console/route.h"

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
    if (q->role != RNI_ROLE_NOBODY) {
        rni_json_put_string(&q->w, "user", q->user);
        rni_json_put_string(&q->w, "folder", q->console->folder);
    }
    rni_json_object_end(&q->w);
    return true;
}

static bool post_session(rni_request *q)
{
    if (!rni_access_login(q, rni_json_string(rni_json_get(q->json, "token")))) return false;
    q->role = RNI_ROLE_OWNER;
    snprintf(q->user, sizeof q->user, "owner");
    return get_session(q);
}

static bool delete_session(rni_request *q)
{
    rni_access_logout(q);
    q->role = RNI_ROLE_NOBODY;
    return get_session(q);
}

static const rni_field login[] = {
    { "token", "that `rensa serve` printed", RNI_FIELD_TEXT, .required = true, .min = 1, .max = 200 },
    { 0 },
};

const rni_route rni_routes_session[] = {
    { "GET", "/", "This description of all routes", "an OpenAPI file", "rensa serve --routes", RNI_ROLE_NOBODY,
      get_api },
    { "GET", "/session", "Who is logged in", "{version, role, user, folder}", NULL, RNI_ROLE_NOBODY, get_session },
    { "POST", "/session", "Logs in: sets the cookie", "as GET", NULL, RNI_ROLE_NOBODY, post_session, .body = login },
    { "DELETE", "/session", "Logs out", "as GET", NULL, RNI_ROLE_NOBODY, delete_session },
    { 0 },
};
