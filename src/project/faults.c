/* From errors to places: an error of the reader begins with line and column, and each value of a JSON text has its own;
 * others are where the code that went on after them says. */
#include "project/faults.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

enum { FAULTS_MAX = 1000 };

/* Skips "source:12: " and "source:12:5: " in front of a text, as often as they are there; what they say is kept. */
static const char *skip_places(const char *text, const char *source, int *line, int *column)
{
    const char *const names[] = { source, rni_path_base(source) };
    for (int i = 0; i < 2; i++) {
        const size_t n = strlen(names[i]);
        char *end;
        if (strncmp(text, names[i], n) != 0 || text[n] != ':') continue;
        const long l = strtol(text + n + 1, &end, 10);
        const long c = *end == ':' && end[1] != ' ' ? strtol(end + 1, &end, 10) : 0;
        if (strncmp(end, ": ", 2) != 0) continue;
        if (c) *column = (int)c, *line = (int)l;
        text = end + 2;
        i = -1;
    }
    return text;
}

/* The lines behind the first, but for those that say where it was. */
static char *details(const char *message)
{
    rni_str s = { 0 };
    rni_str_add(&s, "");
    for (const char *at = strchr(message, '\n'); at; at = strchr(at + 1, '\n')) {
        const char *text = at + 1 + strspn(at + 1, " ");
        if (strncmp(text, "in ", 3) == 0 || strncmp(text, "via ", 4) == 0) continue;
        rni_str_addf(&s, "%s%.*s", s.length ? "\n" : "", (int)strcspn(text, "\n"), text);
    }
    return s.at;
}

void rni_faults_take(void *user, const rn_error *e, const char *reason, const void *where)
{
    rni_faults *f = user;
    rni_inspection *in = f->in;
    if (in->n_faults == FAULTS_MAX) return;
    rni_fault *p = rni_grow(in->fault, in->n_faults, &f->capacity, (int64_t)sizeof *p);
    if (p) in->fault = p;
    struct rni_fault_place *place = p ? rni_grow(f->place, in->n_faults, &f->cap_places, (int64_t)sizeof *place) : NULL;
    if (place) f->place = place;
    if (!place) return;
    int line = 0, column = 0;
    const char *what = skip_places(reason, in->source, &line, &column);
    f->place[in->n_faults] = (struct rni_fault_place){ where, line, column };
    in->fault[in->n_faults++] = (rni_fault){ .what = rni_strdup(what), .detail = details(e->message) };
}

/* ---- places ---- */

typedef struct search {
    int line, column;
    const rni_json *found;
} search;

static void find(const rni_json *v, search *s)
{
    if (rni_json_line(v) == s->line && rni_json_column(v) == s->column) s->found = v;
    for (int64_t i = 0; !s->found && i < rni_json_count(v); i++) find(rni_json_at(v, i), s);
}

/* Appends the path from `v` to `to`; false where it is not below. */
static bool add_path(const rni_json *v, const rni_json *to, rni_str *path)
{
    if (v == to) return true;
    const int64_t mark = path->length;
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        const char *key = rni_json_key_at(v, i);
        if (key && rni_json_type_of(v) == RNI_JSON_OBJECT)
            rni_str_addf(path, "%s%s", mark ? "." : "", key);
        else
            rni_str_addf(path, "%s%lld", mark ? "." : "", (long long)i);
        if (path->failed || add_path(rni_json_at(v, i), to, path)) return !path->failed;
        path->at[path->length = mark] = '\0';
    }
    return false;
}

static bool holds(const rni_json *v, const rni_json *inner)
{
    if (v == inner) return true;
    for (int64_t i = 0; i < rni_json_count(v); i++)
        if (holds(rni_json_at(v, i), inner)) return true;
    return false;
}

/* The member of an object that v is, or is in. */
static const char *member_of(const rni_json *object, const rni_json *v)
{
    if (rni_json_type_of(object) != RNI_JSON_OBJECT) return NULL;
    for (int64_t i = 0; i < rni_json_count(object); i++)
        if (holds(rni_json_at(object, i), v)) {
            const rni_json *inner = rni_json_at(object, i);
            const char *key = rni_json_key_at(object, i);
            return strcmp(key, "options") == 0 && inner != v ? member_of(inner, v) : key;
        }
    return NULL;
}

