/* Times and memory of steps, added up by function and by line: a hook with two tables. */
#include <rensa/profile.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 4096 /* what comes after them is one row */, SHOWN = 20 };

typedef struct {
    rn_profile_row row; /* texts are owned */
    uint64_t key;
} entry;

typedef struct {
    entry *at; /* in the order of their first calls */
    int64_t n, capacity;
    int32_t *slot; /* number of a row + 1, by key: a table twice as large as ROWS_MAX */
    int32_t *order;
    bool sorted;
} table;

struct rn_profile {
    table by[2];
    double seconds;
};

rn_profile *rn_profile_new(void)
{
    if (!rn_ok()) return NULL;
    rn_profile *p = rni_alloc((int64_t)sizeof *p);
    bool ok = p != NULL;
    for (int i = 0; ok && i < 2; i++) {
        p->by[i].slot = rni_alloc(2 * ROWS_MAX * (int64_t)sizeof *p->by[i].slot);
        p->by[i].order = rni_alloc((ROWS_MAX + 1) * (int64_t)sizeof *p->by[i].order);
        ok = p->by[i].slot && p->by[i].order;
    }
    if (ok) return p;
    rn_profile_free(p);
    return NULL;
}

static void free_texts(rn_profile_row *r)
{
    const char *const texts[] = { r->function, r->grad_of, r->kernel, r->file };
    for (size_t i = 0; i < RN_COUNTOF(texts); i++) rni_free((void *)(uintptr_t)texts[i]);
}

void rn_profile_free(rn_profile *p)
{
    for (int i = 0; p && i < 2; i++) {
        for (int64_t k = 0; k < p->by[i].n; k++) free_texts(&p->by[i].at[k].row);
        rni_free(p->by[i].at);
        rni_free(p->by[i].slot);
        rni_free(p->by[i].order);
    }
    rni_free(p);
}

/* ---- adding ---- */

static uint64_t key_of(const char *grad_of, const char *name, int line)
{
    const rni_hash h = rni_hash_text(rni_hash_u64(RNI_HASH_START, (uint64_t)line), grad_of ? grad_of : "");
    return rni_hash_text(h, name ? name : "").a;
}

static bool copy_texts(rn_profile_row *r, const rn_function_run *run)
{
    r->function = rni_strdup(run->function);
    r->kernel = rni_strdup(run->kernel);
    r->grad_of = run->grad_of ? rni_strdup(run->grad_of) : NULL;
    r->file = run->site.file ? rni_strdup(run->site.file) : NULL;
    r->line = run->site.line;
    return rn_ok();
}

/* The row of that key: made where there is none; the last one, which stands for all others, where there is no room.
 * NULL with an error pending. */
static entry *find(table *t, uint64_t key, const rn_function_run *run)
{
    int64_t i = (int64_t)(key % (2 * ROWS_MAX));
    while (t->slot[i] && t->at[t->slot[i] - 1].key != key) i = (i + 1) % (2 * ROWS_MAX);
    if (t->slot[i]) return &t->at[t->slot[i] - 1];
    if (t->n > ROWS_MAX) return &t->at[ROWS_MAX];
    entry *p = rni_grow(t->at, t->n, &t->capacity, (int64_t)sizeof *p);
    if (!p) return NULL;
    t->at = p;
    p += t->n;
    *p = (entry){ .key = key };
    const rn_function_run others = { .function = "others", .kernel = "" };
    if (!copy_texts(&p->row, t->n == ROWS_MAX ? &others : run)) {
        free_texts(&p->row);
        return NULL;
    }
    t->order[t->n] = (int32_t)t->n;
    if (t->n++ < ROWS_MAX) t->slot[i] = (int32_t)t->n;
    return p;
}

