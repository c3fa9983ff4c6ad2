/* The pending error of a thread, its text and its trail.
 *
 * The record is preallocated per thread, so that reporting a lack of memory needs none. Only the first failure is kept:
 * what follows from it is noise, apart from the call sites that its NULL travelled through, which make the trail. */
#include "base/error.h"

#include "base/alloc.h"
#include "base/log.h"
#include "base/number.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 6144 };

static _Thread_local struct {
    rn_error error;
    char text[TEXT_MAX]; /* head and detail lines */
    char full[TEXT_MAX]; /* with the trail, made when asked for */
    int length, reason;  /* of the text; where in it the first line comes to the point */
    bool open;           /* rni_error_add may still extend it */
    const rn_site *current;
    const rni_gatherer *gatherer;
} t;

static const struct {
    const char *name, *text;
} status_rows[] = {
#define X(name, text) { "RN_ERR_" #name, text },
    RNI_STATUS_LIST(X)
#undef X
};

const char *rn_status_name(rn_status status)
{
    return status >= 0 && status < RN_ERR_COUNT ? status_rows[status].name : "RN_ERR_UNKNOWN";
}

bool rn_ok(void)
{
    return t.error.status == RN_OK;
}

static void append(const char *fmt, va_list args)
{
    if (t.length >= TEXT_MAX - 1) return;
    const int n = rni_vformat(t.text + t.length, (size_t)(TEXT_MAX - t.length), fmt, args);
    if (n > 0) t.length += n;
    if (t.length > TEXT_MAX - 1) t.length = TEXT_MAX - 1;
}

static void RN_PRINTF(1, 2) appendf(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    append(fmt, args);
    va_end(args);
}

static const char *base_name(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path;
}

static void fail_v(rn_status status, const rn_site *site, const char *op, const char *fmt, va_list args)
{
    t.error.status = status;
    if (t.current) site = t.current;
    t.error.site = rni_site_copy(site);
    t.error.trail_count = 0;
    t.length = 0;
    t.open = true;
    if (t.error.site.file) appendf("%s:%d: ", base_name(t.error.site.file), t.error.site.line);
    if (site && site->call) op = site->call;
    if (op) appendf("%s: ", op);
    t.reason = t.length;
    append(fmt, args);
}

bool rni_fail(rn_status status, const rn_site *site, const char *op, const char *fmt, ...)
{
    if (t.error.status != RN_OK) {
        t.open = false;
        return false;
    }
    va_list args;
    va_start(args, fmt);
    fail_v(status, site, op, fmt, args);
    va_end(args);
    return false;
}

bool rni_given(const void *arg, const rn_site *site, const char *op, const char *name)
{
    return arg || rni_fail(RN_ERR_ARG, site, op, "%s is NULL", name);
}

bool rn_fail(rn_status status, const rn_site *site, const char *fmt, ...)
{
    if (t.error.status != RN_OK) return false;
    va_list args;
    va_start(args, fmt);
    fail_v(status, site, NULL, fmt ? fmt : "no text was given", args);
    va_end(args);
    t.open = false;
    return false;
}

void rni_error_add(const char *label, const char *fmt, ...)
{
    if (!t.open) return;
    appendf("\n  %-6s  ", label);
    va_list args;
    va_start(args, fmt);
    append(fmt, args);
    va_end(args);
}

bool rni_explained(bool ok, const rn_site *site, const char *op, const char *part)
{
    if (t.error.status != RN_OK) return false;
    return ok || rni_fail(RN_ERR_INTERNAL, site, op, "%s failed without saying why", part);
}

/* Whether the trail has this call: in a loop that goes on after an error, one turn says it all. */
static bool on_trail(const rn_site *site, const char *what)
{
    for (int i = 0; i < t.error.trail_count; i++)
        if (t.error.trail[i].site.line == site->line && strcmp(t.error.trail[i].what, what) == 0 &&
            strcmp(t.error.trail[i].site.file, site->file) == 0)
            return true;
    return false;
}

