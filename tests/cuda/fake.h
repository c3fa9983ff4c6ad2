/* What the fake driver tells tests, and lets them break. Found by dlsym in the object that stands in for libcuda.so.1.
 */
#ifndef RENSA_TESTS_FAKE_H
#define RENSA_TESTS_FAKE_H

#include <stdint.h>

/* FAKE_CUDA in the environment, read when the driver is initialised: "count=0,version=11080,memory=64", each part may
 * be left out: number of devices, version of the driver, MiB of each device. */
typedef struct fake_report {
    long long calls; /* of the driver's functions, but for those that describe errors */
    long long launches, copies_in, copies_out, syncs;
    long long allocations, streams, events, modules; /* that are alive */
    long long bytes;                                 /* of the allocations */
    long long mistakes;                              /* of those who call: what a device would not forgive */
    char first_mistake[200];
} fake_report;

typedef void fake_report_fn(fake_report *report);
/* The n-th call from now fails with that code, those after it do well again; 0: none. */
typedef void fake_fail_fn(long long n, int code);

#endif