static bool add(table *t, uint64_t key, const rn_function_run *run, bool rename)
{
    entry *e = find(t, key, run);
    if (!e) return false;
    rn_profile_row *r = &e->row;
    if (rename && r->calls > 0 && run->seconds > r->longest && strcmp(r->function, run->function) != 0) {
        rn_profile_row named = *r;
        if (!copy_texts(&named, run)) return false;
        free_texts(r);
        *r = named;
    }
    if (r->calls == 0 || run->seconds < r->shortest) r->shortest = run->seconds;
    if (run->seconds > r->longest) r->longest = run->seconds;
    if (run->bytes_live > r->bytes_live) r->bytes_live = run->bytes_live;
    if (run->bytes_used > r->bytes_used) r->bytes_used = run->bytes_used;
    r->calls++;
    r->seconds += run->seconds;
    r->flop += run->flop > 0 ? run->flop : 0;
    r->bytes += run->bytes;
    t->sorted = false;
    return true;
}

static bool see(void *user, const rn_function_run *run)
{
    rn_profile *p = user;
    if (!rn_ok()) return false; /* the step has failed */
    p->seconds += run->seconds;
    return add(&p->by[RN_PROFILE_FUNCTION], key_of(run->grad_of, run->function, 0), run, false) &&
           add(&p->by[RN_PROFILE_LINE], key_of(run->grad_of, run->site.file, run->site.line), run, true);
}

bool rn_profile_push(rn_profile *p)
{
    static const rn_function_hook hook = { .name = "profile", .end = see };
    return rni_given(p, NULL, "profile_push", "profile") && rn_function_hook_push(&hook, p);
}

/* ---- asking ---- */

static void sort(table *t)
{
    /* rows come in the order of the last time they were asked for: few change places */
    for (int64_t i = 1; i < t->n && !t->sorted; i++) {
        const int32_t k = t->order[i];
        int64_t to = i;
        for (; to > 0 && t->at[t->order[to - 1]].row.seconds < t->at[k].row.seconds; to--)
            t->order[to] = t->order[to - 1];
        t->order[to] = k;
    }
    t->sorted = true;
}

int64_t rn_profile_count(rn_profile *p, rn_profile_by by)
{
    return p ? p->by[by == RN_PROFILE_LINE].n : 0;
}

rn_profile_row rn_profile_row_at(rn_profile *p, rn_profile_by by, int64_t i)
{
    if (i < 0 || i >= rn_profile_count(p, by)) return (rn_profile_row){ 0 };
    table *t = &p->by[by == RN_PROFILE_LINE];
    sort(t);
    return t->at[t->order[i]].row;
}

double rn_profile_seconds(const rn_profile *p)
{
    return p ? p->seconds : 0;
}

/* ---- writing ---- */

static void name_row(const rn_profile_row *r, rn_profile_by by, char *buf, size_t size)
{
    const char *mark = r->grad_of ? "' " : "", *of = r->grad_of ? r->grad_of : "";
    if (by == RN_PROFILE_FUNCTION)
        snprintf(buf, size, "%s%s%s", of, mark, r->function);
    else if (r->file)
        snprintf(buf, size, "%s:%d%s %s", rni_path_base(r->file), r->line, r->grad_of ? "'" : "", r->function);
    else
        snprintf(buf, size, "%s", r->function);
}

static void print_table(rn_profile *p, rn_profile_by by, FILE *to, int rows)
{
    const int64_t n = rn_profile_count(p, by);
    fprintf(to, "%-44s %8s %10s %6s %10s %8s %8s\n", by == RN_PROFILE_FUNCTION ? "function" : "line", "calls", "ms",
            "share", "us a call", "GFLOP/s", "GB/s");
    rn_profile_row rest = { 0 };
    for (int64_t i = 0; i < n; i++) {
        const rn_profile_row r = rn_profile_row_at(p, by, i);
        if (i >= rows) {
            rest.calls += r.calls;
            rest.seconds += r.seconds;
            continue;
        }
        char name[256];
        name_row(&r, by, name, sizeof name);
        const double seconds = r.seconds > 0 ? r.seconds : 1e-9;
        fprintf(to, "%-44.44s %8lld %10.3f %5.1f%% %10.1f %8.1f %8.1f\n", name, (long long)r.calls, r.seconds * 1e3,
                100 * r.seconds / (p->seconds > 0 ? p->seconds : 1), r.seconds / (double)r.calls * 1e6,
                r.flop / seconds * 1e-9, r.bytes / seconds * 1e-9);
    }
    if (n > rows)
        fprintf(to, "%-44s %8lld %10.3f %5.1f%%\n", "others", (long long)rest.calls, rest.seconds * 1e3,
                100 * rest.seconds / (p->seconds > 0 ? p->seconds : 1));
}