static void name_layer(const rni_project *p, const rni_json *v, rni_fault *fault)
{
    for (int64_t k = 0; p && k < p->n_all; k++) {
        const rni_network *n = &p->network[k];
        if (!n->json || !holds(n->json, v)) continue;
        fault->network = n->name;
        for (int64_t i = 0; i < n->n_layers && !fault->layer; i++) {
            if (!holds(n->layer[i].json, v)) continue;
            fault->layer = n->layer[i].name;
            fault->member = member_of(n->layer[i].json, v);
        }
        if (!fault->layer) fault->member = member_of(n->json, v);
        return;
    }
    const rni_json *owner = p ? p->json : NULL; /* outside of networks: the last key of the path */
    const char *dot = strrchr(fault->path, '.');
    if (owner && *fault->path) fault->member = rni_json_key(v) ? rni_json_key(v) : dot ? dot + 1 : fault->path;
}

static bool settle_one(const rni_faults *f, int64_t i)
{
    rni_inspection *in = f->in;
    rni_fault *fault = &in->fault[i];
    const rni_project *p = in->session ? in->session->project : NULL;
    search s = { f->place[i].line, f->place[i].column, NULL };
    if (p && s.line) find(p->json, &s);
    const rni_json *v = s.found ? s.found : p ? f->place[i].where : NULL;
    rni_str path = { 0 };
    rni_str_add(&path, "");
    if (v) add_path(p->json, v, &path);
    fault->path = path.at;
    fault->line = s.line ? s.line : rni_json_line(v);
    fault->column = s.line ? s.column : rni_json_column(v);
    if (v && fault->path) name_layer(p, v, fault);
    return fault->what && fault->detail && fault->path && !path.failed;
}

static void drop_fault(rni_fault *f)
{
    rni_free(f->what);
    rni_free(f->detail);
    rni_free(f->path);
}

/* A value is complained of once: what follows is mostly the same said by others. */
static void leave_repetitions_out(rni_inspection *in)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < in->n_faults; i++) {
        rni_fault *f = &in->fault[i];
        bool again = false;
        for (int64_t k = 0; k < kept && !again; k++) {
            const rni_fault *other = &in->fault[k];
            again = strcmp(other->path, f->path) == 0 && other->line == f->line &&
                    (*f->path ? true : strcmp(other->what, f->what) == 0);
        }
        if (again)
            drop_fault(f);
        else
            in->fault[kept++] = *f;
    }
    in->n_faults = kept;
}

/* ---- warnings ---- */

static bool is_used(const rni_network *n, int64_t layer)
{
    bool used = layer == n->output;
    for (int64_t i = 0; i < n->n_layers && !used; i++)
        for (int64_t k = 0; k < n->layer[i].n_inputs && !used; k++) used = n->layer[i].input[k] == layer;
    return used;
}

static bool warn_unused(rni_inspection *in)
{
    const rni_project *p = in->session->project;
    int64_t capacity = 0;
    for (int64_t k = 0; k < p->n_all; k++) {
        const rni_network *n = &p->network[k];
        for (int64_t i = 0; i < n->n_layers; i++) {
            if (is_used(n, i)) continue;
            rni_fault *w = rni_grow(in->warning, in->n_warnings, &capacity, (int64_t)sizeof *w);
            rni_str path = { 0 };
            if (!w) return false;
            in->warning = w;
            add_path(p->json, n->layer[i].json, &path);
            in->warning[in->n_warnings++] = (rni_fault){ .what = rni_strdup("the result of this layer is not used"),
                                                         .detail = rni_strdup(""),
                                                         .path = path.at,
                                                         .network = n->name,
                                                         .layer = n->layer[i].name,
                                                         .line = rni_json_line(n->layer[i].json),
                                                         .column = rni_json_column(n->layer[i].json) };
            if (path.failed || !rn_ok()) return false;
        }
    }
    return true;
}

bool rni_faults_settle(rni_faults *f)
{
    bool ok = true;
    for (int64_t i = 0; i < f->in->n_faults; i++) ok = settle_one(f, i) && ok;
    if (ok) leave_repetitions_out(f->in);
    rni_free(f->place);
    return ok && (!f->in->session || warn_unused(f->in));
}
