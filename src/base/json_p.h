/* The tree that the JSON parser (json.c) makes and json_value.c looks at. */
#ifndef RNI_BASE_JSON_P_H
#define RNI_BASE_JSON_P_H

#include "base/json.h"

/* Memory of a document, in a chain that is freed as a whole. */
typedef struct rni_json_block {
    struct rni_json_block *next;
    int64_t used, size;
} rni_json_block;

typedef struct rni_json_document {
    rni_json_block *blocks;
    const char *source;
} rni_json_document;

struct rni_json {
    rni_json_document *doc;
    const char *key, *text, *digits; /* NUL-terminated; digits: of a number, as it was written */
    int64_t key_bytes, text_bytes, integer, count;
    double number;
    rni_json *next;           /* sibling, in the order of the text */
    rni_json **items, **keys; /* children in that order; the same sorted by key, or NULL */
    int line, column;
    const char *place; /* that stands for them; else NULL */
    rni_json_type type;
    bool is_int, truth;
};

void *rni_json_take(rni_json_document *doc, int64_t bytes);
void rni_json_document_free(rni_json_document *doc);
/* For qsort and bsearch over pointers to values. */
int rni_json_compare_keys(const void *a, const void *b);

#endif
