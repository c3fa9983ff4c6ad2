/* What bench programs share: a clock, medians, one line per result. */
#ifndef RENSA_BENCH_H
#define RENSA_BENCH_H

#include <rensa.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

typedef bool bench_fn(void *user);

/* A program may choose another one before it measures. */
static clockid_t bench_clock = CLOCK_MONOTONIC;

static inline double bench_now(void)
{
    struct timespec t;
    clock_gettime(bench_clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int bench_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct {
    double median, p10, p90; /* seconds per call */
} bench_result;

/* Calls fn for about `budget` seconds after `warm` calls, in samples of at least 20 ms. A negative median: fn failed.
 */
static inline bench_result bench_run(bench_fn *fn, void *user, int warm, double budget)
{
    enum { SAMPLES = 40 };
    double s[SAMPLES];
    bench_result bad = { -1, -1, -1 };
    for (int i = 0; i < warm; i++)
        if (!fn(user)) return bad;
    double t = bench_now();
    if (!fn(user)) return bad;
    const double once = bench_now() - t;
    const int calls = once < 0.02 ? (int)fmin(0.02 / fmax(once, 1e-7), 1e6) : 1;
    int n = (int)(budget / fmax(once * calls, 1e-6));
    n = n < 5 ? 5 : n > SAMPLES ? SAMPLES : n;
    for (int i = 0; i < n; i++) {
        t = bench_now();
        for (int k = 0; k < calls; k++)
            if (!fn(user)) return bad;
        s[i] = (bench_now() - t) / calls;
    }
    qsort(s, (size_t)n, sizeof *s, bench_compare);
    return (bench_result){ s[n / 2], s[n / 10], s[n - 1 - n / 10] };
}

/* The most memory that the process has had so far, in MiB. */
static inline double bench_resident(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss / 1024;
}

/* "case  median ms  p10  p90  rate  memory  parameters", the form that bench/peers/run reads. */
static inline void bench_print(const char *name, bench_result r, double items, const char *unit, int64_t parameters)
{
    printf("%-14s %12.5f ms  p10 %12.5f  p90 %12.5f  %12.1f %s/s  rss %.1f MiB", name, r.median * 1e3, r.p10 * 1e3,
           r.p90 * 1e3, items / r.median, unit, bench_resident());
    if (parameters) printf("  parameters %lld", (long long)parameters);
    printf("\n");
    fflush(stdout);
}

#endif
