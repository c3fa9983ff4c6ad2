/* Making runs, and starting their processes. */
#ifndef RNI_CONSOLE_LAUNCH_H
#define RNI_CONSOLE_LAUNCH_H

#include "console/run.h"

/* Starts the process of a waiting run; with runs_lock. `sharing`: runs that share the processor. False if it did not
 * start; its folder then says why. */
bool rni_launch(rni_console *c, rni_db *db, const char *id, int sharing);

/* What a new run is to be. */
typedef struct rni_new_run {
    const char *kind, *name, *project, *slot, *group, *parent, *notes;
    const char *const *word; /* of a tool: its command; "@/x" is x in its own folder */
    int64_t n_words;
    bool answers;     /* what it prints is its answer, answer.json */
    const char *from; /* a snapshot, below the work folder; NULL: from the beginning */
    const char *text; /* the project that is trained; `bytes` long */
    int64_t bytes, priority;
    bool group_begins; /* the group is named after this run: "sweep-000012" */
    const rni_json *tags;
    const char *const *key; /* settings: n paths and their JSON values */
    const char *const *value;
    int64_t n;
} rni_new_run;
/* Makes its folder, in state "queued"; with runs_lock. */
bool rni_run_make(rni_console *c, rni_db *db, const rni_new_run *run, char id[RNI_RUN_ID]);

#endif