bool rn_profile_print_at(rn_profile *p, FILE *to, int rows)
{
    if (!rni_given(p, NULL, "profile_print", "profile") || !rni_given(to, NULL, "profile_print", "to")) return false;
    const int shown = rows > 0 ? rows : SHOWN;
    print_table(p, RN_PROFILE_FUNCTION, to, shown);
    fputs("\n", to);
    print_table(p, RN_PROFILE_LINE, to, shown);
    int64_t used = 0, live = 0;
    for (int64_t i = 0; i < p->by[0].n; i++) {
        const rn_profile_row *r = &p->by[0].at[i].row;
        if (r->bytes_used > used) used = r->bytes_used;
        if (r->bytes_live > live) live = r->bytes_live;
    }
    fprintf(to, "\n%.3f ms in all; at most %.2f MB in use, %.2f MB of them values of one evaluation\n",
            p->seconds * 1e3, (double)used * 1e-6, (double)live * 1e-6);
    return !ferror(to) || rni_fail(RN_ERR_IO, NULL, "profile_print", "the table cannot be written");
}

static void write_rows(rni_json_writer *w, rn_profile *p, rn_profile_by by)
{
    rni_json_array_begin(w);
    for (int64_t i = 0; i < rn_profile_count(p, by); i++) {
        const rn_profile_row r = rn_profile_row_at(p, by, i);
        const struct {
            const char *key, *text;
        } texts[] = {
            { "function", r.function }, { "gradient_of", r.grad_of }, { "kernel", r.kernel }, { "file", r.file }
        };
        const struct {
            const char *key;
            double value;
        } numbers[] = { { "line", r.line },
                        { "calls", (double)r.calls },
                        { "seconds", r.seconds },
                        { "shortest", r.shortest },
                        { "longest", r.longest },
                        { "flop", r.flop },
                        { "bytes", r.bytes },
                        { "bytes_live", (double)r.bytes_live },
                        { "bytes_used", (double)r.bytes_used } };
        rni_json_flat_begin(w);
        rni_json_object_begin(w);
        for (size_t k = 0; k < RN_COUNTOF(texts); k++) {
            rni_json_put_string(w, texts[k].key, texts[k].text);
        }
        for (size_t k = 0; k < RN_COUNTOF(numbers); k++) {
            rni_json_put_number(w, numbers[k].key, numbers[k].value);
        }
        rni_json_object_end(w);
        rni_json_flat_end(w);
    }
    rni_json_array_end(w);
}

bool rn_profile_save(rn_profile *p, const char *path)
{
    if (!rn_ok() || !rni_given(p, NULL, "profile_save", "profile") || !rni_given(path, NULL, "profile_save", "path"))
        return false;
    rni_str text = { 0 };
    rni_json_writer w = { .to = &text, .indent = 2 };
    rni_json_object_begin(&w);
    rni_json_put_number(&w, "seconds", p->seconds);
    rni_json_write_key(&w, "functions");
    write_rows(&w, p, RN_PROFILE_FUNCTION);
    rni_json_write_key(&w, "lines");
    write_rows(&w, p, RN_PROFILE_LINE);
    rni_json_object_end(&w);
    rni_str_add(&text, "\n");
    const bool ok = !text.failed && rni_file_write(path, text.at, text.length);
    rni_str_free(&text);
    return ok;
}
