/* The canonical form of a project file: members in the order of the tables, others (options) in the order of the file
 * behind them; a value stands in one line if it fits. What an editor keeps is written as it is. */
#include "base/alloc.h"
#include "base/error.h"
#include "project/read.h"
#include "project/schema.h"

#include <stdlib.h>
#include <string.h>

enum { LINE = 110, KEY_MAX = 128 };

/* What the values of a member are, below objects that a table describes. */
typedef enum { NEST_NONE, NEST_ONE, NEST_LIST, NEST_MAP } nesting_kind;

typedef struct {
    const rni_member *table;
    const char *key;
    const rni_member *below;
    nesting_kind nesting;
} nest_row;

static const nest_row nest_rows[] = {
    { rni_members_project, "data", rni_members_data, NEST_MAP },
    { rni_members_project, "network", rni_members_network, NEST_ONE },
    { rni_members_project, "networks", rni_members_network, NEST_MAP },
    { rni_members_project, "units", rni_members_network, NEST_MAP },
    { rni_members_project, "training", rni_members_training, NEST_ONE },
    { rni_members_network, "layers", rni_members_layer, NEST_LIST },
    { rni_members_data, "steps", rni_members_step, NEST_LIST },
    { rni_members_training, "loss", rni_members_function, NEST_ONE },
    { rni_members_training, "metrics", rni_members_function, NEST_LIST },
    { rni_members_training, "optimizer", rni_members_optimizer, NEST_ONE },
    { rni_members_training, "optimizers", rni_members_optimizer, NEST_LIST },
    { rni_members_training, "loss_scale", rni_members_loss_scale, NEST_ONE },
    { rni_members_training, "monitors", rni_members_monitor, NEST_LIST },
    { rni_members_training, "early_stopping", rni_members_stopping, NEST_ONE },
    { rni_members_training, "save_best", rni_members_best, NEST_ONE },
    { rni_members_training, "snapshot", rni_members_snapshot, NEST_ONE },
    { rni_members_optimizer, "loss", rni_members_function, NEST_ONE },
    { rni_members_optimizer, "schedule", rni_members_schedule, NEST_ONE },
    { rni_members_optimizer, "hooks", rni_members_hook, NEST_LIST },
    { rni_members_schedule, "then", rni_members_schedule, NEST_ONE },
    { rni_members_monitor, "loss", rni_members_function, NEST_ONE },
    { rni_members_monitor, "metrics", rni_members_function, NEST_LIST },
};

/* The table of what stands under `key` of an object of `table`; NULL where none describes it. */
static const rni_member *table_below(const rni_member *table, const char *key, nesting_kind *nesting)
{
    for (size_t i = 0; i < RN_COUNTOF(nest_rows); i++) {
        const nest_row *r = &nest_rows[i];
        if (r->table != table || strcmp(r->key, key) != 0) continue;
        *nesting = r->nesting;
        return r->below;
    }
    *nesting = NEST_NONE;
    return NULL;
}

/* About the characters that v takes in one line, counted up to `limit`. */
static int64_t width(const rni_json *v, int64_t limit)
{
    const rni_json_type type = rni_json_type_of(v);
    int64_t n = type == RNI_JSON_STRING   ? rni_json_string_bytes(v) + 2
                : type == RNI_JSON_NUMBER ? (int64_t)strlen(rni_json_number_text(v))
                                          : 5;
    for (int64_t i = 0; i < rni_json_count(v) && n < limit; i++) {
        const char *key = rni_json_key_at(v, i);
        n += key ? (int64_t)strlen(key) + 4 : 0;
        n += width(rni_json_at(v, i), limit - n) + 2;
    }
    return n;
}

static void write_scalar(rni_json_writer *w, const rni_json *v)
{
    switch (rni_json_type_of(v)) {
    case RNI_JSON_STRING:
        rni_json_write_string(w, rni_json_string(v));
        break;
    case RNI_JSON_NUMBER:
        rni_json_write_digits(w, rni_json_number_text(v));
        break;
    case RNI_JSON_BOOL:
        rni_json_write_bool(w, rni_json_bool(v));
        break;
    default:
        rni_json_write_null(w);
    }
}

/* Writes v, an object of `table` (NULL: any value), with its members in the order of the tables. What fits into a line
 * is written so. */
static void write_value(rni_json_writer *w, const rni_json *v, const rni_member *table, nesting_kind nesting);

static void write_member(rni_json_writer *w, const rni_json *v, const rni_member *table, nesting_kind nesting)
{
    const char *key = rni_json_key(v);
    const rni_member *below = table;
    nesting_kind how = NEST_ONE;
    if (nesting != NEST_MAP) below = table_below(table, key, &how);
    rni_json_write_key(w, key);
    write_value(w, v, below, how);
}

