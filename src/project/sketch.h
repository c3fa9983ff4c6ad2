/* Data sets that were opened once, without their values: columns, classes and counts. For whoever looks at a project
 * again and again while it is being edited. */
#ifndef RNI_PROJECT_SKETCH_H
#define RNI_PROJECT_SKETCH_H

#include "project/data.h"

typedef struct rni_sketches rni_sketches;

rni_sketches *rni_sketches_new(void);
void rni_sketches_free(rni_sketches *all); /* NULL is fine */
/* Fills in d, which is closed, from what was sketched under the same name when the data sets of the project were those
 * that they are now, by text and by the date of their files. False where there is none, or with an error. */
bool rni_sketch_find(rni_sketches *all, const rni_datas *datas, rni_data *d);
/* Sketches an open data set. */
bool rni_sketch_add(rni_sketches *all, const rni_datas *datas, const rni_data *d);

#endif
