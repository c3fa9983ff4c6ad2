/* What an editor needs to know of a project that may be unfinished: all its errors, and of each layer that can be known
 * what it makes of one example, its parameters, and what it costs. Nothing is computed: the networks are recorded by
 * the library's own rules. */
#ifndef RNI_PROJECT_INSPECT_H
#define RNI_PROJECT_INSPECT_H

#include "engine/machine.h"
#include "project/session.h"
#include "project/sketch.h"

/* Something that is wrong (or, as a warning, of no use). Texts are owned, names borrowed from the project. */
typedef struct rni_fault {
    char *what;                           /* the library's first line, without the place */
    char *detail;                         /* its further lines: what was expected and found, a hint; may be empty */
    char *path;                           /* of the value in the project, "network.3.kernel"; empty for the whole */
    const char *network, *layer, *member; /* that it belongs to, NULL for none */
    int line, column;
} rni_fault;

/* Work of the forward pass for one example, counted as Neural Network Console does: a product and a sum that come
 * together are one multiply_add. */
typedef struct rni_costs {
    double output, parameter; /* numbers */
    double add, multiply, multiply_add, division, exponential, compare;
    double bytes;   /* read and written, each call by itself */
    double seconds; /* the least that the machine can take, in batches as training has them; 0: not known */
} rni_costs;

typedef struct rni_param_info {
    char *name; /* "W" */
    rn_shape shape;
    bool state; /* not trained */
} rni_param_info;

/* A layer, or one of its repetitions; those inside of units stand before the unit. */
typedef struct rni_layer_info {
    char *path;             /* "stage_1/conv" */
    const rni_layer *layer; /* borrowed from the project */
    const char *type;
    bool known; /* the result is */
    bool whole; /* a network used as a layer: its costs are the sums of those inside */
    bool again; /* has parameters of a layer before it, which were counted there */
    rn_dtype dtype;
    rn_shape shape; /* for one example, the axis of the batch left out */
    rni_param_info *param;
    int n_params;
    rni_costs costs;
    int64_t batch_dim; /* the first size in a batch, by which that axis is known */
} rni_layer_info;

typedef struct rni_network_info {
    const rni_network *network;
    rni_layer_info *layer;
    int64_t n, capacity;
    rni_costs total; /* with the inputs as outputs */
} rni_network_info;

typedef struct rni_inspection {
    char *source;
    rni_session *session; /* NULL where the text is no JSON */
    int64_t batch;
    rni_machine machine;
    rni_fault *fault, *warning;
    int64_t n_faults, n_warnings;
    rni_network_info *network; /* those that can be trained */
    int64_t n_networks;
} rni_inspection;

typedef struct rni_inspect_args {
    const char *text;
    int64_t n;
    const char *source;         /* names the text; relative paths are looked for in its folder, too */
    rni_sketches *sketches;     /* data sets seen before; may be NULL */
    const rni_machine *machine; /* for the times; may be NULL */
} rni_inspect_args;

/* NULL only with an error that is not the project's (no memory). Owned. Thread-safe: yes. */
rni_inspection *rni_inspect(const rni_inspect_args *args);
void rni_inspection_free(rni_inspection *i); /* NULL is fine */
/* {"errors": […], "warnings": […], "data": {…}, "networks": {NAME: {"inputs": […], "layers": […], "total": {…}}}} */
bool rni_inspection_write(const rni_inspection *i, rni_str *to);

#endif
