/* Errors: the first failure of a thread is recorded with the caller's file, line and function; calls made after it do
 * nothing and append their own line to the trail. Check once, at the end. */
#ifndef RENSA_ERROR_H
#define RENSA_ERROR_H

#include <rensa/base.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RNI_STATUS_LIST(X)                                                                                             \
    X(OK, "no error")                                                                                                  \
    X(SHAPE, "shapes do not fit")                                                                                      \
    X(DTYPE, "element types do not fit")                                                                               \
    X(ARG, "an argument is not usable")                                                                                \
    X(STATE, "not possible in this state")                                                                             \
    X(DEVICE, "a device failed")                                                                                       \
    X(NOMEM, "out of memory")                                                                                          \
    X(IO, "reading or writing failed")                                                                                 \
    X(FORMAT, "the contents are not in the expected format")                                                           \
    X(UNSUPPORTED, "not supported")                                                                                    \
    X(INTERNAL, "a defect of Rensa")

typedef enum rn_status {
#define X(name, text) RN_ERR_##name,
    RNI_STATUS_LIST(X)
#undef X
        RN_ERR_COUNT
} rn_status;
#define RN_OK RN_ERR_OK

#define RN_TRAIL_MAX 16

typedef struct rn_error {
    rn_status status;
    rn_site site;        /* the call that failed; file is NULL where it is not known */
    const char *message; /* the whole text, several lines, no newline at the end */
    int trail_count;     /* calls made since, each once (the first RN_TRAIL_MAX) */
    struct {
        rn_site site;
        const char *what;
    } trail[RN_TRAIL_MAX];
} rn_error;

/** True while no error is pending in this thread. Thread-safe: yes. */
RN_API bool rn_ok(void);
/** The pending error of this thread, NULL if there is none. Borrowed: valid until the next error or rn_error_clear. */
RN_API const rn_error *rn_error_last(void);
/** Forgets the pending error. */
RN_API void rn_error_clear(void);
/** Writes the pending error to `to`, forgets it and returns 1; returns 0 where there is none. */
RN_API int rn_report_error(FILE *to);
/** "RN_ERR_SHAPE" and so on. */
RN_API const char *rn_status_name(rn_status status);

/** Raises an error from code outside the library (custom functions, callbacks). `site` may be NULL. Returns false. */
RN_API bool rn_fail(rn_status status, const rn_site *site, const char *fmt, ...) RN_PRINTF(3, 4);

typedef enum rn_log_level { RN_LOG_ERROR = 1, RN_LOG_WARN, RN_LOG_INFO, RN_LOG_DEBUG } rn_log_level;

/** Receives log lines (no newline at the end). Called from the thread that logs. */
typedef void rn_log_fn(void *user, rn_log_level level, const char *topic, const char *text);
/** Sends log lines to `fn`; NULL restores the default, standard error. Thread-safe: yes. */
RN_API void rn_log_set(rn_log_fn *fn, void *user);
/** Sets levels as the environment variable RENSA_LOG does: "engine:debug,dispatch:info", or "info" for all topics.
 *  Errors: ARG names the part that is not understood. */
RN_API bool rn_log_levels(const char *spec);

#ifdef __cplusplus
}
#endif
#endif
