/* Every route is asked again and again with what nobody should send: names that lead elsewhere, values of wrong types
 * and sizes, broken JSON, headers that contradict each other. The server must answer each time, never with 500, and
 * touch nothing outside of its folder. Each connection has a thread of its own: the thread sanitizer looks at these
 * threads, too. RENSA_TEST_SECONDS=3600 goes on for longer. */
#include "test.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"
#include "console/console.h"
#include "console/route.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static const char project[] =
    "{\"rensa\": 1, \"data\": {\"train\": {\"source\": \"digits\", \"part\": \"train\"}}, \"network\": "
    "[{\"name\": \"a\", \"type\": \"linear\", \"out\": 3}, \"relu\", {\"type\": \"conv2d\", \"out\": 2, "
    "\"kernel\": 3}], \"training\": {\"epochs\": 1, \"optimizer\": {\"type\": \"adam\", \"rate\": 0.1}}}";

/* A server in a folder of its own, and what it takes to ask it. */
typedef struct server {
    rni_console *console;
    int port;
    char token[64], run[64];
    uint64_t random;
} server;

static uint32_t draw(server *s, uint32_t n)
{
    s->random = s->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(s->random >> 33) % n;
}

/* ---- asking ---- */

static int dial(const server *s)
{
    const struct sockaddr_in to = { .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)s->port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const struct timeval wait = { .tv_sec = 20 };
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    CHECK(fd >= 0 && connect(fd, (const struct sockaddr *)&to, sizeof to) == 0);
    return fd;
}

/* Sends the bytes; what is answered is left in `answer`. Returns the status, 0 where there was none. */
static int send_all(const server *s, const rni_str *request, bool wait, char *answer, size_t size)
{
    const int fd = dial(s);
    size_t have = 0;
    for (int64_t sent = 0; sent < request->length;) {
        const ssize_t n = send(fd, request->at + sent, (size_t)(request->length - sent), MSG_NOSIGNAL);
        if (n <= 0) break; /* it has heard enough */
        sent += n;
    }
    if (wait) shutdown(fd, SHUT_WR);
    for (ssize_t n; wait && (n = recv(fd, answer + have, size - 1 - have, 0)) > 0;) {
        have += (size_t)n;
        if (have + 1 == size) have /= 2; /* its end is not looked at */
    }
    close(fd);
    answer[have] = '\0';
    int status = 0;
    return sscanf(answer, "HTTP/1.1 %d", &status) == 1 ? status : 0;
}

static int ask(const server *s, const char *method, const char *path, const char *body, char *answer, size_t size)
{
    rni_str r = { 0 };
    rni_str_addf(
        &r,
        "%s /api%s HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
        "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
        method, path, s->port, s->token, body ? strlen(body) : 0, body ? body : "");
    const int status = send_all(s, &r, true, answer, size);
    rni_str_free(&r);
    return status;
}

static void begin(server *s, const char *folder)
{
    static char answer[65536];
    *s = (server){ .random = 4711 };
    s->console =
        rni_console_open(&(rni_console_args){ .folder = test_path(folder) }); /* no slots: nothing is started */
    CHECK_OK();
    CHECK(sscanf(rni_console_address(s->console), "http://127.0.0.1:%d/?token=%63s", &s->port, s->token) == 2);
    CHECK_EQ_I64(ask(s, "PUT", "/projects/digits", project, answer, sizeof answer), 200);
    CHECK_EQ_I64(ask(s, "POST", "/jobs", "{\"project\": \"digits\"}", answer, sizeof answer), 201);
    const char *run = strstr(answer, "[\"");
    CHECK(run && sscanf(run, "[\"%63[^\"]", s->run) == 1);
}

/* ---- what nobody should send ---- */

static const char *const hostile[] = {
    "..",
    ".",
    "%2e%2e",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "%00",
    "a%00b",
    "%ff%fe",
    "%",
    "%zz",
    "",
    "-1",
    "99999999999999999999",
    "1e999",
    "NaN",
    "%0d%0aSet-Cookie:%20a=b",
    "a/b",
    "\\..\\x",
    ".hidden",
    "%E2%80%AEabc",
    "con",
    "%3Cscript%3E",
    "'%20OR%201=1--",
    "%27%22%3B",
    "%F0%9F%92%A9",
    "token",
    "rensa.db",
    "runs",
    "a b",
    "0",
    "true",
    "null",
    "{}",
    "=",
    "&",
    "?",
    "#",
    "~root",
    "$HOME",
    "`id`",
    "|ls",
};

