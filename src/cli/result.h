/* result.json, what a run came to. */
#ifndef RNI_CLI_RESULT_H
#define RNI_CLI_RESULT_H

#include "cli/run.h"

typedef struct cli_outcome {
    const char *status;        /* finished, interrupted or failed */
    const char *error;         /* NULL: none */
    const cli_report *reports; /* one per monitor of the session; NULL: what was seen last stands */
    const char *hash;          /* of the parameters; NULL: not known */
    int argc;
    char **argv; /* the command */
} cli_outcome;

bool cli_result_write(const rni_session *s, const char *out, const cli_outcome *outcome);

#endif
