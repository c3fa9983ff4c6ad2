/* What reading and building share. */
#ifndef RNI_PROJECT_READ_H
#define RNI_PROJECT_READ_H

#include "project/project.h"
#include "project/schema.h"

/* What a type of layer is: one of the three. */
typedef struct rni_layer_type {
    const rni_network *network;
    const rn_link_type *link;
    const rn_op *op;
} rni_layer_type;

/* Networks of the project go before links, links before functions, so that new functions never change what a file
 * means. */
bool rni_layer_type_find(const rni_project *p, const char *name, const rni_json *where, rni_layer_type *out);
/* Takes json over, also on a failure; NULL is fine. */
rni_project *rni_project_from_json(rni_json *json);
/* Network or unit of that name, NULL without an error. */
const rni_network *rni_project_any(const rni_project *p, const char *name);

#endif