static void add_hostile(server *s, rni_str *to)
{
    if (draw(s, 40) == 0)
        for (uint32_t n = draw(s, 6000); n > 0; n--) rni_str_add(to, "a");
    else if (draw(s, 8) == 0)
        for (uint32_t n = draw(s, 9); n > 0; n--) rni_str_addf(to, "%%%02x", draw(s, 256));
    else
        rni_str_add(to, hostile[draw(s, (uint32_t)RN_COUNTOF(hostile))]);
}

static void add_path(server *s, const char *path, rni_str *to)
{
    const char *known[] = { "digits", s->run, "upload1", "job.json", "relu" };
    rni_str_add(to, "/api");
    for (const char *p = path; *p; p++) {
        if (*p != '{') {
            rni_str_add_n(to, p, 1);
            continue;
        }
        if (draw(s, 3))
            rni_str_add(to, known[draw(s, (uint32_t)RN_COUNTOF(known))]);
        else
            add_hostile(s, to);
        p = strchr(p, '}');
    }
}

static void add_query(server *s, const rni_field *fields, rni_str *to)
{
    const char *comma = "?";
    for (const rni_field *f = fields; f && f->name; f++) {
        if (draw(s, 2)) continue;
        rni_str_addf(to, "%s%s=", comma, f->name);
        comma = "&";
        if (draw(s, 2))
            add_hostile(s, to);
        else if (f->type == RNI_FIELD_TEXT)
            rni_str_add(to, draw(s, 2) ? "state:running+a%3E3" : "step/x,test_loss");
        else
            rni_str_addf(to, "%d", (int)draw(s, 3000) - 100);
    }
    if (draw(s, 10) == 0) {
        rni_str_addf(to, "%s", comma);
        add_hostile(s, to);
    }
}

/* JSON of a type, now and then of another one. */
static void add_json(server *s, rni_field_type type, int depth, rni_str *to)
{
    static const char *const numbers[] = {
        "0", "-1", "1e308", "1e400", "9007199254740993", "0.5", "64", "1000000", "-0"
    };
    static const char *const texts[] = { "\"digits\"",     "\"\"",           "\"../x\"",  "\"a\\u0000b\"",
                                         "\"\\ud800\"",    "\"0.1, 0.01,\"", "\"1,2,3\"", "\"gpu\"",
                                         "\"snapshot_1\"", "\"\xff\"",       "\"lenet\"", "\"=1/0\"" };
    if (draw(s, 6) == 0 || type == RNI_FIELD_ANY) type = (rni_field_type)draw(s, 6);
    if (type == RNI_FIELD_TEXT)
        rni_str_add(to, texts[draw(s, (uint32_t)RN_COUNTOF(texts))]);
    else if (type == RNI_FIELD_INT || type == RNI_FIELD_NUMBER)
        rni_str_add(to, numbers[draw(s, (uint32_t)RN_COUNTOF(numbers))]);
    else if (type == RNI_FIELD_BOOL || depth > 3)
        rni_str_add(to, draw(s, 2) ? "true" : "null");
    else {
        const bool object = type == RNI_FIELD_OBJECT;
        rni_str_add(to, object ? "{" : "[");
        for (uint32_t i = 0, n = draw(s, 4); i < n; i++) {
            static const char *const keys[] = {
                "training.batch", "type", "", "network.0.type", "a=b", "every", "source"
            };
            if (i) rni_str_add(to, ",");
            if (object) rni_str_addf(to, "\"%s%u\":", keys[draw(s, (uint32_t)RN_COUNTOF(keys))], draw(s, 2) ? i : 0);
            add_json(s, RNI_FIELD_ANY, depth + 1, to);
        }
        rni_str_add(to, object ? "}" : "]");
    }
}

static void add_body(server *s, const rni_route *r, rni_str *to)
{
    if (r->raw)
        rni_str_add(to, project);
    else if (r->body || draw(s, 20) == 0) {
        rni_str_add(to, "{");
        const char *comma = "";
        for (const rni_field *f = r->body; f && f->name; f++) {
            if (!f->required && draw(s, 2)) continue;
            rni_str_addf(to, "%s\"%s\":", comma, draw(s, 30) ? f->name : "unknown");
            comma = ",";
            add_json(s, f->type, 0, to);
        }
        rni_str_add(to, "}");
    }
    if (draw(s, 30) == 0)
        for (int i = 0; i < 3000; i++) rni_str_add(to, "[");
    for (uint32_t n = draw(s, 3) == 0 ? draw(s, 6) : 0; n > 0 && to->length > 0; n--)
        to->at[draw(s, (uint32_t)to->length)] = (char)draw(s, 256);
}

