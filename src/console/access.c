/* A request is served if it came to a name of this host, from the page itself or from no page at all, and with the
 * token: in its cookie, which only the address with the token sets, or as "Authorization: Bearer …". Changes by cookie
 * need a header that no other page can send without being asked first. */
#include "console/access.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/console_p.h"
#include "console/name.h"
#include "console/route.h"
#include "console/users.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET = 32, TEXT = 48, COOKIE = 480, DAY = 86400 };

struct rni_access {
    char token[TEXT], cookie[TEXT], cookie_name[24];
    char host[16][96];
    int n_hosts, n_fixed;
    int port;
};

static void encode(const unsigned char secret[SECRET], char text[TEXT])
{
    sodium_bin2base64(text, TEXT, secret, SECRET, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool same(const char *a, const char *b)
{
    unsigned char x[32], y[32]; /* equal lengths, so that none can be measured */
    crypto_generichash(x, sizeof x, (const unsigned char *)a, strlen(a), NULL, 0);
    crypto_generichash(y, sizeof y, (const unsigned char *)b, strlen(b), NULL, 0);
    return sodium_memcmp(x, y, sizeof x) == 0;
}

static bool make_token(rni_access *a, const char *path)
{
    unsigned char secret[SECRET];
    randombytes_buf(secret, sizeof secret);
    encode(secret, a->token);
    RNI_TRY(rni_file_write(path, a->token, (int64_t)strlen(a->token)));
    return chmod(path, 0600) == 0 || rni_fail(RN_ERR_IO, NULL, NULL, "\"%s\" cannot be kept from others", path);
}

static bool read_token(rni_access *a, const char *path)
{
    void *bytes = NULL;
    int64_t n = 0;
    struct stat s;
    if (stat(path, &s) != 0 || s.st_size < 40 || s.st_size >= TEXT || (s.st_mode & 077) || s.st_uid != geteuid())
        return make_token(a, path);
    RNI_TRY(rni_file_read(path, TEXT, &bytes, &n));
    snprintf(a->token, sizeof a->token, "%s", (const char *)bytes);
    rni_free(bytes);
    return true;
}

static void derive_cookie(rni_access *a)
{
    unsigned char secret[SECRET];
    crypto_generichash(secret, sizeof secret, (const unsigned char *)"cookie", 6, (const unsigned char *)a->token,
                       strlen(a->token));
    encode(secret, a->cookie);
}

rni_access *rni_access_open(const char *folder, const char *const *hosts)
{
    rni_access *a = rni_alloc((int64_t)sizeof *a);
    char *path = a ? rni_path_join(folder, "token") : NULL;
    bool ok = path && (sodium_init() >= 0 || rni_fail(RN_ERR_INTERNAL, NULL, NULL, "no random numbers can be had"));
    ok = ok && read_token(a, path);
    if (ok) derive_cookie(a);
    for (int i = 0; ok && hosts && hosts[i] && a->n_hosts < 8; i++)
        snprintf(a->host[a->n_hosts++], sizeof a->host[0], "%s", hosts[i]);
    rni_free(path);
    if (ok) {
        a->n_fixed = a->n_hosts;
        return a;
    }
    rni_access_close(a);
    return NULL;
}

void rni_access_close(rni_access *a)
{
    if (a) sodium_memzero(a, sizeof *a);
    rni_free(a);
}

void rni_access_set_port(rni_access *a, int port)
{
    static const char *const names[] = { "127.0.0.1", "localhost" };
    a->port = port;
    a->n_hosts = a->n_fixed;
    for (size_t i = 0; i < RN_COUNTOF(names); i++)
        snprintf(a->host[a->n_hosts++], sizeof a->host[0], "%s:%d", names[i], port);
    snprintf(a->cookie_name, sizeof a->cookie_name, "rensa-%d",
             port); /* cookies of one host are not told apart by port */
}

const char *rni_access_token(const rni_access *a)
{
    return a->token;
}

/* ---- where from ---- */

static bool is_host(const rni_access *a, const char *host)
{
    for (int i = 0; i < a->n_hosts; i++)
        if (strcasecmp(a->host[i], host) == 0) return true;
    return false;
}

bool rni_access_check_origin(rni_request *q)
{
    const rni_access *a = q->console->access;
    const char *host = rni_request_header(q, "Host"), *origin = rni_request_header(q, "Origin");
    const char *site = rni_request_header(q, "Sec-Fetch-Site");
    if (!host || !is_host(a, host))
        return rni_refuse(q, 421, "this server is not \"%.80s\"; --host NAME lets it answer to that name",
                          host ? host : "");
    const char *slashes = origin ? strstr(origin, "://") : NULL;
    if (origin && (!slashes || !is_host(a, slashes + 3)))
        return rni_refuse(q, 403, "a page of \"%.80s\" may not ask this server", origin);
    const bool api = q->url.n_segments > 0 && strcmp(q->url.segment[0], "api") == 0;
    if (api && site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return rni_refuse(q, 403, "another site may not ask this server");
    return true;
}

/* ---- who ---- */

/* The value of our cookie; false where there is none. */
static bool find_cookie(const rni_access *a, const char *cookies, char value[COOKIE])
{
    const size_t n = strlen(a->cookie_name);
    for (const char *c = cookies; c && *c; c += strcspn(c, ";")) {
        c += strspn(c, "; ");
        if (strncmp(c, a->cookie_name, n) != 0 || c[n] != '=') continue;
        const size_t length = strcspn(c + n + 1, ";");
        if (length >= COOKIE) return false;
        snprintf(value, COOKIE, "%.*s", (int)length, c + n + 1);
        return true;
    }
    return false;
}

/* "NAME.EXPIRY.SIGN": signed with the token, so that no list of sessions has to be kept; a new password makes it
 * worthless. */
static bool sign(const rni_access *a, const char *name, long long expiry, const char *mark, char value[COOKIE])
{
    unsigned char digest[SECRET];
    char text[COOKIE], plain[COOKIE];
    sodium_bin2base64(plain, sizeof plain, (const unsigned char *)name, strlen(name),
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    const int n = snprintf(text, sizeof text, "%s.%lld.%s", plain, expiry, mark);
    if (n < 0 || n >= (int)sizeof text) return false;
    crypto_generichash(digest, sizeof digest, (const unsigned char *)text, (size_t)n, (const unsigned char *)a->token,
                       strlen(a->token));
    char signature[TEXT];
    encode(digest, signature);
    const int m = snprintf(value, COOKIE, "%s.%lld.%s", plain, expiry, signature);
    return m > 0 && m < COOKIE;
}

/* The person whose cookie it is. */
static bool check_user(rni_request *q, const char *cookie)
{
    char name[RNI_NAME_BYTES + 1], mark[33], expected[COOKIE];
    size_t n = 0;
    const char *dot = strchr(cookie, '.');
    rni_role role = RNI_ROLE_NOBODY;
    if (!q->console->users || !dot ||
        sodium_base642bin((unsigned char *)name, sizeof name - 1, cookie, (size_t)(dot - cookie), NULL, &n, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    name[n] = '\0';
    const long long expiry = strtoll(dot + 1, NULL, 10);
    if (strlen(name) != n || (double)expiry < rni_wall_clock() ||
        !rni_users_find(q->console->users, name, &role, mark) ||
        !sign(q->console->access, name, expiry, mark, expected) || !same(cookie, expected))
        return false;
    q->role = role;
    snprintf(q->user, sizeof q->user, "%s", name);
    return true;
}

static void be_owner(rni_request *q)
{
    q->role = RNI_ROLE_OWNER;
    snprintf(q->user, sizeof q->user, "owner");
}

bool rni_access_check_role(rni_request *q)
{
    const rni_access *a = q->console->access;
    const char *bearer = rni_request_header(q, "Authorization");
    char cookie[COOKIE];
    const bool by_token = bearer && strncmp(bearer, "Bearer ", 7) == 0 && same(bearer + 7, a->token);
    bool by_cookie = !by_token && find_cookie(a, rni_request_header(q, "Cookie"), cookie);
    if (by_token || (by_cookie && same(cookie, a->cookie)))
        be_owner(q);
    else
        by_cookie = by_cookie && check_user(q, cookie);
    if (q->route->role > q->role) {
        if (q->role == RNI_ROLE_NOBODY)
            return rni_refuse(q, 401, "nobody has logged in: open the address that `rensa serve` printed");
        return rni_refuse(q, 403, "this needs more rights than %s has", q->user);
    }
    if (by_cookie && strcmp(q->method, "GET") != 0 && !rni_request_header(q, "X-Rensa"))
        return rni_refuse(q, 403, "a change needs the header X-Rensa: 1, so that no other page can ask for it");
    return true;
}

static void set_cookie(rni_request *q, const char *value, long age)
{
    rni_answer_header(q, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%ld",
                      q->console->access->cookie_name, value, age);
}

bool rni_access_login(rni_request *q, const char *token)
{
    const rni_access *a = q->console->access;
    if (!same(token, a->token))
        return rni_refuse(q, 401, "this is not the token of this server: open the address that `rensa serve` printed");
    be_owner(q);
    set_cookie(q, a->cookie, 365 * DAY);
    return true;
}

bool rni_access_login_user(rni_request *q, const char *name, const char *password)
{
    char mark[33], value[COOKIE];
    if (!q->console->users) return rni_refuse(q, 409, "this server knows no names: it was started without --users");
    RNI_TRY(rni_users_login(q, q->console->users, name, password));
    const long long expiry = (long long)rni_wall_clock() + 30 * DAY;
    if (!rni_users_find(q->console->users, name, &q->role, mark) ||
        !sign(q->console->access, name, expiry, mark, value))
        return rni_refuse(q, 401, "name or password is wrong");
    if (name != q->user) snprintf(q->user, sizeof q->user, "%s", name);
    set_cookie(q, value, 30 * DAY);
    return true;
}

void rni_access_logout(rni_request *q)
{
    set_cookie(q, "", 0);
}
