/* Project files: networks as lists of layers, data sets and training as JSON. Other modules include this header.
 *
 *     text --rni_project_parse--> rni_project --rni_model_new--> links --rni_session_open--> a trainer, ready to run
 *
 * A project borrows nothing: it holds its JSON, so every error can name file, line and column. */
#ifndef RNI_PROJECT_PROJECT_H
#define RNI_PROJECT_PROJECT_H

#include "base/json.h"
#include "base/nowhere.h"

#include <rensa/nn.h>

/* An input of a layer: the result of layer number >= 0, or input -1 - k of the network. */
typedef int64_t rni_source;
#define RNI_NOWHERE INT64_MIN /* of an input that is wrong, while errors are gathered */

typedef struct rni_layer {
    const rni_json *json; /* a text or an object */
    char *name;           /* unique in the network */
    const char *type;     /* borrowed; may be an expression */
    int64_t n_inputs;
    rni_source *input;
    bool inputs_given;
    bool broken; /* cannot be built: its errors have been gathered */
} rni_layer;

typedef struct rni_network {
    const rni_json *json; /* an array of layers or an object */
    const char *name;     /* borrowed */
    bool is_unit;
    const rni_json *arguments; /* an object, NULL where there are none */
    int64_t n_inputs, n_layers;
    const char **input; /* names, borrowed */
    rni_layer *layer;
    int64_t *order; /* numbers of the layers, each after those that it reads */
    rni_source output;
} rni_network;

typedef struct rni_project {
    rni_json *json;
    int64_t n_networks; /* those to be trained, first; then the units */
    int64_t n_all;
    rni_network *network;
    bool single; /* "network": the names of its parameters do not begin with its own name */
} rni_project;

/* Parses and checks all that can be known without data: members, types of layers, names, inputs. `source` names the
 * text in errors. Owned. Errors: FORMAT, ARG, with line, column and the nearest known name. While errors are gathered
 * (rni_excused) a text that is JSON always gives a project, in which what is wrong is missing or marked. */
rni_project *rni_project_parse(const char *text, int64_t n, const char *source);
rni_project *rni_project_load(const char *path);
void rni_project_free(rni_project *p); /* NULL is fine */

/* The text in its canonical form: members in a fixed order, a layer per line, numbers as they were written. */
bool rni_project_write(const rni_project *p, rni_str *to);
/* Any value, laid out likewise, members in the order of their text. */
void rni_json_write_any(rni_json_writer *w, const rni_json *v);

/* A change of one value: "training.optimizer.rate=0.1". Members that are missing are made; elements of arrays go by
 * number. What stands behind '=' is JSON, or else a text. */
typedef struct rni_change {
    const char *path;
    const char *value;
    const char *place; /* that errors name for it, as "--set KEY=VALUE"; left out: that of what it changes */
} rni_change;
/* The project with these changes, parsed anew under the same source name. Owned; p stays. Errors: ARG for a path that
 * leads through a value that has no members. */
rni_project *rni_project_change(const rni_project *p, const rni_change *changes, int64_t n);

/* The network called `name` among those that can be trained; NULL: the first. NULL with an error at `where` otherwise.
 */
const rni_network *rni_project_network(const rni_project *p, const char *name, const rni_json *where);

/* Built-in projects: the i-th one's name and text, NULL past the last. */
const char *rni_builtin_at(int i, const char **text);
/* Text of the one called `name`, NULL without an error where there is none. */
const char *rni_builtin_find(const char *name);

#endif
