/* What a network is trained for: a loss over its output and a column, with further numbers beside it. */
#ifndef RNI_PROJECT_GOAL_H
#define RNI_PROJECT_GOAL_H

#include "project/data.h"
#include "project/model.h"

#include <rensa/train.h>

enum { RNI_METRICS_MAX = 16 };

typedef struct rni_measure {
    char name[64];
    const rn_op *op;
    void *opts;
    bool of_target; /* takes the target, too */
} rni_measure;

typedef struct rni_goal {
    rni_model *model;
    const rni_network *network;
    const rni_json *where; /* the object that asks for it */
    const char *target;    /* column; borrowed */
    rni_measure loss;
    rni_measure metric[RNI_METRICS_MAX];
    int n_metrics;
    bool carries; /* recurrent state goes on from batch to batch */
    int64_t last_epoch;
    bool (*see)(void *user, const rn_batch *batch, rn_tensor *y); /* shown each output; may be NULL */
    void *see_user;
} rni_goal;

/* Reads "network", "loss", "target" and "metrics" of `v`; what it leaves out is taken from `like` (may be NULL), then
 * from the type of the target column. Free with rni_goal_free also after a failure. */
bool rni_goal_read(rni_goal *g, rni_model *m, const rni_json *v, const rni_goal *like, const rni_data *data);
void rni_goal_free(rni_goal *g);
/* rn_loss_fn; user is the goal. */
rn_tensor *rni_goal_loss(void *user, const rn_batch *batch, rn_metrics *m);
/* The network's output for a batch. Scoped. */
rn_tensor *rni_goal_output(rni_goal *g, const rn_batch *batch);
/* Turns the n numbers of an output into what they mean, by the loss that they were trained with. */
void rni_goal_probabilities(const rni_goal *g, double *y, int64_t n);
/* Checks, without computing anything, that the network, the loss and the metrics fit the data, in batches of so many
 * examples, or all there are. */
bool rni_goal_check(rni_goal *g, const rni_data *data, int64_t batch, rni_trace_fn *trace, void *user);

/* State that recurrent links keep from one call to the next. */
typedef struct rni_kept_states {
    struct rni_kept_state {
        rn_link *link;
        char *name, *path;
        rn_tensor *value;
    } * at;
    int64_t n, capacity;
} rni_kept_states;
/* All of it, kept; the links go on from it. */
bool rni_kept_states_take(rn_link *root, rni_kept_states *out);
/* Puts it back (and forgets what came since), then frees the list. */
bool rni_kept_states_give(rn_link *root, rni_kept_states *states);
void rni_kept_states_free(rni_kept_states *states);

#endif
