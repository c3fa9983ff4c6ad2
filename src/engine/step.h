/* What is noted while a step is recorded, so that it can be replayed. */
#ifndef RNI_ENGINE_STEP_H
#define RNI_ENGINE_STEP_H

#include "engine/plan.h"

#include <rensa/step.h>

typedef struct rni_recording rni_recording;

/* What an evaluation has just run; all borrowed. */
typedef struct {
    rni_hash key; /* what was computed, whatever memory it was written to */
    rni_plan *plan;
    rni_node *const *node; /* in the plan's order */
    int64_t n_nodes;
    rn_tensor *const *given;
    const bool *donated;
    int64_t n_given;
    rn_tensor *const *result; /* in the plan's order */
    const rn_tensor *held;    /* one of the others, if somebody outside could look at it */
} rni_evaluated;
/* Called by evaluations of a thread that records a step, while given values still have their memory. */
bool rni_recording_evaluated(rni_recording *r, const rni_evaluated *e);
/* Parameters, states and numbers are constants of the plan, which then belongs to the recording alone. */
bool rni_recording_is_frozen(const rni_recording *r);

/* As rn_step_new, frozen in that way: parameters keep the values that they have now, and one recording is enough. */
rn_step *rni_step_frozen(const rn_step_args *args);

/* ---- for code whose numbers change from step to step ---- */

/* The options of the call that made `result` will be other ones in the next step: fn writes them. Does nothing unless
 * a step is being recorded; nor do the others. */
typedef void rni_renew_fn(void *user, int64_t which, void *opts);
bool rni_step_renews(const rn_tensor *result, rni_renew_fn *fn, void *user, int64_t which);
/* A part of the step that goes on in the host's memory. Before a replay, `begin` looks at what the step before has left
 * open; false with an error pending. The step may be replayed as long as `form` is the same, and then `advance` is
 * called. `end` gives user back. */
typedef struct {
    bool (*begin)(void *user);
    uint64_t (*form)(void *user);
    void (*advance)(void *user);
    void (*end)(void *user);
    void *user;
} rni_step_part;
bool rni_step_goes_on(const rni_step_part *part);
bool rni_step_is_recorded(void);
/* The step must be recorded each time, for that reason. */
void rni_step_refuse(const char *why);

#endif
