/* Compiled plans: steps that call kernels on memory whose places are fixed in advance. */
#ifndef RNI_ENGINE_PLAN_H
#define RNI_ENGINE_PLAN_H

#include "engine/graph.h"
#include "engine/map.h"

/* Where a value is: memory of a run is a list of regions (given values, constants, results, the slab). */
typedef struct {
    int32_t region;
    int64_t offset; /* bytes */
} rni_place;

typedef struct {
    const rn_kernel *kernel;
    const rn_op *op;
    rni_fusion *fusion; /* owned, of several elementwise calls as one */
    rni_device *device;
    rn_kernel_call call; /* call.in and call.out point into the plan's views */
    rni_place *place;    /* of each view */
    bool reordered;      /* axis i of the views is axis order[i] of the values */
    int order[RN_MAX_RANK];
    int32_t recorded; /* recorded node that asks for this step, -1: none */
    void *opts_copy;  /* of a step that the node was made of; else the node's own options apply */
    bool lowered;
    bool staged;   /* its kernel is one of the host, its memory is not */
    bool followed; /* the next step runs within this one */
    void *state;
    int64_t workspace, workspace_at; /* bytes, offset in the slab */
    int n_scalars;
    double scalars[RNI_SCALARS_MAX];
    const char *why; /* the compiler has put it in; NULL: it is what a call asks for. A literal */
    rn_site site;    /* of the node that the plan was compiled for; of the one that runs, when it fails */
    const char *grad_of;
    struct {
        rn_status status; /* RN_OK: has not failed */
        char *why;
    } failure;
    int64_t live; /* bytes of intermediate values and results that are needed while it runs */
    bool counted; /* flop and bytes are: its cost; flop is below 0 where it is not known */
    double flop, bytes;
    double shortest; /* seconds, in plans that are timed */
} rni_step;

typedef enum { RNI_FROM_GIVEN, RNI_FROM_OWN, RNI_FROM_CONSTANT } rni_source;

/* Where a result's memory comes from: a given value's, a buffer of its own, or one that the plan holds. */
typedef struct {
    rni_source source;
    int32_t index;
    int64_t offset;
} rni_result;

typedef struct rni_plan {
    int refs; /* the cache, recorded steps */
    rni_device *device;
    rni_step *step;
    int64_t n_steps, cap_steps;
    int32_t n_given, n_own, n_constants, n_results;
    int64_t *own_bytes;      /* buffers made for each run */
    rni_constant *constants; /* held */
    rni_result *result;
    int64_t slab_bytes, peak_bytes; /* peak: with what is given, constants and results */
    rn_view *views;
    rni_place *places;
    uint64_t number; /* among all plans of the process, from 1 */
    bool timed;
    int64_t runs; /* of a plan that is timed */
} rni_plan;

/* Takes over g (also on failure); `passes` are RNI_PASS_*. NULL with an error pending. */
rni_plan *rni_plan_compile(rni_graph *g, rni_device *device, unsigned passes);
/* One reference less. NULL is fine. */
void rni_plan_free(rni_plan *p);

typedef struct {
    rni_buffer **given; /* one per given value; a buffer that is donated is handed over */
    const int64_t *given_offset;
    rni_node **recorded; /* the nodes that are run */
    bool *spoiled;       /* to be set if a run fails: given values that have been written over */
    rni_hooks *hooks;    /* may be NULL */
    bool nan_check;
    rni_buffer **result; /* to be set: one reference per result */
    int64_t *result_offset;
} rni_run;

bool rni_plan_run(rni_plan *p, rni_run *r);

/* What kernels call to report a failure, from any of their threads; and handing it to the calling thread, as an error
 * of the step's site. Returns false. */
bool rni_step_failed(rn_kernel_call *call, int status, const char *fmt, ...);
bool rni_step_raise(rni_step *s);

#endif
