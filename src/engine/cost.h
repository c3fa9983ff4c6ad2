/* What a call costs: operations and bytes. */
#ifndef RNI_ENGINE_COST_H
#define RNI_ENGINE_COST_H

#include <rensa/op.h>

/* Fills in the work of a call with these views; call->map (and post) must be set for elementwise functions and
 * reductions. False where the row does not say it: then only the bytes are known. */
bool rni_cost_of(const rn_op *op, const rn_kernel_call *call, rn_cost *c);
/* The work of the call that y is a result of, as if nothing but its values were there. False as above, where y is data,
 * and with an error pending. */
bool rni_cost_of_result(const rn_tensor *y, rn_cost *c);
/* The calls that a result was recorded from, back to data, parameters and calls that were visited before: each is
 * visited once between two beginnings. */
typedef struct rni_cost_walk {
    void (*visit)(void *user, const rn_op *op, const rn_cost *c);
    void *user;
    uint64_t number; /* filled in by the beginning */
    struct rni_node **stack;
    int64_t n, capacity;
} rni_cost_walk;
void rni_cost_walk_begin(rni_cost_walk *w);
/* Visits those of y. With `visit` NULL they count as visited. */
bool rni_cost_walk_to(rni_cost_walk *w, const rn_tensor *y);
void rni_cost_walk_end(rni_cost_walk *w);
/* Their sum, a multiplication with an addition being two. */
double rni_cost_flop(const rn_cost *c);

#endif
