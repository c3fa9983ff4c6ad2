/* Levels per topic and the place where log lines go. */
#include "base/log.h"

#include "base/error.h"
#include "base/number.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { TOPICS_MAX = 16 };

/* Written under the lock, by rn_log_set, rn_log_levels and the first use (which reads RENSA_LOG). */
static struct {
    pthread_mutex_t lock;
    bool ready;
    rn_log_fn *fn;
    void *user;
    rn_log_level all;
    int count;
    struct {
        char name[24];
        rn_log_level level;
    } topic[TOPICS_MAX];
} g = { .lock = PTHREAD_MUTEX_INITIALIZER, .all = RN_LOG_WARN };

static const char *const level_names[] = { "off", "error", "warn", "info", "debug" };

static int level_by_name(const char *s, size_t n)
{
    for (int i = 0; i < (int)RN_COUNTOF(level_names); i++)
        if (strlen(level_names[i]) == n && memcmp(level_names[i], s, n) == 0) return i;
    return -1;
}

/* One part of the list: "debug" or "engine:debug" or "engine" (which means debug). */
static bool set_part(const char *s, size_t n)
{
    const char *colon = memchr(s, ':', n);
    const size_t name = colon ? (size_t)(colon - s) : n;
    int level = level_by_name(colon ? colon + 1 : s, colon ? n - name - 1 : n);
    if (!colon && level >= 0) {
        g.all = (rn_log_level)level;
        return true;
    }
    if (!colon) level = RN_LOG_DEBUG;
    if (level < 0 || name == 0 || name >= sizeof g.topic[0].name || g.count == TOPICS_MAX) return false;
    memcpy(g.topic[g.count].name, s, name);
    g.topic[g.count].name[name] = '\0';
    g.topic[g.count++].level = (rn_log_level)level;
    return true;
}

/* Those that the library logs under, for who mistypes one. */
static const char *const topics[] = { "base", "data", "dispatch", "engine", "error",
                                      "io",   "plan", "project",  "step",   "train" };

static bool is_topic(const char *name)
{
    for (size_t i = 0; i < RN_COUNTOF(topics); i++)
        if (strcmp(name, topics[i]) == 0) return true;
    return false;
}

static void warn_of_topics(void)
{
    for (int i = 0; i < g.count; i++) {
        if (is_topic(g.topic[i].name)) continue;
        fprintf(stderr, "rensa: RENSA_LOG: there is no topic \"%s\"; there are", g.topic[i].name);
        for (size_t k = 0; k < RN_COUNTOF(topics); k++) fprintf(stderr, "%s %s", k ? "," : "", topics[k]);
        fputs("\n", stderr);
    }
}

static const char *set_levels(const char *spec)
{
    g.count = 0;
    g.all = RN_LOG_WARN;
    for (const char *s = spec; *s;) {
        const size_t n = strcspn(s, ",");
        if (n && !set_part(s, n)) return s;
        s += n + (s[n] == ',');
    }
    return NULL;
}

static void ready(void)
{
    if (g.ready) return;
    g.ready = true;
    const char *env = getenv("RENSA_LOG");
    const char *bad = env ? set_levels(env) : NULL;
    if (bad)
        fprintf(stderr,
                "rensa: RENSA_LOG: cannot understand \"%s\"; it is off, error, warn, info or debug, or topics with "
                "these, as in plan:debug\n",
                bad);
    else
        warn_of_topics();
}

bool rn_log_levels(const char *spec)
{
    pthread_mutex_lock(&g.lock);
    g.ready = true;
    const char *bad = set_levels(spec ? spec : "");
    pthread_mutex_unlock(&g.lock);
    if (bad) return rni_fail(RN_ERR_ARG, NULL, "log_levels", "cannot understand \"%s\"", bad);
    return true;
}

void rn_log_set(rn_log_fn *fn, void *user)
{
    pthread_mutex_lock(&g.lock);
    g.fn = fn;
    g.user = user;
    pthread_mutex_unlock(&g.lock);
}

static bool on(rn_log_level level, const char *topic)
{
    for (int i = 0; i < g.count; i++)
        if (strcmp(g.topic[i].name, topic) == 0) return level <= g.topic[i].level;
    return level <= g.all;
}

bool rni_log_on(rn_log_level level, const char *topic)
{
    pthread_mutex_lock(&g.lock);
    ready();
    const bool yes = on(level, topic);
    pthread_mutex_unlock(&g.lock);
    return yes;
}

void rni_log(rn_log_level level, const char *topic, const char *fmt, ...)
{
    if (!rni_log_on(level, topic)) return;
    char text[2048];
    va_list args;
    va_start(args, fmt);
    rni_vformat(text, sizeof text, fmt, args);
    va_end(args);
    pthread_mutex_lock(&g.lock);
    rn_log_fn *fn = g.fn;
    void *user = g.user;
    pthread_mutex_unlock(&g.lock);
    if (fn)
        fn(user, level, topic, text);
    else
        fprintf(stderr, "rensa %s: %s: %s\n", level_names[level], topic, text);
}
