/* Training: a loop with what is to happen now and then hung into it.
 *
 *     rn_trainer *t = rn_trainer_new(model, adam, batches, loss, .epochs = 10, .out = "run");
 *     rn_trainer_use(t, "evaluate", .batches = test);
 *     rn_trainer_use(t, "progress");
 *     rn_trainer_use(t, "snapshot", .keep = 2);
 *     bool ok = rn_trainer_run(t);
 *
 * Each step computes the loss of a batch and records the update; what the loss function reports is averaged by weight.
 * NULL is a trainer that has done nothing. Thread-safe: per object; rn_trainer_stop also from a signal handler. */
#ifndef RENSA_TRAIN_H
#define RENSA_TRAIN_H

#include <rensa/data.h>
#include <rensa/io.h>
#include <rensa/nn.h>
#include <rensa/optim.h>
#include <rensa/tensor.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rn_trainer rn_trainer;

/* ---- what is measured ---- */

/* Numbers of one batch. */
typedef struct rn_metrics rn_metrics;

/** Reports a number of this batch (a tensor with one element, looked at later) that is a mean over `weight` things: the
 *  mean over an epoch weighs it so. Errors: SHAPE if it has more elements. */
RN_API bool rn_metric_at(const rn_site *site, rn_metrics *m, const char *name, rn_tensor *value, double weight);
#define rn_metric(m, name, value, weight) rn_metric_at(RN_HERE, m, name, value, weight)

/** The loss of a batch, to be made smaller; NULL on an error. It reports what else is of interest through `m`; the loss
 *  itself is reported as "loss" with the number of examples as its weight, unless the function has reported it. Called
 * in a scope of its own. */
typedef rn_tensor *rn_loss_fn(void *user, const rn_batch *batch, rn_metrics *m);

/** Receives one mean of rn_evaluate, over things of this weight together. */
typedef void rn_mean_fn(void *user, const char *name, double mean, double weight);
/** Means of what `loss` reports over one epoch of `batches` from its beginning, without history and with evaluation
 *  behaviour; afterwards `batches` stands where it stood, but a batch of it that is in use ends. Each mean is handed to
 *  `each`. Errors: what loss and batches report. */
RN_API bool rn_evaluate_at(const rn_site *site, rn_iterator *batches, rn_loss_fn *loss, void *loss_user,
                           rn_mean_fn *each, void *each_user);
#define rn_evaluate(batches, loss, loss_user, each, each_user)                                                         \
    rn_evaluate_at(RN_HERE, batches, loss, loss_user, each, each_user)

/* ---- the trainer ---- */

typedef struct rn_trainer_new_args {
    rn_link *model; /* borrowed, as the optimizer and batches: must outlive the trainer */
    rn_optimizer *optimizer;
    rn_iterator *batches; /* gone through as often as need be, also if it does not repeat */
    rn_loss_fn *loss;
    rn_site site;
    void *user;         /* for loss */
    const char *out;    /* run folder, made if need be; left out: extensions that write files refuse */
    int64_t epochs;     /* ends after so many passes over the data */
    int64_t iterations; /* or after so many steps, whichever comes first; 0: no such limit */
    double seconds;     /* or after this time */
    /* Type of products (rn_precision_mode) in steps and evaluations; left out: that of the calling thread. With RN_F16
     * the optimizer scales the loss (rn_optimizer_scale_loss), by its defaults unless it does so already. */
    rn_dtype precision;
} rn_trainer_new_args;
/** Owned. Errors: ARG where no end is given; IO where the folder cannot be made; STATE where another trainer has it. */
RN_API rn_trainer *rn_trainer_new_at(const rn_trainer_new_args *args);
#define rn_trainer_new(...)                                                                                            \
    rn_trainer_new_at(&(rn_trainer_new_args){ __VA_ARGS__, .site = RN_SITE(rn_trainer_new_args) })
/** Frees the trainer and its extensions; model, optimizer and batches stay. Not from inside a run. NULL is fine. */
RN_API void rn_trainer_free(rn_trainer *t);
/** Trains until the end, an error, or rn_trainer_stop. The step that is under way is finished, and extensions end in
 *  order, in any case. False with an error pending after a failure. */
RN_API bool rn_trainer_run_at(const rn_site *site, rn_trainer *t);
#define rn_trainer_run(t) rn_trainer_run_at(RN_HERE, t)
/** Ends training after the step under way, with a snapshot if there is such an extension. Async-signal-safe. */
RN_API void rn_trainer_stop(rn_trainer *t);
RN_API bool rn_trainer_stopped(const rn_trainer *t);      /**< whether rn_trainer_stop ended it */
RN_API int64_t rn_trainer_iteration(const rn_trainer *t); /**< steps made */
RN_API double rn_trainer_epoch(const rn_trainer *t);   /**< passes over the data made, with the fraction of this one */
RN_API double rn_trainer_seconds(const rn_trainer *t); /**< of training, over all resumptions */
RN_API int64_t rn_trainer_examples(const rn_trainer *t);   /**< trained on, over all resumptions */
RN_API const char *rn_trainer_folder(const rn_trainer *t); /**< borrowed; NULL where there is none */
/** The latest mean of that name ("train_loss", "test_accuracy"); NaN where there is none yet. */
RN_API double rn_trainer_value(const rn_trainer *t, const char *name);

/* ---- extensions ---- */

