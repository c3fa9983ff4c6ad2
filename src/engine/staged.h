/* Steps of a device whose memory the host cannot reach, computed on the host for want of a kernel of the device. */
#ifndef RNI_ENGINE_STAGED_H
#define RNI_ENGINE_STAGED_H

#include "engine/plan.h"

/* Runs the step's kernel on copies of its operands. False if it fails; an error of copying is pending. */
bool rni_staged_run(rni_step *s);

#endif
