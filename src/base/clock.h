/* A clock that is never set. */
#ifndef RNI_BASE_CLOCK_H
#define RNI_BASE_CLOCK_H

#include <time.h>

/* Seconds since some moment in the past. */
static inline double rni_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
