/* Steps that are recorded once and replayed: what a loop computes again and again, without the cost of recording it. */
#ifndef RENSA_STEP_H
#define RENSA_STEP_H

#include <rensa/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rn_step rn_step;

/** Computes `out` from `in`, and may update parameters (rn_update) and other state; false with an error pending on a
 *  failure. What it computes must depend on nothing but its arguments, parameters, states and this thread's random
 *  numbers; numbers that it takes from elsewhere, such as a rate of its own, belong into a tensor among the arguments.
 */
typedef bool rn_step_fn(void *user, rn_tensor *const *in, rn_tensor **out);

typedef struct rn_step_args {
    rn_step_fn *fn; /* required */
    void *user;     /* borrowed */
    rn_site site;
    int inputs, outputs;
    int64_t check; /* every so many replays it is recorded instead and compared: an error names the line whose numbers
                      fn has from elsewhere. 0: never (or the environment variable RENSA_CHECK_STEPS) */
} rn_step_args;
/** A step. The first calls record it; once two in a row had the same structure, and their numbers differ in nothing but
 *  learning rates, step counts and random streams, calls replay the plan at once: fn is not called any more. Arguments
 *  of other types or shapes, and test mode, have recordings of their own. Of one thread. Owned: rn_step_free.
 *  rn_step_new(fn, user, .inputs = 2, .outputs = 1). Errors: ARG, NOMEM. */
RN_API rn_step *rn_step_new_at(const rn_step_args *args);
#define rn_step_new(...) rn_step_new_at(&(rn_step_args){ __VA_ARGS__, .site = RN_SITE(rn_step_args) })
/** NULL is fine. */
RN_API void rn_step_free(rn_step *s);
/** Runs the step; `out` gets scoped tensors with values and without history. It is recorded, not replayed, as long as
 * fn looks at values, keeps a tensor that it computes (stateful links do), or takes numbers from elsewhere:
 * rn_step_why. Errors: those of fn; STATE in another thread, and where .check finds a difference. */
RN_API bool rn_step_run_at(const rn_site *site, rn_step *s, rn_tensor *const *in, rn_tensor **out);
#define rn_step_run(s, in, out) rn_step_run_at(RN_HERE, s, in, out)
/** As rn_step_run with the arguments listed; returns the first result, NULL on an error. */
RN_API rn_tensor *rn_step_call_at(const rn_site *site, rn_step *s, rn_list in);
#define rn_step_call(s, ...) rn_step_call_at(RN_HERE, s, RN_LIST(__VA_ARGS__))
/** Why the last call was not replayed: "" if it was. Borrowed: valid until the next call. */
RN_API const char *rn_step_why(const rn_step *s);

#ifdef __cplusplus
}
#endif
#endif
