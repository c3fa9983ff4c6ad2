/* Points of curves: kept in pieces of a thousand, read thinned. */
#ifndef RNI_CONSOLE_CURVE_H
#define RNI_CONSOLE_CURVE_H

#include "base/json.h"
#include "console/database.h"

typedef struct rni_point {
    double x, y; /* iteration and value; NaN stays NaN */
} rni_point;

/* Appends to the curve; x does not fall. */
bool rni_curve_append(rni_db *db, const char *run, const char *name, const rni_point *points, int64_t n);
/* Forgets all curves of a run whose names begin with `prefix`, or, where it is empty, that have no '/'. */
bool rni_curve_forget(rni_db *db, const char *run, const char *prefix);
/* {"n": …, "x": […], "y": […]} of the points with from <= x <= to, at most about `points`: the smallest and the largest
 * of each group that stands for several. */
bool rni_curve_write(rni_db *db, const char *run, const char *name, double from, double to, int64_t points,
                     rni_json_writer *w);
/* Names of all curves with the number of their points. */
bool rni_curve_names(rni_db *db, const char *run, rni_json_writer *w);

#endif