static void write_object(rni_json_writer *w, const rni_json *v, const rni_member *table, nesting_kind nesting)
{
    const bool described = table && nesting != NEST_MAP;
    rni_json_object_begin(w);
    for (const rni_member *m = table; described && m->name; m++) {
        const rni_json *value = rni_json_get(v, m->name);
        if (value) write_member(w, value, table, nesting);
    }
    for (int64_t i = 0; i < rni_json_count(v); i++)
        if (!described || !rni_member_find(table, rni_json_key_at(v, i)))
            write_member(w, rni_json_at(v, i), table, nesting);
    rni_json_object_end(w);
}

static void write_value(rni_json_writer *w, const rni_json *v, const rni_member *table, nesting_kind nesting)
{
    const rni_json_type type = rni_json_type_of(v);
    if (type != RNI_JSON_OBJECT && type != RNI_JSON_ARRAY) {
        write_scalar(w, v);
        return;
    }
    const bool in_line =
        w->indent > 0 && w->flat == 0 && w->depth > 0 && width(v, LINE) + (int64_t)w->depth * w->indent < LINE;
    if (in_line) rni_json_flat_begin(w);
    if (type == RNI_JSON_OBJECT)
        write_object(w, v, table, nesting);
    else {
        /* "network" may be the list of its layers */
        if (table == rni_members_network) table = rni_members_layer;
        rni_json_array_begin(w);
        for (int64_t i = 0; i < rni_json_count(v); i++) write_value(w, rni_json_at(v, i), table, NEST_ONE);
        rni_json_array_end(w);
    }
    if (in_line) rni_json_flat_end(w);
}

bool rni_project_write(const rni_project *p, rni_str *to)
{
    rni_json_writer w = { .to = to, .indent = 2 };
    write_value(&w, p->json, rni_members_project, NEST_ONE);
    rni_str_add(to, "\n");
    return !to->failed;
}

/* ---- changes ---- */

/* A value from a command line: JSON, else a text. */
static rni_json *parse_value(const char *text)
{
    rni_json *v = rni_json_parse(text, (int64_t)strlen(text), "value");
    if (v || rn_error_last()->status == RN_ERR_NOMEM) return v;
    rn_error_clear();
    rni_str s = { 0 };
    rni_json_write_string(&(rni_json_writer){ .to = &s }, text);
    v = s.failed ? NULL : rni_json_parse(s.at, s.length, "value");
    rni_str_free(&s);
    return v;
}

void rni_json_write_any(rni_json_writer *w, const rni_json *v)
{
    write_value(w, v, NULL, NEST_NONE);
}

typedef struct change {
    rni_json_writer w;
    const rni_json *value;
    const char *path; /* the whole, for messages */
} change;

static bool write_changed(change *c, const rni_json *v, const char *rest, const rni_member *table,
                          nesting_kind nesting);

static bool through_array(change *c, const rni_json *v, const char *key, const char *rest, const rni_member *table)
{
    const int64_t n = rni_json_count(v);
    char *end;
    const long long at = strtoll(key, &end, 10);
    if (end == key || *end || at < 0 || at > n) {
        rni_fail(RN_ERR_ARG, NULL, NULL, "\"%s\" is no number of an element", key);
        rni_error_add("expect", "0 to %lld", (long long)n);
        rni_error_add("in", "%s", c->path);
        return false;
    }
    if (table == rni_members_network) table = rni_members_layer;
    rni_json_array_begin(&c->w);
    for (int64_t i = 0; i < n + (at == n); i++)
        if (i != at)
            rni_json_write_any(&c->w, rni_json_at(v, i));
        else if (!write_changed(c, rni_json_at(v, i), rest, table, NEST_ONE))
            return false;
    rni_json_array_end(&c->w);
    return true;
}

/* A text may stand for an object: of nothing but a type, or of a training and a test set. */
static rni_json *long_form(const char *text, const rni_member *table, nesting_kind nesting)
{
    rni_str s = { 0 };
    rni_json_writer w = { .to = &s };
    static const char *const parts[] = { "train", "test" };
    rni_json_object_begin(&w);
    if (table == rni_members_data && nesting == NEST_MAP) {
        for (size_t i = 0; i < RN_COUNTOF(parts); i++) {
            rni_json_write_key(&w, parts[i]);
            rni_json_object_begin(&w);
            rni_json_put_string(&w, "source", text);
            rni_json_put_string(&w, "part", parts[i]);
            rni_json_object_end(&w);
        }
    } else {
        rni_json_put_string(&w, table == rni_members_data ? "source" : "type", text);
    }
    rni_json_object_end(&w);
    rni_json *v = s.failed ? NULL : rni_json_parse(s.at, s.length, "long form");
    rni_str_free(&s);
    return v;
}

static const char *member_name(void *user, int i)
{
    return rni_json_key_at(user, i);
}

/* A change does not make arguments: no expression would know them. */
static bool is_argument(const change *c, const rni_json *arguments, const char *name)
{
    if (rni_json_get(arguments, name)) return true;
    rni_unknown(NULL, "argument", name, member_name, (void *)(uintptr_t)arguments);
    rni_error_add("in", "%s", c->path);
    return false;
}

