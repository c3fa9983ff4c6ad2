/* rensa explain: compiles the steps of a network and shows what the compiler made of them. */
#include "cli/explain.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/project.h"
#include "cli/run.h"

#include <stdlib.h>
#include <string.h>

enum { WARM_UP = 3 /* steps until all plans are there */, MEASURED = 20, MEASURE_SECONDS = 5 };

typedef struct options {
    cli_project_args project;
    bool json, measure;
    char *html; /* the file that the page goes to */
} options;

/* ---- figures ---- */

double cli_step_seconds(const cli_explained *e, const cli_plan *p, int64_t k)
{
    return e->measured ? p->plan->step[k].seconds : p->least[k];
}

const char *cli_step_bound(const cli_explained *e, const cli_plan *p, int64_t k)
{
    const double call = 1e-6; /* seconds that waking a kernel may cost */
    const rni_report_step *s = &p->plan->step[k];
    if (!e->machine.known || p->least[k] < call) return "call";
    const double alone = rni_machine_least(&e->machine, 0, s->cost.bytes, false);
    return alone < p->least[k] * 0.999 ? "compute" : "memory";
}

void cli_step_name(const rni_report_step *s, char *buf, size_t size)
{
    snprintf(buf, size, "%s%s%s", s->grad_of ? s->grad_of : "", s->grad_of ? "' " : "", s->function);
}

void cli_step_place(const rni_report_step *s, char *buf, size_t size)
{
    buf[0] = '\0';
    if (s->file) snprintf(buf, size, "%s:%d", rni_path_base(s->file), s->line);
}

void cli_amount(double value, const char *unit, char *buf, size_t size)
{
    static const char *const prefixes[] = { "", "k", "M", "G", "T", "P" };
    size_t i = 0;
    while (value >= 999.5 && i + 1 < RN_COUNTOF(prefixes)) {
        value /= 1000;
        i++;
    }
    const int digits = value >= 99.95 || (i == 0 && value == (double)(int64_t)value) ? 0 : value >= 9.995 ? 1 : 2;
    snprintf(buf, size, "%.*f %s%s", digits, value, prefixes[i], unit);
}

void cli_time(double seconds, char *buf, size_t size)
{
    const double us = seconds * 1e6;
    if (us < 999.5)
        snprintf(buf, size, "%.*f us", us < 9.95 ? 2 : 1, us);
    else if (us < 999500)
        snprintf(buf, size, "%.*f ms", us < 99950 ? 2 : 1, us * 1e-3);
    else
        snprintf(buf, size, "%.2f s", seconds);
}

typedef struct timed {
    double seconds;
    int32_t step;
} timed;

static int longest_first(const void *a, const void *b)
{
    const timed *x = a, *y = b;
    if (x->seconds != y->seconds) return x->seconds < y->seconds ? 1 : -1;
    return (x->step > y->step) - (x->step < y->step);
}

int32_t *cli_steps_by_time(const cli_explained *e, const cli_plan *p)
{
    const int64_t n = p->plan->n_steps;
    timed *t = rni_alloc((n + 1) * (int64_t)sizeof *t);
    int32_t *order = rni_alloc((n + 1) * (int64_t)sizeof *order);
    for (int32_t k = 0; t && k < n; k++) t[k] = (timed){ cli_step_seconds(e, p, k), k };
    if (t && n) qsort(t, (size_t)n, sizeof *t, longest_first);
    for (int64_t k = 0; t && order && k < n; k++) order[k] = t[k].step;
    rni_free(t);
    return order;
}

/* Whether a kernel of that name stands among the steps before the k-th. */
static bool seen_before(const rni_report_plan *p, int64_t k)
{
    enum { LOOK_BACK = 2000 };
    for (int64_t i = k - 1; i >= 0 && i > k - LOOK_BACK; i--)
        if (strcmp(p->step[i].kernel, p->step[k].kernel) == 0) return true;
    return false;
}

static bool count_plan(const cli_explained *e, cli_plan *to, const rni_report_plan *p)
{
    *to = (cli_plan){ .plan = p, .least = rni_alloc((p->n_steps + 1) * (int64_t)sizeof *to->least) };
    for (int64_t k = 0; to->least && k < p->n_steps; k++) {
        const rni_report_step *s = &p->step[k];
        const bool narrow = strstr(s->shapes, "f16[") != NULL; /* f16 and bf16 */
        to->least[k] = rni_machine_least(&e->machine, rni_machine_work(&s->cost), s->cost.bytes, narrow);
        to->predicted += to->least[k];
        to->measured += s->seconds;
        to->fused += s->calls > 1;
        to->in_place += s->in_place;
        to->added += s->added != NULL;
        to->plain_c += s->plain_c;
        to->kernels += !seen_before(p, k);
    }
    return to->least != NULL;
}

/* ---- gathering ---- */

static bool turns(rni_session *s, bool infer, int64_t n, double *shortest)
{
    const double begin = rni_now();
    bool ok = true;
    for (int64_t i = 0; ok && i < n && (i < WARM_UP || rni_now() - begin < MEASURE_SECONDS); i++) {
        const rn_batch *b = rn_next(s->batches);
        const double start = rni_now();
        ok = b && cli_step(s, b, infer);
        const double seconds = rni_now() - start;
        if (shortest && (*shortest == 0 || seconds < *shortest)) *shortest = seconds;
    }
    return ok;
}

/* Steps with every plan described, then, if that is asked for, steps whose calls are timed, and steps that are left
 * alone. */
