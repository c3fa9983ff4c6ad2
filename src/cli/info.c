/* rensa info: what a file is and what it holds; of a run folder, what was run and what came out. */
#include "cli/run.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/shape.h"

#include <string.h>

/* ---- files ---- */

static void print_items(const rn_file_info *f)
{
    double elements = 0;
    for (int64_t i = 0; i < f->item_count; i++) {
        const rn_file_item *x = &f->items[i];
        char shape[RNI_SHAPE_TEXT];
        printf("  %-40s %-6s %-20s %12lld bytes\n", x->name, x->type,
               x->shape.rank < 0 ? "[...]" : rni_shape_text(&x->shape, shape), (long long)x->bytes);
        if (x->shape.rank >= 0) elements += (double)rni_shape_count(&x->shape);
    }
    if (f->item_count > 1) printf("  %lld arrays, %.0f elements\n", (long long)f->item_count, elements);
}

static void print_texts(const rn_file_info *f)
{
    for (int64_t i = 0; i < f->text_count; i++) {
        const char *text = f->texts[i].text;
        const size_t n = strlen(text);
        printf("  %s = %.100s%s\n", f->texts[i].name, text, n > 100 ? "..." : "");
    }
}

static bool describe_file(const char *path)
{
    rn_file_info *f = rn_file_info_load(path);
    if (!f) return false;
    printf("%s: %s\n", f->path, f->summary);
    print_items(f);
    print_texts(f);
    rn_file_info_free(f);
    return true;
}

/* ---- runs ---- */

/* Text of a member that is a text or a number, else NULL. */
static const char *scalar(const rni_json *v, char buf[32])
{
    if (rni_json_type_of(v) != RNI_JSON_NUMBER) return rni_json_string(v);
    if (rni_json_is_int(v)) return rni_json_number_text(v);
    snprintf(buf, 32, "%.6g", rni_json_number(v));
    return buf;
}

/* A scalar; of an object its type, or where it has none all that it holds. */
static void print_value(const rni_json *v)
{
    char buf[32];
    const rni_json *type = rni_json_get(v, "type");
    const char *text = scalar(type ? type : v, buf);
    if (rni_json_type_of(v) == RNI_JSON_BOOL) text = rni_json_bool(v) ? "true" : "false";
    fputs(text ? text : "(", stdout);
    for (int64_t i = 0; !text && i < rni_json_count(v); i++) {
        const char *of = scalar(rni_json_at(v, i), buf);
        printf("%s%s %s", i ? ", " : "", rni_json_key_at(v, i), of ? of : "...");
    }
    if (!text) putchar(')');
}

/* All elements of a list, else the value. */
static void print_values(const rni_json *v)
{
    if (rni_json_type_of(v) != RNI_JSON_ARRAY) print_value(v);
    for (int64_t i = 0; rni_json_type_of(v) == RNI_JSON_ARRAY && i < rni_json_count(v); i++) {
        if (i) fputs(" and ", stdout);
        print_value(rni_json_at(v, i));
    }
}

static void print_project(const rni_project *p)
{
    const rni_json *data = rni_json_get(p->json, "data"), *training = rni_json_get(p->json, "training");
    if (rni_json_string(data)) printf("  data: %s\n", rni_json_string(data));
    for (int64_t i = 0; i < rni_json_count(data); i++) {
        const rni_json *v = rni_json_at(data, i);
        const char *source = rni_json_string(rni_json_get(v, "source")),
                   *part = rni_json_string(rni_json_get(v, "part"));
        if (!source) source = rni_json_string(v);
        printf("  data \"%s\": %s%s%s\n", rni_json_key(v), source ? source : "?", part ? ", " : "", part ? part : "");
    }
    for (int64_t i = 0; i < p->n_networks; i++)
        printf("  network \"%s\": %lld layers\n", p->network[i].name, (long long)p->network[i].n_layers);
    const char *comma = "  training: ";
    for (int64_t i = 0; i < rni_json_count(training); i++, comma = ", ") {
        const rni_json *v = rni_json_at(training, i);
        printf("%s%s ", comma, rni_json_key(v));
        print_values(v);
    }
    if (rni_json_count(training)) puts("");
}

static void print_result(const char *folder, const rni_json *result)
{
    if (!result) printf("  no result.json: under way, or killed (rensa train --resume %s goes on with it)\n", folder);
    for (int64_t i = 0; i < rni_json_count(result); i++) {
        const rni_json *v = rni_json_at(result, i);
        const bool said = strcmp(rni_json_key(v), "name") == 0 || strcmp(rni_json_key(v), "status") == 0;
        char buf[32];
        const char *text = said ? NULL : scalar(v, buf);
        if (text) printf("  %-24s %s\n", rni_json_key(v), text);
    }
}

static bool describe_run(const char *folder)
{
    char *project = cli_run_project(folder), *file = project ? cli_run_file(folder, "result.json") : NULL;
    rni_project *p = file ? rni_project_load(project) : NULL;
    rni_json *result = p && rni_file_exists(file) ? rni_json_load(file, 0) : NULL;
    const bool ok = p && rn_ok();
    if (ok) {
        const char *name = rni_json_string(rni_json_get(p->json, "name"));
        const char *status = rni_json_string(rni_json_get(result, "status"));
        printf("%s: a run of %s%s%s\n", folder, name ? name : "a project", status ? ", " : "", status ? status : "");
        print_project(p);
        print_result(folder, result);
    }
    rni_json_free(result);
    rni_project_free(p);
    rni_free(file);
    rni_free(project);
    return ok;
}

static int run(int argc, char **argv)
{
    const cli_option options[] = { { 0 } };
    int n;
    if (!cli_options(&cli_info, options, argc, argv, &n)) return EXIT_USAGE;
    if (n == 0) return cli_usage(&cli_info, "which file or run folder?");
    for (int i = 1; i <= n; i++)
        if (!(rni_folder_exists(argv[i]) ? describe_run(argv[i]) : describe_file(argv[i]))) return cli_end();
    return 0;
}

const cli_command cli_info = {
    .name = "info",
    .arguments = "FILE|RUN...",
    .brief = "say what a file or a run folder holds",
    .help = "FILE is an array, a model, a picture, a table, ...; it is looked at without being read whole. RUN is a "
            "run folder\n"
            "of `rensa train`: its project and its result.",
    .run = run,
};