void rni_error_trail(const rn_site *site, const char *what)
{
    if (t.current) return; /* inside of a call: whoever made it may still say more */
    t.open = false;
    if (t.error.status == RN_OK || t.error.trail_count >= RN_TRAIL_MAX || !site || !site->file) return;
    if (on_trail(site, what)) return;
    t.error.trail[t.error.trail_count].site = *site;
    t.error.trail[t.error.trail_count].what = what;
    t.error.trail_count++;
}

const rn_error *rn_error_last(void)
{
    if (t.error.status == RN_OK) return NULL;
    size_t n = (size_t)t.length;
    memcpy(t.full, t.text, n + 1);
    for (int i = 0; i < t.error.trail_count && n < TEXT_MAX; i++) {
        const rn_site *s = &t.error.trail[i].site;
        const int w = snprintf(t.full + n, TEXT_MAX - n, "%s%s:%d %s", i == 0 ? "\n  via     " : ", ",
                               base_name(s->file), s->line, t.error.trail[i].what);
        if (w < 0) break;
        n += (size_t)w;
    }
    t.error.message = t.full;
    return &t.error;
}

void rn_error_clear(void)
{
    t.error.status = RN_OK;
    t.error.trail_count = 0;
    t.length = 0;
    t.text[0] = '\0';
    t.open = false;
}

int rn_report_error(FILE *to)
{
    const rn_error *e = rn_error_last();
    if (!e) return 0;
    fprintf(to, "%s\n", e->message);
    rn_error_clear();
    return 1;
}

const rn_site *rni_site_enter(const rn_site *site)
{
    const rn_site *before = t.current;
    t.current = site;
    return before;
}

const rn_site *rni_site_current(void)
{
    return t.current;
}

struct rni_error_copy {
    rn_error error;
    int length, reason;
    char text[TEXT_MAX];
};

char *rni_error_reason(char *buf, size_t size)
{
    const char *text = rn_ok() ? "" : t.text + t.reason;
    snprintf(buf, size, "%.*s", (int)strcspn(text, "\n"), text);
    return buf;
}

const rni_gatherer *rni_gather_enter(const rni_gatherer *g)
{
    const rni_gatherer *before = t.gatherer;
    t.gatherer = g;
    return before;
}

bool rni_gathering(void)
{
    return t.gatherer != NULL;
}

bool rni_excused(const void *where)
{
    if (!t.gatherer || t.error.status == RN_ERR_NOMEM || t.error.status == RN_ERR_INTERNAL) return false;
    const rn_error *e = rn_error_last();
    if (!e) return true;
    char reason[1024];
    t.gatherer->take(t.gatherer->user, e, rni_error_reason(reason, sizeof reason), where);
    rn_error_clear();
    return true;
}

rni_error_copy *rni_error_take(void)
{
    if (rn_ok()) return NULL;
    rni_error_copy *e = malloc(sizeof *e); /* not counted: an error about memory must be able to travel */
    if (e) {
        e->error = t.error;
        e->length = t.length;
        e->reason = t.reason;
        memcpy(e->text, t.text, sizeof e->text);
    }
    rn_error_clear();
    return e;
}

void rni_error_give(rni_error_copy *e)
{
    if (!e) return;
    if (rn_ok()) {
        t.error = e->error;
        t.length = e->length;
        t.reason = e->reason;
        memcpy(t.text, e->text, sizeof t.text);
    }
    free(e);
}

void rni_assert_failed(const char *cond, const char *file, int line)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, cond);
    abort();
}

void rni_never(const char *cond, const char *file, int line)
{
#ifdef NDEBUG
    rni_log(RN_LOG_ERROR, "base", "%s:%d: this should not happen: %s", file, line, cond);
#else
    rni_assert_failed(cond, file, line);
#endif
}
