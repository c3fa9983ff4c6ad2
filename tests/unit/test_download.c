/* Downloads from a server of this program's own: whole, resumed, checked, from the next mirror, and all that goes
 * wrong. */
#include "test.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/sha256.h"
#include "io/codec.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY_BYTES = 300000 };

/* Written by start_server before the thread runs; the counters by the thread. */
static struct {
    int listener, port;
    pthread_t thread;
    char body[BODY_BYTES], sha256[RNI_SHA256_TEXT];
    atomic_int requests, ranges;
    atomic_llong last_offset;
} g;

/* ---- the server ---- */

static void send_all(int fd, const char *p, int64_t n)
{
    while (n > 0) {
        const ssize_t w = send(fd, p, (size_t)n, MSG_NOSIGNAL);
        if (w <= 0) return;
        p += w;
        n -= w;
    }
}

typedef struct request {
    char path[64];
    int64_t offset; /* of a Range header, -1 without one */
} request;

static bool read_request(int fd, request *r)
{
    char text[4096];
    int64_t n = 0;
    *r = (request){ .offset = -1 };
    while (n < (int64_t)sizeof text - 1) {
        const ssize_t got = recv(fd, text + n, sizeof text - 1 - (size_t)n, 0);
        if (got <= 0) return false;
        n += got;
        text[n] = '\0';
        if (strstr(text, "\r\n\r\n")) break;
    }
    const char *range = strstr(text, "Range: bytes=");
    if (range) r->offset = strtoll(range + 13, NULL, 10);
    const char *path = strchr(text, ' ');
    if (!path) return false;
    const char *end = strchr(path + 1, ' ');
    snprintf(r->path, sizeof r->path, "%.*s", end ? (int)(end - path - 1) : 0, path + 1);
    return true;
}

static void reply(int fd, const char *status, const char *headers, const char *body, int64_t length, int64_t sent)
{
    char head[512];
    const int n = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %lld\r\nConnection: close\r\n%s\r\n",
                           status, (long long)length, headers);
    send_all(fd, head, n);
    send_all(fd, body, sent);
}

/* The body from the offset on, `portion` bytes of it at most. */
static void reply_range(int fd, int64_t offset, int64_t portion)
{
    char header[128] = "";
    const int64_t from = offset > 0 ? offset : 0, left = BODY_BYTES - from;
    if (from > 0)
        snprintf(header, sizeof header, "Content-Range: bytes %lld-%d/%d\r\n", (long long)from, BODY_BYTES - 1,
                 BODY_BYTES);
    reply(fd, from > 0 ? "206 Partial Content" : "200 OK", header, g.body + from, left,
          left < portion ? left : portion);
}

static void wait_for_end(int fd)
{
    char c;
    while (recv(fd, &c, 1, 0) > 0) continue;
}

static void answer(int fd)
{
    request r;
    if (!read_request(fd, &r)) return;
    atomic_fetch_add(&g.requests, 1);
    if (r.offset >= 0) {
        atomic_fetch_add(&g.ranges, 1);
        atomic_store(&g.last_offset, r.offset);
    }
    if (strcmp(r.path, "/ok") == 0 && r.offset >= BODY_BYTES)
        reply(fd, "416 Range Not Satisfiable", "", "", 0, 0);
    else if (strcmp(r.path, "/ok") == 0)
        reply_range(fd, r.offset, BODY_BYTES);
    else if (strcmp(r.path, "/norange") == 0)
        reply_range(fd, 0, BODY_BYTES);
    else if (strcmp(r.path, "/cut") == 0)
        reply_range(fd, r.offset, 100000);
    else if (strcmp(r.path, "/wrong") == 0)
        reply(fd, "200 OK", "", "something else", 14, 14);
    else if (strcmp(r.path, "/empty") == 0)
        reply(fd, "200 OK", "", "", 0, 0);
    else if (strcmp(r.path, "/redirect") == 0)
        reply(fd, "302 Found", "Location: /ok\r\n", "moved", 5, 5);
    else if (strcmp(r.path, "/tofile") == 0)
        reply(fd, "302 Found", "Location: file:///etc/passwd\r\n", "", 0, 0);
    else if (strcmp(r.path, "/stall") == 0) {
        reply_range(fd, r.offset, 1000);
        wait_for_end(fd);
    } else
        reply(fd, "404 Not Found", "", "no such thing", 13, 13);
}

static void *serve(void *unused)
{
    (void)unused;
    for (;;) {
        const int fd = accept(g.listener, NULL, NULL);
        if (fd < 0) return NULL;
        answer(fd);
        shutdown(fd, SHUT_RDWR);
        close(fd);
    }
}

