/* The trainer's own structure, for the parts of this module. */
#ifndef RNI_TRAIN_TRAINER_H
#define RNI_TRAIN_TRAINER_H

#include <rensa/train.h>

#include <signal.h>

/* A weighted mean in the making. */
typedef struct {
    char *name;
    double sum, weight;
    rn_tensor *pending; /* value of the present batch, kept; weight_pending goes with it */
    double weight_pending;
} rni_mean;

struct rn_metrics {
    rni_mean *mean;
    int64_t count, capacity;
};

rni_mean *rni_metrics_find(rn_metrics *m, const char *name, bool create);
/* Looks at the values of the present batch and adds them. */
bool rni_metrics_collect(rn_metrics *m);
/* Reports the loss of a batch as "loss", unless the function that computed it has done so. */
void rni_metrics_loss(rn_metrics *m, rn_tensor *loss, const rn_batch *b, const rn_site *site);
void rni_metrics_forget(rn_metrics *m); /* the values of the present batch */
void rni_metrics_reset(rn_metrics *m);  /* the sums */
void rni_metrics_free(rn_metrics *m);

/* What was known at one moment: a row of the log. */
typedef struct {
    int64_t iteration;
    double epoch, seconds;
    int64_t count;
    char **name;
    double *value;
} rni_log_row;

typedef struct {
    const rn_extension *row;
    void *self;
    rn_every every;
    double last;       /* position, in its unit, at which it ran last */
    int64_t last_step; /* the iteration of that */
    char *name;
} rni_hung;

struct rn_trainer {
    rn_link *model;
    rn_optimizer *optimizer;
    rn_iterator *batches;
    rn_loss_fn *loss;
    void *user;
    char *out;
    int lock; /* of the folder `out`, while the trainer lives; -1: none */
    int64_t epochs, iterations;
    double limit_seconds;
    rn_dtype precision; /* RN_DTYPE_NONE: that of the thread */
    volatile sig_atomic_t stop;
    const rn_site *site; /* of the run, while it lasts: NULL otherwise */
    bool ended, failed;
    const char *why; /* of a regular end before the limits */
    int64_t iteration, examples;
    double epoch, seconds, started;
    rn_metrics now;  /* means of training since they were last shown */
    rn_metrics seen; /* latest values by name: weight 1 */
    rni_log_row *history;
    int64_t n_history, cap_history;
    rni_hung *hung;
    int64_t n_hung, cap_hung;
    char *graph; /* where the graph of the first step is to be written */
};

/* Refuses what cannot be done to a trainer from within its own loss or extensions. */
bool rni_trainer_rests(const rn_trainer *t, const rn_site *site, const char *what);
/* Turns the sums of training into "train_<name>" values and makes a row of the log of all that is known, if there is
 * none of this iteration. */
bool rni_trainer_record(rn_trainer *t);
void rni_history_free(rn_trainer *t);
/* Path of a file in the run folder; rni_free. NULL with an error where there is no folder. */
char *rni_trainer_path(const rn_trainer *t, const char *name);
/* The mean to watch: `asked`, or the usual one; and whether larger is better. */
const char *rni_monitor(const rn_trainer *t, const char *asked, bool *maximize);

/* The built-in extensions: makes `self` from the arguments; NULL with an error pending. */
typedef struct {
    const rn_extension *row;
    void *(*make)(const rn_trainer_use_args *a);
    bool needs_folder;
} rni_extension_row;
extern const rni_extension_row rni_extension_rows[];

extern const rn_extension rni_ext_evaluate, rni_ext_log, rni_ext_print, rni_ext_progress, rni_ext_curve,
    rni_ext_snapshot, rni_ext_best, rni_ext_early_stop, rni_ext_fail_on_nan, rni_ext_graph, rni_ext_steps;
void *rni_ext_evaluate_make(const rn_trainer_use_args *a);
void *rni_ext_print_make(const rn_trainer_use_args *a);
void *rni_ext_progress_make(const rn_trainer_use_args *a);
void *rni_ext_file_make(const rn_trainer_use_args *a);
void *rni_ext_snapshot_make(const rn_trainer_use_args *a);
void *rni_ext_steps_make(const rn_trainer_use_args *a);
void *rni_ext_watch_make(const rn_trainer_use_args *a);

#endif
