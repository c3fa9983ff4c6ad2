/* Results of another implementation, stored in text files (tests/golden/ops): records of lines, one array per line.
 *
 *     case max_pool2d x:f32[1,1,4,4] .kernel=2
 *     out y f64[1,1,2,2] 0.5 0*3               "0*3" is three zeros
 *     grad x f64[1,1,4,4] 0*5 -1 ...           of sum w * y, with the weights w of rni_st_weight
 *     tol 1e-7                                 relative, where f64 does not come as near; a comment says why
 *
 *     row dropout                              for all cases of the function that have no record of their own
 *     none random                              there is no such result, and why
 *
 * A record ends where the next one begins; '#' begins a comment line. Inputs are not stored: rni_st_golden_dump writes
 * them for the other implementation, together with the weights. */
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

enum { FILE_LIMIT = 64 << 20, FILES_MAX = 64 };

struct rni_st_stored {
    const char *key;  /* what follows "case" or "row" */
    const char *body; /* `lines` texts, one behind the other */
    const char *path;
    int lines, first; /* the number of the first in its file */
    bool used;
};
typedef struct rni_st_stored entry;

struct rni_st_golden {
    char *path[FILES_MAX];
    void *bytes[FILES_MAX];
    int files;
    entry *at; /* by key */
    int64_t n, room;
};

/* ---- the index ---- */

static bool malformed(const char *path, int line, const char *what)
{
    return rni_fail(RN_ERR_FORMAT, NULL, "selftest", "%s:%d: %s", path, line, what);
}

static bool add_entry(rni_st_golden *g, entry e)
{
    if (g->n == g->room) {
        const int64_t room = g->room ? 2 * g->room : 256;
        entry *at = rni_realloc(g->at, room * (int64_t)sizeof *at);
        if (!at) return false;
        g->at = at;
        g->room = room;
    }
    g->at[g->n++] = e;
    return true;
}

/* Cuts the text into lines, and notes where records begin. */
static bool index_file(rni_st_golden *g, const char *path, char *text)
{
    entry *last = NULL;
    int line = 0;
    for (char *s = text; *s;) {
        char *next = s + strcspn(s, "\n");
        if (*next) *next++ = '\0';
        line++;
        const bool whole = strncmp(s, "row ", 4) == 0;
        if (whole || strncmp(s, "case ", 5) == 0) {
            if (!add_entry(g, (entry){ .key = s + (whole ? 4 : 5), .body = next, .path = path, .first = line + 1 }))
                return false;
            last = &g->at[g->n - 1];
        } else if (last)
            last->lines++;
        else if (*s && *s != '#')
            return malformed(path, line, "no case or row before it");
        s = next;
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->key, ((const entry *)b)->key);
}

static bool read_files(rni_st_golden *g)
{
    for (int i = 0; i < g->files; i++) {
        int64_t n;
        RNI_TRY(rni_file_read(g->path[i], FILE_LIMIT, &g->bytes[i], &n));
        RNI_TRY(index_file(g, g->path[i], g->bytes[i]));
    }
    if (g->n) qsort(g->at, (size_t)g->n, sizeof *g->at, by_key);
    for (int64_t i = 1; i < g->n; i++)
        if (by_key(&g->at[i - 1], &g->at[i]) == 0)
            return malformed(g->at[i].path, g->at[i].first - 1, "a second record of this name");
    return true;
}

static bool list_files(rni_st_golden *g, const char *folder)
{
    DIR *d = opendir(folder);
    if (!d) return rni_fail(RN_ERR_IO, NULL, "selftest", "%s cannot be read", folder);
    for (const struct dirent *e; g->files < FILES_MAX && rn_ok() && (e = readdir(d)) != NULL;)
        if (rni_path_has_extension(e->d_name, ".txt") && (g->path[g->files] = rni_path_join(folder, e->d_name)) != NULL)
            g->files++;
    closedir(d);
    if (rn_ok() && g->files == 0) rni_fail(RN_ERR_IO, NULL, "selftest", "%s holds no .txt files", folder);
    return rn_ok();
}

rni_st_golden *rni_st_golden_open(const char *folder)
{
    rni_st_golden *g = rni_alloc(sizeof *g);
    if (g && list_files(g, folder) && read_files(g)) return g;
    rni_st_golden_close(g);
    return NULL;
}

void rni_st_golden_close(rni_st_golden *g)
{
    if (!g) return;
    for (int i = 0; i < g->files; i++) {
        rni_free(g->path[i]);
        rni_free(g->bytes[i]);
    }
    rni_free(g->at);
    rni_free(g);
}

