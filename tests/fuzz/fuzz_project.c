/* Project files: what is accepted is written and read again, and must be the same; then everything is built and checked
 * that comes before the first step. */
#include "fuzz.h"

#include "base/alloc.h"
#include "project/inspect.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A folder with the table that the seeds name; made once. */
static const char *folder(void)
{
    static char path[64];
    if (path[0]) return path;
    snprintf(path, sizeof path, "/tmp/rensa-fuzz-%ld", (long)getpid());
    char name[96];
    snprintf(name, sizeof name, "%s/t.csv", path);
    setenv("XDG_CACHE_HOME", path, 1);
    setenv("RENSA_MIRRORS", "", 1);
    unsetenv("RENSA_DATA");
    rn_log_levels("error");
    FILE *f = mkdir(path, 0700) == 0 ? fopen(name, "w") : NULL;
    if (!f) abort();
    fputs("a,b,t\n1,2,x\n3,4,y\n5,6,x\n7,8,y\n1,3,x\n", f);
    fclose(f);
    return path;
}

__attribute__((destructor)) static void clean(void)
{
    char name[96];
    snprintf(name, sizeof name, "%s/t.csv", folder());
    unlink(name);
    rmdir(folder());
}

static rni_project *parse(const char *text, int64_t n)
{
    char source[96];
    snprintf(source, sizeof source, "%s/project.json", folder());
    rni_project *p = rni_project_parse(text, n, source);
    fuzz_settle(p != NULL);
    return p;
}

static void check_round_trip(const rni_project *p)
{
    rni_str a = { 0 }, b = { 0 };
    if (!rni_project_write(p, &a)) abort();
    rni_project *again = parse(a.at, a.length);
    if (!again || !rni_project_write(again, &b) || strcmp(a.at, b.at) != 0) abort();
    rni_project_free(again);
    rni_str_free(&a);
    rni_str_free(&b);
}

/* Whatever the text is, it can be inspected, and what cannot be trained has an error. */
static void inspect(const char *text, int64_t n, bool accepted)
{
    static rni_sketches *sketches;
    char source[96];
    rni_str s = { 0 };
    snprintf(source, sizeof source, "%s/project.json", folder());
    if (!sketches) sketches = rni_sketches_new();
    rni_inspection *in =
        rni_inspect(&(rni_inspect_args){ .text = text, .n = n, .source = source, .sketches = sketches });
    fuzz_settle(in != NULL);
    if (!in || (!accepted && in->n_faults == 0) || !rni_inspection_write(in, &s)) abort();
    rni_json *j = rni_json_parse(s.at, s.length, "inspection");
    if (!j) abort();
    rni_json_free(j);
    rni_str_free(&s);
    rni_inspection_free(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    const int64_t tensors = rn_live_tensors();
    bool accepted = false;
    rni_project *p = parse((const char *)data, (int64_t)n);
    if (p) {
        check_round_trip(p);
        rni_session *s = rni_session_open(p, &(rni_session_args){ .steps = true, .quiet = true });
        fuzz_settle(s != NULL);
        accepted = s != NULL;
        rni_session_free(s);
    }
    inspect((const char *)data, (int64_t)n, accepted);
    if (rn_live_tensors() != tensors) abort();
    return 0;
}

static void add(const char *text)
{
    fuzz_add(text, (int64_t)strlen(text));
}

void fuzz_seeds(void)
{
    add("{\"data\": \"t.csv\", \"network\": [{\"type\": \"linear\", \"out\": 4}, \"relu\", {\"type\": \"linear\", "
        "\"out\": \"=classes\"}], \"training\": {\"batch\": 2, \"epochs\": 3, \"loss\": \"softmax_cross_entropy\", "
        "\"metrics\": [\"accuracy\"], \"optimizer\": {\"type\": \"adam\", \"rate\": 0.01, \"schedule\": {\"type\": "
        "\"warmup\", \"until\": 3, \"then\": {\"type\": \"cosine\", \"until\": 9}}, \"hooks\": [{\"type\": "
        "\"clip_norm\", \"threshold\": 1}]}, \"early_stopping\": {\"monitor\": \"test_loss\", \"patience\": 2}}}");
    add("{\"rensa\": 1, \"name\": \"n\", \"data\": {\"train\": {\"source\": \"t.csv\", \"target\": \"t\", \"missing\": "
        "\"mean\", \"steps\": [{\"type\": \"subset\", \"first\": 1, \"count\": 4}, {\"type\": \"normalize\"}, "
        "{\"type\": "
        "\"split\", \"fractions\": [0.5, 0.5], \"take\": 1}, {\"type\": \"cache\"}]}, \"test\": {\"source\": "
        "\"t.csv\"}}, \"network\": {\"arguments\": {\"width\": 3}, \"inputs\": \"x\", \"layers\": [{\"name\": \"a\", "
        "\"type\": \"u\", \"w\": \"=width*2\", \"repeat\": 2}, {\"name\": \"b\", \"type\": \"linear\", \"out\": "
        "\"=i == 0 ? 2 : max(3, width)\", \"repeat\": 2, \"inputs\": [\"a\"]}, {\"type\": \"concat\", \"inputs\": "
        "[\"a\", \"b\"]}, {\"type\": \"linear\", \"out\": \"=classes\", \"share\": \"s\", \"rate\": 0.5}]}, \"units\": "
        "{\"u\": {\"arguments\": {\"w\": null}, \"layers\": [{\"type\": \"linear\", \"out\": \"=w\"}, \"tanh\", "
        "{\"type\": \"dropout\", \"ratio\": 0.2, \"if\": \"=w > 2\"}]}}, \"training\": {\"monitors\": [{\"name\": "
        "\"m\", \"data\": \"test\", \"every\": 2}], \"optimizers\": [{\"type\": \"sgd\"}, {\"type\": \"adam\", "
        "\"parameters\": \"b*\", \"every\": 2}], \"snapshot\": {\"every\": 2, \"unit\": \"iteration\", \"keep\": 3}}}");
    const char *text;
    for (int i = 0; rni_builtin_at(i, &text); i++) add(text);
}
