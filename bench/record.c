/* What does a call cost before anything is computed? Nanoseconds per recorded call, and per recorded and replayed one,
 * of processor time: whatever else the machine does is no part of a call. */
#include "bench.h"

enum { CALLS = 1000 };

static bool record(void *user)
{
    RN_SCOPE
    {
        rn_tensor *x = user, *y = x;
        for (int i = 0; i < CALLS; i++) y = rn_add(y, x);
    }
    return rn_ok();
}

static bool replay(void *user)
{
    RN_SCOPE
    {
        rn_tensor *x = user, *y = x;
        for (int i = 0; i < CALLS; i++) y = rn_add(y, x);
        rn_eval(y);
    }
    return rn_ok();
}

int main(void)
{
    bench_clock = CLOCK_PROCESS_CPUTIME_ID;
    if (!rn_device_use("null")) return rn_report_error(stderr);
    rn_tensor *x = rn_keep(rn_zeros(RN_SHAPE(8, 8)));
    rn_eval(x);
    const bench_result a = bench_run(record, x, 10, 1), b = bench_run(replay, x, 10, 1);
    printf("record         %8.1f ns per call  p10 %8.1f\n", a.median / CALLS * 1e9, a.p10 / CALLS * 1e9);
    printf("record+replay  %8.1f ns per call  p10 %8.1f, nothing computed\n", b.median / CALLS * 1e9,
           b.p10 / CALLS * 1e9);
    rn_drop(x);
    return rn_report_error(stderr);
}