static bool gather_part(rni_session *s, cli_explained *e, cli_part *part, bool infer)
{
    const bool training = rn_train_mode(!infer), grad = rn_grad_mode(!infer);
    const rn_dtype precision = rn_precision_mode(s->training.precision);
    bool ok = false;
    part->report = rni_report_new();
    RN_SCOPE
    {
        ok = part->report && rni_report_push(part->report) && turns(s, infer, WARM_UP, NULL);
        if (ok) rni_report_forget_times(part->report);
        ok = ok && turns(s, infer, e->measured ? MEASURED : 1, NULL);
    }
    if (ok && e->measured) ok = turns(s, infer, MEASURED, &part->step);
    rn_train_mode(training);
    rn_grad_mode(grad);
    rn_precision_mode(precision);
    part->plan = ok ? rni_alloc((part->report->n + 1) * (int64_t)sizeof *part->plan) : NULL;
    ok = part->plan != NULL;
    for (int64_t i = 0; ok && i < part->report->n; i++) {
        if (part->report->plan[i]->runs == 0) continue;
        cli_plan *p = &part->plan[part->n++];
        ok = count_plan(e, p, part->report->plan[i]);
        snprintf(p->id, sizeof p->id, "%c%lld", part->key[0], (long long)part->n);
    }
    return ok;
}

static bool gather(rni_session *s, cli_explained *e)
{
    char name[sizeof e->name];
    snprintf(e->name, sizeof e->name, "%s", cli_project_name(s->project, name, sizeof name));
    e->batch = rn_iterator_batch_size(s->batches);
    e->threads = cli_threads();
    e->part[0] = (cli_part){ .key = "training", .title = "training step" };
    e->part[1] = (cli_part){ .key = "inference", .title = "inference" };
    const bool ok = rni_machine_of(&e->machine, false) && gather_part(s, e, &e->part[0], false) &&
                    gather_part(s, e, &e->part[1], true);
    rn_link_count(s->model->root, &e->parameters);
    return ok;
}

static void explained_free(cli_explained *e)
{
    for (int i = 0; i < 2; i++) {
        for (int64_t k = 0; k < e->part[i].n; k++) rni_free(e->part[i].plan[k].least);
        rni_free(e->part[i].plan);
        rni_report_free(e->part[i].report);
    }
}

/* ---- the command ---- */

static void show(const cli_explained *e, const options *o)
{
    rni_str text = { 0 };
    if (o->html) {
        cli_explain_html(e, &text);
        if (!text.failed) rni_file_write(o->html, text.at, text.length);
        rni_str_free(&text);
    }
    if (o->json) {
        cli_explain_json(e, &text);
        if (!text.failed) puts(text.at);
        rni_str_free(&text);
    } else if (!o->html)
        cli_explain_text(e, stdout);
}

static int explain(const options *o)
{
    cli_explained e = { .measured = o->measure };
    rni_project *p = cli_project_make(&o->project);
    p = p ? cli_project_settle(p) : NULL;
    rni_session *s = NULL;
    if (p)
        s = rni_session_open(p, &(rni_session_args){ .steps = true, .quiet = true, .progress = cli_download_progress });
    if (s && gather(s, &e)) show(&e, o);
    explained_free(&e);
    rni_session_free(s);
    return cli_end();
}

static bool is_project(const char *text)
{
    const size_t n = strlen(text);
    return n > 5 && strcmp(text + n - 5, ".json") == 0;
}

static int run(int argc, char **argv)
{
    options o = { .project.seed = -1 };
    const cli_option table[] = {
        { "net", "NAME", "built-in network: lenet, mlp, resnet20, vgg11, lstm-lm, gpt", CLI_TEXT, &o.project.net, 0,
          0 },
        { "data", "NAME|PATH", "data to train with, instead of the project's", CLI_TEXT, &o.project.data, 0, 0 },
        { "batch", "N", "examples per step", CLI_INT, &o.project.batch, 1, 1e9 },
        { "limit", "N", "use only the first N examples of each data set", CLI_INT, &o.project.limit, 1, 1e15 },
        { "set", "KEY=VALUE", "change a value of the project (repeatable)", CLI_TEXTS, &o.project.sets, 0, 0 },
        { "precision", "NAME", "of products: float32 (default), bfloat16, float16", CLI_TEXT, &o.project.precision, 0,
          0 },
        { "measure", NULL, "run 20 steps and show the times as well", CLI_SWITCH, &o.measure, 0, 0 },
        { "json", NULL, "print JSON", CLI_SWITCH, &o.json, 0, 0 },
        { "html", "FILE", "write a page with tables, graph and plots instead", CLI_TEXT, &o.html, 0, 0 },
        { "device", "NAME", "device to compute on: cpu (default), ref, ...", CLI_DEVICE, &o.project.device, 0, 0 },
        { "threads", "N", "threads to compute with (default: all)", CLI_INT, &o.project.threads, 1, 4096 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_explain, table, argc, argv, &n)) return EXIT_USAGE;
    if (n + (o.project.net != NULL) != 1)
        return cli_usage(&cli_explain, "one project, run or model file, or --net NAME");
    char *file = NULL;
    if (n == 1 && (is_project(argv[1]) || rni_builtin_find(argv[1])))
        o.project.file = argv[1];
    else if (n == 1)
        o.project.file = file = cli_run_project(argv[1]);
    const int status = rn_ok() ? explain(&o) : cli_end();
    rni_free(file);
    return status;
}

const cli_command cli_explain = {
    .name = "explain",
    .arguments = "(PROJECT.json | RUN | MODEL | --net NAME) [OPTIONS]",
    .brief = "show what the compiler makes of a network",
    .help = "Of the training step and of inference: what was recorded and what runs, which calls became one and why "
            "others did\n"
            "not, orders of axes, copies, memory, operations, bytes, and the least time within the limits of the "
            "machine, which\n"
            "are measured once (rensa bench --machine).",
    .run = run,
};
