/* Tables that evaluations write, a row per example: filtered, sorted and paged. */
#ifndef RNI_CONSOLE_OUTPUTS_H
#define RNI_CONSOLE_OUTPUTS_H

#include "base/json.h"

typedef struct rni_outputs_args {
    const char *filter; /* "prediction=3 loss>0.5": conditions on columns; a word: in some cell */
    const char *sort;   /* a column; "-" before it: falling */
    int64_t offset, count;
} rni_outputs_args;

/* {"columns": […], "total": …, "rows": [[…]]}. Errors: ARG for columns that there are not; FORMAT, IO. */
bool rni_outputs_write(const char *path, const rni_outputs_args *args, rni_json_writer *w);

#endif
