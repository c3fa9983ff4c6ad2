/* Stored results of another implementation (tests/golden): text files of records, one array per line.
 *
 *     op max_pool2d kernel=2,2
 *     in x f64[1,1,4,4] 0.5 -1 ...
 *     out y f64[1,1,2,2] ...
 *     weight y f64[1,1,2,2] ...       gradients are those of sum weight * y
 *     grad x f64[1,1,4,4] ...
 *     tol 1e-7                        relative, where 1e-9 is too much to ask: a comment says why
 *
 * A record ends at the next "op"; '#' begins a comment line. */
#include "selftest/selftest.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"
#include "base/number.h"
#include "engine/engine.h"
#include "engine/op_table.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 64 << 20, FILES_MAX = 256 };

/* A record that has been read. */
typedef struct {
    rni_st_case c;
    rni_st_result want;
    double tol;
    bool any, has_grad;
    int number; /* among those of its function */
} record;

typedef struct {
    rni_st *t;
    const char *path;
    int line;
    record r;
} reader;

static bool malformed(const reader *f, const char *what)
{
    return rni_fail(RN_ERR_FORMAT, NULL, "selftest", "%s:%d: %s", f->path, f->line, what);
}

/* "[2,3]" */
static const char *read_sizes(const char *s, rn_shape *shape)
{
    *shape = (rn_shape){ 0 };
    if (*s++ != '[') return NULL;
    while (*s && *s != ']') {
        char *end;
        const long long v = strtoll(s, &end, 10);
        if (end == s || v < 0 || shape->rank == RN_MAX_RANK) return NULL;
        shape->dim[shape->rank++] = v;
        s = *end == ',' ? end + 1 : end;
    }
    return *s == ']' ? s + 1 : NULL;
}

/* "x f64[2,3] 1 2 …" into the array. */
static bool read_array(reader *f, const char *s, rni_st_array *a)
{
    char type[8] = "";
    const size_t n = strcspn(s, " "), m = s[n] ? strcspn(s + n + 1, "[") : 0;
    if (n >= sizeof a->name || m == 0 || m >= sizeof type) return malformed(f, "an array is written name type[sizes]");
    snprintf(a->name, sizeof a->name, "%.*s", (int)n, s);
    memcpy(type, s + n + 1, m);
    rn_shape shape;
    s = read_sizes(s + n + 1 + m, &shape);
    const rn_dtype dtype = rn_dtype_by_name(type);
    if (!s || !dtype) return malformed(f, "an array is written name type[sizes]");
    char name[sizeof a->name];
    memcpy(name, a->name, sizeof name);
    RNI_TRY(rni_st_array_make(a, dtype, &shape));
    memcpy(a->name, name, sizeof name);
    for (int64_t i = 0; i < a->count; i++) {
        s += strspn(s, " ");
        const size_t length = strcspn(s, " ");
        if (!rni_parse_f64(s, (int64_t)length, &a->value[i])) return malformed(f, "a number is missing or malformed");
        s += length;
    }
    return s[strspn(s, " ")] == '\0' || malformed(f, "more numbers than elements");
}

/* The place of a name in a comma list such as rn_op.inputs; lists count on. -1 if it is not there. */
static int place_of(const char *names, const char *s, const rni_st_array *taken)
{
    char have[48], mark;
    const size_t n = strcspn(s, " ");
    for (int i = 0; i < RN_INPUTS_MAX && rni_op_name(names, i, have, sizeof have, &mark); i++)
        if (strlen(have) == n && memcmp(have, s, n) == 0 && !taken[i].dtype) return i;
    return -1;
}

static bool read_line(reader *f, const char *key, const char *rest)
{
    record *r = &f->r;
    const rn_op *op = r->c.op;
    if (strcmp(key, "tol") == 0)
        return rni_parse_f64(rest, (int64_t)strlen(rest), &r->tol) || malformed(f, "tol needs a number");
    const bool in = strcmp(key, "in") == 0, grad = strcmp(key, "grad") == 0;
    const bool out = strcmp(key, "out") == 0, weight = strcmp(key, "weight") == 0;
    if (!in && !grad && !out && !weight) return malformed(f, "a line begins with op, in, out, weight, grad or tol");
    rni_st_array *into = in ? r->c.in : grad ? r->want.grad : out ? r->want.out : r->want.weight;
    const int k = place_of(in || grad ? op->inputs : op->outputs ? op->outputs : "y", rest, into);
    if (k < 0) return malformed(f, "the function has no input or result of that name");
    if (in && k >= r->c.n_in) r->c.n_in = r->want.n_in = k + 1;
    if (out && k >= r->want.n_out) r->want.n_out = k + 1;
    r->has_grad |= weight;
    return read_array(f, rest, &into[k]);
}

