/* The steps of plans, from the lines that plans log when they end. */
#ifndef RENSA_TESTS_STEPS_H
#define RENSA_TESTS_STEPS_H

#include "test.h"

#include <string.h>

static int steps;
static char names[4096]; /* "exp;sum;" */

static inline void steps_count(void *user, rn_log_level level, const char *topic, const char *text)
{
    (void)user, (void)level;
    const char *name = strstr(text, " us  ");
    if (strcmp(topic, "step") != 0 || !name) return;
    steps++;
    snprintf(names + strlen(names), sizeof names - strlen(names), "%.*s;", (int)strcspn(name + 5, "("), name + 5);
}

/* Plans made from here on are counted. */
static inline void steps_begin(void)
{
    steps = 0;
    names[0] = 0;
    rn_log_set(steps_count, NULL);
    CHECK(rn_log_levels("step:debug"));
}

/* Ends all plans. */
static inline void steps_end(void)
{
    rn_shutdown();
    rn_log_set(NULL, NULL);
    CHECK(rn_log_levels(""));
}

/* How many of them are calls of a function. */
static inline int steps_named(const char *function)
{
    int n = 0;
    char text[64];
    snprintf(text, sizeof text, "%s ;", function);
    for (const char *s = names; (s = strstr(s, text)) != NULL; s++) n++;
    return n;
}

#endif