static bool through_object(change *c, const rni_json *v, const char *key, const char *rest, const rni_member *table,
                           nesting_kind nesting)
{
    const rni_member *below = table;
    nesting_kind how = NEST_ONE;
    if (nesting != NEST_MAP) below = table ? table_below(table, key, &how) : NULL;
    bool found = false;
    if (table == rni_members_network && strcmp(key, "arguments") == 0 && *rest &&
        !is_argument(c, rni_json_get(v, key), rest))
        return false;
    rni_json_object_begin(&c->w);
    for (int64_t i = 0; i < rni_json_count(v); i++) {
        const bool here = strcmp(rni_json_key_at(v, i), key) == 0;
        found |= here;
        if (here && !*rest && rni_json_is_null(c->value)) continue;
        rni_json_write_key(&c->w, rni_json_key_at(v, i));
        if (!here)
            rni_json_write_any(&c->w, rni_json_at(v, i));
        else if (!write_changed(c, rni_json_at(v, i), rest, below, how))
            return false;
    }
    if (!found && (*rest || !rni_json_is_null(c->value))) {
        rni_json_write_key(&c->w, key);
        if (!write_changed(c, NULL, rest, below, how)) return false;
    }
    rni_json_object_end(&c->w);
    return true;
}

static bool write_changed(change *c, const rni_json *v, const char *rest, const rni_member *table, nesting_kind nesting)
{
    if (!*rest) {
        rni_json_write_any(&c->w, c->value);
        return true;
    }
    char key[KEY_MAX];
    const size_t n = strcspn(rest, ".");
    if (n == 0 || n >= sizeof key) return rni_fail(RN_ERR_ARG, NULL, NULL, "\"%.100s\" is no path to a value", c->path);
    memcpy(key, rest, n);
    key[n] = '\0';
    rest += n + (rest[n] == '.');
    const rni_json_type type = rni_json_type_of(v);
    if (type == RNI_JSON_ARRAY) return through_array(c, v, key, rest, table);
    if (!v || type == RNI_JSON_OBJECT) return through_object(c, v, key, rest, table, nesting);
    if (type == RNI_JSON_STRING && table && nesting != NEST_LIST) {
        rni_json *in_full = long_form(rni_json_string(v), table, nesting);
        const bool ok = in_full && through_object(c, in_full, key, rest, table, nesting);
        rni_json_free(in_full);
        return ok;
    }
    rni_fail(RN_ERR_ARG, NULL, NULL, "\"%s\" leads through %s, which has no members", c->path,
             rni_json_type_name(type));
    return false;
}

static rni_json *changed_json(const rni_json *v, const rni_change *ch, const char *source)
{
    rni_str s = { 0 };
    rni_json *value = parse_value(ch->value);
    change c = { .w = { .to = &s }, .value = value, .path = ch->path };
    rni_json *result = NULL;
    if (value && write_changed(&c, v, ch->path, rni_members_project, NEST_ONE) && !s.failed)
        result = rni_json_parse(s.at, s.length, source);
    rni_str_free(&s);
    rni_json_free(value);
    return result;
}

/* Names the place of what a change has put into `now`: its value, or the first on the way to it that `before` has not.
 */
static bool name_place(rni_json *now, const rni_json *before, const rni_change *ch)
{
    const rni_json *v = now;
    for (const char *rest = ch->path; *rest;) {
        char key[KEY_MAX];
        const size_t n = strcspn(rest, ".");
        snprintf(key, sizeof key, "%.*s", (int)n, rest);
        rest += n + (rest[n] == '.');
        const bool array = rni_json_type_of(v) == RNI_JSON_ARRAY;
        v = array ? rni_json_at(v, strtoll(key, NULL, 10)) : rni_json_get(v, key);
        before = array ? rni_json_at(before, strtoll(key, NULL, 10)) : rni_json_get(before, key);
        if (!v) return true; /* null took it away */
        if (!before) break;
    }
    return rni_json_name_place((rni_json *)(uintptr_t)v, ch->place);
}

rni_project *rni_project_change(const rni_project *p, const rni_change *changes, int64_t n)
{
    if (!rn_ok()) return NULL;
    const char *source = rni_json_source(p->json);
    rni_json *now = NULL;
    for (int64_t i = 0; i < n; i++) {
        rni_json *next = changed_json(now ? now : p->json, &changes[i], source);
        rni_json_free(now);
        now = next;
        if (!now) return NULL;
    }
    if (n == 0) {
        rni_str s = { 0 };
        write_value(&(rni_json_writer){ .to = &s }, p->json, NULL, NEST_NONE);
        now = s.failed ? NULL : rni_json_parse(s.at, s.length, source);
        rni_str_free(&s);
    }
    bool ok = now && rni_json_adopt_places(now, p->json);
    for (int64_t i = 0; ok && i < n; i++)
        if (changes[i].place) ok = name_place(now, p->json, &changes[i]);
    if (!ok) {
        rni_json_free(now);
        return NULL;
    }
    return rni_project_from_json(now);
}