static void add_request(server *s, const rni_route *r, rni_str *to)
{
    static const char *const odd[] = { "Content-Range: bytes 0-10/20",
                                       "Content-Range: bytes 5-1/x",
                                       "If-Match: \"",
                                       "If-Match: *",
                                       "Range: bytes=0-1",
                                       "Accept-Encoding: gzip;q=0, \xff",
                                       "Cookie: rensa=;;;=;",
                                       "Expect: 100-continue",
                                       "Origin: null",
                                       "Host: other",
                                       "Transfer-Encoding: chunked",
                                       "Content-Encoding: gzip",
                                       "Upgrade: websocket",
                                       "X-Rensa: 0" };
    rni_str body = { 0 };
    add_body(s, r, &body);
    rni_str_addf(to, "%s ", draw(s, 40) ? r->method : draw(s, 2) ? "OPTIONS" : "BREW");
    add_path(s, r->path, to);
    add_query(s, r->query, to);
    rni_str_addf(to, " HTTP/1.%d\r\nHost: 127.0.0.1:%d\r\nConnection: close\r\n", draw(s, 10) != 0, s->port);
    if (draw(s, 20)) rni_str_addf(to, "Authorization: Bearer %s\r\n", s->token);
    if (draw(s, 20)) rni_str_add(to, "Content-Type: application/json\r\n");
    if (draw(s, 5) == 0) rni_str_addf(to, "%s\r\n", odd[draw(s, (uint32_t)RN_COUNTOF(odd))]);
    if (draw(s, 30))
        rni_str_addf(to, "Content-Length: %lld\r\n", (long long)body.length + (draw(s, 30) ? 0 : draw(s, 99)));
    rni_str_add(to, "\r\n");
    rni_str_add_n(to, body.at ? body.at : "", body.length);
    rni_str_free(&body);
}

/* ---- what must stay ---- */

static int64_t count_files(const char *folder)
{
    DIR *d = opendir(folder);
    int64_t n = 0;
    for (const struct dirent *f; d && (f = readdir(d)) != NULL;) n++;
    if (d) closedir(d);
    return n;
}

RN_TEST(routes_withstand_what_nobody_should_send)
{
    static char answer[65536];
    const char *seconds = getenv("RENSA_TEST_SECONDS");
    server s;
    begin(&s, "work");
    CHECK(rni_file_write(test_path("secret"), "secret", 6));
    const int64_t files = count_files(test_folder());
    int routes = 0, refused = 0, done = 0;
    while (rni_route_at(routes)) routes++;
    const double end = rni_now() + (seconds ? (double)strtoll(seconds, NULL, 10) : 4);
    for (int i = 0; i < routes * 20 || rni_now() < end; i++) {
        const rni_route *r = rni_route_at(i % routes);
        const bool stream = strcmp(r->path, "/events") == 0;
        rni_str request = { 0 };
        add_request(&s, r, &request);
        const int status = send_all(&s, &request, !stream, answer, sizeof answer);
        if (status >= 500 && status != 503 && status != 507)
            test_failed(__FILE__, __LINE__, "status %d:\n%.2000s\n%.2000s", status, request.at, answer);
        refused += status >= 400;
        done += status >= 200 && status < 300;
        rni_str_free(&request);
        if (i % 50 == 0) CHECK_EQ_I64(ask(&s, "GET", "/session", NULL, answer, sizeof answer), 200);
    }
    CHECK(refused > routes && done > routes);
    CHECK_EQ_I64(count_files(test_folder()), files);
    CHECK_EQ_I64(rni_file_bytes(test_path("secret")), 6);
    rni_console_close(s.console);
    CHECK_OK();
}

RN_TEST(a_server_that_ends_gives_back_its_memory)
{
    static char answer[65536];
    server s;
    int64_t live = 0; /* after the first: the library keeps what it has loaded */
    for (int i = 0; i < 2; i++) {
        begin(&s, i ? "second" : "first");
        CHECK_EQ_I64(ask(&s, "GET", "/runs", NULL, answer, sizeof answer), 200);
        CHECK_EQ_I64(ask(&s, "GET", "/nowhere", NULL, answer, sizeof answer), 404);
        rni_console_close(s.console);
        CHECK_OK();
        if (i == 0) live = rni_alloc_live();
        CHECK_EQ_I64(rni_alloc_live(), live);
    }
}
