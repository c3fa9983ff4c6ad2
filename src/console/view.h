/* Data sets that somebody looks at: kept open for a while. */
#ifndef RNI_CONSOLE_VIEW_H
#define RNI_CONSOLE_VIEW_H

#include "console/http.h"

#include <rensa/data.h>

typedef struct rni_views rni_views;

typedef struct rni_view {
    char name[256];
    rn_part part;
    rn_dataset *set;
    int target;      /* column of classes; -1: none */
    int32_t *label;  /* of each example, once somebody has asked for a class */
    rni_str summary; /* statistics in JSON, once somebody has asked */
    int users;
    double used;
} rni_view;

rni_views *rni_views_open(void);
void rni_views_close(rni_views *all); /* NULL is fine */
/* Opens data/NAME of the work folder, or the known data set of that name, without downloading anything. Errors: 404,
 * and what opening reports. Give it back. */
rni_view *rni_view_take(rni_request *q, const char *name, rn_part part);
void rni_view_give(rni_console *c, rni_view *v); /* NULL is fine */
/* Forgets a data set that has changed or gone. */
void rni_view_forget(rni_console *c, const char *name);
/* Makes v->label. */
bool rni_view_labels(rni_console *c, rni_view *v);
/* {"count": …, "columns": [{name, dtype, shape, picture, classes, histogram, min, max, mean, std}]} */
bool rni_view_summary(rni_console *c, rni_view *v, rni_str *to);
/* Whether its examples can be shown as pictures. */
bool rni_view_is_picture(const rn_column *column);

#endif
