/* What passes over the graph have in common: values that take the place of others, calls that are left out or added. */
#ifndef RNI_ENGINE_REWRITE_H
#define RNI_ENGINE_REWRITE_H

#include "engine/graph.h"

typedef struct {
    rni_graph *g;
    int32_t *instead; /* of each value that the graph had: what is read in its place */
    int32_t n_values;
    bool changed;
} rni_rewrite;

bool rni_rewrite_begin(rni_rewrite *w, rni_graph *g);
/* Lets the inputs of node k be what took their places. Nodes are to be visited in their order. */
void rni_rewrite_inputs(const rni_rewrite *w, int64_t k);
/* Lets `by`, an equal value that is known before v, be read in its place. False where v must stay: results have memory
 * of their own, which is not that of another result or of a given value. */
bool rni_rewrite_replace(rni_rewrite *w, int32_t v, int32_t by);
/* Leaves out calls that nobody needs any more, and moves calls that were added before those that read them. */
bool rni_rewrite_end(rni_rewrite *w);

/* Leaves out calls that nobody needs and moves calls before their readers; else they stay in their order. */
bool rni_graph_settle(rni_graph *g);

/* Whether numbers of the call may be others in the next run of the same plan. */
bool rni_has_dynamic_options(const rni_gnode *n);

/* How often calls read each value; that it is a result counts as two. NULL with an error pending. */
int32_t *rni_graph_reads(const rni_graph *g);

/* The passes, one file each. */
bool rni_simplify(rni_graph *g);
bool rni_fold(rni_graph *g, rni_device *device, unsigned passes);
bool rni_share(rni_graph *g);
bool rni_batch(rni_graph *g);
bool rni_scatter(rni_graph *g);
bool rni_split_lists(rni_graph *g);
bool rni_order(rni_graph *g, bool always); /* always: whether the peak is lower or not */
bool rni_forget_cheap(rni_graph *g, bool order);
bool rni_epilogue(rni_graph *g);
/* Brings what lies between down to that many bytes, if it can. */
bool rni_remat(rni_graph *g, int64_t bytes);
/* Those before fusion that are not switched off, in their order. */
bool rni_rewrite_graph(rni_graph *g, rni_device *device, unsigned passes);

#endif
