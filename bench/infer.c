/* How long does a network take for one example, trained and without history? bench_infer CASE [SECONDS] */
#include "bench.h"
#include "networks.h"

typedef struct {
    bench_job job;
    rn_predictor *predictor;
} state;

static bool forward(void *user)
{
    const state *s = user;
    RN_SCOPE
    rn_data(rn_predict(s->predictor, s->job.x));
    return rn_ok();
}

static int run(const char *name, double seconds)
{
    char line[64];
    snprintf(line, sizeof line, "infer-%s", name);
    state s = { 0 };
    bench_result r = { .median = -1 };
    if (bench_job_open(&s.job, name, 1) && (s.predictor = rn_predictor_new(s.job.model)) != NULL)
        r = bench_run(forward, &s, 8, seconds);
    if (r.median > 0) bench_print(line, r, 1, "call", s.job.parameters);
    rn_predictor_free(s.predictor);
    bench_job_close(&s.job);
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
