/* Segments and values are decoded in place, in one copy of the text. */
#include "console/url.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"

#include <string.h>

static bool bad(const char *what)
{
    return rni_fail(RN_ERR_FORMAT, NULL, NULL, "the address %s", what);
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* %XX, and in queries '+', of the n bytes at s in place; returns the new length, -1 for a broken one. */
static int64_t decode(char *s, int64_t n, bool plus)
{
    int64_t to = 0;
    for (int64_t i = 0; i < n; i++) {
        char c = s[i];
        if (plus && c == '+') c = ' ';
        if (c == '%') {
            if (i + 2 >= n || hex(s[i + 1]) < 0 || hex(s[i + 2]) < 0) return -1;
            c = (char)(hex(s[i + 1]) * 16 + hex(s[i + 2]));
            i += 2;
        }
        s[to++] = c;
    }
    s[to] = '\0';
    return to;
}

/* Whether it is UTF-8 without control characters (and '/', in a path). */
static bool clean(const char *s, int64_t n, bool path)
{
    for (int64_t i = 0; i < n;) {
        uint32_t point;
        const int bytes = rni_utf8_decode(s + i, n - i, &point);
        if (bytes == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0) || (path && point == '/')) return false;
        i += bytes;
    }
    return true;
}

static bool take_segment(rni_url *u, char *s, int64_t n)
{
    n = decode(s, n, false);
    if (n < 0) return bad("has a '%' that is not followed by two hex digits");
    if (!clean(s, n, true)) return bad("holds characters that no name has");
    if (strcmp(s, ".") == 0 || strcmp(s, "..") == 0) return bad("holds \".\" or \"..\"");
    if (u->n_segments == RNI_URL_SEGMENTS) return bad("has too many parts");
    u->segment[u->n_segments++] = s;
    return true;
}

static bool take_path(rni_url *u, char *s)
{
    while (*s) {
        char *end = s + strcspn(s, "/");
        const bool last = !*end;
        *end = '\0'; /* what is decoded is not longer */
        if (end > s) RNI_TRY(take_segment(u, s, end - s));
        if (last) break;
        s = end + 1;
    }
    return true;
}

static bool take_query(rni_url *u, char *s)
{
    for (char *end; *s; s = end) {
        end = s + strcspn(s, "&");
        if (*end) *end++ = '\0';
        if (!*s) continue;
        char *value = s + strcspn(s, "=");
        if (*value) *value++ = '\0';
        const int64_t n = decode(s, (int64_t)strlen(s), true), m = decode(value, (int64_t)strlen(value), true);
        if (n < 0 || m < 0) return bad("has a '%' that is not followed by two hex digits");
        if (!clean(s, n, false) || !clean(value, m, false)) return bad("holds control characters, or no UTF-8");
        if (u->n_query == RNI_URL_QUERY) return bad("has too many values");
        u->query[u->n_query].name = s;
        u->query[u->n_query++].value = value;
    }
    return true;
}

bool rni_url_parse(const char *raw, rni_url *u)
{
    *u = (rni_url){ 0 };
    if (raw[0] != '/') return bad("does not begin with '/'");
    if (strlen(raw) > RNI_URL_BYTES) return bad("is too long");
    u->storage = rni_strdup(raw);
    if (!u->storage) return false;
    char *query = strchr(u->storage, '?');
    if (query) *query++ = '\0';
    return take_path(u, u->storage) && (!query || take_query(u, query));
}

void rni_url_free(rni_url *u)
{
    rni_free(u->storage);
    *u = (rni_url){ 0 };
}

const char *rni_url_query(const rni_url *u, const char *name)
{
    for (int i = 0; i < u->n_query; i++)
        if (strcmp(u->query[i].name, name) == 0) return u->query[i].value;
    return NULL;
}
