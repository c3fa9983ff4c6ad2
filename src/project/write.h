/* Writing JSON of project files. */
#ifndef RNI_PROJECT_WRITE_H
#define RNI_PROJECT_WRITE_H

#include "project/schema.h"

/* What the values of a member are, below objects that a table describes. */
typedef enum rni_nesting { RNI_NEST_NONE, RNI_NEST_ONE, RNI_NEST_LIST, RNI_NEST_MAP } rni_nesting;

/* The table of what stands under `key` of an object of `table`; NULL where none describes it. */
const rni_member *rni_member_table(const rni_member *table, const char *key, rni_nesting *nesting);

/* Writes v, an object of `table` (NULL: any value), with its members in the order of the tables. What fits into a line
 * is written so. */
void rni_json_write_ordered(rni_json_writer *w, const rni_json *v, const rni_member *table, rni_nesting nesting);

#endif