static int listen_somewhere(int *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof a;
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 16) != 0) abort();
    getsockname(fd, (struct sockaddr *)&a, &n);
    *port = ntohs(a.sin_port);
    return fd;
}

/* Started by the first test; ends with the program. */
static void start_server(void)
{
    if (g.listener) return;
    setenv("NO_PROXY", "*", 1);
    for (int i = 0; i < BODY_BYTES; i++) g.body[i] = (char)(i * 31 + (i >> 8));
    rni_sha256_of(g.body, BODY_BYTES, g.sha256);
    g.listener = listen_somewhere(&g.port);
    pthread_create(&g.thread, NULL, serve, NULL);
    pthread_detach(g.thread);
}

/* ---- helpers ---- */

static const char *url(const char *path)
{
    static _Thread_local char buf[4][128];
    static _Thread_local int turn;
    start_server();
    turn = (turn + 1) % 4;
    snprintf(buf[turn], sizeof buf[turn], "http://127.0.0.1:%d%s", g.port, path);
    return buf[turn];
}

static void check_body(const char *path)
{
    void *bytes;
    int64_t n;
    char part[600];
    CHECK(rni_file_read(path, 1 << 20, &bytes, &n));
    CHECK_OK();
    CHECK_EQ_I64(n, BODY_BYTES);
    CHECK(memcmp(bytes, g.body, BODY_BYTES) == 0);
    rni_free(bytes);
    snprintf(part, sizeof part, "%s.part", path);
    CHECK(!rni_file_exists(part));
}

#define GET(file, sha, ...)                                                                                            \
    rni_download(&(rni_download_args){ .urls = (const char *const[]){ __VA_ARGS__ },                                   \
                                       .url_count = (int)RN_COUNTOF(((const char *const[]){ __VA_ARGS__ })),           \
                                       .sha256 = sha,                                                                  \
                                       .path = file })

/* ---- tests ---- */

RN_TEST(a_file_is_downloaded_into_folders_that_are_made)
{
    url("");
    CHECK(GET(test_path("deep/er/ok"), g.sha256, url("/ok")));
    CHECK_OK();
    check_body(test_path("deep/er/ok"));
    CHECK(GET(test_path("nosum"), NULL, url("/ok")));
    check_body(test_path("nosum"));
    CHECK(GET(test_path("redirected"), g.sha256, url("/redirect")));
    check_body(test_path("redirected"));
}

RN_TEST(a_file_that_is_there_is_not_downloaded_again)
{
    url("");
    CHECK(GET(test_path("there"), g.sha256, url("/ok")));
    const int before = atomic_load(&g.requests);
    CHECK(GET(test_path("there"), g.sha256, url("/ok")));
    CHECK_EQ_I64(atomic_load(&g.requests) - before, 0);
    CHECK(rni_file_write(test_path("there"), "damaged", 7));
    CHECK(GET(test_path("there"), g.sha256, url("/ok")));
    CHECK_EQ_I64(atomic_load(&g.requests) - before, 1);
    check_body(test_path("there"));
}

RN_TEST(a_cut_connection_is_an_error_and_the_next_call_resumes)
{
    url("");
    CHECK(!GET(test_path("cut"), g.sha256, url("/cut")));
    CHECK_ERROR(RN_ERR_IO, "the file could not be downloaded");
    CHECK(!rni_file_exists(test_path("cut")));
    CHECK_EQ_I64(rni_file_bytes(test_path("cut.part")), 100000);
    const int ranges = atomic_load(&g.ranges);
    CHECK(GET(test_path("cut"), g.sha256, url("/ok")));
    CHECK_OK();
    CHECK_EQ_I64(atomic_load(&g.ranges) - ranges, 1);
    CHECK_EQ_I64(atomic_load(&g.last_offset), 100000);
    check_body(test_path("cut"));
}

RN_TEST(a_part_is_continued_from_the_next_mirror)
{
    url("");
    CHECK(GET(test_path("two"), g.sha256, url("/cut"), url("/cut"), url("/cut")));
    CHECK_OK();
    check_body(test_path("two"));
}

RN_TEST(a_server_without_ranges_sends_all_of_it_again)
{
    url("");
    CHECK(rni_file_write(test_path("again.part"), g.body, 5000));
    CHECK(GET(test_path("again"), g.sha256, url("/norange")));
    CHECK_OK();
    check_body(test_path("again"));
}

