/* Networks of a project as links: what is built, and running it. */
#ifndef RNI_PROJECT_MODEL_H
#define RNI_PROJECT_MODEL_H

#include "project/project.h"
#include "project/schema.h"
#include "project/value.h"

typedef struct rni_model rni_model;
typedef struct rni_instance rni_instance;

/* One layer (or one of its repetitions) that is to be run. One of link, op and inner is set. */
typedef struct rni_step {
    rn_site site; /* its line in the project file, which errors of the functions inside name */
    const rni_layer *layer;
    char *name;
    rn_link *link; /* borrowed from the tree */
    const rn_op *op;
    void *opts; /* of op */
    rni_instance *inner;
    int64_t n_in;
    int64_t *in; /* places of its inputs among the values */
} rni_step;

/* A network with values for its arguments. Places of values: its inputs, then the results of the steps. */
struct rni_instance {
    rni_model *model;
    const rni_network *network;
    rn_chain *chain; /* where its links are; borrowed */
    rni_step *step;
    int64_t n_steps, cap_steps;
    int64_t *place; /* of the result of each layer; -1: nobody needs it */
    int64_t output;
    rn_tensor **value; /* while it runs */
    rni_instance *next;
};

/* Called after each step with its path ("block/conv1") and result. */
typedef void rni_trace_fn(void *user, const char *path, const rni_step *step, rn_tensor *y);

/* Layers that have the same parameters. */
typedef struct rni_shared {
    char *name, *is; /* is: type and options, as text */
    rn_link *link;
    rni_instance *instance; /* of a network */
} rni_shared;

struct rni_model {
    const rni_project *project;
    rn_chain *root;      /* all links; parameters are called as the tree says */
    rni_instance *first; /* all instances, for freeing */
    rni_instance **top;  /* of the networks that can be trained, in the order of the project */
    rni_shared *shared;
    int64_t n_shared, cap_shared, n_steps;
    rni_variables globals;
    rni_trace_fn *trace;
    void *trace_user;
    rni_str path;
};

/* Builds all networks to be trained. Expressions see `globals`, which must stay (as must the project). Parameters come
 * into being at the first run. Owned. Errors: those of links and options, with file, line and column, and the layer. */
rni_model *rni_model_new(const rni_project *p, const rni_variables *globals);
void rni_model_free(rni_model *m); /* NULL is fine */
/* Runs a network. Scoped. Errors name the layer and its place in the file. */
rn_tensor *rni_model_run(rni_model *m, const rni_network *network, rn_tensor *const *x, int64_t n);

/* ---- for building ---- */

/* rn_segment_fn of an instance's chain; user is the instance. */
rn_tensor *rni_instance_call(void *user, rn_tensor *const *x, int64_t n);

/* Adds where the pending error happened: the layer, its network, its place in the file. The first of such lines makes
 * the error one of the project file. */
void rni_layer_blame(const rni_instance *in, const rni_layer *layer, const char *name, bool innermost);
/* Options of a layer for the rows of a link type or function, in the order of the rows, as settings, whose texts
 * are owned. Errors: ARG at the option's place. */
typedef struct rni_settings {
    rn_setting *at;
    int64_t n, capacity;
} rni_settings;
bool rni_settings_read(const rni_json *object, const rni_member *members, const char *what, const rn_opt *rows,
                       const rni_variables *variables, rni_settings *out);
void rni_settings_free(rni_settings *s);
/* "name=text name=text", to tell whether two layers say the same. */
void rni_settings_text(const rni_settings *s, rni_str *to);
/* An op's options; rni_free. NULL with an error at `where`. */
void *rni_op_options(const rn_op *op, const rni_settings *s, const rni_json *where);

#endif