static entry *find(const rni_st_golden *g, const char *op, const char *title)
{
    char key[384];
    snprintf(key, sizeof key, title ? "%s %s" : "%s", op, title);
    const entry wanted = { .key = key };
    return g->n ? bsearch(&wanted, g->at, (size_t)g->n, sizeof *g->at, by_key) : NULL;
}

void rni_st_golden_choose(rni_st *t)
{
    if (!t->golden) return;
    entry *own = find(t->golden, t->c->op->name, t->c->title), *row = find(t->golden, t->c->op->name, NULL);
    if (own) own->used = true;
    if (row && !own) row->used = true;
    t->stored = own ? own : row;
}

static rni_st_verdict report_unused(rni_st *t)
{
    return rni_st_fail(t, "%s:%d: the table has no such case, or none that needs this", t->unused->path,
                       t->unused->first - 1);
}

void rni_st_golden_unused(rni_st *t)
{
    for (int64_t i = 0; t->golden && i < t->golden->n; i++) {
        const entry *e = t->unused = &t->golden->at[i];
        if (!e->used) rni_st_test(t, "golden", "unused", e->key, report_unused);
    }
}

/* ---- records ---- */

typedef struct {
    const char *none; /* reason */
    rni_st_result want;
    double tol;
    bool has_grad;
} record;

