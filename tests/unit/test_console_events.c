/* Streams of events: order, slow readers, the end. */
#include "test.h"

#include "base/alloc.h"
#include "console/console_p.h"
#include "console/events.h"

/* A stream as the server would send it. */
typedef struct reader {
    rni_request q;
    pthread_t thread;
    int64_t events, resyncs;
} reader;

static void open_stream(reader *r, rni_console *c)
{
    *r = (reader){ .q.console = c };
    CHECK(rni_events_answer(&r->q));
    CHECK_EQ_STR(r->q.type, "text/event-stream");
}

static int64_t read_some(reader *r, char *to, int64_t size)
{
    const int64_t n = r->q.stream(r->q.stream_user, to, size - 1);
    to[n > 0 ? n : 0] = '\0';
    return n;
}

RN_TEST(events_come_in_order_and_whole)
{
    const int64_t live = rni_alloc_live();
    rni_console c = { .events = rni_events_open() };
    reader r;
    char text[4096], all[4096] = "";
    open_stream(&r, &c);
    CHECK_EQ_I64(rni_events_listeners(c.events), 1);
    CHECK(read_some(&r, text, sizeof text) > 0);
    CHECK(strstr(text, "{\"type\":\"hello\"}"));
    rni_events_tell(c.events, "{\"n\":1}");
    rni_events_tell_of(c.events, "gone", "run", "a\"b");
    while (!strstr(all, "b\"}\n\n")) {
        CHECK(read_some(&r, text, 6) > 0); /* in small pieces */
        strncat(all, text, sizeof all - strlen(all) - 1);
    }
    CHECK_EQ_STR(all, "data: {\"n\":1}\n\ndata: {\"type\":\"gone\",\"run\":\"a\\\"b\"}\n\n");
    rni_events_end(c.events);
    CHECK_EQ_I64(read_some(&r, text, sizeof text), -1);
    r.q.stream_free(r.q.stream_user);
    CHECK_EQ_I64(rni_events_listeners(c.events), 0);
    rni_events_close(c.events);
    CHECK_EQ_I64(rni_alloc_live(), live);
}

RN_TEST(who_is_too_slow_is_told_to_ask_anew)
{
    rni_console c = { .events = rni_events_open() };
    reader r;
    static char text[1 << 20];
    open_stream(&r, &c);
    CHECK(read_some(&r, text, sizeof text) > 0);
    for (int i = 0; i < 5000; i++) rni_events_tell(c.events, "{\"old\":1}");
    CHECK(read_some(&r, text, sizeof text) > 0);
    CHECK(strstr(text, "resync") && !strstr(text, "old"));
    rni_events_tell(c.events, "{\"new\":1}");
    CHECK(read_some(&r, text, sizeof text) > 0);
    CHECK(strstr(text, "new") && !strstr(text, "resync"));
    rni_events_end(c.events);
    r.q.stream_free(r.q.stream_user);
    rni_events_close(c.events);
}

static void *listen_on(void *user)
{
    reader *r = user;
    char text[8192];
    int64_t n;
    while ((n = read_some(r, text, sizeof text)) > 0) {
        for (const char *s = text; (s = strstr(s, "\"n\":")) != NULL; s++) r->events++;
        for (const char *s = text; (s = strstr(s, "resync")) != NULL; s++) r->resyncs++;
    }
    r->q.stream_free(r->q.stream_user);
    return NULL;
}

RN_TEST(a_hundred_pages_hear_the_same)
{
    enum { PAGES = 100, EVENTS = 300 };
    static reader r[PAGES];
    rni_console c = { .events = rni_events_open() };
    for (int i = 0; i < PAGES; i++) {
        open_stream(&r[i], &c);
        CHECK(pthread_create(&r[i].thread, NULL, listen_on, &r[i]) == 0);
    }
    for (int i = 0; i < EVENTS; i++) rni_events_tell(c.events, "{\"n\":1}"); /* fewer than are kept */
    const struct timespec pause = { .tv_sec = 1 };
    nanosleep(&pause, NULL);
    rni_events_end(c.events);
    for (int i = 0; i < PAGES; i++) {
        CHECK(pthread_join(r[i].thread, NULL) == 0);
        CHECK(getenv("RENSA_TEST_DIVIDE") || r[i].events == EVENTS || r[i].resyncs > 0);
    }
    rni_events_close(c.events);
}

RN_TEST(more_pages_than_there_is_room_for_are_sent_away)
{
    rni_console c = { .events = rni_events_open() };
    static reader r[400];
    int n = 0;
    for (; n < 400; n++) {
        r[n] = (reader){ .q.console = &c };
        if (!rni_events_answer(&r[n].q)) break;
    }
    CHECK(n >= 100 && n < 400);
    CHECK_EQ_I64(r[n].q.status, 503);
    CHECK_ERROR(RN_ERR_IO, "listen already");
    for (int i = 0; i < n; i++) r[i].q.stream_free(r[i].q.stream_user);
    rni_events_close(c.events);
}
