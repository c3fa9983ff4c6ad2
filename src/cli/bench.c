/* rensa bench: how long a step of a network takes, or a call of each function. */
#include "engine/machine.h"
#include "cli/project.h"
#include "cli/run.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"

#include <rensa/selftest.h>
#include <stdlib.h>
#include <string.h>

enum { NETWORK = 1, FUNCTIONS = 2, MACHINE = 4 };

typedef struct options {
    cli_project_args project;
    int64_t steps, warm_up;
    bool infer, json, machine;
} options;

typedef struct timing {
    const char *name;
    int64_t batch, steps;
    double median, low, high; /* ms; low and high: 10th and 90th percentile */
    double rate;              /* examples per second, over all of them */
} timing;

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool time_steps(rni_session *s, const options *o, timing *t, double *ms)
{
    int64_t examples = 0;
    double total = 0;
    const bool training = rn_train_mode(!o->infer), grad = rn_grad_mode(!o->infer);
    const rn_dtype precision = rn_precision_mode(s->training.precision);
    bool ok = true;
    for (int64_t i = -o->warm_up; ok && i < o->steps; i++) {
        const double begin = rni_now();
        const rn_batch *b = rn_next(s->batches);
        ok = b && cli_step(s, b, o->infer);
        if (!ok || i < 0) continue;
        ms[i] = 1e3 * (rni_now() - begin);
        total += ms[i];
        examples += b->count;
    }
    rn_precision_mode(precision);
    rn_train_mode(training);
    rn_grad_mode(grad);
    if (!ok) return false;
    qsort(ms, (size_t)o->steps, sizeof *ms, by_size);
    t->steps = o->steps;
    t->batch = rn_iterator_batch_size(s->batches);
    t->median = ms[o->steps / 2];
    t->low = ms[o->steps / 10];
    t->high = ms[o->steps - 1 - o->steps / 10];
    t->rate = total > 0 ? 1e3 * (double)examples / total : 0;
    return true;
}

static void print_json(const timing *t, const options *o)
{
    rni_str text = { 0 };
    rni_json_writer w = { .to = &text, .indent = 2 };
    const struct {
        const char *key, *text;
    } texts[] = { { "name", t->name },
                  { "mode", o->infer ? "infer" : "train" },
                  { "device", rn_device_name() },
                  { "version", rn_version() } };
    const struct {
        const char *key;
        double value;
    } numbers[] = { { "threads", cli_threads() },      { "batch", (double)t->batch }, { "steps", (double)t->steps },
                    { "median_ms", t->median },        { "p10_ms", t->low },          { "p90_ms", t->high },
                    { "examples_per_second", t->rate } };
    rni_json_object_begin(&w);
    for (size_t i = 0; i < RN_COUNTOF(texts); i++) {
        rni_json_put_string(&w, texts[i].key, texts[i].text);
    }
    for (size_t i = 0; i < RN_COUNTOF(numbers); i++) {
        rni_json_put_number(&w, numbers[i].key, numbers[i].value);
    }
    rni_json_object_end(&w);
    if (!text.failed) puts(text.at);
    rni_str_free(&text);
}

static int time_network(const options *o)
{
    rni_project *p = cli_project_make(&o->project);
    p = p ? cli_project_settle(p) : NULL;
    rni_session *s = NULL;
    if (p)
        s = rni_session_open(p, &(rni_session_args){ .steps = true, .quiet = true, .progress = cli_download_progress });
    double *ms = s ? rni_alloc(o->steps * (int64_t)sizeof *ms) : NULL;
    timing t = { 0 };
    if (ms && time_steps(s, o, &t, ms)) {
        const char *name = rni_json_string(rni_json_get(s->project->json, "name"));
        t.name = name ? name : "project";
        if (o->json)
            print_json(&t, o);
        else
            printf("%s, %s, batch %lld, on %s, %d thread%s: median %.3f ms, p10 %.3f, p90 %.3f (%lld steps), %.0f "
                   "examples/s\n",
                   t.name, o->infer ? "forward" : "training step", (long long)t.batch, rn_device_name(), cli_threads(),
                   cli_threads() == 1 ? "" : "s", t.median, t.low, t.high, (long long)t.steps, t.rate);
    }
    rni_free(ms);
    rni_session_free(s);
    return cli_end();
}

static int time_functions(const char *only, const char *device)
{
    rn_selftest_counts counts = { 0 };
    const bool ok = rn_selftest_at(&(rn_selftest_args){ .site = RN_SITE(rn_selftest_args),
                                                        .to = stdout,
                                                        .perf = true,
                                                        .only = only,
                                                        .device = device,
                                                        .counts = &counts });
    if (ok && only && counts.passed == 0) return cli_no_such_name(&cli_bench, only);
    return cli_end() || !ok ? 1 : 0;
}

/* ---- the machine ---- */

static const struct {
    const char *key, *text, *unit;
    double scale;
} machine_rows[] = { { "f32", "multiply-adds, f32", "Gflop/s", 1e-9 },
                     { "bf16", "multiply-adds, bf16", "Gflop/s", 1e-9 },
                     { "memory", "memory, read and written", "GB/s", 1e-9 },
                     { "shared", "cache that all cores share", "GB/s", 1e-9 },
                     { "cache", "cache of a core", "GB/s", 1e-9 } };

static const double *machine_row(const rn_limits *l, size_t i)
{
    const double *const rows[] = { l->f32, l->bf16, l->memory, l->shared, l->cache };
    return rows[i];
}

