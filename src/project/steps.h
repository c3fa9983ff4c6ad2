/* What is done to a data set after its source was opened. */
#ifndef RNI_PROJECT_STEPS_H
#define RNI_PROJECT_STEPS_H

#include "project/data.h"

/* Makes d->set (and d->raw) from d->base. */
bool rni_steps_run(rni_datas *all, rni_data *d);

#endif
