/* Looking at the values of a parsed JSON document, and errors at their places. */
#include "base/json_p.h"

#include "base/alloc.h"
#include "base/error.h"

#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = { "null", "true or false", "a number", "a string", "an array", "an object" };

void rni_json_document_free(rni_json_document *doc)
{
    while (doc->blocks) {
        rni_json_block *b = doc->blocks;
        doc->blocks = b->next;
        rni_free(b);
    }
    rni_free(doc);
}

void rni_json_free(rni_json *root)
{
    if (root) rni_json_document_free(root->doc);
}

int rni_json_compare_keys(const void *a, const void *b)
{
    const rni_json *x = *(rni_json *const *)a, *y = *(rni_json *const *)b;
    const int64_t n = x->key_bytes < y->key_bytes ? x->key_bytes : y->key_bytes;
    const int c = memcmp(x->key, y->key, (size_t)n);
    return c ? c : (x->key_bytes > y->key_bytes) - (x->key_bytes < y->key_bytes);
}

rni_json_type rni_json_type_of(const rni_json *v)
{
    return v ? v->type : RNI_JSON_NULL;
}

const char *rni_json_type_name(rni_json_type type)
{
    return type_names[type];
}

int rni_json_line(const rni_json *v)
{
    return v ? v->line : 0;
}

int rni_json_column(const rni_json *v)
{
    return v ? v->column : 0;
}

const char *rni_json_source(const rni_json *v)
{
    return v ? v->doc->source : NULL;
}

int64_t rni_json_count(const rni_json *v)
{
    return v ? v->count : 0;
}

const rni_json *rni_json_at(const rni_json *v, int64_t i)
{
    return v && i >= 0 && i < v->count ? v->items[i] : NULL;
}

const char *rni_json_key(const rni_json *v)
{
    return v ? v->key : NULL;
}

const char *rni_json_key_at(const rni_json *v, int64_t i)
{
    return rni_json_key(rni_json_at(v, i));
}

const rni_json *rni_json_get(const rni_json *v, const char *key)
{
    if (!v || v->type != RNI_JSON_OBJECT) return NULL;
    const rni_json wanted = { .key = key, .key_bytes = (int64_t)strlen(key) }, *pointer = &wanted;
    if (v->keys) {
        rni_json *const *hit = bsearch(&pointer, v->keys, (size_t)v->count, sizeof *v->keys, rni_json_compare_keys);
        return hit ? *hit : NULL;
    }
    for (int64_t i = 0; i < v->count; i++)
        if (rni_json_compare_keys(&v->items[i], &pointer) == 0) return v->items[i];
    return NULL;
}

const char *rni_json_string(const rni_json *v)
{
    return v ? v->text : NULL;
}

int64_t rni_json_string_bytes(const rni_json *v)
{
    return v ? v->text_bytes : 0;
}

double rni_json_number(const rni_json *v)
{
    return v ? v->number : 0;
}

const char *rni_json_number_text(const rni_json *v)
{
    return v ? v->digits : NULL;
}

bool rni_json_is_int(const rni_json *v)
{
    return v && v->is_int;
}

int64_t rni_json_int(const rni_json *v)
{
    return v ? v->integer : 0;
}

bool rni_json_bool(const rni_json *v)
{
    return v && v->truth;
}

bool rni_json_is_null(const rni_json *v)
{
    return v && v->type == RNI_JSON_NULL;
}

const char *rni_json_place(const rni_json *v, char buf[RNI_JSON_PLACE])
{
    if (v->place)
        snprintf(buf, RNI_JSON_PLACE, "%s", v->place);
    else
        snprintf(buf, RNI_JSON_PLACE, "%.*s:%d:%d", RNI_JSON_PLACE - 32, v->doc->source, v->line, v->column);
    return buf;
}

bool rni_json_fail(const rni_json *v, rn_status status, const char *fmt, ...)
{
    char what[1024], place[RNI_JSON_PLACE];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (!v) return rni_fail(status, NULL, NULL, "%s", what);
    const rn_site *before = rni_site_enter(NULL); /* one place is enough */
    rni_fail(status, NULL, NULL, "%s: %s", rni_json_place(v, place), what);
    rni_site_enter(before);
    return false;
}

bool rni_json_expect(const rni_json *v, rni_json_type type)
{
    if (v && v->type == type) return true;
    if (v && v->key)
        return rni_json_fail(v, RN_ERR_FORMAT, "\"%.60s\": expected %s, found %s", v->key, type_names[type],
                             type_names[v->type]);
    return rni_json_fail(v, RN_ERR_FORMAT, "expected %s, found %s", type_names[type],
                         v ? type_names[v->type] : "nothing");
}

static void set_place(rni_json *v, int line, int column, const char *place)
{
    v->line = line;
    v->column = column;
    v->place = place;
    for (int64_t i = 0; i < v->count; i++) set_place(v->items[i], line, column, place);
}

/* The name in the memory of v's document. */
static char *keep_name(const rni_json *v, const char *name)
{
    const int64_t n = (int64_t)strlen(name) + 1;
    char *copy = rni_json_take(v->doc, n);
    return copy ? memcpy(copy, name, (size_t)n) : NULL;
}

bool rni_json_name_place(rni_json *v, const char *name)
{
    const char *place = keep_name(v, name);
    if (place) set_place(v, v->line, v->column, place);
    return place != NULL;
}

bool rni_json_adopt_places(rni_json *to, const rni_json *from)
{
    const char *place = from->place ? keep_name(to, from->place) : NULL;
    if (from->place && !place) return false;
    to->line = from->line;
    to->column = from->column;
    to->place = place;
    for (int64_t i = 0; i < to->count; i++) {
        const rni_json *like =
            to->type == RNI_JSON_OBJECT ? rni_json_get(from, to->items[i]->key) : rni_json_at(from, i);
        if (!like)
            set_place(to->items[i], from->line, from->column, place);
        else if (!rni_json_adopt_places(to->items[i], like))
            return false;
    }
    return true;
}
