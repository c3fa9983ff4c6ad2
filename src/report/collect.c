/* From a run folder to a report: settings, learning curves, results, references. */
#include "report/collect.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { FILE_MOST = 256 << 20, NAMES_MAX = 12, SETTINGS_MAX = 200 };

/* ---- values as people read them ---- */

static void add_value(rni_str *to, const rni_json *v, bool inside)
{
    const rni_json_type type = rni_json_type_of(v);
    if (type == RNI_JSON_STRING) rni_str_add(to, rni_json_string(v));
    if (type == RNI_JSON_NUMBER) rni_str_add(to, rni_json_number_text(v));
    if (type == RNI_JSON_BOOL) rni_str_add(to, rni_json_bool(v) ? "yes" : "no");
    if (type == RNI_JSON_NULL) rni_str_add(to, "none");
    if (type != RNI_JSON_ARRAY && type != RNI_JSON_OBJECT) return;
    if (inside) rni_str_add(to, "(");
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        if (i) rni_str_add(to, ", ");
        if (type == RNI_JSON_OBJECT && strcmp(rni_json_key_at(v, i), "type") != 0)
            rni_str_addf(to, "%s ", rni_json_key_at(v, i));
        add_value(to, rni_json_at(v, i), true);
    }
    if (inside) rni_str_add(to, ")");
}

/* Whether a member of the settings has a table of its own. */
static bool has_page(const char *key, const rni_json *v)
{
    return strcmp(key, "optimizers") == 0 || (strcmp(key, "optimizer") == 0 && rni_json_type_of(v) == RNI_JSON_OBJECT);
}

static void add_settings(rni_source_run *s, rni_section *section, const char *title, const rni_json *v)
{
    const int64_t n = rni_json_count(v) < SETTINGS_MAX ? rni_json_count(v) : SETTINGS_MAX;
    int64_t row = 1;
    rni_table *t = rni_document_table(s->report, section, title, n + 1, 2);
    rni_document_cell(s->report, t, 0, 0, "setting");
    rni_document_cell(s->report, t, 0, 1, "value");
    for (int64_t i = 0; i < n; i++) {
        rni_str text = { 0 };
        if (has_page(rni_json_key_at(v, i), rni_json_at(v, i))) continue;
        add_value(&text, rni_json_at(v, i), false);
        rni_document_cell(s->report, t, row, 0, "%s", rni_json_key_at(v, i));
        rni_document_cell(s->report, t, row++, 1, "%s", text.at ? text.at : "");
        rni_str_free(&text);
    }
    if (t) t->rows = row;
}

/* ---- training ---- */

/* Means of the log by name: NaN where a line has none. */
typedef struct course {
    char name[NAMES_MAX][64];
    double *x, *y[NAMES_MAX];
    int n;
    int64_t lines;
} course;

static bool ends_in(const char *text, const char *end)
{
    const size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

static bool is_count(const char *name)
{
    static const char *const counts[] = { "iteration", "epoch", "seconds" };
    for (size_t i = 0; i < RN_COUNTOF(counts); i++)
        if (strcmp(name, counts[i]) == 0) return true;
    return false;
}

static void see_line(course *c, const rni_json *line, int64_t lines)
{
    c->x[c->lines] = rni_json_number(rni_json_get(line, "epoch"));
    for (int64_t i = 0; i < rni_json_count(line); i++) {
        const char *name = rni_json_key_at(line, i);
        int k = 0;
        while (k < c->n && strcmp(c->name[k], name) != 0) k++;
        if (is_count(name) || k == NAMES_MAX || rni_json_type_of(rni_json_at(line, i)) != RNI_JSON_NUMBER) continue;
        if (k == c->n) {
            snprintf(c->name[c->n++], sizeof c->name[0], "%s", name);
            for (int64_t j = 0; j < lines; j++) c->y[k][j] = NAN;
        }
        c->y[k][c->lines] = rni_json_number(rni_json_at(line, i));
    }
    c->lines++;
}

static bool read_course(rni_source_run *s, course *c)
{
    void *bytes = NULL;
    int64_t n = 0, lines = 0;
    char *path = rni_path_join(s->folder, "log.jsonl");
    bool ok = path && rni_file_exists(path) && rni_file_read(path, FILE_MOST, &bytes, &n);
    for (int64_t i = 0; ok && i < n; i++) lines += ((const char *)bytes)[i] == '\n';
    c->x = rni_document_alloc(s->report, lines * (int64_t)sizeof(double));
    ok = ok && c->x;
    for (int k = 0; ok && k < NAMES_MAX; k++)
        ok = (c->y[k] = rni_document_alloc(s->report, lines * (int64_t)sizeof(double))) != NULL;
    const char *at = bytes, *end = ok ? at + n : at;
    while (ok && at < end && c->lines < lines) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) break;
        rni_json *line = rni_json_parse(at, stop - at, path);
        if (line)
            see_line(c, line, lines);
        else
            rn_error_clear(); /* a damaged line costs its points, not the report */
        rni_json_free(line);
        at = stop + 1;
    }
    rni_free(bytes);
    rni_free(path);
    return ok;
}

