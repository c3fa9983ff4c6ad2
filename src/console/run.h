/* Runs: a folder each. job.json says what is to be done, lock, exit.json and result.json what became of it; the index
 * repeats what lists need. */
#ifndef RNI_CONSOLE_RUN_H
#define RNI_CONSOLE_RUN_H

#include "console/http.h"
#include "console/database.h"

enum { RNI_RUN_ID = 40 };

/* What job.json holds, as texts of its JSON: borrowed from `json`. */
typedef struct rni_job {
    rni_json *json;
    bool damaged; /* job.json is there and cannot be read; it must not be written over */
    char id[RNI_RUN_ID];
    const char *kind, *state, *name, *project, *slot, *group, *parent, *notes;
    const rni_json *tags, *command, *set;
    int64_t priority;
    double created;
} rni_job;

/* Whether it is the form of an id: "000012-oak". */
bool rni_run_id_check(rni_request *q, const char *id);
/* Reads runs/ID/job.json; of a folder without one (made by `rensa train`), what can be said. Free it also after an
 * error: 404 where `q` is given. */
bool rni_job_read(const rni_console *c, rni_request *q, const char *id, rni_job *out);
void rni_job_free(rni_job *j);

/* A changed job.json is written whole: the members of `j` with those that the changes name (their JSON texts) instead.
 */
typedef struct rni_job_change {
    const char *key;
    const char *value; /* JSON; NULL takes the member away */
} rni_job_change;
bool rni_job_change_write(const rni_console *c, const rni_job *j, const rni_job_change *changes, int64_t n);

/* Whether a process of the run is alive. */
bool rni_run_is_alive(const rni_console *c, const char *id);
/* Sends a signal to the process that works; false if there is none. */
bool rni_run_signal(const rni_console *c, const char *id, int number);
/* Brings the index up to date with the folder, and tells the pages. With runs_lock. A folder that is gone leaves it. */
bool rni_run_index(rni_console *c, rni_db *db, const char *id);
/* The row of a list, from columns of RNI_RUN_COLUMNS. */
#define RNI_RUN_COLUMNS                                                                                                \
    "id,kind,name,project,state,priority,slot,grp,parent,tags,notes,created,started,ended,epochs,iterations,epoch,"    \
    "iteration,seconds,error"
void rni_run_write_row(rni_json_writer *w, sqlite3_stmt *s);

#endif
