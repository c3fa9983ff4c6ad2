/* Collecting what a segment takes from outside. */
#ifndef RNI_ENGINE_RECOMPUTE_H
#define RNI_ENGINE_RECOMPUTE_H

#include "engine/engine.h"

/* A call inside the segment takes x as input. */
void rni_collect(struct rni_collector *c, rn_tensor *x);

#endif