static rni_st_verdict compare(rni_st *t, record *r, rn_dtype type)
{
    rni_st_result have = { 0 };
    const rni_st_how how = { .device = t->device, .floats = type, .grad = r->has_grad };
    rni_st_verdict v = RNI_ST_PASSED;
    bool ok = true;
    for (int k = 0; ok && k < r->want.n_out; k++) {
        ok = rni_st_array_copy(&have.weight[k], &r->want.weight[k]);
        if (have.weight[k].dtype) have.weight[k].dtype = type;
    }
    r->c.tol = r->tol;
    if (!ok || !rni_st_call(&r->c, r->c.in, &how, &have))
        v = rni_st_fail_error(t, "the call failed");
    else if (have.n_out != r->want.n_out)
        v = rni_st_fail(t, "%d results, stored are %d", have.n_out, r->want.n_out);
    else if (!rni_st_results_near(t, &have, &r->want, 1) ||
             (r->has_grad && !rni_st_gradients_near(t, &have, &r->want, 4)))
        v = RNI_ST_FAILED;
    rni_st_result_free(&have);
    return v;
}

/* The record that rni_st_test's function is to look at; set around that call only. */
static _Thread_local record *present;

static rni_st_verdict check_record(rni_st *t)
{
    bool any_f64 = false;
    for (int i = 0; i < present->c.n_in; i++) any_f64 |= present->c.in[i].dtype == RN_F64;
    const rni_st_verdict v = compare(t, present, any_f64 ? RN_F64 : RN_DTYPE_NONE);
    return v == RNI_ST_PASSED && any_f64 ? compare(t, present, RN_F32) : v;
}

static void finish(reader *f)
{
    record *r = &f->r;
    if (r->any) {
        char title[320];
        snprintf(title, sizeof title, "%d%s%.250s", r->number, r->c.title[0] ? " " : "", r->c.title);
        present = r;
        f->t->c = &r->c;
        rni_st_test(f->t, r->c.op->name, "golden", title, check_record);
        f->t->c = NULL;
        present = NULL;
    }
    const int number = r->number;
    const rn_op *op = r->c.op;
    rni_st_case_free(&r->c);
    rni_st_result_free(&r->want);
    *r = (record){ .number = number };
    r->c.op = op;
}

static bool begin(reader *f, char *rest)
{
    const rn_op *last = f->r.c.op;
    finish(f);
    char *options = rest + strcspn(rest, " ");
    if (*options) *options++ = '\0';
    const rn_op *op = rn_op_find(rest);
    if (!op) return malformed(f, "there is no such function");
    f->r.number = op == last ? f->r.number + 1 : 1;
    f->r.any = true;
    f->r.c.op = op;
    snprintf(f->r.c.title, sizeof f->r.c.title, "%s", options);
    return rni_st_options(&f->r.c, options);
}

static bool read_file(rni_st *t, const char *path)
{
    void *bytes;
    int64_t n;
    RNI_TRY(rni_file_read(path, FILE_LIMIT, &bytes, &n));
    reader f = { .t = t, .path = path };
    bool ok = true;
    for (char *s = bytes; ok && *s;) {
        char *next = s + strcspn(s, "\n");
        if (*next) *next++ = '\0';
        f.line++;
        char *rest = s + strcspn(s, " ");
        if (*rest) *rest++ = '\0';
        if (*s && *s != '#')
            ok = strcmp(s, "op") == 0 ? begin(&f, rest)
                 : f.r.any            ? read_line(&f, s, rest)
                                      : malformed(&f, "no op before it");
        s = next;
    }
    f.r.any = f.r.any && ok;
    finish(&f);
    rni_free(bytes);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool rni_st_golden(rni_st *t, const char *folder)
{
    DIR *d = opendir(folder);
    if (!d) return rni_fail(RN_ERR_IO, NULL, "selftest", "%s cannot be read", folder);
    char *names[FILES_MAX];
    int n = 0;
    for (const struct dirent *e; n < FILES_MAX && (e = readdir(d)) != NULL;) {
        const size_t length = strlen(e->d_name);
        if (length > 4 && strcmp(e->d_name + length - 4, ".txt") == 0 &&
            (names[n] = rni_path_join(folder, e->d_name)) != NULL)
            n++;
    }
    closedir(d);
    qsort(names, (size_t)n, sizeof *names, by_name);
    bool ok = rn_ok();
    for (int i = 0; i < n; i++) {
        ok = ok && read_file(t, names[i]);
        rni_free(names[i]);
    }
    return ok;
}
