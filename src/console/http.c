/* libmicrohttpd calls on_uri, then on_request once with the headers, once per piece of the body, and once at its end.
 * All checks are made before the body is read; the row runs at the end. Errors of the library become answers here. */
#include "console/http.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "console/console_p.h"
#include "console/page.h"
#include "console/route.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CONNECTIONS = 400,
    HEADER_BYTES = 64 << 10, /* per connection, for headers and what is sent and received at once */
    IDLE_SECONDS = 30,
    BODY_SECONDS = 60, /* a body that is not received in pieces must be there by then */
    BODY_LIMIT = 1 << 20,
    DRAIN = 16 << 20, /* so much of a refused body is read, so that the answer arrives */
    STACK = 4 << 20,
};

struct rni_http {
    struct MHD_Daemon *daemon;
    int port;
};

/* ---- requests ---- */

const char *rni_request_header(const rni_request *q, const char *name)
{
    return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

const char *rni_query_text(const rni_request *q, const char *name)
{
    return rni_url_query(&q->url, name);
}

int64_t rni_query_int(const rni_request *q, const char *name, int64_t fallback)
{
    const char *text = rni_query_text(q, name);
    int64_t v = 0;
    if (!text) return fallback;
    for (const char *s = text + (*text == '-'); *s >= '0' && *s <= '9'; s++) v = 10 * v + (*s - '0');
    return *text == '-' ? -v : v;
}

static void *on_uri(void *user, const char *uri, struct MHD_Connection *connection)
{
    rn_error_clear();
    rni_request *q = rni_alloc((int64_t)sizeof *q);
    if (!q) return NULL;
    *q = (rni_request){ .console = user, .connection = connection, .fd = -1, .begun = rni_now() };
    q->w.to = &q->out;
    q->url_ok = rni_url_parse(uri, &q->url);
    if (!q->url_ok) rni_str_add(&q->out, rn_error_last()->message);
    return q;
}

static void forget(rni_request *q)
{
    if (q->route && q->route->end && q->state) q->route->end(q);
    if (q->fd >= 0) close(q->fd);
    if (q->stream) q->stream_free(q->stream_user);
    rni_json_free(q->json);
    rni_url_free(&q->url);
    rni_str_free(&q->out);
    rni_free(q->body);
    rni_free(q);
}

static void on_end(void *user, struct MHD_Connection *connection, void **state, enum MHD_RequestTerminationCode why)
{
    (void)user;
    (void)connection;
    (void)why;
    if (*state) forget(*state);
    *state = NULL;
    rn_error_clear();
}

/* ---- answers ---- */

void rni_answer_header(rni_request *q, const char *name, const char *fmt, ...)
{
    if (q->n_headers == (int)RN_COUNTOF(q->header)) return;
    q->header[q->n_headers].name = name;
    va_list args;
    va_start(args, fmt);
    vsnprintf(q->header[q->n_headers++].value, sizeof q->header[0].value, fmt, args);
    va_end(args);
}

bool rni_refuse(rni_request *q, int status, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (rn_ok()) q->status = status;
    return rni_fail(status == 404 || status >= 500 ? RN_ERR_IO : RN_ERR_ARG, NULL, NULL, "%s", text);
}

bool rni_answer_file(rni_request *q, const char *path, const char *type, const char *what)
{
    struct stat s;
    const int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) {
        if (fd >= 0) close(fd);
        return rni_refuse(q, 404, "there is no %s", what);
    }
    q->fd = fd;
    q->n_bytes = s.st_size;
    q->type = type;
    return true;
}

static int status_of(rn_status s)
{
    switch (s) {
    case RN_ERR_STATE:
        return MHD_HTTP_CONFLICT;
    case RN_ERR_NOMEM:
        return MHD_HTTP_INSUFFICIENT_STORAGE;
    case RN_ERR_IO:
    case RN_ERR_DEVICE:
    case RN_ERR_INTERNAL:
        return MHD_HTTP_INTERNAL_SERVER_ERROR;
    default:
        return MHD_HTTP_BAD_REQUEST;
    }
}

/* "body:3:14: what", as JSON errors begin. */
static void put_place(rni_json_writer *w, const char *text)
{
    int line, column, used = 0;
    const size_t source = strcspn(text, ":\n");
    if (text[source] != ':' || sscanf(text + source, ":%d:%d: %n", &line, &column, &used) < 2 || !used) return;
    rni_json_put_int(w, "line", line);
    rni_json_put_int(w, "column", column);
}