/* How often something happens. Zero: the extension's own choice. */
typedef struct rn_every {
    double n;
    enum { RN_DEFAULT_UNIT, RN_UNIT_EPOCH, RN_UNIT_ITERATION, RN_UNIT_SECOND } unit;
} rn_every;
#define RN_EPOCHS(n) ((rn_every){ (double)(n), RN_UNIT_EPOCH })
#define RN_ITERATIONS(n) ((rn_every){ (double)(n), RN_UNIT_ITERATION })
#define RN_SECONDS(n) ((rn_every){ (double)(n), RN_UNIT_SECOND })

typedef struct rn_trainer_use_args {
    rn_trainer *trainer;
    const char *name; /* a row of the table: see rn_extension_at */
    rn_site site;
    rn_every every;
    rn_iterator *batches; /* evaluate: borrowed */
    rn_loss_fn *loss;     /* evaluate: left out, the trainer's */
    void *user;           /* for that loss */
    const char *prefix;   /* evaluate: of the names of its means; left out: "test_" */
    const char *monitor;  /* best, early_stop: name of the mean; left out: test_loss if there is one, else train_loss */
    bool maximize;        /* best, early_stop: larger is better; known for names that end in accuracy */
    int64_t patience;     /* early_stop: evaluations without improvement; left out: 5 */
    int64_t keep;         /* snapshot: how many; left out: 2 */
    const char *file;     /* name in the run folder, where it is not the usual one */
    FILE *to;             /* print, progress: left out: standard output, standard error */
} rn_trainer_use_args;
/** Hangs an extension of the table into the loop: "evaluate", "log", "print", "progress", "curve", "snapshot", "best",
 *  "early_stop", "fail_on_nan", "graph", "steps". Errors: ARG with the nearest name; STATE where it needs a run folder.
 */
RN_API bool rn_trainer_use_at(const rn_trainer_use_args *args);
#define rn_trainer_use(...)                                                                                            \
    rn_trainer_use_at(&(rn_trainer_use_args){ __VA_ARGS__, .site = RN_SITE(rn_trainer_use_args) })

/* An extension: built in, or your own. `self` is what was given with it. All callbacks may be NULL. */
typedef struct rn_extension {
    const char *name, *brief;
    int priority; /* higher ones run first; those that make values before those that show them */
    rn_every every;
    bool (*start)(rn_trainer *t, void *self);  /* before the first step */
    bool (*run)(rn_trainer *t, void *self);    /* when it is due */
    bool (*step)(rn_trainer *t, void *self);   /* after every step */
    bool (*finish)(rn_trainer *t, void *self); /* after the last step, also after an error */
    void (*free)(void *self);
    /* State that an exact resumption needs, under names of its own. `name` is the row's, and unique among the
     * extensions of the trainer: a second "best" is "best_1". */
    bool (*save)(void *self, const char *name, rn_dict *to);
    bool (*load)(void *self, const char *name, const rn_dict *from);
} rn_extension;
/** Hangs an extension of your own into the loop. `row` is borrowed, `self` is freed by row->free, also on failure. */
RN_API bool rn_trainer_add(rn_trainer *t, const rn_extension *row, void *self, rn_every every);
/** The i-th extension of the table, NULL past the last. */
RN_API const rn_extension *rn_extension_at(int i);
/** Makes a mean known to the others, as evaluators do: rn_trainer_value, the log and the curves have it from now on. */
RN_API bool rn_trainer_report(rn_trainer *t, const char *name, double mean);
/** Ends training after this step, for `why` (a text for the log), as a regular end. */
RN_API void rn_trainer_end(rn_trainer *t, const char *why);

/* ---- snapshots and models ---- */

/** Writes everything that an exact resumption needs: parameters, state, optimizer, random numbers, iterator, means so
 *  far, extensions. A safetensors file, written whole or not at all. Errors: IO. */
RN_API bool rn_trainer_save_at(const rn_site *site, rn_trainer *t, const char *path);
#define rn_trainer_save(t, path) rn_trainer_save_at(RN_HERE, t, path)
/** Continues where a snapshot was made: the run that follows has the same bits as one that never stopped. Call it after
 *  the extensions are in place. `path` may be a run folder: its latest snapshot. Errors: IO, FORMAT, and ARG, SHAPE
 *  naming the parameter that does not fit, or another optimizer than that of the snapshot. */
RN_API bool rn_trainer_resume_at(const rn_site *site, rn_trainer *t, const char *path);
#define rn_trainer_resume(t, path) rn_trainer_resume_at(RN_HERE, t, path)
/** Path of the latest snapshot in a run folder into buf (NULL with size 0: only whether there is one); false (no error)
 *  where there is none. Errors: ARG where the path does not fit. */
RN_API bool rn_snapshot_latest(const char *folder, char *buf, int64_t size);

/** Writes parameters and state of a model, without those of training. */
RN_API bool rn_model_save_at(const rn_site *site, rn_link *model, const char *path);
#define rn_model_save(model, path) rn_model_save_at(RN_HERE, model, path)
/** Reads them back, from a model file or a snapshot. Parameters that do not exist yet (lazy sizes) are made with the
 * shapes of the file. Errors: IO, FORMAT, SHAPE; ARG names a parameter that the file lacks, unless it had no value when
 * the file was saved, or one that the model lacks. */
RN_API bool rn_model_load_at(const rn_site *site, rn_link *model, const char *path);
#define rn_model_load(model, path) rn_model_load_at(RN_HERE, model, path)
/** SHA-256 over names, types, shapes and values of all parameters and states, as 64 hexadecimal digits. */
RN_API bool rn_model_hash(rn_link *model, char hex[65]);

#ifdef __cplusplus
}
#endif
#endif
