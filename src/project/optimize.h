/* Optimizers of a project. */
#ifndef RNI_PROJECT_OPTIMIZE_H
#define RNI_PROJECT_OPTIMIZE_H

#include "project/goal.h"

#include <rensa/optim.h>

/* An optimizer with schedule and hooks over the parameters that it is to change. `v` is a text, an object, or NULL
 * (Adam); `epochs` is the length of schedules that do not say theirs. *part (may stay NULL) is a tree of those
 * parameters that must live as long as the optimizer. Errors: ARG with the place in the file. */
rn_optimizer *rni_optimizer_read(const rni_json *v, rni_model *m, double epochs, rn_link **part);

/* A schedule that ends after so many epochs where it does not say when. Owned. Errors: ARG with the place in the file.
 */
rn_schedule *rni_schedule_read(const rni_json *v, double epochs);
/* The i-th schedule, NULL past the last. */
const char *rni_schedule_name(int i);

#endif
