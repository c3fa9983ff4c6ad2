/* What parameters and their gradients look like over the epochs: "training": {"watch": true}. */
#ifndef RNI_PROJECT_TENSORS_H
#define RNI_PROJECT_TENSORS_H

#include "project/session.h"

/* Hangs it into the session's trainer. */
bool rni_tensors_watch(rni_session *s);

#endif
