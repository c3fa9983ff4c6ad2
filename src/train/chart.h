/* Line charts as SVG. */
#ifndef RNI_TRAIN_CHART_H
#define RNI_TRAIN_CHART_H

#include "base/str.h"

typedef struct {
    const char *name;
    int64_t count;
    const double *x, *y; /* NaN leaves a point out */
} rni_series;

/* One chart, `height` high at y offset `top` of an SVG that the caller opens and closes. Logarithmic where all values
 * are positive and span more than a factor of twenty. */
void rni_chart(rni_str *svg, const char *title, const rni_series *series, int count, double top, double width,
               double height);

#endif