/* "x f64[2,3] 1 2*5" into the array. */
static bool read_array(const char *s, rni_st_array *a)
{
    char name[sizeof a->name], type[8];
    int used = 0;
    if (sscanf(s, "%47s %7[a-z0-9]%n", name, type, &used) != 2) return false;
    rn_shape shape;
    s = rni_st_read_shape(s + used, &shape);
    const rn_dtype dtype = rn_dtype_by_name(type);
    if (!s || !dtype || !rni_st_array_make(a, dtype, &shape)) return false;
    memcpy(a->name, name, sizeof name);
    for (int64_t i = 0; i < a->count;) {
        s += strspn(s, " ");
        const size_t length = strcspn(s, " *");
        int64_t times = 1;
        if (!rni_parse_f64(s, (int64_t)length, &a->value[i])) return false;
        s += length;
        if (*s == '*') {
            const size_t digits = strcspn(++s, " ");
            if (!rni_parse_i64(s, (int64_t)digits, &times) || times < 1 || times > a->count - i) return false;
            s += digits;
        }
        const double value = a->value[i];
        while (times-- > 0) a->value[i++] = value;
    }
    return s[strspn(s, " ")] == '\0';
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

static bool read_line(const rni_st_case *c, const char *s, record *r)
{
    if (strncmp(s, "none ", 5) == 0) return (r->none = s + 5);
    if (strncmp(s, "tol ", 4) == 0) return rni_parse_f64(s + 4, (int64_t)strlen(s + 4), &r->tol);
    const bool out = strncmp(s, "out ", 4) == 0;
    if (!out && strncmp(s, "grad ", 5) != 0) return false;
    s += out ? 4 : 5;
    if (out) {
        const int k = place_of(c->op->outputs ? c->op->outputs : "y", s, r->want.out);
        if (k >= r->want.n_out) r->want.n_out = k + 1;
        return k >= 0 && read_array(s, &r->want.out[k]);
    }
    r->has_grad = true;
    /* inputs stand under the names of the case: those of a list that others follow are not at the places of its name */
    for (int k = 0; k < c->n_in; k++) {
        const size_t n = strlen(c->in[k].name);
        if (strncmp(s, c->in[k].name, n) == 0 && s[n] == ' ' && !r->want.grad[k].dtype)
            return read_array(s, &r->want.grad[k]);
    }
    return false;
}

static bool read_record(const entry *e, const rni_st_case *c, record *r)
{
    const char *s = e->body;
    r->want.n_in = c->n_in;
    for (int i = 0; i < e->lines; i++, s += strlen(s) + 1)
        if (*s && *s != '#' && !read_line(c, s, r))
            return rn_ok() && malformed(e->path, e->first + i, "a line of a record that is not understood");
    return true;
}

/* ---- the check ---- */

/* Whole numbers and truth values are of the very type; of floats the other implementation has only the widest. */
static bool same_type(rni_st *t, const rni_st_array *have, const rni_st_array *want)
{
    if (have->dtype == want->dtype || (rn_dtype_is_float(have->dtype) && rn_dtype_is_float(want->dtype))) return true;
    rni_st_fail(t, "%s: have type %s, want %s", have->name, rn_dtype_name(have->dtype), rn_dtype_name(want->dtype));
    return false;
}

static bool matches(rni_st *t, const rni_st_result *have, const record *r, bool wide)
{
    bool ok = have->n_out >= r->want.n_out;
    if (!ok) rni_st_fail(t, "%d results, want %d", have->n_out, r->want.n_out);
    for (int k = 0; ok && k < r->want.n_out; k++) {
        const bool choice = !rn_dtype_is_float(r->want.out[k].dtype); /* made with the roundings of the case's type */
        if (!r->want.out[k].dtype || (choice && wide)) continue;
        ok &= same_type(t, &have->out[k], &r->want.out[k]);
        ok &= rni_st_near(t, wide ? "in f64" : "result", &have->out[k], &r->want.out[k],
                          rni_st_tolerance_of(t->c, &have->out[k], &r->want.out[k], 1));
    }
    return (!r->has_grad || rni_st_gradients_near(t, have, &r->want, wide ? 1 : 4)) && ok;
}

/* Compares a call in f64, or in the case's own types. */
static rni_st_verdict compare(rni_st *t, const record *r, bool wide)
{
    const rni_st_case *own = t->c;
    rni_st_case c = *own; /* its values are borrowed */
    for (int i = 0; wide && i < c.n_in; i++)
        if (rn_dtype_is_float(c.in[i].dtype)) c.in[i].dtype = RN_F64;
    if (wide) c.tol = r->tol;
    rni_st_result have = { 0 };
    rni_st_verdict v = RNI_ST_PASSED;
    t->c = &c;
    if (!rni_st_call(&c, c.in, &(rni_st_how){ .device = t->device, .grad = r->has_grad }, &have)) {
        const bool refused = wide && rn_error_last() && rn_error_last()->status == RN_ERR_DTYPE;
        if (refused) rn_error_clear(); /* the function has no f64 */
        v = refused ? RNI_ST_NOTHING : rni_st_fail_error(t, "the call failed");
    } else if (!matches(t, &have, r, wide))
        v = RNI_ST_FAILED;
    t->c = own;
    rni_st_result_free(&have);
    return v;
}

rni_st_verdict rni_st_check_golden(rni_st *t)
{
    if (!t->golden) return RNI_ST_NOTHING;
    if (!t->stored)
        return rni_st_fail(t, "no result of another implementation is stored (tests/golden/make_ops.py), and no reason "
                              "stands in tests/golden/ops/none.txt");
    record r = { 0 };
    rni_st_verdict v = RNI_ST_FAILED;
    bool any_float = false;
    for (int i = 0; i < t->c->n_in; i++) any_float |= rn_dtype_is_float(t->c->in[i].dtype);
    if (!read_record(t->stored, t->c, &r))
        v = rni_st_fail_error(t, "the stored result");
    else if (r.none)
        v = rni_st_skip(t, "%s", r.none);
    else if (!any_float || compare(t, &r, true) != RNI_ST_FAILED)
        v = compare(t, &r, false);
    rni_st_result_free(&r.want);
    return v;
}

/* ---- inputs for the other implementation ---- */

static void write_array(FILE *to, const char *what, const rni_st_array *a, const char *name, bool values)
{
    fprintf(to, "%s %s %s[", what, name, rn_dtype_name(a->dtype));
    for (int i = 0; i < a->shape.rank; i++) fprintf(to, i ? ",%lld" : "%lld", (long long)a->shape.dim[i]);
    fprintf(to, "]");
    for (int64_t i = 0; values && i < a->count; i++) fprintf(to, " %.17g", a->value[i]);
    fprintf(to, "\n");
}

rni_st_verdict rni_st_golden_dump(rni_st *t)
{
    const rni_st_result *r = rni_st_truth(t);
    if (!r) return rni_st_fail_error(t, "the call failed");
    FILE *to = t->args->to;
    fprintf(to, "case %s %s\n", t->c->op->name, t->c->title);
    for (int i = 0; i < t->c->n_in; i++)
        if (t->c->in[i].dtype) write_array(to, "in", &t->c->in[i], t->c->in[i].name, true);
    for (int k = 0; k < r->n_out; k++) {
        if (!r->out[k].dtype) continue;
        write_array(to, "out", &r->out[k], r->out[k].name, false);
        if (r->weight[k].dtype) write_array(to, "weight", &r->weight[k], r->out[k].name, true);
    }
    return RNI_ST_PASSED;
}
