/* Raising errors inside the library. One error per thread; the first one stands until it is cleared. */
#ifndef RNI_BASE_ERROR_H
#define RNI_BASE_ERROR_H

#include <rensa/error.h>
#include <stdarg.h>

/* Records an error unless one is pending. `op` (may be NULL) is the function that refuses. Returns false. */
bool rni_fail(rn_status status, const rn_site *site, const char *op, const char *fmt, ...) RN_PRINTF(4, 5);
/* Whether an argument that must be there is; else records that `name` is NULL, in the name of `op`. */
bool rni_given(const void *arg, const rn_site *site, const char *op, const char *name);
/* The same for the argument struct of the exported function `func`, as __func__ has it. */
static inline bool rni_args(const void *args, const char *func)
{
    return args || rni_given(args, NULL, func, "args");
}
/* A copy of a call site that may be NULL. */
static inline rn_site rni_site_copy(const rn_site *site)
{
    return site ? *site : (rn_site){ 0 };
}
/* Adds a line "  <label>  <text>" to the error just recorded; does nothing if the pending error was not recorded by the
 * last rni_fail of this thread. Labels in use: expect, actual, hint, file, in. */
void rni_error_add(const char *label, const char *fmt, ...) RN_PRINTF(2, 3);
/* A call that got the result of the failed one: one more step of the trail. */
void rni_error_trail(const rn_site *site, const char *what);
/* What came of a callback: true if it returned `ok` and raised nothing. If it failed without an error, one is raised
 * that says so of `part` ("its infer"). */
bool rni_explained(bool ok, const rn_site *site, const char *op, const char *part);
/* The call that the running code acts for. Compositions and gradients set it, so that errors inside name the user's
 * line; public calls made while it is set take it as theirs. Returns the previous one. */
const rn_site *rni_site_enter(const rn_site *site);
const rn_site *rni_site_current(void);
/* Copies the pending error out of a worker thread and raises it again in the thread that waits for it. */
typedef struct rni_error_copy rni_error_copy;
/* What the first line of the pending error says, without the place and the call; returns buf. */
char *rni_error_reason(char *buf, size_t size);
rni_error_copy *rni_error_take(void);
void rni_error_give(rni_error_copy *e); /* frees e; NULL is fine */

/* ---- going on after errors ----
 *
 * Whoever wants all errors of a text, and not only the first, gathers: code that can do without what has just failed
 * then hands the error over and goes on. */
typedef struct rni_gatherer {
    void (*take)(void *user, const rn_error *e, const char *reason, const void *where); /* reason: its first line */
    void *user;
} rni_gatherer;
/* From here on in this thread; NULL ends it. Returns the one before. */
const rni_gatherer *rni_gather_enter(const rni_gatherer *g);
bool rni_gathering(void);
/* After a failure: true where the thread gathers and can go on; the error, if it is still pending, has been handed over
 * with `where` (a place as the gatherer knows it) and is forgotten. False for lack of memory and internal errors. */
bool rni_excused(const void *where);

#define RNI_TRY(expr)                                                                                                  \
    do {                                                                                                               \
        if (!(expr)) return false;                                                                                     \
    } while (0)

#ifdef NDEBUG
#define rn_assert(cond) ((void)0)
#else
#define rn_assert(cond) ((cond) ? (void)0 : rni_assert_failed(#cond, __FILE__, __LINE__))
#endif
void rni_assert_failed(const char *cond, const char *file, int line);

/* True if `cond`, which no program should be able to bring about, holds: stops in debug, lets release take the safe
 * way. */
#define RNI_NEVER(cond) ((cond) ? (rni_never(#cond, __FILE__, __LINE__), true) : false)
void rni_never(const char *cond, const char *file, int line);

#endif