RN_TEST(a_part_with_wrong_bytes_is_thrown_away_and_the_mirror_tried_again)
{
    url("");
    CHECK(rni_file_write(test_path("bad.part"), "these bytes are from another file", 33));
    CHECK(GET(test_path("bad"), g.sha256, url("/ok")));
    CHECK_OK();
    check_body(test_path("bad"));
    /* Longer than the file: the server says that there is nothing from there on. */
    char *more = calloc(1, BODY_BYTES + 10);
    CHECK(rni_file_write(test_path("long.part"), more, BODY_BYTES + 10));
    free(more);
    CHECK(GET(test_path("long"), g.sha256, url("/ok")));
    CHECK_OK();
    check_body(test_path("long"));
}

RN_TEST(a_complete_part_needs_no_server)
{
    url("");
    const int before = atomic_load(&g.requests);
    CHECK(rni_file_write(test_path("full.part"), g.body, BODY_BYTES));
    CHECK(rni_download(&(rni_download_args){ .urls = (const char *const[]){ url("/404") },
                                             .url_count = 1,
                                             .sha256 = g.sha256,
                                             .bytes = BODY_BYTES,
                                             .path = test_path("full") }));
    CHECK_EQ_I64(atomic_load(&g.requests) - before, 0);
    check_body(test_path("full"));
}

RN_TEST(a_wrong_checksum_is_an_error_and_nothing_stays)
{
    url("");
    CHECK(!GET(test_path("sum"), g.sha256, url("/wrong")));
    CHECK_ERROR(RN_ERR_IO, "the checksum is wrong: SHA-256 ");
    CHECK(!rni_file_exists(test_path("sum")) && !rni_file_exists(test_path("sum.part")));
    CHECK(GET(test_path("sum"), g.sha256, url("/wrong"), url("/404"), url("/ok")));
    CHECK_OK();
    check_body(test_path("sum"));
    CHECK(!GET(test_path("short"), "abc", url("/ok")));
    CHECK_ERROR(RN_ERR_ARG, "SHA-256 of 64 digits");
}

RN_TEST(all_mirrors_and_their_reasons_are_named)
{
    url("");
    CHECK(!GET(test_path("none"), g.sha256, url("/404"), url("/wrong")));
    const rn_error *e = rn_error_last();
    CHECK(e && strstr(e->message, "404") && strstr(e->message, "/wrong: the checksum") && strstr(e->message, "/none"));
    rn_error_clear();
    CHECK(!rni_file_exists(test_path("none.part")));
    CHECK(!rni_download(&(rni_download_args){ .path = test_path("none") }));
    CHECK_ERROR(RN_ERR_IO, "no address is known");
}

RN_TEST(no_server_is_said_plainly)
{
    int port;
    char nobody[128];
    const int fd = listen_somewhere(&port);
    close(fd);
    snprintf(nobody, sizeof nobody, "http://127.0.0.1:%d/x", port);
    url("");
    CHECK(!GET(test_path("nobody"), g.sha256, nobody));
    CHECK_ERROR(RN_ERR_IO, "Failed to connect");
    CHECK(!GET(test_path("nobody"), g.sha256, "http://no-such-host.invalid/x"));
    CHECK_ERROR(RN_ERR_IO, "no-such-host.invalid");
    CHECK(!rni_file_exists(test_path("nobody")) && !rni_file_exists(test_path("nobody.part")));
    CHECK(rni_folder_make(test_path("kept")));
    CHECK(!GET(test_path("kept/a/b/nobody"), g.sha256, nobody));
    CHECK_ERROR(RN_ERR_IO, "Failed to connect");
    CHECK(rni_folder_exists(test_path("kept")) && !rni_file_exists(test_path("kept/a")));
    CHECK(!GET(test_path("nobody"), g.sha256, "ftp://127.0.0.1/x"));
    CHECK_ERROR(RN_ERR_IO, "rotocol");
}

RN_TEST(a_server_cannot_lead_to_local_files)
{
    CHECK(!GET(test_path("passwd"), NULL, url("/tofile")));
    CHECK_ERROR(RN_ERR_IO, "/tofile: ");
    CHECK(!rni_file_exists(test_path("passwd")));
}

RN_TEST(a_server_that_stalls_is_given_up)
{
    url("");
    const rni_download_args args = { .urls = (const char *const[]){ url("/stall"), url("/ok") },
                                     .url_count = 2,
                                     .sha256 = g.sha256,
                                     .path = test_path("stall"),
                                     .stall_seconds = 1 };
    CHECK(rni_download(&args));
    CHECK_OK();
    check_body(test_path("stall"));
}

