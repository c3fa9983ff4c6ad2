/* Names of passes, and the limit of memory. */
#include "engine/pass.h"

#include "base/error.h"
#include "base/log.h"
#include "base/number.h"
#include "engine/engine.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
#define X(name, text, doc) text,
    RNI_PASS_LIST(X)
#undef X
};

static unsigned find(const char *name)
{
    for (int i = 0; i < RNI_PASSES; i++)
        if (strcmp(name, names[i]) == 0) return 1u << i;
    return 0;
}

unsigned rni_passes_parse(const char *list)
{
    unsigned all = 0;
    for (const char *s = list; *s;) {
        const size_t n = strcspn(s, ",");
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        const unsigned pass = find(name);
        if (!pass && n) rni_log(RN_LOG_WARN, "engine", "RENSA_OFF: there is no pass \"%s\"", name);
        all |= pass;
        s += n + (s[n] == ',');
    }
    return all;
}

bool rn_pass_mode(const char *name, bool on)
{
    rni_thread *t = rni_thread_self();
    const unsigned pass = name ? find(name) : 0;
    if (!pass) return rni_fail(RN_ERR_ARG, NULL, "pass_mode", "there is no pass \"%s\"", name ? name : "(null)");
    const bool was = !(t->passes_off & pass);
    t->passes_off = on ? t->passes_off & ~pass : t->passes_off | pass;
    return was;
}

int64_t rni_bytes_parse(const char *text)
{
    static const char units[] = "kmg";
    char *end;
    double n = rni_scan_f64(text, &end);
    const char *unit = *end ? strchr(units, tolower((unsigned char)*end)) : NULL;
    for (const char *u = units; unit && u <= unit; u++) n *= 1024;
    if (end != text && end[unit != NULL] == 0 && n >= 1 && n < 0x1p62) return (int64_t)n;
    if (*text) rni_log(RN_LOG_WARN, "engine", "RENSA_MEMORY_LIMIT: \"%s\" is no number of bytes such as 512m", text);
    return 0;
}

int64_t rn_memory_limit(int64_t bytes)
{
    rni_thread *t = rni_thread_self();
    const int64_t was = t->memory_limit;
    if (bytes < 0) rni_fail(RN_ERR_ARG, NULL, "memory_limit", "%lld bytes are no limit", (long long)bytes);
    if (bytes >= 0) t->memory_limit = bytes;
    return was;
}
