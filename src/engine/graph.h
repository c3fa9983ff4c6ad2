/* The graph that is compiled: recorded nodes as numbers, free of the tensors they came from. Passes rewrite it. */
#ifndef RNI_ENGINE_GRAPH_H
#define RNI_ENGINE_GRAPH_H

#include "engine/engine.h"
#include "engine/report.h"

/* A value that plans hold. */
typedef struct {
    rni_buffer *buffer; /* NULL: none */
    int64_t offset;
} rni_constant;

typedef struct {
    rn_dtype dtype;
    rn_shape shape;
    int64_t bytes;
    int32_t producer; /* node, -1 for a given value */
    int32_t output;   /* number among the plan's results, -1 if it is not one */
    int32_t given;    /* number among the given values, -1 if it is not one */
    bool donated;     /* a given value that nobody needs afterwards */
    rni_constant constant;
} rni_gvalue;

typedef struct rni_fusion rni_fusion;

typedef struct {
    const rn_op *op;
    rni_fusion *fusion; /* owned: several elementwise calls as one; op is then that of the last */
    const void *opts;   /* borrowed while compiling */
    int32_t recorded;   /* number of the recorded node that this one is, or was made of; -1: none */
    bool lowered;       /* made of it: opts are constant, else they are read at run time */
    int32_t n_in, n_out;
    int32_t first_in;  /* index into rni_graph.in */
    int32_t first_out; /* value number of the first result */
    rn_site site;
    const char *grad_of;
    rni_device *device;
    int32_t
        after; /* value whose maker comes first, and may become one call with it, although it is not read; -1: none */
} rni_gnode;

typedef struct rni_graph {
    rni_gnode *node;
    int64_t n_nodes, cap_nodes;
    rni_gvalue *value;
    int64_t n_values, cap_values;
    int32_t *in; /* value numbers, -1 for an input left out */
    int64_t n_in, cap_in;
    int32_t n_given, n_outputs;
    bool frozen;      /* parameters and numbers are constants of the plan */
    int64_t limit;    /* bytes that what lies between may take, 0: any number */
    rni_why *why;     /* where passes say what they could not do; NULL: nobody asks */
    rn_tensor **hold; /* tensors made while taking composites apart */
    int64_t n_hold, cap_hold;
    rni_buffer **buffers; /* of constants that passes have made */
    int64_t n_buffers, cap_buffers;
    void **opts; /* options that passes have made */
    int64_t n_opts, cap_opts;
} rni_graph;

int32_t rni_graph_value(rni_graph *g, rn_dtype dtype, const rn_shape *shape); /* -1 with an error pending */
rni_gnode *rni_graph_node(rni_graph *g, const rn_op *op, const int32_t *in, int32_t n_in, int32_t n_out);
/* Appends a call like node k, of other inputs, with results like its own; they follow each other from first_out on. */
rni_gnode *rni_graph_again(rni_graph *g, int32_t k, const int32_t *in, int32_t n_in);
void rni_graph_free(rni_graph *g);
/* A copy of options, and a buffer, that last as long as the graph; NULL and false with an error pending. */
void *rni_graph_opts(rni_graph *g, const void *opts, size_t bytes);
bool rni_graph_hold(rni_graph *g, rni_buffer *b);
/* Replaces composites that the device's back end has no kernel for by what they are made of, and lets calls on 16-bit
 * floats that it has none for be computed in f32, if it can do that. */
bool rni_graph_lower(rni_graph *g);
/* Another order of the nodes that their inputs allow: neighbours change places at random where the second does not read
 * the first. For the stress build. */
void rni_graph_shuffle(rni_graph *g);

#endif
