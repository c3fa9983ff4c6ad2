/* One transfer by libcurl, which is loaded when the first is made: most programs never download anything.
 *
 * A resumed transfer asks for a range and looks at the answer itself: libcurl's own resuming calls a server that sends
 * the whole file an error, where starting again is what is wanted. */
#include "io/ext/ext_p.h"

#include "io/ext/curl_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#if defined(__has_include)
#if __has_include(<curl/curl.h>)
#define CURL_DISABLE_DEPRECATION
#include <curl/curl.h>
#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), #theirs)
SAME(CURL_API_GLOBAL_ALL, CURL_GLOBAL_ALL);
SAME(CURL_API_PROTO_HTTP, CURLPROTO_HTTP);
SAME(CURL_API_PROTO_HTTPS, CURLPROTO_HTTPS);
SAME(CURL_API_PROTO_FILE, CURLPROTO_FILE);
SAME(CURL_API_ERROR_SIZE, CURL_ERROR_SIZE);
SAME(CURL_API_ABORTED_BY_CALLBACK, CURLE_ABORTED_BY_CALLBACK);
SAME(CURL_API_INFO_RESPONSE_CODE, CURLINFO_RESPONSE_CODE);
SAME(CURL_API_INFO_CONTENT_LENGTH, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
SAME(CURL_API_LOW_SPEED_LIMIT, CURLOPT_LOW_SPEED_LIMIT);
SAME(CURL_API_LOW_SPEED_TIME, CURLOPT_LOW_SPEED_TIME);
SAME(CURL_API_NOPROGRESS, CURLOPT_NOPROGRESS);
SAME(CURL_API_FAILONERROR, CURLOPT_FAILONERROR);
SAME(CURL_API_FOLLOWLOCATION, CURLOPT_FOLLOWLOCATION);
SAME(CURL_API_MAXREDIRS, CURLOPT_MAXREDIRS);
SAME(CURL_API_NOSIGNAL, CURLOPT_NOSIGNAL);
SAME(CURL_API_CONNECTTIMEOUT_MS, CURLOPT_CONNECTTIMEOUT_MS);
SAME(CURL_API_WRITEDATA, CURLOPT_WRITEDATA);
SAME(CURL_API_URL, CURLOPT_URL);
SAME(CURL_API_RANGE, CURLOPT_RANGE);
SAME(CURL_API_ERRORBUFFER, CURLOPT_ERRORBUFFER);
SAME(CURL_API_USERAGENT, CURLOPT_USERAGENT);
SAME(CURL_API_HEADERDATA, CURLOPT_HEADERDATA);
SAME(CURL_API_CAINFO, CURLOPT_CAINFO);
SAME(CURL_API_XFERINFODATA, CURLOPT_XFERINFODATA);
SAME(CURL_API_WRITEFUNCTION, CURLOPT_WRITEFUNCTION);
SAME(CURL_API_HEADERFUNCTION, CURLOPT_HEADERFUNCTION);
SAME(CURL_API_XFERINFOFUNCTION, CURLOPT_XFERINFOFUNCTION);
#undef SAME
#endif
#endif

/* Written once, under the once-lock. */
static struct {
    pthread_once_t once;
    bool loaded;
    curl_api api;
} g = { .once = PTHREAD_ONCE_INIT };

static void load(void)
{
    static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4", "libcurl.so" };
    static const char *const symbols[] = { "curl_global_init",  "curl_easy_init",    "curl_easy_setopt",
                                           "curl_easy_perform", "curl_easy_getinfo", "curl_easy_cleanup",
                                           "curl_easy_strerror" };
    void *library = NULL;
    for (size_t i = 0; !library && i < RN_COUNTOF(names); i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    void *found[RN_COUNTOF(symbols)];
    for (size_t i = 0; i < RN_COUNTOF(symbols); i++)
        if (!(found[i] = dlsym(library, symbols[i]))) return;
    _Static_assert(sizeof found == sizeof g.api, "one pointer per symbol, in the same order");
    memcpy(&g.api, found, sizeof found);
    g.loaded = g.api.global_init(CURL_API_GLOBAL_ALL) == CURL_API_OK;
}

typedef struct transfer {
    rni_http_get *get;
    curl_handle *handle;
    int64_t range_start, range_total; /* of a Content-Range line; -1 where there was none */
    bool begun, refused;
} transfer;

/* "Content-Range: bytes 500-999/1000", "… 500-999" followed by a star where the total is not known. */
static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    transfer *t = user;
    char text[256];
    static const char key[] = "content-range: bytes ";
    const size_t n = size * count, length = sizeof key - 1;
    if (n > 5 && strncasecmp(line, "HTTP/", 5) == 0)
        t->range_start = t->range_total = -1; /* the next of several answers */
    if (n <= length || n >= sizeof text || strncasecmp(line, key, length) != 0) return n;
    memcpy(text, line + length, n - length);
    text[n - length] = '\0';
    char *end;
    t->range_start = strtoll(text, &end, 10);
    const char *slash = strchr(end, '/');
    if (slash) t->range_total = strtoll(slash + 1, NULL, 10);
    return n;
}

/* Before the first bytes, or at the end of an empty file. */
static bool begin(transfer *t)
{
    long code = 0;
    int64_t length = -1;
    t->begun = true;
    g.api.easy_getinfo(t->handle, CURL_API_INFO_RESPONSE_CODE, &code);
    g.api.easy_getinfo(t->handle, CURL_API_INFO_CONTENT_LENGTH, &length);
    const bool is_file = code == 0; /* file: has no status, and always honours a range */
    const bool resumed = t->get->offset > 0 && (is_file || (code == 206 && t->range_start == t->get->offset));
    int64_t total = length > 0 ? length + (resumed ? t->get->offset : 0) : 0;
    if (resumed && t->range_total > 0) total = t->range_total;
    t->refused = !t->get->begin(t->get->user, resumed, total);
    return !t->refused;
}

static size_t on_bytes(char *bytes, size_t size, size_t count, void *user)
{
    transfer *t = user;
    const size_t n = size * count;
    if (!t->begun && !begin(t)) return n + 1;
    t->refused = !t->get->write(t->get->user, bytes, (int64_t)n);
    return t->refused ? n + 1 : n; /* any other count makes libcurl stop */
}

static int on_progress(void *user, int64_t down_total, int64_t down, int64_t up_total, int64_t up)
{
    transfer *t = user;
    (void)down_total, (void)down, (void)up_total, (void)up;
    t->refused = t->refused || !t->get->tick(t->get->user);
    return t->refused;
}

/* The file of certificates to trust, if it is not the system's: the variables that curl(1) reads. */
static const char *trusted(void)
{
    static const char *const variables[] = { "CURL_CA_BUNDLE", "SSL_CERT_FILE" };
    for (size_t i = 0; i < RN_COUNTOF(variables); i++) {
        const char *file = getenv(variables[i]);
        if (file && *file) return file;
    }
    return NULL;
}

static void set_options(curl_handle *h, transfer *t, char *range, size_t range_size, char *error)
{
    const rni_http_get *get = t->get;
    const curl_api *api = &g.api;
    const long protocols = CURL_API_PROTO_HTTP | CURL_API_PROTO_HTTPS;
    api->easy_setopt(h, CURL_API_URL, get->url);
    api->easy_setopt(h, CURL_API_PROTOCOLS, protocols | CURL_API_PROTO_FILE);
    api->easy_setopt(h, CURL_API_REDIR_PROTOCOLS, protocols); /* a server must not lead to local files */
    api->easy_setopt(h, CURL_API_FOLLOWLOCATION, 1L);
    api->easy_setopt(h, CURL_API_MAXREDIRS, 10L);
    api->easy_setopt(h, CURL_API_FAILONERROR, 1L);
    api->easy_setopt(h, CURL_API_NOSIGNAL, 1L);
    api->easy_setopt(h, CURL_API_USERAGENT, "rensa/" RN_VERSION);
    api->easy_setopt(h, CURL_API_CONNECTTIMEOUT_MS, (long)(get->connect_seconds * 1000));
    api->easy_setopt(h, CURL_API_LOW_SPEED_LIMIT, 1L);
    api->easy_setopt(h, CURL_API_LOW_SPEED_TIME, get->stall_seconds < 1 ? 1L : (long)get->stall_seconds);
    api->easy_setopt(h, CURL_API_ERRORBUFFER, error);
    api->easy_setopt(h, CURL_API_HEADERFUNCTION, on_header);
    api->easy_setopt(h, CURL_API_HEADERDATA, t);
    api->easy_setopt(h, CURL_API_WRITEFUNCTION, on_bytes);
    api->easy_setopt(h, CURL_API_WRITEDATA, t);
    api->easy_setopt(h, CURL_API_XFERINFOFUNCTION, on_progress);
    api->easy_setopt(h, CURL_API_XFERINFODATA, t);
    api->easy_setopt(h, CURL_API_NOPROGRESS, 0L);
    if (trusted()) api->easy_setopt(h, CURL_API_CAINFO, trusted());
    if (get->offset <= 0) return;
    snprintf(range, range_size, "%lld-", (long long)get->offset);
    api->easy_setopt(h, CURL_API_RANGE, range);
}

rni_http_result io_http_get(rni_http_get *get)
{
    char error[CURL_API_ERROR_SIZE] = "", range[32];
    pthread_once(&g.once, load);
    get->status = 0;
    snprintf(get->reason, sizeof get->reason, "libcurl is not installed");
    if (!g.loaded) return RNI_HTTP_NO_LIBRARY;
    transfer t = { .get = get, .handle = g.api.easy_init(), .range_start = -1, .range_total = -1 };
    snprintf(get->reason, sizeof get->reason, "out of memory");
    if (!t.handle) return RNI_HTTP_FAILED;
    set_options(t.handle, &t, range, sizeof range, error);
    int code = g.api.easy_perform(t.handle);
    long status = 0;
    g.api.easy_getinfo(t.handle, CURL_API_INFO_RESPONSE_CODE, &status);
    get->status = (int)status;
    if (code == CURL_API_OK && !t.begun) (void)begin(&t);
    g.api.easy_cleanup(t.handle);
    if (t.refused) return RNI_HTTP_STOPPED;
    snprintf(get->reason, sizeof get->reason, "%s", error[0] ? error : g.api.easy_strerror(code));
    return code == CURL_API_OK ? RNI_HTTP_DONE : RNI_HTTP_FAILED;
}
