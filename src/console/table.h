/* The table of runs: what is asked for becomes one SQL statement. */
#ifndef RNI_CONSOLE_TABLE_H
#define RNI_CONSOLE_TABLE_H

#include "console/http.h"
#include "console/database.h"

typedef struct rni_table_args {
    const char *filter;  /* words and conditions: "digits state:running test_accuracy>=0.9" */
    const char *project; /* only its runs; NULL: all */
    const char *kind;    /* only those; NULL: all */
    const char *sort;    /* a column; "-" before it: falling */
    const char *columns; /* separated by commas */
    int64_t offset, count;
} rni_table_args;

/* {"total": …, "runs": […]}. Errors: ARG for a condition that cannot be understood. */
bool rni_table_write(rni_db *db, const rni_table_args *args, rni_json_writer *w);
/* Names of all columns that some run has. */
bool rni_table_columns(rni_db *db, rni_json_writer *w);

#endif
