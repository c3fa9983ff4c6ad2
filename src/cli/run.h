/* Run folders: what training leaves behind, and what evaluation and prediction begin with. */
#ifndef RNI_CLI_RUN_H
#define RNI_CLI_RUN_H

#include "cli/cli.h"
#include "project/session.h"

/* Makes sure that nothing is overwritten: the folder must be missing or empty, unless `force`, which removes the files
 * of a former run there. Errors: STATE. */
bool cli_run_prepare(const char *folder, bool force);
/* A free name for a run: "runs/lenet-1", rni_free. */
char *cli_run_name(const char *stem);
/* Whether there is a file or folder; else raises an error that names the run which resembles it. */
bool cli_run_exists(const char *path);
/* The project.json of a run, or beside a model file in one; rni_free. Errors as above, and where there is none. */
char *cli_run_project(const char *path);
/* rni_free. */
char *cli_run_file(const char *folder, const char *name);

typedef struct cli_run_args {
    const char *data, *part; /* other data to evaluate on; a part of it where it is a known data set */
    int64_t limit, batch;    /* 0: as in the project */
    bool best;               /* the best model instead of the final one */
    char data_name[64];      /* out: of the data set whose source was replaced */
} cli_run_args;
/* Loads a run folder, or a model file in one, with its parameters. Owned. */
rni_session *cli_run_load(const char *path, cli_run_args *args);
/* One step as training takes it, or one pass forward, until its result is there. */
bool cli_step(rni_session *s, const rn_batch *b, bool infer);

/* Means and, for up to 20 classes, how often each was taken for each. */
typedef struct cli_report {
    struct {
        char name[64];
        double value;
    } mean[32];
    int n_means;
    int64_t classes;
    int64_t *confusion; /* [true][said]; NULL where there are no classes */
    int64_t examples;
} cli_report;
bool cli_report_make(rni_session *s, rni_watch *w, cli_report *out);
void cli_report_print(FILE *to, const rni_watch *w, const cli_report *r);
void cli_report_free(cli_report *r);
/* Names of the classes of a data set's target; NULL where they have none. */
const rn_column *cli_target(const rni_watch *w);

/* Progress of downloads on a terminal. */
bool cli_download_progress(void *user, const char *file, int64_t done, int64_t total);

#endif
