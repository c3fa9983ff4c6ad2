/* Numbered texts: categories, class names, tokens. */
#ifndef RNI_DATA_NAMES_H
#define RNI_DATA_NAMES_H

#include "base/str.h"

typedef struct rni_names {
    rni_str pool; /* the texts, each with a NUL behind it */
    struct {
        int64_t at, bytes;
    } * list;
    int64_t count, capacity;
    int64_t *table; /* open addressing: number + 1, 0 is free */
    int64_t table_size;
} rni_names;

/* Number of the text, which is added if it is new; -1 with an error pending. */
int64_t rni_names_add(rni_names *names, const char *text, int64_t n);
/* Number of the text, -1 if it has none. Thread-safe while nothing is added. */
int64_t rni_names_find(const rni_names *names, const char *text, int64_t n);
/* Text of a number in range; borrowed until something is added. */
const char *rni_names_at(const rni_names *names, int64_t i);
/* Numbers the texts anew in ascending order: as numbers where all are numbers, else by their bytes. new_of[i] is the
 * new number of what was i; it has room for names->count. */
bool rni_names_sort(rni_names *names, int64_t *new_of);
/* Pointers to all texts, for rn_column.classes. rni_free (the texts stay with names). */
const char **rni_names_list(const rni_names *names);
void rni_names_free(rni_names *names);

#endif
