/* rensa evaluate: the metrics of a trained network on its data sets, or on other data. */
#include "cli/run.h"

#include "base/json.h"
#include "report/evaluation.h"

#include <string.h>

enum { OWN = 1, OTHER = 2 };

static void write_json(rni_json_writer *j, rni_session *s, const char *model, const rni_watch *w, const cli_report *r)
{
    rni_json_object_begin(j);
    rni_json_put_string(j, "model", model);
    rni_json_put_string(j, "monitor", w->name);
    rni_json_put_string(j, "data", rn_dataset_source(w->data->set));
    rni_json_put_int(j, "examples", r->examples);
    for (int i = 0; i < r->n_means; i++) {
        rni_json_put_number(j, r->mean[i].name, r->mean[i].value);
    }
    if (r->confusion) {
        rni_json_write_key(j, "confusion");
        rni_json_array_begin(j);
        for (int64_t i = 0; i < r->classes; i++) {
            rni_json_flat_begin(j);
            rni_json_array_begin(j);
            for (int64_t k = 0; k < r->classes; k++) rni_json_write_int(j, r->confusion[i * r->classes + k]);
            rni_json_array_end(j);
            rni_json_flat_end(j);
        }
        rni_json_array_end(j);
    }
    char hash[65];
    if (rn_model_hash(s->model->root, hash)) {
        rni_json_put_string(j, "parameters_sha256", hash);
    }
    rni_json_object_end(j);
}

/* One object per monitor; several are an array. */
static int evaluate(const char *path, cli_run_args *args, const char *monitor, bool json)
{
    rni_session *s = cli_run_load(path, args);
    rni_str text = { 0 };
    rni_json_writer j = { .to = &text, .indent = 2 };
    const bool list = s && json && !monitor && !args->data && s->n_watches > 1;
    if (list) rni_json_array_begin(&j);
    for (int64_t i = 0; s && rn_ok() && i < (monitor ? 1 : s->n_watches); i++) {
        rni_watch *w = monitor ? rni_session_watch(s, monitor) : &s->watch[i];
        if (!monitor && args->data && strcmp(w->data->name, args->data_name) != 0) continue;
        cli_report r = { 0 };
        if (w && cli_report_make(s, w, &r)) {
            if (json)
                write_json(&j, s, path, w, &r);
            else
                cli_report_print(stdout, w, &r);
        }
        cli_report_free(&r);
    }
    if (list) rni_json_array_end(&j);
    if (s && rn_ok() && s->n_watches == 0) rni_session_watch(s, NULL);
    if (rn_ok() && json && !text.failed && text.at) puts(text.at);
    rni_str_free(&text);
    rni_session_free(s);
    return cli_end();
}

/* The monitor that was asked for: by name, by the data that was put in its place, or the first. */
static rni_watch *choose_watch(rni_session *s, const cli_run_args *args, const char *monitor)
{
    for (int64_t i = 0; !monitor && args->data && i < s->n_watches; i++)
        if (strcmp(s->watch[i].data->name, args->data_name) == 0) return &s->watch[i];
    return rni_session_watch(s, monitor);
}

static int write_outputs(const char *path, cli_run_args *args, const char *monitor, const char *outputs)
{
    rni_session *s = cli_run_load(path, args);
    rni_watch *w = s ? choose_watch(s, args, monitor) : NULL;
    if (w && rni_evaluation_write(s, w, path, outputs)) printf("outputs: %s\n", outputs);
    rni_session_free(s);
    return cli_end();
}

static int run(int argc, char **argv)
{
    cli_run_args args = { .part = "test" };
    const char *device = NULL, *monitor = NULL, *outputs = NULL;
    bool json = false;
    const cli_option table[] = {
        { "data", "NAME|PATH", "other data to measure on", CLI_TEXT, &args.data, 0, 0 },
        { "part", "PART", "part of that data: test (default), train or valid", CLI_TEXT, &args.part, 0, 0, OTHER },
        { "monitor", "NAME", "use only this monitor of the project", CLI_TEXT, &monitor, 0, 0 },
        { "best", NULL, "use the best model instead of the final one", CLI_SWITCH, &args.best, 0, 0 },
        { "limit", "N", "use only the first N examples", CLI_INT, &args.limit, 1, 1e15 },
        { "batch", "N", "examples at a time", CLI_INT, &args.batch, 1, 1e9 },
        { "device", "NAME", "device to compute on: cpu (default), ref, ...", CLI_DEVICE, &device, 0, 0 },
        { "json", NULL, "print JSON", CLI_SWITCH, &json, 0, 0 },
        { "outputs", "FILE",
          "write a row per example to FILE (CSV), and figures and curves to evaluation.json beside it", CLI_TEXT,
          &outputs, 0, 0 },
        { 0 },
    };
    int n;
    if (!cli_options(&cli_evaluate, table, argc, argv, &n)) return EXIT_USAGE;
    if (n != 1) return cli_usage(&cli_evaluate, "one run folder or model file is needed");
    if (device && !rn_device_use(device)) return cli_end();
    cli_unused(&cli_evaluate, table, args.data ? OTHER : OWN, "without --data");
    return outputs ? write_outputs(argv[1], &args, monitor, outputs) : evaluate(argv[1], &args, monitor, json);
}

const cli_command cli_evaluate = {
    .name = "evaluate",
    .arguments = "RUN|MODEL [OPTIONS]",
    .brief = "measure a trained network on data",
    .help = "RUN is a run folder of `rensa train`, MODEL a model file or snapshot in one. Prints what the project's "
            "monitors\n"
            "find and, for up to 20 classes, the confusion matrix.",
    .run = run,
};