RN_TEST(sizes_are_limited_and_compared)
{
    rni_download_args args = { .urls = (const char *const[]){ url("/ok") }, .url_count = 1, .path = test_path("size") };
    args.limit = BODY_BYTES - 1;
    CHECK(!rni_download(&args));
    CHECK_ERROR(RN_ERR_IO, "larger than the 299999 bytes");
    args.limit = 0;
    args.bytes = BODY_BYTES + 1;
    CHECK(!rni_download(&args));
    CHECK_ERROR(RN_ERR_IO, "the file has 300000 bytes instead of 300001");
    CHECK(!rni_file_exists(test_path("size")) && !rni_file_exists(test_path("size.part")));
    args.bytes = BODY_BYTES;
    CHECK(rni_download(&args));
    check_body(test_path("size"));
    CHECK(GET(test_path("empty"), NULL, url("/empty")));
    CHECK_OK();
    CHECK_EQ_I64(rni_file_bytes(test_path("empty")), 0);
}

RN_TEST(a_local_file_is_a_mirror_too)
{
    char local[600];
    url("");
    CHECK(rni_file_write(test_path("local"), g.body, BODY_BYTES));
    snprintf(local, sizeof local, "file://%s", test_path("local"));
    CHECK(GET(test_path("copy"), g.sha256, local));
    CHECK_OK();
    check_body(test_path("copy"));
    CHECK(rni_file_write(test_path("copy2.part"), g.body, 777));
    CHECK(GET(test_path("copy2"), g.sha256, local));
    CHECK_OK();
    check_body(test_path("copy2"));
}

typedef struct watcher {
    int64_t calls, done, total, stop_after;
} watcher;

static bool watch(void *user, int64_t done, int64_t total)
{
    watcher *w = user;
    if (done < w->done) w->calls = -1000000; /* it must not go back */
    w->calls++;
    w->done = done;
    w->total = total;
    return done < w->stop_after;
}

RN_TEST(progress_is_reported_and_can_stop_the_download)
{
    watcher w = { .stop_after = INT64_MAX };
    rni_download_args args = { .urls = (const char *const[]){ url("/ok"), url("/ok") },
                               .url_count = 2,
                               .sha256 = g.sha256,
                               .path = test_path("watched"),
                               .progress = watch,
                               .user = &w };
    CHECK(rni_download(&args));
    CHECK(w.calls > 0);
    CHECK_EQ_I64(w.total, BODY_BYTES);
    w = (watcher){ .stop_after = 1 };
    args.path = test_path("stopped");
    CHECK(!rni_download(&args));
    CHECK_ERROR(RN_ERR_STATE, "the download was stopped");
    CHECK(!rni_file_exists(test_path("stopped")));
}

RN_TEST(a_full_disk_is_said_plainly_and_leaves_nothing)
{
    struct rlimit before, small;
    url("");
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    small = (struct rlimit){ .rlim_cur = 100000, .rlim_max = before.rlim_max };
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const bool ok = GET(test_path("disk"), g.sha256, url("/ok"), url("/ok"));
    setrlimit(RLIMIT_FSIZE, &before);
    CHECK(!ok);
    CHECK_ERROR(RN_ERR_IO, "cannot write: File too large");
    CHECK(!rni_file_exists(test_path("disk")) && !rni_file_exists(test_path("disk.part")));
    CHECK(rni_file_write(test_path("blocking"), "", 0));
    CHECK(!GET(test_path("blocking/x"), g.sha256, url("/ok")));
    CHECK_ERROR(RN_ERR_IO, "cannot make the folder");
}

static void *download_same(void *result)
{
    *(bool *)result = GET(test_path("shared"), g.sha256, url("/ok"));
    if (!rn_ok()) rn_report_error(stderr);
    return NULL;
}

RN_TEST(two_programs_that_want_the_same_file_do_not_mix_their_bytes)
{
    pthread_t other;
    bool a = false, b = false;
    url("");
    const int before = atomic_load(&g.requests);
    pthread_create(&other, NULL, download_same, &a);
    b = rni_download(&(rni_download_args){
        .urls = (const char *const[]){ url("/ok") }, .url_count = 1, .sha256 = g.sha256, .path = test_path("shared") });
    pthread_join(other, NULL);
    CHECK_OK();
    CHECK(a && b);
    CHECK_EQ_I64(atomic_load(&g.requests) - before, 1);
    check_body(test_path("shared"));
}
