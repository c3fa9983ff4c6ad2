/* Tests of the table of functions: every row, its cases and its gradients, on one device. For `rensa selftest`, for the
 * project's own tests, and for programs that register functions of their own (rn_op_register). */
#ifndef RENSA_SELFTEST_H
#define RENSA_SELFTEST_H

#include <rensa/base.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rn_selftest_counts {
    int64_t passed, failed, skipped;
} rn_selftest_counts;

typedef struct rn_selftest_args {
    rn_site site;
    const char *device; /* name of the device to be tested; left out: that of this thread */
    const char *only; /* run tests whose name contains this text from a word's beginning: "relu/grad/x:f32[2,3]@cpu" */
    const char *golden;         /* folder with results of another implementation; left out: none are compared */
    FILE *to;                   /* where failures are described; left out: nowhere */
    bool verbose;               /* passed and skipped tests are listed as well */
    bool list;                  /* names only, nothing runs */
    bool dump;                  /* inputs of the cases instead of tests, as text for another implementation */
    bool perf;                  /* times of the cases instead of tests: microseconds and bytes per call */
    rn_selftest_counts *counts; /* to be set; may be left out */
} rn_selftest_args;

/** Tests functions: that calls which must be refused are; values against the plain C back end in f64 and against stored
 *  results; gradients and gradients of gradients against differences; strided, shifted, repeated, broadcast and empty
 *  inputs; eager against planned, bit for bit; the same seed twice. True if nothing failed. What failed is written to
 *  `to`, not raised. Errors: those of opening the device; IO and FORMAT of stored results. Thread-safe: per thread. */
RN_API bool rn_selftest_at(const rn_selftest_args *args);
#define rn_selftest(...) rn_selftest_at(&(rn_selftest_args){ .site = RN_SITE(rn_selftest_args), __VA_ARGS__ })

#ifdef __cplusplus
}
#endif
#endif