static void add_course(rni_source_run *s, rni_section *section, const course *c, const char *title, const char *ending)
{
    rni_series *series = rni_document_alloc(s->report, NAMES_MAX * (int64_t)sizeof *series);
    int n = 0;
    for (int k = 0; series && k < c->n; k++)
        if (ends_in(c->name[k], ending))
            series[n++] = (rni_series){ rni_document_text(s->report, "%s", c->name[k]), c->lines, c->x, c->y[k] };
    if (!n) return;
    rni_document_block *b = rni_document_add(s->report, section, RNI_BLOCK_PLOT, title);
    if (b) b->plot = (rni_plot){ .x_title = "epoch", .n = n, .series = series };
}

static void add_training(rni_source_run *s)
{
    const rni_json *training = rni_json_get(s->project->json, "training");
    rni_section *section = rni_document_section(s->report, "Training");
    add_settings(s, section, "Settings", training);
    const rni_json *one = rni_json_get(training, "optimizer"), *many = rni_json_get(training, "optimizers");
    if (rni_json_type_of(one) == RNI_JSON_OBJECT) add_settings(s, section, "Optimizer", one);
    for (int64_t i = 0; i < rni_json_count(many); i++) {
        const char *name = rni_json_string(rni_json_get(rni_json_at(many, i), "name"));
        const char *title = name ? rni_document_text(s->report, "Optimizer %s", name)
                                 : rni_document_text(s->report, "Optimizer %lld", (long long)i + 1);
        add_settings(s, section, title, rni_json_at(many, i));
    }
    course c = { 0 };
    if (!read_course(s, &c)) return;
    section = rni_document_section(s->report, "Learning curve");
    add_course(s, section, &c, "Loss", "loss");
    add_course(s, section, &c, "Accuracy", "accuracy");
}

/* ---- results ---- */

static void add_confusion(rni_source_run *s, rni_section *section, const char *name, const rni_json *rows)
{
    const int64_t n = rni_json_count(rows);
    rni_document *r = s->report;
    rni_table *t = rni_document_table(r, section, rni_document_text(r, "Confusion matrix of %s", name), n + 1, n + 1);
    double *shade = t ? rni_document_alloc(r, (n + 1) * (n + 1) * (int64_t)sizeof *shade) : NULL;
    if (!shade) return;
    t->shade = shade;
    section->block[section->n - 1].note = "A row for each true class, a column for each that was said.";
    for (int64_t i = 0; i < n; i++) {
        const rni_json *row = rni_json_at(rows, i);
        double sum = 0;
        for (int64_t k = 0; k < n; k++) sum += rni_json_number(rni_json_at(row, k));
        rni_document_cell(r, t, 0, i + 1, "%lld", (long long)i);
        rni_document_cell(r, t, i + 1, 0, "%lld", (long long)i);
        for (int64_t k = 0; k < n; k++) {
            const int64_t count = rni_json_int(rni_json_at(row, k));
            rni_document_cell(r, t, i + 1, k + 1, "%lld", (long long)count);
            shade[(i + 1) * (n + 1) + k + 1] = sum > 0 ? (double)count / sum : 0;
        }
    }
}

static void add_share(rni_document *r, rni_table *t, int64_t row, int64_t column, double part, double whole)
{
    if (whole > 0) rni_document_cell(r, t, row, column, "%.2f %%", 100 * part / whole);
}

/* Precision, recall and F of each class. */
static void add_classes(rni_source_run *s, rni_section *section, const char *name, const rni_json *rows)
{
    static const char *const heads[] = { "class", "examples", "precision", "recall", "F" };
    const int64_t n = rni_json_count(rows);
    rni_document *r = s->report;
    rni_table *t =
        rni_document_table(r, section, rni_document_text(r, "Classes of %s", name), n + 1, RN_COUNTOF(heads));
    for (int64_t c = 0; c < (int64_t)RN_COUNTOF(heads); c++) rni_document_cell(r, t, 0, c, "%s", heads[c]);
    for (int64_t i = 0; i < n; i++) {
        double of = 0, said = 0;
        const double right = rni_json_number(rni_json_at(rni_json_at(rows, i), i));
        for (int64_t k = 0; k < n; k++) {
            of += rni_json_number(rni_json_at(rni_json_at(rows, i), k));
            said += rni_json_number(rni_json_at(rni_json_at(rows, k), i));
        }
        rni_document_cell(r, t, i + 1, 0, "%lld", (long long)i);
        rni_document_cell(r, t, i + 1, 1, "%.0f", of);
        add_share(r, t, i + 1, 2, right, said);
        add_share(r, t, i + 1, 3, right, of);
        add_share(r, t, i + 1, 4, 2 * right, of + said);
    }
}

