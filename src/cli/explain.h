/* rensa explain: what is shown, and the ways of showing it. */
#ifndef RNI_CLI_EXPLAIN_H
#define RNI_CLI_EXPLAIN_H

#include "base/str.h"
#include "engine/machine.h"
#include "engine/report.h"

/* A plan with what the command has found out about it. */
typedef struct cli_plan {
    char id[24]; /* in pages */
    const rni_report_plan *plan;
    double *least; /* seconds of each step within the machine's limits */
    double predicted, measured;
    int64_t fused, in_place, added, plain_c, kernels;
} cli_plan;

/* The training step, or inference. */
typedef struct cli_part {
    const char *key, *title;
    rni_report *report; /* owned */
    cli_plan *plan;     /* those that a step runs, owned */
    int64_t n;
    double step; /* seconds of a whole step, recording included; 0: not measured */
} cli_part;

typedef struct cli_explained {
    char name[128];
    int64_t batch, parameters;
    int threads;
    bool measured;
    rni_machine machine;
    cli_part part[2];
} cli_explained;

/* Seconds of a step: measured, or else predicted. */
double cli_step_seconds(const cli_explained *e, const cli_plan *p, int64_t step);
/* What bounds a step: "compute", "memory" or, where the least time is far below what a call costs, "call". */
const char *cli_step_bound(const cli_explained *e, const cli_plan *p, int64_t step);
/* Numbers of a plan's steps, those that take longest first; rni_free. */
int32_t *cli_steps_by_time(const cli_explained *e, const cli_plan *p);
/* "conv' relu+mul": the function, after the one whose gradient it is a part of. */
void cli_step_name(const rni_report_step *s, char *buf, size_t size);
/* "model.c:17": the call, or the layer of a project; empty where that is not known. */
void cli_step_place(const rni_report_step *s, char *buf, size_t size);
/* "1.25 M", with three digits; of time "12.3 us". */
void cli_amount(double value, const char *unit, char *buf, size_t size);
void cli_time(double seconds, char *buf, size_t size);

void cli_explain_text(const cli_explained *e, FILE *to);
/* Into a text that the caller frees. */
void cli_explain_json(const cli_explained *e, rni_str *to);
/* One page that needs nothing else; likewise. */
void cli_explain_html(const cli_explained *e, rni_str *to);

#endif
