/* A project that is ready to be trained or evaluated: data sets, links, optimizers, iterators and trainer, all owned
 * here. */
#ifndef RNI_PROJECT_SESSION_H
#define RNI_PROJECT_SESSION_H

#include "project/goal.h"

/* A network on a data set, evaluated now and again. */
typedef struct rni_watch {
    char name[64];
    rni_data *data;
    rn_iterator *batches;
    rni_goal goal;
    double every; /* epochs */
} rni_watch;

/* A further optimizer, which makes its step after that of the first in each iteration. */
typedef struct rni_second {
    char name[64];
    rn_optimizer *optimizer;
    rn_link *part;
    rni_goal goal;
    int64_t every;
    double sum, weight; /* of its losses since they were last shown */
} rni_second;

typedef struct rni_training {
    int64_t batch, epochs, iterations, accumulate, limit;
    double seconds;
    uint64_t seed;
    bool shuffle;
    rn_dtype precision; /* of products */
} rni_training;

typedef struct rni_session {
    rni_project *project; /* owned */
    rni_training training;
    rni_datas *datas;
    rni_data *data; /* what is trained with */
    rni_variable globals[4];
    rni_variables variables;
    rni_model *model;
    rni_goal common; /* what "training" says */
    rni_goal goal;   /* of the first optimizer: the same, unless that says otherwise */
    rn_iterator *batches;
    rn_optimizer *optimizer;
    rn_link *part;
    rni_second *second;
    int64_t n_second;
    rni_watch *watch;
    int64_t n_watches;
    const rn_batch *now;      /* of the step under way */
    bool sketched, untrained; /* untrained: "training" cannot be read */
    rn_trainer *trainer;
} rni_session;

typedef struct rni_session_args {
    const char *out; /* run folder; NULL: no trainer is made */
    bool steps;      /* batches and optimizers all the same */
    bool quiet;      /* no table and no progress */
    /* Only what can be known without values: no batches are made. Together with gathering of errors (rni_excused), for
     * editors; the session then lacks what is wrong. */
    struct rni_sketches *sketches;
    rn_download_fn *progress;
    void *user;
} rni_session_args;

/* Opens data sets, builds the networks and checks that all fits together; with .out, also the trainer with its
 * extensions. Takes the project over, also on a failure. Owned. */
rni_session *rni_session_open(rni_project *project, const rni_session_args *args);
void rni_session_free(rni_session *s); /* NULL is fine */

/* Evaluates a monitor; state of recurrent links is set aside meanwhile. */
bool rni_watch_run(rni_session *s, rni_watch *w, rn_mean_fn *each, void *user);
/* The monitor of that name; NULL asks for the first. NULL with an error and the nearest name otherwise. */
rni_watch *rni_session_watch(rni_session *s, const char *name);

/* The extensions of the trainer that belong to projects. */
bool rni_session_extend(rni_session *s);

#endif
