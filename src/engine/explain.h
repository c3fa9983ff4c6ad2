/* What a plan does and how long it takes, for RENSA_LOG=step:debug. */
#ifndef RNI_ENGINE_EXPLAIN_H
#define RNI_ENGINE_EXPLAIN_H

#include "engine/plan.h"

/* Whether steps are to be timed. */
bool rni_explain_on(void);
/* Counts the step's operations and bytes, with the options of the call that it is bound to. */
void rni_explain_cost(rni_step *s);
/* The shortest time of all runs is kept: what else the machine does at times is not the step's. */
void rni_explain_time(const rni_plan *p, rni_step *s, double seconds);
/* One line per step: its time, function, kernel, where the result is, types and shapes, operations and bytes per second
 * as the function's row counts them. */
void rni_explain(const rni_plan *p);

#endif
