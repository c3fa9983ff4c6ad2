/* A growing text, and finding the name that a mistyped one was meant to be. */
#ifndef RNI_BASE_STR_H
#define RNI_BASE_STR_H

#include <rensa/base.h>
#include <stdarg.h>

/* Once an allocation fails, `failed` is set, an error is pending and further additions do nothing. */
typedef struct rni_str {
    char *at; /* NUL-terminated once something was added; NULL before */
    int64_t length, capacity;
    bool failed;
} rni_str;

void rni_str_add(rni_str *s, const char *text);
void rni_str_add_n(rni_str *s, const char *text, int64_t n);
void rni_str_addf(rni_str *s, const char *fmt, ...) RN_PRINTF(2, 3);
void rni_str_addv(rni_str *s, const char *fmt, va_list args);
void rni_str_free(rni_str *s);

/* The candidate nearest to `name` in edits, NULL if none is near. next(user, i) gives the i-th candidate, NULL ends;
 * empty ones are passed over. */
const char *rni_nearest(const char *name, const char *(*next)(void *user, int i), void *user);

#endif
