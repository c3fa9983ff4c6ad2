/* Looking for NaN and infinity after a step. */
#ifndef RNI_ENGINE_NAN_CHECK_H
#define RNI_ENGINE_NAN_CHECK_H

#include "engine/plan.h"

/* False, with an error that names the forward line, the element and how many, if a result of the step is not finite. */
bool rni_nan_check_step(const rni_step *s);

#endif
