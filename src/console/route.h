/* Routes as rows: what is checked before they run, what they do, and what the OpenAPI file says of them. */
#ifndef RNI_CONSOLE_ROUTE_H
#define RNI_CONSOLE_ROUTE_H

#include "console/http.h"

typedef enum rni_field_type {
    RNI_FIELD_TEXT,
    RNI_FIELD_INT,
    RNI_FIELD_NUMBER,
    RNI_FIELD_BOOL,
    RNI_FIELD_OBJECT,
    RNI_FIELD_ARRAY,
    RNI_FIELD_ANY
} rni_field_type;

/* A value of the query, or a member of a body. Lists end with a row without a name. */
typedef struct rni_field {
    const char *name, *doc;
    rni_field_type type;
    bool required;
    double min, max; /* of numbers, and of the bytes of texts; equal: none, and 4096 bytes */
} rni_field;

struct rni_route {
    const char *method, *path; /* "/runs/{run}", below /api */
    const char *brief, *answer;
    const char *command; /* of the shell that does the same; NULL where there is none */
    rni_role role;       /* that is needed */
    bool (*run)(rni_request *q);
    const rni_field *query;
    const rni_field *body; /* members of a JSON object */
    const char *raw;       /* or: what else the body is; left to the row as bytes */
    int64_t limit;         /* bytes of the body; 0: 1 MiB */
    /* or: what the body is given to in pieces; begin makes q->state, end frees it. */
    bool (*begin)(rni_request *q);
    bool (*receive)(rni_request *q, const char *bytes, int64_t n);
    void (*end)(rni_request *q);
};

/* The n-th row of all; NULL ends. */
const rni_route *rni_route_at(int n);
/* The row for the request, whose parameters are set. Errors: 404, 405. */
const rni_route *rni_route_find(rni_request *q);
/* Checks the query, and reads and checks the body, by the row. */
bool rni_route_check_query(rni_request *q);
bool rni_route_check_body(rni_request *q);
/* The OpenAPI file of all rows. */
void rni_openapi_write(rni_json_writer *w);

extern const rni_route rni_routes_session[], rni_routes_projects[], rni_routes_jobs[], rni_routes_runs[],
    rni_routes_network[], rni_routes_uploads[], rni_routes_data[], rni_routes_tools[];

#endif
