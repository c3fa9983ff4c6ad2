/* The last events stand in a ring; each stream remembers the number of the next that it wants. A stream that lags
 * behind the ring is told "resync" and goes on with the newest. */
#include "console/events.h"

#include "base/alloc.h"
#include "base/error.h"
#include "console/console_p.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

enum { RING = 512, RING_BYTES = 4 << 20, BEAT_SECONDS = 10, LISTENERS = 300 };

struct rni_events {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    rni_str ring[RING];
    int64_t first, next, bytes; /* numbers of the oldest event and of the one to come */
    int listeners;
    bool ended;
};

typedef struct stream {
    rni_events *events;
    int64_t next;
    rni_str pending; /* what is being sent */
    int64_t sent;
} stream;

rni_events *rni_events_open(void)
{
    rni_events *e = rni_alloc((int64_t)sizeof *e);
    if (!e) return NULL;
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&e->lock, NULL);
    pthread_cond_init(&e->changed, &attr);
    pthread_condattr_destroy(&attr);
    return e;
}

void rni_events_end(rni_events *e)
{
    if (!e) return;
    pthread_mutex_lock(&e->lock);
    e->ended = true;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

void rni_events_close(rni_events *e)
{
    if (!e) return;
    for (int i = 0; i < RING; i++) rni_str_free(&e->ring[i]);
    pthread_cond_destroy(&e->changed);
    pthread_mutex_destroy(&e->lock);
    rni_free(e);
}

int rni_events_listeners(rni_events *e)
{
    pthread_mutex_lock(&e->lock);
    const int n = e->listeners;
    pthread_mutex_unlock(&e->lock);
    return n;
}

static void drop_oldest(rni_events *e)
{
    rni_str *s = &e->ring[e->first++ % RING];
    e->bytes -= s->length;
    rni_str_free(s);
}

void rni_events_tell(rni_events *e, const char *json)
{
    rni_str text = { 0 };
    rni_str_addf(&text, "data: %s\n\n", json);
    if (text.failed || text.length > RING_BYTES / 4) {
        rni_str_free(&text);
        return;
    }
    pthread_mutex_lock(&e->lock);
    while (e->next - e->first >= RING || (e->next > e->first && e->bytes + text.length > RING_BYTES)) drop_oldest(e);
    e->ring[e->next++ % RING] = text;
    e->bytes += text.length;
    pthread_cond_broadcast(&e->changed);
    pthread_mutex_unlock(&e->lock);
}

void rni_events_tell_of(rni_events *e, const char *type, const char *key, const char *value)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "type", type);
    if (key) rni_json_put_string(&w, key, value);
    rni_json_object_end(&w);
    if (!s.failed) rni_events_tell(e, s.at);
    rni_str_free(&s);
}

/* Takes what has happened since; with the lock. */
static void collect(stream *s)
{
    enum { AT_ONCE = 64 << 10 };
    rni_events *e = s->events;
    if (s->next < e->first) {
        rni_str_add(&s->pending, "data: {\"type\":\"resync\"}\n\n");
        s->next = e->next;
    }
    for (; s->next < e->next && s->pending.length < AT_ONCE; s->next++) {
        const rni_str *text = &e->ring[s->next % RING];
        rni_str_add_n(&s->pending, text->at, text->length);
    }
}

static bool wait_for_events(stream *s)
{
    rni_events *e = s->events;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += BEAT_SECONDS;
    pthread_mutex_lock(&e->lock);
    int status = 0;
    while (!e->ended && s->next == e->next && status == 0)
        status = pthread_cond_timedwait(&e->changed, &e->lock, &until);
    if (!e->ended) collect(s);
    const bool ended = e->ended;
    pthread_mutex_unlock(&e->lock);
    if (!ended && !s->pending.length) rni_str_add(&s->pending, ":\n\n"); /* shows that somebody is still there */
    return !ended && !s->pending.failed;
}

static int64_t read_stream(void *user, char *to, int64_t size)
{
    stream *s = user;
    if (s->sent == s->pending.length) {
        rni_str_free(&s->pending);
        s->sent = 0;
        if (!wait_for_events(s)) return -1;
    }
    const int64_t left = s->pending.length - s->sent, n = left < size ? left : size;
    memcpy(to, s->pending.at + s->sent, (size_t)n);
    s->sent += n;
    return n;
}

static void free_stream(void *user)
{
    stream *s = user;
    pthread_mutex_lock(&s->events->lock);
    s->events->listeners--;
    pthread_mutex_unlock(&s->events->lock);
    rni_str_free(&s->pending);
    rni_free(s);
}

bool rni_events_answer(rni_request *q)
{
    rni_events *e = q->console->events;
    stream *s = rni_alloc((int64_t)sizeof *s);
    if (!s) return false;
    rni_str_add(&s->pending, "retry: 1000\n\ndata: {\"type\":\"hello\"}\n\n");
    pthread_mutex_lock(&e->lock);
    const bool room = e->listeners < LISTENERS;
    if (room) e->listeners++;
    s->events = e;
    s->next = e->next;
    pthread_mutex_unlock(&e->lock);
    if (!room) {
        rni_str_free(&s->pending);
        rni_free(s);
        return rni_refuse(q, 503, "%d pages listen already", LISTENERS);
    }
    q->stream = read_stream;
    q->stream_free = free_stream;
    q->stream_user = s;
    q->type = "text/event-stream";
    return true;
}
