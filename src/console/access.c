/* A request is served if it came to a name of this host, from the page itself or from no page at all, and with the
 * token: in its cookie, which only the address with the token sets, or as "Authorization: Bearer …". Changes by cookie
 * need a header that no other page can send without being asked first. */
#include "console/access.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "console/console_p.h"
#include "console/route.h"

#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET = 32, TEXT = 48 };

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

/* Finds the value of a cookie; it must end as ours does. */
static bool has_cookie(const rni_access *a, const char *cookies)
{
    const size_t n = strlen(a->cookie_name);
    for (const char *c = cookies; c && *c; c += strcspn(c, ";")) {
        c += strspn(c, "; ");
        if (strncmp(c, a->cookie_name, n) != 0 || c[n] != '=') continue;
        char value[TEXT];
        const size_t length = strcspn(c + n + 1, ";");
        snprintf(value, sizeof value, "%.*s", (int)(length < TEXT ? length : 0), c + n + 1);
        if (same(value, a->cookie)) return true;
    }
    return false;
}

bool rni_access_check_role(rni_request *q)
{
    const rni_access *a = q->console->access;
    const char *bearer = rni_request_header(q, "Authorization");
    const bool by_token = bearer && strncmp(bearer, "Bearer ", 7) == 0 && same(bearer + 7, a->token);
    const bool by_cookie = !by_token && has_cookie(a, rni_request_header(q, "Cookie"));
    if (by_token || by_cookie) {
        q->role = RNI_ROLE_OWNER;
        snprintf(q->user, sizeof q->user, "owner");
    }
    if (q->route->role > q->role) {
        if (q->role == RNI_ROLE_NOBODY)
            return rni_refuse(q, 401, "nobody has logged in: open the address that `rensa serve` printed");
        return rni_refuse(q, 403, "this needs more rights than %s has", q->user);
    }
    if (by_cookie && strcmp(q->method, "GET") != 0 && !rni_request_header(q, "X-Rensa"))
        return rni_refuse(q, 403, "a change needs the header X-Rensa: 1, so that no other page can ask for it");
    return true;
}

bool rni_access_login(rni_request *q, const char *token)
{
    const rni_access *a = q->console->access;
    if (!same(token, a->token))
        return rni_refuse(q, 401, "this is not the token of this server: open the address that `rensa serve` printed");
    rni_answer_header(q, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000", a->cookie_name,
                      a->cookie);
    return true;
}

void rni_access_logout(rni_request *q)
{
    rni_answer_header(q, "Set-Cookie", "%s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
                      q->console->access->cookie_name);
}
