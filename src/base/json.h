/* JSON (RFC 8259), strictly: each value knows its line and column, so that what is wrong with its meaning can be
 * reported as precisely as what is wrong with its form. */
#ifndef RNI_BASE_JSON_H
#define RNI_BASE_JSON_H

#include "base/str.h"

#include <rensa/error.h>

typedef enum rni_json_type {
    RNI_JSON_NULL,
    RNI_JSON_BOOL,
    RNI_JSON_NUMBER,
    RNI_JSON_STRING,
    RNI_JSON_ARRAY,
    RNI_JSON_OBJECT
} rni_json_type;

typedef struct rni_json rni_json;

#define RNI_JSON_DEPTH 200 /* arrays and objects inside one another */

/* Parses the n bytes. `source` names them in errors. Duplicate keys, anything after the value and numbers that no
 * double holds are errors: "source:line:column: what" (FORMAT). Owned: the whole tree is freed with its root. */
rni_json *rni_json_parse(const char *text, int64_t n, const char *source);
/* Reads and parses a file of at most `limit` bytes (0: 64 MiB). Errors: IO, FORMAT. */
rni_json *rni_json_load(const char *path, int64_t limit);
void rni_json_free(rni_json *root); /* NULL is fine */

/* All of these take NULL, and values of another type, for which they give null, 0, false or NULL. */
rni_json_type rni_json_type_of(const rni_json *v);
const char *rni_json_type_name(rni_json_type type); /* "a number", "an object", … */
int rni_json_line(const rni_json *v);
int rni_json_column(const rni_json *v);
const char *rni_json_source(const rni_json *v);
int64_t rni_json_count(const rni_json *v);                        /* elements or members */
const rni_json *rni_json_at(const rni_json *v, int64_t i);        /* element, or value of the i-th member */
const char *rni_json_key_at(const rni_json *v, int64_t i);        /* of an object, in the order of the text */
const rni_json *rni_json_get(const rni_json *v, const char *key); /* NULL where there is none */
const char *rni_json_key(const rni_json *v);                      /* under which v stands in its object */
const char *rni_json_string(const rni_json *v);
int64_t rni_json_string_bytes(const rni_json *v); /* a string may hold \u0000 */
double rni_json_number(const rni_json *v);
const char *rni_json_number_text(const rni_json *v); /* as it was written */
/* Whether v is a whole number that fits int64_t; then rni_json_int is exact. 1e3 and 2.0 are whole, up to 2^53. */
bool rni_json_is_int(const rni_json *v);
int64_t rni_json_int(const rni_json *v);
bool rni_json_bool(const rni_json *v);
bool rni_json_is_null(const rni_json *v); /* true for null itself only, not for NULL */

#define RNI_JSON_PLACE 512 /* bytes that every place fits into, a long source cut off */
/* "source:line:column" of v, or what rni_json_name_place called it; written into buf, which is returned. */
const char *rni_json_place(const rni_json *v, char buf[RNI_JSON_PLACE]);
/* Gives v and all below it a place of this name: that of the option of a command line, say. False without memory. */
bool rni_json_name_place(rni_json *v, const char *name);

/* Raises an error at the place of v: "source:line:column: " and the text. rni_error_add may follow. Returns false. */
bool rni_json_fail(const rni_json *v, rn_status status, const char *fmt, ...) RN_PRINTF(3, 4);
/* True if v is of this type; else raises "expected …, found …", naming v's key where it has one. */
bool rni_json_expect(const rni_json *v, rni_json_type type);

/* Gives the values of `to` the places of those of `from` with the same keys and numbers; further ones get that of what
 * holds them. For a text that was made from another one, whose reader knows only that. False without memory. */
bool rni_json_adopt_places(rni_json *to, const rni_json *from);

/* ---- writing ---- */

/* Commas, colons, escapes and indentation are put by the writer; the caller keeps begin and end paired. What does not
 * fit in memory sets to->failed. Bytes that are not UTF-8 are written as U+FFFD. */
typedef struct rni_json_writer {
    rni_str *to;
    int indent; /* spaces per level; 0: all in one line */
    int depth, flat;
    bool comma, after_key;
} rni_json_writer;

void rni_json_object_begin(rni_json_writer *w);
void rni_json_object_end(rni_json_writer *w);
void rni_json_array_begin(rni_json_writer *w);
void rni_json_array_end(rni_json_writer *w);
/* What is written between the two stands in one line, also under .indent. */
void rni_json_flat_begin(rni_json_writer *w);
void rni_json_flat_end(rni_json_writer *w);
void rni_json_write_key(rni_json_writer *w, const char *key);
void rni_json_write_string(rni_json_writer *w, const char *text); /* NULL writes null */
void rni_json_write_number(rni_json_writer *w, double value);     /* NaN and infinities become null */
void rni_json_write_int(rni_json_writer *w, int64_t value);
void rni_json_write_digits(rni_json_writer *w, const char *text); /* of rni_json_number_text */
void rni_json_write_bool(rni_json_writer *w, bool value);
void rni_json_write_null(rni_json_writer *w);
/* A key with its value. */
void rni_json_put_string(rni_json_writer *w, const char *key, const char *text);
void rni_json_put_number(rni_json_writer *w, const char *key, double value);
void rni_json_put_int(rni_json_writer *w, const char *key, int64_t value);
void rni_json_put_bool(rni_json_writer *w, const char *key, bool value);

#endif
