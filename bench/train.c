/* How long does a training step take? bench_train CASE [SECONDS]; without arguments all cases in f32. OMP_NUM_THREADS
 * sets the threads. */
#include "bench.h"
#include "networks.h"

static bool step(void *user)
{
    bench_job_step(user);
    return rn_ok();
}

static int run(const char *name, double seconds)
{
    bench_job j;
    bench_result r = { .median = -1 };
    if (bench_job_open(&j, name, 0)) r = bench_run(step, &j, 3, seconds);
    if (r.median > 0) bench_print(name, r, j.net->units, j.net->unit, j.parameters);
    bench_job_close(&j);
    return rn_report_error(stderr);
}

/* What a process that computes next to nothing has: libraries are loaded and have made their kernels for a product. */
static int load(void)
{
    RN_SCOPE
    {
        rn_tensor *x = rn_ones(RN_SHAPE(256, 256));
        rn_eval(rn_matmul(x, x));
    }
    printf("load rss %.1f MiB\n", bench_resident());
    return rn_report_error(stderr);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "load") == 0) return load();
    const double seconds = argc > 2 ? strtod(argv[2], NULL) : 4;
    if (argc > 1) return run(argv[1], seconds);
    int failed = 0;
    for (const bench_network *net = bench_networks; net->name; net++) failed |= run(net->name, seconds);
    return failed;
}
