/* How long does a network take for one example, trained and without history? bench_infer CASE [SECONDS] */
#include "bench.h"
#include "networks.h"

static bool forward(void *user)
{
    const bench_job *j = user;
    RN_SCOPE
    RN_TEST_MODE
    rn_data(rn_call(j->model, j->x));
    return rn_ok();
}

static int run(const char *name, double seconds)
{
    char line[64];
    snprintf(line, sizeof line, "infer-%s", name);
    bench_job j;
    bench_result r = { .median = -1 };
    if (bench_job_open(&j, name, 1)) r = bench_run(forward, &j, 8, seconds);
    if (r.median > 0) bench_print(line, r, 1, "call", j.parameters);
    bench_job_close(&j);
    return rn_report_error(stderr);
}

int main(int argc, char **argv)
{
    static const char *const all[] = { "mlp1000", "lenet", "resnet20", "resnet18", "vgg11" };
    const double seconds = argc > 2 ? strtod(argv[2], NULL) : 4;
    if (argc > 1) return run(argv[1], seconds);
    int failed = 0;
    for (size_t i = 0; i < RN_COUNTOF(all); i++) failed |= run(all[i], seconds);
    return failed;
}