/* Turns the pending error into the answer. */
static void answer_error(rni_request *q)
{
    const rn_error *e = rn_error_last();
    char reason[1024];
    rni_str text = { 0 };
    rni_str_add(&text, e ? e->message : "the server failed");
    if (!q->status) q->status = status_of(e ? e->status : RN_ERR_INTERNAL);
    rni_error_reason(reason, sizeof reason);
    rn_error_clear();
    rni_str_free(&q->out);
    q->w = (rni_json_writer){ .to = &q->out };
    q->type = NULL;
    q->bytes = NULL;
    if (q->fd >= 0) close(q->fd);
    q->fd = -1;
    rni_json_object_begin(&q->w);
    rni_json_write_key(&q->w, "error");
    rni_json_object_begin(&q->w);
    rni_json_put_int(&q->w, "status", q->status);
    rni_json_put_string(&q->w, "what", reason[0] ? reason : text.at);
    rni_json_put_string(&q->w, "text", text.at);
    if (text.at) put_place(&q->w, text.at);
    const char *hint = text.at ? strstr(text.at, "\n  hint") : NULL;
    if (hint) rni_json_put_string(&q->w, "hint", hint + 7 + strspn(hint + 7, " "));
    rni_json_object_end(&q->w);
    rni_json_object_end(&q->w);
    rni_str_free(&text);
}

/* A stream outlives its request. */
typedef struct stream {
    rni_stream_fn *read;
    void (*free)(void *user);
    void *user;
} stream;

static ssize_t read_stream(void *user, uint64_t position, char *to, size_t size)
{
    (void)position;
    const stream *s = user;
    const int64_t n = s->read(s->user, to, (int64_t)size);
    rn_error_clear();
    return n < 0 ? MHD_CONTENT_READER_END_OF_STREAM : (ssize_t)n;
}

static void end_stream(void *user)
{
    const stream *s = user;
    s->free(s->user);
    rni_free(user);
}

static struct MHD_Response *make_stream(rni_request *q)
{
    stream *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return NULL;
    *s = (stream){ q->stream, q->stream_free, q->stream_user };
    struct MHD_Response *r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16 << 10, read_stream, s, end_stream);
    if (r)
        q->stream = NULL; /* given away */
    else
        rni_free(s);
    return r;
}

static struct MHD_Response *make_response(rni_request *q)
{
    struct MHD_Response *r;
    if (q->stream) return make_stream(q);
    if (q->fd >= 0) {
        r = MHD_create_response_from_fd64((uint64_t)q->n_bytes, q->fd);
        if (r) q->fd = -1;
        return r;
    }
    if (q->bytes)
        return MHD_create_response_from_buffer((size_t)q->n_bytes, (void *)(uintptr_t)q->bytes, MHD_RESPMEM_PERSISTENT);
    if (!q->out.at) return MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    r = MHD_create_response_from_buffer_with_free_callback((size_t)q->out.length, q->out.at, rni_free);
    if (r) q->out = (rni_str){ 0 };
    return r;
}