static void print_machine_json(const rni_machine *m)
{
    rni_str text = { 0 };
    rni_json_writer w = { .to = &text, .indent = 2 };
    rni_json_object_begin(&w);
    rni_json_put_string(&w, "machine", m->name);
    rni_json_put_int(&w, "threads", m->limits.threads);
    for (size_t i = 0; i < RN_COUNTOF(machine_rows); i++)
        for (int k = 0; k < 2; k++) {
            char key[32];
            snprintf(key, sizeof key, "%s_%s", machine_rows[i].key, k ? "all" : "1");
            rni_json_put_number(&w, key, machine_row(&m->limits, i)[k]);
        }
    rni_json_object_end(&w);
    if (!text.failed) puts(text.at);
    rni_str_free(&text);
}

static int time_machine(const options *o)
{
    rni_machine m = { 0 };
    if ((o->project.device && !rn_device_use(o->project.device)) || !rni_machine_of(&m, true)) return cli_end();
    if (!m.known) rn_fail(RN_ERR_UNSUPPORTED, NULL, "the device %s cannot say what its limits are", rn_device_name());
    if (!m.known) return cli_end();
    if (o->json) {
        print_machine_json(&m);
        return 0;
    }
    printf("%s\n%-28s %14s %14s\n", m.name, "", "1 thread", m.limits.threads == 1 ? "" : "all threads");
    for (size_t i = 0; i < RN_COUNTOF(machine_rows); i++) {
        const double *v = machine_row(&m.limits, i);
        if (v[0] <= 0) continue;
        printf("%-28s %14.1f", machine_rows[i].text, v[0] * machine_rows[i].scale);
        if (m.limits.threads > 1) printf(" %14.1f", v[1] * machine_rows[i].scale);
        printf(" %s\n", machine_rows[i].unit);
    }
    return 0;
}

static bool is_project(const char *text)
{
    const size_t n = strlen(text);
    return n > 5 && strcmp(text + n - 5, ".json") == 0;
}

static int start(const options *o, const cli_option *table, const char *name)
{
    const bool network = o->project.net || o->project.file;
    if (o->machine && (network || name)) return cli_usage(&cli_bench, "--machine takes no network and no name");
    if (o->machine) {
        cli_unused(&cli_bench, table, MACHINE, "with --machine");
        return time_machine(o);
    }
    cli_unused(&cli_bench, table, network ? NETWORK : FUNCTIONS, network ? "for networks" : "for functions");
    return network ? time_network(o) : time_functions(name, o->project.device);
}

static int run(int argc, char **argv)
{
    options o = { .project.seed = -1, .steps = 50, .warm_up = 5 };
    const cli_option table[] = {
        { "net", "NAME", "built-in network: lenet, mlp, resnet20, vgg11, lstm-lm, gpt", CLI_TEXT, &o.project.net, 0,
          0 },
        { "data", "NAME|PATH", "data to train with, instead of the project's", CLI_TEXT, &o.project.data, 0, 0,
          NETWORK },
        { "batch", "N", "examples per step", CLI_INT, &o.project.batch, 1, 1e9, NETWORK },
        { "limit", "N", "use only the first N examples of each data set", CLI_INT, &o.project.limit, 1, 1e15, NETWORK },
        { "set", "KEY=VALUE", "change a value of the project (repeatable)", CLI_TEXTS, &o.project.sets, 0, 0, NETWORK },
        { "steps", "N", "steps to time (default 50)", CLI_INT, &o.steps, 1, 1e7, NETWORK },
        { "warm-up", "N", "steps before them (default 5)", CLI_INT, &o.warm_up, 0, 1e7, NETWORK },
        { "infer", NULL, "time the pass forward alone", CLI_SWITCH, &o.infer, 0, 0, NETWORK },
        { "machine", NULL, "measure what the device can do at the most, for rensa explain", CLI_SWITCH, &o.machine, 0,
          0, MACHINE },
        { "json", NULL, "print JSON", CLI_SWITCH, &o.json, 0, 0, NETWORK | MACHINE },
        { "precision", "NAME", "of products: float32 (default), bfloat16, float16", CLI_TEXT, &o.project.precision, 0,
          0, NETWORK },
        { "device", "NAME", "device to compute on: cpu (default), ref, ...", CLI_DEVICE, &o.project.device, 0, 0 },
        { "threads", "N", "threads to compute with (default: all)", CLI_INT, &o.project.threads, 1, 4096, NETWORK },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_bench, table, argc, argv, &n)) return EXIT_USAGE;
    if (n > 1) return cli_usage(&cli_bench, "one project, or one part of a name");
    if (n == 1 && o.project.net) return cli_usage(&cli_bench, "a project, --net or a part of a name, not two of them");
    if (n == 1 && is_project(argv[1])) o.project.file = argv[1];
    if (n == 1 && rni_builtin_find(argv[1]))
        return cli_usage(&cli_bench, "--net %s times the built-in network of that name", argv[1]);
    return start(&o, table, n == 1 ? argv[1] : NULL);
}

const cli_command cli_bench = {
    .name = "bench",
    .arguments = "[PROJECT.json | --net NAME | PART-OF-A-NAME | --machine] [OPTIONS]",
    .brief = "time a network, or single functions",
    .help = "Of a network: median, 10th and 90th percentile over steps of training, reading of batches included, and "
            "examples\n"
            "per second. Of functions: microseconds and bytes per call, for all cases with this part in their names.\n"
            "Of the machine: multiply-adds and bytes per second, measured anew and kept in the user's cache.",
    .run = run,
};