static bool is_mean(const char *key)
{
    return ends_in(key, "_loss") || ends_in(key, "_accuracy") || ends_in(key, "_per_token");
}

static void add_results(rni_source_run *s)
{
    rni_section *section = rni_document_section(s->report, "Evaluation");
    if (!s->result) {
        rni_document_block *b = rni_document_add(s->report, section, RNI_BLOCK_TEXT, NULL);
        if (b) b->note = "The run has not come to its end.";
        return;
    }
    int64_t means = 0, row = 1;
    for (int64_t i = 0; i < rni_json_count(s->result); i++) means += is_mean(rni_json_key_at(s->result, i));
    rni_table *t = rni_document_table(s->report, section, "Means", means + 1, 2);
    rni_document_cell(s->report, t, 0, 0, "mean");
    rni_document_cell(s->report, t, 0, 1, "value");
    for (int64_t i = 0; i < rni_json_count(s->result); i++) {
        const char *key = rni_json_key_at(s->result, i);
        const double v = rni_json_number(rni_json_at(s->result, i));
        if (!is_mean(key)) continue;
        rni_document_cell(s->report, t, row, 0, "%s", key);
        rni_document_cell(s->report, t, row++, 1, ends_in(key, "_accuracy") ? "%.2f %%" : "%.5g",
                          ends_in(key, "_accuracy") ? 100 * v : v);
    }
    for (int64_t i = 0; i < rni_json_count(s->result); i++) {
        const char *key = rni_json_key_at(s->result, i);
        if (!ends_in(key, "_confusion")) continue;
        const char *name = rni_document_text(s->report, "%.*s", (int)(strlen(key) - strlen("_confusion")), key);
        add_confusion(s, section, name, rni_json_at(s->result, i));
        add_classes(s, section, name, rni_json_at(s->result, i));
    }
}

/* ---- the whole ---- */

static void add_title(rni_source_run *s)
{
    rni_document *r = s->report;
    const char *name = rni_json_string(rni_json_get(s->project->json, "name"));
    r->title = rni_document_text(r, "%s", name && *name ? name : rni_path_base(s->folder));
    rni_str line = { 0 };
    for (int64_t i = 0; i < rni_json_count(s->result); i++) {
        const char *key = rni_json_key_at(s->result, i);
        const double v = rni_json_number(rni_json_at(s->result, i));
        if (ends_in(key, "_accuracy") && strncmp(key, "train", 5) != 0)
            rni_str_addf(&line, "%s %.2f %%   ", key, 100 * v);
    }
    if (s->result) {
        rni_str_addf(&line, "%s parameters   ",
                     rni_document_count(r, rni_json_number(rni_json_get(s->result, "parameters"))));
        rni_str_addf(&line, "%.4g epochs in %.1f s", rni_json_number(rni_json_get(s->result, "epochs")),
                     rni_json_number(rni_json_get(s->result, "seconds")));
    }
    r->subtitle = rni_document_text(r, "%s", line.at ? line.at : "");
    rni_str_free(&line);
    struct stat st;
    struct tm day;
    char text[64] = "";
    char *path = rni_path_join(s->folder, "project.json");
    if (path && stat(path, &st) == 0 && gmtime_r(&st.st_mtime, &day)) strftime(text, sizeof text, "%Y-%m-%d", &day);
    r->date = rni_document_text(r, "%s, Rensa %s", text, rn_version());
    rni_free(path);
}

static bool load(rni_source_run *s)
{
    void *text = NULL;
    int64_t n = 0;
    char *project = rni_path_join(s->folder, "project.json"), *result = rni_path_join(s->folder, "result.json");
    rni_machine machine = { 0 };
    bool ok = project && result && rni_file_read(project, FILE_MOST, &text, &n);
    if (ok && !rni_machine_of(&machine, false)) rn_error_clear();
    if (ok && rni_file_exists(result)) ok = (s->result = rni_json_load(result, 0)) != NULL;
    const rni_inspect_args args = { .text = text, .n = n, .source = project, .machine = &machine };
    ok = ok && (s->inspection = rni_inspect(&args)) != NULL;
    if (ok && !s->inspection->session) {
        const rni_fault *f = s->inspection->n_faults ? &s->inspection->fault[0] : NULL;
        ok =
            rni_fail(RN_ERR_FORMAT, NULL, NULL, "\"%s\" is no project: %s", project, f ? f->what : "it cannot be read");
    }
    if (ok) s->project = s->inspection->session->project;
    rni_free(text);
    rni_free(project);
    rni_free(result);
    return ok;
}

bool rni_document_collect(rni_document *r, const char *folder)
{
    rni_source_run s = { .report = r, .folder = folder };
    const bool ok = load(&s);
    if (ok) {
        add_title(&s);
        rni_document_data(&s);
        rni_document_networks(&s);
        add_training(&s);
        add_results(&s);
        rni_document_sources(&s);
    }
    rni_inspection_free(s.inspection);
    rni_json_free(s.result);
    return ok && rn_ok();
}