static void add_headers(const rni_request *q, struct MHD_Response *r)
{
    static const char *const always[][2] = {
        { "X-Content-Type-Options", "nosniff" },
        { "X-Frame-Options", "DENY" },
        { "Referrer-Policy", "no-referrer" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
        { "Permissions-Policy", "camera=(), microphone=(), geolocation=()" },
        { "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
          "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
          "form-action 'self'; base-uri 'none'; frame-ancestors 'none'" },
    };
    bool cached = false;
    for (size_t i = 0; i < RN_COUNTOF(always); i++) MHD_add_response_header(r, always[i][0], always[i][1]);
    for (int i = 0; i < q->n_headers; i++) {
        cached = cached || strcmp(q->header[i].name, "Cache-Control") == 0;
        MHD_add_response_header(r, q->header[i].name, q->header[i].value);
    }
    if (!cached) MHD_add_response_header(r, "Cache-Control", "no-store");
    if (q->status != MHD_HTTP_NOT_MODIFIED && q->status != MHD_HTTP_NO_CONTENT)
        MHD_add_response_header(r, "Content-Type", q->type ? q->type : "application/json; charset=utf-8");
}

static enum MHD_Result answer(rni_request *q)
{
    if (q->out.failed || !rn_ok()) answer_error(q);
    if (!q->status) q->status = MHD_HTTP_OK;
    struct MHD_Response *r = make_response(q);
    if (!r) return MHD_NO;
    add_headers(q, r);
    const enum MHD_Result result = MHD_queue_response(q->connection, (unsigned)q->status, r);
    MHD_destroy_response(r);
    return result;
}

/* ---- the course of a request ---- */

static int64_t body_limit(const rni_request *q)
{
    return q->route && q->route->limit ? q->route->limit : BODY_LIMIT;
}

static bool begin_body(rni_request *q)
{
    const rni_route *r = q->route;
    const char *length = rni_request_header(q, "Content-Length");
    q->body_expected = length ? 0 : rni_request_header(q, "Transfer-Encoding") ? -1 : 0;
    for (const char *s = length; s && *s >= '0' && *s <= '9'; s++) {
        if (q->body_expected > INT64_MAX / 10 - 10) return rni_refuse(q, 413, "the body is too large");
        q->body_expected = 10 * q->body_expected + (*s - '0');
    }
    if (q->body_expected > body_limit(q))
        return rni_refuse(q, 413, "the body has %lld bytes, at most %lld are taken", (long long)q->body_expected,
                          (long long)body_limit(q));
    return !r->begin || r->begin(q);
}

/* All that can be refused before the body is read. */
static bool begin(rni_request *q)
{
    if (!q->url_ok) {
        char text[256];
        snprintf(text, sizeof text, "%.255s", q->out.at ? q->out.at : "the address cannot be read");
        return rni_refuse(q, 400, "%s", text);
    }
    RNI_TRY(rni_access_check_origin(q));
    const bool api = q->url.n_segments > 0 && strcmp(q->url.segment[0], "api") == 0;
    if (!api) {
        if (strcmp(q->method, "GET") != 0) return rni_refuse(q, 405, "the page is only read, by GET");
        return rni_page_answer(q);
    }
    q->route = rni_route_find(q);
    return q->route && rni_access_check_role(q) && rni_route_check_query(q) && begin_body(q);
}

static enum MHD_Result start(rni_request *q, const char *method)
{
    q->started = true;
    q->method = strcmp(method, "HEAD") == 0 ? "GET" : method;
    if (!begin(q)) {
        answer_error(q);
        q->refused = true;
    }
    return q->refused && q->body_expected > DRAIN ? answer(q) : MHD_YES;
}

/* A piece of the body. What was refused is read and dropped for a while. */
static bool take(rni_request *q, const char *bytes, int64_t n)
{
    q->body_seen += n;
    if (q->refused || !q->route) return q->body_seen <= DRAIN;
    bool ok = true;
    if (q->body_seen > body_limit(q))
        ok = rni_refuse(q, 413, "the body is larger than the %lld bytes that are taken", (long long)body_limit(q));
    else if (q->route->receive)
        ok = q->route->receive(q, bytes, n);
    else if (rni_now() - q->begun > BODY_SECONDS)
        ok = rni_refuse(q, 408, "the body did not arrive within %d seconds", BODY_SECONDS);
    else {
        while (ok && q->body_bytes + n + 1 > q->body_capacity) {
            const int64_t larger = q->body_capacity ? 2 * q->body_capacity : 4096;
            char *moved = rni_realloc(q->body, larger);
            ok = moved != NULL;
            if (ok) q->body = moved;
            if (ok) q->body_capacity = larger;
        }
        if (ok) memcpy(q->body + q->body_bytes, bytes, (size_t)n);
        if (ok) q->body[q->body_bytes += n] = '\0';
    }
    if (!ok) answer_error(q);
    q->refused = !ok;
    return true;
}

static enum MHD_Result finish(rni_request *q)
{
    if (!q->refused && q->route && !(rni_route_check_body(q) && q->route->run(q))) answer_error(q);
    return answer(q);
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *n, void **state)
{
    (void)user;
    (void)connection;
    (void)url;
    (void)version;
    rni_request *q = *state;
    enum MHD_Result result = MHD_NO;
    rn_error_clear();
    if (q && !q->started)
        result = start(q, method);
    else if (q && *n) {
        result = take(q, bytes, (int64_t)*n) ? MHD_YES : MHD_NO;
        *n = 0;
    } else if (q)
        result = finish(q);
    rn_error_clear();
    return result;
}

/* ---- the server ---- */

static void ignore_log(void *user, const char *fmt, va_list args)
{
    (void)user;
    (void)fmt;
    (void)args;
}

static size_t keep_raw(void *user, struct MHD_Connection *connection, char *text)
{
    (void)user;
    (void)connection;
    return strlen(text);
}

rni_http *rni_http_open(rni_console *console, int port)
{
    rni_http *h = rni_alloc((int64_t)sizeof *h);
    if (!h) return NULL;
    const struct sockaddr_in at = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    errno = 0;
    h->daemon =
        MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC |
                             MHD_USE_ERROR_LOG,
                         (uint16_t)port, NULL, NULL, on_request, console, MHD_OPTION_EXTERNAL_LOGGER, ignore_log, NULL,
                         MHD_OPTION_SOCK_ADDR, &at, MHD_OPTION_URI_LOG_CALLBACK, on_uri, console,
                         MHD_OPTION_UNESCAPE_CALLBACK, keep_raw, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL,
                         MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
                         (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES,
                         MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = h->daemon ? MHD_get_daemon_info(h->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info) {
        const int why = errno;
        rni_fail(RN_ERR_IO, NULL, NULL, "no server can listen at 127.0.0.1:%d: %s", port,
                 why ? strerror(why) : "the port is taken, or not permitted");
        rni_error_add("hint", "--port N names another port, --port 0 any that is free");
        rni_http_close(h);
        return NULL;
    }
    h->port = info->port;
    return h;
}

int rni_http_port(const rni_http *h)
{
    return h->port;
}

void rni_http_close(rni_http *h)
{
    if (!h) return;
    if (h->daemon) MHD_stop_daemon(h->daemon);
    rni_free(h);
}
