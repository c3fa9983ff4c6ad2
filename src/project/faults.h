/* Errors as they are gathered, with the places in the project that they belong to. */
#ifndef RNI_PROJECT_FAULTS_H
#define RNI_PROJECT_FAULTS_H

#include "project/inspect.h"

typedef struct rni_faults {
    rni_inspection *in;
    struct rni_fault_place {
        const rni_json *where;
        int line, column; /* 0: that of `where` */
    } * place;            /* of each of in->fault */
    int64_t capacity, cap_places;
} rni_faults;

/* The `take` of a gatherer; user is the rni_faults, `where` a value of the project. */
void rni_faults_take(void *user, const rn_error *e, const char *reason, const void *where);
/* Once the project is there: finds paths, networks, layers and members, leaves repetitions out, adds warnings. Frees
 * what the gathering needed. */
bool rni_faults_settle(rni_faults *f);

#endif
